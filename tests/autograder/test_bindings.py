"""Which names a cell binds."""

import doctest

import pytest

from autograder import bindings
from autograder.chapter import Cell

BINDS = {
    "comprehensions keep theirs": ("total = sum(i for i in [j for j in x])", ("total",)),
    "a function in a branch": ("if fast:\n    def f(x): pass\nelse:\n    g = 1", ("f", "g")),
    "an import in a try": ("try:\n    import a.b\nexcept OSError:\n    from c import d as e", "ae"),
    "the target of an assignment expression": ("print(y := 2)", "y"),
    "what a function makes global": ("def f():\n    global g\n    g = h = 1", "fg"),
    "unpacking, loops and with": ("a, (*b, c) = x\nfor d in a: pass\nwith a as e: pass", "abcde"),
    "an item or attribute is no name": ("a[0] = b.c = 1", ()),
    "the order of the text": ("def b(): pass\nclass a: pass\nb = 2", "ba"),
}


@pytest.mark.parametrize(("source", "names"), BINDS.values(), ids=BINDS)
def test_the_names_that_a_cell_binds(source, names):
    assert Cell("c", "setup", source).bound_names == tuple(names)


def test_the_example():
    assert doctest.testmod(bindings) == (0, 1)
