"""What the benchmarks of layers share: fair clocks, fresh processes, machine and results.

Each measurement has a process of its own with one thread, so that nothing that was measured
before (memory that the allocator keeps, threads that still spin) decides what comes after.
The process is told so by its environment before it starts: NumPy and torch read it on import.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = ("numpy", "torch")
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
# Settings of the C library on Linux: memory once asked for is kept and used again, as it is in a
# long run. Else it may go back to the system after every call, which has to clear it anew.
KEPT_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 27),
}


def in_fresh_process(script: str, *words: str, env: dict[str, str] | None = None) -> dict:
    """Run a script with one thread, and read the JSON that it prints as its last line."""
    done = subprocess.run(
        [sys.executable, script, *words],
        env={**os.environ, **ONE_THREAD, **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{Path(script).name} {' '.join(words)} ended with {done.returncode}.")
    return json.loads(done.stdout.splitlines()[-1])


def interleaved(
    calls: dict[str, Callable[[], object]], *, seconds: float = 1.0, rounds: int = 7
) -> dict[str, float]:
    """Time calls in turn, and give the median of each in seconds of processor time.

    In turn, since a machine that slows down then slows all; each round begins with another one,
    since what runs second finds other data in the cache. At least ``rounds`` rounds, and more
    until ``seconds`` are over. Processor time leaves out what other people's processes take: for
    one thread only, with more it would add them up.
    """
    names = list(calls)
    for name in names:
        calls[name]()  # the first call sets things up
    times: dict[str, list[float]] = {name: [] for name in names}
    began, done = time.perf_counter(), 0
    while done < rounds or time.perf_counter() - began < seconds:
        for name in names[done % len(names) :] + names[: done % len(names)]:
            before = time.process_time()
            calls[name]()
            times[name].append(time.process_time() - before)
        done += 1
    return {name: statistics.median(times[name]) for name in names}


def geomean(ratios: Iterable[float]) -> float:
    """Give the geometric mean, the right one for ratios."""
    return math.exp(statistics.fmean(map(math.log, ratios)))


def verdict(value: float, goal: float, must: float) -> str:
    """Say in words how a figure stands, where less is better."""
    return "goal reached" if value <= goal else "holds" if value <= must else "MISSED"


def conditions(packages: Sequence[str] = PACKAGES) -> dict:
    """Say when, on what and with what this is measured."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "system": platform.system(),
        "load before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in packages},
        },
    }


def conditions_line(on: dict) -> str:
    """Write the conditions as a line of text."""
    versions = ", ".join(f"{name} {version}" for name, version in on["versions"].items())
    load = "" if on["load before"] is None else f", load before {on['load before']}"
    machine = f"{on['processor']}, {on['cores']} cores{load}, {on['system']}"
    return f"{on['date']}; {machine}; {versions}."


def write_results(name: str, report: dict, text: str, folder: Path = RESULTS) -> None:
    """Print the table, and write it and all figures into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(report, indent=2) + "\n")
    (folder / f"{name}.md").write_text(text)
    print("\n" + text)
