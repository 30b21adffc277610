"""What a network has learned: its filters, and what they answer layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole

MOST_SLICES = 8


def learned_filters(w: np.ndarray, *, columns: int = 8) -> Figure:
    """Draw the filters of a convolution.

    Filters of one channel are drawn on one scale around 0, filters of three channels as colours
    (mid-grey is 0). Of others the first eight slices of the first eight filters are drawn: a row
    for each filter.

    Parameters
    ----------
    w : ndarray, shape (O, C, kH, kW)
    columns : int
        How many filters stand in a row.

    Raises
    ------
    TypeError, ValueError
        w has not four axes, or ``columns`` is no int of at least 1.
    """
    w = style.array(w, "w", "(O, C, kH, kW)")
    columns = whole(columns, "columns", 1)
    C, (kh, kw) = w.shape[1], w.shape[2:]
    limit = float(np.abs(w).max()) or 1.0
    shown, labels, columns = _chosen(w, columns)
    columns = min(columns, len(shown))
    rows = -(-len(shown) // columns)
    figure = style.new_figure(
        0.95 * columns + (0 if C == 3 else 1.1), rows * (0.25 + 0.85 * kh / kw) + 0.35,
        _bank_in_words(w, len(shown)),
    )  # fmt: skip
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, filter_, label in zip(axes.flat, shown, labels, strict=False):
        if C == 3:
            ax.imshow((filter_ / limit / 2 + 0.5).transpose(1, 2, 0))
        else:
            drawn = ax.imshow(filter_[0], cmap=style.SIGNED, vmin=-limit, vmax=limit)
        ax.set_title(label, fontsize=8, pad=2)
    if C == 3:
        figure.supxlabel(f"number of the filter; mid-grey: 0, ends: ±{limit:.2g}", fontsize=10)
    else:
        figure.colorbar(drawn, ax=axes, shrink=min(1, 2 / rows), aspect=12).set_label("weight")
        words = "number of the filter" if C == 1 else "number of the filter, of the channel"
        figure.supxlabel(words, fontsize=10)
    return figure


def _chosen(w: np.ndarray, columns: int) -> tuple[np.ndarray, list[str], int]:
    """Give what to draw (filters, or slices as filters of one channel), its names and columns."""
    O, C, kh, kw = w.shape
    if C in (1, 3):
        return w, [f"{o}" for o in range(O)], columns
    O, C = min(O, MOST_SLICES), min(C, MOST_SLICES)
    labels = [f"{o}, {c}" for o in range(O) for c in range(C)]
    return w[:O, :C].reshape(O * C, 1, kh, kw), labels, C


def _bank_in_words(w: np.ndarray, shown: int) -> str:
    O, C, kh, kw = w.shape
    norms = np.sqrt((w.astype(float) ** 2).sum(axis=(1, 2, 3)))
    words = f"{O} filters of {C} × {kh} × {kw} weights, from {w.min():.2g} to {w.max():.2g}. "
    if C not in (1, 3):
        words += f"Drawn are {shown} slices, of the first filters and channels. "
    return words + (
        f"The strongest is filter {norms.argmax()} (norm {norms.max():.2g}), "
        f"the weakest filter {norms.argmin()} (norm {norms.min():.2g})."
    )


def feature_maps(image: np.ndarray, maps: Mapping[str, np.ndarray], *, most: int = 8) -> Figure:
    """Draw what the layers of a network make of an image: a row for each layer.

    Each layer has a scale of its own: from black to white where no number is negative, and
    around 0 (white) where some are.

    Parameters
    ----------
    image : ndarray, shape (1, H, W) or (3, H, W)
        Of uint8, or floats in 0..1.
    maps : mapping of str to ndarray, shape (C, H, W)
        The layers' names and outputs, in order.
    most : int
        How many maps of a layer to draw at most, the first ones.

    Raises
    ------
    TypeError, ValueError
        There are no maps, image or maps have not three axes, or ``most`` is no int of at least 1.
    """
    if not maps:
        raise ValueError("maps is empty: give at least one layer's name and output.")
    image = style.array(image, "image", "(C, H, W)")
    maps = {name: style.array(ours, f"maps[{name!r}]", "(C, H, W)") for name, ours in maps.items()}
    most = whole(most, "most", 1)
    told = "; ".join(
        f"{name}: {_size(layer)}, {_range(layer)}, {np.mean(layer == 0):.0%} zeros"
        for name, layer in maps.items()
    )
    columns = max(min(most, len(layer)) for layer in maps.values())
    H, W = image.shape[-2:]
    figure = style.new_figure(
        1.5 + 0.85 * columns, (1 + len(maps)) * (0.18 + 0.85 * H / W) + 0.3,
        f"An image of {H} × {W} pixels and the feature maps of {len(maps)} layers. {told}.",
    )  # fmt: skip
    axes = figure.subplots(1 + len(maps), columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    _show(axes[0, 0], "image")
    style.draw_image(axes[0, 0], image)
    for row, (name, layer) in zip(axes[1:], maps.items(), strict=True):
        largest = float(np.abs(layer).max()) or 1.0
        signed = layer.min() < 0
        for c, ax in enumerate(row[: min(most, len(layer))]):
            ax.set_axis_off()
            ax.imshow(layer[c], cmap=style.SIGNED if signed else "gray", vmax=largest,
                      vmin=-largest if signed else 0)  # fmt: skip
            ax.set_title(f"{c}", fontsize=8, pad=2)
        _show(row[0], f"{name}\n{_size(layer)}\n{_range(layer)}")
    figure.supxlabel("number of the map", fontsize=10)
    return figure


def _show(ax, label: str) -> None:
    ax.set_axis_on()
    style.bare(ax)
    style.beside(ax, label)


def _size(layer: np.ndarray) -> str:
    return " × ".join(map(str, layer.shape))


def _range(layer: np.ndarray) -> str:
    return f"{layer.min():.2g} to {layer.max():.2g}"
