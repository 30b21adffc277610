"""The networks of the lectures, and those that every course speaks of.

What changes neither shapes nor counts, dropout and response normalisation, is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cnnkit.architectures.layers import (
    Layer,
    avg_pool,
    conv,
    dense,
    flatten,
    max_pool,
    relu,
)
from cnnkit.ops.checks import flag
from cnnkit.shapes import whole

VGG16 = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))


def network(name: str, input_shape: tuple[int, ...], layers: Sequence[Layer]) -> dict:
    """Join layers to a network and number them by kind: conv1, relu1, conv2, ...

    Examples
    --------
    >>> [layer["name"] for layer in network("two", (1, 8, 8), [conv(2, 3), conv(4, 3)])["layers"]]
    ['conv1', 'conv2']
    """
    return {"name": name, "input_shape": tuple(input_shape), "layers": _numbered(layers, "")}


def _numbered(layers: Sequence[Layer], prefix: str) -> list[Layer]:
    seen: Counter = Counter()
    named = []
    for layer in layers:
        seen[layer["kind"]] += 1
        name = f"{prefix}{layer['kind']}{seen[layer['kind']]}"
        paths = {
            path: _numbered(layer[path], f"{name}.{path}.")
            for path in ("main", "skip")
            if path in layer
        }
        named.append({**layer, "name": name, **paths})
    return named


def toy_net() -> dict:
    """Give the toy network of Neog's lecture: one 'same' convolution, one pool, three classes.

    Examples
    --------
    >>> toy_net()["input_shape"]
    (3, 32, 32)
    """
    layers = [conv(12, 3, padding=1), relu(), max_pool(2), flatten(), dense(3)]
    return network("toy net", (3, 32, 32), layers)


def lenet_like() -> dict:
    """Give the LeNet-like network for MNIST of F. Fleuret's course EE559 (EPFL).

    Examples
    --------
    >>> len(lenet_like()["layers"])
    10
    """
    layers = [
        *(conv(32, 5), max_pool(3), relu()),
        *(conv(64, 5), max_pool(2), relu()),
        *(flatten(), dense(200), relu(), dense(10)),
    ]
    return network("LeNet-like", (1, 28, 28), layers)


def lenet5() -> dict:
    """Give LeNet-5 as it is taught today: every map of C3 sees all of S2, pools only average.

    Of LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86, 1998, where C3 is partly connected, pools have two
    parameters a map, and the activation is a scaled tanh.

    Examples
    --------
    >>> lenet5()["input_shape"]
    (1, 32, 32)
    """
    layers = [
        *(conv(6, 5), relu(), avg_pool(2)),
        *(conv(16, 5), relu(), avg_pool(2)),
        *(flatten(), dense(120), relu(), dense(84), relu(), dense(10)),
    ]
    return network("LeNet-5", (1, 32, 32), layers)


def small_convnet(*, pooling: bool = True) -> dict:
    """Give the small convolutional network for MNIST of F. Chollet's book.

    Of "Deep Learning with Python", second edition, chapter 8, where the network without pools
    shows what these are good for.

    Parameters
    ----------
    pooling : bool
        Whether there are pools.

    Returns
    -------
    net : dict
        With 'name', 'input_shape' and 'layers'.

    Raises
    ------
    TypeError
        ``pooling`` is no bool.

    Examples
    --------
    >>> len(small_convnet()["layers"]), len(small_convnet(pooling=False)["layers"])
    (10, 8)
    """
    pool = [max_pool(2)] if flag(pooling, "pooling") else []
    layers = [conv(32, 3), relu(), *pool, conv(64, 3), relu(), *pool, conv(128, 3), relu()]
    name = "small convnet" if pooling else "small convnet without pools"
    return network(name, (1, 28, 28), [*layers, flatten(), dense(10)])


def vgg16(*, size: int = 224) -> dict:
    """Give VGG-16, configuration D of Simonyan and Zisserman, 2014, arXiv:1409.1556.

    Its first dense layer is made for images of 224 x 224.

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
    >>> sum(layer["kind"] == "conv" for layer in vgg16()["layers"])
    13
    """
    layers, size = [], whole(size, "size", 1)
    for repeats, filters in VGG16:
        layers += [conv(filters, 3, padding=1), relu()] * repeats + [max_pool(2)]
    layers += [flatten(), dense(4096, inputs=512 * 7 * 7), relu(), dense(4096), relu(), dense(1000)]
    return network("VGG-16", (3, size, size), layers)
