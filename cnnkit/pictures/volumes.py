"""Blocks of numbers drawn as boxes: what goes into a layer and what comes out."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from cnnkit.pictures import style

Box = tuple[str, int, int, int]  # label, channels, height, width

TALLEST, SMALLEST = 1.7, 0.6  # inches; the smaller one leaves room for the labels
SLANT = np.array([0.62, 0.36])  # where one inch of depth goes on the paper
GAP = 1.15  # between two boxes: an arrow and the label of a height


def volume(*boxes: Box, between: tuple[str, ...] = ("★", "=")) -> Figure:
    """Draw volumes side by side, with their sizes.

    Parameters
    ----------
    *boxes : (label, channels, height, width)
    between : tuple of str
        What is written between neighbours; the last sign is repeated.

    Examples
    --------
    >>> volume(("input", 3, 32, 32), ("filter", 3, 5, 5), ("map", 1, 28, 28)).alt
    ... # doctest: +ELLIPSIS
    'Boxes from left to right: input: 32 high, 32 wide, 3 deep; filter: 5 high, ...'
    """
    largest = max(max(box[1:]) for box in boxes)
    sizes = [
        np.maximum([_length(side, largest) for side in box[1:]], (0.1, SMALLEST, SMALLEST))
        for box in boxes
    ]
    widths = [size[2] + SLANT[0] * size[0] for size in sizes]
    total = sum(widths) + GAP * (len(boxes) - 1) + 1.3
    top = max(size[1] + SLANT[1] * size[0] for size in sizes) + 0.25
    words = (f"{label}: {H} high, {W} wide, {C} deep" for label, C, H, W in boxes)
    figure = style.new_figure(total, top + 0.95, f"Boxes from left to right: {'; '.join(words)}.")
    ax = figure.add_subplot()
    x, middle = 0.55, top / 2 - 0.15
    for n, (box, size) in enumerate(zip(boxes, sizes, strict=True)):
        base = middle - (size[1] + SLANT[1] * size[0]) / 2
        _draw(ax, np.array([x, base]), size, box, (style.BLUE, style.ORANGE, style.GREEN)[n % 3])
        x += widths[n]
        if n + 1 < len(boxes):
            sign = between[min(n, len(between) - 1)]
            ax.text(x + 0.42, middle, sign, ha="center", va="center", fontsize=17)
            x += GAP
    ax.set_xlim(0, total)
    ax.set_ylim(-0.95, top)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return figure


def _length(side: int, largest: int) -> float:
    """Inches for a side: small ones are drawn larger than to scale, to be seen and labelled."""
    return TALLEST * (side / largest) ** 0.6


def _draw(ax: Axes, corner: np.ndarray, size: np.ndarray, box: Box, color: str) -> None:
    """Draw one box with its three sizes, and its label under all boxes."""
    label, C, H, W = box
    depth, height, width = size
    right, up, back = np.array([width, 0]), np.array([0, height]), SLANT * depth
    faces = [
        ([corner, corner + right, corner + right + up, corner + up], 0.35),
        ([corner + up, corner + right + up, corner + right + up + back, corner + up + back], 0.15),
        ([corner + right, corner + right + back, corner + right + up + back, corner + right + up],
         0.6),
    ]  # fmt: skip
    for points, alpha in faces:
        ax.add_patch(Polygon(points, facecolor=color, alpha=alpha, edgecolor="none"))
        ax.add_patch(Polygon(points, fill=False, edgecolor=style.INK, linewidth=1))
    below = corner + right / 2
    ax.text(below[0], below[1] - 0.07, f"{W} wide", ha="center", va="top", fontsize=9)
    side = corner + up / 2
    ax.text(side[0] - 0.07, side[1], f"{H}\nhigh", ha="right", va="center", fontsize=9)
    edge = corner + right + back / 2
    ax.text(edge[0] + 0.08, edge[1] - 0.07, f"{C} deep", ha="left", va="top", fontsize=9)
    ax.text(below[0], -0.72, label, ha="center", va="center", fontsize=11, fontweight="bold")
