"""The kernel editor without a browser: weights, responses, predictions, students' functions."""

import base64
import json

import numpy as np
import pytest
from scipy import signal

from cnnkit import filters
from cnnkit.widgets import kernel_editor, static_page
from cnnkit.widgets.figures import number
from cnnkit.widgets.kernel_numbers import FLAT, flat
from cnnkit.widgets.kernel_widget import SIDE

PICTURE = np.random.default_rng(5).uniform(0, 1, (SIDE, SIDE))


def shown(*functions, image=PICTURE):
    """An editor that hides nothing."""
    widget = kernel_editor(*functions, image=image)
    widget.on_event({"skip": True})
    return widget


def figure(widget, name):
    """One of the pictures on the stage, or None."""
    (row,) = widget.view["stage"]["rows"]
    return next((found for found in row if found.get("name") == name), None)


def pixels(widget, name):
    """The bytes of a picture."""
    raw = base64.b64decode(figure(widget, name)["bytes"])
    return np.frombuffer(raw, np.uint8).reshape(SIDE, SIDE)


def trouble(widget):
    """What the note on the student's function says."""
    return widget.view["notes"]["trouble"][1]


def weights(widget):
    """The weights in the table."""
    return next(c for c in widget.view["controls"] if c["kind"] == "matrix")["values"]


# --- what is shown


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("name", ["sobel_x", "gaussian", "diagonal_up", "box"])
def test_the_response_is_scipys(name, flip):
    widget = shown()
    widget.on_event({"set": "preset", "value": name}, {"set": "flip", "value": flip})
    method = signal.convolve2d if flip else signal.correlate2d
    y = method(np.float32(PICTURE), filters.gallery()[name], mode="same")
    if y.min() >= 0:
        drawn = np.rint(np.clip(y, 0, 1) * 255)
    else:
        most = np.abs(y).max()
        drawn = np.rint((y + most) / (2 * most) * 255)
    assert np.abs(pixels(widget, "response") - drawn).max() <= 1
    for place in ((0, 0), (17, 60), (95, 95)):
        widget.on_event({"go": "response", "at": list(place)})
        called = "convolve2d" if flip else "correlate2d"
        assert widget.view["live"].endswith(f"cnnkit.filters.{called} gives {number(y[place])}.")
        assert widget.view["texts"]["sum"][-1] == (
            f"y[{place[0]}, {place[1]}] = {number(y[place])}"
        )
    assert trouble(widget) == "" and figure(widget, "wrong") is None


def test_typed_weights_are_the_kernel():
    widget = shown()
    assert weights(widget) == filters.gallery()["sobel_x"].tolist()
    widget.on_event(
        {"set": "weight 0 2", "value": 7}, {"set": "weight 2 0", "value": -2.5},
        {"set": "weight 4 4", "value": 1},
    )  # fmt: skip
    assert weights(widget) == [[-1, 0, 7], [-2, 0, 2], [-2.5, 0, 1]]
    assert widget.view["controls"][0]["value"] == "your own"
    assert "add up to 4.5" in widget.view["texts"]["sum"][0]
    widget.on_event({"set": "weight 0 0", "value": 1e9})
    assert weights(widget)[0][0] == 99


def test_a_larger_kernel_has_zeros_around_and_a_smaller_one_is_the_middle():
    widget = shown()
    widget.on_event({"set": "size", "value": 5})
    large = np.array(weights(widget))
    assert (
        large.shape == (5, 5) and large[1:4, 1:4].tolist() == filters.gallery()["sobel_x"].tolist()
    )
    assert np.abs(large).sum() == 8
    widget.on_event({"set": "weight 0 0", "value": 3}, {"set": "size", "value": 3})
    assert weights(widget) == filters.gallery()["sobel_x"].tolist()


def test_weights_are_divided_by_their_sum_where_they_have_one():
    widget = shown(image=np.full((SIDE, SIDE), 0.5))
    widget.on_event({"set": "preset", "value": "identity"}, {"set": "weight 0 0", "value": 3})
    widget.on_event({"set": "divide", "value": True})
    assert widget.view["live"].endswith("gives 0.5.")
    widget.on_event({"set": "preset", "value": "sobel_y"}, {"set": "divide", "value": True})
    assert widget.view["live"].endswith("gives 0.")
    assert "add up to 0: they cannot be divided by that" in widget.view["texts"]["sum"][0]


def test_the_window_moves_and_is_outlined_on_both_pictures():
    widget = shown()
    widget.on_event({"move": "Home"}, {"move": "ArrowRight"})
    assert figure(widget, "photograph")["boxes"][0]["at"] == [-1, 0]
    assert figure(widget, "response")["boxes"][0]["at"] == [0, 1]
    widget.on_event({"go": "photograph", "at": [200, -3]})
    assert widget.state.place == (SIDE - 1, 0)


# --- predictions


@pytest.mark.parametrize("name", list(filters.gallery()))
def test_what_becomes_of_a_flat_surface_is_what_the_filter_makes_of_one(name):
    kernel = filters.gallery()[name]
    inside = filters.correlate2d(np.full((9, 9), 0.5), kernel)
    changed = inside - 0.5
    right = 0 if np.allclose(changed, 0) else 1 if np.allclose(inside, 0) else None
    assert flat(float(kernel.sum())) == right  # every kernel of the gallery adds up to 1 or 0


def test_other_sums_make_it_brighter_or_darker():
    assert [FLAT[flat(total)].split()[2] for total in (2.0, 0.5, -1.0)] == [
        "brighter", "darker,", "darker,"
    ]  # fmt: skip


def test_the_response_is_hidden_until_predicted_and_a_wrong_choice_is_explained():
    widget = kernel_editor(image=PICTURE)
    assert figure(widget, "response") is None and "gives" not in widget.view["live"]
    widget.on_event({"predict": [0]})
    verdict = widget.view["prediction"]["verdict"]
    assert verdict.startswith("Not right: it becomes 0 everywhere.") and "the weights, 0" in verdict
    assert figure(widget, "response")
    widget.on_event({"set": "weight 1 1", "value": 1})
    assert figure(widget, "response"), "typing weights asks no new question"
    assert widget.view["prediction"]["verdict"] == "", "a verdict on other weights misleads"
    widget.on_event({"set": "preset", "value": "box"})
    assert figure(widget, "response") is None
    widget.on_event({"predict": [0]})
    assert widget.view["prediction"]["right"]


def test_a_page_without_a_kernel_shows_every_kernel():
    frames = static_page.frames(kernel_editor())
    json.dumps(frames.views, allow_nan=False)
    # kernels, flip; asked, right or wrong; hidden or shown without predicting
    assert len(frames.views) == 11 * 2 * 3 * 2


# --- students' functions


@pytest.mark.parametrize(
    ("mine", "sentence"),
    [
        (lambda x, k, mode: 1 / 0, "raised ZeroDivisionError"),
        (lambda x, k, mode: None, "returned nothing"),
        (lambda x, k, mode: filters.correlate2d(x, k), "returned shape (94, 94); it should be (96"),
        (lambda x, k, mode: filters.correlate2d(x, k, mode=mode) * np.nan, "differs in 9216 of"),
    ],
)
def test_whatever_a_function_does_becomes_a_sentence(mine, sentence):
    widget = shown(mine)
    assert trouble(widget).startswith("✗ ") and sentence in trouble(widget)
    assert ", right is " in widget.view["live"]
    json.dumps(widget.view, allow_nan=False)


def test_a_third_picture_shows_where_a_function_is_wrong():
    def edge(x, k, *, mode="valid"):
        y = filters.correlate2d(x, k, mode=mode)
        y[0] = 0
        return y

    widget = shown(edge)
    wrong = pixels(widget, "wrong")
    right = filters.correlate2d(np.float32(PICTURE).astype(float), filters.gallery()["sobel_x"],
                                mode="same")  # fmt: skip
    assert ((wrong[0] == 255) == (np.abs(right[0]) > 1e-8)).all() and not wrong[1:].any()
    assert "the third picture shows where" in trouble(widget)


def test_flipped_the_students_convolution_runs():
    calls = []

    def convolve2d(x, k, *, mode="full"):
        calls.append(mode)
        return filters.convolve2d(x, k, mode=mode)

    widget = shown(None, convolve2d)
    assert calls == []
    widget.on_event({"set": "flip", "value": True})
    assert calls == ["same"] and trouble(widget) == ""
    assert "convolve2d gives" in widget.view["live"]
