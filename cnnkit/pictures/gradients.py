"""Pictures of gradients: what an output sends back to pixels and weights, and how exact a check is.

An upstream gradient dy and what is made of it stand side by side as squares with numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from cnnkit.ops import conv2d_backward, max_pool2d, max_pool2d_backward
from cnnkit.ops.checks import check_same_shape
from cnnkit.pictures import style
from cnnkit.shapes import Option, Pair, conv2d_shape

FLOOR = 1e-17  # where an error of 0 is drawn: a logarithm has no place for it


def gradient_flow(dy: np.ndarray, x: np.ndarray, w: np.ndarray, output: Pair = (0, 0)) -> Figure:
    """Draw what one output place of ``x ★ w`` sends back to the pixels and to the weights.

    Parameters
    ----------
    dy : ndarray, shape (H - kH + 1, W - kW + 1)
    x : ndarray, shape (H, W)
    w : ndarray, shape (kH, kW)
    output : pair of ints
        Row and column of the place.
    """
    dy, x, w = _read(dy, x, w)
    (i, j), (kh, kw) = style.place(output, "output", dy.shape), w.shape
    sent = _number(dy[i, j])
    window = x[i : i + kh, j : j + kw]
    to_x, to_w = _products(sent, w), _products(sent, window)
    figure = style.new_figure(
        1.9 + 0.66 * (x.shape[1] + dy.shape[1] + kw), 1.3 + 0.55 * max(x.shape[0], kh),
        f"Output row {i}, column {j} has dy = {sent}. It sends to the pixels of its window, rows "
        f"{i} to {i + kh - 1} and columns {j} to {j + kw - 1} of x, dy times the weights: "
        f"{_told(to_x)}; and to the weights dy times the pixels: {_told(to_w)}. All other pixels "
        "get nothing from it.",
    )  # fmt: skip
    pixels, middle, weights = figure.subplots(1, 3, width_ratios=[x.shape[1], dy.shape[1], kw])
    all_pixels = np.full(x.shape, "0", dtype=object)
    all_pixels[i : i + kh, j : j + kw] = to_x
    chosen = np.zeros(x.shape, bool)
    chosen[i : i + kh, j : j + kw] = True
    _words(pixels, all_pixels, chosen)
    style.frame(pixels, i, j, kh, kw, edgecolor=style.BLUE)
    style.number_grid(middle, dy, highlight=_only(dy.shape, output))
    _words(weights, to_w, np.ones(w.shape, bool))
    style.frame(weights, 0, 0, kh, kw, edgecolor=style.VERMILLION)
    for ax, title in ((pixels, "to the pixels: dy · w"), (middle, "dy"),
                      (weights, "to the weights: dy · x")):  # fmt: skip
        ax.set_title(title, fontsize=11)
    left, right = (-0.5, i), (dy.shape[1] - 0.5, i)  # at the rim: no arrow lies on a number
    _arrow(figure, (middle, left), (pixels, (j + kw - 0.5, i + (kh - 1) / 2)), style.BLUE)
    _arrow(figure, (middle, right), (weights, (-0.5, (kh - 1) / 2)), style.VERMILLION)
    return figure


def gradient_sums(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> Figure:
    """Draw what each output place of ``x ★ w`` sends back, and the sums: dx and dw.

    Parameters
    ----------
    dy, x, w : ndarray
        As for :func:`gradient_flow`; small, since each place has a column of its own.
    """
    dy, x, w = _read(dy, x, w)
    parts = []
    for place in np.ndindex(dy.shape):
        alone = np.where(_only(dy.shape, place), dy, 0)
        parts.append((f"dy[{place[0]}, {place[1]}] = {_number(dy[place])}", _backward(alone, x, w)))
    parts.append(("the sum", _backward(dy, x, w)))
    told = "; ".join(
        f"{name} sends to x {style.rows_in_words(dx)} and to w {style.rows_in_words(dw)}"
        for name, (dx, dw) in parts[:-1]
    )
    dx, dw = parts[-1][1]
    figure = style.new_figure(
        0.9 + len(parts) * (0.4 + 0.4 * x.shape[1]), 1.0 + 0.42 * (x.shape[0] + w.shape[0]),
        f"What each output sends back, row by row: {told}. The sums: dx is "
        f"{style.rows_in_words(dx)}, dw is {style.rows_in_words(dw)}.",
    )  # fmt: skip
    axes = figure.subplots(2, len(parts), height_ratios=[x.shape[0] + 0.3, w.shape[0]])
    for column, (name, grids) in zip(axes.T, parts, strict=True):
        for ax, grid in zip(column, grids, strict=True):
            style.number_grid(ax, grid, highlight=np.full(grid.shape, name == "the sum"))
        column[0].set_title(name, fontsize=10)
    style.beside(axes[0, 0], "to x")
    style.beside(axes[1, 0], "to w")
    return figure


def pool_routing(
    dy: np.ndarray, x: np.ndarray, kernel: Option, *, stride: Option | None = None
) -> Figure:
    """Draw which pixel each output of a max pooling sends its gradient to.

    Parameters
    ----------
    dy : ndarray, shape (oH, oW)
        At most 26 numbers: each has a letter.
    x : ndarray, shape (H, W)
    kernel, stride : int or pair of ints
        As for :func:`cnnkit.ops.max_pool2d`.
    """
    dy, x = style.array(dy, "dy", "(oH, oW)"), style.array(x, "x", "(H, W)")
    batch = x[None, None]
    dx = max_pool2d_backward(dy[None, None], batch, kernel, stride=stride)[0, 0]
    winners = max_pool2d(batch, kernel, stride=stride)[1].ravel()
    letters = np.array(list(ascii_lowercase[: dy.size]), dtype=object).reshape(dy.shape)
    owners = np.full(x.size, "", dtype=object)
    for letter, winner in zip(letters.ravel(), winners, strict=True):
        owners[winner] = f"{owners[winner]}+{letter}".strip("+")
    owners = owners.reshape(x.shape)
    told = "; ".join(
        f"{letter}, {_number(sent)}, goes to row {winner // x.shape[1]}, "
        f"column {winner % x.shape[1]}"
        for letter, sent, winner in zip(letters.ravel(), dy.ravel(), winners, strict=True)
    )
    figure = style.new_figure(
        1.6 + 0.52 * (2 * x.shape[1] + dy.shape[1]), 1.0 + 0.52 * x.shape[0],
        f"A plane {style.rows_in_words(x)}, the gradients of its maxima, and where they go: {told}."
        f" The result: {style.rows_in_words(dx)}.",
    )  # fmt: skip
    before, middle, after = figure.subplots(
        1, 3, width_ratios=[x.shape[1], dy.shape[1] + 0.4, x.shape[1]]
    )
    _words(before, _lettered(x, owners), owners != "")
    _words(middle, _lettered(dy, letters), np.zeros(dy.shape, bool))
    _words(after, _lettered(dx, owners), owners != "")
    for ax, title in ((before, "x and its maxima"), (middle, "dy"), (after, "dx")):
        ax.set_title(title, fontsize=11)
    return figure


def step_errors(steps: Sequence[float], errors: Mapping[str, Sequence[float]]) -> Figure:
    """Draw how the error of a difference quotient depends on its step, both logarithmically.

    Parameters
    ----------
    steps : sequence of float
    errors : mapping of str to sequence of float
        For each of at most 6 kinds of quotient a relative error at each step; 0 is drawn at
        1e-17.

    Raises
    ------
    ValueError
        There are more kinds than looks.
    """
    if len(errors) > len(style.SERIES):
        raise ValueError(
            f"errors has {len(errors)} kinds: {len(style.SERIES)} at most can be told apart."
        )
    told = []
    for name, values in errors.items():
        best = int(np.argmin(values))
        told.append(f"{name}: smallest, {values[best]:.1e}, at h = {steps[best]:.0e}; "
                    f"{values[0]:.1e} at h = {steps[0]:.0e} and {values[-1]:.1e} at "
                    f"h = {steps[-1]:.0e}")  # fmt: skip
    figure = style.new_figure(
        6.4, 3.9, f"Relative error against the step h, both axes logarithmic. {'; '.join(told)}."
    )
    ax = figure.subplots()
    looks = zip(errors.items(), style.SERIES, "osD^vP", strict=False)
    for (name, values), color, marker in looks:
        ax.loglog(steps, np.maximum(values, FLOOR), marker=marker, color=color, label=name)
    ax.set_xlabel("step h")
    ax.set_ylabel("relative error")
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    return figure


def _read(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, ...]:
    operands = ("dy", dy, "(oH, oW)"), ("x", x, "(H, W)"), ("w", w, "(kH, kW)")
    dy, x, w = (style.array(value, name, axes) for name, value, axes in operands)
    check_same_shape("dy", dy, "x ★ w", conv2d_shape(*x.shape, w.shape))
    return dy, x, w


def _backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    dx, dw, _ = conv2d_backward(dy[None, None], x[None, None], w[None, None])
    return dx[0, 0], dw[0, 0]


def _only(shape: Pair, place: Pair) -> np.ndarray:
    chosen = np.zeros(shape, bool)
    chosen[place] = True
    return chosen


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _products(sent: str, factors: np.ndarray) -> np.ndarray:
    """Write for example 2·(−3), one for each factor."""
    written = np.empty(factors.shape, dtype=object)
    for place, factor in np.ndenumerate(factors):
        number = _number(factor)
        written[place] = f"{sent}·({number})" if factor < 0 else f"{sent}·{number}"
    return written


def _lettered(values: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Write each number, and below it its letter where it has one."""
    written = np.empty(values.shape, dtype=object)
    for place, value in np.ndenumerate(values):
        written[place] = f"{_number(value)}\n{letters[place]}".strip()
    return written


def _told(written: np.ndarray) -> str:
    return "; ".join(", ".join(row) for row in written)


def _words(ax: Axes, written: np.ndarray, marked: np.ndarray) -> None:
    """Draw squares with short texts; marked ones are on yellow."""
    rows, columns = written.shape
    style.pixel_axes(ax, range(rows), range(columns))
    for (row, column), text in np.ndenumerate(written):
        style.cell(ax, row, column, facecolor=style.YELLOW if marked[row, column] else "white")
        ax.text(column, row, text, ha="center", va="center", color=style.INK, fontsize=9)
    style.bare(ax)
    ax.set_xlabel("")
    ax.set_ylabel("")


def _arrow(figure: Figure, start: tuple[Axes, tuple], end: tuple[Axes, tuple], color: str) -> None:
    """Draw an arrow from a point of one panel to a point of another."""
    figure.add_artist(
        ConnectionPatch(start[1], end[1], "data", "data", axesA=start[0], axesB=end[0],
                        arrowstyle="-|>", color=color, linewidth=2, mutation_scale=16)
    )  # fmt: skip
