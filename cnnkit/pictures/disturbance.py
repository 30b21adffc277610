"""How accuracies fall as pictures are disturbed more and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from cnnkit.pictures import style


def disturbance_curves(
    runs: Mapping[str, Sequence[Sequence[float]]], strengths: Sequence[float], xlabel: str
) -> Figure:
    """Draw how accuracies fall as pictures are disturbed more and more.

    Parameters
    ----------
    runs : mapping of str to sequence of sequences
        Name of a model to its runs, each an accuracy (0 to 1) for every strength. The line is
        their mean, the band goes from the smallest to the largest.
    strengths : sequence of floats
    xlabel : str
        What is changed, and in which unit.
    """
    tables = {name: np.asarray(ours, float) for name, ours in runs.items()}
    told = "; ".join(
        f"{name} from {t[:, 0].mean():.1%} to {t[:, -1].mean():.1%}" for name, t in tables.items()
    )
    alt = f"Accuracy by {xlabel}, from {strengths[0]} to {strengths[-1]}: {told}."
    figure = style.new_figure(6.4, 3.6, alt)
    ax = figure.add_subplot()
    for n, (name, table) in enumerate(tables.items()):
        color = style.SERIES[n % len(style.SERIES)]
        ax.fill_between(strengths, table.min(axis=0), table.max(axis=0), color=color, alpha=0.18,
                        linewidth=0)  # fmt: skip
        ax.plot(strengths, table.mean(axis=0), marker="osD^vP"[n % 6], color=color, label=name)
    ax.axhline(0.1, color=style.GREY, linewidth=1, linestyle=":", label="chance")
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.set_xticks(strengths)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("accuracy (band: smallest to largest seed)", fontsize=9)
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=9, frameon=False)
    return figure
