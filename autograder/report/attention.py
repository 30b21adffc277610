"""What in a class needs a human first, in the order of urgency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder import results
from autograder.chapter import Chapter
from autograder.feedback.text import count
from autograder.graded import Grade
from autograder.report.figures import ExerciseFigures, waiting
from autograder.results import Result

ENOUGH = 5  # submissions before "nobody passes" says something about the test


@dataclass
class Matter:
    """One thing to look at, with the submissions that it concerns."""

    sentence: str
    concerned: list[Result] = field(default_factory=list)
    detail: str = ""


def matters(
    class_: list[Result],
    chapter: Chapter,
    exercises: list[ExerciseFigures],
    grades: Mapping[str, Grade],
) -> list[Matter]:
    """List what needs a human first."""
    found = [*_grader_errors(class_), *_not_graded(class_), *_forbidden(class_), *_flagged(class_)]
    return [*found, *_nobody(exercises), *_answers(class_, chapter, grades)]


def _grader_errors(class_: list[Result]) -> list[Matter]:
    found: dict[tuple[str, str], list[Result]] = {}
    for result in class_:
        faulty = [cell for cell in result.cells if cell.status == results.GRADER_ERROR]
        for cell in faulty:
            found.setdefault((cell.cell, cell.message), []).append(result)
        if result.status == results.GRADER_ERROR and not faulty:
            found.setdefault(("", result.reason), []).append(result)
    return [
        Matter(
            f"The grader itself made an error in the test `{test}`: {_some(mine)} without a score."
            if test
            else f"The grader itself made an error: {_some(mine)} without a score.",
            mine,
            why,
        )
        for (test, why), mine in found.items()
    ]


def _not_graded(class_: list[Result]) -> list[Matter]:
    kinds = {
        results.UNREADABLE: "could not be read as a notebook",
        results.OTHER_CHAPTER: "of another chapter",
    }
    known = (results.GRADED, results.GRADER_ERROR, *kinds)
    found = []
    for status in [*kinds, *sorted({r.status for r in class_} - set(known))]:
        mine = [result for result in class_ if result.status == status]
        if mine:
            found.append(Matter(f"{_some(mine)} {kinds.get(status, status)}.", mine))
    return found


def _forbidden(class_: list[Result]) -> list[Matter]:
    found: dict[str, list[Result]] = {}
    for result in class_:
        used = (c.exercise for c in result.cells if c.status == results.FORBIDDEN)
        for name in dict.fromkeys(used):
            found.setdefault(name, []).append(result)
    return [
        Matter(f"{_some(mine)} with no points for `{name}`: it uses what it may not.", mine)
        for name, mine in found.items()
    ]


def _flagged(class_: list[Result]) -> list[Matter]:
    """One matter a submission: what is doubtful differs from one to the next."""
    return [
        Matter(f"Code worth a look: {flag}", [result]) for result in class_ for flag in result.flags
    ]


def _nobody(exercises: list[ExerciseFigures]) -> list[Matter]:
    return [
        Matter(
            f"Nobody of {test.total:,} passes `{test.cell.name}`: "
            "the test or the task may be at fault."
        )
        for exercise in exercises
        for test in exercise.tests
        if test.total >= ENOUGH and not test.passed
    ]


def _answers(class_: list[Result], chapter: Chapter, grades: Mapping[str, Grade]) -> list[Matter]:
    open_: dict[str, list[Result]] = {}
    for result in class_:
        for cell in waiting(result, grades):
            if cell.status == results.MANUAL:
                open_.setdefault(cell.cell, []).append(result)
    found = []
    for name, mine in open_.items():
        cell = chapter.by_name.get(name)
        title = cell.title if cell and cell.title else name
        answers = count(len(mine), "answer waits", "answers wait")
        found.append(Matter(f"{answers} to be graded by hand: {title}"))
    return found


def _some(mine: list[Result]) -> str:
    return count(len(mine), "submission")
