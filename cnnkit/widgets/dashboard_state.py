"""What a student sets on the training dashboard, and what follows from it without any training."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnkit.widgets import controls, dashboard_drawing, figures
from cnnkit.widgets.dashboard_lessons import PLANS, TICK, TITLES, Lesson, Plan, lesson
from cnnkit.widgets.dashboard_runs import Setting
from cnnkit.widgets.dashboard_view import LAYERS

ALLOWED = {
    "data": tuple(PLANS),
    "lr": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    "batch": (8, 16, 32, 64),
    "seed": tuple(range(10)),
}
MOST_EPOCHS = 5
OWN = -1  # the picture is a drawing


@dataclass(frozen=True)
class State:
    """What is trained and how far, the picture, and what was predicted."""

    setting: Setting
    epochs: int = 1
    tick: int = 0
    before: tuple[Setting, int] | None = None
    picture: int = 0
    drawing: bytes = b""
    layer: str = "conv1"
    pen: tuple[int, int] = (0, 0)
    down: bool = False
    erase: bool = False
    guess: int | None = None
    prediction: controls.Prediction = controls.Prediction()

    @property
    def plan(self) -> Plan:
        """Sizes."""
        return PLANS[self.setting.data]

    @property
    def lesson(self) -> Lesson:
        """Pictures."""
        return lesson(self.setting.data)

    @property
    def pixels(self) -> bytes:
        """The picture that the net is asked about."""
        return self.drawing if self.picture == OWN else self.lesson.examples[self.picture]

    @property
    def waits(self) -> bool:
        """Whether a prediction was made that has not been judged yet."""
        return self.guess is not None and not self.prediction.verdict


def anew(state: State, name: str, value: object) -> State:
    """Start another run; the one before stays to be compared with, if it is of the same set."""
    new = replace(
        state,
        setting=replace(state.setting, **{name: value}),
        tick=0,
        before=(state.setting, state.tick) if state.tick else state.before,
        guess=None,
        prediction=state.prediction.again(),
    )
    if name != "data":
        return new
    return replace(new, before=None, picture=0, drawing=b"", pen=(0, 0), down=False)


def drawn(state: State, start: tuple[float, float], end: tuple[float, float]) -> State:
    """Draw a stroke, on a copy of the picture that is shown."""
    plan = state.plan
    drawing = dashboard_drawing.stroke(
        state.pixels, plan.side, (start, end), plan.pen, erase=state.erase
    )
    return replace(state, picture=OWN, drawing=drawing)


def emptied(state: State) -> State:
    """Take an empty page."""
    return replace(state, picture=OWN, drawing=bytes(state.plan.side**2), down=False)


def pen_pressed(state: State) -> State:
    """Put the pen down, which makes a dot, or lift it."""
    state = replace(state, down=not state.down)
    return drawn(state, *(_middle(state.pen),) * 2) if state.down else state


def pen_moved(state: State, key: str) -> State:
    """Move the pen by a key; while it is down it draws."""
    new = replace(state, pen=figures.move(state.pen, key, (state.plan.side,) * 2))
    return drawn(new, _middle(state.pen), _middle(new.pen)) if state.down else new


def controls_of(state: State, *, may_train: bool) -> list[dict]:
    """Give the controls."""
    setting = state.setting
    options = {key: [(v, figures.number(v)) for v in ALLOWED[key]] for key in ("lr", "batch")}
    pictures = [*enumerate(state.lesson.classes), *[(OWN, "drawing")] * bool(state.drawing)]
    return [
        controls.select("data", "learn to read", setting.data, list(TITLES.items())),
        controls.select("lr", "learning rate", setting.lr, options["lr"]),
        controls.select("batch", "batch size", setting.batch, options["batch"]),
        controls.slider("epochs", "epochs:", state.epochs, 1, MOST_EPOCHS),
        controls.slider("seed", "seed:", setting.seed, 0, ALLOWED["seed"][-1]),
        controls.select("layer", "maps of", state.layer, list(LAYERS.items())),
        controls.select("picture", "picture", state.picture, pictures),
        controls.check("erase", "erase", state.erase),
        controls.button("clear", "Empty page"),
        controls.button("train", f"Train on {TICK} pictures", disabled=not may_train),
        controls.button("reset", "Start anew"),
    ]


def _middle(pixel: tuple[int, int]) -> tuple[float, float]:
    return pixel[0] + 0.5, pixel[1] + 0.5
