"""The training dashboard without a browser: runs, predictions, drawings, maps, wrong functions."""

import base64
import json
import re

import numpy as np
import pytest

from cnnkit import models, ops, training
from cnnkit.data import load
from cnnkit.widgets import dashboard_drawing as drawing
from cnnkit.widgets import dashboard_prediction as prediction
from cnnkit.widgets import dashboard_view as view
from cnnkit.widgets import static_page, training_dashboard
from cnnkit.widgets.dashboard_lessons import EPOCH, NEW, PLANS, TICK, TICKS
from cnnkit.widgets.dashboard_runs import Run, Setting, feature_maps

TRAIN = {"press": "train"}
SKIP = {"skip": True}


def shown(*functions, **setting):
    """A dashboard that asks nothing."""
    widget = training_dashboard(*functions, **setting)
    widget.on_event(SKIP)
    return widget


def figures(widget):
    """The figures of the stage by name."""
    rows = widget.view["stage"]["rows"]
    return {figure["name"]: figure for row in rows for figure in row if "name" in figure}


def pixels(figure):
    """The bytes of a picture."""
    raw = np.frombuffer(base64.b64decode(figure["bytes"]), np.uint8)
    return raw.reshape(figure["height"], figure["width"])


def pictures(name):
    """Pictures to learn from and new ones, scaled by the first."""
    x, y = load(name, "train")
    x = ((x - x[:EPOCH].mean()) / x[:EPOCH].std()).astype(np.float32)
    return x[:EPOCH], y[:EPOCH], x[-NEW:], y[-NEW:]


def note(widget, name="trouble"):
    return widget.view["notes"][name][1]


# --- runs


@pytest.mark.parametrize("name", ["digits", "apparel"])
def test_a_run_is_what_a_training_on_the_same_pictures_gives(name):
    x, y, new_x, new_y = pictures(name)
    net = models.LeNetLike(np.random.default_rng(2), **PLANS[name].sizes).astype(np.float32)
    source = np.random.default_rng(2)
    order = np.random.default_rng([2, 0]).permutation(EPOCH)
    widget = shown(data=name, lr=0.03, batch=32, seed=2)
    for tick in range(3):
        chosen = order[tick * TICK : (tick + 1) * TICK]
        told = training.train(net, x[chosen], y[chosen], 0.03, 1, 32, source)
        widget.on_event(TRAIN)
        loss, acc = training.evaluate(net, new_x, new_y)
        point = widget._run(widget.state.setting).at(tick + 1)
        np.testing.assert_allclose(
            (point.loss, point.acc, point.new_loss, point.new_acc),
            (told["loss"][0], told["acc"][0], loss, acc),
            rtol=1e-5,
        )
    assert f"After 6 steps with 192 pictures: loss {told['loss'][0]:.2f}" in widget.view["live"]
    assert f"{loss:.2f} on new pictures, {100 * acc:.0f} % of them right" in widget.view["live"]
    example = load(name, "test")
    first = example[0][example[1] == 0][:1]
    everything = load(name, "train")[0][:EPOCH]
    scaled = ((first - everything.mean()) / everything.std()).astype(np.float32)
    shares = ops.softmax(net.forward(scaled).astype(float))[0]
    got = [row["text"] for row in figures(widget)["shares"]["rows"]]
    assert got == [f"{100 * share:.0f} %" for share in shares]


def test_each_epoch_takes_every_picture_once_and_in_another_order():
    seen = []

    def notes(model, X, y, lr, epochs, batch_size, rng):
        assert (lr, epochs, batch_size, len(X)) == (0.1, 1, 16, TICK)
        seen.extend(image.tobytes() for image in X)
        return training.train(model, X, y, lr, epochs, batch_size, rng)

    run = Run(models.LeNetLike, notes, Setting())
    run.at(2 * TICKS)
    x = pictures("digits")[0]
    assert sorted(seen[:EPOCH]) == sorted(seen[EPOCH:]) == sorted(image.tobytes() for image in x)
    assert seen[:EPOCH] != seen[EPOCH:]


def test_a_run_can_be_looked_at_anywhere_without_disturbing_it():
    plain, looked = (Run(models.LeNetLike, training.train, Setting()) for _ in range(2))
    x = pictures("digits")[2][:1]
    first = looked.scores(0, x)
    looked.at(4)
    assert np.array_equal(looked.scores(0, x), first)
    assert not np.array_equal(looked.scores(4, x), first)
    assert looked.at(6).new_loss == plain.at(6).new_loss


def test_a_new_setting_starts_anew_and_the_run_before_stays_to_be_compared():
    widget = shown()
    for _ in range(4):
        widget.on_event(TRAIN)
    old = figures(widget)["loss"]["series"][1]["points"]
    widget.on_event({"set": "lr", "value": 0.3})
    assert "Untrained" in widget.view["live"]
    series = {line["name"]: line["points"] for line in figures(widget)["loss"]["series"]}
    assert series["run before"] == old and len(old) == 5
    assert len(series["new pictures"]) == 1 and series["learned from"] == []
    widget.on_event({"set": "data", "value": "apparel"})
    assert [line["name"] for line in figures(widget)["loss"]["series"]][2:] == []


def test_the_training_ends_with_its_epochs_and_start_anew_is_the_first_state():
    widget = shown()
    first = widget.state
    widget.on_event(*[TRAIN] * (TICKS + 3))
    assert f"with {EPOCH:,} pictures" in widget.view["live"]
    assert widget.view["play"] is None
    widget.on_event({"set": "epochs", "value": 2}, TRAIN)
    assert f"with {EPOCH + TICK:,} pictures" in widget.view["live"]
    assert widget.view["play"]["event"] == TRAIN
    assert figures(widget)["loss"]["x"] == [0, 2]
    widget.on_event({"press": "clear"}, {"press": "reset"})
    assert widget.state == first


def test_a_loss_that_is_no_number_ends_the_run_and_is_told():
    widget = shown(lr=3.0, batch=64)
    widget.on_event(*[TRAIN] * TICKS)
    json.dumps(widget.view, allow_nan=False)
    point = widget._run(widget.state.setting).at(widget.state.tick)
    assert not np.isfinite(point.new_loss)
    assert "The loss is no number any more" in note(widget, "lost")
    assert widget.view["play"] is None and widget.state.tick < TICKS


def test_an_ended_run_tells_how_to_go_on_and_where_every_relu_is_dead():
    widget = shown(lr=1.0)
    assert note(widget, "ended") == ""
    widget.on_event(*[TRAIN] * TICKS)
    assert note(widget, "ended").startswith("The epoch is over. Set more epochs")
    widget.on_event({"set": "layer", "value": "pool2"}, {"press": "clear"})
    assert not any(pixels(figures(widget)["maps"]).ravel())
    assert "All numbers of pool2, ReLU are 0" in widget.view["live"]
    widget.on_event({"set": "epochs", "value": 2})
    assert note(widget, "ended") == "" and widget.view["play"]


def test_a_loss_above_five_is_drawn_as_five():
    widget = shown(lr=3.0, batch=16)
    widget.on_event(*[TRAIN] * TICKS)
    run = widget._run(widget.state.setting)
    assert max(point.new_loss for point in run.points) > 1000
    figure = figures(widget)["loss"]
    assert figure["y"] == [0, 5] and "above 5 it is drawn as 5" in figure["caption"]
    assert max(y for line in figure["series"] for _, y in line["points"]) == 5


# --- predictions


@pytest.mark.parametrize(
    ("setting", "right", "why"),
    [
        ({}, 0, "large enough to get somewhere"),
        ({"lr": 0.01}, 1, "the way too short: 80 steps of learning rate 0.01"),
        ({"lr": 0.001}, 2, "the way too short"),
        ({"lr": 1.0}, 1, "The steps were too large"),
        ({"lr": 3.0, "batch": 64}, 2, "The steps were too large"),
        ({"lr": 1.0, "batch": 8, "data": "apparel"}, 2, "The steps were too large"),
    ],
)
def test_a_prediction_is_judged_after_the_first_epoch_with_the_reason(setting, right, why):
    for guess in (right, (right + 1) % 3):
        widget = training_dashboard(**setting)
        widget.on_event(TRAIN)
        assert widget.state.tick == 0 and widget.view["play"] is None  # first predict
        widget.on_event({"predict": [guess]})
        assert widget.view["prediction"]["verdict"] == ""
        assert prediction.CHOICES[guess] in note(widget, "guess")
        widget.on_event(TRAIN, TRAIN)
        assert widget.view["prediction"]["verdict"] == ""
        widget.on_event(*[TRAIN] * (TICKS - 2))
        asked = widget.view["prediction"]
        assert asked["right"] is (guess == right)
        assert asked["verdict"].startswith("Right. " if guess == right else "Not right. ")
        assert why in asked["verdict"] and note(widget, "guess") == ""


@pytest.mark.parametrize(
    ("end", "right"), [(0.99, 0), (1.01, 1), (1.89, 1), (1.91, 2), (9.0, 2), (np.nan, 2)]
)
def test_the_three_outcomes_are_halves_and_twentieths(end, right):
    assert prediction.outcome(2.0, end) == right


def test_another_setting_asks_again_and_one_who_skips_is_not_asked():
    widget = training_dashboard()
    widget.on_event({"predict": [0]}, {"set": "batch", "value": 64})
    asked = widget.view["prediction"]
    assert not asked["done"] and "20 steps" in asked["question"] and "2.31" in asked["question"]
    widget.on_event(SKIP, TRAIN, {"set": "batch", "value": 8}, TRAIN)
    assert "After 8 steps" in widget.view["live"]
    widget.on_event({"skip": False})  # who wants to predict after all does so beforehand
    assert widget.view["live"].startswith("Untrained") and widget.view["play"] is None


# --- the picture


def test_a_stroke_covers_what_lies_within_the_pen_and_rubs_out_the_same():
    empty = bytes(64)
    drawn = drawing.stroke(empty, 8, ((1.5, 1.5), (1.5, 5.5)), 0.55)
    got = np.frombuffer(drawn, np.uint8).reshape(8, 8)
    for i, j in np.ndindex(8, 8):
        gap = max(1 - j, j - 5, 0)
        ink = min(max(1.05 - np.hypot(i - 1, gap), 0), 1)
        assert got[i, j] == round(255 * ink)
    assert drawing.stroke(drawn, 8, ((1.5, 1.5), (1.5, 5.5)), 0.55, erase=True) != drawn
    gone = drawing.stroke(drawn, 8, ((1.5, 0.5), (1.5, 7.5)), 1.5, erase=True)
    assert gone == empty
    assert drawing.stroke(drawn, 8, ((1.5, 2.5), (1.5, 2.5)), 0.1) == drawn  # ink never goes


def test_keys_move_the_pen_and_draw_while_it_is_down():
    widget = shown()
    widget.on_event({"press": "clear"})
    right, down = {"move": "ArrowRight"}, {"move": "ArrowDown"}
    widget.on_event(right, down, down)
    assert pixels(figures(widget)["pad"]).max() == 0
    assert figures(widget)["pad"]["boxes"][0] == {
        "at": [2, 1], "size": [1, 1], "kind": "dashed", "text": "",
    }  # fmt: skip
    widget.on_event({"press": "pen"}, right, right, down)
    inked = {tuple(at) for at in np.argwhere(pixels(figures(widget)["pad"]) == 255).tolist()}
    assert inked == {(2, 1), (2, 2), (2, 3), (3, 3)}
    assert "The pen is at row 3, column 3, down." in widget.view["live"]
    before = widget.state.drawing
    widget.on_event({"move": "Escape"}, right, right)
    assert widget.state.drawing == before and "column 5, lifted" in widget.view["live"]
    small = "rows 2 to 3 and columns 1 to 3: the pictures of the set are larger"
    assert small in widget.view["live"]


def test_a_test_picture_can_be_changed_and_stays_what_it_was():
    widget = shown()
    widget.on_event({"set": "picture", "value": 7})
    old = pixels(figures(widget)["pad"]).copy()
    x, y = load("digits", "test")
    assert np.array_equal(old, x[y == 7][0, 0])
    assert figures(widget)["shares"]["rows"][7]["mark"] == "✓ it is"
    widget.on_event({"draw": [0.5, 0.5, 7.5, 7.5]})
    new = pixels(figures(widget)["pad"])
    assert (new >= old).all() and (np.diag(new) == 255).all()
    assert not any(row["mark"] for row in figures(widget)["shares"]["rows"])
    widget.on_event({"set": "picture", "value": 7})
    assert np.array_equal(pixels(figures(widget)["pad"]), old)


def test_the_maps_are_those_of_the_layer_side_by_side():
    widget = shown(data="apparel")
    widget.on_event(TRAIN, {"set": "picture", "value": 9})
    weights = widget._run(widget.state.setting).at(1).weights
    x = widget.state.lesson.scaled(widget.state.pixels)
    net = models.LeNetLike(np.random.default_rng(0), **PLANS["apparel"].sizes)
    net.params = weights
    outputs = {name: y[0] for name, y in net.outputs(x)}
    names = {"conv1": "conv1", "pool1": "relu1", "conv2": "conv2", "pool2": "relu2"}
    for layer, name in names.items():
        widget.on_event({"set": "layer", "value": layer})
        maps = outputs[name]
        np.testing.assert_allclose(
            feature_maps(weights, PLANS["apparel"], x)[layer], maps, atol=1e-5
        )
        drawn, most = pixels(figures(widget)["maps"]).astype(int), np.abs(maps).max()
        high, wide = maps.shape[1:]
        for n, plane in enumerate(maps):
            i, j = n // 4 * high, n % 4 * wide
            grey = plane / most if name.startswith("relu") else (plane / most + 1) / 2
            assert np.abs(drawn[i : i + high, j : j + wide] - view.BRIGHTEST * grey).max() < 0.6
        n, i, j = np.unravel_index(np.abs(maps).argmax(), maps.shape)
        assert f"in map {n} of {len(maps)} at row {i}, column {j}." in widget.view["live"]


# --- one's own functions


class Slow(models.LeNetLike):
    """A network like ours."""


def loop(model, X, y, lr, epochs, batch_size, rng):
    """A loop like ours, written once more."""
    order, total, right = rng.permutation(len(X)), 0.0, 0
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        scores = model.forward(X[batch])
        loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
        for name, gradient in model.backward(dscores).items():
            model.params[name] -= lr * gradient
        total += loss * len(batch)
        right += np.sum(scores.argmax(axis=1) == y[batch])
    return {"loss": [total / len(X)], "acc": [right / len(X)]}


def test_right_functions_are_run_and_not_complained_of():
    mine, ours = shown(Slow, loop), shown()
    for widget in (mine, ours):
        widget.on_event(TRAIN, TRAIN)
        assert note(widget) == ""
    assert mine.view["live"] == ours.view["live"]
    assert mine.view["about"].startswith("The net is Slow, trained by loop.")


class Narrow(models.LeNetLike):
    def forward(self, x, train=False):
        return super().forward(x, train)[:, :3]


class Doubled(models.LeNetLike):
    def backward(self, dscores):
        grads = super().backward(dscores)
        return grads | {"dense1.b": 2 * grads["dense1.b"]}


class Unnamed:
    def __init__(self, rng, **sizes):
        self.params = {"w": np.ones(3)}


class Lists:
    def __init__(self, rng, **sizes):
        self.params = {"w": [1.0]}


def unwritten(*arguments, **options):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (unwritten, "unwritten is not written yet"),
        (lambda rng, **sizes: None, "has no params: a dict of arrays"),
        (Lists, "Lists: w is a list, not an array"),
        (Unnamed, "Unnamed has no method forward"),
        (Narrow, "Narrow.forward returned shape (150, 3); it should be (150, 10)."),
        (Doubled, "of dense1.b. The first is dense1.b["),
    ],
)
def test_a_wrong_network_is_told(model, said):
    widget = training_dashboard(model)
    assert said in note(widget)
    widget.on_event(TRAIN, {"press": "clear"}, {"draw": [1, 1, 6, 6]}, {"predict": [0]}, TRAIN)
    assert said in note(widget)
    assert widget.view["prediction"]["done"]  # there is nothing to predict
    json.dumps(widget.view, allow_nan=False)


def uphill(model, X, y, lr, epochs, batch_size, rng):
    return loop(model, X, y, -lr, epochs, batch_size, rng)


def twice(model, X, y, lr, epochs, batch_size, rng):
    return loop(model, X, y, 2 * lr, epochs, batch_size, rng)


def idle(model, X, y, lr, epochs, batch_size, rng):
    return {"loss": [2.3], "acc": [0.1]}


def silent(model, X, y, lr, epochs, batch_size, rng):
    loop(model, X, y, lr, epochs, batch_size, rng)


def unweighted(model, X, y, lr, epochs, batch_size, rng):
    told = loop(model, X, y, lr, epochs, batch_size, rng)
    return told | {"loss": [1.1 * told["loss"][0]]}


def spoiling(model, X, y, lr, epochs, batch_size, rng):
    told = loop(model, X, y, lr, epochs, batch_size, rng)
    X[...] = 0
    return told


def emptying(model, X, y, lr, epochs, batch_size, rng):
    model.params = {}
    return {"loss": [2.3], "acc": [0.1]}


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (unwritten, "unwritten is not written yet"),
        (uphill, "uphill goes up the gradient"),
        (twice, "of params['conv1.w']. The first is"),
        (idle, "idle changed no parameter"),
        (silent, "silent returned nothing (None)"),
        (unweighted, "unweighted gives loss"),
        (spoiling, "spoiling changed one of its inputs"),
        (emptying, "emptying has the params (none)"),
    ],
)
def test_a_wrong_loop_is_told_and_shows_what_it_does(train, said):
    widget = training_dashboard(None, train)
    assert said in note(widget)
    widget.on_event(TRAIN)
    assert note(widget)
    assert widget.view["prediction"]["done"]
    json.dumps(widget.view, allow_nan=False)


def test_a_loop_that_goes_uphill_is_seen_in_its_curve():
    widget = shown(None, uphill)
    for _ in range(3):
        widget.on_event(TRAIN)
    curve = figures(widget)["loss"]["series"][1]["points"]
    assert curve[-1][1] > curve[0][1]


def test_a_setting_that_no_control_has_is_refused():
    with pytest.raises(ValueError, match="lr is 0.5: it must be one of"):
        training_dashboard(lr=0.5)
    with pytest.raises(ValueError, match="epoch is no control"):
        training_dashboard(epoch=3)


# --- without a kernel


def test_a_static_page_holds_a_whole_training_for_every_layer():
    page = static_page.html(training_dashboard())
    data = json.loads(re.search(r"<script type='application/json'>(.*?)</script>", page)[1])
    lives = [part for part in data["parts"] if isinstance(part, str) and "The pen is at" in part]
    assert len(lives) == len(view.LAYERS) * (TICKS + 1)
    assert len({live.split(":")[0] for live in lives}) == TICKS + 1
    assert len(page) < 300_000


def test_without_a_kernel_there_are_pictures_and_nothing_is_given_away():
    data, _ = training_dashboard()._repr_mimebundle_()
    assert data["text/html"].count("data:image/png;base64,") == 2
    assert "Untrained: loss 2.31" in data["text/html"] and "Right." not in data["text/html"]
    assert "After one epoch (80 steps) it will be" in data["text/plain"]
