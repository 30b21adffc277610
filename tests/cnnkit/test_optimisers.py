"""Optimisers beside torch's, step for step; the plain step; schedules; resuming; the contract."""

import copy
import io

import numpy as np
import pytest
import torch
from contract import normal
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnkit.optimisers import (
    SGD,
    Adam,
    constant,
    cosine,
    one_cycle,
    sgd_step,
    step_decay,
    warm_up,
)

SHAPES = {"conv1.w": (3, 2, 2, 3), "conv1.b": (3,), "head.w": (2, 3)}


def first_params(dtype=float):
    return {
        name: normal(*shape, seed=i).astype(dtype) for i, (name, shape) in enumerate(SHAPES.items())
    }


def gradients(step, dtype=float):
    """Different at each step, and of different sizes."""
    return {
        name: (10.0 ** (i - 1) * normal(*shape, seed=100 + 10 * step + i)).astype(dtype)
        for i, (name, shape) in enumerate(SHAPES.items())
    }


def torch_params(make, steps, dtype=float):
    """The parameters after each step of an optimiser of torch."""
    tensors = {
        name: torch.from_numpy(p).requires_grad_() for name, p in first_params(dtype).items()
    }
    optimiser = make(list(tensors.values()))
    for step in range(steps):
        for name, grad in gradients(step, dtype).items():
            tensors[name].grad = torch.from_numpy(grad)
        optimiser.step()
        yield {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}


PAIRS = {
    "plain": (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "decay": (
        lambda: SGD(0.1, weight_decay=0.2),
        lambda p: torch.optim.SGD(p, 0.1, weight_decay=0.2),
    ),
    "momentum": (lambda: SGD(0.1, momentum=0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8)),
    "nesterov": (
        lambda: SGD(0.1, momentum=0.8, nesterov=True, weight_decay=0.3),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.8, nesterov=True, weight_decay=0.3),
    ),
    "adam": (lambda: Adam(0.05), lambda p: torch.optim.Adam(p, 0.05)),
    "adam's options": (
        lambda: Adam(0.05, betas=(0.7, 0.9), eps=0.1),
        lambda p: torch.optim.Adam(p, 0.05, betas=(0.7, 0.9), eps=0.1),
    ),
    "adamw": (
        lambda: Adam(0.05, weight_decay=0.4),
        lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.4),
    ),
}
each = pytest.mark.parametrize(("ours", "theirs"), PAIRS.values(), ids=PAIRS)


@each
@pytest.mark.parametrize(("dtype", "close"), [("float64", 1e-12), ("float32", 1e-5)])
def test_torchs_step_for_step(ours, theirs, dtype, close):
    params, optimiser = first_params(dtype), ours()
    for step, expected in enumerate(torch_params(theirs, 6, dtype)):
        optimiser.step(params, gradients(step, dtype))
        for name, value in params.items():
            assert value.dtype == dtype
            assert_allclose(value, expected[name], rtol=close, atol=close)


def test_adams_decay_is_not_through_the_gradient():
    """torch's Adam with weight_decay is another thing: the decay is scaled away."""
    params, optimiser = first_params(), Adam(0.05, weight_decay=0.4)
    optimiser.step(params, gradients(0))
    (other,) = torch_params(lambda p: torch.optim.Adam(p, 0.05, weight_decay=0.4), 1)
    assert np.abs(params["head.w"] - other["head.w"]).max() > 1e-3


@each
def test_arrays_are_updated_in_place_and_gradients_stay(ours, theirs):
    params, grads, optimiser = first_params(), gradients(0), ours()
    kept = dict(params)
    copies = {name: grad.copy() for name, grad in grads.items()}
    for _ in range(3):
        optimiser.step(params, grads)
        held = [value for value in optimiser.state.values() if isinstance(value, np.ndarray)]
        given = [*params.values(), *grads.values()]
        assert not any(np.shares_memory(one, other) for one in held for other in given)
    for name in params:
        assert params[name] is kept[name]
        assert_array_equal(grads[name], copies[name])


@each
def test_a_parameter_without_a_gradient_stays(ours, theirs):
    params, optimiser = first_params(), ours()
    before = params["conv1.w"].copy()
    for step in range(3):
        grads = gradients(step)
        del grads["conv1.w"]
        optimiser.step(params, grads)
    assert_array_equal(params["conv1.w"], before)
    assert not any(key.startswith("conv1.w") for key in optimiser.state)
    assert np.abs(params["head.w"] - first_params()["head.w"]).max() > 0


@each
def test_a_run_goes_on_from_its_state(ours, theirs):
    """Through a file, as training writes it: numbers come back as arrays."""
    whole, optimiser = first_params(), ours()
    for step in range(3):
        optimiser.step(whole, gradients(step))
    params, state = copy.deepcopy(whole), io.BytesIO()
    np.savez(state, **{name.replace("/", "|"): value for name, value in optimiser.state.items()})
    for step in range(3, 6):
        optimiser.step(whole, gradients(step))
    state.seek(0)
    again = ours()
    again.state = {name.replace("|", "/"): value for name, value in np.load(state).items()}
    for step in range(3, 6):
        again.step(params, gradients(step))
    for name in params:
        assert_array_equal(params[name], whole[name])


def test_the_rate_may_change_between_steps():
    params, optimiser = {"w": np.array([1.0])}, SGD(0.1)
    optimiser.lr = 0.5
    optimiser.step(params, {"w": np.array([1.0])})
    assert params["w"] == 0.5


@pytest.mark.parametrize("make", [SGD, Adam])
def test_what_steps_refuse(make):
    params = {"w": np.zeros((2, 3)), "b": np.zeros(2)}
    with pytest.raises(ValueError, match="grads has 'c', which is no parameter: there are w, b"):
        make(0.1).step(params, {"c": np.zeros(2)})
    with pytest.raises(ValueError, match=r"gradient of w has shape \(3,\), w has shape \(2, 3\)"):
        make(0.1).step(params, {"w": np.zeros(3)})


@pytest.mark.parametrize("make", [SGD, Adam])
@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "complex128"])
def test_only_floats_are_moved_in_place(make, dtype):
    """Written back into integers, every step would be cut off without a word."""
    params = {"w": np.ones(2, dtype), "b": np.ones(2)}
    with pytest.raises(TypeError, match=rf"params\['w'\] has dtype {dtype}: it must hold floats"):
        make(0.1).step(params, {"w": np.ones(2)})
    make(0.1).step(params, {"b": np.ones(2)})  # what stays may be anything


@pytest.mark.parametrize("step", [SGD(0.1).step, Adam(0.1).step, lambda *of: sgd_step(*of, 0.1)])
@pytest.mark.parametrize(
    ("params", "grads", "message"),
    [
        ([np.ones(2)], {}, "params is a list: it must be a dict of arrays"),
        ({"w": np.ones(2)}, [np.ones(2)], "grads is a list: it must be a dict of arrays"),
        ({"w": [1.0, 2.0]}, {"w": np.ones(2)}, r"params\['w'\] is a list: it must be an array"),
        ({"w": np.ones(2)}, {"w": np.array(["1", "2"])}, "gradient of w has dtype <U1"),
        ({"w": np.ones(2)}, {"w": np.array([1, None])}, "gradient of w has dtype object"),
        ({"w": np.ones(2)}, {"w": np.ones(2, complex)}, "gradient of w has dtype complex128"),
    ],
)
def test_parameters_and_gradients_are_arrays_of_numbers(step, params, grads, message):
    with pytest.raises(TypeError, match=message):
        step(params, grads)


@pytest.mark.parametrize("make", [lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.1)])
@pytest.mark.parametrize("shape", [(2, 3), (1, 3)])  # as in the first model, or to be broadcast
def test_an_optimiser_does_not_take_its_momentum_into_another_model(make, shape):
    first, other, grads = {"w": np.ones((2, 3))}, {"w": np.ones(shape)}, {"w": np.ones(shape)}
    optimiser = make()
    optimiser.step(first, {"w": np.ones((2, 3))})
    with pytest.raises(ValueError, match="moved another model.* a new optimiser for each model"):
        optimiser.step(other, grads)
    assert_array_equal(other["w"], np.ones(shape))


@pytest.mark.parametrize("make", [lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.1)])
def test_what_is_no_other_model(make):
    params, grads, optimiser = {"w": np.ones(3)}, {"w": np.ones(3)}, make()
    optimiser.step(params, grads)
    params["w"] = params["w"].copy()  # as load() of a model does
    optimiser.step(params, grads)
    optimiser.step(dict(params), grads)  # the same arrays in another dict
    twin, theirs = copy.deepcopy(optimiser), copy.deepcopy(params)
    twin.step(theirs, grads)
    optimiser.step(params, grads)
    assert_array_equal(theirs["w"], params["w"])


@pytest.mark.parametrize(
    ("make", "key"), [(lambda: SGD(0.1, momentum=0.9), "w"), (lambda: Adam(0.1), "w/mean")]
)
def test_a_state_that_is_put_back_is_of_the_parameters_to_come(make, key):
    optimiser = make()
    optimiser.step({"w": np.ones((2, 3))}, {"w": np.ones((2, 3))})
    optimiser.state = copy.deepcopy(optimiser.state)
    optimiser.step({"w": np.ones((2, 3))}, {"w": np.ones((2, 3))})
    optimiser.state = {**optimiser.state, key: np.ones((1, 3))}
    with pytest.raises(ValueError, match=r"the state of w has shape \(1, 3\), w has"):
        optimiser.step({"w": np.ones((2, 3))}, {"w": np.ones((2, 3))})


def test_an_optimiser_looks_the_same_after_a_step():
    """A checkpoint compares what an optimiser has beside its state."""
    fresh, used = SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.9)
    used.step({"w": np.ones(2)}, {"w": np.ones(2)})
    for name in vars(fresh).keys() - {"state"}:
        assert repr(getattr(fresh, name)) == repr(getattr(used, name))


def test_adam_in_float16_steps_as_in_float32():
    """Squares of such gradients, and eps, are 0 in float16."""
    grads = {"w": np.array([1e-5, 300, 0], np.float16)}
    half, single = ({"w": np.ones(3, dtype)} for dtype in (np.float16, np.float32))
    for params in (half, single):
        optimiser = Adam(0.1, weight_decay=0.1)
        for _ in range(3):
            optimiser.step(params, grads if params is half else {"w": grads["w"].astype("f4")})
    assert half["w"].dtype == np.float16
    assert_allclose(half["w"], single["w"], rtol=3e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(-0.1), "lr is -0.1: it must be 0 or more, and finite"),
        (lambda: SGD(np.inf), "lr is inf"),
        (lambda: SGD(0.1, momentum=1), "momentum is 1: it must be in 0 <= momentum < 1"),
        (lambda: SGD(0.1, momentum=-0.1), "momentum is -0.1"),
        (lambda: SGD(0.1, nesterov=True), "nesterov is True, momentum is 0"),
        (lambda: SGD(0.1, weight_decay=np.nan), "weight_decay is nan"),
        (lambda: Adam(-1), "lr is -1"),
        (lambda: Adam(betas=(0.9, 1.0)), "beta is 1.0: it must be in 0 <= beta < 1"),
        (lambda: Adam(eps=-1e-8), "eps is -1e-08"),
        (lambda: Adam(weight_decay=-1), "weight_decay is -1"),
    ],
)
def test_options_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: SGD("0.1"),
        lambda: SGD(True),
        lambda: SGD(0.1, nesterov=1),
        lambda: SGD(0.1, 0.9),
        lambda: Adam(betas=0.9),
        lambda: Adam(0.1, (0.9, 0.99)),
    ],
)
def test_options_of_the_wrong_type(make):
    with pytest.raises(TypeError):
        make()


# sgd_step -----------------------------------------------------------------------------------------


def test_the_plain_step_by_hand():
    params = {"w": np.array([1.0, -2.0]), "b": np.array(3.0)}
    grads = {"w": np.array([10.0, 20.0]), "b": np.array(-1.0)}
    new = sgd_step(params, grads, 0.1, weight_decay=0.5)
    assert_allclose(new["w"], [1 - 0.1 * (10 + 0.5), -2 - 0.1 * (20 - 1)], rtol=1e-15)
    assert_allclose(new["b"], 3 - 0.1 * (-1 + 1.5), rtol=1e-15)


def test_the_plain_step_is_sgds():
    params, optimiser = first_params(), SGD(0.1, weight_decay=0.2)
    new = sgd_step(params, gradients(0), 0.1, weight_decay=0.2)
    optimiser.step(params, gradients(0))
    for name in params:
        assert_allclose(new[name], params[name], rtol=1e-14)


def test_frozen_ones_stay_to_the_last_bit():
    params, frozen = first_params(), {"conv1.w", "conv1.b"}
    first = first_params()
    for step in range(10):
        params = sgd_step(params, gradients(step), 0.1, frozen=frozen, weight_decay=0.3)
    for name in frozen:
        assert_array_equal(params[name], first[name])
    assert np.abs(params["head.w"] - first["head.w"]).min() > 0


def test_frozen_ones_need_no_gradient():
    grads = gradients(0)
    del grads["conv1.b"]
    sgd_step(first_params(), grads, 0.1, frozen=["conv1.b"])
    with pytest.raises(ValueError, match="grads has no 'conv1.b', which is not frozen"):
        sgd_step(first_params(), grads, 0.1)


def test_a_rate_for_each_layer():
    params = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    grads = {name: np.ones(shape) for name, shape in SHAPES.items()}
    new = sgd_step(params, grads, 0.1, lr_mult={"conv1": 0.5, "conv1.b": 0, "c": 7})
    for name, expected in {"conv1.w": -0.05, "conv1.b": 0, "head.w": -0.1}.items():
        assert_allclose(new[name], np.full(SHAPES[name], expected), rtol=1e-15)


def test_the_plain_step_leaves_its_inputs_and_shares_nothing():
    params, grads = first_params(), gradients(0)
    copies = copy.deepcopy((params, grads))
    new = sgd_step(params, grads, 0.1, frozen={"conv1.w"})
    for name, value in new.items():
        assert not np.shares_memory(value, params[name])
        value[...] = 77
        assert_array_equal(params[name], copies[0][name])
        assert_array_equal(grads[name], copies[1][name])


@pytest.mark.parametrize(
    ("kind", "result"), [("float32", "float32"), ("float64", "float64"), ("int64", "float64")]
)
def test_the_plain_steps_dtype(kind, result):
    params = {"w": np.ones(2, kind)}
    new = sgd_step(params, {"w": np.ones(2, kind)}, 0.5)
    assert new["w"].dtype == result
    assert_array_equal(new["w"], [0.5, 0.5])
    frozen = sgd_step(params, {}, 0.5, frozen={"w"})
    assert frozen["w"].dtype == result


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"frozen": {"conv1"}}, ValueError, "frozen has 'conv1', which is no parameter: there are"),
        ({"frozen": "conv1.w"}, TypeError, "frozen is 'conv1.w': it must be several names"),
        ({"lr_mult": {"conv2": 1}}, ValueError, "lr_mult has 'conv2', with which no parameter"),
        ({"lr_mult": {"conv1": -1}}, ValueError, r"lr_mult\['conv1'\] is -1"),
        ({"lr_mult": {"conv1": "1"}}, TypeError, "'1'"),
        ({"weight_decay": -1}, ValueError, "weight_decay is -1"),
        ({"lr": -1}, ValueError, "lr is -1"),
        ({"grads": {"b": 1}}, ValueError, "grads has 'b', which is no parameter"),
        (
            {"grads": {**gradients(0), "head.w": np.zeros(3)}},
            ValueError,
            r"the gradient of head.w has shape \(3,\), head.w has shape \(2, 3\)",
        ),
    ],
)
def test_what_the_plain_step_refuses(options, error, message):
    arguments = {"params": first_params(), "grads": gradients(0), "lr": 0.1, **options}
    with pytest.raises(error, match=message):
        sgd_step(**arguments)


def test_the_plain_steps_options_are_keywords():
    with pytest.raises(TypeError, match="positional"):
        sgd_step(first_params(), gradients(0), 0.1, {"conv1.w"})


# Schedules ----------------------------------------------------------------------------------------


def torch_rates(make, steps):
    """The rates before each step, of a base rate of 1."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    schedule = make(optimiser)
    for _ in range(steps):
        yield optimiser.param_groups[0]["lr"]
        optimiser.step()
        schedule.step()


def test_cosine_is_torchs():
    expected = torch_rates(
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40, eta_min=0.1), 41
    )
    assert_allclose([cosine(i / 40, final=0.1) for i in range(41)], list(expected), rtol=1e-12)


def test_step_decay_is_torchs():
    expected = torch_rates(
        lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [10, 32], gamma=0.2), 40
    )
    got = [step_decay(i / 40, drops=(0.25, 0.8), factor=0.2) for i in range(40)]
    assert_allclose(got, list(expected), rtol=1e-12)


def test_one_cycle_is_torchs():
    """Torch's peak lies at step 0.3 * 100 - 1 of 100, and its end at step 99."""
    rates = list(
        torch_rates(lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, 1.0, total_steps=100, cycle_momentum=False), 100)
    )  # fmt: skip
    parts = [0.3 * i / 29 if i < 29 else 0.3 + 0.7 * (i - 29) / 70 for i in range(100)]
    assert_allclose([one_cycle(part) for part in parts], rates, rtol=1e-9)


def test_warm_up_is_torchs_linear_one():
    rates = torch_rates(
        lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=0.2, total_iters=8), 20
    )
    got = [warm_up(i / 20, until=0.4, first=0.2) for i in range(20)]
    assert_allclose(got, list(rates), rtol=1e-12)


SCHEDULES = [constant, step_decay, cosine, one_cycle, warm_up]


@given(st.sampled_from(SCHEDULES), st.floats(0, 1))
def test_a_factor_is_between_0_and_1(schedule, part):
    assert type(schedule(part)) is float
    assert 0 <= schedule(part) <= 1


def test_constant():
    assert {constant(part) for part in (0, 0.5, 1)} == {1}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_only_parts_of_a_training(schedule):
    for part in (-0.01, 1.01, np.nan):
        with pytest.raises(ValueError, match=f"part is {part}: it must be a part"):
            schedule(part)
    with pytest.raises(TypeError, match="part is None"):
        schedule(None)


def test_what_schedules_refuse():
    for peak in (0, 1, -1):
        with pytest.raises(ValueError, match=f"peak is {peak}.0: it must be in 0 < peak < 1"):
            one_cycle(0.5, peak=peak)
    for until in (0, 1.1):
        with pytest.raises(ValueError, match=f"until is {until:.1f}: it must be in 0 < until <= 1"):
            warm_up(0.5, until=until)


@pytest.mark.parametrize(
    ("schedule", "name"),
    [(cosine, "final"), (one_cycle, "first"), (one_cycle, "final"), (warm_up, "first")]
    + [(step_decay, "factor"), (one_cycle, "peak"), (warm_up, "until")],
)
@pytest.mark.parametrize("wrong", ["0.1", None, True, np.nan, np.inf, -0.1])
def test_options_of_schedules_are_numbers(schedule, name, wrong):
    """At every part of a training, also where the option plays no part."""
    for part in (0, 0.5, 1):
        with pytest.raises((TypeError, ValueError), match=name):
            schedule(part, **{name: wrong})


@pytest.mark.parametrize("drop", ["0.5", None, np.nan, -0.1, 1.5])
def test_drops_are_parts_of_a_training(drop):
    with pytest.raises((TypeError, ValueError), match="a drop is"):
        step_decay(0.1, drops=(0.3, drop))
