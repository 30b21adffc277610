"""Flips, crops, cut-out, mix-up and light: definitions, statistics, the contract, refusals."""

import numpy as np
import pytest
from contract import CLOSE, assert_dtypes, assert_keeps_inputs, assert_layouts
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.augment import (
    affine,
    color_jitter,
    cutout,
    hflip,
    mixup,
    random_affine,
    random_crop,
)

seeds = st.integers(0, 999)
shapes = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 6), st.integers(1, 7))


def rng(seed=0):
    return np.random.default_rng(seed)


def numbered(*shape):
    """All different, and none of them 0."""
    return np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape)


def one_hot(*classes, K=4):
    return np.eye(K)[list(classes)]


# Flip -----------------------------------------------------------------------------------------


@given(shapes, st.floats(0, 1), seeds)
def test_flip_mirrors_an_image_or_leaves_it(shape, p, seed):
    x = numbered(*shape)
    y = hflip(x, p, rng(seed))
    assert y.shape == x.shape
    for before, after in zip(x, y, strict=True):
        mirrored = [[row[::-1] for row in plane] for plane in before.tolist()]
        assert after.tolist() in (before.tolist(), mirrored)


@given(shapes, seeds)
def test_flip_of_chance_0_and_1(shape, seed):
    x = numbered(*shape)
    assert_array_equal(hflip(x, 0, rng(seed)), x)
    assert_array_equal(hflip(x, 1, rng(seed)), np.flip(x, 3))


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_flip_draws_for_each_image(p):
    x = np.broadcast_to(np.arange(3), (4000, 1, 1, 3))
    flipped = hflip(x, p, rng())[:, 0, 0, 0] == 2
    assert flipped.mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 4000))


# Crop -----------------------------------------------------------------------------------------


@given(shapes, st.data())
def test_crop_is_a_window_of_the_padded_image(shape, data):
    ph, pw = data.draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    H, W = shape[2] + 2 * ph, shape[3] + 2 * pw
    h, w = data.draw(st.tuples(st.integers(1, H), st.integers(1, W)))
    x = numbered(*shape)
    y = random_crop(x, (h, w), (ph, pw), rng(data.draw(seeds)))
    assert y.shape == (*shape[:2], h, w)
    for before, after in zip(x, y, strict=True):
        padded = np.pad(before, [(0, 0), (ph, ph), (pw, pw)])
        places = np.ndindex(H - h + 1, W - w + 1)
        assert any(np.array_equal(padded[:, i : i + h, j : j + w], after) for i, j in places)


def test_crop_reaches_every_place_equally_and_draws_for_each_image():
    """3 x 2 places of a window in 2 x 3 pixels with a row of zeros above and below."""
    x = np.broadcast_to(numbered(2, 3), (6000, 1, 2, 3))
    y = random_crop(x, 2, (1, 0), rng()).reshape(6000, 4)
    windows, counts = np.unique(y, axis=0, return_counts=True)
    assert len(windows) == 6
    assert_allclose(counts, 1000, atol=4 * np.sqrt(1000))


def test_crop_of_the_whole_is_the_image():
    x = numbered(2, 3, 4, 5)
    assert_array_equal(random_crop(x, (4, 5), 0, rng()), x)


def test_crop_takes_ints_for_squares():
    x = numbered(5, 2, 4, 6)
    assert_array_equal(random_crop(x, 3, 1, rng(4)), random_crop(x, (3, 3), (1, 1), rng(4)))


# Cut-out --------------------------------------------------------------------------------------


@given(shapes, st.integers(0, 9), seeds)
def test_cutout_blanks_a_square_around_a_pixel(shape, size, seed):
    x = numbered(*shape)
    y = cutout(x, size, rng(seed))
    H, W = shape[2:]
    expected = []
    for i, j in np.ndindex(H, W):
        kept = np.ones((H, W), int)
        top, left = i - size // 2, j - size // 2
        kept[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)] = 0
        expected.append(kept)
    for before, after in zip(x, y, strict=True):
        assert any(np.array_equal(before * kept, after) for kept in expected)


def test_cutout_is_cut_off_at_the_border_and_every_pixel_is_a_middle():
    y = cutout(np.ones((6000, 1, 3, 4)), 3, rng())
    blanked = (y == 0).sum(axis=(1, 2, 3))
    # the middle in a corner, at a border of 2 or of 1 pixels, inside: 4, 2 + 4, 2 of 12 places
    areas, counts = np.unique(blanked, return_counts=True)
    assert areas.tolist() == [4, 6, 9]
    assert_allclose(counts, [2000, 3000, 1000], atol=4 * np.sqrt(3000))
    middles = np.unique(y.reshape(6000, 12), axis=0)
    assert len(middles) == 12


def test_cutout_blanks_nan_too():
    assert (
        cutout(np.full((1, 1, 3, 3), np.nan), 5, rng()).tolist() == np.zeros((1, 1, 3, 3)).tolist()
    )


# Mix-up ---------------------------------------------------------------------------------------


def shares(alpha, seed, N=6):
    """Mix images that are their own labels: image n has 1 at pixel n and label n."""
    x = np.eye(N).reshape(N, 1, 1, N)
    return mixup(x, np.eye(N), alpha, rng(seed))


@given(st.floats(0.01, 5), seeds)
def test_mixup_blends_images_and_labels_alike(alpha, seed):
    x, y = shares(alpha, seed)
    assert_allclose(x.reshape(6, 6), y, **CLOSE)
    assert_allclose(y.sum(axis=1), 1, **CLOSE)
    own = np.diag(y)
    # each row: lam of itself and 1 - lam of one other, one lam for the batch; or itself alone
    lams = own[own < 1 - 1e-12]
    assert_allclose(lams, lams[:1].repeat(len(lams)), **CLOSE)
    assert ((y > 0).sum(axis=1) <= 2).all()
    assert_allclose(y.sum(axis=0), 1, **CLOSE)  # a permutation: everybody is a partner once
    assert ((y >= 0) & (y <= 1)).all()


def test_mixup_draws_the_partners():
    """Of six images each meets each of the others, and now and then itself."""
    met = sum(shares(1, seed)[1] > 0 for seed in range(300))
    own = np.eye(6, dtype=bool)
    assert (met[own] == 300).all()
    assert_allclose(met[~own], 50, atol=4 * np.sqrt(50))


@pytest.mark.parametrize("alpha", [0.2, 1, 4])
def test_mixup_draws_from_a_beta_distribution(alpha):
    # Two images that swap in half the draws; then the label tells lam.
    lams = [mixup(np.zeros((2, 1, 1, 1)), np.eye(2), alpha, rng(s))[1][0, 0] for s in range(2000)]
    lams = np.array([lam for lam in lams if lam < 1])
    assert len(lams) > 850
    error = 4 / np.sqrt(len(lams))
    deviation = 0.5 / np.sqrt(2 * alpha + 1)  # of Beta(a, a)
    assert lams.mean() == pytest.approx(0.5, abs=error * deviation)
    assert lams.std() == pytest.approx(deviation, abs=error * deviation)


def test_mixup_of_one_image_is_that_image():
    x, y = mixup(np.full((1, 1, 2, 2), 3.0), one_hot(2), 1, rng())
    assert_allclose(x, 3, **CLOSE)
    assert_allclose(y, one_hot(2), **CLOSE)


def test_mixup_keeps_float_dtypes_each_for_itself():
    x, y = mixup(np.ones((3, 1, 2, 2), np.float32), np.eye(3, dtype=int), 1, rng())
    assert (x.dtype, y.dtype) == (np.float32, np.float64)
    x, y = mixup(np.full((3, 1, 2, 2), 255, np.uint8), np.eye(3, dtype=np.float16), 1, rng())
    assert (x.dtype, y.dtype) == (np.float64, np.float16)
    assert_allclose(x, 255)


# Light ----------------------------------------------------------------------------------------


def test_light_of_one_image_is_a_scale_and_a_shift():
    """Without an end in reach: y - b m = b c (x - m), so the mean tells b, the spread c."""
    x = 0.4 + 0.2 * rng(1).random((500, 3, 4, 5))
    y = color_jitter(x, 0.3, 0.5, rng())
    middle = x.mean(axis=(1, 2, 3), keepdims=True)
    b = y.mean(axis=(1, 2, 3), keepdims=True) / middle
    c = y.std(axis=(1, 2, 3), keepdims=True) / x.std(axis=(1, 2, 3), keepdims=True) / b
    assert_allclose(y, b * (middle + c * (x - middle)), rtol=1e-9)
    for factors, most in ((b, 0.3), (c, 0.5)):
        assert 1 - most <= factors.min() < 1 - 0.9 * most
        assert 1 + most >= factors.max() > 1 + 0.9 * most
        assert factors.mean() == pytest.approx(1, abs=4 * most / np.sqrt(3 * 500))


def test_light_without_contrast_keeps_proportions_and_without_brightness_the_mean():
    x = 0.2 + 0.3 * rng(1).random((20, 2, 4, 5))
    ratio = color_jitter(x, 0.5, 0, rng()) / x
    assert_allclose(ratio, np.broadcast_to(ratio[:, :1, :1, :1], ratio.shape), rtol=1e-9)
    assert len(np.unique(ratio.round(6))) == 20
    y = color_jitter(x, 0, 0.5, rng())
    assert_allclose(y.mean(axis=(1, 2, 3)), x.mean(axis=(1, 2, 3)), rtol=1e-9)
    assert (y.std(axis=(1, 2, 3)) != x.std(axis=(1, 2, 3))).all()


@given(seeds)
def test_light_of_levels_is_that_of_floats_rounded(seed):
    x = rng(seed).integers(0, 256, (3, 2, 4, 5), dtype=np.uint8)
    y, floats = color_jitter(x, 1, 1, rng(seed)), color_jitter(x / 255, 1, 1, rng(seed))
    assert y.dtype == np.uint8
    assert_allclose(y, floats * 255, atol=0.5 + 1e-9)


def test_light_is_held_at_both_ends():
    x = np.tile(np.array([0, 255], np.uint8), (200, 1, 1, 1))
    y = color_jitter(x, 1, 1, rng())[:, 0, 0]
    assert (y[:, 0] == 0).sum() > 50  # contrast above 1: black would be below black
    assert (y[:, 1] == 255).sum() > 20
    assert (y[:, 0] <= y[:, 1]).all()  # 8 bits that wrapped would turn the order round


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
def test_light_of_strength_0_changes_no_bit(dtype):
    x = rng(1).random((5, 3, 4, 5)) ** 9  # some are tiny beside the mean
    x = (255 * x).astype(dtype) if dtype == "uint8" else x.astype(dtype)
    assert_array_equal(color_jitter(x, 0, 0, rng()), x)


# Contract -------------------------------------------------------------------------------------

MOVES = {
    "flip": lambda x: hflip(x, 0.5, rng()),
    "flip none": lambda x: hflip(x, 0, rng()),
    "flip all": lambda x: hflip(x, 1, rng()),
    "crop": lambda x: random_crop(x, (3, 2), 1, rng()),
    "crop all": lambda x: random_crop(x, x.shape[2:], 0, rng()),
    "cutout": lambda x: cutout(x, 3, rng()),
    "cutout of nothing": lambda x: cutout(x, 0, rng()),
    "affine": lambda x: affine(x, angle=30, scale=1.3, translate=(1, -2)),
    "affine at the edge": lambda x: affine(x, angle=30, shear=9, translate=(1, 0), fill="edge"),
    "identity": lambda x: affine(x),
    "random affine": lambda x: random_affine(x, rng(), angle=40, shear=20, scale=(0.5, 2)),
}
CALLS = MOVES | {
    "mixup, images": lambda x: mixup(x, np.eye(len(x)), 1, rng())[0],
    "mixup, labels": lambda x: mixup(np.zeros((len(x), 1, 1, 1)), _labels(x), 1, rng())[1],
    "light": lambda x: color_jitter(x, 0.4, 0.4, rng()),
    "light of strength 0": lambda x: color_jitter(x, 0, 0, rng()),
}
moves = pytest.mark.parametrize("call", MOVES.values(), ids=MOVES)
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def _labels(x):
    return np.stack([x[:, 0, 0, 0], 1 - x[:, 0, 0, 0]], axis=1)


@moves
@pytest.mark.parametrize(
    "dtype", ["uint8", "bool", "int16", "float16", "float32", "complex64", object]
)
def test_any_dtype_is_kept(call, dtype):
    x = numbered(4, 2, 5, 6)
    y = call(x.astype(dtype))
    assert y.dtype == np.dtype(dtype)
    assert_array_equal(y, call(x).astype(dtype))


def test_mixup_counts_whole_numbers_as_float64():
    assert_dtypes(lambda x: mixup(x, np.eye(3), 1, rng())[0], np.ones((3, 1, 2, 2)))
    assert_dtypes(lambda y: mixup(np.zeros((3, 1, 2, 2)), y, 1, rng())[1], np.eye(3))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_light_keeps_floats(dtype):
    assert color_jitter(np.ones((2, 1, 2, 2), dtype), 0.5, 0.5, rng()).dtype == np.dtype(dtype)


@calls
def test_layouts(call):
    assert_layouts(lambda x: call(x).astype(x.dtype.newbyteorder("=")), rng(3).random((4, 2, 5, 6)))


@calls
def test_inputs_stay_and_results_are_new(call):
    assert_keeps_inputs(call, rng(3).random((4, 2, 5, 6)))


def test_mixup_leaves_its_labels_and_returns_new_ones():
    assert_keeps_inputs(lambda x, y: mixup(x, y, 1, rng()), rng(3).random((4, 2, 5, 6)), np.eye(4))


@calls
def test_an_empty_batch(call):
    y = call(np.zeros((0, 3, 6, 5), np.float32))
    assert y.shape[0] == 0
    assert y.dtype == np.float32
    assert y.shape[1:] in ((3, 6, 5), (3, 3, 2), (2,))


@pytest.mark.parametrize("shape", [(2, 0, 3, 4), (2, 1, 0, 4), (2, 1, 3, 0)])
@pytest.mark.parametrize(
    "call",
    [
        lambda x: hflip(x, 0.5, rng()),
        lambda x: cutout(x, 2, rng()),
        lambda x: affine(x, angle=9, fill="edge"),
        lambda x: random_affine(x, rng(), angle=9),
        lambda x: color_jitter(x, 0.2, 0.2, rng()),
    ],
)
def test_images_without_pixels(call, shape):
    assert call(np.zeros(shape)).shape == shape


RANDOM = {
    "flip": lambda x, r: hflip(x, 0.5, r),
    "crop": lambda x, r: random_crop(x, 4, 2, r),
    "cutout": lambda x, r: cutout(x, 3, r),
    "mixup": lambda x, r: mixup(x, np.eye(len(x)), 1, r)[0],
    "light": lambda x, r: color_jitter(x, 0.4, 0.4, r),
    "affine": lambda x, r: random_affine(x, r, angle=90, translate=(2, 2)),
}
randoms = pytest.mark.parametrize("call", RANDOM.values(), ids=RANDOM)


@randoms
def test_the_same_seed_draws_the_same_and_the_next_call_otherwise(call):
    x = rng(5).random((20, 2, 6, 7))
    first = call(x, rng(7))
    assert_array_equal(call(x, rng(7)), first)
    generator = rng(7)
    assert_array_equal(call(x, generator), first)
    assert (call(x, generator) != first).any()


@randoms
def test_chance_comes_from_the_generator_alone(call):
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    call(rng(5).random((4, 2, 6, 7)), rng())
    assert_array_equal(np.random.get_state()[1], before)
    for generator in (None, 0, np.random, np.random.RandomState(0)):
        with pytest.raises(TypeError, match=r"rng is .*: it must be a numpy\.random\.Generator"):
            call(np.zeros((4, 2, 6, 7)), generator)


@pytest.mark.parametrize("name", [name for name in RANDOM if name != "mixup"])
def test_the_channels_of_an_image_go_together_and_images_apart(name):
    x = np.broadcast_to(rng(5).random((6, 7)), (12, 3, 6, 7))
    y = RANDOM[name](x, rng(1))
    assert_array_equal(y, np.broadcast_to(y[:, :1], y.shape))
    assert (y != y[:1]).any()


# Refusals -------------------------------------------------------------------------------------

X = np.zeros((2, 1, 4, 5))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: hflip(X[0], 0.5, rng()), ValueError, r"x has shape \(1, 4, 5\), 3 axes: it must"),
        (lambda: hflip(X, 1.5, rng()), ValueError, r"p is 1\.5: it must lie in 0\.\.1"),
        (lambda: hflip(X, np.nan, rng()), ValueError, "p is nan: it must lie"),
        (lambda: hflip(X, True, rng()), TypeError, "p is True: it must be a number"),
        (lambda: random_crop(X[0], 2, 0, rng()), ValueError, "x has shape"),
        (
            lambda: random_crop(X, (4, 8), 1, rng()),
            ValueError,
            r"size is \(4, 8\), x has shape \(2, 1, 4, 5\): with padding \(1, 1\) there are 6 x 7",
        ),
        (lambda: random_crop(X, (5, 1), 0, rng()), ValueError, "there are 4 x 5 pixels"),
        (lambda: random_crop(X, 0, 0, rng()), ValueError, "size is 0: it must be at least 1"),
        (lambda: random_crop(X, 2, -1, rng()), ValueError, "padding is -1: it must be at least 0"),
        (lambda: random_crop(X, 2.0, 0, rng()), TypeError, r"size is 2\.0: it must be an int or"),
        (lambda: cutout(X[0], 2, rng()), ValueError, "x has shape"),
        (lambda: cutout(X, -1, rng()), ValueError, "size is -1: it must be at least 0"),
        (lambda: cutout(X, 2.0, rng()), TypeError, r"size is 2\.0: it must be an int"),
        (lambda: mixup(X[0], one_hot(0), 1, rng()), ValueError, "x has shape"),
        (lambda: mixup(X, np.array([0, 1]), 1, rng()), ValueError, r"\(2,\): class numbers cannot"),
        (lambda: mixup(X, one_hot(0), 1, rng()), ValueError, r"\(1, 4\), x has shape \(2, 1, 4, 5"),
        (lambda: mixup(X, np.eye(2)[None], 1, rng()), ValueError, r"\(1, 2, 2\), 3 axes: it must"),
        (
            lambda: mixup(X, np.array([[1, 0], [1, 1]]), 1, rng()),
            ValueError,
            "Row 1 of y_onehot sums to 2: the shares must sum to 1",
        ),
        (
            lambda: mixup(X, np.array([[1, 0], [1.5, -0.5]]), 1, rng()),
            ValueError,
            "has -0.5: no",
        ),
        (lambda: mixup(X, np.array([[3], [1]]), 1, rng()), ValueError, "Row 0 of y_onehot sums"),
        (lambda: mixup(X, np.array([[np.nan], [1]]), 1, rng()), ValueError, "Row 0 .* sums to nan"),
        (lambda: mixup(X, np.array([["a"], ["b"]]), 1, rng()), TypeError, "y_onehot has dtype <U1"),
        (lambda: mixup(X.astype(complex), np.eye(2), 1, rng()), TypeError, "x has dtype complex"),
        (lambda: mixup(X, np.eye(2), 0, rng()), ValueError, r"alpha is 0: it must lie in 0\.001"),
        (lambda: mixup(X, np.eye(2), "1", rng()), TypeError, "alpha is '1': it must be a number"),
        (lambda: color_jitter(X[0], 0, 0, rng()), ValueError, "x has shape"),
        (lambda: color_jitter(X + 1.5, 0, 0, rng()), ValueError, r"\(2, 1, 4, 5\), holds 1\.5: fl"),
        (lambda: color_jitter(X - 0.1, 0, 0, rng()), ValueError, r"holds -0\.1: floats must lie"),
        (lambda: color_jitter(X * np.nan, 0, 0, rng()), ValueError, "holds nan: floats must lie"),
        (lambda: color_jitter(X.astype(int), 0, 0, rng()), TypeError, "x has dtype int64: it must"),
        (lambda: color_jitter(X, 1.1, 0, rng()), ValueError, r"brightness is 1\.1: it must lie"),
        (lambda: color_jitter(X, 0, -0.1, rng()), ValueError, r"contrast is -0\.1: it must lie"),
        (lambda: color_jitter(X, None, 0, rng()), TypeError, "brightness is None: it must be a nu"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
