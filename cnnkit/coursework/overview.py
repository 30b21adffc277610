"""Points so far, of a chapter and of the course: read from the notebooks as they were saved."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cnnkit import released
from cnnkit.coursework import saved
from cnnkit.coursework.notebooks import NotANotebook, chapter_name
from cnnkit.reading import count
from cnnkit.released import Cell, Chapter

NOTE = (
    "Visible tests that passed when they were run last, in the notebooks as they were saved. Tests "
    "with other inputs count as well when a chapter is marked. 'cnnkit check NOTEBOOK' runs a "
    "notebook afresh."
)
REMARKS = {saved.FAILED: "failed", saved.OLDER: "to run again", saved.NOT_RUN: "not run"}


@dataclass(frozen=True)
class Row:
    """A line of an overview: a chapter, or an exercise."""

    name: str
    points: float
    most: float
    remark: str = ""


@dataclass(frozen=True)
class Overview:
    """A small table, as text and in a notebook."""

    title: str
    rows: tuple[Row, ...]

    @property
    def points(self) -> float:
        """The sum of the points so far."""
        return sum(row.points for row in self.rows)

    @property
    def most(self) -> float:
        """What all visible tests are worth."""
        return sum(row.most for row in self.rows)

    def __str__(self) -> str:
        total = Row("together", self.points, self.most)
        width = max(len(row.name) for row in (*self.rows, total))
        lines = [
            f"  {row.name:{width}}  {row.points:5g} of {row.most:<5g} {row.remark}".rstrip()
            for row in (*self.rows, total)
        ]
        return "\n".join([self.title, *lines, "", textwrap.fill(NOTE, 96)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Draw the table with a bar in each line: what a notebook shows."""
        *rows, last = map(_line, (*self.rows, Row("together", self.points, self.most)))
        return (
            f'<table><caption style="text-align:left">{escape(self.title)}</caption>'
            f'<thead><tr><th></th><th style="text-align:right">points</th><th></th><th></th></tr>'
            f"</thead><tbody>{''.join(rows)}</tbody><tfoot>{last}</tfoot></table>"
            f"<p><small>{escape(NOTE)}</small></p>"
        )


def progress(chapter: str | None = None, folder: str | Path | None = None) -> Overview:
    """Sum up the points so far; see :func:`cnnkit.progress`."""
    folder = notebooks_folder(folder)
    if chapter is None:
        rows = [_chapter(released.load(name), folder) for name in released.names()]
        return Overview(f"Points so far, in {folder.resolve().name}", tuple(rows))
    chosen = released.load(released.find(chapter))
    states = _states(chosen, folder)
    rows = [_row(cell.name, chosen.tests_of(cell.name), states) for cell in chosen.exercises]
    return Overview(f"{chosen.title}: points so far", tuple(rows))


def notebooks_folder(folder: str | Path | None) -> Path:
    """Where the notebooks are: here, or in the folder ``notebooks`` as from the course's own."""
    if folder is not None:
        return Path(folder)
    return Path() if list(Path().glob("*.ipynb")) else Path("notebooks")


def _chapter(chapter: Chapter, folder: Path) -> Row:
    try:
        return _row(chapter.name, chapter.tests, _states(chapter, folder))
    except NotANotebook as error:
        return Row(chapter.name, 0, chapter.points, str(error))


def _states(chapter: Chapter, folder: Path) -> dict[str, str]:
    """How the tests of a chapter ended in its notebook."""
    path = folder / f"{chapter.name}.ipynb"
    if not path.exists():
        raise NotANotebook(f"There is no {path.name} in {folder.resolve()}.")
    raw, regular = saved.read(path)
    if chapter_name(regular) != chapter.name:
        raise NotANotebook(f"{path} is another chapter's notebook.")
    return saved.states(raw, chapter)


def _row(name: str, tests: tuple[Cell, ...], states: dict[str, str]) -> Row:
    got = sum(cell.points for cell in tests if states[cell.name] == saved.PASSED)
    many = Counter(states[cell.name] for cell in tests)
    remarks = [
        f"{count(many[state], 'test')} {words}" for state, words in REMARKS.items() if many[state]
    ]
    remark = "not begun" if many[saved.NOT_RUN] == len(tests) else ", ".join(remarks)
    return Row(name, got, sum(cell.points for cell in tests), remark)


def _line(row: Row) -> str:
    """Draw a line; a long name goes on behind an underscore where the page is narrow."""
    name = escape(row.name).replace("_", "_<wbr>")
    return (
        f'<tr><td style="text-align:left">{name}</td>'
        f'<td style="text-align:right;white-space:nowrap">{row.points:g} of {row.most:g}</td>'
        f'<td><progress value="{row.points:g}" max="{row.most:g}" aria-hidden="true" '
        'style="width:5em"></progress></td>'
        f'<td style="text-align:left">{escape(row.remark)}</td></tr>'
    )
