"""Release chapters: what students get, and nothing of how it is marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder import course, places
from autograder.files import GradeError, prepare_folder, refuse_unwritable, write_atomic
from autograder.release.archive import archive
from autograder.release.contents import contents, notebook_member
from autograder.release.leaks import refuse_leaks

__all__ = ["release"]


def release(
    out: Path,
    *,
    chapter: str | None = None,
    root: Path | None = None,
    tell: Callable[[str], None] = lambda name: None,
) -> list[Path]:
    """Write an archive for students, and each chapter as nbgrader's ``release/`` has it.

    Parameters
    ----------
    out : Path
        Where they go; may be an nbgrader course.
    chapter : str, optional
        Number or name of one chapter; all of them if left out.
    root : Path, optional
        The course's folder.
    tell : callable, optional
        Called with the name of each chapter whose notebook is made.

    Returns
    -------
    list of Path
        What was written, the archive first. It is the same byte for byte wherever it is made.

    Raises
    ------
    GradeError
        If a notebook is stale, or anything of a solution or hidden test would get out.
    """
    root = course.find_root(root)
    places.refuse_own_folders(root, out)
    refuse_unwritable(out)
    all_chapters = course.load_chapters(root)
    chapters = all_chapters
    if chapter is not None:
        chapters = [course.choose_chapter(chapter, all_chapters)]
        if chapters[0] not in all_chapters:
            raise GradeError(f"{chapter} is no chapter of the course {root}.", wrong_use=True)
    members = contents(root, chapters, tell)
    refuse_leaks(members, all_chapters)
    name = chapters[0].name if chapter is not None else "course"
    path = Path(out) / f"cnnkit-{name}.zip"
    prepare_folder(Path(out))
    write_atomic(path, archive(members, top=path.stem))
    notebooks = {each.name: members[notebook_member(each)] for each in chapters}
    return [path, *(write_release(Path(out), *each) for each in notebooks.items())]


def write_release(out: Path, name: str, notebook: bytes) -> Path:
    """Write a chapter's notebook for students where ``nbgrader generate_assignment`` leaves it."""
    path = out / "release" / name / f"{name}.ipynb"
    write_atomic(path, notebook)
    return path
