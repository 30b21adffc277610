"""Windows as columns, their adjoint, and a convolution as one matrix."""

import numpy as np
import pytest
import torch
from contract import (
    CLOSE,
    LAYOUTS,
    assert_dtypes,
    assert_keeps_inputs,
    assert_layouts,
    normal,
)
from conv_calls import calls
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.ops import (
    col2im,
    conv2d,
    conv2d_backward_im2col,
    conv2d_im2col,
    conv_as_matrix,
    im2col,
)


def loops(x, kernel, stride, padding, dilation):
    """The definition: row (c, u, v), column (i, j)."""
    (ph, pw), (N, C, H, W) = padding, x.shape
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype)
    padded[:, :, ph : ph + H, pw : pw + W] = x
    oh, ow = (
        (size - d * (k - 1) - 1) // s + 1
        for size, k, s, d in zip(padded.shape[2:], kernel, stride, dilation, strict=True)
    )
    rows = [
        [
            padded[:, c, i * stride[0] + u * dilation[0], j * stride[1] + v * dilation[1]]
            for i, j in np.ndindex(oh, ow)
        ]
        for c, u, v in np.ndindex(C, *kernel)
    ]
    return np.array(rows).reshape(len(rows), oh * ow, N).transpose(2, 0, 1)


def without_groups(call):
    (x, w, b), options = call
    options = {name: value for name, value in options.items() if name != "groups"}
    return x, w.shape[2:], options


# im2col ---------------------------------------------------------------------------------------


def test_the_order_of_rows_and_columns():
    """Rows c, u, v; columns i, j; each number names its pixel."""
    x = np.array([100 * c + 10 * h + w for c in (1, 2) for h in range(3) for w in range(4)])
    cols = im2col(x.reshape(1, 2, 3, 4), (2, 3))[0]
    assert cols.shape == (12, 4)
    assert cols[:, 0].tolist() == [100, 101, 102, 110, 111, 112, 200, 201, 202, 210, 211, 212]
    assert cols[0].tolist() == [100, 101, 110, 111]


@given(calls(most=6))
def test_im2col_is_the_definition(call):
    x, kernel, options = without_groups(call)
    assert_array_equal(im2col(x, kernel, **options), loops(x, kernel, **options))


@given(calls())
def test_im2col_is_torchs_unfold(call):
    x, kernel, options = without_groups(call)
    expected = torch.nn.functional.unfold(torch.from_numpy(x), kernel, **options).numpy()
    assert_array_equal(im2col(x, kernel, **options), expected)


@given(calls())
def test_a_product_with_the_filters_is_the_convolution(call):
    x, kernel, options = without_groups(call)
    w = normal(3, x.shape[1], *kernel, seed=8)
    y = conv2d(x, w, **options)
    cols = im2col(x, kernel, **options)
    assert_allclose((w.reshape(3, -1) @ cols).reshape(y.shape), y, **CLOSE)


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int64", "float16", "float32", "U3", "object"])
@pytest.mark.parametrize("padding", [0, 1])
def test_im2col_moves_any_dtype(dtype, padding):
    x = np.arange(24).reshape(1, 2, 3, 4).astype(dtype)
    cols = im2col(x, 2, padding=padding)
    assert cols.dtype == x.dtype
    inside = im2col(np.ones(x.shape, bool), 2, padding=padding)
    assert_array_equal(
        cols[inside],
        im2col(np.arange(24).reshape(x.shape), 2, padding=padding)[inside].astype(dtype),
    )


def test_im2col_layouts():
    assert_layouts(lambda x: im2col(x, (2, 3), padding=(1, 0)), normal(2, 3, 4, 5))
    assert_layouts(lambda x: im2col(x, (2, 3), stride=2), normal(2, 3, 4, 5))


@pytest.mark.parametrize("kernel", [1, 2])
def test_im2col_copies(kernel):
    """Writeable, and no number of it is another's or the image's."""
    assert_keeps_inputs(lambda x: im2col(x, kernel), normal(2, 3, 4, 5))
    cols = im2col(np.zeros((1, 1, 3, 3)), 2)
    cols[0, 0, 3] = 7
    assert cols.sum() == 7
    assert cols.flags.c_contiguous


def test_im2col_of_no_images():
    cols = im2col(np.zeros((0, 2, 5, 7), np.uint8), (2, 3))
    assert cols.shape == (0, 12, 20)
    assert cols.dtype == np.uint8


# col2im ---------------------------------------------------------------------------------------


def test_overlaps_add_up():
    """A pixel gets a number from each window that sees it; here, how many there are."""
    counts = col2im(np.ones((1, 9, 9)), (1, 1, 5, 5), 3)[0, 0]
    assert_array_equal(counts, np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]))


def test_pixels_that_no_window_sees_get_zero():
    x = col2im(np.ones((1, 4, 4)), (1, 1, 6, 7), 2, stride=3)[0, 0]
    assert_array_equal(x, np.outer([1, 1, 0, 1, 1, 0], [1, 1, 0, 1, 1, 0, 0]))


@given(calls())
def test_adjoint_identity(call):
    x, kernel, options = without_groups(call)
    cols = im2col(x, kernel, **options)
    y = normal(*cols.shape, seed=9)
    back = col2im(y, x.shape, kernel, **options)
    assert back.shape == x.shape
    assert_allclose(np.sum(cols * y), np.sum(x * back), rtol=1e-10, atol=1e-10)


@given(calls())
def test_col2im_is_torchs_fold(call):
    x, kernel, options = without_groups(call)
    cols = normal(*im2col(x, kernel, **options).shape, seed=9)
    got = col2im(cols, x.shape, kernel, **options)
    if len(x):  # torch folds no empty batch
        tensors = torch.from_numpy(cols)
        expected = torch.nn.functional.fold(tensors, x.shape[2:], kernel, **options).numpy()
        assert_allclose(got, expected, **CLOSE)


def test_col2im_takes_lists_for_shapes_and_pairs():
    cols = normal(2, 18, 6)
    plain = col2im(cols, (2, 3, 3, 5), (2, 3), stride=(2, 1), padding=(1, 0), dilation=(1, 1))
    listed = col2im(cols, [2, 3, 3, 5], [2, 3], stride=[2, 1], padding=[1, 0], dilation=1)
    assert_array_equal(listed, plain)


def test_col2im_contract():
    def call(cols):
        return col2im(cols, (2, 2, 4, 5), (2, 3), padding=(0, 1))

    cols = normal(2, 12, 15)
    assert_layouts(call, cols)
    assert_keeps_inputs(call, cols)
    assert_dtypes(call, np.ones(cols.shape))
    assert call(np.full(cols.shape, 200, np.uint8)).max() == 1200  # six windows, and no wrapping
    assert col2im(np.zeros((0, 12, 9)), (0, 2, 4, 5), (2, 3)).shape == (0, 2, 4, 5)


# The matrix -----------------------------------------------------------------------------------


few = st.integers(1, 3)


@given(few, few, st.integers(1, 7), st.integers(1, 7), *[st.tuples(few, few)] * 2, st.data())
def test_the_matrix_is_torchs_convolution(C, O, H, W, kernel, stride, data):
    padding = data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    assume(all(k <= n + 2 * p for k, n, p in zip(kernel, (H, W), padding, strict=True)))
    x, w = (torch.from_numpy(o) for o in (normal(2, C, H, W), normal(O, C, *kernel, seed=1)))
    matrix = conv_as_matrix(w.numpy(), H, W, stride=stride, padding=padding)
    y = torch.conv2d(x.requires_grad_(), w, stride=stride, padding=padding)
    assert matrix.shape == (y[0].numel(), x[0].numel())
    dy = normal(*y.shape, seed=2)
    (dx,) = torch.autograd.grad(y, x, torch.from_numpy(dy))
    rows = [values.detach().numpy().reshape(2, -1) for values in (x, y, dx)]
    assert_allclose(rows[0] @ matrix.T, rows[1], **CLOSE)
    assert_allclose(dy.reshape(2, -1) @ matrix, rows[2], **CLOSE)


def test_the_matrix_by_hand():
    w = np.array([[[[1, 2], [3, 4]]]])
    assert conv_as_matrix(w, 2, 3, padding=(0, 1)).tolist() == [
        [2, 0, 0, 4, 0, 0],
        [1, 2, 0, 3, 4, 0],
        [0, 1, 2, 0, 3, 4],
        [0, 0, 1, 0, 0, 3],
    ]


def test_locality_and_sharing():
    """Each row holds one filter's numbers once, and zeros else: few weights, repeated."""
    w = np.arange(1.0, 37).reshape(3, 2, 2, 3)
    matrix = conv_as_matrix(w, 6, 8)
    assert_array_equal((matrix != 0).sum(axis=1), np.full(3 * 5 * 6, 12))
    for filter_, rows in zip(w, matrix.reshape(3, 30, -1), strict=True):
        for row in rows:
            assert row[row != 0].tolist() == filter_.ravel().tolist()


def test_matrix_contract():
    def call(w):
        return conv_as_matrix(w, 4, 5, padding=1)

    w = normal(3, 2, 2, 3)
    assert_layouts(call, w)
    assert_keeps_inputs(call, w)
    assert_dtypes(call, np.ones(w.shape))


# Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: im2col(np.zeros((3, 4, 5)), 2),
            r"x has shape \(3, 4, 5\), 3 axes: .*\(N, C, H, W",
        ),
        (lambda: im2col(np.zeros((1, 1, 4, 5)), (5, 2)), "size 4 with padding 0 .* kernel of 5"),
        (lambda: im2col(np.zeros((1, 1, 4, 5)), 0), "kernel is 0: it must be at least 1"),
        (lambda: im2col(np.zeros((1, 1, 4, 5)), 2, padding="same"), "padding is 'same'"),
        (lambda: im2col(np.zeros((1, 1, 4, 5)), 2, stride=0), "stride is 0"),
        (
            lambda: col2im(np.zeros((2, 8, 12)), (2, 3, 4, 5), 2),
            r"cols has shape \(2, 8, 12\), im2col of x_shape \(2, 3, 4, 5\) has shape \(2, 12, ",
        ),
        (lambda: col2im(np.zeros((2, 12, 12)), (3, 4, 5), 2), r"x_shape is \(3, 4, 5\): .* 4 numb"),
        (lambda: col2im(np.zeros((2, 12)), (2, 3, 4, 5), 2), r"cols has shape \(2, 12\), im2col"),
        (lambda: col2im(np.zeros((2, 12, 12)), (2, 3, 4, 5), 6), "a kernel of 6"),
        (lambda: conv_as_matrix(np.zeros((2, 2, 2)), 4, 5), r"w has shape \(2, 2, 2\), 3 axes"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 2, 2)), 0, 5), "H is 0: it must be at least 1"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 2, 7)), 4, 5), "size 5 with .* kernel of 7"),
    ],
)
def test_value_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: im2col(np.zeros((1, 1, 4, 5)), 2.0), r"kernel is 2\.0"),
        (lambda: im2col(np.zeros((1, 1, 4, 5)), 2, 1), "positional"),
        (
            lambda: col2im(np.zeros((1, 4, 12)).astype(object), (1, 1, 4, 5), 2),
            "cols has dtype obj",
        ),
        (lambda: col2im(np.zeros((1, 4, 12)), 4, 2), "x_shape is 4: it must be a tuple"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 2, 2)).astype(object), 4, 5), "w has dtype object"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 2, 2)), 4.0, 5), r"H is 4\.0"),
    ],
)
def test_type_errors(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_every_layout_is_read():
    """The exact columns, whatever the image's strides are."""
    x = normal(2, 3, 4, 5)
    expected = loops(x, (2, 3), (1, 2), (0, 0), (2, 1))
    for layout in LAYOUTS.values():
        assert_array_equal(im2col(layout(x), (2, 3), stride=(1, 2), dilation=(2, 1)), expected)


@pytest.mark.parametrize("groups", [1, 2])
def test_no_filter_gives_no_map(groups):
    x, w = np.ones((2, 4, 5, 6)), np.ones((0, 4 // groups, 3, 2))
    y = conv2d_im2col(x, w, groups=groups)
    assert y.shape == conv2d(x, w, groups=groups).shape == (2, 0, 3, 5)
    dx, dw, db = conv2d_backward_im2col(y, x, w, groups=groups)
    assert (dw.shape, db.shape) == (w.shape, (0,))
    assert not dx.any() and dx.shape == x.shape
