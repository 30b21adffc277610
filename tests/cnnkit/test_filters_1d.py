"""Filters on signals: values by hand, the lectures' numbers, oracles, the contract, refusals."""

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.filters import (
    best_alignment,
    convolve1d,
    correlate1d,
    out_len,
    strided_dilated1d,
)

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
MODES = ["valid", "same", "full"]
lengths = st.integers(1, 9)
small = st.integers(1, 4)


def normal(n, seed=0):
    return np.random.default_rng(seed).standard_normal(n)


def definition(x, k, before, places, stride=1, dilation=1):
    """Sum of x[i*stride + j*dilation - before] * k[j], with zeros outside of x."""
    y = []
    for i in range(places):
        taps = [(i * stride + j * dilation - before, weight) for j, weight in enumerate(k)]
        y.append(sum(x[place] * weight for place, weight in taps if 0 <= place < len(x)))
    return y


# Values of the lectures -----------------------------------------------------------------------

ITEM68 = ([0, 0, 0, 1, 2, 3, 4, 4, 4], [-1, 1])
ITEM69 = ([0, 0, 1, 1, 0, 0.1, 0.2, 1, 1, 1, 0], [1, 1])
ITEM126 = ([0.7, 0.5, 0.3, 1, 0, 0.7], [0.8, 0, 0.8, 0.2])


@pytest.mark.parametrize(
    ("x", "k", "mode", "expected"),
    [
        pytest.param(*ITEM68, "valid", [0, 0, 1, 1, 1, 1, 0, 0], id="item68"),
        pytest.param(*ITEM69, "valid", [0, 1, 2, 1, 0.1, 0.3, 1.2, 2, 2, 1], id="item69"),
        pytest.param(*ITEM126, "valid", [1.0, 1.2, 0.38], id="item126"),
        pytest.param([0.7, 0.5, 0.3, 1.0], [0.8, 0, 0.8, 0.2], "valid", [1.0], id="item126-line2"),
        pytest.param([5, 7, 0], [-1, 3, -1], "valid", [16], id="item128"),
        pytest.param([1, 2, 3], [1, 10], "same", [21, 32, 3], id="item130-odd-zero-at-the-end"),
        pytest.param([1, 2, 3], [1, 10], "full", [10, 21, 32, 3], id="item129"),
        pytest.param([1, 2], [1, 10, 100, 1000], "same", [210, 21], id="same of a longer kernel"),
        pytest.param([1, 2], [1, 10, 100], "full", [100, 210, 21, 2], id="full of a longer one"),
        pytest.param([3, 4], [2], "same", [6, 8], id="one tap"),
    ],
)
def test_correlation_by_hand(x, k, mode, expected):
    got = correlate1d(np.array(x), np.array(k), mode=mode)
    assert got.dtype == np.float64
    assert_allclose(got, expected, **CLOSE)


def test_valid_is_the_default():
    assert_array_equal(correlate1d(*ITEM68), correlate1d(*ITEM68, mode="valid"))


def test_item68_convolution_takes_the_difference_the_other_way():
    assert convolve1d(*ITEM68)[1:-1].tolist() == [0, 0, -1, -1, -1, -1, 0, 0]


def test_item10():
    assert convolve1d([1, 0, -1], [0, 1, 2]).tolist() == [0, 1, 2, -1, -2]


@given(lengths, lengths)
def test_item9_sum_with_bounds(m, n):
    """c_x = sum of a_u b_{x-u+1} for u = max(1, x-n+1) .. min(x, m), all counted from 1."""
    a, b = normal(m), normal(n, 1)
    expected = [
        sum(a[u - 1] * b[x - u] for u in range(max(1, x - n + 1), min(x, m) + 1))
        for x in range(1, m + n)
    ]
    got = convolve1d(a, b)
    assert len(got) == m + n - 1
    assert_allclose(got, expected, **CLOSE)
    assert_allclose(convolve1d(b, a), got, **CLOSE)


# Oracles --------------------------------------------------------------------------------------


@given(lengths, lengths, st.sampled_from(MODES))
def test_correlation_is_its_definition(d, s, mode):
    x, k = normal(d), normal(s, 1)
    if mode == "valid" and s > d:
        with pytest.raises(ValueError, match=rf"k has shape \({s},\), x has shape \({d},\)"):
            correlate1d(x, k, mode=mode)
        return
    before = {"valid": 0, "same": (s - 1) // 2, "full": s - 1}[mode]
    places = {"valid": d - s + 1, "same": d, "full": d + s - 1}[mode]
    got = correlate1d(x, k, mode=mode)
    assert len(got) == places
    assert_allclose(got, definition(x, k, before, places), **CLOSE)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even")
@given(lengths, lengths)
def test_same_is_torchs(d, s):
    x, k = normal(d), normal(s, 1)
    tensors = (torch.from_numpy(array)[None, None] for array in (x, k))
    expected = torch.nn.functional.conv1d(*tensors, padding="same")[0, 0].numpy()
    assert_allclose(correlate1d(x, k, mode="same"), expected, **CLOSE)


@given(lengths, lengths, st.sampled_from(MODES))
def test_modes_of_convolution_are_parts_of_full_and_scipys_in_two_dimensions(d, s, mode):
    x, k = normal(d), normal(s, 1)
    if mode == "valid" and s > d:
        with pytest.raises(ValueError, match=rf"k has shape \({s},\), x has shape \({d},\)"):
            convolve1d(x, k, mode=mode)
        return
    got, full = convolve1d(x, k, mode=mode), convolve1d(x, k)
    start = {"full": 0, "same": (s - 1) // 2, "valid": s - 1}[mode]
    assert_allclose(got, full[start : start + len(got)], **CLOSE)
    assert_allclose(got, scipy.signal.convolve2d(x[None], k[None], mode=mode)[0], **CLOSE)


@given(lengths, lengths)
def test_scipy_agrees_where_it_has_the_same_rule(d, s):
    x, k = normal(d), normal(s, 1)
    assert_allclose(correlate1d(x, k, mode="full"), scipy.signal.correlate(x, k), **CLOSE)
    assert_allclose(convolve1d(x, k), scipy.signal.convolve(x, k), **CLOSE)
    if s <= d:  # with a longer kernel scipy and NumPy exchange the two
        assert_allclose(correlate1d(x, k), scipy.signal.correlate(x, k, mode="valid"), **CLOSE)
        if s % 2:
            assert_allclose(
                correlate1d(x, k, mode="same"), scipy.signal.correlate(x, k, mode="same"), **CLOSE
            )


@pytest.mark.parametrize("other", [np.correlate, scipy.signal.correlate])
def test_the_others_put_the_odd_zero_of_same_at_the_start(other):
    x, k = np.array([1.0, 2, 3, 4]), np.array([1.0, 10])
    assert other(x, k, mode="same").tolist() == [10, 21, 32, 43]
    assert correlate1d(x, k, mode="same").tolist() == [21, 32, 43, 4]


@given(st.integers(1, 20), small, small, small)
def test_stride_and_dilation_are_their_definition_and_torchs(d, s, stride, dilation):
    x, k = normal(d), normal(s, 1)
    options = {"stride": stride, "dilation": dilation}
    if d < dilation * (s - 1) + 1:
        with pytest.raises(ValueError, match=r"does not fit|must fit into x"):
            strided_dilated1d(x, k, **options)
        return
    places = len(range(0, d - dilation * (s - 1), stride))
    got = strided_dilated1d(x, k, **options)
    assert_allclose(got, definition(x, k, 0, places, **options), **CLOSE)
    tensors = (torch.from_numpy(array)[None, None] for array in (x, k))
    expected = torch.nn.functional.conv1d(*tensors, **options)[0, 0].numpy()
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


def test_stride_and_dilation_by_hand():
    x, k = np.arange(8), np.array([1, 10, 100])
    assert strided_dilated1d(x, k, stride=3).tolist() == [210, 543]
    assert strided_dilated1d(x, k, dilation=3).tolist() == [630, 741]
    assert strided_dilated1d(x, k[:2], stride=2, dilation=3).tolist() == [30, 52, 74]
    assert_array_equal(strided_dilated1d(x, k), correlate1d(x, k))


# out_len --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        pytest.param((9, 4, "valid"), {}, 6, id="item44-valid"),
        pytest.param((9, 4, "same"), {}, 9, id="item44-same"),
        pytest.param((9, 4, "full"), {}, 12, id="item44-full"),
        pytest.param((12, 3, "same"), {"stride": 3}, 4, id="item45-strided"),
        pytest.param((13, 3, "same"), {"stride": 3}, 5, id="item45-strided-rounds-up"),
        pytest.param((13, 3, "valid"), {"stride": 3}, 4, id="item45-strided-valid"),
        pytest.param((12, 3, "same"), {"dilation": 2}, 12, id="item45-dilated"),
        pytest.param((12, 3, "valid"), {"dilation": 2}, 8, id="item45-dilated-valid"),
        pytest.param((227, 11, "valid"), {"stride": 4}, 55, id="item23"),
        pytest.param((224, 11, "valid"), {"stride": 4}, 54, id="item23-224"),
        pytest.param((9, 2, "valid"), {}, 8, id="item68"),
        pytest.param((11, 2, "valid"), {}, 10, id="item69"),
        pytest.param((8, 5, "valid"), {}, 4, id="item80"),
        pytest.param((32, 5, "valid"), {}, 28, id="item81"),
        pytest.param((7, 3, "valid"), {"stride": 1}, 5, id="item84-stride1"),
        pytest.param((7, 3, "valid"), {"stride": 2}, 3, id="item84-stride2"),
        pytest.param((7, 3, "valid"), {"stride": 3}, 2, id="item84-stride3"),
        pytest.param((28, 3, "valid"), {}, 26, id="item109"),
        pytest.param((5, 3, "valid"), {"stride": 2}, 2, id="item111"),
        pytest.param((7, 3, "valid"), {}, 5, id="item127"),
        pytest.param((7, 3, "full"), {}, 9, id="item129"),
        pytest.param((7, 4, "same"), {}, 7, id="item130"),
        pytest.param((7, 3, "valid"), {"stride": 2}, 3, id="item145"),
    ],
)
def test_length_of_the_lectures(arguments, options, expected):
    assert out_len(*arguments, **options) == expected


@given(st.integers(1, 20), st.integers(1, 6), st.sampled_from(MODES), small, small)
def test_length_counts_the_places(d, s, mode, stride, dilation):
    reach = dilation * (s - 1)
    before, after = {"valid": (0, 0), "same": (0, reach), "full": (reach, reach)}[mode]
    expected = len(range(-before, d + after - reach, stride))
    if expected < 1:
        with pytest.raises(ValueError, match="does not fit"):
            out_len(d, s, mode, stride=stride, dilation=dilation)
    else:
        assert out_len(d, s, mode, stride=stride, dilation=dilation) == expected
        if mode == "same":
            assert expected == -(-d // stride)


@given(lengths, lengths, st.sampled_from(MODES))
def test_length_is_that_of_the_result(d, s, mode):
    if mode != "valid" or s <= d:
        assert out_len(d, s, mode) == len(correlate1d(normal(d), normal(s), mode=mode))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((0, 3, "same"), {}, ValueError, "d is 0: it must be at least 1"),
        ((3, 0, "same"), {}, ValueError, "s is 0"),
        ((3, 3, "half"), {}, ValueError, "mode is 'half': it must be 'valid', 'same' or 'full'"),
        ((3, 4, "valid"), {}, ValueError, "The kernel does not fit"),
        ((3, 3, "same"), {"stride": 0}, ValueError, "stride is 0"),
        ((3, 3, "same"), {"dilation": 1.0}, TypeError, r"dilation is 1\.0"),
        ((3.0, 3, "same"), {}, TypeError, r"d is 3\.0: it must be an int"),
    ],
)
def test_length_refuses(arguments, options, error, message):
    with pytest.raises(error, match=message):
        out_len(*arguments, **options)


# best_alignment -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "template", "expected"),
    [
        pytest.param(*ITEM126, (1, 1.2), id="item126"),
        pytest.param([1, 2, 1, 2], [1, 2], (0, 5), id="the first of equal scores"),
        pytest.param([-1, -3, -2], [1], (0, -1), id="negative scores"),
        pytest.param([-9, 1, 2], [1], (2, 2), id="not the largest size"),
        pytest.param([0, 0, 7], [1, 0], (0, 0), id="only where it lies inside"),
        pytest.param([1, 2, 3], [1, 1, 1], (0, 6), id="one place"),
    ],
)
def test_alignment_by_hand(x, template, expected):
    index, score = best_alignment(np.array(x), np.array(template))
    assert type(index) is int
    assert type(score) is float
    assert index == expected[0]
    assert score == pytest.approx(expected[1], rel=1e-12)


@given(st.integers(1, 6), st.integers(0, 6))
def test_item125_a_template_moves_with_what_it_finds(s, shift):
    """The highest score stays the same wherever the pattern lies."""
    template = 1 + np.abs(normal(s))
    x = np.zeros(s + 6)
    x[shift : shift + s] = template
    assert best_alignment(x, template) == (shift, pytest.approx((template**2).sum()))


# Contract -------------------------------------------------------------------------------------

FUNCTIONS = [
    correlate1d,
    convolve1d,
    strided_dilated1d,
    lambda x, k: np.array(best_alignment(x, k)),
]
all_functions = pytest.mark.parametrize("function", FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS[:3])
@pytest.mark.parametrize(
    ("x_type", "k_type", "expected"),
    [
        ("float32", "float32", "float32"),
        ("float16", "float16", "float16"),
        ("float32", "float64", "float64"),
        ("uint8", "int8", "float64"),
        ("bool", "bool", "float64"),
        ("uint8", "float32", "float64"),
        (">f4", "float32", "float32"),
    ],
)
def test_dtype(function, x_type, k_type, expected):
    y = function(np.ones(5, x_type), np.ones(2, k_type))
    assert y.dtype == expected
    assert y.max() == 2


@all_functions
def test_small_integers_do_not_wrap(function):
    got = function(np.full(3, 255, np.uint8), np.full(2, -128, np.int8))
    assert got.min() == -2 * 255 * 128


@all_functions
def test_views_of_any_strides_and_read_only(function):
    x, k = normal(20)[::-3], normal(6, 1)[::2]
    x.flags.writeable = k.flags.writeable = False
    assert_array_equal(function(x, k), function(x.copy(), k.copy()))


@all_functions
def test_inputs_stay_and_the_result_is_new(function):
    x, k = np.arange(5.0), np.ones(1)
    y = function(x, k)
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(y, k)
    y[:] = 99
    assert_array_equal(x, np.arange(5))


@all_functions
@pytest.mark.parametrize(
    ("x", "k", "error", "message"),
    [
        ([], [1], ValueError, r"x has shape \(0,\): it is empty"),
        ([1, 2], [], ValueError, r"(k|template) has shape \(0,\): it is empty"),
        ([[1, 2]], [1], ValueError, r"x has shape \(1, 2\), 2 axes: it must have 1, \(d,\)"),
        ([1, 2], 3, ValueError, r"(k|template) has shape \(\), 0 axes: it must have 1, \(s,\)"),
        (["a"], [1], TypeError, "x has dtype <U1"),
        ([1, 2], [1j], TypeError, "(k|template) has dtype complex128: .* real"),
    ],
)
def test_operands_refused(function, x, k, error, message):
    with pytest.raises(error, match=message):
        function(np.array(x), np.array(k))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: correlate1d([1, 2], [1], mode="Valid"), ValueError, "mode is 'Valid'"),
        (lambda: convolve1d([1, 2], [1], mode="Full"), ValueError, "mode is 'Full'"),
        (
            lambda: best_alignment([1], [1, 2]),
            ValueError,
            r"template has shape \(2,\), x has shape \(1,\): .* template must fit",
        ),
        (lambda: strided_dilated1d([1, 2], [1, 2, 3]), ValueError, r"k has shape \(3,\), x has"),
        (
            lambda: strided_dilated1d([1, 2], [1, 2], dilation=2),
            ValueError,
            "size 2 .* a kernel of 2 with dilation 2 spans 3",
        ),
        (lambda: strided_dilated1d([1, 2], [1], stride=0), ValueError, "stride is 0"),
        (lambda: strided_dilated1d([1, 2], [1], stride=(1, 2)), TypeError, r"stride is \(1, 2\)"),
        (lambda: correlate1d([1, 2], [1], "same"), TypeError, "positional"),
    ],
)
def test_calls_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
