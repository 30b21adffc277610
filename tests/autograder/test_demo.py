"""The made-up class."""

import ast
import copy
import csv
import json

import pytest
import tiny_course as tiny
from fake_pool import FakeBookkeeper, FakePool

from autograder.chapter import Chapter
from autograder.collect import find_submissions, of_chapter
from autograder.demo import demo
from autograder.demo_class import ACCIDENTS, make_class, with_misconception
from autograder.demo_styles import STYLES, rename_locals, solve, without_docstrings
from autograder.files import GradeError
from autograder.match import match
from autograder.misconceptions import Misconception, load
from autograder.results import UNREADABLE

ADD = '''
def add(a, b):
    """Add two numbers."""
    ### BEGIN SOLUTION
    total = a + b  # with a variable and a docstring, so that styles can differ
    return total
    ### END SOLUTION
'''

MISCONCEPTIONS = '''
"""What goes wrong."""

from autograder.misconceptions import misconception


@misconception(replaces="double", fails="double-values", diagnosis="It squares.", hint="Look.")
def squares(x):
    return x * x


@misconception(replaces="add", fails="add-values", diagnosis="It subtracts.", hint="Look.")
def subtracts(a, b):
    return a - b
'''


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "course"
    notebook = tiny.instructor()
    tiny.by_id(notebook, "add")["source"] = ADD
    tiny.write(root / "solutions" / f"{tiny.NAME}.ipynb", notebook)
    tiny.write(root / "solutions" / "misconceptions" / f"{tiny.NAME}.py", MISCONCEPTIONS)
    tiny.write(root / "notebooks" / f"{tiny.NAME}.ipynb", tiny.student())
    return root


@pytest.fixture
def chapter(root):
    return Chapter.load(root / "solutions" / f"{tiny.NAME}.ipynb")


@pytest.fixture
def known(root):
    return load(root / "solutions" / "misconceptions" / f"{tiny.NAME}.py")


def run_solution(chapter, notebook):
    """What the chapter's tests say, run in one namespace."""
    names, failed = {}, set()
    for step in match(notebook, chapter).steps:
        if step.kind == "answer":
            continue
        try:
            exec(step.source, names)
        except Exception:
            failed.add(step.name)
    return failed


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_right_and_differs_from_the_others(chapter, style):
    notebook = STYLES[style](chapter, tiny.student())
    assert run_solution(chapter, notebook) == set()
    others = [make(chapter, tiny.student()) for name, make in STYLES.items() if name != style]
    assert notebook not in others
    assert "### BEGIN SOLUTION" not in json.dumps(notebook)


def test_renamed_variables_keep_parameters_and_meaning():
    source = (
        "import math\nLIMIT = 2\n\n\ndef f(x, *, y=LIMIT):\n    total = 0\n"
        "    for k in range(y):\n        total += x + math.pi\n    y = [k for k in range(3)]\n"
        "    def inner(total):\n        return total\n    return total, y, inner(1)\n"
    )
    before, after = {}, {}
    exec(source, before)
    exec(renamed := rename_locals(source), after)
    assert before["f"](1.5, y=3) == after["f"](1.5, y=3)
    assert "my_k" in renamed and "my_x" not in renamed and "my_y" not in renamed


def test_docstrings_go_and_code_stays():
    source = 'def f(x):\n    """Say."""\n    return x  # why\n\n\nclass C:\n    """Only."""\n'
    assert without_docstrings(source) == "def f(x):\n    return x\n\nclass C:\n    pass"


def test_each_misconception_loses_its_points_and_no_others(chapter, known):
    members = make_class(chapter, tiny.student(), known, 20)
    by_kind = {
        member.kind: json.loads(member.text)
        for member in members
        if member.kind.startswith("misconception")
    }
    assert run_solution(chapter, by_kind["misconception: squares"]) == {"double-values"}
    assert run_solution(chapter, by_kind["misconception: subtracts"]) == {"add-values"}


def test_a_misconception_that_leans_on_the_course_calls_nothing_forbidden(chapter):
    text = "@misconception(x=1)\ndef half(x):\n    return shapes.double(x) / 4 + ops.double(x).size"
    known = Misconception("half", tiny.NAME, "double", "double", (), "", "", text)
    source = with_misconception(chapter.by_name["double"], known)
    assert "shapes" not in source and "ops" not in source
    names = {"x": 8}
    exec(source.replace(".size", ""), names)
    assert names["double"](8) == 4 + 16 and names["right_double"](8) == 16


def made(chapter, kind):
    return ACCIDENTS[kind](chapter, tiny.student())


def test_accidents_are_what_they_say(chapter, tmp_path):
    assert made(chapter, "untouched") == tiny.student()
    everything = {"double-values", "double-zero", "add-values"}
    assert run_solution(chapter, made(chapter, "all wrong")) == everything
    assert run_solution(chapter, made(chapter, "untouched")) >= everything
    (broken,) = [c for c in made(chapter, "syntax error")["cells"] if c["id"] == "double"]
    with pytest.raises(SyntaxError):
        ast.parse(broken["source"])
    assert "while True" in json.dumps(made(chapter, "endless loop"))
    assert "missing" in match(made(chapter, "missing cell"), chapter).repairs[0]
    assert "double-values is missing" in match(made(chapter, "deleted test"), chapter).repairs[0]
    tiny.write(tmp_path / "class" / "a.ipynb", made(chapter, "no notebook"))
    (found,) = of_chapter(find_submissions(tmp_path / "class", [chapter]), chapter).submissions
    assert found.status == UNREADABLE


def test_a_class_is_the_same_every_time_and_of_any_size(chapter, known):
    released = tiny.student()
    before = copy.deepcopy(released)
    for size in (1, 3, 40):
        members = make_class(chapter, released, known, size)
        assert members == make_class(chapter, released, known, size)
        assert len({member.student for member in members}) == size
    assert released == before
    kinds = [member.kind for member in members]
    assert set(ACCIDENTS) <= set(kinds)
    assert {kind for kind in kinds[14:]} == {f"correct: {style}" for style in STYLES}


def test_the_demo_writes_and_grades_a_class(root, tmp_path):
    options = {"pool_factory": FakePool, "bookkeeper": FakeBookkeeper, "root": root}
    summary = demo(tmp_path / "demo", students=16, chapter="91", **options)
    assert summary.graded == 16
    with open(tmp_path / "demo" / "class.csv", newline="") as file:
        class_ = list(csv.DictReader(file))
    assert class_[0] == {"student": "student-01", "kind": "correct: as in the book"}
    assert [result.student for result in summary.results] == [row["student"] for row in class_]
    smaller = demo(tmp_path / "demo", students=5, chapter="91", **options)
    assert smaller.unchanged == 5
    assert len(list((tmp_path / "demo" / "submissions").iterdir())) == 5


def test_the_demo_deletes_nothing_of_others(root, tmp_path):
    theirs = tiny.write(tmp_path / "demo" / "submissions" / "anna.ipynb", tiny.solved())
    with pytest.raises(GradeError, match="which no demo wrote"):
        demo(tmp_path / "demo", students=2, chapter="91", root=root, pool_factory=FakePool)
    assert theirs.is_file()


def test_a_missing_student_notebook_is_said(root, tmp_path):
    (root / "notebooks" / f"{tiny.NAME}.ipynb").unlink()
    with pytest.raises(GradeError, match="autograder build"):
        demo(tmp_path / "demo", chapter="91", root=root)


def test_the_reference_solves_the_chapter(chapter):
    assert run_solution(chapter, solve(chapter, tiny.student())) == set()
