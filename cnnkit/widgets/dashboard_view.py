"""What the training dashboard draws: curves, the picture, what the net says, and its maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnkit import ops
from cnnkit.widgets import figures
from cnnkit.widgets.dashboard_drawing import in_words
from cnnkit.widgets.dashboard_lessons import PLANS, TICK, TICKS, Lesson
from cnnkit.widgets.dashboard_runs import Point, Run, feature_maps
from cnnkit.widgets.figures import percent

LAYERS = {
    "conv1": "conv1",
    "pool1": "pool1, ReLU",
    "conv2": "conv2",
    "pool2": "pool2, ReLU",
}
KEYS_DO = (
    "The picture: arrow keys move the pen, Space or Enter puts it down and lifts it again, Home "
    "and End go to the corners"
)
LABELS = {"loss": "loss", "accuracy": "part right"}
PAD, MOSAIC = 200, 244  # pixels on the screen; 244 is 15.25rem in dashboard_widget.css
ACROSS = 4  # maps in a row
BRIGHTEST = 235  # of a map; the lines between maps are white
MOST = 5.0  # a loss above is drawn as this


@dataclass(frozen=True)
class Scene:
    """What is to be seen: a run, how far it is, another one before it, and a picture."""

    run: Run
    tick: int
    before: tuple[Run, int] | None
    lesson: Lesson
    picture: bytes
    right: int | None  # the picture's class; None for a drawing
    layer: str
    pen: tuple[int, int]
    down: bool
    epochs: int

    @property
    def point(self) -> Point | None:
        """Where the run is."""
        return self.run.at(self.tick)

    @property
    def shares(self) -> np.ndarray | None:
        """The probability of each class, as far as the net gives scores."""
        scores = self.run.scores(self.tick, self.lesson.scaled(self.picture))
        return None if scores is None else ops.softmax(scores[None].astype(float))[0]

    @property
    def maps(self) -> np.ndarray | None:
        """The chosen layer's maps; None where the weights don't give any."""
        plan, x = PLANS[self.run.setting.data], self.lesson.scaled(self.picture)
        try:
            maps = feature_maps(self.point.weights, plan, x)[self.layer]
        except (AttributeError, KeyError, TypeError, ValueError):
            return None  # a network of other layers
        return maps if np.isfinite(maps).all() else None


def rows(scene: Scene, shares: np.ndarray | None, maps: np.ndarray | None) -> list[list[dict]]:
    """Give the stage."""
    said = [_bars(scene, shares)] if shares is not None else [figures.hidden("no answer")]
    seen = [_mosaic(scene.layer, maps)] if maps is not None else [figures.hidden("no maps")]
    return [[_pad(scene), *said, *seen], [_curves(scene, "loss"), _curves(scene, "accuracy")]]


def live(scene: Scene, shares: np.ndarray | None, maps: np.ndarray | None) -> str:
    """Say all that is seen."""
    pen = f"The pen is at row {scene.pen[0]}, column {scene.pen[1]}"
    side = PLANS[scene.run.setting.data].side
    drawing = in_words(scene.picture, side) if scene.right is None else ""
    parts = [how_far(scene), drawing, _answer(scene, shares), _liveliest(scene.layer, maps)]
    return " ".join([*filter(None, parts), f"{pen}, {'down' if scene.down else 'lifted'}."])


def how_far(scene: Scene) -> str:
    """Say what the training has reached."""
    point, tick = scene.point, scene.tick
    if point is None:
        return "There is no network to train."
    new = f"{number(point.new_loss)} on new pictures, {percent(point.new_acc)} of them right"
    if not tick:
        return f"Untrained: loss {new}."
    steps = tick * TICK // scene.run.setting.batch
    return (
        f"After {steps} steps with {tick * TICK:,} pictures: loss {number(point.loss)} on those "
        f"just learned from, {new}."
    )


def number(value: float) -> str:
    """Write a loss."""
    return f"{value:.2f}" if abs(value) < 1000 else figures.number(value)


def mosaic(maps: np.ndarray, *, signed: bool) -> np.ndarray:
    """Put maps (C, H, W) side by side, four in a row.

    Black is 0, or grey is 0 where there may be negative numbers. Nothing is quite white.
    """
    count, height, width = maps.shape
    most = float(np.abs(maps).max()) or 1.0
    grey = (maps / most + 1) / 2 if signed else maps / most
    lines = np.rint(BRIGHTEST * grey).astype(np.uint8)
    lines = lines.reshape(count // ACROSS, ACROSS, height, width).swapaxes(1, 2)
    return lines.reshape(count // ACROSS * height, ACROSS * width)


def _pad(scene: Scene) -> dict:
    side = PLANS[scene.run.setting.data].side
    pixels = np.frombuffer(scene.picture, np.uint8).reshape(side, side)
    kind = "solid" if scene.down else "dashed"
    what = "your drawing" if scene.right is None else scene.lesson.classes[scene.right]
    return figures.picture(
        "pad", f"the picture: {what}", pixels,
        f"The picture, {side} by {side} pixels: {what}. The pen is outlined.",
        scale=PAD / side, boxes=[figures.box(*scene.pen, 1, 1, kind)],
    )  # fmt: skip


def _bars(scene: Scene, shares: np.ndarray) -> dict:
    lines = [
        (name, share, percent(share), "✓ it is" if kind == scene.right else "")
        for kind, (name, share) in enumerate(zip(scene.lesson.classes, shares, strict=True))
    ]
    return figures.bars("shares", "what the net says", lines, most=1)


def _mosaic(layer: str, maps: np.ndarray) -> dict:
    signed, (count, height, width) = layer.startswith("conv"), maps.shape
    drawn = mosaic(maps, signed=signed)
    shades = "grey is 0, black is negative" if signed else "black is 0"
    caption = f"{LAYERS[layer]}: {count} maps of {height} × {width}; {shades}"
    alt = f"{caption}. {_liveliest(layer, maps)}"
    corners = [(i * height, j * width) for i in range(count // ACROSS) for j in range(ACROSS)]
    frames = [figures.box(*corner, height, width, "frame") for corner in corners]
    scale = MOSAIC / drawn.shape[1]
    return figures.picture("maps", caption, drawn, alt, scale=scale, boxes=frames)


def _curves(scene: Scene, what: str) -> dict:
    """Draw losses or accuracies against epochs, and those of the run before."""
    now, new = ("loss", "new_loss") if what == "loss" else ("acc", "new_acc")
    series = [
        ("learned from", *_course(scene.run, scene.tick, now)),
        ("new pictures", *_course(scene.run, scene.tick, new)),
    ]
    if scene.before:
        series.append(("run before", *_course(*scene.before, new)))
    caption, top = "accuracy", 1.0
    if what == "loss":
        caption = "loss (who knows nothing has log 10 = 2.30)"
        top = max([2.5, *(y for _, _, ys in series for y in ys if np.isfinite(y))])
        caption += f"; above {MOST:.0f} it is drawn as {MOST:.0f}" if top >= MOST else ""
    drawn = figures.curves(
        what, caption, series, x_label="epochs", y_label=LABELS[what], low=0, high=top
    )
    most = max([scene.epochs, *(x for _, xs, _ in series for x in xs)])
    return drawn | {"x": [0, most]}  # the curves grow into a frame that stands still


def _course(run: Run, tick: int, what: str) -> tuple[Sequence[float], Sequence[float]]:
    run.at(tick)
    values = [getattr(point, what) for point in run.points[: tick + 1]]
    values = [min(value, MOST) if what.endswith("loss") else value for value in values]
    return [round(at / TICKS, 3) for at in range(len(values))], [round(v, 3) for v in values]


def _answer(scene: Scene, shares: np.ndarray | None) -> str:
    if scene.point is None:
        return ""
    if shares is None:
        return "The net gives no finite scores for the picture."
    first, second = (int(kind) for kind in np.argsort(-shares, kind="stable")[:2])
    names = scene.lesson.classes
    text = (
        f"It takes the picture for {names[first]} ({percent(shares[first])}), then {names[second]} "
        f"({percent(shares[second])})"
    )
    if scene.right is None:
        return f"{text}."
    return f"{text}: {'right' if first == scene.right else f'it is {names[scene.right]}'}."


def _liveliest(layer: str, maps: np.ndarray | None) -> str:
    if maps is None:
        return ""
    if not maps.any():
        return f"All numbers of {LAYERS[layer]} are 0: its ReLU lets nothing through."
    n, i, j = np.unravel_index(int(np.abs(maps).argmax()), maps.shape)
    return (
        f"The strongest answer of {LAYERS[layer]} is {figures.number(maps[n, i, j])}, in map {n} "
        f"of {len(maps)} at row {i}, column {j}."
    )
