"""The training loop: one for NumPy and torch, seeded, watched, and to be interrupted."""

import contextlib
import subprocess
import sys

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from tiny_models import (
    KINDS,
    Linear,
    Momentum,
    assert_same_weights,
    linear,
    pictures,
    tiny,
    weights,
)

from cnnkit.models import LeNetLike
from cnnkit.optimisers import Adam, one_cycle
from cnnkit.training import EarlyStopping, evaluate, fit
from cnnkit.training.labels import cross_entropy

both = pytest.mark.parametrize("kind", KINDS)
ONE_HOT = np.eye(10, dtype=np.float32)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def train(model, optimiser, x, y, *, seed=0, **options):
    options = {"epochs": 2, "batch_size": 40, "progress": False, **options}
    return fit(model, x, y, optimiser=optimiser, rng=np.random.default_rng(seed), **options)


def trained(kind, **options):
    """A tiny net after training, and its history."""
    model, optimiser = tiny(kind)
    return model, train(model, optimiser, *pictures(), **options)


def figures(history):
    return {name: column for name, column in history.items() if name != "seconds"}


# Learning -------------------------------------------------------------------------------------


@both
def test_one_loop_learns_32_images_by_heart(kind):
    model, optimiser = tiny(kind)
    x, y = pictures(0, 32)
    history = train(model, optimiser, x, y, epochs=60, batch_size=16)
    loss, accuracy = evaluate(model, x, y)
    assert accuracy == 1
    assert loss < 0.1 < 2 < history["loss"][0]
    assert list(history) == ["loss", "acc", "seconds"]
    assert {len(column) for column in history.values()} == {60}
    assert all(seconds > 0 for seconds in history["seconds"])


def test_both_kinds_do_the_same():
    """From the same weights, in the same order, by the same rule."""
    nets = {kind: linear(kind) for kind in KINDS}
    histories = [train(*net, *pictures(), epochs=3) for net in nets.values()]
    assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=1e-5)
    assert histories[0]["acc"] == histories[1]["acc"]
    assert_allclose(
        nets["numpy"][0].params["w"], nets["torch"][0][1].weight.detach(), rtol=1e-4, atol=1e-6
    )


@both
def test_history_is_the_mean_over_examples_not_over_batches(kind):
    x, y = pictures(0, 41)  # a last batch of one, which must not count as much as one of 40
    model, optimiser = linear(kind, lr=0.0)
    model_weights = np.random.default_rng(0).normal(size=(10, 64)).astype(np.float32)
    if kind == "numpy":
        model.params["w"][...] = model_weights
    else:
        model[1].weight.data = torch.from_numpy(model_weights)
    history = train(model, optimiser, x, y, epochs=1, validation=(x, y))
    assert list(history) == ["loss", "acc", "val_loss", "val_acc", "seconds"]
    loss, accuracy = evaluate(model, x, y, batch_size=7)
    assert history["loss"] == pytest.approx([loss], rel=1e-5)
    assert history["val_loss"] == pytest.approx([loss], rel=1e-5)
    assert history["acc"] == history["val_acc"] == [pytest.approx(accuracy)]


@both
def test_each_epoch_takes_every_example_once_in_a_new_order(kind):
    x, y = pictures(0, 45)
    seen = []
    model, optimiser = linear(kind)

    def look(x, y, rng):
        seen.append(x[:, 0].reshape(len(x), 64).copy())
        return x, y

    train(model, optimiser, x, y, batch_size=20, augment=look)
    assert [len(batch) for batch in seen] == [20, 20, 5] * 2
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert not np.array_equal(first, second)
    flat = x.reshape(45, 64)
    for epoch in (first, second):
        assert not np.array_equal(epoch, flat)
        assert_array_equal(np.sort(epoch, axis=0), np.sort(flat, axis=0))


def test_the_nets_of_the_course_learn_with_their_optimiser():
    model = LeNetLike(
        np.random.default_rng(0), in_shape=(1, 8, 8), channels=(8, 8), kernel=3, pools=(1, 2)
    ).astype(np.float32)
    x, y = pictures(0, 32)
    train(model, Adam(0.01), x, y, epochs=30, batch_size=16, schedule=one_cycle)
    assert evaluate(model, x, y)[1] == 1
    assert {value.dtype for value in model.params.values()} == {np.dtype(np.float32)}


# Chance ---------------------------------------------------------------------------------------


def noise(x, y, rng):
    """An augmentation that draws, and changes what it is given."""
    x += rng.normal(0, 0.1, x.shape).astype(np.float32)
    return x, y


@both
def test_the_same_seed_gives_the_same_to_the_last_bit(kind):
    one, other, third = (trained(kind, seed=seed, augment=noise) for seed in (1, 1, 2))
    assert_same_weights(one[0], other[0])
    assert figures(one[1]) == figures(other[1])
    assert figures(one[1]) != figures(third[1])


@both
def test_chance_of_others_neither_matters_nor_is_disturbed(kind):
    one, _ = trained(kind)
    np.random.seed(5)
    torch.manual_seed(5)
    before = np.random.get_state()[1].copy(), torch.get_rng_state()
    other, _ = trained(kind)
    assert_same_weights(one, other)
    assert_array_equal(np.random.get_state()[1], before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


@both
def test_a_generator_that_has_moved_on_gives_another_order(kind):
    rng = np.random.default_rng(0)
    histories = []
    for _ in range(2):
        model, optimiser = linear(kind)
        options = {"epochs": 1, "batch_size": 40, "progress": False}
        histories.append(fit(model, *pictures(), optimiser=optimiser, rng=rng, **options))
    assert figures(histories[0]) != figures(histories[1])


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_draws_from_its_own_generator_again(fails):
    def augment(x, y, rng):
        if fails:
            raise RuntimeError("The augmentation has failed.")
        return x, y

    model, optimiser = tiny("numpy")
    model.rng = own = np.random.default_rng(3)
    with pytest.raises(RuntimeError) if fails else contextlib.nullcontext():
        train(model, optimiser, *pictures(), augment=augment)
    assert model.rng is own
    assert own.random() == np.random.default_rng(3).random()


# Augmentation and mixed labels ----------------------------------------------------------------


@both
def test_augment_gets_copies(kind):
    images, labels = (array.copy() for array in pictures())
    model, optimiser = linear(kind)

    def spoil(x, y, rng):
        x[:], y[:] = 0, 3
        return x, y

    train(model, optimiser, images, labels, augment=spoil)
    assert_array_equal(images, pictures()[0])
    assert_array_equal(labels, pictures()[1])


@both
def test_mixed_labels_of_a_single_class_are_that_class(kind):
    plain, mixed, hooked = (linear(kind) for _ in range(3))
    x, y = pictures()
    histories = [
        train(*plain, x, y),
        train(*mixed, x, ONE_HOT[y]),
        train(*hooked, x, y, augment=lambda x, y, rng: (x, ONE_HOT[y])),
    ]
    for model, history in zip((mixed, hooked), histories[1:], strict=True):
        assert_allclose(history["loss"], histories[0]["loss"], rtol=1e-5)
        assert history["acc"] == histories[0]["acc"]
        for name, array in weights(model[0]).items():
            assert_allclose(array, weights(plain[0])[name], rtol=1e-4, atol=1e-6)


@both
def test_mixed_labels_are_learned_as_shares(kind):
    """One picture that is to 3/4 one class: the scores come to say so."""
    model, optimiser = linear(kind, lr=0.1)
    share = (0.75 * ONE_HOT[3] + 0.25 * ONE_HOT[5])[None]
    train(model, optimiser, pictures()[0][:1], share, epochs=300)
    loss, accuracy = evaluate(model, pictures()[0][:1], share)
    assert loss == pytest.approx(-0.75 * np.log(0.75) - 0.25 * np.log(0.25), abs=0.02)
    assert accuracy == 1


def test_shares_have_the_gradient_of_their_loss():
    rng = np.random.default_rng(0)
    scores, y = rng.normal(size=(4, 3)), rng.dirichlet([1, 1, 1], 4)
    loss, dscores = cross_entropy(scores, y)
    t = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(t, torch.tensor(y))
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    assert_allclose(dscores, t.grad, rtol=1e-10, atol=1e-14)


@both
def test_other_layouts_and_dtypes_of_images_are_taken(kind):
    x, y = pictures()
    expected = linear(kind)
    train(*expected, x, y)
    for images in (x.astype(np.float64), x[..., ::-1].copy()[..., ::-1], x.astype(">f4")):
        model, optimiser = linear(kind)
        backwards = lambda x, y, rng: (x[..., ::-1].copy()[..., ::-1], y)  # noqa: E731
        train(model, optimiser, images, y.astype(np.uint8), augment=backwards)
        assert_same_weights(model, expected[0])


# The learning rate ----------------------------------------------------------------------------


def rate_of(optimiser):
    return optimiser.lr if hasattr(optimiser, "lr") else optimiser.param_groups[0]["lr"]


@both
def test_a_schedule_scales_the_rate_of_each_step_and_puts_it_back(kind):
    model, optimiser = linear(kind, lr=0.5)
    step, rates = optimiser.step, []

    def spy(*arguments):
        rates.append(rate_of(optimiser))
        return step(*arguments)

    optimiser.step = spy
    train(model, optimiser, *pictures(), schedule=lambda part: 1 - part)  # 2 epochs of 4 steps
    assert rates == [0.5 * (1 - step / 8) for step in range(8)]
    assert rate_of(optimiser) == 0.5


def test_a_schedule_keeps_the_ratio_between_groups():
    model, _ = linear("torch")
    other = torch.nn.Parameter(torch.zeros(3))
    model.register_parameter("other", other)
    groups = [{"params": [model[1].weight], "lr": 0.2}, {"params": [other], "lr": 0.02}]
    optimiser = torch.optim.SGD(groups)
    rates = []

    def look(x, y, rng):
        rates.append([group["lr"] for group in optimiser.param_groups])
        return x, y

    options = {"schedule": lambda part: 0.5, "augment": look, "epochs": 1, "batch_size": 75}
    train(model, optimiser, *pictures(), **options)
    assert rates[1] == [0.1, 0.01]
    assert [group["lr"] for group in optimiser.param_groups] == [0.2, 0.02]


# Early stopping -------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("mode", ["min", "max"])
def test_early_stopping_restores_the_best(kind, mode):
    """Labels that mean nothing: what is learned of them makes the validation worse."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(60, 1, 8, 8)).astype(np.float32), rng.integers(0, 10, 60)
    validation = x[30:], y[30:]
    x, y = x[:30], y[:30]
    options = {"batch_size": 10, "validation": validation}
    model, optimiser = tiny(kind)
    watch = EarlyStopping(patience=3, mode=mode)
    history = train(model, optimiser, x, y, epochs=40, early_stopping=watch, **options)
    figure = history["val_loss"] if mode == "min" else history["val_acc"]
    best = int(np.argmin(figure) if mode == "min" else np.argmax(figure))
    assert len(figure) == best + 1 + 3 < 40
    assert watch.best == figure[best]
    assert evaluate(model, *validation)[mode == "max"] == figure[best]
    again, optimiser = tiny(kind)
    train(again, optimiser, x, y, epochs=best + 1, **options)
    assert_same_weights(model, again)


@both
def test_early_stopping_restores_the_best_at_the_last_epoch_too(kind):
    """The rate turns negative half-way, which unlearns; no epoch says stop."""
    model, optimiser = linear(kind, lr=0.1)
    options = {"epochs": 8, "validation": pictures(150, 300), "schedule": lambda part: 1 - 2 * part}
    watch = EarlyStopping(patience=20)
    history = train(model, optimiser, *pictures(), early_stopping=watch, **options)
    assert len(history["val_loss"]) == 8
    assert history["val_loss"][-1] > min(history["val_loss"])
    assert evaluate(model, *options["validation"])[0] == min(history["val_loss"])


@both
def test_an_error_on_the_way_restores_the_best_too(kind):
    """The rate turns negative, so the last weights are not the best."""
    model, optimiser = linear(kind, lr=0.1)
    watch, count = EarlyStopping(patience=20), 0

    def augment(x, y, rng):
        nonlocal count
        count += 1
        if count == 7 * 4 + 2:
            raise RuntimeError("The augmentation has failed.")
        return x, y

    options = {"epochs": 8, "validation": pictures(150, 300), "schedule": lambda part: 1 - 2 * part}
    with pytest.raises(RuntimeError, match="has failed"):
        train(model, optimiser, *pictures(), early_stopping=watch, augment=augment, **options)
    assert evaluate(model, *options["validation"])[0] == watch.best


@both
def test_the_best_weights_stay_when_training_goes_on(kind):
    model, optimiser = linear(kind)
    watch = EarlyStopping(patience=20)
    train(model, optimiser, *pictures(), early_stopping=watch, validation=pictures(150, 200))
    before = {name: np.asarray(array).copy() for name, array in watch.best_params.items()}
    train(model, optimiser, *pictures())
    for name, array in watch.best_params.items():
        assert_array_equal(np.asarray(array), before[name])


class Diverging(Linear):
    """Its scores are NaN in training from a step on, and afterwards always."""

    def __init__(self, good):
        super().__init__()
        self.good = good

    def forward(self, x, train=False):
        self.good -= train
        return super().forward(x) + np.float32(0 if self.good >= 0 else np.nan)

    def backward(self, dscores):
        return super().backward(np.nan_to_num(dscores))


@pytest.mark.parametrize("progress", [False, True])
def test_the_first_loss_that_is_not_finite_is_told_once(progress, capsys):
    history = train(Diverging(6), Momentum(0.5), *pictures(), epochs=4, progress=progress)
    assert np.isfinite(history["loss"]).tolist() == [True, False, False, False]
    error = capsys.readouterr().err
    assert error.count("The loss is nan in epoch 2: try a smaller lr.\n") == 1
    assert error.count("try a smaller lr") == 1


def test_an_epoch_that_ends_in_nan_is_not_the_best():
    """Nor the first, whose accuracy of 0 is more than none."""
    watch = EarlyStopping(patience=2, mode="max")
    validation = pictures(150, 200)
    history = train(Diverging(0), Momentum(0.5), *pictures(), epochs=4, validation=validation,
                    early_stopping=watch)  # fmt: skip
    assert history["val_acc"] == [0, 0]
    assert (watch.best, watch.best_params) == (-np.inf, None)


# Interruption ---------------------------------------------------------------------------------


def interrupting(batch):
    """An augmentation during which Ctrl-C is pressed, at that batch."""
    count = 0

    def augment(x, y, rng):
        nonlocal count
        count += 1
        if count == batch:
            raise KeyboardInterrupt
        return noise(x, y, rng)

    return augment


@both
def test_an_interruption_leaves_a_usable_model_and_the_history(kind, capsys):
    model, history = trained(kind, epochs=5, augment=interrupting(7))  # 4 batches an epoch
    whole, expected = trained(kind, epochs=1, augment=noise)
    assert figures(history) == figures(expected)
    assert np.isfinite(evaluate(model, *pictures())[0])
    assert not getattr(model, "training", False)
    moved = weights(model)
    assert any(not np.array_equal(moved[name], old) for name, old in weights(whole).items())
    assert capsys.readouterr().err == "\nInterrupted in epoch 2: the history has 1.\n"


@both
def test_an_interruption_of_the_first_epoch_gives_an_empty_history(kind):
    model, history = trained(kind, augment=interrupting(2))
    assert history == {"loss": [], "acc": [], "seconds": []}
    assert np.isfinite(evaluate(model, *pictures())[0])


@both
def test_an_interruption_restores_the_best_where_early_stopping_watches(kind):
    model, optimiser = linear(kind, lr=0.1)
    options = {"epochs": 8, "validation": pictures(150, 300), "early_stopping": EarlyStopping(9)}
    history = train(model, optimiser, *pictures(), augment=interrupting(15), **options)
    assert len(history["val_loss"]) == 3
    assert evaluate(model, *options["validation"])[0] == min(history["val_loss"])


# Progress -------------------------------------------------------------------------------------


def test_progress_is_shown_with_the_time_left(capsys):
    trained("numpy", progress=True, validation=pictures(150, 200))
    shown = capsys.readouterr()
    last = shown.err.rstrip().split("\r")[-1]
    assert shown.out == ""
    assert "epoch 2 of 2: 100%" in last
    assert "8/8" in last
    assert "val_acc 0." in last
    assert "<00:00" in last


def test_no_progress_is_quiet(capsys):
    trained("numpy", progress=False)
    assert capsys.readouterr() == ("", "")


# Refusals -------------------------------------------------------------------------------------

X, Y = pictures()
REFUSED = {
    "bytes": ({"x": (255 * X).astype(np.uint8)}, TypeError, "x has dtype uint8"),
    "float labels": ({"y": Y / 2}, TypeError, "labels are integers"),
    "a label missing": ({"y": Y[1:]}, ValueError, "one label for each"),
    "a label below 0": ({"y": Y - 100}, ValueError, "labels count from 0"),
    "a label too many": ({"y": Y + 5}, ValueError, "0 to 9"),
    "shares for 4 classes": ({"y": ONE_HOT[Y % 4][:, :4]}, ValueError, "a share for each class"),
    "shares of nothing": ({"y": 0.9 * ONE_HOT[Y]}, ValueError, "do not sum to 1"),
    "a negative share": (
        {"y": 1.5 * ONE_HOT[Y] - 0.5 * ONE_HOT[(Y + 1) % 10]},
        ValueError,
        "has a share -0.5",
    ),
    "a share hardly below 0": (
        {"y": 1.001 * ONE_HOT[Y] - 0.001 * ONE_HOT[(Y + 1) % 10]},
        ValueError,
        "a share -0.001",
    ),
    "shares of nan": ({"y": np.nan * ONE_HOT[Y]}, ValueError, "do not sum to 1"),
    "validation without labels": ({"validation": np.ones((3, 2))}, TypeError, "a pair"),
    "a number as watch": (
        {"early_stopping": 5, "validation": (X, Y)},
        TypeError,
        "early_stopping is 5: .*EarlyStop",
    ),
    "a number as schedule": ({"schedule": 0.5}, TypeError, "schedule is 0.5: .*function"),
    "a flag as augment": ({"augment": True}, TypeError, "augment is True: .*function"),
    "a rate of nan": ({"schedule": lambda p: np.nan}, ValueError, r"schedule\(0\) is nan"),
    "a rate of None": ({"schedule": lambda p: None}, TypeError, r"schedule\(0\) is None"),
    "no examples": ({"x": X[:0], "y": Y[:0]}, ValueError, "at least one example"),
    "a bad augmentation": ({"augment": lambda x, y, rng: (x, y[1:])}, ValueError, "augment's y"),
    "bad validation": ({"validation": (X, Y[1:])}, ValueError, "the validation's y"),
    "nothing to watch": ({"early_stopping": EarlyStopping(1)}, ValueError, "give both"),
    "no optimiser": ({"optimiser": None}, TypeError, "optimiser is None"),
    "a seed": ({"rng": 3}, TypeError, "numpy.random.Generator"),
    "batches of 0": ({"batch_size": 0}, ValueError, "batch_size is 0"),
    "progress is a word": ({"progress": "no"}, TypeError, "progress is 'no': it must be True"),
    "epochs below 0": ({"epochs": -1}, ValueError, "epochs is -1"),
}


@both
@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_what_is_wrong_and_change_nothing(kind, case):
    wrong, error, words = REFUSED[case]
    model, optimiser = linear(kind)
    right = {"x": X, "y": Y, "optimiser": optimiser, "epochs": 1, "progress": False}
    right["rng"] = np.random.default_rng(0)
    with pytest.raises(error, match=words):
        fit(model, **{**right, **wrong})
    assert_same_weights(model, linear(kind)[0])


def test_an_optimiser_of_another_model_is_refused():
    """It would train that one, or nothing at all."""
    with pytest.raises(ValueError, match="another model"):
        train(linear("torch")[0], linear("torch")[1], *pictures())


@pytest.mark.parametrize(("model", "optimiser"), [KINDS, KINDS[::-1]])
def test_kinds_do_not_mix(model, optimiser):
    with pytest.raises(TypeError, match="optimiser is"):
        train(linear(model)[0], linear(optimiser)[1], *pictures())


def test_something_else_is_no_model():
    with pytest.raises(TypeError, match="without params, state, forward"):
        train("LeNet", linear("numpy")[1], *pictures())


@pytest.mark.parametrize(
    "cut", [(slice(None), 0), (slice(None), slice(None), None), slice(1, None)]
)
def test_scores_of_another_shape_are_refused(cut):
    class Cut(torch.nn.Linear):
        def forward(self, x):
            return super().forward(x.flatten(1))[cut]

    model = Cut(64, 10)
    words = r"scores has shape .*\(N, K\)|a row of scores for each example"
    with pytest.raises(ValueError, match=words):
        train(model, torch.optim.SGD(model.parameters(), lr=0.1), *pictures())


def test_a_watch_serves_one_run():
    watch = EarlyStopping(5)
    options = {"validation": pictures(150, 200), "early_stopping": watch}
    trained("numpy", **options)
    with pytest.raises(ValueError, match="another run"):
        trained("numpy", **options)


# Imports --------------------------------------------------------------------------------------


def test_training_in_numpy_never_loads_torch():
    script = """
import sys
import numpy as np
from cnnkit.training import fit
import cnnkit.models
class Model:
    params, state = {"w": np.zeros((2, 3))}, {}
    def forward(self, x, train=False): return x @ self.params["w"].T
    def backward(self, dscores): return {"w": dscores.T @ np.ones((4, 3))}
class Optimiser:
    lr, state = 1, {}
    def step(self, params, grads): params["w"] -= grads["w"]
fit(Model(), np.ones((4, 3)), np.arange(4) % 2, optimiser=Optimiser(), epochs=1,
    rng=np.random.default_rng(0), progress=False)
print({"torch", "matplotlib", "scipy", "sklearn"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
