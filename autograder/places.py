"""Which folders a run may use: nothing is read or written where that would do harm."""

from __future__ import annotations

from pathlib import Path

from autograder.files import GradeError


def refuse_in_sight(**folders: Path) -> None:
    """Refuse a folder that lies where every submission may read."""
    from autograder.run import sandbox  # only here: it takes its time

    for what, folder in folders.items():
        for shown in sandbox.visible_paths():
            inside = folder.resolve().is_relative_to(shown)
            if inside and not sandbox.hidden_path(folder.resolve()):
                raise GradeError(
                    f"The {what} folder {folder} lies in {shown}, which submissions may read while "
                    "they run. Move it elsewhere, for example into a folder of your own.",
                    wrong_use=True,
                )


def refuse_own_folders(root: Path, out: Path) -> None:
    """Refuse to write among the course's own files: the folder itself, or one of its parts."""
    root, folder = root.resolve(), Path(out).resolve()
    parts = (root / name for name in ("solutions", "notebooks", "cnnkit", "autograder"))
    if folder == root or any(folder.is_relative_to(part) for part in parts):
        raise GradeError(
            f"{out} is the course itself, where its chapters are written. Choose a folder of its "
            f"own, such as {root.parent / 'class'}.",
            wrong_use=True,
        )


def refuse_overlap(submissions: Path, out: Path) -> None:
    """Refuse an output folder that a later run would take for a student's."""
    if (submissions / "results").is_dir() and (submissions / "gradebook.db").is_file():
        raise GradeError(
            f"{submissions} is the output of an earlier run, not a folder of submissions. "
            "Name the folder that holds what students handed in.",
            wrong_use=True,
        )
    if out.resolve().is_relative_to(submissions.resolve()):
        raise GradeError(
            f"The output folder {out} lies inside the submissions' folder. "
            "Choose one beside it with --out.",
            wrong_use=True,
        )
