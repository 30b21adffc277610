"""Gradient checking: known slopes, the rule of rel_error, and that x comes back."""

import numpy as np
import pytest
import torch
from contract import CLOSE, LAYOUTS, normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.gradcheck import check_gradients, numeric_grad, rel_error
from cnnkit.ops import conv2d, conv2d_backward, dense, dense_backward

shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


# numeric_grad -----------------------------------------------------------------------------------


@given(shapes)
def test_of_a_cube(shape):
    """Of x**3 the two-sided quotient is wrong by h**2, a one-sided one by 3 x h."""
    x, dy = 1 + normal(*shape) ** 2, normal(*shape, seed=1)
    got = numeric_grad(lambda x: x**3, x, dy)
    assert got.shape == shape
    assert rel_error(got, 3 * dy * x**2) < 1e-7


def test_the_error_falls_with_the_square_of_the_step():
    x = np.array(1.0)
    coarse, fine = (numeric_grad(lambda x: x**3, x, np.array(1.0), h=h) - 3 for h in (0.1, 0.01))
    assert_allclose(coarse, 0.1**2, rtol=1e-6)
    assert_allclose(fine, 0.01**2, rtol=1e-6)


def test_every_x_moves_every_y():
    x, w, dy = normal(3, 4), normal(2, 4, seed=1), normal(3, 2, seed=2)
    assert_allclose(numeric_grad(lambda x: dense(x, w), x, dy), dy @ w, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("x", [2.0, np.float64(2), np.array(2.0)])
def test_of_a_number(x):
    got = numeric_grad(lambda x: 5 * x**2, x, 3.0)
    assert got.shape == ()
    assert_allclose(got, 3 * 5 * 2 * 2, rtol=1e-8)


def test_of_a_layer():
    x, w = normal(2, 2, 4, 5), normal(3, 2, 2, 3, seed=1)
    options = {"stride": (2, 1), "padding": (1, 0), "dilation": (2, 1)}
    dy = normal(2, 3, 2, 3, seed=2)
    dx, dw, _ = conv2d_backward(dy, x, w, **options)
    assert rel_error(dx, numeric_grad(lambda x: conv2d(x, w, **options), x, dy)) < 1e-7
    assert rel_error(dw, numeric_grad(lambda w: conv2d(x, w, **options), w, dy)) < 1e-7


def test_large_numbers_take_the_step_that_rounding_leaves():
    x = np.array([1e7, -3e8])
    assert_allclose(numeric_grad(lambda x: 2 * x, x, np.ones(2)), 2, rtol=1e-12)


def test_x_comes_back():
    x = normal(3, 4) * np.array([1, 1e-3, 1e-6, 1e-9])
    kept = x.copy()
    numeric_grad(np.sin, x, np.ones((3, 4)))
    assert_array_equal(x, kept)  # to the last bit: (x + h) - h is not x where x is small


def test_x_comes_back_after_an_error():
    x = normal(3)
    kept = x.copy()
    calls = []

    def breaks_at_the_fourth_call(x):
        calls.append(x)
        if len(calls) == 4:
            raise RuntimeError("f broke")
        return x**2

    with pytest.raises(RuntimeError, match="f broke"):
        numeric_grad(breaks_at_the_fourth_call, x, np.ones(3))
    assert_array_equal(x, kept)


def test_f_may_look_at_x_by_itself():
    w = normal(4)
    got = numeric_grad(lambda _: (w**2).sum(), w, np.array(1.0))
    assert_allclose(got, 2 * w, rtol=1e-7)


def test_f_may_give_x_itself():
    x = normal(2, 3)
    dy = normal(2, 3, seed=1)
    assert_allclose(numeric_grad(lambda x: x, x, dy), dy, rtol=1e-9)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_views_and_read_only_arrays(layout):
    x, dy = normal(2, 3, 4), normal(2, 3, 4, seed=1)
    changed = LAYOUTS[layout](x)
    wanted = 2 * dy * np.array(changed, float)
    assert_allclose(numeric_grad(np.square, changed, dy), wanted, rtol=1e-7)
    changed.flags.writeable = False
    assert_allclose(numeric_grad(np.square, changed, dy), wanted, rtol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "bool", "complex128", object])
def test_only_float64(dtype):
    with pytest.raises(TypeError, match=r"x has dtype .*: differences need float64"):
        numeric_grad(lambda x: x, np.ones(2, dtype), np.ones(2))


def test_what_f_gives_must_be_of_float64_too():
    with pytest.raises(TypeError, match=r"f\(x\) has dtype float32"):
        numeric_grad(lambda x: x.astype(np.float32), np.ones(2), np.ones(2))


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1)])
def test_dy_has_the_shape_of_y(shape):
    with pytest.raises(ValueError, match=r"dy has shape .*, f\(x\) has shape \(2,\)"):
        numeric_grad(lambda x: x, np.ones(2), np.ones(shape))


def test_f_must_leave_x_alone():
    def centred(x):
        x -= x.mean()
        return x**2

    x = normal(3)
    kept = x.copy()
    with pytest.raises(ValueError, match="f changes x"):
        numeric_grad(centred, x, np.ones(3))
    assert_array_equal(x, kept)


@pytest.mark.parametrize("h", [0, -1e-5, np.inf, np.nan])
def test_the_step_is_positive(h):
    with pytest.raises(ValueError, match="h is .*: it must be positive"):
        numeric_grad(lambda x: x, np.ones(2), np.ones(2), h=h)


def test_the_step_is_a_keyword():
    with pytest.raises(TypeError, match="positional"):
        numeric_grad(lambda x: x, np.ones(2), np.ones(2), 1e-3)


# rel_error --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1.0, 2, 3], [1.0, 2, 3], 0),
        ([1.0, 2], [1.0, 6], 4 / 8),
        ([1.0, -2], [1.0, 2], 1),
        ([0.0, 0], [0.0, 0], 0),
        ([0.0], [5.0], 1),
        ([0.0], [1e-9], 0.1),  # beneath 1e-8 numbers count as they are
        ([1000.0, 1], [1001.0, 1.5], 0.5 / 2.5),  # the largest ratio, not that of the largest
        (3.0, 1.0, 0.5),
        ([], [], 0),
    ],
)
def test_rel_error_by_hand(a, b, expected):
    got = rel_error(np.array(a), np.array(b))
    assert type(got) is float
    assert got == pytest.approx(expected, rel=1e-12)
    assert rel_error(np.array(b), np.array(a)) == got


def test_rel_error_of_small_integers_does_not_wrap():
    assert rel_error(np.array([1], np.uint8), np.array([3], np.uint8)) == 0.5
    assert rel_error(np.array([40000], np.float16), np.array([40000], np.float16)) == 0


def test_rel_error_of_nan_is_nan():
    assert np.isnan(rel_error(np.array([1, np.nan]), np.array([1, np.nan])))


def test_rel_error_refuses():
    with pytest.raises(ValueError, match=r"a has shape \(2, 1\), b has shape \(2,\)"):
        rel_error(np.ones((2, 1)), np.ones(2))
    with pytest.raises(TypeError, match="b has dtype complex128"):
        rel_error(np.ones(2), np.ones(2, complex))


def test_rel_error_keeps_its_inputs():
    a, b = normal(3), normal(3, seed=1)
    kept = a.copy(), b.copy()
    rel_error(a, b)
    assert_array_equal([a, b], kept)


# check_gradients --------------------------------------------------------------------------------


class Linear:
    """A model of one dense layer; ``slip`` is put into its gradient."""

    def __init__(self, slip=0.0, dtype=float):
        self.slip = slip
        self.params = {"w": normal(3, 4).astype(dtype), "b": normal(3, seed=1).astype(dtype)}

    def forward(self, x):
        self.x = x
        return dense(x, self.params["w"], self.params["b"])

    def backward(self, dscores):
        _, dw, db = dense_backward(dscores, self.x, self.params["w"])
        dw[2, 1] += self.slip
        return {"w": dw, "b": db}


def test_a_right_model():
    model = Linear()
    kept = {name: value.copy() for name, value in model.params.items()}
    errors = check_gradients(model, normal(5, 4, seed=2), normal(5, 3, seed=3))
    assert list(errors) == ["w", "b"]
    assert max(errors.values()) < 1e-7
    for name, value in model.params.items():
        assert_array_equal(value, kept[name])


def test_one_wrong_number_is_found():
    errors = check_gradients(Linear(slip=1e-3), normal(5, 4, seed=2), normal(5, 3, seed=3))
    assert errors["w"] > 1e-5
    assert errors["b"] < 1e-7


def test_what_is_no_model():
    with pytest.raises(TypeError, match="model is a int without params, forward, backward"):
        check_gradients(3, np.ones(2), np.ones(2))


def test_a_missing_gradient_is_no_right_one():
    model = Linear()
    model.backward = lambda dscores: {"w": dscores}
    with pytest.raises(ValueError, match=r"gradients of \['w'\].*parameters \['b', 'w'\]"):
        check_gradients(model, normal(5, 4), normal(5, 3))


def test_a_model_of_float32_is_refused():
    with pytest.raises(TypeError, match="float32"):
        check_gradients(Linear(dtype=np.float32), normal(5, 4), normal(5, 3))


def test_torchs_own_check_agrees():
    """torch.autograd.gradcheck and ours call the same functions right and wrong."""

    class Slip(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return dy * 2 * x**2

    x, dy = normal(4), normal(4, seed=1)
    tensor = torch.from_numpy(x.copy()).requires_grad_()
    assert not torch.autograd.gradcheck(Slip.apply, tensor, raise_exception=False)
    (theirs,) = torch.autograd.grad(Slip.apply(tensor), tensor, torch.from_numpy(dy))
    assert rel_error(theirs.numpy(), numeric_grad(lambda x: x**3, x, dy)) > 1e-2
    assert_allclose(theirs.numpy(), dy * 2 * x**2, **CLOSE)


class Line:
    """A model whose gradient is right."""

    def __init__(self):
        self.params = {"w": normal(3)}

    def forward(self, x):
        self.x = x
        return x * self.params["w"]

    def backward(self, dscores):
        return {"w": dscores * self.x}


def test_read_only_parameters_are_refused():
    """A copy would be moved, and the model would not: a slope of 0 for every gradient."""
    model = Line()
    assert check_gradients(model, normal(3, seed=1), normal(3, seed=2))["w"] < 1e-7
    model.params["w"].flags.writeable = False
    with pytest.raises(ValueError, match="w of the model's params is read-only"):
        check_gradients(model, normal(3, seed=1), normal(3, seed=2))


def test_a_step_that_is_lost_in_rounding():
    x = np.array([1.0, 1e12])
    with pytest.raises(ValueError, match=r"x has 1e\+12 at \(1,\): beside it h, 1e-05, is lost"):
        numeric_grad(lambda x: 2 * x, x, np.ones(2))
    assert_array_equal(x, [1, 1e12])
    assert_allclose(numeric_grad(lambda x: 2 * x, x, np.ones(2), h=1.0), 2, rtol=1e-3)
