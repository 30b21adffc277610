"""Two small nets for the shift slider: the same convolutions, read place by place or averaged.

Their weights are recorded in half precision, so that the widget can look into nets that were
trained here.
"""

from __future__ import annotations

import numpy as np
from records import Book

from cnnkit.data import load
from cnnkit.layers import to_text
from cnnkit.optimisers import Adam, cosine
from cnnkit.training import evaluate, fit
from cnnkit.widgets.shift_nets import ENDS, shift_net

EPOCHS = 10


def scaled(split):
    """Give pictures of float32 in 0..1, and labels."""
    x, y = load("apparel", split)
    return x.astype(np.float32) / 255, y


def work(end, seed):
    """Train a net on apparel as it is, and give its weights."""
    rng = np.random.default_rng(seed)
    model = shift_net(end, rng).astype(np.float32)
    fit(
        *(model, *scaled("train")), optimiser=Adam(5e-3), schedule=cosine, epochs=EPOCHS, rng=rng,
        progress=False,
    )  # fmt: skip
    return {"test_acc": round(evaluate(model, *scaled("test"))[1], 4), "weights": to_text(model)}


if __name__ == "__main__":
    book = Book("09_shift_slider", data=["apparel"])
    for end in ENDS:
        book.run({"end": end, "seed": 0}, work)
    book.close()
