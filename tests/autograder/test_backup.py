"""Before a run writes, the books are kept; after it, whose score changed is told."""

import csv
import sqlite3

import pytest
import tiny_course as tiny
from fake_pool import FakePool

from autograder import backup
from autograder.files import GradeError
from autograder.grade import grade

GRADES = "student,assignment,score\n"
CELLS = "student,assignment,cell,score\n"


@pytest.fixture
def place(tmp_path):
    tiny.load(tmp_path / "course" / "solutions")
    for student in ("anna", "ben", "=cara"):
        wrong = {} if student == "ben" else tiny.SOLUTIONS
        tiny.write(tmp_path / "class" / f"{student}.ipynb", tiny.student(wrong))
    return tmp_path


def run(place):
    return grade(place / "class", place / "out", root=place / "course", pool_factory=FakePool)


def kept(place):
    return sorted((place / "out" / "backups").glob("*"))


def correct(place, points):
    notebook = tiny.instructor()
    tiny.by_id(notebook, "add-values")["metadata"]["nbgrader"]["points"] = points
    tiny.write(place / "course" / "solutions" / f"{tiny.NAME}.ipynb", notebook)


def test_a_corrected_test_tells_whose_score_changed_and_keeps_the_books(place):
    run(place)
    assert kept(place) == [], "there was nothing to keep"
    run(place)
    assert kept(place) == [], "nothing changed"
    before = {name: (place / "out" / name).read_bytes() for name in backup.TABLES}
    correct(place, 5)
    summary = run(place)
    (folder,) = kept(place)
    assert {name: (folder / name).read_bytes() for name in backup.TABLES} == before
    with sqlite3.connect(folder / "gradebook.db") as old:
        (highest,) = old.execute("SELECT max(auto_score) FROM grade").fetchone()
    assert highest == 3, "the gradebook as it was"
    with open(folder / "changes.csv", newline="", encoding="utf-8") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    expected = [tiny.NAME, "6", "8", "2", "add-values +2"]
    assert rows == [["'=cara", *expected], ["anna", *expected]]
    (note,) = [note for note in summary.notes if "changed since" in note]
    assert note.startswith("2 scores changed since the last run: =cara from 6 to 8 (+2); anna")
    assert f"backups/{folder.name}/changes.csv" in note
    assert "anna from 6 to 8" in summary.report.read_text(encoding="utf-8")


def test_what_is_new_is_no_change_of_a_score(place):
    run(place)
    tiny.write(place / "class" / "dora.ipynb", tiny.solved())
    summary = run(place)
    assert not [note for note in summary.notes if "changed since" in note]
    (folder,) = kept(place)
    assert (folder / "changes.csv").read_text().count("\n") == 1


def write(folder, scores, cells=""):
    folder.mkdir(exist_ok=True)
    (folder / "grades.csv").write_text(GRADES + scores)
    (folder / "cells.csv").write_text(CELLS + cells)


def test_scores_that_came_or_went_have_no_difference(tmp_path):
    write(tmp_path, "anna,a,\nben,a,2\ncara,a,1\n")
    folder = backup.begin(tmp_path)
    write(tmp_path, "anna,a,3\nben,a,\ncara,a,1\n")
    said = [str(change) for change in backup.compare(tmp_path, folder)]
    assert said == ["anna from none to 3", "ben from 2 to none"]


def test_the_newest_backups_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "KEPT", 2)
    for score in range(5):
        folder = backup.begin(tmp_path)
        write(tmp_path, f"anna,a,{score}\n")
        backup.end(tmp_path, folder, [])
    scores = [(each / "grades.csv").read_text()[-2] for each in sorted(kept_in(tmp_path))]
    assert scores == ["2", "3"]


def kept_in(out):
    return [each for each in (out / "backups").iterdir() if each.is_dir()]


def test_backups_keep_their_order_when_the_clock_is_set_back(tmp_path, monkeypatch):
    folders = []
    for score, now in enumerate(("2024-05-02", "2024-05-01", "2024-05-01")):
        write(tmp_path, f"anna,a,{score}\n")
        monkeypatch.setattr(backup.time, "strftime", lambda form, now=now: now)
        folders.append(folder := backup.begin(tmp_path))
        write(tmp_path, f"anna,a,{score + 10}\n")
        backup.end(tmp_path, folder, [])
    assert sorted(folders) == folders and len(set(folders)) == 3


def test_a_gradebook_that_is_none_is_kept_as_it_is(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"no database at all" * 100)
    folder = backup.begin(tmp_path)
    assert (folder / "gradebook.db").read_bytes() == b"no database at all" * 100


def test_a_gradebook_that_somebody_holds_is_not_graded_over(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "PATIENCE", 0.1)
    with sqlite3.connect(tmp_path / "gradebook.db") as other:
        other.execute("CREATE TABLE t (x)")
        other.commit()
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradeError, match="Another program holds the gradebook"):
            backup.begin(tmp_path)
    assert backup.begin(tmp_path).is_dir()
    assert [each.name for each in (tmp_path / "backups").iterdir() if each.name[0] == "."] == []


def test_what_a_stopped_run_found_is_what_the_next_compares_with(tmp_path):
    write(tmp_path, "anna,a,1\n")
    first = backup.begin(tmp_path)
    for score in (2, 3, 4):  # runs that are stopped, each after it wrote something
        write(tmp_path, f"anna,a,{score}\n")
        assert backup.begin(tmp_path) == first
        newest = sorted(kept_in(tmp_path))[-1]
        assert (newest / "grades.csv").read_text() == f"{GRADES}anna,a,{score}\n"
    assert len(kept_in(tmp_path)) == 2, "the first and the newest"
    (change,) = changes = backup.compare(tmp_path, first)
    backup.end(tmp_path, first, changes)
    assert (change.before, change.after) == (1, 4) and kept_in(tmp_path) == [first]
