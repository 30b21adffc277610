"""Find what students handed in.

Two shapes are understood, also side by side: nbgrader's tree ``STUDENT/ASSIGNMENT/*.ipynb``
and loose notebooks, one a student. A folder of a student's without a notebook is a submission that
is missing. No link is followed and nothing in the folder is run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder import notebooks
from autograder.chapter import Chapter
from autograder.files import GradeError, printable
from autograder.notebooks import NotANotebook
from autograder.recognise import recognise
from autograder.results import MISSING, OTHER_CHAPTER, UNREADABLE


@dataclass
class Submission:
    """One notebook that a student handed in, or a folder in which there is none."""

    student: str
    path: Path
    assignment: str = ""  # name of the chapter that it was recognised as
    notebook: str = ""  # its cells as JSON, without outputs; empty if unreadable
    digest: str = ""  # of the file as it was handed in
    status: str = ""  # empty: to be graded; otherwise unreadable, other_chapter or missing
    reason: str = ""  # a sentence, where there is a status
    folder: str = ""  # the assignment's folder in nbgrader's tree
    timestamp: str = ""  # what nbgrader's timestamp.txt says
    attempt: int = 1  # how many notebooks of the chapter there are of this student
    repairs: list[str] = field(default_factory=list)


@dataclass
class Collection:
    """What a folder holds: submissions in order, and what was passed over, with the reason."""

    submissions: list[Submission] = field(default_factory=list)
    ignored: list[tuple[Path, str]] = field(default_factory=list)


def find_submissions(path: Path, chapters: Iterable[Chapter]) -> Collection:
    """List the notebooks in a folder, in a fixed order.

    Parameters
    ----------
    path : Path
        The folder; a course folder stands for its ``submitted/``.
    chapters : iterable of Chapter
        The chapters that may be recognised.

    Raises
    ------
    GradeError
        If there is no such folder, or no notebook in it.
    """
    path, chapters, collection = submissions_folder(path), list(chapters), Collection()
    _walk(path, collection)
    handed_in = [s for s in collection.submissions if s.status != MISSING]
    if not handed_in:
        raise GradeError(
            f"No notebooks in {path}: looked for STUDENT.ipynb, STUDENT/*.ipynb and "
            "STUDENT/ASSIGNMENT/*.ipynb.",
            wrong_use=True,
        )
    for submission in handed_in:
        _read(submission, chapters)
    _pass_over_empty_folders(path, collection, {chapter.name for chapter in chapters})
    return collection


def submissions_folder(path: Path) -> Path:
    """Give the folder to look in: a course folder stands for its ``submitted/``."""
    path = Path(path)
    try:
        with os.scandir(path) as entries:
            loose = any(_is_notebook(Path(entry.name)) for entry in entries)
    except OSError as error:
        raise GradeError(
            f"Cannot read the submissions' folder {path}: {error.strerror}.", wrong_use=True
        ) from error
    submitted = path / "submitted"
    return submitted if submitted.is_dir() and not loose else path


def of_chapter(collection: Collection, chapter: Chapter) -> Collection:
    """Keep one submission a student: the one that belongs to the chapter, if there is one."""
    chosen = Collection(ignored=list(collection.ignored))
    folders = _folders(collection)
    by_student: dict[str, list[Submission]] = {}
    for submission in collection.submissions:
        of_folder = folders.get(submission.folder, chapter.name)
        if chapter.name in (of_folder, submission.assignment):
            by_student.setdefault(submission.student, []).append(submission)
        else:
            reason = f"It belongs to {of_folder}, which is not being graded."
            chosen.ignored.append((submission.path, reason))
    for student in sorted(by_student):
        best, *others = sorted(by_student[student], key=lambda s: _rank(s, chapter))
        others = [other for other in others if other.status != MISSING]
        if best.status != MISSING:
            best.attempt = 1 + sum(other.assignment == chapter.name for other in others)
        chosen.submissions.append(_for_chapter(best, chapter))
        if others:
            names = ", ".join(sorted(printable(other.path.name) for other in others))
            best.repairs.append(f"Handed in as well and not graded: {names}.")
        for other in others:
            reason = f"{best.path.name} of the same student was graded instead."
            chosen.ignored.append((other.path, reason))
    return chosen


def recognise_chapter(collection: Collection, chapters: Iterable[Chapter]) -> Chapter:
    """Say which chapter the submissions are of, where it is clear."""
    counts = Counter(s.assignment for s in collection.submissions if s.assignment)
    by_name = {chapter.name: chapter for chapter in chapters}
    if not counts:
        raise GradeError(
            "None of the notebooks was recognised as a chapter of the course. "
            "Say which one they are of with --chapter.",
            wrong_use=True,
        )
    (name, count), *_ = counts.most_common(1)
    if count < 0.75 * counts.total():
        several = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
        raise GradeError(
            f"The notebooks are of several chapters: {several}. "
            "Say which one to grade with --chapter.",
            wrong_use=True,
        )
    return by_name[name]


def _folders(collection: Collection) -> dict[str, str]:
    """The chapter that most notebooks in an assignment's folder are of, by folder."""
    counts: dict[str, Counter] = {}
    for submission in collection.submissions:
        if submission.folder and submission.assignment:
            counts.setdefault(submission.folder, Counter())[submission.assignment] += 1
    return {folder: count.most_common(1)[0][0] for folder, count in counts.items()}


def _pass_over_empty_folders(path: Path, collection: Collection, chapters: set[str]) -> None:
    """Keep of the folders without a notebook those that must be a student's, or an assignment's."""
    empty = [s for s in collection.submissions if s.status == MISSING]
    handed_in = [s for s in collection.submissions if s.status != MISSING]
    loose = all(submission.path.parent == path for submission in handed_in)
    students = {submission.student for submission in handed_in}
    assignments = chapters | _folders(collection).keys()
    for submission in empty:
        if submission.folder in chapters:
            submission.assignment = submission.folder
        if loose or (submission.student in students and submission.folder not in assignments):
            reason = "It is a folder without a notebook."
            collection.ignored.append((submission.path, reason))
            collection.submissions.remove(submission)


def _walk(path: Path, collection: Collection) -> None:
    for entry in _entries(path, collection):
        here, student = Path(entry.path), printable(entry.name)
        if not entry.is_dir():
            _take(printable(here.stem), here, collection)
            continue
        inner = list(_entries(here, collection))
        folders = [each for each in inner if each.is_dir()]
        files = [each for each in inner if not each.is_dir()]
        if files or not folders:
            _take_all(student, here, files, collection)
        for folder in folders:
            leaves = []
            for leaf in _entries(Path(folder.path), collection):
                if leaf.is_dir():
                    collection.ignored.append((Path(leaf.path), "It is a folder too deep."))
                else:
                    leaves.append(leaf)
            _take_all(student, Path(folder.path), leaves, collection, folder.name)


def _take_all(
    student: str, here: Path, files: list[os.DirEntry], collection: Collection, folder: str = ""
) -> None:
    """Take the notebooks among a student's files in one folder, or note that there is none."""
    taken = [_take(student, Path(file.path), collection, folder) for file in files]
    if any(taken):
        return
    names = [printable(file.name) for file in files if file.name != "timestamp.txt"]
    listed = ", ".join(names[:3]) + (" and more" if names[3:] else "")
    reason = f"The folder {printable(here.name)} holds no notebook (.ipynb)"
    collection.submissions.append(
        Submission(
            student,
            here,
            status=MISSING,
            reason=f"{reason}, only {listed}." if names else f"{reason}.",
            folder=folder,
            timestamp=_timestamp(here / "timestamp.txt") if folder else "",
            attempt=0,
        )
    )


def _entries(path: Path, collection: Collection) -> Iterator[os.DirEntry]:
    """The plain files and folders of a folder by name; the rest is passed over."""
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        collection.ignored.append((path, f"It could not be opened: {error.strerror}."))
        return
    for entry in entries:
        if entry.name.startswith("."):
            reason = "It is hidden."
        elif entry.is_symlink():
            reason = "It is a link; links are not followed."
        elif not (entry.is_file() or entry.is_dir()):
            reason = "It is neither a file nor a folder."
        else:
            yield entry
            continue
        collection.ignored.append((Path(entry.path), reason))


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb"


def _take(student: str, path: Path, collection: Collection, folder: str = "") -> bool:
    """Take a file if it is a notebook; say whether it was one."""
    if _is_notebook(path):
        timestamp = _timestamp(path.with_name("timestamp.txt")) if folder else ""
        submission = Submission(student, path, folder=folder, timestamp=timestamp)
        collection.submissions.append(submission)
    elif not (folder and path.name == "timestamp.txt"):
        collection.ignored.append((path, "It is no notebook (.ipynb)."))
    return _is_notebook(path)


def _timestamp(path: Path) -> str:
    try:
        return notebooks.read_bytes(path, limit=200).decode("utf-8", "replace").strip()
    except NotANotebook:
        return ""


def _read(submission: Submission, chapters: list[Chapter]) -> None:
    try:
        data = notebooks.read_bytes(submission.path)
        submission.digest = hashlib.sha256(data).hexdigest()
        notebook = notebooks.parse(data)
    except NotANotebook as error:
        submission.status, submission.reason = UNREADABLE, str(error)
        return
    submission.assignment = recognise(notebook, chapters)
    submission.notebook = json.dumps(notebook, ensure_ascii=False)


def _rank(submission: Submission, chapter: Chapter) -> tuple:
    """Sort the notebook to be graded first."""
    return (
        submission.status == MISSING,
        submission.assignment != chapter.name,
        submission.status == UNREADABLE,
        submission.path.stem != chapter.name,
        submission.folder != chapter.name,
        submission.path,
    )


def _for_chapter(submission: Submission, chapter: Chapter) -> Submission:
    if not submission.status and submission.assignment != chapter.name:
        other = submission.assignment
        what = f"a notebook of {other}" if other else "no notebook of this course"
        submission.status = OTHER_CHAPTER
        submission.reason = f"It is {what}; {chapter.name} is being graded."
    elif not submission.status and submission.folder and submission.path.stem != chapter.name:
        submission.repairs.append(
            f"The file is called {printable(submission.path.name)} and not "
            f"{chapter.name}.ipynb; it was recognised by its contents."
        )
    return submission
