"""Chapters of a few cells, made for one test, and submissions of them."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_course import by_id, cell, write

from autograder.chapter import Chapter

IMPORTS = (
    "import numpy as np\nfrom cnnkit.testing import assert_raises, assert_same, beside_student\n"
)


def setup(source, name="setup"):
    """Make a setup cell."""
    return cell("setup", source, name)


def beside(name, source):
    """Make a cell with a function that runs beside the student's code."""
    return cell("beside", source, name)


def exercise(name, source):
    """Make an exercise with its solution."""
    return cell("exercise", source, name, exercise=name)


def check(name, source, limit=10, points=1):
    """Make a test cell; ``name`` is EXERCISE-PROPERTY."""
    about = {"exercise": name.rpartition("-")[0], "title": name, "limit": limit, "points": points}
    return cell("test", source, name, **about)


def made(folder: Path, *cells, name="92_made") -> Chapter:
    """Write an instructor notebook of these cells and load it as a chapter."""
    notebook = {
        "cells": list(cells),
        "metadata": {"cnnkit": {"chapter": name, "title": "Made"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Chapter.load(write(folder / f"{name}.ipynb", notebook))


def handed_in(chapter: Chapter, sources=None, added=()) -> dict:
    """Make a submission: solution cells with these sources, cells added behind named ones."""
    notebook = json.loads(chapter.path.read_text(encoding="utf-8"))
    for name, source in (sources or {}).items():
        by_id(notebook, name)["source"] = source
    for number, (after, source) in enumerate(added):
        place = notebook["cells"].index(by_id(notebook, after)) + 1 + number
        extra = {"cell_type": "code", "id": f"mine-{number}", "metadata": {}, "source": source}
        notebook["cells"].insert(place, extra | {"execution_count": None, "outputs": []})
    return notebook


def unit(chapter: Chapter, notebook, student="ana") -> dict:
    """Make what the pool is given for one submission."""
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    return {"student": student, "assignment": chapter.name, "notebook": text, "pages": False}
