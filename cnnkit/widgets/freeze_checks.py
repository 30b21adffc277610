"""What must hold of a new head, of what is frozen, and of a step: the slips, in sentences."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from cnnkit.layers import Sequential
from cnnkit.widgets.freeze_net import Arrays, told
from cnnkit.widgets.freeze_numbers import HEAD

CLOSE = {"rtol": 1e-4, "atol": 1e-6}
MOST_NAMED = 4  # in a sentence
WEIGHTS, BIASES = (f"{HEAD[0]}.{key}" for key in ("w", "b"))


def head(name: str, old: Sequential, before: Arrays, new: object) -> str:
    """Say what is wrong with a copy that should have a new head; empty where nothing is.

    ``before`` are the arrays that the old net had.
    """
    if not isinstance(new, Sequential):
        return f"{name} returned {new!r:.60}; it should return a net."
    now, ours = {**new.params, **new.state}, {**old.params, **old.state}
    if now.keys() != before.keys() or any(now[key].shape != before[key].shape for key in before):
        return f"{name} gave a net with other parameters, or of other shapes."
    if any(not np.array_equal(ours[key], value) for key, value in before.items()):
        return f"{name} changed the net that it was given; it must change a copy."
    if shared := [key for key in before if np.shares_memory(now[key], ours[key])]:
        return f"{name}: old and new net share the array {shared[0]}; make a copy."
    if shared := [key for key in old.layers if new.layers.get(key) is old.layers[key]]:
        return f"{name}: old and new net share the layer {shared[0]}; make a copy."
    return _kept(name, before, now) or _fresh(name, before, now) or (
        f"{name}: something is frozen in the new net." if told(new) else ""
    )  # fmt: skip


def _kept(name: str, before: Arrays, now: Arrays) -> str:
    below = [key for key in before if key not in (WEIGHTS, BIASES)]
    lost = {key for key in below if not np.array_equal(now[key], before[key])}
    if lost:
        return f"{name} did not take over {listed(lost)}."
    other = {key for key in before if now[key].dtype != before[key].dtype}
    return f"{name} gave another dtype to {listed(other)}." if other else ""


def _fresh(name: str, before: Arrays, now: Arrays) -> str:
    if np.array_equal(now[WEIGHTS], before[WEIGHTS]):
        return f"{name} left the old weights in the head."
    return f"{name}: the new head's biases are not 0." if now[BIASES].any() else ""


def frozen(call: str, model: Sequential, got: Set[str], ours: set[str], wanted: set[str]) -> str:
    """Say what is wrong with a call of freeze.

    Parameters
    ----------
    call : str
        The call in words.
    got, ours : set of str
        What it returned, and what it should have.
    wanted : set of str
        All that should be frozen by now.
    """
    if got != ours:
        return f"{call} returned {listed(got)}; it should return {listed(ours)}."
    if got is model.frozen:
        return f"{call} returned model.frozen itself; it should return a set of its own."
    found = told(model)
    if missing := wanted - found:
        return (
            f"After {call}, model.frozen lacks {listed(missing)}: the net must be told, or "
            "batch normalisation gathers on."
        )
    extra = found - wanted
    return f"After {call}, model.frozen has {listed(extra)} too many." if extra else ""


def step_shape(name: str, got: object, before: Arrays) -> str:
    """Say what keeps a step's result from being used; empty where nothing does."""
    if not isinstance(got, dict) or got.keys() != before.keys():
        gave = f"the names {listed(set(got))}" if isinstance(got, dict) else f"{got!r:.60}"
        return f"{name} returned {gave}; it should return a dict of all parameters."
    for key, array in before.items():
        value = got[key]
        numbers = isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
        if not numbers or value.shape != array.shape:
            gave = f"an array of shape {value.shape}" if numbers else f"{value!r:.60}"
            return f"{name} gave {gave} for {key}; its shape should be {array.shape}."
    return ""


def step(name: str, before: Arrays, got: Arrays, right: Arrays, stays: set[str]) -> str:
    """Name the first parameter that is not where a step leads."""
    for key, expected in right.items():
        if key in stays and not np.array_equal(got[key], before[key]):
            by = np.abs(got[key] - before[key]).max()
            return (
                f"{name} moved {key}, which is frozen, by up to {by:.1g}: weight decay pulls at "
                "whatever is not skipped."
            )
        if key not in stays and not np.allclose(got[key], expected, **CLOSE):
            return f"{name}: {key} is not where p − lr · m · (dp + weight_decay · p) leads."
    return ""


def step_contract(name: str, before: Arrays, given: Arrays, got: Arrays) -> str:
    """Say whether a step changed the arrays that it was given, or handed one of them on."""
    if any(not np.array_equal(before[key], given[key]) for key in before):
        return f"{name} changed the parameters that it was given; it must give new ones."
    same = [key for key in before if np.shares_memory(got[key], given[key])]
    return f"{name} handed on the array of {same[0]}; it must give a new one." if same else ""


def listed(names: Set[str]) -> str:
    """Write names in a row, the first few of many."""
    first, rest = sorted(map(str, names))[:MOST_NAMED], max(len(names) - MOST_NAMED, 0)
    return ", ".join([*first, *[f"{rest} more"] * bool(rest)]) or "nothing"
