"""The folder of one run, which nobody else needs and which is gone afterwards.

A run that is killed leaves its folder behind. Its owner holds a lock in it for as long as it
lives, so the next run knows which folders nobody owns any more, and sweeps them away.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "autograder-"
_OWNER = "owner"  # the file that is locked


@contextlib.contextmanager
def of_this_run() -> Iterator[Path]:
    """Make a folder for this run, and sweep away those that killed runs left."""
    sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with open(folder / "new", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.rename(file.name, folder / _OWNER)  # never there without its lock
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(above: Path) -> None:
    """Remove this user's folders of runs whose process is gone."""
    for folder in above.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody else's, no folder, or just being removed
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with open(folder / _OWNER) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
