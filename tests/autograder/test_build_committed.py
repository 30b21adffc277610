"""The notebooks in the repository are those that the scripts make."""

import subprocess
from pathlib import Path

from autograder.build import build_all

ROOT = Path(__file__).parents[2]


def test_there_is_a_chapter():
    assert list((ROOT / "solutions").glob("[0-9][0-9]_*.py"))


def test_no_committed_notebook_is_stale():
    stale = [str(path.relative_to(ROOT)) for path in build_all(ROOT, check=True)]
    assert stale == [], "run 'make build' and commit the notebooks"


def test_the_notebooks_are_not_ignored():
    paths = [f"{part}/04_conv_layer.ipynb" for part in ("solutions", "notebooks")]
    ignored = subprocess.run(
        ["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True
    )
    assert ignored.stdout == ""
