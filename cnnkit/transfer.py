"""Use again what a model in NumPy has learned: a new head, frozen layers, features.

For models in torch see :mod:`cnnkit.transfer_torch`. :func:`compare_starts` is for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnkit.layers import Dense, Sequential
from cnnkit.ops.checks import check_axes, check_same_shape, generator, read_real
from cnnkit.shapes import whole


def replace_head(model: Sequential, n_classes: int, rng: np.random.Generator) -> Sequential:
    """Copy a model, with a fresh last layer for other classes.

    Parameters
    ----------
    model : Sequential
        Its last layer, the head, must be dense. It stays as it is, and shares nothing with the
        copy.
    n_classes : int
        How many scores the new head gives.
    rng : numpy.random.Generator
        Where the new head's first weights, and the copy's dropout, come from.

    Returns
    -------
    model : Sequential
        With the dtype of the old one; nothing in it is frozen.

    Raises
    ------
    TypeError
        The model is no Sequential, or ``rng`` no Generator.
    ValueError
        The last layer is not dense, or ``n_classes`` below 1.

    Examples
    --------
    >>> from cnnkit.models import NormNet
    >>> old = NormNet(np.random.default_rng(0), classes=5)
    >>> new = replace_head(old, 3, np.random.default_rng(1))
    >>> old.params["dense2.w"].shape, new.params["dense2.w"].shape
    ((5, 64), (3, 64))
    """
    name, head = list(_checked(model).layers.items())[-1]
    if not isinstance(head, Dense):
        raise ValueError(f"The last layer is {name}: only a dense one can be replaced.")
    weights = model.params[f"{name}.w"]
    fresh = Dense(weights.shape[1], whole(n_classes, "n_classes", 1), rng)
    new = model.copy()
    new.layers[name], fresh.chained = fresh, True
    new.params.update(
        {f"{name}.{key}": value.astype(weights.dtype) for key, value in fresh.params.items()}
    )
    new.frozen, new.rng = set(), rng
    return new


def freeze(model: Sequential, prefix: str) -> set[str]:
    """Keep parameters as they are, and the running statistics of batch normalisation too.

    The model is told, see :class:`cnnkit.layers.Sequential`: frozen batch normalisation uses its
    running statistics in training as well. These would otherwise drift towards the new images,
    gradient or not.

    Parameters
    ----------
    model : Sequential
    prefix : str
        What the names begin with: 'conv' is conv1 and conv2, 'conv1.' only conv1, '' all.

    Returns
    -------
    names : set of str
        The parameters that begin with the prefix.

    Raises
    ------
    TypeError
        The model is no Sequential.
    ValueError
        No name begins with the prefix.

    Examples
    --------
    >>> from cnnkit.models import NormNet
    >>> sorted(freeze(NormNet(np.random.default_rng(0)), "batch_norm1"))
    ['batch_norm1.beta', 'batch_norm1.gamma']
    """
    names = {name for name in _checked(model).params if name.startswith(prefix)}
    if not names:
        raise ValueError(
            f"No parameter begins with {prefix!r}: there are {', '.join(model.params)}."
        )
    model.frozen |= names
    return names


def extract_features(model: Sequential, X: np.ndarray, layer: str, batch: int) -> np.ndarray:
    """Give what a layer makes of images, as after training.

    Parameters
    ----------
    model : Sequential
    X : ndarray, shape (N, C, H, W)
        Computed with in the dtype of the model's parameters.
    layer : str
        Its name in ``model.layers``.
    batch : int
        How many images at a time; it changes nothing but memory and time.

    Returns
    -------
    features : ndarray, shape (N, ...)

    Raises
    ------
    TypeError
        The model is no Sequential, ``X`` does not hold real numbers, or ``batch`` is no int.
    ValueError
        There is no such layer, ``batch`` is below 1, or ``X`` has no axis.

    Examples
    --------
    >>> from cnnkit.models import NormNet
    >>> model = NormNet(np.random.default_rng(0))
    >>> extract_features(model, np.zeros((5, 1, 28, 28)), "flatten1", 2).shape
    (5, 1568)
    """
    if layer not in _checked(model).layers:
        raise ValueError(f"There is no layer {layer!r}: there are {', '.join(model.layers)}.")
    (X, _), batch = read_real("X", X), whole(batch, "batch", 1)
    if not X.ndim:
        raise ValueError("X has shape (): its first axis must count images.")
    dtype = np.result_type(*model.params.values()) if model.params else X.dtype
    parts = []
    for start in range(0, max(1, len(X)), batch):  # no images are one empty batch
        outputs = model.outputs(X[start : start + batch].astype(dtype, copy=False))
        parts.append(next(y for name, y in outputs if name == layer))
    return np.concatenate(parts)


Examples = tuple[np.ndarray, np.ndarray]


def compare_starts(
    train: Callable[..., Callable],
    starts: Sequence[str],
    rates: Sequence[float],
    training: Examples,
    validation: Examples,
    test: Examples,
    *,
    per_class: int,
    seeds: Sequence[int],
) -> dict[str, dict[str, Any]]:
    """Compare ways to begin a training, on the same few images, each at its best learning rate.

    For each seed some images of each class are drawn, the same for all starts. From each start
    a model is trained on them at each rate; the one that is best on the validation, of equal
    ones the first, is the only one that sees the test set, once.

    Parameters
    ----------
    train : callable
        ``train(start, X, y, rate, seed) -> predict``, and ``predict(X)`` gives labels (N,).
    starts : sequence of str
    rates : sequence of floats
    training, validation, test : (X, y)
        Images (N, ...) and labels (N,).
    per_class : int
        How many images of each class of ``training`` to draw.
    seeds : sequence of ints
        Two or more, all different: with one there is no spread.

    Returns
    -------
    result : dict
        Start to a dict with 'scores', the accuracies on the test set by seed, their 'mean' and
        'sd' (that of a sample, divisor n - 1).

    Raises
    ------
    TypeError
        ``starts`` is one word, or the labels are no integers.
    ValueError
        There are fewer than two different seeds, no rates, a class has too few images, images
        and labels are not as many, or what ``predict`` gives has not the shape of the labels.

    Examples
    --------
    >>> X, y = np.arange(6.0).reshape(6, 1, 1, 1), np.array([0, 1, 0, 1, 0, 1])
    >>> def train(start, X, y, rate, seed):
    ...     return lambda X: np.full(len(X), seed if start == "guess" else 0)
    >>> examples = (X, y), (X, y), (X[:5], y[:5])
    >>> result = compare_starts(
    ...     train, ["guess", "zero"], [0.1], *examples, per_class=2, seeds=(0, 1))
    >>> {start: (found["mean"], round(found["sd"], 3)) for start, found in result.items()}
    {'guess': (0.5, 0.141), 'zero': (0.6, 0.0)}
    """
    if isinstance(starts, str):
        raise TypeError(f"starts is {starts!r}: it must be several names, as a list.")
    seeds, rates, (X, y) = list(seeds), list(rates), training
    if len(X) != len(y):
        raise ValueError(
            f"X has shape {np.shape(X)}, y has shape {np.shape(y)}: one label for each image."
        )
    if len(set(seeds)) < max(2, len(seeds)):
        raise ValueError(f"seeds is {seeds}: there must be two or more, all different.")
    if not rates:
        raise ValueError("rates is empty: there must be one learning rate at least.")
    scores: dict[str, list[float]] = {start: [] for start in starts}
    for seed in seeds:
        few = few_per_class(y, per_class, np.random.default_rng(seed))
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            best = int(np.argmax([_accuracy(predict, *validation) for predict in models]))
            scores[start].append(_accuracy(models[best], *test))
    return {
        start: {"scores": ours, "mean": float(np.mean(ours)), "sd": float(np.std(ours, ddof=1))}
        for start, ours in scores.items()
    }


def few_per_class(y: np.ndarray, per_class: int, rng: np.random.Generator) -> np.ndarray:
    """Draw so many images of each class, none twice.

    Parameters
    ----------
    y : ndarray of int, shape (N,)
        The labels.
    per_class : int
    rng : numpy.random.Generator

    Returns
    -------
    chosen : ndarray of int
        Their indices, class by class.

    Raises
    ------
    TypeError
        The labels are no integers, ``per_class`` is no int, or ``rng`` no Generator.
    ValueError
        The labels have not one axis, a class has too few images, or ``per_class`` is below 1.

    Examples
    --------
    >>> y = np.array([1, 0, 1, 0, 1])
    >>> y[few_per_class(y, 2, np.random.default_rng(0))]
    array([0, 0, 1, 1])
    """
    y, per_class, rng = np.asarray(y), whole(per_class, "per_class", 1), generator(rng)
    check_axes("y", y, "(N,)")
    if y.dtype.kind not in "iu":
        raise TypeError(f"y has dtype {y.dtype}: labels must be integers.")
    chosen = []
    for label in np.unique(y):
        ours = np.flatnonzero(y == label)
        if len(ours) < per_class:
            raise ValueError(f"Class {label} has {len(ours)} images: {per_class} are asked for.")
        chosen.append(rng.choice(ours, per_class, replace=False))
    return np.concatenate(chosen)


def _accuracy(predict: Callable, X: np.ndarray, y: np.ndarray) -> float:
    answers = np.asarray(predict(X))
    check_same_shape("what predict gives", answers, "the labels", np.shape(y))
    return float(np.mean(answers == y))


def _checked(model: Any) -> Sequential:
    if not isinstance(model, Sequential):
        raise TypeError(
            f"model is a {type(model).__name__}: it must be a cnnkit.layers.Sequential; "
            "for a torch module see cnnkit.transfer_torch."
        )
    return model
