"""Whatever became of a file on its way: it is graded, and what was mended is said everywhere."""

import csv
import html
import json
import re

import pytest
import tiny_course as tiny
from damages import DAMAGES, large, sentence

from autograder.grade import grade
from autograder.notebooks import MAX_FILE
from autograder.oddities import oddities

NAME = tiny.NAME


# What a student's file has become, the sentence that says so, and the points it still earns.
CASES = {
    damage: (damaged(tiny.solved()), sentence(damage, tiny.solved()), 6)
    for damage, (damaged, _) in DAMAGES.items()
}
CASES["deleted-solution"] = (*CASES["deleted-solution"][:2], 3)


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
    tiny.write(too_large, large(tiny.solved(), MAX_FILE + 1).decode())
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
