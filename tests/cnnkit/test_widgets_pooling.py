"""The pooling playground without a browser: numbers, predictions and their slips, functions."""

import json

import numpy as np
import pytest

from cnnkit import gradcheck, ops
from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets import pooling_playground, static_page
from cnnkit.widgets import pooling_prediction as prediction
from cnnkit.widgets import slips as common
from cnnkit.widgets.pooling_numbers import KINDS, LIMITS, Setting, most_padding

LOOKS = ("forward", "shift", "gradient")


def some_settings(count=80, seed=0):
    """Settings from all over the controls."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        kind = str(rng.choice(KINDS))
        window, stride, shift = (
            int(rng.integers(low, high + 1))
            for low, high in (LIMITS["window"], LIMITS["stride"], LIMITS["shift"])
        )
        padding = int(rng.integers(0, most_padding(kind, window) + 1))
        yield Setting(kind, window, stride, padding, shift)


def some_plane(rng, ties=True):
    """A plane that is not square, of small whole numbers or of numbers that all differ."""
    if ties:
        return rng.integers(0, 4, (6, 7)).astype(float)
    return (rng.permutation(42).reshape(6, 7) + 1) / 4


def shown(max_pool2d=None, look="forward", **given):
    """A playground that hides nothing."""
    widget = pooling_playground(max_pool2d, **given)
    widget.on_event({"skip": True}, {"set": "look", "value": look})
    return widget


def figure(widget, name):
    """One figure of the stage."""
    found = [one for row in widget.view["stage"]["rows"] for one in row if one.get("name") == name]
    assert len(found) == 1, name
    return found[0]


def marked(grid, mark, key="marks"):
    """The places that carry a mark or a sign."""
    return [
        (i, j)
        for i, row in enumerate(grid[key])
        for j, text in enumerate(row)
        if mark in text.split()
    ]


# --- numbers


def test_the_first_maximum_of_a_window_is_the_argmax():
    rng = np.random.default_rng(1)
    for setting in some_settings(60, seed=1):
        plane = some_plane(rng)
        y, argmax = ops.max_pool2d(
            plane[None, None], setting.window, stride=setting.stride, padding=setting.padding
        )
        for place in np.ndindex(setting.size(plane)):
            ties = numbers.tied(plane, setting, place)
            row, column = ties[0]
            assert argmax[(0, 0, *place)] == row * 7 + column
            assert all(plane[at] == y[(0, 0, *place)] for at in ties) and ties == sorted(ties)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_the_one_that_is_measured(kind):
    rng = np.random.default_rng(2)
    for setting in some_settings(40, seed=2):
        setting = Setting(kind, setting.window, setting.stride, 0, 0)
        plane = some_plane(rng, ties=False)
        dy = numbers.upstream(setting.size(plane))
        measured = gradcheck.numeric_grad(lambda v, s=setting: numbers.forward(v, s)[0], plane, dy)
        np.testing.assert_allclose(
            numbers.backward(dy, plane, setting), measured, rtol=1e-6, atol=1e-6
        )


def test_what_a_pixel_gets_is_the_sum_of_what_windows_send():
    rng = np.random.default_rng(3)
    for setting in some_settings(60, seed=3):
        plane = some_plane(rng)
        dy = numbers.upstream(setting.size(plane))
        dx = numbers.backward(dy, plane, setting)
        pixel = tuple(int(n) for n in rng.integers(0, plane.shape))
        sent = numbers.receipts(plane, setting, pixel, dy)
        assert sum(sent.values()) == pytest.approx(dx[pixel])
        probe = np.zeros(plane.shape)
        probe[pixel] = 1
        reading = numbers.forward(probe, Setting("average", *list(vars(setting).values())[1:]))[0]
        assert set(sent) == {place for place in np.ndindex(dy.shape) if reading[place]}


def test_the_asked_pixel_wins_most_or_loses_a_tie():
    overlap = np.array([[1.0, 2, 3, 2], [2, 9, 8, 1], [0, 7, 6, 5], [1, 1, 1, 1]])
    assert numbers.asked_pixel(overlap, Setting(window=2, stride=1)) == (1, 1)
    tie = np.array([[1.0, 5, 4, 2], [3, 1, 0, 4], [1, 2, 3, 4], [8, 7, 6, 5]])
    assert numbers.asked_pixel(tie, Setting()) == (1, 3)
    assert numbers.asked_pixel(np.ones((5, 5)), Setting("average", 3, 1)) == (2, 2)


# --- predictions


def test_no_slip_gives_the_right_answer_away_as_wrong():
    rng = np.random.default_rng(4)
    for setting in some_settings(60, seed=4):
        plane = some_plane(rng)
        place = prediction.telling_place(plane, setting)
        for look in LOOKS:
            right = (prediction.answer(look, plane, setting, place),)
            assert common.named(right, right, prediction.slips(look, plane, setting, place)) == []


PLANE = np.array([[3.0, 1, 2, 2, 0, 1], [0, 2, 7, 7, 1, 1], [9, 2, 4, 1, 6, 3], [1, 8, 0, 5, 2, 4]])


@pytest.mark.parametrize(
    ("look", "setting", "place", "typed", "sentence"),
    [
        ("forward", Setting(), (0, 1), 7, "the maximum itself"),
        ("forward", Setting(), (0, 1), 1 * 2 + 0, "in the window, not in the plane"),
        ("forward", Setting(window=3, padding=1), (0, 1), 2 * 8 + 3, "the padded plane"),
        ("forward", Setting(), (0, 1), 2 * 4 + 1, "column by column"),
        ("forward", Setting(), (1, 0), 2 * 6 + 0 + 1, "begins at 1"),
        ("forward", Setting(), (0, 1), 1 * 6 + 3, "of equal maxima a later one"),
        ("forward", Setting("average"), (1, 0), 9, "the largest number"),
        ("forward", Setting("average"), (1, 0), 9 + 2 + 1 + 8, "not divided by the 4"),
        ("forward", Setting("average", 3, 3, 1), (0, 0), 6 / 4, "divided by the pixels alone"),
        ("forward", Setting("average"), (0, 1), 18 // 4, "the rest of the division"),
        ("forward", Setting("L2"), (1, 0), 81 + 4 + 1 + 64, "the root is missing"),
        ("forward", Setting("L2"), (1, 0), 20, "without being squared"),
        ("forward", Setting("L2"), (1, 0), (150 / 4) ** 0.5, "root of the mean"),
        ("forward", Setting("L2"), (1, 0), 5, "the mean is taken"),
        ("shift", Setting(), (0, 0), 0, "forgives every shift"),
        ("shift", Setting(), (0, 0), 6, "forgives nothing"),
        ("shift", Setting(), (0, 0), np.sum(PLANE != np.roll(PLANE, 1, 1)), "pixels that change"),
        ("gradient", Setting(window=2, stride=1), (0, 0), 8, "+= in code"),  # the 7: 2 + 3 + 7 + 8
        ("gradient", Setting(window=2, stride=1), (0, 0), 2, "only the first window"),
        ("gradient", Setting(window=2, stride=1), (0, 0), 5, "averaged"),
        ("gradient", Setting(window=2, stride=1), (0, 0), 4, "are counted"),
        ("gradient", Setting(), (0, 0), 2, "all equal maxima get the gradient"),
        ("gradient", Setting(), (0, 0), 1, "share the gradient"),
        ("gradient", Setting("average", 2, 1), (0, 0), 16, "whole gradient to every pixel"),
    ],
)  # fmt: skip
def test_each_slip_is_named_by_its_own_wrong_answer(look, setting, place, typed, sentence):
    right = (prediction.answer(look, PLANE, setting, place),)
    found = common.named((float(typed),), right, prediction.slips(look, PLANE, setting, place))
    assert any(sentence in why for why in found), (right, found)


def test_the_window_that_is_asked_first_tells_slips_apart():
    widget = pooling_playground()
    x = np.array(figure(widget, "x")["text"], int)
    taps = marked(figure(widget, "x"), "tap")
    values = [x[at] for at in taps]
    assert values.count(max(values)) == 2  # a tie
    later = [at for at in taps if x[at] == max(values)][1]
    widget.on_event({"predict": [str(later[0] * 8 + later[1])]})
    assert "the first counts" in widget.view["prediction"]["verdict"]


def test_a_right_prediction_is_told_so_and_a_comma_is_a_point():
    widget = pooling_playground(kind="average", window=3, stride=1)
    y = ops.avg_pool2d(pooling_plane(widget), 3, stride=1)[0, 0][widget.state.place]
    widget.on_event({"predict": [f"{y:.1f}".replace(".", ",")]})
    assert widget.view["prediction"]["right"] and "Right." in widget.view["prediction"]["verdict"]


def test_what_is_no_number_reveals_nothing():
    widget = pooling_playground()
    widget.on_event({"predict": ["top left"]})
    assert "Type a number" in widget.view["prediction"]["verdict"]
    assert not widget.view["prediction"]["done"]


def pooling_plane(widget):
    """The picture of a widget without padding, as its functions get it."""
    return np.array(figure(widget, "x")["text"], float)[None, None]


@pytest.mark.parametrize(("look", "kept_back"), [
    ("forward", "y"), ("shift", "moved_y"), ("gradient", "dx"),
])  # fmt: skip
def test_the_answer_is_hidden_until_its_own_question_is_answered(look, kept_back):
    widget = pooling_playground()
    for other in LOOKS:
        if other != look:
            widget.on_event({"set": "look", "value": other}, {"predict": ["1"]})
    widget.on_event({"set": "look", "value": look})
    names = [one.get("name") for row in widget.view["stage"]["rows"] for one in row]
    assert kept_back not in names and "sum" not in widget.view["texts"]
    widget.on_event({"predict": ["1"]})
    assert figure(widget, kept_back) and widget.view["texts"]["sum"]


def test_the_legend_tells_no_sign_that_is_not_drawn_yet():
    widget = pooling_playground()
    assert "Circled" not in widget.view["texts"]["legend"]
    widget.on_event({"set": "look", "value": "shift"})
    assert "Δ" not in widget.view["texts"]["legend"]
    widget.on_event({"skip": True})
    assert "Δ" in widget.view["texts"]["legend"]
    widget.on_event({"set": "look", "value": "forward"})
    assert "Circled" in widget.view["texts"]["legend"]


def test_a_shift_asks_only_the_shift_again():
    widget = pooling_playground()
    for look in LOOKS:
        widget.on_event({"set": "look", "value": look}, {"predict": ["1"]})
    widget.on_event({"set": "shift", "value": 2})
    done = {}
    for look in LOOKS:
        widget.on_event({"set": "look", "value": look})
        done[look] = widget.view["prediction"]["done"]
    assert done == {"forward": True, "shift": False, "gradient": True}
    widget.on_event({"set": "window", "value": 3})
    assert not widget.view["prediction"]["done"]


# --- what is shown


def test_the_picture_its_window_and_what_the_layer_gives():
    widget = shown(window=3, stride=2, padding=1)
    widget.on_event({"move": "Home"}, {"move": "ArrowRight"})
    x, y = figure(widget, "x"), figure(widget, "y")
    assert x["text"][0] == ["−∞"] * 10 and x["first"] == [-1, -1]
    assert marked(x, "tap") == [(i, j) for i in range(3) for j in range(2, 5)]
    plane = np.array([row[1:-1] for row in x["text"][1:-1]], float)
    right, argmax = ops.max_pool2d(plane[None, None], 3, stride=2, padding=1)
    assert np.array_equal(np.array(y["text"], float), right[0, 0])
    row, column = divmod(int(argmax[0, 0, 0, 1]), 8)
    assert marked(x, "ring") == [(row + 1, column + 1)]
    assert marked(y, "here") == [(0, 1)]
    assert widget.view["live"].startswith(
        f"Row 0, column 1 of the output: cnnkit.ops.max_pool2d gives {right[0, 0, 0, 1]:g} from "
        f"number {argmax[0, 0, 0, 1]}: row {row}, column {column}"
    )
    assert "−∞" in widget.view["texts"]["sum"]


@pytest.mark.parametrize("shift", [-3, 0, 1, 4])
def test_every_changed_output_is_marked_and_counted(shift):
    widget = shown(look="shift", shift=shift, window=3, stride=1)
    plane = pooling_plane(widget)
    before, after = (
        ops.max_pool2d(one, 3, stride=1)[0][0, 0] for one in (plane, np.roll(plane, shift, axis=3))
    )
    assert marked(figure(widget, "moved_y"), "changed") == [
        tuple(at) for at in np.argwhere(before != after).tolist()
    ]
    assert widget.view["texts"]["sum"].startswith(f"{(before != after).sum()} of 36 outputs")
    i, j = widget.state.place
    assert f"{before[i, j]:g} before the shift and {after[i, j]:g} after" in widget.view["live"]


def test_the_gradient_goes_home_and_overlaps_add():
    widget = shown(look="gradient", window=3, stride=2)
    dy = np.array(figure(widget, "dy")["text"], float)[None, None]
    dx = ops.max_pool2d_backward(dy, pooling_plane(widget), 3, stride=2)[0, 0]
    assert np.array_equal(np.array(figure(widget, "dx")["text"], float), dx)
    (asked,) = marked(figure(widget, "dx"), "?", "signs")
    assert dx[asked] == dx.max() or dx[asked] > 0
    assert f"row {asked[0]}, column {asked[1]} (?)" in widget.view["prediction"]["question"]
    assert widget.view["texts"]["sum"].startswith(
        f"dx[0, 0, {asked[0]}, {asked[1]}] = {dx[asked]:g}: "
    )


def test_shares_that_fall_on_the_rim_are_told():
    widget = shown(look="gradient", kind="average", window=3, stride=3, padding=1)
    widget.on_event({"move": "Home"})
    assert "dy = 1 is shared equally" in widget.view["live"]
    assert "5 shares fall on the rim" in widget.view["live"]


def test_a_click_moves_the_window_and_one_outside_does_not():
    widget = shown()
    widget.on_event({"go": "y", "at": [3, 2]})
    assert widget.view["live"].startswith("Row 3, column 2")
    widget.on_event({"go": "y", "at": [4, 0]}, {"move": "nothing"}, {"set": "look", "value": "x"})
    assert widget.view["live"].startswith("Row 3, column 2")


def test_every_setting_can_be_drawn_and_sent():
    widget = shown()
    for number, setting in enumerate(some_settings(60, seed=5)):
        widget.on_event(
            {"set": "look", "value": LOOKS[number % 3]},
            *({"set": name, "value": value} for name, value in vars(setting).items()),
            *({"move": key} for key in ("End", "next", "ArrowDown")),
        )
        assert widget.state.setting == setting
        json.dumps(widget.view, allow_nan=False)
        assert widget.still() and widget.describe()


def test_padding_goes_back_with_the_window_it_needs():
    widget = shown(window=4, padding=2)
    widget.on_event({"set": "window", "value": 2})
    assert widget.state.setting.padding == 1
    widget.on_event({"set": "kind", "value": "L2"})
    assert widget.state.setting.padding == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "median"}, "kind is 'median': it must be one of max, average, L2"),
        ({"window": 9}, "window is 9: it must be one of 1, 2, 3, 4"),
        ({"size": 3}, "size is no control; there are kind, window"),
        ({"padding": 2}, "takes at most 1"),
        ({"image": [[1, 2], [3, 4]]}, "The image has shape"),
        ({"image": np.full((4, 4), np.nan)}, "finite numbers"),
    ],
)
def test_a_start_that_cannot_be_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        pooling_playground(**given)


def test_a_picture_of_ones_own_is_used():
    image = np.arange(20).reshape(4, 5)
    assert figure(shown(image=image), "y")["text"] == [["6", "8"], ["16", "18"]]


def test_a_static_page_has_every_window_of_maximum_and_average():
    views = static_page.frames(pooling_playground()).views
    seen = {view["live"] for view in views}
    assert len(views) < 2000
    for i, j in np.ndindex(4, 4):
        start = f"Row {i}, column {j} of the output: "
        assert any(text.startswith(f"{start}cnnkit.ops.avg_pool2d gives") for text in seen)
        assert any(text.startswith(f"{start}dy = ") and "goes whole" in text for text in seen)
        assert any(text.startswith(start) and "after it" in text for text in seen)


# --- students' functions


def last_of_equals(x, kernel, *, stride=None, padding=0):
    """Max pooling that names the last of equal maxima."""
    y, argmax = ops.max_pool2d(x[..., ::-1, ::-1], kernel, stride=stride, padding=padding)
    return y[..., ::-1, ::-1].copy(), x[0, 0].size - 1 - argmax[..., ::-1, ::-1]


def test_a_wrong_argmax_shows_and_leads_the_gradient_astray():
    widget = shown(last_of_equals)
    right = ops.max_pool2d(pooling_plane(widget), 2)[1]
    wrong = last_of_equals(pooling_plane(widget), 2)[1] != right
    assert "argmax[" in widget.view["notes"]["trouble"][1]
    assert marked(figure(widget, "y"), "wrong") == [tuple(at) for at in np.argwhere(wrong[0, 0])]
    widget.on_event({"go": "y", "at": [1, 0]})
    assert "gives 6 from number 24: row 3, column 0 (the second of 2 equal)" in widget.view["live"]
    assert "right is 6 from number 16: row 2, column 0" in widget.view["live"]
    widget.on_event({"set": "look", "value": "gradient"})
    dx = figure(widget, "dx")
    assert dx["text"][3][0] == "5" and dx["text"][2][0] == "0"
    assert {(2, 0), (3, 0)} <= set(marked(dx, "wrong"))
    assert "where the argmax of last_of_equals points" in widget.view["about"]
    assert "In all that pixel gets 0, right is 5." in widget.view["live"]


def test_ones_own_backward_is_what_the_gradient_shows():
    def keeps_the_last(dy, x, kernel, *, stride=None, padding=0):
        _, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
        dx = np.zeros(x.shape)
        dx.reshape(-1)[argmax.reshape(-1)] = dy.reshape(-1)
        return dx

    widget = shown(look="gradient", window=3, stride=1, max_pool2d_backward=keeps_the_last)
    plane, dy = pooling_plane(widget), np.arange(1.0, 37).reshape(1, 1, 6, 6)
    got = keeps_the_last(dy, plane, 3, stride=1)
    right = ops.max_pool2d_backward(dy, plane, 3, stride=1)
    assert np.array_equal(np.array(figure(widget, "dx")["text"], float), got[0, 0])
    assert len(marked(figure(widget, "dx"), "wrong")) == (got != right).sum() > 0
    assert "dx[0, 0, " in widget.view["notes"]["trouble"][1]


def test_a_difference_is_kept_back_until_the_reveal_an_exception_is_not():
    widget = pooling_playground(last_of_equals)
    assert widget.view["notes"]["trouble"][1] == ""
    widget = pooling_playground(lambda x, kernel, **options: 1 / 0)
    assert "raised ZeroDivisionError" in widget.view["notes"]["trouble"][1]
    widget.on_event({"skip": True})
    assert "gives nothing there, right is 6 from number 16" in widget.view["live"]
    for look in LOOKS:
        widget.on_event({"set": "look", "value": look}, {"move": "next"})
        json.dumps(widget.view, allow_nan=False)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda y, argmax: y, "returned one array; it should return two arrays, y and argmax"),
        (lambda y, argmax: None, "returned nothing (None); it should return two arrays"),
        (lambda y, argmax: (y, argmax.tolist()), "returned a list"),
        (lambda y, argmax: (y[..., 1:], argmax), "it should be (1, 1, 4, 4)"),
        (lambda y, argmax: (y, argmax + 99), "argmax[0, 0, 0, 0]"),
        (lambda y, argmax: (y + np.nan, argmax), "differs in 16 of 16 values"),
        (lambda y, argmax: (y, argmax * np.nan), "differs in 16 of 16 values"),
        (lambda y, argmax: (y[:0], argmax[:0]), "returned shape (0, 1, 4, 4)"),
    ],
)
def test_whatever_a_function_gives_becomes_a_sentence(body, sentence):
    def mine(x, kernel, **options):
        return body(*ops.max_pool2d(x, kernel, **options))

    for look in LOOKS:
        widget = shown(mine, look)
        assert sentence in widget.view["notes"]["trouble"][1]
        json.dumps(widget.view, allow_nan=False)


def test_an_average_of_ones_own_runs_too():
    def sums(x, kernel, **options):
        return ops.avg_pool2d(x, kernel, **options) * kernel**2

    widget = shown(kind="average", avg_pool2d=sums)
    assert "sums differs in 16 of 16 values" in widget.view["notes"]["trouble"][1]
    assert len(marked(figure(widget, "y"), "wrong")) == 16


def test_a_function_that_changes_its_input_harms_nothing():
    def changes(x, kernel, **options):
        result = ops.max_pool2d(x, kernel, **options)
        x[:] = 0
        return result

    widget = shown(changes)
    assert "changed one of its inputs" in widget.view["notes"]["trouble"][1]
    assert pooling_plane(widget).max() == 6
