"""Every chapter's proofs: right solutions win, wrong ones lose where they should.

All submissions of a chapter are graded once, in the real processes, and shared by the tests.
"""

from __future__ import annotations

import itertools
import re
from html import unescape

import pytest
from classroom import CHAPTERS, lost
from proofs import PAGE, Proof, misconceptions_file

from autograder.feedback import render_page
from autograder.release.leaks import secrets

GRADED = [name for name in CHAPTERS if misconceptions_file(name).exists()]


@pytest.fixture(scope="module", params=GRADED)
def course(request):
    return Proof(request.param)


def manual(course):
    """The cells that a human grades: they have no score."""
    return {cell.name for cell in course.chapter.cells if cell.role == "answer"}


def test_every_chapter_but_the_first_is_graded():
    assert [name for name in CHAPTERS if name not in GRADED] in ([], ["00_start_here"])


def test_the_solution_gets_full_marks_on_every_cell(course):
    assert course.faulty == {}
    result = course.results["reference"]
    assert lost(result) == manual(course)
    assert result.score == sum(cell.points for cell in course.chapter.tests) > 0


def test_the_untouched_notebook_gets_nothing_and_does_not_crash(course):
    result = course.results["untouched"]
    assert (result.status, result.score) == ("graded", 0)
    assert all(
        "NotImplementedError" in cell.message for cell in result.cells if cell.status != "manual"
    )


def test_every_misconception_loses_points_where_it_says_and_nowhere_else(course):
    for m in course.known.values():
        failed = course.failed_by(m.id)
        assert set(m.fails) <= failed, f"{m.id} passes {set(m.fails) - failed}"
    for student, room in course.rooms.items():
        for cell in lost(course.results[student]) - manual(course):
            exercise = course.chapter.by_name[cell].exercise
            assert exercise in room, f"one of {[v.name for v in room.values()]} fails {cell}"


def test_every_misconception_is_named_in_its_result(course):
    unnamed = [m for m in course.known if not all(m in names for names in course.names_of(m))]
    assert unnamed == []


def test_of_several_in_a_submission_each_is_named_for_its_own_exercise(course):
    shared = [student for student, room in course.rooms.items() if "wrong" in student
              and len(room) > 1]  # fmt: skip
    assert shared or len(course.chapter.exercises) == 1
    for student in shared:
        for cell in course.results[student].cells:
            names = cell.misconception.split()
            assert {course.known[name].exercise for name in names} <= {cell.exercise}
            own = course.rooms[student].get(cell.exercise)
            assert (own is not None and own.name in names) or cell.status != "failed"


def test_every_test_cell_is_needed(course):
    for exercise in course.chapter.exercises:
        caught = course.caught_by(exercise.name)
        assert all(caught.values()), f"{exercise.name}: no misconception fails a cell: {caught}"
        for one, other in itertools.combinations(caught, 2):
            assert caught[one] != caught[other], f"{one} and {other} fail for the same ones"


def test_every_exercise_has_two_or_more_misconceptions(course):
    for exercise in course.chapter.exercises:
        assert sum(m.exercise == exercise.name for m in course.known.values()) >= 2


def test_correct_solutions_in_other_styles_get_full_marks_and_no_misconception(course):
    for student in {course.room_of[f"{e} {s}"] for e in course.styles for s in course.styles[e]}:
        room, result = course.rooms[student], course.results[student]
        wrong = [
            (room[cell.exercise].name if cell.exercise in room else "", cell.cell, cell.message)
            for cell in result.cells
            if cell.score is not None and cell.score < cell.max_score
        ]
        assert wrong == []
        assert not any(cell.misconception for cell in result.cells)


def test_who_calls_the_answer_gets_nothing_for_it_and_hears_why(course):
    cells = {cell.cell: cell for cell in course.results["borrower"].cells}
    assert course.borrowed or course.chapter.name == "00_start_here"
    for exercise in course.borrowed:
        for test in course.chapter.tests_of(exercise):
            cell = cells[test.name]
            assert (cell.status, cell.score) == ("forbidden", 0), cell
            assert "cnnkit." in cell.message


def test_no_line_of_a_hidden_test_stands_in_anybody_s_feedback(course):
    hidden, _ = secrets([course.chapter])
    assert hidden
    for result in course.results.values():
        page = render_page(result, course.chapter, course.known)
        shown = {line.strip() for line in unescape(re.sub("<[^>]+>", "", page)).splitlines()}
        own = {line.strip() for cell in result.code for line in cell.source.splitlines()}
        assert hidden & shown - own == set()


def test_every_exercise_says_what_it_forbids(course):
    assert [cell.name for cell in course.chapter.exercises if not cell.forbids] == []


def test_the_table_of_wrong_solutions_is_what_is_graded(course):
    text = PAGE.read_text(encoding="utf-8")
    assert course.section() in text, "run 'make docs'"
    assert course.naming() in text, "run 'make docs'"


def test_some_exercise_is_solved_in_five_styles(course):
    assert max(map(len, course.styles.values())) >= 5
    assert set(course.styles) == {cell.name for cell in course.chapter.exercises}


def test_the_class_was_graded_by_partial_credit(course):
    """A single wrong exercise leaves the points of all others."""
    dropped = course.chapter.exercises[0].name
    tests = {cell.name for cell in course.chapter.tests_of(dropped)}
    assert lost(course.results["partial"]) == tests | manual(course)
