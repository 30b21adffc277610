"""A filter at work on a single image: one window, many kernels, borders, and blurs compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit import filters
from cnnkit.ops.checks import check_same_shape
from cnnkit.pictures import style
from cnnkit.shapes import Pair, whole

SIGNED = "PuOr_r"  # 0 is white, and both ends stay apart for colour-blind readers


def filter_step(x: np.ndarray, k: np.ndarray, place: Pair = (0, 0)) -> Figure:
    """Draw one step of a correlation: the window, the kernel, and the number that comes out.

    Parameters
    ----------
    x : ndarray, shape (H, W)
    k : ndarray, shape (a, b)
    place : pair of int
        Row and column of the output, counted from 0.
    """
    x, k = style.array(x, "x", "(H, W)"), style.array(k, "k", "(a, b)")
    y = filters.correlate2d(x, k)
    (i, j), (a, b) = style.place(place, "place", y.shape), k.shape
    products = (x[i : i + a, j : j + b] * k).ravel()
    terms = " + ".join(f"({value:g})" if value < 0 else f"{value:g}" for value in products)
    told = f"y[{i}, {j}] = {terms} = {y[i, j]:g}"
    figure = style.new_figure(
        1.5 + 0.4 * (x.shape[1] + b + y.shape[1]), 1.3 + 0.4 * len(x),
        f"Left an image of {x.shape[0]} × {x.shape[1]} numbers with a window of {a} × {b} at row "
        f"{i}, column {j}; in the middle the kernel {style.rows_in_words(k)}; right the output of "
        f"{y.shape[0]} × {y.shape[1]} numbers. {told}.",
    )  # fmt: skip
    panels = (("image x", x), ("kernel k", k), ("output y", y))
    axes = figure.subplots(1, 3, width_ratios=[values.shape[1] for _, values in panels])
    for ax, (title, values) in zip(axes, panels, strict=True):
        marked = np.ones(values.shape, bool)
        if values is not k:
            marked[:] = False
            marked[i : i + (a if values is x else 1), j : j + (b if values is x else 1)] = True
        style.number_grid(ax, values, highlight=marked)
        ax.set_title(title, fontsize=11)
    style.frame(axes[0], i, j, a, b, edgecolor=style.BLUE)
    style.frame(axes[2], i, j, 1, 1, edgecolor=style.BLUE)
    figure.supxlabel(told, fontsize=11)
    return figure


def filter_bank(
    image: np.ndarray,
    kernels: Mapping[str, np.ndarray],
    *,
    correlate: Callable[..., np.ndarray] = filters.correlate2d,
) -> Figure:
    """Draw a picture, some kernels, and under each kernel its response, all on one scale.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        Values in 0..1.
    kernels : mapping of str to ndarray, shape (a, b)
        What each kernel answers to, and the kernel; numbers are shown to two digits.
    correlate : callable
        Called as ``correlate(image, kernel, mode="same")``.
    """
    image = style.array(image, "image", "(H, W)")
    kernels = {name: style.array(k, f"kernels[{name!r}]", "(a, b)") for name, k in kernels.items()}
    maps = {name: correlate(image, kernel, mode="same") for name, kernel in kernels.items()}
    limit = _limit(np.stack(list(maps.values())))
    columns, rows = 3, -(-(len(maps) + 1) // 3)
    told = "; ".join(
        f"{name}, {style.rows_in_words(kernels[name].round(2))}, from {plane.min():.2f} to "
        f"{plane.max():.2f}"
        for name, plane in maps.items()
    )
    figure = style.new_figure(
        8.6, rows * (1.5 + 2.6 * image.shape[0] / image.shape[1]),
        f"A picture of {image.shape[0]} × {image.shape[1]} pixels, {len(maps)} kernels and their "
        f"responses, smallest and largest: {told}.",
    )  # fmt: skip
    ratios = [1.1, 2.6 * image.shape[0] / image.shape[1]] * rows
    axes = figure.subplots(2 * rows, columns, height_ratios=ratios, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    _grey(axes[1, 0], image, "the picture")
    for place, (name, plane) in enumerate(maps.items(), 1):
        row, column = divmod(place, columns)
        style.number_grid(axes[2 * row, column], kernels[name].round(2))
        drawn = _signed(axes[2 * row + 1, column], plane, name, limit)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, extend="both", panchor=False)
    bar.set_label("response (0: nothing found)")
    return figure


def borders(image: np.ndarray, pad: int) -> Figure:
    """Draw what zero, edge and reflect padding put around an image; a frame marks the image.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        Values in 0..1.
    pad : int
        Pixels on each side.
    """
    image, pad = style.array(image, "image", "(H, W)"), whole(pad, "pad", 0)
    H, W = image.shape
    figure = style.new_figure(
        9.0, 0.7 + 2.9 * (H + 2 * pad) / (W + 2 * pad),
        f"An image of {H} × {W} pixels in a frame, with {pad} pixels more on each side, three "
        "times: zero padding puts black around it, edge padding draws its outermost pixels out "
        "into stripes, reflect padding mirrors it.",
    )  # fmt: skip
    for ax, mode in zip(figure.subplots(1, 3), ("zero", "edge", "reflect"), strict=True):
        _grey(ax, filters.pad2d(image, pad, mode=mode), f"mode={mode!r}")
        style.frame(ax, pad, pad, H, W, edgecolor=style.VERMILLION)
        ax.set_axis_off()
    return figure


def difference(one: np.ndarray, other: np.ndarray, names: tuple[str, str]) -> Figure:
    """Draw two grey pictures of one size and, in signed colours, the first minus the second.

    Parameters
    ----------
    one, other : ndarray, shape (H, W)
        Values in 0..1.
    names : pair of str
    """
    one, other = style.array(one, "one", "(H, W)"), style.array(other, "other", "(H, W)")
    check_same_shape("other", other, "one", one.shape)
    change = one - other
    figure = style.new_figure(
        9.8, 0.6 + 2.9 * one.shape[0] / one.shape[1],
        f"Two pictures of {one.shape[0]} × {one.shape[1]} pixels, {names[0]} and {names[1]}, and "
        f"their difference, which goes from {change.min():.3f} to {change.max():.3f}.",
    )  # fmt: skip
    left, middle, right = figure.subplots(1, 3)
    for ax, plane, name in zip((left, middle), (one, other), names, strict=True):
        _grey(ax, plane, name)
        ax.set_axis_off()
    drawn = _signed(right, change, "the first minus the second", _limit(change))
    right.set_axis_off()
    figure.colorbar(drawn, ax=right, shrink=0.9, extend="both").set_label("difference")
    return figure


def _limit(values: np.ndarray) -> float:
    """The end of a scale around 0: a few extremes would pale all the rest."""
    return float(np.quantile(np.abs(values), 0.995)) or 1.0


def _grey(ax: Axes, plane: np.ndarray, title: str) -> None:
    ax.imshow(plane, cmap="gray", vmin=0, vmax=1)
    ax.set_title(title, fontsize=11)


def _signed(ax: Axes, plane: np.ndarray, title: str, limit: float):
    ax.set_title(title, fontsize=11)
    return ax.imshow(plane, cmap=SIGNED, vmin=-limit, vmax=limit)
