"""What a student predicts of a shift, for the map, the pooled map and the mean; and why not so."""

from __future__ import annotations

from dataclasses import dataclass

from cnnkit.widgets.shift_numbers import MOVES, OTHER, STAYS, Effect, Shift, in_words

PARTS = ("map", "pool", "mean")
NAMES = {"map": "Feature map", "pool": "Pooled map", "mean": "Mean of the map"}
SAID = {MOVES: "moves along", STAYS: "stays as it is", OTHER: "gets other numbers"}
BOTH = {MOVES: "move along", STAYS: "stay as they are", OTHER: "get other numbers"}
MEAN = {STAYS: "stays as it is", OTHER: "gets another value"}
ANSWERS = (  # what becomes of the map, of the pooled map, and of the mean
    (STAYS, STAYS, STAYS),
    (MOVES, MOVES, STAYS),
    (MOVES, OTHER, STAYS),
    (OTHER, OTHER, STAYS),
    (MOVES, MOVES, OTHER),
    (MOVES, OTHER, OTHER),
    (OTHER, OTHER, OTHER),
)


@dataclass(frozen=True)
class Truth:
    """What a shift of the picture did to the three parts; there may be no pool."""

    shift: Shift
    map: Effect
    pool: Effect | None
    mean: str
    map_jump: int
    pool_jump: int

    def kind(self, part: str) -> str:
        """Give which of the three happened to a part."""
        return self.mean if part == "mean" else getattr(self, part).kind

    @property
    def parts(self) -> list[str]:
        """The parts that there are."""
        return [part for part in PARTS if part != "pool" or self.pool]


def choices(pool: bool) -> list[str]:
    """Give the answers that there are to choose from, with or without a pooled map."""
    return [_in_words(answer) for answer in _answers(pool)]


def chosen(typed: list, truth: Truth) -> dict[str, str]:
    """Read the number of a choice as what becomes of each part."""
    return dict(zip(truth.parts, _answers(truth.pool is not None)[int(typed[0])], strict=True))


def _answers(pool: bool) -> list[tuple[str, ...]]:
    if pool:
        return list(ANSWERS)
    return list(dict.fromkeys((of_map, of_mean) for of_map, _, of_mean in ANSWERS))


def _in_words(answer: tuple[str, ...]) -> str:
    *maps, mean = answer
    if len(set(maps)) < len(maps):
        said = f"both maps {BOTH[maps[0]]}"
    else:
        names = ("the feature map", "the pooled map")
        said = ", ".join(f"{n} {SAID[m]}" for n, m in zip(names, maps, strict=False))
    return f"{said}; the mean {MEAN[mean]}"


def verdict(answers: dict[str, str], truth: Truth) -> list[str]:
    """Say for each part whether the prediction is right, and why a wrong one is wrong."""
    lines = []
    for part, answer in answers.items():
        kind = truth.kind(part)
        was = f"{NAMES[part]}: {_happened(part, truth)}"
        if answer == kind:
            lines.append(f"✓ {was}, as you predicted.")
        else:
            said = (MEAN if part == "mean" else SAID)[answer]
            lines.append(f"✗ {was}; you said “{said}”. {_why(part, answer, truth)}")
    return lines


def all_right(answers: dict[str, str], truth: Truth) -> bool:
    """Say whether every part of a prediction is right."""
    return all(answer == truth.kind(part) for part, answer in answers.items())


def _happened(part: str, truth: Truth) -> str:
    if part == "mean":
        return MEAN[truth.mean]
    effect = getattr(truth, part)
    said = SAID[effect.kind]
    return f"{said}, {in_words(effect.moved)}" if effect.kind == MOVES else said


def _why(part: str, answer: str, truth: Truth) -> str:
    """Name the slip behind a wrong choice."""
    if part == "mean":
        return _why_mean(answer, truth)
    effect, step = getattr(truth, part), truth.map_jump if part == "map" else truth.pool_jump
    if effect.kind == MOVES:
        if answer == STAYS:
            return (
                "That would be invariance. The same kernel stands at every place, so what it "
                "answers moves with the pattern: equivariance."
            )
        if part == "pool":
            return (
                f"Its places are {step} pixels apart, and {step} divides this shift: each window "
                "holds the same numbers as the window before it did."
            )
        return "The same window meets the same kernel, only further on: the same number comes out."
    if effect.moved is None:
        here = "Pooling forgives what stays in its window" * (part == "pool" and answer == STAYS)
        return (
            f"{here or 'Its places'}{', but its places' * bool(here)} are {step} pixels apart, and "
            f"{step} does not divide the shift: each window now holds other pixels together. "
            f"{effect.compared - effect.same} of {effect.compared} numbers have changed."
        )
    return (
        f"{effect.compared - effect.same} of {effect.compared} places differ: at the border the "
        "kernel meets zeros (padding) that did not move with the picture."
    )


def _why_mean(answer: str, truth: Truth) -> str:
    if answer == MOVES:
        return "A mean is one number for the whole map: it has no place that could move."
    if truth.mean == STAYS:
        return "A sum does not ask in which order its numbers stand: that is invariance."
    if truth.map.kind == OTHER:
        return "The mean of a map does not mind a move; but this map has got other numbers."
    return (
        "It would, if the same numbers were still there: at one border something has left the "
        "map, and at the other something else has come in."
    )
