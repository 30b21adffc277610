# %% [markdown]
# # 10 · AlexNet and modern blocks
#
# *[← 09 Equivariance and receptive fields](09_equivariance_and_receptive_fields.ipynb) ·
# [Contents](00_start_here.ipynb) ·
# [11 Augmentation and regularisation →](11_augmentation_and_regularisation.ipynb)*
#
# **You will**
# - write AlexNet's table to the last parameter, in the three versions that people mix up;
# - split a convolution into groups, and build AlexNet in PyTorch;
# - mix channels with 1 × 1 convolutions, and keep numbers in range with batch normalisation;
# - write a residual block and its gradient;
# - compare the blocks of VGG, ResNet and wide ResNet, and look into a trained net layer by layer.
#
# **Time.** About 5 hours: part 1 (AlexNet) 130 minutes, part 2 (the blocks that came after it) 170.
# There is a good place to stop between them.
#
# **Prerequisites.** Chapter 04 (counts), chapter 06 (backward passes, the gradient check), chapter
# 08 (the table of a network, training). PyTorch is introduced where it is used; `cnnkit doctor` says
# whether it is installed.

# %% [markdown]
# **How this chapter speaks.** As the chapters before: $x$ is `(N, C, H, W)`, $w$ is
# `(O, C, kH, kW)`, `dy` is the gradient that arrives. A **product** is one multiplication with its
# addition (a MAC); papers that count FLOPs count two for it. A **block** is a few layers that are
# repeated as one.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; the deck *DSML: Computer Vision* (22 March
# 2023); an unsigned handwritten deck on convolutional networks. Papers are named where they are
# used; `docs/sources.md` lists the lectures' points one by one.

# %% setup
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from cnnkit import architectures, gradcheck, ops, shapes
from cnnkit.architectures import layer_table, layers
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(10)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that
# only these bind.
#
# ---
# ## Part 1 · AlexNet
#
# ### 1.1 The net of 2012

# %% [markdown] items="153"
# In 2012 a convolutional network won the ImageNet challenge: photographs, 1.2 million of them to
# learn from, and a **thousand classes**. Among its five best guesses the right class was missing for
# 15.3 % of the test images; for the second-best entry it was 26.2 %. The net is called AlexNet, after
# the first author of A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet classification with deep
# convolutional neural networks*, 2012; it is one of the architectures in the handwritten deck.
# Nothing in it is new to you:
#
# | Layer | Filters | Kernel | Afterwards |
# |---|---|---|---|
# | conv 1 | 96 | 11 × 11, stride 4, no padding | ReLU, max pool |
# | conv 2 | 256 | 5 × 5 | ReLU, max pool |
# | conv 3 | 384 | 3 × 3 | ReLU |
# | conv 4 | 384 | 3 × 3 | ReLU |
# | conv 5 | 256 | 3 × 3 | ReLU, max pool |
# | dense 1 | 4096 units | | ReLU |
# | dense 2 | 4096 units | | ReLU |
# | dense 3 | 1000 units, a score for each class | | |
#
# Convolutions 2 to 5 have stride 1 and are padded so that they keep height and width. Every pool has
# a window of 3 × 3 and stride 2. So pools overlap. The image is 227 × 227 in colour. (Two things
# are left out: dropout, which changes no shape, and a normalisation of responses that later nets
# did without.)
#
# **By hand.** Layer 1: $(227 - 11)/4 + 1 = 55$, so 96 maps of 55 × 55, from
# $96\,(3 \cdot 11 \cdot 11 + 1) = 34{,}944$ parameters. The pool: $(55 - 3)/2 + 1 = 27$.

# %% [markdown] quiz="where_params"
# **Predict.** AlexNet has some 62 million parameters and does more than a billion products for one
# image. Where are most of them?
# - [ ] Both in the convolutions: there are five of them. :: They share their weights. That keeps
#   the parameters few, and each weight busy at many places.
# - [ ] Both in the dense layers: each unit sees everything. :: That costs parameters, but each is
#   used once for an image.
# - [x] The parameters in the dense layers, the products in the convolutions :: A dense weight is
#   used once, a weight of conv 1 at 55 · 55 places.

# %% demo items="153"
from cnnkit.pictures import layer_costs, show

table = architectures.alexnet_table()
for what in ("params", "macs"):
    part = sum(row[what] for row in table if row["name"].startswith("conv"))
    print(f"{what}: {part / sum(row[what] for row in table):.1%} in the convolutions")
show(layer_costs(table))

# %% [markdown]
# One layer, the first dense one, holds more than half of all parameters: it is laid on 6 · 6 · 256
# = 9216 numbers. Keep the picture in mind. Nearly everything that came after AlexNet attacks one
# side of it or the other.
#
# **Three versions** go by the name, and their counts are often mixed up:
#
# - **single**: the table above, each filter sees all channels;
# - **grouped**: the paper's own. Two graphics cards of 3 GB shared the work, and to spare traffic
#   between them, layers 2, 4 and 5 are split into **2 groups**: half of the filters see only half
#   of the channels. Layer 3 and the dense layers see everything;
# - **torchvision**: the one that PyTorch users load. Images of 224 × 224, layer 1 with padding 2;
#   64, 192, 384, 256 and 256 filters; no groups; and before the dense layers each map is averaged
#   to 6 × 6, so that images of other sizes go in as well.

# %% [markdown]
# #### Exercise 1 · `alexnet_table`
#
# Write the table. The course's `layer_table`, as you wrote it in chapter 08, does the bookkeeping: it
# takes the list of layers and the shape `(C, H, W)` of an image. Layers are written with the
# functions of `layers`, as in this cell. New are `groups`, `avg_pool_to`, which averages each map to
# a given size, and `inputs`, how many numbers a dense layer is made for:

# %% demo
tiny = [layers.conv(8, 3, stride=2, padding=1, groups=1), layers.max_pool(3, stride=2),
        layers.avg_pool_to(1), layers.flatten(), layers.dense(10, inputs=8)]
for row in layer_table(tiny, (1, 28, 28)):
    print(row)
try:
    layer_table([layers.flatten(), layers.dense(10, inputs=8)], (1, 28, 28))
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# In all three versions the first dense layer is made for 9216 numbers. Say so with `inputs`: then in
# the first two an image of a wrong size is refused there, and not silently counted. torchvision's
# version averages before it, and so takes other sizes. Rows for ReLUs may be there or not, and the
# names of the rows are yours.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: what the versions share</summary>
#
# Two things differ: five numbers of filters, and a few options. Choose those first, then write the
# list of layers once.
# </details>
# <details><summary>Hint 2: the padding</summary>
#
# At stride 1 a kernel of k pixels keeps the size if (k − 1)/2 zeros stand on each side.
# </details>
# <details><summary>Hint 3: where to look when a count is wrong</summary>
#
# Print your rows and compare the shapes first: 55, 27, 27, 13, 13, 13, 13, 6. Then the parameters
# of one layer after the other. In groups a filter has half as many weights, but still one bias.
# </details>

# %% exercise="alexnet_table" forbids="cnnkit.alexnet_table cnnkit.alexnet cnnkit.models" minutes=25
def alexnet_table(variant="single", size=227):
    """List AlexNet's layers with shapes, parameters and products for one image.

    Parameters
    ----------
    variant : {'single', 'grouped', 'torchvision'}
    size : int
        Height and width of the colour image.

    Returns
    -------
    list of dict
        As `layer_table` gives it: 'name', 'shape', 'params', 'macs' of each convolution, pool,
        flatten and dense layer, in order; rows of ReLUs are allowed, and any names.

    Raises
    ------
    ValueError
        If the variant is unknown, or what reaches the first dense layer is not 9216 numbers.

    Examples
    --------
    >>> alexnet_table()[0]["shape"]
    (96, 55, 55)
    """
    ### BEGIN SOLUTION
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError(f"There is no variant {variant!r}.")
    theirs, groups = variant == "torchvision", 2 if variant == "grouped" else 1
    first, second, *others = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [layers.conv(first, 11, stride=4, padding=2 if theirs else 0), pool,
           layers.conv(second, 5, padding=2, groups=groups), pool]
    for filters, split in zip(others, (1, groups, groups), strict=True):
        net.append(layers.conv(filters, 3, padding=1, groups=split))
    net += [pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()]
    net += [layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)]
    return layer_table(net, (3, size, size))
    ### END SOLUTION

# %% test="alexnet_table:shapes" points=1
# The shapes, from the image to the scores
steps = [(96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), (384, 13, 13), (256, 13, 13),
         (256, 6, 6), (9216,), (4096,), (1000,)]
got = [row["shape"] for row in alexnet_table()]
changes = [shape for n, shape in enumerate(got) if n == 0 or shape != got[n - 1]]
assert_same(changes, steps, hint="Layers 3 and 4 give the same shape: it is listed once here.")
learned = [row["shape"] for row in alexnet_table() if row["params"]]
assert_same(len(learned), 8, hint="Five convolutions and three dense layers have parameters.")

# %% test="alexnet_table:counts" points=0.75
# Parameters and products of the single version
rows = alexnet_table()
assert_same(sum(row["params"] for row in rows), 62_378_344, hint="Each filter and unit has a bias.")
### BEGIN HIDDEN TESTS
sizes = [(3, 96, 11, 55), (96, 256, 5, 27), (256, 384, 3, 13), (384, 384, 3, 13), (384, 256, 3, 13)]
params = [o * (c * k * k + 1) for c, o, k, n in sizes]
macs = [o * c * k * k * n * n for c, o, k, n in sizes]
for inputs, units in [(9216, 4096), (4096, 4096), (4096, 1000)]:
    params.append(units * (inputs + 1))
    macs.append(units * inputs)
rows = [row for row in alexnet_table() if row["params"]]
assert_same([row["params"] for row in rows], params, hint="Layer by layer: o (c k² + 1).")
assert_same([row["macs"] for row in rows], macs, hint="One product for each weight and place.")
### END HIDDEN TESTS

# %% test="alexnet_table:grouped" points=0.75
# The paper's version: layers 2, 4 and 5 in two groups
rows = alexnet_table("grouped")
assert_same(sum(row["params"] for row in rows), 60_965_224,
            hint="In groups a filter sees half of the channels. Which layers are split?")
### BEGIN HIDDEN TESTS
learned = [row for row in alexnet_table("grouped", 227) if row["params"]]
expected = [34_944, 307_456, 885_120, 663_936, 442_624]
assert_same([row["params"] for row in learned[:5]], expected, hint="Layers 2, 4 and 5 alone.")
assert_same(sum(row["macs"] for row in learned), 724_406_816, hint="Half the weights, half the work.")
### END HIDDEN TESTS

# %% test="alexnet_table:torchvision" points=0.5
# The version of torchvision, for images of 224
rows = alexnet_table("torchvision", 224)
assert_same(sum(row["params"] for row in rows), 61_100_840,
            hint="64, 192, 384, 256 and 256 filters, no groups, the same dense layers.")
### BEGIN HIDDEN TESTS
got = [row["shape"] for row in alexnet_table("torchvision", 224) if row["params"]][:5]
expected = [(64, 55, 55), (192, 27, 27), (384, 13, 13), (256, 13, 13), (256, 13, 13)]
assert_same(got, expected, hint="With padding 2 the first layer makes 55 × 55 of 224 × 224.")
### END HIDDEN TESTS

# %% test="alexnet_table:sizes" points=0.75
# Images of other sizes
with assert_raises(ValueError, hint="224: 54, 26, 12, 5, so 6400 numbers for a layer of 9216."):
    alexnet_table("single", 224)
got = [row["shape"] for row in alexnet_table("single", 231)]
assert_same((96, 56, 56) in got and (96, 27, 27) in got, True,
            hint="231: 56, then a pool 3 × 3 with stride 2 makes 27 of it.")
assert_same(sum(row["params"] for row in alexnet_table("torchvision", 300)), 61_100_840,
            hint="torchvision's version averages to 6 × 6: 300 is fine, and nothing more is learned.")
### BEGIN HIDDEN TESTS
with assert_raises(ValueError, hint="In groups the dense layers are the same."):
    alexnet_table("grouped", 160)
rows = alexnet_table("torchvision", 256)
assert_same(sum(row["params"] for row in rows), 61_100_840,
            hint="Averaged to 6 × 6, an image of any size ends with 9216 numbers.")
assert_same([row["shape"] for row in rows if row["params"]][1], (192, 31, 31),
            hint="256 with padding 2: 63, and the pool makes 31 of it.")
### END HIDDEN TESTS

# %% test="alexnet_table:words" points=0.25
# An unknown variant
for word in ("groups", "Single"):
    with assert_raises(ValueError, hint="Only 'single', 'grouped' and 'torchvision' are known."):
        alexnet_table(word)
assert_same(len(alexnet_table("grouped")) >= 12, True, hint="The three names must work.")

# %% [markdown]
# From here on the chapter uses `architectures.alexnet_table`, the course's own. About the 224 that
# the paper names and that does not go with its own first layer, chapter 04 has a box.
#
# ### 1.2 Convolution in groups
#
# Two cards, two halves: the first half of the filters reads the first half of the channels, the
# second half the second, and nobody looks across. With $g$ groups each filter has $C/g$ channels,
# so `w` has shape `(O, C/g, kH, kW)`.

# %% demo
from cnnkit.pictures import channel_wiring, show

show(channel_wiring(8, 8, (1, 2, 8)))

# %% [markdown]
# With one group it is the layer of chapter 04. At the other end, with as many groups as channels,
# each filter looks at a single channel: a **depthwise** convolution, on which nets for telephones
# are built. (O may be a multiple of C then: each channel has several filters.)
#
# **By hand.** One pixel, four channels with the numbers 1, 2, 3, 4, and two filters in two groups,
# $w_0 = (10, 1)$ and $w_1 = (10, 1)$. Filter 0 reads channels 0 and 1: $10 + 2 = 12$. Filter 1 reads
# channels 2 and 3: $30 + 4 = 34$.

# %% [markdown] quiz="groups_params"
# **Predict.** Layer 2 of AlexNet has 256 filters of 5 × 5 over 96 channels: 614,400 weights and 256
# biases. It is split into two groups. How many parameters has it now?
# - [ ] 614,656 as before: there are still 256 filters. :: But each of them is half as deep.
# - [x] 307,456 :: 256 filters of 48 · 25 weights, and 256 biases as before.
# - [ ] 153,728 :: Half the filters in each group, each half as deep: but there are two groups.

# %% demo
for groups in (1, 2, 32):
    weights = 256 * (96 // groups) * 25
    print(f"{groups:2} groups: {weights:7,} weights, {weights + 256:7,} parameters")

# %% [markdown]
# $g$ times fewer weights, then, and with each of them used at as many places as before, $g$ times
# fewer products.
#
# #### Exercise 2 · `grouped_conv2d`
#
# Group $j$ of $g$ reads channels $j\,C/g$ up to, not including, $(j+1)\,C/g$ and makes the output
# channels $j\,O/g$ up to $(j+1)\,O/g$, in this order. The next cell gives you `conv2d`, the layer of
# chapter 04, in which every filter sees all channels: call it for each group and put the results
# together. (`ops.conv2d` has groups built in, so it stays outside.)

# %% setup="plain_layer"
def conv2d(x, w, b=None, *, stride=1, padding=0):
    """Convolve; w has as many channels as x, else a ValueError says so."""
    return ops.conv2d(x, w, b, stride=stride, padding=padding)

# %% [markdown]
# *About 20 minutes.*
#
# <details><summary>Hint 1: what one group gets</summary>
#
# A slice of the channels of x, a slice of the filters, the same slice of the biases. If b is None
# there is nothing to slice.
# </details>
# <details><summary>Hint 2: putting together</summary>
#
# `np.concatenate` joins a list of arrays along an axis. Which axis are the output channels?
# </details>
# <details><summary>Hint 3: what does not divide</summary>
#
# `C // groups` rounds down without a word, and the last channel is never read. Check C and O before
# you begin. If each slice of x has as many channels as w wants, `conv2d` checks the rest.
# </details>

# %% exercise="grouped_conv2d" forbids="cnnkit.ops torch" minutes=20
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    """Convolve in groups: each filter sees only the channels of its group.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (O, C / groups, kH, kW)
    b : ndarray, shape (O,), optional
    groups : int
        Divides C and O. It need not be checked that it is at least 1.
    stride, padding : int or pair of int
        As of `conv2d`.

    Returns
    -------
    y : ndarray, shape (N, O, Ho, Wo)
        Of the dtype that `conv2d` gives.

    Raises
    ------
    ValueError
        If groups does not divide C or O, or w does not have C / groups channels.

    Examples
    --------
    >>> x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
    >>> w = np.array([[10.0, 1], [10, 1]]).reshape(2, 2, 1, 1)
    >>> grouped_conv2d(x, w, groups=2).ravel()
    array([12., 34.])
    """
    ### BEGIN SOLUTION
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError(f"{groups} groups cannot share {C} channels and {O} filters.")
    parts = []
    for j in range(groups):
        channels = slice(j * C // groups, (j + 1) * C // groups)
        filters = slice(j * O // groups, (j + 1) * O // groups)
        bias = None if b is None else b[filters]
        parts.append(conv2d(x[:, channels], w[filters], bias, stride=stride, padding=padding))
    return np.concatenate(parts, axis=1)
    ### END SOLUTION

# %% test="grouped_conv2d:values" points=1.25
# Which filter reads which channels
x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
w = np.array([[10.0, 1], [10, 1], [100, 0], [0, 100]]).reshape(4, 2, 1, 1)
got = grouped_conv2d(x.copy(), w.copy(), groups=2)
assert_same(got, np.array([12.0, 12, 300, 400]).reshape(1, 4, 1, 1),
            hint="Filters 0 and 1 read channels 0 and 1, filters 2 and 3 read channels 2 and 3.")
got = grouped_conv2d(x.copy(), np.ones((3, 4, 1, 1)))
assert_same(got, np.full((1, 3, 1, 1), 10.0), hint="One group: every filter sees all channels.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1001)
for n, c, o, groups, k in [(2, 6, 4, 2, (3, 2)), (1, 6, 9, 3, (2, 3)), (3, 4, 8, 4, (1, 3))]:
    x, w = source.normal(size=(n, c, 5, 7)), source.normal(size=(o, c // groups, *k))
    assert_same(grouped_conv2d(x.copy(), w.copy(), groups=groups), ops.conv2d(x, w, groups=groups),
                hint="Channels and filters both go to the groups in order, block by block.")
### END HIDDEN TESTS

# %% test="grouped_conv2d:depthwise" points=0.5
# As many groups as channels, one or several filters for each
x = np.array([1.0, 10]).reshape(1, 2, 1, 1)
got = grouped_conv2d(x.copy(), np.array([2.0, 3, 4, 5]).reshape(4, 1, 1, 1), groups=2)
assert_same(got, np.array([2.0, 3, 40, 50]).reshape(1, 4, 1, 1),
            hint="Channel 0 has the filters 0 and 1, channel 1 the filters 2 and 3.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1002)
x, w = source.normal(size=(2, 5, 6, 4)), source.normal(size=(5, 1, 3, 2))
expected = np.stack([ops.conv2d(x[:, [c]], w[[c]])[:, 0] for c in range(5)], axis=1)
assert_same(grouped_conv2d(x.copy(), w.copy(), groups=5), expected,
            hint="Five channels, five groups: each filter has one channel.")
### END HIDDEN TESTS

# %% test="grouped_conv2d:bias" points=0.5
# A bias for each filter
x, w = np.zeros((1, 4, 1, 1)), np.ones((4, 2, 1, 1))
got = grouped_conv2d(x, w, np.array([1.0, 2, 3, 4]), groups=2)
assert_same(got, np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1),
            hint="All pixels are 0: what is left are the biases, each at its own filter.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1003)
x, w, b = source.normal(size=(2, 6, 4, 5)), source.normal(size=(6, 2, 2, 2)), source.normal(size=6)
assert_same(grouped_conv2d(x.copy(), w.copy(), b.copy(), groups=3), ops.conv2d(x, w, b, groups=3),
            hint="The biases go to the groups as the filters do.")
### END HIDDEN TESTS

# %% test="grouped_conv2d:options" points=0.5
# Stride and padding
x, w = np.ones((1, 2, 5, 5)), np.ones((2, 1, 3, 3))
got = grouped_conv2d(x, w, groups=2, stride=2, padding=1)
assert_same(got, np.array([[[[4.0, 6, 4], [6, 9, 6], [4, 6, 4]]] * 2]),
            hint="With a rim of zeros a window in the corner sees four ones.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1004)
x, w = source.normal(size=(2, 4, 7, 9)), source.normal(size=(2, 2, 2, 3))
expected = ops.conv2d(x, w, groups=2, stride=(2, 3), padding=(1, 0))
got = grouped_conv2d(x.copy(), w.copy(), groups=2, stride=(2, 3), padding=(1, 0))
assert_same(got, expected, hint="Hand stride and padding on to each group.")
### END HIDDEN TESTS

# %% test="grouped_conv2d:errors" points=0.75
# What can't be shared
with assert_raises(ValueError, hint="5 channels can't be shared by 2 groups."):
    grouped_conv2d(np.ones((1, 5, 3, 3)), np.ones((4, 2, 1, 1)), groups=2)
with assert_raises(ValueError, hint="5 filters can't be shared by 2 groups."):
    grouped_conv2d(np.ones((1, 4, 3, 3)), np.ones((5, 2, 1, 1)), groups=2)
with assert_raises(ValueError, hint="Each group has 2 channels, w wants 4."):
    grouped_conv2d(np.ones((1, 4, 3, 3)), np.ones((2, 4, 1, 1)), groups=2)

# %% test="grouped_conv2d:dtype" points=0.5
# The dtype of the result
for xs, ws, kind in [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("i8", "f4", "f8"), ("u1", "u1", "f8")]:
    got = grouped_conv2d(np.ones((1, 2, 2, 2), xs), np.ones((2, 1, 1, 1), ws), groups=2)
    assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, w {np.dtype(ws)}: see what conv2d gives.")

# %% [markdown]
# From here on `ops.conv2d` with its `groups` stands in. What do groups lose? A filter that blurs and
# takes the difference *red minus blue*, once over all channels and once in three groups:

# %% demo
from cnnkit.data import photograph
from cnnkit.pictures import gallery, show

scene = photograph("china")[None, :, 40:267, 200:427] / 255  # (1, 3, 227, 227)
blur = np.full((5, 5), 1 / 25)
contrast = np.stack([blur, 0 * blur, -blur])[None]  # one filter, three channels
whole = ops.conv2d(scene, contrast, padding=2)[0]
parted = ops.conv2d(scene, np.stack([blur, 0 * blur, -blur])[:, None], padding=2, groups=3)[0]
show(gallery([scene[0], whole / 2 + 0.5, parted[0] / 2 + 0.5, parted[2] / 2 + 0.5],
             ["photograph", "1 group: red − blue", "3 groups: red", "3 groups: −blue"], columns=4))

# %% [markdown]
# (Grey is 0. The group of green, which gives 0 everywhere, is left out.) With one group the channels
# meet in a sum, and its *sign* tells colours apart: lighter than grey are the warm ones, tiles and red
# wood; darker the bluish ones, sky and lake. In three groups each number knows one colour only. Both
# pictures on the right tell sky from building, but as light from dark: red is high in all that is
# light, −blue in all that is dark. The difference must be taken by a later layer. Grouped nets
# therefore mix channels elsewhere: AlexNet in its layer 3, others in a 1 × 1 convolution (part 2).

# %% [markdown]
# ### 1.3 The net itself, in PyTorch
#
# So far AlexNet is a table. In PyTorch it is a few lines more. A layer is an object that holds its
# own weights, drawn at random when it is made; called with a tensor it gives a tensor:
#
# | Layer | In PyTorch |
# |---|---|
# | convolution | `nn.Conv2d(C, O, kernel, stride=1, padding=0, groups=1)` |
# | ReLU, max pool | `nn.ReLU()`, `nn.MaxPool2d(kernel, stride=...)` |
# | flatten all but the batch | `nn.Flatten()` |
# | dense layer | `nn.Linear(inputs, units)` |
# | dropout | `nn.Dropout(0.5)` |
# | one layer after the other | `nn.Sequential(first, second, ...)`, a layer itself |
#
# Kernel, stride and padding are whole numbers or pairs, as ours. `nn.Conv2d` must be told how many
# channels it is given, `nn.Linear` how many numbers: nobody infers it for you.
#
# **Dropout** sets each number to 0 with the given chance while the net is *trained* (and doubles
# the others, for a chance of one half), so that no unit relies on a single other; when the net is
# *used* it hands everything on. Chapter 11 has more. A model knows two states: `model.train()`, in
# which it is made, and `model.eval()`. AlexNet has dropout at its two large dense layers; we put it
# where torchvision does, right before each of them.

# %% demo
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 8, 5, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 49, 10))
x = torch.rand(2, 3, 17, 17)  # float32, as all of PyTorch's layers unless told otherwise
for layer in model:
    x = layer(x)
    numbers = sum(p.numel() for p in layer.parameters())
    print(f"{type(layer).__name__:8} gives {tuple(x.shape)}, {numbers} parameters")

# %% [markdown]
# #### Exercise 3 · `build_alexnet`
#
# Build the single or grouped version. Everything that is interesting to change is an argument: the
# image's size, the filters, the groups of layers 2, 4 and 5, the units of the two large dense
# layers, the classes. So the same function makes the net of 2012 and a small one that learns on a
# laptop. How many numbers reach the first dense layer depends on the size: 9216 with 227 and 256
# filters in layer 5, something else otherwise. The scores come out of the last layer as they are.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: how far down is 6?</summary>
#
# One convolution and three pools change the size: follow it through all four with
# `shapes.conv2d_shape` (chapter 04), beginning with `size`. The flattened volume is that squared,
# times the filters of layer 5.
# </details>
# <details><summary>Hint 2: what stands behind a layer</summary>
#
# In the table of 1.1 every layer but one has a ReLU behind it. Behind the last there is no softmax
# either: the loss that PyTorch offers, `nn.CrossEntropyLoss`, wants plain scores.
# </details>
# <details><summary>Hint 3: when a layer complains</summary>
#
# "mat1 and mat2 shapes cannot be multiplied (1x256 and 9216x4096)" means: 256 numbers came where
# the dense layer was made for 9216. Trace the shapes layer by layer, as in the cell above.
# </details>

# %% exercise="build_alexnet" forbids="cnnkit.alexnet cnnkit.models torchvision" minutes=35
def build_alexnet(*, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096,
                  classes=1000):
    """Build AlexNet for colour images (N, 3, size, size).

    Parameters
    ----------
    size : int
        Height and width of the images.
    filters : five int
        Of the convolutions.
    groups : int
        Of the convolutions 2, 4 and 5.
    hidden : int
        Units of the first and of the second dense layer.
    classes : int
        Units of the last one.

    Returns
    -------
    model : nn.Sequential
        Of torch's layers, in their order; a part of it may be an nn.Sequential again. A dropout of
        one half stands before each of the first two dense layers. No lazy layers: all sizes known.

    Examples
    --------
    >>> small = build_alexnet(size=67, filters=(8, 16, 16, 16, 8), hidden=20, classes=3)
    >>> small(torch.zeros(2, 3, 67, 67)).shape
    torch.Size([2, 3])
    """
    ### BEGIN SOLUTION
    side, _ = shapes.conv2d_shape(size, size, 11, stride=4)
    for _ in range(3):
        side, _ = shapes.conv2d_shape(side, side, 3, stride=2)
    a, b, c, d, e = filters
    convolutions = nn.Sequential(
        nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2),
        nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2),
        nn.Conv2d(b, c, 3, padding=1), nn.ReLU(),
        nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU(),
        nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2))
    scores = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(e * side * side, hidden), nn.ReLU(),
        nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(),
        nn.Linear(hidden, classes))
    return nn.Sequential(*convolutions, *scores)
    ### END SOLUTION

# %% [markdown]
# Two cells that you need not read: marking runs your code in a process of its own, from which only
# numbers and words come back. The first walks through your layers on the *meta* device, which knows
# shapes but holds no numbers: so the full net costs no memory. The second runs a small net.

# %% beside="layer_trace"
@beside_student
def layer_trace(size, **options):
    """Give for each layer its kind, the shape after it, its parameters, its chance of dropout."""
    with torch.device("meta"):
        model = build_alexnet(size=size, **options).eval()
        x, rows = torch.zeros(1, 3, size, size), []
        for layer in model.modules():
            if not isinstance(layer, nn.Sequential):
                x = layer(x)
                numbers = sum(p.numel() for p in layer.parameters())
                kind, chance = type(layer).__name__, float(getattr(layer, "p", 0))
                rows.append((kind, tuple(x.shape[1:]), numbers, chance))
    return rows

# %% beside="scores_and_weights"
@beside_student
def scores_and_weights(x, **options):
    """Give the scores that a new net gives, not in training, and its weights in their order."""
    torch.manual_seed(0)
    model = build_alexnet(**options).double().eval()
    with torch.no_grad():
        scores = model(torch.from_numpy(np.array(x)))
    return scores.numpy(), [p.detach().numpy() for p in model.parameters()]

# %% test="build_alexnet:shapes" points=1
# The shapes at full size
steps = [(96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), (384, 13, 13), (256, 13, 13),
         (256, 6, 6), (9216,), (4096,), (1000,)]
got = [shape for _, shape, _, _ in layer_trace(227)]
changes = [shape for n, shape in enumerate(got) if n == 0 or shape != got[n - 1]]
assert_same(changes, steps, hint="The table of exercise 1, from layer to layer.")
### BEGIN HIDDEN TESTS
got = [shape for _, shape, _, _ in layer_trace(195, filters=(6, 8, 10, 12, 14), classes=7)]
changes = [shape for n, shape in enumerate(got) if n == 0 or shape != got[n - 1]]
expected = [(6, 47, 47), (6, 23, 23), (8, 23, 23), (8, 11, 11), (10, 11, 11), (12, 11, 11),
            (14, 11, 11), (14, 5, 5), (350,), (4096,), (7,)]
assert_same(changes, expected, hint="Other filters, another size: 195 makes 47, 23, 11 and 5.")
### END HIDDEN TESTS

# %% test="build_alexnet:params" points=0.75
# The parameters
got = sum(numbers for _, _, numbers, _ in layer_trace(227))
assert_same(got, 62_378_344, hint="Every convolution and every dense layer has biases.")
### BEGIN HIDDEN TESTS
options = {"filters": (6, 8, 10, 12, 14), "hidden": 20, "classes": 7}
got = [numbers for _, _, numbers, _ in layer_trace(227, **options) if numbers]
expected = [6 * 364, 8 * 151, 10 * 73, 12 * 91, 14 * 109, 20 * (14 * 36 + 1), 20 * 21, 7 * 21]
assert_same(got, expected, hint="Filters, hidden and classes are arguments.")
### END HIDDEN TESTS

# %% test="build_alexnet:groups" points=0.5
# In two groups
got = [numbers for _, _, numbers, _ in layer_trace(227, groups=2) if numbers]
assert_same(sum(got), 60_965_224, hint="Layers 2, 4 and 5, and no other.")
### BEGIN HIDDEN TESTS
options = {"filters": (8, 8, 12, 16, 4), "hidden": 5, "classes": 3}
got = [numbers for _, _, numbers, _ in layer_trace(67, groups=4, **options) if numbers]
expected = [8 * 364, 8 * 51, 12 * 73, 16 * 28, 4 * 37, 5 * 5, 5 * 6, 3 * 6]
assert_same(got, expected, hint="Four groups: a quarter of the channels for a filter.")
### END HIDDEN TESTS

# %% test="build_alexnet:sizes" points=0.5
# Small images
options = {"filters": (8, 16, 16, 16, 8), "hidden": 20, "classes": 3}
flat = [shape for kind, shape, _, _ in layer_trace(67, **options) if kind == "Flatten"]
assert_same(flat, [(8,)], hint="67 makes 15, 7, 3 and 1: eight maps of one number.")
### BEGIN HIDDEN TESTS
for size, side in [(98, 1), (131, 3), (163, 4)]:
    rows = layer_trace(size, **options)
    assert_same(rows[-1][1], (3,), hint="The net must run to the end, whatever the size.")
    flat = [shape for kind, shape, _, _ in rows if kind == "Flatten"]
    assert_same(flat, [(8 * side * side,)], hint="How large are the maps when they are flattened?")
### END HIDDEN TESTS

# %% test="build_alexnet:values" points=0.75
# The scores, against the same layers in NumPy with the net's own weights
def in_numpy(x, weights, groups):
    for n, (pads, split, pooled) in enumerate([(0, 0, 1), (2, 1, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1)]):
        x = ops.relu(ops.conv2d(x, weights[2 * n], weights[2 * n + 1], stride=1 if n else 4,
                                padding=pads, groups=groups if split else 1))
        x = ops.max_pool2d(x, 3, stride=2)[0] if pooled else x
    x = x.reshape(len(x), -1)
    for n in (5, 6, 7):
        x = ops.relu(x) @ weights[2 * n].T + weights[2 * n + 1]
    return x

x = np.random.default_rng(1005).normal(size=(2, 3, 71, 71))
scores, weights = scores_and_weights(x.copy(), size=71, filters=(4, 6, 4, 4, 2), groups=2, hidden=5,
                                     classes=3)
assert_same(len(weights), 16, hint="Eight layers have weights and biases, in their order.")
assert_same(scores, in_numpy(x, weights, 2), hint="ReLU after every layer but the last.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(1019).normal(size=(3, 3, 103, 103))
scores, weights = scores_and_weights(x.copy(), size=103, filters=(3, 4, 5, 6, 7), hidden=9, classes=4)
assert_same(len(weights), 16, hint="Eight layers have weights and biases, in their order.")
assert_same(scores, in_numpy(x, weights, 1), hint="ReLUs, and pools of 3 × 3 with stride 2.")
### END HIDDEN TESTS

# %% test="build_alexnet:dropout" points=0.5
# Dropout before the first two dense layers
rows = [(kind, chance) for kind, _, _, chance in layer_trace(67) if kind in ("Dropout", "Linear")]
expected = [("Dropout", 0.5), ("Linear", 0.0)] * 2 + [("Linear", 0.0)]
assert_same(rows, expected, hint="Dropout, dense, dropout, dense, dense; each with one half.")

# %% [markdown]
# #### The net at work
#
# From here on `alexnet` of `cnnkit.models.torch_nets` stands in. First the whole net, 62 million
# random weights, on one photograph.

# %% demo
from cnnkit.data import photograph
from cnnkit.models import torch_nets

net = torch_nets.alexnet(np.random.default_rng(0)).eval()
scene = photograph("china")[None, :, 40:267, 200:427].astype(np.float32) / 255
y = torch.from_numpy(scene)
with torch.no_grad():
    for name, layer in net.named_children():
        y = layer(y)
        if not name.startswith(("relu", "dropout")):
            print(f"{name:11} {tuple(y.shape)}")
losses = [float(nn.functional.cross_entropy(y, torch.tensor([label]))) for label in (0, 500, 999)]
print(f"loss for three labels: {np.round(losses, 2)}; log 1000 = {np.log(1000):.2f}")

# %% [markdown]
# The scores are all about equal: the net knows nothing yet, and whichever class is the right one,
# the loss is near log 1000. A much larger loss at the start would be a bug (chapter 08).

# %% [markdown] items="33"
# **One number, taken apart.** Pilehvar's slides send you to the *CNN Explainer*
# ([poloclub.github.io/cnn-explainer](https://poloclub.github.io/cnn-explainer/)), a page on which
# every number of a small net can be clicked to see which numbers it was made from. Here is the same
# for a number that AlexNet just computed: map 7, row 20, column 30 of the first layer.

# %% demo items="33"
w, b = (p.detach().numpy() for p in net.conv1.parameters())
with torch.no_grad():
    got = float(net.conv1(torch.from_numpy(scene))[0, 7, 20, 30])
window = scene[0, :, 20 * 4 : 20 * 4 + 11, 30 * 4 : 30 * 4 + 11]
parts = (window * w[7]).sum(axis=(1, 2))
print(f"{window.size} pixels times {w[7].size} weights; red, green, blue: {parts.round(4)}")
print(f"their sum {parts.sum():.4f}, the bias {b[7]:.4f}, together {parts.sum() + b[7]:.4f}")
print(f"PyTorch says {got:.4f}")

# %% [markdown]
# **A few steps of training.** The full net would take weeks on this computer. A narrow one for
# images of 67 × 67 takes seconds. It gets 32 pictures of apparel, enlarged, in three equal colours,
# and must learn them by heart: if a net can't do that, something is broken. One step in PyTorch is
# four lines: scores and loss; forget the old gradients; backward; a small move.

# %% demo
from cnnkit import data

pictures, labels = data.load("apparel", "train")
small = torch.from_numpy(pictures[:32].astype(np.float32) / 255)
small = nn.functional.interpolate(small, size=(67, 67)).repeat(1, 3, 1, 1)
target = torch.from_numpy(labels[:32])
net = torch_nets.alexnet(np.random.default_rng(0), size=67, filters=(16, 32, 48, 48, 32),
                         hidden=256, classes=10)
optimiser = torch.optim.Adam(net.parameters(), lr=0.002)
torch.manual_seed(0)  # for dropout
for step in range(301):
    loss = nn.functional.cross_entropy(net(small), target)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 60 == 0:
        print(f"step {step:3}: loss {loss.item():.3f}")
right = (net.eval()(small).argmax(1) == target).sum()
print(f"{right} of 32 right, without dropout")

# %% [markdown]
# The loss begins near log 10 = 2.3 and falls, though not evenly: while the net is trained, about half
# of the numbers before the two large dense layers are dropped at each step, each time others. In the
# final count nothing is dropped.
# Write `build_alexnet(size=67, ...)` in place of `torch_nets.alexnet(...)` to train your own.
#
# ---
# **Half-way.** A good place to stop. Part 2 starts from the two questions that AlexNet left open:
# where to save weights, and how to train nets with many more layers.

# %% [markdown]
# ---
# ## Part 2 · Modern blocks
#
# ### 2.1 Convolutions of one pixel
#
# Give a convolution a kernel of 1 × 1. Nothing is left of neighbourhoods; what is left is the sum
# over channels:
#
# $$ y_{n,o,i,j} = b_o + \sum_c w_{o,c}\; x_{n,c,\,is,\,js} $$
#
# At every pixel the same small dense layer, from C numbers to O. So it is used to **mix** channels
# (behind a depthwise convolution) and to **change their number** cheaply. With stride $s$ it reads
# every $s$-th row and column, and at $s = 2$ some three quarters of the pixels are never seen.
#
# **By hand.** A pixel with red 1, green 2, blue 3, and two filters $(1, 1, 1)$ and $(1, 0, -1)$: 6
# and −2.

# %% [markdown] quiz="odd_rows"
# **Predict.** A 1 × 1 convolution with stride 2 on a plane of **7** rows. How many rows come out?
# - [ ] 3 :: 7 / 2 rounded down would be a pool of 2 × 2, which needs two rows for one.
# - [x] 4 :: Rows 0, 2, 4 and 6: half of seven, rounded up.
# - [ ] 3.5, so it stops with an error :: Nothing stops: it reads the rows that are there.

# %% [markdown]
# #### Exercise 4 · `conv1x1`
#
# Write it with weights of shape `(O, C)`. No `cnnkit.ops` here: the sum over the channels is one line
# of NumPy, if you choose the right one. (Stride 2 keeps rows 0, 2, 4, … and columns 0, 2, 4, …)
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: stride first</summary>
#
# Leave out rows and columns before you multiply: a slice with a step does it.
# </details>
# <details><summary>Hint 2: a product over the channels</summary>
#
# With `np.einsum`: call the axes of x `nchw` and those of w `oc`; a letter that both have, and y has
# not, is summed over. Or move the channels to the end, take a matrix product, and move them back:
# `reshape` alone does not move axes.
# </details>
# <details><summary>Hint 3: the bias</summary>
#
# b has O numbers, y has four axes. Broadcasting begins at the last axis, so plain `y + b` lines b up
# with the columns. Which shape must b get to meet the channels?
# </details>

# %% exercise="conv1x1" forbids="cnnkit.ops torch" minutes=10
def conv1x1(x, w, b=None, *, stride=1):
    """Mix the channels of each pixel: y[n, o, i, j] = b[o] + sum over c of w[o, c] x[n, c, is, js].

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (O, C)
    b : ndarray, shape (O,), optional
    stride : int or pair of int, at least 1
        For rows and columns.

    Returns
    -------
    y : ndarray, shape (N, O, ceil(H / stride), ceil(W / stride))
        Integers count as float64, then `np.result_type` of the operands.

    Raises
    ------
    ValueError
        If w has another number of channels than x, or the stride is below 1.

    Examples
    --------
    >>> x = np.array([1.0, 2, 3]).reshape(1, 3, 1, 1)
    >>> conv1x1(x, np.array([[1.0, 1, 1], [1, 0, -1]])).ravel()
    array([ 6., -2.])
    """
    ### BEGIN SOLUTION
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    given = [x, w] if b is None else [x, w, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    y = np.einsum("oc,nchw->nohw", w.astype(dtype), x[:, :, ::sh, ::sw].astype(dtype))
    return y if b is None else y + b[:, None, None].astype(dtype)
    ### END SOLUTION

# %% test="conv1x1:values" points=0.75
# A dense layer at each pixel
x = np.array([[[1.0, 2], [3, 4]], [[10, 20], [30, 40]]])[None]
got = conv1x1(x.copy(), np.array([[1.0, 1], [0, 2], [1, 0]]))
expected = np.array([[[11.0, 22], [33, 44]], [[20, 40], [60, 80]], [[1, 2], [3, 4]]])[None]
assert_same(got, expected, hint="Filter 0 adds both channels, filter 1 doubles the second.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1006)
for n, c, o, hw in [(2, 3, 5, (4, 6)), (3, 4, 4, (4, 4)), (1, 5, 2, (7, 1))]:
    x, w = source.normal(size=(n, c, *hw)), source.normal(size=(o, c))
    expected = ops.conv2d(x, w[:, :, None, None])
    assert_same(conv1x1(x.copy(), w.copy()), expected, hint="w[o, c] belongs to channel c of x.")
### END HIDDEN TESTS

# %% test="conv1x1:stride" points=0.5
# Every second row, every third column
x = np.arange(35.0).reshape(1, 1, 7, 5)
got = conv1x1(x.copy(), np.ones((1, 1)), stride=2)
assert_same(got, x[:, :, [0, 2, 4, 6]][..., [0, 2, 4]], hint="Rows 0, 2, 4, 6; columns 0, 2, 4.")
got = conv1x1(x.copy(), np.ones((1, 1)), stride=(2, 3))
assert_same(got, x[:, :, [0, 2, 4, 6]][..., [0, 3]], hint="Rows 0, 2, 4, 6; columns 0 and 3.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1007)
x, w = source.normal(size=(2, 3, 8, 9)), source.normal(size=(2, 3))
for stride in [(1, 2), (3, 1), (2, 4), 3]:
    expected = ops.conv2d(x, w[:, :, None, None], stride=stride)
    assert_same(conv1x1(x.copy(), w.copy(), stride=stride), expected,
                hint="Each axis has its own step and begins at 0.")
### END HIDDEN TESTS

# %% test="conv1x1:bias" points=0.25
# A bias for each filter
x, b = np.zeros((1, 1, 2, 2)), np.array([5.0, 7.0])
got = conv1x1(x, np.ones((2, 1)), b)
assert_same(got, np.array([[[[5.0, 5], [5, 5]], [[7, 7], [7, 7]]]]),
            hint="5 everywhere in map 0, 7 everywhere in map 1.")

# %% test="conv1x1:edges" points=0.25
# No image, and channels that do not fit
assert_shape(conv1x1(np.zeros((0, 3, 5, 4)), np.ones((2, 3)), stride=2), (0, 2, 3, 2),
             hint="An empty batch gives an empty batch of the right shape.")
for channels in (1, 2):
    with assert_raises(ValueError, hint=f"w has {channels} channels, x has 3: don't broadcast."):
        conv1x1(np.ones((1, 3, 2, 2)), np.ones((4, channels)))

# %% test="conv1x1:dtype" points=0.25
# The dtype of the result
for xs, ws, kind in [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("i8", "f4", "f8"), ("u1", "u1", "f8")]:
    got = conv1x1(np.full((1, 2, 1, 1), 100, xs), np.full((1, 2), 2, ws))
    assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, w {np.dtype(ws)}: so it is {np.dtype(kind)}.")
    assert_same(got, np.full((1, 1, 1, 1), 400.0), hint="Convert before you multiply: 400 > 255.")

# %% [markdown]
# From here on `ops.conv1x1` stands in. Two uses. A colour photograph has three channels; a 1 × 1
# convolution can make others of them, here brightness and two contrasts of colours:

# %% demo
mixing = np.array([[0.299, 0.587, 0.114], [0.5, 0, -0.5], [-0.25, 0.5, -0.25]])
mixed = ops.conv1x1(scene, mixing, np.array([0, 0.5, 0.5]))
show(gallery([scene[0], *mixed[0]], ["three channels", "brightness", "red − blue",
             "green − the others"], columns=4))

# %% [markdown]
# The other use is to save. Suppose 256 channels come in and 256 shall go out, with a 3 × 3 look at
# the neighbours in between. Straight on, or squeezed to 64 channels by a 1 × 1, looked at there, and
# widened again: the **bottleneck** of the larger ResNets.

# %% demo
straight = [layers.conv(256, 3, padding=1)]
bottleneck = [layers.conv(64, 1), layers.relu(), layers.conv(64, 3, padding=1), layers.relu(),
              layers.conv(256, 1)]
separable = [layers.conv(256, 3, padding=1, groups=256), layers.relu(), layers.conv(256, 1)]
for name, block in [("straight", straight), ("bottleneck", bottleneck), ("depthwise, 1x1", separable)]:
    rows = layer_table(block, (256, 14, 14))
    print(f"{name:15} {sum(row['params'] for row in rows):9,} parameters, "
          f"{sum(row['macs'] for row in rows):13,} products")

# %% [markdown]
# ### 2.2 Batch normalisation

# %% [markdown] items="55"
# Stack fifteen layers and look at the numbers that come out. If each layer makes them a little
# larger, they explode; a little smaller, and they vanish, and gradients with them. Good first
# weights (chapter 08) set that right at the start, but training moves them. **Batch normalisation**
# (in the DSML deck; S. Ioffe, C. Szegedy, 2015, arXiv:1502.03167) sets it right at every step: each
# channel gets mean 0 and standard deviation 1 over the batch, and then a scale $\gamma$ and a shift
# $\beta$ that are learned, one each for a channel:
#
# $$ y_{nchw} = \gamma_c \, \frac{x_{nchw} - m_c}{\sqrt{v_c + \varepsilon}} + \beta_c $$
#
# Mean $m_c$ and variance $v_c$ are over **all images and all pixels** of a channel: axes 0, 2 and
# 3, that is $M = N \cdot H \cdot W$ numbers. The variance here is the biased one, divided by $M$.
# The small $\varepsilon$ keeps a constant channel from dividing by 0.
#
# The picture shows how large the numbers are behind the ReLU of each layer. (That is why they are
# somewhat below 1 with norm: the ReLU cuts off what is negative. The two curves with norm lie on
# each other.)

# %% demo items="55"
from cnnkit.pictures import show, signal_by_layer

x, signal = rng.normal(size=(8, 16, 12, 12)), {}
one, zero = np.ones(16), np.zeros(16)
for name, size, norm in [("weights too small", 0.05, False), ("weights too large", 0.2, False),
                         ("too small, with norm", 0.05, True), ("too large, with norm", 0.2, True)]:
    y, signal[name] = x, [x.std()]
    for _ in range(15):
        y = ops.conv2d(y, size * rng.normal(size=(16, 16, 3, 3)), padding=1)
        y = ops.batchnorm2d(y, one, zero, (zero, one), True)[0] if norm else y
        y = ops.relu(y)
        signal[name].append(y.std())
show(signal_by_layer(signal))

# %% [markdown] quiz="norm_scale"
# **Predict.** Right before a batch normalisation stands a convolution. Somebody multiplies all its
# weights by 10. What happens to the output of the normalisation, in training?
# - [x] Nothing, but for the small ε :: Ten times the numbers have ten times the mean and ten times
#   the standard deviation. So the size of these weights says nothing any more.
# - [ ] It becomes ten times as large :: It would without the normalisation.
# - [ ] It becomes ten times as small :: The normalisation divides by the standard deviation, which
#   has grown as the numbers have.

# %% [markdown]
# **By hand.** One channel of two images, (1, 3) and (5, 7), $\gamma = 1$, $\beta = 0$. The mean is 4,
# the variance $(9 + 1 + 1 + 9)/4 = 5$, and $y = (-3, -1, 1, 3)/\sqrt 5 = (-1.34, -0.45, 0.45,
# 1.34)$.
#
# **After training** there may be a single image, and its answer must not depend on its neighbours
# in the batch. So running statistics are gathered while training,
#
# $$ \text{running} \leftarrow (1 - \text{momentum}) \cdot \text{running} + \text{momentum} \cdot
# \text{batch} $$
#
# and used afterwards in place of the batch's own. For the running variance the batch's **unbiased**
# one is taken, divided by $M - 1$: it estimates that of all images, not of this batch. (PyTorch does
# the same, with momentum 0.1; other libraries call 0.9 what we call 0.1.) In the example with
# running mean 0 and variance 1: 0.9 · 0 + 0.1 · 4 = 0.4, and 0.9 · 1 + 0.1 · 20/3 = 1.567.

# %% [markdown]
# #### The way back
#
# With running statistics the layer is only a scale and a shift per channel:
# $dx = dy\,\gamma/\sqrt{v+\varepsilon}$. In training it is not that simple: every x moves the mean
# and the variance of its channel, and through them *every* y of it. Let
# $\hat x = (x - m)/\sqrt{v + \varepsilon}$ be the normalised numbers and $g = \gamma\,dy$ what
# arrives at them. Then
#
# $$ d\beta = \sum dy, \qquad d\gamma = \sum dy\,\hat x, \qquad
#    dx = \frac{1}{\sqrt{v + \varepsilon}} \Bigl( g - \overline{g} - \hat x\;\overline{g\,\hat x}
#    \Bigr) $$
#
# with sums and means (the bars) over the M numbers of a channel. Read it: what all numbers of a
# channel have in common is taken out of the gradient, for moving all of them together changes
# nothing; and so is what points along $\hat x$, for stretching them changes nothing either.
#
# <details><summary>Where it comes from</summary>
#
# Write $s = 1/\sqrt{v+\varepsilon}$. Then $\hat x_i = (x_i - m)\,s$, where $\partial m/\partial x_j
# = 1/M$ and $\partial s/\partial x_j = -s^3\,(x_j - m)/M = -s^2\,\hat x_j/M$. So
# $\partial \hat x_i/\partial x_j = s\,[i = j] - s/M - \hat x_i\,s\,\hat x_j/M$ (in the last term one
# $s$ went into $\hat x_i$). Multiply by $g_i$ and add up over $i$: the three terms of $dx_j$.
# </details>
#
# **By hand.** With $x$ = (1, 3, 5, 7) as above and dy = (1, 1, 1, 1): $\overline g = 1$ and
# $\overline{g \hat x} = 0$, so dx = 0. Raising all four outputs together is beyond any x.

# %% [markdown]
# #### Exercise 5 · `batchnorm2d` and `batchnorm2d_backward`
#
# Write both. Forward gives three things: y, the new running statistics, and a *cache*, which
# is whatever your backward function needs; nobody else looks into it. If x has fewer than 2 numbers
# in a channel, there is no variance to learn from: raise a `ValueError` in training.
#
# *About 50 minutes.*
#
# <details><summary>Hint 1: axes</summary>
#
# `x.mean(axis=(0, 2, 3))` has shape `(C,)`. To meet x again it needs two more axes at the end:
# `m[:, None, None]`, for broadcasting begins at the last axis.
# </details>
# <details><summary>Hint 2: two variances</summary>
#
# `x.var(axis=...)` divides by M. What must it be multiplied by to be divided by M − 1 instead? Which
# of the two normalises, and which is gathered?
# </details>
# <details><summary>Hint 3: backward</summary>
#
# Keep the normalised x, one over the standard deviation, gamma and whether it was training. A mean
# of $g$ needs the same axes as a mean of x, and two more axes to meet dy again. Begin with the case
# without training, which is the formula without its two means.
# </details>

# %% exercise="batchnorm2d" forbids="cnnkit.ops torch" minutes=50
def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    """Give each channel mean beta and standard deviation gamma.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Not changed.
    gamma, beta : ndarray, shape (C,)
    running : pair of ndarray (mean, variance), each of shape (C,)
        Gathered so far. Not changed.
    train : bool
        True: normalise with the batch's own mean and biased variance. False: with the running ones.
    momentum : float
        In training: new = (1 - momentum) * old + momentum * batch, the batch's variance unbiased.
    eps : float
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shape (N, C, H, W)
        Integers count as float64, then `np.result_type` of all operands.
    running : pair of ndarray (mean, variance)
        New arrays of the dtype of y; if train is False, with the old numbers.
    cache
        Anything that `batchnorm2d_backward` needs.

    Raises
    ------
    ValueError
        In training, if a channel has fewer than 2 numbers.

    Examples
    --------
    >>> x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
    >>> y, (mean, var), cache = batchnorm2d(x, one, zero, (zero, one), True)
    >>> y.ravel().round(2), mean, var.round(3)
    (array([-1.34, -0.45,  0.45,  1.34]), array([0.4]), array([1.567]))
    """
    ### BEGIN SOLUTION
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError(f"x has shape {x.shape}: one number a channel has no variance.")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)
    ### END SOLUTION


def batchnorm2d_backward(dy, cache):
    """Give the gradients of batch normalisation.

    Parameters
    ----------
    dy : ndarray, shape (N, C, H, W)
        The gradient that arrives. Not changed.
    cache
        From `batchnorm2d`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, shape (C,)
        All three of the dtype that NumPy gives for dy and y together.

    Examples
    --------
    >>> x, one, zero = np.array([[[[1.0, 5.0]]]]), np.ones(1), np.zeros(1)
    >>> _, _, cache = batchnorm2d(x, one, zero, (zero, one), False, eps=0)
    >>> batchnorm2d_backward(np.array([[[[10.0, 1.0]]]]), cache)
    (array([[[[10.,  1.]]]]), array([15.]), array([11.]))
    """
    ### BEGIN SOLUTION
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = dy.size // max(1, dy.shape[1])
        common, along = gamma * dbeta / count, gamma * dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta
    ### END SOLUTION

# %% [markdown]
# The cache stays on your side: this cell runs both functions there, one after the other.

# %% beside="norm_gradients"
@beside_student
def norm_gradients(dy, x, gamma, beta, running, train, **options):
    """Give dx, dgamma and dbeta."""
    _, _, cache = batchnorm2d(x, gamma, beta, running, train, **options)
    return batchnorm2d_backward(dy, cache)

# %% test="batchnorm2d:training" points=1.25
# y in training
x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
y, _, _ = batchnorm2d(x.copy(), one.copy(), zero.copy(), (zero.copy(), one.copy()), True, eps=1e-12)
assert_same(y, (x - 4) / np.sqrt(5), hint="Mean 4, variance 5: over both images.")
x = np.array([[[[0.0, 2]], [[10, 30]]]])
y, _, _ = batchnorm2d(x.copy(), np.array([1.0, 10]), np.array([0.0, 5]), (np.zeros(2), np.ones(2)),
                      True, eps=1e-12)
assert_same(y, np.array([[[[-1.0, 1]], [[-5, 15]]]]),
            hint="Each channel on its own: −1 and 1, then times gamma, plus beta.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1008)
for shape in [(3, 2, 4, 5), (2, 3, 3, 3), (4, 4, 4, 4)]:
    C = shape[1]
    x = source.normal(size=shape) * source.uniform(1, 9, (C, 1, 1)) + source.uniform(-5, 5, (C, 1, 1))
    gamma, beta = source.normal(size=C), source.normal(size=C)
    running = (source.normal(size=C), source.uniform(1, 2, C))
    y, _, _ = batchnorm2d(x.copy(), gamma.copy(), beta.copy(), running, True)
    expected = np.empty(shape)
    for c in range(C):
        part = x[:, c]
        expected[:, c] = gamma[c] * (part - part.mean()) / np.sqrt(part.var() + 1e-5) + beta[c]
    assert_same(y, expected, hint="A mean and a biased variance for each channel, over the batch.")
### END HIDDEN TESTS

# %% test="batchnorm2d:running" points=1
# The running statistics after a step of training
x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
_, (mean, var), _ = batchnorm2d(x.copy(), one.copy(), zero.copy(), (zero.copy(), one.copy()), True)
assert_same(mean, np.array([0.4]), hint="0.9 · 0 + 0.1 · 4.")
assert_same(var, np.array([0.9 + 2 / 3]), hint="0.9 · 1 + 0.1 · 20/3: the unbiased variance.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1009)
x = source.normal(size=(2, 3, 2, 4)) * 3 + 1
running = (source.normal(size=3), source.uniform(1, 2, 3))
for momentum in (0.1, 0.75):
    sent = (running[0].copy(), running[1].copy())
    new = batchnorm2d(x.copy(), np.ones(3), np.zeros(3), sent, True, momentum=momentum)[1]
    for c in range(3):
        mean = (1 - momentum) * running[0][c] + momentum * x[:, c].mean()
        var = (1 - momentum) * running[1][c] + momentum * x[:, c].var(ddof=1)
        assert_same((new[0][c], new[1][c]), (mean, var), hint="Momentum is the part that is new.")
### END HIDDEN TESTS

# %% test="batchnorm2d:after" points=1
# After training
x, one = np.array([[[[1.0, 5.0]]]]), np.ones(1)
y, (mean, var), _ = batchnorm2d(x.copy(), 3 * one, one.copy(), (2 * one, 4 * one), False, eps=1e-12)
assert_same(y, np.array([[[[-0.5, 5.5]]]]), hint="(1 − 2)/2 · 3 + 1 and (5 − 2)/2 · 3 + 1.")
assert_same((mean, var), (2 * one, 4 * one), hint="Nothing is gathered any more.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1010)
x, gamma, beta = source.normal(size=(1, 3, 4, 2)), source.normal(size=3), source.normal(size=3)
mean, var = source.normal(size=3), source.uniform(1, 2, 3)
y, new, _ = batchnorm2d(x.copy(), gamma.copy(), beta.copy(), (mean.copy(), var.copy()), False, momentum=0.5)
expected = np.stack([gamma[c] * (x[:, c] - mean[c]) / np.sqrt(var[c] + 1e-5) + beta[c]
                     for c in range(3)], axis=1)
assert_same(y, expected, hint="With the running statistics alone: the batch plays no part.")
assert_same(new, (mean, var), hint="Not updated.")
### END HIDDEN TESTS

# %% test="batchnorm2d:eps" points=0.5
# The small number under the root
x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
y, _, _ = batchnorm2d(x.copy(), one.copy(), zero.copy(), (zero.copy(), one.copy()), True, eps=4.0)
assert_same(y, (x - 4) / 3, hint="Variance 5, eps 4: divide by the root of 9.")
y, _, _ = batchnorm2d(np.full((2, 1, 2, 2), 7.0), one.copy(), 5 * one, (zero.copy(), one.copy()), True)
assert_same(y, np.full((2, 1, 2, 2), 5.0), hint="A constant channel gives beta, no NaN.")

# %% test="batchnorm2d:edges" points=0.5
# One image, one number
one, zero = np.ones(1), np.zeros(1)
y, _, _ = batchnorm2d(np.array([[[[0.0, 2.0]]]]), one.copy(), zero.copy(), (zero.copy(), one.copy()), True, eps=1e-12)
assert_same(y, np.array([[[[-1.0, 1.0]]]]), hint="One image is enough: it has two pixels.")
with assert_raises(ValueError, hint="One number in a channel: no variance, so raise in training."):
    batchnorm2d(np.ones((1, 1, 1, 1)), one.copy(), zero.copy(), (zero.copy(), one.copy()), True)
y, _, _ = batchnorm2d(np.full((1, 1, 1, 1), 3.0), one.copy(), zero.copy(), (one.copy(), 4 * one), False, eps=1e-12)
assert_same(y, np.ones((1, 1, 1, 1)), hint="After training one number is fine: (3 − 1)/2.")

# %% test="batchnorm2d:dtype" points=0.25
# The dtype of the results
for kind, result in [("f4", "f4"), ("f8", "f8"), ("i8", "f8")]:
    one, zero = np.ones(2, kind), np.zeros(2, kind)
    y, new, _ = batchnorm2d(np.arange(8).reshape(1, 2, 2, 2).astype(kind), one.copy(), zero.copy(), (zero.copy(), one.copy()), True)
    for got in (y, *new):
        assert_dtype(got, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")

# %% test="batchnorm2d:parameters" points=0.75
# The gradients of gamma and beta
x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
dy = np.array([1.0, 0, 0, 10]).reshape(2, 1, 1, 2)
_, dgamma, dbeta = norm_gradients(dy, x, 2 * one, zero.copy(), (zero.copy(), one.copy()), True, eps=1e-12)
assert_same(dbeta, np.array([11.0]), hint="beta is added to every y: the sum of what arrives.")
assert_same(dgamma, np.array([27 / np.sqrt(5)]), hint="1 · (−3) + 10 · 3, over the root of 5.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1011)
x, dy = 3 * source.normal(size=(2, 3, 4, 5)) + 1, source.normal(size=(2, 3, 4, 5))
gamma, beta = source.uniform(1, 2, 3), source.normal(size=3)
running = (source.normal(size=3), source.uniform(1, 2, 3))
for train in (True, False):
    expected = ops.batchnorm2d_backward(dy, ops.batchnorm2d(x.copy(), gamma, beta, running, train)[2])
    sent = (running[0].copy(), running[1].copy())
    got = norm_gradients(dy.copy(), x.copy(), gamma, beta, sent, train)
    assert_same(got[1:], expected[1:], hint="Sums over images, rows and columns.")
### END HIDDEN TESTS

# %% test="batchnorm2d:dx" points=1.5
# The gradient of x in training
x, one, zero = np.array([1.0, 3, 5, 7]).reshape(2, 1, 1, 2), np.ones(1), np.zeros(1)
dx, _, _ = norm_gradients(np.ones((2, 1, 1, 2)), x.copy(), one.copy(), zero.copy(), (zero.copy(), one.copy()), True)
assert_same(dx, np.zeros((2, 1, 1, 2)), hint="All y together can't be raised by any x.")
dy = np.array([4.0, 0, 0, 0]).reshape(2, 1, 1, 2)
dx, _, _ = norm_gradients(dy, x.copy(), 2 * one, zero.copy(), (zero.copy(), one.copy()), True, eps=1e-12)
assert_same(dx, 2 * np.array([1.2, -1.6, -0.4, 0.8]).reshape(2, 1, 1, 2) / np.sqrt(5),
            hint="g = (8, 0, 0, 0), its mean 2; g times the normalised x has mean −6/√5.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1012)
for shape in [(3, 2, 2, 4), (1, 3, 3, 2), (4, 1, 1, 1)]:
    C = shape[1]
    x, dy = 3 * source.normal(size=shape) + 1, source.normal(size=shape)
    gamma, beta, running = source.uniform(1, 2, C), source.normal(size=C), (np.zeros(C), np.ones(C))
    expected = gradcheck.numeric_grad(
        lambda v, g=gamma, b=beta, r=running: ops.batchnorm2d(v, g, b, r, True)[0], x, dy)
    got, _, _ = norm_gradients(dy.copy(), x.copy(), gamma.copy(), beta.copy(), (np.zeros(C), np.ones(C)), True)
    assert_same(got, expected, rtol=1e-5, atol=1e-7,
                hint="As a difference quotient measures it, to five digits.")
### END HIDDEN TESTS

# %% test="batchnorm2d:dx_after" points=0.75
# The gradient of x after training
x, one = np.array([[[[1.0, 5.0]]]]), np.ones(1)
dx, _, _ = norm_gradients(np.array([[[[10.0, 1.0]]]]), x, 3 * one, one.copy(), (2 * one, 4 * one), False,
                          eps=1e-12)
assert_same(dx, np.array([[[[15.0, 1.5]]]]), hint="y = 3 (x − 2)/2 + 1: the slope is 3/2, no more.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1013)
x, dy = source.normal(size=(2, 3, 2, 4)), source.normal(size=(2, 3, 2, 4))
gamma, var = source.uniform(1, 2, 3), source.uniform(1, 2, 3)
dx, _, _ = norm_gradients(dy.copy(), x, gamma.copy(), np.zeros(3), (np.ones(3), var.copy()), False)
assert_same(dx, dy * (gamma / np.sqrt(var + 1e-5))[:, None, None],
            hint="The running statistics do not move with x.")
### END HIDDEN TESTS

# %% beside="norm_operands"
@beside_student
def norm_operands(dy, x, gamma, beta, mean, var):
    """Give the operands as they are after both functions have run."""
    _, _, cache = batchnorm2d(x, gamma, beta, (mean, var), True)
    batchnorm2d_backward(dy, cache)
    return dy.copy(), x.copy(), gamma.copy(), beta.copy(), mean.copy(), var.copy()

# %% test="batchnorm2d:contract" points=0.5
# The operands stay as they were
dy, x = np.arange(8.0).reshape(1, 2, 2, 2), np.arange(8.0).reshape(1, 2, 2, 2) ** 2
gamma, beta, mean, var = np.full((4, 2), [1.0, 2.0]) * [[1.0], [2], [3], [4]]
y, _, _ = batchnorm2d(x.copy(), gamma.copy(), beta.copy(), (mean.copy(), var.copy()), True)
assert_shape(y, (1, 2, 2, 2), hint="First return an array.")
after = norm_operands(dy.copy(), x.copy(), gamma.copy(), beta.copy(), mean.copy(), var.copy())
assert_same(after, (dy, x, gamma, beta, mean, var),
            hint="You wrote into an operand. New running statistics are new arrays.")

# %% [markdown]
# From here on `ops.batchnorm2d` stands in. PyTorch's layer does the same to the last digit:

# %% demo
x = 3 * rng.normal(size=(4, 5, 6, 7)) + 1
layer, one, zero = nn.BatchNorm2d(5).double(), np.ones(5), np.zeros(5)
theirs = layer(torch.from_numpy(x)).detach().numpy()
y, (mean, var), _ = ops.batchnorm2d(x, one, zero, (zero, one), True)
print("y:           ", np.abs(y - theirs).max())
print("running mean:", np.abs(mean - layer.running_mean.numpy()).max())
print("running var: ", np.abs(var - layer.running_var.numpy()).max())

# %% [markdown]
# And the gradient, against difference quotients (chapter 06). Leave `ops.` out to check your own:

# %% demo
x, dy = rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(2, 3, 2, 4))
gamma, beta, running = rng.uniform(1, 2, 3), rng.normal(size=3), (np.zeros(3), np.ones(3))
for train in (True, False):
    _, _, cache = ops.batchnorm2d(x, gamma, beta, running, train)
    dx, _, _ = ops.batchnorm2d_backward(dy, cache)
    measured = gradcheck.numeric_grad(
        lambda v, mode=train: ops.batchnorm2d(v, gamma, beta, running, mode)[0], x, dy)
    print(f"train {train}: relative error of dx {gradcheck.rel_error(dx, measured):.1e}")

# %% [markdown]
# Two things to keep in mind. A convolution in front of a batch normalisation needs no bias: the mean
# takes it away again. And in training the answer for one image depends on the others in its batch;
# forget `model.eval()`, and it does so in use as well.

# %% [markdown]
# ### 2.3 Residual blocks
#
# With good first weights and batch normalisation one can train twenty layers. Are fifty better? A
# deeper net could do all that a shallower one does, if its additional layers learned to hand their
# input on. They don't learn that. K. He, X. Zhang, S. Ren and J. Sun (2015, arXiv:1512.03385) found
# that beyond some depth even the **training** error gets worse. Here is the same in small: nets of
# 8 and of 48 convolutions, 3 × 3 with batch normalisation, three epochs on 5000 apparel pictures.

# %% demo
from cnnkit import recorded
from cnnkit.pictures import learning_curves, show

depths, curves = recorded.load("10_plain_and_residual"), {}
for run in depths.runs:
    name = f"{2 * run['blocks']} {'residual' if run['residual'] else 'plain'}"
    curves.setdefault(name, []).append({"loss": run["loss"]})
for name, runs in curves.items():
    last = [run["loss"][-1] for run in runs]
    print(f"{name:12} last loss {np.mean(last):.2f} (sd {np.std(last, ddof=1):.2f})")
print(depths.label)
show(learning_curves(curves))

# %% [markdown]
# Plain and residual nets of one depth have the same layers, the same number of parameters and the
# same first weights. All that differs is one addition. It takes away most of the harm that the depth
# does; in three epochs, and on pictures as simple as these, the 48 are still no better than the 8.
#
# **The addition.** Don't ask two convolutions to make the next volume; ask them what must be
# *added* to the present one:
#
# $$ y = \mathrm{relu}\bigl(\mathrm{conv}_2(\mathrm{relu}(\mathrm{conv}_1(x))) + x\bigr) $$
#
# The main path gives the change, the **skip path** hands x on. With all weights at 0 the block is
# just a ReLU: doing nothing has become the easiest thing to do. Both convolutions are 3 × 3 with
# padding 1. (In a ResNet a batch normalisation stands behind each of them. Ours has none, so that
# you see the addition alone; instead it has biases.)
#
# Where the block changes the shape, with stride 2 in $\mathrm{conv}_1$ or with other filters, x can't
# be added as it is. Then the skip path is a 1 × 1 convolution with the same stride.
#
# **By hand.** One channel, x = (−3, 2); both kernels are 0 but for a 2 in the middle; $b_1 = 1$,
# $b_2 = 0$. conv 1: (−5, 5); ReLU: (0, 5); conv 2: (0, 10); plus x: (−3, 12); ReLU: **(0, 12)**.
#
# Both kinds of block, drawn from the bottom up. A box of a convolution gives its kernel and its number
# of filters; /2 is stride 2.

# %% demo
from cnnkit.pictures import block_diagrams, show

basic = layers.residual([layers.conv(64, 3, padding=1), layers.relu(),
                         layers.conv(64, 3, padding=1)])
smaller = layers.residual([layers.conv(128, 3, stride=2, padding=1), layers.relu(),
                           layers.conv(128, 3, padding=1)], skip=[layers.conv(128, 1, stride=2)])
show(block_diagrams({"same shape": [basic, layers.relu()],
                     "smaller, more channels": [smaller, layers.relu()]}, (64, 56, 56)))

# %% [markdown] quiz="skip_grad"
# **Predict.** Backward through a sum $a + x$: `ds` arrives at the sum. What goes into the main path
# and what into the skip path?
# - [ ] Half of it each :: Both summands move the sum with slope 1, not with slope ½.
# - [x] All of it each :: The slope of a sum with respect to each summand is 1. And x, which went
#   both ways, gets the sum of what comes back.
# - [ ] All of it into the main path: the skip path has no weights :: It has none to learn, but x
#   stands at its beginning, and what is below x wants its gradient.

# %% [markdown]
# #### Exercise 6 · `residual_block` and `residual_block_backward`
#
# The parameters come in a dict: `w1`, `b1`, `w2`, `b2`, and for a 1 × 1 convolution in the skip path
# `w_skip` of shape (O, C) and `b_skip`. If they are missing, the skip path is x itself; if the shapes
# then differ, raise a `ValueError`, for NumPy would rather broadcast than complain. Backward computes
# forward again and needs no cache. All of `cnnkit.ops` may be used, but for the answers: `conv2d`,
# `conv1x1`, `relu`, `conv2d_backward(dy, x, w, stride=, padding=)`, which gives `dx, dw, db`, and
# `relu_backward(dy, x)`.
#
# *About 40 minutes.*
#
# <details><summary>Hint 1: name what stands between the layers</summary>
#
# Before the first ReLU, behind it, the sum before the last ReLU. Backward needs all three, for each
# backward function wants the *input* of its layer.
# </details>
# <details><summary>Hint 2: the way back in order</summary>
#
# Follow the diagram from the top down. At the ⊕ do what the prediction says. Where the path forked on
# the way up, two gradients meet on the way down.
# </details>
# <details><summary>Hint 3: the 1 × 1 on the way back</summary>
#
# There is no `conv1x1_backward`, but a 1 × 1 convolution is a convolution. Which shape must `w_skip`
# have for `conv2d_backward`, and which shape must its gradient have for you?
# </details>

# %% exercise="residual_block" forbids="cnnkit.residual_block cnnkit.residual_block_backward torch" minutes=40
def residual_block(x, params, *, stride=1):
    """Give relu(conv2(relu(conv1(x))) + skip(x)); both convolutions are 3 x 3 with padding 1.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Not changed.
    params : dict of ndarray
        'w1' (O, C, 3, 3), 'b1' (O,), 'w2' (O, O, 3, 3), 'b2' (O,); with a 1 x 1 convolution in the
        skip path 'w_skip' (O, C) and 'b_skip' (O,), else skip(x) is x.
    stride : int or pair of int
        Of the first convolution and of the skip path's.

    Returns
    -------
    y : ndarray, shape (N, O, ceil(H / stride), ceil(W / stride))

    Raises
    ------
    ValueError
        If both paths do not give the same shape.

    Examples
    --------
    >>> w = np.zeros((1, 1, 3, 3))
    >>> w[0, 0, 1, 1] = 2.0
    >>> params = {"w1": w, "b1": np.ones(1), "w2": w, "b2": np.zeros(1)}
    >>> residual_block(np.array([[[[-3.0, 2.0]]]]), params)
    array([[[[ 0., 12.]]]])
    """
    ### BEGIN SOLUTION
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError(f"The main path gives {main.shape}, the skip path {skip.shape}.")
    return ops.relu(main + skip)
    ### END SOLUTION


def residual_block_backward(dy, x, params, *, stride=1):
    """Give the gradients of `residual_block`.

    Parameters
    ----------
    dy : ndarray, the shape of y
        The gradient that arrives. Not changed.
    x, params, stride
        As in `residual_block`. Not changed.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    grads : dict of ndarray
        The names of `params`, each with an array of the shape that it has there.

    Examples
    --------
    >>> w = np.zeros((1, 1, 3, 3))
    >>> params = {"w1": w, "b1": np.ones(1), "w2": w, "b2": np.zeros(1)}
    >>> dx, grads = residual_block_backward(np.array([[[[5.0, 7.0]]]]), np.array([[[[-3.0, 2]]]]), params)
    >>> dx, grads["b2"]
    (array([[[[0., 7.]]]]), array([7.]))
    """
    ### BEGIN SOLUTION
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    total = total + (x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride))
    grads, ds = {}, ops.relu_backward(dy, total)
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1)
    if kernel is None:
        return dx + ds, grads
    along, dkernel, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dkernel[:, :, 0, 0]
    return dx + along, grads
    ### END SOLUTION

# %% test="residual_block:identity" points=0.75
# Forward, where the skip path is x
middle = np.zeros((1, 1, 3, 3))
middle[0, 0, 1, 1] = 2.0
params = {"w1": middle, "b1": np.ones(1), "w2": middle, "b2": np.zeros(1)}
got = residual_block(np.array([[[[-3.0, 2.0]]]]), params)
assert_same(got, np.array([[[[0.0, 12.0]]]]), hint="(−5, 5), (0, 5), (0, 10), (−3, 12), (0, 12).")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1014)
for n, c, hw in [(2, 3, (4, 5)), (1, 2, (6, 3))]:
    x = source.normal(size=(n, c, *hw))
    params = {"w1": source.normal(size=(c, c, 3, 3)), "b1": source.normal(size=c),
              "w2": source.normal(size=(c, c, 3, 3)), "b2": source.normal(size=c)}
    sent = {name: value.copy() for name, value in params.items()}
    assert_same(residual_block(x.copy(), sent), ops.residual_block(x, params),
                hint="Two convolutions with a ReLU between, the sum with x, a ReLU.")
### END HIDDEN TESTS

# %% test="residual_block:projection" points=0.75
# Forward, with a 1 × 1 convolution in the skip path
zeros = {"w1": np.zeros((2, 1, 3, 3)), "b1": np.zeros(2), "w2": np.zeros((2, 2, 3, 3)),
         "b2": np.zeros(2), "w_skip": np.array([[1.0], [10.0]]), "b_skip": np.array([0.0, 5.0])}
got = residual_block(np.array([[[[1.0, 2, 3]]]]), zeros, stride=2)
assert_same(got, np.array([[[[1.0, 3]], [[15, 35]]]]),
            hint="The main path gives 0. The skip path reads columns 0 and 2.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1015)
for c, o, hw, stride in [(2, 3, (5, 6), 2), (1, 4, (3, 4), 1), (3, 2, (7, 5), (3, 1))]:
    x = source.normal(size=(2, c, *hw))
    params = {"w1": source.normal(size=(o, c, 3, 3)), "b1": source.normal(size=o),
              "w2": source.normal(size=(o, o, 3, 3)), "b2": source.normal(size=o),
              "w_skip": source.normal(size=(o, c)), "b_skip": source.normal(size=o)}
    sent = {name: value.copy() for name, value in params.items()}
    assert_same(residual_block(x.copy(), sent, stride=stride),
                ops.residual_block(x, params, stride=stride),
                hint="The stride belongs to conv 1 and to the skip path; conv 2 has stride 1.")
### END HIDDEN TESTS

# %% test="residual_block:errors" points=0.25
# Paths that give different shapes
plain = {"w1": np.ones((4, 1, 3, 3)), "b1": np.ones(4), "w2": np.ones((4, 4, 3, 3)), "b2": np.ones(4)}
with assert_raises(ValueError, hint="4 channels plus 1 channel: NumPy broadcasts, you must not."):
    residual_block(np.ones((2, 1, 3, 3)), plain)
projected = {**plain, "w_skip": np.ones((4, 1)), "b_skip": np.ones(4)}
assert_shape(residual_block(np.ones((2, 1, 3, 3)), projected), (2, 4, 3, 3),
             hint="With a 1 × 1 in the skip path it works.")

# %% test="residual_block:dx" points=0.75
# The gradient of x, where the skip path is x
middle = np.zeros((1, 1, 3, 3))
middle[0, 0, 1, 1] = 2.0
params = {"w1": middle, "b1": np.ones(1), "w2": middle, "b2": np.zeros(1)}
dx, _ = residual_block_backward(np.array([[[[10.0, 1.0]]]]), np.array([[[[-3.0, 2.0]]]]), params)
assert_same(dx, np.array([[[[0.0, 5.0]]]]),
            hint="The last ReLU stops the 10. The 1 goes back as 1 and as 2 · 2 · 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1016)
x, dy = source.normal(size=(2, 3, 4, 5)), source.normal(size=(2, 3, 4, 5))
params = {"w1": source.normal(size=(3, 3, 3, 3)), "b1": source.normal(size=3),
          "w2": source.normal(size=(3, 3, 3, 3)), "b2": source.normal(size=3)}
sent = {name: value.copy() for name, value in params.items()}
dx, _ = residual_block_backward(dy.copy(), x.copy(), sent)
assert_same(dx, ops.residual_block_backward(dy, x, params)[0], hint="The sum over both paths.")
### END HIDDEN TESTS

# %% test="residual_block:dx_projection" points=0.5
# The gradient of x through a 1 × 1 convolution
zeros = {"w1": np.zeros((2, 1, 3, 3)), "b1": np.zeros(2), "w2": np.zeros((2, 2, 3, 3)),
         "b2": np.zeros(2), "w_skip": np.array([[1.0], [10.0]]), "b_skip": np.array([0.0, 5.0])}
dy = np.array([[[[1.0, 2]], [[3, 4]]]])
dx, _ = residual_block_backward(dy, np.array([[[[1.0, 2, 3]]]]), zeros, stride=2)
assert_same(dx, np.array([[[[31.0, 0, 42]]]]), hint="1 · 1 + 3 · 10 home to column 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1017)
x, dy = source.normal(size=(2, 2, 5, 6)), source.normal(size=(2, 3, 3, 3))
params = {"w1": source.normal(size=(3, 2, 3, 3)), "b1": source.normal(size=3),
          "w2": source.normal(size=(3, 3, 3, 3)), "b2": source.normal(size=3),
          "w_skip": source.normal(size=(3, 2)), "b_skip": source.normal(size=3)}
sent = {name: value.copy() for name, value in params.items()}
dx, _ = residual_block_backward(dy.copy(), x.copy(), sent, stride=2)
expected, _ = ops.residual_block_backward(dy, x, params, stride=2)
assert_same(dx, expected, hint="What each path read, it sends back to.")
### END HIDDEN TESTS

# %% test="residual_block:grads" points=0.75
# The gradients of the parameters
middle = np.zeros((1, 1, 3, 3))
middle[0, 0, 1, 1] = 2.0
params = {"w1": middle, "b1": np.ones(1), "w2": middle, "b2": np.zeros(1),
          "w_skip": np.ones((1, 1)), "b_skip": np.zeros(1)}
_, grads = residual_block_backward(np.array([[[[10.0, 1.0]]]]), np.array([[[[-3.0, 2.0]]]]), params)
assert_same(grads["b2"], np.array([1.0]), hint="What passes the last ReLU.")
assert_same(grads["b1"], np.array([2.0]), hint="1 times the 2 in the middle of w2.")
assert_same(grads["w_skip"], np.array([[2.0]]), hint="x times what passes: 2 · 1, shape (O, C).")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1018)
x, dy = source.normal(size=(2, 2, 5, 6)), source.normal(size=(2, 3, 3, 3))
params = {"w1": source.normal(size=(3, 2, 3, 3)), "b1": source.normal(size=3),
          "w2": source.normal(size=(3, 3, 3, 3)), "b2": source.normal(size=3),
          "w_skip": source.normal(size=(3, 2)), "b_skip": source.normal(size=3)}
sent = {name: value.copy() for name, value in params.items()}
_, grads = residual_block_backward(dy.copy(), x.copy(), sent, stride=2)
_, expected = ops.residual_block_backward(dy, x, params, stride=2)
assert_same(sorted(grads), sorted(params), hint="A gradient for each name in params.")
for name in params:
    assert_same(grads[name], expected[name], hint=f"The gradient of {name}.")
### END HIDDEN TESTS

# %% beside="block_operands"
@beside_student
def block_operands(dy, x, params):
    """Give the operands as they are after both functions have run."""
    residual_block(x, params)
    residual_block_backward(dy, x, params)
    return dy.copy(), x.copy(), {name: value.copy() for name, value in params.items()}

# %% test="residual_block:contract" points=0.25
# The operands stay as they were
dy, x = np.arange(-4.0, 4).reshape(1, 2, 2, 2), np.arange(8.0).reshape(1, 2, 2, 2) - 5
params = {"w1": np.ones((2, 2, 3, 3)), "b1": np.array([1.0, -9.0]), "w2": -np.ones((2, 2, 3, 3)),
          "b2": np.array([0.0, 30.0])}
assert_shape(residual_block(x.copy(), dict(params)), (1, 2, 2, 2), hint="First return an array.")
after = block_operands(dy.copy(), x.copy(), {name: value.copy() for name, value in params.items()})
assert_same(after, (dy, x, params), hint="You wrote into dy, x or a parameter.")

# %% [markdown]
# From here on `ops.residual_block` stands in. Its gradients, against difference quotients; leave `ops.`
# out to check your own:

# %% demo
sizes = {"w1": (3, 2, 3, 3), "b1": 3, "w2": (3, 3, 3, 3), "b2": 3, "w_skip": (3, 2), "b_skip": 3}
params = {name: rng.normal(size=size) for name, size in sizes.items()}
x, dy = rng.normal(size=(2, 2, 5, 4)), rng.normal(size=(2, 3, 3, 2))
dx, grads = ops.residual_block_backward(dy, x, params, stride=2)
for name, grad in [("x", dx), *grads.items()]:
    measured = gradcheck.numeric_grad(  # moves the numbers of x, or of one parameter, in place
        lambda _: ops.residual_block(x, params, stride=2), params.get(name, x), dy)
    print(f"{name:6} relative error {gradcheck.rel_error(grad, measured):.1e}")

# %% [markdown]
# What the sum does for gradients is seen best in a deep chain of blocks: how much of a gradient that
# arrives at the last block reaches the first?

# %% demo
blocks = [{"w1": 0.06 * rng.normal(size=(8, 8, 3, 3)), "b1": np.zeros(8),
           "w2": 0.06 * rng.normal(size=(8, 8, 3, 3)), "b2": np.zeros(8)} for _ in range(15)]
nothing = {"w_skip": np.zeros((8, 8)), "b_skip": np.zeros(8)}  # a skip path that gives 0
sizes = {}
for name, extra in [("plain", nothing), ("residual", {})]:
    volumes = [rng.normal(size=(4, 8, 10, 10))]
    for params in blocks:
        volumes.append(ops.residual_block(volumes[-1], params | extra))
    dy = rng.normal(size=volumes[-1].shape)
    sizes[name] = [dy.std()]
    for params, x in zip(blocks[::-1], volumes[-2::-1], strict=True):
        dy, _ = ops.residual_block_backward(dy, x, params | extra)
        sizes[name].append(dy.std())
figure = signal_by_layer(sizes)
figure.axes[0].set(xlabel="blocks passed, counted from the last", ylabel="standard deviation of dy")
show(figure)

# %% [markdown]
# Here the *signal* is the gradient on its way back: *input* is what arrives at the last block, and
# at 15 it has come through the first block. In the plain chain every block multiplies it by what its
# two convolutions happen to make of it, and a product of many small factors is small. In the
# residual chain the sum hands it on nearly whole, whatever the weights are; the ReLU behind each sum
# takes a little. (The weights are rather small here, to show it plainly. Batch normalisation helps
# too, but as the curves above show, not enough.)

# %% [markdown]
# ### 2.4 What does a net cost?
#
# A table for AlexNet was easy: one layer after the other. A ResNet has two paths in a block, so its
# list of layers holds lists of layers. All networks of `cnnkit.architectures` are written like
# this: a dict with `'input_shape'`, (C, H, W), and `'layers'`, each of which is a dict with a
# `'kind'` and its options.

# %% demo
small = {"input_shape": (3, 8, 8),
         "layers": [layers.conv(4, 3, padding=1), layers.relu(), layers.max_pool(2),
                    layers.residual([layers.conv(4, 3, padding=1)]),
                    layers.avg_pool_to(1), layers.flatten(), layers.dense(10)]}
for layer in small["layers"]:
    print({key: value for key, value in layer.items() if key != "name"})

# %% [markdown]
# #### Exercise 7 · `count_macs`
#
# Count the products of a net for one image. Convolutions and dense layers have some, nothing else;
# adding a bias is none. But every layer that changes the shape changes what comes after it:
#
# | `'kind'` | Options | Shape after it |
# |---|---|---|
# | `'conv'` | `'filters'`, `'kernel'`, `'stride'`, `'padding'`, `'dilation'` (pairs), `'groups'` | (filters, Ho, Wo) |
# | `'max_pool'`, `'avg_pool'` | `'kernel'`, `'stride'`, `'padding'` (pairs) | (C, Ho, Wo) |
# | `'avg_pool_to'` | `'size'` (a pair) | (C, *size) |
# | `'flatten'` | | (C · H · W,) |
# | `'dense'` | `'units'` | (units,) |
# | `'residual'` | `'main'`, `'skip'`: lists of layers, both given the same input | that of main |
# | `'relu'`, `'batch_norm'` | | as before |
#
# An empty `'skip'` hands its input on. `shapes.conv2d_shape(H, W, kernel, stride=, padding=,
# dilation=)` and `shapes.conv_macs(C, O, kernel, out_hw)` of chapter 04 may be used; they know
# nothing of groups.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: carry the shape along</summary>
#
# A variable for the shape, another for the products so far. For each layer: add what it costs,
# then change the shape.
# </details>
# <details><summary>Hint 2: lists in lists</summary>
#
# Write a function that takes a list of layers and a shape and gives two things, the products and
# the shape at the end. For a residual block it calls itself, once for each path.
# </details>
# <details><summary>Hint 3: groups</summary>
#
# A filter of a convolution in groups reads C / groups channels: to `conv_macs` it looks like a
# filter on so few channels.
# </details>

# %% exercise="count_macs" forbids="cnnkit.architectures torch" minutes=25
def count_macs(arch):
    """Count the products (MACs) of a network for one image.

    Parameters
    ----------
    arch : dict
        With 'input_shape', (C, H, W), and 'layers', a list of dicts as in the table above.

    Returns
    -------
    int

    Examples
    --------
    >>> count_macs({"input_shape": (3, 8, 8), "layers": [{"kind": "flatten"},
    ...                                                  {"kind": "dense", "units": 10}]})
    1920
    """
    ### BEGIN SOLUTION
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                options = {key: layer[key] for key in ("stride", "padding", "dilation") if key in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **options)
                if kind == "conv":
                    seen, filters = shape[0] // layer["groups"], layer["filters"]
                    macs += shapes.conv_macs(seen, filters, layer["kernel"], out)
                    shape = (filters, *out)
                else:
                    shape = (shape[0], *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (int(np.prod(shape)),)
            elif kind == "dense":
                macs += shape[0] * layer["units"]
                shape = (layer["units"],)
            elif kind == "residual":
                main, after = follow(layer["main"], shape)
                macs += main + follow(layer["skip"], shape)[0]
                shape = after
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]
    ### END SOLUTION

# %% test="count_macs:convolutions" points=1
# Convolutions alone
net = {"input_shape": (1, 28, 28), "layers": [layers.conv(32, 5)]}
assert_same(count_macs(deepcopy(net)), 460_800, hint="24 · 24 places, 32 filters, 25 products each.")
net["layers"] = [layers.conv(2, 3, stride=2, padding=1), layers.relu(), layers.conv(4, (1, 3))]
assert_same(count_macs(deepcopy(net)), 14 * 14 * 2 * 9 + 14 * 12 * 4 * 2 * 3,
            hint="The second sees 2 channels of 14 × 14 and makes maps of 14 × 12.")
net = {"input_shape": (1, 9, 9), "layers": [layers.conv(2, 3, dilation=2)]}
assert_same(count_macs(deepcopy(net)), 5 * 5 * 2 * 9, hint="A 3 × 3 with dilation 2 lies on 5 × 5 pixels.")
### BEGIN HIDDEN TESTS
net = {"input_shape": (3, 20, 33), "layers": [
    layers.conv(5, (3, 2), stride=(2, 3), padding=(1, 0)), layers.batch_norm(), layers.relu(),
    layers.conv(7, 3, dilation=(1, 2)), layers.conv(2, 1, bias=False)]}
assert_same(count_macs(deepcopy(net)), 10 * 11 * 5 * 3 * 6 + 8 * 7 * 7 * 5 * 9 + 8 * 7 * 2 * 7,
            hint="Height and width each have their own stride, padding and dilation.")
### END HIDDEN TESTS

# %% test="count_macs:pools" points=0.75
# What pools leave for the layers behind them
net = {"input_shape": (2, 9, 12), "layers": [layers.max_pool(2), layers.conv(3, 3)]}
assert_same(count_macs(deepcopy(net)), 2 * 4 * 3 * 2 * 9, hint="The pool makes 4 × 6, the layer 2 × 4 of it.")
net["layers"][0] = layers.avg_pool(3, stride=2, padding=1)
assert_same(count_macs(deepcopy(net)), 3 * 4 * 3 * 2 * 9, hint="The pool makes 5 × 6, the layer 3 × 4 of it.")
### BEGIN HIDDEN TESTS
net = {"input_shape": (2, 13, 17), "layers": [
    layers.avg_pool(3, stride=2, padding=1), layers.conv(3, 3), layers.max_pool((1, 2)),
    layers.conv(4, 2)]}
assert_same(count_macs(deepcopy(net)), 5 * 7 * 3 * 18 + 4 * 2 * 4 * 12, hint="7 × 9, 5 × 7, 5 × 3, 4 × 2.")
net["layers"] = [layers.conv(3, 3, padding=1), layers.avg_pool_to((2, 3)), layers.conv(4, 2)]
assert_same(count_macs(deepcopy(net)), 13 * 17 * 3 * 18 + 1 * 2 * 4 * 12, hint="avg_pool_to gives 2 × 3.")
### END HIDDEN TESTS

# %% test="count_macs:dense" points=0.5
# Dense layers
net = {"input_shape": (3, 2, 5), "layers": [layers.flatten(), layers.dense(7), layers.dense(2)]}
assert_same(count_macs(deepcopy(net)), 30 * 7 + 7 * 2, hint="3 · 2 · 5 numbers go into the first.")
### BEGIN HIDDEN TESTS
net = {"input_shape": (3, 6, 6), "layers": [
    layers.conv(5, 3), layers.avg_pool_to(1), layers.flatten(), layers.dense(10, bias=False)]}
assert_same(count_macs(deepcopy(net)), 16 * 5 * 27 + 50, hint="Averaged, five numbers are left.")
### END HIDDEN TESTS

# %% test="count_macs:groups" points=0.5
# Convolutions in groups
net = {"input_shape": (8, 5, 5), "layers": [layers.conv(4, 3, padding=1, groups=2)]}
assert_same(count_macs(deepcopy(net)), 25 * 4 * 4 * 9, hint="Each of the 4 filters sees 4 channels.")
### BEGIN HIDDEN TESTS
net = {"input_shape": (6, 7, 5), "layers": [
    layers.conv(12, 3, groups=6), layers.relu(), layers.conv(4, 1)]}
assert_same(count_macs(deepcopy(net)), 15 * 12 * 9 + 15 * 4 * 12, hint="Groups change only their own layer.")
### END HIDDEN TESTS

# %% test="count_macs:residual" points=0.75
# Two paths
block = layers.residual([layers.conv(4, 3, padding=1), layers.relu(), layers.conv(4, 3, padding=1)])
net = {"input_shape": (4, 5, 6), "layers": [block, layers.conv(2, 1)]}
assert_same(count_macs(deepcopy(net)), 30 * (2 * 4 * 36 + 2 * 4), hint="An empty skip path costs nothing.")
net["layers"][0] = layers.residual([layers.conv(6, 3, stride=2, padding=1)],
                                   skip=[layers.conv(6, 1, stride=2)])
assert_same(count_macs(deepcopy(net)), 9 * (6 * 36 + 6 * 4 + 2 * 6), hint="Both paths count: 4 channels go in.")
### BEGIN HIDDEN TESTS
block = layers.residual([layers.conv(6, 3, stride=2, padding=1), layers.conv(6, 3, padding=1)],
                        skip=[layers.conv(6, 1, stride=2), layers.batch_norm()])
inner = layers.residual([layers.conv(3, 1), layers.residual([layers.conv(3, 1)]), layers.conv(6, 1)])
net = {"input_shape": (4, 7, 8), "layers": [block, layers.relu(), inner, layers.conv(5, 2)]}
expected = 16 * (6 * 36 + 6 * 54 + 6 * 4) + 16 * (18 + 9 + 18) + 9 * 5 * 24
assert_same(count_macs(deepcopy(net)), expected, hint="Both paths are given what goes into the block.")
### END HIDDEN TESTS

# %% test="count_macs:nets" points=0.5
# Whole nets
assert_same(count_macs(architectures.vgg16()), 15_470_264_320, hint="VGG-16 at 224 × 224.")
assert_same(count_macs(architectures.resnet18()), 1_814_073_344, hint="ResNet-18 at 224 × 224.")
### BEGIN HIDDEN TESTS
for net in (architectures.lenet5(), architectures.alexnet("grouped"), architectures.resnet18(size=97),
            architectures.alexnet("torchvision", 256)):
    assert_same(count_macs(deepcopy(net)), architectures.count_macs(net), hint=f"{net['name']}.")
### END HIDDEN TESTS

# %% [markdown]
# From here on `architectures.count_macs` and `count_params` stand in.
#
# Now build nets yourself. The builder first asks what a block makes of its picture; then stack and
# change blocks, and watch where the parameters are and where the products. Try these: how many
# pools can a picture of 28 × 28 bear? What does a 1 × 1 convolution before the first dense layer
# of AlexNet save? Which residual block needs a 1 × 1 in its skip path? `architecture_builder(count_macs,
# start="VGG-16")` counts with your own function, and points to the block where it goes wrong.

# %% demo items="155"
from cnnkit.widgets import architecture_builder

architecture_builder()

# %% [markdown]
# ### 2.5 VGG, ResNet, wide ResNet

# %% [markdown] items="155"
# The handwritten deck shows three architectures that came after AlexNet:
#
# - **VGG** (K. Simonyan, A. Zisserman, 2014, arXiv:1409.1556) is AlexNet made regular: nothing but
#   3 × 3 convolutions and 2 × 2 pools, twice the filters after each pool, up to 512. Two 3 × 3 in a
#   row see 5 × 5, with fewer weights and one ReLU more.
# - **ResNet** (2015): blocks with a skip path. ResNet-18 is made of the *basic* block of exercise 6,
#   **ResNet-50** of the *bottleneck*.
# - **Wide ResNet** (S. Zagoruyko, N. Komodakis, 2016, arXiv:1605.07146) makes the blocks wider
#   instead of more: $k$ times the filters, fewer blocks.
#
# In the wide ResNets, as the caption in the deck says, batch normalisation and ReLU **precede** each
# convolution: the *pre-activation* block. Then nothing stands between one sum and the next, and the
# skip paths hand x on from the first block to the last untouched; ours, as that of 2015, has a ReLU
# on the way. (And the 1 × 1 with stride 2 in a skip path, which sees a quarter of its input? That was
# chapter 04's open question. It does little harm: the main path sees the rest.)
#
# The diagrams show the convolutions alone: ReLUs and normalisation are left out.

# %% demo items="155"
from cnnkit.pictures import block_diagrams, show

two = {k: [layers.conv(64 * k, 3, padding=1)] * 2 for k in (1, 2, 4)}
squeezed = [layers.conv(64, 1), layers.conv(64, 3, padding=1), layers.conv(256, 1)]
show(block_diagrams({"VGG, 64 channels": two[1], "basic, 64": [layers.residual(two[1])]},
                    (64, 56, 56)))

# %% demo items="155"
show(block_diagrams({"wide (k = 4), 256 channels": [layers.residual(two[4])],
                     "bottleneck, 256": [layers.residual(squeezed)]}, (256, 56, 56)))

# %% [markdown] quiz="wide_cost"
# **Predict.** A basic block gets twice as many filters in each layer, and twice as many input
# channels. How do its parameters and its products grow?
# - [ ] Both twice :: A filter is twice as deep, and there are twice as many of them.
# - [x] Both about four times :: Weights are O · C · 9: twice times twice. Products are weights
#   times places, and the places stay.
# - [ ] Parameters four times, products twice :: The products are the weights times the places, and
#   there are as many places as before.

# %% demo items="155"
for name, channels, block in [("VGG", 64, two[1]), ("basic", 64, [layers.residual(two[1])]),
                              ("wide, k = 2", 128, [layers.residual(two[2])]),
                              ("wide, k = 4", 256, [layers.residual(two[4])]),
                              ("bottleneck", 256, [layers.residual(squeezed)])]:
    net = {"input_shape": (channels, 56, 56), "layers": block}
    print(f"{name:12} {channels:3} channels of 56 × 56: {architectures.count_params(net):9,} "
          f"parameters, {architectures.count_macs(net):13,} products")

# %% [markdown]
# A skip path that hands x on costs nothing: VGG's pair of layers and the basic block are equal. The
# bottleneck works on four times the channels of a basic block for about the same price. And wide
# costs: $k^2$. What speaks for it is the computer: a few large matrix products run faster than many
# small ones that wait for each other.
#
# Now whole nets. WRN-16-8 is a wide ResNet of 16 layers with $k = 8$; WRN-40-1, with $k = 1$, is a
# deep and narrow one to compare it with. They are made for images of 32 × 32: their products don't
# compare with those of the others, their parameters do.

# %% demo items="155"
for net in [architectures.lenet5(), architectures.alexnet("grouped"), architectures.vgg16(),
            architectures.resnet18(), architectures.resnet50(), architectures.wide_resnet(40, 1),
            architectures.wide_resnet(16, 8), architectures.wide_resnet(28, 10)]:
    print(f"{net['name']:16} image {str(net['input_shape']):14} "
          f"{architectures.count_params(net):11,} parameters, {architectures.count_macs(net):14,} products")

# %% [markdown]
# Between AlexNet and ResNet-18 lie three years: a fifth of the parameters, two and a half times the
# products (and, on ImageNet, clearly fewer errors). The large dense layers are gone, replaced by
# an average over each map.

# %% demo items="155"
for net in (architectures.vgg16(), architectures.resnet18()):
    print(f"{net['name']:9} convolutions: {architectures.count_params(net, kind='conv'):10,} of "
          f"{architectures.count_params(net):11,} parameters, "
          f"{architectures.count_macs(net, kind='conv'):14,} of {architectures.count_macs(net):14,} products")

# %% [markdown] items="153 155"
# ### 2.6 What the layers look for
#
# The **learned kernels** of AlexNet's first layer are famous (the deck shows them): 96 pictures of
# 11 × 11. Nobody had told the net what to look for. The 48 kernels on one graphics card became
# detectors of edges and gratings, in all directions and nearly blind to colour; the 48 on the other
# became blobs and edges of colour. That they shared the work like this was the doing of the groups.
#
# What a later layer looks for can't be seen in its kernels, for they no longer lie on pixels. One must
# ask with pictures.
#
# The net below has four convolutions and was trained on the 5000 apparel pictures, flipped and shifted
# by chance. Its weights were recorded; what follows is computed with them now.

# %% demo
net = nn.Sequential(
    nn.Conv2d(1, 12, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(12, 16, 3, padding=1), nn.ReLU(),
    nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(24 * 3 * 3, 10))
trained = recorded.load("10_features_by_layer")
weights = trained.runs[0]["weights"]
net.load_state_dict({name: torch.tensor(weights[name]).reshape(value.shape)
                     for name, value in net.state_dict().items()})
pictures, labels = data.load("apparel", "test")
x = torch.from_numpy(pictures.astype(np.float32) / 255)
with torch.no_grad():
    right = (net(x).argmax(1).numpy() == labels).mean()
print(f"{right:.1%} of {len(labels)} test pictures right, computed just now")
print("recorded:", [f"{run['test_accuracy']:.1%}" for run in trained.runs], "with three seeds")
print(trained.label)

# %% demo
from cnnkit.pictures import feature_maps, learned_filters, show

show(learned_filters(net[0].weight.detach().numpy(), columns=6))

# %% [markdown]
# Less tidy than AlexNet's: a few have a clear dark edge or corner, most would be hard to name. There
# are 25 pixels to a kernel instead of 121, and 5000 pictures to learn from instead of 1.2 million.
# What the four layers answer to a bag:

# %% demo
maps, y = {}, x[[int(np.flatnonzero(labels == 8)[0])]]  # a bag
with torch.no_grad():
    for layer in net[:10]:
        y = layer(y)
        if isinstance(layer, nn.ReLU):
            maps[f"layer {len(maps) + 1}"] = y[0].numpy()
show(feature_maps(pictures[np.flatnonzero(labels == 8)[0]], maps))

# %% [markdown]
# Layer 1 answers to edges and strokes wherever they are. From layer to layer the maps become
# smaller, emptier and harder to name. So ask in two other ways. First, as in chapter 09: to which
# pieces of the test pictures do the maps of a layer answer most?

# %% demo items="153"
from cnnkit.pictures import show, strongest_patches

steps = [(5, 1, 2, 1), (2, 2, 0, 1), (3, 1, 1, 1), (3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)]
behind, y = {}, x
with torch.no_grad():
    for layer in net[:10]:
        y = layer(y)
        if isinstance(layer, nn.ReLU):
            behind[f"layer {len(behind) + 1}"] = y.numpy()
fields = [architectures.receptive_field(steps[:n]) for n in (1, 3, 4, 6)]
shown = {name: (behind[name], fields[n]) for n, name in enumerate(behind) if n in (0, 3)}
show(strongest_patches(x.numpy(), shown, units=4, count=9))

# %% [markdown]
# In most rows of layer 1 the patches are the same few pixels again and again. In layer 4 a row holds larger
# forms, legs or sleeves, a lower hem, the toe of a shoe, which differ pixel by pixel. Some rows mix two
# kinds of things: a map needs no name.
#
# Second: **how far has each layer come?** Forget the layers behind it, and classify by the simplest
# rule there is: average the features of each class over the training pictures, and give a test
# picture to the class whose average is nearest. Once with all numbers of the layer, and once with
# those 3 × 3 alone that a max pool leaves of each map, so that every layer has equally few places.

# %% demo
train_pictures, train_labels = data.load("apparel", "train")
given = torch.from_numpy(train_pictures.astype(np.float32) / 255)
known, asked = {"pixels": given}, {"pixels": x} | {k: torch.from_numpy(v) for k, v in behind.items()}
with torch.no_grad():
    for layer in net[:10]:
        given = layer(given)
        if isinstance(layer, nn.ReLU):
            known[f"layer {len(known)}"] = given
for name in known:
    right = []
    for side in (known[name].shape[-1], 3):
        a, b = (nn.functional.adaptive_max_pool2d(v[name], side).flatten(1) for v in (known, asked))
        means = torch.stack([a[train_labels == k].mean(0) for k in range(10)])
        right.append((torch.cdist(b, means).argmin(1).numpy() == labels).mean())
    print(f"{name}: {str(tuple(known[name].shape[1:])):12} all numbers {right[0]:.1%}, 3 × 3 {right[1]:.1%}")

# %% [markdown]
# With all its numbers a later layer is not much better than layer 2. With the strongest answer in each
# ninth of the picture alone, each layer is a good deal better than the one before; and only the last
# is better with these few numbers than with all of its own. Late layers say *what* is there, and need
# no longer say exactly where. Each brings pictures of one class a little nearer to each other, though
# no single layer was asked for it. (The whole net is better still: its dense layer weighs the
# features, where our rule counts them all alike.)

# %% [markdown]
# ---
# ## What you learned
#
# - AlexNet has 62.4 million parameters, most of them in dense layers, and 1.1 billion products, most
#   of them in convolutions. Grouped it has 61.0 million, torchvision's has 61.1.
# - In $g$ groups a filter sees C/g channels: g times fewer weights and products, and nothing mixed
#   across groups.
# - A 1 × 1 convolution is a dense layer at each pixel.
# - Batch normalisation: per channel, over images and pixels; biased variance to normalise, unbiased
#   to gather; running statistics after training; in training the gradient has two more terms.
# - A residual block learns what to add. Backward, x gets the sum over both paths.
# - Blocks are compared by parameters *and* products; $k$ times wider costs $k^2$.
#
# ## Three questions

# %% [markdown] quiz="end_eval"
# **1.** A net with batch normalisation gives other scores for the same image, depending on which
# images are in the batch with it. What was forgotten?
# - [x] `model.eval()` :: In training mode mean and variance are those of the batch. After training
#   the running ones are used, and neighbours don't matter.
# - [ ] To shuffle :: The order of the images changes nothing for one of them.
# - [ ] The small ε :: It only keeps a constant channel from dividing by 0.

# %% [markdown] quiz="end_axes"
# **2.** x has shape (32, 64, 14, 14). Over how many numbers is each mean of a batch normalisation
# taken, and how many means are there?
# - [ ] 32 numbers, 12,544 means :: That would be a mean for each pixel of each channel: axis 0 alone.
# - [x] 6272 numbers, 64 means :: 32 · 14 · 14 numbers of each of 64 channels.
# - [ ] 196 numbers, 2048 means :: That would be a mean for each image and channel: axes 2 and 3.

# %% [markdown] quiz="end_zero"
# **3.** All weights and biases of a residual block without projection are 0. What does it do to x,
# and what reaches x of the gradient `dy`?
# - [ ] It gives 0, and nothing reaches x :: So it would be without the skip path.
# - [ ] It gives x, and all of dy reaches x :: Nearly: the last ReLU has its say, both ways.
# - [x] It gives relu(x), and dy reaches x where x > 0 :: The main path gives 0 and sends nothing
#   back; the sum hands x on, the ReLU cuts off what is negative.

# %% [markdown]
# ## One open question
#
# Batch normalisation makes the answer for one image depend on the others while training. That is a
# nuisance with batches of two, and it even lets a net *cheat*: if all images of a batch are of one
# class, the batch itself gives the answer away. Which axes could one average over instead, so that
# every image stands alone? Try it: change the axes in your `batchnorm2d` to (1, 2, 3) or to (2, 3).
# What is lost, for example of the contrast of a picture? Do you still need running statistics?
#
# *[11 Augmentation and regularisation →](11_augmentation_and_regularisation.ipynb)*
