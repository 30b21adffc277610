"""Experiments: each run is kept at once, a stopped script goes on, and the records are in order."""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cnnkit import recorded

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted((ROOT / "cnnkit" / "recorded").glob("*.json"))

SCRIPT = """
import os, signal, sys
from pathlib import Path
from records import Book

signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(__file__).parent

def work(seed):
    with open(folder / "log", "a") as log:
        log.write(f"{seed}\\n")
    if (folder / f"halt{seed}").exists():
        (folder / "halted").touch()
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass  # as fit does, which keeps what the model has learned
    return {"score": seed / 4}

book = Book("90_made", data=["digits"])
found = [book.run({"seed": seed}, work) for seed in range(3)]
assert [run["score"] for run in found] == [0, 0.25, 0.5]
book.close()
"""


class Project:
    """A small project with the module that is tested, and one script."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "experiments"
        self.record = root / "cnnkit" / "recorded" / "90_made.json"
        self.part = root / "build" / "experiments" / "90_made.json"
        self.record.parent.mkdir(parents=True)
        for name in ("experiments/records.py", "benchmarks/timing.py"):
            (root / name).parent.mkdir()
            shutil.copy(ROOT / name, root / name)
        self.write("90_made.py", SCRIPT)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def start(self, **options) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, self.folder / "90_made.py"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def run(self, **options) -> str:
        """Run the script to its end, and give what it printed."""
        process = self.start(**options)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return out

    def halted_in(self, seed: int) -> subprocess.Popen:
        """Start the script and wait until it is in the midst of a run."""
        (self.folder / f"halt{seed}").touch()
        process = self.start()
        until = time.monotonic() + 60
        while not (self.folder / "halted").exists():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        (self.folder / f"halt{seed}").unlink()
        return process

    @property
    def log(self) -> list[str]:
        return (self.folder / "log").read_text().split()

    def scores(self) -> list[tuple]:
        runs = json.loads(self.record.read_text())["runs"]
        return [(run["seed"], run["score"]) for run in runs]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


ALL = [(0, 0.0), (1, 0.25), (2, 0.5)]


def test_a_script_records_its_runs_and_says_how_it_gets_on(project):
    out = project.run()
    assert project.scores() == ALL
    assert ["run 2: seed=1 ...", "run 2: seed=1: 0.0 s"] == out.splitlines()[2:4]
    about = json.loads(project.record.read_text())["about"]
    assert about["command"] == "python experiments/90_made.py"
    assert about["data"][0]["name"] == "digits" and about["data"][0]["images"] == 1797


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_script_that_is_stopped_in_a_run_goes_on_with_it(project, how):
    process = project.halted_in(1)
    process.send_signal(how)
    process.communicate()
    assert process.returncode != 0
    assert [run["settings"] for run in json.loads(project.part.read_text())["runs"]] == [
        {"seed": 0}
    ]
    assert not project.record.exists()
    assert "Going on after 1 run;" in project.run()
    assert project.log == ["0", "1", "1", "2"]
    assert project.scores() == ALL


def test_two_at_the_same_time_would_overwrite_each_other(project):
    first = project.halted_in(0)
    second = project.start()
    assert second.communicate()[1] == "90_made.py runs already, in another process.\n"
    assert second.returncode == 1
    first.kill()
    first.communicate()


def test_a_script_that_is_through_does_nothing_twice(project):
    project.run()
    assert project.run().count("done before") == 3
    assert project.log == ["0", "1", "2"] and project.scores() == ALL


def test_another_script_starts_anew_and_leaves_no_old_runs(project):
    project.run()
    project.write("90_made.py", SCRIPT.replace("seed / 4", "seed * 0.25"))
    out = project.run()
    assert "Starting anew: build/experiments/90_made.json has runs of another script.\n" in out
    assert len(project.log) == 6 and project.scores() == ALL


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("versions", {"python": "2.7", "numpy": "1.0"}, "other versions"),
        ("data", [{"name": "digits", "images": 1797, "sha256": "0"}], "other data"),
    ],
)
def test_runs_on_something_else_do_not_count(project, key, value, words):
    project.run()
    kept = json.loads(project.part.read_text())
    kept["about"][key] = value
    project.part.write_text(json.dumps(kept))
    assert f"has runs of {words}.\n" in project.run()
    assert len(project.log) == 6


@pytest.mark.parametrize("text", ["", '{"about": {}', "[]", '{"runs": []}'])
def test_a_file_that_cannot_be_read_starts_anew(project, text):
    project.part.parent.mkdir(parents=True)
    project.part.write_text(text)
    assert "Starting anew" in project.run()
    assert project.scores() == ALL


def test_data_that_cannot_be_had_end_the_script_with_a_sentence(project, monkeypatch):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    monkeypatch.setenv("CNNKIT_DATA_CACHE", str(project.root / "nothing"))
    monkeypatch.delenv("CNNKIT_DATA_DIR", raising=False)
    project.write("90_made.py", SCRIPT.replace('"digits"', '"mnist"'))
    process = project.start()
    error = process.communicate()[1]
    assert process.returncode == 1
    assert error.startswith("90_made.py: ") and "Traceback" not in error


# In this process --------------------------------------------------------------------------------


@pytest.fixture
def book(project, monkeypatch):
    spec = importlib.util.spec_from_file_location("records", project.folder / "records.py")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", [str(project.folder / "90_made.py"), "--few"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    book = module.Book("90_made", data=["flower"])
    yield book
    book.lock.release()


def test_results_of_numpy_are_kept_as_plain_values(book):
    rates = np.array([0.5, 0.25], np.float32)
    run = book.run({"n": np.int64(3)}, lambda n: {"mean": rates.mean(), "rates": rates})
    assert run == {"n": 3, "mean": 0.375, "rates": [0.5, 0.25], "seconds": 0.0}
    run["rates"].append("changed")
    book.close()
    assert json.loads(book.record.read_text())["runs"][0]["rates"] == [0.5, 0.25]


def test_the_command_is_the_whole_of_it(book):
    assert book.kept["about"]["command"] == "python experiments/90_made.py --few"


def test_the_record_has_only_the_runs_that_were_asked_for(book):
    book.kept["runs"].append({"settings": {"seed": 9}, "results": {}, "seconds": 1.0})
    for seed in (2, 1):
        book.run({"seed": seed}, lambda seed: {})
    book.close()
    assert [run["seed"] for run in json.loads(book.record.read_text())["runs"]] == [2, 1]


def test_the_highest_load_is_kept(book, monkeypatch):
    for seed, load in enumerate([1.0, 7.06, 2.0]):
        book.kept["about"]["load"] = book.kept["about"]["load"] if seed else 0.5
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, 0, 0))
        book.run({"seed": seed}, lambda seed: {})
    assert book.kept["about"]["load"] == 7.1


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (None, "must give a dict of results"),
        ({"loss": float("nan")}, "finite numbers"),
        ({"model": object()}, "finite numbers"),
        ({"seed": 2}, "'seed', which is taken"),
        ({"seconds": 2}, "'seconds', which is taken"),
    ],
)
def test_results_that_cannot_be_recorded_are_refused(book, results, words):
    with pytest.raises(ValueError, match=words):
        book.run({"seed": 1}, lambda seed: results)
    assert book.kept["runs"] == [] and book.done == []


def test_the_same_settings_twice_are_a_mistake(book):
    book.run({"remedy": "flip", "seed": 1}, lambda **settings: {})
    with pytest.raises(ValueError, match="was run before in this script: give each run a seed"):
        book.run({"seed": 1, "remedy": "flip"}, lambda **settings: {})


# Makefile and records ---------------------------------------------------------------------------


def test_make_goes_on_where_it_was_and_then_makes_everything_again(project):
    shutil.copy(ROOT / "Makefile", project.root / "Makefile")
    (project.root / "tools").mkdir()
    (project.root / "tools" / "results_page.py").touch()
    project.write("91_second.py", "from pathlib import Path\nassert not Path('broken').exists()\n")
    make = ["make", "-o", "build", f"VENV={sys.prefix}", "experiments"]

    def made() -> int:
        done = subprocess.run(make, cwd=project.root, capture_output=True, text=True)
        return done.returncode

    (project.root / "broken").touch()
    assert made() != 0
    assert project.part.exists() and len(project.log) == 3
    (project.root / "broken").unlink()
    assert made() == 0
    assert not project.part.exists() and len(project.log) == 3
    assert made() == 0
    assert len(project.log) == 6


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_a_script_a_label_and_a_size_that_one_can_read(path):
    record = recorded.load(path.stem)
    assert (ROOT / "experiments" / f"{path.stem}.py").is_file()
    assert record.about["command"].startswith(f"python experiments/{path.stem}.py")
    assert record.runs and record.label
    assert path.stat().st_size < 200_000
