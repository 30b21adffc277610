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


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise CellTimeout in the block when it takes longer; in the main thread only."""
    if seconds <= 0:
        raise CellTimeout

    def strike(signum: int, frame: object) -> None:
        raise CellTimeout

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def limit_memory(most: int) -> None:
    """Bound what this process may take to ``most`` bytes beyond what it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    address_space = pages * resource.getpagesize() + most
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
