"""The pixel inspector without a browser: levels, slips, memory, students' functions."""

import json

import numpy as np
import pytest
from PIL import Image

from cnnkit import images
from cnnkit.widgets import own_picture, pixel_inspector, static_page
from cnnkit.widgets import pixel_numbers as numbers
from cnnkit.widgets.figures import number


def shown(quantize=None, **options):
    """An inspector that hides nothing."""
    widget = pixel_inspector(quantize, **options)
    widget.on_event({"skip": True})
    return widget


def grid(widget):
    """The numbers on the stage."""
    (row,) = widget.view["stage"]["rows"]
    return next(figure for figure in row if figure.get("name") == "values")


def trouble(widget):
    """What the note on the student's function says."""
    return widget.view["notes"]["trouble"][1]


def light(size=16, seed=0):
    """Random colours."""
    return np.random.default_rng(seed).integers(0, 256, (3, size, size), dtype=np.uint8)


# --- numbers


@pytest.mark.parametrize("levels", numbers.LEVELS)
def test_level_and_value_are_those_of_the_two_formulas(levels):
    for x in np.arange(0, 101) / 100:
        scaled = int(round(x * 100)) * (levels - 1)  # in hundredths: no rounding
        k = (2 * scaled + 100) // 200
        assert numbers.level(x, levels) == k
        assert numbers.spread(k, levels) == images.quantize(np.array([x]), levels=levels)[0]


def test_the_formulas_carry_their_numbers():
    assert numbers.formulas(0.6, 4) == [
        "k = ⌊x·(L − 1) + ½⌋ = ⌊0.60·3 + 0.5⌋ = ⌊2.3⌋ = 2",
        "value = ⌊255·k / (L − 1) + ½⌋ = ⌊255·2 / 3 + 0.5⌋ = ⌊170.5⌋ = 170",
    ]


@pytest.mark.parametrize(
    ("x", "levels", "predicted", "sentence"),
    [
        (0.6, 4, 85, "k is rounded down"),
        (0.6, 5, 191, "Go through"),
        (0.6, 4, 2, "is not spread"),
        (0.6, 4, 153, "the levels are not counted"),
        (0.5, 3, 127, "the second formula's + ½"),
        (0.6, 4, 300, "Eight bits hold 0 to 255"),
    ],
)
def test_a_wrong_value_is_told_its_slip(x, levels, predicted, sentence):
    right = int(images.quantize(np.array([x]), levels=levels)[0])
    said = numbers.verdict(x, levels, right, predicted)
    assert said.startswith("Not right.") and sentence in said


def test_a_right_value_is_right():
    assert numbers.verdict(0.6, 4, 170, 170) == "Right. The value is 170."


@pytest.mark.parametrize("order", ["NCHW", "NHWC"])
def test_the_places_in_memory_are_those_of_an_array(order):
    C, n, (i, j) = 3, 5, (2, 4)
    x = np.arange(C * n * n).reshape(1, C, n, n)
    stored = x if order == "NCHW" else images.to_nhwc(x)
    flat = np.ascontiguousarray(stored).ravel().tolist()
    places = [flat.index(value) for value in x[0, :, i, j]]
    said = numbers.memory(order, C, n, (i, j))
    assert f"stand at {', '.join(map(str, places))} in memory" in said
    assert ("side by side" in said) == (order == "NHWC")
    assert f"{n * n} apart" in said or order == "NHWC"


# --- the widget


def test_the_numbers_are_what_the_function_gives():
    picture = light(192)
    widget = shown(image=picture)
    widget.on_event({"set": "levels", "value": 2}, {"set": "channel", "value": 1})
    x = np.round(picture[1, 12::24, 12::24] / 255, 2)
    right = images.quantize(x, levels=4)
    assert grid(widget)["text"] == [[number(value) for value in row] for row in right]
    widget.on_event({"go": "values", "at": [5, 6]})
    assert widget.view["live"] == (
        f"Row 5, column 6, green: brightness {x[5, 6]:.2f} is level "
        f"{numbers.level(x[5, 6], 4)} of 0 to 3; cnnkit.images.quantize gives {right[5, 6]}."
    )


def test_nothing_tells_the_value_before_it_is_predicted():
    widget = pixel_inspector()
    kinds = [figure["kind"] for figure in widget.view["stage"]["rows"][0]]
    assert kinds == ["picture", "sign", "hidden"] and "formula" not in widget.view["texts"]
    assert "gives" not in widget.view["live"]
    widget.on_event({"predict": ["many"]})
    assert "one whole number" in widget.view["prediction"]["verdict"]
    assert not widget.view["prediction"]["done"]
    widget.on_event({"predict": ["255"]})
    assert widget.view["prediction"]["done"] and "gives" in widget.view["live"]


def test_a_prediction_is_judged_at_the_cursor():
    widget = pixel_inspector(image=np.full((4, 4), 0.6))
    widget.on_event({"predict": ["170"]})
    assert widget.view["prediction"]["right"]
    widget.on_event({"set": "levels", "value": 0})
    assert not widget.view["prediction"]["done"]
    widget.on_event({"predict": ["170"]})
    assert widget.view["prediction"]["right"] is False
    assert "The value is 255" in widget.view["prediction"]["verdict"]


def test_a_finer_grid_keeps_the_cursor_and_shows_what_is_around_it():
    widget = shown(image=light(192))
    widget.on_event({"move": "End"}, {"set": "grid", "value": 4})
    assert widget.state.place == (15, 15)  # the middle of the old pixel lies in it
    assert grid(widget)["first"] == [8, 8] and len(grid(widget)["text"]) == 8
    assert grid(widget)["marks"][7][7].split() == ["here"]
    widget.on_event({"go": "values", "at": [0, 1]})
    assert widget.state.place == (8, 9)
    widget.on_event({"go": "light", "at": [0, 191]})
    assert widget.state.place == (0, 15)


def test_a_grey_picture_has_one_channel():
    widget = shown(image=np.linspace(0, 1, 64).reshape(8, 8))
    assert "channel" not in [control["name"] for control in widget.view["controls"]]
    assert "both orders are the same" in widget.view["texts"]["memory"]


def test_every_view_can_be_sent_and_the_page_without_a_kernel_knows_it():
    frames = static_page.frames(pixel_inspector())
    json.dumps(frames.views, allow_nan=False)
    assert len(frames.views) == 8 * 8 * 4 * 2


# --- students' functions


@pytest.mark.parametrize(
    ("mine", "sentence"),
    [
        (lambda img, levels: 1 / 0, "raised ZeroDivisionError"),
        (lambda img, levels: None, "returned nothing"),
        (lambda img, levels: np.zeros((2, 2)), "returned shape (2, 2); it should be (8, 8)"),
        (lambda img, levels: images.quantize(img, levels=levels).astype(float), "dtype float64"),
        (lambda img, levels: (img * 255).astype(np.uint8), "differs in"),
    ],
)
def test_whatever_a_function_does_becomes_a_sentence(mine, sentence):
    widget = shown(mine, image=light(192))
    assert trouble(widget).startswith("✗ ") and sentence in trouble(widget)
    json.dumps(widget.view, allow_nan=False)


def test_a_wrong_value_is_marked_and_kept_back_until_the_reveal():
    def off_by_one(img, *, levels=256):
        y = images.quantize(img, levels=levels)
        y[1, 2] ^= 255
        return y

    widget = pixel_inspector(off_by_one, image=light(192))
    assert trouble(widget) == ""
    widget.on_event({"skip": True}, {"go": "values", "at": [1, 2]})
    marks = grid(widget)["marks"]
    assert [(i, j) for i, j in np.ndindex(8, 8) if "wrong" in marks[i][j]] == [(1, 2)]
    assert "off_by_one differs in 1 of 64 values" in trouble(widget)
    assert ", right is " in widget.view["live"]


# --- pictures of one's own


def test_a_file_is_read_and_squared(tmp_path):
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, 10:30, 0] = 255  # the middle is red
    Image.fromarray(pixels).save(tmp_path / "mine.png")
    x = own_picture.square(own_picture.read(tmp_path / "mine.png"), 10)
    assert x.shape == (3, 10, 10) and (x[0] == 1).all() and (x[1:] == 0).all()
    assert shown(image=str(tmp_path / "mine.png")).view["live"].startswith("Row 3, column 2, red")


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((5, 5, 3)), "np.moveaxis"),
        (np.zeros(5), "must be"),
        (np.full((5, 5), 200.0), "divide it by 255"),
        (np.full((5, 5), np.nan), "floats from 0"),
        (np.full((5, 5), -1.0), "floats from 0"),
        ("nothing_here.png", "cannot be read as a picture"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(image, sentence):
    with pytest.raises(ValueError, match=sentence):
        own_picture.read(image)
