# %% [markdown]
# # 05 · Pooling and downsampling
#
# *[← 04 The convolutional layer](04_conv_layer.ipynb) · [Contents](00_start_here.ipynb) ·
# [06 Backpropagation →](06_backprop_conv_pool.ipynb)*
#
# **You will**
# - write max pooling, and say which pixel each of its numbers came from;
# - write average and Lp pooling, and pooling over a whole map;
# - move pixels into channels and back, without losing one;
# - measure what each way of making a map smaller keeps, and what it costs;
# - see how much, or how little, pooling forgives when a picture shifts.
#
# **Time.** About 2½ hours: six exercises of 115 minutes together, and the reading.
#
# **Prerequisites.** Chapter 04: the size rule, stride and padding,
# `pair(value, name, minimum)`. Chapter 01: channels first.

# %% [markdown]
# **How this chapter speaks.** As chapter 04 does: $x$ is `(N, C, H, W)`, $y$ is `(N, C, Ho, Wo)`;
# $k, s, p$ are kernel, stride and padding, a number or a pair (rows, columns); indices start at 0. A
# *window* is what lies under the kernel; here the kernel has a size but no weights. A **plane** is
# one channel of one image, `x[n, c]`. In Lp pooling $p$ is the power; there is no padding there.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT
# Guwahati); Y. Kochura, *Computer Vision*, lectures 10–11, after F. Chollet, *Deep Learning with
# Python* (2021); the deck *DSML: Computer Vision* (22 March 2023); an unsigned handwritten deck
# on convolutional networks. A box headed **Erratum** corrects a lecture; a box headed **Careful**
# completes one that is right where it stands. Boxes name **items**: the numbers of the lectures'
# points in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import ops, shapes
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape

rng = np.random.default_rng(5)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too.
#
# ---
# ## 1 · Why make maps smaller?

# %% [markdown] items="88 144"
# A network that recognises a cat must, at its end, combine what it saw in all corners of the picture.
# With small kernels that takes many layers, unless the maps shrink on the way. Smaller maps are also
# easier to handle: everything that follows has fewer numbers to multiply. (Neog; the handwritten
# deck.) Between convolutions stands a layer that makes each map smaller, one channel at a time, so
# that the number of channels stays.
#
# What does that do to a network? Here is Chollet's small convnet for digits, as it is and with its two
# pooling layers taken out.

# %% demo items="31 113 144"
from cnnkit.architectures import layer_table, receptive_field, small_convnet, window_steps

for pooling in (True, False):
    layers = small_convnet(pooling=pooling)["layers"]
    table = layer_table(layers, (1, 28, 28))
    last = max(n for n, layer in enumerate(layers) if layer["kind"] == "conv")
    seen, _, _ = receptive_field(window_steps(layers[: last + 1]))
    features = np.prod(next(row["shape"] for row in table if row["name"].startswith("flatten")))
    print(f"pooling {pooling!s:5}: the last convolution sees {seen} x {seen}; {features:,} features, "
          f"{sum(row['params'] for row in table):,} parameters, "
          f"{sum(row['macs'] for row in table):,} products")

# %% [markdown] items="31 113"
# Three reasons at once. Without pooling the last convolution sees only 7 × 7 of the 28 × 28 pixels,
# hardly enough to tell one digit from another; with pooling it sees 18 × 18. Without pooling 22 · 22 ·
# 128 = 61,952 features go into the dense layer, and their weights, more than half a million, are most of
# what the network has. And it does far more multiplications. (Kochura; Pilehvar.)

# %% [markdown] quiz="dropped"
# **Predict.** A pooling layer takes the largest number of each 2 × 2 window, and its windows lie side
# by side. Which share of the numbers does it drop?
# - [ ] Half of them :: Half of the rows and half of the columns: a quarter is left.
# - [x] Three quarters :: One of four numbers is left. So half of the height and half of the width.
# - [ ] A quarter :: A quarter is what is left.

# %% [markdown] items="29" careful="29"
# Pilehvar says that a 2 × 2 pooling with stride 2 drops three quarters of the activations: right. The
# slide also says that pooling reduces "the amount of parameters". Pooling itself has none, and the
# convolutions around it keep theirs. What becomes fewer is the weights of the **dense** layer at the
# end, as the table above shows and the lecture itself says later.

# %% demo items="29 30"
for name, row in [(r["name"], r) for r in layer_table(small_convnet()["layers"], (1, 28, 28))]:
    print(f"{name:12} {str(row['shape']):14} {row['params']:7,} parameters")

# %% [markdown]
# ---
# ## 2 · Max pooling

# %% [markdown] items="146 148"
# **By hand, in one dimension.** The window is laid on the signal as in chapter 02, but nothing is
# multiplied: the largest number under it is taken. From the window (1, 4, 7) comes 7. A detector that
# fired anywhere under the window is heard, wherever exactly it was. (The handwritten deck: "make sure
# we don't miss any high activations".)
#
# In two dimensions, for each plane on its own:
#
# $$ y_{n,c,i,j} = \max_{0 \le a < k_H,\; 0 \le b < k_W} x_{n,\,c,\; i\,s_H + a - p_H,\; j\,s_W + b - p_W} $$

# %% demo items="146 148"
from cnnkit.pictures import pooling, show

deck = np.array([[5, -1, 3, 8, 4, 6, -2], [-3, 4, 9, 1, 1, 7, -4], [5, -6, 3, 2, 1, -2, 0],
                 [0, -8, 5, 5, 4, -2, 3], [4, 7, 2, -7, 3, 1, 4], [4, -3, 1, 2, 6, 1, -1],
                 [0, 0, 3, -2, 3, -1, 0]])
show(pooling(deck, 3, stride=1, place=(1, 3)))

# %% [markdown] items="148" careful="148"
# This is the deck's own example: the nine numbers 1, 1, 7, 2, 1, −2, 5, 4, −2 give 7. The deck writes
# the maximum of $x_{i+a,\,j+b}$ for $a$ and $b$ from 1 to $s$. That fits if outputs are counted from 0
# and inputs from 1, and its $s$ is the size of the window. With everything counted from 0, as here,
# $a$ and $b$ run from 0 to $k-1$.

# %% [markdown] items="30"
# **The sizes** follow from chapter 04's rule, without dilation. If no stride is given it is as large as the
# kernel, so that the windows lie side by side. The depth stays, and there are no parameters: kernel
# and stride are chosen, not learned. (Pilehvar, who writes W for the size, F for the kernel and S for the
# stride.)

# %% demo items="30 112"
print("  input  kernel  stride   (W - F)/S + 1   output")
for size, kernel, stride in [(26, 2, 2), (11, 2, 2), (11, 3, 2), (55, 3, 2), (7, 2, 2)]:
    exact = (size - kernel) / stride + 1
    print(f"{size:7} {kernel:7} {stride:7} {exact:15} "
          f"{shapes.conv2d_shape(size, size, kernel, stride=stride)[0]:8}")

# %% [markdown] items="30" careful="30"
# Pilehvar gives $(W_1 - F)/S + 1$ places. Where $S$ does not divide $W_1 - F$, as in lines 2 and 5, the
# quotient is rounded **down**, and the last rows and columns are not looked at.

# %% [markdown] items="112" careful="112"
# Kochura's notes say that the maps are halved after every max pooling, from 26 to 13. That is the usual
# pooling, with 2 × 2 windows and stride 2 (where the usual convolution has 3 × 3 and stride 1), and an
# even size. Half of an odd size is rounded down: in the very same network 11 becomes **5**, not 5½ or 6.

# %% [markdown]
# **Padding.** The maximum needs a rim that can never win. Zeros would: in a plane of negative numbers
# the zeros would be the largest. So the rim is **minus infinity**. Padding may be at most half of the
# kernel, rounded down; then every window holds at least one pixel. (PyTorch has the same rule.) Pixels
# are larger than minus infinity here, as all numbers are that a camera or a layer makes.
#
# **Where from?** The backward pass, in the next chapter, has to know which pixel each maximum came
# from. So the function returns a second array. Its entry is the pixel's number in its **own plane,
# without the padding**, counted row by row: row $h$, column $w$ of a plane of width $W$ is number
# $h \cdot W + w$. If several pixels of a window are equally large, the first of them in this order
# counts.

# %% [markdown] quiz="padding"
# **Predict.** A plane of 7 × 7, all of it −1, is pooled with a 3 × 3 window, stride 2 and padding 1.
# What would come out if the rim were zeros?
# - [ ] −1 everywhere :: Windows at the rim hold zeros, and 0 is larger than −1.
# - [x] 0 wherever a window touches the rim, −1 elsewhere :: And the network would see an edge that is
#   not in the picture.
# - [ ] 0 everywhere :: A window that lies wholly inside sees −1 only.

# %% [markdown]
# #### Exercise 1 · `max_pool2d`
#
# Write max pooling and return both arrays, the maxima and where they came from. You may loop over the
# places or over the numbers of the window; `shapes.conv2d_shape` gives the size and raises a
# `ValueError` where no window fits. Do without `cnnkit.ops` here and in exercises 2, 4 and 5; functions of
# your own may call each other.
#
# *About 40 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Leave out padding first. For each place of the output, cut out the window of *all* images and
# channels at once, `(N, C, kH, kW)`, lay its last two axes in a row and take the maximum over it.
# </details>
# <details><summary>Hint 2: where it came from</summary>
#
# `argmax` over the laid-out window gives a number from 0 to kH · kW − 1, and the first of several.
# Which row and column of the window is that? Add where the window begins, and count in the plane.
# </details>
# <details><summary>Hint 3: padding</summary>
#
# `np.pad` takes `constant_values`. Whole numbers have no infinity: make floats of them first. What you
# found is a place in the padded plane; the numbers of the plane itself begin p rows and p columns later.
# </details>

# %% exercise="max_pool2d" forbids="cnnkit.max_pool2d cnnkit.ops torch" minutes=40
def max_pool2d(x, kernel, *, stride=None, padding=0):
    """Take the largest number of each window of each plane.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N may be 0. Not changed.
    kernel : int or pair of int, at least 1
        Height and width of the window.
    stride : int or pair of int, at least 1, optional
        None means: as large as the kernel.
    padding : int or pair of int, at least 0, at most kernel // 2
        Rows and columns of minus infinity around each plane.

    Returns
    -------
    y : ndarray, shape (N, C, Ho, Wo)
        A float dtype is kept; integers and bool give float64. A NaN in a window gives NaN.
    argmax : ndarray of int64, shape (N, C, Ho, Wo)
        Where each maximum is in its plane without padding: row * W + column. Of equal ones the
        first. (Where y is NaN, any number will do.)

    Raises
    ------
    ValueError
        If an option is out of range, the padding exceeds kernel // 2 on an axis, or no window fits.

    Examples
    --------
    >>> y, argmax = max_pool2d(np.array([[[[1, 5, 2, 0], [3, 4, 6, 7]]]]), 2)
    >>> y, argmax
    (array([[[[5., 7.]]]]), array([[[[1, 7]]]]))
    """
    ### BEGIN SOLUTION
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    if ph > kh // 2 or pw > kw // 2:
        raise ValueError(f"padding {ph, pw} is more than half of the kernel {kh, kw}.")
    N, C, H, W = x.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x, rim, constant_values=-np.inf)
    y, argmax = np.empty((N, C, Ho, Wo), x.dtype), np.empty((N, C, Ho, Wo), np.int64)
    for i in range(Ho):
        for j in range(Wo):
            top, left = i * sh, j * sw
            window = xp[:, :, top : top + kh, left : left + kw].reshape(N, C, kh * kw)
            y[:, :, i, j] = window.max(axis=2)
            a, e = np.divmod(window.argmax(axis=2), kw)
            argmax[:, :, i, j] = (top - ph + a) * W + (left - pw + e)
    return y, argmax
    ### END SOLUTION

# %% test="max_pool2d:values" points=1
# The largest number of each window, windows side by side
x = np.array([[1.0, 5, 2, 0], [3, 4, 6, 7], [9, 8, 1, 1], [2, 3, 1, 4]])[None, None]
y, argmax = max_pool2d(x, 2)
assert_shape(y, (1, 1, 2, 2), hint="Two windows of 2 rows fit on 4 rows, and so for columns.")
assert_same(y, np.array([[[[5.0, 7], [9, 4]]]]), hint="The windows lie side by side.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(501)
for n, c, blocks, k in [(2, 3, (2, 3), (3, 2)), (1, 2, (4, 1), (1, 4)), (3, 1, (1, 5), (2, 1))]:
    size = (blocks[0] * k[0], blocks[1] * k[1])
    x = source.permutation(n * c * size[0] * size[1]).reshape(n, c, *size) * 1.0
    tiles = x.reshape(n, c, blocks[0], k[0], blocks[1], k[1])
    assert_same(max_pool2d(x.copy(), k)[0], tiles.max(axis=(3, 5)),
                hint="Each plane on its own; height and width of the window may differ.")
### END HIDDEN TESTS

# %% test="max_pool2d:stride" points=0.5
# Windows that overlap, and pixels left over
x = np.arange(25.0).reshape(1, 1, 5, 5)
y, _ = max_pool2d(x, 3, stride=2)
assert_same(y, np.array([[[[12.0, 14], [22, 24]]]]),
            hint="Windows of 3 that move by 2 overlap: they begin at 0 and at 2.")
y, _ = max_pool2d(np.arange(121.0).reshape(1, 1, 11, 11), 2)
assert_shape(y, (1, 1, 5, 5), hint="Half of 11 is rounded down: the last row is left over.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(502)
for size, k, s in [((9, 7), (3, 2), (2, 3)), ((8, 11), (2, 4), (1, 2)), ((7, 10), (2, 3), (3, 4))]:
    x = source.permutation(size[0] * size[1] * 2).reshape(1, 2, *size) * 1.0
    windows = np.lib.stride_tricks.sliding_window_view(x, k, axis=(2, 3))
    assert_same(max_pool2d(x.copy(), k, stride=s)[0], windows.max((4, 5))[:, :, :: s[0], :: s[1]],
                hint="Rows move by the first stride, columns by the second; round down.")
### END HIDDEN TESTS

# %% test="max_pool2d:padding" points=0.5
# A rim that never wins
y, _ = max_pool2d(np.full((1, 1, 4, 4), -1.0), 3, stride=2, padding=1)
assert_same(y, np.full((1, 1, 2, 2), -1.0), hint="The rim must be smaller than every number.")
y, _ = max_pool2d(np.array([[[[1.0, 2, 3]]]]), (1, 3), stride=1, padding=(0, 1))
assert_same(y, np.array([[[[2.0, 3, 3]]]]), hint="Padding (0, 1): nothing above, 1 left and right.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(503)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((6, 5), (2, 5), (1, 2), (1, 0)),
                      ((4, 9), (5, 2), (3, 2), (2, 1))]:
    x = -1.0 - source.permutation(size[0] * size[1] * 2).reshape(2, 1, *size)
    framed = np.full((2, 1, size[0] + 2 * p[0], size[1] + 2 * p[1]), -1e9)
    framed[:, :, p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(framed, k, axis=(2, 3))
    expected = windows.max((4, 5))[:, :, :: s[0], :: s[1]]
    assert_same(max_pool2d(x.copy(), k, stride=s, padding=p)[0], expected,
                hint="All pixels are negative here. What does your rim hold?")
### END HIDDEN TESTS

# %% test="max_pool2d:argmax" points=1
# Where each maximum came from
x = np.array([[1.0, 5, 2, 0], [3, 4, 6, 7], [9, 8, 1, 1], [2, 3, 1, 4]])[None, None]
_, argmax = max_pool2d(x, 2)
assert_dtype(argmax, np.int64, hint="Places are whole numbers: dtype int64.")
assert_same(argmax, np.array([[[[1, 7], [8, 15]]]]),
            hint="7 stands in row 1, column 3 of a plane of width 4: number 1 * 4 + 3.")
_, argmax = max_pool2d(np.array([[[[4.0, 9, 2]]]]), (1, 3), stride=1, padding=(0, 1))
assert_same(argmax, np.array([[[[1, 1, 1]]]]),
            hint="9 is pixel 1 of the plane as it came in; the rim is not counted.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(504)
for size, k, s, p in [((6, 9), (3, 2), (2, 3), (0, 0)), ((5, 7), (3, 4), (1, 2), (1, 2)),
                      ((8, 5), (4, 3), (3, 1), (2, 0)), ((4, 6), (2, 5), (2, 2), (1, 1))]:
    x = source.permutation(size[0] * size[1] * 6).reshape(3, 2, *size) * 1.0  # no two alike
    y, argmax = max_pool2d(x.copy(), k, stride=s, padding=p)
    picked = np.take_along_axis(x.reshape(3, 2, -1), argmax.reshape(3, 2, -1) % x[0, 0].size, 2)
    assert_same(picked.reshape(y.shape), y, hint="x at the place that you name is not the maximum.")
    assert_same(argmax, argmax % x[0, 0].size,
                hint="Counted in its own plane, the first pixel of every plane is number 0.")
### END HIDDEN TESTS

# %% test="max_pool2d:ties" points=0.5
# Of equal maxima the first
_, argmax = max_pool2d(np.ones((1, 2, 4, 6)), (2, 3))
assert_same(argmax, np.array([[[[0, 3], [12, 15]]] * 2]).reshape(1, 2, 2, 2),
            hint="Row by row, and in a row from left to right: the first of the equal ones.")
### BEGIN HIDDEN TESTS
plane = np.array([[0.0, 2, 2, 0, 1], [2, 2, 0, 1, 1], [0, 0, 2, 1, 0]])
_, argmax = max_pool2d(plane[None, None].copy(), (3, 2), stride=1)
assert_same(argmax, np.array([[[[1, 1, 2, 4]]]]),
            hint="Row by row, and in a row from left to right: the first of the equal ones.")
_, argmax = max_pool2d(plane[None, None].copy(), (2, 3), stride=(1, 2))
assert_same(argmax, np.array([[[[1, 2], [5, 12]]]]),
            hint="Row by row, and in a row from left to right: the first of the equal ones.")
### END HIDDEN TESTS

# %% test="max_pool2d:edges" points=0.5
# Options that make no sense, no image, whole numbers, NaN
for kernel, padding in [(2, 2), (3, 2), ((2, 4), 2), ((4, 3), (2, 2))]:
    with assert_raises(ValueError, hint=f"Padding {padding} is more than half of {kernel}."):
        max_pool2d(np.ones((1, 1, 6, 6)), kernel, padding=padding)
with assert_raises(ValueError, hint="A window 4 high finds no place on 3 rows."):
    max_pool2d(np.ones((1, 1, 3, 6)), 4)
y, argmax = max_pool2d(np.zeros((0, 3, 4, 6)), 2)
assert_shape(y, (0, 3, 2, 3), hint="An empty batch gives an empty batch of the right shape.")
assert_shape(argmax, (0, 3, 2, 3), hint="And so for the places.")
for kind, result in [("u1", "f8"), ("i4", "f8"), ("bool", "f8"), ("f4", "f4")]:
    y, _ = max_pool2d(np.ones((1, 1, 2, 2), kind), 2, padding=1)
    assert_dtype(y, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
y, _ = max_pool2d(np.array([[[[1.0, np.nan, 3, 4]]]]), (1, 2))
assert_same(y, np.array([[[[np.nan, 4]]]]), hint="A NaN must not get lost on the way.")

# %% [markdown]
# From here on the chapter uses `ops.max_pool2d`, the course's own function. Put yours in its place
# wherever you like.

# %% [markdown] items="147"
# **A convolution, then a pooling.** The deck animates how a signal goes through both. The picture
# below has the same three rows: the signal, what a layer with the kernel (−1, 1, 0) makes of it (not
# turned, so it answers to steps upward), and what a max pooling of size 3 with stride 2 leaves. The
# frames follow one output back to where it came from.

# %% demo items="147"
from cnnkit.pictures import conv_then_pool

signal = np.array([0.0, 0, 1, 4, 4, 3, 3, 5, 9, 9, 8])
show(conv_then_pool(signal, np.array([-1.0, 1, 0]), size=3, stride=2))

# %% [markdown]
# ---
# ## 3 · Means instead of maxima

# %% [markdown] items="114 148"
# **Average pooling** takes the mean of each window. Where the maximum says "the feature is somewhere
# here", the mean says how much of it there is in all. With padding there are two ways to count, and
# libraries offer both: divide by all $k_H k_W$ numbers of the window, zeros of the rim included
# (`count_include_pad=True`, the usual default in PyTorch), or only by those that are pixels.
#
# **By hand.** The plane is one row, (4, 8), the window 1 × 2, stride 1, padding (0, 1). Windows: rim and
# 4; 4 and 8; 8 and rim. Counting the rim: 4/2, 12/2, 8/2 = 2, 6, 4. Counting pixels only: 4/1, 12/2,
# 8/1 = 4, 6, 8.

# %% [markdown]
# #### Exercise 2 · `avg_pool2d`
#
# Write average pooling. The rim is of zeros here; everything else is as in `max_pool2d`.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# What you wrote for the maximum, with a sum instead, and zeros around it. Keep sum and count apart.
# </details>
# <details><summary>Hint 2: how many pixels</summary>
#
# How many pixels lie under a window is itself the sum of a window: of which plane?
# </details>
# <details><summary>Hint 3: whole numbers</summary>
#
# Make floats first, as before. A sum of uint8 numbers that stays uint8 begins again at 0 after 255.
# </details>

# %% exercise="avg_pool2d" forbids="cnnkit.avg_pool2d cnnkit.ops torch" minutes=20
def avg_pool2d(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    """Take the mean of each window of each plane.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N may be 0. Not changed.
    kernel : int or pair of int, at least 1
    stride : int or pair of int, at least 1, optional
        None means: as large as the kernel.
    padding : int or pair of int, at least 0, at most kernel // 2
        Rows and columns of zeros around each plane.
    count_include_pad : bool
        Whether the sum is divided by all numbers of the window, the rim's zeros included, or only
        by those that are pixels.

    Returns
    -------
    y : ndarray, shape (N, C, Ho, Wo)
        A float dtype is kept; integers and bool give float64.

    Raises
    ------
    ValueError
        If an option is out of range, the padding exceeds kernel // 2 on an axis, or no window fits.

    Examples
    --------
    >>> row = np.array([[[[4, 8]]]])
    >>> avg_pool2d(row, (1, 2), stride=1, padding=(0, 1))
    array([[[[2., 6., 4.]]]])
    >>> avg_pool2d(row, (1, 2), stride=1, padding=(0, 1), count_include_pad=False)
    array([[[[4., 6., 8.]]]])
    """
    ### BEGIN SOLUTION
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    if ph > kh // 2 or pw > kw // 2:
        raise ValueError(f"padding {ph, pw} is more than half of the kernel {kh, kw}.")
    N, C, H, W = x.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    y = np.empty((N, C, Ho, Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
            count = kh * kw if count_include_pad else pixels[rows, columns].sum()
            y[:, :, i, j] = xp[:, :, rows, columns].sum(axis=(2, 3)) / count
    return y
    ### END SOLUTION

# %% test="avg_pool2d:values" points=1.5
# The mean of each window
x = np.arange(16.0).reshape(1, 1, 4, 4)
assert_same(avg_pool2d(x.copy(), 2), np.array([[[[2.5, 4.5], [10.5, 12.5]]]]),
            hint="(0 + 1 + 4 + 5) / 4 = 2.5.")
assert_same(avg_pool2d(x, (1, 4)), np.array([[[[1.5], [5.5], [9.5], [13.5]]]]),
            hint="A window of one row and four columns.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(505)
for size, k, s in [((9, 7), (3, 2), (2, 3)), ((8, 11), (2, 4), None), ((7, 10), (2, 3), (3, 1))]:
    x = source.normal(size=(2, 3, *size))
    windows = np.lib.stride_tricks.sliding_window_view(x, k, axis=(2, 3))
    expected = windows.mean((4, 5))[:, :, :: (s or k)[0], :: (s or k)[1]]
    assert_same(avg_pool2d(x.copy(), k, stride=s), expected,
                hint="Each plane on its own; rows and columns have their own kernel and stride.")
### END HIDDEN TESTS

# %% test="avg_pool2d:rim_counted" points=1
# Zeros of the rim count, if nothing else is said
assert_same(avg_pool2d(np.ones((1, 1, 4, 4)), 2, padding=1),
            np.array([[[[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]]]),
            hint="In the corner one pixel and three zeros: 1/4.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(506)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((6, 5), (2, 5), (1, 2), (1, 0))]:
    x = source.normal(size=(2, 2, *size))
    framed = np.zeros((2, 2, size[0] + 2 * p[0], size[1] + 2 * p[1]))
    framed[:, :, p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(framed, k, axis=(2, 3))
    assert_same(avg_pool2d(x.copy(), k, stride=s, padding=p),
                windows.mean((4, 5))[:, :, :: s[0], :: s[1]], hint="All numbers of the window count.")
### END HIDDEN TESTS

# %% test="avg_pool2d:rim_left_out" points=1
# Only pixels count, if asked for
assert_same(avg_pool2d(np.ones((1, 1, 4, 4)), 2, padding=1, count_include_pad=False),
            np.ones((1, 1, 3, 3)), hint="The mean of the pixels alone: all of them are 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(507)
for size, k, s, p in [((5, 8), (3, 4), (2, 1), (1, 2)), ((4, 9), (5, 2), (3, 2), (2, 1)),
                      ((7, 6), (3, 2), (3, 2), (0, 0))]:
    x = source.normal(size=(2, 2, *size))
    framed = np.full((2, 2, size[0] + 2 * p[0], size[1] + 2 * p[1]), np.nan)
    framed[:, :, p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(framed, k, axis=(2, 3))
    assert_same(avg_pool2d(x.copy(), k, stride=s, padding=p, count_include_pad=False),
                np.nanmean(windows, axis=(4, 5))[:, :, :: s[0], :: s[1]],
                hint="How many pixels lie under a window differs from place to place.")
### END HIDDEN TESTS

# %% test="avg_pool2d:edges" points=0.5
# Whole numbers, no image, options that make no sense
got = avg_pool2d(np.array([[[[200, 201], [202, 204]]]], np.uint8), 2)
assert_dtype(got, np.float64, hint="uint8 in, float64 out: a mean is no whole number.")
assert_same(got, np.array([[[[201.75]]]]), hint="807 / 4. Sums of uint8 run over at 256.")
assert_dtype(avg_pool2d(np.ones((1, 1, 2, 2), "f4"), 2), np.float32, hint="float32 stays float32.")
assert_shape(avg_pool2d(np.zeros((0, 3, 4, 6)), 2), (0, 3, 2, 3),
             hint="An empty batch gives an empty batch of the right shape.")
with assert_raises(ValueError, hint="Padding 2 is more than half of a kernel of 3."):
    avg_pool2d(np.ones((1, 1, 6, 6)), 3, padding=2)

# %% [markdown] items="30"
# **Between mean and maximum** lies a family. *Lp pooling* adds up the $p$-th powers of the magnitudes
# and takes the root:
#
# $$ y = \Big( \sum_{\text{window}} |x|^p \Big)^{1/p} $$
#
# $p = 2$ is the "L2-norm pooling" of Pilehvar's slide, the length of the window as a vector. It is a
# **sum**, not a mean: at $p=1$ it adds up magnitudes. The larger $p$, the more the largest number rules:
# as $p$ grows without end it becomes the largest magnitude.

# %% demo items="30"
window = np.array([[[[3.0, -4.0]]]])
for power in (1, 2, 4, 16, 64):
    print(f"p = {power:2}: {ops.lp_pool2d(window, (1, 2), p=power)[0, 0, 0, 0]:.4f}")
print("largest magnitude:", np.abs(window).max())

# %% [markdown]
# #### Exercise 3 · `lp_pool2d`
#
# Write Lp pooling, without padding. Mind the sign: an odd power of a negative number is negative. And
# mind small whole numbers: 200² is more than a uint8 can hold, so make floats first.
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: what you have</summary>
#
# `ops.avg_pool2d` may be called here: a mean times the number of numbers is a sum.
# </details>
# <details><summary>Hint 2: order</summary>
#
# Magnitude, power, sum, root: in this order.
# </details>
# <details><summary>Hint 3: the sign</summary>
#
# For p = 2 a square needs no magnitude, so a test with p = 2 alone can't tell. Try p = 1 and p = 3 on
# the window (3, −4): 7 and about 4.498.
# </details>

# %% exercise="lp_pool2d" forbids="cnnkit.lp_pool2d torch" minutes=10
def lp_pool2d(x, kernel, *, stride=None, p=2):
    """Take the p-norm of each window: the p-th root of the sum of p-th powers of magnitudes.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Not changed.
    kernel : int or pair of int, at least 1
    stride : int or pair of int, at least 1, optional
        None means: as large as the kernel.
    p : float, at least 1

    Returns
    -------
    y : ndarray, shape (N, C, Ho, Wo)
        A float dtype is kept; integers and bool give float64.

    Raises
    ------
    ValueError
        If p is below 1, an option is out of range, or no window fits.

    Examples
    --------
    >>> lp_pool2d(np.array([[[[3, -4]]]]), (1, 2))
    array([[[[5.]]]])
    """
    ### BEGIN SOLUTION
    if p < 1:
        raise ValueError(f"p is {p}: it must be at least 1.")
    kh, kw = pair(kernel, "kernel", 1)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    mean = ops.avg_pool2d(np.abs(x) ** p, kernel, stride=stride)
    return (kh * kw * mean) ** (1 / p)
    ### END SOLUTION

# %% test="lp_pool2d:length" points=1
# p = 2, the length of each window
x = np.array([[3.0, 4, 0, 0], [0, 0, 5, 12]])[None, None]
assert_same(lp_pool2d(x, (1, 2)), np.array([[[[5.0, 0], [0, 13]]]]),
            hint="The root of 3² + 4² is 5: a sum under the root, not a mean.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(508)
for size, k, s in [((6, 7), (2, 3), (1, 2)), ((9, 4), (3, 2), None)]:
    x = source.uniform(0, 3, (2, 2, *size))
    windows = np.lib.stride_tricks.sliding_window_view(x, k, axis=(2, 3))
    expected = np.linalg.norm(windows, axis=(4, 5))[:, :, :: (s or k)[0], :: (s or k)[1]]
    assert_same(lp_pool2d(x.copy(), k, stride=s), expected, hint="The root of the sum of squares.")
### END HIDDEN TESTS

# %% test="lp_pool2d:powers" points=0.25
# Other powers
x = np.array([[[[1.0, 2, 2, 0]]]])
assert_same(lp_pool2d(x.copy(), (1, 4), p=1), np.array([[[[5.0]]]]), hint="p = 1 adds up: 1 + 2 + 2.")
assert_same(lp_pool2d(x, (1, 4), p=4), np.array([[[[33.0 ** 0.25]]]]),
            hint="The fourth root of 1 + 16 + 16.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(509).uniform(0.1, 2, (1, 2, 4, 6))
for p in (1.5, 3, 5):
    expected = [[[[(x[0, c, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3] ** p).sum() ** (1 / p)
                   for j in range(2)] for i in range(2)] for c in range(2)]]
    assert_same(lp_pool2d(x.copy(), (2, 3), p=p), np.array(expected), hint="Power, sum, root.")
### END HIDDEN TESTS

# %% test="lp_pool2d:signs" points=0.5
# Negative numbers count by their magnitude
x = np.array([[[[3.0, -4]]]])
assert_same(lp_pool2d(x, (1, 2), p=1), np.array([[[[7.0]]]]), hint="3 + 4, not 3 − 4.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(510).normal(size=(2, 1, 4, 5))
for p in (1, 3):
    windows = np.lib.stride_tricks.sliding_window_view(np.abs(x), (2, 2), axis=(2, 3))
    assert_same(lp_pool2d(x.copy(), 2, stride=1, p=p), (windows ** p).sum((4, 5)) ** (1 / p),
                hint="The magnitude first: an odd power keeps the sign.")
### END HIDDEN TESTS

# %% test="lp_pool2d:edges" points=0.25
# Whole numbers, and a power that makes no norm
got = lp_pool2d(np.array([[[[200, 100]]]], np.uint8), (1, 2))
assert_dtype(got, np.float64, hint="uint8 in, float64 out.")
assert_same(got, np.array([[[[50000 ** 0.5]]]]), hint="Make floats before the power: 200² > 255.")
assert_dtype(lp_pool2d(np.ones((1, 1, 2, 2), "f4"), 2), np.float32, hint="float32 stays float32.")
with assert_raises(ValueError, hint="p must be at least 1."):
    lp_pool2d(np.ones((1, 1, 2, 2)), 2, p=0.5)

# %% [markdown]
# ---
# ## 4 · The whole map at once

# %% [markdown] items="54 151 152"
# At the end of the convolutions a block of maps has to become the input of a dense layer. There are two
# ways. **Flattening** lays everything in a row, `(N, C, H, W)` to `(N, C·H·W)`: no number is lost, and
# the dense layer is bound to one size of picture. **Global pooling** leaves one number for each
# channel, `(N, C)`: how much of the feature there is in the whole picture (average), or how strong it
# is at its strongest (maximum). Pictures of any size will do. (The handwritten deck; the DSML deck.)

# %% demo items="151 152 54"
for size in (7, 12):
    maps = rng.normal(size=(2, 128, size, size))
    print(f"{size:2} x {size:2}: flattened {ops.flatten(maps).shape}, "
          f"global average {ops.global_avg_pool(maps).shape}")
print("the deck's 7 x 7 matrix: sum", deck.sum(), "/ 49 =", round(deck.mean(), 4))

# %% [markdown] items="152" careful="152"
# The deck writes the global average as a double sum, first $a$ to $w$, then $b$ to $h$, of $x_{a,b}$. The
# first index counts columns there. With $x$[row, column], as in this course, the first runs to the
# height and the second to the width. The value is the same, here 75/49, as long as each index stays
# inside its own axis: with a picture that is not square a mix-up reads outside of it.

# %% [markdown] quiz="gap_params"
# **Predict.** Chollet's convnet ends with maps of 128 × 3 × 3, flattens them and has a dense layer with
# 10 outputs. How many weights has that dense layer if a global average stands in place of the
# flattening, biases not counted?
# - [ ] 11,520 :: That is with the flattening: 128 · 3 · 3 · 10.
# - [x] 1,280 :: 128 numbers, one for each channel, go to 10 outputs.
# - [ ] None: pooling has no parameters :: The pooling has none; the dense layer behind it has.

# %% [markdown]
# #### Exercise 4 · `global_avg_pool` and `global_max_pool`
#
# One number for each image and channel.
#
# *About 5 minutes.*
#
# <details><summary>Hint 1: which axes</summary>
#
# The result has the axes N and C. The others are averaged over.
# </details>
# <details><summary>Hint 2: several axes at once</summary>
#
# `mean` and `max` take a tuple as `axis`.
# </details>
# <details><summary>Hint 3: dtype</summary>
#
# float32 stays float32; of whole numbers make float64 first, for the maximum too.
# </details>

# %% exercise="global_pool" forbids="cnnkit.ops torch" minutes=5
def global_avg_pool(x):
    """Average each channel over the whole picture.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N may be 0. Not changed.

    Returns
    -------
    y : ndarray, shape (N, C)
        A float dtype is kept; integers and bool give float64.
    """
    ### BEGIN SOLUTION
    return _floats(x).mean(axis=(2, 3))
    ### END SOLUTION


def global_max_pool(x):
    """Take the largest number of each channel; shapes and dtypes as in `global_avg_pool`."""
    ### BEGIN SOLUTION
    return _floats(x).max(axis=(2, 3))


def _floats(x):
    return x if x.dtype.kind == "f" else x.astype(np.float64)
    ### END SOLUTION

# %% test="global_pool:average" points=1
# The mean of each channel
x = np.arange(12.0).reshape(1, 2, 3, 2)
assert_same(global_avg_pool(x), np.array([[2.5, 8.5]]),
            hint="Two channels, two numbers: (0 + … + 5) / 6 and (6 + … + 11) / 6.")
### BEGIN HIDDEN TESTS
for seed, shape in [(511, (3, 4, 5, 7)), (512, (2, 1, 1, 9))]:
    x = np.random.default_rng(seed).normal(size=shape)
    expected = [[float(sum(plane.ravel().tolist())) / plane.size for plane in image] for image in x]
    assert_same(global_avg_pool(x.copy()), np.array(expected), hint="Shape (N, C), any H and W.")
### END HIDDEN TESTS

# %% test="global_pool:maximum" points=0.5
# The largest number of each channel
x = np.arange(12.0).reshape(1, 2, 3, 2)
assert_same(global_max_pool(-x), np.array([[0.0, -6]]), hint="The largest, also of negative numbers.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(513).normal(size=(3, 4, 5, 7)) - 9
expected = [[max(plane.ravel().tolist()) for plane in image] for image in x]
assert_same(global_max_pool(x.copy()), np.array(expected), hint="Shape (N, C), each channel alone.")
### END HIDDEN TESTS

# %% test="global_pool:edges" points=0.5
# No image, and the dtype
for pool in (global_avg_pool, global_max_pool):
    assert_shape(pool(np.zeros((0, 3, 4, 5))), (0, 3), hint="No image: an array (0, C).")
    assert_dtype(pool(np.ones((1, 2, 3, 3), "f4")), np.float32, hint="float32 stays float32.")
    assert_dtype(pool(np.ones((1, 2, 3, 3), "u1")), np.float64, hint="Whole numbers give float64.")

# %% [markdown]
# ---
# ## 5 · Without losing a pixel

# %% [markdown] items="150"
# Every pooling throws numbers away. One can also **move them into channels**: cut each plane into
# blocks of $r \times r$ pixels, and let the pixel at place $(i, j)$ of every block form a map of its
# own. A plane of $H \times W$ becomes $r^2$ planes of $H/r \times W/r$. Nothing is lost, and it can be
# undone. It is dearer than pooling: the next layer has $r^2$ times as many channels to read.

# %% demo items="150"
plane = np.arange(16).reshape(1, 1, 4, 4)
print(plane[0, 0], "\nbecomes, with r = 2, the four channels")
for channel, small in enumerate(ops.pixel_unshuffle(plane, 2)[0]):
    print(channel, small.tolist(), "from place", divmod(channel, 2), "of each block")

# %% [markdown] items="150" erratum="150"
# The handwritten deck calls this "pixel shuffle". In PyTorch, whose names have become the usual ones,
# moving space into channels is **`PixelUnshuffle`**: `(N, C, H, W)` becomes `(N, C·r², H/r, W/r)`, and
# pixel (i, j) of a block of channel c goes to channel $c\,r^2 + i\,r + j$. `PixelShuffle` is the way
# back, from channels to space; networks that enlarge pictures use it (Shi et al., 2016).

# %% [markdown]
# #### Exercise 5 · `pixel_unshuffle` and `pixel_shuffle`
#
# Write both. No arithmetic, no loop is needed: split axes, move them, join them.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: splitting an axis</summary>
#
# `reshape` splits an axis into neighbours without moving a number: H into (H/r, r). What do the two
# new indices of a row h stand for?
# </details>
# <details><summary>Hint 2: the order</summary>
#
# After splitting both axes there are six: N, C, H/r, i, W/r, j. Which order must they have, so that
# joining neighbours gives the channel $c\,r^2 + i\,r + j$?
# </details>
# <details><summary>Hint 3: the way back</summary>
#
# The same steps backwards: split the channels into (C, i, j), move i behind the rows and j behind the
# columns, join.
# </details>

# %% exercise="pixel_unshuffle" forbids="cnnkit.ops torch" minutes=25
def pixel_unshuffle(x, r):
    """Move space into channels: pixel (i, j) of each r x r block goes to channel c*r*r + i*r + j.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Any dtype, which is kept. Not changed.
    r : int, at least 1

    Returns
    -------
    y : ndarray, shape (N, C*r*r, H/r, W/r)

    Raises
    ------
    ValueError
        If r does not divide the height and the width.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    if H % r or W % r:
        raise ValueError(f"r = {r} must divide the height {H} and the width {W}.")
    blocks = x.reshape(N, C, H // r, r, W // r, r)
    return blocks.transpose(0, 1, 3, 5, 2, 4).reshape(N, C * r * r, H // r, W // r).copy()
    ### END SOLUTION


def pixel_shuffle(x, r):
    """Undo `pixel_unshuffle`: channels become space again.

    Parameters
    ----------
    x : ndarray, shape (N, C*r*r, H, W)
    r : int, at least 1

    Returns
    -------
    y : ndarray, shape (N, C, H*r, W*r)

    Raises
    ------
    ValueError
        If r * r does not divide the number of channels.
    """
    ### BEGIN SOLUTION
    N, channels, H, W = x.shape
    if channels % (r * r):
        raise ValueError(f"r * r = {r * r} must divide the {channels} channels.")
    split = x.reshape(N, channels // (r * r), r, r, H, W)
    return split.transpose(0, 1, 4, 2, 5, 3).reshape(N, -1, H * r, W * r).copy()
    ### END SOLUTION

# %% test="pixel_unshuffle:one" points=1
# One channel into four
x = np.arange(16).reshape(1, 1, 4, 4)
got = pixel_unshuffle(x, 2)
assert_shape(got, (1, 4, 2, 2), hint="4 = r · r channels of half the height and width.")
assert_same(got[0, 0], np.array([[0, 2], [8, 10]]), hint="Channel 0: the first pixel of each block.")
assert_same(got[0, 1], np.array([[1, 3], [9, 11]]), hint="Channel 1 is place (0, 1) of each block.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(514)
for r, (H, W) in [(2, (6, 4)), (3, (3, 9))]:
    x = source.permutation(2 * H * W).reshape(2, 1, H, W)
    got = pixel_unshuffle(x.copy(), r)
    assert_shape(got, (2, r * r, H // r, W // r), hint="r · r channels, H/r rows, W/r columns.")
    for i in range(r):
        for j in range(r):
            assert_same(got[:, i * r + j], x[:, 0, i::r, j::r], hint="Rows count before columns.")
### END HIDDEN TESTS

# %% test="pixel_unshuffle:channels" points=1
# The pixels of one channel stay together
x = np.stack([np.zeros((2, 2)), np.ones((2, 2))])[None]  # channel 0 is 0, channel 1 is 1
assert_same(pixel_unshuffle(x, 2)[0, :, 0, 0], np.array([0.0] * 4 + [1.0] * 4),
            hint="First the four of channel 0, then the four of channel 1: c · r² + i · r + j.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(515).permutation(2 * 3 * 4 * 6).reshape(2, 3, 4, 6)
got = pixel_unshuffle(x.copy(), 2)
for c in range(3):
    for i in range(2):
        for j in range(2):
            assert_same(got[:, 4 * c + 2 * i + j], x[:, c, i::2, j::2],
                        hint="Channel c · r² + i · r + j, whatever the number of channels.")
### END HIDDEN TESTS

# %% test="pixel_unshuffle:back" points=1.5
# pixel_shuffle undoes it
x = np.arange(8).reshape(1, 4, 1, 2)
assert_same(pixel_shuffle(x, 2), np.array([[[[0, 2, 1, 3], [4, 6, 5, 7]]]]),
            hint="Pixel 0 of the four channels, 0, 2, 4 and 6, makes the first block of 2 x 2.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(516)
for r, C, (H, W) in [(2, 3, (4, 6)), (3, 2, (3, 9)), (1, 2, (3, 4))]:
    x = source.permutation(2 * C * H * W).reshape(2, C, H, W)
    space = np.empty((2, C * r * r, H // r, W // r), x.dtype)
    for place in np.ndindex(C, r, r):
        c, i, j = place
        space[:, (c * r + i) * r + j] = x[:, c, i::r, j::r]
    assert_same(pixel_shuffle(space, r), x, hint="Back to where each pixel came from.")
### END HIDDEN TESTS

# %% test="pixel_unshuffle:edges" points=0.5
# r that does not divide, other dtypes, views
for size in [(5, 4), (4, 5)]:
    with assert_raises(ValueError, hint=f"2 does not divide both of {size}."):
        pixel_unshuffle(np.ones((1, 1, *size)), 2)
with assert_raises(ValueError, hint="6 channels can't make blocks of 2 x 2."):
    pixel_shuffle(np.ones((1, 6, 2, 2)), 2)
x = np.arange(16, dtype=np.uint8).reshape(1, 1, 4, 4).transpose(0, 1, 3, 2)
got = pixel_unshuffle(x, 2)
assert_dtype(got, np.uint8, hint="Numbers are only moved: the dtype stays.")
assert_same(got[0, 1], np.array([[4, 12], [6, 14]], np.uint8), hint="A transposed view is fine, too.")

# %% [markdown]
# ---
# ## 6 · Five ways, side by side

# %% [markdown] items="52 53 114 149"
# With what you have there are now five ways to halve a map, and the lectures name them all:
# - **max pooling**, 2 × 2;
# - **average pooling**, 2 × 2;
# - a **convolution with stride 2**, for example 3 × 3 (Kochura);
# - a **1 × 1 convolution with stride 2** (DSML), the cheapest. A 1 × 1 kernel looks at no neighbour: it
#   mixes the channels of one pixel, and can make more or fewer of them;
# - **pixel unshuffle**, which keeps everything.
#
# Here are the three kinds and two relatives on a photograph, at a factor of four, so that one sees it.

# %% demo items="52 53 149"
from cnnkit.data import photograph
from cnnkit.pictures import gallery

tower = photograph("china")[None, :, 60:252, 230:422] / 255
halved = {"max": ops.max_pool2d(tower, 4)[0], "average": ops.avg_pool2d(tower, 4),
          "stride": tower[..., ::4, ::4], "L2 / 4": ops.lp_pool2d(tower, 4) / 4}
unshuffled = ops.pixel_unshuffle(tower[:, :1], 4)
show(gallery([tower[0], *(y[0] for y in halved.values()), unshuffled[0, 0]],
             ["the picture, 192 × 192", *(f"{name}, 48 × 48" for name in halved),
              "1 of 16 unshuffled channels"], columns=3))

# %% [markdown] items="149 88"
# The maximum makes bright lines broad and eats dark ones; the average is what a good scan of a smaller
# picture would be; the stride picks single pixels, and thin lines break into dots. The L2 norm of 16
# numbers, divided by √16 = 4, is the root of their mean square: hardly different from the average. The
# last picture is grey because it is one of the 16 channels that the red plane became; it looks like the
# stride, but the other fifteen are there as well. (Photograph: *china.jpg*, from scikit-learn, CC BY 2.0.)

# %% [markdown] quiz="odd"
# **Predict.** A map is 7 × 7. What do a 2 × 2 pooling (stride 2) and a 1 × 1 convolution with stride 2
# make of it?
# - [ ] Both 3 × 3 :: A 1 × 1 window fits at 0, 2, 4 and 6: four places.
# - [x] 3 × 3 and 4 × 4 :: (7 − 2) // 2 + 1 = 3 and (7 − 1) // 2 + 1 = 4.
# - [ ] Both 4 × 4 :: A 2 × 2 window that begins at 6 would need a pixel 7.

# %% [markdown]
# #### Exercise 6 · `downsample_compare`
#
# For one array `x`, return a dict with the keys `'max'`, `'avg'`, `'stride'` and `'unshuffle'`. Each
# value is a pair: the **shape** of the result, a tuple, and the **share** of numbers that is left,
# `y.size / x.size`. Pooling is 2 × 2 with stride 2; the stride is `x[..., ::2, ::2]`, what a 1 × 1
# convolution with stride 2 gets to see; r is 2. Where height or width is odd there is nothing to
# unshuffle: the value is then `None`. Use the functions of `cnnkit.ops`, or your own.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Don't compute sizes: compute the four arrays, and ask each for its `shape` and `size`.
# </details>
# <details><summary>Hint 2: two results</summary>
#
# `max_pool2d` returns two arrays. Only the first is asked for here.
# </details>
# <details><summary>Hint 3: odd sizes</summary>
#
# The unshuffling of an odd size raises a ValueError. Ask first whether both sizes are even.
# </details>

# %% exercise="downsample_compare" forbids="torch" minutes=15
def downsample_compare(x):
    """Compare four ways of halving: the shape of each result and the share of numbers left.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), with H and W at least 2

    Returns
    -------
    dict
        'max', 'avg', 'stride', 'unshuffle': each ((N, C, H, W) of the result, its size / x.size);
        'unshuffle' is None where H or W is odd.

    Examples
    --------
    >>> downsample_compare(np.ones((1, 3, 6, 4)))["max"]
    ((1, 3, 3, 2), 0.25)
    """
    ### BEGIN SOLUTION
    results = {
        "max": ops.max_pool2d(x, 2)[0],
        "avg": ops.avg_pool2d(x, 2),
        "stride": x[..., ::2, ::2],
        "unshuffle": None,
    }
    if x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0:
        results["unshuffle"] = ops.pixel_unshuffle(x, 2)
    return {
        name: None if y is None else (y.shape, y.size / x.size) for name, y in results.items()
    }
    ### END SOLUTION

# %% test="downsample_compare:even" points=1
# Even sizes: three of them keep a quarter
got = downsample_compare(np.ones((1, 3, 6, 4)))
for name in ("max", "avg", "stride"):
    assert_same(got[name], ((1, 3, 3, 2), 0.25), hint=f"{name}: half of the rows and of the columns.")
### BEGIN HIDDEN TESTS
for shape in [(2, 5, 8, 10), (3, 1, 2, 12)]:
    half = (*shape[:2], shape[2] // 2, shape[3] // 2)
    got = downsample_compare(np.ones(shape))
    for name in ("max", "avg", "stride"):
        assert_same(got[name], (half, 0.25), hint="N and C stay, H and W are halved.")
### END HIDDEN TESTS

# %% test="downsample_compare:unshuffle" points=1
# Unshuffling keeps everything
got = downsample_compare(np.ones((1, 3, 6, 4)))
assert_same(got["unshuffle"], ((1, 12, 3, 2), 1.0), hint="The numbers move into 4 · 3 channels.")
### BEGIN HIDDEN TESTS
for shape in [(2, 5, 8, 10), (3, 1, 2, 12)]:
    result = (shape[0], 4 * shape[1], shape[2] // 2, shape[3] // 2)
    assert_same(downsample_compare(np.ones(shape))["unshuffle"], (result, 1.0),
                hint="All numbers are still there.")
### END HIDDEN TESTS

# %% test="downsample_compare:odd" points=1
# Odd sizes: pooling rounds down, a stride rounds up
got = downsample_compare(np.ones((1, 1, 7, 7)))
assert_same(got["max"][0], (1, 1, 3, 3), hint="Three windows of two fit on seven pixels.")
assert_same(got["stride"][0], (1, 1, 4, 4), hint="Rows 0, 2, 4 and 6.")
### BEGIN HIDDEN TESTS
for shape in [(2, 3, 5, 8), (1, 2, 6, 9), (1, 1, 3, 3)]:
    N, C, H, W = shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    got = downsample_compare(np.ones(shape))
    for name, result in [("max", low), ("avg", low), ("stride", high)]:
        share = result[2] * result[3] / (H * W)
        assert_same(got[name], (result, share), hint=f"{name}: count what is really left.")
### END HIDDEN TESTS

# %% test="downsample_compare:nothing" points=1
# Nothing to unshuffle where a size is odd
for size in [(7, 7), (6, 7), (7, 6)]:
    got = downsample_compare(np.ones((1, 1, *size)))
    assert_same(got["unshuffle"], None, hint=f"2 does not divide both of {size}: say None.")

# %% demo items="52"
for size in (28, 7):
    x = np.ones((1, 1, size, size))
    pooled, strided = ops.max_pool2d(x, 2)[0], ops.conv2d(x, np.ones((1, 1, 1, 1)), stride=2)
    unseen = 1 - strided.size / x.size
    print(f"{size:2} x {size:2}: pooled {pooled.shape[2:]}, 1 x 1 with stride 2 {strided.shape[2:]}; "
          f"the latter never looks at {unseen:.0%} of the pixels")

# %% [markdown] items="52" careful="52"
# The DSML deck lists both as ways from $n$ to $n/2$. That is right for even $n$. An odd size is rounded
# **down** by 2 × 2 pooling (7 to 3) and **up** by the 1 × 1 convolution with stride 2 (7 to 4). The latter
# computes each number from one pixel and never looks at three quarters of an even map. (Its "3×3×k" is
# short for k kernels of 3 × 3 × 3.)

# %% [markdown] items="114"
# **Is the maximum better than the mean?** Kochura says that it tends to work better, since the
# strongest presence of a feature tells more than its average. Measure it on the edges of the tower: how
# much of the strongest responses is left after each reduction?

# %% demo items="114"
grey = tower.mean(axis=1, keepdims=True)
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]
edges = np.abs(ops.conv2d(grey, sobel, padding=1))
strongest = np.sort(edges.ravel())[-100:].mean()
print(f"before: the 100 strongest of {edges.size:,} have a mean of {strongest:.2f}")
for name, y in [("max", ops.max_pool2d(edges, 4)[0]), ("average", ops.avg_pool2d(edges, 4)),
                ("stride", edges[..., ::4, ::4])]:
    kept = np.sort(y.ravel())[-100:].mean() / strongest
    print(f"{name:8} keeps {kept:.0%} of it; a typical (median) response is {np.median(y):.2f}")

# %% [markdown] items="114"
# For finding a rare, strong feature the maximum is the right question. It also answers loudly where
# there is hardly anything: its typical response is larger. Whether that makes a *network* better is
# another question, which only training can answer: chapter 08 does.

# %% [markdown]
# ---
# ## 7 · What pooling forgives

# %% [markdown] quiz="shift"
# **Predict.** A picture is shifted to the right by one pixel. Then both pictures are pooled, with 2 × 2
# windows. What becomes of the two results?
# - [ ] They are equal: pooling does not mind where in the window the maximum is. :: Each window now
#   holds one column that was in the neighbouring window before.
# - [ ] The second is the first one, shifted by half a pixel. :: For a smooth picture nearly so, but not
#   for one with edges.
# - [x] Many numbers are equal, many are not. :: A maximum that stays inside its window is forgiven; one
#   that crosses over is not.

# %% demo items="31"
from cnnkit.data import load

pictures = load("apparel", "test")[0][:200] / 255
print("shift   before   2 x 2   4 x 4   7 x 7    (share of pixels that changed by more than 0.05)")
for columns in (1, 2, 4, 8):
    moved = np.roll(pictures, columns, axis=3)
    shares = []
    for k in (1, 2, 4, 7):
        one, other = (ops.max_pool2d(x, k)[0] for x in (pictures, moved))
        shares.append(np.mean(np.abs(one - other) > 0.05))
    print(f"{columns:5} " + " ".join(f"{share:8.0%}" for share in shares))

# %% [markdown] items="31" erratum="31"
# Pilehvar lists "transformation, translation and scaling invariance" among the reasons for pooling. That
# is too strong. The table above, made from 200 pictures of clothes, shows what really happens: of a shift
# by one pixel the pooled maps notice less than the picture itself, and larger windows notice still less.
# From two pixels on there is hardly a difference, and at four or eight pooling forgives hardly anything. (A
# 2 × 2 map of a picture that is shifted by two is simply the map shifted by one.) Turning a picture or
# changing its size is not forgiven either, beyond what it has in common with a small shift.
# The right words are *some tolerance to small local shifts*. Chapter 09 measures it in a trained network.

# %% [markdown]
# **Now play.** The playground asks before it shows. First: which pixel does a maximum come from? Then set
# *look at* to *a shift*: how many outputs change if the picture moves by 1, by 2, with a window of 3? And
# to *the gradient*, a look ahead: chapter 06 sends a number back through each window, and `argmax` is its
# way home. Arrow keys or the mouse move the window. Write `pooling_playground(max_pool2d)` to let it run
# on your own function (`avg_pool2d=avg_pool2d` and `lp_pool2d=lp_pool2d` for the others): what is wrong
# in it shows as hatched numbers, and a wrong `argmax` leads the gradient astray.

# %% demo
from cnnkit.widgets import pooling_playground

pooling_playground()

# %% [markdown] items="88"
# One more claim can be counted at once: pooling, says Neog, is faster than convolution. A 2 × 2 max
# pooling compares 3 times for each number that it makes, whatever the number of channels. A 3 × 3
# convolution on 32 channels multiplies 288 times.

# %% demo items="88"
from cnnkit.shapes import conv_macs

places = 13 * 13
print(f"pooling 32 maps of 26 x 26: {32 * places * 3:,} comparisons; "
      f"a stride-2 convolution to the same size: {conv_macs(32, 32, 3, (13, 13)):,} products")

# %% [markdown]
# ---
# ## What you learned
#
# - Max pooling takes the largest number of a window, pads with minus infinity, and remembers where each
#   maximum came from. Sizes are rounded down.
# - Average pooling can count the rim or not; Lp pooling is a sum under a root, and uses magnitudes.
# - Global pooling leaves one number for each channel, and so takes pictures of any size.
# - Unshuffling moves space into channels, `c·r² + i·r + j`, and loses nothing.
# - Pooling forgives a shift by a pixel, partly. It does not make a network invariant.
#
# ## Three questions

# %% [markdown] quiz="end_size"
# **1.** A map of 13 × 13 goes through a max pooling of 3 × 3 with stride 2. What comes out?
# - [x] 6 × 6 :: (13 − 3) // 2 + 1 = 6, as in AlexNet's last pooling.
# - [ ] 7 × 7 :: A window that began at 12 would need the pixels 13 and 14.
# - [ ] 4 × 4 :: That is stride 3, the default if no stride is given.

# %% [markdown] quiz="end_average"
# **2.** Average pooling with padding makes the rim of a map darker. Which setting avoids that?
# - [ ] A smaller stride :: The windows at the rim would still hold zeros.
# - [x] `count_include_pad=False` :: The sum is then divided by the number of pixels in the window.
# - [ ] A larger kernel :: More of its windows would reach into the rim.

# %% [markdown] quiz="end_argmax"
# **3.** `argmax` says 30 for a place of channel 2 of a batch of planes 5 × 8. Which pixel is it?
# - [x] Row 3, column 6 of its own plane :: 3 · 8 + 6 = 30.
# - [ ] Row 6, column 0 of its own plane :: That would be 6 · 5: the width is 8, not 5.
# - [ ] A pixel of the plane before :: Each plane is counted on its own, from 0 to 39.

# %% [markdown]
# ## One open question
#
# Overlapping windows (3 × 3, stride 2) cost a little more than windows side by side. AlexNet uses them,
# and its authors report that they overfit slightly less (Krizhevsky, Sutskever and Hinton, 2012). Why
# might that be? Think of how many maxima one strong pixel wins, and of what a shift by one pixel does.
#
# *[06 Backpropagation through convolution and pooling →](06_backprop_conv_pool.ipynb)*
