# %% [markdown]
# # 01 · Images as arrays
#
# *[Contents](00_start_here.ipynb) · [02 Convolution in one dimension →](02_convolution_1d.ipynb)*
#
# **You will**
# - read a picture as a table of numbers, and make such a table from light;
# - find what is wrong with a table that should be a picture;
# - turn 8-bit numbers into floats that a network can use;
# - move axes between the orders of different libraries without spoiling the picture;
# - write a first classifier, and measure why laying out all pixels in a row hurts.
#
# **Time.** 2½ to 3 hours.
#
# **Prerequisites.** Python functions, lists and loops. NumPy: arrays, shapes, slices, broadcasting.

# %% [markdown]
# **How this course speaks.** Lectures and libraries use different letters. We use one set.
#
# | Written | Means | Shape in NumPy |
# |---|---|---|
# | $H, W$ | height and width: how many rows, how many columns | |
# | $C$ | channels: 1 for a grey picture, 3 for a colour picture | |
# | $N$ | how many pictures there are in a batch | |
# | $x$ | a batch of pictures | `(N, C, H, W)` |
# | $X$ | the same, each picture laid out as one row of $D = C \cdot H \cdot W$ numbers | `(N, D)` |
# | `W`, `b` | in section 6 alone: a classifier's templates and biases | `(K, D)`, `(K,)` |
#
# Indices start at 0. A pixel is named by its row, then its column: `x[n, c, row, column]`.
# Row 0 is at the top.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT Guwahati);
# Y. Kochura, *Computer Vision*, lectures 10–11, after F. Chollet, *Deep Learning with Python*
# (2021); an unsigned handwritten deck on convolutional networks. A box headed **Erratum** corrects
# a lecture; a box headed **Careful** completes one that is right where it stands. Boxes name
# **items**: the numbers of the lectures' points in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import images
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(1)

# %% [markdown]
# **How the exercises work.** Write your code where the cell says `raise NotImplementedError`, in
# place of that line. The cells below it are tests. A test that prints nothing has passed; one that
# fails says what it expected, what it got, and gives a hint. Run the cells one by one with
# Shift+Enter: *Run All* stops at the first test that fails. The tests here are examples; marking
# uses others too. If an exercise does not want to work, go on: the chapter continues with the
# course's own function.

# %% [markdown] items="41 92"
# ---
# ## 1 · From light to numbers
#
# A self-driving car must know a stop sign: whole or half hidden by a branch, bleached, covered with
# stickers, in fog, at night, at an angle (Pilehvar ends his lecture with it). You do that without
# thinking. A program has to do it in steps, and computer vision calls them a *pipeline*: take a
# picture, prepare it, find features in it, decide. (Kochura, after M. Elgendy, *Deep Learning for
# Vision Systems*, 2020.) Convolutional networks, from chapter 02 on, are about the third step. This
# chapter is about the first two: what a program is given, and how to hand it to a network.

# %% [markdown] items="59"
# A camera turns light into numbers in two steps. (Neog.)
#
# - **Sampling.** The sensor is a grid. Each of its cells measures the light that falls on it. After
#   that there is no picture between the cells.
# - **Quantisation.** The measured brightness is rounded to one of a few levels, which can be
#   counted and stored. The usual choice is 256 levels: a whole number from 0 (black) to 255
#   (white), 8 bits, `uint8` in NumPy.

# %% demo items="59"
from cnnkit.data import photograph
from cnnkit.pictures import gallery, histograms, pixel_grid, show

photo = photograph("flower")  # (3, 427, 640), uint8
light = photo.mean(axis=0)[22:406, 116:500] / 255  # a grey square piece, black is 0 and white is 1
sampled = light[12::24, 12::24]  # one number from every 24 x 24
show(gallery([light, sampled, images.quantize(sampled, levels=4)],
             ["light", "sampled, 16 × 16", "quantised, 4 levels"]))

# %% [markdown] items="59 117"
# With 256 levels the eye sees no steps. Here is the same grid again, quantised to 256 levels, with
# its numbers. **This table is the picture.** There is nothing else in the computer: a grey picture
# is a matrix of shape (H, W), and a batch of N of them is an array of shape (N, H, W) (or, with
# C = 1, (N, 1, H, W): section 4). (Photograph: *flower.jpg* by vultilion, CC BY 2.0, as
# scikit-learn has it.)

# %% demo items="117"
show(pixel_grid(images.quantize(sampled)))

# %% [markdown]
# **By hand.** Brightness is a number $x$ from 0 to 1. With $L$ levels there are $L-1$ steps between
# black and white. First find the number $k$ of the nearest level, then spread the levels over
# 0 … 255:
#
# $$ k = \left\lfloor x\,(L-1) + \tfrac12 \right\rfloor , \qquad
#    \mathrm{value} = \left\lfloor \frac{255\,k}{L-1} + \tfrac12 \right\rfloor $$
#
# Adding ½ and rounding down rounds to the nearest whole number, and a half **up**. Take $L=4$ and
# $x=0.6$: $0.6 \cdot 3 + 0.5 = 2.3$, so $k=2$; $255 \cdot 2/3 + 0.5 = 170.5$, so the value is 170.
# The four values are 0, 85, 170 and 255.

# %% [markdown]
# #### Exercise 1 · `quantize`
#
# Turn brightnesses into 8-bit numbers by the two formulas. A brightness below 0 counts as 0, one
# above 1 as 1. A NaN ("not a number") is no brightness: raise a `ValueError`. Raise
# one as well for fewer than 2 levels, or more than 256.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Check first, then compute. NumPy works on the whole array at once: no loop is needed. Which
# function keeps numbers between two bounds?
# </details>
# <details><summary>Hint 2: rounding</summary>
#
# `np.floor` is the ⌊ ⌋ of the formula. `np.round` and `np.rint` are not what you need: they take a
# half to the nearest *even* number, 0.5 to 0 and 2.5 to 2.
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# Is a NaN in the array (`np.isnan`)? Are the levels allowed? Then a copy of the brightnesses kept
# in 0 … 1, then $k$, then the value, both as floats. Only the last line makes `uint8` of them.
# </details>

# %% exercise="quantize" forbids="cnnkit.images torch" minutes=15
def quantize(img, *, levels=256):
    """Round brightnesses to equally spaced levels.

    k = floor(x * (levels - 1) + 1/2),  value = floor(255 * k / (levels - 1) + 1/2)

    Parameters
    ----------
    img : ndarray of float, shape (H, W)
        Brightness, 0 is black and 1 is white. What lies outside counts as the nearer of the two.
        The array is not changed.
    levels : int, 2 to 256

    Returns
    -------
    ndarray of uint8, shape (H, W)
        From 0, black, to 255, white.

    Raises
    ------
    ValueError
        If `img` holds a NaN, or `levels` is below 2 or above 256.

    Examples
    --------
    >>> quantize(np.array([[0.0, 0.2], [0.6, 1.3]]), levels=4)
    array([[  0,  85],
           [170, 255]], dtype=uint8)
    """
    ### BEGIN SOLUTION
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}: it must be 2 to 256.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN, which is no brightness.")
    steps = levels - 1
    k = np.floor(np.clip(img, 0, 1) * steps + 0.5)
    return np.floor(255 * k / steps + 0.5).astype(np.uint8)
    ### END SOLUTION

# %% test="quantize:values" points=1
# 256 levels: the nearest whole number from 0 to 255
img = np.array([[0.0, 1.0, 0.5], [0.25, 0.2, 0.996]])
got = quantize(img)
assert_shape(got, (2, 3), hint="One number for each pixel.")
assert_dtype(got, np.uint8, hint="8-bit numbers, please: end with .astype(np.uint8).")
# 0.5 * 255 = 127.5, 0.25 * 255 = 63.75, 0.996 * 255 = 253.98
assert_same(got, np.array([[0, 255, 128], [64, 51, 254]]),
            hint="The comment gives the products. Each is rounded to the nearest whole number.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(101)
grid = np.arange(256)
for height, width in [(5, 3), (1, 40)]:
    img = (source.integers(0, 255, (height, width)) + source.uniform(0.05, 0.45, (height, width))
           + source.integers(0, 2, (height, width)) * 0.5) / 255
    nearest = np.array([[np.abs(grid - 255 * value).argmin() for value in row] for row in img])
    got = quantize(img.copy())
    assert_dtype(got, np.uint8, hint="8-bit numbers, please.")
    assert_same(got, nearest, hint="Which of the whole numbers 0 … 255 is nearest to 255 x?")
### END HIDDEN TESTS

# %% test="quantize:levels" points=1
# Fewer levels, from black to white
img = np.array([[0.0, 0.3, 0.6], [0.9, 1.0, 0.1]])
got = quantize(img.copy(), levels=2)
assert_same(got, np.array([[0, 0, 255], [255, 255, 0]]), hint="Two levels are black and white.")
got = quantize(img.copy(), levels=4)
assert_same(got, np.array([[0, 85, 170], [255, 255, 0]]),
            hint="Four levels are three steps of 85: 0, 85, 170, 255.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(102)
for levels in (3, 5, 16, 100):
    grid = np.arange(levels) / (levels - 1)
    img = source.uniform(0, 1, (6, 7))
    k = np.array([[np.abs(grid - value).argmin() for value in row] for row in img])
    values = np.array([int(255 * place + 0.5) for place in grid])
    assert_same(quantize(img.copy(), levels=levels), values[k],
                hint="First the nearest of the levels, then its place between 0 and 255.")
### END HIDDEN TESTS

# %% test="quantize:halves" points=0.75
# A half is rounded up, in both formulas
got = quantize(np.array([[0.5]]), levels=2)
assert_same(got, np.array([[255]]), hint="k = floor(0.5 + 0.5) = 1: halfway counts as white.")
got = quantize(np.array([[0.5]]), levels=7)
assert_same(got, np.array([[128]]), hint="k = 3, and 255 * 3 / 6 = 127.5 is rounded up.")
### BEGIN HIDDEN TESTS
for levels, value, right in [(3, 0.25, 128), (3, 0.75, 255), (7, 1 / 6, 43), (7, 5 / 6, 213),
                             (11, 0.1, 26), (11, 0.25, 77), (5, 0.625, 191), (5, 0.125, 64)]:
    assert_same(quantize(np.array([[value]]), levels=levels), np.array([[right]]),
                hint="A half goes up, not to the even neighbour: in both formulas.")
### END HIDDEN TESTS

# %% test="quantize:outside" points=0.5
# Brightness outside 0 … 1 counts as black or white
got = quantize(np.array([[-0.2, 1.3], [0.0, 1.0]]))
assert_same(got, np.array([[0, 255], [0, 255]]),
            hint="What is brighter than white is white; uint8 alone would go on from 255 to 0.")
### BEGIN HIDDEN TESTS
got = quantize(np.array([[-7.0, -0.004, 1.002], [2.0, 1e6, -1e6]]), levels=6)
assert_same(got, np.array([[0, 0, 255], [255, 255, 0]]),
            hint="Keep the brightness within its bounds before anything else.")
### END HIDDEN TESTS

# %% test="quantize:errors" points=0.5
# A NaN, or a number of levels that 8 bits can't hold: ValueError
assert_same(quantize(np.array([[1.0]]), levels=256), np.array([[255]]), hint="256 is allowed.")
for levels in (1, 257):
    with assert_raises(ValueError, hint=f"{levels} levels: 2 to 256 are allowed."):
        quantize(np.array([[0.3, 0.6]]), levels=levels)
with assert_raises(ValueError, hint="Comparisons don't find a NaN, np.isnan does."):
    quantize(np.array([[0.3, np.nan]]))

# %% beside="quantize_contract"
@beside_student
def quantize_contract(img, levels):
    """Report whether `quantize` left its image as it was."""
    before = img.copy()
    quantize(img, levels=levels)
    return bool(np.array_equal(before, img))

# %% test="quantize:contract" points=0.25
# The image stays as it was
img = np.array([[-0.5, 0.2], [0.7, 1.5]])
assert_shape(quantize(img.copy()), (2, 2), hint="First return an array.")
assert_same(quantize_contract(img, 16), True, hint="quantize changed the caller's image.")

# %% [markdown]
# From here on the chapter uses `images.quantize`, the course's own function. Put `quantize`, yours,
# in its place wherever you like: a wrong function shows as a wrong picture.

# %% [markdown]
# Now look into single pixels. The inspector asks you to predict a value by the two formulas; then
# go from pixel to pixel with the arrow keys or the mouse, and change the number of levels and of
# pixels. Write `pixel_inspector(quantize)` to let it run on your own function, and add
# `image="my_photo.jpg"` for a picture of your own.

# %% demo
from cnnkit.widgets import pixel_inspector

pixel_inspector()

# %% demo items="59"
few = [images.quantize(light, levels=levels) for levels in (256, 16, 4, 2)]
show(gallery(few, ["256 levels", "16 levels", "4 levels", "2 levels"], columns=4))

# %% [markdown] items="59"
# A **histogram** counts how often each value occurs. It forgets where the pixels are, and shows at
# a glance how dark a picture is and how many levels it uses. Below, left: one hill of dark
# background, one of bright petals. Right: of the four levels the brightest has hardly a pixel, 26
# of 147,456, so that you see three bars.

# %% demo items="59"
show(histograms([few[0], few[1], few[2]], ["256 levels", "16 levels", "4 levels"]))

# %% [markdown] items="60"
# ---
# ## 2 · A damaged picture
#
# Neog's slides show a small grey portrait of 16 rows and 12 columns as a table of numbers, with the
# words "This is what computers see!". It is a well-known picture of Abraham Lincoln, published with
# its numbers in the openFrameworks book *ofBook* (chapter on image processing). We had the slide
# read by a machine. Reading a scan is guesswork, and **our transcription** came out damaged.

# %% setup="scan"
# Our transcription of the table: the damage is the scan's, not the slide's
scan = [
    [157, 153, 174, 168, 150, 152, 129, 151, 172, 161, 155, 156],
    [150, 182, 163, 74, 62, 83, 17, 110, 210, 180, 154],
    [180, 180, 50, 14, 84, 6, 10, 33, 48, 105, 159, 181],
    [206, 109, 5, 124, 131, 111, 120, 204, 166, 15, 56, 180],
    [194, 68, 137, 251, 297, 299, 299, 228, 227, 87, 71, 201],
    [172, 105, 207, 233, 233, 214, 220, 239, 228, 98, 74, 206],
    [188, 88, 179, 209, 185, 215, 211, 158, 159, 75, 20, 169],
    [189, 97, 165, 84, 10, 168, 134, 11, 31, 62, 22, 148],
    [199, 168, 191, 193, 158, 227, 178, 143, 182, 105, 36, 190],
    [205, 174, 155, 252, 236, 231, 149, 178, 228, 43, 95, 234],
    [190, 216, 116, 149, 236, 187, 85, 150, 79, 38, 218, 241],
    [190, 224, 147, 108, 227, 210, 127, 102, 36, 101, 255, 224],
    [190, 214, 173, 66, 103, 143, 95, 59, 2, 109, 249, 215],
    [187, 196, 235, 75, 1, 81, 47, 0, 6, 217, 255, 211],
    [183, 202, 237, 145, 0, 0, 12, 108, 200, 138, 243, 236],
    [195, 206, 123, 207, 177, 121, 123, 200, 175, 13, 96, 218],
]

# %% demo items="60"
try:
    np.array(scan, dtype=np.uint8)
except (ValueError, OverflowError) as error:
    print(type(error).__name__, "-", error)

# %% [markdown] items="60"
# NumPy refuses, names one trouble, and does not say where it is. A good check goes through the
# whole table and lists **all** that is wrong, each with its place, so that somebody can mend it in
# one go. You now write one. It knows three kinds of defect:
#
# | Code | What is wrong | Example, if 0 … 255 is allowed |
# |---|---|---|
# | `'range'` | a whole number that is too small or too large | 299, −1 |
# | `'type'` | a value that by its type is no whole number | 3.5, 3.0, `'12'`, `None`, `True` |
# | `'ragged'` | a row whose length differs from that of most rows | 11 values among rows of 12 |

# %% [markdown]
# #### Exercise 2 · `validate_image`
#
# Return a list of tuples `(row, column, code)`, sorted, empty for a sound table. A ragged row
# belongs to no column: write −1. Its values are checked like all others, so that one row may have
# several defects. If several lengths are equally frequent, the one that comes first in the table is
# the right one. The limits themselves are allowed. Whole numbers are Python's `int` and NumPy's
# integers, such as `np.int64(3)` or a number out of a `uint8` array; `isinstance` knows NumPy's by
# the name `np.integer`. A `bool` counts as `'type'`, though Python takes its own for an `int`.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: two questions</summary>
#
# One question is asked of a row: is its length right? The other of a value: what is wrong with it,
# if anything? Write them one after the other inside a loop over the rows, and collect what you
# find.
# </details>
# <details><summary>Hint 2: the right length</summary>
#
# Count the lengths before you look for defects: the first row alone may be the broken one.
# `list.count` says how often a value stands in a list.
# </details>
# <details><summary>Hint 3: one value</summary>
#
# Ask for the type first: comparing text with a number raises an error. `isinstance(True, int)` is
# `True`, so ask about `bool` before that. And a value that is out of range is still a whole number:
# it gets one code, not two.
# </details>

# %% exercise="validate_image" forbids="cnnkit.images torch" minutes=20
def validate_image(rows, *, low=0, high=255):
    """List every defect of a table that should be a grey image.

    Parameters
    ----------
    rows : list of lists
        At least one row. Not changed.
    low, high : int
        The smallest and the largest value that is allowed.

    Returns
    -------
    list of tuple (row, column, code)
        Sorted; rows and columns are counted from 0. The codes are 'range' for a whole number
        below `low` or above `high`, 'type' for what is no whole number, and 'ragged', with column
        -1, for a row that is not as long as most rows (of equally frequent lengths, the one that
        comes first is right).

    Examples
    --------
    >>> validate_image([[0, 255, 7], [299, 3.5, -1], [8, 9]])
    [(1, 0, 'range'), (1, 1, 'type'), (1, 2, 'range'), (2, -1, 'ragged')]
    """
    ### BEGIN SOLUTION
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found
    ### END SOLUTION

# %% test="validate_image:range" points=1
# Whole numbers that are too small or too large
assert_same(validate_image([[0, 255], [128, 7]]), [],
            hint="Nothing is wrong here: return an empty list. 0 and 255 are allowed.")
got = validate_image([[0, 255, 256], [-1, 40, 50]])
assert_same(got, [(0, 2, "range"), (1, 0, "range")],
            hint="256 is too large, -1 too small. A list of tuples (row, column, code), please.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(103)
for low, high in [(0, 255), (10, 20), (-5, 4)]:
    rows = [[int(v) for v in row] for row in source.integers(low - 2, high + 3, (6, 8))]
    rows[5][2:4] = [low, high]
    wrong = sorted((i, j, "range") for i in range(6) for j in range(8)
                   if rows[i][j] not in range(low, high + 1))
    assert_same(validate_image(rows, low=low, high=high), wrong,
                hint="Both limits are arguments, and both are themselves allowed.")
### END HIDDEN TESTS

# %% test="validate_image:ragged" points=1
# Rows that are shorter or longer than most
got = validate_image([[1, 2, 3], [4, 5], [6, 7, 8], [9, 9, 9, 9]])
assert_same(got, [(1, -1, "ragged"), (3, -1, "ragged")],
            hint="Most rows have 3 values. Row 1 is too short, row 3 too long; the column is -1.")
got = validate_image([[1], [2, 3], [4, 5]])
assert_same(got, [(0, -1, "ragged")], hint="Most rows have 2 values: the first is the odd one.")
### BEGIN HIDDEN TESTS
for lengths in [(4, 2, 2, 4, 2), (5, 3, 3, 5), (2, 6, 6, 2, 1), (7,), (3, 1, 2), (1, 0, 1)]:
    counts = [(lengths.count(n), -lengths.index(n), n) for n in set(lengths)]
    right = max(counts)[2]
    assert_same(validate_image([[9] * n for n in lengths]),
                [(i, -1, "ragged") for i, n in enumerate(lengths) if n != right],
                hint="Count how often each length occurs; of equals the first one is right.")
### END HIDDEN TESTS

# %% test="validate_image:type" points=1
# Values that are no whole numbers
got = validate_image([[1, 3.5], ["12", 4]])
assert_same(got, [(0, 1, "type"), (1, 0, "type")],
            hint="A float and a text. Find out the type before you compare.")
got = validate_image([[7.0, True], [None, 0]])
assert_same(got, [(0, 0, "type"), (0, 1, "type"), (1, 0, "type")],
            hint="7.0 is a float, True a bool, None is nothing: none of them is a whole number.")
got = validate_image([[np.int64(3), np.uint8(255)], [np.int16(300), 4]])
assert_same(got, [(1, 0, "range")],
            hint="NumPy's integers are whole numbers too: of these 300 alone is wrong, too large.")
### BEGIN HIDDEN TESTS
kinds = [300.5, "a", None, False, 1e3, "255", 2.0, [1], True, float("nan")]
got = validate_image([kinds[:5], [1, 2, 3, 4, 5], kinds[5:]])
assert_same(got, [(i, j, "type") for i in (0, 2) for j in range(5)],
            hint="A value that by its type is no whole number gets the code 'type' alone.")
rows = [[np.float64(3.0), np.bool_(True), np.uint8(9)], [np.int32(-1), np.float32(7), np.int8(0)]]
assert_same(validate_image(rows, high=8), [(0, 0, "type"), (0, 1, "type"), (0, 2, "range"),
                                           (1, 0, "range"), (1, 1, "type")],
            hint="NumPy's integers are whole numbers; its floats and its bool are none.")
### END HIDDEN TESTS

# %% test="validate_image:together" points=1
# Everything at once, in order
got = validate_image([[0, 255, 7], [299, 3.5, -1], [8, 9]])
assert_same(got, [(1, 0, "range"), (1, 1, "type"), (1, 2, "range"), (2, -1, "ragged")],
            hint="Go on after the first defect, and sort by row, then by column.")
got = validate_image([[1, 2, 3], [4, -5], [6, 7, 8]])
assert_same(got, [(1, -1, "ragged"), (1, 1, "range")],
            hint="The values of a ragged row are checked as well; -1 comes before 0.")
### BEGIN HIDDEN TESTS
got = validate_image([list(row) for row in scan])
assert_same(len(got), 4, hint="The scan has four defects that can be found.")
lengths = {i: len(row) for i, row in enumerate(scan)}
ragged = [(i, -1, "ragged") for i, n in lengths.items() if n != 12]
high = [(i, j, "range") for i, row in enumerate(scan) for j, v in enumerate(row) if v > 255]
assert_same(got, sorted(ragged + high), hint="Sorted by row, then by column.")
got = validate_image([[2.5, 9, -3, "x"], [1, 2, 400], [0, 1, 2], [-1, None, 256]], high=8)
wrong = [(0, -1, "ragged"), (0, 0, "type"), (0, 1, "range"), (0, 2, "range"), (0, 3, "type"),
         (1, 2, "range"), (3, 0, "range"), (3, 1, "type"), (3, 2, "range")]
assert_same(got, wrong, hint="Each defect once, sorted by row, then by column.")
### END HIDDEN TESTS

# %% demo items="60"
for row, column, code in images.validate_image(scan):
    print(f"row {row}, column {column}: {code}")

# %% [markdown] quiz="what_a_check_finds"
# **Predict.** The four defects are mended: the lost number is put back, the three others are
# corrected. Is the picture now as it was published?
# - [ ] Yes, the check passes. :: The check knows what *can't* be. It does not know what was there.
# - [x] Probably not: a misread number may lie between 0 and 255. ::
#   A 33 that is read as 83 is as good a number as any.
# - [ ] Nobody can ever find out. :: Whoever has the published numbers can. We do so next.

# %% demo items="60"
portrait = [list(row) for row in scan]
portrait[1].insert(4, 75)  # the number that the scan lost
published = {(1, 0): 155, (1, 6): 33, (2, 4): 34, (2, 9): 106, (4, 4): 237, (4, 5): 239,
             (4, 6): 239, (6, 8): 139, (8, 9): 106, (10, 6): 86, (12, 6): 96, (12, 7): 50}
found = {(row, column) for row, column, _ in images.validate_image(portrait)}
for (row, column), right in published.items():
    seen = "found" if (row, column) in found else "not found"
    print(f"row {row:2}, column {column:2}: {portrait[row][column]} should be {right:3}  {seen}")
print(f"{len(found)} of {len(published)} wrong numbers were found by their range.")

# %% demo items="60"
show(pixel_grid(np.array(portrait)))

# %% [markdown] items="60"
# The three framed numbers were found. The other nine differ from the published ones too, and
# nothing in the table gives them away. A check of form tells you what can't be right. That what is
# left *is* right, only a comparison with the source can tell. Keep the check all the same: it costs
# a millisecond, and damaged files are common.

# %% [markdown]
# ---
# ## 3 · Numbers that a network can use
#
# An 8-bit number is good for storing and bad for computing, as you will see at once.

# %% [markdown] quiz="dark_wrap"
# **Predict.** A pixel is 200. You want it brighter and add 100: `np.array([200], np.uint8) + 100`.
# What is the result?
# - [ ] 300 :: Eight bits hold 0 to 255. There is no 300.
# - [ ] 255 :: That would be sensible, and some image libraries do it. NumPy does not.
# - [x] 44 :: 300 − 256 = 44. After 255 it goes on at 0, without a word.

# %% demo
grey = images.quantize(light)
print(np.array([200], np.uint8) + 100, np.array([100], np.uint8) - 150)
brighter = np.clip(light + 100 / 255, 0, 1)
show(gallery([grey, grey + 100, brighter], ["grey", "uint8: grey + 100", "floats, clipped"]))

# %% [markdown]
# The bright petals have turned dark. No error, no warning. The rule: **make floats of it first,
# then compute.**

# %% [markdown] items="118"
# A network wants floats for a second reason: it learns best from numbers that are not large,
# ideally around zero. There are three usual ways. (Handwritten deck.)
#
# | Mode | Formula | Values |
# |---|---|---|
# | unit | $x/255$ | 0 … 1 |
# | signed | $x/127.5 - 1$ | −1 … 1 |
# | standard | $(x/255 - \mathrm{mean})/\mathrm{std}$ | mean 0, standard deviation 1 |
#
# By hand, for the deck's pixel 192: unit $192/255 = 0.753$, signed $192/127.5-1 = 0.506$. For
# *standard* one has to say **whose** mean and deviation: those of the training set, often one pair
# for each channel. They belong to the data set, and the test pictures are rescaled with the same
# ones.

# %% [markdown]
# #### Exercise 3 · `rescale`
#
# Compute the three modes. `mean` and `std` are in units of $x/255$. Each is a number, or has one
# number for each channel, shape `(C,)`. The channels of `x` are then its third axis from the end,
# `(…, C, H, W)`: in `(3, H, W)` the three are red, green and blue; section 4 says more. Left out
# (`None`), each is computed from the whole array, all pixels and channels together. Whatever is not
# `uint8` has perhaps been rescaled before: raise a `TypeError`.
#
# A `std` of 0 counts as 1: a picture of one level has no deviation to divide by. Mind how you find
# that out. Fractions such as 100/255 are rounded, and the deviation of many equal ones may come out
# as about 1e-17, which is not 0. Whole numbers are exact: take mean and standard deviation of `x`
# itself and divide them by 255 afterwards, or ask whether `x.min() == x.max()`.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# Check the dtype and the mode first. Then make floats of `x`, and compute with these alone; only a
# mean and a deviation that are left out come from `x` itself. The three modes are one line each.
# </details>
# <details><summary>Hint 2: one number for each channel</summary>
#
# NumPy lines up shapes at their *ends*: `(3,)` against `(N, 3, H, W)` is compared with W. You need
# a shape that has two more axes, both of length 1.
# </details>
# <details><summary>Hint 3: dividing by a deviation of 0</summary>
#
# `np.where(condition, a, b)` chooses number by number, works for a single number too, and returns a
# new array. Writing into `std` itself would change what the caller holds.
# </details>

# %% exercise="rescale" forbids="cnnkit.images torch" minutes=20
def rescale(x, mode, *, mean=None, std=None):
    """Turn 8-bit numbers into floats for a network.

    unit: x / 255      signed: x / 127.5 - 1      standard: (x / 255 - mean) / std

    Parameters
    ----------
    x : ndarray of uint8, shape (..., C, H, W) or any other
        Not changed, neither are mean and std.
    mode : 'unit', 'signed' or 'standard'
    mean, std : float or ndarray of shape (C,), optional
        For 'standard' only, in units of x / 255. With one number for each channel, axis -3 of x
        holds the channels. None: that of the whole array x / 255. A std of 0 counts as 1.

    Returns
    -------
    ndarray of float32, of the shape of x

    Raises
    ------
    TypeError
        If x is not of dtype uint8.
    ValueError
        If the mode is none of the three.

    Examples
    --------
    >>> rescale(np.array([[0, 51], [204, 255]], np.uint8), "signed")
    array([[-1. , -0.6],
           [ 0.6,  1. ]], dtype=float32)
    """
    ### BEGIN SOLUTION
    if x.dtype != np.uint8:
        raise TypeError(f"x has dtype {x.dtype}: it must be uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}: it must be 'unit', 'signed' or 'standard'.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)
    ### END SOLUTION

# %% test="rescale:unit" points=1
# unit: 0 … 255 becomes 0 … 1
x = np.array([[51, 102, 153], [102, 51, 204]], np.uint8)
got = rescale(x, "unit")
assert_dtype(got, np.float32, hint="The result has dtype float32, whatever you compute in.")
assert_same(got, np.array([[0.2, 0.4, 0.6], [0.4, 0.2, 0.8]]), rtol=1e-5,
            hint="51 / 255 is 0.2, whether or not the picture holds a 255.")
### BEGIN HIDDEN TESTS
x = np.random.default_rng(104).integers(0, 256, (2, 3, 4, 5), dtype=np.uint8)
x[0, 0, 0, :2] = 0, 255
expected = np.array([int(value) / 255 for value in x.ravel()]).reshape(x.shape)
for view, right in [(x.copy(), expected), (x[:, ::-1, ::2].T, expected[:, ::-1, ::2].T)]:
    got = rescale(view, "unit")
    assert_dtype(got, np.float32, hint="The result has dtype float32.")
    assert_same(got, right, rtol=1e-5, hint="Divide by the largest 8-bit number: white is 1.")
### END HIDDEN TESTS

# %% test="rescale:signed" points=0.75
# signed: 0 … 255 becomes -1 … 1
x = np.array([[0, 255, 51], [192, 62, 127]], np.uint8)
got = rescale(x, "signed")
assert_dtype(got, np.float32, hint="The result has dtype float32.")
assert_same(got, np.array([[-1, 1, -0.6], [0.505882, -0.513725, -0.003922]]), atol=1e-5,
            hint="Black is -1, white is 1, and there is no pixel at 0: 127.5 is no whole number.")
### BEGIN HIDDEN TESTS
x = np.arange(256, dtype=np.uint8).reshape(2, 8, 16)
expected = np.array([(2 * level - 255) / 255 for level in range(256)]).reshape(x.shape)
assert_same(rescale(x.copy(), "signed"), expected, rtol=1e-5, atol=1e-6,
            hint="A straight line from (0, -1) to (255, 1), computed in floats.")
### END HIDDEN TESTS

# %% test="rescale:standard" points=1
# standard: mean 0 and standard deviation 1 over the whole array
x = np.array([[0, 255], [255, 0]], np.uint8)
got = rescale(x, "standard")
assert_dtype(got, np.float32, hint="The result has dtype float32.")
assert_same(got, np.array([[-1, 1], [1, -1]]), atol=1e-5,
            hint="x / 255 has mean 1/2, and every pixel is 1/2 away: np.std divides by n.")
got = rescale(np.full((2, 3), 255, np.uint8), "standard")
assert_same(got, np.zeros((2, 3)), atol=1e-5,
            hint="All pixels equal: their deviation is 0, which counts as 1.")
got = rescale(np.full((7, 9), 100, np.uint8), "standard")
assert_same(got, np.zeros((7, 9)), atol=1e-5,
            hint="Of 63 times 100/255 the deviation comes out as 1e-17, not 0: see the task.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(105)
for shape in [(3, 5), (2, 3, 4, 4), (4, 1, 3, 2)]:
    x = source.integers(0, 256, shape, dtype=np.uint8)
    numbers = [int(value) / 255 for value in x.ravel()]
    middle = sum(numbers) / len(numbers)
    spread = (sum((value - middle) ** 2 for value in numbers) / len(numbers)) ** 0.5
    expected = np.array([(value - middle) / spread for value in numbers]).reshape(shape)
    assert_same(rescale(x.copy(), "standard"), expected, rtol=1e-4, atol=1e-5,
                hint="One mean and one standard deviation for all pixels of all pictures together.")
assert_same(rescale(np.zeros((2, 3, 2, 2), np.uint8), "standard"), np.zeros((2, 3, 2, 2)),
            hint="A std of 0 counts as 1.")
for shape in [(28, 28), (2, 3, 4, 5), (5, 7), (2, 3)]:
    for level in (1, 30, 51, 129, 200, 254):
        x = np.full(shape, level, np.uint8)
        assert_same(rescale(x, "standard"), np.zeros(shape), atol=1e-5,
                    hint="All pixels equal: ask x itself for it, not the fractions.")
### END HIDDEN TESTS

# %% test="rescale:channels" points=0.75
# mean and std given, as a number or for each channel
x = np.array([0, 255], np.uint8).reshape(1, 1, 2) * np.ones((3, 1, 1), np.uint8)
# x is [[[0, 255]], [[0, 255]], [[0, 255]]]: three channels of one row and two columns
got = rescale(x.copy(), "standard", mean=0.5, std=0.25)
assert_same(got, np.array([[[-2, 2]]] * 3), rtol=1e-5,
            hint="mean and std are in units of x / 255: (1 - 0.5) / 0.25 = 2.")
got = rescale(x, "standard", mean=np.array([0, 0.5, 1]), std=np.array([1, 0.5, 0]))
assert_same(got, np.array([[[0, 1]], [[-1, 1]], [[-1, 0]]]), rtol=1e-5,
            hint="Channel 1 gets mean 0.5 and std 0.5. A std of 0 counts as 1.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(106)
for shape in [(2, 3, 3, 3), (3, 4, 3), (2, 4, 5, 2), (2, 2, 3, 2, 4)]:
    x, C = source.integers(0, 256, shape, dtype=np.uint8), shape[-3]
    mean, std = source.uniform(0.2, 0.8, C), source.uniform(0.1, 0.4, C)
    planes = np.moveaxis(x / 255, -3, 0)
    expected = np.moveaxis(np.stack([(planes[c] - mean[c]) / std[c] for c in range(C)]), 0, -3)
    assert_same(rescale(x.copy(), "standard", mean=mean.copy(), std=std.copy()), expected,
                rtol=1e-4, atol=1e-5, hint="The channels are axis -3 of x, not its last axis.")
    expected = (x / 255 - (x / 255).mean()) / 0.5
    assert_same(rescale(x.copy(), "standard", std=0.5), expected, rtol=1e-4, atol=1e-5,
                hint="Only std is given here; the mean is that of the whole array.")
### END HIDDEN TESTS

# %% test="rescale:errors" points=0.25
# Not 8-bit numbers: TypeError; an unknown mode: ValueError
x = np.ones((2, 2), np.uint8)
for dtype in (np.float64, np.int64):
    with assert_raises(TypeError, hint=f"{np.dtype(dtype)} is not uint8: rescaled already?"):
        rescale(x.astype(dtype), "unit")
assert_shape(rescale(x, "unit"), (2, 2), hint="uint8 is right: no error here.")
with assert_raises(ValueError, hint="The modes are 'unit', 'signed' and 'standard'."):
    rescale(x, "norm")

# %% beside="rescale_contract"
@beside_student
def rescale_contract(x, mean, std):
    """Call `rescale` and report which arrays it left as they were."""
    arrays = {"x": x, "mean": mean, "std": std}
    before = {name: array.copy() for name, array in arrays.items()}
    rescale(x, "standard", mean=mean, std=std)
    return {name: bool(np.array_equal(array, before[name])) for name, array in arrays.items()}

# %% test="rescale:contract" points=0.25
# x, mean and std stay as they were
x, mean, std = np.arange(12, dtype=np.uint8).reshape(3, 2, 2), np.ones(3) / 4, np.array([1.0, 0, 2])
got = rescale(x.copy(), "standard", mean=mean.copy(), std=std.copy())
assert_shape(got, (3, 2, 2), hint="First return an array.")
report = rescale_contract(x, mean, std)
for name in ("x", "mean", "std"):
    assert_same(report[name], True, hint=f"rescale changed the caller's {name}.")

# %% demo items="118"
sketch = np.array([[255, 255, 127], [255, 127, 0], [192, 0, 62]], np.uint8)
for mode in ("unit", "signed", "standard"):
    print(f"{mode}\n{images.rescale(sketch, mode).round(3)}")
slope = (3.1 - -3) / 255  # the straight line that takes 0 to -3 and 255 to 3.1
print({level: round(slope * level - 3, 2) for level in (255, 192, 127, 62, 0)})

# %% [markdown] items="118" careful="118"
# The deck prints .7 and .2 for the pixels 192 and 62 on the scale 0 … 1. That is one digit, the
# rest cut off: 0.753 and 0.243 are nearer. Its third picture ("norm": 3.1, 1.4, 0.1, −1.1, −3) is a
# sketch and not the result of one formula: the straight line that takes 255 to 3.1 and 0 to −3
# takes 192 to 1.59 and 62 to −1.52, the last line above. And the deck's order good, better, best is
# a rule of thumb: the three modes differ by a straight line only, so they hold the same information.

# %% demo items="118"
modes = [images.rescale(grey, mode) for mode in ("unit", "signed", "standard")]
show(histograms([grey, *modes], ["8-bit", "unit", "signed", "standard"]))

# %% [markdown] items="115 118"
# Four times the same hills: only the axis below them has changed. Rescaling moves and stretches, it
# never mixes pixels. Kochura links a worked notebook that prepares pictures for logistic regression
# in the same way, and is worth a look:
# [image preprocessing](https://github.com/YKochura/cv-kpi/blob/main/homeworks/lab2-3/Logistic_regression_solution.ipynb).

# %% [markdown] items="116"
# ---
# ## 4 · Colour, and the order of the axes
#
# A number has no axis, a vector one, a matrix two. Beyond that one speaks of *tensors* and counts
# axes (the *rank*); the shape says how long each is.

# %% demo items="116"
for name, shape in [("scalar", ()), ("vector", (3,)), ("matrix", (3, 2)), ("rank 3", (3, 2, 5)),
                    ("rank 4", (3, 2, 4, 5))]:
    tensor = np.zeros(shape)
    print(f"{name:8} axes {tensor.ndim}  shape {str(tensor.shape):14} numbers {tensor.size}")

# %% [markdown] items="119"
# A colour picture needs three numbers for each pixel: how much red, green and blue light. White is
# (255, 255, 255), black is (0, 0, 0), and the handwritten deck's purple is (240, 10, 200): much
# red, hardly any green, much blue. So one picture has rank 3, and a batch of pictures has rank 4.

# %% demo items="119"
from cnnkit.pictures import channels

show(channels(photo))

# %% [markdown] items="119 120"
# In red the petals are nearly white and the leaves black; in blue the leaves are brighter than the
# heart of the flower. Where should the axis of the colours stand? There are two customs.
#
# | | one picture | a batch | who |
# |---|---|---|---|
# | channels last | `(H, W, 3)` | `(N, H, W, 3)`: NHWC | files, screens, matplotlib, Keras |
# | channels first | `(3, H, W)` | `(N, 3, H, W)`: NCHW | PyTorch, this course |
#
# In PyTorch `X.permute(0, 3, 1, 2)` gets from the first to the second; NumPy's word for it is
# `transpose`. Memory itself is one long row. The last axis runs fastest, so the two customs put the
# same numbers into it in different order:

# %% demo items="120"
from cnnkit.pictures import memory_order

show(memory_order(2, 2))

# %% [markdown] quiz="reshape_colours"
# **Predict.** `pixels` is a colour picture of shape (H, W, 3). What do you see if
# `pixels.reshape(3, H, W)` is shown as a picture with channels first?
# - [ ] The same picture: the shape is right. :: The shape is right, the numbers are at wrong
#   places.
# - [ ] The same picture with its colours exchanged. :: That would need whole channels at wrong
#   places.
# - [x] Ghosts: parts of the picture on top of each other, in wrong colours. ::
#   `reshape` leaves the numbers in their order in memory and cuts them up anew. Each third of the
#   long row becomes a "channel", in which red, green and blue follow each other.

# %% demo items="120"
pixels = photo.transpose(1, 2, 0)  # (H, W, 3), as it comes from a file
cut_up = pixels.reshape(photo.shape)
moved = pixels.transpose(2, 0, 1)
show(gallery([moved, cut_up], ["transpose(2, 0, 1)", "reshape(3, H, W)"]))

# %% [markdown]
# #### Exercise 4 · `to_nchw` and `to_nhwc`
#
# Bring pictures into the order of this course, and back. What comes in may be a batch of colour
# pictures (`'NHWC'`), one colour picture (`'HWC'`) or a batch of grey ones (`'NHW'`). The last two
# both have three axes, and no shape tells them apart: so the layout is said. The result always has
# four axes; it is a new array and keeps the dtype. If `x` has not the axes of its layout, or the
# layout is none of the three, raise a `ValueError`.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: add what is missing</summary>
#
# Bring all three layouts to NHWC first. Which axis does 'HWC' lack, and where does it stand? Which
# one does 'NHW' lack? Indexing with `None` makes an axis of length 1.
# </details>
# <details><summary>Hint 2: move, don't cut up</summary>
#
# `np.transpose(x, axes)` asks for each **new** axis which **old** one it is. Write the letters of
# both orders one below the other and number the old ones.
# </details>
# <details><summary>Hint 3: a new array</summary>
#
# Transposing and indexing give a *view*: other axes on the same numbers. Whoever writes into the
# result then changes the picture that it came from. How do you get numbers of your own?
# </details>

# %% exercise="to_nchw" forbids="cnnkit.images cnnkit.layouts torch" minutes=15
def to_nchw(x, *, layout="NHWC"):
    """Bring images into the order (N, C, H, W).

    Parameters
    ----------
    x : ndarray of any dtype
        Images with their axes as `layout` says.
    layout : 'NHWC', 'HWC' or 'NHW'

    Returns
    -------
    ndarray, shape (N, C, H, W)
        A new array of the same dtype; N is 1 for 'HWC', C is 1 for 'NHW'.

    Raises
    ------
    ValueError
        If the layout is unknown, or x has more or fewer axes than it.

    Examples
    --------
    >>> to_nchw(np.zeros((32, 48, 3)), layout="HWC").shape
    (1, 3, 32, 48)
    """
    ### BEGIN SOLUTION
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}: it must be 'NHWC', 'HWC' or 'NHW'.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).copy()
    ### END SOLUTION


def to_nhwc(x):
    """Bring images (N, C, H, W) into the order (N, H, W, C).

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, C, H, W)

    Returns
    -------
    ndarray, shape (N, H, W, C)
        A new array of the same dtype.

    Raises
    ------
    ValueError
        If x has not four axes.
    """
    ### BEGIN SOLUTION
    if x.ndim != 4:
        raise ValueError(f"x has shape {x.shape}: it must have four axes, (N, C, H, W).")
    return x.transpose(0, 2, 3, 1).copy()
    ### END SOLUTION

# %% test="to_nchw:batch" points=1.5
# A batch of colour images: NHWC to NCHW
x = np.arange(24).reshape(1, 2, 4, 3)  # one image, 2 rows, 4 columns, 3 channels
got = to_nchw(x)
assert_shape(got, (1, 3, 2, 4), hint="1 image, 3 channels, 2 rows, 4 columns.")
assert_same(got[0, 0], np.array([[0, 3, 6, 9], [12, 15, 18, 21]]),
            hint="Channel 0 is the first number of each pixel: 0, 3, 6, 9 in the first row.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(107)
for shape in [(2, 5, 4, 3), (3, 3, 3, 3), (4, 2, 7, 1), (2, 6, 2, 5)]:
    x = source.normal(size=shape)
    expected = np.array([[[[x[n, i, j, c] for j in range(shape[2])] for i in range(shape[1])]
                          for c in range(shape[3])] for n in range(shape[0])])
    assert_same(to_nchw(x.copy()), expected,
                hint="What stood at [n, row, column, c] must stand at [n, c, row, column].")
### END HIDDEN TESTS

# %% test="to_nchw:layouts" points=1
# One colour image, or many grey ones
x = np.arange(24).reshape(2, 4, 3)
got = to_nchw(x.copy(), layout="HWC")
assert_shape(got, (1, 3, 2, 4), hint="One image: N is 1, and the 3 is the channels.")
assert_same(got[0, 2], np.array([[2, 5, 8, 11], [14, 17, 20, 23]]),
            hint="Channel 2 is the last number of each pixel: 2, 5, 8, 11 in the first row.")
got = to_nchw(x.copy(), layout="NHW")
assert_shape(got, (2, 1, 4, 3), hint="Two grey images of 4 x 3 pixels: C is 1.")
assert_same(got[1, 0], x[1], hint="The second grey image is x[1], as it is.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(108)
for shape in [(3, 5, 4), (1, 6, 3), (4, 2, 1), (3, 3, 3)]:
    x = source.normal(size=shape)
    expected = np.stack([x[:, :, c] for c in range(shape[2])])[np.newaxis]
    assert_same(to_nchw(x.copy(), layout="HWC"), expected, hint="HWC: one image in colour.")
    expected = np.stack([x[n][np.newaxis] for n in range(shape[0])])
    assert_same(to_nchw(x.copy(), layout="NHW"), expected, hint="NHW: a batch of grey images.")
### END HIDDEN TESTS

# %% test="to_nchw:back" points=0.75
# NCHW to NHWC
x = np.arange(24).reshape(1, 3, 2, 4)
got = to_nhwc(x)
assert_shape(got, (1, 2, 4, 3), hint="1 image, 2 rows, 4 columns, 3 channels.")
assert_same(got[0, 0, 1], np.array([1, 9, 17]),
            hint="The pixel in row 0, column 1 has x[0, 0, 0, 1], x[0, 1, 0, 1] and x[0, 2, 0, 1].")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(109)
for shape in [(2, 3, 5, 4), (3, 3, 3, 3), (1, 4, 2, 6)]:
    x = source.normal(size=shape)
    expected = np.stack([x[:, c] for c in range(shape[1])], axis=-1)
    assert_same(to_nhwc(x.copy()), expected,
                hint="What stood at [n, c, row, column] must stand at [n, row, column, c].")
### END HIDDEN TESTS

# %% test="to_nchw:dtype" points=0.25
# The dtype is kept, and an empty batch stays one
for dtype in (np.uint8, np.float32, np.bool_):
    assert_dtype(to_nchw(np.ones((1, 2, 4, 3), dtype)), dtype, hint="Moving changes no dtype.")
    assert_dtype(to_nhwc(np.ones((1, 3, 2, 4), dtype)), dtype, hint="Moving changes no dtype.")
got = to_nchw(np.zeros((0, 2, 4, 3)))
assert_shape(got, (0, 3, 2, 4), hint="No images, but each would have 3 channels of 2 x 4.")

# %% test="to_nchw:errors" points=0.25
# Axes that do not fit the layout: ValueError
x = np.zeros((5, 4, 3))
assert_shape(to_nchw(x, layout="HWC"), (1, 3, 5, 4), hint="This is right: no error here.")
for wrong, layout in [(x, "NHWC"), (x[None], "HWC"), (x[None], "NHW"), (x[None], "NCHW")]:
    with assert_raises(ValueError, hint=f"x has {wrong.ndim} axes, layout={layout!r}: refuse."):
        to_nchw(wrong, layout=layout)
with assert_raises(ValueError, hint="to_nhwc takes four axes, here are three."):
    to_nhwc(x)

# %% beside="axes_contract"
@beside_student
def axes_contract(x, layout):
    """Report whether the results of `to_nchw` and `to_nhwc` have numbers of their own."""
    first = np.asarray(to_nchw(x, layout=layout))
    last = np.asarray(to_nhwc(x.reshape(1, 1, 1, -1)))
    return {"to_nchw": not np.shares_memory(first, x), "to_nhwc": not np.shares_memory(last, x)}

# %% test="to_nchw:contract" points=0.25
# The results share no memory with the input
assert_shape(to_nhwc(to_nchw(np.ones((1, 2, 4, 3)))), (1, 2, 4, 3), hint="First return arrays.")
for shape, layout in [((1, 2, 4, 3), "NHWC"), ((2, 4, 1), "HWC"), ((3, 2, 4), "NHW")]:
    report = axes_contract(np.ones(shape), layout)
    for name in ("to_nchw", "to_nhwc"):
        assert_same(report[name], True, hint=f"{name}, {layout}: a view of x. Copy it.")

# %% demo items="120"
batch = images.to_nchw(np.stack([pixels, pixels[:, ::-1]]), layout="NHWC")
print("a batch of two:", batch.shape, batch.dtype)
show(gallery(batch, ["image 0", "image 1, mirrored"]))

# %% [markdown]
# ---
# ## 5 · Many pictures: a data set

# %% [markdown] items="93 94"
# To learn, a network needs many pictures and, for each, what it shows. In the usual words, a data
# point is a **sample**, a kind of thing is a **class**, and the class that belongs to a sample is
# its **label**. A data set is two arrays that go together: pictures, and labels as whole numbers.
# Part of it is kept apart, the *test set*, to measure afterwards what was learned. (Kochura.)

# %% demo items="94"
from cnnkit.data import classes, load, source
from cnnkit.pictures import image_grid

clothes, kinds = load("apparel", "train")
print("pictures", clothes.shape, clothes.dtype, " labels", kinds.shape, kinds.dtype, kinds[:5])
show(image_grid(clothes[:10], kinds[:10], classes=classes("apparel"), columns=5))

# %% [markdown] items="93"
# This is a part of Fashion-MNIST that comes with the course: 5,000 grey pictures of 28 × 28 pixels,
# in ten classes. It has the format of an older set, **MNIST**: handwritten digits, 60,000 pictures
# to learn from and 10,000 to test with. MNIST is so common that networks are tried out on it before
# anything else. Who made it?

# %% demo items="93"
print(source("mnist"))
print(source("apparel"))

# %% [markdown] items="93" erratum="93"
# Kochura's notes say that MNIST was assembled by the National Institute of Standards and Technology
# (NIST) in the 1980s. NIST gave the handwriting, not the data set: **LeCun, Cortes and Burges made
# MNIST in the 1990s**, by mixing anew the pictures of NIST's Special Databases 1 and 3. The M
# stands for *modified*. They mixed because NIST's two parts had different writers: employees of the
# Census Bureau for the part to learn from, high school students, whose hands are harder to read,
# for the part to test with. So a result depended on which part was which.

# %% [markdown] items="91"
# **A little history.** Networks with convolutions won their first contests in 2011: D. Ciresan's,
# for Chinese characters (ICDAR) and for German traffic signs (IJCNN). In 2012 A. Krizhevsky, I.
# Sutskever and G. Hinton won ImageNet with one, the large contest of the field. It took until 2016
# before almost everybody used them. Most people, then and now, have few pictures to learn from.
# (Kochura, after Chollet.)

# %% [markdown] items="91" careful="91"
# "Used almost universally in computer vision" was true when it was written, in 2021. Since then
# another kind of network, the *vision transformer* (Dosovitskiy and others, 2021), shares the
# field. It too cuts pictures into patches. Where training pictures are few, convolutions still have
# the easier start.

# %% [markdown] items="98 121"
# An ordinary, *dense*, network does not take pictures. It takes vectors. So each picture is laid
# out in a row: **flattened**. A batch (N, H, W) becomes (N, H·W), a batch (N, C, H, W) becomes (N,
# C·H·W). The handwritten deck's 3 × 3 picture becomes one row of nine numbers, row after row of the
# picture:

# %% demo items="121"
print(sketch)
print("flattened:", images.flatten_batch(sketch[None])[0])

# %% [markdown]
# #### Exercise 5 · `flatten_batch`
#
# Lay out each sample of a batch as one row. The last axis runs fastest: row after row, channel
# after channel. The result is a new array and keeps the dtype. An empty batch knows how long its
# rows would be. Fewer than two axes are no batch: raise a `ValueError`.
#
# *About 5 minutes.*
#
# <details><summary>Hint 1: which function?</summary>
#
# Here the numbers stay in their order and are cut up differently. Section 4 had a function that
# does just that.
# </details>
# <details><summary>Hint 2: −1 in a shape</summary>
#
# `reshape(N, -1)` lets NumPy find the second number by dividing. What should it find for `N = 0`?
# Compute the number yourself, from the shape.
# </details>
# <details><summary>Hint 3: two details</summary>
#
# `np.prod` multiplies the numbers of a tuple. And `reshape` often returns a view of the same
# numbers: see hint 3 of the exercise before.
# </details>

# %% exercise="flatten_batch" forbids="cnnkit.images cnnkit.ops torch" minutes=5
def flatten_batch(x):
    """Lay out each sample of a batch as one row of numbers, its last axis running fastest.

    Parameters
    ----------
    x : ndarray of any dtype, shape (N, ...)
        At least two axes; N may be 0.

    Returns
    -------
    ndarray, shape (N, D)
        A new array of the same dtype; D is the product of all axes but the first.

    Raises
    ------
    ValueError
        If x has fewer than two axes.

    Examples
    --------
    >>> flatten_batch(np.zeros((60, 28, 28))).shape
    (60, 784)
    """
    ### BEGIN SOLUTION
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}: a batch has at least two axes.")
    return x.reshape(len(x), int(np.prod(x.shape[1:]))).copy()
    ### END SOLUTION

# %% test="flatten_batch:values" points=1
# Row after row, channel after channel
x = np.array([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]])  # two pictures, 3 x 2
got = flatten_batch(x)
assert_shape(got, (2, 6), hint="Two pictures, six numbers each.")
assert_same(got, np.array([[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]),
            hint="The first picture is 1 2 / 3 4 / 5 6: write its rows one after the other.")
### BEGIN HIDDEN TESTS
maker = np.random.default_rng(110)
for shape in [(3, 4), (2, 3, 4), (3, 2, 5, 4), (2, 2, 3, 2, 2), (1, 3, 2, 2)]:
    x = maker.integers(0, 256, shape, dtype=np.uint8)
    for batch in (x.copy(), x.copy("F"), x.copy().T, x[::-1, ..., ::2]):
        expected = np.array([[batch[n][place] for place in np.ndindex(*batch.shape[1:])]
                             for n in range(len(batch))])
        got = flatten_batch(batch)
        assert_dtype(got, np.uint8, hint="Moving numbers must not change their dtype.")
        assert_same(got, expected,
                    hint="The order is that of the indices, wherever the numbers stand in memory.")
### END HIDDEN TESTS

# %% test="flatten_batch:empty" points=0.5
# One sample, or none at all
assert_shape(flatten_batch(np.zeros((1, 3, 4, 5))), (1, 60), hint="One sample is one row.")
got = flatten_batch(np.zeros((0, 3, 4)))
assert_shape(got, (0, 12), hint="No sample, but each would have 12 numbers.")

# %% test="flatten_batch:errors" points=0.3
# One axis is no batch of anything: ValueError
assert_shape(flatten_batch(np.zeros((4, 3))), (4, 3), hint="These are rows already: no error here.")
with assert_raises(ValueError, hint="Shape (4,): four samples, or one without a batch?"):
    flatten_batch(np.zeros(4))

# %% beside="flatten_contract"
@beside_student
def flatten_contract(x):
    """Report whether the result of `flatten_batch` has numbers of its own."""
    return not np.shares_memory(np.asarray(flatten_batch(x)), x)

# %% test="flatten_batch:contract" points=0.2
# The result shares no memory with the input
for shape in [(2, 3, 4), (2, 12)]:
    assert_shape(flatten_batch(np.ones(shape)), (2, 12), hint="First return an array.")
    assert_same(flatten_contract(np.ones(shape)), True, hint="The result is a view of x: copy it.")

# %% demo items="98"
X = images.flatten_batch(images.rescale(clothes, "unit"))
print(clothes.shape, clothes.dtype, "->", X.shape, X.dtype, f"from {X.min()} to {X.max()}")

# %% [markdown] items="98"
# That is the preparation of Kochura's first network: MNIST comes as (60000, 28, 28) of `uint8` and
# goes in as (60000, 784) of `float32`, between 0 and 1.

# %% [markdown]
# ---
# ## 6 · Why flattening hurts

# %% [markdown] items="122"
# What makes a set of numbers a picture? One pixel alone says little: the same grey may be sky, skin
# or stone. What counts is how pixels **relate**, near ones above all: an edge is a difference
# between neighbours. How alike are two pixels of our flower that are $d$ columns apart? (1 is alike
# in everything, 0 is not at all. All rows and columns together.)

# %% demo items="122"
flower = photo.mean(axis=0)
for d in (1, 5, 20, 80, 150):
    alike = np.corrcoef(flower[:, :-d].ravel(), flower[:, d:].ravel())[0, 1]
    print(f"{d:3} columns apart: {alike:.2f}")

# %% [markdown] items="122"
# Neighbours are nearly equal, pixels far apart know nothing of each other. In a flattened picture
# the neighbour to the right is the next number, but the neighbour **below** is $W$ numbers away,
# and nothing says so. For a dense network all pairs of pixels are equally near.

# %% [markdown] items="123"
# The simplest classifier has a **template** for each of $K$ classes: one weight for each pixel. It
# lays each template $w_k$ on the picture, multiplies what meets, adds up, adds a bias, and takes
# the class with the highest score. Logistic regression decides like this.
#
# $$ s_k = w_k \cdot x + b_k , \qquad \mathrm{class} = \arg\max_k\, s_k $$
#
# **By hand.** Pictures of 3 × 3; class 0 is an upright bar, class 1 a horizontal one, both through
# the centre.
#
# | Picture | Score 0 | Score 1 | Class |
# |---|---|---|---|
# | upright bar in the middle column | 1 + 1 + 1 = **3** | 1 (the centre) | 0, right |
# | the same bar, one column to the right | 0 | **1** (where the two cross) | 1, wrong |
#
# The bar has not changed at all, only its place.

# %% [markdown]
# #### Exercise 6 · `linear_scores` and `predict`
#
# Compute all scores of a batch, and from them the classes. Row $k$ of `W` is the template of class
# $k$. Shapes that don't fit are a `ValueError`; `b` must have just one number for each class. Of
# equal scores the lowest class wins.
#
# The dtype of the scores is `np.result_type` of the operands, where integers and bool count as
# `float64`. So `float32` with `float32` stays `float32`, and `uint8` with `float32` gives `float64`
# (plain `np.result_type(np.uint8, np.float32)` would be `float32`).
# `np.issubdtype(a.dtype, np.floating)` tells whether an array `a` holds floats.
#
# *About 25 minutes.*
#
# <details><summary>Hint 1: one number</summary>
#
# Score k of picture n is a sum over D products: row n of `X` with row k of `W`. First write it with
# loops if you like, then look for one NumPy operation that does it for all n and k.
# </details>
# <details><summary>Hint 2: shapes</summary>
#
# A matrix product of (N, D) with (D, K) gives (N, K). Which of the two has to be turned? A bias of
# shape (K,) then lines up by itself, but so would one of shape (1,): check it.
# </details>
# <details><summary>Hint 3: dtype, and the class</summary>
#
# 8-bit pixels times 8-bit weights would go on at 0 after 255: convert both before you multiply. For
# the class, `argmax` along an axis; which axis counts the classes? Of equal ones it takes the
# first.
# </details>

# %% exercise="linear_scores" forbids="cnnkit.images cnnkit.ops torch" minutes=25
def linear_scores(X, W, b=None):
    """Compare flat images with a template for each class.

    scores[n, k] = b[k] + sum over d of W[k, d] * X[n, d]

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Images; N may be 0. Not changed, neither are W and b.
    W : ndarray, shape (K, D)
        One template per class.
    b : ndarray, shape (K,), optional
        One bias per class; None means no bias.

    Returns
    -------
    scores : ndarray, shape (N, K)
        Its dtype is ``np.result_type`` of the operands, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If the shapes do not go together.
    """
    ### BEGIN SOLUTION
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}: they differ in D.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}: it must be ({len(W)},).")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype)
    ### END SOLUTION


def predict(X, W, b=None):
    """Give each image the class of its highest score; of equal ones the lowest class.

    Parameters
    ----------
    X, W, b : as for `linear_scores`

    Returns
    -------
    ndarray of int64, shape (N,)
    """
    ### BEGIN SOLUTION
    return linear_scores(X, W, b).argmax(axis=1).astype(np.int64)
    ### END SOLUTION

# %% test="linear_scores:scores" points=1.5
# Every image with every template
X = np.array([[1.0, 2, 3], [0, 1, 0], [4, 0, -1]])
W = np.array([[1.0, 0, 0], [1, 1, 1]])
got = linear_scores(X.copy(), W.copy())
assert_shape(got, (3, 2), hint="3 images, 2 classes: a row for each image.")
assert_same(got, np.array([[1, 6], [0, 1], [4, 3]]),
            hint="Template 0 looks at the first pixel alone, template 1 adds up all three.")
got = linear_scores(X, W, np.array([10.0, -1]))
assert_same(got, np.array([[11, 5], [10, 0], [14, 2]]), hint="Class 0: 10 more, class 1: one less.")
### BEGIN HIDDEN TESTS
maker = np.random.default_rng(111)
for N, K, D in [(4, 3, 6), (2, 5, 4), (3, 3, 3), (1, 4, 7)]:
    X, W, b = maker.normal(size=(N, D)), maker.normal(size=(K, D)), maker.normal(size=K)
    expected = np.array([[sum(X[n, d] * W[k, d] for d in range(D)) for k in range(K)]
                         for n in range(N)])
    assert_same(linear_scores(X.copy(), W.copy()), expected,
                hint="Row n of X with row k of W: a sum of D products.")
    assert_same(linear_scores(X.copy(), W.copy(), b.copy()), expected + np.stack([b] * N),
                hint="The bias of class k is added to column k.")
### END HIDDEN TESTS

# %% test="linear_scores:predict" points=1
# The class with the highest score
bar = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])
moved_bar = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1]])
X = np.stack([bar.ravel(), moved_bar.ravel(), bar.T.ravel()])
got = predict(X, np.stack([bar.ravel(), bar.T.ravel()]), np.zeros(2))
assert_same(got, np.array([0, 1, 1]),
            hint="The example by hand: the bar is class 0; moved, it is taken for class 1.")
assert_dtype(got, np.int64, hint="Classes are whole numbers.")
### BEGIN HIDDEN TESTS
maker = np.random.default_rng(112)
for N, K, D in [(6, 3, 4), (2, 5, 3), (4, 4, 4)]:
    X, W, b = maker.normal(size=(N, D)), maker.normal(size=(K, D)), 3 * maker.normal(size=K)
    rows = [[float(X[n] @ W[k] + b[k]) for k in range(K)] for n in range(N)]
    got = predict(X.copy(), W.copy(), b.copy())
    assert_shape(got, (N,), hint="One class for each image.")
    assert_same(got, np.array([row.index(max(row)) for row in rows]),
                hint="For each image: where in its row of scores, biases included, is the largest?")
W = -np.abs(maker.normal(size=(3, 4)))
rows = [[-sum(abs(weight) for weight in template) for template in W]] * 2
assert_same(predict(np.ones((2, 4)), W), np.array([row.index(max(row)) for row in rows]),
            hint="All scores may be negative: the highest is the one nearest to 0.")
### END HIDDEN TESTS

# %% test="linear_scores:ties" points=0.5
# Of equal scores the lowest class wins
got = predict(np.array([[1.0, 1], [2, 0]]), np.array([[0.0, 1], [1, 0], [1, 0], [0, 1]]))
assert_same(got, np.array([0, 1]),
            hint="Scores 1 1 1 1 and 0 2 2 0: the first of the highest counts.")

# %% test="linear_scores:dtype" points=0.5
# The dtype of the scores, and an empty batch
got = linear_scores(np.array([[200, 100]], np.uint8), np.array([[2, 1], [1, 3]], np.uint8))
assert_dtype(got, np.float64, hint="Integers count as float64.")
assert_same(got, np.array([[500, 500]]), hint="Convert before you multiply: 400 > 255.")
for kinds_of in [("f4", "f4", "f4", "f4"), ("f4", "f8", "f4", "f8"), ("u1", "f4", "f4", "f8")]:
    X, W, b = (np.ones(s, k) for s, k in zip([(2, 3), (4, 3), (4,)], kinds_of[:3], strict=True))
    assert_dtype(linear_scores(X, W, b), kinds_of[3], hint=f"X, W, b and scores: {kinds_of}")
assert_shape(linear_scores(np.zeros((0, 3)), np.ones((4, 3))), (0, 4), hint="No image, no row.")

# %% test="linear_scores:errors" points=0.5
# Shapes that do not go together: ValueError
X, W = np.ones((2, 3)), np.ones((4, 3))
assert_shape(linear_scores(X, W, np.ones(4)), (2, 4), hint="These go together: no error here.")
with assert_raises(ValueError, hint="A template of 3 weights on an image of 5 pixels."):
    linear_scores(np.ones((2, 5)), W)
for length in (1, 2):
    with assert_raises(ValueError, hint=f"Four classes and {length} bias: each class has its own."):
        linear_scores(X, W, np.ones(length))

# %% [markdown] items="123"
# Now with real handwriting: digits of 8 × 8 pixels, written by many people (from scikit-learn; the
# pictures to test with seem to be of other writers). scikit-learn's logistic regression finds the
# templates. How such learning works is told in chapter 08; here we only use its result.

# %% demo items="123"
from sklearn.linear_model import LogisticRegression

(learn, learn_labels), (test, test_labels) = load("digits", "train"), load("digits", "test")
flat = images.flatten_batch(images.rescale(learn, "unit"))
model = LogisticRegression(C=0.1, max_iter=300).fit(flat, learn_labels)
W, b = model.coef_, model.intercept_
flat_test = images.flatten_batch(images.rescale(test, "unit"))
right = images.predict(flat_test, W, b) == test_labels
print("templates", W.shape, " biases", b.shape, f" right on the test set: {right.mean():.1%}")

# %% demo items="123"
from cnnkit.pictures import class_scores, templates

show(templates(W.reshape(10, 8, 8), [f"digit {k}" for k in range(10)]))

# %% [markdown]
# Orange weights vote for the class where the picture is bright, violet ones vote against it. The
# template of 0 asks for an empty middle. Not bad for so simple a method. But see what it looks at:
# at **places**.

# %% [markdown] quiz="shift_one_pixel"
# **Predict.** All test digits are moved by one pixel to the right. You would read them as before.
# How many does the classifier still get right?
# - [ ] About 85 % :: It would have to look at shapes for that. It looks at places.
# - [ ] About 70 % :: Too kind: each stroke now meets the weights of its neighbours.
# - [x] Less than half :: One pixel is an eighth of the picture, and the strokes are one or two
#   wide.

# %% demo items="5 123"
variants = {"as it is": test, "one pixel to the right": images.shift2d(test, 0, 1),
            "two pixels to the right": images.shift2d(test, 0, 2),
            "a quarter turn": np.rot90(test, axes=(2, 3)), "half as bright": test // 2}
named = {}
for name, x in variants.items():
    named[name] = images.predict(images.flatten_batch(images.rescale(x, "unit")), W, b)
    print(f"{name:25}{(named[name] == test_labels).mean():6.1%} right")

# %% demo items="123"
n = np.flatnonzero(right & (named["one pixel to the right"] != test_labels))[0]  # one that is lost
moves = np.stack([images.shift2d(test[n], 0, d) for d in (0, 1, 2)])
scores = images.linear_scores(images.flatten_batch(images.rescale(moves, "unit")), W, b)
show(class_scores(moves, scores, ["as it is", "1 to the right", "2 to the right"], range(10)))

# %% [markdown] items="5 41"
# Pilehvar names three things that a classifier should not mind: where an object stands
# (*translation*), how it is turned or from where it is seen (*rotation, viewpoint*), and how it is
# lit (*illumination*). The table above measures all three. Light is the least trouble here: all
# products shrink alike, and only the biases stay as they were. A quarter turn leaves no more than
# guessing, one in ten, and so does a shift by two pixels. But think twice before you ask for turns:
# a 6 upside down *is* a 9. The stop sign of the beginning needs all three, and more.

# %% [markdown] items="62"
# **Is a dense network unfit for pictures, then?** Let us ask one: a network with a hidden layer of
# 64 neurons, again from scikit-learn, on the same digits. And let us count what it would cost on
# larger pictures.

# %% demo items="62"
from sklearn.neural_network import MLPClassifier

dense = MLPClassifier((64,), learning_rate_init=0.01, tol=1e-3, random_state=1)
dense.fit(flat, learn_labels)
for name in ("as it is", "one pixel to the right"):
    X = images.flatten_batch(images.rescale(variants[name], "unit"))
    print(f"dense network, {name:25}{dense.score(X, test_labels):6.1%} right")
for C in (1, 3):
    print(f"200 x 200 pixels, {C} channel(s): {C * 200 * 200:,} inputs, "
          f"{C * 200 * 200 * 64:,} weights for 64 neurons")

# %% [markdown] items="62" careful="62"
# Neog counts 40,000 inputs for a picture of 200 × 200, Pilehvar 120,000: grey, and in colour. Both
# are right; always say how many **channels** there are. That dense networks are "not suitable" for
# pictures is too strong. Ours reads about nine of ten digits of writers whom it never saw, more
# than the templates do, and Kochura's reaches 97.8 % on MNIST. What is true is this: they do not
# **scale**, millions of weights for one small layer; and they do not **share**, so what was learned
# at one place is not known one pixel further, as the second line shows.

# %% [markdown] items="122"
# One last experiment shows how little a flat classifier knows of pictures. Shuffle the 64 pixels of
# all digits, all in the same way, and the weights alike:

# %% demo items="122"
order = rng.permutation(64)
shuffled = images.permute_pixels(test, order)
flat_shuffled = images.flatten_batch(images.rescale(shuffled, "unit"))
same = np.allclose(images.linear_scores(flat_shuffled, W[:, order], b),
                   images.linear_scores(flat_test, W, b), atol=1e-4)  # but for the rounding
print("the same scores:", same)
titles = [f"a digit {label}" for label in test_labels[1:4]]
show(gallery([*test[1:4], *shuffled[1:4]], titles + ["shuffled"] * 3, columns=6))

# %% [markdown]
# To you the shuffled digits are noise. To the classifier they are the same task as before: no score
# has changed. It never used that pixels have neighbours. A convolution does. It keeps the picture a
# picture, uses small templates, and tries them at **every** place. That is where chapter 02 begins.

# %% [markdown]
# ---
# ## What you learned
#
# - A picture is a table of numbers: light, sampled on a grid and quantised, mostly to 0 … 255.
# - A check of range, type and length finds what can't be right. What is wrong but possible it can't
#   find.
# - `uint8` goes on at 0 after 255 without a word. Make floats first; rescale to 0 … 1, to −1 … 1,
#   or to mean 0 and deviation 1.
# - Channels stand last in files (NHWC), first in this course (NCHW). Axes are moved by `transpose`;
#   `reshape` cuts the numbers up.
# - A flat classifier has a weight for each place. It ignores which pixels are neighbours, and one
#   pixel of shift can undo it.
#
# ## Three questions

# %% [markdown] quiz="end_uint8"
# **1.** `a` and `b` are two `uint8` pictures. You want their average, and write `(a + b) / 2`. What
# happens?
# - [x] Where `a + b` exceeds 255 the result is far too dark. ::
#   The sum wraps in `uint8`; the division comes too late. `a / 2 + b / 2` computes in floats.
# - [ ] Nothing bad: dividing makes floats. :: It does, but the sum before it was made of 8-bit
#   numbers.
# - [ ] NumPy raises an error. :: It would be kind. Arrays of whole numbers wrap in silence.

# %% [markdown] quiz="end_axes"
# **2.** A batch has shape (32, 3, 24, 48). You need it as NHWC. Which shape, and which call?
# - [ ] (32, 24, 48, 3), `reshape(32, 24, 48, 3)` :: The shape is right, but the picture is cut up.
# - [x] (32, 24, 48, 3), `transpose(0, 2, 3, 1)` ::
#   The new axes are the old 0 (N), 2 (H), 3 (W) and 1 (C).
# - [ ] (32, 48, 24, 3), `transpose(0, 3, 2, 1)` :: That turns every picture on its side as well: H
#   comes before W.

# %% [markdown] quiz="end_standard"
# **3.** You rescale training pictures with their own mean and deviation. With which ones do you
# rescale the test pictures?
# - [ ] With their own. :: Then the same grey would mean one number in training and another in the
#   test.
# - [x] With those of the training pictures. :: The network has learned what its numbers mean from
#   the training set. The test must speak the same language, and must not lend out anything of its
#   own.
# - [ ] With those of both together. :: Then the test set has had a say before it is used to judge.

# %% [markdown]
# ## One open question
#
# The classifier fails on shifted digits. You could show it all digits at all places, shifted copies
# of each, and let it learn again with its 10 × 64 weights. Would it then be as good on all of them
# as it was on the centred ones? Think about what a single template for "7" can look like if the 7
# may stand anywhere. There is no mark for this; `images.shift2d` is there if you want to try it,
# and chapter 11 comes back to it.
#
# *[Contents](00_start_here.ipynb) · [02 Convolution in one dimension →](02_convolution_1d.ipynb)*
