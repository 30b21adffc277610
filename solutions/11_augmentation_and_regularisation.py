# %% [markdown]
# # 11 · Augmentation and regularisation
#
# *[← 10 AlexNet and modern blocks](10_alexnet_and_modern_blocks.ipynb) ·
# [Contents](00_start_here.ipynb) ·
# [12 Transfer and fine-tuning →](12_transfer_and_fine_tuning.ipynb)*
#
# **You will**
# - see a network learn its pictures by heart, and measure by how much;
# - write the common augmentations: flip, crop, affine maps, light, cut-out and mix-up;
# - write dropout, forward and backward, and a watch that stops a training in time;
# - compare remedies fairly: one change at a time, several seeds, mean and spread.
#
# **Time.** About 4 hours: part 1 (augmentation) 165 minutes, part 2 (dropout, early stopping,
# comparison) 75. There is a good place to stop between them.
#
# **Prerequisites.** Chapter 08 (training, loss and accuracy), chapter 10 (batch normalisation) and,
# for `dropout_backward`, chapter 06. NumPy's random generators: `rng.random`, `rng.integers`,
# `rng.permutation`.

# %% [markdown]
# **How this chapter speaks.** A batch $x$ is `(N, C, H, W)`; labels are class numbers `(N,)`, or
# *shares* `(N, K)`: a row for each picture, a column for each class. All chance comes from an
# `rng`, a `np.random.Generator`, that is handed over: **the same seed gives the same result**, so
# that a run can be repeated. What is drawn first and what second is up to you; tests look at
# results and at their statistics, with margins so wide that a right answer does not fail by
# bad luck.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; the deck *DSML: Computer Vision* (22 March
# 2023); an unsigned handwritten deck on convolutional networks. Papers are named where they are
# used. A box headed **Careful** adds to a lecture what it leaves out, or what has changed since.
# Its **item** is the number of the lecture's point in `docs/sources.md`, the course's list of
# sources.

# %% setup
import numpy as np

from cnnkit import augment, ops
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(11)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that
# only these bind.
#
# ---
# ## Part 1 · Augmentation
#
# ### 1.1 Learned by heart

# %% [markdown] items="37 156"
# Networks that recognise a thousand kinds of things were trained on millions of pictures, some on
# billions (handwritten deck). Most people have a few hundred. With few samples a network can do
# without the pattern: it has enough weights to remember each picture by some accident of it. On new
# pictures that is worth nothing. This is **overfitting** (Pilehvar).
#
# Let us watch it: 300 pictures of apparel to learn from, 700 others to measure with.

# %% demo items="37"
from cnnkit.data import classes, load
from cnnkit.models import LeNetLike
from cnnkit.optimisers import Adam
from cnnkit.training import fit

pictures, labels = load("apparel", "train")
few = pictures[:300].astype(np.float32) / 255, labels[:300]
others = pictures[300:1000].astype(np.float32) / 255, labels[300:1000]
model = LeNetLike(np.random.default_rng(0), channels=(8, 16), kernel=3, pools=(2, 2), hidden=64)
print(f"{sum(value.size for value in model.params.values()):,} weights for {len(few[0])} pictures")
by_heart = fit(model.astype(np.float32), *few, optimiser=Adam(5e-3), epochs=40, batch_size=32,
               validation=others, rng=np.random.default_rng(0))

# %% [markdown] quiz="loss_rises"
# **Predict.** The accuracy on the 300 pictures goes to nearly 100 %. What does the *loss* on the
# 700 others do in the meantime?
# - [ ] It falls and then stays :: The accuracy does something like that. The loss also asks how
#   *sure* the network was where it is wrong.
# - [x] It falls and then rises :: The network becomes surer of everything, its errors included.
# - [ ] It falls to the end, more slowly than the other one :: It would with enough pictures.

# %% demo
from cnnkit.pictures import learning_curves, show

show(learning_curves(by_heart))

# %% demo
loss, seen, new = (by_heart[name] for name in ("val_loss", "acc", "val_acc"))
best = int(np.argmin(loss))
print(f"loss on new pictures: lowest {loss[best]:.2f}, in epoch {best + 1}; at last {loss[-1]:.2f}")
print(f"at the end {seen[-1]:.0%} of the pictures seen are right and {new[-1]:.0%} of the new ones")

# %% [markdown]
# The distance between the two curves of a panel is the **generalisation gap**. It can be closed
# from both sides. *More pictures* is the best remedy and the dearest. The others all make learning
# by heart harder: show each picture in ever new versions (augmentation, this part), make the
# network unreliable while it learns (dropout), or stop in time (part 2).

# %% [markdown] items="158 159"
# ### 1.2 Flip and crop
#
# A coat seen in a mirror is still a coat. A coat two pixels further left is one too.
# **Augmentation** changes each picture at random, just before the network sees it, in a way that
# keeps its label true. That happens *while* training (handwritten deck): nothing is stored, and
# each epoch sees other versions. The usual changes are rotation, crop, shift, scale, shear, flip
# and colour.
#
# Three rules for all of them:
# - the label must stay true: a mirrored coat is a coat, a mirrored 3 is no digit;
# - **each picture has its own draw** (only mix-up, section 1.5, draws one number for a batch): one
#   draw for all would make them change together, and a batch would be less varied than an epoch;
# - what moves in a picture moves in all its channels.

# %% [markdown] quiz="which_flip"
# **Predict.** For which of these would you *not* use a left-right flip?
# - [ ] Cats and dogs :: A cat that looks to the left is as good as one that looks to the right.
# - [x] Road signs :: "Turn left" would become "turn right", with the old label.
# - [ ] Cells under a microscope :: They lie as they happen to lie: even all turns are allowed.

# %% [markdown]
# #### Exercise 1 · `hflip`
#
# Mirror pictures left to right, each with chance `p`. With `p=0` none is mirrored, with `p=1` all
# are. **By hand:** the row (1, 2, 3) becomes (3, 2, 1).
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: one draw for each</summary>
#
# `rng.random(n)` gives n numbers from 0 up to, but not including, 1. How likely is one of them to
# be below p?
# </details>
# <details><summary>Hint 2: some of the pictures</summary>
#
# An array of N booleans as the first index chooses pictures of a batch, to read and to write.
# </details>
# <details><summary>Hint 3: nobody else's array</summary>
#
# Begin with a copy of x. A slice such as `x[..., ::-1]` is a view: it is not a new array.
# </details>

# %% exercise="hflip" forbids="cnnkit.augment torch" minutes=10
def hflip(x, p, rng):
    """Mirror pictures left to right, each with chance p.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
        Not changed; N may be 0.
    p : float
        0 to 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of x
        A new array, even where nothing was mirrored.

    Examples
    --------
    >>> hflip(np.array([[[[1, 2, 3]]]]), 1, np.random.default_rng(0))
    array([[[[3, 2, 1]]]])
    """
    ### BEGIN SOLUTION
    mirrored = rng.random(len(x)) < p
    y = x.copy()
    y[mirrored] = x[mirrored, :, :, ::-1]
    return y
    ### END SOLUTION

# %% test="hflip:mirror" points=0.75
# p = 1: every picture is mirrored left to right
x = np.arange(12).reshape(1, 2, 2, 3)
got = hflip(x.copy(), 1, np.random.default_rng(0))
assert_same(got, np.array([[[[2, 1, 0], [5, 4, 3]], [[8, 7, 6], [11, 10, 9]]]]),
            hint="Each row backwards; rows and channels stay where they are.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1101)
for shape in [(3, 1, 4, 6), (2, 3, 5, 1), (4, 2, 1, 5)]:
    x = source.normal(size=shape)
    rows = [row[::-1] for row in x.reshape(-1, shape[3]).tolist()]
    got = hflip(x.copy(), 1, np.random.default_rng(5))
    assert_same(got, np.array(rows).reshape(shape), hint="Only the last axis is turned round.")
### END HIDDEN TESTS

# %% test="hflip:chance" points=0.5
# Each picture has its own chance p
x = np.tile(np.arange(12.0).reshape(2, 2, 3), (2000, 1, 1, 1))
got = hflip(x.copy(), 0, np.random.default_rng(1))
assert_same(got, x, hint="p = 0: nothing is mirrored.")
got = hflip(x.copy(), 0.3, np.random.default_rng(2))
assert_shape(got, (2000, 2, 2, 3), hint="The shape of x.")
mirrored = got[:, 0, 0, 0] == 2
assert_same(float(mirrored.mean()), 0.3, rtol=0, atol=0.06,
            hint="About 30 % of 2000 pictures: a draw for each, not one for all.")
expected = np.where(mirrored[:, None, None, None], x[..., ::-1], x)
assert_same(got, expected, hint="All rows and channels of a picture together, or none.")
### BEGIN HIDDEN TESTS
for p, seed in [(0.5, 3), (0.85, 4)]:
    got = hflip(x.copy(), p, np.random.default_rng(seed))
    assert_shape(got, (2000, 2, 2, 3), hint="The shape of x.")
    mirrored = got[:, 0, 0, 0] == 2
    assert_same(float(mirrored.mean()), p, rtol=0, atol=0.06, hint="The share that is mirrored.")
    expected = np.where(mirrored[:, None, None, None], x[..., ::-1], x)
    assert_same(got, expected, hint="A picture is mirrored whole, or not at all.")
### END HIDDEN TESTS

# %% test="hflip:seed" points=0.3
# All chance comes from rng
x = np.arange(800.0).reshape(200, 1, 1, 4)
got = hflip(x.copy(), 0.5, np.random.default_rng(6))
assert_shape(got, (200, 1, 1, 4), hint="The shape of x.")
again, other = (hflip(x.copy(), 0.5, np.random.default_rng(seed)) for seed in (6, 7))
assert_same(again, got, hint="The same seed must give the same result.")
assert_same(np.array_equal(other, got), False, hint="Another seed must give another result.")

# %% test="hflip:edges" points=0.25
# No picture at all, and the dtype
for kind in ("u1", "f4", "i8"):
    for p in (0, 1):
        got = hflip(np.ones((3, 1, 2, 2), kind), p, np.random.default_rng(8))
        assert_dtype(got, kind, hint="Pixels only move: the dtype stays.")
got = hflip(np.zeros((0, 3, 4, 5)), 0.5, np.random.default_rng(9))
assert_shape(got, (0, 3, 4, 5), hint="No picture in, no picture out.")

# %% beside="after_hflip"
@beside_student
def after_hflip(x, p):
    """Give x as it is after a call of `hflip`, and whether the result shares its memory."""
    y = hflip(x, p, np.random.default_rng(0))
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="hflip:contract" points=0.2
# x stays as it was, and the result is a new array
x = np.arange(12.0).reshape(2, 1, 2, 3)
got = hflip(x.copy(), 1, np.random.default_rng(0))
assert_shape(got, (2, 1, 2, 3), hint="First return an array.")
for p in (0, 0.5, 1):
    after, shared = after_hflip(x.copy(), p)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="The result is x, or a view of it. Make a copy.")

# %% [markdown]
# **A crop** cuts a window out of the picture, at a place drawn for each. If zeros are put around
# the picture first, a window of the old size is a **shift**: padding 2 shifts by up to 2 pixels to
# each side. Along an axis of $n$ pixels with padding $p$ a window of $k$ can begin at $0, 1, \dots,
# n + 2p - k$: that makes $n + 2p - k + 1$ places, all equally likely.
#
# **By hand:** the row (1, 2, 3) with padding 1 is (0, 1, 2, 3, 0). Windows of 3 begin at 0, 1 or 2:
# (0, 1, 2), (1, 2, 3) or (2, 3, 0).
#
# #### Exercise 2 · `random_crop`
#
# Put `padding` rows and columns of zeros on each side, then cut a window of `size` out of each
# picture. The place is drawn for each picture, rows and columns independently; it is the same for
# all channels. `pair(value, name, minimum)` of chapter 04 turns a whole number into a pair.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: how many places</summary>
#
# `rng.integers(0, m, N)` draws N whole numbers from 0 to m − 1: m itself is left out. What is m, if
# the last place shall be possible? Try a window as large as the picture.
# </details>
# <details><summary>Hint 2: cutting</summary>
#
# A loop over the pictures is fine: fill an array of zeros of the final shape.
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# Pairs. Is the window larger than the padded picture? Then refuse. A larger array of zeros, with x
# in its middle. Draw. Cut.
# </details>

# %% exercise="random_crop" forbids="cnnkit.augment torch" minutes=20
def random_crop(x, size, padding, rng):
    """Cut a window out of each picture, at a place drawn for each.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
        Not changed; N may be 0.
    size : int or pair of int, at least 1
        Height and width of the window.
    padding : int or pair of int, at least 0
        Rows and columns of zeros that are put on each side first.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (N, C, height, width)
        A new array of the dtype of x.

    Raises
    ------
    ValueError
        If the window is larger than the padded picture.

    Examples
    --------
    >>> random_crop(np.zeros((8, 3, 32, 32)), (28, 30), 2, np.random.default_rng(0)).shape
    (8, 3, 28, 30)
    """
    ### BEGIN SOLUTION
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError(f"A window of {height} x {width} does not fit into {H} x {W} pixels.")
    tops, lefts = rng.integers(0, H - height + 1, N), rng.integers(0, W - width + 1, N)
    y = np.zeros((N, C, height, width), x.dtype)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y
    ### END SOLUTION

# %% test="random_crop:window" points=1
# Without padding: each result is a window of its own picture
x = np.arange(60.0).reshape(1, 2, 5, 6)
got = random_crop(x.copy(), (5, 6), 0, np.random.default_rng(0))
assert_same(got, x, hint="The only window of 5 × 6 is the whole picture.")
x = np.arange(2400.0).reshape(40, 2, 5, 6)
got = random_crop(x.copy(), (2, 4), 0, np.random.default_rng(1))
assert_shape(got, (40, 2, 2, 4), hint="Two rows and four columns of each channel.")
tops, lefts = np.divmod(got[:, 0, 0, 0] - 60 * np.arange(40), 6)  # where the windows begin
places = (60 * np.arange(40) + 6 * tops + lefts)[:, None, None, None]
inside = 30 * np.arange(2)[:, None, None] + 6 * np.arange(2)[:, None] + np.arange(4)
assert_same(got, places + inside, hint="Neighbours in x, in both channels at the same place.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1102)
for shape, size in [((30, 3, 4, 7), (3, 2)), ((30, 1, 6, 3), 3), ((30, 2, 5, 5), (1, 4))]:
    x, (h, w) = source.normal(size=shape), pair(size, "size", 1)
    got = random_crop(x.copy(), size, 0, np.random.default_rng(10))
    assert_shape(got, (*shape[:2], h, w), hint="Height and width of the window.")
    for before, after in zip(x, got, strict=True):
        windows = [before[:, i : i + h, j : j + w] for i in range(shape[2] - h + 1)
                   for j in range(shape[3] - w + 1)]
        found = any(np.array_equal(window, after) for window in windows)
        assert_same(found, True, hint="Not a window of its picture.")
### END HIDDEN TESTS

# %% test="random_crop:places" points=1
# Every place is equally likely, and each picture has its own
x = np.tile(np.arange(20.0).reshape(1, 4, 5), (4000, 1, 1, 1))
got = random_crop(x.copy(), (2, 3), 0, np.random.default_rng(2))
assert_shape(got, (4000, 1, 2, 3), hint="Two rows, three columns.")
corners, counts = np.unique(got[:, 0, 0, 0], return_counts=True)
assert_same(corners, np.array([0.0, 1, 2, 5, 6, 7, 10, 11, 12]),
            hint="3 × 3 places: the top left numbers of all windows, the last ones included.")
assert_same(counts / 4000, np.full(9, 1 / 9), rtol=0, atol=0.03, hint="About 1/9 each.")
### BEGIN HIDDEN TESTS
x = np.tile(np.arange(1.0, 7).reshape(1, 2, 3), (4000, 1, 1, 1))
got = random_crop(x.copy(), 1, (1, 0), np.random.default_rng(3))
assert_shape(got, (4000, 1, 1, 1), hint="One pixel of each.")
values, counts = np.unique(got, return_counts=True)
assert_same(values, np.arange(7.0), hint="All six pixels, and zeros of the rim.")
assert_same(counts / 4000, np.array([6, 1, 1, 1, 1, 1, 1]) / 12, rtol=0, atol=0.04,
            hint="Four rows, two of them zeros, of three columns: twelve places.")
### END HIDDEN TESTS

# %% test="random_crop:padding" points=1
# Zeros around the picture
x = np.arange(1.0, 7).reshape(1, 1, 2, 3)
got = random_crop(x.copy(), (4, 7), (1, 2), np.random.default_rng(4))
assert_same(got, np.array([[[[0.0] * 7, [0, 0, 1, 2, 3, 0, 0], [0, 0, 4, 5, 6, 0, 0], [0] * 7]]]),
            hint="Padding (1, 2): a row above and below, two columns left and right.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1103)
for shape, p in [((2, 3, 3, 4), 2), ((3, 1, 5, 2), (0, 3)), ((1, 2, 1, 6), (2, 0))]:
    x, (ph, pw) = source.normal(size=shape), pair(p, "padding", 0)
    framed = np.zeros((*shape[:2], shape[2] + 2 * ph, shape[3] + 2 * pw))
    framed[:, :, ph : ph + shape[2], pw : pw + shape[3]] = x
    got = random_crop(x.copy(), framed.shape[2:], p, np.random.default_rng(11))
    assert_same(got, framed, hint="The only window is the padded picture.")
### END HIDDEN TESTS

# %% test="random_crop:seed" points=0.25
# All chance comes from rng
x = np.arange(3600.0).reshape(100, 1, 6, 6)
got = random_crop(x.copy(), 3, 0, np.random.default_rng(12))
assert_shape(got, (100, 1, 3, 3), hint="3 × 3 pixels of each.")
again, other = (random_crop(x.copy(), 3, 0, np.random.default_rng(seed)) for seed in (12, 13))
assert_same(again, got, hint="The same seed must give the same result.")
assert_same(np.array_equal(other, got), False, hint="Another seed must give another result.")

# %% test="random_crop:edges" points=0.5
# A window that does not fit, no picture, the dtype
for size, padding in [(6, 0), ((3, 8), 1), ((8, 3), (1, 5))]:
    with assert_raises(ValueError, hint=f"{size} does not fit into 5 × 5, padding {padding}."):
        random_crop(np.ones((2, 1, 5, 5)), size, padding, np.random.default_rng(0))
got = random_crop(np.zeros((0, 3, 5, 5)), 4, 1, np.random.default_rng(0))
assert_shape(got, (0, 3, 4, 4), hint="No picture: an empty array of the right shape.")
for kind in ("u1", "f4", "i8"):
    got = random_crop(np.ones((3, 1, 5, 5), kind), 4, 1, np.random.default_rng(0))
    assert_dtype(got, kind, hint="Pixels only move: the dtype stays.")

# %% beside="after_crop"
@beside_student
def after_crop(x, size):
    """Give x as it is after a call of `random_crop`, and whether the result shares its memory."""
    y = random_crop(x, size, 0, np.random.default_rng(0))
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="random_crop:contract" points=0.25
# x stays as it was, and the result is a new array
x = np.arange(12.0).reshape(1, 1, 3, 4)
got = random_crop(x.copy(), (3, 4), 0, np.random.default_rng(0))
assert_shape(got, (1, 1, 3, 4), hint="First return an array.")
for size in [(3, 4), (2, 2), (2, 4)]:
    after, shared = after_crop(x.copy(), size)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="The result is x, or a view of it. Make a copy.")

# %% [markdown]
# From here on the chapter uses `augment.hflip` and `augment.random_crop`, the course's own, so that
# you can go on even if yours are not finished. Put yours in their place and look.

# %% demo items="159"
from cnnkit.data import photograph
from cnnkit.pictures import augmentation_grid

flower = photograph("flower")[:, 20:404:4, 120:600:5]
show(augmentation_grid(flower, {
    "flip, p = 0.5": lambda batch: augment.hflip(batch, 0.5, rng),
    "crop of 64 × 64": lambda batch: augment.random_crop(batch, 64, 0, rng),
    "shift by up to 12": lambda batch: augment.random_crop(batch, flower.shape[1:], 12, rng),
}, count=4))

# %% [markdown]
# (Photograph: *flower.jpg* from scikit-learn, CC BY 2.0.) Each row begins with the picture as it
# is; the rest are what a network might get to see in four epochs.
#
# ### 1.3 Turn, lean, scale, shift

# %% [markdown] items="159"
# Rotation, shear, scaling and shifting are all **affine maps** of the plane. Measure rows and
# columns from the middle of the picture, $r = \text{row} - (H-1)/2$ and $c = \text{column} -
# (W-1)/2$. Then a pixel at $(r, c)$ goes to
#
# $$ \begin{pmatrix} r' \\ c' \end{pmatrix} = R\,S \begin{pmatrix} s\,r \\ s\,c \end{pmatrix} +
# \begin{pmatrix} t_r \\ t_c \end{pmatrix}, \qquad
# R = \begin{pmatrix} \cos a & -\sin a \\ \sin a & \cos a \end{pmatrix}, \quad
# S = \begin{pmatrix} 1 & 0 \\ \tan h & 1 \end{pmatrix} $$
#
# with the **angle** $a$, the **shear** $h$, the **scale** $s$ and the shift $t$, in this order:
# first scale, then shear, then rotate, and shift last. Rows run downwards, so this $R$ turns
# counter-clockwise as seen. $S$ leaves rows where they are and moves the upper ones to the left: an
# upright line leans counter-clockwise by $h$.
#
# **By hand.** In a 3 × 3 picture the right neighbour of the middle is $(r, c) = (0, 1)$. A turn by
# 90° has $\cos a = 0$ and $\sin a = 1$: it goes to $(-1, 0)$, the pixel above the middle. A shear
# of 45°, $\tan h = 1$, takes the pixel above the middle, $(-1, 0)$, to $(-1, -1)$, the top left.

# %% [markdown] quiz="holes"
# **Predict.** We turn a photograph by 30°. For each of its pixels we compute the new place, round it
# to whole rows and columns, and write the colour there. What does the result look like?
# - [ ] Right, but for the corners, which are cut off :: They are. But look again at the rounding.
# - [x] Right, with holes: pixels that stay black :: Two pixels can be rounded to the same place.
#   Then another place gets none.
# - [ ] Right, but blurred :: Nothing is averaged: each pixel keeps its colour.

# %% demo
angle, (_, H, W) = np.deg2rad(30), flower.shape
r, c = np.indices((H, W)) - np.array([H - 1, W - 1])[:, None, None] / 2
to_row = np.rint(np.cos(angle) * r - np.sin(angle) * c + (H - 1) / 2).astype(int)
to_column = np.rint(np.sin(angle) * r + np.cos(angle) * c + (W - 1) / 2).astype(int)
lands = (0 <= to_row) & (to_row < H) & (0 <= to_column) & (to_column < W)
forward = np.zeros_like(flower)
forward[:, to_row[lands], to_column[lands]] = flower[:, lands]
turned = augment.affine(flower[None], angle=30)[0]
holes = (forward == 0).all(axis=0) & (turned > 0).any(axis=0)
print(f"{np.mean(holes):.1%} of the places are holes")

# %% demo
from cnnkit.pictures import gallery

show(gallery([flower, forward, turned],
             ["the picture", "where does each go?", "where does each come from?"]))

# %% [markdown]
# So the question is turned round. **For each pixel of the result: where did it come from?** That is
# the *inverse map*: undo the shift, undo the turn, undo the shear, undo the scale,
#
# $$ \begin{pmatrix} r \\ c \end{pmatrix} = \frac{1}{s}
# \begin{pmatrix} 1 & 0 \\ -\tan h & 1 \end{pmatrix}
# \begin{pmatrix} \cos a & \sin a \\ -\sin a & \cos a \end{pmatrix}
# \begin{pmatrix} r' - t_r \\ c' - t_c \end{pmatrix} $$
#
# then go back from the middle to rows and columns, and take the **nearest pixel**. (Finer maps
# blend four neighbours; for augmentation the nearest one does.) *Nearest* needs a rule for halves:
# at 1.5 take 2, at −0.5 take 0, the larger number, as $\lfloor v + \tfrac12 \rfloor$ does.
# `np.round` does not: it takes the even one. Where a turn or a lean makes a half, rounding errors
# decide (`np.cos` of 90° is 6e-17, not 0): either pixel is right, and no test looks there.
# (`augment.affine` adds 1e-9 before the floor, so that it takes the larger one there too.)

# %% [markdown] items="39"
# **And from outside?** A turned or shifted picture has pixels that came from beyond its rim. A
# *fill mode* says what they hold (Pilehvar): zeros (`'zero'`), or the nearest pixel of the picture
# (`'edge'`, "nearest" in Keras): a row above the first counts as the first, a column behind the
# last as the last.

# %% demo items="39"
show(gallery([augment.affine(flower[None], angle=20, translate=(0, 20), fill=fill)[0]
              for fill in ("zero", "edge")], ["fill='zero'", "fill='edge'"]))

# %% [markdown]
# #### Exercise 3 · `affine`
#
# The long one of this chapter. Write the inverse map for a whole batch: all pictures and channels
# alike, so there is no chance in it. Only nearest pixels, halves to the larger number. A pixel
# comes from outside if its nearest row or column, after rounding, is none of the picture's.
#
# *About 45 minutes.*
#
# <details><summary>Hint 1: all places at once</summary>
#
# `np.indices((H, W))` gives two arrays (H, W): for each place of the result its row, and its
# column. Subtract the middle, then the shift, and go on with two arrays. No matrices needed.
# Compute the new pair from the old pair: `a, b = …a…b…, …a…b…` in one line, or else the second line
# uses what the first has changed already.
# </details>
# <details><summary>Hint 2: looking up</summary>
#
# With two arrays of whole numbers i and j, both (H, W), `x[:, :, i, j]` has the shape of x. But
# indices must be inside: negative ones count from the end, without an error. `np.clip` brings them
# in, and that is already one of the two fill modes.
# </details>
# <details><summary>Hint 3: if it looks nearly right</summary>
#
# Turn 4 × 4 pixels by 90° and compare with `np.rot90(x, 1, axes=(2, 3))`: is your middle 1.5, or 2?
# Lean before you turn; backwards that means: undo the turn first. Zeros along the rim? A place such
# as −0.3, or −1e-16, is outside only before it is rounded.
# </details>

# %% exercise="affine" forbids="cnnkit.augment scipy torch" minutes=45
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    """Scale, shear, rotate and then shift all pictures of a batch alike, about their middle.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
        Not changed; N may be 0.
    angle : float
        In degrees, counter-clockwise as seen.
    shear : float
        In degrees, between -90 and 90: upright lines lean by so much, counter-clockwise as seen.
    scale : float
        Above 0; above 1 enlarges.
    translate : (float, float)
        In pixels: down, and to the right.
    fill : {'zero', 'edge'}
        What comes in from outside: zeros, or the nearest pixel of the picture. A place is outside
        if its row or column, after rounding, is none of the picture's: -0.4 is row 0, inside.

    Returns
    -------
    ndarray, of the shape and dtype of x
        A new array. Each pixel is the one nearest to where it came from; at a half the one with
        the larger row or column (either one where angle or shear make the half).

    Raises
    ------
    ValueError
        If fill is another word.

    Examples
    --------
    >>> affine(np.array([[[[1, 2], [3, 4]]]]), angle=90)
    array([[[[2, 4],
             [1, 3]]]])
    """
    ### BEGIN SOLUTION
    if fill not in ("zero", "edge"):
        raise ValueError(f"fill is {fill!r}: take 'zero' or 'edge'.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y
    ### END SOLUTION

# %% test="affine:turns" points=1.5
# Quarter turns of square pictures are exact
x = np.array([[[[1, 2], [3, 4]]]])
got = affine(x.copy(), angle=90)
assert_same(got, np.array([[[[2, 4], [1, 3]]]]), hint="90 degrees, counter-clockwise as seen.")
x = np.arange(9).reshape(1, 1, 3, 3)
got = affine(x.copy(), angle=-90)
assert_same(got, np.array([[[[6, 3, 0], [7, 4, 1], [8, 5, 2]]]]), hint="Clockwise, about pixel 4.")
got = affine(x.copy())
assert_same(got, x, hint="Nothing to do: the same pixels.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1104)
for side in (4, 5, 1, 6):
    x = source.normal(size=(2, 3, side, side))
    for quarters in (1, 2, 3, -1, 5):
        got = affine(x.copy(), angle=90 * quarters)
        assert_same(got, np.rot90(x, quarters, axes=(2, 3)),
                    hint="The middle is at ((H - 1)/2, (W - 1)/2), between pixels if H is even.")
### END HIDDEN TESTS

# %% test="affine:angles" points=1
# Other angles, and pictures that are not square
bar = np.zeros((1, 1, 7, 7), int)
bar[..., 3, 3:] = 1  # from the middle to the right
expected = np.zeros((1, 1, 7, 7), int)
expected[..., [3, 2, 1], [3, 4, 5]] = 1
got = affine(bar, angle=45)
assert_same(got, expected, hint="By 45 degrees: from the middle to the upper right, without holes.")
x = np.arange(8).reshape(1, 1, 2, 4)
got = affine(x.copy(), angle=180)
assert_same(got, np.array([[[[7, 6, 5, 4], [3, 2, 1, 0]]]]),
            hint="Half a turn fits any shape. Zeros? Round first, then ask what is outside.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1105)
for shape, angle in [((2, 1, 9, 12), 17), ((1, 3, 8, 5), -40), ((1, 1, 11, 11), 73),
                     ((2, 2, 6, 13), 205)]:
    x = source.normal(size=shape)
    assert_same(affine(x.copy(), angle=angle), augment.affine(x, angle=angle),
                hint="Degrees; rows and columns each have their own middle; every place looks up.")
### END HIDDEN TESTS

# %% test="affine:shift" points=1
# Shifts: down, and to the right
x = np.arange(1, 10).reshape(1, 1, 3, 3)
got = affine(x.copy(), translate=(1, 0))
assert_same(got, np.array([[[[0, 0, 0], [1, 2, 3], [4, 5, 6]]]]), hint="One row down.")
got = affine(x.copy(), translate=(0, -2))
assert_same(got, np.array([[[[3, 0, 0], [6, 0, 0], [9, 0, 0]]]]), hint="Two columns to the left.")
got = affine(x.copy(), translate=(0.3, -0.3))
assert_same(got, x, hint="−0.3 is nearest to row 0: round first, then ask what is outside.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1106)
for shape, shift in [((2, 2, 4, 6), (1, -3)), ((1, 1, 7, 3), (-5, 1)), ((1, 2, 5, 5), (2.3, 0.2)),
                     ((1, 1, 3, 4), (9, 0))]:
    x = source.normal(size=shape)
    assert_same(affine(x.copy(), translate=shift), augment.affine(x, translate=shift),
                hint="The pixel at (i, j) came from (i - down, j - right).")
### END HIDDEN TESTS

# %% test="affine:scale" points=0.75
# Enlarge and shrink about the middle
x = np.arange(16).reshape(1, 1, 4, 4)
got = affine(x.copy(), scale=2)
assert_same(got, np.array([[[[5, 5, 6, 6]] * 2 + [[9, 9, 10, 10]] * 2]]),
            hint="Scale 2 enlarges: the four pixels in the middle become four times as large.")
x = np.arange(1, 26).reshape(1, 1, 5, 5)
got = affine(x.copy(), scale=0.5)
expected = np.zeros((1, 1, 5, 5), int)
expected[..., 1:4, 1:4] = x[..., ::2, ::2]
assert_same(got, expected, hint="Scale 0.5 shrinks: every second pixel, in the middle.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1107)
for shape, scale in [((2, 1, 7, 10), 1.3), ((1, 2, 9, 4), 0.7), ((1, 1, 6, 6), 3.1)]:
    x = source.normal(size=shape)
    assert_same(affine(x.copy(), scale=scale), augment.affine(x, scale=scale),
                hint="Where did each place come from, measured from the middle?")
### END HIDDEN TESTS

# %% test="affine:halves" points=0.5
# At a half the larger number counts
x = np.array([[[[1, 2, 3]]]])
got = affine(x.copy(), translate=(0, 0.5))
assert_same(got, np.array([[[[1, 2, 3]]]]),
            hint="Column 0 came from −0.5: take 0, which is inside. And 0.5 is 1.")
got = affine(x.copy(), translate=(0, -0.5))
assert_same(got, np.array([[[[2, 3, 0]]]]), hint="Columns 0.5, 1.5, 2.5: take 1, 2 and 3.")
x = np.arange(9).reshape(1, 1, 3, 3)
got = affine(x.copy(), scale=2)
assert_same(got, np.array([[[[4, 4, 5], [4, 4, 5], [7, 7, 8]]]]),
            hint="Rows and columns 0.5, 1 and 1.5: take 1, 1 and 2.")

# %% test="affine:shear" points=1
# Upright lines lean
bar = np.zeros((1, 1, 3, 3), int)
bar[..., 1] = 1  # the column in the middle
got = affine(bar, shear=45)
assert_same(got, np.eye(3, dtype=int)[None, None],
            hint="Counter-clockwise by 45 degrees: the top goes to the left, rows stay.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1108)
for shape, shear in [((2, 2, 9, 7), 20), ((1, 1, 6, 11), -33), ((1, 3, 12, 8), 58)]:
    x = source.normal(size=shape)
    assert_same(affine(x.copy(), shear=shear), augment.affine(x, shear=shear),
                hint="A row moves by its distance from the middle times tan(shear).")
### END HIDDEN TESTS

# %% test="affine:order" points=1
# Scale, shear, rotate, shift: in this order
x = np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]])
got = affine(x.copy(), angle=90, translate=(0, 1))
assert_same(got, np.array([[[[0, 3, 6], [0, 2, 5], [0, 1, 4]]]]),
            hint="First turned, then moved to the right.")
bar = np.zeros((1, 1, 3, 3), int)
bar[..., 1] = 1
got = affine(bar, angle=90, shear=45)
assert_same(got, np.eye(3, dtype=int)[None, None, ::-1],
            hint="The upright bar leans first, to a diagonal; then the diagonal is turned.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1109)
options = [{"angle": 25, "shear": 30, "scale": 1.2, "translate": (1.3, -2.4)},
           {"angle": -70, "shear": -15, "scale": 0.8, "translate": (-3, 2)}]
for shape in [(2, 1, 9, 12), (1, 3, 10, 7)]:
    x = source.normal(size=shape)
    for chosen in options:
        assert_same(affine(x.copy(), **chosen), augment.affine(x, **chosen),
                    hint="Backwards: undo the shift first, then the turn, then the shear.")
### END HIDDEN TESTS

# %% test="affine:fill" points=0.75
# What comes in from outside
x = np.array([[[[1, 2, 3], [4, 5, 6]]]])
got = affine(x.copy(), translate=(1, 1), fill="edge")
assert_same(got, np.array([[[[1, 1, 2], [1, 1, 2]]]]), hint="'edge': the nearest pixel there is.")
got = affine(x.copy(), translate=(-1, 1), fill="zero")
assert_same(got, np.array([[[[0, 4, 5], [0, 0, 0]]]]), hint="'zero': 0 in all that came in.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1110)
for shape, chosen in [((2, 3, 5, 8), {"angle": 35}), ((1, 2, 7, 4), {"translate": (6, -9)}),
                      ((1, 1, 6, 6), {"scale": 0.4, "angle": 12})]:
    x = source.normal(size=shape)
    assert_same(affine(x.copy(), fill="edge", **chosen), augment.affine(x, fill="edge", **chosen),
                hint="Row and column each go to the nearest that the picture has.")
### END HIDDEN TESTS

# %% test="affine:edges" points=0.25
# No picture, the dtype, an unknown fill
got = affine(np.zeros((0, 3, 4, 5)), angle=30)
assert_shape(got, (0, 3, 4, 5), hint="No picture in, no picture out.")
for kind in ("u1", "f4", "i8"):
    got = affine(np.ones((1, 1, 3, 3), kind), angle=30, scale=0.5)
    assert_dtype(got, kind, hint="Pixels only move: the dtype stays.")
with assert_raises(ValueError, hint="fill is 'zero' or 'edge', and nothing else."):
    affine(np.ones((1, 1, 3, 3)), fill="nearest")

# %% beside="after_affine"
@beside_student
def after_affine(x, **options):
    """Give x as it is after a call of `affine`, and whether the result shares its memory."""
    y = affine(x, **options)
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="affine:contract" points=0.25
# x stays as it was, and the result is a new array
x = np.arange(1.0, 10).reshape(1, 1, 3, 3)
got = affine(x.copy(), angle=90)
assert_shape(got, (1, 1, 3, 3), hint="First return an array.")
for options in [{}, {"angle": 30}, {"scale": 0.5}]:
    after, shared = after_affine(x.copy(), **options)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="The result is x, or a view of it. Make a copy.")

# %% [markdown]
# From here on `augment.affine` stands in, and `augment.random_affine`, which draws the options for
# each picture: `angle=40` there means from −40 to 40 degrees.

# %% demo items="38 159"
show(augmentation_grid(flower, {
    "angle 40": lambda batch: augment.random_affine(batch, rng, angle=40),
    "shear 20": lambda batch: augment.random_affine(batch, rng, shear=20),
    "scale 0.8 to 1.2": lambda batch: augment.random_affine(batch, rng, scale=(0.8, 1.2)),
    "Pilehvar's recipe": lambda batch: augment.hflip(augment.random_affine(
        batch, rng, angle=40, shear=float(np.rad2deg(0.2)), scale=(0.8, 1.2), fill="edge",
        translate=(0.2 * batch.shape[2], 0.2 * batch.shape[3])), 0.5, rng),
}, count=4))

# %% [markdown] items="38"
# The last row is the recipe that Pilehvar gives for Keras: turns by up to 40 degrees, shifts by up
# to a fifth of the size, shear, zoom and flip, and new pixels filled with the nearest. It is made
# for photographs of cats. Whether it suits *your* pictures is another question: see section 1.6.

# %% demo items="38"
half = 100  # rows from the middle of a picture of 200 rows to its top
for name, shear in [("0.2 in radians", np.rad2deg(0.2)), ("0.2 in degrees", 0.2)]:
    moved = half * np.tan(np.deg2rad(shear))
    print(f"{name} is {shear:4.1f} degrees: the top row moves by {moved:.1f} pixels")

# %% [markdown] items="38" careful="38"
# The recipe, `shear_range=0.2` among it, was right when it was written. **Keras then read the shear
# in radians**, and 0.2 was a lean of 11.5 degrees. Since version 2.1.3 (January 2018) it reads
# degrees, and the same 0.2 moves next to nothing, as the cell above shows. The class
# `ImageDataGenerator` is deprecated as well; its successors are layers of the network. And where
# the slide speaks of both shifts in one sentence: the *width* shift moves a picture horizontally,
# the *height* shift vertically. Copied recipes age: look at the pictures that come out.

# %% [markdown]
# ### 1.4 Light
#
# The same coat at noon and at dusk: other numbers, same label. Two changes are usual.
#
# - **Brightness** multiplies all pixels by a factor $b$.
# - **Contrast** moves all pixels away from their mean, or towards it, by a factor $c$.
#
# With $m$ the mean of the picture, over all its channels and pixels,
#
# $$ y = b\,\bigl(m + c\,(x - m)\bigr) $$
#
# Both factors are drawn for each picture, uniformly: $b$ between $1 - \text{brightness}$ and $1 +
# \text{brightness}$, and $c$ likewise. Light can't be darker than black or brighter than white:
# what leaves the range is set to its nearer end.
#
# **By hand.** A picture of two pixels, 0.2 and 0.6, has $m = 0.4$. With $c = 1.5$ and $b = 1$ it
# becomes 0.1 and 0.7; with $c = 1$ and $b = 2$ it becomes 0.4 and 1.2, cut to 1.

# %% [markdown] quiz="wrap"
# **Predict.** A pixel of 200 in an array of `uint8` is made brighter by the factor 1.5 with
# `(x * 1.5).astype(np.uint8)`. What is it then?
# - [ ] 300 :: Eight bits end at 255.
# - [ ] 255 :: It should be. Nobody has cut it off.
# - [x] 44, nearly black (on most machines) :: 300 − 256: the number wraps round. Cut off first, then
#   convert.

# %% demo
with np.errstate(invalid="ignore"):
    print("converted at once:", (np.array([200, 100], np.uint8) * 1.5).astype(np.uint8))
print("cut off first:    ", (np.array([200, 100], np.uint8) * 1.5).clip(0, 255).astype(np.uint8))

# %% [markdown]
# #### Exercise 4 · `color_jitter`
#
# Change brightness and contrast of each picture by chance. The pictures are either `uint8`, 0 to
# 255, or floats, 0 to 1, and the result is of the same kind. In `uint8` round to the nearest level
# (a plain conversion would cut off, and darken every picture by half a level on average).
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: a factor for each picture</summary>
#
# Draw N numbers and give them three more axes of length 1; then they multiply pictures of any size.
# `keepdims=True` does the same for means.
# </details>
# <details><summary>Hint 2: which arithmetic</summary>
#
# Compute in floats whatever comes in. Only the very last step goes back to the dtype of x.
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# The top of the range, from the dtype. Factors. Means, a number for each picture, over three axes.
# The formula. Cut off at 0 and at the top. Round, if the pictures are of `uint8`. Convert.
# </details>

# %% exercise="color_jitter" forbids="cnnkit.augment torch" minutes=25
def color_jitter(x, brightness, contrast, rng):
    """Change brightness and contrast of each picture by chance.

    y = b (m + c (x - m)), with m the mean of the picture over all its channels and pixels.

    Parameters
    ----------
    x : ndarray of uint8 (0 to 255) or of floats (0 to 1), shape (N, C, H, W)
        Not changed; N may be 0.
    brightness, contrast : float
        0 to 1. b is drawn from 1 - brightness to 1 + brightness, uniformly, for each picture; c
        from 1 - contrast to 1 + contrast, independently.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of x
        A new array. What leaves 0 to 255 (or 0 to 1) is set to the nearer end; uint8 is rounded
        to the nearest level.

    Examples
    --------
    >>> color_jitter(np.full((1, 1, 1, 2), 77, np.uint8), 0, 0.5, np.random.default_rng(0))
    array([[[[77, 77]]]], dtype=uint8)
    """
    ### BEGIN SOLUTION
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = np.clip(b * (m + c * (light - m)), 0, top)
    if top == 255:
        y = np.round(y)
    return y.astype(x.dtype)
    ### END SOLUTION

# %% test="color_jitter:formula" points=1
# The formula, whatever was drawn
x = np.array([0.2, 0.25, 0.3, 0.3, 0.35, 0.4]).reshape(1, 2, 1, 3)  # the mean is 0.3
got = color_jitter(x.copy(), 0, 0, np.random.default_rng(0))
assert_same(got, x, hint="Both 0: nothing changes.")
got = color_jitter(x.copy(), 0.4, 0, np.random.default_rng(1))
assert_shape(got, (1, 2, 1, 3), hint="The shape of x.")
assert_same(bool((got == x).any()), False, hint="Brightness 0.4 changes every number.")
assert_same(got / x, np.full(x.shape, got.mean() / 0.3), hint="Brightness: one factor for all.")
got = color_jitter(x.copy(), 0, 0.9, np.random.default_rng(2))
assert_shape(got, (1, 2, 1, 3), hint="The shape of x.")
assert_same(bool((got == x).all()), False, hint="Contrast 0.9 changes what is not the mean.")
c = (got[0, 1, 0, 2] - got[0, 0, 0, 0]) / (0.4 - 0.2)
assert_same(got, 0.3 + c * (x - 0.3), hint="Contrast: the mean stays, distances from it scale.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1111)
for shape, brightness, contrast in [((60, 3, 4, 5), 0.3, 0.8), ((40, 1, 7, 2), 0, 0.5),
                                    ((50, 2, 3, 3), 0.2, 0.6)]:
    x = source.uniform(0.2, 0.3, shape) + source.uniform(0, 0.1, (shape[0], 1, 1, 1))
    x += 0.05 * np.arange(shape[1])[:, None, None]
    got = color_jitter(x.copy(), brightness, contrast, np.random.default_rng(14))
    assert_shape(got, shape, hint="The shape of x.")
    m = x.mean(axis=(1, 2, 3), keepdims=True)
    b = got.mean(axis=(1, 2, 3), keepdims=True) / m  # the mean of y is b m, whatever c is
    away = ((got - b * m) * (x - m)).sum(axis=(1, 2, 3), keepdims=True)
    bc = away / ((x - m) ** 2).sum(axis=(1, 2, 3), keepdims=True)
    assert_same(got, b * m + bc * (x - m), hint="One b and one c for each picture, and its mean.")
    assert_same(bool((np.abs(b - 1) <= brightness + 1e-9).all()), True,
                hint="Contrast must not change the mean of a picture; only b does.")
    assert_same(bool((np.abs(bc / b - 1) <= contrast + 1e-9).all()), True,
                hint="Distances from the mean of the picture grow by b c, and c has its limits.")
### END HIDDEN TESTS

# %% test="color_jitter:draws" points=1
# A b and a c for each picture, uniform, and independent of each other
x = np.tile(np.array([0.4, 0.5]).reshape(1, 1, 1, 2), (3000, 1, 1, 1))
got = color_jitter(x.copy(), 0.2, 0.6, np.random.default_rng(3))
assert_shape(got, (3000, 1, 1, 2), hint="The shape of x.")
b = got.mean(axis=(1, 2, 3)) / 0.45
c = (got[:, 0, 0, 1] - got[:, 0, 0, 0]) / 0.1 / b
for name, factor, most in [("b", b, 0.2), ("c", c, 0.6)]:
    assert_same(float(factor.mean()), 1.0, rtol=0, atol=0.1 * most,
                hint=f"{name} is as often below 1 as above.")
    assert_same(float(factor.std()), most / 3**0.5, rtol=0.06,
                hint=f"{name} differs from picture to picture, from 1 − {most} to 1 + {most}.")
    assert_same(bool(np.abs(factor - 1).max() <= most + 1e-9), True,
                hint=f"{name} is never below 1 − {most} or above 1 + {most}.")
### BEGIN HIDDEN TESTS
together = float(np.corrcoef(b, c)[0, 1])
assert_same(together, 0.0, rtol=0, atol=0.1, hint="b says nothing about c: two draws.")
got = color_jitter(x.copy(), 0.5, 0.1, np.random.default_rng(15))
assert_shape(got, (3000, 1, 1, 2), hint="The shape of x.")
b = got.mean(axis=(1, 2, 3)) / 0.45
c = (got[:, 0, 0, 1] - got[:, 0, 0, 0]) / 0.1 / b
for factor, most in [(b, 0.5), (c, 0.1)]:
    assert_same(float(factor.mean()), 1.0, rtol=0, atol=0.1 * most, hint="Around 1.")
    assert_same(float(factor.std()), most / 3**0.5, rtol=0.06, hint="Uniform, up to its limit.")
### END HIDDEN TESTS

# %% test="color_jitter:range" points=0.75
# Nothing leaves the range
x = np.full((400, 1, 1, 1), 250, np.uint8)
got = color_jitter(x.copy(), 1, 0, np.random.default_rng(4))
assert_shape(got, (400, 1, 1, 1), hint="The shape of x.")
assert_same(float((got == 255).mean()), 0.49, rtol=0, atol=0.13,
            hint="b is above 1.02 in 49 % of the cases, and then the pixel is white: 255.")
x = np.tile(np.array([0.0, 1]).reshape(1, 1, 1, 2), (400, 1, 1, 1))
got = color_jitter(x.copy(), 0, 1, np.random.default_rng(5))
assert_shape(got, (400, 1, 1, 2), hint="The shape of x.")
assert_same((float(got.min()), float(got.max())), (0.0, 1.0), hint="Floats stay in 0 … 1.")
### BEGIN HIDDEN TESTS
x = np.tile(np.array([10, 245], np.uint8).reshape(1, 1, 1, 2), (400, 1, 1, 1))
got = color_jitter(x.copy(), 0, 1, np.random.default_rng(16))
assert_shape(got, (400, 1, 1, 2), hint="The shape of x.")
ordered = bool((got[:, 0, 0, 0] <= got[:, 0, 0, 1]).all())
assert_same(ordered, True, hint="The darker pixel became the brighter one: a number wrapped round.")
assert_same(float((got[:, 0, 0, 0] == 0).mean()), 0.46, rtol=0, atol=0.13,
            hint="With c above 1.08 the dark pixel is black.")
x = np.full((400, 1, 1, 1), 0.9, np.float32)
got = color_jitter(x.copy(), 0.5, 0, np.random.default_rng(17))
assert_same(bool((np.asarray(got) <= 1).all()), True, hint="Floats stay in 0 … 1.")
### END HIDDEN TESTS

# %% test="color_jitter:levels" points=0.5
# uint8 is rounded to the nearest level
source = np.random.default_rng(6)
x = source.integers(60, 190, (200, 1, 16, 16)).astype(np.uint8)
got = color_jitter(x.copy(), 0, 0.3, np.random.default_rng(7))
assert_dtype(got, "u1", hint="uint8 in, uint8 out.")
assert_shape(got, x.shape, hint="The shape of x.")
assert_same(bool((got == x).all()), False, hint="Contrast 0.3 changes levels.")
lost = float(got.mean() - x.mean())
assert_same(lost, 0.0, rtol=0, atol=0.05, hint="Contrast keeps the mean. Round, don't cut off.")

# %% test="color_jitter:edges" points=0.25
# No picture, and the dtype of floats
got = color_jitter(np.zeros((0, 3, 4, 5)), 0.2, 0.2, np.random.default_rng(8))
assert_shape(got, (0, 3, 4, 5), hint="No picture in, no picture out.")
got = color_jitter(np.full((2, 1, 3, 3), 0.5, np.float32), 0.2, 0.2, np.random.default_rng(9))
assert_dtype(got, "f4", hint="float32 in, float32 out.")

# %% test="color_jitter:seed" points=0.25
# All chance comes from rng
x = np.random.default_rng(10).uniform(0.4, 0.6, (20, 1, 3, 3))
got = color_jitter(x.copy(), 0.3, 0.3, np.random.default_rng(11))
assert_shape(got, (20, 1, 3, 3), hint="The shape of x.")
again, other = (color_jitter(x.copy(), 0.3, 0.3, np.random.default_rng(n)) for n in (11, 12))
assert_same(again, got, hint="The same seed must give the same result.")
assert_same(np.array_equal(other, got), False, hint="Another seed must give another result.")

# %% beside="after_jitter"
@beside_student
def after_jitter(x, brightness, contrast):
    """Give x as it is after a call of `color_jitter`, and whether the result shares its memory."""
    y = color_jitter(x, brightness, contrast, np.random.default_rng(0))
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="color_jitter:contract" points=0.25
# x stays as it was, and the result is a new array
x = np.array([0.4, 0.5, 0.6]).reshape(1, 1, 1, 3)
got = color_jitter(x.copy(), 0.2, 0.2, np.random.default_rng(0))
assert_shape(got, (1, 1, 1, 3), hint="First return an array.")
for brightness, contrast in [(0, 0), (0.3, 0), (0, 0.3), (0.3, 0.3)]:
    after, shared = after_jitter(x.copy(), brightness, contrast)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="The result is x, or a view of it. Make a copy.")

# %% demo items="159"
show(augmentation_grid(flower, {
    "brightness 0.5": lambda batch: augment.color_jitter(batch, 0.5, 0, rng),
    "contrast 0.8": lambda batch: augment.color_jitter(batch, 0, 0.8, rng),
    "both": lambda batch: augment.color_jitter(batch, 0.5, 0.8, rng),
}, count=4))

# %% [markdown]
# Colour itself can be shifted as well: a factor for each channel, or a turn of the hue. The way is
# the same. Is the label still true? For a flower, whose colour is half of what it is, think twice.

# %% [markdown] items="160"
# ### 1.5 Cut-out and mix-up
#
# A network may hang its whole opinion on one detail: a trainer is what has laces. **Cut-out**
# (DeVries and Taylor, 2017) blanks a square somewhere in the picture, so that each detail is
# missing now and then, and the rest must do. The middle of the square is any pixel, with equal
# chance; near the rim part of the square hangs out and is cut off. So pixels at the rim are covered
# less often, and some pictures keep nearly everything.

# %% [markdown]
# **By hand.** A square of size 4 with its middle at row $i$ covers the rows $i - 2$, $i - 1$, $i$
# and $i + 1$; in general $i - \lfloor \text{size}/2 \rfloor$ and the following ones, size of them
# in all. With $i = 0$ only rows 0 and 1 are in the picture.
#
# #### Exercise 5 · `cutout`
#
# Blank a square of each picture: zeros, in all channels, at a place of its own.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: the middle</summary>
#
# A row from 0 to H − 1 and a column from 0 to W − 1, drawn independently for each picture.
# </details>
# <details><summary>Hint 2: the rim</summary>
#
# A slice that ends too late is cut off by NumPy. One that begins at −2 is not: it counts from the
# end.
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# A copy. Draw all middles. For each picture: where does the square begin, not before 0? Where does
# it end? Write zeros there.
# </details>

# %% exercise="cutout" forbids="cnnkit.augment torch" minutes=15
def cutout(x, size, rng):
    """Blank a square of each picture, at a place drawn for each.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)
        Not changed; N may be 0.
    size : int, at least 0
        The side of the square. Its middle (i, j) is any pixel; it covers the rows from
        i - size // 2 to i - size // 2 + size - 1 and columns likewise, as far as there are any.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of the shape and dtype of x
        A new array, 0 in the square in all channels.

    Examples
    --------
    >>> int(cutout(np.ones((1, 3, 5, 5)), 1, np.random.default_rng(0)).sum())
    72
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    y = x.copy()
    for n, i, j in zip(range(N), rng.integers(0, H, N), rng.integers(0, W, N), strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y
    ### END SOLUTION

# %% test="cutout:hole" points=1
# One square of zeros, the same in all channels; the rest stays
x = np.random.default_rng(0).uniform(1, 2, (300, 3, 9, 11))
got = cutout(x.copy(), 3, np.random.default_rng(1))
assert_shape(got, (300, 3, 9, 11), hint="The shape of x.")
hole = got == 0
assert_same(got, np.where(hole, 0, x), hint="What is not blanked stays as it is.")
rows, columns = hole.any(axis=(1, 3)), hole.any(axis=(1, 2))  # (300, 9) and (300, 11)
square = rows[:, None, :, None] & columns[:, None, None, :]
assert_same(hole, np.broadcast_to(square, hole.shape), hint="A full square, in all three channels.")
assert_same((int(rows.sum(1).max()), int(columns.sum(1).max())), (3, 3), hint="The side is 3.")
got = cutout(x.copy(), 1, np.random.default_rng(2))
assert_shape(got, (300, 3, 9, 11), hint="The shape of x.")
assert_same((got == 0).sum(axis=(1, 2, 3)), np.full(300, 3),
            hint="Size 1: one pixel of each picture, in its three channels.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(1112).uniform(1, 2, (200, 2, 12, 7))
for size, seed in [(4, 18), (5, 19)]:
    got = cutout(x.copy(), size, np.random.default_rng(seed))
    assert_shape(got, x.shape, hint="The shape of x.")
    hole = got == 0
    assert_same(got, np.where(hole, 0, x), hint="What is not blanked stays as it is.")
    rows, columns = hole.any(axis=(1, 3)), hole.any(axis=(1, 2))
    square = rows[:, None, :, None] & columns[:, None, None, :]
    assert_same(hole, np.broadcast_to(square, hole.shape), hint="A full square in both channels.")
    assert_same((int(rows.sum(1).max()), int(columns.sum(1).max())), (size, size),
                hint="The side of the square, where nothing hangs out.")
### END HIDDEN TESTS

# %% test="cutout:places" points=1
# Any pixel is the middle, with equal chance, for each picture anew
got = cutout(np.ones((4000, 1, 3, 4)), 1, np.random.default_rng(3))
assert_shape(got, (4000, 1, 3, 4), hint="The shape of x.")
shares = (got == 0).mean(axis=(0, 1))
assert_same(shares, np.full((3, 4), 1 / 12), rtol=0, atol=0.026,
            hint="Size 1: each of 12 pixels is blanked in a twelfth of the pictures.")
### BEGIN HIDDEN TESTS
got = cutout(np.ones((4000, 1, 7, 2)), 1, np.random.default_rng(20))
assert_shape(got, (4000, 1, 7, 2), hint="The shape of x.")
shares = (got == 0).mean(axis=(0, 1))
assert_same(shares, np.full((7, 2), 1 / 14), rtol=0, atol=0.025, hint="All pixels alike.")
### END HIDDEN TESTS

# %% test="cutout:rim" points=1
# At the rim the square is cut off, and even sizes lie as told
got = cutout(np.ones((1500, 1, 4, 1)), 2, np.random.default_rng(4))
assert_shape(got, (1500, 1, 4, 1), hint="The shape of x.")
covered, counts = np.unique((got == 0)[:, 0, :, 0], axis=0, return_counts=True)
assert_same(covered.astype(int), np.array([[0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]]),
            hint="Middles 3, 2, 0 and 1: row 0 alone is possible, row 3 alone is not.")
assert_same(counts / 1500, np.full(4, 0.25), rtol=0, atol=0.06, hint="A quarter each.")
got = cutout(np.ones((20, 1, 4, 5)), 10, np.random.default_rng(5))
assert_same(got, np.zeros((20, 1, 4, 5)), hint="Size 10 on 4 × 5: wherever it lies, all is blank.")
### BEGIN HIDDEN TESTS
for n, size in [(5, 3), (6, 4), (3, 5)]:
    expected = {tuple(int(0 <= k - i + size // 2 < size) for k in range(n)) for i in range(n)}
    for shape in [(300, 1, n, 1), (300, 1, 1, n)]:
        got = cutout(np.ones(shape), size, np.random.default_rng(21))
        assert_shape(got, shape, hint="The shape of x.")
        covered = np.unique((got == 0).reshape(300, n), axis=0).astype(int).tolist()
        assert_same({tuple(row) for row in covered}, expected,
                    hint="From i − size // 2, size rows in all, as far as the picture goes.")
### END HIDDEN TESTS

# %% test="cutout:seed" points=0.25
# All chance comes from rng
x = np.ones((50, 1, 6, 6))
got = cutout(x.copy(), 3, np.random.default_rng(6))
assert_shape(got, (50, 1, 6, 6), hint="The shape of x.")
again, other = (cutout(x.copy(), 3, np.random.default_rng(seed)) for seed in (6, 7))
assert_same(again, got, hint="The same seed must give the same result.")
assert_same(np.array_equal(other, got), False, hint="Another seed must give another result.")

# %% test="cutout:edges" points=0.5
# Size 0, no picture, the dtype
x = np.arange(1, 41).reshape(2, 1, 4, 5)
got = cutout(x.copy(), 0, np.random.default_rng(8))
assert_same(got, x, hint="Size 0 covers no row and blanks nothing.")
got = cutout(np.zeros((0, 3, 4, 5)), 2, np.random.default_rng(9))
assert_shape(got, (0, 3, 4, 5), hint="No picture in, no picture out.")
for kind in ("u1", "f4", "i8"):
    got = cutout(np.ones((3, 1, 4, 4), kind), 2, np.random.default_rng(10))
    assert_dtype(got, kind, hint="The dtype stays.")

# %% beside="after_cutout"
@beside_student
def after_cutout(x, size):
    """Give x as it is after a call of `cutout`, and whether the result shares its memory."""
    y = cutout(x, size, np.random.default_rng(0))
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="cutout:contract" points=0.25
# x stays as it was, and the result is a new array
x = np.arange(1.0, 41).reshape(2, 1, 4, 5)
got = cutout(x.copy(), 3, np.random.default_rng(0))
assert_shape(got, (2, 1, 4, 5), hint="First return an array.")
for size in (0, 1, 3):
    after, shared = after_cutout(x.copy(), size)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="The result is x, or a view of it. Make a copy.")

# %% demo items="160"
show(augmentation_grid(flower, {
    "size 32": lambda batch: augment.cutout(batch, 32, rng),
    "size 64": lambda batch: augment.cutout(batch, 64, rng),
}))

# %% [markdown] items="161"
# **Mix-up** (Zhang and others, 2017) goes further: it blends two pictures, and **their labels with
# them**. A picture that is 70 % coat and 30 % boot gets the label 0.7 coat, 0.3 boot. Nobody would
# call it believable, and yet it can help: between two classes the network learns to become unsure
# gradually. For a batch one number $\lambda$ and one permutation are drawn, and
#
# $$ x'_n = \lambda\,x_n + (1 - \lambda)\,x_{\pi(n)}, \qquad
#    y'_n = \lambda\,y_n + (1 - \lambda)\,y_{\pi(n)}, \qquad \lambda \sim \text{Beta}(\alpha, \alpha) $$
#
# The **Beta distribution** with two equal numbers is symmetric on 0 … 1. For $\alpha = 1$ all
# $\lambda$ are equally likely, for small $\alpha$ most lie near 0 or 1 (hardly mixed), for large
# ones near ½.

# %% demo items="161"
for alpha in (0.2, 1, 10):
    drawn = rng.beta(alpha, alpha, 100_000)
    shares = [np.mean((drawn >= low) & (drawn < low + 0.2)) for low in (0, 0.2, 0.4, 0.6, 0.8)]
    print(f"alpha {alpha:4}: lambda in fifths of 0 … 1:", "  ".join(f"{s:4.0%}" for s in shares))

# %% [markdown]
# Labels must be **shares** for that, one row a picture: the *one-hot* row of class 2 among four is
# (0, 0, 1, 0). Class numbers can't be blended: half of a "2" and half of a "4" is no "3".
#
# #### Exercise 6 · `mixup`
#
# Blend each picture of the batch, and its row of shares, with another one. The permutation is
# random, so a picture may meet itself; every picture is a partner exactly once.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: the draws</summary>
#
# `rng.beta` and `rng.permutation`, once each for the whole batch.
# </details>
# <details><summary>Hint 2: partners</summary>
#
# An array indexed by a permutation is the array in another order.
# </details>
# <details><summary>Hint 3: dtypes</summary>
#
# As in all arithmetic of this course: integers count as float64, and float32 stays. Convert first,
# then blend. (`lam * x` with a plain float lam keeps float32.)
# </details>

# %% exercise="mixup" forbids="cnnkit.augment torch" minutes=20
def mixup(x, y_onehot, alpha, rng):
    """Blend each picture, and its label, with another of the batch.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Not changed; N may be 0.
    y_onehot : ndarray, shape (N, K)
        A row for each picture: 1 for its class, or shares that sum to 1. Not changed.
    alpha : float
        Above 0: one lambda is drawn from Beta(alpha, alpha) for the batch.
    rng : numpy.random.Generator

    Returns
    -------
    x : ndarray, shape (N, C, H, W)
    y : ndarray, shape (N, K)
        New arrays. A float dtype is kept, integers and bool give float64; each operand for itself.

    Raises
    ------
    ValueError
        If y_onehot has not two axes: class numbers cannot be blended.

    Examples
    --------
    >>> x, y = mixup(np.zeros((4, 1, 8, 8)), np.eye(4), 0.4, np.random.default_rng(0))
    >>> x.shape, y.sum(axis=1)
    ((4, 1, 8, 8), array([1., 1., 1., 1.]))
    """
    ### BEGIN SOLUTION
    if y_onehot.ndim != 2:
        raise ValueError(f"y_onehot has shape {y_onehot.shape}: give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    mixed = []
    for a in (x, y_onehot):
        a = a.astype(a.dtype if a.dtype.kind == "f" else float)
        mixed.append(lam * a + (1 - lam) * a[perm])
    return tuple(mixed)
    ### END SOLUTION

# %% test="mixup:blend" points=1
# Pictures and labels are blended alike
x = np.array([1.0, 10, 100, 1000]).reshape(4, 1, 1, 1)
got = mixup(x.copy(), np.eye(4), 1.0, np.random.default_rng(0))
assert_same(isinstance(got, tuple) and len(got) == 2, True, hint="Return pictures and labels.")
blended, shares = got
assert_shape(shares, (4, 4), hint="The shape of y_onehot.")
assert_same(shares.sum(axis=1), np.ones(4), hint="The shares of a picture sum to 1.")
assert_same(blended, (shares @ np.array([1.0, 10, 100, 1000])).reshape(4, 1, 1, 1),
            hint="Each picture is made of what its shares say; here class k is the picture 10^k.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1113)
for n, shape, alpha in [(7, (3, 2, 4), 0.5), (12, (1, 5, 3), 2.0), (9, (2, 1, 1), 1.0)]:
    x = source.normal(size=(n, *shape))
    got = mixup(x.copy(), np.eye(n), alpha, np.random.default_rng(22))
    assert_same(isinstance(got, tuple) and len(got) == 2, True, hint="Pictures and labels.")
    blended, shares = got
    assert_shape(shares, (n, n), hint="The shape of y_onehot.")
    assert_same(shares.sum(axis=1), np.ones(n), hint="The shares of a picture sum to 1.")
    assert_same(bool((shares >= 0).all()), True, hint="No share is negative: lambda is in 0 … 1.")
    assert_same(blended, np.tensordot(shares, x, axes=1), hint="The same lambda, the same partner.")
### END HIDDEN TESTS

# %% [markdown]
# The next cell lets your function draw many times. It gives an array: the labels that came out of
# each seed, when picture n was the only one of class n.

# %% beside="mixed_labels"
@beside_student
def mixed_labels(n, alpha, seeds):
    """Give the labels (seeds, n, n) that `mixup` makes of n pictures of n classes, seed by seed."""
    x = np.zeros((n, 1, 1, 1))
    return np.array([mixup(x, np.eye(n), alpha, np.random.default_rng(seed))[1]
                     for seed in range(seeds)])

# %% test="mixup:lambda" points=1
# One lambda for the batch, from Beta(alpha, alpha)
shares = mixed_labels(8, 0.5, 500)
assert_shape(shares, (500, 8, 8), hint="First return labels of the right shape.")
own = np.diagonal(shares, axis1=1, axis2=2)  # lambda, or 1 where a picture met itself
lam = own.min(axis=1)
alike = bool((np.isclose(own, lam[:, None]) | np.isclose(own, 1)).all())
assert_same(alike, True, hint="One lambda for all pictures of a batch.")
assert_same(float(lam.mean()), 0.5, rtol=0, atol=0.09, hint="Symmetric around ½.")
assert_same(float(lam.var()), 1 / 8, rtol=0, atol=0.025,
            hint="Beta(½, ½) has the variance 1/8: many values near 0 and near 1.")
### BEGIN HIDDEN TESTS
for alpha in (1, 6):
    shares = mixed_labels(8, alpha, 500)
    assert_shape(shares, (500, 8, 8), hint="Labels of the right shape.")
    lam = np.diagonal(shares, axis1=1, axis2=2).min(axis=1)
    assert_same(float(lam.mean()), 0.5, rtol=0, atol=0.09, hint="Symmetric around ½.")
    variance = 1 / (4 * (2 * alpha + 1))
    assert_same(float(lam.var()), variance, rtol=0.35, hint="Beta(alpha, alpha), for every alpha.")
### END HIDDEN TESTS

# %% test="mixup:partners" points=0.75
# A random permutation: everybody is a partner once, and any partner is possible
shares = mixed_labels(5, 6, 600)
assert_shape(shares, (600, 5, 5), hint="First return labels of the right shape.")
assert_same(shares.sum(axis=1), np.ones((600, 5)),
            hint="Down a column: each picture goes into its own blend and into one other's.")
met = (shares > 1e-6).mean(axis=0)  # how often picture k is part of blend n
expected = np.where(np.eye(5) == 1, 1, 0.2)
assert_same(met, expected, rtol=0, atol=0.1, hint="Each of five is the partner in a fifth of all.")
### BEGIN HIDDEN TESTS
shares = mixed_labels(3, 8, 600)
assert_shape(shares, (600, 3, 3), hint="Labels of the right shape.")
met = (shares > 1e-6).mean(axis=0)
assert_same(met, np.where(np.eye(3) == 1, 1, 1 / 3), rtol=0, atol=0.12, hint="A third each.")
### END HIDDEN TESTS

# %% test="mixup:dtype" points=0.5
# Integers become float64, float32 stays
for kinds, results in [(("f4", "f4"), ("f4", "f4")), (("u1", "i8"), ("f8", "f8")),
                       (("f4", "f8"), ("f4", "f8"))]:
    got = mixup(np.ones((3, 1, 2, 2), kinds[0]), np.eye(3, dtype=kinds[1]), 1.0,
                np.random.default_rng(3))
    for part, kind in zip(got, results, strict=True):
        assert_dtype(part, kind, hint=f"In: {kinds}, out: {results}.")
blended, _ = mixup(np.array([0, 255], "u1").reshape(2, 1, 1, 1), np.eye(2, dtype=int), 40.0,
                   np.random.default_rng(4))
assert_same(float(np.sum(blended)), 255.0, hint="λ·0 + (1−λ)·255, and the other way round: 255.")

# %% test="mixup:labels" points=0.5
# Class numbers are refused; shares are fine; no picture at all
got = mixup(np.ones((2, 1, 1, 1)), np.array([[0.5, 0.5, 0], [0.5, 0.5, 0]]), 1.0,
            np.random.default_rng(5))
assert_same(got, (np.ones((2, 1, 1, 1)), np.array([[0.5, 0.5, 0], [0.5, 0.5, 0]])),
            hint="Two equal pictures with equal shares stay as they are.")
with assert_raises(ValueError, hint="Class numbers (N,) can't be blended: raise a ValueError."):
    mixup(np.ones((3, 1, 2, 2)), np.array([0, 2, 1]), 1.0, np.random.default_rng(6))
blended, shares = mixup(np.zeros((0, 3, 2, 2)), np.zeros((0, 4)), 1.0, np.random.default_rng(7))
assert_shape(blended, (0, 3, 2, 2), hint="No picture in, no picture out.")
assert_shape(shares, (0, 4), hint="No label either.")

# %% beside="after_mixup"
@beside_student
def after_mixup(x, y_onehot):
    """Give the operands as they are after a call of `mixup`, and whether results share memory."""
    blended, shares = mixup(x, y_onehot, 1.0, np.random.default_rng(0))
    shared = np.shares_memory(x, blended) or np.shares_memory(y_onehot, shares)
    return x.copy(), y_onehot.copy(), bool(shared)

# %% test="mixup:contract" points=0.25
# The operands stay as they were, and the results are new arrays
x, y_onehot = np.arange(8.0).reshape(4, 1, 1, 2), np.eye(4)
got = mixup(x.copy(), y_onehot.copy(), 1.0, np.random.default_rng(0))
assert_same(isinstance(got, tuple) and len(got) == 2, True, hint="First return two arrays.")
after, shares_after, shared = after_mixup(x.copy(), y_onehot.copy())
assert_same(after, x, hint="You wrote into the caller's x.")
assert_same(shares_after, y_onehot, hint="You wrote into the caller's labels.")
assert_same(shared, False, hint="A result is an operand, or a view of it.")

# %% demo items="161"
four = np.array([np.flatnonzero(labels == k)[0] for k in (0, 1, 7, 8)])
blended, shares = augment.mixup(pictures[four] / 255, np.eye(10)[labels[four]], 1.0,
                                np.random.default_rng(0))
names = [" + ".join(f"{share:.2f} {classes('apparel')[k]}" for k, share in enumerate(row) if share)
         for row in shares]
show(gallery(blended, names, columns=4))

# %% [markdown]
# Now mix them all. The mixer draws nine pictures anew with every seed, and asks first what the label
# of a blend is. Then set mix-up to 0 and try one slider at a time: from where on would *you* no longer
# give the picture its label? Which changes are harmless to a boot, and not to a flower? With
# `augmentation_mixer(hflip=hflip, cutout=cutout, mixup=mixup)` it runs on your own functions and names
# what their results lack. A change that nobody has written yet is a function of a batch and an rng:
# `augmentation_mixer(lambda x, rng: x + 0.1 * rng.normal(size=x.shape))` adds noise.

# %% demo items="158 159 160 161"
from cnnkit.widgets import augmentation_mixer

augmentation_mixer()

# %% [markdown] items="40 158"
# ### 1.6 What is it worth?
#
# Back to the 300 pictures. The same network, from the same weights, now sees each picture blended
# and with a hole in it, in another way in each epoch. `fit` calls the augmentation for each batch;
# the 700 others are measured as they are. **Augment while training, never while measuring.**
#
# Is it as good as more pictures? It costs next to nothing, and ten times the data costs weeks
# (handwritten deck). But it makes **no new information**: it remixes what is there (Pilehvar). No
# turn and no blend of 30 coats shows a kind of coat that is not among them.

# %% [markdown] quiz="train_acc"
# **Predict.** After as many epochs as before: how does the accuracy *in training* compare, the one
# that `fit` reports on the batches that it learns from?
# - [ ] It is higher, for the network is better :: Better on new pictures. Those that it learns from
#   have become harder.
# - [ ] It is the same, since the pictures are the same :: They are not: no version comes twice.
# - [x] It is lower :: The batches are harder, and can't be learned by heart.

# %% demo
def holes_and_blends(x, y, rng):
    return augment.mixup(augment.cutout(x, 8, rng), np.eye(10, dtype=x.dtype)[y], 0.4, rng)


model = LeNetLike(np.random.default_rng(0), channels=(8, 16), kernel=3, pools=(2, 2), hidden=64)
augmented = fit(model.astype(np.float32), *few, optimiser=Adam(5e-3), epochs=40, batch_size=32,
                validation=others, rng=np.random.default_rng(0), augment=holes_and_blends)
show(learning_curves({"as they are": by_heart, "holes and blends": augmented}))

# %% demo
for name, run in [("as they are", by_heart), ("holes and blends", augmented)]:
    print(f"{name:17}: in training {run['acc'][-1]:.0%}, on new pictures {run['val_acc'][-1]:.1%}, "
          f"loss there {run['val_loss'][-1]:.2f} (lowest {min(run['val_loss']):.2f})")

# %% [markdown]
# With blended pictures the training accuracy counts the class with the larger share as right. The
# loss on new pictures no longer runs away. By how much the *accuracy* gains, one run can't tell:
# another seed gives another difference. Part 2 does it properly.
#
# ---
# ### A place to stop
#
# That was augmentation. **You have:** flips, crops, affine maps, light, cut-out and mix-up, and the
# rules that go with them: the label stays true (or is blended too), each picture has its own draw
# (but for mix-up's one λ a batch), and measuring is done on pictures as they are. Part 2 turns to
# the network itself, and then asks which of all this helps.

# %% [markdown]
# ---
# ## Part 2 · Regularisation and fair comparison
#
# ### 2.1 Dropout

# %% [markdown] items="40"
# Augmentation alone may not be enough against overfitting; a **dropout** layer just before the
# dense classifier is the usual second remedy (Pilehvar; Srivastava and others, 2014). In each step
# of training every number is set to 0 with chance $p$. What comes next can't rely on any single
# number, so that knowledge is spread.
#
# Then the sum that the next layer sees is too small, by the factor $1 - p$ on average. So the
# numbers that stay are divided by $1 - p$ at once:
#
# $$ y = x \cdot \text{mask}, \qquad \text{mask} = \begin{cases} 0 & \text{with chance } p \\
# 1/(1-p) & \text{otherwise} \end{cases} $$
#
# This is called **inverted dropout**. Its gain: when training is over nothing is dropped *and
# nothing has to be scaled*. $y$ is $x$.
#
# **By hand.** $x = (3, 3, 3, 3)$, $p = 0.25$, and the third number is dropped: $y = (4, 4, 0, 4)$.
# The mean is 3 as before.
#
# **Backward.** The mask is a constant factor of each number, so $dx = dy \cdot \text{mask}$, with
# the *same* mask, its scale in it. With $dy = (1, 2, 3, 6)$ above: $dx = (4/3, 8/3, 0, 8)$.

# %% [markdown] quiz="half"
# **Predict.** In some libraries and papers $p$ is the chance to *keep* a number. A friend mixes this up.
# With which $p$ would a test never notice?
# - [ ] 0 :: Dropping nothing and keeping nothing are as different as can be.
# - [x] 0.5 :: The chance to drop is the chance to keep, and the scale is 2 in both cases. A test of
#   dropout needs another p.
# - [ ] With none :: Think of a coin.

# %% [markdown]
# #### Exercise 7 · `dropout` and `dropout_backward`
#
# Write both. `p` is the chance to be **dropped**, for each number independently. With `train=False`
# nothing is drawn (`rng` may then be `None`), y equals x and the mask is all ones.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: a mask</summary>
#
# One draw for each number of x, whatever its shape: `rng.random(x.shape)`. Which comparison is true
# with the chance 1 − p?
# </details>
# <details><summary>Hint 2: the scale</summary>
#
# Put the scale into the mask, and the mask does everything: forward and backward are one product
# each.
# </details>
# <details><summary>Hint 3: dtypes and copies</summary>
#
# Integers count as float64, float32 stays; the mask has the dtype of y. Without training, too, y
# must be a new array: the caller may go on to write into x.
# </details>

# %% exercise="dropout" forbids="cnnkit.ops cnnkit.layers torch" minutes=20
def dropout(x, p, train, rng):
    """Set numbers to 0 with chance p, and divide the others by 1 - p.

    Parameters
    ----------
    x : ndarray, any shape
        Not changed.
    p : float
        The chance to be dropped, 0 <= p < 1.
    train : bool
        If False, y equals x and the mask is all ones.
    rng : numpy.random.Generator or None
        Not used when train is False.

    Returns
    -------
    y : ndarray, the shape of x
        A new array. A float dtype of x is kept, integers and bool give float64.
    mask : ndarray, the shape and dtype of y
        0, or 1 / (1 - p): y = x * mask.

    Raises
    ------
    ValueError
        If p is not in 0 <= p < 1.

    Examples
    --------
    >>> y, mask = dropout(np.full(100, 3), 0.25, True, np.random.default_rng(0))
    >>> np.unique(y)
    array([0., 4.])
    """
    ### BEGIN SOLUTION
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}: it must be in 0 <= p < 1.")
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    if train:
        mask = (rng.random(x.shape) >= p).astype(dtype) / (1 - p)
    else:
        mask = np.ones(x.shape, dtype)
    return x * mask, mask
    ### END SOLUTION


def dropout_backward(dy, mask):
    """Let the gradient through where the number was kept.

    Parameters
    ----------
    dy : ndarray
        The gradient that arrives. Not changed.
    mask : ndarray, the shape of dy
        What `dropout` gave: its scale is in it. Not changed.

    Returns
    -------
    dx : ndarray, the shape of dy
        A new array, of the dtype that ``dy * mask`` has.

    Examples
    --------
    >>> dropout_backward(np.array([1.0, 2.0]), np.array([0.0, 2.0]))
    array([0., 4.])
    """
    ### BEGIN SOLUTION
    return dy * mask
    ### END SOLUTION

# %% test="dropout:scale" points=1
# Dropped numbers are 0, the others are divided by 1 - p
x = np.full((20, 10), 3.0)
y, mask = dropout(x.copy(), 0.25, True, np.random.default_rng(0))
assert_shape(y, (20, 10), hint="The shape of x.")
assert_same(np.unique(y), np.array([0.0, 4.0]), hint="3 / (1 − 0.25) = 4.")
assert_same(np.unique(mask), np.array([0.0, 4 / 3]), hint="The scale is in the mask.")
assert_same(y, x * mask, hint="y is x times the mask that you return.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1114)
for shape, p in [((4, 3, 5, 2), 0.3), ((150,), 0.8), ((40, 9), 0.1)]:
    x = source.normal(size=shape)
    y, mask = dropout(x.copy(), p, True, np.random.default_rng(23))
    assert_shape(y, shape, hint="The shape of x.")
    assert_same(np.unique(mask), np.array([0, 1 / (1 - p)]), hint="0, or one divided by 1 − p.")
    assert_same(y, x * mask, hint="y is x times the mask that you return.")
### END HIDDEN TESTS

# %% test="dropout:rate" points=0.75
# Each number is dropped with chance p, independently
y, _ = dropout(np.ones((200, 50)), 0.3, True, np.random.default_rng(1))
assert_shape(y, (200, 50), hint="The shape of x.")
dropped = y == 0
assert_same(float(dropped.mean()), 0.3, rtol=0, atol=0.025,
            hint="p is the chance to be dropped: about 30 % of the numbers are 0.")
assert_same(float(dropped.mean(axis=1).std()), (0.3 * 0.7 / 50) ** 0.5, rtol=0.3,
            hint="A draw for each number: the rows differ a little in what they lose, not wholly.")
### BEGIN HIDDEN TESTS
for p, seed in [(0.1, 24), (0.75, 25)]:
    y, _ = dropout(np.ones((40, 4, 5, 10)), p, True, np.random.default_rng(seed))
    assert_shape(y, (40, 4, 5, 10), hint="The shape of x.")
    dropped = (y == 0).reshape(40, 200)
    assert_same(float(dropped.mean()), p, rtol=0, atol=0.03, hint="The share that is dropped.")
    for axis, n in [(0, 40), (1, 200)]:
        assert_same(float(dropped.mean(axis=axis).std()), (p * (1 - p) / n) ** 0.5, rtol=0.6,
                    hint="A draw for each number, not for each picture, channel or place.")
### END HIDDEN TESTS

# %% test="dropout:after_training" points=0.5
# When training is over nothing is dropped and nothing is scaled
x = np.array([[1.0, -2.0], [0.5, 4.0]])
y, mask = dropout(x.copy(), 0.4, False, None)
assert_same(y, x, hint="train=False: y equals x.")
assert_same(mask, np.ones((2, 2)), hint="train=False: a mask of ones.")

# %% test="dropout:backward" points=0.75
# The gradient goes through the same mask
dx = dropout_backward(np.array([1.0, 2, 3, 6]), np.array([4 / 3, 4 / 3, 0, 4 / 3]))
assert_same(dx, np.array([4 / 3, 8 / 3, 0, 8]), hint="dy times the mask. The scale is in it.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1115)
for shape, p in [((3, 2, 4), 0.3), ((9,), 0.6)]:
    dy, kept = source.normal(size=shape), source.random(shape) >= p
    dx = dropout_backward(dy.copy(), kept / (1 - p))
    assert_same(dx, np.where(kept, dy, 0) / (1 - p), hint="Zero where dropped, else scaled once.")
### END HIDDEN TESTS

# %% test="dropout:edges" points=0.5
# p = 0, a p that makes no sense, dtypes, no number at all
y, mask = dropout(np.array([1.0, 2.0]), 0, True, np.random.default_rng(2))
assert_same((y, mask), (np.array([1.0, 2.0]), np.ones(2)), hint="p = 0: everything is kept.")
for p in (1, -0.1, 1.5):
    for train in (True, False):
        with assert_raises(ValueError, hint=f"p = {p} is not in 0 <= p < 1."):
            dropout(np.ones(3), p, train, np.random.default_rng(3))
for kind, result in [("f4", "f4"), ("i8", "f8"), ("u1", "f8")]:
    for train in (True, False):
        for part in dropout(np.ones((2, 3), kind), 0.5, train, np.random.default_rng(4)):
            assert_dtype(part, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
y, _ = dropout(np.zeros((0, 5)), 0.5, True, np.random.default_rng(5))
assert_shape(y, (0, 5), hint="No row in, no row out.")

# %% test="dropout:seed" points=0.25
# All chance comes from rng
y, mask = dropout(np.ones(200), 0.5, True, np.random.default_rng(6))
assert_shape(mask, (200,), hint="The shape of x.")
_, again = dropout(np.ones(200), 0.5, True, np.random.default_rng(6))
_, other = dropout(np.ones(200), 0.5, True, np.random.default_rng(7))
assert_same(again, mask, hint="The same seed must give the same mask.")
assert_same(np.array_equal(other, mask), False, hint="Another seed must give another mask.")

# %% beside="after_dropout"
@beside_student
def after_dropout(x, train):
    """Give x as it is after a call of `dropout`, and whether the result shares its memory."""
    y, _ = dropout(x, 0.3, train, np.random.default_rng(0))
    return x.copy(), bool(np.shares_memory(x, y))

# %% test="dropout:contract" points=0.25
# x stays as it was, and the result is a new array
x = np.arange(1.0, 21)
y, _ = dropout(x.copy(), 0.3, True, np.random.default_rng(0))
assert_shape(y, (20,), hint="First return an array.")
for train in (True, False):
    after, shared = after_dropout(x.copy(), train)
    assert_same(after, x, hint="You wrote into the caller's x.")
    assert_same(shared, False, hint="y is x under another name. Make a new array.")

# %% [markdown]
# From here on `ops.dropout` stands in. One picture, dropped four times: the network must recognise
# the flower in each. (As a rule dropout works on features deep inside, not on pixels; on pixels one
# can see it.)

# %% demo items="40"
chances, light = (0.25, 0.5, 0.75), flower / 255
drops = [ops.dropout(light, p, True, rng) for p in chances]
show(gallery([light, *(y.clip(0, 1) for y, _ in drops)],
             ["as it is", *(f"p = {p}" for p in chances)], columns=4))

# %% demo
for p, (y, mask) in zip(chances, drops, strict=True):
    print(f"p = {p}: {np.mean(mask == 0):.1%} are dropped, and the mean is {y.mean():.3f}; "
          f"it was {light.mean():.3f}")

# %% [markdown]
# Each colour of each pixel is dropped for itself, hence the coloured noise. What stays is
# brighter than before, and the mean is kept, up to chance, as printed. The pictures look darker all
# the same: nothing is drawn brighter than white, and the rest is cut off.
#
# **Two relatives.** *Batch normalisation* (chapter 10) was made for faster training, and
# regularises on the way: each picture is normalised by others that happen to be in its batch, and
# that is noise. *Weight decay* pulls all weights towards 0 in each step, so that large ones must be
# earned: each weight loses the share (learning rate × decay) of itself. Both are in the comparison
# at the end, the second as "weight decay 1": with the learning rate 0.002 a share of 0.2 % a step.

# %% [markdown] items="56"
# ### 2.2 Early stopping
#
# The first picture of this chapter had a best epoch, and it was not the last. So **stop when the
# figure on new pictures no longer gets better** (DSML deck), and go back to the best weights. "No
# longer" needs care: the curve has noise, and one bad epoch says nothing. Hence a **patience**:
# stop after so many epochs *in a row* without a gain on the best.
#
# **By hand.** Losses 0.9, 0.5, 0.6, 0.55, 0.4, 0.45, 0.41, 0.43 with patience 3. The best is 0.5,
# then 0.4 (after two steps without a gain: the count begins anew). Then three steps in a row bring
# nothing: stop at 0.43, and take the weights that had 0.4.
#
# Three details. A gain counts only if it is **larger** than `min_delta`, measured from the best so
# far. With an accuracy more is better: `mode='max'`. And NaN, what a training that has gone wrong
# reports, is never a gain.

# %% [markdown] quiz="copy"
# **Predict.** At each new best a training keeps the weights with `best = params`, a dict of arrays.
# Training goes on, and each step does `params["w"] -= lr * dw`. What is in `best` at the end?
# - [ ] The best weights :: That would need a copy.
# - [x] The last weights :: `best` is the same dict, with the same arrays; they are written over.
# - [ ] The first weights :: They were written over first.

# %% [markdown]
# #### Exercise 8 · `EarlyStopping`
#
# Write the class. `step` takes the figure of one more epoch and the weights that it was reached
# with, and says whether to stop. The attributes `best` and `best_params` hold the best figure and a
# **copy** of its weights.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: what to remember</summary>
#
# Three options and three things that change: the best figure, its weights, and how many steps in a
# row brought no gain.
# </details>
# <details><summary>Hint 2: one comparison</summary>
#
# How much better than the best is the new figure? A difference, in one order for 'min' and in the
# other for 'max'. Is it larger than min_delta? A comparison with NaN is False, whichever way round:
# ask whether it *is* a gain, not whether it is none.
# </details>
# <details><summary>Hint 3: the copy</summary>
#
# `dict(params)` is a new dict with the same arrays. Copy each array too, or see `copy.deepcopy`.
# </details>

# %% exercise="EarlyStopping" forbids="cnnkit.training torch" minutes=25
class EarlyStopping:
    """Watch a figure, epoch by epoch, and keep the best that there was.

    Options need not be checked: they are always as below.

    Parameters
    ----------
    patience : int, at least 1
        Say stop after so many steps in a row without a gain.
    min_delta : float, at least 0
        A gain is an improvement on the best by more than this. NaN is no gain.
    mode : {'min', 'max'}
        Whether less is better, as with a loss, or more, as with an accuracy.

    Attributes
    ----------
    best : float
        The figure of the last gain; before the first one infinity, with the sign that is worst.
    best_params : dict or None
        A copy of what belonged to it.

    Examples
    --------
    >>> watch = EarlyStopping(patience=2)
    >>> losses, weights = [0.9, 0.5, 0.6, 0.7], np.array([10.0, 20, 30, 40])
    >>> [watch.step(losses[n], {"w": weights[n : n + 1]}) for n in range(4)]
    [False, False, False, True]
    >>> watch.best, watch.best_params
    (0.5, {'w': array([20.])})
    """

    def __init__(self, patience, *, min_delta=0, mode="min"):
        ### BEGIN SOLUTION
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0
        ### END SOLUTION

    def step(self, value, params):
        """Take the figure of one more epoch.

        Parameters
        ----------
        value : float
        params : dict
            Name to array: copied where value is a gain.

        Returns
        -------
        stop : bool
        """
        ### BEGIN SOLUTION
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION

# %% [markdown]
# An object does not travel to the tests, so the next cell uses yours beside your code, and brings
# back what it said. In it epoch $n$ (from 0) has the weight $n$. The weights come in three ways: as
# a new dict each time, as one dict that is given a new array each time, or as one array that is
# written over.

# %% beside="watched_by_mine"
@beside_student
def watched_by_mine(values, patience, weights="new dict", **options):
    """Let an `EarlyStopping` watch values; give its answers, its best and its best weight."""
    watch, params = EarlyStopping(patience, **options), {"w": np.zeros(1)}
    said = []
    for epoch, value in enumerate(values):
        if weights == "new dict":
            params = {"w": np.array([float(epoch)])}
        elif weights == "new array":
            params["w"] = np.array([float(epoch)])
        else:
            params["w"][0] = epoch
        said.append(watch.step(value, params))
    kept = None if watch.best_params is None else float(watch.best_params["w"][0])
    return said, watch.best, kept

# %% test="EarlyStopping:stop" points=1.25
# Stop after `patience` steps in a row without a gain
losses = [0.9, 0.5, 0.6, 0.55, 0.4, 0.45, 0.41, 0.43]
said, _, _ = watched_by_mine(losses, 3)
assert_same(said, [False] * 7 + [True], hint="The example by hand: three in a row, and not before.")
said, _, _ = watched_by_mine([3.0, 2.0, 2.5, 1.0, 1.5], 1)
assert_same(said, [False, False, True, False, True], hint="Patience 1: any step without a gain.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1116)
for patience in (2, 4, 5):
    values = (1 / np.arange(1, 31) ** 0.2 + 0.15 * source.random(30)).tolist()
    least = np.minimum.accumulate(values)
    last = [values.index(low) for low in least]  # the epoch of the best so far
    expected = [n - best >= patience for n, best in enumerate(last)]
    said, _, _ = watched_by_mine(values, patience)
    assert_same(said, expected, hint="How many steps is the last gain on the best ago?")
### END HIDDEN TESTS

# %% test="EarlyStopping:best" points=0.75
# The best figure, and how much a gain must be
said, best, kept = watched_by_mine([1.0, 0.7, 0.8, 0.7], 2)
assert_same((best, kept), (0.7, 1.0), hint="0.7 was best, in epoch 1. The same again is no gain.")
assert_same(said, [False, False, False, True], hint="0.8 and 0.7 bring no gain on 0.7.")
said, best, kept = watched_by_mine([1.0, 0.95, 0.9, 0.85], 3, min_delta=0.1)
assert_same((best, kept), (0.85, 3.0), hint="0.95 and 0.9 gain too little on 1; 0.85 gains 0.15.")
assert_same(said, [False] * 4, hint="Gains are measured from the best, here from 1, until 0.85.")
### BEGIN HIDDEN TESTS
for values, delta, best, kept, said in [
    ([5.0, 4.0, 3.5, 2.9, 2.0, 1.95], 1.0, 2.0, 4.0, [0, 1, 0, 1, 0, 1]),
    ([8.0, 7.0, 6.0, 5.0], 1.5, 6.0, 2.0, [0, 1, 0, 1]),
    ([2.0, 2.0, 1.0, 1.0], 0, 1.0, 2.0, [0, 1, 0, 1]),
]:
    got = watched_by_mine(values, 1, min_delta=delta)
    assert_same(got, ([bool(one) for one in said], best, kept),
                hint="Only a gain of more than min_delta on the best changes the best.")
### END HIDDEN TESTS

# %% test="EarlyStopping:mode" points=0.5
# mode='max': more is better
said, best, kept = watched_by_mine([0.5, 0.7, 0.6, 0.65], 2, mode="max")
assert_same((said, best, kept), ([False, False, False, True], 0.7, 1.0), hint="An accuracy.")
got = watched_by_mine([-3.0, -2.0, -2.5], 1, mode="max", min_delta=0.5)
assert_same(got, ([False, False, True], -2.0, 1.0), hint="Negative figures are figures too.")

# %% test="EarlyStopping:nan" points=0.5
# NaN is no gain
nan = float("nan")
got = watched_by_mine([1.0, nan, 0.5, nan, nan], 2)
assert_same(got, ([False, False, False, False, True], 0.5, 2.0),
            hint="NaN counts as a step without a gain, and never becomes the best.")
got = watched_by_mine([nan, nan], 2, mode="max")
assert_same(got, ([False, True], -np.inf, None), hint="No gain yet: minus infinity, no weights.")
got = watched_by_mine([nan, 3.0], 2)
assert_same(got, ([False, False], 3.0, 1.0), hint="The first figure that is one is a gain.")

# %% test="EarlyStopping:copy" points=1
# The weights of the best epoch, however training changes them later
for weights in ("new dict", "new array", "same array"):
    got = watched_by_mine([0.9, 0.5, 0.6, 0.7], 5, weights)
    assert_same(got[2], 1.0, hint=f"Weights as {weights}: those of epoch 1, with the loss 0.5.")
### BEGIN HIDDEN TESTS
for weights in ("same array", "new array", "new dict"):
    got = watched_by_mine([0.2, 0.4, 0.6, 0.5, 0.1], 9, weights, mode="max")
    assert_same(got[2], 2.0, hint=f"Weights as {weights}: those of the best epoch.")
### END HIDDEN TESTS

# %% [markdown]
# From here on `cnnkit.training.EarlyStopping` stands in; `fit` takes one as `early_stopping=`, and
# in the end the model has the weights of the best epoch. Here it watches the training of section
# 1.1 once more.

# %% demo items="56"
from cnnkit.pictures import stopping
from cnnkit.training import EarlyStopping as Watch

watch = Watch(patience=5)
says = [watch.step(value, {"epoch": np.array(n)}) for n, value in enumerate(by_heart["val_loss"])]
stop = says.index(True) if True in says else None
kept = int(watch.best_params["epoch"])
show(stopping(by_heart["val_loss"], best=kept, stop=stop))

# %% demo items="56"
ran = len(says) if stop is None else stop + 1
print(f"{ran} of {len(says)} epochs were run; loss on new pictures {watch.best:.2f}, of epoch "
      f"{kept + 1}; after all epochs {by_heart['val_loss'][-1]:.2f}")

# %% [markdown]
# It saves time as well. One warning: the pictures that said when to stop are no longer *new*. They
# have chosen the epoch, and their figure is a little too good. For a last word keep others: the
# **test** pictures, looked at once.

# %% [markdown]
# ### 2.3 A fair comparison
#
# Which remedy helps? A single run with and a single run without one answer nothing: other first
# weights, another order, other pictures, and the difference has another sign. What makes a
# comparison fair:
#
# 1. **One change at a time.** Network, steps, optimiser: all else stays.
# 2. **Several seeds**, at least three. Report the mean and the spread (the standard deviation), never
#    the best run.
# 3. **The same seeds for all**, so that each remedy meets the same pictures and the same first
#    weights. Then look at the *differences*, seed by seed: what makes a seed easy drops out.
# 4. **Choose by the validation pictures.** The test pictures are for the end, and for once.

# %% [markdown] quiz="who_wins"
# **Predict.** A small net, 500 pictures of apparel, the same number of steps for all. Which of these
# is *clearly* worse than no remedy at all, on new pictures?
# - [ ] Cut-out :: A coat with a hole is still a coat, and has to be recognised by the rest.
# - [ ] Mix-up :: Its blends look odd, but their labels say so.
# - [x] Turns by up to 180° :: In these pictures a coat never stands on its head. A network this small
#   can spend its strength but once.

# %% [markdown]
# So many trainings would block this notebook for a long time. They were done before, and recorded.

# %% demo items="158 159 160 161"
from cnnkit import recorded
from cnnkit.pictures import spread

record = recorded.load("11_augmentation_and_regularisation")
runs = {}
for run in record.runs:
    runs.setdefault(run["remedy"], []).append(run)
final = {name: [run["val_acc"][-1] for run in ours] for name, ours in runs.items()}
show(spread(final, baseline="none", what="accuracy on 1,000 validation pictures"))

# %% demo
print(record.label)
gain = {name: 100 * (np.array(values) - final["none"]) for name, values in final.items()
        if name != "none"}
loss_of = {name: np.mean([run["val_loss"][-1] for run in ours]) for name, ours in runs.items()}
print(f"gain over none (mean loss {loss_of['none']:.2f}), seed by seed, in points:")
for name, ours in sorted(gain.items(), key=lambda pair: -pair[1].mean()):
    print(f"{name:25} {ours.mean():+6.1f} ± {ours.std(ddof=1):3.1f}, up in {np.sum(ours > 0)} "
          f"of {len(ours)} seeds; mean loss {loss_of[name]:.2f}")

# %% [markdown]
# **How to read it.** A dot is a run, a bar the mean. The spread of an accuracy says how much
# seeds matter. The gains are compared **seed by seed**: all remedies met the same pictures and
# the same first weights, so that what makes a seed easy or hard drops out (rule 3). The number
# after ± is the spread of the single gains, from seed to seed; the mean of five is surer than one
# of them, by a factor of $\sqrt 5$. As a rough rule: a mean gain that is smaller than this
# spread, up or down, may be nothing. One that is larger is worth a second look, with new seeds,
# for among many remedies one may be lucky.

# %% demo items="156 158"
alone = [name for name in gain if name != "eight times the data"]
best_one = max(alone, key=lambda name: gain[name].mean())
sure = [name for name in alone if gain[name].mean() > gain[name].std(ddof=1)]
below = [name for name in alone if -gain[name].std(ddof=1) <= gain[name].mean() < 0]
lower = [name for name in alone if loss_of[name] < loss_of["none"]]
print(f"gain larger than its spread: {', '.join(sure)} ({len(sure)} of {len(alone)} remedies)")
print(f"below none, but within the spread: {', '.join(below)}")
print(f"lower loss than with none: {len(lower)} of {len(alone)}")
print(f"best by validation: {best_one}, {gain[best_one].mean():+.1f} points")
print(f"eight times the pictures: {gain['eight times the data'].mean():+.1f} points")
for name in ("none", best_one, "everything at once", "rotate by up to 180°"):
    seen = np.mean([run["train_acc"] for run in runs[name]])
    print(f"accuracy on the 500 pictures themselves, {name}: {seen:.0%}")

# %% [markdown]
# What the numbers say, and what they don't:
#
# - **More pictures win.** No remix of 500 pictures replaces the others.
# - **Most gains in accuracy are small, and many are no gains**: smaller than their spread. One run
#   each would have told us any story we like. In the *loss* most remedies show: the net is less sure
#   of its errors.
# - **Remedies with a good name can end below none**, as the second line says, dropout and flips
#   among them. That is no proof that they harm: the distance is within the spread. But they were
#   no help to *this* small net in so few steps, and no lecture can promise it for yours.
# - **Too much of a good thing.** "Everything at once" (flip, shift, cut-out, mix-up, dropout, batch
#   normalisation) does not even fit the pictures that it learns from. The small net is now
#   **underfitting**. Look at the training accuracy first: regularisation is for networks that overfit.
# - **A change must be believable.** Turns by any angle make a hard problem of an easy one.
#
# **Is it fair to give all the same number of steps?** It is one kind of fairness, the same bill for
# all. But who sees ever new versions has more to learn, and is slower. Three of the trainings were
# repeated with three times as many epochs.

# %% demo items="158"
longer = recorded.load("11_longer_training")
print(longer.label)
for name in dict.fromkeys(run["remedy"] for run in longer.runs):
    long = [run for run in longer.runs if run["remedy"] == name]
    short = runs[name][:len(long)]  # of the same seeds
    (loss, acc), (more_loss, more_acc) = (
        [np.mean([run[key][-1] for run in part]) for key in ("val_loss", "val_acc")]
        for part in (short, long))
    print(f"{name:20} 40 epochs: loss {loss:.2f}, accuracy {acc:.1%}; "
          f"120 epochs: loss {more_loss:.2f}, accuracy {more_acc:.1%}")

# %% [markdown]
# The accuracies move by less than seeds differ. The losses tell more: without a remedy the loss
# runs far away, with shifts it rises more slowly, with blends hardly at all. That is what
# regularisation buys first of all: **training for longer does less harm**, so that less depends
# on where it ends.

# %% demo
show(learning_curves({"none": runs["none"], best_one: runs[best_one],
                      "everything at once": runs["everything at once"]}))

# %% [markdown]
# The same figures epoch by epoch. Without a remedy the loss on new pictures falls and rises, as
# in section 1.1; with the best one it hardly rises. "Everything at once" does worse than both on
# new pictures from the first epoch to the last. And its accuracy *in training* is lower than on
# new pictures! That is no error: in training the figures are of the **altered** batches, with
# blends, holes and numbers dropped. The accuracy "on the 500 pictures themselves" further up is
# of the pictures as they are, after the last epoch: that is the one to compare.

# %% [markdown]
# The choice is made, and the test pictures may be looked at, once:

# %% demo
for name in ("none", best_one):
    tested = np.array([run["test_acc"] for run in runs[name]])
    print(f"{name:20} {tested.mean():.1%} ± {tested.std(ddof=1):.1%} of 1,000 test pictures")

# %% [markdown]
# What holds for this net, these pictures and so many steps need not hold for yours. The *way* of
# finding out does. Chapter 13 asks it of you.
#
# ---
# ## What you learned
#
# - A net with more weights than pictures learns them by heart; on new ones the loss then rises.
# - Augmentation changes pictures while training, each by its own draw, and keeps the label true;
#   mix-up blends it too, with one λ for the batch. Measuring is done on pictures as they are.
# - Affine maps ask of each pixel where it came from; the forward way leaves holes.
# - Inverted dropout divides by $1 - p$ in training, so that nothing changes afterwards.
# - Early stopping waits `patience` epochs for a gain on the best, and keeps a copy of its weights.
# - Compare with one change at a time, the same seeds for all, mean and spread; choose by validation, and
#   test once.
#
# ## Three questions

# %% [markdown] quiz="end_batch"
# **1.** A friend's flip draws one coin for each batch. The share of flipped pictures in an epoch is
# right. What is lost?
# - [ ] Nothing: on average all is the same :: The average over an epoch is. But steps are taken batch
#   by batch.
# - [x] Variety within a batch: its pictures all look the same way :: Gradients of a batch then lean to
#   one side, and batch normalisation sees statistics of one side only.
# - [ ] The labels become wrong :: A flipped coat is a coat, alone or with others.

# %% [markdown] quiz="end_eval"
# **2.** A net with dropout gives other scores each time you ask about the same picture. What
# happened?
# - [ ] The weights were not restored by early stopping :: Then the scores would be worse, but the same
#   each time.
# - [x] It still drops: it was asked in training mode :: Measure with `train=False` (in torch
#   `model.eval()`): then no chance is left.
# - [ ] p is too large :: Whatever p is, after training nothing is dropped.

# %% [markdown] quiz="end_seed"
# **3.** Remedy A: 84.1 % in its best of ten runs. Remedy B: 83.2 ± 0.3 % over five seeds, and the
# net without remedy 81.9 ± 0.4 % over the same ones. What do you know?
# - [ ] A is better than B :: The best of ten is always high. What are its mean and its spread?
# - [x] B helps; of A you know nothing yet :: B's gain is larger than the spread of either. A's number
#   is chosen by luck.
# - [ ] Neither helps: spreads are everywhere :: 1.3 points are three spreads and more.

# %% [markdown]
# ## One open question
#
# Mix-up's pictures are not believable at all, and yet with it the loss on new pictures falls. So *is*
# "believable" the right word? Think of what the network is told by a blend of two classes, and of
# what a turn by 180° tells it. There is no mark for this.
#
# *[12 Transfer and fine-tuning →](12_transfer_and_fine_tuning.ipynb)*
