"""Measure where the grader's time goes, and what one call from tester to pupil costs.

    python benchmarks/grading_parts.py [--submissions 20] [--chapter 04]

The stages of one run by the clock, as ``autograder grade`` goes through them; then the pieces of a
single submission, and a call with small arrays, in this process with a pupil of its own. Needs
Linux. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BEGAN = time.perf_counter()

import numpy as np  # noqa: E402
from grading import hand_in  # noqa: E402
from timing import RESULTS, conditions, conditions_line, verdict, write_results  # noqa: E402

from autograder.chapter import Chapter  # noqa: E402
from autograder.course import (  # noqa: E402
    choose_chapter,
    find_root,
    load_chapters,
    misconceptions_path,
)
from autograder.grade import grade  # noqa: E402
from autograder.run import Pool  # noqa: E402

LOADED = time.perf_counter() - BEGAN

from autograder.misconceptions import load  # noqa: E402
from autograder.results import Result  # noqa: E402
from autograder.run.limits import Limits  # noqa: E402
from autograder.run.local import Bench  # noqa: E402
from autograder.run.remote import Pupil  # noqa: E402
from autograder.run.sitting import Sitting  # noqa: E402
from autograder.run.tester import Examiner  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
CALL = 0.25  # ms, at most, for a call with small arrays; the barest form took 0.19
ECHO = "def echo(x, w):\n    return x\n"
CALLS = 4000


class Stages:
    """Seconds by stage of a run, in the order in which the stages ended."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - began


def run_stages(chapter: Chapter, size: int) -> dict[str, float]:
    """Grade a class, and give the seconds of each stage."""
    stages = Stages()

    class TimedPool(Pool):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            stages.seconds["read what was handed in"] = time.perf_counter() - began

        def _start(self, opened: object) -> None:
            with stages.stage("start both processes: libraries, chapter, sandbox"):
                super()._start(opened)

        def _calibrate(self) -> None:
            with stages.stage("grade the chapter's own solution"):
                super()._calibrate()

        def __exit__(self, *exception: object) -> None:
            with stages.stage("end both processes"):
                super().__exit__(*exception)

        def run(self, units: object) -> Iterator[tuple[object, dict]]:
            with stages.stage(f"grade {size} submissions"):
                yield from super().run(units)

    with tempfile.TemporaryDirectory(prefix="grading-parts-") as scratch:
        hand_in(chapter, size, Path(scratch) / "submitted")
        began = time.perf_counter()
        grade(
            Path(scratch) / "submitted", Path(scratch) / "out",
            chapter=chapter.name, root=ROOT, pool_factory=TimedPool,
        )  # fmt: skip
        whole = time.perf_counter() - began
    stages.seconds["the rest: gradebook, tables, report"] = whole - sum(stages.seconds.values())
    return {"load the grader": LOADED, **stages.seconds}


def one_submission(chapter: Chapter) -> dict[str, float]:
    """Give the milliseconds of the pieces of one submission, and of one call."""
    with Pool(chapter, misconceptions=misconceptions_path(chapter), workers=1) as pool:
        connect = _connect(pool.tester.parent / "nursery")
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # as a tester in a full machine
        known = load(misconceptions_path(chapter))
        examiner = Examiner(Bench(chapter), known, connect)
        unit = {"student": "ana", "assignment": chapter.name}
        unit["notebook"] = chapter.path.read_text(encoding="utf-8")
        pieces = {
            "whole, through the pool": _median(lambda: pool._ask({**unit, "faulty": {}}), 9),
            "match, run and test its cells": _median(lambda: _graded(examiner, unit), 9),
        }  # fmt: skip
        result = _graded(examiner, unit)
        pieces["write its two pages"] = _median(lambda: examiner.pages(result), 9)
        pieces["start a pupil"] = _median(lambda: _start(Pupil(connect, Limits())), 21)
        pupil = Pupil(connect, Limits())
        pupil.run(ECHO, "echo")
        x, w = np.ones((2, 3, 8, 8)), np.ones((4, 3, 3, 3))
        pieces["one call with small arrays"] = _median(
            lambda: pupil.call("echo", (x, w), {}), CALLS
        )
        pupil.stop()
    return pieces


def _connect(nursery: Path) -> Callable:
    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(str(nursery))
        return connection

    return connect


def _graded(examiner: Examiner, unit: dict) -> Result:
    return examiner.grade(unit, Sitting(examiner.bench, Pupil(examiner.connect, Limits()), {}))


def _start(pupil: Pupil) -> None:
    pupil.wake()
    pupil.stop()


def _median(call: Callable[[], object], times: int) -> float:
    """Milliseconds of a call, the median."""
    call()
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        call()
        taken.append(time.perf_counter() - before)
    return 1000 * statistics.median(taken)


def as_markdown(report: dict) -> str:
    """Write both tables."""
    whole = sum(report["stages"].values())
    lines = [
        f"# Where the grader's time goes: {report['submissions']} of {report['chapter']}",
        "",
        "| stage | s | |",
        "|---|---:|---:|",
        *(f"| {n} | {s:.2f} | {s / whole:.0%} |" for n, s in report["stages"].items()),
        f"| **together** | {whole:.2f} | |",
        "",
        "The gradebook is written beside the grading, in a thread; the rest is what was left to do",
        "then.",
        "",
        "| of one submission | ms |",
        "|---|---:|",
        *(f"| {name} | {ms:.2f} |" for name, ms in report["pieces"].items()),
        "",
        f"A call from tester to pupil may take {CALL} ms: "
        f"{verdict(report['pieces']['one call with small arrays'], CALL, CALL)}.",
        "",
        conditions_line(report["conditions"]),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure, print the tables and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=20, help="size of the class")
    parser.add_argument("--chapter", default="04", help="number or name")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    wanted = parser.parse_args()
    chapter = choose_chapter(wanted.chapter, load_chapters(find_root(ROOT)))
    report = {
        "conditions": conditions(),
        "chapter": chapter.name,
        "submissions": wanted.submissions,
        "stages": run_stages(chapter, wanted.submissions),
        "pieces": one_submission(chapter),
    }
    write_results("grading_parts", report, as_markdown(report), wanted.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
