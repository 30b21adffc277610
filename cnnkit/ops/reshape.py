"""Flattening: from images to the rows of a dense layer, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnkit.shapes import whole


def flatten(x: np.ndarray) -> np.ndarray:
    """Write the numbers of each image in one row, the last axis running fastest.

    Parameters
    ----------
    x : ndarray, shape (N, ...)
        Of any dtype.

    Returns
    -------
    y : ndarray, shape (N, D)
        D is the product of the other axes, also of an empty batch.

    Raises
    ------
    ValueError
        x has fewer than two axes.

    Examples
    --------
    >>> flatten(np.arange(8).reshape(2, 1, 2, 2))
    array([[0, 1, 2, 3],
           [4, 5, 6, 7]])
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}: it must have at least 2 axes, (N, ...).")
    return x.reshape(len(x), math.prod(x.shape[1:])).copy()


def flatten_backward(dy: np.ndarray, x_shape: Sequence[int]) -> np.ndarray:
    """Give the gradient the shape that the images had.

    Parameters
    ----------
    dy : ndarray, shape (N, D)
        The gradient of the loss with respect to y.
    x_shape : tuple of ints
        (N, ...)

    Returns
    -------
    dx : ndarray, shape (N, ...)

    Raises
    ------
    TypeError
        x_shape is no tuple of ints.
    ValueError
        dy has not the shape that images of x_shape are flattened to.

    Examples
    --------
    >>> flatten_backward(np.arange(4).reshape(1, 4), (1, 2, 2))
    array([[[0, 1],
            [2, 3]]])
    """
    dy = np.asarray(dy)
    if not isinstance(x_shape, (tuple, list)):
        raise TypeError(f"x_shape is {x_shape!r}: it must be a tuple of ints, (N, ...).")
    x_shape = tuple(whole(size, "a number in x_shape", 0) for size in x_shape)
    if len(x_shape) < 2 or dy.shape != (x_shape[0], math.prod(x_shape[1:])):
        raise ValueError(
            f"dy has shape {dy.shape}, x has shape {x_shape}: dy must have a row for each image."
        )
    return dy.reshape(x_shape).copy()
