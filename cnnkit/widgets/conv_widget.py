"""The convolution explorer: a window that moves, the sum it makes, and the sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.ops import conv2d as reference
from cnnkit.widgets import conv_numbers as numbers
from cnnkit.widgets import conv_prediction, conv_view, student
from cnnkit.widgets.base import Widget, asset
from cnnkit.widgets.conv_numbers import LIMITS, Setting

RULE = "⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"
NO_OUTPUT = "There is no output: the window is larger than the padded image."
PREDICT = "Predict the size of the output first; then move the window."


class ConvExplorer(Widget):
    """See :func:`cnnkit.widgets.conv_explorer`.

    The output stays hidden until its size is predicted; sliders that change the size hide it
    again.
    """

    _esm = asset("base.js", "conv_widget.js")
    _css = asset("base.css", "conv_widget.css")

    def __init__(
        self, conv2d: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
    ) -> None:
        super().__init__()
        self._conv2d = reference if conv2d is None else conv2d
        self._name = "cnnkit.ops.conv2d" if conv2d is None else student.name_of(conv2d)
        self._image, self._channels = read_image(image)
        self._limits = limits(self._image)
        self._place, self._filter, self._skip = (0, 0), 0, False
        self._set(read_setting(setting, self._limits))
        self.view = self._draw()

    def on_event(self, event: dict) -> None:
        """Answer a slider, a key, a click, a prediction or the switch that skips it."""
        size = self._setting.size()
        match event:
            case {"set": name, "value": value}:
                self._set(replace(self._setting, **{name: int(value)}))
            case {"move": key} if self._revealed and size:
                self._place = numbers.move(self._place, key, size)
            case {"go": [o, i, j]} if self._revealed and size and i < size[0] and j < size[1]:
                self._place, self._filter = (i, j), min(o, self._setting.filters - 1)
            case {"filter": o}:
                self._filter = int(o)
            case {"predict": typed}:
                self._predict(conv_prediction.read(typed))
            case {"skip": skip}:
                self._skip = bool(skip)
        self.view = self._draw()

    @property
    def _revealed(self) -> bool:
        return self._skip or self._predicted is not None

    def _set(self, setting: Setting) -> None:
        """Take a new setting: run the function on it; a new size is to be predicted again."""
        kept = replace(setting, channels=1, filters=1)
        if not hasattr(self, "_setting") or kept != replace(self._setting, channels=1, filters=1):
            self._predicted, self._verdict, self._place = None, "", (0, 0)
        self._setting = setting
        self._filter = min(self._filter, setting.filters - 1)
        self._run()

    def _run(self) -> None:
        """Run the function on the picture and compare with cnnkit's."""
        setting = self._setting
        x = self._image[: setting.channels, : setting.height, : setting.width]
        w, b = numbers.weights(setting)
        scene = conv_view.Scene(setting, x, w, b, self._channels[: setting.channels], self._name)
        self._trouble = self._difference = ""
        if setting.size():
            given = [x[None].astype(float), w.astype(float), b.astype(float)]
            outcome = student.call(self._conv2d, *given, **setting.options)
            self._trouble, wrong = outcome.trouble, None
            if outcome.value is not None or not outcome.trouble:
                wrong, self._difference = student.judge(
                    self._name, outcome.value, reference(*given, **setting.options)
                )
            scene = replace(
                scene,
                y=conv_view.drawable(outcome.value),
                wrong=None if wrong is None else wrong[0],
            )
        self._scene = scene

    def _predict(self, predicted: numbers.Place | None) -> None:
        if predicted is None:
            self._verdict = "Type two whole numbers: the height and the width of the output."
        elif self._setting.size():
            self._predicted = predicted
            self._verdict = conv_prediction.verdict(predicted, self._setting)

    def _draw(self) -> dict:
        setting, size = self._setting, self._setting.size()
        shown = size if self._revealed else None
        view = {
            "about": f"The output is what {self._name} gives.",
            "setting": asdict(setting),
            "limits": self._limits,
            "filter": self._filter,
            "skip": self._skip,
            "fits": size is not None,
            "shown": shown is not None,
            "verdict": self._verdict,
            "right": self._predicted == size,
            "formula": [f"Output size along an axis of n pixels: {RULE}"],
            "counts": numbers.counts(setting, shown),
            "warning": numbers.warning(setting, shown) if shown else "",
            "trouble": " ".join(filter(None, [self._trouble, self._difference * bool(shown)])),
            "inputs": conv_view.inputs(self._scene, self._place, shown),
            "kernels": conv_view.kernels(self._scene, self._filter),
            "bias": numbers.number(self._scene.b[self._filter]),
            "outputs": [],
            "live": PREDICT if size else NO_OUTPUT,
            "reads": "",
            "sum": [],
        }
        if shown:
            view["formula"] += [
                numbers.formula(setting.height, size[0], "height", setting),
                numbers.formula(setting.width, size[1], "width", setting),
            ]
            view["outputs"] = conv_view.outputs(self._scene, self._place, self._filter)
            view |= conv_view.sentences(self._scene, self._place, self._filter)
        return view

    def describe(self) -> str:
        """Give the setting, the size rule and the texts of the present view."""
        setting = ", ".join(f"{name} {value}" for name, value in asdict(self._setting).items())
        view = self.view
        texts = [*view["formula"], *view["counts"], view["warning"], view["trouble"], view["live"]]
        return "\n".join([f"Convolution explorer ({setting})", *filter(None, texts)])

    def still(self) -> str:
        """Give the present view as HTML tables."""
        grids = [*self.view["inputs"], *self.view["kernels"], *self.view["outputs"]]
        texts = "".join(f"<p>{escape(line)}</p>" for line in self.describe().splitlines())
        return texts + "".join(map(_table, grids)) + "<p>Run the cell to move the window.</p>"


def read_image(image: ArrayLike | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Give the picture as (C, H, W) and the names of its channels.

    Raises
    ------
    ValueError
        It has not two or three axes, is smaller than 3 by 3, or holds no finite numbers.
    """
    if image is None:
        return numbers.flower(), numbers.CHANNEL_NAMES
    array = np.asarray(image)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or not array.shape[0] or min(array.shape[1:]) < 3:
        raise ValueError(
            f"The image has shape {np.shape(image)}; it must be (H, W) or (C, H, W), with at "
            "least 3 rows and 3 columns."
        )
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        raise ValueError("The image must hold finite numbers and nothing else.")
    array = array.astype(float)[: LIMITS["channels"][1]]
    return array, tuple(f"channel {c}" for c in range(len(array)))


def limits(image: np.ndarray) -> dict[str, list[int]]:
    """Give the range of each slider for this picture."""
    most = dict(zip(("channels", "height", "width"), image.shape, strict=True))
    return {name: [low, min(high, most.get(name, high))] for name, (low, high) in LIMITS.items()}


def read_setting(wanted: dict[str, int], ranges: dict[str, list[int]]) -> Setting:
    """Read where the sliders start.

    Raises
    ------
    ValueError
        A name is unknown, or a number is outside its slider.
    """
    for name, value in wanted.items():
        if name not in ranges:
            raise ValueError(f"{name} is no slider; there are {', '.join(ranges)}.")
        low, high = ranges[name]
        if value not in range(low, high + 1):
            raise ValueError(f"{name} is {value!r}: it must be a whole number, {low} to {high}.")
    start = {name: min(value, ranges[name][1]) for name, value in asdict(Setting()).items()}
    return Setting(**start | {name: int(value) for name, value in wanted.items()})


def _table(grid: dict) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>"
        for row in grid["text"]
    )
    return f"<table><caption>{escape(grid['caption'])}</caption>{rows}</table>"
