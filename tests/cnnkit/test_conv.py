"""Convolution in all its forms: values by hand, the definition, oracles, and the contract."""

import inspect
import tracemalloc

import numpy as np
import pytest
import torch
from conv_calls import calls
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import correlate2d

from cnnkit.ops import conv2d, conv2d_im2col, conv2d_loops, windows

each = pytest.mark.parametrize("conv", [conv2d, conv2d_loops, conv2d_im2col])
fast = pytest.mark.parametrize("conv", [conv2d, conv2d_im2col])

# float64 sums of at most some hundred products of numbers near 1
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


# Values ---------------------------------------------------------------------------------------


@each
def test_one_window_by_hand(conv):
    x = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(1, 1, 2, 3)
    w = np.array([[1.0, 10], [100, 1000]]).reshape(1, 1, 2, 2)
    # 1 + 20 + 400 + 5000 and 2 + 30 + 500 + 6000: the kernel is not flipped
    assert_array_equal(conv(x, w, np.array([0.5])), [[[[5421.5, 6532.5]]]])


@each
def test_two_channels_and_two_filters_by_hand(conv):
    x = np.array([[1.0, 2, 3], [10, 20, 30]]).reshape(1, 2, 1, 3)
    w = np.array([[[1.0, 1], [2, 0]], [[0, 1], [0, -1]]]).reshape(2, 2, 1, 2)
    # first: (1+2) + 2*10, (2+3) + 2*20; second: 2 - 20, 3 - 30
    assert_array_equal(conv(x, w), [[[[23, 45]], [[-18, -27]]]])


@each
def test_stride_padding_and_dilation_by_hand(conv):
    x = np.array([1.0, 2, 3, 4, 5, 6, 7]).reshape(1, 1, 1, 7)
    w = np.array([1.0, 10, 100]).reshape(1, 1, 1, 3)
    # padded: 0 0 1 2 3 4 5 6 7 0 0; starts 0, 3, 6; taps two apart
    expected = [[[[0 + 10 * 1 + 100 * 3, 2 + 10 * 4 + 100 * 6, 5 + 10 * 7 + 100 * 0]]]]
    assert_array_equal(conv(x, w, stride=(1, 3), padding=(0, 2), dilation=(1, 2)), expected)


@each
def test_item12_sobel(conv):
    x = np.arange(1, 10).reshape(1, 1, 3, 3)
    w = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]).reshape(1, 1, 3, 3)
    # What the lecture computes is true convolution: the kernel flipped, the sign reversed.
    convolution = [[-13, -20, -17], [-18, -24, -18], [13, 20, 17]]
    assert_array_equal(conv(x, w[..., ::-1, ::-1], padding=1)[0, 0], convolution)
    assert_array_equal(conv(x, w, padding=1)[0, 0], -np.array(convolution))


@each
def test_item145_strided(conv):
    x = [
        [5, -1, 3, 8, 4, 6, -2],
        [-3, 4, 9, 1, 1, 7, -4],
        [5, -6, 3, 2, 1, -2, 0],
        [0, -8, 5, 5, 4, -2, 3],
        [4, 7, 2, -7, 3, 1, 4],
        [4, -3, 1, 2, 6, 1, -1],
        [0, 0, 3, -2, 3, -1, 0],
    ]
    w = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    expected = [[-10, -15, -17], [24, -17, 12], [-17, 11, -8]]
    assert_array_equal(conv([[x]], [[w]], stride=2)[0, 0], expected)
    assert conv([[x]], [[w]])[0, 0, 1, 3] == 1  # item 133, the same picture at stride 1


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "options", "expected"),
    [
        pytest.param((1, 1, 5, 5), (1, 1, 3, 3), {"padding": 1}, (5, 5), id="item22-stride1"),
        pytest.param(
            (1, 1, 5, 5), (1, 1, 3, 3), {"padding": 1, "stride": 2}, (3, 3), id="item22-stride2"
        ),
        pytest.param((1, 3, 227, 227), (96, 3, 11, 11), {"stride": 4}, (55, 55), id="item23"),
        pytest.param((1, 3, 5, 5), (2, 3, 3, 3), {"stride": 2, "padding": 1}, (3, 3), id="item27"),
        pytest.param((1, 1, 8, 8), (1, 1, 5, 5), {}, (4, 4), id="item80"),
        pytest.param((1, 3, 32, 32), (6, 3, 5, 5), {}, (28, 28), id="item81"),
        pytest.param((1, 1, 7, 7), (1, 1, 3, 3), {"stride": 3}, (2, 2), id="item84"),
        pytest.param((1, 1, 28, 28), (32, 1, 5, 5), {}, (24, 24), id="item90"),
        pytest.param((1, 1, 5, 5), (1, 1, 3, 3), {"stride": 2}, (2, 2), id="item111"),
    ],
)
def test_shape_of_the_lectures(x_shape, w_shape, options, expected):
    y = conv2d(np.ones(x_shape, np.float32), np.ones(w_shape, np.float32), **options)
    assert y.shape == (x_shape[0], w_shape[0], *expected)


# Oracles --------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 8), st.integers(1, 4), st.integers(1, 4))
def test_one_plane_is_scipys_correlation(H, W, kh, kw):
    assume(kh <= H and kw <= W)  # else scipy swaps its operands
    x, w = normal(H, W), normal(kh, kw, seed=1)
    expected = correlate2d(x, w, mode="valid")
    assert_allclose(conv2d(x[None, None], w[None, None])[0, 0], expected, **CLOSE)


@fast
@given(calls())
def test_fast_form_is_torchs(conv, call):
    operands, options = call
    tensors = [None if o is None else torch.from_numpy(o) for o in operands]
    expected = torch.nn.functional.conv2d(*tensors, **options).numpy()
    got = conv(*operands, **options)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@fast
@given(calls(most=6))
def test_fast_form_is_the_definition(conv, call):
    operands, options = call
    expected = conv2d_loops(*operands, **options)
    got = conv(*operands, **options)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@pytest.mark.parametrize("scratch", [1, 3000, 1 << 20])
@pytest.mark.parametrize("padding", [0, (2, 1)])
def test_the_size_of_the_scratch_changes_nothing(monkeypatch, scratch, padding):
    x, w, b = normal(7, 4, 9, 6), normal(6, 2, 3, 2, seed=1), normal(6, seed=2)
    expected = torch.nn.functional.conv2d(
        *map(torch.from_numpy, (x, w, b)), stride=2, padding=padding, groups=2
    )
    monkeypatch.setattr(windows, "SCRATCH_BYTES", scratch)
    got = conv2d(x, w, b, stride=2, padding=padding, groups=2)
    assert_allclose(got, expected.numpy(), **CLOSE)


@given(calls(), st.floats(-3, 3))
def test_linear_in_the_images(call, factor):
    (x, w, _), options = call
    other = normal(*x.shape, seed=7)
    whole = conv2d(x + factor * other, w, **options)
    parts = conv2d(x, w, **options) + factor * conv2d(other, w, **options)
    assert_allclose(whole, parts, rtol=1e-10, atol=1e-10)


@each
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3)])
def test_each_image_for_itself(conv, kernel):
    x, w = normal(3, 2, 4, 5), normal(3, 2, *kernel, seed=1)
    alone = np.concatenate([conv(image[None], w) for image in x])
    assert_allclose(conv(x, w), alone, **CLOSE)


@each
@pytest.mark.parametrize("options", [{}, {"stride": (2, 3)}, {"stride": 2, "padding": (0, 1)}])
def test_one_tap_is_a_product_at_every_pixel_it_meets(conv, options):
    x, w = normal(2, 4, 5, 7), normal(6, 2, 1, 1, seed=1)
    expected = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, w)), **options, groups=2)
    assert_allclose(conv(x, w, **options, groups=2), expected.numpy(), **CLOSE)


@each
def test_an_int_option_is_the_same_pair(conv):
    x, w = normal(2, 2, 7, 9), normal(3, 2, 2, 3, seed=1)
    got = conv(x, w, stride=2, padding=1, dilation=2)
    assert_array_equal(got, conv(x, w, stride=(2, 2), padding=[1, 1], dilation=(2, 2)))


# Contract -------------------------------------------------------------------------------------


@each
def test_all_forms_have_the_same_signature(conv):
    assert inspect.signature(conv) == inspect.signature(conv2d)


@each
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3)])
@pytest.mark.parametrize(
    ("x_type", "w_type", "b_type", "expected"),
    [
        ("float32", "float32", "float32", "float32"),
        ("float32", "float32", None, "float32"),
        ("float16", "float16", "float16", "float16"),
        ("float64", "float32", None, "float64"),
        ("float32", "float32", "float64", "float64"),
        ("uint8", "int8", None, "float64"),
        ("bool", "bool", "bool", "float64"),
        ("uint8", "float32", None, "float64"),
        ("float32", "float32", "int64", "float64"),
        ("complex64", "float32", None, "complex64"),
    ],
)
def test_dtype(conv, kernel, x_type, w_type, b_type, expected):
    x, w = np.ones((2, 2, 3, 4), x_type), np.ones((3, 2, *kernel), w_type)
    b = None if b_type is None else np.ones(3, b_type)
    y = conv(x, w, b)
    assert y.dtype == expected
    assert_array_equal(y, np.full(y.shape, 2 * kernel[0] * kernel[1] + (b is not None)))


@each
@pytest.mark.parametrize("kernel", [(1, 1), (2, 2)])
def test_small_integers_do_not_wrap(conv, kernel):
    x, w = np.full((1, 2, 2, 3), 255, np.uint8), np.full((1, 2, *kernel), 127, np.int8)
    products = 2 * kernel[0] * kernel[1] * 255 * 127
    assert conv(x, w).flat[0] == products


@each
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3)])
def test_an_empty_batch_gives_an_empty_result(conv, kernel):
    y = conv(np.zeros((0, 2, 5, 7), np.float32), np.zeros((4, 2, *kernel), np.float32), padding=1)
    assert y.shape == (0, 4, 8 - kernel[0], 10 - kernel[1])
    assert y.dtype == np.float32


VIEWS = {
    "transposed": lambda x: x.transpose(0, 1, 3, 2),
    "every second": lambda x: x[::2, :, ::2, 1::2],
    "backwards": lambda x: x[::-1, ::-1, ::-1, ::-1],
    "channels last": lambda x: np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "repeated": lambda x: np.broadcast_to(x[:1], x.shape),
    "foreign byte order": lambda x: x.astype(x.dtype.newbyteorder()),
}


@each
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3)])
@pytest.mark.parametrize("view", VIEWS)
def test_views_of_any_strides(conv, view, kernel):
    x, w, b = normal(4, 3, 7, 8), normal(4, 3, *kernel, seed=1), normal(4, seed=2)
    changed = [VIEWS[view](x), w[::-1, :, ::-1], b[::-1]]
    for operand in changed:
        operand.flags.writeable = False
    plain = [np.array(operand, dtype=float, order="C") for operand in changed]
    got = conv(*changed, padding=(0, 1))
    assert_allclose(got, conv2d_loops(*plain, padding=(0, 1)), **CLOSE)
    assert got.dtype.isnative


@each
@pytest.mark.parametrize("kernel", [(1, 1), (3, 2)])
@pytest.mark.parametrize("padding", [0, 1])
def test_inputs_stay_and_the_result_is_new(conv, kernel, padding):
    operands = normal(2, 1, 4, 5), normal(1, 1, *kernel, seed=1), normal(1, seed=2)
    copies = [operand.copy() for operand in operands]
    y = conv(*operands, padding=padding)
    assert y.flags.writeable
    assert not any(np.shares_memory(y, operand) for operand in operands)
    y[:] = 99
    for operand, copy in zip(operands, copies, strict=True):
        assert_array_equal(operand, copy)


def test_two_results_share_nothing():
    x, w = normal(2, 1, 4, 5), normal(1, 1, 2, 2)
    first = conv2d(x, w)
    kept = first.copy()
    conv2d(-x, w)
    assert_array_equal(first, kept)


@each
def test_lists_are_read_as_arrays(conv):
    assert conv([[[[1, 2]]]], [[[[3, 4]]]], [5]).tolist() == [[[[16.0]]]]


@each
def test_nan_stays_within_its_windows(conv):
    x = np.zeros((1, 1, 3, 5))
    x[0, 0, 1, 0] = np.nan
    expected = np.zeros((3, 4), bool)
    expected[:2, 0] = True
    y = conv(x, np.ones((1, 1, 2, 2)), padding=(1, 0))
    assert_array_equal(np.isnan(y[0, 0, 1:3]), expected[:2])
    assert not np.isnan(y[0, 0, 3]).any()


def test_memory_stays_small():
    """All windows at once would take 25 times the 12 MB of the images."""
    x, w = np.ones((48, 4, 128, 128), np.float32), np.ones((1, 4, 5, 5), np.float32)
    tracemalloc.start()
    try:
        y = conv2d(x, w, padding=2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    one_image = 25 * x[0].nbytes
    assert peak < y.nbytes + 1.5 * one_image


# Errors ---------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "b_shape", "options", "message"),
    [
        ((2, 1, 4, 5), (6, 3, 2, 2), None, {}, r"w has 3 channels, x has 1: w has shape \(6, 3, "),
        ((2, 3, 4, 5), (6, 1, 2, 2), None, {}, "w has 1 channel, x has 3: "),
        ((2, 5, 4, 5), (6, 2, 2, 2), None, {"groups": 2}, "w has 2 channels, x has 5 in 2 groups"),
        (
            (2, 4, 4, 5),
            (5, 2, 2, 2),
            None,
            {"groups": 2},
            "w has 5 filters: 2 groups cannot share them. w has",
        ),
        (
            (2, 4, 5),
            (6, 4, 2, 2),
            None,
            {},
            r"x has shape \(2, 4, 5\), 3 axes: it must have 4, \(N",
        ),
        (
            (2, 4, 5, 5),
            (6, 4, 2),
            None,
            {},
            r"w has shape \(6, 4, 2\), 3 axes: .* \(O, C, kH, kW\)",
        ),
        ((2, 3, 4, 5), (6, 3, 2, 2), (5,), {}, r"b has shape \(5,\), w has 6 filters: .* \(6,\)"),
        ((2, 3, 4, 5), (6, 3, 2, 2), (6, 1), {}, r"b has shape \(6, 1\), w has 6 filters"),
        ((2, 3, 4, 5), (6, 3, 2, 2), (), {}, r"b has shape \(\), w has 6 filters"),
        (
            (2, 3, 4, 5),
            (6, 3, 5, 2),
            None,
            {},
            r"size 4 .* a kernel of 5 .* w has shape \(6, 3, 5, 2\), x has",
        ),
        (
            (2, 3, 4, 5),
            (6, 3, 0, 2),
            None,
            {},
            r"a number in kernel is 0: .* w has shape \(6, 3, 0, 2\)",
        ),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"stride": 0}, "stride is 0: it must be at least 1"),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"padding": -1}, "padding is -1: .* at least 0"),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"dilation": (0, 1)}, "a number in dilation is 0"),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"groups": 0}, "groups is 0: it must be at least 1"),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"padding": "same"}, "padding is 'same': here it must"),
        ((2, 3, 4, 5), (6, 3, 2, 2), None, {"stride": (1, 2, 3)}, "a pair has two numbers"),
    ],
)
def test_value_errors(conv, x_shape, w_shape, b_shape, options, message):
    b = None if b_shape is None else np.zeros(b_shape)
    with pytest.raises(ValueError, match=message):
        conv(np.zeros(x_shape), np.zeros(w_shape), b, **options)


@each
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 2.0}, r"stride is 2\.0: it must be an int or a pair"),
        ({"dilation": True}, "dilation is True"),
        ({"groups": (1, 1)}, r"groups is \(1, 1\): it must be an int\."),
        ({"groups": True}, "groups is True"),
        ({"padding": None}, "padding is None"),
    ],
)
def test_type_errors_of_options(conv, options, message):
    with pytest.raises(TypeError, match=message):
        conv(np.zeros((1, 1, 4, 5)), np.zeros((1, 1, 2, 2)), **options)


@each
@pytest.mark.parametrize("place", [0, 1, 2])
def test_operands_must_hold_numbers(conv, place):
    operands = [np.zeros((1, 1, 4, 5)), np.zeros((1, 1, 2, 2)), np.zeros(1)]
    operands[place] = operands[place].astype(object)
    with pytest.raises(TypeError, match=f"{'xwb'[place]} has dtype object: it must hold numbers"):
        conv(*operands)


@each
def test_options_are_keywords_only(conv):
    with pytest.raises(TypeError, match="positional"):
        conv(np.zeros((1, 1, 4, 5)), np.zeros((1, 1, 2, 2)), None, 2)
