"""Wrong solutions of the small chapter."""

from autograder.misconceptions import misconception


@misconception(
    replaces="double",
    fails="double-values double-contract",
    diagnosis="The number is squared.",
    hint="Try 3.",
)
def squares(x):
    """Square a number."""
    return x * x
