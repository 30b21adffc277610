"""The disk fills, somebody holds the gradebook, the machine sleeps: nothing is lost or made up."""

import ast
import contextlib
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import books
import pytest
import tiny_course as tiny
from fake_pool import FakeBookkeeper, FakePool
from sqlalchemy import text

import autograder
from autograder import backup, gradebook, store
from autograder.files import GradeError
from autograder.grade import grade


@pytest.fixture
def place(tmp_path):
    tiny.load(tmp_path / "course" / "solutions")
    for number, student in enumerate(("anna", "ben", "cara", "dora")):
        notebook = (tiny.solved(), tiny.student())[number % 2]
        tiny.write(tmp_path / "class" / f"{student}.ipynb", notebook)
    return tmp_path


def run(place, out="out"):
    return grade(place / "class", place / out, root=place / "course", pool_factory=FakePool)


# Grades into a disk that is too small, then a little larger, and so on.
FILLING = """
import json, shutil, subprocess, sys
from pathlib import Path
from test_trouble import run
from autograder.files import GradeError

place, disk = Path(sys.argv[1]), Path(sys.argv[1]) / "disk"
disk.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", disk], check=True)
said = []
for kilobytes in (*range(8, 480, 56), 20_000):
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", "none", disk], check=True)
    try:
        run(place, "disk")
    except GradeError as error:
        said.append(str(error))
shutil.copytree(disk, place / "out")
print(json.dumps(said))
"""


@pytest.mark.long
def test_a_disk_that_fills_stops_with_a_sentence_and_the_command_goes_on(place):
    run(place, "whole")
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", sys.executable, "-c", FILLING, str(place)],
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {sentence.split()[0] for sentence in said} == {"Cannot"} and len(said) > 5
    assert all("No space left" in each or "disk is full" in each for each in said)
    assert any("gradebook.db" in each for each in said)
    assert books.everything(place / "out") == books.everything(place / "whole")


@contextlib.contextmanager
def held(path):
    """Let another program hold the gradebook; give what makes it let go."""
    with contextlib.closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other.rollback


def test_a_gradebook_that_is_held_for_good_is_said_and_nothing_is_lost(place, monkeypatch):
    monkeypatch.setattr(store, "packages_digest", str)  # whatever else happens to the files
    run(place, "whole")
    shutil.copytree(place / "whole", place / "out")
    tiny.write(place / "class" / "emil.ipynb", tiny.solved())
    run(place, "whole")
    monkeypatch.setattr(backup, "begin", lambda out: None)  # which would have noticed it before
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    with held(place / "out" / "gradebook.db"):
        with pytest.raises(GradeError, match="database is locked. The grades themselves are kept"):
            run(place)
    assert run(place).graded == 0, "what was graded is graded"
    assert books.everything(place / "out") == books.everything(place / "whole")


def test_a_gradebook_that_is_held_for_a_moment_is_waited_for(place, monkeypatch):
    run(place, "whole")
    shutil.copytree(place / "whole", place / "out")
    monkeypatch.setattr(backup, "begin", lambda out: None)
    tiny.write(place / "class" / "emil.ipynb", tiny.solved())
    run(place, "whole")
    grading = threading.Event()
    with held(place / "out" / "gradebook.db") as let_go:
        # after the first result is there, and before the last
        def progress(done, total, result):
            grading.set()

        waiting = threading.Thread(target=lambda: (grading.wait(), let_go()))
        waiting.start()
        grade(
            place / "class",
            place / "out",
            root=place / "course",
            pool_factory=FakePool,
            progress=progress,
        )
        waiting.join()
    assert books.everything(place / "out") == books.everything(place / "whole")


def test_the_gradebook_is_waited_for_a_minute(place):
    chapter = tiny.load(place / "course" / "solutions")
    (place / "out").mkdir()
    with contextlib.closing(gradebook.Books(place / "out", chapter)) as opened:
        asked = opened._gradebook.db.execute(text("PRAGMA busy_timeout"))
        assert asked.scalar() == 60_000  # milliseconds


def test_no_room_for_temporary_files_is_a_sentence(place):
    class Full(FakePool):
        def run(self, units):
            yield from list(super().run(units))[:2]
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/autograder-x")

    options = {"root": place / "course", "bookkeeper": FakeBookkeeper}
    with pytest.raises(GradeError, match="stopped: .*No space left.*/tmp/autograder-x.*goes on"):
        grade(place / "class", place / "out", pool_factory=Full, **options)
    assert grade(place / "class", place / "out", pool_factory=FakePool, **options).graded == 2


# Clocks that go on, or jump, while the machine sleeps; the others stand still.
WALL = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "time.CLOCK_BOOTTIME"}


def test_no_deadline_is_told_by_a_clock_that_goes_on_while_the_machine_sleeps():
    folder = Path(autograder.__file__).parent
    used = {
        f"{path.relative_to(folder)}: {ast.unparse(node)}"
        for path in [*folder.glob("*.py"), *(folder / "run").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and any(ast.unparse(node).endswith(name) for name in WALL)
    }
    assert used == set()
