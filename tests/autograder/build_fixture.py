"""The small chapter that the builder's tests build, and break."""

import shutil
from pathlib import Path

DATA = Path(__file__).parent / "data" / "build" / "solutions"
NAME = "90_small"


def copy_course(folder: Path) -> Path:
    """Copy the course with the small chapter below a folder; return its script."""
    shutil.copytree(DATA, folder / "solutions")
    return folder / "solutions" / f"{NAME}.py"


def source_of(cell) -> str:
    """Give a cell's source as one text."""
    return "".join(cell["source"])
