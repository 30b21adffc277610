"""A fresh Python process with a clock: what hangs is ended, and what was there is made again."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress

START = 120.0  # seconds until a new process must answer, on a busy machine


class TookTooLong(Exception):
    """A cell had its time and was ended."""


class Ended(Exception):
    """The process ended itself, or crashed."""


class FreshPython:
    """A process that runs cells, in an empty folder of its own and without the network's data.

    After :class:`TookTooLong` or :class:`Ended` the next request finds a new process, in which
    every cell that came to an end before has been run again.
    """

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="cnnkit-", ignore_cleanup_errors=True)
        self.process: subprocess.Popen | None = None
        self.done: list[tuple[dict, float]] = []  # requests that made the namespaces what they are

    def __enter__(self) -> FreshPython:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self.folder.cleanup()

    def ask(self, request: dict, seconds: float) -> dict | None:
        """Run a cell and return the error that ended it, or None.

        Raises
        ------
        TookTooLong, Ended
        """
        if self.process is None:
            self._start()
            for earlier, limit in self.done:
                self._ask(earlier, limit)
        error = self._ask(request, seconds)
        if request["do"] != "test":
            self.done.append((request, seconds))
        return error

    def _ask(self, request: dict, seconds: float) -> dict | None:
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            reply = self.replies.get(timeout=seconds)
        except queue.Empty:
            self._stop()
            raise TookTooLong from None
        except OSError:
            reply = ""
        if not reply:
            self._stop()
            raise Ended
        return json.loads(reply)["error"]

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cnnkit.coursework.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder.name,
            env=_environment(),
            encoding="utf-8",
        )
        self.replies: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_read, args=(self.process.stdout, self.replies))
        reader.daemon = True
        reader.start()
        self._ask({"do": "cell", "source": ""}, START)

    def _stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            with suppress(OSError):  # what was still to be written has no reader
                self.process.stdin.close()
            self.process = None


def _read(lines, replies: queue.Queue[str]) -> None:
    """Hand on each line, and at the end an empty one."""
    with lines:
        for line in lines:
            replies.put(line)
    replies.put("")


def _environment() -> dict[str, str]:
    """What marking sets as well: one thread, no screen, no network."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        **os.environ,
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "CNNKIT_OFFLINE": "1",
    }
