"""The 1 x 1 convolution: values by hand, a dense layer at each pixel, torch, the contract."""

import numpy as np
import pytest
import torch
from contract import CLOSE, assert_dtypes, assert_keeps_inputs, assert_layouts, normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import conv1x1, conv2d_loops, dense


def test_by_hand():
    x = np.array([[1, 2], [10, 20]]).reshape(1, 2, 1, 2)
    got = conv1x1(x, np.array([[1, 1], [0, 3], [2, 0]]), np.array([0, 0, 100]))
    assert got[0, :, 0].tolist() == [[11, 22], [30, 60], [102, 104]]


def test_it_is_a_dense_layer_at_each_pixel():
    x, w, b = normal(2, 3, 4, 5), normal(6, 3, seed=1), normal(6, seed=2)
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, 3)
    expected = dense(pixels, w, b).reshape(2, 4, 5, 6).transpose(0, 3, 1, 2)
    assert_allclose(conv1x1(x, w, b), expected, **CLOSE)


sides, few = st.integers(1, 8), st.integers(1, 4)


@given(st.integers(0, 3), few, few, sides, sides, few, few, st.booleans())
def test_torchs_and_the_definition(N, C, O, H, W, sh, sw, biased):
    x, w = normal(N, C, H, W), normal(O, C, seed=1)
    b = normal(O, seed=2) if biased else None
    got = conv1x1(x, w, b, stride=(sh, sw))
    four = w[:, :, None, None]
    tensors = [None if o is None else torch.from_numpy(o) for o in (x, four, b)]
    assert_allclose(got, torch.conv2d(*tensors, stride=(sh, sw)).numpy(), **CLOSE)
    assert_allclose(got, conv2d_loops(x, four, b, stride=(sh, sw)), **CLOSE)
    assert got.shape == (N, O, -(-H // sh), -(-W // sw))  # rounded up


def test_an_int_stride_is_the_same_pair():
    x, w = normal(2, 3, 5, 8), normal(4, 3, seed=1)
    assert_array_equal(conv1x1(x, w, stride=3), conv1x1(x, w, stride=(3, 3)))


CALLS = {
    "bias": (conv1x1, normal(2, 3, 4, 5), normal(4, 3, seed=1), normal(4, seed=2)),
    "stride 2": (lambda x, w: conv1x1(x, w, stride=2), normal(2, 3, 4, 5), normal(4, 3, seed=1)),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@calls
def test_contract(call):
    assert_layouts(*call)
    assert_keeps_inputs(*call)
    function, *operands = call
    assert_dtypes(function, *(np.ones(operand.shape) for operand in operands))


def test_an_empty_batch():
    assert conv1x1(np.zeros((0, 3, 5, 4)), np.ones((2, 3)), stride=2).shape == (0, 2, 3, 2)


@pytest.mark.parametrize(
    ("w", "b", "message"),
    [
        ((4, 3, 1, 1), None, r"w has shape \(4, 3, 1, 1\), 4 axes: it must have 2, \(O, C\)"),
        ((4, 2), None, r"w has 2 channels, x has 3: w has shape \(4, 2\), x has shape \(2, 3, 4"),
        ((4, 3), (3,), r"b has shape \(3,\), w has 4 filters"),
    ],
)
def test_value_errors(w, b, message):
    with pytest.raises(ValueError, match=message):
        conv1x1(np.zeros((2, 3, 4, 5)), np.zeros(w), None if b is None else np.zeros(b))


def test_type_errors():
    x, w, b = np.zeros((2, 3, 4, 5)), np.zeros((4, 3)), np.zeros(4)
    for operands in [(x.astype(complex), w, b), (x, w.astype(complex), b), (x, w, b.astype("c8"))]:
        with pytest.raises(TypeError, match="it must hold real numbers"):
            conv1x1(*operands)
    with pytest.raises(TypeError, match="stride is 1.5"):
        conv1x1(x, w, stride=1.5)
