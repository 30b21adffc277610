"""Take the names out of a class's results, so that a report can be passed on."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from autograder import export
from autograder.files import GradeError, write_atomic
from autograder.results import Result

NAME = "pseudonyms.csv"  # in the output folder; not to be passed on
_COLUMNS = ["student", "pseudonym"]


def pseudonyms(out: Path, students: Iterable[str]) -> dict[str, str]:
    """Give every student a pseudonym that stays the same in every report of a folder.

    They are drawn, not computed: nobody who has the list of names can find out whose is whose.

    Raises
    ------
    GradeError
        If the file of pseudonyms was damaged: new ones would make two of one person.
    """
    path = Path(out) / NAME
    given = _read(path)
    new = sorted(set(students) - given.keys())
    secrets.SystemRandom().shuffle(new)
    given |= {name: f"P{n:03}" for n, name in enumerate(new, start=len(given) + 1)}
    if new:
        rows = [dict(zip(_COLUMNS, pair, strict=True)) for pair in sorted(given.items())]
        write_atomic(path, export.as_table(_COLUMNS, rows))
        path.chmod(0o600)
    return given


def nameless(class_: Iterable[Result], names: Mapping[str, str]) -> list[Result]:
    """Put pseudonyms for names, and leave out every text that a submission had a part in.

    A file's name stands in a repair, a line of code in a flag: either may hold a name.
    """
    return [
        replace(
            result,
            student=names[result.student],
            reason="",
            repairs=[""] * len(result.repairs),
            flags=["the report with names says why."] * bool(result.flags),
            answers={},
            cells=[
                replace(cell, message="", expected=None, got=None, given=None)
                for cell in result.cells
            ],
            code=[replace(code, error=_ours(code.error), output="") for code in result.code],
        )
        for result in class_
    ]


def _ours(error: str) -> str:
    """What the grader says of a cell that it stopped; nothing of what the student's code says."""
    return "This cell did not come to its end." if error.startswith("This cell ") else ""


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        given = {row["student"]: row["pseudonym"] for row in export.read_table(path)}
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        given = {}
    if not given or len(set(given.values())) < len(given) or None in given.values():
        raise GradeError(
            f"{path} cannot be read as a table of students and pseudonyms. Bring back a copy of "
            "it, or remove it: then everybody gets a new pseudonym."
        )
    return given
