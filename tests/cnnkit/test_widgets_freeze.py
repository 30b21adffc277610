"""The freeze slider without a browser: recorded runs, predictions, and what functions really do."""

import json

import numpy as np
import pytest

from cnnkit import optimisers, recorded, transfer
from cnnkit.layers import Dense
from cnnkit.widgets import freeze_net, freeze_slider, static_page
from cnnkit.widgets import freeze_numbers as numbers
from cnnkit.widgets.freeze_numbers import PRETRAINED, SCRATCH, Gain, Result, Setting
from cnnkit.widgets.freeze_prediction import judged_best
from cnnkit.widgets.freeze_widget import BEST, COUNT


def shown(*functions, frozen=3, **options):
    """A slider that hides nothing."""
    widget = freeze_slider(*functions, **options)
    widget.on_event({"skip": True}, {"set": "frozen", "value": frozen})
    return widget


def figures(widget):
    """The figures of the stage by name."""
    return {each["name"]: each for row in widget.view["stage"]["rows"] for each in row}


def rows(widget):
    """The texts of the net's table."""
    return [row["texts"] for row in figures(widget)["net"]["rows"]]


def trouble(widget):
    return widget.view["notes"]["trouble"][1]


def verdict(widget):
    return widget.view["prediction"]["verdict"]


def counted(widget, typed):
    """What is said to a predicted number of parameters."""
    widget.on_event({"set": "asks", "value": COUNT}, {"predict": [str(typed)]})
    return verdict(widget)


def sizes(frozen):
    """How many parameters the recorded net has behind the frozen blocks, by the book."""
    conv = [9 * C * O + 2 * O for C, O in ((1, 8), (8, 16), (16, 32))]  # no bias; gamma and beta
    return sum([*conv, 64 * 32 * 3 * 3 + 64][frozen:]) + 64 * 5 + 5


# --- the record


def test_all_settings_were_run_with_the_same_seeds():
    runs = recorded.load(numbers.RECORD).runs
    found = {(r["start"], r["per_class"], r["frozen"], r["seed"]) for r in runs}
    assert len(found) == len(runs) == 2 * 3 * 5 * numbers.SEEDS
    assert numbers.sizes() == [5, 20, 50]
    assert {len(run["curve"]) for run in runs} == {6} and {run["rate"] for run in runs} <= {
        *(0.001, 0.004),
    }


def test_what_is_shown_is_what_was_recorded():
    widget = shown()
    for start in (PRETRAINED, SCRATCH):
        for per_class in (5, 20, 50):
            widget.on_event(
                {"set": "start", "value": start}, {"set": "per_class", "value": per_class}
            )
            runs = [
                run["accuracy"]
                for run in recorded.load(numbers.RECORD).runs
                if (run["start"], run["per_class"]) == (start, per_class)
            ]
            by_depth = 100 * np.reshape(runs, (5, 3))
            bars = figures(widget)["accuracies"]["rows"]
            expected = [
                f"{mean:.1f} % ± {spread:.1f}"
                for mean, spread in zip(by_depth.mean(1), by_depth.std(1, ddof=1), strict=True)
            ]
            assert [bar["text"] for bar in bars[:5]] == expected
            best = [("★" in bar["mark"]) for bar in bars]
            assert best.index(True) == by_depth.mean(1).argmax() and sum(best) == 1
            assert expected[3] in widget.view["live"] and "◀" in bars[3]["mark"]


def test_curves_are_means_over_the_seeds():
    widget = shown(frozen=2)
    of = [
        run["curve"]
        for run in recorded.load(numbers.RECORD).runs
        if (run["start"], run["per_class"], run["frozen"]) == (PRETRAINED, 5, 2)
    ]
    points = figures(widget)["curves"]["series"][0]["points"]
    assert np.allclose(points, np.column_stack([range(20, 121, 20), np.mean(of, axis=0)]))
    names = [each["name"] for each in figures(widget)["curves"]["series"]]
    assert names == ["2 frozen", "0 frozen", "from scratch"]
    widget.on_event({"move": "Home"})
    names = [each["name"] for each in figures(widget)["curves"]["series"]]
    assert names == ["0 frozen", "from scratch"]


@pytest.mark.parametrize(
    ("better", "other", "found"),
    [
        ((0.8, 0.82, 0.81), (0.7, 0.71, 0.72), True),
        ((0.8, 0.9, 0.7), (0.7, 0.6, 0.85), False),  # the seeds do not agree
        ((0.80, 0.81, 0.82), (0.79, 0.80, 0.81), False),  # within the luck of 500 test pictures
        ((0.7, 0.71, 0.72), (0.8, 0.82, 0.81), True),
    ],
)
def test_a_difference_is_found_where_it_is_larger_than_both_spreads(better, other, found):
    gain = numbers.gain(Result(better, ()), Result(other, ()))
    differences = np.subtract(better, other)
    assert np.isclose(gain.mean, differences.mean()) and gain.found == found
    assert np.isclose(gain.spread, differences.std(ddof=1))
    assert np.isclose(gain.luck, np.sqrt(np.mean(better) * (1 - np.mean(better)) / 500))


def test_what_harms_is_called_so(monkeypatch):
    monkeypatch.setattr(numbers, "gain", lambda one, other: Gain(-0.1, 0.01, 0.02))
    lines = shown().view["texts"]["compared"]
    assert lines == [
        "3 frozen against none: −10.0 ± 1.0 points; that harms.",
        "Pretrained, 3 frozen, against from scratch, none frozen: −10.0 ± 1.0 points; that harms.",
    ]


# --- predictions


@pytest.mark.parametrize("frozen", range(5))
def test_the_count_that_the_steps_show_is_right(frozen):
    widget = freeze_slider()
    widget.on_event({"set": "frozen", "value": frozen})
    assert counted(widget, f"{sizes(frozen):,}").startswith("Right.")
    assert f"{sizes(frozen):,} of {sizes(0):,} parameters are trained" in widget.view["live"]
    trained = [int(row[2].split(" of ")[0].replace(",", "")) for row in rows(widget)]
    assert sum(trained) == sizes(frozen)


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        (sizes(0) - sizes(3), "the frozen parameters are counted"),
        (sizes(0), "all are counted"),
        (sizes(3) - 325, "the new head is left out"),
        (sizes(3) - 64 - 5, "biases are left out"),
        (325, "4 blocks are frozen"),
        (sizes(2), "2 blocks are frozen"),
        (17, "Add up what is behind the frozen blocks"),
    ],
)
def test_a_wrong_count_is_told_its_slip(typed, slip):
    widget = freeze_slider()
    said = counted(widget, typed)
    assert said.startswith("Not right. 18,821 of 24,765") and slip in said
    assert widget.view["prediction"]["right"] is False


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        (sizes(1) - 2 * (16 + 32), "batch normalisation is left out"),
        (sizes(1) + 2 * (16 + 32), "running means and variances are counted"),
    ],
)
def test_a_wrong_count_of_batch_normalisation_is_told_its_slip(typed, slip):
    widget = freeze_slider()
    widget.on_event({"set": "frozen", "value": 1})
    assert slip in counted(widget, typed)


def test_what_is_no_number_reveals_nothing():
    widget = freeze_slider()
    assert counted(widget, "many") == "Type a whole number."
    assert "? of" in rows(widget)[0][2] and "18,821" not in json.dumps(widget.view)


def with_results(monkeypatch, *accuracies):
    """Put made results by depth in the place of the record's."""
    made = [Result(each, ((0.5,) * 6,) * 3) for each in accuracies]
    monkeypatch.setattr(numbers, "by_depth", lambda setting: made)


HIGH, SAME, LOW = (0.8, 0.81, 0.82), (0.79, 0.82, 0.8), (0.5, 0.52, 0.51)


def judged(depth, setting=Setting()):  # noqa: B008
    asked = freeze_slider().state.best
    return judged_best(asked, depth, setting)


def test_the_best_depth_and_those_as_good_are_right(monkeypatch):
    with_results(monkeypatch, LOW, SAME, HIGH, LOW, LOW)
    best, equal, worse = judged(2), judged(1), judged(0)
    assert best.right and best.verdict == (
        "Right. The best mean is that of 2 frozen, 81.0 % ± 1.0. From 1 frozen no difference was "
        "found."
    )
    assert equal.right and "80.3 % ± 1.5" in equal.verdict
    assert "+0.7 ± 1.5 points: no difference was found" in equal.verdict
    assert worse.right is False and "+30.0 ± 1.0 points" in worse.verdict


@pytest.mark.parametrize(
    ("top", "depth", "setting", "why"),
    [
        (2, 0, Setting(per_class=20), "24,765 parameters learn from 100 pictures"),
        (2, 0, Setting(start=SCRATCH), "Nothing was copied"),
        (2, 4, Setting(), "dense1 is frozen too"),
        (0, 2, Setting(), "here even 25 pictures adapt them"),
        (0, 4, Setting(start=SCRATCH), "as it was drawn at random"),
    ],
)
def test_a_wrong_depth_is_told_why(monkeypatch, top, depth, setting, why):
    with_results(monkeypatch, *(HIGH if at == top else LOW for at in range(5)))
    assert why in judged(depth, setting).verdict


def test_accuracies_come_after_the_prediction_and_go_with_other_runs():
    widget = freeze_slider()
    assert "accuracies" not in figures(widget) and "predict which depth" in widget.view["live"]
    assert "%" not in json.dumps(widget.view)
    widget.on_event({"predict": [4]})
    assert "accuracies" in figures(widget) and verdict(widget)
    widget.on_event({"move": "ArrowUp"})
    assert "accuracies" in figures(widget) and not verdict(widget)
    assert "How many parameters are trained is kept back" in widget.view["live"]
    widget.on_event({"set": "per_class", "value": 20})
    assert "accuracies" not in figures(widget) and "%" not in json.dumps(widget.view)


def test_keys_and_clicks_freeze_and_thaw():
    widget = freeze_slider()
    for event, frozen, per_class in [
        ({"move": "ArrowDown"}, 4, 5), ({"move": "ArrowDown"}, 4, 5), ({"move": "ArrowUp"}, 3, 5),
        ({"move": "Home"}, 0, 5), ({"move": "ArrowUp"}, 0, 5), ({"move": "End"}, 4, 5),
        ({"move": "PageUp"}, 4, 20), ({"move": "PageUp"}, 4, 50), ({"move": "PageUp"}, 4, 50),
        ({"move": "PageDown"}, 4, 20), ({"go": "net", "at": [1]}, 2, 20),
        ({"go": "net", "at": [1]}, 1, 20), ({"go": "net", "at": [4]}, 4, 20),
        ({"move": "Escape"}, 4, 20), ({"predict": ["5"]}, 4, 20),
    ]:  # fmt: skip
        widget.on_event(event)
        assert widget.state.setting == Setting(PRETRAINED, per_class, frozen), event
    assert widget.state.asks == BEST and not widget.state.best.done


# --- the student's functions


def names_of(model, prefix):
    return {name for name in model.params if name.startswith(prefix)}


@pytest.mark.parametrize("start", [PRETRAINED, SCRATCH])
@pytest.mark.parametrize("frozen", range(5))
def test_right_functions_freeze_what_they_should_and_nothing_else(start, frozen):
    widget = shown(frozen=frozen)
    widget.on_event({"set": "start", "value": start})
    assert trouble(widget) == "" and "Not as it should be" not in widget.view["live"]
    for at, (_, state, _, moved, statistics) in enumerate(rows(widget)):
        assert ("❄" in state and "frozen" in state) == (at < frozen)
        assert (moved == "stays") == (at < frozen)
        assert (statistics == "–") if at > 2 else (statistics == "stay") == (at < frozen)
    assert not any(row["kind"] for row in figures(widget)["net"]["rows"])


def test_statistics_move_where_the_net_was_not_told():
    def returns(model, prefix):
        return names_of(model, prefix)

    widget = shown(returns)
    assert trouble(widget).startswith(
        "✗ After returns(model, 'conv1.'), model.frozen lacks conv1.w"
    )
    for _, state, trained, moved, statistics in rows(widget)[:3]:
        assert state == "✗ not frozen" and trained.startswith("0 of") and moved == "stays"
        assert statistics.startswith("✗ up to 0.0")
    assert "Not as it should be: blocks 1, 2, 3." in widget.view["live"]


def test_a_freeze_that_forgets_what_was_frozen_before_is_told():
    def last_only(model, prefix):
        model.frozen = names_of(model, prefix)
        return set(model.frozen)

    said = trouble(shown(last_only))
    assert "After last_only(model, 'batch_norm1.'), model.frozen lacks conv1.w" in said


def test_a_freeze_that_takes_too_much_is_told():
    def greedy(model, prefix):
        model.frozen |= names_of(model, "")
        return names_of(model, prefix)

    widget = shown(greedy, frozen=1)
    assert trouble(widget) == (
        "✗ After greedy(model, 'conv1.'), model.frozen has batch_norm1.beta, batch_norm1.gamma, "
        "batch_norm2.beta, batch_norm2.gamma, 8 more too many."
    )
    assert [row[1] for row in rows(widget)] == ["❄ frozen"] * 5
    kinds = [row["kind"] for row in figures(widget)["net"]["rows"]]
    assert kinds == ["", "bad", "bad", "bad", "bad"]


def test_weight_decay_on_what_is_frozen_is_told_and_seen():
    def only_no_gradient(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
        zeros = {name: grads.get(name, 0) for name in params}
        return {n: p - lr * (zeros[n] + weight_decay * p) for n, p in params.items()}

    widget = shown(None, only_no_gradient)
    assert "only_no_gradient moved conv1.w, which is frozen" in trouble(widget)
    assert "weight decay pulls" in trouble(widget)
    assert [row[3].startswith("✗ up to") for row in rows(widget)] == [True] * 3 + [False] * 2
    assert "24,765 of 24,765 parameters are trained" in widget.view["live"]


def test_a_step_to_the_wrong_place_and_into_the_given_arrays_is_told():
    def climbs(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
        return optimisers.sgd_step(params, grads, -lr if lr else lr, frozen=frozen)

    def uphill(params, grads, lr, **options):
        down = optimisers.sgd_step(params, grads, lr, **options)
        return {name: 2 * params[name] - p for name, p in down.items()}

    def in_place(params, grads, lr, **options):
        new = optimisers.sgd_step(params, grads, lr, **options)
        for name, p in params.items():
            p[...] = new[name]
        return params

    assert "climbs raised ValueError" in trouble(shown(None, climbs))
    assert "uphill: dense1.w is not where p − lr · m" in trouble(shown(None, uphill))
    assert "in_place changed the parameters that it was given" in trouble(shown(None, in_place))


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda params, grads, lr, **options: None, "returned None; it should return a dict"),
        (lambda params, grads, lr, **options: grads, "returned the names dense1.b"),
        (
            lambda params, grads, lr, **options: dict.fromkeys(params, 0.5),
            "gave 0.5 for conv1.w; its shape should be (8, 1, 3, 3)",
        ),
    ],
)
def test_what_is_no_step_is_told_and_nothing_is_said_to_be_trained(function, sentence):
    widget = shown(None, function)
    assert sentence in trouble(widget)
    assert {row[2].split(" of ")[0] for row in rows(widget)} == {"–"}
    assert "parameters are trained" not in widget.view["live"]
    assert "Not as it should be" not in widget.view["live"]  # freeze has done its part


def test_slow_blocks_move_less_and_the_head_as_far():
    widget = shown(frozen=1)
    fast = [row[3].removeprefix("up to ") for row in rows(widget)]
    widget.on_event({"set": "slow", "value": True})
    slow = [row[3].removeprefix("up to ") for row in rows(widget)]
    assert slow[0] == fast[0] == "stays" and trouble(widget) == ""
    for at in (1, 2, 3):
        assert float(slow[at]) < float(fast[at]) / 4
    assert float(slow[4]) > float(fast[4]) / 2


def first_prefix(factors, name):
    return next((m for prefix, m in factors.items() if name.startswith(prefix)), 1)


def all_prefixes(factors, name):
    return np.prod([m for prefix, m in factors.items() if name.startswith(prefix)])


def whole_names(factors, name):
    return factors.get(name, 1)


@pytest.mark.parametrize(
    ("factor", "where"),
    [(first_prefix, "dense2.w"), (all_prefixes, "dense2.w"), (whole_names, "dense1.w")],
)
def test_a_wrong_factor_of_the_rate_is_told_once_blocks_are_slow(factor, where):
    def mine(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
        factors = {name: factor(lr_mult or {}, name) for name in params}
        return {
            name: p.copy() if name in frozen else p - np.float32(lr * factors[name]) * (
                grads[name] + weight_decay * p
            )
            for name, p in params.items()
        }  # fmt: skip

    widget = shown(None, mine)
    assert trouble(widget) == ""
    widget.on_event({"set": "slow", "value": True})
    assert f"mine: {where} is not where p − lr · m" in trouble(widget)
    widget.on_event({"set": "start", "value": SCRATCH})  # nothing is copied: nothing is slow
    assert trouble(widget) == ""


def test_sets_and_arrays_that_are_handed_on_are_told():
    def hands_out(model, prefix):
        model.frozen |= names_of(model, prefix)
        return model.frozen

    def hands_on(params, grads, lr, *, frozen=(), **options):
        new = optimisers.sgd_step(params, grads, lr, frozen=frozen, **options)
        return {name: params[name] if name in frozen else p for name, p in new.items()}

    assert "returned model.frozen itself" in trouble(shown(hands_out))
    assert "hands_on handed on the array of conv1.w" in trouble(shown(None, hands_on))


def test_functions_that_fail_are_sentences_and_the_widget_lives_on():
    def unwritten(model, prefix):
        raise NotImplementedError

    def breaks(model, prefix):
        model.frozen = "conv1.w"
        return names_of(model, prefix)

    widget = shown(unwritten)
    assert "unwritten is not written yet" in trouble(widget)
    widget.on_event({"move": "Home"})
    assert trouble(widget) == "" and "24,765 of 24,765" in widget.view["live"]
    assert "The net cannot be trained any more" in trouble(shown(breaks))
    assert "it should return a set of names" in trouble(shown(lambda model, prefix: [prefix]))


def shares(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.params["conv1.w"] = model.params["conv1.w"]
    return new


def keeps_head(model, n_classes, rng):
    return model.copy()


def forgets(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.params["conv2.w"] = new.params["conv2.w"] + 1
    return new


def changes_old(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    model.params["dense2.w"][...] = 0
    return new


def old_biases(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.params["dense2.b"] = model.params["dense2.b"].copy()
    return new


def double(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.params["dense2.w"] = new.params["dense2.w"].astype(float)
    return new


def same_layers(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.layers = dict(model.layers)
    return new


def still_frozen(model, n_classes, rng):
    new = transfer.replace_head(model, n_classes, rng)
    new.frozen = set(model.frozen)
    return new


def three_classes(model, n_classes, rng):
    return transfer.replace_head(model, 3, rng)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (shares, "shares: old and new net share the array conv1.w"),
        (keeps_head, "keeps_head left the old weights in the head"),
        (forgets, "forgets did not take over conv2.w"),
        (old_biases, "old_biases: the new head's biases are not 0"),
        (double, "double gave another dtype to dense2.w"),
        (same_layers, "same_layers: old and new net share the layer conv1"),
        (changes_old, "changes_old changed the net that it was given"),
        (still_frozen, "still_frozen: something is frozen in the new net"),
        (three_classes, "three_classes gave a net with other parameters, or of other shapes"),
        (lambda model, n_classes, rng: None, "returned None; it should return a net"),
    ],
)
def test_a_wrong_head_is_told_and_the_steps_go_on_with_ours(function, sentence):
    widget = shown(None, None, function)
    assert sentence in trouble(widget)
    assert "18,821 of 24,765 parameters are trained" in widget.view["live"]
    widget.on_event({"set": "start", "value": SCRATCH})  # has no head to replace
    assert trouble(widget) == ""


def test_no_run_changes_the_net_of_the_next_one():
    before = {name: p.copy() for name, p in freeze_net.source().params.items()}
    shown().on_event({"move": "Home"}, {"move": "End"})
    assert all(np.array_equal(before[n], p) for n, p in freeze_net.source().params.items())
    assert isinstance(freeze_net.source().layers["dense2"], Dense)


# --- without a kernel


def test_every_view_of_the_static_page_can_be_written():
    widget = freeze_slider()
    found = static_page.frames(widget)
    for view in found.views:
        json.dumps(view, allow_nan=False)
    settings = {(view["live"].split(".")[0], *_chosen(view)) for view in found.views}
    assert len(settings) == 5 * 3 * 2
    assert len(static_page.html(widget)) < 300_000


def _chosen(view):
    return [control["value"] for control in view["controls"][1:3]]


def test_without_a_kernel_there_is_a_table_and_no_answer():
    data, _ = freeze_slider()._repr_mimebundle_()
    assert data["text/html"].count("<tr>") == 6 and "64×288" in data["text/html"]
    assert "18,821" not in data["text/html"] and "%" not in data["text/plain"]
