"""What is in a data file: unpacked, checked against its hash, and read as an array."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

GZIP = b"\x1f\x8b"
BYTES = 8  # IDX's code for uint8


class DataError(RuntimeError):
    """A data set cannot be had, or is not what it should be; the message says what to do."""


class Damaged(DataError):
    """A file is not what it should be.

    ``digest`` is the SHA-256 of what is in it, or empty where it cannot be unpacked.
    """

    def __init__(self, message: str, digest: str = "") -> None:
        super().__init__(message)
        self.digest = digest


@dataclass(frozen=True)
class File:
    """A file of a data set, as it was first published."""

    name: str
    size: int  # bytes of the .gz
    sha256: str  # of the .gz
    content: str  # SHA-256 of what is in it: others pack the same pictures into another .gz


def read(path: Path, file: File) -> bytes:
    """Read and unpack a file, and prove by its hash that it is the right one.

    The file may also be unpacked already, or packed by somebody else.

    Raises
    ------
    Damaged
        It cannot be read or unpacked, or holds something else.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror}).") from None
    content = _unpacked(raw, path, file)
    if sha256(raw) == file.sha256:
        return content
    digest = sha256(content)
    if digest != file.content:
        what = (
            "a web page, perhaps the network's login page"
            if raw.lstrip()[:1] == b"<"
            else f"of {len(content):,} bytes with SHA-256 {digest[:12]}..., "
            f"not {file.content[:12]}..."
        )
        raise Damaged(f"{path} is not {file.name}: its content is {what}.", digest)
    return content


def sha256(data: bytes) -> str:
    """Give the SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _unpacked(raw: bytes, path: Path, file: File) -> bytes:
    if not raw.startswith(GZIP):
        return raw
    try:
        return gzip.decompress(raw)
    except EOFError:
        message = f"{path} breaks off: it has {len(raw):,} bytes, {file.name} has {file.size:,}."
    except (OSError, zlib.error) as error:
        message = f"{path} is damaged and cannot be unpacked ({error})."
    raise Damaged(message)


def idx_array(content: bytes, axes: int) -> np.ndarray:
    """Read an array of bytes in IDX, the format of MNIST.

    Two zeros, the code of the dtype, the number of axes, the sizes as big-endian ints of four
    bytes, then the numbers.

    Parameters
    ----------
    content : bytes
    axes : int
        How many axes the array must have: 3 for images, 1 for labels.

    Returns
    -------
    array : ndarray of uint8
        A new one that may be written to.

    Raises
    ------
    ValueError
        The bytes are no such array.

    Examples
    --------
    >>> idx_array(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]), axes=1)
    array([5, 0, 4], dtype=uint8)
    """
    start = 4 + 4 * axes
    if content[:4] != bytes([0, 0, BYTES, axes]) or len(content) < start:
        raise ValueError(
            f"The content begins with {content[:4].hex(' ')}: as IDX of bytes with {axes} "
            f"{'axis' if axes == 1 else 'axes'} it must begin with 00 00 08 {axes:02x} and sizes."
        )
    shape = tuple(np.frombuffer(content, ">i4", axes, 4).tolist())
    if min(shape) < 0 or len(content) - start != math.prod(shape):
        raise ValueError(
            f"The content says that its shape is {shape}, which is {math.prod(shape):,} numbers; "
            f"it has {len(content) - start:,}."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()
