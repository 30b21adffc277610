"""The whole road in one command: a class is made up, graded, and everything is there.

What each of a larger class gets is looked at in test_monday.py.
"""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from classroom import chapter

NAME = "04_conv_layer"


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "class"
    command = [sys.executable, "-m", "autograder", "demo", "--students", "14", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "14 graded" in done.stdout
    return out


@pytest.fixture(scope="module")
def kinds(out):
    return {row["student"]: row["kind"] for row in rows(out / "class.csv")}


@pytest.fixture(scope="module")
def grades(out):
    return {row["student"]: row for row in rows(out / "grades.csv")}


def test_everybody_has_a_row_and_a_page(out, kinds, grades):
    assert len(kinds) == 14
    assert grades.keys() == kinds.keys()
    for student in kinds:
        assert (out / "feedback" / student / NAME / f"{NAME}.html").is_file()
        assert (out / "autograded" / student / NAME / f"{NAME}.ipynb").is_file()
    assert (out / "report.html").stat().st_size > 10_000
    assert (out / "gradebook.db").is_file()


def test_the_class_holds_every_kind(kinds):
    words = " ".join(kinds.values())
    for kind in ("correct", "misconception", "syntax", "endless", "missing", "no notebook"):
        assert kind in words, kind


def test_correct_ones_get_full_marks_and_others_do_not(kinds, grades):
    full = chapter(NAME).max_score
    correct = ("correct", "deleted test")  # a test that a student deletes is run all the same
    for student, kind in kinds.items():
        if grades[student]["status"] == "graded":
            assert (float(grades[student]["score"]) == full) == kind.startswith(correct), kind


def test_each_misconception_is_named(out, kinds):
    named = {}
    for row in rows(out / "cells.csv"):
        named.setdefault(row["student"], set()).update(row["misconception"].split())
    for student, kind in kinds.items():
        expected = {kind.removeprefix("misconception: ")} if "misconception: " in kind else set()
        assert named.get(student, set()) == expected, kind
