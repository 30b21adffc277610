"""A thousand submissions in one batch: all have an outcome, and memory stays what it was."""

import csv
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
import tiny_course as tiny

MOST = 2e9  # bytes


def tree_of(process):
    """A process and all below it."""
    children = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        children += [each for pid in task.read_text().split() for each in tree_of(int(pid))]
    return children


def memory(process):
    """Bytes that a process and all below it hold, shared pages counted again for each."""
    pages = 0
    for each in tree_of(process):
        try:
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
        except (OSError, IndexError):  # gone meanwhile
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def watched(process, done):
    """The most that a process held until it was done, as often as one may look."""
    most = 0
    while not done.wait(0.2):
        try:
            most = max(most, memory(process.pid))
        except OSError:  # a child that ended while we looked
            continue
    return most


@pytest.mark.long
def test_a_thousand_submissions_take_less_than_two_gigabytes(tmp_path):
    tiny.load(tmp_path / "course" / "solutions")
    made = [tiny.solved(), tiny.student(), tiny.student({"add": "    return a - b"})]
    for number in range(1000):
        notebook = made[number % 3]
        tiny.by_id(notebook, "why")["source"] = f"Because of {number}. " + "Long. " * 2000
        tiny.write(tmp_path / "class" / f"student-{number:04d}.ipynb", notebook)
    arguments = [tmp_path / "class", "--out", tmp_path / "out", "--root", tmp_path / "course"]
    done, seen = threading.Event(), []
    with open(tmp_path / "said", "w+") as said:
        command = [sys.executable, "-m", "autograder", "grade", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=said, stderr=said)
        watcher = threading.Thread(target=lambda: seen.append(watched(process, done)))
        watcher.start()
        try:
            status = process.wait()
        finally:
            process.kill()
            done.set()
            watcher.join()
        said.seek(0)
        assert status == 0, said.read()
    with open(tmp_path / "out" / "grades.csv", newline="", encoding="utf-8") as file:
        scores = Counter(row["score"] for row in csv.DictReader(file))
    assert scores == {"6": 334, "0": 666}
    assert MOST / 100 < seen[0] < MOST
