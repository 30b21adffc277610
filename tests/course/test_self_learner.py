"""What carries who learns alone: hints one at a time, a first quiz, a page of sources."""

from __future__ import annotations

import re

import pytest
from classroom import CHAPTERS, ROOT
from test_text import about, cells, quizzes, source

FIRST_QUIZ = ("python", "shape", "view", "broadcast", "product", "derivative")


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_hint_of_each_exercise_opens_alone(name):
    listed, last = cells(name), 0
    for place, cell in enumerate(listed):
        if about(cell).get("role") != "exercise":
            continue
        task = "\n".join(source(c) for c in listed[last:place] if c["cell_type"] == "markdown")
        last = place
        hints = re.findall(
            r"<details><summary>Hint (\d): [^<]+</summary>\n\n(?:(?!<details).)+?\n</details>",
            task,
            re.S,
        )
        assert len(hints) >= 3, cell["id"]
        assert hints == [str(number + 1) for number in range(len(hints))], cell["id"]
        assert "<details open" not in task and task.count("<summary>Hint") == len(hints), cell["id"]


def test_the_first_quiz_asks_for_what_the_course_needs_and_names_what_to_read():
    asked = {question["name"]: question for question in quizzes("00_start_here")}
    for name in FIRST_QUIZ:
        wrong = [option for option in asked[name]["options"] if not option["right"]]
        assert len(wrong) >= 2
        assert [option["text"] for option in wrong if "Read *" not in option["why"]] == []


def test_the_quiz_comes_before_the_first_exercise():
    roles = [about(cell).get("quiz") or about(cell).get("role") for cell in cells("00_start_here")]
    assert max(map(roles.index, FIRST_QUIZ)) < roles.index("exercise")


def test_the_page_of_sources_is_whole_and_is_found():
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r'(?:name|id)="item-(\d+)"', page)]
    assert sorted(numbers) == list(range(1, 165))
    assert "](docs/sources.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
