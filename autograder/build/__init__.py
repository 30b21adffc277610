"""Build the chapters: ``solutions/NN_name.py`` to instructor and student notebooks.

Where a course has the package as well, what it knows of the chapters is written into it.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import house, notebooks, released, wrong
from . import items as lecture_items
from .checks import check as check_cell
from .problems import BuildError, Problem
from .source import Source, read

__all__ = ["BuildError", "Built", "Problem", "build_all", "build_chapter"]

SCRIPTS = "[0-9][0-9]_*.py"


@dataclass(frozen=True)
class Built:
    """A chapter's two notebooks as text, with the paths where they belong."""

    instructor: str
    student: str
    released: str  # what the package that students install knows of the chapter
    instructor_path: Path  # solutions/NN_name.ipynb
    student_path: Path  # notebooks/NN_name.ipynb


def build_chapter(path: str | Path) -> Built:
    """Make a chapter's notebooks; nothing is written.

    Parameters
    ----------
    path : path of ``solutions/NN_name.py``

    Raises
    ------
    BuildError
        With everything that has to be mended in the chapter.
    """
    from .student import student

    path = Path(path)
    items = lecture_items.load(path.parent / "items.toml")
    source = read(path)
    problems = problems_of(source, items)
    if problems:
        raise BuildError(problems)
    instructor = notebooks.instructor(source, items)
    for_students = student(instructor)
    return Built(
        notebooks.dumps(instructor),
        notebooks.dumps(for_students),
        released.text(for_students),
        path.with_suffix(".ipynb"),
        path.parent.parent / "notebooks" / f"{path.stem}.ipynb",
    )


def build_all(root: str | Path, check: bool = False) -> list[Path]:
    """Build every chapter of a course.

    Parameters
    ----------
    root : the folder that holds ``solutions/``
    check : whether to write nothing

    Returns
    -------
    list of Path
        What was written or removed, or with ``check`` what would be. A notebook whose script is
        gone is removed, if it was built here.

    Raises
    ------
    BuildError
        With everything that has to be mended in any chapter; then nothing is written.
    """
    built, problems = [], []
    for path in sorted((Path(root) / "solutions").glob(SCRIPTS)):
        try:
            built.append(build_chapter(path))
        except BuildError as error:
            problems += error.problems
    if problems:
        raise BuildError(problems)
    wanted = {chapter.instructor_path: chapter.instructor for chapter in built}
    wanted |= {chapter.student_path: chapter.student for chapter in built}
    package = Path(root) / released.FOLDER
    if package.is_dir():
        wanted |= {package / f"{made.student_path.stem}.json": made.released for made in built}
    stale = [path for path, text in wanted.items() if _bytes(path) != text.encode()]
    orphans = [
        path for path in (*_built_here(Path(root)), *package.glob("*.json")) if path not in wanted
    ]
    if not check:
        for path in stale:
            _write(path, wanted[path])
        for path in orphans:
            path.unlink()
    return sorted(stale + orphans)


def problems_of(source: Source, items: lecture_items.Items) -> list[Problem]:
    """Everything that has to be mended in a chapter."""
    cells = [check_cell(cell, items) for cell in source.cells]
    breaches = [breach for checked in cells for breach in checked.problems]
    breaches += house.duplicates(source)
    breaches += house.pairing(source)
    breaches += house.redefinitions(cells)
    breaches += house.abbreviations(cells)
    breaches += house.strange_names(cells)
    if not source.title:
        breaches.append((1, "The chapter has no title; begin a markdown cell with '# Title'."))
    problems = source.problems + [Problem(source.file, *breach) for breach in breaches]
    if any({"items", *lecture_items.BOXES} & cell.attributes.keys() for cell in source.cells):
        problems += items.problems
    path = source.path
    problems += wrong.problems_of(path.parent / "misconceptions" / path.name, cells)
    return problems


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _built_here(root: Path) -> list[Path]:
    """Notebooks that carry a chapter's name, as those that are built here do."""
    found = []
    for path in sorted([*root.glob("solutions/*.ipynb"), *root.glob("notebooks/*.ipynb")]):
        with suppress(ValueError, KeyError, TypeError):
            if json.loads(path.read_bytes())["metadata"]["cnnkit"]["chapter"] == path.stem:
                found.append(path)
    return found


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        os.chmod(temporary, 0o644)  # mkstemp's files are for their owner alone
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
