"""``cnnkit.progress()`` and ``cnnkit progress``: what counts, and what is shown."""

from __future__ import annotations

import first_chapter as first
import pytest

import cnnkit
from cnnkit import cli, released
from cnnkit.coursework import saved
from cnnkit.coursework.notebooks import NotANotebook

ERROR = [{"output_type": "error", "ename": "Mismatch", "evalue": "", "traceback": []}]
CHAPTER = released.load(first.NAME)


def states(notebook):
    return saved.states(notebook, CHAPTER)


def worked_on(**counts):
    return first.clicked(first.solved(), **counts)


def test_a_test_counts_when_it_passed_after_its_function_was_run():
    notebook = worked_on(mirror=4, mirror_values=5, mirror_colour=6)
    assert states(notebook) == {"mirror-values": "passed", "mirror-colour": "passed"}
    first.cell(notebook, "mirror-colour")["outputs"] = ERROR
    assert states(notebook)["mirror-colour"] == "failed"
    assert states(first.clicked(notebook, mirror=9))["mirror-values"] == "older"
    assert states(first.untouched()) == {"mirror-values": "not run", "mirror-colour": "not run"}


def test_a_changed_test_counts_for_nothing():
    notebook = worked_on(mirror=1, mirror_values=2)
    first.cell(notebook, "mirror-values")["source"] = "pass"
    assert states(notebook)["mirror-values"] == "not run"


def test_jupyter_keeps_the_source_as_lines():
    notebook = worked_on(mirror=1, mirror_values=2)
    cell = first.cell(notebook, "mirror-values")
    cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    assert states(notebook)["mirror-values"] == "passed"


def test_the_course_in_a_table(tmp_path):
    first.save(worked_on(mirror=1, mirror_values=2), tmp_path)
    overview = cnnkit.progress(folder=tmp_path)
    assert [row.name for row in overview.rows] == released.names()
    assert (overview.points, overview.rows[0].remark) == (1.0, "1 test not run")
    assert overview.most == sum(released.load(name).points for name in released.names())
    assert "There is no 04_conv_layer.ipynb in" in overview.rows[4].remark
    assert "00_start_here  1 of 2 1 test not run".split() in map(
        str.split, str(overview).split("\n")
    )
    assert "other inputs count as well" in str(overview).replace("\n", " ")


def test_a_chapter_in_a_table(tmp_path):
    notebook = worked_on(mirror=3, mirror_values=2, mirror_colour=4)
    first.cell(notebook, "mirror-colour")["outputs"] = ERROR
    first.save(notebook, tmp_path)
    (row,) = cnnkit.progress("00", tmp_path).rows
    assert (row.name, row.points, row.most) == ("mirror", 0, 2)
    assert row.remark == "1 test failed, 1 test to run again"


def test_what_a_notebook_shows(tmp_path):
    first.save(worked_on(mirror=1, mirror_values=2), tmp_path)
    page = cnnkit.progress("0", tmp_path)._repr_html_()
    assert page.count("<tr>") == 3 and '<progress value="1" max="2"' in page
    assert "<script" not in page and "http" not in page
    assert ">00 · Start here: points so far</caption>" in page
    assert page.count(">1 of 2</td>") == 2, "the exercise, and together"
    course = cnnkit.progress(folder=tmp_path)._repr_html_()
    assert ">00_<wbr>start_<wbr>here</td>" in course, "it fits a narrow page"


def test_here_or_in_the_folder_notebooks(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    first.save(worked_on(mirror=1, mirror_values=2), tmp_path / "notebooks")
    for folder in (tmp_path, tmp_path / "notebooks"):
        monkeypatch.chdir(folder)
        assert cnnkit.progress().points == 1


def test_a_notebook_that_is_another_chapter_s(tmp_path):
    first.save(first.solved(), tmp_path, "04_conv_layer")
    with pytest.raises(NotANotebook, match="04_conv_layer.ipynb is another chapter's notebook."):
        cnnkit.progress("04", tmp_path)


def test_the_command(tmp_path, capsys):
    first.save(worked_on(mirror=1, mirror_values=2), tmp_path)
    assert cli.main(["progress", "--folder", str(tmp_path)]) == 0
    assert cli.main(["progress", "00", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("together") == 2
    assert cli.main(["progress", "04", "--folder", str(tmp_path)]) == 2
    assert cli.main(["progress", "99", "--folder", str(tmp_path)]) == 2
    told = capsys.readouterr().out
    assert "There is no 04_conv_layer.ipynb" in told and "There is no chapter '99'" in told
