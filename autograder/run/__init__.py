"""Run submissions: the pupil's and the tester's processes, the wire between them, the pool."""

from autograder.run.pool import Pool
from autograder.run.sandbox import NoSandbox
from autograder.run.server import ServerFailed

__all__ = ["NoSandbox", "Pool", "ServerFailed"]
