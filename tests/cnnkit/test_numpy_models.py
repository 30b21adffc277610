"""The networks in NumPy: the tables they are, torch's values, gradients, first losses, learning."""

import inspect

import numpy as np
import pytest
import torch
from contract import normal
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit import architectures
from cnnkit.gradcheck import check_gradients, numeric_grad, rel_error
from cnnkit.models import LeNet5, LeNetLike, NormNet, torch_nets
from cnnkit.ops import softmax_cross_entropy
from cnnkit.optimisers import SGD, Adam
from cnnkit.training import evaluate, fit


def rng(seed=0):
    return np.random.default_rng(seed)


def tiny(**options):
    """Not square, in no layer as many as in another."""
    sizes = {"in_shape": (2, 11, 13), "channels": (3, 4), "kernel": (2, 3), "pools": (2, (2, 1))}
    return LeNetLike(rng(), **{**sizes, "hidden": 6, "classes": 5, **options})


# Net, its table, number of parameters, the same in torch
CASES = {
    "LeNet-like": (LeNetLike, architectures.lenet_like(), 105_506, torch_nets.lenet_like),
    "LeNet-5": (LeNet5, architectures.lenet5(), 61_706, torch_nets.lenet5),
}
each = pytest.mark.parametrize(("make", "arch", "count", "in_torch"), CASES.values(), ids=CASES)


def as_torch(model, in_torch):
    """torch's net with the model's numbers."""
    net = in_torch(rng()).double()
    names = {"w": "weight", "b": "bias"}
    with torch.no_grad():
        for name, value in model.params.items():
            layer, key = name.split(".")
            getattr(getattr(net, layer), names[key]).copy_(torch.from_numpy(value))
    return net


@each
def test_layer_by_layer_the_table(make, arch, count, in_torch):
    model = make(rng())
    rows = architectures.layer_table(arch["layers"], arch["input_shape"])
    outputs = list(model.outputs(np.zeros((3, *arch["input_shape"]))))
    assert [(name, y.shape) for name, y in outputs] == [
        (row["name"], (3, *row["shape"])) for row in rows
    ]
    for row in rows:
        own = [v.size for name, v in model.params.items() if name.startswith(f"{row['name']}.")]
        assert sum(own) == row["params"]
    assert sum(value.size for value in model.params.values()) == count


@each
def test_torchs_values_and_gradients(make, arch, count, in_torch):
    model = make(rng(1))
    for name, value in model.params.items():
        if name.endswith(".b"):
            value[...] = normal(*value.shape, seed=len(name))
    net = as_torch(model, in_torch)
    x, dscores = normal(2, *arch["input_shape"]), normal(2, 10, seed=1)
    expected = net(torch.from_numpy(x))
    assert_allclose(model.forward(x), expected.detach().numpy(), rtol=1e-9, atol=1e-11)
    grads = model.backward(dscores)
    theirs = torch.autograd.grad(expected, list(net.parameters()), torch.from_numpy(dscores))
    assert list(grads) == list(model.params)
    for mine, other in zip(grads.values(), theirs, strict=True):
        assert mine.shape == other.shape
        assert_allclose(mine, other.numpy(), rtol=1e-8, atol=1e-10)


def test_item90_the_whole_table():
    model = LeNetLike(rng())
    assert {name: value.shape for name, value in model.params.items()} == {
        **{"conv1.w": (32, 1, 5, 5), "conv1.b": (32,)},
        **{"conv2.w": (64, 32, 5, 5), "conv2.b": (64,)},
        **{"dense1.w": (200, 256), "dense1.b": (200,)},
        **{"dense2.w": (10, 200), "dense2.b": (10,)},
    }
    assert model.state == {}


@pytest.mark.parametrize("make", [LeNetLike, LeNet5])
@pytest.mark.parametrize("seed", range(3))
def test_first_loss_is_near_that_of_guessing(make, seed):
    side = 28 if make is LeNetLike else 32
    x, y = rng(7).random((50, 1, side, side)), np.arange(50) % 10
    loss, _ = softmax_cross_entropy(make(rng(seed)).forward(x), y)
    assert abs(loss - np.log(10)) < 0.3


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"channels": (3,), "pools": (3,), "kernel": 4},
        {"channels": (2, 3, 2), "pools": (1, 2, 1), "kernel": 2},
        {"in_shape": (1, 9, 10), "kernel": 3, "pools": (1, 1), "classes": 2},
    ],
)
def test_gradient_check_of_a_tiny_one(options):
    model = tiny(**options)
    for name, value in model.params.items():
        if name.endswith(".b"):
            value[...] = 0.1 * normal(*value.shape, seed=len(name))
    x = normal(3, *options.get("in_shape", (2, 11, 13)), seed=2)
    errors = check_gradients(model, x, normal(3, model.params["dense2.b"].size, seed=3))
    assert list(errors) == list(model.params)
    assert max(errors.values()) < 1e-5


def test_models_share_nothing_and_chance_is_rngs():
    one, same, other = LeNetLike(rng(4)), LeNetLike(rng(4)), LeNetLike(rng(5))
    for name, value in one.params.items():
        assert_array_equal(value, same.params[name])
        assert not np.shares_memory(value, same.params[name])
    assert np.abs(one.params["conv1.w"] - other.params["conv1.w"]).max() > 0.01


def test_options_are_keywords_and_those_of_the_contract():
    parameters = dict(inspect.signature(LeNetLike).parameters)
    assert parameters.pop("rng").kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert {name: p.default for name, p in parameters.items()} == {
        **{"in_shape": (1, 28, 28), "channels": (32, 64), "kernel": 5},
        **{"pools": (3, 2), "hidden": 200, "classes": 10},
    }


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tiny(pools=(2,)), ValueError, r"channels is \(3, 4\), pools is \(2,\)"),
        (lambda: tiny(in_shape=(11, 13)), ValueError, r"in_shape is \(11, 13\): .* \(C, H, W\)"),
        (lambda: tiny(in_shape=(2, 2, 2)), ValueError, "kernel does not fit"),
        (lambda: tiny(pools=(2, 9)), ValueError, "kernel does not fit"),
        (lambda: tiny(classes=0), ValueError, "0"),
        (lambda: LeNetLike(0), TypeError, "rng is 0: it must be a numpy.random.Generator"),
        (lambda: NormNet(rng(), in_shape=(1, 3, 8)), ValueError, "kernel does not fit"),
        (lambda: NormNet(rng(), drop=1.0).forward(np.zeros((1, 1, 28, 28))), ValueError, "p is 1"),
    ],
)
def test_what_models_refuse(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_images_of_another_size():
    with pytest.raises(ValueError, match="w takes 256 inputs, x has 768"):
        LeNetLike(rng()).forward(np.zeros((1, 1, 34, 40)))
    with pytest.raises(ValueError, match="w has 1 channel, x has 3"):
        LeNetLike(rng()).forward(np.zeros((1, 3, 28, 28)))


# The net with batch normalisation and dropout ---------------------------------------------------


def test_norm_nets_layers():
    model = NormNet(rng(), in_shape=(2, 9, 11), channels=(3, 4), hidden=5, classes=6)
    shapes = {name: y.shape[1:] for name, y in model.outputs(np.zeros((2, 2, 9, 11)))}
    assert shapes == {
        **{"conv1": (3, 9, 11), "batch_norm1": (3, 9, 11), "relu1": (3, 9, 11)},
        **{"max_pool1": (3, 4, 5)},
        **{"conv2": (4, 4, 5), "batch_norm2": (4, 4, 5), "relu2": (4, 4, 5)},
        **{"max_pool2": (4, 2, 2), "flatten1": (16,)},
        **{"dense1": (5,), "relu3": (5,), "dropout1": (5,), "dense2": (6,)},
    }
    assert not any(name.startswith("conv") and name.endswith(".b") for name in model.params)


@pytest.mark.parametrize("train", [False, True])
def test_norm_nets_gradients(train):
    model = NormNet(rng(), in_shape=(1, 6, 5), channels=(2, 3), hidden=4, classes=3)
    x, dscores = normal(6, 1, 6, 5), normal(6, 3, seed=1)

    def forward(_=None):
        model.rng = rng(3)
        return model.forward(x, train=train)

    forward()
    grads = model.backward(dscores)
    for name, value in model.params.items():
        assert rel_error(grads[name], numeric_grad(forward, value, dscores)) < 1e-4, name


# Learning -----------------------------------------------------------------------------------------


def blobs(n=60):
    """Four kinds of pictures of 8 x 8 with noise."""
    draw = rng(9)
    kinds = draw.random((4, 1, 8, 8))
    y = draw.integers(0, 4, n)
    return (kinds[y] + draw.normal(0, 0.2, (n, 1, 8, 8))).astype(np.float32), y


@pytest.mark.parametrize(
    ("model", "optimiser"),
    [
        (NormNet(rng(), in_shape=(1, 8, 8), channels=(4, 6), hidden=16, classes=4), Adam(0.01)),
        (
            LeNetLike(rng(), in_shape=(1, 8, 8), channels=(4,), kernel=3, pools=(2,), hidden=16,
                      classes=4),
            SGD(0.1, momentum=0.9, nesterov=True),
        ),
    ],
    ids=["NormNet, Adam", "LeNetLike, SGD"],
)  # fmt: skip
def test_fit_trains_them(model, optimiser):
    x, y = blobs()
    model = model.astype(np.float32)
    fit(model, x, y, optimiser=optimiser, epochs=15, rng=rng(), batch_size=16, progress=False)
    assert evaluate(model, x, y)[1] > 0.95
    assert model.params["conv1.w"].dtype == np.float32


def test_a_run_of_fit_goes_on_from_its_checkpoint(tmp_path):
    x, y = blobs()

    def run(epochs, path=None):
        model = NormNet(rng(1), in_shape=(1, 8, 8), channels=(3,), hidden=8, classes=4)
        model = model.astype(np.float32)
        fit(
            model, x, y, optimiser=Adam(0.01, weight_decay=0.1), epochs=epochs, rng=rng(2),
            batch_size=16, checkpoint=path, progress=False,
        )  # fmt: skip
        return model

    run(2, tmp_path / "run")
    resumed, whole = run(4, tmp_path / "run"), run(4)
    for part in ("params", "state"):
        for name, value in getattr(whole, part).items():
            assert_array_equal(getattr(resumed, part)[name], value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LeNetLike(rng(), channels=5), r"channels is 5: it must be a tuple, as \(5,\)"),
        (lambda: LeNetLike(rng(), channels=(5,), pools=2), "pools is 2: it must be a tuple"),
        (lambda: NormNet(rng(), channels=5), "channels is 5: it must be a tuple"),
    ],
)
def test_several_numbers_are_a_tuple(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_norm_nets_dropout_drops_as_often_as_told():
    for options, p in (({}, 0.25), ({"drop": 0.4}, 0.4)):
        layer = NormNet(rng(), **options).layers["dropout1"]
        layer.rng = rng(2)
        kept = layer.forward(np.ones(10_000), train=True)
        assert np.mean(kept == 0) == pytest.approx(p, abs=0.03)
