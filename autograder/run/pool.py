"""Grade many submissions of one chapter at once, each in processes of its own."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from autograder.chapter import Chapter
from autograder.results import GRADER_ERROR, PASSED, Result
from autograder.run.forkserver import FAILED, READY
from autograder.run.sandbox import NoSandbox

_PATIENCE = 3600.0  # seconds for one submission, far above what its own limits allow
_START = 120.0  # seconds for a server to load its libraries


class ServerFailed(Exception):
    """A process that grading needs did not start, or died."""


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
        self._servers: list[_Server] = []

    def __enter__(self) -> Pool:
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            self._start()
            self._calibrate()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        for server in reversed(self._servers):  # testers first: they ask for pupils
            server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, units: Iterable[tuple[object, dict]]) -> Iterator[tuple[object, dict]]:
        """Grade units and yield (key, reply) as they finish, in no particular order."""
        units = iter(units)
        running: dict[Future, object] = {}
        executor = ThreadPoolExecutor(self.workers, thread_name_prefix="submission")
        try:
            while True:
                # a few units wait in line; the rest are not even read yet
                while len(running) < 2 * self.workers and (unit := next(units, None)):
                    running[executor.submit(self._grade, unit[1])] = unit[0]
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        nursery, tester = self._folder / "nursery", self._folder / "tester"
        root = self._folder / "root"
        root.mkdir()
        misconceptions = [str(self.misconceptions)] if self.misconceptions else []
        self._servers = [
            _Server("nursery", nursery, root, self.isolation, *_modules(self.chapter)),
            _Server("tester", tester, nursery, self.chapter.path, *misconceptions),
        ]
        for server in self._servers:
            server.await_ready()

    def _calibrate(self) -> None:
        """Grade the chapter's own solution: what it fails is our fault, on this machine, today."""
        unit = {"student": "", "assignment": self.chapter.name, "pages": False}
        unit["notebook"] = self.chapter.path.read_text(encoding="utf-8")
        result = Result.from_dict(self._grade(unit)["result"])
        if result.flags:
            raise ServerFailed(f"Nothing was graded, the fault is ours. {result.flags[0]}")
        failed = {
            cell.cell: cell.message or result.reason
            for cell in result.cells
            if cell.status != PASSED and cell.cell in {test.name for test in self.chapter.tests}
        }
        if not result.cells or len(failed) == len(self.chapter.tests):
            why = next(iter(failed.values()), result.reason)
            raise ServerFailed(
                f"The course's own solution of {self.chapter.name} gets no points here, so "
                f"nothing was graded ({why})."
            )
        self.faulty = failed

    def _grade(self, unit: dict) -> dict:
        try:
            return self._ask({**unit, "faulty": self.faulty})
        except (OSError, ValueError) as error:
            result = Result(unit["student"], unit["assignment"], GRADER_ERROR)
            result.reason = f"The grader's own process failed ({error}). Grade it again."
            return {"result": result.to_dict(), "feedback": "", "notebook": ""}

    def _ask(self, unit: dict) -> dict:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE)
            connection.connect(str(self._folder / "tester"))
            connection.sendall(json.dumps(unit).encode() + b"\n")
            with connection.makefile("rb") as replies:
                reply = replies.readline()
        if not reply.endswith(b"\n"):
            raise OSError("it ended without a reply; its own words stand above")
        return json.loads(reply)


class _Server:
    """A fork server in a process of its own, with a session of its own: Ctrl-C passes it by."""

    def __init__(self, module: str, *arguments: object):
        command = [sys.executable, "-P", "-m", f"autograder.run.{module}", *map(str, arguments)]
        self.name = module
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=_environment(),
        )

    def await_ready(self) -> None:
        """Wait until the server takes connections."""
        ready, _, _ = select.select([self.process.stdout], [], [], _START)
        line = self.process.stdout.readline().decode().strip() if ready else "it took too long"
        if line.startswith(FAILED):
            raise NoSandbox(line.removeprefix(FAILED))
        if line != READY:
            raise ServerFailed(
                f"The {self.name} process did not start ({line or 'its own words stand above'})."
            )

    def stop(self) -> None:
        """Dismiss the server; its children go with it."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def _environment() -> dict[str, str]:
    """One thread a process: submissions run side by side, and thread counts change results."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        **os.environ,
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "CNNKIT_OFFLINE": "1",
    }


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
