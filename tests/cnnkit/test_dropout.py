"""Dropout: statistics, the mask, the gradient, and the contract."""

import numpy as np
import pytest
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
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import dropout, dropout_backward

shapes = array_shapes(min_dims=1, max_dims=5, min_side=0, max_side=4)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_p_is_the_chance_to_be_dropped(p):
    n = 100_000
    y, mask = dropout(np.ones((n,)), p, True, rng())
    error = np.sqrt(p * (1 - p) / n)
    assert np.mean(y == 0) == pytest.approx(p, abs=4 * error)
    assert set(np.round(mask, 12)) == {0, round(1 / (1 - p), 12)}
    # the scale keeps the mean
    assert y.mean() == pytest.approx(1, abs=4 * error / (1 - p))


@given(shapes, st.floats(0, 0.99), st.integers(0, 99))
def test_the_mask_says_what_was_done(shape, p, seed):
    x = normal(*shape)
    y, mask = dropout(x, p, True, rng(seed))
    assert y.shape == mask.shape == x.shape
    assert_array_equal(y, x * mask)
    kept = mask != 0
    assert_allclose(mask[kept], 1 / (1 - p), **CLOSE)


@given(shapes, st.floats(0, 0.99))
def test_afterwards_nothing_is_dropped(shape, p):
    x = normal(*shape)
    y, mask = dropout(x, p, False, None)
    assert_array_equal(y, x)
    assert_array_equal(mask, np.ones(shape))


def test_afterwards_the_generator_is_left_alone():
    generator = rng(3)
    dropout(np.ones(10), 0.5, False, generator)
    assert generator.random() == rng(3).random()


def test_a_chance_of_zero_drops_nothing():
    x = normal(1000)
    y, mask = dropout(x, 0, True, rng())
    assert_array_equal(y, x)
    assert_array_equal(mask, np.ones(1000))


def test_each_number_for_itself():
    """Not whole images, channels, rows or columns."""
    mask = dropout(np.ones((8, 8, 8, 8)), 0.5, True, rng())[1] != 0
    for axes in [(1, 2, 3), (2, 3), (3,), (2,), (0,)]:
        assert not (mask == mask.all(axis=axes, keepdims=True)).all()
    assert_allclose(mask.mean(axis=(1, 2, 3)), 0.5, atol=0.15)


def test_the_same_seed_drops_the_same_and_the_next_draw_others():
    x = np.ones((5, 40))
    first, again = dropout(x, 0.4, True, rng(7))[0], dropout(x, 0.4, True, rng(7))[0]
    assert_array_equal(first, again)
    generator = rng(7)
    pair = [dropout(x, 0.4, True, generator)[0] for _ in range(2)]
    assert_array_equal(pair[0], first)
    assert (pair[0] != pair[1]).any()
    assert (dropout(x, 0.4, True, rng(8))[0] != first).any()


def test_the_dtype_does_not_change_what_is_dropped():
    masks = [
        dropout(np.ones(200, dtype), 0.4, True, rng())[1] != 0
        for dtype in ("float16", "float32", "float64", "int64")
    ]
    for mask in masks[1:]:
        assert_array_equal(mask, masks[0])


def test_the_global_generator_is_not_used():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    dropout(np.ones(10), 0.5, True, rng())
    assert_array_equal(np.random.get_state()[1], before)


# Gradient -------------------------------------------------------------------------------------


def test_the_gradient_takes_the_same_way():
    """The scale is in the mask: it is not applied again."""
    dy = np.array([1.0, 2, 3])
    assert dropout_backward(dy, np.array([0, 1.25, 1.25])).tolist() == [0, 2.5, 3.75]


@given(shapes, st.floats(0, 0.99))
def test_the_gradient_is_a_product(shape, p):
    mask = dropout(normal(*shape), p, True, rng())[1]
    dy = normal(*shape, seed=1)
    assert_array_equal(dropout_backward(dy, mask), dy * mask)


@pytest.mark.parametrize("train", [True, False])
def test_gradient_check(train):
    x, dy = normal(3, 4, 2), normal(3, 4, 2, seed=1)
    mask = dropout(x, 0.3, train, rng(5))[1]
    numeric = numeric_gradient(lambda x: dropout(x, 0.3, train, rng(5))[0], dy, x)
    assert_gradients(dropout_backward(dy, mask), numeric)


# Contract -------------------------------------------------------------------------------------

CALLS = {
    "training": (lambda x: dropout(x, 0.3, True, rng()), normal(4, 3, 2)),
    "nothing dropped": (lambda x: dropout(x, 0, True, rng()), normal(4, 3)),
    "afterwards": (lambda x: dropout(x, 0.3, False, None), normal(4, 3, 2)),
    "backward": (dropout_backward, normal(4, 3, 2), normal(4, 3, 2, seed=1)),
    "all kept": (dropout_backward, normal(4, 3), np.ones((4, 3))),
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


def test_integers_are_scaled_too():
    y = dropout(np.full(100, 200, np.uint8), 0.5, True, rng())[0]
    assert set(y) == {0, 400}


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("shape", [(0, 3), (), (1, 1, 1, 1)])
def test_empty_and_single(train, shape):
    x = np.ones(shape, np.float32)
    y, mask = dropout(x, 0.5, train, rng())
    for result in (y, mask, dropout_backward(y, mask)):
        assert isinstance(result, np.ndarray)
        assert result.shape == shape
        assert result.dtype == np.float32


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("p", [1, 1.5, -0.1, np.nan])
def test_p_is_a_chance_below_one(train, p):
    with pytest.raises(ValueError, match=r"p is .*: it must be in 0 <= p < 1"):
        dropout(np.ones(3), p, train, rng())


@pytest.mark.parametrize("p", ["0.5", None, True])
def test_p_is_a_number(p):
    with pytest.raises(TypeError, match="p is .*: it must be a number"):
        dropout(np.ones(3), p, True, rng())


@pytest.mark.parametrize("generator", [None, 0, np.random, np.random.RandomState(0)])
def test_chance_comes_from_a_generator(generator):
    with pytest.raises(TypeError, match=r"rng is .*: it must be a numpy\.random\.Generator"):
        dropout(np.ones(3), 0.5, True, generator)


@pytest.mark.parametrize("train", [1, 0, None, "yes"])
def test_train_is_a_bool(train):
    with pytest.raises(TypeError, match="train is .*: it must be True or False"):
        dropout(np.ones(3), 0.5, train, rng())


def test_shapes_are_the_same():
    with pytest.raises(ValueError, match=r"dy has shape \(3,\), mask has shape \(1, 3\)"):
        dropout_backward(np.ones(3), np.ones((1, 3)))


def test_operands_hold_real_numbers():
    bad = np.ones(3, object)
    for call, name in [
        (lambda: dropout(bad, 0.5, True, rng()), "x"),
        (lambda: dropout_backward(bad, np.ones(3)), "dy"),
        (lambda: dropout_backward(np.ones(3), bad), "mask"),
    ]:
        with pytest.raises(TypeError, match=f"{name} has dtype object: it must hold numbers"):
            call()
