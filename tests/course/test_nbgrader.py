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
from packing import packs, styled, wrong
from styles import styles_of

from autograder.misconceptions import load
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


def honest(name: str) -> dict[str, dict]:
    """Honest submissions: right ones in several styles, wrong ones, and an empty one."""
    course = chapter(name)
    class_ = {"reference": solved(name), "untouched": student_notebook(name)}
    known = load(ROOT / "solutions" / "misconceptions" / f"{name}.py")
    kinds = {"wrong": wrong(course, known), "style": styled(styles_of(name))}
    for kind, variants in kinds.items():
        for number, room in enumerate(packs(course, variants)[:2]):
            sources = {exercise: variant.source for exercise, variant in room.items()}
            class_[f"{kind}-{number}"] = solved(name, sources)
    return class_


def odd() -> dict[str, dict]:
    """Honest submissions as well, but of a kind that only one chapter's exercises allow."""
    return {
        student: solved(
            NAME,
            {
                exercise: chapter(NAME).by_name[exercise].source + more.format(name=exercise)
                for exercise in ("layout_convert", "conv2d_naive")
            },
        )
        for student, more in (("changes", CHANGES_ITS_ARGUMENT), ("objects", RETURNS_OBJECTS))
    }


def without_demos(notebook: dict) -> dict:
    """Without the demonstrations: no score depends on them, and nbgrader runs them every time."""
    roles = [cell["metadata"].get("cnnkit", {}).get("role") for cell in notebook["cells"]]
    kept = [cell for cell, role in zip(notebook["cells"], roles, strict=True) if role != "demo"]
    return notebook | {"cells": kept}


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


# One chapter shows it in "make test", all of them in "make test-all".
LONG = [pytest.param(name, marks=pytest.mark.long) for name in CHAPTERS if name != NAME]


@pytest.fixture(scope="module", params=[NAME, *LONG])
def scores(request, tmp_path_factory):
    """(student, cell) to score, by nbgrader and by us."""
    name = request.param
    class_ = honest(name) | (odd() if name == NAME else {})
    submissions = {student: without_demos(notebook) for student, notebook in class_.items()}
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'cnn'\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    source = course / "source" / name
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{name}.ipynb", source)
    for student, notebook in submissions.items():
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    for command in ("generate_assignment", "autograde"):
        done = nbgrader(command, name, cwd=course)
        assert done.returncode == 0, done.stderr[-3000:]
    from nbgrader.api import Gradebook

    by_hand = {cell.name for cell in chapter(name).cells if cell.role == "answer"}
    theirs = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for student in submissions:
            for grade_ in book.find_submission_notebook(name, name, student).grades:
                if grade_.name not in by_hand:
                    theirs[student, grade_.name] = grade_.auto_score
    with Pool(chapter(name)) as pool:
        ours = {
            (student, cell.cell): cell.score
            for student, result in grade(pool, submissions).items()
            for cell in result.cells
            if cell.cell not in by_hand
        }
    return theirs, ours


def test_both_give_the_same_score_on_every_cell(scores):
    theirs, ours = scores
    assert theirs.keys() == ours.keys()
    assert {key: (theirs[key], ours[key]) for key in ours if theirs[key] != ours[key]} == {}


def test_the_class_tells_good_from_bad(scores):
    _, ours = scores
    assert not any(score for (student, _), score in ours.items() if student == "untouched")
    for student in ("reference", "style-0", "style-1"):
        assert all(score for (one, _), score in ours.items() if one == student)
    for student in ("wrong-0", "wrong-1"):
        assert not all(score for (one, _), score in ours.items() if one == student)


@pytest.mark.parametrize("scores", [NAME], indirect=True)
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


@pytest.mark.parametrize("name", CHAPTERS)
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
