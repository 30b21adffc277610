"""The training dashboard: set the learning rate, watch a net learn, and draw what it shall read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from cnnkit import models, training
from cnnkit.widgets import (
    controls,
    dashboard_checks,
    dashboard_prediction,
    dashboard_state,
    dashboard_view,
    starts,
    student,
)
from cnnkit.widgets.base import Widget, script, style
from cnnkit.widgets.dashboard_lessons import PLANS, TICKS
from cnnkit.widgets.dashboard_runs import Run, Setting
from cnnkit.widgets.dashboard_state import ALLOWED, MOST_EPOCHS, OWN, State

PENDING = "You said: {}. Press Play and watch: after the first epoch you see whether it is so."
LOST = (
    "✗ The loss is no number any more: the weights have grown beyond all that a float32 holds. "
    "This run is over; with a smaller learning rate it does not blow up."
)
ABOUT = "The net is {}, trained by {}. Another setting starts a new run."
ENDED = "{} over. Set more epochs to go on, or another setting for a new run."
EVERY = 150  # milliseconds between two points of the curves, at least


class TrainingDashboard(Widget):
    """See :func:`cnnkit.widgets.training_dashboard`."""

    _esm = script("dashboard_widget.js")
    _css = style("dashboard_widget.css")
    label = "Training dashboard"

    def __init__(
        self, model: Callable | None = None, train: Callable | None = None, **setting: object
    ) -> None:
        super().__init__()
        self._model = models.LeNetLike if model is None else model
        self._train = training.train if train is None else train
        self._given = {"model": model is not None, "train": train is not None}
        self._run = lru_cache(6)(self._begin)
        self._compare = lru_cache(len(PLANS))(self._compare_once)
        self._first = State(replace(Setting(), **starts.read(setting, ALLOWED)))
        self.show(self._first)

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a stroke or a prediction."""
        match event:
            case {"set": "data" | "lr" | "batch" | "seed" as name, "value": value}:
                known = value in ALLOWED[name] and value != getattr(state.setting, name)
                return dashboard_state.anew(state, name, value) if known else state
            case {"set": "epochs", "value": value}:
                return replace(state, epochs=min(max(int(value), 1), MOST_EPOCHS))
            case {"set": "picture" | "layer" | "erase" as name, "value": value}:
                return replace(state, down=False, **{name: value})
            case {"press": "train"}:
                return self._trained(state)
            case {"press": "reset"}:
                asked = replace(self._first.prediction, skip=state.prediction.skip)
                return replace(self._first, prediction=asked)
            case {"press": "clear"}:
                return dashboard_state.emptied(state)
            case {"press": "pen"}:
                return dashboard_state.pen_pressed(state)
            case {"move": "Escape"}:
                return replace(state, down=False)
            case {"move": key}:
                return dashboard_state.pen_moved(state, key)
            case {"draw": [i, j, k, m]}:
                lifted = replace(state, down=False)
                return dashboard_state.drawn(lifted, (float(i), float(j)), (float(k), float(m)))
            case {"predict": [index]} if not state.prediction.revealed:
                asked = replace(state.prediction, done=True)
                return self._judged(replace(state, guess=int(index), prediction=asked))
            case {"skip": skip}:
                asked = replace(state, guess=None, prediction=controls.Prediction(skip=bool(skip)))
                return asked if skip else replace(asked, tick=0)  # to predict is done beforehand
        return state

    def draw(self, state: State) -> dict:
        """Draw the curves so far, the picture, the answer to it and the maps of a layer."""
        scene, may_train = self._scene(state), self._may_train(state)
        shares, maps = scene.shares, scene.maps
        return {
            "about": self._about(),
            "controls": dashboard_state.controls_of(state, may_train=may_train),
            "prediction": self._asked(state),
            "notes": self._notes(state),
            "stage": {
                "label": dashboard_view.KEYS_DO,
                "rows": dashboard_view.rows(scene, shares, maps),
            },
            "play": {"event": {"press": "train"}, "every": EVERY} if may_train else None,
            "live": dashboard_view.live(scene, shares, maps),
        }

    def static_events(self) -> list[dict]:
        """Predict, train for an epoch, look at the layers: the rest needs a kernel."""
        guesses = range(len(dashboard_prediction.CHOICES))
        return [
            {"press": "train"},
            *({"set": "layer", "value": layer} for layer in dashboard_view.LAYERS),
            *({"predict": [index]} for index in guesses),
            *({"skip": skip} for skip in (True, False)),
        ]

    def _begin(self, setting: Setting) -> Run:
        return Run(self._model, self._train, setting)

    def _compare_once(self, data: str) -> str:
        """Say what is wrong with functions that are not cnnkit's own."""
        model = self._given["model"] and dashboard_checks.model_trouble(self._model, data)
        train = self._given["train"] and dashboard_checks.train_trouble(self._train, data)
        return " ".join(filter(None, (model, train)))

    def _trouble(self, state: State) -> str:
        """Give what stopped the run, or what is wrong with the functions."""
        run = self._run(state.setting)
        stopped = run.trouble if state.tick >= len(run.points) - 1 else ""
        return stopped or self._compare(state.setting.data)

    def _may_train(self, state: State) -> bool:
        open_now = state.prediction.revealed or bool(self._trouble(state))
        left = state.tick < state.epochs * TICKS
        return open_now and left and not self._run(state.setting).over(state.tick)

    def _trained(self, state: State) -> State:
        """Go on by a tick."""
        if not self._may_train(state):
            return state
        run = self._run(state.setting)
        run.at(state.tick + 1)
        return self._judged(replace(state, tick=min(state.tick + 1, len(run.points) - 1)))

    def _judged(self, state: State) -> State:
        """Judge a prediction as soon as the first epoch is over."""
        run = self._run(state.setting)
        ended = state.tick >= TICKS or run.over(state.tick)
        if not (state.waits and ended) or self._trouble(state):
            return state
        said = dashboard_prediction.verdict(run, state.guess)
        return replace(state, prediction=state.prediction.judged(*said))

    def _notes(self, state: State) -> dict[str, tuple[str, str]]:
        """Say what is wrong, what is still open, and how the run ended."""
        trouble, run = self._trouble(state), self._run(state.setting)
        lost = not run.trouble and run.over(state.tick)
        waits = state.waits and not state.prediction.skip and not trouble
        said = dashboard_prediction.CHOICES[state.guess or 0]
        whole = "The epoch is" if state.epochs == 1 else f"All {state.epochs} epochs are"
        ended = state.tick >= state.epochs * TICKS and state.epochs < MOST_EPOCHS
        return {
            "trouble": ("bad", trouble and f"✗ {trouble}"),
            "guess": ("plain", PENDING.format(said) if waits else ""),
            "lost": ("bad", LOST if lost else ""),
            "ended": ("plain", ENDED.format(whole) if ended and not (lost or trouble) else ""),
        }

    def _scene(self, state: State) -> dashboard_view.Scene:
        before = state.before and (self._run(state.before[0]), state.before[1])
        return dashboard_view.Scene(
            run=self._run(state.setting),
            tick=state.tick,
            before=before,
            lesson=state.lesson,
            picture=state.pixels,
            right=None if state.picture == OWN else state.picture,
            layer=state.layer,
            pen=state.pen,
            down=state.down,
            epochs=state.epochs,
        )

    def _about(self) -> str:
        functions = (("model", self._model), ("train", self._train))
        names = [
            student.name_of(f) if self._given[key] else f"cnnkit's {student.name_of(f)}"
            for key, f in functions
        ]
        return ABOUT.format(*names)

    def _asked(self, state: State) -> dict:
        start = self._run(state.setting).at(0)
        return controls.prediction(
            dashboard_prediction.question(state.setting, start and start.new_loss),
            state.prediction,
            choices=dashboard_prediction.CHOICES,
            possible=not self._trouble(state),
        )


def training_dashboard(
    model: Callable | None = None, train: Callable | None = None, **setting: object
) -> TrainingDashboard:
    """Train a small net while you watch, and draw pictures for it to read.

    Parameters
    ----------
    model : class, optional
        Your own, called as ``model(rng, in_shape=, channels=, kernel=, pools=, hidden=,
        classes=)``; :class:`cnnkit.models.LeNetLike` by default.
    train : function, optional
        Your own, called as ``train(model, X, y, lr=, epochs=1, batch_size=, rng=)`` on a few
        pictures at a time; :func:`cnnkit.training.train` by default.
    **setting
        Where the controls start: ``data`` ("digits" or "apparel"), ``lr``, ``batch``, ``seed``.
    """
    return TrainingDashboard(model, train, **setting)
