"""Filters on images: values by hand, the lectures' numbers, oracles, the contract, refusals."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.filters import (
    convolve2d,
    correlate2d,
    correlate_separable,
    gallery,
    gaussian_kernel,
    pad2d,
    separable,
    sobel_edges,
)

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
MODES = ["valid", "same", "full"]
sizes = st.integers(1, 7)
both = pytest.mark.parametrize("function", [correlate2d, convolve2d])


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


# pad2d ----------------------------------------------------------------------------------------

ROWS = [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("pad", "mode", "expected"),
    [
        pytest.param(0, "zero", ROWS, id="nothing"),
        pytest.param(
            1,
            "zero",
            [[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 0, 0, 0, 0]],
            id="int",
        ),
        pytest.param((0, 1), "zero", [[0, 1, 2, 3, 0], [0, 4, 5, 6, 0]], id="rows, columns"),
        pytest.param(
            ((0, 1), (2, 0)),
            "zero",
            [[0, 0, 1, 2, 3], [0, 0, 4, 5, 6], [0, 0, 0, 0, 0]],
            id="every side",
        ),
        pytest.param(
            ((1, 0), (0, 2)), "edge", [[1, 2, 3, 3, 3], *[[1, 2, 3, 3, 3], [4, 5, 6, 6, 6]]]
        ),
        pytest.param((1, 0), "reflect", [[4, 5, 6], [1, 2, 3], [4, 5, 6], [1, 2, 3]]),
        pytest.param((0, 2), "reflect", [[3, 2, 1, 2, 3, 2, 1], [6, 5, 4, 5, 6, 5, 4]]),
    ],
)
def test_pad_by_hand(pad, mode, expected):
    assert_array_equal(pad2d(np.array(ROWS), pad, mode=mode), expected)


side = st.tuples(st.integers(0, 4), st.integers(0, 4))
TORCH = {"zero": "constant", "edge": "replicate", "reflect": "reflect"}


@given(sizes, sizes, side, side, st.sampled_from(list(TORCH)))
def test_pad_is_torchs(H, W, rows, columns, mode):
    x = normal(H, W)
    if mode == "reflect" and (max(rows) >= H or max(columns) >= W):
        allowed = (max(rows) < H or max(rows) == 0) and (max(columns) < W or max(columns) == 0)
        if not allowed:
            with pytest.raises(ValueError, match=rf"x has shape \({H}, {W}\): mode 'reflect'"):
                pad2d(x, (rows, columns), mode=mode)
        return
    tensor = torch.from_numpy(x)[None, None]
    expected = torch.nn.functional.pad(tensor, (*columns, *rows), mode=TORCH[mode])[0, 0]
    assert_array_equal(pad2d(x, (rows, columns), mode=mode), expected.numpy())


@pytest.mark.parametrize("mode", list(TORCH))
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, bool, np.complex64])
def test_pad_keeps_the_dtype(mode, dtype):
    x = np.array(ROWS).astype(dtype)
    assert pad2d(x, 1, mode=mode).dtype == dtype
    assert_array_equal(pad2d(x[::-1, ::2], 1, mode=mode)[1:-1, 1:-1], x[::-1, ::2])


def test_zero_pads_nothing_at_all_too():
    assert pad2d(np.zeros((0, 3)), (1, 2)).shape == (2, 7)


@pytest.mark.parametrize(
    ("x", "pad", "mode", "error", "message"),
    [
        (ROWS, -1, "zero", ValueError, "pad is -1: it must be at least 0"),
        (ROWS, ((0, -1), (0, 0)), "zero", ValueError, "pad is -1"),
        (ROWS, 1.0, "zero", TypeError, r"pad is 1\.0"),
        (ROWS, (1, 2, 3), "zero", ValueError, "a pair has two numbers"),
        (ROWS, ((1, 2), (1, 2), (1, 2)), "zero", ValueError, r"must be \(\(top, bottom\)"),
        (ROWS, ((1, 2, 3), (1, 2)), "zero", ValueError, "a pair has two numbers"),
        (ROWS, 1, "wrap", ValueError, "mode is 'wrap': it must be 'zero', 'edge' or 'reflect'"),
        (ROWS, (2, 0), "reflect", ValueError, r"pad is \(2, 0\), x has shape \(2, 3\): .* 2 rows"),
        (ROWS, ((0, 0), (0, 3)), "reflect", ValueError, "3 columns at a side from 3"),
        (np.zeros((0, 2)), 1, "edge", ValueError, "1 rows at a side from 0"),
        ([1, 2], 1, "zero", ValueError, r"x has shape \(2,\), 1 axis: it must have 2, \(H, W\)"),
    ],
)
def test_pad_refuses(x, pad, mode, error, message):
    with pytest.raises(error, match=message):
        pad2d(np.array(x), pad, mode=mode)


# Values of the lectures -----------------------------------------------------------------------

ITEM12 = (np.arange(1, 10).reshape(3, 3), np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]))
ITEM78 = (
    np.array(
        [
            [0.5, 1.0, 0.55, 0.12, 0.1, 1.0],
            [0.3, 0.34, 0.3, 0.99, 0, 0],
            [0, 0, 0.1, 0.05, 0.1, 1.0],
            [1.0, 0.1, 0.1, 0.3, 0.4, 0.43],
            [0, 1.0, 0.4, 0.4, 0.3, 0.33],
            [0.1, 0.1, 0.13, 0.44, 0.54, 0],
        ]
    ),
    np.array([[1, 0, -1]] * 3),
)
ITEM133 = (
    np.array(
        [
            [5, -1, 3, 8, 4, 6, -2],
            [-3, 4, 9, 1, 1, 7, -4],
            [5, -6, 3, 2, 1, -2, 0],
            [0, -8, 5, 5, 4, -2, 3],
            [4, 7, 2, -7, 3, 1, 4],
            [4, -3, 1, 2, 6, 1, -1],
            [0, 0, 3, -2, 3, -1, 0],
        ]
    ),
    ITEM12[1],
)


def test_item12_convolution_with_sobel():
    expected = [[-13, -20, -17], [-18, -24, -18], [13, 20, 17]]
    assert_array_equal(convolve2d(*ITEM12, mode="same"), expected)
    assert_array_equal(correlate2d(*ITEM12, mode="same"), -np.array(expected))


def test_item78_correlation():
    expected = [
        [-0.15, 0.18, 0.75, -0.84],
        [0.8, -0.9, 0, -0.09],
        [0.4, 0.35, -0.2, -1.01],
        [0.47, 0.06, -0.61, 0.38],
    ]
    got = correlate2d(*ITEM78)
    assert_allclose(got, expected, **CLOSE)
    # the kernel changes its sign when turned; a kernel that does not gives the same
    assert_allclose(convolve2d(*ITEM78, mode="valid"), -got, **CLOSE)
    box = np.ones((3, 2))
    assert_allclose(correlate2d(ITEM78[0], box, mode="full"), convolve2d(ITEM78[0], box), **CLOSE)
    transposed_alike = np.array([[1, 2], [2, 4]])
    assert not np.allclose(
        correlate2d(ITEM78[0], transposed_alike, mode="full"),
        convolve2d(ITEM78[0], transposed_alike),
    )


def test_item133_the_only_1():
    got = correlate2d(*ITEM133)
    assert got.shape == (5, 5)
    assert got[1, 3] == 1
    assert np.count_nonzero(got == 1) == 1


def test_item145_every_second_place():
    expected = [[-10, -15, -17], [24, -17, 12], [-17, 11, -8]]
    assert_array_equal(correlate2d(*ITEM133)[::2, ::2], expected)


def test_item16_two_by_two():
    x = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    k = np.array([[1, 10], [100, 1000]])
    # every entry is alpha x_ij + beta x_i,j+1 + gamma x_i+1,j + delta x_i+1,j+1
    assert correlate2d(x, k).tolist() == [[6521, 7632, 8743], [10965, 12076, 13187]]


@pytest.mark.parametrize(("n", "m", "k", "l"), [(3, 3, 4, 5), (2, 5, 3, 1), (1, 1, 4, 2)])
def test_item11_size_and_sum(n, m, k, l):
    """Of an n x m with a k x l matrix: (n+k-1) x (m+l-1), and every term of the sum."""
    A, B = normal(n, m), normal(k, l, seed=1)
    got = convolve2d(B, A)
    assert got.shape == (n + k - 1, m + l - 1)
    expected = np.zeros_like(got)
    for (i, j), a in np.ndenumerate(A):
        for (p, q), b in np.ndenumerate(B):
            expected[i + p, j + q] += a * b
    assert_allclose(got, expected, **CLOSE)


def test_item11_c33():
    A, B = normal(3, 3), normal(4, 5, seed=1)
    # c_33 = a_11 b_33 + a_12 b_32 + a_13 b_31 + a_21 b_23 + ... + a_33 b_11, counted from 1
    expected = sum(A[u, v] * B[2 - u, 2 - v] for u in range(3) for v in range(3))
    assert convolve2d(B, A)[2, 2] == pytest.approx(expected, rel=1e-12)


def test_item48_the_default_flips_and_is_full_as_scipys():
    x, k = normal(4, 6), normal(2, 3, seed=1)
    assert_allclose(convolve2d(x, k), scipy.signal.convolve2d(x, k), **CLOSE)
    assert_allclose(correlate2d(x, k), scipy.signal.correlate2d(x, k, mode="valid"), **CLOSE)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param("valid", (6, 5), id="item44-valid"),
        pytest.param("same", (9, 7), id="item44-same"),
        pytest.param("full", (12, 9), id="item44-full"),
    ],
)
@both
def test_size_of_the_lecture(function, mode, expected):
    assert function(normal(9, 7), normal(4, 3), mode=mode).shape == expected


def test_item134_blurs():
    x = np.full((5, 6), 100.0)
    assert_allclose(correlate2d(x, np.full((3, 3), 1 / 9)), 100, **CLOSE)
    assert_allclose(correlate2d(x, np.full((5, 5), 0.04)), 100, **CLOSE)
    assert_allclose(correlate2d(x, np.full((3, 3), 0.12)), 108, **CLOSE)


# Oracles --------------------------------------------------------------------------------------


def definition(x, k, before, shape):
    y = np.zeros(shape)
    for i, j in np.ndindex(shape):
        for u, v in np.ndindex(k.shape):
            row, column = i + u - before[0], j + v - before[1]
            if 0 <= row < x.shape[0] and 0 <= column < x.shape[1]:
                y[i, j] += x[row, column] * k[u, v]
    return y


@given(sizes, sizes, sizes, sizes, st.sampled_from(MODES))
def test_correlation_is_its_definition(H, W, a, b, mode):
    x, k = normal(H, W), normal(a, b, seed=1)
    if mode == "valid" and (a > H or b > W):
        for function in (correlate2d, convolve2d):
            with pytest.raises(ValueError, match=rf"k has shape \({a}, {b}\), x has shape \({H}"):
                function(x, k, mode=mode)
        return
    before = {"valid": (0, 0), "same": ((a - 1) // 2, (b - 1) // 2), "full": (a - 1, b - 1)}[mode]
    shape = {"valid": (H - a + 1, W - b + 1), "same": (H, W), "full": (H + a - 1, W + b - 1)}[mode]
    got = correlate2d(x, k, mode=mode)
    assert got.shape == shape
    assert_allclose(got, definition(x, k, before, shape), **CLOSE)


@given(sizes, sizes, sizes, sizes, st.sampled_from(MODES))
def test_scipy_agrees(H, W, a, b, mode):
    x, k = normal(H, W), normal(a, b, seed=1)
    if mode == "valid" and (a > H or b > W):
        return  # scipy exchanges the two, if it can
    for function in (correlate2d, convolve2d):
        expected = getattr(scipy.signal, function.__name__)(x, k, mode=mode)
        assert_allclose(function(x, k, mode=mode), expected, **CLOSE)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even")
@given(sizes, sizes, sizes, sizes)
def test_same_is_torchs(H, W, a, b):
    x, k = normal(H, W), normal(a, b, seed=1)
    tensors = (torch.from_numpy(array)[None, None] for array in (x, k))
    expected = torch.nn.functional.conv2d(*tensors, padding="same")[0, 0].numpy()
    assert_allclose(correlate2d(x, k, mode="same"), expected, **CLOSE)


@given(sizes, sizes, sizes, sizes)
def test_same_of_convolution_is_the_middle_of_full(H, W, a, b):
    x, k = normal(H, W), normal(a, b, seed=1)
    top, left = (a - 1) // 2, (b - 1) // 2
    expected = convolve2d(x, k)[top : top + H, left : left + W]
    assert_allclose(convolve2d(x, k, mode="same"), expected, **CLOSE)


def test_same_of_an_even_kernel_is_not_the_other_with_the_kernel_turned():
    x, k = normal(4, 5), normal(2, 3, seed=1)
    turned = correlate2d(x, k[::-1, ::-1], mode="same")
    assert not np.allclose(convolve2d(x, k, mode="same"), turned)
    for mode in ("valid", "full"):
        turned = correlate2d(x, k[::-1, ::-1], mode=mode)
        assert_allclose(convolve2d(x, k, mode=mode), turned, **CLOSE)


@given(sizes, sizes, sizes, sizes)
def test_full_convolution_commutes(H, W, a, b):
    x, k = normal(H, W), normal(a, b, seed=1)
    assert_allclose(convolve2d(x, k), convolve2d(k, x), **CLOSE)


# Kernels --------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.floats(0.05, 20))
def test_gaussian_is_its_formula(size, sigma):
    r = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(r[:, None] ** 2 + r**2 - 2 * (r**2).min()) / (2 * sigma**2))
    got = gaussian_kernel(size, sigma)
    assert got.dtype == np.float64
    assert_allclose(got, weights / weights.sum(), rtol=1e-9, atol=1e-300)
    assert got.sum() == pytest.approx(1, abs=1e-12)
    assert_allclose(got, got.T, **CLOSE)
    assert_allclose(got, got[::-1, ::-1], **CLOSE)


def test_item134_gaussian_keeps_the_brightness():
    assert_allclose(correlate2d(np.full((9, 9), 7.0), gaussian_kernel(4, 1.7)), 7, **CLOSE)


def test_item28_gaussian_blur_is_scipys():
    """scipy cuts its bell off at truncate * sigma; inside, both filters are the same."""
    x = normal(20, 24)
    expected = scipy.ndimage.gaussian_filter(x, 2.0, mode="constant", truncate=3)
    assert_allclose(correlate2d(x, gaussian_kernel(13, 2.0), mode="same"), expected, atol=1e-12)


@pytest.mark.parametrize("sigma", [1e-3, 1e-12, 1e-200, 5e-324])
def test_gaussian_of_a_tiny_sigma(sigma):
    with np.errstate(invalid="raise", divide="raise"):
        assert_array_equal(gaussian_kernel(5, sigma), np.pad([[1]], 2))
        assert_array_equal(gaussian_kernel(4, sigma), np.pad(np.full((2, 2), 0.25), 1))
        assert_array_equal(gaussian_kernel(1, sigma), [[1]])


def test_gaussian_of_a_huge_sigma_is_a_box():
    assert_allclose(gaussian_kernel(3, 1e300), 1 / 9, **CLOSE)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, 0), ValueError, r"sigma is 0\.0: it must be finite and above 0"),
        ((3, -1.5), ValueError, r"sigma is -1\.5"),
        ((3, np.inf), ValueError, "sigma is inf"),
        ((3, np.nan), ValueError, "sigma is nan"),
        ((3, "1"), TypeError, "sigma is '1': it must be a number"),
        ((0, 1), ValueError, "size is 0: it must be at least 1"),
        ((3.0, 1), TypeError, r"size is 3\.0: it must be an int"),
    ],
)
def test_gaussian_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        gaussian_kernel(*arguments)


BLURS = {"identity", "box", "weighted", "gaussian"}


def test_item72_gallery():
    kernels = gallery()
    x = normal(5, 6)
    assert_array_equal(correlate2d(x, kernels["identity"], mode="same"), x)
    assert_allclose(kernels["box"], np.full((3, 3), 1 / 9))
    assert_allclose(kernels["weighted"] * 41, [[3, 5, 3], [5, 9, 5], [3, 5, 3]])
    assert kernels["sobel_x"].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert_array_equal(kernels["sobel_y"], ITEM12[1])


@pytest.mark.parametrize("name", list(gallery()))
def test_blurs_add_up_to_1_and_edges_to_0(name):
    kernel = gallery()[name]
    assert kernel.dtype == np.float64
    assert kernel.sum() == pytest.approx(1 if name in BLURS else 0, abs=1e-12)


def test_item73_a_box_and_a_bell_smooth_alike_but_not_the_same():
    x = np.zeros((9, 9))
    x[4, 4] = 1
    box, bell = (correlate2d(x, gallery()[name], mode="same") for name in ("box", "gaussian"))
    assert len(np.unique(box.round(12))) == 2  # a square
    assert bell[4, 4] > bell[4, 5] > bell[5, 5] > bell[4, 6] > bell[6, 6] > 0  # a hill


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        pytest.param("sobel_x", 0, 1, id="item135-sobel_x"),
        pytest.param("sobel_y", 1, 0, id="item135-sobel_y"),
        pytest.param("prewitt_x", 0, 1, id="item135-prewitt_x"),
        pytest.param("prewitt_y", 1, 0, id="item135-prewitt_y"),
        pytest.param("diagonal_down", 1, 1, id="item135-diagonal_down"),
        pytest.param("diagonal_up", -1, 1, id="item135-diagonal_up"),
    ],
)
def test_edges_answer_to_their_direction(name, rows, columns):
    """On a ramp that rises by 1 a step in that direction, and on its opposite and across."""
    i, j = np.mgrid[:5, :6]
    kernel, ramp = gallery()[name], rows * i + columns * j
    response = correlate2d(ramp, kernel)
    assert (response > 0).all()
    assert_array_equal(correlate2d(-ramp, kernel), -response)
    assert not correlate2d(columns * i - rows * j, kernel).any()


def test_laplacian_answers_to_a_dark_point_and_not_to_a_ramp():
    x = np.zeros((3, 3))
    x[1, 1] = -1
    assert correlate2d(x, gallery()["laplacian"]).tolist() == [[4]]
    i, j = np.mgrid[:5, :6]
    assert not correlate2d(3 * i - 2 * j, gallery()["laplacian"]).any()


def test_gallery_is_new_every_time():
    gallery()["sobel_x"][:] = 9
    assert gallery()["sobel_x"].max() == 2
    kernels = list(gallery().values())
    assert not any(np.shares_memory(a, b) for i, a in enumerate(kernels) for b in kernels[:i])


# Sobel ----------------------------------------------------------------------------------------


def test_sobel_by_hand():
    x = np.array([[0, 3, 6], [4, 7, 10], [8, 11, 14]])
    gx, gy, magnitude = sobel_edges(x)
    # inside: 8 times the step to the right, 3, and 8 times the step down, 4
    assert [part[1, 1] for part in (gx, gy, magnitude)] == [24, 32, 40]
    # top left corner, zeros around: columns 2*3 + 7, rows 2*4 + 7
    assert [part[0, 0] for part in (gx, gy)] == [13, 15]


def test_item12_item133_sobel_is_correlation():
    assert_array_equal(sobel_edges(ITEM12[0])[1], correlate2d(*ITEM12, mode="same"))
    assert sobel_edges(ITEM133[0])[1][2, 4] == 1


@given(sizes, sizes)
def test_sobel_is_scipys(H, W):
    x = normal(H, W)
    gx, gy, magnitude = sobel_edges(x)
    assert_allclose(gx, scipy.ndimage.sobel(x, axis=1, mode="constant"), **CLOSE)
    assert_allclose(gy, scipy.ndimage.sobel(x, axis=0, mode="constant"), **CLOSE)
    assert_allclose(magnitude, np.sqrt(gx**2 + gy**2), **CLOSE)


def test_sobel_of_a_constant_is_0_inside_and_not_at_the_border():
    for part in sobel_edges(np.full((4, 5), 200, np.uint8)):
        assert not part[1:-1, 1:-1].any()
        assert part[0].any() or part[:, 0].any()


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("uint8", "float64"), ("bool", "float64"), ("float32", "float32"), (">f4", "float32")],
)
def test_sobel_dtype(dtype, expected):
    x = (normal(5, 6) > 0).astype(dtype)
    for part, wanted in zip(sobel_edges(x), sobel_edges(x.astype(float)), strict=True):
        assert part.dtype == expected
        assert_allclose(part, wanted, rtol=1e-6)


def test_sobel_of_uint8_does_not_wrap():
    x = np.zeros((3, 4), np.uint8)
    x[:, :2] = 255
    assert sobel_edges(x)[0][1].tolist() == [1020, -1020, -1020, 0]


# Separable ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows", "cols"),
    [
        ("sobel_x", [1, 2, 1], [-1, 0, 1]),
        ("sobel_y", [2, 0, -2], [-0.5, -1, -0.5]),
        ("prewitt_x", [1, 1, 1], [-1, 0, 1]),
        ("box", [1 / 9] * 3, [1, 1, 1]),
        ("identity", [0, 1, 0], [0, 1, 0]),
    ],
)
def test_split_by_hand(name, rows, cols):
    got = separable(gallery()[name])
    assert_allclose(got[0], rows, **CLOSE)
    assert_allclose(got[1], cols, **CLOSE)


@pytest.mark.parametrize("name", ["laplacian", "weighted", "diagonal_up", "diagonal_down"])
def test_not_separable(name):
    assert separable(gallery()[name]) is None


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([np.float32, np.float64]))
def test_products_are_separable_and_give_the_same(a, b, dtype):
    kernel = np.outer(normal(a, seed=1), normal(b, seed=2)).astype(dtype)
    rows, cols = separable(kernel)
    assert rows.shape == (a,)
    assert cols.shape == (b,)
    assert rows.dtype == cols.dtype == dtype
    assert rows[np.abs(rows).argmax()] > 0
    eps = np.finfo(dtype).eps
    assert_allclose(np.outer(rows, cols), kernel, rtol=0, atol=20 * eps)
    x = normal(8, 9).astype(dtype)
    for mode in MODES:
        expected = correlate2d(x, kernel, mode=mode)
        got = correlate_separable(x, rows, cols, mode=mode)
        assert got.shape == expected.shape
        assert got.dtype == dtype
        assert_allclose(got, expected, rtol=0, atol=500 * eps)


@given(st.integers(2, 6), st.integers(2, 6), st.floats(1e-6, 1))
def test_one_changed_number_is_noticed(a, b, change):
    kernel = np.outer(1 + np.arange(a), 1 + np.arange(b)).astype(float)
    assert separable(kernel) is not None
    kernel[0, 0] += change
    assert separable(kernel) is None


@pytest.mark.parametrize("shape", [(9, 9), (4, 4)])
def test_gaussians_are_separable(shape):
    assert separable(gaussian_kernel(shape[0], 1.3)) is not None


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_scale_does_not_matter(scale):
    kernel = np.outer([1.0, 3, 2], [1, -2]) * scale
    assert_allclose(np.outer(*separable(kernel)), kernel, rtol=1e-12)
    kernel[0, 0] *= 2
    assert separable(kernel) is None


def test_zeros_are_separable():
    rows, cols = separable(np.zeros((2, 3)))
    assert rows.tolist() == [0, 0]
    assert cols.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: separable([1, 2]), ValueError, r"kernel has shape \(2,\), 1 axis"),
        (lambda: separable(np.zeros((0, 2))), ValueError, r"kernel has shape \(0, 2\)"),
        (lambda: separable([[1, np.nan]]), ValueError, "must hold finite numbers"),
        (lambda: separable([[1j]]), TypeError, "kernel has dtype complex128"),
        (
            lambda: correlate_separable(np.eye(3), [[1]], [1]),
            ValueError,
            r"rows has shape \(1, 1\), 2 axes: it must have 1, \(a,\)",
        ),
        (lambda: correlate_separable(np.eye(3), [1], 1), ValueError, r"cols has shape \(\)"),
    ],
)
def test_separable_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Contract -------------------------------------------------------------------------------------


@both
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
    y = function(np.ones((4, 5), x_type), np.ones((2, 3), k_type))
    assert y.dtype == expected
    assert y.max() == 6


@both
def test_small_integers_do_not_wrap(function):
    got = function(np.full((2, 3), 255, np.uint8), np.full((2, 3), -128, np.int8), mode="valid")
    assert got.tolist() == [[-6 * 255 * 128]]


@pytest.mark.parametrize(
    "function", [correlate2d, convolve2d, lambda x, k: sobel_edges(x)[0], lambda x, k: pad2d(x, 1)]
)
def test_views_and_what_stays(function):
    x, k = normal(14, 8).T[::-1, ::2], normal(6, 4, seed=1)[::2, ::-2]
    copies = x.copy(), k.copy()
    x.flags.writeable = k.flags.writeable = False
    y = function(x, k)
    assert_array_equal(y, function(*copies))
    assert not np.shares_memory(y, x)
    y[:] = 99
    assert_array_equal(x, copies[0])
    assert_array_equal(k, copies[1])


@pytest.mark.parametrize(
    "function",
    [
        correlate2d,
        convolve2d,
        lambda x, k: pad2d(x, 0),
        lambda x, k: correlate_separable(x, [1], k[0]),
    ],
)
def test_one_tap_gives_a_new_array(function):
    x = normal(3, 4)
    y = function(x, np.ones((1, 1)))
    assert_array_equal(y, x)
    assert not np.shares_memory(x, y)


@both
@pytest.mark.parametrize(
    ("x", "k", "options", "error", "message"),
    [
        (np.zeros((0, 3)), [[1]], {}, ValueError, r"x has shape \(0, 3\): it is empty"),
        ([[1, 2]], np.zeros((1, 0)), {}, ValueError, r"k has shape \(1, 0\): it is empty"),
        ([1, 2], [[1]], {}, ValueError, r"x has shape \(2,\), 1 axis: it must have 2, \(H, W\)"),
        ([[1, 2]], [1], {}, ValueError, r"k has shape \(1,\), 1 axis: it must have 2, \(a, b\)"),
        ([[1, 2]], [[1]], {"mode": "reflect"}, ValueError, "mode is 'reflect'"),
        ([["a"]], [[1]], {}, TypeError, "x has dtype <U1"),
        ([[1]], [[1j]], {}, TypeError, "k has dtype complex128"),
    ],
)
def test_operands_refused(function, x, k, options, error, message):
    with pytest.raises(error, match=message):
        function(np.array(x), np.array(k), **options)


@both
def test_nan_stays_within_its_windows(function):
    x = np.zeros((3, 5))
    x[1, 0] = np.nan
    y = function(x, np.ones((2, 2)), mode="valid")
    assert_array_equal(np.isnan(y), [[True, False, False, False]] * 2)
