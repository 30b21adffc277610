"""The pictures of signals draw and tell the numbers that the filters compute."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnkit import pictures
from cnnkit.filters import convolve1d, correlate1d, strided_dilated1d

X, K = np.array([5, 7, 0, 2, 4, -3]), np.array([-1, 3, -2])


def points(figure: Figure, panel: int, marker: str) -> dict[float, float]:
    """Where the markers of one kind stand in a panel: index to value."""
    lines = [line for line in figure.axes[panel].lines if line.get_marker() == marker]
    return {x: y for line in lines for x, y in zip(*line.get_data(), strict=True)}


def numbered(values: np.ndarray, start: int = 0) -> dict[int, float]:
    return dict(enumerate(values.tolist(), start))


def test_slide_shows_signal_kernel_and_result():
    figure = pictures.slide(X, K, 1)
    assert points(figure, 0, "o") == numbered(X)
    assert points(figure, 1, "s") == numbered(K, 1)
    assert points(figure, 2, "o") == numbered(correlate1d(X, K))
    assert points(figure, 2, "D") == {1: -11}
    assert figure.axes[2].get_title() == "result: place 1 is 7·(−1) + 0·3 + 2·(−2) = −11"
    assert "result (16, −11, −2, 16); the marked place 1 is 7·(−1)" in figure.alt


@pytest.mark.parametrize(("mode", "first"), [("same", -1), ("full", -2)])
def test_slide_lays_the_first_place_over_the_zeros_of_the_mode(mode, first):
    figure = pictures.slide(X, K, 0, mode=mode)
    assert points(figure, 1, "s") == numbered(K, first)
    assert points(figure, 2, "o") == numbered(correlate1d(X, K, mode=mode))
    zeros = [*range(first, 0), *range(len(X), len(X) - first)]
    drawn = points(figure, 0, "o")
    assert {place: drawn[place] for place in zeros} == dict.fromkeys(zeros, 0)
    assert len(drawn) == len(X) + len(zeros)


def test_slide_flips_for_a_convolution():
    figure = pictures.slide(X, K, 3, mode="full", flip=True)
    assert points(figure, 1, "s") == numbered(K[::-1], 1)
    assert points(figure, 2, "o") == numbered(convolve1d(X, K))
    assert "kernel, flipped, laid on from index 1: (−2, 3, −1)" in figure.alt


def test_slide_spreads_the_taps_and_moves_by_the_stride():
    x = np.array([1, 4, 2, 8, 5, 7, 6, 3, 9])
    figure = pictures.slide(x, K, 1, stride=2, dilation=3)
    assert points(figure, 1, "s") == {2: -1, 5: 3, 8: -2}
    assert points(figure, 2, "o") == numbered(strided_dilated1d(x, K, stride=2, dilation=3))
    assert "2·(−1) + 7·3 + 9·(−2) = 1." in figure.alt


@pytest.mark.parametrize("at", [4, -1])
def test_slide_refuses_a_place_that_does_not_exist(at):
    with pytest.raises(ValueError, match="at is"):
        pictures.slide(X, K, at)


def test_modes_show_the_three_results_with_their_lengths():
    figure = pictures.modes(X, K)
    titles = ["valid: length 6 − 3 + 1 = 4", "same: length 6", "full: length 6 + 3 − 1 = 8"]
    assert [ax.get_title() for ax in figure.axes[:3]] == titles
    for panel, mode in enumerate(("valid", "same", "full"), 3):
        assert points(figure, panel, "D") == numbered(correlate1d(X, K, mode=mode))
    assert "same, length 6: (1, 16, −11, −2, 16, −13)" in figure.alt


def test_modes_frame_the_first_and_the_last_place():
    figure = pictures.modes(X, np.array([1, 1]))  # even: the odd zero of 'same' is at the end
    for ax, (first, last) in zip(figure.axes[:3], [(0, 4), (0, 5), (-1, 5)], strict=True):
        frames = [(patch.get_x(), patch.get_width()) for patch in ax.patches]
        assert np.allclose(frames, [(first - 0.45, 1.9), (last - 0.45, 1.9)])


def test_alignments_name_the_first_of_the_highest_scores():
    figure = pictures.alignments(np.array([0, 2, 0, 2]), np.array([1, 0]))
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["place 0: score 0", "place 1: score 2, the highest", "place 2: score 0"]
    assert figure.alt.endswith("Scores: (0, 2, 0); the highest is at place 1.")


def test_along_row_draws_the_row_its_signals_and_the_marks():
    plane = np.arange(600.0).reshape(20, 30)
    figure = pictures.along_row(
        plane, 7, {"row": plane[7], "sums": plane[7, 1:]}, marks={"sums": 4}
    )
    strip, row, sums = figure.axes
    assert np.array_equal(strip.images[0].get_array(), plane)
    assert strip.lines[0].get_ydata()[0] == 7
    assert np.array_equal(row.lines[0].get_ydata(), plane[7])
    assert points(figure, 2, "D") == {4: plane[7, 5]}
    assert "Rows 0 to 19 of a picture, with row 7 marked" in figure.alt
    assert "sums: 29 values from 211 to 239, index 4 marked" in figure.alt


def test_along_row_shows_a_strip_where_a_picture_is_high():
    plane = np.tile(np.arange(427.0)[:, None], 30)
    strip = pictures.along_row(plane, 100, {"row": plane[100]}).axes[0]
    shown = strip.images[0].get_array()
    assert shown[0, 0] == 52 and shown[-1, 0] == 147
    assert strip.images[0].get_extent() == [-0.5, 29.5, 147.5, 51.5]
