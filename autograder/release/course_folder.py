"""Make a course folder as nbgrader's tools and JupyterHub installations use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autograder import course, places
from autograder.chapter import Chapter
from autograder.files import GradeError, prepare_folder, write_atomic
from autograder.gradebook import CONFIG, Books, write_course
from autograder.release import write_release
from autograder.release.contents import released_notebook

COURSE = "cnnkit"  # the name in the exchange, if none is given


def init_course(
    out: Path, *, name: str = COURSE, chapter: str | None = None, root: Path | None = None
) -> Iterator[str]:
    """Write ``source/``, ``release/``, ``nbgrader_config.py`` and ``gradebook.db``.

    What is there already stays: a configuration is left alone, and so are grades. A chapter that
    has changed is brought up to date.

    Yields
    ------
    str
        A line for each chapter, as soon as it is done.

    Raises
    ------
    GradeError
        If a chapter cannot be released, or the gradebook would lose what was given by hand.
    """
    refuse_odd(name)
    out = Path(out)
    root = course.find_root(root)
    places.refuse_own_folders(root, out)
    chapters = course.load_chapters(root)
    if chapter is not None:
        chapters = [course.choose_chapter(chapter, chapters)]
    prepare_folder(out)
    config = out / "nbgrader_config.py"
    if not config.exists():
        write_atomic(config, CONFIG + f'c.CourseDirectory.course_id = "{name}"\n')
    for each in chapters:
        write_course(out, each)
        write_release(out, each.name, released_notebook(each))
        Books(out, each).close()
        yield _line(each)


def refuse_odd(name: str) -> None:
    """Refuse a course's name that cannot be a folder in nbgrader's exchange.

    Raises
    ------
    GradeError
        If it is one.
    """
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII) or name.startswith("."):
        raise GradeError(
            f"A course cannot be called {name!r}: use letters, digits, '.', '_' and '-'.",
            wrong_use=True,
        )


def _line(chapter: Chapter) -> str:
    by_hand = sum(cell.points for cell in chapter.cells if cell.role == "answer")
    more = f", {by_hand:g} of them by hand" if by_hand else ""
    return f"{chapter.name}: {chapter.max_score:g} points{more}"
