"""Named wrong solutions of a chapter: read from their file's text, never run from here.

A chapter's file ``solutions/misconceptions/NN_name.py`` holds functions like this one::

    @misconception(
        replaces="conv2d_naive",
        fails="conv2d_naive-values",
        diagnosis="The kernel is turned by 180 degrees before it is applied.",
        hint="Try a kernel with a single 1 that is not in its centre.",
    )
    def flips_the_kernel(x, w, b=None, *, stride=1, padding=0, dilation=1): ...
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from autograder.chapter import Chapter

T = TypeVar("T", bound=Callable)
FIELDS = ("replaces", "fails", "diagnosis", "hint")


class MisconceptionError(Exception):
    """A file of misconceptions is not as it should be.

    Attributes
    ----------
    line : int
        The line that has to be mended.
    sentence : str
        What is wrong with it.
    """

    def __init__(self, path: Path, line: int, sentence: str) -> None:
        super().__init__(f"{path}:{line}: {sentence}")
        self.line, self.sentence = line, sentence


@dataclass(frozen=True)
class Misconception:
    """A wrong solution with a name."""

    id: str  # the function's name
    chapter: str  # the file's stem
    exercise: str  # the exercise whose cell binds ``replaces``
    replaces: str  # the function that it stands for
    fails: tuple[str, ...]  # test cells that must not pass
    diagnosis: str  # one sentence: what the code does instead
    hint: str  # one or two that do not give the answer away
    source: str  # the function's text, with its decorator
    line: int = 0  # where the function begins


def misconception(*, replaces: str, fails: str, diagnosis: str, hint: str) -> Callable[[T], T]:
    """Mark a function (or a class) as a wrong solution; it is returned as it is.

    Parameters
    ----------
    replaces : str
        The name in the student's notebook that it stands for.
    fails : str
        Ids of the test cells that must not pass, separated by spaces.
    diagnosis, hint : str
        What the code does instead; where to look, without the answer.
    """

    def mark(function: T) -> T:
        return function

    return mark


def load(where: Chapter | str | Path, chapter: Chapter | None = None) -> list[Misconception]:
    """Read a chapter's misconceptions, in the order of their file.

    Parameters
    ----------
    where : Chapter or path
        The chapter, or its file of misconceptions.
    chapter : Chapter, optional
        The chapter that a path belongs to; by default ``solutions/NN_name.ipynb``, one folder up.

    Returns
    -------
    list of Misconception
        Empty where the chapter has no such file.

    Raises
    ------
    MisconceptionError
        The file does not compile, or names a function that no exercise binds.
    """
    if isinstance(where, Chapter):
        where, chapter = where.path.parent / "misconceptions" / f"{where.name}.py", where
    path = Path(where)
    found = read(path) if path.exists() else []
    if not found:
        return []
    chapter = chapter or Chapter.load(path.parent.parent / f"{path.stem}.ipynb")
    exercises = {name: cell.name for cell in chapter.exercises for name in cell.bound_names}
    for known in found:
        if known.replaces not in exercises:
            raise MisconceptionError(
                path, known.line, f"No exercise binds '{known.replaces}'; correct 'replaces'."
            )
    return [replace(known, exercise=exercises[known.replaces]) for known in found]


def read(path: Path) -> list[Misconception]:
    """Read the file alone; the exercises stay empty."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        sentence = f"The code does not compile ({error.msg}); mend it."
        raise MisconceptionError(path, error.lineno or 1, sentence) from error
    found = []
    for node in tree.body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("misconception"):
                found.append(_made(path, text, node, mark))
    names = [known.id for known in found]
    for place, known in enumerate(found):
        if known.id in names[:place]:
            sentence = f"'{known.id}' stands there twice; choose another name."
            raise MisconceptionError(path, known.line, sentence)
    return found


@lru_cache(maxsize=1024)
def as_source(known: Misconception) -> str:
    """Give the function without its decorator, called as the function that it replaces."""
    node = ast.parse(known.source).body[0]
    lines = [line.encode() for line in known.source.split("\n")]  # ast counts columns in bytes
    old, new = known.id.encode(), known.replaces.encode()
    spots = [
        (inner.lineno - 1, inner.col_offset)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and inner.id == known.id
    ]
    for row, column in sorted(spots, reverse=True):
        lines[row] = lines[row][:column] + new + lines[row][column + len(old) :]
    head = node.lineno - 1
    lines[head] = re.sub(rb"(def|class)(\s+)" + old + rb"\b", rb"\1\2" + new, lines[head], count=1)
    return b"\n".join(lines[head:]).decode() + "\n"


def _made(path: Path, text: str, node: ast.AST, mark: ast.Call) -> Misconception:
    given = {}
    for keyword in mark.keywords:
        try:
            given[keyword.arg] = ast.literal_eval(keyword.value)
        except ValueError:
            given[keyword.arg] = None
    for key in FIELDS:
        if not isinstance(given.get(key), str) or not given[key].strip():
            sentence = f"'{node.name}' has no {key}; write {key}=\"...\" in its decorator."
            raise MisconceptionError(path, mark.lineno, sentence)
    first = min(decorator.lineno for decorator in node.decorator_list)
    return Misconception(
        id=node.name,
        chapter=path.stem,
        exercise="",
        replaces=given["replaces"],
        fails=tuple(given["fails"].split()),
        diagnosis=given["diagnosis"],
        hint=given["hint"],
        source="\n".join(text.split("\n")[first - 1 : node.end_lineno]),
        line=node.lineno,
    )
