"""The page of attacks says what was recorded, and of what was not, that it was not."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HARMLESS = {
    "points": 0.0, "found": False, "gained": [], "shown": True, "script": False, "formula": False,
    "megabytes of feedback": 0.1, "neighbours": [5.0, 5.0], "spoilt": False, "left behind": False,
}  # fmt: skip


@pytest.fixture
def tool(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("page", ROOT / "tools" / "hostile_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    one = module.Attack("points", f="one")
    two = module.Attack("the batch", f="two", wins=("f-kept",))
    attacks = {"(none)": HARMLESS | {"points": 5.0, "digest": module.Attack("").digest}}
    attacks["first"] = HARMLESS | {"points": 2.0, "found": True, "digest": one.digest}
    attacks["second"] = HARMLESS | {"digest": "of an earlier version"}
    record = {"date": "2026-05-04", "versions": {"nbgrader": "1.2"}, "attacks": attacks}
    (tmp_path / "record.json").write_text(json.dumps(record))
    monkeypatch.setattr(module, "RECORD", tmp_path / "record.json")
    monkeypatch.setattr(module, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(module, "ATTACKS", {"first": one})
    monkeypatch.setattr(module, "FOLDERS", {"second": two})
    monkeypatch.setattr(sys, "argv", ["hostile_page.py"])
    return module


def test_a_row_says_what_an_attack_came_to_here_and_there(tool):
    rows = [line for line in tool.page().splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "| first | points | 0 points | **2 of 5 points**; **reads hidden tests** |",
        "| second | the batch | the test of the beside function, by forgery | not recorded |",
    ]
    assert "Of 2 attacks 1 are recorded for nbgrader. Of these, 1 do more" in tool.page()
    assert "shows the hidden tests to everybody" in tool.page()


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ({}, "0 points"),
        ({"points": None}, "no score: an error"),
        ({"gained": ["a line"]}, "0 points; **gets at a line**"),
        ({"neighbours": [5.0, None]}, "0 points; **a neighbour's score is not what it should be**"),
        ({"megabytes of feedback": 3.4}, "0 points; feedback of 3.4 MB"),
        ({"outcome": "**nbgrader hangs**"}, "**nbgrader hangs**"),
    ],
)
def test_what_is_recorded_is_said_in_words(tool, came, words):
    assert tool.in_words(HARMLESS | came) == words


def test_a_stale_page_is_told_and_left(tool, monkeypatch, capsys):
    assert tool.main() == 0
    monkeypatch.setattr(sys, "argv", ["hostile_page.py", "--check"])
    assert tool.main() == 0
    tool.PAGE.write_text("old")
    assert tool.main() == 1
    assert tool.PAGE.read_text() == "old" and "make docs" in capsys.readouterr().err
