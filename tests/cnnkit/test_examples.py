"""The examples in the docstrings run and give what they show."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import cnnkit


def modules():
    """Every module of the package that has an example."""
    for module in pkgutil.walk_packages(cnnkit.__path__, "cnnkit."):
        source = importlib.util.find_spec(module.name).loader.get_source(module.name)
        if ">>> " in source:
            yield module.name


BARE = ["Layer", "DataError"]  # to be derived from, and to be caught
PACKAGES = ["architectures", "augment", "data", "filters", "images", "layers", "models", "ops"]
PACKAGES += ["optimisers", "training"]
MODULES = ["architectures.layers", "gradcheck", "initialisers", "layouts", "models.torch_nets"]
MODULES += ["transfer", "transfer_torch"]


def public(name):
    """The functions and classes that a package offers, or that a module defines for others."""
    module = importlib.import_module(f"cnnkit.{name}")
    for each in getattr(module, "__all__", None) or vars(module):
        thing = getattr(module, each)
        ours = name in PACKAGES or getattr(thing, "__module__", "") == module.__name__
        if (
            ours
            and not each.startswith("_")
            and (inspect.isfunction(thing) or inspect.isclass(thing))
        ):
            yield thing


@pytest.mark.parametrize("name", PACKAGES + MODULES)
def test_everything_public_is_shown_at_work(name):
    without = [
        thing.__name__
        for thing in public(name)
        if ">>> " not in (inspect.getdoc(thing) or "") and thing.__name__ not in BARE
    ]
    assert list(public(name)) and not without


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
