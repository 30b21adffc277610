"""The gradients of a correlation along one axis: by hand, oracles, differences, the contract."""

import numpy as np
import pytest
import torch
from contract import CLOSE, assert_dtypes, assert_keeps_inputs, assert_layouts, normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.filters import conv1d_grad, correlate1d
from cnnkit.gradcheck import numeric_grad, rel_error
from cnnkit.shapes import same_padding

MODES = ["valid", "same"]
modes = pytest.mark.parametrize("mode", MODES)


@st.composite
def calls(draw):
    mode = draw(st.sampled_from(MODES))
    s = draw(st.integers(1, 5))
    d = draw(st.integers(s if mode == "valid" else 1, 9))
    x, k = normal(d, seed=draw(st.integers(0, 99))), normal(s, seed=100)
    return normal(len(correlate1d(x, k, mode=mode)), seed=101), x, k, mode


# Values ---------------------------------------------------------------------------------------


def test_item132_the_kernel_comes_back_reversed():
    """One y in the middle: its gradient reaches three x, and x_i meets k_3, k_2, k_1 in turn."""
    dy, k = np.array([0, 0, 1, 0, 0]), np.array([10, 20, 30])
    dx, _ = conv1d_grad(dy, np.zeros(7), k)
    assert_array_equal(dx, [0, 0, 10, 20, 30, 0, 0])
    # Of a single x, over the y that see it: the kernel, last tap first.
    seen = [conv1d_grad(np.eye(5)[i], np.zeros(7), k)[0][3] for i in range(5)]
    assert seen == [0, 30, 20, 10, 0]


def test_item132_is_a_full_correlation_with_the_reversed_kernel():
    dy, k = normal(5), normal(3, seed=1)
    dx, _ = conv1d_grad(dy, np.zeros(7), k)
    assert_allclose(dx, correlate1d(dy, k[::-1], mode="full"), **CLOSE)


def test_valid_by_hand():
    dx, dk = conv1d_grad(np.array([1, 2]), np.array([5, 6, 7, 8]), np.array([10, 20, 30]))
    assert_array_equal(dx, [1 * 10, 1 * 20 + 2 * 10, 1 * 30 + 2 * 20, 2 * 30])
    assert_array_equal(dk, [1 * 5 + 2 * 6, 1 * 6 + 2 * 7, 1 * 7 + 2 * 8])


def test_same_by_hand():
    """With two taps the zero of 'same' is at the end: y_2 = x_2 k_0."""
    dx, dk = conv1d_grad(np.array([1, 2, 4]), np.array([5, 6, 7]), np.array([10, 20]), mode="same")
    assert_array_equal(dx, [1 * 10, 1 * 20 + 2 * 10, 2 * 20 + 4 * 10])
    assert_array_equal(dk, [1 * 5 + 2 * 6 + 4 * 7, 1 * 6 + 2 * 7])


def test_same_with_a_kernel_longer_than_the_signal():
    dx, dk = conv1d_grad(np.array([2]), np.array([3]), np.array([1, 10, 100, 1000]), mode="same")
    assert_array_equal(dx, [20])
    assert_array_equal(dk, [0, 6, 0, 0])


def test_valid_is_the_default():
    dy, x, k = normal(5), normal(7, seed=1), normal(3, seed=2)
    for got, expected in zip(conv1d_grad(dy, x, k), conv1d_grad(dy, x, k, mode="valid"), strict=1):
        assert_array_equal(got, expected)


# Oracles --------------------------------------------------------------------------------------


@given(calls())
def test_torchs(call):
    dy, x, k, mode = call
    tensors = [torch.from_numpy(operand).requires_grad_() for operand in (x, k)]
    before, after = same_padding((1, len(k)))[1] if mode == "same" else (0, 0)
    padded = torch.nn.functional.pad(tensors[0][None, None], (before, after))
    y = torch.nn.functional.conv1d(padded, tensors[1][None, None])[0, 0]
    expected = torch.autograd.grad(y, tensors, torch.from_numpy(dy))
    for got, theirs in zip(conv1d_grad(dy, x, k, mode=mode), expected, strict=True):
        assert got.shape == theirs.shape
        assert_allclose(got, theirs.numpy(), **CLOSE)


@given(calls())
def test_difference_quotients(call):
    dy, x, k, mode = call
    dx, dk = conv1d_grad(dy, x, k, mode=mode)
    numeric = numeric_grad(lambda x: correlate1d(x, k, mode=mode), x, dy)
    assert_allclose(dx, numeric, rtol=1e-6, atol=1e-8)
    numeric = numeric_grad(lambda k: correlate1d(x, k, mode=mode), k, dy)
    assert_allclose(dk, numeric, rtol=1e-6, atol=1e-8)


def test_a_wrong_gradient_would_be_seen():
    """Without the reversal the relative error is near 1: the check can tell."""
    dy, x, k = normal(5), normal(7, seed=1), normal(3, seed=2)
    numeric = numeric_grad(lambda x: correlate1d(x, k), x, dy)
    assert rel_error(np.convolve(dy, k[::-1]), numeric) > 0.1


# Contract -------------------------------------------------------------------------------------

OPERANDS = {"valid": (normal(5), normal(7), normal(3)), "same": (normal(7), normal(7), normal(4))}


@modes
def test_layouts(mode):
    assert_layouts(lambda *o: conv1d_grad(*o, mode=mode), *OPERANDS[mode])


@modes
@pytest.mark.parametrize("taps", [1, 3])
def test_inputs_stay_and_results_are_new(mode, taps):
    dy = normal(8 - taps if mode == "valid" else 7)
    assert_keeps_inputs(lambda *o: conv1d_grad(*o, mode=mode), dy, normal(7), normal(taps))


@modes
def test_dtypes(mode):
    ones = [np.ones(operand.shape) for operand in OPERANDS[mode]]
    assert_dtypes(lambda *o: conv1d_grad(*o, mode=mode), *ones)


def test_small_integers_do_not_wrap():
    x = np.full(3, 255, np.uint8)
    dx, dk = conv1d_grad(x[:1], x, x)
    assert dx.tolist() == dk.tolist() == [255 * 255] * 3


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shapes", "mode", "message"),
    [
        ((7, 7, 3), "valid", r"dy has shape \(7,\), y has shape \(5,\)"),
        ((5, 7, 3), "same", r"dy has shape \(5,\), y has shape \(7,\)"),
        ((1, 2, 3), "valid", "The kernel does not fit"),
        ((5, 0, 3), "same", r"x has shape \(0,\): it is empty"),
        ((5, 7, 0), "same", r"k has shape \(0,\): it is empty"),
        ((5, (7, 1), 3), "valid", r"x has shape \(7, 1\), 2 axes: it must have 1, \(d,\)"),
        (((5, 1), 7, 3), "valid", r"dy has shape \(5, 1\), y has shape \(5,\)"),
        ((9, 7, 3), "full", "mode is 'full': it must be 'valid' or 'same'"),
        ((5, 7, 3), None, "mode is None"),
    ],
)
def test_value_errors(shapes, mode, message):
    with pytest.raises(ValueError, match=message):
        conv1d_grad(*(np.zeros(shape) for shape in shapes), mode=mode)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_operands_hold_real_numbers(place):
    operands = [np.zeros(5), np.zeros(7), np.zeros(3)]
    operands[place] = operands[place].astype(complex)
    with pytest.raises(TypeError, match=f"{('dy', 'x', 'k')[place]} has dtype complex128"):
        conv1d_grad(*operands)


def test_the_mode_is_a_keyword():
    with pytest.raises(TypeError, match="positional"):
        conv1d_grad(np.zeros(5), np.zeros(7), np.zeros(3), "valid")
