"""Average pooling and its gradient.

    y[n, c, i, j] = sum over u, v of x[n, c, i*s + u - p, j*s + v - p] / number of pixels

with zeros as padding, which count as pixels or do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import check_same_shape, flag, read_real, wide
from cnnkit.ops.pool_window import Window, read_pool, read_window, read_x_shape
from cnnkit.shapes import Option


def avg_pool2d(
    x: np.ndarray,
    kernel: Option,
    *,
    stride: Option | None = None,
    padding: Option = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Take the average of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    kernel : int or pair of ints
        Height and width of the window.
    stride : int or pair of ints, optional
        The kernel's size when not given: windows side by side.
    padding : int or pair of ints
        Of zeros, on both sides; at most half the kernel.
    count_include_pad : bool
        Divide by the size of the window, padding and all; if not, by its pixels in the image.

    Returns
    -------
    y : ndarray, shape (N, C, oH, oW)

    Raises
    ------
    TypeError
        x does not hold real numbers, or an option has the wrong type.
    ValueError
        x has not four axes or no pixel, the padding is more than half the kernel, or no output
        is left.

    References
    ----------
    LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition
    (1998), section II.B, where the average also has a weight and a bias.

    Examples
    --------
    >>> x = np.array([[[[1, 5, 3], [4, 2, 9]]]])
    >>> avg_pool2d(x, 2, stride=1)
    array([[[[3.  , 4.75]]]])
    >>> avg_pool2d(x, 2, padding=1, count_include_pad=False)[0, 0]
    array([[1. , 4. ],
           [4. , 5.5]])
    """
    x, dtype, window = read_pool(x, kernel, stride, padding)
    divisor = _divisor(window, count_include_pad)
    total = np.zeros((*x.shape[:2], *window.out_hw), wide(dtype))
    for tap in window.taps():
        total[tap.places] += x[tap.pixels]
    total /= divisor
    return total.astype(dtype, copy=False)


def avg_pool2d_backward(
    dy: np.ndarray,
    x_shape: Sequence[int],
    kernel: Option,
    *,
    stride: Option | None = None,
    padding: Option = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Share each window's gradient equally among the pixels that it averaged.

    Parameters
    ----------
    dy : ndarray, shape (N, C, oH, oW)
        The gradient of the loss with respect to y.
    x_shape : tuple of ints
        (N, C, H, W): an average's gradient does not depend on the values.
    kernel, stride, padding, count_include_pad
        As in :func:`avg_pool2d`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`avg_pool2d`, and where dy has not the shape of y.

    Examples
    --------
    >>> avg_pool2d_backward(np.ones((1, 1, 1, 2)), (1, 1, 2, 3), 2, stride=1)
    array([[[[0.25, 0.5 , 0.25],
             [0.25, 0.5 , 0.25]]]])
    """
    x_shape = read_x_shape(x_shape)
    window = read_window(x_shape, kernel, stride, padding)
    divisor = _divisor(window, count_include_pad)
    dy, dtype = read_real("dy", dy)
    check_same_shape("dy", dy, "y", (*x_shape[:2], *window.out_hw))
    share = np.divide(dy, divisor, dtype=wide(dtype))
    dx = np.zeros(x_shape, share.dtype)
    for tap in window.taps():
        dx[tap.pixels] += share[tap.places]
    return dx.astype(dtype, copy=False)


def _divisor(window: Window, count_include_pad: bool) -> np.ndarray | int:
    if flag(count_include_pad, "count_include_pad"):
        return window.kernel[0] * window.kernel[1]
    return window.counts()
