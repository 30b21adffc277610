"""The tester: a fresh, trusted process that grades one submission with a pupil at its side.

Forked from a process that has the chapter loaded. Run as
``python -m autograder.run.tester SOCKET NURSERY CHAPTER [MISCONCEPTIONS]``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder import feedback
from autograder.chapter import Cell, Chapter
from autograder.diagnose import recognise
from autograder.forbidden import Use, forbidden_uses
from autograder.match import Matched, match
from autograder.misconceptions import Misconception, as_source, load
from autograder.results import (
    FAILED,
    GRADED,
    GRADER_ERROR,
    MANUAL,
    PASSED,
    CellResult,
    Result,
)
from autograder.run import forkserver, linux
from autograder.run.limits import CellTimeout, Limits, limit_memory, work_limit
from autograder.run.local import Bench
from autograder.run.remote import GraderFault, Pupil
from autograder.run.sitting import Sitting

_READING = 60.0  # of the processor, for what is read of a submission before it runs


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
        lost = {c.cell for c in result.cells if c.exercise == exercise and c.status != PASSED}
        possible = [m for m in known if lost.issuperset(m.fails)]  # the others need not be run
        try:
            with work_limit(20.0):
                found = recognise(bench, exercise, mine, possible)
        except CellTimeout:
            continue
        for cell in failed:
            cell.misconception = " ".join(misconception.id for misconception in found)


class Examiner:
    """What every tester inherits: the chapter, its misconceptions, and the way to a pupil."""

    def __init__(self, bench: Bench, known: list[Misconception], connect: Callable):
        self.bench = bench
        self.known = known
        self.by_id = {misconception.id: misconception for misconception in known}
        self.connect = connect

    def child(self, connection: socket.socket, number: int) -> None:
        """Grade in a process that ends with its connection, whatever it is doing."""
        if tester := os.fork():
            forkserver.keep(connection, tester)
            return
        linux.die_with_parent(signal.SIGKILL)
        gc.disable()  # a short life
        limit_memory(Limits().memory)
        with connection.makefile("rb") as requests:
            unit = json.loads(requests.readline())
        if unit.get("processor") is not None:
            os.sched_setaffinity(0, {unit["processor"]})
        connection.sendall(json.dumps(self.reply(unit)).encode() + b"\n")

    def reply(self, unit: dict) -> dict:
        """Grade one submission; whatever happens to it there is a reply."""
        sitting = Sitting(self.bench, Pupil(self.connect, Limits()), unit.get("faulty", {}))
        pages = {"feedback": "", "notebook": ""}
        try:
            with _silence():
                result = self.grade(unit, sitting)
                if unit.get("pages", True):
                    pages = self.pages(result)
        except GraderFault as fault:
            result = _not_graded(unit, str(fault))
        except Exception as error:  # an oddity of one submission is not the others' business
            traceback.print_exc()
            why = f"{type(error).__name__}: {error}"[:500]
            result = _not_graded(unit, f"The grader itself failed on this submission ({why}).")
        return {"result": result.to_dict(), "disturbed": sitting.disturbed, **pages}

    def grade(self, unit: dict, sitting: Sitting) -> Result:
        """Grade one notebook; ``unit`` holds student, assignment, notebook (text) and repairs."""
        began = time.perf_counter()
        matched, uses = self._read(unit)
        barred = {
            name: next(use.sentence for use in found if not use.suspicious)
            for name, found in uses.items()
            if not all(use.suspicious for use in found)
        }
        sitting.run(matched, barred)
        sitting.pupil.stop()
        result = Result(unit["student"], unit["assignment"], GRADED)
        result.cells = self._cells(sitting)
        result.code = sitting.code
        result.answers = dict(matched.answers)
        result.flags = [use.sentence for found in uses.values() for use in found if use.suspicious]
        result.repairs = [*unit.get("repairs", ()), *matched.repairs]
        _name_misconceptions(self.bench, self.known, sitting, result)
        if sitting.broken:
            cell, error = next(iter(sitting.broken.items()))
            result.flags.append(f"The course's own cell {cell} failed after the student's: {error}")
        result.seconds = time.perf_counter() - began
        return result

    def _read(self, unit: dict) -> tuple[Matched, dict[str, list[Use]]]:
        """Read what was handed in: the cells in order, and what each exercise uses."""
        chapter = self.bench.chapter
        try:
            with work_limit(_READING):
                matched = match(json.loads(unit["notebook"]), chapter)
                return matched, {c.name: _uses(chapter, matched, c) for c in chapter.exercises}
        except CellTimeout:
            why = f"reading its code took more than {_READING:g} seconds"
            raise TimeoutError(why) from None

    def _cells(self, sitting: Sitting) -> list[CellResult]:
        """The outcome of every graded cell, in the chapter's order."""
        return [
            sitting.results[cell.name]
            if cell.role == "test"
            else CellResult(cell.name, "", cell.title, None, cell.points, MANUAL)
            for cell in self.bench.chapter.cells
            if cell.role in ("test", "answer")
        ]

    def pages(self, result: Result) -> dict[str, str]:
        """Draw what the student and formgrader get to see."""
        chapter = self.bench.chapter
        return {
            "feedback": feedback.render_page(result, chapter, self.by_id),
            "notebook": feedback.autograded_notebook(result, chapter),
        }


def _not_graded(unit: dict, reason: str) -> Result:
    return Result(unit["student"], unit["assignment"], GRADER_ERROR, reason)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what test cells print, warnings too, off the teacher's screen."""
    with open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield


def main(socket_path: str, nursery: str, chapter_path: str, misconceptions: str = "") -> int:
    """Serve testers until standard input closes."""
    linux.die_with_parent(signal.SIGKILL)
    report = forkserver.Report()
    listener = forkserver.listen(Path(socket_path))
    bench = Bench(Chapter.load(chapter_path))
    known = load(Path(misconceptions)) if misconceptions else []

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(nursery)
        return connection

    examiner = Examiner(bench, known, connect)
    _warm_up(bench, examiner.by_id)
    forkserver.serve(listener, examiner.child, report)
    return 0


def _warm_up(bench: Bench, known: dict[str, Misconception]) -> None:
    """Do once here what would otherwise be done anew in every child: imports, caches."""
    for exercise in bench.chapter.exercises:
        bench.run_tests(exercise.name)
    for misconception in known.values():
        as_source(misconception)
    matched = match(json.loads(bench.chapter.path.read_bytes()), bench.chapter)
    for exercise in bench.chapter.exercises:
        _uses(bench.chapter, matched, exercise)
    result = Result("", bench.chapter.name, GRADED)
    feedback.render_page(result, bench.chapter, known)
    feedback.autograded_notebook(result, bench.chapter)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
