"""Use again what a model in NumPy has learned: a new head, frozen layers, features.

For models in torch see :mod:`cnnkit.transfer_torch`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnkit.layers import Dense, Sequential
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
        The model is no Sequential, or ``batch`` no int.
    ValueError
        There is no such layer, or ``batch`` is below 1.

    Examples
    --------
    >>> from cnnkit.models import NormNet
    >>> model = NormNet(np.random.default_rng(0))
    >>> extract_features(model, np.zeros((5, 1, 28, 28)), "flatten1", 2).shape
    (5, 1568)
    """
    if layer not in _checked(model).layers:
        raise ValueError(f"There is no layer {layer!r}: there are {', '.join(model.layers)}.")
    X, batch = np.asarray(X), whole(batch, "batch", 1)
    dtype = np.result_type(*model.params.values()) if model.params else X.dtype
    parts = []
    for start in range(0, max(1, len(X)), batch):  # no images are one empty batch
        outputs = model.outputs(X[start : start + batch].astype(dtype, copy=False))
        parts.append(next(y for name, y in outputs if name == layer))
    return np.concatenate(parts)


def _checked(model: Any) -> Sequential:
    if not isinstance(model, Sequential):
        raise TypeError(
            f"model is a {type(model).__name__}: it must be a cnnkit.layers.Sequential; "
            "for a torch module see cnnkit.transfer_torch."
        )
    return model
