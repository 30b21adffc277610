"""The pictures of im2col say which column is which window, which weight stands where, how long."""

import numpy as np
import pytest

from cnnkit import pictures
from cnnkit.ops import conv_as_matrix, im2col

IMAGE = np.arange(24).reshape(2, 3, 4)


def coloured(ax) -> dict:
    """Colour by (row, column) of the squares that are not white or grey."""
    found = {}
    for patch in ax.patches:
        red, green, blue, _ = patch.get_facecolor()
        if patch.get_fill() and max(red, green, blue) - min(red, green, blue) > 0.05:
            x, y = patch.get_xy()
            found[round(y + 0.5), round(x + 0.5)] = patch.get_facecolor()
    return found


def frame(ax) -> tuple:
    """Row and column of the first pixel in the frame, its height and width."""
    (one,) = [patch for patch in ax.patches if not patch.get_fill()]
    x, y = one.get_xy()
    return round(y + 0.5), round(x + 0.5), one.get_height(), one.get_width()


def test_the_marked_column_has_the_numbers_and_colours_of_its_window():
    figure = pictures.window_columns(IMAGE, (1, 2), stride=(2, 1), column=5)
    first, second, matrix = figure.axes
    assert "Column 5, place (1, 2), holds from top to bottom 10 11 22 23." in figure.alt
    assert frame(first) == frame(second) == (2, 2, 1, 2)
    assert frame(matrix) == (0, 5, 4, 1)
    window = [*coloured(first).values(), *coloured(second).values()]
    assert set(coloured(first)) == {(2, 2), (2, 3)}
    assert [coloured(matrix)[row, 5] for row in range(4)] == window
    assert len(set(window)) == 4


def test_the_matrix_is_im2col_with_its_taps_and_places():
    matrix = pictures.window_columns(IMAGE, (2, 3)).axes[-1]
    cols = im2col(IMAGE[None], (2, 3))[0]
    written = {text.get_position(): text.get_text() for text in matrix.texts}
    assert written == {(c, r): str(cols[r, c]) for r, c in np.ndindex(cols.shape)}
    assert [t.get_text() for t in matrix.get_xticklabels()] == ["0, 0", "0, 1", "1, 0", "1, 1"]
    rows = [t.get_text() for t in matrix.get_yticklabels()]
    assert (rows[1], rows[3], rows[6]) == ("0, 0, 1", "0, 1, 0", "1, 0, 0")


def test_padding_is_drawn_as_zeros_with_its_own_rows():
    plane = pictures.window_columns(IMAGE[:1], 2, padding=(1, 0)).axes[0]
    written = {text.get_position(): text.get_text() for text in plane.texts}
    assert [written[column, -1] for column in range(4)] == ["0"] * 4
    assert (written[0, 0], written[3, 2]) == ("0", "11")
    assert frame(plane) == (-1, 0, 2, 2)


def test_a_column_that_is_not_there_is_an_error():
    for column in (6, -1):
        with pytest.raises(ValueError, match=f"column is {column}"):
            pictures.window_columns(IMAGE, 2, column=column)


def test_the_matrix_of_a_layer_writes_weights_and_leaves_zeros_blank():
    w = np.array([[[[1, 0], [3, 4]]]])
    figure = pictures.conv_matrix(w, 3, 4)
    matrix = conv_as_matrix(w, 3, 4)
    written = {text.get_position()[::-1]: text.get_text() for text in figure.axes[0].texts}
    for place, value in written.items():
        assert value == f"{matrix[place]:g}"
    assert len(written) == 6 * 4  # a weight that is 0 is a weight
    assert "6 outputs × 12 pixels. 67% of it is zero; the other numbers are the 4 weights" in (
        figure.alt
    )
    assert "each 6 times. The first row: 1 0 0 0 3 4" in figure.alt


def test_equal_colours_are_the_same_weight():
    w = np.array([[[[5, 5]]], [[[5, 6]]]])
    ax = pictures.conv_matrix(w, 1, 4).axes[0]
    colours = coloured(ax)
    assert colours[0, 0] == colours[1, 1] == colours[2, 2]
    assert len({colours[0, 0], colours[0, 1], colours[3, 0], colours[3, 1]}) == 4


def test_padding_makes_some_weights_rarer():
    alt = pictures.conv_matrix(np.ones((1, 1, 1, 3)), 1, 4, padding=(0, 1)).alt
    assert "the 3 weights, each 3 to 4 times" in alt


def test_times_are_told_with_their_unit_and_factor():
    figure = pictures.running_times({"loops": 2.04, "taps": 0.0501, "matmul": 1.237e-5})
    assert figure.alt.endswith(
        "loops: 2 s; taps: 50 ms   41 times faster; matmul: 12 µs   160,000 times faster."
    )
    assert [bar.get_width() for bar in figure.axes[0].patches] == [2.04, 0.0501, 1.237e-5]


@pytest.mark.parametrize("seconds", [{}, {"loops": 0.0}, {"loops": 1.0, "taps": -1.0}])
def test_a_time_must_be_above_zero(seconds):
    with pytest.raises(ValueError, match="there must be times, all above 0"):
        pictures.running_times(seconds)
