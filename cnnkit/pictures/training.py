"""How a training went, and what its model takes for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from cnnkit.pictures import style

History = Mapping[str, Sequence[float]]

PANELS = (("loss", "loss"), ("acc", "accuracy"))
PARTS = (("", "training", "--", "none"), ("val_", "validation", "-", None))
MARKERS = "osD^vP"
LETTER, LINE = 0.075, 0.18  # inches of the legend's letters: width and height


def learning_curves(
    runs: History | Sequence[History] | Mapping[str, History | Sequence[History]],
) -> Figure:
    """Draw loss and accuracy by epoch, of training and of validation.

    Parameters
    ----------
    runs : history, list of histories, or mapping of names to either
        A history has 'loss', 'acc' or both, and for a validation 'val_loss', 'val_acc': numbers,
        one an epoch, as :func:`cnnkit.training.fit` gives them. Several histories under one name
        are repetitions: the line is their mean, the band goes from the smallest to the largest.
        Where one ended earlier, the others go on alone.

    Raises
    ------
    ValueError
        There is nothing to draw.
    """
    named = _named(runs)
    panels = [panel for panel in PANELS if any(_has(runs, panel[0]) for _, runs in named)]
    if not panels:
        raise ValueError("These histories have neither 'loss' nor 'acc'.")
    told = [
        _in_words(runs, name, prefix + key, f"{part} {word}")
        for name, runs in named for key, word in panels for prefix, part, *_ in PARTS
    ]  # fmt: skip
    figure = style.new_figure(
        4.3 * len(panels), 3.7, f"Learning curves by epoch. {' '.join(filter(None, told))}"
    )
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, (key, word) in zip(axes, panels, strict=True):
        _draw_panel(ax, named, key, word)
    handles, labels = axes[0].get_legend_handles_labels()
    if any(len(histories) > 1 for _, histories in named):
        handles.append(axes[0].fill_between([], [], color=style.GREY, alpha=0.3))
        labels.append("band: smallest to largest run")
    _draw_legend(figure, handles, labels)
    return figure


def _draw_legend(figure: Figure, handles: list[Artist], labels: list[str]) -> None:
    """Write the names below the panels, in two columns where they fit, and make room for them."""
    width, height = figure.get_size_inches()
    most = int((width - 0.6) / LETTER)  # letters that one line holds
    labels = [fill(label, most) for label in labels]
    columns = 2 if max(map(len, labels)) <= most // 2 - 5 else 1
    lines = sum(label.count("\n") + 1 for label in labels) / columns
    figure.set_figheight(height + LINE * max(0, lines - 2))
    figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, fontsize=9, frameon=False
    )


def _draw_panel(ax: Axes, named: list[tuple[str, list[History]]], key: str, word: str) -> None:
    for n, (name, histories) in enumerate(named):
        for prefix, part, line, filling in PARTS:
            label = f"{name}{', ' if name else ''}{part}"
            _draw_curve(ax, histories, prefix + key, label, n, line, filling)
    ax.set_xlabel("epoch")
    ax.set_ylabel(word)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    if key == "acc":
        ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)


def _named(runs: object) -> list[tuple[str, list[History]]]:
    """Bring all forms of the argument into one."""
    if not isinstance(runs, Mapping):
        runs = {"": runs}
    elif not all(isinstance(value, Mapping) or _holds_histories(value) for value in runs.values()):
        runs = {"": [runs]}
    return [
        (name, [value] if isinstance(value, Mapping) else list(value))
        for name, value in runs.items()
    ]


def _holds_histories(value: object) -> bool:
    return len(value) > 0 and all(isinstance(part, Mapping) for part in value)


def _has(histories: list[History], key: str) -> bool:
    return any(len(history.get(key, ())) for history in histories)


def _table(histories: list[History], key: str) -> np.ma.MaskedArray:
    """One row for each run; epochs that it did not reach, and what is not finite, are masked."""
    rows = [history.get(key, ()) for history in histories]
    table = np.full((len(rows), max(map(len, rows))), np.nan)
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return np.ma.masked_invalid(table)


def _draw_curve(
    ax: Axes, histories: list[History], key: str, label: str, n: int, line: str, filling: str | None
) -> None:
    if not _has(histories, key):
        return
    table, color = _table(histories, key), style.SERIES[n % len(style.SERIES)]
    epochs = np.arange(1, table.shape[1] + 1)
    ax.plot(epochs, table.mean(axis=0), line, color=color, label=label, markersize=4.5,
            marker=MARKERS[n % len(MARKERS)], markevery=1 + len(epochs) // 12,
            markerfacecolor="white" if filling else color)  # fmt: skip
    if len(table) > 1:
        ax.fill_between(epochs, table.min(axis=0), table.max(axis=0), color=color, alpha=0.18,
                        linewidth=0)  # fmt: skip


def _in_words(histories: list[History], name: str, key: str, what: str) -> str:
    if not _has(histories, key):
        return ""
    table = _table(histories, key)
    mean = table.mean(axis=0)  # the masked count as worst
    best = mean.filled(np.inf).argmin() if key.endswith("loss") else mean.filled(-np.inf).argmax()
    mean = mean.filled(np.nan)
    words = f"{name + ': ' if name else ''}{what} from {mean[0]:.3g} to {mean[-1]:.3g} after epoch "
    words += f"{len(mean)}, best {mean[best]:.3g} in epoch {best + 1}"
    if len(table) > 1:
        last = table[:, -1].compressed()
        reached = f", at the end {last.min():.3g} to {last.max():.3g}" if len(last) else ""
        words += f" (mean of {len(table)} runs{reached})"
    return words + "."


def confusion_matrix(counts: np.ndarray, classes: Sequence[str]) -> Figure:
    """Draw how often each class was taken for each.

    Parameters
    ----------
    counts : ndarray of int, shape (K, K)
        Row: the true class; column: what it was taken for.
    classes : sequence of str
        The K names. Up to about twenty can be read.

    Raises
    ------
    TypeError
        The counts are no integers.
    ValueError
        Counts and names do not go together.
    """
    counts, K = np.asarray(counts), len(classes)
    if counts.shape != (K, K):
        raise ValueError(f"counts has shape {counts.shape}: {K} classes need ({K}, {K}).")
    if counts.dtype.kind not in "iu":
        raise TypeError(
            f"counts has dtype {counts.dtype}: it must hold integers, how often, and not shares."
        )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right, total = int(np.trace(counts)), int(counts.sum())
    summary = f"{right:,} of {total:,} right ({right / max(total, 1):.1%})"
    longest = max(map(len, classes))
    figure = style.new_figure(
        1.8 + 0.5 * K + 0.09 * longest, 1.3 + 0.46 * K + 0.09 * longest,
        f"Confusion matrix of {K} classes: {summary}. {_confusions(counts, classes)}",
    )  # fmt: skip
    ax = figure.add_subplot()
    image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        ink = "white" if shares[row, column] > 0.55 else style.INK if count else style.GREY
        ax.text(column, row, count, ha="center", va="center", color=ink, fontsize=9,
                fontweight="bold" if row == column else "normal")  # fmt: skip
    ax.set_xticks(range(K), classes, rotation=90 if longest > 3 else 0, fontsize=9)
    ax.set_yticks(range(K), classes, fontsize=9)
    ax.tick_params(length=0)
    ax.set_xlabel("taken for")
    ax.set_ylabel("true class")
    ax.set_title(summary, fontsize=11)
    bar = figure.colorbar(image, ax=ax, shrink=0.7, format=PercentFormatter(1))
    bar.set_label("share of the true class")
    return figure


def _confusions(counts: np.ndarray, classes: Sequence[str], most: int = 5) -> str:
    """Name the most frequent errors."""
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(counts)) for place in order]
    told = [
        f"{classes[row]} for {classes[column]} ({wrong[row, column]})"
        for row, column in pairs if wrong[row, column]
    ]  # fmt: skip
    return f"Most often taken: {', '.join(told)}." if told else "Nothing was confused."
