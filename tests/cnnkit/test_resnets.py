"""Residual networks on paper: counts against torch's layers and the papers, and their shapes."""

import pytest
import torch
from torch import nn

from cnnkit.architectures import count_macs, count_params, layer_table, resnet50, wide_resnet


def torchs(layers, channels):
    """The same net of torch's own layers, which count for themselves."""
    made = []
    for layer in layers:
        kind = layer["kind"]
        if kind == "conv":
            out = layer["filters"]
            options = {name: layer[name] for name in ("stride", "padding", "bias")}
            made.append(nn.Conv2d(channels, out, layer["kernel"], **options))
            channels = out
        elif kind == "batch_norm":
            made.append(nn.BatchNorm2d(channels))
        elif kind == "dense":
            made.append(nn.Linear(channels, layer["units"]))
        elif kind == "residual":
            (main, out), (skip, _) = (torchs(layer[path], channels) for path in ("main", "skip"))
            made += [main, skip]
            channels = out
    return nn.Sequential(*made), channels


@pytest.mark.parametrize("net", [resnet50(), wide_resnet(16, 2), wide_resnet(28, 10)],
                         ids=lambda net: net["name"])  # fmt: skip
def test_torchs_parameters(net):
    with torch.device("meta"):
        model, _ = torchs(net["layers"], 3)
    assert count_params(net) == sum(p.numel() for p in model.parameters())


def test_item155_resnet_50_is_torchvisions():
    assert count_params(resnet50()) == 25_557_032
    assert count_macs(resnet50(), kind="conv") == 4_087_136_256


@pytest.mark.parametrize(
    ("depth", "width", "millions"),
    [(40, 1, 0.6), (40, 2, 2.2), (16, 8, 11.0), (16, 10, 17.1), (28, 10, 36.5)],
)
def test_item155_the_wide_ones_have_the_papers_counts(depth, width, millions):
    assert count_params(wide_resnet(depth, width)) / 1e6 == pytest.approx(millions, abs=0.06)


def test_a_wide_net_is_as_deep_as_it_says():
    convs = [row for row in layer_table(wide_resnet(28, 1)["layers"], (3, 32, 32)) if row["macs"]]
    in_skips = sum(".skip." in row["name"] for row in convs)
    assert len(convs) - in_skips == 26  # 25 and the dense; the paper adds three skip paths
    shapes = [row["shape"] for row in convs]
    assert shapes[0] == (16, 32, 32) and shapes[-2] == (64, 8, 8) and shapes[-1] == (10,)


def test_only_depths_of_the_form_6n_plus_4():
    with pytest.raises(ValueError, match="depth is 20: it must be 6 n . 4"):
        wide_resnet(20, 1)
    with pytest.raises(ValueError, match="width is 0"):
        wide_resnet(16, 0)
