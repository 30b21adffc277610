"""What the functions of this package accept, checked in one place."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, real


def read_images(x: np.ndarray) -> np.ndarray:
    """Read a batch of images of any dtype.

    Raises
    ------
    ValueError
        It has not four axes.
    """
    x = np.asarray(x)
    check_axes("x", x, "(N, C, H, W)")
    return x


def within(value: float, name: str, low: float, high: float) -> float:
    """Read a real number between two limits, which are allowed.

    Raises
    ------
    TypeError
        The value is no real number; a bool is none.
    ValueError
        It lies outside, or is NaN.

    Examples
    --------
    >>> within(1, "p", 0, 1)
    1.0
    """
    number = real(value, name)
    if not low <= number <= high:
        raise ValueError(f"{name} is {value}: it must lie in {low:g}..{high:g}.")
    return number


def two_within(
    value: tuple[float, float], name: str, what: str, low: float, high: float
) -> tuple[float, float]:
    """Read two real numbers between two limits; ``what`` says what they are.

    Raises
    ------
    TypeError
        The value is no tuple or list, or holds what is no real number.
    ValueError
        There are not two numbers, or one lies outside.

    Examples
    --------
    >>> two_within((2, -1), "translate", "(rows, columns)", -9, 9)
    (2.0, -1.0)
    """
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name} is {value!r}: it must be a pair, {what}.")
    if len(value) != 2:
        raise ValueError(f"{name} is {value!r}: it must have two numbers, {what}.")
    first, second = (within(number, f"a number in {name}", low, high) for number in value)
    return first, second
