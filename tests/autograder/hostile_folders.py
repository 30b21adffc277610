"""Submissions that attack by their files and names, not by what they run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from hostile import Attack
from hostile.chapter import NAME

MARKUP = "<img src=x onerror=taken()>"  # as the name of a file or a student
FORMULA = "=1+cmd|' C calc'!A0"
ODD = "a\n\x1b[31m\u202eb"


def link_to_a_neighbour(folder: Path, course: Path) -> None:
    """Hand in a link to what somebody else handed in."""
    notebook = folder / f"{NAME}.ipynb"
    notebook.unlink()
    notebook.symlink_to(f"../../ana/{NAME}/{NAME}.ipynb")


def link_to_the_course(folder: Path, course: Path) -> None:
    """Hand in a link to the course's own notebook, solutions and all."""
    notebook = folder / f"{NAME}.ipynb"
    notebook.unlink()
    notebook.symlink_to(course)


def link_as_a_folder(folder: Path, course: Path) -> None:
    """Hand in a folder that is somebody else's."""
    shutil.rmtree(folder)
    folder.symlink_to(f"../ana/{NAME}")


def pipes(folder: Path, course: Path) -> None:
    """Lay pipes, from which nothing ever comes, where files are looked for."""
    os.mkfifo(folder / "timestamp.txt")
    os.mkfifo(folder / "a.ipynb")


def link_as_a_timestamp(folder: Path, course: Path) -> None:
    """Let the time of handing in be read from somewhere else."""
    (folder / "timestamp.txt").symlink_to(course)


def odd_names(folder: Path, course: Path) -> None:
    """Add copies of the notebook under names that somebody may take for something else."""
    for name in (MARKUP, FORMULA, ODD, "-rf", "..", "~", " ", "$(touch taken)", "\udcff"):
        (folder / f"{name}.ipynb").write_bytes((folder / f"{NAME}.ipynb").read_bytes())


FOLDERS = {
    "a link to another's work": Attack("points", place=link_to_a_neighbour),
    "a link to the course's notebook": Attack("points, hidden tests", place=link_to_the_course),
    "a folder that is a link": Attack("points", place=link_as_a_folder),
    "pipes among the files": Attack("the batch", place=pipes),
    "a time of handing in that is a link": Attack("hidden tests", place=link_as_a_timestamp),
    "odd names of files": Attack("the batch, the report", place=odd_names),
    "a name that is markup": Attack("the teacher's browser", student=MARKUP),
    "a name that is a formula": Attack("the teacher's spreadsheet", student=FORMULA),
    "a name of control characters": Attack("the teacher's terminal", student=ODD),
}
