"""Each misconception and each style graded alone does what it does in company."""

from __future__ import annotations

import pytest
from classroom import lost
from proofs import PAGE, Proof
from test_chapters import GRADED, manual

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=GRADED)
def alone(request):
    return Proof(request.param, alone=True)


def test_alone_no_misconception_fails_a_cell_of_another_exercise(alone):
    for m in alone.known:
        failed = lost(alone.results[alone.room_of[m]])
        assert failed == alone.failed_by(m) | manual(alone), m


def test_alone_everybody_fails_the_cells_that_the_table_says(alone):
    assert alone.section() in PAGE.read_text(encoding="utf-8"), "alone it is otherwise"


def test_alone_every_style_gets_full_marks(alone):
    for exercise, styles in alone.styles.items():
        for style in styles:
            result = alone.results[alone.room_of[f"{exercise} {style}"]]
            assert lost(result) == manual(alone), style
