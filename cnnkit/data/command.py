"""What ``cnnkit data`` does: list the sets, fetch them, verify their files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnkit.data import packaged, places
from cnnkit.data.content import Damaged, DataError, File, read, sha256
from cnnkit.data.fetch import is_of_another_set, obtain
from cnnkit.data.loading import load
from cnnkit.data.sets import SETS, Packaged, Published, find_set


@dataclass(frozen=True)
class Held:
    """A file of a set, and where it was found."""

    file: File
    good: Path | None  # the first copy that is whole
    wrong: list[str]  # what is wrong with other copies


def run(verb: str, names: Sequence[str]) -> int:
    """Run a command; give 0 if all is well, 1 if data are missing or wrong, 2 for a wrong call."""
    verbs = {"list": _list, "fetch": _fetch, "verify": _verify}
    try:
        for name in names:
            find_set(name)
        return verbs[verb](names)
    except (DataError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, DataError) else 2


def _list(names: Sequence[str]) -> int:
    for name, found in SETS.items():
        train, test = (f"{count:,}" for count in found.counts)
        size = f"{found.size[0]} x {found.size[1]}"
        print(f"{name:14} {train:>6} + {test:>6} pictures, {size:8} {_state(name, found)}")
    here = [name for name, photo in packaged.PHOTOGRAPHS.items() if packaged.is_here(photo)]
    others = [name for name in packaged.PHOTOGRAPHS if name not in here]
    print(f"\nPhotographs: {', '.join(here) or 'none'}.", end=" ")
    print(f"With scikit-image also: {', '.join(others)}." if others else "")
    print(f"Downloads are kept in {places.cache_folder()}.")
    return 0


def _state(name: str, found: Packaged | Published) -> str:
    if isinstance(found, Packaged):
        wrong = _fault(name)
        return f"WRONG: {wrong}" if wrong else f"here, with {found.package}"
    held = list(_held(name, found))
    missing = [part.file for part in held if part.good is None]
    if not missing:
        folders = dict.fromkeys(str(part.good.parent) for part in held)
        return f"here, in {' and '.join(folders)}"
    size = _megabytes(missing)
    if any(part.wrong for part in held):
        return f"WRONG: cnnkit data verify says more ({size} to fetch)"
    here = "not here" if len(missing) == len(held) else f"{len(held) - len(missing)} files of "
    here = here if here == "not here" else f"{here}{len(held)} here"
    return f"{here}: cnnkit data fetch {name} ({size})"


def _held(name: str, published: Published) -> Iterator[Held]:
    for file in published.all_files():
        good, wrong = None, []
        for path in places.present(name, file):
            try:
                read(path, file)
                good = good or path
            except Damaged as error:
                if not is_of_another_set(path, name, error):
                    wrong.append(str(error))
        yield Held(file, good, wrong)


def _fault(name: str) -> str:
    """What is wrong with a set that comes with a package; empty if nothing is."""
    if name == "apparel":
        path = packaged.APPAREL
        whole = path.is_file() and sha256(path.read_bytes()) == packaged.APPAREL_SHA256
        return "" if whole else f"{path} is damaged: install cnnkit anew."
    try:
        load(name, "test")
    except (DataError, OSError, ValueError) as error:
        return str(error)
    return ""


def _fetch(names: Sequence[str]) -> int:
    for name in names:
        found = SETS[name]
        if isinstance(found, Packaged):
            print(f"{name} comes with {found.package}: there is nothing to fetch.")
            continue
        for file in found.all_files():
            obtain(name, found, file)
        print(f"{name} is {_state(name, found)}.")
    return 0


def _verify(names: Sequence[str]) -> int:
    faults = 0
    for name in names or SETS:
        found = SETS[name]
        if isinstance(found, Packaged):
            wrong = _fault(name)
            faults += bool(wrong)
            print(f"WRONG    {wrong}" if wrong else f"ok       {name}, with {found.package}")
            continue
        for part in _held(name, found):
            faults += len(part.wrong) + bool(names and part.good is None)
            for sentence in part.wrong:
                print(f"WRONG    {sentence} Remove it, or fetch {name} anew.")
            if part.good is not None:
                print(f"ok       {part.good}")
            elif not part.wrong:
                print(f"missing  {part.file.name} of {name} ({_megabytes([part.file])})")
    things = "1 thing is" if faults == 1 else f"{faults} things are"
    print(f"\n{things} wrong or missing." if faults else "\nWhat is here is as it should be.")
    return 1 if faults else 0


def _megabytes(files: Sequence[File]) -> str:
    size = sum(file.size for file in files)
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
