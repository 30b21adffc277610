"""Pooling: values by hand, the definition, independent oracles, and the contract."""

import inspect

import numpy as np
import pytest
import torch
from contract import CLOSE, apart, assert_dtypes, assert_keeps_inputs, assert_layouts, normal
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import maximum_filter

from cnnkit.ops import (
    avg_pool2d,
    global_avg_pool,
    global_max_pool,
    lp_pool2d,
    max_pool2d,
    max_pool2d_loops,
)
from cnnkit.ops import max_pool as max_pool_module
from cnnkit.shapes import conv2d_shape

both = pytest.mark.parametrize("max_pool", [max_pool2d, max_pool2d_loops])

# Item 148 (and 133, 145): the picture of the lecture
PICTURE = np.array(
    [
        [5, -1, 3, 8, 4, 6, -2],
        [-3, 4, 9, 1, 1, 7, -4],
        [5, -6, 3, 2, 1, -2, 0],
        [0, -8, 5, 5, 4, -2, 3],
        [4, 7, 2, -7, 3, 1, 4],
        [4, -3, 1, 2, 6, 1, -1],
        [0, 0, 3, -2, 3, -1, 0],
    ]
)


def avg_pool2d_loops(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    return pool_loops(
        lambda pixels, size: sum(pixels) / (size if count_include_pad else len(pixels)),
        x,
        kernel,
        stride,
        padding,
    )


def lp_pool2d_loops(x, kernel, *, stride=None, p=2):
    return pool_loops(
        lambda pixels, size: sum(abs(pixel) ** p for pixel in pixels) ** (1 / p), x, kernel, stride
    )


def pool_loops(reduce, x, kernel, stride=None, padding=0):
    """reduce(pixels of the window in the image, size of the window), place by place."""
    kernel, stride, padding = (
        option if isinstance(option, tuple) else (option, option)
        for option in (kernel, kernel if stride is None else stride, padding)
    )
    out_hw = conv2d_shape(*x.shape[2:], kernel, stride=stride, padding=padding)
    y = np.empty((*x.shape[:2], *out_hw))
    for n, c, i, j in np.ndindex(y.shape):
        pixels = [
            float(x[n, c, row, column])
            for row in range(i * stride[0] - padding[0], i * stride[0] - padding[0] + kernel[0])
            for column in range(j * stride[1] - padding[1], j * stride[1] - padding[1] + kernel[1])
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]
        ]
        y[n, c, i, j] = reduce(pixels, kernel[0] * kernel[1])
    return y


# Max: values ----------------------------------------------------------------------------------


@both
def test_item146_and_item148(max_pool):
    y, argmax = max_pool(np.array([[[[1, 4, 7]]]]), (1, 3))
    assert y.tolist() == [[[[7]]]] and argmax.tolist() == [[[[2]]]]
    corner = np.array([[1, 1, 7], [2, 1, -2], [5, 4, -2]])
    assert max_pool(corner[None, None], 3)[0].tolist() == [[[[7]]]]


@both
def test_item50_where_each_maximum_was(max_pool):
    x = np.zeros((1, 1, 4, 4))
    for row, column in [(0, 0), (1, 2), (2, 0), (3, 3)]:
        x[0, 0, row, column] = 1
    assert max_pool(x, 2)[1].tolist() == [[[[0, 6], [8, 15]]]]


@both
def test_windows_that_overlap_by_hand(max_pool):
    y, argmax = max_pool(PICTURE[None, None], 3, stride=2)
    assert y.tolist() == [[[[9, 9, 7], [7, 5, 4], [7, 6, 6]]]]
    assert argmax.tolist() == [[[[9, 9, 12], [29, 23, 25], [29, 39, 39]]]]


@both
def test_negative_images_are_not_beaten_by_the_padding(max_pool):
    x = -(apart(2, 3, 4, 5) ** 2) - 1
    y, argmax = max_pool(x, (2, 3), padding=1)
    assert (y < 0).all()
    assert y[0, 0, 0, 0] == x[0, 0, 0, :2].max()
    assert_array_equal(
        y, np.take_along_axis(x.reshape(2, 3, 20), argmax.reshape(2, 3, -1), 2).reshape(y.shape)
    )


@both
def test_of_equal_maxima_the_first_counts(max_pool):
    x = np.array([[0, 3, 3], [3, 3, 1], [3, 0, 3]])[None, None]
    # row-major in each window: not the first column's, not the last
    assert max_pool(x, 2, stride=1)[1].tolist() == [[[[1, 1], [3, 4]]]]
    assert max_pool(np.zeros((1, 1, 5, 6)), (3, 2), padding=1)[1].tolist() == [
        [[[0, 1, 3, 5], [12, 13, 15, 17]]]
    ]


@both
@pytest.mark.parametrize("padding", [0, 1])
def test_minus_infinity_is_a_pixel_like_others(max_pool, padding):
    x = np.full((1, 1, 4, 6), -np.inf)
    y, argmax = max_pool(x, 2, padding=padding)
    assert (y == -np.inf).all()
    first = (
        [[0, 1, 3, 5], [6, 7, 9, 11], [18, 19, 21, 23]] if padding else [[0, 2, 4], [12, 14, 16]]
    )
    assert argmax[0, 0].tolist() == first


@both
def test_item112_halved_and_rounded_down(max_pool):
    assert max_pool(np.zeros((1, 1, 26, 11)), 2)[0].shape == (1, 1, 13, 5)
    assert max_pool(np.zeros((1, 1, 55, 27)), 3, stride=2)[0].shape == (1, 1, 27, 13)
    assert max_pool(np.zeros((1, 1, 7, 7)), 2)[0].shape == (1, 1, 3, 3)  # item 52


@both
def test_the_stride_is_the_kernel_if_not_given(max_pool):
    x = normal(2, 3, 7, 11)
    for got, expected in zip(max_pool(x, (2, 3)), max_pool(x, (2, 3), stride=(2, 3)), strict=True):
        assert_array_equal(got, expected)


@both
@pytest.mark.parametrize("padding", [0, 1])
def test_nan_in_a_window_gives_nan(max_pool, padding):
    x = apart(2, 1, 5, 7)
    x[1, 0, 2, 3] = np.nan
    y, argmax = max_pool(x, 3, stride=1, padding=padding)
    holds = np.lib.stride_tricks.sliding_window_view(
        np.pad(np.isnan(x), ((0, 0), (0, 0), (padding, padding), (padding, padding))),
        (3, 3),
        axis=(2, 3),
    ).any(axis=(4, 5))
    assert_array_equal(np.isnan(y), holds)
    assert (argmax[holds] == 2 * 7 + 3).all()


@both
def test_of_several_nans_and_with_infinities(max_pool):
    x = np.array([[[[np.inf, np.nan, 1, np.nan, -np.inf, 2]]]])
    y, argmax = max_pool(x, (1, 3), stride=1)
    assert_array_equal(y, [[[[np.nan] * 4]]])
    assert argmax.tolist() == [[[[1, 1, 3, 3]]]]


# Max: oracles ---------------------------------------------------------------------------------


@st.composite
def pools(draw, padded=True):
    """Images and options that go together; values are all different or full of ties."""
    N, C, H, W = draw(
        st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
    )
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    options = {"stride": draw(st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)))}
    if padded:
        options["padding"] = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    try:
        conv2d_shape(H, W, kernel, padding=options.get("padding", 0))
    except ValueError:
        assume(False)
    seed = draw(st.integers(0, 99))
    ties = np.random.default_rng(seed).integers(-2, 2, (N, C, H, W)).astype(float)
    return draw(st.sampled_from([apart(N, C, H, W, seed=seed), ties])), kernel, options


def torch_stride(options):
    """torch takes no None, but an empty list."""
    return {**options, "stride": [] if options["stride"] is None else options["stride"]}


@given(pools())
def test_max_is_torchs(call):
    x, kernel, options = call
    expected = torch.nn.functional.max_pool2d(
        torch.from_numpy(x), kernel, **torch_stride(options), return_indices=True
    )
    got = max_pool2d(x, kernel, **options)
    assert got[1].dtype == np.int64
    for mine, theirs in zip(got, expected, strict=True):
        assert mine.shape == theirs.shape
        assert_array_equal(mine, theirs.numpy())


@given(pools(), st.sampled_from([1, 300, 1 << 20]))
def test_max_is_the_definition(call, chunk):
    x, kernel, options = call
    expected = max_pool2d_loops(x, kernel, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(max_pool_module, "CHUNK_BYTES", chunk)
        got = max_pool2d(x, kernel, **options)
    for mine, definition in zip(got, expected, strict=True):
        assert mine.shape == definition.shape
        assert_array_equal(mine, definition)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 5]), st.sampled_from([1, 3, 5]))
def test_max_of_odd_windows_is_scipys_filter(H, W, kh, kw):
    x = normal(H, W)
    expected = maximum_filter(x, (kh, kw), mode="constant", cval=-np.inf)
    got = max_pool2d(x[None, None], (kh, kw), stride=1, padding=(kh // 2, kw // 2))[0]
    assert_array_equal(got[0, 0], expected)


@pytest.mark.parametrize("kernel", [(20, 3), (3, 40), (17, 17)])
def test_large_windows(kernel):
    """Places in these windows no longer fit into a byte."""
    x = apart(2, 2, 40, 45)
    expected = torch.nn.functional.max_pool2d(
        torch.from_numpy(x), kernel, stride=(3, 2), return_indices=True
    )
    for mine, theirs in zip(max_pool2d(x, kernel, stride=(3, 2)), expected, strict=True):
        assert_array_equal(mine, theirs.numpy())


# Average --------------------------------------------------------------------------------------


def test_average_by_hand():
    x = np.array([[1, 2, 3], [5, 7, 10]])[None, None]
    assert avg_pool2d(x, 2, stride=1).tolist() == [[[[3.75, 5.5]]]]
    assert avg_pool2d(x, 2, padding=1).tolist() == [[[[0.25, 1.25], [1.25, 4.25]]]]
    assert avg_pool2d(x, 2, padding=1, count_include_pad=False).tolist() == [[[[1, 2.5], [5, 8.5]]]]


def test_the_average_of_small_integers_does_not_wrap():
    x = np.full((1, 1, 3, 4), 255, np.uint8)
    assert_array_equal(avg_pool2d(x, (3, 2)), [[[[255, 255]]]])
    assert_array_equal(global_avg_pool(x), [[255]])


@given(pools(), st.booleans())
def test_average_is_torchs(call, include):
    x, kernel, options = call
    expected = torch.nn.functional.avg_pool2d(
        torch.from_numpy(x), kernel, **torch_stride(options), count_include_pad=include
    ).numpy()
    got = avg_pool2d(x, kernel, **options, count_include_pad=include)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@given(pools(), st.booleans())
def test_average_is_the_definition(call, include):
    x, kernel, options = call
    expected = avg_pool2d_loops(x, kernel, **options, count_include_pad=include)
    got = avg_pool2d(x, kernel, **options, count_include_pad=include)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


def test_average_of_half_precision_does_not_overflow():
    x = np.full((1, 1, 3, 3), 60000, np.float16)
    assert_array_equal(avg_pool2d(x, 3), [[[[60000]]]])
    assert_array_equal(global_avg_pool(x), [[60000]])


# Lp -------------------------------------------------------------------------------------------


def test_lp_by_hand():
    x = np.array([[3.0, -4, 0], [0, 0, -12]])[None, None]
    assert lp_pool2d(x, (1, 2), stride=1).tolist() == [[[[5, 4], [0, 12]]]]
    assert lp_pool2d(x, (2, 3), p=1).tolist() == [[[[19]]]]
    assert lp_pool2d(-np.ones((1, 1, 2, 2)), 2, p=1).tolist() == [[[[4]]]]  # a sum, no mean
    assert lp_pool2d(-np.ones((1, 1, 2, 4)), (2, 4), p=3).tolist() == [[[[2]]]]  # the root of 8


@given(pools(padded=False), st.sampled_from([1, 1.5, 2, 3, 4]))
def test_lp_is_the_definition(call, p):
    x, kernel, options = call
    expected = lp_pool2d_loops(x, kernel, **options, p=p)
    got = lp_pool2d(x, kernel, **options, p=p)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@given(pools(padded=False), st.sampled_from([2, 4]))
def test_even_lp_is_torchs(call, p):
    """Not odd p: torch takes no magnitudes there."""
    x, kernel, options = call
    expected = torch.nn.functional.lp_pool2d(
        torch.from_numpy(x), p, kernel, **torch_stride(options)
    ).numpy()
    got = lp_pool2d(x, kernel, **options, p=p)
    assert got.shape == expected.shape
    # torch takes the mean, then multiplies by the size of the window
    assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_length_is_the_default():
    x = normal(2, 3, 5, 7)
    assert_array_equal(lp_pool2d(x, (2, 3)), lp_pool2d(x, (2, 3), p=2))


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_powers_neither_overflow_nor_vanish(scale):
    x = np.array([[[[3, -4]]]], np.float32) * np.float32(scale)
    assert_allclose(lp_pool2d(x, (1, 2)), [[[[5 * scale]]]], rtol=1e-6)


def test_a_large_p_is_nearly_the_maximum():
    x = apart(2, 2, 6, 7)
    assert_allclose(lp_pool2d(x, 2, p=1000), max_pool2d(np.abs(x), 2)[0], rtol=2e-3)


def test_lp_of_infinities():
    x = np.array([[[[-np.inf, 2, 3]]]])
    assert lp_pool2d(x, (1, 2), stride=1)[0, 0, 0].tolist() == [np.inf, pytest.approx(13**0.5)]


# Global ---------------------------------------------------------------------------------------


def test_item152():
    assert global_avg_pool(PICTURE[None, None])[0, 0] == pytest.approx(75 / 49, abs=1e-15)
    assert global_max_pool(PICTURE[None, None]).tolist() == [[9]]


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 2)])
@pytest.mark.parametrize("N", [0, 1, 3])
def test_one_number_a_channel_whatever_the_size(N, size):
    x = normal(N, 4, *size)
    assert global_avg_pool(x).shape == global_max_pool(x).shape == (N, 4)
    for n, c in np.ndindex(N, 4):
        assert global_avg_pool(x)[n, c] == pytest.approx(sum(x[n, c].flat) / (size[0] * size[1]))
        assert global_max_pool(x)[n, c] == max(x[n, c].flat)


@given(st.integers(0, 3), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
def test_global_pools_are_torchs(N, C, H, W):
    x = normal(N, C, H, W)
    assert_allclose(global_avg_pool(x), torch.from_numpy(x).mean((2, 3)).numpy(), **CLOSE)
    assert_array_equal(global_max_pool(x), torch.from_numpy(x).amax((2, 3)).numpy())


def test_global_pools_are_pools_with_one_window():
    x = normal(2, 3, 5, 7)
    assert_allclose(global_avg_pool(x), avg_pool2d(x, (5, 7))[..., 0, 0], **CLOSE)
    assert_array_equal(global_max_pool(x), max_pool2d(x, (5, 7))[0][..., 0, 0])


# Contract -------------------------------------------------------------------------------------

POOLS = {
    "max": lambda x: max_pool2d(x, (3, 2), stride=(1, 2), padding=1),
    "max, no padding": lambda x: max_pool2d(x, (2, 3)),
    "max, one tap": lambda x: max_pool2d(x, 1),
    "max, loops": lambda x: max_pool2d_loops(x, (3, 2), stride=(1, 2), padding=1),
    "average": lambda x: avg_pool2d(x, (3, 2), stride=(1, 2), padding=1),
    "average, one tap": lambda x: avg_pool2d(x, 1),
    "average of pixels": lambda x: avg_pool2d(x, (2, 3), padding=1, count_include_pad=False),
    "length": lambda x: lp_pool2d(x, (3, 2), stride=(1, 2)),
    "lp, one tap": lambda x: lp_pool2d(x, 1, p=1),
    "global average": global_avg_pool,
    "global maximum": global_max_pool,
}
every = pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)


@every
def test_layouts(pool):
    assert_layouts(pool, normal(2, 3, 5, 6))
    assert_layouts(pool, normal(2, 3, 1, 1, seed=1).repeat(5, axis=2).repeat(6, axis=3))


@every
@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 1, 5, 6)])
def test_inputs_stay_and_results_are_new(pool, shape):
    assert_keeps_inputs(pool, normal(*shape))


@every
def test_dtypes(pool):
    x = np.random.default_rng(0).integers(0, 2, (1, 2, 4, 5))
    assert_dtypes(lambda x: pool(x)[0] if isinstance(pool(x), tuple) else pool(x), x)
    for dtype in ("bool", "uint8", "int64", "float32"):
        for got, wanted in zip(
            flat(pool(x.astype(dtype))), flat(pool(x.astype(float))), strict=True
        ):
            assert_allclose(got, wanted, rtol=1e-6)


def flat(result):
    return result if isinstance(result, tuple) else (result,)


@every
def test_an_empty_batch_gives_an_empty_result(pool):
    full, empty = pool(np.ones((1, 3, 5, 6), np.float32)), pool(np.ones((0, 3, 5, 6), np.float32))
    for with_one, with_none in zip(flat(full), flat(empty), strict=True):
        assert with_none.shape == (0, *with_one.shape[1:])
        assert with_none.dtype == with_one.dtype


@every
def test_no_channels_give_no_channels(pool):
    for result in flat(pool(np.ones((2, 0, 5, 6)))):
        assert result.shape[:2] == (2, 0)


@every
def test_nan_spoils_its_windows_only(pool):
    x = normal(2, 2, 5, 6)
    clean = flat(pool(x))[0]
    x[1, 0, 0, 0] = np.nan
    y = flat(pool(x))[0]
    assert np.isnan(y[1, 0].flat[0])
    assert_array_equal(y[0], clean[0])
    assert_array_equal(y[1, 1], clean[1, 1])
    assert np.isnan(y).sum() < y[0].size


@every
def test_lists_are_read_as_arrays(pool):
    x = np.ones((1, 1, 5, 6), int)
    assert_array_equal(flat(pool(x.tolist()))[0], flat(pool(x))[0])


def test_signatures():
    plain = inspect.signature(max_pool2d)
    assert plain == inspect.signature(max_pool2d_loops)
    assert str(plain).startswith("(x: 'np.ndarray', kernel: 'Option', *, stride:")
    for pool in (avg_pool2d, lp_pool2d):
        assert list(inspect.signature(pool).parameters)[:3] == ["x", "kernel", "stride"]
        with pytest.raises(TypeError, match="positional"):
            pool(np.ones((1, 1, 4, 4)), 2, 2)


# Errors ---------------------------------------------------------------------------------------

WINDOWED = pytest.mark.parametrize("pool", [max_pool2d, max_pool2d_loops, avg_pool2d])


@WINDOWED
@pytest.mark.parametrize(
    ("shape", "kernel", "options", "message"),
    [
        ((3, 4, 5), 2, {}, r"x has shape \(3, 4, 5\), 3 axes: it must have 4, \(N, C, H, W\)"),
        ((5,), 2, {}, r"x has shape \(5,\), 1 axis: it must have 4"),
        ((1, 2, 0, 5), 2, {"padding": 1}, r"x has shape \(1, 2, 0, 5\): .* no pixel"),
        ((1, 2, 5, 0), 2, {"padding": 1}, r"x has shape \(1, 2, 5, 0\): .* no pixel"),
        ((1, 2, 3, 5), (4, 2), {}, "size 3 with padding 0 .* a kernel of 4"),
        ((1, 2, 3, 5), (2, 6), {}, "size 5 with padding 0 .* a kernel of 6"),
        ((1, 2, 9, 9), 3, {"padding": 2}, r"padding is \(2, 2\), kernel is \(3, 3\): .* \(1, 1\)"),
        ((1, 2, 9, 9), (3, 4), {"padding": (1, 3)}, r"padding is \(1, 3\), kernel is \(3, 4\)"),
        ((1, 2, 9, 9), (4, 1), {"padding": 1}, r"at most half its kernel, \(2, 0\)"),
        ((1, 2, 9, 9), 0, {}, "kernel is 0: it must be at least 1"),
        ((1, 2, 9, 9), 2, {"stride": 0}, "stride is 0: it must be at least 1"),
        ((1, 2, 9, 9), 2, {"padding": -1}, "padding is -1: it must be at least 0"),
        ((1, 2, 9, 9), (2, 2, 2), {}, r"kernel is \(2, 2, 2\): a pair has two numbers"),
    ],
)
def test_value_errors(pool, shape, kernel, options, message):
    with pytest.raises(ValueError, match=message):
        pool(np.zeros(shape), kernel, **options)


@WINDOWED
@pytest.mark.parametrize(
    ("kernel", "options", "message"),
    [
        (2.0, {}, r"kernel is 2\.0: it must be an int or a pair"),
        (True, {}, "kernel is True"),
        (None, {}, "kernel is None"),
        (2, {"stride": "2"}, "stride is '2'"),
        (2, {"padding": "same"}, "padding is 'same': it must be an int or a pair"),
        (2, {"padding": None}, "padding is None"),
    ],
)
def test_type_errors(pool, kernel, options, message):
    with pytest.raises(TypeError, match=message):
        pool(np.zeros((1, 1, 4, 5)), kernel, **options)


@every
@pytest.mark.parametrize("dtype", [object, complex, "datetime64[s]", "U3"])
def test_images_hold_real_numbers(pool, dtype):
    with pytest.raises(TypeError, match=r"x has dtype .*: it must hold (real )?numbers"):
        pool(np.zeros((1, 1, 5, 6), dtype))


def test_padding_of_half_the_kernel_is_allowed():
    assert max_pool2d(np.zeros((1, 1, 4, 5)), (2, 3), padding=1)[0].shape == (1, 1, 3, 2)


@pytest.mark.parametrize("flag", [1, None, "yes"])
def test_the_flag_is_a_bool(flag):
    with pytest.raises(TypeError, match="count_include_pad is .*: it must be True or False"):
        avg_pool2d(np.zeros((1, 1, 4, 5)), 2, count_include_pad=flag)


@pytest.mark.parametrize("p", [0, 0.5, -1, np.inf, np.nan])
def test_p_is_at_least_one(p):
    with pytest.raises(ValueError, match="p is .*: it must be at least 1"):
        lp_pool2d(np.zeros((1, 1, 4, 5)), 2, p=p)


@pytest.mark.parametrize("p", ["2", None, True, 2j])
def test_p_is_a_number(p):
    with pytest.raises(TypeError, match="p is .*: it must be a number"):
        lp_pool2d(np.zeros((1, 1, 4, 5)), 2, p=p)


@pytest.mark.parametrize("pool", [global_avg_pool, global_max_pool])
def test_global_pools_need_pixels(pool):
    for shape, message in [((2, 3, 0, 4), "no pixel"), ((2, 3, 4), "3 axes: it must have 4")]:
        with pytest.raises(ValueError, match=message):
            pool(np.zeros(shape))
