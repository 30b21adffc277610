"""Keep the books as they were before a run, and say whose score the run changed.

A run that finds books copies them to ``backups/TIME/`` before it writes. At its end it puts
``changes.csv`` beside the copies, or removes them where nothing changed. Copies without
``changes.csv`` are those of a run that was stopped: the next one compares with the first of them,
so that what it tells is what changed since the last books that were whole.
"""

from __future__ import annotations

import contextlib
import csv
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.export import CELLS, GRADES, as_table, number, read_table
from autograder.files import TEMPORARY, GradeError, cannot_write, write_atomic

FOLDER = "backups"
GRADEBOOK = "gradebook.db"
TABLES = ("grades.csv", "cells.csv")
CHANGES = "changes.csv"
KEPT = 10  # backups; the oldest go
PATIENCE = 60.0  # seconds for another program that holds the gradebook

_COLUMNS = "student assignment before after difference cells".split()
_NAMED = 5  # students that the note names


@dataclass(frozen=True)
class Change:
    """One submission's score, before and after a run; None where there was, or is, none."""

    student: str
    assignment: str
    before: float | None
    after: float | None
    cells: str = ""  # the machine's part of it, by test cell

    @property
    def difference(self) -> float | None:
        """By how much it rose; None where one side is missing."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 6)

    @property
    def row(self) -> dict:
        """The row of the table of changes."""
        numbers = {name: number(getattr(self, name)) for name in ("before", "after", "difference")}
        return {**asdict(self), **numbers}

    def __str__(self) -> str:
        """Say it in a few words."""
        before, after = ("none" if s is None else f"{s:g}" for s in (self.before, self.after))
        gained = "" if self.difference is None else f" ({self.difference:+g})"
        return f"{self.student} from {before} to {after}{gained}"


def begin(out: Path) -> Path | None:
    """Copy the books; give the copies to compare with, of this run or of the first one stopped.

    Returns
    -------
    Path or None
        None where there are no books yet.
    """
    books = [out / name for name in (GRADEBOOK, *TABLES) if (out / name).is_file()]
    try:
        if books:
            _copy(books, out / FOLDER)
    except OSError as error:
        raise cannot_write(out / FOLDER, error) from error
    first, *others = _stopped(out) or [None]
    for between in others[:-1]:
        shutil.rmtree(between, ignore_errors=True)
    return first


def compare(out: Path, folder: Path | None) -> list[Change]:
    """Say whose score in the new tables is not that of the copies."""
    return [] if folder is None else list(_changes(folder, out))


def end(out: Path, folder: Path | None, changes: list[Change]) -> None:
    """Put the changes beside the copies, or remove these where the tables are the same."""
    if folder is None:
        return
    same = all(_bytes(out / name) == _bytes(folder / name) for name in TABLES)
    for done in _stopped(out):
        if same or done != folder:
            shutil.rmtree(done, ignore_errors=True)
    if same:
        return
    write_atomic(folder / CHANGES, as_table(_COLUMNS, [change.row for change in changes]))
    for old in _backups(out)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def note(changes: list[Change], folder: Path) -> str:
    """Tell the teacher whose score changed, and where the old books are."""
    named = "; ".join(map(str, changes[:_NAMED]))
    more = f"; and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    what = "1 score" if len(changes) == 1 else f"{len(changes)} scores"
    return (
        f"{what} changed since the last run: {named}{more}. "
        f"All are in {FOLDER}/{folder.name}/{CHANGES}, beside the books as they were."
    )


def _backups(out: Path) -> list[Path]:
    """The folders of copies, the oldest first."""
    return sorted(each for each in (out / FOLDER).glob("[0-9]*") if each.is_dir())


def _stopped(out: Path) -> list[Path]:
    """The folders of copies of runs that have not ended, this one's among them."""
    return [each for each in _backups(out) if not (each / CHANGES).exists()]


def _copy(books: list[Path], backups: Path) -> None:
    """Copy the books into a new folder, which appears when all is there."""
    backups.mkdir(exist_ok=True)
    for left in backups.glob(f"{TEMPORARY}*"):  # by a run that was killed right here
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=backups) as made:
        new = Path(made) / "copy"
        new.mkdir()
        for book in books:
            (_copy_database if book.name == GRADEBOOK else shutil.copyfile)(book, new / book.name)
        new.rename(backups / _name(backups))


def _name(backups: Path) -> str:
    """Name copies by this moment, in an order that holds also where the clock was set back."""
    now = time.strftime("%Y-%m-%dT%H-%M-%S")
    last = max((each.name for each in backups.glob("[0-9]*")), default="")
    return now if now > last else f"{last}+"


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database that formgrader may be writing to; a damaged one as it is."""
    try:
        with contextlib.closing(sqlite3.connect(source, timeout=PATIENCE)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise GradeError(
                f"Another program holds the gradebook {source} and does not let go. Close what "
                "works on it; the same command goes on from here."
            ) from error
        if "full" in str(error):
            raise cannot_write(target, OSError("No space left on device")) from error
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _changes(before: Path, after: Path) -> Iterator[Change]:
    """Whose score is not what it was, among those who had a row before."""
    old, new = (_scores(folder / "grades.csv", GRADES[:2]) for folder in (before, after))
    cells = [_scores(folder / "cells.csv", CELLS[:3]) for folder in (before, after)]
    for student, assignment in sorted(old.keys() & new.keys()):
        was, now = old[student, assignment], new[student, assignment]
        if was != now:
            moved = _moved_cells(student, assignment, *cells)
            yield Change(student, assignment, was, now, moved)


def _moved_cells(student: str, assignment: str, old: dict, new: dict) -> str:
    """The cells whose points changed, such as ``add-values +3``."""
    mine = [key for key in old.keys() | new.keys() if key[:2] == (student, assignment)]
    gained = {key[2]: (new.get(key) or 0.0) - (old.get(key) or 0.0) for key in sorted(mine)}
    return ", ".join(f"{name} {points:+g}" for name, points in gained.items() if points)


def _scores(path: Path, key: list[str]) -> dict[tuple, float | None]:
    """The column ``score`` of a table; a table that cannot be read tells nothing."""
    try:
        return {
            tuple(row[name] for name in key): float(row["score"]) if row["score"] else None
            for row in read_table(path)
        }
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
