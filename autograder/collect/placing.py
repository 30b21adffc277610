"""Turn what was found into submissions, and say what of it is nobody's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.collect.items import TOO_DEEP, Parts
from autograder.collect.layouts import LATE, Place, copy_number, is_canvas, place
from autograder.collect.owners import note_owners
from autograder.collect.reading import NBGRADERS, Found
from autograder.collect.submission import Collection, Submission
from autograder.files import printable
from autograder.results import MISSING, UNREADABLE


@dataclass
class _Home:
    """A student's place: a folder, or with Canvas the files that carry the student's number."""

    place: Place
    path: Path
    taken: list[Submission] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # names of files that are no notebooks
    has_folders: bool = False
    timestamp: str = ""


def place_all(root: Path, found: list[Found]) -> Collection:
    """Give each notebook its student; note places without one, and what is nobody's."""
    collection, homes, canvas = Collection(), {}, is_canvas(found)
    too_deep: set[Parts] = set()
    for each in found:
        where = place(each.parts, each.kind == "folder", canvas)
        if where is None:
            too_deep.add(each.parts[:3])
            continue
        home = _home(root, each, where, canvas, homes)
        if each.kind == "notebook":
            submission = _submission(root, each, where)
            collection.submissions.append(submission)
            if home:
                home.taken.append(submission)
        elif each.kind == "other":
            _set_aside(root, each, where, home, collection)
    note_owners(root, collection.submissions)
    collection.ignored += [(root.joinpath(*parts), TOO_DEEP) for parts in sorted(too_deep)]
    for home in homes.values():
        for submission in home.taken:
            submission.timestamp = submission.timestamp or home.timestamp
        if not home.taken and (home.others or not home.has_folders):
            collection.submissions.append(_missing(home))
    return collection


def _home(root: Path, each: Found, where: Place, canvas: bool, homes: dict) -> _Home | None:
    """Find or make the student's place; loose files, but for Canvas', have none."""
    if canvas and where.number and not where.home:
        return homes.setdefault(where.number, _Home(where, root.joinpath(*each.parts)))
    for depth in range(1, len(where.home) + 1):
        parts = where.home[:depth]
        outer = replace(where, home=parts, folder=where.folder if parts == where.home else "")
        homes.setdefault(parts, _Home(outer, root.joinpath(*parts)))
        if depth < len(where.home):
            homes[parts].has_folders = True
    return homes.get(where.home)


def _submission(root: Path, each: Found, where: Place) -> Submission:
    name = each.path.name
    number = where.order or copy_number(name)
    loose = not (where.home or where.order)
    submission = Submission(
        where.student,
        root / each.path,
        assignment=each.assignment,
        notebook=each.notebook,
        digest=each.digest,
        status=UNREADABLE if each.problem else "",
        reason=each.problem,
        folder=where.folder,
        number=where.number,
        timestamp=where.timestamp,
        # In a student's own folder a number tells a copy made to play with, not a later attempt.
        order=(where.timestamp, number * (not where.home), each.modified * loose),
        repairs=list(each.repairs),
    )
    if where.late:
        submission.repairs.append(LATE)
    return submission


def _set_aside(
    root: Path, each: Found, where: Place, home: _Home | None, collection: Collection
) -> None:
    name = each.path.name
    if home and where.folder and name in NBGRADERS:
        home.timestamp = home.timestamp or each.timestamp
        return
    collection.ignored.append((root / each.path, each.problem or "It is no notebook (.ipynb)."))
    if home:
        home.others.append(printable(name))


def _missing(home: _Home) -> Submission:
    where = home.place
    listed = ", ".join(home.others[:3]) + (" and more" if home.others[3:] else "")
    what = f"The folder {printable(home.path.name)} holds" if where.home else "There is"
    reason = f"{what} no notebook (.ipynb)"
    return Submission(
        where.student,
        home.path,
        status=MISSING,
        reason=f"{reason}, only {listed}." if listed else f"{reason}.",
        folder=where.folder,
        number=where.number,
        timestamp=where.timestamp or home.timestamp,
        attempt=0,
    )


def pass_over_empty_folders(path: Path, collection: Collection, chapters: set[str]) -> None:
    """Keep of the places without a notebook those that must be a student's, or an assignment's."""
    handed_in = [s for s in collection.submissions if s.status != MISSING]
    loose = all(s.path.parent == path and not s.number for s in handed_in)
    students = {submission.student for submission in handed_in}
    assignments = chapters | folders(collection).keys()
    kept = []
    for submission in collection.submissions:
        if submission.status == MISSING and submission.folder in chapters:
            submission.assignment = submission.folder
        known = submission.student in students and submission.folder not in assignments
        if submission.status == MISSING and (loose or (known and not submission.number)):
            collection.ignored.append((submission.path, "It is a folder without a notebook."))
        else:
            kept.append(submission)
    collection.submissions = kept


def folders(collection: Collection) -> dict[str, str]:
    """Give the chapter that most students' notebooks in an assignment's folder are of, by folder.

    A student's many notebooks count once: nobody decides what the others' folders are.
    """
    counts: dict[str, Counter] = {}
    found = dict.fromkeys((s.student, s.folder, s.assignment) for s in collection.submissions)
    for _, folder, name in found:
        if folder and name:
            counts.setdefault(folder, Counter())[name] += 1
    return {folder: count.most_common(1)[0][0] for folder, count in counts.items()}
