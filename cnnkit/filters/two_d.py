"""Correlation and convolution of single images with single kernels.

    correlation    (x ★ k)_ij = sum over u, v of x_{i+u, j+v} k_uv
    convolution    (x * k)_ij = sum over u, v of x_{i-u, j-v} k_uv

Convolving is correlating with the kernel turned by 180 degrees. Layers of networks correlate.
"""

from __future__ import annotations

import numpy as np

from cnnkit.filters.operands import check_fits, mode_padding, read_filter


def correlate2d(x: np.ndarray, k: np.ndarray, *, mode: str = "valid") -> np.ndarray:
    """Correlate an image with a kernel, x padded by zeros according to the mode.

    Parameters
    ----------
    x : ndarray, shape (H, W)
    k : ndarray, shape (a, b)
    mode : {'valid', 'same', 'full'}
        No zeros; a - 1 rows and b - 1 columns in all, the odd ones at the bottom and the right;
        a - 1 rows and b - 1 columns at either side.

    Returns
    -------
    y : ndarray, shape (H - a + 1, W - b + 1), (H, W) or (H + a - 1, W + b - 1)

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        An operand is empty or has not two axes, the mode is unknown, or in mode 'valid' the
        kernel is larger than the image.

    Examples
    --------
    >>> correlate2d(np.arange(1, 10).reshape(3, 3), np.array([[1, 0], [0, -1]]))
    array([[-4., -4.],
           [-4., -4.]])
    """
    x, k = read_filter(x, k, 2)
    return _slide(np.pad(x, [mode_padding(taps, mode) for taps in k.shape]), k)


def convolve2d(x: np.ndarray, k: np.ndarray, *, mode: str = "full") -> np.ndarray:
    """Convolve an image with a kernel, as ``scipy.signal.convolve2d`` does.

    Parameters
    ----------
    x : ndarray, shape (H, W)
    k : ndarray, shape (a, b)
    mode : {'full', 'same', 'valid'}
        'same' and 'valid' are parts of 'full': 'same' has the size of ``x`` and begins at row
        (a - 1) // 2 and column (b - 1) // 2.

    Returns
    -------
    y : ndarray, shape (H + a - 1, W + b - 1), (H, W) or (H - a + 1, W - b + 1)

    Raises
    ------
    TypeError, ValueError
        As in :func:`correlate2d`.

    Examples
    --------
    >>> convolve2d(np.array([[1, 2], [3, 4]]), np.array([[1, 10]]))
    array([[ 1., 12., 20.],
           [ 3., 34., 40.]])
    """
    x, k = read_filter(x, k, 2)
    # Turned: of an even kernel's 'same' the odd zero comes before x.
    sides = [mode_padding(taps, mode)[::-1] for taps in k.shape]
    return _slide(np.pad(x, sides), k[::-1, ::-1])


def _slide(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Add up, tap by tap, the products at all places at once."""
    check_fits(x, k)
    rows, columns = (n - taps + 1 for n, taps in zip(x.shape, k.shape, strict=True))
    y = np.zeros((rows, columns), x.dtype)
    for u, v in np.ndindex(k.shape):
        y += k[u, v] * x[u : u + rows, v : v + columns]
    return y
