"""Colours and small drawing helpers that all pictures share."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnkit.ops.checks import check_axes, read_real
from cnnkit.shapes import Pair, pair

# Okabe and Ito's colours, which stay apart for colour-blind readers.
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
INK, GREY, PALE = "#222222", "#8A8A8A", "#F2F2F2"
SIGNED = "PuOr_r"  # of signed numbers: 0 is white, and both ends stay apart
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)  # neighbours differ in brightness too


def array(value: np.ndarray, name: str, axes: str) -> np.ndarray:
    """Read an array of real numbers; ``axes`` names its axes, as in "(H, W)".

    Raises
    ------
    TypeError
        It does not hold real numbers.
    ValueError
        It has other axes, or no number that could be drawn.
    """
    values, _ = read_real(name, value)
    check_axes(name, values, axes)
    if not values.size:
        raise ValueError(f"{name} has shape {values.shape}: there is nothing to draw.")
    return values


def place(value: Pair, name: str, shape: Pair) -> Pair:
    """Read a row and a column of a plane of a given shape, counted from 0.

    Raises
    ------
    TypeError
        A number is no int.
    ValueError
        The plane has no such place.
    """
    row, column = pair(value, name, 0)
    if row >= shape[0] or column >= shape[1]:
        raise ValueError(f"{name} is {(row, column)}: the plane has shape {tuple(shape)}.")
    return row, column


def new_figure(width: float, height: float, alt: str) -> Figure:
    """Make an empty figure, in inches, that knows its content in words."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.08, w_pad=0.08)
    figure.alt = alt
    return figure


def pixel_axes(ax: Axes, rows: range, columns: range) -> None:
    """Prepare axes on which pixel (row, column) is the unit square around that point."""
    ax.set_xlim(columns.start - 0.55, columns.stop - 0.45)
    ax.set_ylim(rows.stop - 0.45, rows.start - 0.55)  # row 0 at the top
    ax.set_aspect("equal")
    ax.set_xticks(list(columns)[:: 1 + len(columns) // 16])
    ax.set_yticks(list(rows)[:: 1 + len(rows) // 16])
    ax.tick_params(length=0, labelsize=9)
    ax.set_xlabel("column")
    ax.set_ylabel("row")
    for spine in ax.spines.values():
        spine.set_visible(False)


def cell(ax: Axes, row: float, column: float, **style: object) -> None:
    """Draw one pixel."""
    style = {"facecolor": "white", "edgecolor": GREY, "linewidth": 0.8} | style
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **style))


def frame(ax: Axes, top: float, left: float, height: float, width: float, **style: object) -> None:
    """Draw a frame around the pixels of a window."""
    style = {"fill": False, "linewidth": 2.5, "zorder": 4, "clip_on": False} | style
    ax.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, **style))


def number_grid(ax: Axes, values: np.ndarray, *, highlight: np.ndarray | None = None) -> None:
    """Draw a small array as squares with numbers; marked ones are bold on yellow."""
    rows, columns = values.shape
    pixel_axes(ax, range(rows), range(columns))
    for (row, column), value in np.ndenumerate(values):
        marked = highlight is not None and bool(highlight[row, column])
        cell(ax, row, column, facecolor=YELLOW if marked else "white")
        ax.text(column, row, f"{value:g}", ha="center", va="center", color=INK,
                fontsize=10, fontweight="bold" if marked else "normal")  # fmt: skip
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel("")
    ax.set_ylabel("")


def draw_image(ax: Axes, image: np.ndarray) -> None:
    """Draw an image (H, W), (1, H, W) or (3, H, W) of uint8, or of floats in 0..1, without axes."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or image.ndim == 3 and len(image) not in (1, 3):
        raise ValueError(
            f"An image has shape {image.shape}: it must be (H, W), (1, H, W) or (3, H, W)."
        )
    white = 255 if image.dtype == np.uint8 else 1
    if image.ndim == 3 and len(image) == 3:
        ax.imshow(np.clip(image, 0, white).transpose(1, 2, 0))
    else:
        ax.imshow(image.reshape(image.shape[-2:]), cmap="gray", vmin=0, vmax=white)
    bare(ax)


def bare(ax: Axes) -> None:
    """Leave out ticks and spines, not the label that may stand beside the axes."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def beside(ax: Axes, label: str) -> None:
    """Write a label to the left of the axes, to be read without turning the head."""
    ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)


def rows_in_words(values: np.ndarray) -> str:
    """Write an array row by row."""
    return "; ".join(" ".join(f"{value:g}" for value in row) for row in values)
