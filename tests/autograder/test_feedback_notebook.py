import json

import nbformat
import pytest
from feedback_fixtures import HOSTILE, SECRET, make_chapter, make_result, outcome

from autograder.chapter import Chapter
from autograder.feedback import autograded_notebook
from autograder.results import FAILED, MANUAL, TIMEOUT, UNREADABLE, CodeResult


def raw_cell(cell, number):
    grade = {"exercise": (False, True), "test": (True, False), "answer": (True, True)}
    about = {"role": cell.role, "exercise": cell.exercise, "title": cell.title}
    metadata = {"cnnkit": about}
    if cell.name:
        flags = grade.get(cell.role, (False, False))
        metadata["nbgrader"] = {
            "grade_id": cell.name,
            "schema_version": 3,
            "grade": flags[0],
            "solution": flags[1],
            "locked": cell.role in ("setup", "test"),
            "task": False,
        }
        if flags[0]:
            metadata["nbgrader"]["points"] = cell.points
    kind = "markdown" if cell.role in ("answer", "text") else "code"
    made = {"cell_type": kind, "id": cell.id, "metadata": metadata, "source": cell.source}
    return made | ({"outputs": [], "execution_count": number} if kind == "code" else {})


@pytest.fixture
def chapter(tmp_path):
    plain = make_chapter()
    notebook = {
        "cells": [raw_cell(cell, number) for number, cell in enumerate(plain.cells)],
        "metadata": {"cnnkit": {"chapter": plain.name, "title": plain.title}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook["cells"].insert(0, raw_cell(type(plain.cells[0])("added-1", "text", "# Small"), 0))
    path = tmp_path / "91_small.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return Chapter.load(path)


def notebook_of(result, chapter):
    notebook = nbformat.reads(autograded_notebook(result, chapter), as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    return notebook


def by_grade_id(notebook):
    named = (cell for cell in notebook.cells if "nbgrader" in cell.metadata)
    return {cell.metadata.nbgrader.grade_id: cell for cell in named}


def test_author_cells_keep_source_and_metadata(chapter):
    original = json.loads(chapter.path.read_text())
    notebook = notebook_of(make_result(), chapter)
    for cell in original["cells"]:
        mine = next(c for c in notebook.cells if c.id == cell["id"])
        assert mine.metadata == cell["metadata"]
        if cell["metadata"]["cnnkit"]["role"] in ("text", "setup", "test"):
            assert mine.source == cell["source"]
    assert SECRET in by_grade_id(notebook)["double-values"].source  # a teacher may read it


def test_code_answers_and_outputs_are_the_students(chapter):
    code = [
        CodeResult("double", "def double(x): ...", output="hello\n"),
        CodeResult("halve", "1 / 0", "ZeroDivisionError: by: zero", "line 1\nline 2"),
    ]
    cells = by_grade_id(notebook_of(make_result(code=code, answers={"why": "So."}), chapter))
    assert cells["double"].source == "def double(x): ..."
    assert cells["double"].outputs == [
        {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    ]
    assert cells["halve"].outputs == [
        {
            "output_type": "error",
            "ename": "ZeroDivisionError",
            "evalue": "by: zero",
            "traceback": ["line 1", "line 2"],
        }
    ]
    assert cells["why"].source == "So."
    assert all(c.execution_count is None for c in cells.values() if c.cell_type == "code")


def test_added_cells_stand_before_the_exercise_that_they_preceded(chapter):
    code = [
        CodeResult("", "helper = 1"),
        CodeResult("double", "first copy"),
        CodeResult("double", "last copy"),
        CodeResult("", "between = 2"),
        CodeResult("halve", "pass"),
        CodeResult("", "at_end = 3"),
    ]
    notebook = notebook_of(make_result(code=code), chapter)
    sources = [cell.source for cell in notebook.cells]
    order = ["helper = 1", "first copy", "last copy", "between = 2", "pass", "at_end = 3"]
    assert [source for source in sources if source in order] == order
    assert by_grade_id(notebook)["double"].source == "last copy"
    assert sources[-1] == "at_end = 3"


def test_missing_cells_are_said(chapter):
    result = make_result(status=UNREADABLE)
    result.code, result.cells = [], []
    cells = by_grade_id(notebook_of(result, chapter))
    assert cells["double"].source == "# The submission has no such cell."
    assert cells["why"].source == "*The submission has no such cell.*"
    assert cells["double-values"].outputs == []


@pytest.mark.parametrize("text", [HOSTILE, r"\<script>x</script>", "`a`<svg/onload=x>", "<!--"])
def test_an_answer_holds_no_tag_when_rendered(chapter, text):
    nbconvert = pytest.importorskip("nbconvert.filters")
    answer = by_grade_id(notebook_of(make_result(answers={"why": text}), chapter))["why"].source
    html = nbconvert.markdown2html(answer)
    assert "<script" not in html and "<img" not in html and "<svg" not in html
    assert "<!--" not in html
    assert "\u202e" not in html


def test_formulas_survive_but_their_links_do_not(chapter):
    text = r"$a<b$ and $\frac12 \href{javascript:alert(1)}{x}$"
    answer = by_grade_id(notebook_of(make_result(answers={"why": text}), chapter))["why"].source
    assert r"\frac12" in answer and "$a< b$" in answer
    assert r"\href" not in answer


def test_outputs_are_plain_text_and_bounded(chapter):
    flood = HOSTILE * 100_000
    code = [CodeResult("double", flood, flood, flood, flood)]
    code += [CodeResult("", HOSTILE, HOSTILE, HOSTILE, HOSTILE)] * 1000
    cells = [outcome("double-values", FAILED, message=flood), outcome("why", MANUAL)]
    source = autograded_notebook(make_result(cells=cells, code=code), chapter)
    assert len(source.encode()) < 4_000_000
    for cell in json.loads(source)["cells"]:
        for output in cell.get("outputs", ()):
            assert output["output_type"] in ("stream", "error")


def test_nbgrader_reads_the_same_points_from_the_outputs(chapter):
    from nbgrader.utils import determine_grade

    cells = [
        outcome("double-values", FAILED, message="They differ."),
        outcome("double-shape", TIMEOUT),
        outcome("halve-values"),
        outcome("why", MANUAL),
    ]
    found = by_grade_id(notebook_of(make_result(cells=cells, answers={"why": "So."}), chapter))
    for cell in cells:
        assert determine_grade(found[cell.cell]) == (cell.score, cell.max_score)
    (output,) = found["double-values"].outputs
    assert output.text == "failed: 0 of 2 points\nThey differ."


def test_a_second_notebook_owes_nothing_to_the_first(chapter):
    one = autograded_notebook(make_result(), chapter)
    autograded_notebook(make_result(code=[CodeResult("double", "other")]), chapter)
    assert autograded_notebook(make_result(), chapter) == one


def test_the_rubric_stands_above_the_answer_and_asks_for_no_points(chapter):
    original = json.loads(chapter.path.read_text())
    for cell in original["cells"]:
        if cell["id"] == "why":
            cell["source"] = "### BEGIN SOLUTION\n**Rubric.**\n\nOne point.\n### END SOLUTION"
    chapter.path.write_text(json.dumps(original), encoding="utf-8")
    changed = Chapter.load(chapter.path)
    cells = notebook_of(make_result(answers={"why": "So."}), changed).cells
    place = next(n for n, cell in enumerate(cells) if cell.id == "why")
    assert cells[place].source == "So."
    rubric = cells[place - 1]
    assert rubric.cell_type == "markdown" and "nbgrader" not in rubric.metadata
    assert rubric.source.endswith("> **Rubric.**\n>\n> One point.")
    assert "### " not in rubric.source
