"""The arithmetic behind the convolution explorer, one output place at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit import shapes
from cnnkit.widgets.figures import bracket

# A dahlia in ten grey levels of red, green and blue: a crop of flower.jpg as scikit-learn
# ships it (photograph by vultilion, CC BY 2.0), averaged over squares of 28 by 28 pixels.
FLOWER = (
    "0002353100 0268888830 1788888882 3888878884 5887667887 6887667887 5787767886 2777788773 "
    "0577777750 0146676520",
    "1112343222 1256666631 2665555662 4654324554 4653223455 4642222456 4553223455 3554444553 "
    "1454445542 1235455422",
    "1112232211 1244444420 2443223441 3432112333 3321111233 3321111233 2321111233 2332222332 "
    "1333233331 1223233222",
)
CHANNEL_NAMES = ("red", "green", "blue")
LIMITS = {
    "height": (3, 10),
    "width": (3, 10),
    "kernel": (1, 5),
    "stride": (1, 4),
    "padding": (0, 3),
    "dilation": (1, 3),
    "channels": (1, 3),
    "filters": (1, 4),
}
Place = tuple[int, int]


@dataclass(frozen=True)
class Setting:
    """Where the sliders stand."""

    height: int = 7
    width: int = 7
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    channels: int = 1
    filters: int = 1

    @property
    def options(self) -> dict[str, int]:
        """The keyword arguments of a conv2d."""
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def size(self) -> Place | None:
        """Height and width of the output, or None where the kernel does not fit."""
        try:
            return shapes.conv2d_shape(self.height, self.width, self.kernel, **self.options)
        except ValueError:
            return None


def flower() -> np.ndarray:
    """Give the flower as an array of shape (3, 10, 10), from 0 (dark) to 9 (bright)."""
    return np.array([[list(map(int, row)) for row in plane.split()] for plane in FLOWER])


def weights(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Give filters of small whole numbers (O, C, k, k) and their biases 1, 2, ... (O,).

    The four patterns: brighter to the right, brighter downwards, the sum, the centre against
    its surroundings. Each channel of a filter has another one, so none is like its mirror.
    """
    k = setting.kernel
    hump = np.minimum(np.arange(1, k + 1), np.arange(k, 0, -1))
    ramp = np.arange(k) - k // 2 + (np.arange(k) >= k // 2) * (k % 2 == 0)
    centre = -np.ones((k, k), int)
    centre[k // 2, k // 2] = k * k
    patterns = [np.outer(hump, ramp), np.outer(ramp, hump), np.ones((k, k), int), centre]
    if k == 1:
        patterns = [np.full((1, 1), value) for value in (1, -1, 2, -2)]
    w = [[patterns[(o + c) % 4] for c in range(setting.channels)] for o in range(setting.filters)]
    return np.array(w), np.arange(1, setting.filters + 1)


def formula(n: int, size: int, name: str, setting: Setting) -> str:
    """Write the size rule along one axis with its numbers."""
    k, s, p, d = setting.kernel, setting.stride, setting.padding, setting.dilation
    room = n + 2 * p - d * (k - 1) - 1
    return f"{name} = ⌊({n} + 2·{p} − {d}·({k} − 1) − 1) / {s}⌋ + 1 = ⌊{room} / {s}⌋ + 1 = {size}"


def counts(setting: Setting, size: Place | None) -> list[str]:
    """Write the number of parameters, and of products where the output's size is known."""
    layer = setting.channels, setting.filters, setting.kernel
    each = f"{setting.filters} · {setting.channels} · {setting.kernel} · {setting.kernel}"
    lines = [f"Parameters: {each} weights + {setting.filters} bias = {shapes.conv_params(*layer)}"]
    if size:
        products = shapes.conv_macs(*layer, size)
        lines.append(f"Products: {each} · {size[0]} · {size[1]} = {products}")
    return lines


def taps(place: int, setting: Setting) -> list[int]:
    """Give the padded rows (or columns) that the window at an output row reads."""
    start = place * setting.stride
    return [start + tap * setting.dilation for tap in range(setting.kernel)]


def unread(n: int, size: int, setting: Setting) -> list[int]:
    """Give the rows (or columns) of the image, counted from 0, that no window reads."""
    read = {tap - setting.padding for place in range(size) for tap in taps(place, setting)}
    return [index for index in range(n) if index not in read]


def warning(setting: Setting, size: Place) -> str:
    """Say which rows and columns of the image are never read; empty where all are."""
    parts = []
    for word, n, out in (("row", setting.height, size[0]), ("column", setting.width, size[1])):
        lost = unread(n, out, setting)
        if lost:
            parts.append(f"{word}{'s' if len(lost) > 1 else ''} {', '.join(map(str, lost))}")
    if not parts:
        return ""
    return (
        f"⚠ Unused: no window reads {' or '.join(parts)} of the image (counted from 0). "
        f"With stride {setting.stride} the windows step past them; frameworks round the size "
        "down and say nothing."
    )


def window_sum(
    x: np.ndarray, w: np.ndarray, bias: float, place: Place, setting: Setting
) -> tuple[list[str], float]:
    """Write one output value as the sum it is: a line for each channel, and the value.

    ``x`` is the image (C, H, W) without padding, ``w`` one filter (C, k, k).
    """
    p = setting.padding
    padded = np.pad(x, ((0, 0), (p, p), (p, p)))
    patch = padded[(slice(None), *np.ix_(taps(place[0], setting), taps(place[1], setting)))]
    lines = [
        " + ".join(f"{bracket(v)}·{bracket(u)}" for v, u in zip(values, kernel, strict=True))
        for values, kernel in zip(patch.reshape(len(x), -1), w.reshape(len(x), -1), strict=True)
    ]
    return lines, float((patch * w).sum() + bias)
