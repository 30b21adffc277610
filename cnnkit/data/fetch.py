"""Get the files of a data set: from a folder, from the cache, or over the network.

Nothing reaches the cache before its hash is proven, and then by one rename: whoever looks sees
the whole file or none.
"""

from __future__ import annotations

import contextlib
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

    Raises
    ------
    DataError
        It cannot be had; the message says why and what to do.
    """
    wrong = []
    for path in places.present(name, file):
        try:
            content = read(path, file)
        except Damaged as error:
            if _is_meant_for_another(path, name, error):
                continue
            wrong.append(str(error))
        else:
            _tell(wrong)
            return content
    content = _fetch(name, published, file, wrong)
    cache = str(places.cached(name, file))
    _tell([sentence for sentence in wrong if not sentence.startswith(cache)])  # that one is mended
    return content


def _is_meant_for_another(path: Path, name: str, error: Damaged) -> bool:
    """Files of all sets have the same names: one without a folder of its own may be another's."""
    return path.parent.name != name and owner(error.digest) not in (None, name)


def _tell(wrong: list[str]) -> None:
    for sentence in wrong:
        warnings.warn(f"{sentence} Another copy was used.", stacklevel=5)


def _fetch(name: str, published: Published, file: File, wrong: list[str]) -> bytes:
    if places.offline():
        raise DataError(
            f"{_missing(name, file, wrong)} CNNKIT_OFFLINE is set, so that it is not downloaded. "
            f"{_other_ways(name)}"
        )
    target = places.cached(name, file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent):
            with contextlib.suppress(Damaged):  # somebody else may have fetched it meanwhile
                return read(target, file)
            with tempfile.TemporaryDirectory(prefix="part-", dir=target.parent) as folder:
                part, content = _download(name, published, file, Path(folder))
                os.replace(part, target)
            return content
    except OSError as error:
        raise DataError(
            f"{file.name} of {name} cannot be kept in {target.parent} "
            f"({error.strerror or error}). Set CNNKIT_DATA_CACHE to a folder that can be written "
            f"to and has room for {file.size / 1e6:.1f} MB."
        ) from error


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
            sys.stderr.flush()
            lock.acquire(timeout=PATIENCE)
        for left in folder.glob("part-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
    except Timeout:
        raise DataError(
            f"Another process has been fetching into {folder} for {PATIENCE} seconds: end it, "
            "or set CNNKIT_DATA_CACHE to another folder."
        ) from None
    except NotImplementedError:
        pass  # a network drive without locks: each fetches for itself, and the last rename stays
    try:
        yield
    finally:
        lock.release()


def _download(
    name: str, published: Published, file: File, folder: Path
) -> tuple[Path, bytes]:
    """Ask one server after the other, and all of them again; give the file and its content."""
    failures = {}
    for round in range(ROUNDS):
        time.sleep(PAUSE if round else 0)
        for base in places.bases(name, published):
            part = folder / file.name
            try:
                _download_from(base, file, part)
                return part, read(part, file)
            except Damaged as error:
                failures[base] = str(error).replace(str(part), "what came")
            except _network_errors() as error:
                failures[base] = _in_words(error)
    told = "".join(f"\n  {base}: {why}" for base, why in failures.items())
    raise DataError(
        f"{_missing(name, file, [])} No server gave it:{told}\n{_other_ways(name)}"
    )


def _download_from(base: str, file: File, part: Path) -> None:
    import pooch
    from tqdm import tqdm

    with tqdm(desc=file.name, unit="B", unit_scale=True, file=sys.stderr, ncols=79) as bar:
        download = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16, timeout=TIMEOUT)
        download(base + file.name, part, None)


def _network_errors() -> type[Exception]:
    from requests import RequestException  # pooch downloads with it

    return RequestException


def _in_words(error: Exception) -> str:
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError):
        return f"it answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the answer breaks off"
    if isinstance(error, exceptions.ConnectionError):
        return "no connection"
    return str(error)


def _missing(name: str, file: File, wrong: list[str]) -> str:
    return " ".join([*wrong, f"{file.name} of {name} is not on this computer."])


def _other_ways(name: str) -> str:
    return (
        f"With a network, run: cnnkit data fetch {name}. Or put its files into a folder {name}/ "
        "and set CNNKIT_DATA_DIR to the folder that holds it. The sets 'digits' and 'apparel' "
        "need neither."
    )
