"""Convolution along one axis: images one pixel high.

    y[n, o, i] = b[o] + sum over c, u of w[o, c, u] * x[n, c, i*s + u*d]

with x padded by zeros: a cross-correlation, as in every deep-learning framework.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_same_shape
from cnnkit.ops.conv import conv2d
from cnnkit.ops.conv_backward import conv2d_backward
from cnnkit.ops.operands import arithmetic_dtype, read_conv1d
from cnnkit.shapes import out_size


def conv1d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolve signals with filters.

    Parameters
    ----------
    x : ndarray, shape (N, C, L)
    w : ndarray, shape (O, C // groups, k)
    b : ndarray, shape (O,), optional
    stride, padding, dilation : int
        The padding is of zeros, on both sides.
    groups : int
        As in :func:`cnnkit.ops.conv2d`.

    Returns
    -------
    y : ndarray, shape (N, O, oL)

    Raises
    ------
    TypeError
        An operand does not hold numbers, or an option is no int.
    ValueError
        Shapes do not go together, or no output is left.

    Examples
    --------
    >>> conv1d([[[0, 0, 1, 2, 3]]], [[[-1, 1]]]).tolist()
    [[[0.0, 1.0, 1.0, 1.0]]]
    """
    x, w, b, options = read_conv1d(
        x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    return conv2d(x, w, b, **options)[:, :, 0]


def conv1d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the gradients of a loss with respect to signals, filters and biases.

    Parameters
    ----------
    dy : ndarray, shape (N, O, oL)
        The gradient of the loss with respect to ``y = conv1d(x, w, b, ...)``.
    x : ndarray, shape (N, C, L)
    w : ndarray, shape (O, C // groups, k)
    stride, padding, dilation, groups : int
        As in :func:`conv1d`.

    Returns
    -------
    dx, dw, db : ndarray
        With the shapes of x, w and b.

    Raises
    ------
    TypeError
        An operand does not hold numbers, or an option is no int.
    ValueError
        Shapes do not go together, or no output is left.

    Examples
    --------
    >>> dx, dw, db = conv1d_backward([[[10, 20]]], [[[1, 2, 3]]], [[[4, 5]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[40.0, 130.0, 100.0]]], [[[50.0, 80.0]]], [30.0])
    """
    x, w, _, options = read_conv1d(
        x, w, None, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    dy = np.asarray(dy)
    arithmetic_dtype(dy=dy)
    length = out_size(x.shape[3], w.shape[3], stride, padding, dilation)
    check_same_shape("dy", dy, "y", (len(x), len(w), length))
    dx, dw, db = conv2d_backward(dy[:, :, None], x, w, **options)
    return dx[:, :, 0], dw[:, :, 0], db
