"""Write the tables: a row a submission, a row a test cell, and what it took.

``grades.csv`` and ``cells.csv`` depend on the results and, the first, on what was graded by hand
and on lateness, so that two runs over the same submissions give the same bytes; what differs from
run to run stands in ``timings.csv``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.files import folder_name, shown, write_atomic
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
                "score": number(_score(result, booked)),
                "max_score": number(highest),
                "status": result.status,
                "reason": result.reason,
                "attempt": result.attempt,
                "late": number(booked.late if booked else None),
                "penalty": number(booked.penalty if booked else None),
                "repairs": " ".join(result.repairs),
                "needs_manual": "yes" if _needs_manual(result, booked) else "no",
            }
        )
    return as_table(GRADES, rows)


def cells_csv(results: Iterable[Result]) -> str:
    """Give the table of test cells, in the chapter's order within a submission."""
    rows = [
        {
            "student": result.student,
            "assignment": result.assignment,
            "cell": cell.cell,
            "score": number(cell.score),
            "max_score": number(cell.max_score),
            "message": cell.message,
            "misconception": cell.misconception,
        }
        for result in _in_order(results)
        for cell in result.cells
    ]
    return as_table(CELLS, rows)


def timings_csv(seconds: Seconds) -> str:
    """Give the table of what each submission took."""
    rows = [
        {"student": student, "assignment": assignment, "seconds": f"{value:.3f}"}
        for (student, assignment), value in sorted(seconds.items())
    ]
    return as_table(TIMINGS, rows)


def read_timings(path: Path) -> Seconds:
    """Read the table of an earlier run; an absent or damaged one gives nothing."""
    seconds: Seconds = {}
    try:
        for row in read_table(path):
            seconds[row["student"], row["assignment"]] = float(row["seconds"])
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        pass
    return seconds


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Read the rows of one of these tables; texts come out as they went in."""
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: _as_it_was(value) for name, value in row.items()}


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


LONGEST = 20_000  # characters of one text in a table; csv reads no more than 131,072
# Where a formula may begin: with the text, or behind what some country's spreadsheet takes for the
# end of a cell. Apostrophes count as part of it, so that taking one off again gives what was there.
_PLACE = r"(?:^|(?<=[;\t\r\n]))"
_FORMULA = r"(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"
_BEGINS, _HARMLESS = re.compile(_PLACE + _FORMULA), re.compile(f"{_PLACE}'{_FORMULA}")


def harmless(value: object) -> object:
    """Keep a spreadsheet from running a text, or a part of it, as a formula.

    >>> harmless("=1+1"), harmless("a;=1+1")
    ("'=1+1", "a;'=1+1")
    """
    return _BEGINS.sub("'", value) if isinstance(value, str) else value


def _as_it_was(value: object) -> object:
    """The inverse of :func:`harmless`."""
    return _HARMLESS.sub("", value) if isinstance(value, str) else value


def _score(result: Result, booked: Booked | None) -> float | None:
    """The machine's points with those given by hand, less the penalty.

    None while a failure of ours leaves a gap.
    """
    if result.status == GRADER_ERROR and (booked is None or booked.waiting):
        return None
    points = sum(cell.score or 0.0 for cell in result.cells)
    if booked is None:
        return points
    points += booked.points
    return max(0.0, points - booked.penalty) if booked.penalty else points


def _needs_manual(result: Result, booked: Booked | None) -> bool:
    """Whether a human has to look, still: a score by hand in a test cell settles a doubt."""
    if booked is None:
        return result.needs_a_look
    return booked.waiting or (result.doubtful and not booked.judged)


def _in_order(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (result.assignment, result.student))


def number(value: float | None) -> object:
    """A number as short as it can be; nothing where there is none."""
    if value is None:
        return ""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def as_table(columns: list[str], rows: list[dict]) -> str:
    """Give rows as CSV that no spreadsheet runs."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _written(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _written(value: object) -> object:
    """Give a text as any terminal, spreadsheet and reader of tables takes it."""
    return harmless(shown(value[:LONGEST])) if isinstance(value, str) else value
