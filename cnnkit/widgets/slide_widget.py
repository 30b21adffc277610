"""The sliding kernel: a window along a signal, its products, its sum, and the modes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import filters
from cnnkit.widgets import controls, figures, student
from cnnkit.widgets import slide_numbers as numbers
from cnnkit.widgets.base import Widget
from cnnkit.widgets.controls import Prediction
from cnnkit.widgets.slide_numbers import MODES, Slide

SIGNALS = {
    "a ramp": (0, 0, 0, 1, 2, 3, 4, 4, 4),
    "a single 1": (0, 0, 0, 0, 1, 0, 0, 0, 0),
    "up and down": (5, 7, 0, 2, 4, -3, 1, 6),
}
KERNELS = {
    "difference": (-1, 1),
    "peak": (-1, 3, -1),
    "1, 2, 3": (1, 2, 3),
    "four taps": (1, 10, 100, 1000),
}
MOST = 24  # numbers of a signal of one's own
KEYS = "Kernel on the signal: arrow keys slide it, Home and End go to the first and the last place."
ASK = "Predict how many numbers y has and what the first one is; then slide the kernel."
NO_NUMBERS = "Type two numbers: how many y has, and the first of them."
LEGEND = "Outlined: what the kernel reads, and its place in y. Dotted: zeros around the signal."


@dataclass(frozen=True)
class State:
    """The signal, the kernel, where it stands, and what was predicted."""

    slide: Slide
    place: int = 0
    prediction: Prediction = Prediction()


@dataclass(frozen=True)
class Result:
    """What the function gave: the numbers that can be drawn, where they are wrong, and what is."""

    name: str
    y: np.ndarray | None = None
    wrong: np.ndarray | None = None
    trouble: str = ""


class SlidingKernel(Widget):
    """See :func:`cnnkit.widgets.sliding_kernel`."""

    label = "Sliding kernel"

    def __init__(
        self,
        correlate1d: Callable | None = None,
        convolve1d: Callable | None = None,
        *,
        signal: ArrayLike | None = None,
        kernel: ArrayLike | None = None,
    ) -> None:
        super().__init__()
        self._functions = {
            False: (filters.correlate1d if correlate1d is None else correlate1d),
            True: (filters.convolve1d if convolve1d is None else convolve1d),
        }
        self._names = {
            False: "cnnkit.filters.correlate1d"
            if correlate1d is None
            else student.name_of(correlate1d),
            True: "cnnkit.filters.convolve1d"
            if convolve1d is None
            else student.name_of(convolve1d),
        }
        self._signals, self._kernels = dict(SIGNALS), dict(KERNELS)
        if signal is not None:
            self._signals = {"yours": _read(signal, "signal", MOST)} | self._signals
        if kernel is not None:
            self._kernels = {"yours": _read(kernel, "kernel", MOST)} | self._kernels
        x, k = next(iter(self._signals.values())), next(iter(self._kernels.values()))
        self._run = lru_cache(32)(self._run_once)
        self.show(State(_fitting(Slide(x, k))))

    def step(self, state: State, event: dict) -> State:
        """Answer a list, the flip, a key, a click or a prediction."""
        slide = state.slide
        match event:
            case {"set": "signal", "value": name}:
                return _with(state, replace(slide, x=self._signals[name]))
            case {"set": "kernel", "value": name}:
                return _with(state, replace(slide, k=self._kernels[name]))
            case {"set": "mode", "value": mode}:
                return _with(state, replace(slide, mode=mode))
            case {"set": "flip", "value": flip}:
                return _with(state, replace(slide, flip=bool(flip)))
            case {"move": key} if state.prediction.revealed:
                _, place = figures.move((0, state.place), _along(key), (1, slide.length()))
                return replace(state, place=place)
            case {"go": _, "at": [_, j]} if state.prediction.revealed:
                return replace(state, place=min(max(int(j) - _shift(slide), 0), slide.length() - 1))
            case {"predict": typed}:
                return replace(state, prediction=_predicted(state, typed))
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Draw signal, kernel, products and result, each number under the one it belongs to."""
        slide, shown = state.slide, state.prediction.revealed
        result = self._run(slide)
        texts = {"legend": LEGEND}
        if shown:
            line, value = numbers.products(slide, state.place)
            texts |= {
                "sum": f"y[{state.place}] = {line} = {figures.number(value)}",
                "formula": numbers.length_formula(slide),
            }
        trouble = result.trouble if shown or result.y is None else ""
        return {
            "about": self._about(slide),
            "controls": self._controls(slide),
            "prediction": controls.prediction(
                "Predict y:", state.prediction, fields=("length", "y[0]")
            ),
            "notes": {"trouble": ("bad", trouble and f"✗ {trouble}")},
            "stage": {"label": KEYS, "rows": [[_grid(state, result)]]},
            "play": {"event": {"move": "next"}, "every": 900} if shown else None,
            "live": _live(state, result),
            "texts": texts,
        }

    def static_events(self) -> list[dict]:
        """Slide, and choose mode, flip and two of the kernels."""
        return [
            *({"move": key} for key in (*figures.KEYS, "next")),
            *({"set": "mode", "value": mode} for mode in MODES),
            *({"set": "flip", "value": flip} for flip in (True, False)),
            *({"set": "kernel", "value": name} for name in self._kernels),
            *({"skip": skip} for skip in (True, False)),
        ]

    def _about(self, slide: Slide) -> str:
        name = self._names[slide.flip]
        if not slide.flip:
            return f"y is what {name} gives for the signal x and the kernel k."
        cut = "" if slide.mode == "full" else f"; mode {slide.mode} is a part of its full result"
        return f"y is what {name} gives for the signal x and the kernel k{cut}."

    def _controls(self, slide: Slide) -> list[dict]:
        return [
            controls.select("signal", "signal", _key(self._signals, slide.x), list(self._signals)),
            controls.select("kernel", "kernel", _key(self._kernels, slide.k), list(self._kernels)),
            controls.select("mode", "mode", slide.mode, MODES),
            controls.check("flip", "flip the kernel (convolve)", slide.flip),
        ]

    def _run_once(self, slide: Slide) -> Result:
        """Run the function; of a convolution, cut the mode out of what it gives in full."""
        function, name = self._functions[slide.flip], self._names[slide.flip]
        options = {} if slide.flip else {"mode": slide.mode}
        outcome = student.call(
            function, np.array(slide.x, float), np.array(slide.k, float), **options
        )
        if outcome.value is None and outcome.trouble:
            return Result(name, trouble=outcome.trouble)
        whole = replace(slide, mode="full") if slide.flip else slide
        wrong, difference = student.judge(name, outcome.value, whole.result())
        trouble = " ".join(filter(None, [outcome.trouble, difference]))
        y = outcome.value
        if not isinstance(y, np.ndarray) or y.ndim != 1 or y.dtype.kind not in "biuf":
            return Result(name, trouble=trouble)
        if slide.flip:
            y, wrong = slide.part(y), None if wrong is None else slide.part(wrong)
        return Result(name, y.astype(float), wrong, trouble)


def _read(values: ArrayLike, what: str, most: int) -> tuple[float, ...]:
    array = np.asarray(values)
    if array.ndim != 1 or not 1 <= len(array) <= most or array.dtype.kind not in "biuf":
        raise ValueError(f"The {what} must be a row of 1 to {most} numbers; it is {values!r}.")
    if not np.isfinite(array).all():
        raise ValueError(f"The {what} must hold finite numbers and nothing else.")
    return tuple(array.tolist())


def _fitting(slide: Slide) -> Slide:
    """Start in mode full where the kernel is longer than the signal."""
    return slide if slide.length() > 0 else replace(slide, mode="full")


def _with(state: State, slide: Slide) -> State:
    """Take another signal, kernel or mode: y is to be predicted again."""
    slide = _fitting(slide)
    if slide == state.slide:
        return state
    return State(slide, 0, state.prediction.again())


def _predicted(state: State, typed: list[str]) -> Prediction:
    read = controls.real_numbers(typed)
    if read is None:
        return state.prediction.refused(NO_NUMBERS)
    return state.prediction.judged(*numbers.verdict(state.slide, *read))


def _along(key: str) -> str:
    """Let the keys up and down slide, too."""
    return {"ArrowUp": "ArrowLeft", "ArrowDown": "ArrowRight"}.get(key, key)


def _key(named: dict[str, tuple], value: tuple) -> str:
    return next(name for name, held in named.items() if held == value)


def _shift(slide: Slide) -> int:
    """Give the column in which y[0] stands: that of x[0]."""
    return slide.zeros[0]


def _grid(state: State, result: Result) -> dict:
    slide, place, shown = state.slide, state.place, state.prediction.revealed
    padded, s, shift = slide.padded, len(slide.k), _shift(slide)
    window, columns = range(place, place + s), len(padded)
    kernel = [slide.taps[j - place] if j in window else None for j in range(columns)]
    product = [padded[j] * slide.taps[j - place] if j in window else None for j in range(columns)]
    y, marks = [None] * columns, [""] * columns
    if shown and result.y is not None:
        for at, value in enumerate(result.y[: columns - shift]):
            bad = result.wrong is not None and result.wrong[at]
            y[at + shift] = value
            marks[at + shift] = ("here " if at == place else "") + ("wrong" if bad else "")
    zeros = [j < shift or j >= shift + len(slide.x) for j in range(columns)]
    read = ["pad" * zero + " tap" * (j in window) for j, zero in enumerate(zeros)]
    blank = [""] * columns
    rows = [padded, kernel] + ([product, y] if shown else [])
    names = ["x", "k, flipped" if slide.flip else "k", "product", "y"]
    return figures.grid(
        "slide", f"kernel at place {place}", rows, fill="signed", row_names=names[: len(rows)],
        marks=[read, blank, blank, marks][: len(rows)], first=(0, -shift), click=True, scale=1.2,
        column_names=[str(j - shift) if j >= shift else "" for j in range(columns)],
    )  # fmt: skip


def _live(state: State, result: Result) -> str:
    if not state.prediction.revealed:
        return ASK
    slide, place = state.slide, state.place
    _, right = numbers.products(slide, place)
    text = f"Place {place} of 0 to {slide.length() - 1}: {result.name} gives "
    if result.y is None or place >= len(result.y):
        return f"{text}nothing there, right is {figures.number(right)}."
    text += figures.number(result.y[place])
    if result.wrong is not None and result.wrong[place]:
        return f"{text}, right is {figures.number(right)}."
    return f"{text}."


def sliding_kernel(
    correlate1d: Callable | None = None,
    convolve1d: Callable | None = None,
    *,
    signal: ArrayLike | None = None,
    kernel: ArrayLike | None = None,
) -> SlidingKernel:
    """Slide a kernel along a signal, one place after another.

    Parameters
    ----------
    correlate1d, convolve1d : function, optional
        Your own, called as ``correlate1d(x, k, mode=)`` and, flipped, ``convolve1d(x, k)``;
        those of :mod:`cnnkit.filters` by default.
    signal, kernel : array_like of one axis, optional
        Numbers of your own, up to 24 each.
    """
    return SlidingKernel(correlate1d, convolve1d, signal=signal, kernel=kernel)
