"""The call that trains a model, be it in NumPy or in torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnnkit.ops.checks import flag, generator
from cnnkit.shapes import whole
from cnnkit.training.checkpoints import Progress
from cnnkit.training.early_stopping import EarlyStopping
from cnnkit.training.labels import read_examples
from cnnkit.training.learners import learner_of
from cnnkit.training.loop import Augment, Examples, Run


def fit(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimiser: Any,
    epochs: int,
    rng: np.random.Generator,
    batch_size: int = 64,
    validation: Examples | None = None,
    schedule: Callable[[float], float] | None = None,
    augment: Augment | None = None,
    early_stopping: EarlyStopping | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> dict[str, list[float]]:
    """Train a model by stochastic gradient descent on the cross-entropy.

    Each epoch takes all examples once, in another order; the last batch may be short. Ctrl-C, or
    the notebook's stop button, ends the training: the model keeps what it has learned. The first
    loss that is not finite is told on stderr.

    Parameters
    ----------
    model : torch.nn.Module, or a model in NumPy
        Trained in place. In NumPy it has ``params`` and ``state``, flat dicts name -> array,
        ``forward(x, train=...) -> scores`` and ``backward(dscores) -> gradients``.
    x : ndarray of float, shape (N, ...)
    y : ndarray
        Labels (N,) of int, or shares of the classes (N, K) of float.
    optimiser : torch.optim.Optimizer, or one of :mod:`cnnkit.optimisers`
        To go with the model. One of your own for a model in NumPy has ``step(params, grads)``,
        ``lr`` and ``state``, a flat dict name -> array or number; all of it that changes must be
        in ``state``, since a checkpoint keeps no more.
    epochs : int
        In all, those before a resumption included.
    rng : numpy.random.Generator
        All chance comes from here: the order, ``augment``, the model's dropout. The same state
        gives the same result, bit for bit, where the number of threads is the same.
    batch_size : int
    validation : (x, y), optional
        Examples to watch after each epoch, not to learn from.
    schedule : callable, optional
        As those of :mod:`cnnkit.optimisers`: gives the factor of the optimiser's learning rate
        for the part of the training that is over, 0 to 1. It is asked before each step;
        afterwards the rate is what it was.
    augment : callable, optional
        ``augment(x, y, rng) -> x, y`` changes a batch, a copy, before the model sees it. It may
        give mixed labels in place of plain ones.
    early_stopping : EarlyStopping, optional
        A fresh one. It watches the validation's loss, or in mode 'max' its accuracy, and in the
        end, however this comes, the model has the weights of the best epoch.
    checkpoint : path, optional
        A file that is written after each epoch. If it exists, the run goes on from there, and
        ends as it would have without a break: with the weights and the seed of the file, which
        take the place of those given here. A line on stderr says so.
    progress : bool
        Whether to show a bar with the time that is left.

    Returns
    -------
    history : dict of lists, an entry an epoch
        'loss' and 'acc', means over the epoch's batches as they were learned from; with a
        validation 'val_loss' and 'val_acc' after the epoch; 'seconds'.

    Raises
    ------
    TypeError, ValueError
        An argument is not what it should be, arguments do not go together, or the checkpoint is
        of another run.

    Examples
    --------
    >>> import torch
    >>> from cnnkit.data import load
    >>> from cnnkit.training import fit
    >>> x, y = load("digits", "train")
    >>> rng = np.random.default_rng(0)
    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    >>> optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    >>> x = x.astype(np.float32) / 255
    >>> history = fit(model, x, y, optimiser=optimiser, epochs=3, rng=rng, progress=False)
    >>> history["acc"][0] < history["acc"][2]
    True
    """
    x, y = read_examples(x, y)
    validation = _read_validation(validation)
    if optimiser is None:
        raise TypeError("optimiser is None: training needs one.")
    _check_callable("schedule", schedule)
    _check_callable("augment", augment)
    _check_watch(early_stopping, validation)
    run = Run(
        learner_of(model, optimiser),
        x,
        y,
        epochs=whole(epochs, "epochs", 0),
        batch_size=whole(batch_size, "batch_size", 1),
        validation=validation,
        schedule=schedule,
        augment=augment,
        watch=early_stopping,
        path=None if checkpoint is None else Path(checkpoint),
        done=Progress(int(generator(rng).integers(2**63))),
    )
    return run.through(flag(progress, "progress"))


def _read_validation(validation: Any) -> Examples | None:
    if validation is None:
        return None
    if not (isinstance(validation, (tuple, list)) and len(validation) == 2):
        raise TypeError(
            f"validation is a {type(validation).__name__}: it must be a pair (x, y), the inputs "
            "and their labels."
        )
    return read_examples(*validation, "the validation's ")


def _check_callable(name: str, value: Any) -> None:
    if not (value is None or callable(value)):
        raise TypeError(f"{name} is {value!r}: it must be a function.")


def _check_watch(watch: EarlyStopping | None, validation: Examples | None) -> None:
    if watch is None:
        return
    if not isinstance(watch, EarlyStopping):
        raise TypeError(f"early_stopping is {watch!r}: it must be an EarlyStopping(patience).")
    if validation is None:
        raise ValueError("early_stopping watches the validation, and there is none: give both.")
    if watch.waited or watch.best_params is not None:
        raise ValueError("early_stopping has watched another run already: make a new one.")
