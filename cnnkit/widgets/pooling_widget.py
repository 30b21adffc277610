"""The pooling playground: where a maximum comes from, what a shift changes, who gets a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.widgets import controls, figures, pooling_sentences, pooling_view, slips, starts
from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets import pooling_prediction as prediction
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.figures import number
from cnnkit.widgets.pooling_numbers import KINDS, LIMITS, Place, Setting, read_setting
from cnnkit.widgets.pooling_runs import Functions, Run
from cnnkit.widgets.pooling_view import Scene

LOOKS = (("forward", "forward"), ("shift", "a shift"), ("gradient", "the gradient"))
SUMS = {
    "forward": pooling_sentences.window_text,
    "shift": pooling_sentences.shift_text,
    "gradient": pooling_sentences.pixel_text,
}
LABELS = {
    "window": "window", "stride": "stride", "padding": "padding", "shift": "shift to the right"
}  # fmt: skip
NO_NUMBER = "Type a number, 12 or 2.5, please."


@dataclass(frozen=True)
class State:
    """Where the student is."""

    setting: Setting
    place: Place
    look: str = "forward"
    asked: tuple[tuple[str, Prediction], ...] = tuple((look, Prediction()) for look, _ in LOOKS)

    @property
    def prediction(self) -> Prediction:
        """What has become of the present question."""
        return dict(self.asked)[self.look]

    def with_prediction(self, made: Prediction) -> State:
        """Give the state after an answer; a switch to skip counts for all questions."""
        answers = {
            look: made if look == self.look else replace(old, skip=made.skip)
            for look, old in self.asked
        }
        return replace(self, asked=tuple(answers.items()))

    def ask_again(self, *looks: str) -> State:
        """Give the state in which these questions are open again."""
        answers = {look: old.again() if look in looks else old for look, old in self.asked}
        return replace(self, asked=tuple(answers.items()))


class PoolingPlayground(Widget):
    """See :func:`cnnkit.widgets.pooling_playground`."""

    label = "Pooling playground"

    def __init__(
        self, functions: Functions, *, image: ArrayLike | None = None, **setting: object
    ) -> None:
        super().__init__()
        self._functions, self._plane = functions, starts.read_plane(image)
        self._pool = lru_cache(128)(self._pool)
        self._send_back = lru_cache(128)(self._send_back)
        self._asked = lru_cache(128)(self._asked)
        start = read_setting(setting)
        self.show(State(start, prediction.telling_place(self._plane, start)))

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        size = state.setting.size(self._plane)
        match event:
            case {"set": "look", "value": look} if look in dict(LOOKS):
                return replace(state, look=look)
            case {"set": "kind", "value": kind} if kind in KINDS:
                return self._set(state, kind=kind)
            case {"set": name, "value": value} if name in LIMITS:
                return self._set(state, **{name: int(value)})
            case {"move": key}:
                return self._moved(state, figures.move(state.place, key, size))
            case {"go": _, "at": [i, j]} if i < size[0] and j < size[1]:
                return self._moved(state, (i, j))
            case {"predict": typed}:
                return state.with_prediction(self._judged(state, controls.real_numbers(typed)))
            case {"skip": skip}:
                return state.with_prediction(state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Give the view."""
        look, shown, scene = state.look, state.prediction.revealed, self._scene(state)
        return {
            "about": self._about(state, scene),
            "controls": self._controls(state),
            "prediction": controls.prediction(
                self._question(state, scene), state.prediction, fields=("answer",)
            ),
            "notes": {"trouble": ("bad", self._trouble(scene, shown))},
            "stage": {
                "label": "Window over the picture: arrow keys move it by one output place, Home "
                "and End to the first and the last.",
                "rows": pooling_view.stage(look, scene, shown),
            },
            "play": {"event": {"move": "next"}, "every": 900} if shown else None,
            "live": pooling_sentences.live(look, scene) if shown else self._waiting(state),
            "texts": ({"sum": SUMS[look](scene)} if shown else {})
            | {"legend": pooling_view.legend(look, state.setting, shown)},
        }

    def static_events(self) -> list[dict]:
        """Live in a static page: all windows, two shifts, maximum and average."""
        looks = [{"set": "look", "value": look} for look, _ in LOOKS]
        shifts = [{"set": "shift", "value": shift} for shift in (1, 2)]
        kinds = [{"set": "kind", "value": kind} for kind in ("max", "average")]
        moves = [{"move": key} for key in (*figures.KEYS, "next")]
        return [{"skip": True}, *looks, *shifts, *kinds, *moves]

    def _set(self, state: State, **change: object) -> State:
        """Take a new setting; what it changes is asked again."""
        setting = replace(state.setting, **change)
        most = numbers.most_padding(setting.kind, setting.window)
        setting = replace(setting, padding=min(setting.padding, most))
        if setting == state.setting:
            return state
        if change.keys() == {"shift"}:
            return replace(state, setting=setting).ask_again("shift")
        place = prediction.telling_place(self._plane, setting)
        return replace(state, setting=setting, place=place).ask_again(*dict(LOOKS))

    def _moved(self, state: State, place: Place) -> State:
        """Move the window; a verdict on another window would mislead."""
        if place == state.place:
            return state
        moved = replace(state, place=place)
        forward = dict(state.asked)["forward"]
        if state.look == "forward" and forward.done:
            return moved.with_prediction(replace(forward, verdict=""))
        return moved

    def _judged(self, state: State, typed: tuple[float, ...] | None) -> Prediction:
        if typed is None:
            return state.prediction.refused(NO_NUMBER)
        asked = (state.look, self._plane, state.setting, state.place)
        right = prediction.answer(*asked)
        return slips.judged(
            state.prediction,
            typed,
            (right,),
            prediction.slips(*asked),
            is_so=pooling_sentences.is_so(state.look, right, self._plane, state.setting),
            advice="Go through it below, window by window.",
        )

    def _scene(self, state: State) -> Scene:
        setting, moved, dx, asked = state.setting, None, None, None
        pooled = self._pool(0, replace(setting, shift=0))
        if state.look == "shift":
            moved = self._pool(setting.shift, replace(setting, shift=0))
        if state.look == "gradient":
            dx = self._send_back(replace(setting, shift=0))
            asked = self._asked(replace(setting, shift=0))
        return Scene(self._plane, setting, state.place, pooled, moved, dx, asked)

    def _pool(self, shift: int, setting: Setting) -> Run:
        plane = numbers.shifted(self._plane, replace(setting, shift=shift))
        return self._functions.pool(plane, setting)

    def _send_back(self, setting: Setting) -> Run:
        dy = numbers.upstream(setting.size(self._plane))
        return self._functions.send_back(dy, self._plane, setting, self._pool(0, setting))

    def _asked(self, setting: Setting) -> Place:
        return numbers.asked_pixel(self._plane, setting)

    def _about(self, state: State, scene: Scene) -> str:
        if state.look != "gradient":
            return f"The output is what {scene.pooled.name} gives."
        if scene.dx.name.startswith("The argmax"):
            return f"The gradient goes where the argmax of {scene.pooled.name} points."
        return f"dx is what {scene.dx.name} gives."

    def _controls(self, state: State) -> list[dict]:
        setting = state.setting
        highest = {"padding": numbers.most_padding(setting.kind, setting.window)}
        names = [name for name in LIMITS if name != "shift" or state.look == "shift"]
        values = asdict(setting)
        return [
            controls.select("look", "look at", state.look, LOOKS),
            controls.select("kind", "pooling", setting.kind, KINDS),
            *(
                controls.slider(
                    name, LABELS[name], values[name], LIMITS[name][0],
                    highest.get(name, LIMITS[name][1]),
                )
                for name in names
            ),
        ]  # fmt: skip

    def _question(self, state: State, scene: Scene) -> str:
        if state.look == "shift":
            count = np.prod(state.setting.size(self._plane))
            return f"How many of the {count} outputs change when the picture is moved?"
        if state.look == "gradient":
            row, column = scene.asked
            return f"Which gradient does the pixel in row {row}, column {column} (?) get in all?"
        if state.setting.kind == "max":
            width = self._plane.shape[1]
            return (
                "Where does the maximum of the outlined window come from? Its number in the "
                f"picture, row · {width} + column:"
            )
        return f"What does {state.setting.kind} pooling give for the outlined window?"

    def _waiting(self, state: State) -> str:
        i, j = state.place
        top, left = (number(at * state.setting.stride - state.setting.padding) for at in (i, j))
        return (
            f"The window of output row {i}, column {j} begins at row {top}, column {left} of the "
            "picture. Answer the question to see more."
        )

    @staticmethod
    def _trouble(scene: Scene, shown: bool) -> str:
        runs = [run for run in (scene.pooled, scene.moved, scene.dx) if run]
        told = [run.trouble for run in runs]
        told += [run.difference for run in runs if shown]
        text = " ".join(dict.fromkeys(filter(None, told)))
        return f"✗ {text}" if text else ""


def pooling_playground(
    max_pool2d: Callable | None = None,
    *,
    avg_pool2d: Callable | None = None,
    lp_pool2d: Callable | None = None,
    max_pool2d_backward: Callable | None = None,
    avg_pool2d_backward: Callable | None = None,
    image: ArrayLike | None = None,
    **setting: object,
) -> PoolingPlayground:
    """See where a pool's numbers come from, what a shift changes, and who gets the gradient.

    Parameters
    ----------
    max_pool2d, avg_pool2d, lp_pool2d, max_pool2d_backward, avg_pool2d_backward : function, optional
        Your own functions, with the signatures of those in :mod:`cnnkit.ops`, which are the
        default. With your own ``max_pool2d`` alone the gradient goes where its argmax points.
    image : array_like, shape (H, W), optional
        Another picture, at least 4 by 4; of a larger one than 10 by 10 the first pixels are used.
    **setting
        Where the controls start: ``kind`` ("max", "average" or "L2"), ``window``, ``stride``,
        ``padding``, ``shift``.
    """
    functions = Functions(
        max_pool2d, avg_pool2d, lp_pool2d, max_pool2d_backward, avg_pool2d_backward
    )
    return PoolingPlayground(functions, image=image, **setting)
