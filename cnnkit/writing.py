"""Write a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside the one that is meant, which then takes its place.

    Parameters
    ----------
    path : Path
        Whoever looks there finds the old file or the new one, never half of it.
    write : callable
        Is given the open file, in bytes.

    Raises
    ------
    OSError
        The file cannot be written; one that was there is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "new"), lambda file: file.write(b"all of it"))
    ...     [(each.name, each.read_bytes()) for each in Path(folder).iterdir()]
    [('new', b'all of it')]
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the name on an empty file
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise OSError(f"{path} cannot be written ({error.strerror or error}).") from error
        raise
