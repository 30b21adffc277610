"""Make up a class: the same students with the same notebooks every time.

Correct solutions in several styles, one student for each known misconception, and the accidents
that every teacher has met. All of it is derived from the chapter, so that it serves any chapter.
"""

from __future__ import annotations

import ast
import copy
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import cnnkit
from autograder.chapter import Cell, Chapter
from autograder.demo_styles import STYLES, cells_named, reference, solve
from autograder.files import write_atomic
from autograder.misconceptions import Misconception, as_source

MODULES = {module.name for module in pkgutil.iter_modules(cnnkit.__path__)}  # that hold answers


@dataclass(frozen=True)
class Member:
    """One student of the class: what kind of submission, and the file's text."""

    student: str
    kind: str
    text: str


def make_class(
    chapter: Chapter, released: dict, misconceptions: list[Misconception], size: int
) -> list[Member]:
    """Make a class of the given size.

    Parameters
    ----------
    chapter : Chapter
        The chapter with its solutions.
    released : dict
        The notebook that students got.
    misconceptions : list of Misconception
        Each becomes a student's, as far as there is room.
    size : int
        Number of students: every kind once, then correct ones.
    """
    styles = [(f"correct: {name}", style) for name, style in STYLES.items()]
    accidents = list(ACCIDENTS.items())
    wrong = [(f"misconception: {known.id}", _holding(known)) for known in _mixed(misconceptions)]
    kinds = [*styles, *accidents, *wrong]
    while len(kinds) < size:
        kinds += styles
    width = max(2, len(str(size)))
    return [
        Member(f"student-{number:0{width}}", kind, _text(make(chapter, copy.deepcopy(released))))
        for number, (kind, make) in enumerate(kinds[:size], start=1)
    ]


def _mixed(misconceptions: list[Misconception]) -> list[Misconception]:
    """Take the exercises in turn, so that a small class shows something of each."""
    by_exercise: dict[str, list[Misconception]] = {}
    for known in misconceptions:
        by_exercise.setdefault(known.exercise, []).append(known)
    rounds = zip_longest(*by_exercise.values())
    return [known for turn in rounds for known in turn if known is not None]


def write_class(folder: Path, members: list[Member]) -> None:
    """Write each student's notebook into a folder."""
    for member in members:
        write_atomic(folder / f"{member.student}.ipynb", member.text)


def _text(made: dict | str) -> str:
    return made if isinstance(made, str) else json.dumps(made, indent=1, ensure_ascii=False)


def _holding(known: Misconception) -> Callable[[Chapter, dict], dict]:
    """Make a submission that is right but for one misconception."""

    def make(chapter: Chapter, notebook: dict) -> dict:
        def written(exercise: Cell) -> str:
            if exercise.name != known.exercise:
                return reference(exercise)
            return with_misconception(exercise, known)

        return solve(chapter, notebook, written)

    return make


def with_misconception(exercise: Cell, known: Misconception) -> str:
    """Put a misconception into an exercise's solution, as a student may have written it.

    Where it leans on the course's own answer, which students may not call, it gets a right
    function beside it; an exercise's other functions stay right.
    """
    right = f"right_{known.replaces}"
    wrong = _LeanOn(known.replaces, right, exercise.bound_names)
    written = wrong.visit(ast.parse(as_source(known)))
    before = []
    for node in ast.parse(reference(exercise)).body:
        if getattr(node, "name", "") == known.replaces:
            if not wrong.used:
                continue
            node.name = right
        before.append(node)
    return "\n\n\n".join(ast.unparse(node) for node in (*before, written))


class _LeanOn(ast.NodeTransformer):
    """Replace ``shapes.f`` by a function of the notebook, where f is what the exercise asks for."""

    def __init__(self, replaces: str, right: str, bound: tuple[str, ...]) -> None:
        self.replaces, self.right, self.bound = replaces, right, bound
        self.used = False

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:  # noqa: N802 (ast's own naming)
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id not in MODULES:
            return node
        if node.attr in self.bound and node.attr != self.replaces:
            return ast.Name(node.attr, ast.Load())
        # the exercise conv2d_naive asks for what the course calls ops.conv2d
        if self.replaces == node.attr or self.replaces.startswith(f"{node.attr}_"):
            self.used = True
            return ast.Name(self.right, ast.Load())
        return node


def _untouched(chapter: Chapter, notebook: dict) -> dict:
    return notebook


def _all_wrong(chapter: Chapter, notebook: dict) -> dict:
    def nothing(exercise: Cell) -> str:
        return "\n\n\n".join(
            f"def {node.name}(*args, **kwargs):\n    return None"
            for node in ast.parse(exercise.source).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        )

    return solve(chapter, notebook, nothing)


def _syntax_error(chapter: Chapter, notebook: dict) -> dict:
    solve(chapter, notebook)
    for cell in cells_named(notebook, chapter.exercises[0].name):
        cell["source"] += "\nprint('finished'"
    return notebook


def _endless_loop(chapter: Chapter, notebook: dict) -> dict:
    """Never come back from the exercise that is cheapest to wait for."""
    slow = min(chapter.exercises, key=lambda e: sum(t.limit for t in chapter.tests_of(e.name)))

    def written(exercise: Cell) -> str:
        if exercise is not slow:
            return reference(exercise)
        return f"def {exercise.bound_names[0]}(*args, **kwargs):\n    while True:\n        pass"

    return solve(chapter, notebook, written)


def _missing_cell(chapter: Chapter, notebook: dict) -> dict:
    return _without(solve(chapter, notebook), chapter.exercises[-1].name)


def _deleted_test(chapter: Chapter, notebook: dict) -> dict:
    return _without(solve(chapter, notebook), chapter.tests[0].name)


def _without(notebook: dict, name: str) -> dict:
    gone = list(cells_named(notebook, name))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell not in gone]
    return notebook


def _no_notebook(chapter: Chapter, notebook: dict) -> str:
    return "Dear teacher,\nI forgot to attach the notebook, sorry!\n"


ACCIDENTS = {
    "untouched": _untouched,
    "all wrong": _all_wrong,
    "syntax error": _syntax_error,
    "endless loop": _endless_loop,
    "missing cell": _missing_cell,
    "deleted test": _deleted_test,
    "no notebook": _no_notebook,
}
