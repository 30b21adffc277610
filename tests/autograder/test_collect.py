"""Finding submissions."""

import json
import os
import shutil
import tracemalloc

import pytest
import tiny_course as tiny

from autograder import notebooks
from autograder.collect import find_submissions, of_chapter, recognise_chapter
from autograder.collect.items import of_folder
from autograder.files import GradeError
from autograder.results import MISSING, OTHER_CHAPTER, UNREADABLE

OTHER = "92_other"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return tiny.load(tmp_path_factory.mktemp("solutions"))


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another chapter, whose ids are its own."""
    folder = tmp_path_factory.mktemp("solutions")
    text = json.dumps(tiny.instructor(OTHER)).replace("double", "halve").replace("add", "minus")
    from autograder.chapter import Chapter

    return Chapter.load(tiny.write(folder / f"{OTHER}.ipynb", text))


def other_notebook():
    return json.dumps(tiny.student(name=OTHER)).replace("double", "halve").replace("add", "minus")


def collect(folder, chapter, *others):
    return of_chapter(find_submissions(folder, [chapter, *others]), chapter)


def students(collection):
    return [submission.student for submission in collection.submissions]


def test_a_folder_of_notebooks_is_read_in_order(tmp_path, chapter):
    for name in ("zoe", "anna", "Ben"):
        tiny.write(tmp_path / f"{name}.ipynb", tiny.solved())
    found = collect(tmp_path, chapter)
    assert students(found) == ["Ben", "anna", "zoe"]
    assert {s.assignment for s in found.submissions} == {tiny.NAME}
    assert not any(s.status or s.repairs for s in found.submissions)
    assert found.ignored == []


@pytest.mark.parametrize("start", ["submitted", "."])
def test_nbgraders_tree_is_read_from_either_folder(tmp_path, chapter, start):
    folder = tmp_path / "submitted" / "anna" / tiny.NAME
    tiny.write(folder / f"{tiny.NAME}.ipynb", tiny.solved())
    tiny.write(folder / "timestamp.txt", "2024-05-01 10:00:00 UTC\n")
    (found,) = collect(tmp_path / start, chapter).submissions
    assert (found.student, found.folder) == ("anna", tiny.NAME)
    assert found.timestamp == "2024-05-01 10:00:00 UTC"
    assert found.repairs == []


def test_a_renamed_notebook_is_recognised_and_said(tmp_path, chapter):
    tiny.write(tmp_path / "anna" / tiny.NAME / "final (2).ipynb", tiny.solved())
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == ""
    assert "final (2).ipynb" in found.repairs[0]


def test_the_right_one_of_several_notebooks_counts(tmp_path, chapter, other):
    folder = tmp_path / "anna" / tiny.NAME
    tiny.write(folder / "a.ipynb", "nothing")
    tiny.write(folder / "b.ipynb", other_notebook())
    tiny.write(folder / "c.ipynb", tiny.solved())
    tiny.write(folder / f"{tiny.NAME}.ipynb", tiny.solved())
    found = collect(tmp_path, chapter, other)
    assert [s.path.name for s in found.submissions] == [f"{tiny.NAME}.ipynb"]
    assert sorted(path.name for path, _ in found.ignored) == ["a.ipynb", "b.ipynb", "c.ipynb"]


def test_contents_count_more_than_the_file_name(tmp_path, chapter, other):
    folder = tmp_path / "anna" / tiny.NAME
    tiny.write(folder / f"{tiny.NAME}.ipynb", other_notebook())
    tiny.write(folder / "z.ipynb", tiny.solved())
    assert [s.path.name for s in collect(tmp_path, chapter, other).submissions] == ["z.ipynb"]


def test_another_assignments_folder_is_left_alone(tmp_path, chapter, other):
    for student in ("anna", "ben"):
        tiny.write(tmp_path / student / OTHER / "x.ipynb", other_notebook())
    tiny.write(tmp_path / "anna" / tiny.NAME / "x.ipynb", tiny.solved())
    found = collect(tmp_path, chapter, other)
    assert students(found) == ["anna"]
    assert all(OTHER in reason for _, reason in found.ignored) and len(found.ignored) == 2


def test_another_chapters_notebook_gets_a_sentence(tmp_path, chapter, other):
    tiny.write(tmp_path / "anna.ipynb", other_notebook())
    tiny.write(tmp_path / "ben.ipynb", {"cells": [], "metadata": {}, "nbformat": 4})
    anna, ben = collect(tmp_path, chapter, other).submissions
    assert anna.status == ben.status == OTHER_CHAPTER
    assert OTHER in anna.reason and tiny.NAME in anna.reason
    assert "no notebook of this course" in ben.reason


def lose_metadata(notebook):
    notebook["metadata"] = {}


def lose_all_but_ids(notebook):
    notebook["metadata"] = {}
    for made in notebook["cells"]:
        made["metadata"] = {}


def lose_everything(notebook):
    lose_all_but_ids(notebook)
    for made in notebook["cells"]:
        del made["id"]


@pytest.mark.parametrize("lose", [lose_metadata, lose_all_but_ids, lose_everything])
def test_the_chapter_is_recognised_without_its_metadata(tmp_path, chapter, other, lose):
    notebook = tiny.solved()
    lose(notebook)
    tiny.write(tmp_path / f"{OTHER}.ipynb", notebook)
    (found,) = collect(tmp_path, chapter, other).submissions
    assert found.assignment == tiny.NAME and found.status == ""


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "empty"),
        ("hello", "no valid JSON"),
        ('{"cells": [', "no valid JSON"),
        ("[1, 2]", "no object"),
        ('{"metadata": {}}', "no list of cells"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_unreadable(tmp_path, chapter, text, words):
    tiny.write(tmp_path / "anna.ipynb", text)
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == UNREADABLE and words in found.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_byte_order_marks_and_line_ends_are_borne(tmp_path, chapter, encoding):
    notebook = tiny.solved()
    for made in notebook["cells"]:
        made["source"] = made["source"].replace("\n", "\r\n") + "  # ä"
    text = json.dumps(notebook, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    (tmp_path / "anna.ipynb").write_bytes(text.encode(encoding))
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == ""
    assert "\r" not in json.dumps(json.loads(found.notebook)) and "ä" in found.notebook


def test_outputs_are_left_out_and_size_is_bounded(tmp_path, chapter, monkeypatch):
    notebook = tiny.solved()
    tiny.by_id(notebook, "double")["outputs"] = [{"output_type": "stream", "text": "x" * 300_000}]
    tiny.write(tmp_path / "anna.ipynb", notebook)
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == "" and len(found.notebook) < 10_000
    monkeypatch.setattr(notebooks.read_bytes, "__defaults__", (200_000,))
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == UNREADABLE and "larger than" in found.reason


def test_too_much_text_and_too_many_cells_are_refused():
    with pytest.raises(notebooks.NotANotebook, match="5 MB of text"):
        notebooks.parse(json.dumps({"cells": [tiny.added("x" * 5_000_001)]}).encode())
    with pytest.raises(notebooks.NotANotebook, match="2000 cells"):
        notebooks.parse(json.dumps({"cells": [{}] * 2001}).encode())


def test_millions_of_cells_are_refused_before_anything_is_made_of_them():
    data = b'{"cells":[' + b",".join([b"{}"] * 300_000) + b"]}"
    tracemalloc.start()
    try:
        with pytest.raises(notebooks.NotANotebook, match="2000 cells"):
            notebooks.parse(data)
        assert tracemalloc.get_traced_memory()[1] < 60e6  # read they take 25 MB, regular 250
    finally:
        tracemalloc.stop()


def test_links_pipes_and_other_files_are_passed_over_with_a_reason(tmp_path, chapter):
    folder = tmp_path / "class"
    tiny.write(folder / "anna.ipynb", tiny.solved())
    secret = tiny.write(tmp_path / "secret" / "x" / "x.ipynb", tiny.solved())
    (folder / "ben.ipynb").symlink_to(secret)
    (folder / "cara").symlink_to(secret.parent.parent)
    os.mkfifo(folder / "dora.ipynb")
    tiny.write(folder / "notes.txt", "hello")
    tiny.write(folder / "._anna.ipynb", "resource fork")
    tiny.write(folder / "emil" / "a" / "b" / "deep.ipynb", tiny.solved())
    found = collect(folder, chapter)
    assert students(found) == ["anna"]
    reasons = {path.name: reason for path, reason in found.ignored}
    assert "link" in reasons["ben.ipynb"] and "link" in reasons["cara"]
    assert "neither" in reasons["dora.ipynb"]
    assert "no notebook" in reasons["notes.txt"]
    assert "hidden" in reasons["._anna.ipynb"]
    assert "too deep" in reasons["b"]


def test_a_link_is_not_opened_even_when_it_appears_late(tmp_path):
    secret = tiny.write(tmp_path / "secret.ipynb", tiny.solved())
    (tmp_path / "anna.ipynb").symlink_to(secret)
    with pytest.raises(notebooks.NotANotebook):
        notebooks.read_bytes(tmp_path, ("anna.ipynb",))


def test_a_folder_that_becomes_a_link_while_others_are_read_leads_nowhere(tmp_path):
    for name in ("anna", "ben", "mallory"):
        tiny.write(tmp_path / name / "a.ipynb", tiny.solved())
    found = of_folder(tmp_path, lambda *passed: None)
    assert next(found).parts == ("anna",)
    shutil.rmtree(tmp_path / "mallory")
    (tmp_path / "mallory").symlink_to("anna")
    readers = {item.parts[0]: item.read for item in found if not item.is_folder}
    assert readers["anna"]() == readers["ben"]() != b""
    with pytest.raises(notebooks.NotANotebook, match="could not be opened"):
        readers["mallory"]()


def test_a_file_that_is_gone_before_it_is_read_is_said_and_stops_nobody(tmp_path, chapter):
    for name in ("anna", "ben", "cara"):
        tiny.write(tmp_path / f"{name}.ipynb", tiny.solved())
    found = of_folder(tmp_path, lambda *passed: None)
    read = [next(found)]
    (tmp_path / "ben.ipynb").unlink()
    read += found
    assert [item.parts for item in read] == [("anna.ipynb",), ("ben.ipynb",), ("cara.ipynb",)]
    with pytest.raises(notebooks.NotANotebook, match="No such file"):
        read[1].read()


def test_odd_names_become_printable(tmp_path, chapter):
    for name in (b"a\nb.ipynb", b"\xff.ipynb", "c\u202ed.ipynb".encode()):
        path = os.path.join(os.fsencode(tmp_path), name)
        with open(path, "w") as file:
            json.dump(tiny.solved(), file)
    found = students(collect(tmp_path, chapter))
    assert found == ["\\udcff", "a\\x0ab", "c\\u202ed"]


def test_no_such_folder_and_an_empty_folder_get_a_sentence(tmp_path, chapter):
    with pytest.raises(GradeError, match="No such file") as caught:
        find_submissions(tmp_path / "nowhere", [chapter])
    assert caught.value.wrong_use
    tiny.write(tmp_path / "notes.txt", "hello")
    with pytest.raises(GradeError, match=r"looked for STUDENT\.ipynb"):
        find_submissions(tmp_path, [chapter])
    with pytest.raises(GradeError, match="no zip or tar archive"):
        find_submissions(tmp_path / "notes.txt", [chapter])


def test_the_chapter_is_chosen_by_what_most_notebooks_are(tmp_path, chapter, other):
    for name in "abcde":
        tiny.write(tmp_path / f"{name}.ipynb", tiny.solved())
    tiny.write(tmp_path / "z.ipynb", other_notebook())
    both = [chapter, other]
    assert recognise_chapter(find_submissions(tmp_path, both), both) == chapter
    for name in "uvwxy":
        tiny.write(tmp_path / f"{name}.ipynb", other_notebook())
    with pytest.raises(GradeError, match=r"91_tiny \(5\), 92_other \(6\)"):
        recognise_chapter(find_submissions(tmp_path, both), both)


def test_nobody_decides_for_a_class_by_handing_in_much(tmp_path, chapter, other):
    for name in "abcde":
        tiny.write(tmp_path / name / tiny.NAME / f"{tiny.NAME}.ipynb", tiny.solved())
    tiny.write(tmp_path / "f" / tiny.NAME / f"{tiny.NAME}.ipynb", "nothing")
    for number in range(20):
        tiny.write(tmp_path / "mallory" / tiny.NAME / f"{number}.ipynb", other_notebook())
    both = [chapter, other]
    assert recognise_chapter(find_submissions(tmp_path, both), both) == chapter
    found = collect(tmp_path, chapter, other)
    status = {s.student: s.status for s in found.submissions}
    assert status == dict.fromkeys("abcde", "") | {"f": UNREADABLE, "mallory": OTHER_CHAPTER}


def test_of_many_files_handed_in_as_well_some_are_named(tmp_path, chapter):
    for number in range(40):
        tiny.write(tmp_path / "anna" / tiny.NAME / f"{number:02}.ipynb", tiny.solved())
    (anna,) = collect(tmp_path, chapter).submissions
    assert anna.attempt == 40
    assert "and not graded: 01.ipynb" in anna.repairs[-1]
    assert anna.repairs[-1].endswith("10.ipynb and 29 more.")


def test_nothing_recognised_gets_a_sentence(tmp_path, chapter):
    tiny.write(tmp_path / "a.ipynb", "nothing")
    with pytest.raises(GradeError, match="--chapter"):
        recognise_chapter(find_submissions(tmp_path, [chapter]), [chapter])


def rows(collection):
    return {s.student: (s.status, s.reason, s.attempt) for s in collection.submissions}


def test_a_folder_without_a_notebook_is_a_submission_that_is_missing(tmp_path, chapter, other):
    tiny.write(tmp_path / "anna" / tiny.NAME / "x.ipynb", tiny.solved())
    (tmp_path / "ben").mkdir()
    tiny.write(tmp_path / "cara" / tiny.NAME / "report.pdf", "pdf")
    tiny.write(tmp_path / "cara" / tiny.NAME / "timestamp.txt", "2024-05-01 10:00:00 UTC")
    tiny.write(tmp_path / "dora" / OTHER / "x.ipynb", other_notebook())
    (tmp_path / "dora" / tiny.NAME).mkdir()
    found = collect(tmp_path, chapter, other)
    named = f"The folder {tiny.NAME} holds no notebook (.ipynb)"
    assert rows(found) == {
        "anna": ("", "", 1),
        "ben": (MISSING, "The folder ben holds no notebook (.ipynb).", 0),
        "cara": (MISSING, f"{named}, only report.pdf.", 0),
        "dora": (MISSING, f"{named}.", 0),
    }
    assert [s.timestamp for s in found.submissions if s.student == "cara"][0].startswith("2024")
    assert not any(s.repairs for s in found.submissions if s.status == MISSING)


def test_no_other_folder_is_taken_for_a_missing_submission(tmp_path, chapter, other):
    tiny.write(tmp_path / "anna" / tiny.NAME / f"{tiny.NAME}.ipynb", tiny.solved())
    tiny.write(tmp_path / "anna" / "images" / "plot.png", "png")
    tiny.write(tmp_path / "ben" / OTHER / "x.ipynb", other_notebook())
    tiny.write(tmp_path / "ben" / "images" / "plot.png", "png")
    (tmp_path / "cara" / OTHER).mkdir(parents=True)
    found = collect(tmp_path, chapter, other)
    assert students(found) == ["anna"] and found.submissions[0].repairs == []
    assert {path.name for path, _ in found.ignored} >= {"images", OTHER}
    loose = tmp_path / "loose"
    tiny.write(loose / "anna.ipynb", tiny.solved())
    (loose / "images").mkdir()
    found = collect(loose, chapter, other)
    assert students(found) == ["anna"]
    assert [(path.name, reason) for path, reason in found.ignored] == [
        ("images", "It is a folder without a notebook.")
    ]


def test_attempts_are_the_notebooks_of_the_chapter(tmp_path, chapter, other):
    folder = tmp_path / "anna" / tiny.NAME
    for name in ("a.ipynb", "b.ipynb"):
        tiny.write(folder / name, tiny.solved())
    tiny.write(folder / "c.ipynb", other_notebook())
    tiny.write(folder / "d.ipynb", "nothing")
    tiny.write(tmp_path / "ben" / tiny.NAME / "e.ipynb", "nothing")
    tiny.write(tmp_path / "cara" / tiny.NAME / "f.ipynb", other_notebook())
    (tmp_path / "dora" / tiny.NAME).mkdir(parents=True)
    assert {s.student: s.attempt for s in collect(tmp_path, chapter, other).submissions} == {
        "anna": 2,
        "ben": 1,
        "cara": 0,
        "dora": 0,
    }


def test_what_is_unreadable_was_not_recognised_by_its_contents(tmp_path, chapter):
    tiny.write(tmp_path / "anna" / tiny.NAME / "final.ipynb", "nothing")
    (found,) = collect(tmp_path, chapter).submissions
    assert found.status == UNREADABLE and found.repairs == []
