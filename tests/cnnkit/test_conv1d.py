"""Convolution along one axis: values by hand, oracles, and the contract."""

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
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import correlate

from cnnkit.ops import conv1d, conv1d_backward


def row(*numbers):
    return np.array(numbers, float).reshape(1, 1, -1)


def loops(x, w, b, *, stride, padding, dilation, groups):
    """The definition."""
    (N, _, L), (O, channels, k) = x.shape, w.shape
    y = np.zeros((N, O, (L + 2 * padding - dilation * (k - 1) - 1) // stride + 1))
    for n, o, i in np.ndindex(y.shape):
        y[n, o, i] = 0 if b is None else b[o]
        for c, u in np.ndindex(channels, k):
            place = i * stride + u * dilation - padding
            if 0 <= place < L:
                y[n, o, i] += w[o, c, u] * x[n, o // (O // groups) * channels + c, place]
    return y


@st.composite
def calls(draw):
    groups, parts, filters, stride, dilation = (draw(st.integers(1, 3)) for _ in range(5))
    N, L, k = draw(st.integers(0, 3)), draw(st.integers(1, 12)), draw(st.integers(1, 5))
    padding = draw(st.integers(0, 4))
    assume(L + 2 * padding > dilation * (k - 1))
    x, w = normal(N, groups * parts, L), normal(groups * filters, parts, k, seed=1)
    b = draw(st.sampled_from([None, normal(len(w), seed=2)]))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return (x, w, b), options


# Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        pytest.param([0, 0, 0, 1, 2, 3, 4, 4, 4], [-1, 1], [0, 0, 1, 1, 1, 1, 0, 0], id="item68"),
        pytest.param(
            [0, 0, 1, 1, 0, 0.1, 0.2, 1, 1, 1, 0],
            [1, 1],
            [0, 1, 2, 1, 0.1, 0.3, 1.2, 2, 2, 1],
            id="item69",
        ),
        pytest.param([0.7, 0.5, 0.3, 1, 0, 0.7], [0.8, 0, 0.8, 0.2], [1, 1.2, 0.38], id="item126"),
        pytest.param([5, 7, 0], [-1, 3, -1], [16], id="item128"),
    ],
)
def test_of_the_lectures(x, w, expected):
    assert_allclose(conv1d(row(*x), row(*w)), row(*expected), **CLOSE)


def test_true_convolution_of_item10():
    flipped = row(1, 0, -1)[..., ::-1]
    assert conv1d(row(0, 1, 2), flipped, padding=2).ravel().tolist() == [0, 1, 2, -1, -2]


def test_stride_padding_and_dilation_by_hand():
    x, w = row(1, 2, 3, 4, 5, 6, 7), row(1, 10, 100)
    y = conv1d(x, w, np.array([0.5]), stride=3, padding=2, dilation=2)
    # padded: 0 0 1 2 3 4 5 6 7 0 0; starts 0, 3, 6; taps two apart
    assert y.ravel().tolist() == [310.5, 642.5, 75.5]


def test_item132_the_kernel_comes_back_reversed():
    """Where the layer looks ahead, the gradient looks back: dx is dy with (K3, K2, K1)."""
    k, dy = row(1, 10, 100), row(1, 2, 3)
    dx, dk, db = conv1d_backward(dy, row(5, 6, 7, 8, 9), k)
    assert_array_equal(dx, conv1d(dy, k[..., ::-1], padding=2))
    assert dx.ravel().tolist() == [1, 12, 123, 230, 300]
    assert dk.ravel().tolist() == [5 + 12 + 21, 6 + 14 + 24, 7 + 16 + 27]
    assert db.tolist() == [6]


# Oracles --------------------------------------------------------------------------------------


@given(st.integers(1, 12), st.integers(1, 6))
def test_scipys_correlation(L, k):
    assume(k <= L)  # else scipy swaps its operands
    x, w = normal(1, 1, L), normal(1, 1, k, seed=1)
    assert_allclose(conv1d(x, w)[0, 0], correlate(x[0, 0], w[0, 0], mode="valid"), **CLOSE)


@given(calls())
def test_the_definition(call):
    operands, options = call
    expected = loops(*operands, **options)
    got = conv1d(*operands, **options)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@given(calls())
def test_torchs(call):
    (x, w, b), options = call
    tensors = [torch.from_numpy(o).requires_grad_() for o in (x, w, np.zeros(len(w)))]
    y = torch.nn.functional.conv1d(*tensors, **options)
    bias = 0 if b is None else b[:, None]
    assert_allclose(conv1d(x, w, b, **options), y.detach().numpy() + bias, **CLOSE)
    dy = normal(*y.shape, seed=3)
    expected = torch.autograd.grad(y, tensors, torch.from_numpy(dy))
    for mine, theirs in zip(conv1d_backward(dy, x, w, **options), expected, strict=True):
        assert mine.shape == theirs.shape
        assert_allclose(mine, theirs.numpy(), **CLOSE)


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 3}, {"stride": 3, "dilation": 2}, {"groups": 2, "padding": 1}],
)
def test_difference_quotients(options):
    x, w, b = normal(2, 2, 9), normal(4, 2 // options.get("groups", 1), 3, seed=1), normal(4)

    def call(x, w, b):
        return conv1d(x, w, b, **options)

    dy = normal(*call(x, w, b).shape, seed=3)
    assert_gradients(conv1d_backward(dy, x, w, **options), numeric_gradient(call, dy, x, w, b))


# Contract -------------------------------------------------------------------------------------

FORWARD = conv1d, normal(2, 2, 7), normal(3, 2, 3, seed=1), normal(3, seed=2)
BACKWARD = conv1d_backward, normal(2, 3, 5), normal(2, 2, 7, seed=1), normal(3, 2, 3, seed=2)
each = pytest.mark.parametrize("call", [FORWARD, BACKWARD], ids=["forward", "backward"])


@each
def test_layouts(call):
    assert_layouts(*call)


@each
def test_inputs_stay_and_results_are_new(call):
    assert_keeps_inputs(*call)


@each
def test_dtypes(call):
    function, *operands = call
    assert_dtypes(function, *(np.ones(operand.shape) for operand in operands))


def test_an_empty_batch():
    x, w = np.zeros((0, 2, 7), np.float32), np.ones((3, 2, 3), np.float32)
    y = conv1d(x, w)
    assert y.shape == (0, 3, 5)
    dx, dw, db = conv1d_backward(y, x, w)
    assert dx.shape == x.shape
    assert not dw.any()
    assert not db.any()
    assert dw.shape == w.shape
    assert y.dtype == dx.dtype == dw.dtype == db.dtype == np.float32


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "options", "message"),
    [
        ((2, 1, 9), (6, 3, 2), {}, r"w has 3 channels, x has 1: w has shape \(6, 3, 2\), x has sh"),
        ((2, 3, 9, 1), (6, 3, 2), {}, r"x has shape \(2, 3, 9, 1\), 4 axes: .* 3, \(N, C, L\)"),
        ((2, 3, 9), (6, 3), {}, r"w has shape \(6, 3\), 2 axes: it must have 3, \(O, C, k\)"),
        ((2, 3, 4), (6, 3, 5), {}, "size 4 with padding 0 .* a kernel of 5"),
        ((2, 4, 9), (5, 2, 2), {"groups": 2}, "w has 5 filters: 2 groups cannot share"),
        ((2, 3, 9), (6, 3, 2), {"stride": 0}, "stride is 0: it must be at least 1"),
        ((2, 3, 9), (6, 3, 2), {"padding": "same"}, "padding is 'same': here it must be an int;"),
    ],
)
def test_value_errors(x_shape, w_shape, options, message):
    x, w = np.zeros(x_shape), np.zeros(w_shape)
    with pytest.raises(ValueError, match=message):
        conv1d(x, w, **options)
    with pytest.raises(ValueError, match=message):
        conv1d_backward(np.zeros((2, 6, 8)), x, w, **options)


def test_a_bias_of_the_wrong_length():
    with pytest.raises(ValueError, match=r"b has shape \(5,\), w has 6 filters"):
        conv1d(np.zeros((2, 3, 9)), np.zeros((6, 3, 2)), np.zeros(5))


def test_a_gradient_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"dy has shape \(2, 6, 7\), y has shape \(2, 6, 8\)"):
        conv1d_backward(np.zeros((2, 6, 7)), np.zeros((2, 3, 9)), np.zeros((6, 3, 2)))


@pytest.mark.parametrize("options", [{"stride": (1, 1)}, {"dilation": 1.0}, {"padding": True}])
def test_options_are_ints(options):
    (name, value) = next(iter(options.items()))
    with pytest.raises(TypeError) as error:
        conv1d(np.zeros((1, 1, 4)), np.zeros((1, 1, 2)), **options)
    assert f"{name} is {value!r}: it must be an int." in str(error.value)


@each
def test_operands_must_hold_numbers(call):
    function, *operands = call
    for place, operand in enumerate(operands):
        wrong = [*operands[:place], operand.astype(object), *operands[place + 1 :]]
        with pytest.raises(TypeError, match="has dtype object: it must hold numbers"):
            function(*wrong)
