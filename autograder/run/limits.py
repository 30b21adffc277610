"""What a submission may use while it runs."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.chapter import Chapter

_RUN_BESIDE = ("setup", "beside", "exercise")  # cells that run in the pupil's process


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; a test cell's own time limit stands in the chapter."""

    student_cell: float = 30.0  # seconds for one of the student's own cells
    restarts: int = 24  # times that a pupil which died or hung is replaced
    memory: int = 2 << 30  # bytes beyond what the preloaded libraries take
    scratch: int = 64 << 20  # bytes in the pupil's own folder
    processes: int = 12  # with threads: few, for each takes its share of a neighbour's processor
    output: int = 20_000  # characters kept of what one cell prints

    def in_all(self, chapter: Chapter) -> float:
        """Seconds for a whole submission, with every start anew: as if each cell ran its limit."""
        cells = 1 + sum(cell.role in _RUN_BESIDE for cell in chapter.cells)
        return sum(cell.limit for cell in chapter.tests) + cells * self.student_cell


class CellTimeout(BaseException):
    """A time limit struck."""


def time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise CellTimeout in the block when it takes longer; in the main thread only."""
    return _limited(seconds, signal.ITIMER_REAL, signal.SIGALRM)


def work_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise CellTimeout when the block has had so much of the processor, however busy that is.

    For what waits for nobody: it ends at the same place on a machine with much else to do.
    """
    return _limited(seconds, signal.ITIMER_PROF, signal.SIGPROF)


@contextlib.contextmanager
def _limited(seconds: float, timer: int, number: int) -> Iterator[None]:
    if seconds <= 0:
        raise CellTimeout

    def strike(signum: int, frame: object) -> None:
        raise CellTimeout

    before = signal.signal(number, strike)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def limit_memory(most: int) -> None:
    """Bound what this process may take to ``most`` bytes beyond what it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    address_space = pages * resource.getpagesize() + most
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
