"""A process that has loaded what its children need, and forks one for every connection.

Both sides of grading stand on it: pupils are forked by the nursery, testers by the bench. A
connection is the child's life: when the other side closes it, the child is ended.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.run import linux

READY = "ready"  # what a server says when it takes connections
FAILED = "failed: "  # what it says, with a sentence, when it never will


class Report:
    """The one line that a server writes to its standard output, for who started it.

    The pipe is read once and never again: whatever else prints, the chapter's code or a
    library, must not reach it. So the pipe is put aside, and standard output leads nowhere.
    """

    def __init__(self) -> None:
        self._pipe = os.dup(1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)

    def write(self, line: str) -> None:
        """Write the line; there is no second one."""
        os.write(self._pipe, f"{line}\n".encode())
        os.close(self._pipe)


def listen(path: Path) -> socket.socket:
    """Open the Unix socket on which connections are taken."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(64)
    return listener


def serve(
    listener: socket.socket, child: Callable[[socket.socket, int], None], report: Report
) -> None:
    """Fork ``child(connection, number)`` for every connection until standard input closes."""
    gc.collect()
    gc.freeze()  # children share these pages; a collection would copy them
    report.write(READY)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    number = 0
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        _reap()
        if sys.stdin.fileno() in ready:
            return
        connection, _ = listener.accept()
        number += 1
        try:
            mine = os.fork() == 0
        except OSError as error:  # no room for a process: closing tells the other side
            print(f"No process could be started ({error}).", file=sys.stderr, flush=True)
            mine = False
        if mine:
            listener.close()
            _become(child, connection, number)
        connection.close()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(child: Callable[[socket.socket, int], None], connection: socket.socket, n: int) -> None:
    status = 1
    try:
        linux.die_with_parent(signal.SIGKILL)
        child(connection, n)
        status = 0
    except (BrokenPipeError, ConnectionResetError, EOFError):
        status = 0  # the other side has gone, which is how a child is dismissed
    except BaseException:  # a fork must never return into its parent's loop
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def keep(connection: socket.socket, child: int) -> None:
    """Wait for a process to end; end it as soon as the other side of its connection closes."""
    handle = os.pidfd_open(child)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(connection, select.POLLRDHUP | select.POLLHUP)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == connection.fileno():
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                poll.unregister(connection)
            else:
                os.waitpid(child, 0)
                return
