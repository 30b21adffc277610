"""The examples in the docstrings run and give what they show."""

import doctest
import importlib
import pkgutil

import pytest

import cnnkit


def modules():
    """Every module of the package that has an example."""
    for module in pkgutil.walk_packages(cnnkit.__path__, "cnnkit."):
        source = importlib.util.find_spec(module.name).loader.get_source(module.name)
        if ">>> " in source:
            yield module.name


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
