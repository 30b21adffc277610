"""Write scores into the tables that Canvas and Moodle exported, so that they import them again.

- Canvas' gradebook: the columns up to ``Section`` tell who a row is of, by ``ID`` first; then there
  is a column ``TITLE (ID)`` for each assignment; the row ``Points Possible`` is nobody's. An empty
  cell takes a score away (Canvas, ``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb``).
- Moodle's grading worksheet: the first column says ``Participant NUMBER``; ``Grade`` is followed by
  ``Maximum Grade``. ``Last modified (grade)`` must stay as it is: Moodle passes over who was graded
  since (Moodle, ``mod/assign/gradingtable.php`` and
  ``mod/assign/feedback/offline/importgradeslib.php``).

These files were read in 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.export import harmless
from autograder.files import GradeError
from autograder.lms.scores import Scored
from autograder.lms.tables import Table, read_table, write_table
from autograder.roster import is_student_row, participant, words

_ID = re.compile(r"\s*\(\d+\)$")  # Canvas' number of an assignment
_CANVAS_IDS = ("ID", "SIS Login ID", "SIS User ID", "Integration ID")
_MOODLE_IDS = ("Email address", "Username", "ID number")


@dataclass
class Filled:
    """A table with scores in it, and what a teacher should know of it."""

    text: str
    written: int = 0
    notes: list[str] = field(default_factory=list)


def canvas(path: Path, graded: list[Scored], assignment: str, column: str | None = None) -> Filled:
    """Fill the column of one assignment; the columns of others are left out.

    Raises
    ------
    GradeError
        If it is no gradebook of Canvas, or has no such column.
    """
    table = read_table(path)
    section = table.find("Section")
    if section is None or table.find("ID") is None:
        raise _not(path, "Canvas' gradebook: it has no columns ID and Section", "Export")
    titles = {place: _ID.sub("", name) for place, name in enumerate(table.header)}
    offered = {place: title for place, title in titles.items() if place > section}
    score = _column(table, offered, assignment, column)
    ids = [place for name in _CANVAS_IDS if (place := table.find(name)) is not None]

    def keys(row: list[str]) -> list[str]:
        return [row[place] for place in ids] if is_student_row(row) else []

    possible = [row[score] for row in table.rows if "Points Possible" in row[0]]
    filled = _fill(table, graded, score, keys, lambda row: (possible or [""])[0])
    kept = [*range(section + 1), score]
    free = {place for place in kept if place not in (*ids, score)}
    return _written(filled, table, kept, free)


def moodle(path: Path, graded: list[Scored], assignment: str, column: str | None = None) -> Filled:
    """Fill the grades of a grading worksheet; what was written as feedback is left out.

    Raises
    ------
    GradeError
        If it is no such worksheet.
    """
    table = read_table(path)
    if not any(participant(row[0]) for row in table.rows):
        raise _not(path, "Moodle's grading worksheet: no row begins with a participant", "Download")
    offered = dict(enumerate(table.header))
    score = _column(table, offered, assignment, column or "Grade")
    ids = [place for name in _MOODLE_IDS if (place := table.find(name)) is not None]
    group = table.find("Group")
    highest = score + 1

    def keys(row: list[str]) -> list[str]:
        told = [participant(row[0]), *(row[place] for place in ids)]
        return [*told, f"group {row[group]}"] if group is not None else told

    filled = _fill(table, graded, score, keys, lambda row: row[highest])
    comments = table.find("Feedback comments")
    kept = [place for place in offered if place != comments]
    return _written(filled, table, kept, set(kept) - {0, score, highest})


def _column(table: Table, offered: dict[int, str], assignment: str, wanted: str | None) -> int:
    """Find a column by its name, or the one that is called like the assignment."""
    if wanted is not None:
        names = (wanted.strip().casefold(),)
        fits = [
            place
            for place, title in offered.items()
            if {title.strip().casefold(), table.header[place].strip().casefold()} & {*names}
        ]
    else:
        named = set(words(assignment))
        fits = [place for place, title in offered.items() if named <= set(words(title))]
    if len(fits) == 1:
        return fits[0]
    listed = ", ".join(f"'{table.header[place]}'" for place in offered)
    what = f"called {wanted!r}" if wanted else f"that is surely of {assignment}"
    raise GradeError(
        f"{table.path} has {'no' if not fits else 'more than one'} column {what}. Name one of "
        f"{listed} with --column.",
        wrong_use=True,
    )


def _fill(
    table: Table,
    graded: list[Scored],
    score: int,
    keys: Callable[[list[str]], list[str]],
    highest: Callable[[list[str]], str],
) -> Filled:
    """Write the score of each row's student into the table."""
    filled, seen, scales = Filled(""), set(), set()
    by_key = _by_key(graded)
    for row in table.rows:
        found = [by_key[key.casefold()] for key in keys(row) if key and key.casefold() in by_key]
        if not found:
            continue
        seen.add(found[0].student)
        if found[0].score is None:
            continue
        row[score], scale = _scaled(found[0], highest(row))
        scales.add(scale)
        filled.written += 1
    filled.notes = [*sorted(scales - {""}), *_left(graded, seen)]
    return filled


def _by_key(graded: list[Scored]) -> dict[str, Scored]:
    """Give each submission by its student, and by what Canvas' and Moodle's files are named.

    The name in front of the number is a group's or a person's; it may be another's login.
    """
    by_key: dict[str, Scored] = {}
    for each in graded:
        name, _, number = each.student.rpartition("_")
        if number.isdigit():
            by_key |= {f"group {name}".casefold(): each, number: each}
    return by_key | {each.student.casefold(): each for each in graded}


def _scaled(each: Scored, highest: str) -> tuple[str, str]:
    """Give the score in the points of the other system, and the sentence that says so."""
    try:
        most = float(highest.replace(",", "."))
    except ValueError:
        most = each.max_score
    factor = most / each.max_score if each.max_score else 1.0
    said = f"Scores were scaled from {each.max_score:g} points to {most:g}." if factor != 1 else ""
    return f"{round(each.score * factor, 2):g}", said


def _left(graded: list[Scored], seen: set[str]) -> list[str]:
    waiting = sorted(each.student for each in graded if each.score is None)
    unknown = sorted(each.student for each in graded if each.student not in seen)
    notes = []
    if waiting:
        notes.append(
            f"Left as they were, for they wait for points by hand: {_listed(waiting)}. Give them "
            "with 'autograder formgrade', then export again."
        )
    if unknown:
        notes.append(f"Graded, but not in that table: {_listed(unknown)}.")
    return notes


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


def _written(filled: Filled, table: Table, kept: list[int], free: set[int]) -> Filled:
    """Write the columns that are kept; those that nobody is known by are made harmless."""
    rows = [
        [str(harmless(row[place])) if place in free else row[place] for place in kept]
        for row in table.rows
    ]
    filled.text = write_table([table.header[place] for place in kept], rows, table.separator)
    return filled


def _not(path: Path, what: str, how: str) -> GradeError:
    return GradeError(f"{path} is not {what}. {how} it anew and leave it as it is.", wrong_use=True)
