"""Say why a cell stops in a fresh Python although it may have worked where it was clicked."""

from __future__ import annotations

import re

from cnnkit.coursework.matching import Step, binds
from cnnkit.coursework.running import Error
from cnnkit.released import Chapter

ALONE = "Marking has the notebook alone, without the files that lie beside it, and no network."


def of_cell(place: int, error: Error, steps: tuple[Step, ...], chapter: Chapter) -> str:
    """Say in a sentence or two how one of the cells stops.

    Parameters
    ----------
    place : int
        Where the cell stands among the steps.
    """
    step = steps[place]
    if step.kind == "author":
        return (
            f"The course's own cell {step.name} stops: {told(error)} "
            "Run 'cnnkit doctor' to see whether something is not installed."
        )
    return f"{_called(step)} stops: {told(error)}{why(place, error, steps, chapter)}"


def told(error: Error) -> str:
    """Say what ended a cell: type, message and line."""
    if not error.type:
        return error.message
    where = f" in line {error.line}" if error.line else ""
    said = first_line(error.message)
    if error.type == "Mismatch" or (error.type == "AssertionError" and said):
        return error.message
    return f"{error.type}{where}{f': {said}' if said else ''}."


def why(place: int, error: Error, steps: tuple[Step, ...], chapter: Chapter) -> str:
    """Say what a cell leans on that is not there from top to bottom; '' where that is not known."""
    if error.type in ("ModuleNotFoundError", "FileNotFoundError"):
        return f" {ALONE}"
    if not error.missing:
        return ""
    later = [step for step in steps[place:] if step.kind == "student" and _has(step.source, error)]
    if later:
        return (
            f" {error.missing} is bound further down, by {_called(later[0], begin=False)}: "
            "it only works in the order in which you clicked. Move that cell up."
        )
    if any(cell.role == "demo" and _has(cell.source, error) for cell in chapter.cells):
        return (
            f" Only a demonstration binds {error.missing}, and marking does not run those: "
            "bind or import it in your own cell."
        )
    if any(_has(step.source, error) for step in steps[:place]):
        return " The cell that binds it stopped before it came to that."
    return (
        f" No cell of the notebook binds {error.missing}: perhaps one that you have deleted or "
        "changed since, or that you named otherwise."
    )


def _has(source: str, error: Error) -> bool:
    """Whether a cell binds the name that was missed, imports included."""
    name = re.escape(error.missing)
    imported = re.search(rf"^\s*(?:from\s+\S+\s+)?import\b.*\b{name}\b", source, re.M)
    return error.missing in binds(source) or imported is not None


def _called(step: Step, *, begin: bool = True) -> str:
    """Name a student's cell."""
    if step.name:
        return f"{'The' if begin else 'the'} cell of {step.name}"
    return f"{'Your' if begin else 'your'} cell that begins with '{first_line(step.source)[:60]}'"


def first_line(text: str) -> str:
    r"""Give the first line that is not empty, without the full stop at its end.

    >>> first_line("\nname 'x' is not defined.\nmore")
    "name 'x' is not defined"
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0].removesuffix(".") if lines else ""
