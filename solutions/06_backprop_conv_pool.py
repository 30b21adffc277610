# %% [markdown]
# # 06 · Backpropagation through convolution and pooling
#
# *[← 05 Pooling and downsampling](05_pooling_and_downsampling.ipynb) ·
# [Contents](00_start_here.ipynb) · [07 Fast convolution →](07_fast_conv_im2col.ipynb)*
#
# **You will**
# - measure any gradient with difference quotients, and say when to believe them;
# - send gradients back through ReLU, max pooling and average pooling;
# - see that the way back through a convolution is again a convolution;
# - write the backward pass of the whole layer, with stride, padding and dilation;
# - let gradient descent find a filter in a photograph.
#
# **Time.** About 4 hours: part 1 (difference quotients, ReLU, pooling, one dimension) 150 minutes,
# part 2 (the layer) 95. There is a good place to stop between them.
#
# **Prerequisites.** Chapter 02 (correlation, convolution, *valid*, *same*, *full*), chapter 04 (the
# layer) and chapter 05 (pooling, the tie rule). The chain rule, and what a partial derivative is.

# %% [markdown]
# **How this chapter speaks.** As chapters 04 and 05 do: $x$ is `(N, C, H, W)`, $w$ is
# `(O, C, kH, kW)`, $k, s, p, d$ are kernel, stride, padding and dilation; in one dimension $x$ has
# $d$ numbers and the kernel $k$ has $s$ (as in chapter 02; there $d$ is no dilation and $s$ no
# stride). ★ is cross-correlation, $*$ flips. $L$ is the **loss**, the one number that training
# makes small. Gradients are written without it:
#
# | Written | Means | Shape |
# |---|---|---|
# | `dy` | $\partial L / \partial y$, the gradient that **arrives** at a layer's output | of $y$ |
# | `dx`, `dw`, `db` | $\partial L / \partial x$ …, what the layer **hands on** | of $x$, $w$, $b$ |
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; the deck *DSML: Computer Vision* (22 March
# 2023); an unsigned handwritten deck on convolutional networks. A box headed **Erratum** corrects a
# lecture; a box headed **Careful** completes one that is right where it stands. Boxes name
# **items**: the numbers of the lectures' points in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import filters, gradcheck, ops, shapes
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(6)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that
# only these bind.
#
# ---
# ## Part 1 · Checking, ReLU, pooling, one dimension
#
# ### 1.1 What a layer owes to the one below
#
# A network is a chain of functions, and at its end stands a loss. To train it we must know how the
# loss changes with every weight. Nobody writes that down for the whole chain. Each layer only
# answers one question: *if the loss changes by this much with my output, by how much does it change
# with my input and with my weights?* That is its backward function. It takes `dy`, and the chain
# rule says what comes out:
#
# $$ dx_m = \sum_i dy_i \, \frac{\partial y_i}{\partial x_m} $$
#
# **By hand.** A layer takes two numbers and gives two, $y_0 = 3x_0$ and $y_1 = x_0 x_1$. At
# $x = (2, 5)$ let $dy = (10, 1)$ arrive. $x_0$ went into both outputs: $dx_0 = 10 \cdot 3 + 1 \cdot
# x_1 = 35$. $x_1$ went into one: $dx_1 = 1 \cdot x_0 = 2$.
#
# Three things hold for every backward function of this chapter:
# - `dx` has the **shape of x**, `dw` that of w;
# - what went into several outputs gets the **sum** of what they send back, what went into none 0;
# - twice the `dy` gives twice the `dx`: backward is **linear in dy**, even where the layer is not
#   linear in x.

# %% [markdown]
# ### 1.2 Trust, but measure
#
# A backward function can be wrong and train all the same, only worse. So it is checked against the
# definition of a derivative: move one number of $x$ a little up and a little down, see how
# $\sum_i dy_i\, y_i$ changes, divide.
#
# $$ dx_m \approx \frac{\sum_i dy_i\,\bigl(f(x + h\,e_m)_i - f(x - h\,e_m)_i\bigr)}{2h} $$
#
# $e_m$ is 1 at place $m$ and 0 elsewhere. Subtract first, then sum: fewer digits cancel. This is
# the **two-sided** (or central) difference quotient. The **one-sided** one compares $f(x+h)$ with
# $f(x)$ and divides by $h$.
#
# **By hand.** $f(x) = x^3$ at $x = 1$, where the slope is 3, with $h = 0.1$. One-sided:
# $(1.331 - 1)/0.1 = 3.31$. Two-sided: $(1.331 - 0.729)/0.2 = 3.01$. The errors are $3h + h^2$ and
# $h^2$.

# %% [markdown] quiz="step"
# **Predict.** The two-sided quotient of $e^x$ is computed in float64, once with $h = 10^{-5}$ and
# once with $h = 10^{-12}$. Which one is nearer to the true slope?
# - [ ] 10⁻¹², for a smaller step makes a smaller error :: Of the formula, yes. But a float64 has
#   only 16 digits, and the difference of two nearly equal numbers keeps the last few of them.
# - [x] 10⁻⁵ :: With 10⁻¹² nearly all digits cancel, and what is left is rounding.
# - [ ] Both are the same, up to rounding :: It is the rounding that makes the difference.

# %% demo
from cnnkit.pictures import show, step_errors

x, steps = np.array([0.5, 1.0, 2.0]), 10.0 ** np.arange(-1, -13, -1)
slope = np.exp(x)
one = [gradcheck.rel_error((np.exp(x + h) - np.exp(x)) / h, slope) for h in steps]
two = [gradcheck.rel_error((np.exp(x + h) - np.exp(x - h)) / (2 * h), slope) for h in steps]
show(step_errors(steps, {"one-sided": one, "two-sided": two}))

# %% [markdown]
# Read it from the right. While $h$ is large, the formula's error rules: it falls with $h$ for the
# one-sided and with $h^2$ for the two-sided quotient, so the slopes of the lines are 1 and 2. Then
# rounding takes over, and both get worse again. The two-sided quotient at $h = 10^{-5}$ is good to
# about ten digits. That is our check. In float32, with 7 digits, even the best $h$ would leave four
# or five of them.
#
# Two gradients are then compared by their **relative error**, number by number:
#
# $$ \max_i \frac{|a_i - b_i|}{\max(10^{-8},\; |a_i| + |b_i|)} $$
#
# The $10^{-8}$ is a floor: two zeros agree, and 0/0 does not occur. One number that is wrong must
# be enough: hence the maximum. Below about $10^{-7}$ a gradient is right; at $10^{-2}$ a formula is
# wrong. In between, look at the numbers: one that is nearly 0 beside large ones has a large
# relative error from rounding alone.

# %% [markdown]
# #### Exercise 1 · `numeric_grad` and `rel_error`
#
# Write both. `numeric_grad` takes a function `f`, and knows nothing else about it: `f` may give an
# array of any shape, or a single number, and each output may depend on every number of `x`. So move
# one number at a time, and put it back. `x` may have any number of axes, none included.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: all indices</summary>
#
# `np.ndindex(x.shape)` gives every index of an array of any rank, as a tuple; for an array without
# axes it gives the empty tuple once, and `a[()]` is then its only number.
# </details>
# <details><summary>Hint 2: up, down, back</summary>
#
# Keep the number first. Set it to the kept one plus h, ask f, set it to the kept one minus h, ask
# f, set it to the kept one. Adding and subtracting h in turn does not lead back exactly.
# </details>
# <details><summary>Hint 3: a trap</summary>
#
# f may return x itself, or a view of it (`reshape` does). Then the result from above changes as you
# move x down. Keep a copy of it, before you move on.
# </details>

# %% exercise="numeric_grad" forbids="cnnkit.numeric_grad cnnkit.rel_error numpy.gradient scipy torch" minutes=30
def numeric_grad(f, x, dy, *, h=1e-5):
    """Measure the gradient of sum(dy * f(x)) by two-sided difference quotients.

    Parameters
    ----------
    f : callable
        Gives y for x: an array of any shape, or a number. It may return x itself or a view of it.
    x : ndarray of float64, any shape, also ()
        The same after the call as before.
    dy : ndarray, the shape of y
    h : float
        The step.

    Returns
    -------
    dx : ndarray of float64, the shape of x

    Raises
    ------
    TypeError
        If x is not of float64: other dtypes have too few digits, or none behind the point.

    Examples
    --------
    >>> numeric_grad(lambda x: x**2, np.array([1.0, 3.0]), np.array([1.0, 10.0])).round(6)
    array([ 2., 60.])
    """
    ### BEGIN SOLUTION
    if x.dtype != np.float64:
        raise TypeError(f"x has dtype {x.dtype}: difference quotients need float64.")
    point, dx = x.copy(), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        point[index] = x[index] + h
        above = np.array(f(point))  # a copy: f may give point itself
        point[index] = x[index] - h
        dx[index] = np.sum(dy * (above - f(point))) / (2 * h)
        point[index] = x[index]
    return dx
    ### END SOLUTION


def rel_error(a, b):
    """Give the largest of abs(a - b) / max(1e-8, abs(a) + abs(b)).

    Parameters
    ----------
    a, b : ndarray of the same shape, with at least one number

    Returns
    -------
    float

    Examples
    --------
    >>> rel_error(np.array([1.0, 0.0]), np.array([3.0, 0.0]))
    0.5
    """
    ### BEGIN SOLUTION
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))
    ### END SOLUTION

# %% [markdown]
# You need not read the next cell: marking runs your code in a process of its own and can send it
# numbers and names, but no functions. So the tests name one of five, and the cell hands it to your
# `numeric_grad`.

# %% beside="measured"
@beside_student
def measured(name, x, dy, **options):
    """Give dx and, after that, x, for one of five functions."""
    functions = {
        "cube": lambda v: v**3,
        "exp": np.exp,
        "sum of cubes": lambda v: np.sum(v**3),
        "products": lambda v: np.outer(v**2, v),  # every output depends on two numbers
        "flattened": lambda v: v.reshape(-1),
    }
    x = np.asarray(x)
    return numeric_grad(functions[name], x, dy, **options), x.copy()

# %% test="numeric_grad:slopes" points=1
# Functions that work on each number alone
x = np.array([1.0, -2.0, 0.5])
got, _ = measured("cube", x.copy(), np.array([1.0, 1.0, 10.0]))
assert_same(got, np.array([3.0, 12.0, 7.5]), rtol=1e-7,
            hint="dy times 3x². Seven digits are asked for: only the two-sided quotient has them.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(601)
x, dy = source.uniform(-2, 2, 7), source.normal(size=7)
for name, slope in [("cube", 3 * x**2), ("exp", np.exp(x))]:
    got, _ = measured(name, x.copy(), dy.copy())
    assert_same(got, dy * slope, rtol=1e-7, hint="dy times the slope, exact to seven digits.")
got, _ = measured("cube", x.copy(), dy.copy(), h=0.01)
assert_same(got, dy * (3 * x**2 + 1e-4), hint="With h = 0.01 the quotient of a cube is off by h².")
### END HIDDEN TESTS

# %% test="numeric_grad:mixing" points=0.5
# Outputs that depend on several numbers
got, _ = measured("sum of cubes", np.array([1.0, 2.0]), np.array(10.0))
assert_same(got, np.array([30.0, 120.0]), rtol=1e-7, hint="Move one number at a time.")
got, _ = measured("products", np.array([1.0, 2.0]), np.array([[0.0, 1.0], [0.0, 0.0]]))
assert_same(got, np.array([4.0, 1.0]), rtol=1e-7,
            hint="The output in question is x0² · x1: its slopes are 2 x0 x1 = 4 and x0² = 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(602)
x, dy = source.uniform(-2, 2, 5), source.normal(size=(5, 5))
got, _ = measured("products", x.copy(), dy.copy())
assert_same(got, 2 * x * (dy @ x) + dy.T @ x**2, rtol=1e-7,
            hint="While one number moves, all others must be where they were.")
### END HIDDEN TESTS

# %% test="numeric_grad:shapes" points=0.5
# x of any rank, views, and an f that returns a view of x
got, _ = measured("cube", np.array(2.0), np.array(5.0))
assert_same(got, np.array(60.0), rtol=1e-7, hint="Without axes there is one number: 5 · 3 · 2².")
x = np.arange(1.0, 7).reshape(2, 3)
got, _ = measured("cube", x.copy().T, np.ones((3, 2)))
assert_same(got, 3 * x.T**2, rtol=1e-7, hint="A transposed array has two axes, and is no copy.")
got, _ = measured("flattened", x.copy(), np.arange(6.0))
assert_same(got, np.arange(6.0).reshape(2, 3), rtol=1e-7,
            hint="This f returns a view of x. Is what you got from above still what it was?")

# %% test="numeric_grad:rel_error" points=1
# The largest relative difference
assert_same(rel_error(np.array([1.0, 2.0]), np.array([3.0, 2.0])), 0.5, hint="2 / (1 + 3).")
assert_same(rel_error(np.array([[1.0, 5.0]]), np.array([[-1.0, 5.0]])), 1.0,
            hint="|1 − (−1)| / (|1| + |−1|) = 1: magnitudes, above and below.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(603)
for shape in [(4,), (3, 5), (2, 1, 3, 4)]:
    a = source.normal(size=shape) * source.choice([1, 1000], size=shape)
    b = a * source.uniform(0.9, 1.3, shape)
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    expected = max(abs(m - n) / (abs(m) + abs(n)) for m, n in pairs)
    assert_same(rel_error(a.copy(), b.copy()), expected, hint="A quotient for each number alone.")
    assert_same(rel_error(b.copy(), a.copy()), expected, hint="Both arrays count alike.")
### END HIDDEN TESTS

# %% test="numeric_grad:zeros" points=0.5
# Where both are zero, or tiny
assert_same(rel_error(np.zeros(3), np.zeros(3)), 0.0, hint="Two zeros agree: 0, not NaN.")
assert_same(rel_error(np.array([1e-12]), np.array([-1e-12])), 2e-4,
            hint="Below the floor the difference is divided by 1e-8.")

# %% test="numeric_grad:dtype" points=0.25
# Only float64 is exact enough
got, _ = measured("cube", np.ones(2), np.ones(2))
assert_same(got, np.full(2, 3.0), rtol=1e-7, hint="float64 is fine.")
for kind in ("float32", "int64"):
    with assert_raises(TypeError, hint=f"x is {kind}: refuse it with a TypeError."):
        measured("cube", np.ones(2, kind), np.ones(2))

# %% test="numeric_grad:contract" points=0.25
# x is after the call what it was before
x = np.array([[0.1, 0.7], [1 / 3, 1e-9]])
got, after = measured("cube", x.copy(), np.ones((2, 2)))
assert_shape(got, (2, 2), hint="First return an array.")
assert_same(after, x, rtol=0, atol=0, hint="Put back exactly the number that was there.")

# %% [markdown]
# From here on the chapter uses `gradcheck.numeric_grad` and `gradcheck.rel_error`, the course's
# own. Use them on everything you write below, before you look at the tests — in a new cell of your
# own, not in the answer's cell. For example:
# `gradcheck.rel_error(relu_backward(dy, x), gradcheck.numeric_grad(ops.relu, x, dy))`; there `ops`,
# forbidden in the answer, is welcome.

# %% [markdown]
# **When not to believe it.** Two warnings.
#
# *A linear function can't tell* the one-sided quotient from the two-sided one: both are exact, up
# to rounding. A convolution is linear in x, and so is average pooling. Test a checker on something
# curved.

# %% demo
x, dy, h = np.array([1.0, 2.0]), np.array([1.0, 1.0]), 1e-5
for name, f, slope in [("5x", lambda v: 5 * v, 5 + 0 * x), ("x³", lambda v: v**3, 3 * x**2)]:
    one_sided = dy * (f(x + h) - f(x)) / h
    two_sided = gradcheck.numeric_grad(f, x, dy, h=h)
    print(f"{name}: one-sided wrong by {gradcheck.rel_error(one_sided, slope):.0e}, "
          f"two-sided by {gradcheck.rel_error(two_sided, slope):.0e}")

# %% [markdown] quiz="kink"
# *A kink has no slope.* ReLU is $\max(x, 0)$. **Predict:** what does the two-sided quotient say at
# exactly $x = 0$?
# - [ ] 0 :: That is the slope on the left of 0.
# - [ ] 1 :: That is the slope on the right of 0.
# - [x] ½ :: (h − 0) / 2h. It is the mean of both sides, and no layer uses it.

# %% demo
print("ReLU at 0:", gradcheck.numeric_grad(ops.relu, np.array([0.0]), np.array([1.0])))
tied = np.array([[[[3.0, 3.0]]]])
dy = np.ones((1, 1, 1, 1))
quotient = gradcheck.numeric_grad(lambda v: ops.max_pool2d(v, (1, 2))[0], tied, dy)
print("the maximum of (3, 3):", quotient.ravel())

# %% [markdown]
# At a kink a layer must simply *choose*, and everyone must know how it chose. We choose as PyTorch
# does: ReLU has slope 0 at 0, and of equal maxima the first one gets everything. There a difference
# quotient would call a right function wrong. So **values** are compared at kinks and ties, and
# quotients are taken where numbers lie well apart (a shuffled `np.arange` is good).

# %% [markdown]
# ### 1.3 ReLU
#
# $y = \max(x, 0)$, number by number. Where $x > 0$ the output moves with the input, slope 1: `dy`
# goes through unchanged. Elsewhere nothing moves, slope 0. **By hand:** $x = (-2, 3, 0)$ and
# $dy = (10, -20, 30)$ give $dx = (0, -20, 0)$. The sign of `dy` plays no part.
#
# #### Exercise 2 · `relu_backward`
#
# Let the gradient through where x is positive. At 0 (and at −0.0) the slope is 0.
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: what decides</summary>
#
# A mask: where is x positive? Then choose between dy and 0.
# </details>
# <details><summary>Hint 2: choosing</summary>
#
# `np.where(mask, a, b)` makes a new array. Writing zeros into dy would change what the caller
# holds.
# </details>
# <details><summary>Hint 3: the dtype</summary>
#
# As in all arithmetic of this course: whole numbers and bool count as float64, then
# `np.result_type` of both operands.
# </details>

# %% exercise="relu_backward" forbids="cnnkit.ops cnnkit.gradcheck torch" minutes=10
def relu_backward(dy, x):
    """Let the gradient through where x is positive.

    Parameters
    ----------
    dy : ndarray, the shape of x
        The gradient that arrives. Not changed.
    x : ndarray, any shape
        The input of ReLU. Not changed.

    Returns
    -------
    dx : ndarray, the shape of x
        dy where x > 0, else 0. Integers count as float64, then ``np.result_type(dy, x)``.

    Examples
    --------
    >>> relu_backward(np.array([10.0, -20, 30]), np.array([-2.0, 3, 0]))
    array([  0., -20.,   0.])
    """
    ### BEGIN SOLUTION
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where(x > 0, dy, 0).astype(np.result_type(*kinds))
    ### END SOLUTION

# %% test="relu_backward:values" points=1
# dy where x is positive, 0 where it is negative
x = np.array([[-2.0, 3.0], [1.5, -4.0]])
got = relu_backward(np.array([[10.0, -20.0], [30.0, -40.0]]), x)
assert_same(got, np.array([[0.0, -20.0], [30.0, 0.0]]), hint="x decides, not dy.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(604)
for shape in [(3, 4, 2, 5), (7,), (2, 9)]:
    x, dy = source.normal(size=shape), source.normal(size=shape)
    pairs = zip(x.ravel().tolist(), dy.ravel().tolist(), strict=True)
    expected = np.array([sent if at > 0 else 0 for at, sent in pairs]).reshape(shape)
    assert_same(relu_backward(dy.copy(), x.copy()), expected, hint="Through, or 0. Nothing else.")
### END HIDDEN TESTS

# %% test="relu_backward:zero" points=0.5
# The slope at 0 is 0
got = relu_backward(np.array([5.0, 6.0, 7.0]), np.array([0.0, -0.0, 1e-300]))
assert_same(got, np.array([0.0, 0.0, 7.0]), hint="0 is not positive; 1e-300 is.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(605)
x, dy = source.integers(-1, 2, (4, 6)) * 1.0, source.normal(size=(4, 6))
expected = dy.copy()
expected[x <= 0] = 0
assert_same(relu_backward(dy.copy(), x.copy()), expected, hint="What happens exactly at 0?")
### END HIDDEN TESTS

# %% test="relu_backward:dtype" points=0.3
# The dtype of the result
for kind, result in [("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("u1", "f8")]:
    got = relu_backward(np.ones((2, 3), kind), np.ones((2, 3), kind))
    assert_dtype(got, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")

# %% beside="relu_operands"
@beside_student
def relu_operands(dy, x):
    """Give dy and x as they are after a call of `relu_backward`."""
    relu_backward(dy, x)
    return dy.copy(), x.copy()

# %% test="relu_backward:contract" points=0.2
# The operands stay as they were
dy, x = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.0, 1.0])
assert_shape(relu_backward(dy.copy(), x.copy()), (3,), hint="First return an array.")
assert_same(relu_operands(dy.copy(), x.copy()), (dy, x), hint="You wrote into dy or into x.")

# %% [markdown]
# ### 1.4 Max pooling

# %% [markdown] items="34"
# One window, one maximum: $y = \max(x_0, \dots)$. Move the largest number a little and $y$ moves
# with it, slope 1. Move any other one and nothing happens, slope 0. So the whole gradient goes to
# the place of the maximum. Pilehvar shows it with a mask: the window $(1, 3), (4, 2)$ has the mask
# $(0, 0), (1, 0)$, and the mask times `dy` is `dx`.

# %% demo items="34"
window = np.array([[1.0, 3.0], [4.0, 2.0]])[None, None]
dy = np.array([[[[1.0]]]])
print("dx of the function:", ops.max_pool2d_backward(dy, window, 2).ravel())
quotient = gradcheck.numeric_grad(lambda v: ops.max_pool2d(v, 2)[0], window, dy)
print("dx as measured:    ", quotient.ravel().round(6))

# %% [markdown] items="50"
# The DSML deck does it for a 4 × 4 input $I$ and 2 × 2 windows side by side: forward, each output
# is a **copy** of one input, $O_{00} = I_{00}$, $O_{01} = I_{12}$, $O_{10} = I_{20}$,
# $O_{11} = I_{33}$. Backward, the gradient goes the same way home. The picture has numbers whose
# maxima stand at just these places; a letter ties each output to the pixel that it was copied from.

# %% demo items="50"
from cnnkit.pictures import pool_routing, show

I = np.array([[9, 2, 3, 1], [4, 0, 8, 5], [7, 1, 2, 6], [3, 5, 0, 9]])
show(pool_routing(np.array([[10, 20], [30, 40]]), I, 2))

# %% [markdown] quiz="overlap"
# **Predict.** The row 1, 9, 2 is pooled with windows of 2 and stride **1**: (1, 9) and (9, 2) both
# give 9. Now `dy` = (10, 20) arrives. What does the 9 get?
# - [ ] 20, from the last window :: Both outputs change when the 9 changes.
# - [ ] 15, the mean :: The chain rule adds. Nothing is averaged.
# - [x] 30 :: It was copied twice, so it gets both: the sum over all paths.

# %% demo items="51"
row = np.array([[[[1.0, 9.0, 2.0]]]])
print("dx:", ops.max_pool2d_backward(np.array([[[[10.0, 20.0]]]]), row, (1, 2), stride=1).ravel())
J = np.array([[1, 2, 3, 0, 1], [0, 9, 4, 1, 2], [3, 1, 8, 5, 0], [1, 0, 2, 7, 1], [6, 2, 0, 1, 3]])
show(pool_routing(np.array([[10, 20], [30, 40]]), J, 3, stride=2))

# %% [markdown] items="51" careful="51"
# An input that was not picked gets gradient 0, says the DSML deck. Right, also where no window
# looked at all. The deck's windows lie side by side, so an input is picked once at most. Where
# windows **overlap**, one that is picked several times gets the **sum** of all their gradients:
# 10 + 20 = 30 in the row, and 20 + 30 + 40 = 90 for the 8 in the picture. In code that is the
# difference between `=` and `+=`. With windows side by side nobody can see it, so tests with such
# windows alone let it pass.

# %% [markdown]
# #### Exercise 3 · `max_pool2d_backward`
#
# Send each output's gradient to the maximum of its window. If several numbers of the window are
# equally large, the **first** in row-major order (row by row, from left to right) gets everything,
# as in chapter 05. Padding is a rim of minus infinity: no gradient goes there, and `dx` has no rim.
# `pair(value, name, minimum)` and `shapes.conv2d_shape(H, W, kernel, *, stride, padding, dilation)`
# of chapter 04 may be used here and below.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Start with zeros of the shape of x. Go through the places of dy, cut out the window as in the
# forward pass, find its maximum, and add. One plane at a time is fine.
# </details>
# <details><summary>Hint 2: from a window to the plane</summary>
#
# `argmax` of a window laid in a row gives a number from 0 to kH · kW − 1, the first of several.
# `divmod` with the width of the window makes row and column of it. The window itself begins at row
# i · s of the padded plane.
# </details>
# <details><summary>Hint 3: the rim</summary>
#
# Work on the padded plane to the end, then cut the rim off. `a[p:-p]` is empty for p = 0: count the
# end from the beginning.
# </details>

# %% exercise="max_pool2d_backward" forbids="cnnkit.ops cnnkit.gradcheck torch" minutes=35
def max_pool2d_backward(dy, x, kernel, *, stride=None, padding=0):
    """Send the gradient of each window to its maximum.

    Parameters
    ----------
    dy : ndarray, shape (N, C, Ho, Wo)
        The gradient that arrives. Not changed.
    x : ndarray, shape (N, C, H, W)
        The input of the pooling; N may be 0. Not changed.
    kernel : int or pair of int, at least 1
    stride : int or pair of int, at least 1, optional
        None means: as large as the kernel.
    padding : int or pair of int, at least 0, at most kernel // 2
        Rows and columns of minus infinity around each plane.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
        Sums, where windows overlap; of equal maxima the first gets all; 0 where no window looked.
        Integers count as float64, then ``np.result_type(dy, x)``.

    Raises
    ------
    ValueError
        If dy does not have the shape of the pooling's output.

    Examples
    --------
    >>> x = np.array([[[[1.0, 9, 2]]]])
    >>> max_pool2d_backward(np.array([[[[10.0, 20]]]]), x, (1, 2), stride=1)
    array([[[[ 0., 30.,  0.]]]])
    """
    ### BEGIN SOLUTION
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    N, C, H, W = x.shape
    out = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    if dy.shape != (N, C, *out):
        raise ValueError(f"dy has shape {dy.shape}, the output has {(N, C, *out)}.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    n, c = np.ogrid[:N, :C]
    for i, j in np.ndindex(*out):
        top, left = i * sh, j * sw
        window = xp[:, :, top : top + kh, left : left + kw].reshape(N, C, kh * kw)
        a, e = np.divmod(window.argmax(axis=2), kw)
        dxp[n, c, top + a, left + e] += dy[:, :, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
    ### END SOLUTION

# %% test="max_pool2d_backward:values" points=0.75
# Windows side by side
got = max_pool2d_backward(np.array([[[[5.0]]]]), np.array([[[[1.0, 3.0], [4.0, 2.0]]]]), 2)
assert_same(got, np.array([[[[0.0, 0.0], [5.0, 0.0]]]]), hint="The 4 gets all of it.")
x = np.array([[9.0, 2, 3, 1], [4, 0, 8, 5], [7, 1, 2, 6], [3, 5, 0, 9]])[None, None]
got = max_pool2d_backward(np.array([[[[10.0, 20], [30, 40]]]]), x.copy(), 2)
home = np.array([[10.0, 0, 0, 0], [0, 0, 20, 0], [30, 0, 0, 0], [0, 0, 0, 40]])
assert_same(got, home[None, None], hint="The four maxima are 9, 8, 7 and 9.")
x = np.array([[1.0, 2, 3, 4], [8, 7, 6, 5], [1, 4, 2, 3], [5, 6, 8, 7]]).reshape(2, 2, 2, 2)
got = max_pool2d_backward(np.array([1.0, 10, 100, 1000]).reshape(2, 2, 1, 1), x.copy(), 2)
home = np.array([[0.0, 0, 0, 1], [10, 0, 0, 0], [0, 100, 0, 0], [0, 0, 1000, 0]])
assert_same(got, home.reshape(2, 2, 2, 2),
            hint="Two images of two channels: each of the four planes has its own maximum.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(606)
for n, c, blocks, k in [(2, 3, (2, 3), (3, 2)), (1, 2, (4, 1), (1, 4)), (3, 1, (1, 5), (2, 1))]:
    size = (blocks[0] * k[0], blocks[1] * k[1])
    x = source.permutation(n * c * size[0] * size[1]).reshape(n, c, *size) - 20.0
    dy = source.normal(size=(n, c, *blocks))
    tiles = x.reshape(n, c, blocks[0], k[0], blocks[1], k[1])
    best = tiles == tiles.max(axis=(3, 5), keepdims=True)
    expected = (best * dy[:, :, :, None, :, None]).reshape(x.shape)
    assert_same(max_pool2d_backward(dy.copy(), x.copy(), k), expected,
                hint="Each image and channel on its own; the window need not be square.")
### END HIDDEN TESTS

# %% test="max_pool2d_backward:overlap" points=1
# Windows that overlap: what is picked twice gets the sum
got = max_pool2d_backward(np.array([[[[10.0, 20.0]]]]), np.array([[[[1.0, 9.0, 2.0]]]]), (1, 2),
                          stride=1)
assert_same(got, np.array([[[[0.0, 30.0, 0.0]]]]), hint="9 is the maximum of both windows.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(607)
for size, k, s in [((7, 9), (3, 3), (2, 2)), ((5, 8), (2, 4), (1, 2)), ((7, 5), (4, 2), (3, 1))]:
    x = source.permutation(size[0] * size[1] * 4).reshape(2, 2, *size) * 1.0
    dy = source.normal(size=ops.max_pool2d(x, k, stride=s)[0].shape)
    expected = ops.max_pool2d_backward(dy, x, k, stride=s)
    assert_same(max_pool2d_backward(dy.copy(), x.copy(), k, stride=s), expected,
                hint="A pixel gets something from every window whose maximum it is.")
### END HIDDEN TESTS

# %% test="max_pool2d_backward:ties" points=0.75
# Of equal maxima the first gets everything
got = max_pool2d_backward(np.array([[[[6.0]]]]), np.ones((1, 1, 2, 3)), (2, 3))
assert_same(got, np.array([[[[6.0, 0, 0], [0, 0, 0]]]]), hint="Six equal numbers, one receiver.")
### BEGIN HIDDEN TESTS
plane = np.array([[0.0, 2, 2, 0, 1], [2, 2, 0, 1, 1], [0, 0, 2, 1, 0]])[None, None]
got = max_pool2d_backward(np.array([[[[1.0, 2, 4, 8]]]]), plane.copy(), (3, 2), stride=1)
assert_same(got, np.array([[[[0.0, 3, 4, 0, 8], [0] * 5, [0] * 5]]]),
            hint="Row by row, from left to right: the first of the largest.")
got = max_pool2d_backward(np.array([[[[1.0, 2], [4, 8]]]]), plane.copy(), 2, stride=(1, 3))
assert_same(got, np.array([[[[0.0, 1, 0, 0, 2], [4, 0, 0, 8, 0], [0] * 5]]]),
            hint="Row by row, from left to right: the first of the largest.")
### END HIDDEN TESTS

# %% test="max_pool2d_backward:padding" points=0.5
# The rim gets nothing, and dx has none
x = -np.arange(1.0, 5).reshape(1, 1, 2, 2)
got = max_pool2d_backward(np.array([[[[1.0, 10], [100, 1000]]]]), x.copy(), 2, padding=1)
assert_same(got, np.array([[[[1.0, 10], [100, 1000]]]]),
            hint="Each window sees one pixel, which is negative, and three cells of the rim.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(608)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((6, 5), (2, 5), (1, 2), (1, 0)),
                      ((4, 9), (5, 2), (3, 2), (2, 1))]:
    x = -1.0 - source.permutation(size[0] * size[1] * 2).reshape(2, 1, *size)
    y, argmax = ops.max_pool2d(x, k, stride=s, padding=p)
    dy = source.normal(size=y.shape)
    expected = np.zeros((2, size[0] * size[1]))
    for n, i, j in np.ndindex(2, *y.shape[2:]):
        expected[n, argmax[n, 0, i, j]] += dy[n, 0, i, j]
    got = max_pool2d_backward(dy.copy(), x.copy(), k, stride=s, padding=p)
    assert_same(got, expected.reshape(x.shape), hint="All pixels are negative. What is the rim?")
### END HIDDEN TESTS

# %% test="max_pool2d_backward:leftover" points=0.5
# Pixels that no window looks at
x = np.arange(15.0).reshape(1, 1, 3, 5)
got = max_pool2d_backward(np.array([[[[1.0, 2.0]]]]), x.copy(), 2)
assert_same(got, np.array([[[[0.0] * 5, [0, 1, 0, 2, 0], [0] * 5]]]),
            hint="The last row and column lie in no window: they are there, and 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(609)
for size, k, s in [((7, 8), (3, 3), None), ((9, 6), (2, 1), (4, 4)), ((5, 11), (2, 3), (2, 4))]:
    x = source.permutation(size[0] * size[1] * 2).reshape(1, 2, *size) * 1.0
    dy = source.normal(size=ops.max_pool2d(x, k, stride=s)[0].shape)
    expected = ops.max_pool2d_backward(dy, x, k, stride=s)
    assert_same(max_pool2d_backward(dy.copy(), x.copy(), k, stride=s), expected,
                hint="dx has the shape of x, whatever the windows leave over.")
### END HIDDEN TESTS

# %% test="max_pool2d_backward:edges" points=0.25
# No image, the dtype, and a dy that does not fit
got = max_pool2d_backward(np.zeros((0, 3, 2, 3)), np.zeros((0, 3, 4, 6)), 2)
assert_shape(got, (0, 3, 4, 6), hint="No image: an empty array of the right shape.")
for kind, result in [("f4", "f4"), ("i8", "f8"), ("u1", "f8")]:
    got = max_pool2d_backward(np.ones((1, 1, 1, 1), kind), np.ones((1, 1, 2, 2), kind), 2)
    assert_dtype(got, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
with assert_raises(ValueError, hint="This pooling has 2 × 2 outputs, dy only 1 × 2."):
    max_pool2d_backward(np.ones((1, 1, 1, 2)), np.ones((1, 1, 4, 4)), 2)

# %% beside="max_pool_operands"
@beside_student
def max_pool_operands(dy, x, kernel, **options):
    """Give dy and x as they are after a call of `max_pool2d_backward`."""
    max_pool2d_backward(dy, x, kernel, **options)
    return dy.copy(), x.copy()

# %% test="max_pool2d_backward:contract" points=0.25
# The operands stay as they were
dy, x = np.arange(1.0, 5).reshape(1, 1, 2, 2), np.arange(16.0).reshape(1, 1, 4, 4)
got = max_pool2d_backward(dy.copy(), x.copy(), 2)
assert_shape(got, (1, 1, 4, 4), hint="First return an array.")
after = max_pool_operands(dy.copy(), x.copy(), 2)
assert_same(after, (dy, x), hint="You wrote into dy or into x.")

# %% [markdown]
# From here on `ops.max_pool2d_backward` stands in. How sparse the gradient becomes shows on a
# photograph. Every output sends back a 1.

# %% demo
from cnnkit.data import photograph
from cnnkit.pictures import gallery

roof = photograph("china")[None, :, 84:132, 230:278].mean(axis=1, keepdims=True) / 255
homes = {}
for k, s in [(4, 4), (4, 2)]:
    y, _ = ops.max_pool2d(roof, k, stride=s)
    homes[k, s] = dx = ops.max_pool2d_backward(np.ones(y.shape), roof, k, stride=s)
    print(f"window {k}, stride {s}: {y.size:,} outputs, {np.mean(dx > 0):.1%} of the pixels get "
          f"something, at most {dx.max():.0f} times")
show(gallery([roof[0], *(dx[0] / dx.max() for dx in homes.values())],
             ["the picture", "who gets a gradient", "with stride 2: up to 4 times"]))

# %% [markdown]
# Each window has one receiver; all other pixels learn nothing from it in this step. With
# overlapping windows there are more outputs, and single bright pixels that win in several windows.
# (Photograph: *china.jpg*, from scikit-learn, CC BY 2.0. A 1 everywhere as `dy` is fine for a
# picture. For a test it is not, as section 2.1 shows.)
#
# Chapter 05's playground shows your function as well: `from cnnkit.widgets import
# pooling_playground`, then `pooling_playground(max_pool2d_backward=max_pool2d_backward)`, and look
# at *the gradient*.

# %% [markdown]
# ### 1.5 Average pooling

# %% [markdown] items="35"
# A mean of four numbers moves by a quarter of what any of them moves. So each gets a quarter of the
# gradient, and all get the same: dy = 1 becomes four times 1/4 (Pilehvar). The numbers themselves
# play no part, only how many there are. That is why the function needs `x_shape` and not x.

# %% demo items="35"
dy = np.array([[[[1.0]]]])
print("one window:", ops.avg_pool2d_backward(dy, (1, 1, 2, 2), 2).ravel())
dy = np.array([[[[10.0, 20.0]]]])
print("two that overlap:", ops.avg_pool2d_backward(dy, (1, 1, 1, 3), (1, 2), stride=1).ravel())

# %% [markdown] items="35" careful="35"
# Pilehvar's slide writes $dZ$ on both sides of the arrow, for the 1 that arrives and for the four
# quarters that go on. They are gradients of **different** things: of the output and of the input.
# We write `dy` for the first and `dx` for the second, as in the table at the top.

# %% [markdown]
# **Padding.** With `count_include_pad=True` the forward pass divides by all $k_H k_W$ cells of the
# window, so each pixel gets $dy / (k_H k_W)$, and what falls on the rim is lost. With `False` it
# divides by the number of *pixels* in the window, and so does the way back. That number differs
# from place to place.

# %% [markdown]
# #### Exercise 4 · `avg_pool2d_backward`
#
# Share each output's gradient among the pixels of its window.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: from what you have</summary>
#
# The loop of exercise 3, only that a whole window receives. No argmax, no x.
# </details>
# <details><summary>Hint 2: adding to a window</summary>
#
# dy at one place has the shape (N, C), the window (N, C, kH, kW). Two axes of length 1 behind the
# first make NumPy spread it. Divide before you add.
# </details>
# <details><summary>Hint 3: how many pixels</summary>
#
# A plane of ones with a rim of zeros, cut like the window: what does its sum tell?
# </details>

# %% exercise="avg_pool2d_backward" forbids="cnnkit.ops cnnkit.gradcheck torch" minutes=20
def avg_pool2d_backward(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    """Share the gradient of each window equally among its pixels.

    Parameters
    ----------
    dy : ndarray, shape (N, C, Ho, Wo)
        The gradient that arrives. Not changed.
    x_shape : tuple of int
        (N, C, H, W), the shape of the pooling's input; N may be 0.
    kernel : int or pair of int, at least 1
    stride : int or pair of int, at least 1, optional
        None means: as large as the kernel.
    padding : int or pair of int, at least 0, at most kernel // 2
        Rows and columns of zeros around each plane.
    count_include_pad : bool
        Whether the forward pass divided by all cells of the window, or only by those that are
        pixels.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
        Sums, where windows overlap; 0 where no window looked. A float dtype of dy is kept;
        integers and bool give float64.

    Raises
    ------
    ValueError
        If dy does not have the shape of the pooling's output.

    Examples
    --------
    >>> avg_pool2d_backward(np.array([[[[10.0, 20]]]]), (1, 1, 1, 3), (1, 2), stride=1)
    array([[[[ 5., 15., 10.]]]])
    """
    ### BEGIN SOLUTION
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    N, C, H, W = x_shape
    out = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    if dy.shape != (N, C, *out):
        raise ValueError(f"dy has shape {dy.shape}, the output has {(N, C, *out)}.")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dtype = dy.dtype if dy.dtype.kind == "f" else np.float64
    dxp = np.zeros((N, C, *pixels.shape), dtype)
    for i, j in np.ndindex(*out):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
    ### END SOLUTION

# %% test="avg_pool2d_backward:values" points=1
# Windows side by side
got = avg_pool2d_backward(np.array([[[[1.0]]]]), (1, 1, 2, 2), 2)
assert_same(got, np.full((1, 1, 2, 2), 0.25), hint="A quarter for each of four.")
got = avg_pool2d_backward(np.array([[[[6.0], [12.0]]]]), (1, 1, 2, 3), (1, 3))
assert_same(got, np.array([[[[2.0] * 3, [4] * 3]]]), hint="Windows of one row and three columns.")
got = avg_pool2d_backward(np.array([4.0, 8, 12, 16]).reshape(2, 2, 1, 1), (2, 2, 2, 2), 2)
assert_same(got, np.repeat([1.0, 2, 3, 4], 4).reshape(2, 2, 2, 2),
            hint="Two images of two channels: each of the four planes shares its own number.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(610)
for n, c, blocks, k in [(2, 3, (2, 3), (3, 2)), (1, 2, (4, 1), (1, 4)), (3, 1, (1, 5), (2, 5))]:
    dy = source.normal(size=(n, c, *blocks))
    expected = np.kron(dy, np.ones(k)) / (k[0] * k[1])
    assert_same(avg_pool2d_backward(dy.copy(), expected.shape, k), expected,
                hint="How many cells has the window? It need not be square.")
### END HIDDEN TESTS

# %% test="avg_pool2d_backward:overlap" points=1
# Windows that overlap, and pixels left over
got = avg_pool2d_backward(np.array([[[[10.0, 20.0]]]]), (1, 1, 1, 3), (1, 2), stride=1)
assert_same(got, np.array([[[[5.0, 15.0, 10.0]]]]), hint="The middle one lies in both windows.")
got = avg_pool2d_backward(np.array([[[[4.0]]]]), (1, 1, 3, 3), 2)
assert_same(got, np.array([[[[1.0, 1, 0], [1, 1, 0], [0, 0, 0]]]]),
            hint="The last row and column lie in no window: they are there, and 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(611)
for size, k, s in [((7, 9), (3, 3), (2, 2)), ((5, 8), (2, 4), (1, 3)), ((9, 6), (2, 1), (4, 4))]:
    x = source.normal(size=(2, 2, *size))
    dy = source.normal(size=ops.avg_pool2d(x, k, stride=s).shape)
    expected = ops.avg_pool2d_backward(dy, x.shape, k, stride=s)
    assert_same(avg_pool2d_backward(dy.copy(), x.shape, k, stride=s), expected,
                hint="Each window begins at a multiple of the stride and adds its share.")
### END HIDDEN TESTS

# %% test="avg_pool2d_backward:rim_counted" points=0.75
# Cells of the rim count, if nothing else is said
got = avg_pool2d_backward(np.array([[[[4.0, 8], [12, 16]]]]), (1, 1, 2, 2), 2, padding=1)
assert_same(got, np.array([[[[1.0, 2], [3, 4]]]]),
            hint="One pixel, three cells of the rim: a quarter for the pixel, the rim is cut off.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(612)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((6, 5), (2, 5), (1, 2), (1, 0))]:
    x = source.normal(size=(2, 2, *size))
    dy = source.normal(size=ops.avg_pool2d(x, k, stride=s, padding=p).shape)
    expected = ops.avg_pool2d_backward(dy, x.shape, k, stride=s, padding=p)
    assert_same(avg_pool2d_backward(dy.copy(), x.shape, k, stride=s, padding=p), expected,
                hint="All cells of the window count; only pixels are handed on.")
### END HIDDEN TESTS

# %% test="avg_pool2d_backward:rim_left_out" points=0.75
# Only pixels count, if asked for
got = avg_pool2d_backward(np.array([[[[4.0, 8], [12, 16]]]]), (1, 1, 2, 2), 2, padding=1,
                          count_include_pad=False)
assert_same(got, np.array([[[[4.0, 8], [12, 16]]]]), hint="One pixel in each window: all for it.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(613)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((4, 9), (5, 2), (3, 2), (2, 1)),
                      ((7, 6), (3, 2), (3, 2), (0, 0))]:
    x, options = source.normal(size=(2, 2, *size)), {"stride": s, "padding": p}
    options["count_include_pad"] = False
    dy = source.normal(size=ops.avg_pool2d(x, k, **options).shape)
    expected = ops.avg_pool2d_backward(dy, x.shape, k, **options)
    assert_same(avg_pool2d_backward(dy.copy(), x.shape, k, **options), expected,
                hint="The number of pixels under a window differs from place to place.")
### END HIDDEN TESTS

# %% test="avg_pool2d_backward:edges" points=0.25
# No image, the dtype, and a dy that does not fit
got = avg_pool2d_backward(np.zeros((0, 3, 2, 3)), (0, 3, 4, 6), 2)
assert_shape(got, (0, 3, 4, 6), hint="No image: an empty array of the right shape.")
for kind, result in [("f4", "f4"), ("i8", "f8"), ("u1", "f8")]:
    got = avg_pool2d_backward(np.ones((1, 1, 1, 1), kind), (1, 1, 2, 2), 2)
    assert_dtype(got, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
with assert_raises(ValueError, hint="This pooling has 2 × 2 outputs, dy only 1 × 2."):
    avg_pool2d_backward(np.ones((1, 1, 1, 2)), (1, 1, 4, 4), 2)

# %% beside="avg_pool_dy"
@beside_student
def avg_pool_dy(dy, x_shape, kernel, **options):
    """Give dy as it is after a call of `avg_pool2d_backward`."""
    avg_pool2d_backward(dy, x_shape, kernel, **options)
    return dy.copy()

# %% test="avg_pool2d_backward:contract" points=0.25
# The operand stays as it was
dy = np.arange(1.0, 5).reshape(1, 1, 2, 2)
got = avg_pool2d_backward(dy.copy(), (1, 1, 4, 4), 2)
assert_shape(got, (1, 1, 4, 4), hint="First return an array.")
for include in (True, False):
    after = avg_pool_dy(dy.copy(), (1, 1, 4, 4), 2, count_include_pad=include)
    assert_same(after, dy, hint="You wrote into dy. Divide into a new array.")

# %% [markdown]
# ### 1.6 A convolution in one dimension

# %% [markdown] items="132"
# A *valid* correlation, as in chapter 02: $y_i = \sum_j x_{i+j} k_j$. Turn the question round. **To
# which outputs does $x_m$ go?** To $y_m$ with the weight $k_0$, to $y_{m-1}$ with $k_1$, to
# $y_{m-2}$ with $k_2$: the *later* the weight, the *earlier* the output. So
#
# $$ dx_m = \sum_j dy_{m-j}\, k_j $$
#
# The index of $dy$ runs backwards while that of $k$ runs forwards, and that is the definition of a
# **convolution**: the kernel is flipped. At the ends $m-j$ leaves the range of $dy$; these terms
# are zeros. So it is a *full* convolution, and $d-s+1$ outputs with $s$ taps make $d$ numbers: just
# the length of x.
#
# **And the weights?** $k_j$ went into every output, with $x_{i+j}$ beside it:
#
# $$ dk_j = \sum_i dy_i\, x_{i+j} $$
#
# That is a *valid* **correlation** of x with dy. Nothing is flipped.
#
# | forward | $y = x ★ k$ | correlation, valid |
# |---|---|---|
# | to the input | $dx = dy * k$ | convolution, full |
# | to the weights | $dk = x ★ dy$ | correlation, valid |

# %% [markdown] quiz="one_input"
# **Predict.** $k = (1, 10, 100)$, mode valid. Only the first output has a gradient,
# $dy = (1, 0, 0)$. What is $dx$?
# - [x] (1, 10, 100, 0, 0) :: Output 0 read the first three numbers, with these weights.
# - [ ] (100, 10, 1, 0, 0) :: A single output sends back through the weights that it read with,
#   in their order. The flip shows when you look from one *input* at its outputs.
# - [ ] (0, 0, 1, 10, 100) :: Output 0 never saw the last two numbers.

# %% [markdown]
# The first line below answers it. Now the other view: one input, and the three outputs that read it
# (mode *same*).

# %% demo items="132"
K, x = np.array([1.0, 10.0, 100.0]), np.array([3.0, 1.0, 4.0, 1.0, 5.0])
print("output 0 alone sends", filters.convolve1d(np.array([1.0, 0, 0]), K))
moved = x + np.array([0, 0, 1, 0, 0])  # x_2 grows by 1
change = filters.correlate1d(moved, K, mode="same") - filters.correlate1d(x, K, mode="same")
print("outputs 0 to 4 change by", change)
for name, i in [("i−1", 1), ("i", 2), ("i+1", 3)]:
    print(f"the derivative of output {name} for input i is {change[i]:.0f}")

# %% [markdown] items="132" erratum="132"
# The handwritten deck derives the same for a kernel $[K_1, K_2, K_3]$ centred on $\phi_i$: only
# $\phi_{i-1}$, $\phi_i$ and $\phi_{i+1}$ depend on $x_i$. Below their three derivatives we read the
# labels $K_1$, $K_2$, $K_3$, in this order (we say "read", since the page is written by hand). They
# belong **in reverse**: with $K = (1, 10, 100)$ the cell above finds
# $\partial\phi_{i-1}/\partial x_i = 100 = K_3$, then $K_2$, then $K_1$. The deck's last line, the
# correlation of $dL/d\phi$ with $[K_3, K_2, K_1]$, is right. If the forward pass was *valid*, it
# needs *full* padding.

# %% demo items="132"
dy = np.array([1.0, 2.0, 3.0])
quotient = gradcheck.numeric_grad(lambda v: filters.correlate1d(v, K), x, dy)
print("measured                    ", quotient.round(6))
print("flipped kernel, full        ", filters.correlate1d(dy, K[::-1], mode="full"))
print("convolution, full           ", filters.convolve1d(dy, K))
print("kernel as it is, full: wrong", filters.correlate1d(dy, K, mode="full"))

# %% [markdown]
# **Mode *same*** pads x with zeros first: $(s-1)//2$ before, and the rest of $s-1$ behind (chapter
# 02). So: go back as if the padded x had been the input, then drop what belongs to the zeros. The
# weights, too, were laid on the *padded* x.
#
# #### Exercise 5 · `conv1d_grad`
#
# Give both gradients of `filters.correlate1d(x, k, mode=mode)`, for the modes valid and same. The
# functions of chapter 02, `filters.correlate1d(x, k, mode=…)` and `filters.convolve1d(x, k)`
# (always full), may be used, and loops are welcome as well.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: valid</summary>
#
# The table above has one line for each gradient. Or with a loop: for each output, add to the window
# that it read, and add to the kernel.
# </details>
# <details><summary>Hint 2: same</summary>
#
# Pad x by hand, then do what valid does. Of dx keep as many numbers as x has, from where x begins.
# </details>
# <details><summary>Hint 3: even kernels</summary>
#
# Kernel 4: three zeros, one before and two behind. From where must dx be cut? A slice with a
# negative end fails when nothing is to be cut.
# </details>

# %% exercise="conv1d_grad" forbids="cnnkit.conv1d_grad cnnkit.ops cnnkit.gradcheck torch" minutes=25
def conv1d_grad(dy, x, k, *, mode="valid"):
    """Give the gradients of a correlation along one axis.

    Parameters
    ----------
    dy : ndarray, shape (d - s + 1,) for 'valid', (d,) for 'same'
        The gradient that arrives. Not changed.
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    mode : {'valid', 'same'}
        'same' pads x with s - 1 zeros: (s - 1) // 2 of them before, the rest behind.

    Returns
    -------
    dx : ndarray, shape (d,)
    dk : ndarray, shape (s,)
        Both: integers count as float64, then ``np.result_type(dy, x, k)``.

    Raises
    ------
    ValueError
        If the mode is another one, or dy does not have the length of the output.

    Examples
    --------
    >>> conv1d_grad(np.array([1.0, 0]), np.array([5.0, 6, 7, 8]), np.array([10.0, 20, 30]))
    (array([10., 20., 30.,  0.]), array([5., 6., 7.]))
    """
    ### BEGIN SOLUTION
    if mode not in ("valid", "same"):
        raise ValueError(f"mode is {mode!r}: it must be 'valid' or 'same'.")
    zeros = len(k) - 1 if mode == "same" else 0
    before = zeros // 2
    if len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError(f"dy has {len(dy)} numbers, which is not the length of the output.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dtype = np.result_type(*kinds)
    xp = np.pad(x.astype(dtype), (before, zeros - before))
    dx = filters.convolve1d(dy.astype(dtype), k.astype(dtype))[before : before + len(x)]
    return dx.copy(), filters.correlate1d(xp, dy.astype(dtype))
    ### END SOLUTION

# %% test="conv1d_grad:dx" points=1.25
# The gradient of the signal, mode valid
x, k = np.array([3.0, 1.0, 4.0, 1.0, 5.0]), np.array([1.0, 10.0, 100.0])
dx, _ = conv1d_grad(np.array([0.0, 1.0, 0.0]), x.copy(), k.copy())
assert_same(dx, np.array([0.0, 1, 10, 100, 0]), hint="Output 1 read the numbers 1, 2 and 3.")
dx, _ = conv1d_grad(np.array([1.0, 2.0, 3.0]), x.copy(), k.copy())
assert_same(dx, np.array([1.0, 12, 123, 230, 300]),
            hint="The middle number got 1 · 100 from output 0, 2 · 10 from 1, 3 · 1 from 2.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(614)
for d, s in [(9, 3), (8, 4), (5, 5), (6, 1)]:
    x, k, dy = source.normal(size=d), source.normal(size=s), source.normal(size=d - s + 1)
    expected, _ = filters.conv1d_grad(dy, x, k)
    dx, _ = conv1d_grad(dy.copy(), x.copy(), k.copy())
    assert_same(dx, expected, hint="Each number gets from all outputs that read it.")
### END HIDDEN TESTS

# %% test="conv1d_grad:dk" points=1
# The gradient of the kernel, mode valid
x, k = np.array([1.0, 10.0, 100.0, 1000.0]), np.array([7.0, 8.0, 9.0])
_, dk = conv1d_grad(np.array([1.0, 2.0]), x.copy(), k.copy())
assert_same(dk, np.array([21.0, 210, 2100]), hint="The first weight met 1 at output 0, 10 at 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(615)
for d, s in [(9, 3), (8, 4), (5, 5), (6, 1)]:
    x, k, dy = source.normal(size=d), source.normal(size=s), source.normal(size=d - s + 1)
    _, expected = filters.conv1d_grad(dy, x, k)
    _, dk = conv1d_grad(dy.copy(), x.copy(), k.copy())
    assert_same(dk, expected, hint="Each weight gets from all outputs, times what it met there.")
### END HIDDEN TESTS

# %% test="conv1d_grad:same" points=0.75
# Mode same, kernels of odd length
x, k = np.array([1.0, 10.0, 100.0]), np.array([1.0, 10.0, 100.0])
dx, dk = conv1d_grad(np.array([1.0, 2.0, 3.0]), x, k, mode="same")
assert_same(dx, np.array([12.0, 123, 230]),
            hint="As for valid on the padded x; then the first and the last number are the zeros'.")
assert_same(dk, np.array([32.0, 321, 210]),
            hint="The first weight met a zero at output 0, then 1 and 10: 2 · 1 + 3 · 10.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(616)
for d, s in [(9, 3), (7, 5), (4, 7), (6, 1)]:
    x, k, dy = source.normal(size=d), source.normal(size=s), source.normal(size=d)
    dx, dk = conv1d_grad(dy.copy(), x.copy(), k.copy(), mode="same")
    expected = filters.conv1d_grad(dy, x, k, mode="same")
    assert_same(dx, expected[0], hint="dx has as many numbers as x, and begins where x begins.")
    assert_same(dk, expected[1], hint="The kernel was laid on the padded x.")
### END HIDDEN TESTS

# %% test="conv1d_grad:even" points=0.5
# Mode same, kernels of even length
dx, dk = conv1d_grad(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 100.0]), np.array([1.0, 10.0]),
                     mode="same")
assert_same(dx, np.array([1.0, 12, 23]), hint="The only zero stands at the end.")
assert_same(dk, np.array([321.0, 210]), hint="The only zero stands at the end.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(617)
for d, s in [(9, 4), (5, 6), (7, 2)]:
    x, k, dy = source.normal(size=d), source.normal(size=s), source.normal(size=d)
    dx, dk = conv1d_grad(dy.copy(), x.copy(), k.copy(), mode="same")
    expected = filters.conv1d_grad(dy, x, k, mode="same")
    assert_same(dx, expected[0], hint="How many zeros stand before x, and how many behind?")
    assert_same(dk, expected[1], hint="How many zeros stand before x, and how many behind?")
### END HIDDEN TESTS

# %% test="conv1d_grad:edges" points=0.25
# Other modes, a dy that does not fit, the dtype
dx, dk = conv1d_grad(np.ones(3, "f4"), np.ones(5, "f4"), np.ones(3, "f4"))
assert_dtype(dx, "f4", hint="float32 throughout stays float32.")
assert_dtype(dk, "f4", hint="float32 throughout stays float32.")
dx, dk = conv1d_grad(np.ones(3, int), np.ones(5, int), np.ones(3, int))
assert_dtype(dx, "f8", hint="Whole numbers count as float64.")
assert_dtype(dk, "f8", hint="Whole numbers count as float64.")
with assert_raises(ValueError, hint="'full' is not asked for here: a ValueError."):
    conv1d_grad(np.ones(7), np.ones(5), np.ones(3), mode="full")
with assert_raises(ValueError, hint="Three outputs, but dy has two numbers."):
    conv1d_grad(np.ones(2), np.ones(5), np.ones(3))

# %% beside="conv1d_operands"
@beside_student
def conv1d_operands(dy, x, k, **options):
    """Give the operands as they are after a call of `conv1d_grad`."""
    conv1d_grad(dy, x, k, **options)
    return dy.copy(), x.copy(), k.copy()

# %% test="conv1d_grad:contract" points=0.25
# The operands stay as they were
dy, x, k = np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 4.0, 1.0, 5.0]), np.array([1.0, 10, 100])
dx, _ = conv1d_grad(dy.copy(), x.copy(), k.copy())
assert_shape(dx, (5,), hint="First return two arrays.")
after = conv1d_operands(dy.copy(), x.copy(), k.copy())
assert_same(after, (dy, x, k), hint="You wrote into dy, x or k.")

# %% [markdown]
# ---
# ### Half-way
#
# This is a good place to stop. You can now send a gradient back through everything between two
# convolutions, and through a convolution in one dimension. Part 2 needs nothing new: two indices
# instead of one, then channels and images.
#
# ---
# ## Part 2 · The layer
#
# ### 2.1 One plane and one kernel

# %% [markdown] items="58"
# The DSML deck writes out the smallest case, a picture of 3 × 3 and a kernel of 2 × 2. Counted from
# 0, the four outputs are
#
# $$ \begin{aligned}
# y_{00} &= w_{00}x_{00} + w_{01}x_{01} + w_{10}x_{10} + w_{11}x_{11} &
# y_{01} &= w_{00}x_{01} + w_{01}x_{02} + w_{10}x_{11} + w_{11}x_{12} \\
# y_{10} &= w_{00}x_{10} + w_{01}x_{11} + w_{10}x_{20} + w_{11}x_{21} &
# y_{11} &= w_{00}x_{11} + w_{01}x_{12} + w_{10}x_{21} + w_{11}x_{22}
# \end{aligned} $$
#
# **To a weight.** $w_{00}$ stands in all four lines, beside $x_{00}$, $x_{01}$, $x_{10}$, $x_{11}$.
# So
#
# $$ dw_{00} = dy_{00}x_{00} + dy_{01}x_{01} + dy_{10}x_{10} + dy_{11}x_{11},
# \qquad dw_{ae} = \sum_{i,j} dy_{ij}\, x_{i+a,\,j+e} $$
#
# That is $x ★ dy$: lay dy on the picture like a kernel.
#
# **To a pixel.** Look for $x_{11}$: it stands in all four lines as well, beside $w_{11}$, $w_{10}$,
# $w_{01}$, $w_{00}$. For $x_{00}$ there is one line only.
#
# $$ dx_{11} = dy_{00}w_{11} + dy_{01}w_{10} + dy_{10}w_{01} + dy_{11}w_{00},
# \qquad dx_{mn} = \sum_{i,j} dy_{ij}\, w_{m-i,\,n-j} $$
#
# where $w$ is 0 outside its 2 × 2. That is $dy * w$, in full: the kernel is turned by 180°.

# %% [markdown]
# There is an easier way to think of it: go through the **outputs**. Each sends two things
# back, and neither needs a flip: to the window that it read, its `dy` times the kernel; to the
# kernel, its `dy` times that window. Here is what one output sends, then all four and their sums.
# x has the rows (1, 2, 0), (3, 1, 2), (0, 1, 4), and w has (1, 2), (3, −1).

# %% demo items="58"
from cnnkit.pictures import gradient_flow, gradient_sums, show

x = np.array([[1, 2, 0], [3, 1, 2], [0, 1, 4]])
w, dy = np.array([[1, 2], [3, -1]]), np.array([[2, 1], [3, -1]])
show(gradient_flow(dy, x, w, (0, 1)))

# %% demo items="58"
show(gradient_sums(dy, x, w))

# %% [markdown]
# Follow the pixel in the middle through the upper row: it gets something from each of the four
# outputs, the pixels in the corners from one.
#
# **Now step through it.** The stepper has the same numbers. It first asks what the pixel in the
# middle gets in all; the arrow keys, a click on dy or *Play* go from output to output, and the sum
# grows below. Then choose a weight under *follow*, or a stride, a padding, a dilation. When you have
# written exercise 6, come back and write `backprop_stepper(conv2d_backward)`: what yours gives
# stands beside the sums, and what is wrong in it is hatched.

# %% demo
from cnnkit.widgets import backprop_stepper

backprop_stepper()

# %% [markdown] items="58"
# In our transcription the deck's page ends with the chain rule for its first weight. Here are all
# four at once, measured and computed as a correlation; then measured for a forward pass that
# flips, and computed with a flip.

# %% demo items="58"
image, kernel, sent = (a[None, None].astype(float) for a in (x, w, dy))  # one image, one channel
quotient = gradcheck.numeric_grad(lambda v: ops.conv2d(image, v), kernel, sent)
print("measured, y = x ★ w:", quotient.ravel().round(6))
print("x ★ dy:             ", filters.correlate2d(x, dy).ravel())
quotient = gradcheck.numeric_grad(lambda v: filters.convolve2d(x, v, mode="valid"), w * 1.0, dy)
print("measured, y = x * w:", quotient.ravel().round(6))
print("x * dy, flipped:    ", filters.convolve2d(x, dy, mode="valid").ravel(), "wrong")

# %% [markdown] items="58" careful="58"
# The deck writes picture $*$ kernel. Its $*$ is **cross-correlation**, as its four lines show
# ($w_{00}$ meets $x_{00}$) and as all deep learning libraries compute it. Read as the flipping
# convolution, it would give other outputs, and another gradient: (3, 6, 5, 12), the right one
# turned by 180°. The last line above is something else: a flip on the way back only, which is right
# for neither.

# %% [markdown] quiz="flip_ones"
# **Predict.** A test sends `dy` = 1 everywhere and compares `dw`. A friend's function flips `dy` by
# mistake, $x * dy$ instead of $x ★ dy$. What does the test say?
# - [ ] It finds the mistake :: Flip an array of ones and look at it.
# - [x] Nothing: both give the same :: Ones turned by 180° are ones. Only other numbers tell.
# - [ ] It depends on x :: Whatever x is, a kernel of ones is its own mirror image.

# %% demo
picture = rng.normal(size=(6, 7))
for name, sent in [("ones  ", np.ones((4, 5))), ("random", rng.normal(size=(4, 5)))]:
    right = filters.correlate2d(picture, sent)
    wrong = filters.convolve2d(picture, sent, mode="valid")
    print(f"dy of {name}: right and wrong differ by {gradcheck.rel_error(right, wrong):.3f}")

# %% [markdown]
# Hence a rule for every test of a gradient: **`dy` is random, never ones.** (`y.sum().backward()`
# in a test sends ones.) For the same reason shapes are not square, and strides not equal: a
# function that mixes up rows and columns must not get away with it.

# %% [markdown]
# ### 2.2 All of it: images, channels, stride, padding, dilation
#
# One rule covers everything: **what the forward pass reads, the backward pass adds to, at the same
# place.** Nothing else changes.
#
# | Forward | Backward |
# |---|---|
# | x is padded with zeros | `dx` is collected on the padded plane, then the rim is cut off |
# | the window of output $(i, j)$ begins at row $i s$, column $j s$ | the same window receives |
# | its taps stand $d$ apart | the same taps receive |
# | every filter reads the same window | `dx` adds up over the **filters** |
# | each weight is used at every place of every image | `dw` adds up over **places and images** |
# | each bias is added at every place of every image | `db[o]` is the **sum** of `dy[:, o]` |
# | rows that no window reaches are not read | they get 0 |
#
# The loss has already divided by the number of images, if it is a mean. So here nothing is
# averaged.
#
# **By hand, a bias.** Two images, one filter, dy = (1, 2) and (3, 4): the bias went into all four
# outputs, and $db = 10$.

# %% [markdown]
# **The crop.** Padding 2 goes onto the plane, and must come off again. The first idea fails at
# $p=0$:

# %% demo
for p in (2, 1, 0):
    plane = np.pad(np.arange(5), p)
    print(f"p = {p}: plane[p:-p] = {plane[p:-p]},  plane[p : p + 5] = {plane[p : p + 5]}")

# %% [markdown]
# `-0` is 0, so the slice ends where it begins. Count the end from the start. And take care that
# you cut the *image* out: `plane[0:5]` has the right size and holds the wrong rows.

# %% [markdown]
# #### Exercise 6 · `conv2d_backward`
#
# Write the backward pass of the layer. Begin with one image, stride 1 and no padding; the tests are
# ordered so that you can grow it. Compare with `gradcheck.numeric_grad` as you go, in a cell of
# your own.
#
# *About 60 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Loop over the places (i, j) of the output. At each, cut the window of *all* images and channels
# out of the padded x, shape (N, C, kH, kW), and take `dy[:, :, i, j]`, shape (N, O). What is to be
# added, and where to?
# </details>
# <details><summary>Hint 2: which axis is summed</summary>
#
# To dw: (N, O) with (N, C, kH, kW) gives (O, C, kH, kW): the images are summed. To the window of
# dx: (N, O) with (O, C, kH, kW) gives (N, C, kH, kW): the filters are summed. `np.einsum` or
# `np.tensordot` say it in one line each, further loops in some more. Or with broadcasting, where g
# is `dy[:, :, i, j]`: `g[:, :, None, None, None] * window[:, None]` has the shape
# (N, O, C, kH, kW); sum axis 0 for dw. With `w[None]` in place of the window, sum axis 1 for dx.
# </details>
# <details><summary>Hint 3: stride, dilation, padding</summary>
#
# One slice for the rows holds all three: where it begins, where it ends (one behind the last tap),
# and its step. The same slice cuts the window out and takes what is sent back.
# </details>

# %% exercise="conv2d_backward" forbids="cnnkit.ops cnnkit.gradcheck torch" minutes=60
def conv2d_backward(dy, x, w, *, stride=1, padding=0, dilation=1):
    """Give the gradients of a convolutional layer for its input, its weights and its bias.

    Parameters
    ----------
    dy : ndarray, shape (N, O, Ho, Wo)
        The gradient that arrives at ``y = conv2d(x, w, b, ...)``. Not changed.
    x : ndarray, shape (N, C, H, W)
        N may be 0. Not changed.
    w : ndarray, shape (O, C, kH, kW)
        Not changed.
    stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0
        Rows and columns of zeros around each plane.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
        0 where no window looked.
    dw : ndarray, shape (O, C, kH, kW)
    db : ndarray, shape (O,)
        All three: integers count as float64, then ``np.result_type(dy, x, w)``.

    Raises
    ------
    ValueError
        If dy does not have the shape of the layer's output.

    Examples
    --------
    >>> x, w = np.array([[[[1.0, 2, 3]]]]), np.array([[[[4.0, 5]]]])
    >>> dx, dw, db = conv2d_backward(np.array([[[[10.0, 20]]]]), x, w)
    >>> dx, dw, db
    (array([[[[ 40., 130., 100.]]]]), array([[[[50., 80.]]]]), array([30.]))
    """
    ### BEGIN SOLUTION
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    apart = pair(dilation, "dilation", 1)
    (N, _, H, W), (O, _, kh, kw) = x.shape, w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation)
    if dy.shape != (N, O, Ho, Wo):
        raise ValueError(f"dy has shape {dy.shape}, the output has {(N, O, Ho, Wo)}.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dtype = np.result_type(*kinds)
    dy, w = dy.astype(dtype), w.astype(dtype)
    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i, j in np.ndindex(Ho, Wo):
        rows = slice(i * sh, i * sh + apart[0] * (kh - 1) + 1, apart[0])
        columns = slice(j * sw, j * sw + apart[1] * (kw - 1) + 1, apart[1])
        sent = dy[:, :, i, j]
        dw += np.einsum("no,ncae->ocae", sent, xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", sent, w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, dy.sum(axis=(0, 2, 3))
    ### END SOLUTION

# %% test="conv2d_backward:dw" points=1.5
# The gradient of the weights
x = np.array([[1.0, 2, 0], [3, 1, 2], [0, 1, 4]])[None, None]
w, dy = np.array([[[[1.0, 2], [3, -1]]]]), np.array([[[[2.0, 1], [3, -1]]]])
_, dw, _ = conv2d_backward(dy.copy(), x.copy(), w.copy())
assert_same(dw, np.array([[[[12.0, 5], [6, 3]]]]),
            hint="The lower row of the picture above, at its right end.")
x, dy = np.array([[10.0, 100], [1000, 10000]]), np.array([[1.0, 2], [3, 4]])  # (N, C), (N, O)
_, dw, _ = conv2d_backward(dy[:, :, None, None], x[:, :, None, None], np.ones((2, 2, 1, 1)))
assert_same(dw, np.array([[3010.0, 30100], [4020, 40200]])[:, :, None, None],
            hint="Images of one pixel. Filter 0, channel 0: 1 · 10 from image 0, 3 · 1000 from 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(618)
for n, c, o, hw, k in [(1, 1, 1, (5, 7), (2, 3)), (3, 2, 4, (6, 4), (3, 2)),
                       (2, 3, 2, (3, 8), (1, 4))]:
    x, w = source.normal(size=(n, c, *hw)), source.normal(size=(o, c, *k))
    dy = source.normal(size=(n, o, hw[0] - k[0] + 1, hw[1] - k[1] + 1))
    expected = ops.conv2d_backward(dy, x, w)[1]
    assert_same(conv2d_backward(dy.copy(), x.copy(), w.copy())[1], expected,
                hint="The sum over all places of all images, for each filter and each channel.")
### END HIDDEN TESTS

# %% test="conv2d_backward:dx" points=1.5
# The gradient of the input
x = np.array([[1.0, 2, 0], [3, 1, 2], [0, 1, 4]])[None, None]
w, dy = np.array([[[[1.0, 2], [3, -1]]]]), np.array([[[[2.0, 1], [3, -1]]]])
dx, _, _ = conv2d_backward(dy.copy(), x.copy(), w.copy())
assert_same(dx, np.array([[[[2.0, 5, 2], [9, 6, -3], [9, -6, 1]]]]),
            hint="The upper row of the picture above, at its right end.")
w, dy = np.array([[10.0, 100], [1000, 10000]]), np.array([[1.0, 2], [3, 4]])  # (O, C), (N, O)
dx, _, _ = conv2d_backward(dy[:, :, None, None], np.ones((2, 2, 1, 1)), w[:, :, None, None])
assert_same(dx, np.array([[2010.0, 20100], [4030, 40300]])[:, :, None, None],
            hint="Images of one pixel. Image 0, channel 0: 1 · 10 from filter 0, 2 · 1000 from 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(619)
for n, c, o, hw, k in [(1, 1, 1, (5, 7), (2, 3)), (3, 2, 4, (6, 4), (3, 2)),
                       (2, 3, 2, (3, 8), (1, 4))]:
    x, w = source.normal(size=(n, c, *hw)), source.normal(size=(o, c, *k))
    dy = source.normal(size=(n, o, hw[0] - k[0] + 1, hw[1] - k[1] + 1))
    expected = ops.conv2d_backward(dy, x, w)[0]
    assert_same(conv2d_backward(dy.copy(), x.copy(), w.copy())[0], expected,
                hint="The sum over all filters and over all windows that read the pixel.")
### END HIDDEN TESTS

# %% test="conv2d_backward:db" points=0.5
# The gradient of the bias
dy = np.array([[[[1.0, 2.0]], [[10.0, 20.0]]], [[[3.0, 4.0]], [[30.0, 40.0]]]])
_, _, db = conv2d_backward(dy, np.ones((2, 1, 1, 3)), np.ones((2, 1, 1, 2)))
assert_same(db, np.array([10.0, 100.0]), hint="A number for each filter: the sum of what arrives.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(620)
dy = source.normal(size=(3, 4, 5, 2))
x, w = source.normal(size=(3, 2, 6, 4)), source.normal(size=(4, 2, 2, 3))
_, _, db = conv2d_backward(dy.copy(), x, w)
assert_same(db, np.array([sum(dy[:, o].ravel().tolist()) for o in range(4)]),
            hint="Over all images and places.")
### END HIDDEN TESTS

# %% test="conv2d_backward:stride" points=1
# Windows that move by more than one pixel, and pixels left over
x, w = np.arange(1.0, 8).reshape(1, 1, 1, 7), np.array([[[[10.0, 1.0]]]])
dx, dw, _ = conv2d_backward(np.array([[[[1.0, 2, 3]]]]), x.copy(), w.copy(), stride=2)
assert_same(dx, np.array([[[[10.0, 1, 20, 2, 30, 3, 0]]]]),
            hint="Windows begin at 0, 2 and 4. The last pixel is in none, and gets 0.")
assert_same(dw, np.array([[[[22.0, 28]]]]), hint="The first weight met the pixels 1, 3 and 5.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(621)
for hw, k, s in [((8, 9), (3, 2), 3), ((7, 10), (2, 3), 2), ((6, 9), (1, 2), 4)]:
    x, w = source.normal(size=(2, 2, *hw)), source.normal(size=(3, 2, *k))
    dy = source.normal(size=ops.conv2d(x, w, stride=s).shape)
    dx, dw, _ = conv2d_backward(dy.copy(), x.copy(), w.copy(), stride=s)
    expected = ops.conv2d_backward(dy, x, w, stride=s)[0]
    assert_same(dx, expected, hint="dx has the shape of x. What no window read gets 0.")
    expected = ops.conv2d_backward(dy, x, w, stride=s)[1]
    assert_same(dw, expected, hint="The windows of the forward pass, and no others.")
### END HIDDEN TESTS

# %% test="conv2d_backward:padding" points=1
# Zeros around the image
x, w, dy = np.array([[[[1.0, 2], [3, 4]]]]), np.array([[[[10.0]]]]), np.arange(16.0)
dx, dw, _ = conv2d_backward(dy.reshape(1, 1, 4, 4), x.copy(), w.copy(), padding=1)
assert_same(dx, np.array([[[[50.0, 60], [90, 100]]]]),
            hint="A 1 × 1 kernel on 4 × 4 padded pixels: the image is in the middle of them.")
assert_same(dw, np.array([[[[84.0]]]]), hint="1 · 5 + 2 · 6 + 3 · 9 + 4 · 10; the rim is zeros.")
dx, dw, _ = conv2d_backward(np.array([[[[2.0]]]]), np.array([[[[5.0]]]]),
                            np.arange(9.0).reshape(1, 1, 3, 3), padding=1)
assert_same(dx, np.array([[[[8.0]]]]), hint="The only pixel lies under the weight in the middle.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(622)
for hw, k, p in [((4, 6), (3, 2), 2), ((3, 5), (2, 3), 4), ((5, 2), (1, 2), 1)]:
    x, w = source.normal(size=(2, 2, *hw)), source.normal(size=(3, 2, *k))
    dy = source.normal(size=ops.conv2d(x, w, padding=p).shape)
    dx, dw, _ = conv2d_backward(dy.copy(), x.copy(), w.copy(), padding=p)
    expected = ops.conv2d_backward(dy, x, w, padding=p)[0]
    assert_same(dx, expected, hint="Which rows and columns of the padded plane are the image?")
    expected = ops.conv2d_backward(dy, x, w, padding=p)[1]
    assert_same(dw, expected, hint="The windows lay on the padded x.")
### END HIDDEN TESTS

# %% test="conv2d_backward:dilation" points=1
# The taps stand apart
x, w = np.arange(1.0, 10).reshape(1, 1, 3, 3), np.array([[[[1.0, 2], [3, 4]]]])
dx, dw, _ = conv2d_backward(np.array([[[[10.0]]]]), x.copy(), w.copy(), dilation=2)
assert_same(dx, np.array([[[[10.0, 0, 20], [0, 0, 0], [30, 0, 40]]]]),
            hint="The four taps lie on the corners. What is between them gets nothing.")
assert_same(dw, np.array([[[[10.0, 30], [70, 90]]]]), hint="They met the corners 1, 3, 7, 9.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(623)
for hw, k, d in [((9, 7), (3, 2), 3), ((6, 8), (2, 3), 2)]:
    x, w = source.normal(size=(2, 2, *hw)), source.normal(size=(3, 2, *k))
    dy = source.normal(size=ops.conv2d(x, w, dilation=d).shape)
    dx, dw, _ = conv2d_backward(dy.copy(), x.copy(), w.copy(), dilation=d)
    expected = ops.conv2d_backward(dy, x, w, dilation=d)[0]
    assert_same(dx, expected, hint="The same taps that the forward pass read.")
    expected = ops.conv2d_backward(dy, x, w, dilation=d)[1]
    assert_same(dw, expected, hint="The same taps that the forward pass read.")
### END HIDDEN TESTS

# %% test="conv2d_backward:together" points=0.5
# All options at once, other ones for rows than for columns
x, w = np.ones((1, 1, 3, 2)), np.array([[[[10.0]]]])
dx, _, _ = conv2d_backward(np.array([[[[1.0, 2], [3, 4]]]]), x.copy(), w.copy(), stride=(2, 1))
assert_same(dx, np.array([[[[10.0, 20], [0, 0], [30, 40]]]]),
            hint="Rows 0 and 2, columns 0 and 1: the first number of a pair is for rows.")
x, w = np.array([[[[1.0, 5, 10], [100, 5, 1000]]]]), np.array([[[[1.0, 10], [100, 1000]]]])
dx, dw, _ = conv2d_backward(np.array([[[[1.0], [2]]]]), x.copy(), w.copy(), stride=(2, 1),
                            padding=(1, 0), dilation=(1, 2))
assert_same(dx, np.array([[[[100.0, 0, 1000], [2, 0, 20]]]]),
            hint="A row of the rim above and one below; the taps of a row stand two columns apart.")
assert_same(dw, np.array([[[[200.0, 2000], [1, 10]]]]),
            hint="Output 0 saw the rim and row 0, output 1 saw row 1 and the rim.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(624)
for hw, k, s, p, d in [((9, 7), (3, 2), (2, 3), (1, 2), (2, 1)),
                       ((6, 11), (2, 4), (3, 1), (2, 0), (1, 2)),
                       ((8, 5), (1, 3), (1, 2), (0, 3), (3, 2))]:
    options = {"stride": s, "padding": p, "dilation": d}
    x, w = source.normal(size=(2, 2, *hw)), source.normal(size=(3, 2, *k))
    dy = source.normal(size=ops.conv2d(x, w, **options).shape)
    dx, dw, _ = conv2d_backward(dy.copy(), x.copy(), w.copy(), **options)
    expected = ops.conv2d_backward(dy, x, w, **options)[0]
    assert_same(dx, expected, hint="Rows and columns each have their own numbers.")
    expected = ops.conv2d_backward(dy, x, w, **options)[1]
    assert_same(dw, expected, hint="Rows and columns each have their own numbers.")
### END HIDDEN TESTS

# %% test="conv2d_backward:edges" points=0.5
# No image, the dtype, and a dy that does not fit
dx, dw, db = conv2d_backward(np.zeros((0, 3, 4, 4)), np.zeros((0, 2, 5, 6)), np.ones((3, 2, 2, 3)))
assert_shape(dx, (0, 2, 5, 6), hint="No image: dx is empty, and has the shape of x.")
assert_same(dw, np.zeros((3, 2, 2, 3)), hint="A sum over no image is 0.")
assert_same(db, np.zeros(3), hint="A sum over no image is 0.")
for kind, result in [("f4", "f4"), ("i8", "f8"), ("f8", "f8")]:
    got = conv2d_backward(np.ones((1, 1, 2, 2), kind), np.ones((1, 1, 3, 3), kind),
                          np.ones((1, 1, 2, 2), kind))
    for gradient in got:
        assert_dtype(gradient, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
with assert_raises(ValueError, hint="The layer has 2 × 2 outputs, dy only 2 × 1."):
    conv2d_backward(np.ones((1, 1, 2, 1)), np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))

# %% beside="conv2d_operands"
@beside_student
def conv2d_operands(dy, x, w, **options):
    """Give the operands as they are after a call of `conv2d_backward`."""
    conv2d_backward(dy, x, w, **options)
    return dy.copy(), x.copy(), w.copy()

# %% test="conv2d_backward:contract" points=0.5
# The operands stay as they were
dy, x = np.arange(1.0, 9).reshape(1, 2, 2, 2), np.arange(9.0).reshape(1, 1, 3, 3)
w = np.arange(8.0).reshape(2, 1, 2, 2)
dx, _, _ = conv2d_backward(dy.copy(), x.copy(), w.copy())
assert_shape(dx, (1, 1, 3, 3), hint="First return three arrays.")
after = conv2d_operands(dy.copy(), x.copy(), w.copy())
assert_same(after, (dy, x, w), hint="You wrote into dy, x or w.")

# %% [markdown]
# From here on `ops.conv2d_backward` stands in. Put yours in its place wherever you like.
#
# ### 2.3 The whole chain
#
# Now everything together: convolution, ReLU, max pooling, convolution, average. Forward keeps what
# each layer was given. Backward goes through the same layers in reverse order; the `dx` of one is
# the `dy` of the one before. The loop at the end checks three gradients, each through all layers
# between it and the loss.

# %% demo
# x: all different. (A window of zeros behind ReLU would be a tie, but ReLU lets nothing through
# there.)
x = rng.permutation(2 * 9 * 8).reshape(2, 1, 9, 8) / 50 - 1
w1, w2 = rng.normal(size=(3, 1, 2, 3)), rng.normal(size=(2, 3, 2, 2))


def chain(x, w1, w2):
    a = ops.conv2d(x, w1, padding=1)
    r = ops.relu(a)
    m, _ = ops.max_pool2d(r, 3, stride=2)
    c = ops.conv2d(m, w2)
    return ops.avg_pool2d(c, (3, 2)), (a, r, m, c)


y, (a, r, m, c) = chain(x, w1, w2)
dy = rng.normal(size=y.shape)

# %% demo
dc = ops.avg_pool2d_backward(dy, c.shape, (3, 2))
dm, dw2, _ = ops.conv2d_backward(dc, m, w2)
dr = ops.max_pool2d_backward(dm, r, 3, stride=2)
da = ops.relu_backward(dr, a)
dx, dw1, _ = ops.conv2d_backward(da, x, w1, padding=1)
for name, got, at, f in [("x ", dx, x, lambda v: chain(v, w1, w2)[0]),
                         ("w1", dw1, w1, lambda v: chain(x, v, w2)[0]),
                         ("w2", dw2, w2, lambda v: chain(x, w1, v)[0])]:
    quotient = gradcheck.numeric_grad(f, at, dy)
    print(f"d{name}: relative error {gradcheck.rel_error(got, quotient):.0e}")

# %% [markdown]
# Put your own functions into the second cell (all but `conv1d_grad`). If the check fails, it does
# not say where; then check layer by layer, beginning at the loss.

# %% [markdown]
# ### 2.4 A filter that learns
#
# What is a gradient good for? Here a 3 × 3 filter learns from a single photograph. We show the
# layer the picture $x$ and what a Sobel filter makes of it, the *target*, but not the filter
# itself. It starts from zeros. The loss is the mean of $(y - \text{target})^2$, so
# $dy = 2\,(y - \text{target}) / \text{number of outputs}$, and each step goes a little against the
# gradient: $w \leftarrow w - 0.1\, dw$.

# %% demo
scene = photograph("china")[None, :, 60:188, 230:358].mean(axis=1, keepdims=True)
scene = (scene - scene.mean()) / scene.std()
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]
target, w, learned = ops.conv2d(scene, sobel), np.zeros((1, 1, 3, 3)), {}
for step in range(301):
    error = ops.conv2d(scene, w) - target
    if step in (0, 1, 10, 300):
        learned[step] = w
        print(f"after {step:3} steps: loss {np.mean(error**2):.4g}")
    w = w - 0.1 * ops.conv2d_backward(2 * error / error.size, scene, w)[1]
print(learned[300][0, 0].round(2))

# %% demo
from cnnkit.pictures import gallery

maps = [np.abs(ops.conv2d(scene, v))[0] / 4 for v in learned.values()][1:]
bright = (scene - scene.min()) / (scene.max() - scene.min())
show(gallery([bright[0], np.abs(target)[0] / 4, *maps],
             ["the picture", "target: Sobel's response", "after 1 step", "after 10 steps",
              "after 300 steps"], columns=3))

# %% [markdown]
# Nobody told it what an edge is. After 300 steps the nine numbers are Sobel's, up to a few
# hundredths, found from one picture and its response. That is all that training is: forward,
# backward, a small step. (Take 0.2 in place of 0.1 and see what too large a step does: look at
# the losses only. Photograph: *china.jpg*, from scikit-learn, CC BY 2.0.)

# %% [markdown]
# ---
# ## What you learned
#
# - A backward function takes `dy` and gives `dx` of the shape of x. What went into several outputs
#   gets the sum: `+=`, not `=`.
# - Two-sided difference quotients in float64 with $h = 10^{-5}$ check any gradient, but not at a
#   kink or a tie; `dy` is random, shapes are not square.
# - ReLU lets through where x > 0. Max pooling sends everything to the first maximum, average
#   pooling shares equally.
# - The way back through $x ★ w$ is a convolution: $dx = dy * w$ in full, $dw = x ★ dy$, $db$ the
#   sum.
# - What forward reads, backward adds to, at the same place. The rim is cut off in the end.
#
# ## Three questions

# %% [markdown] quiz="end_mean"
# **1.** Average pooling 3 × 3, stride 1, no padding, on a large plane. `dy` is 9 everywhere. What
# does a pixel far from the border get?
# - [x] 9 :: It lies in nine windows, and each sends 9/9 = 1.
# - [ ] 1 :: That is what one window sends. Nine windows see the pixel.
# - [ ] 81 :: Each window shares its 9 among nine pixels first.

# %% [markdown] quiz="end_crop"
# **2.** A friend's `conv2d_backward` passes every test with padding 1 and returns an empty `dx`
# without padding. What stands in the code?
# - [ ] `=` instead of `+=` :: That gives wrong numbers in the right shape.
# - [x] A slice that ends at `-p` :: For p = 0 that is the slice 0:0, which is empty.
# - [ ] The kernel is not flipped :: That gives wrong numbers in the right shape, with any padding.

# %% [markdown] quiz="end_check"
# **3.** Your max-pooling gradient differs from the difference quotient at a few pixels of an image
# of whole numbers. What do you do first?
# - [ ] Make h smaller :: At a tie the quotient gives a half, whatever h is.
# - [x] Look whether windows with equal maxima are among them :: At ties the quotient means nothing.
#   Check on shuffled numbers that are all different.
# - [ ] Split the gradient among equal maxima :: With two equal numbers it then agrees with the
#   quotient (with three not even that), and no longer with the rule of the course and of PyTorch.

# %% [markdown]
# ## One open question
#
# Take a layer with a 3 × 3 kernel and stride 2, and look from its input: some pixels are read by
# one window, some by two, some by four. So with equal weights `dx` shows a chessboard, though `dy`
# is smooth. Networks that *enlarge* pictures use just this operation as a forward pass, from small
# to large ("transposed convolution"). What will their pictures look like, and which kernel sizes
# avoid it? Try `ops.conv2d_backward` with ones, and kernels of 3 and of 4.
#
# *[07 Fast convolution →](07_fast_conv_im2col.ipynb)*
