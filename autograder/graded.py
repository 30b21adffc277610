"""Read back what ``autograder grade`` left in its output folder."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from autograder import course, export, store
from autograder.chapter import Chapter
from autograder.files import GradeError
from autograder.results import Result


@dataclass(frozen=True)
class Grade:
    """A row of ``grades.csv``: what a submission comes to by machine and by hand."""

    score: float | None = None
    late: float | None = None  # seconds after the due date; None where none is known
    penalty: float | None = None
    needs_manual: bool = True


def read_class(
    out: Path, chapter: str | None = None, root: Path | None = None
) -> tuple[Chapter, list[Result]]:
    """Read the results of one chapter, by student.

    Raises
    ------
    GradeError
        If nothing was graded there, or several chapters were and none is named.
    """
    results = [stored.result for stored in store.read_all(Path(out))]
    known = sorted({result.assignment for result in results})
    if not known:
        raise GradeError(
            f"{out} holds no graded submissions: name the folder that 'autograder grade' wrote "
            "with --out.",
            wrong_use=True,
        )
    if chapter is None and len(known) > 1:
        raise GradeError(
            f"{out} holds several chapters: {', '.join(known)}. Choose one with --chapter.",
            wrong_use=True,
        )
    chapters = course.load_chapters(course.find_root(root))
    chosen = course.choose_chapter(chapter or known[0], chapters)
    class_ = [result for result in results if result.assignment == chosen.name]
    if not class_:
        raise GradeError(
            f"{out} holds nothing of {chosen.name}, but of {', '.join(known)}.", wrong_use=True
        )
    return chosen, sorted(class_, key=lambda result: result.student)


def read_grades(out: Path, assignment: str) -> dict[str, Grade]:
    """Read an assignment's rows of ``grades.csv`` by student; nothing where it cannot be read."""
    try:
        return {
            row["student"]: Grade(
                _number(row["score"]),
                _number(row["late"]),
                _number(row["penalty"]),
                row["needs_manual"] != "no",
            )
            for row in export.read_table(Path(out) / "grades.csv")
            if row["assignment"] == assignment
        }
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}


def read_seconds(out: Path, assignment: str) -> dict[str, float]:
    """Read what grading took, by student."""
    times = export.read_timings(Path(out) / "timings.csv")
    return {student: value for (student, of), value in times.items() if of == assignment and value}


def _number(text: str) -> float | None:
    return float(text) if text else None
