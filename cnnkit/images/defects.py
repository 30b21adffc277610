"""A table of numbers that should be an image: find all that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from numbers import Integral

import numpy as np

from cnnkit.reading import any_int

Defect = tuple[int, int, str]
ROW_TYPES = (list, tuple, np.ndarray)


def validate_image(rows: Sequence, *, low: int = 0, high: int = 255) -> list[Defect]:
    """List every defect of an image given as rows of whole numbers.

    Parameters
    ----------
    rows : list of lists
        Tuples and arrays will do as well.
    low, high : int
        The smallest and the largest value that is allowed.

    Returns
    -------
    list of (row, column, code)
        Sorted, and empty for a sound image. The codes:

        - 'range': a whole number below ``low`` or above ``high``;
        - 'type': what by its type is no whole number (Python's and NumPy's integers are whole, a
          float or a bool is not), or, with column -1, a row that is no row at all;
        - 'ragged', with column -1: a row whose length differs from that of most rows. Where
          several lengths are as frequent, the one that occurs first counts.

    Raises
    ------
    TypeError
        ``rows`` is no list, or a limit is no int.
    ValueError
        There is not one value, or ``low`` is above ``high``.

    Examples
    --------
    >>> validate_image([[0, 255, 7], [299, 3.5, -1], [8, 9]])
    [(1, 0, 'range'), (1, 1, 'type'), (1, 2, 'range'), (2, -1, 'ragged')]
    """
    low, high = any_int(low, "low"), any_int(high, "high")
    if low > high:
        raise ValueError(f"low is {low}, high is {high}: low must not be above high.")
    if not _is_row(rows):
        raise TypeError(f"rows is of type {type(rows).__name__}: it must be a list of lists.")
    lengths = Counter(len(row) for row in rows if _is_row(row))
    if not any(lengths) and all(map(_is_row, rows)):
        raise ValueError(f"An image has at least one value; here are {len(rows)} rows and none.")
    width = lengths.most_common(1)[0][0] if lengths else 0  # the first of the most frequent
    found = []
    for i, row in enumerate(rows):
        if not _is_row(row):
            found.append((i, -1, "type"))
            continue
        if len(row) != width:
            found.append((i, -1, "ragged"))
        codes = (_code(value, low, high) for value in row)
        found += [(i, j, code) for j, code in enumerate(codes) if code]
    return found


def _code(value: object, low: int, high: int) -> str:
    if isinstance(value, bool) or not isinstance(value, Integral):
        return "type"
    return "" if low <= value <= high else "range"


def _is_row(value: object) -> bool:
    return isinstance(value, ROW_TYPES) and getattr(value, "ndim", 1) > 0
