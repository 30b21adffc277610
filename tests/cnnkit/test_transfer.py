"""Transfer in NumPy: a new head, frozen layers and statistics, features."""

import copy

import numpy as np
import pytest
import torch
from contract import normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.layers import Dense, Flatten, ReLU, Sequential
from cnnkit.models import NormNet
from cnnkit.ops import softmax_cross_entropy
from cnnkit.optimisers import SGD, sgd_step
from cnnkit.training import fit
from cnnkit.transfer import (
    compare_starts,
    extract_features,
    few_per_class,
    freeze,
    replace_head,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def trained(seed=0):
    """A model that has seen images, so that its statistics are its own."""
    model = NormNet(rng(seed), in_shape=(1, 8, 6), channels=(3, 4), hidden=5, classes=5)
    for step in range(3):
        model.forward(1 + 2 * normal(10, 1, 8, 6, seed=step), train=True)
    model.params["dense2.b"][...] = 1, 2, 3, 4, 5
    return model


X, y = normal(7, 1, 8, 6, seed=50), np.array([0, 1, 2, 0, 1, 2, 0])


def arrays(model):
    return {name: value.copy() for name, value in {**model.params, **model.state}.items()}


def assert_arrays(model, kept, names=None):
    for name in kept if names is None else names:
        assert_array_equal({**model.params, **model.state}[name], kept[name], err_msg=name)


def learn(model, frozen=(), steps=10):
    for _ in range(steps):
        _, dscores = softmax_cross_entropy(model.forward(X, train=True), y)
        grads = model.backward(dscores)
        model.params = sgd_step(model.params, grads, 0.1, frozen=frozen, weight_decay=0.1)


# A new head -----------------------------------------------------------------------------------


def test_a_new_head():
    old = trained()
    kept, scores = arrays(old), old.forward(X)
    new = replace_head(old, 3, rng(1))
    assert new.forward(X).shape == (7, 3)
    assert {name: new.params[name].shape for name in ("dense2.w", "dense2.b")} == {
        "dense2.w": (3, 5),
        "dense2.b": (3,),
    }
    assert_array_equal(new.params["dense2.b"], np.zeros(3))
    for name in kept:
        if not name.startswith("dense2"):
            assert_array_equal({**new.params, **new.state}[name], kept[name])
    learn(new)
    assert_arrays(old, kept)
    assert_array_equal(old.forward(X), scores)


def test_a_new_head_shares_no_array():
    old = trained()
    new = replace_head(old, 5, rng(1))
    for part in ("params", "state"):
        for name, value in getattr(new, part).items():
            assert not np.shares_memory(value, getattr(old, part)[name])


def test_a_new_head_shares_no_layer():
    """Else the new model's pass forward would change the old one's gradients."""
    old = trained()
    new = replace_head(old, 5, rng(1))
    dscores = normal(7, 5)
    old.forward(X)
    expected = old.backward(dscores)
    old.forward(X)
    new.forward(3 * X)
    for name, grad in old.backward(dscores).items():
        assert_array_equal(grad, expected[name], err_msg=name)
    assert not {map(id, old.layers.values())} & {map(id, new.layers.values())}


def test_a_new_head_is_the_chains_and_the_copy_draws_from_its_own_rng():
    old, draw = trained(), rng(1)
    old.forward(X)
    new = replace_head(old, 3, draw)
    assert new.rng is draw and old.rng is not draw
    with pytest.raises(ValueError, match="The dense layer belongs to another chain"):
        Sequential(new.layers["dense2"])
    with pytest.raises(RuntimeError, match="backward needs a pass forward"):
        new.backward(np.zeros((7, 3)))


def test_the_same_number_of_classes_makes_a_fresh_head_too():
    old = trained()
    one, same, other = (replace_head(old, 5, rng(seed)) for seed in (1, 1, 2))
    assert_array_equal(one.params["dense2.w"], same.params["dense2.w"])
    for model in (old, other):
        assert np.abs(one.params["dense2.w"] - model.params["dense2.w"]).max() > 0.01


def test_a_new_head_has_the_models_dtype_and_nothing_frozen():
    old = trained().astype(np.float32)
    freeze(old, "")
    new = replace_head(old, 3, rng(1))
    assert {value.dtype.name for value in new.params.values()} == {"float32"}
    assert new.frozen == set()
    assert old.frozen == set(old.params)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: replace_head(Sequential(Flatten(), Dense(4, 2, rng()), ReLU()), 3, rng()),
         ValueError, "The last layer is relu1: only a dense one"),
        (lambda: replace_head(trained(), 0, rng()), ValueError, "n_classes is 0"),
        (lambda: replace_head(trained(), 2.0, rng()), TypeError, "n_classes is 2.0"),
        (lambda: replace_head(trained(), 2, None), TypeError, "rng is None"),
        (lambda: replace_head(torch.nn.Linear(2, 2), 2, rng()), TypeError,
         "model is a Linear: .* see cnnkit.transfer_torch"),
        (lambda: freeze(trained(), "cnov"), ValueError, "No parameter begins with 'cnov': .*conv1"),
        (lambda: freeze(trained().params, "conv"), TypeError, "model is a dict"),
        (lambda: extract_features(trained(), X, "dense3", 2), ValueError,
         "There is no layer 'dense3': there are conv1, .*dense2"),
        (lambda: extract_features(trained(), X, "dense1", 0), ValueError, "batch is 0"),
        (lambda: extract_features(trained(), X, "dense1", 2.5), TypeError, "batch is 2.5"),
        (lambda: extract_features(None, X, "dense1", 2), TypeError, "model is a NoneType"),
        (lambda: extract_features(trained(), X.astype(str), "dense1", 2), TypeError, "X has dtype"),
        (lambda: extract_features(trained(), X + 1j, "dense1", 2), TypeError, "X has dtype"),
    ],
)  # fmt: skip
def test_what_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Frozen layers ----------------------------------------------------------------------------------


def test_names_that_begin_with_a_prefix():
    model = trained()
    norms = {"batch_norm1.gamma", "batch_norm1.beta", "batch_norm2.gamma", "batch_norm2.beta"}
    assert freeze(model, "conv") == {"conv1.w", "conv2.w"}
    assert freeze(model, "batch_norm") == norms
    assert model.frozen == norms | {"conv1.w", "conv2.w"}
    assert freeze(trained(), "conv1.") == {"conv1.w"}
    assert freeze(trained(), "") == set(trained().params)


def test_the_names_are_ones_own():
    model = trained()
    freeze(model, "conv1").clear()
    assert model.frozen == {"conv1.w"}


def test_frozen_layers_and_statistics_stay_to_the_last_bit():
    """Ten steps with weight decay, in training mode, on images of another kind."""
    model = trained()
    frozen = freeze(model, "conv") | freeze(model, "batch_norm")
    kept = arrays(model)
    learn(model, frozen)
    assert_arrays(model, kept, [*frozen, *model.state])
    for name in model.params.keys() - frozen:
        assert np.any(model.params[name] != kept[name]), name


def test_without_freezing_statistics_drift():
    model = trained()
    kept = arrays(model)
    learn(model)
    for name in model.state:
        assert np.any(model.state[name] != kept[name]), name


def test_only_the_frozen_blocks_statistics_stay():
    model = trained()
    frozen = freeze(model, "conv1") | freeze(model, "batch_norm1")
    kept = arrays(model)
    learn(model, frozen)
    assert_arrays(model, kept, [*frozen, "batch_norm1.mean", "batch_norm1.var"])
    assert np.any(model.state["batch_norm2.mean"] != kept["batch_norm2.mean"])


def test_fit_keeps_what_is_frozen():
    model = trained().astype(np.float32)
    frozen = freeze(model, "conv") | freeze(model, "batch_norm")
    kept = arrays(model)
    optimiser = SGD(0.1, momentum=0.9, weight_decay=0.1)
    fit(model, X.astype(np.float32), y, optimiser=optimiser, epochs=3, rng=rng(), progress=False)
    assert_arrays(model, kept, [*frozen, *model.state])
    assert np.any(model.params["dense1.w"] != kept["dense1.w"])


# Features ---------------------------------------------------------------------------------------


@given(st.integers(1, 9))
def test_features_are_those_of_one_pass_whatever_the_batch(batch):
    model = trained()
    for layer, expected in list(model.outputs(X)):
        got = extract_features(model, X, layer, batch)
        assert got.shape == expected.shape
        assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


def test_features_are_as_after_training():
    model = trained()
    kept = arrays(model)
    state = copy.deepcopy(model.rng.bit_generator.state)
    first = extract_features(model, X, "dropout1", 3)
    assert_array_equal(first, extract_features(model, X, "dropout1", 3))
    assert_array_equal(first, extract_features(model, X, "relu3", 3))  # nothing is dropped
    assert_arrays(model, kept)
    assert model.rng.bit_generator.state == state


def test_features_and_head_make_the_scores():
    model = trained()
    features = extract_features(model, X, "dropout1", 4)
    scores = features @ model.params["dense2.w"].T + model.params["dense2.b"]
    assert_allclose(scores, model.forward(X), rtol=1e-12, atol=1e-13)


def test_features_have_the_models_dtype():
    model = trained().astype(np.float32)
    features = extract_features(model, X, "relu2", 3)
    assert features.dtype == np.float32
    assert_array_equal(features, extract_features(model, X.astype(np.float32), "relu2", 3))


def test_features_of_no_images():
    assert extract_features(trained(), X[:0], "flatten1", 4).shape == (0, 8)


def test_features_are_a_copy():
    model = trained()
    features = extract_features(model, X, "relu1", 10)
    kept = features.copy()
    model.forward(2 * X)
    features2 = extract_features(model, X, "relu1", 10)
    features2[...] = 7
    assert_array_equal(features, kept)
    with pytest.raises(RuntimeError, match="backward needs a pass forward"):
        model.backward(np.zeros((7, 5)))  # of a pass that ended half-way


# Starts compared --------------------------------------------------------------------------------

IDS, LABELS = np.arange(30.0).reshape(30, 1, 1, 1), np.arange(30) % 3
VALIDATION, TEST = 100 + IDS[:10], 200 + IDS[:10]


class Notes:
    """A training that only takes notes; ``right`` says how many of 10 a model gets right."""

    def __init__(self, right):
        self.right, self.drawn, self.tested = right, [], []

    def train(self, start, X, y, rate, seed):
        self.drawn.append((start, rate, seed, X.ravel().astype(int).tolist(), y.tolist()))
        in_validation, in_test = self.right(start, rate, seed)

        def predict(X):
            on_test = X[0, 0, 0, 0] >= 200
            if on_test:
                self.tested.append((start, rate, seed, len(X)))
            return np.arange(len(X)) < (in_test if on_test else in_validation)

        return predict


def compared(right, *, starts=("new", "old"), rates=(1, 2), seeds=(3, 4, 5), per_class=4):
    notes, ones = Notes(right), np.ones(10, bool)
    sets = (IDS, LABELS), (VALIDATION, ones), (TEST, ones)
    result = compare_starts(notes.train, starts, rates, *sets, per_class=per_class, seeds=seeds)
    return result, notes


def test_starts_are_told_by_mean_and_spread():
    result, _ = compared(lambda start, rate, seed: (5, seed if start == "new" else 8))
    assert result == {
        "new": {"scores": [0.3, 0.4, 0.5], "mean": pytest.approx(0.4), "sd": pytest.approx(0.1)},
        "old": {"scores": [0.8, 0.8, 0.8], "mean": pytest.approx(0.8), "sd": pytest.approx(0)},
    }


def test_all_starts_and_rates_learn_from_the_same_images_and_each_seed_from_others():
    _, notes = compared(lambda *_: (5, 5))
    drawn = {seed: [row[3:] for row in notes.drawn if row[2] == seed] for seed in (3, 4, 5)}
    for rows in drawn.values():
        assert len(rows) == 4 and all(row == rows[0] for row in rows)
        ids, labels = rows[0]
        assert len(set(ids)) == 12 and np.bincount(labels).tolist() == [4, 4, 4]
        assert LABELS[ids].tolist() == labels
    assert len({frozenset(rows[0][0]) for rows in drawn.values()}) == 3


def test_the_validation_chooses_and_the_test_set_is_asked_once():
    """The rate that is worse on the test set is chosen, of equal ones the first."""
    result, notes = compared(
        lambda start, rate, seed: ({1: 7, 2: 8, 3: 8}[rate], {1: 9, 2: 2, 3: 5}[rate]),
        rates=(1, 2, 3),
    )
    assert result["new"]["mean"] == pytest.approx(0.2)
    assert notes.tested == [(s, 2, seed, 10) for seed in (3, 4, 5) for s in ("new", "old")]


def test_labels_of_which_few_are_drawn_are_integers_in_a_row():
    with pytest.raises(ValueError, match=r"y has shape \(3, 3\), 2 axes: it must have 1, \(N,\)"):
        few_per_class(np.eye(3, dtype=int), 1, rng())  # as a row it would have 9 of them
    with pytest.raises(TypeError, match="y has dtype float64: labels must be integers"):
        few_per_class(np.array([0.0, 1.0]), 1, rng())


def test_several_starts_are_no_word():
    with pytest.raises(TypeError, match="starts is 'new': it must be several names"):
        compared(lambda *_: (5, 5), starts="new")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": (3,)}, r"seeds is \[3\]"),
        ({"seeds": (3, 4, 3)}, "all different"),
        ({"rates": ()}, "rates is empty"),
        ({"per_class": 11}, "Class 0 has 10 images: 11"),
        ({"per_class": 0}, "per_class is 0"),
    ],
)
def test_what_cannot_be_compared(options, message):
    with pytest.raises(ValueError, match=message):
        compared(lambda *_: (5, 5), **options)
