"""Layer objects and chains of them: beside torch, difference quotients, freezing, files."""

import copy
import os

import numpy as np
import pytest
import torch
from contract import CLOSE, assert_keeps_inputs, normal
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit import ops
from cnnkit.gradcheck import check_gradients, numeric_grad, rel_error
from cnnkit.initialisers import glorot
from cnnkit.layers import (
    AvgPool2D,
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool2D,
    ReLU,
    Sequential,
)

nn = torch.nn


def rng(seed=0):
    return np.random.default_rng(seed)


# Each layer beside torch's, options told apart: nothing is square
PAIRS = {
    "conv": (
        lambda: Conv2D(4, 6, (2, 3), rng(), stride=(2, 1), padding=(1, 0), dilation=2, groups=2),
        lambda: nn.Conv2d(4, 6, (2, 3), stride=(2, 1), padding=(1, 0), dilation=2, groups=2),
    ),
    "conv without bias": (
        lambda: Conv2D(4, 3, 3, rng(), bias=False),
        lambda: nn.Conv2d(4, 3, 3, bias=False),
    ),
    "relu": (ReLU, nn.ReLU),
    "max pool": (
        lambda: MaxPool2D((3, 2), stride=(2, 1), padding=(1, 0)),
        lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0)),
    ),
    "max pool side by side": (lambda: MaxPool2D((2, 3)), lambda: nn.MaxPool2d((2, 3))),
    "average pool": (
        lambda: AvgPool2D(3, stride=2, padding=1, count_include_pad=False),
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    ),
    "global average": (
        GlobalAvgPool,
        lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    ),
    "flatten": (Flatten, nn.Flatten),
    "batch norm": (
        lambda: BatchNorm2D(4, momentum=0.3, eps=0.01),
        lambda: nn.BatchNorm2d(4, momentum=0.3, eps=0.01),
    ),
    "dropout in use": (lambda: Dropout(0.5), nn.Identity),
}
TORCH_NAMES = {"w": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}
each = pytest.mark.parametrize(("ours", "theirs"), PAIRS.values(), ids=PAIRS)


def give_params(layer, module, seed=50):
    """Random parameters for both."""
    for i, (key, value) in enumerate(layer.params.items()):
        layer.params[key] = normal(*value.shape, seed=seed + i)
        with torch.no_grad():
            getattr(module, TORCH_NAMES[key]).copy_(torch.from_numpy(layer.params[key]))


@each
@pytest.mark.parametrize("train", [False, True])
def test_torchs(ours, theirs, train):
    layer, module = ours(), theirs().double().train(train)
    if isinstance(layer, Dropout) and train:
        layer.p = 0.0
    layer.rng = rng()
    give_params(layer, module)
    for seed in range(2):  # twice: running statistics go on, what was kept is replaced
        x = normal(3, 4, 7, 6, seed=seed)
        tensor = torch.from_numpy(x).requires_grad_()
        expected = module(tensor)
        y = layer.forward(x, train)
        assert_allclose(y, expected.detach().numpy(), **CLOSE)
        dy = normal(*y.shape, seed=9)
        named = {key: getattr(module, TORCH_NAMES[key]) for key in layer.params}
        gradients = torch.autograd.grad(expected, [tensor, *named.values()], torch.from_numpy(dy))
        dx, grads = layer.backward(dy)
        assert list(grads) == list(layer.params)
        for mine, other in zip([dx, *grads.values()], gradients, strict=True):
            assert mine.shape == other.shape
            assert_allclose(mine, other.numpy(), **CLOSE)
        alone = layer.gradients(dy)
        assert list(alone) == list(grads)
        for name, grad in alone.items():
            assert_array_equal(grad, grads[name])
    if layer.state:
        assert_allclose(layer.state["mean"], module.running_mean.numpy(), **CLOSE)
        assert_allclose(layer.state["var"], module.running_var.numpy(), **CLOSE)
        assert np.any(layer.state["mean"] != 0) == train


def test_dense_is_torchs():
    layer, module = Dense(5, 3, rng()), nn.Linear(5, 3).double()
    give_params(layer, module)
    x, dy = normal(4, 5), normal(4, 3, seed=1)
    tensor = torch.from_numpy(x).requires_grad_()
    assert_allclose(layer.forward(x), module(tensor).detach().numpy(), **CLOSE)
    expected = torch.autograd.grad(module(tensor), [tensor, *module.parameters()], torch.tensor(dy))
    dx, grads = layer.backward(dy)
    for mine, other in zip([dx, grads["w"], grads["b"]], expected, strict=True):
        assert_allclose(mine, other.numpy(), **CLOSE)


@each
def test_inputs_stay_and_results_are_new(ours, theirs):
    layer = ours()
    x = normal(2, 4, 7, 6)
    assert_keeps_inputs(layer.forward, x)
    dy = normal(*layer.forward(x).shape, seed=1)
    assert_keeps_inputs(lambda dy: tuple(layer.backward(dy)[:1]), dy)


@pytest.mark.parametrize("make", [pair[0] for pair in PAIRS.values()], ids=PAIRS)
def test_an_empty_batch(make):
    layer = make()
    y = layer.forward(np.zeros((0, 4, 7, 6)))
    assert len(y) == 0
    dx, _ = layer.backward(y)
    assert dx.shape == (0, 4, 7, 6)


def test_first_weights_are_glorots_and_biases_0():
    layer = Conv2D(4, 6, (2, 3), rng(3))
    assert_array_equal(layer.params["w"], glorot((6, 4, 2, 3), rng(3)))
    assert_array_equal(layer.params["b"], np.zeros(6))
    assert_array_equal(Dense(5, 3, rng(3)).params["w"], glorot((3, 5), rng(3)))


def test_dropout_drops_by_its_rng():
    layer = Dropout(0.25)
    layer.rng = rng(1)
    x = np.ones((100, 50))
    y = layer.forward(x, train=True)
    assert abs(np.mean(y == 0) - 0.25) < 3 * np.sqrt(0.25 * 0.75 / 5000)
    assert_array_equal(layer.backward(x)[0], y)
    assert_array_equal(layer.forward(x), x)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Conv2D(3, 4, 3, rng(), groups=2), ValueError, "2 groups cannot share them"),
        (lambda: Conv2D(4, 3, 3, rng(), groups=2), ValueError, "C is 4, O is 3"),
        (lambda: Conv2D(0, 3, 3, rng()), ValueError, "C is 0"),
        (lambda: Conv2D(1, 3, 3, None), TypeError, "Generator"),
        (lambda: Conv2D(1, 3, 3, rng(), bias=0), TypeError, "bias is 0"),
        (lambda: Dense(2.0, 3, rng()), TypeError, "2.0"),
        (lambda: BatchNorm2D(0), ValueError, "C is 0"),
        (lambda: Dropout("p"), TypeError, "p is 'p'"),
    ],
)
def test_what_layers_refuse(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Sequential ---------------------------------------------------------------------------------------


def small(seed=0, p=0.3):
    """A net with every kind of layer that a model may hold."""
    draw = rng(seed)
    return Sequential(
        *(Conv2D(2, 4, (3, 2), draw, padding=1), BatchNorm2D(4), ReLU(), MaxPool2D(2)),
        *(Conv2D(4, 3, 2, draw, bias=False), BatchNorm2D(3), ReLU(), Flatten()),
        *(Dense(18, 6, draw), ReLU(), Dropout(p), Dense(6, 3, draw)),
        rng=draw,
    )


IMAGES = normal(5, 2, 6, 7, seed=77)


def torchs(model):
    """The same in torch, with its parameters; without dropout."""
    net = nn.Sequential(
        *(nn.Conv2d(2, 4, (3, 2), padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 3, 2, bias=False), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(18, 6), nn.ReLU(), nn.Identity(), nn.Linear(6, 3)),
    ).double()
    places = dict(zip(model.layers, net, strict=True))
    with torch.no_grad():
        for name, value in model.params.items():
            layer, key = name.split(".")
            getattr(places[layer], TORCH_NAMES[key]).copy_(torch.from_numpy(value))
    return net


def test_small_is_as_large_as_it_says():
    assert small().forward(IMAGES).shape == (5, 3)


def test_names():
    model = small()
    assert list(model.layers) == [
        *("conv1", "batch_norm1", "relu1", "max_pool1"),
        *("conv2", "batch_norm2", "relu2", "flatten1"),
        *("dense1", "relu3", "dropout1", "dense2"),
    ]
    assert {name: value.shape for name, value in model.params.items()} == {
        **{"conv1.w": (4, 2, 3, 2), "conv1.b": (4,)},
        **{"batch_norm1.gamma": (4,), "batch_norm1.beta": (4,)},
        **{"conv2.w": (3, 4, 2, 2), "batch_norm2.gamma": (3,), "batch_norm2.beta": (3,)},
        **{"dense1.w": (6, 18), "dense1.b": (6,), "dense2.w": (3, 6), "dense2.b": (3,)},
    }
    assert {name: value.shape for name, value in model.state.items()} == {
        **{"batch_norm1.mean": (4,), "batch_norm1.var": (4,)},
        **{"batch_norm2.mean": (3,), "batch_norm2.var": (3,)},
    }


@pytest.mark.parametrize("train", [False, True])
def test_a_chain_is_torchs(train):
    model = small(p=0.0)
    net = torchs(model).train(train)
    expected = net(torch.from_numpy(IMAGES))
    assert_allclose(model.forward(IMAGES, train=train), expected.detach().numpy(), **CLOSE)
    dscores = normal(5, 3, seed=3)
    grads = model.backward(dscores)
    theirs = torch.autograd.grad(expected, list(net.parameters()), torch.from_numpy(dscores))
    assert list(grads) == list(model.params)
    for mine, other in zip(grads.values(), theirs, strict=True):
        assert_allclose(mine, other.numpy(), rtol=1e-9, atol=1e-11)
    for i in (1, 5):
        name = f"batch_norm{1 if i == 1 else 2}"
        assert_allclose(model.state[f"{name}.mean"], net[i].running_mean.numpy(), **CLOSE)
        assert_allclose(model.state[f"{name}.var"], net[i].running_var.numpy(), **CLOSE)


def test_gradient_check():
    errors = check_gradients(small(), IMAGES, normal(5, 3, seed=3))
    assert max(errors.values()) < 1e-6


@pytest.mark.parametrize("name", ["conv1.w", "batch_norm1.gamma", "conv2.w", "dense1.b"])
def test_gradient_check_in_training(name):
    """With the batch's statistics, and the same numbers dropped each time."""
    model, dscores = small(), normal(5, 3, seed=3)

    def forward(_=None):
        model.rng = rng(5)
        return model.forward(IMAGES, train=True)

    forward()
    grads = model.backward(dscores)
    assert rel_error(grads[name], numeric_grad(forward, model.params[name], dscores)) < 1e-5


def test_without_train_nothing_is_gathered_and_nothing_dropped():
    model = small()
    kept = copy.deepcopy(model.state)
    first = model.forward(IMAGES)
    assert_array_equal(first, model.forward(IMAGES))
    for name, value in model.state.items():
        assert_array_equal(value, kept[name])
    model.forward(IMAGES, train=True)
    assert np.abs(model.forward(IMAGES) - first).max() > 1e-3
    assert not np.array_equal(model.forward(IMAGES, train=True), model.forward(IMAGES, train=True))


def test_chance_comes_from_the_models_rng():
    one, other = small(), small()
    assert_array_equal(one.forward(IMAGES, True), other.forward(IMAGES, True))
    one.rng = rng(8)
    other.forward(IMAGES, True)  # goes on with its own
    other.rng = rng(8)
    assert_array_equal(one.forward(IMAGES, True), other.forward(IMAGES, True))


def test_the_dicts_are_what_counts():
    """An entry that is replaced, a dict that is replaced, numbers that are written over."""
    model = small()
    scores = model.forward(IMAGES)
    model.params["dense2.b"] = model.params["dense2.b"] + 1
    assert_allclose(model.forward(IMAGES), scores + 1, **CLOSE)
    model.params = {**model.params, "dense2.b": model.params["dense2.b"] + 1}
    assert_allclose(model.forward(IMAGES), scores + 2, **CLOSE)
    model.params["dense2.b"] += 1
    assert_allclose(model.forward(IMAGES), scores + 3, **CLOSE)
    model.state = {**model.state, "batch_norm2.mean": model.state["batch_norm2.mean"] + 5}
    assert np.abs(model.forward(IMAGES) - scores - 3).max() > 1e-3
    model.forward(IMAGES, train=True)
    assert_allclose(model.layers["batch_norm2"].state["mean"], model.state["batch_norm2.mean"])


def test_outputs_are_those_of_the_layers():
    model = small()
    shapes = {name: y.shape for name, y in model.outputs(IMAGES)}
    assert list(shapes) == list(model.layers)
    assert shapes["max_pool1"] == (5, 4, 3, 4)
    assert shapes["flatten1"] == (5, 18)
    *_, (name, last) = model.outputs(IMAGES)
    assert_array_equal(last, model.forward(IMAGES))


def test_two_models_share_nothing():
    one, other = small(), small()
    one.params["conv1.w"][...] = 0
    assert np.abs(other.params["conv1.w"]).min() > 0


def test_an_empty_batch_of_a_model():
    model = small()
    scores = model.forward(IMAGES[:0])
    assert scores.shape == (0, 3)
    for name, grad in model.backward(scores).items():
        assert_array_equal(grad, np.zeros(model.params[name].shape))


def test_astype():
    model = small()
    model.forward(IMAGES, train=True)
    light = model.astype(np.float32)
    scores = light.forward(IMAGES.astype(np.float32), train=True)
    assert scores.dtype == np.float32
    assert {v.dtype.name for v in {**light.params, **light.state}.values()} == {"float32"}
    assert {g.dtype.name for g in light.backward(scores).values()} == {"float32"}
    assert {v.dtype.name for v in {**model.params, **model.state}.values()} == {"float64"}
    assert_allclose(light.params["conv1.w"], model.params["conv1.w"], rtol=1e-6)
    assert light.astype(np.float32).params["conv1.w"] is not light.params["conv1.w"]


def test_a_copy_of_another_dtype_does_not_disturb_the_model():
    model, dscores = small(), normal(5, 3, seed=3)
    model.forward(IMAGES)
    expected = model.backward(dscores)
    model.astype(np.float32).forward(2 * IMAGES)
    for name, grad in model.backward(dscores).items():
        assert_array_equal(grad, expected[name])


def test_a_pass_back_needs_one_forward():
    model = small()
    with pytest.raises(RuntimeError, match="backward needs a pass forward"):
        model.backward(np.zeros((5, 3)))
    model.forward(IMAGES)
    next(model.outputs(IMAGES))  # not to its end
    with pytest.raises(RuntimeError, match="backward needs a pass forward"):
        model.backward(np.zeros((5, 3)))


def test_what_a_chain_refuses():
    with pytest.raises(ValueError, match="at least one"):
        Sequential()
    with pytest.raises(TypeError, match="is no layer: there must be objects of cnnkit.layers"):
        Sequential(ReLU)
    relu = ReLU()
    with pytest.raises(ValueError, match="The same relu layer is here twice"):
        Sequential(relu, relu)
    with pytest.raises(TypeError, match="train is 1"):
        small().forward(IMAGES, train=1)
    with pytest.raises(ValueError, match="dy has shape"):
        model = small()
        model.forward(IMAGES)
        model.backward(np.zeros((5, 4)))
    with pytest.raises(TypeError, match=r"rng is None: .* Sequential\(\.\.\., rng="):
        Sequential(Dropout(0.5)).forward(IMAGES, train=True)
    with pytest.raises(TypeError, match="rng is 0: it must be a numpy.random.Generator"):
        Sequential(ReLU(), rng=0)
    with pytest.raises(TypeError, match="without the brackets"):
        Sequential([ReLU(), Flatten()])
    model = small()
    with pytest.raises(TypeError, match="dtype is int64: weights are floats"):
        model.astype(int)
    model.frozen = {"conv1.W"}
    with pytest.raises(ValueError, match="frozen has 'conv1.W', which is no parameter: .*conv1.w"):
        model.forward(IMAGES)
    model.frozen = "conv1.w"
    with pytest.raises(TypeError, match="frozen is 'conv1.w': it must be several names"):
        model.forward(IMAGES)


def test_a_layer_belongs_to_one_chain():
    model = small()
    for layers in (model.layers.values(), copy.deepcopy(model).layers.values()):
        with pytest.raises(ValueError, match="The conv layer belongs to another chain.* new layer"):
            Sequential(*layers)
    fresh = ReLU()
    with pytest.raises(TypeError, match="is no layer"):
        Sequential(fresh, None)
    Sequential(fresh)  # the chain that failed has not taken it


def test_a_copy_has_not_gone_forward():
    model = small()
    scores = model.forward(IMAGES)
    for new in (model.copy(), model.astype(np.float32)):
        with pytest.raises(RuntimeError, match="backward needs a pass forward"):
            new.backward(scores)
    new = model.copy()
    assert_array_equal(new.forward(IMAGES), scores)
    new.params["conv1.w"][...] = 0
    assert_array_equal(model.forward(IMAGES), scores)


def test_a_chain_shows_its_layers_their_options_and_what_is_frozen():
    make = lambda: Sequential(  # noqa: E731
        Conv2D(1, 2, 3, rng(), padding=1), MaxPool2D((2, 1)), ReLU(), Dropout(0.5), rng=rng()
    )
    model = make()
    model.frozen = {"conv1.w", "conv1.b"}
    assert repr(model) == (
        "Sequential(\n"
        "    conv1: Conv2D(stride=(1, 1), padding=(1, 1), dilation=(1, 1), groups=1)\n"
        "    max_pool1: MaxPool2D(kernel=(2, 1), stride=(2, 1), padding=(0, 0))\n"
        "    relu1: ReLU()\n"
        "    dropout1: Dropout(p=0.5)\n"
        "    frozen: conv1.b, conv1.w\n)"
    )
    other = make()
    before = repr(other)
    other.forward(np.zeros((1, 1, 4, 4)), train=True)
    assert repr(other) == before == repr(make()) != repr(model)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dropout(1.5), ValueError, "p is 1.5: it must be in 0 <= p < 1"),
        (lambda: Conv2D(1, 2, 3, rng(), stride=0), ValueError, "stride is 0"),
        (lambda: Conv2D(1, 2, 3, rng(), padding=-1), ValueError, "padding is -1"),
        (lambda: Conv2D(1, 2, 3, rng(), padding="same"), ValueError, "padding is 'same': here"),
        (lambda: Conv2D(1, 2, 3, rng(), dilation=(1, 0)), ValueError, "number in dilation is 0"),
        (lambda: MaxPool2D(0), ValueError, "kernel is 0"),
        (lambda: MaxPool2D(2, stride=0), ValueError, "stride is 0"),
        (lambda: MaxPool2D(2, padding=2), ValueError, "padding must be at most half"),
        (lambda: AvgPool2D(2, padding=2), ValueError, "padding must be at most half"),
        (lambda: AvgPool2D(2, count_include_pad=1), TypeError, "count_include_pad is 1"),
        (lambda: BatchNorm2D(3, momentum=2), ValueError, "momentum is 2"),
        (lambda: BatchNorm2D(3, eps=0), ValueError, "eps is 0"),
        (lambda: Dense(0, 2, rng()), ValueError, "D is 0: it must be at least 1"),
    ],
)
def test_options_are_checked_where_a_layer_is_made(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_each_group_has_the_weights_of_a_layer_of_its_own():
    """Two groups of 3 filters of 2 channels: fans of 2 * 9 and 3 * 9, not of 6 * 9."""
    grouped, draw = Conv2D(4, 6, 3, rng(7), groups=2), rng(7)
    parts = [Conv2D(2, 3, 3, draw).params["w"] for _ in range(2)]
    assert_array_equal(grouped.params["w"], np.concatenate(parts))


# Freezing -----------------------------------------------------------------------------------------


def test_frozen_parameters_have_no_gradient_and_the_others_the_same():
    model, dscores = small(p=0.0), normal(5, 3, seed=3)
    model.forward(IMAGES)
    every = model.backward(dscores)
    model.frozen = {"conv2.w", "dense1.w"}
    some = model.backward(dscores)
    assert list(some) == [name for name in every if name not in model.frozen]
    for name, grad in some.items():
        assert_array_equal(grad, every[name])
    model.frozen = set(model.params)
    assert model.backward(dscores) == {}


def test_backward_goes_no_further_than_it_must(monkeypatch):
    model = small()
    model.frozen = {name for name in model.params if not name.startswith("dense")}
    model.forward(IMAGES)
    gone = []
    for name, layer in model.layers.items():
        back = layer.backward
        monkeypatch.setattr(
            layer, "backward", lambda dy, name=name, back=back: gone.append(name) or back(dy)
        )
    model.backward(normal(5, 3))
    assert gone == ["dense2", "dropout1", "relu3", "dense1"]


def test_nobody_asks_for_the_gradient_of_the_pixels(monkeypatch):
    """For the first layer that is more than half of the work."""
    rng = np.random.default_rng(0)
    model = Sequential(Conv2D(2, 3, 2, rng), Conv2D(3, 2, 2, rng), Flatten(), Dense(84, 3, rng))
    model.forward(normal(2, 2, 8, 9))
    backward, seen = ops.conv2d_backward, []

    def watched(dy, x, w, **options):
        seen.append(x.shape)
        return backward(dy, x, w, **options)

    monkeypatch.setattr(ops, "conv2d_backward", watched)
    assert list(model.backward(normal(2, 3))) == list(model.params)
    assert seen == [(2, 3, 7, 8)]  # the second layer's alone


def test_frozen_batch_norm_keeps_its_statistics_and_uses_them():
    model = small(p=0.0)
    model.forward(IMAGES, train=True)
    model.frozen = {"batch_norm1.gamma", "batch_norm1.beta"}
    kept, after = copy.deepcopy(model.state), dict(model.outputs(IMAGES))
    seen = dict(model.outputs(IMAGES, train=True))
    assert_array_equal(seen["batch_norm1"], after["batch_norm1"])
    assert np.abs(seen["batch_norm2"] - after["batch_norm2"]).max() > 1e-3
    for part in ("mean", "var"):
        assert_array_equal(model.state[f"batch_norm1.{part}"], kept[f"batch_norm1.{part}"])
        assert np.any(model.state[f"batch_norm2.{part}"] != kept[f"batch_norm2.{part}"])


def test_gradients_through_frozen_batch_norm():
    """Its statistics are constants then: the gradient before it is another one."""
    model, dscores = small(p=0.0), normal(5, 3, seed=3)
    model.frozen = {"batch_norm1.gamma", "batch_norm1.beta"}
    forward = lambda _=None: model.forward(IMAGES, train=True)  # noqa: E731
    forward()
    grads = model.backward(dscores)
    numeric = numeric_grad(forward, model.params["conv1.w"], dscores)
    assert rel_error(grads["conv1.w"], numeric) < 1e-5


def test_half_frozen_batch_norm_goes_on():
    model = small()
    model.frozen = {"batch_norm1.gamma"}
    model.forward(IMAGES, train=True)
    assert np.any(model.state["batch_norm1.mean"] != 0)


def test_dropout_drops_in_a_frozen_model():
    model = small()
    model.frozen = set(model.params)
    assert not np.array_equal(model.forward(IMAGES, True), model.forward(IMAGES, True))


# Files --------------------------------------------------------------------------------------------


def test_a_model_comes_back_from_its_file(tmp_path):
    model = small()
    model.forward(IMAGES, train=True)
    model.save(tmp_path / "weights.npz")
    other = small(seed=1)
    other.load(tmp_path / "weights.npz")
    assert_array_equal(other.forward(IMAGES), model.forward(IMAGES))
    for name, value in {**model.params, **model.state}.items():
        assert_array_equal({**other.params, **other.state}[name], value, strict=True)
    assert os.listdir(tmp_path) == ["weights.npz"]


def test_a_path_is_taken_as_it_is(tmp_path):
    small().save(str(tmp_path / "weights"))
    assert os.listdir(tmp_path) == ["weights"]
    small().load(str(tmp_path / "weights"))


def test_a_file_is_read_in_the_models_dtype(tmp_path):
    model = small()
    model.save(tmp_path / "w.npz")
    light = small(seed=1).astype(np.float32)
    light.load(tmp_path / "w.npz")
    assert light.params["conv1.w"].dtype == light.state["batch_norm1.var"].dtype == np.float32
    assert_allclose(light.params["conv1.w"], model.params["conv1.w"], rtol=1e-6)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "w.npz"
    small().save(path)
    before = path.read_bytes()

    def breaks(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", breaks)
    with pytest.raises(OSError, match=r"w.npz cannot be written \(No space left on device\)"):
        small(seed=1).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["w.npz"]


def test_no_folder(tmp_path):
    with pytest.raises(OSError, match="cannot be written"):
        small().save(tmp_path / "none" / "w.npz")


def other_file(path, change):
    """The file of the model, with other arrays."""
    model = small()
    arrays = {**model.params, **model.state}
    change(arrays)
    np.savez(path, **arrays)


def cut(path):
    small().save(path)
    path.write_bytes(path.read_bytes()[:-300])


def flip_a_bit(path):
    small().save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


WRONG = {
    "text": (lambda path: path.write_text("weights"), "is no file of weights, or a damaged one"),
    "empty": (lambda path: path.write_bytes(b""), "is no file of weights"),
    "one array": (lambda path: np.save(path.open("wb"), np.zeros(3)), "is no file of weights"),
    "cut off": (cut, "is no file of weights"),
    "a flipped bit": (flip_a_bit, "is no file of weights"),
    "folder": (lambda path: path.mkdir(), "w.npz cannot be read"),
    "pickle": (
        lambda path: other_file(path, lambda a: a.update({"dense2.b": np.array([None] * 3)})),
        "is no file of weights",
    ),
    "one more": (
        lambda path: other_file(path, lambda a: a.update({"dense3.w": np.zeros(3)})),
        "is of another model: it has dense3.w, which the model has not",
    ),
    "one less": (
        lambda path: other_file(path, lambda a: a.pop("batch_norm2.var")),
        "is of another model: it lacks batch_norm2.var, which the model has",
    ),
    "other shape": (
        lambda path: other_file(path, lambda a: a.update({"conv2.w": np.zeros((3, 4, 2, 3))})),
        r"conv2.w has shape \(3, 4, 2, 3\) there and \(3, 4, 2, 2\) here",
    ),
    "other dtype": (
        lambda path: other_file(path, lambda a: a.update({"dense2.b": np.zeros(3, int)})),
        "dense2.b has dtype int64: weights are floats",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_changes_nothing(tmp_path, make, message):
    path = tmp_path / "w.npz"
    make(path)
    model = small(seed=1)
    kept = copy.deepcopy((model.params, model.state))
    with pytest.raises(ValueError, match=message) as caught:
        model.load(path)
    assert "w.npz" in str(caught.value)
    for part, copies in zip((model.params, model.state), kept, strict=True):
        for name, value in part.items():
            assert_array_equal(value, copies[name])


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file .*w.npz: save"):
        small().load(tmp_path / "w.npz")


def test_a_layer_of_ones_own():
    class Double(Layer):
        kind = "double"

        def forward(self, x, train=False):
            return 2 * x

        def backward(self, dy):
            return 2 * dy, {}

    model = Sequential(Flatten(), Dense(84, 3, rng()), Double())
    assert max(check_gradients(model, IMAGES, normal(5, 3)).values()) < 1e-6
