"""Monday after the deadline, command by command; every figure against the class as it was made.

A chapter is released in an exchange, handed in there, graded; some points are given by hand, a test
is corrected and all graded again, and the grades go to Canvas, Moodle and JSON.
"""

from __future__ import annotations

import csv
import json
import zipfile

import pytest
from classroom import ROOT, chapter, student_notebook
from monday import DUE, LATENESS, POLICY, class_of, correct, failed, hand_in
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.misconceptions import load

NAME = "04_conv_layer"
CORRECTED = "conv2d_shape-errors"
CENT = 0.0051  # penalties are rounded to hundredths, and 2.175 either way
EASIER = "# the window just fits\nassert conv2d_shape(4, 4, 4) == (1, 1)"


def call(*arguments):
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == 0, f"{arguments}: {done.output} {done.exception!r}"
    return done.output


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Monday:
    """One class and all that is done with it; what each run wrote is kept."""

    def __init__(self, place, size):
        self.course, self.exchange = place / "course", place / "exchange"
        self.chapter = chapter(NAME)
        self.release()
        other = student_notebook("05_pooling_and_downsampling")
        known = load(self.chapter)
        self.members = class_of(self.chapter, self.released, known, other, size=size)
        hand_in(self.exchange / "cnn/inbound", self.members, self.chapter, self.released)
        self.canvas, self.moodle = self.lists(place)
        self.grade(ROOT)
        self.machine, self.cells = self.rows(), table(self.course / "cells.csv")
        self.corrected = correct(self.chapter, CORRECTED, EASIER, place / "corrected")
        self.given, self.extra, self.asks = self.give_points()
        self.grade(ROOT)
        self.by_hand = self.rows()
        self.grade(place / "corrected")
        self.again = self.rows()
        self.said = call("export", self.course, "--canvas", self.canvas, "--moodle", self.moodle)

    def release(self):
        """Make a course, and release the chapter in its exchange; students get it from there."""
        name = ("--chapter", "04", "--course", "cnn")
        (self.exchange / "cnn/inbound").mkdir(parents=True)
        call("init-course", self.course, *name)
        call("release", "--out", self.course, *name, "--exchange", self.exchange)
        self.released = student_notebook(NAME)
        in_exchange = json.loads((self.exchange / f"cnn/outbound/{NAME}/{NAME}.ipynb").read_bytes())
        with zipfile.ZipFile(self.course / f"cnnkit-{NAME}.zip") as archive:
            in_archive = json.loads(archive.read(f"cnnkit-{NAME}/notebooks/{NAME}.ipynb"))
        assert in_exchange == in_archive == self.released
        with self.book() as book:
            book.find_assignment(NAME).duedate = DUE.replace(tzinfo=None)
            book.db.commit()
        (self.course / "late.toml").write_text(POLICY)

    def book(self):
        return Gradebook(f"sqlite:///{self.course}/gradebook.db")

    def lists(self, folder):
        """The tables that Canvas and Moodle export, with everybody in them."""
        students = [member.student for member in self.members]
        canvas = ["Student,ID,SIS Login ID,Section,04 conv layer (77)",
                  f"    Points Possible,,,,{self.chapter.max_score:g}",
                  *(f"Somebody,{1000 + n},{s},A,0.5" for n, s in enumerate(students))]  # fmt: skip
        moodle = [
            "Identifier,Full name,Username,Grade,Maximum Grade",
            *(f"Participant {2000 + n},Somebody,{s},0.5,100" for n, s in enumerate(students)),
        ]
        for name, lines in (("canvas", canvas), ("moodle", moodle)):
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
        return folder / "canvas.csv", folder / "moodle.csv"

    def grade(self, root):
        return call("grade", self.exchange / "cnn/inbound", "--out", self.course, "--root", root,
                    "--roster", self.canvas, "--chapter", "04")  # fmt: skip

    def rows(self):
        return {row["student"]: row for row in table(self.course / "grades.csv")}

    def give_points(self):
        """Points for failed tests, one of which will be corrected, and extra credit."""
        kinds = {member.made.kind.partition(":")[0]: member for member in self.members[::-1]}
        wrong = next(
            m
            for m in self.members
            if m.made.status == "graded"
            and CORRECTED
            in failed(self.chapter, m.made.written) - failed(self.corrected, m.made.written)
        )
        lost = min(failed(self.chapter, wrong.made.written) - {CORRECTED})
        given = {
            (wrong.student, lost): self.chapter.by_name[lost].points,
            (wrong.student, CORRECTED): 0.125,
            (kinds["untouched"].student, self.chapter.tests[-1].name): 0.25,
        }  # fmt: skip
        extra = {kinds["correct"].student: 1.5}
        with self.book() as book:
            for (student, cell), points in given.items():
                grade = book.find_grade(cell, NAME, NAME, student)
                grade.manual_score, grade.needs_manual_grade = points, False
            for student, points in extra.items():
                cell = self.chapter.tests[0].name
                book.find_grade(cell, NAME, NAME, student).extra_credit = points
            book.db.commit()
        return given, extra, wrong.student


def expected(member, chapter, given=None, extra=None, asks=""):
    """The figures of a row of grades.csv."""
    made, points = member.made, 0.0
    if made.status == "graded":
        lost = failed(chapter, made.written)
        for test in chapter.tests:
            machine = 0.0 if test.name in lost else test.points
            points += (given or {}).get((member.student, test.name), machine)
    points += (extra or {}).get(member.student, 0.0)
    late = member.seconds_late
    penalty = None if late is None else points * LATENESS[member.after]
    return {
        "score": points - (penalty or 0.0),
        "max_score": chapter.max_score,
        "status": made.status,
        "late": late,
        "penalty": penalty,
        "needs_manual": "no" if made.status == "graded" and member.student != asks else "yes",
    }


def figures(row):
    """The same of what the table says."""
    numbers = {
        name: float(row[name]) if row[name] else None
        for name in ("score", "max_score", "late", "penalty")
    }
    words = {name: row[name] for name in ("status", "needs_manual")}
    return pytest.approx(numbers | words, abs=CENT)


SIZES = [15, pytest.param(120, marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=SIZES)
def monday(request, tmp_path_factory):
    return Monday(tmp_path_factory.mktemp("monday"), request.param)


def test_the_class_is_what_it_should_be(monday):
    kinds = " ".join(member.made.kind for member in monday.members)
    assert len({member.student for member in monday.members}) == len(monday.members)
    assert {member.before for member in monday.members} == {0, 1, 2}
    assert {member.after for member in monday.members} == set(LATENESS)
    if len(monday.members) == 120:
        assert all(each.id in kinds for each in load(monday.chapter))


def test_every_row_says_what_was_handed_in(monday):
    assert monday.machine.keys() == {member.student for member in monday.members}
    for member in monday.members:
        row = monday.machine[member.student]
        assert figures(row) == expected(member, monday.chapter), member.made.kind
        assert row["assignment"] == NAME
        assert bool(row["reason"]) == (member.made.status != "graded")
        none = member.made.status in ("missing", "other_chapter")
        attempts = 0 if none else 1 + member.before
        assert int(row["attempt"]) == attempts, member.made.kind
        said = (*member.made.said, *["as well and not graded"] * bool(member.before))
        assert all(part in row["repairs"] for part in said), member.made.kind
        assert bool(row["repairs"]) == bool(said), member.made.kind


def test_each_cell_has_its_points_and_each_misconception_its_name(monday):
    points, named = {}, {}
    for row in monday.cells:
        points.setdefault(row["student"], {})[row["cell"]] = float(row["score"])
        named.setdefault(row["student"], set()).update(row["misconception"].split())
    exercise_of = {each.id: each.exercise for each in load(monday.chapter)}
    for member in monday.members:
        if member.made.status == "graded":
            lost = failed(monday.chapter, member.made.written)
            wanted = {t.name: 0.0 if t.name in lost else t.points for t in monday.chapter.tests}
            assert points[member.student] == wanted, member.made.kind
        found, held = named.get(member.student, set()), member.made.misconceptions
        assert held <= found, member.made.kind
        assert {exercise_of[name] for name in found} == {exercise_of[name] for name in held}


def test_points_by_hand_count_and_nothing_else_changes(monday):
    for member in monday.members:
        wanted = expected(member, monday.chapter, monday.given, monday.extra)
        assert figures(monday.by_hand[member.student]) == wanted, member.made.kind
    changed = {s for s, row in monday.by_hand.items() if row != monday.machine[s]}
    assert changed == {student for student, _ in monday.given} | monday.extra.keys()


def test_a_corrected_test_moves_whom_it_concerns_and_points_by_hand_stay(monday):
    moved = {}
    for member in monday.members:
        hand = (monday.given, monday.extra)
        before = expected(member, monday.chapter, *hand)["score"]
        wanted = expected(member, monday.corrected, *hand, monday.asks)
        assert figures(monday.again[member.student]) == wanted, member.made.kind
        if before != wanted["score"]:
            moved[member.student] = pytest.approx((before, wanted["score"]), abs=CENT)
    newest = sorted((monday.course / "backups").glob("[0-9]*/changes.csv"))[-1]
    said = {row["student"]: (float(row["before"]), float(row["after"])) for row in table(newest)}
    assert said == moved != {}


def test_canvas_moodle_and_json_get_the_same_grades(monday):
    scores = {student: float(row["score"]) for student, row in monday.again.items()}
    canvas = table(monday.course / "canvas.csv")[1:]
    moodle = table(monday.course / "moodle.csv")
    assert [row["SIS Login ID"] for row in canvas] == list(scores)
    assert [row["Username"] for row in moodle] == list(scores)
    for ours, theirs in zip(canvas, moodle, strict=True):
        score = scores[student := ours["SIS Login ID"]]
        percent = 100 * score / monday.chapter.max_score
        wanted = (0.5, 0.5) if student == monday.asks else (score, percent)
        found = float(ours["04 conv layer (77)"]), float(theirs["Grade"])
        assert found == pytest.approx(wanted, abs=CENT), student
    assert f"wait for points by hand: {monday.asks}." in monday.said
    data = json.loads((monday.course / "grades.json").read_text(encoding="utf-8"))["submissions"]
    assert {each["student"]: each["score"] for each in data} == scores


def test_everybody_has_a_page_and_no_hidden_line_is_on_it(monday):
    hidden = {
        line.strip()
        for cell in monday.chapter.tests
        for number, line in enumerate(cell.source.splitlines(), 1)
        if number in cell.hidden_lines and len(line.strip()) > 20
    }
    hidden -= {line.strip() for t in monday.chapter.tests for line in t.visible_source.splitlines()}
    hidden = {line for line in hidden if "hint=" not in line}  # a hint is written for the student
    assert len(hidden) > 50
    places = [f"feedback/{member.student}/{NAME}/{NAME}.html" for member in monday.members]
    for place in (*places, "cells.csv", "report.html"):
        text = (monday.course / place).read_text(encoding="utf-8")
        assert [line for line in hidden if line in text] == [], place


def test_the_class_is_compared_and_its_report_shared_without_names(monday):
    call("similar", monday.course, "--chapter", "04")
    call("report", monday.course, "--anonymise")
    shared = (monday.course / "report-anonymous.html").read_text(encoding="utf-8")
    assert "P001" in shared and "student-0" not in shared and "student-1" not in shared
    page = (monday.course / f"similar-{NAME}.html").read_text(encoding="utf-8")
    assert "not a verdict" in page
