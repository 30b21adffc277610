"""The torch models are the tables of cnnkit.architectures, layer by layer, and they learn."""

import numpy as np
import pytest
import torch

from cnnkit import architectures
from cnnkit.architectures import layers, nets
from cnnkit.models import torch_nets

RELU, NORM = layers.relu(), layers.batch_norm()


def conv_norm(filters, kernel, stride=1):
    options = {"stride": stride, "padding": kernel // 2, "bias": False}
    return [layers.conv(filters, kernel, **options), NORM]


def block(filters, stride):
    main = [*conv_norm(filters, 3, stride), RELU, *conv_norm(filters, 3)]
    return layers.residual(main, skip=conv_norm(filters, 1, stride) if stride > 1 else [])


DENSE = [layers.flatten(), layers.dense(512), RELU, layers.dense(10)]
NORMED = [
    *(layers.conv(16, 3, bias=False), NORM, RELU, layers.max_pool(2)),
    *(layers.conv(32, 3, bias=False), NORM, RELU, layers.max_pool(2)),
    *(layers.flatten(), layers.dense(128), RELU, layers.dense(10)),
]
RESIDUAL = [
    *(*conv_norm(16, 3), RELU, block(16, 1), RELU, block(32, 2), RELU, block(64, 2), RELU),
    *(layers.avg_pool_to(1), layers.flatten(), layers.dense(10)),
]
MNIST = (1, 28, 28)

# The builder of a model, its table, its number of parameters
CASES = {
    "mlp": (torch_nets.mlp, nets.network("dense", MNIST, DENSE), 407_050),
    "small_convnet": (torch_nets.small_convnet, architectures.small_convnet(), 104_202),
    "norm_convnet": (torch_nets.norm_convnet, nets.network("norm", MNIST, NORMED), 108_666),
    "lenet5": (torch_nets.lenet5, architectures.lenet5(), 61_706),
    "lenet_like": (torch_nets.lenet_like, architectures.lenet_like(), 105_506),
    "residual_net": (torch_nets.residual_net, nets.network("res", MNIST, RESIDUAL), 77_754),
    **{
        f"alexnet {variant}": (
            lambda rng, variant=variant: torch_nets.alexnet(rng, variant),
            architectures.alexnet(variant, size),
            params,
        )
        for variant, size, params in [
            ("single", 227, 62_378_344),
            ("grouped", 227, 60_965_224),
            ("torchvision", 224, 61_100_840),
        ]
    },
}
LEARNING = [name for name in CASES if not name.startswith("alexnet")]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def rows_of(model, x):
    """What each named layer gives and holds, in the order of the tables."""
    rows, order = {}, []
    hooks = []
    for name, module in model.named_modules():
        if not name or name.endswith((".main", ".skip")) or "dropout" in name:
            continue
        order.append(name)
        hooks.append(module.register_forward_hook(
            lambda module, inputs, y, name=name: rows.update({name: tuple(y.shape[1:])})
        ))  # fmt: skip
    model(x)
    for hook in hooks:
        hook.remove()
    modules = dict(model.named_modules())
    return [
        (name, rows[name], sum(p.numel() for p in modules[name].parameters(recurse=False)))
        for name in order
    ]


@pytest.mark.parametrize("name", CASES)
def test_every_layer_is_the_tables(name):
    build, net, params = CASES[name]
    with torch.device("meta"):  # shapes alone: AlexNet's weights would take 250 MB
        model = build(np.random.default_rng(0)).eval()
        rows = rows_of(model, torch.zeros(2, *net["input_shape"]))
    table = architectures.layer_table(net["layers"], net["input_shape"])
    expected = [(row["name"], row["shape"], row["params"]) for row in table]
    assert sorted(rows) == sorted(expected)  # by name: a block's own row stands elsewhere
    assert [row for row in rows if "residual" not in row[0]] == [
        row for row in expected if "residual" not in row[0]
    ]
    assert sum(p.numel() for p in model.parameters()) == params


def scores(model, x):
    with torch.no_grad():
        return model.eval()(x)


@pytest.mark.parametrize("name", LEARNING)
def test_the_generator_decides_the_weights(name):
    build, net, _ = CASES[name]
    before = torch.get_rng_state()
    x = torch.linspace(0, 1, 2 * int(np.prod(net["input_shape"]))).reshape(2, *net["input_shape"])
    one, other, third = (scores(build(np.random.default_rng(seed)), x) for seed in (0, 0, 1))
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    assert torch.equal(torch.get_rng_state(), before)


def test_two_models_of_one_generator_differ():
    rng = np.random.default_rng(0)
    one, other = (torch_nets.lenet5(rng) for _ in range(2))
    assert not torch.equal(one.conv1.weight, other.conv1.weight)


@pytest.mark.parametrize("name", LEARNING)
def test_every_parameter_is_used(name):
    """A layer that the forward pass leaves out, or a ReLU that is dead, gets no gradient."""
    build, net, _ = CASES[name]
    model = build(np.random.default_rng(0))
    x = torch.from_numpy(np.random.default_rng(1).random((8, *net["input_shape"]), np.float32))
    torch.nn.functional.cross_entropy(model(x), torch.arange(8)).backward()
    assert [n for n, p in model.named_parameters() if not p.grad.abs().sum() > 0] == []


def test_a_residual_block_adds_what_it_was_given():
    block = torch_nets.Residual(4, 4).eval()
    torch.nn.init.zeros_(block.main.batch_norm2.weight)  # so that the main path gives 0
    x = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(block(x), x)


def test_alexnets_dropout_stands_before_its_first_two_dense_layers():
    with torch.device("meta"):
        model = torch_nets.alexnet(np.random.default_rng(0), classes=7)
    names = [name for name, _ in model.named_children()]
    dropouts = [place for place, name in enumerate(names) if name.startswith("dropout")]
    assert [names[place + 1] for place in dropouts] == ["dense1", "dense2"]
    assert {model.get_submodule(names[place]).p for place in dropouts} == {0.5}
    assert model.dense3.out_features == 7


@pytest.mark.parametrize(("size", "side"), [(67, 1), (99, 2), (131, 3), (195, 5)])
def test_a_small_alexnet_for_small_images(size, side):
    model = torch_nets.alexnet(
        np.random.default_rng(0), "grouped", size=size, filters=(4, 6, 8, 6, 4), hidden=5, classes=3
    )
    assert model(torch.zeros(2, 3, size, size)).shape == (2, 3)
    weights = [tuple(p.shape) for p in model.parameters() if p.ndim > 1]
    assert weights[1:5] == [(6, 2, 5, 5), (8, 6, 3, 3), (6, 4, 3, 3), (4, 3, 3, 3)]
    assert weights[5:] == [(5, 4 * side * side), (5, 5), (3, 5)]


def test_an_alexnet_for_images_that_are_too_small_is_refused():
    with pytest.raises(ValueError, match="The kernel does not fit"):
        torch_nets.alexnet(np.random.default_rng(0), size=62)


def test_an_unknown_variant_and_a_seed_for_a_generator_are_refused():
    with pytest.raises(ValueError, match="variant is 'wide'"):
        torch_nets.alexnet(np.random.default_rng(0), "wide")
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        torch_nets.mlp(0)
