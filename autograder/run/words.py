"""Say in words how a test cell ended. What a hidden test knows stays out of them."""

from __future__ import annotations

import builtins
import math
import re
import traceback

import numpy as np

from autograder.chapter import Cell
from autograder.files import shown
from autograder.results import FAILED, GRADER_ERROR, PASSED, TIMEOUT, CellResult
from autograder.run.limits import CellTimeout
from autograder.run.local import code_name
from autograder.run.remote import PupilGone

_NOT_RUN = (
    "Marking runs the imports at the top, your answers and cells that you added, "
    "not the demonstrations between them."
)
_MOST_NUMBERS = 400  # of an array shown in feedback
_MOST_TEXT = 4_000  # characters of a message, which may quote a text of the student's
# The labels under which cells run in the pupil, as tracebacks show them too.
EXERCISE, ADDED, AUTHORS = "<cell {}>", "<cell {} that you added>", "<cell {} of the course>"


def cell_result(
    cell: Cell, error: BaseException | None, faulty: str = "", given: tuple = ()
) -> CellResult:
    """Judge a test cell by the exception that ended it, or by None.

    ``given`` holds what the cell handed over in the last call before.
    """
    result = CellResult(cell.name, cell.exercise, cell.title, 0.0, cell.points, FAILED)
    if faulty:
        result.status, result.score = GRADER_ERROR, None
        result.message = (
            "This test failed on the course's own solution, so it was not counted. "
            "The fault is ours, not yours."
        )
    elif error is None:
        result.status, result.score = PASSED, cell.points
    elif isinstance(error, CellTimeout):
        result.status = TIMEOUT
        result.hidden = True
        seconds = "1 second" if cell.limit == 1 else f"{cell.limit:g} seconds"
        result.message = f"Your code took longer than the {seconds} it may."
    else:
        result.hidden = not cell.hidden_lines.isdisjoint(_lines(cell, error))
        result.message = shown(_message(cell, error, result.hidden)[:_MOST_TEXT])
        if not result.hidden:
            result.expected, result.got = _plane(error, "expected"), _plane(error, "got")
            if result.got and min(cell.hidden_lines, default=math.inf) > _lines(cell, error)[0]:
                result.given = _input(given)
    return result


def _message(cell: Cell, error: BaseException, hidden: bool) -> str:
    if isinstance(error, PupilGone):
        return f"Your code ended its Python process during this test ({error})."
    if (student := getattr(error, "student", None)) is not None:
        return _student_error(student, hidden)
    if (brief := getattr(error, "brief", None)) is not None:
        hint = getattr(error, "hint", "")
        words = str(brief if hidden else error.full)
        return f"{words} {hint}".strip() if hint else words
    if isinstance(error, AssertionError):
        own = not hidden or _raised_in(cell, error)  # others' messages show what was compared
        return (str(error) if own else "") or _assertion(cell, error, hidden)
    what = type(error).__name__ if hidden else f"{type(error).__name__}: {error}"
    return f"The test could not work with what your code returned ({what})."


def _student_error(student, hidden: bool) -> str:
    if student.type == "NotImplementedError":
        return "Not written yet: the function still raises NotImplementedError."
    where = f" in line {student.line} of {place(student.cell)}" if student.line > 0 else ""
    if hidden:  # the message might carry the test's input
        known = student.type if hasattr(builtins, student.type) else "an exception"
        return f"Your code raised {known}."
    said = f": {student.message}" if student.message else "."
    if student.type == "NameError":
        said = f"{said.rstrip('.')}. {_NOT_RUN}"
    return f"Your code raised {student.type}{where}{said}"


def place(label: str) -> str:
    """Say which cell a label means.

    >>> place("<cell conv2d>"), place("<cell 2 that you added>")
    ('your cell conv2d', 'cell 2 that you added')
    """
    name = re.fullmatch(r"<(cell .+)>", label)
    if name is None:
        return "your cell"
    return name[1] if " " in name[1].removeprefix("cell ") else f"your {name[1]}"


def _assertion(cell: Cell, error: BaseException, hidden: bool) -> str:
    if hidden:
        return "A check on other inputs than the visible ones failed."
    line = cell.source.splitlines()[_lines(cell, error)[-1] - 1].strip()
    return f"This did not hold: {line}"


def _lines(cell: Cell, error: BaseException) -> list[int]:
    """The lines of the test cell that led to the exception, a visible helper's among them."""
    lines, frame = [], error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == code_name(cell):
            lines.append(frame.tb_lineno)
        frame = frame.tb_next
    return lines or [1]


def _raised_in(cell: Cell, error: BaseException) -> bool:
    """Whether the cell's own code raised the exception, and nothing that it called."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return frame.f_code.co_filename == code_name(cell)


def _plane(error: BaseException, which: str) -> list | None:
    """The numbers of one side of a mismatch, where there are few enough to look at."""
    value = getattr(error, which, None)
    return _numbers(value) if isinstance(value, np.ndarray) and value.ndim <= 2 else None


def _input(given: tuple) -> list | None:
    """The numbers of the first array that was handed over, where it is a single plane."""
    array = next((value for value in given if isinstance(value, np.ndarray)), None)
    if array is None or any(size != 1 for size in array.shape[:-2]):
        return None
    return _numbers(array.reshape(array.shape[-2:]))


def _numbers(value: np.ndarray) -> list | None:
    if not 0 < value.size <= _MOST_NUMBERS or value.dtype.kind not in "biuf":
        return None
    return np.round(np.atleast_2d(value).astype(float), 6).tolist()
