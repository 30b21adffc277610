"""The fresh Python that a notebook is run in: ``python -m cnnkit.coursework.child``.

Requests come as lines of JSON, and each has its reply. The student's cells run in one namespace
and the tests in another, which is the author's: a name that the student binds anew does not
change what a test means. Of the student's, tests see what exercises bind and nothing else.
"""

from __future__ import annotations

import json
import os
import traceback
from typing import TextIO

from cnnkit.coursework.shell import make_shell

MESSAGE = 2_000  # characters of an error's message


class Child:
    """The two namespaces and what may be asked of them."""

    def __init__(self) -> None:
        self.shell = make_shell()
        self.shell.compile.get_code_name = lambda raw, transformed, number: "<cell>"
        self.tests: dict = {"__name__": "__main__"}

    def answer(self, request: dict) -> dict:
        """Do what is asked, and say which error ended it."""
        error = getattr(self, f"_{request['do']}")(request)
        return {"error": described(error, request["source"]) if error else None}

    def _cell(self, request: dict) -> BaseException | None:
        """Run a cell in the student's namespace."""
        try:
            result = self.shell.run_cell(request["source"], store_history=False)
            return result.error_before_exec or result.error_in_exec
        except BaseException as raised:  # SystemExit and the like, on their way through IPython
            return raised

    def _setup(self, request: dict) -> BaseException | None:
        """Run an author's cell in both namespaces."""
        return self._cell(request) or _run(request["source"], self.tests)

    def _test(self, request: dict) -> BaseException | None:
        """Run a test on what the student's cells bound."""
        mine = self.shell.user_ns
        names = {name: mine[name] for name in request["names"] if name in mine}
        return _run(request["source"], self.tests | names)


def _run(source: str, names: dict) -> BaseException | None:
    try:
        exec(compile(source, "<test>", "exec"), names)
    except BaseException as error:
        return error
    return None


def described(error: BaseException, source: str) -> dict:
    """Describe an error in plain values: its type, what it says, and the name it missed."""
    try:
        message = getattr(error, "msg", "") if isinstance(error, SyntaxError) else str(error)
    except Exception:
        message = "(the exception cannot be shown)"
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, AssertionError) and not message:
        lines = [frame.lineno for frame in frames if frame.filename == "<test>"]
        message = f"This did not hold: {source.splitlines()[lines[-1] - 1].strip()}"
    lines = [frame.lineno for frame in frames if frame.filename == "<cell>"]
    line = getattr(error, "lineno", 0) if isinstance(error, SyntaxError) else (lines or [0])[-1]
    return {
        "type": type(error).__name__,
        "message": str(message)[:MESSAGE],
        "line": line or 0,  # of the student's cell, 0 where it was not in one
        "missing": str(getattr(error, "name", "") or "") if isinstance(error, NameError) else "",
    }


def serve(requests: TextIO, replies: TextIO) -> None:
    """Answer each request until there are no more."""
    child = Child()
    for line in requests:
        replies.write(json.dumps(child.answer(json.loads(line))) + "\n")
        replies.flush()


def _pipes() -> tuple[TextIO, TextIO]:
    """Take the standard streams for the requests; the cells' own then lead nowhere."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return requests, replies


if __name__ == "__main__":
    serve(*_pipes())
