"""Solve a chapter correctly in several styles, all derived from its own solutions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from autograder.chapter import Cell, Chapter

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def solve(chapter: Chapter, notebook: dict, write: Callable[[Cell], str] | None = None) -> dict:
    """Put a solution into each exercise's cell; the chapter's own if nothing else is said."""
    for exercise in chapter.exercises:
        for cell in cells_named(notebook, exercise.name):
            cell["source"] = (write or reference)(exercise)
    return notebook


def reference(exercise: Cell) -> str:
    """Give the chapter's own solution, without the author's markers."""
    lines = exercise.source.splitlines()
    return "\n".join(line for line in lines if line.strip() not in MARKERS)


def cells_named(notebook: dict, name: str) -> Iterator[dict]:
    """Find the cells with a grade id."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            yield cell


def _insert_after(notebook: dict, name: str, source: str) -> None:
    (cell,) = cells_named(notebook, name)
    added = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    added |= {"id": f"mine-{len(notebook['cells'])}", "source": source}
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, added)


def _with_added_cells(chapter: Chapter, notebook: dict) -> dict:
    solve(chapter, notebook)
    for exercise in chapter.exercises:
        name = exercise.bound_names[0]
        _insert_after(notebook, exercise.name, f"# trying it out\nprint({name}.__name__)")
    return notebook


def _with_other_names(chapter: Chapter, notebook: dict) -> dict:
    return solve(chapter, notebook, lambda exercise: rename_locals(reference(exercise)))


def _with_comments(chapter: Chapter, notebook: dict) -> dict:
    def commented(exercise: Cell) -> str:
        return f"# My solution of {exercise.name}, after two tries.\n{reference(exercise)}\n# done"

    return solve(chapter, notebook, commented)


def _without_docstrings(chapter: Chapter, notebook: dict) -> dict:
    return solve(chapter, notebook, lambda exercise: without_docstrings(reference(exercise)))


STYLES = {
    "as in the book": solve,
    "other names": _with_other_names,
    "cells added": _with_added_cells,
    "commented": _with_comments,
    "terse": _without_docstrings,
}


def rename_locals(source: str) -> str:
    """Rename the variables that functions bind for themselves; parameters keep their names."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            _Renamer(node).visit(node)
    return ast.unparse(tree)


class _Renamer(ast.NodeTransformer):
    """Give a function's own variables other names, wherever they stand in it."""

    def __init__(self, function: ast.FunctionDef) -> None:
        inside = list(ast.walk(function))
        kept = {node.arg for node in inside if isinstance(node, ast.arg)}
        for node in inside:
            if isinstance(node, ast.Global | ast.Nonlocal):
                kept |= set(node.names)
        self.mine = {
            node.id
            for node in inside
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } - kept

    def visit_Name(self, node: ast.Name) -> ast.Name:  # noqa: N802 (ast's own naming)
        return ast.copy_location(ast.Name(self._new(node.id), node.ctx), node)

    def _new(self, name: str) -> str:
        return f"my_{name}" if name in self.mine else name


def without_docstrings(source: str) -> str:
    """Leave out docstrings and comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
