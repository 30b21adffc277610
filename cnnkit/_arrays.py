"""Compare two arrays of plain numbers, strings or bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnkit._plain import scale, show, show_both


@dataclass(frozen=True)
class Tolerance:
    """Numbers agree when abs(got - expected) <= absolute + relative * abs(expected)."""

    relative: float
    absolute: float

    def differs(self, got: np.ndarray, expected: np.ndarray) -> np.ndarray:
        """Mark the entries that differ; whole numbers must be equal, NaN agrees with NaN."""
        kinds = got.dtype.kind + expected.dtype.kind
        if not set(kinds) & set("fc"):
            return got != expected
        wide = np.complex128 if "c" in kinds else np.float64
        with np.errstate(all="ignore"):
            return ~np.isclose(
                got.astype(wide),
                expected.astype(wide),
                rtol=self.relative,
                atol=self.absolute,
                equal_nan=True,
            )


@dataclass(frozen=True)
class Difference:
    """What differs. ``brief`` tells no value of either side, ``full`` tells the first."""

    brief: str  # of a size it tells the power of ten
    full: str
    expected: np.ndarray | None = None  # the plane in which the first difference lies
    got: np.ndarray | None = None
    differs: np.ndarray | None = None  # where in that plane, if the shapes agree

    def within(self, path: str) -> Difference:
        """Tell the same difference of a part of the result."""
        return Difference(
            f"In {path}: {self.brief}",
            f"In {path}: {self.full}",
            self.expected,
            self.got,
            self.differs,
        )


def sentence(text: str) -> Difference:
    """Make a difference that names no value, so that it may be told as it is."""
    return Difference(text, text)


def compare_arrays(
    got: np.ndarray, expected: np.ndarray, tolerance: Tolerance
) -> Difference | None:
    """Return the difference between two arrays of plain entries, or None where they agree."""
    wanted, found = _content(expected), _content(got)
    if found != wanted:
        return sentence(f"Type: expected an array of {wanted}, got an array of dtype {got.dtype}.")
    if got.shape != expected.shape:
        shapes = f"Shape: expected {expected.shape}, got {got.shape}."
        planes = (_plane(a, (0,) * a.ndim) if a.size else None for a in (expected, got))
        return Difference(shapes, shapes, *planes)
    differs = tolerance.differs(got, expected) if wanted == "numbers" else got != expected
    return _values(got, expected, differs) if differs.any() else None


def _values(got: np.ndarray, expected: np.ndarray, differs: np.ndarray) -> Difference:
    count = np.count_nonzero(differs)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(differs), differs.shape))
    where = (
        f"Values: {count} of {differs.size} {'differs' if count == 1 else 'differ'}; "
        f"the first at {list(index)}"
    )
    wanted, found = show_both(expected[index], got[index])
    about, size = (_size(got[differs], expected[differs], told) for told in (scale, show))
    return Difference(
        f"{where}{about}.",
        f"{where}: expected {wanted}, got {found}{size}.",
        _plane(expected, index),
        _plane(got, index),
        _plane(differs, index),
    )


def _size(got: np.ndarray, expected: np.ndarray, told: Callable[[float], str]) -> str:
    """Tell the size of the largest difference, exactly or about."""
    if _content(got) != "numbers":
        return ""
    wide = np.complex128 if "c" in got.dtype.kind + expected.dtype.kind else np.float64
    with np.errstate(all="ignore"):
        sizes = abs(got.astype(wide) - expected.astype(wide))
    finite = sizes[np.isfinite(sizes)]
    words = [f"largest difference {told(finite.max())}"] if finite.any() else []
    if finite.size < sizes.size:
        words.append(f"NaN or infinity in {sizes.size - finite.size}")
    return f" ({'; '.join(words)})" if words else ""


def _plane(array: np.ndarray, index: tuple[int, ...]) -> np.ndarray | None:
    """Copy the 2-D plane that holds ``index`` (of fewer axes: the whole array)."""
    if array.dtype.kind not in "biuf":
        return None
    plane = array[index[:-2]].copy()
    return plane.astype(np.float64) if plane.dtype.kind == "f" else plane


def _content(array: np.ndarray) -> str:
    return {"U": "strings", "S": "bytes"}.get(array.dtype.kind, "numbers")
