"""What a submission may use while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; a test cell's own time limit stands in the chapter."""

    student_cell: float = 30.0  # seconds for one of the student's own cells
    restarts: int = 6  # times that a pupil which died or hung is replaced
    memory: int = 2 << 30  # bytes beyond what the preloaded libraries take
    scratch: int = 64 << 20  # bytes in the pupil's own folder
    processes: int = 64
    output: int = 20_000  # characters kept of what one cell prints
