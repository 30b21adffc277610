# %% [markdown]
# # 00 · Start here
#
# *Contents · [01 Images as arrays →](01_images_as_arrays.ipynb)*
#
# **You will**
# - see that your computer is ready for the course;
# - write an exercise that takes a minute, and read a test that fails;
# - find your way: the chapters, the hours they take, and how to hand them in.
#
# **Time.** About 20 minutes. Nothing here counts: the two points are for practice.
#
# **Prerequisites.** Python's functions and loops; NumPy's arrays, slices and shapes; the product of
# two matrices; derivatives. Six short questions below tell you whether that is enough.

# %% [markdown]
# ## 1 · Is everything here?
#
# This page is a **notebook**: text and cells of Python, one below the other. Click into a grey cell
# and press **Shift+Enter** to run it and go on to the next. Run the two cells below now.

# %% setup
import numpy as np

from cnnkit import cli, data
from cnnkit.pictures import show
from cnnkit.testing import assert_same

# %% demo
status = cli.main(["doctor"])

# %% [markdown]
# Every line should begin with `ok`. A line with `WRONG` is followed by what to do. A line with
# `without` names something that only a few chapters need. In a terminal, the command
# `cnnkit doctor` says the same.
#
# If the first cell stopped with `ModuleNotFoundError`, this notebook runs in another Python than
# the one that the course was installed into. Look at the upper right corner: click the kernel's
# name there, and choose the one of the course.

# %% [markdown]
# ## 2 · Do you know enough to begin?
#
# Six questions on what the course builds on. Choose an answer, and the widget says why it is right
# or wrong, and where to read up.

# %% [markdown] quiz="python"
# **1.** `def f(x, n=2): return [x * k for k in range(n)]`. What is `f(3)`?
# - [ ] `[3, 6]` :: `range(2)` begins at 0. Read *The range() Function* in Python's tutorial.
# - [x] `[0, 3]` :: `n` keeps its default 2, and `range(2)` gives 0 and 1.
# - [ ] `[0, 3, 6]` :: `range(2)` stops before 2. Read *The range() Function* in Python's tutorial,
#   and *List Comprehensions* after it.
# - [ ] It is an error: `n` is missing. :: `n` has a default. Read *Default Argument Values* in Python's
#   tutorial.

# %% [markdown] quiz="shape"
# **2.** `x = np.zeros((2, 3, 4))`. What is the shape of `x[:, 0]`?
# - [ ] `(2, 3)` :: That would be `x[:, :, 0]`: the index stands in the place of the last axis. Read
#   *Indexing and slicing* in *NumPy: the absolute basics for beginners*.
# - [x] `(2, 4)` :: The index 0 stands in the place of the second axis, and that axis goes.
# - [ ] `(3, 4)` :: That would be `x[0]`: the index stands in the place of the first axis. Read
#   *Indexing and slicing* in *NumPy: the absolute basics for beginners*.

# %% [markdown] quiz="view"
# **3.** `row = x[0]`, then `row[:] = 7`. What happened to `x`?
# - [ ] Nothing. :: A slice is a view: it shows the same numbers, it does not hold others. Read
#   *Copies and views* in NumPy's documentation.
# - [x] Its first part is full of sevens. :: A slice is a view of the same memory. `x[0].copy()`
#   would be an array of its own.
# - [ ] All of it is full of sevens. :: Only what the view shows, `x[0]`, was written to. Read *Copies
#   and views* in NumPy's documentation.

# %% [markdown] quiz="broadcast"
# **4.** `a` has the shape `(5, 1)` and `b` the shape `(3,)`. What is the shape of `a + b`?
# - [x] `(5, 3)` :: From the right: 1 and 3 make 3, 5 and nothing make 5. An axis of length 1 is
#   repeated.
# - [ ] `(5, 1)` :: The axis of length 1 is repeated until it is as long as the other's. Read
#   *Broadcasting* in NumPy's documentation.
# - [ ] It is an error. :: Lengths must be equal, or one of them 1. Here they are. Read *Broadcasting*
#   in NumPy's documentation.

# %% [markdown] quiz="product"
# **5.** `A` has the shape `(2, 3)` and `B` the shape `(3, 4)`. What is `A @ B`?
# - [ ] An error: the shapes differ. :: `A * B` would be one. The product of matrices needs only that
#   the 3 columns of `A` meet the 3 rows of `B`. Read *Matrices* in chapter 2 of *Mathematics for
#   Machine Learning* by Deisenroth, Faisal and Ong.
# - [ ] A `(3, 3)` array. :: The lengths that meet, 3 and 3, are summed over and go; the outer ones
#   stay. Read *Matrices* in chapter 2 of *Mathematics for Machine Learning* by Deisenroth, Faisal and
#   Ong.
# - [x] A `(2, 4)` array, each number a sum of 3 products. :: A row of `A` times a column of `B`:
#   the same dot product that a filter will compute.

# %% [markdown] quiz="derivative"
# **6.** $f(x) = (3x + 1)^2$. What is its derivative at $x = 1$?
# - [ ] 8 :: That is the outer derivative alone, $2 \cdot (3 + 1)$; the chain rule multiplies it by the
#   inner one, 3. Read *Differentiation Rules* in chapter 5 of *Mathematics for Machine Learning* by
#   Deisenroth, Faisal and Ong.
# - [ ] 16 :: That is $f(1)$ itself. The derivative says how fast $f$ grows there. Read *Differentiation
#   of Univariate Functions* in chapter 5 of *Mathematics for Machine Learning* by Deisenroth, Faisal
#   and Ong.
# - [x] 24 :: $2 \cdot (3 \cdot 1 + 1) \cdot 3$. The same chain rule, from layer to layer, is chapter 06.

# %% [markdown]
# Six right answers: you are ready. Questions 1 to 4 you need from chapter 01 on: if one of them
# was new to you, read what its answer names first; it takes an hour or two, and this course will be
# twice as easy. Question 5 is needed from the end of chapter 01 on, question 6 in chapter 06.

# %% [markdown]
# ## 3 · How a chapter works
#
# A chapter asks a question, shows a picture or a small example with numbers, then the code. Now and
# then it asks you to **predict** before it shows what comes out: do it, also when you are not sure.
# What you predicted wrongly you will remember.
#
# Then comes an exercise: a task in words, hints that you may open one by one, a cell with the head
# of a function, and tests. Here is one.

# %% demo
flower = data.photograph("flower")
print(flower.shape, flower.dtype)

# %% [markdown]
# An array of three colours, 427 rows and 640 columns, with a whole number from 0 to 255 in each
# place: that is all a picture is (more on it in chapter 01). If you exchange left and right, it is
# still a flower.

# %% [markdown]
# #### Exercise · `mirror`
#
# Return the image as a mirror shows it: the first column becomes the last. The rows stay where they
# are, and so do the colours. Return a **new** array, and leave the image that you are given alone.
#
# *About 1 minute.*
#
# <details><summary>Hint 1: where to begin</summary>
#
# The axes are (colour, row, column). Which of them is to be turned round?
# </details>
# <details><summary>Hint 2: a slice can run backwards</summary>
#
# `[1, 2, 3][::-1]` is `[3, 2, 1]`. A slice with a negative step works on any axis of an array.
# </details>
# <details><summary>Hint 3: a new array</summary>
#
# A slice is a view of the same memory. There is a method of arrays that makes a new one.
# </details>

# %% exercise="mirror" forbids="cnnkit torch numpy.fliplr numpy.flip" minutes=1
def mirror(image):
    """Exchange left and right.

    Parameters
    ----------
    image : ndarray, shape (3, H, W)

    Returns
    -------
    ndarray, the same shape and dtype, with memory of its own
    """
    ### BEGIN SOLUTION
    return image[:, :, ::-1].copy()
    ### END SOLUTION

# %% test="mirror:values" points=1
# Left and right are exchanged, up and down are not
image = np.array([[[1, 2, 3], [4, 5, 6]]])
got = mirror(image.copy())
assert_same(got, np.array([[[3, 2, 1], [6, 5, 4]]]), hint="Turn the columns, not the rows.")
### BEGIN HIDDEN TESTS
image = np.random.default_rng(1).integers(0, 256, (1, 5, 3), np.uint8)
assert_same(mirror(image.copy()), image[..., [2, 1, 0]], hint="Turn the columns, not the rows.")
### END HIDDEN TESTS

# %% test="mirror:colour" points=1
# A colour image keeps its colours
image = np.arange(24).reshape(3, 2, 4)
got = mirror(image.copy())
assert_same(got[:, 0, 0], image[:, 0, -1], hint="The three colours of a place stay together.")
assert_same(mirror(got.copy()), image, hint="A mirror in a mirror shows the image as it was.")

# %% [markdown]
# A test that prints nothing has **passed**. Write the function, run its cell, run the tests. As long
# as the stub's last line stands, they stop with `NotImplementedError`: you have not written it yet.
# *Run All* stops at the first test that fails, and goes on when you have mended it.

# %% demo
from cnnkit.pictures import gallery

show(gallery([flower, flower[..., ::-1]], ["the flower", "in the mirror"], columns=2))

# %% [markdown]
# (Photograph: *flower.jpg* by vultilion, CC BY 2.0, as scikit-learn has it.)
#
# ## 4 · How to read a test that fails
#
# Here is a wrong solution. Before you run the cell: what does it do to the image?

# %% demo
def wrong_mirror(image):
    return image[:, ::-1].copy()

try:
    got = wrong_mirror(np.array([[[1, 2, 3], [4, 5, 6]]]))
    assert_same(got, np.array([[[3, 2, 1], [6, 5, 4]]]), hint="Turn the columns, not the rows.")
except AssertionError as error:
    print(error)

# %% [markdown]
# Read it from the top. **What** differs (the values; it could be the shape or the dtype), **where**
# the first difference is and **how large** the largest is, then what was **expected** and what your
# function **got**, and a **hint**. In a test cell you see the two as pictures as well.
#
# Where the first difference lies often says what is wrong: everywhere, only at the border, only in
# the second image of a batch, only from the second channel on.
#
# Work in this order:
# 1. Run the cell of the function again after each change. A test sees the last version *that ran*.
# 2. Take the smallest example that fails, and do it by hand, on paper.
# 3. Open the next hint. There are three, and the last is still not the answer.
# 4. Stuck for a quarter of an hour? Go on: from there the chapter uses the course's own function,
#    so that one exercise does not end the day. Come back tomorrow.

# %% [markdown]
# ## 5 · Points, and handing in
#
# - Each test cell has its points, and counts on its own: what works is worth something.
# - The tests that you see are examples and the specification. Marking uses **others too**: other
#   sizes, other numbers, images that are not square. A function that is written for the examples
#   does not pass those.
# - What an exercise asks you to write you may not call ready made. Each exercise names what it
#   forbids in its task or in its first lines. Calling it costs the points of that exercise.
# - The order of the cells counts. Before you hand in, save, and run `cnnkit check 04_conv_layer.ipynb` in
#   a terminal (*File → New → Terminal*), or `cli.main(["check", "04_conv_layer.ipynb"])` in a cell here.
#   It runs the notebook from top to bottom in a fresh Python, as marking does, and names cells that
#   only work in the order in which you happened to click them.
# - Cells of tests are locked, leave them as they are. You may add cells of your own anywhere. Marking
#   runs the imports at the top, your answers and your added cells; it does not run the demonstrations
#   in between, so don't use names that only those bind.
# - Save, and hand in the notebook file, under its own name: `04_conv_layer.ipynb`.
#
# How far have you come? The next cell sums up your points in the whole course; `progress("04")` does
# it for one chapter, exercise by exercise. It reads the notebooks as they were saved.

# %% demo
from cnnkit import progress

progress()

# %% [markdown]
# You are learning on your own? Then mark yourself honestly: the tests above each exercise's end say
# what counts. When you have tried for as long as the exercise says, `cnnkit solution 04 conv2d_naive`
# in a terminal, in the folder of the course, shows the course's own answer; as long as nothing is
# written it asks you to try first. Compare: yours may be the better one.

# %% [markdown]
# ## 6 · The map
#
# | | chapter | what you will have at its end | hours |
# |---|---|---|---|
# | 01 | [Images as arrays](01_images_as_arrays.ipynb) | pixels, layouts, scaling, a first classifier | 3 |
# | 02 | [Convolution in one dimension](02_convolution_1d.ipynb) | sliding dot products, three modes, the flip | 2½ |
# | 03 | [Filtering images](03_image_filtering_2d.ipynb) | blurs and edges, borders, separable filters | 2½ |
# | 04 | [The convolutional layer](04_conv_layer.ipynb) | channels, filters, stride, shapes, counts | 4½ |
# | 05 | [Pooling and downsampling](05_pooling_and_downsampling.ipynb) | five ways to make an image smaller | 2½ |
# | 06 | [Backpropagation](06_backprop_conv_pool.ipynb) | the gradients of convolution and pooling, checked | 4 |
# | 07 | [Fast convolution](07_fast_conv_im2col.ipynb) | convolution as one product of matrices | 3 |
# | 08 | [LeNet from scratch](08_lenet_from_scratch.ipynb) | a network of your own layers that reads digits | 5 |
# | 09 | [Equivariance and receptive fields](09_equivariance_and_receptive_fields.ipynb) | what shifts with the image, and what an output sees | 2½ |
# | 10 | [AlexNet and modern blocks](10_alexnet_and_modern_blocks.ipynb) | 62 million parameters counted; batch norm, residual blocks | 5 |
# | 11 | [Augmentation and regularisation](11_augmentation_and_regularisation.ipynb) | more from few images | 4 |
# | 12 | [Transfer and fine-tuning](12_transfer_and_fine_tuning.ipynb) | a new task from an old network | 2½ |
# | 13 | [A capstone: apparel](13_capstone_apparel.ipynb) | your own study, with a report | 6 |
#
# Chapters 01 to 08 build on each other; 09, 10 and 11 need 08 and can be read in any order. The
# hours are estimates.

# %% [markdown] quiz="order"
# **A last question.** Your function passes the test, you change a line, and the test still passes
# though the line is nonsense. What is the likely reason?
# - [ ] The test is broken. :: Possible, but look at the other reason first.
# - [x] You did not run the function's cell again. :: The test uses the last version that ran. Run
#   the cell, then the test.
# - [ ] Tests only run once. :: A test runs whenever you run its cell.

# %% [markdown]
# ---
# ## What you learned
#
# - Shift+Enter runs a cell; `cnnkit doctor` says what is wrong with an installation.
# - A test that prints nothing has passed; one that fails says what differs, where and by how much.
# - Every notebook must run from top to bottom in a fresh kernel: `cnnkit check` sees to it.
#
# *[01 Images as arrays →](01_images_as_arrays.ipynb)*
