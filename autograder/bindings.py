"""Which names a piece of Python binds: read, never run."""

from __future__ import annotations

import symtable
from collections.abc import Iterator, KeysView


def bound_at_top(source: str) -> KeysView[str]:
    r"""Find the names that source binds at its top level, in the order of their first mention.

    Names bound in ``if``, ``try`` or ``for`` count, whether or not that branch runs; those of
    comprehensions and functions do not, but for what a function declares ``global``.

    >>> list(bound_at_top("f = [g(i) for i in x]\nif f:\n    import os.path"))
    ['f', 'os']
    """
    top = symtable.symtable(source, "<cell>", "exec")
    names = [
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    ]
    names += [
        symbol.get_name()
        for table in tables(top)
        for symbol in table.get_symbols()
        if symbol.is_declared_global() and symbol.is_assigned()
    ]
    return dict.fromkeys(names).keys()


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Yield a table of symbols and all that it holds."""
    yield table
    for child in table.get_children():
        yield from tables(child)
