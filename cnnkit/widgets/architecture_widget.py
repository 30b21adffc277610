"""The architecture builder: blocks in a row, and the shapes and counts that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from cnnkit import architectures
from cnnkit.widgets import architecture_numbers as numbers
from cnnkit.widgets import architecture_prediction as prediction
from cnnkit.widgets import architecture_view, controls, figures, student
from cnnkit.widgets.architecture_functions import fields_seen, products
from cnnkit.widgets.base import Widget, script, style

STARTS = numbers.starts()


@dataclass(frozen=True)
class State:
    """The net, the block that is chosen, and the kind that the next one will have."""

    start: str
    picture: str
    blocks: tuple[numbers.Block, ...]
    at: int = 0
    adding: str = "conv"
    prediction: controls.Prediction = controls.Prediction()

    @property
    def block(self) -> numbers.Block:
        """The chosen block."""
        return self.blocks[self.at]

    @property
    def shape(self) -> numbers.Shape:
        """That of the picture."""
        return numbers.SHAPES[self.picture]

    def changed(self, **changes: object) -> State:
        """Change the net: what follows is to be predicted again."""
        return replace(self, prediction=self.prediction.again(), **changes)

    def moved(self, at: int) -> State:
        """Choose a block; where nothing is known of it yet, the question is another one."""
        at = min(max(at, 0), len(self.blocks) - 1)
        return replace(self, at=at, prediction=replace(self.prediction, verdict=""))


class ArchitectureBuilder(Widget):
    """See :func:`cnnkit.widgets.architecture_builder`."""

    _esm = script("net_table.js")
    _css = style("net_table.css")
    label = "Architecture builder"

    def __init__(
        self,
        count_macs: Callable | None = None,
        receptive_field: Callable | None = None,
        *,
        start: str = "a small net",
    ) -> None:
        super().__init__()
        if start not in STARTS:
            raise ValueError(f"There is no start {start!r}; there are {', '.join(STARTS)}.")
        self._count = architectures.count_macs if count_macs is None else count_macs
        self._field = architectures.receptive_field if receptive_field is None else receptive_field
        self._known = lru_cache(256)(self._follow)
        self.show(State(start, *STARTS[start]))

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        match event:
            case {"set": "start", "value": name}:
                picture, blocks = STARTS[name]
                return state.changed(start=name, picture=picture, blocks=blocks, at=0)
            case {"set": "picture", "value": name}:
                return state.changed(picture=name)
            case {"set": "adding", "value": kind}:
                return replace(state, adding=kind)
            case {"set": "project", "value": value}:
                return self._edited(state, project=bool(value))
            case {"set": "width" | "kernel" | "stride" | "padding" | "groups" as name, "value": v}:
                return self._edited(state, **{name: int(v)})
            case {"press": "add" | "remove" | "up" | "down" as what}:
                return self._rebuilt(state, what)
            case {"move": key}:
                last = len(state.blocks) - 1
                ends = {"Home": 0, "End": last, "PageUp": state.at - 5, "PageDown": state.at + 5}
                by = {"ArrowDown": 1, "ArrowRight": 1, "ArrowUp": -1, "ArrowLeft": -1}
                return state.moved(ends.get(key, state.at + by.get(key, 0)))
            case {"go": "net", "at": [at]}:
                return state.moved(int(at))
            case {"predict": typed}:
                return self._judged(state, typed)
            case {"skip": skip}:
                return replace(state, prediction=state.prediction.skipped(skip))
        return state

    def draw(self, state: State) -> dict:
        """Give the view: the table, what does not fit, and what the functions get wrong."""
        rows, wrong = self._known(state.blocks, state.shape)
        row, shown = rows[state.at], state.prediction.revealed
        count, field = student.name_of(self._count), student.name_of(self._field)
        asked = architecture_view.question(state.at, row)
        broken = architecture_view.broken(rows)
        return {
            "about": f"Products are what {count} gives, what a place sees is what {field} gives.",
            "controls": self._controls(state),
            "prediction": controls.prediction(
                asked, state.prediction, fields=prediction.fields(row), possible=bool(row.shape)
            ),
            "notes": {
                "broken": ("bad", broken and "✗ " + broken),
                "trouble": ("bad", " ".join(wrong) and "✗ " + " ".join(wrong)),
            },
            "stage": {
                "label": architecture_view.KEYS_DO,
                "rows": [[architecture_view.table(rows, state.at, shown)]],
            },
            "live": architecture_view.live(rows, state.at, shown),
            "texts": {"counts": architecture_view.counts(rows, shown)},
        }

    def static_events(self) -> list[dict]:
        """Look at the nets to start from, block by block."""
        nets = [{"set": "start", "value": name} for name in STARTS]
        keys = [{"move": key} for key in figures.KEYS]
        return [*nets, *keys, {"skip": True}, {"skip": False}]

    def _controls(self, state: State) -> list[dict]:
        at, last = state.at + 1, len(state.blocks) - 1
        full = len(state.blocks) >= numbers.MOST_BLOCKS
        return [
            controls.select("start", "start from", state.start, list(STARTS)),
            controls.select("picture", "picture", state.picture, list(numbers.SHAPES)),
            controls.select("adding", "new block", state.adding, list(numbers.KINDS.items())),
            controls.button("add", f"Add behind block {at}", disabled=full),
            controls.button("remove", f"Remove block {at}", disabled=not last),
            controls.button("up", f"Move block {at} up", disabled=not state.at),
            controls.button("down", f"Move block {at} down", disabled=state.at == last),
            *architecture_view.options(state.block, state.at),
        ]

    def _edited(self, state: State, **changes: object) -> State:
        """Change the chosen block."""
        blocks = list(state.blocks)
        blocks[state.at] = replace(state.block, **changes)
        return state.changed(blocks=tuple(blocks))

    def _rebuilt(self, state: State, what: str) -> State:
        """Add, remove or move a block; the chosen one goes along."""
        blocks, at = list(state.blocks), state.at
        if what == "add" and len(blocks) < numbers.MOST_BLOCKS:
            blocks.insert(at + 1, numbers.fresh(state.adding))
            at += 1
        elif what == "remove" and len(blocks) > 1:
            del blocks[at]
            at = min(at, len(blocks) - 1)
        elif what in ("up", "down"):
            other = at + (1 if what == "down" else -1)
            if 0 <= other < len(blocks):
                blocks[at], blocks[other] = blocks[other], blocks[at]
                at = other
        return state.changed(blocks=tuple(blocks), at=at)

    def _follow(
        self, blocks: tuple[numbers.Block, ...], shape: numbers.Shape
    ) -> tuple[list[numbers.Row], list[str]]:
        """Follow the picture through the net, and run the student's functions on it."""
        rows = numbers.table(blocks, shape)
        fitting = [row for row in rows if row.shape]
        counted, miscounted = products(self._count, fitting, shape)
        seen, misread = fields_seen(self._field, fitting)
        rows = [
            replace(row, counted=count, sees=sees)
            for row, count, sees in zip(fitting, counted, seen, strict=True)
        ] + rows[len(fitting) :]
        return rows, [sentence for sentence in (miscounted, misread) if sentence]

    def _judged(self, state: State, typed: list[str]) -> State:
        row = self._known(state.blocks, state.shape)[0][state.at]
        if not row.shape:
            return state
        return replace(state, prediction=prediction.judged(state.prediction, typed, row))


def architecture_builder(
    count_macs: Callable | None = None,
    receptive_field: Callable | None = None,
    *,
    start: str = "a small net",
) -> ArchitectureBuilder:
    """Stack blocks to a net, and watch shapes, parameters, products and receptive field.

    Parameters
    ----------
    count_macs : function, optional
        Your own function, called with a network (a dict with 'input_shape' and 'layers');
        :func:`cnnkit.architectures.count_macs` by default. Its counts are what is shown.
    receptive_field : function, optional
        Your own function, called with a list of (kernel, stride, padding, dilation);
        :func:`cnnkit.architectures.receptive_field` by default.
    start : str
        The net to start from: 'a small net', 'LeNet-5', 'AlexNet', 'VGG-16' or 'residual'.
    """
    return ArchitectureBuilder(count_macs, receptive_field, start=start)
