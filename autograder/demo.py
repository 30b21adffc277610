"""Show the whole road in one command: make a class, grade it, say what came out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from autograder import course, places
from autograder.chapter import Chapter
from autograder.demo_class import Member, make_class, write_class
from autograder.files import GradeError, prepare_folder, write_atomic
from autograder.grade import Summary, grade
from autograder.misconceptions import Misconception, MisconceptionError, load

FIRST = "04"  # the chapter that is shown where none is named


def demo(out: Path, *, students: int = 40, chapter: str = FIRST, root=None, **options) -> Summary:
    """Write a class into ``out/submissions`` and grade it into ``out``.

    ``out/class.csv`` says what each student did. ``options`` go to :func:`autograder.grade.grade`.
    """
    root = course.find_root(root)
    chosen = course.choose_chapter(chapter, course.load_chapters(root))
    members = make_class(chosen, _released(chosen), _known(chosen), students)
    out = Path(out)
    places.refuse_own_folders(root, out)
    prepare_folder(out)
    _forget_former(out / "submissions", members)
    write_class(out / "submissions", members)
    write_atomic(out / "class.csv", _class_csv(members))
    return grade(out / "submissions", out, chapter=str(chosen.path), root=root, **options)


def _released(chapter: Chapter) -> dict:
    path = course.student_notebook(chapter)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GradeError(
            f"Cannot read the students' notebook {path}: run 'autograder build' first.",
            wrong_use=True,
        ) from error


def _known(chapter: Chapter) -> list[Misconception]:
    try:
        return load(chapter)
    except MisconceptionError as error:
        raise GradeError(str(error)) from error


def _forget_former(folder: Path, members: list[Member]) -> None:
    """Remove the notebooks of a larger class made here before; refuse what is not ours."""
    mine = {f"{member.student}.ipynb" for member in members}
    former = {path.name for path in folder.glob("*")} - mine
    strange = sorted(name for name in former if not name.startswith("student-"))
    if strange:
        raise GradeError(
            f"{folder} holds {strange[0]}, which no demo wrote. Choose an empty folder with --out.",
            wrong_use=True,
        )
    for name in former:
        (folder / name).unlink()


def _class_csv(members: list[Member]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "kind"])
    writer.writerows((member.student, member.kind) for member in members)
    return text.getvalue()
