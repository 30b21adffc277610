"""A linear classifier: a template for each class, laid over the whole image.

The score of a class is the sum of the products of pixels and template. There is one weight for
each place, so that an image that has moved meets other weights.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, real_dtype
from cnnkit.reading import count


def linear_scores(X: np.ndarray, W: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Compare flat images with a template for each class.

        scores[n, k] = b[k] + sum over d of W[k, d] * X[n, d]

    Parameters
    ----------
    X : ndarray, shape (N, D)
    W : ndarray, shape (K, D)
    b : ndarray, shape (K,), optional

    Returns
    -------
    scores : ndarray, shape (N, K)
        Float dtypes are kept, integers count as float64.

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        The shapes do not go together.

    Examples
    --------
    >>> linear_scores(np.array([[1, 2, 3]]), np.array([[1, 0, 0], [0, 0, 1]]), np.array([0.5, 0]))
    array([[1.5, 3. ]])
    """
    operands = {"X": np.asarray(X), "W": np.asarray(W)}
    X, W = operands.values()
    check_axes("X", X, "(N, D)")
    check_axes("W", W, "(K, D)")
    if X.shape[1] != W.shape[1]:
        raise ValueError(
            f"W has shape {W.shape}, X has shape {X.shape}: a template has {W.shape[1]} numbers, "
            f"an image {X.shape[1]}."
        )
    if b is not None:
        b = operands["b"] = np.asarray(b)
        if b.shape != (len(W),):
            classes = count(len(W), "class", "classes")
            raise ValueError(
                f"b has shape {b.shape}, W has shape {W.shape}, {classes}: "
                f"b must have shape ({len(W)},)."
            )
    dtype = real_dtype(**operands)
    scores = X.astype(dtype, copy=False) @ W.astype(dtype, copy=False).T
    return scores if b is None else scores + b.astype(dtype, copy=False)


def predict(X: np.ndarray, W: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Give each image the class of the highest score; of equal ones the lowest class.

    Parameters and errors are those of :func:`linear_scores`; there must be a class.

    Returns
    -------
    ndarray of int64, shape (N,)

    Examples
    --------
    >>> predict(np.array([[1.0, 2], [4, 3]]), np.eye(2), np.zeros(2))
    array([1, 0])
    """
    scores = linear_scores(X, W, b)
    if scores.shape[1] == 0:
        raise ValueError(f"W has shape {np.shape(W)}: there is no class to choose.")
    return scores.argmax(axis=1).astype(np.int64)
