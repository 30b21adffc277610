"""A sitting: one submission's notebook, walked through cell by cell with a pupil at the side."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator

from autograder.chapter import Cell
from autograder.match import Matched
from autograder.results import FORBIDDEN, CellResult, CodeResult
from autograder.run import words
from autograder.run.limits import CellTimeout, time_limit
from autograder.run.local import Bench, Calls, observed, observed_names
from autograder.run.remote import Pupil, PupilGone, proxy

_SLOW_TESTS = 2  # tests of an exercise that may hit their limit before the rest is left out


class Sitting:
    """One submission being graded.

    Parameters
    ----------
    bench : Bench
        The chapter's own namespace and compiled tests.
    pupil : Pupil
        The student's process.
    faulty : dict
        Test cells that the chapter's own solution fails here, with the reason.
    """

    def __init__(self, bench: Bench, pupil: Pupil, faulty: dict[str, str]):
        self.bench = bench
        self.chapter = bench.chapter
        self.pupil = pupil
        self.faulty = faulty
        self.calls: dict[str, Calls] = {}  # by test cell
        self.names = {"__name__": "__main__", **bench.setup_names}
        self.results: dict[str, CellResult] = {}
        self.code: list[CodeResult] = []
        self.broken: dict[str, str] = {}  # the author's cells that fail here, with the error
        self.stopped: dict[str, str] = {}  # exercises whose own cell failed, with the error
        self.slow: dict[str, int] = {}  # tests that hit their limit, by exercise
        self.cells: Counter[str] = Counter()  # the student's cells run so far, by exercise
        self.seconds = pupil.limits.in_all(self.chapter)
        self.end = time.monotonic() + self.seconds
        self.disturbed = False  # whether time ran out or a process was lost, for whatever reason

    def run(self, matched: Matched, barred: dict[str, str]) -> None:
        """Walk through the notebook in its order."""
        for step in matched.steps:
            cell = self.chapter.by_name.get(step.name)
            if step.kind == "student":
                self._student_cell(step.name, step.source)
            elif cell is not None and cell.role == "setup":
                self._author_cell(cell)
            elif cell is not None and cell.role == "beside":
                self._author_cell(cell)
                self._stand_in(cell)
            elif cell is not None and cell.role == "test":
                self.results[cell.name] = self._test(cell, barred)

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Bound a step in time, with a pupil at hand before its time begins to run."""
        try:
            self._wake()
            with time_limit(min(seconds, self._left())):
                yield
        except (CellTimeout, PupilGone):
            self.disturbed = True
            raise

    def _wake(self) -> None:
        """Bring a lost pupil back to where it was."""
        cells = len(self.pupil.ran) + 1
        with contextlib.suppress(PupilGone, CellTimeout):  # the step itself will meet it again
            with time_limit(min(cells * self.pupil.limits.student_cell, self._left())):
                self.pupil.wake()

    def _left(self) -> float:
        """Seconds that this submission still has."""
        return self.end - time.monotonic()

    def _author_cell(self, cell: Cell) -> None:
        """Run the author's own version of a locked cell in the pupil."""
        label = words.AUTHORS.format(cell.name)
        with (
            contextlib.suppress(PupilGone, CellTimeout),
            self._within(self.pupil.limits.student_cell),
        ):
            if error := self.pupil.run(cell.source, label).error:
                self.broken[cell.name] = f"{error['type']}: {error['message']}"

    def _student_cell(self, name: str, source: str) -> None:
        self.code.append(done := CodeResult(name, source))
        limit = self.pupil.limits.student_cell
        try:
            with self._within(limit):
                ran = self.pupil.run(source, self._label(name))
        except CellTimeout:
            done.error = self._out_of_time() or f"This cell was stopped after {limit:g} seconds."
        except PupilGone as error:
            done.error = f"This cell ended its Python process ({error})."
        else:
            done.output = ran.output
            if ran.error is not None:
                done.error = f"{ran.error['type']}: {ran.error['message']}"
                done.traceback = ran.error["traceback"]
        if name and done.error:
            self.stopped[name] = done.error
        if name:
            self._stand_in(self.chapter.by_name[name])

    def _label(self, name: str) -> str:
        """Name a cell of the student's; no two share a name, or tracebacks would mix them up."""
        self.cells[name] += 1
        number = self.cells[name]
        if not name:
            return words.ADDED.format(number)
        return words.EXERCISE.format(name if number == 1 else f"{name}, copy {number}")

    def _stand_in(self, cell: Cell) -> None:
        """Bind in the tester what the cell binds in the pupil: proxies, or a variable's value."""
        for name in cell.bound_names:
            if callable(self.bench.names.get(name)):
                self.names[name] = proxy(self.pupil, name)
                continue
            within = self._within(self.pupil.limits.student_cell)
            with contextlib.suppress(NameError, PupilGone, CellTimeout), within:
                self.names[name] = self.pupil.value(name)

    def _test(self, cell: Cell, barred: dict[str, str]) -> CellResult:
        if cell.exercise in barred:
            result = words.cell_result(cell, None)
            result.score, result.status = 0.0, FORBIDDEN
            result.message = barred[cell.exercise]
            return result
        if self.slow.get(cell.exercise, 0) >= _SLOW_TESTS:
            result = words.cell_result(cell, CellTimeout())
            result.message = "Not run: two earlier tests of this exercise hung or crashed."
            return result
        error = self._error_of(cell)
        if isinstance(error, (CellTimeout, PupilGone)):
            self.pupil.stop()
            self.slow[cell.exercise] = self.slow.get(cell.exercise, 0) + 1
        calls = self.calls[cell.name]
        result = words.cell_result(cell, error, self.faulty.get(cell.name, ""), calls.given)
        calls.given = ()  # a student's network need not outlive its test
        if error is not None:
            error.__traceback__ = None  # its frames hold the cell's values, too
        if isinstance(error, CellTimeout):
            result.message = self._out_of_time() or result.message
        if isinstance(error, NameError) and cell.exercise in self.stopped:
            result.message += f" The cell itself stopped: {self.stopped[cell.exercise]}"
        return result

    def _error_of(self, cell: Cell) -> BaseException | None:
        """Run a test cell in a namespace of its own; return what ended it early."""
        calls = self.calls[cell.name] = Calls()
        names = dict(self.names)
        for name in observed_names(self.chapter):
            if callable(names.get(name)):
                names[name] = observed(name, names[name], calls)
        try:
            with self._within(cell.limit):
                exec(self.bench.code[cell.name], names)
        except (Exception, CellTimeout, PupilGone) as error:
            return error
        finally:
            names.clear()  # functions of the cell would keep its values, and no collector runs
        return None

    def _out_of_time(self) -> str:
        """Say that the whole submission has had its time, where it has."""
        if self._left() > 0:
            return ""
        return f"Not finished: the whole notebook may take {self.seconds:g} seconds and took more."
