"""The error browser: what a model takes for what, how surely, and what its answers hang on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.training import confusion_matrix
from cnnkit.widgets import controls, error_prediction, error_sentences, error_view, figures
from cnnkit.widgets import error_numbers as numbers
from cnnkit.widgets.base import Widget, style
from cnnkit.widgets.error_numbers import ANY, Choice
from cnnkit.widgets.error_starts import OURS, read_models, read_pictures
from cnnkit.widgets.error_view import PAGE

FILLS = {"black": 0.0, "mid grey": 0.5}
NEXT = {"PageDown": 1, "PageUp": -1}


@dataclass(frozen=True)
class State:
    """Whose answers are listed, which of them, and which picture of the list is looked at."""

    model: str
    choice: Choice = Choice()
    at: int = 0
    fill: str = next(iter(FILLS))
    covered: bool = False
    prediction: controls.Prediction = controls.Prediction()


class ErrorBrowser(Widget):
    """See :func:`cnnkit.widgets.error_browser`."""

    _css = style("error_widget.css")
    label = "Error browser"

    def __init__(
        self,
        predict: Callable | Mapping[str, Callable] | None = None,
        pictures: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        *,
        classes: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._models = read_models(predict)
        self._data = read_pictures(pictures, labels, classes)
        self._note = OURS if predict is None and pictures is None else ""
        K = len(self._data.names)
        self._answers = {
            name: numbers.ask(name, model, self._data.x, K) for name, model in self._models.items()
        }
        self._found = lru_cache(512)(self._list)
        self._counts = lru_cache(512)(self._count)
        self._cover = lru_cache(256)(self._ask_again)
        usable = [name for name, answers in self._answers.items() if answers.said is not None]
        first = [*usable, *self._models][0]
        self._asked = (
            error_prediction.asked(first, self._counts(first, Choice())) if usable else None
        )
        self.show(State(first))

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        asked = state.prediction
        match event:
            case {"set": "model", "value": name}:
                kept = replace(asked, verdict="", right=None)
                return replace(state, model=name, at=0, covered=False, prediction=kept)
            case {"set": "fill", "value": fill}:
                return replace(state, fill=fill)
            case {"set": "true" | "said" | "sure" as name, "value": value}:
                return self._to(state, replace(state.choice, **{name: int(value)}))
            case {"set": "differ", "value": value}:
                return self._to(state, replace(state.choice, differ=bool(value)))
            case {"press": "cover"} if self._is_listed(state):
                return replace(state, covered=not state.covered)
            case {"press": "page"}:
                start = state.at - state.at % PAGE + PAGE
                return self._at(state, start if start < len(self._list_of(state)) else 0)
            case {"predict": [option]} if not self._is_open(state):
                return replace(state, prediction=self._judged(state, int(option)))
            case {"skip": skip}:
                shown = replace(state, prediction=asked.skipped(skip))
                return shown if self._is_open(shown) else replace(shown, choice=Choice(), at=0)
        return self._moved(state, event) if self._is_open(state) else state

    def _moved(self, state: State, event: dict) -> State:
        """Answer what chooses a cell or a picture."""
        last = len(self._list_of(state)) - 1
        match event:
            case {"move": "Escape"}:
                return self._to(state, replace(state.choice, true=ANY, said=ANY))
            case {"move": "PageDown" | "PageUp" as key}:
                return self._at(state, min(max(state.at + NEXT[key], 0), max(last, 0)))
            case {"move": "Home" | "End" as key}:
                return self._at(state, 0 if key == "Home" else max(last, 0))
            case {"move": key}:
                return self._in_cell(state, self._next_cell(state, key))
            case {"go": "matrix", "at": [i, j]}:
                return self._in_cell(state, (int(i), int(j)))
            case {"go": name, "at": _} if name.startswith("thumb "):
                at = state.at - state.at % PAGE + int(name.split()[1])
                return self._at(state, min(at, max(last, 0)))
        return state

    def draw(self, state: State) -> dict:
        """Give the view: the question, or the matrix, the pictures of a cell, and one of them."""
        answers, open_now = self._answers[state.model], self._is_open(state)
        troubles = [a.trouble for a in self._answers.values()]
        view = {
            "about": f"Asked about {len(self._data.labels)} pictures{self._data.about}: "
            f"{', '.join(self._models)}. {self._note}".strip(),
            "notes": {"trouble": ("bad", "\n".join(f"✗ {t}" for t in filter(None, troubles)))},
        }
        if answers.said is None:
            stage = {"label": error_view.KEYS_DO, "rows": [[figures.hidden("no answers")]]}
            live = f"{state.model} gave no answers that could be looked at."
            return view | {"controls": self._whose(state), "stage": stage, "live": live}
        ask, scene, names = self._asked, self._scene(state), self._data.names
        cover = scene.cover.trouble if scene.cover else ""
        view["notes"] |= {
            "cover": ("bad", cover and f"✗ {cover}"),
            "names": ("plain", "" if answers.p is not None else error_sentences.no_shares(scene)),
        }
        missed = self._found(ask.model, Choice(true=ask.kind)) if ask else ()
        return view | {
            "controls": self._controls(state) if open_now else [],
            "prediction": controls.prediction(
                error_prediction.question(ask, names),
                state.prediction,
                choices=[names[k] for k in ask.options] if ask else (),
                possible=ask is not None,
            ),
            "stage": {
                "label": error_view.KEYS_DO,
                "rows": error_view.rows(scene) if open_now
                else error_view.riddle(scene, ask, missed),
            },
            "live": error_sentences.live(scene) if open_now
            else error_sentences.riddle(scene, ask, len(missed)),
            "texts": {
                "summary": error_sentences.summary(scene, self._counts(state.model, Choice()))
            } if open_now else {},
        }  # fmt: skip

    def static_events(self) -> list[dict]:
        """Predict or skip, walk through the row of the most frequent error, and cover pictures."""
        options = self._asked.options if self._asked else ()
        predicted = [{"predict": [k]} for k in range(len(options))]
        arrows = [{"move": key} for key in ("ArrowLeft", "ArrowRight", "Escape")]
        return [*predicted, {"skip": True}, {"skip": False}, *arrows, {"press": "cover"}]

    def _controls(self, state: State) -> list[dict]:
        names, choice = list(enumerate(self._data.names)), state.choice
        answers, pages = self._answers[state.model], len(self._list_of(state)) > PAGE
        found = [
            *self._whose(state),
            controls.select("true", "it was", choice.true, [(ANY, "any class"), *names]),
            controls.select("said", "taken for", choice.said, [(ANY, "any other class"), *names]),
        ]
        if answers.p is not None:
            found.append(
                controls.slider(
                    "sure", "at least so sure:", choice.sure, 0, 95, step=5, text=f"{choice.sure} %"
                )
            )
        if len(self._models) == 2:
            found.append(
                controls.check("differ", "only where the two models differ", choice.differ)
            )
        cover = "Uncover it" if state.covered else "Cover parts of it and ask again"
        return [
            *found,
            controls.select("fill", "cover with", state.fill, list(FILLS)),
            controls.button("cover", cover, disabled=not self._is_listed(state)),
            controls.button("page", "Next pictures", disabled=not pages),
        ]

    def _whose(self, state: State) -> list[dict]:
        models = list(self._models)
        select = controls.select("model", "whose answers", state.model, models)
        return [select] if len(models) > 1 else []

    def _to(self, state: State, choice: Choice) -> State:
        """Go to the first picture of another choice; what was said of a prediction is over."""
        if choice == state.choice:
            return state
        kept = replace(state.prediction, verdict="", right=None)
        return replace(state, choice=choice, at=0, covered=False, prediction=kept)

    def _at(self, state: State, at: int) -> State:
        return state if at == state.at else replace(state, at=at, covered=False)

    def _in_cell(self, state: State, cell: tuple[int, int]) -> State:
        return self._to(state, replace(state.choice, true=cell[0], said=cell[1]))

    def _next_cell(self, state: State, key: str) -> tuple[int, int]:
        """Go on from the chosen cell; where there is none, to the most frequent error."""
        cell, counts = (state.choice.true, state.choice.said), self._counts_of(state)
        if ANY in cell:
            return numbers.most_frequent(counts)
        return figures.move(cell, key, counts.shape)

    def _is_open(self, state: State) -> bool:
        """Say whether there are answers, and they may be seen."""
        there = self._answers[state.model].said is not None
        return there and (self._asked is None or state.prediction.revealed)

    def _is_listed(self, state: State) -> bool:
        return self._is_open(state) and len(self._list_of(state)) > 0

    def _other(self, model: str) -> numbers.Answers | None:
        return next((a for name, a in self._answers.items() if name != model), None)

    def _list_of(self, state: State) -> np.ndarray:
        return self._found(state.model, state.choice)

    def _list(self, model: str, choice: Choice) -> np.ndarray:
        answers = self._answers[model]
        if answers.said is None:
            return np.zeros(0, int)
        return numbers.listed(choice, self._data.labels, answers, self._other(model))

    def _counts_of(self, state: State) -> np.ndarray:
        return self._counts(state.model, replace(state.choice, true=ANY, said=ANY))

    def _count(self, model: str, choice: Choice) -> np.ndarray:
        """Count what was taken for what, among answers that are sure and disputed enough."""
        answers = self._answers[model]
        keep = numbers.kept(choice, answers, self._other(model))
        labels, said = self._data.labels[keep], answers.said[keep]
        return confusion_matrix(labels, said, len(self._data.names))

    def _judged(self, state: State, option: int) -> controls.Prediction:
        ask, names = self._asked, self._data.names
        kind = ask.options[option]
        verdict = error_prediction.verdict(ask, kind, names, self._data.means)
        return state.prediction.judged(verdict, error_prediction.is_right(ask, kind))

    def _ask_again(self, model: str, n: int, fill: str) -> numbers.Cover:
        x = self._data.x[n]
        value = FILLS[fill] if x.dtype.kind == "f" else round(255 * FILLS[fill])
        said, K = int(self._answers[model].said[n]), len(self._data.names)
        return numbers.cover(model, self._models[model], x, value, said, K)

    def _scene(self, state: State) -> error_sentences.Scene:
        first = state.model
        found = self._list_of(state)
        cover = None
        if state.covered and len(found):
            cover = self._cover(first, int(found[state.at]), state.fill)
        answers = {first: self._answers[first]} | self._answers
        return error_sentences.Scene(
            self._data.shown, self._data.labels, self._data.names, answers, state.choice,
            self._counts_of(state), found, state.at, cover,
        )  # fmt: skip


def error_browser(
    predict: Callable | Mapping[str, Callable] | None = None,
    pictures: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    classes: Sequence[str] | None = None,
) -> ErrorBrowser:
    """Browse what a model takes for what: by class, by confidence, beside another model.

    Parameters
    ----------
    predict : function, or dict of two by name, optional
        Your own, called as ``predict(pictures)``; it gives the class of each picture, shape
        (N,), or the probabilities of all, shape (N, K). Only of probabilities can be said how
        sure it is. By default two small nets whose recorded weights come with cnnkit.
    pictures : array_like, shape (N, C, H, W), optional
        What they are asked about, handed over as it is: uint8, or floats of 0 to 1. By default
        200 of chapter 13's validation part, uint8, each moved by up to 3 pixels.
    labels : array_like of int, shape (N,), optional
        The true classes.
    classes : sequence of str, optional
        What the classes are called; the ten of apparel by default.
    """
    return ErrorBrowser(predict, pictures, labels, classes=classes)
