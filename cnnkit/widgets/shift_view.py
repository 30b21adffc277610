"""What the shift slider shows and says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets.figures import percent
from cnnkit.widgets.shift_numbers import (
    Pass,
    Stage,
    agreeing,
    field,
    in_words,
    jump,
    places_moved,
    strongest,
)
from cnnkit.widgets.shift_prediction import Truth
from cnnkit.widgets.student import Outcome

SIDE = 130  # screen pixels of a picture
KEYS_DO = (
    "Marked place of the map: arrow keys move it, Home and End go to the first and the last, "
    "Page Down changes between feature map and pooled map, Escape takes the mark away."
)
Field = tuple[int, int, float]


@dataclass(frozen=True)
class Scene:
    """All that a view is drawn from; ``passes`` and ``pictures`` are before and after the shift."""

    state: object
    stage: Stage
    pictures: tuple[np.ndarray, np.ndarray | None]
    passes: tuple[Pass, Pass | None]
    field: Field | None
    truth: Truth | None
    classes: tuple[str, ...]

    def plane(self, at: int, which: str) -> np.ndarray:
        """Give a map of the chosen filter, before (0) or after (1)."""
        return self.passes[at].maps[getattr(self.stage, which)][self.state.channel]

    @property
    def kinds(self) -> list[str]:
        """The maps that there are."""
        return ["map", "pool"] if self.stage.pool else ["map"]


def title(which: str, scene: Scene) -> str:
    """Name a map."""
    word = {"map": "feature map", "pool": "pooled map"}[which]
    return f"{word}, layer {scene.state.layer + 1}, filter {scene.state.channel}"


def question(state: object) -> str:
    """Ask what a shift does."""
    if state.shift == (0, 0):
        return "Move the picture; then predict what becomes of the maps."
    return f"Predict: the picture is moved {in_words(state.shift)} (pixels). What follows?"


def rows(scene: Scene, shown: bool) -> list[list[dict]]:
    """Draw the pictures and maps of both rows, then the bars."""
    drawn = [[_photo(scene, 0), figures.sign("→"), *(_map(scene, 0, k) for k in scene.kinds)]]
    if scene.pictures[1] is not None:
        after = [_map(scene, 1, k) for k in scene.kinds] if shown else [figures.hidden()]
        drawn.append([_photo(scene, 1), figures.sign("→"), *after])
    drawn.append([means(scene, shown), shares(scene, shown)])
    return drawn


def _photo(scene: Scene, at: int) -> dict:
    name, caption = ("photo before", "as it is") if at == 0 else ("photo after", "")
    caption = caption or "moved"
    values = scene.pictures[at]
    boxes = []
    if scene.field and scene.state.place:
        top, bottom, left, right = _on_sheet(field(scene.field, scene.state.place), values.shape)
        boxes = [figures.box(top, left, bottom - top, right - left)]
    how = f"moved {in_words(scene.state.shift)}" if at else caption
    alt = f"picture, {how}: {_size(values)} pixels, brightest at {strongest(values)}"
    scale = SIDE / values.shape[1]
    return figures.picture(name, caption, values, alt, scale=scale, low=0, high=1, boxes=boxes)


def _on_sheet(
    seen: tuple[float, float, float, float], shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Turn first and last pixels into edges, and cut off what lies outside the picture."""
    (top, bottom, left, right), (H, W) = seen, shape
    edges = (np.clip(top, 0, H), np.clip(bottom + 1, 0, H))
    sides = (np.clip(left, 0, W), np.clip(right + 1, 0, W))
    return (*map(float, edges), *map(float, sides))


def _map(scene: Scene, at: int, which: str) -> dict:
    plane = scene.plane(at, which)
    top = scene.plane(0, which).max()
    place, boxes = strongest(plane), []
    if scene.state.place and which == scene.state.look:
        boxes = [figures.box(*scene.state.place, 1, 1)]
    caption = title(which, scene) if at == 0 else f"{title(which, scene)}, after the shift"
    alt = (
        f"{caption}: {_size(plane)}, strongest {figures.number(plane.max())} at row {place[0]}, "
        f"column {place[1]}"
    )
    name = f"{which} {'before' if at == 0 else 'after'}"
    short = f"{'feature' if which == 'map' else 'pooled'} map, {_size(plane)}"
    return figures.picture(
        name, short, plane, alt, scale=SIDE / plane.shape[1], low=0, high=float(top) or 1,
        boxes=boxes, click=True,
    )  # fmt: skip


def means(scene: Scene, shown: bool) -> dict:
    """Draw the mean of each map of the layer, as a global average gives it."""
    layers = [run.maps[scene.stage.map].mean(axis=(1, 2)) for run in scene.passes if run]
    before, after = layers[0], layers[-1]
    named = []
    for channel, (old, new) in enumerate(zip(before, after, strict=True)):
        here = "◀ shown" if channel == scene.state.channel else ""
        value = new if shown else old
        text = f"{figures.number(old)} → {figures.number(new)}" if shown else figures.number(old)
        named.append((str(channel), max(float(value), 0), text, here))
    caption = f"mean of each map of layer {scene.state.layer + 1}, by filter"
    most = float(max(before.max(), after.max() if shown else 0, 0)) or 1
    return figures.bars("means", f"{caption}{', before → after' * shown}", named, most=most)


def shares(scene: Scene, shown: bool) -> dict:
    """Draw what the net says of the classes."""
    before = scene.passes[0].shares
    after = scene.passes[1].shares if shown else before
    named = []
    for kind, (old, new) in enumerate(zip(before, after, strict=True)):
        text = f"{percent(old)} → {percent(new)}" if shown else percent(old)
        mark = "◀ highest" if kind == after.argmax() else ""
        named.append((_class(scene, kind), float(new), text, mark))
    caption = f"what the net says ({scene.state.net}){', before → after' * shown}"
    return figures.bars("shares", caption, named, most=1.0)


def _class(scene: Scene, kind: int) -> str:
    fits = len(scene.classes) == len(scene.passes[0].shares)
    return scene.classes[kind] if fits else f"class {kind}"


def live(scene: Scene, shown: bool) -> str:
    """Say what is seen now."""
    said = [f"The picture is moved {in_words(scene.state.shift)}."]
    if scene.passes[1] is None:
        said = ["There is no shifted picture."]
    elif not shown:
        said.append("Predict first; then the maps of the moved picture appear.")
    else:
        said += [*(_told(scene, which) for which in scene.kinds), _mean_told(scene)]
        old, new = (run.shares for run in scene.passes)
        said.append(
            f"Before, the net says {_class(scene, old.argmax())} ({percent(old.max())}); now "
            f"{_class(scene, new.argmax())} ({percent(new.max())})."
        )
    return " ".join([*said, sees(scene)]).strip()


def _told(scene: Scene, which: str) -> str:
    """Say how much of a map moved along, counted on what is shown."""
    before, after = scene.plane(0, which), scene.plane(1, which)
    step = jump(scene.stage.steps_of(which))
    moved = places_moved(scene.state.shift, step)
    same, compared = agreeing(before, after, moved or (0, 0))
    name = "Feature map" if which == "map" else "Pooled map"
    if moved is None:
        return (
            f"{name}: its places are {step} pixels apart, so it cannot move along; {same} of "
            f"{compared} numbers are as before."
        )
    if not any(moved):
        return f"{name}: {same} of {compared} numbers are as before."
    return f"{name}: moved {in_words(moved)}, {same} of {compared} numbers agree."


def _mean_told(scene: Scene) -> str:
    old, new = (scene.plane(at, "map").mean() for at in (0, 1))
    return f"Mean of the feature map: {figures.number(old)} before, {figures.number(new)} now."


def sees(scene: Scene) -> str:
    """Say how far the marked place sees."""
    if not scene.state.place or not scene.field:
        return ""
    rf, step, _ = scene.field
    top, bottom, left, right = (f"{edge:g}".replace("-", "−") for edge in field(
        scene.field, scene.state.place))  # fmt: skip
    word = {"map": "feature map", "pool": "pooled map"}[scene.state.look]
    return (
        f"Place {scene.state.place} of the {word} sees rows {top} to {bottom} and columns {left} "
        f"to {right} of the picture: {rf} × {rf} pixels; its neighbour looks {step} further."
    )


def read_field(name: str, outcome: Outcome, right: Field) -> tuple[Field | None, str]:
    """Read what a receptive_field gave: three numbers, or a sentence about what is wrong."""
    got = outcome.value
    if got is None and outcome.trouble:
        return None, outcome.trouble
    if not (isinstance(got, tuple) and len(got) == 3 and all(map(_is_number, got))):
        return None, f"{name} returned {got!r:.60}; it should return three numbers."
    names = ("rf", "jump", "start")
    wrong = [
        f"{what} is {figures.number(mine)}, right is {figures.number(due)}"
        for what, mine, due in zip(names, got, right, strict=True)
        if abs(mine - due) > 1e-9
    ]
    return got, outcome.trouble or (f"{name}: {'; '.join(wrong)}." if wrong else "")


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value))


def _size(plane: np.ndarray) -> str:
    return f"{plane.shape[0]} × {plane.shape[1]}"
