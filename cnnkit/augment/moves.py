"""Flips and crops: the same pixels, elsewhere."""

from __future__ import annotations

import numpy as np

from cnnkit.augment.operands import read_images, within
from cnnkit.ops.checks import generator
from cnnkit.shapes import Option, pair


def hflip(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    """Mirror images left to right, each with chance p.

        y[n, c, i, j] = x[n, c, i, W - 1 - j]   where image n is mirrored

    Right for a cat or a coat, wrong for a digit or a letter: the label must stay true.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
    p : float
        0 <= p <= 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of ``x``

    Raises
    ------
    TypeError
        ``p`` is no number, or ``rng`` no Generator.
    ValueError
        ``p`` is no chance, or ``x`` has not four axes.

    Examples
    --------
    >>> hflip(np.array([[[[1, 2, 3]]]]), 1, np.random.default_rng(0))
    array([[[[3, 2, 1]]]])
    """
    x, p = read_images(x), within(p, "p", 0, 1)
    mirrored = generator(rng).random(len(x)) < p  # random() is below 1: p = 1 mirrors all
    y = x.copy()
    y[mirrored] = x[mirrored, ..., ::-1]
    return y


def random_crop(
    x: np.ndarray, size: Option, padding: Option, rng: np.random.Generator
) -> np.ndarray:
    """Cut a window of one size out of each image, at a place drawn for each.

    All places in the image and the zeros around it are equally likely.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
    size : int or pair of ints
        Height and width of the window.
    padding : int or pair of ints
        Rows and columns of zeros on each side, put there first.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (N, C, height, width)
        Of the dtype of ``x``.

    Raises
    ------
    TypeError
        ``size`` or ``padding`` holds what is no int, or ``rng`` is no Generator.
    ValueError
        The window is larger than the padded image, a number is too small, or ``x`` has not four
        axes.

    Examples
    --------
    >>> random_crop(np.zeros((8, 3, 32, 32), np.uint8), 28, 2, np.random.default_rng(0)).shape
    (8, 3, 28, 28)
    """
    x = read_images(x)
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    N, C, H, W = x.shape
    if height > H + 2 * ph or width > W + 2 * pw:
        raise ValueError(
            f"size is {(height, width)}, x has shape {x.shape}: with padding {(ph, pw)} there are "
            f"{H + 2 * ph} x {W + 2 * pw} pixels."
        )
    frame = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype)
    frame[:, :, ph : ph + H, pw : pw + W] = x
    windows = np.lib.stride_tricks.sliding_window_view(frame, (height, width), axis=(2, 3))
    tops = generator(rng).integers(0, windows.shape[2], N)
    lefts = rng.integers(0, windows.shape[3], N)
    return windows[np.arange(N), :, tops, lefts]
