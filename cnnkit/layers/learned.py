"""Layers with parameters: convolution, dense, batch normalisation."""

from __future__ import annotations

import numpy as np

from cnnkit import ops
from cnnkit.initialisers import glorot
from cnnkit.layers.base import Layer
from cnnkit.ops.checks import flag
from cnnkit.ops.operands import refuse_words
from cnnkit.shapes import Option, pair, whole

Back = tuple[np.ndarray, dict[str, np.ndarray]]


class Conv2D(Layer):
    """Convolve images with filters: :func:`cnnkit.ops.conv2d`.

    Parameters
    ----------
    C, O : int
        Channels of the input, and filters.
    kernel : int or pair of ints
    rng : numpy.random.Generator
        Where the first weights come from, by :func:`cnnkit.initialisers.glorot`, those of each
        group for itself; biases are 0.
    stride, padding, dilation, groups
        As in :func:`cnnkit.ops.conv2d`.
    bias : bool
        Whether filters have one; batch normalisation would take it away again.

    Raises
    ------
    TypeError, ValueError
        A size or an option has the wrong type or is out of range, or ``rng`` is no Generator.

    Examples
    --------
    >>> layer = Conv2D(1, 8, (3, 5), np.random.default_rng(0), padding=1)
    >>> layer.forward(np.zeros((2, 1, 6, 7))).shape, layer.params["w"].shape
    ((2, 8, 6, 5), (8, 1, 3, 5))
    """

    kind = "conv"

    def __init__(
        self,
        C: int,
        O: int,
        kernel: Option,
        rng: np.random.Generator,
        *,
        stride: Option = 1,
        padding: Option = 0,
        dilation: Option = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        C, O, groups = whole(C, "C", 1), whole(O, "O", 1), whole(groups, "groups", 1)
        if C % groups or O % groups:
            raise ValueError(f"C is {C}, O is {O}: {groups} groups cannot share them.")
        refuse_words(padding, "an int or a pair of ints")
        self.options = {
            "stride": pair(stride, "stride", 1),
            "padding": pair(padding, "padding", 0),
            "dilation": pair(dilation, "dilation", 1),
            "groups": groups,
        }
        shape = (O // groups, C // groups, *pair(kernel, "kernel", 1))  # each group is a layer
        self.params["w"] = np.concatenate([glorot(shape, rng) for _ in range(groups)])
        if flag(bias, "bias"):
            self.params["b"] = np.zeros(O)

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the maps, (N, O, oH, oW)."""
        self.x = x
        return ops.conv2d(x, self.params["w"], self.params.get("b"), **self.options)

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx and the gradients of w and b."""
        dx, dw, db = ops.conv2d_backward(dy, self.x, self.params["w"], **self.options)
        return dx, {"w": dw, "b": db} if "b" in self.params else {"w": dw}

    def gradients(self, dy: np.ndarray) -> dict[str, np.ndarray]:
        """Give the gradients of w and b, for less than half of the work with dx."""
        dw, db = ops.conv2d_filter_gradients(dy, self.x, self.params["w"], **self.options)
        return {"w": dw, "b": db} if "b" in self.params else {"w": dw}


class Dense(Layer):
    """Let every output see every input: :func:`cnnkit.ops.dense`.

    Parameters
    ----------
    D, O : int
        Numbers of a row of the input, and of the output.
    rng : numpy.random.Generator
        As in :class:`Conv2D`.

    Raises
    ------
    TypeError, ValueError
        A size or an option has the wrong type or is out of range, or ``rng`` is no Generator.

    Examples
    --------
    >>> Dense(4, 3, np.random.default_rng(0)).forward(np.zeros((2, 4))).shape
    (2, 3)
    """

    kind = "dense"

    def __init__(self, D: int, O: int, rng: np.random.Generator) -> None:
        super().__init__()
        D, O = whole(D, "D", 1), whole(O, "O", 1)
        self.params = {"w": glorot((O, D), rng), "b": np.zeros(O)}

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the rows, (N, O)."""
        self.x = x
        return ops.dense(x, self.params["w"], self.params["b"])

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx and the gradients of w and b."""
        dx, dw, db = ops.dense_backward(dy, self.x, self.params["w"])
        return dx, {"w": dw, "b": db}


class BatchNorm2D(Layer):
    """Give each channel a mean and a standard deviation: :func:`cnnkit.ops.batchnorm2d`.

    Its state, ``mean`` and ``var``, is written in place in training, and used afterwards.

    Parameters
    ----------
    C : int
        Channels.
    momentum, eps : float
        As in :func:`cnnkit.ops.batchnorm2d`.

    Raises
    ------
    TypeError, ValueError
        A number has the wrong type or is out of range.

    Examples
    --------
    >>> layer = BatchNorm2D(3)
    >>> y = layer.forward(np.full((2, 3, 4, 5), 7.0), train=True)
    >>> layer.state["mean"]
    array([0.7, 0.7, 0.7])
    """

    kind = "batch_norm"

    def __init__(self, C: int, *, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        C = whole(C, "C", 1)
        self.options = {"momentum": momentum, "eps": eps}
        self.params = {"gamma": np.ones(C), "beta": np.zeros(C)}
        self.state = {"mean": np.zeros(C), "var": np.ones(C)}
        self.forward(np.empty((0, C, 1, 1)))  # refuses options that are out of range

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give y, (N, C, H, W)."""
        running = self.state["mean"], self.state["var"]
        y, (mean, var), self.cache = ops.batchnorm2d(
            x, self.params["gamma"], self.params["beta"], running, train, **self.options
        )
        if train:
            self.state["mean"][...], self.state["var"][...] = mean, var
        return y

    def backward(self, dy: np.ndarray) -> Back:
        """Give dx and the gradients of gamma and beta."""
        dx, dgamma, dbeta = ops.batchnorm2d_backward(dy, self.cache)
        return dx, {"gamma": dgamma, "beta": dbeta}
