"""Run the student's replace_head, freeze and sgd_step on a small net, and see what really moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from cnnkit import optimisers, transfer
from cnnkit.layers import Sequential
from cnnkit.ops import softmax_cross_entropy
from cnnkit.widgets import freeze_checks as checks
from cnnkit.widgets import freeze_net, student
from cnnkit.widgets.freeze_net import CLASSES, Arrays, Part, copied, told
from cnnkit.widgets.freeze_numbers import BLOCKS, PRETRAINED

STEPS, RATE, DECAY = 2, 0.05, 0.01  # weight decay moves what is only given no gradient
TENTH = {"conv": 0.1, "batch_norm": 0.1, "dense": 0.1, "dense2": 1.0}  # of the rate: all but head


@dataclass(frozen=True)
class Run:
    """What the functions made of the net, block by block, and what is wrong with it."""

    parts: tuple[Part, ...]
    troubles: tuple[str, ...]

    @property
    def trained(self) -> int | None:
        """How many parameters lie in arrays that the steps moved; None where there were none."""
        counts = [part.trained for part in self.parts]
        return None if None in counts else sum(counts)


@dataclass(frozen=True)
class Functions:
    """The functions of chapter 12, the student's where one is given."""

    freeze: Callable
    sgd_step: Callable
    replace_head: Callable

    def run(self, start: str, frozen: int, slow: bool = False) -> Run:
        """Begin, freeze so many blocks, and make two steps, with copied blocks slow if asked."""
        if start == PRETRAINED:
            model, headless = self._new_head(freeze_net.source())
        else:
            model, headless = freeze_net.fresh(), ""
        names, untold = self._freeze(model, frozen)
        begun = copied({**model.params, **model.state})
        rates = TENTH if slow and start == PRETRAINED else None
        failed, wrong = self._train(model, names, rates)
        found = freeze_net.parts(model, begun, not failed)
        sentences = [headless, untold, *wrong, failed]
        return Run(found, tuple(dict.fromkeys(filter(None, sentences))))

    def _new_head(self, old: Sequential) -> tuple[Sequential, str]:
        """Give the net with a new head: cnnkit's where the student's is wrong."""
        name, rng = student.name_of(self.replace_head), np.random.default_rng(0)
        old.frozen.add("conv1.w")  # the copy should know nothing of it
        before = copied({**old.params, **old.state})
        outcome = student.call(self.replace_head, model=old, n_classes=CLASSES, rng=rng)
        said = outcome.trouble or checks.head(name, old, before, outcome.value)
        if said:
            return transfer.replace_head(freeze_net.source(), CLASSES, rng), said
        return outcome.value, ""

    def _freeze(self, model: Sequential, frozen: int) -> tuple[set[str], str]:
        """Freeze layer by layer; give the names that were returned, and what is wrong first."""
        names, wanted, trouble = set(), set(), ""
        for layer in chain(*BLOCKS[:frozen]):
            prefix = f"{layer}."
            ours = {name for name in model.params if name.startswith(prefix)}
            wanted |= ours
            outcome = student.call(self.freeze, model=model, prefix=prefix)
            if outcome.trouble:
                return names, trouble or outcome.trouble
            call, got = f"{student.name_of(self.freeze)}(model, {prefix!r})", outcome.value
            if not isinstance(got, set | frozenset):
                return names, f"{call} returned {got!r:.60}; it should return a set of names."
            trouble = trouble or checks.frozen(call, model, got, ours, wanted)
            names |= got & set(model.params)
        return names, trouble

    def _train(
        self, model: Sequential, names: set[str], rates: dict[str, float] | None
    ) -> tuple[str, list[str]]:
        """Make steps; say what kept them from being made, and what is wrong with those made."""
        (x, y), wrong = freeze_net.pictures("target"), []
        model.rng = np.random.default_rng(0)  # dropout: the same for everybody
        for _ in range(STEPS):
            try:
                _, dscores = softmax_cross_entropy(model.forward(x, train=True), y)
                grads = model.backward(dscores)
            except (TypeError, ValueError) as error:
                return f"The net cannot be trained any more: {error}", wrong
            failed, said = self._step(model, grads, names | told(model), rates)
            if failed:
                return failed, wrong
            wrong += said
        return "", wrong

    def _step(
        self, model: Sequential, grads: Arrays, stays: set[str], rates: dict[str, float] | None
    ) -> tuple[str, list[str]]:
        """Call the student's sgd_step, compare, and take over what it gave."""
        before, name = copied(model.params), student.name_of(self.sgd_step)
        options = {"lr": RATE, "lr_mult": rates, "weight_decay": DECAY}
        right = optimisers.sgd_step(before, grads, frozen=stays, **options)
        outcome = student.call(
            self.sgd_step, params=model.params, grads=copied(grads), frozen=set(stays), **options
        )
        got, given = outcome.value, model.params
        failed = outcome.trouble or checks.step_shape(name, got, before)
        if failed:
            return failed, []
        wrong = [
            checks.step(name, before, got, right, stays),
            checks.step_contract(name, before, given, got),
        ]
        model.params = {key: got[key] for key in before}
        return "", wrong
