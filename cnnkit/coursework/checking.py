"""Look a notebook over before it is handed in: ``cnnkit check NOTEBOOK``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cnnkit import released
from cnnkit.coursework import notebooks, saved
from cnnkit.coursework.matching import Matched, binds, match
from cnnkit.coursework.running import Error, Progress, Run, run
from cnnkit.coursework.troubles import of_cell, told, why
from cnnkit.released import Cell, Chapter


@dataclass
class Report:
    """What a look at a notebook found.

    Attributes
    ----------
    chapter : Chapter
        What the notebook is one of.
    tests : dict
        The visible test cells by grade id: None for one that passed, or what ended it.
    messages : dict
        What to say of each test that failed.
    to_mend : list of str
        What stands in the way of handing in.
    to_know : list of str
        What marking mends by itself, and what waits for a human.
    """

    chapter: Chapter
    tests: dict[str, Error | None]
    messages: dict[str, str]
    to_mend: list[str] = field(default_factory=list)
    to_know: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing has to be mended first; tests may fail all the same."""
        return not self.to_mend

    @property
    def unwritten(self) -> list[str]:
        """The exercises that still raise NotImplementedError."""
        errors = [(cell.exercise, self.tests[cell.name]) for cell in self.chapter.tests]
        return list(dict.fromkeys(name for name, error in errors if error and error.unwritten))

    def points(self, cells: tuple[Cell, ...]) -> float:
        """What those of some test cells that passed are worth."""
        return sum(cell.points for cell in cells if self.tests[cell.name] is None)


def check(path: str | Path, progress: Progress | None = None) -> Report:
    """Run a saved notebook from top to bottom in a fresh Python, and look it over.

    Parameters
    ----------
    path : path
        A notebook of the course; it is not changed.
    progress : callable, optional
        Called before each step with steps done, steps in all, and the cell's name.

    Raises
    ------
    cnnkit.coursework.notebooks.NotANotebook
        There is nothing to look over.
    """
    raw, regular = saved.read(Path(path))
    chapter = released.load(chapter_of(regular))
    matched = match(regular, chapter)
    ran = run(matched, chapter, progress)
    report = Report(chapter, ran.tests, _messages(matched, ran, chapter))
    gone = [step.name for step in matched.steps if step.name and not step.source.strip()]
    report.to_mend += [
        f"The cell of the exercise {name} is missing or empty: take it from the notebook that "
        "was handed out."
        for name in gone
    ]
    report.to_mend += [
        of_cell(place, error, matched.steps, chapter)
        for place, error in ran.cells
        if not error.unwritten
    ]
    report.to_mend += _only_as_clicked(saved.states(raw, chapter), ran)
    older = saved.from_another_release(raw, chapter)
    mended = [f" {name} is missing" for name in gone] + [f" {name} was changed" for name in older]
    report.to_know += [
        repair for repair in matched.repairs if not any(words in repair for words in mended)
    ]
    report.to_know += _older(older)
    report.to_know += _by_hand(matched, chapter)
    return report


def chapter_of(notebook: dict) -> str:
    """Name the chapter that a notebook is of: by its metadata, or by its cells.

    Raises
    ------
    cnnkit.coursework.notebooks.NotANotebook
        It is of none.
    """
    claimed = notebooks.chapter_name(notebook)
    if claimed in released.names():
        return claimed
    marks = {notebooks.grade_id(cell) or cell["id"] for cell in notebook["cells"]}
    marks |= {name for cell in notebook["cells"] for name in binds(cell["source"])}
    shared = {
        name: len(marks & {cell.name for cell in released.load(name).cells if cell.exercise})
        for name in released.names()
    }
    best = max(shared, key=shared.get)
    if not shared[best]:
        raise notebooks.NotANotebook("It is not a notebook of this course.")
    return best


def _messages(matched: Matched, ran: Run, chapter: Chapter) -> dict[str, str]:
    """Say of each test that failed what differs, or why it could not be run."""
    places = {step.name: place for place, step in enumerate(matched.steps)}
    return {
        name: told(error) + why(places[name], error, matched.steps, chapter)
        for name, error in ran.tests.items()
        if error is not None and not error.unwritten
    }


def _only_as_clicked(clicked: dict[str, str], ran: Run) -> list[str]:
    """Say which tests passed in the notebook as it was saved, and fail from top to bottom."""
    names = [
        name
        for name, error in ran.tests.items()
        if error is not None and clicked[name] == saved.PASSED
    ]
    if not names:
        return []
    which = f"The test {names[0]}" if len(names) == 1 else f"These tests: {', '.join(names)}:"
    return [
        f"{which} passed when you ran {'it' if len(names) == 1 else 'them'}, and not from top to "
        "bottom: a cell was changed since, or needs what an earlier click left behind. Choose "
        "Kernel, then Restart Kernel and Run All Cells, and mend what stops."
    ]


def _older(names: list[str]) -> list[str]:
    """Say that the chapter has changed since the notebook was handed out."""
    if not names:
        return []
    return [
        "Your notebook and the installed course are of different releases of this chapter: other "
        f"versions of {', '.join(names)} were run here. Your own cells are as you wrote them."
    ]


def _by_hand(matched: Matched, chapter: Chapter) -> list[str]:
    """What a human will read, and whether it has been written."""
    return [
        f"The answer {cell.name}, {cell.points:g} points, is graded by hand; it is "
        + ("written." if matched.answers[cell.name].strip() != cell.source.strip()
           else "not written yet.")
        for cell in chapter.cells
        if cell.role == "answer"
    ]  # fmt: skip
