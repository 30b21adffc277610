"""Pictures of blocks say what they show: which channels a filter reads, which paths there are."""

import pytest

from cnnkit.architectures import layers
from cnnkit.pictures import block_diagrams, channel_wiring

PLAIN = layers.residual([layers.conv(8, 3, padding=1), layers.relu(), layers.conv(8, 3, padding=1)])
SMALLER = layers.residual(
    [layers.conv(16, 3, stride=2, padding=1)], skip=[layers.conv(16, 1, stride=2)]
)


@pytest.mark.parametrize(("C", "O", "groups"), [(8, 8, 2), (6, 3, 3), (4, 8, 4), (5, 1, 1)])
def test_a_line_for_each_channel_that_a_filter_reads(C, O, groups):
    (ax,) = channel_wiring(C, O, (groups,)).axes
    lines = [tuple(line.get_ydata()) for line in ax.lines]
    assert len(lines) == len(set(lines)) == O * C // groups
    heights = {
        (((C - 1) / 2 - c), ((O - 1) / 2 - o))
        for o in range(O)
        for c in range(C)
        if c * groups // C == o * groups // O
    }
    assert set(lines) == heights


def test_each_panel_is_told_in_words():
    figure = channel_wiring(8, 4, (1, 4))
    assert [ax.get_title() for ax in figure.axes] == ["1 group: 32 lines", "4 groups: 8 lines"]
    assert "in 1 group each filter reads 8 channels; in 4 groups each" in figure.alt


def test_groups_must_divide():
    with pytest.raises(ValueError, match="3 groups cannot share 8 channels and 6 filters"):
        channel_wiring(8, 6, (1, 3))


def test_a_block_shows_its_layers_its_paths_and_what_it_makes():
    blocks = {"same": [PLAIN, layers.relu()], "smaller": [SMALLER]}
    figure = block_diagrams(blocks, (8, 7, 7))
    same, smaller = ([text.get_text() for text in ax.texts] for ax in figure.axes)
    for text in ("3 × 3, 8", "+", "x"):
        assert text in same
    assert same.count("ReLU") == 2 and same.count("8 × 7 × 7") == 2
    assert "3 × 3, 16, /2" in smaller and "1 × 1, 16, /2" in smaller and "16 × 4 × 4" in smaller
    assert "x" not in smaller  # that skip path does not hand its input on
    assert "same: the sum of (8 filters of 3 × 3, then ReLU, then 8 filters of 3 × 3) and the " \
        "input itself, then ReLU" in figure.alt  # fmt: skip
    assert "and 16 filters of 1 × 1 with stride 2" in figure.alt


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ValueError, match="blocks is empty"):
        block_diagrams({}, (8, 7, 7))
    with pytest.raises(ValueError, match="no sum"):
        block_diagrams({"wrong": [layers.residual([layers.conv(4, 1)])]}, (8, 7, 7))
