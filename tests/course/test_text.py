"""What every chapter's text must hold: its lecture items, boxes, hints, questions and links."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from classroom import CHAPTERS, ROOT, chapter, student_notebook

from cnnkit.widgets.quiz_format import decode

ITEMS = tomllib.loads((ROOT / "solutions" / "items.toml").read_text(encoding="utf-8"))["item"]
FROM_FIRST = [name for name in CHAPTERS if not name.startswith("00")]  # 00 has no exercises


def cells(name: str) -> list[dict]:
    return student_notebook(name)["cells"]


def source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def about(cell: dict) -> dict:
    return cell["metadata"].get("cnnkit", {})


def carried(name: str, key: str) -> set[int]:
    """The items that the cells of a chapter name under a key."""
    return {number for cell in cells(name) for number in about(cell).get(key, [])}


def due(name: str, mark: str | None = None) -> set[int]:
    """The items of a chapter, all or those with a mark."""
    return {
        item["id"]
        for item in ITEMS
        if item["chapter"] == name and (mark is None or mark in item["mark"])
    }


def quizzes(name: str) -> list[dict]:
    found = [re.search(r'quiz\("(.+)"\)', source(c)) for c in cells(name)]
    return [decode(match[1]) for match in found if match]


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_chapter_carries_the_items_that_are_its_own(name):
    assert due(name) - carried(name, "items") == set()


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_error_has_its_box_and_every_remark_too(name):
    assert carried(name, "erratum") == due(name, "flag")
    assert carried(name, "careful") == due(name, "note")


@pytest.mark.parametrize(
    ("key", "mark"), [("items", None), ("erratum", "flag"), ("careful", "note")]
)
def test_every_item_of_the_five_lectures_has_its_place_in_the_course(key, mark):
    """Not only the chapters that are there: the whole of solutions/items.toml."""
    homes = sorted({item["chapter"] for item in ITEMS})
    missing = {
        home: due(home, mark) - (carried(home, key) if home in CHAPTERS else set())
        for home in homes
    }
    said = [f"{home}.py: {sorted(numbers)}" for home, numbers in missing.items() if numbers]
    assert not said, f"no cell with {key}= for the items that solutions/items.toml gives to\n" + (
        "\n".join(said)
    )


@pytest.mark.parametrize("name", FROM_FIRST)
def test_every_box_stands_with_something_computed_about_its_item(name):
    """A cell of code that carries the item, unless the box holds nothing that can be counted."""
    in_code = {
        number
        for cell in cells(name)
        if cell["cell_type"] == "code"
        for number in about(cell).get("items", [])
    }
    boxes = {
        number: source(cell)
        for cell in cells(name)
        for key in ("erratum", "careful")
        for number in about(cell).get(key, [])
    }
    uncounted = [n for n, text in boxes.items() if re.search(r"\d{2}|\d\.\d", _inner(text))]
    assert set(uncounted) - in_code - WITHOUT_NUMBERS == set()


def _inner(box: str) -> str:
    """The text of a box without its heading, which names items by number."""
    return "\n".join(line for line in box.split("\n") if "Erratum**" not in line
                     and "Careful**" not in line)  # fmt: skip


WITHOUT_NUMBERS: set[int] = {
    91,  # years of a history
    93,  # who made MNIST, and when
}


@pytest.mark.parametrize("name", FROM_FIRST)
def test_every_exercise_has_three_hints_and_a_time(name):
    listed = cells(name)
    for place, cell in enumerate(listed):
        if about(cell).get("role") != "exercise":
            continue
        task = "\n".join(source(c) for c in listed[max(0, place - 3) : place])
        grade_id = cell["metadata"]["nbgrader"]["grade_id"]
        assert task.count("<summary>Hint") >= 3, f"{grade_id}: three hints before the stub"
        assert re.search(r"\*About \d+ minutes", task), f"{grade_id}: no time"
        assert '"""' in source(cell) and "NotImplementedError" in source(cell), grade_id


@pytest.mark.parametrize("name", FROM_FIRST)
def test_the_hints_do_not_hold_the_answer(name):
    """No line of a solution, but for those that any code has, stands in a chapter's text."""
    text = " ".join(source(cell) for cell in cells(name) if cell["cell_type"] == "markdown")
    text = re.sub(r"\s+", " ", text)
    for cell in chapter(name).exercises:
        inside = cell.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
        answers = [re.sub(r"\s+", " ", line).strip() for line in inside.split("\n")]
        assert [line for line in answers if len(line) > 30 and line in text] == [], cell.name


@pytest.mark.parametrize("name", FROM_FIRST)
def test_there_are_predictions_and_three_closing_questions(name):
    listed = quizzes(name)
    assert len(listed) >= 5, "two predictions on the way and three questions at the end"
    last_test = max(n for n, cell in enumerate(cells(name)) if about(cell).get("role") == "test")
    closing = [cell for cell in cells(name)[last_test:] if 'quiz("' in source(cell)]
    assert len(closing) >= 3
    for question in listed:
        assert all(option["why"].strip() for option in question["options"])
        assert (
            1 <= sum(option["right"] for option in question["options"]) < len(question["options"])
        )


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_answers_are_not_readable_in_the_notebook(name):
    raw = json.dumps(student_notebook(name), ensure_ascii=False)
    for question in quizzes(name):
        assert not [o["why"] for o in question["options"] if o["why"] in raw]


@pytest.mark.parametrize("name", CHAPTERS)
def test_links_to_other_chapters_lead_somewhere(name):
    text = "\n".join(source(cell) for cell in cells(name) if cell["cell_type"] == "markdown")
    linked = set(re.findall(r"\]\(([^):#]+\.ipynb)\)", text))
    assert [link for link in linked if not (ROOT / "notebooks" / link).is_file()] == []
    number = CHAPTERS.index(name)
    neighbours = CHAPTERS[max(0, number - 1) : number] + CHAPTERS[number + 1 : number + 2]
    assert {f"{neighbour}.ipynb" for neighbour in neighbours} <= linked


@pytest.mark.parametrize("name", CHAPTERS)
def test_cells_are_short_enough_to_be_read(name):
    """Given cells; solutions and tests are as long as they must be."""
    long = [
        (cell["id"], len(source(cell).split("\n")))
        for cell in cells(name)
        if about(cell).get("role") in ("demo", "setup", "beside")
        and len(source(cell).split("\n")) > 20
    ]
    assert long == []
