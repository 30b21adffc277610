"""The augmentation mixer: nine pictures, a chain of random changes, and what becomes of labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit.widgets import controls, figures, mixer_view, own_picture, slips, student
from cnnkit.widgets import mixer_numbers as numbers
from cnnkit.widgets.base import Widget, style
from cnnkit.widgets.mixer_numbers import Setting

SLIDERS = {  # name: (label, lowest, highest, step, what is written beside it)
    "flip": ("flip", 0, 1, 0.1, "chance {}"),
    "angle": ("turn", 0, 180, 5, "± {}°"),
    "shear": ("lean", 0, 45, 5, "± {}°"),
    "zoom": ("scale", 0, 0.5, 0.05, "1 ± {}"),
    "shift": ("shift", 0, 10, 1, "± {} pixels"),
    "brightness": ("brightness", 0, 1, 0.1, "1 ± {}"),
    "contrast": ("contrast", 0, 1, 0.1, "1 ± {}"),
    "hole": ("cut-out", 0, 20, 1, "{0} × {0}"),
    "alpha": ("mix-up, alpha", 0, 5, 0.1, "{}"),
    "seed": ("seed", 0, 99, 1, "{}"),
}
LARGE = 64
YOURS = "yours, 9 times"


@dataclass(frozen=True)
class State:
    """Where the sliders stand, which picture is chosen, and what was predicted."""

    setting: Setting = Setting()
    at: int = 0
    prediction: controls.Prediction = controls.Prediction()


class AugmentationMixer(Widget):
    """See :func:`cnnkit.widgets.augmentation_mixer`."""

    _css = style("mixer_widget.css")
    label = "Augmentation mixer"

    def __init__(
        self,
        own: Callable | None = None,
        *,
        picture: ArrayLike | None = None,
        **functions: Callable,
    ) -> None:
        super().__init__()
        self._functions = read_functions(own, functions)
        self._picture = None if picture is None else read_picture(picture)
        self._mixed = lru_cache(128)(self._run)
        self._begin = lru_cache(8)(self._batch)
        first = Setting() if picture is None else Setting(pictures=YOURS)
        self.show(State(self._settled(first)))

    def step(self, state: State, event: dict) -> State:
        """Answer a slider, a key, a click or a prediction."""
        asked = state.prediction
        match event:
            case {"set": "pictures", "value": name}:
                setting = self._settled(replace(state.setting, pictures=name))
                return replace(state, setting=setting, prediction=asked.again())
            case {"set": name, "value": value} if name in SLIDERS:
                kind = type(getattr(Setting(), name))
                setting = replace(state.setting, **{name: kind(value)})
                changed = name in ("alpha", "seed")
                kept = asked.again() if changed else asked
                return replace(state, setting=setting, prediction=kept)
            case {"press": "again"}:
                seed = (state.setting.seed + 1) % 100
                setting = replace(state.setting, seed=seed)
                return replace(state, setting=setting, prediction=asked.again())
            case {"move": key}:
                place = figures.move(divmod(state.at, 3), key, (3, 3))
                return replace(state, at=3 * place[0] + place[1])
            case {"go": name, "at": _} if name.startswith("picture "):
                return replace(state, at=int(name.split()[1]) - 1)
            case {"predict": typed}:
                return replace(state, prediction=self._judged(state, typed))
            case {"skip": skip}:
                return replace(state, prediction=asked.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Give the view: nine pictures, and the label of the chosen one."""
        setting = state.setting
        result = self._mixed(setting)
        asked = mixer_view.asked(result)
        shown = asked is None or state.prediction.revealed
        mine = [student.name_of(f) for f in self._functions.values() if not numbers.is_ours(f)]
        return {
            "about": f"The changes are {'your own: ' + ', '.join(mine) if mine else 'cnnkit’s'}"
            f"{', the others cnnkit’s' * bool(mine)}. Each picture has draws of its own; mix-up "
            "draws one number for the batch.",
            "controls": [
                *(self._slider(name, getattr(setting, name)) for name in SLIDERS),
                controls.button("again", "Draw anew: next seed"),
                controls.select("pictures", "pictures", setting.pictures, self._choices()),
            ],
            "prediction": controls.prediction(
                mixer_view.question(result, asked),
                state.prediction,
                fields=mixer_view.fields(result, asked),
                possible=asked is not None,
            ),
            "notes": {
                "trouble": ("bad", "\n".join(f"✗ {said}" for said in result.troubles)),
                "advice": ("plain", mixer_view.advice(setting)),
            },
            "stage": {
                "label": mixer_view.KEYS_DO,
                "rows": mixer_view.rows(result, state.at, shown),
            },
            "live": mixer_view.live(result, state.at, shown),
        }

    def static_events(self) -> list[dict]:
        """Draw with the first seeds, and skip the question: the rest needs a kernel."""
        seeds = [{"set": "seed", "value": seed} for seed in range(12)]
        return [*seeds, {"skip": True}, {"skip": False}]

    def _slider(self, name: str, value: float) -> dict:
        label, low, high, step, beside = SLIDERS[name]
        text = beside.format(f"{value:g}") if value or name == "seed" else "off"
        return controls.slider(name, label, value, low, high, step=step, text=text)

    def _choices(self) -> list[str]:
        return [YOURS] * (self._picture is not None) + [
            numbers.DIFFERENT, numbers.BOOT, numbers.FLOWER,
        ]  # fmt: skip

    def _settled(self, setting: Setting) -> Setting:
        """Give back a setting whose pictures can be shown."""
        return setting if setting.pictures in self._choices() else Setting()

    def _batch(self, pictures: str) -> numbers.Batch:
        return numbers.own_batch(self._picture) if pictures == YOURS else numbers.batch(pictures)

    def _run(self, setting: Setting) -> numbers.Result:
        return numbers.chain(self._begin(setting.pictures), self._functions, setting)

    def _judged(self, state: State, typed: list[str]) -> controls.Prediction:
        result = self._mixed(state.setting)
        asked = mixer_view.asked(result)
        predicted = controls.real_numbers(typed)
        if asked is None or predicted is None or len(predicted) != 2:
            return state.prediction.refused("Type two numbers: the shares in per cent.")
        own, other = right = mixer_view.percents(result)
        names = mixer_view.names(result, asked)
        return slips.judged(
            state.prediction, predicted, right,
            [
                ((100, 0), "the label stays as it was: but the network is told of both"),
                ((0, 100), "only the partner counts"),
                ((other, own), "the two shares are swapped: λ is that of the picture itself"),
                ((50, 50), "both count alike, whatever λ is"),
                ((own / 100, other / 100), "you give parts of 1: per cent are asked"),
                ((100, 100), "both labels are given in full: the shares must sum to 100 %"),
            ],
            is_so=f"The label is {own:g} % {names[0]} and {other:g} % {names[1]}, as the picture.",
            advice="The label is blended by the same λ as the picture: λ and 1 − λ.",
        )  # fmt: skip


def read_functions(own: Callable | None, given: dict[str, Callable]) -> dict[str, Callable]:
    """Put the student's functions in the place of cnnkit's.

    Raises
    ------
    ValueError
        There is no step of that name.
    """
    for name in given:
        if name not in numbers.DEFAULTS:
            raise ValueError(
                f"{name} is no step; there are {', '.join(numbers.DEFAULTS)}, and own."
            )
    extra = {} if own is None else {"own": own}
    return numbers.DEFAULTS | {n: f for n, f in given.items() if f is not None} | extra


def read_picture(picture: ArrayLike) -> np.ndarray:
    """Read a picture as (C, H, W) of 0..1; of a large one the middle, at 64 by 64 pixels."""
    array = own_picture.read(picture)
    return own_picture.square(array, LARGE) if max(array.shape[1:]) > LARGE else array


def augmentation_mixer(
    own: Callable | None = None, *, picture: ArrayLike | None = None, **functions: Callable
) -> AugmentationMixer:
    """Mix augmentations of nine pictures by sliders and a seed, and see what a label becomes.

    Parameters
    ----------
    own : function, optional
        A change of your own, called as ``own(x, rng=)`` with a batch (9, C, H, W) of 0..1; it
        gives a batch of the same shape. It comes after the others and before mix-up.
    picture : array_like, shape (H, W) or (C, H, W), or the path of a file, optional
        A picture of your own: uint8, or floats of 0 to 1.
    **functions
        Your own ``hflip``, ``affine``, ``random_crop``, ``color_jitter``, ``cutout`` or
        ``mixup``, in the place of those of :mod:`cnnkit.augment`, called by the names of their
        arguments.
    """
    return AugmentationMixer(own, picture=picture, **functions)
