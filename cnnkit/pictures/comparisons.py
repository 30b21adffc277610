"""How remedies compare over several runs, and when a training should have stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from cnnkit.pictures import style

LETTERS = 40  # of a name on one line


def spread(
    results: Mapping[str, Sequence[float]], *, baseline: str | None = None, what: str = "accuracy"
) -> Figure:
    """Draw what repeated runs gave, in a row for each name: the best mean stands on top.

    Parameters
    ----------
    results : mapping of str to sequence of float
        Shares, 0 to 1, a number for each run.
    baseline : str, optional
        The name whose mean is drawn through all rows.
    what : str
        What the shares are of, for the axis.

    Raises
    ------
    ValueError
        There is nothing to draw, a name has no run, or there is no such baseline.
    """
    for name, values in results.items():
        if not len(values):
            raise ValueError(f"{name!r} has no run: give at least one number.")
    if not results or baseline not in (None, *results):
        raise ValueError(f"results has the names {list(results)}, baseline is {baseline!r}.")
    rows = sorted(results.items(), key=lambda row: np.mean(row[1]))
    told = [_summary(values) for _, values in rows]
    words = [f"{name} {text}" for (name, _), text in zip(rows, told, strict=True)]
    runs = max(len(values) for _, values in rows)
    names = [fill(name, LETTERS) for name, _ in rows]
    lines = sum(1 + 0.6 * name.count("\n") for name in names)
    figure = style.new_figure(
        8.6, 1.1 + 0.34 * lines,
        f"{what[:1].upper()}{what[1:]}, mean and standard deviation of up to {runs} runs, the best "
        f"first: {'; '.join(reversed(words))}.",
    )  # fmt: skip
    ax = figure.add_subplot()
    if baseline is not None:
        ax.axvline(np.mean(results[baseline]), color=style.GREY, linestyle="--", linewidth=1.2)
    for place, (name, values) in enumerate(rows):
        color = style.VERMILLION if name == baseline else style.BLUE
        ax.plot(values, [place] * len(values), "o", color=color, alpha=0.55, markersize=5)
        ax.plot([np.mean(values)], [place], "|", color=style.INK, markersize=15, markeredgewidth=2)
    ax.set_yticks(range(len(rows)), names, fontsize=10)
    right = ax.secondary_yaxis("right")
    right.set_yticks(range(len(rows)), told, fontsize=9)
    for axis in (ax, right):
        axis.tick_params(axis="y", length=0)
        axis.spines[:].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    legend = "dots are runs, bars are means; on the right mean ± standard deviation"
    ax.set_xlabel(f"{fill(what, 2 * LETTERS)}\n{legend}")
    ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    return figure


def _summary(values: Sequence[float]) -> str:
    """Write mean and standard deviation; of a single run there is none."""
    deviation = f" ± {np.std(values, ddof=1):.1%}" if len(values) > 1 else ""
    return f"{np.mean(values):.1%}{deviation}"


def stopping(values: Sequence[float], *, best: int, stop: int | None = None) -> Figure:
    """Draw a figure that was watched epoch by epoch, the best one, and where to stop.

    Parameters
    ----------
    values : sequence of float
        A number for each epoch, all finite.
    best, stop : int
        Places in ``values``, from 0; ``stop`` is None where nothing said stop.

    Raises
    ------
    ValueError
        There is no such place, or it would stop before the best.
    """
    last = len(values) - 1 if stop is None else stop
    if not 0 <= best <= last < len(values):
        raise ValueError(f"best is {best}, stop is {stop}: there are {len(values)} values.")
    saved = "" if stop is None else f" Stop after epoch {stop + 1} of {len(values)}."
    figure = style.new_figure(
        6.4, 3.6,
        f"The loss on new pictures by epoch: {values[0]:.3g} after the first, lowest "
        f"{values[best]:.3g} after epoch {best + 1}, {values[-1]:.3g} in the end.{saved}",
    )  # fmt: skip
    ax, epochs = figure.add_subplot(), np.arange(1, len(values) + 1)
    ax.plot(epochs, values, "o-", color=style.BLUE, markersize=4, label="loss on new pictures")
    ax.plot(best + 1, values[best], "*", color=style.VERMILLION, markersize=15,
            label=f"best: epoch {best + 1}")  # fmt: skip
    if stop is not None:
        ax.axvline(stop + 1, color=style.INK, linestyle="--", label=f"stop: epoch {stop + 1}")
        ax.axvspan(stop + 1, len(values) + 0.5, color=style.GREY, alpha=0.18, linewidth=0,
                   label="not needed")  # fmt: skip
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.set_xlim(0.5, len(values) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=9, frameon=False)
    return figure
