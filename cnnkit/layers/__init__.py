"""Layers as objects that wrap :mod:`cnnkit.ops`, and a chain of them that can be trained.

A layer object knows its options, has its parameters, and keeps on the way forward what it needs
on the way back. All arithmetic is that of :mod:`cnnkit.ops`.
"""

from cnnkit.layers.base import Layer
from cnnkit.layers.fixed import AvgPool2D, Dropout, Flatten, GlobalAvgPool, MaxPool2D, ReLU
from cnnkit.layers.learned import BatchNorm2D, Conv2D, Dense
from cnnkit.layers.sequential import Sequential
from cnnkit.layers.text import load_text, to_text

__all__ = [
    "AvgPool2D",
    "BatchNorm2D",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "Layer",
    "MaxPool2D",
    "ReLU",
    "Sequential",
    "load_text",
    "to_text",
]
