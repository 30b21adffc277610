"""The pictures of filters say what the filters compute."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import signal

from cnnkit import pictures

IMAGE = np.random.default_rng(0).random((6, 9))
KERNELS = {"right": np.array([[-1.0, 0, 1]]), "mean": np.full((3, 3), 1 / 9)}


def drawn(ax) -> np.ndarray:
    (image,) = ax.images
    return image.get_array()


def cells(ax) -> dict[tuple[int, int], str]:
    """The numbers on a grid, by row and column."""
    return {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in ax.texts}


def test_a_step_shows_image_kernel_and_the_whole_output():
    x, k = np.arange(20).reshape(4, 5), np.array([[1, -2, 0], [3, 0, 5]])
    y = signal.correlate2d(x, k, mode="valid")
    figure = pictures.filter_step(x, k, (2, 1))
    for ax, values in zip(figure.axes, (x, k, y), strict=True):
        assert cells(ax) == {place: f"{value:g}" for place, value in np.ndenumerate(values)}


def test_a_step_frames_its_window_and_its_output_and_adds_up_the_products():
    x, k = np.arange(20).reshape(4, 5), np.array([[1, -2, 0], [3, 0, 5]])
    figure = pictures.filter_step(x, k, (2, 1))
    frames = [[p for p in ax.patches if not p.get_fill()] for ax in figure.axes]
    places = [[(*p.get_xy(), p.get_width(), p.get_height()) for p in found] for found in frames]
    assert places == [[(0.5, 1.5, 3, 2)], [], [(0.5, 1.5, 1, 1)]]
    assert figure.get_supxlabel() == "y[2, 1] = 11 + (-24) + 0 + 48 + 0 + 90 = 125"
    assert figure.alt.endswith(figure.get_supxlabel() + ".")


def test_a_step_outside_the_output_is_refused():
    for place in ((3, 0), (0, 4), (-1, 0)):
        with pytest.raises(ValueError, match="place"):
            pictures.filter_step(np.ones((4, 5)), np.ones((2, 2)), place)


def test_a_bank_draws_each_response_under_its_kernel_on_one_scale_around_zero():
    axes = pictures.filter_bank(IMAGE, KERNELS).axes
    assert_array_equal(drawn(axes[3]), IMAGE)
    for column, kernel in enumerate(KERNELS.values(), 1):
        expected = signal.correlate2d(IMAGE, kernel, mode="same")
        assert_allclose(drawn(axes[3 + column]), expected)
        assert len(cells(axes[column])) == kernel.size
    limits = {ax.images[0].get_clim() for ax in axes[4:6]}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high < 0


def test_a_bank_runs_on_the_function_that_it_is_given():
    def nothing(image, kernel, *, mode):
        assert mode == "same"
        return np.zeros(image.shape)

    axes = pictures.filter_bank(IMAGE, KERNELS, correlate=nothing).axes
    assert not drawn(axes[4]).any()


def test_borders_pads_in_all_three_ways_and_frames_the_image():
    axes = pictures.borders(IMAGE, 3).axes
    for ax, mode in zip(axes, ("constant", "edge", "reflect"), strict=True):
        assert_array_equal(drawn(ax), np.pad(IMAGE, 3, mode))
        (frame,) = ax.patches
        assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == (2.5, 2.5, 9, 6)


def test_difference_is_the_first_minus_the_second():
    other = IMAGE / 2
    figure = pictures.difference(IMAGE, other, ("one", "other"))
    one, two, change = map(drawn, figure.axes[:3])
    assert_array_equal(one, IMAGE)
    assert_array_equal(two, other)
    assert_array_equal(change, IMAGE - other)
    assert f"from {(IMAGE / 2).min():.3f} to {(IMAGE / 2).max():.3f}" in figure.alt


def test_equal_pictures_have_a_scale_all_the_same():
    change = pictures.difference(IMAGE, IMAGE, ("one", "other")).axes[2].images[0]
    assert change.get_clim() == (-1, 1)
