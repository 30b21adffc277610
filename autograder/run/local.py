"""A chapter's cells in this process: for the author's own code, never for a student's.

The test suite and the recognition of misconceptions put trusted functions in the student's
place and run the test cells on them here, without a pupil.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

import numpy as np

from autograder.chapter import Cell, Chapter

_VALUE = 1 << 20  # bytes of a value that is kept of a call
_VALUES = 4 << 20  # bytes of all values kept of one test cell's calls


@dataclass(frozen=True)
class Call:
    """One call that a test cell made, and what came of it."""

    name: str
    value: object = None
    error: str = ""  # the type of the exception, where it raised one
    kept: bool = True  # whether the value is here: large ones are not


class Calls(list):
    """The calls of one test cell in order, with their values as far as there is room for them."""

    room = _VALUES
    given: tuple = ()  # the arguments of the last call

    def add(self, name: str, value: object = None, error: str = "") -> None:
        """Write down one call."""
        size = _size(value)
        if kept := size <= min(_VALUE, self.room):
            self.room -= size
        self.append(Call(name, value if kept else None, error, kept))


@dataclass
class Outcome:
    """How a test cell ended, and the calls it made on the way."""

    error: BaseException | None = None
    calls: Calls = field(default_factory=Calls)

    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return self.error is None


def code_name(cell: Cell) -> str:
    """The file name under which a cell's code is compiled, as tracebacks show it."""
    return f"<test {cell.name}>"


def compiled(cell: Cell) -> CodeType:
    """Compile an author's cell."""
    return compile(cell.source, code_name(cell), "exec")


class Bench:
    """One chapter's namespace: setup cells, reference solutions and beside functions."""

    def __init__(self, chapter: Chapter):
        self.chapter = chapter
        self.names: dict = {"__builtins__": builtins, "__name__": "__main__"}
        self.setup_names: dict = {}
        self.code = {cell.name: compiled(cell) for cell in chapter.tests}
        for cell in chapter.cells:
            if cell.role not in ("setup", "exercise", "beside"):
                continue
            before = dict(self.names)
            exec(compiled(cell), self.names)
            if cell.role == "setup":
                bound = self.names.items()
                self.setup_names |= {n: v for n, v in bound if before.get(n, before) is not v}

    def run_tests(self, exercise: str, replacement: str | None = None) -> dict[str, Outcome]:
        """Run an exercise's test cells, with ``replacement`` executed after the reference."""
        return dict(self.each_test(exercise, replacement))

    def each_test(
        self, exercise: str, replacement: str | None = None
    ) -> Iterator[tuple[str, Outcome]]:
        """Run the test cells of :meth:`run_tests` one by one, each when it is asked for."""
        before = dict(self.names)
        try:
            if replacement is not None:
                exec(compile(replacement, f"<replacement in {exercise}>", "exec"), self.names)
            for cell in self.chapter.tests_of(exercise):
                yield cell.name, self._run(cell)
        finally:
            self.names.clear()
            self.names.update(before)

    def _run(self, cell: Cell) -> Outcome:
        outcome = Outcome()
        names = dict(self.names)
        for name in observed_names(self.chapter):
            if callable(names.get(name)):
                names[name] = observed(name, names[name], outcome.calls)
        try:
            exec(self.code[cell.name], names)
        except Exception as error:
            outcome.error = error
        return outcome


def observed_names(chapter: Chapter) -> list[str]:
    """The names whose calls cross from tester to pupil: exercises and beside functions."""
    return [
        name
        for cell in chapter.cells
        if cell.role in ("exercise", "beside")
        for name in cell.bound_names
    ]


def observed(name: str, function: Callable, calls: Calls) -> Callable:
    """Wrap a function so that every call of it is written to ``calls``."""

    def call(*args, **kwargs):
        calls.given = args
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            calls.add(name, error=type(error).__name__)
            raise
        calls.add(name, value)
        return value

    return call


def _size(value: object) -> int:
    """Roughly the bytes that a plain value takes."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return 64 + sum(_size(key) + _size(item) for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return 64 + sum(map(_size, value))
    return 32
