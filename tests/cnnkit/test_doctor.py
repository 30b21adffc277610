"""``cnnkit doctor``: what it sees, what it advises, and its exit status."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cnnkit import cli, doctor

REQUIREMENTS = ["numpy>=2.0", "AnyWidget >=0.9.18", 'torch>=2.6; extra == "torch"']
REQUIREMENTS += ['nbgrader>=0.9.5; extra == "grader"']


@pytest.fixture
def computer(monkeypatch):
    """A computer with the given versions installed; change the dict to change it."""
    versions = {"numpy": "2.4.1", "anywidget": "0.11.0", "torch": "2.13.0+cpu"}

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(metadata, "requires", lambda name: REQUIREMENTS)
    monkeypatch.setattr(doctor, "faults", lambda modules: {})
    return versions


def run(capsys):
    status = cli.main(["doctor"])
    return status, capsys.readouterr().out


def test_all_is_well(computer, capsys):
    status, output = run(capsys)
    assert status == 0
    assert "All is well" in output
    assert "WRONG" not in output and "without" not in output.replace("with or without", "")


def test_a_missing_package(computer, capsys):
    del computer["anywidget"]
    status, output = run(capsys)
    assert status == 1
    assert (
        "WRONG    anywidget is not installed (needed: 0.9.18 or newer, for the widgets)" in output
    )
    assert '-m pip install "anywidget>=0.9.18"' in output
    assert "1 thing is to be mended." in output


def test_an_old_package(computer, capsys):
    computer["numpy"] = "1.26.4"
    status, output = run(capsys)
    assert status == 1
    assert "WRONG    numpy 1.26.4 (needed: 2.0 or newer)" in output
    assert '-m pip install "numpy>=2.0"' in output


def test_torch_is_optional(computer, capsys):
    del computer["torch"]
    status, output = run(capsys)
    assert status == 0
    assert "without  torch is not installed (optional: 2.6 or newer" in output
    assert '-m pip install "torch>=2.6"' in output


def test_the_graders_packages_are_not_asked_for(computer, capsys):
    assert "nbgrader" not in run(capsys)[1]


def test_cnnkit_itself_is_not_installed(computer, capsys, monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    status, output = run(capsys)
    assert status == 1
    assert "WRONG    cnnkit is not installed" in output
    assert "-m pip install -e ." in output


def test_a_package_that_is_there_and_cannot_be_imported(computer, capsys, monkeypatch):
    asked = []
    wrong = {"torch": "ImportError: libgomp.so.1: no such file", "anywidget": "SyntaxError: it"}
    monkeypatch.setattr(doctor, "faults", lambda modules: asked.extend(modules) or wrong)
    computer["numpy"] = "1.26.4"
    status, output = run(capsys)
    assert asked == ["anywidget", "torch"]  # what is missing or too old is told already
    assert status == 1
    assert "WRONG    anywidget 0.11.0 (needed: 0.9.18 or newer, for the widgets) is here, but" in (
        output
    )
    assert "without  torch 2.13.0+cpu" in output
    assert "importing it fails: ImportError: libgomp.so.1: no such file" in output
    assert '-m pip install "torch>=2.6" --force-reinstall' in output
    assert "2 things are to be mended." in output


MODULES = {
    "sound": "print('importing', 'this line is its own')",
    "broken": "raise ImportError('libfoo.so is\\nmissing')",
    "leaving": "raise SystemExit(0)",
    "crashing": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "late": "import atexit, os; atexit.register(os._exit, 3)",
}


def test_modules_are_imported_in_a_python_of_its_own(tmp_path, monkeypatch):
    for name, content in MODULES.items():
        (tmp_path / f"{name}.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert doctor.faults(["sound", "broken", "leaving", "crashing", "no_such", "late"]) == {
        "broken": "ImportError: libfoo.so is missing",
        "leaving": "SystemExit: 0",
        "crashing": "Python breaks down (exit status -11)",
        "no_such": "ModuleNotFoundError: No module named 'no_such'",
    }
    assert doctor.faults(["crashing"]) and doctor.faults([]) == {}
    assert not set(MODULES) & set(sys.modules)


def test_a_folder_of_files_named_like_packages(computer, capsys, tmp_path, monkeypatch):
    for name in ("random.py", "torch.py", "numpy.txt", "my_numpy.py", "test.py"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    status, output = run(capsys)
    assert status == 1
    assert "WRONG    the file random.py hides the real random: notebooks beside it" in output
    assert "Rename it, for instance my_torch.py, and restart" in output
    assert "2 things are to be mended." in output


def test_files_of_this_folder_are_not_taken_for_packages(tmp_path, monkeypatch):
    (tmp_path / "tqdm.py").write_text("raise ImportError('not the real one')")
    monkeypatch.chdir(tmp_path)
    assert doctor.faults(["tqdm"]) == {}


def test_two_things(computer, capsys):
    computer.clear()
    status, output = run(capsys)
    assert status == 1
    assert "2 things are to be mended." in output


@pytest.mark.parametrize(
    ("found", "least", "fine"),
    [
        ("2.0", "2.0", True),
        ("2", "2.0", True),
        ("2.0.0rc1", "2.0", True),
        ("1.26", "2.0", False),
        ("0.11.0", "0.9.18", True),
        ("0.9.9", "0.9.18", False),
        ("2.13.0+cpu", "2.6", True),
        ("10.1", "9.2", True),
        ("5.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(computer, found, least, fine):
    computer["numpy"] = found
    assert doctor.package("numpy", least).fine is fine


@pytest.mark.parametrize(
    ("version", "fine"), [((3, 10, 14), False), ((3, 11, 0), True), ((3, 13, 1), True)]
)
def test_python(version, fine):
    finding = doctor.python_version(version)
    assert finding.fine is fine
    assert "Python 3.1" in finding.what and "3.11 or newer" in finding.mend


def test_a_folder_that_can_be_written_to_is_left_as_it_was(tmp_path):
    assert doctor.writable(tmp_path).fine
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to(tmp_path):
    finding = doctor.writable(tmp_path / "nowhere")
    assert finding.broken
    assert "cannot be written to (No such file or directory)" in finding.what
    assert "a folder of your own" in finding.mend


def test_the_python_named_in_the_advice_is_this_one(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/a folder/python")
    assert doctor.package("no-such-package", "1").mend == (
        'Run: "/a folder/python" -m pip install "no-such-package>=1"'
    )


def test_every_requirement_of_the_installed_package_is_looked_at():
    looked_at = {finding.what.split()[0]: finding for finding in doctor.packages()}
    for requirement in map(Requirement, metadata.requires("cnnkit")):
        for extra in ("", "torch"):
            if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
                (least,) = (part.version for part in requirement.specifier if part.operator == ">=")
                assert f": {least} or newer" in looked_at[requirement.name].what
                assert looked_at[requirement.name].needed is (not requirement.marker)


def test_the_installed_command():
    command = Path(sys.executable).with_name("cnnkit")
    done = subprocess.run([command, "doctor"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "All is well" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["nurse"]])
def test_an_unknown_command(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    assert "usage: cnnkit" in capsys.readouterr().err
