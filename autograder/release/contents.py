"""Gather what students get: notebooks, ``cnnkit``, and what it takes to install it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from autograder.build.notebooks import dumps
from autograder.build.student import student
from autograder.chapter import Chapter
from autograder.course import student_notebook
from autograder.files import GradeError
from autograder.release import texts

KINDS = {".py", ".js", ".css", ".json", ".npz", ".txt", ".html"}  # what is a part of cnnkit
COPIED = ("LICENSE", "constraints.txt")


def notebook_member(chapter: Chapter) -> str:
    """Give the path of a chapter's notebook in a release."""
    return f"notebooks/{chapter.name}.ipynb"


def contents(
    root: Path, chapters: list[Chapter], tell: Callable[[str], None] = lambda name: None
) -> dict[str, bytes]:
    """Give the files of a release by their path in it; ``tell`` hears of each chapter."""
    members = {}
    for chapter in chapters:
        tell(chapter.name)
        members[notebook_member(chapter)] = released_notebook(chapter)
    for path in sorted((root / "cnnkit").rglob("*")):
        if path.suffix in KINDS and path.is_file():
            members[path.relative_to(root).as_posix()] = path.read_bytes()
    for name in COPIED:
        members[name] = _read(root / name)
    project = tomllib.loads(_read(root / "pyproject.toml").decode())
    written = {
        "README.md": texts.readme(chapters),
        "pyproject.toml": texts.pyproject(project),
        "environment.yml": texts.environment(project),
    }
    return members | {name: text.encode() for name, text in written.items()}


def released_notebook(chapter: Chapter) -> bytes:
    """Give the students' notebook of a chapter, as nbgrader makes it of the instructor's.

    Raises
    ------
    GradeError
        If it is not the one in ``notebooks/``, which is what was proven.
    """
    import nbformat  # only here: it takes its time

    instructor = nbformat.reads(_read(chapter.path).decode(), as_version=4)
    made = dumps(student(instructor)).encode()
    path = student_notebook(chapter)
    if _read(path) != made:
        raise GradeError(f"{path} is stale: run 'autograder build' first.", wrong_use=True)
    return made


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GradeError(
            f"Cannot read {path}: {error.strerror}. A release is made from the whole course.",
            wrong_use=True,
        ) from error
