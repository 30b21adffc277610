"""Layers one after the other: a model that can be trained, kept in a file and taken up again."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnnkit.layers.base import Layer
from cnnkit.layers.files import read_arrays, write_arrays
from cnnkit.ops.checks import flag, generator
from cnnkit.optimisers.checks import check_names


class Sequential:
    """A chain of layers, from images to scores.

    Layers are numbered by kind: conv1, relu1, conv2, ... All arrays lie in two flat dicts, from
    which each layer is given its own at every pass: put others there, not into the layers.

    Parameters
    ----------
    *layers : Layer
        New ones: a layer belongs to one chain.
    rng : numpy.random.Generator, optional
        Where dropout draws from.

    Attributes
    ----------
    layers : dict
        Name to layer, in their order.
    params : dict of ndarray
        'LAYER.NAME' to what is learned by gradients.
    state : dict of ndarray
        'LAYER.NAME' to what is gathered in training: the statistics of batch normalisation.
    frozen : set of str
        Names of parameters that shall stay: :meth:`backward` gives no gradient for them, and
        batch normalisation whose parameters are all frozen keeps its statistics and uses them
        in training as well.
    rng : numpy.random.Generator or None

    Raises
    ------
    TypeError
        There is something else than layers, or ``rng`` is no Generator.
    ValueError
        There is no layer, or one is here twice or belongs to another chain.

    Examples
    --------
    >>> from cnnkit.layers import Dense, Flatten, ReLU
    >>> rng = np.random.default_rng(0)
    >>> model = Sequential(Flatten(), Dense(8, 5, rng), ReLU(), Dense(5, 3, rng))
    >>> list(model.params)
    ['dense1.w', 'dense1.b', 'dense2.w', 'dense2.b']
    >>> model.forward(np.ones((2, 1, 2, 4))).shape
    (2, 3)
    >>> model.backward(np.ones((2, 3)))["dense2.b"]
    array([2., 2., 2.])
    """

    def __init__(self, *layers: Layer, rng: np.random.Generator | None = None) -> None:
        if not layers:
            raise ValueError("There is no layer: a model needs at least one.")
        seen: Counter = Counter()
        self.layers: dict[str, Layer] = {}
        for layer in layers:
            if isinstance(layer, (list, tuple)):
                raise TypeError("There is a list of layers: give them without the brackets.")
            if not isinstance(layer, Layer):
                raise TypeError(f"{layer!r} is no layer: there must be objects of cnnkit.layers.")
            if any(layer is other for other in self.layers.values()):
                raise ValueError(f"The same {layer.kind} layer is here twice: make a second one.")
            if layer.chained:
                raise ValueError(
                    f"The {layer.kind} layer belongs to another chain, which keeps its weights: "
                    "make a new layer, or take copy() of that chain."
                )
            seen[layer.kind] += 1
            self.layers[f"{layer.kind}{seen[layer.kind]}"] = layer
        self.params = self._joined("params")
        self.state = self._joined("state")
        self.frozen: set[str] = set()
        self.rng = None if rng is None else generator(rng)
        self._went_forward = False
        for layer in layers:
            layer.chained = True

    def __repr__(self) -> str:
        lines = [f"{name}: {layer!r}" for name, layer in self.layers.items()]
        lines += [f"frozen: {', '.join(sorted(self.frozen))}"] if self.frozen else []
        return "\n    ".join([f"{type(self).__name__}(", *lines]) + "\n)"

    def forward(self, x: np.ndarray, train: bool = False) -> np.ndarray:
        """Give the scores.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Not to be changed before :meth:`backward`: the first layer keeps it, and no copy.
        train : bool
            Whether batch normalisation uses the batch's statistics, and dropout drops.

        Returns
        -------
        scores : ndarray, shape (N, K)

        Raises
        ------
        TypeError, ValueError
            ``frozen`` is one word or has a name that no parameter has, or a layer refuses what
            it is given.
        """
        *_, (_, scores) = self.outputs(x, train)
        return scores

    def outputs(self, x: np.ndarray, train: bool = False) -> Iterator[tuple[str, np.ndarray]]:
        """Go forward, and yield each layer's name and output on the way."""
        train = flag(train, "train")
        check_names("frozen", self.frozen, self.params)
        self._went_forward = False
        for name, layer in self.layers.items():
            layer.params, layer.state = self._own(name, "params"), self._own(name, "state")
            layer.rng = self.rng
            x = layer.forward(x, train and (self._learns(name) or not layer.state))
            yield name, x
        self._went_forward = True

    def backward(self, dscores: np.ndarray) -> dict[str, np.ndarray]:
        """Give the gradients of the parameters that are not frozen, for the last pass forward.

        It goes back no further than they reach.

        Parameters
        ----------
        dscores : ndarray, shape (N, K)
            The gradient of the loss with respect to the scores.

        Returns
        -------
        gradients : dict of ndarray
            Under the names of ``params``, in their order.

        Raises
        ------
        RuntimeError
            There was no pass forward.
        """
        if not self._went_forward:
            raise RuntimeError("backward needs a pass forward before it.")
        gradients, dy, reached = {}, dscores, self._reached()
        for name in reversed(reached):
            if name == reached[0]:  # no layer before it needs dx
                own = self.layers[name].gradients(dy)
            else:
                dy, own = self.layers[name].backward(dy)
            gradients.update({f"{name}.{key}": value for key, value in own.items()})
        return {
            name: gradients[name]
            for name in self.params
            if name in gradients and name not in self.frozen
        }

    def astype(self, dtype: np.dtype | str | type) -> Sequential:
        """Give a copy of the model whose arrays are of another dtype.

        float32 takes half the time and memory of float64, in which gradients are checked. The
        copy has not gone forward.

        Raises
        ------
        TypeError
            The dtype is no float: weights would be cut off.
        """
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise TypeError(f"dtype is {dtype}: weights are floats, of float32 or float64.")
        new = self.copy()
        new.params = {name: value.astype(dtype) for name, value in self.params.items()}
        new.state = {name: value.astype(dtype) for name, value in self.state.items()}
        return new

    def copy(self) -> Sequential:
        """Give a model of its own with the same arrays, which has not gone forward."""
        new = copy.deepcopy(self)
        new._went_forward = False
        return new

    def save(self, path: str | Path) -> None:
        """Write parameters and state into a file .npz, whole or not at all.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        write_arrays(Path(path), {**self.params, **self.state})

    def load(self, path: str | Path) -> None:
        """Read what :meth:`save` of such a model has written, whole or not at all.

        Nothing in the file can run code. The dtypes are those of the model.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            It is no such file, or that of another model: names or shapes differ.
        """
        arrays = read_arrays(Path(path), {**self.params, **self.state})
        for part in (self.params, self.state):
            for name, value in part.items():
                part[name] = arrays[name].astype(value.dtype)

    def _joined(self, part: str) -> dict[str, np.ndarray]:
        return {
            f"{name}.{key}": value
            for name, layer in self.layers.items()
            for key, value in getattr(layer, part).items()
        }

    def _own(self, name: str, part: str) -> dict[str, np.ndarray]:
        """Give a layer's part of the arrays, under its own names."""
        joined = getattr(self, part)
        return {key: joined[f"{name}.{key}"] for key in getattr(self.layers[name], part)}

    def _reached(self) -> list[str]:
        """Give the layers from the first one that learns."""
        names = list(self.layers)
        learning = [place for place, name in enumerate(names) if self._learns(name)]
        return names[learning[0] :] if learning else []

    def _learns(self, name: str) -> bool:
        return any(f"{name}.{key}" not in self.frozen for key in self.layers[name].params)
