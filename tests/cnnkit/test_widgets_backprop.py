"""The backprop stepper without a browser: what outputs send, sums, slips, students' functions."""

import json

import numpy as np
import pytest

from cnnkit import gradcheck, ops
from cnnkit.widgets import backprop_numbers as numbers
from cnnkit.widgets import backprop_slips, backprop_stepper, static_page
from cnnkit.widgets import slips as common
from cnnkit.widgets.backprop_numbers import LIMITS, START
from cnnkit.widgets.conv_numbers import Setting

X, W = np.array(numbers.X, float), np.array(numbers.W, float)


def some_layers(count=60, seed=0):
    """Layers from all over the sliders, those whose kernel fits."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        drawn = {name: int(rng.integers(a, b + 1)) for name, (a, b) in LIMITS.items()}
        made = numbers.layer(X, W, Setting(**drawn))
        if made is not None:
            found.append(made)
    return found


def targets(made):
    """All pixels and weights of a layer."""
    return [
        (kind, *at)
        for kind, array in (("x", made.x), ("w", made.w))
        for at in np.ndindex(array.shape)
    ]


def shown(function=None, **given):
    """A stepper that hides nothing."""
    widget = backprop_stepper(function, **given)
    widget.on_event({"skip": True})
    return widget


def figures_of(widget):
    """The figures of the stage that have a name."""
    rows = widget.view["stage"]["rows"]
    return {one["name"]: one for row in rows for one in row if one.get("name")}


def read(grid):
    """The numbers of a grid."""
    return np.array([[float(t.replace("−", "-")) for t in row] for row in grid["text"]])


def marked(grid, mark, key="marks"):
    """The places that carry a mark or a sign."""
    return [
        (i, j) for i, row in enumerate(grid[key]) for j, t in enumerate(row) if mark in t.split()
    ]


# --- numbers


def test_the_example_of_the_chapter_comes_first():
    made = numbers.layer(X, W, START)
    assert made.x.tolist() == [[1, 2, 0], [3, 1, 2], [0, 1, 4]]
    assert made.w.tolist() == [[1, 2], [3, -1]] and made.dy.tolist() == [[2, 1], [3, -1]]
    assert numbers.asked_first(made) == ("x", 1, 1)
    assert backprop_slips.total(made, ("x", 1, 1)) == 2 * -1 + 1 * 3 + 3 * 2 - 1 * 1


def test_every_sum_is_the_gradient_that_is_measured():
    for made in some_layers(25, seed=1):
        x, w, dy = made.x[None, None], made.w[None, None], made.dy[None, None]
        options = made.setting.options
        dx = gradcheck.numeric_grad(lambda v, w=w, o=options: ops.conv2d(v, w, **o), x, dy)[0, 0]
        dw = gradcheck.numeric_grad(lambda v, x=x, o=options: ops.conv2d(x, v, **o), w, dy)[0, 0]
        for kind, *at in targets(made):
            right = (dx if kind == "x" else dw)[tuple(at)]
            assert backprop_slips.total(made, (kind, *at)) == pytest.approx(right, abs=1e-6)


def test_what_is_sent_adds_up_to_the_gradient_once_the_rim_is_cut_off():
    for made in some_layers(40, seed=2):
        last = tuple(n - 1 for n in made.dy.shape)
        (sum_x, sum_w), p = made.so_far(last), made.setting.padding
        dx, dw, _ = made.gradients()
        H, W_ = made.x.shape
        assert np.array_equal(sum_x[p : p + H, p : p + W_], dx[0, 0])
        assert np.array_equal(sum_w, dw[0, 0])
        one = made.so_far((0, 0))
        assert all(np.array_equal(a, b) for a, b in zip(one, made.sent((0, 0)), strict=True))


# --- predictions


def test_no_slip_calls_the_right_answer_wrong():
    for made in some_layers(40, seed=3):
        for target in targets(made):
            right = (backprop_slips.total(made, target),)
            assert common.named(right, right, backprop_slips.slips(made, target)) == []


DY = np.array([[2.0, 1], [3, -1]])
FIRST = START


@pytest.mark.parametrize(
    ("setting", "target", "typed", "sentence"),
    [
        (FIRST, ("x", 1, 1), -1, "+= in code"),  # the last term: −1 · 1
        (FIRST, ("x", 1, 1), -2, "only the first output"),
        (FIRST, ("x", 1, 1), 6 / 4, "averaged"),
        (FIRST, ("x", 1, 1), 12, "minus signs"),
        (FIRST, ("x", 1, 1), (DY * W[:2, :2]).sum(), "the turned kernel"),
        (FIRST, ("x", 1, 1), 5, "the weights are left out"),
        (FIRST, ("w", 0, 1), (DY[::-1, ::-1] * X[:2, 1:3]).sum(), "turned by 180 degrees"),
        (FIRST, ("w", 0, 0), (1 + 2 + 3 + 1), "dy is left out"),
        (FIRST, ("w", 0, 0), 5, "that is db"),
        (FIRST, ("w", 0, 1), 6, "rows and columns"),  # that is dw[1, 0]
        (Setting(3, 3, 2, padding=1), ("x", 1, 1), None, "the rim is not cut off"),
        (Setting(5, 5, 2, 2), ("w", 1, 0), None, "the stride is forgotten"),
        (Setting(5, 5, 2, 1, 0, 2), ("w", 1, 0), None, "the dilation is forgotten"),
        (Setting(4, 4, 2, 1, 1), ("w", 1, 1), None, "the padding is forgotten"),
    ],
)
def test_each_slip_is_named_by_its_own_wrong_answer(setting, target, typed, sentence):
    made = numbers.layer(X, W, setting)
    if typed is None:
        typed = wrong_by_the_operators(made, target, sentence)
    right = (backprop_slips.total(made, target),)
    found = common.named((float(typed),), right, backprop_slips.slips(made, target))
    assert any(sentence in why for why in found), (right, typed, found)


def wrong_by_the_operators(made, target, sentence):
    """What somebody gets who forgets an option, computed with whole arrays."""
    s, at, size = made.setting, target[1:], made.dy.shape
    if "rim" in sentence:
        x = np.pad(made.x, s.padding)[None, None]
        dx = ops.conv2d_backward(made.dy[None, None], x, made.w[None, None])[0]
        return dx[(0, 0, *at)]
    stride = 1 if "stride" in sentence else s.stride
    dilation = 1 if "dilation" in sentence else s.dilation
    x = np.pad(made.x, 0 if "padding" in sentence else s.padding)
    x = np.pad(x, ((0, 9), (0, 9)))
    rows, columns = (a * dilation + stride * np.arange(n) for a, n in zip(at, size, strict=True))
    return (x[np.ix_(rows, columns)] * made.dy).sum()


def test_a_wrong_prediction_is_explained_and_reveals_the_sums():
    widget = backprop_stepper()
    assert {"sum_x", "dx"}.isdisjoint(figures_of(widget)) and "sum" not in widget.view["texts"]
    assert "6" not in widget.view["live"].split("?")[-1]
    widget.on_event({"predict": ["-1"]})
    assert (
        "Pixel x[1, 1] gets 6. Your answer comes out when only the last output counts"
        in (widget.view["prediction"]["verdict"])
    )
    assert np.array_equal(
        read(figures_of(widget)["dx"]), [[2, 5, 2], [9, 6, -3], [9, -6, 1]]
    )  # the chapter's picture


def test_another_target_is_asked_anew():
    widget = backprop_stepper()
    widget.on_event({"predict": ["6"]})
    assert widget.view["prediction"]["right"]
    widget.on_event({"set": "asked", "value": "w 0 1"})
    assert not widget.view["prediction"]["done"] and widget.view["prediction"]["verdict"] == ""
    assert "weight w[0, 1] (?)" in widget.view["prediction"]["question"]
    widget.on_event({"go": "x", "at": [2, 0]})
    assert "pixel x[2, 0] (?)" in widget.view["prediction"]["question"]
    assert marked(figures_of(widget)["x"], "?", "signs") == [(2, 0)]
    widget.on_event({"set": "asked", "value": "w 9 9"}, {"go": "w", "at": [7, 7]})
    assert "pixel x[2, 0] (?)" in widget.view["prediction"]["question"]


# --- what is shown


def test_one_output_sends_its_gradient_to_its_window_and_to_the_weights():
    widget = shown(height=4, width=5, padding=1, stride=2)
    widget.on_event({"move": "ArrowRight"})
    view = figures_of(widget)
    taps = [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert marked(view["x"], "tap") == marked(view["to_x"], "tap") == taps
    assert marked(view["dy"], "here") == [(0, 1)] and view["x"]["first"] == [-1, -1]
    padded, sent = read(view["x"]), read(view["dy"])[0, 1]
    assert np.array_equal(read(view["to_w"]), sent * padded[0:2, 2:4])
    assert np.array_equal(read(view["to_x"])[0:2, 2:4], sent * read(view["w"]))
    assert np.count_nonzero(read(view["to_x"])) == 4


def test_a_click_in_the_rim_asks_nothing_and_the_first_pixel_is_behind_it():
    widget = shown(padding=1)
    before = widget.view["prediction"]["question"]
    widget.on_event({"go": "x", "at": [0, 0]})
    assert widget.view["prediction"]["question"] == before
    widget.on_event({"go": "x", "at": [1, 1]})
    assert "pixel x[0, 0] (?)" in widget.view["prediction"]["question"]
    assert marked(figures_of(widget)["x"], "?", "signs") == [(1, 1)]


def test_the_overlap_sum_grows_step_by_step():
    widget = shown()
    values, totals = [], []
    for _ in range(4):
        line, row = widget.view["texts"]["sum"][:2]
        values.append(line.count("dy["))
        totals.append(float(row.replace("so far", "=").split("=")[-1].replace("−", "-")))
        assert f"{row.replace('so far', '=').split('=')[-1].strip()} so far" in widget.view["live"]
        widget.on_event({"move": "next"})
    assert values == [1, 2, 3, 4] and totals == [-2, 1, 7, 6]
    assert widget.state.place == (0, 0)
    widget.on_event({"move": "End"})
    text = widget.view["texts"]["sum"][1].strip("= ").replace("−", "-").replace("·", "*")
    assert eval(text.split("=")[0]) == 6


def test_a_weight_does_not_count_the_rim():
    widget = shown(padding=1, kernel=2)
    widget.on_event({"set": "asked", "value": "w 0 0"}, {"move": "Home"})
    assert "nothing yet" in widget.view["texts"]["sum"][0]
    assert "Weight w[0, 0] gets nothing from it, 0 so far" in widget.view["live"]


def test_a_kernel_that_does_not_fit_is_told_and_can_be_left_again():
    widget = shown(height=2, width=2, kernel=3)
    assert "There is no output" in widget.view["live"]
    widget.on_event({"move": "End"}, {"predict": ["1"]}, {"go": "x", "at": [0, 0]})
    assert widget.describe() and widget.still()
    widget.on_event({"set": "padding", "value": 1})
    assert "Output row 0, column 0" in widget.view["live"]


def test_every_setting_can_be_drawn_and_sent():
    widget = shown()
    for made in some_layers(40, seed=4):
        kind, *at = targets(made)[-1]
        widget.on_event(
            *({"set": name, "value": value} for name, value in vars(made.setting).items()),
            {"set": "asked", "value": f"{kind} {at[0]} {at[1]}"},
            {"move": "End"},
        )
        assert widget.state.setting == made.setting
        json.dumps(widget.view, allow_nan=False)
        assert widget.still() and widget.describe()


def test_a_static_page_has_every_output_for_every_target():
    views = static_page.frames(backprop_stepper()).views
    seen = [view["live"] for view in views]
    for i, j in np.ndindex(2, 2):
        for name in ("Pixel x[2, 0]", "Weight w[1, 0]"):
            start = f"Output row {i}, column {j}:"
            assert any(t.startswith(start) and name in t and "in all" in t for t in seen)
    assert len(views) < 2000


def test_ones_own_numbers_are_used():
    widget = shown(x=[[1, 0], [0, 2], [5, 5]], w=[[7]])
    view = figures_of(widget)
    assert view["x"]["text"] == [["1", "0"], ["0", "2"], ["5", "5"]]
    assert view["w"]["text"] == [["7"]]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kernel": 4}, "kernel is 4: it must be one of 1, 2, 3"),
        ({"size": 3}, "size is no control"),
        ({"x": [1, 2]}, "x has shape"),
        ({"w": [[np.nan]]}, "w must hold finite numbers"),
        ({"w": [["a"]]}, "w must hold finite numbers"),
    ],
)
def test_a_start_that_cannot_be_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        backprop_stepper(**given)


# --- students' functions


def test_a_wrong_gradient_is_marked_and_told():
    def turns_dy(dy, x, w, **options):
        dx, _, db = ops.conv2d_backward(dy, x, w, **options)
        return dx, ops.conv2d_backward(dy[..., ::-1, ::-1], x, w, **options)[1], db

    widget = backprop_stepper(turns_dy)
    assert widget.view["notes"]["trouble"][1] == ""
    widget.on_event({"skip": True}, {"set": "asked", "value": "w 0 1"})
    made = numbers.layer(X, W, START)
    right, got = made.gradients()[1], turns_dy(*made.operands())[1]
    trouble = widget.view["notes"]["trouble"][1]
    assert (
        f"turns_dy differs in {(right != got).sum()} of 4 values" in trouble
        and "dw[0, 0" in trouble
    )
    view = figures_of(widget)
    assert np.array_equal(read(view["dw"]), got[0, 0])
    assert marked(view["dw"], "wrong") == [tuple(at) for at in np.argwhere((right != got)[0, 0])]
    assert marked(view["dx"], "wrong") == []
    assert widget.view["live"].endswith(
        f"turns_dy gives it {got[0, 0, 0, 1]:g}, right is {right[0, 0, 0, 1]:g}."
    )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda *g: 1 / 0, "raised ZeroDivisionError"),
        (lambda *g: None, "returned nothing (None); it should return three arrays"),
        (lambda *g: g[:2], "returned 2 values; it should return three arrays"),
        (lambda *g: g[0], "returned one array"),
        (lambda dx, dw, db: (dx[..., 1:], dw, db), "it should be (1, 1, 3, 3)"),
        (lambda dx, dw, db: (dx[..., :0], dw, db), "it should be (1, 1, 3, 3)"),
        (lambda dx, dw, db: (dx, dw, db / 4), "db[0]"),
        (lambda dx, dw, db: (dx, dw[0, 0], db), "returned shape (2, 2); it should be (1, 1, 2, 2)"),
        (lambda dx, dw, db: (dx, dw, None), "returned nothing (None)"),
        (lambda dx, dw, db: (dx * np.nan, dw, db), "differs in 9 of 9 values"),
    ],
)
def test_whatever_a_function_gives_becomes_a_sentence(body, sentence):
    def mine(dy, x, w, **options):
        return body(*ops.conv2d_backward(dy, x, w, **options))

    widget = shown(mine)
    assert sentence in widget.view["notes"]["trouble"][1]
    for key in ("End", "next"):
        widget.on_event({"move": key}, {"go": "w", "at": [1, 1]})
        json.dumps(widget.view, allow_nan=False)


def test_a_stub_and_a_thief_are_told_so():
    def conv2d_backward(dy, x, w, *, stride=1, padding=0, dilation=1):
        raise NotImplementedError

    widget = backprop_stepper(conv2d_backward)
    assert "conv2d_backward is not written yet" in widget.view["notes"]["trouble"][1]

    def changes(dy, x, w, **options):
        found = ops.conv2d_backward(dy, x, w, **options)
        x[:] = 0
        return found

    widget = shown(changes)
    assert "changed one of its inputs" in widget.view["notes"]["trouble"][1]
    assert read(figures_of(widget)["x"]).max() == 4
