"""The notebook of chapter 00, as a student might have worked on it."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "00_start_here"
RIGHT = "def mirror(image):\n    return image[:, :, ::-1].copy()"
WRONG = "def mirror(image):\n    return image[:, ::-1].copy()"


def untouched() -> dict:
    return json.loads((ROOT / "notebooks" / f"{NAME}.ipynb").read_text(encoding="utf-8"))


def cell(notebook: dict, name: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def solved(source: str = RIGHT) -> dict:
    notebook = untouched()
    cell(notebook, "mirror")["source"] = source
    return notebook


def insert(notebook: dict, source: str, after: str = "setup") -> dict:
    """Add a cell of the student's behind a named one."""
    place = notebook["cells"].index(cell(notebook, after)) + 1
    mine = {"cell_type": "code", "id": f"mine-{place}", "metadata": {}, "source": source}
    notebook["cells"].insert(place, mine | {"execution_count": None, "outputs": []})
    return notebook


def clicked(notebook: dict, **counts: int) -> dict:
    """Mark cells as run, in an order; a dash of a name is written ``_``."""
    for name, count in counts.items():
        cell(notebook, name.replace("_", "-"))["execution_count"] = count
    return notebook


def save(notebook: dict, folder: Path, name: str = NAME) -> Path:
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
