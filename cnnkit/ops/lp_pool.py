"""Lp pooling, between the sum and the maximum of magnitudes, and its gradient.

    y[n, c, i, j] = (sum over u, v of |x[n, c, i*s + u, j*s + v]|^p)^(1/p)

It is a sum, not a mean: a window of ones gives the root of its size.
"""

from __future__ import annotations

import math

import numpy as np

from cnnkit.ops.checks import check_same_shape, read_real, real, wide
from cnnkit.ops.pool_window import read_pool
from cnnkit.shapes import Option


def lp_pool2d(
    x: np.ndarray, kernel: Option, *, stride: Option | None = None, p: float = 2
) -> np.ndarray:
    """Take the p-norm of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    kernel : int or pair of ints
        Height and width of the window.
    stride : int or pair of ints, optional
        The kernel's size when not given: windows side by side.
    p : float
        At least 1: 1 sums the magnitudes, 2 is the length; the larger p, the nearer to the
        largest magnitude.

    Returns
    -------
    y : ndarray, shape (N, C, oH, oW)

    Raises
    ------
    TypeError
        x does not hold real numbers, or an option has the wrong type.
    ValueError
        x has not four axes or no pixel, p is smaller than 1 or infinite, or no output is left.

    References
    ----------
    Sermanet, Chintala, LeCun: Convolutional neural networks applied to house numbers digit
    classification (2012), arXiv:1204.3968, section 2.2.

    Examples
    --------
    >>> lp_pool2d(np.array([[[[3, -4, 0]]]]), (1, 2), stride=1)
    array([[[[5., 4.]]]])
    """
    x, dtype, window = read_pool(x, kernel, stride)
    p = _read_p(p)
    x = np.abs(x.astype(wide(dtype), copy=False))
    scale = np.zeros((*x.shape[:2], *window.out_hw), x.dtype)
    for tap in window.taps():
        np.maximum(scale, x[tap.pixels], out=scale)
    scale[(scale == 0) | ~np.isfinite(scale)] = 1
    total = np.zeros_like(scale)
    for tap in window.taps():
        total += (x[tap.pixels] / scale) ** p  # of numbers up to 1: no overflow
    return (total ** (1 / p) * scale).astype(dtype, copy=False)


def lp_pool2d_backward(
    dy: np.ndarray, x: np.ndarray, kernel: Option, *, stride: Option | None = None, p: float = 2
) -> np.ndarray:
    """Share each window's gradient among its pixels by sign(x) * (|x| / y)^(p - 1).

    Where a norm has no gradient, this gives the subgradient 0: to a window of zeros, and for
    p = 1 to each pixel that is 0.

    Parameters
    ----------
    dy : ndarray, shape (N, C, oH, oW)
        The gradient of the loss with respect to y.
    x, kernel, stride, p
        As in :func:`lp_pool2d`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`lp_pool2d`, and where dy has not the shape of y.

    Examples
    --------
    >>> lp_pool2d_backward(np.full((1, 1, 1, 1), 10), np.array([[[[3, -4]]]]), (1, 2))
    array([[[[ 6., -8.]]]])
    """
    x, x_dtype, window = read_pool(x, kernel, stride)
    p = _read_p(p)
    dy, dy_dtype = read_real("dy", dy)
    check_same_shape("dy", dy, "y", (*x.shape[:2], *window.out_hw))
    dtype = np.result_type(dy_dtype, x_dtype)
    x, dy = (a.astype(wide(dtype), copy=False) for a in (x, dy))
    y = lp_pool2d(x, kernel, stride=stride, p=p)
    y[y == 0] = 1  # then x is 0 as well, and so is its sign
    dx = np.zeros(x.shape, x.dtype)
    for tap in window.taps():
        value = x[tap.pixels]
        dx[tap.pixels] += dy * np.sign(value) * (np.abs(value) / y) ** (p - 1)
    return dx.astype(dtype, copy=False)


def _read_p(p: float) -> float:
    p = real(p, "p")
    if not 1 <= p < math.inf:
        raise ValueError(f"p is {p}: it must be at least 1, and finite.")
    return p
