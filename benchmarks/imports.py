"""Measure what it costs to import ``cnnkit``, beside NumPy.

    python benchmarks/imports.py [--rounds 21]

Each import has a fresh process; the packages take turns, and a figure is the median. Results go
to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from timing import ONE_THREAD, RESULTS, conditions, conditions_line, verdict, write_results

# Processor time, so that a busy machine counts as little as it can.
CHILD = """
import sys, time
before = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - before)
"""
MODULES = (
    "cnnkit",  # the one that is held to a limit
    "cnnkit.ops", "cnnkit.models", "cnnkit.training", "cnnkit.data", "cnnkit.testing",
    "cnnkit.pictures", "cnnkit.widgets", "cnnkit.models.torch_nets",
)  # fmt: skip
MOST = 1.5  # times NumPy


def seconds(module: str) -> float:
    """Time an import in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, module],
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"import {module} ended with {done.returncode}.")
    return float(done.stdout)


def measure(rounds: int) -> dict:
    """Give the medians of all modules; each round begins with another one."""
    names = ["numpy", *MODULES]
    report: dict = {"conditions": conditions(), "rounds": rounds, "modules": {}}
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        seconds(name)  # reads the files from the disk
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}", flush=True)
        for place in range(len(names)):
            name = names[(turn + place) % len(names)]
            times[name].append(seconds(name))
    for name in names:
        median = statistics.median(times[name])
        report["modules"][name] = {
            "milliseconds": round(1000 * median, 1),
            "fastest, slowest": [round(1000 * t, 1) for t in (min(times[name]), max(times[name]))],
            "ratio": round(median / statistics.median(times["numpy"]), 2),
            "must hold": MOST if name == "cnnkit" else None,
        }
    return report


def as_markdown(report: dict) -> str:
    """Write the table."""
    lines = [
        "# Imports, time over NumPy's",
        "",
        f"Processor time in fresh processes, in turn, median of {report['rounds']}.",
        "",
        "| import | ms | fastest, slowest | **ratio** | must hold | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, figures in report["modules"].items():
        fastest, slowest = figures["fastest, slowest"]
        most = figures["must hold"]
        said = "" if most is None else verdict(figures["ratio"], most, most)
        lines.append(
            f"| `{name}` | {figures['milliseconds']} | {fastest}, {slowest} "
            f"| **{figures['ratio']:.2f}** | {'' if most is None else most} | {said} |"
        )
    return "\n".join([*lines, "", conditions_line(report["conditions"]), ""])


def main() -> int:
    """Measure, print the table and write it down; 1 if a ratio does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each is imported")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    wanted = parser.parse_args()
    report = measure(max(1, wanted.rounds))
    write_results("imports", report, as_markdown(report), wanted.out)
    return int(any(f["ratio"] > (f["must hold"] or f["ratio"]) for f in report["modules"].values()))


if __name__ == "__main__":
    sys.exit(main())
