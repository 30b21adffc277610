"""ReLU and its gradient."""

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    apart,
    assert_dtypes,
    assert_gradients,
    assert_keeps_inputs,
    assert_layouts,
    normal,
    numeric_gradient,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import relu, relu_backward

shapes = array_shapes(min_dims=1, max_dims=5, min_side=0, max_side=4)


def test_by_hand():
    assert relu(np.array([-2, -0.5, 0, 0.5, 2])).tolist() == [0, 0, 0, 0.5, 2]
    assert relu(np.array([-np.inf, np.inf])).tolist() == [0, np.inf]


def test_the_gradient_follows_the_sign_of_x_not_of_dy():
    x, dy = np.array([-2, 3, -4, 5]), np.array([1, 2, -3, -4])
    assert relu_backward(dy, x).tolist() == [0, 2, 0, -4]


@pytest.mark.parametrize("zero", [0.0, -0.0, 0, False])
def test_at_zero_the_gradient_is_zero(zero):
    assert relu_backward(np.array([7.0]), np.array([zero])).tolist() == [0]


def test_the_smallest_numbers_count():
    tiny = np.nextafter(0, 1)
    assert relu_backward(np.array([7.0, 7]), np.array([tiny, -tiny])).tolist() == [7, 0]


def test_what_is_cut_off_is_zero_even_of_an_infinite_gradient():
    dy = np.array([np.inf, np.nan, np.inf])
    assert_array_equal(relu_backward(dy, np.array([-1, -1, 1])), [0, 0, np.inf])


def test_nan_stays_nan():
    assert_array_equal(relu(np.array([np.nan, -1, 1])), [np.nan, 0, 1])
    # as torch: a gradient of 0 would look like a healthy one
    assert relu_backward(np.array([3.0]), np.array([np.nan])).tolist() == [3]


@given(shapes, st.integers(0, 99))
def test_torchs(shape, seed):
    x = np.random.default_rng(seed).integers(-2, 3, shape).astype(float)
    dy = normal(*shape, seed=seed)
    t = torch.from_numpy(x).requires_grad_()
    expected = torch.relu(t)
    assert_allclose(relu(x), expected.detach().numpy(), **CLOSE)
    gradient = torch.autograd.grad(expected, t, torch.from_numpy(dy))[0]
    assert_allclose(relu_backward(dy, x), gradient.numpy(), **CLOSE)


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 4, 5)])
def test_gradient_check(shape):
    x, dy = apart(*shape), normal(*shape, seed=1)
    assert_gradients(relu_backward(dy, x), numeric_gradient(relu, dy, x))


# Contract -------------------------------------------------------------------------------------

CALLS = {
    "forward": (relu, normal(4, 3, 2)),
    "all positive": (relu, normal(4, 3) ** 2),
    "backward": (relu_backward, normal(4, 3, 2), normal(4, 3, 2, seed=1)),
    "nothing cut off": (relu_backward, normal(4, 3), normal(4, 3, seed=1) ** 2),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@calls
def test_layouts(call):
    assert_layouts(*call)


@calls
def test_inputs_stay_and_results_are_new(call):
    assert_keeps_inputs(*call)


@calls
def test_dtypes(call):
    function, *operands = call
    assert_dtypes(function, *(np.ones(operand.shape) for operand in operands))


def test_integers_count_as_float64():
    assert_array_equal(relu(np.array([-128, 127], np.int8)), [0, 127])
    assert_array_equal(relu(np.array([0, 255], np.uint8)), [0, 255])
    assert_array_equal(relu_backward(np.array([5, 6], np.uint8), np.array([-1, 1])), [0, 6])


@pytest.mark.parametrize("shape", [(0,), (0, 3, 4, 5), (2, 0), ()])
def test_empty_and_single(shape):
    x = np.zeros(shape, np.float32)
    for result in (relu(x), relu_backward(x, x)):
        assert isinstance(result, np.ndarray)
        assert result.shape == shape
        assert result.dtype == np.float32


def test_lists_are_read_as_arrays():
    assert relu([[-1, 2]]).tolist() == [[0, 2]]
    assert relu_backward([3, 4], [-1, 2]).tolist() == [0, 4]


@pytest.mark.parametrize("wrong", [(3,), (4, 3), (3, 4, 1), (1, 4), ()])
def test_shapes_are_the_same(wrong):
    with pytest.raises(ValueError, match=r"dy has shape \(.*\), x has shape \(3, 4\): they must"):
        relu_backward(np.zeros(wrong), np.zeros((3, 4)))


@pytest.mark.parametrize("dtype", [object, complex, "U3"])
def test_operands_hold_real_numbers(dtype):
    good = np.zeros(3)
    for call, name in [
        (lambda bad: relu(bad), "x"),
        (lambda bad: relu_backward(bad, good), "dy"),
        (lambda bad: relu_backward(good, bad), "x"),
    ]:
        with pytest.raises(TypeError, match=f"{name} has dtype .*: it must hold"):
            call(good.astype(dtype))
