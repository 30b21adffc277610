"""The table of wrong solutions: one chapter's part is put anew without the others."""

import re

import pytest
from proofs import PAGE, with_part

TEXT = PAGE.read_text(encoding="utf-8")
TITLES = re.findall(r"^## (\d\d · .*)$", TEXT, re.M)
ROW = "| {} | 2 | 2 | 2 |\n"
SECTION = "## {}\n\nIts tables.\n"


def part(text, title):
    """The row and the section of a chapter."""
    row = re.search(rf"^\| {re.escape(title)} \|.*\n", text, re.M)[0]
    return row, text.split(f"## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("title", [TITLES[0], TITLES[4], TITLES[-1]])
def test_a_part_is_put_anew_and_all_others_stay(title):
    new = with_part(TEXT, title, ROW.format(title), SECTION.format(title))
    assert part(new, title) == (ROW.format(title), "\nIts tables.\n")
    for other in set(TITLES) - {title}:
        assert part(new, other) == part(TEXT, other)
    row, section = part(TEXT, title)
    assert with_part(new, title, row, f"## {title}\n{section}") == TEXT


def test_a_new_chapter_comes_last():
    title = "14 · New"
    new = with_part(TEXT, title, ROW.format(title), SECTION.format(title))
    assert new.endswith(f"\n{SECTION.format(title)}")
    assert new.replace(ROW.format(title), "").startswith(TEXT)
    rows = re.findall(r"^\| (\d\d · [^|]*) \|", new, re.M)
    assert rows == [*TITLES, title]
