"""The gradients of a correlation along one axis.

Where y_i = sum over j of x_{i+j} k_j, the chain rule sends dy_i back to every x_{i+j}, times k_j,
and to every k_j, times x_{i+j}:

dx = dy * k   the convolution of dy and the kernel, in full
dk = x ★ dy   the correlation of x with dy
"""

from __future__ import annotations

import numpy as np

from cnnkit.filters.one_d import convolve1d, correlate1d, out_len
from cnnkit.filters.operands import mode_padding, read_filter
from cnnkit.ops.checks import check_same_shape, read_real
from cnnkit.reading import one_of


def conv1d_grad(
    dy: np.ndarray, x: np.ndarray, k: np.ndarray, *, mode: str = "valid"
) -> tuple[np.ndarray, np.ndarray]:
    """Give the gradients of a loss with respect to a signal and the kernel laid along it.

    Parameters
    ----------
    dy : ndarray, shape (d - s + 1,) or (d,)
        The gradient of the loss with respect to ``y = correlate1d(x, k, mode=mode)``.
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    mode : {'valid', 'same'}
        As in :func:`cnnkit.filters.correlate1d`; what falls on the zeros of 'same' is lost.

    Returns
    -------
    dx : ndarray, shape (d,)
    dk : ndarray, shape (s,)

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        An operand is empty or has not one axis, dy has not the shape of y, the mode is unknown,
        or in mode 'valid' the kernel is longer than the signal.

    Examples
    --------
    >>> conv1d_grad(np.array([1, 0]), np.array([5, 6, 7, 8]), np.array([10, 20, 30]))
    (array([10., 20., 30.,  0.]), array([5., 6., 7.]))
    """
    one_of(mode, "mode", "valid", "same")
    x, k = read_filter(x, k, 1)
    dy, dtype = read_real("dy", dy)
    dtype = np.result_type(dtype, x.dtype)
    check_same_shape("dy", dy, "y", (out_len(len(x), len(k), mode),))
    dy = dy.astype(dtype, copy=False)
    before, after = mode_padding(len(k), mode)
    padded = np.pad(x.astype(dtype, copy=False), (before, after))
    dx = convolve1d(dy, k.astype(dtype, copy=False))[before : before + len(x)]
    return dx, correlate1d(padded, dy)
