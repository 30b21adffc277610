"""Kochura's two networks for digits, the dense and the convolutional one, on all of MNIST.

Three epochs of Adam from each of three seeds; the test set is looked at once, at the end.
"""

from __future__ import annotations

import numpy as np
import torch
from records import Book

from cnnkit.data import load
from cnnkit.models.torch_nets import mlp, small_convnet
from cnnkit.training import evaluate, fit

NETS = {"dense": mlp, "convolutional": small_convnet}


def pictures(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Load MNIST as floats in 0..1."""
    images, labels = load("mnist", split)
    return (images / 255).astype(np.float32), labels


def work(net: str, seed: int) -> dict:
    """Train a net; give its accuracy on pictures that it has seen and on those that it has not."""
    rng = np.random.default_rng(seed)
    model = NETS[net](rng)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    fit(model, *seen, optimiser=optimiser, epochs=3, batch_size=128, rng=rng, progress=False)
    train_acc = evaluate(model, seen[0][:10_000], seen[1][:10_000])[1]
    return {
        "params": sum(value.numel() for value in model.parameters()),
        "train_acc": round(train_acc, 4),
        "test_acc": round(evaluate(model, *new)[1], 4),
    }


torch.set_num_threads(1)
book = Book("08_dense_and_convolutional", data=["mnist"])
seen, new = pictures("train"), pictures("test")
for net in NETS:
    for seed in range(3):
        book.run({"net": net, "seed": seed}, work)
book.close()
