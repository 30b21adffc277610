"""What the builder writes: two notebooks, the same bytes everywhere, nothing secret in one."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from build_fixture import NAME, copy_course, source_of

from autograder.build import BuildError, build_all, build_chapter
from autograder.build.command import run
from autograder.chapter import Chapter
from cnnkit.widgets.quiz_format import decode

FOLDERS = ("solutions", "notebooks")
SECRETS = ("secret", "hidden_rng", "HIDDEN", "SOLUTION", "rubric")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    script = copy_course(tmp_path_factory.mktemp("course"))
    return build_chapter(script)


@pytest.fixture(scope="module")
def instructor(built):
    return {cell["id"]: cell for cell in json.loads(built.instructor)["cells"]}


@pytest.fixture(scope="module")
def student(built):
    return {cell["id"]: cell for cell in json.loads(built.student)["cells"]}


def roles(cells, role):
    return [cell for cell in cells.values() if cell["metadata"]["cnnkit"]["role"] == role]


def test_both_notebooks_are_valid_and_without_outputs(built):
    for text in (built.instructor, built.student):
        notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert code
        assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_the_grader_reads_the_chapter_back(built, tmp_path):
    (tmp_path / f"{NAME}.ipynb").write_text(built.instructor, encoding="utf-8")
    chapter = Chapter.load(tmp_path / f"{NAME}.ipynb")
    assert (chapter.name, chapter.title) == (NAME, "A small chapter")
    assert list(chapter.by_name) == [
        "setup", "setup-data", "double", "double-values", "beside-kept", "double-contract",
        "report",
    ]  # fmt: skip
    exercise = chapter.by_name["double"]
    assert exercise.forbids == ("numpy.multiply", "torch")
    assert (exercise.minutes, exercise.bound_names) == (5, ("double", "halve"))
    test = chapter.by_name["double-values"]
    assert (test.exercise, test.title) == ("double", "Twice the number")
    assert (test.points, test.limit) == (2, 2.5)
    assert "hidden_rng" in test.source and "hidden_rng" not in test.visible_source
    assert chapter.max_score == 2 + 0.5 + 4


def test_the_nbgrader_flags_follow_the_role(instructor):
    flags = {
        name: "".join(key[0] for key in ("grade", "locked", "solution") if about[key])
        for name, cell in instructor.items()
        if (about := cell["metadata"].get("nbgrader"))
    }
    assert flags == {
        "setup": "l",
        "setup-data": "l",
        "double": "s",
        "double-values": "gl",
        "beside-kept": "l",
        "double-contract": "gl",
        "report": "gs",
    }


def test_nothing_secret_is_in_the_student_notebook(built):
    assert all(secret in built.instructor for secret in SECRETS)
    assert [secret for secret in SECRETS if secret in built.student] == []


def test_an_exercise_says_what_it_forbids(instructor, student):
    said = "# Do without numpy.multiply, torch: marking looks for them.\n"
    for cells in (instructor, student):
        assert source_of(cells["double"]).startswith(said + "def double(x):")


def test_each_function_of_an_exercise_has_its_own_stub(student):
    source = source_of(student["double"])
    assert source.count("    # YOUR CODE HERE\n    raise NotImplementedError()") == 2
    assert [node.name for node in ast.parse(source).body] == ["double", "halve"]


def test_the_student_notebook_keeps_every_cell_and_locks_what_is_the_authors(student, instructor):
    assert list(student) == list(instructor)
    locked = {name for name, cell in student.items() if cell["metadata"].get("editable") is False}
    assert locked == {"setup", "setup-data", "double-values", "beside-kept", "double-contract"}
    assert student["double"]["metadata"]["deletable"] is False
    assert "YOUR ANSWER HERE" in source_of(student["report"])
    assert "Why is twice not squared?" in source_of(student["report"])


def test_quizzes_are_encoded(student, instructor):
    (cell,) = roles(student, "quiz")
    assert cell["cell_type"] == "code" and "Three divided" not in source_of(cell)
    quiz = decode(source_of(cell).split('"')[1])
    assert quiz == {
        "name": "halves",
        "question": "What is half of 3?\n\nThink first.",
        "options": [
            {"text": "1", "right": False, "why": "That is rounded down."},
            {"text": "1.5", "right": True, "why": "Three divided by two."},
        ],
    }


def test_the_code_of_a_quiz_is_folded_away_and_no_other(student, instructor):
    for cells in (student, instructor):
        folded = [cell for cell in cells.values() if "jupyter" in cell["metadata"]]
        assert folded == roles(cells, "quiz") != []
        assert all(cell["metadata"]["jupyter"] == {"source_hidden": True} for cell in folded)


def test_boxes_are_headed_by_their_lecture(student):
    _, careful, erratum = roles(student, "text")
    assert source_of(careful) == "> **☞ Careful** · Ada, item 2\n>\n> Twice is not\n>\n> squared."
    assert source_of(erratum).startswith("> **✗ Erratum** · Bob, items 3 and 4\n>\n> The lecture")
    assert careful["metadata"]["cnnkit"]["items"] == [1, 2]
    assert careful["metadata"]["cnnkit"]["careful"] == [2]


def test_magics_of_demo_cells_become_magics_and_comments_stay(student):
    demo = roles(student, "demo")[0]
    assert source_of(demo).startswith("%matplotlib inline\n# why?\n")


def test_cells_without_a_grade_id_are_named_by_role_and_digest(tmp_path):
    script = copy_course(tmp_path)
    text = script.read_text(encoding="utf-8")
    script.write_text(text + "\n# %% demo\n1\n\n# %% demo\n1\n", encoding="utf-8")
    ids = [cell["id"] for cell in json.loads(build_chapter(script).instructor)["cells"]]
    assert ids[-2:] == ["demo-356a192b", "demo-356a192b-2"]


def test_the_bytes_are_the_same_in_every_folder_and_process(tmp_path):
    here, there = tmp_path / "here", tmp_path / "far" / "there"
    for folder in (here, there):
        copy_course(folder)
    build_all(here)
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from autograder.build import build_all; build_all({str(there)!r})",
        ],
        env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        check=True,
    )
    for part in FOLDERS:
        data = (here / part / f"{NAME}.ipynb").read_bytes()
        assert data == (there / part / f"{NAME}.ipynb").read_bytes()
        assert data.endswith(b"}\n") and b"\r" not in data and str(tmp_path).encode() not in data


def test_check_reports_what_is_stale_and_writes_nothing(tmp_path, capsys):
    script = copy_course(tmp_path)
    both = [tmp_path / "notebooks" / f"{NAME}.ipynb", script.with_suffix(".ipynb")]
    assert build_all(tmp_path, check=True) == both
    assert not any(path.exists() for path in both)
    assert build_all(tmp_path) == both
    before = [path.stat().st_mtime_ns for path in both]
    assert build_all(tmp_path) == build_all(tmp_path, check=True) == []
    assert [path.stat().st_mtime_ns for path in both] == before
    script.write_text(script.read_text(encoding="utf-8").replace("squared", "tripled"))
    assert build_all(tmp_path, check=True) == both
    assert run(tmp_path, check=True) == 1
    assert f"notebooks/{NAME}.ipynb is stale" in capsys.readouterr().err


def test_a_change_in_a_hidden_test_leaves_the_students_cells_alone(tmp_path):
    script = copy_course(tmp_path)
    build_all(tmp_path)
    script.write_text(script.read_text(encoding="utf-8").replace("rng(7)", "rng(8)"))
    assert build_all(tmp_path) == [script.with_suffix(".ipynb")]


def test_a_notebook_whose_script_is_gone_is_removed(tmp_path):
    script = copy_course(tmp_path)
    both = build_all(tmp_path)
    by_hand = tmp_path / "notebooks" / "00_index.ipynb"
    by_hand.write_text(json.dumps({"cells": [], "metadata": {}}))
    script.rename(script.with_name("91_other.py"))
    (script.parent / "misconceptions" / script.name).unlink()
    assert set(both) < set(build_all(tmp_path))
    assert not any(path.exists() for path in both) and by_hand.exists()


def test_nothing_is_written_where_any_chapter_is_wrong(tmp_path, capsys):
    script = copy_course(tmp_path)
    (script.parent / "91_wrong.py").write_text("# %% [markdown]\n# # Title\n\n# %%\n1\n")
    with pytest.raises(BuildError, match="solutions/91_wrong.py:4: The cell has no role"):
        build_all(tmp_path)
    assert not list(tmp_path.rglob("*.ipynb")) and not list(tmp_path.rglob(".*"))
    assert run(tmp_path) == 1
    assert "1 to mend; nothing was written." in capsys.readouterr().err


def test_a_failed_write_leaves_the_old_notebook_and_no_litter(tmp_path, monkeypatch):
    script = copy_course(tmp_path)
    build_all(tmp_path)
    old = script.with_suffix(".ipynb").read_bytes()
    script.write_text(script.read_text(encoding="utf-8").replace("rng(7)", "rng(8)"))

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        build_all(tmp_path)
    assert script.with_suffix(".ipynb").read_bytes() == old
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_an_author_hears_when_a_grade_id_is_gone(tmp_path, capsys):
    script = copy_course(tmp_path)
    misconceptions = script.parent / "misconceptions" / script.name
    assert run(tmp_path) == run(tmp_path) == 0
    assert "any more" not in capsys.readouterr().out
    for path in (script, misconceptions):
        text = path.read_text(encoding="utf-8")
        text = text.replace("double:values", "double:numbers")
        path.write_text(text.replace("double-values", "double-numbers"), encoding="utf-8")
    assert run(tmp_path) == 0
    assert f"{NAME} has no double-values any more. What a class wrote" in capsys.readouterr().out


def test_a_course_without_chapters_is_refused(tmp_path, capsys):
    assert run(tmp_path) == 1
    assert "There is no chapter" in capsys.readouterr().err


@pytest.mark.long
def test_nbgrader_generates_the_same_student_notebook(built, tmp_path):
    """The whole of ``nbgrader generate_assignment``, database and all."""
    source = tmp_path / "source" / NAME
    source.mkdir(parents=True)
    (source / f"{NAME}.ipynb").write_text(built.instructor, encoding="utf-8")
    scripts = str(Path(sys.executable).parent)  # nbgrader looks for alembic on the PATH
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", NAME],
        cwd=tmp_path,
        env={**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    released = nbformat.read(tmp_path / "release" / NAME / f"{NAME}.ipynb", nbformat.NO_CONVERT)
    ours = nbformat.reads(built.student, nbformat.NO_CONVERT)
    assert released.cells == ours.cells


def test_nbgrader_validates_the_solved_notebook(built, tmp_path):
    """What a student sees who asks nbgrader: the reference passes, the stub does not."""
    from nbgrader.validator import Validator

    for text, passes in ((built.instructor, True), (built.student, False)):
        path = tmp_path / f"{NAME}.ipynb"
        path.write_text(text, encoding="utf-8")
        outcome = Validator(ignore_checksums=True).validate(str(path))
        assert outcome.get("error") is None
        assert ("failed" not in outcome) is passes
