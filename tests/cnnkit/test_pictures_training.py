"""What the pictures of trainings, networks and augmentation say, in ink and in words."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from training_pictures import APPAREL, EXAMPLES, GREY, IMAGE, RELU, history, rng

from cnnkit import architectures, pictures
from cnnkit.augment import hflip
from cnnkit.pictures import style


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def curves(ax):
    return {line.get_label(): line.get_ydata() for line in ax.lines}


def titles(figure):
    return [ax.get_title() for ax in figure.axes if ax.get_title()]


# Learning curves ------------------------------------------------------------------------------


def test_a_history_is_drawn_as_it_is():
    run = history(9)
    loss, accuracy = pictures.learning_curves(run).axes
    assert_allclose(curves(loss)["training"], run["loss"])
    assert_allclose(curves(loss)["validation"], run["val_loss"])
    assert_allclose(curves(accuracy)["training"], run["acc"])
    assert_allclose(curves(accuracy)["validation"], run["val_acc"])
    assert_array_equal(loss.lines[0].get_xdata(), np.arange(1, 10))
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy")


def test_training_and_validation_differ_in_more_than_colour():
    for line in pictures.learning_curves(history(9)).axes[0].lines:
        trained = line.get_label() == "training"
        assert (line.get_linestyle() == "--") == trained
        assert (line.get_markerfacecolor() == "white") == trained


def test_the_words_tell_ends_and_best():
    run = {"val_acc": [0.5, 0.81, 0.75], "acc": [0.4, 0.6, 0.9]}
    alt = pictures.learning_curves(run).alt
    assert "training accuracy from 0.4 to 0.9 after epoch 3, best 0.9 in epoch 3." in alt
    assert "validation accuracy from 0.5 to 0.75 after epoch 3, best 0.81 in epoch 2." in alt
    alt = pictures.learning_curves({"loss": [2.0, 0.5, 0.75]}).alt
    assert "training loss from 2 to 0.75 after epoch 3, best 0.5 in epoch 2." in alt


def test_several_runs_are_their_mean_and_a_band():
    runs = [{"loss": [3.0, 1.0]}, {"loss": [5.0, 1.5, 0.5]}]
    figure = pictures.learning_curves({"net": runs})
    ax = figure.axes[0]
    assert_allclose(curves(ax)["net, training"], [4, 1.25, 0.5])  # the second goes on alone
    band = ax.collections[0].get_paths()[0].vertices
    assert {(x, y) for x, y in band} >= {(1, 3), (1, 5), (2, 1), (2, 1.5), (3, 0.5)}
    assert "(mean of 2 runs, at the end 0.5 to 0.5)" in figure.alt
    assert legend(figure) == ["net, training", "band: smallest to largest run"]


def test_a_list_of_histories_has_no_name_and_a_single_run_no_band():
    assert legend(pictures.learning_curves([history(3), history(3, 1)]))[:2] == [
        "training",
        "validation",
    ]
    figure = pictures.learning_curves({"a": history(3), "b": [history(4)]})
    assert legend(figure) == ["a, training", "a, validation", "b, training", "b, validation"]
    assert not any(ax.collections for ax in figure.axes)


def test_a_loss_that_is_not_finite_is_a_gap():
    figure = pictures.learning_curves({"loss": [1.0, np.inf, np.nan, 0.5]})
    drawn = np.ma.filled(curves(figure.axes[0])["training"], np.nan)
    assert_array_equal(np.isfinite(drawn), [True, False, False, True])
    assert "from 1 to 0.5 after epoch 4, best 0.5 in epoch 4" in figure.alt
    assert "from nan to nan" in pictures.learning_curves({"loss": [np.nan] * 2}).alt


@pytest.mark.parametrize("runs", [{}, [], {"seconds": [1.0]}, {"loss": []}])
def test_nothing_to_draw_is_said(runs):
    with pytest.raises(ValueError, match="neither 'loss' nor 'acc'"):
        pictures.learning_curves(runs)


# Confusion ------------------------------------------------------------------------------------

COUNTS = np.array([[5, 3, 0], [0, 9, 1], [7, 0, 1]])


def test_counts_stand_at_true_row_and_taken_column():
    ax = pictures.confusion_matrix(COUNTS, "abc").axes[0]
    written = {t.get_position(): t.get_text() for t in ax.texts}
    assert written == {(c, r): str(COUNTS[r, c]) for r in range(3) for c in range(3)}
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("true class", "taken for")
    assert ax.get_title() == "15 of 26 right (57.7%)"


def test_colour_is_the_share_of_the_true_class():
    image = pictures.confusion_matrix(COUNTS, "abc").axes[0].images[0]
    assert_allclose(image.get_array(), COUNTS / [[8], [10], [8]])
    empty = pictures.confusion_matrix(np.zeros((2, 2), int), "ab")
    assert "0 of 0 right" in empty.alt
    assert_array_equal(empty.axes[0].images[0].get_array(), np.zeros((2, 2)))


def test_the_words_name_the_most_frequent_confusions():
    alt = pictures.confusion_matrix(COUNTS, ["cat", "dog", "cow"]).alt
    assert alt.endswith("Most often taken: cow for cat (7), cat for dog (3), dog for cow (1).")
    alt = pictures.confusion_matrix(np.diag([1, 2]), "ab").alt
    assert alt.endswith("Nothing was confused.")


def test_counts_and_names_go_together():
    with pytest.raises(ValueError, match=r"counts has shape \(3, 3\): 2 classes need \(2, 2\)"):
        pictures.confusion_matrix(COUNTS, "ab")


# What was learned -----------------------------------------------------------------------------


def test_filters_of_one_channel_share_a_scale_around_0():
    w = rng().normal(size=(5, 1, 4, 3))
    figure = pictures.learned_filters(w, columns=2)
    images = [ax.images[0] for ax in figure.axes if ax.get_title()]
    assert {image.get_clim() for image in images} == {(-abs(w).max(), abs(w).max())}
    for image, filter_ in zip(images, w, strict=True):
        assert_array_equal(image.get_array(), filter_[0])
    assert titles(figure) == list("01234")


def test_filters_of_three_channels_are_colours_with_grey_for_0():
    w = np.zeros((2, 3, 2, 2))
    w[0, 0], w[1, 2] = 2, -2
    first, second = (
        ax.images[0].get_array() for ax in pictures.learned_filters(w).axes if ax.get_title()
    )
    assert first[0, 0].tolist() == [1, 0.5, 0.5]
    assert second[0, 0].tolist() == [0.5, 0.5, 0]


def test_of_many_channels_slices_are_drawn():
    w = rng().normal(size=(10, 4, 3, 3))
    figure = pictures.learned_filters(w)
    shown = {ax.get_title(): ax.images[0].get_array() for ax in figure.axes if ax.get_title()}
    assert len(shown) == 8 * 4
    assert_array_equal(shown["7, 2"], w[7, 2])
    assert "Drawn are 32 slices" in figure.alt


def test_the_words_name_the_strongest_filter():
    w = np.ones((3, 1, 2, 2)) * [[[[1]]], [[[-3]]], [[[0.5]]]]
    alt = pictures.learned_filters(w).alt
    assert alt.startswith("3 filters of 1 × 2 × 2 weights, from -3 to 1.")
    assert alt.endswith("strongest is filter 1 (norm 6), the weakest filter 2 (norm 1).")


def test_feature_maps_have_a_row_and_a_scale_for_each_layer():
    signed = rng().normal(size=(4, 10, 10))
    figure = EXAMPLES["feature maps"]()
    rows = np.array(figure.axes).reshape(3, 8)
    assert_array_equal(rows[0, 0].images[0].get_array(), GREY[0, 0])
    assert [ax.images[0].get_clim() for ax in rows[1]] == [(0, RELU.max())] * 8
    largest = abs(signed).max()
    assert [ax.images[0].get_clim() for ax in rows[2, :4]] == [(-largest, largest)] * 4
    assert not any(ax.images for ax in [*rows[0, 1:], *rows[2, 4:]])
    assert_array_equal(rows[2, 3].images[0].get_array(), signed[3])
    assert rows[1, 0].get_ylabel().startswith("conv1, ReLU\n16 × 12 × 12\n0 to ")
    assert f"{np.mean(RELU == 0):.0%} zeros; conv2: 4 × 10 × 10, " in figure.alt


# Networks -------------------------------------------------------------------------------------


def test_bars_are_parameters_and_products():
    table = architectures.alexnet_table()
    figure = pictures.layer_costs(table)
    rows = [row for row in table if row["params"]]
    for ax, key in zip(figure.axes, ("params", "macs"), strict=True):
        assert [bar.get_width() for bar in ax.patches] == [row[key] for row in rows]
    assert figure.axes[0].get_xlabel() == "parameters, in all 62.4 M"
    assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]  # the first at the top
    assert [t.get_text().split()[0] for t in figure.axes[0].get_yticklabels()] == [
        row["name"] for row in rows
    ]
    assert figure.alt.endswith("Most parameters are in dense1, most products in conv2.")


def test_bars_carry_numbers_and_shares():
    table = [
        {"name": "a", "shape": (1,), "params": 999, "macs": 0},
        {"name": "pool", "shape": (1,), "params": 0, "macs": 0},
        {"name": "b", "shape": (1,), "params": 1, "macs": 2_500_000},
    ]
    left, right = pictures.layer_costs(table).axes
    assert [t.get_text() for t in left.texts] == ["999 (100%)", "1 (under 1%)"]
    assert [t.get_text() for t in right.texts] == ["0", "2.50 M (100%)"]
    with pytest.raises(ValueError, match="nothing to draw"):
        pictures.layer_costs(table[1:2])


def frames(figure):
    return {
        p.get_label().split(":")[0]: (*p.get_xy(), p.get_width(), p.get_height())
        for p in figure.axes[0].patches
    }


def test_item113_the_last_convolution_sees_18_pixels_with_pools_and_7_without():
    for pooling, size in ((True, 18), (False, 7)):
        net = architectures.small_convnet(pooling=pooling)
        figure = pictures.receptive_field(GREY[0], net["layers"])
        assert f"conv3 {size} × {size}" in figure.alt
        assert frames(figure)["conv3"][2:] == (size, size)


def test_a_frame_lies_on_the_pixels_that_the_middle_place_sees():
    """By the gradient of the place: on 28 pixels, places of conv1 start at 0, 1, 2, ..."""
    found = frames(EXAMPLES["receptive fields"]())
    assert list(found) == ["conv1", "max_pool1", "conv2", "max_pool2", "conv3"]
    for name, (kernel, jump) in {
        "conv1": (3, 1), "max_pool1": (4, 2), "conv2": (8, 2), "max_pool2": (10, 4),
        "conv3": (18, 4),
    }.items():  # fmt: skip
        left, top, width, height = found[name]
        assert left == top  # a square image
        first = left + 0.5  # without padding the fields start at the multiples of the jump
        assert first % jump == 0
        assert (width, height) == (kernel, kernel)
        assert abs(first + (kernel - 1) / 2 - 13.5) <= jump / 2


def test_fields_beyond_the_image_are_drawn_and_told():
    figure = EXAMPLES["receptive fields beyond"]()
    left, top, width, height = frames(figure)["max_pool5"]
    low, high = sorted(figure.axes[0].get_ylim())
    assert low <= top < 0 and high >= top + height > 28
    assert figure.alt.endswith("max_pool5 212 × 212 (beyond the image) pixels.")
    assert "conv1 3 × 3, max_pool2" in figure.alt


def test_fields_need_windows():
    layers = architectures.small_convnet()["layers"]
    with pytest.raises(ValueError, match=r"No window belongs to a layer 'dense1': take \['conv1'"):
        pictures.receptive_field(GREY[0], layers, names=["dense1"])
    with pytest.raises(ValueError, match="no window: there is nothing to draw"):
        pictures.receptive_field(GREY[0], layers[-1:])


# Many images ----------------------------------------------------------------------------------


def test_images_carry_their_labels():
    figure = pictures.image_grid(GREY[:3], np.array([1, 0, 6]), classes=APPAREL)
    assert titles(figure) == ["Trouser", "T-shirt/top", "Ankle boot"]
    assert figure.alt.endswith("row by row: Trouser, T-shirt/top, Ankle boot.")
    for ax, image in zip(figure.axes, GREY, strict=False):
        assert_array_equal(ax.images[0].get_array(), image[0])
        assert ax.images[0].get_clim() == (0, 1)


def test_wrong_predictions_are_framed_and_told():
    figure = pictures.image_grid(GREY[:3], np.array([1, 4, 2]), predictions=np.array([1, 3, 2]))
    assert titles(figure) == ["1\n", "3?\nno: 4", "2\n"]
    assert [len(ax.patches) for ax in figure.axes] == [0, 1, 0]
    assert figure.alt == (
        "3 images with what they were taken for, 1 of them wrongly (framed), row by row: "
        "1, 3 instead of 4, 2."
    )


@pytest.mark.parametrize(
    ("images", "labels", "predictions", "message"),
    [
        (GREY[:0], [], None, r"images has shape \(0, 1, 28, 28\): there is nothing to draw"),
        (GREY[:2], [1], None, r"images has shape \(2, 1, 28, 28\), labels has 1 entries"),
        (GREY[:2], [1, 2], [1, 2, 3], "predictions has 3 entries"),
    ],
)
def test_images_and_labels_go_together(images, labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        pictures.image_grid(images, np.array(labels), predictions=predictions)


def test_each_augmentation_has_a_row_that_begins_with_the_image():
    figure = pictures.augmentation_grid(
        IMAGE, {"mirror": lambda x: x[..., ::-1], "flip": lambda x: hflip(x, 0.5, rng(4))}, count=4
    )
    rows = np.array(figure.axes).reshape(2, 5)
    picture = IMAGE.transpose(1, 2, 0)
    assert [row[0].get_ylabel() for row in rows] == ["mirror", "flip"]
    for ax in rows[:, 0]:
        assert_array_equal(ax.images[0].get_array(), picture)
    for ax in rows[0, 1:]:
        assert_array_equal(ax.images[0].get_array(), picture[:, ::-1])
    flipped = sum(not np.array_equal(ax.images[0].get_array(), picture) for ax in rows[1, 1:])
    assert 0 < flipped < 4
    assert figure.alt.endswith(f"by each of: mirror (4 differ), flip ({flipped} differ).")


def test_an_augmentation_must_give_as_many_images():
    with pytest.raises(ValueError, match=r"'half' gives shape \(2, 3, 28, 40\): it was given 5"):
        pictures.augmentation_grid(IMAGE, {"half": lambda x: x[:2]})


def test_an_image_is_drawn_from_black_to_white_of_its_kind():
    figure = style.new_figure(2, 2, "")
    for image, limits in ((IMAGE[:1], (0, 255)), (GREY[0], (0, 1)), (GREY[0, 0], (0, 1))):
        ax = figure.add_subplot()
        style.draw_image(ax, image)
        assert ax.images[0].get_clim() == limits
    ax = figure.add_subplot()
    style.draw_image(ax, np.full((3, 2, 2), 1.2))
    assert_array_equal(ax.images[0].get_array(), np.ones((2, 2, 3)))


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: pictures.confusion_matrix(COUNTS / 26, "abc"), TypeError,
         "counts has dtype float64: it must hold integers"),
        (lambda: pictures.learned_filters(np.ones((2, 1, 3, 3)), columns=0), ValueError,
         "columns is 0"),
        (lambda: pictures.learned_filters(np.ones((2, 3, 3))), ValueError,
         r"w has shape \(2, 3, 3\), 3 axes: it must have 4, \(O, C, kH, kW\)"),
        (lambda: pictures.feature_maps(GREY[0], {}), ValueError, "maps is empty"),
        (lambda: pictures.feature_maps(GREY[0], {"conv1": RELU[None]}), ValueError,
         r"maps\['conv1'\] has shape .*, 4 axes: it must have 3, \(C, H, W\)"),
        (lambda: pictures.feature_maps(GREY[:1], {"conv1": RELU}), ValueError, "image has shape"),
        (lambda: pictures.feature_maps(GREY[0], {"conv1": RELU}, most=0), ValueError, "most is 0"),
        (lambda: pictures.image_grid(GREY[:2], np.array([0, 1]), columns=0), ValueError,
         "columns is 0"),
        (lambda: pictures.image_grid(GREY[:2], np.array([0, -1]), classes="ab"), ValueError,
         "labels has -1, classes has 2 names: it must hold 0 to 1"),
        (lambda: pictures.image_grid(GREY[:1], np.array([0]), predictions=np.array([2]),
                                     classes="ab"), ValueError, "predictions has 2, classes has 2"),
        (lambda: pictures.augmentation_grid(IMAGE, {}), ValueError, "changes is empty"),
        (lambda: pictures.augmentation_grid(IMAGE, {"as it is": lambda x: x}, count=0),
         ValueError, "count is 0"),
        (lambda: pictures.step_errors([0.1, 0.2], {str(n): [1, 2] for n in range(7)}), ValueError,
         "errors has 7 kinds: 6 at most"),
    ],
)  # fmt: skip
def test_what_pictures_refuse(draw, error, message):
    with pytest.raises(error, match=message):
        draw()
