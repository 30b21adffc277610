"""The chapter that attacks are handed in for: f is three times x, plus one."""

from __future__ import annotations

from pathlib import Path

from made_chapter import beside, check, exercise, handed_in, made, setup

from autograder.chapter import Chapter
from hostile.attack import SECRET, Attack

NAME = "93_hostile"
TESTS = ("f-values", "f-hidden", "f-error", "f-kept", "f-after")  # of one point each
SOLUTION = "def f(x):\n    return 3 * x + 1"
SETUP = """
import numpy as np
from cnnkit.testing import assert_same, assert_raises, beside_student
"""
BESIDE = """
def kept(x):
    before = x.copy()
    y = f(x)
    return y, bool((x == before).all())
kept = beside_student(kept)
"""
VALUES = "assert_same(f(np.arange(4.0)), np.array([1.0, 4, 7, 10]))"
HIDDEN = f"""assert np.array_equal(f(np.array([2.0])), [7])
### BEGIN HIDDEN TESTS
secret = "{SECRET}"
x = np.linspace(-1, 1, 7).reshape(1, 7)
assert np.allclose(f(x), 3 * x + 1)
assert_same(f(x), 3 * x + 1)
### END HIDDEN TESTS"""
ERROR = """with assert_raises(TypeError):
    f("word")"""
BESIDE_TEST = """y, same = kept(np.arange(3.0))
assert_same(y, np.array([1.0, 4, 7]))
assert same"""


def make(folder: Path, solution: str = SOLUTION) -> Chapter:
    """Write the instructor notebook and load it."""
    cells = [
        setup(SETUP),
        exercise("f", solution),
        check("f-values", VALUES, limit=4),
        check("f-hidden", HIDDEN, limit=4),
        check("f-error", ERROR, limit=4),
        beside("kept", BESIDE),
        check("f-kept", BESIDE_TEST, limit=4),
        check("f-after", VALUES, limit=4),
    ]
    return made(folder, *cells, name=NAME)


def submission(chapter: Chapter, attack: Attack) -> dict:
    """Make the notebook of one attack."""
    added = [("setup", attack.first)] if attack.first else []
    added += [("f-after", attack.last)] if attack.last else []
    handed = handed_in(chapter, {"f": attack.f}, added)
    if attack.change:
        attack.change(handed)
    return handed
