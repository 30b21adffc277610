"""The residual block: values by hand, torch, difference quotients, the contract."""

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
from numpy.testing import assert_allclose
from torch.nn import functional

from cnnkit.ops import residual_block, residual_block_backward

MAIN = ("w1", "b1", "w2", "b2")
# N, C, (H, W), O, stride; True for a convolution in the skip path
BLOCKS = {
    "identity": (2, 3, (4, 5), 3, 1, False),
    "one pixel": (1, 2, (1, 1), 2, 1, False),
    "more channels": (2, 3, (4, 5), 4, 1, True),
    "one channel to many": (2, 1, (3, 4), 3, 1, True),
    "stride 2, odd and even": (2, 2, (5, 6), 4, 2, True),
    "unequal strides": (1, 2, (7, 4), 2, (3, 1), True),
    "projected though it need not be": (1, 2, (3, 4), 2, 1, True),
}
blocks = pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)


def made(block, seed=0):
    """x, its parameters, and the stride."""
    N, C, hw, O, stride, projected = block
    params = {"w1": normal(O, C, 3, 3, seed=seed + 1) / 3, "b1": normal(O, seed=seed + 2)}
    params |= {"w2": normal(O, O, 3, 3, seed=seed + 3) / 3, "b2": normal(O, seed=seed + 4)}
    if projected:
        params |= {"w_skip": normal(O, C, seed=seed + 5), "b_skip": normal(O, seed=seed + 6)}
    return normal(N, C, *hw, seed=seed), params, stride


def torchs(x, params, stride):
    hidden = functional.relu(torch.conv2d(x, params["w1"], params["b1"], stride, padding=1))
    main = torch.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = torch.conv2d(x, params["w_skip"][:, :, None, None], params["b_skip"], stride)
    return functional.relu(main + skip)


def test_by_hand():
    x = np.array([[[[-3.0, 2.0]]]])
    twice = np.zeros((1, 1, 3, 3))
    twice[0, 0, 1, 1] = 2.0
    params = {"w1": twice, "b1": np.ones(1), "w2": twice, "b2": np.zeros(1)}
    # conv1: -5, 5; ReLU: 0, 5; conv2: 0, 10; + x: -3, 12; ReLU: 0, 12
    assert residual_block(x, params).tolist() == [[[[0, 12]]]]
    dx, grads = residual_block_backward(np.array([[[[10.0, 1.0]]]]), x, params)
    assert dx.tolist() == [[[[0, 1 + 2 * 2]]]]
    assert grads["b2"].tolist() == [1]
    assert grads["b1"].tolist() == [2]
    assert grads["w2"][0, 0, 1].tolist() == [0, 5, 0]
    assert grads["w1"][0, 0, 1].tolist() == [-3 * 2, 2 * 2, 0]


def test_with_weights_of_zero_it_is_a_relu_that_hands_gradients_on():
    x, params, _ = made(BLOCKS["identity"])
    params = {name: np.zeros_like(value) for name, value in params.items()}
    dy = normal(*x.shape, seed=9)
    assert_allclose(residual_block(x, params), np.maximum(x, 0), **CLOSE)
    assert_allclose(residual_block_backward(dy, x, params)[0], np.where(x > 0, dy, 0), **CLOSE)


@st.composite
def any_block(draw):
    """A block as in BLOCKS; the skip path hands x on only where the shape stays."""
    N, C, O = (draw(st.integers(least, 3)) for least in (0, 1, 1))
    hw, stride = (draw(st.tuples(st.integers(1, m), st.integers(1, m))) for m in (6, 3))
    same = C == O and stride == (1, 1)
    return N, C, hw, O, stride, not same or draw(st.booleans())


@given(any_block())
def test_torchs(block):
    x, params, stride = made(block)
    y = residual_block(x, params, stride=stride)
    dy = normal(*y.shape, seed=9)
    dx, grads = residual_block_backward(dy, x, params, stride=stride)
    tensors = {name: torch.from_numpy(v).requires_grad_() for name, v in {"x": x, **params}.items()}
    expected = torchs(tensors.pop("x"), tensors, stride)
    assert_allclose(y, expected.detach().numpy(), **CLOSE)
    leaf = torch.from_numpy(x).requires_grad_()
    theirs = torch.autograd.grad(
        torchs(leaf, tensors, stride), [leaf, *tensors.values()], torch.from_numpy(dy)
    )
    assert list(grads) == list(params)
    for mine, other in zip((dx, *grads.values()), theirs, strict=True):
        assert mine.shape == other.shape
        assert_allclose(mine, other.numpy(), **CLOSE)


@blocks
def test_gradient_check(block):
    x, params, stride = made(block, seed=20)

    def call(x, *values):
        return residual_block(x, dict(zip(params, values, strict=True)), stride=stride)

    dy = normal(*call(x, *params.values()).shape, seed=9)
    dx, grads = residual_block_backward(dy, x, params, stride=stride)
    assert_gradients((dx, *grads.values()), numeric_gradient(call, dy, x, *params.values()))


# Contract -------------------------------------------------------------------------------------


def both_ways(stride, names):
    """Forward and backward as functions of arrays alone."""

    def call(dy, x, *values):
        params = dict(zip(names, values, strict=True))
        dx, grads = residual_block_backward(dy, x, params, stride=stride)
        return (dx, *grads.values())

    def forward(x, *values):
        return residual_block(x, dict(zip(names, values, strict=True)), stride=stride)

    return call, forward


@blocks
def test_layouts_dtypes_and_inputs(block):
    x, params, stride = made(block)
    backward, forward = both_ways(stride, params)
    dy = normal(*forward(x, *params.values()).shape, seed=9)
    for call, operands in ((forward, (x, *params.values())), (backward, (dy, x, *params.values()))):
        assert_layouts(call, *operands)
        assert_keeps_inputs(call, *operands)
        assert_dtypes(call, *(np.ones(operand.shape) for operand in operands))


def test_an_empty_batch():
    x, params, stride = made(BLOCKS["stride 2, odd and even"])
    y = residual_block(x[:0], params, stride=stride)
    assert y.shape == (0, 4, 3, 3)
    dx, grads = residual_block_backward(y, x[:0], params, stride=stride)
    assert dx.shape == (0, 2, 5, 6)
    assert all(not grads[name].any() for name in params)


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [residual_block, residual_block_backward])
@pytest.mark.parametrize(
    ("block", "changes", "message"),
    [
        ("identity", {"w1": None}, r"params has no 'w1': it has \['b1', 'b2', 'w2'\]"),
        ("more channels", {"b_skip": None}, "params has no 'b_skip'"),
        ("more channels", {"w_skip": None, "b_skip": None}, r"x, without 'w_skip' .* has \(2, 3"),
        ("one channel to many", {"w_skip": None, "b_skip": None}, r"has \(2, 1, 3, 4\): no sum"),
        ("identity", {"gamma": np.ones(3)}, r"params has \['gamma'\]: a block has"),
        ("identity", {"w1": np.ones((3, 3, 1, 1))}, r"w1 has shape .*: it must be \(O, C, 3, 3\)"),
        ("identity", {"w2": np.ones((3, 3))}, "w2 has shape .*, 2 axes: it must have 4"),
        ("more channels", {"w_skip": np.ones((4, 3, 1, 1))}, r"w_skip has shape .*\(O, C\)"),
        ("more channels", {"w_skip": np.ones((1, 3)), "b_skip": np.ones(1)}, "skip path gives"),
        ("identity", {"w2": np.ones((3, 4, 3, 3))}, "w has 4 channels, x has 3"),
    ],
)
def test_value_errors(call, block, changes, message):
    x, params, stride = made(BLOCKS[block])
    params = {k: v for k, v in (params | changes).items() if v is not None}
    dy = () if call is residual_block else (np.zeros((2, 3, 4, 5)),)
    with pytest.raises(ValueError, match=message):
        call(*dy, x, params, stride=stride)


def test_a_gradient_of_another_shape():
    x, params, stride = made(BLOCKS["identity"])
    with pytest.raises(ValueError, match=r"dy has shape \(1, 3, 4, 5\), y has shape \(2, 3, 4, 5"):
        residual_block_backward(np.zeros((1, 3, 4, 5)), x, params)


def test_type_errors():
    x, params, _ = made(BLOCKS["identity"])
    with pytest.raises(TypeError, match="params is a list: it must be a dict"):
        residual_block(x, list(params.values()))
    with pytest.raises(TypeError, match="w1 has dtype complex128: it must hold real numbers"):
        residual_block(x, params | {"w1": params["w1"].astype(complex)})
    with pytest.raises(TypeError, match="stride is 1.5"):
        residual_block(x, params, stride=1.5)
