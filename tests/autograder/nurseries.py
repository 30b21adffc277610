"""A nursery of a test's own, without the pool around it."""

import os
import socket
import subprocess
import sys
from unittest.mock import patch

from autograder.run import forkserver
from autograder.run.server import environment


class Nursery:
    """A nursery of this test's own; calling it connects to a new pupil."""

    def __init__(self, folder, *how, pass_fds=()):
        (folder / "root").mkdir()
        command = [sys.executable, "-P", *(how or ("-m", "autograder.run.nursery"))]
        self.socket = str(folder / "socket")
        self.process = subprocess.Popen(
            [*command, self.socket, str(folder / "root"), "sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_with_a_secret(environment, "nursery"),
            pass_fds=pass_fds,
            start_new_session=True,
        )
        assert self.process.stdout.readline().decode().strip() == forkserver.READY

    def __call__(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self.socket)
        return connection

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(10) == 0


def _with_a_secret(function, *arguments):
    with patch.dict(os.environ, SECRET="a-secret-of-the-ta"):
        return function(*arguments)


def failure(pupil, source):
    """The type of the exception that a cell raises in the pupil, or its output."""
    ran = pupil.run(source, "<cell try>")
    return ran.error["type"] if ran.error else ran.output
