"""Chapter 04 as a student meets it: Run All stops at the first stub, and solved it runs through."""

import shutil
from pathlib import Path

import pytest
from lab import axe_violations, cell_outputs, code_cells, open_notebook, run_all, set_cell

from autograder.chapter import Chapter

ROOT = Path(__file__).parents[2]
NAME = "04_conv_layer"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def chapter() -> Chapter:
    return Chapter.load(ROOT / "solutions" / f"{NAME}.ipynb")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open the student's notebook."""
    shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", lab_folder)
    page, _ = watched
    open_notebook(page, f"{NAME}.ipynb")
    return page


def test_run_all_stops_at_the_first_stub(page, chapter):
    run_all(page)
    outputs = cell_outputs(page)
    first_test = code_cells(chapter.cells).index(chapter.tests[0])
    assert [number for number, output in enumerate(outputs) if output.error] == [first_test]
    assert "NotImplementedError" in outputs[first_test].text
    assert all(output.text == "" for output in outputs[first_test + 1 :])


def test_with_the_solutions_typed_in_every_cell_runs(page, chapter):
    cells = code_cells(chapter.cells)
    for exercise in chapter.exercises:
        set_cell(page, cells.index(exercise), exercise.source)
    run_all(page, seconds=90)
    wrong = [
        f"{cell.name or cell.id}: {output.text[-500:]}"
        for cell, output in zip(cells, cell_outputs(page), strict=True)
        if output.error
    ]
    assert wrong == []


def test_the_widgets_are_accessible(page):
    assert axe_violations(page, ".cnnkit") == []
