"""Measure ``autograder grade`` beside ``nbgrader autograde`` on the same correct submissions.

    python benchmarks/grading.py [--chapters 04 10 13] [--submissions N]

Both grade the same files from an empty folder, timed from the command to the last file written:
``autograder grade`` with its gradebook, tables, report and feedback pages; ``nbgrader autograde``,
and after it ``nbgrader generate_feedback`` for the pages. Each also grades a class of one, to tell
what it costs to start from what one more submission costs. Every score is checked: a time counts
only if both sides gave full marks to all. What is measured already for another chapter stays.
Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from autograder.chapter import Chapter
from autograder.course import choose_chapter, find_root, load_chapters, student_notebook

HERE = Path(__file__).resolve().parent
PACKAGES = ("nbgrader", "nbconvert", "ipykernel", "numpy", "torch")
AUTOGRADER, AUTOGRADE, FEEDBACK = (
    "autograder grade",
    "nbgrader autograde",
    "nbgrader generate_feedback",
)
BOTH = "nbgrader, both"
SINGLE = 0.4  # of nbgrader's time, at most, for one submission from the command to its page


class Kind(NamedTuple):
    """What a chapter stands for, the size of its class, and the ratio that must be reached."""

    of: str
    size: int
    ratio: float


KINDS = {
    "04_conv_layer": Kind("NumPy", 60, 40),
    "10_alexnet_and_modern_blocks": Kind("torch", 20, 25),
    "13_capstone_apparel": Kind("the most training", 10, len(os.sched_getaffinity(0))),
}
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ExecutePreprocessor.timeout = 600
"""


def main() -> int:
    """Measure, print the tables and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapters", nargs="+", default=list(KINDS), help="numbers or names")
    parser.add_argument("--submissions", type=int, help="size of each class")
    parser.add_argument("--root", type=Path, help="the course's folder, if not this checkout")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="where results go")
    wanted = parser.parse_args()
    if wanted.submissions is not None and wanted.submissions < 2:
        parser.error("--submissions must be at least 2: one more than the class of one.")
    root = find_root(wanted.root or HERE.parent).resolve()
    every = load_chapters(root)
    wanted.out.mkdir(parents=True, exist_ok=True)
    record = wanted.out / "grading.json"
    reports = json.loads(record.read_text()) if record.exists() else {}
    for chapter in [choose_chapter(name, every) for name in wanted.chapters]:
        kind = KINDS.get(chapter.name, Kind("another", 20, 1))
        reports[chapter.name] = compare(chapter, root, wanted.submissions or kind.size)
        text = as_markdown({name: reports[name] for name in sorted(reports)})
        record.write_text(json.dumps(reports, indent=2, sort_keys=True) + "\n")
        (wanted.out / "grading.md").write_text(text)
    print("\n" + text)
    return 0


def compare(chapter: Chapter, root: Path, size: int) -> dict:
    """Measure a class of one and a class of ``size`` in all ways."""
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"This machine is busy (load {load:.1f}): the times will be too long.", flush=True)
    seconds = {}
    with tempfile.TemporaryDirectory(prefix="grading-") as scratch:
        for each in (1, size):
            seconds[each] = measure(chapter, root, each, Path(scratch) / str(each))
    return {
        "date": datetime.date.today().isoformat(),
        "submissions": size,
        "machine": machine() | {"load_before": round(load, 2)},
        "versions": versions(),
        "seconds": {what: [times[what] for times in seconds.values()] for what in seconds[1]},
        "ratio": {
            what: round(seconds[size][what] / seconds[size][AUTOGRADER], 2)
            for what in (AUTOGRADE, BOTH)
        },
        "single": round(seconds[1][AUTOGRADER] / seconds[1][BOTH], 3),
    }


def measure(chapter: Chapter, root: Path, size: int, folder: Path) -> dict[str, float]:
    """Grade a class of one size in all ways; give the seconds of each."""
    course, out, name = folder / "course", folder / "out", chapter.name
    hand_in(chapter, size, course / "submitted")
    source = course / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(chapter.path.read_bytes())
    (course / "nbgrader_config.py").write_text(CONFIG)

    grade = ["autograder", "grade", course / "submitted", "--out", out, "--chapter", name]
    seconds = {
        AUTOGRADER: timed(
            f"{AUTOGRADER}, {size}", [*grade, "--root", root], folder,
            done=lambda: len(list(out.glob("results/*/*.json"))), of=size,
        )
    }  # fmt: skip
    with (out / "grades.csv").open(newline="") as file:
        check(AUTOGRADER, chapter, size, [float(row["score"]) for row in csv.DictReader(file)])
    check_pages(AUTOGRADER, out, size)

    timed("nbgrader generate_assignment", ["nbgrader", "generate_assignment", name], course)
    for what, verb, pattern in (
        (AUTOGRADE, "autograde", "autograded/*/*/*.ipynb"),
        (FEEDBACK, "generate_feedback", "feedback/*/*/*.html"),
    ):
        seconds[what] = timed(
            f"{what}, {size}", ["nbgrader", verb, name], course,
            done=lambda pattern=pattern: len(list(course.glob(pattern))), of=size,
        )  # fmt: skip
    check(AUTOGRADE, chapter, size, scores_in(course / "gradebook.db", name))
    check_pages(FEEDBACK, course, size)
    seconds[BOTH] = seconds[AUTOGRADE] + seconds[FEEDBACK]
    return {what: round(value, 2) for what, value in seconds.items()}


def hand_in(chapter: Chapter, size: int, submitted: Path) -> None:
    """Write correct submissions, no two of them alike, as nbgrader collects them."""
    notebook = json.loads(student_notebook(chapter).read_text(encoding="utf-8"))
    solved = {}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in chapter.by_name and chapter.by_name[name].role == "exercise":
            lines = chapter.by_name[name].source.splitlines()
            solved[name] = cell, [line for line in lines if "### " not in line]
    if len(solved) != len(chapter.exercises):
        raise SystemExit(f"{student_notebook(chapter)} is stale: run 'autograder build'.")
    for number in range(1, size + 1):
        student = f"student{number:03}"
        for cell, lines in solved.values():
            cell["source"] = "\n".join([f"# The work of {student}.", *lines])
        path = submitted / student / chapter.name / f"{chapter.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def timed(
    what: str, command: list, folder: Path, done: Callable[[], int] = int, of: int = 0
) -> float:
    """Run a command of this environment, say how far it is, and give its seconds."""
    tools = Path(sys.executable).parent
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {
        **os.environ,
        **{home: str(folder / ".jupyter" / home) for home in homes},  # nobody's own settings
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",  # nbgrader calls alembic by name
    }
    (folder / ".jupyter").mkdir(exist_ok=True)
    log = folder / "log.txt"
    last = ""
    began = time.perf_counter()
    with log.open("w") as file:
        process = subprocess.Popen(
            [str(tools / command[0]), *map(str, command[1:])],
            cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
        while process.poll() is None:
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                now = f"{what}: {done()} of {of}" if of else ""
                if now != last:
                    print(now, flush=True)
                last = now
    seconds = time.perf_counter() - began
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise SystemExit(f"{what} ended with status {process.returncode}:\n{tail}")
    print(f"{what}: {seconds:.1f} s", flush=True)
    return seconds


def scores_in(database: Path, assignment: str) -> list[float]:
    """Read the scores that nbgrader wrote."""
    from nbgrader.api import Gradebook  # slow to import

    with Gradebook(f"sqlite:///{database}") as gradebook:
        return [each.score for each in gradebook.assignment_submissions(assignment)]


def check(what: str, chapter: Chapter, size: int, scores: list[float]) -> None:
    """Refuse times of a run that did not give full marks to all."""
    full = sum(cell.points for cell in chapter.tests)
    if scores != [full] * size:
        raise SystemExit(
            f"{what} gave {scores} where {size} submissions have {full} points each: "
            "its time says nothing."
        )


def check_pages(what: str, folder: Path, size: int) -> None:
    """Refuse times of a run that did not write all feedback pages."""
    pages = len(list(folder.glob("feedback/*/*/*.html")))
    if pages != size:
        raise SystemExit(f"{what} wrote {pages} feedback pages for {size} submissions.")


def machine() -> dict:
    """Say what this was measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Say with which packages."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def as_markdown(reports: dict[str, dict]) -> str:
    """Write a table for each chapter, and what it was measured on."""
    lines = ["# Grading correct submissions beside nbgrader", ""]
    for name, report in reports.items():
        lines += table(name, report)
    return "\n".join(lines)


def table(name: str, report: dict) -> list[str]:
    """Write one chapter's lines."""
    size, kind = report["submissions"], KINDS.get(name)
    lines = [
        f"## {size} of {name}" + (f" ({kind.of})" if kind else ""),
        "",
        f"| | {size} submissions, s | per submission, s | submissions a minute | class of 1, s "
        "| one more submission, s |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for what, (one, many) in report["seconds"].items():
        more = (many - one) / (size - 1)
        lines.append(
            f"| {what} | {many:.1f} | {many / size:.2f} | {60 * size / many:.1f} | {one:.1f} "
            f"| {more:.2f} |"
        )
    on, ratio, single = report["machine"], report["ratio"], report["single"]
    with_ = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    must = f" (at least {kind.ratio:g} {_held(ratio[BOTH] >= kind.ratio)})" if kind else ""
    return [
        *lines,
        "",
        f"`autograder grade` is **{ratio[BOTH]:.1f} times** as fast as both of nbgrader's commands"
        f"{must}, {ratio[AUTOGRADE]:.1f} times as fast as `nbgrader autograde` alone. A class of "
        f"one takes {single:.2f} of nbgrader's time (at most {SINGLE} {_held(single <= SINGLE)}).",
        "",
        f"{report['date']}; {on['processor']}, {on['cores']} cores, load before "
        f"{on['load_before']:.1f}, {on['system']}, Python {on['python']}; {with_}.",
        "",
    ]


def _held(holds: bool) -> str:
    return "holds" if holds else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
