"""What the training dashboard trains on: digits or clothes, and a small network for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnnkit.data import classes, load

EPOCH = 1280  # pictures that are learned from
TICK = 64  # pictures between two points of a curve
TICKS = EPOCH // TICK  # in an epoch
NEW = 150  # pictures that are not learned from, to see how it goes with new ones


@dataclass(frozen=True)
class Plan:
    """The sizes of the network, as ``LeNetLike`` takes them, and how thick the pen is."""

    channels: tuple[int, ...]
    kernel: int
    pools: tuple[int, ...]
    hidden: int
    side: int
    pen: float  # half its width, in pixels

    @property
    def sizes(self) -> dict[str, object]:
        """What the network is called with beside its generator."""
        return {
            "in_shape": (1, self.side, self.side),
            "channels": self.channels,
            "kernel": self.kernel,
            "pools": self.pools,
            "hidden": self.hidden,
            "classes": 10,
        }


PLANS = {
    "digits": Plan((8, 16), 3, (1, 2), 32, side=8, pen=0.55),
    "apparel": Plan((8, 16), 5, (3, 2), 64, side=28, pen=1.3),
}
TITLES = {"digits": "digits", "apparel": "clothes"}


@dataclass(frozen=True, eq=False)
class Lesson:
    """Pictures to learn from, new ones, and an example of each class; scaled alike."""

    x: np.ndarray
    y: np.ndarray
    new_x: np.ndarray
    new_y: np.ndarray
    examples: tuple[bytes, ...]  # uint8, of the test set
    classes: tuple[str, ...]
    mean: float
    std: float

    def scaled(self, picture: bytes) -> np.ndarray:
        """Give a picture as the network takes it, (1, 1, H, W)."""
        values = np.frombuffer(picture, np.uint8).reshape(1, *self.x.shape[1:])
        return ((values - self.mean) / self.std).astype(np.float32)


@lru_cache(len(PLANS))
def lesson(name: str) -> Lesson:
    """Load the pictures of a set; mean and deviation are those of the ones to learn from."""
    x, y = load(name, "train")
    mean, std = float(x[:EPOCH].mean()), float(x[:EPOCH].std())
    scaled = ((x - mean) / std).astype(np.float32)
    tested, right = load(name, "test")
    names = classes(name)
    return Lesson(
        *(scaled[:EPOCH], y[:EPOCH], scaled[-NEW:], y[-NEW:]),
        tuple(tested[right == kind][0].tobytes() for kind in range(len(names))),
        tuple(map(str, names)),
        mean,
        std,
    )
