"""The arithmetic behind the augmentation mixer: nine pictures through a chain of changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnkit import augment
from cnnkit.data import classes, load, photograph
from cnnkit.widgets import mixer_checks as checks
from cnnkit.widgets import student

COUNT = 9
STEPS = ("hflip", "affine", "random_crop", "color_jitter", "cutout", "own", "mixup")
DIFFERENT, BOOT, FLOWER = "nine kinds", "a boot, 9 times", "a flower, 9 times"

DEFAULTS = {
    name: getattr(augment, name)
    for name in ("hflip", "affine", "random_crop", "color_jitter", "cutout", "mixup")
}


@dataclass(frozen=True)
class Setting:
    """Where the sliders stand; at 0 a change is left out."""

    flip: float = 0.5
    angle: int = 15
    shear: int = 0
    zoom: float = 0.0
    shift: int = 2
    brightness: float = 0.0
    contrast: float = 0.0
    hole: int = 0
    alpha: float = 1.0
    seed: int = 0
    pictures: str = DIFFERENT


@dataclass(frozen=True)
class Batch:
    """Nine pictures (9, C, H, W) of 0..1, their shares (9, K), and what the classes are called."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What the chain made of a batch, what it blended, and what went wrong on the way."""

    before: Batch
    x: np.ndarray
    y: np.ndarray
    blend: checks.Blend | None
    troubles: tuple[str, ...]


def is_ours(function: Callable) -> bool:
    """Say whether a function is cnnkit's own, which need not be checked."""
    return function in DEFAULTS.values()


def batch(pictures: str) -> Batch:
    """Give the nine pictures that the chain begins with."""
    if pictures == FLOWER:
        red, green, blue = photograph("flower")[:, 75:355, 165:445] / 255
        flower = np.stack([red, green, blue]).reshape(3, 56, 5, 56, 5).mean(axis=(2, 4))
        return Batch(np.tile(flower, (COUNT, 1, 1, 1)), np.ones((COUNT, 1)), ("flower",))
    x, y = load("apparel", "test")
    kinds = [9] * COUNT if pictures == BOOT else [0, 1, 2, 3, 5, 6, 7, 8, 9]
    chosen = np.stack([x[y == kind][0] for kind in kinds]) / 255
    return Batch(chosen, np.eye(10)[kinds], classes("apparel"))


def own_batch(picture: np.ndarray) -> Batch:
    """Give nine times a picture (C, H, W)."""
    return Batch(np.tile(picture, (COUNT, 1, 1, 1)), np.ones((COUNT, 1)), ("your picture",))


def chain(begin: Batch, functions: dict[str, Callable], setting: Setting) -> Result:
    """Send a batch through all changes that are switched on, each with draws of its own.

    A step that fails is told and left out. Each has a generator made from the seed and its place
    in the chain, so that a slider changes its own step and no other draws.
    """
    x, y, blend, troubles = begin.x, begin.y, None, []
    for place, name in enumerate(STEPS):
        if name not in functions:
            continue
        rng = np.random.default_rng([setting.seed, place])
        if name == "mixup":
            if setting.alpha:
                x, y, blend, trouble = _mixed(functions[name], x, y, setting.alpha, rng)
                troubles.append(trouble)
            continue
        x, trouble = _changed(name, functions[name], x, setting, rng)
        troubles.append(trouble)
    return Result(begin, x, y, blend, tuple(filter(None, troubles)))


def _changed(
    name: str, function: Callable, x: np.ndarray, setting: Setting, rng: np.random.Generator
) -> tuple[np.ndarray, str]:
    """Do one step, and say what is wrong with what it gave."""
    if name == "affine":
        return _turned(function, x, setting, rng)
    options = _options(name, setting, x.shape[2:])
    if options is None:
        return x, ""
    outcome = student.call(function, x, **options, rng=rng)
    said = student.name_of(function)
    trouble = outcome.trouble or checks.shape(said, outcome.value, x.shape)
    if trouble and (outcome.value is None or checks.shape(said, outcome.value, x.shape)):
        return x, f"{trouble} (This step is left out.)"
    y = outcome.value.astype(float)
    if is_ours(function):
        return y, ""
    return y, trouble or checks.CHECKS[name](said, x, y, options)


def _options(name: str, setting: Setting, hw: tuple[int, int]) -> dict | None:
    """Give a step's arguments, or None where its slider stands at 0."""
    options = {
        "hflip": (setting.flip, {"p": setting.flip}),
        "random_crop": (setting.shift, {"size": tuple(hw), "padding": setting.shift}),
        "color_jitter": (
            setting.brightness or setting.contrast,
            {"brightness": setting.brightness, "contrast": setting.contrast},
        ),
        "cutout": (setting.hole, {"size": setting.hole}),
        "own": (True, {}),
    }
    is_on, arguments = options[name]
    return arguments if is_on else None


def _turned(
    function: Callable, x: np.ndarray, setting: Setting, rng: np.random.Generator
) -> tuple[np.ndarray, str]:
    """Turn, lean and scale each picture by draws of its own: affine treats a batch alike."""
    if not (setting.angle or setting.shear or setting.zoom):
        return x, ""
    draws = rng.uniform(-1, 1, (len(x), 3)) * (setting.angle, setting.shear, setting.zoom)
    said, y, told = student.name_of(function), x.copy(), ""
    for n, (angle, shear, zoom) in enumerate(draws):
        options = {"angle": float(angle), "shear": float(shear), "scale": float(1 + zoom)}
        if is_ours(function):
            y[n] = function(x[n : n + 1], **options)[0]
            continue
        outcome = student.call(function, x[n : n + 1], **options)
        wrong, sentence = student.judge(
            said, outcome.value, augment.affine(x[n : n + 1], **options), marked=""
        )
        if wrong is None:
            return x, f"{outcome.trouble or sentence} (This step is left out.)"
        y[n] = outcome.value[0]
        if not told and (outcome.trouble or sentence):
            told = f"Picture {n + 1}: {outcome.trouble or sentence}"
    return y, told


def _mixed(
    function: Callable, x: np.ndarray, y: np.ndarray, alpha: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, checks.Blend | None, str]:
    outcome = student.call(function, x, y, alpha=alpha, rng=rng)
    said, got = student.name_of(function), outcome.value
    if not (isinstance(got, tuple) and len(got) == 2):
        kind = student.kind_of(got)
        wrong = outcome.trouble or f"{said} returned {kind}; it should return two arrays, x and y."
        return x, y, None, f"{wrong} (This step is left out.)"
    wrong = checks.shape(said, got[0], x.shape) or checks.shape(said, got[1], y.shape)
    if wrong:
        return x, y, None, f"{wrong} (This step is left out.)"
    blend, trouble = checks.mixup(said, x, y, *(array.astype(float) for array in got))
    return got[0].astype(float), got[1].astype(float), blend, outcome.trouble or trouble
