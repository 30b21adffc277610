"""Memory that stays with the process: of arrays of some MB, the next ones are made.

Linux's C library takes each large array fresh from the system, which clears it page by page as it
is first written: a quarter of the time of a small net's training step. What counts as large the
library learns from the arrays that are given back: once one of almost 32 MiB was, all smaller ones
come from memory that is kept, at most twice as much. Other systems' libraries have ways of their
own, and lose nothing. Source: mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
"""

from __future__ import annotations

import numpy as np

LARGEST_BYTES = 31 << 20  # the library learns nothing from more than 32 MiB


def keep_memory() -> None:
    """Let the C library keep the memory of arrays that are given back, for the next ones.

    The array that it learns from is never written to, so it takes no memory and no time.
    """
    np.empty(LARGEST_BYTES, np.uint8)
