# %% [markdown]
# # 07 · Fast convolution: windows as a matrix
#
# *[← 06 Backpropagation](06_backprop_conv_pool.ipynb) · [Contents](00_start_here.ipynb) ·
# [08 LeNet from scratch →](08_lenet_from_scratch.ipynb)*
#
# **You will**
# - lay all windows of an image side by side, as the columns of one matrix;
# - turn a convolution into one matrix product, and measure what that is worth on your machine;
# - find the way back from columns to pixels, where overlaps add up;
# - write both directions of the layer, forward and backward, as products of matrices;
# - write a whole layer as a single matrix, and see locality and sharing in its zeros.
#
# **Time.** About 3 hours.
#
# **Prerequisites.** Chapter 04: the layer, the size rule, `pair(value, name, minimum)`. Chapter 06:
# the three gradients of a convolution. The product of two matrices, and `reshape`.

# %% [markdown]
# **How this chapter speaks.** As chapter 04 does: $x$ is `(N, C, H, W)`, $w$ is `(O, C, kH, kW)`, $y$ is
# `(N, O, Ho, Wo)`, all indices start at 0. One number of the output stands at **place** $(i, j)$. Its
# window has **taps** $(c, a, e)$: channel, row and column of the kernel.
#
# | Written | Means | Shape in NumPy |
# |---|---|---|
# | $K = C\,k_H\,k_W$ | how many taps a window has | |
# | $L = H_o\,W_o$ | how many places the output has | |
# | $X$, `cols` | the windows as columns: a row for each tap, a column for each place | `(N, K, L)` |
# | $F$ | the filters as rows: `w.reshape(O, K)` | `(O, K)` |
# | $M$ | the matrix of a whole layer | `(O·L, C·H·W)` |
#
# **Sources.** D. R. Neog, *The World of CNN* (IIT Guwahati); Y. Kochura, *Computer Vision*, lectures
# 10–11, after F. Chollet, *Deep Learning with Python* (2021). The name `im2col` ("image to columns") is
# MATLAB's; K. Chellapilla, S. Puri and P. Simard brought it to convolutional networks (*High performance
# convolutional neural networks for document processing*, 2006). A box headed **Careful** completes a
# lecture that is right where it stands. Boxes name **items**: the numbers of the lectures' points in the
# course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnkit import ops, shapes
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(7)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the imports,
# your answers and cells that you add, but not the demonstrations: don't use names that only these bind.
#
# ---
# ## 1 · Where does the time go?

# %% [markdown] items="63"
# A convolutional network assumes that its input is a picture. From that it has few weights, and one
# thing more, says Neog: it suits processors that do the same simple operation on many numbers at once,
# a graphics card above all. The processor in your laptop is of that kind too, if it is asked in the
# right way. Chapter 04 asked it in the wrong way: a few products at a time, from a loop in Python.

# %% [markdown] quiz="products"
# **Predict.** A layer in plain Python loops and a product of two large matrices in NumPy do the same
# thing many times: multiply two numbers and add the result. How much longer does one such step take in
# the loops?
# - [ ] About twice as long :: A multiplication takes as long as ever. But the loop around it does not.
# - [ ] About twenty times as long :: That is what one expects of a compiled loop against Python's.
# - [x] More than a thousand times :: Python spends its time on indices and objects, not on products.
#   The matrix product also does several products at once and keeps numbers near the processor.

# %% demo items="63"
from timeit import repeat

x, w = rng.normal(size=(1, 3, 16, 16)), rng.normal(size=(8, 3, 3, 3))
a = b = rng.normal(size=(512, 512))
products = {"loops": shapes.conv_macs(3, 8, 3, (14, 14)), "matrix": 512**3}
seconds = {
    "loops": min(repeat(lambda: ops.conv2d_loops(x, w), number=1, repeat=3)),
    "matrix": min(repeat(lambda: a @ b, number=1, repeat=10)),
}
for name, one in seconds.items():
    print(f"{name:7} {products[name]:11,} products in {one * 1000:6.1f} ms: "
          f"{one / products[name] * 1e9:8.3f} ns each")
ratio = (seconds["loops"] / products["loops"]) / (seconds["matrix"] / products["matrix"])
print(f"ratio: {ratio:,.0f}")

# %% [markdown]
# So the way to a fast layer is not a faster loop. It is to write the layer as a **product of matrices**,
# for which every processor has a library that others have polished for decades (NumPy's `@` calls it).
# What has to be multiplied by what?

# %% [markdown]
# ---
# ## 2 · Windows as columns

# %% [markdown] items="107"
# Kochura tells it step by step. Take a patch of the image, as large as the kernel and as deep as the
# image. Multiply it with the kernel: that gives one number for each filter, a vector of O numbers. Do the
# same, with the same kernel, at every place. Then put all these vectors together, each at its place: that
# is the output map.
#
# "Multiply with the kernel" is one number for each filter: all products of patch and filter, added up. So
# write the patch as a column of K numbers, and each filter as a row of K numbers. A row times a column is
# just that sum. All filters are the rows of one matrix $F$. And nothing stops us from writing **all**
# patches side by side, as the columns of a second matrix $X$:
#
# $$ Y_{o,\,l} = \sum_{t=0}^{K-1} F_{o,\,t}\; X_{t,\,l} \qquad\text{in short}\qquad Y = F\,X. $$
#
# **By hand.** The image is one row, (1, 2, 3), the filter (4, 5). Two windows: (1, 2) and (2, 3).
#
# $$ \begin{pmatrix} 4 & 5 \end{pmatrix} \begin{pmatrix} 1 & 2 \\ 2 & 3 \end{pmatrix} =
# \begin{pmatrix} 14 & 23 \end{pmatrix} $$

# %% demo items="107"
image = np.zeros((1, 1, 7, 7))
image[0, 0, 3, 4] = 1  # a single bright pixel, in row 3, column 4
kernel = np.zeros((1, 1, 3, 3))
kernel[0, 0, 1, 1] = 1  # looks at the middle of its window
for name, padding in [("same", 1), ("valid", 0)]:
    y = ops.conv2d(image, kernel, padding=padding)
    row, column = np.argwhere(y[0, 0] == 1)[0]
    print(f"{name:5} {y.shape[2:]}: the pixel (3, 4) comes out at ({row}, {column})")

# %% [markdown] items="107" careful="107"
# Kochura's notes say that each place of the output map stands for the **same** place of the input map. That
# holds with *same* padding, stride 1 and an odd kernel. Without padding (*valid*) everything comes out
# $(k-1)/2$ places nearer to the origin, here one row and one column: the output's place $(i, j)$ is the
# upper left corner of its window, not the middle. With a stride $s$ the places are $s$ pixels apart as well.

# %% demo
from cnnkit.pictures import show, window_columns

show(window_columns(np.arange(1, 13).reshape(1, 3, 4), 2, column=4))

# %% [markdown]
# **Which column is which window?** The places are counted row by row, as one reads: first all of the
# output's row 0, then row 1. Column $l = i\,W_o + j$ is the window of place $(i, j)$. In the picture
# column 4 (the fifth, as we count from 0) is place (1, 1): 4 = 1 · 3 + 1, since each row of the output
# has three places.
#
# **Which row is which tap?** The taps are counted in the order of `w`: first the channel, then the row of
# the kernel, then its column, so that `w.reshape(O, K)` has them in the same order. Row
# $t = (c\,k_H + a)\,k_W + e$ is tap $(c, a, e)$. With two channels the window has a piece in each plane, and
# the pieces stand one below the other:

# %% demo
show(window_columns(np.arange(24).reshape(2, 3, 4), (2, 3), column=2))

# %% [markdown]
# **Go back and forth yourself.** The viewer first asks where in `cols` a pixel stands. Then the arrow keys, or
# a click on `cols`, move through the matrix, and the window moves with them; a click on a pixel (Page Down on
# the keyboard) goes through its copies. Set *channels* to 2, or a padding: which rows and columns are added?
# When you have written exercise 1, write `im2col_viewer(im2col)`: a wrong order shows as hatched numbers.

# %% demo
from cnnkit.widgets import im2col_viewer

im2col_viewer()

# %% [markdown] quiz="cols_shape"
# **Predict.** Two colour images of 28 × 28 pixels, a kernel of 5 × 5, no padding, stride 1. What is the
# shape of `cols`?
# - [x] (2, 75, 576) :: 3 · 5 · 5 taps, and 24 · 24 places. The images stay apart, along the first axis.
# - [ ] (2, 25, 576) :: A window is as deep as the image: its 25 taps are there once for each colour.
# - [ ] (2, 75, 784) :: 784 = 28 · 28 pixels. Only 24 · 24 windows fit.

# %% [markdown]
# **The tap's view.** Look along a **row** of the matrix instead. It holds what one tap sees, at all places:
# a whole picture, cut out of the (padded) image and shifted by the tap. So there are only K pictures to cut
# out, however large the image is. The taps of this kernel are 30 pixels apart, so that you can see it.

# %% demo
from cnnkit.data import photograph
from cnnkit.pictures import gallery, show

photo = photograph("china")[:, ::2, ::2].mean(axis=0, keepdims=True).astype(np.uint8)
seen = ops.im2col(photo[None], 3, dilation=30)[0]
height, width = shapes.conv2d_shape(*photo.shape[1:], 3, dilation=30)
show(gallery(list(seen.reshape(9, height, width)),
             [f"row {3 * a + e}: tap (0, {a}, {e})" for a in range(3) for e in range(3)]))

# %% [markdown]
# A convolution is a weighted sum of these pictures: nine weights, nine pictures. (Photograph: *china.jpg*
# by danielbuechele, CC BY 2.0, as scikit-learn has it.)
#
# **A view costs nothing, a copy does.** NumPy knows an array by where its numbers lie and by how many bytes
# to step along each axis, its *strides*. Windows that overlap can be described in that way without copying
# a single pixel: `sliding_window_view` steps through the same bytes several times. But a product of
# matrices wants even steps from row to row and from column to column. A transposed matrix has them,
# overlapping windows have not, so somewhere the numbers must be copied. (Below each window becomes a row;
# `cols` wants them as columns.)

# %% demo
plane = np.arange(12).reshape(3, 4)
view = sliding_window_view(plane, (2, 2))
print("plane  ", plane.shape, "strides", plane.strides, "bytes")
print("windows", view.shape, "strides", view.strides, "bytes: the same steps, twice")
print("share memory:", np.shares_memory(plane, view), " writeable:", view.flags.writeable)
laid_out = view.reshape(6, 4)
print("laid out, a window in each row:", laid_out.shape, "share memory:", np.shares_memory(plane, laid_out))

# %% [markdown]
# #### Exercise 1 · `im2col`
#
# Return the windows of a batch as columns. Nothing is computed here, numbers only move: the dtype stays,
# whatever it is, and the padding is of zeros. The result is a new array. It never shares memory with x, so
# that whoever writes into it does not change the image. Loop as you like: over the places, or over the
# taps, which are fewer. `shapes.conv2d_shape` gives Ho and Wo, and raises the error where no window fits.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Make an array with **six** axes, (N, C, kH, kW, Ho, Wo), fill it, and bring it into shape at the very end.
# Are its axes in the right order for a plain reshape?
# </details>
# <details><summary>Hint 2: what one tap sees</summary>
#
# Forget stride and dilation. Tap (0, 0) sees the padded image from row 0 on, Ho rows of it; tap (a, e) sees
# as many rows from row a on, as many columns from column e on. That is one slice for all images, channels
# and places.
# </details>
# <details><summary>Hint 3: stride and dilation</summary>
#
# The dilation says where a tap's slice begins, the stride is its step. It must have just Ho rows: the last
# one stands (Ho − 1) steps after the first, and a slice leaves its end out.
# </details>

# %% exercise="im2col" forbids="cnnkit.im2col cnnkit.ops cnnkit.layers torch" minutes=35
def im2col(x, kernel, *, stride=1, padding=0, dilation=1):
    """Copy the windows of images side by side, each as a column.

    cols[n, (c*kH + a)*kW + e, i*Wo + j] = xp[n, c, i*sh + a*dh, j*sw + e*dw]
    where xp is x with `padding` zeros around each plane.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Of any dtype; N may be 0. Not changed.
    kernel, stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    cols : ndarray, shape (N, C * kH * kW, Ho * Wo)
        A new array of the dtype of x.

    Raises
    ------
    ValueError
        If an option is out of range, or if no window fits.

    Examples
    --------
    >>> im2col(np.arange(6).reshape(1, 1, 2, 3), 2)[0]
    array([[0, 1],
           [1, 2],
           [3, 4],
           [4, 5]])
    """
    ### BEGIN SOLUTION
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    N, C, H, W = x.shape
    Ho, Wo = shapes.conv2d_shape(
        H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw), dilation=(dh, dw)
    )
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((N, C, kh, kw, Ho, Wo), x.dtype)
    for a in range(kh):
        for e in range(kw):
            rows = slice(a * dh, a * dh + sh * (Ho - 1) + 1, sh)
            columns = slice(e * dw, e * dw + sw * (Wo - 1) + 1, sw)
            cols[:, :, a, e] = xp[:, :, rows, columns]
    return cols.reshape(N, C * kh * kw, Ho * Wo)
    ### END SOLUTION

# %% test="im2col:rows" points=1
# A row for each tap: channel, row of the kernel, column of the kernel
x = np.array([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25]).reshape(1, 2, 2, 3)
got = im2col(x, 2)
assert_shape(got, (1, 8, 2), hint="2 channels of 2 x 2 taps make 8 rows; 2 places make 2 columns.")
assert_same(got[0, :, 0], np.array([10, 11, 13, 14, 20, 21, 23, 24]),
            hint="The first column is the first window: all of channel 0, row by row, then channel 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(701)
for n, c, size, k in [(1, 3, (4, 5), (2, 3)), (2, 2, (5, 4), (3, 2)), (3, 4, (3, 6), (2, 4))]:
    x = source.integers(-99, 99, (n, c, *size))
    got = im2col(x.copy(), k)
    assert_shape(got, (n, c * k[0] * k[1], (size[0] - k[0] + 1) * (size[1] - k[1] + 1)),
                 hint="A row for each tap of each channel, a column for each place.")
    last = x[:, :, size[0] - k[0] :, size[1] - k[1] :].reshape(n, -1)
    assert_same(got[:, :, -1], last,
                hint="A column is a window, laid out in the order channel, row, column.")
### END HIDDEN TESTS

# %% test="im2col:columns" points=0.5
# A column for each place, row by row
x = np.arange(6).reshape(1, 1, 2, 3)
assert_same(im2col(x.copy(), 1), np.array([[[0, 1, 2, 3, 4, 5]]]),
            hint="A 1 x 1 window has one tap: one row that holds the whole plane, as one reads.")
assert_same(im2col(x, (1, 2)), np.array([[[0, 1, 3, 4], [1, 2, 4, 5]]]),
            hint="Two places in each row of the output: first those of row 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(702)
for size, k in [((4, 7), (2, 1)), ((3, 5), (1, 3)), ((6, 3), (4, 1))]:
    x = source.normal(size=(2, 1, *size))
    windows = np.lib.stride_tricks.sliding_window_view(x[:, 0], k, axis=(1, 2))
    got = im2col(x.copy(), k)
    assert_same(got, windows.reshape(2, -1, k[0] * k[1]).transpose(0, 2, 1),
                hint="Column i · Wo + j is the window of place (i, j).")
### END HIDDEN TESTS

# %% test="im2col:stride" points=0.5
# Windows that move by more than one pixel
x = np.arange(12).reshape(1, 1, 2, 6)
assert_same(im2col(x, (1, 2), stride=(1, 3)), np.array([[[0, 3, 6, 9], [1, 4, 7, 10]]]),
            hint="In each row windows start at columns 0 and 3.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(703)
for size, k, s in [((7, 8), (3, 1), (2, 3)), ((5, 9), (1, 2), (3, 2)), ((8, 4), (2, 1), (1, 2))]:
    x = source.normal(size=(2, 1, *size))
    windows = np.lib.stride_tricks.sliding_window_view(x[:, 0], k, axis=(1, 2))
    expected = windows[:, :: s[0], :: s[1]].reshape(2, -1, k[0] * k[1]).transpose(0, 2, 1)
    assert_same(im2col(x.copy(), k, stride=s), expected,
                hint="Rows move by the first stride, columns by the second; what is left over is left.")
### END HIDDEN TESTS

# %% test="im2col:padding" points=0.5
# Zeros around each plane
x = np.array([[[[1, 2, 3]]]])
assert_same(im2col(x, (1, 3), padding=(0, 1)), np.array([[[0, 1, 2], [1, 2, 3], [2, 3, 0]]]),
            hint="Padding (0, 1): a zero on the left and one on the right.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(704)
for size, k, p in [((3, 4), (2, 1), (1, 2)), ((2, 5), (1, 3), (0, 2)), ((4, 3), (3, 1), (2, 0))]:
    x = source.normal(size=(2, 1, *size))
    framed = np.zeros((2, size[0] + 2 * p[0], size[1] + 2 * p[1]))
    framed[:, p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x[:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(framed, k, axis=(1, 2))
    expected = windows.reshape(2, -1, k[0] * k[1]).transpose(0, 2, 1)
    assert_same(im2col(x.copy(), k, padding=p), expected, hint="Zeros on all four sides.")
### END HIDDEN TESTS

# %% test="im2col:dilation" points=0.5
# Taps that stand apart
x = np.arange(7).reshape(1, 1, 1, 7)
assert_same(im2col(x, (1, 3), dilation=2), np.array([[[0, 1, 2], [2, 3, 4], [4, 5, 6]]]),
            hint="The first window sees 0, 2 and 4; the next one starts one pixel further.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(705)
for size, k, d, s in [((9, 5), (3, 1), (2, 3), (1, 2)), ((4, 10), (1, 4), (3, 2), (2, 1)),
                      ((8, 6), (2, 1), (4, 1), (2, 2))]:
    x = source.normal(size=(1, 1, *size))
    reach = (d[0] * (k[0] - 1) + 1, d[1] * (k[1] - 1) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(x[0, 0], reach)[:: s[0], :: s[1]]
    expected = windows[:, :, :: d[0], :: d[1]].reshape(-1, k[0] * k[1]).T[None]
    assert_same(im2col(x.copy(), k, stride=s, dilation=d), expected,
                hint="The dilation spreads the taps of a window, the stride moves the window.")
### END HIDDEN TESTS

# %% test="im2col:dtype" points=0.25
# Numbers only move: the dtype stays
for kind in ("u1", "i4", "bool", "f4", "f8"):
    for padding in (0, 1):
        got = im2col(np.ones((1, 1, 2, 2), kind), 2, padding=padding)
        assert_dtype(got, kind, hint=f"{np.dtype(kind)} in, {np.dtype(kind)} out.")

# %% test="im2col:edges" points=0.5
# Arrays of any layout, no image, no window
base = np.arange(24).reshape(4, 3, 2, 1)
x = base.T  # a transposed view, (1, 2, 3, 4): not in reading order in memory
x.flags.writeable = False
assert_same(im2col(x, (3, 4))[0, :, 0], x.ravel(),
            hint="The numbers of a transposed array do not lie in the order of its indices.")
assert_same(im2col(np.arange(4)[::-1].reshape(1, 1, 1, 4), (1, 2)), np.array([[[3, 2, 1], [2, 1, 0]]]),
            hint="A view that runs backwards is an array like any other.")
assert_shape(im2col(np.zeros((0, 3, 5, 4)), (2, 3)), (0, 18, 8),
             hint="An empty batch gives an empty batch of the right shape.")
with assert_raises(ValueError, hint="A window 4 high finds no place on 3 rows."):
    im2col(np.ones((1, 1, 3, 6)), (4, 2))

# %% beside="im2col_apart"
@beside_student
def im2col_apart(x, kernel):
    """Report whether x stays as it was when `im2col` runs, and when its result is written to."""
    before = x.copy()
    cols = im2col(x, kernel)
    report = {"after the call": bool((x == before).all())}
    report["writeable"] = bool(cols.flags.writeable)
    if report["writeable"]:
        cols[...] = 99
    report["after writing to cols"] = bool((x == before).all())
    return report

# %% test="im2col:contract" points=0.25
# The result is an array of its own
for kernel in (1, 2, (3, 4)):
    report = im2col_apart(np.arange(12.0).reshape(1, 1, 3, 4), kernel)
    for name, kept in report.items():
        assert_same(kept, True, hint=f"Kernel {kernel}, {name}: is cols still a view of x?")

# %% [markdown]
# From here on the chapter uses `ops.im2col`, the course's own function. Put yours in its place wherever
# you like.
#
# **What it costs.** Every pixel is copied once for each window that sees it. At stride 1 `cols` is therefore
# about $k_H k_W$ times as large as the image; a stride leaves fewer windows.

# %% demo
for kernel, stride in [(1, 1), (3, 1), (5, 1), (3, 2), (11, 4)]:
    x = np.zeros((1, 3, 227, 227), np.float32)
    cols = ops.im2col(x, kernel, stride=stride)
    print(f"kernel {kernel:2}, stride {stride}: cols {str(cols.shape):17} "
          f"{cols.nbytes / 1e6:6.1f} MB, {cols.size / x.size:5.2f} times the image")

# %% [markdown]
# ---
# ## 3 · The layer as one product
#
# With the filters as rows, $F$ = `w.reshape(O, K)`, and the windows as columns the layer is
# $Y_n = F X_n$ for each image, plus the bias. The result has a row for each filter and a column for each
# place. The places are in the order in which a plane is read, so a reshape makes planes of them.
# NumPy's `@` multiplies the last two axes and takes the others as a stack: `(O, K) @ (N, K, L)` is
# `(N, O, L)`.

# %% demo
x, w = np.array([[[[1, 2, 3], [4, 5, 6]]]]), np.array([[[[4, 5]]], [[[1, -1]]]])
cols = ops.im2col(x, (1, 2))
print("filters as rows:", w.reshape(2, 2).tolist())
print("windows as columns:", cols[0].tolist())
print("product:", (w.reshape(2, 2) @ cols[0]).tolist())
print("the layer:", ops.conv2d(x, w)[0].tolist())

# %% [markdown]
# #### Exercise 2 · `conv2d_im2col`
#
# Write the layer of chapter 04 as a product of matrices. `ops.im2col` may be called (or your own
# `im2col`), and `shapes.conv2d_shape`. The dtype is that of chapter 04: `np.result_type` of x, w and b (if
# there is one), where integers and bool count as float64: uint8 with float32 gives float64.
#
# One of the tests is about speed: fifteen images of 256 × 256, in at most **one second** when it is marked.
# A loop over the few taps of a kernel takes a small part of that; a loop over the places takes too long,
# also one inside your own `im2col`: if yours has one, call `ops.im2col` here. Done well, the cell takes a
# few hundredths of a second; if you can count to two, it is too slow.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: shapes first</summary>
#
# Write down the shapes: the filters as a matrix, the columns, their product, the result. Which of the four
# numbers N, O, Ho, Wo does each of them hold, and in which order?
# </details>
# <details><summary>Hint 2: dtype</summary>
#
# Find the common dtype as in chapter 04 and convert x and w **before** the product: 200 · 2 is not 144.
# </details>
# <details><summary>Hint 3: bias</summary>
#
# The product has the filters along its second axis and the places along its last. An array of shape (O,)
# would be lined up with the last one. How do you give it one more axis?
# </details>

# %% exercise="conv2d_im2col" forbids="cnnkit.conv2d cnnkit.conv2d_loops cnnkit.conv2d_im2col cnnkit.conv2d_backward cnnkit.conv2d_backward_loops cnnkit.conv2d_backward_im2col cnnkit.conv_as_matrix cnnkit.layers torch" minutes=25
def conv2d_im2col(x, w, b=None, *, stride=1, padding=0, dilation=1):
    """Compute a convolutional layer as a product of matrices.

    y[n] = F cols[n] + b, with the filters as the rows of F and the windows as columns.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        A batch of images; N may be 0. Not changed, neither are w and b.
    w : ndarray, shape (O, C, kH, kW)
    b : ndarray, shape (O,), optional
        One bias per output channel; None means no bias.
    stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    y : ndarray, shape (N, O, Ho, Wo)
        Its dtype is ``np.result_type`` of the operands, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If x and w differ in channels, if an option is out of range, or if no window fits.

    Examples
    --------
    >>> conv2d_im2col(np.array([[[[1, 2, 3]]]]), np.array([[[[4, 5]]]]))
    array([[[[14., 23.]]]])
    """
    ### BEGIN SOLUTION
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    operands = [x, w] if b is None else [x, w, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    cols = ops.im2col(x.astype(dtype), w.shape[2:], **options)
    y = w.reshape(len(w), -1).astype(dtype) @ cols
    if b is not None:
        y = y + b.astype(dtype)[:, None]
    return y.reshape(len(x), len(w), *shapes.conv2d_shape(*x.shape[2:], w.shape[2:], **options))
    ### END SOLUTION

# %% test="conv2d_im2col:values" points=1
# One image: filters as rows, windows as columns
x = np.array([[[[1, 2, 3], [4, 5, 6]], [[1, 0, 0], [0, 0, 1]]]])
w = np.array([[[[1, 0]], [[0, 0]]], [[[0, 1]], [[0, 0]]], [[[4, 5]], [[10, 20]]]])
got = conv2d_im2col(x, w)
assert_shape(got, (1, 3, 2, 2), hint="Three filters, and 2 x 2 places for each.")
assert_same(got, np.array([[[[1.0, 2], [4, 5]], [[2, 3], [5, 6]], [[24, 23], [41, 70]]]]),
            hint="Filter 0 copies the left pixel of channel 0, filter 1 the right one.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(706)
for c, o, size, k in [(3, 2, (5, 7), (2, 3)), (2, 4, (6, 4), (3, 2)), (1, 5, (4, 8), (2, 4))]:
    x, w = source.normal(size=(1, c, *size)), source.normal(size=(o, c, *k))
    expected = np.array([[sum(correlate2d(x[0, r], f[r], mode="valid") for r in range(c)) for f in w]])
    assert_same(conv2d_im2col(x.copy(), w.copy()), expected, rtol=1e-10, atol=1e-12,
                hint="Are the numbers of a row of F and of a column of X in the same order?")
### END HIDDEN TESTS

# %% test="conv2d_im2col:batch" points=0.5
# Several images, each on its own
x = np.array([1.0, 2, 3, 10, 20, 30]).reshape(2, 1, 1, 3)
got = conv2d_im2col(x, np.array([1.0, 0, 0, 1]).reshape(2, 1, 1, 2))
assert_same(got, np.array([[[[1.0, 2]], [[2, 3]]], [[[10, 20]], [[20, 30]]]]),
            hint="First come both maps of image 0, then both maps of image 1.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(707)
for n, o, size, k in [(3, 2, (4, 6), (2, 3)), (2, 4, (5, 3), (3, 1))]:
    x, w = source.normal(size=(n, 1, *size)), source.normal(size=(o, 1, *k))
    expected = np.array([[correlate2d(image[0], f[0], mode="valid") for f in w] for image in x])
    assert_same(conv2d_im2col(x.copy(), w.copy()), expected, rtol=1e-10, atol=1e-12,
                hint="Take one image of the batch alone: does it give the same numbers?")
### END HIDDEN TESTS

# %% test="conv2d_im2col:bias" points=0.5
# One bias for each filter
x, w, b = np.zeros((2, 1, 3, 3)), np.ones((2, 1, 2, 2)), np.array([5.0, -1.0])
got = conv2d_im2col(x.copy(), w.copy(), b.copy())
assert_shape(got, (2, 2, 2, 2), hint="A bias does not change the shape.")
assert_same(got, np.array([[[[5.0, 5], [5, 5]], [[-1, -1], [-1, -1]]]] * 2),
            hint="All of map 0 gets 5, all of map 1 gets -1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(708)
b = source.normal(size=3)
got = conv2d_im2col(np.ones((1, 1, 4, 4)), np.ones((3, 1, 2, 2)), b.copy())
assert_same(got, 4 + np.ones((1, 3, 3, 3)) * b[:, None, None], rtol=1e-10,
            hint="Here there are as many filters as places in a row: only the right axis will do.")
### END HIDDEN TESTS

# %% test="conv2d_im2col:options" points=0.5
# Stride, padding and dilation
x, w = np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3))
sums = np.array([[4.0, 6, 4], [6, 9, 6], [4, 6, 4]])
assert_same(conv2d_im2col(x, w, stride=2, padding=2, dilation=2), sums[None, None],
            hint="In the corner 4 of the 9 taps are inside the image.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(709)
for size, k, s, p, d in [((9, 7), (3, 2), (2, 3), (1, 2), (2, 1)), ((6, 11), (2, 4), (3, 1), (2, 0), (1, 2)),
                         ((8, 5), (1, 3), (1, 2), (0, 3), (3, 2))]:
    x, w = source.normal(size=(1, 1, *size)), source.normal(size=(1, 1, *k))
    framed = np.zeros((size[0] + 2 * p[0], size[1] + 2 * p[1]))
    framed[p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x[0, 0]
    reach = (d[0] * (k[0] - 1) + 1, d[1] * (k[1] - 1) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(framed, reach)[:: s[0], :: s[1]]
    expected = (windows[:, :, :: d[0], :: d[1]] * w[0, 0]).sum(axis=(2, 3))[None, None]
    assert_same(conv2d_im2col(x.copy(), w.copy(), stride=s, padding=p, dilation=d), expected,
                rtol=1e-10, atol=1e-12, hint="All three options go to im2col, and to the output's size.")
### END HIDDEN TESTS

# %% test="conv2d_im2col:edges" points=0.5
# Whole numbers, no image, operands that do not fit
x, w = np.full((1, 1, 2, 2), 200, np.uint8), np.full((1, 1, 2, 2), 2, np.uint8)
got = conv2d_im2col(x, w)
assert_dtype(got, np.float64, hint="Integers count as float64.")
assert_same(got, np.array([[[[1600.0]]]]), hint="Convert before you multiply: 400 > 255.")
x, w = np.ones((1, 1, 2, 2), np.float32), np.ones((1, 1, 2, 2), np.float32)
assert_dtype(conv2d_im2col(x, w), np.float32, hint="float32 with float32 stays float32.")
x = np.ones((1, 1, 2, 2), np.uint8)
assert_dtype(conv2d_im2col(x, w), np.float64, hint="uint8 counts as float64, float32 or not.")
assert_shape(conv2d_im2col(np.zeros((0, 2, 5, 6)), np.ones((3, 2, 2, 3))), (0, 3, 4, 4),
             hint="An empty batch gives an empty batch of the right shape.")
with assert_raises(ValueError, hint="w has 3 channels, x has 1."):
    conv2d_im2col(np.ones((1, 1, 5, 5)), np.ones((2, 3, 3, 3)))

# %% test="conv2d_im2col:speed" points=1 limit=1
# Fifteen images of 256 x 256 in a second
w = np.array([0, 0, -1, 1], np.float32).reshape(1, 1, 2, 2)  # what grows to the right, one row down
source = np.random.default_rng(710)
for _ in range(15):
    x = source.random((1, 1, 256, 256), np.float32)
    got = conv2d_im2col(x.copy(), w.copy())
    assert_same(got, np.diff(x)[:, :, 1:], rtol=1e-4, atol=1e-5,
                hint="Right minus left pixel of the window's lower row.")

# %% [markdown]
# **What is it worth?** The next cell writes a layer as two kinds of loop: over the **places** of the output,
# as in chapter 04, and over the **taps** of the kernel. The first has $H_o W_o$ steps, the second only
# $k_H k_W$, and each of its steps works on whole maps. (Both are for stride 1 without padding.)

# %% demo
def over_places(x, w):
    (kh, kw), (Ho, Wo) = w.shape[2:], shapes.conv2d_shape(*x.shape[2:], w.shape[2:])
    y = np.zeros((len(x), len(w), Ho, Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            window = x[:, None, :, i : i + kh, j : j + kw]
            y[:, :, i, j] = (window * w).sum(axis=(2, 3, 4))
    return y


def over_taps(x, w):
    (kh, kw), (Ho, Wo) = w.shape[2:], shapes.conv2d_shape(*x.shape[2:], w.shape[2:])
    y = np.zeros((len(x), len(w), Ho, Wo), x.dtype)
    for a in range(kh):
        for e in range(kw):
            seen = x[:, :, a : a + Ho, e : e + Wo].reshape(len(x), -1, Ho * Wo)
            y += (w[:, :, a, e] @ seen).reshape(y.shape)
    return y

# %% [markdown] quiz="speed"
# **Predict.** Two colour images of 32 × 32, eight filters of 3 × 3. Both loops do the same products. How much
# faster is the one over the taps?
# - [ ] Not at all: the number of products decides :: It would, if products took the time. Section 1 measured
#   what does.
# - [ ] About nine times, as there are nine taps :: Nine is how many steps it has. The other one has 900.
# - [x] Dozens of times :: It has 9 steps instead of 900, and each step works on whole maps at once.

# %% demo
from cnnkit.pictures import running_times, show

x = rng.normal(size=(2, 3, 32, 32)).astype(np.float32)
w = rng.normal(size=(8, 3, 3, 3)).astype(np.float32)
ways = {"number by number": ops.conv2d_loops, "a loop over places": over_places,
        "a loop over taps": over_taps, "im2col and one product": ops.conv2d_im2col,
        "ops.conv2d": ops.conv2d}
for name, way in ways.items():
    assert_same(way(x, w), ops.conv2d(x, w), rtol=1e-3, atol=1e-4, hint=name)
seconds = {name: min(repeat(lambda way=way: way(x, w), number=1, repeat=5))
           for name, way in ways.items()}
faster = seconds["a loop over places"] / seconds["a loop over taps"]
print(f"the loop over taps is {faster:.0f} times faster than the loop over places")
show(running_times(seconds))

# %% [markdown]
# All five give the same numbers. Measured times differ from machine to machine, and from run to run: run the
# cell again. The lower three are close. Which of them wins depends on the sizes: try more channels, more
# filters, a larger kernel. Put your own `conv2d_im2col` into `ways` and see where it stands.
#
# **The price is memory.** The columns of a whole batch are large. Libraries therefore make the columns
# of a few images only, multiply, and use the same memory for the next ones. `ops.conv2d` does so too: its
# columns stay small enough for the processor's fast memory, its *cache*.

# %% demo
import tracemalloc

x, w = np.ones((16, 16, 64, 64), np.float32), np.ones((16, 16, 3, 3), np.float32)
print(f"input {x.nbytes / 1e6:.1f} MB")
for name in ("conv2d_im2col", "conv2d"):
    tracemalloc.start()
    output = getattr(ops, name)(x, w)
    most = tracemalloc.get_traced_memory()[1] - output.nbytes
    tracemalloc.stop()
    print(f"{name:14} output {output.nbytes / 1e6:.1f} MB, beside it at most {most / 1e6:5.1f} MB")

# %% [markdown]
# ---
# ## 4 · The way back
#
# The backward pass will hand us a gradient for each number of `cols`. What does that say about the
# *pixels*? A pixel was copied to several columns, and through each copy it changed the loss. By the chain
# rule its gradient is the **sum** over all its copies. So there must be a function that takes an array of
# the shape of `cols` and adds each number to the pixel that `im2col` took it from: `col2im`.
#
# **By hand.** The image is one row of three pixels, the kernel 1 × 2. `cols` holds pixels (0, 1) in its
# first column and (1, 2) in its second. Take the columns (40, 50) and (80, 100). Pixel 0 gets 40, pixel 1
# gets 50 + 80 = 130, pixel 2 gets 100.

# %% [markdown] quiz="round_trip"
# **Predict.** What is `col2im(im2col(x, 3), x.shape, 3)`, for a large image x?
# - [ ] x itself: the one undoes the other :: A pixel that nine windows see is copied nine times. All nine
#   copies come back to it.
# - [x] Each pixel times the number of windows that see it :: 9 in the middle, 1 in the corners.
# - [ ] x, with a rim of zeros :: Pixels of the rim are seen too, by fewer windows.

# %% demo
x = np.ones((1, 1, 5, 6))
print(ops.col2im(ops.im2col(x, 3), x.shape, 3)[0, 0].astype(int))

# %% [markdown]
# You have seen these numbers before: chapter 04 counted how many windows see each pixel. So `col2im` is not
# the inverse of `im2col`. It is its **adjoint** (its transpose, if you write both as matrices): for all
# images $x$ and all arrays $g$ of the shape of `cols`,
#
# $$ \sum \mathrm{im2col}(x) \cdot g \;=\; \sum x \cdot \mathrm{col2im}(g) . $$
#
# Both sides add up the same products: pixel times number of $g$, once for each place in `cols` where the
# pixel stands. That is a fine test, since it needs no second implementation.

# %% [markdown]
# #### Exercise 3 · `col2im`
#
# Add each number of the columns to its pixel. Numbers that `im2col` took from the padding are dropped, and
# pixels that no window sees get 0. Sums are arithmetic: a float dtype stays, integers and bool give
# float64. An array that is not of the shape that `im2col` gives for `x_shape` raises a `ValueError`, also
# if it has the right *number* of numbers. `shapes.conv2d_shape` and `ops.im2col` may be called.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: your im2col, read backwards</summary>
#
# Go through `im2col` from its last line to its first. What was a reshape is a reshape back; what was copied
# out of a slice is now added to that slice.
# </details>
# <details><summary>Hint 2: adding</summary>
#
# Start with zeros as large as the padded image. Two different taps may meet the same pixel: the second one
# must not wipe out the first. Within one tap no pixel occurs twice.
# </details>
# <details><summary>Hint 3: cutting the padding off</summary>
#
# Which row of the padded array is row 0 of the image, and how many rows has the image? Try what your slice
# does if the padding is 0: `a[0:-0]` holds nothing.
# </details>

# %% exercise="col2im" forbids="cnnkit.col2im cnnkit.conv2d_backward cnnkit.conv2d_backward_loops cnnkit.conv2d_backward_im2col cnnkit.layers torch" minutes=30
def col2im(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    """Add each number of the columns to the pixel that im2col takes it from.

    Parameters
    ----------
    cols : ndarray, shape (N, C * kH * kW, Ho * Wo)
        Not changed.
    x_shape : tuple of int, (N, C, H, W)
        N may be 0.
    kernel, stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0
        As for im2col.

    Returns
    -------
    x : ndarray, shape (N, C, H, W)
        A float dtype is kept; integers and bool give float64.

    Raises
    ------
    ValueError
        If cols has not the shape that im2col gives for x_shape, if an option is out of range, or if
        no window fits.

    Examples
    --------
    >>> col2im(np.array([[[40, 80], [50, 100]]]), (1, 1, 1, 3), (1, 2))
    array([[[[ 40., 130., 100.]]]])
    """
    ### BEGIN SOLUTION
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    N, C, H, W = x_shape
    Ho, Wo = shapes.conv2d_shape(
        H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw), dilation=(dh, dw)
    )
    if cols.shape != (N, C * kh * kw, Ho * Wo):
        raise ValueError(f"cols has shape {cols.shape}, not {(N, C * kh * kw, Ho * Wo)}.")
    dtype = cols.dtype if cols.dtype.kind == "f" else np.float64
    taps = cols.reshape(N, C, kh, kw, Ho, Wo)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    for a in range(kh):
        for e in range(kw):
            rows = slice(a * dh, a * dh + sh * (Ho - 1) + 1, sh)
            columns = slice(e * dw, e * dw + sw * (Wo - 1) + 1, sw)
            xp[:, :, rows, columns] += taps[:, :, a, e]
    return xp[:, :, ph : ph + H, pw : pw + W]
    ### END SOLUTION

# %% test="col2im:overlap" points=1
# A pixel of several windows gets the sum
got = col2im(np.array([[[40.0, 80], [50, 100]]]), (1, 1, 1, 3), (1, 2))
assert_same(got, np.array([[[[40.0, 130, 100]]]]), hint="Pixel 1 is in both windows: 50 + 80.")
got = col2im(np.ones((1, 3, 5)), (1, 1, 1, 7), (1, 3))
assert_same(got, np.array([[[[1.0, 2, 3, 3, 3, 2, 1]]]]),
            hint="With ones everywhere you count how many windows see each pixel.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(711)
for n, width, k in [(2, 9, 4), (1, 6, 5), (3, 8, 2)]:
    places = width - k + 1
    cols = source.normal(size=(n, k, places))
    expected = np.zeros((n, 1, 1, width))
    for place in range(places):
        expected[:, 0, 0, place : place + k] += cols[:, :, place]
    assert_same(col2im(cols.copy(), (n, 1, 1, width), (1, k)), expected,
                hint="Each number is added to its pixel; none may be lost.")
### END HIDDEN TESTS

# %% test="col2im:order" points=0.5
# Each number finds its own pixel
cols = np.arange(8.0).reshape(1, 8, 1)
assert_same(col2im(cols, (1, 2, 2, 2), 2), np.arange(8.0).reshape(1, 2, 2, 2),
            hint="One window covers the image: channel 0 row by row, then channel 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(712)
for n, c, k in [(2, 3, (2, 3)), (1, 4, (3, 2)), (3, 2, (1, 4))]:
    x = source.normal(size=(n, c, *k))
    assert_same(col2im(x.reshape(n, -1, 1).copy(), x.shape, k), x,
                hint="The rows of cols are in the order channel, row, column.")
### END HIDDEN TESTS

# %% test="col2im:options" points=0.5
# Stride and dilation
got = col2im(np.array([[[1.0, 2], [10, 20]]]), (1, 1, 1, 6), (1, 2), stride=3)
assert_same(got, np.array([[[[1.0, 10, 0, 2, 20, 0]]]]),
            hint="The windows start at 0 and 3. Pixels 2 and 5 are in none: 0.")
got = col2im(np.array([[[1.0, 2], [10, 20]]]), (1, 1, 1, 5), (1, 2), dilation=3)
assert_same(got, np.array([[[[1.0, 2, 0, 10, 20]]]]), hint="The two taps stand 3 pixels apart.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(713)
for size, k, s, d in [((7, 9), (2, 1), (3, 2), (2, 4)), ((5, 10), (1, 3), (2, 1), (3, 3)),
                      ((9, 6), (3, 1), (1, 4), (3, 2))]:
    Ho, Wo = ((n - e * (m - 1) - 1) // t + 1 for n, m, t, e in zip(size, k, s, d, strict=True))
    cols = source.normal(size=(1, k[0] * k[1], Ho * Wo))
    expected = np.zeros((1, 1, *size))
    for t, i, j in np.ndindex(k[0] * k[1], Ho, Wo):
        expected[0, 0, i * s[0] + t // k[1] * d[0], j * s[1] + t % k[1] * d[1]] += cols[0, t, i * Wo + j]
    assert_same(col2im(cols.copy(), (1, 1, *size), k, stride=s, dilation=d), expected,
                hint="The slices are those of im2col, for rows and for columns.")
### END HIDDEN TESTS

# %% test="col2im:padding" points=0.5
# What belongs to the padding is dropped
got = col2im(np.arange(1.0, 13).reshape(1, 3, 4), (1, 1, 1, 4), (1, 3), padding=(0, 1))
assert_same(got, np.array([[[[2 + 5.0, 3 + 6 + 9, 4 + 7 + 10, 8 + 11]]]]),
            hint="1 and 12 stand for zeros of the padding: they belong to no pixel.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(714)
for size, k, p in [((3, 4), (2, 1), (1, 0)), ((2, 5), (1, 3), (0, 2)), ((4, 3), (3, 1), (2, 0)),
                   ((3, 3), (2, 1), (2, 1))]:
    Ho, Wo = (n + 2 * q - m + 1 for n, m, q in zip(size, k, p, strict=True))
    cols = source.normal(size=(1, k[0] * k[1], Ho * Wo))
    expected = np.zeros((1, 1, *size))
    for t, i, j in np.ndindex(k[0] * k[1], Ho, Wo):
        row, column = i + t // k[1] - p[0], j + t % k[1] - p[1]
        if 0 <= row < size[0] and 0 <= column < size[1]:
            expected[0, 0, row, column] += cols[0, t, i * Wo + j]
    got = col2im(cols.copy(), (1, 1, *size), k, padding=p)
    assert_shape(got, (1, 1, *size), hint="The result has the size of the image, without padding.")
    assert_same(got, expected, hint="Cut the same number of rows and columns off on both sides.")
### END HIDDEN TESTS

# %% test="col2im:adjoint" points=1
# The sum of im2col(x) times g is the sum of x times col2im(g)
source = np.random.default_rng(715)
for shape, kernel, stride, padding, dilation in [((2, 3, 6, 7), (2, 3), (2, 1), (1, 2), (1, 2)),
                                                 ((1, 2, 8, 5), (3, 2), (1, 3), (0, 1), (2, 1))]:
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    x = source.normal(size=shape)
    cols = ops.im2col(x, kernel, **options)
    g = source.normal(size=cols.shape)
    got = col2im(g.copy(), shape, kernel, **options)
    assert_shape(got, shape, hint="A number for each pixel.")
    assert_same(float((x * got).sum()), float((cols * g).sum()), rtol=1e-9, atol=1e-9,
                hint="Each number of g meets the same pixel on both sides, or it does not.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(716)
for shape, kernel, stride, padding, dilation in [((3, 2, 9, 7), (3, 2), (2, 3), (2, 1), (2, 1)),
                                                 ((2, 4, 5, 8), (1, 3), (1, 2), (0, 3), (3, 2)),
                                                 ((1, 3, 7, 6), (4, 2), (3, 1), (1, 0), (1, 3))]:
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    pixels = np.arange(int(np.prod(shape))).reshape(shape) + 1
    places = ops.im2col(pixels, kernel, **options)
    g = source.normal(size=places.shape)
    expected = np.bincount(places.ravel(), g.ravel(), pixels.size + 1)[1:].reshape(shape)
    assert_same(col2im(g.copy(), shape, kernel, **options), expected, rtol=1e-9, atol=1e-9,
                hint="All options at once, several channels, several images.")
### END HIDDEN TESTS

# %% test="col2im:edges" points=0.5
# Whole numbers, no image, columns that do not fit
got = col2im(np.full((1, 2, 3), 200, np.uint8), (1, 1, 1, 4), (1, 2))
assert_dtype(got, np.float64, hint="uint8 in, float64 out: sums are arithmetic.")
assert_same(got, np.array([[[[200.0, 400, 400, 200]]]]), hint="200 + 200 = 400: more than 255.")
assert_dtype(col2im(np.ones((1, 2, 3), "f4"), (1, 1, 1, 4), (1, 2)), "f4",
             hint="float32 stays float32.")
assert_shape(col2im(np.zeros((0, 8, 6)), (0, 2, 3, 4), 2), (0, 2, 3, 4),
             hint="An empty batch gives an empty batch of the right shape.")
for shape in [(1, 6, 4), (1, 24), (2, 4, 3), (1, 4, 5)]:
    with assert_raises(ValueError, hint=f"{shape} is not (1, 4, 6), even if it has 24 numbers."):
        col2im(np.ones(shape), (1, 1, 3, 4), 2)

# %% [markdown]
# ---
# ## 5 · The backward pass as products
#
# Once the layer is $Y = F X$, its gradients need no new thought. With $dY$ the gradient for $Y$,
#
# $$ dF_{o,t} = \sum_l dY_{o,l}\,X_{t,l}, \qquad dX_{t,l} = \sum_o F_{o,t}\,dY_{o,l},
# \qquad\text{in short}\quad dF = dY\,X^{\mathsf T}, \quad dX = F^{\mathsf T} dY . $$
#
# The first must be added up over the images of the batch, since all of them share the filters. The second
# goes through `col2im` to the pixels. And $db_o$ is the sum of map $o$ of $dy$,
# over all places and all images.
#
# **By hand**, with the row (1, 2, 3), the filter (4, 5), and dy = (10, 20):
#
# $$ dF = \begin{pmatrix} 10 & 20 \end{pmatrix} \begin{pmatrix} 1 & 2 \\ 2 & 3 \end{pmatrix} =
# \begin{pmatrix} 50 & 80 \end{pmatrix}, \qquad dX = \begin{pmatrix} 4 \\ 5 \end{pmatrix}
# \begin{pmatrix} 10 & 20 \end{pmatrix} = \begin{pmatrix} 40 & 80 \\ 50 & 100 \end{pmatrix} $$
#
# and `col2im` makes (40, 130, 100) of $dX$, as in section 4. (The matrix $X$ is its own transpose here;
# don't get used to it.)

# %% demo
x, w = np.array([[[[1, 2, 3]]]]), np.array([[[[4, 5]]]])
gradients = ops.conv2d_backward(np.array([[[[10, 20]]]]), x, w)
for name, gradient in zip(("dx", "dw", "db"), gradients, strict=True):
    print(name, gradient.ravel())

# %% [markdown]
# #### Exercise 4 · `conv2d_backward_im2col`
#
# Write the three gradients as products of matrices. `ops.im2col` and `ops.col2im` may be called. All
# three results have the same dtype: `np.result_type` of dy, x and w, where integers and bool count as
# float64. If dy has not the shape of the layer's output, raise a `ValueError`, also where it has the right
# number of numbers.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: shapes first</summary>
#
# Lay each map of dy out as a row: (N, O, L). Write the shapes of all matrices below the two equations.
# Which axes meet in each product?
# </details>
# <details><summary>Hint 2: transposing a stack</summary>
#
# `.T` of an array with three axes turns all three round. Here only the last two change places, and
# the images stay: look for `transpose` with the order of the axes, or `swapaxes`.
# </details>
# <details><summary>Hint 3: the batch</summary>
#
# The product for the filters comes out once for each image. What are these N matrices to each other, if
# all images share the filters? The gradient of x has one for each image anyway.
# </details>

# %% exercise="conv2d_backward_im2col" forbids="cnnkit.conv2d cnnkit.conv2d_loops cnnkit.conv2d_im2col cnnkit.conv2d_backward cnnkit.conv2d_backward_loops cnnkit.conv2d_backward_im2col cnnkit.layers torch" minutes=25
def conv2d_backward_im2col(dy, x, w, *, stride=1, padding=0, dilation=1):
    """Give the gradients of a convolutional layer, as products of matrices.

    Parameters
    ----------
    dy : ndarray, shape (N, O, Ho, Wo)
        The gradient of the loss with respect to the layer's output.
    x : ndarray, shape (N, C, H, W)
        The layer's input; N may be 0.
    w : ndarray, shape (O, C, kH, kW)
        None of the three is changed.
    stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    dx, dw, db : ndarray
        With the shapes of x, w and (O,), all of dtype ``np.result_type`` of dy, x and w, where
        integers and bool count as float64.

    Raises
    ------
    ValueError
        If dy has not the shape of the layer's output, if x and w differ in channels, if an option
        is out of range, or if no window fits.

    Examples
    --------
    >>> dy, x, w = np.array([[[[10, 20]]]]), np.array([[[[1, 2, 3]]]]), np.array([[[[4, 5]]]])
    >>> dx, dw, db = conv2d_backward_im2col(dy, x, w)
    >>> dx, dw, db
    (array([[[[ 40., 130., 100.]]]]), array([[[[50., 80.]]]]), array([30.]))
    """
    ### BEGIN SOLUTION
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    out_hw = shapes.conv2d_shape(*x.shape[2:], w.shape[2:], **options)
    if dy.shape != (len(x), len(w), *out_hw):
        raise ValueError(f"dy has shape {dy.shape}, the output {(len(x), len(w), *out_hw)}.")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)))
    maps = dy.astype(dtype).reshape(*dy.shape[:2], out_hw[0] * out_hw[1])
    cols = ops.im2col(x.astype(dtype), w.shape[2:], **options)
    filters = w.astype(dtype).reshape(len(w), cols.shape[1])
    dw = (maps @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dx = ops.col2im(filters.T @ maps, x.shape, w.shape[2:], **options)
    return dx, dw, maps.sum(axis=(0, 2))
    ### END SOLUTION

# %% test="conv2d_backward_im2col:dx" points=1
# The gradient of the image
x, w = np.zeros((1, 1, 2, 3)), np.array([[[[4.0, 5]]], [[[1, -1]]]])
dy = np.array([[[[10.0, 20], [0, 0]], [[0, 0], [1, 2]]]])
dx, _, _ = conv2d_backward_im2col(dy, x, w)
assert_same(dx, np.array([[[[40.0, 50 + 80, 100], [1, -1 + 2, -2]]]]),
            hint="A pixel gets a share from each filter and from each window that sees it.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(717)
for c, o, size, k in [(2, 3, (4, 5), (2, 3)), (3, 2, (5, 4), (3, 2)), (1, 4, (3, 6), (2, 2))]:
    x, w = source.normal(size=(1, c, *size)), source.normal(size=(o, c, *k))
    matrix = ops.conv_as_matrix(w, *size)
    dy = source.normal(size=(1, o, size[0] - k[0] + 1, size[1] - k[1] + 1))
    expected = (dy.ravel() @ matrix).reshape(x.shape)
    dx, _, _ = conv2d_backward_im2col(dy.copy(), x.copy(), w.copy())
    assert_same(dx, expected, rtol=1e-9, atol=1e-11,
                hint="The filters' matrix is transposed, not reshaped; then overlaps add up.")
### END HIDDEN TESTS

# %% test="conv2d_backward_im2col:dw" points=1
# The gradient of the filters
x, w = np.array([[[[1.0, 2, 3], [4, 5, 6]]]]), np.zeros((2, 1, 1, 2))
dy = np.array([[[[10.0, 20], [0, 0]], [[0, 0], [1, 0]]]])
_, dw, _ = conv2d_backward_im2col(dy, x, w)
assert_same(dw, np.array([[[[50.0, 80]]], [[[4, 5]]]]),
            hint="First weight of filter 0: 10 · 1 + 20 · 2, the pixels that it met.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(718)
for c, o, size, k in [(2, 3, (4, 5), (2, 3)), (3, 2, (5, 4), (3, 2)), (4, 1, (3, 6), (2, 4))]:
    x = source.normal(size=(1, c, *size))
    dy = source.normal(size=(1, o, size[0] - k[0] + 1, size[1] - k[1] + 1))
    expected = np.array([[correlate2d(x[0, r], g, mode="valid") for r in range(c)] for g in dy[0]])
    _, dw, _ = conv2d_backward_im2col(dy.copy(), x.copy(), np.zeros((o, c, *k)))
    assert_same(dw, expected, rtol=1e-9, atol=1e-11,
                hint="Row o of the product is filter o, its numbers in the order of w.")
### END HIDDEN TESTS

# %% test="conv2d_backward_im2col:db" points=0.5
# The gradient of the biases
dy = np.array([[[[1.0, 2]], [[10, 20]]], [[[3, 4]], [[30, 40]]]])
_, _, db = conv2d_backward_im2col(dy, np.zeros((2, 1, 1, 2)), np.zeros((2, 1, 1, 1)))
assert_same(db, np.array([10.0, 100]), hint="A bias is added at all places of all images.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(719)
for n, o, size in [(3, 2, (4, 3)), (2, 5, (1, 6))]:
    dy = source.normal(size=(n, o, *size))
    _, _, db = conv2d_backward_im2col(dy.copy(), np.zeros((n, 1, *size)), np.zeros((o, 1, 1, 1)))
    assert_same(db, np.array([dy[:, q].sum() for q in range(o)]), rtol=1e-9, atol=1e-11,
                hint="One number for each filter: the sum of all that its bias was added to.")
### END HIDDEN TESTS

# %% test="conv2d_backward_im2col:batch" points=0.5
# Several images: each has its own dx, all share the filters
x = np.array([1.0, 2, 3, 10, 20, 30]).reshape(2, 1, 1, 3)
dy = np.array([1.0, 0, 0, 0, 0, 0, 0, 2]).reshape(2, 2, 1, 2)
dx, dw, _ = conv2d_backward_im2col(dy, x, np.array([[[[4.0, 5]]], [[[1, -1]]]]))
assert_same(dx, np.array([[[[4.0, 5, 0]]], [[[0, 2, -2]]]]), hint="Image 0 hears from filter 0 only.")
assert_same(dw, np.array([[[[1.0, 2]]], [[[40, 60]]]]), hint="Filter 1 hears from image 1 only.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(720)
x, w = source.normal(size=(3, 2, 4, 5)), source.normal(size=(4, 2, 3, 2))
dy = source.normal(size=(3, 4, 2, 4))
dx, dw, _ = conv2d_backward_im2col(dy.copy(), x.copy(), w.copy())
alone = [ops.conv2d_backward(dy[n : n + 1], x[n : n + 1], w) for n in range(3)]
assert_same(dx, np.concatenate([one[0] for one in alone]), rtol=1e-9, atol=1e-11,
            hint="Each image's dx is the one that it would have alone.")
assert_same(dw, sum(one[1] for one in alone), rtol=1e-9, atol=1e-11,
            hint="dw is the sum of what each image alone would give.")
### END HIDDEN TESTS

# %% test="conv2d_backward_im2col:options" points=0.5
# Stride, padding and dilation
dy, x, w = np.ones((1, 1, 2, 2)), np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2))
dx, dw, _ = conv2d_backward_im2col(dy, x, w, stride=3, padding=1, dilation=2)
assert_same(dx, np.array([[[[0.0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]]]),
            hint="The taps of the four windows stand in rows -1, 1 and 2, 4, and so in columns.")
assert_same(dw, np.ones((1, 1, 2, 2)), hint="Each tap is inside the image once.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(721)
for size, k, s, p, d in [((9, 7), (3, 2), (2, 3), (1, 2), (2, 1)), ((6, 11), (2, 4), (3, 1), (2, 0), (1, 2))]:
    options = {"stride": s, "padding": p, "dilation": d}
    x, w = source.normal(size=(1, 1, *size)), source.normal(size=(1, 1, *k))
    dy = source.normal(size=(1, 1, *shapes.conv2d_shape(*size, k, **options)))
    dx, dw, _ = conv2d_backward_im2col(dy.copy(), x.copy(), w.copy(), **options)
    # The loss is linear in x and in w: a step of any size gives its gradient.
    for got, operand in [(dx, x), (dw, w)]:
        step = source.normal(size=operand.shape)
        moved = (x + step, w) if operand is x else (x, w + step)
        change = (dy * (ops.conv2d(*moved, **options) - ops.conv2d(x, w, **options))).sum()
        assert_same(float((got * step).sum()), float(change), rtol=1e-9, atol=1e-9,
                    hint="The same options as forward, in im2col and in col2im.")
### END HIDDEN TESTS

# %% test="conv2d_backward_im2col:edges" points=0.5
# Dtypes, no image, a dy that does not fit
for dys, xs, ws, kind in [("f4", "f4", "f4", "f4"), ("f4", "f8", "f4", "f8"), ("f4", "u1", "f4", "f8")]:
    gradients = conv2d_backward_im2col(
        np.ones((1, 1, 2, 2), dys), np.ones((1, 1, 3, 3), xs), np.ones((1, 1, 2, 2), ws))
    for name, got in zip(("dx", "dw", "db"), gradients, strict=True):
        assert_dtype(got, kind, hint=f"{name}, if dy is {dys}, x is {xs} and w is {ws}.")
dx, dw, db = conv2d_backward_im2col(np.zeros((0, 3, 4, 4)), np.zeros((0, 2, 5, 6)), np.ones((3, 2, 2, 3)))
assert_shape(dx, (0, 2, 5, 6), hint="No image, no gradient of one.")
assert_same(dw, np.zeros((3, 2, 2, 3)), hint="The sum over no image is zero.")
with assert_raises(ValueError, hint="The output is 2 x 4, dy is 4 x 2."):
    conv2d_backward_im2col(np.ones((1, 1, 4, 2)), np.ones((1, 1, 3, 5)), np.ones((1, 1, 2, 2)))

# %% demo
x = rng.normal(size=(8, 3, 32, 32)).astype(np.float32)
w = rng.normal(size=(8, 3, 3, 3)).astype(np.float32)
dy = rng.normal(size=(8, 8, 30, 30)).astype(np.float32)
ways = {"all columns at once": ops.conv2d_backward_im2col, "ops.conv2d_backward": ops.conv2d_backward}
for name, way in ways.items():
    seconds = min(repeat(lambda way=way: way(dy, x, w), number=1, repeat=5))
    products = 2 * 8 * shapes.conv_macs(3, 8, 3, (30, 30))
    print(f"{name:20} {seconds * 1000:6.2f} ms, {seconds / products * 1e9:.2f} ns a product")

# %% [markdown]
# Compare the last column with the loops of section 1. Training a network means doing this many thousand
# times; [chapter 08](08_lenet_from_scratch.ipynb) does, with layers like these.

# %% [markdown]
# ---
# ## 6 · One matrix for the whole layer
#
# There is a second way to write a layer with a matrix. `im2col` rearranges the *image* and keeps the filters
# small. Now leave the image as it is, laid out as one long vector of $C H W$ numbers, and write the *filters*
# into a matrix $M$, so that
#
# $$ \mathrm{vec}(y) = M\;\mathrm{vec}(x) . $$
#
# Each output is one row of $M$: it has a weight in the columns of those pixels that its window sees, and
# zeros elsewhere. For the row (1, 2, 3) and the filter (4, 5):
#
# $$ M = \begin{pmatrix} 4 & 5 & 0 \\ 0 & 4 & 5 \end{pmatrix}, \qquad
# M \begin{pmatrix} 1 \\ 2 \\ 3 \end{pmatrix} = \begin{pmatrix} 14 \\ 23 \end{pmatrix}, \qquad
# M^{\mathsf T} \begin{pmatrix} 10 \\ 20 \end{pmatrix} = \begin{pmatrix} 40 \\ 130 \\ 100 \end{pmatrix} . $$
#
# The last product is $dx$ of section 5: the transposed matrix takes the gradient back. (A layer that uses
# $M^{\mathsf T}$ on its way *forward* is called a transposed convolution.)

# %% demo
from cnnkit.pictures import conv_matrix, show

show(conv_matrix(np.array([[[[1, 2], [3, 4]]]]), 4, 5))

# %% [markdown]
# A filter of 2 × 2, an image of 4 × 5: twelve outputs, twenty pixels. This is a **dense** layer, with two
# restrictions. *Locality*: blank squares are zeros that no training may change. *Sharing*: squares of one
# colour must hold the same number, and there are only four. A layer that keeps the first and drops the second
# is called locally connected; one that drops both is dense.

# %% [markdown] quiz="zeros"
# **Predict.** An image of 28 × 28, one filter of 3 × 3, no padding. How much of the matrix $M$ is zero?
# - [ ] About 89 %: one of nine numbers is left :: A row holds nine weights. But of how many numbers?
# - [x] About 99 % :: Each row has 784 numbers, one for each pixel, and nine weights: 9/784 is 1.1 %.
# - [ ] Half of it, the part above the diagonal :: Zeros are on both sides of the band.

# %% demo
matrix = ops.conv_as_matrix(rng.normal(size=(1, 1, 3, 3)), 28, 28)
print(f"{matrix.shape[0]} x {matrix.shape[1]}: {np.mean(matrix == 0):.2%} zeros, "
      f"{len(np.unique(matrix[matrix != 0]))} different weights, {matrix.nbytes / 1e6:.1f} MB")
print(f"for a layer of 3 channels and 32 filters it would take {96 * matrix.nbytes / 1e6:.0f} MB, "
      f"for its {3 * 32 * 9} weights")

# %% [markdown]
# Hardly anybody computes with this matrix; it is a way to **think**. It shows at a glance that the layer is linear, what
# its transpose is, and what a dense layer would have to find out by itself.

# %% [markdown]
# #### Exercise 5 · `conv_as_matrix`
#
# Build the matrix of a layer (without dilation). Its rows are the outputs in the order (o, i, j), its columns the pixels in the
# order (c, h, w). Taps that fall on the padding meet zeros, so they have no column. A float dtype stays,
# integers and bool give float64. `shapes.conv2d_shape`, `ops.im2col` and `ops.conv2d` may be called. Speed
# does not matter.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: six axes</summary>
#
# As for im2col: begin with an array of zeros with six axes, (O, Ho, Wo, C, H, W), and reshape at the end.
# </details>
# <details><summary>Hint 2: one tap</summary>
#
# At place (i, j), which row and column of the image does tap (a, e) see? Stride and padding decide. That pixel's
# entries, for all filters and channels, are the weights of this tap.
# </details>
# <details><summary>Hint 3: the border</summary>
#
# Row −1 would be the *last* row for NumPy, without an error. Look before you write.
# </details>

# %% exercise="conv_as_matrix" forbids="cnnkit.conv_as_matrix cnnkit.layers torch" minutes=25
def conv_as_matrix(w, H, W, *, stride=1, padding=0):
    """Write the convolution of images of one size as a matrix.

    ``conv_as_matrix(w, H, W) @ x.ravel()`` is ``conv2d(x[None], w).ravel()`` for an image x.

    Parameters
    ----------
    w : ndarray, shape (O, C, kH, kW)
        Not changed.
    H, W : int
        Height and width of the images.
    stride : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    matrix : ndarray, shape (O * Ho * Wo, C * H * W)
        A float dtype is kept; integers and bool give float64.

    Raises
    ------
    ValueError
        If an option is out of range, or if no window fits.

    Examples
    --------
    >>> conv_as_matrix(np.array([[[[4, 5]]]]), 1, 3)
    array([[4., 5., 0.],
           [0., 4., 5.]])
    """
    ### BEGIN SOLUTION
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    O, C, kh, kw = w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding)
    dtype = w.dtype if w.dtype.kind == "f" else np.float64
    matrix = np.zeros((O, Ho, Wo, C, H, W), dtype)
    for i, j, a, e in np.ndindex(Ho, Wo, kh, kw):
        row, column = i * sh + a - ph, j * sw + e - pw
        if 0 <= row < H and 0 <= column < W:
            matrix[:, i, j, :, row, column] = w[:, :, a, e]
    return matrix.reshape(O * Ho * Wo, C * H * W)
    ### END SOLUTION

# %% test="conv_as_matrix:plane" points=1
# One filter, one channel
got = conv_as_matrix(np.array([[[[1.0, 2]]]]), 1, 4)
assert_same(got, np.array([[1.0, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]]),
            hint="A row for each output, a column for each pixel.")
got = conv_as_matrix(np.array([[[[1.0, 2], [3, 4]]]]), 2, 3)
assert_same(got, np.array([[1.0, 2, 0, 3, 4, 0], [0, 1, 2, 0, 3, 4]]),
            hint="The lower row of the window is a whole image row further: 3 columns.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(722)
for size, k in [((4, 5), (2, 3)), ((6, 3), (3, 2)), ((3, 7), (1, 4))]:
    w, x = source.normal(size=(1, 1, *k)), source.normal(size=size)
    got = conv_as_matrix(w.copy(), *size)
    assert_shape(got, ((size[0] - k[0] + 1) * (size[1] - k[1] + 1), x.size),
                 hint="As many rows as outputs, as many columns as pixels.")
    assert_same(got @ x.ravel(), correlate2d(x, w[0, 0], mode="valid").ravel(), rtol=1e-9, atol=1e-11,
                hint="The matrix times the pixels must give the layer's output.")
### END HIDDEN TESTS

# %% test="conv_as_matrix:channels" points=1
# Several filters and channels
w = np.array([[[[1.0]], [[2]]], [[[3]], [[4]]], [[[5]], [[6]]]])  # three filters, 1 x 1, two channels
got = conv_as_matrix(w, 1, 2)
assert_shape(got, (6, 4), hint="3 filters at 2 places; 2 channels of 2 pixels.")
assert_same(got[[0, 2, 4]], np.array([[1.0, 0, 2, 0], [3, 0, 4, 0], [5, 0, 6, 0]]),
            hint="Rows 0, 2 and 4 are the three filters at the first place; channel 1 comes last.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(723)
for o, c, size, k in [(2, 3, (3, 4), (2, 1)), (4, 2, (2, 5), (1, 3))]:
    w, x = source.normal(size=(o, c, *k)), source.normal(size=(c, *size))
    windows = np.lib.stride_tricks.sliding_window_view(x, k, axis=(1, 2))
    expected = np.einsum("cijae,ocae->oij", windows, w).ravel()
    assert_same(conv_as_matrix(w.copy(), *size) @ x.ravel(), expected, rtol=1e-9, atol=1e-11,
                hint="Outputs in the order filter, row, column; pixels in the order channel, row, column.")
### END HIDDEN TESTS

# %% test="conv_as_matrix:stride" points=0.5
# Windows that move by more than one pixel
got = conv_as_matrix(np.array([[[[1.0, 2]]]]), 1, 6, stride=(1, 3))
assert_same(got, np.array([[1.0, 2, 0, 0, 0, 0], [0, 0, 0, 1, 2, 0]]),
            hint="The second window begins at pixel 3. Nobody sees pixels 2 and 5.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(724)
for size, k, s in [((5, 7), (1, 2), (2, 3)), ((7, 6), (2, 1), (3, 2))]:
    w, x = source.normal(size=(1, 1, *k)), source.normal(size=size)
    windows = np.lib.stride_tricks.sliding_window_view(x, k)[:: s[0], :: s[1]]
    got = conv_as_matrix(w.copy(), *size, stride=s)
    assert_shape(got, (windows.shape[0] * windows.shape[1], x.size), hint="Fewer rows, all columns.")
    assert_same(got @ x.ravel(), (windows * w[0, 0]).sum(axis=(2, 3)).ravel(), rtol=1e-9, atol=1e-11,
                hint="Rows move by the first stride, columns by the second.")
### END HIDDEN TESTS

# %% test="conv_as_matrix:padding" points=1
# Taps that fall on the padding
got = conv_as_matrix(np.array([[[[1.0, 2, 3]]]]), 2, 3, padding=(0, 1))
one = np.array([[2.0, 3, 0], [1, 2, 3], [0, 1, 2]])
assert_same(got, np.block([[one, 0 * one], [0 * one, one]]),
            hint="A tap beside the image has no column: not in the next row, nor, as index -1, at an end.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(725)
for size, k, p in [((3, 4), (2, 2), (1, 0)), ((2, 3), (2, 3), (2, 1)), ((4, 2), (3, 1), (1, 1))]:
    w, x = source.normal(size=(1, 1, *k)), source.normal(size=size)
    framed = np.zeros((size[0] + 2 * p[0], size[1] + 2 * p[1]))
    framed[p[0] : p[0] + size[0], p[1] : p[1] + size[1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(framed, k)
    got = conv_as_matrix(w.copy(), *size, padding=p)
    assert_shape(got, (windows.shape[0] * windows.shape[1], x.size), hint="More rows, not more columns.")
    assert_same(got @ x.ravel(), (windows * w[0, 0]).sum(axis=(2, 3)).ravel(), rtol=1e-9, atol=1e-11,
                hint="A tap outside the image has no pixel, on none of the four sides.")
### END HIDDEN TESTS

# %% test="conv_as_matrix:edges" points=0.5
# Dtypes, and no window
for kind, result in [("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("u1", "f8"), ("bool", "f8")]:
    got = conv_as_matrix(np.ones((1, 1, 1, 2), kind), 1, 3)
    assert_dtype(got, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
with assert_raises(ValueError, hint="A window 3 high finds no place on 2 rows."):
    conv_as_matrix(np.ones((1, 1, 3, 2)), 2, 5)

# %% demo
x, w = rng.normal(size=(3, 6, 7)), rng.normal(size=(4, 3, 3, 2))
matrix = ops.conv_as_matrix(w, 6, 7, stride=(2, 1), padding=1)
y = ops.conv2d(x[None], w, stride=(2, 1), padding=1)
dy = rng.normal(size=y.shape)
dx = ops.conv2d_backward(dy, x[None], w, stride=(2, 1), padding=1)[0]
print("M x is the layer:   ", np.allclose(matrix @ x.ravel(), y.ravel()))
print("M^T dy is its dx:   ", np.allclose(matrix.T @ dy.ravel(), dx.ravel()))
print("M^T M x is x again: ", np.allclose(matrix.T @ (matrix @ x.ravel()), x.ravel()))

# %% [markdown]
# ---
# ## What you learned
#
# - `im2col` writes the windows as columns: a row for each tap in the order (c, a, e), a column for each place
#   in the order (i, j). It copies each pixel up to $k_H k_W$ times.
# - The layer is then $F X$, one product of matrices; what is fast about it is that Python has no part in it.
# - `col2im` adds where `im2col` copied. It is the adjoint, not the inverse.
# - $dF = dY X^{\mathsf T}$, added over the batch; $dX = F^{\mathsf T} dY$, then `col2im`.
# - A layer is a dense layer whose matrix is nearly all zeros and repeats a few weights; its transpose takes the
#   gradient back.
#
# ## Three questions

# %% [markdown] quiz="end_shape"
# **1.** Four images of 3 × 10 × 12, a kernel of 3 × 3, stride 2, padding 1. What shape has `cols`?
# - [ ] (4, 9, 30) :: Each of the three channels has nine taps.
# - [x] (4, 27, 30) :: 3 · 3 · 3 taps; (10 + 2 − 3) // 2 + 1 = 5 and (12 + 2 − 3) // 2 + 1 = 6 places.
# - [ ] (4, 27, 120) :: That would be all 10 · 12 places, as with stride 1.

# %% [markdown] quiz="end_order"
# **2.** A friend's layer gives right results for one filter, and for several filters the right **numbers at
# wrong places**. What happened?
# - [ ] The bias was added to the wrong axis. :: Then the numbers themselves would be wrong.
# - [x] An array (L, O) was reshaped to (O, Ho, Wo). :: Reshape reads on in the order of memory. With more
#   than one filter the axes must be exchanged first.
# - [ ] The columns are in the order of Fortran. :: That would show with one filter too.

# %% [markdown] quiz="end_adjoint"
# **3.** In the backward pass a student replaces `+=` by `=` in `col2im`. When does nobody notice?
# - [ ] With one channel :: Windows overlap within a channel.
# - [ ] With a batch of one image :: Windows overlap within an image.
# - [x] If stride and kernel are equal, without dilation :: Then no two windows see the same pixel, and there is nothing to add.
#   Test with windows that overlap.

# %% [markdown]
# ## One open question
#
# A 1 × 1 convolution needs no `im2col`: its columns are the image itself, reshaped. A 3 × 3 convolution could be
# written as nine 1 × 1 convolutions of shifted images, added up, without any columns (`over_taps` did just
# that, and with three channels and nine taps it was no slower; with one channel and 7 × 7 taps it falls far
# behind). Why do libraries mostly not do so? Count, for both ways, how often each number of the output is
# written to memory.
#
# *[08 LeNet from scratch →](08_lenet_from_scratch.ipynb)*
