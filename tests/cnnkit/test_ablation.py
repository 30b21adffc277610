"""Splits, networks from settings, ablations, occlusion, and weights as text."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.data import make_splits
from cnnkit.gradcheck import check_gradients
from cnnkit.layers import Conv2D, Dense, Flatten, Sequential, load_text, to_text
from cnnkit.models import build_model
from cnnkit.ops import softmax
from cnnkit.training import occlusion_map, run_ablation

CFG = {"channels": (2, 3), "batch_norm": True, "dropout": 0.5, "hidden": 4}


def rng(seed=0):
    return np.random.default_rng(seed)


# Splits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shares", [(0.6, 0.25, 0.15), (0.5, 0.5), (1.0,), (0.1,) * 10, (0, 1)])
def test_each_example_is_in_one_part_and_each_class_has_its_share(shares):
    labels = rng(1).choice([0, 4, 7], size=131, p=[0.7, 0.2, 0.1])
    parts = make_splits(labels, shares, rng=rng())
    assert_array_equal(np.sort(np.concatenate(parts)), np.arange(131))
    for label in (0, 4, 7):
        counts = np.array([(labels[part] == label).sum() for part in parts])
        assert (abs(counts - np.array(shares) * (labels == label).sum()) < 1).all()
    assert all(part.dtype == np.int64 and (np.diff(part) > 0).all() for part in parts)


@pytest.mark.parametrize("shares", [
    (0.25, 0.5, 0.25), (0.05, 0.1, 0.15, 0.7), (0.35, 0.2, 0.45), (0.1,) * 10,
])  # fmt: skip
def test_a_part_with_a_whole_number_due_gets_just_that(shares):
    hundredths = np.rint(np.array(shares) * 100).astype(int)  # exact, unlike the shares
    for count in range(1, 61):
        parts = make_splits(np.zeros(count, int), shares, rng=rng())
        got = np.array([len(part) for part in parts])
        assert (got >= hundredths * count // 100).all()
        assert (got <= -(-hundredths * count // 100)).all()


def test_parts_come_from_the_generator_and_from_every_place():
    labels = np.zeros(40, int)
    once, again, other = (make_splits(labels, (0.5, 0.5), rng=rng(s))[0] for s in (1, 1, 2))
    assert_array_equal(once, again)
    assert not np.array_equal(once, other)
    seen = np.concatenate([make_splits(labels, (0.5, 0.5), rng=rng(s))[0] for s in range(30)])
    assert len(np.unique(seen)) == 40


def test_splits_refuse_what_is_none():
    for shares in [(0.5, 0.4), (1.5, -0.5), (np.nan, 1), ((1.0,),)]:
        with pytest.raises(ValueError, match="shares must be 0 or more"):
            make_splits(np.zeros(4, int), shares, rng=rng())
    with pytest.raises(TypeError, match="integers"):
        make_splits(np.zeros(4), (1.0,), rng=rng())
    with pytest.raises(ValueError, match=r"\(N,\)"):
        make_splits(np.zeros((4, 1), int), (1.0,), rng=rng())
    with pytest.raises(TypeError, match="Generator"):
        make_splits(np.zeros(4, int), (1.0,), rng=0)
    assert [part.shape for part in make_splits(np.zeros(0, int), (0.5, 0.5), rng=rng())] == [
        (0,)
    ] * 2


# Networks from settings -----------------------------------------------------------------------


def test_the_layers_are_those_of_the_settings():
    block = ["conv", "batch_norm", "relu", "max_pool"]
    kinds = [layer.kind for layer in build_model(CFG, rng=rng()).layers.values()]
    assert kinds == [*block, *block, "flatten", "dense", "relu", "dropout", "dense"]
    plain = {**CFG, "batch_norm": False, "dropout": 0, "hidden": 0, "lr": 0.1}
    kinds = [layer.kind for layer in build_model(plain, rng=rng()).layers.values()]
    assert kinds == ["conv", "relu", "max_pool"] * 2 + ["global_avg_pool", "dense"]


@pytest.mark.parametrize(("norm", "hidden", "count"), [
    (False, 0, 20 + 57 + 40), (True, 4, 18 + 4 + 54 + 6 + 147 * 4 + 4 + 50),
])  # fmt: skip
def test_parameters_are_counted_as_by_hand(norm, hidden, count):
    model = build_model({**CFG, "batch_norm": norm, "hidden": hidden}, rng=rng())
    assert sum(value.size for value in model.params.values()) == count
    assert model.forward(np.zeros((3, 1, 28, 28))).shape == (3, 10)


def test_gradients_agree_with_difference_quotients():
    model = build_model({**CFG, "channels": (1, 2), "hidden": 2}, rng=rng(3))
    errors = check_gradients(model, rng(4).normal(size=(2, 1, 28, 28)), rng(5).normal(size=(2, 10)))
    assert max(errors.values()) < 1e-5


def test_the_budget_is_kept_to_the_last_parameter():
    cfg = {"channels": (7, 25), "batch_norm": False, "dropout": 0.0, "hidden": 120}
    assert sum(v.size for v in build_model(cfg, rng=rng()).params.values()) == 150_000
    for over in ({"hidden": 121}, {"channels": (7, 26)}, {"channels": (100, 170), "hidden": 0}):
        with pytest.raises(ValueError, match="150,000 are allowed"):
            build_model({**cfg, **over}, rng=rng())


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(TypeError, match="channels is 8"):
        build_model({**CFG, "channels": 8}, rng=rng())
    with pytest.raises(ValueError, match="halved so often"):
        build_model({**CFG, "channels": (1,) * 5}, rng=rng())
    with pytest.raises(ValueError, match="cfg lacks dropout: it must have channels, batch_norm"):
        build_model({"channels": (1,), "batch_norm": True, "hidden": 0}, rng=rng())
    for name, wrong in (("batch_norm", "no"), ("dropout", None), ("hidden", None)):
        with pytest.raises(TypeError, match=f"is {wrong!r}"):
            build_model({**CFG, name: wrong}, rng=rng())


# Ablations ------------------------------------------------------------------------------------


def pretended(base, remedies, seeds, accuracy, tested=0.5):
    calls = []

    def train(cfg, seed):
        calls.append(("train", dict(cfg), seed))
        model = dict(cfg), seed
        cfg.clear()
        return model, accuracy(*model)

    def test(model):
        calls.append(("test", *model))
        return tested + model[1]

    return run_ablation(base, remedies, seeds, train=train, test=test), calls


def test_each_row_has_one_remedy_and_the_test_set_is_seen_once_at_the_end():
    base, remedies = {"a": 0, "b": 0}, {"one": {"a": 1}, "two": {"b": 1}}
    result, calls = pretended(base, remedies, [3, 1, 2], lambda cfg, s: cfg["b"] - cfg["a"] + s)
    cfgs = [{"a": 0, "b": 0}, {"a": 1, "b": 0}, {"a": 0, "b": 1}, {"a": 1, "b": 1}]
    assert [row["cfg"] for row in result["rows"]] == cfgs
    assert [row["name"] for row in result["rows"]] == ["base", "one", "two", "together"]
    assert calls[:12] == [("train", cfg, seed) for cfg in cfgs for seed in (3, 1, 2)]
    assert calls[12:] == [("test", cfgs[2], seed) for seed in (3, 1, 2)]
    assert (result["chosen"], result["test"]) == ("two", [3.5, 1.5, 2.5])
    assert (base, remedies) == ({"a": 0, "b": 0}, {"one": {"a": 1}, "two": {"b": 1}})


def test_rows_are_judged_by_the_mean_and_of_equals_the_first_is_chosen():
    scores = {0: [0.7, 0.7, 0.7], 1: [0.1, 0.9, 0.4]}
    result, _ = pretended({"a": 0}, {"one": {"a": 1}}, [0, 1, 2], lambda c, s: scores[c["a"]][s])
    first, second, _ = result["rows"]
    assert result["chosen"] == "base"
    assert second["scores"] == scores[1]
    assert_allclose((second["mean"], second["sd"]), (1.4 / 3, np.std(scores[1]) * 1.5**0.5))
    result, _ = pretended({"a": 0}, {"one": {"a": 1}}, [0, 1, 2], lambda cfg, seed: cfg["a"])
    assert result["chosen"] == "one"  # as good as 'together', and before it


def test_ablations_refuse_what_would_mislead():
    for seeds in ([0, 1], [0, 1, 1], []):
        with pytest.raises(ValueError, match="3 or more, all different"):
            pretended({"a": 0}, {"one": {"a": 1}}, seeds, lambda cfg, seed: 0)
    for remedies, match in [
        ({"one": {"A": 1}}, "the base has not"),
        ({"one": {"a": 1}, "two": {"a": 2}}, "Two remedies change 'a'"),
        ({"base": {"a": 1}}, "rename it"),
    ]:
        with pytest.raises(ValueError, match=match):
            pretended({"a": 0}, remedies, [0, 1, 2], lambda cfg, seed: 0)
    with pytest.raises(ValueError, match="finite"):
        pretended({"a": 0}, {"one": {"a": 1}}, [0, 1, 2], lambda cfg, seed: np.nan)


# Occlusion ------------------------------------------------------------------------------------


def test_occlusion_is_the_fall_of_the_probability_square_by_square():
    model = Sequential(Conv2D(2, 3, 3, rng(6)), Flatten(), Dense(3 * 4 * 5, 4, rng(7)))
    x, label = rng(8).random((2, 6, 7)), 2
    kept = x.copy()
    got = occlusion_map(model, x, label, size=3, fill=0.5)
    whole = softmax(model.forward(x[None]))[0, label]
    for i, j in [(0, 0), (2, 3), (5, 6), (0, 6)]:
        covered = x.copy()
        for row in range(max(0, i - 1), min(6, i + 2)):
            for column in range(max(0, j - 1), min(7, j + 2)):
                covered[:, row, column] = 0.5
        assert_allclose(got[i, j], whole - softmax(model.forward(covered[None]))[0, label])
    assert got.shape == (6, 7)
    assert_array_equal(x, kept)


def test_occlusion_refuses_what_is_no_image_and_no_class():
    model = Sequential(Flatten(), Dense(12, 4, rng()))
    with pytest.raises(ValueError, match=r"\(C, H, W\)"):
        occlusion_map(model, np.zeros((1, 1, 3, 4)), 0)
    with pytest.raises(ValueError, match="4 classes"):
        occlusion_map(model, np.zeros((1, 3, 4)), 4)
    with pytest.raises(TypeError, match="x has dtype uint8: a model takes floats"):
        occlusion_map(model, np.zeros((1, 3, 4), np.uint8), 0)
    for fill in (np.nan, np.inf):
        with pytest.raises(ValueError, match=f"fill is {fill}: it must be finite"):
            occlusion_map(model, np.zeros((1, 3, 4)), 0, fill=fill)


# Weights as text ------------------------------------------------------------------------------


def test_text_brings_parameters_and_statistics_back_to_three_digits():
    model, other = (build_model(CFG, rng=rng(seed)).astype(np.float32) for seed in (0, 1))
    model.forward(rng().normal(size=(5, 1, 28, 28)), train=True)  # moves the statistics
    text = to_text(model)
    load_text(other, "  " + text.replace("\n", "\n    "))
    for part in ("params", "state"):
        for name, value in getattr(model, part).items():
            back = getattr(other, part)[name]
            assert back.dtype == np.float32
            assert_allclose(back, value, rtol=1e-3, atol=1e-6)
    assert max(map(len, text.split("\n"))) == 96


def test_text_that_is_cut_off_or_of_another_model_changes_nothing():
    model = build_model(CFG, rng=rng())
    text, before = to_text(model), {k: v.copy() for k, v in model.params.items()}
    other = to_text(build_model({**CFG, "hidden": 5}, rng=rng()))
    short = "".join(text.split())
    cases = [("hello!", "to_text"), (short[:-39], "cut off"), (short[:-40], "damaged")]
    for wrong, match in [*cases, (other, "another model")]:
        with pytest.raises(ValueError, match=match):
            load_text(model, wrong)
    for name, value in model.params.items():
        assert_array_equal(value, before[name])


def test_text_is_of_a_model_and_a_str():
    model = build_model(CFG, rng=rng())
    with pytest.raises(TypeError, match="text is a bytes: it must be a str"):
        load_text(model, to_text(model).encode())
    for call in (to_text, lambda model: load_text(model, "")):
        with pytest.raises(TypeError, match="model is a NoneType without params, state"):
            call(None)


def test_numbers_that_half_precision_cannot_hold_are_refused():
    model = build_model(CFG, rng=rng())
    model.params["conv1.w"][0] = 1e6
    with pytest.raises(ValueError, match="conv1.w"):
        to_text(model)
