"""How many blocks of a net that knows five kinds of apparel should stay, when it learns others?

The net, the pictures and the learning rates are those of 12_transfer.py. All four blocks below the
head are copied (or, from scratch, drawn at random), and the first of them are frozen: none of them
up to all. Each run makes 120 steps at either rate; what the better one had learned is recorded
every 20 steps, and its model sees the test pictures once.
"""

from __future__ import annotations

import importlib

import numpy as np
from records import Book

from cnnkit.models import NormNet
from cnnkit.optimisers import Adam
from cnnkit.training import evaluate, fit
from cnnkit.transfer import few_per_class

transfer = importlib.import_module("12_transfer")
SIZES, SEEDS = (5, 20, 50), range(3)
BATCH, STEPS, EVERY = 25, 120, 20


def main() -> None:
    """Make the runs, those of a pretrained net first."""
    book = Book("12_freeze_slider", data=["apparel"])
    for start in ("pretrained", "scratch"):
        for per_class in SIZES:
            for frozen in range(len(transfer.BLOCKS) + 1):
                for seed in SEEDS:
                    settings = {"start": start, "frozen": frozen, "per_class": per_class}
                    book.run({**settings, "seed": seed}, learn)
    book.close()


def learn(start: str, frozen: int, per_class: int, seed: int) -> dict:
    """Learn the target with the first blocks frozen; give the curve and the test's accuracy."""
    training, validation, test = transfer.target("moved")
    few = few_per_class(training[1], per_class, np.random.default_rng(seed))
    best = (None, 0.0, [-1.0])
    for rate in transfer.RATES:
        model = begun(start, frozen, seed)
        curve = followed(model, training[0][few], training[1][few], validation, rate, seed)
        if curve[-1] > best[2][-1]:
            best = (model, rate, curve)
    model, rate, curve = best
    return {"rate": rate, "curve": curve, "accuracy": round(evaluate(model, *test)[1], 4)}


def begun(start: str, frozen: int, seed: int) -> NormNet:
    """Give a net with its first blocks frozen."""
    model = transfer.net(seed, 5)
    if start == "pretrained":
        transfer.copy_blocks(transfer.source_net("apparel", "moved", seed), model, transfer.BLOCKS)
    transfer.freeze_blocks(model, transfer.BLOCKS[:frozen])
    return model


def followed(
    model: NormNet,
    x: np.ndarray,
    y: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    rate: float,
    seed: int,
) -> list[float]:
    """Train a model; give its accuracy on the validation after every so many steps."""
    optimiser, rng = Adam(rate), np.random.default_rng(seed)
    curve = []
    for _ in range(STEPS // EVERY):
        fit(model, x, y, optimiser=optimiser, epochs=EVERY * BATCH // len(x), batch_size=BATCH,
            rng=rng, progress=False)  # fmt: skip
        curve.append(round(evaluate(model, *validation)[1], 4))
    return curve


if __name__ == "__main__":
    main()
