"""Pictures of images as arrays: numbers, colours, counts and scores are those of the arrays."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit import pictures
from cnnkit.pictures import style

RAMP = np.array([[0, 100, 255], [300, -1, 7]])


def test_pixel_grid_writes_each_value_on_its_pixel():
    ax = pictures.pixel_grid(RAMP).axes[0]
    written = {t.get_position(): t.get_text() for t in ax.texts}
    assert written == {(c, r): str(RAMP[r, c]) for r in range(2) for c in range(3)}
    assert ax.images[0].get_clim() == (0, 255)


def test_pixel_grid_writes_dark_on_bright_and_bright_on_dark():
    inks = {t.get_text(): t.get_color() for t in pictures.pixel_grid(RAMP).axes[0].texts}
    assert inks == {"0": "white", "100": "white", "255": "black", "300": "black", "-1": "white",
                    "7": "white"}  # fmt: skip


def test_pixel_grid_frames_what_is_out_of_range_and_says_so():
    figure = pictures.pixel_grid(RAMP)
    frames = {patch.get_xy() for patch in figure.axes[0].patches}
    assert frames == {(-0.5, 0.5), (0.5, 0.5)}
    assert figure.alt.endswith("0 100 255; 300 -1 7. 2 of them, framed, lie outside 0 to 255.")
    assert "framed" not in pictures.pixel_grid(RAMP, low=-1, high=300).alt


def test_pixel_grid_writes_floats_with_three_digits():
    figure = pictures.pixel_grid(np.array([[-1 / 255, 0.753]]), low=-1, high=1)
    assert [t.get_text() for t in figure.axes[0].texts] == ["-0.004", "0.753"]


def test_gallery_draws_grey_and_colour_on_the_scale_of_their_dtype():
    colour = np.arange(24, dtype=np.uint8).reshape(3, 2, 4)
    figure = pictures.gallery(
        [colour, colour[0], colour[:1] / 255, colour / 255], list("abcd"), columns=2
    )
    in_colour, levels, unit, floats = (ax.images[0] for ax in figure.axes)
    assert_array_equal(in_colour.get_array(), colour.transpose(1, 2, 0))
    assert_allclose(floats.get_array(), colour.transpose(1, 2, 0) / 255)
    assert_array_equal(levels.get_array(), colour[0])
    assert levels.get_clim() == (0, 255)
    assert unit.get_clim() == (0, 1)
    assert "a (2 × 4 pixels, mean brightness 0.05); b (2 × 4" in figure.alt


def test_gallery_wants_a_name_for_each_image():
    with pytest.raises(ValueError, match="2 images and 1 names"):
        pictures.gallery([RAMP, RAMP], ["only one"])


def test_gallery_leaves_unused_places_empty():
    figure = pictures.gallery([RAMP] * 4, list("abcd"), columns=3)
    assert [ax.get_title() for ax in figure.axes if ax.axison] == list("abcd")
    assert len(figure.axes) == 6


def test_channels_are_drawn_apart_and_their_means_told():
    image = np.stack([np.full((2, 3), level, np.uint8) for level in (240, 10, 200)])
    figure = pictures.channels(image)
    for ax, plane in zip(figure.axes[1:], image, strict=True):
        assert_array_equal(ax.images[0].get_array(), plane)
    assert figure.alt.endswith("red, mean 240; green, mean 10; blue, mean 200 of 255.")


def test_histograms_have_a_bar_for_each_value():
    levels = np.array([[0, 0, 3], [255, 255, 255]], np.uint8)
    first, second = pictures.histograms([levels, levels / 255], ["8-bit", "unit"]).axes
    for ax, scale in ((first, 1), (second, 255)):
        bars = {round((bar.get_x() + bar.get_width() / 2) * scale): bar.get_height()
                for bar in ax.patches}  # fmt: skip
        assert bars == {0: 2, 3: 1, 255: 3}
    assert second.get_title() == "unit\nmean 0.50, std 0.50"


def test_bars_of_a_few_levels_stay_narrow_and_those_of_all_touch():
    few, many = pictures.histograms([np.array([0, 255]), np.arange(256)], ["2", "256"]).axes
    assert {bar.get_width() for bar in few.patches} == {255 / 40}
    assert {bar.get_width() for bar in many.patches} == {1}


def test_memory_order_is_that_of_numpy():
    figure = pictures.memory_order(2, 3)
    last, first = ([t.get_text() for t in ax.texts] for ax in figure.axes)
    named = np.array([[[f"{c}\n{i},{j}" for c in "RGB"] for j in range(3)] for i in range(2)])
    assert last == named.ravel().tolist()
    assert first == named.transpose(2, 0, 1).ravel().tolist()
    assert "Channels last: R(0,0) G(0,0) B(0,0) R(0,1)" in figure.alt
    assert "Channels first: R(0,0) R(0,1) R(0,2) R(1,0)" in figure.alt


def test_templates_share_one_scale_around_zero():
    weights = np.array([[[1.0, -4]], [[2, 3]]])
    figure = pictures.templates(weights, ["a", "b"], columns=2)
    assert {ax.images[0].get_clim() for ax in figure.axes[:2]} == {(-4, 4)}
    assert figure.alt.endswith("a from -4.00 to 1.00, b from 2.00 to 3.00.")


def test_class_scores_marks_the_highest_of_each_image():
    scores = np.array([[1.0, -5, 4], [-1, -2, -3]])
    figure = pictures.class_scores(np.zeros((2, 1, 4, 4), np.uint8), scores, ["x", "y"], "pqr")
    for ax, row, best in zip(figure.axes[2:], scores, (2, 0), strict=True):
        assert [bar.get_height() for bar in ax.patches] == list(row)
        marked = [at for at, bar in enumerate(ax.patches)
                  if bar.get_facecolor()[:3] == to_rgb(style.ORANGE)]  # fmt: skip
        assert marked == [best]
        assert ax.lines[0].get_xdata() == [best]
    assert figure.alt.endswith("x: highest for r, 4.0; y: highest for p, -1.0.")
