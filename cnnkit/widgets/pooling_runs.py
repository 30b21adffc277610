"""Run the student's pooling functions, and say what is wrong with what they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnkit import ops
from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets import student
from cnnkit.widgets.pooling_numbers import Place, Setting

MOST_CELLS = 16  # rows or columns that are drawn, should a wrong output be larger


@dataclass(frozen=True)
class Run:
    """What a function gave for one plane: what of it can be drawn, and what is wrong."""

    name: str
    values: np.ndarray | None = None
    argmax: np.ndarray | None = None
    wrong: np.ndarray | None = None  # where it differs; None where that cannot be said
    trouble: str = ""
    difference: str = ""


@dataclass(frozen=True)
class Scene:
    """What there is to see: the picture, the window's place, and what the functions gave."""

    plane: np.ndarray
    setting: Setting
    place: Place
    pooled: Run
    moved: Run | None = None  # of the shifted picture
    dx: Run | None = None
    asked: Place | None = None  # the pixel whose gradient is asked for


@dataclass(frozen=True)
class Functions:
    """The functions of the chapters, the student's where one is given."""

    max_pool2d: Callable | None = None
    avg_pool2d: Callable | None = None
    lp_pool2d: Callable | None = None
    max_pool2d_backward: Callable | None = None
    avg_pool2d_backward: Callable | None = None

    def pool(self, plane: np.ndarray, setting: Setting) -> Run:
        """Pool a plane with the function of the setting's kind."""
        kind = {"max": "max_pool2d", "average": "avg_pool2d", "L2": "lp_pool2d"}[setting.kind]
        function, name = self._named(kind)
        outcome = student.call(function, plane[None, None], **setting.options)
        return _read_pool(Run(name, trouble=outcome.trouble), outcome.value, plane, setting)

    def send_back(self, dy: np.ndarray, plane: np.ndarray, setting: Setting, pooled: Run) -> Run:
        """Send a gradient back; of one's own max_pool2d alone, to where its argmax points."""
        given, x, options = dy[None, None], plane[None, None], setting.options
        if setting.kind == "max" and self.max_pool2d and not self.max_pool2d_backward:
            run = Run(f"The argmax of {pooled.name}")
            if pooled.argmax is None or not np.isfinite(pooled.argmax).all():
                return Run(run.name, trouble=pooled.trouble, difference=pooled.difference)
            try:
                argmax = pooled.argmax[None, None].astype(np.intp)
                value = ops.max_pool2d_scatter(given, argmax, x.shape)
            except (TypeError, ValueError):  # told by the run that gave this argmax
                return Run(run.name, trouble=pooled.trouble, difference=pooled.difference)
            return _compare(run, value, numbers.backward(dy, plane, setting), "dx")
        kind = {"max": "max_pool2d_backward", "average": "avg_pool2d_backward"}.get(setting.kind)
        if kind is None:
            return Run("cnnkit.ops.lp_pool2d_backward", numbers.backward(dy, plane, setting))
        function, name = self._named(kind)
        if setting.kind == "max":
            outcome = student.call(function, given, x, **options)
        else:
            outcome = student.call(function, given, x_shape=x.shape, **options)
        run = Run(name, trouble=outcome.trouble)
        if outcome.value is None and outcome.trouble:
            return run
        return _compare(run, outcome.value, numbers.backward(dy, plane, setting), "dx")

    def _named(self, kind: str) -> tuple[Callable, str]:
        given = getattr(self, kind)
        if given is None:
            return getattr(ops, kind), f"cnnkit.ops.{kind}"
        return given, student.name_of(given)


def off(array: np.ndarray | None, place: Place) -> bool:
    """Say whether there is no such place in what a function gave."""
    return array is None or any(at >= n for at, n in zip(place, array.shape, strict=True))


def pixel_of(told: float, plane: np.ndarray) -> Place | None:
    """Give the pixel that an argmax names, or None where it names none."""
    if not np.isfinite(told) or not 0 <= told < plane.size:
        return None
    row, column = divmod(int(told), plane.shape[1])
    return row, column


def _read_pool(run: Run, value: object, plane: np.ndarray, setting: Setting) -> Run:
    """Take apart what a pooling function gave, and compare it."""
    if value is None and run.trouble:
        return run
    y, argmax = numbers.forward(plane, setting)
    if argmax is None:
        return _compare(run, value, y, "y")
    if not isinstance(value, tuple | list) or len(value) != 2:
        gave = student.kind_of(value)
        difference = f"{run.name} returned {gave}; it should return two arrays, y and argmax."
        return Run(run.name, trouble=run.trouble, difference=difference)
    one, other = (
        _compare(run, given, expected, which)
        for given, expected, which in zip(value, (y, argmax), ("y", "argmax"), strict=True)
    )
    wrong = one.wrong if other.wrong is None or one.wrong is None else one.wrong | other.wrong
    return Run(
        run.name,
        one.values,
        other.values,
        wrong,
        run.trouble,
        " ".join(filter(None, [one.difference, other.difference])),
    )


def _compare(run: Run, value: object, expected: np.ndarray, which: str) -> Run:
    wrong, difference = student.judge(run.name, value, expected[None, None], array=which)
    plane = None
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.ndim == 4:
        plane = value[0, 0, :MOST_CELLS, :MOST_CELLS].astype(float) if value.size else None
    flags = None if wrong is None else wrong[0, 0]
    return Run(run.name, plane, None, flags, run.trouble, difference)
