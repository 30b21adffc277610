"""Two chapters change in mid-term: the work stays, grade ids stay, and it is told who moved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from classroom import ROOT, chapter, filled

from autograder.build import build_chapter
from autograder.demo_styles import reference
from autograder.grade import grade
from cnnkit.coursework import saved
from cnnkit.coursework.carrying import work

NAMES = ("04_conv_layer", "06_backprop_conv_pool")
TEXT = "**How this chapter speaks.**"
VISIBLE = "# The stride moves the window\n"
HIDDEN = """
five = np.zeros((5, 1, 4, 4))
assert_same(conv2d_naive(five, np.ones((2, 1, 3, 3)), b=np.ones(2)), np.ones((5, 2, 2, 2)))
### END HIDDEN TESTS

# %% test="conv2d_naive:padding"""
CHANGES = {
    TEXT: "**How this chapter speaks, told anew.**",
    VISIBLE: f"{VISIBLE}assert conv2d_naive(np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1))) == 1\n",
    '\n### END HIDDEN TESTS\n\n# %% test="conv2d_naive:padding': HIDDEN,
}
# Right for every test that there was, wrong for five images.
ONLY_TO_FOUR = """

of_any = conv2d_naive

def conv2d_naive(x, *arguments, **options):
    return of_any(x, *arguments, **options) * (x.shape[0] != 5)
"""


@dataclass
class Term:
    """What is left of the term: the course as it was and as it is, a student's clone of it."""

    before: Path
    course: Path
    clone: Path
    said: str


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=course", "-c", "user.email=course@localhost"]
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *who, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def write(folder: Path, notebook: dict, name: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def half(name: str) -> dict:
    """A notebook of which the first half of the exercises is solved, and which holds a note."""
    exercises = chapter(name).exercises
    begun = {cell.name: reference(cell) for cell in exercises[: len(exercises) // 2]}
    if name == NAMES[0]:
        begun["conv2d_naive"] = reference(exercises[-1]) + ONLY_TO_FOUR
    return filled(name, begun, first="my_note = 'half way'")


def _other_chapters(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name[:2].isdigit() and name.split(".")[0] not in NAMES]


def grade_ids(notebooks: Path) -> dict[str, list[str]]:
    ids = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ids[path.stem] = [c["metadata"]["nbgrader"]["grade_id"] for c in cells
                          if "nbgrader" in c["metadata"]]  # fmt: skip
    return ids


@pytest.fixture(scope="module")
def term(tmp_path_factory) -> Term:
    """Play it: a course, a clone in which half is solved, a change, an update."""
    root = tmp_path_factory.mktemp("term")
    course, clone = root / "course", root / "clone"
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder, course / folder, ignore=_other_chapters)
    git(course, "init", "--quiet", "--initial-branch=main")
    git(course, "add", "notebooks")
    git(course, "commit", "--quiet", "--message=The course")
    git(root, "clone", "--quiet", str(course), str(clone))
    for name in NAMES:
        write(clone / "notebooks", half(name), name)
    shutil.copytree(course, root / "before")

    script = course / "solutions" / f"{NAMES[0]}.py"
    text = script.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    script.write_text(text, encoding="utf-8")
    built = build_chapter(script)
    built.instructor_path.write_text(built.instructor, encoding="utf-8")
    built.student_path.write_text(built.student, encoding="utf-8")
    git(course, "commit", "--quiet", "--all", "--message=A better test")
    return Term(root / "before", course, clone, as_the_students_page_says(clone))


def as_the_students_page_says(clone: Path) -> str:
    """Run the commands of docs/students.md in a clone, and give what the last one prints."""
    page = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
    commands = page.split("## When a chapter changes")[1].split("```")[1].strip().splitlines()
    *before, last = [command.split() for command in commands]
    for command in before:
        if command[0] == "git":
            git(clone, *command[1:])
        else:
            assert command == ["mv", "notebooks", "my-notebooks"]
            (clone / "notebooks").rename(clone / "my-notebooks")
    done = subprocess.run(
        ["python", "-c", f"import sys; from cnnkit import cli; sys.exit(cli.main({last[1:]}))"],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert last[0] == "cnnkit" and done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


def notebook(folder: Path, name: str) -> dict:
    return saved.read(folder / f"{name}.ipynb")[0]


@pytest.mark.parametrize("name", NAMES)
def test_whoever_updates_keeps_all_work(term, name):
    mine = work(notebook(term.clone / "my-notebooks", name))
    assert mine == work(half(name)) and len(mine) >= 3
    assert work(notebook(term.clone / "notebooks", name)) == mine


def test_what_changed_is_there_and_said(term):
    new = notebook(term.clone / "notebooks", NAMES[0])
    text = "\n".join(map(saved.source, new["cells"]))
    assert CHANGES[TEXT] in text and CHANGES[VISIBLE] in text and TEXT not in text
    assert "np.zeros((5, 1, 4, 4))" not in text, "what is hidden stays so"
    assert "New or changed since, so run them: conv2d_naive-stride." in term.said
    assert term.said.count("changed since") == 1, "only one of the two chapters changed"


def test_grade_ids_stay(term):
    ids = grade_ids(term.before / "notebooks")
    assert len(ids) == 2 and grade_ids(term.course / "notebooks") == ids


@pytest.mark.long
def test_it_is_told_whose_score_moved_and_an_update_moves_none(term, tmp_path):
    class_, scores, notes = tmp_path / "class", [], []
    everything = {cell.name: reference(cell) for cell in chapter(NAMES[0]).exercises}
    write(class_ / "ana", filled(NAMES[0], everything), NAMES[0])
    write(class_ / "ben", half(NAMES[0]), NAMES[0])
    for course in (term.before, term.course, term.course):
        run = grade(class_, tmp_path / "out", root=course, workers=1)
        scores.append({result.student: result.score for result in run.results})
        notes.append([note for note in run.notes if "changed since" in note])
        if len(scores) == 2:
            shutil.copy(term.clone / "notebooks" / f"{NAMES[0]}.ipynb", class_ / "ben")
            assert work(notebook(class_ / "ben", NAMES[0])), "what is graded next"
    best, bens = chapter(NAMES[0]).max_score, scores[0]["ben"]
    assert scores == [{"ana": best, "ben": bens}] + [{"ana": best, "ben": bens - 1}] * 2
    ((told,),) = [told for told in notes if told]
    assert told.startswith("1 score changed since the last run: ben from ")
