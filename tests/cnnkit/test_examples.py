"""The examples in the docstrings run and give what they show."""

import doctest
import importlib
import pkgutil

import pytest

MODULES = [
    "cnnkit.shapes",
    "cnnkit.layouts",
    "cnnkit.reading",
    "cnnkit.gradcheck",
    "cnnkit.initialisers",
    "cnnkit.layers.fixed",
    "cnnkit.layers.learned",
    "cnnkit.layers.sequential",
    "cnnkit.models.numpy_nets",
    "cnnkit.ops.conv",
    "cnnkit.ops.conv1d",
    "cnnkit.ops.conv_backward",
    "cnnkit.ops.conv_im2col",
    "cnnkit.ops.im2col",
    "cnnkit.ops.local",
    "cnnkit.optimisers.adam",
    "cnnkit.optimisers.plain",
    "cnnkit.optimisers.schedules",
    "cnnkit.optimisers.sgd",
    "cnnkit.testing",
    "cnnkit.data.content",
    "cnnkit.data.loading",
    "cnnkit.data.packaged",
    "cnnkit.pictures.networks",
    "cnnkit._torch_seed",
    "cnnkit.models.torch_nets",
    "cnnkit.training.early_stopping",
    "cnnkit.training.fitting",
    "cnnkit.training.labels",
    "cnnkit.training.measures",
    "cnnkit.training.plain",
    "cnnkit.transfer",
    "cnnkit.transfer_torch",
]
PACKAGES = [
    "cnnkit.architectures",
    "cnnkit.augment",
    "cnnkit.filters",
    "cnnkit.images",
]  # every module of them


def modules():
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        yield from (f"{package}.{module.name}" for module in pkgutil.iter_modules(path))


@pytest.mark.parametrize("name", [*MODULES, *modules()])
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
