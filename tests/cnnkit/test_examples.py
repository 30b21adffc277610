"""The examples in the docstrings run and give what they show."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["cnnkit.shapes", "cnnkit.layouts", "cnnkit.ops.conv", "cnnkit.testing"]
)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
