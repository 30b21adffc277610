"""Say on the terminal how grading goes and what came of it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.results import GRADED, Result

if TYPE_CHECKING:
    from autograder.grade import Summary

BINS = 5  # bars of the score distribution
BAR = 30  # characters of the longest
NOTES = 10  # notes shown here; the report has them all


@contextlib.contextmanager
def progress(console: Console) -> Iterator[Callable[[int, int, Result], None]]:
    """Give a callable that shows how far grading is: a bar on a terminal, else a line each."""
    if not console.is_terminal:
        yield lambda done, total, result: console.print(_line(done, total, result), markup=False)
        return
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, last="")

        def show(done: int, total: int, result: Result) -> None:
            bar.update(task, completed=done, total=total, last=_outcome(result))

        yield show


def _line(done: int, total: int, result: Result) -> str:
    return f"{done}/{total} {_outcome(result)}"


def _outcome(result: Result) -> str:
    if result.status != GRADED:
        return f"{result.student}: {result.status}"
    return f"{result.student}: {_points(result.score)} of {_points(result.max_score)}"


def show_summary(console: Console, summary: Summary) -> None:
    """Print the distribution of scores, what was recognised, and where everything is."""
    console.print(_scores(summary))
    if recognised := _misconceptions(summary):
        console.print(recognised)
    for note in summary.notes[:NOTES]:
        console.print(note, markup=False)
    if len(summary.notes) > NOTES:
        console.print(f"... and {len(summary.notes) - NOTES} more notes, in the report.")
    console.print(
        f"{summary.graded} graded in {summary.seconds:.1f} s, {summary.unchanged} unchanged."
    )
    console.print(f"Report: {summary.report}", markup=False, soft_wrap=True)


def _scores(summary: Summary) -> Table:
    highest = summary.chapter.max_score
    graded = [result for result in summary.results if result.status == GRADED]
    table = Table("points", "students", "", title=f"{summary.chapter.name}: scores")
    counts = Counter(_bin(result.score or 0.0, highest) for result in graded)
    most = max(counts.values(), default=1)
    for number in reversed(range(BINS)):
        low, high = number * highest / BINS, (number + 1) * highest / BINS
        bar = "█" * round(BAR * counts[number] / most)
        table.add_row(f"{_points(low)} to {_points(high)}", str(counts[number]), bar)
    others = Counter(result.status for result in summary.results if result.status != GRADED)
    for status, count in sorted(others.items()):
        table.add_row(status, str(count), "")
    return table


def _bin(score: float, highest: float) -> int:
    return min(BINS - 1, int(BINS * score / highest)) if highest else 0


def _misconceptions(summary: Summary) -> Table | None:
    counts: Counter[str] = Counter()
    for result in summary.results:
        counts.update({name for cell in result.cells for name in cell.misconception.split()})
    if not counts:
        return None
    table = Table("misconception", "students", title="Recognised")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, str(count))
    return table


def _points(value: float | None) -> str:
    return "no score" if value is None else f"{value:.4g}"
