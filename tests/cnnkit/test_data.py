"""What comes with packages: digits, apparel, photographs; names, errors and the IDX format."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from data_server import idx
from numpy.testing import assert_array_equal
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image

from cnnkit import data
from cnnkit.data import packaged, sets
from cnnkit.data.content import idx_array, sha256

SPLITS = ["train", "test"]


def pictures(name, split):
    return [image.tobytes() for image in data.load(name, split)[0]]


# Sets that are always here --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digits", "apparel"])
@pytest.mark.parametrize("split", SPLITS)
def test_shapes_dtypes_and_counts_are_as_listed(name, split):
    images, labels = data.load(name, split)
    listed = sets.SETS[name]
    assert images.shape == (listed.counts[SPLITS.index(split)], 1, *listed.size)
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert labels.shape == images.shape[:1]
    assert sorted(set(labels.tolist())) == list(range(len(data.classes(name))))
    assert images.flags.c_contiguous


@pytest.mark.parametrize("name", ["digits", "apparel"])
def test_every_load_gives_arrays_of_its_own(name):
    before = [array.copy() for array in data.load(name, "test")]
    for array in data.load(name, "test"):
        array[:] = 7
    for array, kept in zip(data.load(name, "test"), before, strict=True):
        assert_array_equal(array, kept)


def test_digits_are_scikit_learn_s_at_255_16ths():
    theirs = load_digits()
    expected = Counter()
    for image, label in zip(theirs.images, theirs.target, strict=True):
        expected[(np.rint(image * 255 / 16).astype(np.uint8).tobytes(), int(label))] += 1
    got = Counter()
    for split in SPLITS:
        images, labels = data.load("digits", split)
        got.update(zip([image.tobytes() for image in images], labels.tolist(), strict=True))
    assert got == expected
    assert data.load("digits", "train")[0].max() == 255


def test_the_last_36_of_each_digit_are_the_test_set():
    theirs = load_digits()
    images, labels = data.load("digits", "test")
    for digit in range(10):
        last = theirs.images[theirs.target == digit][-36:]
        assert_array_equal(images[labels == digit, 0], np.rint(last * 255 / 16))


@pytest.mark.parametrize(("split", "count"), [("train", 500), ("test", 100)])
def test_apparel_is_balanced_and_mixed(split, count):
    labels = data.load("apparel", split)[1]
    assert_array_equal(np.bincount(labels), np.full(10, count))
    assert len(set(labels[:100].tolist())) == 10  # not sorted by class


def test_no_picture_of_apparel_is_there_twice():
    everything = pictures("apparel", "train") + pictures("apparel", "test")
    assert len(set(everything)) == len(everything)


def test_apparel_is_the_file_that_was_made_and_small():
    content = packaged.APPAREL.read_bytes()
    assert sha256(content) == packaged.APPAREL_SHA256
    assert len(content) <= 3_000_000


def test_the_licence_of_apparel_lies_beside_it():
    text = packaged.APPAREL.with_name("apparel.LICENSE.txt").read_text(encoding="utf-8")
    assert "The MIT License" in text
    assert "2017 Zalando SE" in text
    assert "github.com/zalandoresearch/fashion-mnist" in text


# Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_the_classes_of_digits_are_the_digits(name):
    assert data.classes(name) == tuple(str(digit) for digit in range(10))


@pytest.mark.parametrize("name", ["apparel", "fashion-mnist"])
def test_the_classes_of_apparel(name):
    assert len(data.classes(name)) == 10
    assert data.classes(name)[0] == "T-shirt/top"
    assert data.classes(name)[9] == "Ankle boot"


def test_labels_of_apparel_mean_their_classes():
    """Trousers are two legs: dark between them at the bottom; a bag is wider than trousers."""
    images, labels = data.load("apparel", "train")
    mean = {name: images[labels == i, 0].mean(0) for i, name in enumerate(data.classes("apparel"))}
    trouser, bag = mean["Trouser"], mean["Bag"]
    assert trouser[24, 14] < trouser[24, [10, 17]].min() / 2
    assert bag[18, 3] > 5 * trouser[18, 3]
    left, right = mean["Ankle boot"][8, :8].mean(), mean["Ankle boot"][8, 20:].mean()
    assert right > 2 * left  # all boots point to the left, the leg is at the right


@pytest.mark.parametrize("call", [data.classes, data.source, lambda name: data.load(name, "train")])
def test_an_unknown_set(call):
    expected = "no data set 'cifar': take 'digits', 'apparel', 'mnist' or 'fashion-mnist'"
    with pytest.raises(ValueError, match=expected):
        call("cifar")


@pytest.mark.parametrize("name", list(sets.SETS))
def test_an_unknown_split(name):
    with pytest.raises(ValueError, match="no split 'valid': take 'train' or 'test'"):
        data.load(name, "valid")


def test_every_set_and_photograph_says_its_source_and_licence():
    for name in [*sets.SETS, *packaged.PHOTOGRAPHS]:
        assert any(word in data.source(name) for word in ("CC", "MIT", "public domain"))


def test_published_files_are_described_apart():
    """A hash copied to the wrong line would be found twice."""
    files = [file for name in ("mnist", "fashion-mnist") for file in sets.SETS[name].all_files()]
    hashes = [file.sha256 for file in files] + [file.content for file in files]
    assert len(set(hashes)) == 16
    assert {len(bytes.fromhex(text)) for text in hashes} == {32}
    assert len({file.size for file in files}) == 8
    assert len({file.name for file in files}) == 4


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_published_sets_have_several_servers(name):
    hosts = {base.split("/")[2] for base in sets.SETS[name].bases}
    assert len(hosts) >= 2
    assert all(base.endswith("/") for base in sets.SETS[name].bases)


# Photographs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["china", "flower"])
def test_photographs_of_scikit_learn(name):
    x = data.photograph(name)
    assert_array_equal(x, load_sample_image(f"{name}.jpg").transpose(2, 0, 1), strict=True)
    assert x.flags.c_contiguous
    assert x.flags.writeable


@pytest.fixture
def scikit_image(monkeypatch, tmp_path):
    """A package of its name with two small pictures of ours, in colour and grey."""
    folder = tmp_path / "skimage" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "skimage" / "__init__.py").write_text("raise ImportError('needs no import')")
    colours = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    Image.fromarray(colours).save(folder / "chelsea.png")
    Image.fromarray(colours[..., 0]).save(folder / "camera.png")
    monkeypatch.syspath_prepend(tmp_path)
    return colours


def test_photographs_of_scikit_image(scikit_image):
    assert_array_equal(data.photograph("chelsea"), scikit_image.transpose(2, 0, 1), strict=True)
    assert_array_equal(data.photograph("camera"), scikit_image[None, ..., 0], strict=True)


def test_a_package_without_its_photograph(scikit_image):
    with pytest.raises(data.DataError, match="scikit-image is installed without its coffee.png"):
        data.photograph("coffee")


def test_a_photograph_whose_package_is_not_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(data.DataError, match="comes with scikit-image, which is not installed"):
        data.photograph("chelsea")


def test_an_unknown_photograph():
    with pytest.raises(ValueError, match="no photograph 'dog': take one of 'china', 'flower'"):
        data.photograph("dog")


# The IDX format -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (0,), (2, 5, 3), (0, 4, 4)])
def test_idx_arrays(shape):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    got = idx_array(idx(array), axes=len(shape))
    assert_array_equal(got, array, strict=True)
    assert got.flags.writeable


LABELS = idx(np.arange(5, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "axes", "message"),
    [
        (b"", 1, "begins with : .* it must begin with 00 00 08 01"),
        (LABELS, 3, "begins with 00 00 08 01: .* 3 axes it must begin with 00 00 08 03"),
        (LABELS[:6], 1, "must begin with 00 00 08 01 and sizes"),
        (b"\0\0\x0d" + LABELS[3:], 1, "begins with 00 00 0d 01"),
        (LABELS[:-1], 1, r"shape is \(5,\), which is 5 numbers; it has 4"),
        (LABELS + b"x", 1, "which is 5 numbers; it has 6"),
        (b"\0\0\x08\x01\xff\xff\xff\xff", 1, r"shape is \(-1,\)"),
    ],
)
def test_what_is_no_idx(content, axes, message):
    with pytest.raises(ValueError, match=message):
        idx_array(content, axes)


# Imports --------------------------------------------------------------------------------------

LATE = ["sklearn", "scipy", "pooch", "requests", "tqdm", "filelock", "PIL", "torch", "matplotlib"]


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("from cnnkit import data", set()),
        (
            "from cnnkit import data; data.load('apparel', 'train'); data.load('digits', 'test')",
            set(),
        ),
        ("from cnnkit import data; data.photograph('china')", {"PIL"}),
    ],
)
def test_nothing_is_loaded_that_is_not_needed(statement, allowed):
    """A grader starts a process for each submission: a second a time would be felt."""
    program = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert set(json.loads(done.stdout)) & set(LATE) <= allowed
