"""pyproject.toml, constraints.txt, environment.yml and the Makefile ask for the same things."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
CONDA_NAMES = {"pytorch": "torch"}  # conda-forge's name: the name in pyproject.toml
PIP_ALONE = {"copydetect"}  # not on conda-forge: pip brings it with the course itself
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def ranges(texts: list[str]) -> dict[str, str]:
    needs = [Requirement(text) for text in texts]
    return {canonicalize_name(need.name): str(need.specifier) for need in needs}


WANTED = ranges(PROJECT["dependencies"] + [text for group in EXTRAS.values() for text in group])


@pytest.mark.parametrize("name", WANTED)
def test_what_is_asked_for_is_pinned_within_its_range(name):
    assert name in PINS, f"{name} is not in constraints.txt: run tools/pin.py"
    assert Requirement(f"{name}{WANTED[name]}").specifier.contains(PINS[name])


def test_a_pin_is_one_plain_version():
    """No local builds, addresses or paths: the file must serve on every system."""
    assert [
        p
        for p in PINS.items()
        if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+(?:b[0-9]+)?", "==".join(p))
    ] == []


def test_the_pins_install_on_the_oldest_python_that_is_promised():
    """Debian 12 has Python 3.11.2; some packages ask for 3.11.5."""
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    asked = {name: metadata(name).get("Requires-Python") or "" for name in PINS}
    assert [pin for pin, wanted in asked.items() if oldest not in SpecifierSet(wanted)] == []


def test_the_pins_bring_no_packages_for_graphics_cards():
    assert [name for name in PINS if re.match("nvidia|triton|cuda", name)] == []


def test_conda_asks_for_the_same_packages_and_ranges():
    plain = [entry for entry in CONDA if isinstance(entry, str)]
    asked = ranges(plain)
    assert asked.pop("python") == PROJECT["requires-python"]
    assert asked.pop("pip") == ""
    renamed = {CONDA_NAMES.get(name, name): wanted for name, wanted in asked.items()}
    wanted = ranges(PROJECT["dependencies"] + EXTRAS["torch"] + EXTRAS["grader"])
    assert renamed == {name: span for name, span in wanted.items() if name not in PIP_ALONE}


def test_conda_installs_the_course_itself():
    (pip,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
    assert pip == ["-e .[torch,grader]"]


def test_make_installs_the_torch_that_is_pinned():
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", ".venv/.installed"]
    plan = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"torch=={PINS['torch']}" in plan
    for extra in EXTRAS:
        assert re.search(rf'-c constraints\.txt -e "\.\[.*\b{extra}\b.*\]"', plan)


@pytest.mark.parametrize("target", ["lab", "test", "test-all", "build", "check", "bench", "docs"])
def test_every_make_target_sets_up_first(target):
    """From nothing, the first thing that any target does is to make the environment."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", target]
    plan = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert plan.index("pip install") < plan.index("touch .venv/.installed")
    own = {"lab": "jupyter lab", "test": "pytest", "test-all": "pytest", "check": "ruff check"}
    own |= {"build": "autograder build", "bench": "benchmarks/", "docs": "tools/sources.py"}
    assert plan.index("touch .venv/.installed") < plan.index(own[target])
