"""Use again what a torch model has learned: a new head, frozen layers, features, slower layers.

Layers and parameters are named as torch does it: ``model.named_parameters()`` lists them. A
prefix means every name that begins with it: 'conv' all of conv1 and conv2, 'conv1.' only conv1.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
from torch import nn

from cnnkit._torch_seed import torch_seeded
from cnnkit.ops.checks import real
from cnnkit.shapes import whole
from cnnkit.training.labels import read_images
from cnnkit.training.measures import BATCH, in_batches
from cnnkit.training.torch_learner import TorchLearner

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def replace_head(model: nn.Module, classes: int, rng: np.random.Generator) -> nn.Module:
    """Copy a model, with a fresh last dense layer for other classes.

    Parameters
    ----------
    model : torch.nn.Module
        Stays as it is; the copy shares nothing with it.
    classes : int
        How many scores the new head gives.
    rng : numpy.random.Generator
        Where the new head's first weights come from.

    Returns
    -------
    model : torch.nn.Module

    Raises
    ------
    ValueError
        The model has no dense layer.

    Examples
    --------
    >>> import torch
    >>> old = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 10))
    >>> new = replace_head(old, 2, np.random.default_rng(0))
    >>> new[2], torch.equal(new[0].weight, old[0].weight)
    (Linear(in_features=3, out_features=2, bias=True), True)
    """
    classes = whole(classes, "classes", 1)
    dense = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    if not dense:
        raise ValueError("The model has no dense layer (torch.nn.Linear) that could be replaced.")
    new = copy.deepcopy(model)
    parent, _, name = dense[-1].rpartition(".")
    head = new.get_submodule(dense[-1])
    with torch_seeded(rng):
        fresh = nn.Linear(head.in_features, classes, bias=head.bias is not None)
    setattr(new.get_submodule(parent), name, fresh.to(head.weight))
    return new


def freeze(model: nn.Module, prefix: str) -> set[str]:
    """Keep parameters as they are, and the running statistics of batch normalisation too.

    Frozen batch normalisation uses its running statistics in training as well: in ``train()``
    they would otherwise drift towards the new images, gradient or not.

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
    ValueError
        No name begins with the prefix.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> sorted(freeze(model, "0."))
    ['0.bias', '0.weight']
    """
    chosen = _chosen(model, prefix)
    for parameter in chosen.values():
        parameter.requires_grad_(False)
        parameter.grad = None  # an optimiser would still use what an earlier step has left
    for name, module in model.named_modules():
        if isinstance(module, NORMS) and f"{name}.running_mean".lstrip(".").startswith(prefix):
            module.register_forward_pre_hook(_evaluate)
    return set(chosen)


def _evaluate(module: nn.Module, _: tuple) -> None:
    """Before each call, whatever ``train()`` has set."""
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
    ValueError
        No name begins with a prefix, or a rate is not positive.

    Examples
    --------
    >>> import torch
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> optimiser = torch.optim.SGD(rate_groups(model, 0.1, {"0.": 0.01}))
    >>> [group["lr"] for group in optimiser.param_groups]
    [0.001, 0.1]
    """
    lr = real(lr, "lr")
    rates = {"": lr}
    for prefix, factor in lr_mult.items():
        _chosen(model, prefix)
        rates[prefix] = lr * real(factor, f"lr_mult[{prefix!r}]")
    if not min(rates.values()) > 0:
        raise ValueError(f"lr is {lr}, lr_mult is {dict(lr_mult)}: rates must be positive.")
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            longest = max((prefix for prefix in rates if name.startswith(prefix)), key=len)
            groups.setdefault(rates[longest], []).append(parameter)
    return [{"params": params, "lr": rate} for rate, params in groups.items()]


def extract_features(
    model: nn.Module, x: np.ndarray, layer: str, *, batch_size: int = BATCH
) -> np.ndarray:
    """Give what a layer makes of images, as after training.

    Parameters
    ----------
    model : torch.nn.Module
    x : ndarray of float, shape (N, ...)
    layer : str
        Its name, one of ``model.named_modules()``.
    batch_size : int
        How many images at a time; it changes nothing but memory and time.

    Returns
    -------
    features : ndarray, shape (N, ...)

    Raises
    ------
    ValueError
        There is no such layer, or a call of the model does not use it once.

    Examples
    --------
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> extract_features(model, np.zeros((5, 1, 2, 2), np.float32), "2").shape
    (5, 3)
    """
    names = [name for name, _ in model.named_modules() if name]
    if layer not in names:
        raise ValueError(f"There is no layer {layer!r}: there are {', '.join(names)}.")
    seen: list[np.ndarray] = []
    # A copy at once: a layer that works in place may follow.
    hook = model.get_submodule(layer).register_forward_hook(
        lambda module, inputs, y: seen.append(y.detach().cpu().numpy().copy())
    )
    try:
        batches = sum(1 for _ in in_batches(TorchLearner(model), read_images(x), batch_size))
    finally:
        hook.remove()
    if len(seen) != batches:
        raise ValueError(f"A call of the model uses layer {layer!r} {len(seen) // batches} times.")
    return np.concatenate(seen)


def _chosen(model: nn.Module, prefix: str) -> dict[str, nn.Parameter]:
    chosen = {name: p for name, p in model.named_parameters() if name.startswith(prefix)}
    if not chosen:
        names = ", ".join(name for name, _ in model.named_parameters())
        raise ValueError(f"No parameter begins with {prefix!r}: there are {names}.")
    return chosen
