"""Layers without parameters: activation, pools, flattening, dropout."""

from __future__ import annotations

import numpy as np

from cnnkit import ops
from cnnkit.layers.base import Layer
from cnnkit.ops.checks import real
from cnnkit.shapes import Option

Back = tuple[np.ndarray, dict[str, np.ndarray]]


class ReLU(Layer):
    """Cut off what is negative: :func:`cnnkit.ops.relu`.

    Examples
    --------
    >>> ReLU().forward(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    """

    kind = "relu"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give y, of the shape of x."""
        self.x = x
        return ops.relu(x)

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.relu_backward(dy, self.x), {}


class MaxPool2D(Layer):
    """Take the maximum of each window: :func:`cnnkit.ops.max_pool2d`.

    Parameters
    ----------
    kernel, stride, padding
        As in :func:`cnnkit.ops.max_pool2d`.

    Examples
    --------
    >>> MaxPool2D(2).forward(np.array([[[[1.0, 2], [4, 3]]]]))
    array([[[[4.]]]])
    """

    kind = "max_pool"

    def __init__(
        self, kernel: Option, *, stride: Option | None = None, padding: Option = 0
    ) -> None:
        super().__init__()
        self.options = {"kernel": kernel, "stride": stride, "padding": padding}

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the maxima, (N, C, oH, oW)."""
        self.x_shape = np.shape(x)
        y, self.argmax = ops.max_pool2d(x, **self.options)
        return y

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.max_pool2d_scatter(dy, self.argmax, self.x_shape), {}


class AvgPool2D(Layer):
    """Take the mean of each window: :func:`cnnkit.ops.avg_pool2d`.

    Parameters
    ----------
    kernel, stride, padding, count_include_pad
        As in :func:`cnnkit.ops.avg_pool2d`.

    Examples
    --------
    >>> AvgPool2D(2).forward(np.array([[[[1.0, 2], [4, 3]]]]))
    array([[[[2.5]]]])
    """

    kind = "avg_pool"

    def __init__(
        self,
        kernel: Option,
        *,
        stride: Option | None = None,
        padding: Option = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.options = {"kernel": kernel, "stride": stride, "padding": padding}
        self.options["count_include_pad"] = count_include_pad

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the means, (N, C, oH, oW)."""
        self.x_shape = np.shape(x)
        return ops.avg_pool2d(x, **self.options)

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.avg_pool2d_backward(dy, self.x_shape, **self.options), {}


class GlobalAvgPool(Layer):
    """Take the mean of each channel, (N, C): :func:`cnnkit.ops.global_avg_pool`.

    Examples
    --------
    >>> GlobalAvgPool().forward(np.array([[[[1.0, 2], [4, 3]]]]))
    array([[2.5]])
    """

    kind = "global_avg_pool"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the means, (N, C)."""
        self.x_shape = np.shape(x)
        return ops.global_avg_pool(x)

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.global_avg_pool_backward(dy, self.x_shape), {}


class Flatten(Layer):
    """Write each image in one row, (N, D): :func:`cnnkit.ops.flatten`.

    Examples
    --------
    >>> Flatten().forward(np.zeros((2, 3, 4, 5))).shape
    (2, 60)
    """

    kind = "flatten"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the rows, (N, D)."""
        self.x_shape = np.shape(x)
        return ops.flatten(x)

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.flatten_backward(dy, self.x_shape), {}


class Dropout(Layer):
    """In training, drop numbers by chance, drawn from ``rng``: :func:`cnnkit.ops.dropout`.

    Parameters
    ----------
    p : float
        The chance to be dropped, 0 <= p < 1.

    Examples
    --------
    >>> Dropout(0.5).forward(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    kind = "dropout"

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = real(p, "p")

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give y, of the shape of x."""
        y, self.mask = ops.dropout(x, self.p, train, self.rng)
        return y

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.dropout_backward(dy, self.mask), {}
