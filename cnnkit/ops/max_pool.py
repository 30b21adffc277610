"""Max pooling: the definition in loops, and a fast form that gives the same.

    y[n, c, i, j] = max over u, v of x[n, c, i*s + u - p, j*s + v - p]

The padding is of minus infinity: it is never the maximum. Of equal maxima the first in row-major
order counts.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.pool_window import Window, read_pool
from cnnkit.shapes import Option

CHUNK_BYTES = 1 << 20  # windows compared at a time: about what stays in a core's cache


def max_pool2d(
    x: np.ndarray, kernel: Option, *, stride: Option | None = None, padding: Option = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Take the maximum of each window, and say where it was.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    kernel : int or pair of ints
        Height and width of the window.
    stride : int or pair of ints, optional
        The kernel's size when not given: windows side by side.
    padding : int or pair of ints
        Of minus infinity, on both sides; at most half the kernel.

    Returns
    -------
    y : ndarray, shape (N, C, oH, oW)
        A window that holds a NaN gives NaN.
    argmax : ndarray of int64, shape (N, C, oH, oW)
        The place of the maximum in the image without padding, row * W + column; the first one
        in row-major order where there are several.

    Raises
    ------
    TypeError
        x does not hold real numbers, or an option is no int.
    ValueError
        x has not four axes or no pixel, the padding is more than half the kernel, or no output
        is left.

    References
    ----------
    Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural
    networks (2012), section 3.4, for windows that overlap.

    Examples
    --------
    >>> y, argmax = max_pool2d(np.array([[[[1, 5, 2], [4, 3, 9]]]]), 2, stride=1)
    >>> y, argmax
    (array([[[[5., 9.]]]]), array([[[[1, 5]]]]))
    """
    x, dtype, window = read_pool(x, kernel, stride, padding)
    y = np.empty((*x.shape[:2], *window.out_hw), dtype)
    argmax = np.empty(y.shape, np.int64)
    corners = starts(window)
    for images in chunks(y):
        np.add(corners, maximise(x[images], window, y[images]), out=argmax[images])
    return y, argmax


def max_pool2d_loops(
    x: np.ndarray, kernel: Option, *, stride: Option | None = None, padding: Option = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Take the maximum of each window, number by number: the definition, and slow.

    Parameters, results and errors are those of :func:`max_pool2d`.

    Examples
    --------
    >>> max_pool2d_loops(np.array([[[[1, 5, 2], [4, 3, 9]]]]), (2, 3))
    (array([[[[9.]]]]), array([[[[5]]]]))
    """
    x, dtype, window = read_pool(x, kernel, stride, padding)
    (kH, kW), (sh, sw), (ph, pw) = window.kernel, window.stride, window.padding
    H, W = window.in_hw
    y = np.empty((*x.shape[:2], *window.out_hw), dtype)
    argmax = np.empty(y.shape, np.int64)
    for n, c, i, j in np.ndindex(y.shape):
        best = None
        for u, v in np.ndindex(kH, kW):
            row, column = i * sh + u - ph, j * sw + v - pw
            if 0 <= row < H and 0 <= column < W:  # outside is padding: never the maximum
                value = dtype.type(x[n, c, row, column])
                if best is None or value > best or (np.isnan(value) and not np.isnan(best)):
                    best, place = value, row * W + column
        y[n, c, i, j], argmax[n, c, i, j] = best, place
    return y, argmax


def chunks(y: np.ndarray) -> list[slice]:
    """Split a batch of windows into slices of a few images, as many as the cache holds."""
    step = max(1, CHUNK_BYTES // max(1, y[:1].nbytes))
    return [slice(start, start + step) for start in range(0, len(y), step)]


def maximise(x: np.ndarray, window: Window, best: np.ndarray) -> np.ndarray:
    """Write the maximum of each window into ``best``; give how far it lies behind the first tap.

    The distance is counted along the rows of the image, u * W + v. Each tap is copied into a
    row of its own before it is compared: NumPy runs through one long row faster than through
    many short ones.
    """
    W = window.in_hw[1]
    first, *others = window.taps()
    offsets = np.empty(best.shape, np.min_scalar_type(window.kernel[0] * W + window.kernel[1]))
    offsets[:] = _first_inside(window)
    best.fill(-np.inf)
    best[first.places] = x[first.pixels]
    value, better, taken = np.empty_like(best), np.empty(best.shape, bool), np.empty_like(offsets)
    for tap in others:
        if value[tap.places].shape != value.shape:  # the tap of some windows is padding
            value.fill(-np.inf)
        value[tap.places] = x[tap.pixels]
        np.greater(value, best, out=better)  # a later tap that is equal does not count
        np.maximum(value, best, out=best)
        # Distances grow from tap to tap, so the largest is the last that was better.
        offset = offsets.dtype.type(tap.row * W + tap.column)
        np.maximum(offsets, np.multiply(better.view(np.uint8), offset, out=taken), out=offsets)
    if np.isnan(best.max(initial=-np.inf)):  # no comparison saw the NaNs
        for tap in reversed([first, *others]):
            offsets[tap.places][np.isnan(x[tap.pixels])] = tap.row * W + tap.column
    return offsets


def starts(window: Window) -> np.ndarray:
    """Give where the first tap of each window lies in the image, row * W + column.

    In the padding this is no pixel; the first tap inside is :func:`_first_inside` further on.
    """
    rows, columns = _corners(window)
    return rows * window.in_hw[1] + columns


def _first_inside(window: Window) -> np.ndarray:
    rows, columns = _corners(window)
    return np.maximum(0, -rows) * window.in_hw[1] + np.maximum(0, -columns)


def _corners(window: Window) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = (
        np.arange(places) * stride - padding
        for places, stride, padding in zip(
            window.out_hw, window.stride, window.padding, strict=True
        )
    )
    return rows[:, None], columns
