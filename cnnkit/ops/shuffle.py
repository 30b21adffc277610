"""Moving pixels into channels and back: every number is kept.

    y[n, c*r*r + i*r + j, h, w] = x[n, c, h*r + i, w*r + j]

:func:`pixel_unshuffle` computes y from x, :func:`pixel_shuffle` x from y. Each is the other's
inverse, and so its gradient: ``dx = pixel_shuffle(dy, r)`` for the first, and the other way round.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes
from cnnkit.shapes import whole


def pixel_unshuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move each block of r x r pixels into r * r channels: from space to depth.

    The gradient is :func:`pixel_shuffle` of dy.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Of any dtype.
    r : int
        By how much height and width shrink.

    Returns
    -------
    y : ndarray, shape (N, C * r * r, H // r, W // r)
        Channel c * r * r + i * r + j holds row i and column j of the blocks of channel c.

    Raises
    ------
    TypeError
        r is no int.
    ValueError
        x has not four axes, or r is smaller than 1 or does not divide height and width.

    References
    ----------
    Shi and others: Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network (2016), arXiv:1609.05158, whose shuffle this inverts.

    Examples
    --------
    >>> pixel_unshuffle(np.array([[[[1, 2, 3, 4], [5, 6, 7, 8]]]]), 2)[0, :, 0]
    array([[1, 3],
           [2, 4],
           [5, 7],
           [6, 8]])
    """
    x, r = _read(x, r)
    N, C, H, W = x.shape
    if H % r or W % r:
        raise ValueError(f"x has shape {x.shape}: r = {r} must divide its height and width.")
    blocks = x.reshape(N, C, H // r, r, W // r, r)
    y = np.empty((N, C, r, r, H // r, W // r), x.dtype)
    y[...] = blocks.transpose(0, 1, 3, 5, 2, 4)
    return y.reshape(N, C * r * r, H // r, W // r)


def pixel_shuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move r * r channels into blocks of r x r pixels: from depth to space.

    The gradient is :func:`pixel_unshuffle` of dy.

    Parameters
    ----------
    x : ndarray, shape (N, C * r * r, H, W)
        Of any dtype.
    r : int
        By how much height and width grow.

    Returns
    -------
    y : ndarray, shape (N, C, H * r, W * r)

    Raises
    ------
    TypeError
        r is no int.
    ValueError
        x has not four axes, r is smaller than 1, or r * r does not divide the channels.

    References
    ----------
    Shi and others: Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network (2016), arXiv:1609.05158, section 2.2.

    Examples
    --------
    >>> pixel_shuffle(np.arange(4).reshape(1, 4, 1, 1), 2)
    array([[[[0, 1],
             [2, 3]]]])
    """
    x, r = _read(x, r)
    N, channels, H, W = x.shape
    if channels % (r * r):
        raise ValueError(
            f"x has shape {x.shape}: r * r = {r * r} must divide its {channels} channels."
        )
    C = channels // (r * r)
    blocks = x.reshape(N, C, r, r, H, W)
    y = np.empty((N, C, H, r, W, r), x.dtype)
    y[...] = blocks.transpose(0, 1, 4, 2, 5, 3)
    return y.reshape(N, C, H * r, W * r)


def _read(x: np.ndarray, r: int) -> tuple[np.ndarray, int]:
    x = np.asarray(x)
    check_axes("x", x, "(N, C, H, W)")
    return x, whole(r, "r", 1)
