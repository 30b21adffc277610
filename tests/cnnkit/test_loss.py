"""Softmax and cross-entropy: values by hand, torch, scipy, difference quotients, the contract."""

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    assert_dtypes,
    assert_gradients,
    assert_keeps_inputs,
    assert_layouts,
    normal,
    numeric_gradient,
)
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from cnnkit.ops import softmax, softmax_cross_entropy


@st.composite
def batches(draw):
    N, K, seed = draw(st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(0, 99)))
    scale = draw(st.sampled_from([1, 30, 1000]))
    y = np.random.default_rng(seed).integers(0, K, N)
    return scale * normal(N, K, seed=seed), y


# Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("K", [1, 2, 10, 1000])
@pytest.mark.parametrize("score", [0, -7.5, 1000])
def test_equal_scores_cost_log_k(K, score):
    loss, dscores = softmax_cross_entropy(np.full((3, K), score), np.array([0, K // 2, K - 1]))
    assert loss == pytest.approx(np.log(K), abs=1e-12)
    assert_allclose(dscores.sum(axis=1), 0, atol=1e-15)
    assert_allclose(softmax(np.full((3, K), score)), 1 / K, rtol=1e-14)


def test_by_hand():
    scores = np.log([[1.0, 2, 5], [3, 3, 4]])  # probabilities .125 .25 .625 and .3 .3 .4
    loss, dscores = softmax_cross_entropy(scores, np.array([1, 2]))
    assert_allclose(loss, (np.log(4) + np.log(2.5)) / 2, rtol=1e-14)  # the mean, not the sum
    expected = np.array([[0.125, 0.25 - 1, 0.625], [0.3, 0.3, 0.4 - 1]]) / 2
    assert_allclose(dscores, expected, **CLOSE)


def test_scores_of_a_thousand():
    scores = np.array([[1000.0, -1000], [-1000, 1000], [1000, 1000]])
    loss, dscores = softmax_cross_entropy(scores, np.array([0, 0, 1]))
    assert_allclose(loss, (0 + 2000 + np.log(2)) / 3, rtol=1e-14)
    assert_allclose(dscores, np.array([[0, 0], [-1, 1], [0.5, -0.5]]) / 3, **CLOSE)
    assert_array_equal(softmax(scores), [[1, 0], [0, 1], [0.5, 0.5]])


def test_forbidden_classes():
    """A score of minus infinity is a probability of 0."""
    scores = np.array([[0, -np.inf, 0]])
    assert softmax(scores).tolist() == [[0.5, 0, 0.5]]
    loss, dscores = softmax_cross_entropy(scores, np.array([0]))
    assert loss == pytest.approx(np.log(2))
    assert dscores.tolist() == [[-0.5, 0, 0.5]]
    assert softmax_cross_entropy(scores, np.array([1]))[0] == np.inf


def test_nan_stays_in_its_row():
    scores = np.zeros((2, 3))
    scores[1, 0] = np.nan
    loss, dscores = softmax_cross_entropy(scores, np.array([0, 1]))
    assert np.isnan(loss)
    assert_array_equal(np.isnan(dscores), [[False] * 3, [True] * 3])


# Oracles --------------------------------------------------------------------------------------


@given(batches())
def test_torchs(batch):
    scores, y = batch
    t = torch.from_numpy(scores).requires_grad_()
    expected = torch.nn.functional.cross_entropy(t, torch.from_numpy(y))
    loss, dscores = softmax_cross_entropy(scores, y)
    assert_allclose(loss, expected.item(), **CLOSE)
    assert dscores.shape == scores.shape
    assert_allclose(dscores, torch.autograd.grad(expected, t)[0].numpy(), **CLOSE)


@given(batches())
def test_scipys(batch):
    scores, y = batch
    assert_allclose(softmax(scores), scipy_softmax(scores, axis=1), **CLOSE)
    expected = -np.take_along_axis(log_softmax(scores, axis=1), y[:, None], axis=1).mean()
    assert_allclose(softmax_cross_entropy(scores, y)[0], expected, **CLOSE)


@pytest.mark.parametrize(("N", "K"), [(1, 2), (4, 3), (3, 7), (2, 1)])
def test_gradient_check(N, K):
    scores, y = normal(N, K), np.arange(N) % K
    dscores = softmax_cross_entropy(scores, y)[1]
    numeric = numeric_gradient(lambda s: softmax_cross_entropy(s, y)[0], 1.0, scores)
    assert_gradients(dscores, numeric)


# Contract -------------------------------------------------------------------------------------

LABELS = np.array([2, 0, 2, 1])
CALLS = {
    "softmax": softmax,
    "loss": lambda scores: softmax_cross_entropy(scores, LABELS),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@calls
def test_layouts(call):
    assert_layouts(call, normal(4, 3))


@calls
def test_inputs_stay_and_results_are_new(call):
    assert_keeps_inputs(call, normal(4, 3))


@calls
def test_dtypes(call):
    assert_dtypes(call, np.ones((4, 3)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_loss_has_the_dtype_of_the_scores(dtype):
    loss, dscores = softmax_cross_entropy(np.zeros((4, 3), dtype), LABELS)
    assert loss.dtype == dscores.dtype == dtype
    assert np.ndim(loss) == 0
    assert float(loss) == pytest.approx(np.log(3), rel=1e-3)


def test_small_integers_do_not_wrap():
    scores = np.array([[0, 255, 254]], np.uint8)
    assert_allclose(softmax(scores), scipy_softmax(scores.astype(float), axis=1), **CLOSE)
    assert softmax_cross_entropy(scores, [1])[0] == pytest.approx(np.log(1 + np.exp(-1)))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint64", ">i4"])
def test_labels_of_any_integer_dtype(dtype):
    scores = normal(4, 3)
    expected = softmax_cross_entropy(scores, LABELS)
    got = softmax_cross_entropy(scores, LABELS.astype(dtype))
    assert got[0] == expected[0]
    assert_array_equal(got[1], expected[1])


def test_labels_stay_and_may_be_read_only():
    y = LABELS.copy()
    y.flags.writeable = False
    softmax_cross_entropy(normal(4, 3), y[::1])
    softmax_cross_entropy(normal(4, 3), np.repeat(y, 2)[::2])
    assert_array_equal(y, LABELS)


def test_lists_are_read_as_arrays():
    loss, dscores = softmax_cross_entropy([[0, 0]], [1])
    assert loss == pytest.approx(np.log(2))
    assert dscores.tolist() == [[0.5, -0.5]]
    assert softmax([[0, 0]]).tolist() == [[0.5, 0.5]]


def test_softmax_of_an_empty_batch_is_empty():
    p = softmax(np.zeros((0, 3), np.float32))
    assert p.shape == (0, 3) and p.dtype == np.float32


# Errors ---------------------------------------------------------------------------------------


def test_an_empty_batch_has_no_mean_loss():
    for y in (np.zeros(0, int), []):
        with pytest.raises(ValueError, match=r"scores has shape \(0, 3\): an empty batch has no"):
            softmax_cross_entropy(np.zeros((0, 3)), y)


@pytest.mark.parametrize(
    ("scores", "y", "message"),
    [
        ((4, 3), [0, 1, 3, 0], r"y\[2\] is 3, scores has shape \(4, 3\): labels must be 0 to 2"),
        ((4, 3), [0, -1, 3, 0], r"y\[1\] is -1, scores"),
        ((4, 3), [0, 1, 2], r"y has shape \(3,\), scores has shape \(4, 3\): .* shape \(4,\)"),
        ((4, 3), [[0], [1], [2], [0]], r"y has shape \(4, 1\), scores has shape \(4, 3\)"),
        ((4, 3), np.eye(4, 3, dtype=int), r"y has shape \(4, 3\), scores has"),
        ((4, 3), 0, r"y has shape \(\), scores has shape \(4, 3\)"),
        ((4, 3), [], r"y has shape \(0,\), scores has shape \(4, 3\)"),
        ((4, 0), [0] * 4, r"scores has shape \(4, 0\): there must be at least one class"),
        ((3,), [0], r"scores has shape \(3,\), 1 axis: it must have 2, \(N, K\)"),
        ((4, 3, 1), [0] * 4, r"scores has shape \(4, 3, 1\), 3 axes: it must have 2"),
    ],
)
def test_value_errors(scores, y, message):
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(np.zeros(scores), np.asarray(y, dtype=int))


@pytest.mark.parametrize("dtype", [float, bool, object])
def test_labels_are_integers(dtype):
    with pytest.raises(TypeError, match="y has dtype .*: labels must be integers"):
        softmax_cross_entropy(np.zeros((4, 3)), LABELS.astype(dtype))


@pytest.mark.parametrize("dtype", [object, complex, "U3"])
def test_scores_are_real_numbers(dtype):
    for call in CALLS.values():
        with pytest.raises(TypeError, match="scores has dtype .*: it must hold"):
            call(np.zeros((4, 3), dtype))
