"""Who solves nothing gets nothing: not for a cell that cannot be read, nor for one answer to all.

An exercise's functions are replaced, all at once, by ones that give the same whatever they are
asked.
"""

from __future__ import annotations

from collections import Counter

import pytest
from classroom import CHAPTERS, chapter, filled, grade

from autograder.run import Pool

LONG = [name for name in CHAPTERS if not name.startswith(("00_", "01_", "04_"))]
EACH = [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in CHAPTERS]
# Cells that bind nothing, or would not even be read.
CELLS = {
    "empty": "",
    "words": "# I did this one on paper.",
    "no Python": "def (:\n    return",
    "stopped": "raise NotImplementedError()",
    "other language": "function f(x)\n  return x\nend",
}
# What no exercise asks for.
NO_ANSWERS = {
    "None": "return None",
    "true": "return True",
    "text": "return ''",
    "list": "return []",
    "lists": "return [[]]",
    "tuple": "return ()",
    "dict": "return {}",
    "a huge number": "return 10**4000",
    "an object": "return object()",
    "a function": "return print",
    "all that it was given": "return args",
    "itself": "return (args, kwargs)",
    "NotImplementedError": "raise NotImplementedError()",
    "AssertionError": "raise AssertionError()",
    "StopIteration": "raise StopIteration",
    "exit": "raise SystemExit",
}
# One answer to every question: of a kind that is asked for, so that a test of just the kind, of
# the errors or of what must stay as it was may hold.
ANSWERS = {
    "zero": "return 0",
    "one": "return 1.0",
    "nan": "return float('nan')",
    "infinity": "return float('inf')",
    "false": "return False",
    "no numbers": "import numpy\n    return numpy.zeros(0)",
    "one number": "import numpy\n    return numpy.zeros((1, 1, 1, 1))",
    "nans": "import numpy\n    return numpy.full((2, 2), numpy.nan)",
    "what it was given": "return args[0] if args else next(iter(kwargs.values()), None)",
    "zeros": "import numpy\n    return 0 * numpy.asarray(args[0])",
    "ValueError": "raise ValueError('no')",
    "TypeError": "raise TypeError('no')",
}


def answering(name: str, body: str) -> dict[str, str]:
    """Solution cells whose functions all do the same."""
    return {
        exercise.name: "\n".join(
            f"def {bound}(*args, **kwargs):\n    {body}" for bound in exercise.bound_names
        )
        for exercise in chapter(name).exercises
    }


@pytest.fixture(scope="module", params=EACH)
def graded(request):
    """What each of them comes to in one chapter."""
    name = request.param
    exercises = [cell.name for cell in chapter(name).exercises]
    handed = {kind: filled(name, dict.fromkeys(exercises, cell)) for kind, cell in CELLS.items()}
    answers = NO_ANSWERS | ANSWERS
    handed |= {kind: filled(name, answering(name, body)) for kind, body in answers.items()}
    with Pool(chapter(name)) as pool:
        assert pool.faulty == {}
        graded = grade(pool, handed)
    assert {result.status for result in graded.values()} == {"graded"}
    return graded


def cells_won(result) -> list[str]:
    return [cell.cell for cell in result.cells if cell.score]


@pytest.mark.parametrize("kind", [*CELLS, *NO_ANSWERS])
def test_who_solves_nothing_gets_nothing(graded, kind):
    assert cells_won(graded[kind]) == []


@pytest.mark.parametrize("kind", ANSWERS)
def test_one_answer_to_every_question_gets_a_quarter_of_an_exercise_at_most(graded, kind):
    share: Counter[str] = Counter()
    for cell in graded[kind].cells:
        share[cell.exercise] += (cell.score or 0) / sum(
            other.max_score for other in graded[kind].cells if other.exercise == cell.exercise
        )
    assert max(share.values()) <= 0.25, cells_won(graded[kind])
