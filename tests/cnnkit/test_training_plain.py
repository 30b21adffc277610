"""The barest training loop: by hand, beside torch, every image once, the contract."""

import copy

import numpy as np
import pytest
import torch
from contract import normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.layers import Dense, Dropout, Flatten, Sequential
from cnnkit.models import LeNetLike, NormNet
from cnnkit.training import train


def rng(seed=0):
    return np.random.default_rng(seed)


class Spy:
    """A linear model whose forward knows nothing of training, and which notes what it sees."""

    def __init__(self):
        self.params = {"w": np.zeros((3, 4)), "b": np.zeros(3)}
        self.seen = []

    def forward(self, x):
        self.x = x
        self.seen.append(x.copy())
        return x @ self.params["w"].T + self.params["b"]

    def backward(self, dscores):
        return {"w": dscores.T @ self.x, "b": dscores.sum(axis=0)}


X, y = normal(10, 4), np.arange(10) % 3


@given(st.integers(1, 12), st.integers(1, 4))
def test_every_image_once_an_epoch_the_last_short_batch_too(batch_size, epochs):
    model = Spy()
    train(model, X, y, 0.1, epochs, batch_size, rng())
    sizes = [len(batch) for batch in model.seen]
    full, rest = divmod(10, batch_size)
    assert sizes == ([batch_size] * full + [rest] * (rest > 0)) * epochs
    seen = np.concatenate(model.seen).reshape(epochs, 10, 4)
    for epoch in seen:
        assert_array_equal(epoch[np.argsort(epoch[:, 0])], X[np.argsort(X[:, 0])])


def test_each_epoch_in_another_order():
    model = Spy()
    train(model, X, y, 0.1, 3, 10, rng())
    first, second, third = model.seen
    assert np.any(first != X)
    assert np.any(first != second) and np.any(second != third)


def test_one_step_by_hand():
    """All scores 0: each gradient is (1/3 - the label) / N, and the loss log 3."""
    model = Spy()
    x, labels = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]), np.array([2, 0])
    history = train(model, x, labels, 0.5, 1, 2, rng())
    p = np.full((2, 3), 1 / 3) - np.eye(3)[labels]
    assert_allclose(model.params["w"], -0.5 * p.T @ x / 2, rtol=1e-12)
    assert_allclose(model.params["b"], -0.5 * p.sum(axis=0) / 2, rtol=1e-12, atol=1e-15)
    assert history["loss"] == pytest.approx([np.log(3)], rel=1e-12)
    assert history["acc"] == [0.5]  # of equal scores the first counts: label 0 is right


def test_torchs_loop():
    model = LeNetLike(
        rng(1), in_shape=(1, 8, 9), channels=(3,), kernel=3, pools=(2,), hidden=6, classes=3
    )
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3), torch.nn.MaxPool2d(2), torch.nn.ReLU(), torch.nn.Flatten(),
        torch.nn.Linear(27, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3),
    ).double()  # fmt: skip
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), model.params.values(), strict=True):
            parameter.copy_(torch.from_numpy(value))
    images = normal(10, 1, 8, 9)
    history = train(model, images, y, 0.3, 4, 4, rng(2))
    optimiser, draw = torch.optim.SGD(net.parameters(), 0.3), rng(2)
    for epoch in range(4):
        order, losses, right = draw.permutation(10), [], 0
        for start in (0, 4, 8):
            batch = order[start : start + 4]
            scores = net(torch.from_numpy(images[batch]))
            labels = torch.from_numpy(y[batch])
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(scores, labels).backward()
            with torch.no_grad():
                losses += torch.nn.functional.cross_entropy(scores, labels, reduction="none")
                right += int((scores.argmax(1) == labels).sum())
            optimiser.step()
        assert history["loss"][epoch] == pytest.approx(float(sum(losses)) / 10, rel=1e-9)
        assert history["acc"][epoch] == right / 10
    for parameter, value in zip(net.parameters(), model.params.values(), strict=True):
        assert_allclose(value, parameter.detach().numpy(), rtol=1e-8, atol=1e-10)


def test_32_images_are_learned_by_heart():
    draw = rng(3)
    images, labels = draw.random((32, 1, 10, 10)), draw.integers(0, 4, 32)
    model = LeNetLike(
        rng(), in_shape=(1, 10, 10), channels=(8,), kernel=3, pools=(2,), hidden=32, classes=4
    )
    history = train(model, images, labels, 0.3, 150, 8, rng(4))
    assert history["acc"][-1] == 1
    assert history["loss"][-1] < 0.05 < history["loss"][0]
    assert len(history["loss"]) == len(history["acc"]) == 150


def test_params_are_updated_in_place():
    model = Spy()
    w = model.params["w"]
    train(model, X, y, 0.1, 1, 4, rng())
    assert model.params["w"] is w
    assert np.any(w != 0)


def test_the_same_seed_gives_the_same_result():
    models = [Spy() for _ in range(3)]
    histories = [
        train(model, X, y, 0.1, 3, 4, rng(s)) for model, s in zip(models, (1, 1, 2), strict=True)
    ]
    assert histories[0] == histories[1] != histories[2]
    assert_array_equal(models[0].params["w"], models[1].params["w"])
    assert {type(number) for number in histories[0]["loss"] + histories[0]["acc"]} == {float}


def test_inputs_stay():
    images, labels = X.copy(), y.copy()
    images.flags.writeable = labels.flags.writeable = False
    train(Spy(), images, labels, 0.1, 2, 3, rng())
    assert_array_equal(images, X)


def test_a_forward_that_knows_of_training_is_told():
    model = NormNet(rng(), in_shape=(1, 4, 4), channels=(2,), hidden=3, classes=3)
    kept = copy.deepcopy(model.state)
    train(model, normal(6, 1, 4, 4), y[:6], 0.1, 1, 3, rng())
    assert np.any(model.state["batch_norm1.mean"] != kept["batch_norm1.mean"])
    images, dropped = np.ones((6, 1, 4, 4)), []
    spy = Sequential(Flatten(), Dropout(0.5), Dense(16, 3, rng()), rng=rng())
    outputs = spy.layers["dropout1"].forward
    spy.layers["dropout1"].forward = lambda x, train: dropped.append(train) or outputs(x, train)
    train(spy, images, y[:6], 0.1, 1, 3, rng())
    assert dropped == [True, True]


def test_no_epoch():
    model = Spy()
    assert train(model, X, y, 0.1, 0, 4, rng()) == {"loss": [], "acc": []}
    assert_array_equal(model.params["w"], np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y": y[:9]}, ValueError, r"X has shape \(10, 4\), y has shape \(9,\): .* one label"),
        ({"X": X[:0], "y": y[:0]}, ValueError, "and at least one"),
        ({"y": y + 1}, ValueError, "is 3, scores has shape"),
        ({"y": y.astype(float)}, TypeError, "labels must be integers"),
        ({"y": y[:, None]}, ValueError, r"y has shape \(10, 1\), 2 axes: it must have 1"),
        ({"X": X.astype(str)}, TypeError, "X has dtype <U32: it must hold numbers"),
        ({"lr": "0.1"}, TypeError, "lr is '0.1'"),
        ({"lr": -1}, ValueError, "lr is -1: it must be 0 or more"),
        ({"lr": np.nan}, ValueError, "lr is nan: it must be 0 or more"),
        ({"epochs": -1}, ValueError, "epochs is -1"),
        ({"epochs": 1.5}, TypeError, "epochs is 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"rng": None}, TypeError, "rng is None"),
        ({"rng": 3}, TypeError, "rng is 3"),
    ],
)
def test_errors(change, error, message):
    arguments = {"X": X, "y": y, "lr": 0.1, "epochs": 1, "batch_size": 10, "rng": rng(), **change}
    with pytest.raises(error, match=message):
        train(Spy(), **arguments)


def test_what_is_no_model():
    for model in (None, [Spy()]):
        with pytest.raises(TypeError, match="without params, forward, backward"):
            train(model, X, y, 0.1, 1, 10, rng())
    model = Spy()
    model.params["w"] = np.zeros((3, 4), int)
    with pytest.raises(TypeError, match=r"params\['w'\] has dtype int64: it must hold floats"):
        train(model, X, y, 0.1, 1, 10, rng())


@pytest.mark.parametrize(
    ("grads", "message"),
    [
        ({"b": np.ones(1)}, r"the gradient of b has shape \(1,\), b has shape \(3,\)"),
        ({"c": np.ones(3)}, "grads has 'c', which is no parameter"),
    ],
)
def test_gradients_that_are_not_the_parameters(grads, message):
    model = Spy()
    model.backward = lambda dscores: grads
    with pytest.raises(ValueError, match=message):
        train(model, X, y, 0.1, 1, 10, rng())
    assert_array_equal(model.params["b"], np.zeros(3))
