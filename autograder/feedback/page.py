"""The page that a student gets back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import results
from autograder.chapter import Chapter
from autograder.feedback import view
from autograder.feedback.env import load_template
from autograder.feedback.text import count, points, shorten
from autograder.feedback.words import submission_word
from autograder.results import Result

if TYPE_CHECKING:
    from autograder.misconceptions import Misconception

MAX_BYTES = 900_000
TIMES = (
    (30, "less than half a minute"),
    (60, "less than a minute"),
    (300, "less than five minutes"),
    (float("inf"), "more than five minutes"),
)

# Compiled here and not at the first page: the grader imports this module once and forks from
# there, so that no submission pays for it.
_TEMPLATE = load_template(
    Path(__file__).parent / "templates", "page.html", styles=("common.css", "page.css")
)


def render_page(
    result: Result,
    chapter: Chapter,
    misconceptions: Mapping[str, Misconception] | None = None,
) -> str:
    """Draw one submission's outcome as a self-contained HTML page.

    Parameters
    ----------
    result : Result
        The outcome of the submission.
    chapter : Chapter
        The chapter it belongs to; visible tests are quoted from it, hidden ones never.
    misconceptions : mapping of str to Misconception, optional
        Known misconceptions by id; those that ``result`` names and this lacks are not shown.

    Returns
    -------
    str
        A page of at most ``MAX_BYTES`` bytes, whatever the submission holds.
    """
    for divisor in (1, 4, 16, 64, 1024):
        limits = view.Limits().divided(divisor)
        page = _TEMPLATE.render(_context(result, chapter, misconceptions or {}, limits))
        if len(page.encode()) <= MAX_BYTES:
            break
    return page


def _context(result: Result, chapter: Chapter, known, limits: view.Limits) -> dict:
    exercises = view.build_exercises(result, chapter, known, limits)
    answers = view.build_answers(result, chapter, limits)
    # The reason of a grader's error is for the teachers: it may quote a test.
    reason = "" if result.status == results.GRADER_ERROR else result.reason
    return {
        "student": shorten(result.student, 200),
        "chapter": chapter,
        "result": result,
        "word": submission_word(result.status),
        "reason": shorten(reason, limits.message),
        "exercises": exercises,
        "answers": answers,
        "stray": view.build_stray(result, limits),
        "repairs": [shorten(text, 500) for text in result.repairs[: limits.entries]],
        "more_repairs": max(0, len(result.repairs) - limits.entries),
        "share": _share(result.score, result.max_score),
        "summary": _summary(result, exercises),
        "took": _took(result.seconds),
    }


def _took(seconds: float) -> str:
    """What running and testing took, in steps so wide that two runs mostly say the same.

    >>> _took(3.2), _took(31), _took(0)
    ('less than half a minute', 'less than a minute', '')
    """
    return next((words for limit, words in TIMES if 0 < seconds < limit), "")


def _share(score: float | None, max_score: float) -> float:
    """Percent, for the length of a bar."""
    if not score or not max_score:
        return 0.0
    return round(100 * min(1.0, max(0.0, score / max_score)), 1)


def _summary(result: Result, exercises: list[view.Exercise]) -> str:
    """The outcome in one or two sentences."""
    tests = [test.result.status for exercise in exercises for test in exercise.tests]
    if result.status != results.GRADED or not result.cells:
        return ""
    passed = tests.count(results.PASSED)
    if not tests:
        parts = []
    elif passed == len(tests):
        parts = ["Every test passed." if passed > 1 else "The test passed."]
    else:
        parts = [f"{passed} of {count(len(tests), 'test')} passed."]
    waiting = [c for c in result.cells if c.status == results.MANUAL and c.score is None]
    if waiting:
        open_points = points(sum(cell.max_score for cell in waiting))
        answers = count(len(waiting), "answer is", "answers are")
        parts.append(f"{answers} still to be read by a teacher, for {open_points} points.")
    return " ".join(parts)
