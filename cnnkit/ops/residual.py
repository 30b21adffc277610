"""The residual block: what two convolutions make of x is added to x itself.

    y = relu(conv2(relu(conv1(x))) + skip(x))

Both convolutions are 3 x 3 with padding 1; the first has the stride. The skip path hands x on,
or is a 1 x 1 convolution with the same stride where the block changes the shape. There is no
normalisation here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnnkit.ops.activation import relu, relu_backward
from cnnkit.ops.checks import check_axes, check_same_shape, real_dtype
from cnnkit.ops.conv import conv2d
from cnnkit.ops.conv1x1 import conv1x1
from cnnkit.ops.conv_backward import conv2d_backward
from cnnkit.shapes import Option

Params = Mapping[str, np.ndarray]
MAIN, SKIP = ("w1", "b1", "w2", "b2"), ("w_skip", "b_skip")


def residual_block(x: np.ndarray, params: Params, *, stride: Option = 1) -> np.ndarray:
    """Add to x what two convolutions make of it, and cut off what is negative.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    params : mapping of str to ndarray
        'w1' (O, C, 3, 3), 'b1' (O,), 'w2' (O, O, 3, 3), 'b2' (O,); and for a 1 x 1 convolution
        in the skip path 'w_skip' (O, C), 'b_skip' (O,). Without them the skip path hands x on.
    stride : int or pair of ints
        Of the first convolution, and of the skip path's.

    Returns
    -------
    y : ndarray, shape (N, O, ceil(H / stride), ceil(W / stride))

    Raises
    ------
    TypeError
        An operand does not hold real numbers, or an option has the wrong type.
    ValueError
        A parameter is missing or unknown, shapes do not go together, or the block changes the
        shape and has no convolution in its skip path.

    References
    ----------
    He, Zhang, Ren, Sun: Deep residual learning for image recognition (2015), arXiv:1512.03385.

    Examples
    --------
    >>> x = np.array([[[[-1.0, 2.0]]]])
    >>> zeros = {"w1": np.zeros((1, 1, 3, 3)), "b1": np.zeros(1),
    ...          "w2": np.zeros((1, 1, 3, 3)), "b2": np.zeros(1)}
    >>> residual_block(x, zeros)  # with all weights 0 it is a ReLU
    array([[[[0., 2.]]]])
    """
    x, params = _read(params, x=x)
    return relu(_forward(x, params, stride)[2])


def residual_block_backward(
    dy: np.ndarray, x: np.ndarray, params: Params, *, stride: Option = 1
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Give the gradients of :func:`residual_block`; dx is the sum over both paths.

    Parameters
    ----------
    dy : ndarray, the shape of y
        The gradient of the loss with respect to y.
    x, params, stride
        As in :func:`residual_block`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    grads : dict of ndarray
        By the names of ``params``, in their order.

    Raises
    ------
    TypeError, ValueError
        As in :func:`residual_block`, or dy has not the shape of y.

    Examples
    --------
    >>> zeros = {"w1": np.zeros((1, 1, 3, 3)), "b1": np.zeros(1),
    ...          "w2": np.zeros((1, 1, 3, 3)), "b2": np.zeros(1)}
    >>> dy, x = np.array([[[[5.0, 7.0]]]]), np.array([[[[-1.0, 2.0]]]])
    >>> residual_block_backward(dy, x, zeros)[0]  # the skip path alone hands it on
    array([[[[0., 7.]]]])
    """
    dy, x, params = _read(params, dy=dy, x=x)
    before, hidden, total = _forward(x, params, stride)
    check_same_shape("dy", dy, "y", total.shape)
    dtotal = relu_backward(dy, total)
    dhidden, dw2, db2 = conv2d_backward(dtotal, hidden, params["w2"], padding=1)
    dbefore = relu_backward(dhidden, before)
    dx, dw1, db1 = conv2d_backward(dbefore, x, params["w1"], stride=stride, padding=1)
    grads = {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
    if "w_skip" in params:
        w = params["w_skip"][:, :, None, None]
        along, dw, grads["b_skip"] = conv2d_backward(dtotal, x, w, stride=stride)
        grads["w_skip"] = dw[:, :, 0, 0]
        dx += along
    else:
        dx += dtotal
    return dx, {name: grads[name] for name in params}


def _forward(
    x: np.ndarray, params: Params, stride: Option
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give what stands before the first ReLU, behind it, and before the last one."""
    before = conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = relu(before)
    main = conv2d(hidden, params["w2"], params["b2"], padding=1)
    if "w_skip" in params:
        skip = conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    else:
        skip = x
    if main.shape != skip.shape:  # a sum must not broadcast
        told = "the skip path gives" if "w_skip" in params else "x, without 'w_skip' in params, has"
        raise ValueError(f"The main path gives {main.shape}, {told} {skip.shape}: no sum.")
    return before, hidden, main + skip


def _read(params: Params, **operands: np.ndarray) -> tuple:
    """Give the operands and the parameters as arrays of one dtype, that of the result."""
    if not isinstance(params, Mapping):
        raise TypeError(f"params is a {type(params).__name__}: it must be a dict of arrays.")
    names = set(params)
    for name in (*MAIN, *(SKIP if names & set(SKIP) else ())):
        if name not in names:
            raise ValueError(f"params has no {name!r}: it has {sorted(names)}.")
    if unknown := sorted(names - {*MAIN, *SKIP}):
        raise ValueError(f"params has {unknown}: a block has {[*MAIN, *SKIP]} alone.")
    arrays = {name: np.asarray(value) for name, value in (*operands.items(), *params.items())}
    dtype = real_dtype(**arrays)
    for name, axes in (("w1", "(O, C, 3, 3)"), ("w2", "(O, O, 3, 3)"), ("w_skip", "(O, C)")):
        if name in arrays:
            _check_kernel(name, arrays[name], axes)
    arrays = {name: array.astype(dtype, copy=False) for name, array in arrays.items()}
    return *(arrays.pop(name) for name in operands), arrays


def _check_kernel(name: str, w: np.ndarray, axes: str) -> None:
    check_axes(name, w, axes)
    if w.ndim == 4 and w.shape[2:] != (3, 3):
        raise ValueError(f"{name} has shape {w.shape}: it must be {axes}.")
