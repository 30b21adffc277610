"""The picture of first weights says how large the signal is after each layer."""

import numpy as np
import pytest

from cnnkit import pictures


def test_each_way_is_a_line_with_its_numbers():
    ax = pictures.signal_by_layer({"a": [2.0, 20.0, 200.0], "b": [2.0, 0.5]}).axes[0]
    drawn = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    assert drawn == {"a": [2, 20, 200], "b": [2, 0.5]}
    assert ax.get_yscale() == "log"


def test_layers_are_counted_from_the_input_on():
    ax = pictures.signal_by_layer({"a": [2.0, 20.0, 200.0]}).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["input", "1", "2"]


def test_the_words_tell_where_each_way_begins_and_ends():
    alt = pictures.signal_by_layer({"a": [2.0, 20.0, 1234.0], "b": [1.0, 0.25, 0.5]}).alt
    assert "after each of 2 layers" in alt
    assert "a: from 2 to 1.2e+03; b: from 1 to 0.5." in alt


def test_a_signal_of_zero_can_be_drawn():
    (line,) = pictures.signal_by_layer({"gone": [1.0, 0.0]}).axes[0].lines
    assert 0 < line.get_ydata()[1] < 1e-20


@pytest.mark.parametrize("count", [0, 7])
def test_nothing_and_too_much_are_refused(count):
    with pytest.raises(ValueError, match=f"{count} entries: from 1 to 6"):
        pictures.signal_by_layer({str(n): np.ones(3) for n in range(count)})
