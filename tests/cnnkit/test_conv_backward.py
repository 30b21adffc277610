"""Gradients of a convolution: by hand, oracles, difference quotients, and the contract."""

import inspect
import tracemalloc

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    assert_dtypes,
    assert_gradients,
    assert_keeps_inputs,
    assert_layouts,
    normal,
    numeric_gradient,
)
from conv_calls import calls
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import (
    conv2d,
    conv2d_backward,
    conv2d_backward_im2col,
    conv2d_backward_loops,
    conv2d_filter_gradients,
    conv_backward,
    windows,
)

each = pytest.mark.parametrize(
    "backward", [conv2d_backward, conv2d_backward_loops, conv2d_backward_im2col]
)
fast = pytest.mark.parametrize("backward", [conv2d_backward, conv2d_backward_im2col])
# The fast form has two ways to dx: each must do alone what the choice between them does.
ways = pytest.mark.parametrize("way", ["_add_by_rows", "_add_by_taps"])


@pytest.fixture
def choose(monkeypatch):
    def choose(way):
        monkeypatch.setattr(conv_backward, "_rows_are_faster", lambda *_: way == "_add_by_rows")

    return choose


def assert_same(got, expected):
    for mine, other in zip(got, expected, strict=True):
        assert mine.shape == other.shape
        assert_allclose(mine, other, **CLOSE)


def torchs(dy, x, w, **options):
    tensors = [torch.from_numpy(o).requires_grad_() for o in (x, w, np.zeros(len(w)))]
    y = torch.nn.functional.conv2d(*tensors, **options)
    return [g.numpy() for g in torch.autograd.grad(y, tensors, torch.from_numpy(dy))]


# Values ---------------------------------------------------------------------------------------


@each
def test_item58_two_by_two_kernel(backward):
    """Lecture item 58, and what its page breaks off before: dL/dk11 is the sum of dy * x."""
    x, w = np.arange(1.0, 10).reshape(1, 1, 3, 3), np.array([[[[1.0, 10], [100, 1000]]]])
    dx, dw, db = backward(np.array([[[[1.0, 2], [3, 4]]]]), x, w)
    assert dx[0, 0].tolist() == [[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]
    assert dw[0, 0].tolist() == [[37, 47], [67, 77]]  # 37 = 1*1 + 2*2 + 3*4 + 4*5
    assert db.tolist() == [10]


@each
def test_stride_padding_and_dilation_by_hand(backward):
    x, w = np.arange(1.0, 8).reshape(1, 1, 1, 7), np.array([[[[1.0, 10, 100]]]])
    options = {"stride": (1, 3), "padding": (0, 2), "dilation": (1, 2)}
    dx, dw, db = backward(np.array([[[[1.0, 2, 3]]]]), x, w, **options)
    # places 0, 1, 2 look at pixels -2, 0, 2 · 1, 3, 5 · 4, 6, 8, counted from 0
    assert dx.ravel().tolist() == [10, 2, 100, 20, 3, 200, 30]
    assert dw.ravel().tolist() == [0 + 2 * 2 + 3 * 5, 1 * 1 + 2 * 4 + 3 * 7, 1 * 3 + 2 * 6 + 0]
    assert db.tolist() == [6]


@each
def test_batches_add_up(backward):
    dy, x, w = normal(3, 4, 3, 4), normal(3, 2, 4, 6, seed=1), normal(4, 2, 2, 3, seed=2)
    dx, dw, db = backward(dy, x, w)
    single = [backward(dy[[n]], x[[n]], w) for n in range(3)]
    assert_allclose(dx, np.concatenate([gradients[0] for gradients in single]), **CLOSE)
    assert_allclose(dw, sum(gradients[1] for gradients in single), **CLOSE)  # not their mean
    assert_allclose(db, sum(gradients[2] for gradients in single), **CLOSE)


@each
def test_pixels_that_no_window_sees_get_zero(backward):
    """Stride 3 leaves the last row and the last two columns out."""
    dx, _, _ = backward(
        np.ones((1, 1, 2, 2)), np.ones((1, 1, 6, 7)), np.ones((1, 1, 2, 2)), stride=3
    )
    rows = np.array([1, 1, 0, 1, 1, 0])
    columns = np.array([1, 1, 0, 1, 1, 0, 0])
    assert_array_equal(dx[0, 0], rows[:, None] * columns)


@each
@pytest.mark.parametrize("kernel", [2, 3])
def test_windows_apart_by_more_than_their_size(backward, kernel):
    dy, x, w = normal(2, 3, 2, 3), normal(2, 2, 7, 11, seed=1), normal(3, 2, kernel, kernel, seed=2)
    assert_same(backward(dy, x, w, stride=4), torchs(dy, x, w, stride=4))


# Oracles --------------------------------------------------------------------------------------


@fast
@given(calls())
def test_fast_form_is_torchs(backward, call):
    (x, w, _), options = call
    dy = normal(*conv2d(x, w, **options).shape, seed=5)
    assert_same(backward(dy, x, w, **options), torchs(dy, x, w, **options))


@fast
@given(calls(most=6))
def test_fast_form_is_the_definition(backward, call):
    (x, w, _), options = call
    dy = normal(*conv2d(x, w, **options).shape, seed=5)
    assert_same(backward(dy, x, w, **options), conv2d_backward_loops(dy, x, w, **options))


@given(calls())
def test_filter_gradients_are_torchs(call):
    (x, w, _), options = call
    dy = normal(*conv2d(x, w, **options).shape, seed=5)
    assert_same(conv2d_filter_gradients(dy, x, w, **options), torchs(dy, x, w, **options)[1:])


def test_filter_gradients_check_their_operands():
    operands = normal(1, 1, 3, 2), normal(1, 1, 4, 5, seed=1), normal(1, 1, 2, 2, seed=2)
    with pytest.raises(ValueError, match=r"dy has shape .* \(1, 1, 3, 4\)"):
        conv2d_filter_gradients(*operands)


@each
@pytest.mark.parametrize("place", [0, 1, 2])
def test_operands_hold_real_numbers(backward, place):
    """Of complex ones the chain rule takes conjugates; without these it would be silently wrong."""
    operands = [normal(1, 1, 3, 4), normal(1, 1, 4, 5, seed=1), normal(1, 1, 2, 2, seed=2)]
    operands[place] = operands[place].astype(complex)
    with pytest.raises(TypeError, match="has dtype complex128: it must hold real numbers"):
        backward(*operands)


OPTIONS = [
    {},
    {"stride": (2, 3)},
    {"stride": (3, 2), "padding": (1, 0), "dilation": (1, 2)},
    {"stride": (1, 2), "padding": (4, 5)},
    {"padding": (0, 2), "dilation": (3, 1)},
    {"stride": (2, 4), "dilation": 2, "padding": 1},
    {"groups": 2, "padding": (2, 1)},
    {"groups": 2, "stride": (2, 3), "padding": 1, "dilation": (2, 3)},
]


@ways
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kernel", [(2, 3), (3, 1), (1, 4), (1, 1)])
def test_either_way_is_torchs(choose, way, options, kernel):
    choose(way)
    x, w = normal(3, 4, 9, 11), normal(6, 4 // options.get("groups", 1), *kernel, seed=1)
    dy = normal(*conv2d(x, w, **options).shape, seed=2)
    assert_same(conv2d_backward(dy, x, w, **options), torchs(dy, x, w, **options))


@ways
@pytest.mark.parametrize("scratch", [1, 3000, 1 << 20])
def test_the_size_of_the_scratch_changes_nothing(choose, monkeypatch, way, scratch):
    choose(way)
    dy, x, w = normal(7, 6, 5, 5), normal(7, 4, 9, 6, seed=1), normal(6, 2, 3, 2, seed=2)
    options = {"stride": (2, 1), "padding": 1, "groups": 2, "dilation": (1, 3)}
    monkeypatch.setattr(windows, "SCRATCH_BYTES", scratch)
    assert_same(conv2d_backward(dy, x, w, **options), torchs(dy, x, w, **options))


def test_both_ways_are_taken(monkeypatch):
    """Few channels under many filters are added tap by tap, the others by rows."""
    taken = []
    for way in ("_add_by_rows", "_add_by_taps"):
        monkeypatch.setattr(conv_backward, way, lambda *_, way=way: taken.append(way))
    for C, O in ((1, 32), (32, 64)):
        conv2d_backward(np.ones((1, O, 2, 2)), np.ones((1, C, 4, 4)), np.ones((O, C, 3, 3)))
    assert taken == ["_add_by_taps", "_add_by_rows"]


@each
@pytest.mark.parametrize("options", OPTIONS)
def test_difference_quotients(backward, options):
    """Central differences in float64, with a random dy: ones would hide what is mixed up."""
    x, w, b = normal(2, 2, 7, 6), normal(2, 2 // options.get("groups", 1), 2, 3, seed=1), normal(2)

    def call(x, w, b):
        return conv2d(x, w, b, **options)

    dy = normal(*call(x, w, b).shape, seed=3)
    assert_gradients(backward(dy, x, w, **options), numeric_gradient(call, dy, x, w, b))


# Contract -------------------------------------------------------------------------------------


@each
def test_all_forms_have_the_same_signature(backward):
    assert inspect.signature(backward) == inspect.signature(conv2d_backward)


CALL = normal(2, 3, 3, 3), normal(2, 2, 4, 5, seed=1), normal(3, 2, 2, 3, seed=2)
POINTWISE = normal(2, 3, 4, 5), normal(2, 2, 4, 5, seed=1), normal(3, 2, 1, 1, seed=2)
on_kernels = pytest.mark.parametrize("operands", [CALL, POINTWISE], ids=["2 x 3", "1 x 1"])


@each
@on_kernels
def test_layouts(backward, operands):
    assert_layouts(backward, *operands)


@ways
@on_kernels
def test_layouts_either_way(choose, way, operands):
    choose(way)
    assert_layouts(conv2d_backward, *operands)


@each
@on_kernels
def test_inputs_stay_and_results_are_new(backward, operands):
    assert_keeps_inputs(backward, *operands)
    assert all(gradient.flags.c_contiguous for gradient in backward(*operands))


@each
@on_kernels
def test_dtypes(backward, operands):
    assert_dtypes(backward, *(np.ones(operand.shape) for operand in operands))


@each
def test_small_integers_do_not_wrap(backward):
    dy, x, w = (
        np.full(shape, 200, np.uint8) for shape in ((1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 1, 2))
    )
    assert [gradient.tolist() for gradient in backward(dy, x, w)] == [
        [[[[40000, 40000]]]], [[[[40000, 40000]]]], [200]
    ]  # fmt: skip


@each
@on_kernels
def test_an_empty_batch_gives_zeros(backward, operands):
    dy, x, w = operands[0][:0], operands[1][:0], operands[2].astype(np.float32)
    dx, dw, db = backward(dy.astype(np.float32), x.astype(np.float32), w)
    assert dx.shape == x.shape
    assert_array_equal(dw, np.zeros(w.shape))
    assert_array_equal(db, np.zeros(3))
    assert dx.dtype == dw.dtype == db.dtype == np.float32


@each
def test_an_int_option_is_the_same_pair(backward):
    dy, x, w = normal(2, 3, 4, 4), normal(2, 2, 7, 9, seed=1), normal(3, 2, 2, 3, seed=2)
    got = backward(dy, x, w, stride=2, padding=1, dilation=2)
    pairs = backward(dy, x, w, stride=(2, 2), padding=[1, 1], dilation=(2, 2))
    for mine, other in zip(got, pairs, strict=True):
        assert_array_equal(mine, other)


@ways
def test_memory_stays_small(choose, way):
    """All windows at once would take 25 times the 12 MB of the images."""
    choose(way)
    x, w = np.ones((48, 4, 128, 128), np.float32), np.ones((2, 4, 5, 5), np.float32)
    dy = np.ones((48, 2, 128, 128), np.float32)
    tracemalloc.start()
    try:
        results = conv2d_backward(dy, x, w, padding=2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    one_image = 25 * x[0].nbytes
    assert peak < sum(result.nbytes for result in results) + 1.5 * one_image


@each
@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (
            ((2, 6, 3, 3), (2, 1, 4, 5), (6, 3, 2, 2)),
            {},
            r"w has 3 channels, x has 1: w has shape \(6, 3, ",
        ),
        (
            ((2, 6, 3, 3), (2, 3, 4, 5), (6, 3, 2, 2)),
            {},
            r"dy has shape \(2, 6, 3, 3\), y has shape \(2, 6, 3, 4\): they must be the same",
        ),
        (((2, 6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {"stride": 2}, r"y has shape \(2, 6, 2, 2\)"),
        (((1, 6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {}, r"dy has shape \(1, 6, 3, 4\), y has"),
        (((6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {}, r"dy has shape \(6, 3, 4\), y has shape"),
        (((2, 6, 3, 4), (2, 3, 4), (6, 3, 2, 2)), {}, r"x has shape \(2, 3, 4\), 3 axes"),
        (((2, 6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {"groups": 2}, "w has 3 channels, x has 3 in"),
        (((2, 6, 3, 4), (2, 3, 4, 5), (6, 3, 7, 2)), {}, "size 4 with padding 0 .* kernel of 7"),
        (((2, 6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {"padding": "same"}, "padding is 'same'"),
        (((2, 6, 3, 4), (2, 3, 4, 5), (6, 3, 2, 2)), {"padding": -1}, "padding is -1"),
    ],
)
def test_value_errors(backward, shapes, options, message):
    with pytest.raises(ValueError, match=message):
        backward(*map(np.zeros, shapes), **options)


@each
@pytest.mark.parametrize("place", [0, 1, 2])
def test_operands_must_hold_numbers(backward, place):
    operands = list(CALL)
    operands[place] = operands[place].astype(object)
    name = ("dy", "x", "w")[place]
    with pytest.raises(TypeError, match=f"{name} has dtype object: it must hold numbers"):
        backward(*operands)


@each
def test_options_are_keywords_only(backward):
    with pytest.raises(TypeError, match="positional"):
        backward(*CALL, 1)
