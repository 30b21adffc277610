"""A model in NumPy and its optimiser, as the training loop sees them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from cnnkit.reading import needs
from cnnkit.training.labels import cross_entropy, hits


class NumpyLearner:
    """Train a model of arrays with an optimiser that updates them in place.

    Parameters
    ----------
    model
        With ``params`` and ``state``, each a flat dict name -> array (what is learned by
        gradients, and what else is kept, as the running statistics of batch normalisation),
        ``forward(x, train=...) -> scores`` and ``backward(dscores) -> dict`` of gradients, named
        as in ``params``. One that draws, for dropout, draws from its attribute ``rng``.
    optimiser : optional
        With ``step(params, grads)``, ``lr``, and ``state``, a flat dict name -> array or number.

    Raises
    ------
    TypeError
        The model or the optimiser has not what is needed.
    """

    def __init__(self, model: Any, optimiser: Any = None) -> None:
        learns = () if optimiser is None else ("backward",)
        parts = "params", "state", "forward", *learns
        needs(model, "model", *parts, instead="be a torch module, or ")
        if optimiser is not None:
            needs(optimiser, "optimiser", "step", "lr", "state")
        self.model, self.optimiser = model, optimiser
        self._rate = getattr(optimiser, "lr", None)
        self._dtype = np.result_type(*model.params.values()) if model.params else None

    @contextlib.contextmanager
    def training(self, rng: np.random.Generator) -> Iterator[None]:
        """Train within; the model draws from ``rng``, and afterwards from its own again."""
        if not hasattr(self.model, "rng"):
            yield
            return
        own, self.model.rng = self.model.rng, rng
        try:
            yield
        finally:
            self.model.rng = own

    def step(self, x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
        """Go one step down the gradient; give the loss before it, and how many were right."""
        scores = self.model.forward(self._cast(x), train=True)
        loss, dscores = cross_entropy(scores, y)
        self.optimiser.step(self.model.params, self.model.backward(dscores))
        return float(loss), hits(scores, y)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Give the scores of a batch, as after training."""
        return self.model.forward(self._cast(x), train=False)

    def scale_rate(self, factor: float) -> None:
        """Set the learning rate to a part of its first one."""
        self.optimiser.lr = factor * self._rate

    def weights(self) -> dict[str, np.ndarray]:
        """Give what was learned: the arrays themselves, no copies."""
        return _joined(params=self.model.params, state=self.model.state)

    def restore(self, weights: dict[str, np.ndarray]) -> None:
        """Put back what :meth:`weights` gave."""
        for name, value in weights.items():
            part, _, key = name.partition("/")
            getattr(self.model, part)[key][...] = value

    def described(self) -> dict:
        """Say what a checkpoint must agree with."""
        options = {name: repr(v) for name, v in vars(self.optimiser).items() if name != "state"}
        kind = type(self.model)
        return {
            "frozen": sorted(getattr(self.model, "frozen", ())),
            # Python's own repr has an address, which is another one in the next process.
            "model": kind.__name__ if kind.__repr__ is object.__repr__ else repr(self.model),
            "shapes": {name: list(array.shape) for name, array in self.weights().items()},
            "optimiser": [type(self.optimiser).__name__, options],
        }

    def write(self, file: BinaryIO, note: str, best: dict | None) -> None:
        """Write everything that the next epoch depends on, a note, and the best weights."""
        kept = _joined(model=self.weights(), optimiser=self.optimiser.state, best=best or {})
        np.savez(file, note=np.array(note), **kept)

    def read(self, file: BinaryIO) -> tuple[str, dict]:
        """Read the note of a file that :meth:`write` wrote, and the rest for :meth:`adopt`."""
        with np.load(file, allow_pickle=False) as content:
            arrays = dict(content)
        return str(arrays.pop("note")), arrays

    def adopt(self, content: dict) -> dict | None:
        """Go on from what :meth:`read` read; give the best weights."""
        parts: dict = {"model": {}, "optimiser": {}, "best": {}}
        for name, array in content.items():
            part, _, key = name.partition("/")
            parts[part][key] = array
        self.restore(parts["model"])
        self.optimiser.state = parts["optimiser"]
        return parts["best"] or None

    def _cast(self, x: np.ndarray) -> np.ndarray:
        # Float64 images would make all arithmetic of a float32 model float64, and slow.
        return x if self._dtype is None else x.astype(self._dtype, copy=False)


def _joined(**parts: dict) -> dict:
    return {f"{part}/{name}": value for part, held in parts.items() for name, value in held.items()}
