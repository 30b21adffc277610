"""The pupil: the process that runs the student's cells and answers calls of the functions there.

It obeys simple requests over the wire and knows nothing of tests. Its replies are values; what
they are worth is decided on the other side.
"""

from __future__ import annotations

import io
import os
import socket
import sys
import traceback

from autograder.run.limits import Limits
from autograder.run.values import WireError
from autograder.run.wire import Wire

_TRACEBACK = 4_000  # characters kept


class _Bounded(io.TextIOBase):
    """A text stream that keeps the first characters written to it."""

    def __init__(self, most: int):
        self.most = most
        self.kept: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.size < self.most:
            part = str(text)[: self.most - self.size]
            self.kept.append(part)
            self.size += len(part)
            if self.size >= self.most:
                self.kept.append("\n[the rest of the output was cut]")
        return len(text)

    def take(self) -> str:
        text = "".join(self.kept)
        self.kept, self.size = [], 0
        return text


def attend(connection: socket.socket, shell, limits: Limits) -> None:
    """Answer requests until the connection closes."""
    wire = Wire(connection)
    wire.send({"ok": True})  # the sandbox is shut; no code of the student's has run yet
    stream = _Bounded(limits.output)
    sys.stdout = sys.stderr = stream
    sys.stdin = open(os.devnull)
    pupil = _Pupil(shell, stream)
    while True:
        try:
            request = wire.receive()
        except EOFError:
            return
        reply = pupil.answer(request)
        try:
            wire.send(reply)
        except WireError as error:
            wire.send({"ok": False, "error": _described(WireError(str(error)), "")})


class _Pupil:
    """The student's namespace and what may be asked of it."""

    def __init__(self, shell, stream: _Bounded):
        self.shell = shell
        self.stream = stream
        self.label = ""
        shell.compile.get_code_name = lambda raw, transformed, number: self.label

    def answer(self, request: dict) -> dict:
        return getattr(self, "_do_" + request["do"])(request)

    def _do_stay(self, request: dict) -> dict:
        """Run on these processors only."""
        os.sched_setaffinity(0, request["processors"])
        return {"ok": True}

    def _do_run(self, request: dict) -> dict:
        """Run a cell; the reply tells how it ended and what it printed."""
        self.label = request["label"]
        try:
            result = self.shell.run_cell(request["source"], store_history=False)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:  # SystemExit and the like, on their way through IPython
            error = raised
        reply = {"ok": error is None, "output": self.stream.take()}
        if error is not None:
            reply["error"] = _described(error, "<cell")
        return reply

    def _do_call(self, request: dict) -> dict:
        """Call a function of the student's and hand back what it returns."""
        try:
            function = self._named(request["name"])
            reply = {"ok": True, "value": function(*request["args"], **request["kwargs"])}
        except BaseException as error:
            reply = {"ok": False, "error": _described(error, "<cell")}
        self.stream.take()  # what is printed during a test might carry its input
        return reply

    def _do_value(self, request: dict) -> dict:
        """Hand back a variable."""
        try:
            return {"ok": True, "value": self._named(request["name"])}
        except NameError as error:
            return {"ok": False, "error": _described(error, "")}

    def _named(self, name: str) -> object:
        if name not in self.shell.user_ns:
            raise NameError(f"{name} is not defined")
        return self.shell.user_ns[name]


def _described(error: BaseException, cells: str) -> dict:
    """Describe an exception in plain values: its types, its message, its place in a cell."""
    try:
        message = str(error)
    except Exception:
        message = "(the exception cannot be shown)"
    place = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename[:5] == cells
    ]
    if isinstance(error, SyntaxError):
        message = error.msg or message
        line = error.lineno or 0
    else:
        line = place[-1].lineno if place else 0
    return {
        "type": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": message[:2_000],
        "cell": place[-1].filename if place else "",
        "line": line or 0,
        "traceback": _shown(error, place, message),
    }


def _shown(error: BaseException, place: list[traceback.FrameSummary], message: str) -> str:
    lines = []
    for frame in place:
        lines.append(f"{frame.filename}, line {frame.lineno}, in {frame.name}\n    {frame.line}")
    if isinstance(error, SyntaxError) and error.text:
        lines.append(f"line {error.lineno}\n    {error.text.rstrip()}")
    lines.append(f"{type(error).__name__}: {message}")
    return "\n".join(lines)[-_TRACEBACK:]
