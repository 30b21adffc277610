"""The loss of a classifier: softmax and cross-entropy, with the gradient.

p[n, k] = exp(scores[n, k]) / sum over j of exp(scores[n, j])
loss    = mean over n of -log p[n, y[n]]
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, read_real, wide


def softmax(scores: np.ndarray) -> np.ndarray:
    """Turn the scores of each row into probabilities.

    Parameters
    ----------
    scores : ndarray, shape (N, K)
        Of any size: the largest of a row is subtracted first, which changes nothing and keeps
        the exponentials within range.

    Returns
    -------
    p : ndarray, shape (N, K)
        Rows that sum to 1.

    Raises
    ------
    TypeError
        The scores are no real numbers.
    ValueError
        There are not two axes, or no classes.

    References
    ----------
    Bridle: Probabilistic interpretation of feedforward classification network outputs (1990).

    Examples
    --------
    >>> softmax(np.array([[0, 0], [1000, 0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    scores, dtype = _read_scores(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted, out=shifted)
    p /= p.sum(axis=1, keepdims=True)
    return p.astype(dtype, copy=False)


def softmax_cross_entropy(scores: np.ndarray, y: np.ndarray) -> tuple[np.floating, np.ndarray]:
    """Give the mean cross-entropy of the labels under the softmax, and its gradient.

    The gradient is (p - the row that is 1 at the label, 0 elsewhere) / N: the mean is in it.

    Parameters
    ----------
    scores : ndarray, shape (N, K)
    y : ndarray of int, shape (N,)
        The label of each row, 0 to K - 1.

    Returns
    -------
    loss : number
        In nats: log K when all scores are equal.
    dscores : ndarray, shape (N, K)

    Raises
    ------
    TypeError
        The scores are no real numbers, or the labels no integers.
    ValueError
        Shapes do not go together, a label is not among the classes, or the batch is empty: it
        has no mean.

    References
    ----------
    Goodfellow, Bengio, Courville: Deep learning (2016), section 6.2.2.3.

    Examples
    --------
    >>> loss, dscores = softmax_cross_entropy(np.zeros((2, 2)), np.array([0, 1]))
    >>> round(float(loss), 4), dscores
    (0.6931, array([[-0.25,  0.25],
           [ 0.25, -0.25]]))
    """
    scores, dtype = _read_scores(scores)
    y = _read_labels(y, scores)
    N = len(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    totals = p.sum(axis=1)
    rows = np.arange(N)
    loss = np.mean(np.log(totals) - shifted[rows, y])
    p /= totals[:, None]
    p[rows, y] -= 1
    p /= N
    return dtype.type(loss), p.astype(dtype, copy=False)


def _read_scores(scores: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """Give the scores in the dtype to compute in, and the dtype of the result."""
    scores, dtype = read_real("scores", scores)
    check_axes("scores", scores, "(N, K)")
    if not scores.shape[1]:
        raise ValueError(f"scores has shape {scores.shape}: there must be at least one class.")
    return scores.astype(wide(dtype), copy=False), dtype


def _read_labels(y: np.ndarray, scores: np.ndarray) -> np.ndarray:
    y = np.asarray(y)
    if y.dtype.kind not in "iu" and y.size:
        raise TypeError(f"y has dtype {y.dtype}: labels must be integers.")
    if y.shape != scores.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape}, scores has shape {scores.shape}: y must have shape "
            f"({len(scores)},), one label for each row."
        )
    if not y.size:
        raise ValueError(f"scores has shape {scores.shape}: an empty batch has no mean loss.")
    K = scores.shape[1]
    wrong = np.flatnonzero((y < 0) | (y >= K))
    if wrong.size:
        raise ValueError(
            f"y[{wrong[0]}] is {y[wrong[0]]}, scores has shape {scores.shape}: "
            f"labels must be 0 to {K - 1}."
        )
    return y.astype(np.intp)
