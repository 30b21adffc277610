"""Blank a part of an image, or blend two images and their labels."""

from __future__ import annotations

import numpy as np

from cnnkit.augment.operands import read_images, within
from cnnkit.ops.checks import check_axes, generator, read_real
from cnnkit.shapes import whole


def cutout(x: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Blank a square of each image, at a place drawn for each.

    The middle (i, j) is any pixel with equal chance. Rows i - size//2 to i - size//2 + size - 1
    and columns j - size//2 to j - size//2 + size - 1 become 0 in all channels; what lies outside
    the image is cut off.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
    size : int
        The side of the square; 0 blanks nothing.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of ``x``

    Raises
    ------
    TypeError
        ``size`` is no int, or ``rng`` no Generator.
    ValueError
        ``size`` is negative, or ``x`` has not four axes.

    References
    ----------
    DeVries, Taylor: Improved regularization of convolutional neural networks with cutout (2017),
    arXiv:1708.04552.

    Examples
    --------
    >>> int(cutout(np.ones((1, 3, 5, 5)), 1, np.random.default_rng(0)).sum())
    72
    """
    x, size, rng = read_images(x), whole(size, "size", 0), generator(rng)
    y = x.copy()
    if not x.size:
        return y
    rows, columns = (_blanked(n, size, len(x), rng) for n in x.shape[2:])
    square = rows[:, None, :, None] & columns[:, None, None, :]  # (N, 1, H, W)
    y[np.broadcast_to(square, y.shape)] = 0
    return y


def _blanked(n: int, size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw for each of ``count`` images which of n places along an axis the square covers."""
    first = rng.integers(0, n, count)[:, None] - size // 2
    places = np.arange(n)
    return (first <= places) & (places < first + size)


def mixup(
    x: np.ndarray, y_onehot: np.ndarray, alpha: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Blend each image, and its label, with another of the batch.

        x'[n] = lam * x[n] + (1 - lam) * x[perm[n]],    y'[n] = lam * y[n] + (1 - lam) * y[perm[n]]

    with one lam ~ Beta(alpha, alpha) and one permutation for the batch.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    y_onehot : ndarray, shape (N, K)
        A row for each image: 1 for its class and 0 for the others, or shares that sum to 1.
    alpha : float
        0.001 to 1000. Near 0 most batches stay nearly as they are, 1 makes every lam equally
        likely, and large values bring it near 1/2.
    rng : numpy.random.Generator

    Returns
    -------
    x : ndarray, shape (N, C, H, W)
    y : ndarray, shape (N, K)
        Float dtypes are kept, integers count as float64.

    Raises
    ------
    TypeError
        An operand does not hold real numbers, ``alpha`` is no number or ``rng`` no Generator.
    ValueError
        The labels are no shares (class numbers cannot be blended), the shapes do not go together,
        or ``alpha`` is out of range.

    References
    ----------
    Zhang, Cisse, Dauphin, Lopez-Paz: mixup, beyond empirical risk minimization (2017),
    arXiv:1710.09412.

    Examples
    --------
    >>> x, y = mixup(np.zeros((4, 1, 8, 8)), np.eye(4), 0.4, np.random.default_rng(0))
    >>> x.shape, y.sum(axis=1)
    ((4, 1, 8, 8), array([1., 1., 1., 1.]))
    """
    x, x_dtype = read_real("x", read_images(x))
    labels, y_dtype = _read_labels(y_onehot, x.shape)
    alpha = within(alpha, "alpha", 1e-3, 1e3)
    lam = generator(rng).beta(alpha, alpha)
    perm = rng.permutation(len(x))
    return tuple(
        _blend(operand.astype(dtype), perm, lam)
        for operand, dtype in ((x, x_dtype), (labels, y_dtype))
    )


def _blend(operand: np.ndarray, perm: np.ndarray, lam: float) -> np.ndarray:
    return lam * operand + (1 - lam) * operand[perm]


def _read_labels(y_onehot: np.ndarray, x_shape: tuple[int, ...]) -> tuple[np.ndarray, np.dtype]:
    labels, dtype = read_real("y_onehot", y_onehot)
    if labels.ndim == 1:
        raise ValueError(
            f"y_onehot has shape {labels.shape}: class numbers cannot be blended. Give (N, K), "
            "a row for each image with a 1 for its class."
        )
    check_axes("y_onehot", labels, "(N, K)")
    if len(labels) != x_shape[0]:
        raise ValueError(
            f"y_onehot has shape {labels.shape}, x has shape {x_shape}: "
            f"there must be {x_shape[0]} rows, one for each image."
        )
    if (labels < 0).any():
        n = int(np.argmax((labels < 0).any(axis=1)))
        raise ValueError(f"Row {n} of y_onehot has {labels[n].min():g}: no share is negative.")
    sums = labels.sum(axis=1, dtype=np.float64)
    if not np.allclose(sums, 1, rtol=0, atol=1e-2):  # float16 shares of many classes err so much
        n = int(np.argmin(np.isclose(sums, 1, rtol=0, atol=1e-2)))
        raise ValueError(f"Row {n} of y_onehot sums to {sums[n]:g}: the shares must sum to 1.")
    return labels, dtype
