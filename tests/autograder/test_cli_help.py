"""What the command line says of itself, and of a word that was mistyped."""

import re

import pytest
import tiny_course as tiny
from typer.main import get_command
from typer.testing import CliRunner

from autograder.chapter import Chapter
from autograder.cli import app
from autograder.course import choose_chapter
from autograder.files import GradeError

COMMANDS = sorted(get_command(app).commands)


def said(*arguments):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    return done.stdout


def test_the_list_of_commands_fits_into_a_terminal():
    text = said("--help")
    listed = dict(re.findall(r"^  ([a-z-]+)  +(\S.*)$", text.partition("Commands:")[2], re.M))
    assert sorted(listed) == COMMANDS
    assert [line for line in listed.values() if line.endswith("...")] == []
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_an_example_that_it_takes_and_its_exit_statuses(command):
    text = " ".join(said(command, "--help").split())
    assert re.search(r"Exit status: .*\b2 for wrong use", text)
    (example,) = re.findall(r"Example: autograder (.*?) (?:Arguments|Options):", text)
    name, *arguments = example.split()
    assert name == command
    parsed = get_command(app).commands[command].make_context(command, arguments)
    assert parsed.params


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("conv_layr", "04_conv_layer"),
        ("04-conv-layer.ipynb", "04_conv_layer"),
        ("Pooling", "05_pooling"),
        ("094", "04_conv_layer"),
        ("attention", ""),
    ],
)
def test_a_mistyped_chapter_is_guessed(tmp_path, wanted, meant):
    names = ("04_conv_layer", "05_pooling")
    chapters = [Chapter(name, "", (), tmp_path / f"{name}.ipynb") for name in names]
    with pytest.raises(GradeError, match="There are: 04_conv_layer, 05_pooling.") as caught:
        choose_chapter(wanted, chapters)
    assert (f"Did you mean {meant}?" in str(caught.value)) == bool(meant)
    assert caught.value.wrong_use


def test_a_class_is_not_graded_into_the_course(tmp_path):
    root = tmp_path / "course"
    tiny.load(root / "solutions")
    tiny.write(tmp_path / "class" / "ana.ipynb", tiny.solved())
    done = CliRunner().invoke(
        app, ["grade", str(tmp_path / "class"), "--out", str(root), "--root", str(root)]
    )
    assert done.exit_code == 2 and "is the course itself" in done.stderr
    assert [path.name for path in root.iterdir()] == ["solutions"]
