"""Wrong solutions of chapter 10 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np
from torch import nn

from autograder.misconceptions import misconception
from cnnkit import ops, shapes
from cnnkit.architectures import layer_table, layers
from cnnkit.shapes import pair


def conv2d(x, w, b=None, *, stride=1, padding=0):
    """Stand for the setup cell's."""
    return ops.conv2d(x, w, b, stride=stride, padding=padding)


# alexnet_table


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-shapes alexnet_table-counts",
    diagnosis="Convolutions 2 to 5 have no padding, so the maps shrink and the dense layers get "
    "less than 9216.",
    hint="Which padding keeps 27 at a kernel of 5, and 13 at a kernel of 3?",
)
def leaves_out_the_padding_of_later_layers(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, groups=g), pool),
        layers.conv(c, 3),
        layers.conv(d, 3, groups=g),
        layers.conv(e, 3, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=None), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-shapes alexnet_table-counts",
    diagnosis="Layer 5 has 384 filters like the two before it.",
    hint="How many maps stand before the flattening?",
)
def lists_384_filters_in_layer_5(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 384)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=None), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-counts",
    diagnosis="The dense layers have no bias: 9,192 parameters are missing.",
    hint="Compare the count of a dense layer with inputs times units. What is left over?",
)
def forgets_the_dense_biases(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(
            layers.dense(4096, inputs=9216, bias=False),
            layers.dense(4096, bias=False),
            layers.dense(1000, bias=False),
        ),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-grouped",
    diagnosis="The grouped version is counted as the single one.",
    hint="How many channels does a filter of layer 2 see in two groups?",
)
def ignores_the_groups(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-grouped",
    diagnosis="Layer 3 is in two groups too.",
    hint="In which layer do the two graphics cards exchange what they know?",
)
def splits_layer_3_as_well(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1, groups=g),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-grouped",
    diagnosis="Only layer 2 is in groups, layers 4 and 5 are whole.",
    hint="Three layers are split.",
)
def splits_layer_2_alone(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1),
        layers.conv(e, 3, padding=1),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-torchvision",
    diagnosis="torchvision's version has 96, 256, 384, 384 and 256 filters here, those of the "
    "paper.",
    hint="Compare its first layer with yours: how many kernels has it?",
)
def takes_its_own_filters_for_torchvisions(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-torchvision alexnet_table-sizes",
    diagnosis="The first layer of torchvision's version has no padding, so 224 gives 54.",
    hint="(224 + 2p - 11)/4 + 1: which p makes 55 of it, rounded down?",
)
def forgets_torchvisions_padding(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-sizes",
    diagnosis="torchvision's version has no averaging to 6 x 6, so it takes one size only.",
    hint="What reaches the first dense layer from an image of 256 x 256?",
)
def averages_nothing(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-sizes",
    diagnosis="The pools are 2 x 2: at 227 every shape is the same, at other sizes not.",
    hint="What does a window of 3 with stride 2 make of 56 numbers, and what a window of 2?",
)
def pools_two_by_two(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-sizes",
    diagnosis="The first dense layer takes whatever comes, so 224 is counted without a word.",
    hint="How does the dense layer know for how many numbers it was made?",
)
def takes_whatever_reaches_the_dense_layer(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-sizes",
    diagnosis="The size is not used: the table is always that of 227 x 227.",
    hint="Where does your code look at size?",
)
def always_takes_227(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("unknown variant")
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, 227, 227))


@misconception(
    replaces="alexnet_table",
    fails="alexnet_table-words",
    diagnosis="An unknown variant is taken for the single one.",
    hint="What does a misspelt name get?",
)
def takes_any_word_for_single(variant="single", size=227):
    theirs, g = variant == "torchvision", 2 if variant == "grouped" else 1
    a, b, c, d, e = (64, 192, 384, 256, 256) if theirs else (96, 256, 384, 384, 256)
    pool = layers.max_pool(3, stride=2)
    net = [
        *(layers.conv(a, 11, stride=4, padding=2 if theirs else 0), pool),
        *(layers.conv(b, 5, padding=2, groups=g), pool),
        layers.conv(c, 3, padding=1),
        layers.conv(d, 3, padding=1, groups=g),
        layers.conv(e, 3, padding=1, groups=g),
        *(pool, *([layers.avg_pool_to(6)] if theirs else []), layers.flatten()),
        *(layers.dense(4096, inputs=9216), layers.dense(4096), layers.dense(1000)),
    ]
    return layer_table(net, (3, size, size))


# grouped_conv2d


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-values",
    diagnosis="The channels are dealt out to the groups in turn, like cards.",
    hint="Which channels does the first filter read: neighbours, or every second one?",
)
def deals_out_the_channels(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    o = O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j::groups], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-values",
    diagnosis="The filters are dealt out to the groups in turn, their results lie group by group.",
    hint="Which filters belong to the first group? And where does output channel 1 come from?",
)
def deals_out_the_filters(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c = C // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j::groups]
        seen, filters = x[:, j * c : (j + 1) * c], w[j::groups]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-values grouped_conv2d-depthwise",
    diagnosis="Every group reads the first channels.",
    hint="Where does the second group begin to read?",
)
def shows_every_group_the_same_channels(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, :c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-values grouped_conv2d-depthwise",
    diagnosis="Every group uses the first filters.",
    hint="Do two groups with equal channels have to give equal maps?",
)
def gives_every_group_the_same_filters(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[:o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-values grouped_conv2d-depthwise",
    diagnosis="The results of the groups are added, where they should stand side by side.",
    hint="How many channels has your result? w has a filter for each.",
)
def adds_the_groups_up(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return sum(parts)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-depthwise",
    diagnosis="With as many groups as channels, filter c is laid on channel c, and further filters "
    "are left out.",
    hint="Two channels, four filters, two groups: which filters read channel 0?",
)
def has_one_filter_for_a_channel_at_most(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    if groups == C:
        w, b, o = w[:C], None if b is None else b[:C], 1
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-bias",
    diagnosis="b is never added.",
    hint="What does a layer with b give for an image of zeros?",
)
def forgets_the_bias(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-bias",
    diagnosis="Every group gets the first biases.",
    hint="b has a number for each filter, not for each filter of a group.",
)
def gives_every_group_the_same_biases(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[:o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-options",
    diagnosis="stride and padding are not handed on to the groups.",
    hint="Which arguments does conv2d get from you?",
)
def forgets_stride_and_padding(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-options",
    diagnosis="padding is not handed on to the groups.",
    hint="Which arguments does conv2d get from you?",
)
def forgets_the_padding_of_the_groups(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-errors",
    diagnosis="What groups do not divide is rounded down: the last channel is never read, or the "
    "last filter never used.",
    hint="Five channels in two groups of two: who reads the fifth?",
)
def drops_what_does_not_divide(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-errors",
    diagnosis="Only the channels are checked: of five filters in two groups the last one is lost.",
    hint="How many maps come out of five filters?",
)
def checks_the_channels_alone(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    return np.concatenate(parts, axis=1)


@misconception(
    replaces="grouped_conv2d",
    fails="grouped_conv2d-dtype",
    diagnosis="The results are collected in an array of float64, whatever they are.",
    hint="What dtype has np.zeros?",
)
def collects_in_float64(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups:
        raise ValueError("groups do not divide")
    c, o = C // groups, O // groups
    parts = []
    for j in range(groups):
        bias = None if b is None else b[j * o : (j + 1) * o]
        seen, filters = x[:, j * c : (j + 1) * c], w[j * o : (j + 1) * o]
        part = conv2d(seen, filters, bias, stride=stride, padding=padding)
        parts.append(part)
    y = np.zeros((len(x), O, *parts[0].shape[2:]))
    for j, part in enumerate(parts):
        y[:, j * o : (j + 1) * o] = part
    return y


# build_alexnet


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-shapes",
    diagnosis="The convolutions have no padding, so the maps become too small for the dense layer.",
    hint="Layers 2 to 5 keep 27 and 13. What does a kernel of 5 need for that?",
)
def pads_nothing(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-shapes",
    diagnosis="The first layer has a padding of 2, as torchvision's has: 227 gives 56.",
    hint="(227 + 2p - 11)/4 + 1 shall be 55.",
)
def pads_the_first_layer(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-params build_alexnet-values",
    diagnosis="The convolutions have no bias, as if a batch normalisation followed.",
    hint="What would take the place of the bias here?",
)
def convolves_without_bias(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4, bias=False), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(
            nn.Conv2d(a, b, 5, padding=2, groups=groups, bias=False),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        ),
        *(nn.Conv2d(b, c, 3, padding=1, bias=False), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups, bias=False), nn.ReLU()),
        *(
            nn.Conv2d(d, e, 3, padding=1, groups=groups, bias=False),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        ),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-params",
    diagnosis="The second dense layer has 4096 units, whatever hidden is.",
    hint="Ask for hidden=20 and print the parameters layer by layer.",
)
def has_4096_units_whatever_is_asked(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, 4096), nn.ReLU(), nn.Linear(4096, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-groups",
    diagnosis="groups is not used.",
    hint="Which three layers are split?",
)
def builds_without_groups(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-groups",
    diagnosis="Layer 3 is in groups too.",
    hint="Layer 3 is where the groups meet.",
)
def splits_layer_3_of_the_net(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-sizes",
    diagnosis="The first dense layer is made for maps of 6 x 6, which is right for 227 alone.",
    hint="How large are the maps that an image of 67 x 67 leaves?",
)
def expects_6_by_6_maps(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = 6
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-sizes",
    diagnosis="The size of the last maps is taken for size // 32 - 1, which holds for 227 by "
    "chance.",
    hint="Follow 67 or 163 through all layers.",
)
def divides_the_size_by_32(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = size // 32 - 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-values",
    diagnosis="There is no ReLU between the dense layers: together they are one linear layer.",
    hint="What can two dense layers do that one can't, if nothing stands between them?",
)
def forgets_the_relus_between_dense_layers(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden)),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-values",
    diagnosis="A ReLU stands behind the last layer: no score can be negative.",
    hint="What does the loss learn from a score that is cut off at 0?",
)
def cuts_off_the_scores(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(
            nn.Dropout(0.5),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
            nn.ReLU(),
        ),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-values",
    diagnosis="A softmax stands at the end, and the loss takes another one of it.",
    hint="What does nn.CrossEntropyLoss want: scores or probabilities?",
)
def ends_with_a_softmax(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(
            nn.Dropout(0.5),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
            nn.Softmax(dim=1),
        ),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-values",
    diagnosis="The pools are 2 x 2: at 227 every shape is right, and every number wrong.",
    hint="Which windows does a pool of 3 x 3 with stride 2 look at?",
)
def builds_with_pools_of_two(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = n // 2
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-dropout",
    diagnosis="There is no dropout.",
    hint="What stands before the two large dense layers?",
)
def forgets_dropout(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-dropout",
    diagnosis="Dropout stands behind the first two dense layers, so the last one has one and the "
    "first none.",
    hint="Which two layers are large? What goes into them is to be dropped.",
)
def drops_behind_the_dense_layers(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(
            nn.Dropout(0.5),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(hidden, classes),
        ),
    )


@misconception(
    replaces="build_alexnet",
    fails="build_alexnet-dropout",
    diagnosis="Dropout stands behind the scores as well.",
    hint="What becomes of the loss if the right class's score is dropped?",
)
def drops_half_of_the_scores(
    *, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096, classes=1000
):
    n = (size - 11) // 4 + 1
    for _ in range(3):
        n = (n - 3) // 2 + 1
    a, b, c, d, e = filters
    return nn.Sequential(
        *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
        *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, stride=2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * n * n, hidden), nn.ReLU()),
        *(
            nn.Dropout(0.5),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
            nn.Dropout(0.5),
        ),
    )


# conv1x1


@misconception(
    replaces="conv1x1",
    fails="conv1x1-values",
    diagnosis="x is reshaped to rows of C numbers, which mixes rows and columns: reshape moves no "
    "axes.",
    hint="Which numbers stand in the first row after x.reshape(-1, C)?",
)
def reshapes_the_channels_away(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    x = x[:, :, ::sh, ::sw]
    N, c, h, v = x.shape
    y = (x.reshape(-1, c) @ w.T).reshape(N, len(w), h, v)
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-values",
    diagnosis="w is read as (C, O).",
    hint="Which axis of w has the length of x's channels?",
)
def turns_the_weights_around(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("co,nchw->nohw", w, x[:, :, ::sh, ::sw])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-stride",
    diagnosis="What a stride does not divide is cut off first: of 7 rows 3 are left.",
    hint="Rows 0, 2, 4 and 6 of 7 are there. How many is that?",
)
def rounds_the_stride_down(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, sh - 1 :: sh, sw - 1 :: sw])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-stride",
    diagnosis="The stride thins out the rows, and the columns stay.",
    hint="What is the step along the last axis?",
)
def strides_along_the_rows_alone(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-stride",
    diagnosis="Of a pair of strides the first counts for both axes.",
    hint="What does stride=(1, 2) leave of a 6 x 6 plane?",
)
def strides_both_axes_alike(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh, ::sh])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-bias",
    diagnosis="b is never added.",
    hint="What does an image of zeros give?",
)
def forgets_the_bias_of_the_pixels(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh, ::sw])
    return y


@misconception(
    replaces="conv1x1",
    fails="conv1x1-bias",
    diagnosis="b is added along the columns, the last axis, where it should meet the channels.",
    hint="With which axis of y does b line up in y + b?",
)
def adds_the_bias_along_the_columns(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh, ::sw])
    return y if b is None else y + b


@misconception(
    replaces="conv1x1",
    fails="conv1x1-edges",
    diagnosis="A w with one channel is taken for all channels of x.",
    hint="What does NumPy do with an axis of length 1? Compare the numbers of channels yourself.",
)
def broadcasts_one_channel(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] not in (1, x.shape[1]):
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = (w[:, :, None, None] * x[:, None, :, ::sh, ::sw]).sum(axis=2)
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-edges",
    diagnosis="The result is stacked from the images one by one, and of none there is nothing to "
    "stack.",
    hint="What does np.stack say to an empty list?",
)
def fails_on_an_empty_batch(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    x, w = (a.astype(np.result_type(*kinds)) for a in (x, w))
    y = np.stack([np.tensordot(w, image[:, ::sh, ::sw], 1) for image in x])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-dtype",
    diagnosis="The result is always float64.",
    hint="What should float32 with float32 give?",
)
def multiplies_in_float64(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    x, w = (a.astype(np.float64) for a in (x, w))
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh, ::sw])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv1x1",
    fails="conv1x1-dtype",
    diagnosis="Whole numbers are multiplied as they are: bytes wrap at 256.",
    hint="What is 100 times 2 plus 100 times 2 in uint8?",
)
def lets_bytes_wrap(x, w, b=None, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels differ")
    y = np.einsum("oc,nchw->nohw", w, x[:, :, ::sh, ::sw])
    return y if b is None else y + b[:, None, None]


# batchnorm2d


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-training",
    diagnosis="Each pixel of each channel has a mean of its own, over the images alone.",
    hint="How many means does a layer with C channels have?",
)
def normalises_each_pixel(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        own, spread = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    if train:
        normed = (x - own) / np.sqrt(spread + eps)
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-training",
    diagnosis="Each image is normalised on its own, over its rows and columns.",
    hint="Do the images of a batch share their means?",
)
def normalises_each_image(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        own, spread = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    if train:
        normed = (x - own) / np.sqrt(spread + eps)
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-training",
    diagnosis="One mean and one variance is taken of all channels together.",
    hint="What happens to a channel whose numbers are ten times as large as another's?",
)
def normalises_all_channels_together(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        own, spread = (
            x.mean(axis=(0, 1, 2, 3), keepdims=True),
            x.var(axis=(0, 1, 2, 3), keepdims=True),
        )
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    if train:
        normed = (x - own) / np.sqrt(spread + eps)
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-training batchnorm2d-after batchnorm2d-eps",
    diagnosis="It is divided by the variance, not by its root.",
    hint="If all x are doubled, y must stay. Does it?",
)
def divides_by_the_variance(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / (v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-training batchnorm2d-eps",
    diagnosis="The unbiased variance normalises, where the biased one should.",
    hint="What is the biased variance of y itself, for gamma 1? It should be 1.",
)
def normalises_with_the_unbiased_variance(
    x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5
):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt((v * count / (count - 1) if train else v) + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-running",
    diagnosis="The biased variance is gathered, where the unbiased one should.",
    hint="Which of the two estimates the variance of all images, not of this batch?",
)
def gathers_the_biased_variance(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-running",
    diagnosis="momentum is taken for the part that is kept, as in some other libraries.",
    hint="With momentum 0, should the running mean change?",
)
def turns_momentum_around(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = momentum * mean + (1 - momentum) * m
        var = momentum * var + (1 - momentum) * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-running",
    diagnosis="The running statistics come back as they went in.",
    hint="What does the layer know after training, if nothing was gathered?",
)
def gathers_nothing(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-after",
    diagnosis="The running statistics are updated after training as well.",
    hint="May the answer for one image change what the next one gets?",
)
def goes_on_gathering(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    elif x.size > x.shape[1]:
        count = x.size // x.shape[1]
        spread = x.var(axis=(0, 2, 3)) * count / (count - 1)
        mean = (1 - momentum) * mean + momentum * x.mean(axis=(0, 2, 3))
        var = (1 - momentum) * var + momentum * spread
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-after",
    diagnosis="The batch's own mean and variance are used after training too.",
    hint="What does a batch of one image with one pixel give?",
)
def always_uses_the_batch(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    count = x.size // max(1, x.shape[1])
    if train and count < 2:
        raise ValueError("no variance")
    m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    if train:
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-eps",
    diagnosis="eps is added to the standard deviation, behind the root.",
    hint="With variance 5 and eps 4, divide by 3.",
)
def adds_eps_behind_the_root(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / (np.sqrt(v) + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-eps",
    diagnosis="eps is not used: a constant channel gives 0/0.",
    hint="What is the variance of seven sevens?",
)
def leaves_out_eps(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-edges",
    diagnosis="A channel of one number is normalised in training: the answer is always beta.",
    hint="What can be learned from a variance of one number?",
)
def accepts_a_single_number(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / max(1, count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-edges",
    diagnosis="One image is refused, although it has many pixels.",
    hint="How many numbers of a channel does one image of 2 x 3 pixels have?",
)
def refuses_a_single_image(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if len(x) < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-dtype",
    diagnosis="The results are always float64.",
    hint="What should float32 give?",
)
def normalises_in_float64(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    mean, var = running
    given = (x, gamma, beta, mean, var)
    x, gamma, beta, mean, var = (a.astype(np.float64) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d",
    fails="batchnorm2d-contract",
    diagnosis="The running statistics are written into the caller's arrays.",
    hint="Does mean *= 0.9 make a new array?",
)
def updates_the_running_arrays_in_place(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    theirs = mean, var = running
    given = (x, gamma, beta, mean, var)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in given))
    x, gamma, beta, mean, var = (a.astype(dtype) for a in given)
    m, v = mean, var
    if train:
        count = x.size // max(1, x.shape[1])
        if count < 2:
            raise ValueError("no variance")
        m, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v * (count / (count - 1))
    if train:
        theirs[0][:], theirs[1][:] = mean, var
    scale = 1 / np.sqrt(v + eps)
    normed = (x - m[:, None, None]) * scale[:, None, None]
    y = gamma[:, None, None] * normed + beta[:, None, None]
    return y, (mean, var), (normed, scale, gamma, train)


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx",
    diagnosis="Mean and variance are treated as constants in training: two terms are missing.",
    hint="Move one x. Does only its own y move?",
)
def takes_mean_and_variance_for_constants(dy, cache):
    normed, scale, gamma, _ = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx",
    diagnosis="Only the mean's part is taken out of the gradient, the variance's is missing.",
    hint="Stretch all x of a channel by a factor. Which y change?",
)
def forgets_that_x_moves_the_variance(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = dy.size // max(1, dy.shape[1])
        common = gamma * dbeta / count
        g = g - common[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx",
    diagnosis="The means over a channel are sums divided by the number of images.",
    hint="Over how many numbers is each mean taken?",
)
def divides_by_the_images_alone(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = len(dy)
        common, along = gamma * dbeta / count, gamma * dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx_after",
    diagnosis="The terms of mean and variance are taken out after training as well, where both are "
    "constants.",
    hint="Do the running statistics move with x?",
)
def corrects_the_gradient_after_training_too(dy, cache):
    normed, scale, gamma, _ = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    count = dy.size // max(1, dy.shape[1])
    common, along = gamma * dbeta / count, gamma * dgamma / count
    g = g - common[:, None, None] - normed * along[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx batchnorm2d-dx_after",
    diagnosis="gamma is missing in dx.",
    hint="If gamma is 0, does anything come back?",
)
def forgets_gamma_on_the_way_back(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy
    if train:
        count = dy.size // max(1, dy.shape[1])
        common, along = dbeta / count, dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    return g * scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-dx batchnorm2d-dx_after",
    diagnosis="dx is multiplied by the standard deviation, not divided.",
    hint="If x is ten times as large, does a step of 1 count more or less?",
)
def multiplies_by_the_deviation(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = dy.size // max(1, dy.shape[1])
        common, along = gamma * dbeta / count, gamma * dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    return g / scale[:, None, None], dgamma, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-parameters",
    diagnosis="dgamma is the sum of dy times the centred x, not divided by the standard deviation.",
    hint="With what is gamma multiplied on the way forward?",
)
def sums_dgamma_without_normalising(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = dy.size // max(1, dy.shape[1])
        common, along = gamma * dbeta / count, gamma * dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    return g * scale[:, None, None], dgamma / scale, dbeta


@misconception(
    replaces="batchnorm2d_backward",
    fails="batchnorm2d-parameters",
    diagnosis="dgamma and dbeta are means, not sums.",
    hint="beta is added to every y. How much does the loss change with it?",
)
def averages_the_parameters_gradients(dy, cache):
    normed, scale, gamma, train = cache
    dgamma, dbeta = (dy * normed).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
    g = dy * gamma[:, None, None]
    if train:
        count = dy.size // dy.shape[1]
        common, along = gamma * dbeta / count, gamma * dgamma / count
        g = g - common[:, None, None] - normed * along[:, None, None]
    count = dy.size // max(1, dy.shape[1])
    return g * scale[:, None, None], dgamma / count, dbeta / count


# residual_block


@misconception(
    replaces="residual_block",
    fails="residual_block-identity residual_block-projection",
    diagnosis="The last ReLU stands before the sum, so the main path can only add.",
    hint="May y be smaller than x anywhere where x is positive?",
)
def cuts_off_before_the_sum(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main) + skip


@misconception(
    replaces="residual_block",
    fails="residual_block-identity residual_block-projection",
    diagnosis="The ReLU after the sum is missing.",
    hint="Can y be negative?",
)
def ends_with_the_sum(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return main + skip


@misconception(
    replaces="residual_block",
    fails="residual_block-identity residual_block-projection",
    diagnosis="There is no ReLU between the convolutions: together they are one linear layer.",
    hint="What could two convolutions do that one of 5 x 5 can't?",
)
def forgets_the_relu_between(x, params, *, stride=1):
    hidden = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main + skip)


@misconception(
    replaces="residual_block",
    fails="residual_block-identity residual_block-projection",
    diagnosis="The skip path is missing: two plain layers.",
    hint="What does the block give if all weights are 0?",
)
def adds_nothing(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main)


@misconception(
    replaces="residual_block",
    fails="residual_block-projection",
    diagnosis="The skip path has a ReLU of its own behind its 1 x 1 convolution.",
    hint="What stands between the 1 x 1 convolution and the sum?",
)
def cuts_off_the_skip_path(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.relu(ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride))
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main + skip)


@misconception(
    replaces="residual_block",
    fails="residual_block-projection",
    diagnosis="b_skip is not added.",
    hint="Which of the six parameters does your code never mention?",
)
def forgets_the_bias_of_the_skip_path(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main + skip)


@misconception(
    replaces="residual_block",
    fails="residual_block-projection",
    diagnosis="The stride stands in the second convolution, not in the first.",
    hint="Both ways give the same shape. Which convolution is to have it?",
)
def strides_in_the_second_convolution(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], stride=stride, padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if main.shape != skip.shape:
        raise ValueError("paths differ")
    return ops.relu(main + skip)


@misconception(
    replaces="residual_block",
    fails="residual_block-errors",
    diagnosis="The shapes are not compared: one channel is added to each of many.",
    hint="What does NumPy make of (2, 4, 3, 3) + (2, 1, 3, 3)?",
)
def lets_channels_broadcast(x, params, *, stride=1):
    hidden = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    main = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    skip = x
    if "w_skip" in params:
        skip = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    return ops.relu(main + skip)


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-dx residual_block-dx_projection",
    diagnosis="What comes back along the skip path is missing in dx.",
    hint="x went two ways. From how many does it get something back?",
)
def forgets_the_way_back_along_the_skip(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    ds, grads = ops.relu_backward(dy, total + skip), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx, grads
    _, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-dx",
    diagnosis="Only what comes back along the skip path is in dx.",
    hint="x went two ways. From how many does it get something back?",
)
def goes_back_along_the_skip_alone(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    ds, grads = ops.relu_backward(dy, total + skip), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-dx residual_block-dx_projection residual_block-grads",
    diagnosis="The last ReLU is forgotten on the way back: the whole dy reaches the sum.",
    hint="Where the sum was negative, does y move with it?",
)
def sends_the_gradient_past_the_last_relu(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    ds, grads = dy, {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-dx residual_block-dx_projection residual_block-grads",
    diagnosis="The last ReLU looks at the main path, not at the sum.",
    hint="What was given to the last ReLU on the way forward?",
)
def asks_the_main_path_alone_for_the_last_relu(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    ds, grads = ops.relu_backward(dy, total), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-dx residual_block-grads",
    diagnosis="The ReLU between the convolutions is forgotten on the way back.",
    hint="Which numbers behind conv 1 do not move y?",
)
def passes_the_relu_between(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    ds, grads = ops.relu_backward(dy, total + skip), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = dhidden
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-grads",
    diagnosis="The gradient of w_skip has shape (O, C, 1, 1).",
    hint="Which shape has w_skip in params?",
)
def returns_a_kernel_of_four_axes(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    ds, grads = ops.relu_backward(dy, total + skip), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-grads",
    diagnosis="The gradients of w_skip and b_skip are missing.",
    hint="How many parameters does the block have, and how many gradients do you return?",
)
def gives_no_gradient_to_the_skips_weights(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    ds, grads = ops.relu_backward(dy, total + skip), {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, _, _ = ops.conv2d_backward(ds, x, kernel, stride=stride)
    return dx + along, grads


@misconception(
    replaces="residual_block_backward",
    fails="residual_block-contract",
    diagnosis="dy itself is cut off where the sum was negative: the caller's array is changed.",
    hint="Does dy[mask] = 0 make a new array?",
)
def cuts_the_gradient_off_in_place(dy, x, params, *, stride=1):
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = ops.relu(before)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    kernel = params["w_skip"][:, :, None, None] if "w_skip" in params else None
    skip = x if kernel is None else ops.conv2d(x, kernel, params["b_skip"], stride=stride)
    dy[total + skip <= 0] = 0
    ds, grads = dy, {}
    dhidden, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, hidden, params["w2"], padding=1)
    dbefore = ops.relu_backward(dhidden, before)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dbefore, x, params["w1"], stride=stride, padding=1
    )
    if kernel is None:
        return dx + ds, grads
    along, dw, grads["b_skip"] = ops.conv2d_backward(ds, x, kernel, stride=stride)
    grads["w_skip"] = dw[:, :, 0, 0]
    return dx + along, grads


# count_macs


@misconception(
    replaces="count_macs",
    fails="count_macs-convolutions count_macs-pools count_macs-dense count_macs-groups "
    "count_macs-residual count_macs-nets",
    diagnosis="Multiplications and additions are both counted, so everything is twice as much.",
    hint="One product is one multiplication with its addition.",
)
def counts_additions_too(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
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

    return follow(arch["layers"], arch["input_shape"])[0] * 2


@misconception(
    replaces="count_macs",
    fails="count_macs-convolutions count_macs-nets",
    diagnosis="A bias counts as one more product at each place.",
    hint="Is the bias multiplied by anything?",
)
def counts_biases_as_products(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                    macs += layer["bias"] * layer["filters"] * out[0] * out[1]
                shape = (layer.get("filters", shape[0]), *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-convolutions count_macs-pools count_macs-residual count_macs-nets",
    diagnosis="The weights are multiplied with the places of the input, not of the output.",
    hint="How many windows are there with stride 2?",
)
def counts_the_places_of_the_input(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], shape[1:])
                shape = (layer.get("filters", shape[0]), *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-convolutions count_macs-nets",
    diagnosis="A filter is counted with one channel, whatever comes in.",
    hint="How deep is a filter of the second layer?",
)
def counts_one_channel_alone(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = 1
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-pools count_macs-nets",
    diagnosis="Pools change nothing: the layers behind them are counted at full size.",
    hint="How many places has a map after a pool of 2 x 2?",
)
def forgets_that_pools_shrink(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                    shape = (layer["filters"], *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-pools count_macs-nets",
    diagnosis="avg_pool_to changes nothing.",
    hint="What stands behind the average of a whole map?",
)
def forgets_averaging_to_a_size(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-dense count_macs-nets",
    diagnosis="Flattening keeps the channels and forgets the places.",
    hint="How many numbers has a volume of 3 x 2 x 5?",
)
def feeds_a_dense_layer_with_channels(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (shape[0],)
            elif kind == "dense":
                macs += shape[0] * layer["units"]
                shape = (layer["units"],)
            elif kind == "residual":
                main, after = follow(layer["main"], shape)
                macs += main + follow(layer["skip"], shape)[0]
                shape = after
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]


@misconception(
    replaces="count_macs",
    fails="count_macs-dense count_macs-nets",
    diagnosis="Dense layers are counted as free.",
    hint="Is a dense layer not made of products?",
)
def forgets_the_dense_layers(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (int(np.prod(shape)),)
            elif kind == "dense":
                shape = (layer["units"],)
            elif kind == "residual":
                main, after = follow(layer["main"], shape)
                macs += main + follow(layer["skip"], shape)[0]
                shape = after
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]


@misconception(
    replaces="count_macs",
    fails="count_macs-groups count_macs-nets",
    diagnosis="groups is not used: every filter is counted with all channels.",
    hint="How many channels does a filter see in two groups?",
)
def counts_groups_as_whole(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
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


@misconception(
    replaces="count_macs",
    fails="count_macs-residual count_macs-nets",
    diagnosis="The layers of the skip path are not counted.",
    hint="Where a block changes the shape, what does the skip path do?",
)
def forgets_the_skip_path(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (int(np.prod(shape)),)
            elif kind == "dense":
                macs += shape[0] * layer["units"]
                shape = (layer["units"],)
            elif kind == "residual":
                main, after = follow(layer["main"], shape)
                macs += main
                shape = after
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]


@misconception(
    replaces="count_macs",
    fails="count_macs-residual count_macs-nets",
    diagnosis="The skip path is given what the main path made, not what went into the block.",
    hint="What goes into each of the two paths?",
)
def puts_the_paths_one_behind_the_other(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (int(np.prod(shape)),)
            elif kind == "dense":
                macs += shape[0] * layer["units"]
                shape = (layer["units"],)
            elif kind == "residual":
                main, after = follow(layer["main"], shape)
                macs += main + follow(layer["skip"], after)[0]
                shape = after
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]


@misconception(
    replaces="count_macs",
    fails="count_macs-residual count_macs-nets",
    diagnosis="Residual blocks are passed over, since they are no convolution.",
    hint="What does a block hold?",
)
def passes_over_residual_blocks(arch):
    def follow(steps, shape):
        macs = 0
        for layer in steps:
            kind = layer["kind"]
            if kind in ("conv", "max_pool", "avg_pool"):
                given = {k: layer[k] for k in ("stride", "padding", "dilation") if k in layer}
                out = shapes.conv2d_shape(*shape[1:], layer["kernel"], **given)
                if kind == "conv":
                    seen = shape[0] // layer["groups"]
                    macs += shapes.conv_macs(seen, layer["filters"], layer["kernel"], out)
                shape = (layer.get("filters", shape[0]), *out)
            elif kind == "avg_pool_to":
                shape = (shape[0], *layer["size"])
            elif kind == "flatten":
                shape = (int(np.prod(shape)),)
            elif kind == "dense":
                macs += shape[0] * layer["units"]
                shape = (layer["units"],)
        return macs, shape

    return follow(arch["layers"], arch["input_shape"])[0]
