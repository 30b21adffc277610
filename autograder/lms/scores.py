"""Read what was graded, with what was given by hand since."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder import export, late, store
from autograder.files import GradeError, folder_name
from autograder.results import Result


@dataclass(frozen=True)
class Scored:
    """One submission with its grade."""

    result: Result
    row: dict[str, str]  # as grades.csv has it, were it written now
    waiting: bool  # for points by hand

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.result.student

    @property
    def score(self) -> float | None:
        """Points; None where there are none to be handed on yet."""
        return None if self.waiting or not self.row["score"] else float(self.row["score"])

    @property
    def max_score(self) -> float:
        """What the assignment carries."""
        return float(self.row["max_score"])


def read_scored(out: Path) -> list[Scored]:
    """Read the submissions of an output folder.

    Raises
    ------
    GradeError
        If nothing was graded there.
    """
    results = [stored.result for stored in store.read_all(out)]
    if not results or not (out / "gradebook.db").is_file():
        raise GradeError(
            f"Nothing was graded in {out}: name the folder that 'autograder grade' wrote with "
            "--out.",
            wrong_use=True,
        )
    books = _books(out)
    highest: dict[str, float] = {}
    for result in results:
        highest[result.assignment] = max(highest.get(result.assignment, 0), result.max_score)
    return [_scored(result, highest, books) for result in results]


def choose(graded: list[Scored], wanted: str | None) -> str:
    """Give the assignment that is meant: the only one, or the one of that number or name.

    Raises
    ------
    GradeError
        If that is none, or one of several.
    """
    names = sorted({each.result.assignment for each in graded})
    fits = [n for n in names if wanted is None or wanted in (n, *n.split("_", 1))]
    fits = fits or [n for n in names if n.partition("_")[0].lstrip("0") == wanted]
    if len(fits) == 1:
        return fits[0]
    what = "several assignments were graded" if not wanted else f"there is no {wanted!r}"
    raise GradeError(
        f"In that folder {what}: name one of {', '.join(names)} with --chapter.", wrong_use=True
    )


def _scored(result: Result, highest: dict[str, float], books: export.Books) -> Scored:
    booked = books.get((folder_name(result.student), result.assignment))
    text = export.grades_csv([result], highest, books)
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    waiting = booked.waiting if booked else result.needs_manual
    return Scored(result, row, waiting)


def _books(out: Path) -> export.Books:
    """Read the gradebook; lateness costs what it costs of the points as they are now."""
    from autograder import nbgrader_db, nbgrader_read  # two seconds

    policy = late.read_policy(out)
    gradebook = nbgrader_db.open_gradebook(f"sqlite:///{out.absolute()}/gradebook.db")
    try:
        books = nbgrader_read.booked(gradebook)
    finally:
        gradebook.close()
    return {key: late.charged(booked, policy) for key, booked in books.items()}
