"""Divide examples into parts that have the same mix of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import check_axes, generator

ROUNDING = 1e-9  # of sums of shares


def make_splits(
    labels: np.ndarray, fractions: Sequence[float], *, rng: np.random.Generator
) -> list[np.ndarray]:
    """Divide examples at random into parts, each class for itself.

    Of n examples of a class a part with share f gets f n, rounded up or down, and each example
    is in one part.

    Parameters
    ----------
    labels : ndarray of int, shape (N,)
    fractions : sequence of floats
        The parts' shares: none below 0, sum 1.
    rng : numpy.random.Generator

    Returns
    -------
    parts : list of ndarray of int64
        For each share the indices of its examples, ascending.

    Raises
    ------
    TypeError
        The labels are no integers, or ``rng`` is no Generator.
    ValueError
        The labels have not one axis, or the shares are no shares.

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> large, small = make_splits(labels, (0.75, 0.25), rng=np.random.default_rng(0))
    >>> labels[large], labels[small]
    (array([0, 0, 0, 1, 1, 1]), array([0, 1]))
    """
    labels, shares = np.asarray(labels), np.asarray(fractions, np.float64)
    check_axes("labels", labels, "(N,)")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels has dtype {labels.dtype}: it must hold integers.")
    if shares.ndim != 1 or not (shares >= 0).all() or abs(shares.sum() - 1) > ROUNDING:
        raise ValueError(f"fractions is {fractions!r}: shares must be 0 or more, with the sum 1.")
    generator(rng)
    parts: list[list[np.ndarray]] = [[] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        # Rounding where each part ends, not its size: so nothing is left over at the end. Halves
        # always go up, also those that a sum of floats misses by a little: a part with a whole
        # number due then gets just that.
        ends = np.floor(np.cumsum(shares) * len(members) + 0.5 + ROUNDING).astype(int)[:-1]
        for part, ours in zip(parts, np.split(members, ends), strict=True):
            part.append(ours)
    empty = np.empty(0, np.int64)
    return [np.sort(np.concatenate([empty, *part])) for part in parts]
