"""The tester: a fresh, trusted process that grades one submission with a pupil at its side.

Forked from a process that has the chapter loaded. Run as
``python -m autograder.run.tester SOCKET NURSERY CHAPTER [MISCONCEPTIONS]``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import signal
import socket
import sys
import time
from pathlib import Path

from autograder import feedback
from autograder.chapter import Cell, Chapter
from autograder.diagnose import recognise
from autograder.forbidden import Use, forbidden_uses
from autograder.match import Matched, match
from autograder.misconceptions import Misconception, load
from autograder.results import (
    FAILED,
    FORBIDDEN,
    GRADED,
    GRADER_ERROR,
    MANUAL,
    CellResult,
    CodeResult,
    Result,
)
from autograder.run import forkserver, linux
from autograder.run.limits import CellTimeout, Limits, time_limit
from autograder.run.local import Bench, Call, observed, observed_names
from autograder.run.remote import Pupil, PupilGone, proxy
from autograder.run.words import cell_result

_SLOW_TESTS = 2  # tests of an exercise that may hit their limit before the rest is left out


class Sitting:
    """One submission being graded."""

    def __init__(self, bench: Bench, pupil: Pupil, faulty: dict[str, str]):
        self.bench = bench
        self.chapter = bench.chapter
        self.pupil = pupil
        self.faulty = faulty
        self.calls: dict[str, list[Call]] = {}  # by test cell
        self.names = {"__name__": "__main__", **bench.setup_names}
        self.results: dict[str, CellResult] = {}
        self.code: list[CodeResult] = []
        self.broken: dict[str, str] = {}  # the author's cells that fail here, with the error
        self.stopped: dict[str, str] = {}  # exercises whose own cell failed, with the error
        self.slow: dict[str, int] = {}  # tests that hit their limit, by exercise

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

    def _author_cell(self, cell: Cell) -> None:
        """Run the author's own version of a locked cell in the pupil."""
        with (
            contextlib.suppress(PupilGone, CellTimeout),
            time_limit(self.pupil.limits.student_cell),
        ):
            if error := self.pupil.run(cell.source, f"<cell {cell.name}>").error:
                self.broken[cell.name] = f"{error['type']}: {error['message']}"

    def _student_cell(self, name: str, source: str) -> None:
        self.code.append(done := CodeResult(name, source))
        limit = self.pupil.limits.student_cell
        try:
            with time_limit(limit):
                ran = self.pupil.run(source, f"<cell {name or 'of yours'}>")
        except CellTimeout:
            done.error = f"This cell was stopped after {limit:g} seconds."
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

    def _stand_in(self, cell: Cell) -> None:
        """Bind in the tester what the cell binds in the pupil: proxies, or a variable's value."""
        for name in cell.bound_names:
            if callable(self.bench.names.get(name)):
                self.names[name] = proxy(self.pupil, name)
                continue
            limit = time_limit(self.pupil.limits.student_cell)
            with contextlib.suppress(NameError, PupilGone, CellTimeout), limit:
                self.names[name] = self.pupil.value(name)

    def _test(self, cell: Cell, barred: dict[str, str]) -> CellResult:
        if cell.exercise in barred:
            result = cell_result(cell, None)
            result.score, result.status = 0.0, FORBIDDEN
            result.message = barred[cell.exercise]
            return result
        if self.slow.get(cell.exercise, 0) >= _SLOW_TESTS:
            result = cell_result(cell, CellTimeout())
            result.message = "Not run: two earlier tests of this exercise hung or crashed."
            return result
        self._wake()
        calls = self.calls[cell.name] = []
        names = dict(self.names)
        for name in observed_names(self.chapter):
            if callable(names.get(name)):
                names[name] = observed(name, names[name], calls)
        error: BaseException | None = None
        try:
            with time_limit(cell.limit):
                exec(self.bench.code[cell.name], names)
        except (Exception, CellTimeout, PupilGone) as raised:
            error = raised
        if isinstance(error, (CellTimeout, PupilGone)):
            self.pupil.stop()
            self.slow[cell.exercise] = self.slow.get(cell.exercise, 0) + 1
        result = cell_result(cell, error, self.faulty.get(cell.name, ""))
        if isinstance(error, NameError) and cell.exercise in self.stopped:
            result.message += f" The cell itself stopped: {self.stopped[cell.exercise]}"
        return result

    def _wake(self) -> None:
        """Bring a lost pupil back before a test's own time begins to run."""
        cells = len(self.pupil.ran) + 1
        with contextlib.suppress(PupilGone, CellTimeout):
            with time_limit(cells * self.pupil.limits.student_cell):
                self.pupil.wake()


def grade_one(
    bench: Bench,
    known: list[Misconception],
    pupil: Pupil,
    unit: dict,
    faulty: dict[str, str],
) -> Result:
    """Grade one notebook; ``unit`` holds student, assignment, notebook (text) and repairs."""
    began = time.perf_counter()
    chapter = bench.chapter
    matched = match(json.loads(unit["notebook"]), chapter)
    uses = {cell.name: _uses(chapter, matched, cell) for cell in chapter.exercises}
    certain = {name: [use for use in found if not use.suspicious] for name, found in uses.items()}
    sitting = Sitting(bench, pupil, faulty)
    sitting.run(matched, {name: found[0].sentence for name, found in certain.items() if found})
    pupil.stop()
    result = Result(unit["student"], unit["assignment"], GRADED)
    for cell in chapter.cells:
        if cell.role == "test":
            result.cells.append(sitting.results[cell.name])
        elif cell.role == "answer":
            result.cells.append(CellResult(cell.name, "", cell.title, None, cell.points, MANUAL))
    result.code = sitting.code
    result.answers = dict(matched.answers)
    result.flags = [use.sentence for found in uses.values() for use in found if use.suspicious]
    result.repairs = [*unit.get("repairs", ()), *matched.repairs]
    _name_misconceptions(bench, known, sitting, result)
    if sitting.broken:
        cell, error = next(iter(sitting.broken.items()))
        result.flags.append(f"The course's own cell {cell} failed after the student's: {error}")
    if any(cell.status == GRADER_ERROR for cell in result.cells):
        result.status = GRADER_ERROR
        result.reason = "A test of the chapter fails on the chapter's own solution."
    result.seconds = time.perf_counter() - began
    return result


def _uses(chapter: Chapter, matched: Matched, exercise: Cell) -> list[Use]:
    """What the solution of one exercise uses, or may use, although it is forbidden."""
    steps = matched.steps
    own = [
        n for n, step in enumerate(steps) if (step.kind, step.name) == ("student", exercise.name)
    ]
    tests = {cell.name for cell in chapter.tests_of(exercise.name)}
    first = own[0] if own else 0
    last = max((n for n, step in enumerate(steps) if step.name in tests), default=len(steps))
    others = [(n, step.source) for n, step in enumerate(steps) if step.kind == "student"]
    setup = {cell.name: cell.source for cell in chapter.cells if cell.role == "setup"}
    return forbidden_uses(
        exercise,
        "\n".join(steps[n].source for n in own),
        [source for n, source in others if n < first],
        [setup[step.name] for step in steps[:last] if step.name in setup],
        # what stands behind the last test is free: there the fast function is to be tried
        after=[source for n, source in others if first < n < last and n not in own],
    )


def _name_misconceptions(
    bench: Bench, known: list[Misconception], sitting: Sitting, result: Result
) -> None:
    wrong = {cell.exercise for cell in result.cells if cell.status == FAILED}
    for exercise in sorted(wrong):
        failed = [c for c in result.cells if c.exercise == exercise and c.status == FAILED]
        if all("NotImplementedError" in cell.message for cell in failed):
            continue
        mine = {
            cell.name: sitting.calls.get(cell.name, []) for cell in bench.chapter.tests_of(exercise)
        }
        try:
            with time_limit(20.0):
                found = recognise(bench, exercise, mine, known)
        except CellTimeout:
            continue
        for cell in failed:
            cell.misconception = " ".join(misconception.id for misconception in found)


def main(socket_path: str, nursery: str, chapter_path: str, misconceptions: str = "") -> int:
    """Serve testers until standard input closes."""
    linux.die_with_parent(signal.SIGKILL)
    listener = forkserver.listen(Path(socket_path))
    bench = Bench(Chapter.load(chapter_path))
    known = load(Path(misconceptions)) if misconceptions else []
    by_id = {misconception.id: misconception for misconception in known}

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(nursery)
        return connection

    def child(connection: socket.socket, number: int) -> None:
        gc.disable()  # a short life
        with connection.makefile("rb") as requests:
            unit = json.loads(requests.readline())
        pupil = Pupil(connect, Limits())
        result = grade_one(bench, known, pupil, unit, unit.get("faulty", {}))
        reply = {"result": result.to_dict()}
        if unit.get("pages", True):
            reply["feedback"] = feedback.render_page(result, bench.chapter, by_id)
            reply["notebook"] = feedback.autograded_notebook(result, bench.chapter)
        connection.sendall(json.dumps(reply).encode() + b"\n")

    _warm_up(bench, by_id)
    forkserver.serve(listener, child)
    return 0


def _warm_up(bench: Bench, known: dict[str, Misconception]) -> None:
    """Do once here what would otherwise be done anew in every child: imports, caches."""
    for exercise in bench.chapter.exercises:
        bench.run_tests(exercise.name)
    matched = match(json.loads(bench.chapter.path.read_bytes()), bench.chapter)
    for exercise in bench.chapter.exercises:
        _uses(bench.chapter, matched, exercise)
    result = Result("", bench.chapter.name, GRADED)
    feedback.render_page(result, bench.chapter, known)
    feedback.autograded_notebook(result, bench.chapter)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
