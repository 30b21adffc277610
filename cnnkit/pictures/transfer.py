"""What a model takes over from another one, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from cnnkit.pictures import style
from cnnkit.pictures.training import MARKERS

LOOKS = {  # how a layer begins: its colour and its hatching
    "fresh": ("white", ""),
    "copied": (style.SKY, ""),
    "frozen": (style.SKY, "///"),
}


def kept_layers(starts: Mapping[str, Mapping[str, str]]) -> Figure:
    """Draw, for several ways to begin, which layers are fresh, copied or frozen.

    Parameters
    ----------
    starts : mapping of mappings
        Name of a start to its layers, in order, each with 'fresh', 'copied' (and learning on) or
        'frozen' (copied, and staying).

    Raises
    ------
    ValueError
        There is no start, a layer begins otherwise, or the starts have not the same layers.
    """
    first = next(iter(starts.values()), {})
    for name, layers in starts.items():
        if list(layers) != list(first):
            raise ValueError(f"{name!r} has other layers than {next(iter(starts))!r}.")
        if not LOOKS.keys() >= set(layers.values()):
            raise ValueError(f"{name!r}: a layer must be one of {', '.join(LOOKS)}.")
    if not first:
        raise ValueError("starts is empty: give at least one, with its layers.")
    told = "; ".join(
        f"{name}: {', '.join(f'{_line(layer)} {how}' for layer, how in layers.items())}"
        for name, layers in starts.items()
    )
    figure = style.new_figure(
        1.2 + 1.45 * len(first), 0.6 + 0.62 * len(starts), f"How layers begin. {told}."
    )
    ax = figure.add_subplot()
    for row, layers in enumerate(starts.values()):
        for column, how in enumerate(layers.values()):
            color, hatch = LOOKS[how]
            ax.bar(column, 0.7, width=0.9, bottom=row - 0.35, facecolor=color, hatch=hatch,
                   edgecolor=style.GREY)  # fmt: skip
            ax.text(column, row, how, ha="center", va="center", color=style.INK, fontsize=10,
                    bbox={"facecolor": color, "edgecolor": "none", "pad": 2})  # fmt: skip
    ax.set_xticks(range(len(first)), first, fontsize=9)
    ax.set_yticks(range(len(starts)), starts, fontsize=10)
    ax.set_ylim(len(starts) - 0.5, -0.5)
    ax.set_xlabel("layer, from the picture to the scores")
    ax.set_ylabel("start")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return figure


def accuracy_by_number(
    series: Mapping[str, Mapping[str, Sequence[float]]], xlabel: str, ylabel: str = "accuracy"
) -> Figure:
    """Draw accuracies of several series: each run a point, means joined, bars of one deviation.

    Parameters
    ----------
    series : mapping of mappings
        Name of at most six series to places on the axis, in order, each with the accuracies, 0
        to 1, of its runs; two or more. Places stand at equal distances.
    xlabel, ylabel : str

    Raises
    ------
    ValueError
        There is no series, or more than can be told apart, they have not the same places, or a
        place has fewer than two runs.
    """
    if not 0 < len(series) <= len(style.SERIES):
        raise ValueError(f"There are {len(series)} series: 1 to {len(style.SERIES)} can be drawn.")
    places = list(next(iter(series.values())))
    for name, runs in series.items():
        if list(runs) != places or not places:
            raise ValueError(f"{name!r} has the places {list(runs)}: all must have {places}.")
        few = [place for place, scores in runs.items() if len(scores) < 2]
        if few:
            raise ValueError(f"{name!r} at {few[0]!r} has no spread: give two runs or more.")
    told = ". ".join(
        f"{name}, {'; '.join(_summary(place, scores) for place, scores in runs.items())}"
        for name, runs in series.items()
    )
    figure = style.new_figure(
        7.2,
        4.2,
        f"{ylabel[:1].upper()}{ylabel[1:]} by {xlabel}, mean ± standard deviation. {told}.",
    )
    ax = figure.add_subplot()
    for n, (name, runs) in enumerate(series.items()):
        x = np.arange(len(places)) + 0.1 * (n - (len(series) - 1) / 2)  # bars beside each other
        mean = np.array([np.mean(scores) for scores in runs.values()])
        sd = np.array([np.std(scores, ddof=1) for scores in runs.values()])
        color = style.SERIES[n]
        ax.errorbar(x, mean, sd, color=color, marker=MARKERS[n], markersize=7, capsize=4,
                    label=name)  # fmt: skip
        for place, scores in zip(x, runs.values(), strict=True):
            ax.plot([place] * len(scores), scores, ".", color=color, markersize=4, alpha=0.6)
    ax.set_xticks(range(len(places)), places)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(f"{ylabel} (bars: ± 1 standard deviation)")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="best")
    return figure


def _summary(place: str, scores: Sequence[float]) -> str:
    return f"{_line(place)}: {np.mean(scores):.1%} ± {np.std(scores, ddof=1):.1%}"


def filters_changed(before: np.ndarray, after: np.ndarray) -> Figure:
    """Draw filters before and after a training, and their difference, all on one scale around 0.

    Parameters
    ----------
    before, after : ndarray, shape (O, 1, kH, kW)

    Raises
    ------
    ValueError
        They have not the same shape, or more than one channel.
    """
    axes = "(O, 1, kH, kW)"
    before, after = style.array(before, "before", axes), style.array(after, "after", axes)
    if before.shape != after.shape or before.shape[1] != 1:
        raise ValueError(
            f"before has shape {before.shape}, after {after.shape}: both must be (O, 1, kH, kW)."
        )
    change = after - before
    norms = np.sqrt((change.astype(float) ** 2).sum(axis=(1, 2, 3)))
    limit = max(float(np.abs(part).max()) for part in (before, after, change)) or 1.0
    figure = style.new_figure(
        2.2 + 0.85 * len(before), 3.3,
        f"{len(before)} filters before, after, and the difference, on one scale of ±{limit:.2g}. "
        f"Weights changed by at most {np.abs(change).max():.2g}; filter {norms.argmax()} changed "
        f"most, filter {norms.argmin()} least.",
    )  # fmt: skip
    axes = figure.subplots(3, len(before), squeeze=False)
    for row, name, filters in zip(axes, ("before", "after", "difference"), (before, after, change),
                                  strict=True):  # fmt: skip
        for ax, filter_ in zip(row, filters, strict=True):
            drawn = ax.imshow(filter_[0], cmap=style.SIGNED, vmin=-limit, vmax=limit)
            style.bare(ax)
        style.beside(row[0], name)
    for n, ax in enumerate(axes[0]):
        ax.set_title(f"{n}", fontsize=9)
    figure.supxlabel("number of the filter", fontsize=10)
    figure.colorbar(drawn, ax=axes, aspect=14).set_label("weight")
    return figure


def _line(label: str) -> str:
    return " ".join(label.split())
