"""nbgrader itself, on the same submissions: the same scores, cell by cell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from classroom import CHAPTERS, ROOT, chapter, grade, solved, student_notebook
from styles import styles_of

from autograder.misconceptions import as_source, load
from autograder.run import Pool
from autograder.run.local import Bench, observed_names

NAME = "04_conv_layer"
CHANGES_ITS_ARGUMENT = """
of_a_copy = {name}

def {name}(x, *arguments, **options):
    result = of_a_copy(x.copy(), *arguments, **options)
    x[...] = 0
    return result
"""
RETURNS_OBJECTS = """
of_numbers = {name}

def {name}(*arguments, **options):
    return np.array(of_numbers(*arguments, **options), dtype=object)
"""


def honest() -> dict[str, dict]:
    """Honest submissions: right ones in several styles, wrong ones, and an empty one."""
    class_ = {"reference": solved(NAME), "untouched": student_notebook(NAME)}
    styles = styles_of(NAME)
    busiest = max(styles, key=lambda exercise: len(styles[exercise]))
    for number, source in enumerate(list(styles[busiest].values())[:4]):
        class_[f"style-{number}"] = solved(NAME, {busiest: source})
    wrong = load(ROOT / "solutions" / "misconceptions" / f"{NAME}.py")
    for m in wrong[:: max(1, len(wrong) // 4)][:4]:
        source = chapter(NAME).by_name[m.exercise].source + "\n\n" + as_source(m)
        class_[f"wrong-{m.id}"] = solved(NAME, {m.exercise: source})
    for student, more in (("changes", CHANGES_ITS_ARGUMENT), ("objects", RETURNS_OBJECTS)):
        exercises = ("layout_convert", "conv2d_naive")
        sources = {each: chapter(NAME).by_name[each].source for each in exercises}
        class_[student] = solved(
            NAME, {each: source + more.format(name=each) for each, source in sources.items()}
        )
    return class_


def nbgrader(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    """Run an nbgrader command as a teacher would."""
    scripts = str(Path(sys.executable).parent)  # alembic is looked for on the PATH
    environment = {
        **os.environ,
        "PATH": scripts + os.pathsep + os.environ["PATH"],
        "CNNKIT_OFFLINE": "1",
        "MPLBACKEND": "Agg",
    }
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """(student, cell) to score, by nbgrader and by us."""
    submissions = honest()
    assert len(submissions) == 12
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'cnn'\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    source = course / "source" / NAME
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{NAME}.ipynb", source)
    for student, notebook in submissions.items():
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))
    for command in ("generate_assignment", "autograde"):
        done = nbgrader(command, NAME, cwd=course)
        assert done.returncode == 0, done.stderr[-3000:]
    from nbgrader.api import Gradebook

    theirs = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for student in submissions:
            for grade_ in book.find_submission_notebook(NAME, NAME, student).grades:
                theirs[student, grade_.name] = grade_.auto_score
    with Pool(chapter(NAME)) as pool:
        ours = {
            (student, cell.cell): cell.score
            for student, result in grade(pool, submissions).items()
            for cell in result.cells
        }
    return theirs, ours


def test_both_give_the_same_score_on_every_cell(scores):
    theirs, ours = scores
    assert theirs.keys() == ours.keys()
    assert {key: (theirs[key], ours[key]) for key in ours if theirs[key] != ours[key]} == {}


def test_the_class_tells_good_from_bad(scores):
    _, ours = scores
    assert {score for (student, _), score in ours.items() if student == "untouched"} == {0.0}
    assert all(score for (student, _), score in ours.items() if student == "reference")


def test_a_changed_argument_costs_its_own_points_alone(scores):
    _, ours = scores
    lost = {cell for (student, cell), score in ours.items() if student == "changes" and not score}
    # a read-only array cannot be changed: that is an error of its own
    assert lost == {"layout_convert-contract", "conv2d_naive-contract", "conv2d_naive-edges"}


def spoil(value: object) -> None:
    """Change whatever a function could change of its argument."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value[...] = ~value if value.dtype == bool else value * 3 + 7
    elif isinstance(value, np.random.Generator):
        value.random()
    elif isinstance(value, (list, tuple, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            spoil(inner)
        if isinstance(value, (list, dict)):
            value.clear()


def spoiling(function):
    def call(*arguments, **options):
        result = function(*arguments, **options)
        spoil([*arguments, *options.values()])
        return result

    return call


@pytest.mark.parametrize("name", [name for name in CHAPTERS if chapter(name).tests])
def test_no_test_needs_again_what_it_handed_over(name):
    # In a notebook the student's function may have changed it, beside the tester it has not:
    # the two would score differently. Hand over x.copy(), or make x anew for each call.
    bench, needed = Bench(chapter(name)), []
    for cell in bench.chapter.tests:
        names = dict(bench.names)
        for handed in observed_names(bench.chapter):
            if callable(names.get(handed)):
                names[handed] = spoiling(names[handed])
        try:
            exec(bench.code[cell.name], names)
        except Exception:
            needed.append(cell.name)
    assert not needed, ", ".join(needed)


def test_nbgrader_validates_the_instructors_notebook(tmp_path):
    shutil.copy(ROOT / "solutions" / f"{NAME}.ipynb", tmp_path)
    done = nbgrader("validate", f"{NAME}.ipynb", cwd=tmp_path)
    assert "Success" in done.stdout, done.stdout + done.stderr
