"""The backprop stepper: one output after another sends its gradient to pixels and weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.ops import conv2d_backward as reference
from cnnkit.widgets import backprop_numbers as numbers
from cnnkit.widgets import backprop_slips, backprop_view, controls, figures, slips, starts, student
from cnnkit.widgets.backprop_numbers import Layer, Target
from cnnkit.widgets.backprop_view import Given, Scene
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.conv_numbers import Place, Setting
from cnnkit.widgets.figures import number

MOST_CELLS = 12  # rows or columns that are drawn, should a wrong gradient be larger
NAMES = ("dx", "dw", "db")
NO_OUTPUT = "There is no output: the window is larger than the padded image."
LEGEND = "Outlined: the output, and the pixels that it read. ?: what is asked for."


@dataclass(frozen=True)
class State:
    """Where the student is."""

    setting: Setting
    target: Target
    place: Place = (0, 0)
    prediction: Prediction = Prediction()


class BackpropStepper(Widget):
    """See :func:`cnnkit.widgets.backprop_stepper`."""

    label = "Backprop stepper"

    def __init__(
        self,
        conv2d_backward: Callable | None = None,
        *,
        x: ArrayLike | None = None,
        w: ArrayLike | None = None,
        **setting: int,
    ) -> None:
        super().__init__()
        self._function = reference if conv2d_backward is None else conv2d_backward
        self._name = "cnnkit.ops.conv2d_backward"
        if conv2d_backward is not None:
            self._name = student.name_of(conv2d_backward)
        self._x = numbers.read_array(x, numbers.X, "x", 5)
        self._w = numbers.read_array(w, numbers.W, "w", 3)
        self._limits = numbers.limits(self._x, self._w)
        self._layer, self._run = lru_cache(64)(self._layer), lru_cache(64)(self._run)
        start = starts.sliders(numbers.START, setting, self._limits)
        self.show(State(start, self._first_target(start)))

    def step(self, state: State, event: dict) -> State:
        """Answer a slider, a key, a click or a prediction."""
        size = state.setting.size()
        match event:
            case {"set": "asked", "value": target}:
                return self._asking(state, target)
            case {"set": name, "value": value} if name in self._limits:
                setting = replace(state.setting, **{name: int(value)})
                return State(setting, self._first_target(setting), (0, 0), state.prediction.again())
            case {"move": key} if size:
                return replace(state, place=figures.move(state.place, key, size))
            case {"go": "dy", "at": [i, j]} if size and i < size[0] and j < size[1]:
                return replace(state, place=(i, j))
            case {"go": "x", "at": [i, j]} if size:
                p = state.setting.padding
                return self._asking(state, f"x {i - p} {j - p}")
            case {"go": "w", "at": [i, j]} if size:
                return self._asking(state, f"w {i} {j}")
            case {"predict": typed} if size:
                return replace(state, prediction=self._judged(state, controls.real_numbers(typed)))
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Give the view."""
        made = self._layer(state.setting)
        view = {
            "about": f"dx, dw and db are what {self._name} gives.",
            "controls": self._controls(state, made),
            "prediction": controls.prediction(
                self._question(state), state.prediction, fields=("gradient",),
                possible=made is not None,
            ),
        }  # fmt: skip
        if made is None:
            return view | {
                "live": NO_OUTPUT,
                "stage": {"rows": []},
                "notes": {"trouble": ("bad", "")},
            }
        return view | self._draw_layer(state, made)

    def _draw_layer(self, state: State, made: Layer) -> dict:
        """Give the part of the view that needs a layer with outputs."""
        shown = state.prediction.revealed
        given = self._run(state.setting)
        scene = Scene(made, state.place, state.target, given, tuple(made.terms(state.target)))
        trouble = " ".join(filter(None, [given.trouble, given.difference * shown]))
        return {
            "notes": {"trouble": ("bad", f"✗ {trouble}" if trouble else "")},
            "stage": {
                "label": "Outputs: arrow keys go from one to the next, Home and End to the first "
                "and the last.",
                "rows": backprop_view.stage(scene, shown),
            },
            "play": {"event": {"move": "next"}, "every": 1500},
            "live": backprop_view.live(scene, shown),
            "texts": ({"sum": backprop_view.sum_lines(scene)} if shown else {})
            | {"legend": LEGEND},
        }

    def static_events(self) -> list[dict]:
        """Live in a static page: every output, for every pixel and weight."""
        targets = [value for value, _ in self._targets(self._layer(self.state.setting))]
        moves = [{"move": key} for key in (*figures.KEYS, "next")]
        return [{"skip": True}, *moves, *({"set": "asked", "value": value} for value in targets)]

    def _layer(self, setting: Setting) -> Layer | None:
        return numbers.layer(self._x, self._w, setting)

    def _first_target(self, setting: Setting) -> Target:
        made = self._layer(setting)
        return ("x", 0, 0) if made is None else numbers.asked_first(made)

    def _asking(self, state: State, value: str) -> State:
        """Ask for another pixel or weight."""
        if value not in dict(self._targets(self._layer(state.setting))):
            return state
        kind, row, column = value.split()
        target = (kind, int(row), int(column))
        if target == state.target:
            return state
        return replace(state, target=target, prediction=state.prediction.again())

    def _run(self, setting: Setting) -> Given:
        """Run the function on the layer and compare it with cnnkit's."""
        made = self._layer(setting)
        outcome = student.call(self._function, *made.operands(), **setting.options)
        given, value = Given(self._name, trouble=outcome.trouble), outcome.value
        if value is None and outcome.trouble:
            return given
        if not isinstance(value, tuple | list) or len(value) != 3:
            return replace(
                given,
                difference=f"{self._name} returned {_kind(value)}; it should return three arrays, "
                "dx, dw and db.",
            )
        told = [
            student.judge(self._name, one, right, array=name)
            for one, right, name in zip(value, made.gradients(), NAMES, strict=True)
        ]
        return replace(
            given,
            arrays=tuple(_drawable(one, name) for one, name in zip(value, NAMES, strict=True)),
            wrong=tuple(
                None if mask is None else _plane(mask, name)
                for (mask, _), name in zip(told, NAMES, strict=True)
            ),
            difference=" ".join(filter(None, [sentence for _, sentence in told])),
        )

    def _judged(self, state: State, typed: tuple[float, ...] | None) -> Prediction:
        if typed is None:
            return state.prediction.refused("Type a number, −3 or 2.5, please.")
        made = self._layer(state.setting)
        right = backprop_slips.total(made, state.target)
        return slips.judged(
            state.prediction,
            typed,
            (right,),
            backprop_slips.slips(made, state.target),
            is_so=f"{backprop_view.target_name(state.target)} gets {number(right)}.",
            advice="Step through the outputs and add up what each sends to it.",
        )

    def _question(self, state: State) -> str:
        name = backprop_view.target_name(state.target)
        return f"Which gradient does {name[0].lower()}{name[1:]} (?) get from all outputs together?"

    def _targets(self, made: Layer | None) -> list[tuple[str, str]]:
        if made is None:
            return []
        return [
            (f"{kind} {i} {j}", f"{word} {kind}[{i}, {j}]")
            for kind, word, array in (("x", "pixel", made.x), ("w", "weight", made.w))
            for i, j in np.ndindex(array.shape)
        ]

    def _controls(self, state: State, made: Layer | None) -> list[dict]:
        value = " ".join(map(str, state.target))
        options = self._targets(made) or [(value, "no output")]
        return [
            controls.select("asked", "follow", value, options),
            *(
                controls.slider(name, name, getattr(state.setting, name), *limits)
                for name, limits in self._limits.items()
            ),
        ]


def _kind(value: object) -> str:
    """Name what is no triple of arrays."""
    if isinstance(value, tuple | list):
        return f"{len(value)} values"
    return student.kind_of(value)


def _drawable(array: object, name: str) -> np.ndarray | None:
    """Give the plane of a gradient, or None where it has none."""
    axes = 1 if name == "db" else 4
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        return None
    if array.ndim != axes or not array.size:
        return None
    return _plane(array, name)[:MOST_CELLS, :MOST_CELLS].astype(float)


def _plane(array: np.ndarray, name: str) -> np.ndarray:
    return array[None] if name == "db" else array[0, 0]


def backprop_stepper(
    conv2d_backward: Callable | None = None,
    *,
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    **setting: int,
) -> BackpropStepper:
    """Step through a layer's outputs and see what each sends back to pixels and weights.

    Parameters
    ----------
    conv2d_backward : function, optional
        Your own function, called as ``conv2d_backward(dy, x, w, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.conv2d_backward` by default. What it returns is what the widget shows.
    x, w : array_like, shape (H, W) and (kH, kW), optional
        Another image and kernel, of few and short numbers.
    **setting : int
        Where the sliders start: ``height``, ``width``, ``kernel``, ``stride``, ``padding``,
        ``dilation``.
    """
    return BackpropStepper(conv2d_backward, x=x, w=w, **setting)
