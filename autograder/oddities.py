"""Say what is odd about a file that was handed in and can be read all the same.

:func:`autograder.notebooks.parse` bears all this in silence; student and teacher should know, for
what a program did to the file once it will do again.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter

from autograder.files import printable

LARGE = 10_000_000  # bytes: no notebook grows so large by what its author writes
KERNELS = ("python3", "python")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # UTF-32 begins as UTF-16
_MOST = 40  # characters of what the file says that are quoted


def oddities(data: bytes) -> list[str]:
    """Give a sentence for each oddity of a notebook's file that had to be borne."""
    said = list(_of_bytes(data))
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        return []  # no notebook: that is said elsewhere
    if isinstance(raw, dict):
        said += [*_of_format(raw), *_of_metadata(raw), *_of_cells(raw)]
    return said


def _of_bytes(data: bytes):
    if len(data) > LARGE:
        size = f"{len(data) / 1e6:.0f} MB"
        yield f"The file is {size} large; its outputs, which marking does not need, were left out."
    if data.startswith(_MARKS):
        yield "The file began with a byte order mark, which was left out."
    if (encoding := json.detect_encoding(data)) not in ("utf-8", "utf-8-sig"):
        yield f"The file is encoded as {encoding.upper()} and not as UTF-8; it was read as it is."
    if b"\r\n" in data:
        yield "The file has the line ends of Windows (CRLF); they were read as plain ones."


def _of_format(raw: dict):
    major, minor = raw.get("nbformat"), raw.get("nbformat_minor")
    if "worksheets" in raw or major in (1, 2, 3):
        yield f"The file has the old notebook format {_quoted(major)}; it was brought to format 4."
    elif any("id" not in cell for cell in _cells(raw)):
        yield (
            f"The file has the old notebook format {_quoted(major)}.{_quoted(minor)}, whose cells "
            "have no ids; they were recognised by their grade ids and texts."
        )


def _of_metadata(raw: dict):
    metadata = raw.get("metadata")
    if not isinstance(metadata, dict):
        return
    spec = metadata.get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    if name is not None and name not in KERNELS:
        yield f"The file names the kernel {_quoted(name)}; the course's own Python was used."
    if metadata.get("widgets"):
        yield "The file holds the saved state of widgets, which was left out."


def _of_cells(raw: dict):
    cells = _cells(raw)
    ids = Counter(cell["id"] for cell in cells if isinstance(cell.get("id"), str))
    twice = sorted(name for name, count in ids.items() if count > 1)
    if twice:
        more = f" and {len(twice) - 3} more" if len(twice) > 3 else ""
        named = ", ".join(map(_quoted, twice[:3]))
        yield f"Cells share an id ({named}{more}); they were told apart by grade ids and texts."
    if any("\r" in _source(cell) for cell in cells):
        yield "Cells had the line ends of Windows or old Macs; they were read as plain ones."


def _cells(raw: dict) -> list[dict]:
    cells = raw.get("cells")
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _source(cell: dict) -> str:
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    return "".join(part for part in parts if isinstance(part, str))


def _quoted(value: object) -> str:
    """What the file says, short and on one line."""
    if isinstance(value, (list, dict)):  # of any depth and length
        return "(no name or number)"
    text = printable(str(value)[: _MOST + 1])
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
