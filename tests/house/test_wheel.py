"""What is installed is whole: everything of the packages, and what Jupyter looks for."""

import subprocess
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
CONFIGURED = "etc/jupyter/jupyter_server_config.d/cnnkit.json"


def built(folder: Path, **options: object) -> set[str]:
    """Make a wheel and give the names of its files."""
    (path,) = WheelBuilder(str(ROOT)).build(directory=str(folder), **options)
    with zipfile.ZipFile(path) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"), versions=["standard"])


def test_a_wheel_holds_every_file_of_the_packages(wheel):
    listed = ["git", "ls-files", "cnnkit", "autograder"]
    ours = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ours.stdout.split()) <= wheel


def test_a_wheel_holds_nothing_else(wheel):
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"cnnkit", "autograder"}


@pytest.mark.parametrize("kind", ["standard", "editable"])
def test_either_way_of_installing_tells_the_jupyter_server_of_its_extension(tmp_path, kind):
    assert f"cnnkit-0.1.0.data/data/{CONFIGURED}" in built(tmp_path, versions=[kind])
