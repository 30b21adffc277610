"""Nothing of a hidden test stands in what a student gets back, however the student's code fails."""

from __future__ import annotations

import numpy as np
import pytest
from made_chapter import IMPORTS, check, exercise, handed_in, made, setup, unit

from autograder.release.leaks import secrets
from autograder.results import FAILED, Result
from autograder.run import Pool

SEED, SHAPE = 90_210, (2, 3, 4, 5)
TEST = f"""\
# Twice the number
x = np.arange(3.0)
assert_same(double(x.copy()), 2 * x, hint="Each number by itself.")
### BEGIN HIDDEN TESTS
drawn = np.random.default_rng({SEED})
x = drawn.normal(size={SHAPE})
expected = 2.0 * x + 0 * {SEED}
assert_same(double(x.copy()), expected, hint="Numbers of either sign.")
### END HIDDEN TESTS"""
# Each is right for the visible test, and fails for the hidden one in its own way.
HIDES = "def double(x):\n    if x.ndim == 1:\n        return 2 * x\n"
WAYS = {
    "off": "    return 2 * x + 0.5",
    "negated": "    return -x",
    "zeros": "    return 0 * x",  # and so the largest difference is what is expected
    "the same": "    return x",
    "flat": "    return 2 * x.ravel()",
    "list": "    return (2 * x).tolist()",
    "nothing": "    return None",
    "nan": "    return 2 * x + np.nan",
    "tells": "    raise ValueError(f'{x} {x.tolist()}')",
    "prints": "    print(x, x.tolist(), flush=True)\n    return x - 1",
    "warns": "    import warnings\n    warnings.warn(str(x.tolist()))\n    return x - 1",
    "asserts": "    assert not x.size, x.tolist()",
    "ends": "    import os\n    os._exit(1)",
}


@pytest.fixture(scope="module")
def replies(tmp_path_factory):
    """Grade a submission of each kind through the real pool, with its pages."""
    chapter = made(
        tmp_path_factory.mktemp("chapter"),
        setup(IMPORTS),
        exercise("double", "def double(x):\n    return 2 * x"),
        check("double-values", TEST),
    )
    class_ = {way: handed_in(chapter, {"double": HIDES + body}) for way, body in WAYS.items()}
    units = [(way, unit(chapter, it, way) | {"pages": True}) for way, it in class_.items()]
    with Pool(chapter, workers=1) as pool:
        assert pool.faulty == {}
        return chapter, dict(pool.run(units))


def written_forms(number: float) -> set[str]:
    """How a number of a hidden test might stand on a page, without its sign."""
    forms = (".5g", ".6g", ".4f", ".6f", ".4e")
    return {f"{abs(number):{form}}" for form in forms} | {repr(abs(float(number)))}


@pytest.mark.parametrize("way", WAYS)
def test_neither_input_nor_expected_nor_source_of_a_hidden_test_is_told(replies, way):
    chapter, made = replies
    result, page = Result.from_dict(made[way]["result"]), made[way]["feedback"]
    (cell,) = result.cells
    assert (cell.status, cell.hidden) == (FAILED, True)
    told = page + repr([cell.message, cell.expected, cell.got, cell.given])
    x = np.random.default_rng(SEED).normal(size=SHAPE)
    numbers = set().union(*(written_forms(v) for v in [*x.ravel(), *(2 * x).ravel()]))
    assert [number for number in numbers if number in told] == []
    hidden, _ = secrets([chapter])
    assert len(hidden) == 4
    assert [line for line in hidden if line in told] == []
    assert str(SEED) not in told and "drawn" not in told and "HIDDEN" not in told


def test_what_may_be_told_of_a_hidden_test_is_told(replies):
    pages = {way: reply["feedback"] for way, reply in replies[1].items()}
    assert (
        "Values: 120 of 120 differ; the first at [0, 0, 0, 0] (largest difference 0.1 to 1)"
        in (pages["off"])
    )
    assert "Shape: expected (2, 3, 4, 5), got (120,)" in pages["flat"]
    assert all("Numbers of either sign." in pages[way] for way in ("off", "flat", "list"))
    assert "Your code raised ValueError." in pages["tells"]
