"""Carry a student's work from a notebook into a newer release of the same chapter.

What is not as it was handed out is the student's: the builder gave each cell nbgrader's checksum,
or an id that holds a digest of its text.
"""

from __future__ import annotations

import copy
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from cnnkit.coursework import notebooks, saved
from cnnkit.coursework.matching import binds

RAN = ("outputs", "execution_count")  # what a cell holds once it was run


@dataclass
class Carried:
    """The new notebook with a student's work in it.

    Attributes
    ----------
    notebook : dict
        As JupyterLab reads it.
    answers : list of str
        The exercises and questions that hold what the student wrote.
    own : int
        How many other cells are the student's.
    tests : list of str
        The tests that are new, or not what they were.
    """

    notebook: dict
    answers: list[str] = field(default_factory=list)
    own: int = 0
    tests: list[str] = field(default_factory=list)


def carry(old: dict, new: dict) -> Carried:
    """Put what a student wrote into one notebook into another as it was handed out.

    Parameters
    ----------
    old, new : dict
        Notebooks of one chapter as they are in their files; neither is changed.
    """
    cells = copy.deepcopy(cells_of(new))
    places = _places(cells_of(old), cells)
    added: dict[int, list[dict]] = defaultdict(list)
    carried, anchor = Carried(new | {"cells": []}), -1
    for cell, place in zip(cells_of(old), places, strict=True):
        anchor = anchor if place is None else place
        if place is not None and _is_same(cell, cells[place]):
            cells[place] |= {
                key: cell[key] for key in ("outputs", "execution_count") if key in cell
            }
        elif not _is_mine(cell):
            continue
        elif place is None:
            added[anchor].append(cell)
        elif _role(cells[place]) in ("exercise", "answer"):
            if (name := notebooks.grade_id(cells[place])) in carried.answers:
                added[place - 1].append(_written_into({}, cells[place]))  # the last copy counts
            else:
                carried.answers.append(name)
            cells[place] = _written_into(cells[place], cell)
        elif not notebooks.grade_id(cells[place]):  # a text or a demonstration, changed by hand
            cells[place] = _written_into(cells[place], cell)
            carried.own += 1
    carried.own += sum(map(len, added.values()))
    carried.notebook["cells"] = list(_woven(cells, added))
    carried.tests = _other_tests(cells_of(old), cells)
    return carried


def work(notebook: dict) -> list[str]:
    """Give the sources of the cells that are a student's, in a notebook as it is in its file."""
    return [saved.source(cell) for cell in cells_of(notebook) if _is_mine(cell)]


def cells_of(notebook: dict) -> list[dict]:
    """Give the cells of a notebook as they are in its file."""
    return [cell for cell in notebook["cells"] if isinstance(cell, dict)]


def _is_mine(cell: dict) -> bool:
    """Whether a student wrote the cell or something into it."""
    source = saved.source(cell)
    if not source or _role(cell) in ("setup", "beside", "test"):
        return False  # marking uses the author's whatever became of them
    if notebooks.grade_id(cell):
        with suppress(KeyError, TypeError, ValueError):  # of marks that were damaged on the way
            return not saved.untouched(cell)
        return True
    digest = hashlib.sha1(saved.joined(cell).encode("utf-8", "replace"), usedforsecurity=False)
    return f"-{digest.hexdigest()[:8]}" not in str(cell.get("id"))


def _places(old: list[dict], new: list[dict]) -> list[int | None]:
    """Find each old cell among the new: by grade id, id, text, or the function that it binds."""
    index: dict[tuple[str, str], int] = {}
    for place, cell in enumerate(new):
        for mark in _marks(cell):
            index.setdefault(mark, place)
    found = [next((index[m] for m in _marks(cell) if m in index), None) for cell in old]
    for place, cell in enumerate(new):
        if _role(cell) == "exercise" and place not in found:
            names = binds(saved.source(cell))
            for number, other in enumerate(old):
                if found[number] is None and binds(saved.source(other)) & names:
                    found[number] = place
    return found


def _marks(cell: dict) -> list[tuple[str, str]]:
    marks = ("name", notebooks.grade_id(cell)), ("id", cell.get("id")), ("text", saved.source(cell))
    return [mark for mark in marks if mark[1] and isinstance(mark[1], str)]


def _is_same(cell: dict, other: dict) -> bool:
    return saved.source(cell) == saved.source(other)


def _role(cell: dict) -> str:
    about = cell.get("metadata")
    about = about.get("cnnkit") if isinstance(about, dict) else None
    return str(about.get("role")) if isinstance(about, dict) else ""


def _written_into(cell: dict, mine: dict) -> dict:
    """Put a student's text, and what came out when it was run, into a cell."""
    kept = ("cell_type", "source", "attachments", *RAN)
    made = {"metadata": {}, "id": "mine"} | cell | {key: mine[key] for key in kept if key in mine}
    if _role(cell) in ("exercise", "answer"):
        made["cell_type"] = cell["cell_type"]
    if made["cell_type"] == "code":
        made = {"outputs": [], "execution_count": None} | made
    return made


def _woven(cells: list[dict], added: dict[int, list[dict]]) -> Iterator[dict]:
    """Give all cells in their order, each with an id of its own."""
    taken = {cell.get("id") for cell in cells}
    for place in range(-1, len(cells)):
        if place >= 0:
            yield cells[place]
        for number, cell in enumerate(added[place], start=1):
            cell = _written_into({}, cell) | {"id": str(cell.get("id") or "mine")[:48]}
            if cell["id"] in taken:
                cell["id"] = f"{cell['id']}-{place + 1}-{number}"
            taken.add(cell["id"])
            yield cell


def _other_tests(old: list[dict], new: list[dict]) -> list[str]:
    had = {notebooks.grade_id(cell): saved.source(cell) for cell in old}
    return [
        name
        for cell in new
        if _role(cell) == "test" and had.get(name := notebooks.grade_id(cell)) != saved.source(cell)
    ]
