"""Convolution as the usual matrix product: all windows side by side, then one multiplication.

y = w cols, dw = dy cols^T, dcols = w^T dy, where cols are the windows of all images as
:func:`cnnkit.ops.im2col` gives them, and :func:`cnnkit.ops.col2im` takes dcols back to dx. It
takes kH * kW times the memory of the images, which :func:`cnnkit.ops.conv2d` does without.
"""

from __future__ import annotations

import math

import numpy as np

from cnnkit.ops.conv_backward import Gradients, read_conv_backward
from cnnkit.ops.im2col import col2im, im2col
from cnnkit.ops.operands import Geometry, read_conv
from cnnkit.shapes import Option


def conv2d_im2col(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolve images with filters, all windows at once.

    Parameters, result and errors are those of :func:`cnnkit.ops.conv2d`.

    References
    ----------
    Chellapilla, Puri, Simard: High performance convolutional neural networks for document
    processing (2006), section 2.1.

    Examples
    --------
    >>> conv2d_im2col(np.arange(4.0).reshape(1, 1, 2, 2), np.ones((1, 1, 2, 2)), np.array([10]))
    array([[[[16.]]]])
    """
    x, w, b, dtype, geometry = read_conv(
        x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    cols = _columns(x.astype(dtype, copy=False), geometry)
    # (groups, O/groups, taps) @ (N, groups, taps, places)
    y = _filters(w.astype(dtype, copy=False), geometry) @ cols
    y = y.reshape(len(x), len(w), *geometry.out_hw)
    if b is not None:
        y += b.astype(dtype, copy=False)[:, None, None]
    return y


def conv2d_backward_im2col(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> Gradients:
    """Give the gradients of a convolution, all windows at once.

    Parameters, results and errors are those of :func:`cnnkit.ops.conv2d_backward`.

    Examples
    --------
    >>> dx, dw, db = conv2d_backward_im2col([[[[10, 20]]]], [[[[1, 2, 3]]]], [[[[4, 5]]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[[40.0, 130.0, 100.0]]]], [[[[50.0, 80.0]]]], [30.0])
    """
    dy, x, w, geometry = read_conv_backward(dy, x, w, stride, padding, dilation, groups)
    cols = _columns(x.astype(dy.dtype, copy=False), geometry)
    N, groups, taps, places = cols.shape
    planes = dy.reshape(N, groups, len(w) // groups, places)
    dw = (planes @ cols.swapaxes(-1, -2)).sum(axis=0)
    dcols = _filters(w, geometry).swapaxes(-1, -2) @ planes
    dx = col2im(
        dcols.reshape(N, groups * taps, places), x.shape, geometry.kernel, **_options(geometry)
    )
    return dx, dw.reshape(w.shape), dy.sum(axis=(0, 2, 3))


def _columns(x: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Give the windows, (N, groups, C/groups * kH * kW, oH * oW): rows run through the channels."""
    cols = im2col(x, geometry.kernel, **_options(geometry))
    N, rows, places = cols.shape
    return cols.reshape(N, geometry.groups, rows // geometry.groups, places)


def _filters(w: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Lay out each filter as a row, (groups, O/groups, C/groups * kH * kW)."""
    taps = math.prod(w.shape[1:])  # not counted from w[0], since there may be no filter
    return w.reshape(geometry.groups, len(w) // geometry.groups, taps)


def _options(geometry: Geometry) -> dict:
    return {name: getattr(geometry, name) for name in ("stride", "padding", "dilation")}
