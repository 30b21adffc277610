"""Get the files of a data set: from a folder, from the cache, or over the network.

Nothing reaches the cache before its hash is proven, and then by one rename: whoever looks sees
the whole file or none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from cnnkit.data import places
from cnnkit.data.content import Damaged, DataError, File, read
from cnnkit.data.sets import Published, owner

TIMEOUT = (5, 30)  # seconds to wait for a connection, and for more of an answer
ROUNDS = 2  # how often all servers are asked
PAUSE = 1.0  # seconds between the rounds
PATIENCE = 600  # seconds to wait for another process that is fetching


def obtain(name: str, published: Published, file: File) -> bytes:
    """Give the content of a file, from where it lies or over the network.

    Parameters
    ----------
    name : str
        The set's.
    published : Published
    file : File
        One of the set's.

    Raises
    ------
    DataError
        It cannot be had; the message says why and what to do.
    """
    cached = places.cached(name, file)
    wrong: dict[Path, str] = {}
    content = None
    for path in places.present(name, file):
        try:
            content = read(path, file)
            break
        except Damaged as error:
            if not is_of_another_set(path, name, error):
                wrong[path] = str(error)
    if content is None:
        content = _fetch(name, published, file, list(wrong.values()))
        wrong.pop(cached, None)  # the new file has taken its place
    for sentence in wrong.values():
        warnings.warn(f"{sentence} Another copy was used.", stacklevel=4)
    return content


def is_of_another_set(path: Path, name: str, error: Damaged) -> bool:
    """Say whether a file that is not the wanted one is no fault, but another set's.

    The files of all sets have the same names, and CNNKIT_DATA_DIR itself may hold any.
    """
    return path.parent.name != name and owner(error.digest) not in (None, name)


def _fetch(name: str, published: Published, file: File, wrong: list[str]) -> bytes:
    missing = " ".join([*wrong, f"{file.name} of {name} is not on this computer."])
    if places.offline():
        raise DataError(f"{missing} CNNKIT_OFFLINE is set: nothing is downloaded. {_ways(name)}")
    target = places.cached(name, file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent):
            with contextlib.suppress(Damaged):  # somebody else may have fetched it meanwhile
                return read(target, file)
            with tempfile.TemporaryDirectory(prefix="part-", dir=target.parent) as folder:
                part = Path(folder, file.name)
                content, failures = _download(places.bases(name, published), file, part)
                if content is not None:
                    os.replace(part, target)
                    return content
    except OSError as error:
        raise DataError(
            f"{file.name} of {name} cannot be kept in {target.parent} "
            f"({error.strerror or error}). Set CNNKIT_DATA_CACHE to a folder that can be written "
            f"to and has room for {file.size / 1e6:.1f} MB."
        ) from error
    told = "".join(f"\n  {base}: {why}" for base, why in failures.items())
    raise DataError(f"{missing} No server gave it:{told}\n{_ways(name)}")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time fetch into a folder; the others find what it fetched."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        try:
            lock.acquire(timeout=1)
        except Timeout:
            print(f"Waiting for another process that fetches into {folder} ...", file=sys.stderr)
            lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise DataError(
            f"Another process has been fetching into {folder} for {PATIENCE} seconds: end it, "
            "or set CNNKIT_DATA_CACHE to another folder."
        ) from None
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOLCK:
            raise
        # A network drive without locks: each fetches for itself, and the last rename stays.
    else:
        for left in folder.glob("part-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
    try:
        yield
    finally:
        lock.release()


def _download(bases: list[str], file: File, part: Path) -> tuple[bytes | None, dict[str, str]]:
    """Ask one server after the other, and all of them again.

    Returns
    -------
    content : bytes or None
        What is in the file that now lies at ``part``; None if no server gave it.
    failures : dict
        Address: why not.
    """
    from requests import RequestException  # what pooch downloads with

    failures = {}
    for turn in range(ROUNDS):
        time.sleep(PAUSE if turn else 0)
        for base in bases:
            try:
                _download_from(base, file, part)
                return read(part, file), failures
            except Damaged as error:
                failures[base] = str(error).replace(str(part), "what came")
            except RequestException as error:
                failures[base] = _in_words(error)
    return None, failures


def _download_from(base: str, file: File, part: Path) -> None:
    import pooch
    from tqdm import tqdm

    shown = {"desc": file.name, "unit": "B", "unit_scale": True, "ncols": 79, "leave": False}
    with tqdm(**shown, total=file.size, file=sys.stderr) as bar:
        download = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16, timeout=TIMEOUT)
        download(base + file.name, part, None)


def _in_words(error: Exception) -> str:
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError):
        return f"it answers {error.response.status_code}, {error.response.reason}"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the answer breaks off"
    # While an answer is read, requests tells a timeout as a broken connection.
    if isinstance(error, exceptions.Timeout) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, exceptions.ConnectionError):
        return "no connection"
    return str(error)


def _ways(name: str) -> str:
    return (
        f"With a network, run: cnnkit data fetch {name}. Or put its files into a folder {name}/ "
        "and set CNNKIT_DATA_DIR to the folder that holds it. The sets 'digits' and 'apparel' "
        "need neither."
    )
