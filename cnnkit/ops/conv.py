"""Convolution: the definition in loops, and a fast form that gives the same.

    y[n, o, i, j] = b[o] + sum over c, u, v of w[o, c, u, v] * x[n, c, i*s + u*d, j*s + v*d]

with x padded by zeros: a cross-correlation, as in every deep-learning framework.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnkit.ops.operands import Geometry, read_conv
from cnnkit.shapes import Option, Pair

SCRATCH_BYTES = 1 << 20  # windows copied at a time: what stays in a core's cache


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
    y = np.empty((len(x), len(w), *geometry.out_hw), dtype)
    filters = w.astype(dtype, copy=False).reshape(groups, len(w) // groups, -1)
    # Batched: (groups, O/groups, K) @ (images, groups, K, places).
    flat = y.reshape(len(x), groups, len(w) // groups, y.shape[2] * y.shape[3])
    for images, columns in _columns(x, dtype, geometry):
        np.matmul(filters, columns, out=flat[images])
        if b is not None:
            y[images] += b[:, None, None]
    return y


def _columns(
    x: np.ndarray, dtype: np.dtype, geometry: Geometry
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield a few images at a time, as a slice, with their windows as columns of a matrix.

    Each matrix is (images, groups, C/groups * kH * kW, oH * oW) and lives until the next one.
    """
    N, C = x.shape[:2]
    groups, kernel, out_hw = geometry.groups, geometry.kernel, geometry.out_hw
    rows, places = C // groups * kernel[0] * kernel[1], out_hw[0] * out_hw[1]
    if kernel == (1, 1) and geometry.stride == (1, 1) and geometry.padding == (0, 0):
        # A window is a pixel: the images are the matrix already.
        yield slice(0, N), x.astype(dtype, copy=False).reshape(N, groups, rows, places)
        return
    image_bytes = groups * rows * places * dtype.itemsize
    step = max(1, min(N, SCRATCH_BYTES // max(1, image_bytes)))
    scratch = np.empty((step, C, *kernel, *out_hw), dtype)
    for images, chunk in _padded(x, step, dtype, geometry.padding):
        windows = scratch[: len(chunk)]
        np.copyto(windows, _windows(chunk, geometry))
        yield images, windows.reshape(len(chunk), groups, rows, places)


def _padded(
    x: np.ndarray, step: int, dtype: np.dtype, padding: Pair
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield ``step`` images at a time with zeros around them; each lives until the next."""
    N, C, H, W = x.shape
    ph, pw = padding
    frame = np.zeros((step, C, H + 2 * ph, W + 2 * pw), dtype) if ph or pw else None
    for start in range(0, N, step):
        images = slice(start, min(start + step, N))
        chunk = x[images]
        if frame is not None:
            frame[: len(chunk), :, ph : ph + H, pw : pw + W] = chunk  # the rest stays zero
            chunk = frame[: len(chunk)]
        yield images, chunk


def _windows(x: np.ndarray, geometry: Geometry) -> np.ndarray:
    """View x as (N, C, kH, kW, oH, oW): tap [u, v] of window [i, j] at [..., u, v, i, j]."""
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    image, channel, row, column = x.strides
    return as_strided(
        x,
        (*x.shape[:2], *geometry.kernel, *geometry.out_hw),
        (image, channel, row * dh, column * dw, row * sh, column * sw),
        writeable=False,
    )


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
