"""Gradient checking: is a gradient the slope that the function really has?

    d/dx_i sum(dy * f(x))  is about  sum(dy * (f(x + h e_i) - f(x - h e_i))) / (2 h)

The two-sided quotient is wrong by a multiple of h squared, the one-sided one by a multiple of h.
Neither means anything where f has a kink: keep x away from ties of a maximum and from 0 of a ReLU.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cnnkit.ops.checks import check_same_shape, real, real_dtype
from cnnkit.reading import needs

TINY = 1e-8  # below this size, numbers are compared as they are and not by their ratio


def numeric_grad(
    f: Callable[[np.ndarray], Any], x: np.ndarray, dy: np.ndarray, *, h: float = 1e-5
) -> np.ndarray:
    """Give the gradient of ``sum(dy * f(x))`` by central differences, number by number.

    Parameters
    ----------
    f : callable
        Gives y for x, an array or a number of float64, and changes nothing.
    x : ndarray of float64, any shape
        Its numbers are moved in place one after the other, and put back: so f may also be a
        function of something that holds x, such as a model whose weights it is. Where x cannot
        be written to, a copy is moved.
    dy : ndarray, the shape of y
        The upstream gradient: random numbers, since with ones many an error cancels.
    h : float
        The step. Smaller ones lose digits in the difference, larger ones lose accuracy.

    Returns
    -------
    dx : ndarray, the shape of x

    Raises
    ------
    TypeError
        x or y is not of float64: in float32 a step of 1e-5 drowns in rounding.
    ValueError
        dy has not the shape of y, f changes x, h is not positive, or it is lost in rounding
        beside a large number of x.

    Examples
    --------
    >>> numeric_grad(lambda x: x**2, np.array([1.0, 3.0]), np.array([1.0, 10.0])).round(6)
    array([ 2., 60.])
    """
    x, dy = _float64("x", x), np.asarray(dy)
    real_dtype(dy=dy)
    h = real(h, "h")
    if not 0 < h < math.inf:
        raise ValueError(f"h is {h}: it must be positive, and finite.")
    point = x if x.flags.writeable else x.copy()
    _try_out(f, point, dy)
    dx = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        dx[index] = _quotient(f, point, dy, index, h)
    return dx


def rel_error(a: np.ndarray, b: np.ndarray) -> float:
    """Give the largest relative difference: max of abs(a - b) / max(1e-8, abs(a) + abs(b)).

    Two gradients in float64 that agree differ by 1e-7 or less; 1e-2 is an error in a formula.

    Parameters
    ----------
    a, b : ndarray of the same shape

    Returns
    -------
    float
        0 where both are zero everywhere, or empty; 1 where one is zero and the other is not.

    Raises
    ------
    TypeError
        They do not hold real numbers.
    ValueError
        Their shapes differ.

    Examples
    --------
    >>> rel_error(np.array([1.0, 0.0]), np.array([3.0, 0.0]))
    0.5
    """
    a, b = np.asarray(a), np.asarray(b)
    dtype = np.result_type(real_dtype(a=a, b=b), np.float64)
    check_same_shape("a", a, "b", b.shape)
    a, b = a.astype(dtype), b.astype(dtype)
    return float(np.max(np.abs(a - b) / np.maximum(TINY, np.abs(a) + np.abs(b)), initial=0))


def check_gradients(
    model: Any, x: np.ndarray, dscores: np.ndarray, *, h: float = 1e-5
) -> dict[str, float]:
    """Compare each gradient that a model gives with difference quotients.

    Every number of every parameter takes two passes: the model must be tiny.

    Parameters
    ----------
    model : object
        With ``params``, a dict of arrays of float64, ``forward(x)`` and ``backward(dscores)``,
        which gives a dict of gradients under the same names.
    x : ndarray
        What the model is run on.
    dscores : ndarray, the shape of the scores
        The upstream gradient: random numbers.
    h : float
        As in :func:`numeric_grad`.

    Returns
    -------
    dict
        For each parameter the :func:`rel_error` of its gradient.

    Raises
    ------
    TypeError, ValueError
        As in :func:`numeric_grad` and :func:`rel_error`, and where the model lacks one of these
        attributes, a gradient is missing or a parameter is read-only.

    Examples
    --------
    >>> class Slope:
    ...     params = {"w": np.array([2.0])}
    ...     def forward(self, x):
    ...         self.x = x
    ...         return self.params["w"] * x
    ...     def backward(self, dscores):
    ...         return {"w": np.array([(dscores * self.x).sum()])}
    >>> errors = check_gradients(Slope(), np.array([1.0, 3.0]), np.array([0.5, -2.0]))
    >>> errors["w"] < 1e-7
    True
    """
    needs(model, "model", "params", "forward", "backward")
    locked = [name for name, value in model.params.items() if not value.flags.writeable]
    if locked:
        raise ValueError(
            f"{locked[0]} of the model's params is read-only: its numbers must be moved. Put a "
            "copy in its place."
        )
    model.forward(x)
    gradients = model.backward(dscores)
    if set(gradients) != set(model.params):
        raise ValueError(
            f"backward gives gradients of {sorted(gradients)}, the model has parameters "
            f"{sorted(model.params)}: they must be the same."
        )
    return {
        name: rel_error(
            gradients[name], numeric_grad(lambda _: model.forward(x), value, dscores, h=h)
        )
        for name, value in model.params.items()
    }


def _float64(name: str, value: np.ndarray) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.type is not np.float64:
        raise TypeError(f"{name} has dtype {array.dtype}: differences need float64.")
    return array


def _try_out(f: Callable[[np.ndarray], Any], x: np.ndarray, dy: np.ndarray) -> None:
    """Call f once, to see that what it gives can be compared."""
    kept = x.copy()
    y = _float64("f(x)", f(x))
    check_same_shape("dy", dy, "f(x)", y.shape)
    if not np.array_equal(x, kept, equal_nan=True):
        x[...] = kept
        raise ValueError("f changes x: it must leave its input as it is.")


def _quotient(
    f: Callable[[np.ndarray], Any], x: np.ndarray, dy: np.ndarray, index: tuple[int, ...], h: float
) -> np.floating:
    """Move one number of x up and down by h."""
    kept = x[index]
    try:
        x[index] = kept + h
        up, above = x[index], np.array(f(x))  # copies: f may give x itself back
        x[index] = kept - h
        down, below = x[index], np.array(f(x))
    finally:
        x[index] = kept
    if up == down:
        raise ValueError(
            f"x has {kept:g} at {index}: beside it h, {h:g}, is lost in rounding. Take smaller x, "
            "or a larger h."
        )
    return np.sum(dy * (above - below)) / (up - down)  # the step as rounding left it
