"""The arithmetic behind the shift slider: a net's maps, and what a shift does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnkit import ops
from cnnkit.architectures.receptive import Step
from cnnkit.layers import Conv2D, ReLU, Sequential

MOST = 8  # pixels of the largest shift, to either side
MOVES, STAYS, OTHER = "moves", "stays", "other"
Shift = tuple[int, int]


@dataclass(frozen=True)
class Stage:
    """A convolution of a net with what follows it.

    Attributes
    ----------
    map, pool : str
        The layers whose outputs are the feature map and the pooled map; no pool is ''.
    steps, pool_steps : tuple of (kernel, stride, padding, dilation)
        The windows from the picture up to either.
    """

    map: str
    pool: str
    steps: tuple[Step, ...]
    pool_steps: tuple[Step, ...]

    def steps_of(self, which: str) -> tuple[Step, ...]:
        """Give the windows up to the 'map' or the 'pool'."""
        return self.steps if which == "map" else self.pool_steps


def stages(net: Sequential) -> list[Stage]:
    """Find a net's convolutions, each with its ReLU and its pool where these follow.

    Raises
    ------
    ValueError
        There is none, or a window is not the same along both axes.
    """
    found, steps = [], []
    for name, layer in net.layers.items():
        if isinstance(layer, Conv2D):
            steps.append(_step(name, layer.params["w"].shape[2:], layer.options))
            found.append(Stage(name, "", tuple(steps), ()))
        elif isinstance(layer, ReLU) and found and found[-1].map == _before(net, name):
            found[-1] = Stage(name, "", tuple(steps), ())
        elif "kernel" in layer.options:
            steps.append(_step(name, layer.options["kernel"], layer.options))
            if found and not found[-1].pool:
                found[-1] = Stage(found[-1].map, name, found[-1].steps, tuple(steps))
        elif layer.kind in ("flatten", "global_avg_pool"):
            break
    if not found:
        raise ValueError("The net has no convolution: there is no feature map to look at.")
    return found


def _step(name: str, kernel: Sequence[int], options: dict) -> Step:
    given = [kernel, options["stride"], options["padding"], options.get("dilation", (1, 1))]
    if any(rows != columns for rows, columns in given):
        raise ValueError(f"{name} has a window that differs along the axes: {given}.")
    return tuple(int(rows) for rows, _ in given)


def _before(net: Sequential, name: str) -> str:
    names = list(net.layers)
    return names[names.index(name) - 1]


def jump(steps: Sequence[Step]) -> int:
    """Give how many pixels apart two neighbours of a map look."""
    return int(np.prod([stride for _, stride, _, _ in steps], dtype=int))


@dataclass(frozen=True)
class Pass:
    """What a net makes of a picture: each layer's maps, and the shares of the classes."""

    maps: dict[str, np.ndarray]
    shares: np.ndarray


def run(net: Sequential, picture: np.ndarray) -> Pass:
    """Send a picture (H, W) of 0..1 through a net."""
    outputs = {name: y[0] for name, y in net.outputs(picture[None, None])}
    *_, scores = outputs.values()
    return Pass({n: y for n, y in outputs.items() if y.ndim == 3}, ops.softmax(scores[None])[0])


def places_moved(shift: Shift, step: int) -> Shift | None:
    """Give a shift of the picture in places of a map, or None where that is no whole number."""
    return None if shift[0] % step or shift[1] % step else (shift[0] // step, shift[1] // step)


def agreeing(before: np.ndarray, after: np.ndarray, moved: Shift) -> tuple[int, int]:
    """Count the places of two maps that agree once the first is moved.

    Returns
    -------
    same, compared : int
        Compared are the places whose counterpart lies in the map; nothing goes round.
    """
    rows, columns = (
        (slice(max(by, 0), n + min(by, 0)), slice(max(-by, 0), n - max(by, 0)))
        for by, n in zip(moved, before.shape, strict=True)
    )
    here, there = after[rows[0], columns[0]], before[rows[1], columns[1]]
    return int(np.isclose(here, there, rtol=1e-6, atol=1e-9).sum()), here.size


@dataclass(frozen=True)
class Effect:
    """What a shift does to a map: which of the three, by how many places, how many agree."""

    kind: str
    moved: Shift | None
    same: int
    compared: int


def effect(before: np.ndarray, after: np.ndarray, shift: Shift, step: int) -> Effect:
    """Say what a shift of the picture did to a map whose places are ``step`` pixels apart."""
    moved = places_moved(shift, step)
    same, compared = agreeing(before, after, moved or (0, 0))
    kind = OTHER if same < compared or not compared else STAYS if not any(moved or ()) else MOVES
    return Effect(kind, moved, same, compared)


def effect_on_mean(before: np.ndarray, after: np.ndarray) -> str:
    """Say whether a shift changed the mean over a map."""
    return STAYS if np.isclose(before.mean(), after.mean(), rtol=1e-6, atol=1e-9) else OTHER


def strongest(plane: np.ndarray) -> tuple[int, int]:
    """Give the place of the largest number, the first one where there are several."""
    row, column = np.unravel_index(int(plane.argmax()), plane.shape)
    return int(row), int(column)


def field(answer: tuple[int, int, float], place: Shift) -> tuple[float, float, float, float]:
    """Give the first and last row and column that a place sees, by (rf, jump, start)."""
    rf, step, start = answer
    middles = [start + at * step for at in place]
    reach = (rf - 1) / 2
    return middles[0] - reach, middles[0] + reach, middles[1] - reach, middles[1] + reach


def in_words(shift: Shift) -> str:
    """Say a shift: '2 down, 1 to the left'."""
    rows, cols = shift
    parts = [f"{abs(rows)} {'down' if rows > 0 else 'up'}"] if rows else []
    parts += [f"{abs(cols)} to the {'right' if cols > 0 else 'left'}"] if cols else []
    return ", ".join(parts) or "not at all"
