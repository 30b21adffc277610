"""Lateness costs what the policy file says: once, in the table, the gradebook and on the page."""

import csv
import datetime
import re

import pytest
import tiny_course as tiny
from fake_pool import FakePool

from autograder import feedback
from autograder.files import GradeError
from autograder.grade import grade
from autograder.late import Policy, read_policy, sentence
from autograder.results import Result

DAY = 24 * 3600
DUE = datetime.datetime(2024, 5, 1, 10)
HANDED_IN = {
    "anna": "2024-05-01 10:00:00",
    "ben": "2024-05-01 10:15:00",
    "cara": "2024-05-02 11:00",
}


class Pool(FakePool):
    """Draws real pages."""

    def reply(self, unit):
        reply = super().reply(unit)
        page = feedback.render_page(Result.from_dict(reply["result"]), self.chapter)
        return reply | {"feedback": page}


@pytest.fixture
def place(tmp_path):
    tiny.load(tmp_path / "course" / "solutions")
    for student, when in HANDED_IN.items():
        folder = tmp_path / "class" / student / tiny.NAME
        tiny.write(folder / f"{tiny.NAME}.ipynb", tiny.solved())
        tiny.write(folder / "timestamp.txt", f"{when} UTC")
    return tmp_path


def run(place, **options):
    options |= {"root": place / "course", "pool_factory": Pool}
    return grade(place / "class", place / "out", **options)


def books(place):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{place / 'out'}/gradebook.db")


def due(place):
    """Set the date as formgrader does."""
    with books(place) as book:
        book.find_assignment(tiny.NAME).duedate = DUE
        book.db.commit()


def policy(place, text):
    tiny.write(place / "out" / "late.toml", text)


def table(place):
    with open(place / "out" / "grades.csv", newline="", encoding="utf-8") as file:
        return {row["student"]: (row["score"], row["penalty"]) for row in csv.DictReader(file)}


def booked(place):
    with books(place) as book:
        found = book.assignment_submissions(tiny.NAME)
        return {each.student.id: (each.score, each.late_submission_penalty) for each in found}


def page(place, student):
    folder = place / "out" / "feedback" / student / tiny.NAME
    return (folder / f"{tiny.NAME}.html").read_text(encoding="utf-8")


def told(place, student):
    return re.findall(r"Handed in [^<]*", page(place, student))


def test_days_that_have_begun_count_up_to_a_most():
    rule = Policy(10, grace_minutes=15, most_percent=35)
    hours = {0: 0, 900: 0, 901: 10, DAY: 10, DAY + 1: 20, 3 * DAY + 1: 35, 99 * DAY: 35}
    assert {late: rule.percent(late) for late in hours} == hours
    assert Policy(10).percent(1) == 10
    assert Policy(2.5).penalty(3, DAY) == 0.07  # cents of a point, no more
    assert Policy(10).penalty(-1, DAY) == 0


def test_a_penalty_is_set_once_and_follows_what_it_depends_on(place):
    run(place)
    assert set(table(place).values()) == {("6", "")} and told(place, "cara") == []
    due(place)
    policy(place, "grace_minutes = 15\npercent_a_day = 10\nmost_percent = 50\n")
    for force in (False, False, True):  # as often as one likes
        summary = run(place, force=force)
        assert table(place) == {"anna": ("6", "0"), "ben": ("6", "0"), "cara": ("4.8", "1.2")}
        assert booked(place) == {"anna": (6, 0), "ben": (6, 0), "cara": (6, 1.2)}
        assert told(place, "anna") == told(place, "ben") == []
        (said,) = told(place, "cara")
        assert "1 day and 1 hour after the due date: 20 % of the points are taken off, 1.2" in said
    assert summary.graded == 3
    with books(place) as book:  # four points by hand count as well
        answer = book.find_grade("why", tiny.NAME, tiny.NAME, "cara")
        answer.manual_score, answer.needs_manual_grade = 4.0, False
        book.db.commit()
    run(place)
    assert table(place)["cara"] == ("8", "2") and "2 so far" in told(place, "cara")[0]
    with books(place) as book:
        book.grant_extension(tiny.NAME, "cara", days=1)
    run(place)
    assert table(place)["cara"] == ("9", "1"), "an hour after her own date"
    (place / "out" / "late.toml").unlink()
    run(place)
    assert table(place)["cara"] == ("10", "") and booked(place)["cara"] == (10, 0)
    assert told(place, "cara") == []


def test_a_page_drawn_anew_still_tells_how_long_it_took(place):
    run(place)
    due(place)
    policy(place, "percent_a_day = 10\n")
    run(place)
    assert told(place, "cara") and "half a minute" in page(place, "cara")


def test_without_a_due_date_nothing_is_taken_off(place):
    policy(place, "percent_a_day = 10\n")
    run(place)
    assert set(table(place).values()) == {("6", "")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("percent_a_day = ", "not valid TOML"),
        ("percent_a_day = 10\ngrace = 5", "'grace' means nothing.*grace_minutes"),
        ("grace_minutes = 5", "percent_a_day is missing"),
        ("percent_a_day = '10'", "percent_a_day must be a number"),
        ("percent_a_day = true", "percent_a_day must be a number"),
        ("percent_a_day = -1", "at least 0 and at most 100, not -1"),
        ("percent_a_day = 101", "at most 100, not 101"),
        ("percent_a_day = nan", "at most 100, not nan"),
        ("percent_a_day = 1\ngrace_minutes = inf", "grace_minutes must be at least 0"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_before_anything_is_graded(place, text, words):
    policy(place, text)
    seen = []
    with pytest.raises(GradeError, match=f"late.toml.*{words}") as caught:
        run(place, progress=lambda *about: seen.append(about))
    assert caught.value.wrong_use and seen == []


def test_a_policy_may_come_from_an_editor_on_windows(tmp_path):
    (tmp_path / "late.toml").write_bytes("\ufeffpercent_a_day = 5\r\n".encode())
    assert read_policy(tmp_path) == Policy(5.0)


def test_spans_are_said_in_words():
    for seconds, words in ((1, "1 minute"), (7200, "2 hours"), (DAY + 61, "1 day and 2 minutes")):
        assert sentence(seconds, 10, 1).startswith(f"Handed in {words} after")
    assert sentence(1, 0, 0) == ""
