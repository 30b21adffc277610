"""Move pixels about, and see what a function makes of it.

A function f of images is *equivariant* to shifts when f(shifted x) is f(x) shifted: what it
finds moves along. It is *invariant* when f(shifted x) is f(x).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnkit.ops.checks import check_axes
from cnnkit.reading import any_int, one_of, with_images
from cnnkit.shapes import Option, pair


def shift2d(x: np.ndarray, rows: int, cols: int, *, mode: str = "zero") -> np.ndarray:
    """Shift images down by ``rows`` and to the right by ``cols``.

    Parameters
    ----------
    x : ndarray of any dtype, shape (..., H, W)
    rows, cols : int
        Negative: up and to the left. They may exceed the image.
    mode : {'zero', 'wrap'}
        What comes in at the border: zeros, or what left at the opposite one.

    Returns
    -------
    ndarray, of the shape and dtype of ``x``

    Raises
    ------
    TypeError
        A shift is no int.
    ValueError
        The mode is unknown, or ``x`` has fewer than two axes.

    Examples
    --------
    >>> shift2d(np.array([[1, 2, 3], [4, 5, 6]]), 1, -1)
    array([[0, 0, 0],
           [2, 3, 0]])
    """
    one_of(mode, "mode", "zero", "wrap")
    x = with_images(x, "x")
    rows, cols = any_int(rows, "rows"), any_int(cols, "cols")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(-2, -1))
    y = np.zeros(x.shape, x.dtype)
    (to_row, from_row), (to_col, from_col) = (
        _overlap(shift, n) for shift, n in zip((rows, cols), x.shape[-2:], strict=True)
    )
    y[..., to_row, to_col] = x[..., from_row, from_col]
    return y


def permute_pixels(X: np.ndarray, perm: np.ndarray) -> np.ndarray:
    """Move the pixels of all images to other places, by one and the same permutation.

        place i of the result, counted row by row, holds what was at place perm[i]

    ``np.argsort(perm)`` undoes it. The channels of a pixel stay together.

    Parameters
    ----------
    X : ndarray of any dtype, shape (..., H, W)
    perm : ndarray of ints, shape (H * W,)
        Each number from 0 to H * W - 1 once.

    Returns
    -------
    ndarray, of the shape and dtype of ``X``

    Raises
    ------
    TypeError
        ``perm`` does not hold ints.
    ValueError
        ``perm`` is no permutation of the places, or ``X`` has fewer than two axes.

    Examples
    --------
    >>> permute_pixels(np.array([[10, 11], [12, 13]]), np.array([3, 0, 1, 2]))
    array([[13, 10],
           [11, 12]])
    """
    X, perm = with_images(X, "X"), np.asarray(perm)
    check_axes("perm", perm, "(H * W,)")
    if perm.dtype.kind not in "iu":
        raise TypeError(f"perm has dtype {perm.dtype}: it must hold ints.")
    places = X.shape[-2] * X.shape[-1]
    if len(perm) != places or not np.array_equal(np.sort(perm), np.arange(places)):
        raise ValueError(
            f"perm has shape {perm.shape}, X has shape {X.shape}: perm must hold each number "
            f"from 0 to {places - 1} once."
        )
    return X.reshape(*X.shape[:-2], places)[..., perm].reshape(X.shape)


def equivariance_error(
    f: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    rows: int,
    cols: int,
    *,
    stride: Option = 1,
) -> float:
    """Measure how far a function is from moving its output along with its input.

        max over all places of |f(shift x) - shift f(x)|

    Both shifts wrap around, so that no border enters. The output is shifted by
    ``rows // stride`` and ``cols // stride``.

    Parameters
    ----------
    f : callable
        From (..., H, W) to (..., Ho, Wo).
    x : ndarray, shape (..., H, W)
    rows, cols : int
        The shift of the input, as in :func:`shift2d`.
    stride : int or pair of ints
        How many places of the input one place of the output stands for.

    Returns
    -------
    float
        0 for an equivariant function, and where there is nothing to compare.

    Raises
    ------
    ValueError
        The two outputs differ in shape, or a stride is below 1.

    Examples
    --------
    >>> x = np.arange(12.0).reshape(3, 4)
    >>> equivariance_error(np.square, x, 1, 2)
    0.0
    >>> equivariance_error(lambda x: x[::2, ::2], x, 0, 1, stride=2)
    3.0
    """
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = np.asarray(f(shift2d(x, rows, cols, mode="wrap")))
    shifted = shift2d(f(np.array(x)), rows // row_stride, cols // col_stride, mode="wrap")
    if of_shifted.shape != shifted.shape:
        raise ValueError(
            f"f gives shape {shifted.shape} for x and {of_shifted.shape} for the shifted x: "
            "these cannot be compared."
        )
    # As floats: differences of unsigned numbers wrap, those of bools do not exist.
    wide = np.result_type(of_shifted, shifted, np.float64)
    return float(np.abs(of_shifted.astype(wide) - shifted.astype(wide)).max(initial=0))


def _overlap(shift: int, n: int) -> tuple[slice, slice]:
    """Where what stays of n places goes to, and where it comes from."""
    kept = max(0, n - abs(shift))
    if shift >= 0:
        return slice(n - kept, n), slice(0, kept)
    return slice(0, kept), slice(n - kept, n)
