"""The figures of a class, worked out from its results before anything is drawn."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder import results
from autograder.chapter import Cell, Chapter
from autograder.feedback.view import is_by_hand, is_untouched
from autograder.graded import Grade
from autograder.results import CellResult, Result

OUTCOMES = (results.PASSED, results.FAILED, results.TIMEOUT, results.FORBIDDEN)
MOST_BARS = 25


@dataclass
class Scores:
    """The points of all graded submissions."""

    values: list[float]
    most: float  # what could be reached
    tests_only: bool  # answers still wait for a teacher, so that only tests are counted

    @property
    def mean(self) -> float | None:
        """Their mean; None without any."""
        return statistics.fmean(self.values) if self.values else None

    @property
    def median(self) -> float | None:
        """Their median; None without any."""
        return statistics.median(self.values) if self.values else None

    @property
    def full(self) -> int:
        """How many have all points."""
        return sum(value >= self.most > 0 for value in self.values)


@dataclass
class TestFigures:
    """How a class did on one test cell."""

    cell: Cell
    counts: Counter = field(default_factory=Counter)  # by status
    hidden: int = 0  # failed in the hidden part

    @property
    def total(self) -> int:
        """How many submissions have an outcome here."""
        return sum(self.counts[status] for status in OUTCOMES)

    @property
    def passed(self) -> int:
        """How many passed."""
        return self.counts[results.PASSED]


@dataclass
class ExerciseFigures:
    """How a class did on one exercise."""

    name: str
    most: float
    tests: list[TestFigures]
    points: list[float] = field(default_factory=list)
    untouched: int = 0

    @property
    def full(self) -> int:
        """How many have all of its points."""
        return sum(value >= self.most for value in self.points)

    @property
    def mean(self) -> float | None:
        """Mean points; None without any."""
        return statistics.fmean(self.points) if self.points else None


def scores(class_: list[Result], chapter: Chapter, grades: Mapping[str, Grade]) -> Scores:
    """Points of the graded submissions: of the tests alone while any answer is ungraded."""
    graded = [result for result in class_ if result.status == results.GRADED]
    if not any(waiting(result, grades) for result in graded):
        values = [score(result, grades) or 0.0 for result in graded]
        return Scores(values, chapter.max_score, False)
    values = [sum(cell.score or 0.0 for cell in by_test(result, chapter)) for result in graded]
    return Scores(values, sum(cell.points for cell in chapter.tests), True)


def score(result: Result, grades: Mapping[str, Grade]) -> float | None:
    """The points by machine and by hand, as far as hands have given any."""
    return grades[result.student].score if result.student in grades else result.score


def waiting(result: Result, grades: Mapping[str, Grade]) -> list[CellResult]:
    """The cells that still wait for a human."""
    if result.student in grades and not grades[result.student].needs_manual:
        return []
    return [cell for cell in result.cells if cell.score is None]


def by_test(result: Result, chapter: Chapter) -> list[CellResult]:
    """The cells of a result that tests grade."""
    return [cell for cell in result.cells if not is_by_hand(cell, chapter)]


def exercises(class_: Iterable[Result], chapter: Chapter) -> list[ExerciseFigures]:
    """Count outcomes by exercise and by test cell, in the chapter's order."""
    tests = {cell.name: TestFigures(cell) for cell in chapter.tests}
    names = dict.fromkeys(cell.exercise for cell in chapter.tests)
    found = {}
    for name in names:
        mine = [tests[cell.name] for cell in chapter.tests_of(name)]
        found[name] = ExerciseFigures(name, sum(test.cell.points for test in mine), mine)
    for result in class_:
        _count(result, chapter, tests, found)
    return list(found.values())


def _count(result: Result, chapter: Chapter, tests: dict, found: dict) -> None:
    points: dict[str, float] = {}
    for cell in result.cells:
        if cell.cell not in tests:
            continue
        test = tests[cell.cell]
        test.counts[cell.status] += 1
        test.hidden += cell.status == results.FAILED and cell.hidden
        if cell.score is not None:
            points[test.cell.exercise] = points.get(test.cell.exercise, 0.0) + cell.score
    for name, value in points.items():
        found[name].points.append(value)
        code = [cell for cell in result.code if cell.cell == name]
        found[name].untouched += is_untouched(chapter.by_name.get(name), code)


def misconceptions(class_: Iterable[Result]) -> list[tuple[str, list[Result]]]:
    """The ids that were recognised, the most frequent first, with the submissions."""
    found: dict[str, list[Result]] = {}
    for result in class_:
        names = (name for cell in result.cells for name in cell.misconception.split())
        for name in dict.fromkeys(names):
            found.setdefault(name, []).append(result)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def histogram(values: list[float], most: float) -> list[tuple[float, float, int]]:
    """Count values in equal bins ``(from, to, number)``, at most ``MOST_BARS``.

    A bin holds its lower edge and not its upper one; where the bins end at ``most``, a last one
    of no width holds the full marks.

    >>> histogram([0, 1.5, 2, 2], 2)
    [(0, 1, 1), (1, 2, 1), (2, 2, 2)]
    """
    steps = (unit * 10**power for power in range(9) for unit in (1, 2, 5))
    width = next(step for step in steps if most / step < MOST_BARS)
    bins = math.ceil(most / width)
    counts = Counter(bins if v >= most else max(0, math.floor(v / width)) for v in values)
    edges = [(k * width, min((k + 1) * width, most), counts[k]) for k in range(bins)]
    return [*edges, (most, most, counts[bins])]
