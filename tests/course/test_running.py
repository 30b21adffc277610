"""Every notebook runs from top to bottom, without a network, as its reader would run it.

The students' notebook runs without its demonstrations: they are those of the instructor's, to
the letter, and no one of them uses what a student writes; so they do there what they did here.
"""

from __future__ import annotations

import os
import re

import nbformat
import pytest
from classroom import CHAPTERS, ROOT, chapter
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from packing import names_in

SECONDS = 120  # of processor time for a whole notebook: a busy machine changes them little
HANGS = 600  # seconds for one cell
# These train nets of their own, which takes its time; they are graded in test_chapters.py.
TRAIN = ("08_", "09_", "10_", "11_", "12_", "13_")
EACH = [
    pytest.param(name, marks=pytest.mark.long if name.startswith(TRAIN) else ())
    for name in CHAPTERS
]
SPENT = "import os; print(sum(os.times()[:4]))"
BAR = re.compile(r"[^\r\n]*\d+/\d+ \[[^\r\n]*")  # of a training: steps, and the time left

# Python reads this at its start; zmq, which the kernel speaks, does not go through Python.
NO_NETWORK = """
import sys

def guard(event, args):
    if event == "socket.getaddrinfo":
        address = args[0]
    elif event == "socket.connect" and isinstance(args[1], tuple):
        address = args[1][0]
    else:
        return
    if address not in (None, "", "localhost", "127.0.0.1", "::1", b"localhost"):
        raise OSError(f"there is no network in this test, but {address!r} was asked for")

sys.addaudithook(guard)
"""


class Run:
    """A chapter's two notebooks, each executed once, the students' without its demonstrations."""

    def __init__(self, name: str, offline: str):
        self.chapter = chapter(name)
        instructor, student = (
            notebook_cells(folder, name) for folder in ("solutions", "notebooks")
        )
        self.demos, self.student_demos = demos(instructor), demos(student)
        *self.instructor, spent = executed([*instructor, new_code_cell(SPENT)], offline)
        self.seconds = float(spent.outputs[0].text)
        self.student = executed([cell for cell in student if role(cell) != "demo"], offline)


def notebook_cells(folder: str, name: str) -> list[NotebookNode]:
    return nbformat.read(ROOT / folder / f"{name}.ipynb", as_version=4).cells


def role(cell: NotebookNode) -> str:
    return cell.metadata.get("cnnkit", {}).get("role", "")


def demos(cells: list[NotebookNode]) -> dict[str, str]:
    return {cell.id: cell.source for cell in cells if role(cell) == "demo"}


def executed(cells: list[NotebookNode], offline: str) -> list[NotebookNode]:
    """The code cells after a run that goes on after errors."""
    notebook = new_notebook(cells=cells)
    client = NotebookClient(
        notebook, timeout=HANGS, allow_errors=True, kernel_name="python3", startup_timeout=120,
        resources={"metadata": {"path": str(ROOT / "notebooks")}},
    )  # fmt: skip
    environment = {"PYTHONPATH": offline, "CNNKIT_DATA_DIR": "", "CNNKIT_DATA_MIRROR": ""}
    client.execute(env={**os.environ, **environment})
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def errors(cells: list[NotebookNode]) -> dict[str, str]:
    """For each cell that failed the name of the error."""
    return {
        cell.id: f"{output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.outputs
        if output.output_type == "error"
    }


@pytest.fixture(scope="module", params=EACH)
def course(request, tmp_path_factory):
    offline = tmp_path_factory.mktemp("offline")
    (offline / "sitecustomize.py").write_text(NO_NETWORK)
    return Run(request.param, str(offline))


def test_the_instructors_notebook_runs_through(course):
    assert errors(course.instructor) == {}
    assert course.seconds < SECONDS


def test_it_says_nothing_on_stderr(course):
    """A warning in the reference run is one that every student reads."""
    said = {
        cell.id: rest
        for cell in course.instructor
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
        if (rest := BAR.sub("", output.text).strip())
    }
    assert said == {}


def test_every_picture_has_a_text_alternative(course):
    shown = [output.data for cell in course.instructor for output in cell.outputs
             if "data" in output]  # fmt: skip
    assert not any("image/png" in data for data in shown), "show a figure by cnnkit.pictures.show"
    images = [tag for data in shown for tag in re.findall("<img[^>]*>", data.get("text/html", ""))]
    assert images
    assert [tag[-80:] for tag in images if not re.search('alt="[^"]{20}', tag)] == []


def test_the_demonstrations_are_the_same_for_students_and_need_nothing_of_theirs(course):
    assert course.student_demos == course.demos
    theirs = {name for cell in course.chapter.exercises for name in cell.bound_names}
    needed = {demo: names_in(source) & theirs for demo, source in course.demos.items()}
    assert {demo: names for demo, names in needed.items() if names} == {}


def test_the_students_notebook_fails_for_what_is_not_written_and_nothing_else(course):
    found = errors(course.student)
    roles = {cell.id: role(cell) for cell in course.student}
    assert {name for name, error in found.items() if "NotImplementedError" not in error} == set()
    assert {roles[name] for name in found} <= {"test"}
    tests = {name for name, role in roles.items() if role == "test"}
    assert set(found) == tests  # a test that passes on an empty stub tests nothing
