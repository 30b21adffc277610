"""Read a notebook that a student handed in, whatever has become of it on the way.

Nothing here trusts the file: fields may be missing or of the wrong type, the format old, the
encoding odd. What comes out is small and regular: cells with type, id, grade id and source.
"""

from __future__ import annotations

import copy
import json

MAX_FILE = 50_000_000  # bytes
MAX_CELLS = 2_000
MAX_TEXT = 5_000_000  # characters of code and text, without outputs and attachments


class NotANotebook(Exception):
    """Why a file cannot be read as a notebook, as one sentence."""


def parse(data: bytes) -> dict:
    """Read a notebook's bytes; outputs and attachments are left out.

    Any Unicode encoding will do, with or without byte order mark.
    """
    try:
        raw = json.loads(data)
    except RecursionError:
        raise NotANotebook("It is nested too deeply to be a notebook.") from None
    except ValueError as error:
        where = f" ({error})" if isinstance(error, json.JSONDecodeError) and data.strip() else ""
        empty = "" if data.strip() else "The file is empty. "
        raise NotANotebook(f"{empty}It is not a notebook: no valid JSON{where}.") from None
    notebook = regular(raw)
    if sum(len(cell["source"]) for cell in notebook["cells"]) > MAX_TEXT:
        raise NotANotebook(f"Its cells hold more than {MAX_TEXT // 1_000_000} MB of text.")
    return notebook


def regular(raw: object) -> dict:
    """Bring parsed JSON into the regular form; a regular notebook comes out as it went in."""
    if not isinstance(raw, dict):
        raise NotANotebook("It is not a notebook: its top level is no object.")
    if "worksheets" in raw or raw.get("nbformat") in (1, 2, 3):
        raw = _upgraded(raw)
    if not isinstance(raw.get("cells"), list):
        raise NotANotebook("It is not a notebook: it has no list of cells.")
    if len(raw["cells"]) > MAX_CELLS:  # before anything is made of them: 50 MB hold 16 million
        raise NotANotebook(f"It has more than {MAX_CELLS} cells.")
    about = _dict(_dict(raw.get("metadata")).get("cnnkit"))
    return {
        "cells": [_cell(cell) for cell in raw["cells"] if isinstance(cell, dict)],
        "metadata": {"cnnkit": {"chapter": _text(about.get("chapter"))}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def grade_id(cell: dict) -> str:
    """Give the grade id that a cell's metadata claims; empty where there is none."""
    return _text(_dict(_dict(cell.get("metadata")).get("nbgrader")).get("grade_id"))


def chapter_name(notebook: dict) -> str:
    """Give the chapter that a regular notebook's metadata claims; empty where there is none."""
    return notebook["metadata"]["cnnkit"]["chapter"]


def _upgraded(raw: dict) -> dict:
    """Bring formats before 4 to 4; only these rare ones pay for the import."""
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(copy.deepcopy(raw)), 4)
    except Exception as error:  # nbformat raises whatever a broken field makes it raise
        raise NotANotebook(
            f"Its format is old and could not be upgraded ({type(error).__name__}). "
            "Open and save it in a current JupyterLab."
        ) from None


def _cell(cell: dict) -> dict:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(_text(part) for part in source)
    name = grade_id(cell)
    regular_cell = {
        "cell_type": _text(cell.get("cell_type")) or "raw",
        "id": _text(cell.get("id")),
        "metadata": {"nbgrader": {"grade_id": name}} if name else {},
        "source": _text(source).replace("\r\n", "\n").replace("\r", "\n"),
    }
    if regular_cell["cell_type"] == "code":
        regular_cell |= {"execution_count": None, "outputs": []}
    return regular_cell


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Give a string without lone surrogates, which no file can hold; anything else gives ''."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")
