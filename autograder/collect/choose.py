"""Choose which chapter is graded, and which of a student's notebooks counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograder.chapter import Chapter
from autograder.collect.placing import folders
from autograder.collect.submission import Collection, Submission
from autograder.files import GradeError, printable
from autograder.results import MISSING, OTHER_CHAPTER, UNREADABLE

NAMED = 10  # files of one student that are named beside the one that is graded


def of_chapter(collection: Collection, chapter: Chapter) -> Collection:
    """Keep one submission a student: the latest that belongs to the chapter, if there is one."""
    chosen = Collection(ignored=list(collection.ignored))
    by_student: dict[str, list[Submission]] = {}
    of_folders = folders(collection)
    for submission in collection.submissions:
        of_folder = of_folders.get(submission.folder, chapter.name)
        if chapter.name in (of_folder, submission.assignment):
            by_student.setdefault(submission.student, []).append(submission)
        else:
            reason = f"It belongs to {of_folder}, which is not being graded."
            chosen.ignored.append((submission.path, reason))
    for student in sorted(by_student):
        best, others = _best(by_student[student], chapter)
        best.attempt = _attempts(best, others, chapter)
        chosen.submissions.append(_for_chapter(best, chapter))
        if others:
            names = sorted(_name(other, best) for other in others)
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            listed = ", ".join(names[:NAMED]) + more
            best.repairs.append(f"Handed in as well and not graded: {listed}.")
        for other in others:
            reason = f"{_name(best, other)} of the same student was graded instead."
            chosen.ignored.append((other.path, reason))
    return chosen


def recognise_chapter(collection: Collection, chapters: Iterable[Chapter]) -> Chapter:
    """Say which chapter the submissions are of, where it is clear.

    Each student has one vote, however many notebooks they handed in.
    """
    of_student: dict[str, set[str]] = {}
    for submission in collection.submissions:
        if submission.assignment:
            of_student.setdefault(submission.student, set()).add(submission.assignment)
    counts = Counter(name for names in of_student.values() for name in names)
    votes: Counter[str] = Counter()
    for names in of_student.values():
        votes.update(dict.fromkeys(names, 1 / len(names)))
    by_name = {chapter.name: chapter for chapter in chapters}
    if not counts:
        raise GradeError(
            "None of the notebooks was recognised as a chapter of the course. "
            "Say which one they are of with --chapter.",
            wrong_use=True,
        )
    (name, most), *_ = votes.most_common(1)
    if most < 0.75 * votes.total():
        several = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
        raise GradeError(
            f"The notebooks are of several chapters: {several}. "
            "Say which one to grade with --chapter.",
            wrong_use=True,
        )
    return by_name[name]


def _attempts(best: Submission, others: list[Submission], chapter: Chapter) -> int:
    """Count the notebooks of the chapter; one that cannot be read is taken for one if alone."""
    every = [each for each in (best, *others) if each.status != MISSING]
    of_it = sum(each.assignment == chapter.name for each in every)
    return of_it or int(best.status == UNREADABLE)


def _best(several: list[Submission], chapter: Chapter) -> tuple[Submission, list[Submission]]:
    """Give the submission to be graded, and the other notebooks."""
    named = sorted(several, key=lambda s: _by_name(s, chapter))
    latest = sorted(named, key=lambda s: s.order, reverse=True)
    best, *others = sorted(latest, key=lambda s: _by_content(s, chapter))
    return best, [other for other in others if other.status != MISSING]


def _by_name(submission: Submission, chapter: Chapter) -> tuple:
    """Among the files of one attempt the chapter's name counts."""
    path = submission.path
    return path.stem != chapter.name, submission.folder != chapter.name, path


def _by_content(submission: Submission, chapter: Chapter) -> tuple:
    """No later attempt counts more than one that can be graded, nor another's than one's own."""
    missing, unreadable = submission.status == MISSING, submission.status == UNREADABLE
    return missing, bool(submission.put_by), submission.assignment != chapter.name, unreadable


def _name(submission: Submission, other: Submission) -> str:
    """Give the name of a file, with its folder's where both are called the same."""
    path = submission.path
    if path.name == other.path.name and path.parent != other.path.parent:
        return printable(f"{path.parent.name}/{path.name}")
    return printable(path.name)


def _for_chapter(submission: Submission, chapter: Chapter) -> Submission:
    name = submission.path.name
    if not submission.status and submission.assignment != chapter.name:
        other = submission.assignment
        what = f"a notebook of {other}" if other else "no notebook of this course"
        submission.status = OTHER_CHAPTER
        submission.reason = f"It is {what}; {chapter.name} is being graded."
    elif not submission.status and _is_misnamed(submission, chapter):
        submission.repairs.append(
            f"The file is called {printable(name)} and not "
            f"{chapter.name}.ipynb; it was recognised by its contents."
        )
    return submission


def _is_misnamed(submission: Submission, chapter: Chapter) -> bool:
    path = submission.path
    wrong_name = submission.folder and path.stem != chapter.name
    return bool(wrong_name) or path.suffix.lower() != ".ipynb"
