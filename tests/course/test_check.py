"""``cnnkit check`` beside the grader: the same test cells pass, whatever the notebook is like."""

from __future__ import annotations

import copy
import json

import pytest
from classroom import CHAPTERS, ROOT, grade, solved
from test_nbgrader import honest, odd

from autograder.chapter import HIDDEN_BEGIN, HIDDEN_END, Chapter
from autograder.run import Pool
from cnnkit.coursework.checking import check

NAME = "04_conv_layer"


def without_hidden(name: str, folder) -> Chapter:
    """The chapter with the tests that students see, and no others."""
    path = ROOT / "solutions" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        while HIDDEN_BEGIN in source:
            before, rest = source.split(HIDDEN_BEGIN, 1)
            source = before + rest.split(HIDDEN_END, 1)[1]
        cell["source"] = source
    made = folder / f"{name}.ipynb"
    made.write_text(json.dumps(notebook), encoding="utf-8")
    return Chapter.load(made)


def added(source: str) -> dict:
    return {"cell_type": "code", "id": f"added-{hash(source)}", "metadata": {}, "source": source,
            "execution_count": None, "outputs": []}  # fmt: skip


def damaged() -> dict[str, dict]:
    """Notebooks that marking has to mend first."""
    class_ = {}
    for what in ("lost", "moved", "changed", "gone", "shadows", "hangs"):
        class_[what] = copy.deepcopy(solved(NAME))
    by_id = {what: {cell["id"]: cell for cell in made["cells"]} for what, made in class_.items()}
    for cell in class_["lost"]["cells"]:
        cell["metadata"], cell["id"] = {}, f"x-{cell['id']}"
    cells = class_["moved"]["cells"]
    cells.append(cells.pop(cells.index(by_id["moved"]["conv_counts"])))
    by_id["changed"]["conv2d_naive-values"]["source"] = "assert False"
    for name in ("receptive_patch", "same_padding-odd"):
        class_["gone"]["cells"].remove(by_id["gone"][name])
    class_["shadows"]["cells"].insert(3, added("assert_same = pair = lambda *a, **k: (9, 9)"))
    by_id["hangs"]["layout_convert"]["source"] = "def layout_convert(*a, **k):\n    exit()"
    return class_


def visible_passes(class_: dict[str, dict], name: str, folder) -> tuple[dict, dict]:
    """The test cells that pass, by student: when they are marked, and in the check."""
    marked, checked = {}, {}
    with Pool(without_hidden(name, folder)) as pool:
        assert pool.faulty == {}
        for student, result in grade(pool, class_).items():
            full = [cell for cell in result.cells if cell.score == cell.max_score]
            marked[student] = {cell.cell for cell in full}
    for student, notebook in class_.items():
        path = folder / f"{student}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        tests = check(path).tests
        checked[student] = {cell for cell, error in tests.items() if error is None}
    return marked, checked


def test_what_marking_mends_the_check_mends_alike(tmp_path):
    marked, checked = visible_passes(damaged(), NAME, tmp_path)
    assert checked == marked
    assert len(set(map(frozenset, checked.values()))) >= 3, "they differ from each other"


@pytest.mark.long
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_same_visible_tests_pass_as_when_it_is_marked(name, tmp_path):
    class_ = honest(name) | (odd() if name == NAME else {})
    few = ("untouched", "wrong-0", "style-0", "changes", "objects")
    class_ = {student: made for student, made in class_.items() if student in few}
    marked, checked = visible_passes(class_, name, tmp_path)
    assert checked == marked
    assert checked["untouched"] <= checked["wrong-0"] < checked["style-0"]
