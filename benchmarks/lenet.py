"""LeNet-5 twice: from ``cnnkit.ops`` alone, and in torch; the same weights, the same step.

Two convolutions of 5 x 5 (6 and 16 filters) with ReLU and a 2 x 2 max pool each, dense layers of
120, 84 and 10, softmax cross-entropy, plain gradient descent.
"""

from __future__ import annotations

import numpy as np

from cnnkit import ops

RATE, BATCH = 0.05, 64
SHAPES = {
    "conv1": (6, 1, 5, 5),
    "conv2": (16, 6, 5, 5),
    "dense1": (120, 400),
    "dense2": (84, 120),
    "dense3": (10, 84),
}


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Make a batch of images of 32 x 32 numbers, and labels."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((BATCH, 1, 32, 32), np.float32), rng.integers(0, 10, BATCH)


def first_params() -> dict[str, np.ndarray]:
    """Make weights and biases of every layer, of a size that keeps that of the numbers."""
    rng = np.random.default_rng(1)
    params = {}
    for name, shape in SHAPES.items():
        scale = np.float32((2 / np.prod(shape[1:])) ** 0.5)
        params[f"{name}.w"] = scale * rng.standard_normal(shape, np.float32)
        params[f"{name}.b"] = np.zeros(shape[0], np.float32)
    return params


class LeNet:
    """The net of ``cnnkit.ops``."""

    def __init__(self) -> None:
        self.params = first_params()

    def layer(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Give weights and biases."""
        return self.params[f"{name}.w"], self.params[f"{name}.b"]

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """Go forward, backward, and down the gradient; give the loss."""
        kept = []  # of each convolution: its images, its output, where the maxima were
        for name in ("conv1", "conv2"):
            linear = ops.conv2d(x, *self.layer(name))
            pooled, argmax = ops.max_pool2d(ops.relu(linear), 2)
            kept.append((name, x, linear, argmax))
            x = pooled
        images = x.shape
        x = ops.flatten(x)
        rows = []
        for name in ("dense1", "dense2"):
            linear = ops.dense(x, *self.layer(name))
            rows.append((name, x, linear))
            x = ops.relu(linear)
        loss, dx = ops.softmax_cross_entropy(ops.dense(x, *self.layer("dense3")), y)
        gradients = {}
        dx, *gradients["dense3"] = ops.dense_backward(dx, x, self.params["dense3.w"])
        for name, x, linear in reversed(rows):
            dx = ops.relu_backward(dx, linear)
            dx, *gradients[name] = ops.dense_backward(dx, x, self.params[f"{name}.w"])
        dx = ops.flatten_backward(dx, images)
        for name, x, linear, argmax in reversed(kept):
            dx = ops.relu_backward(ops.max_pool2d_scatter(dx, argmax, linear.shape), linear)
            if name == "conv1":  # pixels are not learned; torch leaves this out as well
                gradients[name] = ops.conv2d_filter_gradients(dx, x, self.params[f"{name}.w"])
            else:
                dx, *gradients[name] = ops.conv2d_backward(dx, x, self.params[f"{name}.w"])
        for name, (dw, db) in gradients.items():
            self.params[f"{name}.w"] -= RATE * dw
            self.params[f"{name}.b"] -= RATE * db
        return float(loss)


class TorchLeNet:
    """The same in torch, as one writes it there."""

    def __init__(self) -> None:
        import torch

        self.torch = torch
        self.params = {
            name: torch.from_numpy(value).requires_grad_() for name, value in first_params().items()
        }
        self.optimiser = torch.optim.SGD(self.params.values(), lr=RATE)

    def layer(self, name: str) -> tuple:
        """Give weights and biases."""
        return self.params[f"{name}.w"], self.params[f"{name}.b"]

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """Go forward, backward, and down the gradient; give the loss."""
        functional = self.torch.nn.functional
        x, y = self.torch.from_numpy(x), self.torch.from_numpy(y)
        for name in ("conv1", "conv2"):
            x = functional.conv2d(x, *self.layer(name))
            x = functional.max_pool2d(functional.relu(x), 2)
        x = x.flatten(1)
        for name in ("dense1", "dense2"):
            x = functional.relu(functional.linear(x, *self.layer(name)))
        loss = functional.cross_entropy(functional.linear(x, *self.layer("dense3")), y)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()
