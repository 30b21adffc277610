"""Edges: where, how steeply and in which direction the brightness of an image changes."""

from __future__ import annotations

import numpy as np

from cnnkit.filters.kernels import SOBEL_X
from cnnkit.filters.two_d import correlate2d
from cnnkit.ops.checks import real_dtype


def sobel_edges(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlate an image with both Sobel kernels, and join the two responses.

        gx = x ★ [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]    gy = x ★ its transpose
        magnitude = sqrt(gx^2 + gy^2)

    Parameters
    ----------
    x : ndarray, shape (H, W)

    Returns
    -------
    gx, gy, magnitude : ndarrays, shape (H, W)
        ``gx`` is positive where it gets brighter to the right, ``gy`` where it gets brighter
        downwards. The zeros around the image ('same') make an edge of its border.

    Raises
    ------
    TypeError
        ``x`` does not hold real numbers.
    ValueError
        ``x`` is empty or has not two axes.

    Notes
    -----
    The kernels are I. Sobel's and G. Feldman's, of 1968.

    Examples
    --------
    >>> gx, gy, magnitude = sobel_edges(np.array([[0, 3, 6], [4, 7, 10], [8, 11, 14]]))
    >>> float(gx[1, 1]), float(gy[1, 1]), float(magnitude[1, 1])
    (24.0, 32.0, 40.0)
    """
    x = np.asarray(x)
    kernel = np.array(SOBEL_X, real_dtype(x=x))  # so that float32 stays float32
    gx, gy = (correlate2d(x, k, mode="same") for k in (kernel, kernel.T))
    return gx, gy, np.hypot(gx, gy)
