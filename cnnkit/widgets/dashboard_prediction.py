"""What the training dashboard asks before a training: where the loss will be after an epoch."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets.dashboard_lessons import EPOCH, TICKS
from cnnkit.widgets.dashboard_runs import Run, Setting
from cnnkit.widgets.figures import number, percent

CHOICES = (
    "less than half of what it was",
    "lower, but more than half of it",
    "not lower, or by less than 5 %",
)
RISE = 0.05  # of the first loss: less is the wobble of small batches


def question(setting: Setting, start: float | None) -> str:
    """Ask; without a network there is no first loss."""
    begins = "" if start is None else f", and the loss on new pictures begins at {start:.2f}"
    return (
        f"Predict: the learning rate is {number(setting.lr)}, a batch has {setting.batch} "
        f"pictures{begins}. After one epoch ({EPOCH // setting.batch} steps) it will be …"
    )


def outcome(start: float, end: float) -> int:
    """Give the number of the right answer."""
    if not np.isfinite(end) or end > 0.95 * start:
        return 2
    return 0 if end < start / 2 else 1


def verdict(run: Run, guess: int) -> tuple[str, bool]:
    """Compare a prediction with what an epoch brought, and say what made it so."""
    start, end = run.points[0].new_loss, run.at(TICKS).new_loss
    right = outcome(start, end)
    shown = f"{end:.2f}" if np.isfinite(end) else "no number any more"
    was = f"The loss on new pictures began at {start:.2f} and is {shown} after the first epoch"
    if guess == right:
        return f"Right. {was}: {CHOICES[right]}. {_why(run, right)}", True
    return f"Not right. {was}: {CHOICES[right]}, not “{CHOICES[guess]}”. {_why(run, right)}", False


def too_large(run: Run) -> bool:
    """Say whether the steps were: the loss rose on the way, or the weights are quite other ones."""
    calm = run.peak(TICKS) <= RISE * run.points[0].new_loss  # False where one is no number
    return not (calm and run.moved(TICKS) <= 1)


def _why(run: Run, right: int) -> str:
    """Say what the steps were like: by how much they changed the weights in all."""
    setting, moved = run.setting, run.moved(TICKS)
    steps = f"{EPOCH // setting.batch} steps of learning rate {number(setting.lr)}"
    much = f"{steps} changed the weights by {percent(moved)} of their size"
    if right == 0:
        return f"{much}: large enough to get somewhere, small enough to follow the slope."
    if not too_large(run):
        return (
            f"The direction was right, the way too short: {much}. A larger learning rate, or more "
            "steps (smaller batches, more epochs), takes the loss further down."
        )
    return (
        "The steps were too large: on the way the loss rose instead of falling. A gradient tells "
        "the slope where the weights are; learning rate times gradient leapt to where it no longer "
        "holds. A smaller learning rate helps."
    )
