"""The 1 x 1 convolution: values by hand, a dense layer at each pixel, torch, the contract."""

import numpy as np
import pytest
import torch
from contract import CLOSE, assert_dtypes, assert_keeps_inputs, assert_layouts, normal
from numpy.testing import assert_allclose

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


@pytest.mark.parametrize("stride", [1, 2, 3, (1, 2), (3, 1)])
@pytest.mark.parametrize("hw", [(5, 8), (1, 7), (6, 3)])
def test_torchs_and_the_definition(hw, stride):
    x, w, b = normal(2, 3, *hw), normal(4, 3, seed=1), normal(4, seed=2)
    got = conv1x1(x, w, b, stride=stride)
    four = w[:, :, None, None]
    theirs = torch.conv2d(*map(torch.from_numpy, (x, four, b)), stride=stride)
    assert_allclose(got, theirs.numpy(), **CLOSE)
    assert_allclose(got, conv2d_loops(x, four, b, stride=stride), **CLOSE)
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    assert got.shape == (2, 4, -(-hw[0] // sh), -(-hw[1] // sw))  # rounded up


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
        ((4, 2), None, "w has 2 channels, x has 3"),
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
