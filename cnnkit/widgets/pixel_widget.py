"""The pixel inspector: light becomes a grid of numbers, with as many levels as one likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.images import quantize as reference
from cnnkit.widgets import controls, figures, own_picture, student
from cnnkit.widgets import pixel_numbers as numbers
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.pixel_numbers import GRIDS, LEVELS, SIDE

ZOOM = 8  # rows and columns of the number grid
SCREEN = 190  # pixels of a picture on the screen: three figures stand side by side in a cell
NAMES = ("red", "green", "blue")
KEYS = "Pixels: arrow keys go from one to the next, Home and End to the first and the last."
ASK = "Predict its value with the two formulas of the chapter; then it is shown."
NO_VALUE = "Type one whole number, 0 to 255."


@dataclass(frozen=True)
class State:
    """Where the sliders and the cursor stand, and what was predicted."""

    levels: int = 4
    grid: int = 8
    channel: int = 0
    order: str = "NCHW"
    place: tuple[int, int] = (0, 0)
    prediction: Prediction = Prediction()


class PixelInspector(Widget):
    """See :func:`cnnkit.widgets.pixel_inspector`."""

    label = "Pixel inspector"

    def __init__(
        self, quantize: Callable | None = None, *, image: ArrayLike | str | None = None
    ) -> None:
        super().__init__()
        self._quantize = reference if quantize is None else quantize
        self._name = "cnnkit.images.quantize" if quantize is None else student.name_of(quantize)
        self._light = own_picture.square(
            _flower() if image is None else own_picture.read(image), SIDE
        )
        self._scene = np.rint(255 * _last(self._light)).astype(np.uint8)
        self._run = lru_cache(16)(self._run_once)
        self.show(State(place=(3, 2)))

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        size = (state.grid, state.grid)
        match event:
            case {"set": "levels", "value": at}:
                levels = LEVELS[int(at)]
                return replace(state, levels=levels, prediction=state.prediction.again())
            case {"set": "grid", "value": chosen}:
                grid = GRIDS[int(chosen)]
                place = tuple((2 * at + 1) * grid // (2 * state.grid) for at in state.place)
                prediction = state.prediction.again()
                return replace(state, grid=grid, place=place, prediction=prediction)
            case {"set": "channel", "value": c}:
                return replace(state, channel=int(c))
            case {"set": "order", "value": order}:
                return replace(state, order=order)
            case {"move": key}:
                return replace(state, place=figures.move(state.place, key, size))
            case {"go": name, "at": at}:
                return replace(state, place=_clicked(name, at, state))
            case {"predict": typed}:
                return replace(state, prediction=self._predicted(state, typed))
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Draw the light, the grid and its numbers; before the prediction, the light alone."""
        y, wrong, trouble = self._run(state.levels, state.grid)
        shown = state.prediction.revealed
        x = self._brightness(state)
        texts = {"memory": numbers.memory(state.order, len(self._light), state.grid, state.place)}
        if shown:
            texts["formula"] = numbers.formulas(x, state.levels)
        return {
            "about": f"The values are what {self._name} gives. It is called for each channel.",
            "controls": self._controls(state),
            "prediction": controls.prediction(
                f"Brightness {x:.2f}, {state.levels} levels: predict the", state.prediction,
                fields=("value",),
            ),
            "notes": {"trouble": ("bad", f"✗ {trouble}" if shown and trouble else "")},
            "stage": {"label": KEYS, "rows": [self._row(state, y, wrong, shown)]},
            "live": self._live(state, y, wrong, shown),
            "texts": texts,
        }  # fmt: skip

    def static_events(self) -> list[dict]:
        """Go from pixel to pixel, and change levels, channel and order."""
        return [
            *({"move": key} for key in figures.KEYS),
            *({"set": "levels", "value": LEVELS.index(levels)} for levels in (2, 4, 16, 256)),
            *({"skip": skip} for skip in (True, False)),
        ]

    def _run_once(self, levels: int, grid: int) -> tuple[np.ndarray | None, np.ndarray | None, str]:
        """Run the function on each channel: values (C, grid, grid), where wrong, and what."""
        found, wrongs, troubles = [], [], []
        for plane in numbers.sample(self._light, grid):
            outcome = student.call(self._quantize, plane, levels=levels)
            right = reference(plane, levels=levels)
            wrong, said = None, outcome.trouble
            if outcome.value is not None or not said:
                wrong, difference = student.judge(self._name, outcome.value, right)
                said = said or difference or _dtype(self._name, outcome.value)
            troubles.append(said)
            if wrong is None:
                return None, None, said
            found.append(outcome.value)
            wrongs.append(wrong)
        return np.stack(found), np.stack(wrongs), next(filter(None, troubles), "")

    def _brightness(self, state: State) -> float:
        plane = numbers.sample(self._light, state.grid)[self._channel(state)]
        return float(plane[state.place])

    def _channel(self, state: State) -> int:
        return min(state.channel, len(self._light) - 1)

    def _right(self, state: State) -> int:
        return int(reference(np.array([self._brightness(state)]), levels=state.levels)[0])

    def _predicted(self, state: State, typed: list[str]) -> Prediction:
        read = controls.whole_numbers(typed)
        if read is None:
            return state.prediction.refused(NO_VALUE)
        right = self._right(state)
        said = numbers.verdict(self._brightness(state), state.levels, right, read[0])
        return state.prediction.judged(said, read[0] == right)

    def _controls(self, state: State) -> list[dict]:
        levels, grid = LEVELS.index(state.levels), GRIDS.index(state.grid)
        size = f"{state.grid} × {state.grid}"
        found = [
            controls.slider("levels", "levels", levels, 0, len(LEVELS) - 1, text=str(state.levels)),
            controls.slider("grid", "grid", grid, 0, len(GRIDS) - 1, text=size),
        ]
        if len(self._light) > 1:
            named = list(enumerate(NAMES))
            found.append(controls.select("channel", "channel", state.channel, named))
        orders = ("NCHW", "NHWC")
        return [*found, controls.select("order", "order in memory", state.order, orders)]

    def _row(
        self, state: State, y: np.ndarray | None, wrong: np.ndarray | None, shown: bool
    ) -> list[dict]:
        step = SIDE // state.grid
        i, j = state.place
        cell = figures.box(i * step, j * step, step, step)
        row = [
            figures.picture(
                "light", "light, and one cell of the sensor", self._scene,
                f"The light; the outlined cell is row {i}, column {j} of {state.grid}.",
                scale=SCREEN / SIDE, boxes=[cell], click=True,
            ),
            figures.sign("→"),
        ]  # fmt: skip
        if not shown or y is None:
            return [*row, figures.hidden("?" if not shown else "none")]
        values = np.clip(np.nan_to_num(y.astype(float)), 0, 255).astype(np.uint8)
        row.append(
            figures.picture(
                "pixels", f"{state.grid} × {state.grid} pixels, {state.levels} levels",
                _last(values), f"What {self._name} makes of it.",
                scale=SCREEN / state.grid, boxes=[figures.box(i, j, 1, 1)], click=True,
            )
        )  # fmt: skip
        c = self._channel(state)
        return [*row, _zoom(state, y[c], wrong[c], NAMES[c] if len(self._light) > 1 else "")]

    def _live(
        self, state: State, y: np.ndarray | None, wrong: np.ndarray | None, shown: bool
    ) -> str:
        (i, j), c, x = state.place, self._channel(state), self._brightness(state)
        name = f", {NAMES[c]}" if len(self._light) > 1 else ""
        text = f"Row {i}, column {j}{name}: brightness {x:.2f}"
        if not shown:
            return f"{text}. {ASK}"
        k, right = numbers.level(x, state.levels), self._right(state)
        text = f"{text} is level {k} of 0 to {state.levels - 1}; "
        if y is None:
            return f"{text}{self._name} gives nothing, right is {right}."
        given = f"{text}{self._name} gives {figures.number(y[c, i, j])}"
        return f"{given}, right is {right}." if wrong[c, i, j] else f"{given}."


def _flower() -> np.ndarray:
    from cnnkit.data import photograph

    return photograph("flower")[:, 22:406, 116:500] / 255


def _last(x: np.ndarray) -> np.ndarray:
    """Give a picture of one channel as (H, W)."""
    return x[0] if len(x) == 1 else x


def _dtype(name: str, value: np.ndarray) -> str:
    if value.dtype == np.uint8:
        return ""
    return f"{name} returned an array of dtype {value.dtype}; it should be uint8."


def _corner(state: State) -> tuple[int, int]:
    """Give the first row and column of the number grid: the cursor is kept in its middle."""
    most = max(state.grid - ZOOM, 0)
    i, j = (min(max(at - ZOOM // 2, 0), most) for at in state.place)
    return i, j


def _clicked(name: str, at: list[int], state: State) -> tuple[int, int]:
    if name == "light":
        at = [index * state.grid // SIDE for index in at]
    if name == "values":
        at = [index + corner for index, corner in zip(at, _corner(state), strict=True)]
    i, j = (min(max(int(index), 0), state.grid - 1) for index in at)
    return i, j


def _zoom(state: State, y: np.ndarray, wrong: np.ndarray, name: str) -> dict:
    top, left = _corner(state)
    part = np.s_[top : top + ZOOM, left : left + ZOOM]
    marks = [["wrong" if bad else "" for bad in row] for row in wrong[part]]
    i, j = state.place
    marks[i - top][j - left] += " here"
    return figures.grid(
        "values", f"its numbers{name and ', ' + name}", y[part], fill="grey", low=0, high=255,
        marks=marks, first=(top, left), click=True,
    )  # fmt: skip


def pixel_inspector(
    quantize: Callable | None = None, *, image: ArrayLike | str | None = None
) -> PixelInspector:
    """See light become a grid of numbers, one pixel after another.

    Parameters
    ----------
    quantize : function, optional
        Your own, called as ``quantize(img, levels=)`` for each channel; by default
        :func:`cnnkit.images.quantize`. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (3, H, W), or the path of a file, optional
        Another picture than the flower: uint8, or floats from 0 to 1.
    """
    return PixelInspector(quantize, image=image)
