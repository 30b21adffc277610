"""The training loop in its barest form: shuffle, go down the gradient batch by batch, repeat."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from cnnkit.ops import softmax_cross_entropy
from cnnkit.ops.checks import check_axes, generator, read_real
from cnnkit.optimisers.checks import check_floats, check_gradients_of, not_negative
from cnnkit.reading import needs
from cnnkit.shapes import whole
from cnnkit.training.labels import hits


def train(
    model: Any,
    X: np.ndarray,
    y: np.ndarray,
    lr: float,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
) -> dict[str, list[float]]:
    """Train a model by plain stochastic gradient descent on the cross-entropy.

    Each epoch takes all images once, in another order; the last batch may be short.
    :func:`cnnkit.training.fit` is the same with all that one wants of a longer training.

    Parameters
    ----------
    model : object
        With ``params``, a dict of arrays that are updated in place, ``forward(x) -> scores`` and
        ``backward(dscores)``, which gives a dict of gradients under the same names. Where
        forward has an argument ``train``, it is called with ``train=True``.
    X : ndarray, shape (N, C, H, W)
    y : ndarray of int, shape (N,)
    lr : float
        The learning rate.
    epochs, batch_size : int
    rng : numpy.random.Generator
        Where the order comes from.

    Returns
    -------
    history : dict of lists, a number an epoch
        'loss' and 'acc', the means over the epoch's images as they were learned from.

    Raises
    ------
    TypeError
        An argument has the wrong type.
    ValueError
        Images and labels are not as many, or none, a number is out of range, or a gradient has
        not the name and the shape of a parameter.

    Examples
    --------
    >>> from cnnkit.layers import Dense, Flatten, Sequential
    >>> rng = np.random.default_rng(0)
    >>> X, y = np.eye(4).reshape(4, 1, 2, 2), np.array([0, 1, 1, 0])
    >>> model = Sequential(Flatten(), Dense(4, 2, rng))
    >>> history = train(model, X, y, 0.5, epochs=30, batch_size=3, rng=rng)
    >>> len(history["loss"]), history["acc"][-1]
    (30, 1.0)
    """
    needs(model, "model", "params", "forward", "backward")
    X, y = read_real("X", X)[0], np.asarray(y)
    check_axes("y", y, "(N,)")
    if not X.ndim or not len(y) or len(X) != len(y):
        raise ValueError(
            f"X has shape {X.shape}, y has shape {y.shape}: there must be one label for each "
            "image, and at least one."
        )
    lr, rng = not_negative(lr, "lr"), generator(rng)
    epochs, batch_size = whole(epochs, "epochs", 0), whole(batch_size, "batch_size", 1)
    history: dict[str, list[float]] = {"loss": [], "acc": []}
    for _ in range(epochs):
        loss, acc = _epoch(model, X, y, lr, batch_size, rng)
        history["loss"].append(loss)
        history["acc"].append(acc)
    return history


def _epoch(
    model: Any, X: np.ndarray, y: np.ndarray, lr: float, batch_size: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Take all images once; give the mean loss, and the part that was right."""
    mode = {"train": True} if "train" in inspect.signature(model.forward).parameters else {}
    loss, right = 0.0, 0
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        scores = model.forward(X[batch], **mode)
        batch_loss, dscores = softmax_cross_entropy(scores, y[batch])
        grads = model.backward(dscores)
        check_gradients_of(model.params, grads)
        check_floats(model.params, grads)
        for name, grad in grads.items():
            model.params[name] -= lr * grad
        loss += float(batch_loss) * len(batch)  # each image counts alike, in a short batch too
        right += hits(scores, y[batch])
    return loss / len(X), right / len(X)
