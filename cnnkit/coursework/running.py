"""Run a notebook as marking does: in a fresh Python, in the chapter's order, from top to bottom.

Demonstrations do not run, locked cells are those that were handed out, and a test that hangs
costs itself and not the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from cnnkit.coursework.fresh import START, Ended, FreshPython, TookTooLong
from cnnkit.coursework.matching import Matched, Step
from cnnkit.released import Cell, Chapter

STUDENT_CELL = 30.0  # seconds for a cell that is no test
SLOW_TESTS = 2  # tests of an exercise that may hang before the rest is left out

Progress = Callable[[int, int, str], None]  # steps done, steps in all, the cell's name


@dataclass(frozen=True)
class Error:
    """What ended a cell early."""

    type: str
    message: str = ""
    line: int = 0  # of the student's cell; 0 where that is not known
    missing: str = ""  # the name that a NameError could not find
    lost: bool = False  # the process hung or ended

    @property
    def unwritten(self) -> bool:
        """Whether an exercise has not been written yet."""
        return self.type == "NotImplementedError"


@dataclass
class Run:
    """How every cell ended: None is well."""

    tests: dict[str, Error | None] = field(default_factory=dict)  # by grade id, in order
    cells: list[tuple[int, Error]] = field(default_factory=list)  # place among the steps


def run(matched: Matched, chapter: Chapter, progress: Progress | None = None) -> Run:
    """Run a notebook's cells.

    Parameters
    ----------
    matched : Matched
        The notebook, brought into the chapter's order.
    chapter : Chapter
        What it is a notebook of.
    progress : callable, optional
        Called before each step.
    """
    outcome, slow, known = Run(), Counter(), []
    with FreshPython() as python:
        for place, step in enumerate(matched.steps):
            if progress:
                progress(place, len(matched.steps), step.name)
            cell = chapter.by_name.get(step.name)
            if cell is not None and cell.role == "test":
                error = outcome.tests[cell.name] = _test(python, cell, known, slow)
                continue
            error = _cell(python, step, cell)
            known += cell.bound_names if cell is not None else ()
            if error is not None:
                outcome.cells.append((place, error))
    return outcome


def _cell(python: FreshPython, step: Step, cell: Cell | None) -> Error | None:
    if step.kind == "answer":
        return None
    setup = cell is not None and cell.role == "setup"
    limit = STUDENT_CELL if step.kind == "student" else START  # imports, on a busy machine
    return _asked(python, {"do": "setup" if setup else "cell", "source": step.source}, limit)


def _test(python: FreshPython, cell: Cell, known: list[str], slow: Counter) -> Error | None:
    if slow[cell.exercise] >= SLOW_TESTS:
        return Error("", "Not run: two earlier tests of this exercise hung or crashed.")
    error = _asked(python, {"do": "test", "source": cell.source, "names": known}, cell.limit)
    if error is not None and error.lost:
        slow[cell.exercise] += 1
    return error


def _asked(python: FreshPython, request: dict, seconds: float) -> Error | None:
    try:
        error = python.ask(request, seconds)
    except TookTooLong:
        said = "1 second" if seconds == 1 else f"{seconds:g} seconds"
        return Error("", f"It took longer than the {said} it may.", lost=True)
    except Ended:
        return Error("", "It ended its Python process.", lost=True)
    return Error(**error) if error else None
