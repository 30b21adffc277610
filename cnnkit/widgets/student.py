"""Run a student's function inside a widget: whatever it does becomes a sentence.

Every widget that takes the student's function calls it through :func:`call`, and compares
what it gives with :func:`judge`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value, and a sentence where something is wrong."""

    value: object = None
    trouble: str = ""


def name_of(function: Callable) -> str:
    """Give the name to use for a function in a sentence."""
    return getattr(function, "__name__", type(function).__name__)


def named(function: Callable, name: str, /, *first: object, **options: object) -> Callable:
    """Give the function with its first arguments, called so in sentences."""
    made = partial(function, *first, **options)
    made.__name__ = name
    return made


def kind_of(value: object) -> str:
    """Say what a function gave where something else was wanted: 'a list', 'nothing (None)'."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, np.ndarray):
        return "one array"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def call(function: Callable, *arrays: np.ndarray, **options: object) -> Outcome:
    """Call the function on copies of the arrays and catch whatever goes wrong."""
    copies = [array.copy() for array in arrays]
    name = name_of(function)
    try:
        value = function(*copies, **options)
    except NotImplementedError:
        return Outcome(
            trouble=f"{name} is not written yet: it raised NotImplementedError. Write it, run "
            "its cell, then run this cell again."
        )
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return Outcome(trouble=f"{name} raised {type(error).__name__}{_where(error)}: {error}")
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(arrays, copies, strict=True)):
        return Outcome(value, f"{name} changed one of its inputs; it must leave them alone.")
    return Outcome(value)


def judge(
    name: str,
    got: object,
    expected: np.ndarray,
    *,
    array: str = "y",
    marked: str = "; they are hatched and marked ≠",
) -> tuple[np.ndarray | None, str]:
    """Compare what a function returned with what it should have.

    ``array`` is its name in sentences, ``marked`` how the widget shows the differences.

    Returns
    -------
    wrong : ndarray of bool or None
        Where the values differ; None where they cannot be compared.
    sentence : str
        What is wrong, in words; empty where nothing is.
    """
    if not isinstance(got, np.ndarray):
        return None, f"{name} returned {kind_of(got)}; it should return a NumPy array."
    if got.dtype.kind not in "biuf":
        return None, f"{name} returned an array of dtype {got.dtype}; it should hold numbers."
    if got.shape != expected.shape:
        return None, f"{name} returned shape {got.shape}; it should be {expected.shape}."
    wrong = ~np.isclose(got.astype(float), expected, rtol=1e-6, atol=1e-8, equal_nan=True)
    if not wrong.any():
        return wrong, ""
    where = tuple(int(index) for index in np.argwhere(wrong)[0])
    place = ", ".join(map(str, where))
    return wrong, (
        f"{name} differs in {wrong.sum()} of {wrong.size} values{marked}. "
        f"The first is {array}[{place}]: it gave {float(got[where]):.6g}, right is "
        f"{float(expected[where]):.6g}."
    )


def _where(error: BaseException) -> str:
    """Name the line of the student's function, the last one of the first file called."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    mine = [frame for frame in frames if frames and frame.filename == frames[0].filename]
    if not mine or "ipykernel" not in mine[0].filename:
        return ""
    return f" in line {mine[-1].lineno} of its cell"
