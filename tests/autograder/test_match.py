"""Matching a submission's cells to the chapter's."""

import copy
import time

import pytest
import tiny_course as tiny

from autograder.match import match
from autograder.notebooks import NotANotebook, regular


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return tiny.load(tmp_path_factory.mktemp("solutions"))


def plan(matched):
    return [(step.kind, step.name) for step in matched.steps]


def source_of(matched, name):
    return [step.source for step in matched.steps if step.name == name]


ORDER = [
    ("author", "setup"),
    ("student", "double"),
    ("author", "double-values"),
    ("author", "double-zero"),
    ("student", "add"),
    ("author", "add-values"),
    ("answer", "why"),
]


def test_an_honest_submission_needs_no_repair(chapter):
    matched = match(tiny.solved(), chapter)
    assert plan(matched) == ORDER
    assert matched.repairs == ()
    assert source_of(matched, "double") == ["def double(x):\n    return 2 * x"]
    assert matched.answers == {"why": "YOUR ANSWER HERE"}


def test_the_instructors_notebook_needs_no_repair(chapter):
    assert match(tiny.instructor(), chapter).repairs == ()


def test_tests_come_from_the_chapter_with_their_hidden_part(chapter):
    assert "assert double(7) == 14" in source_of(match(tiny.solved(), chapter), "double-values")[0]


@pytest.mark.parametrize("name", ["setup", "double-values"])
def test_an_edited_locked_cell_is_replaced(chapter, name):
    notebook = tiny.solved()
    tiny.by_id(notebook, name)["source"] += "\npass"
    matched = match(notebook, chapter)
    assert source_of(matched, name) == [chapter.by_name[name].source]
    assert len(matched.repairs) == 1
    assert name in matched.repairs[0] and "changed" in matched.repairs[0]


def test_blanks_at_line_ends_are_no_change(chapter):
    notebook = tiny.solved()
    made = tiny.by_id(notebook, "double-values")
    made["source"] = made["source"].replace("\n", "  \r\n") + "\n\n"
    assert match(notebook, chapter).repairs == ()


@pytest.mark.parametrize("name", ["setup", "double-zero"])
def test_a_missing_locked_cell_is_put_back(chapter, name):
    matched = match(tiny.without(tiny.solved(), name), chapter)
    assert plan(matched) == ORDER
    assert "missing" in matched.repairs[0] and name in matched.repairs[0]


def test_a_missing_solution_cell_is_said(chapter):
    matched = match(tiny.without(tiny.solved(), "add"), chapter)
    assert plan(matched) == ORDER
    assert source_of(matched, "add") == [""]
    assert "exercise add is missing" in matched.repairs[0]


def test_a_missing_answer_is_said(chapter):
    matched = match(tiny.without(tiny.solved(), "why"), chapter)
    assert matched.answers == {"why": ""}
    assert "why is missing" in matched.repairs[0]


def test_copies_of_a_solution_cell_all_run_and_the_last_counts(chapter):
    notebook = tiny.solved()
    copied = copy.deepcopy(tiny.by_id(notebook, "double"))
    copied |= {"id": "new", "source": "def double(x):\n    return x + x"}
    notebook["cells"].append(copied)
    matched = match(notebook, chapter)
    assert source_of(matched, "double") == ["def double(x):\n    return 2 * x", copied["source"]]
    assert plan(matched)[1:3] == [("student", "double")] * 2
    assert "appears 2 times" in matched.repairs[0]


def test_a_copy_never_begun_does_not_undo_the_solution(chapter):
    notebook = tiny.solved()
    stub = copy.deepcopy(tiny.by_id(tiny.student(), "double")) | {"id": "new"}
    notebook["cells"].append(stub)
    assert source_of(match(notebook, chapter), "double")[-1] == "def double(x):\n    return 2 * x"


def test_demo_and_quiz_cells_do_not_run_even_when_edited(chapter):
    notebook = tiny.solved()
    tiny.by_id(notebook, "demo-1")["source"] = "size = 5\nprint(size)"
    assert plan(match(notebook, chapter)) == ORDER


def test_what_a_student_defines_in_a_demo_cell_runs(chapter):
    notebook = tiny.solved()
    tiny.by_id(notebook, "demo-1")["source"] += "\ndef helper():\n    pass"
    names = plan(match(notebook, chapter))
    assert names.index(("student", "")) == names.index(("author", "double-zero")) + 1


def test_added_cells_stay_where_they_were(chapter):
    notebook = tiny.solved()
    notebook["cells"].insert(0, tiny.added("first = 1", "a"))
    notebook["cells"].insert(4, tiny.added("mine = 1", "b"))  # after the solution of double
    notebook["cells"].insert(5, tiny.added("words", "c", kind="markdown"))
    notebook["cells"].insert(6, tiny.added("   ", "d"))
    matched = match(notebook, chapter)
    added = [
        (n, s.source) for n, s in enumerate(matched.steps) if (s.kind, s.name) == ("student", "")
    ]
    assert added == [(0, "first = 1"), (3, "mine = 1")]
    assert matched.steps[2].name == "double"
    assert matched.repairs == ()


def test_moved_cells_run_in_the_chapters_order(chapter):
    notebook = tiny.solved()
    notebook["cells"].insert(1, notebook["cells"].pop(6))
    matched = match(notebook, chapter)
    assert plan(matched) == ORDER
    assert "moved" in matched.repairs[0]


def test_lost_metadata_is_made_up_by_cell_ids(chapter):
    notebook = tiny.solved()
    for made in notebook["cells"]:
        made["metadata"] = {}
    matched = match(notebook, chapter)
    assert plan(matched) == ORDER
    assert len(matched.repairs) == 2 and all("its id" in repair for repair in matched.repairs)


def test_lost_metadata_and_ids_are_made_up_by_texts_and_names(chapter):
    notebook = tiny.solved()
    for made in notebook["cells"]:
        del made["metadata"], made["id"]
    notebook["cells"].insert(4, {"cell_type": "code", "source": "unrelated = 1"})
    matched = match(notebook, chapter)
    assert [step for step in plan(matched) if step != ("student", "")] == ORDER
    assert source_of(matched, "add") == ["def add(a, b):\n    return a + b"]
    assert source_of(matched, "") == ["unrelated = 1"]
    assert sum("the name that it defines" in repair for repair in matched.repairs) == 2


def test_a_redefinition_in_an_added_cell_runs_in_its_place(chapter):
    notebook = tiny.solved()
    notebook["cells"].insert(3, tiny.added("def double(x):\n    return 3 * x"))
    assert plan(match(notebook, chapter))[1:3] == [("student", "double"), ("student", "")]


def test_a_solution_in_a_text_cell_runs(chapter):
    notebook = tiny.solved()
    made = tiny.by_id(notebook, "add")
    made["cell_type"] = "markdown"
    matched = match(notebook, chapter)
    assert source_of(matched, "add") == [made["source"]]
    assert "no code cell" in matched.repairs[0]


def test_a_cell_that_claims_to_be_a_test_is_not_run(chapter):
    notebook = tiny.solved()
    claim = copy.deepcopy(tiny.by_id(notebook, "add-values")) | {"id": "x", "source": "steal()"}
    notebook["cells"].append(claim)
    matched = match(notebook, chapter)
    assert not any("steal" in step.source for step in matched.steps)
    assert "add-values was changed" in matched.repairs[0]


def test_old_formats_are_upgraded(chapter):
    def old(made):
        made = {**made, "language": "python"} if made["cell_type"] == "code" else made
        source = made.pop("source")
        return made | {
            ("input" if made["cell_type"] == "code" else "source"): source,
            "prompt_number": None,
        }

    notebook = tiny.solved()
    cells = [old(made) for made in notebook["cells"]]
    three = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    matched = match(three, chapter)
    assert plan(matched) == ORDER
    assert source_of(matched, "add") == ["def add(a, b):\n    return a + b"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda made: made.update(source=made["source"].splitlines(keepends=True)),
        lambda made: made["metadata"].update(cnnkit=[1], tags=None),
        lambda made: made.pop("outputs", None),
        lambda made: made.update(id=7),
    ],
)
def test_broken_fields_are_borne(chapter, damage):
    notebook = tiny.solved()
    for made in notebook["cells"]:
        damage(made)
    assert plan(match(notebook, chapter)) == ORDER
    assert source_of(match(notebook, chapter), "add") == ["def add(a, b):\n    return a + b"]


@pytest.mark.parametrize("raw", [[], {}, {"cells": 3}, {"worksheets": 1, "nbformat": 3}, None])
def test_what_is_no_notebook_is_refused(raw):
    with pytest.raises(NotANotebook):
        regular(raw)


def test_matching_is_fast(chapter):
    notebook = tiny.solved()
    notebook["cells"] += [tiny.added("x = 1\n" * 50, f"n{n}") for n in range(100)]
    match(notebook, chapter)
    began = time.process_time()
    for _ in range(10):
        match(notebook, chapter)
    assert (time.process_time() - began) / 10 < 0.02  # goal 5 ms, with room for a busy machine
