# %% [markdown]
# # A small chapter
#
# Everything that a script may hold, once.

# %% setup
import math

import numpy as np

from cnnkit.testing import beside_student

# %% setup="data"
numbers = np.arange(4)

# %% [markdown] items="1 2" careful="2"
# Twice is not
#
# squared.

# %% [markdown] items="3" erratum="3 4"
# The lecture errs.

# %% demo items="1"
# %matplotlib inline
# why?
print("demo", numbers)

# %% demo
colour = "red"

# %% [markdown] quiz="halves"
# What is half of 3?
#
# Think first.
# - [ ] 1 :: That is rounded down.
# - [x] 1.5 :: \
#   Three divided by two.

# %% exercise="double" forbids="numpy.multiply torch" minutes=5
def double(x):
    """Double a number."""
    ### BEGIN SOLUTION
    secret_twice = 2
    return [secret_twice * value for value in [x]][0]
    ### END SOLUTION


def halve(x):
    """Halve a number."""
    ### BEGIN SOLUTION
    secret_half = 1 / 2
    return secret_half * x
    ### END SOLUTION

# %% test="double:values" points=2 limit=2.5
# Twice the number
for value in range(3):
    assert double(value) == value + value
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(7)
assert double(hidden_rng.integers(9)) % 2 == 0
### END HIDDEN TESTS

# %% beside="kept"
@beside_student
def kept(x):
    """Say whether double left its argument alone."""
    before = list(x)
    return [double(value) for value in x] and x == before

# %% test="double:contract" points=0.5
# Arguments stay as they were
assert kept([1, 2])
assert halve(math.pi) < 2

# %% [markdown] answer="report" points=4
# Why is twice not squared?
#
# ### BEGIN SOLUTION
# The secret rubric: two points for an example.
# ### END SOLUTION
