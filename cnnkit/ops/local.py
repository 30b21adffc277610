"""The locally connected layer: a convolution that shares no weights.

    y[n, o, i, j] = b[i, j, o] + sum over c, u, v of w[i, j, o, c, u, v] * x[n, c, i*s + u, j*s + v]

Every place has filters of its own, which pays where things have their place, as in centred faces.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, check_same_shape, real_dtype
from cnnkit.ops.operands import Geometry, arithmetic_dtype, naming
from cnnkit.ops.windows import add_windows, view_windows
from cnnkit.shapes import Option, conv2d_shape, pair


def locally_connected(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, *, stride: Option = 1
) -> np.ndarray:
    """Give each place of the output its own filters.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (oH, oW, O, C, kH, kW)
    b : ndarray, shape (oH, oW, O), optional
    stride : int or pair of ints

    Returns
    -------
    y : ndarray, shape (N, O, oH, oW)

    Raises
    ------
    TypeError
        An operand does not hold numbers, or the stride is no int.
    ValueError
        Shapes do not go together: w must have filters for just the places that the stride gives.

    Examples
    --------
    >>> x, w = np.array([[[[1, 10, 100]]]]), np.arange(6).reshape(1, 3, 1, 1, 1, 2)[:, :2]
    >>> locally_connected(x, w)
    array([[[[ 10., 320.]]]])
    """
    x, w, b, dtype, geometry = _read(x, w, b, stride)
    windows, filters = _windows(x, dtype, geometry), _matrices(w, dtype)
    y = np.matmul(windows, filters.swapaxes(-1, -2))  # (oH, oW, N, O)
    if b is not None:
        y += b[:, :, None]
    return np.ascontiguousarray(y.transpose(2, 3, 0, 1))


def locally_connected_backward(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, *, stride: Option = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the gradients of a loss with respect to images, filters and biases.

    Parameters
    ----------
    dy : ndarray, shape (N, O, oH, oW)
        The gradient of the loss with respect to ``y = locally_connected(x, w, b, ...)``.
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (oH, oW, O, C, kH, kW)
    stride : int or pair of ints

    Returns
    -------
    dx, dw, db : ndarray
        With the shapes of x, w and b: db, too, has a number for each place.

    Raises
    ------
    TypeError
        An operand does not hold numbers, or the stride is no int.
    ValueError
        Shapes do not go together.

    Examples
    --------
    >>> x, w = np.array([[[[1, 10, 100]]]]), np.arange(6).reshape(1, 3, 1, 1, 1, 2)[:, :2]
    >>> dx, dw, db = locally_connected_backward([[[[1, 2]]]], x, w)
    >>> dx.ravel().tolist(), dw.ravel().tolist(), db.ravel().tolist()
    ([0.0, 5.0, 6.0], [1.0, 10.0, 20.0, 200.0], [1.0, 2.0])
    """
    x, w, _, dtype, geometry = _read(x, w, None, stride)
    dy = np.asarray(dy)
    dtype = np.result_type(dtype, real_dtype(dy=dy, x=x, w=w))
    (N, C), (oh, ow, O) = x.shape[:2], w.shape[:3]
    check_same_shape("dy", dy, "y", (N, O, oh, ow))
    dy = dy.astype(dtype).transpose(2, 3, 1, 0)  # (oH, oW, O, N)
    dw = np.matmul(dy, _windows(x, dtype, geometry)).reshape(w.shape)
    # (oH, oW, taps, O) @ (oH, oW, O, N), then each number to the pixel it came from
    dwindows = np.matmul(_matrices(w, dtype).swapaxes(-1, -2), dy)
    dwindows = dwindows.transpose(3, 2, 0, 1).reshape(N, C, *geometry.kernel, oh, ow)
    dx = np.zeros(x.shape, dtype)
    add_windows(dx, dwindows, geometry)
    return dx, dw, dy.sum(axis=3)


def _windows(x: np.ndarray, dtype: np.dtype, geometry: Geometry) -> np.ndarray:
    """Copy the windows of each place as the rows of a matrix (oH, oW, N, C * kH * kW)."""
    N, C = x.shape[:2]
    windows = view_windows(x, geometry).transpose(4, 5, 0, 1, 2, 3).astype(dtype, order="C")
    return windows.reshape(*geometry.out_hw, N, C * geometry.kernel[0] * geometry.kernel[1])


def _matrices(w: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Give the filters of each place as the rows of a matrix (oH, oW, O, C * kH * kW)."""
    oh, ow, O, C, kh, kw = w.shape
    return w.astype(dtype, copy=False).reshape(oh, ow, O, C * kh * kw)


def _read(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Option
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.dtype, Geometry]:
    operands = {"x": np.asarray(x), "w": np.asarray(w)}
    if b is not None:
        operands["b"] = np.asarray(b)
    dtype = arithmetic_dtype(**operands)
    x, w, b = operands["x"], operands["w"], operands.get("b")
    check_axes("x", x, "(N, C, H, W)")
    check_axes("w", w, "(oH, oW, O, C, kH, kW)")
    stride = pair(stride, "stride", 1)
    with naming(w=w.shape, x=x.shape):
        kernel = pair(w.shape[4:], "kernel", 1)
        out_hw = conv2d_shape(*x.shape[2:], kernel, stride=stride)
    if w.shape[3] != x.shape[1]:
        raise ValueError(
            f"w has {w.shape[3]} channels, x has {x.shape[1]}: "
            f"w has shape {w.shape}, x has shape {x.shape}."
        )
    if w.shape[:2] != out_hw:
        raise ValueError(
            f"w has filters for {w.shape[0]} x {w.shape[1]} places, x has {out_hw[0]} x "
            f"{out_hw[1]} at stride {stride}: w has shape {w.shape}, x has shape {x.shape}."
        )
    if b is not None and b.shape != w.shape[:3]:
        raise ValueError(
            f"b has shape {b.shape}, w has shape {w.shape}: b must have shape {w.shape[:3]}."
        )
    still = {"padding": (0, 0), "dilation": (1, 1), "groups": 1}
    return x, w, b, dtype, Geometry(kernel=kernel, stride=stride, out_hw=out_hw, **still)
