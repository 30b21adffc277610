"""The marks that chapter 13 asks of a network stand where its record says they may."""

import numpy as np
import pytest
from classroom import chapter

from autograder.run.local import Bench
from cnnkit import recorded

NAME = "13_capstone_apparel"
MARKS = {"predict-photographed": 0.6, "predict-margin": 0.75}
OF_500 = 0.022  # the sd of an accuracy of 60 % that 500 pictures decide on


@pytest.fixture(scope="module")
def runs():
    return recorded.load("13_apparel").runs


def accuracies(runs, key, name):
    return np.array([run["accuracy"] for run in runs if run.get(key) == name])


def test_the_marks_are_those_of_the_tests():
    cells = {cell.name: cell.source for cell in chapter(NAME).tests}
    for name, mark in MARKS.items():
        assert f"assert_same(bool(right >= {mark}), True" in cells[name]


def test_the_baseline_is_far_below_the_first_mark_and_the_solution_above_the_second(runs):
    dense, net = accuracies(runs, "test", "dense"), accuracies(runs, "net", "reference")
    assert len(dense) == len(net) == 3
    assert dense.max() < MARKS["predict-photographed"] - 4 * OF_500
    assert net.min() > MARKS["predict-margin"] + 2 * OF_500


def test_the_tested_row_is_the_one_with_the_best_validation(runs):
    rows = {}
    for run in runs:
        rows.setdefault(run.get("row"), []).append(run.get("validation"))
    del rows[None]
    assert {len(scores) for scores in rows.values()} == {3}
    best = max(rows, key=lambda name: np.mean(rows[name]))
    assert {run["test"] for run in runs if "test" in run} == {"dense", best}
    assert abs(accuracies(runs, "test", best).mean() - MARKS["predict-margin"]) < OF_500


def test_the_solution_is_what_the_record_says_of_it(runs):
    names = Bench(chapter(NAME)).names
    best = max((run for run in runs if "net" in run), key=lambda run: run["validation"])
    X, y = names["data"].load("apparel", "test")
    seen = names["as_photographed"](X, np.random.default_rng(134))
    assert (names["predict"](seen) == y).mean() == pytest.approx(best["accuracy"], abs=0.003)
