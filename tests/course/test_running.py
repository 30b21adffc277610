"""Every notebook runs from top to bottom, without a network, as its reader would run it."""

from __future__ import annotations

import json
import os
import re
import time

import nbformat
import pytest
from classroom import CHAPTERS, ROOT, student_notebook
from nbclient import NotebookClient

SECONDS = 120  # for a whole notebook on two cores

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
    """A chapter's two notebooks, each executed once."""

    def __init__(self, name: str, offline: str):
        instructor = json.loads((ROOT / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8"))
        self.instructor, self.seconds = executed(instructor, offline)
        self.student, _ = executed(student_notebook(name), offline)


def executed(notebook: dict, offline: str) -> tuple[list[dict], float]:
    """The code cells after a run that goes on after errors, and the seconds that it took."""
    notebook = nbformat.reads(json.dumps(notebook), as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS, allow_errors=True, kernel_name="python3", startup_timeout=120,
        resources={"metadata": {"path": str(ROOT / "notebooks")}},
    )  # fmt: skip
    environment = {"PYTHONPATH": offline, "CNNKIT_DATA_DIR": "", "CNNKIT_DATA_MIRROR": ""}
    began = time.monotonic()
    client.execute(env={**os.environ, **environment})
    return [cell for cell in notebook.cells if cell.cell_type == "code"], time.monotonic() - began


def errors(cells: list[dict]) -> dict[str, str]:
    """For each cell that failed the name of the error."""
    return {
        cell.id: f"{output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.outputs
        if output.output_type == "error"
    }


@pytest.fixture(scope="module", params=CHAPTERS)
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
        cell.id: output.text
        for cell in course.instructor
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    }
    assert said == {}


def test_every_picture_has_a_text_alternative(course):
    shown = [output.data for cell in course.instructor for output in cell.outputs
             if "data" in output]  # fmt: skip
    assert not any("image/png" in data for data in shown), "show a figure by cnnkit.pictures.show"
    images = [tag for data in shown for tag in re.findall("<img[^>]*>", data.get("text/html", ""))]
    assert images
    assert [tag[-80:] for tag in images if not re.search('alt="[^"]{20}', tag)] == []


def test_the_students_notebook_fails_for_what_is_not_written_and_nothing_else(course):
    found = errors(course.student)
    roles = {cell.id: cell.metadata.get("cnnkit", {}).get("role") for cell in course.student}
    assert {name for name, error in found.items() if "NotImplementedError" not in error} == set()
    assert {roles[name] for name in found} <= {"test"}
    tests = {name for name, role in roles.items() if role == "test"}
    assert set(found) == tests  # a test that passes on an empty stub tests nothing
