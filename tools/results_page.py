"""Write the README's table of results from the records; with --check, only say whether it is stale.

The table stands between two comments; all around it is written by hand.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from cnnkit import recorded
from cnnkit.recorded import Record

README = Path(__file__).resolve().parent.parent / "README.md"
RECORD = "14_full_sets"
BEGIN = "<!-- Results, written by tools/results_page.py from cnnkit/recorded: make docs -->"
END = "<!-- End of the results -->"
CLOCKS = ("seconds", "processor_seconds")
HEAD = """\
| data set | network | parameters | test accuracy, % | by seed | minutes | of processor time |
|---|---|---:|---:|---|---:|---:|
"""
NO_RECORD = "Not recorded yet: `make experiments` does it."


def table(record: Record) -> str:
    """Give a row for each network, and a line on how it was measured."""
    tests = [run for run in record.runs if run["stage"] == "test"]
    nets = dict.fromkeys((run["data"], run["net"]) for run in tests)
    rows = [row([run for run in tests if (run["data"], run["net"]) == net]) for net in nets]
    return f"{HEAD}{''.join(rows)}\n{record.label}"


def row(runs: list[dict]) -> str:
    """Write a network's row: mean and spread (that of a sample) over its seeds."""
    percents = [100 * run["accuracy"] for run in runs]
    mean, spread = statistics.fmean(percents), statistics.stdev(percents)
    seconds = [statistics.fmean(run[name] for run in runs) for name in CLOCKS]
    cells = [
        runs[0]["data"],
        runs[0]["net"],
        f"{runs[0]['parameters']:,}",
        f"**{mean:.2f}** ± {spread:.2f}",
        ", ".join(f"{percent:.2f}" for percent in percents),
        *(f"{each / 60:.1f}" for each in seconds),
    ]
    return f"| {' | '.join(cells)} |\n"


def with_table(text: str, new: str) -> str:
    """Put a table between the comments, in place of the one that is there.

    Raises
    ------
    SystemExit
        The comments are not there, once each.
    """
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in after or END in before:
        raise SystemExit(f"README.md must have these two lines once: {BEGIN} and {END}")
    return f"{before}{begin}\n\n{new}\n{end}{after}"


def main() -> int:
    """Write the table, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    there = README.read_text(encoding="utf-8")
    known = (recorded.FOLDER / f"{RECORD}.json").exists()
    text = with_table(there, table(recorded.load(RECORD)) if known else NO_RECORD)
    if not parser.parse_args().check:
        README.write_text(text, encoding="utf-8")
    elif text != there:
        print(f"README.md is not what {RECORD}.json says; run 'make docs'.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
