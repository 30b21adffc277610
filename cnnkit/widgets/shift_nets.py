"""What the shift slider looks into and at: two small trained nets and ten pictures, or others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import recorded
from cnnkit.data import classes, load
from cnnkit.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalAvgPool,
    MaxPool2D,
    ReLU,
    Sequential,
    load_text,
)
from cnnkit.widgets import own_picture

RECORD = "09_shift_slider"
SIDE = 28  # pixels of a picture that the nets are made for
PLACES, AVERAGE = "reads every place", "averages the maps"
ENDS = (PLACES, AVERAGE)


def shift_net(end: str, rng: np.random.Generator) -> Sequential:
    """Make an untrained net: three convolutions, two pools, and one of the two ends.

    Parameters
    ----------
    end : {'reads every place', 'averages the maps'}
        A dense layer with a weight for each place of the last maps, or one that is told only
        the mean of each map.
    rng : numpy.random.Generator
    """
    layers = [Conv2D(1, 8, 3, rng), ReLU(), MaxPool2D(2), Conv2D(8, 16, 3, rng), ReLU()]
    layers += [MaxPool2D(2), Conv2D(16, 16, 3, rng), ReLU()]
    if end == PLACES:
        return Sequential(*layers, Flatten(), Dense(16 * 3 * 3, 10, rng))
    return Sequential(*layers, GlobalAvgPool(), Dense(16, 10, rng))


def trained_nets() -> dict[str, Sequential]:
    """Give both nets as experiments/09_shift_slider.py trained them."""
    nets = {}
    for run in recorded.load(RECORD).runs:
        net = shift_net(run["end"], np.random.default_rng(0))
        load_text(net, run["weights"])
        nets[run["end"]] = net
    return nets


def read_nets(net: Sequential | Mapping[str, Sequential] | None) -> dict[str, Sequential]:
    """Read the net, or the nets by name.

    Raises
    ------
    TypeError
        One is no Sequential.
    """
    if net is None:
        return trained_nets()
    nets = dict(net) if isinstance(net, Mapping) else {"your net": net}
    for name, one in nets.items():
        if not isinstance(one, Sequential):
            raise TypeError(
                f"net is {type(one).__name__} ({name}): it must be a cnnkit.layers.Sequential."
            )
    return {name: one.copy() for name, one in nets.items()}


def read_pictures(
    picture: ArrayLike | None, *, own_net: bool = False
) -> list[tuple[str, np.ndarray]]:
    """Give names and pictures (H, W) of 0..1: the first of each class, or the one that is given.

    For the recorded nets its middle is brought to 28 by 28 pixels.

    Raises
    ------
    ValueError
        It is no picture.
    """
    if picture is None:
        x, y = load("apparel", "test")
        names = classes("apparel")
        return [(name, x[y == kind][0, 0] / 255) for kind, name in enumerate(names)]
    read = own_picture.read(picture)
    if not own_net and read.shape[1:] != (SIDE, SIDE):
        read = own_picture.square(read, SIDE)
    return [("your picture", read.mean(axis=0))]
