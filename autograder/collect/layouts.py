r"""Say whose a file is from where it stands and what it is called.

The names that other systems give, with where they are made:

- **nbgrader's** tree ``STUDENT/ASSIGNMENT/NOTEBOOK.ipynb`` with ``timestamp.txt``, and the
  exchange's ``inbound/STUDENT+ASSIGNMENT+TIMESTAMP+RANDOM/`` (nbgrader 0.9,
  ``exchange/default/submit.py``; a student's name may hold a ``+``, as ``collect.py`` there knows).
- **Canvas**, "Download Submissions": one flat archive of ``NAME_LATE_USER_FILE_ORIGINAL``; the
  name is family name and first name in lower case without blanks, in group work the group's,
  ``LATE`` stands there or does not, USER and FILE are numbers; what was typed is
  ``NAME_USER_text.html`` or ``..._link.html``; without names it begins with ``anon_CODE`` (Canvas,
  ``lib/content_zipper.rb``). A file handed in again gets ``-1``, ``-2`` at its end.
- **Moodle**, "Download all submissions": a folder ``Full Name_NUMBER_assignsubmission_file``, up to
  version 4.0 with ``_`` at its end, or, without folders, a file that goes on with ``_ORIGINAL``; in
  group work name and number are the group's (Moodle, ``mod/assign/classes/downloader.php``; before
  that ``mod/assign/locallib.php``). The number is that of "Participant NUMBER" in the grading
  worksheet.

All three files were read in 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.collect import archives
from autograder.collect.items import Parts
from autograder.collect.reading import Found
from autograder.files import printable

_EXCHANGE = re.compile(
    r"(?P<student>.+)\+(?P<folder>[^+]+)\+(?P<timestamp>\d{4}-\d\d-\d\d[^+]*?)(\+[\w=-]+)?"
)
_CANVAS = re.compile(
    r"(?:(?!(?:LATE_)?anon_)(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<number>\d+|anon_[^\W_]+)_"
    r"(?:(?P<file>\d+)_(?P<original>.+)|(?:text|link)\.html)"
)
_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>file|onlinetext)(?:_.*)?"
)
_COPY = re.compile(r"(?:-|_v| ?\()(\d{1,3})\)?$")

LATE = "Canvas marks it as late."


@dataclass(frozen=True)
class Place:
    """Whose a file is, and what is told by the names on the way to it."""

    student: str
    home: Parts = ()  # the folder that is the student's; empty for a file of its own
    folder: str = ""
    number: str = ""
    timestamp: str = ""
    order: int = 0  # Canvas: later files have higher numbers
    late: bool = False


def is_canvas(found: Iterable[Found]) -> bool:
    """Whether all notebooks and archives lie loose and are named as Canvas names them.

    All of them, for a student may call a file ``anna_2024_12_final.ipynb``.
    """
    names = [each.parts for each in found if each.kind == "notebook"]
    return bool(names) and all(
        len(parts) == 1 and (named := _CANVAS.fullmatch(parts[0])) and named["file"]
        for parts in names
    )


def place(parts: Parts, is_folder: bool, canvas: bool) -> Place | None:
    """Say whose a file or folder is; None where it is nobody's, being too deep."""
    first = parts[0]
    if canvas and (named := _CANVAS.fullmatch(first)):
        number, order = named["number"], int(named["file"] or 0)
        student = "_".join(word for word in (named["name"], number) if word)
        return Place(student, (), "", number, "", order, bool(named["late"]))
    if named := _MOODLE.fullmatch(first):
        student = "_".join(word for word in (named["name"], named["number"]) if word)
        home = parts[:1] if is_folder or len(parts) > 1 else ()
        return Place(printable(student), home, "", named["number"] or "")
    if (is_folder or len(parts) > 1) and (named := _EXCHANGE.fullmatch(first)):
        return Place(printable(named[1]), parts[:1], named["folder"], "", named["timestamp"])
    folders = parts if is_folder else parts[:-1]
    if len(folders) > 2:
        return None
    student = first if folders else _stem(first)
    return Place(printable(student), folders, folders[1] if len(folders) > 1 else "")


def copy_number(name: str) -> int:
    """Give the number that a system puts behind the name of a file handed in again.

    >>> copy_number("04_conv_layer-2.ipynb"), copy_number("homework (3).ipynb")
    (2, 3)
    >>> copy_number("04_conv_layer.ipynb")
    0
    """
    found = _COPY.search(_stem(name))
    return int(found[1]) if found else 0


def _stem(name: str) -> str:
    """A file's name without what says that it is a notebook or an archive."""
    for suffix in (".ipynb.txt", ".ipynb.json", ".ipynb", ".txt", ".json", *archives.SUFFIXES):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def common_folder(found: list[Found], chapters: set[str]) -> Parts:
    """Give the one folder that all of an archive lies in, as packing a folder makes it.

    A student's folder that is alone in an archive is none: assignments lie in it, or one file.
    """
    tops = {each.parts[0] for each in found}
    below = {each.parts[1] for each in found if len(each.parts) > 1}
    loose = any(len(each.parts) == 1 and each.kind != "folder" for each in found)
    if len(tops) != 1 or loose or len(below) < 2 or below & chapters:
        return ()
    (top,) = tops
    if _MOODLE.fullmatch(top) or _EXCHANGE.fullmatch(top):
        return ()
    return (top,)
