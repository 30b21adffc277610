"""Images as arrays: values by hand, the lectures' numbers, oracles, the contract, refusals."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.images import (
    equivariance_error,
    flatten_batch,
    histogram,
    linear_scores,
    permute_pixels,
    predict,
    quantize,
    rescale,
    shift2d,
    to_nchw,
    to_nhwc,
    validate_image,
)


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def numbered(*shape):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


# quantize -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "values", "expected"),
    [
        pytest.param(256, [0, 1, 0.5], [0, 255, 128], id="item59-8-bits"),
        pytest.param(2, [0, 0.49, 0.5, 1], [0, 0, 255, 255], id="a half goes up"),
        # k = floor(15 x + 1/2) is 0, 1, 3 (from 2.5), 5 and 15, each worth 17
        pytest.param(16, [0, 1 / 15, 1 / 6, 1 / 3, 1], [0, 17, 51, 85, 255], id="16 levels"),
        pytest.param(3, [0.5], [128], id="127.5 goes up"),
        pytest.param(256, [-3, -0.0, 1.001, np.inf, -np.inf], [0, 0, 255, 255, 0], id="clipped"),
    ],
)
def test_quantize_by_hand(levels, values, expected):
    got = quantize(np.array([values], float), levels=levels)
    assert got.dtype == np.uint8
    assert_array_equal(got, [expected])


@given(st.integers(2, 256), st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=9))
def test_quantize_is_its_formula(levels, values):
    def value(x):
        k = floor(min(max(x, 0.0), 1.0) * (levels - 1) + 0.5)
        return floor(Fraction(255 * k, levels - 1) + Fraction(1, 2))

    expected = [value(x) for x in values]
    assert_array_equal(quantize(np.array(values), levels=levels), expected)


@given(st.integers(2, 256))
def test_quantize_gives_so_many_levels_and_keeps_them(levels):
    got = quantize(np.linspace(0, 1, 4001), levels=levels)
    assert len(np.unique(got)) == levels
    assert got[0] == 0
    assert got[-1] == 255
    assert_array_equal(quantize(got / 255, levels=levels), got)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8"])
def test_quantize_reads_any_floats_and_views(dtype):
    img = np.linspace(0, 1, 24).reshape(4, 6).astype(dtype)[::-1, ::2]
    img.flags.writeable = False
    assert_array_equal(quantize(img), np.floor(img.astype(float) * 255 + 0.5))


@pytest.mark.parametrize(
    ("img", "levels", "error", "message"),
    [
        ([[0.1, np.nan]], 256, ValueError, r"img, of shape \(1, 2\), has a NaN at \[0, 1\]"),
        ([[0.1]], 1, ValueError, "levels is 1: it must be at least 2"),
        ([[0.1]], 257, ValueError, "levels is 257: 8 bits hold at most 256"),
        ([[0.1]], 16.0, TypeError, r"levels is 16\.0: it must be an int"),
        ([[7]], 16, TypeError, r"img has dtype int64: it must hold floats in 0\.\.1"),
        ([[1j]], 16, TypeError, "img has dtype complex128"),
        ([["a"]], 16, TypeError, "img has dtype <U1"),
    ],
)
def test_quantize_refuses(img, levels, error, message):
    with pytest.raises(error, match=message):
        quantize(np.array(img), levels=levels)


# rescale --------------------------------------------------------------------------------------

ITEM118 = np.array([[255, 255, 127], [255, 127, 0], [192, 0, 62]], np.uint8)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param("unit", {192: 0.753, 62: 0.243, 255: 1, 127: 0.498, 0: 0}, id="item118-unit"),
        pytest.param("signed", {192: 0.506, 62: -0.514, 255: 1, 0: -1}, id="item118-signed"),
    ],
)
def test_rescale_of_the_lecture(mode, expected):
    got = rescale(ITEM118, mode)
    assert got.dtype == np.float32
    for level, value in expected.items():
        assert_allclose(got[level == ITEM118], value, atol=5e-4)


@pytest.mark.parametrize("mode", ["unit", "signed"])
def test_rescale_every_level(mode):
    x = np.arange(256, dtype=np.uint8)
    expected = [level / 255 if mode == "unit" else level / 127.5 - 1 for level in range(256)]
    assert_allclose(rescale(x, mode), expected, rtol=1e-6, atol=1e-7)
    assert rescale(x, mode)[255] == 1


def test_item98_images_for_a_dense_net():
    X = rescale(flatten_batch(pixels(6, 28, 28)), "unit")
    assert X.shape == (6, 784)
    assert X.dtype == np.float32
    assert 0 <= X.min() < X.max() <= 1


def test_standard_has_mean_0_and_std_1():
    got = rescale(pixels(4, 3, 9, 8), "standard").astype(float)
    assert_allclose([got.mean(), got.std()], [0, 1], atol=1e-6)


def test_standard_by_hand():
    # x / 255 is 0, 0.2, 1: mean 0.4, variance (0.16 + 0.04 + 0.36) / 3
    expected = (np.array([0, 0.2, 1]) - 0.4) / (0.56 / 3) ** 0.5
    assert_allclose(rescale(np.array([0, 51, 255], np.uint8), "standard"), expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5), (2, 2, 3, 3, 3)])
def test_standard_by_channel(shape):
    x, mean, std = pixels(*shape), [0.1, 0.5, 0.9], [1, 0.25, 2]
    got = rescale(x, "standard", mean=mean, std=np.array(std))
    for c in range(3):
        channel = (..., c, slice(None), slice(None))
        expected = (x[channel] / 255 - mean[c]) / std[c]
        assert_allclose(got[channel], expected, rtol=1e-5, atol=1e-6)


def test_mean_and_std_each_default_to_the_whole_array():
    x = pixels(2, 3, 4, 5)
    unit = x / 255
    assert_allclose(
        rescale(x, "standard", mean=0.25), (unit - 0.25) / unit.std(), rtol=1e-5, atol=1e-6
    )
    assert_allclose(
        rescale(x, "standard", std=0.25), (unit - unit.mean()) / 0.25, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("shape", [(1,), (3, 7), (2, 3, 11, 13)])
def test_a_picture_of_one_level_has_no_deviation(shape):
    """The rounding of a mean must not become a deviation, by which one would divide."""
    for level in range(256):
        got = rescale(np.full(shape, level, np.uint8), "standard")
        assert_allclose(got, np.zeros(shape), atol=1e-6)


def test_a_std_of_0_counts_as_1():
    x = np.full((2, 2, 3, 4), 51, np.uint8)
    assert_allclose(rescale(x, "standard"), np.zeros(x.shape), atol=1e-7)
    got = rescale(x, "standard", mean=[0, 0], std=[0, 0.5])
    assert_allclose(got[:, 0], 0.2, rtol=1e-6)
    assert_allclose(got[:, 1], 0.4, rtol=1e-6)


@pytest.mark.parametrize("mode", ["unit", "signed", "standard"])
def test_rescale_of_nothing(mode):
    got = rescale(np.zeros((0, 3, 4, 5), np.uint8), mode)
    assert got.shape == (0, 3, 4, 5)
    assert got.dtype == np.float32


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (np.zeros(3), {"mode": "unit"}, TypeError, "x has dtype float64: .* dtype uint8"),
        (np.zeros(3, int), {"mode": "unit"}, TypeError, "x has dtype int64"),
        (pixels(3), {"mode": "norm"}, ValueError, "mode is 'norm': .* 'unit', 'signed' or 'stand"),
        (pixels(3), {"mode": None}, ValueError, "mode is None"),
        (pixels(3), {"mode": "unit", "mean": 1}, ValueError, "belong to mode 'standard', not to"),
        (
            pixels(2, 3, 4, 4),
            {"mode": "standard", "mean": [1, 2, 3, 4]},
            ValueError,
            r"mean has shape \(4,\), x has shape \(2, 3, 4, 4\)",
        ),
        (pixels(3, 3), {"mode": "standard", "std": [1, 2, 3]}, ValueError, "std has shape"),
        (pixels(3), {"mode": "standard", "std": -1}, ValueError, r"std is -1\.0: .* at least 0"),
        (pixels(3), {"mode": "standard", "mean": np.nan}, ValueError, "mean is nan: .* finite"),
        (pixels(3), {"mode": "standard", "mean": "a"}, TypeError, "mean has dtype <U1"),
    ],
)
def test_rescale_refuses(x, options, error, message):
    with pytest.raises(error, match=message):
        rescale(x, **options)


# histogram ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 255), max_size=30))
def test_item59_histogram_counts(values):
    got = histogram(np.array(values, np.uint8))
    assert_array_equal(got, [values.count(level) for level in range(256)])
    assert got.dtype == np.int64


def test_histogram_of_a_view_and_of_floats():
    x = pixels(6, 8)
    assert_array_equal(histogram(x.T[::2]), np.bincount(x[:, ::2].ravel(), minlength=256))
    with pytest.raises(TypeError, match="x has dtype float64"):
        histogram(x / 255)


# Axes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "layout", "expected"),
    [
        pytest.param((3, 4), "HW", None, id="item117-one"),
        pytest.param((2, 3, 4), "NHW", (2, 1, 3, 4), id="item117-many"),
        pytest.param((4, 5, 3), "HWC", (1, 3, 4, 5), id="item119-one"),
        pytest.param((2, 4, 5, 3), "NHWC", (2, 3, 4, 5), id="item120"),
        pytest.param((0, 4, 5, 3), "NHWC", (0, 3, 4, 5), id="no image"),
    ],
)
def test_to_nchw_moves_every_pixel(shape, layout, expected):
    x = numbered(*shape).astype(np.int16)
    if expected is None:
        with pytest.raises(ValueError, match="layout is 'HW': it must be 'NHWC', 'HWC' or 'NHW'"):
            to_nchw(x, layout=layout)
        return
    got = to_nchw(x, layout=layout)
    assert got.shape == expected
    assert got.dtype == np.int16
    for n, c, i, j in np.ndindex(expected):
        place = {"N": n, "C": c, "H": i, "W": j}
        assert got[n, c, i, j] == x[tuple(place[axis] for axis in layout)]


def test_item120_is_torchs_permute():
    x = pixels(2, 4, 5, 3)
    expected = torch.from_numpy(x).permute(0, 3, 1, 2).numpy()
    assert_array_equal(to_nchw(x), expected)
    assert_array_equal(to_nhwc(expected), x)


def test_item119_purple_stays_a_pixel():
    x = np.array([[[240, 10, 200], [255, 255, 255], [0, 0, 0]]], np.uint8)
    got = to_nchw(x, layout="HWC")
    assert_array_equal(got[0, :, 0, 0], [240, 10, 200])


@pytest.mark.parametrize("convert", [to_nchw, to_nhwc])
def test_axes_of_views(convert):
    x = numbered(6, 4, 5, 6)[::-2, :, ::2].swapaxes(1, 3)
    x.flags.writeable = False
    assert_array_equal(convert(x), convert(np.ascontiguousarray(x)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_nchw(np.zeros((2, 3, 4))), r"x has shape \(2, 3, 4\), 3 axes: .* \(N, H, W, C"),
        (lambda: to_nchw(np.zeros((2, 3)), layout="HWC"), r"2 axes: it must have 3, \(H, W, C\)"),
        (lambda: to_nhwc(np.zeros((2, 3, 4))), r"3 axes: it must have 4, \(N, C, H, W\)"),
        (lambda: to_nchw(np.zeros((2, 3, 4)), layout="CHW"), "layout is 'CHW'"),
        (lambda: flatten_batch(np.zeros(784)), r"x has shape \(784,\), 1 axis: .* at least 2"),
    ],
)
def test_axes_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param((4, 200, 200), (4, 40_000), id="item62-grey"),
        pytest.param((1, 3, 200, 200), (1, 120_000), id="item62-colour"),
        pytest.param((2, 32, 32, 3), (2, 3_072), id="item2"),
        pytest.param((5, 28, 28), (5, 784), id="item98"),
        pytest.param((2, 7, 6, 5), (2, 210), id="item151"),
        pytest.param((0, 3, 4), (0, 12), id="no image"),
        pytest.param((1, 9), (1, 9), id="flat already"),
        pytest.param((2, 2, 3, 1, 2), (2, 12), id="five axes"),
        pytest.param((2, 0, 3), (2, 0), id="empty images"),
    ],
)
def test_flatten(shape, expected):
    x = numbered(*shape)
    got = flatten_batch(x)
    assert got.shape == expected
    assert_array_equal(got.ravel(), x.ravel())


def test_item121_flatten_goes_row_by_row():
    rows = flatten_batch(np.stack([ITEM118, ITEM118]))
    assert rows.tolist() == [[255, 255, 127, 255, 127, 0, 192, 0, 62]] * 2


def test_flatten_follows_the_axes_not_the_memory():
    x = numbered(2, 3, 4).astype(np.float16).transpose(0, 2, 1)
    assert flatten_batch(x)[0].tolist() == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]
    assert flatten_batch(x).dtype == np.float16
    assert_array_equal(flatten_batch(np.asfortranarray(x)), flatten_batch(x))


# validate_image -------------------------------------------------------------------------------

# The picture of the lecture as its source publishes it, and what a transcription made of it.
LINCOLN = [
    [157, 153, 174, 168, 150, 152, 129, 151, 172, 161, 155, 156],
    [155, 182, 163, 74, 75, 62, 33, 17, 110, 210, 180, 154],
    [180, 180, 50, 14, 34, 6, 10, 33, 48, 106, 159, 181],
    [206, 109, 5, 124, 131, 111, 120, 204, 166, 15, 56, 180],
    [194, 68, 137, 251, 237, 239, 239, 228, 227, 87, 71, 201],
]


def damaged(changes, lost=()):
    rows = [list(row) for row in LINCOLN]
    for (i, j), value in changes.items():
        rows[i][j] = value
    for i, j in lost:
        del rows[i][j]
    return rows


IN_RANGE = {(1, 6): 83, (2, 4): 84, (2, 9): 105}  # damage that no range check can find


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(LINCOLN, [], id="item60-sound"),
        pytest.param(
            damaged({**IN_RANGE, (4, 4): 297, (4, 5): 299, (4, 6): 299}),
            [(4, 4, "range"), (4, 5, "range"), (4, 6, "range")],
            id="item60-three-of-the-damaged",
        ),
        pytest.param(damaged({}, lost=[(1, 4)]), [(1, -1, "ragged")], id="item60-a-lost-number"),
        pytest.param([[0, -1], [256, 255]], [(0, 1, "range"), (1, 0, "range")], id="both limits"),
        pytest.param([[1, 2.0], [3, 4]], [(0, 1, "type")], id="a float"),
        pytest.param([[True, None], ["3", [4]]], [(0, 0), (0, 1), (1, 0), (1, 1)], id="types"),
        pytest.param([[1, np.nan], [3, 4]], [(0, 1, "type")], id="NaN"),
        pytest.param([[1, 2], 3, "45"], [(1, -1, "type"), (2, -1, "type")], id="no rows"),
        pytest.param(
            [[1, 2], [300, 4, 5], [6, 7]],
            [(1, -1, "ragged"), (1, 0, "range")],
            id="sorted, and every defect of a row",
        ),
        pytest.param([[1], [1, 2], [3, 4]], [(0, -1, "ragged")], id="the first may be wrong"),
        pytest.param([[1], [2, 3]], [(1, -1, "ragged")], id="as frequent: the first counts"),
        pytest.param([[], [2]], [(1, -1, "ragged")], id="an empty row counts as a length"),
        pytest.param(((1, 2), (3, 4)), [], id="tuples"),
        pytest.param(pixels(2, 3), [], id="array"),
        pytest.param(np.zeros((1, 2)), [(0, 0, "type"), (0, 1, "type")], id="array of floats"),
        pytest.param([np.array(3)], [(0, -1, "type")], id="array of no axis"),
    ],
)
def test_validate(rows, expected):
    expected = [(*place, "type") if len(place) == 2 else place for place in expected]
    assert validate_image(rows) == expected


def test_validate_with_other_limits():
    rows = [[-1, 0, 1], [2, -2, 0]]
    assert validate_image(rows, low=-1, high=1) == [(1, 0, "range"), (1, 1, "range")]
    assert validate_image(rows, low=-2, high=2) == []


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_validate_finds_what_was_broken(H, W, data):
    rows = pixels(H, W).tolist()
    broken = data.draw(
        st.dictionaries(
            st.tuples(st.integers(0, H - 1), st.integers(0, W - 1)),
            st.sampled_from([(256, "range"), (-1, "range"), (0.5, "type"), (False, "type")]),
        )
    )
    for (i, j), (value, _) in broken.items():
        rows[i][j] = value
    expected = sorted((i, j, code) for (i, j), (_, code) in broken.items())
    assert validate_image(rows) == expected


@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        ([], {}, ValueError, "here are 0 rows and none"),
        ([[], []], {}, ValueError, "An image has at least one value; here are 2 rows and none"),
        (7, {}, TypeError, "rows is of type int: it must be a list of lists"),
        ("12", {}, TypeError, "rows is of type str"),
        ([[1]], {"low": 3, "high": 2}, ValueError, "low is 3, high is 2"),
        ([[1]], {"low": 0.0}, TypeError, r"low is 0\.0: it must be an int"),
        ([[1]], {"high": True}, TypeError, "high is True"),
    ],
)
def test_validate_refuses(rows, options, error, message):
    with pytest.raises(error, match=message):
        validate_image(rows, **options)


# Templates ------------------------------------------------------------------------------------


def test_scores_by_hand():
    got = linear_scores([[1, 2, 3], [0, 1, 0]], [[1, 0, -1], [2, 2, 2]], [0.5, -1])
    assert_array_equal(got, [[-1.5, 11], [0.5, 1]])


@given(st.integers(0, 4), st.integers(1, 5), st.integers(1, 6))
def test_scores_are_torchs(N, K, D):
    X, W, b = normal(N, D), normal(K, D, seed=1), normal(K, seed=2)
    expected = torch.nn.functional.linear(*map(torch.from_numpy, (X, W, b))).numpy()
    assert_allclose(linear_scores(X, W, b), expected, rtol=1e-12, atol=1e-12)
    got = predict(X, W, b)
    assert got.shape == (N,)
    assert got.dtype == np.int64
    assert_array_equal(got, expected.argmax(axis=1))


def test_uint8_scores_do_not_wrap():
    X = np.full((1, 4), 255, np.uint8)
    assert linear_scores(X, X).tolist() == [[4 * 255.0 * 255]]


@pytest.mark.parametrize(
    ("x_type", "w_type", "expected"),
    [
        ("float32", "float32", "float32"),
        ("uint8", "float32", "float64"),
        ("uint8", "uint8", "float64"),
        ("bool", "bool", "float64"),
        (">f4", ">f4", "float32"),
    ],
)
def test_dtype_of_scores(x_type, w_type, expected):
    X, W = np.ones((2, 3), x_type), np.ones((4, 3), w_type)
    for b in (None, np.ones(4, w_type)):
        assert linear_scores(X, W, b).dtype == expected


def test_ties_go_to_the_lowest_class():
    assert predict(np.ones((2, 2)), np.ones((3, 2)), [0, 0, 0]).tolist() == [0, 0]
    assert predict(np.ones((1, 2)), np.ones((3, 2)), [0, 1, 1]).tolist() == [1]


def test_item123_a_shift_changes_the_class():
    """Two templates, a bar in column 1 and one in column 2: the picture of either, moved."""
    bars = np.zeros((2, 3, 4))
    bars[0, :, 1] = bars[1, :, 2] = 1
    W, b = flatten_batch(bars), np.zeros(2)
    assert predict(flatten_batch(bars), W, b).tolist() == [0, 1]
    assert predict(flatten_batch(shift2d(bars, 0, 1))[:1], W, b).tolist() == [1]
    assert predict(flatten_batch(shift2d(bars, 0, -1))[1:], W, b).tolist() == [0]


@pytest.mark.parametrize(
    ("X", "W", "b", "message"),
    [
        ((2, 3), (4, 5), (4,), r"W has shape \(4, 5\), X has shape \(2, 3\): a template has 5"),
        ((2, 3), (4, 3), (3,), r"b has shape \(3,\), W has shape \(4, 3\), 4 classes: .* \(4,\)"),
        ((2, 3), (1, 3), (2,), "1 class: b must"),
        ((2, 3), (4, 3), (4, 1), r"b has shape \(4, 1\)"),
        ((3,), (4, 3), (4,), r"X has shape \(3,\), 1 axis: it must have 2, \(N, D\)"),
        ((2, 3), (3,), (1,), r"W has shape \(3,\), 1 axis: it must have 2, \(K, D\)"),
        ((2, 3), (0, 3), (0,), r"W has shape \(0, 3\): there is no class"),
    ],
)
def test_templates_refuse(X, W, b, message):
    with pytest.raises(ValueError, match=message):
        predict(np.zeros(X), np.zeros(W), np.zeros(b))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("dtype", [object, complex])
def test_templates_want_real_numbers(place, dtype):
    operands = [np.zeros((1, 2)), np.zeros((3, 2)), np.zeros(3)]
    operands[place] = operands[place].astype(dtype)
    with pytest.raises(TypeError, match=f"{'XWb'[place]} has dtype"):
        linear_scores(*operands)


# Moves ----------------------------------------------------------------------------------------

shifts = st.integers(-7, 7)


@given(st.integers(0, 4), st.integers(0, 5), shifts, shifts, st.sampled_from(["zero", "wrap"]))
def test_shift_pixel_by_pixel(H, W, rows, cols, mode):
    x = 1 + numbered(2, H, W).astype(np.int16)
    expected = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        to = i + rows, j + cols
        if mode == "wrap":
            to = to[0] % H, to[1] % W
        if 0 <= to[0] < H and 0 <= to[1] < W:
            expected[:, to[0], to[1]] = x[:, i, j]
    got = shift2d(x, rows, cols, mode=mode)
    assert got.dtype == np.int16
    assert_array_equal(got, expected)


def test_shift_is_down_and_right_and_brings_zeros():
    x = [[1, 2, 3], [4, 5, 6]]
    assert shift2d(x, 1, 0).tolist() == [[0, 0, 0], [1, 2, 3]]
    assert shift2d(x, 0, 1).tolist() == [[0, 1, 2], [0, 4, 5]]
    assert shift2d(x, -1, -2, mode="wrap").tolist() == [[6, 4, 5], [3, 1, 2]]
    assert not shift2d(x, 2, 0).any()
    assert not shift2d(x, 0, -3).any()


@given(st.permutations(range(12)), st.sampled_from([(3, 4), (2, 3, 4), (2, 3, 3, 4), (0, 1, 3, 4)]))
def test_permute_and_back(perm, shape):
    perm = np.array(perm)
    X = numbered(*shape).astype(np.int16)
    got = permute_pixels(X, perm)
    assert got.dtype == np.int16
    flat, moved = X.reshape(-1, 12), got.reshape(-1, 12)
    for i in range(12):
        assert_array_equal(moved[:, i], flat[:, perm[i]])
    assert_array_equal(permute_pixels(got, np.argsort(perm)), X)


def test_permute_is_one_permutation_for_all():
    X = np.broadcast_to(numbered(3, 4), (5, 2, 3, 4))
    got = permute_pixels(X, np.random.default_rng(0).permutation(12))
    assert (got == got[:1, :1]).all()
    assert not (got == X).all()


@pytest.mark.parametrize(
    ("perm", "error", "message"),
    [
        ([0, 1, 2], ValueError, r"perm has shape \(3,\), X has shape \(1, 2, 2\): .* 0 to 3 once"),
        ([0, 1, 2, 2], ValueError, "each number from 0 to 3 once"),
        ([0, 1, 2, -1], ValueError, "each number from 0 to 3 once"),
        ([[0, 1], [2, 3]], ValueError, r"perm has shape \(2, 2\), 2 axes"),
        ([0.0, 1, 2, 3], TypeError, "perm has dtype float64: it must hold ints"),
    ],
)
def test_permute_refuses(perm, error, message):
    with pytest.raises(error, match=message):
        permute_pixels(np.zeros((1, 2, 2)), perm)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shift2d(np.zeros(4), 1, 1), ValueError, r"x has shape \(4,\), 1 axis: .* least 2"),
        (lambda: shift2d(np.eye(2), 1.0, 1), TypeError, r"rows is 1\.0: it must be an int"),
        (lambda: shift2d(np.eye(2), 1, True), TypeError, "cols is True: it must be an int"),
        (lambda: shift2d(np.eye(2), 1, 1, mode="edge"), ValueError, "mode is 'edge': .* or 'wrap'"),
        (lambda: permute_pixels(np.zeros(4), range(4)), ValueError, "X has shape"),
        (
            lambda: equivariance_error(np.ravel, np.eye(2), 1, 1),
            ValueError,
            r"x has shape \(4,\), 1 axis",
        ),
        (
            lambda: equivariance_error(np.square, np.eye(2), 1, 1, stride=0),
            ValueError,
            "stride is 0",
        ),
        (
            lambda: equivariance_error(lambda x: x[: int(x[0, 0]) + 1], np.eye(2), 1, 0),
            ValueError,
            r"f gives shape \(2, 2\) for x and \(1, 2\) for the shifted x",
        ),
    ],
)
def test_moves_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Equivariance ---------------------------------------------------------------------------------


def circular(x, stride=1):
    """A convolution without borders, and with a kernel that is not symmetric."""
    taps = {(0, 0): 1.0, (0, 1): -2.0, (1, 0): 0.5, (2, 1): 3.0}
    y = sum(w * np.roll(x, (-u, -v), (-2, -1)) for (u, v), w in taps.items())
    return y[..., ::stride, ::stride]


@pytest.mark.parametrize(("rows", "cols"), [(1, 0), (0, -3), (2, 5)])
def test_item57_circular_convolution_is_equivariant(rows, cols):
    assert equivariance_error(circular, normal(2, 6, 8), rows, cols) < 1e-12


def test_with_stride_2_an_even_shift_is_and_an_odd_one_is_not():
    def f(x):
        return circular(x, 2)

    x = normal(2, 6, 8)
    assert equivariance_error(f, x, 2, -4, stride=2) < 1e-12
    assert equivariance_error(f, x, 1, 0, stride=2) > 0.1
    assert equivariance_error(f, x, 2, 0) > 0.1  # the output moved by 1, not by 2
    assert equivariance_error(lambda x: x[:, ::2], x, 2, 3, stride=(2, 1)) == 0


def test_a_border_is_not_equivariant():
    def f(x):
        return np.pad(x, 1)[1:-1, :-2]  # shifts zeros in

    assert equivariance_error(f, np.ones((3, 4)), 0, 1) == 1


def test_the_error_is_the_largest_difference():
    x = numbered(3, 4).astype(np.uint8)
    ramp = np.array([0, 1, 2, 7])
    # shifted by one column, 7 stands where 0 stood
    assert equivariance_error(lambda x: (0 * x + ramp).astype(np.uint8), x, 0, 1) == 7
    assert equivariance_error(lambda x: x > 2, x, 1, 1) == 0
    assert equivariance_error(lambda x: x[:0], x, 1, 1) == 0


def test_a_function_that_writes_into_its_input_spoils_nothing():
    def f(x):
        x *= 0
        return x

    x = normal(3, 4)
    kept = x.copy()
    assert equivariance_error(f, x, 1, 1) == 0
    assert_array_equal(x, kept)


# Contract -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        quantize,
        lambda x: rescale((x * 9).astype(np.uint8), "unit"),
        lambda x: to_nchw(x),
        to_nhwc,
        lambda x: to_nchw(x[:1, ..., :1], layout="NHWC"),
        lambda x: to_nchw(x[0], layout="HWC"),
        lambda x: to_nchw(x[0], layout="NHW"),
        flatten_batch,
        lambda x: flatten_batch(x[0, 0]),
        lambda x: shift2d(x, 0, 0),
        lambda x: shift2d(x, 1, 2),
        lambda x: shift2d(x, 0, 0, mode="wrap"),
        lambda x: permute_pixels(x, np.arange(x.shape[-2] * x.shape[-1])),
        lambda x: linear_scores(x[0, 0], np.eye(x.shape[-1])),
        lambda x: linear_scores(np.eye(x.shape[-2]), x[0, 0].T),
    ],
)
def test_inputs_stay_and_results_are_new(call):
    x = np.random.default_rng(0).random((2, 3, 4, 5))
    kept = x.copy()
    y = call(x)
    assert y.flags.writeable
    assert not np.shares_memory(x, y)
    y[:] = 9
    assert_array_equal(x, kept)
    x.flags.writeable = False
    call(x)
