"""An ablation: what each remedy brings by itself, over several seeds, judged by validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Settings = Mapping[str, Any]
BASE, TOGETHER = "base", "together"
FEWEST = 3  # seeds: with two there is hardly a spread


def run_ablation(
    base: Settings,
    remedies: Mapping[str, Settings],
    seeds: Sequence[int],
    *,
    train: Callable[[dict, int], tuple[Any, float]],
    test: Callable[[Any], float],
) -> dict[str, Any]:
    """Train the base, the base with each remedy alone, and with all of them, and choose a row.

    The row with the best mean on the validation is chosen, of equal ones the first. Only then
    the test set is looked at, once with each model of that row.

    Parameters
    ----------
    base : mapping
        Setting to value.
    remedies : mapping of mappings
        Name of a remedy to the settings that it changes.
    seeds : sequence of ints
        Three or more, all different.
    train : callable
        ``train(cfg, seed) -> model, accuracy`` on the validation; gets a dict of its own.
    test : callable
        ``test(model) -> accuracy`` on the test set.

    Returns
    -------
    result : dict
        'rows', a list: of 'base', each remedy and 'together' a dict with its 'name', 'cfg',
        'scores' (by seed), their 'mean' and 'sd' (that of a sample, divisor n - 1); 'chosen', the
        name of a row; 'test', the accuracies of its models.

    Raises
    ------
    TypeError
        ``base`` or ``remedies`` is no dict.
    ValueError
        There are fewer than three different seeds, a remedy changes a setting that the base
        lacks, or two change the same, the name of a remedy is that of another row, or an
        accuracy is not finite.

    Examples
    --------
    >>> def train(cfg, seed):
    ...     return (cfg, seed), 0.7 + 0.1 * cfg["dropout"] + 0.01 * seed
    >>> remedies = {"dropout": {"dropout": 0.5}}
    >>> done = run_ablation({"dropout": 0}, remedies, range(3), train=train, test=lambda m: 0.72)
    >>> [(row["name"], round(row["mean"], 3), round(row["sd"], 3)) for row in done["rows"]]
    [('base', 0.71, 0.01), ('dropout', 0.76, 0.01), ('together', 0.76, 0.01)]
    >>> done["chosen"], done["test"]
    ('dropout', [0.72, 0.72, 0.72])
    """
    seeds = list(seeds)
    if len(set(seeds)) < max(FEWEST, len(seeds)):
        raise ValueError(f"seeds is {seeds}: there must be {FEWEST} or more, all different.")
    for name, value in (("base", base), ("remedies", remedies)):
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} is a {type(value).__name__}: it must be a dict.")
    _check(base, remedies)
    together = {name: value for change in remedies.values() for name, value in change.items()}
    changes = {BASE: {}, **remedies, TOGETHER: together}
    rows, models = [], []
    for name, change in changes.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        rows.append({"name": name, "cfg": cfg, **_summary(name, [score for _, score in runs])})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [float(test(model)) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


def _summary(name: str, scores: Sequence[float]) -> dict[str, Any]:
    if not np.isfinite(scores).all():
        raise ValueError(f"{name!r} has the accuracies {scores}: they must be finite numbers.")
    mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
    return {"scores": [float(score) for score in scores], "mean": mean, "sd": sd}


def _check(base: Settings, remedies: Mapping[str, Settings]) -> None:
    changed = Counter(setting for change in remedies.values() for setting in change)
    for name, change in remedies.items():
        if name in (BASE, TOGETHER):
            raise ValueError(f"A remedy is called {name!r}, as another row is: rename it.")
        for setting in change:
            if setting not in base:
                raise ValueError(f"{name!r} changes {setting!r}, which the base has not.")
            if changed[setting] > 1:
                raise ValueError(f"Two remedies change {setting!r}: together they can't.")
