"""What JupyterLab is started with for grading by hand."""

import sys

import pytest

from autograder.files import GradeError
from autograder.formgrade import lab_command


@pytest.fixture
def out(tmp_path):
    for name in ("gradebook.db", "nbgrader_config.py"):
        (tmp_path / name).write_text("")
    return tmp_path


def test_jupyterlab_shows_the_folder_alone(out):
    command = lab_command(out)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={out}" in command
    assert not [part for part in command if "port" in part or "browser" in part]


def test_port_and_browser_are_handed_on(out):
    command = lab_command(out, port=8899, browser=False)
    assert {"--ServerApp.port=8899", "--ServerApp.port_retries=0", "--no-browser"} <= set(command)


@pytest.mark.parametrize("name", ["gradebook.db", "nbgrader_config.py"])
def test_a_folder_that_nobody_graded_into_is_refused_in_a_sentence(out, name):
    (out / name).unlink()
    with pytest.raises(GradeError, match=f"has no {name}: name the folder that") as error:
        lab_command(out)
    assert error.value.wrong_use
