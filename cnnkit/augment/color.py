"""Change the light: brightness and contrast."""

from __future__ import annotations

import numpy as np

from cnnkit.augment.operands import read_images, within
from cnnkit.ops.checks import generator


def color_jitter(
    x: np.ndarray, brightness: float, contrast: float, rng: np.random.Generator
) -> np.ndarray:
    """Make each image darker or brighter, and its contrast weaker or stronger.

        y = b * (m + c * (x - m)),    m the mean of the image over all channels and pixels

    with b drawn from 1 - brightness to 1 + brightness and c from 1 - contrast to 1 + contrast,
    uniformly, for each image. What leaves the range of the dtype is set to its nearer end.

    Parameters
    ----------
    x : ndarray of uint8 or floats, shape (N, C, H, W)
        uint8 runs from 0 to 255; floats run from 0 to 1, so jitter before subtracting a mean.
    brightness, contrast : float
        0 to 1; 0 changes nothing.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of ``x``
        uint8 is rounded to the nearest level, a half upwards.

    Raises
    ------
    TypeError
        ``x`` holds neither uint8 nor floats, an option is no number, or ``rng`` no Generator.
    ValueError
        A float lies outside 0..1 or is NaN, an option lies outside, or ``x`` has not four axes.

    Examples
    --------
    >>> x = np.full((2, 3, 4, 4), 100, np.uint8)
    >>> y = color_jitter(x, 0.2, 0.5, np.random.default_rng(0))
    >>> bool((y >= 80).all() and (y <= 120).all())
    True
    """
    x, top = _read_light(x)
    most = np.array([within(brightness, "brightness", 0, 1), within(contrast, "contrast", 0, 1)])
    b, c = generator(rng).uniform(1 - most, 1 + most, (len(x), 2)).T[..., None, None, None]
    y = x.astype(np.result_type(x, np.float64))
    if y.size:
        mean = y.mean(axis=(1, 2, 3), keepdims=True)
        # Not m + c (x - m): this one gives x to the last bit when b = c = 1.
        y = (b * (c * y + (1 - c) * mean)).clip(0, top)
    return (np.floor(y + 0.5) if top == 255 else y).astype(x.dtype)


def _read_light(x: np.ndarray) -> tuple[np.ndarray, int]:
    """Read images and the largest value that they may have."""
    x = read_images(x)
    if x.dtype == np.uint8:
        return x, 255
    if x.dtype.kind != "f":
        raise TypeError(f"x has dtype {x.dtype}: it must hold uint8 in 0..255 or floats in 0..1.")
    outside = ~((x >= 0) & (x <= 1))  # NaN as well
    if outside.any():
        raise ValueError(
            f"x, of shape {x.shape}, holds {x[outside][0]:g}: floats must lie in 0..1. "
            "Jitter before subtracting a mean."
        )
    return x, 1
