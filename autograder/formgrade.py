"""Open what a run left in nbgrader's formgrader, where answers get their points by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.files import GradeError


def formgrade(out: Path, *, port: int | None = None, browser: bool = True) -> None:
    """Become a JupyterLab on the folder; its menu Nbgrader has formgrader.

    Formgrader's own pages do not log a browser in, JupyterLab does: so that one comes first.

    Raises
    ------
    GradeError
        If the folder is none that ``autograder grade`` wrote.
    """
    out = Path(out).absolute()
    command = lab_command(out, port=port, browser=browser)
    os.chdir(out)  # nbgrader reads its configuration from there
    os.execv(command[0], command)  # Ctrl-C then reaches JupyterLab alone, which asks


def lab_command(out: Path, *, port: int | None = None, browser: bool = True) -> list[str]:
    """Give the command that starts JupyterLab on a folder of graded submissions."""
    missing = [n for n in ("gradebook.db", "nbgrader_config.py") if not (out / n).is_file()]
    if missing:
        raise GradeError(
            f"{out} has no {missing[0]}: name the folder that 'autograder grade' wrote with --out.",
            wrong_use=True,
        )
    options = [
        f"--ServerApp.root_dir={out}",
        *([f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else []),
        *(["--no-browser"] if not browser else []),
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]
    return [sys.executable, "-m", "jupyterlab", *options]
