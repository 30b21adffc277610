"""Without a sandbox nothing is graded, unless somebody decided so; then the report says it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from made_chapter import IMPORTS, check, exercise, handed_in, made, setup

# A grader to which the kernel refuses namespaces, as many a container does.
BARE = """
import sys
from autograder import cli
from autograder.run import linux, seccomp
no_new_privileges = 38
linux.prctl(no_new_privileges, 1)
seccomp.forbid()
cli.main()
"""
NOTE = "Submissions ran without a sandbox (--isolation none)."


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """A course of one chapter and a class of one, who leaves a trace where it is run."""
    place = tmp_path_factory.mktemp("bare")
    (place / "course" / "solutions").mkdir(parents=True)
    chapter = made(
        place / "course" / "solutions",
        setup(IMPORTS),
        exercise("f", "def f(x):\n    return x + 1"),
        check("f-values", "assert f(1) == 2"),
    )
    trace = f"open({str(place / 'trace')!r}, 'w').close()"
    (place / "class").mkdir()
    notebook = json.dumps(handed_in(chapter, None, [("setup", trace)]))
    (place / "class" / "ana.ipynb").write_text(notebook, encoding="utf-8")
    return place


def grade(place, out, *options):
    command = [sys.executable, "-c", BARE, "grade", str(place / "class"), "--out", str(place / out)]
    command += ["--root", str(place / "course"), "--workers", "1", *options]
    return subprocess.run(command, capture_output=True, text=True)


def test_where_no_sandbox_is_to_be_had_nothing_runs_and_a_sentence_says_what_to_do(class_):
    done = grade(class_, "refused")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    for words in ("No sandbox can be made here", "Grade on Linux", "kernel.apparmor", "privileged"):
        assert words in done.stderr
    assert not (class_ / "trace").exists()
    assert not list((class_ / "refused").glob("results/*"))


def test_a_decision_against_the_sandbox_is_printed_on_screen_and_in_the_report(class_):
    done = grade(class_, "decided", "--isolation", "none")
    assert done.returncode == 0, done.stderr
    assert (class_ / "trace").exists()
    assert NOTE in done.stdout
    assert NOTE in (class_ / "decided" / "report.html").read_text(encoding="utf-8")
    assert ",1" in (class_ / "decided" / "grades.csv").read_text(encoding="utf-8")
