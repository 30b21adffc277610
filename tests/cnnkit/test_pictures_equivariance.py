"""What the pictures of shifts and of receptive fields say, and which pixels they cut out."""

import numpy as np
import pytest

from cnnkit import pictures

X = np.random.default_rng(9).random((5, 6))


def drawn(ax) -> np.ndarray:
    (image,) = ax.images
    return np.asarray(image.get_array())


def ramp(x: np.ndarray) -> np.ndarray:
    """Weight each column by its number: not equivariant along a row."""
    return x * np.arange(x.shape[1])


def test_both_ways_are_drawn_and_their_difference_is_told():
    figure = pictures.two_ways(X, ramp, 1, 2)
    upper, lower = np.array(figure.axes).reshape(2, 3)
    np.testing.assert_array_equal(drawn(upper[1]), ramp(X))
    np.testing.assert_array_equal(drawn(upper[2]), np.roll(ramp(X), (1, 2), (0, 1)))
    np.testing.assert_array_equal(drawn(lower[1]), np.roll(X, (1, 2), (0, 1)))
    np.testing.assert_array_equal(drawn(lower[2]), ramp(np.roll(X, (1, 2), (0, 1))))
    error = np.abs(drawn(upper[2]) - drawn(lower[2])).max()
    assert f"differ by at most {error:.2g}." in figure.alt
    assert lower[2].get_xlabel().endswith(f"{error:.2g}")


def test_ways_that_agree_differ_by_nothing():
    assert "differ by at most 0." in pictures.two_ways(X, np.square, -2, 4).alt


def test_maps_share_a_scale_so_that_they_can_be_compared():
    upper, lower = np.array(pictures.two_ways(X, ramp, 1, 2).axes).reshape(2, 3)
    limits = {ax.images[0].get_clim() for ax in (upper[1], upper[2], lower[2])}
    assert limits == {(-ramp(X).max(), ramp(X).max())}


def test_the_function_cannot_spoil_the_picture():
    def spoils(x):
        x[...] = 0
        return x + 1

    before = X.copy()
    pictures.two_ways(X, spoils, 1, 1)
    np.testing.assert_array_equal(X, before)


def test_a_map_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"f gives shape \(3, 6\) for x of shape \(5, 6\)"):
        pictures.two_ways(X, lambda x: x[::2], 1, 1)


def stages(**changed):
    parts = {
        "pictures": [X, X + 1],
        "maps": {"conv1": [X, 2 * X]},
        "scores": [np.array([0.2, 0.8]), np.array([0.6, 0.4])],
        "classes": ["cat", "dog"],
        "names": ["as it is", "shifted"],
    }
    return pictures.moving_and_staying(*(parts | changed).values())


def test_the_most_likely_class_of_each_picture_is_told_and_dark():
    figure = stages()
    assert "as it is: dog 80%, shifted: cat 60%." in figure.alt
    first, second = figure.axes[-2:]
    colors = [[bar.get_facecolor() for bar in ax.patches] for ax in (first, second)]
    assert colors[0][1] == colors[1][0] != colors[0][0] == colors[1][1]
    assert [bar.get_width() for bar in first.patches] == [0.2, 0.8]


def test_the_maps_of_a_layer_share_a_scale():
    figure = stages()
    assert {ax.images[0].get_clim() for ax in figure.axes[2:4]} == {(-2 * X.max(), 2 * X.max())}


def test_each_picture_needs_its_map_and_scores():
    with pytest.raises(ValueError, match="2 pictures need as many names, scores and maps"):
        stages(maps={"conv1": [X]})
    with pytest.raises(ValueError, match="2 pictures need as many"):
        stages(names=["one"])


def test_the_frames_lie_around_the_middle_and_count_what_is_inside():
    sizes = np.zeros((9, 9))
    sizes[4, 4], sizes[4, 6], sizes[0, 0] = 2, 1, 1
    figure = pictures.gradient_field(sizes, (4, 4), 5)
    outer, inner = figure.axes[0].patches
    assert (*outer.get_xy(), outer.get_width(), outer.get_height()) == (1.5, 1.5, 5, 5)
    assert (*inner.get_xy(), inner.get_width()) == (2.75, 2.75, 2.5)
    assert "75.0% of it is inside" in figure.alt
    assert "half as wide, holds 50% of it" in figure.alt


def test_a_pixel_on_the_edge_of_the_inner_frame_counts_by_its_part():
    sizes = np.zeros((7, 7))
    sizes[3, 1] = 1
    assert "holds 25% of it" in pictures.gradient_field(sizes, (3, 3), 7).alt


def test_patches_are_the_fields_of_the_strongest_answers():
    x = np.random.default_rng(3).random((4, 1, 8, 8))
    y = np.zeros((4, 2, 3, 3))
    y[2, 1, 1, 2], y[0, 1, 0, 1], y[3, 1, 2, 2] = 5, 3, 1
    field = (4, 2, 1.5)  # output (i, j) sees rows 2i to 2i + 3
    figure = pictures.strongest_patches(x, {"layer 2": (y, field)}, units=1, count=2)
    first, second = figure.axes
    np.testing.assert_array_equal(drawn(first), x[2, 0, 2:6, 4:8])
    np.testing.assert_array_equal(drawn(second), x[0, 0, 0:4, 2:6])
    assert first.get_ylabel() == "layer 2\nunit 1\n4 × 4"
    assert "layer 2: 4 × 4 pixels, units 1." in figure.alt


def test_what_lies_outside_of_a_picture_is_black():
    x, y = np.ones((1, 1, 5, 5)), np.zeros((1, 1, 5, 5))
    y[0, 0, 0, 4] = 1
    figure = pictures.strongest_patches(x, {"conv": (y, (3, 1, 0.0))}, units=1, count=1)
    np.testing.assert_array_equal(drawn(figure.axes[0]), [[0, 0, 0], [1, 1, 0], [1, 1, 0]])


def test_too_few_units_or_pictures_are_an_error():
    x, y = np.ones((2, 1, 5, 5)), np.zeros((2, 3, 5, 5))
    with pytest.raises(ValueError, match="'conv' does not have 4 units and 2 pictures"):
        pictures.strongest_patches(x, {"conv": (y, (3, 1, 0.0))}, units=4, count=2)
    with pytest.raises(ValueError, match="does not have 3 units and 8 pictures"):
        pictures.strongest_patches(x, {"conv": (y, (3, 1, 0.0))})
