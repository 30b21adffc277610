"""Pictures of a kernel that slides along a signal: stems, one for each number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit.filters import correlate1d, strided_dilated1d
from cnnkit.filters.operands import mode_padding
from cnnkit.pictures import style
from cnnkit.shapes import whole

MODES = ("valid", "same", "full")


def slide(
    x: np.ndarray,
    k: np.ndarray,
    at: int,
    *,
    mode: str = "valid",
    flip: bool = False,
    stride: int = 1,
    dilation: int = 1,
) -> Figure:
    """Draw a kernel laid on a signal at one place, and the result with that place marked.

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    at : int
        The place: an index of the result, from 0.
    mode : {'valid', 'same', 'full'}
    flip : bool
        Whether the kernel is flipped before it is laid on: convolution, not correlation.
    stride, dilation : int

    Raises
    ------
    TypeError
        ``at`` or an option is no int.
    ValueError
        The result has no such place.
    """
    x, k = np.asarray(x), np.asarray(k)[:: -1 if flip else 1]
    before, after = mode_padding(len(k), mode, dilation=dilation)
    padded = np.pad(x, (before, after))
    y = strided_dilated1d(padded, k, stride=stride, dilation=dilation)
    if whole(at, "at", 0) >= len(y):
        raise ValueError(f"at is {at}: the result has the places 0 to {len(y) - 1}.")
    taps = at * stride - before + dilation * np.arange(len(k))
    sum_ = f"place {at} is {_products(padded[taps + before], k)} = {_number(y[at])}"
    kernel = f"kernel{', flipped,' if flip else ''} laid on from index {_number(taps[0])}"
    figure = style.new_figure(
        max(1.6 + 0.55 * len(padded), 1.6 + 0.085 * len(sum_)), 5.2,
        f"Three rows of stems. The signal {_listed(x)}, mode {mode}; the {kernel}: {_listed(k)}, "
        f"its taps {dilation} apart; the result {_listed(y)}; the marked {sum_}.",
    )  # fmt: skip
    signal, laid, result = axes = figure.subplots(3, 1, sharex=True)
    _signal(signal, x, before, after)
    signal.set_title("signal" + (" (hollow: zeros of the padding)" if before + after else ""))
    _stems(laid, taps, k, style.VERMILLION, "s")
    laid.set_title(kernel)
    _stems(result, range(len(y)), y, style.GREY, "o")
    _stems(result, [at], y[[at]], style.GREEN, "D", written=False)
    result.set_title(f"result: {sum_}")
    for ax, tap in product((signal, laid), taps):
        ax.axvspan(tap - 0.5, tap + 0.5, color=style.YELLOW, alpha=0.35, linewidth=0)
    _index_axes(axes, -before, len(x) + after)
    return figure


def modes(x: np.ndarray, k: np.ndarray) -> Figure:
    """Draw the three modes side by side: the padded signal, first and last place, the result.

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
        Not longer than x: in mode 'valid' it must fit.
    """
    x, k = np.asarray(x), np.asarray(k)
    d, s = len(x), len(k)
    sums = {
        "valid": f"{d} − {s} + 1 = {d - s + 1}",
        "same": f"{d}",
        "full": f"{d} + {s} − 1 = {d + s - 1}",
    }
    results = {mode: correlate1d(x, k, mode=mode) for mode in MODES}
    told = "; ".join(f"{mode}, length {sums[mode]}: {_listed(y)}" for mode, y in results.items())
    figure = style.new_figure(
        2.4 + 0.66 * (d + 2 * s), 4.9,
        f"Three columns, one a mode. Above the signal {_listed(x)} with its padding and the first "
        f"and last place of the kernel {_listed(k)}, below the result. {told}.",
    )  # fmt: skip
    axes = figure.subplots(2, 3, sharey="row")
    for column, (mode, y) in zip(axes.T, results.items(), strict=True):
        before, after = mode_padding(s, mode)
        _signal(column[0], x, before, after)
        _place(column[0], -before, s, edgecolor=style.PURPLE, label="first place")
        last = {"edgecolor": style.VERMILLION, "linestyle": "--", "label": "last place"}
        _place(column[0], d + after - s, s, **last)
        column[0].set_title(f"{mode}: length {sums[mode]}")
        _stems(column[1], range(len(y)), y, style.GREEN, "D")
        _index_axes(column, 1 - s, d + s - 1)
        column[0].set_xlabel("index in the signal")
        column[1].set_xlabel("index in the result")
    _legend(figure, axes[0, 0])
    return figure


def alignments(x: np.ndarray, template: np.ndarray) -> Figure:
    """Draw a template at each valid place of a signal, with its score there.

    Parameters
    ----------
    x : ndarray, shape (d,)
        A short signal: every place is a panel.
    template : ndarray, shape (s,)
    """
    x, template = np.asarray(x), np.asarray(template)
    scores = correlate1d(x, template)
    best = int(scores.argmax())
    figure = style.new_figure(
        2.2 + 0.6 * len(x), 0.9 + 1.5 * len(scores),
        f"The template {_listed(template)} laid on the signal {_listed(x)} at {len(scores)} "
        f"places. Scores: {_listed(scores)}; the highest is at place {best}.",
    )  # fmt: skip
    axes = figure.subplots(len(scores), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for place, (ax, score) in enumerate(zip(axes, scores, strict=True)):
        _stems(ax, np.arange(len(x)) - 0.1, x, style.BLUE, "o", written=False, label="signal")
        _stems(ax, np.arange(place, place + len(template)) + 0.1, template, style.VERMILLION, "s",
               written=False, label="template")  # fmt: skip
        words = f"place {place}: score {_number(score)}"
        ax.set_title(words + (", the highest" if place == best else ""),
                     fontweight="bold" if place == best else "normal")  # fmt: skip
    _index_axes(axes, 0, len(x))
    _legend(figure, axes[0])
    return figure


def _signal(ax: Axes, x: np.ndarray, before: int, after: int) -> None:
    """Draw a signal between the zeros of its padding."""
    _stems(ax, range(len(x)), x, style.BLUE, "o")
    zeros = [*range(-before, 0), *range(len(x), len(x) + after)]
    ax.plot(zeros, [0] * len(zeros), "o", markerfacecolor="white", markeredgecolor=style.GREY)


def _place(ax: Axes, start: int, s: int, **line: object) -> None:
    """Frame the entries of the signal that a kernel laid on from ``start`` meets."""
    ax.axvspan(start - 0.45, start + s - 0.55, fill=False, linewidth=2, **line)


def _legend(figure: Figure, ax: Axes) -> None:
    """Put one legend below all panels, for what is named in one of them."""
    handles, labels = ax.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=9, frameon=False)


def _stems(
    ax: Axes,
    places: Sequence[float],
    values: np.ndarray,
    colour: str,
    marker: str,
    *,
    written: bool = True,
    label: str | None = None,
) -> None:
    """Draw numbers as stems from zero, and write each number beyond its marker."""
    ax.axhline(0, color=style.INK, linewidth=0.8, zorder=1)
    ax.vlines(places, 0, values, color=colour, linewidth=2, zorder=2)
    ax.plot(places, values, marker, color=colour, zorder=3, label=label)
    for place, value in zip(places, values, strict=True) if written else ():
        ax.annotate(_number(value), (place, value), ha="center",
                    xytext=(0, -7 if value < 0 else 7), textcoords="offset points",
                    va="top" if value < 0 else "bottom", fontsize=9)  # fmt: skip
    ax.margins(y=0.3)


def _index_axes(axes: Sequence[Axes], start: int, stop: int) -> None:
    """Give panels that stand above one another whole numbers from ``start`` to ``stop`` - 1."""
    for ax in axes:
        ax.set_xlim(start - 0.7, stop - 0.3)
        ax.set_xticks(range(start, stop))
        ax.tick_params(labelsize=9)
        ax.title.set_fontsize(11)
        ax.set_ylabel("value")
        ax.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("index")


def _products(window: np.ndarray, k: np.ndarray) -> str:
    """Write a sum of products, as in "5·(−1) + 7·3"."""
    pairs = zip(window, k, strict=True)
    return " + ".join("·".join(_number(n, brackets=True) for n in pair) for pair in pairs)


def _listed(values: np.ndarray) -> str:
    return f"({', '.join(map(_number, values))})"


def _number(value: float, *, brackets: bool = False) -> str:
    """Write a number in up to four digits, with a true minus sign."""
    written = f"{value:.4g}".replace("-", "−")
    return f"({written})" if brackets and value < 0 else written
