"""Write docs/benchmarks.md from benchmarks/results; with --check, only say whether it is stale."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"

HEAD = """\
# What was measured

<!-- Written by tools/benchmarks_page.py from benchmarks/results ("make bench", "make docs"). -->

Each table is what a script in `benchmarks/` wrote when it last ran: the two sides on the same input
in one run, with machine, versions and date in the last line. Other machines give other times and
much the same ratios. [benchmarks/README.md](../benchmarks/README.md) says how each is measured.
`make bench` measures anew.
"""


def page() -> str:
    """Return the whole page: each result's text, its headings one level down."""
    parts = [HEAD]
    for path in sorted(RESULTS.glob("*.md")):
        text = re.sub("^#", "##", path.read_text(encoding="utf-8"), flags=re.M)
        command = f"`python benchmarks/{path.stem}.py`"
        parts.append(f"{text.rstrip()}\n\n*{command}*\n")
    return "\n".join(parts)


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    if parser.parse_args().check:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print("docs/benchmarks.md is not what benchmarks/results says; run 'make docs'.",
              file=sys.stderr)  # fmt: skip
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
