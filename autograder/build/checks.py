"""What a chapter must keep to, cell by cell; every breach is one sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from . import items as lecture_items
from . import quizzes, regions, scopes
from .source import SourceCell

PLAIN = ("setup", "exercise", "test", "beside")  # run when grading: plain Python
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what nbgrader and nbformat allow as an id
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
MAGIC = re.compile(r"^\s*(%|!|\?)|\?\s*$")

Breach = tuple[int, str]  # a line of the file and a sentence


@dataclass
class Checked:
    """A cell that was looked at: what later steps need of it."""

    cell: SourceCell
    regions: list[regions.Region] = field(default_factory=list)
    tree: ast.Module | None = None  # None where it does not compile, or is no code
    problems: list[Breach] = field(default_factory=list)

    @property
    def visible(self) -> str:
        """The cell as a student sees it, with a stub in place of each solution."""
        stub = self.cell.role == "exercise"
        return regions.without(self.cell.source, self.regions, stub)


def check(cell: SourceCell, items: lecture_items.Items) -> Checked:
    """Look at one cell by itself."""
    checked = Checked(cell)
    found = checked.problems
    found += [(cell.line, sentence) for sentence in _names(cell)]
    found += [(cell.line, sentence) for sentence in _numbers(cell)]
    found += [(cell.line, sentence) for sentence in lecture_items.problems_of(cell, items)]
    if cell.role:
        checked.regions, wrong = regions.find(cell)
        found += wrong
        if not wrong:
            found += _placed(cell, checked.regions)
    if cell.markdown:
        found += _formulas(cell)
    if cell.role == "quiz":
        found += quizzes.parse(cell).problems
    elif cell.role == "demo":
        found += _demo(checked)
    elif cell.role in PLAIN:
        _compile(checked)
    if cell.role == "test":
        found += _title(cell)
    if cell.role == "beside" and checked.tree:
        found += _beside(cell, checked.tree)
    return checked


def number(text: str) -> int | float | None:
    """Read a number; None where the text is none."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def title(cell: SourceCell) -> str:
    """Say in words what a test cell tests: its first line."""
    match = re.match(r"# *([^#\s].*)", cell.source)
    return match[1].strip() if match else ""


def _names(cell: SourceCell) -> Iterator[str]:
    if cell.role == "test":
        name, colon, prop = cell.name.partition(":")
        if not (colon and name and prop):
            yield f"'{cell.name}' names no test; write test=\"EXERCISE:property\"."
            return
    if cell.role in ("exercise", "beside", "answer", "quiz") and not cell.name:
        yield f"The {cell.role} cell has an empty name; give it one."
    elif cell.name and not NAME.fullmatch(cell.grade_id or cell.name):
        yield f"'{cell.name}' is no good name; use at most 64 of the letters A-Z a-z 0-9 _ -."
    for word in cell.attributes.get("forbids", "").split():
        if not DOTTED.fullmatch(word):
            yield f"'{word}' in forbids is no dotted name; separate names by spaces alone."


def _numbers(cell: SourceCell) -> Iterator[str]:
    for key in ("points", "limit", "minutes"):
        if key in cell.attributes:
            value = number(cell.attributes[key])
            if value is None or value <= 0:
                yield f"{key}={cell.attributes[key]} is no number above 0; write one."


def _placed(cell: SourceCell, found: list[regions.Region]) -> Iterator[Breach]:
    """Whether the cell has the regions that it needs, where it may have them."""
    if cell.role in ("exercise", "answer") and not found:
        what = "solution" if cell.role == "exercise" else "rubric"
        sentence = (
            f"The {cell.role} '{cell.name}' has no {what}; put it between "
            "'### BEGIN SOLUTION' and '### END SOLUTION'."
        )
        yield cell.line, sentence
    if cell.role == "test" and found:
        last = found[-1]
        if len(found) > 1:
            sentence = (
                "A test cell has one hidden region at most; join them, or make another test cell."
            )
            yield cell.at(last.begin), sentence
        if last.indent:
            yield cell.at(last.begin), "A hidden region is not indented; end the block before it."
        if any(line.strip() for line in cell.source.split("\n")[last.end :]):
            sentence = (
                "Code follows the hidden region; put it above, since the hidden tests come last."
            )
            yield cell.at(last.end), sentence


def _formulas(cell: SourceCell) -> Iterator[Breach]:
    """A formula that is never closed swallows the text behind it, or is shown as it is typed."""
    opened = 0
    for number, line in enumerate(cell.source.splitlines(), 1):
        for _ in range(line.count("$$")):
            opened = 0 if opened else number
    if opened:
        yield cell.at(opened), "The formula that '$$' opens here is never closed; add '$$'."


def _title(cell: SourceCell) -> Iterator[Breach]:
    if not title(cell):
        sentence = (
            "A test cell begins with a comment that says in words what it tests; "
            "write '# ...' as its first line."
        )
        yield cell.first, sentence


def _compile(checked: Checked) -> None:
    cell = checked.cell
    try:
        tree = ast.parse(cell.source)
        compile(cell.source, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        checked.problems.append(_broken(cell, error))
        return
    checked.tree = tree
    checked.problems += [
        (cell.at(line), "'import *' hides what it binds; name what you import.")
        for line in scopes.star_imports(tree)
    ]
    try:
        compile(checked.visible, "<cell>", "exec", dont_inherit=True)
    except SyntaxError as error:
        checked.tree = None
        if not checked.problems:  # a region that is not in order explains itself
            sentence = (
                f"Without its regions the cell does not compile ({error.msg}); let them hold "
                "whole statements, indented like their block."
            )
            checked.problems.append((cell.at(error.lineno or 1), sentence))


def _broken(cell: SourceCell, error: Exception) -> Breach:
    number = getattr(error, "lineno", None) or 1
    line = cell.source.split("\n")[min(number - 1, cell.source.count("\n"))]
    if MAGIC.search(line):
        return cell.at(number), (
            f"'{line.strip()}' is no plain Python; a cell that runs when grading has no magics, "
            "so move it to a demo cell."
        )
    reason = getattr(error, "msg", str(error))
    return cell.at(number), f"The code does not compile ({reason}); mend it."


def _demo(checked: Checked) -> list[Breach]:
    from IPython.core.inputtransformer2 import TransformerManager

    cell = checked.cell
    try:
        ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError as error:
        line = min(error.lineno or 1, cell.source.count("\n") + 1)
        return [(cell.at(line), f"The code does not compile ({error.msg}); mend it.")]
    with suppress(SyntaxError):  # a demo cell with magics just has no tree
        checked.tree = ast.parse(cell.source)
    return []


def _beside(cell: SourceCell, tree: ast.Module) -> Iterator[Breach]:
    body = tree.body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        sentence = (
            "A beside cell holds one function and nothing else; move the rest into "
            "the function or to a setup cell."
        )
        yield cell.line, sentence
        return
    marks = [ast.unparse(mark).split(".")[-1] for mark in body[0].decorator_list]
    if "beside_student" not in marks:
        sentence = f"'{body[0].name}' is not decorated; write @beside_student above it."
        yield cell.at(body[0].lineno), sentence
    if body[0].name != cell.name:
        sentence = (
            f"The function is called '{body[0].name}', the marker says "
            f"'{cell.name}'; call them alike."
        )
        yield cell.at(body[0].lineno), sentence
