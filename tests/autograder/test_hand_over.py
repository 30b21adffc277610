"""Grades for Canvas, Moodle and whoever reads JSON."""

import csv
import io
import json
import re

import pytest
import tiny_course as tiny
from fake_pool import FakePool
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.files import GradeError
from autograder.grade import grade
from autograder.lms.hand_over import hand_over

HALF = {"double": "    return 2 * x"}  # 3 of the 6 points that the machine gives
BY_HAND = {"ana_101": 4.0, "ben": 1.5, "Cai Eloy_103": 2.0, "Owls_18": 0.0, "=zoe": 1.0}
SCORES = {"ana_101": 10, "ben": 4.5, "Cai Eloy_103": 8, "Owls_18": 6, "=zoe": 7}


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """A graded class in which one, dora, still waits for points by hand."""
    folder = tmp_path_factory.mktemp("class")
    tiny.load(folder / "course" / "solutions")
    for name in (*BY_HAND, "dora_104"):
        notebook = tiny.student(HALF) if name == "ben" else tiny.solved()
        tiny.write(folder / "submitted" / f"{name}.ipynb", notebook)
    grade(
        folder / "submitted", folder / "out", root=folder / "course", pool_factory=FakePool,
        isolation="none",
    )  # fmt: skip
    with Gradebook(f"sqlite:///{folder}/out/gradebook.db") as book:
        for student in book.students:
            points = BY_HAND.get(student.last_name or student.id)
            if points is not None:
                found = book.find_grade("why", tiny.NAME, tiny.NAME, student.id)
                found.manual_score, found.needs_manual_grade = points, False
        book.db.commit()
    return folder / "out"


def exported(class_, folder, which, lines, **options):
    """Write a table, fill it, and give its rows and what was said."""
    path = folder / "theirs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    option = {"canvas": "canvas_gradebook", "moodle": "moodle_worksheet"}[which]
    said = hand_over(class_, **{option: path}, **options)
    text = (class_ / f"{which}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""))), " ".join(said)


HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Notes,{},Homework 5 (88),Current Score"
CANVAS = (
    HEADER.format("91: Tiny (77)"),
    ",,,,,,Manual Posting,,",
    "    Points Possible,,,,,,10,5,(read only)",
    '"Costa, Ana",101,u1,costa,A,,,3,50',
    '"Duff, Ben",102,u2,BEN,A,,7,3,50',
    '"Farr, Dora",104,u4,dora,A,,9,3,50',
    '"Gray, Emil",105,u5,cai eloy,A,,8,3,50',
    '"=""=zoe""",106,u6,=zoe,=A1,,,,',
    '"Student, Test",200,,0a1b,A,,,,',
)


def test_canvas_gets_back_its_own_rows_with_scores(class_, tmp_path):
    rows, said = exported(class_, tmp_path, "canvas", CANVAS)
    assert list(rows[0]) == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "91: Tiny (77)"
    ]  # fmt: skip
    scores = {row["ID"]: row["91: Tiny (77)"] for row in rows if row["ID"]}
    assert scores == {"101": "10", "102": "4.5", "104": "9", "105": "8", "106": "7", "200": ""}
    assert rows[1]["Student"] == "    Points Possible" and rows[1]["91: Tiny (77)"] == "10"
    zoe = rows[-2]
    assert (zoe["Student"], zoe["Section"]) == ('\'="=zoe"', "'=A1")
    assert zoe["SIS Login ID"] == "=zoe", "by this the row is known"
    assert "canvas.csv: 3 scores" in said
    assert "wait for points by hand: dora_104" in said
    assert "not in that table: Cai Eloy_103, Owls_18" in said, "a name is no login"


def test_scores_are_scaled_to_the_points_of_the_other_system_and_it_is_said(class_, tmp_path):
    lines = [line.replace(",,10,5,", ",,25,5,") for line in CANVAS]
    rows, said = exported(class_, tmp_path, "canvas", lines)
    scores = {row["ID"]: row["91: Tiny (77)"] for row in rows}
    assert (scores["101"], scores["102"]) == ("25", "11.25")
    assert "scaled from 10 points to 25" in said


def test_semicolons_stay_semicolons(class_, tmp_path):
    lines = [line.replace(",", ";").replace('"Costa; Ana"', "Ana") for line in CANVAS[:4]]
    exported(class_, tmp_path, "canvas", lines)
    text = (class_ / "canvas.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "Student;ID;SIS User ID;SIS Login ID;Section;91: Tiny (77)"


def test_the_column_is_named_where_it_is_not_plain(class_, tmp_path):
    lines = (HEADER.format("Homework 9 (77)"), *CANVAS[1:])
    with pytest.raises(GradeError, match="'Homework 5 .88.'.*--column") as caught:
        exported(class_, tmp_path, "canvas", lines)
    assert caught.value.wrong_use
    for name in ("Homework 9", "homework 9 (77)"):
        rows, _ = exported(class_, tmp_path, "canvas", lines, column=name)
        assert rows[2]["Homework 9 (77)"] == "10"


MOODLE = (
    "Identifier,Full name,Email address,Group,Grade,Maximum Grade,Last modified (grade),"
    "Feedback comments",
    'Participant 101,Ana Costa,ana@x.example,,,100.00,"Sunday, 3 May 2026",=1+1',
    "Participant 7,Ben Duff,ben,,,100.00,-,",
    "Participant 103,Cai Eloy,c@x.example,,55.00,100.00,-,",
    "Participant 8,=Hans,h@x.example,Owls,,100.00,-,",
    "Participant 9,Ida,i@x.example,Owls,,100.00,-,",
    "Participant 104,Dora,d@x.example,,12.00,100.00,-,",
    "Participant 11,Lea,l@x.example,,,100.00,-,",
)


def test_moodle_gets_back_its_worksheet_with_grades(class_, tmp_path):
    rows, said = exported(class_, tmp_path, "moodle", MOODLE)
    grades = {row["Identifier"].split()[1]: row["Grade"] for row in rows}
    assert grades == {
        "101": "100", "7": "45", "103": "80", "8": "60", "9": "60", "104": "12.00", "11": ""
    }  # fmt: skip
    assert "scaled from 10 points to 100" in said and "moodle.csv: 5 scores" in said
    assert rows[0]["Last modified (grade)"] == "Sunday, 3 May 2026"
    assert rows[3]["Full name"] == "'=Hans"
    assert "Feedback comments" not in rows[0]


def test_a_worksheet_in_another_language(class_, tmp_path):
    header = MOODLE[0].replace("Grade,Maximum", "Bewertung,Beste").replace("Identifier", "ID")
    lines = [header, *(line.replace("Participant ", "Teilnehmer/in") for line in MOODLE[1:])]
    with pytest.raises(GradeError, match="--column"):
        exported(class_, tmp_path, "moodle", lines)
    rows, _ = exported(class_, tmp_path, "moodle", lines, column="Bewertung")
    assert rows[0]["Bewertung"] == "100"


@pytest.mark.parametrize("which", ["canvas", "moodle"])
def test_another_table_gets_a_sentence_and_writes_nothing(class_, tmp_path, which):
    (class_ / f"{which}.csv").write_text("as it was")
    with pytest.raises(GradeError, match="is not (Canvas'|Moodle's)") as caught:
        exported(class_, tmp_path, which, ("a,b", "1,x", "12,3"))
    assert caught.value.wrong_use
    assert (class_ / f"{which}.csv").read_text() == "as it was"


def test_json_has_every_submission_and_cell(class_):
    hand_over(class_)
    data = json.loads((class_ / "grades.json").read_text(encoding="utf-8"))["submissions"]
    assert {each["student"]: each["score"] for each in data} == SCORES | {"dora_104": 6.0}
    dora = next(each for each in data if each["student"] == "dora_104")
    assert dora["waiting"] is dora["needs_manual"] is True
    assert [cell["cell"] for cell in dora["cells"]] == [
        "double-values", "double-zero", "add-values", "why"
    ]  # fmt: skip
    assert "source" not in json.dumps(data) and "return" not in json.dumps(data)


def test_lateness_costs_what_the_policy_says_now(class_, tmp_path):
    import datetime
    import shutil

    out = tmp_path / "out"
    shutil.copytree(class_, out)
    (out / "late.toml").write_text("percent_a_day = 10\n")
    with Gradebook(f"sqlite:///{out}/gradebook.db") as book:
        due = datetime.datetime(2026, 5, 4, 10)
        book.find_assignment(tiny.NAME).duedate = due
        book.find_submission(tiny.NAME, "ben").timestamp = due + datetime.timedelta(hours=30)
        book.db.commit()
    hand_over(out)
    data = json.loads((out / "grades.json").read_text(encoding="utf-8"))["submissions"]
    ben = next(each for each in data if each["student"] == "ben")
    assert (ben["penalty"], ben["score"], ben["late"]) == (0.9, 3.6, 108_000)


def test_the_command(class_, tmp_path):
    (tmp_path / "theirs.csv").write_text("\n".join(CANVAS) + "\n")

    def call(*arguments):
        return CliRunner().invoke(app, ["export", *map(str, arguments)])

    done = call(class_, "--canvas", tmp_path / "theirs.csv")
    assert done.exit_code == 0 and "canvas.csv: 3 scores" in done.stdout
    for wrong, words in (
        ((tmp_path,), "Nothing was graded"),
        ((class_, "--chapter", "05"), "there is no '05'"),
        ((class_, "--canvas", tmp_path / "none.csv"), "No such file"),
    ):
        done = call(*wrong)
        assert done.exit_code == 2 and re.search(words, done.stderr), done.output
        assert len(done.stderr.strip().splitlines()) == 1
