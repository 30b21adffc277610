"""What a chapter's cells must keep to among themselves: names, order, who may use whose names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import scopes
from .checks import Breach, Checked
from .source import Source, SourceCell

MAY_USE = {
    "setup": ("setup",),
    "exercise": ("setup", "exercise"),
    "beside": ("setup", "exercise", "beside"),
    "test": ("setup", "exercise", "beside"),
}


def duplicates(source: Source) -> Iterator[Breach]:
    """Two cells of one name."""
    seen: dict[tuple[str, str], int] = {}
    for cell in source.cells:
        name = cell.grade_id or (cell.name if cell.role == "quiz" else "")
        key = ("quiz" if cell.role == "quiz" else "id", name)
        if name and key in seen:
            sentence = (
                f"The name '{name}' is taken by the cell in line {seen[key]}; choose another."
            )
            yield cell.line, sentence
        seen.setdefault(key, cell.line)


def pairing(source: Source) -> Iterator[Breach]:
    """Exercises without tests, tests without exercises."""
    exercises = {cell.name: cell.line for cell in source.of("exercise")}
    tested = {cell.exercise for cell in source.of("test")}
    for name, line in exercises.items():
        if name not in tested:
            sentence = (
                f"The exercise '{name}' has no test; add a cell "
                f"'# %% test=\"{name}:property\" points=1'."
            )
            yield line, sentence
    for cell in source.of("test"):
        if cell.exercise not in exercises:
            sentence = (
                f"There is no exercise '{cell.exercise}'; correct the name before "
                "the colon or add the exercise."
            )
            yield cell.line, sentence
        elif exercises[cell.exercise] > cell.line:
            sentence = (
                f"The test stands before its exercise in line "
                f"{exercises[cell.exercise]}; move it below."
            )
            yield cell.line, sentence


def offered(checked: Checked) -> set[str]:
    """Names that a cell offers to others: of a solution cell, those a student sees bound."""
    if checked.tree is None:
        return set()
    names = scopes.bound_at_top(checked.cell.source)
    return scopes.bound_at_top(checked.visible) or names if checked.regions else names


def redefinitions(cells: list[Checked]) -> Iterator[Breach]:
    """A function of two exercises, and tests that bind a student's name."""
    students: dict[str, Checked] = {}
    for checked in cells:
        cell = checked.cell
        if checked.tree is None:
            continue
        if cell.role in ("exercise", "beside"):
            for name, line in scopes.definitions(checked.tree).items():
                if name in students:
                    sentence = (
                        f"'{name}' is already defined by the cell in line "
                        f"{students[name].cell.line}; choose another name."
                    )
                    yield cell.at(line), sentence
                students.setdefault(name, checked)
        elif cell.role == "test":
            for name in sorted(scopes.bound_at_top(cell.source) & students.keys()):
                sentence = (
                    f"The test binds '{name}', which the cell in line "
                    f"{students[name].cell.line} defines; choose another name."
                )
                yield cell.line, sentence


def abbreviations(cells: list[Checked]) -> Iterator[Breach]:
    """Forbidden names that begin with a setup cell's short name: the rule reads whole names."""
    imports = [
        alias
        for checked in cells
        if checked.cell.role == "setup" and checked.tree
        for node in ast.walk(checked.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    short = {alias.asname: alias.name for alias in imports if alias.asname}
    for checked in cells:
        for word in checked.cell.attributes.get("forbids", "").split():
            head, dot, rest = word.partition(".")
            if short.get(head, head) != head:
                yield (
                    checked.cell.line,
                    f"'{word}' in forbids is short and would forbid nothing; "
                    f"write '{short[head]}{dot}{rest}'.",
                )


def strange_names(cells: list[Checked]) -> list[Breach]:
    """Names that a cell takes from where it may not."""
    if not complete(cells):
        return []  # what such a cell binds is not known: every name would be strange
    origins: dict[str, list[SourceCell]] = {}
    for checked in cells:
        for name in offered(checked):
            origins.setdefault(name, []).append(checked.cell)
    known: dict[str, set[str]] = {role: set() for role in MAY_USE}
    unbound: dict[str, list[int]] = {}
    breaches = []
    for checked in cells:
        cell = checked.cell
        if cell.role not in MAY_USE:
            continue
        allowed = set().union(*(known[role] for role in MAY_USE[cell.role]))
        for name, line in scopes.free_names(cell.source).items():
            if name not in origins:
                unbound.setdefault(name, []).append(cell.at(line))
            elif name not in allowed:
                breaches.append((cell.at(line), _why(name, cell, origins[name])))
        breaches += _hidden_names(checked)
        known[cell.role] |= offered(checked)
    return breaches + [_unbound(name, lines) for name, lines in unbound.items()]


def complete(cells: list[Checked]) -> bool:
    """Whether every cell that runs when grading could be read."""
    return all(
        checked.cell.role and (checked.tree is not None or checked.cell.role not in MAY_USE)
        for checked in cells
    )


def _hidden_names(checked: Checked) -> Iterator[Breach]:
    cell = checked.cell
    if cell.role == "test" and checked.regions:
        bound = scopes.bound_at_top(cell.source)
        for name, line in scopes.free_names(checked.visible).items():
            if name in bound:
                sentence = (
                    f"'{name}' is bound in the hidden region alone, which students don't have; "
                    "bind it above."
                )
                yield cell.at(line), sentence


def _unbound(name: str, lines: list[int]) -> Breach:
    others = f" (nor for line{'s' * (len(lines) > 2)} {', '.join(map(str, lines[1:]))})"
    sentence = (
        f"Nothing binds '{name}' for this cell{others if lines[1:] else ''}; "
        "import it in a setup cell or bind it here."
    )
    return lines[0], sentence


def _why(name: str, user: SourceCell, origins: list[SourceCell]) -> str:
    """Say where a name comes from and why that will not do."""
    who = f"The {user.role} cell uses '{name}'"
    near = max(
        (cell for cell in origins if cell.line < user.line),
        key=lambda cell: cell.line,
        default=origins[0],
    )
    where = f"{who} of the {near.role} cell in line {near.line}"
    if near.role == "demo":
        return f"{where}, which does not run when grading; bind it in a setup cell or here."
    if near.role == "test":
        return f"{where}, but every test stands alone; bind it in a setup cell or here."
    if near.role not in MAY_USE[user.role]:
        return f"{where}, but a {user.role} cell runs without those; bind it in a setup cell."
    return f"{where}, which comes later; move that cell up or this one down."
