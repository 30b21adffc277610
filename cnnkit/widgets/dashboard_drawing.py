"""A pen for pictures of few pixels: soft at its edge, as the pictures of the sets are."""

from __future__ import annotations

import numpy as np

Point = tuple[float, float]  # row and column; the middle of the first pixel is (0.5, 0.5)


def stroke(
    picture: bytes, side: int, ends: tuple[Point, Point], radius: float, *, erase: bool = False
) -> bytes:
    """Draw a straight stroke into a picture of side x side bytes, or rub it out.

    A pixel gets the more ink the nearer its middle lies to the stroke, and never loses any to
    the pen; the rubber leaves what the pen would not have covered.
    """
    start, end = (np.asarray(point, float) for point in ends)
    middles = np.stack(np.indices((side, side)), axis=-1) + 0.5
    along = end - start
    part = (middles - start) @ along / max(along @ along, 1e-12)
    nearest = start + np.clip(part, 0, 1)[..., None] * along
    distance = np.linalg.norm(middles - nearest, axis=-1)
    ink = np.rint(255 * np.clip(radius + 0.5 - distance, 0, 1)).astype(np.uint8)
    old = np.frombuffer(picture, np.uint8).reshape(side, side)
    return (np.minimum(old, 255 - ink) if erase else np.maximum(old, ink)).tobytes()


def covered(picture: bytes, side: int) -> tuple[int, int, int, int] | None:
    """Give the first and last row and column that hold ink; None for an empty picture."""
    inked = np.frombuffer(picture, np.uint8).reshape(side, side) > 64
    if not inked.any():
        return None
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def in_words(picture: bytes, side: int) -> str:
    """Say what a drawing covers, and whether that is less than the pictures of the sets do."""
    found = covered(picture, side)
    if found is None:
        return "The page is empty."
    top, bottom, left, right = found
    text = f"Your drawing covers rows {top} to {bottom} and columns {left} to {right}"
    if max(bottom - top, right - left) + 1 < 0.8 * side:
        return f"{text}: the pictures of the set are larger, they fill the frame."
    return f"{text}."
