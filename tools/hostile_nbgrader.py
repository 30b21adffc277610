"""Record what plain nbgrader does with the attacks that the grader's tests hold.

    python tools/hostile_nbgrader.py

For each attack a class of three (an honest student before and one behind) is graded by
``nbgrader autograde`` and ``generate_feedback``, in namespaces of its own: no network but its
own loopback, no processes but its own, every file read-only but a 1 GiB folder in memory that
vanishes. Needs Linux and root. Takes some minutes; results go to docs/hostile_nbgrader.json, one by
one, and what is recorded already is left as it is: delete the file to do all again.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import importlib.metadata
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "autograder"))

import hostile  # noqa: E402
import made_chapter  # noqa: E402

from autograder.run import linux  # noqa: E402
from cnnkit.writing import write_whole  # noqa: E402

RECORD = ROOT / "docs" / "hostile_nbgrader.json"
COURSE = Path("/tmp/course-hostile")  # below the folder in memory
CLASS = ("ana", "mallory", "zoe")
LONGEST = 240  # seconds for one attack
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
    for name in ["(none)", *hostile.ATTACKS]:
        if name not in record["attacks"]:
            record["attacks"][name] = found = contained(name)
            print(f"{name}: {found}", flush=True)
            text = json.dumps(record, indent=1) + "\n"
            write_whole(RECORD, lambda file, text=text: file.write(text.encode()))
    return 0


# Around it ------------------------------------------------------------------------------------


def contained(name: str) -> dict:
    """Run one attack in namespaces of its own, and read what it came to."""
    read, write = os.pipe()
    keeper = os.fork()
    if not keeper:
        os.close(read)
        os._exit(keep(name, write))
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(keeper, 0)
    return json.loads(text) if text else {"outcome": "nothing was graded: nbgrader was ended"}


def keep(name: str, pipe: int) -> int:
    """Leave all that is shared, and let a child, process 1 of its own world, do the work."""
    spaces = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC
    linux.unshare(spaces)
    first = os.fork()
    if not first:
        enclose()
        signal.alarm(LONGEST)
        command = [sys.executable, __file__, "--inside", name]
        done = subprocess.Popen(command, stdout=pipe, stderr=subprocess.DEVNULL)
        while True:  # process 1 buries whoever is left behind
            ended, _ = os.wait()
            if ended == done.pid:
                os._exit(0)  # and with it ends all that still runs
    os.waitpid(first, 0)
    return 0


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
    assignment = hostile.NAME
    make_course(name)
    before = {path: path.read_bytes() for path in COURSE.glob("source/*/*.ipynb")}
    graded = nbgrader("autograde", assignment)
    nbgrader("generate_feedback", assignment)
    scores = points()
    pages = " ".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in COURSE.glob("feedback/mallory/*/*.html")
    )
    notebooks = " ".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in COURSE.glob("autograded/mallory/*/*.ipynb")
    )
    largest = max((p.stat().st_size for p in COURSE.glob("feedback/mallory/*/*.html")), default=0)
    return {
        "points": scores.get("mallory"),
        "found": hostile.FOUND in notebooks,
        "shown": hostile.SECRET in pages,
        "script": "<script>document.title" in pages,
        "megabytes of feedback": round(largest / 1e6, 1),
        "neighbours": [scores.get("ana"), scores.get("zoe")],
        "spoilt": any(path.read_bytes() != data for path, data in before.items()),
        "left behind": any(Path(f"/tmp/{place}left-behind").exists() for place in ("", "home/")),
        "exit status": graded,
    }


def make_course(name: str) -> None:
    """Make a course of one assignment, released, and handed in by three."""
    cells = [
        made_chapter.setup(hostile.SETUP),
        made_chapter.exercise("f", f"### BEGIN SOLUTION\n{hostile.SOLUTION}\n### END SOLUTION"),
        made_chapter.check("f-values", hostile.VALUES),
        made_chapter.check("f-hidden", hostile.HIDDEN),
        made_chapter.check("f-error", hostile.ERROR),
        made_chapter.beside("kept", hostile.BESIDE),
        made_chapter.check("f-kept", hostile.BESIDE_TEST),
        made_chapter.check("f-after", hostile.VALUES),
    ]
    assignment = hostile.NAME
    made_chapter.made(COURSE / "source" / assignment, *cells, name=assignment)
    (COURSE / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    if nbgrader("generate_assignment", assignment):
        raise SystemExit("nbgrader generate_assignment failed")
    released = COURSE / "release" / assignment / f"{assignment}.ipynb"
    for student in CLASS:
        handed = json.loads(released.read_text(encoding="utf-8"))
        attack = hostile.Attack("", f=hostile.SOLUTION)
        if student == "mallory" and name in hostile.ATTACKS:
            attack = hostile.ATTACKS[name]
        write(COURSE / "submitted" / student / assignment, attacked(handed, attack, name))


def attacked(handed: dict, attack: hostile.Attack, name: str) -> dict:
    """Put an attack into a released notebook."""
    cells = handed["cells"]
    by_id = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells}
    by_id["f"]["source"] = attack.f
    if attack.last:
        cells.append(extra("last", attack.last))
    if attack.first:
        cells.insert(cells.index(by_id["setup"]) + 1, extra("first", attack.first))
    if "claims" in name and attack.last:
        hostile.claims(handed)
    return handed


def extra(name: str, source: str) -> dict:
    """Make a cell as a student adds it."""
    about = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return about | {"execution_count": None, "outputs": []}


def write(folder: Path, notebook: dict) -> None:
    """Write a submission."""
    folder.mkdir(parents=True)
    (folder / f"{hostile.NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


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
            return {one.student.id: one.score for one in book.assignment_submissions(hostile.NAME)}
    return {}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(sys.argv[2])))
        sys.exit(0)
    sys.exit(main())
