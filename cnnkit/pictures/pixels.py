"""Pictures of images as arrays: their numbers, their channels, and which values occur."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole

CHANNELS = (("red", style.VERMILLION), ("green", style.GREEN), ("blue", style.BLUE))


def pixel_grid(values: np.ndarray, *, low: float = 0, high: float = 255) -> Figure:
    """Draw a small grey image with the number of each pixel on it.

    Parameters
    ----------
    values : ndarray, shape (H, W)
        Whole numbers, or floats, which are written with three digits behind the point.
    low, high : float
        The values of black and white. Numbers outside are framed.
    """
    values = style.array(values, "values", "(H, W)")
    H, W = values.shape
    outside = (values < low) | (values > high)
    written = [[_number(value) for value in row] for row in values]
    told = "; ".join(" ".join(row) for row in written)
    framed = f" {outside.sum()} of them, framed, lie outside {low:g} to {high:g}."
    figure = style.new_figure(
        1.2 + 0.48 * W, 0.9 + 0.42 * H,
        f"A grey image of {H} × {W} pixels with their values, row by row: {told}."
        + (framed if outside.any() else ""),
    )  # fmt: skip
    ax = figure.add_subplot()
    style.pixel_axes(ax, range(H), range(W))
    ax.imshow(values, cmap="gray", vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if value < (low + high) / 2 else "black"
        ax.text(column, row, written[row][column], ha="center", va="center", color=ink, fontsize=9)
        if outside[row, column]:
            style.frame(ax, row, column, 1, 1, edgecolor=style.VERMILLION)
    return figure


def gallery(images: Sequence[np.ndarray], names: Sequence[str], *, columns: int = 3) -> Figure:
    """Draw images side by side, each with its name.

    Parameters
    ----------
    images : sequence of ndarray, shape (H, W), (1, H, W) or (3, H, W)
        Of uint8, or floats in 0..1. They may differ in size and are drawn equally wide.
    names : sequence of str
    columns : int
        How many stand in a row.
    """
    images = [np.asarray(image) for image in images]
    if not images or len(names) != len(images):
        raise ValueError(
            f"There are {len(images)} images and {len(names)} names: give an image at least, and "
            "a name for each."
        )
    columns = min(whole(columns, "columns", 1), len(images))
    rows, width = -(-len(images) // columns), min(2.6, 9.6 / columns)
    tallest = max(image.shape[-2] / image.shape[-1] for image in images)
    told = "; ".join(
        f"{name} ({_size(image)}, {_brightness(image)})"
        for name, image in zip(names, images, strict=True)
    )
    figure = style.new_figure(
        width * columns, rows * ((width - 0.1) * tallest + 0.4), f"Images: {told}."
    )
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, image, name in zip(axes.flat, images, names, strict=False):
        ax.set_axis_on()
        style.draw_image(ax, image)
        ax.set_title(name, fontsize=11)
    return figure


def channels(image: np.ndarray) -> Figure:
    """Draw a colour image and each of its channels in grey: the brighter, the more of it.

    Parameters
    ----------
    image : ndarray of uint8, shape (3, H, W)
    """
    image = style.array(image, "image", "(3, H, W)")
    if len(image) != 3:
        raise ValueError(f"image has shape {image.shape}: it must be (3, H, W).")
    planes = [f"{name}, mean {plane.mean():.0f}" for (name, _), plane in _named(image)]
    figure = gallery([image, *image], ["all three", *planes], columns=2)
    figure.alt = (
        f"A colour image of {_size(image)} and its channels in grey: {'; '.join(planes)} of 255."
    )
    return figure


def histograms(arrays: Sequence[np.ndarray], names: Sequence[str]) -> Figure:
    """Draw how often each value occurs in each of some arrays, above an axis of its own.

    Parameters
    ----------
    arrays : sequence of ndarray, any shape
        Of few different values each: there is a bar for each of them.
    names : sequence of str
    """
    told = "; ".join(
        f"{name}: values from {_number(array.min())} to {_number(array.max())}, {_moments(array)}"
        for name, array in zip(names, arrays, strict=True)
    )
    figure = style.new_figure(2.5 * len(arrays) + 0.6, 2.7, f"Histograms. {told}.")
    axes = figure.subplots(1, len(arrays), squeeze=False)[0]
    for ax, array, name in zip(axes, arrays, names, strict=True):
        values, counts = np.unique(np.asarray(array, np.float64), return_counts=True)
        gaps = np.diff(values)  # bars touch where all levels occur, and stay narrow where few do
        width = min(gaps.min(), (values[-1] - values[0]) / 40) if len(gaps) else 1.0
        ax.bar(values, counts, width=width, color=style.BLUE)
        ax.set_title(f"{name}\n{_moments(array)}", fontsize=11)
        ax.set_xlabel("value")
        ax.locator_params(axis="x", nbins=5)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("number of pixels")
    return figure


def memory_order(H: int, W: int) -> Figure:
    """Draw in which order the numbers of a colour image stand in memory, for both layouts."""
    places = [f"{row},{column}" for row in range(H) for column in range(W)]
    last = [(channel, place) for place in places for channel in range(3)]
    first = [(channel, place) for channel in range(3) for place in places]
    figure = style.new_figure(
        0.6 + 0.5 * 3 * H * W, 2.9,
        f"The {3 * H * W} numbers of a colour image of {H} × {W} pixels in memory. Channels last: "
        f"{_order(last)}. Channels first: {_order(first)}.",
    )  # fmt: skip
    for ax, order, name in zip(
        figure.subplots(2, 1),
        (last, first),
        (f"channels last, (H, W, C) = ({H}, {W}, 3)", f"channels first, (C, H, W) = (3, {H}, {W})"),
        strict=True,
    ):
        style.pixel_axes(ax, range(1), range(len(order)))
        for at, (channel, place) in enumerate(order):
            word, color = CHANNELS[channel]
            style.cell(ax, 0, at, facecolor=color, alpha=0.35)
            ax.text(at, 0, f"{word[0].upper()}\n{place}", ha="center", va="center", fontsize=9)
        ax.set_title(name, fontsize=11)
        ax.set_yticks([])
        ax.set_ylabel("")
        ax.set_xlabel("place in memory")
    return figure


def _named(image: np.ndarray) -> zip:
    return zip(CHANNELS, image, strict=True)


def _order(order: list[tuple[int, str]]) -> str:
    return " ".join(f"{CHANNELS[channel][0][0].upper()}({place})" for channel, place in order)


def _size(image: np.ndarray) -> str:
    return f"{image.shape[-2]} × {image.shape[-1]} pixels"


def _brightness(image: np.ndarray) -> str:
    return f"mean brightness {image.mean() / (255 if image.dtype == np.uint8 else 1):.2f}"


def _number(value: float) -> str:
    """Write whole numbers as they are, others with three digits behind the point."""
    return str(value) if np.issubdtype(type(value), np.integer) else f"{value:.3f}"


def _moments(array: np.ndarray) -> str:
    return f"mean {array.mean(dtype=float):.2f}, std {array.std(dtype=float):.2f}"
