"""First weights: random, and of a size that keeps the numbers as large from layer to layer.

A sum of fan_in products, each of variance var(w) var(x), has the variance fan_in var(w) var(x).
On the way back fan_out takes its place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import generator
from cnnkit.reading import one_of
from cnnkit.shapes import whole


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Count how many inputs an output of a layer adds up, and how many outputs an input reaches.

    Parameters
    ----------
    shape : tuple of ints
        Of the weights: (O, C, kH, kW) of a convolution or (O, D) of a dense layer.

    Returns
    -------
    fan_in : int
        C * kH * kW, or D.
    fan_out : int
        O * kH * kW, or O.

    Raises
    ------
    TypeError
        The shape is no tuple of ints.
    ValueError
        It has neither two nor four numbers, or one is below 1.

    Examples
    --------
    >>> fans((64, 32, 5, 3)), fans((10, 200))
    ((480, 960), (200, 10))
    """
    if not isinstance(shape, (tuple, list)):
        raise TypeError(f"shape is {shape!r}: it must be a tuple of ints.")
    if len(shape) not in (2, 4):
        raise ValueError(f"shape is {tuple(shape)}: it must be (O, C, kH, kW) or (O, D).")
    outputs, inputs, *kernel = (whole(size, "a number in shape", 1) for size in shape)
    return inputs * math.prod(kernel), outputs * math.prod(kernel)


def glorot(shape: Sequence[int], rng: np.random.Generator, *, dist: str = "uniform") -> np.ndarray:
    """Draw weights of variance 2 / (fan_in + fan_out): a middle between the two ways.

    Parameters
    ----------
    shape : tuple of ints
        As in :func:`fans`.
    rng : numpy.random.Generator
    dist : {'uniform', 'normal'}
        Between -sqrt(6 / (fan_in + fan_out)) and +sqrt(6 / (fan_in + fan_out)), or normal with
        the standard deviation sqrt(2 / (fan_in + fan_out)).

    Returns
    -------
    w : ndarray of float64

    Raises
    ------
    TypeError
        The shape is no tuple of ints, or ``rng`` no Generator.
    ValueError
        The shape is not one of weights, or ``dist`` is unknown.

    References
    ----------
    Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks
    (2010), equations 12 and 16.

    Examples
    --------
    >>> w = glorot((100, 50), np.random.default_rng(0))
    >>> bool(abs(w).max() < 0.2), w.shape  # sqrt(6 / 150)
    (True, (100, 50))
    """
    fan_in, fan_out = fans(shape)
    return _draw(shape, 2 / (fan_in + fan_out), rng, dist)


def he(shape: Sequence[int], rng: np.random.Generator, *, dist: str = "uniform") -> np.ndarray:
    """Draw weights of variance 2 / fan_in: the 2 makes up for the half that a ReLU cuts off.

    Parameters
    ----------
    shape, rng
        As in :func:`glorot`.
    dist : {'uniform', 'normal'}
        Between -sqrt(6 / fan_in) and +sqrt(6 / fan_in), or normal with the standard deviation
        sqrt(2 / fan_in).

    Returns
    -------
    w : ndarray of float64

    Raises
    ------
    TypeError, ValueError
        As in :func:`glorot`.

    References
    ----------
    He, Zhang, Ren, Sun: Delving deep into rectifiers (2015), arXiv:1502.01852, equation 10.

    Examples
    --------
    >>> he((100, 50), np.random.default_rng(0), dist="normal").std().round(2)  # sqrt(2 / 50)
    np.float64(0.2)
    """
    return _draw(shape, 2 / fans(shape)[0], rng, dist)


def _draw(shape: Sequence[int], variance: float, rng: np.random.Generator, dist: str) -> np.ndarray:
    one_of(dist, "dist", "uniform", "normal")
    if dist == "normal":
        return generator(rng).normal(0, math.sqrt(variance), shape)
    limit = math.sqrt(3 * variance)  # uniform numbers up to a limit a have the variance a**2 / 3
    return generator(rng).uniform(-limit, limit, shape)
