"""Say of a prediction whether it is right, and if it is not, which slip leads to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnnkit.widgets.controls import Prediction

Slip = tuple[tuple[float, ...], str]
NEAR = 0.051  # one digit behind the point is enough


def same(one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether two answers agree as far as a student need type them."""
    return all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))


def named(predicted: Sequence[float], right: Sequence[float], slips: Iterable[Slip]) -> list[str]:
    """Name the slips that lead to just this wrong prediction, each once."""
    if same(predicted, right):
        return []
    return list(dict.fromkeys(why for answer, why in slips if same(answer, predicted)))


def judged(
    prediction: Prediction,
    predicted: Sequence[float],
    right: Sequence[float],
    slips: Iterable[Slip],
    *,
    is_so: str,
    advice: str,
) -> Prediction:
    """Give what follows from a prediction.

    Parameters
    ----------
    is_so : str
        The right answer as a sentence.
    advice : str
        What to do where no slip is known, as a sentence.
    """
    if same(predicted, right):
        return prediction.judged(f"Right. {is_so}", True)
    found = named(predicted, right, slips)
    why = f"Your answer comes out when {', or when '.join(found[:2])}." if found else advice
    return prediction.judged(f"Not right. {is_so} {why}", False)
