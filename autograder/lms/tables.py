"""Tables as other programs write them: encodings, separators, headers with blanks."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.files import GradeError

MAX_TABLE = 50_000_000  # bytes
_ENCODINGS = ("utf-8-sig", "cp1252")  # Excel's CSV is the second in western Europe


@dataclass(frozen=True)
class Table:
    """A CSV file: its header, its rows filled up to the header's length, and its separator."""

    path: Path
    header: list[str]
    rows: list[list[str]]
    separator: str = ","

    def find(self, *names: str) -> int | None:
        """Give the place of the first column of one of these names, however it is written."""
        written = [column.strip().casefold() for column in self.header]
        for name in names:
            if name.casefold() in written:
                return written.index(name.casefold())
        return None


def read_table(path: Path) -> Table:
    """Read a CSV file with a header.

    Raises
    ------
    GradeError
        If it cannot be read as one.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_TABLE + 1)
    except OSError as error:
        raise GradeError(f"Cannot read {path}: {error.strerror}.", wrong_use=True) from error
    if len(data) > MAX_TABLE or (b"\0" in data and data[:2] not in _UTF16):
        raise _no_table(path, "it holds something else than text")
    text = _decoded(data)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header, *rows = [line for line in lines if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise _no_table(path, str(error)) from None
    except ValueError:
        raise _no_table(path, "it is empty") from None
    return Table(path, header, [row + [""] * (len(header) - len(row)) for row in rows], separator)


def write_table(header: list[str], rows: list[list[str]], separator: str = ",") -> str:
    """Give a CSV file's text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _decoded(data: bytes) -> str:
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _no_table(path: Path, why: str) -> GradeError:
    return GradeError(
        f"{path} is no table: {why}. It must be a CSV file whose first line names its columns.",
        wrong_use=True,
    )
