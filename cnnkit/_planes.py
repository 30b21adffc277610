"""Small pictures of two planes and their difference, as HTML with inline SVG.

Nothing is told by colour alone: small planes carry their numbers, the difference its shapes,
and every picture a text. Colours read on light and on dark pages.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from html import escape

import numpy as np

from cnnkit._arrays import Difference
from cnnkit._plain import show

LARGEST = 64  # rows or columns of a plane that is still drawn
NUMBERED = 8  # rows or columns up to which cells carry their numbers

# Light to dark blue, then what the text on them needs.
_SHADES = ("#f4f8fd", "#d9e6f7", "#b5cfee", "#8ab3e2", "#5c93d3", "#3672b9", "#1f5396", "#0f356b")
_NOT_FINITE = "#c2187a"
_LARGER, _SMALLER = "#d9730d", "#2b7bd6"


def show_in_notebook(difference: Difference) -> None:
    """Display the picture of a difference, if this is a notebook and there is one to draw."""
    if not _in_notebook() or not can_draw(difference):
        return
    # A picture is a help: where it fails, the message still comes.
    with suppress(Exception):
        from IPython.display import HTML, display

        display(HTML(picture(difference)))


def can_draw(difference: Difference) -> bool:
    """Whether both sides are planes that are small enough."""
    return all(
        plane is not None and plane.ndim == 2 and plane.size and max(plane.shape) <= LARGEST
        for plane in (difference.expected, difference.got)
    )


def picture(difference: Difference) -> str:
    """Draw expected, got and, where the shapes agree, the difference, as HTML."""
    expected, got, text = difference.expected, difference.got, difference.full
    finite = np.concatenate([p[np.isfinite(p)].astype(float) for p in (expected, got)])
    scale = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    panels = [
        _panel(
            "expected", _svg(_shaded(expected, scale), _numbers(expected), expected.shape, text)
        ),
        _panel("got", _svg(_shaded(got, scale), _numbers(got), got.shape, text)),
    ]
    if difference.differs is not None:
        with np.errstate(all="ignore"):
            change = np.subtract(got, expected, dtype=float)
        change[~difference.differs] = 0
        svg = _svg(_marks(change), _numbers(change, change != 0), change.shape, text)
        note = "<small>full squares: got is larger,<br/>small squares: smaller</small>"
        panels.append(_panel("difference", f"{svg}<div>{note}</div>"))
    return f'<div style="display:flex;flex-wrap:wrap;gap:1.5em">{"".join(panels)}</div>'


def _panel(caption: str, body: str) -> str:
    return f'<figure style="margin:0"><figcaption>{caption}</figcaption>{body}</figure>'


def _svg(cells: str, numbers: str, shape: tuple[int, int], text: str) -> str:
    rows, columns = shape
    side = 46 if numbers else max(4, round(200 / max(shape)))  # pixels of a cell
    return (
        f'<svg role="img" aria-label="{escape(text)}" viewBox="0 0 {columns} {rows}" '
        f'width="{columns * side}" height="{rows * side}" style="border:1px solid #808080">'
        f"{cells}{numbers}</svg>"
    )


def _shaded(plane: np.ndarray, scale: tuple[float, float]) -> str:
    levels = _levels(plane, scale)
    cells = [_cells(levels == level, shade) for level, shade in enumerate(_SHADES)]
    return "".join(cells) + _cells(levels < 0, _NOT_FINITE)


def _levels(plane: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """Give each cell its shade; -1 where it is not a finite number."""
    low, high = scale
    levels = np.full(plane.shape, -1)
    finite = np.isfinite(plane)
    part = (plane[finite].astype(float) - low) / ((high - low) or 1.0)
    levels[finite] = np.minimum(part * len(_SHADES), len(_SHADES) - 1).astype(int)
    return levels


def _marks(change: np.ndarray) -> str:
    return (
        _cells(change > 0, _LARGER)
        + _cells(change < 0, _SMALLER, inset=0.2)
        + _cells(np.isnan(change), _NOT_FINITE)
    )


def _cells(chosen: np.ndarray, colour: str, inset: float = 0.0) -> str:
    """All chosen cells as one path: a few characters a cell."""
    side = f"{1 - 2 * inset:g}"
    path = "".join(
        f"M{column + inset:g} {row + inset:g}h{side}v{side}h-{side}z"
        for row, column in np.argwhere(chosen).tolist()
    )
    return f'<path fill="{colour}" d="{path}"/>' if path else ""


def _numbers(plane: np.ndarray, where: np.ndarray | None = None) -> str:
    """Write a small plane's numbers, black with a white rim: readable on every shade."""
    if max(plane.shape) > NUMBERED:
        return ""
    style = (
        'font-size=".26" text-anchor="middle" fill="#000" stroke="#fff" stroke-width=".05" '
        'paint-order="stroke" font-family="sans-serif"'
    )
    texts = "".join(
        f'<text x="{column + 0.5:g}" y="{row + 0.6:g}">{_short(plane[row, column])}</text>'
        for row, column in np.ndindex(plane.shape)
        if where is None or where[row, column]
    )
    return f"<g {style}>{texts}</g>"


def _short(value) -> str:
    return f"{float(value):.3g}" if not isinstance(value, (bool, np.bool_)) else show(value)


def _in_notebook() -> bool:
    """Whether an IPython kernel runs this code (a terminal or a grader shows no pictures)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
