"""Batch normalisation: values by hand, torch, difference quotients, and the contract."""

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    LAYOUTS,
    arrays_of,
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

from cnnkit.ops import batchnorm2d, batchnorm2d_backward
from cnnkit.ops import norm as norm_module

modes = pytest.mark.parametrize("train", [True, False])


def parameters(C, seed=0):
    """gamma, beta and running statistics that are all different."""
    rng = np.random.default_rng(seed)
    running = rng.standard_normal(C), rng.uniform(0.5, 2, C)
    return rng.standard_normal(C), rng.standard_normal(C), running


def forward_and_backward(dy, x, gamma, beta, running, train, **options):
    y, new_running, cache = batchnorm2d(x, gamma, beta, running, train, **options)
    return y, new_running, batchnorm2d_backward(dy, cache)


# Values ---------------------------------------------------------------------------------------


def test_training_by_hand():
    x = np.array([[[[1, 3]], [[0, 0]]], [[[5, 7]], [[0, 8]]]])  # channels 1 3 5 7 and 0 0 0 8
    gamma, beta = np.array([2, 1]), np.array([10, -1])
    running = np.array([0.0, 100]), np.array([1.0, 10])
    y, (mean, var), _ = batchnorm2d(x, gamma, beta, running, True, momentum=0.25, eps=4.0)
    # means 4 and 2, biased variances 5 and 12: both stand beside eps = 4 as 9 and 16
    assert_allclose(y[:, 0, 0].ravel(), 10 + 2 * np.array([-3, -1, 1, 3]) / 3, **CLOSE)
    assert_allclose(y[:, 1, 0].ravel(), -1 + np.array([-2, -2, -2, 6]) / 4, **CLOSE)
    assert_allclose(mean, [0.75 * 0 + 0.25 * 4, 0.75 * 100 + 0.25 * 2], **CLOSE)
    # what is kept is the unbiased variance: 20 / 3 and 48 / 3
    assert_allclose(var, [0.75 * 1 + 0.25 * 20 / 3, 0.75 * 10 + 0.25 * 16], **CLOSE)


def test_afterwards_by_hand():
    x = np.array([[[[1, 3]], [[0, 8]]]])
    running = np.array([1.0, 2]), np.array([0.0, 5])
    args = np.array([2, 1]), np.array([10, -1]), running, False
    y, new_running, _ = batchnorm2d(x, *args, eps=4.0)
    assert_allclose(y, [[[[10, 12]], [[-1 - 2 / 3, 1]]]], **CLOSE)
    for new, old in zip(new_running, running, strict=True):
        assert_array_equal(new, old)


def test_one_mean_a_channel_not_one_a_pixel_or_an_image():
    x = normal(3, 2, 4, 5) + 10 * normal(3, 2, 1, 1, seed=1) + 10 * normal(1, 2, 4, 5, seed=2)
    y = batchnorm2d(x, np.ones(2), np.zeros(2), (np.zeros(2), np.ones(2)), True, eps=1e-12)[0]
    assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-9)
    assert not np.allclose(y.mean(axis=0), 0, atol=0.1)
    assert not np.allclose(y.mean(axis=(2, 3)), 0, atol=0.1)


def test_a_constant_channel_gives_beta():
    x = np.full((2, 2, 3, 4), 7.0)
    _, beta, running = parameters(2)
    y = batchnorm2d(x, np.ones(2), beta, running, True)[0]
    assert_array_equal(y, np.broadcast_to(beta[:, None, None], x.shape))


@pytest.mark.parametrize(("momentum", "kept"), [(0, 1), (1, 0), (0.1, 0.9)])
def test_momentum_is_the_part_that_is_new(momentum, kept):
    x, (gamma, beta, running) = normal(3, 2, 4, 5), parameters(2)
    mean, var = batchnorm2d(x, gamma, beta, running, True, momentum=momentum)[1]
    assert_allclose(mean, kept * running[0] + (1 - kept) * x.mean(axis=(0, 2, 3)), **CLOSE)
    unbiased = x.var(axis=(0, 2, 3), ddof=1)
    assert_allclose(var, kept * running[1] + (1 - kept) * unbiased, **CLOSE)


def test_a_small_variance_beside_a_large_mean():
    """The mean of the squares less the square of the mean would lose it."""
    x = 1e6 + normal(4, 2, 5, 6)
    gamma, beta, running = parameters(2)
    expected = batchnorm2d(x - 1e6, gamma, beta, running, True)[0]
    assert_allclose(batchnorm2d(x, gamma, beta, running, True)[0], expected, atol=1e-8)


def test_one_image_is_enough():
    x, (gamma, beta, running) = normal(1, 3, 2, 1), parameters(3)
    y = batchnorm2d(x, gamma, beta, running, True)[0]
    assert_allclose(y.mean(axis=(0, 2, 3)), beta, **CLOSE)


# Oracles --------------------------------------------------------------------------------------


@given(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 6), st.integers(1, 6)),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 0.7, 1.0]),
    st.sampled_from([1e-5, 0.1]),
    st.sampled_from([1, 500, 1 << 20]),
)
def test_torchs(shape, train, momentum, eps, chunk):
    assume(not train or shape[0] * shape[2] * shape[3] > 1)
    x, dy = normal(*shape), normal(*shape, seed=1)
    gamma, beta, running = parameters(shape[1])
    kept = [torch.from_numpy(part.copy()) for part in running]
    tensors = [torch.from_numpy(part).requires_grad_() for part in (x, gamma, beta)]
    expected = torch.nn.functional.batch_norm(
        tensors[0], *kept, *tensors[1:], train, momentum=momentum, eps=eps
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(norm_module, "CHUNK_BYTES", chunk)
        y, new_running, gradients = forward_and_backward(
            dy, x, gamma, beta, running, train, momentum=momentum, eps=eps
        )
    assert y.shape == expected.shape
    tolerance = {"rtol": 1e-9, "atol": 1e-9}  # 1 / sqrt(var + eps) may be as large as 300
    assert_allclose(y, expected.detach().numpy(), **tolerance)
    for mine, theirs in zip(new_running, kept, strict=True):
        assert_allclose(mine, theirs.numpy(), **CLOSE)
    theirs = torch.autograd.grad(expected, tensors, torch.from_numpy(dy))
    for mine, gradient in zip(gradients, theirs, strict=True):
        assert mine.shape == gradient.shape
        assert_allclose(mine, gradient.numpy(), **tolerance)


@modes
@pytest.mark.parametrize("shape", [(3, 2, 2, 4), (1, 3, 3, 2), (4, 1, 1, 1), (2, 2, 1, 3)])
def test_gradient_check(train, shape):
    x, dy = normal(*shape), normal(*shape, seed=1)
    gamma, beta, running = parameters(shape[1])
    eps = 0.1  # so that no difference quotient stands where the function bends too sharply
    gradients = forward_and_backward(dy, x, gamma, beta, running, train, eps=eps)[2]

    def forward(x, gamma, beta):
        return batchnorm2d(x, gamma, beta, running, train, eps=eps)[0]

    assert_gradients(gradients, numeric_gradient(forward, dy, x, gamma, beta))


def test_in_training_the_gradient_moves_neither_mean_nor_scale():
    """What shifts or stretches a channel changes nothing, so dx is orthogonal to both."""
    x, dy = normal(3, 2, 4, 5), normal(3, 2, 4, 5, seed=1)
    dx = forward_and_backward(dy, x, *parameters(2), True, eps=1e-12)[2][0]
    assert_allclose(dx.sum(axis=(0, 2, 3)), 0, atol=1e-12)
    assert_allclose((dx * x).sum(axis=(0, 2, 3)), 0, atol=1e-9)


def test_a_scale_of_zero_has_gradients_too():
    x, dy = normal(3, 2, 4, 5), normal(3, 2, 4, 5, seed=1)
    _, beta, running = parameters(2)
    dx, dgamma, _ = forward_and_backward(dy, x, np.zeros(2), beta, running, True)[2]
    assert not dx.any()
    assert np.abs(dgamma).min() > 0.01


def test_a_cache_serves_twice():
    x, dy = normal(3, 2, 4, 5), normal(3, 2, 4, 5, seed=1)
    cache = batchnorm2d(x, *parameters(2), True)[2]
    first, second = batchnorm2d_backward(dy, cache), batchnorm2d_backward(dy, cache)
    for one, two in zip(first, second, strict=True):
        assert_array_equal(one, two)


@modes
def test_what_happens_to_x_later_does_not_reach_the_gradient(train):
    x, dy = normal(3, 2, 4, 5), normal(3, 2, 4, 5, seed=1)
    gamma, beta, running = parameters(2)
    expected = forward_and_backward(dy, x, gamma, beta, running, train)[2]
    _, _, cache = batchnorm2d(x, gamma, beta, running, train)
    for operand in (x, gamma, beta, *running):
        operand[...] = 5
    for got, wanted in zip(batchnorm2d_backward(dy, cache), expected, strict=True):
        assert_array_equal(got, wanted)


# Contract -------------------------------------------------------------------------------------


def both_ways(train):
    def call(dy, x, gamma, beta, mean, var):
        return forward_and_backward(dy, x, gamma, beta, (mean, var), train)

    return call


def operands(*shape):
    gamma, beta, running = parameters(shape[1])
    return normal(*shape, seed=1), normal(*shape), gamma, beta, *running


@modes
def test_layouts(train):
    assert_layouts(both_ways(train), *operands(3, 2, 4, 5))
    per_channel = [LAYOUTS["every second"](part) for part in operands(3, 2, 4, 5)]
    expected = both_ways(train)(*operands(3, 2, 4, 5))
    for got, wanted in zip(
        arrays_of(both_ways(train)(*per_channel)), arrays_of(expected), strict=True
    ):
        assert_allclose(got, wanted, **CLOSE)


@modes
@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (2, 1, 1, 1)])
def test_inputs_stay_and_results_are_new(train, shape):
    assert_keeps_inputs(both_ways(train), *operands(*shape))


@modes
def test_dtypes(train):
    ones = [np.ones(part.shape) for part in operands(2, 3, 1, 2)]
    assert_dtypes(lambda *parts: both_ways(train)(*parts)[2], *ones)
    assert_dtypes(lambda x, g, b, *kept: batchnorm2d(x, g, b, kept, train)[:2], *ones[1:])
    for dtype in ("float16", "float32", "float64"):
        results = both_ways(train)(*(part.astype(dtype) for part in operands(2, 3, 1, 2)))
        assert {array.dtype for array in arrays_of(results)} == {np.dtype(dtype)}


@modes
def test_float32_gives_nearly_the_same(train):
    parts = operands(8, 3, 7, 9)
    expected = arrays_of(both_ways(train)(*parts))
    got = arrays_of(both_ways(train)(*(part.astype(np.float32) for part in parts)))
    for mine, wanted in zip(got, expected, strict=True):
        assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


@modes
def test_half_precision_does_not_overflow_on_the_way(train):
    dy, x, gamma, beta, mean, var = (part.astype(np.float16) for part in operands(4, 2, 8, 8))
    results = both_ways(train)(dy, 300 * x, gamma, beta, mean, var)  # squares near 90,000
    assert all(np.isfinite(array).all() for array in arrays_of(results)[:1])
    assert np.isfinite(results[2][0]).all()


def test_small_integers_do_not_wrap():
    x = np.array([0, 255, 255, 0], np.uint8).reshape(1, 1, 2, 2)
    one, zero = np.ones(1, np.uint8), np.zeros(1, np.uint8)
    y, (mean, _), _ = batchnorm2d(x, one, zero, (zero, one), True)
    assert_allclose(y.ravel(), [-1, 1, 1, -1], rtol=1e-6)
    assert mean == pytest.approx(12.75)


def test_an_empty_batch_afterwards_is_empty():
    x = np.zeros((0, 3, 4, 5))
    y, new_running, (dx, dgamma, dbeta) = forward_and_backward(x, x, *parameters(3), False)
    assert y.shape == dx.shape == (0, 3, 4, 5)
    assert_array_equal([dgamma, dbeta], np.zeros((2, 3)))
    assert_array_equal(new_running, parameters(3)[2])


@modes
def test_no_channels(train):
    y = batchnorm2d(np.ones((2, 0, 4, 5)), *parameters(0), train)[0]
    assert y.shape == (2, 0, 4, 5)


@modes
def test_nan_stays_in_its_channel(train):
    dy, x, *others = operands(3, 2, 4, 5)
    x[0, 0, 0, 0] = np.nan
    y, _, (dx, _, _) = both_ways(train)(dy, x, *others)
    assert np.isnan(y[:, 0]).all() == train
    assert np.isnan(y[0, 0, 0, 0])
    assert not np.isnan(y[:, 1]).any() and not np.isnan(dx[:, 1]).any()


def test_lists_are_read_as_arrays():
    y = batchnorm2d([[[[1, 3]]]], [1], [0], ([0], [1]), False, eps=1e-12)[0]
    assert_allclose(y, [[[[1, 3]]]], rtol=1e-9)


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (1, 3, 1, 1), (2, 3, 0, 5)])
def test_a_batch_without_variance(shape):
    with pytest.raises(ValueError, match=r"x has shape \(.*\): in training each channel needs"):
        batchnorm2d(np.zeros(shape), *parameters(3), True)


@modes
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("wrong", [(2,), (1, 3), (3, 1, 1), ()])
def test_one_number_a_channel(train, place, wrong):
    parts = [np.ones(3) for _ in range(4)]
    parts[place] = np.ones(wrong)
    name = ("gamma", "beta", "running mean", "running var")[place]
    with pytest.raises(ValueError, match=rf"{name} has shape \(.*\), x has shape \(2, 3, 4, 5\)"):
        batchnorm2d(np.ones((2, 3, 4, 5)), *parts[:2], tuple(parts[2:]), train)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"momentum": 1.5}, ValueError, r"momentum is 1\.5: it must be in 0 <= momentum <= 1"),
        ({"momentum": -0.1}, ValueError, r"momentum is -0\.1"),
        ({"momentum": None}, TypeError, "momentum is None: it must be a number"),
        ({"eps": 0}, ValueError, r"eps is 0\.0: it must be positive"),
        ({"eps": np.nan}, ValueError, "eps is nan: it must be positive"),
        ({"eps": True}, TypeError, "eps is True: it must be a number"),
    ],
)
def test_options(options, error, message):
    with pytest.raises(error, match=message):
        batchnorm2d(np.ones((2, 3, 4, 5)), *parameters(3), True, **options)


def test_operands():
    x, (gamma, beta, running) = np.ones((2, 3, 4, 5)), parameters(3)
    for error, message, args in [
        (TypeError, "train is 1: it must be True or False", (x, gamma, beta, running, 1)),
        (TypeError, "train is None", (x, gamma, beta, running, None)),
        (TypeError, "running is None: it must be a pair", (x, gamma, beta, None, True)),
        (TypeError, "running is .*: it must be a pair", (x, gamma, beta, gamma[:2], True)),
        (TypeError, "it must be a pair", (x, gamma, beta, (gamma,), True)),
        (ValueError, "x has shape .*, 2 axes: it must have 4", (x[0, 0], gamma, beta, running, 1)),
        (
            ValueError,
            "running var is .*: a variance is never negative",
            (x, gamma, beta, (gamma, -running[1]), False),
        ),
        (TypeError, "positional", (x, gamma, beta, running, True, 0.1)),
    ]:
        with pytest.raises(error, match=message):
            batchnorm2d(*args)


@pytest.mark.parametrize("place", range(5))
def test_operands_hold_real_numbers(place):
    parts = [np.ones((2, 3, 4, 5)), *(np.ones(3) for _ in range(4))]
    parts[place] = parts[place].astype(complex)
    name = ("x", "gamma", "beta", "running mean", "running var")[place]
    with pytest.raises(TypeError, match=f"{name} has dtype complex128: it must hold real numbers"):
        batchnorm2d(*parts[:3], tuple(parts[3:]), True)


def test_errors_of_the_gradient():
    cache = batchnorm2d(np.ones((2, 3, 4, 5)), *parameters(3), True)[2]
    with pytest.raises(
        ValueError, match=r"dy has shape \(2, 3, 5, 4\), y has shape \(2, 3, 4, 5\)"
    ):
        batchnorm2d_backward(np.ones((2, 3, 5, 4)), cache)
    with pytest.raises(TypeError, match="dy has dtype object"):
        batchnorm2d_backward(np.ones((2, 3, 4, 5), object), cache)
    with pytest.raises(TypeError, match="cache is a tuple: it must come from batchnorm2d"):
        batchnorm2d_backward(np.ones((2, 3, 4, 5)), (1, 2))
