"""A small net, in NumPy and in torch, with its optimiser: what the tests of training train.

It has what is hard to resume: momentum, dropout, and a state that no gradient changes.
"""

import functools

import numpy as np

from cnnkit import ops

KINDS = ["numpy", "torch"]


class Tiny:
    """Dense, ReLU, dropout, dense, of images from which their running mean is taken away."""

    def __init__(self, seed, hidden=32, p=0.2):
        rng = np.random.default_rng(seed)
        self.p, self.rng = p, None
        self.params = {
            "dense1.w": rng.normal(0, 0.2, (hidden, 64)).astype(np.float32),
            "dense1.b": np.zeros(hidden, np.float32),
            "dense2.w": rng.normal(0, 0.2, (10, hidden)).astype(np.float32),
            "dense2.b": np.zeros(10, np.float32),
        }
        self.state = {"mean": np.zeros(64, np.float32)}

    def forward(self, x, train=False):
        x = ops.flatten(x)
        if train:
            self.state["mean"] += np.float32(0.1) * (x.mean(axis=0) - self.state["mean"])
        x = x - self.state["mean"]
        linear = ops.dense(x, self.params["dense1.w"], self.params["dense1.b"])
        dropped, mask = ops.dropout(ops.relu(linear), self.p, train, self.rng)
        self.kept = x, linear, mask, dropped
        return ops.dense(dropped, self.params["dense2.w"], self.params["dense2.b"])

    def backward(self, dscores):
        x, linear, mask, dropped = self.kept
        grads = {}
        dx, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dscores, dropped, self.params["dense2.w"]
        )
        dx = ops.relu_backward(ops.dropout_backward(dx, mask), linear)
        _, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dx, x, self.params["dense1.w"])
        return grads


class Momentum:
    """Gradient descent with momentum."""

    def __init__(self, lr):
        self.lr, self.state = lr, {}

    def step(self, params, grads):
        for name, grad in grads.items():
            speed = np.float32(0.9) * self.state.get(name, np.float32(0)) + grad
            self.state[name] = speed
            params[name] -= np.float32(self.lr) * speed


class Linear:
    """Scores straight from the pixels."""

    def __init__(self):
        self.params, self.state = {"w": np.zeros((10, 64), np.float32)}, {}

    def forward(self, x, train=False):
        self.x = ops.flatten(x)
        return self.x @ self.params["w"].T

    def backward(self, dscores):
        return {"w": dscores.T @ self.x}


def linear(kind, lr=0.5):
    """A model without chance or state, from zero, and its optimiser."""
    if kind == "numpy":
        return Linear(), Momentum(lr)
    import torch  # here, since programs that train in NumPy begin sooner without

    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10, bias=False))
    torch.nn.init.zeros_(model[1].weight)
    return model, torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def tiny(kind, seed=0, lr=0.05, p=0.2):
    """A model and its optimiser."""
    if kind == "numpy":
        return Tiny(seed, p=p), Momentum(lr)
    import torch
    from torch import nn

    from cnnkit._torch_seed import torch_seeded

    with torch_seeded(np.random.default_rng(seed)):
        model = nn.Sequential(
            nn.Flatten(), nn.BatchNorm1d(64), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(p),
            nn.Linear(32, 10),
        )  # fmt: skip
    return model, torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def weights(model):
    """Everything that the model knows, as copies."""
    if hasattr(model, "state_dict"):
        return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}
    return {name: array.copy() for name, array in {**model.params, **model.state}.items()}


def assert_same_weights(one, other):
    """To the last bit."""
    one, other = weights(one), weights(other)
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], strict=True, err_msg=name)


@functools.cache
def pictures(start=0, stop=150):
    """Pictures of 8 x 8, ten kinds of them with noise, and their labels."""
    rng = np.random.default_rng(99)
    kinds = rng.random((10, 1, 8, 8))
    y = rng.integers(0, 10, 300)
    x = (kinds[y] + rng.normal(0, 0.3, (300, 1, 8, 8))).astype(np.float32)
    x, y = x[start:stop], y[start:stop]
    x.flags.writeable = y.flags.writeable = False  # training changes neither
    return x, y
