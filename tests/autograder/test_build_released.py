"""What the package knows of the chapters: built with them, and nothing hidden in it."""

from __future__ import annotations

import json

import pytest
from build_fixture import NAME, copy_course

from autograder.build import build_all
from autograder.chapter import Chapter


@pytest.fixture
def course(tmp_path):
    """A course with the package in it, built."""
    copy_course(tmp_path)
    (tmp_path / "cnnkit" / "released").mkdir(parents=True)
    build_all(tmp_path)
    return tmp_path


def released(course):
    return course / "cnnkit" / "released" / f"{NAME}.json"


def test_it_is_as_the_chapter_but_for_what_is_hidden(course):
    written = json.loads(released(course).read_text(encoding="utf-8"))
    chapter = Chapter.load(course / "solutions" / f"{NAME}.ipynb")
    cells = {cell["name"]: cell for cell in written["cells"] if "name" in cell}
    assert list(cells) == list(chapter.by_name)
    assert (written["chapter"], written["title"]) == (chapter.name, chapter.title)
    for name, cell in chapter.by_name.items():
        mine = cells[name]
        assert mine["role"] == cell.role and mine.get("exercise", "") == cell.exercise
        assert mine.get("points", 0) == cell.points
        if cell.role == "test":
            assert mine["source"].rstrip() == cell.visible_source
        if cell.role == "exercise":
            assert set(mine["bound_names"]) <= set(cell.bound_names)
            assert "NotImplementedError" in mine["source"]


def test_nothing_hidden_is_in_it(course):
    text = released(course).read_text(encoding="utf-8")
    assert "HIDDEN" not in text and "SOLUTION" not in text


def test_it_goes_stale_and_goes_away_with_its_chapter(course):
    assert build_all(course, check=True) == []
    released(course).write_text("{}")
    assert build_all(course, check=True) == [released(course)]
    assert build_all(course) == [released(course)]
    other = released(course).with_name("91_gone.json")
    other.write_text("{}")
    assert build_all(course) == [other] and not other.exists()


def test_a_course_without_the_package_gets_none(tmp_path):
    copy_course(tmp_path)
    build_all(tmp_path)
    assert not (tmp_path / "cnnkit").exists()
