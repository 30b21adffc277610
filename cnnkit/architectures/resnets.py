"""Residual networks: ResNet-18, ResNet-50, and the wide ones.

Their convolutions have no bias, since a batch normalisation follows, or precedes; where a block
changes the shape, a 1 x 1 convolution stands in the skip path.
"""

from __future__ import annotations

from cnnkit.architectures.layers import (
    Layer,
    avg_pool_to,
    batch_norm,
    conv,
    dense,
    flatten,
    max_pool,
    relu,
    residual,
)
from cnnkit.architectures.nets import network
from cnnkit.shapes import whole

RESNET18 = ((64, 2), (128, 2), (256, 2), (512, 2))  # filters, blocks
RESNET50 = ((64, 3), (128, 4), (256, 6), (512, 3))


def resnet18(*, size: int = 224) -> dict:
    """Give ResNet-18 of He, Zhang, Ren and Sun, 2015, arXiv:1512.03385.

    Parameters
    ----------
    size : int
        Height and width of the images.

    Returns
    -------
    net : dict
        With 'name', 'input_shape' and 'layers'.

    Raises
    ------
    TypeError, ValueError
        The size is no int, or below 1.

    Examples
    --------
    >>> sum(layer["kind"] == "residual" for layer in resnet18()["layers"])
    8
    """
    return _resnet("ResNet-18", RESNET18, size, bottleneck=False)


def resnet50(*, size: int = 224) -> dict:
    """Give ResNet-50, of the same paper: its blocks squeeze, look, and widen again.

    The stride stands in the 3 x 3 convolution, as in torchvision's; in the paper in the first.

    Parameters, result and errors are those of :func:`resnet18`.

    Examples
    --------
    >>> resnet50()["layers"][4]["main"][0]["kernel"]
    (1, 1)
    """
    return _resnet("ResNet-50", RESNET50, size, bottleneck=True)


def wide_resnet(depth: int, width: int) -> dict:
    """Give a wide residual network for ten classes of images of 32 x 32.

    Batch normalisation and ReLU precede each convolution. Of Zagoruyko and Komodakis, "Wide
    residual networks", 2016, arXiv:1605.07146, WRN-depth-width there.

    Parameters
    ----------
    depth : int
        6 n + 4, for n blocks in each of three groups.
    width : int
        How many times the filters of the plain one: 16, 32, 64.

    Returns
    -------
    net : dict
        With 'name', 'input_shape' and 'layers'.

    Raises
    ------
    TypeError, ValueError
        A number is no int or too small, or the depth is not 6 n + 4.

    Examples
    --------
    >>> wide_resnet(28, 10)["name"]
    'WRN-28-10'
    """
    depth, width = whole(depth, "depth", 10), whole(width, "width", 1)
    if depth % 6 != 4:
        raise ValueError(f"depth is {depth}: it must be 6 n + 4, 16 or 28 for instance.")
    layers, channels = [conv(16, 3, padding=1, bias=False)], 16
    for filters, first in ((16 * width, 1), (32 * width, 2), (64 * width, 2)):
        for stride in (first, *[1] * (depth // 6 - 1)):
            same = (channels, stride) == (filters, 1)
            skip = [] if same else [conv(filters, 1, stride=stride, bias=False)]
            main = [*_norm_conv(filters, stride), *_norm_conv(filters, 1)]
            layers.append(residual(main, skip=skip))
            channels = filters
    layers += [batch_norm(), relu(), avg_pool_to(1), flatten(), dense(10)]
    return network(f"WRN-{depth}-{width}", (3, 32, 32), layers)


def _norm_conv(filters: int, stride: int) -> list[Layer]:
    return [batch_norm(), relu(), conv(filters, 3, stride=stride, padding=1, bias=False)]


def _conv_norm(filters: int, kernel: int, stride: int = 1) -> list[Layer]:
    padding = kernel // 2
    return [conv(filters, kernel, stride=stride, padding=padding, bias=False), batch_norm()]


def _resnet(name: str, groups: tuple[tuple[int, int], ...], size: int, *, bottleneck: bool) -> dict:
    layers = [*_conv_norm(64, 7, 2), relu(), max_pool(3, stride=2, padding=1)]
    channels, size = 64, whole(size, "size", 1)
    for place, (filters, blocks) in enumerate(groups):
        for stride in (2 if place else 1, *[1] * (blocks - 1)):
            if bottleneck:
                out = 4 * filters
                main = [*_conv_norm(filters, 1), relu(), *_conv_norm(filters, 3, stride), relu(),
                        *_conv_norm(out, 1)]  # fmt: skip
            else:
                out = filters
                main = [*_conv_norm(filters, 3, stride), relu(), *_conv_norm(filters, 3)]
            skip = [] if (channels, stride) == (out, 1) else _conv_norm(out, 1, stride)
            layers += [residual(main, skip=skip), relu()]
            channels = out
    return network(name, (3, size, size), [*layers, avg_pool_to(1), flatten(), dense(1000)])
