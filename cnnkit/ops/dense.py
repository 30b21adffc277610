"""The dense layer: every output sees every input.

y[n, o] = b[o] + sum over d of w[o, d] * x[n, d]
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, check_same_shape, real_dtype


def dense(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Multiply each row of x with the weights of each output: y = x w^T + b.

    Parameters
    ----------
    x : ndarray, shape (N, D)
        Images are flattened first.
    w : ndarray, shape (O, D)
        A row of weights for each output.
    b : ndarray, shape (O,), optional

    Returns
    -------
    y : ndarray, shape (N, O)

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        Shapes do not go together.

    Examples
    --------
    >>> dense(np.array([[1, 2], [3, 4]]), np.array([[1, 10], [0, 1], [1, 0]]), np.array([0, 0, 5]))
    array([[21.,  2.,  6.],
           [43.,  4.,  8.]])
    """
    operands = {"x": np.asarray(x), "w": np.asarray(w)}
    if b is not None:
        operands["b"] = np.asarray(b)
    dtype = real_dtype(**operands)
    x, w, b = operands["x"], operands["w"], operands.get("b")
    _check_features(x, w)
    y = x.astype(dtype, copy=False) @ w.astype(dtype, copy=False).T
    if b is not None:
        if b.shape != w.shape[:1]:
            raise ValueError(
                f"b has shape {b.shape}, w has shape {w.shape}: b must have shape ({len(w)},)."
            )
        y += b
    return y


def dense_backward(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the gradients of a dense layer: dx = dy w, dw = dy^T x, db = sum of the rows of dy.

    The gradients of the weights are summed over the batch: a loss that is a mean has divided
    already.

    Parameters
    ----------
    dy : ndarray, shape (N, O)
        The gradient of the loss with respect to y.
    x : ndarray, shape (N, D)
    w : ndarray, shape (O, D)

    Returns
    -------
    dx : ndarray, shape (N, D)
    dw : ndarray, shape (O, D)
    db : ndarray, shape (O,)

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        Shapes do not go together.

    References
    ----------
    Rumelhart, Hinton, Williams: Learning representations by back-propagating errors (1986).

    Examples
    --------
    >>> dx, dw, db = dense_backward(np.array([[1, 2]]), np.array([[3, 4]]), np.eye(2))
    >>> dx, dw, db
    (array([[1., 2.]]), array([[3., 4.],
           [6., 8.]]), array([1., 2.]))
    """
    dy, x, w = np.asarray(dy), np.asarray(x), np.asarray(w)
    dtype = real_dtype(dy=dy, x=x, w=w)
    _check_features(x, w)
    check_same_shape("dy", dy, "y", (len(x), len(w)))
    dy, x, w = (operand.astype(dtype, copy=False) for operand in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=0)


def _check_features(x: np.ndarray, w: np.ndarray) -> None:
    check_axes("x", x, "(N, D)")
    check_axes("w", w, "(O, D)")
    if x.shape[1] != w.shape[1]:
        raise ValueError(
            f"w takes {w.shape[1]} inputs, x has {x.shape[1]}: "
            f"w has shape {w.shape}, x has shape {x.shape}."
        )
