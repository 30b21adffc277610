"""The sliding kernel without a browser: places, sums, lengths, predictions, students' functions."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cnnkit import filters
from cnnkit.widgets import slide_numbers as numbers
from cnnkit.widgets import sliding_kernel, static_page
from cnnkit.widgets.figures import number
from cnnkit.widgets.slide_numbers import MODES, Slide
from cnnkit.widgets.slide_widget import KERNELS, SIGNALS


def some_slides(count=60, seed=0):
    """Signals and kernels of whole numbers, in every mode, flipped and not."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        d, s = rng.integers(4, 10), rng.integers(1, 5)
        x, k = (tuple(map(int, rng.integers(-9, 10, n))) for n in (d, s))
        yield from (Slide(x, k, mode, flip) for mode in MODES for flip in (False, True))


def shown(*functions, **options):
    """A sliding kernel that hides nothing."""
    widget = sliding_kernel(*functions, **options)
    widget.on_event({"skip": True})
    return widget


def grid(widget):
    """The rows on the stage."""
    ((figure,),) = widget.view["stage"]["rows"]
    return figure


def row(widget, name):
    """One row of the stage: the texts that are there."""
    found = grid(widget)
    texts = found["text"][found["row_names"].index(name)]
    return {
        int(j or -1): text for j, text in zip(found["column_names"], texts, strict=True) if text
    }


def trouble(widget):
    """What the note on the student's function says."""
    return widget.view["notes"]["trouble"][1]


# --- numbers


def test_every_sum_is_what_the_filter_gives():
    for slide in some_slides():
        oracle = np.convolve if slide.flip else filters.correlate1d
        right = oracle(slide.x, slide.k, mode="full") if slide.flip else slide.result()
        right = slide.part(right) if slide.flip else right
        assert len(right) == slide.length()
        for place, value in enumerate(right):
            line, got = numbers.products(slide, place)
            assert got == value == eval(line.replace("−", "-").replace("·", "*"))
        np.testing.assert_allclose(slide.result(), right)


def test_the_length_is_told_with_its_numbers():
    slide = Slide((0,) * 9, (1, 2))
    said = [numbers.length_formula(replace(slide, mode=mode)) for mode in MODES]
    assert said == [
        "Length in mode valid: d − s + 1 = 9 − 2 + 1 = 8",
        "Length in mode same: d = 9",
        "Length in mode full: d + s − 1 = 9 + 2 − 1 = 10",
    ]


@pytest.mark.parametrize(
    ("mode", "length", "sentence"),
    [
        ("full", 13, "how long the signal is with its zeros"),
        ("valid", 6, "the + 1 is forgotten"),
        ("full", 7, "that is mode valid"),
        ("full", 12, "the − 1 is forgotten"),
        ("valid", 9, "that is mode same"),
        ("same", 11, "that is mode full"),
        ("valid", 40, "go through the rule"),
    ],
)
def test_a_wrong_length_is_told_its_slip(mode, length, sentence):
    slide = Slide((5, 7, 0, 2, 4, -3, 1, 6, 2), (-1, 3, 2), mode)
    said, is_right = numbers.verdict(slide, length, float(slide.result()[0]))
    assert not is_right and sentence in said and "y[0] = " in said


@pytest.mark.parametrize(
    ("flip", "first", "sentence"),
    [
        (False, 13, "the kernel was flipped"),  # 5·2 + 1·3 + 0
        (False, 5, "that is the first product alone"),
        (False, -8, "the sign is turned around"),
        (True, 8, "the kernel was not flipped"),
        (False, 99, "go through the sum"),
    ],
)
def test_a_wrong_first_number_is_told_its_slip(flip, first, sentence):
    slide = Slide((5, 1, 0, 2), (1, 3, 2), "valid", flip)
    assert slide.result()[0] == (13 if flip else 8)
    said, is_right = numbers.verdict(slide, 2, first)
    assert not is_right and sentence in said


def test_right_is_right():
    for slide in some_slides(10, seed=3):
        if slide.length() > 0:
            said, is_right = numbers.verdict(slide, slide.length(), float(slide.result()[0]))
            assert is_right and said.startswith("Right. ")
            assert numbers.length_slip(slide, slide.length()) == ""


# --- the widget


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_each_number_stands_under_the_one_it_belongs_to(mode, flip):
    x, k = (5, 7, 0, 2, 4, -3), (1, 10, 100, 1000)
    widget = shown(signal=x, kernel=k)
    widget.on_event({"set": "mode", "value": mode}, {"set": "flip", "value": flip})
    y = filters.convolve1d(x, k, mode=mode) if flip else filters.correlate1d(x, k, mode=mode)
    assert row(widget, "y") == {i: number(value) for i, value in enumerate(y)}
    assert {i: text for i, text in row(widget, "x").items() if 0 <= i < len(x)} == {
        i: number(value) for i, value in enumerate(x)
    }
    widget.on_event({"move": "End"})
    taps = grid(widget)["text"][1]
    assert [text for text in taps if text] == [number(value) for value in (k[::-1] if flip else k)]
    read = [j for j, mark in enumerate(grid(widget)["marks"][0]) if "tap" in mark]
    assert read == [j for j, text in enumerate(taps) if text]
    assert widget.view["live"].startswith(f"Place {len(y) - 1} of 0 to {len(y) - 1}: ")
    assert widget.view["live"].endswith(f"gives {number(y[-1])}.")


def test_zeros_around_the_signal_are_dotted():
    widget = shown(signal=(1, 2, 3), kernel=(1, 1, 1))
    widget.on_event({"set": "mode", "value": "full"})
    assert ["pad" in mark for mark in grid(widget)["marks"][0]] == [True] * 2 + [False] * 3 + [
        True
    ] * 2


def test_the_result_is_hidden_until_it_is_predicted():
    widget = sliding_kernel()
    assert grid(widget)["row_names"] == ["x", "k"] and "formula" not in widget.view["texts"]
    assert widget.view["play"] is None
    widget.on_event({"move": "End"})
    assert widget.state.place == 0
    widget.on_event({"predict": ["8", "x"]})
    assert "two numbers" in widget.view["prediction"]["verdict"]
    widget.on_event({"predict": ["8", "0"]})
    assert widget.view["prediction"]["right"] and "y" in grid(widget)["row_names"]
    widget.on_event({"set": "mode", "value": "valid"})
    assert widget.view["prediction"]["done"]  # nothing has changed
    widget.on_event({"set": "mode", "value": "same"})
    assert not widget.view["prediction"]["done"]


def test_a_click_and_the_keys_move_the_kernel():
    widget = shown()
    widget.on_event({"set": "mode", "value": "full"}, {"go": "slide", "at": [0, 4]})
    assert widget.state.place == 3  # one zero stands before the signal
    widget.on_event({"move": "ArrowUp"}, {"move": "Escape"})
    assert widget.state.place == 2
    widget.on_event({"go": "slide", "at": [0, 0]})
    assert widget.state.place == 0


def test_a_kernel_longer_than_the_signal_starts_in_full():
    widget = shown(signal=[1, 2], kernel=[1, 1, 1])
    assert widget.state.slide.mode == "full"
    widget.on_event({"set": "mode", "value": "valid"})
    assert widget.state.slide.mode == "full"


def test_a_wrong_first_number_is_judged_where_mode_valid_has_none():
    widget = sliding_kernel(signal=[1, 2], kernel=[5, 1, 3])
    widget.on_event({"predict": ["4", "5"]})
    assert "y[0] = 5: the kernel was flipped" in widget.view["prediction"]["verdict"]


@pytest.mark.parametrize("signal", [[], [[1, 2]], ["a"], list(range(25)), [1, np.nan]])
def test_a_signal_that_cannot_be_used_is_refused(signal):
    with pytest.raises(ValueError, match="signal"):
        sliding_kernel(signal=signal)


def test_every_view_can_be_sent_and_a_page_without_a_kernel_slides():
    frames = static_page.frames(sliding_kernel())
    json.dumps(frames.views, allow_nan=False)
    lives = {view["live"] for view in frames.views}
    full = filters.convolve1d(SIGNALS["a ramp"], KERNELS["1, 2, 3"])
    last = f"Place 10 of 0 to 10: cnnkit.filters.convolve1d gives {number(full[-1])}."
    assert last in lives and len(frames.views) < 1000


# --- students' functions


@pytest.mark.parametrize(
    ("mine", "sentence"),
    [
        (lambda x, k, mode: 1 / 0, "raised ZeroDivisionError"),
        (lambda x, k, mode: [1], "returned a list"),
        (lambda x, k, mode: np.zeros(3), "returned shape (3,); it should be (8,)"),
        (lambda x, k, mode: np.zeros((2, 2)), "returned shape (2, 2)"),
        (lambda x, k, mode: np.convolve(x, k, mode), "differs in"),
        (lambda x, k, mode: np.zeros(20), "returned shape (20,)"),
    ],
)
def test_whatever_a_function_does_becomes_a_sentence(mine, sentence):
    widget = shown(mine)
    assert trouble(widget).startswith("✗ ") and sentence in trouble(widget)
    widget.on_event({"move": "End"})
    assert ", right is " in widget.view["live"] or "gives 0" in widget.view["live"]
    json.dumps(widget.view, allow_nan=False)


def test_a_wrong_number_is_marked_where_it_stands():
    def late(x, k, *, mode="valid"):
        y = filters.correlate1d(x, k, mode=mode)
        y[2] += 7
        return y

    widget = shown(late)
    marks = grid(widget)["marks"][3]
    assert [j for j, mark in enumerate(marks) if "wrong" in mark] == [2]
    assert "late differs in 1 of 8 values" in trouble(widget)


def test_of_a_students_convolution_the_mode_is_cut_out():
    def mine(x, k):
        return np.convolve(x, k)

    widget = shown(None, mine, signal=(1, 2, 3, 4), kernel=(1, 0, -1, 5))
    for mode in MODES:
        widget.on_event({"set": "mode", "value": mode}, {"set": "flip", "value": True})
        right = filters.convolve1d(np.array([1, 2, 3, 4]), np.array([1, 0, -1, 5]), mode=mode)
        assert trouble(widget) == ""
        assert row(widget, "y") == {i: number(value) for i, value in enumerate(right)}
    assert "convolve" not in widget.view["about"] and "mine" in widget.view["about"]
