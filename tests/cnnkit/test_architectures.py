"""Networks on paper: the lectures' tables, torch as an oracle, patterns, fields, refusals."""

from math import prod

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from cnnkit.architectures import (
    alexnet,
    alexnet_table,
    count_macs,
    count_params,
    layer_table,
    lenet5,
    lenet_like,
    parse_arch,
    receptive_field,
    resnet18,
    small_convnet,
    toy_net,
    vgg16,
    window_steps,
)
from cnnkit.architectures.layers import (
    avg_pool,
    avg_pool_to,
    batch_norm,
    conv,
    dense,
    flatten,
    max_pool,
    relu,
    residual,
)


def table_of(net):
    return layer_table(net["layers"], net["input_shape"])


def weighty(rows):
    """Leave out the layers that only pass numbers on."""
    return [row for row in rows if not row["name"].startswith(("relu", "flatten"))]


def plain(rows):
    return [(row["shape"], row["params"], row["macs"]) for row in weighty(rows)]


def params(rows):
    return sum(row["params"] for row in rows)


def macs(rows):
    return sum(row["macs"] for row in rows)


# Tables of the lectures -----------------------------------------------------------------------


def test_item75_toy_net():
    rows = table_of(toy_net())
    assert [(row["name"], row["shape"], row["params"]) for row in rows] == [
        ("conv1", (12, 32, 32), 336),
        ("relu1", (12, 32, 32), 0),
        ("max_pool1", (12, 16, 16), 0),
        ("flatten1", (3072,), 0),
        ("dense1", (3,), 9_219),
    ]


def test_item76_which_layers_have_parameters_and_where_the_work_is():
    rows = table_of(toy_net())
    assert [row["name"] for row in rows if row["params"]] == ["conv1", "dense1"]
    assert count_macs(toy_net(), kind="conv") > 0.9 * count_macs(toy_net())


def test_item90_lenet_like():
    rows = table_of(lenet_like())
    assert plain(rows) == [
        ((32, 24, 24), 832, 460_800),
        ((32, 8, 8), 0, 0),
        ((64, 4, 4), 51_264, 819_200),
        ((64, 2, 2), 0, 0),
        ((200,), 51_400, 51_200),
        ((10,), 2_010, 2_000),
    ]
    assert params(rows) == count_params(lenet_like()) == 105_506
    assert macs(rows) == count_macs(lenet_like()) == 1_333_200


def test_item100_small_convnet():
    rows = weighty(table_of(small_convnet()))
    assert [row["params"] for row in rows if row["params"]] == [320, 18_496, 73_856, 11_530]
    assert rows[-2]["shape"] == (128, 3, 3)
    assert params(rows) == 104_202


def test_item105_item112_sizes_of_the_small_convnet():
    """28 gives 26 without padding; a pool halves and rounds down, 11 to 5."""
    shapes = [row["shape"] for row in weighty(table_of(small_convnet()))]
    assert shapes[:4] == [(32, 26, 26), (32, 13, 13), (64, 11, 11), (64, 5, 5)]


def test_item113_without_pools():
    net = small_convnet(pooling=False)
    flat = next(row for row in table_of(net) if row["name"] == "flatten1")
    assert flat["shape"] == (61_952,)
    assert count_params(net, kind="dense") == 619_530
    assert count_params(net) == 712_202


@pytest.mark.parametrize(("pooling", "seen"), [(False, 7), (True, 18)])
def test_item113_what_the_last_convolution_sees(pooling, seen):
    steps = window_steps(small_convnet(pooling=pooling)["layers"])
    assert receptive_field(steps)[0] == seen


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param((3, 32, 32), 3_072, id="item2-32"),
        pytest.param((3, 200, 200), 120_000, id="item2-200"),
        pytest.param((3, 200, 200), 120_000, id="item65"),
        pytest.param((1, 200, 200), 40_000, id="item62-grey"),
    ],
)
def test_weights_of_one_dense_neuron(shape, expected):
    assert params(layer_table([flatten(), dense(1, bias=False)], shape)) == expected


def test_item99_the_dense_net():
    net = [flatten(), dense(512), relu(), dense(10)]
    assert params(layer_table(net, (1, 28, 28))) == 784 * 512 + 512 + 512 * 10 + 10


@pytest.mark.parametrize(
    ("layers", "shape", "expected"),
    [
        pytest.param([conv(9, 3, padding=1)], (3, 8, 8), (9, 8, 8), id="item52-conv"),
        pytest.param([max_pool(2)], (9, 8, 8), (9, 4, 4), id="item52-pool"),
        pytest.param([max_pool(2)], (9, 7, 7), (9, 3, 3), id="item52-pool-odd"),
        pytest.param([conv(5, 1, stride=2)], (9, 7, 7), (5, 4, 4), id="item52-conv-odd"),
        pytest.param([conv(2, 3, stride=2, padding=1)], (3, 5, 5), (2, 3, 3), id="item27"),
        pytest.param([conv(6, 5)], (3, 32, 32), (6, 28, 28), id="item81"),
        pytest.param([flatten()], (4, 5, 6), (120,), id="item151"),
        pytest.param([avg_pool_to(1), flatten()], (7, 5, 4), (7,), id="item152"),
        pytest.param([conv(4, 3, padding="same")], (3, 8, 9), (4, 8, 9), id="item139"),
    ],
)
def test_shapes_of_the_lectures(layers, shape, expected):
    assert layer_table(layers, shape)[-1]["shape"] == expected


# AlexNet and the others -----------------------------------------------------------------------


def test_alexnet_by_layer():
    assert plain(alexnet_table()) == [
        ((96, 55, 55), 34_944, 105_415_200),  # items 23 and 24
        ((96, 27, 27), 0, 0),
        ((256, 27, 27), 614_656, 447_897_600),
        ((256, 13, 13), 0, 0),
        ((384, 13, 13), 885_120, 149_520_384),
        ((384, 13, 13), 1_327_488, 224_280_576),
        ((256, 13, 13), 884_992, 149_520_384),
        ((256, 6, 6), 0, 0),
        ((4096,), 37_752_832, 37_748_736),
        ((4096,), 16_781_312, 16_777_216),
        ((1000,), 4_097_000, 4_096_000),
    ]


def test_item23_item24_first_layer():
    first = alexnet_table()[0]
    assert prod(first["shape"]) == 290_400
    assert first["params"] == 34_944
    assert first["macs"] == 290_400 * 363


@pytest.mark.parametrize(
    ("variant", "size", "expected"),
    [
        pytest.param("single", 227, 62_378_344, id="item153-single"),
        pytest.param("grouped", 227, 60_965_224, id="item153-grouped"),
        pytest.param("torchvision", 224, 61_100_840, id="item153-torchvision"),
    ],
)
def test_parameters_of_alexnet(variant, size, expected):
    assert params(alexnet_table(variant, size=size)) == expected
    assert count_params(alexnet(variant, size)) == expected


def test_groups_halve_the_products_of_three_layers():
    single, grouped = (
        [row["macs"] for row in alexnet_table(variant) if row["name"].startswith("conv")]
        for variant in ("single", "grouped")
    )
    assert [a / b for a, b in zip(single, grouped, strict=True)] == [1, 2, 1, 2, 2]


def test_item23_224_does_not_fit():
    shapes = [row["shape"] for row in weighty(layer_table(alexnet()["layers"][:13], (3, 224, 224)))]
    assert [shape[1] for shape in shapes] == [54, 26, 26, 12, 12, 12, 12, 5]
    for variant in ("single", "grouped"):
        with pytest.raises(ValueError, match=r"dense1: it takes 9216 numbers and is given 6400\."):
            alexnet_table(variant, 224)


def test_torchvisions_averages_other_sizes_down():
    rows = alexnet_table("torchvision", 256)
    assert [row["shape"] for row in rows if "pool" in row["name"]][-2:] == [
        (256, 7, 7),
        (256, 6, 6),
    ]
    assert params(rows) == 61_100_840


def test_lenet5():
    rows = table_of(lenet5())
    assert [row["shape"] for row in weighty(rows)][:4] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
    ]
    assert params(rows) == 156 + 2_416 + 48_120 + 10_164 + 850 == 61_706


@pytest.mark.parametrize(
    ("net", "conv_params", "conv_macs", "all_params"),
    [
        pytest.param(vgg16, 14_714_688, 15_346_630_656, 138_357_544, id="item155-VGG-16"),
        pytest.param(resnet18, 11_166_912, 1_813_561_344, 11_689_512, id="item155-ResNet-18"),
    ],
)
def test_counts_of_deep_nets(net, conv_params, conv_macs, all_params):
    assert count_params(net(), kind="conv") == conv_params
    assert count_macs(net(), kind="conv") == conv_macs
    assert count_params(net()) == all_params


def test_counts_by_kind_add_up():
    kinds = ["conv", "batch_norm", "dense"]
    assert sum(count_params(resnet18(), kind=kind) for kind in kinds) == count_params(resnet18())
    assert count_params(resnet18(), kind="batch_norm") == 9_600
    assert count_macs(resnet18()) == count_macs(resnet18(), kind="conv") + 512_000


def test_rows_of_a_residual_block():
    rows = [row for row in table_of(resnet18()) if row["name"].startswith("residual3")]
    assert [(row["name"], row["shape"]) for row in rows] == [
        ("residual3.main.conv1", (128, 28, 28)),
        ("residual3.main.batch_norm1", (128, 28, 28)),
        ("residual3.main.relu1", (128, 28, 28)),
        ("residual3.main.conv2", (128, 28, 28)),
        ("residual3.main.batch_norm2", (128, 28, 28)),
        ("residual3.skip.conv1", (128, 28, 28)),
        ("residual3.skip.batch_norm1", (128, 28, 28)),
        ("residual3", (128, 28, 28)),
    ]


NETS = [
    toy_net(),
    lenet_like(),
    lenet5(),
    small_convnet(),
    small_convnet(pooling=False),
    alexnet(),
    alexnet("grouped"),
    alexnet("torchvision", 224),
    vgg16(),
    resnet18(),
]


# torch as an oracle ---------------------------------------------------------------------------


class Residual(torch.nn.Module):
    def __init__(self, main, skip):
        super().__init__()
        self.main, self.skip = main, skip

    def forward(self, x):
        return self.main(x) + self.skip(x)


def as_torch(layers, shape):
    """Build layers in torch, on the device that computes shapes only."""
    modules = torch.nn.Sequential()
    x = torch.empty(2, *shape, device="meta")
    for layer in layers:
        modules.append(module_of(layer, tuple(x.shape[1:])))
        x = modules[-1](x)
    return modules


def module_of(layer, shape):
    nn, get = torch.nn, layer.get
    options = {name: layer[name] for name in ("stride", "padding") if name in layer}
    match layer["kind"]:
        case "conv":
            options |= {name: layer[name] for name in ("dilation", "groups", "bias")}
            made = nn.Conv2d(shape[0], get("filters"), get("kernel"), **options, device="meta")
        case "max_pool":
            made = nn.MaxPool2d(get("kernel"), **options)
        case "avg_pool":
            made = nn.AvgPool2d(get("kernel"), **options)
        case "avg_pool_to":
            made = nn.AdaptiveAvgPool2d(get("size"))
        case "batch_norm":
            made = nn.BatchNorm2d(shape[0], device="meta")
        case "dense":
            made = nn.Linear(shape[0], get("units"), bias=get("bias"), device="meta")
        case "residual":
            made = Residual(as_torch(get("main"), shape), as_torch(get("skip"), shape))
        case kind:
            made = {"relu": nn.ReLU, "flatten": nn.Flatten}[kind]()
    return made


def check_with_torch(layers, shape):
    """Compare shapes, parameters and products of every row with those of torch, for 2 images."""
    rows = iter(layer_table(layers, shape))
    x = torch.empty(2, *shape, device="meta")
    for layer, module in zip(layers, as_torch(layers, shape), strict=True):
        with FlopCounterMode(display=False) as counter:
            x = module(x)
        inner = [
            next(rows) for _ in range(1 + len(layer.get("main", [])) + len(layer.get("skip", [])))
        ]
        assert inner[-1]["shape"] == tuple(x.shape[1:])
        assert params(inner) == sum(parameter.numel() for parameter in module.parameters())
        assert 2 * 2 * macs(inner) == counter.get_total_flops()
    assert next(rows, None) is None


@pytest.mark.parametrize("net", NETS, ids=lambda net: net["name"])
def test_nets_are_torchs(net):
    check_with_torch(net["layers"], net["input_shape"])


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def some_conv(draw):
    groups = draw(st.integers(1, 2))
    return conv(
        groups * draw(st.integers(1, 3)),
        draw(pairs),
        stride=draw(pairs),
        padding=draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        dilation=draw(pairs),
        groups=groups,
        bias=draw(st.booleans()),
    )


@st.composite
def some_pool(draw):
    kernel = draw(pairs)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    make = draw(st.sampled_from([max_pool, avg_pool]))
    return make(kernel, stride=draw(st.none() | pairs), padding=padding)


some_layers = st.lists(
    some_conv() | some_pool() | st.sampled_from([relu(), batch_norm(), avg_pool_to((2, 3))]),
    max_size=4,
)


@given(some_layers, st.integers(1, 4), st.integers(3, 14), st.integers(3, 14), st.booleans())
def test_any_stack_is_torchs(layers, C, H, W, classify):
    layers = layers + [flatten(), dense(3)] * classify
    try:
        layer_table(layers, (C, H, W))
    except ValueError:
        assume(False)
    check_with_torch(layers, (C, H, W))


@given(some_layers, st.integers(1, 4), st.integers(1, 9), st.integers(1, 9))
def test_what_torch_refuses_is_refused(layers, C, H, W):
    try:
        as_torch(layers, (C, H, W))
    except (ValueError, RuntimeError):
        with pytest.raises(ValueError, match="Layer "):
            layer_table(layers, (C, H, W))
    else:
        layer_table(layers, (C, H, W))


# Layers and tables: contract ------------------------------------------------------------------


def test_an_option_left_out_has_its_default():
    layers = [{"kind": "conv", "filters": 2, "kernel": 3}, {"kind": "max_pool", "kernel": 2}]
    assert layer_table(layers, (1, 8, 9)) == [
        {"name": "conv", "shape": (2, 6, 7), "params": 20, "macs": 2 * 9 * 42},
        {"name": "max_pool", "shape": (2, 3, 3), "params": 0, "macs": 0},
    ]


@pytest.mark.parametrize("bias", [True, False])
def test_a_bias_is_a_parameter_and_no_product(bias):
    rows = layer_table([conv(4, 3, bias=bias), flatten(), dense(5, bias=bias)], (2, 3, 3))
    assert [row["params"] for row in rows] == [72 + 4 * bias, 0, 20 + 5 * bias]
    assert [row["macs"] for row in rows] == [72, 0, 20]
    assert [type(row["params"]) for row in rows] == [int] * 3


def test_valid_is_padding_0():
    assert conv(4, 3, padding="valid") == conv(4, 3)


def test_tables_change_nothing():
    net, other = resnet18(), resnet18()
    table_of(net)
    assert net == other


def test_no_layers_no_rows():
    assert layer_table([], (1, 2, 3)) == []


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([conv(4, 3)], (3, 2, 5), "Layer 1, conv: The kernel does not fit: size 2 with padding 0"),
        ([relu(), conv(4, 3, groups=2)], (3, 9, 9), "Layer 2, conv: it is given 3 channels: 2 gr"),
        ([dense(4)], (3, 9, 9), r"Layer 1, dense: it takes flat input, \(D,\), .* \(3, 9, 9\)"),
        ([conv(4, 3, name="c1")], (27,), r"Layer 1, c1: it takes a volume, .* given \(27,\)"),
        ([max_pool(2)], (27,), "Layer 1, max_pool: it takes a volume"),
        ([avg_pool_to(2)], (27,), "Layer 1, avg_pool_to: it takes a volume"),
        ([flatten(), dense(4, inputs=8)], (3, 3, 1), "Layer 2, dense: it takes 8 numbers .* 9"),
        (
            [residual([conv(4, 3)])],
            (4, 9, 9),
            r"Layer 1, residual: its main path gives \(4, 7, 7\), its skip path \(4, 9, 9\)",
        ),
        (
            [residual([conv(4, 3), conv(4, 8)])],
            (4, 9, 9),
            "Layer 1, residual: Layer 2, conv: The kernel",
        ),
        ([{"kind": "deconv"}], (3, 9, 9), "Layer 1, deconv: kind is 'deconv': it must be 'conv', "),
        ([{}], (3, 9, 9), "Layer 1, None: kind is None"),
        ([], (3, 9), r"input_shape is \(3, 9\): it must be \(C, H, W\) or \(D,\)"),
        ([], 27, "input_shape is 27"),
        ([], (0, 9, 9), "a number in input_shape is 0"),
        ([{"kind": "conv", "filters": 0, "kernel": 3}], (3, 9, 9), "Layer 1, conv: filters is 0"),
    ],
)
def test_tables_refuse(layers, shape, message):
    with pytest.raises(ValueError, match=message):
        layer_table(layers, shape)


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        (["conv"], (3, 9, 9), r"Layer 1, \?: a layer is 'conv': it must be a dict"),
        ([{"kind": "conv", "filters": 3}], (3, 9, 9), "Layer 1, conv: .* missing .*'kernel'"),
        ([{"kind": "relu", "size": 3}], (3, 9, 9), "Layer 1, relu: .* unexpected .*'size'"),
        ([], (3.0, 9, 9), r"a number in input_shape is 3\.0"),
    ],
)
def test_tables_refuse_types(layers, shape, message):
    with pytest.raises(TypeError, match=message):
        layer_table(layers, shape)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv(5, 3, groups=2), ValueError, "filters is 5: 2 groups cannot share them"),
        (lambda: conv(0, 3), ValueError, "filters is 0"),
        (lambda: conv(4, 0), ValueError, "kernel is 0"),
        (lambda: conv(4, 3, padding="full"), TypeError, "padding is 'full'"),
        (lambda: conv(4, 3, bias=1), TypeError, "bias is 1: it must be True or False"),
        (lambda: max_pool((2, 3), padding=(1, 2)), ValueError, r"padding is \(1, 2\), kernel is"),
        (lambda: avg_pool(2, stride=0), ValueError, "stride is 0"),
        (lambda: dense(2.0), TypeError, r"units is 2\.0"),
        (lambda: dense(2, inputs=0), ValueError, "inputs is 0"),
        (lambda: avg_pool_to(0), ValueError, "size is 0"),
        (lambda: alexnet("twin"), ValueError, "variant is 'twin': it must be 'single', 'grouped'"),
        (lambda: alexnet_table(size=3), ValueError, "Layer 1, conv1: The kernel does not fit"),
        (lambda: alexnet_table(size=227.0), TypeError, r"size is 227\.0"),
        (lambda: count_macs([conv(4, 3)]), TypeError, "arch must be a dict with 'input_shape'"),
        (lambda: count_params({"layers": []}), TypeError, "arch must be a dict"),
        (lambda: count_macs(vgg16(), kind="fc"), ValueError, "kind is 'fc'"),
    ],
)
def test_layers_and_counts_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


# parse_arch -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[[C→R]*2→P]*2→[F→R]*1→F", "CRCRPCRCRPFRF", id="item89"),
        pytest.param(
            "[[CONV -> RELU]*2 -> POOL]*2->[FC->RELU]*1 -> FC", "CRCRPCRCRPFRF", id="words"
        ),
        pytest.param("F", "F", id="one layer"),
        pytest.param("  FC ", "F", id="one word"),
        pytest.param("[C]*0", "", id="nothing"),
        pytest.param("[C]*0->F", "F", id="no group and a layer"),
        pytest.param("[[C]*0->P]*2", "PP", id="no inner group"),
        pytest.param("[C->R]->P", "CRP", id="a group once"),
        pytest.param("[[[C]*2]*3]", "CCCCCC", id="groups of groups"),
        pytest.param("[C] * 12", "C" * 12, id="two digits"),
    ],
)
def test_patterns(text, expected):
    assert parse_arch(text) == list(expected)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_item89_for_every_n_m_k(N, M, K):
    text = f"[[CONV→RELU]*{N} → POOL]*{M} → [FC→RELU]*{K} → FC"
    assert "".join(parse_arch(text)) == ("CR" * N + "P") * M + "FR" * K + "F"


def joined(parts):
    return "->".join(text for text, _ in parts), [layer for _, some in parts for layer in some]


letters = st.sampled_from(["C", "R", "P", "F", "CONV", "RELU", "POOL", "FC"]).map(
    lambda word: (word, [word[0]])
)
patterns = st.recursive(
    letters,
    lambda inner: st.tuples(
        st.lists(inner, min_size=1, max_size=3).map(joined), st.integers(0, 3)
    ).map(lambda group: (f"[{group[0][0]}]*{group[1]}", group[0][1] * group[1])),
    max_leaves=8,
)


@given(st.lists(patterns, min_size=1, max_size=3).map(joined))
def test_any_pattern(pattern):
    text, expected = pattern
    assert parse_arch(text) == expected
    assert parse_arch(text.replace("->", " → ").replace("*", " * ")) == expected


@given(st.lists(patterns, min_size=1, max_size=3).map(joined), st.data())
def test_a_pattern_with_one_character_lost_is_refused_or_another(pattern, data):
    """Nothing but a ValueError may happen; brackets and arrows that are lost are noticed."""
    text, _ = pattern
    place = data.draw(st.integers(0, len(text) - 1))
    rest = text[:place] + text[place + 1 :]
    if text[place] in "[]->":
        with pytest.raises(ValueError, match="is malformed at character"):
            parse_arch(rest)
    else:
        try:
            parse_arch(rest)
        except ValueError as error:
            assert "is malformed" in str(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is malformed at character 1: expected a layer or '', the text ends"),
        ("C→", "at character 3: expected a layer or '', the text ends"),
        ("→C", "at character 1: expected a layer or '', got '→C'"),
        ("C R", "at character 2: expected an arrow, or nothing, got 'R'"),
        ("[C", "at character 3: expected an arrow or '', the text ends"),
        ("[C→R", "the text ends"),
        ("C]", "at character 2: expected an arrow, or nothing, got '"),
        ("[]*2", "at character 2: expected a layer or '', got '"),
        ("[C→]*2", "at character 4: expected a layer"),
        ("C*2", r"at character 2: expected an arrow, or nothing, got '\*2'"),
        ("[C]*", r"at character 4: expected an arrow, or nothing, got '\*'"),
        ("[C]*-1", r"got '\*-1'"),
        ("[C]*1.5", r"got '\.5'"),
        ("[C]*N", r"got '\*N'"),
        ("[C]**2", r"got '\*\*2'"),
        ("[C]*2*3", r"got '\*3'"),
        ("[C][R]", "at character 4"),
        ("C→X", "at character 2: expected|at character 3: expected a layer or '', got 'X'"),
        ("conv", "at character 1"),
        ("C - > R", "at character 2"),
        ("C->>R", "at character 4"),
        ("(C)", "at character 1"),
        ("CR", "at character 2"),
        ("[C]*٣", "malformed"),
        ("[C]*10001", "A group is repeated 10001 times: more than 10000 layers"),
        ("[[[C]*999]*999]*999", "more than 10000 layers"),
        ("[[C]*0]*99999999999999999999", "more than 10000 layers"),
        ("[" * 5000 + "C", "is malformed at character 5002"),
    ],
)
def test_malformed_patterns(text, message):
    message = message.replace("or ''", r"or '[\[\]]'")
    with pytest.raises(ValueError, match=message):
        parse_arch(text)


def test_deep_nesting_is_no_trouble():
    assert parse_arch("[" * 5000 + "C" + "]" * 5000) == ["C"]


def test_a_pattern_is_a_text():
    with pytest.raises(TypeError, match=r"text is \['C'\]: it must be a str"):
        parse_arch(["C"])


# receptive_field ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([], (1, 1, 0), id="nothing"),
        pytest.param([(3, 1, 0, 1)], (3, 1, 1), id="one layer"),
        pytest.param([(3, 1, 1, 1)], (3, 1, 0), id="padding keeps the middle"),
        pytest.param([(3, 1, 0, 1)] * 3, (7, 1, 3), id="item113-no-pools"),
        pytest.param(
            [(3, 1, 0, 1), (2, 2, 0, 1)] * 2 + [(3, 1, 0, 1)], (18, 4, 8.5), id="item113-pools"
        ),
        pytest.param([(3, 1, 0, 2)], (5, 1, 2), id="dilation"),
        pytest.param([(3, 2, 1, 1), (3, 2, 1, 1), (3, 1, 0, 1)], (15, 4, 4), id="strides"),
        pytest.param([(2, 2, 0, 1)], (2, 2, 0.5), id="even kernel"),
        pytest.param([(1, 2, 0, 1)] * 2, (1, 4, 0), id="1x1 stride 2"),
    ],
)
def test_fields_by_hand(steps, expected):
    assert receptive_field(steps) == expected


step = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3))


@given(st.lists(step, max_size=4), st.integers(0, 5))
def test_field_is_what_a_place_goes_back_to(steps, place):
    """From the output down: the places a .. b of a layer come from a*s - p .. b*s - p + d(k-1)."""
    first = last = place
    for k, s, p, d in reversed(steps):
        first, last = first * s - p, last * s - p + d * (k - 1)
    rf, jump, start = receptive_field(steps)
    assert rf == last - first + 1
    assert start + place * jump == (first + last) / 2


@given(st.lists(step, min_size=1, max_size=3), st.data())
def test_field_is_where_torchs_gradient_is_not_0(steps, data):
    rf, jump, start = receptive_field(steps)
    n = 3 * rf + 40
    x = torch.zeros(1, 1, n, dtype=torch.float64, requires_grad=True)
    y = x
    for k, s, p, d in steps:
        w = torch.ones(1, 1, k, dtype=torch.float64)
        y = torch.nn.functional.conv1d(y, w, stride=s, padding=p, dilation=d)
    fields = start + jump * np.arange(y.shape[-1])
    inside = np.flatnonzero((fields - rf / 2 >= 0) & (fields + rf / 2 <= n - 1))
    assume(len(inside))
    place = data.draw(st.sampled_from(inside.tolist()))
    y[0, 0, place].backward()
    seen = np.flatnonzero(x.grad[0, 0].numpy())
    assert seen[-1] - seen[0] + 1 == rf
    assert (seen[0] + seen[-1]) / 2 == fields[place]


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ([(3, 1, 0)], ValueError, r"a step is \(3, 1, 0\): it must be \(kernel, stride, padding"),
        ([3], ValueError, "a step is 3"),
        ([(0, 1, 0, 1)], ValueError, "kernel is 0"),
        ([(3, 0, 0, 1)], ValueError, "stride is 0"),
        ([(3, 1, -1, 1)], ValueError, "padding is -1"),
        ([(3, 1, 0, 0)], ValueError, "dilation is 0"),
        ([(3.0, 1, 0, 1)], TypeError, r"kernel is 3\.0"),
        ([((3, 3), 1, 0, 1)], TypeError, r"kernel is \(3, 3\)"),
    ],
)
def test_fields_refuse(steps, error, message):
    with pytest.raises(error, match=message):
        receptive_field(steps)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param(
            [
                conv(8, 3, stride=2, padding=1, dilation=2),
                relu(),
                batch_norm(),
                max_pool(3, stride=2),
            ],
            [(3, 2, 1, 2), (3, 2, 0, 1)],
            id="windows only",
        ),
        pytest.param([conv(8, 4, padding="same")], [(4, 1, 1, 1)], id="same"),
        pytest.param([avg_pool(2), flatten(), conv(8, 3)], [(2, 2, 0, 1)], id="until flatten"),
        pytest.param([avg_pool_to(6), conv(8, 3)], [], id="until averaging"),
        pytest.param(
            [residual([conv(8, 3), conv(8, 5)], skip=[conv(8, 1)])],
            [(3, 1, 0, 1), (5, 1, 0, 1)],
            id="main path",
        ),
    ],
)
def test_windows_of_layers(layers, expected):
    assert window_steps(layers) == expected


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (conv(8, (3, 5)), "conv has a window that differs along the axes"),
        (max_pool(2, stride=(1, 2)), "max_pool has a window that differs"),
        (conv(8, 3, stride=2, padding="same"), r"conv has padding 'same' and stride \(2, 2\)"),
    ],
)
def test_windows_that_are_refused(layer, message):
    with pytest.raises(ValueError, match=message):
        window_steps([layer])


@pytest.mark.parametrize(
    ("net", "expected"), [(lenet5, 16), (alexnet, 195), (vgg16, 212), (resnet18, 435)]
)
def test_fields_of_known_nets(net, expected):
    """AlexNet's and VGG-16's are those of Araujo, Norris and Sim (2019)."""
    assert receptive_field(window_steps(net()["layers"]))[0] == expected
