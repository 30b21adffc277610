"""Train the networks of the course on all of MNIST, and see what they reach on its test set.

    python benchmarks/accuracy.py [--seeds 3] [--only dense]

Needs the full set (``cnnkit data fetch mnist``, or ``CNNKIT_DATA_DIR``). Every training has a fresh
process with one thread. Epochs and rates were chosen on a sixth of the training images; the test
set is looked at once a training, at its end, and every seed counts. Results go to
``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from timing import (
    RESULTS,
    conditions,
    conditions_line,
    in_fresh_process,
    write_results,
)

from cnnkit.data import load
from cnnkit.optimisers import one_cycle
from cnnkit.training import evaluate, fit

HELD_OUT = 10_000  # training images that --choose measures on instead of the test set


class Net(NamedTuple):
    """A network, how it is trained, and what it must reach."""

    build: Callable[[np.random.Generator], tuple[Any, Any]]  # model and optimiser
    epochs: int
    least: float  # accuracy, mean over the seeds
    seconds: int  # at most, for a training, of processor time
    batch_size: int = 128


def in_torch(name: str, lr: float) -> Callable[[np.random.Generator], tuple[Any, Any]]:
    """Build one of the torch models, with AdamW."""

    def build(rng: np.random.Generator) -> tuple[Any, Any]:
        import torch

        from cnnkit.models import torch_nets

        model = getattr(torch_nets, name)(rng)
        return model, torch.optim.AdamW(model.parameters(), lr=lr)

    return build


def in_numpy(rng: np.random.Generator) -> tuple[Any, Any]:
    """Build the LeNet-like net in NumPy, with Adam."""
    from cnnkit.models import LeNetLike
    from cnnkit.optimisers import Adam

    return LeNetLike(rng).astype(np.float32), Adam(lr=2e-3)


NETS = {
    "dense 784-512-10": Net(in_torch("mlp", 3e-3), 6, least=0.978, seconds=120, batch_size=64),
    "small convnet": Net(
        in_torch("small_convnet", 4e-3), 2, least=0.991, seconds=120, batch_size=64
    ),
    "convnet with batch norm": Net(in_torch("norm_convnet", 1e-2), 3, least=0.991, seconds=120),
    "LeNet-like in NumPy": Net(in_numpy, 3, least=0.985, seconds=120),
}


# One training, in a process of its own ----------------------------------------------------------


def train(name: str, seed: int, choose: bool) -> dict:
    """Train a network, and measure it on the test set, or on images held out to choose by."""
    net, rng = NETS[name], np.random.default_rng(seed)
    x, y = images("train")
    if choose:
        x, y, test = x[HELD_OUT:], y[HELD_OUT:], (x[:HELD_OUT], y[:HELD_OUT])
    model, optimiser = net.build(rng)
    began, clock = time.process_time(), time.perf_counter()
    history = fit(
        model, x, y, optimiser=optimiser, epochs=net.epochs, batch_size=net.batch_size, rng=rng,
        schedule=one_cycle, progress=sys.stderr.isatty(),
    )  # fmt: skip
    seconds, clock = time.process_time() - began, time.perf_counter() - clock
    loss, accuracy = evaluate(model, *(test if choose else images("test")))
    return {
        "seed": seed,
        "accuracy": round(accuracy, 4),
        "loss": round(loss, 4),
        "training accuracy": [round(value, 4) for value in history["acc"]],
        "seconds": round(seconds, 1),
        "by the clock": round(clock, 1),
    }


def images(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Load MNIST as floats from 0 to 1."""
    x, y = load("mnist", split)
    return x.astype(np.float32) / 255, y


# All of them ------------------------------------------------------------------------------------


def measure(names: list[str], seeds: int, choose: bool) -> dict:
    """Train each network with each seed, one after the other."""
    report: dict = {"conditions": conditions(), "held out": choose, "nets": {}}
    for name in names:
        net, runs = NETS[name], []
        for seed in range(seeds):
            words = ["--train", name, "--seed", str(seed), *(["--choose"] if choose else [])]
            runs.append(in_fresh_process(__file__, *words))
            print(f"{name}: {runs[-1]}", flush=True)
        report["nets"][name] = {
            "epochs": net.epochs,
            "batch size": net.batch_size,
            "accuracy": round(statistics.fmean(run["accuracy"] for run in runs), 4),
            "must reach": net.least,
            "seconds": max(run["seconds"] for run in runs),
            "at most": net.seconds,
            "runs": runs,
        }
    return report


def holds(figures: dict) -> bool:
    """Say whether a network reached what it must, in the time that it has."""
    reached = figures["accuracy"] >= figures["must reach"]
    return reached and figures["seconds"] <= figures["at most"]


def as_markdown(report: dict) -> str:
    """Write the table."""
    where = f"{HELD_OUT:,} held-out training images" if report["held out"] else "the test set"
    lines = [
        f"# Accuracy on MNIST, {where}",
        "",
        "Mean over the seeds; seconds of processor time of the slowest training, one thread.",
        "",
        "| network | epochs | accuracy, % | must reach | by seed | seconds | at most | |",
        "|---|---:|---:|---:|---|---:|---:|---|",
    ]
    for name, figures in report["nets"].items():
        each = ", ".join(f"{100 * run['accuracy']:.2f}" for run in figures["runs"])
        lines.append(
            f"| {name} | {figures['epochs']} | **{100 * figures['accuracy']:.2f}** "
            f"| {100 * figures['must reach']:.1f} | {each} "
            f"| {figures['seconds']:.0f} | {figures['at most']} "
            f"| {'holds' if holds(figures) else 'MISSED'} |"
        )
    return "\n".join([*lines, "", conditions_line(report["conditions"]), ""])


def main() -> int:
    """Train, print the table and write it down; 1 if a network missed what it must reach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each network")
    parser.add_argument("--only", default="", help="only networks whose name holds this")
    parser.add_argument(
        "--choose", action="store_true", help="leave the test set alone: measure on held-out images"
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    parser.add_argument("--train", choices=NETS, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.train:
        print(json.dumps(train(wanted.train, wanted.seed, wanted.choose)))
        return 0
    names = [name for name in NETS if wanted.only.lower() in name.lower()]
    if not names:
        parser.error(f"no network's name holds {wanted.only!r}: there are {', '.join(NETS)}.")
    report = measure(names, max(1, wanted.seeds), wanted.choose)
    write_results("accuracy", report, as_markdown(report), wanted.out)
    return int(not all(map(holds, report["nets"].values())))


if __name__ == "__main__":
    sys.exit(main())
