"""See that nothing of a solution or a hidden test is in what students get.

Looked for are the lines of hidden regions, in every file, and the lines of solutions and rubrics,
in every file but ``cnnkit``'s own source. That is exempt from the latter: it is the reference
library, which notebooks go on with after each exercise, so that it holds the answers by design. A
line that a notebook shows anyway is no secret, nor is in ``cnnkit`` a short one, such as
``for name in names:``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from autograder.chapter import HIDDEN_BEGIN, HIDDEN_END, Chapter
from autograder.files import GradeError

SOLUTION_BEGIN = "### BEGIN SOLUTION"
SOLUTION_END = "### END SOLUTION"
TELLING = 20  # characters of a line that is hardly written twice by chance
CODE = (".py", ".js", ".css")  # cnnkit's own source


def refuse_leaks(members: Mapping[str, bytes], chapters: list[Chapter]) -> None:
    """Refuse to release files in which a secret line stands.

    Raises
    ------
    GradeError
        Naming the file and the line.
    """
    hidden, solutions = secrets(chapters)
    for name, data in sorted(members.items()):
        if name.startswith("cnnkit/") and name.endswith(CODE):
            wanted = set(filter(_is_telling, hidden))
        elif b"\0" in data:  # a picture, or numbers: any short line is there by chance
            wanted = set(filter(_is_telling, hidden | solutions))
        else:
            wanted = hidden | solutions
        if found := sorted(wanted.intersection(lines(name, data))):
            raise GradeError(
                f"Nothing was released: {name} holds a line of a hidden test or a solution, "
                f"'{found[0]}'. Look at the cell in solutions/ that has it."
            )


def secrets(chapters: list[Chapter]) -> tuple[set[str], set[str]]:
    """Give the lines of hidden tests and those of solutions that no notebook shows."""
    hidden, solutions, shown = set(), set(), set()
    for chapter in chapters:
        for cell in chapter.cells:
            outer, tests = _split(cell.source, HIDDEN_BEGIN, HIDDEN_END)
            outer, answer = _split("\n".join(outer), SOLUTION_BEGIN, SOLUTION_END)
            hidden.update(tests)
            solutions.update(answer)
            shown.update(outer)
    return hidden - shown, solutions - shown


def lines(name: str, data: bytes) -> Iterator[str]:
    """Give all lines of a file, those in the strings of JSON as well."""
    text = data.decode("utf-8", "replace")
    if name.endswith((".ipynb", ".json")):
        for string in _strings(json.loads(text)):
            yield from (line.strip() for line in string.splitlines())
    yield from (line.strip() for line in text.splitlines())


def _is_telling(line: str) -> bool:
    return "assert" in line or len(line) >= TELLING


def _split(source: str, begin: str, end: str) -> tuple[list[str], list[str]]:
    """Part the lines of a source into those outside and those inside of regions."""
    outside, within, inside = [], [], False
    for line in map(str.strip, source.splitlines()):
        if line in (begin, end):
            inside = line == begin
        else:
            (within if inside else outside).append(line)
    return outside, within


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)  # a source is a list of lines
        for inner in value:
            yield from _strings(inner)
