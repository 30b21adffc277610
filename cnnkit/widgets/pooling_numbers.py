"""The arithmetic behind the pooling playground: one window, a shift, and the way back."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from cnnkit import ops, shapes
from cnnkit.widgets import starts

KINDS = ("max", "average", "L2")
LIMITS = {"window": (1, 4), "stride": (1, 4), "padding": (0, 2), "shift": (-4, 4)}
Place = tuple[int, int]


@dataclass(frozen=True)
class Setting:
    """Where the controls stand."""

    kind: str = "max"
    window: int = 2
    stride: int = 2
    padding: int = 0
    shift: int = 1

    @property
    def options(self) -> dict[str, int]:
        """The keyword arguments of the pooling function."""
        options = {"kernel": self.window, "stride": self.stride}
        return options if self.kind == "L2" else options | {"padding": self.padding}

    def size(self, plane: np.ndarray) -> Place:
        """Height and width of the output."""
        return shapes.conv2d_shape(
            *plane.shape, self.window, stride=self.stride, padding=self.padding
        )


def most_padding(kind: str, window: int) -> int:
    """Give the largest padding that a pool takes: half of its window, none for L2."""
    return 0 if kind == "L2" else window // 2


def read_setting(wanted: dict[str, object]) -> Setting:
    """Read where the controls start.

    Raises
    ------
    ValueError
        A name is unknown, or a value is none of its control's.
    """
    ranges = {name: range(low, high + 1) for name, (low, high) in LIMITS.items()}
    setting = Setting(**asdict(Setting()) | starts.read(wanted, {"kind": KINDS} | ranges))
    most = most_padding(setting.kind, setting.window)
    if setting.padding > most:
        raise ValueError(
            f"padding is {setting.padding}: {setting.kind} pooling with this window takes at "
            f"most {most}."
        )
    return setting


def forward(plane: np.ndarray, setting: Setting) -> tuple[np.ndarray, np.ndarray | None]:
    """Pool a plane (H, W); give the output and, of max pooling, where each number came from."""
    x = plane[None, None]
    if setting.kind == "max":
        y, argmax = ops.max_pool2d(x, **setting.options)
        return y[0, 0], argmax[0, 0]
    pool = ops.avg_pool2d if setting.kind == "average" else ops.lp_pool2d
    return pool(x, **setting.options)[0, 0], None


def backward(dy: np.ndarray, plane: np.ndarray, setting: Setting) -> np.ndarray:
    """Send a gradient (Ho, Wo) back to the pixels (H, W)."""
    dy, x, options = dy[None, None], plane[None, None], setting.options
    if setting.kind == "max":
        return ops.max_pool2d_backward(dy, x, **options)[0, 0]
    if setting.kind == "average":
        return ops.avg_pool2d_backward(dy, x.shape, **options)[0, 0]
    return ops.lp_pool2d_backward(dy, x, **options)[0, 0]


def shifted(plane: np.ndarray, setting: Setting) -> np.ndarray:
    """Move the picture to the right; what leaves it there comes in again at the left."""
    return np.roll(plane, setting.shift, axis=1)


def upstream(size: Place) -> np.ndarray:
    """Give the gradient that arrives: 1, 2, 3, ..., so that each number tells its window."""
    return np.arange(1.0, size[0] * size[1] + 1).reshape(size)


def pixels(plane: np.ndarray, setting: Setting, place: Place) -> list[Place]:
    """List the pixels of a window as one reads, without its padding."""
    return [
        (row, column)
        for row in _inside(place[0], plane.shape[0], setting)
        for column in _inside(place[1], plane.shape[1], setting)
    ]


def tied(plane: np.ndarray, setting: Setting, place: Place) -> list[Place]:
    """List those pixels of a window that are as large as its maximum."""
    window = pixels(plane, setting, place)
    most = max(plane[pixel] for pixel in window)
    return [pixel for pixel in window if plane[pixel] == most]


def receipts(
    plane: np.ndarray, setting: Setting, pixel: Place, dy: np.ndarray
) -> dict[Place, float]:
    """Give what a pixel gets from each window that sees it, one that sends 0 included."""
    found = {}
    for place in np.ndindex(dy.shape):
        if pixel in pixels(plane, setting, place):
            alone = np.zeros_like(dy)
            alone[place] = dy[place]
            found[place] = float(backward(alone, plane, setting)[pixel])
    return found


def asked_pixel(plane: np.ndarray, setting: Setting) -> Place:
    """Choose the pixel whose gradient is worth a question.

    The one that wins most windows, if more than one; else one that is as large as a window's
    maximum but not the first; else the first maximum. Without maxima: the one that most
    windows see.
    """
    places = list(np.ndindex(setting.size(plane)))
    counts = np.zeros(plane.shape, int)
    if setting.kind != "max":
        for place in places:
            for pixel in pixels(plane, setting, place):
                counts[pixel] += plane[pixel] != 0
        return _first_most(counts)
    for place in places:
        counts[tied(plane, setting, place)[0]] += 1
    if counts.max() == 1:
        for place in places:
            later = [at for at in tied(plane, setting, place)[1:] if not counts[at]]
            if later:
                return later[0]
    return _first_most(counts)


def _first_most(counts: np.ndarray) -> Place:
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    return int(row), int(column)


def _inside(place: int, n: int, setting: Setting) -> list[int]:
    start = place * setting.stride - setting.padding
    return [at for at in range(start, start + setting.window) if 0 <= at < n]
