"""The networks of the course in torch, layer by layer as :mod:`cnnkit.architectures` has them.

Each takes float images (N, C, H, W), gives scores (N, classes), and draws its first weights, in
torch's usual way, from the ``rng`` that it is given. Layers bear the names of the tables: conv1,
relu1, max_pool1, conv2, ...
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnnkit._torch_seed import torch_seeded
from cnnkit.architectures.alexnet import FILTERS
from cnnkit.reading import one_of
from cnnkit.shapes import out_size

KINDS = {
    "AdaptiveAvgPool2d": "avg_pool_to",
    "AvgPool2d": "avg_pool",
    "BatchNorm2d": "batch_norm",
    "Conv2d": "conv",
    "Linear": "dense",
    "MaxPool2d": "max_pool",
    "ReLU": "relu",
}


def mlp(rng: np.random.Generator) -> nn.Sequential:
    """Build the dense net for MNIST of F. Chollet's book: 784 numbers, 512 units, 10 classes.

    Of "Deep Learning with Python", second edition, chapter 2.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the first weights come from.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 28, 28); 407,050 parameters.

    Examples
    --------
    >>> mlp(np.random.default_rng(0))(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """
    with torch_seeded(rng):
        return _numbered(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))


def small_convnet(rng: np.random.Generator) -> nn.Sequential:
    """Build the small convolutional network for MNIST of F. Chollet's book.

    See :func:`cnnkit.architectures.small_convnet`; ``rng`` as in :func:`mlp`.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 28, 28); 104,202 parameters.

    Examples
    --------
    >>> small_convnet(np.random.default_rng(0)).conv3.weight.shape
    torch.Size([128, 64, 3, 3])
    """
    with torch_seeded(rng):
        return _numbered(
            *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(64, 128, 3), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(1152, 10)),
        )


def norm_convnet(rng: np.random.Generator) -> nn.Sequential:
    """Build a convolutional network with batch normalisation that learns MNIST in two epochs.

    Its convolutions have no bias, since the normalisation would take it away again; ``rng`` as
    in :func:`mlp`.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 28, 28); 108,666 parameters.

    Examples
    --------
    >>> sum(p.numel() for p in norm_convnet(np.random.default_rng(0)).parameters())
    108666
    """
    with torch_seeded(rng):
        return _numbered(
            *(nn.Conv2d(1, 16, 3, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(800, 128), nn.ReLU(), nn.Linear(128, 10)),
        )


def lenet5(rng: np.random.Generator) -> nn.Sequential:
    """Build LeNet-5 as it is taught today.

    See :func:`cnnkit.architectures.lenet5`; ``rng`` as in :func:`mlp`.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 32, 32); 61,706 parameters.

    Examples
    --------
    >>> lenet5(np.random.default_rng(0)).dense1.in_features
    400
    """
    with torch_seeded(rng):
        return _numbered(
            *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.AvgPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2)),
            *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU()),
            *(nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        )


def lenet_like(rng: np.random.Generator) -> nn.Sequential:
    """Build the LeNet-like network for MNIST of F. Fleuret's course EE559.

    See :func:`cnnkit.architectures.lenet_like`; ``rng`` as in :func:`mlp`.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 28, 28); 105,506 parameters.

    Examples
    --------
    >>> lenet_like(np.random.default_rng(0)).dense1.in_features
    256
    """
    with torch_seeded(rng):
        return _numbered(
            *(nn.Conv2d(1, 32, 5), nn.MaxPool2d(3), nn.ReLU()),
            *(nn.Conv2d(32, 64, 5), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(256, 200), nn.ReLU(), nn.Linear(200, 10)),
        )


def alexnet(
    rng: np.random.Generator,
    variant: str = "single",
    *,
    size: int = 227,
    filters: Sequence[int] | None = None,
    hidden: int = 4096,
    classes: int = 1000,
) -> nn.Sequential:
    """Build AlexNet, with dropout of one half before the first two dense layers.

    Its response normalisation, which later nets did without, is left out.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the first weights come from.
    variant : {'single', 'grouped', 'torchvision'}
        As in :func:`cnnkit.architectures.alexnet`.
    size : int
        Height and width of the images, at least 67; 'torchvision' averages, and takes any.
    filters : five ints, optional
        Of the convolutions, in place of the variant's.
    hidden : int
        Units of the first two dense layers.
    classes : int

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 3, size, size); of 62,378,344, 60,965,224 or 61,100,840 parameters, unless
        something else is asked for.

    Raises
    ------
    ValueError
        The variant is unknown, or the size is too small.

    Examples
    --------
    >>> with torch.device("meta"):  # shapes without numbers: the weights would take 250 MB
    ...     model = alexnet(np.random.default_rng(0), "grouped")
    >>> sum(p.numel() for p in model.parameters())
    60965224
    """
    variant = one_of(variant, "variant", *FILTERS)
    a, b, c, d, e = filters or FILTERS[variant]
    groups, theirs = 2 if variant == "grouped" else 1, variant == "torchvision"
    side = 6 if theirs else _side(size)
    with torch_seeded(rng):
        return _numbered(
            *(nn.Conv2d(3, a, 11, stride=4, padding=2 if theirs else 0), nn.ReLU()),
            *(nn.MaxPool2d(3, stride=2), nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU()),
            *(nn.MaxPool2d(3, stride=2), nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU()),
            *(nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU()),
            *(nn.MaxPool2d(3, stride=2), *([nn.AdaptiveAvgPool2d(6)] if theirs else [])),
            *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(e * side**2, hidden), nn.ReLU()),
            *(nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
        )


def _side(size: int) -> int:
    """Follow height or width of an image through AlexNet's first layer and its pools."""
    side = out_size(size, 11, 4)
    for _ in range(3):
        side = out_size(side, 3, 2)
    return side


class Residual(nn.Module):
    """Add what two paths make of the same input.

    Parameters
    ----------
    channels, filters : int
        Of the input and of the output.
    stride : int
        Of the first convolution. Where the block changes the shape, the skip path is a 1 x 1
        convolution; else it passes the input on.

    Examples
    --------
    >>> Residual(4, 8, 2)(torch.zeros(1, 4, 6, 5)).shape
    torch.Size([1, 8, 3, 3])
    """

    def __init__(self, channels: int, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.main = _numbered(
            *_conv_norm(channels, filters, 3, stride), nn.ReLU(), *_conv_norm(filters, filters, 3)
        )
        same = (channels, stride) == (filters, 1)
        self.skip = _numbered(*([] if same else _conv_norm(channels, filters, 1, stride)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give the sum; the ReLU that follows is a layer of the net."""
        return self.main(x) + self.skip(x)


def residual_net(rng: np.random.Generator) -> nn.Sequential:
    """Build a small residual network for 28 x 28 images, in the manner of ResNet-18.

    One block keeps the shape, two halve height and width and double the channels; then each
    channel is averaged. See :func:`cnnkit.architectures.resnet18`; ``rng`` as in :func:`mlp`.

    Returns
    -------
    model : torch.nn.Sequential
        Of images (N, 1, 28, 28); 77,754 parameters.

    Examples
    --------
    >>> list(residual_net(np.random.default_rng(0)).residual2.skip.state_dict())[:2]
    ['conv1.weight', 'batch_norm1.weight']
    """
    with torch_seeded(rng):
        return _numbered(
            *(*_conv_norm(1, 16, 3), nn.ReLU(), Residual(16, 16), nn.ReLU()),
            *(Residual(16, 32, 2), nn.ReLU(), Residual(32, 64, 2), nn.ReLU()),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
        )


def _conv_norm(channels: int, filters: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    options = {"stride": stride, "padding": kernel // 2, "bias": False}
    return [nn.Conv2d(channels, filters, kernel, **options), nn.BatchNorm2d(filters)]


def _numbered(*layers: nn.Module) -> nn.Sequential:
    """Join layers, numbered by kind."""
    seen: Counter = Counter()
    named = OrderedDict()
    for layer in layers:
        kind = type(layer).__name__
        kind = KINDS.get(kind, kind.lower())
        seen[kind] += 1
        named[f"{kind}{seen[kind]}"] = layer
    return nn.Sequential(named)
