"""Find the course and its chapters on disk."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from autograder.chapter import Chapter, ChapterError
from autograder.files import GradeError


def find_root(root: Path | None = None) -> Path:
    """Give the course's folder: the one named, the current one, or this package's checkout."""
    if root is not None:
        candidates = [Path(root)]
    else:
        candidates = [Path.cwd(), Path(__file__).resolve().parents[1]]
    for candidate in candidates:
        if (candidate / "solutions").is_dir():
            return candidate
    raise GradeError(
        f"{candidates[0]} is no course folder: it has no solutions/. Name one with --root.",
        wrong_use=True,
    )


def load_chapters(root: Path) -> list[Chapter]:
    """Load the instructor notebooks of a course in order."""
    paths = sorted((root / "solutions").glob("[0-9]*_*.ipynb"))
    if not paths:
        raise GradeError(
            f"There are no chapters in {root / 'solutions'} yet: run 'autograder build' first.",
            wrong_use=True,
        )
    return [_load(path) for path in paths]


def choose_chapter(wanted: str, chapters: list[Chapter]) -> Chapter:
    """Find a chapter by number ("4", "04"), name ("04_conv_layer", "conv_layer") or path."""
    for chapter in chapters:
        number, _, words = chapter.name.partition("_")
        if wanted in (chapter.name, number, number.lstrip("0"), words):
            return chapter
    path = Path(wanted).with_suffix(".ipynb")
    if path.is_file():
        return _load(path)
    known = ", ".join(chapter.name for chapter in chapters)
    meant = _meant(wanted, chapters)
    guess = f" Did you mean {meant}?" if meant else ""
    raise GradeError(f"There is no chapter {wanted!r}.{guess} There are: {known}.", wrong_use=True)


def _meant(wanted: str, chapters: list[Chapter]) -> str:
    """Guess which chapter somebody meant who mistyped it; empty where that is not clear."""
    called = {}
    for chapter in chapters:
        number, _, words = chapter.name.partition("_")
        called |= {chapter.name: chapter.name, words: chapter.name, number: chapter.name}
    stem = Path(wanted).stem.casefold().replace("-", "_").replace(" ", "_")
    close = get_close_matches(stem, called, n=1, cutoff=0.75)
    return called[close[0]] if close else ""


def misconceptions_path(chapter: Chapter) -> Path | None:
    """Give the chapter's file of misconceptions, if it has one."""
    path = chapter.path.parent / "misconceptions" / f"{chapter.name}.py"
    return path if path.is_file() else None


def student_notebook(chapter: Chapter) -> Path:
    """Give the path of the notebook that students get."""
    return chapter.path.parent.parent / "notebooks" / f"{chapter.name}.ipynb"


def _load(path: Path) -> Chapter:
    try:
        return Chapter.load(path)
    except ChapterError as error:
        raise GradeError(str(error), wrong_use=True) from error
