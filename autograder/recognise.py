"""Recognise which chapter a notebook is of, whatever the file is called."""

from __future__ import annotations

from collections.abc import Callable

from autograder import notebooks
from autograder.chapter import Chapter
from autograder.match import binds


def recognise(notebook: dict, chapters: list[Chapter]) -> str:
    """Name the chapter that a notebook is of: by metadata, grade ids, or what it defines."""
    claimed = notebooks.chapter_name(notebook)
    if any(chapter.name == claimed for chapter in chapters):
        return claimed
    ids = {notebooks.grade_id(cell) or cell["id"] for cell in notebook["cells"]}
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    defined = set().union(*map(binds, code))
    return _most(chapters, ids, _own_ids) or _most(chapters, defined, _own_names)


def _own_ids(chapter: Chapter) -> set[str]:
    return {cell.name for cell in (*chapter.exercises, *chapter.tests)}


def _own_names(chapter: Chapter) -> set[str]:
    return {name for cell in chapter.exercises for name in cell.bound_names}


def _most(chapters: list[Chapter], marks: set[str], own: Callable) -> str:
    """Name the chapter that shares most with the marks; empty where none shares any."""
    counts = {chapter.name: len(marks & own(chapter)) for chapter in chapters}
    best = max(counts, key=counts.get, default="")
    return best if best and counts[best] else ""
