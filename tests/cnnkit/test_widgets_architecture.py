"""The architecture builder without a browser: shapes and counts, slips, broken nets, functions."""

import json

import numpy as np
import pytest

from cnnkit import architectures
from cnnkit.architectures import layers
from cnnkit.widgets import architecture_builder, static_page
from cnnkit.widgets import architecture_numbers as numbers
from cnnkit.widgets import architecture_prediction as prediction
from cnnkit.widgets.architecture_numbers import Block
from cnnkit.widgets.architecture_view import broken as said
from cnnkit.widgets.controls import Prediction


def shown(*functions, **options):
    """A builder that hides nothing."""
    widget = architecture_builder(*functions, **options)
    widget.on_event({"skip": True})
    return widget


def rows(widget):
    """The texts of the table."""
    return [row["texts"] for row in widget.view["stage"]["rows"][0][0]["rows"]]


def predict(widget, *typed):
    """The verdict on a prediction."""
    widget.on_event({"predict": list(map(str, typed))})
    return widget.view["prediction"]["verdict"]


# --- numbers


@pytest.mark.parametrize(
    ("start", "net"),
    [
        ("LeNet-5", architectures.lenet5()),
        ("AlexNet", architectures.alexnet()),
        ("VGG-16", architectures.vgg16()),
    ],
)
def test_the_nets_to_start_from_are_the_known_ones(start, net):
    text = shown(start=start).view["texts"]["counts"][0]
    assert text == (
        f"Whole net: {architectures.count_params(net):,} parameters, "
        f"{architectures.count_macs(net):,} products for one picture"
    )


def test_shapes_and_parameters_are_torchs():
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, c, o, s):
            super().__init__()
            self.main = nn.Sequential(
                nn.Conv2d(c, o, 3, s, 1), nn.ReLU(), nn.Conv2d(o, o, 3, padding=1)
            )
            self.skip = nn.Conv2d(c, o, 1, s)

        def forward(self, x):
            return self.main(x) + self.skip(x)

    blocks = (
        *(Block(width=12, kernel=5, stride=2, padding=1), Block("batch_norm")),
        *(Block("max_pool", kernel=3, stride=2, padding=1), Block(width=24, groups=4)),
        Block(width=24, kernel=3, groups=numbers.ALONE),
        Block("residual", 8, stride=2, project=True),
        *(Block("avg_pool", kernel=2, stride=1, padding=0), Block("global"), Block("flatten")),
        Block("dense", width=10),
    )  # fmt: skip
    net = [
        *(nn.Conv2d(3, 12, 5, 2, 1), nn.BatchNorm2d(12), nn.MaxPool2d(3, 2, 1)),
        *(nn.Conv2d(12, 24, 3, padding=1, groups=4), nn.Conv2d(24, 24, 3, padding=1, groups=24)),
        *(Residual(24, 8, 2), nn.AvgPool2d(2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        nn.Linear(8, 10),
    ]
    x = torch.zeros(1, 3, 32, 32)
    for row, layer in zip(numbers.table(blocks, (3, 32, 32)), net, strict=True):
        x = layer.eval()(x)
        assert row.shape == tuple(x.shape[1:])
        assert row.params == sum(weight.numel() for weight in layer.parameters())


def test_what_a_place_sees_is_what_can_change_it():
    blocks = (Block(kernel=5, stride=2), Block("max_pool", kernel=2, stride=2, padding=0))
    blocks += (Block("residual", stride=1), Block(kernel=3, padding=0))
    row = numbers.table(blocks, (1, 227, 227))[-1]
    places = {20}
    for kernel, stride, padding in ((3, 1, 0), (3, 1, 1), (3, 1, 1), (2, 2, 0), (5, 2, 1)):
        places = {at * stride - padding + tap for at in places for tap in range(kernel)}
    assert row.field == len(places)
    assert [row.whole for row in numbers.table((Block(), Block("global")), (1, 8, 8))] == [
        False, True,
    ]  # fmt: skip


# --- nets that break


@pytest.mark.parametrize(
    ("block", "sentences"),
    [
        (Block(kernel=11, padding=0), ["kernel does not fit", "sizes have vanished"]),
        (Block(width=16, groups=8), ["2 channels: 8 groups cannot share", "Groups must divide"]),
        (Block(width=10, groups=4), ["Filters is 10", "Groups must divide"]),
        (Block("residual", width=5), ["no sum", "1 × 1 convolution stand in the skip path"]),
        (Block("max_pool", kernel=2, padding=2), ["at most half", "would have no maximum"]),
        (Block("dense"), ["put flatten before it"]),
    ],
)
def test_a_block_that_does_not_fit_says_why_and_what_helps(block, sentences):
    broken = numbers.table((Block(width=2, stride=4), block, Block()), (1, 28, 28))
    assert broken[1].trouble and broken[1].shape is None and broken[2].given is None
    for sentence in ("Block 2", *sentences):
        assert sentence in said(broken)


def test_a_net_that_breaks_keeps_its_other_rows_and_can_be_mended():
    widget = shown(start="LeNet-5")
    widget.on_event({"set": "picture", "value": "1 × 28 × 28"}, {"move": "ArrowDown"})
    for _ in range(2):
        widget.on_event({"press": "add"}, {"set": "kernel", "value": 11})
        widget.on_event({"set": "padding", "value": 0})
    texts = rows(widget)
    assert texts[1][1] == "6 × 12 × 12" and texts[2][1] == "16 × 2 × 2"
    assert texts[3][1] == "✗ does not fit" and texts[4][1:] == ["–"] * 4
    assert widget.view["notes"]["broken"][1].startswith("✗ Block 4, conv 16, 11 × 11: The kernel")
    assert widget.view["texts"]["counts"] == []
    widget.on_event({"press": "remove"}, {"press": "up"}, {"press": "remove"})
    assert widget.view["notes"]["broken"][1] == ""


def test_convolutions_behind_flatten_are_told_to_move():
    widget = shown()
    widget.on_event({"move": "End"}, {"press": "add"})
    assert "move it before that" in widget.view["notes"]["broken"][1]
    assert "it does not fit" in widget.view["live"]


# --- predictions


@pytest.mark.parametrize(
    ("block", "given", "typed", "slip"),
    [
        (Block(width=8), (3, 9, 9), (8, 7, 7), "the padding is left out"),
        (Block(width=8), (3, 9, 9), (3, 9, 9), "there are as many maps as filters"),
        (Block(width=8), (3, 9, 9), (24, 9, 9), "it sums them"),
        (Block(width=8, stride=2, padding=0), (3, 10, 10), (8, 5, 5), "rounded up"),
        (Block(width=8, stride=2), (3, 9, 9), (3, 9, 9), "filters, and the stride is ignored"),
        (numbers.pool(2, 2), (6, 8, 8), (1, 4, 4), "works on each of them alone"),
        (Block("global"), (6, 8, 8), (6, 8, 8), "leaves one number for each map"),
        (Block("flatten"), (6, 8, 8), (64,), "only one channel"),
        (Block("flatten"), (6, 8, 8), (22,), "must be multiplied"),
        (Block("dense", width=10), (64,), (640,), "weights are counted"),
        (Block("residual", 8, stride=2, project=True), (4, 8, 8), (8, 8, 8), "stride is ignored"),
        (Block("batch_norm"), (4, 8, 8), (4, 7, 8), "Take one number after the other"),
    ],
)
def test_a_wrong_shape_is_told_its_slip(block, given, typed, slip):
    row = numbers._row(block, given, (block,))
    wrong = prediction.judged(Prediction(), list(map(str, typed)), row)
    assert wrong.right is False and slip in wrong.verdict
    right = prediction.judged(Prediction(), list(map(str, row.shape)), row)
    assert right.right and right.verdict.startswith("Right.")


def test_the_chosen_block_and_all_behind_it_are_hidden_until_they_are_predicted():
    widget = architecture_builder()
    assert all(row[1:] == ["?"] * 4 for row in rows(widget)) and not widget.view["texts"]["counts"]
    widget.on_event({"move": "ArrowDown"}, {"move": "ArrowDown"})
    assert rows(widget)[1][1] == "8 × 14 × 14" and rows(widget)[2][1] == "?"
    assert "Type whole numbers" in predict(widget, "16", "x", "14")
    assert rows(widget)[2][1] == "?"
    assert "Right." in predict(widget, 16, 14, 14) and rows(widget)[2][1] == "16 × 14 × 14"
    widget.on_event({"set": "stride", "value": 2})
    assert rows(widget)[2][1] == "?" and widget.view["prediction"]["verdict"] == ""


def test_a_flat_shape_asks_for_one_number():
    widget = architecture_builder()
    widget.on_event({"move": "End"})
    assert widget.view["prediction"]["fields"] == ["numbers"]
    assert predict(widget, "10 scores") == "Type a whole number, without commas or points."
    assert "Right." in predict(widget, 10)


def test_a_shape_of_millions_of_numbers_is_read_to_its_end():
    widget = architecture_builder(start="VGG-16")
    widget.on_event({"set": "adding", "value": "flatten"}, {"press": "add"})
    assert "Not right." in predict(widget, 321126)
    widget.on_event({"set": "picture", "value": "3 × 224 × 224"})
    assert "Right." in predict(widget, 64 * 224 * 224)


# --- building


def test_blocks_are_added_moved_and_removed_and_the_chosen_one_goes_along():
    widget = shown()
    names = lambda: [row[0].split(" · ")[1].split(",")[0] for row in rows(widget)]  # noqa: E731
    widget.on_event({"set": "adding", "value": "batch_norm"}, {"press": "add"})
    assert names()[:3] == ["conv 8", "batch normalisation", "max pool"]
    assert rows(widget)[1][0].startswith("▶ 2 ·")
    widget.on_event({"press": "down"})
    assert names()[:3] == ["conv 8", "max pool", "batch normalisation"]
    assert rows(widget)[2][0].startswith("▶")
    widget.on_event(
        {"press": "remove"}, {"move": "Home"}, {"press": "up"}, {"set": "width", "value": 32}
    )
    assert names()[:2] == ["conv 32", "max pool"] and rows(widget)[0][1] == "32 × 28 × 28"
    for _ in range(40):
        widget.on_event({"press": "remove"})
    assert len(rows(widget)) == 1
    for _ in range(40):
        widget.on_event({"press": "add"})
    assert len(rows(widget)) == numbers.MOST_BLOCKS


def test_the_sentence_tells_the_chosen_row_in_full():
    widget = shown()
    widget.on_event({"go": "net", "at": [2]})
    assert widget.view["live"] == (
        "Block 3 of 6, conv 16, 3 × 3, padding 1: 8 × 14 × 14 becomes 16 × 14 × 14; 1,168 "
        "parameters, 225,792 products, a place sees 8 × 8 pixels."
    )
    assert rows(widget)[2][1:] == ["16 × 14 × 14", "1,168", "225,792", "8 × 8"]


# --- the student's functions


def test_a_count_that_forgets_the_groups_is_told_at_its_block():
    def forgets_groups(arch):
        return architectures.count_macs(
            arch | {"layers": [{**layer, "groups": 1} if layer["kind"] == "conv" else layer
                               for layer in arch["layers"]]}
        )  # fmt: skip

    widget = shown(forgets_groups)
    assert widget.view["notes"]["trouble"][1] == ""
    widget.on_event({"go": "net", "at": [2]}, {"set": "groups", "value": 4})
    net = [
        layers.conv(8, 3, padding=1),
        layers.max_pool(2),
        layers.conv(16, 3, padding=1, groups=4),
    ]
    right = architectures.count_macs({"input_shape": (1, 28, 28), "layers": net})
    wrong = right + 3 * 16 * 2 * 9 * 14 * 14
    assert widget.view["notes"]["trouble"][1] == (
        f"✗ forgets_groups gives {wrong:,} products up to block 3, right is {right:,}: look at "
        "what it makes of “conv 16, 3 × 3, padding 1, 4 groups”."
    )
    assert [row[3].startswith("≠") for row in rows(widget)] == [n == 2 for n in range(6)]
    assert "225,792 products (right is 56,448)" in widget.view["live"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda arch: 1 // 0, "raised ZeroDivisionError"),
        (lambda arch: None, "returned None; it should be a whole number"),
        (lambda arch: 12.5, "returned 12.5"),
    ],
)
def test_a_count_that_fails_is_a_sentence_and_the_widget_lives_on(body, sentence):
    def mine(arch):
        return body(arch)

    widget = shown(mine)
    assert sentence in widget.view["notes"]["trouble"][1]
    assert rows(widget)[0][3] == "–" and "no products are told" in widget.view["live"]
    widget.on_event({"set": "stride", "value": 2})
    assert rows(widget)[0][1] == "8 × 14 × 14"


def test_a_count_may_change_its_net_and_its_numpy_ints_are_read():
    def empties(arch):
        total = np.int64(architectures.count_macs(arch))
        arch["layers"].clear()
        return total

    assert shown(empties).view["notes"]["trouble"][1] == ""


def test_a_wrong_receptive_field_is_told():
    widget = shown(None, lambda layers: (1 + 2 * len(layers), 1, 0.0))
    assert "gives rf 5 behind block 2, right is 4" in widget.view["notes"]["trouble"][1]
    assert rows(widget)[1][4] == "≠ 5 × 5" and rows(widget)[5][4] == "all"
    assert "it should be three numbers" in shown(None, lambda layers: 3).view["notes"]["trouble"][1]


def test_an_unknown_start_is_refused():
    with pytest.raises(ValueError, match="no start 'LeNet'; there are a small net, LeNet-5"):
        architecture_builder(start="LeNet")


def test_the_static_page_knows_every_net_block_by_block():
    found = static_page.frames(architecture_builder())
    count = sum(len(blocks) for _, blocks in numbers.starts().values())
    assert len(found.views) == 2 * count
    for view in found.views:
        json.dumps(view, allow_nan=False)


def test_without_a_kernel_there_is_a_table_and_nothing_is_given_away():
    data, _ = architecture_builder()._repr_mimebundle_()
    assert "6 · dense 10" in data["text/html"] and "Run the cell" in data["text/html"]
    assert "56,448" not in data["text/html"] and "what does block 1" in data["text/plain"]
    data, _ = shown()._repr_mimebundle_()
    assert "56,448" in data["text/html"] and "56,448" in data["text/plain"]
