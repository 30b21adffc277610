"""The training loop: one for models in NumPy and in torch."""

from __future__ import annotations

import functools
import math
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnkit.ops.checks import real
from cnnkit.training import checkpoints
from cnnkit.training.checkpoints import Progress
from cnnkit.training.early_stopping import EarlyStopping
from cnnkit.training.labels import read_examples
from cnnkit.training.learners import Learner
from cnnkit.training.measures import evaluate_learner

Examples = tuple[np.ndarray, np.ndarray]
Augment = Callable[..., Examples]  # of x, y, rng; np.random named here would be loaded at once


@dataclass
class Run:
    """A training, from its first step or from a checkpoint; the fields are fit's arguments."""

    learner: Learner
    x: np.ndarray
    y: np.ndarray
    epochs: int
    batch_size: int
    validation: Examples | None
    schedule: Callable[[float], float] | None
    augment: Augment | None
    watch: EarlyStopping | None
    path: Path | None
    done: Progress

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.x) // self.batch_size)

    def through(self, shown: bool) -> dict[str, list[float]]:
        """Train until the end, whichever comes first."""
        if self.path is not None:
            self.open_checkpoint()
        with _bar(shown, self.epochs * self.steps, len(self.done.rows) * self.steps) as bar:
            try:
                while len(self.done.rows) < self.epochs and not self.done.stopped:
                    self.epoch(bar)
            except KeyboardInterrupt:
                epochs = len(self.done.rows)
                print(f"\nInterrupted in epoch {epochs + 1}: the history has {epochs}.",
                      file=sys.stderr)  # fmt: skip
            finally:
                self.learner.scale_rate(1)
                if self.watch is not None and self.watch.best_params is not None:
                    self.learner.restore(self.watch.best_params)
        names = ["loss", "acc", *(["val_loss", "val_acc"] if self.validation else []), "seconds"]
        return {name: [row[name] for row in self.done.rows] for name in names}

    def epoch(self, bar: Any) -> None:
        """Learn from all examples once, look how it went, and write it down."""
        number, began = len(self.done.rows), time.perf_counter()
        bar.set_description_str(f"epoch {number + 1} of {self.epochs}")
        # From the epoch's number, so that a resumed run needs no state of an earlier one. One for
        # the data, one for the model: what a model draws does not change the order.
        data, inner = (np.random.default_rng([self.done.root, number, i]) for i in range(2))
        with self.learner.training(inner):
            row = self.learn(number * self.steps, data, bar)
        if self.validation:
            row["val_loss"], row["val_acc"] = evaluate_learner(self.learner, *self.validation)
            bar.set_postfix_str(_words(row))
        self.done.rows.append({**row, "seconds": time.perf_counter() - began})
        if self.watch is not None:
            figure = row["val_loss" if self.watch.mode == "min" else "val_acc"]
            if math.isnan(row["val_loss"]):  # an accuracy alone does not show it
                figure = math.nan
            self.done.stopped = self.watch.step(figure, self.learner.weights())
        if self.path is not None:
            self.write_checkpoint()

    def learn(self, step: int, rng: np.random.Generator, bar: Any) -> dict[str, float]:
        """Take the batches of an epoch; ``step`` is the number of its first."""
        loss, right, seen = 0.0, 0, 0
        order = rng.permutation(len(self.x))
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            batch = self.x[chosen], self.y[chosen]
            if self.augment is not None:
                batch = read_examples(*self.augment(*batch, rng), "augment's ")
            if self.schedule is not None:
                self.learner.scale_rate(self.factor(step / (self.epochs * self.steps)))
            batch_loss, batch_right = self.learner.step(*batch)
            if math.isfinite(loss) and not math.isfinite(batch_loss):
                self.tell_loss(batch_loss)
            size = len(batch[0])
            loss, right, seen = loss + batch_loss * size, right + batch_right, seen + size
            step += 1
            bar.set_postfix_str(_words({"loss": loss / seen, "acc": right / seen}), refresh=False)
            bar.update()
        return {"loss": loss / seen, "acc": right / seen}

    def factor(self, part: float) -> float:
        """Ask the schedule."""
        factor = real(self.schedule(part), f"schedule({part:g})")
        if not math.isfinite(factor):
            raise ValueError(f"schedule({part:g}) is {factor}: it must be a finite number.")
        return factor

    def tell_loss(self, loss: float) -> None:
        """Say, once in a run, that the loss is no number any more."""
        if all(math.isfinite(row["loss"]) for row in self.done.rows):
            epoch = len(self.done.rows) + 1
            _tell(f"The loss is {loss} in epoch {epoch}: try a smaller lr.")

    def open_checkpoint(self) -> None:
        """Go on from the checkpoint, or write the first: better to fail now than in an hour."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.write_checkpoint()
            return
        self.done, best = checkpoints.load(self.path, self.learner, self.plan, self.epochs)
        _tell(f"{self.path}: going on after epoch {len(self.done.rows)}, with its weights and its "
              "seed; delete it to start anew.")  # fmt: skip
        if self.watch is not None:
            self.watch.best, self.watch.best_params = self.done.best, best
            self.watch.waited = self.done.waited

    def write_checkpoint(self) -> None:
        """Write down all that the next epoch depends on."""
        if self.watch is not None:
            self.done.best, self.done.waited = self.watch.best, self.watch.waited
        best = None if self.watch is None else self.watch.best_params
        checkpoints.save(self.path, self.learner, self.plan, self.done, best)

    @functools.cached_property  # at first use: later a schedule has changed the rate
    def plan(self) -> dict:
        """Say what two runs must share so that one can go on for the other."""
        watch = self.watch
        return {
            **self.learner.described(),
            "batch_size": self.batch_size,
            "x": _fingerprint(self.x),
            "y": _fingerprint(self.y),
            "validation": [_fingerprint(part) for part in self.validation or ()],
            "augment": self.augment is not None,
            "epochs": None if self.schedule is None else self.epochs,  # a schedule spans them
            "schedule": self.schedule and [self.factor(part / 4) for part in range(5)],
            "early_stopping": watch and [watch.patience, watch.min_delta, watch.mode],
        }


def _fingerprint(array: np.ndarray) -> list:
    return [list(array.shape), array.dtype.str, zlib.crc32(np.ascontiguousarray(array))]


def _words(row: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in row.items())


def _tell(sentence: str) -> None:
    from tqdm import tqdm

    tqdm.write(sentence, file=sys.stderr)  # above the bar, which print would break


def _bar(shown: bool, total: int, initial: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=initial, disable=not shown, unit="batch", file=sys.stderr)
