"""The tables."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import export
from autograder.export import (
    CELLS,
    GRADES,
    cells_csv,
    grades_csv,
    read_timings,
    timings_csv,
    write_tables,
)
from autograder.results import (
    FAILED,
    FORBIDDEN,
    GRADER_ERROR,
    MANUAL,
    PASSED,
    UNREADABLE,
    Booked,
    CellResult,
    Result,
)


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def results():
    cells = [
        CellResult("f-values", "f", "", 2.0, 2.0, PASSED),
        CellResult("f-more", "f", "", 0.5, 1.0, FAILED, "one\ntwo, three", misconception="flip"),
        CellResult("why", "", "", None, 4.0, MANUAL),
    ]
    return [
        Result("ben", "04_b", cells=cells, repairs=["Mended this.", "And that."], seconds=1.5),
        Result("anna", "04_b", UNREADABLE, "No notebook."),
        Result("zoe", "03_a", GRADER_ERROR, "We fell."),
    ]


def test_a_row_a_submission():
    table = rows(grades_csv(results(), {"04_b": 7.0, "03_a": 5.0}))
    assert list(table[0]) == GRADES
    assert [row["student"] for row in table] == ["zoe", "anna", "ben"]
    zoe, anna, ben = table
    assert (zoe["score"], zoe["max_score"], zoe["needs_manual"]) == ("", "5", "yes")
    assert (anna["score"], anna["max_score"], anna["reason"]) == ("0", "7", "No notebook.")
    assert (ben["score"], ben["max_score"], ben["needs_manual"]) == ("2.5", "7", "yes")
    assert ben["repairs"] == "Mended this. And that."
    assert ben["status"] == "graded"


def only_row(result, booked=None):
    (row,) = rows(grades_csv([result], {}, {(result.student, "04_b"): booked} if booked else {}))
    return row["score"], row["needs_manual"]


def test_what_was_graded_by_hand_counts_and_settles():
    _, ben, zoe = sorted(results(), key=lambda result: result.student)
    assert only_row(ben, Booked(points=3.5)) == ("6", "no")
    assert only_row(ben, Booked(points=3.5, waiting=True)) == ("6", "yes")
    zoe.assignment = "04_b"
    assert only_row(zoe, Booked(waiting=True)) == ("", "yes"), "no score is not a score of 0"
    assert only_row(zoe, Booked(points=4.0, judged=True)) == ("4", "no")


def test_a_doubt_stays_until_a_test_cell_is_judged_by_hand():
    barred = [CellResult("c", "e", "", 0.0, 2.0, FORBIDDEN)]
    for doubt in (
        Result("a", "04_b", flags=["Look here."]),
        Result("a", "04_b", cells=barred),
        Result("a", "04_b", UNREADABLE),
    ):
        assert only_row(doubt)[1] == only_row(doubt, Booked())[1] == "yes"
        assert only_row(doubt, Booked(points=1.0, judged=True)) == ("1", "no")


def test_attempt_and_lateness():
    result = Result("a", "04_b", attempt=3)
    (row,) = rows(grades_csv([result], {}))
    assert (row["attempt"], row["late"], row["penalty"]) == ("3", "", "")
    for late, shown in ((0, "0"), (3600, "3600"), (None, "")):
        (row,) = rows(grades_csv([result], {}, {("a", "04_b"): Booked(late=late)}))
        assert row["late"] == shown


def test_books_are_found_by_the_students_folder():
    from autograder.files import folder_name

    result = Result("Zoë, Jr.", "04_b")
    (row,) = rows(grades_csv([result], {}, {(folder_name("Zoë, Jr."), "04_b"): Booked(2.0)}))
    assert row["score"] == "2"


def test_a_row_a_cell():
    table = rows(cells_csv(results()))
    assert list(table[0]) == CELLS
    assert [(row["cell"], row["score"]) for row in table] == [
        ("f-values", "2"),
        ("f-more", "0.5"),
        ("why", ""),
    ]
    assert table[1]["message"] == "one\ntwo, three" and table[1]["misconception"] == "flip"


def test_formulas_are_made_harmless():
    odd = ["=1+1", "+1", "-1", "@x", "\tx"]
    cells = [CellResult("c", "e", "", -1.0, 1.0, FAILED, message) for message in odd]
    result = Result("=cmd()", "04_b", reason="@x", cells=cells)
    (row,) = rows(grades_csv([result], {}))
    assert (row["student"], row["reason"]) == ("'=cmd()", "'@x")
    assert [row["message"] for row in rows(cells_csv([result]))] == [f"'{text}" for text in odd]
    assert {row["score"] for row in rows(cells_csv([result]))} == {"-1"}, "a number is no formula"


# As a spreadsheet reads it where commas stand in numbers: quotes within a line count as text.
@pytest.mark.parametrize("separator", [";", "\t"])
def test_no_part_of_a_text_is_a_formula_for_a_spreadsheet_of_another_country(separator):
    odd = ["a;=1+1", "b\t@c", "c;'=1", "d\n=1;-1", "e,f;+1", "\uff1d1", ";;=2"]
    cells = [CellResult("c", "e", "", 0.0, 1.0, FAILED, message) for message in odd]
    text = cells_csv([Result("x;=1", "04_b", cells=cells)])
    parts = [part for line in text.splitlines() for part in line.split(separator)]
    assert len(parts) > len(odd)
    assert [part for part in parts if part[:1] in tuple("=+-@\uff1d")] == []


@given(st.text("'=;\t\n-a"), st.text("'=;\t\n-a"))
def test_what_was_made_harmless_comes_out_as_it_went_in(one, other):
    assert export._as_it_was(export.harmless(one)) == one
    assert (export.harmless(one) == export.harmless(other)) == (one == other)


def test_no_text_is_longer_than_a_reader_of_tables_takes(tmp_path):
    long = Result("anna", "04_b", reason="=" * 200_000, repairs=["x" * 200_000])
    write_tables(tmp_path, [long, Result("ben", "04_b")], {}, {})
    assert [row["student"] for row in export.read_table(tmp_path / "grades.csv")] == ["anna", "ben"]


def test_what_a_terminal_would_obey_is_written_out():
    said = "got a \x1b[2J\x9b1m\u202e\x00 thing\nand more"
    cell = CellResult("c", "e", "", 0.0, 1.0, FAILED, said)
    (row,) = rows(cells_csv([Result("anna", "04_b", cells=[cell])]))
    assert row["message"] == "got a \\x1b[2J\\x9b1m\\u202e\\x00 thing\nand more"


def test_the_order_of_results_does_not_matter():
    assert grades_csv(results(), {}) == grades_csv(reversed(results()), {})
    assert cells_csv(results()) == cells_csv(reversed(results()))


def test_timings_survive_a_round_trip(tmp_path):
    seconds = {("=anna", "04_b"): 1.25, ("ben, jr", "04_b"): 0.5}
    (tmp_path / "timings.csv").write_text(timings_csv(seconds))
    assert read_timings(tmp_path / "timings.csv") == seconds
    assert read_timings(tmp_path / "none.csv") == {}
    (tmp_path / "timings.csv").write_bytes(b"\xff\x00,")
    assert read_timings(tmp_path / "timings.csv") == {}


def test_seconds_stand_in_timings_only(tmp_path):
    for seconds in (1.0, 2.0):
        write_tables(tmp_path / str(seconds), results(), {("ben", "04_b"): seconds}, {})
    one, two = tmp_path / "1.0", tmp_path / "2.0"
    for name in ("grades.csv", "cells.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert (one / "timings.csv").read_text() == "student,assignment,seconds\nben,04_b,1.000\n"


def test_any_text_can_be_written(tmp_path):
    result = Result("\udcff", "04_b", reason='lone \ud800, "quoted"')
    write_tables(tmp_path, [result], {}, {})
    (row,) = rows((tmp_path / "grades.csv").read_text(encoding="utf-8"))
    assert row["reason"] == 'lone \\ud800, "quoted"'
