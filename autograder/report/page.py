"""The report about a class, for the teacher."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import results
from autograder.chapter import Chapter
from autograder.feedback.env import load_template
from autograder.feedback.text import count, points, shorten
from autograder.feedback.words import submission_word
from autograder.graded import Grade
from autograder.report import figures
from autograder.report.attention import matters
from autograder.report.links import page_link, percent
from autograder.results import Result

if TYPE_CHECKING:
    from autograder.misconceptions import Misconception

SLOW = 5.0  # times the median, and at least so many seconds, is slow

_TEMPLATE = load_template(
    Path(__file__).parent / "templates",
    "report.html",
    styles=("common.css", "report.css"),
    script="sort.js",
)


def render_report(
    class_: Sequence[Result],
    chapter: Chapter,
    misconceptions: Mapping[str, Misconception] | None = None,
    *,
    seconds: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
    grades: Mapping[str, Grade] | None = None,
    groups: Sequence[Sequence[Result]] | None = None,
    anonymous: bool = False,
) -> str:
    """Draw a class's results as one self-contained HTML page.

    Parameters
    ----------
    class_ : sequence of Result
        One result for each student.
    chapter : Chapter
        The chapter that they belong to.
    misconceptions : mapping of str to Misconception, optional
        Known misconceptions by id.
    seconds : mapping of str to float, optional
        What grading each student's submission took; left out, no times are shown.
    notes : sequence of str
        What a teacher should know of the run, shown on top.
    grades : mapping of str to Grade, optional
        What each student's submission comes to with what was graded by hand, and how late it was.
    groups : sequence of sequences of Result, optional
        Submissions that resemble each other; None where nobody has looked.
    anonymous : bool
        Whether the results are without names, so that nothing may be linked or quoted.

    Returns
    -------
    str
        A page that links to ``feedback/STUDENT/ASSIGNMENT/NOTEBOOK.html`` beside it.
    """
    class_ = sorted(class_, key=lambda result: result.student)
    seconds, grades = seconds or {}, grades or {}
    scores = figures.scores(class_, chapter, grades)
    exercises = figures.exercises(class_, chapter)
    return _TEMPLATE.render(
        chapter=chapter,
        class_=class_,
        graded=sum(result.status == results.GRADED for result in class_),
        notes=[shorten(note, 1000) for note in notes],
        scores=scores,
        bars=_bars(scores) if scores.values else [],
        exercises=exercises,
        matters=matters(class_, chapter, exercises, grades),
        recognised=[
            (name, (misconceptions or {}).get(name), mine)
            for name, mine in figures.misconceptions(class_)
        ],
        late=_late(class_, grades),
        groups=groups,
        slow=_slow(class_, seconds),
        rows=[_row(result, chapter, seconds, grades) for result in class_],
        timed=bool(seconds),
        anonymous=anonymous,
        link=page_link(chapter),
        share=_share,
        percent=percent,
    )


def _share(part: float | None, whole: float) -> float:
    """Percent, for a bar; 0 of 0 is 0."""
    return round(100 * part / whole, 1) if part and whole else 0.0


def _bars(scores: figures.Scores) -> list[dict]:
    """The histogram's bars with their labels."""
    bins = figures.histogram(scores.values, scores.most)
    highest = max(number for _, _, number in bins)
    return [
        {
            "label": points(low) if high - low <= 1 else f"{points(low)}+",
            "words": f"{points(low)} to under {points(high)}" if high > low else "all points",
            "number": number,
            "height": round(150 * number / highest, 1),
        }
        for low, high, number in bins
    ]


def _row(
    result: Result, chapter: Chapter, seconds: Mapping[str, float], grades: Mapping[str, Grade]
) -> dict:
    tests = figures.by_test(result, chapter)
    return {
        "result": result,
        "score": figures.score(result, grades),
        "word": submission_word(result.status),
        "reason": shorten(result.reason, 300),
        "passed": sum(cell.status == results.PASSED for cell in tests),
        "tests": len(tests),
        "waiting": len(figures.waiting(result, grades)),
        "repairs": [shorten(repair, 300) for repair in result.repairs[:20]],
        "more": max(0, len(result.repairs) - 20),
        "seconds": seconds.get(result.student),
    }


def _late(class_: list[Result], grades: Mapping[str, Grade]) -> list[tuple[Result, Grade]]:
    """Who handed in after the due date, the latest first."""
    found = [(r, grades[r.student]) for r in class_ if r.student in grades]
    return sorted((pair for pair in found if pair[1].late), key=lambda pair: -pair[1].late)


def _slow(class_: list[Result], seconds: Mapping[str, float]) -> list[dict]:
    """Submissions that ran over a limit, ended their process or took far longer than others."""
    usual = statistics.median(seconds.values()) if seconds else 0.0
    rows = []
    for result in class_:
        late = [cell.cell for cell in result.cells if cell.status == results.TIMEOUT]
        stopped = [c for c in result.code if c.error.startswith("This cell ")]
        taken = seconds.get(result.student, 0.0)
        why = [f"ran over the limit of {', '.join(late)}"] if late else []
        why += [f"{c.cell or 'an added cell'}: {shorten(c.error, 200)}" for c in stopped[:5]]
        if taken > SLOW * max(1.0, usual) and not why:
            why = [f"took {count(round(taken / usual), 'time', 'times')} the median"]
        if why:
            rows.append({"result": result, "why": "; ".join(why), "seconds": taken or None})
    return sorted(rows, key=lambda row: -(row["seconds"] or 0.0))
