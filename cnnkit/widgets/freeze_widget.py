"""The freeze slider: how many blocks of a trained net stay, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from cnnkit import optimisers, recorded, transfer
from cnnkit.widgets import controls, freeze_prediction, freeze_view, student
from cnnkit.widgets import freeze_numbers as numbers
from cnnkit.widgets.base import Widget, script, style
from cnnkit.widgets.freeze_numbers import DEPTHS, STARTS, Setting
from cnnkit.widgets.freeze_runs import Functions

BEST, COUNT = "which depth is best", "how many parameters are trained"
ABOUT = (
    "On a small net: the new head is {replace_head}’s, frozen is what {freeze} told the net, and "
    "{sgd_step} made the steps. The accuracies are recorded, from trainings with cnnkit’s own and "
    "the same rate for all layers."
)


@dataclass(frozen=True)
class State:
    """Where the controls stand, which question is asked, and what became of either."""

    setting: Setting = Setting()
    slow: bool = False
    asks: str = BEST
    count: controls.Prediction = controls.Prediction()
    best: controls.Prediction = controls.Prediction()

    @property
    def prediction(self) -> controls.Prediction:
        """The one that is asked."""
        return self.count if self.asks == COUNT else self.best

    def asked(self, prediction: controls.Prediction) -> State:
        """Take over what became of the question that is asked."""
        return replace(self, **{"count" if self.asks == COUNT else "best": prediction})

    def moved(self, frozen: int) -> State:
        """Freeze so many blocks: what is known of one depth is known of all."""
        frozen = min(max(frozen, DEPTHS[0]), DEPTHS[-1])
        return replace(
            self,
            setting=replace(self.setting, frozen=frozen),
            count=replace(self.count, verdict="", right=None),
            best=replace(self.best, verdict="", right=None),
        )

    def changed(self, **setting: object) -> State:
        """Take other runs: which depth is best among them is to be predicted again."""
        return replace(self, setting=replace(self.setting, **setting), best=self.best.again())


class FreezeSlider(Widget):
    """See :func:`cnnkit.widgets.freeze_slider`."""

    _esm = script("net_table.js")
    _css = style("net_table.css")
    label = "Freeze slider"

    def __init__(
        self,
        freeze: Callable | None = None,
        sgd_step: Callable | None = None,
        replace_head: Callable | None = None,
    ) -> None:
        super().__init__()
        self._functions = Functions(
            transfer.freeze if freeze is None else freeze,
            optimisers.sgd_step if sgd_step is None else sgd_step,
            transfer.replace_head if replace_head is None else replace_head,
        )
        self._run = lru_cache(2 * len(DEPTHS) * len(STARTS))(self._functions.run)
        self._sizes = numbers.sizes()
        self._record = recorded.load(numbers.RECORD).label
        self.show(State())

    def step(self, state: State, event: dict) -> State:
        """Answer a control, a key, a click or a prediction."""
        setting = state.setting
        match event:
            case {"set": "frozen", "value": value}:
                return state.moved(int(value))
            case {"set": "per_class", "value": value}:
                return state.changed(per_class=int(value))
            case {"set": "start", "value": start}:
                return state.changed(start=start)
            case {"set": "slow", "value": slow}:
                return replace(state, slow=bool(slow))
            case {"set": "asks", "value": asks}:
                return replace(state, asks=asks)
            case {"move": "PageUp" | "PageDown" as key}:
                at = self._sizes.index(setting.per_class) + (1 if key == "PageUp" else -1)
                at = min(max(at, 0), len(self._sizes) - 1)
                return state.changed(per_class=self._sizes[at])
            case {"move": key}:
                ends = {"Home": 0, "End": DEPTHS[-1]}
                by = {"ArrowDown": 1, "ArrowRight": 1, "ArrowUp": -1, "ArrowLeft": -1}
                return state.moved(ends.get(key, setting.frozen + by.get(key, 0)))
            case {"go": "net", "at": [at]}:  # a click on the last frozen block thaws it
                return state.moved(int(at) if setting.frozen == at + 1 else int(at) + 1)
            case {"predict": [str(), *_] as typed} if state.asks == COUNT:
                judged = freeze_prediction.judged_count(state.count, typed, setting.frozen)
                return state.asked(judged)
            case {"predict": [int(depth)]} if state.asks == BEST:
                return state.asked(freeze_prediction.judged_best(state.best, depth, setting))
            case {"skip": skip}:
                skipped = controls.Prediction(skip=bool(skip))
                return replace(state, count=skipped, best=skipped)
        return state

    def draw(self, state: State) -> dict:
        """Give the view: the net, and once they are predicted counts and accuracies."""
        setting = state.setting
        run = self._run(setting.start, setting.frozen, state.slow)
        counted, judged = state.count.revealed, state.best.revealed
        rows = [[freeze_view.table(run, setting, counted)]]
        if judged:
            rows.append([freeze_view.accuracies(setting), freeze_view.curves(setting)])
        names = {key: student.name_of(each) for key, each in vars(self._functions).items()}
        return {
            "about": ABOUT.format(**names),
            "controls": self._controls(state),
            "prediction": self._question(state),
            "notes": {"trouble": ("bad", "\n".join(f"✗ {said}" for said in run.troubles))},
            "stage": {"label": freeze_view.KEYS_DO, "rows": rows},
            "live": freeze_view.live(run, setting, counted, judged),
            "texts": {
                "compared": freeze_view.compared(setting) if judged else [],
                "record": self._record if judged else "",
            },
        }

    def static_events(self) -> list[dict]:
        """All depths and runs, and which depth is best; a number to type needs a kernel."""
        return [
            *({"set": "frozen", "value": depth} for depth in DEPTHS),
            *({"set": "per_class", "value": each} for each in self._sizes),
            *({"set": "start", "value": start} for start in STARTS),
            *({"move": key} for key in ("ArrowUp", "ArrowDown", "Home", "End")),
            *({"predict": [depth]} for depth in DEPTHS),
            *({"skip": skip} for skip in (True, False)),
        ]

    def _controls(self, state: State) -> list[dict]:
        setting = state.setting
        depth = freeze_view.depth_in_words(setting.frozen)
        pictures = [(each, f"{each} of each class") for each in self._sizes]
        starts = [(start, freeze_view.CALLED[start]) for start in STARTS]
        return [
            controls.slider("frozen", "frozen:", setting.frozen, DEPTHS[0], DEPTHS[-1], text=depth),
            controls.select("per_class", "pictures", setting.per_class, pictures),
            controls.select("start", "start", setting.start, starts),
            controls.check("slow", "copied blocks at a tenth of the rate", state.slow),
            controls.select("asks", "predict", state.asks, [BEST, COUNT]),
        ]

    def _question(self, state: State) -> dict:
        if state.asks == COUNT:
            question = freeze_prediction.count_question(state.setting.frozen)
            return controls.prediction(question, state.count, fields=("parameters",))
        return controls.prediction(
            freeze_prediction.best_question(state.setting), state.best,
            choices=freeze_prediction.DEPTHS_CALLED,
        )  # fmt: skip


def freeze_slider(
    freeze: Callable | None = None,
    sgd_step: Callable | None = None,
    replace_head: Callable | None = None,
) -> FreezeSlider:
    """Freeze more or fewer blocks of a trained net, and see what still moves and what it is worth.

    Parameters
    ----------
    freeze : function, optional
        Your own function, called as ``freeze(model=, prefix=)`` for each layer that shall stay;
        :func:`cnnkit.transfer.freeze` by default. What is shown as frozen is what it told the
        net.
    sgd_step : function, optional
        Your own function, called with ``params``, ``grads``, ``lr``, ``frozen`` and
        ``weight_decay``; :func:`cnnkit.optimisers.sgd_step` by default. Two steps of it show what
        moves.
    replace_head : function, optional
        Your own function, called as ``replace_head(model=, n_classes=, rng=)``;
        :func:`cnnkit.transfer.replace_head` by default.
    """
    return FreezeSlider(freeze, sgd_step, replace_head)
