"""The book of an experiment: each run is written down as soon as it is done.

A script that is stopped goes on where it was, with the next run; see experiments/README.md.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from cnnkit.data import DataError, load, photograph
from cnnkit.data.packaged import PHOTOGRAPHS
from cnnkit.data.sets import SPLITS
from cnnkit.reading import count
from cnnkit.writing import write_whole

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "benchmarks"))  # last: a script's own folder comes first

from timing import conditions  # noqa: E402

PACKAGES = ("numpy", "torch")
WATCHED = {"source": "another script", "versions": "other versions", "data": "other data"}


class Book:
    """The runs of an experiment.

    Parameters
    ----------
    name : str
        The script's, without its .py; the record's as well.
    data : list of str
        The data sets and photographs that the runs use, by their names in :mod:`cnnkit.data`.
        Where one cannot be had, the script ends and says what to do.

    Examples
    --------
    ::

        book = Book("11_augmentation", data=["apparel"])
        for seed in range(3):
            result = book.run({"remedy": "flip", "seed": seed}, train)
        book.close()
    """

    def __init__(self, name: str, data: list[str]) -> None:
        script = Path(sys.argv[0]).resolve()
        self.record = ROOT / "cnnkit" / "recorded" / f"{name}.json"
        self.part = ROOT / "build" / "experiments" / f"{name}.json"
        self.part.parent.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(self.part.with_suffix(".lock"))  # the system frees it after a kill
        try:
            self.lock.acquire(timeout=0)
            about = described(script, data)
        except Timeout:
            raise SystemExit(f"{script.name} runs already, in another process.") from None
        except DataError as error:
            raise SystemExit(f"{script.name}: {error}") from None
        self.kept = went_on(self.part, about) or {"about": about, "runs": []}
        self.done: list[dict] = []  # the runs that this script asked for, in its order

    def run(self, settings: dict[str, Any], work: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """Do a run and write it down, or give what it gave before the script was stopped.

        Parameters
        ----------
        settings : dict
            What this run differs in, its seed included; plain values. No two runs share them.
        work : callable
            ``work(**settings)`` gives the results, a dict of plain values (NumPy's too).

        Returns
        -------
        run : dict
            The settings, the results and 'seconds', as the record will have them.

        Raises
        ------
        ValueError
            The settings were asked for before, or the results cannot be recorded.
        KeyboardInterrupt
            The run was interrupted: it is not written down, even if ``work`` came to an end.
        """
        settings = plain(settings, "The settings are")
        if any(run["settings"] == settings for run in self.done):
            raise ValueError(f"{settings} was run before in this script: give each run a seed.")
        words = ", ".join(f"{name}={value}" for name, value in settings.items())
        words = f"run {len(self.done) + 1}: {words}"
        run = next((run for run in self.kept["runs"] if run["settings"] == settings), None)
        if run:
            print(f"{words}: done before", flush=True)
        else:
            print(f"{words} ...", flush=True)
            run = timed(settings, work, self.kept["about"])
            self.kept["runs"].append(run)
            write_json(self.part, self.kept)
            print(f"{words}: {run['seconds']} s", flush=True)
        self.done.append(run)
        return flat(run)

    def close(self) -> None:
        """Write the record of the runs that this script asked for, in their order."""
        runs = [flat(run) for run in self.done]
        write_json(self.record, {"about": self.kept["about"], "runs": runs})
        self.lock.release()
        print(f"{self.record.relative_to(ROOT).as_posix()} is written.", flush=True)


def described(script: Path, data: list[str]) -> dict[str, Any]:
    """Say on what the runs are made, and from what: where these differ, old runs do not count."""
    on = conditions([name for name in PACKAGES if installed(name)])
    return {
        "command": " ".join(["python", f"{script.parent.name}/{script.name}", *sys.argv[1:]]),
        "date": on["date"],
        "machine": f"{on['processor']}, {on['system']}",
        "cores": on["cores"],
        "threads": threads(on["cores"]),
        "load": on["load before"],
        "versions": on["versions"],
        "data": [hashed(name) for name in data],
        "source": hashlib.sha256(script.read_bytes()).hexdigest(),
    }


def installed(name: str) -> bool:
    """Say whether a package is here, without loading it."""
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False


def threads(cores: int) -> int:
    """Say how many threads a run has: torch knows, NumPy follows the environment."""
    if "torch" in sys.modules:
        return sys.modules["torch"].get_num_threads()
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() else cores


def hashed(name: str) -> dict[str, Any]:
    """Count the images of a set, of both splits, and hash them with their labels."""
    if name in PHOTOGRAPHS:
        arrays, images = [photograph(name)], 1
    else:
        arrays = [array for split in SPLITS for array in load(name, split)]
        images = sum(map(len, arrays[::2]))
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array))
    return {"name": name, "images": images, "sha256": digest.hexdigest()}


def went_on(part: Path, about: dict[str, Any]) -> dict[str, Any] | None:
    """Read the runs of a script that was stopped, if they still count."""
    if not part.exists():
        return None
    try:
        kept = json.loads(part.read_text(encoding="utf-8"))
        other = [WATCHED[key] for key in WATCHED if kept["about"][key] != about[key]]
        runs = len(kept["runs"])
    except (ValueError, KeyError, TypeError):
        other, runs = ["a file that nobody can read"], 0
    where = part.relative_to(ROOT).as_posix()
    if other:
        print(f"Starting anew: {where} has runs of {' and '.join(other)}.", flush=True)
        return None
    print(f"Going on after {count(runs, 'run')}; delete {where} to make them anew.", flush=True)
    return kept


def timed(settings: dict, work: Callable[..., dict], about: dict) -> dict[str, Any]:
    """Do a run by the clock; ``about`` keeps the highest load, and the threads."""
    if hasattr(os, "getloadavg"):
        about["load"] = round(max(about["load"], os.getloadavg()[0]), 1)
    began = time.perf_counter()
    with Interrupts() as interrupts:
        results = work(**settings)
    seconds = round(time.perf_counter() - began, 1)
    if interrupts.seen:
        raise KeyboardInterrupt
    about["threads"] = threads(about["cores"])
    if not isinstance(results, dict):
        raise ValueError(f"The run of {settings} gave {results!r}: it must give a dict of results.")
    twice = sorted({*settings, "seconds"} & {*results})
    if twice:
        raise ValueError(f"The run of {settings} gave {twice[0]!r}, which is taken: rename it.")
    results = plain(results, f"The results of {settings} are")
    return {"settings": settings, "results": results, "seconds": seconds}


class Interrupts:
    """See Ctrl-C also where the work takes it for itself, as :func:`cnnkit.training.fit` does."""

    def __enter__(self) -> Interrupts:
        self.seen, self.before = False, signal.getsignal(signal.SIGINT)
        if self.before is not signal.SIG_IGN:  # in the background Ctrl-C is for others
            signal.signal(signal.SIGINT, self.note)
        return self

    def note(self, *_: object) -> None:
        """Remember it, and go on as Python does."""
        self.seen = True
        raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def plain(values: dict, what: str) -> dict:
    """Give a copy made of numbers, words, lists and dicts, as JSON keeps it."""
    try:
        return json.loads(json.dumps(values, allow_nan=False, default=lambda v: v.tolist()))
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{what} {values!r:.300}: there may be finite numbers, words, lists and dicts only."
        ) from error


def flat(run: dict[str, Any]) -> dict[str, Any]:
    """Put settings and results beside each other, in a copy."""
    run = json.loads(json.dumps(run))
    return {**run["settings"], **run["results"], "seconds": run["seconds"]}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file whole, a line a run, so that a difference can be read."""
    runs = ",\n".join(json.dumps(run) for run in content["runs"])
    text = f'{{"about": {json.dumps(content["about"], indent=1)},\n"runs": [\n{runs}\n]}}\n'
    write_whole(path, lambda file: file.write(text.encode()))
