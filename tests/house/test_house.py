"""The house rules that a machine can hold: floors, addresses, sizes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".py", ".js", ".css", ".html", ".md", ".toml", ".txt", ".yml", ".sh", ".ipynb", ""}
NOT_OURS = {".git", ".venv", ".hypothesis", "node_modules", "__pycache__", ".ipynb_checkpoints"}
MADE_BY_TOOLS = (".egg-info", "_cache")
MADE_HERE = {ROOT / "build", ROOT / "dist"}  # by make; never committed

# A network address in a file is a promise about somebody else's server: each is a decision.
HOSTS = {
    "download.pytorch.org",  # Makefile, README: the small build of torch
    "www.w3.org",  # names of XML vocabularies
    "github.com", "doi.org", "arxiv.org",  # links in texts
    "ml4a.github.io", "poloclub.github.io",  # demonstrations that the lectures point to
    # cnnkit/data/sets.py: who has MNIST and Fashion-MNIST; every file is checked by its hash
    "ossci-datasets.s3.amazonaws.com",  # PyTorch's copy of MNIST
    "storage.googleapis.com",  # Google's copies of both
    "fashion-mnist.s3-website.eu-central-1.amazonaws.com",  # where Fashion-MNIST was published
    "tech.zalando.com",  # in the licence of Fashion-MNIST
    "example.org", "example.com", "localhost", "127.0.0.1",
}  # fmt: skip

MACHINE_PATH = re.compile(
    r"(?<![\w.<$])(/(home|Users)/[\w.-]+/|/root/\w|/mnt/[a-z]/|[A-Z]:\\Users\\\w)|\.pyenv/"
)


def texts() -> list[Path]:
    """Every text file of the project, as it would be handed on."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            f for f in folders
            if not (f in NOT_OURS or f.endswith(MADE_BY_TOOLS) or Path(folder, f) in MADE_HERE)
        ]  # fmt: skip
        paths = [Path(folder, name) for name in names]
        found += [path for path in paths if path.suffix in SUFFIXES and is_text(path)]
    return sorted(found)


def is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(1024)


def lines_with(pattern: re.Pattern[str]) -> list[tuple[str, int, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), number, match[0])
        for path in texts()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def test_the_search_reads_the_project():
    names = {path.relative_to(ROOT).as_posix() for path in texts()}
    assert {"Makefile", "pyproject.toml", "solutions/items.toml", ".ci/run"} <= names
    assert any(name.startswith("cnnkit/") for name in names)


@pytest.mark.parametrize("text", ["see /home/ann/x", "open('/Users/ann/x')", r"C:\Users\ann"])
def test_a_machine_path_is_recognised(text):
    assert MACHINE_PATH.search(text)


def test_no_file_names_a_path_of_somebody_s_machine():
    assert lines_with(MACHINE_PATH) == []


def test_no_file_names_a_server_that_is_not_a_decision():
    address = re.compile(r"https?://([\w.-]+)")
    found = lines_with(address)
    assert [hit for hit in found if address.match(hit[2])[1].lower() not in HOSTS] == []


def test_the_floors_of_the_package_hold():
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [script, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_no_committed_notebook_has_outputs():
    """Outputs differ from machine to machine, and may show what is hidden."""
    found = [path for path in texts() if path.suffix == ".ipynb"]
    pattern = re.compile(r'"(outputs": \[[^\]]|execution_count": \d)')
    assert [path.name for path in found if pattern.search(path.read_text(encoding="utf-8"))] == []
