"""Pooling: one window of a plane and what comes out, and a signal through two layers."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnnkit.filters import correlate1d
from cnnkit.ops import max_pool2d
from cnnkit.pictures import style
from cnnkit.shapes import Option, pair


def pooling(
    plane: np.ndarray,
    kernel: Option,
    *,
    stride: Option | None = None,
    place: tuple[int, int] = (0, 0),
) -> Figure:
    """Draw a plane, the window of one output place, and the plane of maxima.

    Parameters
    ----------
    plane : ndarray, shape (H, W)
    kernel, stride : int or pair of ints
        As for :func:`cnnkit.ops.max_pool2d`.
    place : pair of ints
        Row and column of the output that is looked at.
    """
    (kh, kw), plane = pair(kernel, "kernel", 1), style.array(plane, "plane", "(H, W)")
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    y, argmax = (result[0, 0] for result in max_pool2d(plane[None, None], kernel, stride=stride))
    i, j = style.place(place, "place", y.shape)
    top, left = i * sh, j * sw
    row, column = divmod(int(argmax[i, j]), plane.shape[1])
    window = ", ".join(f"{value:g}" for value in plane[top : top + kh, left : left + kw].ravel())
    figure = style.new_figure(
        0.42 * (plane.shape[1] + y.shape[1]) + 1.2, 0.42 * plane.shape[0] + 1.1,
        f"A plane of {plane.shape[0]} × {plane.shape[1]} numbers and the {y.shape[0]} × "
        f"{y.shape[1]} maxima of its {kh} × {kw} windows. The window of output row {i}, column {j} "
        f"holds {window}; its maximum {y[i, j]:g} stands in row {row}, column {column}.",
    )  # fmt: skip
    before, after = figure.subplots(1, 2, width_ratios=[plane.shape[1], y.shape[1]])
    won = np.zeros(plane.shape, bool)
    won[row, column] = True
    style.number_grid(before, plane, highlight=won)
    style.frame(before, top, left, kh, kw, edgecolor=style.BLUE)
    chosen = np.zeros(y.shape, bool)
    chosen[i, j] = True
    style.number_grid(after, y, highlight=chosen)
    before.set_title("the plane and one window", fontsize=11)
    after.set_title("maxima", fontsize=11)
    return figure


def conv_then_pool(x: np.ndarray, k: np.ndarray, *, size: int, stride: int) -> Figure:
    """Draw a signal, its correlation with a kernel, and the maxima of that, one below the other.

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    size, stride : int
        Of the pooling.
    """
    x, k = style.array(x, "x", "(d,)"), style.array(k, "k", "(s,)")
    responses = correlate1d(x, k)
    pooled = max_pool2d(responses[None, None, None], (1, size), stride=(1, stride))[0].ravel()
    rows = {"signal": x, f"convolution, {len(k)}": responses, f"maximum, {size}": pooled}
    told = "; ".join(
        f"{name}: {' '.join(f'{value:g}' for value in values)}" for name, values in rows.items()
    )
    figure = style.new_figure(
        0.5 * len(x) + 1.9, 3.6,
        f"A signal, what a kernel of {len(k)} makes of it, and the maxima of {size} neighbours, "
        f"every {stride}. {told}.",
    )  # fmt: skip
    ax = figure.subplots()
    # Each output stands above the middle of the window that it looked at.
    first = (len(k) - 1) / 2
    places = (
        np.arange(len(x)),
        first + np.arange(len(responses)),
        first + (size - 1) / 2 + stride * np.arange(len(pooled)),
    )
    windows = (len(k), size)
    followed = int(responses[stride : stride + size].argmax()) + stride, 1  # one output's way
    for below, (centres, values) in enumerate(zip(places, rows.values(), strict=True)):
        for centre, value in zip(centres, values, strict=True):
            style.cell(ax, 2 * below, centre, facecolor="white")
            ax.text(centre, 2 * below, f"{value:g}", ha="center", va="center", color=style.INK)
    for below, size_ in enumerate(windows):
        centre = end = places[below + 1][followed[below]]
        left, right = centre - size_ / 2, centre + size_ / 2
        style.frame(ax, 2 * below, left + 0.5, 1, size_, edgecolor=style.BLUE)
        for x0, x1 in ((left, end - 0.5), (right, end + 0.5)):
            ax.plot([x0, x1], [2 * below + 0.5, 2 * below + 1.5], color=style.BLUE, linewidth=1.2)
    ax.set_xlim(-0.6, len(x) - 0.4)
    ax.set_ylim(4.6, -0.6)
    ax.set_yticks([0, 2, 4], list(rows))
    ax.set_xticks(range(len(x)))
    ax.set_xlabel("place in the signal")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure
