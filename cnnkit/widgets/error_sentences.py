"""What the error browser says, and all that is drawn or said of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.widgets.error_numbers import ANY, Answers, Choice, Cover, most_frequent
from cnnkit.widgets.error_prediction import Asked
from cnnkit.widgets.figures import percent


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is drawn: the models' answers by name, the chosen one first, and what is listed."""

    shown: np.ndarray  # pictures (N, C, H, W) of uint8
    labels: np.ndarray
    names: tuple[str, ...]
    answers: dict[str, Answers]
    choice: Choice
    counts: np.ndarray
    found: np.ndarray
    at: int
    cover: Cover | None

    @property
    def first(self) -> tuple[str, Answers]:
        """The chosen model and its answers."""
        return next(iter(self.answers.items()))

    @property
    def n(self) -> int | None:
        """The chosen picture."""
        return int(self.found[self.at]) if len(self.found) else None


def told(scene: Scene, answers: Answers, n: int) -> str:
    """Say an answer: 'Coat, 93 % sure'."""
    said = scene.names[answers.said[n]]
    return said if answers.p is None else f"{said}, {percent(answers.sure(n))} sure"


def in_words(scene: Scene, cover: Cover, n: int) -> str:
    """Say what an answer hangs on."""
    _, answers = scene.first
    said, side = scene.names[answers.said[n]], f"{cover.size} × {cover.size}"
    changed = cover.said != answers.said[n]
    often = f"At {changed.sum()} of {changed.size} places of the square it says something else"
    if changed.any():
        others = np.bincount(cover.said[changed], minlength=len(scene.names))
        often += f", mostly {scene.names[others.argmax()]}"
    if cover.fall is None:
        return f"{often} ({side} pixels covered)."
    rise = -100 * cover.fall.min()
    helps = f"; covering elsewhere lets it rise by up to {rise:.0f} points" if rise > 1 else ""
    if not cover.falls:
        return f"“{said}” falls nowhere by as much as a point{helps}. {often}."
    i, j = cover.worst
    before, after = answers.sure(n), answers.sure(n) - cover.fall.max()
    return (
        f"“{said}” falls most, from {percent(before)} to {percent(after)}, with {side} pixels "
        f"around row {i}, column {j} covered{helps}. {often}."
    )


def live(scene: Scene) -> str:
    """Say what is chosen now."""
    what, count = kind_of(scene), len(scene.found)
    if scene.n is None:
        return f"{what}: there are none."
    n = scene.n
    says = "; ".join(
        f"{name} says {told(scene, answers, n)}"
        for name, answers in scene.answers.items()
        if answers.said is not None
    )
    said = (
        f"{what}: picture {scene.at + 1} of {count}, number {n}. It was "
        f"{scene.names[scene.labels[n]]}; {says}."
    )
    if scene.cover and scene.cover.said is not None:
        said += f" {in_words(scene, scene.cover, n)}"
    return said


def kind_of(scene: Scene) -> str:
    """Name what is listed."""
    choice, names = scene.choice, scene.names
    if choice.true == choice.said == ANY:
        what = "All errors"
    elif choice.true == choice.said:
        what = f"{names[choice.true]}, recognised"
    elif ANY not in (choice.true, choice.said):
        what = f"{names[choice.true]}, taken for {names[choice.said]}"
    else:
        what = (
            f"{names[choice.true]}, taken for others"
            if choice.said == ANY
            else f"Others, taken for {names[choice.said]}"
        )
    extra = [f"{choice.sure} % sure or more"] * bool(choice.sure)
    return ", ".join([what, *extra, *["the models differ"] * choice.differ])


def summary(scene: Scene, total: np.ndarray) -> list[str]:
    """Say how often each model is right, what is mixed up most, and where they differ."""
    lines = []
    i, j = most_frequent(total)
    for name, answers in scene.answers.items():
        if answers.said is not None:
            right = int((answers.said == scene.labels).sum())
            count = len(scene.labels)
            lines.append(f"{name}: {right} of {count} right, {100 * right / count:.1f} %.")
    if i != j:
        lines[0] += (
            f" Its most frequent error: {scene.names[i]} taken for {scene.names[j]}, {total[i, j]} "
            "times."
        )
    return lines + _difference(scene)


def _difference(scene: Scene) -> list[str]:
    usable = [(name, a.said) for name, a in scene.answers.items() if a.said is not None]
    if len(usable) < 2:
        return []
    (one, a), (two, b) = usable
    differ = a != b
    right = [int((differ & (said == scene.labels)).sum()) for said in (a, b)]
    return [
        f"They differ on {differ.sum()} pictures: there {one} is right {right[0]} times, {two} "
        f"{right[1]}, neither {int(differ.sum()) - sum(right)}."
    ]


def riddle(scene: Scene, ask: Asked, missed: int) -> str:
    """Say what is shown while the answer is kept back."""
    return (
        f"{missed} pictures of {scene.names[ask.kind]} are not recognised. Predict what they are "
        "taken for; then the matrix and the pictures appear."
    )


def no_shares(scene: Scene) -> str:
    """Say why nothing tells how sure a model is."""
    name, _ = scene.first
    return (
        f"{name} names classes only: how sure it is, nobody can say, and the slider is left out. "
        f"Probabilities, shape (N, {len(scene.names)}), would tell."
    )
