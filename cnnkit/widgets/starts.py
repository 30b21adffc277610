"""Read what a widget is started with: its controls' values, and a picture of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.widgets.conv_numbers import flower

Setting = TypeVar("Setting")  # a dataclass of the controls' values


def read(wanted: Mapping[str, object], allowed: Mapping[str, Sequence]) -> dict[str, object]:
    """Read the values that controls start with, as the controls know them.

    Raises
    ------
    ValueError
        A name is unknown, or a value is none of its control's.
    """
    for name, value in wanted.items():
        if name not in allowed:
            raise ValueError(f"{name} is no control; there are {', '.join(allowed)}.")
        if isinstance(value, bool) or value not in allowed[name]:
            listed = ", ".join(map(str, allowed[name]))
            raise ValueError(f"{name} is {value!r}: it must be one of {listed}.")
    return {name: allowed[name][allowed[name].index(value)] for name, value in wanted.items()}


def sliders(
    default: Setting, wanted: Mapping[str, object], ranges: Mapping[str, tuple[int, int]]
) -> Setting:
    """Read where sliders start: as wanted, else as by default, as far as they go.

    Raises
    ------
    ValueError
        A name is unknown, or a number is outside its slider.
    """
    allowed = {name: range(low, high + 1) for name, (low, high) in ranges.items()}
    start = {name: min(asdict(default)[name], high) for name, (_, high) in ranges.items()}
    return replace(default, **start | read(wanted, allowed))


def finite(given: ArrayLike, name: str) -> np.ndarray:
    """Read an array of numbers.

    Raises
    ------
    ValueError
        It holds something else, or numbers that are not finite.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers and nothing else.")
    return array.astype(float)


def read_plane(image: ArrayLike | None) -> np.ndarray:
    """Give a picture (H, W) of floats, 10 by 10 at most; the green of the flower by default.

    Raises
    ------
    ValueError
        It has not two axes, is smaller than 4 by 4, or holds no finite numbers.
    """
    if image is None:
        return flower()[1, 1:9, 1:9].astype(float)
    array = finite(image, "The image")
    if array.ndim != 2 or min(array.shape) < 4:
        raise ValueError(
            f"The image has shape {array.shape}; it must be (H, W) with at least 4 rows and 4 "
            "columns."
        )
    return array[:10, :10]
