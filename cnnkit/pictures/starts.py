"""How large a network's numbers are before it has learned anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style

FLOOR = 1e-30  # where a signal of 0 is drawn: a logarithm has no place for it


def signal_by_layer(runs: Mapping[str, Sequence[float]]) -> Figure:
    """Draw how the size of the numbers changes from layer to layer, on a logarithmic scale.

    Parameters
    ----------
    runs : mapping of str to sequence of float
        For each of at most 6 ways of beginning the standard deviation of the input and of what
        each layer gives.

    Raises
    ------
    ValueError
        There is nothing to draw, or more ways than looks.
    """
    if not 0 < len(runs) <= len(style.SERIES):
        raise ValueError(
            f"runs has {len(runs)} entries: from 1 to {len(style.SERIES)} can be told apart."
        )
    layers = max(map(len, runs.values())) - 1
    told = [f"{name}: from {sizes[0]:.2g} to {sizes[-1]:.2g}" for name, sizes in runs.items()]
    figure = style.new_figure(
        6.8, 3.9,
        f"The standard deviation of the signal after each of {layers} layers, logarithmic. "
        f"{'; '.join(told)}.",
    )  # fmt: skip
    ax = figure.subplots()
    for (name, sizes), color, marker in zip(runs.items(), style.SERIES, "osD^vP", strict=False):
        ax.semilogy(np.maximum(sizes, FLOOR), marker=marker, color=color, label=name)
    ax.set_xticks(range(layers + 1), ["input", *map(str, range(1, layers + 1))])
    ax.set_xlabel("layer")
    ax.set_ylabel("standard deviation of the signal")
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=9, frameon=False)
    return figure
