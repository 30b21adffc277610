"""The kernel editor: weights to type, a photograph, and what the kernel answers to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import filters
from cnnkit.widgets import controls, figures, own_picture, student
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.kernel_numbers import FLAT, MOST, Weights, resized, tuples, typed, verdict

SIDE = 96  # pixels of the photograph
SCALE = 2.9
SIZES = (3, 5)
OWN = "your own"
KEYS = "Window on the photograph: arrow keys move it, Home and End go to the first and last pixel."
LEGEND = "Outlined: the window, and the pixel of the response that it makes."


@dataclass(frozen=True)
class State:
    """The weights, where the window is, and what was predicted."""

    weights: Weights
    preset: str
    flip: bool = False
    divide: bool = False
    place: tuple[int, int] = (SIDE // 2, SIDE // 2)
    prediction: Prediction = Prediction()

    @property
    def kernel(self) -> np.ndarray:
        """The kernel (k, k): the weights, divided by their sum where asked and possible."""
        weights = np.array(self.weights)
        total = weights.sum()
        return weights / total if self.divide and abs(total) > 1e-9 else weights

    def changed(self, **changes: object) -> State:
        """Take other weights: nothing is asked anew, but a verdict on those before is over."""
        return replace(self, prediction=replace(self.prediction, verdict=""), **changes)


@dataclass(frozen=True)
class Result:
    """What the function gave, where it is wrong, and what there is to say about it."""

    y: np.ndarray | None = None
    wrong: np.ndarray | None = None
    trouble: str = ""


class KernelEditor(Widget):
    """See :func:`cnnkit.widgets.kernel_editor`."""

    label = "Kernel editor"

    def __init__(
        self,
        correlate2d: Callable | None = None,
        convolve2d: Callable | None = None,
        *,
        image: ArrayLike | str | None = None,
    ) -> None:
        super().__init__()
        given = {False: correlate2d, True: convolve2d}
        own = {False: filters.correlate2d, True: filters.convolve2d}
        self._right = own
        self._functions = {flip: own[flip] if f is None else f for flip, f in given.items()}
        self._names = {
            flip: f"cnnkit.filters.{own[flip].__name__}" if f is None else student.name_of(f)
            for flip, f in given.items()
        }
        x = own_picture.square(_flower() if image is None else own_picture.read(image), SIDE)
        self._x = x.mean(axis=0)
        self._presets = {name: tuples(k) for name, k in filters.gallery().items()}
        self._run = lru_cache(8)(self._run_once)
        self.show(State(self._presets["sobel_x"], "sobel_x"))

    def step(self, state: State, event: dict) -> State:
        """Answer a weight, a control, a key, a click or a prediction."""
        match event:
            case {"set": "preset", "value": name} if name in self._presets:
                return replace(state, weights=self._presets[name], preset=name, divide=False,
                               prediction=state.prediction.again())  # fmt: skip
            case {"set": "size", "value": size}:
                return state.changed(weights=resized(state.weights, int(size)), preset=OWN)
            case {"set": "divide", "value": on}:
                return state.changed(divide=bool(on))
            case {"set": "flip", "value": on}:
                return replace(state, flip=bool(on))
            case {"set": name, "value": value} if name.startswith("weight "):
                return state.changed(weights=typed(state.weights, name, float(value)), preset=OWN)
            case {"move": key}:
                return replace(state, place=figures.move(state.place, key, (SIDE, SIDE)))
            case {"go": _, "at": at}:
                i, j = (min(max(int(index), 0), SIDE - 1) for index in at)
                return replace(state, place=(i, j))
            case {"predict": [index]}:
                said = verdict(float(state.kernel.sum()), int(index))
                return replace(state, prediction=state.prediction.judged(*said))
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Draw photograph and response; before the prediction, the photograph alone."""
        shown = state.prediction.revealed
        result = self._run(tuples(state.kernel), state.flip)
        trouble = result.trouble if shown or result.y is None else ""
        texts = {"sum": [_total(state)]}
        if shown:
            texts["sum"] += self._sum(state)
            texts["legend"] = f"{LEGEND} {_shades(result)[2]}" if result.y is not None else ""
        return {
            "about": self._about(state),
            "controls": self._controls(state),
            "prediction": controls.prediction(
                "Predict: what becomes of a surface that is equally bright all over?",
                state.prediction,
                choices=FLAT,
            ),
            "notes": {"trouble": ("bad", trouble and f"✗ {trouble}")},
            "stage": {"label": KEYS, "rows": [self._row(state, result, shown)]},
            "live": self._live(state, result, shown),
            "texts": texts,
        }

    def static_events(self) -> list[dict]:
        """Choose kernels, flip them, predict."""
        return [
            *({"set": "preset", "value": name} for name in self._presets),
            *({"set": "flip", "value": flip} for flip in (True, False)),
            *({"predict": [index]} for index in range(len(FLAT))),
            *({"skip": skip} for skip in (True, False)),
        ]

    def _run_once(self, weights: Weights, flip: bool) -> Result:
        """Run the function on the photograph in mode 'same', and compare."""
        kernel, name = np.array(weights), self._names[flip]
        outcome = student.call(self._functions[flip], self._x, kernel, mode="same")
        if outcome.value is None and outcome.trouble:
            return Result(trouble=outcome.trouble)
        right = self._right[flip](self._x, kernel, mode="same")
        marked = "; the third picture shows where"
        wrong, said = student.judge(name, outcome.value, right, marked=marked)
        trouble = " ".join(filter(None, [outcome.trouble, said]))
        if wrong is None:
            return Result(trouble=trouble)
        return Result(outcome.value.astype(float), wrong, trouble)

    def _about(self, state: State) -> str:
        return f"The response is what {self._names[state.flip]} gives, in mode 'same'."

    def _controls(self, state: State) -> list[dict]:
        presets = [*self._presets, *([OWN] if state.preset == OWN else [])]
        sizes = [(size, f"{size} × {size}") for size in SIZES]
        return [
            controls.select("preset", "kernel", state.preset, presets),
            controls.select("size", "size", len(state.weights), sizes),
            controls.check("divide", "divide by the sum of the weights", state.divide),
            controls.check("flip", "flip the kernel (convolve)", state.flip),
            controls.matrix("weight", "weights", state.weights, low=-MOST, high=MOST, step=0.5),
        ]

    def _row(self, state: State, result: Result, shown: bool) -> list[dict]:
        (i, j), k = state.place, len(state.weights)
        top, left = i - k // 2, j - k // 2
        row = [
            figures.picture(
                "photograph", "photograph", self._x, "The photograph, in grey.",
                scale=SCALE, low=0, high=1, click=True, boxes=[figures.box(top, left, k, k)],
            ),
            figures.sign("*" if state.flip else "★"),
        ]  # fmt: skip
        if not shown or result.y is None:
            return [*row, figures.hidden("?" if not shown else "none")]
        low, high, _ = _shades(result)
        row.append(
            figures.picture(
                "response", f"response, from {_ends(result.y)}", result.y,
                f"The response; {_ends(result.y)}.", scale=SCALE, low=low,
                high=high, click=True, boxes=[figures.box(i, j, 1, 1)],
            )
        )  # fmt: skip
        if result.wrong.any():
            what = "white: where it differs from what is right"
            row.append(
                figures.picture("wrong", what, result.wrong, what, scale=SCALE, low=0, high=1)
            )
        return row

    def _sum(self, state: State) -> list[str]:
        """Write the sum that the window makes, a line for each row of the kernel."""
        window, kernel, value = self._window(state)
        lines = [
            " + ".join(
                f"{figures.bracket(round(v, 2))}·{figures.bracket(u)}"
                for v, u in zip(values, taps, strict=True)
            )
            for values, taps in zip(window, kernel, strict=True)
        ]
        i, j = state.place
        return [*lines, f"y[{i}, {j}] = {figures.number(value)}"]

    def _window(self, state: State) -> tuple[np.ndarray, np.ndarray, float]:
        """Give what the window reads, the weights as they lie on it, and their sum of products."""
        kernel = state.kernel[::-1, ::-1] if state.flip else state.kernel
        (i, j), k = state.place, len(kernel)
        window = np.pad(self._x, k // 2)[i : i + k, j : j + k]
        return window, kernel, float((window * kernel).sum())

    def _live(self, state: State, result: Result, shown: bool) -> str:
        if not shown:
            return "Look at the weights and predict; then the response is shown."
        i, j = state.place
        right = figures.number(self._window(state)[2])
        text = (
            f"Row {i}, column {j}: brightness {self._x[i, j]:.2f}; {self._names[state.flip]} gives"
        )
        if result.y is None:
            return f"{text} nothing, right is {right}."
        text = f"{text} {figures.number(result.y[i, j])}"
        return f"{text}, right is {right}." if result.wrong[i, j] else f"{text}."


def _flower() -> np.ndarray:
    from cnnkit.data import photograph

    return photograph("flower")[:, 70:370, 160:460] / 255


def _total(state: State) -> str:
    """Say what the weights add up to, and where they cannot be divided by that."""
    total = float(state.kernel.sum())
    said = f"The weights add up to {figures.number(round(total, 9))}"
    stay = state.divide and abs(total) <= 1e-9
    return f"{said}: they cannot be divided by that, and stay as they are." if stay else f"{said}."


def _shades(result: Result) -> tuple[float, float, str]:
    """Give what is drawn black and what white, and a sentence that says so.

    A response without negative numbers is a picture again; else grey stands for 0.
    """
    finite = np.nan_to_num(result.y, posinf=0, neginf=0)
    if finite.min() >= -1e-9:
        high = max(1.0, float(finite.max()))
        return 0.0, high, f"Black is 0, white is {figures.number(high)}."
    most = float(np.abs(finite).max())
    return -most, most, f"Grey is 0, white is {figures.number(most)}, black is as far below 0."


def _ends(y: np.ndarray) -> str:
    finite = y[np.isfinite(y)]
    if not finite.size:
        return "no finite number"
    return f"{figures.number(finite.min())} to {figures.number(finite.max())}"


def kernel_editor(
    correlate2d: Callable | None = None,
    convolve2d: Callable | None = None,
    *,
    image: ArrayLike | str | None = None,
) -> KernelEditor:
    """Type the weights of a kernel and see what it answers to a photograph.

    Parameters
    ----------
    correlate2d, convolve2d : function, optional
        Your own, called as ``correlate2d(x, k, mode="same")``; by default of cnnkit.filters.
    image : array_like, shape (H, W) or (3, H, W), or the path of a file, optional
        Another picture than the flower, your own for instance: uint8, or floats from 0 to 1.
    """
    return KernelEditor(correlate2d, convolve2d, image=image)
