"""The arithmetic behind the backprop stepper: what each output sends back, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import ops
from cnnkit.widgets import starts
from cnnkit.widgets.conv_numbers import Place, Setting

# Chapter 06's example stands in the upper left corners.
X = ((1, 2, 0, 3, 1), (3, 1, 2, 0, 2), (0, 1, 4, 1, 3), (2, 0, 1, 2, 0), (1, 3, 0, 1, 4))
W = ((1, 2, -2), (3, -1, 1), (0, 2, -3))
DY = (2, 1, 3, -1, 1, -2, 4, 2, -3)  # again and again, as one reads
LIMITS = {
    "height": (2, 5),
    "width": (2, 5),
    "kernel": (1, 3),
    "stride": (1, 3),
    "padding": (0, 2),
    "dilation": (1, 2),
}
START = Setting(height=3, width=3, kernel=2)
Target = tuple[str, int, int]  # ("x", row, column) or ("w", a, e)


class Term(NamedTuple):
    """What one output sends to a target: its dy times what the target met there."""

    place: Place
    dy: float
    factor: float
    met: Place  # of the factor: a tap of w, or a pixel of x; outside the picture it is rim

    @property
    def value(self) -> float:
        """Their product."""
        return self.dy * self.factor


@dataclass(frozen=True)
class Layer:
    """One image and one kernel of a setting, and the gradient that arrives."""

    setting: Setting
    x: np.ndarray
    w: np.ndarray
    dy: np.ndarray

    def window(self, place: Place) -> tuple[slice, slice]:
        """Give the rows and columns of the padded picture that an output reads."""
        s = self.setting
        rows, columns = (
            slice(at * s.stride, at * s.stride + s.dilation * (s.kernel - 1) + 1, s.dilation)
            for at in place
        )
        return rows, columns

    def terms(self, target: Target) -> list[Term]:
        """List what a pixel or a weight gets, output after output."""
        kind, *at = target
        return list(self._of_a_pixel(at) if kind == "x" else self._of_a_weight(at))

    def _of_a_pixel(self, pixel: list[int]) -> Iterator[Term]:
        s = self.setting
        for place in np.ndindex(self.dy.shape):
            steps = [at + s.padding - i * s.stride for at, i in zip(pixel, place, strict=True)]
            a, e = (step // s.dilation for step in steps)
            if all(step % s.dilation == 0 for step in steps) and min(a, e) >= 0:
                if a < self.w.shape[0] and e < self.w.shape[1]:
                    yield Term(place, float(self.dy[place]), float(self.w[a, e]), (a, e))

    def _of_a_weight(self, tap: list[int]) -> Iterator[Term]:
        s, (H, W) = self.setting, self.x.shape
        for place in np.ndindex(self.dy.shape):
            row, column = (
                i * s.stride + a * s.dilation - s.padding for i, a in zip(place, tap, strict=True)
            )
            inside = 0 <= row < H and 0 <= column < W  # the rim holds zeros
            value = float(self.x[row, column]) if inside else 0.0
            yield Term(place, float(self.dy[place]), value, (row, column))

    def padded(self) -> np.ndarray:
        """Give the picture in its rim of zeros."""
        return np.pad(self.x, self.setting.padding)

    def sent(self, place: Place) -> tuple[np.ndarray, np.ndarray]:
        """Give what one output sends to x, laid out with its rim, and to w."""
        padded, window = self.padded(), self.window(place)
        to_x = np.zeros(padded.shape)
        to_x[window] = self.dy[place] * self.w
        return to_x, self.dy[place] * padded[window]

    def so_far(self, place: Place) -> tuple[np.ndarray, np.ndarray]:
        """Add up what the outputs up to this one have sent, the rim still there."""
        sent = [self.sent(at) for at in np.ndindex(self.dy.shape) if at <= place]
        return tuple(sum(parts) for parts in zip(*sent, strict=True))

    def gradients(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give dx, dw and db as the course's own function does, with all axes."""
        return ops.conv2d_backward(*self.operands(), **self.setting.options)

    def operands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give dy, x and w as one image, one channel and one filter."""
        return self.dy[None, None], self.x[None, None], self.w[None, None]

    def with_options(self, **options: int) -> Layer:
        """Give the layer as somebody sees it who forgets an option."""
        return replace(self, setting=replace(self.setting, **options))


def layer(x: np.ndarray, w: np.ndarray, setting: Setting) -> Layer | None:
    """Cut the arrays to a setting, or give None where the kernel does not fit."""
    size = setting.size()
    if size is None:
        return None
    x = x[: setting.height, : setting.width]
    w = w[: setting.kernel, : setting.kernel]
    return Layer(setting, x, w, np.resize(np.array(DY, float), size))


def asked_first(made: Layer) -> Target:
    """Choose the pixel that most outputs reach, the last of several: it is not at the rim."""
    pixels = list(np.ndindex(made.x.shape))
    reached = [len(made.terms(("x", *pixel))) for pixel in pixels]
    best = max(range(len(pixels)), key=lambda n: reached[n])
    return ("x", *pixels[best])


def read_array(given: ArrayLike | None, default: tuple, name: str, most: int) -> np.ndarray:
    """Read x or w.

    Raises
    ------
    ValueError
        It has not two axes, holds no finite numbers, or is empty.
    """
    array = starts.finite(default if given is None else given, name)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name} has shape {array.shape}; it must have two axes and numbers.")
    return array[:most, :most]


def limits(x: np.ndarray, w: np.ndarray) -> dict[str, tuple[int, int]]:
    """Give the range of each slider for these arrays."""
    most = {"height": x.shape[0], "width": x.shape[1], "kernel": min(w.shape)}
    return {
        name: (min(low, most.get(name, low)), min(high, most.get(name, high)))
        for name, (low, high) in LIMITS.items()
    }
