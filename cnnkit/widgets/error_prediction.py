"""What a student predicts of a model's errors: for what the worst class is taken most often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHOICES = 4


@dataclass(frozen=True)
class Asked:
    """The class that a model gets wrong most often, and the classes to choose from."""

    model: str
    kind: int
    options: tuple[int, ...]
    counts: tuple[int, ...]  # for what pictures of the class were taken

    @property
    def most(self) -> int:
        """How often it was taken for the class that it was taken for most."""
        return max(self.counts[option] for option in self.options)


def asked(model: str, counts: np.ndarray) -> Asked | None:
    """Find what can be asked of a confusion matrix; None where there is nothing to choose."""
    wrong = counts - np.diag(np.diagonal(counts))
    kind = int(wrong.sum(axis=1).argmax())
    order = [int(k) for k in np.argsort(-wrong[kind], kind="stable") if k != kind]
    if not wrong.any() or len(order) < 2:
        return None
    # The answer, and others from the frequent to the rare.
    places = np.unique(np.linspace(0, len(order) - 1, min(CHOICES, len(order))).astype(int))
    options = tuple(sorted(order[place] for place in places))
    return Asked(model, kind, options, tuple(int(n) for n in counts[kind]))


def question(ask: Asked | None, names: tuple[str, ...]) -> str:
    """Ask for the class that the worst one is taken for most often."""
    if ask is None:
        return "There is nothing to predict: no errors, or only two classes."
    return (
        f"No class gives {ask.model} more trouble than {names[ask.kind]}. These are some that it "
        "does not recognise. Predict: for what does it take them most often?"
    )


def is_right(ask: Asked, option: int) -> bool:
    """Say whether a class is the answer, or as frequent."""
    return ask.counts[option] == ask.most


def verdict(ask: Asked, option: int, names: tuple[str, ...], means: np.ndarray) -> str:
    """Say whether a prediction is right, and why a wrong one is wrong.

    Parameters
    ----------
    means : ndarray, shape (K, ...)
        The mean picture of each class, in grey levels of 0 to 255.
    """
    if is_right(ask, option):
        return f"✓ Right. {_is_so(ask, names)}"
    return f"✗ Not right. {_is_so(ask, names)} {_why_not(ask, option, names, means)}"


def _is_so(ask: Asked, names: tuple[str, ...]) -> str:
    """Say what pictures of the class were taken for, the three most frequent errors."""
    order = sorted((k for k in range(len(names)) if k != ask.kind), key=lambda k: -ask.counts[k])
    taken = [f"taken for {names[k]}: {ask.counts[k]}" for k in order[:3] if ask.counts[k]]
    recognised = f"recognised: {ask.counts[ask.kind]}"
    return f"Of {sum(ask.counts)} pictures of {names[ask.kind]}, {', '.join([recognised, *taken])}."


def _why_not(ask: Asked, option: int, names: tuple[str, ...], means: np.ndarray) -> str:
    """Compare the classes' mean pictures: what covers the same pixels is easily mixed up."""
    best = next(k for k in ask.options if is_right(ask, k))
    mine, theirs = (float(np.abs(means[ask.kind] - means[k]).mean()) for k in (option, best))
    told = f"{names[option]}: {ask.counts[option] or 'none'} of them. "
    if not np.isfinite(mine + theirs):  # of a class there are no pictures
        return told.strip()
    kind = names[ask.kind]
    told += (
        f"The mean pictures of {kind} and {names[option]} differ by {mine:.0f} grey levels a "
        f"pixel, those of {kind} and {names[best]} by {theirs:.0f}: "
    )
    if theirs < mine:
        return told + "what covers the same pixels is mixed up more easily."
    return told + "so the outline does not decide here; look at what is inside it."
