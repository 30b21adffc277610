"""Many images at once: with labels and predictions, or one image in many versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole


def image_grid(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    predictions: np.ndarray | None = None,
    classes: Sequence[str] | None = None,
    columns: int = 6,
) -> Figure:
    """Draw images with their labels; where a prediction is wrong, both, and a frame.

    Parameters
    ----------
    images : ndarray, shape (N, 1, H, W) or (N, 3, H, W)
        Of uint8, or floats in 0..1.
    labels : ndarray of int, shape (N,)
    predictions : ndarray of int, shape (N,), optional
    classes : sequence of str, optional
        The classes' names; left out, their numbers are written.
    columns : int
        How many images stand in a row.

    Raises
    ------
    ValueError
        There is no image, not one label and one prediction for each, one of no class, or no
        column.
    """
    images = style.array(images, "images", "(N, C, H, W)")
    given = {"labels": labels} | ({} if predictions is None else {"predictions": predictions})
    for name, values in given.items():
        if not len(images) or len(values) != len(images):
            raise ValueError(
                f"images has shape {images.shape}, {name} has {len(values)} entries: there must "
                "be an image, and one entry for each."
            )
        numbers = np.asarray(values)
        if classes is not None and (numbers.min() < 0 or numbers.max() >= len(classes)):
            wrong = numbers[(numbers < 0) | (numbers >= len(classes))][0]
            raise ValueError(
                f"{name} has {wrong}, classes has {len(classes)} names: it must hold "
                f"0 to {len(classes) - 1}."
            )
    columns = min(whole(columns, "columns", 1), len(images))
    answers = labels if predictions is None else predictions
    rows, lines = -(-len(images) // columns), 1 if predictions is None else 2
    H, W = images.shape[2:]
    written = [
        _written(label, answer, lines, classes)
        for label, answer in zip(labels, answers, strict=True)
    ]
    wrong = np.not_equal(labels, answers)
    longest = max(len(line) for text in written for line in text.split("\n"))
    width = max(min(1.35, 8.6 / columns), 0.085 * longest)  # inches; the words must fit
    figure = style.new_figure(
        width * columns, rows * ((width - 0.2) * H / W + 0.05 + 0.2 * lines),
        _grid_in_words(written, wrong, predictions is not None),
    )  # fmt: skip
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, image, title, bad in zip(axes.flat, images, written, wrong, strict=False):
        ax.set_axis_on()
        style.draw_image(ax, image)
        ax.set_title(title, fontsize=9, pad=4, fontweight="bold" if bad else "normal")
        if bad:
            style.frame(ax, 0, 0, H, W, edgecolor=style.VERMILLION)
    return figure


def _written(label: int, answer: int, lines: int, classes: Sequence[str] | None) -> str:
    true, taken = (str(n if classes is None else classes[n]) for n in (label, answer))
    if lines == 1:
        return true
    return f"{true}\n" if label == answer else f"{taken}?\nno: {true}"


def _grid_in_words(written: list[str], wrong: np.ndarray, predicted: bool) -> str:
    if not predicted:
        return f"{len(written)} images with their labels, row by row: {', '.join(written)}."
    told = [
        text.strip().replace("?\nno: ", " instead of ") if bad else text.strip()
        for text, bad in zip(written, wrong, strict=True)
    ]
    return (
        f"{len(written)} images with what they were taken for, {wrong.sum()} of them wrongly "
        f"(framed), row by row: {', '.join(told)}."
    )


def augmentation_grid(
    image: np.ndarray, changes: Mapping[str, Callable[[np.ndarray], np.ndarray]], *, count: int = 5
) -> Figure:
    """Draw an image and, in a row for each augmentation, what it makes of it by chance.

    Parameters
    ----------
    image : ndarray, shape (1, H, W) or (3, H, W)
        Of uint8, or floats in 0..1.
    changes : mapping of str to callable
        Each takes a batch (N, C, H, W) and gives one of N images, as in
        ``{"flip": lambda x: hflip(x, 0.5, rng)}``.
    count : int
        How many versions to draw; each augmentation is given a batch of so many copies.

    Raises
    ------
    ValueError
        An augmentation gives another number of images, or there is none, or no version.
    """
    if not changes:
        raise ValueError("changes is empty: give at least one augmentation.")
    count, image = whole(count, "count", 1), style.array(image, "image", "(C, H, W)")
    H, W = image.shape[-2:]
    versions = {name: _versions(image, name, change, count) for name, change in changes.items()}
    figure = style.new_figure(
        1.25 * (count + 1) + 1.2, len(changes) * (0.1 + 1.15 * H / W) + 0.3,
        f"An image of {H} × {W} pixels and {count} versions of it by each of: "
        f"{', '.join(_changed(image, name, ours) for name, ours in versions.items())}.",
    )  # fmt: skip
    axes = figure.subplots(len(changes), count + 1, squeeze=False)
    for row, (name, ours) in zip(axes, versions.items(), strict=True):
        for ax, one in zip(row, [image, *ours], strict=True):
            style.draw_image(ax, one)
        style.beside(row[0], name)
    axes[0, 0].set_title("as it is", fontsize=10)
    axes[0, 1].set_title("version 1", fontsize=10)
    for n, ax in enumerate(axes[0, 2:], 2):
        ax.set_title(f"{n}", fontsize=10)
    return figure


def _versions(
    image: np.ndarray, name: str, change: Callable[[np.ndarray], np.ndarray], count: int
) -> np.ndarray:
    ours = change(np.repeat(image[None], count, axis=0))
    if ours.ndim != 4 or len(ours) != count:
        raise ValueError(
            f"{name!r} gives shape {ours.shape}: it was given {count} images and must give as many."
        )
    return ours


def _changed(image: np.ndarray, name: str, ours: np.ndarray) -> str:
    if ours.shape[1:] != image.shape:
        return f"{' '.join(name.split())} ({ours.shape[2]} × {ours.shape[3]} pixels)"
    changed = sum(not np.array_equal(image, one) for one in ours)
    return f"{' '.join(name.split())} ({changed} differ)"
