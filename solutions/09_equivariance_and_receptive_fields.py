# %% [markdown]
# # 09 · Equivariance and receptive fields
#
# *[← 08 LeNet from scratch](08_lenet_from_scratch.ipynb) · [Contents](00_start_here.ipynb) ·
# [10 AlexNet and modern blocks →](10_alexnet_and_modern_blocks.ipynb)*
#
# **You will**
# - shift pictures, and say what of a network moves with them, what stays, and what does neither;
# - measure that with one number, 0 where theory says so;
# - compute how much of a picture one output sees, and find the same by a gradient;
# - give every place filters of its own, and see when that pays;
# - take away what a convolutional network relies on, and watch it lose.
#
# **Time.** About 2½ hours. The five exercises take 100 minutes of it, the reading takes the rest.
#
# **Prerequisites.** Chapter 04 (the layer, `pair`), chapter 05 (pooling), chapter 06 (gradients with
# respect to the input) and chapter 08 (training a network).

# %% [markdown]
# **How this chapter speaks.** As all before: $x$ is `(N, C, H, W)`, $w$ is `(O, C, kH, kW)`, and
# $k, s, p, d$ are kernel, stride, padding and dilation; indices start at 0. New are
#
# | Written | Means |
# |---|---|
# | $T$ | a shift by so many rows and columns: positive is **down** and **to the right** |
# | $f(Tx)$, $T f(x)$ | first shift, then compute; first compute, then shift |
# | rf, jump, start | how far an output sees, how far apart neighbours look, where the first one looks |
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT
# Guwahati); Y. Kochura, *Computer Vision*, lectures 10–11, after F. Chollet, *Deep Learning with
# Python* (2021); the deck *DSML: Computer Vision* (22 March 2023); an unsigned handwritten deck
# on convolutional networks. Papers are named where they are used. A box headed **Careful** completes
# a lecture that is right where it stands. Boxes name **items**: the numbers of the lectures' points
# in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import images, ops
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(9)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: your answers must not use
# a name that only a demonstration defines. As before, `pair(value, name, minimum)` makes a pair of a
# number or a pair, and raises a `ValueError` where a number is too small.
#
# ---
# ## 1 · The same boot, a few pixels further on

# %% [markdown] items="4"
# A dense layer has a weight for every pixel. Move the picture, and every weight meets another pixel:
# what was learned at the old place says nothing about the new one. Pilehvar's slides call it
# *spatial sensitiveness*: a multilayer perceptron is not translation invariant.
#
# **By hand.** A row of six pixels and one neuron:
#
# | pixels | weights | the neuron says |
# |---|---|---|
# | (0, 0, 7, 2, 0, 0) | (0, 1, 3, 1, 0, 0) | 3 · 7 + 1 · 2 = 23 |
# | (0, 0, 0, 7, 2, 0), one to the right | the same | 1 · 7 + 0 · 2 = 7 |
# | (0, 0, 0, 0, 7, 2), two to the right | the same | 0 |
#
# Nothing about the pattern has changed but its place. To study this we first need a tool that moves
# pictures, and it must be exact about what happens at the border. There are two ways: what leaves the
# picture is **lost**, and zeros come in at the other side; or what leaves **comes back** at the
# opposite side, as if the picture were printed on a tube whose ends are joined as well.

# %% [markdown]
# #### Exercise 1 · `shift2d`
#
# Move pictures down by `rows` and to the right by `cols`; negative numbers mean up and to the left.
# The last two axes are rows and columns; there may be none before them, or several. Mode `'zero'`
# fills with zeros, mode `'wrap'` brings back at the opposite side what has left. The shift may be
# larger than the picture. Any other mode is a `ValueError`.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: wrap</summary>
#
# NumPy has a function that rolls an array along given axes. Which axes are rows and columns, counted
# from the end?
# </details>
# <details><summary>Hint 2: zero, for one axis</summary>
#
# Begin with zeros and copy over what stays. On a row of 5 that moves right by 2, the pixels 0, 1, 2
# go to 2, 3, 4; moving left by 2, the pixels 2, 3, 4 go to 0, 1, 2. How many stay, and where does
# either stretch begin?
# </details>
# <details><summary>Hint 3: two traps</summary>
#
# `x[:-shift]` is empty if the shift is 0, since −0 is 0: count ends from the beginning. And a number
# of pixels that stay must not fall below 0.
# </details>

# %% exercise="shift2d" forbids="cnnkit.shift2d scipy torch" minutes=20
def shift2d(x, rows, cols, *, mode="zero"):
    """Shift pictures down by rows and to the right by cols.

    Parameters
    ----------
    x : ndarray of any dtype, shape (..., H, W)
        Not changed.
    rows, cols : int
        Negative: up, to the left. They may exceed H and W.
    mode : {'zero', 'wrap'}
        What comes in: zeros, or what left at the opposite side.

    Returns
    -------
    ndarray of the shape and dtype of x, with memory of its own

    Raises
    ------
    ValueError
        If the mode is another word.

    Examples
    --------
    >>> shift2d(np.array([[1, 2, 3], [4, 5, 6]]), 1, -1)
    array([[0, 0, 0],
           [2, 3, 0]])
    """
    ### BEGIN SOLUTION
    if mode not in ("zero", "wrap"):
        raise ValueError(f"mode is {mode!r}: take 'zero' or 'wrap'.")
    y = np.roll(x, (rows, cols), axis=(-2, -1))
    if mode == "zero":
        H, W = x.shape[-2:]
        row, col = np.arange(H)[:, None] - rows, np.arange(W) - cols  # where each pixel was
        y[..., (row < 0) | (row >= H) | (col < 0) | (col >= W)] = 0
    return y
    ### END SOLUTION

# %% test="shift2d:zero" points=1
# Down and to the right, zeros come in
x = np.array([[1, 2, 3], [4, 5, 6]])
assert_same(shift2d(x.copy(), 1, 0), np.array([[0, 0, 0], [1, 2, 3]]),
            hint="One row down: zeros on top, the lower row is lost.")
assert_same(shift2d(x.copy(), 0, 1), np.array([[0, 1, 2], [0, 4, 5]]),
            hint="One column to the right: zeros on the left.")
assert_same(shift2d(x.copy(), 1, 2), np.array([[0, 0, 0], [0, 0, 1]]), hint="Both at once.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(900)
for H, W, rows, cols in [(5, 7, 2, 3), (6, 4, 4, 1), (3, 8, 1, 6)]:
    x = source.normal(size=(H, W))
    expected = np.array([[x[i - rows, j - cols] if i >= rows and j >= cols else 0
                          for j in range(W)] for i in range(H)])
    assert_same(shift2d(x.copy(), rows, cols), expected,
                hint="What was at (i, j) is now at (i + rows, j + cols).")
### END HIDDEN TESTS

# %% test="shift2d:signs" points=0.75
# Up, to the left, and not at all
x = np.array([[1, 2, 3], [4, 5, 6]])
assert_same(shift2d(x.copy(), -1, 0), np.array([[4, 5, 6], [0, 0, 0]]), hint="One row up.")
assert_same(shift2d(x.copy(), 1, -1), np.array([[0, 0, 0], [2, 3, 0]]), hint="Down, and left.")
assert_same(shift2d(x.copy(), 0, 0), x, hint="No shift: the picture as it is.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(901)
for H, W, rows, cols in [(5, 7, -2, 3), (6, 4, 2, -3), (4, 9, -1, -5), (3, 3, 0, -2)]:
    x = source.normal(size=(H, W))
    expected = np.zeros((H, W))
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            expected[i, j] = x[i - rows, j - cols]
    assert_same(shift2d(x.copy(), rows, cols), expected,
                hint="Rows and columns each have a sign of their own.")
### END HIDDEN TESTS

# %% test="shift2d:wrap" points=0.75
# What leaves comes back at the opposite side
x = np.array([[1, 2, 3], [4, 5, 6]])
assert_same(shift2d(x.copy(), 0, 1, mode="wrap"), np.array([[3, 1, 2], [6, 4, 5]]),
            hint="The last column comes back as the first one.")
assert_same(shift2d(x.copy(), -1, -1, mode="wrap"), np.array([[5, 6, 4], [2, 3, 1]]),
            hint="Up and to the left; the upper row comes back below.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(902)
for H, W, rows, cols in [(5, 7, -2, 3), (6, 4, 3, 1), (4, 9, 0, -5)]:
    x = source.normal(size=(H, W))
    expected = np.array([[x[(i - rows) % H, (j - cols) % W] for j in range(W)] for i in range(H)])
    assert_same(shift2d(x.copy(), rows, cols, mode="wrap"), expected,
                hint="Nothing is lost: all numbers are still there.")
### END HIDDEN TESTS

# %% test="shift2d:far" points=0.5
# Shifts as large as the picture, or larger
x = np.array([[1, 2, 3], [4, 5, 6]])
for rows, cols in [(2, 0), (0, -3), (3, 1), (-7, 0), (1, 4)]:
    assert_same(shift2d(x.copy(), rows, cols), np.zeros((2, 3), int),
                hint=f"After ({rows}, {cols}) nothing of a 2 × 3 picture is left.")
assert_same(shift2d(x.copy(), 2, 4, mode="wrap"), np.array([[3, 1, 2], [6, 4, 5]]),
            hint="Two rows of two are a full turn; four columns of three are a turn and one.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(903).normal(size=(2, 5, 4))
for rows, cols in [(5, 0), (-6, 1), (0, 9), (-2, -4)]:
    assert_same(shift2d(x.copy(), rows, cols), np.zeros(x.shape), hint="All has left.")
    expected = np.array([[[plane[(i - rows) % 5, (j - cols) % 4] for j in range(4)]
                          for i in range(5)] for plane in x])
    assert_same(shift2d(x.copy(), rows, cols, mode="wrap"), expected, hint="Round and round.")
### END HIDDEN TESTS

# %% test="shift2d:batch" points=0.5
# Batches and channels: only the last two axes move
x = np.arange(48).reshape(2, 3, 2, 4)
for mode in ("zero", "wrap"):
    got = shift2d(x.copy(), 1, 3, mode=mode)
    assert_shape(got, (2, 3, 2, 4), hint="The shape stays.")
    each = np.array([[shift2d(plane.copy(), 1, 3, mode=mode) for plane in image] for image in x])
    assert_same(got, each, hint="Each plane moves as it would alone.")

# %% test="shift2d:kind" points=0.25
# Any dtype, kept; no other mode
for kind in ("uint8", "float32", "bool"):
    for mode in ("zero", "wrap"):
        got = shift2d(np.ones((2, 3), kind), 1, 1, mode=mode)
        assert_dtype(got, kind, hint="Pixels are moved, not computed with: keep the dtype.")
with assert_raises(ValueError, hint="'reflect' is neither 'zero' nor 'wrap'."):
    shift2d(np.ones((2, 3)), 1, 1, mode="reflect")

# %% beside="shifted_then_spoiled"
@beside_student
def shifted_then_spoiled(x, rows, cols, mode):
    """Give x after the call, and x after the result was overwritten."""
    y = shift2d(x, rows, cols, mode=mode)
    after = x.copy()
    y[...] = -1
    return after, x.copy()

# %% test="shift2d:contract" points=0.25
# The picture stays as it was, and the result is no view of it
x = np.arange(6.0).reshape(2, 3)
for rows, cols in [(1, 1), (0, 0)]:
    for mode in ("zero", "wrap"):
        assert_shape(shift2d(x.copy(), rows, cols, mode=mode), (2, 3), hint="First return an array.")
        after, spoiled = shifted_then_spoiled(x.copy(), rows, cols, mode)
        assert_same(after, x, hint="shift2d changed the picture that it was given.")
        assert_same(spoiled, x, hint="Who writes into the result must not change the picture.")

# %% [markdown]
# From here on the chapter uses `images.shift2d`, the course's own.
#
# How much of a stranger is a shifted picture? Here are 1,000 pictures of clothes. Each is shifted,
# and then we look which of the 1,000 is nearest to it, by the sum of the squared differences. That
# compares each pixel with the one at the same place, as a dense layer does with its weights.

# %% demo items="4"
from cnnkit.data import load

x_test, y_test = load("apparel", "test")
flat = ops.flatten(x_test) / 255
for cols in range(6):
    moved = ops.flatten(images.shift2d(x_test, 0, cols)) / 255
    far = (moved**2).sum(1)[:, None] - 2 * moved @ flat.T + (flat**2).sum(1)
    nearest = far.argmin(axis=1)
    same, other = nearest == np.arange(1000), y_test[nearest] != y_test
    print(f"{cols} to the right, {1 - moved.sum() / flat.sum():4.1%} of the brightness lost: nearest "
          f"is the picture itself {same.mean():4.0%}, another kind {other.mean():4.0%}")

# %% demo items="4"
from cnnkit.data import classes
from cnnkit.pictures import gallery, show

boot = x_test[y_test == 9][0]
moved = [images.shift2d(boot, 0, cols) for cols in (0, 2, 4, 6)]
show(gallery(moved, ["as it is", "2 to the right", "4 to the right", "6 to the right"], columns=4))

# %% [markdown] items="4"
# Nobody would say that these are four different things. Pixel by pixel they are: shifted by four
# columns most pictures are nearer to something else than to themselves, and many of them to a thing
# of another kind. And by then little of the brightness has left the picture, though the boot has lost
# its heel.

# %% [markdown]
# ---
# ## 2 · Moves with it, stays, or does neither

# %% [markdown] items="57"
# The DSML deck asks what translation invariance is, and answers with a detector of cat faces. Its
# map lights up where the face is. Shift the picture, and the light shifts: that is called
# **covariant**, or **equivariant**. Then the map is pooled, and the pooled map changes less: that is
# called (local) **invariance**. Two words for two things:
#
# | | in a formula | the answer to "where is it?" |
# |---|---|---|
# | **equivariant** | $f(Tx) = T f(x)$: the output moves with the input | is still in the output |
# | **invariant** | $f(Tx) = f(x)$: the output stays as it is | is gone |
#
# **By hand.** A row that goes round, and a kernel (−1, 1): $y_i = x_{i+1} - x_i$, where the pixel
# after the last one is the first.
#
# | | row | result | its largest number |
# |---|---|---|---|
# | $x$ | (0, 0, 5, 1, 0, 0) | (0, 5, −4, −1, 0, 0) | 5 |
# | $Tx$, one to the right | (0, 0, 0, 5, 1, 0) | (0, 0, 5, −4, −1, 0) | 5 |
#
# The result moved by one: equivariant. Its largest number stayed: the maximum over a whole map is
# invariant. Why does the convolution behave so? Because the **same** kernel stands at every place.
# The neuron of section 1 had its own weight for each pixel, and did neither.

# %% demo items="57"
from cnnkit.data import photograph
from cnnkit.pictures import two_ways

tower = photograph("china")[:, 60:252, 230:422].mean(axis=0)[None, None] / 255
sobel = np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])[None, None] / 4


def around(x, w=sobel):
    """Convolve a picture that goes round: the rim is filled from the opposite side."""
    return ops.conv2d(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), w)


show(two_ways(tower[0, 0], lambda x: around(x[None, None])[0, 0], 40, 70))

# %% [markdown]
# Both ways lead to the same picture: convolve and shift, or shift and convolve. Drawn as a square, with
# $x$ in one corner and the result in the opposite one, this is what mathematicians call a square that
# **commutes**. The picture is shifted so that it goes round, since otherwise the two ways would differ
# at the border, where something is lost. (The lines at the rim of $f(x)$ are no error: where the picture
# goes round, the sky meets the terrace.)

# %% [markdown] quiz="which_invariant"
# **Predict.** Which of these is *invariant* to a shift that goes round?
# - [ ] A convolution that goes round :: It is equivariant. Its map moves.
# - [ ] ReLU :: It works on each number alone, wherever that is: equivariant.
# - [ ] 2 × 2 max pooling with stride 2 :: A shift by two moves its map by one. A shift by one changes
#   its numbers. Neither is "stays the same".
# - [x] The mean over the whole map :: A sum does not ask in which order it is added up.

# %% [markdown]
# #### Exercise 2 · `equivariance_error`
#
# Say with one number how far a function is from being equivariant: the largest difference, anywhere,
# between $f(Tx)$ and $T f(x)$. Both shifts go round, so that no border enters; use
# `images.shift2d(..., mode="wrap")`.
#
# With a `stride` one place of the output stands for several places of the input. Then the output is
# shifted by fewer places: by `rows // stride` and `cols // stride`. Python's `//` rounds down, also
# below 0: −1 // 2 is −1. If the stride does not divide the shift, the output is shifted by too few or
# too many pixels, and the error will tell.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: two ways</summary>
#
# Call f twice: on the shifted x, and on x. Which of the two results must be shifted as well?
# </details>
# <details><summary>Hint 2: the largest difference</summary>
#
# A difference of −7 is larger than one of 3. And look at all numbers: of all images, of all channels,
# up to the border.
# </details>
# <details><summary>Hint 3: small whole numbers</summary>
#
# f may give uint8, where 3 − 5 is 254, or bool, which cannot be subtracted at all. Turn both results
# into floats first.
# </details>

# %% exercise="equivariance_error" forbids="cnnkit.equivariance_error torch" minutes=15
def equivariance_error(f, x, rows, cols, *, stride=1):
    """Give the largest difference between f(shifted x) and shifted f(x).

    Parameters
    ----------
    f : callable
        Takes an array (..., H, W) and gives one (..., Ho, Wo), of any dtype.
    x : ndarray, shape (..., H, W)
    rows, cols : int
        The shift, which goes round. Negative: up, to the left.
    stride : int or pair of int, at least 1
        How many rows and columns of x one place of the output stands for. The output is shifted by
        rows // stride and cols // stride, rounded down: -1 // 2 is -1.

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    >>> x = np.arange(12.0).reshape(3, 4)
    >>> equivariance_error(np.square, x, 1, 2)
    0.0
    >>> equivariance_error(lambda x: x[::2, ::2], x, 0, 1, stride=2)
    3.0
    """
    ### BEGIN SOLUTION
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))
    ### END SOLUTION

# %% [markdown]
# You need not read the next cell: marking runs your code in a process of its own and can send it
# numbers and names, but no functions. So the tests name a function, and the cell hands it to yours.

# %% beside="error_of"
@beside_student
def error_of(name, x, rows, cols, **options):
    """Give your `equivariance_error` of one of these functions."""
    H, W = x.shape[-2:]
    functions = {
        "square": np.square,
        "difference": lambda v: np.roll(v, -1, axis=-1) - v,  # the kernel (-1, 1), going round
        "ramp": lambda v: v * np.arange(W),  # brighter to the right
        "minus ramp": lambda v: -v * np.arange(W),
        "slope": lambda v: v * np.arange(H)[:, None],
        "every second": lambda v: v[..., ::2, ::2],
        "rows by three": lambda v: v[..., ::3, :],
        "pool": lambda v: v.reshape(*v.shape[:-2], H // 2, 2, W // 2, 2).max(axis=(-3, -1)),
        "frame": lambda v: np.pad(v[..., 1:-1, 1:-1], [(0, 0)] * (v.ndim - 2) + [(1, 1), (1, 1)]),
        "last channel ramp": lambda v: np.stack([*v[:-1], v[-1] * np.arange(W)]),
        "first channel ramp": lambda v: np.stack([v[0] * np.arange(W), *v[1:]]),
        "bytes": lambda v: (v * np.arange(W)).astype(np.uint8),
        "bright": lambda v: v * np.arange(W) > 2,
    }
    return equivariance_error(functions[name], x, rows, cols, **options)

# %% test="equivariance_error:zero" points=1
# Functions that are equivariant
x = np.array([[1.0, 2, 3, 4], [0, 5, 0, 7], [9, 0, 1, 0]])
for rows, cols in [(0, 1), (1, 2), (-1, -1)]:
    assert_same(error_of("square", x.copy(), rows, cols), 0.0,
                hint="Squares move with their pixels: shift the second result as well.")
    assert_same(error_of("difference", x.copy(), rows, cols), 0.0,
                hint="Compare with f(x) shifted the same way, going round.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(910)
for shape, rows, cols in [((5, 6), 2, -1), ((2, 3, 4, 7), -3, 5), ((3, 8, 5), 11, 1)]:
    x = source.normal(size=shape)
    for name in ("square", "difference"):
        assert_same(error_of(name, x.copy(), rows, cols), 0.0, hint="This function is equivariant.")
assert_same(error_of("slope", x.copy(), 0, 2), 0.0, hint="Along the rows nothing depends on the place.")
### END HIDDEN TESTS

# %% test="equivariance_error:size" points=1
# Functions that are not, and by how much
x = np.array([[0.0, 1, 0, 0]])
assert_same(error_of("ramp", x.copy(), 0, 1), 1.0,
            hint="The 1 is multiplied by 2 at its new place, by 1 at its old one.")
assert_same(error_of("ramp", x.copy(), 0, 2), 2.0, hint="Now by 3, and before by 1.")
assert_same(error_of("minus ramp", x.copy(), 0, 2), 2.0, hint="A difference of −2 has the size 2.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(911)
for H, W, cols in [(7, 9, 2), (8, 10, -1), (6, 9, 1)]:
    x = np.zeros((H, W))
    x[2:4, 3:6] = source.normal(size=(2, 3))
    gain = (np.arange(W) + cols) % W - np.arange(W)  # new place minus old place
    expected = np.abs(x * gain).max()
    for name in ("ramp", "minus ramp"):
        assert_same(error_of(name, x.copy(), 1, cols), expected, hint="The largest, by magnitude.")
### END HIDDEN TESTS

# %% test="equivariance_error:whole" points=0.5
# Every number counts: at the border, in every channel
x = np.zeros((3, 5, 5))
x[0, 1, 2] = 4.0
assert_same(error_of("frame", x.copy(), -1, 0), 4.0,
            hint="This f blackens the border, and the 4 moves there: look at the border, too.")
x = np.array([[[1.0, 2, 0]], [[0, 3, 0]], [[0, 0, 5]]])
assert_same(error_of("last channel ramp", x.copy(), 0, 1), 10.0, hint="Only the last channel differs.")
assert_same(error_of("first channel ramp", x.copy(), 0, 1), 2.0, hint="Only the first channel differs.")

# %% test="equivariance_error:stride" points=1
# One place of the output stands for several of the input
x = np.array([[0.0, 3, 1, 4], [0, 0, 0, 0]])
assert_same(error_of("every second", x.copy(), 0, 2, stride=2), 0.0,
            hint="Two columns of the input are one of the output.")
assert_same(error_of("every second", x.copy(), 0, 1, stride=2), 4.0,
            hint="1 // 2 is 0, so (4, 3) is compared with (0, 1).")
assert_same(error_of("every second", x.copy(), 0, -1, stride=2), 4.0,
            hint="−1 // 2 is −1, so (3, 4) is compared with (1, 0).")
assert_same(error_of("pool", x.copy(), 0, 2, stride=2), 0.0, hint="Pooling windows, two columns each.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(912)
x = source.normal(size=(2, 6, 8))
for rows, cols in [(2, 4), (-2, 2), (4, -6)]:
    for name in ("every second", "pool"):
        assert_same(error_of(name, x.copy(), rows, cols, stride=2), 0.0, hint="2 divides this shift.")
for rows, cols in [(1, 2), (-1, 0), (3, -5)]:
    kept, other = x[:, ::2, ::2], np.roll(x, (rows, cols), axis=(1, 2))[:, ::2, ::2]
    expected = np.abs(other - np.roll(kept, (rows // 2, cols // 2), axis=(1, 2))).max()
    assert_same(error_of("every second", x.copy(), rows, cols, stride=2), expected,
                hint="The output is shifted by rows // stride: −1 // 2 is −1.")
for rows, cols in [(3, 1), (-3, 5)]:
    assert_same(error_of("rows by three", x.copy(), rows, cols, stride=(3, 1)), 0.0,
                hint="Stride 3 along the rows, 1 along the columns.")
### END HIDDEN TESTS

# %% test="equivariance_error:numbers" points=0.5
# Small whole numbers and bools
x = np.array([[1.0, 1, 1, 1]])
assert_same(error_of("bytes", x.copy(), 0, 1), 3.0, hint="The largest is 0 − 3, which in uint8 would be 253.")
assert_same(error_of("bright", x.copy(), 0, 1), 1.0, hint="True and False differ by 1.")

# %% [markdown]
# From here on: `images.equivariance_error`. Now ask it about the parts of a network.

# %% demo items="57 13"
x, w = tower, rng.normal(size=(1, 1, 3, 3))
mixing = rng.normal(size=(64, 64)) / 8
parts = {"convolution, going round": (lambda v: around(v, w), 1), "ReLU": (ops.relu, 1),
         "convolution, zeros outside": (lambda v: ops.conv2d(v, w, padding=1), 1),
         "convolution, stride 2": (lambda v: around(v, w)[..., ::2, ::2], 2),
         "2 x 2 max pooling": (lambda v: ops.max_pool2d(v, 2)[0], 2),
         "dense, from and to 8 x 8": (lambda v: (v[..., ::24, ::24].reshape(1, 64) @ mixing
                                                 ).reshape(1, 1, 8, 8), 24)}
print(f"{'shifted down and right by':27}      1      2     24")
for name, (f, stride) in parts.items():
    errors = [images.equivariance_error(f, x, n, n, stride=stride) for n in (1, 2, 24)]
    print(f"{name:27}", " ".join(f"{error:6.2f}" for error in errors))

# %% [markdown] items="57"
# Read the lines. What works on each pixel alone, and what goes round with one kernel, has error 0. With
# zeros outside the error comes from the border alone: there the kernel meets zeros that did not move.
# With stride 2, and with pooling, a shift by 2 is a shift of the map by 1, exactly; a shift by 1 is
# nothing that the small map could do. In the dense layer one place of the output stands for 24
# pixels, so its fair test is the shift by 24, the last column. It fails there too: it does not know
# that its inputs lie side by side. (Ask of each number whether it is 0. How large it is depends on
# the weights and on the numbers that go in, which differ from line to line.)

# %% demo items="13 57 103"
x = around(tower)
print("Change, as a part of the size")
print("shift    of the map   after 2 x 2   after 8 x 8   of the maximum   of the mean")
for cols in (1, 2, 4, 8):
    moved = around(images.shift2d(tower, 0, cols, mode="wrap"))
    both = [(ops.max_pool2d(x, k)[0], ops.max_pool2d(moved, k)[0]) for k in (1, 2, 8)]
    change = [np.abs(old - new).mean() / np.abs(old).mean() for old, new in both]
    of_maximum = abs(x.max() - moved.max()) / x.max()
    of_mean = abs(x.mean() - moved.mean()) / np.abs(x).mean()
    print(f"{cols:5} {change[0]:13.1%} {change[1]:13.1%} {change[2]:13.1%} "
          f"{of_maximum:16.1%} {of_mean:13.1%}")

# %% [markdown] items="13 103" careful="13"
# Pilehvar writes that the patterns that a convnet learns are *translation invariant*: unlike a dense
# layer it recognises a pattern anywhere. What is meant is right, **one detector serves everywhere**.
# The precise word for the layer is **equivariant**. The table shows the difference: shift the
# picture and the map changes much (second column: it moved along). What is invariant, and exactly, is
# the maximum or the mean over the whole map (last two columns). Pooling over windows
# is neither for every shift: it is equivariant to those that its stride divides, and a small shift
# changes its map less, the larger its windows are (third and fourth column).

# %% [markdown] items="103" careful="103"
# Kochura names two properties of convnets, with Chollet: the patterns they learn are
# translation-invariant, and they learn hierarchies of patterns. The first makes them
# **data-efficient**: a pattern seen at one place need not be learned again at another. Again the
# layer is equivariant, as said above, and the efficiency follows from sharing the weights. Section 5
# measures it: the same net, with and without sharing. The hierarchies are section 4.

# %% [markdown]
# ### Other movements
#
# Is a convolution equivariant to whatever leaves an object what it is? Try a mirror and a quarter
# turn, and then a picture of half the size and one that is darker.

# %% [markdown] quiz="other_moves"
# **Predict.** A random 3 × 3 kernel. To which of these two is the convolution equivariant?
# - [ ] To a mirror image :: The mirrored picture would need the mirrored kernel.
# - [ ] To a quarter turn :: The turned picture would need the turned kernel.
# - [x] To neither :: Sharing the kernel over all *places* is what makes it equivariant to shifts. It is
#   not shared over mirror images or turns.

# %% demo items="157"
moves = {"shift by (5, 9)": lambda v: images.shift2d(v, 5, 9, mode="wrap"),
         "mirror": lambda v: v[..., ::-1], "quarter turn": lambda v: np.rot90(v, axes=(2, 3)),
         "half the size": lambda v: ops.avg_pool2d(v, 2), "half as bright": lambda v: v / 2}
w = rng.normal(size=(1, 1, 3, 3))
w -= w.mean()  # else most of the result is the picture's brightness, the same on both ways
for name, move in moves.items():
    of_moved, moved = around(move(tower), w), move(around(tower, w))
    part = np.abs(of_moved - moved).mean() / np.abs(moved).mean()
    print(f"{name:16} f(move x) and move f(x) differ by {part:5.1%} of their size")

# %% [markdown] items="157" careful="157"
# "CNNs (mostly) invariant to translation", says the handwritten deck, and asks at once about
# scale, rotation and colour. *Mostly* is the word to notice: the layers are equivariant, and pooling
# adds some invariance to small shifts only (chapter 05). For scale and rotation there is not even
# equivariance: that would be 0 %, and the table shows differences as large as the maps or larger.
# A darker picture gives a weaker map: a convolution without a bias is
# equivariant to that, but not invariant. Such things must be learned from pictures that show them, and
# chapter 11 makes such pictures.

# %% [markdown]
# ---
# ## 3 · What a trained network makes of it

# %% [markdown]
# A whole network is convolutions, pools and, at its end, dense layers. What is left of the
# equivariance there? Two nets of about as many parameters learn the pictures of clothes, which all
# stand in the middle. Then they see the test pictures, shifted to the right. (The training takes
# some ten seconds.)

# %% demo
from cnnkit.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU, Sequential

dense_net = Sequential(Flatten(), Dense(784, 21, rng), ReLU(), Dense(21, 10, rng))
conv_net = Sequential(Conv2D(1, 16, 3, rng), ReLU(), MaxPool2D(2),
                      Conv2D(16, 32, 3, rng), ReLU(), MaxPool2D(2),
                      Conv2D(32, 32, 3, rng), ReLU(), Flatten(), Dense(288, 10, rng))
for name, net in [("dense", dense_net), ("convolutional", conv_net)]:
    print(f"{name}: {sum(array.size for array in net.params.values()):,} parameters")

# %% demo
from cnnkit.optimisers import Adam, cosine
from cnnkit.training import evaluate, fit

x_train, y_train = load("apparel", "train")
x_train, x_test = (x.astype(np.float32) / 255 for x in (x_train, x_test))
nets = {"dense": dense_net.astype(np.float32), "convolutional": conv_net.astype(np.float32)}
for name, net in nets.items():
    fit(net, x_train, y_train, optimiser=Adam(5e-3), schedule=cosine, epochs=4, rng=rng)
    print(f"{name}: {evaluate(net, x_test, y_test)[1]:.1%} of the test pictures right")

# %% [markdown] quiz="shifted_net"
# **Predict.** The convolutional net sees the test pictures shifted to the right by 6 of 28 pixels. How
# many does it still get right?
# - [ ] As many as before: it is a convolutional net :: Its maps move along. But what reads them at the
#   end is a dense layer, and it has a weight for every place.
# - [ ] About two thirds as many: the pools forgive a part of the shift :: They forgive a pixel at most,
#   and six are too many for them.
# - [x] Less than half as many :: Look at the next cell. What each layer lets through is the rest of this
#   section.

# %% demo items="57"
for cols in (0, 1, 2, 3, 4, 6, 8):
    moved = images.shift2d(x_test, 0, cols)
    right = [f"{name} {evaluate(net, moved, y_test)[1]:6.1%}" for name, net in nets.items()]
    lost = 1 - moved.sum() / x_test.sum()
    print(f"{cols} to the right:", ",  ".join(right), f"   ({lost:5.1%} of the brightness lost)")

# %% [markdown]
# A part of the fall is not the nets' fault: at 6 and 8 pixels something of the clothes has left the
# picture. But the steep fall comes before, while nearly all is still there.
#
# Was that luck? The same was done three times, from three seeds and with longer training, and with a
# third net: there the last maps are averaged over all places, so that the dense layer is told what
# there is and not where.

# %% demo items="57 157"
from cnnkit import recorded
from cnnkit.pictures import disturbance_curves, show

record = recorded.load("09_permuted_and_shifted")
plain = [run for run in record.runs if run.get("pixels") == "as they are"]
shifted = {net: [run["shifted"] for run in plain if run["net"] == net]
           for net in ("convolutional, mean", "convolutional", "dense")}
print(record.label)
show(disturbance_curves(shifted, range(9), "pixels to the right"))

# %% demo items="57 157"
for net, runs in shifted.items():
    mean, sd = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1)
    told = [f"{n}: {mean[n]:.1%} ± {sd[n]:.1%}" for n in (0, 1, 2, 4, 6)]
    half = np.interp(-0.5, -mean, range(9))  # where the mean curve falls to 50 %
    print(f"{net:20}", ",  ".join(told), f"; half are right at {half:.1f} pixels")
print("mean ± sd of", len(runs), "runs")

# %% [markdown] items="57 157"
# Three findings. The dense net loses from the first pixel on. The convolutional net holds out about half
# a pixel longer (compare where half are right; in a single run, such as yours above, it may be nothing),
# and then falls as deep: **a convolutional net is not invariant to shifts**, because its dense layer is
# not. The net that averages its maps holds out longest; what it still loses, it loses at the border, over
# which things leave, and to the strides of its pools. It also pays for that: where things are in the
# middle, knowing where something is helps, and it does not know.
# (A better way to a net that minds no shifts is to show it shifted pictures: chapter 11.)
#
# Where does the shift go? Look inside, at a pair of trousers, which stays whole when it is shifted.

# %% demo items="57"
from cnnkit.pictures import moving_and_staying

net, kind = nets["convolutional"], 1
chosen = x_test[y_test == kind][:1]
shifts = (0, 1, 2, 4, 6)
stages = [dict(net.outputs(images.shift2d(chosen, 0, cols))) for cols in shifts]
channel = stages[0]["relu1"][0].std(axis=(1, 2)).argmax()
maps = {name: [stage[name][0, channel] for stage in stages] for name in ("relu1", "max_pool1")}
scores = [ops.softmax(stage["dense1"])[0] for stage in stages]
inputs = [images.shift2d(chosen, 0, cols)[0, 0] for cols in shifts]
show(moving_and_staying(inputs, maps, scores, classes("apparel"),
                        [f"{cols} to the right" for cols in shifts]))

# %% [markdown]
# The map of the first layer moves along: equivariant. At shifts of 2, 4 and 6 the pooled map has the same
# numbers as without a shift, 1, 2 and 3 places further; at a shift of 1 it has others. And the
# probabilities, which should stay as they are, do so for the smallest shifts only: the dense layer finds
# legs where it has learned to expect none. Change `kind` to another class (0 to 9), or the shifts, and run
# the cell again.

# %% [markdown]
# ---
# ## 4 · How far an output sees
#
# An output of the first layer sees a window of $k$ pixels. An output of the second sees $k$ outputs of
# the first, each of which sees a window. How large is the part of the picture that can reach it, its
# **receptive field**?
#
# **By hand.** One row is enough, for columns go the same way.
#
# | layer | sees of the layer below | so of the picture | its neighbour looks |
# |---|---|---|---|
# | convolution of 3 | 3 pixels | 0 1 2: **3** | 1 pixel further |
# | pooling of 2, stride 2 | 2 numbers, 1 apart | 0 1 2 3: **4** | 2 pixels further |
# | convolution of 3 | 3 numbers, 2 apart | 0 … 7: **8** | 2 pixels further |
# | pooling of 2, stride 2 | 2 numbers, 2 apart | 0 … 9: **10** | 4 pixels further |
#
# The third layer takes 3 numbers, as the first does. But these lie 2 pixels apart in the picture, and
# so it adds 4 pixels and not 2. The distance in the picture of two neighbours is called **jump**, and
# each stride multiplies it:
#
# $$ \mathrm{rf} \leftarrow \mathrm{rf} + d\,(k-1)\cdot\mathrm{jump}, \qquad
# \mathrm{start} \leftarrow \mathrm{start} + \Bigl(\frac{d\,(k-1)}{2} - p\Bigr)\cdot\mathrm{jump}, \qquad
# \mathrm{jump} \leftarrow \mathrm{jump}\cdot s $$
#
# in this order, from the picture up, beginning with rf = 1, jump = 1, start = 0 (a pixel sees
# itself). **start** is the middle of the field of the *first* output, counted in pixels from 0: a window
# of 3 on the pixels 0, 1, 2 has its middle at 1, a window of 2 on 0, 1 at 0.5. Padding moves it to
# the left, also below 0. (Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural
# Networks*, Distill 2019.)

# %% [markdown] quiz="which_sees_further"
# **Predict.** Which sees further: five 3 × 3 convolutions, or three with a 2 × 2 pooling of stride 2
# behind the first and behind the second?
# - [ ] The five convolutions: 11 pixels against 7 :: 7 would be the three convolutions without pools.
# - [x] The three with pools: 18 pixels against 11 :: 3, 4, 8, 10, 18. The last convolution alone
#   adds 8.
# - [ ] Both the same, for both have five layers :: Every layer adds as many *steps*; but behind a stride
#   the steps are larger.

# %% [markdown]
# #### Exercise 3 · `receptive_field`
#
# Follow the three numbers through a stack of layers. Pools have a kernel and a stride like
# convolutions, and count like them.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: what to carry along</summary>
#
# Three numbers, and for each layer one line for each of them. Their first values stand in the text.
# </details>
# <details><summary>Hint 2: the order</summary>
#
# A layer's taps are as far apart as the outputs of the layer *below*. So jump is changed last.
# </details>
# <details><summary>Hint 3: check by hand</summary>
#
# For [(3, 1, 0, 1), (2, 2, 0, 1)] the first output sees 0, 1, 2, 3: rf 4, start 1.5. The second sees
# 2, 3, 4, 5: jump 2.
# </details>

# %% exercise="receptive_field" forbids="cnnkit.receptive_field torch" minutes=20
def receptive_field(layers):
    """Follow the receptive field through a stack of layers, along one axis.

    Parameters
    ----------
    layers : list of (kernel, stride, padding, dilation), whole numbers
        The layer that sees the picture first. May be empty.

    Returns
    -------
    rf : int
        How many pixels the field of one output of the last layer spans, from first to last.
    jump : int
        How many pixels apart the fields of two neighbouring outputs are.
    start : float
        The middle of the first output's field, in pixels counted from 0.

    Examples
    --------
    >>> receptive_field([(5, 2, 0, 1), (3, 1, 1, 2)])
    (13, 2, 4.0)
    """
    ### BEGIN SOLUTION
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        reach = dilation * (kernel - 1)
        rf += reach * jump
        start += (reach / 2 - padding) * jump
        jump *= stride
    return rf, jump, start
    ### END SOLUTION

# %% test="receptive_field:stack" points=1
# How far it reaches: one layer, and stacks of stride 1
assert_same(receptive_field([(3, 1, 0, 1)])[0], 3, hint="A window of 3 sees 3 pixels.")
assert_same(receptive_field([(3, 1, 0, 1)] * 3)[0], 7, hint="Each further layer adds 2: 3, 5, 7.")
### BEGIN HIDDEN TESTS
for kernels in [(5, 3), (1, 4, 1), (2, 2, 2, 7), (11,)]:
    expected = 1 + sum(k - 1 for k in kernels)
    assert_same(receptive_field([(k, 1, 0, 1) for k in kernels])[0], expected,
                hint="A window of k reaches over k − 1 more pixels.")
### END HIDDEN TESTS

# %% test="receptive_field:strides" points=1
# Strides and pools make later steps larger
conv, pool = (3, 1, 0, 1), (2, 2, 0, 1)
assert_same(receptive_field([conv, pool])[:2], (4, 2), hint="The first two rows of the table in the text.")
assert_same(receptive_field([conv, pool, conv, pool, conv])[:2], (18, 4),
            hint="3, 4, 8, 10, 18: behind two pools a tap is 4 pixels from the next one.")
assert_same(receptive_field([(3, 2, 0, 1)] * 3)[:2], (15, 8), hint="3, then 3 + 4, then 7 + 8.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(920)
for depth in (2, 3, 4, 5):
    steps = [tuple(source.integers(1, 4, 2).tolist()) for _ in range(depth)]
    seen = []
    for place in (0, 1):  # all pixels that output 0, and output 1, can see
        places = {place}
        for k, s in reversed(steps):
            places = {i * s + tap for i in places for tap in range(k)}
        seen.append(places)
    first, second = seen
    expected = (max(first) - min(first) + 1, min(second) - min(first))
    assert_same(receptive_field([(k, s, 0, 1) for k, s in steps])[:2], expected,
                hint="Follow the pixels of output 0 and of output 1 down, by hand.")
### END HIDDEN TESTS

# %% test="receptive_field:dilation" points=0.5
# Dilation spreads the taps
assert_same(receptive_field([(3, 1, 0, 2)])[0], 5, hint="Taps at 0, 2 and 4.")
assert_same(receptive_field([(3, 1, 0, 1), (3, 1, 0, 2), (3, 1, 0, 4)])[0], 15,
            hint="3, then 4 more, then 8 more.")
### BEGIN HIDDEN TESTS
for layers in [[(4, 2, 0, 3), (2, 1, 0, 5)], [(2, 3, 0, 1), (3, 2, 0, 2), (5, 1, 0, 3)]]:
    places = {0}
    for k, s, _, d in reversed(layers):
        places = {i * s + d * tap for i in places for tap in range(k)}
    assert_same(receptive_field(layers)[0], max(places) + 1, hint="From the first tap to the last.")
### END HIDDEN TESTS

# %% test="receptive_field:start" points=1
# Where the first output looks
assert_same(receptive_field([(3, 1, 0, 1)])[2], 1.0, hint="The middle of 0, 1, 2.")
assert_same(receptive_field([(3, 1, 1, 1)])[2], 0.0, hint="With padding 1 the pixels −1, 0, 1.")
assert_same(receptive_field([(2, 2, 0, 1)])[2], 0.5, hint="The middle of 0 and 1.")
assert_same(receptive_field([(3, 1, 0, 1), (2, 2, 0, 1)])[2], 1.5, hint="The middle of 0 … 3.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(921)
for depth in (1, 2, 3, 4):
    layers = [tuple(source.integers((1, 1, 0, 1), (6, 4, 3, 3)).tolist()) for _ in range(depth)]
    places = {0}
    for k, s, p, d in reversed(layers):
        places = {i * s - p + d * tap for i in places for tap in range(k)}
    assert_same(receptive_field(layers)[2], (min(places) + max(places)) / 2,
                hint="Half of the reach, less the padding, in steps of the layer below.")
### END HIDDEN TESTS

# %% test="receptive_field:kind" points=0.5
# Two whole numbers and a float; no layer at all
for layers in ([(3, 2, 0, 1)], [(2, 2, 1, 1), (4, 1, 0, 2)]):
    rf, jump, begin = receptive_field(layers)
    for number in (rf, jump):
        assert_dtype(np.asarray(number), int, hint="Pixels are counted: whole numbers.")
    assert_dtype(np.asarray(begin), float, hint="A middle may lie between two pixels: a float.")
assert_same(receptive_field([]), (1, 1, 0.0), hint="A pixel sees itself, and its neighbour is next.")

# %% [markdown]
# From here on: `architectures.receptive_field`.
#
# **Arithmetic against a gradient.** A receptive field can also be *measured*: a pixel is in the field
# of an output if the output changes with it. That is what a gradient says. So build a network with
# random weights, send back a 1 from a single place of its last map and nothing from the others, and
# see which pixels the gradient reaches. (Mean pooling stands for max pooling here. A maximum passes the
# gradient to one pixel only; which one depends on the picture, and the field is all that *may* matter.)

# %% demo items="14 77"
from cnnkit import architectures
from cnnkit.layers import AvgPool2D

stack = Sequential(Conv2D(1, 4, 3, rng), AvgPool2D(2), Conv2D(4, 4, 3, rng, padding=1),
                   AvgPool2D(2), Conv2D(4, 4, 3, rng, dilation=2))
steps = [(3, 1, 0, 1), (2, 2, 0, 1), (3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 0, 2)]
rf, jump, start = architectures.receptive_field(steps)
y = stack.forward(np.zeros((1, 1, 64, 64)))
for row, col in [(3, 3), (4, 7), (8, 5)]:
    sent = np.zeros(y.shape)
    sent[0, 0, row, col] = 1
    for layer in reversed(stack.layers.values()):
        sent, _ = layer.backward(sent)
    reached = [np.flatnonzero(np.abs(sent[0, 0]).sum(axis=axis)) for axis in (1, 0)]
    middles = [start + place * jump for place in (row, col)]
    print(f"output ({row}, {col}): gradient in rows {reached[0][0]}–{reached[0][-1]}, columns "
          f"{reached[1][0]}–{reached[1][-1]}; computed", *(
              f"{middle - (rf - 1) / 2:.0f}–{middle + (rf - 1) / 2:.0f}" for middle in middles))

# %% [markdown]
# The two agree to the pixel. But the gradient says more than the arithmetic: *how much* each pixel
# matters. Here are ten 3 × 3 convolutions, and the mean size of the gradient over 50 such networks with
# random weights. The frame is the computed field.

# %% demo
from cnnkit.pictures import gradient_field

rf, jump, start = architectures.receptive_field([(3, 1, 0, 1)] * 10)
total = np.zeros((31, 31))
for _ in range(50):
    stack = Sequential(Conv2D(1, 4, 3, rng), *(Conv2D(4, 4, 3, rng) for _ in range(9)))
    sent = np.zeros(stack.forward(np.zeros((1, 1, 31, 31))).shape)
    sent[0, 0, 5, 5] = 1
    for layer in reversed(stack.layers.values()):
        sent, _ = layer.backward(sent)
    total += np.abs(sent[0, 0])
show(gradient_field(total / 50, (start + 5 * jump, start + 5 * jump), rf))

# %% [markdown]
# The middle of the field matters most, for many ways lead to it, and its rim hardly at all. (The dashed
# frame has a quarter of the area. If all pixels mattered alike, it would hold a quarter.) The
# **effective** receptive field is smaller than the computed one, the more so the deeper a stack is (Luo,
# Li, Urtasun and Zemel, *Understanding the Effective Receptive Field in Deep Convolutional Neural
# Networks*, 2016).
#
# What do real networks see? AlexNet's layers on a photograph of the size that it takes, 227 × 227. Each
# frame is the field of the place of that layer which looks nearest to the middle of the picture:

# %% demo items="14 77"
from cnnkit import pictures

photo = photograph("china")[:, 100:327, 180:407]
names = ("conv1", "conv2", "conv3", "max_pool3")
# architectures.receptive_field computes, as yours does; pictures.receptive_field draws the result.
show(pictures.receptive_field(photo, architectures.alexnet()["layers"], names=names))

# %% [markdown] items="14 77"
# A place of conv1 sees a piece of a window, one of conv2 a few pillars, one of conv3 a storey between
# its roofs. Only one of max_pool3 sees most of the tower. (Its frame lies to one side: its map has an
# even number of places, and none is in the middle.)

# %% [markdown]
# Now play with both, the shift and the field. The slider moves a piece of clothing; the net's map, its
# pooled map, their means and what it says follow. It asks first what a shift by one pixel does. Then try
# 1, 2, 3 and 4 pixels for layers 1 and 2: at which of them does the pooled map move along? Change to
# the net that averages its maps, and see how much longer it says the same. Mark a place of a map with a click
# or the arrow keys: the frame is what it sees. `shift_slider(shift2d, receptive_field)` runs on your own
# two functions, so that an error shows as a wrong picture or a wrong frame; with
# `net=nets["convolutional"]` it looks into the net that you have trained above.

# %% demo items="57"
from cnnkit.widgets import shift_slider

shift_slider()

# %% [markdown] items="14 77 18"
# ### 4.1 From edges to things
#
# Four of the lectures say or show it: a convnet learns a **hierarchy**. A first layer finds small local patterns, such
# as edges, or blotches of colour; a second finds larger patterns made of these; and so on, from
# low-level features to high-level ones. (Pilehvar; Neog; Kochura, with Chollet: lines make eyes and
# ears, and these make a cat.) The receptive field is the reason: a first layer *cannot* find a wheel
# in a window of three pixels. Later layers, in networks that were trained on photographs, answer to
# honeycombs and wheels (Pilehvar, after Stanford's course CS231n), and the handwritten deck shows
# what units of layers 1 to 4 answer to, the simple first.
#
# See for yourself. Which patches of the test pictures excite a unit of our trained net most? The
# receptive field says exactly which pixels to cut out. (The picture takes some seconds.)

# %% demo items="14 77 154 18"
from cnnkit.pictures import strongest_patches

steps = [(3, 1, 0, 1), (2, 2, 0, 1)] * 2 + [(3, 1, 0, 1)]
outputs = dict(nets["convolutional"].outputs(x_test))
found = {f"layer {n + 1}": (outputs[f"relu{n + 1}"],
                            architectures.receptive_field(steps[: 2 * n + 1])) for n in range(3)}
show(strongest_patches(x_test, found, units=3, count=9))

# %% [markdown] items="154"
# Each row is one unit, and shows the patches that it answers to most strongly, from nine different
# pictures. In the first layer they are 3 × 3 pixels: edges of one direction, and corners.
# In the second, 8 × 8: pieces of outlines. In the third, 18 × 18: large parts of clothes, and those
# in a row are mostly the same part of the same kind.
# Our net is small, and clothes are grey and simple; do not look for honeycombs.

# %% [markdown] items="32"
# What is such a hierarchy good for? Pilehvar shows a robot hand that turns a Rubik's cube (OpenAI,
# *Solving Rubik's Cube with a Robot Hand*, 2019). Convolutional networks tell it, from camera
# pictures, where the cube is and how it is turned. Mind what that task asks: here the *place* is the
# answer. A network that was invariant to shifts would be of no use to this hand, an equivariant one is.

# %% [markdown]
# ---
# ## 5 · To share or not to share

# %% [markdown] items="131"
# A convolution makes two decisions at once: an output sees only what is **near**, and all outputs
# **share** their weights. They can be taken apart. The handwritten deck puts three layers side by side:
#
# | layer | an output sees | weights |
# |---|---|---|
# | dense | all inputs | each output its own |
# | **locally connected** | near inputs | each output its own |
# | convolutional | near inputs | one set for all outputs |
#
# **By hand.** The row (1, 2, 3, 4), windows of 2, three places. Shared weights (1, 1) give 3, 5, 7.
# With own weights (1, 0), (0, 1) and (1, 1): 1 · 1 + 0 · 2 = 1, then 0 · 2 + 1 · 3 = 3, then
# 1 · 3 + 1 · 4 = 7.

# %% demo items="131 25"
for name, H, C, k, O, stride in [("28 x 28 pixels, 8 filters of 3 x 3", 28, 1, 3, 8, 1),
                                 ("AlexNet, 96 filters of 11 x 11 x 3", 227, 3, 11, 96, 4)]:
    places = ((H - k) // stride + 1) ** 2
    shared = O * C * k * k
    print(f"{name}: dense {H * H * C * places * O:,} weights, locally connected "
          f"{places * shared:,}, convolutional {shared:,}")

# %% [markdown] items="25"
# Sharing assumes that a feature which is useful here is useful there. **When is that wrong?** When
# places differ in meaning. In portraits that are all centred the eyes are above and the mouth is below;
# a layer might well look for different things there (Pilehvar, after CS231n). Then one can keep the
# windows and give up the sharing.

# %% [markdown] items="25" careful="25"
# Pilehvar's slide names a layer of Keras for this, `LocallyConnected2D`. **Keras 3 removed it** (its guide
# for migrating from Keras 2 says so), and PyTorch has none. The layer is dear: the second line printed
# above says how many weights AlexNet's first layer would have with it, and how many it has. In this
# course it is your next exercise, and `ops.locally_connected`.

# %% [markdown]
# #### Exercise 4 · `locally_connected`
#
# Write the layer. Each place (i, j) of the output has its own filters `w[i, j]`, of the shape (O, C, kH,
# kW) that a whole convolutional layer has, and its own biases `b[i, j]`. There is no padding and no
# dilation.
#
# $$ y_{n,o,i,j} = b_{i,j,o} + \sum_{c,u,v} w_{i,j,o,c,u,v}\; x_{n,\,c,\; i\,s_H+u,\; j\,s_W+v} $$
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# As in chapter 04: loop over the places. At each, cut the window of all images and channels, shape
# (N, C, kH, kW).
# </details>
# <details><summary>Hint 2: one place</summary>
#
# A window (N, C, kH, kW) and filters (O, C, kH, kW) give (N, O): three axes are summed. `np.einsum` or
# `np.tensordot` say so in one line, or reshape both to two axes and use `@`.
# </details>
# <details><summary>Hint 3: what to check</summary>
#
# Two things must go together: the channels of x and w, and the places that x and the stride give with the
# places that w has. NumPy would broadcast one channel over three without a word.
# </details>

# %% exercise="locally_connected" forbids="cnnkit.locally_connected torch" minutes=30
def locally_connected(x, w, b=None, *, stride=1):
    """Give each place of the output its own filters.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N may be 0. Not changed.
    w : ndarray, shape (Ho, Wo, O, C, kH, kW)
        The filters of each place. Not changed.
    b : ndarray, shape (Ho, Wo, O), optional
    stride : int or pair of int, at least 1

    Returns
    -------
    y : ndarray, shape (N, O, Ho, Wo)
        Integers count as float64, then ``np.result_type`` of the operands.

    Raises
    ------
    ValueError
        If x and w have different numbers of channels, or if w does not have filters for just the
        places that the window finds on x at this stride.

    Examples
    --------
    >>> x = np.array([[[[1.0, 2, 3, 4]]]])
    >>> w = np.array([[1.0, 0], [0, 1], [1, 1]]).reshape(1, 3, 1, 1, 1, 2)
    >>> locally_connected(x, w)
    array([[[[1., 3., 7.]]]])
    """
    ### BEGIN SOLUTION
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    places = ((H - kh) // sh + 1, (W - kw) // sw + 1)
    if C != Cw:
        raise ValueError(f"w has {Cw} channels, x has {C}.")
    if places != (Ho, Wo):
        raise ValueError(f"w has filters for {Ho} x {Wo} places, x has {places[0]} x {places[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y
    ### END SOLUTION

# %% test="locally_connected:places" points=1
# Each place uses its own filters
x = np.array([[[[1.0, 2, 3, 4]]]])
w = np.array([[1.0, 0], [0, 1], [1, 1]]).reshape(1, 3, 1, 1, 1, 2)
assert_same(locally_connected(x.copy(), w.copy()), np.array([[[[1.0, 3, 7]]]]),
            hint="The row worked out by hand in the text.")
x, w = np.ones((1, 1, 2, 3)), np.arange(6.0).reshape(2, 3, 1, 1, 1, 1)
assert_same(locally_connected(x.copy(), w.copy()), np.array([[[[0.0, 1, 2], [3, 4, 5]]]]),
            hint="Pixels of 1: place (i, j) shows its own weight, w[i, j].")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(930)
for n, c, o, out, k in [(1, 1, 1, (3, 4), (2, 3)), (2, 3, 2, (2, 5), (3, 1)), (3, 2, 4, (1, 3), (2, 2))]:
    x = source.normal(size=(n, c, out[0] + k[0] - 1, out[1] + k[1] - 1))
    w = source.normal(size=(*out, o, c, *k))
    expected = np.zeros((n, o, *out))
    for i, j in np.ndindex(*out):
        expected[:, :, i, j] = ops.conv2d(x, w[i, j])[:, :, i, j]
    assert_same(locally_connected(x.copy(), w.copy()), expected,
                hint="Place (i, j) gives what a convolution with w[i, j] gives at (i, j).")
### END HIDDEN TESTS

# %% test="locally_connected:tied" points=1
# The same filters at every place: that is a convolution
x = np.array([[1.0, 2, 0], [3, 1, 2], [0, 1, 4]])[None, None]
filters = np.array([[[[1.0, 2], [3, -1]]], [[[0.0, 1], [0, 0]]]])
got = locally_connected(x.copy(), np.tile(filters, (2, 2, 1, 1, 1, 1)))
assert_same(got, np.array([[[[13.0, 3], [4, 4]], [[2.0, 0], [1, 2]]]]),
            hint="Two filters. The first place: 1 + 4 + 9 − 1, nothing is flipped.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(931)
for n, c, o, hw, k in [(2, 3, 4, (6, 5), (3, 2)), (1, 2, 3, (4, 9), (1, 4)), (3, 1, 2, (5, 5), (5, 5))]:
    x, filters = source.normal(size=(n, c, *hw)), source.normal(size=(o, c, *k))
    expected = ops.conv2d(x, filters)
    tied = np.tile(filters, (*expected.shape[2:], 1, 1, 1, 1))
    assert_same(locally_connected(x.copy(), tied), expected,
                hint="With tied weights the layer is conv2d. Channels are summed.")
### END HIDDEN TESTS

# %% test="locally_connected:bias" points=0.5
# A bias for each place and each filter
x, w = np.zeros((1, 1, 3, 3)), np.ones((2, 2, 3, 1, 2, 2))
b = np.arange(12.0).reshape(2, 2, 3)
assert_same(locally_connected(x.copy(), w.copy(), b.copy()),
            np.array([[[[0.0, 3], [6, 9]], [[1, 4], [7, 10]], [[2, 5], [8, 11]]]]),
            hint="Zeros give the biases alone: y[n, o, i, j] is b[i, j, o].")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(932)
x, w, b = (source.normal(size=s) for s in [(3, 2, 4, 3), (3, 2, 4, 2, 2, 2), (3, 2, 4)])
without = locally_connected(x.copy(), w.copy())
assert_same(locally_connected(x.copy(), w.copy(), b.copy()) - without,
            np.repeat(b.transpose(2, 0, 1)[None], 3, axis=0), hint="Added once, to every image.")
### END HIDDEN TESTS

# %% test="locally_connected:stride" points=0.5
# Places lie a stride apart
x, w = np.arange(12.0).reshape(1, 1, 2, 6), np.array([1.0, 10, 100]).reshape(1, 3, 1, 1, 1, 1)
assert_same(locally_connected(x[:, :, :1].copy(), w.copy(), stride=(1, 2)),
            np.array([[[[0.0, 20, 400]]]]), hint="Columns 0, 2 and 4.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(933)
for hw, k, s in [((7, 9), (3, 2), (2, 3)), ((6, 8), (1, 3), (3, 1)), ((8, 8), (2, 2), (2, 2))]:
    x, filters = source.normal(size=(2, 2, *hw)), source.normal(size=(3, 2, *k))
    expected = ops.conv2d(x, filters, stride=s)
    tied = np.tile(filters, (*expected.shape[2:], 1, 1, 1, 1))
    got = locally_connected(x.copy(), tied, stride=s if s[0] != s[1] else s[0])
    assert_same(got, expected, hint="Place (i, j) begins at row i · sH, column j · sW.")
### END HIDDEN TESTS

# %% test="locally_connected:dtype" points=0.5
# The dtype of the result, and an empty batch
x, w = np.ones((1, 1, 2, 3)), np.full((2, 2, 1, 1, 1, 2), 0.5)
for xs, ws, bs, kind in [("f4", "f4", "f4", "f4"), ("f4", "f4", "f8", "f8"), ("f4", "f8", "f4", "f8"),
                         ("i8", "f4", "f4", "f8"), ("u1", "f8", "i4", "f8")]:
    got = locally_connected(x.astype(xs), w.astype(ws), np.zeros((2, 2, 1), bs))
    assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, w {np.dtype(ws)}, b {np.dtype(bs)}.")
got = locally_connected(x.astype("u1") * 200, np.full(w.shape, 2, "u1"))
assert_same(got, np.full((1, 1, 2, 2), 800.0), hint="Convert before you multiply: 400 > 255.")
got = locally_connected(np.zeros((0, 1, 2, 3)), w.copy())
assert_shape(got, (0, 1, 2, 2), hint="No image in, no image out, but of the right shape.")

# %% test="locally_connected:errors" points=0.5
# Operands that do not go together
w = np.ones((2, 2, 1, 3, 2, 2))
assert_shape(locally_connected(np.ones((1, 3, 3, 3)), w.copy()), (1, 1, 2, 2), hint="These do.")
with assert_raises(ValueError, hint="w has 3 channels, x has 1. Broadcasting hides that."):
    locally_connected(np.ones((1, 1, 3, 3)), w.copy())
with assert_raises(ValueError, hint="w has 1 channel, x has 3."):
    locally_connected(np.ones((1, 3, 3, 3)), np.ones((2, 2, 1, 1, 2, 2)))
with assert_raises(ValueError, hint="On 4 × 3 pixels a 2 × 2 window has 3 × 2 places, w has 2 × 2."):
    locally_connected(np.ones((1, 3, 4, 3)), w.copy())
with assert_raises(ValueError, hint="At stride 2 there is one place only, w has 2 × 2."):
    locally_connected(np.ones((1, 3, 3, 3)), w.copy(), stride=2)

# %% [markdown]
# From here on: `ops.locally_connected`. It does not share, so it should not be equivariant. One number
# tells. (The rim is filled from the opposite side, as in section 2.)

# %% demo items="131"
x = rng.normal(size=(1, 1, 8, 8))
for name, w in [("own filters", rng.normal(size=(8, 8, 1, 1, 3, 3))),
                ("tied filters", np.tile(rng.normal(size=(1, 1, 3, 3)), (8, 8, 1, 1, 1, 1)))]:
    error = images.equivariance_error(lambda v, w=w: ops.locally_connected(
        np.pad(v, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), w), x, 1, 2)
    print(f"{name}: {w.size} numbers in w, equivariance error {error:.2f}")

# %% [markdown]
# Does sharing help to *learn*? Here is an experiment on digits of 8 × 8 pixels, in a dark frame of three
# pixels: once in its **middle**, once **moved** at random, both for training and for the test. Three
# layers of 3 × 3 windows without padding, whose filters all places share or each place has as its
# **own**. Behind them the **maximum** of each map over all places ("is it anywhere?"), or in other nets
# its **mean** ("how much of it is there?"). Then a dense layer. That makes eight cases.

# %% [markdown] quiz="who_wins"
# **Predict.** On the moved digits, with the maximum: who gets more of the test digits right?
# - [ ] The net with own filters: it has many times as many weights :: It can store more. But what it
#   learned at one place it must learn again at the next.
# - [x] The net with shared filters :: A stroke that was seen at one place is known at all others.
# - [ ] Both the same: both see the same digits :: For the digits in the middle this comes close. Look.

# %% demo items="25 103"
from cnnkit.pictures import spread

found, sizes, learned = {}, {}, {}
for run in record.runs:
    if "filters" in run:
        filters = {"shared": "shared", "unshared": "own"}[run["filters"]]
        name = f"{run['digits']}, {run['last']}, {filters}"
        found.setdefault(name, []).append(run["test_acc"])
        learned.setdefault(name, []).append(run["train_acc"])
        sizes[filters] = run["params"]
print(", ".join(f"{filters} filters: {size:,} parameters" for filters, size in sizes.items()))
print(record.label)
show(spread(found))

# %% demo items="25 103"
for name in sorted(found):
    right, known = np.mean(found[name]), np.mean(learned[name])
    print(f"{name:30} training {known:.1%}, test {right:.1%}")

# %% [markdown] items="25 103"
# Three lessons, which hold for these nets and these digits:
#
# - **Moved digits, maximum.** Sharing wins by far, with a small part of the parameters. Without it the net
#   learns most of its training digits, and there is a wide gap to the new ones: what it saw at one place
#   it does not know at another. That gap is data efficiency, seen from the other side (Kochura).
# - **Digits in the middle, maximum.** Sharing costs little or nothing there either: the shared net is as good
#   with far fewer weights.
# - **Digits in the middle, mean.** Neither the maximum nor the mean knows a place. But the maximum
#   keeps the strongest answer, and *whether* a stroke occurs is nearly enough to tell these digits. The
#   mean can drown it in many weak ones: the shared net does not even learn its training digits well.
#   Own filters can answer to what is where, and win by far. That this is the places, and not the number
#   of weights, the **moved digits with the mean** show: there places mean nothing, and own filters lose.
#   So the centred faces are the case for them: **places have a meaning, and the network has no other
#   way to know it.**
#
# Most networks have another way: a dense layer at the end, or the zeros of the padding, from which a
# convolution can tell how near the border is. That is why hardly anybody misses the layer.

# %% [markdown]
# ---
# ## 6 · Taking away what it relies on
#
# ### 6.1 Neighbours that are none
#
# A convolution looks at pixels that lie side by side. What if nearness means nothing? Take a fixed
# permutation of all places, and move the pixels of **every** picture by it. No information is lost,
# for it can be undone. But no person would recognise anything. (The demonstration is A. Canziani's,
# in his course at New York University.)
#
# **By hand.** Four pixels (10, 11, 12, 13) and the permutation (3, 0, 1, 2). Place 0 of the result
# gets what was at place 3, place 1 what was at place 0, and so on: (13, 10, 11, 12). To undo it, take
# the permutation that puts (3, 0, 1, 2) in order, `np.argsort` of it: (1, 2, 3, 0).
#
# #### Exercise 5 · `permute_pixels`
#
# Move the pixels of all pictures by one and the same permutation of the H · W places, which are
# counted row by row. The channels of a pixel move together.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: places in a row</summary>
#
# Lay the last two axes in one row, and leave those before as they are. What shape is that? Write all of
# its numbers: NumPy cannot work out a −1 where there are no pictures.
# </details>
# <details><summary>Hint 2: which way</summary>
#
# Place i of the result holds what was at place perm[i]. So perm says where to *read*.
# </details>
# <details><summary>Hint 3: the dtype</summary>
#
# Nothing is computed here. If uint8 comes out as float, an array was made by hand on the way.
# </details>

# %% exercise="permute_pixels" forbids="cnnkit.permute_pixels torch" minutes=15
def permute_pixels(X, perm):
    """Move the pixels of all pictures by one permutation of their places.

    Parameters
    ----------
    X : ndarray of any dtype, shape (N, C, H, W)
        N may be 0. Not changed.
    perm : ndarray of int, shape (H * W,)
        Each number from 0 to H * W - 1 once. Places are counted row by row.

    Returns
    -------
    ndarray of the shape and dtype of X
        Place i of each plane holds what was at place perm[i].

    Examples
    --------
    >>> permute_pixels(np.array([[[[10, 11], [12, 13]]]]), np.array([3, 0, 1, 2]))
    array([[[[13, 10],
             [11, 12]]]])
    """
    ### BEGIN SOLUTION
    N, C, H, W = X.shape
    return X.reshape(N, C, H * W)[:, :, perm].reshape(X.shape)
    ### END SOLUTION

# %% test="permute_pixels:values" points=1
# Place i holds what was at place perm[i]
X = np.array([[[[10, 11], [12, 13]]]])
assert_same(permute_pixels(X.copy(), np.array([3, 0, 1, 2])), np.array([[[[13, 10], [11, 12]]]]),
            hint="Place 0 gets what was at place 3.")
X = np.arange(6).reshape(1, 1, 2, 3) * 10
assert_same(permute_pixels(X.copy(), np.array([5, 3, 4, 1, 0, 2])),
            np.array([[[[50, 30, 40], [10, 0, 20]]]]), hint="Row by row: place 3 is row 1, column 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(940)
for H, W in [(3, 5), (4, 2), (1, 7)]:
    X, perm = source.normal(size=(1, 1, H, W)), source.permutation(H * W)
    expected = np.array([X[0, 0, p // W, p % W] for p in perm.tolist()]).reshape(1, 1, H, W)
    assert_same(permute_pixels(X.copy(), perm.copy()), expected, hint="Place p is row p // W, column p % W.")
    back = permute_pixels(permute_pixels(X.copy(), perm.copy()), np.argsort(perm))
    assert_same(back, X, hint="np.argsort(perm) undoes it.")
### END HIDDEN TESTS

# %% test="permute_pixels:together" points=0.5
# One permutation for all pictures and all channels
X = np.arange(12).reshape(1, 1, 3, 4) + np.array([100, 200, 300]).reshape(1, 3, 1, 1)
X = np.concatenate([X, X + 1000])
perm = np.array([7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 6, 4])
got = permute_pixels(X.copy(), perm)
assert_same(got[0, 2], got[0, 0] + 200, hint="The channels of a pixel stay together.")
assert_same(got[1], got[0] + 1000, hint="Every picture is permuted in the same way.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(941)
X, perm = source.normal(size=(3, 2, 4, 5)), source.permutation(20)
expected = np.array([[[plane[p // 5, p % 5] for p in perm.tolist()] for plane in one] for one in X])
assert_same(permute_pixels(X.copy(), perm), expected.reshape(X.shape), hint="Plane by plane.")
### END HIDDEN TESTS

# %% test="permute_pixels:kind" points=0.5
# The dtype and the shape stay, also of no picture at all
for kind in ("uint8", "float32", "bool"):
    got = permute_pixels(np.ones((2, 1, 2, 3), kind), np.array([4, 2, 0, 1, 5, 3]))
    assert_dtype(got, kind, hint="Pixels are moved, not computed with.")
got = permute_pixels(np.ones((0, 3, 2, 2)), np.array([1, 0, 3, 2]))
assert_shape(got, (0, 3, 2, 2), hint="An empty batch stays empty, and keeps its shape.")

# %% [markdown]
# From here on: `images.permute_pixels`.

# %% demo
perm = rng.permutation(28 * 28)
some = [x_test[y_test == kind][0] for kind in (9, 7, 1, 3)]
named = [classes("apparel")[kind] for kind in (9, 7, 1, 3)]
permuted = [images.permute_pixels(one[None], perm)[0] for one in some]
show(gallery([*some, *permuted], [*named, *(f"{name}, permuted" for name in named)], columns=4))

# %% [markdown] quiz="permuted"
# **Predict.** A dense net and a convolutional net of as many parameters each learn from permuted pictures,
# and are tested on pictures permuted in the same way. What happens, compared with plain pictures?
# - [ ] Both get worse: nothing can be recognised :: Nothing *for us*. Which numbers go together has not
#   changed, and a dense layer never knew which pixels are neighbours.
# - [x] The dense net stays as good, the convolutional net gets worse :: Its windows now hold pixels from
#   anywhere, and its shared filters look for patterns that occur at no second place.
# - [ ] Both stay as good: the permutation can be undone :: By whom? A net of convolutions would have to
#   bring together pixels from all over the picture.

# %% demo
found = {}
for run in record.runs:
    if "pixels" in run:
        found.setdefault(f"{run['net']}, pixels {run['pixels']}", []).append(run["test_acc"])
print(record.label)
show(spread(found))

# %% [markdown]
# The convolutional net loses its lead: on permuted pixels it is hardly better than the dense one. The net with
# averaged maps loses most, for it had given up the places and had only the neighbours to go by. The dense
# net stays as it was, and that is no accident. Permute the columns of its first weights in the same way,
# and it gives the same scores, but for rounding:

# %% demo
model = nets["dense"].copy()
scores = model.forward(x_test)
model.params = model.params | {"dense1.w": model.params["dense1.w"][:, perm]}
scores_permuted = model.forward(images.permute_pixels(x_test, perm))
print("largest difference of the scores:", np.abs(scores - scores_permuted).max())

# %% [markdown]
# So each dense net for plain pictures has a twin for permuted ones, and training finds it as easily. The
# convolutional net has none. What made it better than the dense one was an assumption, **near things
# belong together, and it does not matter where**. It is a good one for photographs. For a table of
# measurements whose columns stand in any order it is wrong, and so is the convolutional net.

# %% [markdown] items="42"
# ### 6.2 One noisy boi
#
# The DSML deck opens with a duel: a state-of-the-art network against "one noisy boi", a picture with a
# little noise, which a person hardly sees. Who wins? It depends on the noise. Change every pixel by the same
# small amount, up or down: once **by chance**, once in the **direction that hurts**. (What would be darker
# than black stays black, and what would be brighter than white stays white.) The direction that hurts is the
# sign of the gradient of the loss with respect to the pixels, which chapter 06 taught you to compute
# (Goodfellow, Shlens and Szegedy, *Explaining and Harnessing Adversarial Examples*, 2015).

# %% [markdown] quiz="noise"
# **Predict.** Every pixel is changed by 10 % of white, as far as black and white allow. With
# chance deciding up or down, the net loses
# a few pictures of a hundred. And if the gradient decides?
# - [ ] A few of a hundred, too: the pixels change by as much :: By as much each, but all of them pull in
#   one direction now.
# - [ ] Twice as many :: Add up 784 small changes, none of which cancels another.
# - [x] It gets most pictures wrong :: The sum over all pixels of small changes in the worst direction is
#   a large change.

# %% demo items="42"
net = nets["convolutional"]
_, sent = ops.softmax_cross_entropy(net.forward(x_test), y_test)
for layer in reversed(net.layers.values()):
    sent, _ = layer.backward(sent)
signs = {"by chance": rng.choice(np.float32([-1, 1]), x_test.shape), "directed": np.sign(sent)}
for size in (0, 0.02, 0.05, 0.1):
    told = []
    for name, sign in signs.items():
        noisy = np.clip(x_test + np.float32(size) * sign, 0, 1)
        told.append(f"{name} {evaluate(net, noisy, y_test)[1]:6.1%}")
    print(f"each pixel changed by {size:4.0%} of white: right", ",  ".join(told))

# %% demo items="42"
guess = net.forward(x_test).argmax(axis=1)
noisy = {name: np.clip(x_test + np.float32(0.05) * sign, 0, 1) for name, sign in signs.items()}
after = {name: net.forward(x).argmax(axis=1) for name, x in noisy.items()}
fooled = (guess == y_test) & (after["by chance"] == y_test) & (after["directed"] != y_test)
n, words = np.flatnonzero(fooled)[3], classes("apparel")
show(gallery([x_test[n], noisy["by chance"][n], noisy["directed"][n]],
             [f"{words[guess[n]]}", f"5 % by chance: {words[after['by chance'][n]]}",
              f"5 % directed: {words[after['directed'][n]]}"]))

# %% demo items="42"
for name in ("chance", "directed"):
    print({"chance": "by chance", "directed": "in the worst direction"}[name])
    for net_name in shifted:
        runs = [run[name] for run in plain if run["net"] == net_name]
        mean, sd = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1)
        sizes = zip(("0", "2 %", "5 %", "10 %", "20 %", "40 %"), mean, sd, strict=True)
        print(f"   {net_name:20}", ", ".join(f"{s}: {m:.0%} ± {d:.0%}" for s, m, d in sizes))
print("mean ± sd.", record.label)

# %% [markdown] items="42"
# So who would win? Against chance the network does; against a noisy boi who knows its gradients it loses to
# changes that a person hardly sees. Convolutions and pools help a little here, and do not protect it. That
# is one more thing which a test accuracy does not tell.

# %% [markdown]
# ---
# ## What you learned
#
# - A convolution is **equivariant** to shifts: its map moves along. A mean or a maximum over the whole
#   map is **invariant**. A dense layer is neither.
# - With strides and pools this holds for shifts that the stride divides; at the border, where zeros come in,
#   it does not hold. It does not extend to turns, mirrors and sizes.
# - A trained convolutional net with a dense layer at its end forgives small shifts only.
# - The receptive field grows by $d(k-1)$ steps a layer, and the steps grow with every stride. A gradient
#   finds the same field, and shows that its middle matters most.
# - Sharing weights is an assumption. Where it is right it saves weights and data; where places have a
#   meaning, or neighbours have none, it costs.
#
# ## Three questions

# %% [markdown] quiz="end_equivariant"
# **1.** A network shall draw the outline of a cat into the picture. What should it be?
# - [x] Equivariant to shifts :: When the cat moves, the outline has to move along.
# - [ ] Invariant to shifts :: Then it would draw the outline always at the same place.
# - [ ] Neither; a dense layer will do :: It would have to learn every outline at every place anew.

# %% [markdown] quiz="end_field"
# **2.** A convolution of 3 with dilation 2, then a pooling of 2 with stride 2, then a convolution of 3. How
# far does an output see?
# - [ ] 8 pixels :: That is without the dilation: 3, 4, 8.
# - [x] 10 pixels :: 5, then 6, then 6 + 2 · 2 = 10.
# - [ ] 12 pixels :: The second convolution has no dilation.

# %% [markdown] quiz="end_permute"
# **3.** All pictures of a set were turned upside down, training and test alike. Who gets worse?
# - [ ] Only the convolutional net, as with the permutation :: Neighbours stay neighbours here.
# - [x] Neither :: The dense net minds no permutation, and the convolutional net learns kernels that are
#   upside down.
# - [ ] Both :: Nothing has been lost, and nothing that either relies on has changed.

# %% [markdown]
# ## One open question
#
# After 2 × 2 pooling a shift by one pixel is not simply a shift of the map, and the map's numbers change.
# Zhang (*Making Convolutional Networks Shift-Invariant Again*, 2019) takes the maximum at stride 1, **blurs**, and
# only then drops every second number. Why should that help? Think of what chapter 03 says a blur does to
# a picture, and try it: put both into the table of section 2, and compare the errors at a shift of 1.
#
# *[10 AlexNet and modern blocks →](10_alexnet_and_modern_blocks.ipynb)*
