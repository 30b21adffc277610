"""Layers without parameters: activation, pools, flattening, dropout."""

from __future__ import annotations

import numpy as np

from cnnkit import ops
from cnnkit.layers.base import Layer
from cnnkit.ops.checks import flag, real
from cnnkit.ops.pool_window import read_window
from cnnkit.shapes import Option, Pair, pair

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

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range.

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
        self.options = _read_window(kernel, stride, padding)

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

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range.

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
        self.options = _read_window(kernel, stride, padding)
        self.options["count_include_pad"] = flag(count_include_pad, "count_include_pad")

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

    Raises
    ------
    TypeError, ValueError
        p is no such number.

    Examples
    --------
    >>> Dropout(0.5).forward(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    kind = "dropout"

    def __init__(self, p: float) -> None:
        super().__init__()
        ops.dropout(np.empty(0), p, False, None)  # refuses a p that is out of range
        self.p = real(p, "p")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p!r})"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give y, of the shape of x."""
        if train and self.rng is None:
            raise TypeError(
                "rng is None: in training dropout draws from it. Give the chain one, "
                "Sequential(..., rng=np.random.default_rng(0))."
            )
        y, self.mask = ops.dropout(x, self.p, train, self.rng)
        return y

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx."""
        return ops.dropout_backward(dy, self.mask), {}


def _read_window(kernel: Option, stride: Option | None, padding: Option) -> dict[str, Pair]:
    """Read the options of a pool now, on an image as large as its window, not in the first pass."""
    window = read_window((1, 1, *pair(kernel, "kernel", 1)), kernel, stride, padding)
    return {"kernel": window.kernel, "stride": window.stride, "padding": window.padding}
