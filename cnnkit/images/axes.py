"""The order of the axes of images.

Files and screens keep the colours of a pixel together, (H, W, C); this course, like PyTorch,
keeps each colour's picture together, (C, H, W).
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes
from cnnkit.reading import count, one_of

LAYOUTS = ("NHWC", "HWC", "NHW")


def to_nchw(x: np.ndarray, *, layout: str = "NHWC") -> np.ndarray:
    """Bring images into the order (N, C, H, W).

    Parameters
    ----------
    x : ndarray of any dtype
    layout : {'NHWC', 'HWC', 'NHW'}
        What the axes of ``x`` are. Three axes may be one colour image or many grey ones: no
        shape tells which.

    Returns
    -------
    ndarray, shape (N, C, H, W)
        N is 1 for 'HWC', C is 1 for 'NHW'.

    Raises
    ------
    ValueError
        The layout is unknown, or ``x`` has not its axes.

    Examples
    --------
    >>> to_nchw(np.zeros((32, 48, 3)), layout="HWC").shape
    (1, 3, 32, 48)
    """
    one_of(layout, "layout", *LAYOUTS)
    x = np.asarray(x)
    check_axes("x", x, f"({', '.join(layout)})")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).copy()


def to_nhwc(x: np.ndarray) -> np.ndarray:
    """Bring images (N, C, H, W) into the order (N, H, W, C), as matplotlib draws them.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)

    Returns
    -------
    ndarray, shape (N, H, W, C)

    Raises
    ------
    ValueError
        ``x`` has not four axes.

    Examples
    --------
    >>> to_nhwc(np.zeros((10, 3, 32, 48))).shape
    (10, 32, 48, 3)
    """
    x = np.asarray(x)
    check_axes("x", x, "(N, C, H, W)")
    return x.transpose(0, 2, 3, 1).copy()


def flatten_batch(x: np.ndarray) -> np.ndarray:
    """Lay out each image as one row of numbers, its last axis running fastest.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, ...)

    Returns
    -------
    ndarray, shape (N, D)
        D is the product of the other axes, for an empty batch too.

    Raises
    ------
    ValueError
        ``x`` has fewer than two axes: one image by itself is no batch.

    Examples
    --------
    >>> flatten_batch(np.zeros((60, 28, 28))).shape
    (60, 784)
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(
            f"x has shape {x.shape}, {count(x.ndim, 'axis', 'axes')}: it must have at least 2, "
            "(N, ...)."
        )
    # reshape(N, -1) cannot guess D of an empty batch
    return x.reshape(len(x), int(np.prod(x.shape[1:]))).copy()
