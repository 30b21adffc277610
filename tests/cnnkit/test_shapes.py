"""Sizes, counts and patches: known values, the definition counted out, and refusals."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnkit.shapes import (
    conv2d_shape,
    conv_macs,
    conv_params,
    out_size,
    pair,
    receptive_patch,
    same_padding,
)

# Numbers that the lectures give, by the number of the item.
LECTURE_SHAPES = [
    pytest.param((5, 5, 3), {"padding": 1}, (5, 5), id="item22-stride1"),
    pytest.param((5, 5, 3), {"padding": 1, "stride": 2}, (3, 3), id="item22-stride2"),
    pytest.param((227, 227, 11), {"stride": 4}, (55, 55), id="item23"),
    pytest.param((224, 224, 11), {"stride": 4}, (54, 54), id="item23-224"),
    pytest.param((224, 224, 11), {"stride": 4, "padding": 2}, (55, 55), id="item23-224-pad2"),
    pytest.param((5, 5, 3), {"stride": 2, "padding": 1}, (3, 3), id="item27"),
    pytest.param((12, 15, 3), {"stride": 3, "padding": "same"}, (4, 5), id="item45-strided"),
    pytest.param((13, 16, 3), {"stride": 3, "padding": "same"}, (5, 6), id="item45-ceil"),
    pytest.param((13, 16, 3), {"stride": 3}, (4, 5), id="item45-strided-valid"),
    pytest.param((12, 15, 3), {"dilation": 2, "padding": "same"}, (12, 15), id="item45-dilated"),
    pytest.param((12, 15, 3), {"dilation": 2}, (8, 11), id="item45-dilated-valid"),
    pytest.param((12, 15, 3), {"stride": 3}, (4, 5), id="item45-pool"),
    pytest.param((8, 8, 5), {}, (4, 4), id="item80"),
    pytest.param((32, 32, 5), {}, (28, 28), id="item81"),
    pytest.param((7, 7, 3), {}, (5, 5), id="item84-stride1"),
    pytest.param((7, 7, 3), {"stride": 2}, (3, 3), id="item84-stride2"),
    pytest.param((7, 7, 3), {"stride": 3}, (2, 2), id="item84-stride3-floors"),
    pytest.param((7, 7, 3), {"padding": 1}, (7, 7), id="item85"),
    pytest.param((28, 28, 5), {}, (24, 24), id="item90-conv"),
    pytest.param((24, 24, 3), {"stride": 3}, (8, 8), id="item90-pool"),
    pytest.param((5, 5, 3), {"stride": 2}, (2, 2), id="item111"),
    pytest.param((7, 7, 3), {"stride": 2}, (3, 3), id="item145"),
]


@pytest.mark.parametrize(("sizes", "options", "expected"), LECTURE_SHAPES)
def test_shape_of_the_lectures(sizes, options, expected):
    assert conv2d_shape(*sizes, **options) == expected


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        pytest.param((3, 1, 5), {"bias": False}, 75, id="item17"),
        pytest.param((3, 96, 11), {}, 34_944, id="item24"),
        pytest.param((3, 96, 11), {"bias": False}, 34_848, id="item24-weights"),
        pytest.param((3, 1, 11), {}, 364, id="item23-one-place"),
        pytest.param((3, 96, 11), {"out_hw": (55, 55)}, 105_705_600, id="item23-untied"),
        pytest.param(
            (3, 96, 11), {"out_hw": 55, "bias": False}, 105_415_200, id="item23-untied-weights"
        ),
        pytest.param((3, 2, 3), {}, 3 * 3 * 3 * 2 + 2, id="item26"),
        pytest.param((3, 2, 3), {}, 56, id="item27"),
        pytest.param((3, 6, 5), {}, 456, id="item81-six-filters"),
        pytest.param((1, 32, 5), {}, 832, id="item90"),
        pytest.param((32, 64, 5), {}, 51_264, id="item90-second"),
        pytest.param((2, 5, (3, 4)), {"out_hw": (6, 7)}, (2 * 12 + 1) * 5 * 42, id="non-square"),
    ],
)
def test_parameters(arguments, options, expected):
    assert conv_params(*arguments, **options) == expected


@pytest.mark.parametrize("bias", ["no", None, 2])
def test_a_bias_is_there_or_not(bias):
    with pytest.raises(TypeError, match=f"bias is {bias!r}: it must be True or False"):
        conv_params(3, 4, 3, bias=bias)


def test_sharing_saves_a_factor_of_the_places_item24():
    assert conv_params(3, 96, 11, out_hw=(55, 55)) == 3025 * conv_params(3, 96, 11)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param((1, 32, 5, (24, 24)), 460_800, id="item90"),
        pytest.param((32, 64, 5, (4, 4)), 819_200, id="item90-second"),
        pytest.param((2, 5, (3, 4), (6, 7)), 2 * 5 * 12 * 42, id="non-square"),
    ],
)
def test_products(arguments, expected):
    assert conv_macs(*arguments) == expected


@pytest.mark.parametrize(
    ("kernel", "dilation", "expected"),
    [
        pytest.param(3, 1, ((1, 1), (1, 1)), id="item85-3"),
        pytest.param(5, 1, ((2, 2), (2, 2)), id="item85-5"),
        pytest.param(7, 1, ((3, 3), (3, 3)), id="item85-7"),
        pytest.param((4, 3), 1, ((1, 2), (1, 1)), id="even: the odd zero at the end"),
        pytest.param((2, 4), 3, ((1, 2), (4, 5)), id="even and dilated"),
        pytest.param((3, 5), (3, 2), ((3, 3), (4, 4)), id="two dilations"),
        pytest.param(1, 4, ((0, 0), (0, 0)), id="one tap"),
    ],
)
def test_same_padding(kernel, dilation, expected):
    assert same_padding(kernel, dilation=dilation) == expected


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(1, 4))
def test_same_padding_splits_as_torch(kh, kw, dh, dw):
    layer = torch.nn.Conv2d(1, 1, (kh, kw), dilation=(dh, dw), padding="same")
    left, right, top, bottom = layer._reversed_padding_repeated_twice
    assert same_padding((kh, kw), dilation=(dh, dw)) == ((top, bottom), (left, right))


sizes = st.integers(1, 16)
kernels, small = st.tuples(*[st.integers(1, 5)] * 2), st.tuples(*[st.integers(1, 3)] * 2)
paddings = st.tuples(*[st.integers(0, 4)] * 2)


def places(n, k, s, p, d):
    """Count the starts of a window, one by one."""
    starts = range(-p, n + p, s)
    return sum(start + d * (k - 1) < n + p for start in starts)


@given(sizes, sizes, kernels, small, paddings, small)
def test_shape_counts_the_windows(H, W, kernel, stride, padding, dilation):
    expected = tuple(map(places, (H, W), kernel, stride, padding, dilation))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if min(expected) < 1:
        with pytest.raises(ValueError, match="does not fit"):
            conv2d_shape(H, W, kernel, **options)
    else:
        assert conv2d_shape(H, W, kernel, **options) == expected


@given(sizes, sizes, kernels, small, small)
def test_same_is_the_padding_of_same_padding(H, W, kernel, stride, dilation):
    (top, bottom), (left, right) = same_padding(kernel, dilation=dilation)
    expected = (
        out_size(H + top + bottom, kernel[0], stride[0], 0, dilation[0]),
        out_size(W + left + right, kernel[1], stride[1], 0, dilation[1]),
    )
    got = conv2d_shape(H, W, kernel, stride=stride, padding="same", dilation=dilation)
    assert got == expected == (-(-H // stride[0]), -(-W // stride[1]))


@given(sizes, sizes, kernels, small, small)
def test_valid_is_padding_0(H, W, kernel, stride, dilation):
    assume(min(map(places, (H, W), kernel, stride, (0, 0), dilation)) > 0)
    options = {"stride": stride, "dilation": dilation}
    expected = conv2d_shape(H, W, kernel, padding=0, **options)
    assert conv2d_shape(H, W, kernel, padding="valid", **options) == expected


@given(sizes, sizes, kernels, small, paddings, small, st.data())
def test_patch_holds_the_taps_inside(H, W, kernel, stride, padding, dilation, data):
    counts = tuple(map(places, (H, W), kernel, stride, padding, dilation))
    assume(min(counts) > 0)
    i, j = (data.draw(st.integers(0, count - 1)) for count in counts)
    patch = receptive_patch(i, j, (H, W), kernel, stride=stride, padding=padding, dilation=dilation)
    x = np.arange(H * W).reshape(H, W)
    rows, columns = (
        [t for t in (place * s - p + d * u for u in range(k)) if 0 <= t < n]
        for place, s, p, d, k, n in zip(
            (i, j), stride, padding, dilation, kernel, (H, W), strict=True
        )
    )
    np.testing.assert_array_equal(x[patch], x[np.ix_(rows, columns)])


@pytest.mark.parametrize(
    ("place", "in_hw", "kernel", "options", "expected"),
    [
        pytest.param(
            (1, 2), (5, 5), 3, {"padding": 1}, (slice(0, 3, 1), slice(1, 4, 1)), id="item108"
        ),
        pytest.param((0, 2), (5, 5), 3, {}, (slice(0, 3, 1), slice(2, 5, 1)), id="item109"),
        pytest.param(
            (0, 4), (5, 5), 3, {"padding": 1}, (slice(0, 2, 1), slice(3, 5, 1)), id="both borders"
        ),
        pytest.param(
            (0, 0),
            (5, 9),
            3,
            {"padding": 2, "dilation": 3},
            (slice(1, 5, 3), slice(1, 5, 3)),
            id="dilation keeps its phase",
        ),
        pytest.param(
            (0, 0), (5, 5), (3, 4), {"padding": "same"}, (slice(0, 2, 1), slice(0, 3, 1)), id="same"
        ),
        pytest.param(
            (0, 0), (3, 3), 1, {"padding": 1}, (slice(0, 0, 1), slice(0, 0, 1)), id="only padding"
        ),
    ],
)
def test_patch(place, in_hw, kernel, options, expected):
    assert receptive_patch(*place, in_hw, kernel, **options) == expected


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((3, 0), r"i is 3: the output has 3 rows, 0 to 2\."),
        ((0, 5), r"j is 5: the output has 5 columns, 0 to 4\."),
        ((-1, 0), r"i is -1: it must be at least 0\."),
    ],
)
def test_patch_of_no_place(place, message):
    with pytest.raises(ValueError, match=message):
        receptive_patch(*place, (5, 7), 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, (3, 3)), ((2, 3), (2, 3)), ([2, 3], (2, 3)), (np.int32(4), (4, 4))],
)
def test_pair(value, expected):
    got = pair(value, "stride", 1)
    assert got == expected
    assert [type(number) for number in got] == [int, int]


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, ValueError, r"stride is 0: it must be at least 1\."),
        ((1, 0), ValueError, r"a number in stride is 0: it must be at least 1\."),
        ((1, 2, 3), ValueError, r"stride is \(1, 2, 3\): a pair has two numbers"),
        ((), ValueError, "a pair has two numbers"),
        (1.0, TypeError, r"stride is 1\.0: it must be an int or a pair of ints"),
        (True, TypeError, r"stride is True: it must be an int or a pair"),
        (np.True_, TypeError, r"it must be an int or a pair"),
        ("2", TypeError, r"stride is '2': it must be an int or a pair"),
        (None, TypeError, "stride is None"),
        ((1, 2.0), TypeError, r"a number in stride is 2\.0: it must be an int\."),
        ((1, False), TypeError, "a number in stride is False"),
    ],
)
def test_pair_refuses(value, error, message):
    with pytest.raises(error, match=message):
        pair(value, "stride", 1)


@pytest.mark.parametrize(
    ("option", "bad"),
    [("stride", 0), ("padding", -1), ("dilation", (1, 0)), ("kernel", 0), ("padding", "full")],
)
def test_shape_refuses_options(option, bad):
    options = {"kernel": 3, option: bad}
    with pytest.raises(ValueError, match=f"{option} is "):
        conv2d_shape(9, 8, **options)


def test_padding_0_is_allowed_and_a_bool_is_not():
    assert conv2d_shape(4, 5, 3, padding=0) == (2, 3)
    with pytest.raises(TypeError, match="padding is True"):
        conv2d_shape(4, 5, 3, padding=True)


@pytest.mark.parametrize("padding", ["same", "valid", 0])
def test_shape_refuses_a_size_that_is_no_int(padding):
    with pytest.raises(TypeError, match=r"is 7\.0: it must be an int"):
        conv2d_shape(7.0, 7, 3, padding=padding)


def test_a_kernel_that_does_not_fit_is_told_with_its_numbers():
    message = (
        r"The kernel does not fit: size 4 with padding 1 on both sides gives 6, "
        r"a kernel of 4 with dilation 2 spans 7\."
    )
    with pytest.raises(ValueError, match=message):
        conv2d_shape(9, 4, (3, 4), padding=1, dilation=2)


@pytest.mark.parametrize("function", [conv_params, lambda *a: conv_macs(*a, (4, 5))])
@pytest.mark.parametrize("arguments", [(0, 2, 3), (2, 0, 3), (2, 2, 0)])
def test_counts_refuse_nothing_at_all(function, arguments):
    with pytest.raises(ValueError, match="is 0: it must be at least 1"):
        function(*arguments)


@pytest.mark.parametrize(
    "count", [lambda: conv_params(2, 3, 3, out_hw=0), lambda: conv_macs(2, 3, 3, 0)]
)
def test_counts_refuse_an_empty_output(count):
    with pytest.raises(ValueError, match="out_hw is 0"):
        count()
