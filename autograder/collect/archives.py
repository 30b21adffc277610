"""List what an archive holds, without unpacking it: nothing is ever written.

Members are read into memory, each up to the size that a notebook may have. Whatever an archive says
of itself is doubted: names, kinds, sizes.
"""

from __future__ import annotations

import bz2
import gzip
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from autograder import notebooks
from autograder.collect.forward import Forward
from autograder.collect.items import (
    HIDDEN,
    LINK,
    MAX_DEPTH,
    MAX_NAME,
    STRANGE,
    TOO_DEEP,
    TOO_LONG,
    Item,
    Parts,
    Pass,
    hidden,
)
from autograder.notebooks import NotANotebook

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")
CLOSED = (".7z", ".rar", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz")  # not opened here

MAX_MEMBERS = 50_000
MAX_TOTAL = 8_000_000_000  # bytes that come out of one archive and those within it
MAX_RATIO = 250  # notebooks full of pictures shrink little, full of text some fifty times
FREE = 1_000_000  # bytes below which a ratio says nothing

_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes of memory
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
)


class NotAnArchive(Exception):
    """Why an archive cannot be read, as one sentence."""


@dataclass
class Budget:
    """What may still come out of an archive and those within it."""

    total: int = MAX_TOTAL
    members: int = MAX_MEMBERS

    def count(self) -> None:
        """Take one member off.

        Raises
        ------
        NotAnArchive
            If there is none left.
        """
        self.members -= 1
        if self.members < 0:
            raise NotAnArchive(f"It has more than {MAX_MEMBERS} members; the rest was not read.")

    def spend(self, size: int) -> None:
        """Take bytes off.

        Raises
        ------
        NotAnArchive
            If there are not so many left.
        """
        self.total -= size
        if self.total < 0:
            limit = MAX_TOTAL // 1_000_000_000
            raise NotAnArchive(f"It grows beyond {limit} GB when read; the rest was not read.")


@dataclass
class _Names:
    """Judges the names of members; a folder that is passed over is named once."""

    passed: Pass
    named: set[Parts] = field(default_factory=set)

    def parts(self, name: str) -> Parts:
        """Give a member's path by its parts; nothing, and a note, where it may not be used."""
        path = name.replace("\\", "/")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if not parts:
            return ()
        if path.startswith("/") or ".." in parts or parts[0].endswith(":"):
            self.note(parts, "Its path leads out of the archive.")
            return ()
        for depth, part in enumerate(parts, start=1):
            if hidden(part):
                self.note(parts[:depth], HIDDEN)
                return ()
            if len(part.encode("utf-8", "replace")) > MAX_NAME:
                self.note(parts[:depth], TOO_LONG)
                return ()
        if len(parts) > MAX_DEPTH + 1:
            self.note(parts[: MAX_DEPTH + 1], TOO_DEEP)
            return ()
        return parts

    def note(self, parts: Parts, reason: str) -> None:
        """Pass something over, once."""
        parts = tuple(part[:MAX_NAME] for part in parts)  # a tar's may have megabytes
        if parts not in self.named:
            self.named.add(parts)
            self.passed(parts, reason)


def is_archive(name: str) -> bool:
    """Whether a file is called like an archive that can be read."""
    return name.lower().endswith(SUFFIXES)


def is_closed(name: str) -> bool:
    """Whether a file is called like an archive that cannot be read."""
    return name.lower().endswith(CLOSED) and not is_archive(name)


def of_archive(file: BinaryIO, passed: Pass, budget: Budget) -> Iterator[Item]:
    """List folders and plain files of an archive; each is to be read before the next is asked for.

    Raises
    ------
    NotAnArchive
        If it is no archive that can be read, or cannot be read any further.
    """
    names = _Names(passed)
    try:
        zipped = zipfile.is_zipfile(file)
        file.seek(0)
        members = _zipped(file, names, budget) if zipped else _tarred(file, names, budget)
        yield from members
    except _DAMAGE as error:
        raise NotAnArchive(f"It is no zip or tar archive, or a damaged one ({error}).") from None


def _zipped(file: BinaryIO, names: _Names, budget: Budget) -> Iterator[Item]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            budget.count()
            parts = names.parts(_zip_name(info))
            mode = info.external_attr >> 16
            if not parts:
                continue
            if stat.S_ISLNK(mode):
                names.note(parts, LINK)
            elif info.is_dir():
                yield Item(parts)
            elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                names.note(parts, STRANGE)
            else:
                yield Item(parts, _zip_reader(archive, info, budget), _zip_time(info))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Give a member's name; macOS writes UTF-8 without saying so."""
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode("utf-8")
    return info.filename


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _zip_reader(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget
) -> Callable[..., bytes]:
    def read(limit: int = notebooks.MAX_FILE) -> bytes:
        if info.flag_bits & 1:
            raise NotANotebook("It is protected by a password.")
        if info.compress_type not in _PLAIN:
            raise NotANotebook("It is packed by a method that is not read here; use plain zip.")
        if info.file_size > max(FREE, MAX_RATIO * info.compress_size):
            raise NotANotebook(
                f"It claims to grow {info.file_size // max(1, info.compress_size)} times when "
                "unpacked, which no notebook does."
            )
        return _bounded(lambda: archive.open(info), limit, budget)

    return read


def _bounded(open_: Callable[[], BinaryIO], limit: int, budget: Budget) -> bytes:
    """Read one member of bounded size."""
    try:
        with open_() as member:
            data = notebooks.read_bounded(member, limit)
    except _DAMAGE as error:
        raise NotANotebook(f"It is damaged and could not be unpacked ({error}).") from None
    budget.spend(len(data))
    return data


def _tarred(file: BinaryIO, names: _Names, budget: Budget) -> Iterator[Item]:
    start = file.read(3)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        file = gzip.GzipFile(fileobj=file)
    elif start == b"BZh":
        file = bz2.BZ2File(file)
    with tarfile.open(fileobj=Forward(file), mode="r:") as archive:
        for member in archive:
            budget.count()
            budget.spend(max(0, member.size))  # a tape is wound past what is not wanted, too
            parts = names.parts(member.name)
            if not parts:
                continue
            if member.issym() or member.islnk():
                names.note(parts, LINK)
            elif member.isdir():
                yield Item(parts)
            elif not member.isreg():
                names.note(parts, STRANGE)
            else:
                yield Item(parts, _tar_reader(archive, member), float(member.mtime))


def _tar_reader(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[..., bytes]:
    def read(limit: int = notebooks.MAX_FILE) -> bytes:
        return _bounded(lambda: archive.extractfile(member), limit, Budget())

    return read
