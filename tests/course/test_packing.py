"""Who shares a notebook: nobody whose function another's tests could meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from packing import Variant, packs

from autograder.chapter import Cell, Chapter


def cell(role, name, source, exercise=""):
    return Cell(name, role, source, name, exercise)


CHAPTER = Chapter(
    "90_small",
    "Small",
    (
        cell("exercise", "size", "def size(x):\n    return len(x)"),
        cell("test", "size-values", "assert size([1]) == 1", "size"),
        cell("exercise", "mean", "def mean(x):\n    return sum(x) / size(x)"),
        cell("test", "mean-values", "assert mean([1, 3]) == 2", "mean"),
        cell("exercise", "centre", "def centre(x):\n    return [v - 2 for v in x]"),
        cell("beside", "report", "def report(x):\n    return mean(centre(x))"),
        cell("test", "centre-values", "assert report([1, 3]) == 0", "centre"),
        cell("exercise", "double", "def double(x):\n    return 2 * x"),
        cell("test", "double-values", "assert double(2) == 4", "double"),
    ),
    Path("90_small.ipynb"),
)


def variant(exercise, name="v", body="pass", more=""):
    return Variant(name, exercise, f"{more}\ndef {exercise}(x):\n    {body}")


def sizes(*variants):
    return [len(room) for room in packs(CHAPTER, list(variants))]


def test_each_has_one_place_and_an_exercise_one_variant_in_a_notebook():
    variants = [variant(e, f"{e} {n}") for e in ("size", "double") for n in range(3)]
    rooms = packs(CHAPTER, variants)
    placed = [inside for room in rooms for inside in room.values()]
    assert sorted(v.name for v in placed) == sorted(v.name for v in variants)
    assert all(room[exercise].exercise == exercise for room in rooms for exercise in room)
    assert len(rooms) == 3


def test_those_who_do_not_know_each_other_share():
    assert sizes(variant("mean"), variant("double")) == [2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(variant("mean", body="return size(x)"), variant("size"), id="by its code"),
        pytest.param(variant("centre"), variant("mean"), id="by a beside function of its tests"),
        pytest.param(variant("centre"), variant("size"), id="by the solution that this one calls"),
        pytest.param(
            variant("double", more="def half(x):\n    return x / 2", body="return half(x) * 4"),
            variant("size", more="def half(x):\n    return x // 2", body="return half(x)"),
            id="by a helper of the same name",
        ),
    ],
)
def test_those_whose_functions_meet_stay_apart(one, other):
    assert sizes(one, other) == sizes(other, one) == [1, 1]
