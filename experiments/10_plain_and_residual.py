"""What depth costs a plain net, and what skip paths give back: the loss while training.

Every net has a first convolution, so many blocks of two 3 x 3 convolutions with batch
normalisation, an average over each map and a dense layer. Plain and residual nets of one depth
have the same parameters, down to the same first weights; only the sum with x is missing or not.
"""

from __future__ import annotations

import numpy as np
import torch
from records import Book
from torch import nn

from cnnkit.data import load
from cnnkit.training import fit

SEEDS, BLOCKS, EPOCHS, BATCH, RATE = range(3), (4, 24), 3, 64, 0.05
CHANNELS = 16


class Block(nn.Module):
    """Two convolutions, with or without the skip path around them."""

    def __init__(self, residual):
        super().__init__()
        self.residual = residual
        self.main = nn.Sequential(
            *(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False), nn.BatchNorm2d(CHANNELS)),
            nn.ReLU(),
            *(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False), nn.BatchNorm2d(CHANNELS)),
        )

    def forward(self, x):
        """Give the block's output."""
        return torch.relu(self.main(x) + x if self.residual else self.main(x))


def net(blocks, residual):
    """Give a net for 28 x 28 pictures that works on maps of 7 x 7."""
    return nn.Sequential(
        *(nn.Conv2d(1, CHANNELS, 5, stride=4, padding=2, bias=False), nn.BatchNorm2d(CHANNELS)),
        *(nn.ReLU(), *(Block(residual) for _ in range(blocks))),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS, 10)),
    )


def work(blocks, residual, seed):
    """Train a net and give its loss, epoch by epoch."""
    x, y = load("apparel", "train")
    x = x.astype(np.float32) / 255
    torch.manual_seed(seed)
    model = net(blocks, residual)
    history = fit(
        *(model, (x - x.mean()) / x.std(), y), epochs=EPOCHS, batch_size=BATCH, progress=False,
        optimiser=torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9),
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return {"loss": [round(value, 4) for value in history["loss"]],
            "params": sum(p.numel() for p in model.parameters())}  # fmt: skip


if __name__ == "__main__":
    book = Book("10_plain_and_residual", data=["apparel"])
    for blocks in BLOCKS:
        for residual in (False, True):
            for seed in SEEDS:
                book.run({"blocks": blocks, "residual": residual, "seed": seed}, work)
    book.close()
