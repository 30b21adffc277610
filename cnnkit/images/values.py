"""The numbers of an image: 8-bit levels, floats for a network, and how often each level occurs.

A camera's pixel is a whole number from 0 (black) to 255 (white), stored as uint8, which wraps:
255 + 1 is 0 there. Networks want floats near zero.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from cnnkit.reading import one_of
from cnnkit.shapes import whole


def quantize(img: np.ndarray, *, levels: int = 256) -> np.ndarray:
    """Round brightnesses in 0..1 to equally spaced levels, spread over 0..255.

        k = floor(x * (levels - 1) + 1/2),    value = floor(255 * k / (levels - 1) + 1/2)

    A half is rounded up. What lies outside 0..1 counts as the nearer end.

    Parameters
    ----------
    img : ndarray of floats, shape (H, W) or any other
    levels : int
        2 to 256.

    Returns
    -------
    ndarray of uint8, of the shape of ``img``

    Raises
    ------
    TypeError
        ``img`` does not hold floats, or ``levels`` is no int.
    ValueError
        ``img`` holds a NaN, or there are too few or too many levels.

    Examples
    --------
    >>> quantize(np.array([[0.0, 0.2, 0.5, 1.3]]), levels=3)
    array([[  0,   0, 128, 255]], dtype=uint8)
    """
    levels = whole(levels, "levels", 2)
    if levels > 256:
        raise ValueError(f"levels is {levels}: 8 bits hold at most 256.")
    img = np.asarray(img)
    if img.dtype.kind != "f":
        raise TypeError(f"img has dtype {img.dtype}: it must hold floats in 0..1.")
    if np.isnan(img).any():
        index = [int(i) for i in np.argwhere(np.isnan(img))[0]]
        raise ValueError(f"img, of shape {img.shape}, has a NaN at {index}: that is no brightness.")
    steps = levels - 1
    k = np.floor(np.clip(img, 0, 1).astype(np.float64) * steps + 0.5).astype(np.int64)
    # floor(255 k / steps + 1/2) in whole numbers
    return np.asarray((2 * 255 * k + steps) // (2 * steps), np.uint8)


def rescale(
    x: np.ndarray,
    mode: str,
    *,
    mean: float | np.ndarray | None = None,
    std: float | np.ndarray | None = None,
) -> np.ndarray:
    """Turn 8-bit levels into floats for a network.

        unit: x / 255        signed: x / 127.5 - 1        standard: (x / 255 - mean) / std

    Parameters
    ----------
    x : ndarray of uint8, shape (..., C, H, W) or any other
    mode : {'unit', 'signed', 'standard'}
        The results lie in 0..1, lie in -1..1, or have mean 0 and standard deviation 1.
    mean, std : float or ndarray of shape (C,), optional
        For 'standard', in units of x / 255; with a number for each channel, axis -3 holds the
        channels. Left out, each is that of the whole array. A std of 0 counts as 1.

    Returns
    -------
    ndarray of float32, of the shape of ``x``

    Raises
    ------
    TypeError
        ``x`` is not of uint8: it may have been rescaled already.
    ValueError
        The mode is unknown, or ``mean`` or ``std`` does not go with it or with ``x``.

    Examples
    --------
    >>> rescale(np.array([0, 51, 255], np.uint8), "unit")
    array([0. , 0.2, 1. ], dtype=float32)
    >>> rescale(np.array([0, 51, 255], np.uint8), "signed")
    array([-1. , -0.6,  1. ], dtype=float32)
    """
    one_of(mode, "mode", "unit", "signed", "standard")
    x = _levels(x)
    if mode != "standard" and (mean is not None or std is not None):
        raise ValueError(f"mean and std belong to mode 'standard', not to {mode!r}.")
    y = x.astype(np.float32)  # first of all: in uint8 the arithmetic would wrap
    y /= 127.5 if mode == "signed" else 255
    if mode == "signed":
        y -= 1
    if mode == "standard" and y.size:
        whole_mean, whole_std = _mean_and_std(x)
        mean = whole_mean if mean is None else _per_channel(mean, "mean", x.shape)
        std = whole_std if std is None else _per_channel(std, "std", x.shape)
        y -= mean
        y /= np.where(std == 0, 1.0, std)
    return y


def histogram(x: np.ndarray) -> np.ndarray:
    """Count how often each level 0..255 occurs.

    Parameters
    ----------
    x : ndarray of uint8, any shape

    Returns
    -------
    ndarray of int64, shape (256,)

    Raises
    ------
    TypeError
        ``x`` is not of uint8.

    Examples
    --------
    >>> histogram(np.array([[0, 2], [2, 2]], np.uint8))[:4]
    array([1, 0, 3, 0])
    """
    return np.bincount(_levels(x).ravel(), minlength=256).astype(np.int64)


def _levels(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x)
    if x.dtype != np.uint8:
        raise TypeError(f"x has dtype {x.dtype}: it must hold 8-bit levels, dtype uint8.")
    return x


def _mean_and_std(x: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of x / 255, from whole numbers: 0 is exact for one level."""
    counts, levels = histogram(x), np.arange(256)
    total, squares = int(counts @ levels), int(counts @ levels**2)
    return total / x.size / 255, sqrt(x.size * squares - total**2) / x.size / 255


def _per_channel(value: float | np.ndarray, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Read a number, or one for each channel, to be broadcast over (..., C, H, W)."""
    value = np.asarray(value)
    if value.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {value.dtype}: it must hold real numbers.")
    value = value.astype(np.float64)
    if not np.isfinite(value).all() or (name == "std" and (value < 0).any()):
        allowed = "finite and at least 0" if name == "std" else "finite"
        raise ValueError(f"{name} is {value.tolist()}: it must be {allowed}.")
    if value.ndim == 0:
        return value
    if len(shape) < 3 or value.shape != (shape[-3],):
        raise ValueError(
            f"{name} has shape {value.shape}, x has shape {shape}: {name} must be a number, "
            "or have shape (C,) where x is (..., C, H, W)."
        )
    return value[:, None, None]
