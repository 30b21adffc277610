"""Find submissions that resemble each other: a hint to look, never a verdict.

Only solution cells are compared, exercise by exercise. Copydetect makes the fingerprints (names,
spaces and comments play no part, as in winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003); what
the notebook gave, and what a good part of the class wrote, is left out before anything is counted.
"""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from tqdm import tqdm

from autograder import course, notebooks
from autograder.chapter import Chapter
from autograder.files import write_atomic
from autograder.graded import read_class
from autograder.results import Result

GRAM = 25  # characters of the shortest passage, once every name counts as one
LEAST = 80  # fingerprints that both must have left: below, likeness says little
USUAL = 10  # students, or a tenth of the class if that is more, who may share a passage
SHARE = 0.5  # of the smaller one found in the other: what a pair must reach
CLOSE = 0.8  # what two in a group must reach
MOST = 60  # pairs on a page
LONGEST = 20_000  # characters of one cell that are read

Slices = list[tuple[int, int]]  # from, to in a source


@dataclass(frozen=True)
class Passages:
    """What two submissions share in one exercise."""

    exercise: str
    sources: tuple[str, str]
    slices: tuple[Slices, Slices]


@dataclass(frozen=True)
class Pair:
    """Two submissions, and how far they agree."""

    one: Result
    other: Result
    share: float  # of the smaller one's own fingerprints, those that are in the other
    same_lines: int  # own lines that agree to the letter, comments included
    passages: tuple[Passages, ...]


@dataclass
class Written:
    """One student's solution cells, by exercise."""

    result: Result
    sources: dict[str, str]
    prints: dict[str, object] = field(default_factory=dict)  # copydetect's

    @cached_property
    def marks(self) -> set[tuple[str, int]]:
        """Every fingerprint with its exercise."""
        return {(name, mark) for name, made in self.prints.items() for mark in made.hashes}

    @cached_property
    def lines(self) -> set[tuple[str, str]]:
        """Every line with its exercise."""
        return {(name, line) for name, text in self.sources.items() for line in _lines(text)}


class Likeness:
    """How much each two submissions of a class share beyond what is given and what is usual.

    Parameters
    ----------
    class_ : iterable of Result
        The submissions; those without a solution cell are left out.
    given : mapping of str to str
        What stood in each exercise's cell when students got the notebook.
    """

    def __init__(self, class_: Iterable[Result], given: Mapping[str, str]) -> None:
        template = Written(None, dict(given), _fingerprints(given))
        read = (_read(result, template.sources) for result in class_)
        self.class_ = [written for written in read if written.sources]
        self.usual = max(USUAL, len(self.class_) // 10)
        self.left_out = template.marks | _frequent((w.marks for w in self.class_), self.usual)
        self._plain = template.lines | _frequent((w.lines for w in self.class_), self.usual)
        self.shares = self._shares()

    def pairs(self, least: float = SHARE, most: int = MOST) -> list[Pair]:
        """The pairs that share most, the closest first."""
        places = np.argwhere(np.triu(self.shares, 1) >= least)
        order = sorted(map(tuple, places.tolist()), key=lambda at: (-self.shares[at], at))
        return [self._pair(*at) for at in order[:most]]

    def groups(self, least: float = CLOSE) -> list[list[Result]]:
        """Submissions that hang together by close pairs, the largest group first."""
        number, labels = csgraph.connected_components(self.shares >= least, directed=False)
        found = [[] for _ in range(number)]
        for label, written in zip(labels, self.class_, strict=True):
            found[label].append(written.result)
        return sorted((group for group in found if len(group) > 1), key=lambda g: -len(g))

    def _shares(self) -> np.ndarray:
        column = {}
        rows = [
            [column.setdefault(mark, len(column)) for mark in w.marks - self.left_out]
            for w in self.class_
        ]
        sizes = np.array([len(row) for row in rows], dtype=int)
        at = np.repeat(np.arange(len(rows)), sizes), np.concatenate([[], *rows]).astype(int)
        table = sparse.csr_array(
            (np.ones(sizes.sum(), dtype=np.int32), at), shape=(len(rows), max(1, len(column)))
        )
        common, smaller = (table @ table.T).toarray(), np.minimum.outer(sizes, sizes)
        return np.where(smaller >= LEAST, common / np.maximum(smaller, 1), 0.0)

    def _pair(self, i: int, j: int) -> Pair:
        one, other = self.class_[i], self.class_[j]
        passages = (
            self._passages(name, one.prints[name], other.prints[name])
            for name in one.prints
            if name in other.prints
        )
        lines = (one.lines & other.lines) - self._plain
        found = tuple(p for p in passages if p.slices[0])
        return Pair(one.result, other.result, float(self.shares[i, j]), len(lines), found)

    def _passages(self, name: str, one, other) -> Passages:
        from copydetect import compare_files

        own = [copy.copy(one), copy.copy(other)]
        for made in own:
            made.hashes = {mark for mark in made.hashes if (name, mark) not in self.left_out}
        _, _, (left, right) = compare_files(*own)
        sources = one.raw_code, other.raw_code
        return Passages(name, sources, (_slices(left, sources[0]), _slices(right, sources[1])))


def find_similar(out: Path, chapter: str | None = None, root: Path | None = None) -> Path:
    """Compare the submissions that were graded into a folder; return the page that shows them.

    Raises
    ------
    GradeError
        If nothing was graded there, or several chapters were and none is named.
    """
    from autograder.report.pairs import render_pairs

    chosen, class_ = read_class(out, chapter, root)
    shown = tqdm(class_, "Reading solutions", leave=False, disable=None)  # None: on terminals only
    likeness = Likeness(shown, given_sources(chosen))
    page = out / f"similar-{chosen.name}.html"
    write_atomic(page, render_pairs(likeness, chosen))
    found = [[result.student for result in group] for group in likeness.groups()]
    kept = json.dumps({"class": class_digest(class_), "groups": found}, ensure_ascii=False)
    write_atomic(groups_path(out, chosen), kept + "\n")
    return page


def groups_path(out: Path, chapter: Chapter) -> Path:
    """Give the file in which the class report finds the groups."""
    return Path(out) / "results" / f"similar-{chapter.name}.json"


def read_groups(out: Path, chapter: Chapter, class_: Sequence[Result]) -> list[list[Result]] | None:
    """Read the groups that were found; None where nobody looked, or the class has changed since."""
    try:
        kept = json.loads(groups_path(out, chapter).read_text(encoding="utf-8"))
        if kept["class"] != class_digest(class_):
            return None
        by_name = {result.student: result for result in class_}
        return [[by_name[student] for student in group] for group in kept["groups"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def class_digest(class_: Sequence[Result]) -> str:
    """Digest who wrote what in a class."""
    digest = hashlib.sha256()
    for result in sorted(class_, key=lambda result: result.student):
        parts = [result.student, *(f"{c.cell}\n{c.source}" for c in result.code if c.cell)]
        digest.update("\0\0".join(parts).encode("utf-8", "replace"))
    return digest.hexdigest()


def given_sources(chapter: Chapter) -> dict[str, str]:
    """Read what students find in each exercise's cell; empty where the notebook is not there."""
    wanted = {cell.name for cell in chapter.exercises}
    try:
        released = json.loads(course.student_notebook(chapter).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dict.fromkeys(wanted, "")
    return dict.fromkeys(wanted, "") | {
        notebooks.grade_id(cell): "".join(cell["source"])
        for cell in released["cells"]
        if notebooks.grade_id(cell) in wanted
    }


def _read(result: Result, given: Mapping[str, str]) -> Written:
    """Take the solution cells that differ from what was given; of several copies the last."""
    sources = {
        code.cell: _tidy(code.source)
        for code in result.code
        if code.cell in given and _tidy(code.source) != _tidy(given[code.cell])
    }
    return Written(result, sources, _fingerprints(sources))


def _fingerprints(sources: Mapping[str, str]) -> dict[str, object]:
    from copydetect import CodeFingerprint  # only here: it loads matplotlib

    return {
        name: CodeFingerprint(name, GRAM, 1, language="python", fp=io.StringIO(_tidy(source)))
        for name, source in sources.items()
    }


def _tidy(source: str) -> str:
    """The text as Pygments reads it, which drops blank lines at both ends."""
    return source.replace("\r\n", "\n").replace("\r", "\n").strip("\n")[:LONGEST]


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines() if len(line.strip()) > 3}


def _frequent(sets: Iterable[set], usual: int) -> set:
    """What stands in more than the usual number of sets."""
    counts = Counter(itertools.chain.from_iterable(sets))
    return {item for item, number in counts.items() if number > usual}


def _slices(found: np.ndarray, source: str) -> Slices:
    """Copydetect's slices in order, inside the source and apart from each other."""
    merged: Slices = []
    pairs: Sequence = sorted(found.T.astype(int).tolist()) if found.ndim == 2 else []
    for start, stop in pairs:
        stop = min(stop, len(source))
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        elif start < stop:
            merged.append((start, stop))
    return merged
