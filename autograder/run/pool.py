"""Grade many submissions of one chapter at once, each in processes of its own."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from autograder.chapter import Chapter
from autograder.results import GRADER_ERROR, PASSED, Result
from autograder.run import folder
from autograder.run.limits import Limits
from autograder.run.server import Server, ServerFailed

_PATIENCE = 120.0  # seconds for the tester's own work, beside the time that a submission has


class Pool:
    """The nursery and the tester's server of one chapter, and the units that run on them.

    Parameters
    ----------
    chapter : Chapter
        What is graded.
    misconceptions : Path or None
        The chapter's file of misconceptions.
    workers : int
        How many submissions run at once.
    isolation : {"sandbox", "none"}
        "none" runs submissions as the calling user, with nothing in their way.

    Raises
    ------
    NoSandbox
        On entering, where this machine offers no sandbox.
    ServerFailed
        On entering, where a process does not start or the chapter's own solution fails all tests.
    """

    def __init__(
        self,
        chapter: Chapter,
        *,
        misconceptions: Path | None = None,
        workers: int = 2,
        isolation: str = "sandbox",
    ):
        self.chapter = chapter
        self.misconceptions = misconceptions
        self.workers = workers
        self.isolation = isolation
        self.faulty: dict[str, str] = {}  # test cells that the chapter's own solution fails
        self._patience = Limits().in_all(chapter) + _PATIENCE
        self.servers: list[Server] = []  # the nursery's and the testers'
        self._open = contextlib.ExitStack()
        # A tester and its pupil take turns. On two processors each turn wakes a sleeping one, which
        # takes longer than a call. So each pair has one for itself where pairs fill the machine;
        # else the kernel knows better which ones have least to do.
        processors = os.sched_getaffinity(0)
        self._free = list(processors if workers >= len(processors) else ())

    def __enter__(self) -> Pool:
        with contextlib.ExitStack() as opened:
            self._start(opened)
            self._calibrate()
            self._open = opened.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def run(self, units: Iterable[tuple[object, dict]]) -> Iterator[tuple[object, dict]]:
        """Grade units and yield (key, reply) as they finish, in no particular order.

        Time that ran out, or a process that ended, may be a neighbour's doing: such a unit is
        graded again when all others are done, and alone; only then is it the student's.
        """
        units = iter(units)
        running: dict[Future, tuple[object, dict]] = {}
        again: list[tuple[object, dict]] = []
        executor = ThreadPoolExecutor(self.workers, thread_name_prefix="submission")
        try:
            while True:
                # a few units wait in line; the rest are not even read yet
                while len(running) < 2 * self.workers and (unit := next(units, None)):
                    running[executor.submit(self.grade, unit[1])] = unit
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    key, unit = running.pop(future)
                    reply = future.result()
                    if self.workers > 1 and reply["disturbed"]:
                        again.append((key, unit))
                    else:
                        yield key, reply
            for key, unit in again:
                yield key, self.grade(unit)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def grade(self, unit: dict) -> dict:
        """Grade one unit now; there is a reply whatever happens."""
        try:
            with self._processor() as processor:
                return self._ask({**unit, "faulty": self.faulty, "processor": processor})
        except (OSError, ValueError) as error:
            return not_graded(unit, f"The grader's own process failed ({error}). Grade it again.")

    @property
    def alive(self) -> bool:
        """Whether the processes that grade are there."""
        return all(server.process.poll() is None for server in self.servers)

    def _start(self, opened: contextlib.ExitStack) -> None:
        place = opened.enter_context(folder.of_this_run())
        nursery, self.tester, root = place / "nursery", place / "tester", place / "root"
        root.mkdir()
        misconceptions = [str(self.misconceptions)] if self.misconceptions else []
        for arguments in (
            ("nursery", nursery, root, self.isolation, *_modules(self.chapter)),
            ("tester", self.tester, nursery, self.chapter.path, *misconceptions),
        ):
            self.servers.append(server := Server(*arguments))
            opened.callback(server.stop)  # testers before the nursery: they ask it for pupils
        for server in self.servers:
            server.await_ready()

    def _calibrate(self) -> None:
        """Grade the chapter's own solution: what it fails is our fault, on this machine, today."""
        unit = {"student": "", "assignment": self.chapter.name, "pages": False}
        unit["notebook"] = self.chapter.path.read_text(encoding="utf-8")
        failed = self._failed(unit)
        if failed:  # a busy moment, or a test that draws new numbers every time?
            again = self._failed(unit)
            failed = {name: why for name, why in again.items() if name in failed}
        if failed and len(failed) == len(self.chapter.tests):
            raise ServerFailed(
                f"The course's own solution of {self.chapter.name} gets no points here, so "
                f"nothing was graded ({next(iter(failed.values()))})."
            )
        self.faulty = failed

    def _failed(self, unit: dict) -> dict[str, str]:
        """Grade a unit that must win every point; return the tests that it failed, with why."""
        result = Result.from_dict(self.grade(unit)["result"])
        if result.status == GRADER_ERROR:
            raise ServerFailed(f"Nothing was graded, the fault is ours. {result.reason}")
        if result.flags:
            raise ServerFailed(f"Nothing was graded, the fault is ours. {result.flags[0]}")
        tests = {test.name for test in self.chapter.tests}
        return {
            cell.cell: cell.message
            for cell in result.cells
            if cell.status != PASSED and cell.cell in tests
        }

    @contextlib.contextmanager
    def _processor(self) -> Iterator[int | None]:
        """Lend a processor to one submission; None where there is none to lend."""
        try:
            processor = self._free.pop()
        except IndexError:
            yield None
            return
        try:
            yield processor
        finally:
            self._free.append(processor)

    def _ask(self, unit: dict) -> dict:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self._patience)
            connection.connect(str(self.tester))
            connection.sendall(json.dumps(unit).encode() + b"\n")
            with connection.makefile("rb") as replies:
                reply = replies.readline()
        if not reply.endswith(b"\n"):
            raise OSError("it ended without a reply; its own words stand above")
        return json.loads(reply)


def not_graded(unit: dict, reason: str, *, disturbed: bool = False) -> dict:
    """Make the reply for a unit that the grader itself failed on."""
    result = Result(unit["student"], unit["assignment"], GRADER_ERROR, reason)
    return {"result": result.to_dict(), "disturbed": disturbed, "feedback": "", "notebook": ""}


def _modules(chapter: Chapter) -> list[str]:
    """The modules that the chapter's setup and solutions import, to be loaded beforehand."""
    found: dict[str, None] = {}
    for cell in chapter.cells:
        if cell.role in ("setup", "exercise"):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Import):
                    found.update(dict.fromkeys(alias.name for alias in node.names))
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found[node.module] = None
    return list(found)
