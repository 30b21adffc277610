"""Where the files of data sets are looked for, as the environment says.

``CNNKIT_DATA_DIR``
    A folder of files that are there already, itself or in sub-folders by set. It is only read.
``CNNKIT_DATA_CACHE``
    The folder that keeps downloaded files; else the usual one of the system.
``CNNKIT_DATA_MIRROR``
    The address of a server that is asked first, with a folder for each set.
``CNNKIT_OFFLINE``
    If set (and not 0), the network is never touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cnnkit.data.content import DataError, File
from cnnkit.data.sets import Published


def offline() -> bool:
    """Say whether the network must not be touched."""
    return os.environ.get("CNNKIT_OFFLINE", "").strip().lower() not in ("", "0", "false", "no")


def cache_folder() -> Path:
    """Give the folder that keeps downloaded files. It need not exist."""
    chosen = os.environ.get("CNNKIT_DATA_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("cnnkit"))


def data_folder() -> Path | None:
    """Give the folder of files that are there already, if one is named.

    Raises
    ------
    DataError
        It does not exist.
    """
    chosen = os.environ.get("CNNKIT_DATA_DIR")
    if not chosen:
        return None
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise DataError(f"CNNKIT_DATA_DIR is {chosen!r}: there is no such folder.")
    return folder


def cached(name: str, file: File) -> Path:
    """Give the place of a downloaded file."""
    return cache_folder() / name / file.name


def present(name: str, file: File) -> Iterator[Path]:
    """Yield the places where a file lies, the best first: own folders, then the cache."""
    given = data_folder()
    places = [given / name, given] if given else []
    for folder in places:
        for path in (folder / file.name, folder / file.name.removesuffix(".gz")):
            if path.is_file():
                yield path
    if cached(name, file).is_file():
        yield cached(name, file)


def bases(name: str, published: Published) -> list[str]:
    """List the addresses that the names of a set's files are appended to, the first to ask first.

    Raises
    ------
    DataError
        The classroom's address is none.
    """
    mirror = os.environ.get("CNNKIT_DATA_MIRROR", "").strip()
    if not mirror:
        return list(published.bases)
    if not mirror.startswith(("http://", "https://")):
        raise DataError(
            f"CNNKIT_DATA_MIRROR is {mirror!r}: it must begin with 'http://' or 'https://'."
        )
    return [f"{mirror.rstrip('/')}/{name}/", *published.bases]
