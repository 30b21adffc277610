"""Find out, with the list of a class, whose each submission is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.collect.submission import Collection, Submission
from autograder.files import printable
from autograder.results import MISSING
from autograder.roster import Person, Words, words


def assign(collection: Collection, roster: list[Person], root: Path) -> Collection:
    """Give each submission to a student of the class, or to each of a group's.

    What is nobody's is passed over with the reason. Who is in the class and handed in nothing has a
    submission that is missing.
    """
    assigned = Collection(ignored=list(collection.ignored))
    for submission in collection.submissions:
        owners, reason = _owners(submission, roster, root)
        if not owners:
            assigned.ignored.append((submission.path, reason))
        for person in owners:
            repairs = list(submission.repairs)
            assigned.submissions.append(
                replace(submission, student=person.student, repairs=repairs)
            )
    seen = {submission.student for submission in assigned.submissions}
    assigned.submissions += [
        _absent(person, root) for person in roster if person.student not in seen
    ]
    return assigned


def _absent(person: Person, root: Path) -> Submission:
    reason = "Nothing was found that this student of the class has handed in."
    return Submission(person.student, root, status=MISSING, reason=reason, attempt=0)


def _owners(submission: Submission, roster: list[Person], root: Path) -> tuple[list[Person], str]:
    """Give whose it is, or nobody and the reason."""
    for fits in (_by_number, _by_id, _by_group):
        if owners := [person for person in roster if fits(submission, person)]:
            return _with_group(owners, roster), ""
    owners = _by_names(submission.student, roster)
    if len(owners) != 1:  # what students call their own files says only what else nobody can tell
        path = " ".join((submission.student, *submission.path.relative_to(root).parts))
        owners = _by_names(path, owners or roster) or owners
    if not owners:
        return [], "It names nobody of the roster."
    if len(owners) > 1:
        names = " or ".join(printable(person.student) for person in owners[:3])
        return [], f"It may be of {names}: the roster knows no way to tell."
    return _with_group(owners, roster), ""


def _by_number(submission: Submission, person: Person) -> bool:
    return bool(submission.number) and submission.number == person.number


def _by_id(submission: Submission, person: Person) -> bool:
    return submission.student.casefold() in (
        person.student.casefold(),
        person.email.casefold() or None,
    )


def _by_group(submission: Submission, person: Person) -> bool:
    """Whether it is called like the person's group; Canvas and Moodle add a number."""
    name = submission.student.removesuffix(f"_{submission.number}")
    return bool(person.group) and _joined(name) == _joined(person.group)


def _with_group(owners: list[Person], roster: list[Person]) -> list[Person]:
    """Give the whole group where one of it handed in."""
    groups = {person.group for person in owners if person.group}
    return [person for person in roster if person in owners or person.group in groups]


def _by_names(text: str, people: list[Person]) -> list[Person]:
    """Give those of whom most is named in a text; nobody where none is named."""
    label = words(text)
    scores = {person: _score(label, person) for person in people}
    best = max(scores.values())
    return [person for person, score in scores.items() if score == best] if best else []


def _score(label: Words, person: Person) -> int:
    """Say how much of a person's names stands in a label: more letters, surer."""
    marks = [mark for mark in person.marks if _follow(label, mark)]
    name = words(person.name)
    joined = {"".join(name), "".join(reversed(name))}  # Canvas: doejane
    if len(name) > 1 and (set(name) <= set(label) or joined & set(label)):
        marks.append(name)
    return max((len("".join(mark)) for mark in marks), default=0)


def _follow(label: Words, mark: Words) -> bool:
    size = len(mark)
    return any(label[start : start + size] == mark for start in range(len(label) - size + 1))


def _joined(text: str) -> str:
    return "".join(words(text))
