"""A chapter as the grader sees it: the cells of its instructor notebook, with their roles.

The builder writes each cell's role into the notebook's metadata under ``cnnkit``; everything
that grades, explains or reports reads it back through :class:`Chapter` and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder.bindings import bound_at_top

ROLES = ("text", "quiz", "setup", "demo", "beside", "exercise", "test", "answer")

HIDDEN_BEGIN = "### BEGIN HIDDEN TESTS"
HIDDEN_END = "### END HIDDEN TESTS"

DEFAULT_LIMIT = 10.0  # seconds for one test cell


class ChapterError(Exception):
    """A chapter's notebook is missing or not one that the builder wrote."""


@dataclass(frozen=True)
class Cell:
    """One cell of the instructor notebook."""

    id: str
    role: str
    source: str
    name: str = ""  # grade id; empty for text, quiz and demo cells
    exercise: str = ""  # the exercise that a solution or test cell belongs to
    title: str = ""  # what a test cell tests, in words
    points: float = 0.0
    limit: float = DEFAULT_LIMIT  # seconds
    minutes: float = 0.0  # time estimate of an exercise
    forbids: tuple[str, ...] = ()  # dotted names that a solution may not use

    @cached_property
    def hidden_lines(self) -> frozenset[int]:
        """The 1-based line numbers that stand in a hidden region."""
        hidden, inside = set(), False
        for number, line in enumerate(self.source.splitlines(), start=1):
            if line.strip() == HIDDEN_BEGIN:
                inside = True
            if inside:
                hidden.add(number)
            if line.strip() == HIDDEN_END:
                inside = False
        return frozenset(hidden)

    @cached_property
    def visible_source(self) -> str:
        """The source without its hidden regions: what may be shown to a student."""
        lines = self.source.splitlines()
        return "\n".join(
            line for number, line in enumerate(lines, 1) if number not in self.hidden_lines
        ).rstrip()

    @cached_property
    def bound_names(self) -> tuple[str, ...]:
        """The names that the cell binds at its top level, in order."""
        return tuple(bound_at_top(self.source))


@dataclass(frozen=True)
class Chapter:
    """The cells of one chapter in the author's order."""

    name: str  # the file's stem, for example 04_conv_layer
    title: str
    cells: tuple[Cell, ...]
    path: Path = field(compare=False)
    digest: str = ""  # changes whenever the notebook does

    @classmethod
    def load(cls, path: str | Path) -> Chapter:
        """Read an instructor notebook, ``solutions/NN_name.ipynb``."""
        path = Path(path)
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ChapterError(f"Cannot read the chapter {path}: {error.strerror}.") from error
        try:
            notebook = json.loads(raw)
            about = notebook["metadata"]["cnnkit"]
            cells = tuple(_cell(cell) for cell in notebook["cells"])
        except (ValueError, KeyError, TypeError) as error:
            raise ChapterError(
                f"{path} is not a notebook that 'autograder build' wrote ({error!r}). "
                "Run 'autograder build' and try again."
            ) from error
        return cls(
            name=about["chapter"],
            title=about["title"],
            cells=cells,
            path=path,
            digest=hashlib.sha256(raw).hexdigest(),
        )

    @cached_property
    def by_name(self) -> dict[str, Cell]:
        """The named cells (setup, beside, exercise, test, answer) by their grade id."""
        return {cell.name: cell for cell in self.cells if cell.name}

    @cached_property
    def exercises(self) -> tuple[Cell, ...]:
        """The solution cells in order."""
        return tuple(cell for cell in self.cells if cell.role == "exercise")

    @cached_property
    def tests(self) -> tuple[Cell, ...]:
        """All test cells in order."""
        return tuple(cell for cell in self.cells if cell.role == "test")

    def tests_of(self, exercise: str) -> tuple[Cell, ...]:
        """The test cells of one exercise in order."""
        return tuple(cell for cell in self.tests if cell.exercise == exercise)

    @property
    def max_score(self) -> float:
        """Points of all test cells and of all cells graded by hand."""
        return sum(cell.points for cell in self.cells if cell.role in ("test", "answer"))


def _cell(raw: dict) -> Cell:
    about = raw["metadata"].get("cnnkit", {})
    source = raw["source"]
    return Cell(
        id=raw["id"],
        role=about.get("role", "text"),
        source=source if isinstance(source, str) else "".join(source),
        name=raw["metadata"].get("nbgrader", {}).get("grade_id", ""),
        exercise=about.get("exercise", ""),
        title=about.get("title", ""),
        points=float(raw["metadata"].get("nbgrader", {}).get("points", 0)),
        limit=float(about.get("limit", DEFAULT_LIMIT)),
        minutes=float(about.get("minutes", 0)),
        forbids=tuple(about.get("forbids", ())),
    )
