"""Read what was handed in: each notebook once, whatever it is packed in or called."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import notebooks
from autograder.chapter import Chapter
from autograder.collect import archives
from autograder.collect.archives import Budget, NotAnArchive
from autograder.collect.items import Item, Parts, Pass, of_folder
from autograder.files import GradeError
from autograder.notebooks import NotANotebook
from autograder.oddities import oddities
from autograder.recognise import recognise

MISNAMED = (".txt", ".json")  # what browsers and mail programs make of .ipynb
NBGRADERS = ("timestamp.txt", "submission_secret.txt")
ONE_STUDENTS = 20  # notebooks; an archive with more is that of a class


@dataclass(frozen=True)
class Found:
    """A folder, a notebook or another file, with what was read of it."""

    parts: Parts
    kind: str  # folder, notebook or other
    inside: Parts = ()  # the path in an archive that stands at ``parts``
    notebook: str = ""  # as in Submission
    digest: str = ""
    assignment: str = ""
    problem: str = ""  # why a notebook could not be read, or what another file is
    repairs: tuple[str, ...] = ()  # what was odd about a notebook's file
    modified: float = 0.0
    timestamp: str = ""  # what stands in nbgrader's timestamp.txt

    @property
    def path(self) -> Path:
        """Where it was found."""
        return Path(*self.parts, *self.inside)


def read_all(path: Path, chapters: list[Chapter], passed: Pass) -> list[Found]:
    """Read everything in a folder or an archive.

    Raises
    ------
    GradeError
        If it is an archive that cannot be read at all.
    """
    if path.is_dir():
        budget = Budget()
        items = of_folder(path, passed)
        return [found for item in items for found in _found(item, chapters, passed, budget)]
    return _of_class(path, chapters, passed)


def _of_class(path: Path, chapters: list[Chapter], passed: Pass) -> list[Found]:
    """Read the archive of a class; what could be read before it breaks off counts."""
    found: list[Found] = []
    budget = Budget()
    try:
        with open(path, "rb") as file:
            for item in archives.of_archive(file, passed, budget):
                found += _found(item, chapters, passed, budget)
    except OSError as error:
        raise GradeError(f"Cannot read {path}: {error.strerror}.", wrong_use=True) from error
    except NotAnArchive as error:
        if not found:
            raise GradeError(
                f"{path} cannot be graded: {error} Name a folder, or a .zip or .tar.gz archive.",
                wrong_use=True,
            ) from error
        passed(("the rest of the archive",), str(error))
    return found


def _found(
    item: Item, chapters: list[Chapter], passed: Pass, budget: Budget, outer: Parts = ()
) -> Iterator[Found]:
    """Read one item. ``outer`` is the path of the archive that it lies in, if it is a student's."""
    at = {"parts": outer or item.parts, "inside": item.parts if outer else ()}
    name = item.parts[-1]
    if item.is_folder:
        if not outer:
            yield Found(**at, kind="folder")
    elif name.lower().endswith(".ipynb"):
        yield Found(**at, kind="notebook", modified=item.modified, **_notebook(item, chapters))
    elif archives.is_archive(name):
        if outer:
            passed(outer + item.parts, "It is an archive in an archive in which it was handed in.")
        else:
            yield from _of_student(item, chapters, passed, budget)
    else:
        yield _other(item, at, chapters)


def _notebook(item: Item, chapters: list[Chapter]) -> dict:
    try:
        data = item.read()
    except NotANotebook as error:
        return {"problem": str(error)}
    read = {"digest": hashlib.sha256(data).hexdigest()}
    try:
        notebook = notebooks.parse(data)
    except NotANotebook as error:
        return read | {"problem": str(error)}
    read |= {"repairs": tuple(oddities(data)), "assignment": recognise(notebook, chapters)}
    return read | {"notebook": json.dumps(notebook, ensure_ascii=False)}


def _other(item: Item, at: dict, chapters: list[Chapter]) -> Found:
    """Read a file that is no notebook by its name, but may be one all the same."""
    name = item.parts[-1].lower()
    if name in NBGRADERS:
        return Found(**at, kind="other", timestamp=_timestamp(item) if name == NBGRADERS[0] else "")
    if name.endswith(MISNAMED):
        read = _notebook(item, chapters)
        if read.get("assignment"):
            return Found(**at, kind="notebook", modified=item.modified, **read)
    if archives.is_closed(name):
        problem = "It is an archive of a kind that is not opened here; .zip and .tar.gz are."
    else:
        problem = "It is no notebook (.ipynb)."
    return Found(**at, kind="other", problem=problem)


def _timestamp(item: Item) -> str:
    try:
        return item.read(200).decode("utf-8", "replace").strip()
    except NotANotebook:
        return ""


def _of_student(
    item: Item, chapters: list[Chapter], passed: Pass, budget: Budget
) -> Iterator[Found]:
    """Read an archive that a student handed in, in place of a notebook."""
    inner: list[Found] = []
    problem = "It is an archive without a notebook."

    def note(parts: Parts, reason: str) -> None:
        passed(item.parts + parts, reason)

    try:
        file = io.BytesIO(item.read())
        for each in archives.of_archive(file, note, budget):
            inner += _found(each, chapters, passed, budget, item.parts)
    except (NotANotebook, NotAnArchive) as error:
        problem = str(error)
        if not any(found.kind == "notebook" for found in inner):
            yield Found(item.parts, "notebook", problem=problem)
            return
        passed(item.parts, problem)
    found = [each for each in inner if each.kind == "notebook"]
    if len(found) > ONE_STUDENTS:
        problem = (
            f"It holds {len(found)} notebooks, which are not one student's. If they are a class's, "
            "grade this archive by itself."
        )
        found = []
    yield from found or [Found(item.parts, "other", problem=problem)]
