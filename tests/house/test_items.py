"""solutions/items.toml holds the five lectures whole, marked and given to chapters as agreed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ITEMS = tomllib.loads((ROOT / "solutions" / "items.toml").read_text(encoding="utf-8"))
BY_ID = {item["id"]: item for item in ITEMS["item"]}

LECTURES = {"s0": (1, 41), "s1": (42, 58), "s2": (59, 90), "s3": (91, 115), "s4": (116, 164)}
FLAGS = {31, 36, 71, 93, 106, 108, 111, 129, 132, 140, 150}
NOTES = {2, 12, 13, 21, 23, 25, 26, 29, 30, 35, 36, 38, 45, 48, 49, 51, 52, 58, 62, 78, 80, 84, 85}
NOTES |= {90, 91, 99, 103, 107, 112, 118, 127, 130, 133, 134, 136, 145, 148, 152, 157}
CHAPTERS = {
    "01_images_as_arrays": "5 41 59 60 62 91 92 93 94 98 115 116 117 118 119 120 121 122 123",
    "02_convolution_1d": "8 9 10 66 67 68 69 70 124 125 126 127 128 129 130",
    "03_image_filtering_2d": "11 12 16 28 48 71 72 73 78 79 133 134 135",
    "04_conv_layer": "2 3 15 17 19 20 21 22 23 24 26 27 43 44 45 49 64 65 80 81 82 83 84 85 86 87 "
    "104 105 106 108 109 110 111 136 137 138 139 140 141 145",
    "05_pooling_and_downsampling": "29 30 31 52 53 54 88 112 113 114 144 146 147 148 149 150 151 "
    "152",
    "06_backprop_conv_pool": "34 35 50 51 58 132",
    "07_fast_conv_im2col": "63 107",
    "08_lenet_from_scratch": "1 6 7 36 61 74 75 76 89 90 95 96 97 99 100 101 102 142 143",
    "09_equivariance_and_receptive_fields": "4 13 14 18 25 32 42 57 77 103 131 154 157",
    "10_alexnet_and_modern_blocks": "33 55 153 155",
    "11_augmentation_and_regularisation": "37 38 39 40 56 156 158 159 160 161",
    "12_transfer_and_fine_tuning": "162 163 164",
    "13_capstone_apparel": "46 47",
}


def marks(item: dict) -> list[str]:
    mark = item["mark"]
    return [mark] if isinstance(mark, str) else mark


def marked(word: str) -> set[int]:
    return {item["id"] for item in ITEMS["item"] if word in marks(item)}


def test_the_items_are_numbered_from_1_to_164():
    assert [item["id"] for item in ITEMS["item"]] == list(range(1, 165))


@pytest.mark.parametrize("code", LECTURES)
def test_a_lecture_has_its_items_and_one_author(code):
    mine = [item for item in ITEMS["item"] if item["lecture"] == code]
    first, last = LECTURES[code]
    assert [item["id"] for item in mine] == list(range(first, last + 1))
    assert {item["author"] for item in mine} == {ITEMS["lectures"][code]["author"]}


def test_the_marks_are_those_agreed():
    assert marked("flag") == FLAGS
    assert marked("note") == NOTES
    assert marked("ok") == set(range(1, 165)) - FLAGS - NOTES


def test_each_flag_has_its_correction_and_each_note_its_remark():
    assert {i for i, item in BY_ID.items() if item.get("correction")} == FLAGS
    assert {i for i, item in BY_ID.items() if item.get("remark")} == NOTES


def test_every_text_is_made_of_sentences_of_its_own():
    texts = [item[k] for item in ITEMS["item"] for k in ("text", "correction", "remark")
             if k in item]  # fmt: skip
    assert [text for text in texts if not text.endswith(".") or len(text) < 20] == []
    assert [text for text, times in Counter(texts).items() if times > 1] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_carries_its_items(chapter):
    mine = {item["id"] for item in ITEMS["item"] if item["chapter"] == chapter}
    assert mine == {int(number) for number in CHAPTERS[chapter].split()}


def test_the_sources_page_is_not_stale():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "sources.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_sources_page_has_every_item_once_with_its_boxes():
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert [n for n in BY_ID if page.count(f'<a id="item-{n}"></a>') != 1] == []
    assert page.count("> **Erratum.**") == len(FLAGS)
    assert page.count("> **Careful.**") == len(NOTES)
