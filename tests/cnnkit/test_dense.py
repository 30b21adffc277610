"""The dense layer and its gradient: values by hand, torch, difference quotients, the contract."""

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

from cnnkit.ops import conv2d, conv2d_loops, dense, dense_backward

sizes = st.tuples(st.integers(0, 4), st.integers(1, 6), st.integers(1, 5))


def test_by_hand():
    x, w = np.array([[1, 2, 3], [0, 1, 0]]), np.array([[1, 10, 100], [0, 0, 1]])
    assert dense(x, w).tolist() == [[321, 3], [10, 0]]
    assert dense(x, w, np.array([0.5, -1])).tolist() == [[321.5, 2], [10.5, -1]]


def test_gradients_by_hand():
    dy, x = np.array([[1, 0], [2, 3]]), np.array([[1, 2, 3], [0, 1, 0]])
    dx, dw, db = dense_backward(dy, x, np.array([[1, 10, 100], [0, 0, 1]]))
    assert dx.tolist() == [[1, 10, 100], [2, 20, 203]]
    assert dw.tolist() == [[1, 4, 3], [0, 3, 0]]
    assert db.tolist() == [3, 3]  # the sum over the batch, not its mean


@given(sizes, st.booleans())
def test_torchs(size, bias):
    N, D, O = size
    x, w, b = normal(N, D), normal(O, D, seed=1), normal(O, seed=2) if bias else None
    tensors = [None if o is None else torch.from_numpy(o).requires_grad_() for o in (x, w, b)]
    expected = torch.nn.functional.linear(*tensors)
    got = dense(x, w, b)
    assert got.shape == expected.shape
    assert_allclose(got, expected.detach().numpy(), **CLOSE)
    dy = normal(N, O, seed=3)
    gradients = torch.autograd.grad(
        expected, [t for t in tensors if t is not None], torch.from_numpy(dy)
    )
    for mine, theirs in zip(dense_backward(dy, x, w), gradients, strict=False):
        assert mine.shape == theirs.shape
        assert_allclose(mine, theirs.numpy(), **CLOSE)


@given(sizes)
def test_the_definition(size):
    """A dense layer is a convolution whose kernel is as large as the image."""
    N, D, O = size
    x, w, b = normal(N, D), normal(O, D, seed=1), normal(O, seed=2)
    expected = conv2d_loops(x.reshape(N, D, 1, 1), w.reshape(O, D, 1, 1), b)
    assert_allclose(dense(x, w, b), expected[:, :, 0, 0], **CLOSE)


def test_a_dense_layer_on_a_flattened_image_is_a_convolution():
    x, w, b = normal(3, 2, 4, 5), normal(6, 2, 4, 5, seed=1), normal(6, seed=2)
    expected = conv2d(x, w, b)[:, :, 0, 0]
    assert_allclose(dense(x.reshape(3, -1), w.reshape(6, -1), b), expected, **CLOSE)


@pytest.mark.parametrize(("N", "D", "O"), [(1, 1, 1), (3, 5, 4), (1, 6, 2), (5, 2, 7)])
def test_gradient_check(N, D, O):
    x, w, b, dy = normal(N, D), normal(O, D, seed=1), normal(O, seed=2), normal(N, O, seed=3)
    assert_gradients(dense_backward(dy, x, w), numeric_gradient(dense, dy, x, w, b))


# Contract -------------------------------------------------------------------------------------

CALLS = {
    "forward": (dense, normal(4, 3), normal(5, 3, seed=1), normal(5, seed=2)),
    "no bias": (dense, normal(4, 3), normal(5, 3, seed=1)),
    "backward": (dense_backward, normal(4, 5), normal(4, 3, seed=1), normal(5, 3, seed=2)),
    "one of each": (dense_backward, normal(1, 1), normal(1, 1, seed=1), normal(1, 1, seed=2)),
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


def test_small_integers_do_not_wrap():
    x = np.full((1, 3), 255, np.uint8)
    assert dense(x, x).tolist() == [[3 * 255 * 255]]
    assert dense_backward(x[:, :1], x, x[:1])[1].tolist() == [[255 * 255] * 3]


def test_an_empty_batch():
    x, w = np.zeros((0, 3), np.float32), np.ones((5, 3), np.float32)
    y = dense(x, w, np.ones(5, np.float32))
    assert y.shape == (0, 5) and y.dtype == np.float32
    dx, dw, db = dense_backward(y, x, w)
    assert dx.shape == (0, 3)
    assert_array_equal(dw, np.zeros((5, 3)))
    assert_array_equal(db, np.zeros(5))


def test_lists_are_read_as_arrays():
    assert dense([[1, 2]], [[3, 4]], [5]).tolist() == [[16]]
    assert [g.tolist() for g in dense_backward([[1]], [[1, 2]], [[3, 4]])] == [
        [[3, 4]],
        [[1, 2]],
        [1],
    ]


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "w", "b", "message"),
    [
        ((4, 3), (5, 2), None, r"w takes 2 inputs, x has 3: w has shape \(5, 2\), x has .*\(4, 3"),
        ((4, 3), (3, 5), None, "w takes 5 inputs, x has 3"),
        ((4, 3), (5, 3), (4,), r"b has shape \(4,\), w has shape \(5, 3\): .* shape \(5,\)"),
        ((4, 3), (5, 3), (1, 5), r"b has shape \(1, 5\), w has shape"),
        ((4, 3), (5, 3), (), r"b has shape \(\), w has shape"),
        ((4, 3, 1, 1), (5, 3), None, r"x has shape .*, 4 axes: it must have 2, \(N, D\)"),
        ((3,), (5, 3), None, r"x has shape \(3,\), 1 axis: it must have 2"),
        ((4, 3), (3,), None, r"w has shape \(3,\), 1 axis: it must have 2, \(O, D\)"),
    ],
)
def test_value_errors(x, w, b, message):
    with pytest.raises(ValueError, match=message):
        dense(np.zeros(x), np.zeros(w), None if b is None else np.zeros(b))


@pytest.mark.parametrize(
    ("dy", "x", "w", "message"),
    [
        ((4, 3), (4, 3), (5, 3), r"dy has shape \(4, 3\), y has shape \(4, 5\)"),
        ((1, 5), (4, 3), (5, 3), r"dy has shape \(1, 5\), y has shape \(4, 5\)"),
        ((5,), (4, 3), (5, 3), r"dy has shape \(5,\), y has shape \(4, 5\)"),
        ((4, 5), (4, 3), (5, 2), "w takes 2 inputs, x has 3"),
    ],
)
def test_value_errors_of_the_gradient(dy, x, w, message):
    with pytest.raises(ValueError, match=message):
        dense_backward(np.zeros(dy), np.zeros(x), np.zeros(w))


@pytest.mark.parametrize("dtype", [object, complex, "U3"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_operands_hold_real_numbers(place, dtype):
    for function, names, shapes in [
        (dense, ("x", "w", "b"), ((4, 3), (5, 3), (5,))),
        (dense_backward, ("dy", "x", "w"), ((4, 5), (4, 3), (5, 3))),
    ]:
        operands = [np.zeros(shape) for shape in shapes]
        operands[place] = operands[place].astype(dtype)
        with pytest.raises(TypeError, match=f"{names[place]} has dtype .*: it must hold"):
            function(*operands)
