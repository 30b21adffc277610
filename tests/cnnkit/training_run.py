"""A training of the tests' own, which is also a program that kills itself on the way.

python training_run.py KIND CHECKPOINT batch|write
"""

import os
import signal
import sys

import numpy as np
from tiny_models import pictures, tiny

from cnnkit.training import EarlyStopping, fit


def noise(x, y, rng):
    return x + rng.normal(0, 0.1, x.shape).astype(np.float32), y


def run(kind, checkpoint=None, *, epochs=4, lr=0.05, augment=noise, **options):
    """Everything at once that has a state: momentum, dropout, augmentation, schedule, watch."""
    model, optimiser = tiny(kind, lr=lr)
    options = {
        "batch_size": 40,  # 4 batches an epoch
        "validation": pictures(150, 200),
        "schedule": lambda part: 1 - part / 2,
        "early_stopping": EarlyStopping(patience=3),
        "rng": np.random.default_rng(7),
        **options,
    }
    history = fit(
        model, *pictures(), optimiser=optimiser, epochs=epochs, augment=augment,
        checkpoint=checkpoint, progress=False, **options,
    )  # fmt: skip
    return model, history


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def after(calls, then, otherwise):
    """A function that does something else from a certain call on."""
    count = 0

    def call(*arguments):
        nonlocal count
        count += 1
        return then() if count > calls else otherwise(*arguments)

    return call


if __name__ == "__main__":
    kind, path, moment = sys.argv[1:]
    if kind == "torch":
        import torch

        torch.set_num_threads(1)
    if moment == "write":  # the third: before the first epoch, after it, after the second
        os.fsync = after(2, die, os.fsync)
    run(kind, path, augment=after(10, die, noise))  # in the third epoch
