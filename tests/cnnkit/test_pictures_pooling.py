"""The pictures of pooling say what the window holds and what comes out."""

import numpy as np
import pytest

from cnnkit import pictures

PLANE = np.array([[1, 5, 2, 0], [3, 4, 6, 7], [9, 8, 1, 1]])


def numbers(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_the_plane_the_window_and_the_maximum_are_told():
    figure = pictures.pooling(PLANE, (2, 3), stride=1, place=(1, 0))
    assert "holds 3, 4, 6, 9, 8, 1; its maximum 9 stands in row 2, column 0" in figure.alt
    before, after = figure.axes
    assert numbers(before) == [str(v) for v in PLANE.ravel()]
    assert numbers(after) == ["6", "7", "9", "8"]


def test_the_frame_lies_around_the_window():
    before = pictures.pooling(PLANE, 2, place=(0, 1)).axes[0]
    frame = before.patches[-1]
    assert (frame.get_x(), frame.get_y()) == (1.5, -0.5)
    assert (frame.get_width(), frame.get_height()) == (2, 2)


def test_bold_is_the_pixel_that_won():
    before = pictures.pooling(PLANE, 2, place=(0, 1)).axes[0]
    assert [t.get_text() for t in before.texts if t.get_fontweight() == "bold"] == ["7"]


def test_the_rows_of_a_signal_are_its_correlation_and_the_maxima():
    figure = pictures.conv_then_pool(
        np.array([0.0, 1, 4, 4, 3, 5, 9]), np.array([-1.0, 1, 0]), size=3, stride=2
    )
    assert "signal: 0 1 4 4 3 5 9; convolution, 3: 1 3 0 -1 2; maximum, 3: 3 2" in figure.alt
    written = numbers(figure.axes[0])
    assert written == "0 1 4 4 3 5 9 1 3 0 -1 2 3 2".split()


def test_a_place_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="place"):
        pictures.pooling(PLANE, 2, place=(5, 0))
