"""The gradient of max pooling: all of it goes to the maximum of each window.

Of equal maxima the first in row-major order gets the whole; a pixel that is the maximum of
several windows gets the sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import check_axes, check_same_shape, read_real
from cnnkit.ops.max_pool import chunks, maximise, starts
from cnnkit.ops.pool_window import read_pool, read_x_shape
from cnnkit.shapes import Option


def max_pool2d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    kernel: Option,
    *,
    stride: Option | None = None,
    padding: Option = 0,
) -> np.ndarray:
    """Give each window's gradient to the pixel that was its maximum.

    A pixel that is the maximum of several windows gets the sum of their gradients, all others
    get 0. Of equal maxima the first in row-major order gets the whole.

    Parameters
    ----------
    dy : ndarray, shape (N, C, oH, oW)
        The gradient of the loss with respect to y.
    x, kernel, stride, padding
        As in :func:`max_pool2d`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`max_pool2d`, and where dy has not the shape of y.

    Examples
    --------
    >>> x = np.array([[[[1.0, 3], [4, 2]]]])
    >>> max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2)
    array([[[[0., 0.],
             [1., 0.]]]])
    """
    x, x_dtype, window = read_pool(x, kernel, stride, padding)
    dy, dy_dtype = read_real("dy", dy)
    check_same_shape("dy", dy, "y", (*x.shape[:2], *window.out_hw))
    dx = np.zeros(x.shape, np.result_type(dy_dtype, x_dtype))
    corners = starts(window)
    for images in chunks(dy):
        offsets = maximise(x[images], window, np.empty(dy[images].shape, x_dtype))
        _add_at(dx[images], corners + offsets, dy[images])
    return dx


def max_pool2d_scatter(dy: np.ndarray, argmax: np.ndarray, x_shape: Sequence[int]) -> np.ndarray:
    """Give each window's gradient to the pixel that is named, adding up.

    With the argmax that :func:`max_pool2d` gave, this is :func:`max_pool2d_backward` without
    looking for the maxima again: for layers that keep something on the way forward.

    Parameters
    ----------
    dy : ndarray, shape (N, C, oH, oW)
        The gradient of the loss with respect to y.
    argmax : ndarray of int, shape (N, C, oH, oW)
        Places in the image, row * W + column.
    x_shape : tuple of ints
        (N, C, H, W)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError
        dy does not hold real numbers, argmax no integers, or x_shape is no tuple of ints.
    ValueError
        Shapes do not go together, or a place is not in the image.

    Examples
    --------
    >>> max_pool2d_scatter(np.array([[[[10, 20]]]]), np.array([[[[1, 1]]]]), (1, 1, 1, 3))
    array([[[[ 0., 30.,  0.]]]])
    """
    x_shape = read_x_shape(x_shape)
    dy, dtype = read_real("dy", dy)
    argmax = np.asarray(argmax)
    if argmax.dtype.kind not in "iu":
        raise TypeError(f"argmax has dtype {argmax.dtype}: places must be integers.")
    check_axes("dy", dy, "(N, C, oH, oW)")
    check_same_shape("argmax", argmax, "dy", dy.shape)
    if dy.shape[:2] != x_shape[:2]:
        raise ValueError(
            f"dy has shape {dy.shape}, x has shape {x_shape}: images and channels must be as many."
        )
    pixels = x_shape[2] * x_shape[3]
    wrong = argmax[(argmax < 0) | (argmax >= pixels)]
    if wrong.size:
        raise ValueError(
            f"argmax names place {wrong[0]}, x has shape {x_shape}: "
            f"its places are 0 to {pixels - 1}."
        )
    dx = np.zeros(x_shape, dtype)
    for images in chunks(dy):
        _add_at(dx[images], argmax[images], dy[images])
    return dx


def _add_at(dx: np.ndarray, places: np.ndarray, dy: np.ndarray) -> None:
    """Add dy to dx, each number to the place of its plane that is named."""
    N, C, H, W = dx.shape
    planes = (np.arange(N * C) * (H * W)).reshape(N, C, 1, 1)
    indices = np.add(planes, places, dtype=np.intp, casting="same_kind")
    # A view, in case the dtypes are equal but not the same object: add.at would be slow.
    numbers = dy.astype(dx.dtype, copy=False).reshape(-1).view(dx.dtype)
    np.add.at(dx.reshape(-1), indices.reshape(-1), numbers)
