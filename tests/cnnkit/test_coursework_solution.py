"""``cnnkit solution``: the answer is there for who has tried."""

from __future__ import annotations

import shutil

import first_chapter as first
import pytest

from cnnkit import cli

ANSWER = "    return image[:, :, ::-1].copy()"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the course with its answers; the working folder is the one of the notebooks."""
    for folder in ("solutions", "notebooks"):
        (tmp_path / folder).mkdir()
        shutil.copy(first.ROOT / folder / f"{first.NAME}.ipynb", tmp_path / folder)
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def ask(capsys, chapter="00", exercise="mirror"):
    status = cli.main(["solution", chapter, exercise])
    return status, capsys.readouterr().out


def write(course, source):
    first.save(first.solved(source), course / "notebooks")


def test_who_has_written_nothing_is_asked_to_try(course, capsys):
    status, said = ask(capsys)
    assert status == 1
    assert "return" not in said and "hints one at a time" in " ".join(said.split())


def test_a_remark_or_an_empty_line_is_no_try(course, capsys):
    stub = "".join(first.cell(first.untouched(), "mirror")["source"])
    write(course, stub.replace("# YOUR CODE", "\n    # I don't know\n    # YOUR CODE"))
    assert ask(capsys)[0] == 1
    write(course, "")
    assert ask(capsys)[0] == 1


def test_a_wrong_try_is_a_try(course, capsys):
    write(course, first.WRONG)
    status, said = ask(capsys)
    assert status == 0
    assert ANSWER in said.splitlines()
    assert "### BEGIN" not in said and "### END" not in said


def test_a_try_in_a_cell_that_lost_its_marks(course, capsys):
    notebook = first.solved(first.WRONG)
    first.cell(notebook, "mirror")["metadata"] = {}
    first.save(notebook, course / "notebooks")
    assert ask(capsys)[0] == 0


def test_what_there_is_not(course, capsys):
    assert "has no exercise 'mirrors'. It has: mirror." in ask(capsys, exercise="mirrors")[1]
    assert "There is no chapter '99'" in ask(capsys, chapter="99")[1]
    (course / "notebooks" / f"{first.NAME}.ipynb").write_text("{")
    assert "cannot be read: It is not a notebook" in " ".join(ask(capsys)[1].split())


def test_a_class_has_no_answers(course, capsys):
    write(course, first.WRONG)
    shutil.rmtree(course / "solutions")
    status, said = ask(capsys)
    assert status == 1 and ANSWER not in said and "ask your teacher" in said
