"""The list of a class: who is in it, and by which names a file may be theirs.

Three kinds of table will do: one with a column ``student`` and, as far as they are known, ``name``,
``email``, ``number`` and ``group``; the gradebook that Canvas exports; the grading worksheet of a
Moodle assignment.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from autograder.files import GradeError, printable
from autograder.lms.tables import Table, read_table

Words = tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """Somebody in the class."""

    student: str  # what grades.csv calls them
    name: str = ""
    email: str = ""
    number: str = ""  # in Canvas or Moodle, or on the student's card
    group: str = ""

    @cached_property
    def marks(self) -> tuple[Words, ...]:
        """What stands in a file's name, word after word, if it is theirs."""
        first = self.email.partition("@")[0]
        number = self.number if len(self.number) > 2 else ""  # "2" may be anything
        known = {words(text) for text in (self.student, self.email, first, number)}
        return tuple(sorted(mark for mark in known if mark))


def words(text: str) -> Words:
    """Give the words of a text without accents, case or what stands between them.

    >>> words("Müller, Zoë_04")
    ('muller', 'zoe', '04')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(re.findall(r"[^\W_]+", plain))


def read_roster(path: Path) -> list[Person]:
    """Read the list of a class.

    Raises
    ------
    GradeError
        If it is no such list, or names somebody twice.
    """
    table = read_table(path)
    if table.find("Identifier") is not None and table.find("Full name") is not None:
        people = _of_moodle(table)
    elif table.find("SIS Login ID") is not None or table.find("Section") is not None:
        people = _of_canvas(table)
    else:
        people = _of_columns(table)
    twice = [name for name, count in Counter(p.student for p in people).items() if count > 1]
    if twice:
        raise GradeError(f"{path} names the student {twice[0]} more than once.", wrong_use=True)
    if not people:
        raise GradeError(f"{path} names no student.", wrong_use=True)
    return people


def is_student_row(row: list[str]) -> bool:
    """Whether a row of Canvas' gradebook is a student's.

    The others are the points possible, which columns are hidden, and the pretended student of
    "Student View".
    """
    first = row[0].strip()
    return bool(first) and "Points Possible" not in first and first != "Student, Test"


def participant(identifier: str) -> str:
    """Give the number of Moodle's "Participant 123", in any language."""
    found = re.search(r"\D(\d+)\s*$", identifier)
    return found[1] if found else ""


def _of_columns(table: Table) -> list[Person]:
    if table.find("student") is None:
        raise GradeError(
            f"{table.path} has no column 'student'. A roster has the columns student and, as far "
            "as you know them, name, email, number and group; Canvas' exported gradebook or "
            "Moodle's grading worksheet will do as well.",
            wrong_use=True,
        )
    fields = ("student", "name", "email", "number", "group")
    return _people(table, {field: table.find(field) for field in fields})


def _of_canvas(table: Table) -> list[Person]:
    fields = {
        "student": table.find("SIS Login ID", "SIS User ID", "ID"),
        "name": table.find("Student"),
        "number": table.find("ID"),
    }
    students = [row for row in table.rows if is_student_row(row)]
    return _people(replace(table, rows=students), fields)


def _of_moodle(table: Table) -> list[Person]:
    fields = {
        "name": table.find("Full name"),
        "email": table.find("Email address"),
        "number": table.find("Identifier"),
        "group": table.find("Group"),
    }
    people = []
    for person in _people(table, fields):
        number = participant(person.number)
        student = printable(f"{person.name}_{number}")  # as the download calls them
        people.append(Person(student, person.name, person.email, number, person.group))
    return people


def _people(table: Table, fields: dict[str, int | None]) -> list[Person]:
    columns = {field: place for field, place in fields.items() if place is not None}
    people = []
    for row in table.rows:
        told = {field: row[place].strip() for field, place in columns.items()}
        person = Person(told.pop("student", ""), **told)
        if person.student or person.number:
            people.append(person)
    return people
