"""Everybody whose submission proves something about a chapter, graded once in the real processes.

python tests/course/proofs.py [--check]      write docs/mutations.md, or say if it is stale
python tests/course/proofs.py --chapter 04   put this chapter's part anew, leave the others
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
import sys
from pathlib import Path

from classroom import CHAPTERS, ROOT, chapter, filled, grade, solved, student_notebook
from packing import Variant, packs, styled, wrong
from styles import styles_of

import cnnkit
from autograder.chapter import Cell
from autograder.misconceptions import load
from autograder.results import CellResult
from autograder.run import Pool

PAGE = ROOT / "docs" / "mutations.md"
HEAD = """\
# Which wrong solutions the tests catch

<!-- Written by tests/course/proofs.py ("make docs"); a test holds it against what is graded. -->

For each exercise of each chapter: the wrong solutions that are kept with it, and the test cells
that each of them fails when it is graded as a submission that is right otherwise. A test cell
that caught nobody, or the same ones as another, would not be needed; the tests see to it that
there is none. Points stand in the head, *h* marks a cell with hidden tests.
"""
NAMING = """\
## How many of them are named

Named is a wrong solution whose submission loses points and gets its name on every test that it
fails; where others give the same values in every call, they are named with it. Of solutions that
are right in another style, and of wrong ones that are none of these, nothing is named
(`tests/course/test_chapters.py`, `tests/course/test_unrelated.py`).

| chapter | wrong solutions | named | by their name alone |
|---|---|---|---|
"""


def misconceptions_file(name: str) -> Path:
    """Where the wrong solutions of a chapter are kept."""
    return ROOT / "solutions" / "misconceptions" / f"{name}.py"


class Proof:
    """A chapter, its misconceptions, and the results of everybody in its class.

    The class: the reference, the untouched notebook, one who leaves the first exercise out, one
    who calls in every exercise what it forbids, and students who write misconceptions and styles,
    as many in a notebook as cannot touch each other's tests; ``alone`` gives each a student.
    """

    def __init__(self, name: str, everybody: bool = True, alone: bool = False):
        self.chapter = chapter(name)
        self.known = {m.id: m for m in load(misconceptions_file(name))}
        self.styles = styles_of(name) if everybody else {}
        self.rooms = self._rooms("wrong", wrong(self.chapter, self.known.values()), alone)
        self.rooms |= self._rooms("style", styled(self.styles), alone)
        self.room_of = {
            variant.name: student
            for student, room in self.rooms.items()
            for variant in room.values()
        }
        notebooks = {
            student: solved(name, {e: variant.source for e, variant in room.items()})
            for student, room in self.rooms.items()
        }
        if everybody:
            self.borrowed = {cell.name: source for cell in self.chapter.exercises
                             if (source := borrowing(cell))}  # fmt: skip
            notebooks |= {"reference": solved(name), "untouched": student_notebook(name)}
            notebooks |= {"borrower": solved(name, self.borrowed), "partial": self._partial()}
        with Pool(self.chapter, misconceptions=misconceptions_file(name)) as pool:
            self.faulty = pool.faulty
            self.results = grade(pool, notebooks)

    def _rooms(self, kind: str, variants: list[Variant], alone: bool) -> dict[str, dict]:
        """The variants of each student, by exercise."""
        rooms = [{v.exercise: v} for v in variants] if alone else packs(self.chapter, variants)
        return {f"{kind} {number}": room for number, room in enumerate(rooms)}

    def _partial(self) -> dict:
        """All exercises solved but the first."""
        _, *others = self.chapter.exercises
        return filled(self.chapter.name, {cell.name: cell.source for cell in others})

    def cells_of(self, misconception: str) -> list[CellResult]:
        """What became of the test cells of a misconception's exercise."""
        exercise = self.known[misconception].exercise
        cells = self.results[self.room_of[misconception]].cells
        return [cell for cell in cells if cell.exercise == exercise]

    def failed_by(self, misconception: str) -> set[str]:
        """The test cells of its exercise on which a misconception loses points."""
        return {c.cell for c in self.cells_of(misconception) if c.score != c.max_score}

    def caught_by(self, exercise: str) -> dict[str, frozenset[str]]:
        """For each test cell of an exercise the misconceptions that fail it."""
        ids = [m.id for m in self.known.values() if m.exercise == exercise]
        return {
            cell.name: frozenset(i for i in ids if cell.name in self.failed_by(i))
            for cell in self.chapter.tests_of(exercise)
        }

    def names_of(self, misconception: str) -> list[set[str]]:
        """The names that each failed test of its exercise carries."""
        failed = [cell for cell in self.cells_of(misconception) if cell.status == "failed"]
        return [set(cell.misconception.split()) for cell in failed]

    def naming(self) -> str:
        """The chapter's row in the table of how many are named."""
        named = [m for m in self.known if all(m in names for names in self.names_of(m))]
        alone = [m for m in named if all(names == {m} for names in self.names_of(m))]
        whole = len(self.known)
        return f"| {self.chapter.title} | {whole} | {len(named)} | {len(alone)} |\n"

    def section(self) -> str:
        """The chapter's part of the page."""
        parts = [f"## {self.chapter.title}\n"]
        for exercise in self.chapter.exercises:
            tests = self.chapter.tests_of(exercise.name)
            heads = [
                f"{cell.name.removeprefix(exercise.name + '-')} "
                f"({cell.points:g}{' h' if cell.hidden_lines else ''})"
                for cell in tests
            ]
            parts.append(f"### `{exercise.name}`\n")
            parts.append(f"| wrong solution | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
            for m in self.known.values():
                if m.exercise == exercise.name:
                    failed = self.failed_by(m.id)
                    marks = ["✗" if cell.name in failed else "" for cell in tests]
                    told = re.sub(r"([|*_`])", r"\\\1", m.diagnosis)
                    parts.append(f"| {told} | {' | '.join(marks)} |")
            parts.append("")
        return "\n".join(parts)


def borrowing(exercise: Cell) -> str:
    """A solution that calls a function of the course's package that the exercise forbids."""
    for dotted in exercise.forbids:
        package, _, function = dotted.partition(".")
        for module in _modules() if package == "cnnkit" else ():
            name = _answer(module, exercise.name) if module.endswith(f".{function}") else function
            if name and hasattr(importlib.import_module(module), name):
                borrowed = f"from {module} import {name} as quick"
                head = f"def {exercise.bound_names[0]}(*args, **kwargs):"
                called = "    return quick(*args, **kwargs)"
                return f"{exercise.source}\n\n{borrowed}\n\n{head}\n{called}"
    return ""


def _modules() -> list[str]:
    """The modules that hold answers."""
    found = (module.name for module in pkgutil.iter_modules(cnnkit.__path__, "cnnkit."))
    return [name for name in found if not name.endswith(("widgets", "pictures", "cli", "doctor"))]


def _answer(module: str, exercise: str) -> str:
    """A function of a module that is forbidden whole: the one that the exercise is named after."""
    fitting = [name for name in importlib.import_module(module).__all__ if name in exercise]
    return max(fitting, key=len, default="")


def page(rows: list[str], sections: list[str]) -> str:
    """The whole page."""
    return "\n".join([HEAD, NAMING + "".join(rows), *sections])


def with_part(text: str, title: str, row: str, section: str) -> str:
    """The page with the part of one chapter put anew, or added behind the last."""
    rows = re.findall(r"^\| .*\n(?=\n)", text, re.M)[:1]  # the last one of the first table
    old = re.search(rf"^\| {re.escape(title)} \|.*\n", text, re.M)
    text = text.replace(old[0], row) if old else text.replace(rows[0], rows[0] + row)
    old = re.search(rf"^## {re.escape(title)}\n.*?(?=\n## |\Z)", text, re.M | re.S)
    return text.replace(old[0], section) if old else f"{text}\n{section}"


def main() -> int:
    """Grade wrong solutions, every chapter's or one's, and write the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if stale")
    parser.add_argument("--chapter", metavar="NN", help="this one alone; the others stay")
    options = parser.parse_args()
    before, rows, sections = PAGE.read_text(encoding="utf-8"), [], []
    for name in CHAPTERS:
        if misconceptions_file(name).exists() and name.startswith(options.chapter or ""):
            print(name, flush=True)
            proof = Proof(name, everybody=False)
            rows.append(proof.naming())
            sections.append(proof.section())
    if not sections:
        parser.error(f"there is no chapter {options.chapter!r} with wrong solutions; say 04")
    text = page(rows, sections)
    if options.chapter:
        text = with_part(before, proof.chapter.title, rows[-1], sections[-1])
    if options.check:
        return int(before != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
