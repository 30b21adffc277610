"""What ``cnnkit check`` prints."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cnnkit.coursework.checking import Report, check
from cnnkit.coursework.notebooks import NotANotebook
from cnnkit.reading import count
from cnnkit.released import Cell

LATER = "Marking tests with other inputs as well, and looks for what an exercise forbids."
WIDTH, INDENT = 96, " " * 6


def run(path: str) -> int:
    """Check a notebook, say what was found, and return the exit status."""
    if not Path(path).is_file():
        print(f"There is no file {path}. Name a notebook, such as notebooks/04_conv_layer.ipynb.")
        return 2
    try:
        report = check(path, _progress if sys.stderr.isatty() else None)
    except NotANotebook as error:
        print(f"{path} cannot be checked: {error}")
        return 2
    print("\n".join(lines(report, Path(path).name)))
    return 0 if report.ready else 1


def lines(report: Report, name: str) -> Iterator[str]:
    """Give the lines to print."""
    chapter = report.chapter
    yield f"{chapter.title} ({name}), from top to bottom in a fresh Python:\n"
    width = max(len(cell.name) for cell in chapter.exercises)
    for exercise in chapter.exercises:
        tests = chapter.tests_of(exercise.name)
        unwritten = ", not written yet" * (exercise.name in report.unwritten)
        yield f"  {exercise.name:{width}}  {_points(report, tests)}{unwritten}"
        yield from _failures(report, tests)
    for title, told in (("To mend", report.to_mend), ("To know", report.to_know)):
        if told:
            yield f"\n{title}"
            yield from (_wrapped(f"- {each}", "", "  ") for each in told)
    yield f"\n{LATER}\n{verdict(report)}"


def verdict(report: Report) -> str:
    """Say in a sentence whether the notebook can be handed in."""
    points = f"{_points(report, report.chapter.tests)} visible points"
    if not report.ready:
        return f"Not ready ({points}): mend what is named above, save it, and check again."
    left = count(len(report.unwritten), "exercise")
    return f"Ready to hand in: {points}{f', {left} not written yet' * bool(report.unwritten)}."


def _points(report: Report, tests: tuple[Cell, ...]) -> str:
    return f"{report.points(tests):g} of {sum(cell.points for cell in tests):g}"


def _failures(report: Report, tests: tuple[Cell, ...]) -> Iterator[str]:
    """The tests that failed; what several in a row say is said once."""
    failed = [cell for cell in tests if cell.name in report.messages]
    for message, cells in groupby(failed, lambda cell: report.messages[cell.name]):
        yield from (f"    FAILED {cell.name}: {cell.title}" for cell in cells)
        yield from (_wrapped(line, INDENT, INDENT) for line in message.splitlines())


def _wrapped(text: str, first: str, later: str) -> str:
    """Break a line where it is too long for a screen; leave all others as they are."""
    if len(first + text) <= WIDTH:
        return first + text
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=later)


def _progress(done: int, total: int, name: str) -> None:
    """Say on a terminal where the run is; the last line vanishes."""
    last = done + 1 == total
    print("\r\033[K" + ("" if last else f"[{done + 1}/{total}] {name}"), end="", file=sys.stderr)
