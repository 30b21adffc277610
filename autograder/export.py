"""Write the tables: a row a submission, a row a test cell, and what it took.

``grades.csv`` and ``cells.csv`` depend on the results and, the first, on what was graded by hand,
so that two runs over the same submissions give the same bytes; what differs from run to run
stands in ``timings.csv``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.files import folder_name, write_atomic
from autograder.results import GRADER_ERROR, Booked, Result

GRADES = (
    "student assignment score max_score status reason attempt late penalty repairs needs_manual"
).split()
CELLS = "student assignment cell score max_score message misconception".split()
TIMINGS = "student assignment seconds".split()

Seconds = dict[tuple[str, str], float]  # by student and assignment
Books = Mapping[tuple[str, str], Booked]  # by student's folder and assignment


def grades_csv(
    results: Iterable[Result], max_scores: Mapping[str, float], books: Books | None = None
) -> str:
    """Give the table of submissions.

    Parameters
    ----------
    results : iterable of Result
    max_scores : mapping
        What each assignment carries, for submissions of which no cell could be graded.
    books : mapping, optional
        What the gradebook knows beyond the results: points by hand, how late.
    """
    rows = []
    for result in _in_order(results):
        booked = (books or {}).get((folder_name(result.student), result.assignment))
        highest = result.max_score or max_scores.get(result.assignment, 0.0)
        rows.append(
            {
                "student": result.student,
                "assignment": result.assignment,
                "score": _number(_score(result, booked)),
                "max_score": _number(highest),
                "status": result.status,
                "reason": result.reason,
                "attempt": result.attempt,
                "late": _number(booked.late if booked else None),
                "penalty": "",  # the course has no rule for lateness
                "repairs": " ".join(result.repairs),
                "needs_manual": "yes" if _needs_manual(result, booked) else "no",
            }
        )
    return _table(GRADES, rows)


def cells_csv(results: Iterable[Result]) -> str:
    """Give the table of test cells, in the chapter's order within a submission."""
    rows = [
        {
            "student": result.student,
            "assignment": result.assignment,
            "cell": cell.cell,
            "score": _number(cell.score),
            "max_score": _number(cell.max_score),
            "message": cell.message,
            "misconception": cell.misconception,
        }
        for result in _in_order(results)
        for cell in result.cells
    ]
    return _table(CELLS, rows)


def timings_csv(seconds: Seconds) -> str:
    """Give the table of what each submission took."""
    rows = [
        {"student": student, "assignment": assignment, "seconds": f"{value:.3f}"}
        for (student, assignment), value in sorted(seconds.items())
    ]
    return _table(TIMINGS, rows)


def read_timings(path: Path) -> Seconds:
    """Read the table of an earlier run; an absent or damaged one gives nothing."""
    seconds: Seconds = {}
    try:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                student = row["student"]
                if student.startswith("'") and student[1:2] in _FORMULA:
                    student = student[1:]
                seconds[student, row["assignment"]] = float(row["seconds"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error):
        pass
    return seconds


def write_tables(
    out: Path,
    results: list[Result],
    seconds: Seconds,
    max_scores: Mapping[str, float],
    books: Books | None = None,
) -> None:
    """Write the three tables, each whole."""
    write_atomic(out / "grades.csv", grades_csv(results, max_scores, books))
    write_atomic(out / "cells.csv", cells_csv(results))
    write_atomic(out / "timings.csv", timings_csv(seconds))


_FORMULA = frozenset("=+-@\t\r")


def harmless(value: object) -> object:
    """Keep a spreadsheet from running a text as a formula.

    >>> harmless("=1+1")
    "'=1+1"
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def _score(result: Result, booked: Booked | None) -> float | None:
    """The machine's points with those given by hand; None while a failure of ours leaves a gap."""
    if result.status == GRADER_ERROR and (booked is None or booked.waiting):
        return None
    return sum(cell.score or 0.0 for cell in result.cells) + (booked.points if booked else 0.0)


def _needs_manual(result: Result, booked: Booked | None) -> bool:
    """Whether a human has to look, still: a score by hand in a test cell settles a doubt."""
    if booked is None:
        return result.needs_a_look
    return booked.waiting or (result.doubtful and not booked.judged)


def _in_order(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (result.assignment, result.student))


def _number(value: float | None) -> object:
    """A number as short as it can be; nothing where there is none."""
    if value is None:
        return ""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _table(columns: list[str], rows: list[dict]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    return text.getvalue()
