"""Batch normalisation of images, channel by channel, and its gradient.

    y[n, c, h, w] = gamma[c] * (x[n, c, h, w] - mean[c]) / sqrt(var[c] + eps) + beta[c]

In training, mean and variance are those of the batch, over the axes n, h and w; afterwards they
are the running ones, gathered in training.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cnnkit.ops.checks import (
    check_axes,
    check_channels,
    check_same_shape,
    flag,
    read_real,
    real,
    real_dtype,
    wide,
)

CHUNK_BYTES = 1 << 20  # images worked on at a time: about what stays in a core's cache

Running = tuple[np.ndarray, np.ndarray]


class Cache(NamedTuple):
    """What :func:`batchnorm2d_backward` needs of the way forward."""

    centred: np.ndarray  # (N, C, H, W): x - mean
    scale: np.ndarray  # (C,): 1 / sqrt(var + eps)
    gamma: np.ndarray
    train: bool
    dtype: np.dtype  # of the result; the others are at least float32


def batchnorm2d(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: Running,
    train: bool,
    *,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Running, Cache]:
    """Give each channel mean beta and standard deviation gamma.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    gamma, beta : ndarray, shape (C,)
    running : pair of ndarray, each of shape (C,)
        Mean and variance gathered so far; (zeros, ones) to begin with.
    train : bool
        Whether to normalise with the batch's own mean and (biased) variance; if not, with the
        running ones.
    momentum : float
        How much of the running statistics is replaced: (1 - momentum) * old + momentum * batch,
        with the unbiased variance of the batch.
    eps : float
        Positive, against division by 0.

    Returns
    -------
    y : ndarray, shape (N, C, H, W)
    running : pair of ndarray, each of shape (C,)
        New arrays; the same numbers when ``train`` is False.
    cache : Cache
        What :func:`batchnorm2d_backward` needs.

    Raises
    ------
    TypeError
        An operand does not hold real numbers, or an option has the wrong type.
    ValueError
        Shapes do not go together; in training, a channel has fewer than two numbers, so that
        it has no variance; a running variance is negative; an option is out of range.

    References
    ----------
    Ioffe, Szegedy: Batch normalization: accelerating deep network training by reducing internal
    covariate shift (2015), arXiv:1502.03167.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 5.0, 7.0]).reshape(2, 1, 1, 2)
    >>> one, zero = np.ones(1), np.zeros(1)
    >>> y, (mean, var), cache = batchnorm2d(x, one, zero, (zero, one), True)
    >>> y.ravel().round(3), mean, var.round(3)
    (array([-1.342, -0.447,  0.447,  1.342]), array([0.4]), array([1.567]))
    """
    x, gamma, beta, (mean, var), dtype = _read(x, gamma, beta, running)
    momentum, eps = _in_range(momentum, eps)
    if train := flag(train, "train"):
        _check_batch(x)
        batch_mean, squares, centred = _centre(x, gamma.dtype)
        count = _count(x)
        mean = (1 - momentum) * mean + momentum * batch_mean
        var = (1 - momentum) * var + momentum * squares / (count - 1)
        scale = 1 / np.sqrt(squares / count + eps)
    else:
        if (var < 0).any():
            raise ValueError(f"running var is {var}: a variance is never negative.")
        centred = x - _column(mean)
        scale = 1 / np.sqrt(var + eps)
    y = np.empty(x.shape, dtype)
    factor = _column(gamma * scale)
    for images in _chunks(centred):
        np.multiply(centred[images], factor, out=y[images], casting="same_kind")
        y[images] += _column(beta)
    return y, (mean.astype(dtype), var.astype(dtype)), Cache(centred, scale, gamma, train, dtype)


def batchnorm2d_backward(dy: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the gradients of batch normalisation.

    In training every x moves the mean and the variance of its channel, and through them every
    y; with running statistics it moves only its own y.

    Parameters
    ----------
    dy : ndarray, shape (N, C, H, W)
        The gradient of the loss with respect to y.
    cache : Cache
        From :func:`batchnorm2d`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, shape (C,)

    Raises
    ------
    TypeError
        dy does not hold real numbers, or the cache is none.
    ValueError
        dy has not the shape of y.

    Examples
    --------
    >>> x, one, zero = np.array([[[[1.0, 5.0]]]]), np.ones(1), np.zeros(1)
    >>> y, _, cache = batchnorm2d(x, one, zero, (zero, one), True)
    >>> dx, dgamma, dbeta = batchnorm2d_backward(np.ones_like(x), cache)
    >>> dx, dgamma, dbeta  # to raise all y alike, no x can help
    (array([[[[0., 0.]]]]), array([0.]), array([2.]))
    """
    if not isinstance(cache, Cache):
        raise TypeError(f"cache is a {type(cache).__name__}: it must come from batchnorm2d.")
    dy, dy_dtype = read_real("dy", dy)
    centred, scale = cache.centred, cache.scale
    check_same_shape("dy", dy, "y", centred.shape)
    dtype = np.result_type(dy_dtype, cache.dtype)
    dbeta, along = np.zeros((2, len(scale)), _exact(dtype))
    for images in _chunks(centred):
        given = _planes(dy[images].astype(wide(dtype), copy=False))
        dbeta += given.sum(axis=2).sum(axis=0, dtype=dbeta.dtype)
        along += np.vecdot(given, _planes(centred[images])).sum(axis=0, dtype=dbeta.dtype)
    dgamma = along * scale
    dx = np.empty(dy.shape, wide(dtype))
    factor = _column((cache.gamma * scale).astype(dx.dtype))
    if cache.train:
        slope, offset = (
            _column((part / _count(dy)).astype(dx.dtype)) for part in (dgamma * scale, dbeta)
        )
        for images in _chunks(centred):
            # factor * (dy - mean of dy - normalised x * mean of dy * normalised x)
            part = dx[images]
            np.multiply(centred[images], slope, out=part)
            part += offset
            np.subtract(dy[images], part, out=part, casting="same_kind")
            part *= factor
    else:
        np.multiply(dy, factor, out=dx)
    return dx.astype(dtype, copy=False), dgamma.astype(dtype), dbeta.astype(dtype)


def _centre(x: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the mean of each channel, the sum of squares about it, and x - mean.

    The mean first, then the squares about it: one pass over sums of x and of x * x would lose
    a small variance beside a large mean.
    """
    mean, squares = np.zeros((2, x.shape[1]), _exact(dtype))
    for images in _chunks(x):
        planes = _planes(x[images].astype(dtype, copy=False))
        mean += planes.sum(axis=2).sum(axis=0, dtype=mean.dtype)
    mean /= _count(x)
    centred = np.empty(x.shape, dtype)
    middle = _column(mean.astype(dtype))
    for images in _chunks(x):
        np.subtract(x[images], middle, out=centred[images], casting="same_kind")
        planes = _planes(centred[images])
        squares += np.vecdot(planes, planes).sum(axis=0, dtype=squares.dtype)
    return mean.astype(dtype), squares.astype(dtype), centred


def _chunks(x: np.ndarray) -> list[slice]:
    step = max(1, CHUNK_BYTES // max(1, x[:1].nbytes))
    return [slice(start, start + step) for start in range(0, len(x), step)]


def _planes(x: np.ndarray) -> np.ndarray:
    N, C, H, W = x.shape
    return x.reshape(N, C, H * W)


def _column(channels: np.ndarray) -> np.ndarray:
    """Lay out one number for each channel so that it meets all pixels of its channel."""
    return channels[:, None, None]


def _count(x: np.ndarray) -> int:
    """How many numbers of x a channel has."""
    return x.shape[0] * x.shape[2] * x.shape[3]


def _exact(dtype: np.dtype) -> np.dtype:
    """Give the dtype to add up the sums of planes in."""
    return np.result_type(dtype, np.float64)


def _check_batch(x: np.ndarray) -> None:
    if _count(x) < 2:
        raise ValueError(
            f"x has shape {x.shape}: in training each channel needs at least 2 numbers, "
            "else it has no variance."
        )


def _in_range(momentum: float, eps: float) -> tuple[float, float]:
    momentum, eps = real(momentum, "momentum"), real(eps, "eps")
    if not 0 <= momentum <= 1:
        raise ValueError(f"momentum is {momentum}: it must be in 0 <= momentum <= 1.")
    if not 0 < eps < math.inf:
        raise ValueError(f"eps is {eps}: it must be positive, and finite.")
    return momentum, eps


def _read(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, running: Running
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Running, np.dtype]:
    """Give the operands, those of the channels in the dtype to compute in, and that of y."""
    if not isinstance(running, (tuple, list)) or len(running) != 2:
        raise TypeError(f"running is {running!r}: it must be a pair of arrays, (mean, var).")
    x = np.asarray(x)
    names = "gamma", "beta", "running mean", "running var"
    channels = {
        name: np.asarray(value) for name, value in zip(names, (gamma, beta, *running), strict=True)
    }
    dtype = real_dtype(x=x, **channels)
    check_axes("x", x, "(N, C, H, W)")
    for name, operand in channels.items():
        check_channels(name, operand, x)
    gamma, beta, mean, var = (operand.astype(wide(dtype)) for operand in channels.values())
    return x, gamma, beta, (mean, var), dtype
