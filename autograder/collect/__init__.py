"""Find what students handed in.

A folder or an archive, in the shapes that nbgrader, its exchange, Canvas and Moodle give it, or
loose notebooks, one a student. Nothing is unpacked to disk, no link is followed and nothing of it
is run. It goes through four rooms: :mod:`.reading` reads every notebook there is, :mod:`.placing`
says whose it is by its place, :mod:`.people` by the list of the class, :mod:`.choose` which one of
a student's counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder.chapter import Chapter
from autograder.collect.choose import of_chapter, recognise_chapter
from autograder.collect.items import Parts
from autograder.collect.layouts import common_folder
from autograder.collect.people import assign
from autograder.collect.placing import pass_over_empty_folders, place_all
from autograder.collect.reading import read_all
from autograder.collect.submission import Collection, Submission
from autograder.files import GradeError
from autograder.results import MISSING
from autograder.roster import read_roster

__all__ = [
    "Collection",
    "Submission",
    "find_submissions",
    "of_chapter",
    "recognise_chapter",
    "submissions_folder",
]


def find_submissions(
    path: Path, chapters: Iterable[Chapter], roster: Path | None = None
) -> Collection:
    """List the notebooks in a folder or an archive, in a fixed order.

    Parameters
    ----------
    path : Path
        The folder or archive; a course folder stands for its ``submitted/``, a course's folder in
        the exchange for its ``inbound/``.
    chapters : iterable of Chapter
        The chapters that may be recognised.
    roster : Path, optional
        The list of the class; see :mod:`autograder.roster`.

    Raises
    ------
    GradeError
        If there is no such folder or archive, or no notebook in it.
    """
    path, chapters = submissions_folder(path), list(chapters)
    people = read_roster(roster) if roster else []
    ignored: list[tuple[Path, str]] = []

    def passed(parts: Parts, reason: str) -> None:
        ignored.append((path.joinpath(*parts), reason))

    found = read_all(path, chapters, passed)
    names = {chapter.name for chapter in chapters}
    root = path
    if not path.is_dir() and (common := common_folder(found, names)):
        found = [replace(f, parts=f.parts[1:]) for f in found if len(f.parts) > 1]
        root = path.joinpath(*common)
    collection = place_all(root, found)
    collection.ignored += ignored
    if all(submission.status == MISSING for submission in collection.submissions):
        raise GradeError(
            f"No notebooks in {path}: looked for STUDENT.ipynb, STUDENT/*.ipynb, "
            "STUDENT/ASSIGNMENT/*.ipynb, and for the names that Canvas, Moodle and nbgrader's "
            "exchange give.",
            wrong_use=True,
        )
    pass_over_empty_folders(root, collection, names)
    return assign(collection, people, root) if people else collection


def submissions_folder(path: Path) -> Path:
    """Give the place to look in: a course folder stands for its ``submitted/`` or ``inbound/``."""
    path = Path(path)
    try:
        if path.is_file():
            return path  # an archive
        with os.scandir(path) as entries:
            loose = any(entry.name.lower().endswith(".ipynb") for entry in entries)
    except OSError as error:
        raise GradeError(
            f"Cannot read the submissions' folder {path}: {error.strerror}.", wrong_use=True
        ) from error
    if loose:
        return path
    for inner in ("submitted", "inbound"):
        if (path / inner).is_dir():
            return path / inner
    graded = (path / "results").is_dir()  # the output of a run, which is refused elsewhere
    if (path / "nbgrader_config.py").is_file() and not graded:  # source/ is no student
        raise GradeError(
            f"In the course {path} nothing was collected yet: there is no folder submitted/.",
            wrong_use=True,
        )
    return path
