"""Values that no argument takes: each kind of them, given to arguments from all over the package.

What is refused here is a ``TypeError`` or a ``ValueError`` whose sentence names the argument.
"""

import numpy as np
import pytest

from cnnkit import (
    architectures,
    augment,
    filters,
    gradcheck,
    images,
    initialisers,
    layers,
    models,
    ops,
    optimisers,
    pictures,
    shapes,
    training,
    transfer,
)
from cnnkit.architectures import layers as paper

X, W, ONES = np.ones((2, 4, 6, 7)), np.ones((6, 2, 2, 3)), np.ones(4)


def rng():
    return np.random.default_rng(0)


def dense_net():
    return layers.Sequential(layers.Flatten(), layers.Dense(42, 3, rng()))


def named(call):
    """The argument that a call is about: its parameter's name."""
    return call.__code__.co_varnames[0]


def refused(call, value):
    with pytest.raises((TypeError, ValueError)) as error:
        call(value)
    assert named(call) in str(error.value)


NO_ARRAYS = {
    "None": None,
    "a word": "abc",
    "words": np.array(["1", "2"]),
    "objects": np.array([1.0, None]),
    "a dict": {"a": 1},
    "dates": np.zeros(3, "datetime64[s]"),
    "a number alone": 1.0,
}
ARRAYS = [
    lambda x: ops.conv2d(x, W, groups=2),
    lambda w: ops.conv2d(X, w, groups=2),
    lambda b: ops.conv2d(X, W, np.asarray(b), groups=2),
    lambda dy: ops.conv2d_backward(dy, X, W, groups=2),
    lambda w: ops.conv1x1(X, w),
    lambda x: ops.conv1d(x, W[:, :, 0], groups=2),
    lambda w: ops.locally_connected(X, w),
    lambda x: ops.max_pool2d(x, 2),
    lambda argmax: ops.max_pool2d_scatter(np.ones((1, 1, 1, 1)), argmax, (1, 1, 2, 2)),
    lambda dy: ops.avg_pool2d_backward(dy, (2, 3, 4, 4), 2),
    lambda x: ops.lp_pool2d(x, 2),
    lambda x: ops.global_avg_pool(x),
    lambda x: ops.dense(x, np.ones((3, 5))),
    lambda dy: ops.relu_backward(dy, X),
    lambda mask: ops.dropout_backward(X, mask),
    lambda x: ops.batchnorm2d(x, ONES, ONES, (ONES, ONES), True),
    lambda gamma: ops.batchnorm2d(X, gamma, ONES, (ONES, ONES), True),
    lambda scores: ops.softmax_cross_entropy(scores, np.array([0, 1])),
    lambda y: ops.softmax_cross_entropy(np.ones((2, 3)), y),
    lambda cols: ops.col2im(cols, (2, 3, 4, 4), 2),
    lambda w: ops.conv_as_matrix(w, 4, 5),
    lambda x: filters.correlate1d(x, np.ones(2)),
    lambda k: filters.convolve2d(np.ones((4, 5)), k),
    lambda kernel: filters.separable(kernel),
    lambda x: filters.sobel_edges(x),
    lambda x: images.rescale(x, "unit"),
    lambda x: images.histogram(x),
    lambda X: images.linear_scores(X, np.ones((3, 5))),
    lambda perm: images.permute_pixels(X, perm),
    lambda x: augment.color_jitter(x, 0.1, 0.1, rng()),
    lambda y_onehot: augment.mixup(X, y_onehot, 0.2, rng()),
    lambda a: gradcheck.rel_error(a, np.ones(3)),
    lambda labels: training.confusion_matrix(labels, np.array([0, 1]), 2),
    lambda x: training.predict(dense_net(), x),
    lambda x: training.occlusion_map(dense_net(), x, 0),
    lambda X: training.train(dense_net(), X, np.array([0, 1]), 0.1, 1, 2, rng()),
    lambda X: transfer.extract_features(dense_net(), X, "flatten1", 2),
    lambda values: pictures.pixel_grid(values),
    lambda x: pictures.filter_step(x, np.ones((2, 2))),
    lambda maps: pictures.feature_maps(np.ones((1, 3, 4)), {"maps": maps}),
    lambda counts: pictures.confusion_matrix(counts, "ab"),
]


@pytest.mark.parametrize("value", NO_ARRAYS.values(), ids=NO_ARRAYS)
@pytest.mark.parametrize("call", ARRAYS, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_no_array_of_numbers(call, value):
    refused(call, value)


NO_SIZES = [
    -1,
    2.5,
    True,
    np.bool_(True),
    "2",
    np.nan,
    np.inf,
    1j,
    [1, 2, 3],
    (1.5, 1),
    np.array(1.5),
]
AT_LEAST_0 = [
    lambda padding: ops.conv2d(X, W, padding=padding, groups=2),
    lambda padding: ops.conv1d(X[:, :, 0], W[:, :, 0], padding=padding, groups=2),
    lambda padding: ops.max_pool2d(X, 2, padding=padding),
    lambda padding: ops.im2col(X, 2, padding=padding),
    lambda padding: shapes.conv2d_shape(7, 7, 3, padding=padding),
    lambda pad: filters.pad2d(X[0, 0], pad),
    lambda padding: augment.random_crop(X, 3, padding, rng()),
    lambda size: augment.cutout(X, size, rng()),
    lambda epochs: training.train(dense_net(), X, np.array([0, 1]), 0.1, epochs, 2, rng()),
    lambda label: training.occlusion_map(dense_net(), X[0, :1], label),
    lambda column: pictures.window_columns(X[0], 2, column=column),
    lambda at: pictures.slide(np.ones(5), np.ones(2), at),
]
AT_LEAST_1 = [
    lambda stride: ops.conv2d(X, W, stride=stride, groups=2),
    lambda dilation: ops.conv2d(X, W, dilation=dilation, groups=2),
    lambda groups: ops.conv2d(X, W, groups=groups),
    lambda stride: ops.conv2d_backward(X, X, W, stride=stride, groups=2),
    lambda stride: ops.conv1x1(X, np.ones((3, 4)), stride=stride),
    lambda stride: ops.locally_connected(X, np.ones((5, 5, 3, 4, 2, 3)), stride=stride),
    lambda kernel: ops.max_pool2d(X, kernel),
    lambda stride: ops.lp_pool2d(X, 2, stride=stride),
    lambda kernel: ops.avg_pool2d_backward(X, X.shape, kernel),
    lambda r: ops.pixel_shuffle(X, r),
    lambda H: ops.conv_as_matrix(W, H, 7),
    lambda stride: ops.im2col(X, 2, stride=stride),
    lambda kernel: shapes.same_padding(kernel),
    lambda C: shapes.conv_params(C, 3, 3),
    lambda out_hw: shapes.conv_macs(3, 4, 3, out_hw),
    lambda d: filters.out_len(d, 3, "same"),
    lambda stride: filters.strided_dilated1d(np.ones(9), np.ones(2), stride=stride),
    lambda size: filters.gaussian_kernel(size, 1.0),
    lambda levels: images.quantize(np.ones((2, 2)), levels=levels),
    lambda stride: images.equivariance_error(np.abs, X, 1, 1, stride=stride),
    lambda size: augment.random_crop(X, size, 0, rng()),
    lambda shape: initialisers.fans((3, shape)),
    lambda O: layers.Conv2D(2, O, 3, rng()),
    lambda kernel: layers.MaxPool2D(kernel),
    lambda classes: training.confusion_matrix([], [], classes),
    lambda filters: paper.conv(filters, 3),
    lambda units: paper.dense(units),
    lambda kernel: architectures.receptive_field([(kernel, 1, 0, 1)]),
    lambda width: architectures.wide_resnet(16, width),
    lambda batch_size: training.predict(dense_net(), X[:, :1], batch_size=batch_size),
    lambda patience: training.EarlyStopping(patience),
    lambda n_classes: transfer.replace_head(dense_net(), n_classes, rng()),
    lambda per_class: transfer.few_per_class(np.array([0, 1]), per_class, rng()),
    lambda columns: pictures.image_grid(X[:, :1], [0, 1], columns=columns),
]


@pytest.mark.parametrize("value", NO_SIZES, ids=repr)
@pytest.mark.parametrize(
    "call", AT_LEAST_0 + AT_LEAST_1, ids=lambda call: f"{call.__code__.co_firstlineno}"
)
def test_what_is_no_size(call, value):
    refused(call, value)


@pytest.mark.parametrize("call", AT_LEAST_1, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_nothing_is_no_size_of_at_least_1(call):
    refused(call, 0)


FLAGS = [
    lambda count_include_pad: ops.avg_pool2d(X, 2, count_include_pad=count_include_pad),
    lambda train: ops.batchnorm2d(X, ONES, ONES, (ONES, ONES), train),
    lambda train: ops.dropout(X, 0.5, train, rng()),
    lambda bias: layers.Conv2D(2, 3, 3, rng(), bias=bias),
    lambda bias: paper.conv(3, 3, bias=bias),
    lambda nesterov: optimisers.SGD(0.1, momentum=0.9, nesterov=nesterov),
    lambda train: dense_net().forward(X[:, :1], train),
]


@pytest.mark.parametrize("value", [1, 0.0, None, "yes", [True]], ids=repr)
@pytest.mark.parametrize("call", FLAGS, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_neither_true_nor_false(call, value):
    refused(call, value)


GENERATORS = [
    lambda rng: ops.dropout(X, 0.5, True, rng),
    lambda rng: initialisers.glorot((3, 4), rng),
    lambda rng: initialisers.he((3, 4), rng, dist="normal"),
    lambda rng: augment.hflip(X, 0.5, rng),
    lambda rng: augment.random_crop(X, 3, 1, rng),
    lambda rng: augment.random_affine(X, rng),
    lambda rng: augment.color_jitter(np.ones((1, 1, 2, 2)), 0.1, 0.1, rng),
    lambda rng: augment.cutout(X, 2, rng),
    lambda rng: augment.mixup(X, np.eye(2), 0.2, rng),
    lambda rng: layers.Dense(3, 4, rng),
    lambda rng: models.LeNetLike(rng),
    lambda rng: training.train(dense_net(), X[:, :1], np.array([0, 1]), 0.1, 1, 2, rng),
    lambda rng: transfer.replace_head(dense_net(), 3, rng),
    lambda rng: transfer.few_per_class(np.array([0, 1]), 1, rng),
]


@pytest.mark.parametrize(
    "value", [None, 0, np.random, np.random.RandomState(0), "0"], ids=lambda value: str(value)[:20]
)
@pytest.mark.parametrize("call", GENERATORS, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_no_generator(call, value):
    refused(call, value)


NUMBERS = [
    lambda p: ops.dropout(X, p, True, rng()),
    lambda p: ops.lp_pool2d(X, 2, p=p),
    lambda momentum: ops.batchnorm2d(X, ONES, ONES, (ONES, ONES), True, momentum=momentum),
    lambda eps: ops.batchnorm2d(X, ONES, ONES, (ONES, ONES), True, eps=eps),
    lambda sigma: filters.gaussian_kernel(3, sigma),
    lambda angle: augment.affine(X, angle=angle),
    lambda scale: augment.affine(X, scale=scale),
    lambda p: augment.hflip(X, p, rng()),
    lambda alpha: augment.mixup(X, np.eye(2), alpha, rng()),
    lambda h: gradcheck.numeric_grad(np.square, np.ones(2), np.ones(2), h=h),
    lambda lr: optimisers.SGD(lr),
    lambda lr: optimisers.Adam(lr),
    lambda lr: optimisers.sgd_step({"w": np.ones(2)}, {"w": np.ones(2)}, lr),
    lambda part: optimisers.cosine(part),
    lambda min_delta: training.EarlyStopping(2, min_delta=min_delta),
    lambda fill: training.occlusion_map(dense_net(), X[0, :1], 0, fill=fill),
]


@pytest.mark.parametrize("value", ["1", None, True, 1j, [0.5], np.array([0.5])], ids=repr)
@pytest.mark.parametrize("call", NUMBERS, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_no_number(call, value):
    refused(call, value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf], ids=repr)
@pytest.mark.parametrize("call", NUMBERS[:-1], ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_no_finite_number(call, value):
    refused(call, value)


WORDS = [
    lambda mode: filters.correlate1d(np.ones(4), np.ones(2), mode=mode),
    lambda mode: filters.convolve2d(X[0, 0], np.ones((2, 2)), mode=mode),
    lambda mode: filters.pad2d(X[0, 0], 1, mode=mode),
    lambda mode: images.rescale(np.zeros((2, 2), np.uint8), mode),
    lambda layout: images.to_nchw(X, layout=layout),
    lambda mode: images.shift2d(X, 1, 1, mode=mode),
    lambda fill: augment.affine(X, fill=fill),
    lambda dist: initialisers.glorot((3, 4), rng(), dist=dist),
    lambda variant: architectures.alexnet(variant),
    lambda mode: training.EarlyStopping(2, mode=mode),
]


@pytest.mark.parametrize("value", [None, 3, "", "Valid", ["same"], np.array("same")], ids=repr)
@pytest.mark.parametrize("call", WORDS, ids=lambda call: f"{call.__code__.co_firstlineno}")
def test_what_is_no_word_of_the_list(call, value):
    refused(call, value)
