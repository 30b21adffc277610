"""The convolution explorer: a window that moves, the sum it makes, and the sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.ops import conv2d as reference
from cnnkit.widgets import controls, conv_prediction, conv_view, figures, starts, student
from cnnkit.widgets import conv_numbers as numbers
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.conv_numbers import LIMITS, Place, Setting

RULE = "⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"
NO_OUTPUT = "There is no output: the window is larger than the padded image."
PREDICT = "Predict the size of the output first; then move the window."
NO_SIZE = "Type two whole numbers: the height and the width of the output."
KEYS = (
    "Window over the image: arrow keys move it by one output place, Home and End to the first and "
    "the last."
)
LABELS = {"channels": "channels C", "filters": "filters O"}


@dataclass(frozen=True)
class State:
    """Where the sliders and the window stand, and what was predicted."""

    setting: Setting
    place: Place = (0, 0)
    filter: int = 0
    prediction: Prediction = Prediction()


class ConvExplorer(Widget):
    """See :func:`cnnkit.widgets.conv_explorer`.

    The output stays hidden until its size is predicted; sliders that change the size hide it
    again.
    """

    label = "Convolution explorer"

    def __init__(
        self, conv2d: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
    ) -> None:
        super().__init__()
        self._conv2d = reference if conv2d is None else conv2d
        self._name = "cnnkit.ops.conv2d" if conv2d is None else student.name_of(conv2d)
        self._image, self._channels = read_image(image)
        self._limits = limits(self._image)
        self._run = lru_cache(16)(self._run_once)
        self.show(State(starts.sliders(Setting(), setting, self._limits)))

    def step(self, state: State, event: dict) -> State:
        """Answer a slider, a key, a click, a prediction or the switch that skips it."""
        size = state.setting.size()
        can_move = size and state.prediction.revealed
        match event:
            case {"set": "filter", "value": o}:
                return replace(state, filter=int(o))
            case {"set": name, "value": value}:
                return _changed(state, replace(state.setting, **{name: int(value)}))
            case {"move": key} if can_move:
                return replace(state, place=figures.move(state.place, key, size))
            case {"go": where, "at": [i, j]} if can_move and i < size[0] and j < size[1]:
                o = int(where.removeprefix("output "))
                return replace(state, place=(i, j), filter=min(o, state.setting.filters - 1))
            case {"predict": typed} if size:
                return replace(state, prediction=_predicted(state, typed))
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Draw input, filter and output; before the prediction, nothing that tells the size."""
        setting, size = state.setting, state.setting.size()
        scene, trouble, difference = self._run(setting)
        shown = size if state.prediction.revealed else None
        warning = numbers.warning(setting, shown) if shown else ""
        trouble = " ".join(filter(None, [trouble, difference * bool(shown)]))
        texts = {"reads": "", "sum": []}
        formula = [f"Output size along an axis of n pixels: {RULE}"]
        if shown:
            texts = conv_view.sentences(scene, state.place, state.filter)
            formula += [
                numbers.formula(setting.height, size[0], "height", setting),
                numbers.formula(setting.width, size[1], "width", setting),
            ]
        live = texts.pop("live", PREDICT if size else NO_OUTPUT)
        return {
            "about": f"The output is what {self._name} gives.",
            "controls": self._controls(state),
            "prediction": controls.prediction(
                "Predict the output:",
                state.prediction,
                fields=("height", "width"),
                possible=size is not None,
            ),
            "notes": {
                "trouble": ("bad", trouble and f"✗ {trouble}"),
                "warning": ("bad", warning),
            },
            "stage": _stage(scene, state, shown),
            "play": {"event": {"move": "next"}, "every": 700} if shown else None,
            "live": live,
            "texts": texts
            | {
                "legend": _legend(bool(warning or trouble)),
                "formula": formula,
                "counts": numbers.counts(setting, shown),
            },
        }

    def static_events(self) -> list[dict]:
        """Move, step through stride, padding and dilation, and predict sizes up to 9."""
        moves = [{"move": key} for key in (*figures.KEYS, "next")]
        steps = {"stride": (1, 2, 3), "padding": (0, 1), "dilation": (1, 2)}
        sets = [{"set": name, "value": v} for name, values in steps.items() for v in values]
        return [*moves, *sets, {"skip": True}, {"skip": False}]

    def _run_once(self, setting: Setting) -> tuple[conv_view.Scene, str, str]:
        """Run the function on the picture and compare with cnnkit's.

        Gives the scene, what is wrong in any case, and what would tell the output's size.
        """
        x = self._image[: setting.channels, : setting.height, : setting.width]
        w, b = numbers.weights(setting)
        scene = conv_view.Scene(setting, x, w, b, self._channels[: setting.channels], self._name)
        if not setting.size():
            return scene, "", ""
        given = [x[None].astype(float), w.astype(float), b.astype(float)]
        outcome = student.call(self._conv2d, *given, **setting.options)
        wrong, difference = None, ""
        if outcome.value is not None or not outcome.trouble:
            right = reference(*given, **setting.options)
            wrong, difference = student.judge(self._name, outcome.value, right)
        y = conv_view.drawable(outcome.value)
        scene = replace(scene, y=y, wrong=None if wrong is None else wrong[0])
        return scene, outcome.trouble, difference

    def _controls(self, state: State) -> list[dict]:
        values = asdict(state.setting)
        sliders = [
            controls.slider(name, LABELS.get(name, name), values[name], *self._limits[name])
            for name in LIMITS
        ]
        names = [(o, f"filter {o}") for o in range(state.setting.filters)]
        chosen = controls.select("filter", "filter shown", state.filter, names)
        return sliders + [chosen] * (len(names) > 1)


def _changed(state: State, setting: Setting) -> State:
    """Take a new setting; a new size is to be predicted again."""
    state = replace(state, filter=min(state.filter, setting.filters - 1))
    same = replace(state.setting, channels=setting.channels, filters=setting.filters)
    if setting == same:
        return replace(state, setting=setting)
    return replace(state, setting=setting, place=(0, 0), prediction=state.prediction.again())


def _predicted(state: State, typed: list[str]) -> Prediction:
    predicted = controls.whole_numbers(typed)
    if predicted is None:
        return state.prediction.refused(NO_SIZE)
    verdict = conv_prediction.verdict(predicted, state.setting)
    return state.prediction.judged(verdict, predicted == state.setting.size())


def _stage(scene: conv_view.Scene, state: State, shown: Place | None) -> dict:
    outputs = conv_view.outputs(scene, state.place, state.filter) if shown else []
    unseen = figures.hidden("none" if shown or not state.setting.size() else "?")
    row = [
        *conv_view.inputs(scene, state.place, shown),
        figures.sign("★"),
        *conv_view.kernels(scene, state.filter),
        figures.sign(f"+ {figures.number(scene.b[state.filter])} ="),
        *(outputs or [unseen]),
    ]
    return {"label": KEYS, "rows": [row]}


def _legend(hatched: bool) -> str:
    text = "Outlined: the window, and its place in the output. Dotted: padding."
    return text + (" Hatched: what the messages above are about." if hatched else "")


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


def conv_explorer(
    conv2d: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
) -> ConvExplorer:
    """Move a kernel over a small picture, one output place after another.

    Parameters
    ----------
    conv2d : function, optional
        Your own function, called as ``conv2d(x, w, b, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.conv2d` by default. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (C, H, W), optional
        Another picture than the flower of ten grey levels a channel, at least 3 by 3;
        of a larger one than 10 by 10, or of more than 3 channels, the first are used.
    **setting : int
        Where the sliders start: ``height``, ``width``, ``kernel``, ``stride``, ``padding``,
        ``dilation``, ``channels``, ``filters``.
    """
    return ConvExplorer(conv2d, image=image, **setting)
