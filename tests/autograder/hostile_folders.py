"""Submissions that attack by their files and names, not by what they run."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
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


def no_time(folder: Path, course: Path) -> None:
    """Let the time of handing in be one at which its reader breaks down."""
    (folder / "timestamp.txt").write_text("99:99111111111111111111111111111111")


def leads_out(folder: Path, course: Path) -> None:
    """Hand in an archive whose members lie elsewhere, or are links, or have names without end."""
    notebook = (folder / f"{NAME}.ipynb").read_bytes()
    (folder / f"{NAME}.ipynb").unlink()
    link = zipfile.ZipInfo("link.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        for name in ("/etc/taken.ipynb", f"../../ana/{NAME}/{NAME}.ipynb", "C:\\taken.ipynb"):
            archive.writestr(name, notebook)
        archive.writestr(link, str(course))
        archive.writestr(f"{'x' * 60_000}.ipynb", notebook)
        archive.writestr(f"{NAME}.ipynb", notebook)


def bomb(folder: Path, course: Path) -> None:
    """Hand in archives and a notebook that are small until they are read."""
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.ipynb", bytes(200_000_000))
    (folder / f"{NAME}.ipynb").write_bytes(b'{"cells":[' + b"{}," * 5_000_000 + b"{}]}")


def many(folder: Path, course: Path) -> None:
    """Hand in so many files, of long names, that nobody else is heard of."""
    notebook = (folder / f"{NAME}.ipynb").read_bytes()
    for number in range(800):
        (folder / f"{number:03}-{'long;=1' * 30}.ipynb").write_bytes(notebook)


FOLDERS = {
    "a link to another's work": Attack("points", place=link_to_a_neighbour),
    "a link to the course's notebook": Attack("points, hidden tests", place=link_to_the_course),
    "a folder that is a link": Attack("points", place=link_as_a_folder),
    "pipes among the files": Attack("the batch", place=pipes),
    "a time of handing in that is a link": Attack("hidden tests", place=link_as_a_timestamp),
    "odd names of files": Attack("the batch, the report", place=odd_names),
    "a time of handing in that is none": Attack("the books", place=no_time),
    "an archive that leads out of itself": Attack("the batch, other submissions", place=leads_out),
    "files that grow when they are read": Attack("the machine", place=bomb),
    "hundreds of files": Attack("the books of the others", place=many),
    "a name that is markup": Attack("the teacher's browser", student=MARKUP),
    "a name that is a formula": Attack("the teacher's spreadsheet", student=FORMULA),
    "a name of control characters": Attack("the teacher's terminal", student=ODD),
}
