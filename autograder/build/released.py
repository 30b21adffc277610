"""What the package that students install knows of a chapter: ``cnnkit/released/NN_name.json``."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.bindings import bound_at_top

FOLDER = Path("cnnkit", "released")


def text(student: dict) -> str:
    """Give the code cells of a student's notebook, and its questions, as text."""
    cells = [_cell(cell) for cell in student["cells"] if _matters(cell)]
    about = {**student["metadata"]["cnnkit"], "cells": cells}
    return json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _matters(cell: dict) -> bool:
    return cell["cell_type"] == "code" or cell["metadata"]["cnnkit"]["role"] == "answer"


def _cell(raw: dict) -> dict:
    about, marks = raw["metadata"]["cnnkit"], raw["metadata"].get("nbgrader", {})
    cell = {"id": raw["id"], "role": about["role"], "source": raw["source"]}
    cell |= {key: about[key] for key in ("exercise", "title", "limit", "minutes") if key in about}
    if marks:
        cell["name"] = marks["grade_id"]
    if "points" in marks:
        cell["points"] = float(marks["points"])
    if about["role"] in ("exercise", "beside"):
        cell["bound_names"] = list(bound_at_top(raw["source"]))
    return cell
