"""What moves with a shifted picture, and what stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from cnnkit.images import shift2d
from cnnkit.pictures import style


def two_ways(x: np.ndarray, f: Callable[[np.ndarray], np.ndarray], rows: int, cols: int) -> Figure:
    """Draw both ways from x to its shifted map: compute, then shift; or shift, then compute.

    Parameters
    ----------
    x : ndarray of float, shape (H, W)
        Of 0..1.
    f : callable
        Takes a picture (H, W) and gives a map of the same shape.
    rows, cols : int
        The shift, which goes round.

    Raises
    ------
    ValueError
        f gives another shape.
    """
    x = style.array(x, "x", "(H, W)")
    moved, y = shift2d(x, rows, cols, mode="wrap"), f(x.copy())
    if y.shape != x.shape:
        raise ValueError(f"f gives shape {y.shape} for x of shape {x.shape}: they must agree.")
    computed_first, shifted_first = shift2d(y, rows, cols, mode="wrap"), f(moved.copy())
    error = np.abs(shifted_first - computed_first).max()
    figure = style.new_figure(
        8.6, 5.6 * x.shape[0] / x.shape[1] + 0.9,
        f"Two ways. Upper row: a picture x of {x.shape[0]} × {x.shape[1]} pixels, f(x), and f(x) "
        f"shifted by {rows} rows and {cols} columns. Lower row: x, x shifted in the same way, and "
        f"f of that. The two results differ by at most {error:.2g}.",
    )  # fmt: skip
    figure.get_layout_engine().set(wspace=0.14)  # room for the arrows
    axes = figure.subplots(2, 3)
    limit = float(np.abs(y).max()) or 1.0
    ways = (
        (("x", x, None), ("f(x)", y, limit), ("T f(x)", computed_first, limit)),
        (("x", x, None), ("T x", moved, None), ("f(T x)", shifted_first, limit)),
    )
    for row, way in zip(axes, ways, strict=True):
        for ax, (name, plane, scale) in zip(row, way, strict=True):
            _draw_plane(ax, plane, scale)
            ax.set_title(name, fontsize=12)
        for start, end in zip(row[:-1], row[1:], strict=True):
            _arrow(figure, start, end)
    axes[1, 2].set_xlabel(f"largest difference to T f(x): {error:.2g}", fontsize=10)
    return figure


def _draw_plane(ax: Axes, plane: np.ndarray, limit: float | None) -> None:
    """Draw a picture, or a signed map where there is a limit."""
    if limit is None:
        ax.imshow(plane, cmap="gray", vmin=0, vmax=1)
    else:
        ax.imshow(plane, cmap=style.SIGNED, vmin=-limit, vmax=limit)
    style.bare(ax)


def _arrow(figure: Figure, start: Axes, end: Axes) -> None:
    """Draw an arrow from one picture to the next."""
    arrow = ConnectionPatch(
        (1, 0.5), (0, 0.5), "axes fraction", "axes fraction", axesA=start, axesB=end,
        arrowstyle="-|>", mutation_scale=18, linewidth=2, color=style.VERMILLION, shrinkA=3,
        shrinkB=3,
    )  # fmt: skip
    arrow.set_in_layout(False)
    figure.add_artist(arrow)


def moving_and_staying(
    pictures: Sequence[np.ndarray],
    maps: Mapping[str, Sequence[np.ndarray]],
    scores: Sequence[np.ndarray],
    classes: Sequence[str],
    names: Sequence[str],
) -> Figure:
    """Draw, a column for each shift, a picture, some maps of it and its class probabilities.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (H, W)
        Of 0..1: the same picture, shifted.
    maps : mapping of str to sequence of ndarray, shape (h, w)
        Of one channel of a layer: one for each picture.
    scores : sequence of ndarray, shape (K,)
        Probabilities, one array for each picture.
    classes, names : sequence of str
        The K classes, and what to write above the pictures.

    Raises
    ------
    ValueError
        There is not one map and one array of scores for each picture.
    """
    lengths = {len(pictures), len(scores), len(names), *map(len, maps.values())}
    if len(lengths) > 1:
        raise ValueError(
            f"{len(pictures)} pictures need as many names, scores and maps of a layer."
        )
    told = ", ".join(
        f"{name}: {classes[np.argmax(one)]} {np.max(one):.0%}"
        for name, one in zip(names, scores, strict=True)
    )
    figure = style.new_figure(
        1.5 * len(pictures) + 1.4, 1.45 * (1 + len(maps)) + 2.4,
        f"A picture and its shifts, {len(maps)} maps of each and the probabilities of "
        f"{len(classes)} classes. The most likely class, {told}.",
    )  # fmt: skip
    heights = [1] * (1 + len(maps)) + [1.5]
    axes = figure.subplots(2 + len(maps), len(pictures), height_ratios=heights, squeeze=False)
    for ax, one, name in zip(axes[0], pictures, names, strict=True):
        _draw_plane(ax, one, None)
        ax.set_title(name, fontsize=9)
    style.beside(axes[0, 0], "picture")
    for row, (name, planes) in zip(axes[1:-1], maps.items(), strict=True):
        limit = max(float(np.abs(plane).max()) for plane in planes) or 1.0
        for ax, plane in zip(row, planes, strict=True):
            _draw_plane(ax, plane, limit)
        style.beside(row[0], f"{name}\n{planes[0].shape[0]} × {planes[0].shape[1]}")
    for ax, one in zip(axes[-1], scores, strict=True):
        _draw_bars(ax, one)
    axes[-1, 0].set_yticks(range(len(classes)), classes, fontsize=7)
    axes[-1, 0].set_ylabel("class")
    return figure


def _draw_bars(ax: Axes, scores: np.ndarray) -> None:
    best = int(np.argmax(scores))
    bars = ax.barh(range(len(scores)), scores, color=style.SKY, edgecolor=style.INK, linewidth=0.4)
    bars[best].set_color(style.BLUE)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(scores) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xticks([0, 1])
    ax.tick_params(labelsize=8, length=0)
    ax.set_xlabel("probability", fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
