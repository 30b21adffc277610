"""A submission is walked through in the tester, with a stand-in for the pupil's process."""

import gc
import signal
import time
import weakref

import numpy as np
import pytest
from made_chapter import IMPORTS, beside, check, exercise, handed_in, made, setup, unit

from autograder.match import match
from autograder.results import FAILED, GRADED, GRADER_ERROR, PASSED, TIMEOUT
from autograder.run.limits import Limits, work_limit
from autograder.run.local import Bench
from autograder.run.remote import GraderFault, PupilGone, Ran
from autograder.run.sitting import Sitting
from autograder.run.tester import Examiner


class InPlace:
    """A pupil without a process: the student's code runs here. It tells what it was asked."""

    def __init__(self):
        self.limits = Limits()
        self.ran, self.names, self.asked = [], {}, []

    def note(self, what):
        self.asked.append((what, signal.getitimer(signal.ITIMER_REAL)[0]))

    def wake(self):
        self.note("wake")

    def run(self, source, label):
        self.note(label)
        self.ran.append((source, label))
        try:
            exec(compile(source, label, "exec"), self.names)
        except Exception as error:
            about = {"type": type(error).__name__, "message": str(error), "traceback": label}
            return Ran(about)
        return Ran()

    def call(self, name, args, kwargs):
        self.note("call")
        return self.names[name](*args, **kwargs)

    def value(self, name):
        self.note("value")
        return self.names[name]

    def stop(self):
        self.note("stop")


HOLDS = "got = f(2)\ndef holds():\n    return got == limit\nassert holds()"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(
        made(
            tmp_path_factory.mktemp("chapter"),
            setup(
                IMPORTS + "squares = [i * i for i in range(3)]\ntry:\n    limit = 3\nfinally: ..."
            ),
            exercise("f", "def f(x):\n    return x + 1"),
            check("f-one", "assert_same(f(1), 2)", limit=0.25, points=2),
            check("f-two", HOLDS, limit=0.25),
            check("f-three", "with assert_raises(Exception):\n    f('a')", limit=0.25),
            exercise("bound", "bound = 4"),
            check("bound-value", "assert bound == 4"),
            beside("probe", "@beside_student\ndef probe(x):\n    return f(x)"),
            check("f-probe", "assert probe(4) == 5"),
        )
    )


def sit(bench, sources=None, added=(), *, pupil=None, seconds=None, faulty=None):
    """Walk through a submission; return the sitting and what came of each cell."""
    pupil = pupil or InPlace()
    sitting = Sitting(bench, pupil, faulty or {})
    if seconds is not None:
        sitting.end = time.monotonic() + seconds
    sitting.run(match(handed_in(bench.chapter, sources, added), bench.chapter), {})
    return sitting, {name: result.status for name, result in sitting.results.items()}


def test_the_solution_wins_every_cell(bench):
    sitting, statuses = sit(bench)
    assert set(statuses.values()) == {PASSED} and len(statuses) == 5
    assert not sitting.disturbed


def test_only_what_is_wrong_loses(bench):
    _, statuses = sit(bench, {"f": "def f(x): return 2 if x == 1 else x + 1.0 + (x > 3)"})
    assert [name for name, status in statuses.items() if status == FAILED] == ["f-probe"]


def test_there_is_a_pupil_before_the_time_of_a_step_begins(bench):
    pupil = InPlace()
    sit(bench, {"bound": "bound = 4"}, [("setup", "a = 1")], pupil=pupil)
    asked = [what for what, _ in pupil.asked]
    for place, (what, _) in enumerate(pupil.asked):
        if what != "call" or asked[place - 1] != "call":  # a test may call more than once
            assert what == "wake" or asked[place - 1] == "wake", asked
    woken = [left for what, left in pupil.asked if what == "wake"]
    assert min(woken) > 20  # not out of a test's quarter of a second


def test_every_cell_runs_under_a_name_of_its_own(bench):
    pupil = InPlace()
    notebook = handed_in(bench.chapter, None, [("setup", "a = 1"), ("setup", "b = 1/0")])
    notebook["cells"] += [c for c in notebook["cells"] if c["id"] == "f"]
    Sitting(bench, pupil, {}).run(match(notebook, bench.chapter), {})
    labels = [label for _, label in pupil.ran]
    assert len(set(labels)) == len(labels)
    assert labels == [
        "<cell setup of the course>",
        "<cell 1 that you added>",
        "<cell 2 that you added>",
        "<cell f>",
        "<cell f, copy 2>",
        "<cell bound>",
        "<cell probe of the course>",
    ]


ENDLESS = "def f(x):\n    while x: pass"


def test_two_tests_of_an_exercise_may_hang_and_the_others_are_left_out(bench):
    sitting, statuses = sit(bench, {"f": ENDLESS})
    assert [name for name, status in statuses.items() if status == TIMEOUT] == [
        "f-one",
        "f-two",
        "f-three",
        "f-probe",
    ]
    assert "0.25 seconds" in sitting.results["f-one"].message
    assert "Not run" in sitting.results["f-three"].message
    assert statuses["bound-value"] == PASSED
    assert sitting.disturbed


def test_a_lost_process_is_no_error_that_a_test_may_expect(bench):
    def leave(x):
        if x == "a":
            raise PupilGone("it ended by itself")
        return x + 1

    pupil = InPlace()
    pupil.names["leave"] = leave
    sitting, statuses = sit(bench, {"f": "f = leave"}, pupil=pupil)
    assert [name for name, status in statuses.items() if status != PASSED] == ["f-three"]
    assert "ended its Python process" in sitting.results["f-three"].message
    assert sitting.disturbed
    assert ("stop", 0.0) in pupil.asked


def test_a_submission_that_has_had_its_time_is_not_run_on(bench):
    pupil = InPlace()
    sitting, statuses = sit(bench, pupil=pupil, seconds=-1)
    assert set(statuses.values()) == {TIMEOUT} and pupil.ran == []
    assert f"{sitting.seconds:g} seconds" in sitting.results["f-one"].message
    assert sitting.code[0].error.startswith("Not finished")


def test_the_time_of_a_submission_bounds_each_of_its_steps(bench):
    cells = 4 * Limits().student_cell + Limits().student_cell
    assert Limits().in_all(bench.chapter) == 3 * 0.25 + 2 * 10 + cells
    sitting, statuses = sit(bench, {"f": "while True: pass"}, seconds=0.25)
    assert sitting.code[0].error.startswith("Not finished")
    assert set(statuses.values()) == {TIMEOUT}


def test_no_value_of_a_cell_outlives_it(bench, monkeypatch):
    given = []

    def large(self, name, args, kwargs):
        value = np.zeros(1_000_000)
        given.append(weakref.ref(value))
        return value

    monkeypatch.setattr(InPlace, "call", large)
    gc.disable()  # as in a tester
    try:
        _, statuses = sit(bench)
        assert statuses["f-two"] == FAILED
        assert len(given) == 4 and [value() for value in given] == [None] * 4
    finally:
        gc.enable()


def test_a_faulty_test_alone_has_no_outcome(bench):
    examiner = Examiner(bench, [], None)
    sitting = Sitting(bench, InPlace(), {"f-two": "It fails on the solution."})
    result = examiner.grade(unit(bench.chapter, handed_in(bench.chapter)), sitting)
    assert (result.status, result.score, result.max_score) == (GRADED, 5.0, 6.0)
    assert [cell.cell for cell in result.cells if cell.status == GRADER_ERROR] == ["f-two"]
    assert result.needs_manual


def test_an_odd_submission_has_an_outcome_too(bench, capsys):
    reply = Examiner(bench, [], None).reply(unit(bench.chapter, '{"cells": 7}'))
    assert reply["result"]["status"] == GRADER_ERROR
    assert "failed on this submission" in reply["result"]["reason"]
    assert "Traceback" in capsys.readouterr().err  # for whoever mends the grader


def test_no_process_for_the_student_is_nobodys_zero(bench):
    def connect():
        raise ConnectionRefusedError

    reply = Examiner(bench, [], connect).reply(unit(bench.chapter, handed_in(bench.chapter)))
    assert reply["result"]["status"] == GRADER_ERROR
    assert "No process could be started" in reply["result"]["reason"]


def test_code_that_is_read_without_end_has_an_outcome(bench, monkeypatch, capsys):
    def uses(*arguments):
        for _ in range(10**8):
            pass

    monkeypatch.setattr("autograder.run.tester._uses", uses)
    monkeypatch.setattr("autograder.run.tester._READING", 0.25)
    reply = Examiner(bench, [], None).reply(unit(bench.chapter, handed_in(bench.chapter)))
    assert reply["result"]["status"] == GRADER_ERROR
    assert "0.25 seconds" in reply["result"]["reason"]


def test_a_search_for_misconceptions_without_end_costs_their_names_alone(bench, monkeypatch):
    def endless(*arguments):
        while True:
            pass

    monkeypatch.setattr("autograder.run.tester.recognise", endless)
    monkeypatch.setattr("autograder.run.tester.work_limit", lambda most: work_limit(0.05))
    sitting = Sitting(bench, InPlace(), {})
    wrong = unit(bench.chapter, handed_in(bench.chapter, {"f": "def f(x): return x"}))
    result = Examiner(bench, [], None).grade(wrong, sitting)
    assert result.status == GRADED and not sitting.disturbed
    assert FAILED in {cell.status for cell in result.cells}


def test_what_test_cells_print_is_not_shown(bench, monkeypatch, capfd):
    def noisy(self, unit, sitting):
        print("a test prints")
        raise GraderFault("It broke.")

    monkeypatch.setattr(Examiner, "grade", noisy)
    Examiner(bench, [], None).reply(unit(bench.chapter, handed_in(bench.chapter)))
    assert "a test prints" not in "".join(capfd.readouterr())
