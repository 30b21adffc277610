"""Max pooling and its gradient.

    y[n, c, i, j] = max over u, v of x[n, c, i*s + u - p, j*s + v - p]

The padding is of minus infinity: it is never the maximum. Of equal maxima the first in row-major
order counts, and the gradient of a window goes to that pixel alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnkit.ops.checks import check_same_shape, read_real
from cnnkit.ops.pool_window import Window, read_pool
from cnnkit.shapes import Option

CHUNK_BYTES = 1 << 19  # windows compared at a time: with their pixels, what a core's cache holds


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
    for images, best, tap in _winners(x, dtype, window):
        y[images] = best
        _pixels(tap, window, out=argmax[images])
    return y, argmax


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
    planes = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], 1, 1) * (
        x.shape[2] * x.shape[3]
    )
    for images, _, tap in _winners(x, x_dtype, window):
        pixels = _pixels(tap, window) + planes[images]
        np.add.at(dx.reshape(-1), pixels.reshape(-1), dy[images].astype(dx.dtype).reshape(-1))
    return dx


def _winners(
    x: np.ndarray, dtype: np.dtype, window: Window
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Yield a few images at a time: a slice, the maxima, and the number of the tap of each.

    Both arrays live until the next ones.
    """
    N, C = x.shape[:2]
    kH, kW = window.kernel
    taps = window.taps()
    image_bytes = C * window.out_hw[0] * window.out_hw[1] * dtype.itemsize
    step = max(1, min(N, CHUNK_BYTES // max(1, image_bytes)))
    shape = (step, C, *window.out_hw)
    best_all = np.empty(shape, dtype)
    tap_all = np.empty(shape, np.uint8 if kH * kW <= 256 else np.intp)
    better_all, = np.empty((1, *shape), bool)
    taken_all = np.empty_like(tap_all)
    first = first_taps(window).astype(tap_all.dtype)
    for start in range(0, N, step):
        images = slice(start, min(start + step, N))
        chunk = x[images].astype(dtype, copy=False)
        n = len(chunk)
        best, tap = best_all[:n], tap_all[:n]
        better, taken = better_all[:n], taken_all[:n]
        best.fill(-np.inf)
        tap[:] = first
        for t, (places, pixels) in enumerate(taps):
            at = (..., *places)
            v = chunk[(..., *pixels)]
            np.greater(v, best[at], out=better[at])
            np.maximum(v, best[at], out=best[at])
            np.multiply(better[at], tap.dtype.type(t), out=taken[at])
            np.maximum(tap[at], taken[at], out=tap[at])
        yield images, best, tap

def first_taps(window):
    (kH, kW), (sh, sw), (ph, pw), (oH, oW) = window.kernel, window.stride, window.padding, window.out_hw
    return np.maximum(0, ph - np.arange(oH)*sh)[:, None] * kW + np.maximum(0, pw - np.arange(oW)*sw)

def _pixels(tap, window, out=None):
    (kH, kW), (sh, sw), (ph, pw), (oH, oW) = window.kernel, window.stride, window.padding, window.out_hw
    W = window.in_hw[1]
    offsets = (np.arange(kH)[:, None] * W + np.arange(kW)).reshape(-1)
    starts = (np.arange(oH)[:, None] * sh - ph) * W + np.arange(oW) * sw - pw
    out = np.take(offsets, tap, out=out, mode="clip")
    out += starts
    return out
