"""List what a folder holds. No link is followed, and only plain files are ever opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder import notebooks

Parts = tuple[str, ...]  # the names of folders and file below the folder or archive listed
Pass = Callable[[Parts, str], None]  # notes what is passed over, with a sentence

MAX_DEPTH = 8  # folders in one another
HIDDEN = "It is hidden."
LINK = "It is a link; links are not followed."
STRANGE = "It is neither a file nor a folder."
TOO_DEEP = "It is a folder too deep."
TOO_LONG = "Its name is longer than the name of a file may be."
MAX_NAME = 255  # bytes, as in every file system; an archive may say anything


@dataclass(frozen=True)
class Item:
    """A plain file or a folder that was found."""

    parts: Parts
    read: Callable[..., bytes] | None = None  # None for a folder; to be called before the next item
    modified: float = 0.0  # seconds since 1970; 0 where it is not known

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.read is None


def hidden(name: str) -> bool:
    """Whether a file or folder is none of the student's: hidden, or what macOS packs beside."""
    return name.startswith(".") or name == "__MACOSX"


def of_folder(folder: Path, passed: Pass, parts: Parts = ()) -> Iterator[Item]:
    """List folders and plain files below a folder, by name."""
    try:
        with os.scandir(folder.joinpath(*parts)) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        passed(parts, f"It could not be opened: {error.strerror}.")
        return
    for entry in entries:
        below = (*parts, entry.name)
        if reason := _why_not(entry, below):
            passed(below, reason)
        elif entry.is_dir():
            yield Item(below)
            yield from of_folder(folder, passed, below)
        else:
            read = partial(notebooks.read_bytes, folder, below)
            yield Item(below, read, _modified(entry))


def _modified(entry: os.DirEntry) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:  # gone since it was listed, from a folder in which students still write
        return 0.0


def _why_not(entry: os.DirEntry, parts: Parts) -> str:
    if hidden(entry.name):
        return HIDDEN
    if entry.is_symlink():
        return LINK
    if not (entry.is_file() or entry.is_dir()):
        return STRANGE
    return TOO_DEEP if entry.is_dir() and len(parts) > MAX_DEPTH else ""
