"""What students get: the same everywhere, installable, and nothing of how it is marked."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import tiny_course as tiny
import yaml
from typer.testing import CliRunner

from autograder.build.notebooks import dumps
from autograder.build.student import student
from autograder.cli import app
from autograder.course import load_chapters
from autograder.files import GradeError
from autograder.release import release
from autograder.release.leaks import refuse_leaks, secrets

ROOT = Path(__file__).resolve().parents[2]
SECOND = "92_other"


@pytest.fixture
def root(tmp_path):
    """A course of two chapters, with a cnnkit that is quickly packed."""
    root = tmp_path / "course"
    for name in ("LICENSE", "constraints.txt", "pyproject.toml"):
        tiny.write(root / name, (ROOT / name).read_text(encoding="utf-8"))
    tiny.write(root / "cnnkit" / "__init__.py", "def double(x):\n    return 2 * x\n")
    tiny.write(root / "cnnkit" / "cli.py", "def main():\n    print('ready')\n")
    tiny.write(root / "cnnkit" / "data" / "apparel.LICENSE.txt", "MIT")
    tiny.write(root / "cnnkit" / "__pycache__" / "x.pyc", "made on the way")
    tiny.write(root / "cnnkit" / "notes.org", "the author's own")
    tiny.write(root / "autograder" / "secret.py", "x = 1")
    for name in (tiny.NAME, SECOND):
        rebuild(root, name, tiny.instructor(name))
    return root


def rebuild(root, name, instructor):
    """Build a chapter as the builder does."""
    tiny.write(root / "solutions" / f"{name}.ipynb", dumps(instructor))
    tiny.write(root / "notebooks" / f"{name}.ipynb", dumps(student(instructor)))


def members(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_an_archive_has_what_students_need_and_nothing_else(root, tmp_path):
    path, *notebooks = release(tmp_path / "out", chapter="91", root=root)
    assert path.name == f"cnnkit-{tiny.NAME}.zip"
    top = f"cnnkit-{tiny.NAME}/"
    assert sorted(members(path)) == [
        top + name
        for name in (
            "LICENSE",
            "README.md",
            "cnnkit/__init__.py",
            "cnnkit/cli.py",
            "cnnkit/data/apparel.LICENSE.txt",
            "constraints.txt",
            "environment.yml",
            f"notebooks/{tiny.NAME}.ipynb",
            "pyproject.toml",
        )
    ]
    assert notebooks == [tmp_path / "out" / "release" / tiny.NAME / f"{tiny.NAME}.ipynb"]
    assert notebooks[0].read_bytes() == members(path)[f"{top}notebooks/{tiny.NAME}.ipynb"]


def test_without_a_chapter_all_of_them_are_released(root, tmp_path):
    path, *notebooks = release(tmp_path / "out", root=root)
    assert path.name == "cnnkit-course.zip"
    assert [notebook.stem for notebook in notebooks] == [tiny.NAME, SECOND]
    readme = members(path)["cnnkit-course/README.md"].decode()
    assert all(f"notebooks/{name}.ipynb" in readme for name in (tiny.NAME, SECOND))


def test_the_archive_is_the_same_byte_for_byte(root, tmp_path):
    one = release(tmp_path / "one", root=root)[0].read_bytes()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(root, elsewhere)
    for path in elsewhere.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    assert release(tmp_path / "two", root=elsewhere)[0].read_bytes() == one
    with zipfile.ZipFile(tmp_path / "one" / "cnnkit-course.zip") as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.compress_type == zipfile.ZIP_STORED, "no compressor's version matters"
            assert stat.S_IMODE(info.external_attr >> 16) == 0o644


def test_a_stale_notebook_is_not_released(root, tmp_path):
    path = root / "notebooks" / f"{tiny.NAME}.ipynb"
    path.write_text(path.read_text().replace("Two exercises", "Three exercises"))
    with pytest.raises(GradeError, match="autograder build"):
        release(tmp_path / "out", root=root)
    assert not (tmp_path / "out").exists()


HIDDEN = "assert double(7) == 14"


def put_into_text(notebook):
    tiny.by_id(notebook, "text-1")["source"] += f"\nThe hidden one is\n{HIDDEN}"


def put_into_metadata(notebook):
    tiny.by_id(notebook, "setup")["metadata"]["note"] = {"deep": [f"x = 1\n{HIDDEN}"]}


def put_into_output(notebook):
    output = {"output_type": "stream", "name": "stdout", "text": ["ok\n", HIDDEN, "\n"]}
    tiny.by_id(notebook, "demo-1")["outputs"] = [output]


def put_solution(notebook):
    tiny.by_id(notebook, "text-1")["source"] += "\n    return 2 * x\n"


@pytest.mark.parametrize("put", [put_into_text, put_into_metadata, put_into_output, put_solution])
def test_a_secret_in_a_notebook_is_found_wherever_it_stands(tmp_path, put):
    chapter, notebook = tiny.load(tmp_path), tiny.student()
    fine = {"notebooks/a.ipynb": json.dumps(notebook).encode(), "cnnkit/a.py": b"return 2 * x"}
    refuse_leaks(fine, [chapter])
    put(notebook)
    with pytest.raises(GradeError, match="Nothing was released: notebooks/a.ipynb holds"):
        refuse_leaks({"notebooks/a.ipynb": json.dumps(notebook).encode()}, [chapter])


@pytest.mark.parametrize("name", ["cnnkit/widgets/a.js", "cnnkit/widgets/a.css", "cnnkit/a.py"])
def test_a_short_line_of_the_courses_own_code_is_no_solution(tmp_path, name):
    refuse_leaks({name: b"return {\n  return 2 * x\n}"}, [tiny.load(tmp_path)])
    with pytest.raises(GradeError, match=name):
        refuse_leaks({name: f"  {HIDDEN}\n".encode()}, [tiny.load(tmp_path)])


@pytest.mark.parametrize("name", ["cnnkit/tests.py", "cnnkit/released/91.json", "README.md"])
def test_a_hidden_test_is_found_in_every_file(root, name):
    data = json.dumps({"source": f"x\n{HIDDEN}"}) if name.endswith("json") else f"    {HIDDEN}\n"
    with pytest.raises(GradeError, match=name):
        refuse_leaks({name: data.encode()}, load_chapters(root))


def test_what_a_notebook_shows_is_no_secret(root):
    hidden, solutions = secrets(load_chapters(root))
    assert hidden == {HIDDEN}
    assert solutions == {"return 2 * x", "return a + b"}


def test_a_leak_is_refused_before_anything_is_written(root, tmp_path):
    instructor = tiny.instructor()
    tiny.by_id(instructor, "demo-1")["source"] += "\n# double is\nreturn 2 * x  # so\n"
    tiny.by_id(instructor, "text-1")["metadata"]["note"] = HIDDEN
    rebuild(root, tiny.NAME, instructor)
    with pytest.raises(GradeError, match="Nothing was released"):
        release(tmp_path / "out", root=root)
    assert not (tmp_path / "out").exists()


def test_the_readme_can_be_followed(root, tmp_path):
    """Its commands install cnnkit, and bring what they name; no network is asked."""
    path, *_ = release(tmp_path / "out", chapter="91", root=root)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "home")
    home = tmp_path / "home" / path.stem
    readme = (home / "README.md").read_text(encoding="utf-8")
    assert "pip install -c constraints.txt -e ." in readme and "make" not in readme
    for word in ("constraints.txt", "environment.yml", f"notebooks/{tiny.NAME}.ipynb"):
        assert word in readme and (home / word).is_file()
    for command in ("cnnkit doctor", "cnnkit check", "cnnkit update", "jupyter lab notebooks"):
        assert command in readme
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--target", tmp_path / "site"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options, home]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    installed = tmp_path / "site"
    assert (installed / "cnnkit" / "data" / "apparel.LICENSE.txt").is_file()
    assert [path.name for path in (installed / "bin").iterdir()] == ["cnnkit"]
    done = subprocess.run(
        [sys.executable, installed / "bin" / "cnnkit"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "ready\n", done.stderr


def test_what_is_asked_for_is_what_the_course_asks_students_for(root, tmp_path):
    path, *_ = release(tmp_path / "out", root=root)
    packed = members(path)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    given = tomllib.loads(packed["cnnkit-course/pyproject.toml"].decode())["project"]
    for key in ("version", "dependencies", "requires-python", "license", "license-files"):
        assert given[key] == wanted[key]
    assert given["optional-dependencies"] == {"torch": wanted["optional-dependencies"]["torch"]}
    assert given["scripts"] == {"cnnkit": wanted["scripts"]["cnnkit"]}
    conda = yaml.safe_load(packed["cnnkit-course/environment.yml"])
    ours = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    theirs = [each for each in conda["dependencies"] if isinstance(each, str)]
    assert set(theirs) <= set(ours["dependencies"][:-1])
    torch = [need.replace("torch", "pytorch") for need in wanted["optional-dependencies"]["torch"]]
    assert theirs == ["python>=3.11", "pip", *wanted["dependencies"], *torch]
    assert conda["channels"] == ours["channels"]
    assert packed["cnnkit-course/constraints.txt"] == (ROOT / "constraints.txt").read_bytes()


def test_the_command(root, tmp_path):
    def call(*arguments):
        return CliRunner().invoke(app, ["release", *map(str, arguments), "--root", str(root)])

    done = call("--out", tmp_path / "out")
    assert done.exit_code == 0 and "cnnkit-course.zip" in done.stdout, done.output
    for wrong in ("77", root / "solutions" / "nothing.py"):
        done = call("--out", tmp_path / "out", "--chapter", wrong)
        assert done.exit_code == 2 and "There is no chapter" in done.stderr
    told = "was not there and is made now"
    assert told in call("--out", tmp_path / "out", "--exchange", tmp_path / "exchange").stdout
    assert told not in call("--out", tmp_path / "out", "--exchange", tmp_path / "exchange").stdout


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(root, tmp_path):
    file, heard = tiny.write(tmp_path / "file", "mine"), []
    with pytest.raises(GradeError, match="file is no folder"):
        release(file / "out", root=root, tell=heard.append)
    assert heard == [] and file.read_text() == "mine"


@pytest.mark.parametrize("folder", ["", "solutions", "notebooks/new", "cnnkit"])
def test_nothing_is_written_among_the_courses_own_files(root, folder):
    before = sorted(root.rglob("*"))
    with pytest.raises(GradeError, match="is the course itself") as caught:
        release(root / folder, root=root)
    assert caught.value.wrong_use and sorted(root.rglob("*")) == before
    release(root / "handout", root=root)
