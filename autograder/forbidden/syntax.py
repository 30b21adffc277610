"""Questions to Python's syntax trees, and the magics that notebooks add to Python."""

from __future__ import annotations

import ast
import copy
import re
import tokenize
import warnings
from collections.abc import Iterator
from functools import lru_cache

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LONGEST = 100_000  # characters of a cell that are read; no honest one comes near
PYTHON_MAGICS = ("%%capture", "%%prun", "%%time", "%%timeit")
HARMLESS = re.compile(r"^(\s*)%(?:autoreload|config|load_ext|matplotlib)\b.*$", re.M)
TIMED = re.compile(r"^(\s*)%(?:prun|time|timeit)\s+(?:-\w+\s+(?:\d+\s+)?)*", re.M)
MAGIC = re.compile(r"^\s*[!%?,;/]|=\s*[!%]|\?\s*$", re.M)  # where IPython may look at all anew


def parse(text: str) -> ast.Module:
    """Parse a cell; what is not Python, even without its magics, has no statements.

    Magics become calls of ``get_ipython()``, but for those that only show, measure or set up.
    Raises ``RuntimeError`` or ``MemoryError`` where it is too long, too deep or has no end of
    magics.
    """
    if len(text) > LONGEST:
        raise MemoryError
    for plain in (str, _without_magics):
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse(plain(text))
        except (SyntaxError, ValueError, tokenize.TokenError):
            continue
    return ast.Module([], [])


def _without_magics(text: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager  # slow, and seldom needed

    if text.lstrip().startswith("%%"):
        magic, _, rest = text.lstrip().partition("\n")
        before = text[: len(text) - len(text.lstrip())].count("\n")
        text = "\n" * (before + 1) + rest if magic.split()[0] in PYTHON_MAGICS else ""
    text = TIMED.sub(r"\1", HARMLESS.sub(r"\1pass", text))
    if len(MAGIC.findall(text)) * len(text) > 5 * LONGEST:  # IPython reads all again for each
        raise MemoryError
    plain = text.lstrip("\n")
    blank = len(text) - len(plain)  # the lines keep their numbers
    return "\n" * blank + TransformerManager().transform_cell(plain)


def flat(body: list[ast.stmt], certain: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the statements of a body and of its blocks, and whether each certainly runs.

    Bodies of functions and classes stay closed. An import of several names comes as several.
    """
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                single = copy.copy(node)
                single.names = [alias]
                yield single, certain
            continue
        yield node, certain
        if not isinstance(node, DEFINITIONS):
            runs = certain and isinstance(node, (ast.With, ast.AsyncWith))
            for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                for block in ("body", "orelse", "finalbody"):
                    yield from flat(getattr(part, block, []), runs)


@lru_cache(maxsize=256)
def statements(text: str) -> tuple[tuple[ast.stmt, bool], ...]:
    """Give the statements of a cell; each exercise reads the same cells again."""
    return tuple(flat(parse(text).body))


def head(node: ast.stmt) -> list[ast.expr]:
    """List the expressions of a statement that stand outside its blocks."""
    parts = (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ()))
    parts += tuple(getattr(node, "items", ()))
    return [each for part in parts for each in ast.iter_child_nodes(part)
            if isinstance(each, ast.expr)]  # fmt: skip


def parameters(node: ast.AST) -> list[ast.arg]:
    """List all parameters of a function or lambda."""
    a = node.args
    several = [each for each in (a.vararg, a.kwarg) if each is not None]
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *several]


def defaults(node: ast.AST) -> list[tuple[ast.arg, ast.expr | None]]:
    """Pair the parameters of a function with their default values."""
    a = node.args
    positional = [*a.posonlyargs, *a.args]
    return [
        *zip(reversed(positional), reversed(a.defaults), strict=False),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]


@lru_cache(maxsize=4096)
def local_names(node: ast.AST) -> frozenset[str]:
    """Collect the names that are local to a function, lambda or class."""
    local = {each.arg for each in parameters(node)} if isinstance(node, FUNCTIONS) else set()
    if isinstance(node, ast.Lambda):
        return frozenset(local | stored([node.body]))
    elsewhere = set()
    for statement, _ in flat(node.body):
        if isinstance(statement, DEFINITIONS):
            local.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            local.add(statement.names[0].asname or statement.names[0].name.split(".")[0])
        elif isinstance(statement, (ast.Global, ast.Nonlocal)):
            elsewhere.update(statement.names)
        else:
            local |= stored(head(statement))
    return frozenset(local - elsewhere)


def stored(nodes: list[ast.expr]) -> set[str]:
    """Collect the names that expressions bind, those of lambdas and comprehensions left out."""
    names, todo = set(), list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, ast.Lambda):
            target = node.target if isinstance(node, ast.comprehension) else None
            todo += [each for each in ast.iter_child_nodes(node) if each is not target]
    return names


def root(node: ast.expr) -> str:
    """Name what ``a.b[c].d`` starts from; the empty string where that is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changed_by(node: ast.stmt) -> str:
    """Name what a call such as ``box.append(f)`` or ``setattr(box, "f", f)`` may change."""
    call = getattr(node, "value", None)
    if not isinstance(node, ast.Expr) or not isinstance(call, ast.Call):
        return ""
    if isinstance(call.func, ast.Attribute):
        return root(call.func)
    return root(call.args[0]) if root(call.func) == "setattr" and call.args else ""
