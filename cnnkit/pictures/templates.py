"""Pictures of a linear classifier: its templates, and the scores that it gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole


def templates(weights: np.ndarray, names: Sequence[str], *, columns: int = 5) -> Figure:
    """Draw the weights of each class where the pixels are that they multiply, all on one scale.

    Parameters
    ----------
    weights : ndarray, shape (K, H, W)
    names : sequence of str
        The classes.
    columns : int
        How many stand in a row.
    """
    weights, columns = style.array(weights, "weights", "(K, H, W)"), whole(columns, "columns", 1)
    K, H, W = weights.shape
    rows = -(-K // columns)
    told = ", ".join(
        f"{name} from {plane.min():.2f} to {plane.max():.2f}"
        for name, plane in zip(names, weights, strict=True)
    )
    figure = style.new_figure(
        1.5 * columns + 1.1, rows * (1.5 * H / W + 0.35),
        f"The templates of {K} classes, {H} × {W} weights each: {told}.",
    )  # fmt: skip
    axes = figure.subplots(rows, columns, squeeze=False)
    limit = float(np.abs(weights).max()) or 1.0
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, plane, name in zip(axes.flat, weights, names, strict=False):
        drawn = ax.imshow(plane, cmap="PuOr_r", vmin=-limit, vmax=limit)
        ax.set_title(name, fontsize=11)
    figure.colorbar(drawn, ax=axes, shrink=0.8).set_label("weight")
    return figure


def class_scores(
    images: np.ndarray, scores: np.ndarray, titles: Sequence[str], classes: Sequence[str]
) -> Figure:
    """Draw images and, below each, the score of each class; the highest is marked.

    Parameters
    ----------
    images : ndarray of uint8, shape (N, 1, H, W)
    scores : ndarray, shape (N, K)
    titles : sequence of str
        A title for each image.
    classes : sequence of str
        The names of the K classes.
    """
    scores = style.array(scores, "scores", "(N, K)")
    if scores.shape != (len(images), len(classes)) or len(titles) != len(images):
        raise ValueError(
            f"scores has shape {scores.shape}, images has shape {np.shape(images)}, and there are "
            f"{len(titles)} titles and {len(classes)} classes: they do not go together."
        )
    best = scores.argmax(axis=1)
    told = "; ".join(
        f"{title}: highest for {classes[k]}, {row[k]:.1f}"
        for title, row, k in zip(titles, scores, best, strict=True)
    )
    figure = style.new_figure(
        2.9 * len(images) + 0.5, 4.2, f"Images and the scores of {len(classes)} classes. {told}."
    )
    axes = figure.subplots(2, len(images), squeeze=False, sharey="row", height_ratios=(1, 1.2))
    low, high = min(scores.min(), 0), scores.max()
    for n, k in enumerate(best):
        picture, bars = axes[:, n]
        style.draw_image(picture, images[n])
        picture.set_title(titles[n], fontsize=11)
        colors = [style.ORANGE if at == k else style.SKY for at in range(len(classes))]
        bars.bar(range(len(classes)), scores[n], color=colors)
        bars.plot(k, scores[n, k] + 0.08 * (high - low), "v", color=style.INK)
        bars.set_xticks(range(len(classes)), classes, fontsize=9)
        bars.set_xlabel(f"class; highest: {classes[k]}")
        bars.spines[["top", "right"]].set_visible(False)
        bars.axhline(0, color=style.INK, linewidth=0.8)
    axes[1, 0].set_ylabel("score")
    axes[1, 0].set_ylim(low - 0.05 * (high - low), high + 0.15 * (high - low))
    return figure
