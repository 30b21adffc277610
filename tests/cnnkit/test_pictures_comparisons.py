"""The pictures of comparisons draw and tell the numbers that they were given."""

from __future__ import annotations

import pytest

from cnnkit import pictures

RESULTS = {"none": [0.70, 0.74], "flip": [0.80, 0.82, 0.84], "alone": [0.75]}


def test_spread_puts_the_best_mean_on_top_and_tells_its_spread():
    figure = pictures.spread(RESULTS, baseline="none", what="accuracy of made runs")
    ax = figure.axes[0]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["none", "alone", "flip"]
    assert figure.alt.startswith("Accuracy of made runs")
    assert figure.alt.endswith("flip 82.0% ± 2.0%; alone 75.0%; none 72.0% ± 2.8%.")


def test_spread_draws_every_run_each_mean_and_the_baseline_through_all():
    ax = pictures.spread(RESULTS, baseline="none").axes[0]
    baseline, *lines = ax.lines
    assert baseline.get_xdata() == pytest.approx([0.72, 0.72])
    dots = [line.get_xdata().tolist() for line in lines if line.get_marker() == "o"]
    means = [line.get_xdata().tolist() for line in lines if line.get_marker() == "|"]
    assert dots == [RESULTS["none"], RESULTS["alone"], RESULTS["flip"]]
    assert [mean for (mean,) in means] == pytest.approx([0.72, 0.75, 0.82])


@pytest.mark.parametrize(
    "results, baseline", [({}, None), ({"a": [0.1]}, "b"), ({"a": []}, None)]
)  # fmt: skip
def test_spread_refuses_what_cannot_be_compared(results, baseline):
    with pytest.raises(ValueError, match="baseline is|no run"):
        pictures.spread(results, baseline=baseline)


def test_stopping_marks_the_best_and_the_stop_and_counts_epochs_from_1():
    figure = pictures.stopping([0.9, 0.5, 0.6, 0.7, 0.8], best=1, stop=3)
    best = next(line for line in figure.axes[0].lines if line.get_marker() == "*")
    assert (best.get_xdata()[0], best.get_ydata()[0]) == (2, 0.5)
    assert "lowest 0.5 after epoch 2, 0.8 in the end. Stop after epoch 4 of 5." in figure.alt
    assert "Stop" not in pictures.stopping([0.9, 0.5], best=1).alt


@pytest.mark.parametrize("best, stop", [(2, None), (-1, 1), (1, 0), (0, 2)])
def test_stopping_refuses_places_that_are_none(best, stop):
    with pytest.raises(ValueError, match="there are 2 values"):
        pictures.stopping([0.9, 0.5], best=best, stop=stop)
