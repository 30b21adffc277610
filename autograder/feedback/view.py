"""What a feedback page shows, worked out from a result before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder import results
from autograder.chapter import Cell, Chapter
from autograder.feedback.arrays import compare
from autograder.feedback.highlight import highlight
from autograder.feedback.text import shorten
from autograder.feedback.words import Word, cell_word
from autograder.results import CellResult, CodeResult, Result

if TYPE_CHECKING:
    from autograder.misconceptions import Misconception

STUB = "raise NotImplementedError"
_REGION = re.compile(r"^[ \t]*### BEGIN SOLUTION.*?^[ \t]*### END SOLUTION[^\n]*", re.M | re.S)


@dataclass(frozen=True)
class Limits:
    """How much of a submission a page shows at most: characters, and a number of entries."""

    code: int = 20_000
    output: int = 4_000
    traceback: int = 8_000
    answer: int = 30_000
    message: int = 3_000
    entries: int = 60

    def divided(self, by: int) -> Limits:
        """The same limits, smaller: for the rare page that comes out too large."""
        return Limits(**{name: max(1, value // by) for name, value in vars(self).items()})


@dataclass
class Ran:
    """One of the student's cells."""

    source: Markup
    error: str
    traceback: str
    output: str


@dataclass
class Test:
    """One test cell as it is shown."""

    result: CellResult
    word: Word
    message: str
    source: Markup | None = None  # of the visible part; never for a hidden failure
    planes: Markup | None = None
    folded: bool = False  # whether its source waits for a click: it did not come to be run
    again: bool = False  # whether a test above said the same

    @property
    def title(self) -> str:
        """What it tests in words."""
        return self.result.title or self.result.cell


@dataclass
class Exercise:
    """One exercise with its tests, the student's code and what was recognised in it."""

    name: str
    number: int
    tests: list[Test]
    ran: list[Ran]
    untouched: bool  # the stub still stands there
    absent: bool  # the submission has no cell for it
    recognised: list[tuple[Misconception, list[str]]] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """How many of its tests passed."""
        return sum(test.result.status == results.PASSED for test in self.tests)

    @property
    def score(self) -> float | None:
        """Points so far; None when none of its tests has an outcome."""
        scores = [test.result.score for test in self.tests]
        return None if all(s is None for s in scores) else sum(s or 0.0 for s in scores)

    @property
    def max_score(self) -> float:
        """Points that its tests carry."""
        return sum(test.result.max_score for test in self.tests)


def build_exercises(
    result: Result, chapter: Chapter, known: Mapping[str, Misconception], limits: Limits
) -> list[Exercise]:
    """Group the test cells by exercise, in the chapter's order."""
    groups: dict[str, list[CellResult]] = {}
    for cell in result.cells:
        if not is_by_hand(cell, chapter):
            groups.setdefault(cell.exercise, []).append(cell)
    exercises = []
    for number, (name, cells) in enumerate(groups.items(), start=1):
        code = [c for c in result.code if c.cell and c.cell == name and c.source.strip()]
        untouched = is_untouched(chapter.by_name.get(name), code)
        absent = not code and result.status == results.GRADED
        tests = [_test(cell, chapter, limits, brief=untouched) for cell in cells]
        said: set[str] = set()
        for test in tests:
            test.again = test.message in said
            test.folded = absent or test.again or any(cell.error for cell in code)
            said |= {test.message} - {""}
        exercises.append(
            Exercise(
                name=name,
                number=number,
                tests=tests,
                ran=[_ran(cell, limits) for cell in code[: limits.entries]],
                untouched=untouched,
                absent=absent,
                recognised=_recognised(cells, known),
            )
        )
    return exercises


def build_answers(result: Result, chapter: Chapter, limits: Limits) -> list[tuple[Test, str]]:
    """The cells graded by hand, each with what the student wrote there."""
    return [
        (_test(cell, chapter, limits), shorten(result.answers.get(cell.cell, ""), limits.answer))
        for cell in result.cells
        if is_by_hand(cell, chapter)
    ]


def build_stray(result: Result, limits: Limits) -> list[Ran]:
    """The cells that the student added and that stopped with an error."""
    raised = [cell for cell in result.code if not cell.cell and cell.error]
    return [_ran(cell, limits) for cell in raised[: limits.entries]]


def is_untouched(exercise: Cell | None, code: list[CodeResult]) -> bool:
    """Whether nothing stands in the student's cells but the stub that they were given."""
    written = [cell.source for cell in code if cell.source.strip()]
    if exercise is None or not written or not all(STUB in source for source in written):
        return False
    given = {line.strip() for line in _REGION.sub("", exercise.source).splitlines()}
    given |= {"", "# YOUR CODE HERE", f"{STUB}()"}
    return all(line.strip() in given for source in written for line in source.splitlines())


def is_by_hand(cell: CellResult, chapter: Chapter) -> bool:
    """Whether a teacher grades the cell."""
    author = chapter.by_name.get(cell.cell)
    return cell.status == results.MANUAL or (author is not None and author.role == "answer")


def _test(cell: CellResult, chapter: Chapter, limits: Limits, *, brief: bool = False) -> Test:
    # What went wrong in the grader is for the teachers: it may quote a test. That an exercise
    # was not begun is said once above its tests.
    message = "" if brief or cell.status == results.GRADER_ERROR else cell.message
    test = Test(cell, cell_word(cell.status), shorten(message, limits.message))
    # Nothing of the test may be seen when the failure lies in its hidden part, whatever else
    # the result holds; and nothing is worth seeing when the exercise was not begun.
    if cell.hidden or brief or cell.status not in (results.FAILED, results.TIMEOUT):
        return test
    author = chapter.by_name.get(cell.cell)
    if author is not None and author.role == "test":
        test.source = _visible(author)
    if cell.expected is not None and cell.got is not None:
        test.planes = compare(cell.expected, cell.got, cell.given)
    return test


def _visible(author: Cell) -> Markup | None:
    """The visible part of a test without its first line, which is the title."""
    lines = author.visible_source.strip().splitlines()
    if lines and lines[0].lstrip("# ").strip() == author.title.strip():
        lines = lines[1:]
    return highlight("\n".join(lines)) if lines else None


def _ran(cell: CodeResult, limits: Limits) -> Ran:
    return Ran(
        source=highlight(shorten(cell.source.strip("\n"), limits.code)),
        error=shorten(cell.error, limits.message),
        traceback=shorten(cell.traceback.strip("\n"), limits.traceback),
        output=shorten(cell.output.rstrip(), limits.output),
    )


def _recognised(cells: list[CellResult], known: Mapping[str, Misconception]):
    """Each misconception recognised in an exercise, with the tests that it explains."""
    explains: dict[str, list[str]] = {}
    for cell in cells:
        for name in cell.misconception.split():
            if name in known:
                explains.setdefault(name, []).append(cell.title or cell.cell)
    return [(known[name], titles) for name, titles in explains.items()]
