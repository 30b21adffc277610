"""What ``autograder build`` says."""

from __future__ import annotations

import sys
from pathlib import Path

from . import SCRIPTS, BuildError, build_all


def run(root: Path, check: bool = False) -> int:
    """Build all chapters, or with ``check`` only look; return the exit status."""
    if not list((root / "solutions").glob(SCRIPTS)):
        print(f"There is no chapter: no file {SCRIPTS} in {root / 'solutions'}.", file=sys.stderr)
        return 1
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
    return 1 if check and paths else 0
