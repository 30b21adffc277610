"""First weights: fans by hand and by counting, sizes within chance, and where chance comes from."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cnnkit.initialisers import fans, glorot, he
from cnnkit.ops import conv2d, conv2d_backward

SHAPES = [(100, 40, 5, 5), (200, 500), (30, 2000)]  # 100,000 numbers or so

# The variance that is wanted, of weights of each shape
VARIANCES = {
    glorot: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    he: lambda fan_in, fan_out: 2 / fan_in,
}
both = pytest.mark.parametrize("draw", VARIANCES)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((32, 1, 5, 5), (25, 800)),
        ((64, 32, 5, 3), (480, 960)),
        ([8, 3, 1, 2], (6, 16)),
        ((200, 256), (256, 200)),
        ((1, 1), (1, 1)),
    ],
)
def test_fans_by_hand(shape, expected):
    assert fans(shape) == expected


def test_fans_are_what_a_convolution_adds_up():
    """With ones for weights, a middle y counts its inputs, and a middle dx its outputs."""
    shape = 3, 2, 3, 5
    x, w = np.ones((1, 2, 9, 11)), np.ones(shape)
    y = conv2d(x, w, padding=(1, 2))
    dx, _, _ = conv2d_backward(np.ones_like(y), x, w, padding=(1, 2))
    assert fans(shape) == (y[0, 0, 4, 5], dx[0, 0, 4, 5])


@given(st.tuples(*[st.integers(1, 6)] * 4))
def test_fans_are_torchs(shape):
    expected = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert fans(shape) == expected
    assert fans(shape[:2]) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape[:2]))


def test_item36_the_channels_count_too():
    """What a filter adds up is not the 25 pixels of its kernel, but those of all 16 channels."""
    shape = 64, 16, 5, 5
    assert fans(shape) == (400, 1600)
    w = glorot(shape, np.random.default_rng(0), dist="uniform")
    assert np.abs(w).max() == pytest.approx(np.sqrt(6 / 2000), rel=1e-3)
    w = glorot(shape, np.random.default_rng(0), dist="normal")
    assert w.std() == pytest.approx(np.sqrt(2 / 2000), rel=0.02)


@both
@pytest.mark.parametrize("shape", SHAPES)
def test_standard_deviation_within_three_standard_errors(draw, shape):
    variance = VARIANCES[draw](*fans(shape))
    for dist, kurtosis in (("uniform", 9 / 5), ("normal", 3)):
        w = draw(shape, np.random.default_rng(1), dist=dist)
        assert w.shape == shape
        assert w.dtype == float
        error = variance * np.sqrt((kurtosis - 1) / w.size)  # of the measured variance
        assert abs(w.var() - variance) < 3 * error
        assert abs(w.mean()) < 3 * np.sqrt(variance / w.size)


@both
@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_the_distribution(draw, shape):
    std = np.sqrt(VARIANCES[draw](*fans(shape)))
    limit = np.sqrt(3) * std
    uniform = np.abs(draw(shape, np.random.default_rng(2)))
    assert uniform.max() <= limit
    assert uniform.max() > 0.999 * limit  # 100,000 numbers come close
    normal = np.abs(draw(shape, np.random.default_rng(2), dist="normal"))
    within = np.mean(normal < std)
    assert abs(within - 0.6827) < 3 * np.sqrt(0.6827 * 0.3173 / normal.size)
    assert normal.max() > 3 * std


@both
@pytest.mark.parametrize("dist", ["uniform", "normal"])
def test_chance_comes_from_rng_alone(draw, dist):
    first = draw((4, 3, 2, 2), np.random.default_rng(5), dist=dist)
    np.random.seed(0)
    assert_array_equal(first, draw((4, 3, 2, 2), np.random.default_rng(5), dist=dist))
    rng = np.random.default_rng(5)
    state = np.random.get_state()[1].copy()
    assert not np.array_equal(draw((4, 3), rng, dist=dist), draw((4, 3), rng, dist=dist))
    assert_array_equal(state, np.random.get_state()[1])


@both
def test_uniform_is_the_default(draw):
    one, other = (np.random.default_rng(5) for _ in range(2))
    assert_array_equal(draw((4, 3), one), draw((4, 3), other, dist="uniform"))


@pytest.mark.parametrize("shape", [(3,), (3, 4, 5), (), (1, 2, 3, 4, 5)])
def test_shapes_of_other_ranks_are_refused(shape):
    with pytest.raises(ValueError, match=r"shape is .*: it must be \(O, C, kH, kW\) or \(O, D\)"):
        fans(shape)


@both
def test_errors(draw):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="a number in shape is 0: it must be at least 1"):
        draw((3, 0), rng)
    with pytest.raises(TypeError, match="a number in shape is 2.0"):
        draw((3, 2.0), rng)
    with pytest.raises(TypeError, match="shape is 3: it must be a tuple of ints"):
        draw(3, rng)
    with pytest.raises(ValueError, match="dist is 'Normal': it must be 'uniform' or 'normal'"):
        draw((3, 2), rng, dist="Normal")
    for wrong in (None, 0, np.random, np.random.RandomState(0)):
        with pytest.raises(TypeError, match="it must be a numpy.random.Generator"):
            draw((3, 2), wrong)
    with pytest.raises(TypeError, match="positional"):
        draw((3, 2), rng, "normal")
