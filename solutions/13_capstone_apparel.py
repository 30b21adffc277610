# %% [markdown]
# # 13 · Capstone: the apparel case
#
# *[← 12 Transfer and fine-tuning](12_transfer_and_fine_tuning.ipynb) ·
# [Contents](00_start_here.ipynb)*
#
# **You will**
# - divide a data set into parts that may be trusted;
# - build networks from settings, under a budget, and compare four remedies one at a time;
# - choose by validation alone, and look at the test set once;
# - find out where a network errs, what its answers hang on, and what it cannot stand;
# - train a network of your own, hand it in, and report on it honestly.
#
# **Time.** About 6 hours: part 1 (parts and baselines) 75 minutes, part 2 (remedies) 60, part 3
# (errors, your network, the report) nearly 4 hours, for two of which your computer works alone.
# There is a good place to stop after each part.
#
# **Prerequisites.** Chapter 08 (training, the baselines), chapter 11 (augmentation, dropout, early
# stopping, seeds), chapter 10 (batch normalisation), chapter 05 (pooling) and chapter 09 (what moves
# with a picture). What was taught there is used here from `cnnkit`.

# %% [markdown]
# **How this chapter speaks.** Images are `(N, C, H, W)` as ever, scores `(N, K)`. Three words are
# kept apart:
#
# | Word | What is done with these pictures |
# |---|---|
# | *training* | the weights are fitted to them |
# | *validation* | every choice is made by them: settings, epochs, which network |
# | *test* | nothing is done with them but one measurement, at the end |
#
# A *setting* is one entry of a dict `cfg`, as `"hidden": 64`. A *row* is one set of settings,
# trained once with each of several *seeds*. sd is the standard deviation of a sample: n − 1 in the
# divisor.
#
# **Sources.** The deck *DSML: Computer Vision* (22 March 2023) for the case and its four remedies.
# The pictures are a part of Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, Zalando SE, 2017, MIT
# licence). Papers are named where they are used.

# %% setup
from copy import deepcopy

import numpy as np

from cnnkit import augment, data, layers, models, ops, optimisers, training
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(13)
images, labels = data.load("apparel", "train")
names = data.classes("apparel")

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that
# only these bind.
#
# ---
# ## Part 1 · The case
#
# ### 1.1 Ten kinds of clothes

# %% [markdown] items="46"
# A shop sorts photographs of clothes into ten classes. In the lecture (DSML) the pictures had
# 128 × 128 pixels in three colours; a dense network was right in about 40 % of all cases, a
# convolutional one in about 50 %, and guessing in 10 %. Those photographs are not given, so these
# numbers are **context and no target**: other pictures, other numbers. What stays is the situation:
# a few thousand pictures, a network that soon knows them by heart, and a customer whose pictures
# look different from yours.
#
# Our pictures are real and smaller: 5,000 of Fashion-MNIST for training and validation, 28 × 28
# pixels, grey. And they have a flaw that you will not see in any accuracy until it is too late:
# each piece of clothing lies neatly in the middle, on perfect black.

# %% demo items="46"
from cnnkit.pictures import image_grid, show

print("the lecture's picture:", 128 * 128 * 3, "numbers, as many weights for each dense neuron")
print("ours:                 ", 28 * 28 * 1, "numbers")
print("guessing among ten:   ", f"{1 / 10:.0%}")
first = [np.flatnonzero(labels == k)[0] for k in range(10)]
show(image_grid(images[first], labels[first], classes=names, columns=5))

# %% [markdown]
# The shop's customers hold the camera in their hand. Their pictures will be **up to 3 pixels off,
# each way, and noisy**. The next function makes such pictures out of ours; it stands for the camera
# in the whole chapter, and in the marking.

# %% setup="camera"
def as_photographed(x, rng, *, shift=3, noise=25):
    """Shift each picture by up to so many pixels and add noise, as a camera in the hand does.

    x (N, 1, H, W) of uint8; the noise is normal, its sd given in grey levels of 0 to 255.
    """
    moved = augment.random_crop(x, x.shape[2:], shift, rng)
    noisy = moved + rng.normal(0, noise, moved.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)

# %% demo
from cnnkit.pictures import augmentation_grid

camera = np.random.default_rng(1)
show(augmentation_grid(images[first[9]], {
    "off": lambda x: as_photographed(x, camera, noise=0),
    "noisy": lambda x: as_photographed(x, camera, shift=0),
    "both": lambda x: as_photographed(x, camera),
}))

# %% [markdown]
# ### 1.2 Parts that may be trusted
#
# A network is always better on pictures that had a say in its making. On those that it was trained
# on it can be perfect without having understood anything. But a **choice** has a say, too: who
# trains fifty networks and keeps the one that is best on certain pictures has fitted those pictures
# a little. So there are three parts, and each may be used for one thing only.

# %% [markdown] quiz="luck"
# **Predict.** Twenty networks are all equally good: each is right on any picture with chance 80 %.
# You measure all on the same 100 pictures and report the best result. What will you report, about?
# - [ ] 80 % :: That is what a single one gives on average. But you took the best of twenty.
# - [x] 87 % :: The sd of one result is 4 points (the root of 0.8 · 0.2 / 100), and the best of
#   twenty lies nearly two of them above the mean. Nothing is better about that network.
# - [ ] 100 % :: Luck helps, but not that much: 20 pictures more would be five sd.

# %% demo
draws = np.random.default_rng(2).binomial(100, 0.8, size=(10_000, 20)) / 100
print(f"sd of one result: {draws[:, 0].std():.3f}")
print(f"best of twenty:   {draws.max(axis=1).mean():.3f} on average, all being worth 0.800")

# %% [markdown]
# Parts must be **disjoint**, or the validation measures memory. They should have the same mix of
# classes (be **stratified**): cut at random, a class of ten pictures may be missing in a small
# part. And they must be drawn **by chance**, for files often stand in some order: by day, by
# photographer, by shop.
#
# **By hand.** Eight pictures, labels (0, 0, 0, 0, 0, 0, 1, 1), shares ¾ and ¼. Class 0 has six:
# 4½ and 1½ are due, so 5 and 1 or 4 and 2 will do. Class 1 has two: 1½ and ½ are due, so 2 and 0
# or 1 and 1. In the worst case each class is off by less than one picture.
#
# #### Exercise 1 · `make_splits`
#
# Divide the indices 0 … N − 1 into as many parts as there are shares. Each index is in exactly one
# part. Of the n examples of a class, a part with share f gets n · f, **rounded up or down** where
# that is not whole. Which ones it gets is drawn with `rng`; the order within a part is up to you.
# Shares below 0, or with another sum than 1 (up to rounding: 10⁻⁹), are refused with a `ValueError`.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: one class at a time</summary>
#
# Find the indices of one class, shuffle them, cut the row into pieces, and hand a piece to each
# part. Then the next class.
# </details>
# <details><summary>Hint 2: where to cut</summary>
#
# Rounding each piece's size for itself loses pictures, or hands the last part several too many.
# Think of where each piece *ends*: at the sum of all shares so far, times n. Round that, and a
# half always the same way: `np.rint` and `round` send 1½ up and 4½ down, and of six pictures a share
# of ½ between two of ¼ then gets 2, where 3 are due. Up is `np.floor(ends + 0.5)`; with 10⁻⁹ more,
# a sum of floats that is just below a half counts as one.
# </details>
# <details><summary>Hint 3: tools</summary>
#
# `rng.permutation(a)` gives a shuffled copy, `np.cumsum` sums up to each place, and
# `np.split(a, places)` cuts a row before the given places: for three parts, two places.
# </details>

# %% exercise="make_splits" forbids="cnnkit.make_splits cnnkit.data sklearn torch" minutes=30
def make_splits(labels, fractions, *, rng):
    """Divide examples at random into parts, each class for itself.

    Parameters
    ----------
    labels : ndarray of int, shape (N,)
        Not changed.
    fractions : sequence of float
        The share of each part: none below 0, their sum 1.
    rng : numpy.random.Generator
        Where all chance comes from.

    Returns
    -------
    parts : list of ndarray of int, one for each share
        Indices, in any order. Of n examples of a class a part with share f has n · f,
        rounded up or down. Each index of 0 to N - 1 is in one part.

    Raises
    ------
    ValueError
        If a share is below 0, or their sum is not 1 (to 1e-9).

    Examples
    --------
    >>> parts = make_splits(np.array([0, 1, 0, 1]), (0.5, 0.5), rng=np.random.default_rng(0))
    >>> [len(part) for part in parts]
    [2, 2]
    """
    ### BEGIN SOLUTION
    shares = np.array(fractions, dtype=float)
    if (shares < 0).any() or abs(shares.sum() - 1) > 1e-9:
        raise ValueError(f"fractions is {fractions}: none may be below 0, and their sum is 1.")
    parts = [[] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        ends = np.floor(shares.cumsum() * len(members) + 0.5 + 1e-9).astype(int)  # halves go up
        for part, ours in zip(parts, np.split(members, ends[:-1]), strict=True):
            part.extend(ours.tolist())
    return [np.sort(np.array(part, dtype=np.int64)) for part in parts]
    ### END SOLUTION

# %% test="make_splits:partition" points=1
# Each index is in exactly one part
parts = make_splits(np.array([0, 0, 0, 0, 1, 1, 1, 1]), (0.75, 0.25), rng=np.random.default_rng(0))
assert_same(len(parts), 2, hint="A part for each share.")
for part in parts:
    assert_shape(part, (len(part),), hint="A part is an array of rank 1.")
    assert_dtype(part, int, hint="Indices are whole numbers.")
assert_same(np.sort(np.concatenate(parts)), np.arange(8),
            hint="Every index once: none in two parts, none left out.")
parts = make_splits(np.array([3, 3, 3, 3, 3]), (0.4, 0.3, 0.3), rng=np.random.default_rng(0))
assert_same(np.sort(np.concatenate(parts)), np.arange(5), hint="2, 1½ and 1½ are due, of five.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1301)
for count, kinds, shares in [(97, 7, (0.5, 0.3, 0.2)), (40, 3, (0.9, 0.1)), (11, 4, (0.25,) * 4)]:
    parts = make_splits(source.integers(0, kinds, count), shares, rng=np.random.default_rng(count))
    assert_same(len(parts), len(shares), hint="A part for each share.")
    assert_same(np.sort(np.concatenate(parts)), np.arange(count),
                hint="Every index once: none in two parts, none left out.")
parts = make_splits(np.array([], int), (0.5, 0.5), rng=np.random.default_rng(0))
assert_same([part.shape for part in parts], [(0,), (0,)], hint="No examples make empty parts.")
### END HIDDEN TESTS

# %% test="make_splits:strata" points=1.5
# Each class has its share in each part
few = np.array([1] * 10 + [0] * 90)
parts = make_splits(few.copy(), (0.8, 0.2), rng=np.random.default_rng(0))
counts = [[int((few[part] == k).sum()) for k in (0, 1)] for part in parts]
assert_same(counts, [[72, 8], [18, 2]], hint="Both parts have nine of class 0 to one of class 1.")
parts = make_splits(np.zeros(5, int), (0.3, 0.3, 0.4), rng=np.random.default_rng(0))
assert_same([1 <= len(part) <= 2 for part in parts], [True] * 3,
            hint="1½, 1½ and 2 are due, so 1 or 2, 1 or 2 and 2: nobody gets 3.")
parts = make_splits(np.zeros(6, int), (0.25, 0.5, 0.25), rng=np.random.default_rng(0))
assert_same(len(parts[1]), 3, hint="1½, 3 and 1½ are due: what is whole is not rounded.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1302)
for shares in [(0.6, 0.25, 0.15), (0.35, 0.35, 0.3), (0.15,) * 6 + (0.1,), (0.07, 0.93)]:
    kinds = source.choice([2, 5, 9], size=173, p=[0.7, 0.2, 0.1])
    parts = make_splits(kinds.copy(), shares, rng=np.random.default_rng(3))
    for kind in (2, 5, 9):
        due = np.array(shares) * (kinds == kind).sum()
        got = np.array([(kinds[np.asarray(part, int)] == kind).sum() for part in parts])
        assert_same((abs(got - due) < 1).tolist(), [True] * len(shares),
                    hint="Off by less than one picture, in each class and each part.")
kinds = np.repeat([4, 7], [10, 22])
parts = make_splits(kinds.copy(), (0.25, 0.5, 0.25), rng=np.random.default_rng(3))
assert_same([int((kinds[np.asarray(parts[1], int)] == kind).sum()) for kind in (4, 7)], [5, 11],
            hint="Half of 10 and half of 22 are whole numbers.")
### END HIDDEN TESTS

# %% test="make_splits:chance" points=0.75
# By chance, and by rng alone
few = np.arange(60) % 3
once, again, other = (make_splits(few.copy(), (0.5, 0.5), rng=np.random.default_rng(seed))
                      for seed in (4, 4, 5))
assert_same(once, again, hint="The same generator gives the same parts.")
assert_same(np.array_equal(np.sort(once[0]), np.sort(other[0])), False,
            hint="Another generator gives other parts.")
### BEGIN HIDDEN TESTS
several = [make_splits(few.copy(), (0.5, 0.5), rng=np.random.default_rng(s))[0] for s in range(30)]
often = np.bincount(np.concatenate(several), minlength=60)  # each 15 times, sd 2.7
assert_same(bool(2 < often.min() and often.max() < 28), True,
            hint="Each picture comes into the first part about as often as any other.")
apart = [np.isin([0, 1, 2], part).sum() % 3 for part in several]  # are 0, 1, 2 always together?
assert_same(any(apart), True, hint="Each class is shuffled for itself.")
### END HIDDEN TESTS

# %% test="make_splits:refuses" points=0.5
# Shares that are none
for shares in [(0.5, 0.4), (0.7, 0.7), (1.2, -0.2), (50, 50)]:
    with assert_raises(ValueError, hint=f"{shares}: none below 0, and the sum is 1."):
        make_splits(np.zeros(4, int), shares, rng=np.random.default_rng(0))
parts = make_splits(np.zeros(10, int), (0.1,) * 10, rng=np.random.default_rng(0))
assert_same([len(part) for part in parts], [1] * 10,
            hint="In floats ten times 0.1 is not quite 1: allow for rounding.")

# %% beside="labels_after"
@beside_student
def labels_after(labels, fractions, seed):
    """Give the labels as they are after a call of make_splits."""
    labels = labels.copy()
    make_splits(labels, fractions, rng=np.random.default_rng(seed))
    return labels

# %% test="make_splits:contract" points=0.25
# The labels stay as they were
parts = make_splits(np.array([2, 0, 1, 0, 2, 1]), (0.5, 0.5), rng=np.random.default_rng(0))
assert_same([len(part) for part in parts], [3, 3], hint="First give the two parts.")
for given in ([2, 0, 1, 0, 2, 1], [1, 0]):
    got = labels_after(np.array(given), (0.5, 0.5), 0)
    assert_same(got, np.array(given), hint="make_splits changed the caller's labels.")

# %% [markdown]
# From here on `data.make_splits`, the course's own, stands in. Forty per cent of the pictures are
# for training, twenty for validation. The rest is kept for later, for whoever wants more pictures.
#
# The validation must be like what is to come. So the pictures by which we choose are sent **through
# the camera**, once, with a fixed seed.

# %% demo
train, validation, spare = data.make_splits(labels, (0.4, 0.2, 0.4), rng=np.random.default_rng(13))
print([len(part) for part in (train, validation, spare)], np.bincount(labels[validation]))
unit = np.float32(1 / 255)
x_train, y_train = images[train] * unit, labels[train]
x_clean, y_val = images[validation] * unit, labels[validation]
x_val = as_photographed(images[validation], np.random.default_rng(131)) * unit

# %% [markdown]
# ### 1.3 Two baselines
#
# Before anything clever is done, the simplest thing is measured: a **baseline**. Ours is dense: 784
# inputs, 128 hidden units, 10 scores. It takes a few seconds to train.

# %% [markdown] quiz="baseline"
# **Predict.** The dense network will be right on nine of ten of its training pictures, and on about
# four fifths of neat pictures that it has not seen. How often is it right on the same pictures when
# they are up to 3 pixels off and noisy?
# - [ ] About as often: 3 pixels of 28 are not much :: For you. But each weight of a dense layer
#   belongs to one pixel, and 3 pixels to the left stands another one.
# - [x] About half of the time :: Nothing in a dense layer knows that a sleeve is a sleeve one pixel
#   further. You see it below.
# - [ ] Hardly better than guessing :: Large shapes still overlap with themselves when they are
#   moved by a few pixels: a trouser remains narrow, a bag remains wide.

# %% demo
def fitted(model, epochs=8, **options):
    """Train a network on the training pictures; give it back with its history."""
    model = model.astype(np.float32)
    history = training.fit(model, x_train, y_train, epochs=epochs, rng=np.random.default_rng(0),
                           optimiser=optimisers.SGD(0.05, momentum=0.9),
                           validation=(x_val, y_val), **options)
    return model, history

start = np.random.default_rng(0)
dense, dense_history = fitted(layers.Sequential(
    layers.Flatten(), layers.Dense(784, 128, start), layers.ReLU(), layers.Dense(128, 10, start)),
    epochs=20)

# %% demo
for name, x in [("neat", x_clean), ("as photographed", x_val)]:
    print(f"dense, validation {name}: {training.evaluate(dense, x, y_val)[1]:.1%}")

# %% [markdown]
# The convolutional baseline, and everything that is compared with it, is built from settings, so
# that a row of a table is a dict and nothing is changed by hand.
#
# | Setting | Means |
# |---|---|
# | `"channels"` | a tuple: for each number O a **block**: a 3 × 3 convolution with O filters and padding 1, batch normalisation if wanted, ReLU, 2 × 2 max pooling |
# | `"batch_norm"` | whether blocks normalise; their convolution then has **no bias**, for the normalisation would take it away again |
# | `"hidden"` | with a number above 0: flatten, a dense layer with so many units, ReLU; with 0: the mean of each channel (global average pooling) |
# | `"dropout"` | the chance to be dropped, just before the last layer; 0 for none |
#
# The last layer, the **head**, is a dense one with 10 scores. **By hand**, for channels (8, 16),
# hidden 64, no normalisation: 8 · 9 + 8 = 80 and 16 · 8 · 9 + 16 = 1,168 for the blocks, which make 16 maps of
# 7 × 7; 784 · 64 + 64 = 50,240; 64 · 10 + 10 = 650. Together 52,138, and only 1,248 of them are
# filters. A picture of 28 pixels can be halved four times: 14, 7, 3, 1; more than four
# channels are not asked for.
#
# #### Exercise 2 · `build_model`
#
# Build the network from `cnnkit.layers`, as one `layers.Sequential`. All chance comes from `rng`:
# each layer with first weights gets it, and for dropout the chain does,
# `layers.Sequential(*chain, rng=rng)`. `cfg` may hold more than the four settings; they are not your
# business. The **budget** is 150,000 parameters; a network with more raises a `ValueError`.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: a list of layers</summary>
#
# Begin with an empty list and append layers while you walk through the channels. The chain takes
# them with a star.
# </details>
# <details><summary>Hint 2: who follows whom</summary>
#
# Each block has as many input channels as the one before has filters; the first has 1. Keep that
# number in a variable, and the side of the maps in another (28, then half of it, rounded down).
# </details>
# <details><summary>Hint 3: names</summary>
#
# `layers.Conv2D(C, O, kernel, rng, padding=, bias=)`, `layers.BatchNorm2D(C)`, `layers.ReLU()`,
# `layers.MaxPool2D(2)`, `layers.Flatten()`, `layers.GlobalAvgPool()`, `layers.Dense(D, O, rng)`,
# `layers.Dropout(p)`. The numbers to count lie in the chain's `params`, a dict of arrays.
# </details>

# %% exercise="build_model" forbids="cnnkit.build_model cnnkit.models torch" minutes=30
def build_model(cfg, *, rng):
    """Build a network for images (N, 1, 28, 28) and ten classes from its settings.

    Parameters
    ----------
    cfg : dict
        'channels' : tuple of int, 'batch_norm' : bool, 'hidden' : int, 'dropout' : float.
        Others are left alone.
    rng : numpy.random.Generator
        For the first weights, and for dropout.

    Returns
    -------
    model : cnnkit.layers.Sequential
        For each of the channels: Conv2D 3 x 3 with padding 1 (no bias if batch_norm),
        BatchNorm2D if batch_norm, ReLU, MaxPool2D 2. Then Flatten, Dense, ReLU if hidden,
        else GlobalAvgPool. Then Dropout if dropout. Last the head, Dense with 10 scores.

    Raises
    ------
    ValueError
        If the network has more than 150,000 parameters.

    Examples
    --------
    >>> cfg = {"channels": (8, 16), "batch_norm": False, "hidden": 64, "dropout": 0.0}
    >>> model = build_model(cfg, rng=np.random.default_rng(0))
    >>> model.forward(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """
    ### BEGIN SOLUTION
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        if cfg["batch_norm"]:
            chain.append(layers.BatchNorm2D(O))
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    if cfg["dropout"]:
        chain.append(layers.Dropout(cfg["dropout"]))
    model = layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)
    count = sum(value.size for value in model.params.values())
    if count > 150_000:
        raise ValueError(f"The network has {count:,} parameters: 150,000 are allowed.")
    return model
    ### END SOLUTION

# %% [markdown]
# A network cannot be sent to the tests, but its numbers can. So the next three cells build yours
# beside your code and bring back shapes, first weights, and the scores that it gives with other
# numbers in it. You need not read them.

# %% beside="shapes_of"
@beside_student
def shapes_of(cfg):
    """Give the shapes of a network's parameters and statistics, by their names."""
    model = build_model(cfg, rng=np.random.default_rng(0))
    return {name: value.shape for name, value in {**model.params, **model.state}.items()}

# %% beside="weights_of"
@beside_student
def weights_of(cfg, seed):
    """Give a network's first weights, by their names."""
    params = build_model(cfg, rng=np.random.default_rng(seed)).params
    return {name: value for name, value in params.items() if name.endswith(".w")}

# %% beside="scores_with"
@beside_student
def scores_with(cfg, numbers, x, train=False):
    """Put numbers into a network of these settings and give its scores."""
    model = build_model(cfg, rng=np.random.default_rng(0))
    for part in (model.params, model.state):
        part.update({name: numbers.get(name, part[name]) for name in part})
    return model.forward(x, train=train)

# %% test="build_model:parameters" points=1
# Names and shapes of all parameters
cfg = {"channels": (8, 16), "batch_norm": False, "hidden": 64, "dropout": 0.0, "lr": 0.05}
shapes = shapes_of(dict(cfg))
assert_same(shapes, {"conv1.w": (8, 1, 3, 3), "conv1.b": (8,), "conv2.w": (16, 8, 3, 3),
                     "conv2.b": (16,), "dense1.w": (64, 784), "dense1.b": (64,),
                     "dense2.w": (10, 64), "dense2.b": (10,)},
            hint="Two blocks, 16 maps of 7 × 7 written in a row, 64 units, ten scores.")
shapes = shapes_of({**cfg, "hidden": 0})
assert_same(shapes["dense1.w"], (10, 16), hint="Without hidden units: one mean for each channel.")
shapes = shapes_of({"channels": (5,), "batch_norm": True, "hidden": 0, "dropout": 0.0})
assert_same(shapes, {"conv1.w": (5, 1, 3, 3), "batch_norm1.gamma": (5,), "batch_norm1.beta": (5,),
                     "batch_norm1.mean": (5,), "batch_norm1.var": (5,), "dense1.w": (10, 5),
                     "dense1.b": (10,)}, hint="A convolution that is normalised has no bias.")
### BEGIN HIDDEN TESTS
for channels, hidden, norm in [((3, 5, 4), 7, True), ((6,), 0, True), ((2, 3, 4, 5), 11, False)]:
    cfg = {"channels": channels, "batch_norm": norm, "hidden": hidden, "dropout": 0.1}
    expected, C, side = {}, 1, 28
    for n, O in enumerate(channels, 1):
        expected[f"conv{n}.w"] = (O, C, 3, 3)
        kept = ("gamma", "beta", "mean", "var") if norm else ()
        expected |= {f"batch_norm{n}.{name}": (O,) for name in kept} or {f"conv{n}.b": (O,)}
        C, side = O, side // 2
    sizes = [C * side * side, hidden, 10] if hidden else [C, 10]
    for n, (D, O) in enumerate(zip(sizes, sizes[1:], strict=False), 1):
        expected |= {f"dense{n}.w": (O, D), f"dense{n}.b": (O,)}
    shapes = shapes_of(dict(cfg))
    assert_same(shapes, expected, hint="Walk through the table of settings, block by block.")
### END HIDDEN TESTS

# %% test="build_model:values" points=1
# The scores, with given numbers
cfg = {"channels": (1,), "batch_norm": False, "hidden": 0, "dropout": 0.0}
numbers = {"conv1.w": np.zeros((1, 1, 3, 3)), "conv1.b": np.array([-2.0]),
           "dense1.w": np.ones((10, 1)), "dense1.b": np.arange(10.0)}
got = scores_with(dict(cfg), deepcopy(numbers), np.zeros((1, 1, 28, 28)))
assert_same(got, np.arange(10.0)[None], hint="The filter gives −2 everywhere: ReLU makes it 0.")
numbers["conv1.w"][0, 0, 1, 1] = 1
checks = np.indices((28, 28)).sum(axis=0) % 2 * 5.0  # 0 and 5 like a chessboard
got = scores_with(dict(cfg), deepcopy(numbers), checks[None, None].copy())
assert_same(got, np.arange(10.0)[None] + 3,
            hint="0 − 2 and 5 − 2: in each window of 2 × 2 the maximum is 3.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(1303)
for channels, hidden, norm in [((3, 4), 6, False), ((2, 3), 5, True), ((4, 3, 5), 0, True)]:
    cfg = {"channels": channels, "batch_norm": norm, "hidden": hidden, "dropout": 0.4}
    numbers, C, side = {}, 1, 28
    x = at = source.normal(size=(2, 1, 28, 28))
    for n, O in enumerate(channels, 1):
        numbers[f"conv{n}.w"] = w = source.normal(size=(O, C, 3, 3)) / 3
        numbers[f"conv{n}.b"] = b = source.normal(size=O)
        at = ops.conv2d(at, w, None if norm else b, padding=1)
        if norm:
            mean, gamma, beta = source.normal(size=(3, O, 1, 1))
            var = source.uniform(0.5, 2, size=(O, 1, 1))
            at = gamma * (at - mean) / np.sqrt(var + 1e-5) + beta
            kept = {"mean": mean, "gamma": gamma, "beta": beta, "var": var}
            numbers |= {f"batch_norm{n}.{name}": value.ravel() for name, value in kept.items()}
        at = np.maximum(at, 0)
        C, side = O, side // 2
        at = at[:, :, : 2 * side, : 2 * side].reshape(2, O, side, 2, side, 2).max(axis=(3, 5))
    at = at.reshape(2, -1) if hidden else at.mean(axis=(2, 3))
    if hidden:
        numbers["dense1.w"] = w = source.normal(size=(hidden, at.shape[1])) / 9
        numbers["dense1.b"] = b = source.normal(size=hidden)
        at = np.maximum(at @ w.T + b, 0)
    last = 2 if hidden else 1
    numbers[f"dense{last}.w"] = w = source.normal(size=(10, at.shape[1]))
    numbers[f"dense{last}.b"] = b = source.normal(size=10)
    got = scores_with(dict(cfg), deepcopy(numbers), x.copy())
    assert_same(got, at @ w.T + b, rtol=1e-7, atol=1e-9,
                hint="Convolution, normalisation, ReLU, maximum; dense, ReLU; head.")
### END HIDDEN TESTS

# %% test="build_model:dropout" points=1
# Dropout, before the head and in training alone
cfg = {"channels": (4, 4, 4, 48), "batch_norm": False, "hidden": 0, "dropout": 0.25}
numbers = {f"conv{n}.w": np.zeros((O, C, 3, 3)) for n, (C, O) in
           enumerate([(1, 4), (4, 4), (4, 4), (4, 48)], 1)}
numbers |= {f"conv{n}.b": np.ones(O) for n, O in enumerate((4, 4, 4, 48), 1)}
numbers |= {"dense1.w": np.ones((10, 48)), "dense1.b": np.zeros(10)}
x = np.zeros((60, 1, 28, 28))
got = scores_with(dict(cfg), deepcopy(numbers), x.copy())
assert_same(got, np.full((60, 10), 48.0), hint="48 ones, added up: nothing drops when measuring.")
got = scores_with(dict(cfg), deepcopy(numbers), x.copy(), train=True) * 0.75  # left of the 48
assert_same(got, np.repeat(got[:, :1], 10, axis=1), rtol=1e-9,
            hint="All ten scores see the same numbers: what drops is the head's input.")
assert_same(got, np.rint(got), hint="What is left is divided by 1 − 0.25.")
assert_same(30 < got.mean() < 42, True, hint="Of 48, a quarter drops: 36 are left on average.")
assert_same(bool(0 < got.std() < 6), True, hint="Each of the 48 has its own chance.")
### BEGIN HIDDEN TESTS
cfg = {"channels": (2, 2, 2, 2), "batch_norm": False, "hidden": 40, "dropout": 0.6}
numbers = {"dense1.w": np.zeros((40, 2)), "dense1.b": np.ones(40),
           "dense2.w": np.ones((10, 40)), "dense2.b": np.zeros(10)}
got = scores_with(dict(cfg), deepcopy(numbers), x.copy())
assert_same(got, np.full((60, 10), 40.0), hint="Not when measuring.")
left = scores_with(dict(cfg), deepcopy(numbers), x.copy(), train=True) * 0.4  # 16 of 40, sd 3.1
assert_same(left, np.rint(left), hint="What is left is divided by 1 − p.")
assert_same(bool(13 < left.mean() < 19 and 1 < left.std() < 6), True,
            hint="With hidden units dropout follows their ReLU.")
### END HIDDEN TESTS

# %% test="build_model:budget" points=0.5
# At most 150,000 parameters
cfg = {"channels": (8, 16), "batch_norm": False, "hidden": 187, "dropout": 0.0}
count = sum(int(np.prod(shape)) for shape in shapes_of(dict(cfg)).values())
assert_same(count, 149_923, hint="80 + 1,168 + 784 · 187 + 187 + 187 · 10 + 10.")
with assert_raises(ValueError, hint="With 400 hidden units there are twice as many as allowed."):
    shapes_of({**cfg, "hidden": 400})
with assert_raises(ValueError, hint="With 188 hidden units there are 150,718 parameters."):
    shapes_of({**cfg, "hidden": 188})
### BEGIN HIDDEN TESTS
with assert_raises(ValueError, hint="Filters count as well."):
    shapes_of({"channels": (100, 170), "batch_norm": True, "hidden": 0, "dropout": 0.0})
exact = {"channels": (7, 25), "batch_norm": False, "hidden": 120, "dropout": 0.0}
assert_same(sum(int(np.prod(shape)) for shape in shapes_of(dict(exact)).values()), 150_000,
            hint="150,000 are allowed, one more is not.")
### END HIDDEN TESTS

# %% test="build_model:chance" points=0.5
# The first weights come from rng
cfg = {"channels": (2, 3), "batch_norm": False, "hidden": 5, "dropout": 0.5}
once, again, other = (weights_of(dict(cfg), seed) for seed in (1, 1, 2))
assert_same(once, again, hint="The same generator gives the same weights.")
alike = [name for name in once if np.array_equal(once[name], other[name])]
assert_same(alike, [], hint="Another generator gives other weights, in each layer.")

# %% [markdown]
# From here on `models.build_model`, the course's own, stands in. A new network is first checked, as
# in chapter 08: at the start the loss is near log 10, and its gradients agree with difference
# quotients. Then it is trained, for 8 epochs: a convolutional epoch takes longer than a dense one. The
# dense network had 20, so its curves below go further.

# %% demo
from cnnkit import gradcheck

base = {"channels": (8, 16), "batch_norm": False, "hidden": 64, "dropout": 0.0}
model = models.build_model(base, rng=np.random.default_rng(0))
loss, _ = ops.softmax_cross_entropy(model.forward(x_train[:200].astype(float)), y_train[:200])
print(f"loss at the start {loss:.2f}, log 10 = {np.log(10):.2f}")
small = models.build_model({**base, "channels": (2, 3), "hidden": 4}, rng=np.random.default_rng(1))
errors = gradcheck.check_gradients(small, rng.normal(size=(2, 1, 28, 28)), rng.normal(size=(2, 10)))
print(f"largest relative error of the gradients: {max(errors.values()):.0e}")

# %% demo
conv, conv_history = fitted(models.build_model(base, rng=np.random.default_rng(0)))

# %% demo
from cnnkit.pictures import learning_curves

for name, model in [("dense", dense), ("conv", conv)]:
    scores = [training.evaluate(model, x, y)[1]
              for x, y in [(x_train, y_train), (x_clean, y_val), (x_val, y_val)]]
    print(f"{name:5}: training {scores[0]:.1%}, validation neat {scores[1]:.1%}, "
          f"as photographed {scores[2]:.1%}")
show(learning_curves({"dense": dense_history, "convolutional": conv_history}))

# %% [markdown]
# Two gaps are open. The first is between training and neat validation: the network knows its
# training pictures better than others. The second is between neat and photographed: it has never
# seen a picture that is off. Convolution alone does not close the second one. Its maps move with
# the picture (chapter 09), but then they are flattened, and the dense layer after them ties each
# place of each map to weights of its own, as the dense baseline does.
#
# **A good place to stop.** Part 2 begins with a fresh look at both gaps.
#
# ---
# ## Part 2 · Four remedies
#
# ### 2.1 One change a row

# %% [markdown] items="47"
# A network that knows its training set by heart has four remedies, says the lecture (DSML):
#
# 1. **Regularise**: dropout, batch normalisation.
# 2. **Find more data**, or make it: augmentation.
# 3. **Take fewer parameters.**
# 4. **Tune the training**: another optimiser, batch size, learning rate; stop early.
#
# In our settings each is a small dict of changes. The cell below shows them, with the baseline's
# other settings.

# %% demo items="47"
base |= {"augment": False, "optimiser": "sgd", "lr": 0.05, "schedule": False, "patience": 0}
remedies = {
    "regularise": {"batch_norm": True, "dropout": 0.25},
    "more data": {"augment": True},
    "fewer parameters": {"hidden": 32},
    "tune and stop early": {"optimiser": "adam", "lr": 0.003, "schedule": True, "patience": 6},
}
for name, change in {"base": base, **remedies}.items():
    cfg = {**base, **change}
    model = models.build_model(cfg, rng=np.random.default_rng(0))
    count = sum(value.size for value in model.params.values())
    print(f"{name:20} {count:6,} parameters  {change if name != 'base' else ''}")

# %% [markdown]
# Which of them helps, and how much? Asked in a careless way, the question has no answer:
#
# - Change two things, and nobody knows which one did it. So **one remedy a row**.
# - Train once, and you measure luck: another seed can move an accuracy by two points. So **three
#   seeds or more**, their mean and their spread; never the best seed.
# - Look at the test set in between, and you choose by it. So the choice is made **by the
#   validation**, and the test set is looked at **once**, for what was chosen.
#
# Such a table of rows is called an **ablation**. **By hand:** base with seeds giving 70, 72 and
# 71 %: mean 71, sd √((1 + 1 + 0)/2) = 1. A remedy with 70, 76 and 70: mean 72, sd 3.5. Its best
# seed looks brilliant; as a row it is one point better, and less than the spread.
#
# #### Exercise 3 · `run_ablation`
#
# The rows are, in this order: `'base'`; each remedy, that is the base with the settings which that
# remedy changes and **nothing else**; `'together'`, the base with all changes at once. No two
# remedies change the same setting.
#
# Train each row once with each seed: `train(cfg, seed)` gives a pair, the trained model and its
# accuracy on the validation. The row with the best **mean** is chosen, of equal ones the first.
# Then, and only for the models of that row, `test(model)` gives the accuracy on the test set: call
# it once a model, in the order of the seeds, after all training is done. `train` may change the
# dict that it gets; hand it a copy.
#
# Fewer than three seeds, or a seed twice, raise a `ValueError` before anything is trained.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: the rows first</summary>
#
# Make a dict from the name of a row to its changes: none for the base, the remedies as they are,
# and one more that collects all of them. Only then loop over it.
# </details>
# <details><summary>Hint 2: a dict of two</summary>
#
# `{**a, **b}` is a new dict with all of a and b; where both have a key, b's value counts. `update`
# changes the dict itself, and the next row then begins where this one ended.
# </details>
# <details><summary>Hint 3: keep the models</summary>
#
# Which models are to be tested is known only when all rows are trained. So keep each row's list of
# models until then.
# </details>

# %% exercise="run_ablation" forbids="cnnkit.run_ablation torch" minutes=30
def run_ablation(base, remedies, seeds, *, train, test):
    """Train the base, the base with each remedy alone, and with all; choose a row and test it.

    Parameters
    ----------
    base : dict
        Setting to value. Not changed.
    remedies : dict of dict
        Name of a remedy to the settings that it changes. Not changed.
    seeds : sequence of int
        Three or more, all different.
    train : callable
        train(cfg, seed) -> (model, accuracy on the validation). May change its cfg.
    test : callable
        test(model) -> accuracy on the test set.

    Returns
    -------
    result : dict
        'rows' : list of dict, one a row: 'name', 'cfg', 'scores' (list of float, by seed),
        'mean' and 'sd' of them (sd with divisor n - 1), floats;
        'chosen' : the name of the row with the best mean, of equal ones the first;
        'test' : list of float, the test accuracies of that row's models, by seed.

    Raises
    ------
    ValueError
        If there are fewer than three seeds, or one is there twice.

    Examples
    --------
    >>> result = run_ablation({"p": 0}, {"drop": {"p": 1}}, [0, 1, 2], test=lambda model: 0.5,
    ...                       train=lambda cfg, seed: (None, 0.5 + 0.1 * cfg["p"] + 0.01 * seed))
    >>> [round(row["mean"], 2) for row in result["rows"]], result["chosen"]
    ([0.51, 0.61, 0.61], 'drop')
    """
    ### BEGIN SOLUTION
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds is {seeds}: three or more are needed, all different.")
    together = {}
    for change in remedies.values():
        together |= change
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        rows.append({"name": name, "cfg": cfg, "scores": scores,
                     "mean": float(np.mean(scores)), "sd": float(np.std(scores, ddof=1))})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}
    ### END SOLUTION

# %% [markdown]
# Your function is tested without any training. The next cell gives it a pretended `train`, which
# looks accuracies up in a list, and writes down who was called. A model is pretended, too: it is
# the tuple of its settings and its seed. Settings that are in no list give an accuracy of 0.

# %% beside="pretended"
@beside_student
def pretended(base, remedies, seeds, outcomes):
    """Give run_ablation's result, the calls that it made, and its arguments after that.

    ``outcomes`` is a list of (cfg, seed, validation accuracy, test accuracy).
    """
    calls = []

    def train(cfg, seed):
        model = (dict(cfg), seed)
        calls.append(("train", *model))
        cfg.clear()
        return model, next((each[2] for each in outcomes if each[:2] == model), 0.0)

    def test(model):
        calls.append(("test", *model))
        return next((each[3] for each in outcomes if each[:2] == model), 0.0)

    result = run_ablation(base, remedies, seeds, train=train, test=test)
    return result, calls, deepcopy(base), deepcopy(remedies)

# %% test="run_ablation:rows" points=1
# The rows: one remedy each, then all together
start, changes = {"a": 1, "b": 2, "c": 3}, {"first": {"a": 10}, "second": {"b": 20, "c": 30}}
result, calls, *_ = pretended(dict(start), deepcopy(changes), [0, 1, 2], [])
rows = [(row["name"], row["cfg"]) for row in result["rows"]]
assert_same(rows, [("base", {"a": 1, "b": 2, "c": 3}), ("first", {"a": 10, "b": 2, "c": 3}),
                   ("second", {"a": 1, "b": 20, "c": 30}),
                   ("together", {"a": 10, "b": 20, "c": 30})],
            hint="In the row 'second' the setting a is the base's again: one remedy a row.")
### BEGIN HIDDEN TESTS
start = {"depth": 2, "p": 0.0, "flip": False, "opt": "sgd", "lr": 0.1}
changes = {"z": {"p": 0.5}, "y": {"opt": "adam", "lr": 0.01}, "x": {"flip": True}, "w": {"depth": 1}}
result, calls, *_ = pretended(dict(start), deepcopy(changes), [7, 3, 5, 1], [])
expected = [("base", start), *((name, start | change) for name, change in changes.items()),
            ("together", {"depth": 1, "p": 0.5, "flip": True, "opt": "adam", "lr": 0.01})]
assert_same([(row["name"], row["cfg"]) for row in result["rows"]], expected,
            hint="The base, each remedy alone in its order, all of them.")
trained = sorted((str(sorted(call[1].items())), call[2]) for call in calls if call[0] == "train")
wanted = sorted((str(sorted(cfg.items())), seed) for _, cfg in expected for seed in (7, 3, 5, 1))
assert_same(trained, wanted, hint="Each row is trained once with each seed.")
### END HIDDEN TESTS

# %% test="run_ablation:scores" points=0.75
# Accuracies by seed, their mean, their spread
start, changes = {"p": 0}, {"drop": {"p": 1}}
outcomes = [({"p": 0}, 0, 0.70, 0.0), ({"p": 0}, 1, 0.72, 0.0), ({"p": 0}, 2, 0.71, 0.0),
            ({"p": 1}, 0, 0.70, 0.0), ({"p": 1}, 1, 0.76, 0.0), ({"p": 1}, 2, 0.70, 0.0)]
result, *_ = pretended(dict(start), deepcopy(changes), [0, 1, 2], deepcopy(outcomes))
first, second, _ = result["rows"]
assert_same(first["scores"], [0.70, 0.72, 0.71], hint="In the order of the seeds.")
assert_same((first["mean"], second["mean"]), (0.71, 0.72), hint="Means, not the best seed.")
assert_same((first["sd"], second["sd"]), (0.01, 0.0012 ** 0.5),
            hint="The sd of a sample: the divisor is n − 1.")
### BEGIN HIDDEN TESTS
source, seeds = np.random.default_rng(1304), [11, 4, 9, 2, 30]
outcomes = [({"p": p, "q": q}, seed, float(source.random()), 0.0)
            for p in (0, 1) for q in (0, 1) for seed in seeds]
result, *_ = pretended({"p": 0, "q": 0}, {"one": {"p": 1}, "two": {"q": 1}}, list(seeds),
                       deepcopy(outcomes))
for row in result["rows"]:
    scores = [val for cfg, _, val, _ in outcomes if cfg == row["cfg"]]
    mean = sum(scores) / 5
    assert_same(row["scores"], scores, hint="One for each seed, in their order.")
    assert_same((row["mean"], row["sd"]),
                (mean, (sum((s - mean) ** 2 for s in scores) / 4) ** 0.5),
                hint="The mean, and the root of the squares' sum over n − 1.")
### END HIDDEN TESTS

# %% test="run_ablation:choice" points=1
# Chosen by the mean on the validation
start, changes = {"p": 0, "q": 0}, {"one": {"p": 1}, "two": {"q": 1}}
by_row = {(0, 0): (0.6, 0.6, 0.6), (1, 0): (0.7, 0.8, 0.7), (0, 1): (0.2, 0.9, 0.2),
          (1, 1): (0.7, 0.8, 0.7)}
outcomes = [({"p": p, "q": q}, seed, value, 1 - value)
            for (p, q), values in by_row.items() for seed, value in enumerate(values)]
result, *_ = pretended(dict(start), deepcopy(changes), [0, 1, 2], deepcopy(outcomes))
assert_same(result["chosen"], "one", hint="Best mean, not best seed; of equal rows the first.")
assert_same(result["test"], [0.3, 0.2, 0.3], rtol=1e-9,
            hint="The test accuracies of the chosen row's models, in the order of the seeds.")
### BEGIN HIDDEN TESTS
source, seeds = np.random.default_rng(1305), [8, 6, 7]
for _ in range(6):
    outcomes = [({"p": p, "q": q}, seed, float(source.random()), float(source.random()))
                for p in (0, 1) for q in (0, 1) for seed in seeds]
    result, *_ = pretended(dict(start), deepcopy(changes), list(seeds), deepcopy(outcomes))
    cfgs = {"base": (0, 0), "one": (1, 0), "two": (0, 1), "together": (1, 1)}
    means = {name: sum(val for cfg, _, val, _ in outcomes if tuple(cfg.values()) == key)
             for name, key in cfgs.items()}
    best = max(means, key=means.get)
    assert_same(result["chosen"], best, hint="The best mean on the validation, wherever it stands.")
    tested = [t for cfg, _, _, t in outcomes if tuple(cfg.values()) == cfgs[best]]
    assert_same(result["test"], tested, hint="The chosen row's models, in the order of the seeds.")
### END HIDDEN TESTS

# %% test="run_ablation:once" points=0.5
# The test set is looked at once, at the end
outcomes = [({"p": p}, seed, 0.5 + 0.1 * p, 0.4) for p in (0, 1) for seed in (5, 6, 7)]
_, calls, *_ = pretended({"p": 0}, {"drop": {"p": 1}}, [5, 6, 7], deepcopy(outcomes))
assert_same([call for call in calls if call[0] == "test"],
            [("test", {"p": 1}, seed) for seed in (5, 6, 7)],
            hint="Once for each model of the chosen row, and for no other.")
assert_same([call[0] for call in calls], ["train"] * 9 + ["test"] * 3,
            hint="First all training, then the choice, then the test set.")

# %% test="run_ablation:seeds" points=0.5
# Enough seeds, and different ones
for seeds in ([0, 1], [], [3, 3, 4], [1, 2, 3, 1]):
    with assert_raises(ValueError, hint=f"seeds {seeds}: three or more, none of them twice."):
        pretended({"p": 0}, {"drop": {"p": 1}}, seeds, [])
result, *_ = pretended({"p": 0}, {"drop": {"p": 1}}, [4, 0, 9], [])
assert_same(len(result["rows"]), 3, hint="Three different seeds are enough.")

# %% test="run_ablation:contract" points=0.25
# What was handed over stays as it was
start, changes = {"a": 1, "b": 2}, {"first": {"a": 10}, "second": {"b": 20}}
result, _, base_after, remedies_after = pretended(dict(start), deepcopy(changes), [0, 1, 2], [])
assert_same((base_after, remedies_after), (start, changes),
            hint="run_ablation changed the caller's base or remedies.")
assert_same(result["rows"][0]["cfg"], start,
            hint="train may empty the dict that it gets: hand it a copy of the row's.")

# %% [markdown]
# ### 2.2 What the remedies bring

# %% [markdown] quiz="remedy"
# **Predict.** The validation pictures are up to 3 pixels off and noisy; the training pictures are
# neat. Which remedy, alone, will bring most?
# - [ ] Regularise :: It keeps weights from relying on single features, but it shows the network no
#   picture that is off.
# - [x] More data: mirrored and shifted copies :: It is the only one that changes what the network
#   **sees**. The gap is not mainly one of memory: training and validation differ.
# - [ ] Fewer parameters :: Half the hidden units learn by heart more slowly. They still know
#   pictures in the middle only.
# - [ ] Tune and stop early :: That helps to find the best network for neat pictures.

# %% [markdown]
# All rows, with three seeds each, take minutes and not seconds. So that was done once and recorded;
# the command below the table makes it anew. Each run has at most 20 epochs in batches of 64, by SGD with
# momentum 0.9 where the row does not say Adam. *More data* mirrors half of a batch and shifts each
# picture by up to 3 pixels, without noise. Stopping early watches the loss on the validation, as
# photographed: after 6 epochs without a gain it stops, and the weights of the best epoch are kept. The
# row *dense* is the first baseline.

# %% demo
from cnnkit import recorded
from cnnkit.pictures import spread

record = recorded.load("13_apparel")
rows = {}
for run in record.runs:
    if "row" in run:
        rows.setdefault(run["row"], []).append(run)
show(spread({name: [run["validation"] for run in runs] for name, runs in rows.items()},
            baseline="base", what="accuracy on the validation, as photographed"))

# %% demo
print(f"{'':20} {'parameters':>10} {'training':>9} {'neat':>7} {'photographed':>13}  epochs")
for name, runs in rows.items():
    means = [np.mean([run[key] for run in runs]) for key in ("train", "clean", "validation")]
    epochs = ", ".join(str(len(run["curves"]["acc"])) for run in runs)
    print(f"{name:20} {runs[0]['parameters']:10,} {means[0]:9.1%} {means[1]:7.1%} {means[2]:13.1%}"
          f"  {epochs}")
print(record.label)

# %% [markdown]
# Read the columns side by side. On **neat** pictures the base and the rows with regularisation or fewer
# parameters lie within a point of each other, and the row with more data even looks like a loss. On
# pictures **as photographed** that row leaves all others behind. Whoever validates by the wrong pictures
# throws the right remedy away. And a remedy must fit the illness: the training pictures were too **much
# alike**, not the parameters too many.
#
# The row *together* has all four remedies and is worse than one of them. It was not stopped early: the
# last column shows all its epochs. Yet it knows its training pictures less well than *more data*, with
# the same copies and as many epochs. Each remedy is meant to make learning by heart harder, and here
# several at once seem to have made **learning** harder. Which of them, the table cannot say, for the two
# rows differ in more than one. (*Tune and stop early* has as low a training accuracy for another
# reason: its column of epochs shows it.) Remedies don't add up like numbers. That is why a row has one.

# %% demo
gains = {name: np.mean([run["validation"] for run in runs]) for name, runs in rows.items()}
chosen = max(gains, key=gains.get)
tested = {run_name: [run["accuracy"] for run in record.runs if run.get("test") == run_name]
          for run_name in ("dense", chosen)}
print(f"chosen by the validation: {chosen}")
for name, accuracies in tested.items():
    print(f"{name:20} test set, as photographed: {np.mean(accuracies):.1%} "
          f"± {np.std(accuracies, ddof=1):.1%}   ({', '.join(f'{a:.1%}' for a in accuracies)})")

# %% [markdown]
# That was the one look at the test set. No choice was made by it: the dense baseline stands beside the
# chosen row for comparison, measured once as well, and so does the course's own network in 3.2. Should
# the number disappoint us, we may say so in the
# report; what we may not do is to go back, change a setting, and look again.
#
# The same, small, and live: 300 pictures, three epochs. `training.run_ablation` is the course's own;
# put your `run_ablation` in its place. The pretended test here is the spare part, for the test set
# is not for playing.

# %% demo
def trained(cfg, seed):
    """Train a row on a few pictures; give the model and its accuracy on the validation."""
    start = np.random.default_rng(seed)
    model = models.build_model(cfg, rng=start).astype(np.float32)
    sgd = cfg["optimiser"] == "sgd"
    training.fit(model, x_train[:300], y_train[:300], epochs=3, batch_size=32, progress=False,
                 rng=start, schedule=optimisers.cosine if cfg["schedule"] else None,
                 optimiser=(optimisers.SGD(cfg["lr"], momentum=0.9) if sgd
                            else optimisers.Adam(cfg["lr"])),
                 augment=flip_and_shift if cfg["augment"] else None)
    return model, training.evaluate(model, x_val[:300], y_val[:300])[1]


def flip_and_shift(x, y, rng):
    """Mirror half of a batch and shift each picture by up to 3 pixels."""
    return augment.random_crop(augment.hflip(x, 0.5, rng), 28, 3, rng), y

# %% demo
few = images[spare[:300]] * unit, labels[spare[:300]]
small = training.run_ablation(base, remedies, [0, 1, 2], train=trained,
                              test=lambda model: training.evaluate(model, *few)[1])
for row in small["rows"]:
    print(f"{row['name']:20} {row['mean']:.1%} ± {row['sd']:.1%}")
print("chosen:", small["chosen"])

# %% [markdown]
# The rows stand in another order now. What speeds up the first steps leads (batch normalisation,
# Adam), and more data, the winner of the long run, falls behind the base: after three epochs on 300
# pictures nothing has been learned by heart, so a remedy against that only makes learning harder. An
# ablation holds for the size, the time and the pictures that it was made with.
#
# **A good place to stop.** Part 3 looks at single pictures.
#
# ---
# ## Part 3 · Errors, your network, the report
#
# ### 3.1 Where it errs
#
# An accuracy says how often, not where or why. So we train a network that is worth looking at (it
# takes about half a minute) and ask four questions about it.

# %% demo
better, history = fitted(
    models.build_model({**base, "channels": (8, 16, 32), "hidden": 32}, rng=np.random.default_rng(0)),
    epochs=12, augment=flip_and_shift, schedule=optimisers.cosine)

# %% [markdown] quiz="confident"
# **Predict.** Among the network's errors, look at the six of which it was most certain. What will
# its probability for the wrong class be?
# - [ ] Just above one half: it errs where it is in doubt :: Many errors are of that kind, but not
#   the ones that were asked for.
# - [x] Above 90 % :: The probability says how far apart the scores are, and nobody taught the
#   network to be modest. "Certain" and "right" are two things.
# - [ ] Exactly 100 % :: Softmax never reaches it; only rounding can.

# %% [markdown]
# **Look before you count.** The error browser asks both networks about the validation, as
# photographed, and you first. Then rows are what it was, columns what the network said. Choose a cell
# with the arrow keys or the mouse and look at its pictures, the most certain errors first. Where do
# the two networks differ, and which of them is right there? Of some errors, *Cover parts of it and ask
# again* tells what the answer hangs on: a square is put over each part of the picture in turn.

# %% demo
from cnnkit.widgets import error_browser

models_asked = {"better": lambda x: ops.softmax(better.forward(x)),
                "dense": lambda x: ops.softmax(dense.forward(x))}
error_browser(models_asked, x_val, y_val)

# %% demo
from cnnkit.pictures import confusion_matrix

guesses = training.predict(better, x_val)
counts = training.confusion_matrix(y_val, guesses, 10)
for k in np.argsort(-counts.diagonal()):
    print(f"{names[k]:12} {counts[k, k] / counts[k].sum():.0%} right")
show(confusion_matrix(counts, names))

# %% [markdown]
# **What is taken for what?** The same matrix on paper, as your report will need it. Errors are not
# spread evenly: most stand in two blocks, one of shirts, T-shirts, pullovers and coats, one of the
# three kinds of shoes. The shares above the matrix lie far apart; a single number hides that some
# classes are nearly solved and one is hardly better than a guess among its like.

# %% demo
from cnnkit.pictures import confident_errors

probabilities = ops.softmax(better.forward(x_val))
show(confident_errors(x_val, y_val, probabilities, names))

# %% [markdown]
# **Which pictures?** The most confident errors come first; the true class is bold. Its bar is
# hatched, and here often too short to be seen. Look at each one: would *you* have known? Some labels
# are doubtful, some pictures show next to nothing, and some errors are simply errors. The slider of the
# error browser finds them as well; for a picture on paper, `true=` and `taken_for=` ask for a kind of
# error, by number: `true=6` for shirts that were taken for something else.

# %% [markdown]
# **What does an answer hang on?** Cover a square of the picture with black, and see by how much the
# probability of the true class falls; move the square over the whole picture. Where it falls most,
# there the network finds its reasons. The error browser did so with errors; here are four right answers
# on one scale, with the square at each pixel. (*Occlusion*: M. Zeiler and R. Fergus, *Visualizing and
# understanding convolutional networks*, 2014.)

# %% demo
from cnnkit.pictures import occlusion

right = np.flatnonzero(guesses == y_val)
chosen_ones = [right[y_val[right] == k][0] for k in (0, 3, 7, 8)]
maps = [training.occlusion_map(better, x_val[n], y_val[n]) for n in chosen_ones]
show(occlusion(x_val[chosen_ones], maps, [names[y_val[n]] for n in chosen_ones]))

# %% [markdown]
# Dark orange is where the answer hangs; violet is where covering even helps. All pictures share
# one scale, which reaches as far down as up, so a little help is a faint violet. It is a way to ask, not
# a proof: a black square is itself something that the network has never seen, and two parts that
# say the same thing cover for each other.

# %% demo
from cnnkit.pictures import disturbance_curves

shown = ("dense", "base", "more data")
by = {key: {name: [run[key] for run in rows[name]] for name in shown}
      for key in ("by_shift", "by_noise")}
show(disturbance_curves(by["by_shift"], range(6), "shift, up to so many pixels each way"))

# %% demo
print(record.label)
show(disturbance_curves(by["by_noise"], [0, 15, 30, 45, 60], "sd of the noise, of 255 grey levels"))

# %% [markdown]
# **What can't it stand?** One thing is changed at a time, more and more, on the validation pictures.
# The network that saw shifted pictures holds on as long as the shifts are those that it has seen (up
# to 3), and falls beyond. Noise it has never seen, and there it is **no better** than the others, or
# worse: augmentation helps against what is in it. That is worth a thought before you train your own.

# %% [markdown]
# ### 3.2 Your own network
#
# Now train one. You may use any of the 5,000 pictures of `data.load("apparel", "train")`, any layers,
# any augmentation, any number of epochs; what you may not use is the test set. The budget of Exercise 2
# does not bind here, only the length of the text below; but `models.build_model` refuses what is over
# the budget, so a larger network is built by hand. Keep a part of the
# pictures for validation, send it through `as_photographed`, and choose by it.
#
# Do that in a **notebook of its own** beside this one, for two reasons. Marking runs the cells that
# you add here, for at most 30 seconds each. And training and using a network are two things: who
# uses it wants the numbers, not the hours. Begin the new notebook with this one's imports, the cell
# with `as_photographed` (1.1), the one that makes `x_train` to `x_val` (behind Exercise 1), and those
# with `fitted` (1.3) and `flip_and_shift` (end of part 2). `fitted` trains by
# `optimisers.SGD(0.05, momentum=0.9)`: make the optimiser an argument.
#
# The numbers come into this notebook **as text**, since a file beside it would be left behind when
# you hand in. `layers.to_text(model)` writes a network's parameters and statistics in half precision
# (about three digits, which is plenty), 2.7 characters a number; `layers.load_text(model, text)` reads
# them into a network of the same build. The text holds numbers only: nothing in it can be run, as
# there could be in a pickle. In your training notebook end with
#
# ```python
# text = layers.to_text(model)
# print(len(text), "characters")
# get_ipython().set_next_input(f'text = """\n{text}\n"""')   # writes the next cell for you
# ```
#
# and move what stands there into `trained_net` below, between triple quotes. At most 500,000
# characters can be marked: that is more than 150,000 parameters need.

# %% demo
tiny = models.build_model({**base, "channels": (2,), "hidden": 0}, rng=np.random.default_rng(0))
text = layers.to_text(tiny)
print(text[:60], "...")
other = models.build_model({**base, "channels": (2,), "hidden": 0}, rng=np.random.default_rng(1))
layers.load_text(other, text)
print("largest difference:", np.abs(other.params["dense1.w"] - tiny.params["dense1.w"]).max())

# %% [markdown]
# #### Exercise 4 · `trained_net` and `predict`
#
# `trained_net()` builds your network and reads your text into it. `predict(X)` takes pictures as the
# camera gives them, uint8 of 0 to 255, and names their classes. Each picture's answer is its own: it
# does not depend on the others in the batch, and asked twice it is the same.
#
# Marking asks for the classes of pictures that nobody has seen: test pictures, sent through
# `as_photographed` with seeds of its own, 500 of them for each of two marks:
#
# | Right on pictures as photographed | |
# |---|---|
# | 60 % | clearly better than both baselines |
# | 75 % | as good as the best row of the ablation |
#
# The cell below shows from the record how far the baselines are from the marks, and how far beyond them
# the course's own small network is. Measure yours on your validation first: an accuracy on 500 pictures
# has an sd of two points, so aim at four points above a mark. Small points besides are given for the
# form of the answer and for neat pictures, 60 % of which should be recognised.
#
# *About 120 minutes, most of them your computer's.*
#
# <details><summary>Hint 1: what to show the network</summary>
#
# Compare the curves above. Which disturbances are in the camera? `augment=` of `training.fit` takes a
# function of your own, and after scaling, noise is just an addition.
# </details>
# <details><summary>Hint 2: a net that is good and small</summary>
#
# Blocks cost little, a dense layer behind flattened maps costs nearly everything, and ties what it
# learns to places. Which setting does without?
# </details>
# <details><summary>Hint 3: how long, and by what</summary>
#
# A network that has no such layer learns more slowly. Batch normalisation, Adam with a cosine
# schedule and 30 to 40 epochs make up for it.
# </details>
# <details><summary>Hint 4: using it</summary>
#
# What did your training do to pictures before the network saw them? `predict` must do the same. And
# `forward` without `train=True` neither drops nor uses the batch's statistics.
# </details>

# %% demo
reference = [run for run in record.runs if run.get("net") == "reference"]
for name in ("dense", "base"):
    print(f"{name + ':':16} {gains[name]:.1%} on the validation as photographed")
print(f"dense:           {np.mean(tested['dense']):.1%} on test pictures as photographed")
for run in reference:
    print(f"course's own:    {run['accuracy']:.1%}, on the validation {run['validation']:.1%} "
          f"(seed {run['seed']}, {run['seconds']:.0f} s)")

# %% exercise="predict" forbids="cnnkit.data sklearn" minutes=120
def trained_net():
    """Give your trained network, with the numbers of a text that stands in this notebook.

    Returns
    -------
    model : cnnkit.layers.Sequential, or whatever your predict uses
    """
    ### BEGIN SOLUTION
    cfg = {"channels": (8, 16, 32), "batch_norm": True, "hidden": 0, "dropout": 0.0}
    model = models.build_model(cfg, rng=np.random.default_rng(0))
    layers.load_text(model, """
UEsDBC0AAAAIAAAAIQAVjeMH//////////8LABQAY29udjEudy5ucHkBABAAEAEAAAAAAADjAAAAAAAAAJvsF+obEMnIUMZQ
rZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GhY6CoY6CsZApKmjUKtABuAK2GC56pT+4q31
mxJ1qrarbDm7nken3bB6yxaVBAPOzUK6kYYaazI3NW+csX7ealMjTZMpG6SNbixeKz13y+qt65a90P6g+Nn4p8FlTaE1Pcp/
zcR1agxOru8x8tM6scJ6444tPJtktiRv1tT9u6HDYKHhf/VFxuf0Qg10N6xba7JuwtaeTU82OygVGsdsPafDbTR1s7fCASMA
UEsDBC0AAAAIAAAAIQCSxPKL//////////8VABQAYmF0Y2hfbm9ybTEuZ2FtbWEubnB5AQAQAJAAAAAAAAAAVQAAAAAAAACb
7BfqGxDJyFDGUK2eklqcXKRupaBuk2akrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RoWOpo6CrUKFACuPtsPll8s
blq5Wj2z8ba5Yg0AUEsDBC0AAAAIAAAAIQDg4Jqr//////////8UABQAYmF0Y2hfbm9ybTEuYmV0YS5ucHkBABAAkAAAAAAA
AABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GhY6mjoK
tQoUAC7L7TtNlEzXbBA3DNjyZWvCWgBQSwMELQAAAAgAAAAhABhL3I///////////wsAFABjb252Mi53Lm5weQEAEACACQAA
AAAAAOMIAAAAAAAAlZPrW1TlAsUF1IibiYqIIgMMM3vPvr17zwbTzLyUCiZmoCLeEwzJHMUEE7whoeIlCxNF5BYzzJ79vnu/
+zKY6dGeLBPxerxkJ5Mj1ZGyIrFMHjx67E8461kf1vp9Wl9WZfqs6a/NDehT2KfYnpO7ZmmBfYzFPnaZYKct9mWugncKlqxc
5CrIyf2bT16yYk3uU74mb8mq3Ked4FNoy/O0xfnUJG3ZYPn/FTJVeIXeJn3MfZiyWXCy+1KmiSuVm/Z4thYW4uNaKx+P7WYW
096EEruVLcpL9G70k5ktKzBKHk9spx5RvftOgxzrHrMK32jyaJnaTtifLRZesJn8bvdmZi+cgzcaC8xDyloyGpwHLQkR6Doq
cXbKMhvOQVu5FMgFGD8lxkis0mte5BfTKcp6/Y73LV6Tj4olKQPVNL5UepuORW4pmzxKRljPglfxbalK+dKXzgX4fvU+cE7S
xusFDavV8ewsLswol7/DVVp3xCX6RabDWP00Vyup0gCzwphO9zAzpAqCVV7X78S70GSmuxa5b4Jd+ge+nrDZ2hxHFXFIqva+
0BAPAkPb6PKUX7ko9Rf+AvgB13Kvg1cFa8ryUU3OcbaNfF38AlSsFCo/SkO0E2gdPAkyyQGKVYq2PtBv0bdgDpNW0wGwbzu2
mAfVXi0MVnP9ae8hYE2H54FbK9IKak+bqWaEzmszW1x4phpc/0AjfUOYMSCEZ1EPTCfP4mRzi1X37pdHc+Xct94m9hKYASbG
YeUdrUYF+HPzIko1C8wH+ltyCXVO26sr6HslImEElQ3XD26kUtVjSecZhfiZKKEOMA+pxcxw3xtEv0ai9kUKjBjZkoa/lgnk
agzmOq1x3mJ+Gv06rwiiOcVzHsVSVeqCg22wFKqNJ7UnMTvkKdw5Jpx8jE38ER1t9hqi/qzfZg4zt4Mz2gDQbrsv9YX9tXwk
GOe1TSp0LjMHwz/5ldIVxsNMJaez/USfpUS5B1fH3QN5AOu76yJxH+P4waKIU77lsaPqzqKl6CB3AW+hWOKjwZfgPO7t5LP0
Wt9l1OBLI8v1GSaD5zKxtgjYWT9cf2TMRwYSWlz8TFoF/fVA+0ypWf+P/sLI9WgZWwq7RTjqZEoU38UNd1QOKlILtGu+LHwH
ljmWwhrwo8WtXFdC5X1JffRr8JY6yWxTL5PbyCTSi1729aAY23zvGXo1d1XNxrfAXuZlZZ1wqbnSTNUuGzlsAXOX209vEoPZ
efSE4AwUJJTaa8G70taEdGqRvsff6d6mfKnaycW2NhzsKeMjUSHYABab582tUpGZaOyAubgbyuxnB/rHTXO/18CQRcIc8g9u
DLeIctFxTB1dzj4nThAPOJ8BWSCENcBE50PgZk4nhvEg6UPlNlnq26fQANC9Pp9dtieIPiKU70tdMdIhoZRS31nmknv5IbFF
8LITxHzkuwaDuNlqFrecV9lAeJJb5/wquQ2XceH8Bn/kkQAcAnzIpWzE98kOZmtMiNinORfNRzPU7+Fu70aowHHMFH6PrJGv
Gkcaq/getg2scP6X5ZgYbQ4eBGaxD9krUmv8YvKG7dnkL2zbqQAxRAhomgXG0nexp9quV3rt2lzpjFkk2+QJMJEYAB7Rkw6v
gtOpQTCLyENN9deFGjMg3j0qDV1rSExefvioJ7VuHdXFWQ9Pls/VrCG5od9ogU0lfJwWpP2Lztf7w+dZF7MQUfRVbpOUrvzl
WAsKsBWV1X5HVXoPur/l+6pLzI34T2Ut02weVS6w2UaCZmd3Gna9RxyBR1v+4EPtXjzYcVe9ixaiceod23Hun9Q0qQac4zPF
T3W7lk994D87lEjpoEluMDOfOcVPpXObcoV06SrR5eiEZSiDD6YhSECAClZaidaEfO+bSSkoU2W8n6m7tYFwk+pX4sgoo5Pw
Ng7wfIatdHrCDOaWGgdbjR3G6Xgey6QiL7DX6vnGEfciR4e+EneRG8gRxhPve1yp7TE/XHzMVIrbY8f6dsOolHbmIq5IXsuv
kIdykU5TTSNPScW2AU2ALOCOWJ9ILXHnpHVJK4ld2sCkQ8jmcQGPyhJ7mLWO6gMvE+sP56tr/G2OHm+a4RLYpnDsTc5IrGZX
0cVml/6ACANZjQ/0XUKrXEweEqPhSL5duKqtFjdZs5o4ONZ+T8vEMeIJ8MPHo2x/MXmkS9gFZojvyNdZd9L7qovQWRmG0f00
j7MbDbWf17uEfdpR8jcqBN7w1et69CL+ERKVIHqK0uzfb02Qtvok2Id1wuvw08S37FPJSinZTGUruFD/Ix6Rvc5Ui6DfAxOV
O0oWc0M9I44DFfiAOI1eYa93upXN7JjGh4Cgq82XxCh+pL2Mf4WuYodzP1PHHF3qRm+Z9qWjDtfjiagM38Ojq53QTUZpv7Nf
M5NpG2EhZRyP8/Fe5Re92NhsZvpFLdKraE/3CBc9YZZAxxDxNfdvokecz/0O/i2kJhaKHeJsOg63Gv8wWaqnZqo5i1rYnKER
oJwIohzSDjiB5BwdbBmuRBnVu+DbxhfKNXik5YK5imlEr/nmG9satpDhsK166cBA63tgE91Zv7A52/sT/qa2k7aasx33yRLT
7z4nBSErH8TOqv+8aYISKaxEFz230XgY6kb+I4yLTm0pNLZIPu24v13X4qPVFj5ffCxf8Z10FvpDwH5xZtIHQjtTxMjyH944
JU+uQL3sL3ySt50ZYswF903hk2N4TOwyc17jCdCAFyoENx786BmupbCZtqXwBpGP3UgeMVIfhpL0vuTz/M2GEHMD1S82j03W
3xz0nPAMGKj+xp1KdKlj1L+4FKFN/JyXvKOp973fwrP6Me0lNUef4h9N1RkXUQ7No5vuJ8r7goPKcIQz5MF5Dasx7X+ijtV7
0E3SR05Cp4hPNDe/plkwG5h9IBx3294EwWKb8A2IEvDT/+7QQs1sLUTbxo72BoJDidFJS/B4McMZQixHt7Uiept9/YhMXEFF
2qIEQhfRbfcJtdqXp/mdDUTXsCExnfye5HfZnR/vlAsNt/kV3KMMw8+aGeANrVvLpgrV+8r/AFBLAwQtAAAACAAAACEAoHrf
5f//////////FQAUAGJhdGNoX25vcm0yLmdhbW1hLm5weQEAEACgAAAAAAAAAGYAAAAAAAAAm+wX6hsQychQxlCtnpJanFyk
bqWgbpNmpK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahmY6mjoKtQrkAy4+G2kbM5uNNtOtiqzfWQpYs9pMteq1
fmG11maqtYrNDSsAUEsDBC0AAAAIAAAAIQChPXvN//////////8UABQAYmF0Y2hfbm9ybTIuYmV0YS5ucHkBABAAoAAAAAAA
AABoAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoZmOpo6
CrUK5AOu7i0+Wy03/tihtKh8u+DqPZt2bmFcp7Njwnb1LS1bDu6Q2goAUEsDBC0AAAAIAAAAIQAiaoBN//////////8LABQA
Y29udjMudy5ucHkBABAAgCQAAAAAAACpIQAAAAAAAJWX9ZcUx/f+cVkclhVYmR1tqe6u7pnFPbgEdwkui7u7a3BY35kd6e6p
6q7uGYIGh6CBTQLBJQR4I8GChQT47PdP+NapU+fc+0ude849z/N6tn3bu0u3/iVLzCox3zVy1PQR01yNLK4moyUXsLhGT542
Y9qwSd9NnjZy1P/rtx02Yfqo4v70scOmjCquKbcELGI9YHEXXxpYFlr+v09Mplkx+ghl5NcJNCOvpCbSLkjAXvhVTWDmU1Jo
QnSIgQuBTvCTtCmBE/4j3IG8ZHd3qaI5NFCGrMEnVSevwl+EIphgLiPNgJPLdHzlcrhq2htjlR04B9B54BUn6qfF35lXfKn8
5VoD0sapoEq+VaEy+ptwb1iWa4+9Bdkyqh6jLKNz+VXuPxyLSQK1Vb+nnkCt+f6wPfevDOKmqhdQTLgVbklGK5coNv8vnII+
ox1UbPC9pXuwqjiCSeLqWZqHn/tX23nnXfkZT/jacIp6UZtkvIz01I1IJPxE3eoJ4x01S9ZrzSymhrhvU5c9jNROTOCXxQ6X
WxU2SuPF53V7CTvDdxXgGEDitOGpvKcH3yd4xPOAs/Kb+UP0I+kmvS54EgzUdhpPtdPCkDCdA+Anpb/wThCYteI4CF0rcAtx
BJrOC8wBrqmripcxXxkPvP9yj5WIvlL+rDYClZl0en36MamXB/Af+WOhMtIrcYQIlE869qcGZ2WvUteKX9wU2M61RCsTSydZ
zXhjJ9fXs1j4Qv+jBfn2jpqsm5uPp+8+AqziFOd4rQ47y75WraxvwZXMymkjfRaQhx32RfpB4d3qAm6YtgOxDgtqwoyAH5nZ
xl/wLLqwpRO8aJ/pzPXuxbPNybZHYBz7nbgSzpA3pSXnX+DfARu9tOA+0yTQg5qS+owfKLasL8k10FIj4HXi27lP6LnGz6iF
92fYHFaQRltbGMSTGCpjLjczCbsxHm3lOhbawTiuu/RBuybYnW/tPDuLf8RbDDf3QVgW/Fc5p25TV7nnB6twQWl55lGlFDrs
3Ol/oT+gqvm+GN+bC/XhWgxJSO6KviQBeaQeNq6iRsaVUKegwL8Xhue3kjaRJ/JneEofzd2h15OmdFumNnAIbdy/gudEYa8B
aG6xTQ/t5RcrmT5n0pSkS1RD8StE5lbQR1uBt6GOvl3OhaHyJkl7GJoG2oR7k0Z6jYJXyjjtINoPdtMKv7qwE98aTonO1vcU
NuR+Du4AD9hDdA99H/5TVdUmSUeVQrwVF/rqmseCLxkI38sP+YAST02kskhjOYUckRuhp3oF5JXTajRibiM7csrnYN9wppKj
PA62J0Hwm6eXZ79Uth4LdhnDqX0OA31rSfZUkPaJfcHb5FymearFflEbFbgHs0RVrmS2N7aQMfiV4TFeZuWGXOHXOA9PMOtH
16MO9GwnDTluI7oP3xZ0Z3THYJgdqsMUum4wiWA0fwMwauvgZDI1ODA8WVmg2pWvYgEzru7GcCZdJ3jEucfaXDvHs8Ik1F8r
lZprrYZLYFl4E0xTVpEvZLRRMxhFE/FM/YR2kL5jPWJMilzjAtSK4B5vmtqWj9MYj4v8A8oaGeZnF1QDyih2HLc9lEXysNU4
47sYwWY7F6KeJXcCb8xfNBE/Mlqhu+5oGuY3MtFtw9EFIZ2nzePSYfEvRwf1PPuUysBQuaoBaR+e7E0suByoid9y14P/kK/S
FnGQsIV0kmUikPewirLdr4ZqkibZU2UB/WIrkTbNXQkOxY/870Af1yVqOeybvhF2lM/h/5gMrrM8JvcaLFm9nFiBa2d2dZ6R
7+Davk0eKDYSB8sOup/7ILjKLub9xqVgafMOPwjU1SIgWx4EmoH86F32i5RDVAGS47qoO/mXBtGa4hLSj0It+2HPSFgZZRoy
NoW3Yj/Pa5mp3Ff6M9BVGRlcJi/TDkpNQAs0G5SCS5l06ETrlNO5fwpfhQXO+/AumMW/5CIF1ZXDQn0Qsq8HedQJ7Rr1Pk9H
q0PrfBn4H/6DVtvoLf8JTjv6O06jg8xiGBf4R+DwEyGCQ6ifImhf4bz0oR6aWSXuZE1PFzG/1i5uLH+L6YewWpOfnUiBKLc4
2tiwuji0WWjGO6IGWmRWSK9UrwNXW74lXBJmEb//ufa29i7+hVqCOOR8Xx5V5C/DUJ5m0iyomSVxjtVmlrS3JN8QVU8sPABO
2JOCj621cH97k4JGeh12G3TyQYmkTOc/OGL02UBEdTwbmUrQbb+IHnJH8Lekg9xGOxrpEybaIf0bI8VYr18xrwlBbaiZwVcO
9EPt2KuYI1X0DmZ7chS3LOxP3yIhuJA6yZoF1dgxwnyJIlU9glIFmXis+A4IbDWxjFYgtQt+Kd5OjTTKaaqXZ+JlqFPCtvTm
vAtuM9LtKaBzgsf9GHLalPSpQIkWSqVdM81CPNLu1fto1VF9xwPQElcXayWniOW4fvJCeoCwWiNMvPKLZy+MMUoKqwNz1PJg
mP6HtjK/ZzYT3sHWk0ujvKSbzApXT9YBekTkaPWEl1xHl02e6S3Hn8RTpRI1+zOvkBbo5LpvrxQ65uwsQR9i+/AJoVfcDmSD
u6nLSh9cmrKk3wr15y7H1cp+hH6V+ZwjvNt1ntoeuGn1EYXcMjYHY52nlDbyiaxKjjTc1NjprGPuw73dbVPjyCoxnemYeDlt
L9wt/BleRTtyTqEiW1JmBjpNko1s3o+XAxtyGga/FFkKRzn22A9YlxTrS0dlhPFF2sdmMgk2u7+FP1PfRhooX3EoOj6aYSzX
dxsbtS38APgRhfQWuHZkfngH+dH8ktjDLScU2adr9/AQdM5k9qxkphKHSaSbcD6XkUTr8yyvmURygazGJZP77KpKWtIJCWdS
S+NAyhS2hvsy3Mukhg8IFY3TgQI2R9mmz1oq6QEyo2A2vpIy29GHXRxNNXb5k+QOZld/Rf6qmZwYLw/1jKav55h0W+qJsKNq
pvsW17B4m2LsPmqIOFE8Hy5wS/BfOgKz4Az/b7sXUx2ZBDYW5MOpvoFyRBxvTossYKbASbKbxlyMPI57DZ5IzcTtsKG7NTdL
7ujaEOpaOE95oz/UL9RNzf27oJO9buAs911eIePnDzI1xbq4UL+Xe4M0Ysoq++tddX9wTwCZbB/6nKsL7q/9kzWLzubHW3gw
hBklL058Sx3AfYxudada7GEbvu5PdpwCO9mmzqAjMfgD7JjWRFimLGGrhhdoz50L4XXqk/0YU40/5BuLHGhRZCbdmY1Flzir
fVKds9ogOsBWdDlsabA1CHLQc0faLd1xDxSmMW9RSS2F2aMcLJTBK7TWX0U95yT4qvJHVj1trvE5yvgniavFx/bWaIZYCezg
UoyddEV2ImbYPNehYKfIGN2ttUcpWAnk4HrR2pF90jz3KvdTthN3IRQGjSlJH6fUC5TRBvP1XSE8MHiVLI7IWxdtXigcow4r
l8RX5m51k7a5oCbLM4mRq2iN/3L4hZGr26Wq7h3FavlK6EQfU6oLEtyl8zySqpCfQ3X4i2pf7gd+JNsKdKM/sjdRdXsJ7YQ2
jBtjpHCvqe3R0/iUWZax83EwjlVEH+/RPoT7RDm2HPMLoOxJ0a767rymoKwwkSrA8WYS9YA7QJ3hssBH2BhXEGaCDPaF8Ku0
BtWXLPxixrA3xFbAoOZaX7YbaasOz84RVddOPdP4wZho3x4UHd31mXJw6ylvAM3yZpLvQI/QdvqMvo+GyuzAiNB5dFbtovSl
Gih9w4+AlNxBOSe1Ee3u2WCj6OUGWkPqVmqgLKvNUpKiani0/R5ZDW6D2MLT1Aj0NwwoY0A1byc1TbzEjImMTXuXP80oYT7A
v8E35KbWnNoR7ZeWbqu8p58+KLaXu53ud11z72E5xqJk8V30E6RsNKgNIGPMWvpQ1F/P00ZST+Ws5GHOXzmX9tSIl2ejj15e
aUqcLq6QxX5UUbyPr7uG+6Twe3kRWaj288wLlLM8NG3F7jko3xrUhQNuAxwMV/EAap6SoBx33PBdRDvQFyWZjVMwah94Aprz
I6UMsynpjT+5PpFZ9CfPdm4giIgtxdv2b9Jqi0uLuUanxmr/cN08pWFBQrXtHu10sZdfkv/z7+HO4sngkVxNnpjtpL8WvtXP
mV5muqOdcVuj1a34ByDz2+2jqJmhgVwZ4JO/gBvwHmBIOnnj7mJsgyM9owJFUob8vXyVpEYbkQWRiNaBr6hOkh/zQ+SO3C9K
rDQ+7bP3Ld+E3WoP+73qQ/syZXE0YEk1mltrkIn4Nai7dTTMSGvro60dtAWktrFQPi7cZqriE6C8d5XcVh9hqIESYk00nunC
76DawpGOxtxG90imu1SWOiLskuZyLplSP4nznN+jt/RZ/ZrxGsSBIvynY3HhdfsmMF/JArHUGDkL9/VThqlsyppgSAVtUEtt
PMnBBlqh/Yu+xa2KSfgJ5vVR6hgmHnczN5njNZpuHpRCnZl4NgUjbMMX84tIM9QKjtKbAhszOky7nwnL2KiwgVojNMLbw4+N
vdHL+mXr1uBavop52DEi9m1yFUeJ8CHlDl9Xfxksh3vptzlb8jrjmHqcKpQng4XWM3VvgJqaleSSiXGneWv4oPoifNC8ZrQB
Cbi0r4NyNzORaq/pfCvdH+2xM0GfYB1s2IV3CbOcddyzyNT8f8KT4ZfUscGPTJWADL/hWvnfCVbXYC7GaoYQGoN6oQZkM6jj
0bV7oCVbITpYqw37GVu4pWJb7Rl8FHLQPdwx7lOyjUogLXgfLK1meLqJkvTc/sVdnRa4htILY4N4hetrfLCO4KfmvcfT8Vow
yOhGapEOoXloKNXJFMBQ9s+UJJGzz2UE/ia9l8rR2oV3uQfhouSe2Qu5zq6l0pOCx3Ue8T4SR4LcIfxjIFNcJtzia1LFXGa0
g1/BcucYHsPz4mUTkM57jlLtLJO0t1keuplRkawEsWQNW9sThJqwV1oH3XyE7qz/oG8go9GEYDBwO6GPNMTxGXKA8JddVShS
e5EQog4ljfFULHbzDVIzowb6yNYOu/mlwn8sR+0Pv+DO84/8N9K9VFlpPyd698JGzqOEeL6hLuQecv+Pao3LCqUsPws/CoPR
In2gB4mbPbdgXiENZoV8ukCXzB3sXCD8yqfYXWgp/Y88SCoTfOFaIg/3tcZD8BNjr9jY8LCZxgy4SVurvgZOczjq7qutdtXd
yrdsSXlh2Ebm8MW66j0ntvBkiiPxJDpGpvVfjfY4g9iMdiSHf8s1FrLwCK6pcDuyk3zCHBzqeQSne0LMYvcDeM1RA60MlU0r
6fzELfZujOynMzO3OlVLDeconugDuStizfxM3xqUS24HDnKQ/BW2gS6yBAaSOjRRy3NRXvaIfErwO1cregFpal6K9N3VJvFn
bYtzsWRVfvYOpZvLpSK0UoN0FLuI22AsvKXFit2MVeGHkVOegFBaugUuy+tRTfS9oZmVxZpKSdsSwzQ3BUtym7mJLJ27lj8N
dhAZd4j2d27nTP43sol+LxfgWsiLusMa/AG9FmmYuAUOSTvnXM/chfuEutJIUpRkQyO1So5s4wPTDX8ivZTz8l54nm/DnaDS
QDYp1DVjPzsKBYs9aCVznxrgGlNwT/lklIvpz0QVm3CCa+Q+A1mqrLKJjYes8kqqlJarzqN7J7a1J3sXUKcd1UPtcQ38SHtT
nISP5b2jZxg/4tugUm44q6IoSF9gKiwnlhMKCvbTkzEFrWIDpo3RD3Ui67iOxknylelln0gt0/8m+ZqidCBlSJvCndxs/jfD
RwK4+56fUQqJQ+vCmzHSupP7RrQ4u53QtzNxII4PMH/INLWtsKW+R7mV88EsVLIoRf2LjmPHoNF2I9BPqi1tUF7LUWEYnoTk
QE+unP8oLBG0KxXBAH/7SCyKjyyN3kFx+grymqjmLLPAXIo8LJ/2TNltf0fnhH8Pz3XcNMYIP2k9o9eUA3Qn/A7MBfFGH8Oe
eMB5yOiQnSl0CrxUqwgVwRKF3T2d+UALKkhYws2lmyusQnM7guvJQaqMnEAegx7gqtQTCdpOdSpebEy1NweBsnfBKNfO4gl3
WM9oA3TFeMjEujPlcfIRUt/8y5hhltIac0HEFIyzhWSP4zveAdoIz2BN/rq8C7TxNwi9EQ7TM6j/uQ4yNudZYxHuyl8kZY25
ft1+D/6q/Ua2WByRASQ7cJzNNztGG8oeY3BkvDEt0gJ/ghFUVRjLJ+Cn4Qz4k2tC4PekveHyVBu+6a7a3kOei/AkMyl4JUGg
a3hBfJYmaIa+SJiVXJKczkoBp0OjXEOkw55jnhjYIdJs511prRriVPcqbY5a3bOSXFQBH4PXabeqPzJ61ZmGL4WzyFufNTAZ
SWCi/0+9ETjKLyST0EDLm/BWOM1yS6yt1aJ1Nlc3g225/jKBIeuZ8ExtI/O3wuMTeJ1cpbAqfsN38FRUdsU2w43ZusCW/UDs
TsUE7oTv2a7b5jhewBdwCDsPz6QZ0g7XQwONlzlVUCPfoJqt02sFTpHy/phA0+iWaG+5uru7+ELqBSB6S1kD7UiXaPvwET5M
YWqabQvfz2wWniYOJo3hFq0hOWEboaSZJV3rUD99r/w7WO93kxkcCbUy2qERYDbJ96Sgk2IWoVxTuKu4sl+XluTVw5vwaF8J
vY7ZKMCi61jz1LUf8ox1XwpvcJZRiup8xr+Rv+utdx0TF4nfUzC4P3DWZkMD5a1caTTYe5K+RccIzgIPfOBcws0TmigHeYPd
iV/DNYZXLxd655yr9CObxG/4NuhPYYHbKn+RPrm2cpw6gX+PWzMHzMvKZlKfKyq8RRzCdcZB5fMqG8/uhrv5DGEutHgueA4x
ddInc1/Q/GQOHfCfEMsoa1yZ8hS6OplFruPu4LMZMY7j6tEwrkZKu4+BK5EKQn/1knJUa7DnC6Mgi67ld4MxiinvZ7Pkv8M3
I/Uj17X25O/cnXJELnQ1EOOdvaTy7iRUmV8nToO82FXaA+Z5UvDjcF3aT3aSGyjNMUBHkabsU3BAcMDpwjvhPmytfh/cBLrb
/LjAf1+1WU4agHOE14QX2Kfq3XQDL0H0ToB+5YugS1gvDqKmF04JH6N7OgcFBNcK1+HAP9RSvIn2aUskOjgeiEqcr6neDaUi
GU3yTBeaxLbTB/O85xeOAXP469t0SaD+4i6hwtA2pax+3exjJpv75B/DZ+TBaj05wH4pGBO+ws7VOT2Ak7Cyc2TBIkHDM1PO
cfbai7iZ2kUfLfkBjDROa0qNUHelFPFV8ci8lRzLPXYXUPdgC1c2W4mKh9+nVhWfuS/JDY0nKD4s2ncX9iVVlbI4CTlxmgEC
o4y7ynzrS20J1YscF9bKZZVO9B+ufkYPdqlHhle41XJVP4PalFd8EqoiVNf7K1nuYdIDIYCXpK+V3motNK/rB/k3xxCpW9Js
1e102jLVJf7rkXiggf/05UpN+afIfu5jsY6lc6XkCnopR6pihen8aHyQ1IFHlJX6Om64U9HvM3O0W2hH5ESgFWoVWiPM81yl
t3P7uFFaFqdQHM5jH0BL0oTsAZqIjytrlFqoVLiUPoQal+thTnFTVSusaOSpq6WvgTri0cBOcT77OQw0BaWLx/Jbg+OGE9VC
v8AVqoQ+8fut79hH5Fwg1taBmxn4IE+QP4HGoleayi0JHyHVuDLUPWcv9wb5NqztHZ82H1iFfsK2hIFGk60OndEFtANT+g/a
BH4B85D615IVWk7Ge67qF+xVxICxiisXMl1dUY52A7jM/uBVcCryaGMAyz3T/4cEpxCpDWcy+0AaygcL8EDVw5ZwJiONfc0t
+n6FMxcPoN/ihcI9NUZYJv7MJ2ol3LfY323lhHvuctkjxFuBfP5G6lO5pXAtrS9eglcZFPbIceS0djy4jJxmL5O9xZlvXvxr
sYzbK9zwrlTrJY0k5RQRu0k7V3e1UrClpTIcjTKCUk470ofqWLAJz9PLxb3kKpPp0iUhFpQQ05K+gwcgdEseP3eS3alfMb8K
Y/zvjSJvvkZyTiSdUpfuPoB/ggWiLG62Ei6DahP8hv9bt0jfuv8Vf6B6F/QO1oYTtM1oDb7Mt2W3kSX8aLDSmEn39H+wbyDT
XT3TJqIe1HRfGVImc6SyDmqW994jemnuUwjpk3NrBusq3UJZoTXJB9Wy9DTrCzXONxQkWJ6DU44g/R+cYnwX5nF+KBbkhBvk
L+ZEeS8uKlYkp746aZvzqfcxP8DDWpvz86VroNBz3HVf2ULzypLsRkwr/1Q4h51dEOJik6+bDfRYPEXuqk/O60raYAZ9ItWo
O2grlbUnbNbky8IE+CvsVC9YbyNM4G9yXUMz2SI0Emw0HhV8xP8LtSWltUvyfmOh9oi027MYDCM9UhuhNKWLnwPfgyT/X2CU
yLkbUnVBDWq3PtZxCrfQFspxgf3ovEDy8+E46ZDtNBXRGH2tPCqlXdJ1XQiUEW+Be6EVRtQ5Lacs7BZZz51Nl4GHMyk1d7/z
Iv6WrCI/MIfwC7Q5WFqspnaIEtBV64SPuLeh/7QluKnQEfZSz9MTJZVNxPXRAVLArXSu06xgFNeKn+H6w7ceZnFiiFfu8Srw
uRLBCm1s+PTuOD+PTmkbiIAHRxqZSeRnVOScbWtq9NLzrS8KemqPwnPVHt5uSZXwePSMS6fz+B/Zzsp+ySblYwbkCT3Iy+BW
kB07GE6z0Uz33b9KE+BSNEPYz2zOuaavYaq4Y6QHbC/btcIR8vkUn9YzNCm8T/GH32tODtg/kcfFCl3CckDcBe9KRxzzAqOt
Irkd6R6dYO2gLNPfwlzHBe9od1V4nRkvnwxXwH/DG576nopixH1WogPDlQlA5xvCveIYVAclqv+ggP0rbsb0kfLEaZ6S6Uf5
9YTNr4q/KMexTe9t3QreOeuSzuihPhTuBHOllnw+GGFH6/eCVLjWfKi9w7tdjVOuB46kZrgG7LQ7l4OqIKX4746pn7g+cBq/
EN2OZQosjkx9jpIjHLW9E8s6OTZs7wBe+U6L9fBQ+QU1G/cVOzHfbn+DMowzuQu53+EiWcytm7sUP8Tb035B78PAWEhGmn9o
Z4LzzRjyOGCFTcUeuBq11lJCkqUbnjpqCtvTMpyaZ50DakklPfOoy7Roy3F0T1yrf9R+MHpHKpqdySHjMIo1t4qvpBQWiwe5
avYpEdPcqpTCcXAwuWGU1HzCde6rqyV4BWYLPUn9vCTI8m09U4Q2cCnzHjn5x/SrwmVKBjpHlqsbqGX0cm2QD/rfBJrr+c5Y
x0R8Ba4M3CFjk3qFn8nJzpv2Iq9H/preDvaSkvNPOT7ri+EDKDN1+T05Q9Bu2qd76Anoqfqc71JwZXfRuoXKlTRRc6HB4J6W
7DkvJaa/gPV3NPf8RTqFf5HPWE4b/0ofhYWoJUvDZkJz6hQ/zFxDhsFtAQmtT7uZuREfDI/H5ZO3YAe732LVT5ETupsxRAr8
69vGziabqVryn3pbEuuNl38wmqOVrvsWp/q1IJ7qS9/gnucfhxxJwXP4WnrP8NnC/vr+6IsoQGKghVortJ5vLP6uHxLPEG94
Qt4MfEcbiHmxnHgiHMF7Q6P0dYHKmgh3K83NnrBM8bz9fZ5i93sTGUNuqDy8742BGWCp9xoahw5r9/ASskHa4i4qMFBd46tp
R8NBIp6i8aRP8n+B+XKO74N/u/TU0UUSkiu63wqcUVJ8we13Ndz0L9gOJoD6oIMU0hZq/ygVTIFkO74nL3PmoLLOZaAXSHP/
JtSwFMFX2mruqXJXXQeHeC5zf6SV4AYrVaDEfJGXJJvyQ98mZZB6TW+bVsuD1QrwW/NHvUraPdQKdaezjJVkaeinQh6n+CaE
afoKNdb4xv9SvWBeMvb75hJnSm9coJ40aGMqezfyFv7MrCafXRXgij1D7de1VFDWvZSqQeUJ/3HdQY77O/cT1wC9oxCHZjLx
vg/F9PrIdY+qBAv1TmxlXJZUE2dFDigrwKOcz4XrrTayHzXUykdNGAPvByG9kbpZ0CW5lfA7915fZfbP9rLPuXVwDPvJU0Jp
hM67PUwD3gVn4gbyE+04aC52gWdRBffB7HGh1WAP3JCVJEBYhv6JHa3dpycLx2QN/Am9SovgMuHmzlqhjsrhhGFI9nJSISJm
TfKJ3CXpvquaTf4h96pRmtoMsvOawDS3K4fnYvydE9PAFmuZwu7cZdHLNwXtHIlVi9Rc+htun8CKmVI8o3FL3WfFtWIL2J6Z
WmumvpApsPVO6yNfcgzRdjn+JVvlC756wW3FvL/EmGT6nTeZ6mkF/DI4Jvh95B/bJs1CrxYnCIPVbrqMKK0c2MkuhJ3kvmx3
x9TCZYE88JzJ4K9KzoLb4v8sndVU2opqKJ20/lq6u0boFNWU9FfiUr5Bidp8Up5pjo/4dpAmfEupPF3Ts0VsKE1097AM59ox
/QJP+LbOHcgkmjWR75Zyrm5AqxX5L7qcLDU3Rk8G5cROsLKcmDwH5BXuClRAlanm1CO6iPJbA9R7j0XALE9+2hqiLMYJrZOc
vydDXkJ444ORgL6S9aS5Md+4gqHxlY6XmgnZ3N+uSdx27nB2AyMZjw1cLn57OY5pC0LNinPsRX4T+YKqQFvgM2hJ1Qlpfg7+
AlK27xFO7ThaN0r9mNde2MwPQEC3aw3kscp6TMlVcXv9fxFR7gc9xskdSx33/d/gI9yWcEu2NnNYLco+zDXHCcGSWgZT1TMJ
xxtYr6TdMKzRhqSCLRXNCX7wPWA3cj7i5kKes8JbsTQKaB8LLXoJ8p1rFB3GGVoJ/C5rcviso5O/TB7jqQ5KhqpHrnhHYibU
L/4CUZQrBb+gMd7jdDSyWv8+1oI3wwZwixjjXIpKGofJ9cJBCmfUNsur+0AlyzF/LXccLOXuqD2XP+OBzu2mlR/Olwlf40/Q
p8AfWqXCvcpTth32MUOES8Jh70NQl2Sg2oZFms5dl6eKQz090t/ATKkLG5P4lXWpWjHjLdSuBH/FA8MjzYLInT1vTL9WoN+2
WrU26jW1J/mPaSJ+UA7CRvqdcBRNw59AgG0dqsZhYWP4BGxC7olraMLRhsAvC7xiqWA38gEfUCYVYuWlMstyT92uHsa9SBmS
RpZrV7TOgtN1cPcX2yLYgukJ/91wFXaUj9JxdYrIe3KDzDdktBmdjfZh+wbf8xWl74Q5gpUeSy2m13ALUBI5JM3mj8Je7tVi
IRTDP4YO2Z6xR5X4cG/8ylglrwiVJgeRGllE+1A1ArwPHG3VUbi+kqbVck4L3TP6OOfQ27TLaBgVlz7YU0FkxHbBrunbwRFl
trRQRKQb/xyeytviv0VXMNeSDd4iY6hq5HVHfdjx+h/MHHoSVZ34YB08kpoenhGK2XNeE8xpzKakVHIWPAvujTwEcbYznKJ3
NO/yQ9EgXWQI3ztY2lgFahsO9jrouGd4zlGcr3Zk+7O3lUHcXWce/1duEToh7ZfGoLpib2OHv53pUc6oKn4qL1dcVALXyNhk
9JGnGURbxR0yVfxMX40GaOvCq5lj5DUol3qBXSdk1ntun0f6Q5OMi64IvYhkhpuF64l/UfTuDY5MNhriLd/Rb5Kah2ONp0ot
x21yKKce+T9QSwMELQAAAAgAAAAhAMi7jUv//////////xUAFABiYXRjaF9ub3JtMy5nYW1tYS5ucHkBABAAwAAAAAAAAACG
AAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsZGOpo6CrUK
5AMuc7sG+3LbWltu+0N2b22b7VrsLtmusau03WqnbHfD7p2tlt0Bu0l27fYbbE/bqtsdtasFqthrl2UrbGdo98A2yQ4AUEsD
BC0AAAAIAAAAIQBKn7zT//////////8UABQAYmF0Y2hfbm9ybTMuYmV0YS5ucHkBABAAwAAAAAAAAACIAAAAAAAAAJvsF+ob
EMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsZGOpo6CrUK5AMuQwkJowbRjKWi
uu36Niv2GDYa8Ks6GhvqKahPWrPNqGxFsdpkfYllj4zPrbi/8riahObk+ZZqQoYJOi1L786V0jLTAwBQSwMELQAAAAgAAAAh
ACFJBZj//////////wwAFABkZW5zZTEudy5ucHkBABAAAAMAAAAAAADOAgAAAAAAAJ3I+UsUUQDA8SI0cwMpQXN/0PUcV2fX
nZk3897YQQceoGaWBm6Y6a4HaWa7HpEoRYQFZqVSP4TY2uGZrrtvZt8blSgPUDugsqJ+KLCiMIPI+iHCsn+h72/fT/vevKx9
+WvX1K1pYOwlTpuDSTYw20p5hjUwpccdNY6iqsLjDnvJP08tqnSWrLqzvKi6ZPXjOQtrEHgja2g0/GeBmhij1fn2oCxtg8Wg
TjERUpf3obh0Yz9aJvlQMmdSM4EohJwBbSYiBXW38eFqPVeBw3g/JVmcF3Uao7wR56BNe6qdkybpNHxNdeHnURXOBEQLYJtJ
rLzk2tpXKyhKA5wBJrIb9NFZ1t/4icaQe6jV06l2wKtcoZqFNsoHjMcsW8AL9rFnkQQp9jjojow2oCDfOCHoQcIizRCo+auv
kety73CJievUuaQK+gxXmf3Jcv8ENY5cjsgWbaIVRffPJOulabZ8tNo3eadWfD/gVjbhSx3BQ7aEYr55BMgLWiQ465PxjJmL
LfPsVhVfheWK4AdMnma1BrjMOvchr8NzlLOjzWILcfJQCcb+tHgo8O5JXI9qYIr4znVEIyLvbkMZibn0ljdDeA4ukLQ+GyC0
YRSqadAlPKWsFjr4UppHb8kb+bGiUyuNBaY/lhy8gBrJRHfmSBnfQufAgLRD++iOwNduBw1+ALuQGb4SGskJ7xS3chP2BnCn
PEWD96VqPI6t+Be+LsZ0njFdA8VKnTjBR8IZ72HIcKeFFYI91tHt2mcSSqxkvrdH3AhnE/Vq60CUfFFzgm8eBebQEFqMm0g2
6jIFy3HmXOFLzyPKxDd1LElfsYNEu3vkMRwKBtQqtFNuBgfRoi8PASVfrSWZqn7MK4cpIfFJCU3gp/TEnarEynYpNFk/xPH9
w+m4HQv0h/ibRiVFEGm4jX0BdtFxolPT5VKUgnvxCvoO36P1dHbE4S33FiiI/AVQSwMELQAAAAgAAAAhAO769lX/////////
/wwAFABkZW5zZTEuYi5ucHkBABAAlAAAAAAAAABaAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSY
F59flJIKEndLzClOBYoXZyQWpAL5GoYGOpo6CrUK5AOuWapbV4qIOuuWammru2qUqYWtz1gFAFBLAwQtAAAACAAAACEAkuzP
8f//////////FAAUAGJhdGNoX25vcm0xLm1lYW4ubnB5AQAQAJAAAAAAAAAAVQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRu
paBuk2akrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RoWOpo6CrUKFACuim3LVYWXaKwMNlLasmTdjmUAUEsDBC0A
AAAIAAAAIQC6Ebqb//////////8TABQAYmF0Y2hfbm9ybTEudmFyLm5weQEAEACQAAAAAAAAAFUAAAAAAAAAm+wX6hsQychQ
xlCtnpJanFykbqWgbpNmpK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaFjqaOgq1ChQALmcjUSVLxYUq+zQ7dEPV
jqoDAFBLAwQtAAAACAAAACEA4qwO2f//////////FAAUAGJhdGNoX25vcm0yLm1lYW4ubnB5AQAQAKAAAAAAAAAAaAAAAAAA
AACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2akrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGZjqaOgq1CuQDLsdt
tjuFd27cH7brzLYXNvGm93YIbJxokWBwd53wvrLdy3cCAFBLAwQtAAAACAAAACEAVRXaxf//////////EwAUAGJhdGNoX25v
cm0yLnZhci5ucHkBABAAoAAAAAAAAABmAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIK
EndLzClOBYoXZyQWpAL5GoZmOpo6CrUK5AMuM+vDlpetuK0FrHxtblopWXlZHzTjtRA222AraZloscoaAFBLAwQtAAAACAAA
ACEAFfW2If//////////FAAUAGJhdGNoX25vcm0zLm1lYW4ubnB5AQAQAMAAAAAAAAAAiQAAAAAAAACb7BfqGxDJyFDGUK2e
klqcXKRupaBuk2akrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGRjqaOgq1CuQDLs91H607tvzeOcdmxdbXZkZb
Eq1U1sfsXLptv4Gr7WL5mh2V+2Zv1Dfba3LeJMnAzKLVNNf6sNnfLUuWLNFl3iu5s3snAFBLAwQtAAAACAAAACEAClOpMP//
////////EwAUAGJhdGNoX25vcm0zLnZhci5ucHkBABAAwAAAAAAAAACGAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6T
ZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsZGOpo6CrUK5AOuPxZBVu3mIua2ljstlpmqm/8yizDzMte1Pmrh
a6lqYW71wsLSQsGSx1LU4ohFjeV9Ux3zXgsDC20LNUs1SwuLj1YAUEsBAi0DLQAAAAgAAAAhABWN4wfjAAAAEAEAAAsAAAAA
AAAAAAAAAIABAAAAAGNvbnYxLncubnB5UEsBAi0DLQAAAAgAAAAhAJLE8otVAAAAkAAAABUAAAAAAAAAAAAAAIABIAEAAGJh
dGNoX25vcm0xLmdhbW1hLm5weVBLAQItAy0AAAAIAAAAIQDg4JqrVQAAAJAAAAAUAAAAAAAAAAAAAACAAbwBAABiYXRjaF9u
b3JtMS5iZXRhLm5weVBLAQItAy0AAAAIAAAAIQAYS9yP4wgAAIAJAAALAAAAAAAAAAAAAACAAVcCAABjb252Mi53Lm5weVBL
AQItAy0AAAAIAAAAIQCget/lZgAAAKAAAAAVAAAAAAAAAAAAAACAAXcLAABiYXRjaF9ub3JtMi5nYW1tYS5ucHlQSwECLQMt
AAAACAAAACEAoT17zWgAAACgAAAAFAAAAAAAAAAAAAAAgAEkDAAAYmF0Y2hfbm9ybTIuYmV0YS5ucHlQSwECLQMtAAAACAAA
ACEAImqATakhAACAJAAACwAAAAAAAAAAAAAAgAHSDAAAY29udjMudy5ucHlQSwECLQMtAAAACAAAACEAyLuNS4YAAADAAAAA
FQAAAAAAAAAAAAAAgAG4LgAAYmF0Y2hfbm9ybTMuZ2FtbWEubnB5UEsBAi0DLQAAAAgAAAAhAEqfvNOIAAAAwAAAABQAAAAA
AAAAAAAAAIABhS8AAGJhdGNoX25vcm0zLmJldGEubnB5UEsBAi0DLQAAAAgAAAAhACFJBZjOAgAAAAMAAAwAAAAAAAAAAAAA
AIABUzAAAGRlbnNlMS53Lm5weVBLAQItAy0AAAAIAAAAIQDu+vZVWgAAAJQAAAAMAAAAAAAAAAAAAACAAV8zAABkZW5zZTEu
Yi5ucHlQSwECLQMtAAAACAAAACEAkuzP8VUAAACQAAAAFAAAAAAAAAAAAAAAgAH3MwAAYmF0Y2hfbm9ybTEubWVhbi5ucHlQ
SwECLQMtAAAACAAAACEAuhG6m1UAAACQAAAAEwAAAAAAAAAAAAAAgAGSNAAAYmF0Y2hfbm9ybTEudmFyLm5weVBLAQItAy0A
AAAIAAAAIQDirA7ZaAAAAKAAAAAUAAAAAAAAAAAAAACAASw1AABiYXRjaF9ub3JtMi5tZWFuLm5weVBLAQItAy0AAAAIAAAA
IQBVFdrFZgAAAKAAAAATAAAAAAAAAAAAAACAAdo1AABiYXRjaF9ub3JtMi52YXIubnB5UEsBAi0DLQAAAAgAAAAhABX1tiGJ
AAAAwAAAABQAAAAAAAAAAAAAAIABhTYAAGJhdGNoX25vcm0zLm1lYW4ubnB5UEsBAi0DLQAAAAgAAAAhAApTqTCGAAAAwAAA
ABMAAAAAAAAAAAAAAIABVDcAAGJhdGNoX25vcm0zLnZhci5ucHlQSwUGAAAAABEAEQA3BAAAHzgAAAAA
    """)
    return model
    ### END SOLUTION


def predict(X):
    """Name the class of each picture.

    Parameters
    ----------
    X : ndarray of uint8, shape (N, 1, 28, 28)
        As a camera gives them, 0 to 255. N may be 0. Not changed.

    Returns
    -------
    labels : ndarray of int64, shape (N,)
        0 to 9.
    """
    ### BEGIN SOLUTION
    scores = trained_net().forward(X.astype(np.float32) / 255)
    return scores.argmax(axis=1).astype(np.int64)
    ### END SOLUTION

# %% test="predict:labels" points=1
# A class for each picture
got = predict(images[:7].copy())
assert_shape(got, (7,), hint="One number for each picture.")
assert_dtype(got, np.int64, hint="Labels are int64, as those of load.")
assert_same(bool(got.min() >= 0 and got.max() <= 9), True, hint="There are ten classes, 0 to 9.")
### BEGIN HIDDEN TESTS
for count in (0, 1):
    got = predict(images[:count].copy())
    assert_shape(got, (count,), hint="No picture has no answer, one picture has one.")
    assert_dtype(got, np.int64, hint="Labels are int64, however many.")
### END HIDDEN TESTS

# %% test="predict:alone" points=1
# Each picture's answer is its own
X = as_photographed(images[:60], np.random.default_rng(8))
got = predict(X.copy())
assert_shape(got, (60,), hint="One number for each picture.")
assert_same(predict(X.copy()), got, rtol=0, hint="Asked twice, the same. Is something drawn?")
assert_same(predict(X[::-1].copy()), got[::-1].copy(), rtol=0, hint="Another order, the same answers.")
for n in range(20, 32):
    assert_same(predict(X[n : n + 1].copy()), got[n : n + 1].copy(), rtol=0,
                hint="A picture without the others: does the batch have a say?")

# %% test="predict:neat" points=1 limit=30
# Neat pictures are recognised
got = predict(images[:100].copy())
assert_same(bool((got == labels[:100]).mean() >= 0.6), True,
            hint="100 neat pictures that you may have trained on: 60 % at least.")
### BEGIN HIDDEN TESTS
X, y = data.load("apparel", "test")
right = (predict(X[:200].copy()) == y[:200]).mean()
assert_same(bool(right >= 0.6), True, hint="Neat pictures of the test set: 60 % at least.")
### END HIDDEN TESTS

# %% test="predict:photographed" points=2 limit=30
# Pictures as photographed: clearly better than the baselines
X = as_photographed(images[:100], np.random.default_rng(9))
assert_same(bool((predict(X.copy()) == labels[:100]).mean() >= 0.6), True,
            hint="100 pictures that you may have trained on, as photographed: 60 % at least.")
### BEGIN HIDDEN TESTS
# By experiments/13_apparel.py the dense baseline is right on 47 to 50 % of such test pictures,
# 'more data' on 75 to 77 %, the course's own on 80 to 81 %; the sd of 500 pictures is 2 points.
X, y = (part[:500] for part in data.load("apparel", "test"))
right = (predict(as_photographed(X, np.random.default_rng(1307))) == y).mean()
assert_same(bool(right >= 0.6), True, hint="60 % of test pictures as photographed.")
### END HIDDEN TESTS

# %% test="predict:margin" points=3 limit=30
# Pictures as photographed: as good as the best row
X = as_photographed(images[:200], np.random.default_rng(10))
assert_same(bool((predict(X.copy()) == labels[:200]).mean() >= 0.7), True,
            hint="200 pictures that you may have trained on, as photographed: 70 % at least. "
                 "Marking asks for 75 % of pictures that nobody has seen.")
### BEGIN HIDDEN TESTS
X, y = (part[500:] for part in data.load("apparel", "test"))
right = (predict(as_photographed(X, np.random.default_rng(1308))) == y).mean()
assert_same(bool(right >= 0.75), True, hint="75 % of test pictures as photographed.")
### END HIDDEN TESTS

# %% [markdown]
# ### 3.3 The report
#
# A number that nobody can check is worth nothing, and a number without its conditions is worse. So
# the last exercise is a page of prose. Your teacher reads it; nobody else could.
#
# Look at your network's errors before you write about them: add a cell and open the error browser on
# `predict`, with `better`, from 3.1, beside it.
#
# ```python
# photographed = as_photographed(images[validation], np.random.default_rng(131))
# error_browser({"predict": predict, "better": lambda X: ops.softmax(better.forward(X * unit))},
#               photographed, y_val)
# ```
#
# Put your own validation in the place of this one, if yours was trained on these pictures. `predict`
# names classes only; a function that gives `ops.softmax` of your network's scores tells the browser how
# certain it is. Three questions to take along: which two classes are mixed up most, and what do their
# pictures share? Which errors would a person make as well? And where `better` is right and yours is
# not, what has it seen that yours has not?

# %% [markdown]
# #### Exercise 5 · `report`
#
# Write a report on your network, one or two pages. Pictures and numbers may come from cells that you
# add **below** the answer, or from your training notebook; say how they were made. It contains the five
# points below.
#
# **How the pictures get to your teacher.** Your teacher reads the text where it is marked, which shows no
# pictures, and opens the notebook **as you handed it in** for them. So run the cells that you added and
# **save the notebook with their outputs** before you hand it in. A picture of the training notebook
# comes along if you run its code here in an added cell, or drop its PNG file into the answer's cell.
# Import `show` and the pictures anew in your cells, and make the validation there, too: the
# demonstrations' names are missing in marking. Marking runs your cells again and may stop those that
# take more than 30 seconds; neither that nor an error in them costs points here.
#
# 1. **What was done** (4): data and parts, network and its number of parameters, training, seeds; so
#    that a fellow student could do it again.
# 2. **The comparison** (8): the dense baseline and at least two rows of an ablation of your own, one
#    change each, with three seeds or more, mean and sd. Which row did you choose, by what, and which
#    remedy helped? Which did not?
# 3. **The errors** (8): the confusion matrix on your validation, as photographed; what is taken for
#    what, and a guess why; **three pictures** that it gets wrong, each with what it thought, and what
#    you think.
# 4. **What it can't stand** (4): accuracy by shift and by noise, each for itself, beyond what it was
#    trained with.
# 5. **Honesty** (4): what you tried and threw away, how often you looked at which part, and what you
#    would not use this network for.
#
# *About 60 minutes, and half an hour to an hour of your computer's for the ablation.*

# %% [markdown] answer="report" points=28
# ### BEGIN SOLUTION
# **Rubric.** 28 points; half points are possible. Read the text in formgrader. Pictures are not shown
# there: open the notebook in the folder of submissions, as it was handed in, with its outputs.
#
# *What was done, 4.* Parts with their sizes and how they were drawn (1); network as settings or table,
# with its parameters (1); optimiser, rate, epochs, augmentation (1); seeds, and versions or the command (1).
#
# *The comparison, 8.* Dense baseline on the same validation (1); at least two rows with one change each
# (2); three seeds or more with mean and sd, not the best seed (2); the choice is by the mean of the
# validation (1); conclusions go no further than the spread allows (2: 0 where a difference smaller than
# the sd is called an improvement without a word).
#
# *The errors, 8.* Confusion matrix of pictures as photographed, rows and columns named (2); the most
# frequent confusions named in words, with a reason that can be seen in pictures (2); three pictures with
# true class, answer and probability (2); an opinion on each: doubtful label, poor picture, or the
# network's fault (2).
#
# *What it can't stand, 4.* Shift and noise apart (2); beyond the range of the training (1); said in words
# where it breaks (1).
#
# *Honesty, 4.* Attempts that failed (1); the test set untouched, or its use owned up to (2: 0 where a
# choice was made by it in silence); limits of use (1).
#
# What a good report finds: shirts against T-shirts, pullovers and coats make up most errors; shifted
# copies close most of the gap between neat and photographed; noise must be in the augmentation to be
# stood; other remedies differ by less than the seeds do; accuracy falls fast beyond 3 pixels, since
# nothing beyond was shown.
# ### END SOLUTION

# %% [markdown]
# ---
# ## What you learned
#
# - Training, validation and test are three jobs; a picture has one of them. What you choose by, you
#   fit a little.
# - The validation must be like what is to come: neat pictures could not tell the rows apart.
# - An ablation changes one thing a row, over several seeds, and speaks in means and spreads.
# - A remedy must fit the illness: against pictures that are off, pictures that are off helped, and
#   fewer parameters did not.
# - Errors have faces. Look at them; cover a part and ask again; disturb the picture until it breaks.
# - A network is handed over as numbers and the code that reads them.
#
# ## Three questions

# %% [markdown] quiz="end_leak"
# **1.** A shop has three photographs of each piece of clothing. You stratify by class and draw the
# photographs at random. Validation is at 95 %, and the first week of customers at 70 %. What is the
# likeliest reason?
# - [ ] The network has too few parameters. :: Then it would not reach 95 % on the validation either.
# - [x] Photographs of one piece lie in training **and** in validation. :: Then the validation asks
#   whether this very shirt is known. Draw pieces, not photographs.
# - [ ] The classes have other shares in the two parts. :: Stratifying has just prevented that.

# %% [markdown] quiz="end_seeds"
# **2.** Row A has 80, 81 and 82 %, row B 78, 80 and 85 %. Which may you say?
# - [ ] B is better: it reached 85 %. :: That is its best seed. Report means: both have 81 %.
# - [ ] A is better, for its spread is smaller. :: With three seeds a spread is itself known badly;
#   and whoever wants certainty may prefer A, but it isn't more often right.
# - [x] With three seeds they can't be told apart. :: Both means are 81 %, and the spreads are 1 and
#   3.6 points. More seeds would help, or a larger validation.

# %% [markdown] quiz="end_test"
# **3.** Your test accuracy is two points below that of the validation. You find a setting with which
# it is level, and report that number. What have you done?
# - [ ] Closed a gap. :: Nothing is known about the gap on pictures of next week.
# - [x] Turned the test set into a second validation. :: A choice was made by it, so its number is now
#   as flattering as that of the validation. Only new pictures could tell.
# - [ ] Nothing wrong, as long as the network was trained on the training part only. :: It is not only
#   weights that are fitted; settings are, too.

# %% [markdown]
# ## One open question
#
# The camera of this chapter is known: you could put just its disturbances into the augmentation. A
# real camera is not. Suppose that you have 50 photographs of real customers, with labels. Would you
# train with them, validate with them, or test with them? How would you divide them, and what could
# you still say afterwards? There is no mark for this, and no single answer.
#
# *[Contents](00_start_here.ipynb)*: you are through. Everything that you wrote is yours; take a camera.
