"""Does a net that knows five kinds of apparel learn five others faster?

Source: T-shirts, trousers, pullovers, dresses and coats; target: sandals, shirts, sneakers, bags
and boots, few images of each. In 'moved' pictures a piece lies up to five pixels off the middle;
in 'centred' ones it lies where it always does. Each run trains once with each learning rate and
tests the model that is best on the validation.
"""

from __future__ import annotations

import functools

import numpy as np
from records import Book

from cnnkit.augment import random_crop
from cnnkit.data import load
from cnnkit.models import NormNet
from cnnkit.optimisers import Adam
from cnnkit.training import evaluate, fit
from cnnkit.transfer import few_per_class, freeze

RATES = (0.001, 0.004)
BLOCKS = ("conv1 batch_norm1", "conv2 batch_norm2", "conv3 batch_norm3", "dense1")  # of a net
FEATURES = 3  # the blocks before the dense layers
HELD_BACK = 50  # images of each class for the validation


def main() -> None:
    """Make the runs, the figure of accuracy by number of images first."""
    book = Book("12_transfer", data=["apparel", "digits"])
    plain = {"source": "apparel", "pictures": "moved", "augmented": False}

    def run(start: str, copied: int, per_class: int, seeds: range, **other: object) -> None:
        for seed in seeds:
            settings = {"start": start, "copied": copied, "per_class": per_class}
            book.run({**settings, **plain, **other, "seed": seed}, learn)

    starts = (("scratch", 0), ("frozen", FEATURES), ("fine-tuned", FEATURES))
    for per_class in (5, 10, 20, 50):
        for start in starts:
            run(*start, per_class, range(5))
    for start in starts:
        run(*start, 450, range(3))
    for copied in (1, 2, 4):
        for start in ("frozen", "fine-tuned"):
            run(start, copied, 20, range(3))
    for start in (starts[0], starts[2]):
        run(*start, 20, range(3), augmented=True)
        for per_class in (5, 20):
            run(*start, per_class, range(3), pictures="centred")
    for start in starts[1:]:
        run(*start, 20, range(3), source="digits")
    book.close()


def learn(
    start: str, copied: int, per_class: int, source: str, pictures: str, augmented: bool, seed: int
) -> dict:
    """Learn the target from a start; give the accuracy on its test set."""
    training, validation, test = target(pictures)
    few = few_per_class(training[1], per_class, np.random.default_rng(seed))
    best = (-1.0, None, 0.0)
    for rate in RATES:
        model = net(seed, 5)
        if copied:
            copy_blocks(source_net(source, pictures, seed), model, BLOCKS[:copied])
        if start == "frozen":
            freeze_blocks(model, BLOCKS[:copied])
        images, labels = training[0][few], training[1][few]
        fit(model, images, labels, optimiser=Adam(rate), epochs=max(8, 3000 // len(few)),
            batch_size=25, rng=np.random.default_rng(seed), augment=moved if augmented else None,
            progress=False)  # fmt: skip
        accuracy = evaluate(model, *validation)[1]
        if accuracy > best[0]:
            best = (accuracy, model, rate)
    tested = evaluate(best[1], *test)[1]
    return {"rate": best[2], "validation": round(best[0], 4), "accuracy": round(tested, 4)}


def net(seed: int, classes: int) -> NormNet:
    """The chapter's net."""
    rng = np.random.default_rng(seed)
    return NormNet(rng, channels=(8, 16, 32), classes=classes).astype(np.float32)


def copy_blocks(old: NormNet, new: NormNet, blocks: tuple[str, ...]) -> None:
    """Copy parameters and statistics."""
    layers = " ".join(blocks).split()
    for ours, theirs in ((new.params, old.params), (new.state, old.state)):
        ours.update({k: v.copy() for k, v in theirs.items() if k.partition(".")[0] in layers})


def freeze_blocks(model: NormNet, blocks: tuple[str, ...]) -> None:
    """Freeze every layer of these blocks."""
    for layer in " ".join(blocks).split():
        freeze(model, f"{layer}.")


def moved(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Move each image by up to five pixels each way."""
    return random_crop(x, 28, 5, rng), y


def unit(x: np.ndarray) -> np.ndarray:
    """Bring pixels to 0..1."""
    return x.astype(np.float32) / 255


@functools.cache
def target(pictures: str) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Training, validation and test of classes 5 to 9."""
    sets, rng = [], np.random.default_rng(12)
    for split in ("train", "test"):
        x, y = load("apparel", split)
        x, y = x[y >= 5], y[y >= 5] - 5
        sets.append((unit(moved(x, y, rng)[0] if pictures == "moved" else x), y))
    (x, y), test = sets
    held = few_per_class(y, HELD_BACK, rng)
    rest = np.setdiff1d(np.arange(len(y)), held)
    return (x[rest], y[rest]), (x[held], y[held]), test


@functools.cache
def source_net(source: str, pictures: str, seed: int) -> NormNet:
    """A net that has learned classes 0 to 4, or the digits, from 2,500 or 1,437 images."""
    x, y = load(source, "train")
    if source == "digits":  # 8 x 8: three times as large, in the middle of 28 x 28
        x = np.pad(x.repeat(3, axis=2).repeat(3, axis=3), ((0, 0), (0, 0), (2, 2), (2, 2)))
    else:
        x, y = x[y < 5], y[y < 5]
    model = net(100 + seed, int(y.max()) + 1)
    fit(model, unit(x), y, optimiser=Adam(0.005), epochs=20, rng=np.random.default_rng(100 + seed),
        augment=moved if pictures == "moved" else None, progress=False)  # fmt: skip
    return model


if __name__ == "__main__":
    main()
