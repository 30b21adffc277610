# %% [markdown]
# # 02 · Convolution in one dimension
#
# *[← 01 Images as arrays](01_images_as_arrays.ipynb) · [Contents](00_start_here.ipynb) ·
# [03 Filtering images →](03_image_filtering_2d.ipynb)*
#
# **You will**
# - slide a kernel along a signal and compute each number by hand and in code;
# - choose what happens at the ends, *valid*, *same* or *full*, and say how long the result is;
# - find the place where a template fits best;
# - use a stride and a dilation, and count the places that are left;
# - tell convolution from correlation, and say when the difference does not matter.
#
# **Time.** About 2½ hours.
#
# **Prerequisites.** Chapter 01 (template scores: multiply, add up, take the highest). Slices and
# loops in Python, `dtype` in NumPy.

# %% [markdown]
# **How this chapter speaks.** All counting starts at 0.
#
# | Written | Means | Shape in NumPy |
# |---|---|---|
# | $x$ | the signal, $d$ numbers | `(d,)` |
# | $k$ | the kernel, $s$ numbers, its *taps*; to search with it is a *template* | `(s,)` |
# | $y$ | the result | depends on the mode |
# | $i$, $j$ | a place of the result, a tap of the kernel | |
# | $x \star k$ | cross-correlation, or correlation: the kernel as it is | |
# | $x * k$ | convolution: the kernel flipped, section 7 | |
#
# $d$ and $s$ are lengths, as in the handwritten deck. (From chapter 04 on they are a layer's
# dilation and stride; here those two are always written as words.) Neog calls the lengths $W$ and
# $w$, Pilehvar $m$ and $n$.
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT Guwahati);
# an unsigned handwritten deck on convolutional networks. A box headed **Erratum** corrects a
# lecture; a box headed **Careful** completes one that is right where it stands. Boxes name
# **items**: the numbers of the lectures' points in the course's list of sources, `docs/sources.md`.

# %% setup
import numpy as np

from cnnkit import data, filters, images
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

# %% [markdown]
# **How the tests speak.** A test that prints nothing has passed. Run the cells one by one with
# Shift+Enter: *Run All* stops at the first test that fails. The tests here are examples; marking
# uses others too.
#
# ---
# ## 1 · Why slide at all?

# %% [markdown] items="125"
# Chapter 01 laid one template per class on an image, multiplied pixel by pixel and added up: one
# score per class, and the highest wins. The template lies still. What if the digit does not?
#
# Our templates are the ten mean digits of the training set, each with its own mean subtracted. The
# test images have 8 × 8 pixels.

# %% [markdown] quiz="moved_digits"
# **Predict.** Of 200 test digits, 158 are recognised by templates that lie still. Now all digits
# are moved to the right by 2 pixels of 8. How many are recognised?
# - [ ] About 150 :: You and I would still read them. A template that lies still compares pixels.
# - [ ] About 70 :: That is what a move of 1 pixel leaves. Two pixels are a quarter of the image.
# - [x] About 20 :: As many as by guessing. The strokes now lie under the wrong weights.

# %% demo items="125"
pictures, labels = data.load("digits", "train")
templates = np.stack([pictures[labels == digit, 0].mean(axis=0) for digit in range(10)]) / 255
templates -= templates.mean(axis=(1, 2), keepdims=True)
tests, truth = data.load("digits", "test")
for step in (0, 1, 2):
    still, best = 0, 0
    for digit, right in zip(tests[:200, 0] / 255, truth[:200], strict=True):
        moved = images.shift2d(digit, 0, step)
        still += right == np.argmax([(moved * t).sum() for t in templates])
        best += right == np.argmax([filters.correlate2d(moved, t, mode="full").max()
                                    for t in templates])
    print(f"moved by {step}: {still} of 200 by templates that lie still, {best} by sliding ones")

# %% [markdown] items="124 125"
# The last number of each line is the cure. Lay the template at **every** place, compute a score at
# each, and predict with the **largest** of them: where the template fits best. The handwritten
# deck builds convolutional networks on three ideas. Keep the structure of the image, so don't
# flatten it. Shift the weights, and let each place have its score. Make the network sparse: each
# score sees a few pixels only, and all other weights are left out.
#
# Everything about shifting can be learned on a row of numbers. That is this chapter. Chapter 03
# does the same in two dimensions.

# %% [markdown]
# ---
# ## 2 · One place, one number

# %% [markdown] items="128"
# Lay the kernel $(-1, 3, -1)$ on the first three numbers of a signal, multiply what lies on top of
# each other, and add up:
#
# $$ y_0 = 5\cdot(-1) + 7\cdot 3 + 0\cdot(-1) = 16. $$
#
# These are the numbers of the handwritten deck. The three further numbers of the signal are ours.

# %% demo items="128"
from cnnkit.pictures import show, slide

x, k = np.array([5, 7, 0, 2, 4, -3]), np.array([-1, 3, -1])
show(slide(x, k, 0))

# %% [markdown] quiz="next_place"
# **Predict.** The kernel moves on by one. What is $y_1$?
# - [x] −9 :: 7 · (−1) + 0 · 3 + 2 · (−1) = −9. The kernel keeps its order and meets 7, 0 and 2.
# - [ ] 13 :: That is the place of 2, 4 and −3, three steps on. Places overlap.
# - [ ] 19 :: That still counts 7 · 3. But the 7 now lies under the first tap, −1.

# %% demo
show(slide(x, k, 1))

# %% [markdown]
# Change the last number of the cell above to 2 and to 3. What does the error say at 4?

# %% [markdown] items="67 127"
# In symbols, with everything counted from 0:
#
# $$ y_i = (x \star k)_i = \sum_{j=0}^{s-1} x_{i+j}\,k_j , \qquad i = 0, 1, \dots, d-s . $$
#
# It is the dot product of the kernel with the slice `x[i : i + s]`. The last place is the one at
# which the last tap meets the last number, $i = d-s$, so there are $d-s+1$ of them, in the deck's
# writing $d-(s-1)$. Neog has the same with everything counted from 1,
# $(x \circledast k)_i = \sum_{j=1}^{w} x_{i-1+j}\,k_j$, of length $W-w+1$.

# %% demo items="67 127"
d, s = len(x), len(k)
from_0 = [sum(x[i + j] * k[j] for j in range(s)) for i in range(d - s + 1)]
X, K = dict(enumerate(x, 1)), dict(enumerate(k, 1))  # the same, counted from 1
from_1 = [sum(X[i - 1 + j] * K[j] for j in range(1, s + 1)) for i in range(1, d - s + 2)]
mixed = [sum(X[i + j] * K[j] for j in range(1, s + 1)) for i in range(d - s + 1)]
slipped = [sum(x[i + j] * k[j] for j in range(1, s)) for i in range(d - s + 1)]
for name, y in [("all from 0", from_0), ("all from 1 (Neog)", from_1),
                ("places from 0, the rest from 1 (deck)", mixed),
                ("the deck's sum in Python", slipped)]:
    print(f"{name:38} {[int(value) for value in y]}")

# %% [markdown] items="127" careful="127"
# The deck writes $\mathrm{Conv}(x,k)_i = \sum_{j=1}^{s} x_{i+j}\,k_j$. That is right if one counts
# the output from 0, as the deck's next slide does (`Output[0]`), but the input and the kernel from
# one. With a single base for all it is $x_{i+j-1}$ with $j=1..s$ (from 1, as Neog has it), or
# $x_{i+j}$ with $j=0..s-1$ (from 0). Copied into Python with its $j$ from 1, the sum loses the
# first tap: the last line above. In PyTorch, by the way, the mode is spelled `'valid'`, in lower
# case; section 4 tries it.

# %% [markdown] items="66 70"
# Two things to notice. The result is again a signal, and neighbours stay neighbours: $y_i$ and
# $y_{i+1}$ saw nearly the same numbers. Convolution **keeps the structure**. And nothing is special
# about one dimension: with two indices for the place and two for the tap the same definition works
# on images, with three on films.

# %% demo items="66 70"
line = filters.correlate1d(np.ones(10), np.ones(3))
image = filters.correlate2d(np.ones((10, 12)), np.ones((3, 5)))
print("10 numbers with 3:", line.shape, "  10 × 12 numbers with 3 × 5:", image.shape)

# %% [markdown]
# ---
# ## 3 · What a kernel finds

# %% [markdown] items="68 69"
# Two kernels of two taps (the examples are in the manner of Neog):
#
# - $(-1, 1)$ takes **differences**: $y_i = x_{i+1} - x_i$;
# - $(1, 1)$ **adds neighbours**: $y_i = x_i + x_{i+1}$; divided by 2 it is their mean.

# %% [markdown] quiz="difference"
# **Predict.** What does $(-1, 1)$ make of $(0, 0, 0, 1, 2, 3, 4, 4, 4)$, a flat stretch, a ramp and
# a flat stretch?
# - [ ] (0, 0, 0, 1, 1, 1, 1, 0, 0) :: Nine numbers can't be: two taps have 9 − 2 + 1 = 8 places.
# - [x] (0, 0, 1, 1, 1, 1, 0, 0) :: Silent where it is flat, 1 where it rises by 1.
# - [ ] (0, 0, −1, −1, −1, −1, 0, 0) :: The later number counts plus, so a rise is positive.

# %% demo items="68 69"
ramp = np.array([0, 0, 0, 1, 2, 3, 4, 4, 4])
print("differences", filters.correlate1d(ramp, np.array([-1, 1])))
bumps = np.array([0, 0, 1, 1, 0, 0.1, 0.2, 1, 1, 1, 0])
print("sums       ", filters.correlate1d(bumps, np.array([1, 1])))

# %% [markdown]
# A real signal: one row of a photograph, 640 brightnesses from 0 to 255. The row crosses a bright
# flower in front of a dark ground.

# %% demo items="68 69"
from cnnkit.pictures import along_row, show

flower = data.photograph("flower").mean(axis=0)
row = flower[100]
difference = filters.correlate1d(row, np.array([-1, 1]))
mean = filters.correlate1d(row, np.full(15, 1 / 15))
coarse = filters.correlate1d(mean, np.array([-1, 1]))
show(along_row(flower, 100, {"brightness": row, "differences, kernel (−1, 1)": difference,
                             "means of 15 neighbours": mean, "differences of the means": coarse}))

# %% [markdown]
# The differences find the two borders of the flower, a rise and a fall, but every petal and the
# grain of the photograph answer as well. The mean is smooth, and its borders are ramps. Differences
# of the means leave the two borders and little else: first smooth, then look for change. Most edge
# detectors work like that, and chapter 03 builds one. (A sum stands at the column of its first tap,
# so the borders seem to move a little to the left. Photograph: *flower.jpg* by vultilion, CC BY
# 2.0, from scikit-learn.)

# %% [markdown]
# ---
# ## 4 · At the ends

# %% [markdown] items="127 129 130"
# The sums above were taken only where the whole kernel lies on the signal. That is the mode
# **valid**, and the result is shorter than the signal. With zeros put around the signal, the
# *padding*, the kernel finds more places. Three choices have names:
#
# | mode | zeros | length |
# |---|---|---|
# | valid | none | $d-s+1$; impossible if the kernel is longer than the signal |
# | same | $s-1$ in all, half of them at each end; an odd one goes to the **end** | $d$, always |
# | full | $s-1$ at **each** end: every place at which a tap meets the signal | $d+s-1$ |

# %% demo items="129 130"
from cnnkit.pictures import modes, show

show(modes(x, k))

# %% [markdown]
# Compare the columns. The four numbers of *valid* stand in all three results; the others come from
# places at which the kernel hangs out, where zeros stand in for numbers that are not there.

# %% [markdown] items="129"
# To try *every* alignment, the handwritten deck pads with $s-1$ zeros at both ends. That is *full*,
# and the idea is right. The next cell asks PyTorch which words it knows, and how long the results
# are.

# %% demo items="127 129 130"
try:
    import torch

    for word in ("valid", "same", "Valid", "Same", "full"):
        try:
            y = torch.nn.Conv1d(1, 1, len(k), padding=word)(torch.ones(1, 1, len(x)))
            print(f"padding={word!r:8} {len(x)} numbers, {len(k)} taps: {y.shape[2]} places")
        except (ValueError, RuntimeError) as error:
            print(f"padding={word!r:8} {type(error).__name__}: {str(error).split(',')[0]}")
except ImportError:
    print("PyTorch is not installed here. The boxes below tell what it says.")
full = filters.correlate1d(x, k, mode="full")
print(f"full: {len(np.pad(x, len(k) - 1))} numbers with the zeros, {len(full)} places")

# %% [markdown] items="129" erratum="129"
# On the slide this is `padding='full'` in torch, with an output of length $d+2(s-1)$. PyTorch's
# convolutions know only `'valid'` and `'same'`; `'full'` raises a `ValueError`. (Give the number
# $s-1$ instead.) And $d+2(s-1)$, 10 above, is the length of the **padded input**. The kernel takes
# $s-1$ places away again, so the **output has $d+s-1$** numbers, 8 above.

# %% demo items="130"
import warnings

try:
    import torch

    layer = torch.nn.Conv1d(1, 1, 4, padding="same", bias=False)
    layer.weight.data[:] = torch.tensor([1.0, 10, 100, 1000])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that an even kernel needs a padded copy
        print("torch", layer(torch.tensor([[[1.0, 2, 3, 4, 5]]])).detach().numpy()[0, 0])
    torch.nn.Conv1d(1, 1, 3, padding="same", stride=2)
except (ImportError, ValueError) as error:
    print(f"{type(error).__name__}: {error}")
numbers, taps = np.arange(1, 6), np.array([1, 10, 100, 1000])
print("ours ", filters.correlate1d(numbers, taps, mode="same"))
print("NumPy", np.correlate(numbers, taps, mode="same"))

# %% [markdown] items="130" careful="130"
# Padding in between, says the deck, gives an output of length $d$. Right, with three additions for
# PyTorch. It is written `'same'`, in lower case, and not `'Same'`. It works at stride 1 only, else
# there is a `ValueError`. And an odd number of zeros, which is what an even kernel needs, can't be
# split equally: the extra zero goes to the **end**, on images to the right and to the bottom. We
# do as PyTorch does. NumPy's `np.correlate` puts it at the **start**, as the last line shows: with
# an even kernel the same word gives results that are one place apart.

# %% [markdown]
# #### Exercise 1 · `correlate1d`
#
# Write the correlation of a signal with a kernel in all three modes. Loops are welcome. NumPy's and
# SciPy's own correlation and convolution are not allowed here: they would be the whole exercise.
#
# Three rules hold for all arithmetic of this course. The **dtype** of the result is
# `np.result_type` of the operands, where whole numbers and bool count as float64. So float32 with
# float32 stays float32, and uint8 with float32 gives float64 (plain
# `np.result_type(np.uint8, np.float32)` would be float32). `np.issubdtype(a.dtype, np.floating)`
# tells whether an array `a` holds floats. The **operands** stay as they were, and any array will
# do, also a view or one that is read-only. The **result** has memory of its own.
#
# *About 30 minutes. The tests are ordered so that you can grow the function: valid first.*
#
# <details><summary>Hint 1: one mode is enough</summary>
#
# Write the valid case: how many places, and which slice of x at each? For the other modes first put
# zeros around a copy of x and then do the valid case on that.
# </details>
# <details><summary>Hint 2: how many zeros</summary>
#
# Take them from the table. For 'same' give the beginning s − 1 halved with `//`, and the end what
# is left. Try s = 4 on paper: 3 zeros, which split is it?
# </details>
# <details><summary>Hint 3: order of work</summary>
#
# First refuse what can't be done. Then find the dtype: replace every dtype that is not floating by
# `np.float64` and ask `np.result_type`. Convert both operands with `astype`, which copies. Pad.
# Make an array of that dtype for the places. Only then loop.
# </details>

# %% exercise="correlate1d" forbids="cnnkit.filters cnnkit.ops numpy.convolve numpy.correlate scipy torch" minutes=30
def correlate1d(x, k, *, mode="valid"):
    """Correlate a signal with a kernel: y[i] = sum over j of xp[i + j] * k[j].

    Parameters
    ----------
    x : ndarray, shape (d,)
        The signal; xp is the signal with the zeros of the mode around it.
    k : ndarray, shape (s,)
    mode : {'valid', 'same', 'full'}
        No zeros; s - 1 in all, an odd one at the end; s - 1 at each end.

    Returns
    -------
    y : ndarray, shape (d - s + 1,), (d,) or (d + s - 1,)
        Its dtype is ``np.result_type`` of x and k, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If x or k is empty, if the mode is none of the three, or if in mode 'valid' the kernel is
        longer than the signal.

    Examples
    --------
    >>> correlate1d(np.array([0, 0, 1, 2, 2]), np.array([-1, 1]))
    array([0., 1., 1., 0.])
    """
    ### BEGIN SOLUTION
    if len(x) == 0 or len(k) == 0:
        raise ValueError(f"x has {len(x)} numbers and k has {len(k)}: neither may be empty.")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"mode is {mode!r}: it must be 'valid', 'same' or 'full'.")
    if mode == "valid" and len(k) > len(x):
        raise ValueError(f"A kernel of {len(k)} does not fit on a signal of {len(x)}.")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, k)))
    zeros = len(k) - 1
    sides = {"valid": (0, 0), "same": (zeros // 2, zeros - zeros // 2), "full": (zeros, zeros)}
    xp, weights = np.pad(x.astype(dtype), sides[mode]), k.astype(dtype)
    y = np.zeros(len(xp) - len(k) + 1, dtype)
    for i in range(len(y)):
        y[i] = (xp[i : i + len(k)] * weights).sum()
    return y
    ### END SOLUTION

# %% test="correlate1d:values" points=1
# Valid: the whole kernel lies on the signal
got = correlate1d(np.array([5, 7, 0]), np.array([-1, 3, -1]))
assert_same(got, np.array([16]), hint="5 · (−1) + 7 · 3 + 0 · (−1). One place still is an array.")
got = correlate1d(np.array([0, 0, 0, 1, 2, 3, 4, 4, 4]), np.array([-1, 1]))
assert_shape(got, (8,), hint="Two taps find 9 − 2 + 1 places on 9 numbers.")
assert_same(got, np.array([0, 0, 1, 1, 1, 1, 0, 0]), hint="Later minus earlier number.")
got = correlate1d(np.array([0, 0, 1, 1, 0, 0.1, 0.2, 1, 1, 1, 0]), np.array([1, 1]))
assert_same(got, np.array([0, 1, 2, 1, 0.1, 0.3, 1.2, 2, 2, 1]), hint="Sums of neighbours.")
got = correlate1d(np.array([1, 2, 3, 4, 5]), np.array([0, 0, 1]))
assert_same(got, np.array([3, 4, 5]), hint="Only the last tap is 1, so y[0] is x[2].")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(20)
for d, s in [(9, 4), (6, 1), (5, 5), (12, 3), (8, 7)]:
    x, k = source.normal(size=d), source.normal(size=s)
    expected = np.array([sum(x[i + j] * k[j] for j in range(s)) for i in range(d - s + 1)])
    got = correlate1d(x.copy(), k.copy())
    assert_shape(got, (d - s + 1,), hint="At the last place the last tap meets the last number.")
    assert_same(got, expected, hint="At place i tap j meets x[i + j].")
### END HIDDEN TESTS

# %% test="correlate1d:same" points=0.5
# Same: as long as the signal, whatever the kernel
got = correlate1d(np.array([1, 2, 3, 4]), np.array([1, 1, 1]), mode="same")
assert_same(got, np.array([3, 6, 9, 7]), hint="One zero at each end: 0 + 1 + 2 is the first sum.")
got = correlate1d(np.array([1, 2]), np.array([1, 1, 1, 1, 1]), mode="same")
assert_same(got, np.array([3, 3]), hint="A kernel longer than the signal: the length is still 2.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(21)
for d, s in [(7, 3), (6, 5), (4, 1), (3, 7), (1, 3)]:
    x, k = source.normal(size=d), source.normal(size=s)
    k = k + k[::-1]  # the same both ways: this cell is not about flipping
    expected = [sum(x[i + j - s // 2] * k[j] for j in range(s) if 0 <= i + j - s // 2 < d)
                for i in range(d)]
    assert_same(correlate1d(x.copy(), k.copy(), mode="same"), np.array(expected),
                hint="Zeros on both sides, (s − 1) / 2 each for an odd kernel.")
### END HIDDEN TESTS

# %% test="correlate1d:even" points=0.5
# Same with an even kernel: the odd zero stands at the end
got = correlate1d(np.array([1, 2, 3, 4]), np.array([1, 1]), mode="same")
assert_same(got, np.array([3, 5, 7, 4]), hint="One zero, and it stands behind the 4.")
got = correlate1d(np.array([1, 2, 3, 4]), np.array([1, 1, 1, 1]), mode="same")
assert_same(got, np.array([6, 10, 9, 7]), hint="Three zeros: one in front and two behind.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(22)
for d, s in [(5, 2), (8, 6), (7, 4), (2, 6)]:
    x, k = source.normal(size=d), source.normal(size=s)
    k, before = k + k[::-1], (s - 1) // 2
    expected = [sum(x[i + j - before] * k[j] for j in range(s) if 0 <= i + j - before < d)
                for i in range(d)]
    assert_same(correlate1d(x.copy(), k.copy(), mode="same"), np.array(expected),
                hint="s − 1 zeros in all, the smaller half of them in front.")
### END HIDDEN TESTS

# %% test="correlate1d:full" points=0.75
# Full: every place at which a tap meets the signal
got = correlate1d(np.array([1, 2, 3]), np.array([1, 1]), mode="full")
assert_shape(got, (4,), hint="3 + 2 − 1 places. 5 is the length of the signal with its zeros.")
assert_same(got, np.array([1, 3, 5, 3]), hint="One zero at each end.")
got = correlate1d(np.array([1, 2]), np.array([1, 1, 1]), mode="full")
assert_same(got, np.array([1, 3, 3, 2]), hint="Two zeros at each end: the kernel may be longer.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(23)
for d, s in [(6, 3), (5, 4), (3, 8), (4, 1), (1, 2)]:
    x, k = source.normal(size=d), source.normal(size=s)
    k = k + k[::-1]
    expected = [sum(x[i + j - s + 1] * k[j] for j in range(s) if 0 <= i + j - s + 1 < d)
                for i in range(d + s - 1)]
    got = correlate1d(x.copy(), k.copy(), mode="full")
    assert_shape(got, (d + s - 1,), hint="d + s − 1 places.")
    assert_same(got, np.array(expected), hint="s − 1 zeros in front and s − 1 behind.")
### END HIDDEN TESTS

# %% test="correlate1d:dtype" points=0.5
# The dtype of the result
for xs, ks, kind in [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("u1", "f4", "f8"), ("?", "i4", "f8")]:
    for mode in ("valid", "full"):
        got = correlate1d(np.ones(4, xs), np.ones(2, ks), mode=mode)
        assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, k {np.dtype(ks)}: "
                     f"so the result is {np.dtype(kind)}.")
got = correlate1d(np.array([1, 2, 4]), np.array([0.5, 0.5]))
assert_same(got, np.array([1.5, 3]), hint="Halves may not be cut to whole numbers.")
got = correlate1d(np.array([200, 100], "u1"), np.array([2, 2], "u1"))
assert_same(got, np.array([600]), hint="Convert before you multiply: uint8 ends at 255.")

# %% test="correlate1d:errors" points=0.5
# What can't be done: ValueError
got = correlate1d(np.ones(3), np.ones(3))
assert_shape(got, (1,), hint="This kernel just fits: no error here.")
with assert_raises(ValueError, hint="Valid: four taps find no place on three numbers."):
    correlate1d(np.ones(3), np.ones(4))
for d, s in [(0, 2), (3, 0)]:
    for mode in ("valid", "same", "full"):
        with assert_raises(ValueError, hint=f"{d} numbers, {s} taps, {mode!r}: one is empty."):
            correlate1d(np.ones(d), np.ones(s), mode=mode)
for mode in ("Same", "half"):
    with assert_raises(ValueError, hint=f"{mode!r} is none of the three words."):
        correlate1d(np.ones(4), np.ones(2), mode=mode)

# %% beside="correlate1d_contract"
@beside_student
def correlate1d_contract(x, k, mode):
    """Report whether `correlate1d` left x and k as they were and returned numbers of its own."""
    before_x, before_k = x.copy(), k.copy()
    y = np.asarray(correlate1d(x, k, mode=mode))
    return {"x unchanged": bool(np.array_equal(x, before_x)),
            "k unchanged": bool(np.array_equal(k, before_k)),
            "own numbers": not (np.shares_memory(y, x) or np.shares_memory(y, k))}

# %% test="correlate1d:contract" points=0.25
# The operands stay as they were, and any view of an array will do
for mode in ("valid", "same", "full"):
    for k in (np.array([2.0, 3.0]), np.array([1.0])):
        got = correlate1d(np.array([4.0]), np.array([3.0]), mode=mode)
        assert_same(got, np.array([12.0]), hint="First return an array.")
        report = correlate1d_contract(np.arange(5.0), k, mode)
        assert_same(report["x unchanged"], True, hint=f"{mode}: the caller's signal was changed.")
        assert_same(report["k unchanged"], True, hint=f"{mode}: the caller's kernel was changed.")
        assert_same(report["own numbers"], True, hint=f"{mode}: the result must be a new array.")
view = np.arange(6.0)[::-2]  # 5, 3, 1: runs backwards, and is read-only
view.flags.writeable = False
assert_same(correlate1d(view, np.array([1.0, 1.0])), np.array([8.0, 4]), hint="Don't write to x.")

# %% [markdown]
# From here on the chapter uses `filters.correlate1d`, the course's own function, so that you can go
# on even if yours is not finished. Put yours in its place to see whether the results stay the same.

# %% demo items="130"
x, k = np.array([5, 7, 0, 2, 4, -3]), np.array([-1, 3, -1])
for mode in ("valid", "same", "full"):
    print(f"{mode:6}", filters.correlate1d(x, k, mode=mode))
show(slide(x, k, 5, mode="same"))

# %% [markdown]
# Play with the last line: another place, `mode="full"`, a kernel of your own. In *valid* the result
# stands under the first tap, in *same* under the middle one, in *full* under the last.
#
# Or slide the kernel yourself. Predict how long $y$ is and how it begins, then use the arrow keys,
# and compare the three modes. `sliding_kernel(correlate1d)` runs on your own function;
# `signal=` and `kernel=` take numbers of your own. (Section 7 is about the box *flip*.)

# %% demo
from cnnkit.widgets import sliding_kernel

sliding_kernel()

# %% [markdown]
# ---
# ## 5 · Where does it fit best?

# %% [markdown] items="125 126"
# Use the kernel as a template, and read the result as scores, one for each place. The highest says
# where the template fits best: this is how the handwritten deck shifts its weights. In its manner,
# with an example of our own, here is the template $(0.8, 0, 0.8, 0.2)$ on six numbers. Its score at
# place 0 is $0.7\cdot 0.8 + 0.5\cdot 0 + 0.3\cdot 0.8 + 1\cdot 0.2 = 1.0$.

# %% demo items="126"
from cnnkit.pictures import alignments, show

x, template = np.array([0.7, 0.5, 0.3, 1, 0, 0.7]), np.array([0.8, 0, 0.8, 0.2])
show(alignments(x, template))

# %% [markdown] items="126"
# At place 1 the two large weights meet 0.5 and 1, and $0.4+0.8=1.2$ beats the other scores. Look at
# the pictures: large stems on large stems make a high score; a large weight on a small number, as
# at place 2, adds little.

# %% [markdown]
# #### Exercise 2 · `best_alignment`
#
# Return the index of the best place and its score, as a tuple `(index, score)`. Only places count
# at which the whole template lies on the signal. Of equal scores the **first** wins. Scores may be
# negative; the highest counts, not the largest in size. The score is a Python `float`. Signal and
# template may hold 8-bit numbers: convert before you multiply. You may use `filters.correlate1d`.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: which mode?</summary>
#
# The index must be the place in x at which the template begins. In which mode is the index of the
# result just that?
# </details>
# <details><summary>Hint 2: the highest</summary>
#
# If you keep "the best so far" in a variable, what may its first value be? All scores may be below
# zero.
# </details>
# <details><summary>Hint 3: equal scores</summary>
#
# A later score replaces the best so far only if it is truly higher. NumPy has a function for the
# index of a maximum; its help says which one it takes among equals.
# </details>

# %% exercise="best_alignment" forbids="cnnkit.best_alignment torch" minutes=15
def best_alignment(x, template):
    """Find where a template fits a signal best: the highest of the valid correlations.

    Parameters
    ----------
    x : ndarray, shape (d,)
    template : ndarray, shape (s,)

    Returns
    -------
    (index, score) : tuple of int and float
        Where in x the template begins, from 0; of equal scores the first.

    Raises
    ------
    ValueError
        If the template is longer than the signal.

    Examples
    --------
    >>> best_alignment(np.array([0, 1, 3, 1, 0, 1]), np.array([1, 2, 1]))
    (1, 8.0)
    """
    ### BEGIN SOLUTION
    scores = filters.correlate1d(x, template)  # refuses a template that does not fit
    index = int(scores.argmax())
    return index, float(scores[index])
    ### END SOLUTION

# %% test="best_alignment:values" points=0.75
# Index and score of the best place
got = best_alignment(np.array([0.7, 0.5, 0.3, 1, 0, 0.7]), np.array([0.8, 0, 0.8, 0.2]))
assert_same(got, (1, 1.2), hint="The scores are 1.0, 1.2 and 0.38.")
got = best_alignment(np.array([0, 1, 3, 1, 0, 1]), np.array([1, 2, 1]))
assert_same(got, (1, 8.0), hint="1 + 2 · 3 + 1, where the template begins at index 1.")
got = best_alignment(np.array([0, 1, 2, 0, 6, 1]), np.array([1, 2]))
assert_same(got, (3, 12.0), hint="0 · 1 + 6 · 2. The closest copy, (1, 2) itself, has only 5.")
got = best_alignment(np.array([200, 100, 3], np.uint8), np.array([2], np.uint8))
assert_same(got, (0, 400.0), hint="Convert before you multiply: 2 · 200 does not fit into 8 bits.")
assert_dtype(np.asarray(got[1]), float, hint="The score is a float: float(score).")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(24)
for d, place, template in [(12, 7, [0, 1, 3]), (9, 2, [2, 0, 1, 5]), (15, 11, [4, 1]),
                           (10, 0, [1, 2])]:
    template = np.array(template, float)
    x = source.uniform(size=d)
    x[place : place + len(template)] += 4 * template
    score = sum(x[place + j] * template[j] for j in range(len(template)))
    assert_same(best_alignment(x.copy(), template.copy()), (place, score),
                hint="The highest dot product, and the place where the template begins.")
for kind, template in [("u1", [100, 9, 70]), ("i1", [50, -30]), ("?", [1, 1, 0, 1])]:
    x, place = source.integers(0, 2, 8) * template[0], 3
    x[place : place + len(template)] = template
    x[:place] = x[place + len(template) :] = 0
    score = float(sum(weight**2 for weight in template))
    assert_same(best_alignment(x.astype(kind), np.array(template, kind)), (place, score),
                hint=f"x and template are {np.dtype(kind)}: convert before you multiply.")
### END HIDDEN TESTS

# %% test="best_alignment:negative" points=0.5
# Scores below zero
got = best_alignment(np.array([-1, 2, -5, 1]), np.array([3]))
assert_same(got, (1, 6.0), hint="The scores are −3, 6, −15 and 3. −15 is the lowest.")
got = best_alignment(np.array([-4, -2, -3]), np.array([2]))
assert_same(got, (1, -4.0), hint="The scores are −8, −4 and −6. The highest of them is negative.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(25)
for d, s in [(6, 2), (9, 3), (5, 1)]:
    x, template = -source.uniform(1, 2, size=d), source.uniform(1, 2, size=s)
    template = template + template[::-1]
    scores = [sum(x[i + j] * template[j] for j in range(s)) for i in range(d - s + 1)]
    expected = (scores.index(max(scores)), max(scores))
    assert_same(best_alignment(x.copy(), template.copy()), expected,
                hint="All scores are negative; the highest is the one nearest to zero.")
### END HIDDEN TESTS

# %% test="best_alignment:offsets" points=0.5
# Only places at which the whole template fits
got = best_alignment(np.array([0, 1, 0, 9]), np.array([2, -1]))
assert_same(got, (1, 2.0), hint="The 9 under the 2 would let the template hang out.")
got = best_alignment(np.array([9, 0, 1, 2]), np.array([-1, 2, 1]))
assert_same(got, (1, 4.0), hint="Nor may it hang out in front: an index is never negative.")
got = best_alignment(np.array([3, 4]), np.array([1, 2]))
assert_same(got, (0, 11.0), hint="A template as long as the signal has one place.")
with assert_raises(ValueError, hint="Three taps have no place on two numbers."):
    best_alignment(np.ones(2), np.ones(3))

# %% test="best_alignment:ties" points=0.25
# Of equal scores the first
got = best_alignment(np.array([1, 4, 4, 1]), np.array([2]))
assert_same(got, (1, 8.0), hint="The scores are 2, 8, 8, 2: the first 8 counts.")
### BEGIN HIDDEN TESTS
for x, expected in [([2, 0, 5, 5, 1, 5], (2, 5.0)), ([0, 0, 0], (0, 0.0))]:
    assert_same(best_alignment(np.array(x), np.array([1])), expected,
                hint="A later score wins only if it is higher.")
### END HIDDEN TESTS

# %% [markdown]
# #### A search in a photograph
#
# A photograph of a temple. Its row 58 crosses the tip of the roof, a dark notch in a bright sky. We
# cut the notch out, 40 numbers, and look for it in another row, four pixels further down: row 62,
# the line in the picture. (Photograph: *china.jpg* by danielbuechele, CC BY 2.0, from
# scikit-learn.)

# %% demo
china = data.photograph("china").mean(axis=0) / 255
row, template = china[62], china[58, 185:225]
show(along_row(china, 62, {"brightness of row 62": row,
                           "the template: columns 185 to 224 of row 58": template}))

# %% [markdown] quiz="search"
# **Predict.** The template is brightness, all 40 numbers are positive. Where in row 62 is its score
# highest?
# - [ ] At the roof :: Dark numbers meet dark numbers there, and small products make a small sum.
# - [x] Somewhere in the bright sky ::
#   Every product is larger where the signal is larger. The score rewards brightness, not likeness.
# - [ ] At the left end of the row :: The sky is darker there than at the right.

# %% demo
raw, _ = filters.best_alignment(row, template)
centred, _ = filters.best_alignment(row, template - template.mean())
print(f"cut out at 185; brightness finds it at {raw}, brightness minus its mean at {centred}")

# %% demo
level = template.mean()
curves = {"brightness of row 62": row, "score": filters.correlate1d(row, template),
          "score of the template minus its mean": filters.correlate1d(row, template - level)}
marks = dict(zip(curves, (185, raw, centred), strict=True))
show(along_row(china, 62, curves, marks=marks))

# %% [markdown]
# The dashed lines mark where the template was cut out, and the highest score of each template: a
# place stands where the template begins. With its mean subtracted the template's weights add up to
# zero: on an even stretch, dark or bright, the score is about zero, and only the **shape** counts.
# A good detector has positive and negative weights. That is why the digits' templates of section 1
# had their means subtracted, and nearly all kernels that networks learn have both signs.

# %% [markdown]
# ---
# ## 6 · Fewer places, wider kernels
#
# Must the kernel stop at every place? And must its taps lie side by side? Two options say no.
#
# - **Stride**: the kernel moves on by `stride` numbers at a time.
# - **Dilation**: the taps stand `dilation` numbers apart. The numbers between them are skipped.
#
# $$ y_i = \sum_{j=0}^{s-1} x_{\,i\cdot\mathrm{stride}\; +\; j\cdot\mathrm{dilation}}\;k_j $$
#
# Mind which index each option multiplies: the stride the place $i$, the dilation the tap $j$.

# %% demo
signal = np.array([1, 4, 2, 8, 5, 7, 6, 3, 9])
show(slide(signal, np.array([-1, 3, -1]), 1, stride=2, dilation=3))

# %% [markdown]
# Nine numbers, three taps, stride 2, dilation 3: place 1 begins at index 2, and its taps meet the
# indices 2, 5 and 8. Place 0 met 0, 3 and 6. Place 2 would need the indices 4, 7 and 10, and there
# is no 10: two places are left. With a stride the lowest row counts places, not indices: place 1
# stands below index 1, though its first tap lies on index 2.
#
# **How many places in general?** The kernel reaches $r = \mathrm{dilation}\cdot(s-1)$ numbers
# beyond its first tap. Without dilation that is $s-1$, and this is the table of section 4 with $r$
# in its place:
#
# | mode | zeros in all | $n$, numbers with the zeros | places at stride 1, $n-r$ |
# |---|---|---|---|
# | valid | 0 | $d$ | $d-r$ |
# | same | $r$, an odd one at the end | $d+r$ | $d$ |
# | full | $2r$, $r$ at each end | $d+2r$ | $d+r$ |
#
# The last possible beginning is $n-r-1$, and the places begin at 0, stride, 2·stride, … So there
# are
#
# $$ \left\lfloor \frac{n-r-1}{\mathrm{stride}} \right\rfloor + 1 $$
#
# of them, where the brackets round **down**: a place that does not fit is not used.

# %% [markdown] quiz="count"
# **Predict.** 10 numbers, 3 taps, mode *valid*, stride 3, no dilation. How many places?
# - [x] 3 :: They begin at 0, 3 and 6. One from 9 would need the indices 10 and 11.
# - [ ] 4 :: (10 − 2 − 1) / 3 = 2.33 is rounded down, not up, and then comes the + 1.
# - [ ] 3.33 :: 10 / 3. A result has whole numbers of entries, and the kernel's length counts.

# %% [markdown]
# #### Exercise 3 · `out_len`
#
# Say how many places there are, without computing any. It is a matter of whole numbers: return an
# `int`.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: one rule, three modes</summary>
#
# The rule is the same for all modes. What differs is the number of zeros, so work out $n$ first.
# </details>
# <details><summary>Hint 2: rounding</summary>
#
# `//` rounds down and keeps whole numbers whole. For 'same' the rule comes to "d / stride, rounded
# up"; check it with d = 5 and stride 2.
# </details>
# <details><summary>Hint 3: when to refuse</summary>
#
# Check the four numbers and the word first. At the end look at the count: `//` of a negative number
# rounds down too, so with a kernel that does not fit the count comes out as 0 or less.
# </details>

# %% exercise="out_len" forbids="cnnkit.out_len cnnkit.out_size cnnkit.conv2d_shape cnnkit.ops torch" minutes=15
def out_len(d, s, mode, *, stride=1, dilation=1):
    """Count the places of a kernel along a signal.

    Parameters
    ----------
    d, s : int, at least 1
        Length of the signal and of the kernel.
    mode : {'valid', 'same', 'full'}
        With the reach r = dilation * (s - 1): no zeros; r zeros in all; r zeros at each end.
    stride, dilation : int, at least 1

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If a number is below 1, if the mode is none of the three, or if no place is left.

    Examples
    --------
    >>> [out_len(7, 3, mode, stride=2) for mode in ("valid", "same", "full")]
    [3, 4, 5]
    """
    ### BEGIN SOLUTION
    if min(d, s, stride, dilation) < 1:
        raise ValueError(f"d={d}, s={s}, stride={stride}, dilation={dilation}: all must be >= 1.")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"mode is {mode!r}: it must be 'valid', 'same' or 'full'.")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError(f"A kernel that reaches over {reach + 1} does not fit on {d} numbers.")
    return places
    ### END SOLUTION

# %% test="out_len:modes" points=1
# The three modes, stride 1, no dilation
for d, s, lengths in [(6, 3, (4, 6, 8)), (9, 2, (8, 9, 10)), (7, 1, (7, 7, 7)), (4, 4, (1, 4, 7))]:
    for mode, length in zip(("valid", "same", "full"), lengths, strict=True):
        got = out_len(d, s, mode)
        assert_same(got, length, hint=f"{d} numbers, {s} taps, {mode!r}: the table of section 4.")
        assert_dtype(np.asarray(got), int, hint="A whole number, please: 3.0 can't size an array.")
assert_same(out_len(3, 8, "full"), 10, hint="Full and same have places for a longer kernel too.")
assert_same(out_len(3, 8, "same"), 3, hint="Same is as long as the signal, whatever the kernel.")

# %% test="out_len:stride" points=1
# A stride, which need not divide
for d, s, mode, stride, length in [(10, 3, "valid", 3, 3), (11, 3, "valid", 2, 5),
                                   (8, 5, "valid", 9, 1), (5, 3, "same", 2, 3),
                                   (6, 2, "same", 4, 2), (5, 3, "full", 2, 4)]:
    got = out_len(d, s, mode, stride=stride)
    assert_same(got, length, hint=f"{d} numbers, {s} taps, {mode!r}, stride {stride}: "
                "list the indices at which places begin.")
    assert_dtype(np.asarray(got), int, hint="A whole number, please: // keeps whole numbers whole.")
### BEGIN HIDDEN TESTS
for d, s, stride in [(13, 4, 4), (20, 6, 5), (9, 1, 2), (17, 3, 3), (12, 12, 7)]:
    for mode, zeros in [("valid", 0), ("same", s - 1), ("full", 2 * (s - 1))]:
        length = len(range(0, d + zeros - s + 1, stride))
        assert_same(out_len(d, s, mode, stride=stride), length,
                    hint="Count the beginnings of places that lie wholly on the padded signal.")
### END HIDDEN TESTS

# %% test="out_len:dilation" points=0.75
# Dilation widens the kernel's reach
for mode, length in [("valid", 5), ("same", 9), ("full", 13)]:
    got = out_len(9, 3, mode, dilation=2)
    assert_same(got, length, hint=f"{mode!r}: three taps, two apart, reach over five numbers.")
assert_same(out_len(7, 1, "valid", dilation=5), 7, hint="One tap has nothing to stand apart from.")
### BEGIN HIDDEN TESTS
for d, s, dilation in [(20, 4, 3), (11, 2, 6), (15, 5, 3), (30, 3, 7)]:
    reach = dilation * (s - 1)
    for mode, zeros in [("valid", 0), ("same", reach), ("full", 2 * reach)]:
        assert_same(out_len(d, s, mode, dilation=dilation), d + zeros - reach,
                    hint="How far is it from the first tap to the last?")
### END HIDDEN TESTS

# %% test="out_len:together" points=0.5
# Stride and dilation at once
got = out_len(11, 3, "valid", stride=2, dilation=3)
assert_same(got, 3, hint="Reach 6: places may begin at 0, 2 and 4.")
got = out_len(11, 3, "full", stride=4, dilation=2)
assert_same(got, 4, hint="11 + 8 numbers with the zeros; places begin at 0, 4, 8 and 12.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(26)
for _ in range(500):
    d, s, stride, dilation = (int(number) for number in source.integers(1, (40, 6, 8, 6)))
    mode, reach = source.choice(["valid", "same", "full"]), dilation * (s - 1)
    zeros = {"valid": 0, "same": reach, "full": 2 * reach}[str(mode)]
    starts = range(0, d + zeros - reach, stride)
    if len(starts):
        got = out_len(d, s, str(mode), stride=stride, dilation=dilation)
        assert_same(got, len(starts), hint="First the zeros, then the reach, then the stride.")
### END HIDDEN TESTS

# %% test="out_len:errors" points=0.75
# No place, or a number or word that makes no sense: ValueError
assert_same(out_len(5, 3, "valid", dilation=2), 1, hint="This kernel just fits: no error here.")
for d, s, dilation in [(4, 5, 1), (1, 3, 1), (4, 3, 2)]:
    for stride in (1, 3):
        with assert_raises(ValueError, hint=f"{s} taps, {dilation} apart, don't fit on {d}."):
            out_len(d, s, "valid", stride=stride, dilation=dilation)
for d, s, stride, dilation in [(0, 1, 1, 1), (5, 0, 1, 1), (5, 2, 0, 1), (5, 2, 1, 0),
                               (5, 2, -1, 1)]:
    with assert_raises(ValueError, hint=f"d={d}, s={s}, stride={stride}, dilation={dilation}: "
                       "all four must be at least 1."):
        out_len(d, s, "full", stride=stride, dilation=dilation)
with assert_raises(ValueError, hint="'Valid' is none of the three words."):
    out_len(5, 3, "Valid")

# %% demo
print("640 numbers   valid   same   full")
for s, stride, dilation in [(3, 1, 1), (15, 1, 1), (3, 2, 1), (3, 1, 16), (2, 4, 8)]:
    lengths = [filters.out_len(640, s, mode, stride=stride, dilation=dilation)
               for mode in ("valid", "same", "full")]
    print(f"{s:2} taps, stride {stride}, dilation {dilation:2}:", *(f"{n:6}" for n in lengths))

# %% [markdown]
# #### Exercise 4 · `strided_dilated1d`
#
# Compute the correlation in mode *valid* with a stride and a dilation. The three rules of
# exercise 1 hold: the dtype, the operands as they were, memory of its own. You may use
# `filters.correlate1d` and `filters.out_len`.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: two ways</summary>
#
# Either go by the definition: loop over the places, and at each take the right numbers. Or use
# what you have: make a longer kernel with zeros between the taps, correlate, and keep some places.
# </details>
# <details><summary>Hint 2: the right numbers</summary>
#
# A slice has a beginning, an end and a step. The step is one of the two options; the other one sets
# where the slice begins. The end must lie beyond the last tap, but not beyond the next.
# </details>
# <details><summary>Hint 3: the longer kernel</summary>
#
# Its length is the reach + 1. Fill it with zeros and write the taps into every dilation-th entry.
# Check stride and dilation before: a slice with a negative step is no error, and runs backwards.
# </details>

# %% exercise="strided_dilated1d" forbids="cnnkit.strided_dilated1d cnnkit.ops torch" minutes=20
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    """Correlate at every stride-th place with taps that stand dilation apart, without padding.

    y[i] = sum over j of x[i * stride + j * dilation] * k[j]

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    stride, dilation : int, at least 1

    Returns
    -------
    y : ndarray, shape (floor((d - dilation * (s - 1) - 1) / stride) + 1,)
        Its dtype is ``np.result_type`` of x and k, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If the kernel does not fit, or if stride or dilation is below 1.

    Examples
    --------
    >>> strided_dilated1d(np.arange(7), np.array([1, 10]), stride=2, dilation=3)
    array([30., 52.])
    """
    ### BEGIN SOLUTION
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, k)))
    signal, weights = x.astype(dtype), k.astype(dtype)
    reach = dilation * (len(k) - 1)
    y = np.zeros(places, dtype)
    for i in range(places):
        start = i * stride
        y[i] = (signal[start : start + reach + 1 : dilation] * weights).sum()
    return y
    ### END SOLUTION

# %% test="strided_dilated1d:stride" points=1
# A stride alone
got = strided_dilated1d(np.array([1, 2, 3, 4, 5, 6]), np.array([1, 10]), stride=2)
assert_same(got, np.array([21, 43, 65]), hint="Places begin at 0, 2 and 4; taps lie side by side.")
got = strided_dilated1d(np.array([1, 2, 3, 4, 5, 6]), np.array([1, 0, 10]), stride=3)
assert_same(got, np.array([31, 64]), hint="Places begin at 0 and 3; 4 + 10 · 6 is the second.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(27)
for d, s, stride in [(11, 3, 2), (10, 4, 3), (14, 2, 5), (6, 6, 4), (9, 1, 4)]:
    x, k = source.normal(size=d), source.normal(size=s)
    expected = [sum(x[start + j] * k[j] for j in range(s)) for start in range(0, d - s + 1, stride)]
    got = strided_dilated1d(x.copy(), k.copy(), stride=stride)
    assert_shape(got, (len(expected),), hint="What does not fit is left out.")
    assert_same(got, np.array(expected), hint="The stride moves the kernel; it does not change it.")
### END HIDDEN TESTS

# %% test="strided_dilated1d:dilation" points=1
# A dilation alone
got = strided_dilated1d(np.array([1, 2, 3, 4, 5, 6]), np.array([1, 10]), dilation=3)
assert_same(got, np.array([41, 52, 63]), hint="The taps meet indices 0 and 3, then 1 and 4.")
got = strided_dilated1d(np.array([1, 2, 3, 4, 5]), np.array([1, 10, 100]), dilation=2)
assert_same(got, np.array([531]), hint="Indices 0, 2 and 4: there is only one place.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(28)
for d, s, dilation in [(12, 3, 2), (11, 2, 5), (13, 4, 3), (7, 3, 3), (8, 1, 6)]:
    x, k = source.normal(size=d), source.normal(size=s)
    places = d - dilation * (s - 1)
    expected = [sum(x[i + j * dilation] * k[j] for j in range(s)) for i in range(places)]
    got = strided_dilated1d(x.copy(), k.copy(), dilation=dilation)
    assert_shape(got, (len(expected),), hint="The reach takes dilation · (s − 1) places away.")
    assert_same(got, np.array(expected), hint="The places still follow one by one.")
### END HIDDEN TESTS

# %% test="strided_dilated1d:together" points=1
# Both at once, and neither
x, k = np.array([1, 4, 2, 8, 5, 7, 6, 3, 9]), np.array([-1, 3, -1])
got = strided_dilated1d(x, k, stride=2, dilation=3)
assert_same(got, np.array([17, 10]), hint="−1 + 3 · 8 − 6 = 17; the picture above shows the 10.")
got = strided_dilated1d(np.array([1, 2, 3]), np.array([1, 10]))
assert_same(got, np.array([21, 32]), hint="Stride 1 and dilation 1: the plain correlation.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(29)
for d, s, stride, dilation in [(17, 3, 2, 4), (23, 4, 3, 2), (16, 2, 5, 3), (19, 5, 4, 4),
                               (9, 4, 1, 1)]:
    x, k = source.normal(size=d), source.normal(size=s)
    starts = range(0, d - dilation * (s - 1), stride)
    expected = [sum(x[start + j * dilation] * k[j] for j in range(s)) for start in starts]
    got = strided_dilated1d(x.copy(), k.copy(), stride=stride, dilation=dilation)
    assert_shape(got, (len(expected),), hint="Count the places first: that is exercise 3.")
    assert_same(got, np.array(expected), hint="The stride goes with i, the dilation with j.")
### END HIDDEN TESTS

# %% test="strided_dilated1d:dtype" points=0.25
# The dtype of the result
for xs, ks, kind in [("f4", "f4", "f4"), ("f8", "f4", "f8"), ("u1", "f4", "f8"), ("i4", "?", "f8")]:
    got = strided_dilated1d(np.ones(5, xs), np.ones(2, ks))
    assert_dtype(got, kind, hint=f"x is {np.dtype(xs)}, k {np.dtype(ks)}: "
                 f"so the result is {np.dtype(kind)}.")
got = strided_dilated1d(np.array([1, 2, 4]), np.array([0.5, 0.5]))
assert_same(got, np.array([1.5, 3]), hint="Halves may not be cut to whole numbers.")

# %% test="strided_dilated1d:errors" points=0.5
# What can't be done: ValueError
got = strided_dilated1d(np.ones(5), np.ones(3), stride=7, dilation=2)
assert_shape(got, (1,), hint="This kernel just fits: no error here.")
for d, s, dilation in [(2, 3, 1), (4, 3, 2)]:
    with assert_raises(ValueError, hint=f"{s} taps, {dilation} apart, don't fit on {d} numbers."):
        strided_dilated1d(np.ones(d), np.ones(s), dilation=dilation)
for options in [{"stride": 0}, {"dilation": 0}, {"stride": -1}, {"dilation": -2}]:
    with assert_raises(ValueError, hint=f"{options} makes no sense."):
        strided_dilated1d(np.ones(6), np.ones(3), **options)

# %% beside="strided_contract"
@beside_student
def strided_contract(x, k, stride, dilation):
    """Report whether `strided_dilated1d` left x and k as they were and returned its own numbers."""
    before_x, before_k = x.copy(), k.copy()
    y = np.asarray(strided_dilated1d(x, k, stride=stride, dilation=dilation))
    return {"x unchanged": bool(np.array_equal(x, before_x)),
            "k unchanged": bool(np.array_equal(k, before_k)),
            "own numbers": not (np.shares_memory(y, x) or np.shares_memory(y, k))}

# %% test="strided_dilated1d:contract" points=0.25
# The operands stay as they were, and any view of an array will do
assert_same(strided_dilated1d(np.array([4.0]), np.array([3.0])), np.array([12.0]),
            hint="First return an array.")
for k, stride, dilation in [(np.array([2.0, 3.0]), 2, 1), (np.array([1.0]), 1, 1),
                            (np.ones(2), 1, 3)]:
    report = strided_contract(np.arange(8.0), k, stride, dilation)
    assert_same(report["x unchanged"], True, hint="The caller's signal was changed.")
    assert_same(report["k unchanged"], True, hint="The caller's kernel was changed.")
    assert_same(report["own numbers"], True, hint="The result must be a new array, never a view.")
view = np.arange(6.0)[::-2]  # 5, 3, 1: runs backwards, and is read-only
view.flags.writeable = False
got = strided_dilated1d(view, np.array([1.0, 1.0]))
assert_same(got, np.array([8.0, 4]), hint="5 + 3 and 3 + 1: any view must do; don't write to x.")

# %% demo
row = flower[100]
near = filters.strided_dilated1d(row, np.array([-1, 1]))
wide = filters.strided_dilated1d(row, np.array([-1, 1]), dilation=12)
few = filters.strided_dilated1d(row, np.array([-1, 1]), stride=4)
print("stride 4 keeps", len(few), "of", len(near), "places")
curves = {"differences of neighbours": near, "differences over 12 columns": wide}
show(along_row(flower, 100, curves))

# %% [markdown]
# The same two weights, further apart, answer far more to the wide borders of the flower than to
# petals and grain (mind the scales: they differ). A dilated kernel sees more without having more
# weights. A stride saves work and room, and pays with places that are never looked at. Layers in
# networks use both; chapter 04.

# %% [markdown]
# ---
# ## 7 · The flip

# %% [markdown] items="8"
# What we did so far is *correlation*. Mathematics calls something else convolution. Of two
# functions it is an integral,
#
# $$ (f * g)(t) \;=\; \int f(\tau)\, g(t-\tau)\; d\tau , $$
#
# one of the two functions **mirrored** and shifted by $t$, times the other (Pilehvar). Why
# mirrored? Because the two arguments, $\tau$ and $t-\tau$, always add up to $t$. If $f$ tells when
# a bus leaves and $g$ how long it takes, $f * g$ tells when it arrives: every pair of a departure
# and a duration counts that adds up to $t$.

# %% [markdown] items="9"
# Of two vectors it is a sum. With $a$ of length $m$ and $b$ of length $n$, counted from 1 as
# Pilehvar does,
#
# $$ c_t = \sum_u a_u\, b_{t-u+1}, \qquad u = \max(1, t-n+1), \dots, \min(t, m), $$
#
# with $m+n-1$ entries. (He writes $x$ for our $t$; here $x$ is the signal.) The limits say no more
# than that both indices must exist. Counted from 0 it is simpler, and the indices add up to the
# same number again:
#
# $$ c_i = (a * b)_i = \sum_{j} a_{j}\, b_{i-j} . $$

# %% [markdown] items="10"
# **By hand**, $(1, 0, -1) * (0, 1, 2)$. Let every number of the first vector send out a copy of the
# second, starting at its own place, and add the copies:
#
# | | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | 1 at place 0 sends | 0 | 1 | 2 | | |
# | 0 at place 1 sends | | 0 | 0 | 0 | |
# | −1 at place 2 sends | | | 0 | −1 | −2 |
# | together | **0** | **1** | **2** | **−1** | **−2** |

# %% demo items="10"
show(slide(np.array([1, 0, -1]), np.array([0, 1, 2]), 2, mode="full", flip=True))

# %% [markdown]
# The same as a sliding kernel: in $a_j\, b_{i-j}$ the index of $b$ goes down as that of $a$ goes up.
# Entry 2, for instance, is
#
# $$ c_2 = a_0 b_2 + a_1 b_1 + a_2 b_0 = 1\cdot 2 + 0\cdot 1 + (-1)\cdot 0 = 2 . $$
#
# Below $(a_0, a_1, a_2)$ stands $(b_2, b_1, b_0)$. So the kernel that slides is **flipped**,
# $(2, 1, 0)$, and it slides over every place that touches, mode *full*:
#
# $$ x * k \;=\; x \star \mathrm{flip}(k) \quad\text{in mode full.} $$

# %% [markdown] quiz="flip_kernels"
# **Predict.** For which kernel are convolution and correlation the same, whatever the signal?
# - [ ] (−1, 0, 1) :: Flipped it is (1, 0, −1): every number of the result changes its sign.
# - [ ] (0, 1, 2) :: Flipped it is (2, 1, 0), another kernel.
# - [x] (1, 2, 1) :: The same from both ends, so flipping changes nothing.

# %% [markdown]
# #### Exercise 5 · `convolve1d`
#
# Write the true convolution of two vectors, in full. Here `filters.correlate1d` is allowed; NumPy's
# and SciPy's convolution are not. The three rules of exercise 1 hold.
#
# *About 10 minutes.*
#
# <details><summary>Hint 1: two ways</summary>
#
# Use the last formula, correlation with a flipped kernel. Or let every number of x send out its
# copy of k, as in the table.
# </details>
# <details><summary>Hint 2: flipping</summary>
#
# A slice can run backwards. It makes a view; writing the flipped numbers back into k would change
# the caller's array.
# </details>
# <details><summary>Hint 3: a test by hand</summary>
#
# A signal $(1)$ must give the kernel itself, in its own order. And the two operands may change
# places.
# </details>

# %% exercise="convolve1d" forbids="cnnkit.convolve1d cnnkit.convolve2d cnnkit.ops numpy.convolve scipy torch" minutes=10
def convolve1d(x, k):
    """Convolve two signals, in full: y[i] = sum over j of x[i - j] * k[j].

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)

    Returns
    -------
    y : ndarray, shape (d + s - 1,)
        Its dtype is ``np.result_type`` of x and k, where integers and bool count as float64.

    Raises
    ------
    ValueError
        If x or k is empty.

    Examples
    --------
    >>> convolve1d(np.array([1, 0, -1]), np.array([0, 1, 2]))
    array([ 0.,  1.,  2., -1., -2.])
    """
    ### BEGIN SOLUTION
    return filters.correlate1d(x, k[::-1], mode="full")
    ### END SOLUTION

# %% test="convolve1d:values" points=0.75
# The kernel is flipped, and the result is not
got = convolve1d(np.array([1, 0, -1]), np.array([0, 1, 2]))
assert_same(got, np.array([0, 1, 2, -1, -2]), hint="The table above works it out.")
got = convolve1d(np.array([0, 1, 0]), np.array([1, 2, 3]))
assert_same(got, np.array([0, 1, 2, 3, 0]), hint="A single 1 brings the kernel out as it is.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(30)
for d, s in [(5, 3), (4, 4), (9, 2), (2, 5)]:
    x, k = source.normal(size=d), source.normal(size=s)
    expected = np.zeros(d + s - 1)
    for i in range(d):
        expected[i : i + s] += x[i] * k
    assert_same(convolve1d(x.copy(), k.copy()), expected,
                hint="Indices of the two factors add up to the index of the result.")
### END HIDDEN TESTS

# %% test="convolve1d:lengths" points=0.5
# d + s − 1 numbers, and the operands may change places
x, k = np.array([2, 5, 5, 2]), np.array([1, 1])  # the same from both ends: no flip matters here
for got in (convolve1d(x.copy(), k.copy()), convolve1d(k, x)):
    assert_shape(got, (5,), hint="4 + 2 − 1 numbers, whichever of the two comes first.")
    assert_same(got, np.array([2, 7, 10, 7, 2]), hint="Outside of the signal there are zeros.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(31)
for d, s in [(3, 7), (6, 1), (1, 4), (8, 5)]:
    x, k = source.normal(size=d), source.normal(size=s)
    x, k = x + x[::-1], k + k[::-1]
    expected = [sum(x[i - j] * k[j] for j in range(s) if 0 <= i - j < d) for i in range(d + s - 1)]
    got = convolve1d(x.copy(), k.copy())
    assert_shape(got, (d + s - 1,), hint="Every place at which the two touch.")
    assert_same(got, np.array(expected), hint="Zeros, and nothing else, outside of the signal.")
### END HIDDEN TESTS

# %% test="convolve1d:dtype" points=0.25
# The dtype of the result
for xs, ks, kind in [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("i8", "i8", "f8"), ("?", "f4", "f8")]:
    assert_dtype(convolve1d(np.ones(3, xs), np.ones(2, ks)), kind,
                 hint=f"x is {np.dtype(xs)}, k {np.dtype(ks)}: so the result is {np.dtype(kind)}.")
got = convolve1d(np.array([3, 3]), np.array([0.5, 0.5]))
assert_same(got, np.array([1.5, 3, 1.5]), hint="Halves may not be cut to whole numbers.")

# %% test="convolve1d:errors" points=0.3
# An empty operand: ValueError
got = convolve1d(np.array([3]), np.array([4]))
assert_same(got, np.array([12]), hint="One number and one tap: no error here.")
for d, s in [(0, 3), (3, 0), (0, 0), (0, 1)]:
    with assert_raises(ValueError, hint=f"{d} numbers with {s} taps: say that one is empty."):
        convolve1d(np.ones(d), np.ones(s))

# %% beside="convolve1d_contract"
@beside_student
def convolve1d_contract(x, k):
    """Report whether `convolve1d` left x and k as they were."""
    before_x, before_k = x.copy(), k.copy()
    convolve1d(x, k)
    return {"x": bool(np.array_equal(x, before_x)), "k": bool(np.array_equal(k, before_k))}

# %% test="convolve1d:contract" points=0.2
# The operands stay as they were
assert_same(convolve1d(np.array([3.0]), np.array([4.0])), np.array([12.0]), hint="First a result.")
for d, s in [(5, 3), (2, 4)]:
    report = convolve1d_contract(np.arange(d) + 1.0, np.arange(s) + 1.0)
    assert_same(report["x"], True, hint="convolve1d changed the caller's x.")
    assert_same(report["k"], True, hint="convolve1d changed the caller's k: did you flip in place?")

# %% [markdown]
# #### What convolution is good for

# %% demo items="8 9"
die = np.full(6, 1 / 6)  # the chances of 1 to 6
two = filters.convolve1d(die, die)  # entry 0: the sum 2
print("sum of two dice, in 36ths:", np.round(36 * two).astype(int))
print(f"the sum is 7: {two[7 - 2]:.4f}, six pairs of 36")

step = 0.001
box = np.ones(1000)  # f = g = 1 from 0 to 1, sampled
tent = filters.convolve1d(box, box) * step  # the integral as a sum of strips
print("f * g at 0.5, 1 and 1.5:", [round(float(tent[int(t / step) - 1]), 3) for t in (0.5, 1, 1.5)])

# %% [markdown] items="8 9"
# Two dice: all pairs of faces that add up to 7, six of 36. Indices that add up are what convolution
# is made of. And the integral, taken as a sum over thin strips, is the same sum: two boxes make a
# tent with its top, 1, at $t=1$. On a computer every such integral is a sum over samples.

# %% demo
a, b, c = np.array([1, 2, 4]), np.array([-1, 0, 3]), np.array([1, 1])
print("a * b =", filters.convolve1d(a, b), "  b * a =", filters.convolve1d(b, a))
print("a ★ b =", filters.correlate1d(a, b, mode="full"),
      "  b ★ a =", filters.correlate1d(b, a, mode="full"))
print("(a * b) * c =", filters.convolve1d(filters.convolve1d(a, b), c))
print("a * (b * c) =", filters.convolve1d(a, filters.convolve1d(b, c)))

# %% [markdown]
# The operands of a convolution may change places; those of a correlation may not, the result comes
# out reversed. Nor does it matter where the brackets of a convolution stand, and that is useful:
# smoothing and then taking differences is **one** filter, whose kernel is the convolution of both.
#
# **Then why do networks not flip?** Because it would make no difference to them. Their kernels are
# learned, and a layer that flips would learn the same weights in reversed order. Not flipping is
# simpler, so layers correlate, and are called convolutional all the same. It matters when *you*
# give the weights, or carry weights or formulas from one library to another:
#
# | | flips the kernel | takes it as it is |
# |---|---|---|
# | NumPy | `np.convolve` | `np.correlate` |
# | SciPy (`scipy.signal`) | `convolve`, `convolve2d` | `correlate`, `correlate2d` |
# | PyTorch, Keras, this course | | all convolutional layers |
# | mathematics, signal processing | convolution | correlation |

# %% [markdown]
# ---
# ## What you learned
#
# - Sliding a kernel along a signal gives one dot product per place. The result is a signal again.
# - *Valid* has $d-s+1$ places, *same* $d$ (an odd zero goes to the end), *full* $d+s-1$.
# - The highest score says where a template fits best. Let its weights add up to zero, else
#   brightness wins.
# - The stride thins out the places, the dilation spreads the taps; what does not fit is left out.
# - Convolution is correlation with a flipped kernel. Layers don't flip.
#
# ## Three questions

# %% [markdown] quiz="end_length"
# **1.** A signal of 100 numbers goes through a kernel of 5 taps in mode *full*, then through
# another one of 5 taps in mode *valid*. How long is the result?
# - [x] 100 :: 100 + 5 − 1 = 104, and 104 − 5 + 1 = 100.
# - [ ] 104 :: That is the length after the first. The second takes 4 places away.
# - [ ] 108 :: 100 + 2 · 4 is the length of the padded signal, and there were two kernels.

# %% [markdown] quiz="end_same"
# **2.** PyTorch correlates $(1, 2, 3, 4)$ with $(1, 1, 1, 1)$ in mode *same* and finds
# $(6, 10, 9, 7)$. What does `np.correlate` find?
# - [ ] (6, 10, 9, 7) :: They agree for odd kernels. Three zeros can't be split equally.
# - [ ] (7, 9, 10, 6) :: Neither of the two turns the result round.
# - [x] (3, 6, 10, 9) :: NumPy puts the odd zero at the start: the first sum is 0 + 0 + 1 + 2.

# %% [markdown] quiz="end_flip"
# **3.** Your friend's function and yours agree on the kernel $(1, 2, 1)$ and have opposite signs on
# $(-1, 0, 1)$. What is going on?
# - [ ] One of them forgets the first tap. :: Then $(1, 2, 1)$ would tell them apart.
# - [x] One of them flips the kernel. ::
#   The first kernel is the same from both ends, the second changes its sign. Try $(1, 2, 3)$.
# - [ ] One of them pads with something else than zeros. :: That would show at the ends only.

# %% [markdown]
# ## One open question
#
# With its mean subtracted the template found the roof. But its score is still larger where the
# contrast is larger: a notch twice as deep scores twice as much, even if its shape fits less well.
# What would you divide the score by, so that a perfect fit always scores 1 and nothing scores more?
# Think of the angle between two vectors. There is no mark for this.
#
# *[← 01 Images as arrays](01_images_as_arrays.ipynb) · [Contents](00_start_here.ipynb) ·
# [03 Filtering images →](03_image_filtering_2d.ipynb)*
