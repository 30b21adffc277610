"""Every chapter's proofs: right solutions win, wrong ones lose where they should.

All submissions of a chapter are graded once, in the real processes, and shared by the tests.
"""

from __future__ import annotations

import itertools

import pytest
from classroom import CHAPTERS, ROOT, chapter, filled, grade, lost, solved, student_notebook
from styles import styles_of

from autograder.misconceptions import as_source, load
from autograder.run import Pool


def misconceptions_file(name):
    return ROOT / "solutions" / "misconceptions" / f"{name}.py"


class Class:
    """A chapter, its misconceptions, and the results of everybody in it."""

    def __init__(self, name: str):
        self.chapter = chapter(name)
        self.known = {m.id: m for m in load(misconceptions_file(name))}
        self.styles = styles_of(name)
        notebooks = {"reference": solved(name), "untouched": student_notebook(name)}
        for m in self.known.values():
            notebooks[f"wrong {m.id}"] = solved(name, {m.exercise: self._replaced(m)})
        for exercise, styles in self.styles.items():
            for style, source in styles.items():
                notebooks[f"{exercise} {style}"] = solved(name, {exercise: source})
        with Pool(self.chapter, misconceptions=misconceptions_file(name)) as pool:
            self.faulty = pool.faulty
            self.results = grade(pool, notebooks)

    def _replaced(self, misconception) -> str:
        """The reference cell, with one of its functions overwritten by the wrong one."""
        reference = self.chapter.by_name[misconception.exercise].source
        return reference + "\n\n" + as_source(misconception)

    def caught_by(self, exercise: str) -> dict[str, frozenset[str]]:
        """For each test cell of an exercise the misconceptions that fail it."""
        ids = [m.id for m in self.known.values() if m.exercise == exercise]
        return {
            cell.name: frozenset(i for i in ids if cell.name in lost(self.results[f"wrong {i}"]))
            for cell in self.chapter.tests_of(exercise)
        }


@pytest.fixture(scope="module", params=CHAPTERS)
def course(request):
    return Class(request.param)


def test_the_solution_gets_full_marks_on_every_cell(course):
    assert course.faulty == {}
    result = course.results["reference"]
    assert lost(result) == {cell.cell for cell in result.cells if cell.status == "manual"}
    assert result.score == sum(cell.points for cell in course.chapter.tests) > 0


def test_the_untouched_notebook_gets_nothing_and_does_not_crash(course):
    result = course.results["untouched"]
    assert (result.status, result.score) == ("graded", 0)
    assert all(
        "NotImplementedError" in cell.message for cell in result.cells if cell.status != "manual"
    )


def test_every_misconception_loses_points_where_it_says_and_nowhere_else(course):
    for m in course.known.values():
        failed = lost(course.results[f"wrong {m.id}"])
        assert set(m.fails) <= failed, f"{m.id} passes {set(m.fails) - failed}"
        for cell in failed:
            assert course.chapter.by_name[cell].exercise == m.exercise, f"{m.id} fails {cell}"


def test_every_misconception_is_named_in_its_result(course):
    unnamed = []
    for m in course.known.values():
        named = {
            cell.misconception
            for cell in course.results[f"wrong {m.id}"].cells
            if cell.status == "failed"
        }
        if not all(m.id in names.split() for names in named):
            unnamed.append(m.id)
    assert unnamed == []


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
    for exercise, styles in course.styles.items():
        for style in styles:
            result = course.results[f"{exercise} {style}"]
            wrong = [
                (cell.cell, cell.message)
                for cell in result.cells
                if cell.score is not None and cell.score < cell.max_score
            ]
            assert wrong == [], style
            assert not any(cell.misconception for cell in result.cells)


def test_some_exercise_is_solved_in_five_styles(course):
    assert max(map(len, course.styles.values())) >= 5
    assert set(course.styles) == {cell.name for cell in course.chapter.exercises}


def test_the_class_was_graded_by_partial_credit(course):
    """A single wrong exercise leaves the points of all others."""
    empty = {cell.name: cell.source for cell in course.chapter.exercises}
    dropped = next(iter(empty))
    del empty[dropped]
    with Pool(course.chapter) as pool:
        result = grade(pool, {"partial": filled(course.chapter.name, empty)})["partial"]
    assert lost(result) == {cell.name for cell in course.chapter.tests_of(dropped)}
