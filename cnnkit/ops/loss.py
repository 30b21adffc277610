"""The loss of a classifier: softmax and cross-entropy, with the gradient.

    p[n, k] = exp(scores[n, k]) / sum over j of exp(scores[n, j])
    loss    = mean over n of -log p[n, y[n]]
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, read_real


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
