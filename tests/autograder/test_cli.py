"""The command line: exit statuses, sentences, speed."""

import os
import re
import subprocess
import sys

import pytest
import tiny_course as tiny
from fake_pool import FakeBookkeeper, FakePool
from typer.testing import CliRunner

from autograder import executors
from autograder import grade as grading
from autograder.cli import app
from autograder.run import NoSandbox


@pytest.fixture
def root(tmp_path):
    tiny.load(tmp_path / "course" / "solutions")
    tiny.write(tmp_path / "course" / "notebooks" / f"{tiny.NAME}.ipynb", tiny.student())
    return tmp_path / "course"


@pytest.fixture
def class_(tmp_path):
    for name, notebook in (("anna", tiny.solved()), ("ben", tiny.student())):
        tiny.write(tmp_path / "class" / f"{name}.ipynb", notebook)
    return tmp_path / "class"


@pytest.fixture
def call(root, monkeypatch):
    """Call the command line with stand-ins for processes and gradebook."""
    defaults = {**grading.grade.__kwdefaults__, "bookkeeper": FakeBookkeeper}
    monkeypatch.setattr(grading.grade, "__kwdefaults__", defaults)

    def run(*arguments, pool=FakePool):
        monkeypatch.setattr(executors, "local", pool)
        return CliRunner().invoke(app, [*map(str, arguments), "--root", str(root)])

    return run


def call_plainly(*arguments):
    """Call a command that asks for no course."""
    return CliRunner().invoke(app, [*map(str, arguments)])


def one_sentence(result):
    """The error text, which must be a single line without a traceback."""
    (line,) = result.stderr.strip().splitlines()
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return line


def test_a_class_is_graded(call, class_, tmp_path):
    result = call("grade", class_, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "1/2 anna: 6 of 10" in result.stdout
    assert "2 graded in" in result.stdout
    assert str(tmp_path / "out" / "report.html") in result.stdout
    again = call("grade", class_, "--out", tmp_path / "out", "--chapter", "91")
    assert "0 graded in" in again.stdout and "2 unchanged" in again.stdout
    forced = call("grade", class_, "--out", tmp_path / "out", "--force")
    assert "2 graded in" in forced.stdout


def test_bad_submissions_are_no_failure(call, class_, tmp_path):
    tiny.write(class_ / "[red]cara.ipynb", "nothing")
    result = call("grade", class_, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "[red]cara: unreadable" in result.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["{class}", "--out", "{out}", "--chapter", "99"], "There is no chapter '99'"),
        (["{tmp}/nowhere", "--out", "{out}"], "No such file or directory"),
        (["{tmp}/empty", "--out", "{out}"], "No notebooks in"),
        (["{class}", "--out", "{class}/out"], "inside the submissions' folder"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(call, class_, tmp_path, arguments, words):
    (tmp_path / "empty").mkdir()
    places = {"class": class_, "out": tmp_path / "out", "tmp": tmp_path}
    result = call("grade", *[argument.format(**places) for argument in arguments])
    assert result.exit_code == 2
    assert words in one_sentence(result)
    assert not (tmp_path / "out").exists()


def test_failure_is_one_sentence_and_status_1(call, class_, tmp_path):
    tiny.write(tmp_path / "out", "a file, no folder")
    result = call("grade", class_, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "Cannot write into" in one_sentence(result)


def test_no_sandbox_is_one_sentence_and_status_1(call, class_, tmp_path):
    class Bare(FakePool):
        def __enter__(self):
            raise NoSandbox("Install one, or decide for --isolation none.")

    result = call("grade", class_, "--out", tmp_path / "out", pool=Bare)
    assert result.exit_code == 1
    assert "Install one" in one_sentence(result)


def test_an_interrupted_run_says_how_to_go_on(call, class_, tmp_path):
    class Interrupted(FakePool):
        def run(self, units):
            yield next(super().run(units))
            raise KeyboardInterrupt

    result = call("grade", class_, "--out", tmp_path / "out", pool=Interrupted)
    assert result.exit_code == 130
    assert "1 graded and written" in one_sentence(result)
    assert "The same command again grades the remaining 1" in result.stderr
    assert call("grade", class_, "--out", tmp_path / "out").exit_code == 0
    forced = call("grade", class_, "--out", tmp_path / "out", "--force", pool=Interrupted)
    assert forced.exit_code == 130
    assert "The other 1 keep what an earlier run gave them" in one_sentence(forced)


def test_elsewhere_than_on_linux_a_sentence_says_what_to_do(call, class_, tmp_path, monkeypatch):
    monkeypatch.setattr(grading.sys, "platform", "darwin")
    result = call("grade", class_, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "needs Linux" in one_sentence(result)


def test_options_reach_the_pool(call, class_, tmp_path):
    seen = {}

    class Noting(FakePool):
        def __init__(self, chapter, **options):
            super().__init__(chapter, **options)
            seen.update(options)

    call("grade", class_, "--out", tmp_path / "out", "--workers", 3, "--isolation", "none",
         pool=Noting)  # fmt: skip
    assert (seen["workers"], seen["isolation"]) == (3, "none")


def test_wrong_options_are_refused(call, class_, tmp_path):
    for arguments in (["--workers", "0"], ["--isolation", "hope"], ["--nonsense"]):
        result = call("grade", class_, "--out", tmp_path / "out", *arguments)
        assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [[], ["build"], ["grade"], ["demo"]])
def test_help_is_quick_and_speaks(command):
    arguments = [sys.executable, "-X", "importtime", "-m", "autograder", *command, "--help"]
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 0
    assert "--help" in done.stdout
    loaded = re.findall(r"\| +([\w.]+)$", done.stderr, re.M)
    slow = {"numpy", "nbformat", "nbgrader", "sqlalchemy", "rich", "jinja2", "torch"}
    assert not slow & set(loaded)


def test_a_real_interrupt_ends_with_status_130(class_, root, tmp_path):
    """Ctrl-C while the pool starts: nothing is lost, and the status says so."""
    code = (
        "import os, signal, sys, autograder.grade as grade\n"
        "from autograder import executors\n"
        "from autograder.cli import main\n"
        "from fake_pool import FakePool, FakeBookkeeper\n"
        # A shell's background job ignores Ctrl-C, and so would this child of it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Slow(FakePool):\n"
        "    def run(self, units):\n"
        "        print('running', flush=True)\n"
        "        signal.pause()\n"
        "        yield\n"
        "executors.local = Slow\n"
        "grade.grade.__kwdefaults__['bookkeeper'] = FakeBookkeeper\n"
        "main()\n"
    )
    arguments = ["grade", str(class_), "--out", str(tmp_path / "out"), "--root", str(root)]
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "running\n"
        process.send_signal(2)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.startswith("Stopped; 0 graded and written.") and "Traceback" not in errors
    assert (tmp_path / "out" / "grades.csv").is_file()


def test_a_submission_without_outcome_is_a_failure(call, class_, tmp_path):
    class Stumbling(FakePool):
        def reply(self, unit):
            reply = super().reply(unit)
            if unit["student"] == "ben":
                reply["result"]["status"] = "grader_error"
            return reply

    result = call("grade", class_, "--out", tmp_path / "out", pool=Stumbling)
    assert result.exit_code == 1
    assert "failed on 1 of the submissions" in result.stderr and "ben" in result.stdout


def test_what_was_graded_is_compared_and_reported_again(call, class_, tmp_path):
    out = tmp_path / "out"
    call("grade", class_, "--out", out)
    compared = call("similar", out)
    assert compared.exit_code == 0, compared.output
    assert (out / "similar-91_tiny.html").is_file() and "similar-91_tiny.html" in compared.stdout
    shared = call("report", out, "--anonymise")
    assert shared.exit_code == 0, shared.output
    page = (out / "report-anonymous.html").read_text(encoding="utf-8")
    assert "P001" in page and "anna" not in page and "ben" not in page


@pytest.mark.parametrize("command", ["similar", "report", "formgrade"])
def test_what_nobody_graded_is_refused_in_a_sentence(call, command, tmp_path):
    needs_course = command != "formgrade"
    result = (call if needs_course else call_plainly)(command, tmp_path)
    assert result.exit_code == 2
    assert "name the folder that 'autograder grade' wrote with --out" in one_sentence(result)
