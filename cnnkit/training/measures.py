"""How good a model is: its loss and accuracy, its answers, and what it takes for what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnnkit.ops.checks import check_axes
from cnnkit.shapes import whole
from cnnkit.training.labels import cross_entropy, hits, read_examples, read_images
from cnnkit.training.learners import Learner, learner_of

BATCH = 256  # examples at a time: enough to be fast, few enough for the memory


def evaluate(
    model: Any, x: np.ndarray, y: np.ndarray, *, batch_size: int = BATCH
) -> tuple[float, float]:
    """Give a model's mean loss and its accuracy, without training it.

    Parameters
    ----------
    model
        As for :func:`cnnkit.training.fit`.
    x : ndarray of float, shape (N, ...)
    y : ndarray, shape (N,) of int or (N, K) of float
    batch_size : int
        How many examples at a time; it changes nothing but memory and time.

    Returns
    -------
    loss : float
        The mean cross-entropy, in nats.
    accuracy : float
        The part that is right, 0 to 1.

    Raises
    ------
    TypeError, ValueError
        Inputs and labels are not what they should be, or there are none.

    Examples
    --------
    >>> class Guess:  # two classes, the second always more likely
    ...     params, state = {}, {}
    ...     def forward(self, x, train=False):
    ...         return np.tile([0.0, np.log(3)], (len(x), 1))
    >>> loss, accuracy = evaluate(Guess(), np.zeros((4, 1)), np.array([1, 1, 1, 1]))
    >>> round(loss, 4), accuracy
    (0.2877, 1.0)
    """
    return evaluate_learner(learner_of(model), *read_examples(x, y), batch_size)


def evaluate_learner(
    learner: Learner, x: np.ndarray, y: np.ndarray, batch_size: int = BATCH
) -> tuple[float, float]:
    """Give mean loss and accuracy of a learner on examples that are checked already."""
    loss, right = 0.0, 0
    for chosen, scores in in_batches(learner, x, batch_size):
        loss += float(cross_entropy(scores, y[chosen])[0]) * len(scores)
        right += hits(scores, y[chosen])
    return loss / len(x), right / len(x)


def predict(model: Any, x: np.ndarray, *, batch_size: int = BATCH) -> np.ndarray:
    """Give the class with the best score for each example; of equal scores the first.

    Parameters
    ----------
    model, x, batch_size
        As for :func:`evaluate`.

    Returns
    -------
    labels : ndarray of int64, shape (N,)

    Raises
    ------
    TypeError, ValueError
        x is no float array, or the scores are not (N, K) or have NaN: no class is the best then.

    Examples
    --------
    >>> class Brightest:  # as many classes as pixels
    ...     params, state = {}, {}
    ...     def forward(self, x, train=False):
    ...         return x
    >>> predict(Brightest(), np.array([[0.1, 0.9, 0.0], [0.5, 0.2, 0.5]]))
    array([1, 0])
    """
    parts = in_batches(learner_of(model), read_images(x), batch_size)
    return np.concatenate([_best(scores, chosen.start) for chosen, scores in parts])


def _best(scores: np.ndarray, start: int) -> np.ndarray:
    check_axes("scores", scores, "(N, K)")
    unknown = np.isnan(scores).any(axis=1)
    if unknown.any():
        raise ValueError(
            f"The scores of example {start + unknown.argmax()} have NaN: no class is the best. "
            "Look for NaN in x, or train the model anew with a smaller lr."
        )
    return scores.argmax(axis=1).astype(np.int64)


def in_batches(
    learner: Learner, x: np.ndarray, batch_size: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield the scores of so many examples at a time, and which ones they are."""
    size = whole(batch_size, "batch_size", 1)
    for start in range(0, max(1, len(x)), size):  # no examples are one empty batch
        chosen = slice(start, start + size)
        yield chosen, learner.scores(x[chosen])


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Count how often each class was taken for each.

    Parameters
    ----------
    labels, predictions : ndarray of int, shape (N,)
        The true classes and those that a model gives.
    classes : int
        How many there are.

    Returns
    -------
    counts : ndarray of int64, shape (classes, classes)
        Row: the true class; column: what it was taken for. The diagonal was right.

    Raises
    ------
    TypeError
        Labels or predictions are no integers.
    ValueError
        There are more of one than of the other, or one is not among the classes.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), 2)
    array([[1, 0],
           [1, 1]])
    """
    classes = whole(classes, "classes", 1)
    pair = [np.asarray(labels), np.asarray(predictions)]
    for name, given in zip(("labels", "predictions"), pair, strict=True):
        if given.size and given.dtype.kind not in "iu":
            raise TypeError(f"{name} has dtype {given.dtype}: classes must be integers.")
        if given.ndim != 1 or given.shape != pair[0].shape:
            raise ValueError(
                f"labels has shape {pair[0].shape}, predictions has shape {pair[1].shape}: "
                "both must be (N,)."
            )
        if given.size and not (given.min() >= 0 and given.max() < classes):
            raise ValueError(
                f"{name} has classes {given.min()} to {given.max()}: with {classes} classes they "
                f"must be 0 to {classes - 1}."
            )
    rows, columns = (given.astype(np.int64) for given in pair)
    counts = np.bincount(rows * classes + columns, minlength=classes**2)
    return counts.reshape(classes, classes).astype(np.int64)
