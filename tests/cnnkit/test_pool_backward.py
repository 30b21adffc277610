"""Gradients of pooling: values by hand, torch, the definition, and difference quotients."""

import inspect

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    apart,
    assert_dtypes,
    assert_gradients,
    assert_keeps_inputs,
    assert_layouts,
    normal,
    numeric_gradient,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool,
    global_avg_pool_backward,
    global_max_pool,
    global_max_pool_backward,
    lp_pool2d,
    lp_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_loops,
    max_pool2d_scatter,
)
from cnnkit.ops import max_pool as max_pool_module
from cnnkit.shapes import conv2d_shape


def max_pool2d_backward_loops(dy, x, kernel, **options):
    argmax = max_pool2d_loops(x, kernel, **options)[1]
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c].flat[argmax[n, c, i, j]] += dy[n, c, i, j]
    return dx


# Values ---------------------------------------------------------------------------------------


def test_item34_the_mask_of_a_maximum():
    dx = max_pool2d_backward(np.ones((1, 1, 1, 1)), np.array([[[[1, 3], [4, 2]]]]), 2)
    assert dx.tolist() == [[[[0, 0], [1, 0]]]]


def test_item50_each_gradient_goes_where_the_maximum_was():
    x = np.zeros((1, 1, 4, 4))
    for row, column in [(0, 0), (1, 2), (2, 0), (3, 3)]:
        x[0, 0, row, column] = 1
    dy = np.array([[[[1, 2], [3, 4]]]])
    expected = [[1, 0, 0, 0], [0, 0, 2, 0], [3, 0, 0, 0], [0, 0, 0, 4]]
    assert max_pool2d_backward(dy, x, 2)[0, 0].tolist() == expected


def test_item35_a_mean_shares():
    assert avg_pool2d_backward(np.ones((1, 1, 1, 1)), (1, 1, 2, 2), 2).tolist() == [
        [[[0.25, 0.25], [0.25, 0.25]]]
    ]


def test_overlapping_windows_add_up():
    x = np.array([[[[0, 5, 0, 7, 0]]]])
    dy = np.array([[[[1, 10, 100]]]])
    assert max_pool2d_backward(dy, x, (1, 3), stride=1).tolist() == [[[[0, 1, 0, 110, 0]]]]
    assert avg_pool2d_backward(3 * dy, x.shape, (1, 3), stride=1).tolist() == [
        [[[1, 11, 111, 110, 100]]]
    ]


def test_of_equal_maxima_the_first_gets_the_whole():
    dy = np.array([[[[1, 10], [100, 1000]]]])
    x = np.array([[[[0, 3, 3], [3, 3, 1], [3, 0, 3]]]])
    expected = [[0, 11, 0], [100, 1000, 0], [0, 0, 0]]
    assert max_pool2d_backward(dy, x, 2, stride=1)[0, 0].tolist() == expected
    assert max_pool2d_backward(dy, np.zeros((1, 1, 4, 4)), 2)[0, 0].tolist() == [
        [1, 0, 10, 0],
        [0, 0, 0, 0],
        [100, 0, 1000, 0],
        [0, 0, 0, 0],
    ]


def test_pixels_that_no_window_sees_get_nothing():
    """5 x 8 under 2 x 3 at stride 2 x 3: a row and two columns are left over."""
    x, dy = -1 - apart(2, 1, 5, 8) ** 2, 1 + normal(2, 1, 2, 2) ** 2
    for dx in (max_pool2d_backward(dy, x, (2, 3)), avg_pool2d_backward(dy, x.shape, (2, 3))):
        assert not dx[:, :, 4].any() and not dx[:, :, :, 6:].any()
        assert_allclose(dx.sum(), dy.sum(), **CLOSE)


def test_the_padding_is_given_nothing_of_a_maximum():
    x, dy = -1 - apart(2, 2, 4, 5) ** 2, normal(2, 2, 3, 3)
    assert_allclose(max_pool2d_backward(dy, x, 2, padding=1).sum(), dy.sum(), **CLOSE)


def test_the_padding_is_given_its_share_of_a_mean_or_not():
    dy = np.full((1, 1, 2, 2), 4.0)
    counted = avg_pool2d_backward(dy, (1, 1, 2, 2), 2, padding=1)
    assert counted.tolist() == [[[[1, 1], [1, 1]]]]
    pixels = avg_pool2d_backward(dy, (1, 1, 2, 2), 2, padding=1, count_include_pad=False)
    assert pixels.tolist() == [[[[4, 4], [4, 4]]]]


def test_infinite_gradients_reach_the_maximum_alone():
    dy = np.array([[[[np.inf, np.nan]]]])
    dx = max_pool2d_backward(dy, np.array([[[[1, 2, 4, 3]]]]), (1, 2))
    assert_array_equal(dx, [[[[0, np.inf, np.nan, 0]]]])


def test_a_nan_takes_the_gradient_of_its_windows():
    """Several: the first one."""
    x = np.array([[[[1, np.nan, 9, np.nan, 2]]]])
    dx = max_pool2d_backward(np.array([[[[1, 10, 100]]]]), x, (1, 3), stride=1)
    assert dx.tolist() == [[[[0, 11, 0, 100, 0]]]]


def test_lp_by_hand():
    x = np.array([[[[3.0, -4, 0, 0]]]])
    dx = lp_pool2d_backward(np.array([[[[10, 7]]]]), x, (1, 2))
    assert_allclose(dx, [[[[6, -8, 0, 0]]]], **CLOSE)
    # p = 1: the sign, and 0 for a pixel that is 0
    dx = lp_pool2d_backward(np.array([[[[1, 2]]]]), np.array([[[[-3, 0, 0.5, 2]]]]), (1, 2), p=1)
    assert dx.tolist() == [[[[-1, 0, 2, 2]]]]


@pytest.mark.parametrize("p", [1, 1.5, 2, 3])
def test_lp_gives_a_window_of_zeros_the_subgradient_zero(p):
    dx = lp_pool2d_backward(np.ones((1, 1, 2, 2)), np.zeros((1, 1, 4, 6)), (2, 3), p=p)
    assert_array_equal(dx, np.zeros((1, 1, 4, 6)))


def test_global_pools_by_hand():
    x, dy = np.array([[[[1, 5, 5], [0, 5, 2]], [[0, 0, 0], [0, 0, 0]]]]), np.array([[6, 12]])
    assert global_avg_pool_backward(dy, x.shape)[0].tolist() == [[[1] * 3] * 2, [[2] * 3] * 2]
    assert global_max_pool_backward(dy, x)[0].tolist() == [
        [[0, 6, 0], [0, 0, 0]],
        [[12, 0, 0], [0, 0, 0]],
    ]


# Oracles --------------------------------------------------------------------------------------


@st.composite
def calls(draw, padded=True, most=9):
    """Upstream gradients, images and options; values all different or full of ties."""
    N, C = draw(st.tuples(st.integers(0, 3), st.integers(1, 3)))
    H, W = draw(st.tuples(st.integers(1, most), st.integers(1, most)))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    options = {"stride": draw(st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)))}
    if padded:
        options["padding"] = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    padding = options.get("padding", 0)
    try:
        out_hw = conv2d_shape(H, W, kernel, stride=options["stride"] or kernel, padding=padding)
    except ValueError:
        assume(False)
    seed = draw(st.integers(0, 99))
    ties = np.random.default_rng(seed).integers(-2, 2, (N, C, H, W)).astype(float)
    x = draw(st.sampled_from([apart(N, C, H, W, seed=seed), ties]))
    return normal(N, C, *out_hw, seed=seed + 1), x, kernel, options


def torch_gradient(function, dy, x, *args, stride, **options):
    x = torch.from_numpy(x).requires_grad_()
    y = function(x, *args, stride=[] if stride is None else stride, **options)
    return torch.autograd.grad(y, x, torch.from_numpy(dy))[0].numpy()


@given(calls())
def test_max_is_torchs(call):
    dy, x, kernel, options = call
    expected = torch_gradient(torch.nn.functional.max_pool2d, dy, x, kernel, **options)
    got = max_pool2d_backward(dy, x, kernel, **options)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@given(calls(), st.sampled_from([1, 300, 1 << 20]))
def test_max_is_the_definition(call, chunk):
    dy, x, kernel, options = call
    expected = max_pool2d_backward_loops(dy, x, kernel, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(max_pool_module, "CHUNK_BYTES", chunk)
        got = max_pool2d_backward(dy, x, kernel, **options)
    assert_allclose(got, expected, **CLOSE)


@given(calls(), st.booleans())
def test_average_is_torchs(call, include):
    dy, x, kernel, options = call
    options = {**options, "count_include_pad": include}
    expected = torch_gradient(torch.nn.functional.avg_pool2d, dy, x, kernel, **options)
    got = avg_pool2d_backward(dy, x.shape, kernel, **options)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@given(calls(), st.booleans())
def test_the_gradient_of_an_average_is_its_adjoint(call, include):
    """<pool x, dy> = <x, backward dy>, since an average is linear."""
    dy, x, kernel, options = call
    options = {**options, "count_include_pad": include}
    forward = np.sum(avg_pool2d(x, kernel, **options) * dy)
    assert_allclose(
        np.sum(x * avg_pool2d_backward(dy, x.shape, kernel, **options)), forward, atol=1e-10
    )


@given(calls(padded=False), st.sampled_from([2, 4]))
def test_even_lp_is_torchs(call, p):
    dy, x, kernel, options = call
    x = x + 0.3  # no zeros: there torch gives NaN
    expected = torch_gradient(torch.nn.functional.lp_pool2d, dy, x, p, kernel, **options)
    got = lp_pool2d_backward(dy, x, kernel, **options, p=p)
    assert got.shape == expected.shape
    assert_allclose(got, expected, rtol=1e-9, atol=1e-10)


@given(st.integers(0, 3), st.integers(1, 3), st.integers(1, 5), st.integers(1, 5))
def test_global_pools_are_torchs(N, C, H, W):
    x, dy = apart(N, C, H, W), normal(N, C, seed=1)
    t = torch.from_numpy(x).requires_grad_()
    for y, got in [
        (t.mean((2, 3)), global_avg_pool_backward(dy, x.shape)),
        (t.amax((2, 3)), global_max_pool_backward(dy, x)),
    ]:
        expected = torch.autograd.grad(y, t, torch.from_numpy(dy))[0].numpy()
        assert got.shape == expected.shape
        assert_allclose(got, expected, **CLOSE)


@given(calls(), st.sampled_from([1, 300, 1 << 20]))
def test_scatter_is_the_gradient_where_the_maxima_are_known(call, chunk):
    dy, x, kernel, options = call
    argmax = max_pool2d(x, kernel, **options)[1]
    expected = max_pool2d_backward(dy, x, kernel, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(max_pool_module, "CHUNK_BYTES", chunk)
        got = max_pool2d_scatter(dy, argmax, x.shape)
    assert got.shape == expected.shape
    assert_array_equal(got, expected)


# Difference quotients -------------------------------------------------------------------------

GEOMETRIES = [
    {"kernel": 2},
    {"kernel": (2, 3), "stride": (1, 2)},
    {"kernel": (3, 2), "stride": (2, 1), "padding": (1, 1)},
    {"kernel": (4, 3), "stride": (3, 2), "padding": (2, 0)},
    {"kernel": (1, 2), "stride": (2, 3)},
]
geometries = pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)


def check(pool, backward, x, seed=1):
    dy = normal(*pool(x).shape, seed=seed)
    assert_gradients(backward(dy, x), numeric_gradient(pool, dy, x))


@geometries
def test_max_passes_the_gradient_check(geometry):
    check(
        lambda x: max_pool2d(x, **geometry)[0],
        lambda dy, x: max_pool2d_backward(dy, x, **geometry),
        apart(2, 2, 5, 6),
    )


@geometries
@pytest.mark.parametrize("include", [True, False])
def test_average_passes_the_gradient_check(geometry, include):
    check(
        lambda x: avg_pool2d(x, **geometry, count_include_pad=include),
        lambda dy, x: avg_pool2d_backward(dy, x.shape, **geometry, count_include_pad=include),
        normal(2, 2, 5, 6),
    )


@pytest.mark.parametrize("geometry", [g for g in GEOMETRIES if "padding" not in g], ids=str)
@pytest.mark.parametrize("p", [1, 1.5, 2, 3])
def test_lp_passes_the_gradient_check(geometry, p):
    check(
        lambda x: lp_pool2d(x, **geometry, p=p),
        lambda dy, x: lp_pool2d_backward(dy, x, **geometry, p=p),
        apart(2, 2, 5, 6),
    )


def test_global_pools_pass_the_gradient_check():
    x = apart(2, 3, 4, 5)
    check(global_avg_pool, lambda dy, x: global_avg_pool_backward(dy, x.shape), x)
    check(global_max_pool, global_max_pool_backward, x)


# Contract -------------------------------------------------------------------------------------

WIDE = {"kernel": (3, 2), "stride": (1, 2), "padding": 1}
# name: forward, backward
PAIRS = {
    "max": (
        lambda x: max_pool2d(x, **WIDE)[0],
        lambda dy, x: max_pool2d_backward(dy, x, **WIDE),
    ),
    "max, side by side": (
        lambda x: max_pool2d(x, (2, 3))[0],
        lambda dy, x: max_pool2d_backward(dy, x, (2, 3)),
    ),
    "max, one tap": (lambda x: max_pool2d(x, 1)[0], lambda dy, x: max_pool2d_backward(dy, x, 1)),
    "length": (lambda x: lp_pool2d(x, (2, 3)), lambda dy, x: lp_pool2d_backward(dy, x, (2, 3))),
    "global maximum": (global_max_pool, global_max_pool_backward),
}
# These do not look at x, only at its shape.
SHAPE_PAIRS = {
    "average": (
        lambda x: avg_pool2d(x, **WIDE),
        lambda dy, shape: avg_pool2d_backward(dy, shape, **WIDE),
    ),
    "average of pixels": (
        lambda x: avg_pool2d(x, **WIDE, count_include_pad=False),
        lambda dy, shape: avg_pool2d_backward(dy, shape, **WIDE, count_include_pad=False),
    ),
    "average, one tap": (
        lambda x: avg_pool2d(x, 1),
        lambda dy, shape: avg_pool2d_backward(dy, shape, 1),
    ),
    "global average": (global_avg_pool, global_avg_pool_backward),
}
pairs = pytest.mark.parametrize(("forward", "backward"), PAIRS.values(), ids=PAIRS)
shape_pairs = pytest.mark.parametrize(
    ("forward", "backward"), SHAPE_PAIRS.values(), ids=SHAPE_PAIRS
)
all_pairs = pytest.mark.parametrize(
    ("forward", "backward"),
    [
        *PAIRS.values(),
        *(
            (forward, lambda dy, x, backward=backward: backward(dy, x.shape))
            for forward, backward in SHAPE_PAIRS.values()
        ),
    ],
    ids=[*PAIRS, *SHAPE_PAIRS],
)


@all_pairs
@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 1, 5, 6)])
def test_layouts(forward, backward, shape):
    x = apart(*shape)
    assert_layouts(backward, normal(*forward(x).shape, seed=1), x)


@all_pairs
@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 1, 5, 6)])
def test_inputs_stay_and_the_result_is_new(forward, backward, shape):
    x = apart(*shape)
    assert_keeps_inputs(backward, normal(*forward(x).shape, seed=1), x)


@pairs
def test_dtypes(forward, backward):
    x = np.random.default_rng(0).integers(0, 2, (1, 2, 4, 5))
    assert_dtypes(backward, np.ones(forward(x).shape), x)


@shape_pairs
def test_dtypes_of_averages(forward, backward):
    x = np.zeros((1, 2, 4, 5))
    assert_dtypes(lambda dy: backward(dy, x.shape), np.ones(forward(x).shape))


@all_pairs
def test_float32_gives_nearly_the_same(forward, backward):
    x = apart(2, 3, 5, 6)
    dy = normal(*forward(x).shape, seed=1)
    got = backward(dy.astype(np.float32), x.astype(np.float32))
    assert_allclose(got, backward(dy, x), rtol=1e-5, atol=1e-6)


@all_pairs
def test_an_empty_batch_gives_an_empty_gradient(forward, backward):
    x = np.zeros((0, 3, 5, 6), np.float32)
    dx = backward(forward(x), x)
    assert dx.shape == (0, 3, 5, 6)
    assert dx.dtype == np.float32


@all_pairs
def test_each_image_for_itself(forward, backward):
    x = apart(3, 2, 5, 6)
    dy = normal(*forward(x).shape, seed=1)
    alone = [backward(dy[n : n + 1], x[n : n + 1]) for n in range(3)]
    assert_allclose(backward(dy, x), np.concatenate(alone), **CLOSE)


@all_pairs
def test_dy_has_the_shape_of_y(forward, backward):
    x = np.zeros((2, 3, 5, 6))
    y = forward(x)
    for wrong in (y[:1], y[:, :1], y[..., :-1], y[0], x[..., None]):
        with pytest.raises(ValueError, match=r"dy has shape \(.*\), y has shape \(2, 3.*\): "):
            backward(wrong, x)


@all_pairs
@pytest.mark.parametrize("dtype", [object, complex])
def test_gradients_are_real_numbers(forward, backward, dtype):
    x = np.zeros((2, 3, 5, 6))
    with pytest.raises(TypeError, match="dy has dtype .*: it must hold (real )?numbers"):
        backward(forward(x).astype(dtype), x)


@pairs
def test_images_are_real_numbers(forward, backward):
    x = np.zeros((2, 3, 5, 6))
    with pytest.raises(TypeError, match="x has dtype complex128: it must hold real numbers"):
        backward(forward(x), x.astype(complex))


@pytest.mark.parametrize("backward", [max_pool2d_backward, lp_pool2d_backward])
def test_errors_of_the_way_forward(backward):
    with pytest.raises(ValueError, match=r"x has shape \(4, 5\), 2 axes: it must have 4"):
        backward(np.zeros((2, 2)), np.zeros((4, 5)), 2)
    with pytest.raises(ValueError, match="size 4 with padding 0 .* a kernel of 5"):
        backward(np.zeros((1, 1, 1, 1)), np.zeros((1, 1, 4, 5)), 5)
    with pytest.raises(TypeError, match="positional"):
        backward(np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 4, 5)), 2, 2)


def test_too_much_padding():
    with pytest.raises(ValueError, match=r"padding is \(2, 2\), kernel is \(3, 3\)"):
        max_pool2d_backward(np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 4, 5)), 3, padding=2)
    with pytest.raises(ValueError, match=r"padding is \(2, 2\), kernel is \(3, 3\)"):
        avg_pool2d_backward(np.zeros((1, 1, 2, 2)), (1, 1, 4, 5), 3, padding=2)


@shape_pairs
def test_x_shape_is_four_sizes(forward, backward):
    dy = np.zeros((2, 3))
    for error, x_shape, message in [
        (TypeError, 4, "x_shape is 4: it must be a tuple of ints"),
        (TypeError, None, "x_shape is None: it must be a tuple of ints"),
        (TypeError, (2, 3, 4.0, 5), r"a number in x_shape is 4\.0: it must be an int"),
        (ValueError, (2, 3, 5), r"x_shape is \(2, 3, 5\): it must have 4 numbers"),
        (ValueError, (2, -3, 4, 5), "a number in x_shape is -3: it must be at least 0"),
        (ValueError, (2, 3, 0, 5), r"x has shape \(2, 3, 0, 5\): its images have no pixel"),
    ]:
        with pytest.raises(error, match=message):
            backward(dy, x_shape)


def test_x_shape_may_be_a_list_or_hold_numpy_ints():
    dy = np.ones((1, 1, 2, 2))
    expected = np.full((1, 1, 4, 4), 0.25)
    assert_array_equal(avg_pool2d_backward(dy, [1, 1, 4, 4], 2), expected)
    assert_array_equal(avg_pool2d_backward(dy, tuple(np.array([1, 1, 4, 4])), 2), expected)


# Scatter: what it shares with the others is tested on a pair of its own


def scatter(dy, x):
    return max_pool2d_scatter(dy, max_pool2d(x, **WIDE)[1], np.shape(x))


def test_scatter_by_hand():
    dy, argmax = np.array([[[[1, 10], [100, 1000]]]]), np.array([[[[5, 0], [0, 3]]]])
    assert max_pool2d_scatter(dy, argmax, (1, 1, 2, 3)).tolist() == [[[[110, 0, 0], [1000, 0, 1]]]]


def test_contract_of_scatter():
    x = apart(2, 3, 5, 6)
    dy, argmax = normal(*max_pool2d(x, **WIDE)[0].shape, seed=1), max_pool2d(x, **WIDE)[1]
    assert_layouts(lambda dy, argmax: max_pool2d_scatter(dy, argmax, x.shape), dy, argmax)
    assert_keeps_inputs(lambda dy, argmax: max_pool2d_scatter(dy, argmax, x.shape), dy, argmax)
    assert_dtypes(lambda dy: scatter(dy, x), np.ones(dy.shape))
    expected = scatter(dy, x)
    for dtype in ("uint8", "int32", "uint64"):
        assert_array_equal(max_pool2d_scatter(dy, argmax.astype(dtype), x.shape), expected)
    assert max_pool2d_scatter(dy[:0], argmax[:0], (0, 3, 5, 6)).shape == (0, 3, 5, 6)
    assert max_pool2d_scatter(dy[..., :0], argmax[..., :0], (2, 3, 0, 6)).shape == (2, 3, 0, 6)


@pytest.mark.parametrize(
    ("error", "change", "message"),
    [
        (ValueError, {"argmax": [[[[6]]]]}, r"argmax names place 6, x has shape .*: .* 0 to 5"),
        (ValueError, {"argmax": [[[[-1]]]]}, "argmax names place -1, x has shape"),
        (ValueError, {"argmax": [[[[1, 2]]]]}, r"argmax has shape \(1, 1, 1, 2\), dy has shape"),
        (ValueError, {"x_shape": (2, 1, 2, 3)}, r"dy has shape .*, x has shape \(2, 1, 2, 3\): im"),
        (ValueError, {"x_shape": (1, 2, 3)}, "it must have 4 numbers"),
        (ValueError, {"dy": [1.0], "argmax": [1]}, r"dy has shape \(1,\), 1 axis: it must have 4"),
        (TypeError, {"argmax": [[[[1.0]]]]}, "argmax has dtype float64: places must be integers"),
        (TypeError, {"argmax": [[[[True]]]]}, "argmax has dtype bool: places must be integers"),
        (TypeError, {"dy": [[[[1j]]]]}, "dy has dtype complex128: it must hold real numbers"),
        (TypeError, {"x_shape": 6}, "x_shape is 6: it must be a tuple of ints"),
    ],
)
def test_errors_of_scatter(error, change, message):
    call = {"dy": [[[[1.0]]]], "argmax": [[[[5]]]], "x_shape": (1, 1, 2, 3)}
    max_pool2d_scatter(**call)
    with pytest.raises(error, match=message):
        max_pool2d_scatter(**{**call, **change})


def test_signatures_follow_the_way_forward():
    for forward, backward in [
        (max_pool2d, max_pool2d_backward),
        (avg_pool2d, avg_pool2d_backward),
        (lp_pool2d, lp_pool2d_backward),
    ]:
        there = list(inspect.signature(forward).parameters.values())
        back = list(inspect.signature(backward).parameters.values())
        assert back[0].name == "dy"
        assert back[2:] == there[1:]
