"""What every layer object has."""

from __future__ import annotations

from typing import Any

import numpy as np


class Layer:
    """A layer that keeps, on the way forward, what it needs on the way back.

    Attributes
    ----------
    kind : str
        What its name in a :class:`Sequential` begins with, as in :mod:`cnnkit.architectures`.
    params : dict of ndarray
        What is learned by gradients.
    state : dict of ndarray
        What is gathered in training, but not by gradients.
    options : dict
        What it was made with, beside the sizes that ``params`` have.
    rng : numpy.random.Generator or None
        Where a layer that draws draws from.
    chained : bool
        Whether it belongs to a :class:`Sequential`, which keeps its arrays.
    """

    kind = ""
    chained = False

    def __init__(self) -> None:
        self.params: dict[str, np.ndarray] = {}
        self.state: dict[str, np.ndarray] = {}
        self.options: dict[str, Any] = {}
        self.rng: np.random.Generator | None = None

    def __repr__(self) -> str:
        options = (f"{name}={value!r}" for name, value in self.options.items())
        return f"{type(self).__name__}({', '.join(options)})"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give y for x; ``train`` says whether this pass is one of training."""
        raise NotImplementedError

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Give dx and, by name, the gradients of the parameters, for the last pass forward."""
        raise NotImplementedError

    def gradients(self, dy: np.ndarray) -> dict[str, np.ndarray]:
        """Give the gradients of the parameters alone: for a layer that none before it needs dx."""
        return self.backward(dy)[1]
