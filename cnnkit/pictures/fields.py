"""Receptive fields at work: how much each pixel matters, and what excites a unit most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole


def gradient_field(sizes: np.ndarray, middle: tuple[float, float], rf: int) -> Figure:
    """Draw how much each pixel matters to one output, with the computed field as a frame.

    Parameters
    ----------
    sizes : ndarray, shape (H, W)
        Sizes of a gradient, at least 0.
    middle : (row, column)
        The middle of the field.
    rf : int
        Its height and width.
    """
    sizes, rf = style.array(sizes, "sizes", "(H, W)"), whole(rf, "rf", 1)
    H, W = sizes.shape
    inner = _part_within(sizes, middle, rf / 2)
    figure = style.new_figure(
        8.2, 3.9,
        f"Left: the size of the gradient on {H} × {W} pixels, and a frame of {rf} × {rf} pixels "
        f"around row {middle[0]:g}, column {middle[1]:g}; "
        f"{_part_within(sizes, middle, rf):.1%} of it is inside. The inner frame, half as wide, "
        f"holds {inner:.0%} of it. Right: its sum by column.",
    )  # fmt: skip
    left, right = figure.subplots(1, 2)
    style.pixel_axes(left, range(H), range(W))
    left.imshow(sizes, cmap="Blues", vmin=0)
    for size, line in ((rf, "-"), (rf / 2, "--")):
        top, side = (place - (size - 1) / 2 for place in middle)
        style.frame(left, top, side, size, size, edgecolor=style.VERMILLION, linestyle=line)
    left.set_title(f"dashed square: {inner:.0%} of the whole", fontsize=10)
    right.plot(sizes.sum(axis=0), color=style.BLUE, drawstyle="steps-mid")
    for end in (-rf / 2, rf / 2):
        right.axvline(middle[1] + end, color=style.VERMILLION)
    right.set_xlabel("column")
    right.set_ylabel("size of the gradient, summed over the rows")
    right.spines[["top", "right"]].set_visible(False)
    return figure


def _part_within(sizes: np.ndarray, middle: tuple[float, float], size: float) -> float:
    """Say which part of the sum lies in a square around the middle, cut pixels by their part."""
    rows, columns = (
        np.clip(np.minimum(np.arange(n) + 0.5, at + size / 2)
                - np.maximum(np.arange(n) - 0.5, at - size / 2), 0, 1)
        for n, at in zip(sizes.shape, middle, strict=True)
    )  # fmt: skip
    return float(rows @ sizes @ columns / sizes.sum())


def strongest_patches(
    x: np.ndarray,
    layers: Mapping[str, tuple[np.ndarray, tuple[int, int, float]]],
    *,
    units: int = 3,
    count: int = 8,
) -> Figure:
    """Cut out the patches that units of some layers answer to most, one from a picture.

    Of each layer those units are taken whose answers differ most from place to place. What lies
    outside of a picture is black.

    Parameters
    ----------
    x : ndarray of float, shape (N, 1, H, W)
        Pictures of 0..1.
    layers : mapping of str to (y, field)
        What a layer gives for x, shape (N, O, h, w), and its (rf, jump, start), as
        :func:`cnnkit.architectures.receptive_field` gives them.
    units, count : int
        How many units of a layer, and how many patches of each.

    Raises
    ------
    ValueError
        A layer has fewer units, or there are fewer pictures.
    """
    units, count = whole(units, "units", 1), whole(count, "count", 1)
    x = style.array(x, "x", "(N, 1, H, W)")
    few = [name for name, (y, _) in layers.items() if y.shape[1] < units or len(y) < count]
    if few:
        raise ValueError(f"{few[0]!r} does not have {units} units and {count} pictures.")
    told = "; ".join(
        f"{name}: {rf} × {rf} pixels, units {', '.join(map(str, _liveliest(y, units)))}"
        for name, (y, (rf, _, _)) in layers.items()
    )
    figure = style.new_figure(
        0.72 * count + 1.4, 0.82 * units * len(layers) + 0.3,
        f"The {count} patches that each unit answers to most strongly, a unit a row. {told}.",
    )  # fmt: skip
    axes = iter(figure.subplots(units * len(layers), count, squeeze=False))
    for name, (y, field) in layers.items():
        for unit in _liveliest(y, units):
            row = next(axes)
            for ax, patch in zip(row, _patches(x, y[:, unit], field, count), strict=True):
                style.draw_image(ax, patch)
            style.beside(row[0], f"{name}\nunit {unit}\n{field[0]} × {field[0]}")
    return figure


def _liveliest(y: np.ndarray, units: int) -> list[int]:
    return np.argsort(-y.std(axis=(0, 2, 3)), kind="stable")[:units].tolist()


def _patches(
    x: np.ndarray, answers: np.ndarray, field: tuple[int, int, float], count: int
) -> list[np.ndarray]:
    """Cut the field of the strongest answer out of each of the pictures with the strongest."""
    (rf, jump, start), (N, h, w) = field, answers.shape
    best = answers.reshape(N, h * w)
    chosen = np.argsort(-best.max(axis=1), kind="stable")[:count]
    wide = np.pad(x[:, 0], ((0, 0), (rf, rf), (rf, rf)))
    patches = []
    for n in chosen:
        place = divmod(int(best[n].argmax()), w)
        top, left = (round(start + at * jump - (rf - 1) / 2) + rf for at in place)
        patches.append(wide[n, top : top + rf, left : left + rf])
    return patches
