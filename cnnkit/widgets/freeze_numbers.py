"""What the freeze slider reads from its record: accuracies, spreads, and which depth is best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from cnnkit import recorded

RECORD = "12_freeze_slider"
BLOCKS = (
    ("conv1", "batch_norm1"),
    ("conv2", "batch_norm2"),
    ("conv3", "batch_norm3"),
    ("dense1",),
)  # what may be frozen, from the front
HEAD = ("dense2",)
DEPTHS = range(len(BLOCKS) + 1)
PRETRAINED, SCRATCH = STARTS = ("pretrained", "scratch")
TEST_IMAGES, SEEDS = 500, 3


@dataclass(frozen=True)
class Setting:
    """One group of recorded runs, which differ in their seeds alone."""

    start: str = PRETRAINED
    per_class: int = 5
    frozen: int = 3


@dataclass(frozen=True)
class Result:
    """What the runs of a setting gave: for each seed an accuracy on the test set, and a curve."""

    accuracies: tuple[float, ...]
    curves: tuple[tuple[float, ...], ...]

    @cached_property
    def mean(self) -> float:
        """The mean over the seeds."""
        return float(np.mean(self.accuracies))

    @cached_property
    def spread(self) -> float:
        """The spread over the seeds, divisor n - 1."""
        return float(np.std(self.accuracies, ddof=1))

    @cached_property
    def course(self) -> tuple[float, ...]:
        """The mean curve on the validation."""
        return tuple(map(float, np.mean(self.curves, axis=0)))


@dataclass(frozen=True)
class Gain:
    """What one setting has over another, seed by seed."""

    mean: float
    spread: float
    luck: float  # the spread of an accuracy over draws of the test pictures

    @property
    def found(self) -> bool:
        """Whether it is larger than either spread: else no difference was found."""
        return abs(self.mean) > max(self.spread, self.luck)


@cache
def results() -> dict[Setting, Result]:
    """Read the record."""
    groups: dict[Setting, list[dict]] = {}
    for run in recorded.load(RECORD).runs:
        key = Setting(run["start"], run["per_class"], run["frozen"])
        groups.setdefault(key, []).append(run)
    return {
        key: Result(
            tuple(run["accuracy"] for run in runs), tuple(tuple(run["curve"]) for run in runs)
        )
        for key, runs in groups.items()
    }


def sizes() -> list[int]:
    """List the numbers of pictures of each class that were tried."""
    return sorted({setting.per_class for setting in results()})


def by_depth(setting: Setting) -> list[Result]:
    """Give the results of all depths with this start and so many pictures."""
    return [results()[Setting(setting.start, setting.per_class, depth)] for depth in DEPTHS]


def best(found: list[Result]) -> int:
    """Give the depth of the largest mean, the first of equal ones."""
    return int(np.argmax([one.mean for one in found]))


def gain(better: Result, other: Result) -> Gain:
    """Compare two settings on the same pictures: the seeds are those of both."""
    each = np.subtract(better.accuracies, other.accuracies)
    share = better.mean
    luck = float(np.sqrt(share * (1 - share) / TEST_IMAGES))
    return Gain(float(each.mean()), float(each.std(ddof=1)), luck)


def as_good(found: list[Result]) -> list[int]:
    """List the depths from which the best one was not found to differ, itself included."""
    top = best(found)
    return [
        depth for depth, one in enumerate(found) if depth == top or not gain(found[top], one).found
    ]
