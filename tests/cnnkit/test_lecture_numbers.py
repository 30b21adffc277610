"""Numbers of the lectures that take several functions, or are seen best in a use of one.

Those that one function gives stand with the tests of that function; ``item`` and the number of
the lecture item is in the name of each.
"""

import numpy as np
import pytest
import torch
from contract import CLOSE, normal
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.architectures import layer_table, receptive_field, small_convnet
from cnnkit.architectures.layers import conv, flatten, max_pool, relu
from cnnkit.augment import affine, color_jitter, cutout, hflip, mixup, random_affine, random_crop
from cnnkit.data.sets import SETS
from cnnkit.filters import correlate2d, out_len
from cnnkit.layouts import layout_convert
from cnnkit.ops import (
    avg_pool2d,
    conv1d,
    conv2d,
    conv_as_matrix,
    dense,
    global_avg_pool,
    locally_connected,
    max_pool2d,
    max_pool2d_backward,
    pixel_unshuffle,
)
from cnnkit.ops import relu as relu_of
from cnnkit.pictures.windows import seen_by
from cnnkit.shapes import conv2d_shape, conv_params, out_size, same_padding


def rng(seed=0):
    return np.random.default_rng(seed)


def test_item20_a_corner_is_seen_once_and_the_middle_nine_times():
    counts = seen_by(5, 5, 3)
    assert (counts[0, 0], counts[2, 2]) == (1, 9)
    assert seen_by(5, 5, 3, padding=1)[0, 0] == 4


@pytest.mark.parametrize(
    ("W", "F", "S", "P"), [(5, 3, 1, 1), (5, 3, 2, 1), (227, 11, 4, 0), (7, 3, 1, 0), (32, 5, 1, 2)]
)
def test_item21_the_formula_where_the_stride_divides(W, F, S, P):
    assert (W - F + 2 * P) % S == 0
    assert out_size(W, F, S, P) == (W - F + 2 * P) // S + 1


def test_item29_two_by_two_drops_three_quarters_of_each_channel():
    x = normal(2, 5, 8, 6)
    y, argmax = max_pool2d(x, 2)
    assert y.size / x.size == argmax.size / x.size == 0.25
    assert y.shape[:2] == x.shape[:2]


@pytest.mark.parametrize(("W1", "F", "S", "W2"), [(4, 2, 2, 2), (55, 3, 2, 27), (26, 2, 2, 13),
                                                  (11, 2, 2, 5), (13, 3, 2, 6)])  # fmt: skip
def test_item30_the_size_of_a_pool(W1, F, S, W2):
    rows = layer_table([max_pool(F, stride=S)], (7, W1, W1))
    assert [(row["shape"], row["params"]) for row in rows] == [((7, W2, W2), 0)]
    assert max_pool2d(np.zeros((1, 7, W1, W1)), F, stride=S)[0].shape == (1, 7, W2, W2)


def test_item38_a_shear_in_degrees_instead_of_radians_does_almost_nothing():
    x = rng().random((1, 1, 28, 28))
    assert np.rad2deg(0.2) == pytest.approx(11.5, abs=0.05)
    assert_array_equal(affine(x, shear=0.2), x)
    assert (affine(x, shear=np.rad2deg(0.2)) != x).mean() > 0.5


def test_item44_in_two_dimensions_too():
    for mode, sizes in (("valid", (26, 24)), ("same", (28, 28)), ("full", (30, 32))):
        assert tuple(out_len(28, k, mode) for k in (3, 5)) == sizes


def test_item49_a_filter_has_a_slice_for_each_channel():
    """Three channels need no three filters: one filter with three slices gives one map."""
    y = conv2d(normal(1, 3, 6, 7), normal(1, 3, 3, 3))
    assert y.shape == (1, 1, 4, 5)
    assert conv_params(3, 1, 3, bias=False) == 3 * conv_params(1, 1, 3, bias=False) == 27


def test_item51_an_input_picked_k_times_gets_the_sum_of_k_gradients():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1  # the maximum of all four windows
    dx = max_pool2d_backward(np.array([[[[1.0, 2], [4, 8]]]]), x, 2, stride=1)
    assert dx[0, 0].tolist() == [[0, 0, 0], [0, 15, 0], [0, 0, 0]]


def test_item52_a_pointwise_stride_of_2_never_sees_three_quarters():
    assert (seen_by(8, 6, 1, stride=2) == 0).mean() == 0.75
    assert (seen_by(8, 6, 2, stride=2) == 0).mean() == 0


def test_item53_one_by_one_kernels_are_a_dense_layer_at_each_pixel():
    x, w, b = normal(2, 5, 4, 3), normal(6, 5), normal(6)
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, 5)
    expected = dense(pixels, w, b).reshape(2, 4, 3, 6).transpose(0, 3, 1, 2)
    assert_allclose(conv2d(x, w[:, :, None, None], b), expected, **CLOSE)


def test_item54_any_size_gives_a_number_for_each_channel():
    for size in ((7, 7), (3, 9)):
        assert global_avg_pool(normal(2, 5, *size)).shape == (2, 5)


@pytest.mark.parametrize(("W", "w"), [(9, 2), (11, 2), (5, 5)])
def test_item67_the_length_of_a_correlation(W, w):
    assert conv1d(normal(1, 1, W), normal(1, 1, w)).shape == (1, 1, W - w + 1)


def test_item82_item86_stacks_without_padding_shrink():
    rows = layer_table([conv(6, 5), relu(), conv(10, 5), relu()], (3, 32, 32))
    assert [row["shape"] for row in rows[::2]] == [(6, 28, 28), (10, 24, 24)]
    sizes = [7]
    while sizes[-1] >= 3:
        sizes.append(out_size(sizes[-1], 3))
    assert sizes == [7, 5, 3, 1]


@pytest.mark.parametrize("F", [3, 5, 7])
def test_item85_odd_filters_need_half_of_what_they_exceed_1_by(F):
    assert same_padding(F) == (((F - 1) // 2,) * 2,) * 2
    assert conv2d_shape(7, 9, F, padding=(F - 1) // 2) == (7, 9)


def test_item93_mnist():
    found = SETS["mnist"]
    assert (found.counts, found.size) == ((60_000, 10_000), (28, 28))
    assert found.classes == tuple("0123456789")
    assert np.prod(found.size) == 784  # item 98


def test_item106_the_network_ends_with_128_filters():
    filters = [layer["filters"] for layer in small_convnet()["layers"] if "filters" in layer]
    assert filters == [32, 64, 128]


@pytest.mark.parametrize("k", [3, 5, 7])
def test_item107_without_padding_an_output_stands_for_a_place_further_on(k):
    assert receptive_field([(k, 1, 0, 1)])[2] == (k - 1) / 2
    assert receptive_field([(k, 1, (k - 1) // 2, 1)])[2] == 0


def test_item108_a_slice_excludes_its_end():
    image = np.arange(25).reshape(5, 5)
    i, j = 2, 3
    assert image[i - 1 : i + 1, j - 1 : j + 1].shape == (2, 2)
    y = conv2d(image[None, None], np.ones((1, 1, 3, 3)), padding=1)
    assert y[0, 0, i, j] == image[i - 1 : i + 2, j - 1 : j + 2].sum()


def test_item109_item110_five_by_five_has_nine_tiles():
    assert conv2d_shape(5, 5, 3) == (3, 3)
    assert conv2d_shape(28, 28, 3) == (26, 26)
    assert conv2d_shape(28, 28, 3, padding="same") == (28, 28)
    assert [same_padding(k)[0] for k in (3, 5)] == [(1, 1), (2, 2)]


def test_item131_item124_each_layer_is_a_special_case_of_the_one_before():
    """A convolution is a locally connected layer that is tied, and that a dense one of zeros."""
    x, w = normal(1, 2, 5, 6), normal(3, 2, 2, 3)
    y = conv2d(x, w)
    tied = np.broadcast_to(w, (4, 4, 3, 2, 2, 3))
    assert_allclose(locally_connected(x, tied), y, **CLOSE)
    matrix = conv_as_matrix(w, 5, 6)
    assert_allclose(matrix @ x.ravel(), y.ravel(), **CLOSE)
    assert (matrix != 0).sum() == y.size * w[0].size  # sparse: a row has a window's weights
    assert len(np.unique(matrix[matrix != 0])) == w.size  # shared: the same in every row


def test_item136_item137_item138_channels_are_summed_and_filters_stacked():
    for C in (3, 4):
        x, w = normal(1, C, 5, 6), normal(2, C, 3, 2)
        y = conv2d(x, w)
        for o in range(2):
            expected = sum(correlate2d(x[0, c], w[o, c]) for c in range(C))
            assert_allclose(y[0, o], expected, **CLOSE)


def test_item140_the_shape_of_torchs_weights():
    layer = torch.nn.Conv2d(4, 6, (3, 5), groups=2)
    w = layer.weight.detach().numpy()
    assert w.shape == (6, 2, 3, 5)
    assert conv2d(np.zeros((1, 4, 9, 9)), w, groups=2).shape == (1, 6, 7, 5)
    assert w.size + 6 == conv_params(4 // 2, 6, (3, 5))
    # channels first belongs to the transposed convolution
    transposed = torch.nn.ConvTranspose2d(4, 6, (3, 5)).weight.detach().numpy()
    assert layout_convert(transposed, "IOHW", "OIHW").shape == (6, 4, 3, 5)


def test_item142_a_detector_answers_above_its_threshold():
    x = np.array([[[[0.0, 1, 1, 0, 0, 1, 0]]]])
    y = relu_of(conv2d(x, np.array([[[[1.0, 1.0]]]]), np.array([-1.5])))
    assert y[0, 0, 0].tolist() == [0, 0.5, 0, 0, 0, 0]


def test_item147_a_convolution_and_a_pool_with_overlap():
    rows = layer_table([conv(1, 3, padding=1), max_pool(3, stride=2)], (1, 9, 9))
    assert [row["shape"][1:] for row in rows] == [(9, 9), (4, 4)]
    assert receptive_field([(3, 1, 0, 1), (3, 2, 0, 1)])[:2] == (5, 2)


def test_item149_ways_to_halve_an_image():
    x = normal(2, 3, 8, 6)
    halved = (max_pool2d(x, 2)[0], avg_pool2d(x, 2), x[..., ::2, ::2])
    assert [y.shape for y in halved] == [(2, 3, 4, 3)] * 3
    unshuffled = pixel_unshuffle(x, 2)
    assert unshuffled.shape == (2, 12, 4, 3)
    assert unshuffled.size == x.size  # it alone loses nothing


def test_item151_flattening_counts_height_width_and_channels():
    assert layer_table([flatten()], (3, 4, 5))[0]["shape"] == (60,)


def test_item159_item160_item161_each_kind_of_augmentation_is_there():
    x, labels = 0.2 + 0.5 * rng(1).random((6, 3, 8, 8)), np.eye(6)
    changed = {
        "rotation": random_affine(x, rng(), angle=40),
        "crop": random_crop(x, 8, 2, rng()),
        "colour": color_jitter(x, 0.3, 0.3, rng()),
        "shift": random_affine(x, rng(), translate=(3, 3)),
        "scale": random_affine(x, rng(), scale=(0.5, 2)),
        "shear": random_affine(x, rng(), shear=40),
        "flip": hflip(x, 1, rng()),
        "cut-out": cutout(x, 4, rng()),
        "mix-up": mixup(x, labels, 1, rng())[0],
    }
    for name, y in changed.items():
        assert y.shape == x.shape
        assert (y != x).any(), name
