"""Dropout: in training each number is dropped by chance, so that none is relied on."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_same_shape, flag, generator, read_real, real


def dropout(
    x: np.ndarray, p: float, train: bool, rng: np.random.Generator | None
) -> tuple[np.ndarray, np.ndarray]:
    """Set numbers to 0 with chance p and scale the others by 1 / (1 - p): y = x * mask.

    The scale keeps the expected value, so that nothing has to change after training.

    Parameters
    ----------
    x : ndarray
        Of any shape.
    p : float
        The chance to be dropped, 0 <= p < 1.
    train : bool
        If False, y is x and the mask is all ones.
    rng : numpy.random.Generator
        Where the chance comes from; not used when ``train`` is False.

    Returns
    -------
    y : ndarray, the shape of x
    mask : ndarray, the shape of x
        0 or 1 / (1 - p), what :func:`dropout_backward` needs.

    Raises
    ------
    TypeError
        x does not hold real numbers, ``train`` is no bool or ``rng`` no Generator.
    ValueError
        p is not in 0 <= p < 1.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout, a simple way to prevent
    neural networks from overfitting (2014); the scale is applied in training, not afterwards.

    Examples
    --------
    >>> y, mask = dropout(np.full(100, 3), 0.25, True, np.random.default_rng(0))
    >>> sorted(set(y.tolist()))
    [0.0, 4.0]
    >>> dropout(np.array([1, 2]), 0.25, False, None)
    (array([1., 2.]), array([1., 1.]))
    """
    x, dtype = read_real("x", x)
    p = real(p, "p")
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}: it must be in 0 <= p < 1.")
    if not flag(train, "train"):
        return x.astype(dtype), np.ones(x.shape, dtype)
    # The same draws for every dtype, so that float32 and float64 drop the same numbers.
    kept = np.asarray(generator(rng).random(x.shape, dtype=np.float32) >= p)
    mask = kept.astype(dtype)
    mask /= 1 - p
    return np.asarray(x * mask), mask


def dropout_backward(dy: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Let the gradient through where the number was kept: dx = dy * mask.

    Parameters
    ----------
    dy : ndarray
        The gradient of the loss with respect to y.
    mask : ndarray, the shape of dy
        What :func:`dropout` gave; its scale is in it.

    Returns
    -------
    dx : ndarray, the shape of dy

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        The shapes differ.

    Examples
    --------
    >>> dropout_backward(np.array([1.0, 2.0]), np.array([0.0, 2.0]))
    array([0., 4.])
    """
    (dy, dy_dtype), (mask, mask_dtype) = read_real("dy", dy), read_real("mask", mask)
    check_same_shape("dy", dy, "mask", mask.shape)
    return np.asarray(np.multiply(dy, mask, dtype=np.result_type(dy_dtype, mask_dtype)))
