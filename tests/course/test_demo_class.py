"""The whole road in one command: a class is made up, graded, and everything is there."""

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
    command = [sys.executable, "-m", "autograder", "demo", "--students", "40", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 graded" in done.stdout
    return out


@pytest.fixture(scope="module")
def kinds(out):
    return {row["student"]: row["kind"] for row in rows(out / "class.csv")}


@pytest.fixture(scope="module")
def grades(out):
    return {row["student"]: row for row in rows(out / "grades.csv")}


def test_everybody_has_a_row_and_a_page(out, kinds, grades):
    assert len(kinds) == 40
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


def test_no_hidden_line_reaches_a_feedback_page_or_a_table(out):
    hidden = {
        line.strip()
        for cell in chapter(NAME).tests
        for number, line in enumerate(cell.source.splitlines(), 1)
        if number in cell.hidden_lines and len(line.strip()) > 20
    } - {line.strip() for cell in chapter(NAME).tests for line in cell.visible_source.splitlines()}
    assert len(hidden) > 50
    texts = [path.read_text(encoding="utf-8") for path in out.glob("feedback/*/*/*.html")]
    texts += [(out / name).read_text(encoding="utf-8") for name in ("cells.csv", "report.html")]
    found = {line for text in texts for line in hidden if line in text}
    # a hint is written for the student, and stands in the message of the check that failed
    assert {line for line in found if "hint=" not in line} == set()
