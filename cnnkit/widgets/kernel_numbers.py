"""The weights of the kernel editor, and what becomes of an equally bright surface."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets.figures import number

MOST = 99.0  # the largest weight that can be typed
FLAT = (
    "It stays as bright as it is",
    "It becomes 0 everywhere",
    "It becomes brighter",
    "It becomes darker, or negative",
)
Weights = tuple[tuple[float, ...], ...]


def tuples(kernel: np.ndarray) -> Weights:
    """Give a kernel as tuples, which a state can hold."""
    return tuple(tuple(float(value) for value in row) for row in kernel)


def typed(weights: Weights, name: str, value: float) -> Weights:
    """Put a typed weight into its place; "weight 0 2" is row 0, column 2."""
    i, j = map(int, name.split()[1:])
    changed = np.array(weights)
    if i < len(changed) and j < len(changed):
        changed[i, j] = min(max(value, -MOST), MOST)
    return tuples(changed)


def resized(weights: Weights, size: int) -> Weights:
    """Put zeros around the weights, or cut their middle out."""
    spare = (size - len(weights)) // 2
    kernel = np.array(weights)
    return tuples(np.pad(kernel, spare) if spare >= 0 else kernel[-spare:spare, -spare:spare])


def flat(total: float) -> int:
    """Give the choice that is right for weights of this sum."""
    if abs(total - 1) < 1e-9:
        return 0
    if abs(total) < 1e-9:
        return 1
    return 2 if total > 1 else 3


def verdict(total: float, chosen: int) -> tuple[str, bool]:
    """Judge what was predicted of an equally bright surface, and say why."""
    right = flat(total)
    why = (
        "On an equally bright surface every product is brightness × weight, so the response is "
        f"brightness × the sum of the weights, {number(total)}."
    )
    if chosen == right:
        return f"Right. {why} Only the rim differs: zeros lie outside.", True
    return f"Not right: {FLAT[right].lower()}. {why}", False
