"""Which names a piece of Python takes from outside, and which it binds: read, never run."""

from __future__ import annotations

import ast
import builtins
import symtable

from autograder.bindings import bound_at_top, tables

__all__ = ["bound_at_top", "definitions", "free_names", "star_imports"]

BUILTINS = frozenset(dir(builtins))


def free_names(source: str) -> dict[str, int]:
    """Find the names that source takes from its surroundings, with the line of their first use.

    Parameters
    ----------
    source : str
        Python that compiles; its own top-level names, builtins and names local to functions,
        classes and comprehensions are not reported.
    """
    bound = bound_at_top(source)
    wanted: dict[str, int] = {}
    top = symtable.symtable(source, "<cell>", "exec")
    for table in tables(top):
        for symbol in table.get_symbols():
            name = symbol.get_name()
            from_outside = symbol.is_referenced() and (table is top or symbol.is_global())
            if from_outside and name not in bound and name not in BUILTINS:
                start = 1 if table is top else table.get_lineno()
                wanted[name] = min(start, wanted.get(name, start))
    return {name: _first_use(source, name, start) for name, start in wanted.items()}


def star_imports(tree: ast.AST) -> list[int]:
    """Find the lines of ``from module import *``, which hide from any reader what they bind."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]


def definitions(tree: ast.Module) -> dict[str, int]:
    """Find the functions and classes defined at the top level, with their lines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name: node.lineno for node in tree.body if isinstance(node, kinds)}


def _first_use(source: str, name: str, start: int) -> int:
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id == name
    ]
    return min((line for line in lines if line >= start), default=min(lines, default=start))
