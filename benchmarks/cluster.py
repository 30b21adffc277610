"""Measure what a submission costs on this machine, on a cluster's workers, in its queue and books.

    python benchmarks/cluster.py [--submissions 24] [--chapter 04]

- the same correct submissions through the local pool and through a dask.distributed cluster whose
  scheduler and workers are processes of this machine, one and two at once: submissions a second by
  the clock, and seconds of processor time, which other people's processes do not change;
- the queue alone: units that grade nothing, with requests and replies as large as real ones;
- the books alone: a class whose replies are ready, so that what is left is reading submissions,
  writing pages, gradebook, tables and report.

What one more submission costs is the difference of a large class and a small one. Needs Linux and
the extra ``cluster``. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "autograder"))

import clusters  # noqa: E402
import psutil  # noqa: E402
from grading import hand_in  # noqa: E402
from timing import (  # noqa: E402
    RESULTS,
    conditions,
    conditions_line,
    in_fresh_process,
    write_results,
)

from autograder.chapter import Chapter  # noqa: E402
from autograder.course import (  # noqa: E402
    choose_chapter,
    find_root,
    load_chapters,
    misconceptions_path,
)
from autograder.grade import grade  # noqa: E402
from autograder.run import Pool  # noqa: E402
from autograder.run.cluster import ClusterPool, scheduler_of, worker  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FEW = 4  # the small class
QUEUE, BOOKS = (50, 250), (25, 225)  # small and large class of what grades nothing
WAYS = {
    "this machine, one at once": ("local", 1),
    "this machine, two at once": ("local", 2),
    "cluster of one worker": ("cluster", 1),
    "cluster of two workers": ("cluster", 2),
}
PACKAGES = ("distributed", "nbgrader", "numpy")


def units(chapter: Chapter, size: int, folder: Path) -> Iterator[tuple[str, dict]]:
    """Give correct submissions, no two of them alike."""
    hand_in(chapter, size, folder)
    for path in sorted(folder.glob("*/*/*.ipynb")):
        unit = {"student": path.parts[-3], "assignment": chapter.name, "repairs": []}
        yield unit["student"], unit | {"notebook": path.read_text(encoding="utf-8")}


def run(pool: Pool | ClusterPool, work: Iterator[tuple[str, dict]]) -> dict:
    """Let a pool work; give the seconds by the clock."""
    began = time.perf_counter()
    done = sum(1 for _ in pool.run(work))
    return {"seconds": time.perf_counter() - began, "done": done}


def local(chapter: Chapter, size: int, at_once: int, folder: Path) -> dict:
    """Grade on this machine."""
    with Pool(chapter, misconceptions=misconceptions_path(chapter), workers=at_once) as pool:
        found = run(pool, units(chapter, size, folder / "class"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found | {"processor": used.ru_utime + used.ru_stime}


def cluster(chapter: Chapter, size: int, at_once: int, folder: Path) -> dict:
    """Grade on workers."""
    with clusters.Cluster(folder) as there:
        there.start(at_once)
        found = on_cluster(there, chapter, units(chapter, size, folder / "class"))
        return found | {"processor": processor(there, clusters.WORKER, below=True)}


def queue(chapter: Chapter, size: int, at_once: int, folder: Path) -> dict:
    """Send what grades nothing through a cluster, as large as what does."""
    [(_, unit)] = units(chapter, 1, folder / "class")
    with Pool(chapter, misconceptions=misconceptions_path(chapter)) as pool:
        answer = len(json.dumps(pool.grade(unit)))

    def nothing(name: str, unit: str) -> str:
        json.loads(unit)
        return json.dumps({"disturbed": False, "filling": "x" * answer})

    worker.grade = nothing
    with clusters.Cluster(folder) as there:
        there.start(at_once)
        found = on_cluster(there, chapter, ((n, unit) for n in range(size)))
        sizes = {"request": len(json.dumps(unit)), "answer": answer}
        return found | sizes | {"scheduler": processor(there, clusters.SCHEDULER)}


def on_cluster(there: clusters.Cluster, chapter: Chapter, work: Iterator) -> dict:
    """Grade on the workers of a cluster; tell the grader's own processor time as well."""
    scheduler = scheduler_of(there.executor)
    known = misconceptions_path(chapter)
    with ClusterPool(chapter, scheduler=scheduler, misconceptions=known) as pool:
        before = time.process_time()
        found = run(pool, work)
        return found | {"grader": time.process_time() - before}


def processor(there: clusters.Cluster, code: str, *, below: bool = False) -> float:
    """Add up the processor time of a cluster's processes, or of what they began and have ended."""
    seconds = 0.0
    for process in there.processes:
        if code in process.args:
            used = psutil.Process(process.pid).cpu_times()
            seconds += used.children_user + used.children_system if below else 0.0
            seconds += 0.0 if below else used.user + used.system
    return seconds


def books(chapter: Chapter, size: int, at_once: int, folder: Path) -> dict:
    """Grade a class whose replies are ready."""
    with Pool(chapter, misconceptions=misconceptions_path(chapter)) as pool:
        [(_, unit)] = units(chapter, 1, folder / "one")
        reply = pool.grade(unit)
    hand_in(chapter, size, folder / "class")

    class Ready:
        faulty: dict = {}

        def __init__(self, *arguments: object, **options: object): ...
        def __enter__(self) -> Ready:
            return self

        def __exit__(self, *exception: object): ...
        def run(self, work: Iterator) -> Iterator:
            for name, unit in work:
                yield name, reply | {"result": reply["result"] | {"student": unit["student"]}}

    before, began = time.process_time(), time.perf_counter()
    out = folder / "out"
    grade(folder / "class", out, chapter=chapter.name, root=ROOT, pool_factory=Ready)
    database = out / "gradebook.db"
    return {
        "done": size,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - before,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "files": sum(path.stat().st_blocks * 512 for path in out.rglob("*") if path != database),
        "database": database.stat().st_size,
    }


PARTS = {part.__name__: part for part in (local, cluster, queue, books)}


def measured(part: str, chapter: str, size: int, at_once: int = 1) -> dict:
    """Measure a part in a process of its own."""
    print(f"{part}: {size} submissions, {at_once} at once", flush=True)
    words = ["--part", part, "--chapter", chapter, "--submissions", str(size)]
    return in_fresh_process(__file__, *words, "--at-once", str(at_once))


def one_more(part: str, chapter: str, sizes: tuple[int, int], at_once: int = 1) -> dict:
    """Tell what one more submission costs, by what was measured of it."""
    few, many = (measured(part, chapter, size, at_once) for size in sizes)
    more = many["done"] - few["done"]
    kept = {name: many[name] for name in ("request", "answer") if name in many}
    return {name: (many[name] - few[name]) / more for name in many if name != "done"} | kept


def compare(chapter: str, size: int) -> dict:
    """Measure everything."""
    on = conditions(PACKAGES)
    ways = {
        name: one_more(part, chapter, (FEW, size), at_once)
        for name, (part, at_once) in WAYS.items()
    }
    return {
        "conditions": on,
        "chapter": chapter,
        "submissions": size,
        "ways": ways,
        "queue": one_more("queue", chapter, QUEUE, 2),
        "books": one_more("books", chapter, BOOKS),
    }


def as_markdown(report: dict) -> str:
    """Write the tables."""
    queued, kept = report["queue"], report["books"]
    lines = [
        f"# What one more submission of {report['chapter']} costs",
        "",
        "| grading it | submissions a second | seconds of processor time |",
        "|---|---:|---:|",
        *(
            f"| {name} | {1 / way['seconds']:.1f} | {way['processor']:.2f} |"
            for name, way in report["ways"].items()
        ),
        "",
        f"| the queue, with {queued['request'] / 1e3:.0f} kB there and "
        f"{queued['answer'] / 1e3:.0f} kB back | |",
        "|---|---:|",
        f"| by the clock, ms | {1e3 * queued['seconds']:.1f} |",
        f"| processor time of the scheduler, ms | {1e3 * queued['scheduler']:.1f} |",
        f"| processor time of the grader, ms | {1e3 * queued['grader']:.1f} |",
        "",
        "| the books | |",
        "|---|---:|",
        f"| by the clock, ms | {1e3 * kept['seconds']:.1f} |",
        f"| processor time, ms | {1e3 * kept['processor']:.1f} |",
        f"| memory, kB | {kept['memory'] / 1e3:.0f} |",
        f"| files, kB | {kept['files'] / 1e3:.0f} |",
        f"| gradebook.db, kB | {kept['database'] / 1e3:.1f} |",
        "",
        conditions_line(report["conditions"]),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure, print the tables and write them down; or measure one part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=24, help="size of the large class")
    parser.add_argument("--chapter", default="04", help="number or name")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--at-once", type=int, default=1, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if not wanted.part and wanted.submissions <= FEW:
        parser.error(f"--submissions must be more than {FEW}, the small class.")
    chapter = choose_chapter(wanted.chapter, load_chapters(find_root(ROOT)))
    if wanted.part:
        with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
            part = PARTS[wanted.part]
            print(json.dumps(part(chapter, wanted.submissions, wanted.at_once, Path(folder))))
        return 0
    report = compare(chapter.name, wanted.submissions)
    write_results("cluster", report, as_markdown(report), wanted.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
