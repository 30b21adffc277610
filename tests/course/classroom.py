"""Submissions made for the proofs, and the real grading of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from autograder.chapter import Chapter
from autograder.results import Result
from autograder.run import Pool

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9][0-9]_*.py"))


def chapter(name: str) -> Chapter:
    """The chapter as the grader sees it."""
    return Chapter.load(ROOT / "solutions" / f"{name}.ipynb")


def student_notebook(name: str) -> dict:
    """The notebook that students get."""
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


def solved(name: str, replaced: dict[str, str] | None = None, first: str = "") -> dict:
    """A student notebook with the reference solutions in it, some of them replaced.

    ``first`` is the source of a cell that the student added on top.
    """
    sources = {cell.name: cell.source for cell in chapter(name).exercises}
    return filled(name, sources | (replaced or {}), first)


def filled(name: str, sources: dict[str, str], first: str = "") -> dict:
    """A student notebook with the given solution cells filled in."""
    notebook = copy.deepcopy(student_notebook(name))
    left = dict(sources)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in left:
            cell["source"] = left.pop(grade_id)
    assert not left, f"no cells for {sorted(left)}"
    if first:
        notebook["cells"].insert(
            0,
            {
                "cell_type": "code",
                "id": "mine",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": first,
            },
        )
    return notebook


def grade(pool: Pool, notebooks: dict[str, dict]) -> dict[str, Result]:
    """Grade notebooks by student."""
    units = [
        (
            student,
            {
                "student": student,
                "assignment": pool.chapter.name,
                "notebook": json.dumps(notebook),
                "pages": False,
            },
        )
        for student, notebook in notebooks.items()
    ]
    return {key: Result.from_dict(reply["result"]) for key, reply in pool.run(units)}


def lost(result: Result) -> set[str]:
    """The test cells that did not get full points."""
    return {cell.cell for cell in result.cells if cell.score != cell.max_score}
