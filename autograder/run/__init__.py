"""Run submissions: the pupil's and the tester's processes, the wire between them, the pool."""

from autograder.run.pool import Pool, ServerFailed
from autograder.run.sandbox import NoSandbox

__all__ = ["NoSandbox", "Pool", "ServerFailed"]
