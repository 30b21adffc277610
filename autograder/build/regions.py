"""Delimited regions of a cell: solutions, rubrics and hidden tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .source import SourceCell

DELIMITERS = {
    "### BEGIN SOLUTION": ("solution", True),
    "### END SOLUTION": ("solution", False),
    "### BEGIN HIDDEN TESTS": ("hidden", True),
    "### END HIDDEN TESTS": ("hidden", False),
}
# nbgrader looks for the words anywhere in a line, so anything that resembles them is suspect.
SUSPECT = re.compile(r"\b(BEGIN|END)[ _-]*(SOLUTION|HIDDEN|MARK[ _-]*SCHEME)", re.IGNORECASE)
SUSPECT_COMMENT = re.compile(r"^\s*###\s*(BEGIN|END)\b", re.IGNORECASE)
BELONGS = {"solution": ("exercise", "answer"), "hidden": ("test",)}
WHERE = {"solution": "an exercise or answer cell", "hidden": "a test cell"}


@dataclass(frozen=True)
class Region:
    """Lines ``begin`` to ``end`` of a cell, 1-based, delimiters included."""

    kind: str  # solution or hidden
    begin: int
    end: int
    indent: str


def find(cell: SourceCell) -> tuple[list[Region], list[tuple[int, str]]]:
    """Find a cell's regions.

    Returns
    -------
    regions : those that are paired
    problems : pairs of a line of the file and a sentence
    """
    regions, problems = [], []
    opened: tuple[int, str, str] | None = None  # line, delimiter, indentation
    for number, line in enumerate(cell.source.split("\n"), 1):
        text = line.strip()
        wrong = _misplaced(cell, line, opened)
        if wrong:
            problems.append((cell.at(number), wrong))
        elif text in DELIMITERS and DELIMITERS[text][1]:
            opened = number, text, _indent(line)
        elif text in DELIMITERS:
            regions.append(Region(DELIMITERS[text][0], opened[0], number, opened[2]))
            problems += _indentation(cell, regions[-1], _indent(line))
            opened = None
    if opened:
        end = opened[1].replace("BEGIN", "END")
        problems.append((cell.at(opened[0]), f"The region is never closed; add '{end}' below it."))
    return regions, problems


def _misplaced(cell: SourceCell, line: str, opened: tuple[int, str, str] | None) -> str:
    """Say what is wrong with a line as a delimiter; nothing if it is good, or none at all."""
    text = line.strip()
    if text not in DELIMITERS:
        if SUSPECT.search(line) or (not cell.markdown and SUSPECT_COMMENT.match(line)):
            listed = ", ".join(DELIMITERS)
            return f"'{text}' is no delimiter; write one of {listed} alone on its line."
        return ""
    kind, begins = DELIMITERS[text]
    if cell.role not in BELONGS[kind]:
        article = "an" if cell.role[0] in "ae" else "a"
        return f"'{text}' stands in {article} {cell.role} cell; move it to {WHERE[kind]}."
    if begins and opened:
        line_above = cell.at(opened[0])
        return f"'{text}' is nested in the region of line {line_above}; close that one first."
    if not begins and (not opened or DELIMITERS[opened[1]][0] != kind):
        return f"'{text}' closes nothing; put '{text.replace('END', 'BEGIN')}' above it."
    return ""


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _indentation(cell: SourceCell, region: Region, closing: str) -> Iterator[tuple[int, str]]:
    lines = cell.source.split("\n")[region.begin : region.end - 1]
    filled = [(n, line) for n, line in enumerate(lines, region.begin + 1) if line.strip()]
    if closing != region.indent:
        sentence = (
            f"The closing delimiter is indented by {len(closing)}, the opening one in line "
            f"{cell.at(region.begin)} by {len(region.indent)}; indent both alike."
        )
        yield cell.at(region.end), sentence
    if cell.markdown:
        if not filled:
            yield cell.at(region.begin), "The region is empty; write the rubric in it."
        return
    code = [(n, line) for n, line in filled if not line.strip().startswith("#")]
    if not code:
        yield cell.at(region.begin), "The region is empty; write its code between the delimiters."
    elif _indent(code[0][1]) != region.indent:
        sentence = (
            f"The first line of the region is not indented like its delimiter in line "
            f"{cell.at(region.begin)}; indent both alike."
        )
        yield cell.at(code[0][0]), sentence


def without(source: str, regions: list[Region], stub: bool = False) -> str:
    """The source without its regions; a stub in their place keeps solution cells compiling."""
    kept = []
    begins = {region.begin: region for region in regions}
    inside = {n for region in regions for n in range(region.begin, region.end + 1)}
    for number, line in enumerate(source.split("\n"), 1):
        if number not in inside:
            kept.append(line)
        elif number in begins and stub:
            kept.append(f"{begins[number].indent}raise NotImplementedError()")
        elif stub:
            kept.append("")
    return "\n".join(kept)
