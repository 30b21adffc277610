"""Read the file that a student handed in: what it holds is read as students' own check reads it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from cnnkit.coursework.notebooks import (
    MAX_FILE,
    NotANotebook,
    chapter_name,
    grade_id,
    parse,
    regular,
)

__all__ = [
    "MAX_FILE",
    "NotANotebook",
    "chapter_name",
    "grade_id",
    "parse",
    "read_bounded",
    "read_bytes",
    "regular",
]


def read_bytes(path: Path, limit: int = MAX_FILE) -> bytes:
    """Read a file of bounded size that is neither a link nor anything but a plain file."""
    try:
        # O_NONBLOCK: a named pipe must not hold us up
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise NotANotebook("It is not a plain file.")
            return read_bounded(file, limit)
    except OSError as error:
        raise NotANotebook(f"It could not be opened: {error.strerror}.") from error


def read_bounded(file: BinaryIO, limit: int) -> bytes:
    """Read what is left of an open file, unless that is too much for a notebook."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise NotANotebook(
            f"It is larger than {limit // 1_000_000} MB. Clear its outputs and hand it in again."
        )
    return data
