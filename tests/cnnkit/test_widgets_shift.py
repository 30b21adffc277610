"""The shift slider without a browser: maps and their moves, fields, predictions, functions."""

import base64
import json

import numpy as np
import pytest

from cnnkit import architectures, images, ops
from cnnkit.data import load
from cnnkit.layers import AvgPool2D, Conv2D, Dense, Flatten, MaxPool2D, ReLU, Sequential
from cnnkit.widgets import shift_numbers as numbers
from cnnkit.widgets import shift_prediction as prediction
from cnnkit.widgets import shift_slider, static_page
from cnnkit.widgets.figures import percent
from cnnkit.widgets.shift_nets import AVERAGE, ENDS, PLACES, shift_net, trained_nets
from cnnkit.widgets.shift_numbers import MOVES, OTHER, STAYS


@pytest.fixture(scope="module")
def nets():
    return trained_nets()


def trousers():
    x, y = load("apparel", "test")
    return x[y == 1][0, 0] / 255


def shown(*functions, **options):
    """A slider that hides nothing."""
    widget = shift_slider(*functions, **options)
    widget.on_event({"skip": True})
    return widget


def figures(widget):
    """The figures of the stage by name."""
    rows = widget.view["stage"]["rows"]
    return {figure["name"]: figure for row in rows for figure in row if "name" in figure}


def answer(widget, *kinds):
    """The number of the answer with these three."""
    pool = len(kinds) == 3
    widget.on_event({"predict": [prediction._answers(pool).index(kinds)]})
    return widget.view["prediction"]["verdict"].splitlines()


# --- numbers


def test_the_recorded_nets_know_clothes_and_one_of_them_minds_a_shift_less(nets):
    x, y = load("apparel", "test")
    x = x[:400] / 255
    assert list(nets) == list(ENDS)
    right = {
        name: [(net.forward(images.shift2d(x, 0, by)).argmax(1) == y[:400]).mean() for by in (0, 4)]
        for name, net in nets.items()
    }
    assert min(score[0] for score in right.values()) > 0.7
    assert right[PLACES][0] > right[AVERAGE][0] and right[AVERAGE][1] > right[PLACES][1] + 0.1


def test_stages_are_the_convolutions_with_what_follows_them():
    rng = np.random.default_rng(0)
    net = Sequential(
        *(Conv2D(1, 2, 5, rng, stride=2, padding=2), ReLU(), MaxPool2D(3, stride=2)),
        *(Conv2D(2, 2, 3, rng, dilation=2), AvgPool2D(2), Conv2D(2, 3, 1, rng), ReLU()),
        *(Flatten(), Dense(3, 2, rng)),
    )
    one, two, three = numbers.stages(net)
    assert (one.map, one.pool, two.map, two.pool, three.map, three.pool) == (
        *("relu1", "max_pool1", "conv2", "avg_pool1", "relu2", ""),
    )
    assert two.steps == ((5, 2, 2, 1), (3, 2, 0, 1), (3, 1, 0, 2))
    assert three.steps == (*two.steps, (2, 2, 0, 1), (1, 1, 0, 1))
    assert [numbers.jump(stage.steps) for stage in (one, two, three)] == [2, 4, 8]


def test_a_net_without_convolutions_and_a_lopsided_window_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="has no convolution"):
        shift_slider(net=Sequential(Flatten(), Dense(784, 10, rng)))
    with pytest.raises(ValueError, match="conv1 has a window that differs along the axes"):
        numbers.stages(Sequential(Conv2D(1, 2, (3, 5), rng), Flatten(), Dense(9, 2, rng)))
    with pytest.raises(TypeError, match="must be a cnnkit.layers.Sequential"):
        shift_slider(net="LeNet")


@pytest.mark.parametrize("moved", [(0, 0), (2, 0), (-1, 3), (0, -4), (5, 1), (-5, -5)])
def test_agreeing_places_are_those_that_a_loop_counts(moved):
    rng = np.random.default_rng(1)
    before, after = rng.integers(0, 2, (2, 5, 5)).astype(float)
    same = compared = 0
    for i, j in np.ndindex(5, 5):
        if 0 <= i - moved[0] < 5 and 0 <= j - moved[1] < 5:
            compared += 1
            same += after[i, j] == before[i - moved[0], j - moved[1]]
    assert numbers.agreeing(before, after, moved) == (same, compared)


@pytest.mark.parametrize("shift", [(0, 1), (0, 2), (3, -2), (-4, 4), (1, 0), (0, 8)])
def test_maps_move_exactly_where_the_stride_divides_the_shift(nets, shift):
    x = trousers()
    before, after = (numbers.run(nets[PLACES], v) for v in (x, images.shift2d(x, *shift)))
    for stage in numbers.stages(nets[PLACES])[:2]:
        for which in ("map", "pool"):
            step = numbers.jump(stage.steps_of(which))
            old, new = (run.maps[getattr(stage, which)] for run in (before, after))
            channel = old.std(axis=(1, 2)).argmax()
            found = numbers.effect(old[channel], new[channel], shift, step)
            divides = not (shift[0] % step or shift[1] % step)
            assert found.kind == (MOVES if divides else OTHER)
            assert (found.same == found.compared) == divides


def test_the_frame_is_where_a_gradient_arrives(nets):
    stage = numbers.stages(nets[AVERAGE])[1]
    net, place = nets[AVERAGE].copy(), (3, 5)
    layers = list(net.layers.values())[: list(net.layers).index("conv2") + 1]
    base, reached = np.zeros((28, 28)), np.zeros((28, 28), bool)
    for layer in layers:  # pixel by pixel: every one that can change the place
        if isinstance(layer, Conv2D):
            layer.params = {"w": np.abs(layer.params["w"]) + 1, "b": layer.params["b"] * 0}
    for pixel in np.ndindex(28, 28):
        y = base.copy()
        y[pixel] = 1
        y = y[None, None]
        for layer in layers:
            y = layer.forward(y)
        reached[pixel] = y[0, 0, place[0], place[1]] > 0
    rows, columns = (np.flatnonzero(reached.any(axis=axis)) for axis in (1, 0))
    answer = architectures.receptive_field(stage.steps)
    assert numbers.field(answer, place) == (rows[0], rows[-1], columns[0], columns[-1])


# --- predictions


def test_a_right_prediction_is_right_in_all_three_parts():
    widget = shift_slider()
    lines = answer(widget, MOVES, OTHER, STAYS)
    assert widget.view["prediction"]["right"] and all(line.startswith("✓") for line in lines)


@pytest.mark.parametrize(
    ("shift", "kinds", "slips"),
    [
        ((0, 1), (STAYS, STAYS, STAYS), ["That would be invariance", "Pooling forgives", ""]),
        ((0, 2), (MOVES, OTHER, STAYS), ["", "2 divides this shift", ""]),
        ((0, 1), (MOVES, MOVES, OTHER), ["", "2 does not divide", "A sum does not ask"]),
        ((4, 0), (OTHER, OTHER, STAYS), ["same kernel", "2 divides", "something has left the map"]),
    ],
)
def test_a_wrong_prediction_is_told_its_slip(shift, kinds, slips):
    widget = shift_slider()
    widget.on_event(*({"set": n, "value": v} for n, v in zip(("rows", "cols"), shift, strict=True)))
    lines = answer(widget, *kinds)
    assert widget.view["prediction"]["right"] is False
    for line, slip in zip(lines, slips, strict=True):
        assert line.startswith("✗" if slip else "✓") and slip in line, line


def test_padding_that_does_not_move_is_named():
    rng = np.random.default_rng(0)
    conv = Conv2D(1, 1, 3, rng, padding=1)
    conv.params = {"w": np.ones((1, 1, 3, 3)), "b": np.zeros(1)}
    picture = np.ones((8, 8))
    net = Sequential(conv, ReLU(), Flatten(), Dense(64, 10, rng))
    widget = shift_slider(net=net, picture=picture)
    assert "the kernel meets zeros (padding)" in answer(widget, MOVES, STAYS)[0]


def test_without_a_shift_there_is_nothing_to_predict():
    widget = shift_slider()
    widget.on_event({"set": "cols", "value": 0})
    assert widget.view["prediction"]["done"]
    widget.on_event({"predict": [0]})
    assert "move the picture first" in widget.view["prediction"]["verdict"]


# --- the view


def test_nothing_of_the_moved_maps_is_seen_before_the_prediction(nets):
    widget = shift_slider()
    assert "map after" not in figures(widget) and "→" not in figures(widget)["shares"]["caption"]
    assert "Predict first" in widget.view["live"]
    answer(widget, MOVES, OTHER, STAYS)
    assert {"map after", "pool after"} <= figures(widget).keys()
    widget.on_event({"set": "cols", "value": 2})
    assert "map after" in figures(widget) and widget.view["prediction"]["verdict"] == ""
    widget.on_event({"set": "net", "value": AVERAGE})
    assert "map after" not in figures(widget)


def test_bars_and_sentences_are_the_nets_own_numbers(nets):
    widget = shown()
    widget.on_event({"set": "cols", "value": 4})
    x = trousers()
    old, new = (
        ops.softmax(nets[PLACES].forward(v[None, None]))[0] for v in (x, images.shift2d(x, 0, 4))
    )
    texts = [row["text"] for row in figures(widget)["shares"]["rows"]]
    assert texts == [f"{percent(a)} → {percent(b)}" for a, b in zip(old, new, strict=True)]
    marks = [bool(row["mark"]) for row in figures(widget)["shares"]["rows"]]
    assert marks.index(True) == new.argmax() and sum(marks) == 1
    assert "Feature map: moved 4 to the right, 572 of 572 numbers agree." in widget.view["live"]
    assert "Pooled map: moved 2 to the right, 143 of 143 numbers agree." in widget.view["live"]


def test_keys_move_the_mark_and_the_frame_follows():
    widget = shown()
    widget.on_event({"move": "Home"}, {"move": "ArrowRight"}, {"move": "ArrowDown"})
    assert (
        "Place (1, 1) of the feature map sees rows 1 to 3 and columns 1 to 3"
        in (widget.view["live"])
    )
    assert figures(widget)["photo after"]["boxes"][0] == {
        "at": [1, 1], "size": [3, 3], "kind": "solid", "text": "",
    }  # fmt: skip
    widget.on_event({"move": "PageDown"}, {"move": "End"})
    assert widget.view["live"].count("Place ") == 1
    widget.on_event({"move": "End"})
    assert "Place (12, 12) of the pooled map sees rows 24 to 27" in widget.view["live"]
    widget.on_event({"move": "Escape"})
    assert "Place " not in widget.view["live"] and not figures(widget)["photo before"]["boxes"]
    widget.on_event({"go": "map after", "at": [5, 7]})
    assert "Place (5, 7) of the feature map" in widget.view["live"]


# --- the student's functions


def test_a_wrong_shift_is_told_and_shown():
    def swapped(x, rows, cols, *, mode="zero"):
        return images.shift2d(x, cols, rows, mode=mode)

    widget = shown(swapped)
    widget.on_event({"set": "cols", "value": 4})
    kind, text = widget.view["notes"]["trouble"]
    assert kind == "bad" and "swapped differs in" in text
    moved = images.shift2d(trousers(), 4, 0)
    expected = np.rint(moved * 255).astype(np.uint8)
    got = np.frombuffer(base64.b64decode(figures(widget)["photo after"]["bytes"]), np.uint8)
    assert np.array_equal(got.reshape(28, 28), expected)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda x: 1 / 0, "raised ZeroDivisionError"),
        (lambda x: x[1:], "returned shape (27, 28); it should be (28, 28)"),
        (lambda x: None, "returned nothing (None)"),
    ],
)
def test_a_shift_that_fails_is_a_sentence_and_the_widget_lives_on(body, sentence):
    def mine(x, rows, cols, *, mode="zero"):
        return body(x) if cols != 3 else images.shift2d(x, rows, cols, mode=mode)

    widget = shown(mine)
    assert sentence in widget.view["notes"]["trouble"][1] and "photo after" not in figures(widget)
    assert "There is no shifted picture" in widget.view["live"]
    widget.on_event({"set": "cols", "value": 3})
    assert widget.view["notes"]["trouble"][1] == "" and "map after" in figures(widget)


def test_a_wrong_receptive_field_is_told_number_by_number():
    def adds_k(layers):
        rf, jump, start = 1, 1, 0.0
        for k, s, p, d in layers:
            rf, start, jump = rf + k * jump, start + (d * (k - 1) / 2 - p) * jump, jump * s
        return rf, jump, start

    widget = shown(None, adds_k)
    assert widget.view["notes"]["field"][1] == "✗ adds_k: rf is 4, right is 3."
    assert figures(widget)["photo before"]["boxes"][0]["size"] == [4, 4]
    for bad in (lambda layers: (3, 1), lambda layers: ("3", 1, 0), lambda layers: None):
        assert "it should return three numbers" in shown(None, bad).view["notes"]["field"][1]


def test_ones_own_net_and_picture():
    rng = np.random.default_rng(3)
    widget = shown(net=shift_net(AVERAGE, rng), picture=(trousers() * 255).astype(np.uint8))
    assert "those of your own net" in widget.view["about"]
    assert [c["name"] for c in widget.view["controls"]][3:5] == ["picture", "net"]
    assert np.allclose(widget._pictures[0][1], trousers())
    with pytest.raises(ValueError, match=r"has shape \(2, 28, 28\)"):
        shift_slider(picture=np.zeros((2, 28, 28)))
    large = shift_slider(picture=np.zeros((3, 90, 120), np.uint8))
    assert large._pictures[0][1].shape == (28, 28)


def test_every_view_of_the_static_page_can_be_written_and_none_is_missing():
    found = static_page.frames(shift_slider())
    assert len(found.views) <= 400
    for view in found.views:
        json.dumps(view, allow_nan=False)
    lives = {view["live"] for view in found.views}
    assert len(lives) == 2 * 17  # a shift each, hidden and shown


def test_without_a_kernel_there_are_pictures_and_nothing_is_given_away():
    data, _ = shift_slider()._repr_mimebundle_()
    assert data["text/html"].count("data:image/png;base64,") == 4
    assert "Run the cell" in data["text/html"] and "agree" not in data["text/html"]
    assert "Predict: the picture is moved 1 to the right" in data["text/plain"]
