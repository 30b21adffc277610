"""What a submission may use while it runs."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; a test cell's own time limit stands in the chapter."""

    student_cell: float = 30.0  # seconds for one of the student's own cells
    restarts: int = 24  # times that a pupil which died or hung is replaced
    memory: int = 2 << 30  # bytes beyond what the preloaded libraries take
    scratch: int = 64 << 20  # bytes in the pupil's own folder
    processes: int = 64
    output: int = 20_000  # characters kept of what one cell prints


class CellTimeout(BaseException):
    """A time limit struck."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise CellTimeout in the block when it takes longer; in the main thread only."""

    def strike(signum: int, frame: object) -> None:
        raise CellTimeout

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
