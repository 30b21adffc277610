"""Trainings that go on as far as they are asked, on the student's network and loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnkit import ops
from cnnkit.widgets import student
from cnnkit.widgets.dashboard_lessons import PLANS, TICK, TICKS, Plan, lesson

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Setting:
    """All that a training follows from."""

    data: str = "digits"
    lr: float = 0.1
    batch: int = 16
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Point:
    """Where a training is: loss and accuracy of the pictures just learned from, and of new ones.

    The weights are those after it; before the first step nothing was learned from.
    """

    weights: Weights
    loss: float
    acc: float
    new_loss: float
    new_acc: float


def build(model: Callable, data: str, seed: int) -> student.Outcome:
    """Call the student's class, with the sizes for a set."""
    name, rng = student.name_of(model), np.random.default_rng(seed)
    return student.call(student.named(model, name, rng, **PLANS[data].sizes))


def unusable(model: Any, name: str) -> str:
    """Say what a network lacks that a training needs; empty where it lacks nothing."""
    params = getattr(model, "params", None)
    if not isinstance(params, dict) or not params:
        return f"{name} has no params: a dict of arrays, by name."
    other = [key for key, value in params.items() if not isinstance(value, np.ndarray)]
    if other:
        return f"{name}: {other[0]} is {student.kind_of(params[other[0]])}, not an array."
    missing = [way for way in ("forward", "backward") if not callable(getattr(model, way, None))]
    return f"{name} has no method {missing[0]}." if missing else ""


@np.errstate(all="ignore")  # steps too large are no error here, they are the lesson
def scores_of(model: Any, x: np.ndarray, name: str) -> student.Outcome:
    """Ask a network for its scores; what is no array (N, 10) is no value."""
    outcome = student.call(student.named(model.forward, f"{name}.forward"), x)
    if outcome.trouble:
        return student.Outcome(None, outcome.trouble)
    wrong, sentence = student.judge(f"{name}.forward", outcome.value, np.zeros((len(x), 10)))
    return student.Outcome(None, sentence) if wrong is None else outcome


@np.errstate(all="ignore")
def feature_maps(weights: Weights, plan: Plan, x: np.ndarray) -> dict[str, np.ndarray]:
    """Give what each layer makes of a picture (1, 1, H, W), computed from the weights."""
    found = {}
    for n, pool in enumerate(plan.pools, 1):
        maps = ops.conv2d(x, weights[f"conv{n}.w"], weights[f"conv{n}.b"])
        x = ops.relu(ops.max_pool2d(maps, pool)[0])
        found |= {f"conv{n}": maps[0], f"pool{n}": x[0]}
    return found


class Run:
    """One training, kept point by point; it ends for good where something goes wrong."""

    def __init__(self, model: Callable, train: Callable, setting: Setting) -> None:
        self.setting, self.points, self.trouble = setting, [], ""
        self._train, self._name = train, student.name_of(model)
        self._lesson = lesson(setting.data)
        self._rng = np.random.default_rng(setting.seed)
        made, other = (build(model, setting.data, setting.seed) for _ in range(2))
        self._model, self._looked_at = made.value, other.value  # one learns, one is asked
        self.trouble = made.trouble or other.trouble
        if not self.trouble:
            self._begin()

    def at(self, tick: int) -> Point | None:
        """Give the point after so many ticks, or the last one that could be reached."""
        while len(self.points) <= tick and not self.trouble:
            self._go_on()
        return self.points[min(tick, len(self.points) - 1)] if self.points else None

    def scores(self, tick: int, x: np.ndarray) -> np.ndarray | None:
        """Give the scores for a picture after so many ticks."""
        point = self.at(tick)
        if point is None:
            return None
        self._looked_at.params = {name: value.copy() for name, value in point.weights.items()}
        scores = scores_of(self._looked_at, x, self._name).value
        return scores[0] if scores is not None and np.isfinite(scores).all() else None

    def over(self, tick: int) -> bool:
        """Say whether nothing can follow: something went wrong, or the loss is no number."""
        point = self.at(tick)
        broken = self.trouble and tick >= len(self.points) - 1
        return point is None or bool(broken) or not np.isfinite(point.new_loss)

    @np.errstate(all="ignore")
    def peak(self, tick: int) -> float:
        """Say how far the loss on new pictures ever rose above the least that it had been."""
        losses = np.array([point.new_loss for point in self.points[: tick + 1]])
        rises = losses - np.minimum.accumulate(losses)
        return float(rises.max())

    @np.errstate(all="ignore")
    def moved(self, tick: int) -> float:
        """Say how far the weights are from the first ones, as a part of their size."""
        first, last = self.points[0].weights, self.at(tick).weights
        away = sum(float(((last[name] - w).astype(float) ** 2).sum()) for name, w in first.items())
        size = sum(float((w.astype(float) ** 2).sum()) for w in first.values())
        return float(np.sqrt(away / size))

    def _begin(self) -> None:
        """Note the untrained network; float32 takes half the time."""
        self.trouble = unusable(self._model, self._name)
        if not self.trouble:
            params = self._model.params.items()
            self._model.params = {name: value.astype(np.float32) for name, value in params}
            self._note(np.nan, np.nan)

    @np.errstate(all="ignore")
    def _go_on(self) -> None:
        """Train on the next few pictures; each epoch takes them in another order."""
        epoch, part = divmod(len(self.points) - 1, TICKS)
        order = np.random.default_rng([self.setting.seed, epoch]).permutation(len(self._lesson.y))
        chosen = order[part * TICK : (part + 1) * TICK]
        name = student.name_of(self._train)
        taught = student.named(self._train, name, self._model)
        options = {"lr": self.setting.lr, "epochs": 1, "batch_size": self.setting.batch}
        pictures = self._lesson.x[chosen], self._lesson.y[chosen]
        outcome = student.call(taught, *pictures, **options, rng=self._rng)
        told = outcome.trouble or read_history(name, outcome.value)
        if isinstance(told, str):
            self.trouble = told
        else:
            self._note(*told)

    @np.errstate(all="ignore")
    def _note(self, loss: float, acc: float) -> None:
        outcome = scores_of(self._model, self._lesson.new_x, self._name)
        if outcome.value is None:
            self.trouble = self.trouble or outcome.trouble
            return
        scores, y = outcome.value, self._lesson.new_y
        new_loss = float(ops.softmax_cross_entropy(scores.astype(float), y)[0])
        new_acc = float((scores.argmax(axis=1) == y).mean())
        weights = {name: value.copy() for name, value in self._model.params.items()}
        self.points.append(Point(weights, loss, acc, new_loss, new_acc))


def read_history(name: str, history: object) -> tuple[float, float] | str:
    """Read loss and accuracy of the one epoch that a loop tells of, or say what it gave instead."""
    try:
        return float(history["loss"][0]), float(history["acc"][0])
    except (TypeError, KeyError, IndexError, ValueError):
        return (
            f"{name} returned {_short(history)}; it should return a dict with 'loss' and 'acc', "
            "each a list with a number for each epoch."
        )


def _short(value: object) -> str:
    text = student.kind_of(value) + ("" if value is None else f", {value!r}")
    return text if len(text) <= 80 else f"{text[:77]}..."
