"""AlexNet, in the three forms that are counted, and mixed up, in lectures.

A. Krizhevsky, I. Sutskever and G. E. Hinton, "ImageNet classification with deep convolutional
neural networks", 2012. The paper states images of 224 x 224, with which its first layer does not
come out even; with 227 it does.
"""

from __future__ import annotations

from cnnkit.architectures.layers import avg_pool_to, conv, dense, flatten, max_pool, relu
from cnnkit.architectures.nets import network
from cnnkit.architectures.table import layer_table
from cnnkit.reading import one_of
from cnnkit.shapes import whole

FILTERS = {
    "single": (96, 256, 384, 384, 256),
    "grouped": (96, 256, 384, 384, 256),
    "torchvision": (64, 192, 384, 256, 256),
}


def alexnet(variant: str = "single", size: int = 227) -> dict:
    """Give AlexNet.

    Parameters
    ----------
    variant : {'single', 'grouped', 'torchvision'}
        Each filter sees all channels; layers 2, 4 and 5 in two groups, as in the paper, half on
        either graphics card; or torchvision's narrower one, with padding 2 in the first layer,
        for images of 224 x 224, and averaging before the dense layers.
    size : int
        Height and width of the image. 'single' and 'grouped' are made for 227.

    Returns
    -------
    net : dict
        With 'name', 'input_shape' and 'layers'.

    Raises
    ------
    TypeError, ValueError
        The variant is unknown, or the size is no int or too small.

    Examples
    --------
    >>> alexnet("grouped")["layers"][3]["groups"]
    2
    """
    size = whole(size, "size", 1)
    widths = FILTERS[one_of(variant, "variant", *FILTERS)]
    groups = 2 if variant == "grouped" else 1
    theirs = variant == "torchvision"
    layers = [
        *(conv(widths[0], 11, stride=4, padding=2 if theirs else 0), relu(), max_pool(3, stride=2)),
        *(conv(widths[1], 5, padding=2, groups=groups), relu(), max_pool(3, stride=2)),
        *(conv(widths[2], 3, padding=1), relu()),
        *(conv(widths[3], 3, padding=1, groups=groups), relu()),
        *(conv(widths[4], 3, padding=1, groups=groups), relu(), max_pool(3, stride=2)),
        *([avg_pool_to(6)] if theirs else []),
        *(flatten(), dense(4096, inputs=256 * 6 * 6), relu()),
        *(dense(4096), relu(), dense(1000)),
    ]
    return network(f"AlexNet, {variant}", (3, size, size), layers)


def alexnet_table(variant: str = "single", size: int = 227) -> list[dict]:
    """List AlexNet's layers with shapes, parameters and products for one image.

    Parameters
    ----------
    variant, size
        As in :func:`alexnet`.

    Returns
    -------
    list of dicts
        As of :func:`cnnkit.architectures.layer_table`.

    Raises
    ------
    TypeError, ValueError
        The variant is unknown, the size is no int, or a layer does not fit: 'single' and
        'grouped' at 224 come to 6400 numbers where the first dense layer takes 9216.

    Examples
    --------
    >>> sum(row["params"] for row in alexnet_table())
    62378344
    """
    net = alexnet(variant, size)
    return layer_table(net["layers"], net["input_shape"])
