"""Checkpoints: what a run needs to go on as if nothing had happened.

A checkpoint is written after each epoch, under another name first and then renamed: whoever looks
finds the old one or the new one, whole. Arrays lie in .npz without pickle, a torch model in
torch's format, which is read with ``weights_only``: neither can bring code along.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cnnkit.training.learners import Learner
from cnnkit.writing import write_whole


@dataclass
class Progress:
    """How far a run is, beside its weights."""

    root: int  # what all chance of the run follows from
    rows: list[dict[str, float]] = field(default_factory=list)  # the history, an epoch each
    stopped: bool = False  # by early stopping
    best: float | None = None  # early stopping's
    waited: int = 0


def save(path: Path, learner: Learner, plan: dict, progress: Progress, best: dict | None) -> None:
    """Write a checkpoint, whole or not at all.

    Parameters
    ----------
    path : Path
    learner : Learner
    plan : dict
        What a run that goes on from here must agree with; plain data.
    progress : Progress
    best : dict or None
        Early stopping's best weights.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    note = json.dumps({"plan": plan, "progress": asdict(progress)})
    write_whole(path, lambda file: learner.write(file, note, best))


def load(path: Path, learner: Learner, plan: dict, epochs: int) -> tuple[Progress, dict | None]:
    """Go on from a checkpoint: put its weights back, and say how far it was.

    Parameters
    ----------
    path, learner, plan
        As for :func:`save`.
    epochs : int
        How many there are to be in all.

    Returns
    -------
    progress : Progress
    best : dict or None
        Early stopping's best weights.

    Raises
    ------
    ValueError
        The file is no checkpoint, one of another run, or further on; the learner is as before.
    """
    raw = path.read_bytes()
    try:
        note, content = learner.read(io.BytesIO(raw))
        found = json.loads(note)
        progress = Progress(**found["progress"])
    except Exception as error:  # whatever readers of zip files, tensors and JSON may raise
        raise ValueError(
            f"{path} is no checkpoint of such a model ({type(error).__name__}). Name another "
            "file, or delete it to start anew."
        ) from error
    _agree(path, found["plan"], json.loads(json.dumps(plan)))
    if len(progress.rows) > epochs:
        raise ValueError(
            f"{path} has {len(progress.rows)} epochs already, epochs is {epochs}: ask for as many "
            "or more, or give this run a file of its own."
        )
    return progress, learner.adopt(content)


def _agree(path: Path, there: dict[str, Any], here: dict[str, Any]) -> None:
    other = [name for name in here if here[name] != there.get(name)]
    if other:
        name = other[0]
        one, two = _first_difference(str(there.get(name)), str(here[name]))
        raise ValueError(
            f"{path} is of another run: {name} is {_brief(one)} there and {_brief(two)} here. Give "
            "this run a file of its own, or delete that one to start anew."
        )


def _first_difference(one: str, two: str) -> tuple[str, str]:
    """Give the first lines that differ: a model's description has one for each layer."""
    lines = zip_longest(one.splitlines(), two.splitlines(), fillvalue="nothing")
    return next(((a.strip(), b.strip()) for a, b in lines if a != b), (one, two))


def _brief(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
