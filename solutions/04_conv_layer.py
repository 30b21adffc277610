# %% [markdown]
# # 04 · The convolutional layer
#
# *[← 03 Filtering images](03_image_filtering_2d.ipynb) · [Contents](00_start_here.ipynb) ·
# [05 Pooling and downsampling →](05_pooling_and_downsampling.ipynb)*
#
# **You will**
# - predict the size of a layer's output for any kernel, stride, padding and dilation;
# - pad so that the size is kept, and say which pixels one output sees;
# - count a layer's weights and multiplications, and see what sharing weights saves;
# - carry weights from one library's axis order to another's;
# - write the whole layer from its definition, and look at what it finds in a photograph.
#
# **Time.** About 4½ hours: part 1 (shapes and counts) 115 minutes, part 2 (the layer) 160.
# There is a good place to stop between them.
#
# **Prerequisites.** Chapter 01 (images as arrays, channels first), chapter 02 (the words *valid*,
# *same* and *full*, the flip) and chapter 03 (the dot product of a window with a kernel, zero
# padding). Slicing, broadcasting and tuples in NumPy.

# %% [markdown]
# **How this chapter speaks.** Every lecture and library has its own letters, and they clash: P is
# the padding in Pilehvar's slides and the filter size in Neog's; S is the stride in one and the
# kernel size in another; W is a width here and weights there. We use one set throughout.
#
# | Written | Means | Shape in NumPy |
# |---|---|---|
# | $x$ | input: a batch of N images with C channels | `(N, C, H, W)` |
# | $w$ | weights: O filters | `(O, C, kH, kW)` |
# | $b$ | bias: one number per filter | `(O,)` |
# | $y$ | output: one map per filter | `(N, O, Ho, Wo)` |
# | $k, s, p, d$ | kernel size, stride, padding, dilation | a whole number, or a pair (rows, columns) |
#
# Indices start at 0. A layer computes **cross-correlation**, written ★: the kernel is laid on the
# image as it is and never flipped. The name "convolution" stuck all the same; $*$ is kept for the
# flipping kind of chapter 02. *Valid* means no padding, *same* means that the size is kept.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT
# Guwahati); Y. Kochura, *Computer Vision*, lectures 10–11, after F. Chollet, *Deep Learning with
# Python* (2021); the deck *DSML: Computer Vision* (22 March 2023); an unsigned handwritten deck
# on convolutional networks. Papers are named where they are used. A box headed **Erratum**
# corrects a lecture; a box headed **Careful** completes one that is right where it stands. Boxes
# name **items**: the numbers of the lectures' points in the course's list of sources,
# `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import layouts, ops, shapes
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(4)

# %% [markdown]
# One tool is given: `pair(value, name, minimum)` turns a whole number into a pair and gives a pair
# back as a tuple. A number that is too small, or a tuple of more or fewer than two, raises a
# `ValueError`; what is neither a whole number nor a pair raises a `TypeError`. Both say in a
# sentence what is wrong. Kernel, stride and dilation are at least 1, padding is at least 0.
#
# **How the tests speak.** A test that prints nothing has passed. Run the cells one by one with
# Shift+Enter: *Run All* stops at the first test that fails. The tests here are examples; marking
# uses others too.

# %% demo
print(pair(3, "kernel", 1), pair((1, 2), "stride", 1))
try:
    pair(0, "stride", 1)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# ---
# ## Part 1 · Shapes and counts
#
# ### 1.1 Why not simply a dense layer?

# %% [markdown] items="3 64"
# A dense layer takes a vector. To feed it a photograph you must lay all pixels in a row, and what
# was above, beside and behind what is lost. A convolutional network never does that. Its neurons
# stand in a block with **height, width and depth**, and every layer turns one block into another:
# a differentiable function from volume to volume, with parameters (a convolution) or without
# (a pooling). The first block is three colours deep; every later one is as deep as the number of
# filters that made it. (Pilehvar; Neog.)

# %% demo items="81"
from cnnkit.pictures import show, volume

show(volume(("input", 3, 32, 32), ("6 filters, 5 × 5", 3, 5, 5), ("output", 6, 28, 28)))

# %% [markdown]
# Read the picture from left to right: a colour image of 32 × 32 pixels, filters of 5 × 5 pixels
# that are as deep as the image, and one 28 × 28 map for each of six filters. Why 28, and what it
# costs, is part 1 of this chapter. What happens inside is part 2.

# %% [markdown] quiz="dense_weights"
# **Predict.** An image has 200 × 200 pixels and 3 colours. A dense hidden layer of 100 neurons
# looks at all of it. How many weights does that layer have, biases not counted?
# - [ ] 120,000 :: That is what a single neuron needs. There are 100 of them.
# - [x] 12,000,000 :: 200 · 200 · 3 = 120,000 weights for each of 100 neurons.
# - [ ] 4,000,000 :: That would be one colour: 200 · 200 · 100. Each neuron sees all three.

# %% demo items="2 65"
for height, width, channels in [(32, 32, 3), (200, 200, 3)]:
    one_neuron = height * width * channels
    print(f"{height} x {width} x {channels}: {one_neuron:,} weights for one dense neuron, "
          f"{100 * one_neuron:,} for a layer of 100")
print(f"A 5 x 5 filter over 3 channels: {5 * 5 * 3} weights, for an image of any size")

# %% [markdown] items="2 65" careful="2"
# The slides print 3,072 weights for a 32 × 32 × 3 image and 120,000 for 200 × 200 × 3, without
# saying of what. Both numbers are right **for one neuron** of the first hidden layer, bias not
# counted, as Neog's lecture says. A layer has as many times that as it has neurons. So many
# parameters for one layer are slow to learn and quick to overfit; sharing them is the remedy.

# %% [markdown]
# ### 1.2 How large is the output?

# %% [markdown] items="80 81 109 44"
# Lay a window of $k$ pixels on a row of $n$ pixels and push it to the right, one pixel at a time.
# It can start at 0, 1, 2, … and must stop when its last pixel reaches the end, at start $n-k$.
# That makes $n-k+1$ places, and the layer computes one number at each.
#
# | Row | Window | Starts | Places |
# |---|---|---|---|
# | 5 | 3 | 0, 1, 2 | 3, so a 5 × 5 image has 3 × 3 = 9 places (Kochura) |
# | 8 | 5 | 0, 1, 2, 3 | 4 (Neog) |
# | 32 | 5 | 0 … 27 | 28; six filters give 28 × 28 × 6 (Neog) |
# | 28 | 3 | 0 … 25 | 26 (Kochura) |
#
# These are the *valid* places. Chapter 02 met two other choices: *same* ($n$ places) and *full*
# (every overlap, $n+k-1$ places); the DSML deck lists all three as $m-a+1$, $m$ and $m+a-1$ (its
# $m$ and $a$ are our $n$ and $k$).

# %% [markdown] items="19 22 83 84"
# Three settings change the count. (With the number of filters and their size they are the layer's
# *hyperparameters*: chosen by you, not learned. The number of filters sets the output's **depth**.)
#
# - **Stride** $s$: the window moves $s$ pixels at a time. With $n=7$, $k=3$: stride 1 gives starts
#   0, 1, 2, 3, 4, five places; stride 2 gives starts 0, 2, 4, three places.
# - **Padding** $p$: $p$ zeros are put before and after the row, so the window finds $n+2p$ pixels.
#   With $n=5$, $k=3$, $p=1$: five places at stride 1, three at stride 2.
# - **Dilation** $d$: the window's taps stand $d$ pixels apart, so $k$ taps reach over $d(k-1)+1$
#   pixels. Three taps with dilation 2 reach over five.

# %% [markdown] quiz="stride_three"
# **Predict.** A row of 7 pixels, a window of 3, stride **3**, no padding. Dividing by the stride,
# (7 − 3)/3 + 1, gives 2.33. How many numbers does a layer in PyTorch or Keras compute?
# - [x] 2 :: Starts 0 and 3 fit. A window from 6 would need the pixels 6, 7 and 8.
# - [ ] 3 :: The third window would start at 6 and hang out of the image by two pixels.
# - [ ] None: it stops with an error, because 2.33 is not a whole number. ::
#   Frameworks round down without a word. That is the danger, see below.

# %% demo items="84"
from cnnkit.pictures import show, windows

show(windows(7, 7, 3, stride=3))

# %% [markdown] items="84" careful="84"
# Neog leaves 2.33 as a question. The answer: frameworks round **down**, to 2. No error, and no
# word that the last row and the last column were never looked at. If something matters there, the
# network can't know.

# %% [markdown] items="21"
# **The rule**, used in this whole course, for the height and in the same way for the width:
#
# $$ H_o = \left\lfloor \frac{H + 2p - d\,(k-1) - 1}{s} \right\rfloor + 1 $$
#
# Read it aloud: the pixels at hand, $H+2p$, minus the reach of the window, $d(k-1)+1$, is the last
# possible start; divide it by the stride and round down; add one for the place at start 0. For the
# 7 pixels above: $7-2-1=4$, $4/3$ rounded down is 1, and 1 more makes 2.

# %% [markdown]
# #### Exercise 1 · `conv2d_shape`
#
# Compute the height and the width of the output, each from its own kernel, stride, padding and
# dilation, and return them as a tuple. Padding may also be one of two words: `'valid'` (none), or
# `'same'`, where the output has $\lceil n/s \rceil$ places whatever the kernel and the dilation. If
# no window fits, raise a `ValueError` whose message says so.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write the rule for one axis first. Then apply it twice: once with the first entries of all pairs,
# once with the second.
# </details>
# <details><summary>Hint 2: rounding</summary>
#
# In Python `a // b` rounds down and keeps whole numbers whole; `a / b` gives a float, and
# `round` rounds to the nearest. To round *up*, think about what `//` does with a negative number.
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# Turn kernel, stride and dilation into pairs with `pair`. Deal with `'same'` and return early. Let
# `'valid'` be padding 0. Compute both sizes. Only then check that neither is below 1.
# </details>

# %% exercise="conv2d_shape" forbids="cnnkit.conv2d_shape cnnkit.out_size cnnkit.ops torch" minutes=20
def conv2d_shape(H, W, kernel, *, stride=1, padding=0, dilation=1):
    """Compute the height and width of a convolutional layer's output.

    Each axis on its own: floor((n + 2p - d(k - 1) - 1) / s) + 1.

    Parameters
    ----------
    H, W : int
        Height and width of the input.
    kernel, stride, dilation : int or pair of int, at least 1
        A single number counts for both axes; a pair is (rows, columns).
    padding : int or pair of int, at least 0, or 'valid' or 'same'
        Zeros before and after each axis. 'valid' is 0; 'same' gives ceil(n / s).

    Returns
    -------
    (Ho, Wo) : tuple of two int

    Raises
    ------
    ValueError
        If an option is out of range, or if no window fits (a size below 1).

    Examples
    --------
    >>> conv2d_shape(5, 7, 3, stride=(1, 2))
    (3, 3)
    """
    ### BEGIN SOLUTION
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dilation = pair(dilation, "dilation", 1)
    if isinstance(padding, str) and padding == "same":
        return -(-H // stride[0]), -(-W // stride[1])
    padding = pair(0 if padding == "valid" else padding, "padding", 0)
    sizes = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip((H, W), kernel, stride, padding, dilation, strict=True)
    )
    if min(sizes) < 1:
        raise ValueError(f"No window fits: kernel {kernel} on an input of {H} x {W}.")
    return sizes
    ### END SOLUTION

# %% test="conv2d_shape:table" points=1
# Sizes of the lectures that divide evenly
lectures = [(5, 3, 1, 1, 5), (5, 3, 2, 1, 3), (7, 3, 1, 0, 5), (7, 3, 2, 0, 3),
            (8, 5, 1, 0, 4), (32, 5, 1, 0, 28), (227, 11, 4, 0, 55)]
for n, kernel, stride, padding, size in lectures:
    got = conv2d_shape(n, n, kernel, stride=stride, padding=padding)
    assert_same(got, (size, size), hint=f"n={n}, k={kernel}, s={stride}, p={padding}: "
                "list the starts by hand and count them.")
    assert_dtype(np.asarray(got), int, hint="Whole numbers, please: 3.0 can't size an array.")

# %% test="conv2d_shape:floor" points=1
# A stride that does not divide rounds down
got = conv2d_shape(7, 7, 3, stride=3)
assert_same(got, (2, 2), hint="Starts 0 and 3 fit, 6 does not: round down, don't raise.")
got = conv2d_shape(224, 224, 11, stride=4, padding=2)
assert_same(got, (55, 55), hint="(224 + 4 - 11) / 4 is 54.25, so the last start is number 54.")
got = conv2d_shape(8, 8, 3, stride=3)
assert_same(got, (2, 2), hint="5 / 3 is 1.67: round down, not to the nearest.")
### BEGIN HIDDEN TESTS
for n, k, s, p in [(9, 2, 4, 0), (11, 4, 5, 1), (23, 5, 4, 0), (10, 3, 4, 0), (16, 1, 6, 2)]:
    size = len(range(0, n + 2 * p - k + 1, s))
    assert_same(conv2d_shape(n, n, k, stride=s, padding=p), (size, size),
                hint="Count the starts of windows that lie wholly inside.")
### END HIDDEN TESTS

# %% test="conv2d_shape:dilation" points=0.5
# Dilation widens the window's reach
got = conv2d_shape(7, 7, 3, dilation=2)
assert_same(got, (3, 3), hint="Three taps, two apart, reach over five pixels.")
got = conv2d_shape(9, 9, 3, dilation=(1, 2))
assert_same(got, (7, 5), hint="Rows: 9 - 3 + 1. Columns: 9 - 5 + 1.")
### BEGIN HIDDEN TESTS
for n, k, dh, dw in [(9, 3, 1, 3), (20, 4, 5, 2), (12, 1, 4, 7), (15, 2, 6, 3)]:
    sizes = (n - dh * (k - 1), n - dw * (k - 1))
    assert_same(conv2d_shape(n, n, k, dilation=(dh, dw)), sizes,
                hint="How far is it from the first tap to the last?")
### END HIDDEN TESTS

# %% test="conv2d_shape:pairs" points=0.5
# Rows and columns each have their own numbers
got = conv2d_shape(6, 9, (3, 2))
assert_same(got, (4, 8), hint="Rows come first: height 6 goes with kernel height 3.")
got = conv2d_shape(9, 9, 3, stride=(1, 2), padding=(0, 1))
assert_same(got, (7, 5), hint="Rows: 9 - 3 + 1. Columns: (9 + 2 - 3) / 2 + 1.")
### BEGIN HIDDEN TESTS
for H, W, k, s, p in [(10, 13, (4, 3), (2, 5), (1, 0)), (5, 14, (1, 6), (1, 2), (0, 3)),
                      (17, 4, (3, 2), (7, 1), (0, 2)), (6, 12, 3, (3, 1), (0, 1))]:
    kh, kw = k if isinstance(k, tuple) else (k, k)
    sizes = (len(range(0, H + 2 * p[0] - kh + 1, s[0])),
             len(range(0, W + 2 * p[1] - kw + 1, s[1])))
    assert_same(conv2d_shape(H, W, k, stride=s, padding=p), sizes,
                hint="Each axis has its own size, kernel, stride and padding.")
### END HIDDEN TESTS

# %% test="conv2d_shape:words" points=0.5
# Padding given as a word
got = conv2d_shape(6, 6, 3, padding="valid")
assert_same(got, (4, 4), hint="'valid' means no padding.")
got = conv2d_shape(7, 7, 3, padding="same")
assert_same(got, (7, 7), hint="'same' keeps the size at stride 1.")
got = conv2d_shape(7, 7, 4, stride=2, dilation=3, padding="same")
assert_same(got, (4, 4), hint="'same' gives 7 / 2 rounded up, whatever kernel and dilation.")
got = conv2d_shape(5, 5, 3, stride=2, padding="same")
assert_same(got, (3, 3), hint="5 / 2 rounded up is 3.")

# %% test="conv2d_shape:errors" points=0.5
# No window fits, or an option makes no sense: ValueError
assert_same(conv2d_shape(4, 4, 4), (1, 1), hint="This window just fits: no error here.")
with assert_raises(ValueError, hint="A 5 x 5 window does not fit on 4 x 4 pixels."):
    conv2d_shape(4, 4, 5)
with assert_raises(ValueError, hint="It is enough that one of the two axes is too short."):
    conv2d_shape(9, 2, 3, stride=2)
with assert_raises(ValueError, hint="Three taps, three apart, reach over seven pixels."):
    conv2d_shape(6, 6, 3, dilation=3)
for option in [{"padding": -1}, {"dilation": 0}, {"stride": 0}, {"stride": (1, -1)}]:
    with assert_raises(ValueError, hint=f"{option} makes no sense: let `pair` check it."):
        conv2d_shape(8, 8, 3, **option)

# %% [markdown]
# From here on the chapter uses `shapes.conv2d_shape`, the course's own function, so that you can go
# on even if yours is not finished. Replace it by yours to see whether the tables stay the same.

# %% demo items="22 23 27 44 111"
print("  input  kernel  stride  padding   output")
for size, kernel, stride, padding in [(5, 3, 1, 1), (5, 3, 2, 1), (227, 11, 4, 0), (28, 3, 1, 0),
                                      (28, 3, 1, "same"), (5, 3, 2, 0), (28, 3, 1, 2)]:
    result = shapes.conv2d_shape(size, size, kernel, stride=stride, padding=padding)
    print(f"{size:7} {kernel:7} {stride:7} {padding:>8}   {result}")

# %% [markdown] items="22 27 44 111"
# The first two lines are Pilehvar's quiz (5 and 3), and the second is also the setting of a demo to
# which part 2 comes back. Line 3 is the first layer of AlexNet.
# The last line is *full*: padding $k-1$ on both sides makes $28+3-1=30$ places. Line 6 is Kochura's
# example of a stride: 3 × 3 windows, two apart, on 5 × 5 pixels leave 2 × 2 numbers.

# %% [markdown]
# #### Notes on the lectures
#
# The lectures write the rule in other letters, and some of their sizes need a word more. Nothing
# later in this chapter needs these notes.

# %% demo items="21 80"
H, k, d = 7, 3, 1
for s, p in [(3, 0), (2, 1), (4, 1)]:
    rule, lecture = (H + 2 * p - d * (k - 1) - 1) // s + 1, (H - k + 2 * p) / s + 1
    print(f"n = {H}, k = {k}, s = {s}, p = {p}: the rule {rule}, Pilehvar's formula {lecture:.2f}")
print("Neog, N = 8 with a filter of size P = 5:", 8 - (5 - 1))
print("Neog's P = 5 taken for Pilehvar's padding, with F = 5:", 8 - 5 + 2 * 5 + 1)

# %% [markdown] items="21" careful="21"
# Pilehvar gives the size as $(W-F+2P)/S+1$. That is the rule for $d=1$, and right whenever $S$
# divides $W-F+2P$. It says nothing about remainders, and has no dilation.

# %% [markdown] items="80" careful="80"
# Neog writes the output as $(N-(P-1)) \times (N-(P-1))$, where **P is the size of the filter**. In
# Pilehvar's formula **P is the padding**. Put one lecture's P into the other's formula and the
# answer is far off: in the last two lines above 4 becomes 14. Here the filter size is always $k$
# and the padding always $p$.

# %% demo items="23"
for size, padding in [(227, 0), (224, 0), (224, 2)]:
    exact = (size + 2 * padding - 11) / 4 + 1
    floored, _ = shapes.conv2d_shape(size, size, 11, stride=4, padding=padding)
    print(f"{size} pixels, padding {padding}: {exact} places, rounded down {floored}")

# %% [markdown] items="23" careful="23"
# Pilehvar takes AlexNet's input as 227 × 227, and the sum comes out even: 55. The paper
# (Krizhevsky, Sutskever and Hinton, 2012) states **224 × 224**, which gives 54.25 places; without
# padding a layer would make 54. The version in torchvision takes 224 with padding 2, which rounds
# down to 55. When a size in a paper does not fit, look for the padding.

# %% demo items="45 145"
m, a, step = 7, 3, 2
strided = shapes.conv2d_shape(m, m, a, stride=step)[0]
dilated = shapes.conv2d_shape(m, m, a, dilation=step)[0]
print(f"m = {m}, a = {a}, step {step}, no padding: strided {strided}, dilated {dilated}")
strided = shapes.conv2d_shape(m, m, a, stride=step, padding="same")[0]
dilated = shapes.conv2d_shape(m, m, a, dilation=step, padding="same")[0]
print(f"with padding 'same': strided {strided}, dilated {dilated}; m / step = {m / step}")
share = (3 * 3) / (5 * 5)
print(f"stride 2 keeps {share:.0%} of the 25 numbers of stride 1 (1/2 is 50 %, 1/4 is 25 %)")

# %% [markdown] items="45" careful="45"
# The DSML deck lists $m/k$ places for a strided convolution and $m$ for a dilated one. (Its $k$ is
# the step, our $s$ or $d$; its $m$ and $a$ are our $n$ and $k$.) That is right with "same" padding
# and a step that divides $m$; in general it is $\lceil m/k \rceil$. Without padding the strided
# layer has $\lfloor (m-a)/k \rfloor + 1$ places and the dilated one $m-k(a-1)$: 3 and 3 for $m=7$,
# $a=3$, $k=2$.

# %% [markdown] items="145" careful="145"
# The handwritten deck says that a stride keeps "1/stride" of the outputs. That holds in 1-D, and
# roughly: the exact count is $\lfloor (n-k)/s \rfloor + 1$. In 2-D both axes shrink, so roughly
# $1/s^2$ is left. The deck's 7 × 7 example goes from 5 × 5 to 3 × 3 numbers.

# %% [markdown] items="111" erratum="111"
# Kochura's notes say that strided convolutions are rarely used in models that classify. Two of the
# best known use them: AlexNet's first layer has stride 4 (line 3 of the table), and a ResNet halves
# its maps with convolutions of stride 2, four times, its first layer included (He et al., 2016).

# %% [markdown]
# ### 1.3 Why pad?

# %% [markdown] items="20 86"
# For two reasons. **Size:** each layer without padding takes $k-1$ rows and columns away, and a
# deep stack soon has nothing left. **Borders:** a pixel in the corner lies in fewer windows than
# one in the middle, so the layer hardly looks at it.

# %% demo items="86"
size, trace = 32, [32]
while size >= 5:
    size, _ = shapes.conv2d_shape(size, size, 5)
    trace.append(size)
print("5 x 5 kernels, no padding:", " -> ".join(map(str, trace)), "and no window fits any more")

# %% [markdown] quiz="corner_seen"
# **Predict.** A 3 × 3 window visits all valid places of a 5 × 5 image. How often is a corner pixel
# inside the window, and how often the pixel in the centre?
# - [ ] Corner 1, centre 4 :: The window has nine cells, and the centre can lie under each of them.
# - [x] Corner 1, centre 9 :: One place reaches the corner. All nine places cover the centre.
# - [ ] Corner 4, centre 9 :: Four is right for a corner with padding 1. Without padding it is one.

# %% demo items="20"
from cnnkit.pictures import coverage, show

show(coverage(5, 5, 3))

# %% demo items="20"
show(coverage(5, 5, 3, padding=1))

# %% [markdown] items="20"
# Each number says how many windows see that pixel. Padding 1 raises the corner from 1 to 4 and
# keeps the size 5 × 5. Only many zeros (the *full* kind) would treat all pixels alike, and they
# would make the image grow.

# %% [markdown] items="85 110"
# How many zeros keep the size? At stride 1 the layer takes $d(k-1)$ away, so that many must be
# added in total. For an odd kernel without dilation half of it goes to each side, $(k-1)/2$:
# 1 for 3 × 3, 2 for 5 × 5, 3 for 7 × 7 (Neog; Kochura has the first two). So 3 × 3 on 7 × 7 with
# padding 1 stays 7 × 7. Keras calls this `"same"` and its default, no padding, `"valid"`.

# %% [markdown] items="85" careful="85"
# $(k-1)/2$ is right for **odd** kernels at **stride 1** without **dilation**. With dilation the
# total is $d(k-1)$. If the total is odd, no equal split exists: the extra zero goes to the *end*,
# at the bottom and on the right, as in PyTorch. With a stride above 1 the same zeros give
# $\lceil n/s \rceil$ places and not $n$: padding does not undo a stride.

# %% [markdown]
# #### Exercise 2 · `same_padding`
#
# Say how many zeros to put above and below, left and right, so that a layer with stride 1 keeps the
# height and the width. Return a tuple of two tuples. An odd zero goes to the end: below, and to the
# right.
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: the total</summary>
#
# By how many pixels does the window's reach, $d(k-1)+1$, exceed a single pixel? That many are lost.
# </details>
# <details><summary>Hint 2: the split</summary>
#
# Halve the total with `//` for the beginning. What is then left for the end? Don't halve twice.
# </details>
# <details><summary>Hint 3: a case to try by hand</summary>
#
# Kernel 4, dilation 1: the total is 3. Which two whole numbers, the smaller one first? And with
# dilation 2?
# </details>

# %% exercise="same_padding" forbids="cnnkit.same_padding torch" minutes=10
def same_padding(kernel, *, dilation=1):
    """Say how many zeros on each side keep the size at stride 1.

    Parameters
    ----------
    kernel, dilation : int or pair of int, at least 1
        A single number counts for both axes; a pair is (rows, columns).

    Returns
    -------
    ((top, bottom), (left, right)) : tuple of two tuples (int, int)
        d(k - 1) zeros in total along each axis; an odd one goes to the bottom or the right.

    Examples
    --------
    >>> same_padding((3, 2))
    ((1, 1), (0, 1))
    """
    ### BEGIN SOLUTION
    kernel, dilation = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    (rows, columns) = ((total // 2, total - total // 2) for total in totals)
    return rows, columns
    ### END SOLUTION

# %% test="same_padding:odd" points=0.5
# Odd kernels: the same on both sides
for k, p in [(1, 0), (3, 1), (5, 2), (7, 3)]:
    assert_same(same_padding(k), ((p, p), (p, p)), hint=f"Kernel {k} takes {k - 1} pixels away.")
got = same_padding((3, 7))
assert_same(got, ((1, 1), (3, 3)), hint="First (top, bottom) from the rows, then (left, right).")

# %% test="same_padding:even" points=1
# Even kernels: the odd zero goes to the end
got = same_padding(2)
assert_same(got, ((0, 1), (0, 1)), hint="One zero in all, below and to the right.")
### BEGIN HIDDEN TESTS
for k in (4, 6, 8, 10):
    both = ((k - 2) // 2, k // 2)
    assert_same(same_padding(k), (both, both), hint="The two sides must add up to what is lost.")
### END HIDDEN TESTS

# %% test="same_padding:dilation" points=0.5
# Dilation multiplies what is lost
got = same_padding(3, dilation=2)
assert_same(got, ((2, 2), (2, 2)), hint="Three taps, two apart: four pixels are lost.")
got = same_padding(3, dilation=(1, 5))
assert_same(got, ((1, 1), (5, 5)), hint="Rows have dilation 1, columns 5.")
got = same_padding(4, dilation=2)
assert_same(got, ((3, 3), (3, 3)), hint="Six pixels are lost, an even number: split them equally.")

# %% demo items="85 110"
for kernel, dilation in [(3, 1), (5, 1), (7, 1), (2, 1), (4, 1), (3, 3)]:
    sides, _ = shapes.same_padding(kernel, dilation=dilation)
    padded = 7 + sum(sides)
    kept, _ = shapes.conv2d_shape(padded, padded, kernel, dilation=dilation)
    print(f"kernel {kernel}, dilation {dilation}: {sides[0]} before, {sides[1]} after, 7 -> {kept}")

# %% [markdown]
# ### 1.4 Which pixels does one output see?

# %% [markdown] items="109"
# Turn the question round: given the output at row $i$, column $j$, which pixels went into it? Its
# window starts at row $i s - p$, counted from the first row of the image without its padding, and
# its taps follow $d$ apart:
#
# $$ i s - p,\quad i s - p + d,\quad \dots,\quad i s - p + d\,(k-1). $$
#
# On a 5 × 5 image a 3 × 3 window can be centred on 9 of the 25 tiles, and the output has these
# 9 numbers. Taps that fall on the padding see zeros, and no pixel.

# %% demo items="109"
from cnnkit.pictures import show, window

show(window(5, 5, 3, output=(1, 2)))

# %% demo
show(window(5, 5, 3, output=(0, 0), padding=1))

# %% demo items="108"
image = np.arange(36).reshape(6, 6)
i, j = 2, 3
print("input[i-1:i+1, j-1:j+1] has shape", image[i - 1 : i + 1, j - 1 : j + 1].shape)
print("input[i-1:i+2, j-1:j+2] has shape", image[i - 1 : i + 2, j - 1 : j + 2].shape, "(centred)")
print("input[i:i+3,   j:j+3]   has shape", image[i : i + 3, j : j + 3].shape, "(valid)")

# %% [markdown] items="108" erratum="108"
# Kochura writes that with 3 × 3 windows `output[i, j, :]` comes from
# `input[i-1:i+1, j-1:j+1, :]`. In Python a slice leaves its end out, so that is a **2 × 2** patch.
# Write `i-1:i+2` when the window is centred on the pixel (padding 1), or `i:i+3` when the output is
# *valid*. The cell above shows all three. You will meet this mistake again, in your own code.

# %% [markdown]
# #### Exercise 3 · `receptive_patch`
#
# Return a tuple of two slices, so that `x[rows, cols]` are the pixels that output $(i, j)$ sees:
# only taps inside the image, and with the dilation as the slices' step. If the window hangs out of
# the image, the slice begins (or ends) at the first (or last) **tap** inside, which is not always
# the first pixel. If no tap is inside, the slice is empty. Rows and columns are clipped
# independently.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: one axis</summary>
#
# Write an inner function for one axis that returns a slice, and call it for rows and columns.
# Forget the borders first: where is the first tap, where is the last, and what does a slice's end
# mean?
# </details>
# <details><summary>Hint 2: before the image</summary>
#
# A negative number in a slice counts from the end, so it must go. But with dilation 3 and the
# first tap at −2 the next tap is at 1, and not at 0: move on by whole steps of $d$.
# `%` with a negative left side may surprise you pleasantly.
# </details>
# <details><summary>Hint 3: behind the image, and outside</summary>
#
# NumPy cuts a slice that ends too late by itself. It does not help with an end that is negative:
# `x[0:-1]` is nearly everything. What must the end be, at the least?
# </details>

# %% exercise="receptive_patch" forbids="cnnkit.receptive_patch torch" minutes=35
def receptive_patch(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    """Say which pixels of the input one output sees.

    Parameters
    ----------
    i, j : int
        Row and column of the output, counted from 0.
    in_hw : pair of int
        Height and width of the input, padding not counted.
    kernel, stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    (rows, cols) : tuple of two slice
        ``x[rows, cols]`` holds the taps that lie inside the image; the step is the dilation.
        Along an axis where no tap lies inside, the slice is empty.

    Examples
    --------
    >>> x = np.arange(25).reshape(5, 5)
    >>> rows, cols = receptive_patch(0, 1, (5, 5), 3)
    >>> x[rows, cols]
    array([[ 1,  2,  3],
           [ 6,  7,  8],
           [11, 12, 13]])
    """
    ### BEGIN SOLUTION
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    slices = []
    for out, n, k, s, p, d in zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True):
        first = out * s - p
        stop = first + d * (k - 1) + 1
        if first < 0:
            first %= d  # the first tap inside: whole steps of d from the one outside
        slices.append(slice(first, max(0, min(stop, n)), d))
    return tuple(slices)
    ### END SOLUTION

# %% [markdown]
# The tests don't compare slices, since several slices can mean the same pixels. They compare what
# the slices cut out, with the help of this function. It runs beside your code.

# %% beside="cut_patch"
@beside_student
def cut_patch(x, i, j, kernel, **options):
    """Cut out of the plane x what `receptive_patch` says that output (i, j) sees."""
    patch = receptive_patch(i, j, x.shape, kernel, **options)
    if not isinstance(patch, tuple):
        kind = type(patch).__name__
        raise TypeError(f"receptive_patch must return a tuple of two slices, not a {kind}.")
    return x[patch].copy()

# %% test="receptive_patch:inside" points=1
# Windows that lie inside the image
x = np.arange(30).reshape(5, 6)
got = cut_patch(x.copy(), 1, 2, 3)
assert_same(got, np.array([[8, 9, 10], [14, 15, 16], [20, 21, 22]]),
            hint="Rows 1, 2, 3 and columns 2, 3, 4: a slice leaves its end out.")
got = cut_patch(x.copy(), 1, 0, 3, stride=2)
assert_same(got, np.array([[12, 13, 14], [18, 19, 20], [24, 25, 26]]),
            hint="At stride 2 output row 1 starts at image row 2.")
got = cut_patch(x.copy(), 2, 4, 1)
assert_same(got, np.array([[16]]), hint="A 1 x 1 kernel sees one pixel.")

# %% test="receptive_patch:borders" points=1
# Windows that hang out of the image
x = np.arange(25).reshape(5, 5)
got = cut_patch(x.copy(), 0, 0, 3, padding=1)
assert_same(got, np.array([[0, 1], [5, 6]]), hint="Row -1 and column -1 are padding: leave them.")
got = cut_patch(x.copy(), 4, 4, 3, padding=1)
assert_same(got, np.array([[18, 19], [23, 24]]), hint="Row 5 and column 5 are padding as well.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(42).normal(size=(6, 9))
for i, j, k, p in [(0, 4, 5, 2), (5, 8, 3, 1), (6, 0, 4, 2), (1, 9, 5, 3)]:
    rows = [r for r in range(i - p, i - p + k) if 0 <= r < 6]
    cols = [c for c in range(j - p, j - p + k) if 0 <= c < 9]
    assert_same(cut_patch(x.copy(), i, j, k, padding=p), x[np.ix_(rows, cols)],
                hint="Only taps inside the image count, at all four borders.")
### END HIDDEN TESTS

# %% test="receptive_patch:dilation" points=1
# Dilated windows, also across the border
x = np.arange(49).reshape(7, 7)
got = cut_patch(x.copy(), 1, 0, 3, dilation=2)
assert_same(got, np.array([[7, 9, 11], [21, 23, 25], [35, 37, 39]]),
            hint="Taps two apart: rows 1, 3 and 5.")
got = cut_patch(x.copy(), 0, 0, 3, padding=2, dilation=3)
assert_same(got, np.array([[8, 11], [29, 32]]),
            hint="Taps at -2, 1 and 4: the first one inside is 1, not 0.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(43).normal(size=(9, 12))
for i, j, k, p, d in [(0, 1, 4, 5, 4), (1, 0, 3, 4, 3), (4, 6, 3, 3, 4), (0, 0, 2, 1, 2)]:
    rows = [i - p + d * a for a in range(k) if 0 <= i - p + d * a < 9]
    cols = [j - p + d * a for a in range(k) if 0 <= j - p + d * a < 12]
    assert_same(cut_patch(x.copy(), i, j, k, padding=p, dilation=d), x[np.ix_(rows, cols)],
                hint="Write down the taps, then strike out those that are outside.")
### END HIDDEN TESTS

# %% test="receptive_patch:outside" points=0.5
# A window wholly in the padding sees nothing
got = cut_patch(np.arange(20).reshape(4, 5), 0, 3, 2, padding=3)
assert_shape(got, (0, 2), hint="Rows -3 and -2 are padding, columns 0 and 1 are not.")
### BEGIN HIDDEN TESTS
for i, j, shape in [(3, 0, (2, 0)), (0, 0, (0, 0)), (8, 4, (0, 2)), (1, 4, (0, 2))]:
    got = cut_patch(np.arange(30.0).reshape(5, 6), i, j, 2, padding=3)
    assert_shape(got, shape, hint="What does a slice mean whose end is negative?")
### END HIDDEN TESTS

# %% test="receptive_patch:pairs" points=0.5
# Rows and columns each have their own numbers
got = cut_patch(np.arange(24).reshape(4, 6), 1, 1, (2, 3), stride=(1, 2))
assert_same(got, np.array([[8, 9, 10], [14, 15, 16]]), hint="Rows 1 and 2, columns 2, 3 and 4.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(44).normal(size=(7, 14))
for i, j, k, s, p, d in [(1, 2, (2, 3), (3, 2), (1, 2), (2, 1)),
                         (1, 1, (3, 1), (1, 4), (0, 2), (2, 3)),
                         (1, 2, (1, 4), (2, 3), (1, 0), (1, 2))]:
    rows = [i * s[0] - p[0] + d[0] * a for a in range(k[0])]
    cols = [j * s[1] - p[1] + d[1] * a for a in range(k[1])]
    got = cut_patch(x.copy(), i, j, k, stride=s, padding=p, dilation=d)
    assert_same(got, x[np.ix_(rows, cols)],
                hint="The first number of each pair is for rows, the second for columns.")
### END HIDDEN TESTS

# %% demo
seen = np.zeros((5, 5), dtype=int)
for i in range(5):
    for j in range(5):
        seen[shapes.receptive_patch(i, j, (5, 5), 3, padding=1)] += 1
print(seen)  # the coverage picture of section 1.3, counted from the outputs' side

# %% [markdown]
# ### 1.5 What does a layer cost?

# %% [markdown] items="26 83"
# A layer has four numbers to choose: how many filters $O$, their size $k$, the stride and the
# padding. The layer turns a volume with $C$ channels into one with $O$ channels. In Pilehvar's
# summary, with our letters:
#
# - the output is $H_o \times W_o$ from the rule above, and $O$ deep;
# - each filter has $k_H k_W C$ weights and one bias, the layer $(k_H k_W C + 1)\,O$ numbers;
# - map $o$ of the output is filter $o$ moved over the input in steps of $s$, plus bias $o$.
#
# Its work is counted in *multiply-accumulates* (MACs, "products" in Neog's table): each of the
# $H_o W_o O$ outputs takes $k_H k_W C$ of them. The bias is added, not multiplied, so it costs none.

# %% [markdown] items="26" careful="26"
# The summary says that a map is a *valid* convolution of the filter over the input volume. Read it
# as: over the **padded** volume. First the zeros are added, then the window visits all valid places
# of what is now there. Both steps together give the size rule with its $2p$.

# %% demo
padded = 5 + 2 * 1
print("5 with padding 1:   ", shapes.conv2d_shape(5, 5, 3, stride=2, padding=1))
print("7 with padding valid:", shapes.conv2d_shape(padded, padded, 3, stride=2, padding="valid"))

# %% [markdown] items="23 24"
# **Sharing.** What is worth detecting at one place is worth detecting at another, so all places of
# a map use the *same* weights and the same bias. Pilehvar shows what that saves in AlexNet's first
# layer: 96 filters of 11 × 11 × 3, each at 55 × 55 places.

# %% [markdown] quiz="sharing"
# **Predict.** If each of the 55 × 55 places had weights and a bias of its own, how many times as
# many parameters would that layer have?
# - [ ] 96 times :: The number of filters is the same in both cases, so it cancels.
# - [x] 3,025 times :: 55 · 55 places, each with what is now shared by all of them.
# - [ ] 363 times :: 11 · 11 · 3 = 363 is the number of weights of one filter. It cancels too.

# %% [markdown]
# #### Exercise 4 · `conv_params` and `conv_macs`
#
# Count the parameters and the multiply-accumulates of a layer. With `out_hw` given, `conv_params`
# counts an *untied* layer, in which every place has its own weights and its own bias.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: one number of the output</summary>
#
# How many weights meet in a single output value? A filter is as deep as the input. Is there a bias?
# </details>
# <details><summary>Hint 2: from one to all</summary>
#
# Shared: multiply by the number of filters only. Untied: by the number of filters and of places.
# Which of the two is like counting MACs?
# </details>
# <details><summary>Hint 3: a check by hand</summary>
#
# 2 channels, 3 filters of 1 × 1: 2 weights and 1 bias each, so 9 parameters. On 4 × 5 places it
# makes 3 · 20 numbers from 2 products each.
# </details>

# %% exercise="conv_counts" forbids="cnnkit.conv_params cnnkit.conv_macs torch" minutes=15
def conv_params(C, O, kernel, *, bias=True, out_hw=None):
    """Count the parameters of a convolutional layer.

    Parameters
    ----------
    C, O : int
        Channels of the input and of the output (the number of filters).
    kernel : int or pair of int
    bias : bool
        Whether each filter has a bias.
    out_hw : pair of int, optional
        Height and width of the output. Given, the layer is untied: weights and a bias for each
        place. Left out, the weights are shared by all places.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    kh, kw = pair(kernel, "kernel", 1)
    places = 1 if out_hw is None else out_hw[0] * out_hw[1]
    return places * O * (C * kh * kw + bool(bias))
    ### END SOLUTION


def conv_macs(C, O, kernel, out_hw):
    """Count the multiply-accumulates of a convolutional layer for one image.

    Parameters
    ----------
    C, O : int
        Channels of the input and of the output.
    kernel : int or pair of int
    out_hw : pair of int
        Height and width of the output.

    Returns
    -------
    int
        The number of products; the bias needs none.
    """
    ### BEGIN SOLUTION
    kh, kw = pair(kernel, "kernel", 1)
    return out_hw[0] * out_hw[1] * O * C * kh * kw
    ### END SOLUTION

# %% test="conv_counts:params" points=1
# Parameters of a layer that shares its weights
got = conv_params(1, 32, 5)
assert_same(got, 832, hint="32 filters with 5 · 5 weights and a bias each (Neog's LeNet table).")
got = conv_params(3, 96, 11)
assert_same(got, 34_944, hint="96 filters of 11 · 11 · 3 weights make 34,848, and 96 biases.")
got = conv_params(3, 2, 3, bias=False)
assert_same(got, 54, hint="Without a bias only the weights count.")
### BEGIN HIDDEN TESTS
for C, filters, kernel in [(7, 4, (3, 5)), (1, 9, (1, 6)), (12, 5, 2)]:
    size = np.ones(kernel if isinstance(kernel, tuple) else (kernel, kernel)).size
    for bias in (True, False):
        expected = sum([C * size + (1 if bias else 0)] * filters)
        assert_same(conv_params(C, filters, kernel, bias=bias), expected,
                    hint="A filter reaches through all channels; its bias is one number.")
### END HIDDEN TESTS

# %% test="conv_counts:untied" points=1
# Parameters when every place has its own
got = conv_params(3, 96, 11, out_hw=(55, 55))
assert_same(got, 105_705_600, hint="55 · 55 · 96 = 290,400 neurons with 364 numbers each.")
got = conv_params(2, 5, 1, out_hw=(4, 3))
assert_same(got, 180, hint="4 · 3 · 5 neurons with 2 weights and a bias each.")
got = conv_params(2, 5, 1, bias=False, out_hw=(4, 3))
assert_same(got, 120, hint="Without a bias only the 2 weights of each neuron count.")

# %% test="conv_counts:macs" points=1
# Multiply-accumulates
got = conv_macs(1, 32, 5, (24, 24))
assert_same(got, 460_800, hint="32 maps of 24 · 24 numbers, 5 · 5 products each; no bias.")
got = conv_macs(3, 2, (3, 2), (5, 4))
assert_same(got, 720, hint="5 · 4 · 2 numbers, 3 · 2 · 3 products each.")
### BEGIN HIDDEN TESTS
for C, filters, kernel, out_hw in [(5, 3, (2, 7), (6, 4)), (16, 2, (1, 3), (9, 5)),
                                   (3, 4, 5, (1, 8))]:
    taps = np.ones((C, *(kernel if isinstance(kernel, tuple) else (kernel, kernel)))).size
    expected = sum([taps] * np.ones((filters, *out_hw)).size)
    assert_same(conv_macs(C, filters, kernel, out_hw), expected,
                hint="One product for each weight, at each place of each map, in each channel.")
### END HIDDEN TESTS

# %% demo items="23 24"
shared = shapes.conv_params(3, 96, 11)
untied = shapes.conv_params(3, 96, 11, out_hw=(55, 55))
print(f"outputs            55 * 55 * 96 = {55 * 55 * 96:>11,}")
print(f"untied parameters                 {untied:>11,}")
print(f"shared parameters                 {shared:>11,}  ({shared - 96:,} weights and 96 biases)")
print(f"ratio                             {untied / shared:>11,.0f}  = 55 * 55")
print(f"multiply-accumulates, either way  {shapes.conv_macs(3, 96, 11, (55, 55)):>11,}")

# %% [markdown] items="24"
# Sharing makes the layer 3,025 times smaller and not one product cheaper: it saves memory and
# training data, not arithmetic. It also builds in a belief, that place does not matter. Chapter 09
# comes to pictures for which the belief is wrong.

# %% [markdown]
# ---
# ## Half-way
#
# A good place to stop. You can now say of any layer how large its output is, what each output sees,
# what it holds and what it costs. What it *computes* is part 2. When you come back, run the setup
# cell first, and the cells of those functions of yours that you want to use again.
#
# ---

# %% [markdown]
# ## Part 2 · The layer
#
# ### 2.1 Through all channels

# %% [markdown] items="15 17"
# The input is a *feature map*: two axes of space and one of depth. The layer cuts out patches, does
# the same to each, and puts the results together again into an output feature map. What it does to
# a patch is a dot product. A filter is small in space, for example 5 × 5, but reaches through the
# **full depth** of the input, so its shape is 5 × 5 × 3 on a colour image. Moved over the image, one
# filter gives one flat map of its responses, the *activation map*; the maps of all filters stacked
# are the output volume. (Pilehvar.)

# %% demo items="136"
from cnnkit.pictures import dot_product, show

red = np.array([[73, 47, 17], [96, 37, 0], [75, 66, 9]])
green = np.array([[49, 53, 57], [46, 57, 49], [49, 51, 52]])
blue = np.array([[32, 56, 80], [10, 57, 99], [33, 34, 92]])
kernel = np.zeros((3, 3, 3), dtype=int)
kernel[:, 1, 1] = 1, 1, -2  # our own filter: is the centre more yellow than blue?
patch = np.stack([red, green, blue])

show(dot_product(patch, kernel, ("red", "green", "blue")))

# %% [markdown] items="136 137"
# The patch is the one of the handwritten deck. Each channel meets its own slice of the filter, and
# the three sums are **added** to one number. Nothing in this is bound to three colours: with $C$
# channels it is
#
# $$ y[i,j] = \sum_{c=0}^{C-1} \left( x_c \star w_c \right)[i,j] . $$

# %% [markdown] items="136" careful="136"
# The deck first writes $\sum_i x_i \cdot k_i$ and then spells out
# $\mathrm{Conv}(x_r,k_r)+\mathrm{Conv}(x_g,k_g)+\mathrm{Conv}(x_b,k_b)$. The first line is short
# for the second. It is not an element-by-element product of image and kernel, which do not even
# have the same size.

# %% [markdown] quiz="filters_and_channels"
# **Predict.** A colour image (3 channels) goes into a layer with 10 filters. How many channels has
# the output?
# - [ ] 30 :: That would keep the colours apart. A filter adds its three channels to one number.
# - [x] 10 :: One map per filter, however many channels went in.
# - [ ] 3 :: The input's depth sets the depth of the filters, not of the output.

# %% [markdown] items="49" careful="49"
# The DSML deck says "we need 3 filters if we have 3 input channels". In the usual words that is
# **one filter with 3 slices** (three 2-D kernels, added up). The number of *filters* is the number
# of *output* channels and free to choose. The cell below has 3 channels in and 10 maps out.

# %% demo items="49 104 138"
x = rng.normal(size=(1, 3, 8, 8))
w = rng.normal(size=(10, 3, 3, 3))
print("input", x.shape, " weights", w.shape, " output", ops.conv2d(x, w).shape)

# %% [markdown] items="104 138"
# Several filters are stacked along a new axis, the first one of `w`. In the output the channels no
# longer stand for colours. Each stands for the filter that made it, "how much of this pattern is
# here", which may be as abstract as the presence of a face (Kochura).

# %% [markdown]
# ### 2.2 The order of the axes

# %% [markdown] items="139"
# A layer's arrays have four axes each, and libraries order them differently. The handwritten deck
# gives both common ways:
#
# | | input | weights | output |
# |---|---|---|---|
# | TensorFlow, Keras | `(N, H, W, C)` | `(S, S, C, O)`: `HWIO` | `(N, H, W, O)` |
# | PyTorch, this course | `(N, C, H, W)` | `(O, C, kH, kW)`: `OIHW` | `(N, O, Ho, Wo)` |
#
# (S is the deck's size of a square kernel. The first line's output has the input's height and width
# only if padded as "same".) For weights we use the letters O and I, out and in, and H and W for the
# kernel. Weights trained in one library have to change order before another can use them.

# %% demo items="140"
try:
    from torch.nn import Conv2d, ConvTranspose2d

    print("Conv2d(4, 6, (3, 5))           ", tuple(Conv2d(4, 6, (3, 5)).weight.shape))
    print("Conv2d(4, 6, (3, 5), groups=2) ", tuple(Conv2d(4, 6, (3, 5), groups=2).weight.shape))
    print("ConvTranspose2d(4, 6, (3, 5))  ", tuple(ConvTranspose2d(4, 6, (3, 5)).weight.shape))
except ImportError:
    print("PyTorch is not installed here. The box below tells what it says.")

# %% [markdown] items="140" erratum="140"
# On its page about PyTorch the handwritten deck gives the kernel's shape as C × O × S × S. PyTorch
# stores **O × (C / groups) × kH × kW**: the number of filters first. (C × O is the order of
# `ConvTranspose2d`, a different layer.) With C = O a mistaken order raises no error, and every
# filter is wrong.

# %% [markdown]
# #### Exercise 5 · `layout_convert`
#
# Reorder the axes of a weight array from one layout to another. A layout is a string of the letters
# O, I, H and W, each once. The result is a new array with the dtype of the old one.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: move, don't reshape</summary>
#
# `reshape` keeps the numbers in their order in memory and only cuts them up differently. You need
# the NumPy function that moves axes.
# </details>
# <details><summary>Hint 2: which list of axes?</summary>
#
# For each letter of the *new* layout, in order, ask at which position it stood in the *old* one.
# Asking the other way round gives the inverse, which for many pairs looks right at first.
# </details>
# <details><summary>Hint 3: a new array</summary>
#
# Moving axes returns a view of the same numbers: whoever changes the result changes the input. How
# does one get numbers of one's own?
# </details>

# %% exercise="layout_convert" forbids="cnnkit.layout_convert torch" minutes=20
def layout_convert(w, src, dst):
    """Reorder the axes of a layer's weights.

    Parameters
    ----------
    w : ndarray of rank 4
        Weights with their axes in the order `src`.
    src, dst : str
        The letters O, I, H and W in any order: 'OIHW' (PyTorch), 'HWIO' (Keras), ...

    Returns
    -------
    ndarray
        The same weights with their axes in the order `dst`: a new array of the same dtype.

    Raises
    ------
    ValueError
        If a layout is not made of these four letters, or if w has not four axes.

    Examples
    --------
    >>> layout_convert(np.zeros((6, 3, 5, 4)), "OIHW", "HWIO").shape
    (5, 4, 3, 6)
    """
    ### BEGIN SOLUTION
    for layout in (src, dst):
        if sorted(layout) != sorted("OIHW"):
            raise ValueError(f"A layout holds each of O, I, H and W once, not {layout!r}.")
    if w.ndim != 4:
        raise ValueError(f"Weights have 4 axes, these have {w.ndim}.")
    return np.transpose(w, [src.index(letter) for letter in dst]).copy()
    ### END SOLUTION

# %% test="layout_convert:values" points=1.5
# Every weight arrives at its place
w = np.arange(360).reshape(6, 3, 5, 4)  # OIHW: 6 filters, 3 channels, 5 x 4
got = layout_convert(w.copy(), "OIHW", "HWIO")
assert_shape(got, (5, 4, 3, 6), hint="The new axes are: height 5, width 4, in 3, out 6.")
for o, c, a, b in [(0, 0, 0, 1), (5, 2, 4, 3), (1, 2, 3, 0), (4, 1, 0, 2)]:
    assert_same(np.asarray(got)[a, b, c, o], w[o, c, a, b],
                hint="Axes move and take their numbers along; reshape leaves the numbers behind.")
### BEGIN HIDDEN TESTS
sizes = {"O": 5, "I": 2, "H": 4, "W": 3}
source = np.random.default_rng(45)
for src, dst in [("HWIO", "OIHW"), ("OIHW", "IOHW"), ("IOHW", "HWOI"), ("WOHI", "IHWO"),
                 ("HOWI", "OWIH"), ("IHWO", "IHWO")]:
    w = source.normal(size=[sizes[letter] for letter in src])
    expected = np.einsum(f"{src}->{dst}".lower(), w)
    assert_same(layout_convert(w.copy(), src, dst), expected,
                hint="For each new axis: where was it before?")
### END HIDDEN TESTS

# %% test="layout_convert:dtype" points=0.5
# The dtype is kept
for dtype in (np.float32, np.float16, np.int8, np.bool_):
    got = layout_convert(np.ones((2, 3, 1, 4), dtype), "HWIO", "OIHW")
    assert_dtype(got, dtype, hint="Moving numbers must not change their kind.")

# %% test="layout_convert:errors" points=0.75
# A layout that is none: ValueError
got = layout_convert(np.zeros((2, 3, 4, 5)), "IOHW", "OIHW")
assert_shape(got, (3, 2, 4, 5), hint="These two layouts are right: no error here.")
for src, dst in [("OIHH", "HWIO"), ("OIHW", "HHIO"), ("NCHW", "NHWC"), ("OIHW", "OIHWO")]:
    with assert_raises(ValueError, hint=f"Of {src} and {dst} one is not O, I, H, W once each."):
        layout_convert(np.zeros((2, 3, 4, 5)), src, dst)
with assert_raises(ValueError, hint="Weights of a 2-D layer have four axes, these have three."):
    layout_convert(np.zeros((2, 3, 4)), "OIHW", "HWIO")

# %% beside="layout_contract"
@beside_student
def layout_contract(w, src, dst):
    """Report whether `layout_convert` left w as it was and returned numbers of its own."""
    before, result = w.copy(), layout_convert(w, src, dst)
    return {"unchanged": bool(np.array_equal(before, w)),
            "own numbers": not np.shares_memory(np.asarray(result), w)}

# %% test="layout_convert:contract" points=0.25
# The input stays as it was, and the result shares no memory with it
for src, dst in [("OIHW", "HWIO"), ("OIHW", "OIHW")]:
    w = np.arange(16.0).reshape(2, 2, 2, 2)
    assert_shape(layout_convert(w.copy(), src, dst), (2, 2, 2, 2), hint="First return an array.")
    report = layout_contract(w, src, dst)
    assert_same(report["unchanged"], True, hint=f"{src} to {dst} changed the caller's array.")
    assert_same(report["own numbers"], True,
                hint=f"{src} to {dst}: the result shares memory with w. Copy it.")

# %% demo items="139 140"
keras_weights = rng.normal(size=(3, 3, 1, 32))
weights = layouts.layout_convert(keras_weights, "HWIO", "OIHW")
print("Keras (H, W, I, O)", keras_weights.shape, "-> PyTorch (O, I, H, W)", weights.shape)

# %% [markdown]
# ### 2.3 The whole layer

# %% [markdown] items="138 141"
# Everything is in place. For image $n$, filter $o$ and place $(i,j)$ of the output:
#
# $$ y[n,o,i,j] = b[o] + \sum_{c,\,a,\,e}
#    \tilde x\,[\,n,\;c,\;i s_H + a d_H,\;j s_W + e d_W\,]\; w[o,c,a,e] $$
#
# where $c < C$ counts channels, $a < k_H$ the kernel's rows and $e < k_W$ its columns, all from 0,
# and $\tilde x$ is $x$ with $p$ zeros around it. Seven indices, four on the left, three summed.
# This is also what PyTorch's manual states for `nn.Conv2d(in_channels, out_channels, kernel_size,
# stride=1, padding=0, dilation=1, groups=1, bias=True, …)`: the bias plus the sum over channels of
# the *valid cross-correlation*. (`groups` waits for chapter 10.)

# %% demo items="145"
page = np.array([[5, -1, 3, 8, 4, 6, -2], [-3, 4, 9, 1, 1, 7, -4], [5, -6, 3, 2, 1, -2, 0],
                 [0, -8, 5, 5, 4, -2, 3], [4, 7, 2, -7, 3, 1, 4], [4, -3, 1, 2, 6, 1, -1],
                 [0, 0, 3, -2, 3, -1, 0]])
sobel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
print("top left window:", (page[0:3, 0:3] * sobel).sum())
print(ops.conv2d(page[None, None], sobel[None, None], stride=2)[0, 0])

# %% [markdown] items="145"
# One number by hand: the top left window of the handwritten deck's 7 × 7 example has rows
# (5, −1, 3), (−3, 4, 9) and (5, −6, 3). The kernel takes −1, −2, −1 times the first,
# −5 + 2 − 3 = −6, and 1, 2, 1 times the last, 5 − 12 + 3 = −4. Together −10. At stride 2 the next
# window starts two columns further on.

# %% [markdown]
# #### Exercise 6 · `conv2d_naive`
#
# Write the layer from its definition. Clear beats fast: loops are welcome, and the tests are small.
# Chapter 07 makes it fast. You may use `shapes.conv2d_shape`, and from SciPy whatever you like.
#
# *About 75 minutes. The tests are ordered so that you can grow the function: one channel first,
# then channels and batch, bias, stride, padding, dilation.*
#
# <details><summary>Hint 1: a plan</summary>
#
# Pad a copy of x with zeros along its last two axes. Make an array for the output. Loop over the
# places (i, j) of the output; cut the window out of the padded input there; multiply it with the
# filters; add up; add the bias at the end.
# </details>
# <details><summary>Hint 2: one window, all images and filters at once</summary>
#
# A window of the whole batch has shape (N, C, kH, kW), one filter (C, kH, kW). Their product
# broadcasts; over which axes must you sum to get N numbers? For the dilation give the slices that
# cut the window a step.
# </details>
# <details><summary>Hint 3: dtype, bias, errors</summary>
#
# Find the dtype before you compute: replace every dtype that is not floating by `np.float64`, then
# ask `np.result_type`. A bias of shape (O,) must be lined up with axis 1 of an output with four
# axes, and without changing the caller's array. Compare `x.shape[1]` and `w.shape[1]` before
# anything else, and name both in the message.
# </details>

# %% exercise="conv2d_naive" forbids="cnnkit.ops torch" minutes=75
def conv2d_naive(x, w, b=None, *, stride=1, padding=0, dilation=1):
    """Compute a convolutional layer: cross-correlate each image with each filter.

    y[n, o, i, j] = b[o] + sum over c, a, e of
                    xp[n, c, i*sh + a*dh, j*sw + e*dw] * w[o, c, a, e]
    where xp is x with `padding` zeros around each plane.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        A batch of images; N may be 0. Not changed, neither are w and b.
    w : ndarray, shape (O, C, kH, kW)
        One filter per output channel.
    b : ndarray, shape (O,), optional
        One bias per output channel; None means no bias.
    stride, dilation : int or pair of int, at least 1
    padding : int or pair of int, at least 0

    Returns
    -------
    y : ndarray, shape (N, O, Ho, Wo)
        Its dtype is ``np.result_type`` of the operands, where integers and bool count as float64:
        float32 with float32 stays float32.

    Raises
    ------
    ValueError
        If x and w differ in channels, if an option is out of range, or if no window fits.
    """
    ### BEGIN SOLUTION
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    operands = [x, w] if b is None else [x, w, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    (N, _, H, W), (O, _, kh, kw) = x.shape, w.shape
    Ho, Wo = shapes.conv2d_shape(
        H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation
    )
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dw = pair(dilation, "dilation", 1)
    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((N, O, Ho, Wo), dtype)
    for i in range(Ho):
        for j in range(Wo):
            rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
            cols = slice(j * sw, j * sw + dw * (kw - 1) + 1, dw)
            window = xp[:, :, rows, cols]  # (N, C, kh, kw)
            for o in range(O):
                y[:, o, i, j] = (window * w[o].astype(dtype)).sum(axis=(1, 2, 3))
    if b is not None:
        y += b.astype(dtype)[:, None, None]
    return y
    ### END SOLUTION

# %% test="conv2d_naive:values" points=1.5
# One image, one channel, one filter
x = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])[None, None]
w = np.array([[1.0, 2], [3, 4]])[None, None]
got = conv2d_naive(x, w)
assert_shape(got, (1, 1, 2, 2), hint="A 2 x 2 window has 2 x 2 places; keep all four axes.")
# 1*1 + 2*2 + 4*3 + 5*4 = 37
assert_same(got, np.array([[[[37, 47], [67, 77]]]]),
            hint="The comment works out the first number. Which pixel does each weight meet?")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(46)
for size, kernel in [((5, 8), (3, 2)), ((9, 4), (1, 3)), ((6, 7), (4, 1))]:
    x, w = source.normal(size=(1, 1, *size)), source.normal(size=(1, 1, *kernel))
    expected = correlate2d(x[0, 0], w[0, 0], mode="valid")[None, None]
    assert_same(conv2d_naive(x.copy(), w.copy()), expected,
                hint="Height and width, of image and kernel, need not be equal.")
### END HIDDEN TESTS

# %% test="conv2d_naive:channels" points=1
# All images, all channels added, one map for each filter
x = np.ones((2, 2, 2, 2)) * np.array([1.0, 10.0])[:, None, None]  # channel 0 is 1, channel 1 is 10
x[1] *= 2  # the second image is twice the first
w = np.array([[1.0, 0], [0, 1], [3, 4]])[:, :, None, None]  # three filters, 1 x 1
got = conv2d_naive(x, w)
assert_shape(got, (2, 3, 2, 2), hint="2 images, 3 filters: one map per filter and image.")
assert_same(got[:, :, 0, 0], np.array([[1, 10, 43], [2, 20, 86]]),
            hint="Filter 2 gives 3 · channel 0 + 4 · channel 1: channels are added.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(47)
x, w = source.normal(size=(3, 4, 5, 6)), source.normal(size=(2, 4, 3, 2))
w = w + w[:, :, ::-1, ::-1]  # looks the same upside down: this cell is not about flipping
expected = np.array([[sum(correlate2d(x[n, c], w[o, c], mode="valid") for c in range(4))
                      for o in range(2)] for n in range(3)])
assert_same(conv2d_naive(x.copy(), w.copy()), expected,
            hint="Sum over the channels, never over images or filters.")
### END HIDDEN TESTS

# %% test="conv2d_naive:bias" points=0.5
# One bias per filter, added once
x, w = np.ones((2, 3, 4, 3)), np.zeros((2, 3, 3, 2))
got = conv2d_naive(x.copy(), w.copy(), np.array([5.0, -1.0]))
assert_shape(got, (2, 2, 2, 2), hint="A bias does not change the shape.")
for image in range(2):
    assert_same(got[image], np.array([[[5.0, 5], [5, 5]], [[-1, -1], [-1, -1]]]),
                hint="Map 0 gets 5 everywhere, map 1 gets -1: once, not once for each channel.")
got = conv2d_naive(x[:1], w, None)
assert_same(got, np.zeros((1, 2, 2, 2)), hint="None means that there is no bias.")

# %% test="conv2d_naive:stride" points=1
# The stride moves the window
x = np.arange(25.0).reshape(1, 1, 5, 5)
got = conv2d_naive(x.copy(), np.ones((1, 1, 1, 1)), stride=2)
assert_same(got, np.array([[[[0, 2, 4], [10, 12, 14], [20, 22, 24]]]]),
            hint="A 1 x 1 kernel at stride 2 picks every second row and column.")
got = conv2d_naive(x.copy(), np.ones((1, 1, 1, 1)), stride=(1, 3))
assert_same(got, np.array([[[[0, 3], [5, 8], [10, 13], [15, 18], [20, 23]]]]),
            hint="A stride of (1, 3) is 1 for rows and 3 for columns.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(49)
x, w = source.normal(size=(2, 1, 9, 11)), source.normal(size=(2, 1, 3, 2))
w = w + w[:, :, ::-1, ::-1]
full = np.array([[correlate2d(image[0], f[0], mode="valid") for f in w] for image in x])
for sh, sw in [(2, 3), (4, 1), (3, 4)]:
    assert_same(conv2d_naive(x.copy(), w.copy(), stride=(sh, sw)), full[:, :, ::sh, ::sw],
                hint="Every sh-th row and sw-th column of what stride 1 gives.")
### END HIDDEN TESTS

# %% test="conv2d_naive:padding" points=1
# Zeros around the image
x, w = np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3))
got = conv2d_naive(x.copy(), w.copy(), padding=1)
assert_same(got, np.array([[[[4, 6, 4], [6, 9, 6], [4, 6, 4]]]]),
            hint="A window in the corner sees four ones and five zeros.")
got = conv2d_naive(x.copy(), w.copy(), padding=(0, 1))
assert_same(got, np.array([[[[6, 9, 6]]]]),
            hint="Padding (0, 1): none above and below, 1 left and right.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(50)
x, w = source.normal(size=(2, 1, 4, 6)), source.normal(size=(2, 1, 2, 3))
w = w + w[:, :, ::-1, ::-1]
for ph, pw in [(1, 2), (2, 0), (3, 1)]:
    framed = np.zeros((2, 4 + 2 * ph, 6 + 2 * pw))
    framed[:, ph : ph + 4, pw : pw + 6] = x[:, 0]
    expected = np.array([[correlate2d(image, f[0], mode="valid") for f in w] for image in framed])
    assert_same(conv2d_naive(x.copy(), w.copy(), padding=(ph, pw)), expected,
                hint="Zeros on all four sides of each plane, and nowhere else.")
### END HIDDEN TESTS

# %% test="conv2d_naive:dilation" points=0.5
# The taps stand apart
x = np.arange(25.0).reshape(1, 1, 5, 5)
got = conv2d_naive(x.copy(), np.ones((1, 1, 2, 2)), dilation=4)
assert_same(got, np.array([[[[48]]]]),
            hint="With dilation 4 the four taps are the corners: 0 + 4 + 20 + 24.")
got = conv2d_naive(x.copy(), np.ones((1, 1, 2, 2)), dilation=(1, 4))
assert_same(got, np.array([[[[18], [38], [58], [78]]]]),
            hint="Rows stay together, columns stand 4 apart: first 0 + 4 + 5 + 9.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(51)
x, w = source.normal(size=(2, 1, 9, 10)), source.normal(size=(2, 1, 3, 3))
w = w + w[:, :, ::-1, ::-1]
for dh, dw in [(2, 3), (4, 1), (1, 2)]:
    spread = np.zeros((2, 2 * dh + 1, 2 * dw + 1))
    spread[:, ::dh, ::dw] = w[:, 0]
    expected = np.array([[correlate2d(image[0], f, mode="valid") for f in spread] for image in x])
    assert_same(conv2d_naive(x.copy(), w.copy(), dilation=(dh, dw)), expected,
                hint="Rows are dh apart, columns dw; the window itself still moves by the stride.")
### END HIDDEN TESTS

# %% test="conv2d_naive:together" points=1
# All options at once
x, w = np.ones((2, 3, 5, 5)), np.ones((4, 3, 3, 3))
got = conv2d_naive(x, w, np.arange(4.0), stride=2, padding=2, dilation=2)
assert_shape(got, (2, 4, 3, 3), hint="Windows that reach over 5 of 9 rows, 2 apart: 3 places.")
sums = 3 * np.array([[4, 6, 4], [6, 9, 6], [4, 6, 4]])  # 3 channels; taps inside the image
assert_same(got, np.array([[sums + bias for bias in range(4)]] * 2),
            hint="In the corner 4 of the 9 taps are inside, in each of 3 channels; then the bias.")
### BEGIN HIDDEN TESTS
from scipy.signal import correlate2d

source = np.random.default_rng(52)
for n, c, o, hw, k, s, p, d in [(2, 3, 4, (9, 7), (3, 2), (2, 3), (1, 2), (2, 1)),
                                (2, 2, 3, (6, 11), (2, 4), (3, 1), (2, 0), (1, 2)),
                                (3, 1, 2, (8, 5), (1, 3), (1, 2), (0, 3), (3, 2))]:
    x, b = source.normal(size=(n, c, *hw)), source.normal(size=o)
    w = source.normal(size=(o, c, *k))
    spread = np.zeros((o, c, d[0] * (k[0] - 1) + 1, d[1] * (k[1] - 1) + 1))
    spread[:, :, :: d[0], :: d[1]] = w
    framed = np.zeros((n, c, hw[0] + 2 * p[0], hw[1] + 2 * p[1]))
    framed[:, :, p[0] : p[0] + hw[0], p[1] : p[1] + hw[1]] = x
    expected = np.array([[b[q] + sum(correlate2d(framed[m, r], spread[q, r], mode="valid")
                                     for r in range(c)) for q in range(o)] for m in range(n)])
    got = conv2d_naive(x.copy(), w.copy(), b.copy(), stride=s, padding=p, dilation=d)
    assert_same(got, expected[:, :, :: s[0], :: s[1]],
                hint="First pad, then place the windows by the stride, then spread their taps.")
### END HIDDEN TESTS

# %% test="conv2d_naive:dtype" points=0.5
# The dtype of the result
x, w = np.ones((1, 1, 3, 3)), np.full((1, 1, 2, 2), 0.5)
for xs, ws, bs, kind in [("f4", "f4", "f4", "f4"), ("f4", "f4", "f8", "f8"), ("f4", "f8", "f4", "f8"),
                         ("i8", "f4", "f4", "f8"), ("bool", "f8", "i4", "f8")]:
    for padding in (0, 1):
        got = conv2d_naive(x.astype(xs), w.astype(ws), np.zeros(1, bs), padding=padding)
        assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, w {np.dtype(ws)}, b {np.dtype(bs)}: "
                     f"so the result is {np.dtype(kind)}.")
got = conv2d_naive(x.astype(int), w)
assert_same(got, np.full((1, 1, 2, 2), 2.0), hint="Halves may not be cut to whole numbers.")
got = conv2d_naive(x.astype("u1") * 200, np.full((1, 1, 2, 2), 2, "u1"))
assert_dtype(got, "f8", hint="uint8 with uint8: integers count as float64.")
assert_same(got, np.full((1, 1, 2, 2), 1600.0), hint="Convert before you multiply: 400 > 255.")

# %% test="conv2d_naive:edges" points=0.5
# No image at all, operands that do not fit, unusual arrays
got = conv2d_naive(np.zeros((0, 2, 5, 6)), np.ones((3, 2, 2, 3)))
assert_shape(got, (0, 3, 4, 4), hint="An empty batch gives an empty batch of the right shape.")
for C in (1, 2):
    with assert_raises(ValueError, hint=f"w has 3 channels, x has {C}: say so in a ValueError."):
        conv2d_naive(np.ones((1, C, 5, 5)), np.ones((2, 3, 3, 3)))
with assert_raises(ValueError, hint="w has 1 channel, x has 3. Broadcasting hides that."):
    conv2d_naive(np.ones((1, 3, 5, 5)), np.ones((2, 1, 3, 3)))
with assert_raises(ValueError, hint="A kernel 5 high finds no place on 4 rows."):
    conv2d_naive(np.ones((1, 1, 4, 6)), np.ones((1, 1, 5, 3)))
x = np.arange(6.0).reshape(2, 3)[::-1].T[None, None]  # a view that runs backwards, read-only
x.flags.writeable = False
got = conv2d_naive(x, np.ones((1, 1, 1, 2)))
assert_same(got, np.array([[[[3.0], [5], [7]]]]), hint="Any view must do; don't write to x.")

# %% beside="conv2d_contract"
@beside_student
def conv2d_contract(x, w, b, **options):
    """Report which operands `conv2d_naive` left exactly as they were."""
    operands = {"x": x, "w": w, "b": b}
    before = {name: value.copy() for name, value in operands.items()}
    conv2d_naive(x, w, b, **options)
    return {name: value.shape == before[name].shape and bool((value == before[name]).all())
            for name, value in operands.items()}

# %% test="conv2d_naive:contract" points=0.5
# The operands stay as they were
for options in [{}, {"padding": 1}, {"stride": 2, "padding": (1, 2)}]:
    x, w, b = np.ones((1, 2, 4, 3)), np.arange(24.0).reshape(3, 2, 2, 2), np.arange(3.0)
    got = conv2d_naive(x.copy(), w.copy(), b.copy())
    assert_shape(got, (1, 3, 3, 2), hint="First return an array.")
    report = conv2d_contract(x, w, b, **options)
    for name in ("x", "w", "b"):
        assert_same(report[name], True, hint=f"conv2d_naive changed the caller's {name}.")

# %% [markdown]
# #### The layer at work
#
# From here on `ops.conv2d`, the course's own layer, stands in. Put `conv2d_naive` in its place
# wherever you like: a wrong function shows as a wrong picture.

# %% demo items="27"
x, w, b = rng.integers(0, 3, (1, 3, 5, 5)), rng.integers(-1, 2, (2, 3, 3, 3)), np.array([1, 0])
y = ops.conv2d(x, w, b, stride=2, padding=1)
print("output", y.shape, " parameters", shapes.conv_params(3, 2, 3))
print(y[0])

# %% [markdown] items="27"
# That is the setting of the animated demo that Pilehvar shows (it is the one of Stanford's course
# CS231n): a 5 × 5 × 3 volume, two 3 × 3 filters, stride 2, padding 1. Output 3 × 3 × 2 and
# 56 parameters, 27 weights and a bias for each filter. The numbers are our own.

# %% demo items="43 44"
image, kernel = rng.normal(size=(1, 1, 8, 8)), rng.normal(size=(1, 1, 3, 3))
options = {"valid": {}, "same": {"padding": 1}, "full": {"padding": 2},
           "strided": {"stride": 2}, "dilated": {"dilation": 2}}
for name, option in options.items():
    print(f"{name:8} 8 x 8 -> {ops.conv2d(image, kernel, **option).shape[2:]}  {option}")

# %% [markdown] items="43 44"
# The DSML deck lists seven operations: these five kinds of convolution, and max and average
# pooling, which chapter 05 adds. The five are one function with three options.

# %% [markdown]
# Now play. The explorer first asks how large the output will be; then the window can be moved, with
# the arrow keys or the mouse. Change one option at a time and watch the numbers of the rule. A
# warning says when rows or columns are never seen. Write `conv_explorer(conv2d_naive)` to let it
# run on your own function: a wrong one shows as wrong numbers.

# %% demo
from cnnkit.widgets import conv_explorer

conv_explorer()

# %% [markdown]
# ### 2.4 What a filter sees

# %% [markdown] items="105"
# Kochura calls the result of one filter a *response map*: a 2-D map of how strongly a pattern is
# present at each place. The first layer of his convnet turns (28, 28, 1) into (26, 26, 32), so
# each of the 32 output channels is a 26 × 26 response map, `output[:, :, n]` in Keras's order and
# `y[0, n]` in ours.

# %% demo items="105"
noise = rng.random((1, 1, 28, 28))  # any image of this size will do
y = ops.conv2d(noise, layouts.layout_convert(keras_weights, "HWIO", "OIHW"))
print("channels first:", y.shape, " channels last:", y.transpose(0, 2, 3, 1).shape)
print("response map of filter 7:", y[0, 7].shape)

# %% [markdown] quiz="response"
# **Predict.** The photograph below goes through the kernel (−1, −2, −1), (0, 0, 0), (1, 2, 1). Where
# will its response be strongly **positive**?
# - [ ] On every horizontal edge :: Half of them: from bright to dark the response is negative.
# - [x] Where it gets brighter downwards :: The lower row counts plus, the upper row minus.
# - [ ] Where it gets brighter to the right ::
#   That needs the kernel turned on its side: columns (−1, −2, −1) and (1, 2, 1).

# %% demo
from sklearn.datasets import load_sample_image

photo = load_sample_image("china.jpg").astype(np.float32)[40:340:2, 120:420:2] / 255
filters = np.zeros((5, 3, 3, 3), np.float32)
filters[0] = sobel / 8 / 3  # brighter downwards, all three colours alike
filters[1] = sobel.T / 8 / 3  # brighter to the right
filters[2] = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]) / 8 / 3  # a slanting edge
filters[3] = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]) / 12  # darker than its surroundings
filters[4] = np.array([1, 0.2, -1.2])[:, None, None] / 9  # red against blue
response = ops.conv2d(photo.transpose(2, 0, 1)[None], filters, padding=1)[0]

# %% demo
from cnnkit.pictures import response_maps, show

names = ("brighter downwards", "brighter to the right", "brighter to lower right",
         "dark spots", "red against blue")
show(response_maps(photo, response, names))

# %% [markdown]
# One layer, five filters, five maps. Three ask about edges and don't care for colour; one finds
# thin dark lines; the last asks about colour and is nearly blind to edges: the sky answers slightly
# below zero (pale violet), the painted wood above. Look at the rims of the edge maps: the strong
# lines there are no part of the picture. The zeros of the padding made them.
#
# These filters were made by hand. Training finds its own, from chapter 08 on. (Photograph:
# *china.jpg* from scikit-learn, CC BY 2.0.)

# %% [markdown] items="82 87 86"
# ### 2.5 Layers on layers
#
# The output is a volume like the input, so a next layer can follow, whose filters are as deep as
# the number of filters before. Without padding each layer shrinks the maps, and it is the custom
# to use more filters further up, where maps are small and patterns manifold (Neog).

# %% demo items="82 87 106"
y, depths = rng.normal(size=(1, 1, 28, 28)), []
for filters_here in (32, 64, 128):
    w = rng.normal(size=(filters_here, y.shape[1], 3, 3)) / 10
    y = np.maximum(ops.conv2d(y, w), 0)
    depths.append(y.shape[1])
    print(f"weights {str(w.shape):18} -> output {y.shape}")
print("the first layer's depth is", depths[0], "and the last one's", depths[-1])

# %% [markdown] items="106" erratum="106"
# A convolutional layer, says Kochura, has two key parameters: the size of its patches, typically
# 3 × 3 or 5 × 5, and the depth of its output. Right. His example then "started with a depth of 32
# and ended with a depth of 64", but the net that is shown has a third layer and ends with **128**,
# as the cell above does (which leaves the pooling out). His slide links a demo worth a look:
# [ml4a.github.io/demos/convolution](https://ml4a.github.io/demos/convolution/).

# %% [markdown]
# ---
# ## What you learned
#
# - The output of a layer has $\lfloor (n+2p-d(k-1)-1)/s \rfloor + 1$ places along each axis; what
#   a stride leaves over is not looked at.
# - $d(k-1)$ zeros in all keep the size at stride 1; corners are seen less than centres.
# - A filter reaches through all channels and makes one map. A layer has $O\,(C k_H k_W + 1)$
#   parameters, however large the image, and does $H_o W_o\,O\,C k_H k_W$ multiplications.
# - Weights are `OIHW` in PyTorch and here, `HWIO` in Keras. Axes are moved, not reshaped.
# - The layer is a cross-correlation: pad, cut out, multiply, add up, add the bias.
#
# ## Three questions

# %% [markdown] quiz="end_size"
# **1.** A layer has kernel 4, stride 2 and padding 1. What does it make of an image 9 × 12?
# - [x] 4 × 6 :: (9 + 2 − 4) // 2 + 1 = 4 and (12 + 2 − 4) // 2 + 1 = 6. One row is left over.
# - [ ] 5 × 6 :: (9 + 2 − 4) / 2 = 3.5 is rounded down, so the rows make 3 + 1 = 4.
# - [ ] 4.5 × 6 :: A map has whole rows. What does not fit is left out.

# %% [markdown] quiz="end_params"
# **2.** You feed the layer an image of twice the height and width. What happens to its parameters?
# - [ ] They become four times as many. :: That is true of its outputs and its multiplications.
# - [ ] They become twice as many. :: Neither of the two sides of the image is in the formula.
# - [x] Nothing. :: They depend on kernel, channels and filters only. That is what sharing means.

# %% [markdown] quiz="end_flip"
# **3.** A friend's layer gives the same numbers as yours for a Gaussian kernel, and exactly the
# negative ones for a Sobel kernel. What did the friend do?
# - [ ] Forgot to add up the channels. :: That would show with the Gaussian too.
# - [ ] Transposed the kernel. :: A Gaussian would not mind, but a transposed Sobel kernel finds
#   edges of the other direction: other numbers, not the negative ones.
# - [x] Flipped the kernel. :: Turned by 180° a Gaussian stays the same and a Sobel kernel changes
#   its sign. Test with a kernel that has no symmetry at all.

# %% [markdown]
# ## One open question
#
# A layer with stride 2 and a 1 × 1 kernel never looks at three quarters of its input. Yet such
# layers stand in well known networks (the shortcuts of a ResNet). When does that do no harm?
# Think about what the neighbouring outputs of the layer before already share, and about what the
# other path of the network sees. There is no mark for this; chapter 10 comes back to it.
#
# *[05 Pooling and downsampling →](05_pooling_and_downsampling.ipynb)*
