"""What was found: submissions, and what was passed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Submission:
    """One notebook that a student handed in, or a place where there should be one."""

    student: str
    path: Path  # below the submissions' folder or archive; never opened again
    assignment: str = ""  # name of the chapter that it was recognised as
    notebook: str = ""  # its cells as JSON, without outputs; empty if unreadable
    digest: str = ""  # of the file as it was handed in
    status: str = ""  # empty: to be graded; otherwise unreadable, other_chapter or missing
    reason: str = ""  # a sentence, where there is a status
    folder: str = ""  # the assignment's folder in nbgrader's tree
    number: str = ""  # the student's, or the group's, in Canvas or Moodle
    timestamp: str = ""  # what nbgrader's timestamp.txt or the exchange says
    order: tuple = ("", 0, 0.0)  # timestamp, number in the file's name, time of change: late last
    attempt: int = 1  # how many notebooks of the chapter there are of this student
    put_by: str = ""  # another user, who put it into the exchange in the student's name
    repairs: list[str] = field(default_factory=list)


@dataclass
class Collection:
    """What was handed in: submissions in order, and what was passed over, with the reason."""

    submissions: list[Submission] = field(default_factory=list)
    ignored: list[tuple[Path, str]] = field(default_factory=list)
