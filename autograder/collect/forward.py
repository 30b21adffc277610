"""Read a stream forwards only, in pieces of bounded size: what a tar archive is read through."""

from __future__ import annotations

import tarfile
from typing import BinaryIO

from autograder import notebooks

MAX_READ = notebooks.MAX_FILE + 1_000_000  # a hostile header asks for gigabytes at once
PIECE = 1_000_000


class Forward:
    """A stream as :mod:`tarfile` wants it: it may go back one byte, and nowhere else.

    Going back in a packed stream would unpack it from its beginning, time and again.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0
        self._last = b""  # the byte before the position
        self._again = b""  # what is read first

    def tell(self) -> int:
        """Say where the stream stands."""
        return self._position

    def seek(self, position: int) -> int:
        """Go forwards, or back by one byte."""
        if position == self._position - 1 and self._last and not self._again:
            self._again, self._position = self._last, position
        if position < self._position:
            raise tarfile.ReadError("its members do not follow one another")
        while position > self._position:
            if not self.read(min(PIECE, position - self._position)):
                break
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read that many bytes, or what is left."""
        if not 0 <= size <= MAX_READ:
            raise tarfile.ReadError("a header of it is too large")
        data = self._again[:size]
        data += self._file.read(size - len(data))
        if data:
            self._again, self._last = b"", data[-1:]
        self._position += len(data)
        return data
