"""Turn checked cells into the instructor notebook, nbgrader's source notebook."""

from __future__ import annotations

import hashlib
import json
import textwrap

from . import items as lecture_items
from . import quizzes
from .checks import number, title
from .source import Source, SourceCell

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
# grade, locked, solution; cells of other roles are nothing to nbgrader
NBGRADER = {
    "setup": (False, True, False),
    "beside": (False, True, False),
    "exercise": (False, False, True),
    "test": (True, True, False),
    "answer": (True, False, True),
}


def instructor(source: Source, items: lecture_items.Items) -> dict:
    """Make the instructor notebook, as nbformat 4.5, without outputs."""
    cells, taken = [], set()
    for cell in source.cells:
        made = _cell(cell, items)
        made["id"] = _id(cell, made["source"], taken)
        cells.append(made)
    about = {"chapter": source.name, "title": source.title}
    return {
        "cells": cells,
        "metadata": {"cnnkit": about, **METADATA},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def dumps(notebook: dict) -> str:
    """Write a notebook as text: the same text for the same cells, on every machine."""
    cells = [{**cell, "source": cell["source"].splitlines(True)} for cell in notebook["cells"]]
    return (
        json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )


def _cell(cell: SourceCell, items: lecture_items.Items) -> dict:
    source = cell.source
    if cell.role == "quiz":
        source = quizzes.code(quizzes.parse(cell))
    elif cell.role == "text":
        source = lecture_items.boxed(cell, items)
    elif cell.role == "exercise":
        source = _barred(cell) + source
    metadata = {"cnnkit": _about(cell)}
    if cell.role in NBGRADER:
        metadata["nbgrader"] = _nbgrader(cell)
    if cell.role == "quiz":
        metadata["jupyter"] = {"source_hidden": True}  # nobody can read an encoded question
    if cell.markdown and cell.role != "quiz":
        return {"cell_type": "markdown", "metadata": metadata, "source": source}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def _barred(cell: SourceCell) -> str:
    """Say at the top of an exercise what it forbids: a rule that nobody knows is a trap."""
    words = cell.attributes.get("forbids", "").split()
    if not words:
        return ""
    sentence = f"Do without {', '.join(words)}: marking looks for them."
    return textwrap.fill(sentence, 96, initial_indent="# ", subsequent_indent="# ") + "\n"


def _about(cell: SourceCell) -> dict:
    """Gather what the grader reads of a cell."""
    about: dict = {"role": cell.role}
    if cell.exercise:
        about["exercise"] = cell.exercise
    if cell.role == "test":
        about["title"] = title(cell)
    if cell.role == "quiz":
        about["quiz"] = cell.name
    for key in ("limit", "minutes"):
        if key in cell.attributes:
            about[key] = number(cell.attributes[key])
    if "forbids" in cell.attributes:
        about["forbids"] = cell.attributes["forbids"].split()
    for key in ("items", *lecture_items.BOXES):
        if key in cell.attributes:
            about[key] = lecture_items.numbers(cell, key)
    return about


def _nbgrader(cell: SourceCell) -> dict:
    grade, locked, solution = NBGRADER[cell.role]
    about = {
        "grade": grade,
        "grade_id": cell.grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return about | ({"points": number(cell.attributes["points"])} if grade else {})


def _id(cell: SourceCell, source: str, taken: set[str]) -> str:
    """Give the grade id, or role and digest: an id that stays when cells move."""
    digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()[:8]
    first = cell.grade_id or f"{cell.role}-{digest}"
    name, count = first, 1
    while name in taken:
        count += 1
        name = f"{first}-{count}"
    taken.add(name)
    return name
