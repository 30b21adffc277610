"""What a saved notebook says of its tests: which passed when they were run last."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from cnnkit.coursework import notebooks
from cnnkit.coursework.matching import LOCKED
from cnnkit.released import Cell, Chapter

PASSED = "passed"
FAILED = "failed"
OLDER = "older"  # it passed, but the function's cell was run again since
NOT_RUN = "not run"


def read(path: Path) -> tuple[dict, dict]:
    """Read a notebook, as it is and in its regular form.

    Raises
    ------
    cnnkit.coursework.notebooks.NotANotebook
    """
    try:
        if path.stat().st_size > notebooks.MAX_FILE:
            raise notebooks.NotANotebook(
                f"It is larger than {notebooks.MAX_FILE // 1_000_000} MB, and marking refuses "
                "that. Choose Edit, then Clear Outputs of All Cells, and save it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise notebooks.NotANotebook(f"It could not be opened: {error.strerror}.") from error
    regular = notebooks.parse(data)
    return json.loads(data), regular


def states(notebook: dict, chapter: Chapter) -> dict[str, str]:
    """Tell of each test of a chapter how it ended in a notebook as it was saved.

    A test that is not what was handed out counts as one that was not run.
    """
    found = {}
    for cell in notebook.get("cells", []):
        if isinstance(cell, dict) and (name := notebooks.grade_id(cell)) in chapter.by_name:
            found.setdefault(name, cell)
    return {test.name: _state(test, found) for test in chapter.tests}


def untouched(cell: dict) -> bool:
    """Whether a cell of a notebook, as it is in the file, is what was handed out with it.

    nbgrader writes a checksum into each of its cells; this is how its ``utils.compute_checksum``
    makes it.
    """
    marks = cell["metadata"]["nbgrader"]
    grade, solution = marks.get("grade", False), marks.get("solution", False)
    locked = not solution and (grade or marks.get("locked", False))
    parts = [joined(cell), cell["cell_type"], grade, solution, locked, marks["grade_id"]]
    parts += [float(marks["points"])] if grade else []
    text = "".join(map(str, parts)).encode("utf-8", "replace")
    return hashlib.md5(text, usedforsecurity=False).hexdigest() == marks.get("checksum")


def from_another_release(notebook: dict, chapter: Chapter) -> list[str]:
    """Name the locked cells that are as they were handed out, and not as they are now."""
    found = []
    for cell in notebook.get("cells", []):
        name = notebooks.grade_id(cell) if isinstance(cell, dict) else ""
        known = chapter.by_name.get(name)
        if known is not None and known.role in LOCKED and source(cell) != known.source.strip():
            found += [name] * untouched(cell)
    return found


def _state(test: Cell, found: dict[str, dict]) -> str:
    cell = found.get(test.name, {})
    count = _count(cell)
    if not count or source(cell) != test.source.strip():
        return NOT_RUN
    if any(output.get("output_type") == "error" for output in cell.get("outputs") or []):
        return FAILED
    return OLDER if _count(found.get(test.exercise, {})) > count else PASSED


def _count(cell: dict) -> int:
    """The place in the order in which cells were run; 0 for one that was not."""
    count = cell.get("execution_count")
    return count if isinstance(count, int) else 0


def source(cell: dict) -> str:
    """Give the text of a cell as it is in the file, without what stands empty around it."""
    return joined(cell).strip()


def joined(cell: dict) -> str:
    """Give the text of a cell, which Jupyter keeps as a list of lines."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text
