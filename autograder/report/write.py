"""Put a report together from what a run left in its folder, and write it there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.chapter import Chapter
from autograder.files import write_atomic
from autograder.graded import read_class, read_grades, read_seconds
from autograder.misconceptions import load
from autograder.report.anonymous import nameless, pseudonyms
from autograder.report.page import render_report
from autograder.results import Result
from autograder.similar import read_groups

if TYPE_CHECKING:
    from autograder.grade import Summary

PAGE, ANONYMOUS = "report.html", "report-anonymous.html"


def write_report(summary: Summary) -> None:
    """Write the report of a run to ``report.html`` in its output folder."""
    page = _page(summary.out, summary.chapter, summary.results, summary.notes)
    write_atomic(summary.report, page)
    notes = json.dumps(summary.notes, ensure_ascii=False, indent=1)
    write_atomic(_notes_path(summary.out, summary.chapter), notes + "\n")


def report_again(
    out: Path, chapter: str | None = None, root: Path | None = None, *, anonymise: bool = False
) -> Path:
    """Write a report about what is graded in a folder, with or without names; return its path.

    Raises
    ------
    GradeError
        If nothing was graded there, or several chapters were and none is named.
    """
    out = Path(out)
    chosen, class_ = read_class(out, chapter, root)
    path = out / (ANONYMOUS if anonymise else PAGE)
    if anonymise:
        page = _anonymous_page(out, chosen, class_)
    else:
        page = _page(out, chosen, class_, _read_notes(out, chosen))
    write_atomic(path, page)
    return path


def _notes_path(out: Path, chapter: Chapter) -> Path:
    return out / "results" / f"notes-{chapter.name}.json"


def _read_notes(out: Path, chapter: Chapter) -> list[str]:
    """What was to be said of the run; it holds until the next one."""
    try:
        return list(json.loads(_notes_path(out, chapter).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return []


def _page(out: Path, chapter: Chapter, class_: Sequence[Result], notes: Sequence[str]) -> str:
    return render_report(
        class_,
        chapter,
        {misconception.id: misconception for misconception in load(chapter)},
        seconds=read_seconds(out, chapter.name),
        notes=notes,
        grades=read_grades(out, chapter.name),
        groups=read_groups(out, chapter, class_),
    )


def _anonymous_page(out: Path, chapter: Chapter, class_: Sequence[Result]) -> str:
    names = pseudonyms(out, (result.student for result in class_))
    groups = read_groups(out, chapter, class_)
    seconds, grades = read_seconds(out, chapter.name), read_grades(out, chapter.name)
    return render_report(
        nameless(class_, names),
        chapter,
        {misconception.id: misconception for misconception in load(chapter)},
        seconds={names[who]: value for who, value in seconds.items() if who in names},
        grades={names[who]: value for who, value in grades.items() if who in names},
        groups=None if groups is None else [nameless(group, names) for group in groups],
        anonymous=True,
    )
