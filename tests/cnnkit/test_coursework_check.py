"""``cnnkit check``: what it finds in a notebook, what it says, and its exit status."""

from __future__ import annotations

import dataclasses
import json

import first_chapter as first
import pytest
from nbformat import from_dict
from nbgrader.utils import compute_checksum

from cnnkit import cli, released
from cnnkit.coursework import matching, notebooks, running, saved


@pytest.fixture
def run(tmp_path, capsys):
    """Check a notebook; give the exit status and what was printed, on one line."""

    def run(notebook):
        status = cli.main(["check", str(first.save(notebook, tmp_path))])
        return status, " ".join(capsys.readouterr().out.split())

    return run


def test_a_solved_notebook_is_ready_and_stays_as_it_is(run, tmp_path):
    notebook = first.solved()
    status, said = run(notebook)
    assert status == 0
    assert said.endswith("Ready to hand in: 2 of 2 visible points.")
    assert "To mend" not in said and "To know" not in said and "FAILED" not in said
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text()) == notebook


def test_an_untouched_notebook_says_what_is_unwritten(run):
    status, said = run(first.untouched())
    assert status == 0
    assert "mirror 0 of 2, not written yet" in said
    assert said.endswith("Ready to hand in: 0 of 2 visible points, 1 exercise not written yet.")


def test_a_wrong_answer_can_be_handed_in_and_is_told_as_the_test_tells_it(run):
    status, said = run(first.solved(first.WRONG))
    assert status == 0
    assert "FAILED mirror-values: Left and right are exchanged, up and down are not" in said
    assert "Hint: Turn the columns, not the rows." in said
    assert said.endswith("Ready to hand in: 0 of 2 visible points.")


def test_a_bare_assert_is_quoted():
    chapter = released.load(first.NAME)
    test = dataclasses.replace(chapter.tests[0], source="x = 1\nassert mirror(x) == 2, ''")
    changed = dataclasses.replace(chapter, cells=(*chapter.exercises, test))
    error = outcomes_of(first.solved("def mirror(x): return x"), changed)[test.name]
    assert (error.type, error.message) == (
        "AssertionError", "This did not hold: assert mirror(x) == 2, ''"
    )  # fmt: skip


LEANS = "def mirror(image):\n    return turned(image).copy()"
TURNED = "def turned(image):\n    return image[:, :, ::-1]"


def test_a_cell_further_down_that_binds_what_is_needed(run):
    status, said = run(first.insert(first.solved(LEANS), TURNED, after="mirror-colour"))
    assert status == 0, "the tests fail, and that is said"
    assert (
        "NameError in line 2: name 'turned' is not defined. turned is bound further down, by your "
        "cell that begins with 'def turned(image):': it only works in the order in which you "
        "clicked. Move that cell up."
    ) in said
    assert said.count("turned is bound further down") == 1, "said once for both tests"


def test_what_passed_when_it_was_clicked_and_fails_from_top_to_bottom(run):
    notebook = first.insert(first.solved(LEANS), TURNED, after="mirror-colour")
    status, said = run(first.clicked(notebook, mirror=2, mirror_values=3))
    assert status == 1
    assert "- The test mirror-values passed when you ran it, and not from top to bottom: " in said
    assert said.endswith(
        "Not ready (0 of 2 visible points): mend what is named above, save it, and check again."
    )


STOPS = {
    "gallery(3)": "Only a demonstration binds gallery, and marking does not run those",
    "flower.mean()": "Only a demonstration binds flower",
    "gone + 1": "No cell of the notebook binds gone",
    "later\n\nlater = 3": "later is bound further down, by your cell that begins with 'later'",
    "import beside_me": "Marking has the notebook alone",
    "open('scores.csv')": "Marking has the notebook alone",
    "input('name?')": "Error in line 1",
    "1 / 0": "ZeroDivisionError in line 1: division by zero.",
    "x = (": "SyntaxError in line 1",
}


def test_each_cell_that_stops_has_to_be_mended(run, tmp_path):
    (tmp_path / "beside_me.py").write_text("")
    (tmp_path / "scores.csv").write_text("")
    notebook = first.insert(first.solved(), "print('x' * 10**6)\n%matplotlib inline")
    for source in STOPS:
        first.insert(notebook, source)
    status, said = run(notebook)
    assert status == 1
    told = said.split("To mend")[1].split("Marking tests")[0].split("- Your cell that begins with ")
    assert len(told) == len(STOPS) + 1, "and the one that prints does not stop"
    for source, why in STOPS.items():
        (sentence,) = (
            each for each in told if each.startswith(f"'{source.splitlines()[0]}' stops")
        )
        assert why in sentence
    assert "(2 of 2 visible points)" in said, "the rest runs all the same"


def test_cells_that_hang_or_end_their_process(run, monkeypatch):
    monkeypatch.setattr(running, "STUDENT_CELL", 2.0)
    notebook = first.insert(first.solved(), "while True: pass")
    status, said = run(first.insert(notebook, "import os; os._exit(3)"))
    assert status == 1
    assert "'while True: pass' stops: It took longer than the 2 seconds it may." in said
    assert "'import os; os._exit(3)' stops: It ended its Python process." in said
    assert "(2 of 2 visible points)" in said


def outcomes_of(notebook, chapter):
    return running.run(matching.match(notebooks.regular(notebook), chapter), chapter).tests


def test_a_test_that_hangs_costs_itself_alone():
    hangs = "    while image.shape[0] == 1:\n        pass\n"
    notebook = first.solved(first.RIGHT.replace("\n", "\n" + hangs, 1) + "\nimage = side")
    first.insert(notebook, "side = 3")
    chapter = released.load(first.NAME)
    quick = [dataclasses.replace(cell, limit=2.0) for cell in chapter.cells]
    outcomes = outcomes_of(notebook, dataclasses.replace(chapter, cells=tuple(quick)))
    assert outcomes["mirror-values"].lost and "2 seconds" in outcomes["mirror-values"].message
    assert outcomes["mirror-colour"] is None, "in a new process, where all was run again"


def test_after_two_tests_that_crash_the_rest_of_an_exercise_is_left_out():
    chapter = released.load(first.NAME)
    third = dataclasses.replace(chapter.tests[0], name="mirror-third", id="mirror-third")
    chapter = dataclasses.replace(chapter, cells=(*chapter.cells, third))
    outcomes = outcomes_of(first.solved("def mirror(image):\n    import os; os._exit(1)"), chapter)
    assert [error.message for error in outcomes.values()] == [
        *["It ended its Python process."] * 2,
        "Not run: two earlier tests of this exercise hung or crashed.",
    ]


def test_a_name_bound_anew_does_not_change_what_a_test_means(run):
    shadow = "def assert_same(*args, **options): pass"
    status, said = run(first.insert(first.solved(first.WRONG), shadow))
    assert said.endswith("0 of 2 visible points.")


def test_the_students_page_shows_what_is_printed(tmp_path, capsys):
    notebook = first.insert(first.solved(first.WRONG), "size = width * 2")
    first.cell(notebook, "mirror-values")["source"] = "pass"
    first.clicked(notebook, mirror=3, mirror_colour=4)
    cli.main(["check", str(first.save(notebook, tmp_path))])
    page = (first.ROOT / "docs" / "students.md").read_text(encoding="utf-8")
    assert f"```\n{capsys.readouterr().out}```" in page


def test_a_changed_or_missing_test_is_named_and_the_original_counts(run):
    notebook = first.solved(first.WRONG)
    first.cell(notebook, "mirror-values")["source"] = "pass"
    notebook["cells"].remove(first.cell(notebook, "mirror-colour"))
    status, said = run(notebook)
    assert status == 0
    assert "- The test cell mirror-values was changed; the original was used." in said
    assert "- The test cell mirror-colour is missing; the original was used." in said
    assert said.endswith("0 of 2 visible points.")


def test_a_notebook_of_another_release_is_not_a_changed_one(run):
    notebook = first.solved()
    test = first.cell(notebook, "mirror-values")
    test["source"] = "# Left and right, as it was tested last year\nassert True"
    test["metadata"]["nbgrader"]["checksum"] = compute_checksum(from_dict(test))
    first.cell(notebook, "mirror-colour")["source"] = "pass"
    status, said = run(notebook)
    assert status == 0
    assert "different releases of this chapter: other versions of mirror-values were run" in said
    assert "mirror-values was changed" not in said
    assert "The test cell mirror-colour was changed" in said


@pytest.mark.parametrize("name", released.names())
def test_checksums_are_nbgrader_s(name):
    path = first.ROOT / "notebooks" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    marked = [cell for cell in cells if "nbgrader" in cell["metadata"]]
    assert len(marked) >= 4
    for cell in marked:
        assert saved.untouched(cell)
        assert not saved.untouched({**cell, "source": [*cell["source"], "#"]})


@pytest.mark.parametrize("empty", [True, False])
def test_a_missing_exercise_has_to_be_mended(run, empty):
    notebook = first.solved("")
    if not empty:
        notebook["cells"].remove(first.cell(notebook, "mirror"))
    status, said = run(notebook)
    assert status == 1
    assert said.count("missing") == 1
    assert "- The cell of the exercise mirror is missing or empty" in said


def test_an_answer_in_words_waits_for_a_human(capsys):
    status = cli.main(["check", str(first.ROOT / "notebooks" / "13_capstone_apparel.ipynb")])
    assert status == 0
    assert "report, 28 points, is graded by hand; it is not written yet." in capsys.readouterr().out


def test_a_notebook_under_another_name_and_without_its_marks(run):
    notebook = first.solved()
    notebook["metadata"] = {}
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    status, said = run(notebook)
    assert status == 0
    assert "00 · Start here" in said and said.endswith("2 of 2 visible points.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The file is empty."),
        ("{", "no valid JSON"),
        ('{"cells": []}', "It is not a notebook of this course."),
    ],
)
def test_what_cannot_be_checked(tmp_path, capsys, text, why):
    path = tmp_path / "odd.ipynb"
    path.write_text(text)
    assert cli.main(["check", str(path)]) == 2
    assert why in capsys.readouterr().out


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert cli.main(["check", str(tmp_path / "no.ipynb")]) == 2
    assert "There is no file" in capsys.readouterr().out


def test_a_file_that_is_too_large(run, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_FILE", 10_000)
    status, said = run(first.solved())
    assert status == 2
    assert "It is larger than 0 MB" in said and "Clear Outputs of All Cells" in said
