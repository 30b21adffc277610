"""What pools accept, and which pixels meet which places of a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import NamedTuple

import numpy as np

from cnnkit.ops.checks import check_axes, read_real
from cnnkit.ops.operands import naming
from cnnkit.shapes import Option, Pair, conv2d_shape, pair, whole

Index = tuple[EllipsisType, slice, slice]


class Tap(NamedTuple):
    """One place of the window: ``y[tap.places]`` are the windows that see ``x[tap.pixels]`` there.

    Windows whose tap lies in the padding are left out, so that no padding is ever written down.
    """

    row: int
    column: int
    places: Index
    pixels: Index


@dataclass(frozen=True)
class Window:
    """The options of a pool, read and checked, for images of one size."""

    kernel: Pair
    stride: Pair
    padding: Pair
    in_hw: Pair
    out_hw: Pair

    def taps(self) -> list[Tap]:
        """Give the places of the window in row-major order."""
        rows, columns = (
            [_meet(tap, *axis) for tap in range(kernel)]
            for kernel, *axis in zip(
                self.kernel, self.in_hw, self.out_hw, self.stride, self.padding, strict=True
            )
        )
        return [
            Tap(u, v, (..., i, j), (..., h, w))
            for u, (i, h) in enumerate(rows)
            for v, (j, w) in enumerate(columns)
        ]

    def counts(self) -> np.ndarray:
        """Count the pixels of each window that lie in the image, shape (oH, oW)."""
        counts = np.zeros(self.out_hw, np.intp)
        for tap in self.taps():
            counts[tap.places] += 1
        return counts


def _meet(tap: int, n: int, places: int, stride: int, padding: int) -> tuple[slice, slice]:
    """Along one axis: the windows whose tap lies in 0 .. n - 1, and the pixels it falls on."""
    first = max(0, -((tap - padding) // stride))  # rounded up: (padding - tap) / stride
    last = min(places - 1, (n - 1 + padding - tap) // stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    start = first * stride + tap - padding
    return slice(first, last + 1), slice(start, last * stride + tap - padding + 1, stride)


def read_pool(
    x: np.ndarray, kernel: Option, stride: Option | None, padding: Option = 0
) -> tuple[np.ndarray, np.dtype, Window]:
    """Check the operands of a pool.

    Returns
    -------
    x : ndarray, shape (N, C, H, W)
    dtype : numpy.dtype
        The dtype of the result.
    window : Window

    Raises
    ------
    TypeError
        x does not hold real numbers, or an option is no int.
    ValueError
        x has not four axes or no pixel, the padding is more than half the kernel, or no output
        is left.
    """
    x, dtype = read_real("x", x)
    check_axes("x", x, "(N, C, H, W)")
    return x, dtype, read_window(x.shape, kernel, stride, padding)


def read_window(
    x_shape: Sequence[int], kernel: Option, stride: Option | None, padding: Option
) -> Window:
    """Check the options of a pool of images of a given shape; errors as in :func:`read_pool`."""
    in_hw = check_pixels(x_shape)
    kernel = pair(kernel, "kernel", 1)
    stride = kernel if stride is None else pair(stride, "stride", 1)
    padding = pair(padding, "padding", 0)
    most = kernel[0] // 2, kernel[1] // 2
    if padding[0] > most[0] or padding[1] > most[1]:
        raise ValueError(
            f"padding is {padding}, kernel is {kernel}: a pool's padding must be at most half "
            f"its kernel, {most}."
        )
    with naming(x=x_shape):
        out_hw = conv2d_shape(*in_hw, kernel, stride=stride, padding=padding)
    return Window(kernel=kernel, stride=stride, padding=padding, in_hw=in_hw, out_hw=out_hw)


def read_x_shape(x_shape: Sequence[int]) -> tuple[int, int, int, int]:
    """Read the shape of images.

    Raises
    ------
    TypeError
        It is no sequence of ints.
    ValueError
        It has not four numbers, or one is negative.
    """
    if not isinstance(x_shape, (tuple, list)):
        raise TypeError(f"x_shape is {x_shape!r}: it must be a tuple of ints, (N, C, H, W).")
    if len(x_shape) != 4:
        raise ValueError(f"x_shape is {tuple(x_shape)}: it must have 4 numbers, (N, C, H, W).")
    N, C, H, W = (whole(size, "a number in x_shape", 0) for size in x_shape)
    return N, C, H, W


def check_pixels(x_shape: Sequence[int]) -> Pair:
    """Give height and width of images that have pixels.

    Raises
    ------
    ValueError
        They have none, so that there is nothing to pool.
    """
    H, W = x_shape[2:]
    if not H * W:
        raise ValueError(f"x has shape {tuple(x_shape)}: its images have no pixel to pool.")
    return H, W
