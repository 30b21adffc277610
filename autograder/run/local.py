"""A chapter's cells in this process: for the author's own code, never for a student's.

The test suite and the recognition of misconceptions put trusted functions in the student's
place and run the test cells on them here, without a pupil.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType

from autograder.chapter import Cell, Chapter


@dataclass(frozen=True)
class Call:
    """One call that a test cell made, and what came of it."""

    name: str
    value: object = None
    error: str = ""  # the type of the exception, where it raised one


@dataclass
class Outcome:
    """How a test cell ended, and the calls it made on the way."""

    error: BaseException | None = None
    calls: list[Call] = field(default_factory=list)

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
            if cell.role in ("setup", "exercise", "beside"):
                exec(compiled(cell), self.names)
            if cell.role == "setup":
                self.setup_names.update((name, self.names[name]) for name in cell.bound_names)

    def run_tests(self, exercise: str, replacement: str | None = None) -> dict[str, Outcome]:
        """Run an exercise's test cells, with ``replacement`` executed after the reference."""
        before = dict(self.names)
        try:
            if replacement is not None:
                exec(compile(replacement, f"<replacement in {exercise}>", "exec"), self.names)
            return {cell.name: self._run(cell) for cell in self.chapter.tests_of(exercise)}
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


def observed(name: str, function: Callable, calls: list[Call]) -> Callable:
    """Wrap a function so that every call of it is written to ``calls``."""

    def call(*args, **kwargs):
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            calls.append(Call(name, error=type(error).__name__))
            raise
        calls.append(Call(name, value))
        return value

    return call
