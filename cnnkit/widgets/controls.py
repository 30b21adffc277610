"""What a student sets and predicts, as plain data for ``controls.js``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

DIGITS = 15  # of a typed whole number: no answer has as many, and int() takes no endless ones


def slider(
    name: str,
    label: str,
    value: float,
    low: float,
    high: float,
    *,
    step: float = 1,
    text: str | None = None,
) -> dict:
    """Describe a slider; ``text`` is what stands for its value. It sends ``{"set": name, ...}``."""
    return {
        "kind": "slider",
        "name": name,
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "step": step,
        "text": str(value) if text is None else text,
    }


def select(name: str, label: str, value: object, options: Sequence) -> dict:
    """Describe a list of options: texts, or pairs of a value and its text."""
    pairs = [(option, option) if isinstance(option, str) else tuple(option) for option in options]
    return {
        "kind": "select",
        "name": name,
        "label": label,
        "value": value,
        "options": [list(pair) for pair in pairs],
    }


def check(name: str, label: str, value: bool) -> dict:
    """Describe a box to tick."""
    return {"kind": "check", "name": name, "label": label, "value": bool(value)}


def button(name: str, label: str, *, disabled: bool = False) -> dict:
    """Describe a button; it sends ``{"press": name}``."""
    return {"kind": "button", "name": name, "label": label, "disabled": bool(disabled)}


def matrix(
    name: str,
    label: str,
    values: Sequence[Sequence[float]],
    *,
    low: float,
    high: float,
    step: float = 1,
) -> dict:
    """Describe a table of numbers to type; it sends ``{"set": "name i j", "value": number}``."""
    return {
        "kind": "matrix",
        "name": f"{name} {len(values)}x{len(values[0])}",
        "prefix": name,
        "label": label,
        "values": [[float(value) for value in row] for row in values],
        "low": low,
        "high": high,
        "step": step,
    }


@dataclass(frozen=True)
class Prediction:
    """What has become of a prediction: what is said of it, and whether the answer may be seen."""

    verdict: str = ""
    right: bool | None = None
    done: bool = False
    skip: bool = False

    @property
    def revealed(self) -> bool:
        """Whether the answer may be seen."""
        return self.done or self.skip

    def judged(self, verdict: str, right: bool) -> Prediction:
        """Give what follows from a prediction that could be read."""
        return replace(self, verdict=verdict, right=right, done=True)

    def refused(self, verdict: str) -> Prediction:
        """Give what follows from one that could not: it says why and reveals nothing."""
        return replace(self, verdict=verdict, right=None, done=False)

    def again(self) -> Prediction:
        """Ask anew, as the answer has changed."""
        return Prediction(skip=self.skip)

    def skipped(self, skip: bool) -> Prediction:
        """Show the answer without a prediction, or stop doing so."""
        return replace(self, skip=bool(skip))


def prediction(
    question: str,
    state: Prediction,
    *,
    fields: Sequence[str] = (),
    choices: Sequence[str] = (),
    possible: bool = True,
) -> dict:
    """Describe a question with number fields or choices.

    It sends ``{"predict": [text, ...]}``, for choices ``{"predict": [index]}``, and
    ``{"skip": bool}``. It is not ``possible`` where there is nothing to predict.
    """
    return {
        "question": question,
        "fields": list(fields),
        "choices": list(choices),
        "verdict": "" if state.skip else state.verdict,
        "right": state.right,
        "done": state.done or state.skip or not possible,
        "skip": state.skip,
    }


def whole_numbers(typed: Sequence[str]) -> tuple[int, ...] | None:
    """Read typed whole numbers of 0 or more; None where one is none."""
    texts = [text.strip() for text in typed]
    if not all(text.isascii() and text.isdigit() for text in texts):
        return None
    return tuple(int(text[:DIGITS]) for text in texts)


def real_numbers(typed: Sequence[str]) -> tuple[float, ...] | None:
    """Read typed numbers, with a point or a comma, a hyphen or a minus; None where one is none."""
    try:
        numbers = tuple(float(text.strip().replace("−", "-").replace(",", ".")) for text in typed)
    except ValueError:
        return None
    return numbers if all(abs(value) < 1e12 for value in numbers) else None
