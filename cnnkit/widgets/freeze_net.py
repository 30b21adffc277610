"""The small net of the freeze slider, and what two steps of training did to each of its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from cnnkit.data import load
from cnnkit.layers import Sequential
from cnnkit.models import NormNet
from cnnkit.widgets.freeze_numbers import BLOCKS, HEAD

CLASSES = 5
EACH = 2  # pictures of each class in a step
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Part:
    """A block or the head: what the model was told of it, and what became of it."""

    layers: tuple[str, ...]
    shapes: dict[str, tuple[int, ...]]  # of its parameters, by name
    told: frozenset[str]  # the names of its parameters that are in model.frozen
    moved: dict[str, float] | None  # by how much at most; None where there was no step
    drift: float | None  # of its running statistics; None where it has none, or there was no step

    @property
    def size(self) -> int:
        """How many parameters it has."""
        return sum(map(_size, self.shapes.values()))

    @property
    def trained(self) -> int | None:
        """How many of them lie in arrays that moved."""
        if self.moved is None:
            return None
        return sum(_size(shape) for name, shape in self.shapes.items() if self.moved[name])


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape))


def fresh() -> Sequential:
    """Make the net whose trainings were recorded, untrained."""
    net = NormNet(np.random.default_rng(12), channels=(8, 16, 32), classes=CLASSES)
    return net.astype(np.float32)


@cache
def _learned() -> tuple[Arrays, Arrays]:
    """Give parameters that are not 0, and statistics gathered on pictures of the source."""
    net, (x, _), rng = fresh(), pictures("source"), np.random.default_rng(0)
    for value in net.params.values():
        if value.ndim == 1:  # no weight decay would move a 0
            value += rng.uniform(0.05, 0.15, value.shape)
    for _ in range(20):
        net.forward(x, train=True)
    return net.params, net.state


def source() -> Sequential:
    """Give the net with statistics of the source: a new one, as a student may change it."""
    net, (params, state) = fresh(), _learned()
    net.params, net.state = copied(params), copied(state)
    return net


@cache
def pictures(task: str) -> tuple[np.ndarray, np.ndarray]:
    """Give ten pictures of the 'source' (classes 0 to 4) or the 'target' (5 to 9), and labels."""
    x, y = load("apparel", "test")
    kinds = range(CLASSES) if task == "source" else range(CLASSES, 2 * CLASSES)
    few = np.concatenate([np.flatnonzero(y == kind)[:EACH] for kind in kinds])
    return x[few].astype(np.float32) / 255, y[few] % CLASSES


def copied(arrays: Arrays) -> Arrays:
    """Copy a dict of arrays."""
    return {name: array.copy() for name, array in arrays.items()}


def told(model: Sequential) -> set[str]:
    """Give the names of parameters in model.frozen, whatever a student put there."""
    frozen = model.frozen
    names = set(frozen) if isinstance(frozen, set | frozenset | list | tuple) else set()
    return names & set(model.params)


def parts(model: Sequential, begun: Arrays, went: bool) -> tuple[Part, ...]:
    """Compare a model with how it begun, block by block; ``went`` is whether it made steps."""
    return tuple(_part(model, layers, begun, went) for layers in (*BLOCKS, HEAD))


def _part(model: Sequential, layers: tuple[str, ...], begun: Arrays, went: bool) -> Part:
    def ours(arrays: Arrays) -> Arrays:
        return {name: a for name, a in arrays.items() if name.partition(".")[0] in layers}

    params, state = ours(model.params), ours(model.state)
    drifts = [_most(begun[name], now) for name, now in state.items()]
    return Part(
        layers,
        {name: now.shape for name, now in params.items()},
        frozenset(told(model) & set(params)),
        {name: _most(begun[name], now) for name, now in params.items()} if went else None,
        max(drifts) if went and drifts else None,
    )


def _most(before: np.ndarray, after: np.ndarray) -> float:
    return float(np.abs(after.astype(float) - before.astype(float)).max())
