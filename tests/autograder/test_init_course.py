"""A course folder that nbgrader's own tools take as theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_course as tiny
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.build.notebooks import dumps
from autograder.build.student import student
from autograder.cli import app
from autograder.files import GradeError
from autograder.release.course_folder import init_course
from autograder.release.exchange import into_exchange

SECOND = "92_other"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    for name in (tiny.NAME, SECOND):
        instructor = tiny.instructor(name)
        tiny.write(root / "solutions" / f"{name}.ipynb", dumps(instructor))
        tiny.write(root / "notebooks" / f"{name}.ipynb", dumps(student(instructor)))
    return root


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("made")
    said = list(init_course(out, name="cnn-2026", root=root))
    assert said[0] == "91_tiny: 10 points, 4 of them by hand"
    return out


@pytest.fixture
def course(made, tmp_path):
    shutil.copytree(made, tmp_path / "course")
    return tmp_path / "course"


def nbgrader(course: Path, *arguments: str) -> str:
    """Run an nbgrader command as a teacher would, and give what it said."""
    scripts = str(Path(sys.executable).parent)  # nbgrader starts alembic by its bare name
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def points(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {each.name: each.max_score for each in book.assignments}


def test_it_has_what_a_course_has(course):
    files = {str(path.relative_to(course)) for path in course.rglob("*") if path.is_file()}
    notebooks = {
        f"{step}/{name}/{name}.ipynb"
        for step in ("source", "release")
        for name in (tiny.NAME, SECOND)
    }
    assert files == notebooks | {"gradebook.db", "nbgrader_config.py"}
    assert points(course) == {tiny.NAME: 10.0, SECOND: 10.0}
    released = (course / "release" / tiny.NAME / f"{tiny.NAME}.ipynb").read_text()
    assert "HIDDEN" not in released and "return 2 * x" not in released


@pytest.mark.long
def test_nbgrader_makes_the_same_release_from_it(course):
    path = course / "release" / tiny.NAME / f"{tiny.NAME}.ipynb"
    ours = path.read_text()
    nbgrader(course, "generate_assignment", tiny.NAME, "--force")
    assert dumps_again(path.read_text()) == dumps_again(ours)
    assert points(course)[tiny.NAME] == 10.0


def dumps_again(text):
    import nbformat

    return dumps(nbformat.reads(text, as_version=4))


def test_a_release_in_the_exchange_replaces_the_one_before(course, tmp_path):
    into_exchange(course, [tiny.NAME], tmp_path / "exchange", "cnn-2026")
    source = course / "release" / tiny.NAME / f"{tiny.NAME}.ipynb"
    source.write_text(source.read_text().replace("Two exercises", "The two exercises"))
    outbound = into_exchange(course, [tiny.NAME, SECOND], tmp_path / "exchange", "cnn-2026")
    assert outbound == tmp_path / "exchange" / "cnn-2026" / "outbound"
    assert sorted(path.name for path in outbound.iterdir()) == [tiny.NAME, SECOND]
    assert (outbound / tiny.NAME / f"{tiny.NAME}.ipynb").read_bytes() == source.read_bytes()
    (tmp_path / "file").write_text("")
    with pytest.raises(GradeError, match="Cannot release 91_tiny in the exchange"):
        into_exchange(course, [tiny.NAME], tmp_path / "file" / "exchange")


@pytest.mark.long
def test_nbgrader_releases_it_just_so_and_a_student_fetches_it(course, tmp_path):
    exchange = tmp_path / "exchange"
    nbgrader(course, "release_assignment", tiny.NAME, f"--Exchange.root={exchange}")
    theirs = exchange / "cnn-2026" / "outbound" / tiny.NAME / f"{tiny.NAME}.ipynb"
    files = {path: path.stat().st_mode for path in exchange.rglob("*")}
    contents = theirs.read_bytes()
    shutil.rmtree(exchange)
    into_exchange(course, [tiny.NAME], exchange, "cnn-2026")
    assert {path: path.stat().st_mode for path in exchange.rglob("*")} == files
    assert theirs.read_bytes() == contents
    home = tmp_path / "home"
    home.mkdir()
    options = [f"--Exchange.root={exchange}", "--course", "cnn-2026"]
    nbgrader(home, "fetch_assignment", tiny.NAME, *options)
    assert (home / tiny.NAME / f"{tiny.NAME}.ipynb").read_bytes() == contents


@pytest.mark.long
def test_the_source_is_valid_and_the_release_is_not_yet(course):
    name = f"{tiny.NAME}.ipynb"
    assert "Success" in nbgrader(course, "validate", f"source/{tiny.NAME}/{name}")
    said = nbgrader(course, "validate", f"release/{tiny.NAME}/{name}")
    assert "VALIDATION FAILED ON" in said


def test_what_is_there_stays(root, course):
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.add_student("ana")
        book.add_submission(tiny.NAME, "ana")
        grade = book.find_grade("why", tiny.NAME, tiny.NAME, "ana")
        grade.manual_score = 3.0
        book.db.commit()
    list(init_course(course, root=root))
    assert (course / "nbgrader_config.py").read_text() == "c = get_config()\n"
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert book.find_grade("why", tiny.NAME, tiny.NAME, "ana").manual_score == 3.0


def test_one_chapter_alone_and_odd_names(root, tmp_path):
    list(init_course(tmp_path / "one", chapter="92", root=root))
    assert points(tmp_path / "one") == {SECOND: 10.0}
    for name in ("../up", "", ".hidden", 'a"\nb', "a+b"):
        with pytest.raises(GradeError, match="cannot be called"):
            list(init_course(tmp_path / "odd", name=name, root=root))
    assert not (tmp_path / "odd").exists()


def test_the_command(root, tmp_path):
    arguments = ["init-course", str(tmp_path / "new"), "--root", str(root), "--chapter", "91"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0 and "91_tiny: 10 points" in done.stdout, done.output
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(app, ["init-course", str(tmp_path / "file"), "--root", str(root)])
    assert done.exit_code == 1 and "Cannot write into" in done.stderr


def test_a_class_is_graded_in_the_course_folder_itself(root, course):
    """JupyterHub's way: collect into submitted/, grade there, the books stay in one place."""
    from fake_pool import FakePool

    from autograder.grade import grade

    with pytest.raises(GradeError, match="nothing was collected yet"):
        grade(course, course, root=root, pool_factory=FakePool, isolation="none")
    tiny.write(course / "submitted" / "ana" / tiny.NAME / f"{tiny.NAME}.ipynb", tiny.solved())
    summary = grade(course, course, root=root, pool_factory=FakePool, isolation="none")
    assert [result.score for result in summary.results] == [6.0]
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert book.find_submission(tiny.NAME, "ana").score == 6.0
