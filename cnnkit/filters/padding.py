"""What is put around an image before a filter runs over it."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes
from cnnkit.reading import one_of
from cnnkit.shapes import Pair, pair

NUMPY_MODES = {"zero": "constant", "edge": "edge", "reflect": "reflect"}


def pad2d(x: np.ndarray, pad: int | Pair | tuple[Pair, Pair], *, mode: str = "zero") -> np.ndarray:
    """Put rows and columns around an image.

    Parameters
    ----------
    x : ndarray of any dtype, shape (H, W)
    pad : int, (rows, columns) or ((top, bottom), (left, right))
    mode : {'zero', 'edge', 'reflect'}
        Zeros, the nearest pixel, or the image mirrored at its border pixels, which are not
        repeated.

    Returns
    -------
    ndarray, shape (top + H + bottom, left + W + right)
        A new array of the dtype of ``x``.

    Raises
    ------
    TypeError
        A number in ``pad`` is no int.
    ValueError
        ``x`` has not two axes, a number is negative, the mode is unknown, or the image is too
        small for it: 'reflect' reaches at most to the opposite border.

    Examples
    --------
    >>> pad2d(np.array([[1, 2, 3]]), ((0, 1), (2, 0)), mode="zero")
    array([[0, 0, 1, 2, 3],
           [0, 0, 0, 0, 0]])
    >>> pad2d(np.array([[1, 2, 3]]), (0, 2), mode="reflect")
    array([[3, 2, 1, 2, 3, 2, 1]])
    """
    one_of(mode, "mode", *NUMPY_MODES)
    x = np.asarray(x)
    check_axes("x", x, "(H, W)")
    sides = _sides(pad)
    if mode != "zero":
        for n, amounts, what in zip(x.shape, sides, ("rows", "columns"), strict=True):
            amount = max(amounts)
            # 'edge' repeats one pixel; 'reflect' leaves out the border, so takes one more
            if amount and n < (amount + 1 if mode == "reflect" else 1):
                raise ValueError(
                    f"pad is {pad}, x has shape {x.shape}: mode {mode!r} cannot make "
                    f"{amount} {what} at a side from {n}."
                )
    return np.pad(x, sides, NUMPY_MODES[mode])


def _sides(pad: int | Pair | tuple[Pair, Pair]) -> tuple[Pair, Pair]:
    """Read ``pad`` as ((top, bottom), (left, right))."""
    if isinstance(pad, (tuple, list)) and any(isinstance(side, (tuple, list)) for side in pad):
        if len(pad) != 2:
            raise ValueError(f"pad is {pad!r}: it must be ((top, bottom), (left, right)).")
        rows, columns = pad
        return pair(rows, "pad", 0), pair(columns, "pad", 0)
    rows, columns = pair(pad, "pad", 0)
    return (rows, rows), (columns, columns)
