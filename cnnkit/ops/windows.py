"""Windows of images: seen, copied side by side as the columns of a matrix, and added back.

A window is what one place of the output looks at: a tap for every channel, row and column of the
kernel. Copied a few images at a time, the windows stay in a core's cache until they are used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnkit.ops.operands import Geometry

SCRATCH_BYTES = 1 << 20  # what is held at a time: about what a core's cache holds


def images_at_a_time(count: int, numbers: int, dtype: np.dtype) -> int:
    """Say how many of ``count`` images, of so many numbers each, are held at a time.

    As many as the scratch holds, and at least 1; but the rounds are made about equally long.
    """
    most = max(1, SCRATCH_BYTES // max(1, numbers * dtype.itemsize))
    rounds = -(-count // most)
    return max(1, -(-count // max(1, rounds)))


def view_windows(x: np.ndarray, geometry: Geometry) -> np.ndarray:
    """View x as (..., kH, kW, oH, oW): tap [u, v] of window [i, j] at [..., u, v, i, j].

    ``x`` is padded already: the padding of ``geometry`` is not looked at.
    """
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    *others, row, column = x.strides
    return as_strided(
        x,
        (*x.shape[:-2], *geometry.kernel, *geometry.out_hw),
        (*others, row * dh, column * dw, row * sh, column * sw),
        writeable=False,
    )


def columns(
    x: np.ndarray, dtype: np.dtype, geometry: Geometry
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield a few images at a time, as a slice, with their windows as columns of a matrix.

    Each matrix is (images, groups, C/groups * kH * kW + 1, oH * oW) and lives until the next one.
    Its last row is of ones, for the bias: that costs less than another way through the output.
    """
    (N, C, H, W), (ph, pw), groups = x.shape, geometry.padding, geometry.groups
    window = C // groups, *geometry.kernel
    taps, places = math.prod(window), math.prod(geometry.out_hw)
    step = images_at_a_time(N, groups * (taps + 1) * places, dtype)
    matrix = np.ones((step, groups, taps + 1, places), dtype)
    x = x.reshape(N, groups, C // groups, H, W)
    frame = np.zeros((step, *x.shape[1:3], H + 2 * ph, W + 2 * pw), dtype) if ph or pw else x
    windows = matrix[:, :, :taps].reshape(step, groups, *window, *geometry.out_hw)
    (seen, copied), *further = _copies(frame, windows, geometry)
    for start in range(0, N, step):
        images, first = slice(start, start + step), slice(min(step, N - start))
        if frame is not x:
            frame[first, ..., ph : ph + H, pw : pw + W] = x[images]  # the rest stays zero
        np.copyto(copied[first], seen[images if frame is x else first])
        for seen_again, copied_again in further:
            np.copyto(copied_again[first], seen_again[first])
        yield images, matrix[first]


def _copies(
    x: np.ndarray, windows: np.ndarray, geometry: Geometry
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give what to copy to where, one after the other, to have the windows of x in ``windows``.

    Numbers are copied in runs that lie in one piece, and a window's are short: a row of the
    output. At stride 1 all rows of the kernel see the same numbers, shifted by whole rows: these
    are copied in short runs once, and from there in long ones for each row of the kernel.
    """
    (kh, kw), rows = geometry.kernel, x.shape[-2]
    if kh == 1 or geometry.stride[0] > 1:
        return [(view_windows(x, geometry), windows)]
    along_width = replace(geometry, kernel=(1, kw), out_hw=(rows, geometry.out_hw[1]))
    seen = view_windows(x, along_width)[..., 0, :, :, :]
    copied = np.empty((len(windows), *seen.shape[1:]), windows.dtype)  # (..., kW, rows, oW)
    along_height = replace(
        geometry, kernel=(kh, 1), stride=(1, 1), dilation=(geometry.dilation[0], 1)
    )
    seen_again = view_windows(copied, along_height)[..., 0, :, :]  # (..., kW, kH, oH, oW)
    return [(seen, copied), (seen_again.swapaxes(-3, -4), windows)]


def add_windows(x: np.ndarray, windows: np.ndarray, geometry: Geometry) -> None:
    """Add windows (N, C, kH, kW, oH, oW) to the pixels of x that they were seen at.

    What falls into the padding is dropped.
    """
    (sh, sw), (ph, pw), (dh, dw) = geometry.stride, geometry.padding, geometry.dilation
    for u, v in np.ndindex(*geometry.kernel):
        i, rows = places_inside(u * dh - ph, sh, geometry.out_hw[0], x.shape[2])
        j, columns = places_inside(v * dw - pw, sw, geometry.out_hw[1], x.shape[3])
        x[:, :, rows, columns] += windows[:, :, u, v, i, j]


def places_inside(shift: int, stride: int, places: int, size: int) -> tuple[slice, slice]:
    """Give those places i of which pixel ``i * stride + shift`` is in 0 .. size - 1, and these."""
    first = max(0, -(shift // stride))
    last = max(first, min(places, -((shift - size) // stride)))
    start = first * stride + shift
    return slice(first, last), slice(start, start + (last - first) * stride, stride)
