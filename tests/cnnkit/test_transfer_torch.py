"""Transfer with torch: a new head, frozen layers and statistics, features, rates by layer."""

import copy

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from tiny_models import assert_same_weights, pictures, weights
from torch import nn

from cnnkit.layers import Dense, Sequential
from cnnkit.models.torch_nets import norm_convnet, residual_net
from cnnkit.training import fit
from cnnkit.transfer_torch import extract_features, freeze, rate_groups, replace_head


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def net(rng=None):
    """Convolution, normalisation, dropout and a head, for pictures of 8 x 8."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(144, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 10),
    )  # fmt: skip


def train(model, optimiser, epochs=3):
    x, y = pictures()
    return fit(
        model, x, y % 3, optimiser=optimiser, epochs=epochs, rng=np.random.default_rng(0),
        batch_size=40, progress=False,
    )  # fmt: skip


# A new head -----------------------------------------------------------------------------------


def test_a_new_head_leaves_the_old_model_alone():
    old = net()
    before = weights(old)
    new = replace_head(old, 3, np.random.default_rng(0))
    train(new, torch.optim.SGD(new.parameters(), lr=0.1))
    for name, array in weights(old).items():
        assert_array_equal(array, before[name])
    assert new(torch.zeros(2, 1, 8, 8)).shape == (2, 3)
    assert old(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_a_new_head_is_new_and_the_rest_a_copy():
    old = net()
    one, other, third = (replace_head(old, 10, np.random.default_rng(s)) for s in (0, 0, 1))
    assert_same_weights(one, other)
    assert not torch.equal(one[8].weight, third[8].weight)
    assert not torch.equal(one[8].weight, old[8].weight)
    assert not torch.equal(one[8].bias, old[8].bias)
    for name in weights(old):
        if not name.startswith("8."):
            assert_array_equal(weights(one)[name], weights(old)[name])


def test_a_head_within_a_block_keeps_its_form():
    old = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(4, 5, bias=False))).double()
    new = replace_head(old, 2, np.random.default_rng(0))
    assert new[1][0].bias is None
    assert new[1][0].weight.dtype == torch.float64
    assert new(torch.zeros(1, 4, dtype=torch.float64)).shape == (1, 2)


def test_only_a_head_that_is_there_can_be_replaced():
    with pytest.raises(ValueError, match="no dense layer"):
        replace_head(nn.Sequential(nn.Conv2d(1, 2, 3)), 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="n_classes is 0"):
        replace_head(net(), 0, np.random.default_rng(0))
    for layer in ("0", "head"):  # a convolution, and none at all
        with pytest.raises(ValueError, match=f"no dense layer '{layer}': there are 5, 8"):
            replace_head(net(), 3, np.random.default_rng(0), layer)


@pytest.mark.parametrize(
    "call",
    [
        lambda model: replace_head(model, 3, np.random.default_rng(0)),
        lambda model: freeze(model, "conv"),
        lambda model: rate_groups(model, 0.1, {}),
        lambda model: extract_features(model, np.zeros((1, 4)), "dense1"),
    ],
)
def test_a_model_in_numpy_is_sent_to_its_own_functions(call):
    for model in (Sequential(Dense(4, 3, np.random.default_rng(0))), None):
        with pytest.raises(TypeError, match=r"torch.nn.Module; for a .* see cnnkit.transfer\."):
            call(model)


class HeadFirst(nn.Module):
    """Declares its head before the layer that comes before it."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 10)
        self.body = nn.Linear(64, 4)

    def forward(self, x):
        return self.head(self.body(x.flatten(1)))


def test_a_head_that_was_not_declared_last_is_replaced_by_name():
    new = replace_head(HeadFirst(), 3, np.random.default_rng(0), "head")
    assert new(torch.zeros(2, 1, 8, 8)).shape == (2, 3)
    assert new.body.out_features == 4


def test_a_model_that_is_nothing_but_a_head_is_replaced():
    old = nn.Linear(4, 10, bias=False)
    new = replace_head(old, 3, np.random.default_rng(0))
    assert (new.in_features, new.out_features, new.bias) == (4, 3, None)
    assert old.out_features == 10


def test_nothing_is_frozen_in_a_model_with_a_new_head():
    old = nn.Sequential(nn.BatchNorm2d(1, affine=False), net())
    freeze(old, "")
    before = weights(old)
    new = replace_head(old, 3, np.random.default_rng(0))
    train(new, torch.optim.SGD(new.parameters(), lr=0.1), epochs=1)
    same = {name for name, array in weights(new).items() if np.array_equal(array, before[name])}
    assert same <= {"1.0.bias", "1.5.bias"}  # which the normalisation takes away again
    assert_same_weights(old, nn.Sequential(nn.BatchNorm2d(1, affine=False), net()))
    assert not any(p.requires_grad for p in old.parameters())
    freeze(new, "1.1.")
    kept = new[1][1].running_mean.clone()
    new.train()(torch.rand(4, 1, 8, 8))
    assert torch.equal(new[1][1].running_mean, kept)


# Frozen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", [torch.optim.SGD, torch.optim.AdamW])
@pytest.mark.parametrize("new_optimiser", [True, False])
def test_what_is_frozen_stays_to_the_last_bit(optimiser, new_optimiser):
    """Even with weight decay, and with momentum of steps before."""
    model = net()
    options = {"lr": 0.05, "weight_decay": 0.1}
    old = optimiser(model.parameters(), **options)
    train(model, old, epochs=1)
    names = freeze(model, "0.") | freeze(model, "1.")
    assert names == {"0.weight", "0.bias", "1.weight", "1.bias"}
    before = weights(model)
    train(model, optimiser(model.parameters(), **options) if new_optimiser else old)
    after = weights(model)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith(("0.", "1."))}
    assert "1.running_mean" in frozen and "1.num_batches_tracked" in frozen
    assert changed == before.keys() - frozen


def test_a_gradient_from_before_moves_nothing_that_is_frozen():
    model = net()
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
    model(torch.rand(4, 1, 8, 8)).sum().backward()
    freeze(model, "0.")
    before = weights(model)
    optimiser.step()
    assert_array_equal(model[0].weight.detach(), before["0.weight"])
    assert not np.array_equal(model[5].weight.detach(), before["5.weight"])


def test_frozen_statistics_are_used_in_training_too():
    model = net()
    x = torch.from_numpy(pictures()[0][:9] * 5 + 3)
    with torch.no_grad():
        by_batch = model[:3].train()(x)
        expected = model[:3].eval()(x)
        assert not torch.allclose(by_batch, expected)
        freeze(model, "")
        assert torch.equal(model[:3].train()(x), expected)
        assert torch.equal(copy.deepcopy(model)[:3].train()(x), expected)


NORMS = {
    "BatchNorm1d": (nn.BatchNorm1d(3), (4, 3, 5)),
    "BatchNorm3d": (nn.BatchNorm3d(3), (4, 3, 5, 5, 5)),
    "without parameters": (nn.BatchNorm2d(3, affine=False), (4, 3, 5, 5)),
    "InstanceNorm2d": (nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (4, 3, 5, 5)),
}


@pytest.mark.parametrize("case", NORMS)
def test_statistics_of_every_normalisation_are_frozen(case):
    norm, shape = NORMS[case]
    model, x = nn.Sequential(copy.deepcopy(norm)), 3 + torch.rand(shape)
    expected = copy.deepcopy(model).eval()(x)
    assert freeze(model, "0.") == {f"0.{name}" for name, _ in norm.named_parameters()}
    before = weights(model)
    assert torch.equal(model.train()(x), expected)
    assert_array_equal(weights(model)["0.running_mean"], before["0.running_mean"])


def test_what_is_frozen_can_learn_again():
    model, x = net(), torch.rand(4, 1, 8, 8)
    freeze(model, "")
    model.requires_grad_(True)
    model.train()(x)
    assert int(model[1].num_batches_tracked) == int(model[6].num_batches_tracked) == 1
    freeze(model, "1.")
    model.train()(x)
    assert (int(model[1].num_batches_tracked), int(model[6].num_batches_tracked)) == (1, 2)


def test_a_prefix_freezes_no_more_than_it_says():
    model = residual_net(np.random.default_rng(0))
    freeze(model, "residual1.main.batch_norm1.")
    model(torch.rand(4, 1, 28, 28)).sum().backward()
    still = {name for name, p in model.named_parameters() if p.grad is None}
    prefix = "residual1.main.batch_norm1"
    assert still == {f"{prefix}.weight", f"{prefix}.bias"}
    counts = {n: int(b) for n, b in model.named_buffers() if n.endswith("num_batches_tracked")}
    assert {name for name, count in counts.items() if count == 0} == {
        f"{prefix}.num_batches_tracked"
    }


def test_frozen_layers_still_pass_the_gradient_on():
    model = net()
    freeze(model, "5.")
    model(torch.rand(4, 1, 8, 8)).sum().backward()
    assert model[0].weight.grad.abs().sum() > 0


def test_a_prefix_without_a_parameter_is_refused():
    for call in (lambda: freeze(net(), "conv"), lambda: rate_groups(net(), 1, {"conv": 1})):
        with pytest.raises(ValueError, match="No parameter begins with 'conv': there are 0.weight"):
            call()


# Features -------------------------------------------------------------------------------------


def test_features_are_what_the_layer_gives_after_training():
    model = net()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1))
    x = pictures()[0]
    with torch.no_grad():
        expected = model[:6].eval()(torch.tensor(x)).numpy()
    model.train()
    before = weights(model)
    for batch in (1, 40, 150, 1000):  # 40 leaves a last batch of 30
        got = extract_features(model, x, "5", batch=batch)
        assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    for name, array in weights(model).items():
        assert_array_equal(array, before[name])
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_layer_in_place_afterwards_changes_no_features():
    features = extract_features(net(), pictures()[0][:5], "1")
    assert features.shape == (5, 4, 6, 6)
    assert features.min() < 0  # before the ReLU that follows, in place


def test_no_images_give_no_features():
    assert extract_features(net(), pictures()[0][:0], "5").shape == (0, 8)


def test_features_of_no_layer_or_of_several_calls_are_refused():
    x = pictures()[0][:5]
    with pytest.raises(ValueError, match="no layer 'conv1': there are 0, 1, 2"):
        extract_features(net(), x, "conv1")
    shared = nn.ReLU()
    model = nn.Sequential(shared, nn.Flatten(), nn.Linear(64, 64), shared)
    with pytest.raises(ValueError, match="layer '0' 2 times"):
        extract_features(model, x, "0", batch=2)
    with pytest.raises(TypeError, match="X has dtype uint8"):
        extract_features(net(), x.astype(np.uint8), "5")
    with pytest.raises(ValueError, match="batch is 0"):
        extract_features(net(), x, "5", 0)


# Rates ----------------------------------------------------------------------------------------


def test_each_layer_moves_by_its_own_rate():
    """Plain steps are proportional to the rate: compare with one net where all move alike."""
    alike, model = net(), net()
    groups = rate_groups(model, 0.1, {"0.": 0.1, "5": 0.5, "5.bias": 2})
    assert [group["lr"] for group in groups] == pytest.approx([0.01, 0.1, 0.05, 0.2])
    start = weights(model)
    for each, parameters in ((alike, alike.parameters()), (model, groups)):
        optimiser = torch.optim.SGD(parameters, lr=0.1)
        each.eval()(torch.tensor(pictures()[0][:20])).pow(2).sum().backward()
        optimiser.step()
    for name, factor in {"0.weight": 0.1, "5.weight": 0.5, "5.bias": 2, "8.weight": 1}.items():
        moved = [weights(each)[name] - start[name] for each in (alike, model)]
        assert_allclose(moved[1], factor * moved[0], rtol=1e-3, atol=1e-6)


def test_frozen_parameters_are_in_no_group():
    model = norm_convnet(np.random.default_rng(0))
    names = freeze(model, "conv")
    grouped = {id(p) for group in rate_groups(model, 0.1, {}) for p in group["params"]}
    expected = {id(p) for name, p in model.named_parameters() if name not in names}
    assert names == {"conv1.weight", "conv2.weight"}
    assert grouped == expected


@pytest.mark.parametrize(
    ("lr", "factor"),
    [(0.0, 1), (0.1, 0), (0.1, -1), (np.nan, 1), (0.1, np.nan), (np.inf, 1), (0.1, np.inf)],
)
def test_rates_must_be_positive_and_finite(lr, factor):
    with pytest.raises(ValueError, match="rates must be positive and finite"):
        rate_groups(net(), lr, {"0.": factor})
