"""Early stopping by itself, and the measures of a model."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn import metrics
from tiny_models import KINDS, pictures, tiny

from cnnkit.training import EarlyStopping, confusion_matrix, evaluate, predict
from cnnkit.training.labels import cross_entropy, hits

both = pytest.mark.parametrize("kind", KINDS)


def steps(values, **options):
    watch = EarlyStopping(**options)
    return watch, [watch.step(value, {"w": np.array([value])}) for value in values]


# Early stopping -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "options", "stops"),
    [
        pytest.param([3, 2, 2.5, 2.4, 1], {"patience": 3}, [0, 0, 0, 0, 0], id="not at a rise"),
        pytest.param([3, 4, 5, 1, 2, 2, 2], {"patience": 3}, [0] * 6 + [1], id="in a row"),
        pytest.param([1, 2], {"patience": 1}, [0, 1], id="at once"),
        pytest.param([1, 1, 1], {"patience": 2}, [0, 0, 1], id="a plateau is no gain"),
        pytest.param([1, 2, 3], {"patience": 2, "mode": "max"}, [0, 0, 0], id="more is better"),
        pytest.param([3, 2, 1], {"patience": 2, "mode": "max"}, [0, 0, 1], id="less is worse"),
        pytest.param([4, 3.5, 3], {"patience": 2, "min_delta": 1}, [0, 0, 1], id="small gains"),
        pytest.param([4, 3.5, 2.5], {"patience": 2, "min_delta": 1}, [0, 0, 0], id="on the best"),
        pytest.param([math.nan] * 2, {"patience": 2}, [0, 1], id="nan from the start"),
        pytest.param([1, math.nan, 0.5], {"patience": 2}, [0, 0, 0], id="nan once"),
        pytest.param([1, math.nan, 2], {"patience": 2}, [0, 0, 1], id="nan counts"),
        pytest.param([math.inf, 1, 2], {"patience": 2}, [0, 0, 0], id="infinity is no gain"),
    ],
)
def test_early_stopping_says_when(values, options, stops):
    watch, said = steps(values, **options)
    assert said == [bool(stop) for stop in stops]
    finite = [value for value in values if math.isfinite(value)]
    if finite and "min_delta" not in options:
        assert watch.best == (max if options.get("mode") == "max" else min)(finite)
        assert_array_equal(watch.best_params["w"], [watch.best])


def test_a_gain_of_exactly_min_delta_is_none():
    assert steps([2, 1.5, 1], patience=1, min_delta=0.5)[1] == [False, True, False]


def test_before_the_first_gain_there_is_no_best():
    watch, _ = steps([math.nan, math.nan], patience=5)
    assert (watch.best, watch.best_params) == (math.inf, None)


def test_the_best_params_are_a_copy():
    for array in (np.zeros(3), torch.zeros(3)):
        params = {"w": array}
        watch = EarlyStopping(patience=1)
        watch.step(1.0, params)
        array += 1
        params["v"] = array
        assert list(watch.best_params) == ["w"]
        assert_array_equal(np.asarray(watch.best_params["w"]), [0, 0, 0])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"patience": 0}, ValueError, "patience is 0"),
        ({"patience": 1.5}, TypeError, "patience is 1.5"),
        ({"patience": 1, "min_delta": -1}, ValueError, "min_delta is -1"),
        ({"patience": 1, "min_delta": math.nan}, ValueError, "min_delta is nan"),
        ({"patience": 1, "mode": "most"}, ValueError, "'min' or 'max'"),
    ],
)
def test_early_stopping_refuses(options, error, words):
    with pytest.raises(error, match=words):
        EarlyStopping(**options)


def test_what_follows_the_patience_is_named():
    with pytest.raises(TypeError, match="positional"):
        EarlyStopping(3, 0.1)


# Measures -------------------------------------------------------------------------------------


@both
def test_the_size_of_batches_changes_nothing(kind):
    model, _ = tiny(kind)
    x, y = pictures()
    whole = evaluate(model, x, y, batch_size=1000)
    labels = predict(model, x, batch_size=1000)
    assert labels.dtype == np.int64
    assert labels.shape == (150,)
    for size in (1, 7, 149):
        assert evaluate(model, x, y, batch_size=size) == pytest.approx(whole, rel=1e-5)
        assert_array_equal(predict(model, x, batch_size=size), labels)
    assert whole[1] == np.mean(labels == y)


def test_measures_are_torchs():
    model, _ = tiny("torch")
    x, y = pictures()
    with torch.no_grad():
        scores = model.eval()(torch.tensor(x))
    loss, accuracy = evaluate(model, x, y)
    assert loss == pytest.approx(torch.nn.functional.cross_entropy(scores, torch.tensor(y)).item())
    assert accuracy == metrics.accuracy_score(y, scores.argmax(dim=1))


@both
def test_measures_change_nothing_in_the_model(kind):
    """No dropout, no statistics that move, and whoever trains goes on training."""
    model, _ = tiny(kind)
    x, y = pictures()
    if kind == "torch":
        model.train()
        model[4].eval()  # somebody's own choice
    results = [evaluate(model, x, y) for _ in range(2)]
    assert results[0] == results[1]
    if kind == "torch":
        assert [module.training for module in model] == [True] * 4 + [False, True]
        assert int(model[1].num_batches_tracked) == 0
    else:
        assert not model.state["mean"].any()


@both
def test_no_images_have_no_answers_and_no_loss(kind):
    model, _ = tiny(kind)
    x, y = pictures()
    assert predict(model, x[:0]).shape == (0,)
    assert predict(model, x[:0]).dtype == np.int64
    with pytest.raises(ValueError, match="at least one example"):
        evaluate(model, x[:0], y[:0])


@both
def test_measures_refuse_bytes_and_empty_batches(kind):
    model, _ = tiny(kind)
    for call in (lambda x: evaluate(model, x, pictures()[1]), lambda x: predict(model, x)):
        with pytest.raises(TypeError, match="x has dtype uint8"):
            call(pictures()[0].astype(np.uint8))
    with pytest.raises(ValueError, match="batch_size is 0"):
        predict(model, pictures()[0], batch_size=0)


class Scores:
    """A model that gives its input back."""

    params, state = {}, {}

    def forward(self, x, train=False):
        return x


def test_a_row_with_nan_is_no_hit_and_has_no_class():
    scores = np.array([[np.nan, np.nan], [3, 1], [np.nan, 1], [1, np.nan]])
    y = np.array([0, 0, 0, 1])  # argmax takes NaN for the best
    assert hits(scores, y) == 1
    assert evaluate(Scores(), scores, y)[1] == 1 / 4
    with pytest.raises(ValueError, match="scores of example 2 have NaN"):
        predict(Scores(), np.array([[1.0, 0], [0, 1], [0, np.nan]]), batch_size=2)
    with pytest.raises(ValueError, match=r"must have 2, \(N, K\)"):
        predict(Scores(), scores[:, 0])


def test_integer_scores_count_as_float64():
    scores, y = np.array([[2, 0], [1, 3]]), np.array([[0.5, 0.5], [0.25, 0.75]])
    loss, dscores = cross_entropy(scores, y)
    expected, gradient = cross_entropy(scores.astype(np.float64), y)
    assert loss == expected > 0.5
    assert_array_equal(dscores, gradient, strict=True)


# Confusion ------------------------------------------------------------------------------------


def test_rows_are_the_truth():
    counts = confusion_matrix(np.array([0, 0, 2]), np.array([1, 0, 2]), 3)
    assert_array_equal(counts, [[1, 1, 0], [0, 0, 0], [0, 0, 1]], strict=True)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_confusion_is_sklearns(dtype):
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(0, 60, (2, 5000)).astype(dtype)  # 60 * 60 is no uint8
    expected = metrics.confusion_matrix(labels, predictions, labels=range(61))
    assert_array_equal(confusion_matrix(labels, predictions, 61), expected, strict=True)


def test_nothing_is_confused_with_nothing():
    assert_array_equal(confusion_matrix([], [], 2), np.zeros((2, 2), np.int64), strict=True)


@pytest.mark.parametrize(
    ("labels", "predictions", "classes", "error", "words"),
    [
        ([0, 1], [0], 2, ValueError, r"labels has shape \(2,\), predictions has shape \(1,\)"),
        ([[0]], [[0]], 2, ValueError, r"must be \(N,\)"),
        ([0, 2], [0, 1], 2, ValueError, "labels has classes 0 to 2: with 2 classes"),
        ([0, 1], [0, -1], 2, ValueError, "predictions has classes -1 to 0"),
        ([0, 1], [0, 0.5], 2, TypeError, "predictions has dtype float64"),
        ([0], [0], 0, ValueError, "classes is 0"),
    ],
)
def test_confusion_refuses(labels, predictions, classes, error, words):
    with pytest.raises(error, match=words):
        confusion_matrix(labels, predictions, classes)
