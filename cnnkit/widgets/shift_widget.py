"""The shift slider: what of a network moves with its picture, what stays, and what does neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import architectures, images
from cnnkit.data import classes
from cnnkit.layers import Sequential
from cnnkit.widgets import controls, figures, shift_prediction, shift_view, student
from cnnkit.widgets import shift_numbers as numbers
from cnnkit.widgets.base import Widget
from cnnkit.widgets.shift_nets import read_nets, read_pictures

TROUSERS = 1
ABOUT = "The picture is moved by {}, and the frame is drawn by {}. Weights: {}."


@dataclass(frozen=True)
class State:
    """Where the controls stand; no place is marked where ``place`` is None."""

    net: str
    picture: int = 0
    layer: int = 0
    channel: int = 0
    rows: int = 0
    cols: int = 1
    mode: str = "zero"
    look: str = "map"
    place: tuple[int, int] | None = None
    prediction: controls.Prediction = controls.Prediction()

    @property
    def shift(self) -> numbers.Shift:
        """Rows and columns."""
        return self.rows, self.cols


class ShiftSlider(Widget):
    """See :func:`cnnkit.widgets.shift_slider`."""

    label = "Shift slider"

    def __init__(
        self,
        shift2d: Callable | None = None,
        receptive_field: Callable | None = None,
        *,
        net: Sequential | Mapping[str, Sequential] | None = None,
        picture: ArrayLike | None = None,
    ) -> None:
        super().__init__()
        self._shift2d = images.shift2d if shift2d is None else shift2d
        self._field = architectures.receptive_field if receptive_field is None else receptive_field
        self._nets = read_nets(net)
        self._weights = "recorded from a training" if net is None else "those of your own net"
        self._stages = {name: numbers.stages(net) for name, net in self._nets.items()}
        self._pictures = read_pictures(picture, own_net=net is not None)
        self._classes = classes("apparel")
        self._before = lru_cache(128)(self._run_before)
        self._after = lru_cache(512)(self._run_after)
        self._right = lru_cache(512)(self._run_right)
        self._seen = lru_cache(512)(self._call_field)
        first = State(next(iter(self._nets)), TROUSERS if picture is None else 0)
        self.show(self._liveliest(first))

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        asked = state.prediction
        match event:
            case {"set": "rows" | "cols" as name, "value": value}:
                return replace(state, prediction=replace(asked, verdict=""), **{name: int(value)})
            case {"set": "mode", "value": mode}:
                return replace(state, mode=mode, prediction=replace(asked, verdict=""))
            case {"set": "channel", "value": value}:
                return replace(state, channel=int(value), prediction=replace(asked, verdict=""))
            case {"set": "net" | "layer" | "picture" as name, "value": value}:
                state = replace(state, prediction=asked.again(), place=None, **{name: value})
                return self._liveliest(state)
            case {"set": "look", "value": look}:
                return replace(state, look=look, place=None)
            case {"move": "Escape"}:
                return replace(state, place=None)
            case {"move": "PageUp" | "PageDown"} if self._stage(state).pool:
                other = "pool" if state.look == "map" else "map"
                return replace(state, look=other, place=None)
            case {"move": key}:
                size = self._plane(self._before(state.net, state.picture), state, state.look).shape
                place = figures.move(state.place or (0, 0), key, size) if state.place else (0, 0)
                return replace(state, place=place)
            case {"go": name, "at": [i, j]} if name.split()[0] in ("map", "pool"):
                return replace(state, look=name.split()[0], place=(int(i), int(j)))
            case {"predict": typed}:
                return replace(state, prediction=self._judged(state, typed))
            case {"skip": skip}:
                return replace(state, prediction=asked.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Give the view: both rows of pictures, bars, and what they say in words."""
        before, (after, trouble) = self._before(state.net, state.picture), self._after(*_key(state))
        seen, misread = self._seen(self._stage(state).steps_of(state.look))
        truth = self._truth(state)
        scene = shift_view.Scene(
            state=state,
            stage=self._stage(state),
            pictures=(self._pictures[state.picture][1], self._moved(state)[0]),
            passes=(before, after),
            field=seen,
            truth=truth,
            classes=self._classes,
        )
        shown = state.prediction.revealed and after is not None
        return {
            "about": ABOUT.format(
                student.name_of(self._shift2d), student.name_of(self._field), self._weights
            ),
            "controls": self._controls(state),
            "prediction": controls.prediction(
                shift_view.question(state),
                state.prediction,
                choices=shift_prediction.choices(bool(scene.stage.pool)),
                possible=truth is not None,
            ),
            "notes": {
                "trouble": ("bad", trouble and "✗ " + trouble),
                "field": ("bad", misread and "✗ " + misread),
            },
            "stage": {"label": shift_view.KEYS_DO, "rows": shift_view.rows(scene, shown)},
            "live": shift_view.live(scene, shown),
        }

    def static_events(self) -> list[dict]:
        """Move to the side, predict or skip: the rest needs a kernel."""
        count = len(shift_prediction.choices(bool(self._stage(self.state).pool)))
        sideways = [{"set": "cols", "value": at} for at in range(-numbers.MOST, numbers.MOST + 1)]
        skips = [{"skip": skip} for skip in (True, False)]
        return [*sideways, *skips, *({"predict": [at]} for at in range(count))]

    def _controls(self, state: State) -> list[dict]:
        stages, most = self._stages[state.net], numbers.MOST
        filters = len(self._before(state.net, state.picture).maps[self._stage(state).map])
        pictures = [(at, name) for at, (name, _) in enumerate(self._pictures)]
        layers = [(at, f"layer {at + 1}") for at in range(len(stages))]
        looks = [("map", "feature map")] + [("pool", "pooled map")] * bool(self._stage(state).pool)
        right, down = (
            numbers.in_words(by).replace(" to the", "") for by in ((0, state.cols), (state.rows, 0))
        )
        return [
            controls.slider("cols", "columns:", state.cols, -most, most, text=right),
            controls.slider("rows", "rows:", state.rows, -most, most, text=down),
            controls.slider("channel", "filter:", state.channel, 0, filters - 1),
            controls.select("picture", "picture", state.picture, pictures),
            controls.select("net", "the net", state.net, list(self._nets)),
            controls.select("layer", "maps of", state.layer, layers),
            controls.select("look", "marked place in", state.look, looks),
            controls.select(
                "mode", "at the border", state.mode,
                [("zero", "zeros come in"), ("wrap", "it goes round")],
            ),
        ]  # fmt: skip

    def _stage(self, state: State) -> numbers.Stage:
        return self._stages[state.net][state.layer]

    def _plane(self, run: numbers.Pass, state: State, which: str) -> np.ndarray:
        return run.maps[getattr(self._stage(state), which)][state.channel]

    def _run_before(self, net: str, picture: int) -> numbers.Pass:
        return numbers.run(self._nets[net], self._pictures[picture][1])

    def _run_after(
        self, net: str, picture: int, rows: int, cols: int, mode: str
    ) -> tuple[numbers.Pass | None, str]:
        """Run the net on what the student's shift2d gave, and say what is wrong with that."""
        moved, trouble = self._call_shift(picture, rows, cols, mode)
        return (None if moved is None else numbers.run(self._nets[net], moved)), trouble

    def _run_right(self, net: str, picture: int, rows: int, cols: int, mode: str) -> numbers.Pass:
        x = images.shift2d(self._pictures[picture][1], rows, cols, mode=mode)
        return numbers.run(self._nets[net], x)

    def _moved(self, state: State) -> tuple[np.ndarray | None, str]:
        return self._call_shift(state.picture, *state.shift, state.mode)

    def _call_shift(
        self, picture: int, rows: int, cols: int, mode: str
    ) -> tuple[np.ndarray | None, str]:
        x = self._pictures[picture][1]
        outcome = student.call(self._shift2d, x, rows=rows, cols=cols, mode=mode)
        if outcome.trouble and outcome.value is None:
            return None, outcome.trouble
        expected = images.shift2d(x, rows, cols, mode=mode)
        name = student.name_of(self._shift2d)
        wrong, sentence = student.judge(name, outcome.value, expected, marked="")
        y = outcome.value
        usable = wrong is not None and np.isfinite(y).all()
        return (y.astype(float) if usable else None), outcome.trouble or sentence

    def _call_field(self, steps: tuple) -> tuple[tuple[int, int, float] | None, str]:
        """Give what the student's receptive_field says of a stack, and what is wrong with it."""
        name, outcome = student.name_of(self._field), student.call(self._field, list(steps))
        return shift_view.read_field(name, outcome, architectures.receptive_field(steps))

    def _liveliest(self, state: State) -> State:
        """Choose the filter whose map varies most; where it answers most, a place is marked."""
        maps = self._before(state.net, state.picture).maps[self._stage(state).map]
        look = state.look if self._stage(state).pool else "map"
        state = replace(state, channel=int(maps.std(axis=(1, 2)).argmax()), look=look)
        plane = self._plane(self._before(state.net, state.picture), state, look)
        return replace(state, place=numbers.strongest(plane))

    def _truth(self, state: State) -> shift_prediction.Truth | None:
        """Say what the right shift does; None where there is nothing to ask."""
        stage, before = self._stage(state), self._before(state.net, state.picture)
        if state.shift == (0, 0) or np.ptp(self._plane(before, state, "map")) == 0:
            return None
        after = self._right(*_key(state))
        steps = {which: numbers.jump(stage.steps_of(which)) for which in ("map", "pool")}
        planes = {
            which: [self._plane(run, state, which) for run in (before, after)]
            for which in ("map", "pool")
            if getattr(stage, which)
        }
        effects = {w: numbers.effect(*both, state.shift, steps[w]) for w, both in planes.items()}
        mean = numbers.effect_on_mean(*planes["map"])
        return shift_prediction.Truth(
            state.shift, effects["map"], effects.get("pool"), mean, steps["map"], steps["pool"]
        )

    def _judged(self, state: State, typed: list) -> controls.Prediction:
        truth = self._truth(state)
        if truth is None:
            return state.prediction.refused("There is nothing to predict: move the picture first.")
        answers = shift_prediction.chosen(typed, truth)
        lines = shift_prediction.verdict(answers, truth)
        return state.prediction.judged("\n".join(lines), shift_prediction.all_right(answers, truth))


def _key(state: State) -> tuple:
    return state.net, state.picture, state.rows, state.cols, state.mode


def shift_slider(
    shift2d: Callable | None = None,
    receptive_field: Callable | None = None,
    *,
    net: Sequential | Mapping[str, Sequential] | None = None,
    picture: ArrayLike | None = None,
) -> ShiftSlider:
    """Move a picture, and watch a trained net's maps, their means and what it says.

    Parameters
    ----------
    shift2d : function, optional
        Your own function, called as ``shift2d(x, rows, cols, mode=)`` on a picture (H, W);
        :func:`cnnkit.images.shift2d` by default. What it returns is what the net sees.
    receptive_field : function, optional
        Your own function, called with a list of (kernel, stride, padding, dilation);
        :func:`cnnkit.architectures.receptive_field` by default. It draws the frame.
    net : Sequential, or dict of them by name, optional
        Other nets than the two small ones whose recorded weights come with cnnkit.
    picture : array_like, shape (H, W) or (C, H, W), or the path of a file, optional
        Another picture than ten pieces of clothing: uint8, or floats of 0 to 1.
    """
    return ShiftSlider(shift2d, receptive_field, net=net, picture=picture)
