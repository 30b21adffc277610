"""Use again what a torch model has learned: a new head, frozen layers, features, slower layers.

Layers and parameters are named as torch does it: ``model.named_parameters()`` lists them. A
prefix means every name that begins with it: 'conv' all of conv1 and conv2, 'conv1.' only conv1.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping

import numpy as np
from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from cnnkit._torch_seed import torch_seeded
from cnnkit.ops.checks import real
from cnnkit.shapes import whole
from cnnkit.training.labels import read_images
from cnnkit.training.measures import BATCH, in_batches
from cnnkit.training.torch_learner import TorchLearner


def replace_head(
    model: nn.Module, n_classes: int, rng: np.random.Generator, layer: str | None = None
) -> nn.Module:
    """Copy a model, with a fresh last dense layer for other classes.

    Parameters
    ----------
    model : torch.nn.Module
        Stays as it is; the copy shares nothing with it.
    n_classes : int
        How many scores the new head gives.
    rng : numpy.random.Generator
        Where the new head's first weights come from.
    layer : str, optional
        The head's name, one of ``model.named_modules()``. Without it the dense layer is replaced
        that was declared last, be it used last or not: give the name where they differ.

    Returns
    -------
    model : torch.nn.Module
        Nothing in it is frozen.

    Raises
    ------
    TypeError
        The model is no torch module, ``n_classes`` no int, or ``rng`` no Generator.
    ValueError
        The model has no dense layer, or none of that name.

    Examples
    --------
    >>> import torch
    >>> old = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 10))
    >>> new = replace_head(old, 2, np.random.default_rng(0))
    >>> new[2], torch.equal(new[0].weight, old[0].weight)
    (Linear(in_features=3, out_features=2, bias=True), True)
    """
    n_classes = whole(n_classes, "n_classes", 1)
    path = _head(_checked(model), layer)
    head = model.get_submodule(path)
    with torch_seeded(rng):
        fresh = nn.Linear(head.in_features, n_classes, bias=head.bias is not None)
    fresh.to(head.weight)
    if not path:  # the model is nothing but its head
        return fresh
    new = copy.deepcopy(model).requires_grad_(True)
    for module in new.modules():
        if hasattr(module, "statistics_frozen"):
            module.statistics_frozen = False
    parent, _, name = path.rpartition(".")
    setattr(new.get_submodule(parent), name, fresh)
    return new


def _head(model: nn.Module, layer: str | None) -> str:
    """Give the name of the dense layer that is to be replaced; '' is the model itself."""
    dense = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    if not dense:
        raise ValueError("The model has no dense layer (torch.nn.Linear) that could be replaced.")
    if layer is not None and layer not in dense:
        raise ValueError(f"There is no dense layer {layer!r}: there are {', '.join(dense)}.")
    return dense[-1] if layer is None else layer


def freeze(model: nn.Module, prefix: str) -> set[str]:
    """Keep parameters as they are, and the running statistics of normalisation too.

    Frozen batch normalisation, or instance normalisation with running statistics, uses them in
    training as well: in ``train()`` they would otherwise drift towards the new images, gradient
    or not. ``requires_grad_(True)`` undoes it; a normalisation without parameters learns again
    when its attribute ``statistics_frozen`` is set to False.

    Parameters
    ----------
    model : torch.nn.Module
        Changed in place.
    prefix : str
        '' freezes all.

    Returns
    -------
    names : set of str
        The parameters that were frozen.

    Raises
    ------
    TypeError
        The model is no torch module.
    ValueError
        No parameter and no normalisation begins with the prefix.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> sorted(freeze(model, "0."))
    ['0.bias', '0.weight']
    """
    chosen = _chosen(_checked(model), prefix)
    norms = [
        module
        for name, module in model.named_modules()
        if isinstance(module, _NormBase) and (f"{name}." if name else "").startswith(prefix)
    ]
    if not (chosen or norms):
        raise _nothing(model, prefix)
    for parameter in chosen.values():
        parameter.requires_grad_(False)
        parameter.grad = None  # an optimiser would still use what an earlier step has left
    for module in norms:
        if not hasattr(module, "statistics_frozen"):  # else it has the hook already
            module.register_forward_pre_hook(_evaluate)
        module.statistics_frozen = True
    return set(chosen)


def _evaluate(module: nn.Module, _: tuple) -> None:
    """Before each call, whatever ``train()`` has set, unless it was told to learn again."""
    if module.statistics_frozen and not any(p.requires_grad for p in module.parameters()):
        module.eval()


def rate_groups(model: nn.Module, lr: float, lr_mult: Mapping[str, float]) -> list[dict]:
    """Give each layer its learning rate, as the groups that torch's optimisers take.

    Parameters
    ----------
    model : torch.nn.Module
        Its frozen parameters are left out.
    lr : float
        The rate where no prefix says otherwise.
    lr_mult : dict
        Prefix to factor of ``lr``; of several prefixes the longest counts.

    Returns
    -------
    groups : list of dicts
        With 'params' and 'lr', a group a rate, in the order of the parameters.

    Raises
    ------
    TypeError
        The model is no torch module, a rate no number, or ``lr_mult`` no dict.
    ValueError
        No name begins with a prefix, or a rate is not positive and finite.

    Examples
    --------
    >>> import torch
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> optimiser = torch.optim.SGD(rate_groups(model, 0.1, {"0.": 0.01}))
    >>> [group["lr"] for group in optimiser.param_groups]
    [0.001, 0.1]
    """
    lr, model = real(lr, "lr"), _checked(model)
    if not isinstance(lr_mult, Mapping):
        raise TypeError(f"lr_mult is {lr_mult!r}: it must be a dict, prefix to factor.")
    rates = {"": lr}
    for prefix, factor in lr_mult.items():
        if not _chosen(model, prefix):
            raise _nothing(model, prefix)
        rates[prefix] = lr * real(factor, f"lr_mult[{prefix!r}]")
    if not all(0 < rate < math.inf for rate in rates.values()):
        raise ValueError(
            f"lr is {lr}, lr_mult is {dict(lr_mult)}: rates must be positive and finite."
        )
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            longest = max((prefix for prefix in rates if name.startswith(prefix)), key=len)
            groups.setdefault(rates[longest], []).append(parameter)
    return [{"params": params, "lr": rate} for rate, params in groups.items()]


def extract_features(model: nn.Module, X: np.ndarray, layer: str, batch: int = BATCH) -> np.ndarray:
    """Give what a layer makes of images, as after training.

    Parameters
    ----------
    model : torch.nn.Module
    X : ndarray of float, shape (N, ...)
    layer : str
        Its name, one of ``model.named_modules()``.
    batch : int
        How many images at a time; it changes nothing but memory and time.

    Returns
    -------
    features : ndarray, shape (N, ...)

    Raises
    ------
    TypeError
        The model is no torch module, X no float array, or ``batch`` no int.
    ValueError
        There is no such layer, or a call of the model does not use it once.

    Examples
    --------
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> extract_features(model, np.zeros((5, 1, 2, 2), np.float32), "2").shape
    (5, 3)
    """
    names = [name for name, _ in _checked(model).named_modules() if name]
    if layer not in names:
        raise ValueError(f"There is no layer {layer!r}: there are {', '.join(names)}.")
    X, batch = read_images(X, "X"), whole(batch, "batch", 1)
    seen: list[np.ndarray] = []
    # A copy at once: a layer that works in place may follow.
    hook = model.get_submodule(layer).register_forward_hook(
        lambda module, inputs, y: seen.append(y.detach().cpu().numpy().copy())
    )
    try:
        batches = sum(1 for _ in in_batches(TorchLearner(model), X, batch))
    finally:
        hook.remove()
    if len(seen) != batches:
        raise ValueError(f"A call of the model uses layer {layer!r} {len(seen) // batches} times.")
    return np.concatenate(seen)


def _checked(model: nn.Module) -> nn.Module:
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"model is a {type(model).__name__}: it must be a torch.nn.Module; for a "
            "cnnkit.layers.Sequential see cnnkit.transfer."
        )
    return model


def _chosen(model: nn.Module, prefix: str) -> dict[str, nn.Parameter]:
    return {name: p for name, p in model.named_parameters() if name.startswith(prefix)}


def _nothing(model: nn.Module, prefix: str) -> ValueError:
    names = ", ".join(name for name, _ in model.named_parameters())
    return ValueError(f"No parameter begins with {prefix!r}: there are {names}.")
