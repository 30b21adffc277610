"""What ``autograder build`` says."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from . import SCRIPTS, BuildError, build_all


def run(root: Path, check: bool = False) -> int:
    """Build all chapters, or with ``check`` only look; return the exit status."""
    if not list((root / "solutions").glob(SCRIPTS)):
        print(f"There is no chapter: no file {SCRIPTS} in {root / 'solutions'}.", file=sys.stderr)
        return 1
    before = _graded(root)
    try:
        paths = build_all(root, check=check)
    except BuildError as error:
        count = len(error.problems)
        print(error, file=sys.stderr)
        print(f"{count} to mend; nothing was written.", file=sys.stderr)
        return 1
    for path in paths:
        name = path.relative_to(root)
        if check:
            print(f"{name} is stale: run 'autograder build' and commit it.", file=sys.stderr)
        else:
            print(f"{'wrote' if path.exists() else 'removed'} {name}")
    for chapter, names in _graded(root).items():
        if gone := sorted(before.get(chapter, names) - names):
            print(
                f"{chapter} has no {', '.join(gone)} any more. What a class wrote there and the "
                "points for it are kept under that name: if it was only renamed, take it back."
            )
    return 1 if check and paths else 0


def _graded(root: Path) -> dict[str, set[str]]:
    """The names under which work and points are kept, by chapter, as the notebooks now are."""
    found = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            cells = json.loads(path.read_bytes())["cells"]
            marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
            found[path.stem] = {m["grade_id"] for m in marks if m.get("grade") or m.get("solution")}
    return found
