# %% [markdown]
# # 08 · LeNet from scratch
#
# *[← 07 Fast convolution](07_fast_conv_im2col.ipynb) · [Contents](00_start_here.ipynb) ·
# [09 Equivariance and receptive fields →](09_equivariance_and_receptive_fields.ipynb)*
#
# **You will**
# - send gradients back through a dense layer, and turn scores into probabilities and a loss;
# - choose first weights that neither blow a signal up nor let it die;
# - read and write the plan of a whole network, and count all it has and does;
# - assemble a network like LeNet from layers that you know, and train it;
# - compare it with a dense network of the same size, and say what each of them has learned.
#
# **Time.** About 5 hours: part 1 (dense layer, loss, first weights) 130 minutes, part 2 (the
# network and its training) 180. There is a good place to stop between them.
#
# **Prerequisites.** Chapter 04 (the layer, its size and its counts), chapter 05 (max pooling) and
# chapter 06 (backward functions, difference quotients). From chapter 07 only the result: a
# convolution is fast enough to train with. A class in Python: `__init__`, `self`, methods.

# %% [markdown]
# **How this chapter speaks.** As chapter 06 does: `dy` is the gradient that arrives at a layer's
# output, `dx`, `dw`, `db` are what it hands on. New:
#
# | Written | Means | Shape in NumPy |
# |---|---|---|
# | $x$, $w$, $b$ of a dense layer | D numbers of each image; O rows of weights; a bias a row | `(N, D)`, `(O, D)`, `(O,)` |
# | `scores` | what a network says of each class, any number | `(N, K)` |
# | $p$ | the probabilities made of the scores | `(N, K)` |
# | $y$, `y` from section 1.3 on | the **labels**, whole numbers from 0 to K − 1 | `(N,)` |
# | $L$, `loss` | the one number that training makes small | |
# | $\mathrm{fan_{in}}, \mathrm{fan_{out}}$ | how many products an output adds up, and how many an input goes into | |
#
# **Sources.** M. T. Pilehvar, *Machine Learning 01*; D. R. Neog, *The World of CNN* (IIT
# Guwahati); Y. Kochura, *Computer Vision*, lectures 10–11, after F. Chollet, *Deep Learning with
# Python* (2021); an unsigned handwritten deck on convolutional networks. Papers are named where
# they are used. A box headed **Erratum** corrects a lecture; a box headed **Careful** completes
# one that is right where it stands. Boxes name **items**: the numbers of the lectures' points in
# the course's list of sources, `docs/sources.md`.

# %% setup
import re

import numpy as np

from cnnkit import architectures, gradcheck, initialisers, models, ops, shapes
from cnnkit.architectures.layers import conv, dense, flatten, max_pool, relu
from cnnkit.data import classes, load
from cnnkit.shapes import pair
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(8)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that
# only these bind.
#
# ---
# ## Part 1 · Dense layer, loss, first weights
#
# ### 1.1 What a network is made of

# %% [markdown] items="1 61 74"
# A neural network learns a map from pairs of input and answer: from a picture to the class that it
# shows, or to a number. It is called so after the brain, loosely (Neog). A convolutional network
# is no new kind of thing. It is still a stack of layers with weights, a loss and gradient descent;
# new is only that the layers are made for pictures (Pilehvar). Of these layers you know most:
# **convolution** and **pooling**, the dense or *fully connected* layer (FC) from chapter 01's
# linear scores, and **ReLU**. Two more, batch normalisation and dropout, come in chapters 10 and
# 11.

# %% demo items="6"
from cnnkit.pictures import show, volume

show(volume(("image", 1, 28, 28), ("32 maps", 32, 24, 24), ("pooled", 32, 8, 8),
            ("64 maps", 64, 4, 4), ("pooled", 64, 2, 2), ("10 scores", 10, 1, 1),
            between=("→",)))

# %% [markdown] items="6 96 143"
# This is the network of this chapter. A picture goes in at the left; each arrow is one or two
# layers, and the last one is a small dense network; ten numbers come out, one for each class. The
# maps become smaller and more: less *where*, more *what*. (The boxes are not to scale: short sides
# are drawn longer, so that they can be labelled.) Kochura calls a layer a filter for data:
# what comes out is a more useful form of what went in. The handwritten deck stacks detectors:
# the second convolution looks for patterns among the answers of the first. Pilehvar points to two
# demonstrations in the browser that show such a network at work (ConvNetJS on MNIST, and A.
# Harley's drawing of a LeNet); section 2.7 draws our own.

# %% [markdown] items="97"
# Three things must be chosen before a network is trained (Kochura): an **optimiser**, here plain
# gradient descent on small batches; a **loss**, here cross-entropy (section 1.3); and **metrics**
# to watch, here the accuracy: the part of the pictures that is classified rightly.

# %% [markdown]
# ### 1.2 The dense layer and its way back

# %% [markdown] items="95"
# In a dense layer every output sees every input. Image $n$ is a row of $D$ numbers, output $o$
# has a row of $D$ weights and a bias:
#
# $$ y_{no} = b_o + \sum_{d} w_{od}\, x_{nd}, \qquad\text{in one line}\qquad
# y = x\,w^{\mathsf T} + b $$
#
# **By hand.** $x = (1, 2)$; three outputs with the weights $(3, 4)$, $(5, 6)$, $(0, 1)$ and the
# biases $0, 0, 10$ give $y = (11, 17, 12)$. Two such layers with a ReLU between them, the second
# with an output for each class, are Kochura's first network for digits.
#
# Now let $dy = (1, 0, 2)$ arrive. Chapter 06's rules need nothing more:
# - $x_0$ went into all three outputs, with the weights 3, 5, 0. It gets
#   $1 \cdot 3 + 0 \cdot 5 + 2 \cdot 0 = 3$; and $x_1$ gets $1 \cdot 4 + 0 \cdot 6 + 2 \cdot 1 = 6$.
# - The weight from $x_d$ to $y_o$ met $x_d$, so it gets $dy_o\, x_d$: the rows $(1, 2)$, $(0, 0)$,
#   $(2, 4)$.
# - A bias goes into its output alone, with slope 1: $db = (1, 0, 2)$.
#
# With several images each has its own `dx`. The weights and biases are shared by all images, so
# they get the **sum** over the batch.

# %% demo items="95"
x, w = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0], [0.0, 1.0]])
print("y: ", ops.dense(x, w, np.array([0.0, 0.0, 10.0])))
for name, gradient in zip(("dx", "dw", "db"), ops.dense_backward(np.array([[1.0, 0, 2]]), x, w),
                          strict=True):
    print(f"{name}:", gradient.tolist())

# %% [markdown]
# #### Exercise 1 · `dense_backward`
#
# Give the three gradients. The shapes nearly tell the formulas: `dx` is `(N, D)`, `dw` is
# `(O, D)`. Don't divide by N anywhere: where a loss is a mean over the batch, the `dy` that
# arrives has been divided already.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: which matrices</summary>
#
# dx is made of dy (N, O) and w (O, D); dw of dy (N, O) and x (N, D). In each, one axis is summed
# over and vanishes. Which one?
# </details>
# <details><summary>Hint 2: the product</summary>
#
# `a @ b` sums over the last axis of a and the first of b. If the axis to sum over stands in front,
# transpose.
# </details>
# <details><summary>Hint 3: what does not fit</summary>
#
# Neither product would notice x and w of different D, for neither takes both. And NumPy spreads
# an axis of length 1 in `*` without a word. Compare the shapes before you compute.
# </details>

# %% exercise="dense_backward" forbids="cnnkit.ops cnnkit.gradcheck cnnkit.layers torch" minutes=20
def dense_backward(dy, x, w):
    """Give the gradients of a dense layer, y = x w^T + b.

    Parameters
    ----------
    dy : ndarray, shape (N, O)
        The gradient that arrives. Not changed.
    x : ndarray, shape (N, D)
        The input of the layer; N may be 0. Not changed.
    w : ndarray, shape (O, D)
        A row of weights for each output. Not changed.

    Returns
    -------
    dx : ndarray, shape (N, D)
    dw : ndarray, shape (O, D)
        Summed over the batch.
    db : ndarray, shape (O,)
        Summed over the batch. Of all three: integers count as float64, then
        ``np.result_type(dy, x, w)``.

    Raises
    ------
    ValueError
        If the three shapes do not go together.

    Examples
    --------
    >>> dx, dw, db = dense_backward(np.array([[1, 2]]), np.array([[3, 4]]), np.eye(2))
    >>> dx, dw, db
    (array([[1., 2.]]), array([[3., 4.],
           [6., 8.]]), array([1., 2.]))
    """
    ### BEGIN SOLUTION
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError(f"dy {dy.shape}, x {x.shape} and w {w.shape} do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=0)
    ### END SOLUTION

# %% test="dense_backward:dx" points=0.5
# The gradient of the input
dx, _, _ = dense_backward(np.array([[1.0, 0, 2]]), np.array([[1.0, 2]]),
                          np.array([[3.0, 4], [5, 6], [0, 1]]))
assert_same(dx, np.array([[3.0, 6.0]]), hint="x0 went out with the weights 3, 5, 0; dy is 1, 0, 2.")
dx, _, _ = dense_backward(np.array([[1.0, 0], [0, 10]]), np.zeros((2, 3)),
                          np.arange(6.0).reshape(2, 3))
assert_same(dx, np.array([[0.0, 1, 2], [30, 40, 50]]), hint="Each image has a row of its own.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(801)
for n, d, o in [(3, 4, 5), (4, 2, 2), (1, 6, 3), (5, 5, 5)]:
    dy, x, w = source.normal(size=(n, o)), source.normal(size=(n, d)), source.normal(size=(o, d))
    expected = np.zeros((n, d))
    for i, j, k in np.ndindex(n, d, o):
        expected[i, j] += dy[i, k] * w[k, j]
    assert_same(dense_backward(dy, x, w)[0], expected, hint="The sum over all outputs.")
### END HIDDEN TESTS

# %% test="dense_backward:dw" points=0.5
# The gradient of the weights
_, dw, _ = dense_backward(np.array([[1.0, 0, 2]]), np.array([[1.0, 2]]), np.zeros((3, 2)))
assert_same(dw, np.array([[1.0, 2], [0, 0], [2, 4]]), hint="A row for each output: dy times x.")
_, dw, _ = dense_backward(np.array([[1.0, 0], [1, 10]]), np.array([[1.0, 2], [3, 4]]),
                          np.zeros((2, 2)))
assert_same(dw, np.array([[4.0, 6], [30, 40]]), hint="Two images: what each of them gives, added.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(802)
for n, d, o in [(3, 4, 5), (4, 2, 2), (1, 6, 3), (5, 5, 5)]:
    dy, x, w = source.normal(size=(n, o)), source.normal(size=(n, d)), source.normal(size=(o, d))
    expected = sum(np.outer(row, image) for row, image in zip(dy, x, strict=True))
    assert_same(dense_backward(dy, x, w)[1], expected, hint="The sum over the images.")
### END HIDDEN TESTS

# %% test="dense_backward:db" points=0.5
# The gradient of the biases
_, _, db = dense_backward(np.array([[1.0, 10], [2, 20], [3, 30]]), np.zeros((3, 4)),
                          np.zeros((2, 4)))
assert_same(db, np.array([6.0, 60.0]), hint="A number for each output, over all images.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(803)
for n, o in [(4, 3), (3, 3), (1, 2)]:
    dy = source.normal(size=(n, o))
    expected = np.array([sum(column) for column in dy.T.tolist()])
    assert_same(dense_backward(dy, np.ones((n, 2)), np.ones((o, 2)))[2], expected,
                hint="Shape (O,): the sum of what arrived at each output.")
### END HIDDEN TESTS

# %% test="dense_backward:edges" points=0.3
# No image, the dtype, and shapes that do not go together
dx, dw, db = dense_backward(np.zeros((0, 2)), np.zeros((0, 3)), np.ones((2, 3)))
assert_shape(dx, (0, 3), hint="No image: dx is empty.")
assert_same((dw, db), (np.zeros((2, 3)), np.zeros(2)), hint="A sum over no image is 0.")
for kind, result in [("f4", "f4"), ("i8", "f8"), ("f8", "f8")]:
    got = dense_backward(np.ones((2, 2), kind), np.ones((2, 3), kind), np.ones((2, 3), kind))
    for gradient in got:
        assert_dtype(gradient, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
with assert_raises(ValueError, hint="One row arrives, for four images."):
    dense_backward(np.ones((1, 2)), np.ones((4, 3)), np.ones((2, 3)))
with assert_raises(ValueError, hint="x has three numbers an image, w takes four."):
    dense_backward(np.ones((2, 2)), np.ones((2, 3)), np.ones((2, 4)))

# %% beside="dense_operands"
@beside_student
def dense_operands(dy, x, w):
    """Give the operands as they are after a call of `dense_backward`."""
    dense_backward(dy, x, w)
    return dy.copy(), x.copy(), w.copy()

# %% test="dense_backward:contract" points=0.2
# The operands stay as they were
dy, x, w = np.array([[1.0, 2], [3, 4]]), np.array([[5.0], [6]]), np.array([[7.0], [8]])
assert_shape(dense_backward(dy.copy(), x.copy(), w.copy())[0], (2, 1), hint="First return arrays.")
assert_same(dense_operands(dy.copy(), x.copy(), w.copy()), (dy, x, w), hint="You wrote into one.")

# %% [markdown]
# From here on `ops.dense_backward` stands in. As always, measure: the quotients agree.

# %% demo
x, w, dy = rng.normal(size=(3, 5)), rng.normal(size=(2, 5)), rng.normal(size=(3, 2))
dx, dw, _ = ops.dense_backward(dy, x, w)
for name, got, at, f in [("dx", dx, x, lambda v: ops.dense(v, w)),
                         ("dw", dw, w, lambda v: ops.dense(x, v))]:
    quotient = gradcheck.numeric_grad(f, at, dy)
    print(f"{name}: relative error {gradcheck.rel_error(got, quotient):.0e}")

# %% [markdown]
# ### 1.3 From scores to a loss
#
# The last layer gives a score for each class. Scores can be any numbers. To say how good they are
# we first make probabilities of them, by the **softmax**: raise $e$ to each score, then divide
# by the sum.
#
# $$ p_{nk} = \frac{e^{s_{nk}}}{\sum_j e^{s_{nj}}} $$
#
# All are positive and each row sums to 1; the largest score has the largest probability. Then look
# at the probability of the **right** class only. The loss of one picture is its negative
# logarithm, the *cross-entropy*; that of a batch is the **mean**:
#
# $$ L = \frac1N \sum_n -\log p_{n,\,y_n} $$
#
# $\log$ is the natural logarithm. Sure and right costs nothing ($-\log 1 = 0$); the more certain
# and the more wrong, the more it costs, without end.
#
# **By hand.** Three classes with the scores $\log 1, \log 2, \log 5$, that is 0, 0.693, 1.609.
# $e$ to the scores is 1, 2, 5, the sum 8: $p = (1/8, 2/8, 5/8)$. If class 2 is right the loss is
# $-\log(5/8) = 0.47$, if class 0 is right it is $-\log(1/8) = 2.08$.

# %% [markdown] quiz="start"
# **Predict.** A network for 10 classes has not been trained and knows nothing: its scores are all
# nearly equal. What is its loss?
# - [ ] About 0.1 :: That is a probability: each class has one tenth. The loss is its negative
#   logarithm.
# - [x] About 2.3 :: p is about 1/10 for the right class as for all others, and −log(1/10) is
#   log 10 = 2.30.
# - [ ] It can't be said without the data :: The data do not matter as long as all scores are equal.

# %% demo
for K in (2, 10, 1000):
    loss, _ = ops.softmax_cross_entropy(np.zeros((1, K)), np.array([0]))
    print(f"{K:4} classes, equal scores: loss {loss:.4f}, log {K} = {np.log(K):.4f}")
for wrong_by in (0, 1, 5, 50):
    loss, _ = ops.softmax_cross_entropy(np.array([[0.0, wrong_by]]), np.array([0]))
    print(f"the wrong one of two classes leads by {wrong_by:2}: loss {loss:.4f}")

# %% [markdown]
# Remember log 10: it is one of three checks of any new network (sections 2.3 and 2.5).
#
# **The gradient** is as simple as a gradient can be. Write $L$ of one picture as
# $\log \sum_j e^{s_j} - s_y$. The derivative of the first part by $s_k$ is just $p_k$, that of the
# second is 1 for $k = y$ and 0 otherwise. With the mean over $N$:
#
# $$ \frac{\partial L}{\partial s_{nk}} = \frac{p_{nk} - [k = y_n]}{N} $$
#
# The bracket is 1 where the equation holds, 0 elsewhere. **By hand**, one picture with
# $p = (1/8, 2/8, 5/8)$ of class 2: $(1/8, 2/8, -3/8)$. The right score must rise, the others fall,
# the more the surer they were; each row sums to 0.
#
# **A trap.** $e^{1000}$ is too large for a float64: it becomes infinite, and infinity divided by
# infinity is NaN. But softmax has a freedom: the same number subtracted from all scores of a row
# changes no probability, for it cancels. Subtract the largest score of each row: the largest
# exponent is then 0. And take the logarithm by the rules, not of a number that has become 0:
# $-\log p_y = \log \sum_j e^{s_j - m} - (s_y - m)$, with $m$ the maximum.

# %% [markdown]
# #### Exercise 2 · `softmax_cross_entropy`
#
# Give the mean loss and its gradient with respect to the scores. It must be right for scores of
# any size: of 1000 and of −1000, and for rows of very different size in one batch.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: one picture</summary>
#
# Write it for one row first. Then see for each step whether it goes along a row (maximum, sum) or
# number by number. `keepdims=True` keeps an axis of length 1, which NumPy can subtract or divide
# by.
# </details>
# <details><summary>Hint 2: the number at the label</summary>
#
# `p[:, y]` takes the columns y of *every* row, N × N numbers. You need one number of each row: two
# index arrays side by side do that, rows 0 … N − 1 and columns y.
# </details>
# <details><summary>Hint 3: large scores</summary>
#
# After the maximum has been subtracted, p can still be 0 for a class that is far behind, and the
# logarithm of 0 is infinite. The loss itself is not: 1000, say. Use the last formula above, in
# which the logarithm is taken of a sum that is at least 1.
# </details>

# %% exercise="softmax_cross_entropy" forbids="cnnkit.ops cnnkit.training scipy torch" minutes=35
def softmax_cross_entropy(scores, y):
    """Give the mean cross-entropy of the labels under the softmax, and its gradient.

    Parameters
    ----------
    scores : ndarray, shape (N, K)
        Of any size. Not changed.
    y : ndarray of int, shape (N,)
        The label of each row, 0 to K - 1. Not changed.

    Returns
    -------
    loss : number
        The mean over the batch, by the natural logarithm.
    dscores : ndarray, shape (N, K)
        The gradient of the loss. A float dtype of the scores is kept, integers give float64.

    Raises
    ------
    ValueError
        If a label is not among the classes, or the batch is empty: it has no mean.

    Examples
    --------
    >>> loss, dscores = softmax_cross_entropy(np.zeros((2, 2)), np.array([0, 1]))
    >>> round(float(loss), 4), dscores
    (0.6931, array([[-0.25,  0.25],
           [ 0.25, -0.25]]))
    """
    ### BEGIN SOLUTION
    N, K = scores.shape
    if N == 0:
        raise ValueError("The batch is empty: it has no mean loss.")
    if y.min() < 0 or y.max() >= K:
        raise ValueError(f"Labels go from {y.min()} to {y.max()}, classes from 0 to {K - 1}.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(N)
    loss = np.mean(np.log(totals[:, 0]) - shifted[rows, y])
    dscores = exponentials / totals
    dscores[rows, y] -= 1
    return loss, dscores / N
    ### END SOLUTION

# %% test="softmax_cross_entropy:loss" points=1
# The loss of one picture
loss, _ = softmax_cross_entropy(np.zeros((1, 10)), np.array([3]))
assert_same(loss, np.log(10), hint="Ten equal scores: each class has 1/10.")
scores = np.log([[1.0, 2.0, 5.0]])
loss, _ = softmax_cross_entropy(scores.copy(), np.array([2]))
assert_same(loss, -np.log(5 / 8), hint="−log of the probability of the class that y names.")
### BEGIN HIDDEN TESTS
import math

source = np.random.default_rng(804)
for K in (1, 2, 3, 7):
    scores, label = source.normal(0, 2, K), int(source.integers(K))
    expected = math.log(sum(map(math.exp, scores.tolist()))) - float(scores[label])
    loss, _ = softmax_cross_entropy(scores[None].copy(), np.array([label]))
    assert_same(loss, expected, hint="Minus the natural logarithm of p at the label.")
### END HIDDEN TESTS

# %% test="softmax_cross_entropy:gradient" points=1
# The gradient for one picture
_, dscores = softmax_cross_entropy(np.log([[1.0, 2.0, 5.0]]), np.array([2]))
assert_same(dscores, np.array([[1 / 8, 2 / 8, -3 / 8]]), hint="p, and 1 less at the label.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(805)
for K in (2, 4, 9):
    scores, label = source.normal(0, 2, K), int(source.integers(K))
    quotient = gradcheck.numeric_grad(
        lambda s, label=label: np.log(np.sum(np.exp(s))) - s[label], scores, np.array(1.0))
    _, dscores = softmax_cross_entropy(scores[None].copy(), np.array([label]))
    assert_shape(dscores, (1, K), hint="A number for each score.")
    assert_same(dscores[0], quotient, rtol=1e-5, atol=1e-7, hint="As the quotients measure it.")
### END HIDDEN TESTS

# %% test="softmax_cross_entropy:batch" points=0.75
# Several pictures: a mean, and for each row its own label
scores, y = np.log([[1.0, 2.0, 5.0], [6.0, 1.0, 1.0]]), np.array([2, 1])
loss, dscores = softmax_cross_entropy(scores.copy(), y.copy())
assert_same(loss, -(np.log(5 / 8) + np.log(1 / 8)) / 2, hint="The mean of two losses.")
assert_same(dscores, np.array([[1, 2, -3], [6, -7, 1]]) / 16, hint="The gradient of the mean.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(806)
for N, K in [(3, 3), (5, 4), (4, 6)]:
    scores, y = source.normal(size=(N, K)), source.integers(0, K - 1, N)  # the last class is absent
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -np.mean([np.log(p[n, y[n]]) for n in range(N)])
    right = np.array([[float(k == label) for k in range(K)] for label in y])
    loss, dscores = softmax_cross_entropy(scores.copy(), y.copy())
    assert_same(loss, expected, hint="The mean over the pictures.")
    assert_same(dscores, (p - right) / N, hint="Each row has its own label.")
### END HIDDEN TESTS

# %% test="softmax_cross_entropy:large" points=0.75
# Scores of any size
loss, dscores = softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
assert_same(loss, 1000.0, hint="The right class is behind by 1000: that is the loss.")
assert_same(dscores, np.array([[1.0, -1.0]]), hint="Neither NaN nor infinite.")
### BEGIN HIDDEN TESTS
scores = np.array([[1000.0, 1001.0], [-1000.0, -1002.0], [0.0, 0.5], [-1000.0, 1000.0]])
y, behind = np.array([0, 1, 1, 0]), np.array([1.0, 2.0, -0.5, 2000.0])
for n in range(4):
    loss, _ = softmax_cross_entropy(scores[n : n + 1].copy(), y[n : n + 1].copy())
    expected = np.log1p(np.exp(-abs(behind[n]))) + max(behind[n], 0)
    assert_same(loss, expected, hint="By how much is the right class behind?")
_, dscores = softmax_cross_entropy(scores.copy(), y.copy())
share = 1 / (1 + np.exp(-behind))  # of the wrong class; what counts here is how rows compare
assert_same(np.abs(dscores / np.abs(dscores).max()), np.stack([share, share], axis=1),
            hint="Rows of very different size in one batch.")
### END HIDDEN TESTS

# %% test="softmax_cross_entropy:edges" points=0.3
# The dtype, labels that are no class, and no picture at all
for kind, result in [("f4", "f4"), ("f8", "f8"), ("i8", "f8")]:
    _, dscores = softmax_cross_entropy(np.array([[1, 0], [0, 2]], kind), np.array([0, 1]))
    assert_dtype(dscores, result, hint=f"{np.dtype(kind)} in, {np.dtype(result)} out.")
for label in (-1, 2):
    with assert_raises(ValueError, hint=f"There is no class {label} among two."):
        softmax_cross_entropy(np.zeros((2, 2)), np.array([0, label]))
with assert_raises(ValueError, hint="No picture: there is no mean."):
    softmax_cross_entropy(np.zeros((0, 2)), np.zeros(0, int))

# %% beside="loss_operands"
@beside_student
def loss_operands(scores, y):
    """Give the operands as they are after a call of `softmax_cross_entropy`."""
    softmax_cross_entropy(scores, y)
    return scores.copy(), y.copy()

# %% test="softmax_cross_entropy:contract" points=0.2
# The operands stay as they were
scores, y = np.array([[1.0, 2.0], [5.0, 3.0]]), np.array([1, 1])
_, dscores = softmax_cross_entropy(scores.copy(), y.copy())
assert_shape(dscores, (2, 2), hint="First return a loss and an array.")
assert_same(loss_operands(scores.copy(), y.copy()), (scores, y), hint="You wrote into the scores.")

# %% [markdown]
# From here on `ops.softmax_cross_entropy` stands in. A picture, its scores and its probabilities,
# for a network that has not learned anything yet:

# %% demo
images, targets = load("apparel", "train")
untrained = models.LeNetLike(rng)
scores = untrained.forward(images[:1] / 255)
loss, _ = ops.softmax_cross_entropy(scores, targets[:1])
for name, score, p in zip(classes("apparel"), scores[0], ops.softmax(scores)[0], strict=True):
    mark = "<- right" if name == classes("apparel")[targets[0]] else ""
    print(f"{name:12} {score:6.2f}  {p:.3f} {mark}")
print(f"loss {loss:.2f}, log 10 = {np.log(10):.2f}")

# %% [markdown]
# ### 1.4 First weights
#
# Gradient descent needs a place to begin. A bias may begin at 0. And the weights?

# %% [markdown] quiz="zeros"
# **Predict.** All weights of a network begin at 0, and so do all biases. What does training do?
# - [ ] It works, only more slowly at first :: Try it: what does the hidden layer send out, and what
#   comes back to it?
# - [x] Only the last bias learns :: The last layer sees zeros, so its weights get no gradient; and
#   it sends back dy times its weights, which are 0. Nothing ever reaches the layers below.
# - [ ] It fails with an error :: No number is wrong. The gradients are just 0.

# %% demo
silent = models.LeNetLike(rng)
for value in silent.params.values():
    value[...] = 0
_, dscores = ops.softmax_cross_entropy(silent.forward(images[:8] / 255), targets[:8])
for name, gradient in silent.backward(dscores).items():
    print(f"{name:9} largest gradient {np.abs(gradient).max():.3f}")

# %% [markdown]
# And if all weights were the same number, not 0? Then all units of a layer give the same and get
# the same gradient, and they stay the same for ever: a layer of one unit. So weights begin at
# **random**. Remains the question: how large?
#
# An output adds up $\mathrm{fan_{in}}$ products of a weight and an input. Let both be independent
# and random with mean 0. Then variances add, and
#
# $$ \mathrm{var}(y) = \mathrm{fan_{in}} \cdot \mathrm{var}(w) \cdot \mathrm{var}(x). $$
#
# If $\mathrm{var}(w)$ is larger than $1/\mathrm{fan_{in}}$, numbers grow from layer to layer,
# exponentially; if it is smaller they die away. On the way back it is the same with
# $\mathrm{fan_{out}}$: so many gradients an input adds up (chapter 06). Both can't be had at once
# unless the two are equal. X. Glorot and Y. Bengio (2010) take the middle:
#
# $$ \mathrm{var}(w) = \frac{2}{\mathrm{fan_{in}} + \mathrm{fan_{out}}} $$
#
# drawn from a **normal** distribution of standard deviation
# $\sqrt{2 / (\mathrm{fan_{in}} + \mathrm{fan_{out}})}$, or from a **uniform** one between
# $-\ell$ and $\ell$. Uniform numbers up to a limit $\ell$ have the variance $\ell^2/3$, so
# $\ell = \sqrt{6 / (\mathrm{fan_{in}} + \mathrm{fan_{out}})}$.
#
# **By hand.** Which fans has a layer?
# - A dense layer, w of `(O, D)`: an output adds up D products, an input goes into O outputs.
#   `(10, 200)` has the fans 200 and 10.
# - A convolution, w of `(O, C, kH, kW)`: an output adds up a whole window of **all channels**,
#   $C\,k_H\,k_W$; an input goes, in each of $O$ maps, into $k_H\,k_W$ windows:
#   $O\,k_H\,k_W$. For `(64, 32, 5, 3)` that is $32 \cdot 15 = 480$ and $64 \cdot 15 = 960$.

# %% [markdown] items="36" erratum="36"
# Pilehvar asks what the input size is, and answers: the size of the kernel. That misses the
# **channels**: $\mathrm{fan_{in}} = C_{in} k_H k_W$ and $\mathrm{fan_{out}} = C_{out} k_H k_W$. For
# one channel and one filter it is the same; with 32 channels and 64 filters the weights come out
# about seven times too large, as the next cell computes, and each layer multiplies the signal by as
# much again.

# %% demo items="36"
for name, (fan_in, fan_out) in [("kernel alone", (5 * 5, 5 * 5)),
                                ("with channels", initialisers.fans((64, 32, 5, 5)))]:
    std, limit = np.sqrt(2 / (fan_in + fan_out)), np.sqrt(6 / (fan_in + fan_out))
    print(f"{name:13}: fans {fan_in:4} and {fan_out:4}, std {std:.4f}, limit {limit:.4f}")

# %% [markdown] items="36" careful="36"
# The code on the slide is an excerpt of an old Keras; `get_fans`, `normal` and `uniform` are
# defined there. Its `s` stands for two different things: a standard deviation in `glorot_normal`
# ($\sqrt{2/\dots}$) and **half the width** of an interval in `glorot_uniform` ($\sqrt{6/\dots}$).
# Both have the same variance. Take the one for the other, and your weights are $\sqrt 3$ times too
# large or too small.

# %% [markdown]
# #### Exercise 3 · `fans` and `glorot`
#
# Write both. All numbers are drawn from the generator `rng` that is handed over, and from nothing
# else: whoever hands over the same generator state gets the same weights.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: the two fans</summary>
#
# Take the first two numbers of the shape by name, and the product of what is left. `math.prod(())`
# is 1, so one formula serves both kinds of layers.
# </details>
# <details><summary>Hint 2: drawing</summary>
#
# `rng.normal` takes a mean, a standard deviation and a shape; `rng.uniform` a low end, a high end
# and a shape. Neither takes a variance.
# </details>
# <details><summary>Hint 3: words that are neither</summary>
#
# An `else` that takes everything would draw normal numbers for 'unifrom', without a word. Ask for
# both words, and refuse the rest.
# </details>

# %% exercise="glorot" forbids="cnnkit.fans cnnkit.glorot cnnkit.he cnnkit.layers cnnkit.models torch" minutes=30
def fans(shape):
    """Count how many inputs an output adds up, and how many outputs an input reaches.

    Parameters
    ----------
    shape : tuple of int
        Of the weights: (O, C, kH, kW) of a convolution or (O, D) of a dense layer.

    Returns
    -------
    (fan_in, fan_out) : tuple of two int

    Raises
    ------
    ValueError
        If the shape has neither two nor four numbers.

    Examples
    --------
    >>> fans((64, 32, 5, 3)), fans((10, 200))
    ((480, 960), (200, 10))
    """
    ### BEGIN SOLUTION
    if len(shape) not in (2, 4):
        raise ValueError(f"shape is {shape}: it must be (O, C, kH, kW) or (O, D).")
    taps = 1
    for size in shape[2:]:
        taps *= size
    return shape[1] * taps, shape[0] * taps
    ### END SOLUTION


def glorot(shape, rng, *, dist="uniform"):
    """Draw first weights of variance 2 / (fan_in + fan_out).

    Parameters
    ----------
    shape : tuple of int
        As in `fans`.
    rng : numpy.random.Generator
        Where all chance comes from.
    dist : 'uniform' or 'normal'

    Returns
    -------
    w : ndarray of float64

    Raises
    ------
    ValueError
        If ``dist`` is another word.

    Examples
    --------
    >>> w = glorot((100, 50), np.random.default_rng(0))
    >>> bool(abs(w).max() < 0.2), w.shape  # sqrt(6 / 150) = 0.2
    (True, (100, 50))
    """
    ### BEGIN SOLUTION
    variance = 2 / sum(fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape)
    raise ValueError(f"dist is {dist!r}: it must be 'uniform' or 'normal'.")
    ### END SOLUTION

# %% [markdown]
# You need not read the next cell: marking can't send a generator to your code, so the tests send
# a seed.

# %% beside="drawn"
@beside_student
def drawn(shape, seed, times=1, **options):
    """Draw weights with `glorot` several times from one generator."""
    source = np.random.default_rng(seed)
    return [glorot(shape, source, **options) for _ in range(times)]

# %% test="glorot:conv" points=1
# The fans of a convolution
assert_same(fans((64, 32, 5, 3)), (480, 960), hint="All channels of a window; all filters.")
assert_same(fans((2, 7, 1, 1)), (7, 2), hint="A 1 x 1 kernel adds up the channels.")
### BEGIN HIDDEN TESTS
for o, c, kh, kw in [(6, 1, 5, 5), (96, 3, 11, 11), (4, 9, 2, 7)]:
    assert_same(fans((o, c, kh, kw)), (c * kh * kw, o * kh * kw), hint="All that is added up.")
### END HIDDEN TESTS

# %% test="glorot:dense" points=0.5
# The fans of a dense layer, and shapes that are neither
assert_same(fans((10, 200)), (200, 10), hint="w is (O, D): an output adds up D products.")
for shape in [(5,), (4, 3, 2)]:
    with assert_raises(ValueError, hint=f"{shape} is the shape of neither kind of weights."):
        fans(shape)
### BEGIN HIDDEN TESTS
for o, d in [(1, 30), (512, 784), (3, 3)]:
    assert_same(fans((o, d)), (d, o), hint="Inputs first, outputs second.")
### END HIDDEN TESTS

# %% test="glorot:spread" points=1
# The standard deviation of 40,000 weights
# A right solution is off by more than 2 % once in a hundred million draws.
for dist in ("uniform", "normal"):
    (w,) = drawn((50, 100, 2, 4), 0, dist=dist)
    assert_shape(w, (50, 100, 2, 4), hint="One weight for each place of the shape.")
    assert_same(w.std() ** 2 * (400 + 800), 2.0, rtol=0.04, hint="The variance is 2 / (400 + 800).")
### BEGIN HIDDEN TESTS
for shape, seed in [((100, 40, 5, 2), 807), ((20, 200, 1, 10), 808), ((400, 100), 809)]:
    taps = int(np.prod(shape[2:]))
    for dist in ("uniform", "normal"):
        (w,) = drawn(shape, seed, dist=dist)
        assert_same(w.std() ** 2 * (shape[0] + shape[1]) * taps, 2.0, rtol=0.04,
                    hint="The variance is 2 / (fan_in + fan_out).")
### END HIDDEN TESTS

# %% test="glorot:shape" points=0.75
# Uniform numbers end at the limit, normal ones do not
limit = np.sqrt(6 / (200 + 100))
(w,) = drawn((100, 200), 1)
assert_same(bool(np.abs(w).max() <= limit), True, hint="No uniform weight is beyond the limit.")
assert_same(np.mean(w < -limit / 2), 0.25, atol=0.02, hint="A quarter lies in the lowest quarter.")
(w,) = drawn((100, 200), 1, dist="normal")
assert_same(np.mean(np.abs(w) > limit), 0.083, atol=0.015, hint="8 % of a normal distribution do.")
### BEGIN HIDDEN TESTS
for seed in (810, 811):
    (w,) = drawn((40, 20, 5, 5), seed)
    limit = np.sqrt(6 / (500 + 1000))
    parts = [np.mean((w >= a * limit) & (w <= (a + 0.5) * limit)) for a in (-1, -0.5, 0, 0.5)]
    assert_same(np.array(parts), np.full(4, 0.25), atol=0.02, hint="As many in each quarter.")
    (w,) = drawn((40, 20, 5, 5), seed, dist="normal")
    assert_same(np.mean(w > 0), 0.5, atol=0.02, hint="As many above 0 as below.")
    assert_same(np.mean(np.abs(w) > limit), 0.083, atol=0.015, hint="Normal numbers have no limit.")
### END HIDDEN TESTS

# %% test="glorot:options" points=0.35
# What comes if nothing is said, another word, and the dtype
(w,) = drawn((20, 30), 2)
assert_dtype(w, "f8", hint="float64.")
assert_same(drawn((20, 30), 2, dist="uniform")[0], w, hint="'uniform' is what is meant if unsaid.")
with assert_raises(ValueError, hint="'unifrom' is neither of the two words."):
    drawn((20, 30), 2, dist="unifrom")

# %% test="glorot:generator" points=0.4
# All chance comes from the generator that is handed over
first, second = drawn((4, 5), 3, times=2)
assert_same(bool((first != second).all()), True, hint="The second draw must give other numbers.")
assert_same(drawn((4, 5), 3, times=2), [first, second], hint="The same state, the same weights.")
(other,) = drawn((4, 5), 4)
assert_same(bool((first != other).all()), True, hint="Another seed, other weights.")

# %% [markdown]
# From here on `initialisers.fans` and `initialisers.glorot` stand in. What is it worth? Sixteen
# pictures go through eight convolutions with ReLU, each with 32 filters of 3 × 3. *He* is the
# variance $2/\mathrm{fan_{in}}$ (K. He and others, 2015): the 2 makes up for the half that ReLU
# cuts off. (Behind a ReLU inputs have no mean of 0. The formula for the variance then holds with
# the mean of $x^2$ in place of $\mathrm{var}(x)$, and that is what ReLU halves.) It takes a few
# seconds.

# %% demo items="36"
from cnnkit.pictures import show, signal_by_layer

spreads = {"kernel alone": lambda i, o: np.sqrt(2 / (9 + 9)), "He": lambda i, o: np.sqrt(2 / i),
           "Glorot": lambda i, o: np.sqrt(2 / (i + o)), "always 0.01": lambda i, o: 0.01}
signal = {}
for name, spread in spreads.items():
    x = (images[:16] - images.mean()) / images.std()
    signal[name] = [x.std()]
    for _ in range(8):
        shape = (32, x.shape[1], 3, 3)
        w = rng.normal(0, spread(*initialisers.fans(shape)), shape)
        x = ops.relu(ops.conv2d(x, w, padding=1))
        signal[name].append(x.std())
    print(f"{name:12}: layer 1 times {signal[name][1] / signal[name][0]:.2g}, then each layer "
          f"times {(signal[name][8] / signal[name][1]) ** (1 / 7):.2g}")
show(signal_by_layer(signal))

# %% [markdown]
# The scale is logarithmic: a straight line is a factor that repeats from layer to layer. Layer 1
# stands apart, for it has one input channel: its fan_in is $1 \cdot 9$, that of the others
# $32 \cdot 9$. There Glorot loses most, because fan_out is so much larger, and the kernel alone is
# nearly right. From layer 2 on the fans are equal: He keeps the signal; Glorot loses at each ReLU
# what He's 2 makes up for; with the fans of the kernel alone it explodes; with a fixed 0.01 it dies
# away. A LeNet has two convolutions and meets its factor twice. With fifty layers it meets it fifty
# times, and that decides whether the network learns at all.
#
# ---
# **A good place to stop.** You have the three pieces that chapters 04 to 07 left open: the dense
# layer's way back, the loss with which every way back begins, and the first weights. Part 2 builds
# the network. It needs nothing but these and a fresh head.

# %% [markdown]
# ---
# ## Part 2 · The network
#
# ### 2.1 A network in one line

# %% [markdown] items="89"
# Most networks for pictures follow one pattern, says Neog. Convolution and ReLU, some times, then
# pooling; all that some times; then dense layer and ReLU some times; and a last dense layer for
# the scores:
#
# INPUT → [[CONV → RELU]\*N → POOL]\*M → [FC → RELU]\*K → FC
#
# A bracket with \*3 behind it stands three times in a row. **By hand**, with N = 1, M = 2, K = 1:
# the inner bracket is C R; with the pool C R P; twice C R P C R P; then F R and F. Together C R P C
# R P F R F: nine layers, those of this chapter's network but for two things. The pattern leaves
# out *flatten*, which makes a row of the last volume. And ours pools first, C P R, for then ReLU
# has less to do; with a **max** pool that gives the same: the maximum of what is cut off at 0 is
# the cut-off maximum.
#
# #### Exercise 4 · `parse_arch`
#
# Write a pattern out as a flat list of letters. The grammar, whole:
#
# | Part | Is |
# |---|---|
# | layer | `C`, `R`, `P` or `F`, or the word `CONV`, `RELU`, `POOL` or `FC`, in capitals |
# | arrow | `->` or `→`, and it stands between any two parts |
# | group | `[` pattern `]`, or `[` pattern `]*number`, in the digits 0 to 9; without one, once |
# | pattern | at least one part; parts are layers and groups |
#
# Spaces may stand between all of these, also around `*`, and mean nothing. Groups may stand in
# groups, as deep as you like. A group that stands `*0` times is left out; if nothing else is there,
# the list is empty. Everything else is malformed: raise a `ValueError`. (Not by `eval`: it runs
# whatever a stranger's text says.)
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: first words, then sense</summary>
#
# Cut the text into tokens first. `re.findall` with alternatives, longest first, gives them as a
# list: words, letters, both arrows, brackets. A last alternative `\S` catches what is none of
# them, so that you can refuse it. A closing bracket and its number can be one token.
# </details>
# <details><summary>Hint 2: brackets in brackets</summary>
#
# Keep a list of open groups, the innermost last. `[` opens an empty one. What is read goes to the
# innermost. `]` takes the innermost off, repeats it, and adds it to the one below. Or let a
# function read one group and call itself at each `[`.
# </details>
# <details><summary>Hint 3: what is malformed</summary>
#
# At each token you know what may come: either a part (at the start, behind `[`, behind an arrow)
# or an arrow or `]` (behind a part). Keep that in one variable. At the end no group may be open,
# and no part may be missing.
# </details>

# %% exercise="parse_arch" forbids="cnnkit.architectures torch" minutes=35
def parse_arch(text):
    """Write out a pattern of layers as a flat list.

    Parameters
    ----------
    text : str
        Layers and groups with arrows between them, as in the table above.

    Returns
    -------
    list of 'C', 'R', 'P', 'F'

    Raises
    ------
    ValueError
        If the text is malformed.

    Examples
    --------
    >>> "".join(parse_arch("[[C→R]*2→P]*2→[F→R]*1→F"))
    'CRCRPCRCRPFRF'
    """
    ### BEGIN SOLUTION
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in ("CONV", "RELU", "POOL", "FC", "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]
    ### END SOLUTION

# %% test="parse_arch:flat" points=0.75
# Layers in a row: letters and words, both arrows
assert_same(parse_arch("C→R→P"), ["C", "R", "P"], hint="A letter for each layer.")
assert_same(parse_arch("CONV -> RELU->POOL →FC"), list("CRPF"), hint="Words, spaces, both arrows.")
assert_same(parse_arch("F"), ["F"], hint="One layer is a pattern too.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(820)
for count in (2, 5, 9):
    letters = "".join(source.choice(list("CRPF"), count))
    names = {"C": "CONV", "R": "RELU", "P": "POOL", "F": "FC"}
    parts = [source.choice([letter, names[letter]]) for letter in letters]
    text = parts[0]
    for part in parts[1:]:
        text += source.choice(["->", " → ", "  ->  ", "→"]) + part
    assert_same(parse_arch(text), list(letters), hint="One letter for each layer, in their order.")
### END HIDDEN TESTS

# %% test="parse_arch:groups" points=1
# Groups side by side
assert_same(parse_arch("[C→R]*2→F"), list("CRCRF"), hint="The bracket stands twice.")
assert_same(parse_arch("[C]→[R→P] * 3"), list("CRPRPRP"), hint="Without a number: once.")
### BEGIN HIDDEN TESTS
for a, b, c in [(1, 2, 3), (4, 1, 2)]:
    text = f"[C -> R]*{a} -> P -> [FC]*{b} -> [F→R→P ] *{c}"
    assert_same(parse_arch(text), list("CR" * a + "P" + "F" * b + "FRP" * c),
                hint="Each bracket as often as the number behind it says.")
### END HIDDEN TESTS

# %% test="parse_arch:nested" points=1
# Groups in groups
assert_same(parse_arch("[[C→R]*2→P]*2"), list("CRCRPCRCRP"), hint="From the innermost outwards.")
### BEGIN HIDDEN TESTS
for N, M, K in [(1, 2, 1), (3, 3, 2), (2, 1, 3)]:
    text = f"[[CONV→RELU]*{N}→POOL]*{M}→[FC→RELU]*{K}→FC"
    assert_same(parse_arch(text), list(("CR" * N + "P") * M + "FR" * K + "F"),
                hint="Neog's pattern.")
assert_same(parse_arch("[C→[R→[P]*2→F]*2→[C]*2]*2"), list(("C" + "RPPF" * 2 + "CC") * 2),
            hint="Three deep, and two groups in one.")
assert_same(parse_arch("[[[C]]]"), ["C"], hint="Brackets alone change nothing.")
### END HIDDEN TESTS

# %% test="parse_arch:numbers" points=0.5
# Not at all, and more than nine times
assert_same(parse_arch("[[C→R]*0→P]*2→F"), list("PPF"), hint="*0: not at all.")
assert_same(parse_arch("[C]*12"), ["C"] * 12, hint="A number may have two digits.")
### BEGIN HIDDEN TESTS
assert_same(parse_arch("[[C]*3]*0"), [], hint="Nothing, then, and no error.")
assert_same(parse_arch("[[P→R]*10]*11→C"), ["P", "R"] * 110 + ["C"], hint="110 times.")
### END HIDDEN TESTS

# %% test="parse_arch:malformed" points=0.75
# What is no pattern
for text in ["", "C→", "C R", "[C→R", "C]", "[]", "C*2", "X→C", "[C]*", "→C"]:
    with assert_raises(ValueError, hint=f"{text!r} is no pattern: see the grammar."):
        parse_arch(text)
### BEGIN HIDDEN TESTS
for text in ["[C→R]P", "C→→R", "[C]]", "[[C]", "[C]*-1", "[C]*2*2", "[→C]", "CR", "conv", "C→2",
             "[C]2", "[C→]*2", "  ", "C-R", "[C]*1.5", "(C→R)*2"]:
    with assert_raises(ValueError, hint="Every part of the grammar, in its place."):
        parse_arch(text)
### END HIDDEN TESTS

# %% demo items="89"
for N, M, K in [(0, 1, 0), (1, 2, 1), (2, 3, 2)]:
    text = f"[[C→R]*{N}→P]*{M}→[F→R]*{K}→F"
    print(f"N={N}, M={M}, K={K}:", " ".join(architectures.parse_arch(text)))

# %% [markdown]
# ### 2.2 The table of a network
#
# The plan says in what order. A table says how large: for each layer the shape that it gives, its
# parameters, and the products (multiplications with their additions) that it takes for one
# picture. From here on a network on paper is a list of **layers as plain data**, dicts like these:

# %% demo
for layer in (conv(32, 5), conv(12, 3, padding="same", name="first"), max_pool(3), relu(),
              flatten(), dense(10)):
    print(layer)

# %% [markdown] items="75 76"
# Which layers have parameters? Convolution and dense layers have; ReLU, pooling and flattening
# have none (Neog). **By hand**, Neog's toy network: a picture of 32 × 32 × 3, twelve filters of
# 3 × 3 with *same* padding, ReLU, a 2 × 2 pool, and a dense layer for 3 classes.
#
# | Layer | Shape | Parameters | Products |
# |---|---|---|---|
# | conv | (12, 32, 32) | 12 · (3 · 3 · 3 + 1) = 336 | 12 · 27 · 32 · 32 = 331,776 |
# | relu | (12, 32, 32) | 0 | 0 |
# | max_pool | (12, 16, 16) | 0 | 0 |
# | flatten | (3072,) | 0 | 0 |
# | dense | (3,) | 3 · (3072 + 1) = 9,219 | 3 · 3072 = 9,216 |
#
# Adding a bias is no product, and neither is comparing. The last layer is a linear classifier over
# the whole volume: each of its outputs sees all 3,072 numbers.

# %% [markdown]
# #### Exercise 5 · `layer_table`
#
# Make such a table for a list of layers of these five kinds: 'conv', 'max_pool', 'relu', 'flatten',
# 'dense'. A row is a dict with the keys 'name', 'shape', 'params', 'macs'. The name is the layer's
# own. A shape is `(C, H, W)`, or `(D,)` once it is flat. The options are the keys that were printed
# above: `filters` of a convolution, `units` of a dense layer, and so on. You may use
# `shapes.conv2d_shape`, `shapes.conv_params` and `shapes.conv_macs`, chapter 04's functions;
# `groups` is 1 here, and `inputs` None. If a layer can't take what it is given, raise a
# `ValueError`: a dense layer takes flat input only, a convolution and a pool take volumes only, a
# window must fit, and there are no other kinds. ReLU and flatten take both; what is flat stays so.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: what is handed on</summary>
#
# One variable holds the shape that the next layer is given. Each layer reads it and, perhaps,
# changes it.
# </details>
# <details><summary>Hint 2: a convolution</summary>
#
# Its products are counted at the places of its **output**; its filters are as deep as its
# **input**. Ask for all options that the dict has: stride, padding, dilation, bias.
# </details>
# <details><summary>Hint 3: a pool</summary>
#
# It is a window as well, with kernel, stride and padding, on each channel alone. The number of
# channels stays.
# </details>

# %% exercise="layer_table" forbids="cnnkit.architectures torch" minutes=30
def layer_table(layers, input_shape):
    """List the layers of a network with their shapes and counts, for one picture.

    Parameters
    ----------
    layers : list of dict
        Of the kinds 'conv', 'max_pool', 'relu', 'flatten', 'dense', with the options shown above.
        Not changed.
    input_shape : tuple of int
        (C, H, W), or (D,).

    Returns
    -------
    list of dict
        With 'name', 'shape' (a tuple), 'params' and 'macs' (whole numbers). Biases are
        parameters, adding them is no product.

    Raises
    ------
    ValueError
        If a layer does not go with what it is given, or is of another kind.

    Examples
    --------
    >>> for row in layer_table([conv(32, 5), max_pool(3)], (1, 28, 28)):
    ...     print(*row.values())
    conv (32, 24, 24) 832 460800
    max_pool (32, 8, 8) 0 0
    """
    ### BEGIN SOLUTION
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows
    ### END SOLUTION

# %% test="layer_table:conv" points=1
# Convolutions
got = layer_table([conv(32, 5)], (1, 28, 28))
row = {"name": "conv", "shape": (32, 24, 24), "params": 832, "macs": 460_800}
assert_same(got, [row], hint="32 · (25 + 1) parameters; 32 · 25 products at 24 · 24 places.")
layers = [conv(4, 3, stride=2, padding=1, name="a"), conv(6, (1, 2), bias=False)]
got = layer_table(layers, (3, 9, 8))
assert_same(got[0], {"name": "a", "shape": (4, 5, 4), "params": 112, "macs": 2160},
            hint="Stride 2, padding 1.")
assert_same(got[1], {"name": "conv", "shape": (6, 5, 3), "params": 48, "macs": 720},
            hint="Its filters are 4 deep, and it has no bias.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(821)
for _ in range(6):
    o, c, kh, kw, sh, sw, p, d = (int(n) for n in source.integers(1, 4, 8))
    H, W = (int(n) for n in source.integers(9, 15, 2))
    size = ((H + 2 * p - d * (kh - 1) - 1) // sh + 1, (W + 2 * p - d * (kw - 1) - 1) // sw + 1)
    layer = conv(o, (kh, kw), stride=(sh, sw), padding=p, dilation=d, bias=o % 2 == 0)
    taps = o * c * kh * kw
    row = {"name": "conv", "shape": (o, *size), "params": taps + (o if o % 2 == 0 else 0),
           "macs": taps * size[0] * size[1]}
    assert_same(layer_table([layer], (c, H, W)), [row], hint="All options count.")
### END HIDDEN TESTS

# %% test="layer_table:passing" points=0.75
# Layers that have nothing to learn: pools, ReLU, flatten
got = layer_table([max_pool(2), relu(name="r"), flatten()], (3, 7, 8))
assert_same([row["shape"] for row in got], [(3, 3, 4), (3, 3, 4), (36,)], hint="3 · 3 · 4 = 36.")
assert_same([(row["params"], row["macs"]) for row in got], [(0, 0)] * 3, hint="Nothing to count.")
### BEGIN HIDDEN TESTS
layers = [max_pool((3, 2), stride=(2, 3), padding=1), relu(), max_pool(2, stride=1)]
got = layer_table(layers, (5, 8, 11))
assert_same([row["shape"] for row in got], [(5, 4, 4), (5, 4, 4), (5, 3, 3)],
            hint="A pool has a kernel, a stride and a padding.")
assert_same([row["params"] + row["macs"] for row in got], [0, 0, 0], hint="Nothing to count.")
assert_same(layer_table([relu()], (12,))[0]["shape"], (12,), hint="ReLU takes any shape.")
### END HIDDEN TESTS

# %% test="layer_table:dense" points=0.75
# Dense layers
got = layer_table([dense(200), relu(), dense(10, bias=False, name="last")], (256,))
assert_same(got[0], {"name": "dense", "shape": (200,), "params": 51_400, "macs": 51_200},
            hint="256 · 200 weights, 200 biases.")
assert_same(got[2], {"name": "last", "shape": (10,), "params": 2000, "macs": 2000}, hint="No bias.")
### BEGIN HIDDEN TESTS
for D, O in [(7, 5), (1, 9), (784, 3)]:
    row = {"name": "dense", "shape": (O,), "params": (D + 1) * O, "macs": D * O}
    assert_same(layer_table([dense(O)], (D,)), [row], hint="A weight and a product for each pair.")
### END HIDDEN TESTS

# %% test="layer_table:nets" points=1
# Whole networks
toy = [conv(12, 3, padding="same"), relu(), max_pool(2), flatten(), dense(3)]
got = layer_table(toy, (3, 32, 32))
assert_same([row["shape"] for row in got], [(12, 32, 32)] * 2 + [(12, 16, 16), (3072,), (3,)],
            hint="Each layer is given what the one before it gives.")
assert_same([row["params"] for row in got], [336, 0, 0, 0, 9219], hint="The table above.")
### BEGIN HIDDEN TESTS
for net in (architectures.lenet_like(), architectures.small_convnet(),
            architectures.small_convnet(pooling=False)):
    expected = architectures.layer_table(net["layers"], net["input_shape"])
    assert_same(layer_table(net["layers"], net["input_shape"]), expected, hint="Layer after layer.")
### END HIDDEN TESTS

# %% test="layer_table:errors" points=0.5
# Layers that do not go with what they are given
for layers, given, why in [
    ([dense(5)], (3, 4, 4), "A dense layer takes flat input: put flatten before it."),
    ([flatten(), conv(2, 1)], (3, 4, 4), "A convolution takes a volume."),
    ([flatten(), max_pool(1)], (3, 4, 4), "A pool takes a volume."),
    ([max_pool(2), conv(2, 3)], (3, 4, 4), "3 x 3 does not fit on 2 x 2."),
    ([{"kind": "guess", "name": "g"}], (3, 4, 4), "There is no such kind."),
]:
    with assert_raises(ValueError, hint=why):
        layer_table(layers, given)

# %% [markdown] items="90" careful="90"
# Neog's slides build up the table of a network like LeNet, column by column: the first
# convolution, 32 × 24 × 24, 832 parameters, 460,800 products; then a 3 × 3 pool, and there the
# table stops. Here is the whole, after F. Fleuret's network of that name (course EE559, EPFL): on
# with 64 filters of 5 × 5, a 2 × 2 pool, 200 hidden units and ten classes.

# %% [markdown] quiz="most"
# **Predict.** Two convolutions hold about half of this network's parameters, two dense layers
# the other half. How much of the multiplying do the convolutions do?
# - [ ] About half :: A weight of a dense layer is used once for a picture. And a filter's weight?
# - [x] Nearly all :: Each of their weights is used at every place: 576 times in the first layer, 16
#   times in the second. A dense weight is used once.
# - [ ] Hardly anything :: Sharing saves parameters, not products: each place is computed.

# %% demo items="90"
lenet = architectures.lenet_like()
table = architectures.layer_table(lenet["layers"], lenet["input_shape"])
for row in table:
    shape = " x ".join(map(str, row["shape"]))
    print(f"{row['name']:10} {shape:>12} {row['params']:>8,} {row['macs']:>9,}")
params, macs = (sum(row[key] for row in table) for key in ("params", "macs"))
print(f"{'in all':23} {params:>8,} {macs:>9,}")

# %% demo items="76"
from cnnkit.pictures import layer_costs, show

show(layer_costs(table))

# %% [markdown] items="76"
# The convolutions do most of the computing, as Neog says. Dense layers hold the parameters, in
# most networks far more than here, where the two pools leave only 256 numbers to the first of
# them. Three other networks that the lectures speak of:

# %% demo items="75 95 100"
mlp = {"input_shape": (1, 28, 28), "layers": [flatten(), dense(512), relu(), dense(10)]}
for name, net in {"Neog's toy network": architectures.toy_net(),
                  "Kochura's two dense layers": mlp,
                  "Kochura's small convnet": architectures.small_convnet()}.items():
    print(f"{name:27} {architectures.count_params(net):8,} parameters, "
          f"{architectures.count_macs(net):10,} products")

# %% [markdown] items="100"
# Kochura's convolutional network has 32, 64 and 128 filters of 3 × 3, pools between them, and one
# dense layer at the end. Divide its numbers by those of the dense one: far fewer parameters, and
# several times the products. Sharing saves memory, not work.

# %% [markdown]
# ### 2.3 The network itself

# %% [markdown] items="142"
# Now build it. What the parts are for, once more, after the handwritten deck: a kernel is a
# **detector**, its response is high where the picture looks like it; and ReLU with a bias is a
# **threshold**, $\max(x ★ w + b, 0)$: below it the detector is silent. With $b = -10$ only
# responses above 10 are heard.
#
# **By hand**, the smallest network that has everything: a picture of 3 × 3 with the numbers 0 … 8,
# one filter of 2 × 2 ones with bias −10, a 2 × 2 pool, two hidden units, two classes.
#
# | Layer | Gives |
# |---|---|
# | conv | 8 − 10, 12 − 10, 20 − 10, 24 − 10: −2, 2, 10, 14 |
# | max pool, ReLU | 14 |
# | dense with weights 1 and −1, ReLU | 14 and −14: 14 and 0 |
# | dense with weights (1, 0) and (2, 1), biases 0 and 100 | scores 14 and 128 |
#
# Back, if $(1, 10)$ arrives at the scores: the hidden units get $1 \cdot 1 + 10 \cdot 2 = 21$ and
# $1 \cdot 0 + 10 \cdot 1 = 10$; ReLU stops the second. The pool gets $21 \cdot 1$, and hands it to
# the place of the 14. So the filter's gradient is 21 times the window of that place, and its bias
# gets 21.

# %% [markdown]
# #### Exercise 6 · `LeNetLike`
#
# Write the class. For each number in `channels` a convolution (stride 1, no padding), a max pool
# (its stride is its window) and a ReLU; then flatten (channel, row, column, as `reshape` reads), a
# dense layer, a ReLU and a dense layer. All arrays lie in one flat dict, `params`, under the names
# `conv1.w`, `conv1.b`, `conv2.w`, …, `dense1.w`, `dense1.b`, `dense2.w`, `dense2.b`, in this order.
# Weights are drawn by `initialisers.glorot`; biases are 0. `forward` keeps what `backward` needs.
# `kernel` may be a number or a pair: `pair(kernel, "kernel", 1)` makes a pair of either. Everything
# that earlier exercises made is at hand: `initialisers.glorot`, `shapes.conv2d_shape`,
# `ops.conv2d`, `ops.max_pool2d`, `ops.relu`, `ops.dense`, and their `..._backward`; `conv2d_shape`
# and the pools take a number or a pair themselves.
#
# *About 60 minutes.*
#
# <details><summary>Hint 1: sizes</summary>
#
# In `__init__` follow the shape through the network, as `layer_table` does: you need the number of
# channels before each convolution, and how many numbers are left at the end for the first dense
# layer.
# </details>
# <details><summary>Hint 2: what to keep</summary>
#
# Each backward function asks for what its layer was **given** on the way forward: the convolution
# for its x, the pool for its x, ReLU for its x. Append them to a list while you go forward, made
# anew in each forward; go backward through it from the end. Flatten needs only the shape that it
# was given.
# </details>
# <details><summary>Hint 3: one layer at a time</summary>
#
# Write forward for one convolution first and look at shapes. In backward, one variable `dy` goes
# from layer to layer: what a layer hands on arrives at the one before it. Check with
# `gradcheck.numeric_grad`, as the cell after the tests does.
# </details>

# %% exercise="LeNetLike" forbids="cnnkit.models cnnkit.layers cnnkit.training torch" minutes=60
class LeNetLike:
    """A network like LeNet, of any size.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the first weights come from.
    in_shape : (C, H, W)
        Of a picture.
    channels : sequence of int
        The filters of each convolution.
    kernel : int or pair of int
        Of each convolution.
    pools : sequence of int or pairs, as many as ``channels``
        The windows of the pools.
    hidden, classes : int
        The outputs of the two dense layers.

    Raises
    ------
    ValueError
        If there are not as many pools as channels, or a picture is too small for them.

    Examples
    --------
    >>> model = LeNetLike(np.random.default_rng(0))
    >>> sum(value.size for value in model.params.values())
    105506
    """

    def __init__(self, rng, *, in_shape=(1, 28, 28), channels=(32, 64), kernel=5, pools=(3, 2),
                 hidden=200, classes=10):
        self.params = {}  # name -> array, all that is learned
        self.state = {}  # nothing here; chapter 10's networks have something in it
        self.pools = pools
        ### BEGIN SOLUTION
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)
        ### END SOLUTION

    def forward(self, x, train=False):
        """Give the scores (N, classes) of pictures (N, C, H, W).

        ``train`` tells whether the network is being trained; this one does the same in both cases.
        """
        ### BEGIN SOLUTION
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])
        ### END SOLUTION

    def backward(self, dscores):
        """Give the gradients for the last forward: a dict under the names of ``params``."""
        ### BEGIN SOLUTION
        p, grads = self.params, {}
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dscores, self.active, p["dense2.w"])
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"])
        return {name: grads[name] for name in p}
        ### END SOLUTION

# %% [markdown]
# A network does not travel either, so two given cells build one beside your code. The tests put
# known weights into it.

# %% beside="first_weights"
@beside_student
def first_weights(seed, **sizes):
    """Give the weights of a new `LeNetLike` by name."""
    model = LeNetLike(np.random.default_rng(seed), **sizes)
    return {name: value.copy() for name, value in model.params.items()}

# %% beside="passed"
@beside_student
def passed(weights, x, dscores=None, **sizes):
    """Put weights into a `LeNetLike`; give the scores of x, or the gradients if dscores arrive."""
    model = LeNetLike(np.random.default_rng(0), **sizes)
    for name, value in weights.items():
        model.params[name][...] = value
    scores = model.forward(x)
    return scores if dscores is None else model.backward(dscores)

# %% test="LeNetLike:params" points=1
# Names and shapes of all parameters
got = {name: value.shape for name, value in first_weights(1).items()}
assert_same(got, {"conv1.w": (32, 1, 5, 5), "conv1.b": (32,), "conv2.w": (64, 32, 5, 5),
                  "conv2.b": (64,), "dense1.w": (200, 256), "dense1.b": (200,),
                  "dense2.w": (10, 200), "dense2.b": (10,)}, hint="The table of section 2.2.")
### BEGIN HIDDEN TESTS
for sizes in [{"in_shape": (3, 9, 12), "channels": (4,), "kernel": (2, 3), "pools": ((2, 3),)},
              {"in_shape": (2, 26, 25), "channels": (3, 5, 2), "kernel": 2,
               "pools": (2, (1, 2), 3)}]:
    expected = models.LeNetLike(np.random.default_rng(0), hidden=6, classes=3, **sizes).params
    got = first_weights(1, hidden=6, classes=3, **sizes)
    assert_same({name: value.shape for name, value in got.items()},
                {name: value.shape for name, value in expected.items()}, hint="Follow the sizes.")
### END HIDDEN TESTS

# %% test="LeNetLike:start" points=1
# First weights: Glorot's, from the generator, and so a loss near log 10
got = first_weights(2)
for name, fan_sum in [("conv1", 825), ("conv2", 2400), ("dense1", 456), ("dense2", 210)]:
    assert_same(got[f"{name}.w"].std() ** 2 * fan_sum, 2.0, rtol=0.2, hint="Glorot, with all fans.")
    assert_same(got[f"{name}.b"], np.zeros(len(got[f"{name}.w"])), hint="Biases begin at 0.")
assert_same(bool((first_weights(3)["conv1.w"] != got["conv1.w"]).all()), True, hint="Use rng.")
pictures, right = load("apparel", "test")
scores = passed({}, pictures[:8] / 255)
assert_same(ops.softmax_cross_entropy(scores, right[:8])[0], np.log(10), rtol=0, atol=0.3,
            hint="An untrained network knows nothing: its loss is near log 10.")
### BEGIN HIDDEN TESTS
scores = passed({}, pictures[8:24] / 255)
assert_same(ops.softmax_cross_entropy(scores, right[8:24])[0], np.log(10), rtol=0, atol=0.3,
            hint="An untrained network knows nothing: its loss is near log 10.")
### END HIDDEN TESTS

# %% test="LeNetLike:forward" points=2
# The scores
weights = {"conv1.w": np.ones((1, 1, 2, 2)), "conv1.b": np.array([-10.0]),
           "dense1.w": np.array([[1.0], [-1.0]]), "dense1.b": np.zeros(2),
           "dense2.w": np.array([[1.0, 0.0], [2.0, 1.0]]), "dense2.b": np.array([0.0, 100.0])}
tiny = {"in_shape": (1, 3, 3), "channels": (1,), "kernel": 2, "pools": (2,), "hidden": 2,
        "classes": 2}
scores = passed(weights, np.arange(9.0).reshape(1, 1, 3, 3), **tiny)
assert_same(scores, np.array([[14.0, 128.0]]), hint="The network worked out by hand above.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(830)
sizes = {"in_shape": (2, 9, 9), "channels": (3, 4), "kernel": 2, "pools": (2, 1), "hidden": 5,
         "classes": 3}
for seed in (831, 832):
    model = models.LeNetLike(np.random.default_rng(seed), **sizes)
    for value in model.params.values():
        value += 0.3 * source.normal(size=value.shape)  # biases too
    x = source.normal(size=(4, 2, 9, 9))
    got = passed({name: value.copy() for name, value in model.params.items()}, x.copy(), **sizes)
    assert_same(got, model.forward(x), hint="Convolution, pool, ReLU; flatten, dense, ReLU, dense.")
### END HIDDEN TESTS

# %% test="LeNetLike:sizes" points=1
# Other sizes: not square, one convolution or three, and what does not fit
source = np.random.default_rng(833)
for sizes in [{"in_shape": (1, 7, 11), "channels": (2,), "kernel": (2, 3), "pools": ((3, 2),)},
              {"in_shape": (3, 12, 10), "channels": (2, 3, 2), "kernel": 2,
               "pools": (1, (2, 1), 2)}]:
    model = models.LeNetLike(np.random.default_rng(834), hidden=4, classes=2, **sizes)
    x = source.normal(size=(2, *sizes["in_shape"]))
    got = passed({name: value.copy() for name, value in model.params.items()}, x.copy(),
                 hidden=4, classes=2, **sizes)
    assert_same(got, model.forward(x), hint="Every size has a say.")
for wrong, why in [({"pools": (3,)}, "Two convolutions, one pool."),
                   ({"in_shape": (1, 12, 30)}, "12 rows: the second convolution finds no place.")]:
    with assert_raises(ValueError, hint=why):
        first_weights(0, hidden=2, **wrong)

# %% test="LeNetLike:backward" points=2
# The gradients of all parameters
weights = {"conv1.w": np.ones((1, 1, 2, 2)), "conv1.b": np.array([-10.0]),
           "dense1.w": np.array([[1.0], [-1.0]]), "dense1.b": np.zeros(2),
           "dense2.w": np.array([[1.0, 0.0], [2.0, 1.0]]), "dense2.b": np.array([0.0, 100.0])}
tiny = {"in_shape": (1, 3, 3), "channels": (1,), "kernel": 2, "pools": (2,), "hidden": 2,
        "classes": 2}
got = passed(weights, np.arange(9.0).reshape(1, 1, 3, 3), np.array([[1.0, 10.0]]), **tiny)
expected = {"conv1.w": 21 * np.array([[[[4.0, 5], [7, 8]]]]), "conv1.b": np.array([21.0]),
            "dense1.w": np.array([[294.0], [0]]), "dense1.b": np.array([21.0, 0]),
            "dense2.w": np.array([[14.0, 0], [140, 0]]), "dense2.b": np.array([1.0, 10])}
assert_same(got, expected, hint="The network worked out by hand above.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(835)
sizes = {"in_shape": (2, 8, 13), "channels": (3, 2), "kernel": (2, 3), "pools": (2, (1, 2)),
         "hidden": 5, "classes": 3}
model = models.LeNetLike(np.random.default_rng(836), **sizes)
for value in model.params.values():
    value += 0.2 * source.normal(size=value.shape)
x, dscores = source.normal(size=(3, 2, 8, 13)), source.normal(size=(3, 3))
weights = {name: value.copy() for name, value in model.params.items()}
got = passed(weights, x.copy(), dscores.copy(), **sizes)
model.forward(x)
assert_same(got, model.backward(dscores), hint="Every layer, in reverse order.")
quotient = gradcheck.numeric_grad(lambda b: model.forward(x), model.params["conv1.b"], dscores)
assert_same(got["conv1.b"], quotient, rtol=1e-4, atol=1e-7, hint="As the quotients measure it.")
### END HIDDEN TESTS

# %% beside="two_models"
@beside_student
def two_models(x, other, dscores, **sizes):
    """Give a model's weights, its gradients for x, asked for twice, and what all is then."""
    first = LeNetLike(np.random.default_rng(5), **sizes)
    second = LeNetLike(np.random.default_rng(6), **sizes)
    weights = {name: value.copy() for name, value in first.params.items()}
    first.forward(other)
    first.backward(dscores)  # of another batch: it must leave nothing behind
    first.forward(x)
    second.forward(other)
    second.backward(dscores)
    one = {name: value.copy() for name, value in first.backward(dscores).items()}
    two = first.backward(dscores)
    after = {name: value.copy() for name, value in first.params.items()}
    return weights, one, two, after, x.copy(), dscores.copy()

# %% test="LeNetLike:again" points=0.5
# Two networks and several batches do not disturb each other
source = np.random.default_rng(837)
sizes = {"in_shape": (1, 6, 7), "channels": (2,), "kernel": 3, "pools": (2,), "hidden": 4,
         "classes": 3}
x, other, dscores = (source.normal(size=shape) for shape in [(2, 1, 6, 7), (2, 1, 6, 7), (2, 3)])
weights, one, two, _, _, _ = two_models(x.copy(), other.copy(), dscores.copy(), **sizes)
model = models.LeNetLike(np.random.default_rng(0), **sizes)
for name, value in weights.items():
    model.params[name][...] = value
model.forward(x)
expected = model.backward(dscores)
assert_same(one, expected, hint="backward is for this network's last forward, and for no other.")
assert_same(two, expected, hint="Asked again, the same again: nothing adds up from call to call.")

# %% test="LeNetLike:contract" points=0.5
# Pictures, gradients that arrive, and weights stay as they were
source = np.random.default_rng(838)
sizes = {"in_shape": (1, 6, 7), "channels": (2,), "kernel": 3, "pools": (2,), "hidden": 4,
         "classes": 3}
x, other, dscores = (source.normal(size=shape) for shape in [(2, 1, 6, 7), (2, 1, 6, 7), (2, 3)])
weights, one, _, after, *operands = two_models(x.copy(), other.copy(), dscores.copy(), **sizes)
assert_same(sorted(one), sorted(weights), hint="First return a gradient for each parameter.")
assert_same(after, weights, hint="backward only measures: the step is the training's business.")
assert_same(operands, [x, dscores], hint="You wrote into x or into dscores.")

# %% [markdown]
# From here on `models.LeNetLike` stands in, under the name `Net`. To use yours from here to section
# 2.7 change one line, the next cell's first. The **first check** of a new network is chapter 06's,
# through all layers at once.

# %% demo
Net = models.LeNetLike  # yours: Net = LeNetLike
small = Net(rng, in_shape=(1, 9, 8), channels=(3, 4), kernel=2, pools=(2, 1), hidden=5)
x, y = rng.normal(size=(4, 1, 9, 8)), np.array([3, 1, 4, 1])
_, dscores = ops.softmax_cross_entropy(small.forward(x), y)
for name, gradient in small.backward(dscores).items():
    quotient = gradcheck.numeric_grad(
        lambda value: ops.softmax_cross_entropy(small.forward(x), y)[0],
        small.params[name], np.array(1.0))
    print(f"{name:9} relative error {gradcheck.rel_error(gradient, quotient):.0e}")

# %% [markdown]
# The **second check** is the loss at the start. Ten classes, all weights random: it must be near
# log 10 = 2.30. A loss of 10 means that the network is sure, and wrong, before it has seen
# anything: its weights or its pictures are too large.

# %% demo
for name, scale in [("pictures in 0..1", 255), ("pictures in 0..255", 1)]:
    losses = []
    for seed in range(5):
        model = Net(np.random.default_rng(seed))
        scores = model.forward(images[:32] / scale)
        losses.append(ops.softmax_cross_entropy(scores, targets[:32])[0])
    print(f"{name:18}: loss {min(losses):7.2f} to {max(losses):7.2f}")

# %% [markdown]
# ### 2.4 Training
#
# All is there for the oldest recipe of all, **stochastic gradient descent**: take a few pictures (a
# *batch*), go forward, ask the loss, go backward, and move every parameter a little against its
# gradient,
#
# $$ w \leftarrow w - \eta \, \frac{\partial L}{\partial w}, $$
#
# with the *learning rate* $\eta$, in code `lr`. When each picture has had its turn an **epoch** is
# over; the next one takes them in another order. The last batch of an epoch may be short; its
# pictures count as much as all others. So the epoch's mean loss is
#
# $$ \text{loss} = \frac{\sum_{\text{batches}} n_{\text{batch}} \cdot
# \text{loss}_{\text{batch}}}{\sum_{\text{batches}} n_{\text{batch}}} $$
#
# **By hand.** Five pictures in batches of two: 2, 2 and 1. With the losses 1.0, 0.8 and 0.1 the
# epoch's is $(2 \cdot 1.0 + 2 \cdot 0.8 + 1 \cdot 0.1)/5 = 0.74$, not the mean of the three, 0.63.
#
# #### Exercise 7 · `train`
#
# Write the loop, for any model that has `params`, `forward(x)` and `backward(dscores)`; call
# `forward` with x alone. The loss and its gradient come from `ops.softmax_cross_entropy`. A picture
# is taken for the class with its highest score, of equal ones the first. Loss and accuracy are
# those of the scores that each batch was learned from, before its step: nothing is computed twice.
# The arrays in `model.params` are changed **in place**; others may hold them too. The order of each
# epoch comes from `rng`, from nothing else. `X` and `y` stay as they are.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: the order</summary>
#
# Don't shuffle pictures and labels; shuffle their numbers, with `rng.permutation`, anew in each
# epoch. A slice of these picks a batch from both.
# </details>
# <details><summary>Hint 2: the short batch</summary>
#
# `range(0, len(X), batch_size)` gives where batches begin. A slice may end behind the end: it is
# then just shorter. Its length is the batch's weight in both means.
# </details>
# <details><summary>Hint 3: in place</summary>
#
# `a = a - b` makes a new array and calls it a. `a -= b` writes into the old one, also if a is
# `params[name]`.
# </details>

# %% exercise="train" forbids="cnnkit.training cnnkit.optimisers torch" minutes=35
def train(model, X, y, lr, epochs, batch_size, rng):
    """Train a model by plain stochastic gradient descent on the cross-entropy.

    Parameters
    ----------
    model : object
        With ``params``, a dict of arrays that are changed in place, ``forward(x) -> scores`` and
        ``backward(dscores)``, which gives a dict of gradients under the same names.
    X : ndarray, shape (N, C, H, W)
        Not changed.
    y : ndarray of int, shape (N,)
        Not changed.
    lr : float
        The learning rate.
    epochs, batch_size : int
    rng : numpy.random.Generator
        Where the order of each epoch comes from.

    Returns
    -------
    history : dict
        'loss' and 'acc': lists with a number for each epoch, means over its pictures.

    Examples
    --------
    >>> source = np.random.default_rng(0)
    >>> net = models.LeNetLike(source, in_shape=(1, 8, 8), channels=(4,), kernel=3, pools=(2,))
    >>> digits, numbers = load("digits", "train")
    >>> history = train(net, digits[:50] / 255, numbers[:50], 0.1, 3, 8, source)
    >>> len(history["loss"]), len(history["acc"])
    (3, 3)
    """
    ### BEGIN SOLUTION
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history
    ### END SOLUTION

# %% [markdown]
# The given cell trains the smallest model there is, a linear classifier that begins at 0, and
# writes down what your loop shows it.

# %% beside="trained"
@beside_student
def trained(X, y, lr, epochs, batch_size, seed=0):
    """Train a linear classifier; give history, weights, the batches it saw and what arrived."""
    class Linear:
        def __init__(self):
            self.held = np.zeros((3, X[0].size))
            self.params, self.seen, self.arrived = {"w": self.held}, [], []

        def forward(self, x):
            self.x = x.copy()
            return x.reshape(len(x), -1) @ self.params["w"].T

        def backward(self, dscores):
            self.seen.append(self.x)
            self.arrived.append(dscores.copy())
            return {"w": dscores.T @ self.x.reshape(len(dscores), -1)}

    model = Linear()
    history = train(model, X, y, lr, epochs, batch_size, np.random.default_rng(seed))
    return history, model.params["w"].copy(), model.held.copy(), model.seen, model.arrived

# %% test="train:history" points=0.75
# Loss and accuracy of an epoch
X, y = np.arange(10.0).reshape(5, 1, 1, 2), np.array([0, 2, 1, 0, 0])
history, *_ = trained(X.copy(), y.copy(), 0.0, 2, 2)
assert_same(history, {"loss": [np.log(3)] * 2, "acc": [0.6] * 2},
            hint="With lr 0 all scores stay 0: loss log 3, the first class, right for 3 of 5.")
X = np.array([[[[1.0, 0.0]]], [[[0.0, 1.0]]]])
history, *_ = trained(X.copy(), np.array([0, 1]), 5.0, 3, 2)
assert_same(np.array(history["acc"]), np.array([0.5, 1.0, 1.0]),
            hint="The scores before the step: at first both are taken for class 0.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(840)
X, y = source.normal(size=(7, 1, 2, 3)), source.integers(0, 3, 7)
history, _, _, seen, _ = trained(X.copy(), y.copy(), 0.7, 4, 3, seed=1)
w, losses, rights = np.zeros((3, 6)), [], []
for x in seen:
    labels = np.array([y[np.all(X == image, axis=(1, 2, 3))][0] for image in x])
    scores = x.reshape(len(x), -1) @ w.T
    loss, dscores = ops.softmax_cross_entropy(scores, labels)
    losses.append(loss * len(x))
    rights.append(np.sum(scores.argmax(axis=1) == labels))
    w -= 0.7 * dscores.T @ x.reshape(len(x), -1)
assert_same(np.array(history["loss"]), np.reshape(losses, (4, 3)).sum(axis=1) / 7,
            hint="Every picture counts alike, those of a short batch too.")
assert_same(np.array(history["acc"]), np.reshape(rights, (4, 3)).sum(axis=1) / 7,
            hint="Every picture counts alike, those of a short batch too.")
### END HIDDEN TESTS

# %% test="train:step" points=1
# Each batch moves the parameters against the gradient
X, y = np.array([[[[1.0, 0.0]]], [[[0.0, 2.0]]]]), np.array([0, 2])
_, w, *_ = trained(X.copy(), y.copy(), 0.5, 1, 2)
assert_same(w, 0.5 * np.array([[1 / 3, -1 / 3], [-1 / 6, -1 / 3], [-1 / 6, 2 / 3]]),
            hint="One batch, one step: minus lr times the gradient of the mean loss.")
### BEGIN HIDDEN TESTS
source = np.random.default_rng(841)
X, y = source.normal(size=(6, 1, 2, 2)), source.integers(0, 3, 6)
for size, epochs in [(6, 3), (2, 2), (4, 2)]:
    _, w, _, seen, arrived = trained(X.copy(), y.copy(), 0.3, epochs, size, seed=2)
    expected = np.zeros((3, 4))
    for x in seen:
        labels = np.array([y[np.all(X == image, axis=(1, 2, 3))][0] for image in x])
        _, dscores = ops.softmax_cross_entropy(x.reshape(len(x), -1) @ expected.T, labels)
        expected -= 0.3 * dscores.T @ x.reshape(len(x), -1)
    assert_same(w, expected, hint="A step after each batch, with its own gradient.")
### END HIDDEN TESTS

# %% test="train:batches" points=1
# Every epoch shows every picture once, in a new order, with its own label
X, y = np.arange(7.0).reshape(7, 1, 1, 1), np.array([0, 1, 2, 0, 1, 2, 0])
_, _, _, seen, arrived = trained(X.copy(), y.copy(), 0.01, 3, 3)
assert_same([len(batch) for batch in seen], [3, 3, 1] * 3, hint="Seven pictures: 3, 3 and 1.")
order = np.concatenate(seen).reshape(3, 7)
assert_same(np.sort(order, axis=1), np.tile(np.arange(7.0), (3, 1)), hint="Each once an epoch.")
assert_same(len({tuple(row) for row in order.tolist()}), 3, hint="Another order in each epoch.")
### BEGIN HIDDEN TESTS
for size, sizes in [(4, [4, 4, 3]), (20, [11]), (1, [1] * 11)]:
    X, y = np.arange(11.0).reshape(11, 1, 1, 1), np.arange(11) % 3
    _, _, _, seen, arrived = trained(X.copy(), y.copy(), 0.01, 2, size, seed=3)
    assert_same([len(batch) for batch in seen], sizes * 2, hint="The last batch may be short.")
    order = np.concatenate(seen).reshape(2, 11)
    assert_same(np.sort(order, axis=1), np.tile(np.arange(11.0), (2, 1)), hint="Each once.")
    labels = np.concatenate([dscores.argmin(axis=1) for dscores in arrived]).reshape(2, 11)
    assert_same(labels, order.astype(int) % 3, hint="The label goes where its picture goes.")
### END HIDDEN TESTS

# %% beside="learned"
@beside_student
def learned(X, y, lr, epochs, batch_size, seed):
    """Train a small convolutional network; give the history and its scores of X in the end."""
    rng = np.random.default_rng(seed)
    net = models.LeNetLike(rng, in_shape=X.shape[1:], channels=(4,), kernel=3, pools=(2,),
                           hidden=32)
    history = train(net, X, y, lr, epochs, batch_size, rng)
    return history, net.forward(X)

# %% test="train:overfits" points=0.5
# 32 digits are learned by heart
# The reference needs 9 to 16 of the 25 epochs, for the seeds 0 to 7.
digits, numbers = load("digits", "train")
X, y = digits[:32] / 64 - 1, numbers[:32]
history, scores = learned(X.copy(), y.copy(), 0.2, 25, 8, 0)
assert_same(history["acc"][-1], 1.0, hint="A network that can't learn 32 pictures learns nothing.")
assert_same(scores.argmax(axis=1), y, hint="The model itself must know them in the end.")

# %% test="train:generator" points=0.35
# All chance comes from rng
X, y = np.arange(12.0).reshape(12, 1, 1, 1) / 12, np.arange(12) % 3
runs = [trained(X.copy(), y.copy(), 0.5, 3, 4, seed=seed) for seed in (7, 7, 8)]
assert_same(runs[1][:2], runs[0][:2], hint="The same seed, the same training.")
orders = [np.concatenate(run[3]).ravel().tolist() for run in runs]
assert_same(orders[2] != orders[0], True, hint="Another seed, another order.")

# %% beside="train_operands"
@beside_student
def train_operands(X, y):
    """Give X and y as they are after a training."""
    net = models.LeNetLike(np.random.default_rng(0), in_shape=(1, 4, 4), channels=(1,), kernel=2,
                           pools=(1,), hidden=2, classes=3)
    train(net, X, y, 0.1, 2, 2, np.random.default_rng(1))
    return X.copy(), y.copy()

# %% test="train:contract" points=0.4
# Parameters change in place; pictures and labels stay
X, y = np.random.default_rng(842).normal(size=(5, 1, 4, 4)), np.array([0, 1, 2, 1, 1])
_, w, held, _, _ = trained(X.copy(), y.copy(), 0.3, 2, 2)
assert_same(bool(w.any()), True, hint="First train: the parameters are as they were.")
assert_same(held, w, hint="Whoever holds the array must see it change: write into it.")
assert_same(train_operands(X.copy(), y.copy()), (X, y), hint="You changed X or y.")

# %% [markdown]
# From here on `training.train` stands in, and its richer brother `training.fit`, which has a
# progress bar with the time left, validation and other optimisers.
#
# ### 2.5 The third check: learn a little by heart
#
# Before any real training, take 32 pictures and train on them alone. A network of 100,000
# parameters must learn them by heart. If the accuracy stays below 100 %, something is broken, and
# a larger training would only hide it. The next cell takes a few seconds; none are better spent.

# %% demo
from cnnkit import training
from cnnkit.pictures import learning_curves, show

learn = training.train  # yours: learn = train
mean, std = images[:32].mean(), images[:32].std()
few, few_labels = (images[:32] - mean) / std, targets[:32]
by_heart = Net(np.random.default_rng(1))
history = learn(by_heart, few, few_labels, 0.05, 30, 8, np.random.default_rng(2))
print(f"loss at the start {history['loss'][0]:.2f}, at the end {history['loss'][-1]:.3f}; "
      f"{training.evaluate(by_heart, few, few_labels)[1]:.0%} of the 32 known by heart")
show(learning_curves(history))

# %% demo items="99"
unseen, unseen_labels = (images[4000:] - mean) / std, targets[4000:]
known, new = (training.evaluate(by_heart, x, t)[1]
              for x, t in [(few, few_labels), (unseen, unseen_labels)])
print(f"accuracy on the 32: {known:.1%}; on {len(unseen):,} others: {new:.1%}; "
      f"generalisation gap: {known - new:.1%}")
print(f"Kochura's dense network of section 1.2 on digits: {0.989 - 0.978:.1%}")

# %% [markdown] items="99" careful="99"
# Kochura's dense network knows 98.9 % of the digits that it was trained on and 97.8 % of new ones,
# and he calls this gap an example of overfitting. More exactly: the distance between the two is
# the **generalisation gap**; there is nearly always one. **Overfitting** is what makes it grow:
# the network goes on learning what holds for its own pictures only, and gets no better on others,
# or worse. The 32 pictures learned by heart are the extreme case.

# %% [markdown]
# ### 2.6 Dense against convolutional

# %% [markdown] items="7 102"
# Dense layers learn patterns of the **whole** picture, convolutions patterns of small **windows**
# (Pilehvar, Kochura). Is that worth anything? For a fair answer both networks get the same
# pictures, the same training, and the same **number of parameters**: 2,500 pictures of clothes,
# 28 × 28, ten classes (a part of Fashion-MNIST), the LeNet of section 2.2, and a dense network
# with 132 hidden units. A thousand other pictures, the *validation*, show after each epoch how it
# goes with new ones. (The 5,000 training pictures that we have are 0 to 2,499, to train on, and
# 4,000 to 4,999 to validate; those between are not used. Mean and standard deviation, with which
# all pictures are scaled, come from the first part alone: what is to be new must not help.)

# %% demo
from cnnkit.layers import Dense, Flatten, ReLU, Sequential

mean, std = images[:2500].mean(), images[:2500].std()
x = ((images - mean) / std).astype(np.float32)
parts = x[:2500], targets[:2500]
validation = x[4000:], targets[4000:]
source = np.random.default_rng(8)
nets = {"dense": Sequential(Flatten(), Dense(784, 132, source), ReLU(), Dense(132, 10, source)),
        "convolutional": Net(source)}
first = {}
for name, net in nets.items():
    net.params = {key: value.astype(np.float32) for key, value in net.params.items()}
    first[name] = {key: value.copy() for key, value in net.params.items()}
    print(f"{name:13}: {sum(value.size for value in net.params.values()):,} parameters")

# %% [markdown] quiz="which"
# **Predict.** After five epochs: which one has the larger gap between its training pictures and
# new ones?
# - [x] The dense one :: It learns faster by heart: each of its weights belongs to one pixel, and
#   2,500 pictures don't say much about a pixel.
# - [ ] The convolutional one :: Its filters must serve at every place. That is hard to do by heart.
# - [ ] Neither: they have equally many parameters :: The number of parameters is not all. What
#   counts is also what they can express.

# %% [markdown]
# The next cell trains both, epoch by epoch, draws as it goes and says how long it will take: some
# ten seconds on a quiet machine. You may interrupt it (the square button): the networks keep what
# they have learned. The last two epochs take smaller steps, to settle. (The *float32* above halves
# the time; seven digits are enough to learn with.)

# %% demo items="97"
from IPython.display import display
from tqdm import tqdm

histories = {name: {"loss": [], "acc": [], "val_loss": [], "val_acc": []} for name in nets}
screen = display("The curves come after the first epoch.", display_id=True)
for lr in tqdm([0.06, 0.06, 0.06, 0.03, 0.01], unit="epoch"):
    for name, net in nets.items():
        seen = learn(net, *parts, lr, 1, 32, source)
        new = training.evaluate(net, *validation)
        row = [seen["loss"][0], seen["acc"][0], *new]
        for key, value in zip(histories[name], row, strict=True):
            histories[name][key].append(value)
    screen.update(show(learning_curves(histories)))

# %% [markdown]
# A validation loss above log 10, or one that rises for an epoch, is no sign of a fault here. Who
# knows nothing pays log 10; who is sure and wrong pays more, and after a few large steps a network
# is often both. More epochs, and smaller steps, put that right.

# %% demo items="7"
test_images, test_labels = load("apparel", "test")
tested = ((test_images - mean) / std).astype(np.float32)
for name, net in nets.items():
    known, new = (training.evaluate(net, *some)[1] for some in (parts, (tested, test_labels)))
    print(f"{name:13}: {known:.1%} of the training pictures, {new:.1%} of 1,000 test pictures, "
          f"gap {known - new:.1%}")

# %% [markdown]
# The test pictures were looked at once, after everything had been decided. One run from one seed
# proves little, with 1,000 pictures a difference of two points may be chance, and so few pictures
# favour neither. But look at the gaps. On all of MNIST the difference is clear; that takes too
# long for a notebook, so the next numbers were computed beforehand.

# %% demo items="101"
from cnnkit import recorded

record = recorded.load("08_dense_and_convolutional")
errors = {}
for name in ("dense", "convolutional"):
    runs = [run for run in record.runs if run["net"] == name]
    test, train_acc = (np.array([run[key] for run in runs]) for key in ("test_acc", "train_acc"))
    errors[name] = 1 - test.mean()
    print(f"{name:13} {runs[0]['params']:7,} parameters, test {test.mean():.2%} ± "
          f"{test.std(ddof=1):.2%}, gap {np.mean(train_acc - test):.2%}")
print(f"errors: {1 - errors['convolutional'] / errors['dense']:.0%} fewer; "
      f"Kochura's {1 - (1 - 0.991) / (1 - 0.978):.0%} fewer")
print(record.label)

# %% [markdown] items="101"
# These are Kochura's two networks. His dense one reached 97.8 %, his convolutional one 99.1 %; in
# errors that is 2.2 % against 0.9 %, about 60 % fewer. Our runs use another optimiser and fewer
# epochs, and the ± is the standard deviation of three seeds; they say the same. The convolutional
# network has a quarter of the parameters.

# %% [markdown]
# ### 2.7 Looking inside

# %% demo
from cnnkit.pictures import confusion_matrix, show

answers = training.predict(nets["convolutional"], tested)
show(confusion_matrix(training.confusion_matrix(test_labels, answers, 10), classes("apparel")))

# %% [markdown]
# Each row is a true class, each column what it was taken for. Which classes does it confuse? Shirts
# with what else is worn on top, sneakers with other shoes: errors that you understand when you look
# at the pictures.

# %% demo
from cnnkit.pictures import image_grid, show

wrong = np.flatnonzero(answers != test_labels)[:12]
show(image_grid(test_images[wrong], test_labels[wrong], predictions=answers[wrong],
                classes=classes("apparel")))

# %% [markdown] items="7 102"
# **What has each network learned?** Weights began at random, so we draw what training has *added*
# to them. First the dense network: the sixteen hidden units that changed most, the one that changed
# most as number 0. (The picture calls a unit's weights a filter.) There is a weight for each of the
# 784 pixels, drawn where the pixel is: each unit has a pattern of the whole picture, with sleeves
# and legs at their places. Then the convolutional one, all 32 filters under their own numbers:
# 5 × 5 windows, a stroke or an edge or a spot, at no place in particular.

# %% demo items="7 102"
from cnnkit.pictures import learned_filters, show

added = {name: nets[name].params[key] - first[name][key]
         for name, key in [("dense", "dense1.w"), ("convolutional", "conv1.w")]}
most = np.argsort(-np.linalg.norm(added["dense"], axis=1))[:16]
show(learned_filters(added["dense"][most].reshape(16, 1, 28, 28)))

# %% demo items="7 102"
show(learned_filters(added["convolutional"]))

# %% [markdown] items="6 143"
# **A picture on its way through the network.** Read from top to bottom: the picture; what the first
# eight of the 32 detectors of the first layer find in it, 0 to 7 as above; the same after pool and
# ReLU (black: silent); the answers of the second layer's first eight detectors, which see those of
# all 32; and these after pool and ReLU. Then the scores. The class is the place of the largest one;
# how sure the network is, its softmax says.

# %% demo items="6 142 143"
from cnnkit.pictures import feature_maps, show

weights, steps = nets["convolutional"].params, {}
at = tested[:1]
for n, pool in [(1, 3), (2, 2)]:
    maps = ops.conv2d(at, weights[f"conv{n}.w"], weights[f"conv{n}.b"])
    at = ops.relu(ops.max_pool2d(maps, pool)[0])
    steps |= {f"conv{n}": maps[0], f"pool{n}, ReLU": at[0]}
show(feature_maps(test_images[0], steps))

# %% demo items="6"
scores = nets["convolutional"].forward(tested[:1])
order = np.argsort(-scores[0])[:3]
for k in order:
    print(f"{classes('apparel')[k]:12} {ops.softmax(scores)[0, k]:.1%}")
print("It is:", classes("apparel")[test_labels[0]])

# %% [markdown]
# **Now train one, and draw for it.** The dashboard trains a small `LeNetLike`, with 8 and 16
# filters, on 1,280 digits of 8 × 8 pixels while you watch. It asks first what the learning rate will
# do. Then try 0.01 and 1: both leave a larger loss than 0.1 does, but not for the same reason. What
# tells them apart in the curves? With batches of 64 an epoch has a quarter of the steps: does a
# larger learning rate make up for it? When the net can read, empty the page and draw a digit, with
# the mouse, or with the arrow keys and Space; or change a test picture, and see how little ink makes
# it another digit. *Maps of* chooses the layer that you look into; under *learn to read* there are
# clothes as well. `training_dashboard(LeNetLike, train)` runs on your own class and your own loop: it
# says where they differ from cnnkit's, and the curves show what comes of that.

# %% demo
from cnnkit.widgets import training_dashboard

training_dashboard()

# %% [markdown]
# ### 2.8 The same in torch
#
# Nobody writes these layers anew for every network. In PyTorch a layer is an object, the way back
# is computed by the library, and a step is three lines. Is it the same? Give both the same weights
# and the same pictures:

# %% demo
import torch
from torch import nn

mine = models.LeNetLike(np.random.default_rng(3))  # yours: LeNetLike(...)
twin = nn.Sequential(nn.Conv2d(1, 32, 5), nn.MaxPool2d(3), nn.ReLU(),
                     nn.Conv2d(32, 64, 5), nn.MaxPool2d(2), nn.ReLU(),
                     nn.Flatten(), nn.Linear(256, 200), nn.ReLU(), nn.Linear(200, 10)).double()
with torch.no_grad():
    for ours, theirs in zip(mine.params.values(), twin.parameters(), strict=True):
        theirs.copy_(torch.from_numpy(ours))
batch, right = images[:16] / 255, targets[:16]
loss, dscores = ops.softmax_cross_entropy(mine.forward(batch), right)
loss_of_twin = nn.functional.cross_entropy(twin(torch.from_numpy(batch)), torch.from_numpy(right))
print(f"loss in NumPy {loss:.12f}\nloss in torch {loss_of_twin:.12f}")

# %% demo
loss_of_twin.backward()
gradients = mine.backward(dscores)
for name, theirs in zip(gradients, twin.parameters(), strict=True):
    print(f"{name:9} largest difference {np.abs(gradients[name] - theirs.grad.numpy()).max():.0e}, "
          f"largest gradient {np.abs(gradients[name]).max():.0e}")

# %% [markdown]
# The loss agrees to the last digits, and so does every gradient: what you wrote by hand in chapters
# 04 to 08 is what the library computes. Now both are trained on the same batches in the same order,
# by `training.fit`, which takes a model of either kind. (Its random order depends on `rng` alone.)

# %% demo
from cnnkit.optimisers import SGD

history = training.fit(mine, images[:640] / 255, targets[:640], optimiser=SGD(lr=0.1), epochs=2,
                       batch_size=32, rng=np.random.default_rng(4))
optimiser = torch.optim.SGD(twin.parameters(), lr=0.1)
theirs = training.fit(twin, images[:640] / 255, targets[:640], optimiser=optimiser, epochs=2,
                      batch_size=32, rng=np.random.default_rng(4))
print("loss by epoch in NumPy:", [f"{value:.9f}" for value in history["loss"]])
print("loss by epoch in torch:", [f"{value:.9f}" for value in theirs["loss"]])

# %% [markdown]
# And the three lines? A step of training in torch reads, with `x` and `y` a batch:
#
# ```python
# nn.functional.cross_entropy(twin(x), y).backward()  # forward, loss, and all gradients
# optimiser.step()                                    # w <- w - lr * gradient
# optimiser.zero_grad()                               # torch adds gradients up: begin at 0 again
# ```
#
# ---
# ## What you learned
#
# - A dense layer is $y = x w^{\mathsf T} + b$; back it is $dx = dy\,w$,
#   $dw = dy^{\mathsf T} x$, and $db$ the sum over the batch.
# - Softmax makes probabilities of scores; the loss is the mean of $-\log p$ of the right class; its
#   gradient is $(p - \text{one at the label})/N$. Subtract the largest score first.
# - First weights are random, of variance $2 / (\mathrm{fan_{in}} + \mathrm{fan_{out}})$, and the
#   fans count channels.
# - Convolutions do the computing, dense layers hold the parameters.
# - Three checks before any training: the quotients, log K at the start, 32 pictures by heart.
# - With as many parameters, windows that are shared learn less by heart than weights for each
#   pixel.
#
# ## Three questions

# %% [markdown] quiz="end_loss"
# **1.** A network for 100 classes begins with a loss of 4.6 and ends its first epoch with 4.6. What
# do you look at first?
# - [ ] The first weights: 4.6 is far too large :: log 100 is 4.6. The beginning is as it should be.
# - [x] Whether the parameters change at all :: The beginning is right, nothing is learned. An
#   update of copies, a learning rate of nearly 0, or a gradient of 0 would look so.
# - [ ] Whether the test set is too hard :: It has not been looked at.

# %% [markdown] quiz="end_fans"
# **2.** A layer has weights of `(128, 64, 3, 3)`. What are its fans?
# - [ ] 9 and 9 :: That is the kernel alone: the lecture's slip.
# - [ ] 128 and 64 :: These are filters and channels, without the kernel, and the wrong way round.
# - [x] 576 and 1152 :: 64 · 9 products make an output, and an input goes into 128 · 9 of them.

# %% [markdown] quiz="end_batch"
# **3.** A friend's `softmax_cross_entropy` gives the right loss, but forgets to divide the gradient
# by N. The training with batches of 32 blows up. Which learning rate makes it go as before?
# - [x] One that is 32 times smaller :: The gradient is 32 times too large; lr times gradient is
#   what counts. That is why such errors live long, until somebody changes the batch size.
# - [ ] One that is 32 times larger :: The steps are too large already.
# - [ ] None: the direction is wrong :: A factor changes no direction.

# %% [markdown]
# ## One open question
#
# In `train` all parameters share one learning rate. Look at the gradients that section 2.8 printed:
# the largest ones of the layers differ by a factor of ten. Does that mean that some
# layers learn too slowly? What would happen if each parameter's gradient were divided by its own
# usual size? (That is nearly what the optimiser *Adam* does: `cnnkit.optimisers.Adam`. Try it with
# `training.fit` on the 2,500 pictures, and compare fairly: which learning rate, how many seeds?)
#
# *[09 Equivariance and receptive fields →](09_equivariance_and_receptive_fields.ipynb)*
