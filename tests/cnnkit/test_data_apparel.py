"""The script that makes apparel.npz, on a small set that stands in for Fashion-MNIST."""

import importlib.util
import io
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnkit import data
from cnnkit.data import packaged

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "make_apparel.py"


def full_set(name, split):
    """12 images of each of 3 classes, mixed; every image tells its place."""
    assert name == "fashion-mnist"
    labels = np.random.default_rng(len(split)).permutation(np.repeat(np.arange(3), 12))
    images = np.zeros((36, 1, 4, 4), np.uint8)
    images[:, 0, 0, 0] = np.arange(36)
    return images, labels


@pytest.fixture
def script(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("make_apparel", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(data, "load", full_set)
    monkeypatch.setattr(module, "PER_CLASS", {"train": 5, "test": 2})
    monkeypatch.setattr(module, "APPAREL", tmp_path / "apparel.npz")
    return module


def test_images_and_labels_are_chosen_by_class_in_their_order(script):
    arrays = script.subset()
    for split, count in script.PER_CLASS.items():
        images, labels = full_set("fashion-mnist", split)
        places = arrays[f"{split}_images"][:, 0, 0]
        assert (np.diff(places.astype(int)) > 0).all()
        assert_array_equal(arrays[f"{split}_images"], images[places, 0])
        assert_array_equal(arrays[f"{split}_labels"], labels[places])
        assert_array_equal(np.bincount(labels[places]), [count] * 3)


def test_the_seed_and_the_split_choose(script, monkeypatch):
    labels = np.zeros(200, int)
    train, test = (set(script.chosen(labels, split, 20)) for split in ("train", "test"))
    monkeypatch.setattr(script, "SEED", 2)
    other = set(script.chosen(labels, "train", 20))
    assert train != test
    assert train != other
    assert len(train) == len(test) == len(other) == 20


def test_every_run_gives_the_same_bytes(script, monkeypatch):
    first = script.packed(script.subset())
    np.random.default_rng().random()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    monkeypatch.setattr(sys, "platform", "win32")
    assert script.packed(script.subset()) == first


def test_the_file_is_read_without_pickle(script):
    arrays = script.subset()
    with np.load(io.BytesIO(script.packed(arrays)), allow_pickle=False) as read:
        assert sorted(read) == sorted(arrays)
        for name, array in arrays.items():
            assert_array_equal(read[name], array, strict=True)


def test_writing_and_checking(script, capsys):
    assert script.main(["--check"]) == 1
    assert not script.APPAREL.exists()
    assert script.main([]) == 0
    assert "APPAREL_SHA256 = " in capsys.readouterr().out
    assert script.main(["--check"]) == 0
    script.APPAREL.write_bytes(script.APPAREL.read_bytes() + b"?")
    assert script.main(["--check"]) == 1
    assert "NOT what the full set gives" in capsys.readouterr().out


def test_without_the_full_set(script, monkeypatch, capsys):
    def missing(*_):
        raise data.DataError("It is not here.")

    monkeypatch.setattr(data, "load", missing)
    assert script.main([]) == 1
    assert capsys.readouterr().err == "It is not here.\n"
    assert not script.APPAREL.exists()


def test_the_committed_file_has_the_script_s_counts(script):
    """Whether it has the right pictures only the full set can tell: benchmarks/datasets.py."""
    spec = importlib.util.spec_from_file_location("again", SCRIPT)
    unchanged = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unchanged)
    with np.load(packaged.APPAREL, allow_pickle=False) as arrays:
        for split, count in unchanged.PER_CLASS.items():
            assert_array_equal(np.bincount(arrays[f"{split}_labels"]), [count] * 10)
            assert arrays[f"{split}_images"].shape == (10 * count, 28, 28)
