"""What a report takes from the folder of a run, and the one without names."""

import csv
import json
import re

import pytest
import tiny_course as tiny
from feedback_fixtures import assert_harmless, make_chapter, make_result, outcome

from autograder.export import as_table
from autograder.files import GradeError
from autograder.graded import Grade, read_grades
from autograder.report import render_report, report_again
from autograder.report.anonymous import nameless, pseudonyms
from autograder.results import (
    FAILED,
    FORBIDDEN,
    GRADER_ERROR,
    MANUAL,
    PASSED,
    TIMEOUT,
    UNREADABLE,
    CodeResult,
    Result,
)
from autograder.similar import class_digest, groups_path
from autograder.store import Store, Stored

CHAPTER = make_chapter()
NAMES = ["Quirinus-Quux", "zebulon.z", "Åsa Ångström", "x_9081726", "Ptolemaia"]


def section(source, heading):
    return source.split(f">{heading}</h2>")[1].split("</section>")[0]


def text_of(source):
    return assert_harmless(source.replace('href="similar-', 'href="feedback/'), scripts=1).text


def with_answer(student, status=MANUAL):
    tests = ("double-values", "double-shape", "halve-values")
    return make_result(student, cells=[*(outcome(name) for name in tests), outcome("why", status)])


def test_points_given_by_hand_count_where_the_books_have_them():
    class_ = [with_answer("ana"), with_answer("zoe")]
    grades = {"ana": Grade(9.0, needs_manual=False), "zoe": Grade(7.0, needs_manual=False)}
    text = text_of(render_report(class_, CHAPTER, grades=grades))
    assert "Mean 8 and median 8 of 10 points; nobody with all of them. Nothing needs" in text
    grades["zoe"] = Grade(6.0)
    text = text_of(render_report(class_, CHAPTER, grades=grades))
    assert "of 6 points that the tests give" in text
    assert "1 answer waits to be graded by hand: Why is it so?" in text
    assert "ana 9 / 10" in text and "zoe 6 / 10" in text


def test_who_is_late_is_listed_the_latest_first():
    class_ = [make_result(name) for name in ("ana", "ben", "zoe")]
    grades = {"ana": Grade(3.0, 0.0), "ben": Grade(3.0, 5400.0, 0.3), "zoe": Grade(1.0, 90_000.0)}
    source = render_report(class_, CHAPTER, grades=grades)
    rows = re.findall(r"<tr><td.*?</tr>", section(source, "Late"), re.S)
    told = [re.sub(r"<[^>]+>", " ", row).split() for row in rows]
    assert told == [["zoe", "25.0", "–"], ["ben", "1.5", "0.3"]]
    assert "2 late." in text_of(source)
    assert ">Late</h2>" not in render_report(class_[:1], CHAPTER, grades=grades)


@pytest.mark.parametrize(("number", "folded"), [(30, False), (31, True)])
def test_a_long_list_of_late_ones_is_folded(number, folded):
    class_ = [make_result(f"s{n}") for n in range(number)]
    source = render_report(class_, CHAPTER, grades={r.student: Grade(1.0, 60.0) for r in class_})
    told = section(source, "Late")
    assert told.count("<tr><td") == number
    assert ("<details>" in told and "31 submissions</summary>" in told) == folded


def test_groups_are_named_with_a_word_of_caution():
    class_ = [make_result(name) for name in ("ana", "ben", "zoe")]
    source = render_report(class_, CHAPTER, groups=[[class_[0], class_[2]]])
    told = text_of(section(source, "Submissions that resemble each other") + "<script></script>")
    assert "A hint to look, not a verdict." in told
    assert "2 submissions ana zoe" in told and "ben" not in told
    assert 'href="similar-91_small.html"' in source
    assert "resemble each other</h2>" not in render_report(class_, CHAPTER, groups=[])
    assert "<code>autograder similar</code> looks" in render_report(class_, CHAPTER)


def test_grades_are_read_as_they_were_written(tmp_path):
    columns = ["student", "assignment", "score", "late", "penalty", "needs_manual"]
    rows = [("=ana", "91_small", "3.5", "60", "0.1", "no"), ("zoe", "91_small", "", "", "", "yes")]
    rows.append(("ana", "92_other", "1", "", "", "no"))
    table = as_table(columns, [dict(zip(columns, row, strict=True)) for row in rows])
    (tmp_path / "grades.csv").write_text(table, encoding="utf-8")
    assert read_grades(tmp_path, "91_small") == {
        "=ana": Grade(3.5, 60.0, 0.1, False),
        "zoe": Grade(),
    }
    (tmp_path / "grades.csv").write_text("student,assignment\nana,91_small\n", encoding="utf-8")
    assert read_grades(tmp_path, "91_small") == read_grades(tmp_path / "no", "91_small") == {}


@pytest.fixture
def graded(tmp_path):
    """A graded class whose names stand wherever a name can stand."""
    tiny.load(tmp_path / "solutions")
    out, results = tmp_path / "out", []
    for number, name in enumerate(NAMES):
        status = (FAILED, FORBIDDEN, TIMEOUT, GRADER_ERROR, PASSED)[number]
        result = make_result(
            name,
            status=UNREADABLE if number == 3 else "graded",
            reason=f"The file {name}.ipynb is odd.",
            repairs=[f"{name}.ipynb was taken.", f"{name} moved a cell."],
            flags=[f"The solution uses eval (line 3: eval({name!r}))."],
            answers={"why": name},
            cells=[outcome("double-values", status, message=f"By {name}.", expected=[1], got=[2])],
            code=[CodeResult("double", f"# by {name}", f"This cell ended ({name}).", name, name)],
        )
        result.assignment = tiny.NAME
        results.append(result)
        Store(out, tiny.NAME).put(Stored("key", result), "page", "{}")
    columns = ["student", "assignment", "score", "late", "penalty", "needs_manual"]
    late = [dict(zip(columns, (n, tiny.NAME, 1, 7200, "", "yes"), strict=True)) for n in NAMES]
    (out / "grades.csv").write_text(as_table(columns, late), encoding="utf-8")
    times = [{"student": n, "assignment": tiny.NAME, "seconds": 9.0} for n in NAMES]
    table = as_table(["student", "assignment", "seconds"], times)
    (out / "timings.csv").write_text(table, encoding="utf-8")
    kept = {"class": class_digest(results), "groups": [NAMES[:2]]}
    groups_path(out, tiny.load(tmp_path / "solutions")).write_text(json.dumps(kept))
    return tmp_path, out


def test_no_name_stands_anywhere_in_the_report_to_be_shared(graded):
    root, out = graded
    source = report_again(out, root=root, anonymise=True).read_text(encoding="utf-8")
    for name in NAMES:
        for part in [name, *re.split(r"[^\w]+", name)]:
            assert len(part) < 3 or part.lower() not in source.lower(), part
    assert "feedback/" not in source
    given = {row["pseudonym"] for row in csv.DictReader((out / "pseudonyms.csv").open())}
    assert given == {"P001", "P002", "P003", "P004", "P005"}
    text = assert_harmless(source, scripts=1).text
    for pseudonym in given:
        assert text.count(pseudonym) >= 4  # late, slow, a matter, a row
    assert "2 repairs" in text and "resemble each other" in text and "2.0" in text
    named = report_again(out, root=root).read_text(encoding="utf-8")
    assert all(name in named for name in NAMES)


def test_pseudonyms_stay_when_others_join_and_tell_nothing_of_the_order(tmp_path):
    first = pseudonyms(tmp_path, NAMES[:3])
    assert pseudonyms(tmp_path, reversed(NAMES)) | first == pseudonyms(tmp_path, NAMES)
    assert pseudonyms(tmp_path, [])[NAMES[0]] == first[NAMES[0]]
    assert (tmp_path / "pseudonyms.csv").stat().st_mode & 0o077 == 0
    crowd = [f"s{n:03}" for n in range(200)]
    drawn = pseudonyms(tmp_path, crowd)
    assert len(set(drawn.values())) == len(drawn) == 205
    assert sorted(crowd, key=drawn.get) != crowd


@pytest.mark.parametrize("text", ["", "odd", "student,pseudonym\na,P001\nb,P001\n", "student\na\n"])
def test_a_damaged_table_of_pseudonyms_is_refused(tmp_path, text):
    (tmp_path / "pseudonyms.csv").write_text(text, encoding="utf-8")
    with pytest.raises(GradeError, match="cannot be read as a table of students and pseudonyms"):
        pseudonyms(tmp_path, NAMES)
    assert (tmp_path / "pseudonyms.csv").read_text(encoding="utf-8") == text


def test_the_figures_are_the_same_without_names():
    class_ = [make_result(name) for name in NAMES]
    names = {name: f"P{n}" for n, name in enumerate(NAMES)}
    plain, bare = render_report(class_, CHAPTER), render_report(nameless(class_, names), CHAPTER)
    for heading in ("Scores", "Exercises", "Tests"):
        assert section(plain, heading) == section(bare, heading)


def test_notes_of_the_run_outlive_a_report_written_again(graded):
    root, out = graded
    kept = out / "results" / f"notes-{tiny.NAME}.json"
    kept.write_text(json.dumps(["Submissions ran without a sandbox."]), encoding="utf-8")
    assert "without a sandbox" in report_again(out, root=root).read_text(encoding="utf-8")
    shared = report_again(out, root=root, anonymise=True).read_text(encoding="utf-8")
    assert "without a sandbox" not in shared  # a note may hold a name


def test_a_report_on_what_nobody_graded_is_refused(graded, tmp_path):
    root, out = graded
    with pytest.raises(GradeError, match="holds no graded submissions"):
        report_again(tmp_path / "none", root=root)
    other = Result("ana", "92_other", UNREADABLE, "Odd.")
    Store(out, "92_other").put(Stored("key", other), "page", "{}")
    with pytest.raises(GradeError, match="several chapters: 91_tiny, 92_other. Choose one with"):
        report_again(out, root=root)
    assert report_again(out, "91", root).name == "report.html"
