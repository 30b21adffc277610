"""What the convolution explorer shows: grids of cells and sentences, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit import shapes
from cnnkit.widgets import conv_numbers as numbers
from cnnkit.widgets import figures
from cnnkit.widgets.conv_numbers import Place, Setting
from cnnkit.widgets.figures import number

MOST_CELLS = 20  # rows or columns of an output that are drawn, should a wrong one be larger


@dataclass(frozen=True)
class Scene:
    """The arrays of one setting: the image (C, H, W), filters, and what came out of them."""

    setting: Setting
    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    channels: tuple[str, ...]
    name: str  # of the function that ran
    y: np.ndarray | None = None  # what it gave, where that can be drawn
    wrong: np.ndarray | None = None  # where y differs from what it should be


def inputs(scene: Scene, place: Place, shown: Place | None) -> list[dict]:
    """Draw each channel in its padding; mark what the window reads.

    Where the output's size is shown, pixels that no window reads are marked too.
    """
    setting, p = scene.setting, scene.setting.padding
    rows, columns = (numbers.taps(at, setting) if setting.size() else [] for at in place)
    lost_rows, lost_columns = (
        [index + p for index in numbers.unread(n, out, setting)]
        for n, out in zip(scene.x.shape[1:], shown or (0, 0), strict=True)
    )
    low, high = scene.x.min(), scene.x.max()
    grids = []
    for name, plane in zip(scene.channels, scene.x, strict=True):
        padded = np.pad(plane, p)
        marks = [["" for _ in row] for row in padded]
        for i, j in np.ndindex(padded.shape):
            inside = all(p <= at < p + n for at, n in zip((i, j), plane.shape, strict=True))
            lost = inside and shown and (i in lost_rows or j in lost_columns)
            kinds = {"pad": not inside, "tap": i in rows and j in columns, "lost": lost}
            marks[i][j] = " ".join(kind for kind, is_so in kinds.items() if is_so)
        drawn = {"fill": "grey", "low": low, "high": high, "marks": marks, "first": -p}
        caption = _caption("input", name, scene)
        grids.append(figures.grid("input", caption, padded, scale=_scale(scene), **drawn))
    return grids


def kernels(scene: Scene, chosen: int) -> list[dict]:
    """Draw the chosen filter: one kernel for each channel."""
    drawn = {"fill": "signed", "high": np.abs(scene.w).max(), "ruled": False}
    return [
        figures.grid(
            "kernel", _caption(f"filter {chosen}", name, scene), plane, scale=_scale(scene), **drawn
        )
        for name, plane in zip(scene.channels, scene.w[chosen], strict=True)
    ]


def outputs(scene: Scene, place: Place, chosen: int) -> list[dict]:
    """Draw what the function gave, a map for each filter; mark the window's place."""
    if scene.y is None:
        return []
    grids = []
    high = np.abs(scene.y[np.isfinite(scene.y)]).max(initial=0)
    for o, plane in enumerate(scene.y):
        marks = [["" for _ in row] for row in plane]
        for i, j in np.ndindex(plane.shape):
            here = "here" if o == chosen and (i, j) == tuple(place) else ""
            bad = "wrong" if scene.wrong is not None and scene.wrong[o, i, j] else ""
            marks[i][j] = f"{here} {bad}".strip()
        drawn = {"fill": "signed", "high": high, "marks": marks, "click": True}
        caption = f"output, filter {o}"
        grids.append(figures.grid(f"output {o}", caption, plane, scale=_scale(scene), **drawn))
    return grids


def sentences(scene: Scene, place: Place, chosen: int) -> dict[str, object]:
    """Say what the window reads, the sum it makes, and what the function gave there."""
    setting, (i, j) = scene.setting, place
    rows, columns = shapes.receptive_patch(
        i, j, scene.x.shape[1:], setting.kernel, **setting.options
    )
    bias = scene.b[chosen]
    lines, value = numbers.window_sum(scene.x, scene.w[chosen], bias, place, setting)
    at = f"y[0, {chosen}, {i}, {j}]"
    names = scene.channels if len(lines) > 1 else ("products",)
    return {
        "live": f"Row {i}, column {j} of the output: {given(scene, place, chosen, value)}",
        "reads": f"{at} reads x[0, :, {_slice(rows)}, {_slice(columns)}]",
        "sum": [
            *(f"{name}: {line}" for name, line in zip(names, lines, strict=True)),
            f"bias: {number(bias)}",
            f"{at} = {number(value)}",
        ],
    }


def given(scene: Scene, place: Place, chosen: int, value: float) -> str:
    """Say what the function gave at a place, and what is right where that differs."""
    if scene.y is None or any(
        at >= n for at, n in zip((chosen, *place), scene.y.shape, strict=True)
    ):
        return f"{scene.name} gives nothing there, right is {number(value)}."
    text = f"{scene.name} gives {number(scene.y[chosen, place[0], place[1]])}"
    if scene.wrong is not None and scene.wrong[chosen, place[0], place[1]]:
        return f"{text}, right is {number(value)}."
    return text + "."


def drawable(y: object) -> np.ndarray | None:
    """Give the maps (O, oH, oW) of what a function returned, or None where it has none."""
    if not isinstance(y, np.ndarray) or y.dtype.kind not in "biuf" or y.ndim != 4 or not y.size:
        return None
    return y[0, :4, :MOST_CELLS, :MOST_CELLS].astype(float)


def _scale(scene: Scene) -> float:
    """Draw smaller cells where there are several channels."""
    return 0.8 if len(scene.x) > 1 else 1.0


def _caption(what: str, channel: str, scene: Scene) -> str:
    """Name a grid; a single channel needs no name, and a grey picture is not red."""
    return f"{what}, {channel}" if len(scene.channels) > 1 else what


def _slice(part: slice) -> str:
    if part.start >= part.stop:
        return "0:0"
    return f"{part.start}:{part.stop}" + (f":{part.step}" if part.step != 1 else "")
