"""What the training loop needs of a model and its optimiser, for either kind of model."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol

import numpy as np

from cnnkit.training.numpy_learner import NumpyLearner


class Learner(Protocol):
    """A model with its optimiser: all that the loop knows of them."""

    def training(self, rng: np.random.Generator) -> AbstractContextManager[None]:
        """Train within, with chance from ``rng``."""

    def step(self, x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
        """Learn from a batch; give its loss before, and how many were right."""

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Give the scores (N, K) of a batch without learning."""

    def scale_rate(self, factor: float) -> None:
        """Set the learning rate to a part of its first one."""

    def weights(self) -> dict[str, Any]:
        """Give all that was learned, by name."""

    def restore(self, weights: dict[str, Any]) -> None:
        """Put back what ``weights`` gave."""

    def described(self) -> dict:
        """Say, as plain data, what a checkpoint must agree with."""

    def write(self, file: BinaryIO, note: str, best: dict | None) -> None:
        """Write all that the next epoch depends on."""

    def read(self, file: BinaryIO) -> tuple[str, Any]:
        """Read the note of such a file, and its content."""

    def adopt(self, content: Any) -> dict | None:
        """Go on from such a content; give the best weights that it holds."""


def learner_of(model: Any, optimiser: Any = None) -> Learner:
    """Give the learner for a model, torch's or one in NumPy.

    Raises
    ------
    TypeError
        The model is neither, or the optimiser does not go with it.
    """
    torch = sys.modules.get("torch")  # who has a torch model has loaded torch
    if torch is not None and isinstance(model, torch.nn.Module):
        from cnnkit.training.torch_learner import TorchLearner

        return TorchLearner(model, optimiser)
    return NumpyLearner(model, optimiser)
