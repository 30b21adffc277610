"""Submissions as nbgrader's exchange, Canvas and Moodle give them, and as a roster sorts them."""

import csv
import io
import json

import pytest
import tiny_course as tiny
from fake_pool import FakeBookkeeper, FakePool
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default.submit import ExchangeSubmit
from packed import bytes_of, tarred, text, zipped
from traitlets.config import Config
from typer.testing import CliRunner

from autograder import grade as grading
from autograder.cli import app
from autograder.collect import find_submissions, of_chapter, owners
from autograder.files import GradeError
from autograder.results import MISSING, OTHER_CHAPTER, UNREADABLE

NAME = f"{tiny.NAME}.ipynb"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return tiny.load(tmp_path_factory.mktemp("solutions"))


def version(number):
    """A solved notebook that tells which one it is."""
    notebook = tiny.solved()
    tiny.by_id(notebook, "add")["source"] += f"  # version {number}"
    return notebook


def collect(path, chapter, roster=None):
    return of_chapter(find_submissions(path, [chapter], roster), chapter)


def versions(collection):
    """Student to the version that is graded; the status where there is none."""
    return {
        s.student: s.status or s.notebook.partition("# version ")[2][:1]
        for s in collection.submissions
    }


def reasons(collection, root):
    return {str(path.relative_to(root)): reason for path, reason in collection.ignored}


def written(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text(content))
    return folder


def roster(folder, *lines):
    return tiny.write(folder / "roster.csv", "\n".join(lines) + "\n")


# The exchange


def attempt(student, stamp, random="AbC-_d3fGh1j"):
    return f"{student}+{tiny.NAME}+{stamp}+{random}"


def exchange(folder):
    early, late = "2026-05-04 09:59:01.123456 UTC", "2026-05-04 10:00:00.000001 UTC"
    other = f"ana+another_one+{late}+xxxxxxxxxxxx"
    return written(
        folder,
        {
            f"{attempt('ana', early)}/{NAME}": version(1),
            f"{attempt('ana', late)}/{NAME}": version(2),
            f"{attempt('ana', late)}/timestamp.txt": late,
            f"{attempt('ana', late)}/submission_secret.txt": "7" * 128,
            f"{attempt('b+c', early)}/{NAME}": version(3),
            f"{attempt('dora', early)}/notes.txt": "hello",
            f"{other}/other.ipynb": {"cells": [], "metadata": {}, "nbformat": 4},
        },
    )


@pytest.mark.parametrize("inner", ["inbound", "course/inbound"])
def test_of_the_exchanges_attempts_the_latest_counts(tmp_path, chapter, inner):
    exchange(tmp_path / inner)
    found = collect(tmp_path / inner.partition("/")[0], chapter)
    assert versions(found) == {"ana": "2", "b+c": "3", "dora": MISSING}
    ana, b_c, _ = found.submissions
    assert (ana.attempt, ana.timestamp) == (2, "2026-05-04 10:00:00.000001 UTC")
    assert ana.timestamp > b_c.timestamp == "2026-05-04 09:59:01.123456 UTC"
    assert "09:59:01" in ana.repairs[0], "the two files are called the same"
    assert "submission_secret.txt" not in str(found.ignored)


def test_nobody_hands_in_for_others_through_the_exchange(tmp_path, chapter, monkeypatch):
    early, late = "2026-05-04 09:59:01.123456 UTC", "2026-05-04 10:00:00.000001 UTC"
    inbound = written(
        tmp_path / "inbound",
        {
            f"{attempt('ana', early)}/{NAME}": version(1),
            f"{attempt('ana', late)}/{NAME}": version(2),
            f"{attempt('ben', late)}/{NAME}": version(3),
        },
    )
    users = {attempt("ana", early): "ana", attempt("ana", late): "mal", attempt("ben", late): "mal"}
    monkeypatch.setattr(owners, "_owner", lambda path: users[path.name])
    found = collect(inbound, chapter)
    assert versions(found) == {"ana": "1", "ben": "3"}, "nothing is lost"
    ana, ben = found.submissions
    assert not any("mal" in said for said in ana.repairs)
    assert "The user mal put it into the exchange in this name." in ben.repairs
    users |= dict.fromkeys(users, "hub")  # one user for all
    assert versions(collect(inbound, chapter)) == {"ana": "2", "ben": "3"}


def test_the_exchanges_names_are_those_that_nbgrader_gives(tmp_path, chapter, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    for folder in ("exchange/c/inbound", f"exchange/c/outbound/{tiny.NAME}"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    released = f"exchange/c/outbound/{tiny.NAME}/{NAME}"
    tiny.write(tmp_path / released, tiny.student())
    tiny.write(tmp_path / "mine" / tiny.NAME / NAME, version(1))
    config = Config()
    config.Exchange.root, config.Exchange.cache = f"{tmp_path}/exchange", f"{tmp_path}/cache"
    config.Exchange.assignment_dir = f"{tmp_path}/mine"
    config.CourseDirectory.course_id, config.CourseDirectory.student_id = "c", "ana-b"
    config.CourseDirectory.assignment_id = tiny.NAME
    coursedir = CourseDirectory(config=config)
    ExchangeSubmit(coursedir, Authenticator(config=config), config=config).start()
    found = collect(tmp_path / "exchange" / "c", chapter)
    assert versions(found) == {"ana-b": "1"}
    assert found.submissions[0].timestamp and not found.submissions[0].repairs


# Canvas


CANVAS = {
    "costaana_101_9001_91_tiny.ipynb": version(1),
    "costaana_101_9002_91_tiny-1.ipynb": version(2),
    "duffben_LATE_102_9003_final homework.ipynb": version(3),
    "eloycai_103_9004_report.pdf": "pdf",
    "farrdora_104_text.html": "<p>I typed it.</p>",
    "grayemil_105_9005_work.zip": bytes_of(zipped, {"work/x/y.ipynb": version(4)}),
    "haasfia_106_9006_91_tiny.ipynb.txt": version(5),
    "ikedagil_107_9007_91_tiny.ipynb": "nothing",
    "anon_Xy7_9008_91_tiny.ipynb": version(6),
}


@pytest.mark.parametrize("make", [zipped, tarred, written])
def test_canvas_download(tmp_path, chapter, make):
    found = collect(make(tmp_path / "submissions.zip", CANVAS), chapter)
    assert versions(found) == {
        "anon_Xy7": "6",
        "costaana_101": "2",
        "duffben_102": "3",
        "eloycai_103": MISSING,
        "farrdora_104": MISSING,
        "grayemil_105": "4",
        "haasfia_106": "5",
        "ikedagil_107": UNREADABLE,
    }
    about = {s.student: s for s in found.submissions}
    assert about["costaana_101"].attempt == 2
    assert about["duffben_102"].repairs == ["Canvas marks it as late."]
    assert "only eloycai_103_9004_report.pdf" in about["eloycai_103"].reason
    assert "recognised by its contents" in about["haasfia_106"].repairs[0]


def test_a_later_attempt_that_is_no_notebook_does_not_hide_the_one_before(tmp_path, chapter):
    files = {
        "costaana_101_9001_91_tiny.ipynb": version(1),
        "costaana_101_9002_91_tiny-1.ipynb": "nothing",
    }
    found = collect(zipped(tmp_path / "a.zip", files), chapter)
    assert versions(found) == {"costaana_101": "1"}
    assert "91_tiny-1.ipynb" in found.submissions[0].repairs[0]


def test_a_students_own_name_is_not_taken_for_canvas(tmp_path, chapter):
    files = {"ana_2024_12_final.ipynb": version(1), "ben.ipynb": version(2)}
    assert versions(collect(zipped(tmp_path / "a.zip", files), chapter)) == {
        "ana_2024_12_final": "1",
        "ben": "2",
    }


GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,91 tiny (77),Current Score",
    "    Points Possible,,,,10,(read only)",
    '"Costa, Ana",101,ana,A,,',
    '"Duff, Ben",102,ben,A,,',
    '"Eloy, Cai",103,cai,A,,',
    '"Zorn, Zoe",199,zoe,A,,',
    '"Student, Test",200,0a1b2c,A,,',
)


def test_canvas_gradebook_as_roster(tmp_path, chapter):
    path = zipped(tmp_path / "submissions.zip", CANVAS)
    found = collect(path, chapter, roster(tmp_path, *GRADEBOOK))
    assert versions(found) == {"ana": "2", "ben": "3", "cai": MISSING, "zoe": MISSING}
    assert "only" in found.submissions[2].reason
    assert "has handed in" in found.submissions[3].reason
    assert "names nobody" in reasons(found, path)["ikedagil_107_9007_91_tiny.ipynb"]


def test_group_work_counts_for_each_of_the_group(tmp_path, chapter):
    lines = (
        "student,number,group",
        "ana,101,Red Pandas",
        "ben,102,Red Pandas",
        "cai,103,Owls",
        "dora,104,Owls",
        "emil,105,",
    )
    files = {
        "redpandas_102_9001_91_tiny.ipynb": version(1),
        "owls_900_9002_91_tiny.ipynb": version(2),
    }
    path = zipped(tmp_path / "a.zip", files)
    found = collect(path, chapter, roster(tmp_path, *lines))
    wanted = {"ana": "1", "ben": "1", "cai": "2", "dora": "2", "emil": MISSING}
    assert versions(found) == wanted
    ana, ben = found.submissions[:2]
    assert ana.repairs is not ben.repairs, "what is said of one is not said of the other"
    files = {
        f"Red Pandas_17_assignsubmission_file/{NAME}": version(1),
        f"Owls_18_assignsubmission_file/{NAME}": version(2),
    }
    path = zipped(tmp_path / "b.zip", files)
    assert versions(collect(path, chapter, tmp_path / "roster.csv")) == wanted
    loose = {"red_pandas.ipynb": version(1), f"Owls/{NAME}": version(2)}
    assert (
        versions(collect(written(tmp_path / "c", loose), chapter, tmp_path / "roster.csv"))
        == wanted
    )
    assert versions(collect(path, chapter)) == {"Owls_18": "2", "Red Pandas_17": "1"}


# Moodle


MOODLE = {
    f"Ana Costa_501_assignsubmission_file/{NAME}": version(1),
    "Ana Costa_501_assignsubmission_onlinetext/onlinetext.html": "<p>See the file.</p>",
    f"Ben O Duff_502_assignsubmission_file_/my work/{NAME}": version(2),
    "Cai Eloy_503_assignsubmission_file_/report.pdf": "pdf",
    "Zoë Haß_504_assignsubmission_file/work.tar.gz": bytes_of(tarred, {"w/a.ipynb": version(3)}),
}
FLAT = {
    "Ana Costa_501_assignsubmission_file_91_tiny.ipynb": version(1),
    "Ben O Duff_502_assignsubmission_file_91_tiny.ipynb": version(2),
}


@pytest.mark.parametrize("make", [zipped, tarred, written])
def test_moodle_download(tmp_path, chapter, make):
    path = make(tmp_path / "Course-Homework-12", MOODLE)
    found = collect(path, chapter)
    assert versions(found) == {
        "Ana Costa_501": "1",
        "Ben O Duff_502": "2",
        "Cai Eloy_503": MISSING,
        "Zoë Haß_504": "3",
    }
    assert [s.attempt for s in found.submissions] == [1, 1, 0, 1]
    assert versions(collect(make(tmp_path / "flat", FLAT), chapter)) == {
        "Ana Costa_501": "1",
        "Ben O Duff_502": "2",
    }


def test_moodles_grading_worksheet_as_roster(tmp_path, chapter):
    lines = (
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade",
        "Participant 501,Ana Costa,ana@uni.example,Submitted for grading,,10",
        "Participant 505,Fia Haas,fia@uni.example,No submission,,10",
    )
    path = zipped(tmp_path / "m.zip", MOODLE)
    found = collect(path, chapter, roster(tmp_path, *lines))
    assert versions(found) == {"Ana Costa_501": "1", "Fia Haas_505": MISSING}


# A roster, and loose notebooks


LOOSE = {
    "final_ana.ipynb": version(1),
    "final_ana (2).ipynb": version(2),
    "Müller Zoë homework.ipynb": version(3),
    "bens.work@uni.example.ipynb": version(4),
    "s7654321-91_tiny.ipynb": version(5),
    "untitled.ipynb": version(6),
    "smith.ipynb": version(7),
    "notes.txt": "hello",
}
ROSTER = (
    "student;name;email;number",
    "ana;Ana Costa;;",
    "zm;Zoe Muller;;",
    "bs;Ben Sor;bens.work@uni.example;",
    "cai;Cai Eloy;;7654321",
    "cai2;Dora Farr;;s7654321",
    "smith;Jo Smith;;",
    "Smith2;Al Smith;;smith",
    "late;Lea Lang;;",
)


def test_loose_notebooks_are_sorted_by_a_roster(tmp_path, chapter):
    path = zipped(tmp_path / "class.zip", {f"class/{name}": each for name, each in LOOSE.items()})
    found = collect(path, chapter, roster(tmp_path, *ROSTER))
    assert versions(found) == {
        "Smith2": MISSING,
        "ana": "2",
        "bs": "4",
        "cai": MISSING,
        "cai2": "5",
        "late": MISSING,
        "smith": "7",
        "zm": "3",
    }
    told = reasons(found, path)
    assert "names nobody" in told["class/untitled.ipynb"]
    assert "no notebook" in told["class/notes.txt"]
    assert [s.attempt for s in found.submissions if s.student == "ana"] == [2]


def test_what_may_be_of_two_students_is_nobodys(tmp_path, chapter):
    lines = ("student,name", "ac,Ana Costa", "ad,Ana Costa", "b,Ben Duff")
    files = {"ana_costa.ipynb": version(1), "ben_duff.ipynb": version(2)}
    path = written(tmp_path / "class", files)
    found = collect(path, chapter, roster(tmp_path, *lines))
    assert versions(found) == {"ac": MISSING, "ad": MISSING, "b": "2"}
    assert "ac or ad" in reasons(found, path)["ana_costa.ipynb"]


def test_nobody_names_a_file_into_anothers_place(tmp_path, chapter):
    lines = ("student,name", "ana.costa.2026,Ana Costa", "mal,Mallory Low", "m1,Dora Farr")
    files = {
        "costaana_101_9001_mine.ipynb": version(1),
        "lowmallory_102_9002_costaana_ana.costa.2026.ipynb": version(2),
        "anon_x1_104_9004_m1.ipynb": version(3),  # here nothing else tells
    }
    found = collect(zipped(tmp_path / "a.zip", files), chapter, roster(tmp_path, *lines))
    assert versions(found) == {"ana.costa.2026": "1", "mal": "2", "m1": "3"}


@pytest.mark.parametrize(
    "lines, words",
    [
        (("name,email", "Ana,a@x"), "no column 'student'"),
        (("student,name", "ana,Ana", "ana,Ann"), "more than once"),
        (("student,name",), "names no student"),
        (("",), "empty"),
        (("student\0,name",), "something else than text"),
    ],
)
def test_a_roster_that_is_none_gets_a_sentence(tmp_path, chapter, lines, words):
    tiny.write(tmp_path / "class" / "ana.ipynb", version(1))
    with pytest.raises(GradeError, match=words) as caught:
        collect(tmp_path / "class", chapter, roster(tmp_path, *lines))
    assert caught.value.wrong_use
    with pytest.raises(GradeError, match="No such file"):
        collect(tmp_path / "class", chapter, tmp_path / "none.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_roster_as_any_spreadsheet_writes_it(tmp_path, chapter, encoding, separator):
    tiny.write(tmp_path / "class" / "zoë_haß.ipynb", version(1))
    table = separator.join(("Student", "Name")) + "\r\n" + separator.join(("z", "Zoë Haß")) + "\r\n"
    (tmp_path / "r.csv").write_bytes(table.encode(encoding))
    assert versions(collect(tmp_path / "class", chapter, tmp_path / "r.csv")) == {"z": "1"}


def test_a_notebook_of_another_course_is_said_so_wherever_it_lies(tmp_path, chapter):
    strange = {"cells": [], "metadata": {}, "nbformat": 4}
    found = collect(
        zipped(tmp_path / "a.zip", {"duffben_102_9003_x.ipynb": strange} | CANVAS), chapter
    )
    assert versions(found)["duffben_102"] == "3", "the one of the chapter counts"
    found = collect(written(tmp_path / "b", {"ana.ipynb": strange, "b.ipynb": version(1)}), chapter)
    assert versions(found) == {"ana": OTHER_CHAPTER, "b": "1"}


def test_one_folder_around_everything_is_looked_through(tmp_path, chapter):
    class_ = {f"hw/{name}/{NAME}": version(n) for n, name in enumerate(("ana", "ben"))}
    assert versions(collect(tarred(tmp_path / "a.tgz", class_), chapter)) == {
        "ana": "0",
        "ben": "1",
    }
    one = {f"ana/{tiny.NAME}/{NAME}": version(1), f"ana/{tiny.NAME}/x.txt": "x"}
    assert versions(collect(tarred(tmp_path / "b.tgz", one), chapter)) == {"ana": "1"}


def test_a_class_packed_in_a_class_is_not_one_student(tmp_path, chapter):
    many = {f"s{number}.ipynb": version(1) for number in range(25)}
    folder = tmp_path / "class"
    tiny.write(folder / "ana.ipynb", version(1))
    zipped(folder / "submissions.zip", many)
    found = collect(folder, chapter)
    assert versions(found) == {"ana": "1"}
    assert "25 notebooks" in reasons(found, folder)["submissions.zip"]


def test_an_archive_is_graded_as_a_folder_is(tmp_path, monkeypatch):
    tiny.load(tmp_path / "course" / "solutions")
    stand_ins = {"pool_factory": FakePool, "bookkeeper": FakeBookkeeper}
    defaults = grading.grade.__kwdefaults__ | stand_ins
    monkeypatch.setattr(grading.grade, "__kwdefaults__", defaults)
    table = roster(tmp_path, *GRADEBOOK)
    tables = []
    for number, make in enumerate((zipped, tarred, written)):
        out = tmp_path / f"out{number}"
        path = make(tmp_path / f"in{number}" / "submissions", CANVAS)
        arguments = ["grade", path, "--out", out, "--roster", table, "--root", tmp_path / "course"]
        done = CliRunner().invoke(app, list(map(str, arguments)))
        assert done.exit_code == 0, done.output
        assert "Passed over ikedagil_107_9007_91_tiny.ipynb: It names nobody" in done.stdout
        tables.append((out / "grades.csv").read_text())
    assert tables[0] == tables[1] == tables[2]
    rows = list(csv.DictReader(io.StringIO(tables[0], newline="")))
    assert [(row["student"], row["status"], row["attempt"]) for row in rows] == [
        ("ana", "graded", "2"),
        ("ben", "graded", "1"),
        ("cai", "missing", "0"),
        ("zoe", "missing", "0"),
    ]


def test_a_folder_and_its_archive_give_the_same(tmp_path, chapter):
    files = {f"{name}/{tiny.NAME}/{NAME}": version(n) for n, name in enumerate("abc")}
    files |= {f"a/{tiny.NAME}/timestamp.txt": "2026-05-04 10:00:00 UTC"}
    paths = [
        written(tmp_path / "submitted", files),
        zipped(tmp_path / "s.zip", files),
        tarred(tmp_path / "s.tar", files, "w"),
        tarred(tmp_path / "s.tar.bz2", files, "w:bz2"),
    ]
    told = []
    for path in paths:
        found = collect(path, chapter)
        told.append(
            json.dumps([[s.student, s.digest, s.timestamp, s.order] for s in found.submissions])
        )
        assert [s.timestamp[:4] for s in found.submissions] == ["2026", "", ""]
    assert len(set(told)) == 1
