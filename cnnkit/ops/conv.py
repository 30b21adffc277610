"""Convolution: the definition in loops, and a fast form that gives the same.

    y[n, o, i, j] = b[o] + sum over c, u, v of w[o, c, u, v] * x[n, c, i*s + u*d, j*s + v*d]

with x padded by zeros: a cross-correlation, as in every deep-learning framework.
"""

from __future__ import annotations

import math

import numpy as np

from cnnkit.ops.operands import read_conv
from cnnkit.ops.windows import columns
from cnnkit.shapes import Option


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolve images with filters, as a matrix product of the filters and the windows.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (O, C // groups, kH, kW)
    b : ndarray, shape (O,), optional
    stride, padding, dilation : int or pair of ints
        The padding is of zeros, on both sides.
    groups : int
        Channels and filters are split into so many equal parts, each part of the filters
        seeing its part of the channels.

    Returns
    -------
    y : ndarray, shape (N, O, oH, oW)

    Raises
    ------
    TypeError
        An operand does not hold numbers, or an option is no int.
    ValueError
        Shapes do not go together, or no output is left.

    Examples
    --------
    >>> conv2d(np.ones((2, 3, 5, 7)), np.ones((4, 3, 3, 3)), stride=2)[0, 0]
    array([[27., 27., 27.],
           [27., 27., 27.]])
    """
    x, w, b, dtype, geometry = read_conv(
        x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    (N, O), groups, places = (len(x), len(w)), geometry.groups, math.prod(geometry.out_hw)
    b = np.zeros(O) if b is None else b
    taps = math.prod(w.shape[1:])
    filters = np.column_stack([w.reshape(O, taps), b]).astype(dtype, copy=False)
    filters = filters.reshape(groups, O // groups, taps + 1)
    y = np.empty((N, groups, O // groups, places), dtype)
    for images, windows in columns(x, dtype, geometry):
        # Batched: (groups, O/groups, taps) @ (images, groups, taps, places).
        np.matmul(filters, windows, out=y[images])
    return y.reshape(N, O, *geometry.out_hw)


def conv2d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolve images with filters, number by number: the definition, and slow.

    Parameters, result and errors are those of :func:`conv2d`.

    Examples
    --------
    >>> conv2d_loops(np.arange(4.0).reshape(1, 1, 2, 2), np.ones((1, 1, 2, 2)), np.array([10]))
    array([[[[16.]]]])
    """
    x, w, b, dtype, geometry = read_conv(
        x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    (N, _, H, W), (O, channels, kH, kW) = x.shape, w.shape
    (sh, sw), (ph, pw), (dh, dw) = geometry.stride, geometry.padding, geometry.dilation
    y = np.zeros((N, O, *geometry.out_hw), dtype)
    for n, o, i, j in np.ndindex(y.shape):
        first = o // (O // groups) * channels  # the first channel of this filter's group
        total = dtype.type(0)
        for c, u, v in np.ndindex(channels, kH, kW):
            row, column = i * sh + u * dh - ph, j * sw + v * dw - pw
            if 0 <= row < H and 0 <= column < W:  # outside is padding: zero
                total += dtype.type(w[o, c, u, v]) * dtype.type(x[n, first + c, row, column])
        y[n, o, i, j] = total if b is None else total + b[o]
    return y
