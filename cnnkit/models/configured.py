"""A small convolutional network from a dict of settings, as the rows of an ablation need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnkit.layers import (
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool2D,
    ReLU,
    Sequential,
)
from cnnkit.ops.checks import flag
from cnnkit.shapes import whole

SETTINGS = ("channels", "batch_norm", "dropout", "hidden")
BUDGET = 150_000  # parameters
SIDE = 28  # pixels of an image along each axis
CLASSES = 10


def build_model(cfg: Mapping[str, Any], *, rng: np.random.Generator) -> Sequential:
    """Build a network for images (N, 1, 28, 28) and ten classes from its settings.

    For each number in ``channels`` a 3 x 3 convolution that keeps the size, batch normalisation
    if wanted (the convolution has no bias then), a ReLU and a 2 x 2 max pool. After them, with
    hidden units, flattening, a dense layer and a ReLU; without, the mean of each channel. Last
    dropout, if wanted, and the head, a dense layer.

    Parameters
    ----------
    cfg : mapping
        'channels', a tuple of ints; 'batch_norm', a bool; 'dropout', the chance to be dropped;
        'hidden', an int, 0 for none. Other settings are others' business and left alone.
    rng : numpy.random.Generator
        Where the first weights come from, and what dropout draws from.

    Returns
    -------
    model : Sequential

    Raises
    ------
    TypeError
        A setting has the wrong type, or ``rng`` is no Generator.
    ValueError
        A setting is missing, there are more than 150,000 parameters, a number is out of range, or
        an image is too small for the pools.

    Examples
    --------
    >>> cfg = {"channels": (16, 32), "batch_norm": False, "dropout": 0.0, "hidden": 0}
    >>> model = build_model(cfg, rng=np.random.default_rng(0))
    >>> list(model.layers)[-2:], sum(value.size for value in model.params.values())
    (['global_avg_pool1', 'dense1'], 5130)
    """
    if not isinstance(cfg, Mapping):
        raise TypeError(f"cfg is {cfg!r}: it must be a dict of settings.")
    if missing := [name for name in SETTINGS if name not in cfg]:
        raise ValueError(f"cfg lacks {', '.join(missing)}: it must have {', '.join(SETTINGS)}.")
    channels = cfg["channels"]
    if not isinstance(channels, (tuple, list)):
        raise TypeError(f"channels is {channels!r}: it must be a tuple, as (16, 32).")
    layers: list[Layer] = []
    for C, O in zip((1, *channels), channels, strict=False):
        layers += _block(C, O, flag(cfg["batch_norm"], "batch_norm"), rng)
    side = SIDE // 2 ** len(channels)
    if side < 1:
        raise ValueError(f"channels is {channels}: {SIDE} pixels can't be halved so often.")
    C = channels[-1] if channels else 1
    if hidden := whole(cfg["hidden"], "hidden", 0):
        _within_budget(C * side * side * hidden)  # before the memory is taken
        layers += [Flatten(), Dense(C * side * side, hidden, rng), ReLU()]
    else:
        layers += [GlobalAvgPool()]
    layers += [Dropout(cfg["dropout"])] if cfg["dropout"] != 0 else []
    model = Sequential(*layers, Dense(hidden or C, CLASSES, rng), rng=rng)
    _within_budget(sum(value.size for value in model.params.values()))
    return model


def _block(C: int, O: int, batch_norm: bool, rng: np.random.Generator) -> list[Layer]:
    conv = Conv2D(C, O, 3, rng, padding=1, bias=not batch_norm)
    return [conv, *([BatchNorm2D(O)] if batch_norm else []), ReLU(), MaxPool2D(2)]


def _within_budget(count: int) -> None:
    if count > BUDGET:
        raise ValueError(f"The network has {count:,} parameters or more: {BUDGET:,} are allowed.")
