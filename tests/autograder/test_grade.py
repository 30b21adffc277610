"""Grading a folder: what is graded, what is kept, what stops it."""

import csv
import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_course as tiny
from fake_pool import FakeBookkeeper, FakePool

from autograder import course, files, store
from autograder.files import GradeError
from autograder.grade import grade
from autograder.gradebook import Bookkeeper
from autograder.results import GRADER_ERROR, MISSING, OTHER_CHAPTER, UNREADABLE
from autograder.run import NoSandbox, sandbox


@pytest.fixture
def root(tmp_path):
    """A course of one chapter."""
    tiny.load(tmp_path / "course" / "solutions")
    tiny.write(tmp_path / "course" / "notebooks" / f"{tiny.NAME}.ipynb", tiny.student())
    return tmp_path / "course"


@pytest.fixture
def class_(tmp_path):
    """Three students."""
    folder = tmp_path / "class"
    tiny.write(folder / "anna.ipynb", tiny.solved())
    tiny.write(folder / "ben.ipynb", tiny.student({"double": "    return 2 * x"}))
    tiny.write(folder / "cara.ipynb", tiny.student())
    return folder


def run(class_, root, pool=FakePool, **options):
    """Grade with stand-ins; returns the summary and the students graded."""
    seen = []

    def spy(chapter, **pool_options):
        made = pool(chapter, **pool_options)
        original = made.reply

        def reply(unit):
            seen.append(unit["student"])
            return original(unit)

        made.reply = reply
        return made

    options = {"root": root, "pool_factory": spy, "bookkeeper": FakeBookkeeper} | options
    summary = grade(class_, class_.parent / "out", **options)
    return summary, seen


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tree(folder):
    """All files with their contents, but what differs from run to run."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in ("timings.csv", "report.html", "gradebook.db")
        and "backups" not in path.parts
    }


def test_everything_is_written(class_, root):
    summary, seen = run(class_, root)
    out = summary.out
    assert seen == ["anna", "ben", "cara"]
    assert (summary.graded, summary.unchanged, summary.remaining) == (3, 0, 0)
    assert [row["score"] for row in table(out / "grades.csv")] == ["6", "3", "0"]
    assert {row["max_score"] for row in table(out / "grades.csv")} == {"10"}
    assert len(table(out / "cells.csv")) == 3 * 4
    assert [row["seconds"] for row in table(out / "timings.csv")] == ["0.250"] * 3
    for student in ("anna", "ben", "cara"):
        name = f"{student}/{tiny.NAME}/{tiny.NAME}"
        assert (out / "feedback" / f"{name}.html").read_text() == f"<p>{student}"
        assert (out / "autograded" / f"{name}.ipynb").is_file()
        assert (out / "results" / student / f"{tiny.NAME}.json").is_file()
    assert (out / "report.html").is_file()
    assert "get_config" in (out / "nbgrader_config.py").read_text()
    source = out / "source" / tiny.NAME / f"{tiny.NAME}.ipynb"
    assert json.loads(source.read_text()) == tiny.instructor()
    assert not list(out.rglob(".tmp-*"))
    assert [entry.result.student for entry in FakeBookkeeper.last.finished] == seen


def test_only_what_changed_is_graded_again(class_, root):
    before = tree(run(class_, root)[0].out)
    summary, seen = run(class_, root)
    assert seen == [] and summary.unchanged == 3
    assert tree(summary.out) == before
    assert len(summary.results) == len(FakeBookkeeper.last.finished) == 3
    assert [row["seconds"] for row in table(summary.out / "timings.csv")] == ["0.250"] * 3
    tiny.write(class_ / "cara.ipynb", tiny.solved())
    tiny.write(class_ / "dora.ipynb", tiny.solved())
    summary, seen = run(class_, root)
    assert seen == ["cara", "dora"]
    assert [row["score"] for row in table(summary.out / "grades.csv")] == ["6", "3", "6", "6"]


def test_a_folder_of_a_killed_run_goes_also_when_nothing_is_to_be_graded(
    class_, root, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(store, "packages_digest", str)
    left = tiny.write(tmp_path / "tmp" / "autograder-old" / "owner", "").parent
    run(class_, root)
    assert left.exists(), "a pool would have swept it"
    assert run(class_, root)[1] == [] and not left.exists()


def test_force_grades_all_again_to_the_same_bytes(class_, root, monkeypatch):
    before = tree(run(class_, root)[0].out)
    monkeypatch.setattr(FakePool, "seconds", 0.5)
    summary, seen = run(class_, root, force=True)
    assert len(seen) == 3 and tree(summary.out) == before


def change_the_chapter(root, monkeypatch):
    notebook = tiny.instructor()
    tiny.by_id(notebook, "double-zero")["source"] += "\npass"
    tiny.write(root / "solutions" / f"{tiny.NAME}.ipynb", notebook)


def change_the_misconceptions(root, monkeypatch):
    tiny.write(root / "solutions" / "misconceptions" / f"{tiny.NAME}.py", "# none yet")


def change_the_packages(root, monkeypatch):
    monkeypatch.setattr(store, "packages_digest", lambda: "other")


def change_a_version(root, monkeypatch):
    versions = [*store.installed_versions(), "some-new-package 1.0"]
    monkeypatch.setattr(store, "installed_versions", lambda: versions)


@pytest.mark.parametrize(
    "change",
    [change_the_chapter, change_the_misconceptions, change_the_packages, change_a_version],
)
def test_a_change_of_what_grades_regrades_all(class_, root, monkeypatch, change):
    run(class_, root)
    change(root, monkeypatch)
    assert run(class_, root)[1] == ["anna", "ben", "cara"]


def test_the_key_covers_all_that_is_pinned_and_every_file_of_ours(monkeypatch, tmp_path):
    pins = (Path(store.__file__).parents[1] / "constraints.txt").read_text().splitlines()
    pinned = {line.replace("==", " ").lower() for line in pins if "==" in line}
    installed = {line.lower().replace("_", "-") for line in store.installed_versions()}
    assert {line.split()[0] for line in pinned} <= {line.split()[0] for line in installed}
    package = tiny.write(tmp_path / "cnnkit" / "__init__.py", "")
    monkeypatch.setattr(sys.modules["cnnkit"], "__file__", str(package))
    seen = {store.packages_digest()}
    for name in ("data/digits.npz", "notice.txt", "page.js", "page.html.j2", "style.css"):
        tiny.write(package.parent / name, "first")
        seen.add(store.packages_digest())
        tiny.write(package.parent / name, "second")
        seen.add(store.packages_digest())
    assert len(seen) == 11
    tiny.write(package.parent / "__pycache__" / "x.pyc", "what Python leaves behind")
    assert store.packages_digest() in seen


def test_a_new_time_of_handing_in_is_noticed(root, tmp_path):
    folder = tmp_path / "class" / "anna" / tiny.NAME
    tiny.write(folder / f"{tiny.NAME}.ipynb", tiny.solved())
    for when in ("2024-05-01 10:00:00 UTC", "2024-05-02 10:00:00 UTC"):
        tiny.write(folder / "timestamp.txt", when)
        assert run(tmp_path / "class", root)[1] == ["anna"]
        (entry,) = FakeBookkeeper.last.finished
        assert entry.timestamp == when


def test_a_student_without_a_notebook_has_a_row(root, tmp_path):
    folder = tmp_path / "class"
    tiny.write(folder / "anna" / tiny.NAME / f"{tiny.NAME}.ipynb", tiny.solved())
    (folder / "ben").mkdir()
    summary, seen = run(folder, root)
    anna, ben = table(summary.out / "grades.csv")
    assert seen == ["anna"] and (anna["attempt"], ben["attempt"]) == ("1", "0")
    assert (ben["status"], ben["score"], ben["max_score"]) == (MISSING, "0", "10")
    assert "no notebook" in ben["reason"] and ben["needs_manual"] == "yes"
    assert run(folder, root)[0].unchanged == 2
    tiny.write(folder / "ben" / tiny.NAME / f"{tiny.NAME}.ipynb", tiny.solved())
    assert run(folder, root)[1] == ["ben"]


def test_scores_given_by_hand_reach_the_table_with_the_next_run(class_, root):
    from nbgrader.api import Gradebook

    summary, _ = run(class_, root, bookkeeper=Bookkeeper)
    rows = table(summary.out / "grades.csv")
    assert [(row["score"], row["needs_manual"]) for row in rows] == [
        ("6", "yes"),
        ("3", "yes"),
        ("0", "yes"),
    ]
    with Gradebook(f"sqlite:///{summary.out}/gradebook.db") as book:
        for student, points in (("anna", 4.0), ("ben", 0.0)):
            grade = book.find_grade("why", tiny.NAME, tiny.NAME, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()
    summary, seen = run(class_, root, bookkeeper=Bookkeeper)
    rows = table(summary.out / "grades.csv")
    assert seen == []
    assert [(row["score"], row["needs_manual"]) for row in rows] == [
        ("10", "no"),
        ("3", "no"),
        ("0", "yes"),
    ]


@pytest.mark.parametrize("lost", ["results", "feedback", "autograded"])
def test_what_is_lost_is_made_again(class_, root, lost):
    out = run(class_, root)[0].out
    before = tree(out)
    shutil.rmtree(out / lost / "ben")
    assert run(class_, root)[1] == ["ben"]
    assert tree(out) == before


def test_a_damaged_result_is_graded_again(class_, root):
    out = run(class_, root)[0].out
    (out / "results" / "ben" / f"{tiny.NAME}.json").write_text('{"key": ')
    assert run(class_, root)[1] == ["ben"]


class Stumbling(FakePool):
    """Fails on its own account for Ben."""

    def reply(self, unit):
        reply = super().reply(unit)
        if unit["student"] == "ben":
            reply["result"] |= {"status": GRADER_ERROR, "reason": "It broke.", "cells": []}
            reply |= {"feedback": "", "notebook": ""}
        return reply


def test_our_own_error_is_nobodys_zero_and_is_tried_again(class_, root):
    summary, _ = run(class_, root, pool=Stumbling)
    (_, ben, _) = table(summary.out / "grades.csv")
    assert (ben["status"], ben["score"], ben["needs_manual"]) == (GRADER_ERROR, "", "yes")
    assert ben["max_score"] == "10" and ben["reason"] == "It broke."
    summary, seen = run(class_, root)
    assert seen == ["ben"]
    assert [row["score"] for row in table(summary.out / "grades.csv")] == ["6", "3", "0"]


class FaultyTest(FakePool):
    """Finds that the chapter's own solution fails a test here."""

    def __init__(self, chapter, **options):
        super().__init__(chapter, **options)
        self.faulty = {"double-values": "It fails."}

    def reply(self, unit):
        reply = super().reply(unit)
        reply["result"]["cells"][0] |= {"status": GRADER_ERROR, "score": None}
        return reply


def test_a_faulty_test_is_tried_on_the_solution_and_not_on_the_class(class_, root):
    first, seen = run(class_, root, pool=FaultyTest)
    assert seen == ["anna", "ben", "cara"] and "fails the test double-values" in first.notes[0]
    before = tree(first.out)
    summary, seen = run(class_, root, pool=FaultyTest)
    assert seen == [] and (summary.graded, summary.unchanged) == (0, 3)
    assert tree(summary.out) == before
    assert summary.notes == first.notes, "it is still to be mended"


def test_a_test_that_was_faulty_for_a_while_is_counted_with_the_next_run(class_, root):
    run(class_, root, pool=FaultyTest)
    told = []
    summary, seen = run(class_, root, progress=lambda *about: told.append(about[:2]))
    assert seen == ["anna", "ben", "cara"] and (summary.graded, summary.unchanged) == (3, 0)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [row["score"] for row in table(summary.out / "grades.csv")] == ["6", "3", "0"]
    assert run(class_, root)[1] == []


@pytest.mark.parametrize("name", ["submissions", "output"])
def test_a_folder_that_submissions_can_read_is_refused(class_, root, name, monkeypatch):
    shown = class_ if name == "submissions" else class_.parent / "out"
    monkeypatch.setattr(sandbox, "visible_paths", lambda: [str(shown)])
    with pytest.raises(GradeError, match=f"The {name} folder .* which submissions may read"):
        run(class_, root)


def test_a_folder_hidden_from_submissions_is_not_refused(class_, root, monkeypatch):
    monkeypatch.setattr(sandbox, "visible_paths", lambda: [str(class_.parent)])
    monkeypatch.setattr(sandbox, "hidden_path", lambda path: True)
    assert run(class_, root)[1]


def test_bad_submissions_have_an_outcome_and_a_page(class_, root):
    tiny.write(class_ / "dora.ipynb", "Dear teacher")
    tiny.write(class_ / "emil.ipynb", {"cells": [], "metadata": {}, "nbformat": 4})
    tiny.write(class_ / "notes.txt", "hello")
    summary, seen = run(class_, root)
    assert seen == ["anna", "ben", "cara"] and summary.graded == 5
    rows = {row["student"]: row for row in table(summary.out / "grades.csv")}
    assert rows["dora"]["status"] == UNREADABLE and "JSON" in rows["dora"]["reason"]
    assert rows["emil"]["status"] == OTHER_CHAPTER
    assert (rows["dora"]["score"], rows["dora"]["max_score"]) == ("0", "10")
    page = summary.out / "feedback" / "dora" / tiny.NAME / f"{tiny.NAME}.html"
    assert "JSON" in page.read_text()
    assert any("notes.txt" in note for note in summary.notes)
    assert run(class_, root)[0].unchanged == 5


class Interrupted(FakePool):
    """Is interrupted after two submissions."""

    def run(self, units):
        for number, reply in enumerate(super().run(units)):
            if number == 2:
                raise KeyboardInterrupt
            yield reply


def test_an_interrupted_run_keeps_what_is_graded_and_goes_on(class_, root):
    whole = tree(run(class_, root)[0].out)
    shutil.rmtree(class_.parent / "out")
    summary, _ = run(class_, root, pool=Interrupted)
    assert summary.interrupted and (summary.graded, summary.remaining) == (2, 1)
    assert [row["student"] for row in table(summary.out / "grades.csv")] == ["anna", "ben"]
    assert len(FakeBookkeeper.last.finished) == 2
    summary, seen = run(class_, root)
    assert seen == ["cara"] and not summary.interrupted
    assert tree(summary.out) == whole


def test_a_full_disk_ends_with_a_sentence_and_loses_nothing(class_, root, monkeypatch):
    whole = tree(run(class_, root)[0].out)
    out = class_.parent / "out"
    shutil.rmtree(out)
    replace = os.replace

    def full(source, target):
        if "cara" in str(target):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(GradeError, match="No space left on device") as caught:
        run(class_, root)
    assert not caught.value.wrong_use
    assert not list(out.rglob(".tmp-*"))
    monkeypatch.undo()
    assert run(class_, root)[1] == ["cara"]
    assert tree(out) == whole


def test_an_unwritable_output_is_said_before_anything_is_graded(class_, root):
    tiny.write(class_.parent / "out", "a file")
    seen = []
    with pytest.raises(GradeError, match="Cannot write into .* is no folder. Choose another"):
        run(class_, root, progress=lambda *about: seen.append(about))
    assert seen == []


@pytest.mark.parametrize("place", [".", "anna-out"])
def test_output_among_the_submissions_is_refused(class_, root, place):
    with pytest.raises(GradeError, match="inside the submissions' folder") as caught:
        grade(class_, class_ / place, root=root, pool_factory=FakePool)
    assert caught.value.wrong_use
    assert sorted(os.listdir(class_)) == ["anna.ipynb", "ben.ipynb", "cara.ipynb"]


def test_a_course_folder_may_be_its_own_output(class_, root):
    folder = class_.parent / "nb"
    shutil.copytree(class_, folder / "submitted")
    for _ in range(2):
        summary = grade(folder, folder, root=root, pool_factory=FakePool, bookkeeper=FakeBookkeeper)
    assert summary.unchanged == 3 and len(summary.results) == 3


def test_two_runs_never_write_the_same_books(class_, root, tmp_path):
    (tmp_path / "out").mkdir()
    code = (
        "import sys, pathlib; from autograder.files import only_writer\n"
        "with only_writer(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(GradeError, match="Another 'autograder grade'"):
            run(class_, root)
        other.stdin.close()
    assert run(class_, root)[0].graded == 3


def test_no_sandbox_is_a_sentence(class_, root):
    class Bare(FakePool):
        def __enter__(self):
            raise NoSandbox("No sandbox here.")

    with pytest.raises(GradeError, match="No sandbox here"):
        run(class_, root, pool=Bare)


def test_grading_without_a_sandbox_is_noted(class_, root):
    summary, _ = run(class_, root, isolation="none")
    assert any("--isolation none" in note for note in summary.notes)
    assert run(class_, root)[1] == ["anna", "ben", "cara"], "the sandbox is part of the key"


def test_odd_students_stay_apart_and_inside(class_, root):
    for name in ("=1+1", "a,b", "ä ö", "~x", "..b", "a..", "-rf"):
        tiny.write(class_ / f"{name}.ipynb", tiny.solved())
    summary, _ = run(class_, root)
    folders = sorted(path.name for path in (summary.out / "results").iterdir() if path.is_dir())
    assert len(folders) == 9 and all(name[0].isalnum() for name in folders)  # ..b is hidden
    students = {row["student"] for row in table(summary.out / "grades.csv")}
    assert {"'=1+1", "a,b", "ä ö", "~x", "a..", "'-rf"} <= students


def test_progress_is_told(class_, root):
    told = []
    run(class_, root, progress=lambda done, total, result: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_chapters_are_found_by_number_name_and_path(root):
    chapters = course.load_chapters(root)
    path = str(root / "solutions" / f"{tiny.NAME}.py")
    for wanted in ("91", tiny.NAME, "tiny", path):
        assert course.choose_chapter(wanted, chapters).name == tiny.NAME
    with pytest.raises(GradeError, match=r"no chapter '92'.*91_tiny"):
        course.choose_chapter("92", chapters)


def test_a_folder_without_chapters_is_said(tmp_path):
    with pytest.raises(GradeError, match="--root"):
        course.find_root(tmp_path)
    (tmp_path / "solutions").mkdir()
    with pytest.raises(GradeError, match="autograder build"):
        course.load_chapters(tmp_path)
    tiny.write(tmp_path / "solutions" / "01_x.ipynb", "{}")
    with pytest.raises(GradeError, match="autograder build"):
        course.load_chapters(tmp_path)


def test_folder_names_are_safe_and_unique():
    odd = ["", ".", "..", "../x", "a/b", "a", "a~b", "ab", "x" * 300, "=a", "a ", " a", "\udcff"]
    names = [files.folder_name(student) for student in odd]
    assert len(set(names)) == len(odd)
    assert all("/" not in name and not name.startswith(".") and name for name in names)
    assert all(len(name.encode()) < 255 for name in names)
    assert files.folder_name("Zoë van O.") != "Zoë van O."  # a trailing dot is trouble elsewhere
    assert files.folder_name("anna@uni.edu") == "anna@uni.edu"


def test_a_submission_that_is_gone_is_named(class_, root):
    run(class_, root)
    (class_ / "ben.ipynb").unlink()
    summary, _ = run(class_, root)
    assert [note for note in summary.notes if "no longer" in note and note.endswith(": ben.")]
    assert "no longer" in summary.report.read_text()


def test_an_output_folder_is_no_class(class_, root):
    summary, _ = run(class_, root)
    (summary.out / "gradebook.db").touch()
    with pytest.raises(GradeError, match="output of an earlier run"):
        grade(summary.out, root / "other", root=root, pool_factory=FakePool)


def test_a_second_notebook_of_a_student_is_told_in_the_table(class_, root):
    (class_ / "anna").mkdir()
    tiny.write(class_ / "anna" / "Untitled.ipynb", tiny.solved())
    summary, _ = run(class_, root)
    (anna, *_) = table(summary.out / "grades.csv")
    assert "Handed in as well and not graded: Untitled.ipynb." in anna["repairs"]
