"""The apparel case of chapter 13: two baselines, four remedies alone and together, the margin.

Choices are made on the validation alone, whose pictures are disturbed as those to come will be.
The margin that chapter 13 asks of a submission stands between the dense baseline and a reference
network, both on disturbed test pictures. The reference network's numbers are written as text to
build/13_apparel_net_SEED.txt; the best by validation stands in the chapter's solution.
"""

from __future__ import annotations

import numpy as np
from records import ROOT, Book

from cnnkit.augment import hflip, random_crop
from cnnkit.data import load, make_splits
from cnnkit.layers import Dense, Flatten, ReLU, Sequential, load_text, to_text
from cnnkit.models import build_model
from cnnkit.optimisers import SGD, Adam, cosine
from cnnkit.training import EarlyStopping, evaluate, fit

SEEDS = (0, 1, 2)
SHIFT, NOISE = 3, 25  # pixels; standard deviation, of 255
BASE = {
    "channels": (8, 16), "hidden": 64, "batch_norm": False, "dropout": 0.0, "augment": "none",
    "optimiser": "sgd", "lr": 0.05, "schedule": False, "patience": 0, "epochs": 20,
}  # fmt: skip
REMEDIES = {
    "regularise": {"batch_norm": True, "dropout": 0.25},
    "more data": {"augment": "flip and shift"},
    "fewer parameters": {"hidden": 32},
    "tune and stop early": {"optimiser": "adam", "lr": 0.003, "schedule": True, "patience": 6},
}
REFERENCE = {
    **BASE, **REMEDIES["tune and stop early"], "channels": (8, 16, 32), "hidden": 0,
    "batch_norm": True, "augment": "flip, shift and noise", "patience": 0, "epochs": 40,
}  # fmt: skip

X, y = load("apparel", "train")
TRAIN, VALIDATION, SPARE = make_splits(y, (0.4, 0.2, 0.4), rng=np.random.default_rng(13))


def unit(images):
    """Bring uint8 to 0..1."""
    return images.astype(np.float32) / 255


def disturbed(images, rng, shift=SHIFT, noise=NOISE):
    """Shift each picture and add noise, as the chapter's setup cell does."""
    moved = random_crop(images, images.shape[2:], shift, rng)
    return np.clip(np.rint(moved + rng.normal(0, noise, moved.shape)), 0, 255).astype(np.uint8)


def validation():
    """Give the disturbed pictures by which everything is chosen, the same in all runs."""
    return unit(disturbed(X[VALIDATION], np.random.default_rng(131))), y[VALIDATION]


def augmentation(kind):
    """Give what changes a batch, or None."""

    def change(x, labels, rng):
        x = random_crop(hflip(x, 0.5, rng), x.shape[2:], SHIFT, rng)
        if kind == "flip, shift and noise":
            x = np.clip(x + rng.normal(0, NOISE / 255, x.shape), 0, 1).astype(np.float32)
        return x, labels

    return None if kind == "none" else change


def dense(cfg, *, rng):
    """Build the dense baseline, whatever the settings: 101,770 parameters."""
    return Sequential(Flatten(), Dense(784, 128, rng), ReLU(), Dense(128, 10, rng), rng=rng)


def trained(cfg, make, seed, examples=TRAIN):
    """Train by a row's settings; give the model and its history."""
    rng = np.random.default_rng(seed)
    model = make(cfg, rng=rng).astype(np.float32)
    sgd = cfg["optimiser"] == "sgd"
    history = fit(
        model, unit(X[examples]), y[examples], rng=rng, epochs=cfg["epochs"], progress=False,
        optimiser=SGD(cfg["lr"], momentum=0.9) if sgd else Adam(cfg["lr"]),
        schedule=cosine if cfg["schedule"] else None, validation=validation(),
        augment=augmentation(cfg["augment"]),
        early_stopping=EarlyStopping(cfg["patience"]) if cfg["patience"] else None,
    )  # fmt: skip
    return model, history


def measured(model, history):
    """Say how a training went, without a look at the test set."""
    clean = unit(X[VALIDATION])
    shifts = [disturbed(X[VALIDATION], np.random.default_rng(132), shift=n, noise=0)
              for n in range(6)]  # fmt: skip
    noises = [disturbed(X[VALIDATION], np.random.default_rng(133), shift=0, noise=n)
              for n in (0, 15, 30, 45, 60)]  # fmt: skip
    right = [[evaluate(model, unit(images), y[VALIDATION])[1] for images in series]
             for series in (shifts, noises)]  # fmt: skip
    return {
        "parameters": sum(value.size for value in model.params.values()),
        "train": evaluate(model, unit(X[TRAIN]), y[TRAIN])[1],
        "clean": evaluate(model, clean, y[VALIDATION])[1],
        "validation": evaluate(model, *validation())[1],
        "by_shift": right[0],
        "by_noise": right[1],
        "curves": {name: np.round(history[name], 4) for name in ("acc", "val_acc")},
    }


TOGETHER = {name: value for change in REMEDIES.values() for name, value in change.items()}
CHANGES = {"base": {}, **REMEDIES, "together": TOGETHER}
ROWS = {"dense": (BASE, dense)} | {
    name: ({**BASE, **change}, build_model) for name, change in CHANGES.items()
}


def row(row, seed):
    """Train one row of the ablation."""
    return measured(*trained(*ROWS[row], seed))


def test(test, seed):
    """Train again what was chosen, or a baseline, and look at the disturbed test pictures."""
    model, _ = trained(*ROWS[test], seed)
    return {"accuracy": on_test(model)}


def net(net, seed):
    """Train the network of the chapter's solution, on all but the validation's pictures."""
    model, _ = trained(REFERENCE, build_model, seed, np.sort(np.concatenate([TRAIN, SPARE])))
    text = to_text(model)
    (ROOT / "build" / f"13_apparel_net_{seed}.txt").write_text(text)
    load_text(model, text)  # as it will be used: in half precision
    return {"validation": evaluate(model, *validation())[1], "accuracy": on_test(model)}


def on_test(model):
    """Give the accuracy on the disturbed test pictures."""
    images, labels = load("apparel", "test")
    return evaluate(model, unit(disturbed(images, np.random.default_rng(134))), labels)[1]


def main():
    """Do all runs: choose a row by the validation, then test it, the baseline, the solution."""
    book = Book("13_apparel", data=["apparel"])
    means = {}
    for name in ROWS:
        runs = [book.run({"row": name, "seed": seed}, row) for seed in SEEDS]
        means[name] = np.mean([run["validation"] for run in runs])
    chosen = max(means, key=means.get)
    for name in ("dense", chosen):
        for seed in SEEDS:
            book.run({"test": name, "seed": seed}, test)
    for seed in SEEDS:
        book.run({"net": "reference", "seed": seed}, net)
    book.close()


if __name__ == "__main__":
    main()
