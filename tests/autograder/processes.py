"""Look after processes from outside, without waiting longer than needed."""

import signal
import time


def soon(holds) -> bool:
    """Whether something comes to hold within ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        if time.monotonic() > deadline:
            return False
        signal.sigtimedwait([], 0.05)
    return True


def descendants(process: int) -> list[int]:
    """Living processes below one; a zombie, to be reaped at the next connection, is gone."""
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            children = [int(child) for child in file.read().split()]
    except FileNotFoundError:
        return []
    below = [pid for child in children for pid in (child, *descendants(child))]
    return [pid for pid in below if alive(pid)]


def alive(process: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
