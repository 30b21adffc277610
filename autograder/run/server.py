"""A fork server as seen from the process that starts it."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys

from autograder.run.forkserver import FAILED, READY
from autograder.run.sandbox import NoSandbox

_START = 120.0  # seconds for a server to load its libraries
# What it takes to start Python, and to find the data sets.
_PLAIN = ("PATH", "LANG", "HOME", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "CNNKIT_DATA_DIR")


class ServerFailed(Exception):
    """A process that grading needs did not start, or died."""


class Server:
    """A fork server in a process of its own, with a session of its own: Ctrl-C passes it by."""

    def __init__(self, module: str, *arguments: object):
        command = [sys.executable, "-P", "-m", f"autograder.run.{module}", *map(str, arguments)]
        self.name = module
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=environment(module),
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


def environment(module: str) -> dict[str, str]:
    """Give a server's environment: one thread a process, for thread counts change results.

    The nursery gets nothing that could be a secret: what a process was started with stays in
    its memory, and in that of its children, whatever it does to its variables.
    """
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    inherited = os.environ.items()
    if module == "nursery":
        inherited = [(name, value) for name, value in inherited if name in _PLAIN]
    return {
        **dict(inherited),
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "CNNKIT_OFFLINE": "1",
    }
