"""A small AlexNet-like net, trained on apparel until its layers have something to show.

Four convolutions, on the embedded pictures, with flips and shifts. The weights of the first seed
are recorded as they are, so that the notebook can look into the net that was trained here.
"""

from __future__ import annotations

import numpy as np
import torch
from records import Book
from torch import nn

from cnnkit.augment import hflip, random_crop
from cnnkit.data import load
from cnnkit.training import evaluate, fit

SEEDS, EPOCHS, BATCH, RATE = range(3), 30, 50, 0.003


def net():
    """Convolutions of 12, 16, 16 and 24 filters, three pools, one dense layer."""
    return nn.Sequential(
        *(nn.Conv2d(1, 12, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(12, 16, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(24 * 3 * 3, 10)),
    )


def pictures(split):
    """Give pictures of float32 in 0..1, and labels."""
    x, y = load("apparel", split)
    return x.astype(np.float32) / 255, y


def changed(x, y, rng):
    """Flip some pictures, and shift all by up to two pixels."""
    return random_crop(hflip(x, 0.5, rng), 28, 2, rng), y


def work(seed):
    """Train a net, and give its accuracy on the test pictures."""
    torch.manual_seed(seed)
    model = net()
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    history = fit(
        *(model, *pictures("train")), optimiser=optimiser, epochs=EPOCHS, batch_size=BATCH,
        rng=np.random.default_rng(seed), augment=changed, progress=False,
        schedule=lambda over: 0.5 * (1 + np.cos(np.pi * over)),
    )  # fmt: skip
    loss, accuracy = evaluate(model, *pictures("test"))
    found = {
        "train_accuracy": round(history["acc"][-1], 4),
        "test_loss": round(loss, 4),
        "test_accuracy": round(accuracy, 4),
    }
    if seed == SEEDS[0]:
        found["weights"] = {
            name: [round(float(number), 4) for number in value.ravel()]
            for name, value in model.state_dict().items()
        }
    return found


if __name__ == "__main__":
    book = Book("10_features_by_layer", data=["apparel"])
    for seed in SEEDS:
        book.run({"seed": seed}, work)
    book.close()
