"""Known kernels, to be laid on by correlation, as layers do."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import real
from cnnkit.shapes import whole

SOBEL_X = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))


def gaussian_kernel(size: int, sigma: float) -> np.ndarray:
    """Make a bell of weights that add up to 1: proportional to exp(-r^2 / (2 sigma^2)).

    Parameters
    ----------
    size : int
        Rows and columns; r is the distance from the middle, in pixels.
    sigma : float
        In pixels, above 0.

    Returns
    -------
    ndarray of float64, shape (size, size)

    Raises
    ------
    TypeError
        ``size`` is no int, or ``sigma`` is no number.
    ValueError
        ``size`` is below 1, or ``sigma`` is not above 0 or not finite.

    Examples
    --------
    >>> gaussian_kernel(3, 1.0).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    size, sigma = whole(size, "size", 1), real(sigma, "sigma")
    if not 0 < sigma < np.inf:
        raise ValueError(f"sigma is {sigma}: it must be finite and above 0.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    # Only ratios count: with the nearest at exp(0) = 1, no sigma leaves 0 / 0.
    with np.errstate(over="ignore"):
        weights = np.exp((squares.min() - squares) / sigma / sigma / 2)
    return weights / weights.sum()


def gallery() -> dict[str, np.ndarray]:
    """Give kernels by name, each a new array of float64.

    Blurs add up to 1, what answers to edges to 0.

    - 'identity', 'box' (the mean of 3 x 3), 'weighted' (that of 1/41), 'gaussian' (5 x 5,
      sigma 1);
    - 'sobel_x', 'prewitt_x' answer where it gets brighter to the right, 'sobel_y', 'prewitt_y'
      where it gets brighter downwards, 'diagonal_down' to the lower right, 'diagonal_up' to
      the upper right, all negatively where it gets darker;
    - 'laplacian' answers to points and lines darker than what is around them.

    Examples
    --------
    >>> gallery()["sobel_x"]
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    sobel = np.array(SOBEL_X, float)
    prewitt = np.array([[-1.0, 0, 1]] * 3)
    diagonal = np.array([[-2.0, -1, 0], [-1, 0, 1], [0, 1, 2]])
    return {
        "identity": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box": np.full((3, 3), 1 / 9),
        "weighted": np.array([[3.0, 5, 3], [5, 9, 5], [3, 5, 3]]) / 41,
        "gaussian": gaussian_kernel(5, 1.0),
        "sobel_x": sobel,
        "sobel_y": sobel.T.copy(),
        "prewitt_x": prewitt,
        "prewitt_y": prewitt.T.copy(),
        "laplacian": np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "diagonal_down": diagonal,
        "diagonal_up": diagonal[::-1].copy(),
    }
