"""``cnnkit update``: a newer release of a chapter, and nothing that a student wrote is lost."""

from __future__ import annotations

import copy
import hashlib
import json

import first_chapter as first
import pytest

from cnnkit import cli
from cnnkit.coursework.carrying import carry, work

NOTE = "My own note."


def worked_on() -> dict:
    """A notebook with an answer, a cell and a note of the student's, all run."""
    notebook = first.clicked(first.solved(), mirror=4, mirror_values=5, mirror_colour=6)
    first.insert(notebook, "size = 3", after="mirror")
    note = {"cell_type": "markdown", "id": "note", "metadata": {}, "source": NOTE}
    notebook["cells"].append(note)
    return notebook


def sources(notebook: dict) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def digest(text: str) -> str:
    """The part of a text cell's id that the builder makes of its text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


def newer() -> dict:
    """The next release: another text, another test, a test more, and a demonstration less."""
    notebook = first.untouched()
    text = notebook["cells"][0]
    text["source"], text["id"] = ["# Begin here"], f"text-{digest('# Begin here')}"
    first.cell(notebook, "mirror-values")["source"] = ["assert mirror is not None"]
    more = copy.deepcopy(first.cell(notebook, "mirror-values"))
    more["id"] = more["metadata"]["nbgrader"]["grade_id"] = "mirror-more"
    notebook["cells"].append(more)
    demo = next(c for c in notebook["cells"] if c["metadata"]["cnnkit"]["role"] == "demo")
    notebook["cells"].remove(demo)
    return notebook


def test_nothing_of_the_students_is_lost_and_nothing_old_of_the_authors_stays():
    old, new = worked_on(), newer()
    before = copy.deepcopy((old, new))
    carried = carry(old, new)
    assert (old, new) == before, "neither is changed"
    assert sorted(work(carried.notebook)) == sorted([first.RIGHT, "size = 3", NOTE])
    theirs = [s for s in sources(carried.notebook) if s not in (first.RIGHT, "size = 3", NOTE)]
    stub = "".join(first.cell(new, "mirror")["source"])
    assert theirs == [source for source in sources(new) if source != stub]
    assert (carried.answers, carried.own) == (["mirror"], 2)
    assert carried.tests == ["mirror-values", "mirror-more"]


def test_cells_of_the_students_stay_at_their_place_with_an_id_of_their_own():
    cells = carry(worked_on(), newer()).notebook["cells"]
    place = [cell["id"] for cell in cells].index("mirror")
    assert cells[place + 1]["source"] == "size = 3"
    ids = [cell["id"] for cell in cells]
    assert len(set(ids)) == len(ids)


def test_what_was_run_counts_on_where_the_test_is_the_same():
    cells = {cell["id"]: cell for cell in carry(worked_on(), newer()).notebook["cells"]}
    counts = {name: cells[name]["execution_count"] for name in cells if name.startswith("mirror")}
    assert counts == {"mirror": 4, "mirror-values": None, "mirror-colour": 6, "mirror-more": None}


def test_a_text_or_a_demonstration_that_a_student_changed_is_kept():
    old = first.untouched()
    demo = next(c for c in old["cells"] if c["metadata"]["cnnkit"]["role"] == "demo")
    old["cells"][0]["source"] = ["# My title"]
    demo["source"] = ["my_size = 7"]
    same, gone = carry(old, first.untouched()), carry(old, newer())
    assert len(same.notebook["cells"]) == len(old["cells"]), "in the place of the author's"
    for carried in (same, gone):
        assert work(carried.notebook) == ["# My title", "my_size = 7"]


def test_of_several_copies_the_last_that_was_begun_counts_and_none_is_lost():
    old = worked_on()
    second = copy.deepcopy(first.cell(old, "mirror"))
    second["source"], second["id"] = first.WRONG, "copied"
    stub = copy.deepcopy(first.cell(first.untouched(), "mirror"))
    old["cells"] += [second, {**stub, "id": "stub"}]
    cells = carry(old, newer()).notebook["cells"]
    place = [cell["id"] for cell in cells].index("mirror")
    assert (cells[place - 1]["source"], cells[place]["source"]) == (first.RIGHT, first.WRONG)
    assert sources({"cells": cells}).count("".join(stub["source"])) == 0


def test_an_answer_that_lost_its_marks_is_found_by_its_function():
    old = worked_on()
    for cell in old["cells"]:
        cell["metadata"], cell["id"] = {}, f"x-{cell['id']}"
    carried = carry(old, first.untouched())
    assert "".join(first.cell(carried.notebook, "mirror")["source"]) == first.RIGHT
    assert carried.answers == ["mirror"]


def test_an_exercise_that_is_no_more_leaves_its_answer_as_a_cell():
    new = newer()
    new["cells"].remove(first.cell(new, "mirror"))
    carried = carry(worked_on(), new)
    assert first.RIGHT in work(carried.notebook) and carried.answers == []


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Work that was put aside, and the new notebooks."""
    for name in ("mine", "notebooks"):
        (tmp_path / name).mkdir()
    first.save(worked_on(), tmp_path / "mine")
    first.save(newer(), tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_the_command_writes_the_new_notebook_and_leaves_the_old(folders, capsys):
    old = (folders / "mine" / f"{first.NAME}.ipynb").read_bytes()
    assert cli.main(["update", "mine"]) == 0
    told = said(capsys)
    assert "your 1 answer and 2 other cells of yours are now in notebooks/" in told
    assert "run them: mirror-values, mirror-more." in told
    assert (folders / "mine" / f"{first.NAME}.ipynb").read_bytes() == old
    written = json.loads((folders / "notebooks" / f"{first.NAME}.ipynb").read_text())
    assert written == carry(worked_on(), newer()).notebook


def test_a_second_time_nothing_is_done_and_other_work_is_never_written_over(folders, capsys):
    target = folders / "notebooks" / f"{first.NAME}.ipynb"
    cli.main(["update", "mine"])
    once = target.read_bytes()
    assert cli.main(["update", "mine"]) == 0 and "already" in said(capsys)
    first.save(first.insert(json.loads(once), "later = 1"), folders / "notebooks")
    later = target.read_bytes()
    assert cli.main(["update", "mine"]) == 1
    assert "holds other work already" in said(capsys) and target.read_bytes() == later


def test_of_a_notebook_and_its_copy_the_notebook_is_taken(folders, capsys):
    first.save(first.solved(first.WRONG), folders / "mine", f"{first.NAME}-Copy1")
    assert cli.main(["update", "mine"]) == 1
    assert f"{first.NAME}-Copy1.ipynb: left out." in said(capsys)
    written = json.loads((folders / "notebooks" / f"{first.NAME}.ipynb").read_text())
    assert first.cell(written, "mirror")["source"] == first.RIGHT


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (["empty"], 2, "There is no notebook in empty."),
        (["nowhere"], 2, "There is no notebook in nowhere."),
        (["notebooks"], 1, "It is the notebook that would be written."),
        (["mine", "--into", "empty"], 1, "There is no new 00_start_here.ipynb in"),
        (["empty/broken"], 1, "no valid JSON"),
    ],
)
def test_what_cannot_be_done_is_said(folders, capsys, arguments, status, why):
    (folders / "empty").mkdir()
    (folders / "empty" / "broken").write_text("{")
    assert cli.main(["update", *arguments]) == status
    assert why in said(capsys)


def test_where_nothing_was_written_nothing_is_carried(folders, capsys):
    first.save(first.untouched(), folders / "mine")
    before = (folders / "notebooks" / f"{first.NAME}.ipynb").read_bytes()
    assert cli.main(["update", "mine"]) == 0
    assert "nothing of yours is in it" in said(capsys)
    assert (folders / "notebooks" / f"{first.NAME}.ipynb").read_bytes() == before
