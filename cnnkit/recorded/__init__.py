"""Results of trainings that take too long for a notebook, as scripts in experiments/ wrote them.

A record is a file NAME.json beside this one, written by ``python experiments/NAME.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnkit.reading import count

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Record:
    """What an experiment found, and how.

    Attributes
    ----------
    runs : list of dict
        A run each: its settings, its results, and 'seconds', what it took by the clock.
    about : dict
        'command', 'date', 'machine', 'cores', 'threads', 'load' (the highest before a run;
        more than the cores means that others were at work), 'versions', 'data' (for each set
        its name, its number of images and the hash of what it held) and 'source', the script's.
    """

    runs: list[dict[str, Any]]
    about: dict[str, Any]

    @property
    def busy(self) -> bool:
        """Whether others used the machine meanwhile, so that the seconds say little."""
        load = self.about["load"]
        return load is not None and load > self.about["cores"] + 1  # the runs themselves count too

    @property
    def label(self) -> str:
        """Say in a sentence where the figures come from, to stand below a picture of them."""
        about, seconds = self.about, sum(run["seconds"] for run in self.runs)
        seeds = sorted({run["seed"] for run in self.runs if "seed" in run})
        sets = [f"{each['name']} ({_images(each['images'])})" for each in about["data"]]
        versions = [f"{name} {version}" for name, version in about["versions"].items()]
        parts = [
            count(len(self.runs), "run"),
            f"seed{'s' * (len(seeds) > 1)} {_list(seeds)}" if seeds else "",
            f"on {_list(sets)}" if sets else "",
            f"{seconds:,.0f} s with {count(about['threads'], 'thread')}"
            + " on a machine that others used as well" * self.busy,
        ]
        said = ", ".join(filter(None, parts))
        return (
            f"Recorded by `{about['command']}` on {about['date']}, not computed just now: {said}; "
            f"{', '.join(versions)}."
        )


def load(name: str) -> Record:
    """Load what an experiment recorded.

    Parameters
    ----------
    name : str
        The script's, without its .py.

    Returns
    -------
    record : Record
        Yours to change: each call reads the file.

    Raises
    ------
    ValueError
        There is no such record; the message names those that there are.

    Examples
    --------
    >>> load("a_better_world")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: There is no record 'a_better_world': ...
    """
    names = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in names:
        there = f"take {_list(list(map(repr, names)), 'or')}" if names else "there is none yet"
        raise ValueError(
            f"There is no record {name!r}: {there}. `python experiments/NAME.py` makes one."
        )
    return Record(**json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def _list(things: list, last: str = "and") -> str:
    *firsts, final = map(str, things)
    return f"{', '.join(firsts)} {last} {final}" if firsts else final


def _images(number: int) -> str:
    return f"{number:,} image{'s' * (number != 1)}"
