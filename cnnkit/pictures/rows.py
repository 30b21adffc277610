"""A row of a photograph as a signal, and what filters make of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnkit.pictures import style
from cnnkit.shapes import whole

STRIP = 48  # rows of the photograph that are shown above and below


def along_row(
    plane: np.ndarray,
    row: int,
    signals: Mapping[str, np.ndarray],
    *,
    marks: Mapping[str, int] | None = None,
) -> Figure:
    """Draw a strip of a picture around one row, and signals along that row below it.

    Parameters
    ----------
    plane : ndarray, shape (H, W)
    row : int
    signals : mapping of str to ndarray of shape (n,)
        What each is, for its title; entry i stands below column i.
    marks : mapping of str to int, optional
        For some of the signals an index to point at.
    """
    marks = {} if marks is None else marks
    plane, row = style.array(plane, "plane", "(H, W)"), whole(row, "row", 0)
    H, W = plane.shape
    if row >= H:
        raise ValueError(f"row is {row}: plane has shape {plane.shape}.")
    top, bottom = max(0, row - STRIP), min(H, row + STRIP)
    told = "; ".join(
        f"{name}: {len(y)} values from {y.min():.4g} to {y.max():.4g}"
        + (f", index {marks[name]} marked" if name in marks else "")
        for name, y in signals.items()
    )
    figure = style.new_figure(
        8.0, 1.6 + 1.45 * len(signals),
        f"Rows {top} to {bottom - 1} of a picture, with row {row} marked. Below it, {told}.",
    )  # fmt: skip
    strip, *panels = figure.subplots(1 + len(signals), 1, sharex=True)
    strip.imshow(plane[top:bottom], cmap="gray", aspect="auto",
                 extent=(-0.5, W - 0.5, bottom - 0.5, top - 0.5))  # fmt: skip
    strip.axhline(row, color=style.YELLOW, linewidth=1.5)
    strip.set_ylabel("row")
    strip.set_title(f"row {row} (the bright line) is the signal", fontsize=11)
    for ax, (name, y) in zip(panels, signals.items(), strict=True):
        ax.plot(y, color=style.BLUE, linewidth=1)
        ax.set_title(name, fontsize=11)
        ax.set_ylabel("value")
        ax.margins(y=0.12)
        ax.spines[["top", "right"]].set_visible(False)
        if name in marks:
            ax.axvline(marks[name], color=style.VERMILLION, linestyle="--", linewidth=1.2)
            ax.plot(marks[name], y[marks[name]], "D", color=style.VERMILLION)
    for ax in (strip, *panels):
        ax.tick_params(labelsize=9)
        ax.set_xlim(-0.5, W - 0.5)
    panels[-1].set_xlabel("column")
    return figure
