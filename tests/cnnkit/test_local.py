"""The locally connected layer: by hand, the definition, a convolution when tied, the contract."""

import numpy as np
import pytest
from contract import (
    CLOSE,
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

from cnnkit.ops import conv2d, conv2d_backward, locally_connected, locally_connected_backward
from cnnkit.shapes import conv2d_shape


@st.composite
def calls(draw):
    N, C, O = draw(st.integers(0, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    kernel = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    stride = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    assume(kernel[0] <= H and kernel[1] <= W)
    places = conv2d_shape(H, W, kernel, stride=stride)
    x, w = normal(N, C, H, W), normal(*places, O, C, *kernel, seed=1)
    b = draw(st.sampled_from([None, normal(*places, O, seed=2)]))
    return x, w, b, stride


def loops(x, w, b, stride):
    """The definition."""
    oh, ow, O, C, kh, kw = w.shape
    y = np.zeros((len(x), O, oh, ow))
    for n, o, i, j in np.ndindex(y.shape):
        y[n, o, i, j] = 0 if b is None else b[i, j, o]
        for c, u, v in np.ndindex(C, kh, kw):
            y[n, o, i, j] += w[i, j, o, c, u, v] * x[n, c, i * stride[0] + u, j * stride[1] + v]
    return y


def tied(w, b, places):
    """The same filters and biases at every place."""
    return (np.broadcast_to(o, (*places, *o.shape)) for o in (w, b))


def test_by_hand():
    x = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(1, 1, 2, 3)
    w = np.array([[1.0, 10, 100, 1000], [2, 20, 200, 2000]]).reshape(1, 2, 1, 1, 2, 2)
    y = locally_connected(x, w, np.array([0.5, 0.25]).reshape(1, 2, 1))
    # 1 + 20 + 400 + 5000 with the first place's filter, (2 + 30 + 500 + 6000) * 2 with the other's
    assert y.tolist() == [[[[5421.5, 13064.25]]]]
    dx, dw, db = locally_connected_backward([[[[1, 3]]]], x, w)
    assert dx[0, 0].tolist() == [[1, 10 + 6, 60], [100, 1000 + 600, 6000]]
    assert dw.ravel().tolist() == [1, 2, 4, 5, 6, 9, 15, 18]
    assert db.ravel().tolist() == [1, 3]


@given(calls())
def test_the_definition(call):
    x, w, b, stride = call
    expected = loops(x, w, b, stride)
    got = locally_connected(x, w, b, stride=stride)
    assert got.shape == expected.shape
    assert_allclose(got, expected, **CLOSE)


@pytest.mark.parametrize("stride", [1, 2, (3, 1), (1, 2)])
def test_tied_it_is_a_convolution(stride):
    x, w, b = normal(3, 2, 7, 6), normal(4, 2, 2, 3, seed=1), normal(4, seed=2)
    y = conv2d(x, w, b, stride=stride)
    local_w, local_b = tied(w, b, y.shape[2:])
    assert_allclose(locally_connected(x, local_w, local_b, stride=stride), y, **CLOSE)
    dy = normal(*y.shape, seed=3)
    dx, dw, db = locally_connected_backward(dy, x, local_w, stride=stride)
    expected = conv2d_backward(dy, x, w, stride=stride)
    got = dx, dw.sum(axis=(0, 1)), db.sum(axis=(0, 1))  # sharing adds up what the places want
    for mine, shared in zip(got, expected, strict=True):
        assert_allclose(mine, shared, **CLOSE)


@given(calls())
def test_difference_quotients(call):
    x, w, b, stride = call
    assume(0 < x.size <= 60 and w.size <= 60)
    b = np.zeros(w.shape[:3]) if b is None else b

    def forward(x, w, b):
        return locally_connected(x, w, b, stride=stride)

    dy = normal(*forward(x, w, b).shape, seed=3)
    got = locally_connected_backward(dy, x, w, stride=stride)
    assert_gradients(got, numeric_gradient(forward, dy, x, w, b))


def test_places_do_not_share():
    """What one place's filter is says nothing to the others."""
    x, w = normal(2, 2, 4, 5), normal(3, 3, 2, 2, 2, 3, seed=1)
    before = locally_connected(x, w)
    w[1, 2] += 1
    changed = locally_connected(x, w) != before
    assert changed[:, :, 1, 2].all()
    assert changed.sum() == 2 * 2


# Contract -------------------------------------------------------------------------------------

FORWARD = locally_connected, normal(2, 2, 4, 5), normal(3, 3, 2, 2, 2, 3), normal(3, 3, 2)
BACKWARD = locally_connected_backward, normal(2, 2, 3, 3), *FORWARD[1:3]
each = pytest.mark.parametrize("call", [FORWARD, BACKWARD], ids=["forward", "backward"])


@each
def test_layouts(call):
    assert_layouts(*call)


@each
def test_inputs_stay_and_results_are_new(call):
    assert_keeps_inputs(*call)


def test_one_window_of_one_pixel():
    """Shapes whose axes could be exchanged without a copy."""
    x, w = normal(1, 1, 1, 1), normal(1, 1, 1, 1, 1, 1, seed=1)
    assert_keeps_inputs(locally_connected, x, w)
    assert_keeps_inputs(locally_connected_backward, x, x, w)


@each
def test_dtypes(call):
    function, *operands = call
    assert_dtypes(function, *(np.ones(operand.shape) for operand in operands))


def test_small_integers_do_not_wrap():
    x, w = np.full((1, 1, 1, 2), 200, np.uint8), np.full((1, 1, 1, 1, 1, 2), 200, np.uint8)
    assert locally_connected(x, w).tolist() == [[[[80000]]]]


def test_an_empty_batch():
    x, w = np.zeros((0, 2, 4, 5), np.float32), np.ones((3, 3, 2, 2, 2, 3), np.float32)
    y = locally_connected(x, w)
    assert y.shape == (0, 2, 3, 3)
    dx, dw, db = locally_connected_backward(y, x, w)
    assert dx.shape == x.shape
    assert_array_equal(dw, np.zeros(w.shape))
    assert_array_equal(db, np.zeros((3, 3, 2)))
    assert y.dtype == dx.dtype == dw.dtype == db.dtype == np.float32


@pytest.mark.parametrize(
    ("x", "w", "b", "stride", "message"),
    [
        ((2, 2, 4), (3, 3, 2, 2, 2, 3), None, 1, r"x has shape \(2, 2, 4\), 3 axes"),
        ((2, 2, 4, 5), (2, 2, 2, 3), None, 1, r"w has shape .*, 4 axes: .*\(oH, oW, O, C, kH, kW"),
        ((2, 1, 4, 5), (3, 3, 2, 2, 2, 3), None, 1, "w has 2 channels, x has 1: w has shape"),
        (
            (2, 2, 4, 5),
            (3, 4, 2, 2, 2, 3),
            None,
            1,
            r"w has filters for 3 x 4 places, x has 3 x 3 at stride \(1, 1\): .* \(2, 2, 4, 5\)",
        ),
        ((2, 2, 4, 5), (3, 3, 2, 2, 2, 3), None, 2, "3 x 3 places, x has 2 x 2 at stride"),
        ((2, 2, 4, 5), (3, 3, 2, 2, 2, 3), (2,), 1, r"b has shape \(2,\), w has .* \(3, 3, 2\)"),
        ((2, 2, 4, 5), (3, 3, 2, 2, 2, 6), None, 1, "a kernel of 6"),
        ((2, 2, 4, 5), (3, 3, 2, 2, 2, 3), None, 0, "stride is 0"),
    ],
)
def test_value_errors(x, w, b, stride, message):
    b = None if b is None else np.zeros(b)
    with pytest.raises(ValueError, match=message):
        locally_connected(np.zeros(x), np.zeros(w), b, stride=stride)
    if b is None:
        with pytest.raises(ValueError, match=message):
            locally_connected_backward(
                np.zeros((2, 2, 3, 3)), np.zeros(x), np.zeros(w), stride=stride
            )


def test_a_gradient_of_the_wrong_shape():
    _, dy, x, w = BACKWARD
    with pytest.raises(ValueError, match=r"dy has shape \(2, 2, 3, 2\), y has shape \(2, 2, 3, 3"):
        locally_connected_backward(dy[..., 1:], x, w)


@each
def test_operands_must_hold_numbers(call):
    function, *operands = call
    for place, operand in enumerate(operands):
        wrong = [*operands[:place], operand.astype(object), *operands[place + 1 :]]
        with pytest.raises(TypeError, match="has dtype object: it must hold numbers"):
            function(*wrong)


def test_options_are_keywords_only():
    with pytest.raises(TypeError, match="positional"):
        locally_connected(*FORWARD[1:], 1)
