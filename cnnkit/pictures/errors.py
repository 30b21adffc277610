"""Where a classifier errs: its errors with what it thought, and what an answer hangs on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole

BARS = 3  # classes that are shown beside an image


def confident_errors(
    images: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    classes: Sequence[str],
    *,
    true: int | None = None,
    taken_for: int | None = None,
    count: int = 6,
) -> Figure:
    """Draw errors, the most confident first: the image and the three likeliest classes.

    Parameters
    ----------
    images : ndarray, shape (N, 1, H, W) or (N, 3, H, W)
        Of uint8, or floats in 0..1.
    labels : ndarray of int, shape (N,)
    probabilities : ndarray, shape (N, K)
    classes : sequence of str
        The K names.
    true, taken_for : int, optional
        Show errors of this class alone, or those that were taken for this class.
    count : int
        How many errors to draw at most.

    Raises
    ------
    ValueError
        There is not one label and one row for each image, not a name for each class, or no
        error of the kind that is asked for.
    """
    N, K = probabilities.shape
    if not len(images) == len(labels) == N or len(classes) != K:
        raise ValueError(
            f"images has shape {images.shape}, labels {labels.shape}, probabilities {(N, K)}, "
            f"and there are {len(classes)} classes: they do not go together."
        )
    chosen, there = _errors(labels, probabilities, true, taken_for)
    chosen = chosen[: whole(count, "count", 1)]
    if not len(chosen):
        raise ValueError("There is no error of this kind: ask for other classes.")
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = style.new_figure(
        3.6 * columns, 1.75 * rows + 0.3,
        f"{len(chosen)} of {there} errors, the most confident first: "
        f"{_in_words(chosen, labels, probabilities, classes)}.",
    )  # fmt: skip
    axes = figure.subplots(rows, 2 * columns, squeeze=False, width_ratios=(1, 1.1) * columns)
    for ax in axes.flat:
        ax.set_axis_off()
    for place, n in enumerate(chosen):
        row, column = divmod(place, columns)
        image, bars = axes[row, 2 * column : 2 * column + 2]
        image.set_axis_on()
        style.draw_image(image, images[n])
        image.set_xlabel(f"number {n}", fontsize=9)
        _draw_bars(bars, probabilities[n], int(labels[n]), classes)
    figure.supxlabel("probabilities; true class: bold, hatched", fontsize=10)
    return figure


def _errors(
    labels: np.ndarray, probabilities: np.ndarray, true: int | None, taken_for: int | None
) -> tuple[np.ndarray, int]:
    """Give the errors of a kind, the most confident first, and how many they are."""
    answers = probabilities.argmax(axis=1)
    wrong = answers != labels
    wrong &= True if true is None else labels == true
    wrong &= True if taken_for is None else answers == taken_for
    found = np.flatnonzero(wrong)
    order = np.argsort(-probabilities[found, answers[found]], kind="stable")
    return found[order], len(found)


def _draw_bars(ax: Axes, probabilities: np.ndarray, true: int, classes: Sequence[str]) -> None:
    likely = list(np.argsort(-probabilities, kind="stable")[:BARS])
    if true not in likely:
        likely[-1] = true
    for place, k in enumerate(likely):
        ax.barh(place, probabilities[k], height=0.34, color=style.GREEN if k == true else style.SKY,
                edgecolor=style.INK, linewidth=0.6, hatch="///" if k == true else "")  # fmt: skip
        ax.text(0, place - 0.26, f"{classes[k]}  {probabilities[k]:.0%}", fontsize=9,
                va="bottom", fontweight="bold" if k == true else "normal")  # fmt: skip
    ax.set_xlim(0, 1.3)
    ax.set_ylim(BARS - 0.6, -0.75)


def _in_words(
    chosen: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> str:
    return "; ".join(
        f"number {n}, {classes[labels[n]]} ({probabilities[n, labels[n]]:.0%}) taken for "
        f"{classes[probabilities[n].argmax()]} ({probabilities[n].max():.0%})"
        for n in chosen
    )


def occlusion(
    images: Sequence[np.ndarray], maps: Sequence[np.ndarray], titles: Sequence[str]
) -> Figure:
    """Draw images and, below each, by how much an answer falls when a square is covered.

    Parameters
    ----------
    images : sequence of ndarray, shape (1, H, W) or (3, H, W)
        Of uint8, or floats in 0..1.
    maps : sequence of ndarray, shape (H, W)
        As :func:`cnnkit.training.occlusion_map` gives them.
    titles : sequence of str
        One for each image.

    Raises
    ------
    ValueError
        There is no image, or not one map and one title for each.
    """
    if not len(images) or not len(images) == len(maps) == len(titles):
        raise ValueError(
            f"There are {len(images)} images, {len(maps)} maps and {len(titles)} titles: "
            "each image needs one of both."
        )
    limit = max(float(np.abs(ours).max()) for ours in maps) or 1.0
    told = "; ".join(f"{title}: {_strongest(ours)}" for title, ours in zip(titles, maps))  # noqa: B905
    figure = style.new_figure(
        1.75 * len(images) + 1.8, 3.6,
        f"{len(images)} images and what their answers hang on. {told}.",
    )  # fmt: skip
    axes = figure.subplots(2, len(images), squeeze=False)
    for (above, below), image, ours, title in zip(axes.T, images, maps, titles, strict=True):
        style.draw_image(above, image)
        above.set_title(title, fontsize=10)
        drawn = below.imshow(ours, cmap=style.SIGNED, vmin=-limit, vmax=limit)
        style.bare(below)
    style.beside(axes[0, 0], "image")
    style.beside(axes[1, 0], "covered\nhere")
    bar = figure.colorbar(drawn, ax=axes, shrink=0.5)
    bar.set_label("fall of the\nprobability")
    return figure


def _strongest(ours: np.ndarray) -> str:
    row, column = divmod(int(ours.argmax()), ours.shape[1])
    return f"falls most, by {ours.max():.2f}, around row {row}, column {column}"
