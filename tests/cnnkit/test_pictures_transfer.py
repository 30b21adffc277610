"""The pictures of transfer draw and tell what they were given."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit import pictures

STARTS = {
    "scratch": {"conv1\nbatch_norm1": "fresh", "head": "fresh"},
    "frozen": {"conv1\nbatch_norm1": "frozen", "head": "copied"},
}
SERIES = {
    "scratch": {"5": [0.5, 0.6, 0.7], "20": [0.8, 0.8, 0.8]},
    "frozen": {"5": [0.6, 0.8], "20": [0.7, 0.9]},
}
BEFORE = np.random.default_rng(0).normal(size=(3, 1, 2, 4))


def test_each_layer_stands_in_its_row_and_column_and_only_frozen_ones_are_hatched():
    ax = pictures.kept_layers(STARTS).axes[0]
    words = {t.get_position(): t.get_text() for t in ax.texts}
    assert words == {(0, 0): "fresh", (1, 0): "fresh", (0, 1): "frozen", (1, 1): "copied"}
    hatched = [bool(patch.get_hatch()) for patch in ax.patches]
    filled = [patch.get_facecolor()[:3] != (1, 1, 1) for patch in ax.patches]
    assert hatched == [False, False, True, False]
    assert filled == [False, False, True, True]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["scratch", "frozen"]
    top, bottom = sorted(ax.get_ylim())
    assert ax.get_ylim() == (bottom, top)  # the first start on top


def test_layers_in_words():
    assert pictures.kept_layers(STARTS).alt.endswith(
        "scratch: conv1 batch_norm1 fresh, head fresh; frozen: conv1 batch_norm1 frozen, "
        "head copied."
    )


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ({}, "starts is empty"),
        ({"a": {"conv1": "fresh"}, "b": {"conv2": "fresh"}}, "'b' has other layers than 'a'"),
        ({"a": {"conv1": "melted"}}, "'a': a layer must be one of fresh, copied, frozen"),
    ],
)
def test_starts_that_cannot_be_drawn(starts, message):
    with pytest.raises(ValueError, match=message):
        pictures.kept_layers(starts)


def test_accuracies_have_their_mean_their_deviation_and_a_point_a_run():
    ax = pictures.accuracy_by_number(SERIES, "pictures").axes[0]
    bars = {bar.get_label(): bar for bar in ax.containers}
    for name, means, sds in [
        ("scratch", [0.6, 0.8], [0.1, 0]),
        ("frozen", [0.7, 0.8], [np.sqrt(0.02), np.sqrt(0.02)]),
    ]:
        line, _, (segments,) = bars[name].lines
        assert_allclose(line.get_ydata(), means)
        ends = np.array([part[:, 1] for part in segments.get_segments()])
        assert_allclose(ends, np.stack([np.subtract(means, sds), np.add(means, sds)], 1))
    points = [list(line.get_ydata()) for line in ax.lines if line.get_marker() == "."]
    assert points == [runs for places in SERIES.values() for runs in places.values()]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["5", "20"]


def test_accuracies_in_words():
    assert "scratch, 5: 60.0% ± 10.0%; 20: 80.0% ± 0.0%. frozen, 5: 70.0% ± 14.1%" in (
        pictures.accuracy_by_number(SERIES, "pictures").alt
    )


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({}, "There are 0 series"),
        ({str(n): {"5": [0.1, 0.2]} for n in range(7)}, "There are 7 series"),
        ({"a": {"5": [0.1, 0.2]}, "b": {"20": [0.1, 0.2]}}, r"'b' has the places \['20'\]"),
        ({"a": {}}, "'a' has the places"),
        ({"a": {"5": [0.1]}}, "'a' at '5' has no spread"),
    ],
)
def test_accuracies_that_cannot_be_drawn(series, message):
    with pytest.raises(ValueError, match=message):
        pictures.accuracy_by_number(series, "pictures")


def test_filters_before_and_after_and_their_difference_stand_on_one_scale():
    after = BEFORE * [[[[1]]], [[[-2]]], [[[1]]]]
    figure = pictures.filters_changed(BEFORE, after)
    drawn = [ax.images[0] for ax in figure.axes[:9]]
    for place, image in enumerate(drawn):
        row, column = divmod(place, 3)
        expected = (BEFORE, after, after - BEFORE)[row][column, 0]
        assert_array_equal(image.get_array(), expected)
    assert {image.get_clim() for image in drawn} == {
        (-np.abs(3 * BEFORE[1]).max(), np.abs(3 * BEFORE[1]).max())
    }
    assert "filter 1 changed most" in figure.alt


def test_filters_that_cannot_be_compared():
    with pytest.raises(ValueError, match="after \\(2, 1, 2, 4\\): both must be"):
        pictures.filters_changed(BEFORE, BEFORE[:2])
    with pytest.raises(ValueError, match="both must be"):
        pictures.filters_changed(np.ones((2, 3, 2, 2)), np.ones((2, 3, 2, 2)))
