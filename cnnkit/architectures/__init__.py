"""Networks on paper: their layers as plain data, and the shapes and counts that follow.

A layer is a dict with a 'kind', made by the functions of :mod:`cnnkit.architectures.layers`.
A network is a dict with 'name', 'input_shape' and 'layers'.
"""

from cnnkit.architectures.alexnet import alexnet, alexnet_table
from cnnkit.architectures.nets import (
    lenet5,
    lenet_like,
    small_convnet,
    toy_net,
    vgg16,
)
from cnnkit.architectures.parsing import parse_arch
from cnnkit.architectures.receptive import receptive_field, window_steps
from cnnkit.architectures.resnets import resnet18, resnet50, wide_resnet
from cnnkit.architectures.table import count_macs, count_params, layer_table

__all__ = [
    "alexnet",
    "alexnet_table",
    "count_macs",
    "count_params",
    "layer_table",
    "lenet5",
    "lenet_like",
    "parse_arch",
    "receptive_field",
    "resnet18",
    "resnet50",
    "small_convnet",
    "toy_net",
    "vgg16",
    "wide_resnet",
    "window_steps",
]
