"""Affine maps: by hand, against loops, against SciPy; their random draws; refusals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import ndimage

from cnnkit.augment import affine, random_affine
from cnnkit.images import shift2d

sides = st.integers(1, 8)


def rng(seed=0):
    return np.random.default_rng(seed)


def numbered(*shape):
    """All different, and none of them 0."""
    return np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape)


def picture(*rows):
    return np.array([[[int(mark == "#") for mark in row] for row in rows]])[None]


def drawn(y):
    return ["".join(".#"[value] for value in row) for row in y[0, 0]]


# Turns ----------------------------------------------------------------------------------------


@given(sides, st.integers(-5, 5), st.sampled_from(["zero", "edge"]))
def test_a_quarter_turn_of_a_square_is_exact(side, quarters, fill):
    x = numbered(2, 3, side, side)
    got = affine(x, angle=90 * quarters, fill=fill)
    assert_array_equal(got, np.rot90(x, quarters, axes=(2, 3)))


@given(sides, sides)
def test_half_a_turn_is_exact_on_any_image(H, W):
    x = numbered(1, 2, H, W)
    assert_array_equal(affine(x, angle=180), x[:, :, ::-1, ::-1])
    assert_array_equal(affine(x, angle=-180, fill="edge"), x[:, :, ::-1, ::-1])


@given(sides, sides, st.sampled_from(["zero", "edge"]))
def test_nothing_to_do_is_nothing_done(H, W, fill):
    x = numbered(2, 2, H, W)
    assert_array_equal(affine(x, fill=fill), x)


def test_a_turn_is_counter_clockwise_and_in_degrees():
    x = picture(
        ".......",
        ".......",
        ".......",
        "...####",
        ".......",
        ".......",
        ".......",
    )
    assert drawn(affine(x, angle=45)) == [
        ".......",
        ".....#.",
        "....#..",
        "...#...",
        ".......",
        ".......",
        ".......",
    ]


# Lean, scale, shift ---------------------------------------------------------------------------


def test_a_lean_is_counter_clockwise_and_keeps_rows():
    x = picture(
        "...#...",
        "...#...",
        "...#...",
        "...#...",
        "...#...",
    )
    assert drawn(affine(x, shear=45)) == [
        ".#.....",
        "..#....",
        "...#...",
        "....#..",
        ".....#.",
    ]


def test_twice_as_large_and_half_as_large():
    assert affine(np.array([[[[1, 2, 3, 4]]]]), scale=2).tolist() == [[[[2, 2, 3, 3]]]]
    # a half between two pixels goes to the right one
    assert affine(np.array([[[[1, 2, 3]]]]), scale=2).tolist() == [[[[2, 2, 3]]]]
    assert affine(np.array([[[[1, 2, 3, 4, 5]]]]), scale=0.5).tolist() == [[[[0, 1, 3, 5, 0]]]]
    edge = affine(np.array([[[[1, 2, 3, 4, 5]]]]), scale=0.5, fill="edge")
    assert edge.tolist() == [[[[1, 1, 3, 5, 5]]]]


@given(sides, sides, st.integers(-9, 9), st.integers(-9, 9))
def test_a_shift_is_down_and_to_the_right(H, W, rows, columns):
    x = numbered(2, 2, H, W)
    assert_array_equal(affine(x, translate=(rows, columns)), shift2d(x, rows, columns))
    padded = np.pad(x, [(0, 0), (0, 0), (9, 9), (9, 9)], mode="edge")
    window = padded[:, :, 9 - rows : 9 - rows + H, 9 - columns : 9 - columns + W]
    assert_array_equal(affine(x, translate=(rows, columns), fill="edge"), window)


@pytest.mark.parametrize("quarters", range(-8, 9))
def test_a_half_goes_up_whatever_the_angle(quarters):
    """The sine of a turn is not exact; a half must not fall to either side by that."""
    x = numbered(1, 1, 6, 6)
    y = affine(x, angle=90 * quarters, translate=(0.5, -0.5))
    assert_array_equal(y, by_loops(x, 90 * quarters, 0, 1, (0.5, -0.5), "zero"))


def test_the_order_is_scale_shear_rotate_shift():
    """A dot to the right of the middle: twice as far, upright lines lean, a quarter turn, down."""
    x = np.zeros((1, 1, 13, 13), int)
    x[0, 0, 6 + 1, 6 + 2] = 1  # (row, column) from the middle: (1, 2)
    # scaled (2, 4), sheared by 45 degrees (2, 6), turned (-6, 2), shifted down by 3 (-3, 2)
    y = affine(x, angle=90, shear=45, scale=2, translate=(3, 0))
    assert y[0, 0, 6 - 3, 6 + 2] == 1
    assert y[0, 0, 6 - 5, 6 + 4] == 0  # sheared first: (1, 3), scaled and turned the same


# Oracles --------------------------------------------------------------------------------------


def by_loops(x, angle, shear, scale, translate, fill):
    """Go back step by step: shift, turn, lean, scale."""
    y = np.zeros_like(x)
    H, W = x.shape[2:]
    turn = complex(math.cos(math.radians(angle)), -math.sin(math.radians(angle)))
    for i, j in np.ndindex(H, W):
        right = j - (W - 1) / 2 - translate[1]
        up = -(i - (H - 1) / 2 - translate[0])
        place = complex(right, up) * turn
        right, up = place.real + place.imag * math.tan(math.radians(shear)), place.imag
        row, column = (H - 1) / 2 - up / scale, (W - 1) / 2 + right / scale
        row, column = math.floor(round(row, 9) + 0.5), math.floor(round(column, 9) + 0.5)
        if fill == "edge":
            row, column = min(max(row, 0), H - 1), min(max(column, 0), W - 1)
        if 0 <= row < H and 0 <= column < W:
            y[:, :, i, j] = x[:, :, row, column]
    return y


options = st.fixed_dictionaries(
    {
        "angle": st.integers(-720, 720),
        "shear": st.integers(-60, 60),
        "scale": st.sampled_from([0.4, 0.5, 0.9, 1, 1.3, 2, 3]),
        "translate": st.tuples(*2 * [st.sampled_from([-3, -1, -0.5, 0, 0.3, 1, 2.5, 4])]),
        "fill": st.sampled_from(["zero", "edge"]),
    }
)


@given(sides, sides, options)
def test_any_map_is_that_of_loops(H, W, options):
    x = numbered(2, 2, H, W)
    assert_array_equal(affine(x, **options), by_loops(x, **options))


@given(sides, sides, options)
def test_any_map_is_scipys(H, W, options):
    x = numbered(1, 1, H, W)
    a, s = np.deg2rad(options["angle"]), np.deg2rad(options["shear"])
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    forward = turn @ [[1, 0], [np.tan(s), 1]] * options["scale"]
    back, middle = np.linalg.inv(forward), (np.array([H, W]) - 1) / 2
    offset = middle - back @ (middle + options["translate"])
    # SciPy decides by its own rounding where two pixels are equally near
    places = np.indices((H, W)).reshape(2, -1)
    source = back @ places + offset[:, None]
    assume((abs(source - np.floor(source) - 0.5) > 1e-6).all())
    mode = {"zero": "grid-constant", "edge": "nearest"}[options["fill"]]
    expected = ndimage.affine_transform(x[0, 0], back, offset, order=0, mode=mode)
    assert_array_equal(affine(x, **options)[0, 0], expected)


def test_an_enlarged_image_has_no_holes():
    assert affine(np.ones((1, 1, 9, 9)), angle=30, scale=3).all()


# Random ---------------------------------------------------------------------------------------


def test_no_room_for_chance_is_the_plain_map():
    x = numbered(5, 2, 6, 7)
    assert_array_equal(random_affine(x, rng()), x)
    assert_array_equal(random_affine(x, rng(), scale=(2, 2)), affine(x, scale=2))


@pytest.mark.parametrize(
    ("options", "recover"),
    [
        # where the middle of the last row and the last column went tells each option
        ({"angle": 40}, lambda up, right: np.degrees(np.arctan2(right[1], right[0]))),
        ({"shear": 40}, lambda up, right: np.degrees(np.arctan2(-up[0], up[1]))),
        ({"scale": (0.6, 1.4)}, lambda up, right: 100 * np.hypot(*right) / 40 - 100),
    ],
    ids=["angle", "shear", "scale"],
)
def test_each_image_has_its_own_draw_over_the_whole_range(options, recover):
    N, side, reach = 300, 121, 40
    x = np.zeros((N, 2, side, side), bool)
    x[:, 0, 60 - reach - 1 : 60 - reach + 2, 59:62] = True  # a dot above the middle
    x[:, 1, 59:62, 60 + reach - 1 : 60 + reach + 2] = True  # and one to the right of it
    y = random_affine(x, rng(), **options)
    drawn = []
    for above, beside in y:
        (r0, c0), (r1, c1) = (np.argwhere(dot).mean(axis=0) - 60 for dot in (above, beside))
        drawn.append(recover((c0, -r0), (c1, -r1)))
    # uniform over -40 to 40: a nearest pixel is up to 1 or 2 degrees or percent off
    assert -42 < min(drawn) < -36
    assert 36 < max(drawn) < 42
    assert np.std(drawn) == pytest.approx(80 / np.sqrt(12), abs=3)
    assert len(np.unique(drawn)) > 50


def test_shifts_are_drawn_for_rows_and_columns():
    x = np.zeros((400, 1, 21, 31), bool)
    x[:, :, 10, 15] = True
    y = random_affine(x, rng(), translate=(4, 8))
    shifts = np.argwhere(y)[:, 2:] - (10, 15)
    assert shifts.shape == (400, 2)
    assert abs(shifts).max(axis=0).tolist() == [4, 8]
    assert abs(np.corrcoef(shifts.T)[0, 1]) < 0.2


def test_the_edge_is_filled_in_each_image():
    x = np.ones((9, 1, 6, 7))
    assert random_affine(x, rng(), angle=90, translate=(5, 5), fill="edge").all()
    assert not random_affine(x, rng(), angle=90, translate=(5, 5)).all()


# Refusals -------------------------------------------------------------------------------------

X = np.zeros((2, 1, 4, 5))


@pytest.mark.parametrize("function", [affine, lambda x, **o: random_affine(x, rng(), **o)])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"angle": "90"}, TypeError, "angle is '90': it must be a number"),
        ({"angle": np.inf}, ValueError, "angle is inf: it must lie in"),
        ({"angle": np.nan}, ValueError, "angle is nan: it must lie in"),
        ({"shear": 90}, ValueError, r"shear is 90: it must lie in (-89|0)\.\.89"),
        ({"translate": 3}, TypeError, r"translate is 3: it must be a pair, \(rows, columns\)"),
        ({"translate": (1, 2, 3)}, ValueError, r"\(1, 2, 3\): it must have two numbers"),
        ({"translate": (1, None)}, TypeError, "a number in translate is None"),
        ({"translate": (1e300, 0)}, ValueError, "a number in translate is 1e.300: it must lie"),
        ({"fill": "reflect"}, ValueError, "fill is 'reflect': it must be 'zero' or 'edge'"),
    ],
)
def test_refusals(function, options, error, message):
    with pytest.raises(error, match=message):
        function(X, **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: affine(X[0]), ValueError, r"x has shape \(1, 4, 5\), 3 axes: it must have 4"),
        (lambda: affine(X, scale=0), ValueError, r"scale is 0: it must lie in 0\.001\.\.1000"),
        (lambda: affine(X, scale=-1), ValueError, "scale is -1: it must lie"),
        (lambda: affine(X, scale=(1, 1)), TypeError, r"scale is \(1, 1\): it must be a number"),
        (lambda: random_affine(X[0], rng()), ValueError, "x has shape"),
        (lambda: random_affine(X, rng(), scale=1), TypeError, r"it must be a pair, \(smallest, la"),
        (lambda: random_affine(X, rng(), scale=(2, 1)), ValueError, r"\(2, 1\): the first number"),
        (lambda: random_affine(X, rng(), scale=(0, 1)), ValueError, "a number in scale is 0"),
        (lambda: random_affine(X, rng(), angle=-5), ValueError, "angle is -5: it must lie in 0"),
        (lambda: random_affine(X, rng(), translate=(-1, 0)), ValueError, "translate is -1: it mus"),
    ],
)
def test_own_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
