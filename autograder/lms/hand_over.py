"""Hand grades over to other programs: JSON of everything, tables for Canvas and Moodle."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.files import write_atomic
from autograder.lms.gradebooks import Filled, canvas, moodle
from autograder.lms.scores import Scored, choose, read_scored

_CELL = "cell exercise title score max_score status message misconception".split()


def hand_over(
    out: Path,
    *,
    chapter: str | None = None,
    canvas_gradebook: Path | None = None,
    moodle_worksheet: Path | None = None,
    column: str | None = None,
) -> list[str]:
    """Write ``grades.json`` and, where they are asked for, ``canvas.csv`` and ``moodle.csv``.

    Returns
    -------
    list of str
        Sentences: what was written, and what a teacher should know of it.

    Raises
    ------
    GradeError
        If there is nothing to hand over, or a table is not what it should be.
    """
    graded = read_scored(out)
    if chapter or canvas_gradebook or moodle_worksheet:
        name = choose(graded, chapter)
        graded = [each for each in graded if each.result.assignment == name]
    filled = {}
    if canvas_gradebook:
        filled["canvas.csv"] = canvas(canvas_gradebook, graded, name, column)
    if moodle_worksheet:
        filled["moodle.csv"] = moodle(moodle_worksheet, graded, name, column)
    write_atomic(out / "grades.json", as_json(graded))
    said = [f"{out / 'grades.json'}: {len(graded)} submissions."]
    for file, table in filled.items():
        write_atomic(out / file, table.text)
        said += _said(out / file, table)
    return said


def as_json(graded: list[Scored]) -> str:
    """Give everything that is known of the submissions but what the students wrote."""
    ordered = sorted(graded, key=lambda each: (each.result.assignment, each.student))
    data = {"submissions": [_submission(each) for each in ordered]}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _submission(each: Scored) -> dict:
    result, row = each.result, each.row
    numbers = {key: _number(row[key]) for key in ("score", "max_score", "late", "penalty")}
    return {
        "student": result.student,
        "assignment": result.assignment,
        **numbers,
        "status": result.status,
        "reason": result.reason,
        "attempt": result.attempt,
        "repairs": result.repairs,
        "flags": result.flags,
        "needs_manual": row["needs_manual"] == "yes",
        "waiting": each.waiting,
        "cells": [{key: getattr(cell, key) for key in _CELL} for cell in result.cells],
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def _said(path: Path, table: Filled) -> list[str]:
    return [f"{path}: {table.written} scores.", *table.notes]
