"""What a student is told of a test, and what is kept from them."""

import numpy as np
import pytest

from autograder.chapter import Cell
from autograder.results import FAILED, GRADER_ERROR, PASSED, TIMEOUT
from autograder.run.limits import CellTimeout
from autograder.run.local import compiled
from autograder.run.remote import PupilGone, as_exception
from autograder.run.words import cell_result

SOURCE = """# f: values
from cnnkit.testing import assert_same
assert_same(f(2), 4.5)
### BEGIN HIDDEN TESTS
assert_same(f(77), 154.5, hint="Think of large numbers.")
### END HIDDEN TESTS"""
CELL = Cell("id", "test", SOURCE, "f-values", "f", "f: values", 2.0, 5.0)
HELPER = Cell(
    "id",
    "test",
    "def check(x):\n    assert f(x) == 2 * x\n\ncheck(2)\n"
    "### BEGIN HIDDEN TESTS\ncheck(77)\n### END HIDDEN TESTS",
    "f-helper",
)


def outcome(f, cell=CELL, given=()):
    """What becomes of a test cell with this function in the student's place."""
    try:
        exec(compiled(cell), {"f": f, "np": np})
    except (Exception, PupilGone, CellTimeout) as error:
        return cell_result(cell, error, given=given)
    return cell_result(cell, None, given=given)


def raising(**about):
    """A function that raises as a student's does, seen from the tester."""
    told = {"type": "ValueError", "bases": ["ValueError"], "message": "no", "cell": "", "line": 0}

    def f(x):
        raise as_exception(told | about)

    return f


def test_a_right_solution_gets_its_points():
    result = outcome(lambda x: 2 * x + 0.5)
    assert (result.status, result.score, result.message) == (PASSED, 2.0, "")


def test_a_visible_failure_is_told_in_full():
    result = outcome(lambda x: 0.25)
    assert (result.status, result.score, result.hidden) == (FAILED, 0.0, False)
    assert "4.5" in result.message and "0.25" in result.message


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: 4.5 if x == 2 else 11.25,
        lambda x: 4.5 if x == 2 else np.zeros(2),
        lambda x: 4.5 if x == 2 else raising(message="the input was 77")(x),
        lambda x: 4.5 if x == 2 else raising(type="input_77", message="")(x),
    ],
)
def test_a_hidden_failure_tells_no_value_of_the_test(wrong):
    result = outcome(wrong)
    assert (result.status, result.hidden) == (FAILED, True)
    assert result.expected is result.got is None
    assert "77" not in result.message and "154" not in result.message


ASSERTED = Cell(
    "id",
    "test",
    "### BEGIN HIDDEN TESTS\nassert f(2) > 0, 'It should grow.'\n"
    "np.testing.assert_allclose(f(77), 154.5)\n### END HIDDEN TESTS",
    "f-asserted",
)


def test_of_what_fails_hidden_only_the_tests_own_words_are_told():
    assert outcome(lambda x: 0, ASSERTED).message == "It should grow."
    result = outcome(lambda x: 3, ASSERTED)
    assert result.hidden and result.message.startswith("A check on other inputs")


def test_a_hint_of_a_hidden_test_is_told():
    assert outcome(lambda x: 4.5).message.endswith("Think of large numbers.")


def test_a_visible_helper_called_by_a_hidden_line_fails_hidden():
    result = outcome(lambda x: 4 if x == 2 else 0, HELPER)
    assert result.hidden and "f(x)" not in result.message
    assert "f(x) == 2 * x" in outcome(lambda x: 0, HELPER).message


@pytest.mark.parametrize(
    "label, words",
    [
        ("<cell f>", "in line 3 of your cell f:"),
        ("<cell f, copy 2>", "in line 3 of cell f, copy 2:"),
        ("<cell 2 that you added>", "in line 3 of cell 2 that you added:"),
        ("<cell probe of the course>", "in line 3 of cell probe of the course:"),
        ("anything", "in line 3 of your cell:"),
    ],
)
def test_an_exception_is_placed_in_the_cell_where_it_arose(label, words):
    assert outcome(raising(cell=label, line=3)).message == f"Your code raised ValueError {words} no"


@pytest.mark.parametrize("text", ["x" * 100_000, "\x1b[2J\x9b8m\u202e\x07"])
def test_a_message_that_quotes_a_students_text_is_short_and_harmless(text):
    cell = Cell("id", "test", "assert f(2) == 1, f(2)", "f-quoting")
    for f in (lambda x: text, raising(message=text), raising(type=text)):
        message = outcome(f, cell).message
        assert len(message) < 5_000 and message.isprintable()
    odd = type("Opaque", (), {"type_name": text})()  # as a value that does not travel arrives
    assert outcome(lambda x: odd).message.isprintable()


@pytest.mark.parametrize("type", ["StopIteration", "StopAsyncIteration"])
def test_an_exception_ends_no_loop_of_the_test_before_its_checks(type):
    cell = Cell("id", "test", "assert all(map(lambda x: f(x) == 1, range(3)))", "f-all")
    result = outcome(raising(type=type, bases=[type, "Exception"]), cell)
    assert (result.status, result.score) == (FAILED, 0.0)
    assert f"Your code raised {type}" in result.message


def test_what_is_not_written_yet_is_called_so():
    message = outcome(raising(type="NotImplementedError", bases=["NotImplementedError"])).message
    assert message.startswith("Not written yet")


def test_a_missing_name_is_told_what_marking_does_not_run():
    error = raising(type="NameError", bases=["NameError"], message="name 'view' is not defined")
    message = outcome(error).message
    assert "name 'view' is not defined. Marking runs the imports" in message
    assert "not the demonstrations" in message


def test_a_process_that_ended_is_said_and_costs_the_test():
    def f(x):
        raise PupilGone("it ended by itself")

    result = outcome(f)
    assert (result.status, result.score) == (FAILED, 0.0)
    assert "ended its Python process" in result.message


def test_a_time_out_names_the_limit_and_shows_nothing_of_the_test():
    result = cell_result(CELL, CellTimeout())
    assert (result.status, result.score, result.hidden) == (TIMEOUT, 0.0, True)
    assert "5 seconds" in result.message


def test_a_faulty_test_has_no_score_whatever_came_out():
    for error in (None, AssertionError("no")):
        result = cell_result(CELL, error, "It fails on the solution.")
        assert (result.status, result.score) == (GRADER_ERROR, None)


PLANES = """from cnnkit.testing import assert_same
got = f(0)
assert_same(got, np.ones(2))
### BEGIN HIDDEN TESTS
more = f(77)
assert_same(more, np.ones(2))
### END HIDDEN TESTS
assert_same(got[:1] + more[:1], np.full(1, 2.0))"""


def planes(f, *given):
    return outcome(f, Cell("id", "test", PLANES, "f-planes", "f"), given).given


def test_a_visible_failure_keeps_the_plane_that_was_handed_over():
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    assert planes(lambda _: np.zeros(2), 3, x) == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert planes(lambda _: np.zeros(2), np.array([True, False])) == [[1.0, 0.0]]
    assert planes(lambda _: np.ones(2), x) is None  # it passed


@pytest.mark.parametrize(
    "given", [(), (3, "x"), (np.zeros((2, 1, 2, 2)),), (np.zeros((21, 21)),), (np.array("x"),)]
)
def test_what_is_no_single_plane_of_few_numbers_is_not_kept(given):
    assert planes(lambda _: np.zeros(2), *given) is None


def test_an_input_that_may_be_a_hidden_one_is_not_kept():
    x = np.zeros(3)
    assert planes(lambda n: np.full(2, 1.0 - n), x) is None  # fails in the hidden part
    late = PLANES.replace("assert_same(more, np.ones(2))", "")
    result = outcome(lambda n: np.full(2, 1.0 - n), Cell("id", "test", late, "f-late", "f"), (x,))
    assert not result.hidden and result.expected is not None and result.given is None
