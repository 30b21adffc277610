"""Global pooling: one number for each channel, whatever the size of the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import check_axes, check_same_shape, read_real, wide
from cnnkit.ops.pool_window import check_pixels, read_x_shape


def global_avg_pool(x: np.ndarray) -> np.ndarray:
    """Take the average of each channel: y[n, c] = mean over h, w of x[n, c, h, w].

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)

    Returns
    -------
    y : ndarray, shape (N, C)

    Raises
    ------
    TypeError
        x does not hold real numbers.
    ValueError
        x has not four axes, or no pixel.

    References
    ----------
    Lin, Chen, Yan: Network in network (2013), arXiv:1312.4400, section 3.2.

    Examples
    --------
    >>> global_avg_pool(np.array([[[[1, 2], [3, 6]], [[0, 0], [0, 1]]]]))
    array([[3.  , 0.25]])
    """
    x, dtype = _read_images(x)
    return x.mean(axis=(2, 3), dtype=wide(dtype)).astype(dtype, copy=False)


def global_avg_pool_backward(dy: np.ndarray, x_shape: Sequence[int]) -> np.ndarray:
    """Share each channel's gradient equally among its pixels: dx = dy / (H * W).

    Parameters
    ----------
    dy : ndarray, shape (N, C)
        The gradient of the loss with respect to y.
    x_shape : tuple of ints
        (N, C, H, W)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`global_avg_pool`, and where dy has not the shape of y.

    Examples
    --------
    >>> global_avg_pool_backward(np.array([[4.0]]), (1, 1, 2, 2))
    array([[[[1., 1.],
             [1., 1.]]]])
    """
    x_shape = read_x_shape(x_shape)
    H, W = check_pixels(x_shape)
    dy, dtype = read_real("dy", dy)
    check_same_shape("dy", dy, "y", x_shape[:2])
    share = np.divide(dy, H * W, dtype=wide(dtype)).astype(dtype, copy=False)
    return np.broadcast_to(share[:, :, None, None], x_shape).copy()


def global_max_pool(x: np.ndarray) -> np.ndarray:
    """Take the maximum of each channel: y[n, c] = max over h, w of x[n, c, h, w].

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)

    Returns
    -------
    y : ndarray, shape (N, C)
        A channel that holds a NaN gives NaN.

    Raises
    ------
    TypeError
        x does not hold real numbers.
    ValueError
        x has not four axes, or no pixel.

    Examples
    --------
    >>> global_max_pool(np.array([[[[1, 2], [3, 6]], [[0, -1], [-2, -1]]]]))
    array([[6., 0.]])
    """
    x, dtype = _read_images(x)
    return x.max(axis=(2, 3)).astype(dtype, copy=False)


def global_max_pool_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give each channel's gradient to its maximum, the first in row-major order.

    Parameters
    ----------
    dy : ndarray, shape (N, C)
        The gradient of the loss with respect to y.
    x : ndarray, shape (N, C, H, W)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`global_max_pool`, and where dy has not the shape of y.

    Examples
    --------
    >>> global_max_pool_backward(np.array([[7.0]]), np.array([[[[1, 3], [3, 0]]]]))
    array([[[[0., 7.],
             [0., 0.]]]])
    """
    x, x_dtype = _read_images(x)
    dy, dy_dtype = read_real("dy", dy)
    check_same_shape("dy", dy, "y", x.shape[:2])
    N, C, H, W = x.shape
    dx = np.zeros(x.shape, np.result_type(dy_dtype, x_dtype))
    first = x.astype(x_dtype, copy=False).reshape(N, C, H * W).argmax(axis=2)
    np.put_along_axis(dx.reshape(N, C, H * W), first[..., None], dy[..., None], axis=2)
    return dx


def _read_images(x: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    x, dtype = read_real("x", x)
    check_axes("x", x, "(N, C, H, W)")
    check_pixels(x.shape)
    return x, dtype
