"""What every operation promises, of all there are, on operands of many shapes.

The tests of each operation say whether its numbers are right; here they are the same numbers
however the operands come: in float32, as integers, in other memory, read-only, or with no image.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from contract import CLOSE, arrays_of, assert_keeps_inputs, assert_layouts, normal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit import ops

# These keep every dtype, one of foreign byte order too.
MOVES = ("flatten", "flatten_backward", "pixel_shuffle", "pixel_unshuffle")
each = pytest.mark.parametrize("name", ops.__all__)


@st.composite
def sizes(draw):
    """Images and options that go together; nothing is square but by chance."""
    side, pair = st.integers(3, 6), lambda least, most: st.tuples(*[st.integers(least, most)] * 2)
    drawn = SimpleNamespace(
        N=draw(st.integers(0, 3)), C=draw(st.integers(1, 2)), O=draw(st.integers(1, 2)),
        H=draw(side), W=draw(side), kernel=draw(pair(1, 3)), stride=draw(pair(1, 3)),
        padding=draw(pair(0, 2)), dilation=draw(pair(1, 2)),
    )  # fmt: skip
    for n, k, p, d in zip(
        (drawn.H, drawn.W), drawn.kernel, drawn.padding, drawn.dilation, strict=True
    ):
        assume(d * (k - 1) < n + 2 * p)
    return drawn


def made(s, name):
    """Give a call of an operation that takes arrays alone, and such arrays."""
    return next(calls for group in GROUPS if name in (calls := group(s)))[name]


def convolutions(s):
    x, w, b = normal(s.N, 2 * s.C, s.H, s.W), normal(2 * s.O, s.C, *s.kernel), normal(2 * s.O)
    options = {"stride": s.stride, "padding": s.padding, "dilation": s.dilation, "groups": 2}
    dy = normal(*ops.conv2d(x, w, b, **options).shape, seed=1)
    line = {name: value[1] for name, value in list(options.items())[:3]} | {"groups": 2}
    row, taps = x[:, :, 0], w[:, :, 0]
    drow = normal(*ops.conv1d(row, taps, **line).shape, seed=1)
    windows = {name: value for name, value in options.items() if name != "groups"}
    places = ops.conv2d(x, w, groups=2, stride=s.stride).shape[2:]
    tied = normal(*places, s.O, 2 * s.C, *s.kernel)
    local = ops.locally_connected(x, tied, stride=s.stride)
    matrix = partial(ops.conv_as_matrix, H=s.H, W=s.W, stride=s.stride, padding=s.padding)
    calls = {name: (partial(getattr(ops, name), **options), x, w, b)
             for name in ("conv2d", "conv2d_im2col", "conv2d_loops")}  # fmt: skip
    for name in ("conv2d_backward", "conv2d_backward_im2col", "conv2d_backward_loops"):
        calls[name] = partial(getattr(ops, name), **options), dy, x, w
    return calls | {
        "conv2d_filter_gradients": (partial(ops.conv2d_filter_gradients, **options), dy, x, w),
        "conv1d": (partial(ops.conv1d, **line), row, taps, b),
        "conv1d_backward": (partial(ops.conv1d_backward, **line), drow, row, taps),
        "conv1x1": (partial(ops.conv1x1, stride=s.stride), x, normal(s.O, 2 * s.C), normal(s.O)),
        "im2col": (partial(ops.im2col, kernel=s.kernel, **windows), x),
        "col2im": (partial(ops.col2im, x_shape=x.shape, kernel=s.kernel, **windows),
                   normal(*ops.im2col(x, s.kernel, **windows).shape)),
        "conv_as_matrix": (matrix, w),
        "locally_connected": (partial(ops.locally_connected, stride=s.stride), x, tied,
                              normal(*places, s.O)),
        "locally_connected_backward": (partial(ops.locally_connected_backward, stride=s.stride),
                                       normal(*local.shape, seed=1), x, tied),
        **residual(s),
    }  # fmt: skip


def residual(s):
    x, stride = normal(s.N, s.C, s.H, s.W), s.stride
    weights = {"w1": (s.O, s.C, 3, 3), "b1": (s.O,), "w2": (s.O, s.O, 3, 3), "b2": (s.O,),
               "w_skip": (s.O, s.C), "b_skip": (s.O,)}  # fmt: skip
    values = [normal(*shape, seed=n) for n, shape in enumerate(weights.values())]

    def forward(x, *values):
        return ops.residual_block(x, dict(zip(weights, values, strict=True)), stride=stride)

    def backward(dy, x, *values):
        params = dict(zip(weights, values, strict=True))
        dx, grads = ops.residual_block_backward(dy, x, params, stride=stride)
        return (dx, *grads.values())

    dy = normal(*forward(x, *values).shape, seed=9)
    return {"residual_block": (forward, x, *values),
            "residual_block_backward": (backward, dy, x, *values)}  # fmt: skip


def pools(s):
    x, shape = normal(s.N, s.C, s.H, s.W), (s.N, s.C, s.H, s.W)
    still = {"kernel": s.kernel, "stride": s.stride}
    half = {**still, "padding": tuple(k // 2 for k in s.kernel)}
    y, argmax = ops.max_pool2d(x, **half)
    dy, dwhole = normal(*y.shape, seed=1), normal(s.N, s.C, seed=1)
    dlp = normal(*ops.lp_pool2d(x, **still).shape, seed=1)
    return {
        "max_pool2d": (partial(ops.max_pool2d, **half), x),
        "max_pool2d_loops": (partial(ops.max_pool2d_loops, **half), x),
        "max_pool2d_backward": (partial(ops.max_pool2d_backward, **half), dy, x),
        "max_pool2d_scatter": (partial(ops.max_pool2d_scatter, argmax=argmax, x_shape=shape), dy),
        "avg_pool2d": (partial(ops.avg_pool2d, **half, count_include_pad=False), x),
        "avg_pool2d_backward": (partial(ops.avg_pool2d_backward, x_shape=shape, **half), dy),
        "lp_pool2d": (partial(ops.lp_pool2d, **still, p=3), x),
        "lp_pool2d_backward": (partial(ops.lp_pool2d_backward, **still, p=3), dlp, x),
        "global_avg_pool": (ops.global_avg_pool, x),
        "global_avg_pool_backward": (partial(ops.global_avg_pool_backward, x_shape=shape), dwhole),
        "global_max_pool": (ops.global_max_pool, x),
        "global_max_pool_backward": (ops.global_max_pool_backward, dwhole, x),
    }


def others(s):
    x, flat = normal(s.N, s.C, s.H, s.W), normal(s.N, s.H)
    w, b, labels = normal(s.O, s.H, seed=1), normal(s.O, seed=2), np.arange(s.N) % s.H
    channels = [normal(s.C, seed=n) for n in range(3)] + [np.full(s.C, 2.0)]

    def norm(x, gamma, beta, mean, var):
        y, running, _ = ops.batchnorm2d(x, gamma, beta, (mean, var), s.N > 0)
        return y, running

    def norm_backward(dy, *operands):
        x, gamma, beta, mean, var = operands
        cache = ops.batchnorm2d(x, gamma, beta, (mean, var), s.N > 0)[2]
        return ops.batchnorm2d_backward(dy, cache)

    return {
        "batchnorm2d": (norm, x, *channels),
        "batchnorm2d_backward": (norm_backward, normal(*x.shape, seed=5), x, *channels),
        "dense": (ops.dense, flat, w, b),
        "dense_backward": (ops.dense_backward, normal(s.N, s.O), flat, w),
        "dropout": (lambda x: ops.dropout(x, 0.5, True, np.random.default_rng(0)), x),
        "dropout_backward": (ops.dropout_backward, x, normal(*x.shape, seed=1)),
        "flatten": (ops.flatten, x),
        "flatten_backward": (partial(ops.flatten_backward, x_shape=(s.N, s.H, 1)), flat),
        "pixel_shuffle": (partial(ops.pixel_shuffle, r=2), normal(s.N, 4 * s.C, s.H, s.W)),
        "pixel_unshuffle": (partial(ops.pixel_unshuffle, r=2), normal(s.N, s.C, 2 * s.H, 2 * s.W)),
        "relu": (ops.relu, x),
        "relu_backward": (ops.relu_backward, normal(*x.shape, seed=1), x),
        "softmax": (ops.softmax, flat),
        "softmax_cross_entropy": (
            partial(ops.softmax_cross_entropy, y=labels if s.N else np.array([0])),
            flat if s.N else normal(1, s.H),
        ),
    }


GROUPS = (others, pools, convolutions)  # the quickest to make first


def test_none_is_forgotten():
    first = SimpleNamespace(
        N=2, C=1, O=1, H=3, W=4, kernel=(1, 2), stride=(1, 1), padding=(0, 0), dilation=(1, 1)
    )
    assert sorted(name for group in GROUPS for name in group(first)) == sorted(ops.__all__)


@each
@given(sizes())
@settings(max_examples=12)
def test_float32_gives_the_numbers_of_float64_in_float32(name, s):
    call, *operands = made(s, name)
    single = [operand.astype(np.float32) for operand in operands]
    got, expected = call(*single), call(*(operand.astype(np.float64) for operand in single))
    for mine, wanted in zip(arrays_of(got), arrays_of(expected), strict=True):
        if wanted.dtype.kind == "i":  # places of maxima
            assert_array_equal(mine, wanted, strict=True)
        else:
            assert mine.dtype == np.float32
            scale = np.abs(wanted).max(initial=1)
            assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5 * scale)


@each
@given(sizes())
@settings(max_examples=12)
def test_integers_count_as_the_floats_they_are(name, s):
    call, *operands = made(s, name)
    whole = [np.rint(50 * operand).astype(np.int8) for operand in operands]
    got, expected = call(*whole), call(*(operand.astype(np.float64) for operand in whole))
    for mine, wanted in zip(arrays_of(got), arrays_of(expected), strict=True):
        assert_allclose(mine, wanted, **CLOSE)


@each
@given(sizes())
@settings(max_examples=6)
def test_other_memory_changes_nothing_and_nothing_is_changed(name, s):
    call, *operands = made(s, name)
    if name in MOVES:
        assert_layouts(lambda x: call(x).astype(float), *operands)
    else:
        assert_layouts(call, *operands)
    assert_keeps_inputs(call, *operands)


# The one takes no images, the other refuses to take the mean of none.
ALONE = ("conv_as_matrix", "softmax_cross_entropy")


@pytest.mark.parametrize("name", [name for name in ops.__all__ if name not in ALONE])
@given(sizes())
@settings(max_examples=6)
def test_of_no_image_the_shape_is_left_and_gradients_of_weights_are_zero(name, s):
    results = []
    for N in (7, 0):  # 7 is no other size here
        call, *operands = made(SimpleNamespace(**vars(s) | {"N": N}), name)
        results.append(arrays_of(call(*operands)))
    for some, empty in zip(*results, strict=True):
        if some.shape[0] == 7:
            assert empty.shape == (0, *some.shape[1:])
        else:
            assert empty.shape == some.shape
            assert name == "batchnorm2d" or not empty.any()  # it gives back what it had gathered
        assert empty.dtype == some.dtype
