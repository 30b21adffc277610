"""Augmentations and other remedies against overfitting, each on 500 pictures of apparel.

A seed chooses the 500 pictures, the first weights and all that is drawn later. So runs of one
seed differ in nothing but the remedy, and their difference says more than either of them.
1,000 further pictures are watched after each epoch; choices are made by these. The accuracy on
the test pictures is written down as well, to be looked at once, when all is chosen.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from records import Book

from cnnkit.augment import color_jitter, cutout, hflip, mixup, random_affine, random_crop
from cnnkit.data import load
from cnnkit.layers import BatchNorm2D, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU, Sequential
from cnnkit.optimisers import Adam
from cnnkit.training import evaluate, fit

SEEDS, WATCHED, SMALL, EPOCHS, BATCH = range(5), 1000, 500, 40, 32
CURVES = ("loss", "acc", "val_loss", "val_acc")


def pictures(change):
    """Make an augmentation of a function that changes pictures and leaves labels as they are."""
    return lambda x, y, rng: (change(x, rng), y)


def mixed(x, y, rng):
    """Blend pictures, and their labels."""
    return mixup(x, np.eye(10)[y].astype(np.float32), 0.4, rng)


def cut_and_mixed(x, y, rng):
    """Blend pictures with holes in them."""
    return mixed(cutout(x, 8, rng), y, rng)


def everything(x, y, rng):
    """Flip, shift, cut out and blend."""
    return cut_and_mixed(random_crop(hflip(x, 0.5, rng), 28, 2, rng), y, rng)


ALL = "everything at once"
AUGMENTATIONS = {
    "flip": pictures(lambda x, rng: hflip(x, 0.5, rng)),
    "shift by up to 2": pictures(lambda x, rng: random_crop(x, 28, 2, rng)),
    "rotate by up to 15°": pictures(partial(random_affine, angle=15)),
    "shear by up to 15°": pictures(partial(random_affine, shear=15)),
    "scale 0.85 to 1.15": pictures(partial(random_affine, scale=(0.85, 1.15))),
    "brightness, contrast 0.3": pictures(lambda x, rng: color_jitter(x, 0.3, 0.3, rng)),
    "cut-out of 8": pictures(lambda x, rng: cutout(x, 8, rng)),
    "mix-up 0.4": mixed,
    "cut-out and mix-up": cut_and_mixed,
    "rotate by up to 180°": pictures(partial(random_affine, angle=180)),
    ALL: everything,
}
NETS = {
    "dropout 0.5": {"drop": 0.5},
    "batch norm": {"norm": True},
    ALL: {"drop": 0.5, "norm": True},
}
DECAY = {"weight decay 1": 1.0}
MORE = "eight times the data"
REMEDIES = ["none", *dict.fromkeys([*AUGMENTATIONS, *NETS, *DECAY]), MORE]


def net(rng, drop=0.0, norm=False):
    """Two convolutions and two dense layers; dropout before the last, norms behind the first."""
    layers = []
    for C, O in ((1, 8), (8, 16)):
        layers += [Conv2D(C, O, 3, rng, padding=1, bias=not norm)]
        layers += [BatchNorm2D(O)] if norm else []
        layers += [ReLU(), MaxPool2D(2)]
    layers += [Flatten(), Dense(16 * 7 * 7, 32, rng), ReLU()]
    layers += [Dropout(drop)] if drop else []
    return Sequential(*layers, Dense(32, 10, rng), rng=rng).astype(np.float32)


def scaled(split):
    """Load pictures as floats in 0..1, and their labels."""
    x, y = load("apparel", split)
    return x.astype(np.float32) / 255, y


def work(remedy, seed):
    """Train with one remedy; say how the net does on pictures that it has seen and has not."""
    rng = np.random.default_rng(seed)
    (x, y), test = scaled("train"), scaled("test")
    order = rng.permutation(len(y))
    watched = order[:WATCHED]
    chosen = order[WATCHED:] if remedy == MORE else order[WATCHED : WATCHED + SMALL]
    model = net(rng, **NETS.get(remedy, {}))
    history = fit(
        model, x[chosen], y[chosen], optimiser=Adam(2e-3, weight_decay=DECAY.get(remedy, 0)),
        epochs=EPOCHS * SMALL // len(chosen), batch_size=BATCH,  # as many steps, whatever the data
        validation=(x[watched], y[watched]), augment=AUGMENTATIONS.get(remedy), rng=rng,
        progress=False,
    )  # fmt: skip
    curves = {name: np.round(history[name], 4) for name in CURVES}
    return {**curves, "train_acc": round(evaluate(model, x[chosen], y[chosen])[1], 4),
            "test_acc": round(evaluate(model, *test)[1], 4)}  # fmt: skip


if __name__ == "__main__":
    book = Book("11_augmentation_and_regularisation", data=["apparel"])
    for remedy in REMEDIES:
        for seed in SEEDS:
            book.run({"remedy": remedy, "seed": seed}, work)
    book.close()
