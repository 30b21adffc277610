"""The chapters as they are handed out: their code cells, in order, with their points.

A chapter is a file NN_name.json beside this one. ``autograder build`` writes it from the
students' notebook, so it holds nothing that a student does not have. It tells what a chapter was
before somebody worked on it: which cells belong to it, and what its tests were.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Cell:
    """One code cell, or one question that is answered in words."""

    id: str
    role: str  # setup, demo, quiz, beside, exercise, test or answer
    source: str
    name: str = ""  # grade id; empty for quizzes and demonstrations
    exercise: str = ""  # the exercise that a solution or test cell belongs to
    title: str = ""  # what a test cell tests, in words
    points: float = 0.0
    limit: float = 10.0  # seconds for a test cell
    minutes: float = 0.0  # what an exercise may take its reader
    bound_names: tuple[str, ...] = ()  # what an exercise, or a cell beside it, binds

    @property
    def visible_source(self) -> str:
        """The source: nothing here is hidden."""
        return self.source


@dataclass(frozen=True)
class Chapter:
    """The cells of one chapter in their order."""

    name: str  # the notebook's file stem, for example 04_conv_layer
    title: str
    cells: tuple[Cell, ...]

    @cached_property
    def by_name(self) -> dict[str, Cell]:
        """The named cells by their grade id."""
        return {cell.name: cell for cell in self.cells if cell.name}

    @cached_property
    def exercises(self) -> tuple[Cell, ...]:
        """The cells that a student writes."""
        return tuple(cell for cell in self.cells if cell.role == "exercise")

    @cached_property
    def tests(self) -> tuple[Cell, ...]:
        """The test cells."""
        return tuple(cell for cell in self.cells if cell.role == "test")

    def tests_of(self, exercise: str) -> tuple[Cell, ...]:
        """The test cells of one exercise."""
        return tuple(cell for cell in self.tests if cell.exercise == exercise)

    @property
    def points(self) -> float:
        """What all test cells are worth."""
        return sum(cell.points for cell in self.tests)


def names() -> list[str]:
    """Name the chapters in the course's order.

    Examples
    --------
    >>> names()[4]
    '04_conv_layer'
    """
    return sorted(path.stem for path in FOLDER.glob("[0-9]*.json"))


@cache
def load(name: str) -> Chapter:
    """Read a chapter.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Examples
    --------
    >>> load("00_start_here").points
    2.0
    """
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    cells = tuple(
        Cell(**{**cell, "bound_names": tuple(cell.get("bound_names", ()))})
        for cell in written["cells"]
    )
    return Chapter(written["chapter"], written["title"], cells)


def find(word: str) -> str:
    """Name the chapter that a word means: its number, its name, or the path of its notebook.

    Raises
    ------
    ValueError
        There is no such chapter.

    Examples
    --------
    >>> find("4"), find("notebooks/04_conv_layer.ipynb")
    ('04_conv_layer', '04_conv_layer')
    """
    stem = Path(word).name.removesuffix(".ipynb")
    for name in names():
        if stem == name or (stem.isdigit() and int(stem) == int(name.split("_")[0])):
            return name
    raise ValueError(f"There is no chapter {word!r}: say 04, or one of {', '.join(names())}.")
