"""A misconception is named where it gives the same values as the student's code, and only there."""

import numpy as np
import pytest
from made_chapter import check, exercise, made, setup

from autograder.diagnose import recognise, same_calls, same_value
from autograder.misconceptions import Misconception
from autograder.run.local import Bench, Call, Calls


def known(name, body):
    source = f"@misconception()\ndef {name}(x):\n    {body}\n"
    return Misconception(name, "92_made", "f", "f", ("f-values",), "D.", "H.", source)


WRONG = [
    known("adds", "return 2 + x"),
    known("adds_two_ones", "return x + 1 + 1"),
    known("squares", "return x ** 2"),
    known("refuses", "raise ValueError('no')"),
    known("gives_up", "raise TypeError('no')"),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(
        made(
            tmp_path_factory.mktemp("chapter"),
            setup("import numpy as np"),
            exercise("f", "def f(x):\n    return 2 * x"),
            check("f-values", "got = f(np.arange(3.0))\nf(3)\nassert (got == [0, 2, 4]).all()"),
            check("f-more", "assert f(0) == 0"),
        )
    )


def calls_of(bench, source):
    return {cell: outcome.calls for cell, outcome in bench.run_tests("f", source).items()}


@pytest.mark.parametrize(
    "source, names",
    [
        ("def f(x): return x * x", ["squares"]),
        ("def f(x): return 1 + x + 1", ["adds", "adds_two_ones"]),
        ("def f(x): raise ValueError('another message')", ["refuses"]),
        ("def f(x): return 3 * x", []),
    ],
)
def test_those_that_give_the_same_values_are_named(bench, source, names):
    found = recognise(bench, "f", calls_of(bench, source), WRONG)
    assert [misconception.id for misconception in found] == names


def test_every_cell_of_the_exercise_must_agree(bench):
    mine = calls_of(bench, "def f(x): return x * x")
    del mine["f-more"]
    assert recognise(bench, "f", mine, WRONG) == []


ONE = Call("f", np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    "other",
    [
        [],
        [ONE, ONE],
        [Call("g", ONE.value)],
        [Call("f", np.array([1.0, 2.1]))],
        [Call("f", np.array([1, 2]))],
        [Call("f", [1.0, 2.0])],
        [Call("f", error="ValueError")],
    ],
)
def test_calls_differ_by_number_name_value_and_error(other):
    assert not same_calls([ONE], other)
    assert same_calls([ONE], [Call("f", np.array([1.0, 2.0 + 1e-12]))])


def test_values_are_compared_to_any_depth():
    assert same_value({"a": (1, [2.0])}, {"a": (1, [2.0 + 1e-12])})
    assert not same_value({"a": (1, [2.0])}, {"a": (1, [2.5])})
    assert not same_value(1, True)
    assert same_value(float("nan"), float("nan"))


@pytest.mark.parametrize(
    "large",
    [np.zeros(200_000), [np.zeros(100_000)] * 2, {"a": "x" * 2_000_000}, b"x" * 2_000_000],
)
def test_a_large_value_is_not_kept_and_is_like_no_other(large):
    calls = Calls()
    calls.add("f", large)
    assert calls[0].value is None and not calls[0].kept
    assert not same_calls(calls, calls)


def test_all_values_of_a_cell_together_are_bounded():
    calls = Calls()
    for _ in range(100):
        calls.add("f", np.zeros(100_000))
    assert 1 < sum(call.kept for call in calls) < 10
    assert len(calls) == 100
