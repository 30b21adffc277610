"""The lectures' items, ``solutions/items.toml``, and the boxes that are headed by them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .problems import Problem
from .source import SourceCell

BOXES = {"erratum": ("✗ Erratum", "flag"), "careful": ("☞ Careful", "note")}  # head, mark needed


@dataclass(frozen=True)
class Item:
    """One item of a lecture, as far as the builder needs it."""

    id: int
    lecture: str
    author: str
    marks: tuple[str, ...]


@dataclass
class Items:
    """All items by their number, and what is wrong with their file."""

    by_id: dict[int, Item]
    problems: list[Problem]
    readable: bool = True


def load(path: Path) -> Items:
    """Read ``items.toml``; a missing or malformed file becomes one problem."""
    file = f"{path.parent.name}/{path.name}"
    if not path.exists():
        sentence = "The file does not exist; add it, since cells name lecture items."
        return Items({}, [Problem(file, 1, sentence)], readable=False)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("item", [])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        sentence = f"This is not TOML ({error}); mend it."
        return Items({}, [Problem(file, int(line[1]) if line else 1, sentence)], readable=False)
    items = Items({}, [])
    for place, table in enumerate(tables, 1):
        number = table.get("id")
        if not isinstance(number, int):
            sentence = f"The {place}. [[item]] has no whole number as id; give it one."
            items.problems.append(Problem(file, 1, sentence))
            continue
        if number in items.by_id:
            sentence = f"Item {number} stands there twice; keep one."
            items.problems.append(Problem(file, 1, sentence))
        mark = table.get("mark", "ok")
        marks = tuple(mark) if isinstance(mark, list) else (mark,)
        items.by_id[number] = Item(number, table.get("lecture", ""), table.get("author", ""), marks)
    return items


def numbers(cell: SourceCell, key: str) -> list[int]:
    """The item numbers of one attribute; words that are none are left out."""
    return [int(word) for word in cell.attributes.get(key, "").split() if word.isdecimal()]


def problems_of(cell: SourceCell, items: Items) -> list[str]:
    """What is wrong with the items that a cell names."""
    wrong = []
    for key in ("items", *BOXES):
        words = cell.attributes.get(key, "").split()
        if key in cell.attributes and not words:
            wrong.append(f'{key} names no item; write {key}="NUMBER" or leave it out.')
        wrong += [
            f"'{word}' in {key} is no item number; write numbers separated by spaces."
            for word in words
            if not word.isdecimal()
        ]
        if not items.readable:
            continue
        for number in numbers(cell, key):
            if number not in items.by_id:
                wrong.append(
                    f"Item {number} is not in solutions/items.toml; "
                    "correct the number or add the item."
                )
            elif key in BOXES and BOXES[key][1] not in items.by_id[number].marks:
                wrong.append(
                    f'{key}="{number}" does not fit: solutions/items.toml does not mark item '
                    f"{number} '{BOXES[key][1]}'; correct the number or the mark."
                )
    return wrong


def boxed(cell: SourceCell, items: Items) -> str:
    """The source of a text cell, as a headed blockquote where it corrects or warns."""
    heads = []
    for key, (heading, _) in BOXES.items():
        if numbers(cell, key):
            heads.append(f"**{heading}** · {_where(numbers(cell, key), items)}")
    if not heads:
        return cell.source
    lines = [line for head in heads for line in (head, "")] + cell.source.split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _where(ids: list[int], items: Items) -> str:
    """For example "Pilehvar, items 21 and 22; DSML, item 64"."""
    lectures: dict[str, list[int]] = {}
    for number in ids:
        item = items.by_id[number]
        lectures.setdefault(item.author or item.lecture, []).append(number)
    parts = []
    for lecture, found in lectures.items():
        words = [str(number) for number in found]
        listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
        parts.append(f"{lecture}, item{'s' if len(words) > 1 else ''} {listed}".lstrip(", "))
    return "; ".join(parts)
