"""What the error browser starts with: models to ask, and labelled pictures to ask them about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import augment
from cnnkit.data import classes, load, make_splits
from cnnkit.layers import Sequential
from cnnkit.ops import softmax
from cnnkit.widgets.shift_nets import AVERAGE, PLACES, trained_nets
from cnnkit.widgets.student import name_of

EACH, SHIFT = 20, 3  # pictures of each class, pixels
WHITE = 1.001  # 255 times a float32 of 1/255 is a little more than 1
NAMES = {PLACES: "net by places", AVERAGE: "net by means"}
OURS = (
    "Two small nets with recorded weights: one has a weight for each place of its last maps, the "
    "other is told their means. They were trained on neat pictures, the originals of these among "
    "them: good to try this out, no measurement."
)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures (N, C, H, W) as models get them, labels (N,), and what the classes are called."""

    x: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    about: str = ""

    @cached_property
    def shown(self) -> np.ndarray:
        """The pictures as uint8, however they are handed to a model."""
        levels = self.x * 255 if self.x.dtype.kind == "f" else self.x
        return np.clip(np.rint(levels), 0, 255).astype(np.uint8)

    @cached_property
    def means(self) -> np.ndarray:
        """The mean picture (K, C, H, W) of each class in grey levels, NaN where there is none."""
        means = np.full((len(self.names), *self.x.shape[1:]), np.nan)
        for kind in np.unique(self.labels):
            means[kind] = self.shown[self.labels == kind].mean(axis=0)
        return means


def read_models(predict: Callable | Mapping[str, Callable] | None) -> dict[str, Callable]:
    """Give the one or two models by name; two small nets by default.

    Raises
    ------
    TypeError
        One can't be called.
    ValueError
        There are none, or more than two.
    """
    if predict is None:
        return {NAMES[end]: _asked(net) for end, net in trained_nets().items()}
    models = dict(predict) if isinstance(predict, Mapping) else {name_of(predict): predict}
    for name, model in models.items():
        if not callable(model):
            raise TypeError(
                f"{name} is {type(model).__name__}, which can't be called: hand over a function "
                "that takes pictures and gives their classes, or a dict of two by name."
            )
    if not 1 <= len(models) <= 2:
        raise ValueError(f"There are {len(models)} models: one or two can be looked at.")
    return {str(name): model for name, model in models.items()}


def _asked(net: Sequential) -> Callable:
    """Make a function of a net: uint8 pictures in, probabilities out."""
    return lambda x: softmax(net.forward(x.astype(np.float32) / 255))


def read_pictures(
    pictures: ArrayLike | None, labels: ArrayLike | None, names: Sequence[str] | None
) -> Pictures:
    """Give the pictures, or some of the validation part of apparel, each moved a little.

    Raises
    ------
    ValueError
        Pictures, labels and names do not go together.
    """
    known = tuple(classes("apparel") if names is None else map(str, names))
    if pictures is None and labels is None:
        return validation(known)
    x, y = np.asarray(pictures), np.asarray(labels)
    if x.ndim != 4 or x.shape[1] not in (1, 3) or x.dtype.kind not in "uif" or not len(x):
        raise ValueError(
            f"pictures has shape {x.shape} and dtype {x.dtype}; it must hold one picture or more "
            "as (N, 1, H, W) or (N, 3, H, W), uint8 or floats of 0 to 1."
        )
    if y.shape != x.shape[:1] or y.dtype.kind not in "ui":
        raise ValueError(
            f"labels has shape {y.shape} and dtype {y.dtype}; it must hold {len(x)} whole "
            "numbers, one for each picture."
        )
    if y.min() < 0 or y.max() >= len(known):
        raise ValueError(
            f"labels go from {y.min()} to {y.max()}, and there are {len(known)} classes: give "
            "their names as classes=."
        )
    if x.dtype.kind == "f" and not (x.min() >= 0 and x.max() <= WHITE):
        raise ValueError(
            f"pictures holds floats from {x.min():.3g} to {x.max():.3g}; they must go from 0 "
            "(black) to 1 (white). What a model needs otherwise, let the function do that asks it."
        )
    return Pictures(x.copy(), y.astype(int), known)


def validation(names: tuple[str, ...]) -> Pictures:
    """Give pictures of chapter 13's validation part, each moved by up to 3 pixels."""
    x, y = load("apparel", "train")
    _, part, _ = make_splits(y, (0.4, 0.2, 0.4), rng=np.random.default_rng(13))
    chosen = np.sort(np.concatenate([part[y[part] == kind][:EACH] for kind in range(10)]))
    moved = augment.random_crop(x[chosen], x.shape[2:], SHIFT, np.random.default_rng(131))
    about = f" ({EACH} of each class from the validation, moved by up to {SHIFT} pixels)"
    return Pictures(moved, y[chosen], names, about)
