"""What an answer hangs on, asked without a look inside: cover a part, and see."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cnnkit.ops import softmax
from cnnkit.ops.checks import check_axes, real
from cnnkit.shapes import whole
from cnnkit.training.labels import read_images
from cnnkit.training.learners import learner_of
from cnnkit.training.measures import BATCH, in_batches


def occlusion_map(
    model: Any, x: np.ndarray, label: int, *, size: int = 7, fill: float = 0
) -> np.ndarray:
    """Say for each pixel by how much a class's probability falls when a square there is covered.

        map[i, j] = p(label | x) - p(label | x with a square around (i, j) set to fill)

    Parameters
    ----------
    model
        As for :func:`cnnkit.training.fit`.
    x : ndarray of float, shape (C, H, W)
        One image.
    label : int
        The class in question.
    size : int
        Pixels along a side of the square; an odd number is centred. At the border it is cut off.
    fill : float
        What the square is set to.

    Returns
    -------
    map : ndarray of float64, shape (H, W)
        Above 0 where the answer needs what is there, below 0 where that speaks against it.

    Raises
    ------
    TypeError, ValueError
        x is no such image, there is no such class, or another argument is out of range.

    References
    ----------
    Zeiler, Fergus: Visualizing and understanding convolutional networks (2014),
    arXiv:1311.2901, section 4.2.

    Examples
    --------
    >>> class Corner:  # two classes: is the first pixel bright?
    ...     params, state = {}, {}
    ...     def forward(self, x, train=False):
    ...         return 9 * np.stack([x[:, 0, 0, 0], 1 - x[:, 0, 0, 0]], axis=1)
    >>> occlusion_map(Corner(), np.ones((1, 2, 3)), 0, size=1).round(2)
    array([[1., 0., 0.],
           [0., 0., 0.]])
    """
    x, fill = read_images(x), real(fill, "fill")
    if not math.isfinite(fill):
        raise ValueError(f"fill is {fill}: it must be finite.")
    check_axes("x", x, "(C, H, W)")
    size, (H, W) = whole(size, "size", 1), x.shape[1:]
    covered = np.repeat(x[None], 1 + H * W, axis=0)  # the first one stays as it is
    for image, (i, j) in zip(covered[1:], np.ndindex(H, W), strict=True):
        top, left = i - size // 2, j - size // 2
        image[:, max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)] = fill
    scores = np.concatenate([s for _, s in in_batches(learner_of(model), covered, BATCH)])
    label = whole(label, "label", 0)
    if label >= scores.shape[1]:
        raise ValueError(f"label is {label}: there are {scores.shape[1]} classes.")
    p = softmax(scores.astype(np.float64))[:, label]
    return (p[0] - p[1:]).reshape(H, W)
