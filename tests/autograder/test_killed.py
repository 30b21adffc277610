"""A run is killed, and the same command again leaves what an undisturbed run leaves."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import books
import pytest
import tiny_course as tiny
from fake_pool import FakePool
from processes import soon
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder import backup, files
from autograder.grade import grade

STUDENTS = ("anna", "ben", "cara", "dora")


@pytest.fixture
def place(tmp_path):
    """A course and a class."""
    tiny.load(tmp_path / "course" / "solutions")
    notebooks = (tiny.solved(), tiny.student({"double": "    return 2 * x"}), tiny.student())
    for number, student in enumerate(STUDENTS):
        folder = tmp_path / "class" / student / tiny.NAME
        tiny.write(folder / f"{tiny.NAME}.ipynb", notebooks[number % 3])
        tiny.write(folder / "timestamp.txt", "2024-05-01 10:00:00 UTC")
    return tmp_path


def run(place, out):
    """Grade with the real gradebook."""
    return grade(place / "class", place / out, root=place / "course", pool_factory=FakePool)


def run_and_die(place, out, moment):
    """Grade in a process of its own that is killed at a moment; say whether it came to that."""
    import nbgrader.api  # noqa: F401 (loaded once, here, for all that are forked)

    if (child := os.fork()) == 0:
        try:
            _die_at(moment)
            run(place, out)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die_at(moment):
    """Kill this process when it is about to do what ``moment`` names."""
    replace = os.replace

    def reached(what):
        if moment in what:
            os.kill(os.getpid(), signal.SIGKILL)

    def spied(source, target):
        reached(f"write {target}")
        replace(source, target)

    files.os.replace = spied
    for name in ("commit", "before_cursor_execute"):
        said = "commit" if name == "commit" else ""
        event.listen(Engine, name, lambda *about, said=said: reached(said or about[2]))


def correct_a_test(place):
    """Let the author mend a test, so that everybody is graded again."""
    notebook = tiny.instructor()
    tiny.by_id(notebook, "add-values")["metadata"]["nbgrader"]["points"] = 5
    tiny.write(place / "course" / "solutions" / f"{tiny.NAME}.ipynb", notebook)


@pytest.mark.parametrize(
    "moment",
    [
        "INSERT INTO alembic_version",  # a database without a version
        "cells.csv",  # one table new, the other old
        pytest.param("INSERT INTO grade", marks=pytest.mark.long),  # among a student's scores
        pytest.param("results/cara", marks=pytest.mark.long),  # page written, result not
    ],
)
def test_a_killed_run_goes_on_to_the_same_bytes(place, moment):
    run(place, "whole")
    assert run_and_die(place, "out", moment)
    run(place, "out")
    assert books.everything(place / "out") == books.everything(place / "whole")


@pytest.mark.parametrize(
    "moment",
    [
        "results/cara",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("UPDATE grade", "changes.csv")),
    ],
)
def test_a_killed_regrade_keeps_points_by_hand_and_tells_all_that_changed(place, moment):
    from nbgrader.api import Gradebook

    for out in ("whole", "out"):
        run(place, out)
        with Gradebook(f"sqlite:///{place / out}/gradebook.db") as book:
            answer = book.find_grade("why", tiny.NAME, tiny.NAME, "ben")
            answer.manual_score, answer.needs_manual_grade = 3.5, False
            book.find_comment("double", tiny.NAME, tiny.NAME, "ben").manual_comment = "Good."
            book.db.commit()
    first = (place / "out" / "grades.csv").read_bytes()
    correct_a_test(place)
    run(place, "whole")
    assert run_and_die(place, "out", moment)
    run(place, "out")
    assert books.everything(place / "out") == books.everything(place / "whole")
    (kept,), (expected,) = (
        list((place / out / backup.FOLDER).iterdir()) for out in ("out", "whole")
    )
    assert (kept / "grades.csv").read_bytes() == first
    told = [(each / backup.CHANGES).read_bytes() for each in (kept, expected)]
    assert "changed since the last run" in (place / "out" / "report.html").read_text("utf-8")
    assert told[0] == told[1] and b"anna,91_tiny,6,8,2,add-values +2" in told[0]


COMMAND = [sys.executable, "-m", "autograder", "grade"]


def command(place, out, **options):
    """Begin the real command; its folders in the system's place for such go below ``place``."""
    (place / "tmp").mkdir(exist_ok=True)
    arguments = [place / "class", "--out", place / out, "--root", place / "course"]
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, "TMPDIR": str(place / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def finish(process):
    said = process.communicate(timeout=120)
    assert process.returncode == 0, said


def left_running(place):
    """The processes that work in our folders."""
    found = []
    for about in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(place / "tmp").encode() in about.read_bytes():
                found.append(int(about.parent.name))
        except OSError:  # gone meanwhile
            continue
    return found


@pytest.mark.long
def test_ten_kills_at_any_moment_lose_nothing(place):
    began = time.monotonic()
    finish(command(place, "whole"))
    seconds = time.monotonic() - began
    draw = random.Random(20240501)
    for number in range(10):
        process = command(place, "out")
        try:
            process.communicate(timeout=draw.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        finish(command(place, "out"))
        assert books.everything(place / "out") == books.everything(place / "whole"), number
        assert soon(lambda: not left_running(place))
        assert not list((place / "tmp").iterdir()), "a folder is left for good"
        shutil.rmtree(place / "out")
