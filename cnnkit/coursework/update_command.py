"""What ``cnnkit update`` does: work that was put aside goes into the notebooks as they are now."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

from cnnkit.coursework import saved
from cnnkit.coursework.carrying import Carried, carry, work
from cnnkit.coursework.checking import chapter_of
from cnnkit.coursework.notebooks import NotANotebook
from cnnkit.coursework.overview import notebooks_folder
from cnnkit.reading import count
from cnnkit.writing import write_whole


class Left(Exception):
    """Why a notebook was left as it is, as a sentence or two."""


def run(old: str, into: str | None = None) -> int:
    """Carry the work in a folder, or in one notebook, over, and return the exit status."""
    folder, source = notebooks_folder(into), Path(old)
    found = [source] if source.is_file() else sorted(source.glob("*.ipynb"), key=_copies_last)
    if not found:
        print(f"There is no notebook in {source}. Name the folder where you put your work aside.")
        return 2
    status = 0
    for path in found:
        try:
            told = "\n".join(_update(path, folder))
        except (Left, NotANotebook, OSError) as error:
            told, status = f"{path.name}: left out. {error}", 1
        print(textwrap.fill(told, 96, subsequent_indent="  ", break_on_hyphens=False))
    print(f"\nWhat you wrote is still in {source} as well; it was not changed.")
    return status


def _copies_last(path: Path) -> tuple[int, str]:
    """Sort notebooks so that of ``04_conv_layer`` and its ``-Copy1`` the first is taken."""
    return len(path.stem), path.name


def _update(path: Path, folder: Path) -> Iterator[str]:
    raw, regular = saved.read(path)
    target = folder / f"{chapter_of(regular)}.ipynb"
    if not target.is_file():
        raise Left(
            f"There is no new {target.name} in {folder.resolve()}; name another folder with --into."
        )
    if target.samefile(path):
        raise Left("It is the notebook that would be written. Put your work aside first.")
    if not work(raw):
        yield f"{path.name}: nothing of yours is in it."
        return
    new, _ = saved.read(target)
    if there := work(new):
        if sorted(there) != sorted(work(raw)):
            raise Left(f"{target} holds other work already. Put that aside, too, or finish there.")
        yield f"{path.name}: your work is in {target} already."
        return
    carried = carry(raw, new)
    text = json.dumps(carried.notebook, ensure_ascii=False, indent=1) + "\n"
    write_whole(target, lambda file: file.write(text.encode("utf-8", "replace")))
    yield f"{path.name}: {_told(carried)} now in {target}."
    if carried.tests:
        yield f"New or changed since, so run them: {', '.join(carried.tests)}."


def _told(carried: Carried) -> str:
    """Say what was carried over."""
    parts = []
    if carried.answers:
        parts.append(f"your {count(len(carried.answers), 'answer')}")
    if carried.own:
        parts.append(f"{count(carried.own, 'other cell')} of yours")
    number = len(carried.answers) + carried.own
    return f"{' and '.join(parts)} {'is' if number == 1 else 'are'}"
