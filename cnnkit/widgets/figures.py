"""What a stage shows: number grids, pictures, bars and curves, as plain data for JavaScript."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End")


def number(value: float) -> str:
    """Write a number shortly: whole ones in full, others with three digits."""
    value = float(value)
    text = str(int(value)) if value.is_integer() and abs(value) < 1e4 else f"{value:.3g}"
    return text.replace("-", "−").replace("inf", "∞")


def bracket(value: float) -> str:
    """Write a number, a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def percent(share: float) -> str:
    """Write a share as a percentage; what is not all is not 100 %."""
    return f"{min(100 * share, 99.9):.1f} %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def move(place: tuple[int, int], key: str, size: tuple[int, int]) -> tuple[int, int]:
    """Answer a key: arrows move by one place, Home and End go to the first and the last.

    "next" goes on as one reads, and from the last place back to the first.
    """
    (i, j), (rows, columns) = place, size
    if key == "next":
        return divmod((i * columns + j + 1) % (rows * columns), columns)
    if key in ("Home", "End"):
        return (0, 0) if key == "Home" else (rows - 1, columns - 1)
    down = {"ArrowDown": 1, "ArrowUp": -1}.get(key, 0)
    right = {"ArrowRight": 1, "ArrowLeft": -1}.get(key, 0)
    return min(max(i + down, 0), rows - 1), min(max(j + right, 0), columns - 1)


def grid(
    name: str,
    caption: str,
    values: Sequence[Sequence[float | None]] | np.ndarray,
    *,
    fill: str | None = None,
    low: float | None = None,
    high: float | None = None,
    marks: Sequence[Sequence[str]] = (),
    signs: Sequence[Sequence[str]] = (),
    first: int | tuple[int, int] = 0,
    ruled: bool = True,
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
    scale: float = 1.0,
    click: bool = False,
) -> dict:
    """Describe a grid of numbers.

    Parameters
    ----------
    values : array_like, shape (rows, columns)
        None (or NaN in a list that holds None) leaves a cell out; an array's NaN is shown.
    fill : "grey", "signed" or None
        Grey from ``low`` to ``high``, or blue above and orange below 0, strongest at ``high``;
        left out, both are the extremes of the values.
    marks : words for each cell
        ``tap``, ``here``: outlined; ``also``: outlined by dashes; ``pad``: dotted, unfilled;
        ``lost``: hatched; ``wrong``: hatched and marked ≠; ``changed``: marked Δ; ``ring``: a
        circle inside the cell.
    signs : a short text for the corner of each cell
    first : int, or a pair for rows and columns
        What the rulers count from; places before 0, and as many at the end, have no number.
    ruled : bool
        Whether rows and columns are numbered.
    row_names, column_names : names in place of the numbers
    click : bool
        Whether a click on a cell sends ``{"go": name, "at": [i, j]}``.
    """
    table = [list(row) for row in values]
    rows, columns = len(table), max(map(len, table), default=0)
    return {
        "kind": "grid",
        "name": name,
        "caption": caption,
        "label": f"{caption}: {rows} rows, {columns} columns",
        "text": [[None if value is None else number(value) for value in row] for row in table],
        "fill": _levels(table, fill, low, high),
        "marks": [list(row) for row in marks],
        "signs": [list(row) for row in signs],
        "first": [first, first] if isinstance(first, int) else list(first),
        "grey": fill == "grey",
        "ruled": ruled,
        "row_names": list(row_names),
        "column_names": list(column_names),
        "scale": scale,
        "click": click,
    }


def picture(
    name: str,
    caption: str,
    array: np.ndarray,
    alt: str,
    *,
    scale: float = 4,
    low: float | None = None,
    high: float | None = None,
    boxes: Sequence[dict] = (),
    click: bool = False,
) -> dict:
    """Describe a picture (H, W) or (3, H, W); ``scale`` screen pixels are one of its own.

    uint8 stays as it is; other numbers are stretched from ``low`` .. ``high``, by default their
    extremes, to 0 .. 255. ``alt`` says what there is to see.
    """
    channels, (height, width) = (1 if array.ndim == 2 else 3), array.shape[-2:]
    last = array if array.ndim == 2 else np.moveaxis(array, 0, -1)
    return {
        "kind": "picture",
        "name": name,
        "caption": caption,
        "label": alt,
        "height": height,
        "width": width,
        "channels": channels,
        "bytes": base64.b64encode(_bytes(last, low, high).tobytes()).decode("ascii"),
        "scale": scale,
        "boxes": list(boxes),
        "click": click,
    }


def shown(view: dict) -> list[dict]:
    """List a view's figures as one reads."""
    return [figure for row in view.get("stage", {}).get("rows", ()) for figure in row]


def picture_bytes(view: dict) -> list[bytes]:
    """Give the bytes of a view's pictures in their order."""
    pictures = (figure for figure in shown(view) if figure["kind"] == "picture")
    return [base64.b64decode(figure["bytes"]) for figure in pictures]


def without_bytes(view: dict) -> dict:
    """Leave the bytes of pictures out of a view, for a page that has them already."""
    if "stage" not in view:
        return view
    rows = [
        [figure | {"bytes": ""} if figure["kind"] == "picture" else figure for figure in row]
        for row in view["stage"]["rows"]
    ]
    return view | {"stage": view["stage"] | {"rows": rows}}


def box(i: int, j: int, height: int, width: int, kind: str = "solid", text: str = "") -> dict:
    """Describe an outline on a picture, "solid" or "dashed", in the picture's pixels."""
    return {"at": [i, j], "size": [height, width], "kind": kind, "text": text}


def bars(name: str, caption: str, rows: Sequence[tuple], *, most: float | None = None) -> dict:
    """Describe horizontal bars; a row is (name, value, text) or (name, value, text, mark)."""
    full = [tuple(row) + ("",) * (4 - len(row)) for row in rows]
    largest = max((float(row[1]) for row in full), default=0) if most is None else most
    shares = [min(max(float(row[1]) / (largest or 1), 0), 1) for row in full]
    return {
        "kind": "bars",
        "name": name,
        "caption": caption,
        "label": caption,
        "rows": [
            {"name": row[0], "share": round(share, 4), "text": row[2], "mark": row[3]}
            for row, share in zip(full, shares, strict=True)
        ],
    }


def curves(
    name: str,
    caption: str,
    series: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    *,
    x_label: str,
    y_label: str,
    low: float | None = None,
    high: float | None = None,
) -> dict:
    """Describe curves (name, xs, ys), each with a dash and a marker of its own.

    Points that are not finite are left out.
    """
    lines = []
    for title, xs, ys in series:
        points = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        kept = [list(point) for point in points if np.isfinite(point).all()]
        lines.append({"name": title, "points": kept})
    points = [point for line in lines for point in line["points"]] or [[0.0, 0.0]]
    xs, ys = zip(*points, strict=True)
    return {
        "kind": "curves",
        "name": name,
        "caption": caption,
        "label": "; ".join([caption, *map(_course, lines)]),
        "series": lines,
        "x": [min(xs), max(xs)],
        "y": [min(ys) if low is None else low, max(ys) if high is None else high],
        "x_label": x_label,
        "y_label": y_label,
    }


def sign(text: str) -> dict:
    """Describe an operator between two figures."""
    return {"kind": "sign", "text": text}


def hidden(text: str = "?") -> dict:
    """Describe a place where something is kept back."""
    return {"kind": "hidden", "text": text}


def _levels(
    table: list[list[float | None]], fill: str | None, low: float | None, high: float | None
) -> list[list[float]]:
    """Give how strongly each cell is filled: 0 .. 1 for grey, -1 .. 1 for signed values."""
    if fill is None:
        return []
    values = np.array([v for row in table for v in row if v is not None], float)
    finite = values[np.isfinite(values)] if np.isfinite(values).any() else np.zeros(1)
    if fill == "signed":
        low, high = 0, np.abs(finite).max() if high is None else high
    low, high = (finite.min() if low is None else low), (finite.max() if high is None else high)
    least = -1 if fill == "signed" else 0

    span = float(high - low) or 1.0

    def level(value: float | None) -> float:
        if value is None or value != value:  # NaN is no level
            return 0.0
        return round(min(max(float(value - low) / span, least), 1.0), 3)

    return [[level(value) for value in row] for row in table]


def _bytes(array: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    if array.dtype == np.uint8 and low is None and high is None:
        return np.ascontiguousarray(array)
    values = np.nan_to_num(array.astype(float), posinf=0, neginf=0)
    low, high = (values.min() if low is None else low), (values.max() if high is None else high)
    return np.clip(np.rint((values - low) / ((high - low) or 1) * 255), 0, 255).astype(np.uint8)


def _course(line: dict) -> str:
    """Say from where to where a curve goes."""
    if not line["points"]:
        return f"{line['name']}: no points"
    ends = [number(line["points"][at][1]) for at in (0, -1)]
    return f"{line['name']}: from {ends[0]} to {ends[1]}"
