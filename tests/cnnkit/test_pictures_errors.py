"""What the pictures of errors and disturbances say, in ink and in words."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnnkit import pictures

NAMES = ("shirt", "shoe", "bag", "coat")
IMAGES = np.random.default_rng(0).random((5, 1, 8, 8))
LABELS = np.array([0, 1, 2, 0, 3])
PROBABILITIES = np.array(
    [
        [0.1, 0.6, 0.2, 0.1],  # 0, shirt taken for a shoe
        [0.0, 1.0, 0.0, 0.0],  # 1, right
        [0.9, 0.0, 0.1, 0.0],  # 2, bag taken for a shirt, surely
        [0.2, 0.3, 0.4, 0.1],  # 3, shirt taken for a bag, in doubt
        [0.5, 0.3, 0.19, 0.01],  # 4, coat taken for a shirt; the truth comes last
    ]
)


def browse(**options):
    return pictures.confident_errors(IMAGES, LABELS, PROBABILITIES, NAMES, **options)


def numbers(figure):
    found = (ax.get_xlabel() for ax in figure.axes)
    return [int(text.removeprefix("number ")) for text in found if text]


def test_errors_come_with_the_most_confident_first():
    figure = browse()
    assert numbers(figure) == [2, 0, 4, 3]
    assert figure.alt.startswith(
        "4 of 4 errors, the most confident first: number 2, bag (10%) taken for shirt (90%); "
    )


def test_errors_can_be_asked_for_by_class():
    assert numbers(browse(true=0)) == [0, 3]
    assert numbers(browse(taken_for=0)) == [2, 4]
    assert numbers(browse(true=0, taken_for=2)) == [3]
    assert numbers(browse(count=2)) == [2, 0]
    assert browse(count=2).alt.startswith("2 of 4 errors")


def test_the_image_beside_its_number_is_the_one_in_question():
    first = browse().axes[0]
    assert_allclose(first.images[0].get_array(), IMAGES[2, 0])


def test_the_three_likeliest_classes_stand_there_and_the_true_one_in_any_case():
    sides = browse().axes[1:8:2]
    written = [[text.get_text() for text in ax.texts] for ax in sides]
    assert written[0] == ["shirt  90%", "bag  10%", "shoe  0%"]
    assert written[2] == ["shirt  50%", "shoe  30%", "coat  1%"]  # coat for bag: it is the truth
    for ax in sides:
        assert [bool(patch.get_hatch()) for patch in ax.patches].count(True) == 1


def test_errors_refuse_what_does_not_go_together():
    with pytest.raises(ValueError, match="no error of this kind"):
        browse(true=1)
    with pytest.raises(ValueError, match="3 classes"):
        pictures.confident_errors(IMAGES, LABELS, PROBABILITIES, NAMES[:3])
    with pytest.raises(ValueError, match="do not go together"):
        pictures.confident_errors(IMAGES[:4], LABELS, PROBABILITIES, NAMES)


def test_occlusion_has_one_scale_around_zero_and_says_where_it_falls_most():
    maps = [np.zeros((4, 6)), np.zeros((4, 6))]
    maps[0][2, 5], maps[1][0, 1] = 0.5, -0.75
    figure = pictures.occlusion(list(IMAGES[:2]), maps, ["bag", "coat"])
    scales = {ax.images[0].get_clim() for ax in figure.axes[2:4]}
    assert scales == {(-0.75, 0.75)}
    assert "bag: falls most, by 0.50, around row 2, column 5" in figure.alt
    assert_allclose(figure.axes[2].images[0].get_array(), maps[0])
    with pytest.raises(ValueError, match="2 images, 1 maps"):
        pictures.occlusion(list(IMAGES[:2]), maps[:1], ["bag", "coat"])


def test_disturbance_curves_are_means_with_a_band():
    runs = {"dense": [[0.8, 0.2], [0.6, 0.4]]}
    ax = pictures.disturbance_curves(runs, [0, 9], "shift in pixels").axes[0]
    line = next(line for line in ax.lines if line.get_label() == "dense")
    assert_allclose(line.get_xdata(), [0, 9])
    assert_allclose(line.get_ydata(), [0.7, 0.3])
    band = ax.collections[0].get_paths()[0].vertices
    assert {tuple(np.round(v, 6)) for v in band} >= {(0, 0.6), (0, 0.8), (9, 0.2), (9, 0.4)}
