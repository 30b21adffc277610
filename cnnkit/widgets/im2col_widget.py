"""The im2col viewer: columns of the matrix and windows of the picture, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.ops import im2col as reference
from cnnkit.widgets import controls, figures, im2col_slips, im2col_view, slips, starts, student
from cnnkit.widgets import im2col_numbers as numbers
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.conv_numbers import Place
from cnnkit.widgets.im2col_numbers import Pixel, Setting
from cnnkit.widgets.im2col_view import MOST_CELLS, Scene

NO_OUTPUT = "There is no window: the kernel is larger than the padded picture."


@dataclass(frozen=True)
class State:
    """Where the student is."""

    setting: Setting
    cell: Place  # of the matrix
    prediction: Prediction = Prediction()


class Im2colViewer(Widget):
    """See :func:`cnnkit.widgets.im2col_viewer`."""

    label = "im2col viewer"

    def __init__(
        self, im2col: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
    ) -> None:
        super().__init__()
        self._im2col = reference if im2col is None else im2col
        self._name = "cnnkit.ops.im2col" if im2col is None else student.name_of(im2col)
        self._image = numbers.read_image(image)
        self._limits = numbers.limits(self._image)
        self._run = lru_cache(64)(self._run)
        start = starts.sliders(Setting(), setting, self._limits)
        self.show(self._start(start, Prediction()))

    def step(self, state: State, event: dict) -> State:
        """Answer a slider, a key, a click or a prediction."""
        shape = state.setting.shape()
        match event:
            case {"set": name, "value": value} if name in self._limits:
                setting = replace(state.setting, **{name: int(value)})
                return self._start(setting, state.prediction.again())
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
            case {"move": "PageDown" | "PageUp" as key} if shape:
                pixel, by = state.setting.pixel(state.cell), 1 if key == "PageDown" else -1
                return self._moved(state, self._copy(state, pixel, by))
            case {"move": key} if shape:
                return self._moved(state, figures.move(state.cell, key, shape))
            case {"go": "cols", "at": [i, j]} if shape and i < shape[0] and j < shape[1]:
                return self._moved(state, (i, j))
            case {"go": str(plane), "at": [i, j]} if shape and plane[:1] == "x":
                p = state.setting.padding
                return self._moved(state, self._copy(state, (int(plane[1:]), i - p, j - p), 1))
            case {"predict": typed} if shape:
                return replace(state, prediction=self._judged(state, controls.whole_numbers(typed)))
        return state

    def draw(self, state: State) -> dict:
        """Give the view."""
        fits = state.setting.shape() is not None
        view = {
            "about": f"cols is what {self._name} gives.",
            "controls": [
                controls.slider(name, name, getattr(state.setting, name), *limits)
                for name, limits in self._limits.items()
            ],
            "prediction": controls.prediction(
                "In which row and column of cols does the circled pixel stand?",
                state.prediction,
                fields=("row", "column"),
                possible=fits,
            ),
        }
        if not fits:
            return view | {"live": NO_OUTPUT, "notes": {"trouble": ("bad", "")}}
        return view | self._draw_matrix(state)

    def _draw_matrix(self, state: State) -> dict:
        """Give the part of the view that needs a window that fits."""
        shown = state.prediction.revealed
        scene, trouble, difference = self._run(state.setting)
        scene = replace(scene, cell=state.cell)
        told = " ".join(filter(None, [trouble, difference * shown]))
        texts = {"sum": im2col_view.where(scene), "counts": im2col_view.counts(scene)}
        return {
            "notes": {"trouble": ("bad", f"✗ {told}" if told else "")},
            "stage": {
                "label": "The matrix: arrow keys move by one row or column, Home and End to the "
                "first and the last, Page Down and Page Up through the copies of a pixel.",
                "rows": im2col_view.stage(scene, shown),
            },
            "play": {"event": {"move": "next"}, "every": 900} if shown else None,
            "live": im2col_view.live(scene, shown),
            "texts": (texts if shown else {}) | {"legend": im2col_view.LEGEND},
        }

    def static_events(self) -> list[dict]:
        """Live in a static page: every cell of the matrix and every pixel."""
        setting = self.state.setting
        keys = (*figures.KEYS, "PageDown", "PageUp", "next")
        shape = (setting.height + 2 * setting.padding, setting.width + 2 * setting.padding)
        planes = [(f"x{c}", shape) for c in range(setting.channels)]
        clicks = [
            {"go": name, "at": [i, j]}
            for name, size in [("cols", setting.shape() or (0, 0)), *planes]
            for i, j in np.ndindex(size)
        ]
        return [{"skip": True}, *({"move": key} for key in keys), *clicks]

    def _start(self, setting: Setting, prediction: Prediction) -> State:
        cell = numbers.telling_cell(setting) if setting.shape() else (0, 0)
        return State(setting, cell, prediction)

    def _moved(self, state: State, cell: Place) -> State:
        """Go to another cell; a verdict on the one before would mislead."""
        if cell == state.cell:
            return state
        return replace(state, cell=cell, prediction=replace(state.prediction, verdict=""))

    @staticmethod
    def _copy(state: State, pixel: Pixel, by: int) -> Place:
        """Give the next cell in which a pixel stands, the present one where there is none."""
        copies = state.setting.copies(pixel) if state.setting.inside(pixel) else []
        if not copies:
            return state.cell
        if state.cell in copies:
            return copies[(copies.index(state.cell) + by) % len(copies)]
        return copies[0]

    def _run(self, setting: Setting) -> tuple[Scene, str, str]:
        """Run the function on the picture and compare it with cnnkit's."""
        image = numbers.cut(self._image, setting)
        scene = Scene(setting, image, (0, 0), self._name)
        outcome = student.call(self._im2col, image[None], **setting.arguments)
        if outcome.value is None and outcome.trouble:
            return scene, outcome.trouble, ""
        right = numbers.matrix(image, setting)[None]
        wrong, difference = student.judge(self._name, outcome.value, right, array="cols")
        cols = outcome.value
        if not isinstance(cols, np.ndarray) or cols.dtype.kind not in "biuf":
            return scene, outcome.trouble, difference
        if cols.ndim == 3 and cols.size:
            plane = cols[0, :MOST_CELLS, :MOST_CELLS].astype(float)
            scene = replace(scene, cols=plane, wrong=None if wrong is None else wrong[0])
        return scene, outcome.trouble, difference

    def _judged(self, state: State, typed: tuple[int, ...] | None) -> Prediction:
        if typed is None:
            return state.prediction.refused("Type two whole numbers: a row and a column of cols.")
        row, column = state.cell
        return slips.judged(
            state.prediction,
            typed,
            state.cell,
            im2col_slips.slips(state.setting, state.cell),
            is_so=f"It stands in row {row}, column {column}.",
            advice=im2col_slips.advice(state.setting, state.cell, typed),
        )


def im2col_viewer(
    im2col: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
) -> Im2colViewer:
    """See which window of a picture is which column of a matrix, and where each pixel went.

    Parameters
    ----------
    im2col : function, optional
        Your own function, called as ``im2col(x, kernel=, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.im2col` by default. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (C, H, W), optional
        Another picture, at least 2 by 2; of a larger one the first 2 channels, 5 rows and 5
        columns are used.
    **setting : int
        Where the sliders start: ``channels``, ``height``, ``width``, ``kernel``, ``stride``,
        ``padding``, ``dilation``.
    """
    return Im2colViewer(im2col, image=image, **setting)
