"""Links, pipes, odd names and markup in a class folder harm neither grades nor whoever looks."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from feedback_fixtures import assert_harmless
from hostile import ATTACKS, Attack
from hostile.chapter import NAME, SOLUTION, TESTS, make, submission
from hostile_folders import FOLDERS
from nbgrader.api import Gradebook
from rich.console import Console

from autograder import console
from autograder.files import printable
from autograder.grade import grade
from autograder.results import GRADED

HONEST = ("ana", "zoe")
# Attacks by what they run, whose words end up in pages and tables.
SPOKEN = (
    "display hooks",
    "a flood of pictures",
    "an exception that lies",
    "a megabyte of markup as a value",
    "text that no file can hold",
    "a type called like a command",
)
FIRST_LETTERS = "=+-@\t\r"  # what a spreadsheet takes for a formula


def student(number, attack):
    """Name who hands in: what is no name of its own gets a number."""
    return attack.student.replace("mallory", f"mallory-{number:02}")


WHO = {name: student(n, attack) for n, (name, attack) in enumerate(FOLDERS.items())}
SAID = {name: f"said-{n:02}" for n, name in enumerate(SPOKEN)}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def summary(place):
    """The outcome of one run of the whole grader over a class of all of them."""
    (place / "course" / "solutions").mkdir(parents=True)
    chapter = make(place / "course" / "solutions")
    attacks = {who: Attack("nothing", f=SOLUTION) for who in HONEST}
    attacks |= {who: ATTACKS[name] for name, who in SAID.items()}
    attacks |= {who: FOLDERS[name] for name, who in WHO.items()}
    handed = {who: hand_in(place, who, submission(chapter, a)) for who, a in attacks.items()}
    for name, who in WHO.items():  # when all are there to be linked to
        if FOLDERS[name].place:
            FOLDERS[name].place(handed[who], chapter.path)
    before = tree(place)
    summary = grade(place / "handed in", place / "out", root=place / "course")
    after = {path: data for path, data in tree(place).items() if path.split("/")[0] != "out"}
    assert after == before
    return summary


def hand_in(place, who, notebook):
    folder = place / "handed in" / who / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def tree(place):
    """All plain files below a folder, with their contents."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def of(summary, who):
    return [one for one in summary.results if one.student == printable(who)]


@pytest.mark.parametrize("who", HONEST)
def test_honest_ones_win_all(summary, who):
    (result,) = of(summary, who)
    assert (result.status, result.score) == (GRADED, float(len(TESTS)))


@pytest.mark.parametrize("name", [*FOLDERS, *SPOKEN])
def test_none_gains_a_point(summary, name):
    who = (WHO | SAID)[name]
    assert not any(result.score for result in of(summary, who))
    if name not in FOLDERS or FOLDERS[name].student == "mallory":
        assert of(summary, who) or any(printable(who) in note for note in summary.notes)


def test_the_books_hold_what_was_graded(summary):
    with Gradebook(f"sqlite:///{summary.out}/gradebook.db") as book:
        scores = {one.student.id: one.score for one in book.assignment_submissions(NAME)}
    assert {who for who, score in scores.items() if score} == set(HONEST)


def test_nothing_runs_or_hides_in_a_page(summary):
    pages = sorted((summary.out / "feedback").rglob("*.html"))
    assert len(pages) >= len(HONEST) + len(SPOKEN)
    for page in pages:
        assert_harmless(page.read_text(encoding="utf-8"))
    assert_harmless(summary.report.read_text(encoding="utf-8"), scripts=1)


@pytest.mark.parametrize("table", ["grades.csv", "cells.csv"])
def test_nothing_in_a_table_is_a_formula_or_another_row(summary, table):
    with open(summary.out / table, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    parts = [part for cell in cells for part in re.split("[;\n]", cell)]
    assert not [part for part in parts if part.startswith(tuple(FIRST_LETTERS))]
    assert not [cell for cell in cells if not cell.replace("\n", "").isprintable()]
    assert max(map(len, cells)) < csv.field_size_limit()


def test_nothing_on_the_screen_is_a_command_to_the_terminal(summary):
    screen = Console(file=io.StringIO(), force_terminal=False)
    with console.progress(screen) as told:
        for number, result in enumerate(summary.results):
            told(number, len(summary.results), result)
    summary.notes.sort(key=len, reverse=True)  # only some are shown
    console.show_summary(screen, summary)
    text = screen.file.getvalue()
    assert len(text) > 1000
    assert text.replace("\n", "").isprintable()
