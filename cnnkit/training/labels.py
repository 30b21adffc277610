"""Images with their labels: checks, loss and hits, for plain labels and for mixed ones.

Plain labels are integers (N,); mixed ones are shares of the classes (N, K), none below 0,
rows that sum to 1, as mix-up makes them.
"""

from __future__ import annotations

import numpy as np

from cnnkit.ops import softmax_cross_entropy
from cnnkit.ops.checks import check_axes, read_real, wide

TOLERANCE = 1e-2  # of the sum of shares: float16 ones of many classes err so much


def read_images(x: np.ndarray, name: str = "x") -> np.ndarray:
    """Read images, or any inputs whose first axis counts examples.

    Raises
    ------
    TypeError
        They are no float array.
    ValueError
        There is no axis to count them.
    """
    x = np.asarray(x)
    if x.dtype.kind != "f":
        raise TypeError(
            f"{name} has dtype {x.dtype}: a model takes floats. Bytes become floats "
            "by .astype(np.float32) / 255."
        )
    if not x.shape:
        raise ValueError(f"{name} has shape {x.shape}: its first axis must count examples.")
    return x


def read_examples(x: np.ndarray, y: np.ndarray, what: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Read inputs and their labels; ``what`` says in an error which ones they are.

    Raises
    ------
    TypeError
        The inputs are no floats, or the labels are neither integers nor shares.
    ValueError
        They do not go together, or there are none.
    """
    x, y = read_images(x, f"{what}x"), np.asarray(y)
    kind, axes = y.dtype.kind, y.ndim
    if not (kind in "iu" and axes == 1 or kind == "f" and axes == 2):
        raise TypeError(
            f"{what}y has dtype {y.dtype} and shape {y.shape}: labels are integers (N,), "
            "mixed ones floats (N, K)."
        )
    if not len(y):
        raise ValueError(f"{what}y has shape {y.shape}: there must be at least one example.")
    if kind == "i" and y.min() < 0:
        raise ValueError(f"{what}y has a label {y.min()}: labels count from 0.")
    if kind == "f":
        _check_shares(y, what)
    if len(x) != len(y):
        raise ValueError(
            f"{what}x has shape {x.shape}, {what}y has shape {y.shape}: one label for each example."
        )
    return x, y


def _check_shares(y: np.ndarray, what: str) -> None:
    if not (np.abs(y.sum(axis=1, dtype=np.float64) - 1) <= TOLERANCE).all():  # nor NaN
        raise ValueError(f"{what}y has rows that do not sum to 1: they must be shares of a label.")
    if y.size and y.min() < 0:
        raise ValueError(f"{what}y has a share {y.min():g}: shares of a label are 0 to 1.")


def check_classes(y: np.ndarray, scores: np.ndarray) -> None:
    """Check that scores are (N, K), and labels of so many examples among their classes.

    Raises
    ------
    ValueError
        They are not.
    """
    check_axes("scores", scores, "(N, K)")
    shapes = f"y has shape {y.shape}, scores have shape {scores.shape}"
    if len(y) != len(scores):
        raise ValueError(f"{shapes}: the model must give a row of scores for each example.")
    if y.ndim == 1 and y.max() >= scores.shape[1]:
        raise ValueError(
            f"y has a label {y.max()}, scores have shape {scores.shape}: "
            f"labels must be 0 to {scores.shape[1] - 1}."
        )
    if y.ndim == 2 and y.shape != scores.shape:
        raise ValueError(f"{shapes}: mixed labels need a share for each class.")


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> tuple[np.floating, np.ndarray]:
    """Give the mean cross-entropy of labels under the softmax, and its gradient.

    Of plain labels it is :func:`cnnkit.ops.softmax_cross_entropy`; of mixed ones the mean over n
    of - sum over k of y[n, k] log p[n, k].

    Parameters
    ----------
    scores : ndarray, shape (N, K)
    y : ndarray, shape (N,) of int or (N, K) of float

    Returns
    -------
    loss : number
    dscores : ndarray, shape (N, K)
        Both in the scores' dtype; integers count as float64.

    Raises
    ------
    TypeError
        The scores are no real numbers.
    ValueError
        Labels and scores do not go together.

    Examples
    --------
    >>> loss, dscores = cross_entropy(np.zeros((1, 2)), np.array([[0.75, 0.25]]))
    >>> round(float(loss), 4), dscores
    (0.6931, array([[-0.25,  0.25]]))
    """
    scores, y = np.asarray(scores), np.asarray(y)
    if y.ndim == 1:
        return softmax_cross_entropy(scores, y)
    scores, dtype = read_real("scores", scores)
    check_classes(y, scores)
    shifted = scores.astype(wide(dtype), copy=False)
    shifted = shifted - shifted.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    totals = p.sum(axis=1, keepdims=True)
    loss = np.mean(np.sum(y * (np.log(totals) - shifted), axis=1))
    p /= totals
    return dtype.type(loss), ((p - y) / len(y)).astype(dtype)


def hits(scores: np.ndarray, y: np.ndarray) -> int:
    """Count the rows whose best score is the label's, of mixed labels the largest share's.

    A row with NaN has no best score, and is no hit.

    Examples
    --------
    >>> hits(np.array([[1.0, 3.0], [2.0, 0.0]]), np.array([1, 1]))
    1
    """
    labels = y if y.ndim == 1 else y.argmax(axis=1)
    known = ~np.isnan(scores).any(axis=1)  # argmax takes NaN for the best
    return int(np.count_nonzero(known & (scores.argmax(axis=1) == labels)))
