"""The tester's side of the wire: a pupil to ask, and proxies that stand for its functions."""

from __future__ import annotations

import builtins
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.files import shown
from autograder.run.limits import Limits
from autograder.run.values import WireError
from autograder.run.wire import Wire

_LINES = 100_000  # more than a cell has


class PupilGone(BaseException):
    """The pupil's process ended, or broke the wire's rules.

    No Exception: a test that expects some error of the student's must not take it for one.
    """


class GraderFault(BaseException):
    """No pupil could be made: the fault is ours, and nobody's points may depend on it."""


@dataclass
class Ran:
    """How a cell ended in the pupil."""

    error: dict | None = None  # type, message, cell, line, traceback
    output: str = ""


@dataclass(frozen=True)
class StudentError:
    """What a student's exception said; hangs on the exception raised in the tester."""

    type: str
    message: str
    cell: str
    line: int


@dataclass
class Pupil:
    """A pupil's process. It is started when first needed, and again after it was lost."""

    connect: Callable[[], socket.socket]
    limits: Limits
    ran: list[tuple[str, str]] = field(default_factory=list)  # (source, label) to run again
    starts: int = 0
    wire: Wire | None = None

    def run(self, source: str, label: str) -> Ran:
        """Run a cell in the student's namespace."""
        reply = self._ask({"do": "run", "source": source, "label": label})
        self.ran.append((source, label))
        output = reply.get("output")
        error = None if reply["ok"] else _checked_error(reply.get("error"))
        output = output[: 2 * self.limits.output] if type(output) is str else ""
        return Ran(error, output)

    def call(self, name: str, args: tuple, kwargs: dict) -> object:
        """Call a function of the student's; its exception is raised here as a built-in one."""
        reply = self._ask({"do": "call", "name": name, "args": args, "kwargs": kwargs})
        if not reply["ok"]:
            raise as_exception(_checked_error(reply.get("error")))
        return reply.get("value")

    def value(self, name: str) -> object:
        """Return a variable of the student's; NameError where there is none."""
        reply = self._ask({"do": "value", "name": name})
        if not reply["ok"]:
            raise NameError(f"{name} is not defined")
        return reply.get("value")

    def stop(self) -> None:
        """End the pupil's process, whatever it is doing."""
        if self.wire is not None:
            self.wire.sock.close()
            self.wire = None

    def _ask(self, request: dict) -> dict:
        self.wake()
        try:
            self.wire.send(request)
            reply = self.wire.receive()
            if type(reply) is not dict or type(reply.get("ok")) is not bool:
                raise WireError("a reply is not one")
        except (EOFError, OSError) as error:
            self.stop()
            raise PupilGone("it ended by itself, or took more than it may") from error
        except WireError as error:
            self.stop()
            raise PupilGone(str(error)) from error
        except BaseException:  # a time limit struck while the reply was on its way
            self.stop()
            raise
        return reply

    def wake(self) -> None:
        """Start a process where there is none, and bring it to where the last one was."""
        if self.wire is not None:
            return
        if self.starts > self.limits.restarts:
            raise PupilGone("the code ended or hung its Python process too often")
        self.starts += 1
        self.wire = self._started()
        again, self.ran = self.ran, []
        try:
            for source, label in again:
                self.run(source, label)
        except BaseException:  # what was not run again now is run at the next start
            self.ran = again
            raise

    def _started(self) -> Wire:
        """Ask for a new process; its first words say whether there is a sandbox around it."""
        try:
            wire = Wire(self.connect())
            hello = wire.receive()
            if hello["ok"]:  # it shall run where its tester does
                wire.send({"do": "stay", "processors": sorted(os.sched_getaffinity(0))})
                wire.receive()
        except (EOFError, OSError) as error:
            raise GraderFault("No process could be started for the submission.") from error
        if not hello["ok"]:  # no code of a student's has run yet: it may be believed
            raise GraderFault(hello["why"])
        return wire


def proxy(pupil: Pupil, name: str) -> Callable:
    """Return a function that calls the student's function of that name."""

    def call(*args, **kwargs):
        return pupil.call(name, args, kwargs)

    call.__name__ = call.__qualname__ = name
    return call


def _checked_error(error: object) -> dict:
    """Take a description of an exception for what it is: text and numbers from a student."""
    told = error if type(error) is dict else {}
    checked = {
        key: shown(told[key][:most]) if type(told.get(key)) is str else ""
        for key, most in (("type", 80), ("message", 2_000), ("cell", 120), ("traceback", 4_000))
    }
    line = told.get("line")
    checked["line"] = line if type(line) is int and 0 <= line < _LINES else 0
    bases = told.get("bases")
    bases = bases if type(bases) is list else []
    checked["bases"] = [base for base in bases[:20] if type(base) is str]
    return checked


def as_exception(error: dict) -> Exception:
    """Make the built-in exception nearest to the one described, with a StudentError on it."""
    for name in error["bases"]:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            if issubclass(kind, (StopIteration, StopAsyncIteration)):
                kind = RuntimeError  # it would end a loop of the test early, and its checks
            break
    else:  # SystemExit, KeyboardInterrupt, or nothing we know
        kind = RuntimeError
    try:
        exception = kind(error["message"])
    except TypeError:  # UnicodeDecodeError and others want more than a message
        exception = RuntimeError(f"{error['type']}: {error['message']}")
    exception.student = StudentError(error["type"], error["message"], error["cell"], error["line"])
    return exception
