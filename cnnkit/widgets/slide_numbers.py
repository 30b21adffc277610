"""The arithmetic behind the sliding kernel: where it stands, what it reads, how long y is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.filters import convolve1d, correlate1d
from cnnkit.widgets.figures import bracket, number

MODES = ("valid", "same", "full")


@dataclass(frozen=True)
class Slide:
    """A kernel on a signal; tuples, so that it can be a key."""

    x: tuple[float, ...]
    k: tuple[float, ...]
    mode: str = "valid"
    flip: bool = False

    @property
    def taps(self) -> np.ndarray:
        """The kernel as it slides."""
        return np.array(self.k[::-1] if self.flip else self.k)

    @property
    def zeros(self) -> tuple[int, int]:
        """How many zeros stand before and after the signal."""
        spare = len(self.k) - 1
        if self.mode != "same":
            return (0, 0) if self.mode == "valid" else (spare, spare)
        ends = spare // 2, spare - spare // 2
        return ends[::-1] if self.flip else ends

    @property
    def padded(self) -> np.ndarray:
        """The signal between its zeros."""
        return np.pad(np.array(self.x), self.zeros)

    def length(self) -> int:
        """Count the places."""
        return len(self.x) + sum(self.zeros) - len(self.k) + 1

    def result(self) -> np.ndarray:
        """Give what is right."""
        x, k = np.array(self.x), np.array(self.k)
        return (convolve1d if self.flip else correlate1d)(x, k, mode=self.mode)

    def part(self, full: np.ndarray) -> np.ndarray:
        """Cut the mode out of a convolution in full."""
        spare = len(self.k) - 1
        first = {"full": 0, "same": spare // 2, "valid": spare}[self.mode]
        return full[first : first + self.length()]


def products(slide: Slide, place: int) -> tuple[str, float]:
    """Write the sum at a place, and give its value."""
    window = slide.padded[place : place + len(slide.k)]
    pairs = zip(window, slide.taps, strict=True)
    line = " + ".join(f"{bracket(value)}·{bracket(tap)}" for value, tap in pairs)
    return line, float(window @ slide.taps)


def length_formula(slide: Slide) -> str:
    """Write the rule for the length with its numbers."""
    d, s = len(slide.x), len(slide.k)
    rule = {
        "valid": f"d − s + 1 = {d} − {s} + 1",
        "same": f"d = {d}",
        "full": f"d + s − 1 = {d} + {s} − 1",
    }[slide.mode]
    text = f"Length in mode {slide.mode}: {rule}"
    return text if slide.mode == "same" else f"{text} = {slide.length()}"


def length_slip(slide: Slide, predicted: int) -> str:
    """Name the slip that leads to a wrong length, or nothing."""
    d, s = len(slide.x), len(slide.k)
    slips = {
        d + sum(slide.zeros): "that is how long the signal is with its zeros; the kernel takes "
        "s − 1 places away again",
        d - s: "the + 1 is forgotten: a kernel as long as the signal has one place",
        d - s + 1: "that is mode valid",
        d: "that is mode same",
        d + s - 1: "that is mode full",
        d + s: "the − 1 is forgotten",
    }
    return "" if predicted == slide.length() else slips.get(predicted, "")


def first_slip(slide: Slide, predicted: float) -> str:
    """Name the slip that leads to a wrong y[0], or nothing."""
    right = slide.result()[0]
    turned = Slide(slide.x, slide.k, slide.mode, not slide.flip).result()[0]
    bare = Slide(slide.x, slide.k, "valid", slide.flip)
    slips = [
        (turned, "the kernel was not flipped" if slide.flip else "the kernel was flipped"),
        (slide.padded[0] * slide.taps[0], "that is the first product alone"),
        (-right, "the sign is turned around"),
    ]
    if bare.length() > 0:  # else the kernel is longer than the signal
        why = "that is the first place of mode valid: here zeros come before the signal"
        slips.insert(1, (bare.result()[0], why))
    named = [why for value, why in slips if np.isclose(predicted, value)]
    return "" if np.isclose(predicted, right) or not named else named[0]


def verdict(slide: Slide, length: float, first: float) -> tuple[str, bool]:
    """Judge a predicted length and a predicted first number."""
    right = slide.length(), float(slide.result()[0])
    is_right = length == right[0] and bool(np.isclose(first, right[1]))
    was = f"y has {right[0]} numbers, and y[0] = {number(right[1])}"
    if is_right:
        return f"Right. {was}.", True
    parts = [f"Not right. {was}."]
    if length != right[0]:
        why = length_slip(slide, int(length)) or "go through the rule below with its numbers"
        parts.append(f"Length {number(length)}: {why}.")
    if not np.isclose(first, right[1]):
        why = first_slip(slide, first) or "go through the sum below"
        parts.append(f"y[0] = {number(first)}: {why}.")
    return " ".join(parts), False
