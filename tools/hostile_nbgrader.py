"""Record what plain nbgrader does with the attacks that the grader's tests hold.

    python tools/hostile_nbgrader.py

For each attack a class of three (an honest student before and one behind) is graded by
``nbgrader autograde`` and ``generate_feedback``, in namespaces of its own: no network but its
own loopback, no processes but its own, every file read-only but a 1 GiB folder in memory that
vanishes. Needs Linux and root. Takes half an hour; results go to docs/hostile_nbgrader.json, one by
one. What is recorded already of an attack that has not changed since is left as it is: delete the
file to do all again.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import importlib.metadata
import json
import os
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "autograder"))

import hostile  # noqa: E402
import hostile_folders  # noqa: E402
from hostile import chapter  # noqa: E402
from processes import descendants  # noqa: E402

from autograder.run import linux  # noqa: E402
from cnnkit.writing import write_whole  # noqa: E402

RECORD = ROOT / "docs" / "hostile_nbgrader.json"
COURSE = Path("/tmp/course-hostile")  # below the folder in memory
ATTACKS = {"(none)": hostile.Attack(""), **hostile.ATTACKS, **hostile_folders.FOLDERS}
HONEST = ("ana", "zoe")
LONGEST = 4  # minutes for one attack, which on a quiet machine takes half of one
IDLE = 30  # seconds without work: whoever is at an end then only waits
CONFIG = """c = get_config()
c.ExecutePreprocessor.timeout = 20
c.ExecutePreprocessor.interrupt_on_timeout = True
"""


def main() -> int:
    """Record every attack that is not recorded yet."""
    versions = {name: importlib.metadata.version(name) for name in ("nbgrader", "nbconvert")}
    record = {"date": datetime.date.today().isoformat(), "versions": versions, "attacks": {}}
    if RECORD.exists():
        record = json.loads(RECORD.read_text(encoding="utf-8"))
    for name, attack in ATTACKS.items():
        if record["attacks"].get(name, {}).get("digest") != attack.digest:
            found = contained(name)
            print(f"{name}: {found or 'no end, on a busy machine: try again'}", flush=True)
            if found is None:
                continue
            record["attacks"][name] = found | {"digest": attack.digest}
            text = json.dumps(record, indent=1) + "\n"
            write_whole(RECORD, lambda file, text=text: file.write(text.encode()))
    return 0


# Around it ------------------------------------------------------------------------------------


def contained(name: str) -> dict | None:
    """Run one attack in namespaces of its own, and read what it came to, if that can be told."""
    read, write = os.pipe()
    keeper = os.fork()
    if not keeper:
        os.close(read)
        os._exit(keep(name, write))
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(keeper, 0)
    text = text.partition("\n")[0]  # who ends just when given up has said two things
    return json.loads(text) if text else {"outcome": "nothing was graded: nbgrader was ended"}


def keep(name: str, pipe: int) -> int:
    """Leave all that is shared, and let a child, process 1 of its own world, do the work."""
    spaces = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC
    linux.unshare(spaces)
    first = os.fork()
    if not first:
        enclose()
        command = [sys.executable, __file__, "--inside", name]
        done = subprocess.Popen(command, stdout=pipe, stderr=subprocess.DEVNULL)
        while True:  # process 1 buries whoever is left behind
            ended, _ = os.wait()
            if ended == done.pid:
                os._exit(0)  # and with it ends all that still runs
    if not select.select([os.pidfd_open(first)], [], [], 60 * LONGEST)[0]:
        hung = {"outcome": f"**nbgrader hangs**: no end after {LONGEST} minutes"}
        slow = os.getloadavg()[0] > 2 * os.cpu_count() and works(first)  # that is nobody's fault
        os.kill(first, signal.SIGKILL)
        os.write(pipe, json.dumps(None if slow else hung).encode())
    os.waitpid(first, 0)
    return 0


def works(process: int) -> bool:
    """Say whether a process and those below it use the processor at all."""
    before = processor_time(process)
    time.sleep(IDLE)
    return processor_time(process) - before > 0.5


def processor_time(process: int) -> float:
    """Add up the seconds of a process and of those below it."""
    ticks = 0
    for each in (process, *descendants(process)):
        with contextlib.suppress(OSError):  # it has ended
            words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, words[11:15]))  # its own, and of children that it waited for
    return ticks / os.sysconf("SC_CLK_TCK")


def enclose() -> None:
    """Make all files read-only but those of a folder in memory, and give up all rights."""
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    linux.make_read_only("/")
    linux.mount("tmp", "/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=1g")
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV)
    with socket.socket() as line:  # set the loopback up: kernels are talked to through it
        fcntl.ioctl(line, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    linux.drop_bounding_set()
    linux.drop_privileges()
    os.environ.update(HOME="/tmp/home", TMPDIR="/tmp", IPYTHONDIR="/tmp/home/.ipython")
    os.makedirs("/tmp/home")
    os.chdir("/tmp")


# Inside ---------------------------------------------------------------------------------------


def inside(name: str) -> dict:
    """Grade the class of three, and look at what came of it."""
    assignment, attack = chapter.NAME, ATTACKS[name]
    os.environ.update(hostile.ENVIRONMENT)
    listener = socket.create_server(("127.0.0.1", hostile.PORT))
    make_course(name)
    before = {path: path.read_bytes() for path in COURSE.glob("source/*/*.ipynb")}
    graded = nbgrader("autograde", assignment)
    nbgrader("generate_feedback", assignment)
    nbgrader("export")
    listener.close()
    scores = points()
    pages = texts("feedback", attack.student, "html")
    notebooks = texts("autograded", attack.student, "ipynb")
    paths = COURSE.glob(f"feedback/{attack.student}/*/*.html")
    largest = max((path.stat().st_size for path in paths), default=0)
    table = texts("", "", "csv")
    return {
        "points": scores.get(attack.student),
        "found": hostile.FOUND in notebooks,
        "gained": sorted(set(re.findall(hostile.GAINED, notebooks))),
        "shown": hostile.SECRET in pages,
        "script": "<script>document.title" in pages,
        "formula": re.search(rf",{re.escape(hostile_folders.FORMULA)},", table) is not None,
        "megabytes of feedback": round(largest / 1e6, 1),
        "neighbours": [scores.get(student) for student in HONEST],
        "spoilt": any(path.read_bytes() != data for path, data in before.items()),
        "left behind": any(Path(f"/tmp/{place}left-behind").exists() for place in ("", "home/")),
        "exit status": graded,
    }


def texts(kind: str, student: str, suffix: str) -> str:
    """Read all that nbgrader wrote of one kind for a student; without one, for the course."""
    folder = COURSE / kind / student
    paths = folder.rglob(f"*.{suffix}") if kind else folder.glob(f"*.{suffix}")
    return " ".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)


def make_course(name: str) -> None:
    """Make a course of one assignment, released, and handed in by three."""
    assignment = chapter.NAME
    solution = f"### BEGIN SOLUTION\n{chapter.SOLUTION}\n### END SOLUTION"
    chapter.make(COURSE / "source" / assignment, solution)
    (COURSE / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    if nbgrader("generate_assignment", assignment):
        raise SystemExit("nbgrader generate_assignment failed")
    released = COURSE / "release" / assignment / f"{assignment}.ipynb"
    honest = hostile.Attack("", f=chapter.SOLUTION)
    bad = honest if name == "(none)" else ATTACKS[name]
    source = COURSE / "source" / assignment / f"{assignment}.ipynb"
    for student, attack in (*((student, honest) for student in HONEST), (bad.student, bad)):
        handed = json.loads(released.read_text(encoding="utf-8"))
        folder = COURSE / "submitted" / student / assignment
        write(folder, attacked(handed, attack))
        if attack.place:
            attack.place(folder, source)


def attacked(handed: dict, attack: hostile.Attack) -> dict:
    """Put an attack into a released notebook."""
    cells = handed["cells"]
    by_id = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells}
    by_id["f"]["source"] = attack.f
    if attack.last:
        cells.append(extra("last", attack.last))
    if attack.first:
        cells.insert(cells.index(by_id["setup"]) + 1, extra("first", attack.first))
    if attack.change:
        attack.change(handed)
    return handed


def extra(name: str, source: str) -> dict:
    """Make a cell as a student adds it."""
    about = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return about | {"execution_count": None, "outputs": []}


def write(folder: Path, notebook: dict) -> None:
    """Write a submission."""
    folder.mkdir(parents=True)
    (folder / f"{chapter.NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def nbgrader(*words: str) -> int:
    """Run nbgrader, with the programs that it starts by their bare names in reach."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=COURSE,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    return done.returncode


def points() -> dict[str, float]:
    """Read every student's score from the gradebook."""
    from nbgrader.api import Gradebook

    with contextlib.suppress(Exception):  # a spoilt gradebook has no points
        with Gradebook(f"sqlite:///{COURSE}/gradebook.db") as book:
            return {one.student.id: one.score for one in book.assignment_submissions(chapter.NAME)}
    return {}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(sys.argv[2])))
        sys.exit(0)
    sys.exit(main())
