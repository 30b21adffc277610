"""Kernels that are a column times a row: a + b products at a place instead of a * b."""

from __future__ import annotations

import numpy as np

from cnnkit.filters.two_d import correlate2d
from cnnkit.ops.checks import check_axes, real_dtype


def separable(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Split a kernel into a column and a row, kernel[u, v] = rows[u] * cols[v].

    Parameters
    ----------
    kernel : ndarray, shape (a, b)

    Returns
    -------
    (rows, cols) : ndarrays of shape (a,) and (b,), or None
        None where there are no such two, up to rounding. The largest of ``rows`` in size is
        positive, that of ``cols`` 1 or -1.

    Raises
    ------
    TypeError
        The kernel does not hold real numbers.
    ValueError
        It has not two axes, is empty, or holds NaN or infinity.

    Examples
    --------
    >>> separable(np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]))
    (array([1., 2., 1.]), array([-1.,  0.,  1.]))
    >>> separable(np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])) is None
    True
    """
    kernel = np.asarray(kernel)
    dtype = real_dtype(kernel=kernel)
    check_axes("kernel", kernel, "(a, b)")
    if kernel.size == 0 or not np.isfinite(kernel).all():
        raise ValueError(f"kernel has shape {kernel.shape}: it must hold finite numbers.")
    kernel = kernel.astype(dtype, copy=False)
    top, left = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    largest = kernel[top, left]
    if largest == 0:
        return np.zeros(len(kernel), dtype), np.zeros(kernel.shape[1], dtype)
    # If there is such a pair, every row is a multiple of the one with the largest number.
    rows, cols = kernel[:, left] * np.sign(largest) + 0, kernel[top] / np.abs(largest)
    rounding = 8 * np.finfo(dtype).eps * np.abs(largest)
    return (rows, cols) if np.all(np.abs(np.outer(rows, cols) - kernel) <= rounding) else None


def correlate_separable(
    x: np.ndarray, rows: np.ndarray, cols: np.ndarray, *, mode: str = "valid"
) -> np.ndarray:
    """Correlate an image with a column and then with a row.

    Up to rounding this is ``correlate2d(x, np.outer(rows, cols), mode=mode)``.

    Parameters
    ----------
    x : ndarray, shape (H, W)
    rows : ndarray, shape (a,)
    cols : ndarray, shape (b,)
    mode : {'valid', 'same', 'full'}

    Returns
    -------
    y : ndarray, shape as in :func:`cnnkit.filters.correlate2d`

    Raises
    ------
    TypeError, ValueError
        As in :func:`cnnkit.filters.correlate2d`.

    Examples
    --------
    >>> correlate_separable(np.arange(12).reshape(3, 4), [1, 2, 1], [-1, 0, 1])
    array([[8., 8.]])
    """
    rows, cols = np.asarray(rows), np.asarray(cols)
    check_axes("rows", rows, "(a,)")
    check_axes("cols", cols, "(b,)")
    return correlate2d(correlate2d(x, rows[:, None], mode=mode), cols[None], mode=mode)
