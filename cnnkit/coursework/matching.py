"""Match the cells of a submission to those of the chapter.

The chapter's order holds. Locked cells come from the chapter whatever the submission made of
them, solution cells come from the submission, cells that a student added run after the cell of
the chapter that they follow. What had to be mended is said in ``repairs``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from cnnkit.coursework import notebooks
from cnnkit.released import Cell, Chapter

LOCKED = ("setup", "beside", "test")  # the author's cells that run
SHOWN = ("text", "quiz", "demo")  # the author's cells that do not

_BINDING = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]*)?=(?!=)", re.M)


@dataclass(frozen=True)
class Step:
    """One cell to run, or one answer to keep.

    ``kind`` is "author" (a locked cell), "student" (a solution cell, or with an empty name a
    cell that the student added) or "answer" (free text that a human grades).
    """

    kind: str
    name: str
    source: str


@dataclass(frozen=True)
class Matched:
    """A submission brought into the chapter's order."""

    steps: tuple[Step, ...]
    repairs: tuple[str, ...]

    @property
    def answers(self) -> dict[str, str]:
        """The free text answers by grade id."""
        return {step.name: step.source for step in self.steps if step.kind == "answer"}


@dataclass
class _Sorted:
    """The submission's cells, each at the place of the chapter's cell that it belongs to."""

    known: dict[int, list[dict]] = field(default_factory=lambda: defaultdict(list))
    added: dict[int, list[dict]] = field(default_factory=lambda: defaultdict(list))
    moved: bool = False


def match(notebook: dict, chapter: Chapter) -> Matched:
    """Bring a submitted notebook's cells into the chapter's order.

    Parameters
    ----------
    notebook : dict
        The parsed notebook, of any format.
    chapter : Chapter
        What it is a submission of; the grader hands over its own, with hidden tests.

    Raises
    ------
    cnnkit.coursework.notebooks.NotANotebook
        If it has no cells to look at.
    """
    found = _sort(notebooks.regular(notebook)["cells"], chapter)
    steps = _added(found.added[-1])
    repairs = ["Cells were moved; the chapter's order was used."] if found.moved else []
    for place, cell in enumerate(chapter.cells):
        copies = found.known[place]
        if cell.role in LOCKED:
            steps.append(Step("author", cell.name, cell.source))
            repairs += _locked_repairs(cell, copies)
        elif cell.role == "exercise":
            sources = sorted((copy["source"] for copy in copies), key=_begun) or [""]
            steps += [Step("student", cell.name, source) for source in sources]
            repairs += _exercise_repairs(cell, copies)
        elif cell.role == "answer":
            text = "\n\n".join(copy["source"] for copy in copies)
            steps.append(Step("answer", cell.name, text))
            repairs += _answer_repairs(cell, copies)
        steps += _added(found.added[place])
    return Matched(tuple(steps), tuple(repairs))


def binds(source: str) -> set[str]:
    r"""Find the names that source binds at its top level, without parsing untrusted code.

    >>> sorted(binds("def f(x):\n    y = 1\nz = f(2)"))
    ['f', 'z']
    """
    return {first or second for first, second in _BINDING.findall(source)}


def _sort(cells: list[dict], chapter: Chapter) -> _Sorted:
    index = _index(chapter)
    places = [_place_by_marks(cell, index) for cell in cells]
    _place_by_binding(cells, places, chapter)
    found, anchor = _Sorted(), -1
    for cell, place in zip(cells, places, strict=True):
        if place is None:
            found.added[anchor].append(cell)
            continue
        anchor = place
        if chapter.cells[place].role == "demo" and _defines_more(cell, chapter.cells[place]):
            found.added[anchor].append(cell)
        else:
            found.known[place].append(cell)
    first_seen = [p for p in dict.fromkeys(places) if p is not None and _matters(chapter.cells[p])]
    found.moved = first_seen != sorted(first_seen)
    return found


def _matters(cell: Cell) -> bool:
    return cell.role not in SHOWN


@lru_cache(maxsize=16)
def _index(chapter: Chapter) -> dict[tuple[str, str], int]:
    """All marks by which a cell of the chapter is known, with its place."""
    index: dict[tuple[str, str], int] = {}
    for place, cell in enumerate(chapter.cells):
        text = _plain(cell.visible_source) if cell.role in LOCKED + SHOWN else ""
        for key in (("name", cell.name), ("id", cell.id), ("text", text)):
            if key[1]:
                index.setdefault(key, place)
    return index


def _place_by_marks(cell: dict, index: dict[tuple[str, str], int]) -> int | None:
    """Find the chapter's cell that a submitted one is: grade id, cell id or its very text."""
    text = _plain(cell["source"])
    for key in (("name", notebooks.grade_id(cell)), ("id", cell["id"]), ("text", text)):
        if key in index:
            return index[key]
    return None


def _place_by_binding(cells: list[dict], places: list[int | None], chapter: Chapter) -> None:
    """Find exercises whose marks are lost by the function that they define."""
    for place, exercise in enumerate(chapter.cells):
        if exercise.role != "exercise" or place in places:
            continue
        names = set(exercise.bound_names)
        for number, cell in enumerate(cells):
            if places[number] is None and cell["cell_type"] == "code":
                if binds(cell["source"]) & names:
                    places[number] = place


def _defines_more(cell: dict, demo: Cell) -> bool:
    """Whether a student put something of their own into a demo cell, which the rest may need."""
    return cell["cell_type"] == "code" and not binds(cell["source"]) <= binds(demo.source)


def _added(cells: list[dict]) -> list[Step]:
    return [
        Step("student", "", cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and cell["source"].strip()
    ]


def _begun(source: str) -> bool:
    """Sort a stub before what was written: a copy never begun must not undo the solution."""
    return "raise NotImplementedError" not in source


def _plain(source: str) -> str:
    """Source without what editors change on their own: blanks at line ends and at the end."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _locked_repairs(cell: Cell, copies: list[dict]) -> list[str]:
    what = f"{'test' if cell.role == 'test' else 'locked'} cell {cell.name}"
    if not copies:
        return [f"The {what} is missing; the original was used."]
    originals = (_plain(cell.visible_source), _plain(cell.source))
    if any(_plain(copy["source"]) not in originals for copy in copies):
        return [f"The {what} was changed; the original was used."]
    if len(copies) > 1:
        return [f"The {what} appears {len(copies)} times; it was run once."]
    return []


def _exercise_repairs(cell: Cell, copies: list[dict]) -> list[str]:
    name = cell.exercise or cell.name
    if not copies:
        return [f"The cell of exercise {name} is missing; its tests had nothing to test."]
    repairs = []
    if any(copy["cell_type"] != "code" for copy in copies):
        repairs.append(f"The cell of exercise {name} was no code cell any more; it was run as one.")
    if len(copies) > 1:
        repairs.append(
            f"The cell of exercise {name} appears {len(copies)} times; all were run in order "
            "and the last one counts."
        )
    elif notebooks.grade_id(copies[0]) != cell.name:
        how = "its id" if copies[0]["id"] == cell.id else "the name that it defines"
        repairs.append(f"The cell of exercise {name} had lost its marks; it was found by {how}.")
    return repairs


def _answer_repairs(cell: Cell, copies: list[dict]) -> list[str]:
    if not copies:
        return [f"The cell of the question {cell.name} is missing; there is nothing to grade."]
    if len(copies) > 1:
        return [f"The cell of the question {cell.name} appears {len(copies)} times; all were kept."]
    return []
