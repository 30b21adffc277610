"""Begin a chapter: a script that builds, grades and passes, to be changed piece by piece."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.build.source import read
from autograder.files import GradeError

SKELETON = Path(__file__).with_name("skeleton")
# The file of the skeleton, and where what is made of it goes.
FILES = {
    "chapter.txt": "solutions/{stem}.py",
    "misconceptions.txt": "solutions/misconceptions/{stem}.py",
    "styles.txt": "tests/course/styles_{number}.py",
}

NEXT = (
    "Next: link to it from the chapter before it, then 'make build', 'make docs' and 'make test'. "
    "Then change the script piece by piece: see CONTRIBUTING.md."
)


def new_chapter(root: Path, name: str) -> list[Path]:
    """Write a chapter's script, its wrong solutions and its right ones in other styles.

    Parameters
    ----------
    root : Path
        The course's folder.
    name : str
        Words in small letters with underscores between, such as ``"attention_maps"``; the chapter
        takes the next free number.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    GradeError
        The name will not do, or a chapter has it.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise GradeError(
            f"{name!r} is no name for a chapter: write small letters and digits with underscores "
            "between them, such as attention_maps, and no number.",
            wrong_use=True,
        )
    scripts = sorted((root / "solutions").glob("[0-9][0-9]_*.py"))
    for script in scripts:
        if script.stem[3:] == name:
            raise GradeError(f"There is a chapter of that name: {script}.", wrong_use=True)
    number = f"{int(scripts[-1].stem[:2]) + 1 if scripts else 0:02d}"
    words = _words(f"{number}_{name}", scripts)
    written = []
    for part, place in FILES.items():
        path = root / place.format(stem=words["stem"], number=number)
        if not path.parent.is_dir() and part == "styles.txt":
            continue  # a course without the tests of this one
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (SKELETON / part).read_text(encoding="utf-8")
        path.write_text(_filled(text, words), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _words(stem: str, scripts: list[Path]) -> dict[str, str]:
    """What stands in the places of the skeleton."""
    previous = scripts[-1] if scripts else None
    return {
        "stem": stem,
        "number": stem[:2],
        "seed": str(int(stem[:2])),
        "title": stem[3:].replace("_", " ").capitalize(),
        "previous": previous.stem if previous else stem,
        "previous title": read(previous).title.replace(" · ", " ") if previous else "Contents",
        "first": scripts[0].stem if scripts else stem,
    }


def _filled(text: str, words: dict[str, str]) -> str:
    for place, word in words.items():
        text = text.replace(f"<<{place}>>", word)
    return text
