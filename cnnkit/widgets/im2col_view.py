"""What the im2col viewer shows: the picture, the matrix, and sentences, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets import im2col_numbers as numbers
from cnnkit.widgets.conv_numbers import Place
from cnnkit.widgets.figures import number
from cnnkit.widgets.im2col_numbers import Setting

MOST_CELLS = 60  # rows or columns that are drawn, should a wrong matrix be larger
LEGEND = (
    "Outlined: one column of cols, and its window. Circled: one number of it, and its pixel. "
    "Dashed in the picture: what else that row of cols sees. Dashed in cols: the pixel's other "
    "copies."
)


@dataclass(frozen=True)
class Scene:
    """The picture (C, H, W), the cell that is looked at, and what a function gave."""

    setting: Setting
    image: np.ndarray
    cell: Place
    name: str
    cols: np.ndarray | None = None  # (K, L), where that can be drawn
    wrong: np.ndarray | None = None


def stage(scene: Scene, shown: bool) -> list[list[dict]]:
    """Give the figures: the planes of the picture, and the matrix once it may be seen."""
    cols = figures.hidden("cols: ?")
    if shown:
        cols = figures.hidden("nothing to draw") if scene.cols is None else _matrix(scene)
    planes = [_plane(scene, c, shown) for c in range(scene.setting.channels)]
    return [[*planes, figures.sign("→"), cols]]


def _plane(scene: Scene, channel: int, shown: bool) -> dict:
    """Draw a channel in its rim; mark the window, its circled pixel, and the row's pixels."""
    setting, p = scene.setting, scene.setting.padding
    padded = np.pad(scene.image[channel], p)
    K, L = setting.shape()
    row, column = scene.cell
    window = {setting.pixel((t, column)) for t in range(K)}
    seen = {setting.pixel((row, place)) for place in range(L)} if shown else set()
    here = setting.pixel(scene.cell)
    marks = []
    for i in range(-p, setting.height + p):
        marks.append([])
        for j in range(-p, setting.width + p):
            pixel = (channel, i, j)
            kinds = {
                "pad": not setting.inside(pixel),
                "tap": pixel in window,
                "also": pixel in seen,
                "ring": pixel == here,
            }
            marks[-1].append(_words(kinds))
    return figures.grid(
        f"x{channel}",
        f"channel {channel}" if setting.channels > 1 else "picture",
        padded,
        marks=marks,
        first=-p,
        click=True,
    )


def _matrix(scene: Scene) -> dict:
    """Draw what the function gave; mark the column, the circled number and its copies."""
    setting, (row, column) = scene.setting, scene.cell
    pixel = setting.pixel(scene.cell)
    copies = setting.copies(pixel) if setting.inside(pixel) else []
    marks = [["" for _ in line] for line in scene.cols]
    for i, j in np.ndindex(scene.cols.shape):
        kinds = {
            "tap": j == column,
            "also": (i, j) in copies,
            "ring": (i, j) == (row, column),
            "wrong": scene.wrong is not None and scene.wrong[i, j],
        }
        marks[i][j] = _words(kinds)
    fits = len(scene.cols) == setting.shape()[0]
    taps = [setting.tap(t) for t in range(len(scene.cols))] if fits else []
    names = [f"{t}: {c},{a},{e}" for t, (c, a, e) in enumerate(taps)]
    return figures.grid(
        "cols", "cols: taps are rows, places are columns", scene.cols, marks=marks,
        row_names=names, click=True,
    )  # fmt: skip


def live(scene: Scene, shown: bool) -> str:
    """Say which tap and place are looked at, and what the function gives there."""
    setting, (row, column) = scene.setting, scene.cell
    tap, place = setting.tap(row), setting.place(column)
    if not shown:
        return f"Tap {tap} at place {place} meets {_pixel(scene)}. Where in cols does it stand?"
    right = number(numbers.matrix(scene.image, setting)[row, column])
    start = f"Row {row}, tap {tap}; column {column}, place {place}: {scene.name} gives"
    if scene.cols is None or row >= scene.cols.shape[0] or column >= scene.cols.shape[1]:
        return f"{start} nothing there, right is {right}. It is {_pixel(scene)}."
    text = f"{start} {number(scene.cols[row, column])}"
    if scene.wrong is not None and scene.wrong[row, column]:
        text += f", right is {right}"
    return f"{text}. It is {_pixel(scene)}."


def _pixel(scene: Scene) -> str:
    """Say which pixel a cell holds, and how often that stands in the matrix."""
    setting = scene.setting
    pixel = c, row, column = setting.pixel(scene.cell)
    if not setting.inside(pixel):
        return "a zero of the rim"
    channel = f"channel {c}, " if setting.channels > 1 else ""
    return f"the pixel {number(scene.image[pixel])} in {channel}row {row}, column {column}"


def where(scene: Scene) -> list[str]:
    """Write the two rules with their numbers, and all copies of the pixel."""
    setting, (row, column) = scene.setting, scene.cell
    (c, a, e), (i, j) = setting.tap(row), setting.place(column)
    k, Wo = setting.kernel, setting.size()[1]
    pixel = setting.pixel(scene.cell)
    lines = [
        f"row = (c·kH + a)·kW + e = ({c}·{k} + {a})·{k} + {e} = {row}",
        f"column = i·Wo + j = {i}·{Wo} + {j} = {column}",
    ]
    if setting.inside(pixel):
        copies = setting.copies(pixel)
        listed = ", ".join(map(str, copies))
        times = f"{len(copies)} times" if len(copies) > 1 else "once"
        lines.append(f"This pixel stands {times} in cols, at {listed}: col2im adds these up.")
    return lines


def counts(scene: Scene) -> str:
    """Write the matrix's shape with its numbers."""
    s, (Ho, Wo), (K, L) = scene.setting, scene.setting.size(), scene.setting.shape()
    share = number(K * L / scene.image.size)
    return (
        f"cols: C·kH·kW = {s.channels}·{s.kernel}·{s.kernel} = {K} rows, Ho·Wo = {Ho}·{Wo} = {L} "
        f"columns, {share} times as many numbers as the picture."
    )


def _words(kinds: dict[str, bool]) -> str:
    return " ".join(kind for kind, is_so in kinds.items() if is_so)
