"""The process that pupils are forked from. It has never seen a test.

It loads what students' code imports, makes an IPython shell, moves into the jail and then forks
a pupil, each in a sandbox of its own, for every connection. Run as
``python -m autograder.run.nursery SOCKET ROOT ISOLATION [MODULE ...]``.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.run import forkserver, linux, pupil, sandbox
from autograder.run.limits import Limits
from autograder.run.wire import Wire
from cnnkit.coursework.shell import make_shell

_PRELOADED = ("numpy", "scipy.signal", "cnnkit.ops", "cnnkit.shapes", "cnnkit.testing")
# What torch loads at the first optimiser or the first shapes without numbers: 1.5 s, 800 modules.
_LATER = {"torch": "torch._dynamo"}


def main(socket_path: str, root: str, isolation: str, *modules: str) -> int:
    """Serve pupils until standard input closes."""
    linux.die_with_parent(signal.SIGKILL)
    report = forkserver.Report()
    listener = forkserver.listen(Path(socket_path))
    later = [_LATER[module] for module in modules if module in _LATER]
    for module in (*_PRELOADED, *modules, *later):
        with contextlib.suppress(ImportError):  # the submission will say so in its own words
            importlib.import_module(module)
    shell = make_shell()
    if isolation == "sandbox":
        try:
            sandbox.enter_jail(Path(root))
        except sandbox.NoSandbox as error:
            report.write(forkserver.FAILED + str(error))
            return 1
    isolated = isolation == "sandbox"
    _set_environment(sandbox.SCRATCH if isolated else tempfile.gettempdir())

    # Each pupil is a user of its own, as a user may have so many processes; those of another grader
    # on this machine are others: its fork bombs count for them alone.
    first = os.getpid() * 4001 % sandbox.USERS

    def child(connection: socket.socket, number: int) -> None:
        _raise_pupil(connection, first + number, shell, isolated=isolated)

    forkserver.serve(listener, child, report)
    return 0


def _set_environment(scratch: str) -> None:
    keep = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LANG", "CNNKIT_DATA_DIR", "CNNKIT_OFFLINE", "MPLBACKEND")
        or name.endswith("_NUM_THREADS")
    }
    os.environ.clear()
    os.environ.update(keep, HOME=scratch, USER="pupil", LOGNAME="pupil", TMPDIR=scratch)
    tempfile.tempdir = None  # found anew, below the pupil's own folder


def _raise_pupil(connection: socket.socket, number: int, shell, *, isolated: bool) -> None:
    """Fork a pupil into its sandbox and watch over it until it or its tester has gone."""
    limits = Limits()
    scratch = sandbox.SCRATCH
    keeper = os.pidfd_open(os.getpid())
    with _told(connection):
        if isolated:
            sandbox.unshare_cell()
        else:
            scratch = tempfile.mkdtemp(prefix="pupil-")
        child = os.fork()
    if child:
        forkserver.keep(connection, child)
        if not isolated:
            shutil.rmtree(scratch, ignore_errors=True)
        return
    if isolated:
        with _told(connection):
            sandbox.enter_cell(number, limits)
            linux.set_traceable(False)
            child = os.fork()
        if child:
            sandbox.guard(child, keeper)
            os._exit(0)
        linux.set_traceable(True)
    else:
        os.setsid()
        linux.die_with_parent(signal.SIGKILL)
        sandbox.set_limits(limits)
    os.chdir(scratch)
    _let_go_of_files(connection)
    pupil.attend(connection, shell, limits)
    os._exit(0)


@contextlib.contextmanager
def _told(connection: socket.socket) -> Iterator[None]:
    """Tell the tester why there is no pupil, and end; no code of a student's has run yet."""
    try:
        yield
    except OSError as error:
        Wire(connection).send({"ok": False, "why": sandbox.sentence(str(error))})
        os._exit(1)


def _let_go_of_files(connection: socket.socket) -> None:
    """Close every open file but the connection; standard streams lead nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    kept = connection.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
