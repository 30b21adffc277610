"""Check a chapter's file of misconceptions against its cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder import misconceptions

from . import scopes
from .checks import Checked
from .house import complete, offered
from .problems import Problem


def problems_of(path: Path, cells: list[Checked]) -> Iterator[Problem]:
    """Find unknown functions and cells, and code that does not stand alone.

    Parameters
    ----------
    path : path of ``solutions/misconceptions/NN_name.py``, which may be missing
    cells : the chapter's checked cells
    """
    if not path.exists():
        return
    file = "/".join(path.parts[-3:])
    try:
        found = misconceptions.read(path)
    except misconceptions.MisconceptionError as error:
        yield Problem(file, error.line, error.sentence)
        return
    compiled = [checked for checked in cells if checked.tree is not None]
    exercises = {
        name: checked.cell.name
        for checked in compiled
        if checked.cell.role == "exercise"
        for name in scopes.bound_at_top(checked.cell.source)
    }
    setup = set().union(*(offered(c) for c in compiled if c.cell.role == "setup"))
    tests = {c.cell.grade_id: c.cell.exercise for c in cells if c.cell.role == "test"}
    readable = complete(cells)
    for known in found:
        for sentence in _wrong(known, exercises, tests):
            yield Problem(file, known.line, sentence)
        source = misconceptions.as_source(known)
        for name, line in scopes.free_names(source).items():
            if readable and name not in setup:
                yield Problem(
                    file,
                    known.line + line - 1,
                    f"'{known.id}' uses '{name}', which no "
                    "setup cell of the chapter binds; bind it inside the function.",
                )


def _wrong(known, exercises: dict[str, str], tests: dict[str, str]) -> Iterator[str]:
    if known.replaces not in exercises:
        yield f"No exercise binds '{known.replaces}'; correct 'replaces' of '{known.id}'."
        return
    for cell in known.fails:
        if cell not in tests:
            yield f"There is no test cell '{cell}'; correct 'fails' of '{known.id}'."
        elif tests[cell] != exercises[known.replaces]:
            yield (
                f"'{cell}' tests '{tests[cell]}', but '{known.id}' stands for a function of "
                f"'{exercises[known.replaces]}'; correct 'fails'."
            )
