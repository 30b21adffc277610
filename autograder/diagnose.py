"""Recognise misconceptions: whose wrong values are these?

A named wrong solution is put in the student's place; where it gives the same values and errors
as the student's code in every call of every test cell of the exercise, it is what the student
did. Where several do, all are named.
"""

from __future__ import annotations

import contextlib

import numpy as np

from autograder.misconceptions import Misconception, as_source
from autograder.run.local import Bench, Call


def recognise(
    bench: Bench, exercise: str, calls: dict[str, list[Call]], known: list[Misconception]
) -> list[Misconception]:
    """Return the misconceptions of ``exercise`` that behave as the recorded calls did."""
    return [
        misconception
        for misconception in known
        if misconception.exercise == exercise and _behaves(bench, misconception, calls)
    ]


def _behaves(bench: Bench, misconception: Misconception, calls: dict[str, list[Call]]) -> bool:
    # Stops at the first cell that differs: a misconception may be a slow one.
    with contextlib.closing(
        bench.each_test(misconception.exercise, as_source(misconception))
    ) as outcomes:
        return all(same_calls(outcome.calls, calls.get(cell, [])) for cell, outcome in outcomes)


def same_calls(mine: list[Call], theirs: list[Call]) -> bool:
    """Whether two lists of calls have the same outcomes in the same order.

    A value too large to be kept is the same as no other: better no diagnosis than a wrong one.
    """
    return len(mine) == len(theirs) and all(
        a.name == b.name
        and a.error == b.error
        and a.kept
        and b.kept
        and same_value(a.value, b.value)
        for a, b in zip(mine, theirs, strict=True)
    )


def same_value(a: object, b: object) -> bool:
    """Whether two plain values are equal, numbers up to rounding."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return _same_array(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same_value(a[key], b[key]) for key in a)
    if isinstance(a, (float, complex, np.inexact)):
        return bool(np.isclose(a, b, rtol=1e-6, atol=1e-12, equal_nan=True))
    return a == b


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind in "fc":
        size = np.max(np.abs(a), initial=0.0, where=np.isfinite(a))
        return np.allclose(a, b, rtol=1e-5, atol=1e-6 * size, equal_nan=True)
    return np.array_equal(a, b)
