"""What only moves numbers: pixel shuffle and unshuffle, flatten."""

import numpy as np
import pytest
import torch
from contract import assert_gradients, assert_keeps_inputs, assert_layouts, normal, numeric_gradient
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cnnkit.ops import flatten, flatten_backward, pixel_shuffle, pixel_unshuffle

sizes = st.tuples(
    st.integers(0, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)
)


def numbered(*shape):
    return np.arange(np.prod(shape)).reshape(shape)


# Shuffle --------------------------------------------------------------------------------------


def test_item150_by_hand():
    x = np.array([[[[1, 2, 3, 4], [5, 6, 7, 8]]]])
    y = [[[[1, 3]], [[2, 4]], [[5, 7]], [[6, 8]]]]
    assert pixel_unshuffle(x, 2).tolist() == y
    assert pixel_shuffle(np.array(y), 2).tolist() == x.tolist()


def test_channels_stay_together():
    """Channel c * r * r + i * r + j: of two channels, the first gives the first r * r."""
    x = np.stack([np.zeros((4, 6)), np.ones((4, 6))])[None]
    assert pixel_unshuffle(x, 2)[0, :, 0, 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


@given(sizes)
def test_the_definition(size):
    N, C, H, W, r = size
    x = numbered(N, C, H * r, W * r)
    y = pixel_unshuffle(x, r)
    assert y.shape == (N, C * r * r, H, W)
    for n, c, i, j in np.ndindex(N, C, r, r):
        assert_array_equal(y[n, c * r * r + i * r + j], x[n, c, i::r, j::r])


@given(sizes)
def test_torchs(size):
    N, C, H, W, r = size
    for function, theirs, shape in [
        (pixel_unshuffle, torch.nn.functional.pixel_unshuffle, (N, C, H * r, W * r)),
        (pixel_shuffle, torch.nn.functional.pixel_shuffle, (N, C * r * r, H, W)),
    ]:
        x = numbered(*shape)
        got, expected = function(x, r), theirs(torch.from_numpy(x), r).numpy()
        assert got.shape == expected.shape
        assert_array_equal(got, expected)


@given(sizes)
def test_there_and_back(size):
    N, C, H, W, r = size
    x = numbered(N, C, H * r, W * r)
    assert_array_equal(pixel_shuffle(pixel_unshuffle(x, r), r), x)
    y = numbered(N, C * r * r, H, W)
    assert_array_equal(pixel_unshuffle(pixel_shuffle(y, r), r), y)


def test_each_is_the_gradient_of_the_other():
    for there, back, shape in [
        (pixel_unshuffle, pixel_shuffle, (2, 2, 4, 6)),
        (pixel_shuffle, pixel_unshuffle, (2, 8, 2, 3)),
    ]:
        x = normal(*shape)
        dy = normal(*there(x, 2).shape, seed=1)
        assert_gradients(back(dy, 2), numeric_gradient(lambda x, f=there: f(x, 2), dy, x))


# Flatten --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 3, 4, 5), (2, 2, 3, 2, 2), (1, 1, 1, 1)])
def test_a_row_for_each_image(shape):
    x = numbered(*shape)
    y = flatten(x)
    assert y.shape == (shape[0], np.prod(shape[1:]))
    for n in range(shape[0]):
        assert y[n].tolist() == list(x[n].flat)
    dx = flatten_backward(y, shape)
    assert dx.shape == shape
    assert_array_equal(dx, x)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=5))
def test_flatten_is_torchs(shape):
    x = torch.from_numpy(numbered(*shape).astype(float)).requires_grad_()
    y = torch.flatten(x, start_dim=1) if np.prod(shape) else x.reshape(shape[0], np.prod(shape[1:]))
    assert_array_equal(flatten(x.detach().numpy()), y.detach().numpy(), strict=True)
    dy = np.random.default_rng(0).standard_normal(y.shape)
    (dx,) = torch.autograd.grad(y, x, torch.from_numpy(dy))
    assert_array_equal(flatten_backward(dy, shape), dx.numpy(), strict=True)


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (0, 7), (2, 0, 4, 5)])
def test_empty(shape):
    y = flatten(np.zeros(shape))
    assert y.shape == (shape[0], np.prod(shape[1:]))
    assert flatten_backward(y, shape).shape == shape


def test_the_order_is_that_of_the_image_not_of_the_memory():
    x = numbered(2, 3, 4, 5).transpose(0, 2, 3, 1)
    assert flatten(x)[1].tolist() == [
        x[1, h, w, c] for h in range(4) for w in range(5) for c in range(3)
    ]


# Contract -------------------------------------------------------------------------------------

CALLS = {
    "unshuffle": (lambda x: pixel_unshuffle(x, 2), (3, 2, 4, 6)),
    "unshuffle by 1": (lambda x: pixel_unshuffle(x, 1), (3, 2, 4, 6)),
    "unshuffle a pixel": (lambda x: pixel_unshuffle(x, 2), (1, 1, 2, 2)),
    "shuffle": (lambda x: pixel_shuffle(x, 2), (3, 4, 2, 3)),
    "shuffle by 1": (lambda x: pixel_shuffle(x, 1), (3, 4, 2, 3)),
    "shuffle a pixel": (lambda x: pixel_shuffle(x, 2), (1, 4, 1, 1)),
    "flatten": (flatten, (3, 2, 4, 5)),
    "flatten what is flat": (flatten, (3, 4)),
    "flatten backward": (lambda dy: flatten_backward(dy, (3, 2, 4, 5)), (3, 40)),
    "flatten backward to flat": (lambda dy: flatten_backward(dy, (3, 40)), (3, 40)),
}
calls = pytest.mark.parametrize(("call", "shape"), CALLS.values(), ids=CALLS)


@calls
@pytest.mark.parametrize(
    "dtype", ["uint8", "bool", "int16", "float16", "float32", "complex64", "U3", object]
)
def test_any_dtype_is_kept(call, shape, dtype):
    y = call(numbered(*shape).astype(dtype))
    assert y.dtype == np.dtype(dtype)
    assert_array_equal(y, call(numbered(*shape)).astype(dtype))


@calls
def test_layouts(call, shape):
    x = normal(*shape)
    assert_layouts(lambda x: call(x).astype(x.dtype.newbyteorder("=")), x)


@calls
def test_inputs_stay_and_the_result_is_new(call, shape):
    assert_keeps_inputs(call, normal(*shape))


def test_an_empty_batch():
    assert pixel_unshuffle(np.zeros((0, 3, 4, 6)), 2).shape == (0, 12, 2, 3)
    assert pixel_shuffle(np.zeros((0, 12, 2, 3)), 2).shape == (0, 3, 4, 6)


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "shape", "r", "message"),
    [
        (pixel_unshuffle, (1, 2, 5, 6), 2, r"x has shape \(1, 2, 5, 6\): r = 2 must divide its h"),
        (pixel_unshuffle, (1, 2, 6, 5), 2, r"x has shape \(1, 2, 6, 5\): r = 2 must divide"),
        (
            pixel_shuffle,
            (1, 6, 5, 6),
            2,
            r"x has shape \(1, 6, 5, 6\): r \* r = 4 must divide its 6",
        ),
        (pixel_shuffle, (1, 3, 5, 6), 3, r"r \* r = 9 must divide its 3 channels"),
        (pixel_unshuffle, (2, 4, 6), 2, r"x has shape \(2, 4, 6\), 3 axes: it must have 4"),
        (pixel_shuffle, (4, 6), 2, r"x has shape \(4, 6\), 2 axes: it must have 4"),
        (pixel_unshuffle, (1, 4, 6, 6), 0, "r is 0: it must be at least 1"),
        (pixel_shuffle, (1, 4, 6, 6), -2, "r is -2: it must be at least 1"),
    ],
)
def test_value_errors(function, shape, r, message):
    with pytest.raises(ValueError, match=message):
        function(np.zeros(shape), r)


@pytest.mark.parametrize("function", [pixel_shuffle, pixel_unshuffle])
@pytest.mark.parametrize("r", [2.0, True, (2, 2), None])
def test_r_is_an_int(function, r):
    with pytest.raises(TypeError, match="r is .*: it must be an int"):
        function(np.zeros((1, 4, 4, 4)), r)


@pytest.mark.parametrize("shape", [(), (3,)])
def test_flatten_needs_two_axes(shape):
    with pytest.raises(ValueError, match=r"x has shape .*: it must have at least 2 axes"):
        flatten(np.zeros(shape))


@pytest.mark.parametrize(
    ("shape", "x_shape"),
    [((3, 40), (3, 2, 4, 4)), ((40,), (1, 40)), ((3, 40), (3,)), ((6, 20), (3, 40))],
)
def test_a_gradient_of_another_shape(shape, x_shape):
    with pytest.raises(ValueError, match=r"dy has shape \(.*\), x has shape \(.*\): dy must have"):
        flatten_backward(np.zeros(shape), x_shape)


@pytest.mark.parametrize("x_shape", [120, None, (3, 40.0)])
def test_x_shape_is_a_tuple_of_ints(x_shape):
    with pytest.raises(TypeError, match="x_shape is .*: it must be|in x_shape is .*: it must be"):
        flatten_backward(np.zeros((3, 40)), x_shape)
