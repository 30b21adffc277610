"""Whatever became of a file on its way: it is graded, and what was mended is said everywhere."""

import csv
import html
import json
import re

import pytest
import tiny_course as tiny

from autograder.grade import grade
from autograder.notebooks import MAX_FILE
from autograder.oddities import oddities

NAME = tiny.NAME


def text(notebook):
    return json.dumps(notebook, indent=1).encode()


def large(size):
    """A notebook whose saved output makes it so many bytes large."""
    notebook = tiny.solved()
    output = {"output_type": "stream", "name": "stdout", "text": ""}
    tiny.by_id(notebook, "demo-1")["outputs"] = [output]
    output["text"] = "x" * (size - len(json.dumps(notebook)))
    return json.dumps(notebook).encode()


def format_three():
    cells = []
    for made in tiny.solved()["cells"]:
        made["prompt_number"] = None
        if made["cell_type"] == "code":
            made |= {"input": made.pop("source"), "language": "python"}
        cells.append(made)
    sheets = [{"cells": cells, "metadata": {}}]
    return text({"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets})


def format_four_zero():
    notebook = tiny.solved() | {"nbformat_minor": 0}
    for made in notebook["cells"]:
        del made["id"]
    return text(notebook)


def changed(change, notebook=None):
    notebook = notebook or tiny.solved()
    change(notebook, {made["id"]: made for made in notebook["cells"]})
    return text(notebook)


def without_marks():
    """Only the texts are left, as after a journey through another program."""
    notebook = tiny.solved()
    for made in notebook["cells"]:
        made["metadata"] = {}
        made.pop("id")
    return text(notebook)


def duplicate(notebook, cells):
    cells["add"]["id"] = cells["text-1"]["id"] = "double"


def copied(notebook, cells):
    place = notebook["cells"].index(cells["add"])
    notebook["cells"].insert(place, {**cells["add"], "source": tiny.SIGNATURES["add"] + " pass"})


def moved(notebook, cells):
    notebook["cells"].remove(cells["setup"])
    notebook["cells"].append(cells["setup"])


def line_ends(notebook, cells):
    for made in notebook["cells"]:
        made["source"] = made["source"].replace("\n", "\r\n")


def widgets(notebook, cells):
    state = {"state": {"0a": {"model_name": "ButtonModel"}}}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}


# What a student's file has become, the sentence that says so, and the points it still earns.
CASES = {
    "duplicate-ids": (changed(duplicate), "Cells share an id (double)", 6),
    "deleted-test": (text(tiny.without(tiny.solved(), "add-values")), "add-values is missing", 6),
    "deleted-setup": (text(tiny.without(tiny.solved(), "setup")), "cell setup is missing", 6),
    "deleted-solution": (text(tiny.without(tiny.solved(), "add")), "exercise add is missing", 3),
    "deleted-answer": (text(tiny.without(tiny.solved(), "why")), "question why is missing", 6),
    "edited-test": (
        changed(lambda _, cells: cells["add-values"].update(source="assert True")),
        "add-values was changed; the original was used",
        6,
    ),
    "moved": (changed(moved), "Cells were moved", 6),
    "copied": (changed(copied), "exercise add appears 2 times", 6),
    "format-3": (format_three(), "old notebook format 3", 6),
    "format-4.0": (format_four_zero(), "old notebook format 4.0", 6),
    "without-marks": (without_marks(), "had lost its marks", 6),
    "windows-cells": (changed(line_ends), "Cells had the line ends of Windows", 6),
    "windows-file": (text(tiny.solved()).replace(b"\n", b"\r\n"), "Windows (CRLF)", 6),
    "mark": (b"\xef\xbb\xbf" + text(tiny.solved()), "byte order mark", 6),
    "utf-16": (text(tiny.solved()).decode().encode("utf-16"), "encoded as UTF-16", 6),
    "kernel": (
        changed(lambda notebook, _: notebook["metadata"]["kernelspec"].update(name="julia-1.10")),
        "names the kernel julia-1.10",
        6,
    ),
    "widgets": (changed(widgets), "saved state of widgets", 6),
    "outputs": (large(MAX_FILE), "The file is 50 MB large", 6),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of damaged files, graded as it is in earnest."""
    place = tmp_path_factory.mktemp("repairs")
    tiny.load(place / "course" / "solutions")
    for student, (data, _, _) in CASES.items():
        folder = place / "class" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_bytes(data)
    tiny.write(place / "class" / "renamed" / NAME / "final (2).ipynb", tiny.solved())
    tiny.write(place / "class" / "honest" / NAME / f"{NAME}.ipynb", tiny.solved())
    too_large = place / "class" / "too-large" / NAME / f"{NAME}.ipynb"
    tiny.write(too_large, large(MAX_FILE + 1).decode())
    return grade(place / "class", place / "out", root=place / "course").out


def row(out, student):
    with open(out / "grades.csv", newline="", encoding="utf-8") as file:
        (found,) = [each for each in csv.DictReader(file) if each["student"] == student]
    return found


def page(out, student):
    """The words of a student's page."""
    drawn = (out / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]*>", "", drawn.partition("</header>")[0])
    return " ".join(html.unescape(words).split())


@pytest.mark.parametrize("student", [*CASES, "renamed"])
def test_what_was_mended_is_said_in_the_table_and_on_the_page(graded, student):
    renamed = (b"", "The file is called final (2).ipynb", 6)
    _, sentence, score = CASES.get(student, renamed)
    found = row(graded, student)
    assert (found["status"], found["score"]) == ("graded", str(score))
    assert sentence in found["repairs"] and sentence in page(graded, student)


def test_nothing_is_said_where_nothing_was_mended(graded):
    assert row(graded, "honest")["repairs"] == ""
    assert "mend" not in page(graded, "honest")


def test_a_larger_file_is_explained(graded):
    found = row(graded, "too-large")
    assert (found["status"], found["score"]) == ("unreadable", "0")
    for said in (found["reason"], page(graded, "too-large")):
        assert "larger than 50 MB. Clear its outputs" in said


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b"{}", b'{"cells": 3, "metadata": []}', b"\xff\xfe", b"[1]"]
)
def test_what_is_no_notebook_is_not_odd(data):
    assert not [said for said in oddities(data) if "byte order" not in said]


def test_what_a_file_says_of_itself_is_quoted_on_one_short_line():
    name = "a\n<script>" + "x" * 1000
    notebook = tiny.solved()
    notebook["metadata"]["kernelspec"]["name"] = name
    (said,) = oddities(json.dumps(notebook).encode())
    assert "\n" not in said and len(said) < 120
