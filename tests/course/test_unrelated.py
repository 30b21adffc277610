"""Nothing is named where a wrong solution is none of those that are known."""

from __future__ import annotations

import pytest
from classroom import chapter, grade, solved
from packing import packs
from proofs import misconceptions_file
from unrelated import SLIPS, slips

from autograder.run import Pool


@pytest.fixture(scope="module", params=SLIPS)
def graded(request):
    """A chapter's slips, as many in a notebook as cannot touch each other, and their results."""
    graded_chapter = chapter(request.param)
    rooms = dict(enumerate(packs(graded_chapter, slips(graded_chapter))))
    notebooks = {
        str(number): solved(request.param, {e: slip.source for e, slip in room.items()})
        for number, room in rooms.items()
    }
    with Pool(graded_chapter, misconceptions=misconceptions_file(request.param)) as pool:
        results = grade(pool, notebooks)
    return [
        (slip, [cell for cell in results[str(number)].cells if cell.exercise == exercise])
        for number, room in rooms.items()
        for exercise, slip in room.items()
    ]


@pytest.mark.parametrize("name", SLIPS)
def test_every_exercise_of_the_chapter_has_two(name):
    assert set(SLIPS[name]) == {exercise.name for exercise in chapter(name).exercises}
    assert all(len(changes) >= 2 for changes in SLIPS[name].values())


def test_each_is_wrong_and_has_no_name(graded):
    right = [slip.name for slip, cells in graded if all(c.score == c.max_score for c in cells)]
    assert right == []
    named = {slip.name: c.misconception for slip, cells in graded for c in cells if c.misconception}
    assert named == {}
