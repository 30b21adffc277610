"""Compare a student's network and training loop with cnnkit's, on a few pictures, in float64."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from cnnkit import models, ops, training
from cnnkit.widgets import student
from cnnkit.widgets.dashboard_lessons import PLANS, lesson
from cnnkit.widgets.dashboard_runs import build, read_history, unusable

FEW, BATCH, RATE = 14, 6, 0.1  # the last batch is short
AFTER = f"(After an epoch of {FEW} pictures in batches of {BATCH}, lr {RATE}.)"


def model_trouble(model: Callable, data: str) -> str:
    """Say how a network differs from the one of chapter 08, first its weights, then both ways."""
    made, name = build(model, data, seed=0), student.name_of(model)
    if made.trouble:
        return made.trouble
    right = models.LeNetLike(np.random.default_rng(0), **PLANS[data].sizes)
    lacks = unusable(made.value, name) or _params_trouble(name, made.value.params, right.params)
    if lacks:
        return lacks
    for key, value in right.params.items():
        value[...] = made.value.params[key]
    x, y = _few(data)
    scores = _called(made.value.forward, f"{name}.forward", x)
    expected = right.forward(x)
    if trouble := scores.trouble or _judged(f"{name}.forward", scores.value, expected, "scores"):
        return trouble
    dscores = ops.softmax_cross_entropy(expected, y)[1]
    grads = _called(made.value.backward, f"{name}.backward", dscores)
    return grads.trouble or _grads_trouble(f"{name}.backward", grads.value, right.backward(dscores))


def train_trouble(train: Callable, data: str) -> str:
    """Say how a training loop differs from that of chapter 08, both on cnnkit's network."""
    (x, y), name = _few(data), student.name_of(train)
    mine, right = (
        models.LeNetLike(np.random.default_rng(1), **PLANS[data].sizes) for _ in range(2)
    )
    before = {key: value.copy() for key, value in right.params.items()}
    options = {"lr": RATE, "epochs": 1, "batch_size": BATCH}
    history = training.train(right, x, y, **options, rng=np.random.default_rng(2))
    outcome = _called(partial(train, mine), name, x, y, **options, rng=np.random.default_rng(2))
    if trouble := outcome.trouble or _params_trouble(name, mine.params, before):
        return trouble
    if all(np.array_equal(mine.params[key], value) for key, value in before.items()):
        return (
            f"{name} changed no parameter. The arrays in model.params must be changed in place: "
            "params[name] -= lr * gradient."
        )
    if _uphill(mine.params, right.params, before):
        return f"{name} goes up the gradient: the loss grows. Every parameter must go against it."
    for key, value in right.params.items():
        array = f"params['{key}']"
        if trouble := _judged(name, mine.params[key], value, array):
            return f"{trouble} {AFTER}"
    return _history_trouble(name, outcome.value, history)


def _history_trouble(name: str, got: object, right: dict[str, list[float]]) -> str:
    """Say how the loss and the accuracy that a loop tells differ; a short batch counts less."""
    read = read_history(name, got)
    if isinstance(read, str):
        return read
    for key, mine in zip(("loss", "acc"), read, strict=True):
        if not np.isclose(mine, right[key][0], rtol=1e-6):
            return f"{name} gives {key} {mine:.6g}, right is {right[key][0]:.6g}. {AFTER}"
    return ""


def _params_trouble(name: str, got: dict, right: dict) -> str:
    shapes = {key: value.shape for key, value in right.items()}
    if set(got) != set(shapes):
        has, should = (", ".join(keys) or "(none)" for keys in (got, shapes))
        return f"{name} has the params {has}; it should have {should}."
    for key, shape in shapes.items():
        if np.shape(got[key]) != shape:
            return f"{name}: {key} has shape {np.shape(got[key])}; it should be {shape}."
    return ""


def _grads_trouble(name: str, got: Any, right: dict) -> str:
    if not isinstance(got, dict) or set(got) != set(right):
        given = ", ".join(map(str, got)) if isinstance(got, dict) else ""
        given, wanted = given or student.kind_of(got), ", ".join(right)
        return f"{name} returned {given}; it should be a dict of gradients for {wanted}."
    troubles = (_judged(name, got[key], value, key) for key, value in right.items())
    return next(filter(None, troubles), "")


def _uphill(mine: dict, right: dict, before: dict) -> bool:
    """Say whether the parameters moved away from where they should have gone."""
    pairs = ((mine[key] - first, right[key] - first) for key, first in before.items())
    return sum(float((gone * wanted).sum()) for gone, wanted in pairs) < 0


def _called(function: Callable, name: str, *arrays: np.ndarray, **options: object) -> Any:
    return student.call(student.named(function, name), *arrays, **options)


def _judged(name: str, got: object, expected: np.ndarray, array: str) -> str:
    return student.judge(name, got, expected, array=array, marked=f" of {array}")[1]


def _few(data: str) -> tuple[np.ndarray, np.ndarray]:
    found = lesson(data)
    return found.x[:FEW].astype(float), found.y[:FEW]
