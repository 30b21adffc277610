"""Turn, lean, scale and shift images: affine maps of the plane.

With rows and columns measured from the middle of the image, a pixel at (row, column) goes to

    R S (scale * (row, column)) + translate,

    R = [[cos a, -sin a],    S = [[1,     0],
         [sin a,  cos a]]         [tan s, 1]]

where a is the angle and s the shear. Rows run downwards, so this R turns counter-clockwise as
seen, and S leans an upright line counter-clockwise by s: rows stay, the top goes to the left.
The middle is ((H - 1)/2, (W - 1)/2), so that turns by 90 degrees are exact.

Each pixel of the result looks up where it came from (the inverse map), so that there are no
holes, and takes the nearest pixel there; of two equally near ones the lower or the right one.
"""

from __future__ import annotations

import numpy as np

from cnnkit.augment.operands import read_images, two_within, within
from cnnkit.ops.checks import generator
from cnnkit.reading import one_of

# Far beyond what is sensible, and near enough for sums in float64 to be exact to 1e-6 pixel.
ANGLES, SHEARS, SCALES, SHIFTS = (-1e6, 1e6), (-89.0, 89.0), (1e-3, 1e3), (-1e6, 1e6)


def affine(
    x: np.ndarray,
    *,
    angle: float = 0,
    shear: float = 0,
    scale: float = 1,
    translate: tuple[float, float] = (0, 0),
    fill: str = "zero",
) -> np.ndarray:
    """Scale, shear, rotate and then shift all images of a batch alike.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
    angle : float
        In degrees, counter-clockwise as seen.
    shear : float
        In degrees, -89 to 89: upright lines lean by so much, counter-clockwise as seen.
    scale : float
        0.001 to 1000; above 1 enlarges.
    translate : (rows, columns)
        In pixels, down and to the right.
    fill : {'zero', 'edge'}
        What comes in from outside: zeros, or the nearest pixel of the image.

    Returns
    -------
    ndarray, of the shape and dtype of ``x``

    Raises
    ------
    TypeError
        An option is no number, or ``translate`` no pair.
    ValueError
        An option is out of range, ``fill`` is unknown, or ``x`` has not four axes.

    Examples
    --------
    >>> affine(np.array([[[[1, 2], [3, 4]]]]), angle=90)
    array([[[[2, 4],
             [1, 3]]]])
    >>> affine(np.array([[[[1, 2, 3]]]]), translate=(0, 1), fill="edge")
    array([[[[1, 1, 2]]]])
    """
    x = read_images(x)
    one_of(fill, "fill", "zero", "edge")
    back = _inverse(
        within(angle, "angle", *ANGLES),
        within(shear, "shear", *SHEARS),
        within(scale, "scale", *SCALES),
    )
    shift = np.array(two_within(translate, "translate", "(rows, columns)", *SHIFTS))
    return _look_up(x, back[None], shift[None], fill)


def random_affine(
    x: np.ndarray,
    rng: np.random.Generator,
    *,
    angle: float = 0,
    shear: float = 0,
    scale: tuple[float, float] = (1, 1),
    translate: tuple[float, float] = (0, 0),
    fill: str = "zero",
) -> np.ndarray:
    """Give each image an affine map of its own, all options drawn uniformly.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
    rng : numpy.random.Generator
    angle, shear : float
        The largest turn and lean, in degrees, to either side.
    scale : (smallest, largest)
    translate : (rows, columns)
        The largest shift, in pixels, to either side.
    fill : {'zero', 'edge'}
        As for :func:`affine`.

    Returns
    -------
    ndarray, of the shape and dtype of ``x``

    Raises
    ------
    TypeError
        An option is no number or no pair, or ``rng`` is no Generator.
    ValueError
        An option is out of range, ``fill`` is unknown, or ``x`` has not four axes.

    Examples
    --------
    >>> x = np.ones((16, 1, 28, 28), np.float32)
    >>> random_affine(x, np.random.default_rng(0), angle=15, translate=(2, 2)).shape
    (16, 1, 28, 28)
    """
    x = read_images(x)
    one_of(fill, "fill", "zero", "edge")
    angle, shear = within(angle, "angle", 0, ANGLES[1]), within(shear, "shear", 0, SHEARS[1])
    smallest, largest = two_within(scale, "scale", "(smallest, largest)", *SCALES)
    if smallest > largest:
        raise ValueError(f"scale is {scale}: the first number must not be above the second.")
    shift = np.array(two_within(translate, "translate", "(rows, columns)", 0, SHIFTS[1]))
    N = len(x)
    back = _inverse(
        generator(rng).uniform(-angle, angle, N),
        rng.uniform(-shear, shear, N),
        rng.uniform(smallest, largest, N),
    )
    return _look_up(x, back, rng.uniform(-shift, shift, (N, 2)), fill)


def _inverse(
    angle: float | np.ndarray, shear: float | np.ndarray, scale: float | np.ndarray
) -> np.ndarray:
    """Invert (R S scale): matrices of shape (..., 2, 2) that act on (row, column)."""
    angle, shear = np.deg2rad(angle), np.deg2rad(shear)
    one, zero = np.ones_like(angle), np.zeros_like(angle)
    lean = np.array([[one, zero], [-np.tan(shear), one]])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.moveaxis(np.einsum("ij...,jk...->ik...", lean, turn) / scale, (0, 1), (-2, -1))


def _look_up(x: np.ndarray, back: np.ndarray, shift: np.ndarray, fill: str) -> np.ndarray:
    """Take for each pixel the one that it came from.

    ``back`` is (M, 2, 2) and ``shift`` (M, 2), with M = N, or M = 1 for all images alike.
    """
    N, C, H, W = x.shape
    if not x.size:
        return x.copy()
    last = np.array([H - 1, W - 1])[:, None]
    places = np.indices((H, W)).reshape(2, H * W)
    source = back @ (places - last / 2 - shift[..., None]) + last / 2  # (M, 2, H * W)
    # Up at a half; the cosine of 90 degrees is not quite 0, so a half is not quite one either.
    nearest = np.floor(source + (0.5 + 1e-9))
    inside = np.clip(nearest, 0, last).astype(np.intp)
    index = inside[:, 0] * W + inside[:, 1]
    y = np.take_along_axis(x.reshape(N, C, H * W), index[:, None], axis=2)
    if fill == "zero":
        outside = (nearest != inside).any(axis=1, keepdims=True)  # (M, 1, H * W)
        y[np.broadcast_to(outside, y.shape)] = 0
    return y.reshape(x.shape)
