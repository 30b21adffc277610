"""The arithmetic behind the pixel inspector: sampling, levels, places in memory."""

from __future__ import annotations

import numpy as np

from cnnkit.images import quantize

LEVELS = (2, 3, 4, 5, 8, 16, 32, 64, 128, 256)
GRIDS = (4, 6, 8, 12, 16, 24, 32)
SIDE = 192  # pixels of the light's square; every grid divides it

# (x, L) -> value, and what somebody does who computes so.
SLIPS = (
    (lambda x, n: spread(int(x * (n - 1)), n), "k is rounded down, without the + ½"),
    (lambda x, n: spread(min(int(x * n + 0.5), n), n + 1), "L is taken for the L − 1 steps"),
    (lambda x, n: 255 * level(x, n) // (n - 1), "the second formula's + ½ is forgotten"),
    (lambda x, n: level(x, n), "the level's number k is not spread over 0 … 255"),
    (lambda x, n: int(255 * x + 0.5), "the levels are not counted: that is 255·x"),
)


def level(x: float, levels: int) -> int:
    """Give the number of the level nearest to a brightness, a half upwards."""
    value = int(quantize(np.array([x]), levels=levels)[0])
    return int(value * (levels - 1) / 255 + 0.5)


def spread(k: int, levels: int) -> int:
    """Give the value of level ``k``: a half is rounded up."""
    return (2 * 255 * k + levels - 1) // (2 * (levels - 1))


def sample(light: np.ndarray, grid: int) -> np.ndarray:
    """Take one brightness from the middle of each square, to two decimals: (C, grid, grid)."""
    step = light.shape[1] // grid
    return np.round(light[:, step // 2 :: step, step // 2 :: step], 2)


def slips(x: float, levels: int, right: int, predicted: int) -> list[str]:
    """Name the slips that lead to just this wrong value."""
    if predicted == right:
        return []
    return [sentence for rule, sentence in SLIPS if rule(x, levels) == predicted]


def verdict(x: float, levels: int, right: int, predicted: int) -> str:
    """Say whether a predicted value is right, and if not, what leads to it."""
    if predicted == right:
        return f"Right. The value is {right}."
    text = f"Not right. The value is {right}, you predicted {predicted}."
    named = slips(x, levels, right, predicted)
    if named:
        return f"{text} Yours comes out when {', or when '.join(named[:2])}."
    if predicted > 255:
        return f"{text} Eight bits hold 0 to 255."
    return f"{text} Go through the two lines below with their numbers."


def formulas(x: float, levels: int) -> list[str]:
    """Write the two formulas with their numbers."""
    n, k = levels - 1, level(x, levels)
    value = spread(k, levels)
    return [
        f"k = ⌊x·(L − 1) + ½⌋ = ⌊{x:.2f}·{n} + 0.5⌋ = ⌊{x * n + 0.5:.6g}⌋ = {k}",
        f"value = ⌊255·k / (L − 1) + ½⌋ = ⌊255·{k} / {n} + 0.5⌋ = "
        f"⌊{255 * k / n + 0.5:.6g}⌋ = {value}",
    ]


def memory(order: str, channels: int, grid: int, place: tuple[int, int]) -> str:
    """Say where the numbers of one pixel lie in memory, counted from 0."""
    shape = {"NCHW": (1, channels, grid, grid), "NHWC": (1, grid, grid, channels)}[order]
    (i, j), where = place, []
    for c in range(channels):
        index = (0, c, i, j) if order == "NCHW" else (0, i, j, c)
        where.append(int(np.ravel_multi_index(index, shape)))
    listed = ", ".join(map(str, where))
    text = f"{order}, shape {shape}: the numbers of this pixel stand at {listed} in memory"
    if channels == 1:
        return f"{text}; with one channel both orders are the same."
    apart = where[1] - where[0]
    return f"{text}, {'side by side' if apart == 1 else f'{apart} apart'}."
