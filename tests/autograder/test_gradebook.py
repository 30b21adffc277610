"""The books: nbgrader's own tools read what we wrote, and hand-given scores survive."""

import csv
import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_course as tiny

from autograder.files import GradeError
from autograder.gradebook import Bookkeeper, Books, Entry, auto_scores, write_course
from autograder.results import (
    FAILED,
    GRADER_ERROR,
    MANUAL,
    PASSED,
    UNREADABLE,
    Booked,
    CellResult,
    CodeResult,
    Result,
)

NAME = tiny.NAME
TESTS = {"double-values": 2.0, "double-zero": 1.0, "add-values": 3.0}


@pytest.fixture
def chapter(tmp_path):
    return tiny.load(tmp_path / "solutions")


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def result(student, passed, why=None, **more):
    """A result that passed the named tests."""
    cells = [
        CellResult(
            name,
            "",
            "",
            highest if name in passed else 0.0,
            highest,
            PASSED if name in passed else FAILED,
        )
        for name, highest in TESTS.items()
    ]
    cells.append(CellResult("why", "", "", why, 4.0, MANUAL))
    return Result(student, NAME, cells=cells, **more)


def written(student, answer, add="return a + b", passed=TESTS):
    """A result with what the student wrote."""
    made = result(student, passed)
    made.answers = {"why": answer}
    made.code = [CodeResult("double", "return 2 * x"), CodeResult("add", add)]
    return made


def by_hand(out, student, comment="", **points):
    """Give scores as formgrader does."""
    with gradebook(out) as book:
        for name, score in points.items():
            grade = book.find_grade(name.replace("_", "-"), NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        if comment:
            book.find_comment("double", NAME, NAME, student).manual_comment = comment
        book.db.commit()


def booked(out, chapter, *entries):
    keeper = Bookkeeper(out, chapter)
    return keeper.finish(list(entries))


def keep(out, chapter, *entries):
    books = Books(out, chapter)
    for entry in entries:
        books.record(entry)
    books.close()


def gradebook(out):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{out}/gradebook.db")


def grades(out, student):
    with gradebook(out) as book:
        rows = book.find_submission_notebook(NAME, NAME, student).grades
        return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in rows}


def test_nbgrader_reads_the_scores(out, chapter):
    keep(out, chapter, Entry(result("anna", TESTS), "2024-05-01 10:00:00 UTC"))
    assert grades(out, "anna") == {
        "double-values": (2.0, None, False),
        "double-zero": (1.0, None, False),
        "add-values": (3.0, None, False),
        "why": (None, None, True),
    }
    with gradebook(out) as book:
        submission = book.find_submission(NAME, "anna")
        assert (submission.score, submission.max_score) == (6.0, 10.0)
        assert submission.timestamp == datetime.datetime(2024, 5, 1, 10)
        notebook = book.find_notebook(NAME, NAME)
        assert {cell.name: cell.cell_type for cell in notebook.grade_cells}["why"] == "markdown"
        assert {cell.name for cell in notebook.solution_cells} == {"double", "add", "why"}
        sources = {cell.name: cell for cell in notebook.source_cells}
        assert sources["setup"].locked and not sources["double"].locked
        assert "return 2" not in sources["double"].source
        assert len(book.find_submission_notebook(NAME, NAME, "anna").comments) == 3


def test_a_regrade_keeps_what_was_given_by_hand(out, chapter):
    keep(out, chapter, Entry(result("anna", TESTS)), Entry(result("ben", TESTS)))
    with gradebook(out) as book:
        for student in ("anna", "ben"):
            for name, points in (("why", 3.5), ("add-values", 1.0)):
                grade = book.find_grade(name, NAME, NAME, student)
                grade.manual_score, grade.needs_manual_grade, grade.extra_credit = points, False, 1
            comment = book.find_comment("double", NAME, NAME, student)
            comment.manual_comment, comment.auto_comment = "Well done.", "automatic"
        book.db.commit()
    changed = result("ben", ["double-values", "double-zero"])
    keep(out, chapter, Entry(result("anna", TESTS)), Entry(changed))
    assert grades(out, "anna")["why"] == (None, 3.5, False)
    assert grades(out, "anna")["add-values"] == (3.0, 1.0, False)
    assert grades(out, "ben")["add-values"] == (0.0, 1.0, True), "a human should look again"
    with gradebook(out) as book:
        assert book.find_comment("double", NAME, NAME, "ben").comment == "Well done."
        assert book.find_submission(NAME, "anna").score == 2 + 1 + (1 + 1) + (3.5 + 1)


def test_a_new_text_asks_for_a_new_score_by_hand(out, chapter):
    keep(out, chapter, Entry(written("anna", "No idea.")))
    by_hand(out, "anna", why=0.0, add_values=1.0, double_zero=0.5)
    keep(out, chapter, Entry(written("anna", "No idea.  ")))
    assert not any(needs for *_, needs in grades(out, "anna").values()), "the same text"
    keep(out, chapter, Entry(written("anna", "A long and right answer.", add="return b + a")))
    assert grades(out, "anna") == {
        "why": (None, 0.0, True),
        "add-values": (3.0, 1.0, True),
        "double-zero": (1.0, 0.5, False),  # its exercise is as it was
        "double-values": (2.0, None, False),
    }
    keep(out, chapter, Entry(written("anna", "A long and right answer.", add="return b + a")))
    assert grades(out, "anna")["why"][2], "it still waits"
    by_hand(out, "anna", why=4.0, add_values=3.0)
    keep(out, chapter, Entry(written("anna", "A long and right answer.", add="return b + a")))
    assert grades(out, "anna")["why"] == (None, 4.0, False)


def test_a_new_text_is_noticed_after_a_run_that_could_not_write(out, chapter):
    keep(out, chapter, Entry(written("anna", "No idea.")))
    by_hand(out, "anna", why=0.0)
    booked(out, chapter, Entry(written("anna", "A right answer.")))  # kept, but not yet written
    assert grades(out, "anna")["why"] == (None, 0.0, True)


def test_our_own_failure_tells_nothing_of_the_text(out, chapter):
    keep(out, chapter, Entry(written("anna", "Because.")))
    by_hand(out, "anna", why=4.0)
    keep(out, chapter, Entry(Result("anna", NAME, GRADER_ERROR)))
    assert grades(out, "anna")["why"] == (None, 4.0, False)


def test_the_books_tell_what_was_given_by_hand(out, chapter):
    anna, ben = Entry(written("anna", "Because.")), Entry(written("ben", "Because."))
    assert booked(out, chapter, anna, ben) == {
        ("anna", NAME): Booked(0.0, waiting=True, total=6.0),
        ("ben", NAME): Booked(0.0, waiting=True, total=6.0),
    }
    by_hand(out, "anna", why=3.5)
    by_hand(out, "ben", add_values=1.0)
    assert booked(out, chapter, anna, ben) == {
        ("anna", NAME): Booked(3.5, total=9.5),
        ("ben", NAME): Booked(-2.0, waiting=True, judged=True, total=4.0),
    }


def test_lateness_is_told_where_date_and_time_are_known(out, chapter):
    hours = {"anna": "11:00", "ben": "09:00", "cara": ""}
    entries = [
        Entry(written(student, ""), f"2024-05-01 {hour}:30 UTC" if hour else "")
        for student, hour in hours.items()
    ]
    assert {about.late for about in booked(out, chapter, *entries).values()} == {None}
    with gradebook(out) as book:
        book.find_assignment(NAME).duedate = datetime.datetime(2024, 5, 1, 10)
        book.db.commit()
    late = {student: about.late for (student, _), about in booked(out, chapter, *entries).items()}
    assert late == {"anna": 3630, "ben": 0, "cara": None}
    with gradebook(out) as book:
        book.grant_extension(NAME, "anna", minutes=60)
    assert booked(out, chapter, *entries)["anna", NAME].late == 30


@pytest.mark.parametrize("when", ["99:99111111111111111111111111111111", "9" * 200, "\x00 +99:99"])
def test_what_is_no_time_stops_nobody(out, chapter, when):
    entries = [Entry(written("anna", ""), when), Entry(written("ben", ""), "2024-05-01 10:00 UTC")]
    keep(out, chapter, *entries)
    with gradebook(out) as book:
        times = {one.student_id: one.timestamp for one in book.assignment_submissions(NAME)}
    assert times == {"anna": None, "ben": datetime.datetime(2024, 5, 1, 10)}


@pytest.mark.parametrize("gone", ["why", "add-values", "double"])
def test_what_was_given_by_hand_is_never_removed_with_its_cell(out, chapter, tmp_path, gone):
    keep(out, chapter, Entry(written("anna", "Because.")), Entry(written("ben", "")))
    by_hand(out, "anna", why=3.5, add_values=1.0, comment="Well done.")
    by_hand(out, "ben", why=0.0, add_values=0.0, comment="Look again.")
    before = grades(out, "anna")
    older = tiny.write(tmp_path / "older" / f"{NAME}.ipynb", tiny.without(tiny.instructor(), gone))
    keeper = Bookkeeper(out, type(chapter).load(older))
    with pytest.raises(GradeError, match=rf"no cell '{gone}' .*2 scores or comments.*--out"):
        keeper.finish([])
    assert grades(out, "anna") == before
    with pytest.raises(GradeError, match="no cell"):
        keeper.put(Entry(result("cara", [])))
    kept = Booked(1.5, judged=True, total=7.5)
    assert booked(out, chapter)["anna", NAME] == kept, "nothing is lost"


def test_regrading_adds_no_rows(out, chapter):
    for _ in range(2):
        keep(out, chapter, Entry(result("anna", TESTS)))
    with gradebook(out) as book:
        assert len(book.assignments) == len(book.students) == 1
        assert len(book.assignment_submissions(NAME)) == 1


def test_cells_come_and_go_with_the_chapter(out, chapter, tmp_path):
    keep(out, chapter, Entry(result("anna", TESTS)))
    notebook = tiny.without(tiny.instructor(), "double-zero")
    notebook["cells"].append(tiny.check("add", "more", 5, "assert add(0, 0) == 0"))
    tiny.by_id(notebook, "add-values")["metadata"]["nbgrader"]["points"] = 4
    path = tiny.write(tmp_path / "new" / f"{NAME}.ipynb", notebook)
    changed = type(chapter).load(path)
    graded = Result("anna", NAME, cells=[CellResult("add-more", "add", "", 5.0, 5.0, PASSED)])
    keep(out, changed, Entry(graded))
    scores = grades(out, "anna")
    assert scores.keys() == {"double-values", "add-values", "why", "add-more"}
    assert scores["add-more"][0] == 5.0
    with gradebook(out) as book:
        assert book.find_assignment(NAME).max_score == 2 + 4 + 4 + 5


def test_what_could_not_be_graded():
    chapter = type("C", (), {"cells": [tiny_cell("t", "test"), tiny_cell("w", "answer")]})
    unreadable = Result("a", NAME, UNREADABLE)
    assert auto_scores(unreadable, chapter) == {"t": 0.0, "w": 0.0}
    broken = Result("a", NAME, GRADER_ERROR)
    assert auto_scores(broken, chapter) == {"t": None, "w": None}


def tiny_cell(name, role):
    from autograder.chapter import Cell

    return Cell(name, role, "", name)


def test_the_bookkeeper_writes_what_it_was_given_and_what_is_missing(out, chapter):
    keeper = Bookkeeper(out, chapter)
    first, second = Entry(result("anna", TESTS)), Entry(result("../=odd", []))
    keeper.put(first)
    keeper.finish([first, second])
    assert grades(out, "anna")["add-values"][0] == 3.0
    from autograder.files import folder_name

    assert grades(out, folder_name("../=odd"))["add-values"][0] == 0.0


def test_books_in_step_are_left_alone(out, chapter):
    books = Books(out, chapter)
    entries = [Entry(result(name, TESTS)) for name in ("anna", "ben")]
    books.record(entries[0])
    written = []
    original, books.record = books.record, lambda entry: written.append(entry.result.student)
    books.record_missing(entries)
    books.record = original
    books.close()
    assert written == ["ben"]


def test_a_damaged_database_is_a_sentence(out, chapter):
    (out / "gradebook.db").write_text("This is no database. " * 100)
    keeper = Bookkeeper(out, chapter)
    with pytest.raises(GradeError, match=r"gradebook\.db: file is not a database"):
        keeper.finish([])


def test_nbgrader_exports_the_course(out, chapter):
    keep(out, chapter, Entry(result("anna", TESTS)), Entry(result("ben", ["add-values"])))
    write_course(out, chapter)
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    command = [sys.executable, "-m", "nbgrader", "export", "--to", str(out / "theirs.csv")]
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with open(out / "theirs.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: row["score"] for student, row in rows.items()} == {"anna": "6.0", "ben": "3.0"}
    assert rows["anna"]["max_score"] == "10.0" and rows["anna"]["assignment"] == NAME


def test_a_courses_own_configuration_is_left_alone(out, chapter):
    (out / "nbgrader_config.py").write_text("# ours")
    write_course(out, chapter)
    assert (out / "nbgrader_config.py").read_text() == "# ours"


def test_formgraders_list_shows_the_submissions_as_graded(out, chapter):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    when = "2024-05-01 10:00:00 UTC"
    for student in ("anna", "ben"):
        tiny.write(out / "submitted" / student / NAME / f"{NAME}.ipynb", tiny.solved())
        tiny.write(out / "submitted" / student / NAME / "timestamp.txt", when)
    tiny.write(out / "autograded" / "anna" / NAME / f"{NAME}.ipynb", tiny.solved())
    write_course(out, chapter)
    keep(out, chapter, Entry(result("anna", TESTS), when))
    listed = NbGraderAPI(CourseDirectory(root=str(out))).get_submissions(NAME)
    assert {row["student"]: (row["autograded"], row["score"]) for row in listed} == {
        "anna": (True, 6.0),
        "ben": (False, 0.0),
    }


def test_a_student_keeps_the_name_where_the_id_cannot(out, chapter):
    keep(out, chapter, Entry(result("Zoë, Jr.", [])), Entry(result("anna", [])))
    with gradebook(out) as books:
        names = {student.id: student.last_name for student in books.students}
    assert names.pop("anna") is None
    assert list(names.values()) == ["Zoë, Jr."]


def test_nbgraders_export_leaves_our_table_alone(out, chapter):
    keep(out, chapter, Entry(result("anna", TESTS)))
    write_course(out, chapter)
    (out / "grades.csv").write_text("ours")
    command = [sys.executable, "-m", "nbgrader", "export"]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (out / "grades.csv").read_text() == "ours"
    assert "anna" in (out / "nbgrader-grades.csv").read_text()
