"""Checkpoints: a run that was broken off ends as if it had not been."""

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import KINDS, Linear, Momentum, assert_same_weights, linear, pictures, tiny
from training_run import noise, run

from cnnkit.layers import AvgPool2D, Dense, Flatten, MaxPool2D, Sequential
from cnnkit.models import NormNet
from cnnkit.optimisers import Adam
from cnnkit.training import EarlyStopping, fit

both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def figures(history):
    return {name: column for name, column in history.items() if name != "seconds"}


def assert_same_run(one, other):
    assert_same_weights(one[0], other[0])
    assert figures(one[1]) == figures(other[1])


def rows(path):
    """How many epochs a checkpoint has."""
    if zipfile.is_zipfile(path) and "note.npy" in zipfile.ZipFile(path).namelist():
        note = str(np.load(path)["note"])
    else:
        note = torch.load(path, weights_only=True)["note"]
    return len(json.loads(note)["progress"]["rows"])


# Broken off -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "moment", "kept"),
    [("numpy", "batch", 2), ("numpy", "write", 1), ("torch", "batch", 2)],
)
def test_a_killed_run_resumes_to_the_last_bit(kind, moment, kept, tmp_path):
    path = tmp_path / "run.ckpt"
    script = Path(__file__).with_name("training_run.py")
    environment = {**os.environ, "PYTHONPATH": str(script.parents[2])}
    killed = subprocess.run([sys.executable, script, kind, path, moment], env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert rows(path) == kept
    assert_same_run(run(kind, path), run(kind))
    assert os.listdir(tmp_path) == [path.name]  # what a killed write had left is gone


@both
def test_an_interrupted_run_resumes_in_the_same_process(kind, tmp_path, capsys):
    """As one runs the cell again: the generator has moved on, the model is half-way."""
    path, rng = tmp_path / "run.ckpt", np.random.default_rng(7)
    model, optimiser = tiny(kind)
    count = 0

    def augment(x, y, rng):
        nonlocal count
        count += 1
        if count in (3, 10):  # in the first epoch, and later on
            raise KeyboardInterrupt
        return noise(x, y, rng)

    for _ in range(3):
        history = fit(
            model, *pictures(), optimiser=optimiser, epochs=4, rng=rng, batch_size=40,
            validation=pictures(150, 200), schedule=lambda part: 1 - part / 2, augment=augment,
            early_stopping=EarlyStopping(patience=3), checkpoint=path, progress=False,
        )  # fmt: skip
    assert_same_run((model, history), run(kind))


def test_a_net_of_the_course_resumes_with_its_optimiser(tmp_path):
    """Dropout, batch normalisation, Adam: everything that its parts keep is in the file."""

    def run(epochs, path=None):
        model = NormNet(np.random.default_rng(0), in_shape=(1, 8, 8), channels=(4,), hidden=16)
        model = model.astype(np.float32)
        history = fit(
            model, *pictures(), optimiser=Adam(0.01), epochs=epochs, batch_size=40,
            rng=np.random.default_rng(1), checkpoint=path, progress=False,
        )  # fmt: skip
        return model, history

    run(2, tmp_path / "run.npz")
    assert_same_run(run(4, tmp_path / "run.npz"), run(4))


@both
def test_more_epochs_later_are_the_same_as_at_once(kind, tmp_path):
    options = {"schedule": None, "early_stopping": None}
    run(kind, tmp_path / "run.ckpt", epochs=2, **options)
    assert_same_run(run(kind, tmp_path / "run.ckpt", **options), run(kind, **options))


@both
def test_a_finished_run_is_only_read(kind, tmp_path):
    first = run(kind, tmp_path / "run.ckpt")

    def never(x, y, rng):
        raise AssertionError("It trains again.")

    again = run(kind, tmp_path / "run.ckpt", augment=never)
    assert_same_run(again, first)
    assert again[1]["seconds"] == first[1]["seconds"]


@both
def test_early_stopping_goes_on_where_it_was(kind, tmp_path):
    """Killed after the best epoch: patience and best weights come out of the checkpoint."""
    options = {"epochs": 12, "schedule": lambda part: 1.5 - 3 * part}  # learns, then unlearns
    whole = run(kind, early_stopping=EarlyStopping(patience=3), **options)
    assert len(whole[1]["val_loss"]) < 12
    best = int(np.argmin(whole[1]["val_loss"]))
    count = 0

    def augment(x, y, rng):
        nonlocal count
        count += 1
        if count == 4 * (best + 2) + 1:  # after the best epoch and one more
            raise KeyboardInterrupt
        return noise(x, y, rng)

    path = tmp_path / "run.ckpt"
    _, history = run(
        kind, path, augment=augment, early_stopping=EarlyStopping(patience=3), **options
    )
    assert len(history["val_loss"]) == best + 2
    watch = EarlyStopping(patience=3)
    assert_same_run(run(kind, path, early_stopping=watch, **options), whole)
    assert watch.best == min(whole[1]["val_loss"])
    assert_same_run(run(kind, path, early_stopping=EarlyStopping(patience=3), **options), whole)


# Files ----------------------------------------------------------------------------------------


@both
def test_a_run_with_a_checkpoint_gives_what_one_without_gives(kind, tmp_path):
    assert_same_run(run(kind, tmp_path / "new" / "folder" / "run.ckpt"), run(kind))
    assert os.listdir(tmp_path / "new" / "folder") == ["run.ckpt"]


OTHERS = {
    "batch_size": {"batch_size": 30},
    "optimiser": {"lr": 0.06},
    "validation": {"validation": pictures(150, 201)},
    "augment": {"augment": None},
    "epochs": {"epochs": 9},
    "schedule": {"schedule": lambda part: 1 - part / 3},
    "early_stopping": {"early_stopping": EarlyStopping(patience=9)},
}


@both
@pytest.mark.parametrize("name", OTHERS)
def test_a_checkpoint_of_another_run_is_refused(kind, name, tmp_path):
    run(kind, tmp_path / "run.ckpt")
    before = (tmp_path / "run.ckpt").read_bytes()
    with pytest.raises(ValueError, match=f"of another run: {name} is .* there and .* here"):
        run(kind, tmp_path / "run.ckpt", **OTHERS[name])
    assert (tmp_path / "run.ckpt").read_bytes() == before


def small(path, *, x=None, y=None, model=None, epochs=1):
    model = model or Linear()
    fit(
        model, pictures()[0] if x is None else x, pictures()[1] if y is None else y,
        optimiser=Momentum(0.1), epochs=epochs, rng=np.random.default_rng(0),
        checkpoint=path, progress=False,
    )  # fmt: skip
    return model


def test_a_checkpoint_of_other_data_or_another_model_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    small(path, epochs=2)
    changed = pictures()[0].copy()
    changed[17, 0, 3, 3] += 0.5
    with pytest.raises(ValueError, match="of another run: x is"):
        small(path, x=changed, epochs=2)
    relabelled = pictures()[1].copy()
    relabelled[17] = (relabelled[17] + 1) % 10
    with pytest.raises(ValueError, match="of another run: y is"):
        small(path, y=relabelled, epochs=2)
    wider = Linear()
    wider.params["w"] = np.zeros((11, 64), np.float32)
    with pytest.raises(ValueError, match="of another run: shapes is"):
        small(path, model=wider, epochs=2)
    fresh = Linear()
    with pytest.raises(ValueError, match="has 2 epochs already, epochs is 1: ask for"):
        small(path, model=fresh)
    assert not fresh.params["w"].any()


class Described(Linear):
    """Has a repr of its own."""

    def __init__(self, words):
        super().__init__()
        self.words = words

    def __repr__(self):
        return self.words


def test_a_model_is_known_by_its_repr_or_else_by_its_class(tmp_path):
    small(tmp_path / "one.npz", model=Described("pooled by its maximum"))
    with pytest.raises(ValueError, match="model is pooled by its maximum there and .* mean here"):
        small(tmp_path / "one.npz", model=Described("pooled by its mean"))
    pooled = [
        Sequential(pool(2), Flatten(), Dense(16, 10, np.random.default_rng(0)))
        for pool in (MaxPool2D, AvgPool2D)
    ]
    small(tmp_path / "three.npz", model=pooled[0])
    with pytest.raises(ValueError, match=r"model is max_pool1: .* there and avg_pool1: .* here"):
        small(tmp_path / "three.npz", model=pooled[1])
    first, second = Linear(), Linear()
    assert repr(first) != repr(second)  # by their addresses
    small(tmp_path / "two.npz", model=first)
    small(tmp_path / "two.npz", model=second)


@both
def test_a_checkpoint_of_a_model_with_other_frozen_parts_is_refused(kind, tmp_path):
    def run(freeze, path):
        model, optimiser = linear(kind)
        if kind == "torch":
            model[1].bias = torch.nn.Parameter(torch.zeros(10))  # so that something learns
            model[1].bias.requires_grad_(True)
            model[1].weight.requires_grad_(not freeze)
        else:
            model.frozen = {"w"} if freeze else set()
        fit(
            model, *pictures(), optimiser=optimiser, epochs=1, rng=np.random.default_rng(0),
            checkpoint=path, progress=False,
        )  # fmt: skip

    run(False, tmp_path / "run.ckpt")
    with pytest.raises(ValueError, match=r"frozen is \[\] there and \['(1.weight|w)'\] here"):
        run(True, tmp_path / "run.ckpt")


@both
def test_a_resumption_is_told(kind, tmp_path, capsys):
    path = tmp_path / "run.ckpt"
    options = {"schedule": None, "early_stopping": None}
    run(kind, path, epochs=2, **options)
    assert capsys.readouterr().err == ""
    run(kind, path, epochs=3, **options)
    assert capsys.readouterr().err == (
        f"{path}: going on after epoch 2, with its weights and its seed; delete it to start anew.\n"
    )


@both
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_write_that_is_broken_off_leaves_the_old_file_alone(kind, error, tmp_path, monkeypatch):
    path = tmp_path / "run.ckpt"
    run(kind, path, epochs=2, schedule=None)
    before = path.read_bytes()

    def fail(handle):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    if error is KeyboardInterrupt:
        run(kind, path, epochs=3, schedule=None)
    else:
        with pytest.raises(OSError, match=r"run.ckpt cannot be written \(No space"):
            run(kind, path, epochs=3, schedule=None)
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == before


@both
@pytest.mark.parametrize("content", [b"", b"nothing of the kind", "half", "other kind"])
def test_what_is_no_checkpoint_is_refused_and_kept(kind, content, tmp_path):
    path = tmp_path / "run.ckpt"
    if isinstance(content, str):
        run(kind if content == "half" else {"numpy": "torch", "torch": "numpy"}[kind], path)
        whole = path.read_bytes()
        content = whole[: len(whole) // 2] if content == "half" else whole
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no checkpoint of such a model .*Name another file"):
        run(kind, path)
    assert path.read_bytes() == content


class Trap:
    """What a pickle could bring along."""

    def __reduce__(self):
        return print, ("the trap has sprung",)


@both
def test_a_checkpoint_brings_no_code_along(kind, tmp_path, capsys):
    path = tmp_path / "run.ckpt"
    if kind == "torch":
        torch.save({"note": "{}", "model": Trap()}, path)
    else:
        buffer = io.BytesIO()
        np.savez(buffer, note=np.array("{}"), trap=np.array([Trap()], dtype=object))
        path.write_bytes(buffer.getvalue())
        assert b"trap" in pickle.dumps(Trap())
    with pytest.raises(ValueError, match="no checkpoint"):
        run(kind, path)
    assert "trap" not in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_to_is_told_before_the_first_step(tmp_path):
    (tmp_path / "file").write_text("in the way")

    def never(x, y, rng):
        raise AssertionError("It trains.")

    with pytest.raises(OSError):
        run("numpy", tmp_path / "file" / "run.npz", augment=never)
