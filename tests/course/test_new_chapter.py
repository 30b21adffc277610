"""A new chapter builds, its answer gets full marks, and its wrong solutions lose them."""

from __future__ import annotations

import importlib.util
import json
import shutil

import pytest
from classroom import ROOT, grade, lost
from typer.testing import CliRunner

from autograder.build import build_all
from autograder.chapter import Chapter
from autograder.cli import app
from autograder.files import GradeError
from autograder.misconceptions import as_source, load
from autograder.new_chapter import new_chapter
from autograder.run import Pool

STEM = "01_attention_maps"
FIRST = "00_start_here.py"


def copy_course(root):
    """A course of one chapter, with tests."""
    for folder in ("solutions/misconceptions", "tests/course"):
        (root / folder).mkdir(parents=True)
    for path in (f"solutions/{FIRST}", f"solutions/misconceptions/{FIRST}", "solutions/items.toml"):
        shutil.copy(ROOT / path, root / path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    copy_course(root)
    new_chapter(root, "attention_maps")
    build_all(root)
    return root


@pytest.fixture(scope="module")
def notebook(course):
    """The notebook that students get."""
    return json.loads((course / "notebooks" / f"{STEM}.ipynb").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wrong(course):
    """The new chapter's wrong solutions."""
    return load(course / "solutions" / "misconceptions" / f"{STEM}.py")


@pytest.fixture(scope="module")
def results(course, notebook, wrong):
    """Everybody graded: the answer, the untouched notebook, the wrong ones, the styles."""
    chapter = Chapter.load(course / "solutions" / f"{STEM}.ipynb")
    spec = importlib.util.spec_from_file_location("s", course / "tests" / "course" / "styles_01.py")
    spec.loader.exec_module(styles := importlib.util.module_from_spec(spec))
    sources = {"answer": chapter.exercises[0].source, "untouched": ""}
    sources |= {known.id: as_source(known) for known in wrong}
    sources |= styles.STYLES["relu"]
    class_ = {}
    for student, source in sources.items():
        cells = [
            {**cell, "source": source} if source and cell["id"] == "relu" else cell
            for cell in notebook["cells"]
        ]
        class_[student] = {**notebook, "cells": cells}
    path = course / "solutions" / "misconceptions" / f"{STEM}.py"
    with Pool(chapter, misconceptions=path) as pool:
        assert pool.faulty == {}
        return grade(pool, class_)


def test_it_has_its_number_its_title_and_a_way_back(notebook):
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert notebook["metadata"]["cnnkit"] == {"chapter": STEM, "title": "01 · Attention maps"}
    assert "[← 00 Start here](00_start_here.ipynb)" in text
    assert "<<" not in text and ">>" not in text


def test_the_answer_and_its_styles_get_full_marks_and_the_stub_nothing(results, wrong):
    assert results["untouched"].score == 0
    right = results.keys() - {"untouched", *(known.id for known in wrong)}
    assert len(right) >= 6
    assert {student: lost(results[student]) for student in right if lost(results[student])} == {}


def test_the_wrong_solutions_lose_what_they_say_and_are_named(results, wrong):
    assert len(wrong) >= 2
    for known in wrong:
        assert lost(results[known.id]) == set(known.fails)
        assert {c.misconception for c in results[known.id].cells if not c.score} == {known.id}


@pytest.mark.parametrize("name", ["Attention", "14_attention", "two words", "a/b", ""])
def test_a_name_that_will_not_do(tmp_path, name):
    with pytest.raises(GradeError, match="is no name for a chapter"):
        new_chapter(tmp_path, name)


def test_a_name_that_is_taken_leaves_everything_as_it_is(course):
    before = sorted(course.rglob("*"))
    with pytest.raises(GradeError, match="There is a chapter of that name"):
        new_chapter(course, "attention_maps")
    assert sorted(course.rglob("*")) == before


def test_the_command_says_what_comes_next(tmp_path):
    copy_course(tmp_path)
    done = CliRunner().invoke(app, ["new-chapter", "my_own", "--root", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "wrote solutions/01_my_own.py" in done.output and "make build" in done.output
    assert CliRunner().invoke(app, ["new-chapter", "My", "--root", str(tmp_path)]).exit_code == 2
