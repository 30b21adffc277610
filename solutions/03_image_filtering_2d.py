# %% [markdown]
# # 03 · Filtering images
#
# *[← 02 Convolution in one dimension](02_convolution_1d.ipynb) · [Contents](00_start_here.ipynb) ·
# [04 The convolutional layer →](04_conv_layer.ipynb)*
#
# **You will**
# - slide a kernel over an image, and say where each number that comes out is from;
# - choose what stands outside the image, and see what that choice does;
# - tell correlation from convolution: in a formula, in a picture and in SciPy;
# - blur without boxes, and count what a separable kernel saves;
# - find edges, and on which side of them it is brighter.
#
# **Time.** About 2½ hours: five exercises of 100 minutes together, and the reading.
#
# **Prerequisites.** Chapter 01 (an image is an array, row 0 is at the top) and chapter 02 (the words
# *valid*, *same* and *full*; the flip). Loops, slices and tuples in NumPy.

# %% [markdown]
# **How this chapter speaks.** One image with one channel, one kernel, one output.
#
# | Written | Means | In NumPy |
# |---|---|---|
# | $x$ | the image | an array `(H, W)` |
# | $k$ | the kernel: the weights of a filter | an array `(a, b)` |
# | $y$ | the output, also called *response map* | an array of 2 axes |
# | $i, j$ | row and column of the output | counted from 0 |
# | $u, v$ | row and column within the kernel | counted from 0 |
#
# The row always comes first. ★ is **cross-correlation**, short *correlation*: the kernel is laid on
# as it is. $*$ is **convolution**: the kernel is turned first. (In Neog's slides $u, v$ is the place
# in the image and $i, j$ the place in the filter. From chapter 04 on the weights are called $w$, and
# $k$ is their size.)
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT
# Guwahati); the deck *DSML: Computer Vision* (22 March 2023); an unsigned handwritten deck on
# convolutional networks. A box headed **Erratum** corrects a lecture; a box headed **Careful**
# completes one that is right where it stands. Boxes name **items**: the numbers of the lectures'
# points in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import filters
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(3)

# %% setup="data"
# Images and kernels of the lectures, used all through the chapter
nine = np.arange(1, 10).reshape(3, 3)
deck_image = np.array([[5, -1, 3, 8, 4, 6, -2], [-3, 4, 9, 1, 1, 7, -4], [5, -6, 3, 2, 1, -2, 0],
                       [0, -8, 5, 5, 4, -2, 3], [4, 7, 2, -7, 3, 1, 4], [4, -3, 1, 2, 6, 1, -1],
                       [0, 0, 3, -2, 3, -1, 0]])
slide_image = np.array([[0.5, 1, 0.55, 0.12, 0.1, 1], [0.3, 0.34, 0.3, 0.99, 0, 0],
                        [0, 0, 0.1, 0.05, 0.1, 1], [1, 0.1, 0.1, 0.3, 0.4, 0.43],
                        [0, 1, 0.4, 0.4, 0.3, 0.33], [0.1, 0.1, 0.13, 0.44, 0.54, 0]])
sobel_down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])  # it gets brighter downwards
sobel_right = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])  # it gets brighter to the right
left_right = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])  # left minus right

# %% [markdown]
# **How the tests speak.** A test that prints nothing has passed. Run the cells one by one with
# Shift+Enter: *Run All* stops at the first test that fails. The tests here are examples; marking
# uses others too.
#
# One tool is given: `pair(value, name, minimum)` turns a whole number into a pair and gives a pair
# of whole numbers back as a tuple. A number below the minimum, or more or fewer than two, raises a
# `ValueError` with a sentence.

# %% [markdown]
# ---
# ## 1 · One window, one number

# %% [markdown] items="79 133"
# How does a program find the rim of a petal? It never looks at the whole picture. It looks at a
# small **window**, nine pixels for example, and asks how well they fit a pattern. The answer is one
# number: multiply each pixel with the weight that lies on it, and add up. Neog writes it in one
# line, $O_j=\sum_{i\in N_j}F_i I_i$: the sum over a neighbourhood of filter times image. With both
# places written out:
#
# $$ y[i,j] = \sum_{u=0}^{a-1}\;\sum_{v=0}^{b-1} x[i+u,\;j+v]\;k[u,v] $$
#
# Then the window moves on by one pixel, and the *same* weights are used again. Here is one step, on
# the 7 × 7 numbers of the handwritten deck.

# %% demo items="133"
from cnnkit.pictures import filter_step, show

show(filter_step(deck_image, sobel_down, (1, 3)))

# %% [markdown] items="133"
# By hand: the window at row 1, column 3 has the rows (1, 1, 7), (2, 1, −2) and (5, 4, −2). The
# kernel takes −1, −2, −1 times the first: −1 − 2 − 7 = −10. The second row counts nothing. It takes
# 1, 2, 1 times the last: 5 + 8 − 2 = 11. Together 1. The kernel asks: *is it brighter below than
# above?* Here it is, barely.
#
# Play with it: change the place `(1, 3)`, a number of the kernel or of the image, say first what
# must come out, and run the cell again.

# %% demo items="133"
i, j, s = 1, 3, 3
from_one = sum(deck_image[i + a - 1, j + b - 1] * sobel_down[a - 1, b - 1]
               for a in range(1, s + 1) for b in range(1, s + 1))
from_zero = sum(deck_image[i + u, j + v] * sobel_down[u, v] for u in range(s) for v in range(s))
print("the deck's sum, pixels counted from 1:", from_one)
print("our sum, everything counted from 0:   ", from_zero)
print("places of a 1 in the output:", np.argwhere(filters.correlate2d(deck_image, sobel_down) == 1))

# %% [markdown] items="133" careful="133"
# The deck writes $\sum_{a=1}^{s}\sum_{b=1}^{s} x_{i+a,j+b}\,k_{ab}$. That is consistent if pixels and
# weights are counted from 1 but **outputs from 0**. With one base for everything it is
# $x_{i+a-1,j+b-1}$ (from 1), or $a$ and $b$ run from 0 to $s-1$ (from 0, as here and in NumPy). The
# number that the deck works out is our $y[1,3]$.

# %% [markdown] items="16"
# Pilehvar has the same sum in letters, with a bias $b$ that is added to each number. The cell below
# writes it out: a kernel of α, β, γ, δ slides over a 3 × 3 image (which has no letter I).

# %% demo items="16"
letters = np.array([list("ABC"), list("DEF"), list("GHJ")])
weights = np.array([list("αβ"), list("γδ")])
for place, name in enumerate("PQRS"):
    i, j = divmod(place, 2)
    window = letters[i : i + 2, j : j + 2]
    terms = [weights[u, v] + window[u, v] for u in range(2) for v in range(2)]
    print(" + ".join(terms), "+ b =", name)

# %% [markdown] quiz="flat_window"
# **Predict.** Here is `sobel_down` again: −1 −2 −1, 0 0 0, 1 2 1. What is its response in a window where
# all nine pixels are 200?
# - [ ] 200 :: That is what a mean would give, whose weights add up to 1.
# - [x] 0 :: 200 times the sum of the weights. A kernel that adds up to 0 is blind to flat surfaces.
# - [ ] 1,600 :: That is 200 times the eight that the weights make without their signs.

# %% demo items="71"
u, v, around = 2, 3, (-1, 0, 1)  # Neog's letters: (u, v) in the image, (i, j) in the filter
same_sign = sum(deck_image[u + i, v + j] * sobel_down[i + 1, j + 1] for i in around for j in around)
other_sign = sum(deck_image[u - i, v - j] * sobel_down[i + 1, j + 1] for i in around for j in around)
print("I(u + i, v + j):", same_sign, "  the window as it is: correlation")
print("I(u - i, v - j):", other_sign, "  the kernel turned: convolution")

# %% [markdown] items="71" erratum="71"
# Neog's slides head the formula $I'(u,v)=\sum_{i=-1}^{1}\sum_{j=-1}^{1} I(u+i,\,v+j)\,H(i,j)$ with
# "Linear Convolution". It is **correlation**: convolution has $I(u-i,\,v-j)$, and the cell above
# shows that the two differ. A later slide of the same lecture says so itself, and section 4 comes
# to it. (The sum is centred: the filter's middle, $(0,0)$, lies on pixel $(u,v)$. With ours, which
# starts at the corner, it is the same number at $y[u-1,v-1]$.) What stands outside the image when
# $u=0$ is left open there. That is the next question.

# %% [markdown]
# ---
# ## 2 · At the border
#
# A 3 × 3 window finds 5 × 5 places on 7 × 7 pixels: the output is smaller. To keep the size, the
# window must hang over the border, and there it asks for pixels that were never taken. What shall
# it see? Three common answers, on a part of a photograph. The frame marks what is real.

# %% demo
from cnnkit.data import photograph
from cnnkit.pictures import borders, show

china = photograph("china").mean(axis=0) / 255  # grey, 0 to 1
show(borders(china[60:160, 120:260], 30))

# %% [markdown]
# In numbers, for a row 1 2 3 4 with two new pixels on each side:
#
# | mode | | What the new pixels are |
# |---|---|---|
# | `'zero'` | **0 0** 1 2 3 4 **0 0** | black |
# | `'edge'` | **1 1** 1 2 3 4 **4 4** | the nearest pixel of the image |
# | `'reflect'` | **3 2** 1 2 3 4 **3 2** | mirrored at the border pixel, which is *not* repeated |
#
# Columns go the same way, and a corner follows both its row and its column. A mirror can show no
# more than there is: four pixels give at most three reflected ones. (Photograph: *china.jpg* from
# scikit-learn, CC BY 2.0.)

# %% [markdown]
# #### Exercise 1 · `pad2d`
#
# Put rows and columns around an image. How many is said in one of three ways: one number for all
# sides; a pair (rows, columns), where the rows go above *and* below, the columns left *and* right;
# or `((top, bottom), (left, right))`. The result is a new array with the image's dtype.
#
# `np.pad` is the answer to this exercise, so it is not allowed here. (Mind that a pair means
# something else there.)
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: one way to write all sides</summary>
#
# First turn `pad` into four numbers. If its first entry is a tuple, they stand there; otherwise
# `pair(pad, "pad", 0)` gives rows and columns, each of which counts twice.
# </details>
# <details><summary>Hint 2: where does a row come from?</summary>
#
# The rows of the result are the rows −top, …, −1, 0, …, H−1, H, …, H−1+bottom of the image. Make
# that list. With 'edge', which real row stands for row −2? And with 'reflect'? And at the other end?
# </details>
# <details><summary>Hint 3: from two lists to an image</summary>
#
# `x[np.ix_(rows, columns)]` takes these rows and columns out of x, in a new array. A mirror at 0 is
# `abs`. At H−1 it folds the other way: how far beyond H−1 is the row, and which row is as far before
# it? Zeros are easier without any list: a black image, into whose middle x is written.
# </details>

# %% exercise="pad2d" forbids="numpy.pad cnnkit.pad2d scipy torch" minutes=35
def pad2d(x, pad, *, mode="zero"):
    """Put rows and columns around an image.

    Parameters
    ----------
    x : ndarray of any dtype, shape (H, W)
        Not changed.
    pad : int, (rows, columns) or ((top, bottom), (left, right))
        How many to add, at least 0 each.
    mode : {'zero', 'edge', 'reflect'}
        Zeros; the nearest pixel; or the image mirrored at its border pixel, which is not repeated.

    Returns
    -------
    ndarray, shape (top + H + bottom, left + W + right)
        A new array of the dtype of x, also if nothing is added.

    Raises
    ------
    ValueError
        If a number is negative, if the mode is unknown, or if 'reflect' is asked for more rows
        than H - 1 or more columns than W - 1 on a side.

    Examples
    --------
    >>> pad2d(np.array([[1, 2, 3]]), (0, 2), mode="reflect")
    array([[3, 2, 1, 2, 3, 2, 1]])
    """
    ### BEGIN SOLUTION
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        top, bottom, left, right = *pair(pad[0], "pad", 0), *pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect":
        raise ValueError(f"mode is {mode!r}: it must be 'zero', 'edge' or 'reflect'.")
    if max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError(f"pad is {pad}: an image of {H} x {W} has less than that to mirror.")
    rows = H - 1 - abs(H - 1 - abs(rows))  # mirrored at 0, then at H - 1
    columns = W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]
    ### END SOLUTION

# %% test="pad2d:zero" points=0.5
# Zeros on all sides
got = pad2d(np.array([[1, 2, 3], [4, 5, 6]]), 1)
assert_same(got, np.array([[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 0, 0, 0, 0]]),
            hint="One row above and below, one column left and right, all zero.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(301)
for size, p in [((4, 2), 3), ((1, 5), 2), ((3, 3), 4), ((2, 6), 0)]:
    x = source.normal(size=size)
    assert_same(pad2d(x.copy(), p, mode="zero"), np.pad(x, p),
                hint="A black image with x in its middle.")
### END HIDDEN TESTS

# %% test="pad2d:sides" points=1
# Other numbers for rows and columns, and for each side
x = np.array([[1, 2, 3], [4, 5, 6]])
got = pad2d(x.copy(), (0, 2))
assert_same(got, np.array([[0, 0, 1, 2, 3, 0, 0], [0, 0, 4, 5, 6, 0, 0]]),
            hint="(0, 2) is no row above or below, two columns left and right.")
got = pad2d(x.copy(), ((1, 0), (0, 2)))
assert_same(got, np.array([[0, 0, 0, 0, 0], [1, 2, 3, 0, 0], [4, 5, 6, 0, 0]]),
            hint="((top, bottom), (left, right)): one row above, two columns on the right.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(302)
for size, pad, sides in [((3, 5), (2, 1), ((2, 2), (1, 1))), ((4, 2), (1, 3), ((1, 1), (3, 3))),
                         ((2, 4), ((0, 3), (2, 1)), ((0, 3), (2, 1))),
                         ((5, 1), ((2, 1), (0, 4)), ((2, 1), (0, 4)))]:
    x = source.normal(size=size)
    assert_same(pad2d(x.copy(), pad), np.pad(x, sides),
                hint="A pair is (rows, columns); a pair of pairs names all four sides.")
### END HIDDEN TESTS

# %% test="pad2d:edge" points=0.75
# The nearest pixel
x = np.array([[1, 2, 3], [4, 5, 6]])
got = pad2d(x, 1, mode="edge")
assert_same(got, np.array([[1, 1, 2, 3, 3], [1, 1, 2, 3, 3], [4, 4, 5, 6, 6], [4, 4, 5, 6, 6]]),
            hint="The nearest pixel of a new corner is the image's corner.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(303)
for size, sides in [((3, 4), ((2, 2), (2, 2))), ((2, 3), ((0, 5), (4, 1))), ((1, 4), ((3, 2), (0, 0)))]:
    x = source.normal(size=size)
    assert_same(pad2d(x.copy(), sides, mode="edge"), np.pad(x, sides, "edge"),
                hint="Row -2 is farther out than row -1, and still nearest to row 0.")
### END HIDDEN TESTS

# %% test="pad2d:reflect" points=0.75
# The mirrored image
got = pad2d(np.array([[1, 2, 3], [4, 5, 6]]), 1, mode="reflect")
assert_same(got, np.array([[5, 4, 5, 6, 5], [2, 1, 2, 3, 2], [5, 4, 5, 6, 5], [2, 1, 2, 3, 2]]),
            hint="Left of 1 2 3 stands 2: the border pixel 1 is the mirror and is not repeated.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(304)
for size, sides in [((4, 5), ((2, 2), (2, 2))), ((3, 6), ((0, 2), (5, 1))), ((4, 1), ((3, 1), (0, 0)))]:
    x = source.normal(size=size)
    assert_same(pad2d(x.copy(), sides, mode="reflect"), np.pad(x, sides, "reflect"),
                hint="Row -r is row r; row H - 1 + r is row H - 1 - r.")
### END HIDDEN TESTS

# %% test="pad2d:dtype" points=0.25
# The dtype is kept
for dtype in (np.uint8, np.bool_, np.float32, np.int64):
    for mode in ("zero", "edge", "reflect"):
        got = pad2d(np.ones((2, 3), dtype), 1, mode=mode)
        assert_dtype(got, dtype, hint=f"mode={mode!r} only moves pixels: {np.dtype(dtype)} stays.")

# %% test="pad2d:errors" points=0.5
# A side, a mode or a mirror that can't be: ValueError
got = pad2d(np.ones((4, 3)), ((3, 3), (2, 2)), mode="reflect")
assert_shape(got, (10, 7), hint="This is the most that 4 x 3 pixels can mirror: no error here.")
for pad in (-1, (0, -2), ((1, 1), (-1, 2))):
    with assert_raises(ValueError, hint=f"pad={pad} has a negative number."):
        pad2d(np.ones((4, 3)), pad)
with assert_raises(ValueError, hint="The mode 'wrap' is none of the three."):
    pad2d(np.ones((4, 3)), 1, mode="wrap")
for pad in (3, ((0, 4), (0, 0)), ((0, 0), (1, 3)), ((5, 1), (0, 0))):
    with assert_raises(ValueError, hint=f"4 x 3 pixels mirror at most 3 rows, 2 columns: {pad}."):
        pad2d(np.ones((4, 3)), pad, mode="reflect")

# %% beside="pad2d_contract"
@beside_student
def pad2d_contract(x, pad, mode):
    """Report whether `pad2d` left x as it was and returned numbers of its own."""
    before, result = x.copy(), pad2d(x, pad, mode=mode)
    return {"unchanged": bool(np.array_equal(before, x)),
            "own numbers": not np.shares_memory(np.asarray(result), x)}

# %% test="pad2d:contract" points=0.25
# The image stays as it was, and the result shares no memory with it
for mode in ("zero", "edge", "reflect"):
    for pad in (0, 1):
        got = pad2d(np.ones((2, 3)), pad, mode=mode)
        assert_dtype(got, float, hint="First return an array.")
        report = pad2d_contract(np.arange(6.0).reshape(2, 3), pad, mode)
        assert_same(report["unchanged"], True, hint=f"mode={mode!r} changed the caller's image.")
        assert_same(report["own numbers"], True,
                    hint=f"pad={pad}, mode={mode!r}: the result shares memory with x. Copy it.")

# %% [markdown]
# From here on the chapter uses `filters.pad2d`, the course's own, so that you can go on even if
# yours is not finished. Put yours in its place to see whether the numbers stay the same.

# %% [markdown] quiz="white_corner"
# **Predict.** An image is white everywhere: all pixels are 1. A window takes the mean of 3 × 3
# pixels, and **zeros** are put around the image. What comes out in the corner?
# - [ ] 1: the mean of white is white. :: Inside the image. In the corner some of the nine are black.
# - [ ] 2/3 :: That is the value at the side: three of nine pixels are zeros there.
# - [x] 4/9 :: Only four of the nine pixels are inside the image.

# %% demo
white, mean3 = np.ones((4, 5)), np.full((3, 3), 1 / 9)
for mode in ("zero", "edge", "reflect"):
    blurred = filters.correlate2d(filters.pad2d(white, 1, mode=mode), mean3)
    print(f"{mode:8} corner {blurred[0, 0]:.3f}  side {blurred[0, 2]:.3f}  middle {blurred[1, 2]:.3f}")

# %% [markdown]
# Zero padding draws a dark rim into a blur, and an edge around every picture. The other two don't.
# Networks pad by zeros all the same: it is cheap, and a net can learn to live with it. For pictures
# that people look at, mirror.

# %% [markdown]
# ---
# ## 3 · The whole image
#
# Now the window visits all its places. Chapter 02 met three choices of where it may go; they are the
# same here, along each axis by itself. The image is always padded by zeros.
#
# | mode | zeros around the image | size of the output |
# |---|---|---|
# | `'valid'` | none | $(H-a+1) \times (W-b+1)$ |
# | `'same'` | $a-1$ rows and $b-1$ columns in all | $H \times W$ |
# | `'full'` | $a-1$ rows above and below, $b-1$ columns left and right | $(H+a-1)\times(W+b-1)$ |
#
# 'same' splits its zeros evenly. If their number is odd, the extra row goes to the **bottom** and
# the extra column to the **right**: $(a-1)//2$ rows above, the rest below.

# %% [markdown]
# #### Exercise 2 · `correlate2d`
#
# Correlate an image with a kernel. Loops are welcome, the tests are small. You may use
# `filters.pad2d` or `np.pad`; SciPy's ready filters are not allowed here.
#
# The result is a float array: float32 with float32 stays float32; integers and bool count as
# float64, as in chapter 02.
#
# *About 25 minutes. The tests are ordered so that you can grow the function: valid first.*
#
# <details><summary>Hint 1: a plan</summary>
#
# Find the padding for the mode, pad, and what is left is always 'valid'. An array for the output,
# two loops over its places, one window per place.
# </details>
# <details><summary>Hint 2: sizes</summary>
#
# Take H and W from the padded image, and a and b from the kernel, each by its own name. The window
# at (i, j) has the kernel's shape; multiply the two and add up.
# </details>
# <details><summary>Hint 3: dtype and errors</summary>
#
# Replace a dtype that is not floating (`np.issubdtype(x.dtype, np.floating)`) by `np.float64`, ask
# `np.result_type` for the common one, and convert *before* you multiply: 200 · 2 is 144 in uint8.
# Compare the sizes before the loops; a loop that never runs raises nothing.
# </details>

# %% exercise="correlate2d" forbids="cnnkit.correlate2d cnnkit.convolve2d cnnkit.correlate_separable cnnkit.sobel_edges cnnkit.ops scipy torch" minutes=25
def correlate2d(x, k, *, mode="valid"):
    """Correlate an image with a kernel: y[i, j] = sum over u, v of x[i + u, j + v] * k[u, v].

    Parameters
    ----------
    x : ndarray, shape (H, W)
        Not changed, neither is k.
    k : ndarray, shape (a, b)
        Not flipped. In modes 'same' and 'full' it may be larger than the image.
    mode : {'valid', 'same', 'full'}
        No zeros; a - 1 rows and b - 1 columns in all, the odd ones at the bottom and the right;
        a - 1 rows and b - 1 columns on either side.

    Returns
    -------
    y : ndarray, shape (H - a + 1, W - b + 1), (H, W) or (H + a - 1, W + b - 1)
        Its dtype is ``np.result_type`` of the operands, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If the mode is unknown, or if in mode 'valid' the kernel has more rows or more columns than
        the image.

    Examples
    --------
    >>> correlate2d(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0], [0, -1]]))
    array([[-4., -4.]])
    """
    ### BEGIN SOLUTION
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid" and (a > H or b > W):
        raise ValueError(f"The kernel, {a} x {b}, does not fit into the image, {H} x {W}.")
    floats = [z.dtype if np.issubdtype(z.dtype, np.floating) else np.float64 for z in (x, k)]
    dtype = np.result_type(*floats)
    top, left = (a - 1) // 2, (b - 1) // 2
    sides = {
        "valid": ((0, 0), (0, 0)),
        "same": ((top, a - 1 - top), (left, b - 1 - left)),
        "full": ((a - 1, a - 1), (b - 1, b - 1)),
    }
    if mode not in sides:
        raise ValueError(f"mode is {mode!r}: it must be 'valid', 'same' or 'full'.")
    xp = np.pad(x.astype(dtype), sides[mode])
    y = np.zeros((xp.shape[0] - a + 1, xp.shape[1] - b + 1), dtype)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y
    ### END SOLUTION

# %% test="correlate2d:valid" points=1
# All places inside the image; the lectures' examples whole
got = correlate2d(nine.copy(), np.array([[1, 2], [3, 4]]))
# 1*1 + 2*2 + 4*3 + 5*4 = 37
assert_same(got, np.array([[37.0, 47], [67, 77]]),
            hint="The comment works out the first number. Which pixel does each weight meet?")
got = correlate2d(deck_image.copy(), sobel_down.copy())
assert_same(got, np.array([[-10.0, -11, -15, -20, -17], [-25, -16, 7, 1, -8], [24, 2, -17, -2, 12],
                           [10, -6, -8, 4, 4], [-17, 0, 11, 3, -8]]),
            hint="The picture in section 1 shows these 25 numbers.")
got = correlate2d(slide_image.copy(), left_right.copy())
assert_same(got, np.array([[-0.15, 0.18, 0.75, -0.84], [0.8, -0.9, 0, -0.09],
                           [0.4, 0.35, -0.2, -1.01], [0.47, 0.06, -0.61, 0.38]]),
            hint="First place: left column 0.5 + 0.3 + 0, minus right column 0.55 + 0.3 + 0.1.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(311)
for n, a in [(5, 2), (6, 3), (8, 5), (4, 4), (3, 1)]:
    x, k = source.normal(size=(n, n)), source.normal(size=(a, a))
    assert_same(correlate2d(x.copy(), k.copy()), signal.correlate2d(x, k, mode="valid"),
                hint="The kernel is laid on as it is: not flipped, not transposed.")
### END HIDDEN TESTS

# %% test="correlate2d:sizes" points=0.5
# Rows and columns each have their own number, of image and kernel
got = correlate2d(np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), np.array([[1, 0, 1]]))
assert_same(got, np.array([[4.0, 6], [12, 14]]),
            hint="A kernel of 1 x 3 on 2 x 4 pixels has 2 x 2 places; the first is 1 + 0 + 3.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(312)
for size, kernel in [((5, 8), (3, 2)), ((9, 4), (1, 3)), ((6, 7), (4, 1)), ((4, 7), (4, 2))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    k = k + k[::-1, ::-1]  # looks the same upside down: this cell is not about flipping
    assert_same(correlate2d(x.copy(), k.copy()), signal.correlate2d(x, k, mode="valid"),
                hint="Height and width, of image and kernel, need not be equal.")
### END HIDDEN TESTS

# %% test="correlate2d:same" points=0.75
# The size is kept, by zeros
got = correlate2d(nine.copy(), sobel_down.copy(), mode="same")
assert_same(got, np.array([[13.0, 20, 17], [18, 24, 18], [-13, -20, -17]]),
            hint="First place: zeros above, so only 2 * 4 + 1 * 5 is left.")
got = correlate2d(np.array([[1, 2, 3]]), np.ones((3, 3)), mode="same")
assert_same(got, np.array([[3.0, 6, 5]]), hint="The kernel may be larger than the image here.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(313)
for size, kernel in [((4, 6), (3, 3)), ((7, 5), (1, 5)), ((6, 8), (5, 3)), ((2, 3), (5, 7))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    top, left = kernel[0] // 2, kernel[1] // 2
    padded = np.pad(x, ((top, top), (left, left)))
    assert_same(correlate2d(x.copy(), k.copy(), mode="same"),
                signal.correlate2d(padded, k, mode="valid"),
                hint="Half of the kernel's reach in zeros on each side.")
### END HIDDEN TESTS

# %% test="correlate2d:even" points=0.5
# Even kernels in mode 'same': the odd zero goes to the bottom and to the right
got = correlate2d(np.array([[1, 2], [3, 4]]), np.array([[1, 10], [10, 1]]), mode="same")
assert_same(got, np.array([[55.0, 42], [43, 4]]),
            hint="The first window is the whole image; the last one starts at the pixel 4.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(314)
for size, kernel in [((4, 6), (4, 3)), ((5, 5), (3, 2)), ((3, 7), (2, 6))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    k = k + k[::-1, ::-1]
    padded = np.pad(x, [((n - 1) // 2, n // 2) for n in kernel])
    expected = [[(padded[i : i + kernel[0], j : j + kernel[1]] * k).sum() for j in range(size[1])]
                for i in range(size[0])]
    assert_same(correlate2d(x.copy(), k.copy(), mode="same"), np.array(expected),
                hint="A kernel of 4 rows needs 3 rows of zeros: 1 above and 2 below.")
### END HIDDEN TESTS

# %% test="correlate2d:full" points=0.5
# Every place where kernel and image overlap
got = correlate2d(np.array([[1, 2]]), np.array([[1, 10], [10, 1]]), mode="full")
assert_same(got, np.array([[1.0, 12, 20], [10, 21, 2]]),
            hint="First the lower right weight lies on the pixel 1, at last the upper left on the 2.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(315)
for size, kernel in [((4, 6), (3, 2)), ((3, 3), (1, 4)), ((2, 5), (4, 3))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    k = k + k[::-1, ::-1]
    assert_same(correlate2d(x.copy(), k.copy(), mode="full"), signal.correlate2d(x, k, mode="full"),
                hint="One tap of overlap is enough: how many zeros on each side does that take?")
### END HIDDEN TESTS

# %% test="correlate2d:dtype" points=0.25
# The dtype of the result
x, k = np.full((3, 3), 200), np.full((2, 2), 2)
for xs, ks, kind in [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("u1", "f4", "f8"), ("bool", "i4", "f8")]:
    for mode in ("valid", "same"):
        got = correlate2d(x.astype(xs), k.astype(ks), mode=mode)
        assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, k {np.dtype(ks)}: so {np.dtype(kind)}.")
got = correlate2d(x.astype("u1"), k.astype("u1"))
assert_same(got, np.full((2, 2), 1600.0), hint="Convert before you multiply: 400 > 255.")
got = correlate2d(x, k / 4)
assert_same(got, np.full((2, 2), 400.0), hint="Halves may not be cut to whole numbers.")

# %% test="correlate2d:errors" points=0.25
# A kernel that does not fit, a mode that is none: ValueError
assert_shape(correlate2d(np.ones((2, 4)), np.ones((2, 4))), (1, 1), hint="This just fits.")
for kernel in [(3, 1), (1, 5), (4, 6), (3, 5)]:
    with assert_raises(ValueError, hint=f"A kernel of {kernel} has no place within 2 x 4 pixels."):
        correlate2d(np.ones((2, 4)), np.ones(kernel))
with assert_raises(ValueError, hint="'Same' is no mode: its letters are small."):
    correlate2d(np.ones((3, 3)), np.ones((2, 2)), mode="Same")

# %% beside="correlate2d_contract"
@beside_student
def correlate2d_contract(x, k, mode):
    """Report which operands `correlate2d` left exactly as they were."""
    before = x.copy(), k.copy()
    correlate2d(x, k, mode=mode)
    return {"x": bool(np.array_equal(before[0], x)), "k": bool(np.array_equal(before[1], k))}

# %% test="correlate2d:contract" points=0.25
# The operands stay as they were, and any view will do
x = np.arange(9.0).reshape(3, 3)[::-1].T  # a view that runs backwards, read-only
x.flags.writeable = False
got = correlate2d(x, np.ones((2, 2)))
assert_shape(got, (2, 2), hint="First return an array, for any view; don't write to x.")
for mode in ("valid", "same", "full"):
    report = correlate2d_contract(np.arange(9.0).reshape(3, 3), np.array([[1.0, 2], [3, 4]]), mode)
    for name in ("x", "k"):
        assert_same(report[name], True, hint=f"mode={mode!r}: correlate2d changed {name}.")

# %% [markdown]
# #### Filters at work
#
# From here on `filters.correlate2d`, the course's own, stands in. Below is a flower, and five
# kernels. The two in the upper row are Sobel's; the left one of them stands on Neog's slides.

# %% [markdown] quiz="flower"
# **Predict.** The flower is bright on a dark ground. Where will Neog's kernel, rows (−1, 0, 1),
# (−2, 0, 2), (−1, 0, 1), answer with a large **positive** number?
# - [ ] On the whole rim :: At the top and the bottom the ground is above or below, not beside.
# - [ ] On the right rim :: There it gets darker to the right, so the response is negative.
# - [x] On the left rim :: There the ground is left, with weights −1, −2, −1, and the flower right.

# %% demo items="28 72 135"
from cnnkit.pictures import filter_bank, show

flower = photograph("flower").mean(axis=0)[70:370:2, 160:460:2] / 255
known = filters.gallery()
bank = {"brighter to the right": known["sobel_x"], "brighter downwards": known["sobel_y"],
        "brighter to lower right": known["diagonal_down"],
        "brighter to upper right": known["diagonal_up"], "darker than around": known["laplacian"]}
show(filter_bank(flower, bank))  # add correlate=correlate2d to see it through your own function

# %% [markdown] items="28 135"
# Each output is itself a picture, the **response map** of its filter (Pilehvar). The handwritten
# deck says how to read one: the response is *high* where the picture fits the pattern of the kernel,
# *low*, below zero, where it fits the negative, and near 0 nearly everywhere else.
#
# - The first kernel finds **vertical** edges, the second **horizontal** ones, the next two
#   **diagonal** ones. The sign says on which side it is brighter: left and right rim differ.
# - The last one, a *Laplacian*, has no direction. It finds thin dark lines and dots.
# - Look at the frames of the maps: the faint lines there are made by the zeros outside.
#
# (Photograph: *flower.jpg* from scikit-learn, CC BY 2.0.)

# %% [markdown]
# Build a filter of your own. Choose a kernel and predict; then type other weights: what finds the
# lower rim of the petals, what blurs along one direction only? `kernel_editor(correlate2d)` runs on
# your own function, and `image="my_photo.jpg"` takes a picture of your own from beside the notebook.

# %% demo
from cnnkit.widgets import kernel_editor

kernel_editor()

# %% demo items="72"
for name in ("identity", "box", "weighted", "sobel_x"):
    kernel = known[name]
    response = filters.correlate2d(flower, kernel, mode="same")
    print(f"{name:9} weights add up to {kernel.sum():5.2f}: "
          f"mean of the picture {flower.mean():.3f}, of the response {response.mean():6.3f}")

# %% [markdown] items="72"
# These four stand on Neog's slides: a single 1 in the middle changes nothing (*identity*); nine
# times 1/9 is the mean; 3, 5, 3 · 5, 9, 5 · 3, 5, 3 divided by their sum, 41, is a *weighted* mean;
# and Sobel's. **The sum of the weights tells what happens to a flat surface**: 1 keeps it, 0 wipes
# it out. (After the two means it is a little darker than before: the zeros outside.)

# %% [markdown]
# ---
# ## 4 · Turned around: convolution

# %% [markdown] items="11"
# Why is there a second operation? Think the other way round: not "what does the window see", but
# "what does one pixel do to the output". Let each pixel press a copy of the kernel into the output
# like a **stamp**, as bright as the pixel is, and add up all the stamps. That is convolution:
#
# $$ y[i,j] = \sum_{u}\sum_{v} x[i-u,\;j-v]\;k[u,v] $$
#
# over all $u, v$ for which both exist. A pixel in the last corner stamps $a-1$ rows and $b-1$
# columns beyond it, so the output has $(H+a-1)\times(W+b-1)$ numbers. Pilehvar writes it as
# $c_{xy}=\sum_u\sum_v a_{uv}\,b_{x-u+1,y-v+1}$, counted from 1, with the kernel A and the image B;
# but which of the two is which makes no difference: $x*k=k*x$.

# %% [markdown] quiz="dot"
# **Predict.** An image is black but for one white pixel in its middle. You **correlate** it with
# `k = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]`, in mode 'same'. What appears around that pixel?
# - [ ] The kernel as it is :: That is what convolution does: the pixel stamps the kernel.
# - [x] The kernel turned by 180°, 9 at the upper left ::
#   The window to the upper left of the pixel sees it in its lower right corner, where the 9 is.
# - [ ] The kernel mirrored left to right :: Rows and columns both run backwards.

# %% demo
dot = np.zeros((5, 5), dtype=int)
dot[2, 2] = 1
print("correlation\n", filters.correlate2d(dot, nine, mode="same").astype(int))
print("convolution\n", filters.convolve2d(dot, nine, mode="same").astype(int))

# %% [markdown]
# So **convolution is correlation with the kernel turned by 180°**: rows backwards *and* columns
# backwards. Chapter 02 had the same flip along one axis.
#
# #### Exercise 3 · `convolve2d`
#
# Convolve an image with a kernel. Here the usual mode is 'full'; 'same' and 'valid' are parts of
# it. 'same' has the size of x and begins at row $(a-1)//2$ and column $(b-1)//2$ of 'full'; 'valid'
# are the places where the whole kernel lies on the image.
#
# You may use `filters.correlate2d` and `filters.pad2d`, or stamp. SciPy is not allowed here.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: the turn</summary>
#
# Look at the two outputs above: which slice of an array runs backwards along *both* axes? Take care
# that the caller's kernel stays as it is.
# </details>
# <details><summary>Hint 2: first 'full', then parts</summary>
#
# Make 'full' right. Then cut: a slice with H rows from row (a − 1)//2 on; and for 'valid', with
# H − a + 1 rows, think which rows of 'full' had no zero from outside.
# </details>
# <details><summary>Hint 3: why not simply mode="same"?</summary>
#
# For a kernel of 2 rows correlation in mode 'same' has its zeros below. Turned around they must
# stand above. Odd kernels never show the difference.
# </details>

# %% exercise="convolve2d" forbids="cnnkit.convolve2d cnnkit.ops scipy torch" minutes=15
def convolve2d(x, k, *, mode="full"):
    """Convolve an image with a kernel: y[i, j] = sum over u, v of x[i - u, j - v] * k[u, v].

    Parameters
    ----------
    x : ndarray, shape (H, W)
        Not changed, neither is k.
    k : ndarray, shape (a, b)
        In modes 'full' and 'same' it may be larger than the image.
    mode : {'full', 'same', 'valid'}
        All places; H rows from row (a - 1) // 2 of 'full' on, and W columns from column
        (b - 1) // 2 on; or the places where the whole kernel lies on the image.

    Returns
    -------
    y : ndarray, shape (H + a - 1, W + b - 1), (H, W) or (H - a + 1, W - b + 1)
        Its dtype is ``np.result_type`` of the operands, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If the mode is unknown, or if in mode 'valid' the kernel has more rows or more columns than
        the image.

    Examples
    --------
    >>> convolve2d(np.array([[1, 2], [3, 4]]), np.array([[1, 10]]))
    array([[ 1., 12., 20.],
           [ 3., 34., 40.]])
    """
    ### BEGIN SOLUTION
    (H, W), (a, b) = x.shape, k.shape
    turned = k[::-1, ::-1]
    if mode == "valid":
        return filters.correlate2d(x, turned)
    full = filters.correlate2d(x, turned, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError(f"mode is {mode!r}: it must be 'full', 'same' or 'valid'.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()
    ### END SOLUTION

# %% test="convolve2d:full" points=1
# All places, which is also what you get without a mode
got = convolve2d(np.array([[1, 2], [3, 4]]), np.array([[1, 10], [100, 1000]]))
assert_same(got, np.array([[1.0, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]),
            hint="The pixel 1 stamps 1, 10, 100, 1000 into the upper left corner.")
A, B = nine, np.arange(20).reshape(4, 5)  # Pilehvar's sizes: a 3 x 3 kernel, a 4 x 5 image
got = convolve2d(B.copy(), A.copy())
assert_shape(got, (6, 7), hint="(4 + 3 - 1) x (5 + 3 - 1).")
c33 = sum(A[u, v] * B[2 - u, 2 - v] for u in range(3) for v in range(3))
assert_same(got[2, 2], c33, hint="His c33, counted from 1: A runs forwards while B runs backwards.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(321)
for size, kernel in [((4, 4), (3, 3)), ((4, 6), (3, 2)), ((5, 3), (1, 3)), ((3, 7), (2, 4))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    assert_same(convolve2d(x.copy(), k.copy()), signal.convolve2d(x, k),
                hint="Rows and columns of the kernel both run backwards.")
### END HIDDEN TESTS

# %% test="convolve2d:commutes" points=0.25
# Image and kernel may change places, and a kernel may be larger than the image
x, k = np.array([[2, 2]]), np.array([[1, 3], [2, 2], [3, 1]])
for image, kernel in [(x, k), (k, x)]:
    got = convolve2d(image.copy(), kernel.copy(), mode="full")
    assert_same(got, np.array([[2.0, 8, 6], [4, 8, 4], [6, 8, 2]]),
                hint="x * k and k * x are the same sum. In mode 'full' a kernel may be large.")
got = convolve2d(x, k, mode="same")
assert_same(got, np.array([[4.0, 8]]), hint="Row (3 - 1) // 2 = 1 of 'full', columns 0 and 1.")

# %% test="convolve2d:same" points=1
# The size of the image: Pilehvar's example whole
got = convolve2d(nine.copy(), sobel_down.copy(), mode="same")
assert_same(got, np.array([[-13.0, -20, -17], [-18, -24, -18], [13, 20, 17]]),
            hint="'same' is the middle of 'full', which has one more row and column on each side.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(322)
for size, kernel in [((5, 5), (3, 3)), ((4, 7), (3, 5)), ((6, 4), (1, 3)), ((5, 3), (5, 1))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    full, (H, W), (a, b) = signal.convolve2d(x, k), size, kernel
    assert_same(convolve2d(x.copy(), k.copy(), mode="same"),
                full[a // 2 : a // 2 + H, b // 2 : b // 2 + W],
                hint="As many rows of 'full' are left out above as below.")
### END HIDDEN TESTS

# %% test="convolve2d:even" points=0.5
# Even kernels in mode 'same'
got = convolve2d(np.array([[1, 2], [3, 4]]), np.array([[1, 10], [10, 1]]), mode="same")
assert_same(got, np.array([[1.0, 12], [13, 55]]),
            hint="'same' begins at row (2 - 1) // 2 = 0 and column 0 of 'full'.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(323)
for size, kernel in [((5, 4), (4, 3)), ((4, 6), (3, 2)), ((3, 7), (2, 6))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    k = k + k[::-1, ::-1]  # looks the same upside down: this cell is not about turning
    top, left = (kernel[0] - 1) // 2, (kernel[1] - 1) // 2
    expected = signal.convolve2d(x, k)[top : top + size[0], left : left + size[1]]
    assert_same(convolve2d(x.copy(), k.copy(), mode="same"), expected,
                hint="Turned around, the odd row of zeros stands above.")
### END HIDDEN TESTS

# %% test="convolve2d:valid" points=0.5
# Only places where the whole kernel lies on the image
got = convolve2d(nine.copy(), np.array([[1, 2], [2, 1]]), mode="valid")
# 1*1 + 2*2 + 4*2 + 5*1 = 18
assert_same(got, np.array([[18.0, 24], [36, 42]]), hint="The comment works out the first number.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(324)
for size, kernel in [((5, 8), (3, 2)), ((6, 4), (2, 4)), ((4, 5), (1, 1))]:
    x, k = source.normal(size=size), source.normal(size=kernel)
    k = k + k[::-1, ::-1]
    assert_same(convolve2d(x.copy(), k.copy(), mode="valid"), signal.convolve2d(x, k, mode="valid"),
                hint="H - a + 1 rows of 'full', those that saw no zero from outside.")
### END HIDDEN TESTS

# %% test="convolve2d:dtype" points=0.25
# The dtype of the result
x, k = np.full((3, 3), 200), np.full((2, 2), 2)
for xs, ks, kind in [("f4", "f4", "f4"), ("f8", "f4", "f8"), ("u1", "f4", "f8"), ("bool", "i4", "f8")]:
    got = convolve2d(x.astype(xs), k.astype(ks), mode="full")
    assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, k {np.dtype(ks)}: so {np.dtype(kind)}.")
got = convolve2d(x.astype("u1"), k.astype("u1"), mode="full")
assert_same(got[1, 1], 1600.0, hint="Convert before you multiply: 400 > 255.")

# %% test="convolve2d:errors" points=0.25
# A kernel that does not fit, a mode that is none: ValueError
assert_shape(convolve2d(np.ones((2, 4)), np.ones((2, 4)), mode="valid"), (1, 1), hint="It just fits.")
for kernel in [(3, 1), (1, 5), (4, 6), (3, 5)]:
    with assert_raises(ValueError, hint=f"A kernel of {kernel} has no place within 2 x 4 pixels."):
        convolve2d(np.ones((2, 4)), np.ones(kernel), mode="valid")
with assert_raises(ValueError, hint="'Full' is no mode: its letters are small."):
    convolve2d(np.ones((3, 3)), np.ones((2, 2)), mode="Full")

# %% beside="convolve2d_contract"
@beside_student
def convolve2d_contract(x, k, mode):
    """Report which operands `convolve2d` left exactly as they were."""
    before = x.copy(), k.copy()
    convolve2d(x, k, mode=mode)
    return {"x": bool(np.array_equal(before[0], x)), "k": bool(np.array_equal(before[1], k))}

# %% test="convolve2d:contract" points=0.25
# The operands stay as they were
got = convolve2d(np.ones((3, 4)), np.ones((2, 2)), mode="full")
assert_shape(got, (4, 5), hint="First return an array.")
for mode in ("full", "same", "valid"):
    report = convolve2d_contract(np.arange(12.0).reshape(3, 4), np.array([[1.0, 2], [3, 4]]), mode)
    for name in ("x", "k"):
        assert_same(report[name], True, hint=f"mode={mode!r}: convolve2d changed {name}.")

# %% demo items="12"
print(filters.convolve2d(nine, sobel_down, mode="same"))
print("correlation gives the negative:",
      np.array_equal(filters.correlate2d(nine, sobel_down, mode="same"),
                     -filters.convolve2d(nine, sobel_down, mode="same")))
swapped_x, swapped_h = nine.T, sobel_down.T  # [column, row]
terms = [(i, j) for j in range(2) for i in range(2)]  # those inside the image
slide = sum(swapped_x[i, j] * swapped_h[1 - i, 1 - j] for i, j in terms)
ours = sum(nine[i, j] * sobel_down[1 - i, 1 - j] for i, j in terms)
print("y[0, 0]: the slide's sum", slide, " ours", ours)
print("x[1, 0]: on the slide", swapped_x[1, 0], " here", nine[1, 0])

# %% [markdown] items="12" careful="12"
# Pilehvar convolves the image 1…9 with a Sobel kernel, zeros around it, and works out
# $y[0,0]=-13$: right. In that sum $x[1,0]$ is the number **2**, in column 1 and row 0: it counts
# $x[\text{column},\text{row}]$, and $h$ likewise. His definition of matrix convolution counts
# $a[\text{row},\text{column}]$. Either is a convention, and the result is the same; only don't mix
# them. In this course the row always comes first, as in NumPy, so $x[1,0]$ is 4. What a layer
# computes, correlation, is here exactly the negative, $+13$.

# %% demo items="48"
from scipy import signal

print("scipy.signal.convolve2D:", hasattr(signal, "convolve2D"),
      " convolve2d:", hasattr(signal, "convolve2d"))
print("its default: ", signal.convolve2d(deck_image, sobel_down).shape)
layer = filters.correlate2d(deck_image, sobel_down)
print("equal to a layer's numbers: convolve2d", np.array_equal(
    signal.convolve2d(deck_image, sobel_down, mode="valid"), layer), " correlate2d", np.array_equal(
    signal.correlate2d(deck_image, sobel_down, mode="valid"), layer))

# %% [markdown] items="48" careful="48"
# "Implement it from scratch", says the DSML deck, and names SciPy's function to compare with. You
# have just done the first. For the second three things help: its name is `convolve2d`, all in lower
# case; its default mode is 'full'; and it **flips** the kernel. What a layer computes is
# `signal.correlate2d(x, k, mode="valid")`.

# %% demo items="78"
correlated = filters.correlate2d(slide_image, left_right)
convolved = filters.convolve2d(slide_image, left_right, mode="valid")
print((correlated + 0.0).round(2))
print("convolution = -correlation:", np.allclose(convolved, -correlated))
kernels = {"Gaussian": known["gaussian"], "the slide's": left_right,
           "k = k.T": np.array([[1, 2, 3], [2, 4, 5], [3, 5, 6]])}
for name, k in kernels.items():
    print(f"{name:12} equal to its transpose: {np.allclose(k, k.T)!s:6} "
          f"to itself turned by 180°: {np.allclose(k, k[::-1, ::-1])}")

# %% [markdown] items="78" careful="78"
# "Convolution or correlation?" asks Neog, with a 6 × 6 image and a 3 × 3 kernel, shows the first of
# 4 × 4 numbers, −0.15, and answers: correlation; for a *symmetric* filter the two are equal. The
# cell above prints all sixteen. Symmetric must mean here: **the same after a turn by 180°**, as a
# Gaussian is. To be its own transpose is not enough, as the last kernel shows. And the kernel of the
# slide changes its sign when it is turned, so for it convolution is minus correlation.

# %% [markdown]
# Does the flip matter in a network? No: its weights are learned, and whoever learns a kernel can as
# well learn the turned one. So layers leave the flip out. It matters when you compare your numbers
# with somebody's, when you carry weights from one program to another, and in chapter 06, where the
# flip comes back by itself.

# %% [markdown]
# ---
# ## 5 · Smoothing

# %% [markdown] items="134"
# A mean over a window takes the noise out, and the details with it. The larger the window, the
# stronger the blur: the handwritten deck has a small blur of nine weights and a large one of
# twenty-five.

# %% demo items="134"
print("9 weights of 0.12: sum", round(np.full((3, 3), 0.12).sum(), 2),
      "  25 weights of 0.04: sum", round(np.full((5, 5), 0.04).sum(), 2))
inside = china[1:-1, 1:-1].mean()  # where the window has no need of padding
for weight in (0.12, 1 / 9):
    blurred = filters.correlate2d(china, np.full((3, 3), weight)).mean()
    print(f"weight {weight:.4f}: mean brightness {inside:.4f} -> {blurred:.4f}, "
          f"{blurred / inside - 1:+.1%}")

# %% [markdown] items="134" careful="134"
# The small blur is written with nine weights of **0.12** (rounded, or 0.11 misread). They add up to
# 1.08, so the picture gets 8 % brighter. Take 1/9. The large one is exact: 25 · 0.04 = 1.

# %% [markdown] items="73"
# Why does Neog set "average" against "Gaussian" smoothing? Let three white dots answer.

# %% demo items="73"
from cnnkit.pictures import difference, show

dots = np.zeros((60, 90))
dots[[30, 15, 38], [20, 60, 66]] = 20  # so bright that their blur can be seen
mean9, bell9 = np.full((9, 9), 1 / 81), filters.gaussian_kernel(9, 2.0)
blurred = [filters.correlate2d(dots, kernel, mode="same") for kernel in (mean9, bell9)]
show(difference(*blurred, ("mean of 9 × 9", "Gaussian, sigma 2")))

# %% [markdown] items="73"
# Each dot becomes a picture of the kernel. The mean makes hard-edged **boxes**: a pixel four columns
# away counts as much as the nearest one, and one five columns away not at all. A bell lets near
# pixels count more, and is round:
#
# $$ k[u,v] \;\propto\; \exp\!\left(-\frac{r^2}{2\sigma^2}\right), \qquad
#    r^2 = \left(u-\tfrac{n-1}{2}\right)^2 + \left(v-\tfrac{n-1}{2}\right)^2 $$
#
# $r$ is the distance from the **middle** of the $n\times n$ kernel, in pixels, and $\sigma$ says how
# wide the bell is. ∝ means: then divide by the sum, so that the weights add up to 1. By hand, $n=3$
# and $\sigma=1$: the middle has $e^0=1$, its four neighbours $e^{-1/2}=0.61$, the corners
# $e^{-1}=0.37$; the sum is 4.90, so the middle weight is 1/4.90 = 0.204.

# %% [markdown]
# #### Exercise 4 · `gaussian_kernel`
#
# Make that kernel. In an even one the middle lies *between* pixels: for $n=2$ all four are
# $\sqrt{1/2}$ away. A very narrow bell must still be a kernel: only the pixels nearest to the middle
# are left then, and share the weight.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: distances without a loop</summary>
#
# Take `np.arange(size)` and subtract the middle. As a column and as a row these are the distances
# down and across; their squares add up by broadcasting.
# </details>
# <details><summary>Hint 2: a check by hand</summary>
#
# With sigma 2, how many times as large is the middle weight as its neighbour's? $e^{1/8}$. If you
# get $e^{1/4}$ or $e^{1/2}$, look at the denominator.
# </details>
# <details><summary>Hint 3: narrow bells</summary>
#
# $e^{-250000}$ is 0 in floating point, and 0/0 is no number. Only the ratios of the weights count:
# multiply all of them by one factor, so that the nearest pixel has $e^0$. What is that as a change
# of $r^2$?
# </details>

# %% exercise="gaussian_kernel" forbids="cnnkit.gaussian_kernel cnnkit.gallery scipy.ndimage torch" minutes=15
def gaussian_kernel(size, sigma):
    """Make a bell of weights that add up to 1: proportional to exp(-r^2 / (2 sigma^2)).

    Parameters
    ----------
    size : int, at least 1
        Rows and columns. r is the distance from the middle, (size - 1) / 2, in pixels.
    sigma : float, above 0
        The width of the bell, in pixels. May be very small: then the nearest pixels share the
        weight.

    Returns
    -------
    ndarray of float64, shape (size, size)

    Raises
    ------
    ValueError
        If size is below 1, or if sigma is not above 0.
    """
    ### BEGIN SOLUTION
    if size < 1 or sigma <= 0:
        raise ValueError(f"size is {size}, sigma is {sigma}: size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    # Only ratios count: with the nearest pixel at exp(0) no sigma leaves 0 / 0.
    weights = np.exp(-(squares - squares.min()) / (2 * sigma**2))
    return weights / weights.sum()
    ### END SOLUTION

# %% test="gaussian_kernel:sum" points=1
# The weights add up to 1
got = gaussian_kernel(3, 1.0)
assert_shape(got, (3, 3), hint="size rows and size columns.")
assert_same(np.sum(got), 1.0, hint="Divide by the sum of all weights.")
### BEGIN HIDDEN TESTS
for size, sigma in [(1, 0.7), (5, 0.5), (7, 3.0), (9, 40.0), (4, 1.3)]:
    got = gaussian_kernel(size, sigma)
    assert_shape(got, (size, size), hint="size rows and size columns.")
    assert_same(np.sum(got), 1.0, hint="For any size and sigma, also if the bell is cut off.")
### END HIDDEN TESTS

# %% test="gaussian_kernel:bell" points=1
# How the weights fall off from the middle
got = gaussian_kernel(5, 2.0)
assert_shape(got, (5, 5), hint="size rows and size columns.")
assert_same(got[2, 3] / got[2, 2], np.exp(-1 / 8), hint="One pixel away: r² = 1, 2σ² = 8.")
assert_same(got[0, 0] / got[2, 2], np.exp(-1), hint="The corner: r² = 4 + 4 = 8, 2σ² = 8.")
### BEGIN HIDDEN TESTS
for size, sigma in [(3, 0.6), (7, 1.7), (9, 3.2), (5, 0.4)]:
    got, middle = gaussian_kernel(size, sigma), size // 2
    assert_shape(got, (size, size), hint="size rows and size columns.")
    expected = [[np.exp(-((u - middle) ** 2 + (v - middle) ** 2) / (2 * sigma**2))
                 for v in range(size)] for u in range(size)]
    assert_same(got / got[middle, middle], np.array(expected),
                hint="Squares of the distance over twice the square of sigma.")
### END HIDDEN TESTS

# %% test="gaussian_kernel:even" points=1
# Even sizes: the middle lies between pixels
got = gaussian_kernel(2, 0.8)
assert_shape(got, (2, 2), hint="size rows and size columns.")
assert_same(got / np.sum(got), np.full((2, 2), 0.25),
            hint="All four pixels are equally far from the middle.")
### BEGIN HIDDEN TESTS
for size, sigma in [(4, 1.2), (6, 2.5), (8, 1.9)]:
    got = gaussian_kernel(size, sigma)
    assert_shape(got, (size, size), hint="size rows and size columns.")
    fall = np.log(got[size // 2, size // 2]) - np.log(got)  # grows as r^2, whatever sigma is
    squares = (np.arange(1 - size, size, 2) / 2) ** 2
    squares = squares[:, None] + squares - 0.5  # counted from that of the nearest pixel
    assert_same(fall / fall[0, 0], squares / squares[0, 0],
                hint="The middle is at (size - 1) / 2, the same from both ends.")
### END HIDDEN TESTS

# %% test="gaussian_kernel:narrow" points=0.5
# Very narrow bells
got = gaussian_kernel(5, 1e-3)
assert_shape(got, (5, 5), hint="size rows and size columns.")
middle = np.zeros((5, 5), bool)
middle[2, 2] = True
assert_same(got > 0, middle, hint="Only the middle weight is left: the identity.")
got = gaussian_kernel(4, 1e-3)
assert_shape(got, (4, 4), hint="size rows and size columns.")
middle = np.zeros((4, 4), bool)
middle[1:3, 1:3] = True
assert_same(got > 0, middle, hint="The four nearest are left. NaN comes from 0 / 0.")
assert_same(got[1:3, 1:3], np.full((2, 2), got[1, 1]), hint="They share the weight equally.")

# %% test="gaussian_kernel:errors" points=0.5
# No size, no width: ValueError
assert_shape(gaussian_kernel(1, 5.0), (1, 1), hint="A single weight is a kernel.")
for size, sigma in [(3, 0), (3, -1.0), (3, 0.0), (4, -0.5), (0, 1.0), (-2, 1.0)]:
    with assert_raises(ValueError, hint=f"size {size} with sigma {sigma} makes no kernel."):
        gaussian_kernel(size, sigma)

# %% demo items="28 73"
part = china[95:195, 110:240]
blurred = [filters.correlate2d(part, kernel) for kernel in (mean9, bell9)]
show(difference(*blurred, ("mean of 9 × 9", "Gaussian, sigma 2")))

# %% [markdown] items="28 73"
# Both kernels reach over 9 × 9 pixels, and both blur. The mean smears the row of bright fields under
# the roof into each other, the Gaussian keeps them apart. (It is the narrower of the two, too: with a
# sigma of 2.6 they would still be apart, but fainter.) And since a Gaussian is the same when turned, it
# is all one whether you blur by correlation or, as Pilehvar says, by convolution.

# %% [markdown]
# ### Two strips for one square
#
# A blur of 9 × 9 takes 81 products a pixel. But $e^{-(r_u^2+r_v^2)/2\sigma^2}$ is
# $e^{-r_u^2/2\sigma^2}$ times $e^{-r_v^2/2\sigma^2}$: the kernel is a **column times a row**,
# $k[u,v]=c[u]\,r[v]$. Such a kernel is called *separable*, and the sum falls apart:
#
# $$ \sum_u\sum_v x[i+u,j+v]\,c[u]\,r[v] \;=\; \sum_u c[u] \left(\sum_v x[i+u,j+v]\,r[v]\right) $$
#
# First the row, at every place, then the column over what came out: $a+b$ products a pixel and not
# $a\cdot b$.

# %% [markdown] quiz="separable"
# **Predict.** A Gaussian of 15 × 15 on a photograph of a million pixels. How many times fewer
# products do a column and a row need?
# - [ ] 15 times fewer :: One strip would be 15 times cheaper. Two of them are needed.
# - [x] 7.5 times fewer :: 15 · 15 = 225 against 15 + 15 = 30. The size of the picture cancels.
# - [ ] 225 times fewer :: There are still 30 products at each pixel.

# %% demo
for name, kernel in known.items():
    strips = filters.separable(kernel)
    a, b = kernel.shape
    found = "no column times a row" if strips is None else f"{a} + {b} = {a + b} products"
    print(f"{name:14} {a * b:3} products  ->  {found}")

# %% demo
column, row = filters.separable(bell9)
in_one = filters.correlate2d(china, bell9)
in_two = filters.correlate_separable(china, column, row)
print("largest difference:", f"{abs(in_one - in_two).max():.1e}", " of values up to", in_one.max().round(2))
for size in (3, 5, 9, 15, 31):
    print(f"{size:2} x {size:<2}: {size * size:4} products or {2 * size:3}: {size / 2:4.1f} times fewer")

# %% [markdown]
# Sobel's kernel is separable too: a small blur, (1, 2, 1), along the edge, times a difference,
# (−1, 0, 1), across it. The means on Neog's slide are a good pair to compare. In a column times a row
# all rows are multiples of one another. Nine times 1/9 is so; the weighted mean is not: its rows begin
# 3, 5 and 5, 9, and no number turns the one into the other. A layer learns its kernels, and nothing in the
# learning makes them separable.

# %% [markdown]
# ---
# ## 6 · Edges

# %% [markdown] items="72 135"
# An edge in a picture runs in some direction, and one kernel answers only to its part of it. So take
# two: $g_x$, from Neog's kernel, is positive where it gets **brighter to the right**; $g_y$, from
# its transpose, where it gets **brighter downwards** (rows are counted downwards). Together they are
# an arrow at each pixel that points to the brighter side. Its length is the strength of the edge,
# whatever its direction:
#
# $$ g_x = x ★ \begin{bmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{bmatrix},\qquad
#    g_y = x ★ \begin{bmatrix}-1&-2&-1\\0&0&0\\1&2&1\end{bmatrix},\qquad
#    m = \sqrt{g_x^2+g_y^2} $$
#
# By hand, on a ramp that rises by 3 from pixel to pixel to the right and by 4 downwards: two columns
# further it is 6 brighter, and the weights 1, 2, 1 make that $4\cdot 6=24$. Two rows down: 8, so
# $4\cdot 8=32$. The length is $\sqrt{24^2+32^2}=40$.

# %% [markdown]
# #### Exercise 5 · `sobel_edges`
#
# Return a tuple of three arrays, each of the image's size: $g_x$, $g_y$ and the magnitude $m$. Use
# correlation and zeros outside (mode 'same'), which makes an edge of the image's border.
# Photographs come as uint8, where 3 − 5 is 254: mind the dtype. You may use `filters.correlate2d`,
# which minds it.
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: how much of it is there already?</summary>
#
# `sobel_right` and `sobel_down` stand in the setup cell, and a correlation keeps the size in mode
# 'same'.
# </details>
# <details><summary>Hint 2: float32</summary>
#
# The kernels of the setup cell hold integers, and integers count as float64. A float32 image must
# give float32 results: of which dtype must the kernel be then?
# </details>
# <details><summary>Hint 3: the length</summary>
#
# NumPy has a function for the long side of a right triangle. If you square by yourself, don't do it
# in place: $g_x$ and $g_y$ are still to be returned.
# </details>

# %% exercise="sobel_edges" forbids="cnnkit.sobel_edges scipy.ndimage skimage torch" minutes=10
def sobel_edges(x):
    """Correlate an image with both Sobel kernels, and join the two responses.

    Parameters
    ----------
    x : ndarray, shape (H, W)
        Not changed. Zeros stand around it.

    Returns
    -------
    gx, gy, magnitude : tuple of three ndarray, shape (H, W)
        gx is positive where it gets brighter to the right, gy where it gets brighter downwards;
        magnitude is sqrt(gx^2 + gy^2). float32 stays float32; integers and bool count as float64.

    Examples
    --------
    >>> gx, gy, magnitude = sobel_edges(np.array([[0, 3, 6], [4, 7, 10], [8, 11, 14]]))
    >>> gx[1, 1], gy[1, 1], magnitude[1, 1]
    (24.0, 32.0, 40.0)
    """
    ### BEGIN SOLUTION
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down.astype(dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)
    ### END SOLUTION

# %% test="sobel_edges:gx" points=0.75
# Brighter to the right, inside the image
ramp = 3.0 * np.arange(5) + 4 * np.arange(4)[:, None]
gx, gy, magnitude = sobel_edges(ramp)
assert_shape(gx, (4, 5), hint="The size of the image.")
assert_same(gx[1:-1, 1:-1], np.full((2, 3), 24.0), hint="(1 + 2 + 1) · 6: positive to the right.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(341)
for size in [(5, 7), (6, 4)]:
    x = source.normal(size=size)
    gx, gy, magnitude = sobel_edges(x.copy())
    expected = signal.correlate2d(x, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], mode="valid")
    assert_same(gx[1:-1, 1:-1], expected, hint="Right column minus left one, the middle row twice.")
### END HIDDEN TESTS

# %% test="sobel_edges:gy" points=0.75
# Brighter downwards, inside the image
ramp = 3.0 * np.arange(5) + 4 * np.arange(4)[:, None]
gx, gy, magnitude = sobel_edges(ramp)
assert_shape(gy, (4, 5), hint="The size of the image.")
assert_same(gy[1:-1, 1:-1], np.full((2, 3), 32.0), hint="(1 + 2 + 1) · 8: positive downwards.")
### BEGIN HIDDEN TESTS
from scipy import signal

source = np.random.default_rng(342)
for size in [(5, 7), (6, 4)]:
    x = source.normal(size=size)
    gx, gy, magnitude = sobel_edges(x.copy())
    expected = signal.correlate2d(x, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], mode="valid")
    assert_same(gy[1:-1, 1:-1], expected, hint="Lower row minus upper one, the middle column twice.")
### END HIDDEN TESTS

# %% test="sobel_edges:magnitude" points=1
# The length of the arrow, inside the image
ramp = 3.0 * np.arange(5) + 4 * np.arange(4)[:, None]
gx, gy, magnitude = sobel_edges(ramp)
assert_shape(magnitude, (4, 5), hint="The size of the image.")
assert_same(magnitude[1:-1, 1:-1], np.full((2, 3), 40.0), hint="A triangle with sides 24 and 32.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(343)
for size in [(5, 7), (6, 4)]:
    x = source.normal(size=size)
    gx, gy, magnitude = sobel_edges(x.copy())
    across = x[:, 2:] - x[:, :-2]
    down = x[2:] - x[:-2]
    expected = np.sqrt((across[:-2] + 2 * across[1:-1] + across[2:]) ** 2
                       + (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) ** 2)
    assert_same(magnitude[1:-1, 1:-1], expected, hint="The root of the sum of both squares.")
### END HIDDEN TESTS

# %% test="sobel_edges:border" points=0.5
# A flat image: nothing inside, an edge at the border
gx, gy, magnitude = sobel_edges(np.full((4, 5), 10.0))
assert_shape(magnitude, (4, 5), hint="The size of the image.")
assert_same(magnitude[1:-1, 1:-1], np.zeros((2, 3)), hint="There is no edge within a flat image.")
assert_same(magnitude[1:-1, [0, -1]], np.full((2, 2), 40.0), hint="Outside are zeros: an edge.")
assert_same(magnitude[[0, -1], 1:-1], np.full((2, 3), 40.0), hint="Outside are zeros: an edge.")
### BEGIN HIDDEN TESTS
for size, grey in [((3, 6), 0.7), ((5, 4), 90.0)]:
    gx, gy, magnitude = sobel_edges(np.full(size, grey))
    rows, columns = np.ones(size[0] - 2), np.ones(size[1] - 2)
    for side in (0, -1):
        assert_same(magnitude[1:-1, side], 4 * grey * rows, hint="Zeros stand left and right.")
        assert_same(magnitude[side, 1:-1], 4 * grey * columns, hint="Zeros stand above and below.")
    for g in (gx, gy):
        assert_same(np.abs(g[[0, 0, -1, -1], [0, -1, 0, -1]]), np.full(4, 3 * grey),
                    hint="In the corner weights 2 and 1 are left on one side.")
### END HIDDEN TESTS

# %% test="sobel_edges:uint8" points=0.5
# Photographs of uint8
photo = np.array([[200, 200, 0, 0], [200, 200, 0, 0], [200, 200, 0, 0]], np.uint8)
gx, gy, magnitude = sobel_edges(photo)
strongest = np.maximum(np.abs(gx), np.abs(gy))
assert_shape(strongest, (3, 4), hint="The size of the image.")
assert_same(strongest[1, 1:-1], np.array([800.0, 800]), hint="-4 · 200 does not fit into uint8.")
### BEGIN HIDDEN TESTS
for seed in (345, 346):
    photo = np.random.default_rng(seed).integers(0, 256, (5, 6)).astype(np.uint8)
    wide = photo.astype(float)
    gx, gy, magnitude = sobel_edges(photo)
    across, down = wide[:, 2:] - wide[:, :-2], wide[2:] - wide[:-2]
    expected = np.maximum(np.abs(across[:-2] + 2 * across[1:-1] + across[2:]),
                          np.abs(down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]))
    strongest = np.maximum(np.abs(gx), np.abs(gy))
    assert_shape(strongest, (5, 6), hint="The size of the image.")
    assert_same(strongest[1:-1, 1:-1], expected,
                hint="Convert before you subtract, multiply or square.")
### END HIDDEN TESTS

# %% test="sobel_edges:dtype" points=0.25
# The dtype of all three results
for kind, wanted in [(np.uint8, np.float64), (bool, np.float64), (np.float32, np.float32)]:
    gx, gy, magnitude = sobel_edges(np.ones((3, 4), kind))
    for got in (gx, gy, magnitude):
        assert_dtype(got, wanted, hint=f"{np.dtype(kind)} in, {np.dtype(wanted)} out.")

# %% beside="sobel_contract"
@beside_student
def sobel_contract(x):
    """Report whether `sobel_edges` left x as it was."""
    before = x.copy()
    sobel_edges(x)
    return bool(np.array_equal(before, x))

# %% test="sobel_edges:contract" points=0.25
# The image stays as it was
gx, gy, magnitude = sobel_edges(np.ones((3, 4)))
assert_dtype(gx, float, hint="First return three arrays.")
unchanged = sobel_contract(np.arange(1.0, 13).reshape(3, 4))
assert_same(unchanged, True, hint="sobel_edges changed the caller's image.")

# %% demo items="135"
from cnnkit.pictures import response_maps, show

edges = np.stack(filters.sobel_edges(flower))  # or yours: sobel_edges(flower)
names = ("gx: brighter to the right", "gy: brighter downwards", "magnitude")
show(response_maps(flower, edges, names, columns=2))

# %% [markdown] items="135"
# $g_x$ sees the left and the right rim, with opposite signs, and is blind to the top. $g_y$ sees top
# and bottom. The magnitude sees all of the rim and has lost the sign: it knows *how steep*, no
# longer *which way*. You need no magnitude in a network. The first layers of trained nets hold edge
# filters in many directions, positive and negative ones, much like the bank in section 3.

# %% demo
noisy = flower + 0.1 * rng.normal(size=flower.shape)
smooth = filters.correlate2d(noisy, filters.gaussian_kernel(7, 1.5), mode="same")
strength = np.stack([filters.sobel_edges(picture)[2] for picture in (flower, noisy, smooth)])
names = ("edges without noise", "edges with noise", "with noise, smoothed first")
show(response_maps(noisy, strength, names, columns=2))

# %% [markdown]
# A last step that is used everywhere: noise is full of small edges, so **blur first, then look for
# edges**. The price: the petals' fine lines are gone, and the edges that stay are broader and weaker.
# ("The picture" above is the noisy one. A magnitude is never negative, so the scale's lower half is not
# used.)

# %% [markdown]
# ---
# ## What you learned
#
# - A filter is a sum of products of a window with a kernel, with the same weights at every place.
# - Outside the image somebody has to decide: zeros make a dark rim, a mirror does not.
# - 'valid', 'same' and 'full' differ in their zeros; an odd zero of 'same' goes to the end.
# - Convolution is correlation with the kernel turned by 180°. Layers correlate. The two agree if the
#   kernel looks the same after the turn.
# - Weights that add up to 1 keep the brightness; weights that add up to 0 see differences only.
# - A column times a row costs $a+b$ products a pixel in place of $a\cdot b$.
# - The sign of an edge's response says on which side it is brighter.
#
# ## Three questions

# %% [markdown] quiz="end_sum"
# **1.** A kernel is 0 but for a 2 in the middle and a −1 to the right of it. What does it do to a
# flat surface of brightness 50?
# - [ ] Wipes it out :: The weights would have to add up to 0.
# - [x] Leaves it as it is :: 2 · 50 − 50 = 50: the weights add up to 1. Edges it makes stronger.
# - [ ] Makes it twice as bright :: The pixel to the right takes one of the two away.

# %% [markdown] quiz="end_flip"
# **2.** For which of these kernels do convolution and correlation give the same?
# - [ ] Rows (1, 2), (2, 5) :: It is its own transpose, but turned it is (5, 2), (2, 1).
# - [ ] Rows (−1, 0, 1), (−2, 0, 2), (−1, 0, 1) :: Turned it changes its sign, and so does the result.
# - [x] Rows (1, 2, 3), (4, 5, 4), (3, 2, 1) :: It reads the same backwards from its last number.

# %% [markdown] quiz="end_size"
# **3.** A kernel of 4 × 3 on an image of 10 × 10. What are the sizes in the modes valid, same, full?
# - [x] 7 × 8, 10 × 10, 13 × 12 :: 10 − 4 + 1 and 10 − 3 + 1; as x; 10 + 4 − 1 and 10 + 3 − 1.
# - [ ] 7 × 8, 10 × 10, 12 × 13 :: Four rows reach further beyond than three columns.
# - [ ] 6 × 7, 10 × 10, 14 × 13 :: A kernel of one pixel would shrink the image then.

# %% [markdown]
# ## One open question
#
# First blurring and then Sobel is two convolutions, one after the other. Can a single kernel do the
# work of both? Which size has it, and how would you find its numbers with a function of this
# chapter? Then: a *median* filter puts the median of its window in place of the mean, and is very
# good against single wrong pixels. Can one kernel stand for a median followed by Sobel? There is no
# mark for this.
#
# *[← 02 Convolution in one dimension](02_convolution_1d.ipynb) · [Contents](00_start_here.ipynb) ·
# [04 The convolutional layer →](04_conv_layer.ipynb)*
