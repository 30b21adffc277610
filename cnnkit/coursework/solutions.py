"""The course's own answer to an exercise, for who has tried it: ``cnnkit solution 04 NAME``.

Answers lie in the folder ``solutions`` of the whole course. A class is handed the course without
it, and then there is nothing to show.
"""

from __future__ import annotations

import json
from pathlib import Path

from cnnkit import released
from cnnkit.coursework import notebooks
from cnnkit.coursework.matching import binds
from cnnkit.released import Cell, Chapter

MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


class NotShown(Exception):
    """Why there is no answer to be seen (yet), as a sentence or two."""


def solution(chapter: str, exercise: str, folder: str | Path | None = None) -> str:
    """Give the course's own answer to an exercise that was tried.

    Parameters
    ----------
    chapter : str
        Number or name.
    exercise : str
        The name of the function, as its heading says it.
    folder : path, optional
        The course's folder, with ``solutions`` and ``notebooks`` in it; found from here on upwards
        if left out.

    Raises
    ------
    NotShown
        There is no such exercise, no answer here, or no attempt yet.
    """
    try:
        chosen = released.load(released.find(chapter))
    except ValueError as error:
        raise NotShown(str(error)) from None
    cell = _exercise(chosen, exercise)
    root = _root(chosen, Path(folder) if folder else Path())
    path = root / "notebooks" / f"{chosen.name}.ipynb"
    if not tried(path, cell):
        raise NotShown(_try_first(chosen, cell, path))
    return _answer(root / "solutions" / f"{chosen.name}.ipynb", cell)


def tried(path: Path, cell: Cell) -> bool:
    """Whether something was written for an exercise in a saved notebook, right or wrong."""
    try:
        notebook = notebooks.parse(path.read_bytes())
    except OSError:
        return False
    except notebooks.NotANotebook as error:
        raise NotShown(f"{path} cannot be read: {error}") from None
    names = set(cell.bound_names)
    mine = [
        other["source"]
        for other in notebook["cells"]
        if notebooks.grade_id(other) == cell.name or binds(other["source"]) & names
    ]
    return any(_bare(source) and _bare(source) != _bare(cell.source) for source in mine)


def _bare(source: str) -> str:
    """The code without comments, blanks and the stub's last line: what a try is measured by."""
    lines = [line.split("#")[0].strip() for line in source.splitlines()]
    return "".join(line for line in lines if line and "NotImplementedError" not in line)


def _exercise(chapter: Chapter, name: str) -> Cell:
    for cell in chapter.exercises:
        if cell.name == name:
            return cell
    names = ", ".join(cell.name for cell in chapter.exercises)
    raise NotShown(f"Chapter {chapter.title} has no exercise {name!r}. It has: {names}.")


def _root(chapter: Chapter, start: Path) -> Path:
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "solutions" / f"{chapter.name}.ipynb").is_file():
            return folder
    raise NotShown(
        "There is no folder 'solutions' here or above. Run this in the folder of the course. A "
        "class is given the course without it: ask your teacher."
    )


def _try_first(chapter: Chapter, cell: Cell, path: Path) -> str:
    minutes = f" It is meant to take {cell.minutes:g} minutes." if cell.minutes else ""
    return (
        f"Nothing is written for {cell.name} yet in {path.name}, as it was saved.{minutes} Open "
        "its hints one at a time, do the smallest example on paper, write down what you have, "
        "right or wrong, and save. Then ask again: an answer teaches only who has tried."
    )


def _answer(path: Path, cell: Cell) -> str:
    for other in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if notebooks.grade_id(other) == cell.name:
            lines = "".join(other["source"]).splitlines()
            return "\n".join(line for line in lines if line.strip() not in MARKS)
    raise NotShown(f"{path} has no cell {cell.name}. Run 'make build'.")
