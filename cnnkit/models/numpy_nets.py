"""The networks of the course in NumPy, as chains of :mod:`cnnkit.layers`.

Each takes a generator, ``rng``, from which its first weights come, in float64, and has what every
:class:`cnnkit.layers.Sequential` has: ``params``, ``state``, ``forward(x)``, ``backward(dscores)``,
``save(path)``, ``load(path)``, and ``astype(np.float32)`` for half the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.layers import (
    AvgPool2D,
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    ReLU,
    Sequential,
)
from cnnkit.shapes import Option, conv2d_shape, whole


class LeNetLike(Sequential):
    """The LeNet-like network for MNIST of F. Fleuret's course EE559, of any size.

    For each number in ``channels`` a convolution, a max pool and a ReLU; then a dense layer, a
    ReLU and a dense layer. See :func:`cnnkit.architectures.lenet_like`.

    Parameters
    ----------
    rng : numpy.random.Generator
    in_shape : (C, H, W)
        Of an image.
    channels : sequence of ints
        Filters of each convolution.
    kernel : int or pair of ints
        Of each convolution.
    pools : sequence of ints or pairs, as many as ``channels``
        Windows of the max pools.
    hidden : int
        Units of the first dense layer.
    classes : int

    Raises
    ------
    TypeError
        ``channels`` or ``pools`` is no sequence, or a number no int.
    ValueError
        There are not as many pools as channels, or an image is too small for them.

    Examples
    --------
    >>> model = LeNetLike(np.random.default_rng(0))
    >>> sum(value.size for value in model.params.values())
    105506
    >>> model.forward(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """

    def __init__(
        self,
        rng: np.random.Generator,
        *,
        in_shape: Sequence[int] = (1, 28, 28),
        channels: Sequence[int] = (32, 64),
        kernel: Option = 5,
        pools: Sequence[Option] = (3, 2),
        hidden: int = 200,
        classes: int = 10,
    ) -> None:
        channels, pools = _read_several(channels, "channels"), _read_several(pools, "pools")
        if len(channels) != len(pools):
            raise ValueError(
                f"channels is {channels}, pools is {pools}: there must be as many of both."
            )
        C, *hw = _read_in_shape(in_shape)
        layers = []
        for O, pool in zip(channels, pools, strict=True):
            layers += [Conv2D(C, O, kernel, rng), MaxPool2D(pool), ReLU()]
            hw = conv2d_shape(*conv2d_shape(*hw, kernel), pool, stride=pool)
            C = O
        D = C * hw[0] * hw[1]
        layers += [Flatten(), Dense(D, hidden, rng), ReLU(), Dense(hidden, classes, rng)]
        super().__init__(*layers, rng=rng)


class LeNet5(Sequential):
    """LeNet-5 as it is taught today, for images (N, 1, 32, 32); 61,706 parameters.

    See :func:`cnnkit.architectures.lenet5`, for the original too.

    Parameters
    ----------
    rng : numpy.random.Generator
    classes : int

    Examples
    --------
    >>> LeNet5(np.random.default_rng(0)).forward(np.zeros((2, 1, 32, 32))).shape
    (2, 10)
    """

    def __init__(self, rng: np.random.Generator, *, classes: int = 10) -> None:
        super().__init__(
            *(Conv2D(1, 6, 5, rng), ReLU(), AvgPool2D(2)),
            *(Conv2D(6, 16, 5, rng), ReLU(), AvgPool2D(2)),
            *(Flatten(), Dense(400, 120, rng), ReLU()),
            *(Dense(120, 84, rng), ReLU(), Dense(84, classes, rng)),
            rng=rng,
        )


class NormNet(Sequential):
    """A small network with batch normalisation and dropout, to be trained and used again.

    For each number in ``channels`` a 3 x 3 convolution that keeps the size, without bias, batch
    normalisation, a ReLU and a 2 x 2 max pool; then a dense layer, a ReLU, dropout, and the head,
    a dense layer.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where dropout draws from as well.
    in_shape : (C, H, W)
        Of an image.
    channels : sequence of ints
        Filters of each convolution.
    hidden : int
        Units of the first dense layer.
    drop : float
        The chance to be dropped.
    classes : int

    Raises
    ------
    TypeError
        ``channels`` is no sequence, or a number no int.
    ValueError
        An image is too small for the pools.

    Examples
    --------
    >>> model = NormNet(np.random.default_rng(0), classes=5)
    >>> list(model.params)[:4], list(model.state)[:2]  # doctest: +NORMALIZE_WHITESPACE
    (['conv1.w', 'batch_norm1.gamma', 'batch_norm1.beta', 'conv2.w'],
     ['batch_norm1.mean', 'batch_norm1.var'])
    """

    def __init__(
        self,
        rng: np.random.Generator,
        *,
        in_shape: Sequence[int] = (1, 28, 28),
        channels: Sequence[int] = (16, 32),
        hidden: int = 64,
        drop: float = 0.25,
        classes: int = 10,
    ) -> None:
        C, *hw = _read_in_shape(in_shape)
        layers = []
        for O in _read_several(channels, "channels"):
            layers += [Conv2D(C, O, 3, rng, padding=1, bias=False), BatchNorm2D(O), ReLU()]
            layers += [MaxPool2D(2)]
            hw = conv2d_shape(*hw, 2, stride=2)
            C = O
        D = C * hw[0] * hw[1]
        layers += [Flatten(), Dense(D, hidden, rng), ReLU(), Dropout(drop)]
        super().__init__(*layers, Dense(hidden, classes, rng), rng=rng)


def _read_in_shape(in_shape: Sequence[int]) -> tuple[int, ...]:
    if not isinstance(in_shape, (tuple, list)) or len(in_shape) != 3:
        raise ValueError(f"in_shape is {in_shape!r}: it must be that of an image, (C, H, W).")
    return tuple(whole(size, "a number in in_shape", 1) for size in in_shape)


def _read_several(values: Sequence, name: str) -> Sequence:
    if not isinstance(values, (tuple, list)):
        raise TypeError(f"{name} is {values!r}: it must be a tuple, as ({values!r},) for one.")
    return values
