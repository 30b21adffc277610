"""The 1 x 1 convolution: at every pixel the same dense layer over the channels.

y[n, o, i, j] = b[o] + sum over c of w[o, c] * x[n, c, i * s, j * s]
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import real_dtype
from cnnkit.ops.conv import conv2d
from cnnkit.ops.operands import check_shapes
from cnnkit.shapes import Option


def conv1x1(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, *, stride: Option = 1
) -> np.ndarray:
    """Mix the channels of each pixel; neighbours play no part.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (O, C)
        A row of weights for each output channel, as of :func:`cnnkit.ops.dense`.
    b : ndarray, shape (O,), optional
    stride : int or pair of ints
        Every how many rows and columns a pixel is looked at.

    Returns
    -------
    y : ndarray, shape (N, O, ceil(H / stride), ceil(W / stride))

    Raises
    ------
    TypeError
        An operand does not hold real numbers, or the stride is no int.
    ValueError
        Shapes do not go together, or the stride is too small.

    References
    ----------
    Lin, Chen, Yan: Network in network (2013), arXiv:1312.4400.

    Examples
    --------
    >>> x = np.array([[1, 2], [10, 20]]).reshape(1, 2, 1, 2)
    >>> conv1x1(x, np.array([[1, 1], [0, 3], [2, 0]]))[0, :, 0]
    array([[11., 22.],
           [30., 60.],
           [ 2.,  4.]])
    """
    operands = {"x": np.asarray(x), "w": np.asarray(w)}
    if b is not None:
        operands["b"] = np.asarray(b)
    real_dtype(**operands)
    x, w, b = operands["x"], operands["w"], operands.get("b")
    check_shapes(x, w, b, 1, "(N, C, H, W)", "(O, C)")
    return conv2d(x, w[:, :, None, None], b, stride=stride)
