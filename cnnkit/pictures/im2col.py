"""Convolution as a matrix product: windows as columns, the matrix of a layer, measured times."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit.ops import conv_as_matrix, im2col
from cnnkit.pictures import style
from cnnkit.shapes import Option, conv2d_shape, pair, whole

# One colour a tap, pale enough for a number on it; a number or a place always says the same.
TAPS = ("#9FD3F5", "#F7CE86", "#8FD9BF", "#F2B08A", "#E3BFD4", "#F7EF9A", "#C9C9C9", "#B9C4EC")


def window_columns(
    x: np.ndarray, kernel: Option, *, stride: Option = 1, padding: Option = 0, column: int = 0
) -> Figure:
    """Draw the planes of an image and its windows as the columns of a matrix, one of them marked.

    Parameters
    ----------
    x : ndarray, shape (C, H, W)
        Small, of short numbers: all are written.
    kernel, stride, padding : int or pair of ints
    column : int
        The column that is marked, and its window in each plane.
    """
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    x = style.array(x, "x", "(C, H, W)")
    (ph, pw), (C, H, W) = pair(padding, "padding", 0), x.shape
    cols = im2col(x[None], kernel, stride=stride, padding=padding)[0]
    places = list(np.ndindex(conv2d_shape(H, W, kernel, stride=stride, padding=padding)))
    if whole(column, "column", 0) >= len(places):
        raise ValueError(f"column is {column}: the matrix has shape {cols.shape}.")
    i, j = places[column]
    told = " ".join(f"{value:g}" for value in cols[:, column])
    figure = style.new_figure(
        0.42 * (W + 2 * pw + len(places)) + 2.6,
        max(0.42 * C * (H + 2 * ph) + 0.5 * C, 0.42 * len(cols)) + 1.2,
        f"Left the {C} plane{'s' * (C > 1)} of an image, {H} × {W}; right the matrix of its "
        f"{kh} × {kw} windows, {len(cols)} × {len(places)}. Column {column}, place ({i}, {j}), "
        f"holds from top to bottom {told}. All rows of the matrix: {style.rows_in_words(cols)}.",
    )  # fmt: skip
    grid = figure.add_gridspec(C, 2, width_ratios=[W + 2 * pw, len(places) + 3])
    for c, plane in enumerate(x):
        ax = figure.add_subplot(grid[c, 0])
        _plane(ax, np.pad(plane, ((ph, ph), (pw, pw))), (ph, pw))
        for a, e in np.ndindex(kh, kw):
            at = (i * sh - ph + a, j * sw - pw + e)
            style.cell(ax, *at, facecolor=TAPS[((c * kh + a) * kw + e) % len(TAPS)], zorder=1.5)
        style.frame(ax, i * sh - ph, j * sw - pw, kh, kw, edgecolor=style.BLUE)
        ax.set_title(f"channel {c}", fontsize=11)
    _columns(figure.add_subplot(grid[:, 1]), cols, [*np.ndindex(C, kh, kw)], places, column)
    return figure


def _plane(ax: Axes, padded: np.ndarray, padding: tuple[int, int]) -> None:
    """Draw the numbers of a plane, those of its padding in grey."""
    (ph, pw), (rows, columns) = padding, padded.shape
    style.pixel_axes(ax, range(-ph, rows - ph), range(-pw, columns - pw))
    for (row, column), value in np.ndenumerate(padded):
        inside = ph <= row < rows - ph and pw <= column < columns - pw
        style.cell(ax, row - ph, column - pw, facecolor="white" if inside else style.PALE)
        ax.text(column - pw, row - ph, f"{value:g}", ha="center", va="center", fontsize=10,
                color=style.INK if inside else style.GREY)  # fmt: skip


def _columns(ax: Axes, cols: np.ndarray, taps: list, places: list, marked: int) -> None:
    """Draw the matrix; the colours of the marked column are those of its window's pixels."""
    style.pixel_axes(ax, range(len(taps)), range(len(places)))
    for (row, column), value in np.ndenumerate(cols):
        colour = TAPS[row % len(TAPS)] if column == marked else "white"
        style.cell(ax, row, column, facecolor=colour)
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=10, color=style.INK)
    style.frame(ax, 0, marked, len(taps), 1, edgecolor=style.BLUE)
    ax.set_xticks(range(len(places)), [f"{i}, {j}" for i, j in places])
    ax.set_yticks(range(len(taps)), [", ".join(map(str, tap)) for tap in taps])
    ax.set_xlabel("place of the output (i, j)")
    ax.set_ylabel("tap (c, a, e)")
    ax.set_title("windows as columns", fontsize=11)


def conv_matrix(
    w: np.ndarray, H: int, W: int, *, stride: Option = 1, padding: Option = 0
) -> Figure:
    """Draw the matrix of a convolution: which weight stands where, and how many zeros there are.

    Parameters
    ----------
    w : ndarray, shape (O, C, kH, kW)
        Small, of short numbers: all are written. Equal colours are the same weight of a filter.
    H, W : int
        Height and width of the image.
    stride, padding : int or pair of ints
    """
    w, options = style.array(w, "w", "(O, C, kH, kW)"), {"stride": stride, "padding": padding}
    matrix = conv_as_matrix(w, H, W, **options)
    names = np.arange(1, w.size + 1).reshape(w.shape)  # a number of its own for each weight
    weights = conv_as_matrix(names, H, W, **options).astype(int)
    (O, C), (Ho, Wo) = w.shape[:2], conv2d_shape(H, W, w.shape[2:], **options)
    rows, columns = matrix.shape
    zeros, often = np.mean(weights == 0), np.bincount(weights.ravel())[1:]
    figure = style.new_figure(
        0.3 * columns + 2.2, 0.3 * rows + 1.3,
        f"The matrix of a convolution, {rows} outputs × {columns} pixels. {zeros:.0%} of it is "
        f"zero; the other numbers are the {w.size} weights, each {_times(often)}. "
        f"The first row: {style.rows_in_words(matrix[:1])}.",
    )  # fmt: skip
    ax = figure.subplots()
    style.pixel_axes(ax, range(rows), range(columns))
    for (row, column), weight in np.ndenumerate(weights):
        colour = TAPS[(weight - 1) % len(TAPS)] if weight else "white"
        style.cell(ax, row, column, facecolor=colour, edgecolor="#DDDDDD", linewidth=0.5)
        if weight:
            ax.text(column, row, f"{matrix[row, column]:g}", ha="center", va="center",
                    fontsize=8, color=style.INK)  # fmt: skip
    for lines, step, count in ((ax.axvline, W, C * H), (ax.axhline, Wo, O * Ho)):
        for line in range(count + 1):
            lines(line * step - 0.5, color=style.INK, linewidth=1)
    ax.set_xticks(range(0, columns, W), [_place(n, W, H, C) for n in range(0, columns, W)])
    ax.set_yticks(range(0, rows, Wo), [_place(n, Wo, Ho, O) for n in range(0, rows, Wo)])
    ax.set_xlabel("pixel " + ("(row, column)" if C == 1 else "(channel, row, column)"))
    ax.set_ylabel("output " + ("(row, column)" if O == 1 else "(map, row, column)"))
    return figure


def _place(number: int, width: int, height: int, planes: int) -> str:
    """Write the place of a number of raveled planes, without the plane where there is but one."""
    place = np.unravel_index(number, (planes, height, width))
    return ", ".join(str(int(n)) for n in place[planes == 1 :])


def _times(counts: np.ndarray) -> str:
    low, high = counts.min(), counts.max()
    return f"{low} times" if low == high else f"{low} to {high} times"


def running_times(seconds: Mapping[str, float]) -> Figure:
    """Draw measured times as bars, on a scale where equal steps are equal factors.

    Parameters
    ----------
    seconds : mapping of str to float
        Above 0, by the name of what was measured.

    Raises
    ------
    ValueError
        There is no time, or one is not above 0.
    """
    if not seconds or min(seconds.values()) <= 0:
        raise ValueError(f"seconds is {dict(seconds)}: there must be times, all above 0.")
    slowest = max(seconds.values())
    written = {
        name: f"{_duration(one)}" + (f"   {_factor(slowest / one)}" if one < slowest else "")
        for name, one in seconds.items()
    }
    told = "; ".join(f"{name}: {text}" for name, text in written.items())
    figure = style.new_figure(
        8.2, 0.45 * len(seconds) + 1.0,
        f"Measured times, and how many times faster than the slowest. {told}.",
    )  # fmt: skip
    ax = figure.subplots()
    ax.barh(range(len(seconds)), list(seconds.values()), color=style.BLUE, height=0.62)
    for place, (one, text) in enumerate(zip(seconds.values(), written.values(), strict=True)):
        ax.annotate(text, (one, place), (5, 0), textcoords="offset points", va="center",
                    fontsize=10, color=style.INK)  # fmt: skip
    ax.set_yticks(range(len(seconds)), list(seconds))
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.set_xlim(min(seconds.values()) / 3, slowest * 12)  # room for the words beside the bars
    ax.set_xlabel("seconds; each step is a factor of 10")
    ax.minorticks_off()
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return figure


def _duration(seconds: float) -> str:
    """Write a time with two digits."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):g} {unit}"
    return f"{float(f'{seconds * 1e6:.2g}'):g} µs"


def _factor(times: float) -> str:
    return f"{float(f'{times:.2g}'):,g} times faster"
