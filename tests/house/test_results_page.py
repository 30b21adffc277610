"""The README's table of results says what the record says, and leaves what is around it alone."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from cnnkit import recorded
from cnnkit.recorded import Record

ROOT = Path(__file__).resolve().parents[2]

ABOUT = {
    "command": "python experiments/14_full_sets.py", "date": "2026-05-04", "machine": "m",
    "cores": 2, "threads": 2, "load": 1.0, "versions": {"python": "3.12.1"}, "data": [],
    "source": "0",
}  # fmt: skip


def run(net: str, seed: int, accuracy: float, stage: str = "test") -> dict:
    return {
        "net": net, "data": "mnist", "parameters": 1234, "stage": stage, "seed": seed,
        "accuracy": accuracy, "seconds": 60.0 * (seed + 1), "processor_seconds": 90.0,
    }  # fmt: skip


RECORD = Record(
    about=ABOUT,
    runs=[
        run("dense", 0, 0.5, "choose the rate"),
        *(run("dense", seed, accuracy) for seed, accuracy in enumerate([0.98, 0.984, 0.979])),
        *(run("wide", seed, 0.99) for seed in range(2)),
    ],
)


@pytest.fixture
def tool(tmp_path, monkeypatch):
    path = ROOT / "tools" / "results_page.py"
    spec = importlib.util.spec_from_file_location("results_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "README", tmp_path / "README.md")
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["results_page.py"])
    module.README.write_text(f"above\n\n{module.BEGIN}\nold\n{module.END}\n\nbelow\n")
    return module


def test_a_row_has_mean_and_spread_of_the_seeds_that_were_tested(tool):
    # Mean of 98.0, 98.4, 97.9: 98.1; deviations -.1, .3, -.2, squares .14, over two .07, root .26.
    lines = tool.table(RECORD).splitlines()
    assert lines[2:] == [
        "| mnist | dense | 1,234 | **98.10** ± 0.26 | 98.00, 98.40, 97.90 | 2.0 | 1.5 |",
        "| mnist | wide | 1,234 | **99.00** ± 0.00 | 99.00, 99.00 | 1.5 | 1.5 |",
        "",
        RECORD.label,
    ]
    assert {line.count("|") for line in lines[:4]} == {8}


def test_the_table_takes_the_place_of_the_old_one(tool, monkeypatch, tmp_path):
    record = {"about": RECORD.about, "runs": RECORD.runs}
    (tmp_path / "14_full_sets.json").write_text(json.dumps(record))
    assert tool.main() == 0
    text = tool.README.read_text()
    assert text == f"above\n\n{tool.BEGIN}\n\n{tool.table(RECORD)}\n{tool.END}\n\nbelow\n"
    monkeypatch.setattr(sys, "argv", ["results_page.py", "--check"])
    assert tool.main() == 0
    assert tool.README.read_text() == text


def test_a_stale_table_is_told_and_left(tool, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["results_page.py", "--check"])
    before = tool.README.read_text()
    assert tool.main() == 1
    assert "run 'make docs'" in capsys.readouterr().err
    assert tool.README.read_text() == before


def test_without_a_record_it_says_so(tool):
    assert tool.main() == 0
    assert f"{tool.BEGIN}\n\n{tool.NO_RECORD}\n{tool.END}\n" in tool.README.read_text()


@pytest.mark.parametrize("text", ["", "{0}", "{1}", "{1} {0}", "{0} {0} {1}", "{0} {1} {1}"])
def test_missing_or_doubled_comments_are_refused(tool, text):
    with pytest.raises(SystemExit, match="these two lines once"):
        tool.with_table(text.format(tool.BEGIN, tool.END), "new")
