"""A torch model and its optimiser, as the training loop sees them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import torch
from torch import nn

from cnnkit._torch_seed import torch_seeded
from cnnkit.training.labels import check_classes, hits


class TorchLearner:
    """Train a torch module with a torch optimiser.

    Parameters
    ----------
    model : torch.nn.Module
        From inputs (N, ...) to scores (N, K).
    optimiser : torch.optim.Optimizer, optional
        Of the model's parameters; only needed to train.

    Raises
    ------
    TypeError
        The optimiser is not torch's.
    ValueError
        It is of another model.
    """

    def __init__(self, model: nn.Module, optimiser: torch.optim.Optimizer | None = None) -> None:
        if not (optimiser is None or isinstance(optimiser, torch.optim.Optimizer)):
            raise TypeError(f"optimiser is {optimiser!r}: a torch model needs one of torch.optim.")
        groups = optimiser.param_groups if optimiser else []
        theirs = {id(p) for group in groups for p in group["params"]}
        if theirs - {id(p) for p in model.parameters()}:
            raise ValueError(
                "optimiser holds parameters of another model: make it anew, of model.parameters()."
            )
        self.model, self.optimiser = model, optimiser
        self._like = next((p for p in model.parameters() if p.is_floating_point()), torch.zeros(0))
        self._rates = [group["lr"] for group in groups]

    @contextlib.contextmanager
    def training(self, rng: np.random.Generator) -> Iterator[None]:
        """Train within; chance comes from ``rng``, and afterwards the model is set to evaluate."""
        self.model.train()
        try:
            with torch_seeded(rng):
                yield
        finally:
            self.model.eval()

    def step(self, x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
        """Go one step down the gradient; give the loss before it, and how many were right."""
        scores = self.model(self._tensor(x))
        found = scores.detach().cpu().numpy()
        check_classes(y, found)
        labels = self._tensor(y) if y.ndim == 2 else torch.from_numpy(y.astype(np.int64))
        loss = nn.functional.cross_entropy(scores, labels.to(scores.device))
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item(), hits(found, y)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Give the scores of a batch, as after training; what was set to train stays so."""
        modes = {module: module.training for module in self.model.modules()}
        self.model.eval()
        try:
            with torch.no_grad():
                return self.model(self._tensor(x)).cpu().numpy()
        finally:
            for module, mode in modes.items():
                module.training = mode

    def scale_rate(self, factor: float) -> None:
        """Set the learning rate of each group of parameters to a part of its first one."""
        for group, rate in zip(self.optimiser.param_groups, self._rates, strict=True):
            group["lr"] = factor * rate

    def weights(self) -> dict[str, torch.Tensor]:
        """Give what was learned: the tensors themselves, no copies."""
        return self.model.state_dict()

    def restore(self, weights: dict[str, torch.Tensor]) -> None:
        """Put back what :meth:`weights` gave."""
        self.model.load_state_dict(weights)

    def described(self) -> dict:
        """Say what a checkpoint must agree with."""
        groups = [
            {name: repr(value) for name, value in group.items() if name != "params"}
            for group in self.optimiser.param_groups
        ]
        shapes = {name: list(tensor.shape) for name, tensor in self.weights().items()}
        return {
            "model": repr(self.model),
            "frozen": [name for name, p in self.model.named_parameters() if not p.requires_grad],
            "shapes": shapes,
            "optimiser": [type(self.optimiser).__name__, groups],
        }

    def write(self, file: BinaryIO, note: str, best: dict | None) -> None:
        """Write everything that the next epoch depends on, a note, and the best weights."""
        content = {"model": self.weights(), "optimiser": self.optimiser.state_dict()}
        torch.save({**content, "note": note, "best": best}, file)

    def read(self, file: BinaryIO) -> tuple[str, dict]:
        """Read the note of a file that :meth:`write` wrote, and the rest for :meth:`adopt`."""
        content = torch.load(file, weights_only=True, map_location=self._like.device)
        return content["note"], content

    def adopt(self, content: dict) -> dict | None:
        """Go on from what :meth:`read` read; give the best weights."""
        self.model.load_state_dict(content["model"])
        self.optimiser.load_state_dict(content["optimiser"])
        return content["best"]

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        # A copy, since torch takes neither negative strides nor foreign byte orders; and in the
        # model's dtype, since it multiplies no float64 with float32.
        array = array.astype(array.dtype.newbyteorder("="), order="C")
        return torch.from_numpy(array).to(self._like)
