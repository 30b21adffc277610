"""What a student predicts a block to give, and the slip that a wrong shape tells of."""

from __future__ import annotations

from math import prod

from cnnkit.widgets import controls, slips
from cnnkit.widgets.architecture_numbers import Row, Shape, size
from cnnkit.widgets.conv_prediction import SLIPS

VOLUME, FLAT = ("channels", "height", "width"), ("numbers",)


def fields(row: Row) -> tuple[str, ...]:
    """Name what is asked for: three numbers of a volume, one where it is flat."""
    return VOLUME if row.shape is None or len(row.shape) == 3 else FLAT


def judged(asked: controls.Prediction, typed: list[str], row: Row) -> controls.Prediction:
    """Say whether a predicted shape is right, and if not, what leads to it."""
    predicted = controls.whole_numbers(typed)
    if predicted is None or len(predicted) != len(row.shape):
        names = fields(row)
        return asked.refused(
            "Type whole numbers: channels, height and width, one in each field."
            if names == VOLUME
            else "Type a whole number, without commas or points."
        )
    return slips.judged(
        asked, predicted, row.shape, _slips(row), is_so=f"The block gives {size(row.shape)}.",
        advice="Take one number after the other: what becomes of the channels, what of the size?",
    )  # fmt: skip


def _slips(row: Row) -> list[tuple[Shape, str]]:
    """List wrong shapes with what leads to them."""
    block, given, right = row.block, row.given, row.shape
    if block.kind == "flatten":
        C, H, W = given
        return [
            ((C,), "the pixels of each channel are forgotten: all numbers are laid in one row"),
            ((H * W,), "only one channel is counted"),
            ((C + H + W,), "the numbers of the shape are added: they must be multiplied"),
        ]
    if block.kind == "dense":
        return [
            ((prod(given),), "the inputs are kept: a dense layer gives one number for each unit"),
            ((prod(given) * block.width,), "weights are counted, not outputs"),
        ]
    channels = [(C, why) for C, why in _wrong_channels(row) if C != right[0]]
    sizes = _wrong_sizes(row)
    found = [((right[0], *hw), why) for hw, why in sizes]
    found += [((C, *right[1:]), why) for C, why in channels]
    found += [((C, *hw), f"{a}, and {b}") for C, a in channels for hw, b in sizes]
    return found


def _wrong_channels(row: Row) -> list[tuple[int, str]]:
    block, C = row.block, row.given[0]
    if block.kind in ("conv", "residual"):
        return [
            (C, "the channels are kept: there are as many maps as filters"),
            (C * block.width, "each filter is taken to give a map for each channel: it sums them"),
            (1, "one filter is counted"),
        ]
    return [
        (1, "the channels are summed: this block works on each of them alone"),
        (block.width, "filters are counted: this block has none"),
    ]


def _wrong_sizes(row: Row) -> list[tuple[tuple[int, int], str]]:
    block, (_, *hw) = row.block, row.given
    if block.kind == "global":
        return [(tuple(hw), "the size is kept: a global average leaves one number for each map")]
    if block.kind == "batch_norm":
        return []
    kernel, padding = (3, 1) if block.kind == "residual" else (block.kernel, block.padding)
    found = [
        (tuple(rule(n, kernel, block.stride, padding, 1) for n in hw), why) for rule, why in SLIPS
    ]
    return [(wrong, why) for wrong, why in found if wrong != row.shape[1:]]
