"""Wrong calls, from all over the package: each is refused in a sentence, never answered wrongly.

The tests of each function have more of its own. Where shapes do not go together, both are named.
"""

import numpy as np
import pytest

from cnnkit import (
    augment,
    filters,
    gradcheck,
    images,
    layers,
    ops,
    optimisers,
    pictures,
    training,
    transfer,
)


def zeros(*shape):
    return np.zeros(shape)


def rng():
    return np.random.default_rng(0)


def dense_net():
    return layers.Sequential(layers.Flatten(), layers.Dense(12, 3, rng()))


X, LABELS = zeros(6, 1, 3, 4), np.arange(6) % 3
BLOCK = {"w1": zeros(3, 2, 3, 3), "b1": zeros(3), "w2": zeros(3, 3, 3, 3), "b2": zeros(3)}
ONE, ZERO = np.ones(2), np.zeros(2)

# The call, and the shapes that its refusal names.
SHAPES = {
    "conv2d: channels": (lambda x, w: ops.conv2d(x, w), (2, 1, 4, 5), (6, 3, 2, 2)),
    "conv2d: kernel": (lambda x, w: ops.conv2d(x, w), (2, 3, 4, 5), (6, 3, 5, 2)),
    "conv2d: empty kernel": (lambda x, w: ops.conv2d(x, w), (2, 3, 4, 5), (6, 3, 0, 2)),
    "conv2d: groups": (lambda x, w: ops.conv2d(x, w, groups=2), (2, 4, 4, 5), (5, 2, 2, 2)),
    "conv2d: bias": (lambda w, b: ops.conv2d(zeros(2, 3, 4, 5), w, b), (6, 3, 2, 2), (5,)),
    "conv2d_im2col": (lambda x, w: ops.conv2d_im2col(x, w), (2, 3, 4, 5), (6, 3, 2, 6)),
    "conv2d_loops": (lambda x, w: ops.conv2d_loops(x, w, dilation=4), (2, 3, 4, 5), (6, 3, 2, 2)),
    "conv2d_backward": (lambda dy: ops.conv2d_backward(dy, zeros(2, 3, 4, 5), zeros(6, 3, 2, 2)),
                        (2, 6, 3, 5), (2, 6, 3, 4)),
    "conv1d": (lambda x, w: ops.conv1d(x, w), (2, 3, 4), (6, 3, 5)),
    "conv1x1": (lambda x, w: ops.conv1x1(x, w), (2, 3, 4, 5), (6, 2)),
    "locally_connected: places": (lambda x, w: ops.locally_connected(x, w),
                                  (2, 3, 4, 5), (3, 3, 6, 3, 2, 2)),
    "locally_connected: kernel": (lambda x, w: ops.locally_connected(x, w),
                                  (2, 3, 4, 5), (1, 1, 6, 3, 5, 2)),
    "max_pool2d": (lambda x: ops.max_pool2d(x, (5, 2)), (2, 3, 4, 5)),
    "max_pool2d_backward": (lambda dy: ops.max_pool2d_backward(dy, zeros(2, 3, 4, 5), 2),
                            (2, 3, 2, 3), (2, 3, 2, 2)),
    "max_pool2d_scatter": (lambda dy: ops.max_pool2d_scatter(dy, zeros(2, 3, 2, 2).astype(int),
                                                             (2, 4, 4, 5)),
                           (2, 3, 2, 2), (2, 4, 4, 5)),
    "avg_pool2d": (lambda x: ops.avg_pool2d(x, 6), (2, 3, 4, 5)),
    "avg_pool2d_backward": (lambda dy: ops.avg_pool2d_backward(dy, (2, 3, 4, 5), 2),
                            (2, 3, 2, 1), (2, 3, 2, 2)),
    "lp_pool2d": (lambda x: ops.lp_pool2d(x, (2, 6)), (2, 3, 4, 5)),
    "global_max_pool_backward": (lambda dy: ops.global_max_pool_backward(dy, zeros(2, 3, 4, 5)),
                                 (2, 1), (2, 3)),
    "im2col": (lambda x: ops.im2col(x, 6), (2, 3, 4, 5)),
    "col2im": (lambda cols: ops.col2im(cols, (2, 3, 4, 5), 2), (2, 12, 11), (2, 3, 4, 5)),
    "conv_as_matrix": (lambda w: ops.conv_as_matrix(w, 4, 5), (6, 3, 5, 2)),
    "dense": (lambda x, w: ops.dense(x, w), (2, 5), (3, 4)),
    "dense: bias": (lambda w, b: ops.dense(zeros(2, 5), w, b), (3, 5), (3, 1)),
    "relu_backward": (lambda dy, x: ops.relu_backward(dy, x), (2, 1), (2, 3)),
    "dropout_backward": (lambda dy, mask: ops.dropout_backward(dy, mask), (3,), (2, 3)),
    "batchnorm2d": (lambda x, gamma: ops.batchnorm2d(x, gamma, ZERO, (ZERO, ONE), True),
                    (4, 2, 3, 3), (3,)),
    "softmax_cross_entropy": (lambda s: ops.softmax_cross_entropy(s, np.array([0, 1, 0])), (2, 3),
                              (3,)),
    "residual_block": (lambda x: ops.residual_block(x, BLOCK), (2, 2, 5, 6), (2, 3, 5, 6)),
    "flatten_backward": (lambda dy: ops.flatten_backward(dy, (2, 3, 4)), (2, 11), (2, 3, 4)),
    "pixel_unshuffle": (lambda x: ops.pixel_unshuffle(x, 2), (2, 3, 4, 5)),
    "correlate1d": (lambda x, k: filters.correlate1d(x, k), (3,), (4,)),
    "correlate2d": (lambda x, k: filters.correlate2d(x, k), (3, 4), (2, 5)),
    "best_alignment": (lambda x, k: filters.best_alignment(x, k), (3,), (4,)),
    "conv1d_grad": (lambda dy: filters.conv1d_grad(dy, zeros(6), zeros(3)), (5,), (4,)),
    "linear_scores": (lambda X, W: images.linear_scores(X, W), (2, 5), (3, 4)),
    "permute_pixels": (lambda x: images.permute_pixels(x, np.arange(5)), (2, 3), (5,)),
    "rescale": (lambda mean: images.rescale(np.zeros((2, 3, 4, 5), np.uint8), "standard",
                                            mean=mean), (4,), (2, 3, 4, 5)),
    "random_crop": (lambda x: augment.random_crop(x, 6, 0, rng()), (2, 3, 4, 5)),
    "mixup": (lambda x, y: augment.mixup(x, y, 0.2, rng()), (2, 3, 4, 5), (3, 3)),
    "numeric_grad": (lambda x, dy: gradcheck.numeric_grad(np.square, x, dy), (2, 3), (3, 2)),
    "rel_error": (lambda a, b: gradcheck.rel_error(a, b), (2, 3), (2, 1)),
    "SGD": (lambda w, dw: optimisers.SGD(0.1).step({"w": w}, {"w": dw}), (2, 3), (3,)),
    "Adam": (lambda w, dw: optimisers.Adam(0.1).step({"w": w}, {"w": dw}), (2, 3), (1, 3)),
    "a chain": (lambda x: dense_net().forward(x), (2, 15), (3, 12)),
    "fit": (lambda x: training.fit(dense_net(), x, LABELS[:5], optimiser=optimisers.SGD(0.1),
                                   epochs=1, rng=rng()), (6, 1, 3, 4), (5,)),
    "evaluate": (lambda x: training.evaluate(dense_net(), x, LABELS[:5]), (6, 1, 3, 4), (5,)),
    "train": (lambda x: training.train(dense_net(), x, LABELS[:5], 0.1, 1, 2, rng()),
              (6, 1, 3, 4), (5,)),
    "confusion_matrix": (lambda a, b: training.confusion_matrix(a.astype(int), b.astype(int), 2),
                         (3,), (4,)),
    "compare_starts: labels": (lambda x: transfer.compare_starts(
        None, ["new"], [0.1], (x, LABELS[:5]), None, None, per_class=1, seeds=(0, 1)),
        (6, 1, 3, 4), (5,)),
    "compare_starts: answers": (lambda x: transfer.compare_starts(
        lambda *_: lambda X: zeros(len(X), 1), ["new"], [0.1], (x, LABELS), (x, LABELS),
        (x, LABELS), per_class=1, seeds=(0, 1)), (6, 1), (6,)),
    "pictures.difference": (lambda a, b: pictures.difference(a, b, ("a", "b")), (3, 4), (1, 4)),
    "pictures.dot_product": (lambda a, b: pictures.dot_product(a, b), (3, 2, 2), (1, 2, 2)),
    "pictures.gradient_flow": (lambda dy: pictures.gradient_flow(dy, zeros(3, 4), zeros(2, 2)),
                               (3, 3), (2, 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_do_not_go_together_are_named(name):
    call, *named = SHAPES[name]
    count = call.__code__.co_argcount
    with pytest.raises(ValueError) as refused:
        call(*(zeros(*shape) for shape in named[:count]))
    for shape in named:
        assert str(shape) in str(refused.value)
