"""Records of long trainings: loaded by name, and what is said of them."""

import json

import pytest

from cnnkit import recorded

ABOUT = {
    "command": "python experiments/90_made.py",
    "date": "2026-05-04",
    "machine": "a processor, Linux",
    "cores": 2,
    "threads": 2,
    "load": 2.1,
    "versions": {"python": "3.12.1", "numpy": "2.2.0", "torch": "2.7.0"},
    "data": [
        {"name": "apparel", "images": 6000, "sha256": "0" * 64},
        {"name": "china", "images": 1, "sha256": "1" * 64},
    ],
    "source": "2" * 64,
}
RUNS = [
    {"remedy": "flip", "seed": seed, "acc": 0.8 + seed / 100, "seconds": 700.2}
    for seed in (2, 0, 1)
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    return tmp_path


def written(folder, name="90_made", **about):
    text = json.dumps({"about": {**ABOUT, **about}, "runs": RUNS})
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return recorded.load(name)


def test_runs_come_as_they_were_written(folder):
    record = written(folder)
    assert record.runs == RUNS and record.about == ABOUT


def test_a_change_stays_with_the_one_who_makes_it(folder):
    written(folder).runs[0]["acc"] = 1.0
    assert recorded.load("90_made").runs == RUNS


@pytest.mark.parametrize("name", ["", "91", "../90_made", "90_made.json", None])
def test_an_unknown_name_is_told_those_that_there_are(folder, name):
    written(folder), written(folder, "12_few"), written(folder, "13_other")
    with pytest.raises(ValueError, match="take '12_few', '13_other' or '90_made'") as error:
        recorded.load(name)
    assert repr(name) in str(error.value)


def test_where_there_is_no_record_at_all_it_says_how_to_make_one(folder):
    with pytest.raises(ValueError, match="there is none yet. `python experiments/NAME.py`"):
        recorded.load("90_made")


def test_the_label_says_where_the_figures_come_from(folder):
    assert written(folder).label == (
        "Recorded by `python experiments/90_made.py` on 2026-05-04, not computed just now: 3 runs, "
        "seeds 0, 1 and 2, on apparel (6,000 images) and china (1 image), 2,101 s with 2 threads; "
        "python 3.12.1, numpy 2.2.0, torch 2.7.0."
    )


def test_the_label_of_one_run_without_seeds_and_data(folder, monkeypatch):
    monkeypatch.setattr(__name__ + ".RUNS", [{"seconds": 0.4}])
    label = written(folder, data=[], threads=1).label
    assert "just now: 1 run, 0 s with 1 thread; python" in label


@pytest.mark.parametrize(
    ("load", "busy"), [(None, False), (0.0, False), (3.0, False), (3.1, True), (9.0, True)]
)
def test_a_machine_with_others_at_work_is_told(folder, load, busy):
    # Two cores may have a load of 2, from the runs themselves, and a little more.
    record = written(folder, load=load)
    assert record.busy is busy
    assert ("2,101 s with 2 threads on a machine that others used as well;" in record.label) is busy
