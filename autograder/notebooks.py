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


def read_bytes(folder: Path, parts: tuple[str, ...], limit: int = MAX_FILE) -> bytes:
    """Read a file of bounded size that is neither a link nor anything but a plain file.

    Below ``folder`` no part of its path may be a link either, as a folder may have become since it
    was looked at.
    """
    try:
        with os.fdopen(_opened(folder, parts), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise NotANotebook("It is not a plain file.")
            return read_bounded(file, limit)
    except OSError as error:
        raise NotANotebook(f"It could not be opened: {error.strerror}.") from error


def _opened(folder: Path, parts: tuple[str, ...]) -> int:
    *folders, name = parts
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for each in folders:
        at = _below(at, each, os.O_DIRECTORY)
    return _below(at, name, os.O_NONBLOCK)  # a named pipe must not hold us up


def _below(at: int, name: str, kind: int) -> int:
    """Open what lies in an open folder, and close that."""
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=at)
    finally:
        os.close(at)


def read_bounded(file: BinaryIO, limit: int) -> bytes:
    """Read what is left of an open file, unless that is too much for a notebook."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise NotANotebook(
            f"It is larger than {limit // 1_000_000} MB. Clear its outputs and hand it in again."
        )
    return data
