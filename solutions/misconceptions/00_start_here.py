"""Wrong solutions of the first chapter's exercise: what each does, and a hint."""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

from autograder.misconceptions import misconception


@misconception(
    replaces="mirror",
    fails="mirror-values",
    diagnosis="Up and down are exchanged, not left and right.",
    hint="The axes are colour, row, column. Which one counts the columns?",
)
def turns_the_rows_round(image):
    return image[:, ::-1].copy()


@misconception(
    replaces="mirror",
    fails="mirror-colour",
    diagnosis="Every axis is turned round, that of the colours too.",
    hint="An orange flower is orange in a mirror, too. Which axes should stay as they are?",
)
def turns_the_colours_round_as_well(image):
    return image[::-1, :, ::-1].copy()


@misconception(
    replaces="mirror",
    fails="mirror-values mirror-colour",
    diagnosis="The rows are turned round as well: the image stands on its head.",
    hint="A mirror on the wall leaves your feet at the bottom.",
)
def turns_both_round(image):
    return image[:, ::-1, ::-1].copy()


@misconception(
    replaces="mirror",
    fails="mirror-values",
    diagnosis="The image is transposed: rows have become columns.",
    hint="The mirrored image has as many rows as the image.",
)
def transposes(image):
    return image.swapaxes(1, 2).copy()
