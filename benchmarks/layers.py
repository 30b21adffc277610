"""Measure pools, batch normalisation and a training step of ``cnnkit.ops`` beside torch's.

    python benchmarks/layers.py [--repeats 5] [--only pool]

float32, forward and backward together. With one thread the two take turns in one process, and a
ratio is the median over fresh processes. With two threads each has processes of its own, in turn,
since their threads would disturb one another. Results that are not torch's give no time. Results
go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from lenet import LeNet, TorchLeNet, digits
from timing import (
    KEPT_MEMORY,
    ONE_THREAD,
    RESULTS,
    conditions,
    conditions_line,
    in_fresh_process,
    interleaved,
    verdict,
    write_results,
)

from cnnkit import ops

if TYPE_CHECKING:
    import torch

Call = Callable[[], object]
TWO_THREADS = dict.fromkeys(ONE_THREAD, "2")
STEP, STEP_TWO = "LeNet-5 step", "LeNet-5 step, two threads"
WARM_UP, STEPS = 20, 100  # of a process that times steps with two threads


class Row(NamedTuple):
    """A layer with its images, and the ratio to torch that is wished for and that must hold."""

    call: str
    shape: tuple[int, ...]
    kernel: int = 0
    stride: int = 0
    targets: tuple[float, float] | None = None


ROWS = {
    "max 2 × 2": Row("max", (64, 32, 28, 28), 2, 2, (0.6, 0.7)),
    "max 2 × 2, LeNet pool 1": Row("max", (64, 6, 28, 28), 2, 2, (0.6, 0.7)),
    "max 2 × 2, LeNet pool 2": Row("max", (64, 16, 10, 10), 2, 2),
    "max 3 × 3, stride 2": Row("max", (64, 32, 28, 28), 3, 2, (1.0, 1.45)),
    "max 3 × 3, stride 2, AlexNet pool 1": Row("max", (4, 96, 55, 55), 3, 2, (1.0, 1.45)),
    "average 2 × 2": Row("average", (64, 32, 28, 28), 2, 2),
    "average 3 × 3, stride 2": Row("average", (64, 32, 28, 28), 3, 2),
    "batch norm": Row("batch norm", (64, 32, 28, 28), targets=(1.0, 1.1)),
    "batch norm, 64 × 14 × 14": Row("batch norm", (64, 64, 14, 14), targets=(1.0, 1.1)),
    "ReLU": Row("relu", (64, 32, 28, 28)),
}
STEP_TARGETS = {STEP: (1.0, 1.1), STEP_TWO: (1.3, 1.6)}


# Forward and backward of both -------------------------------------------------------------------


def both(row: Row) -> tuple[Call, Call]:
    """Give our forward and backward, and torch's; each returns all its gradients."""
    import torch

    rng = np.random.default_rng(0)
    x = rng.standard_normal(row.shape, np.float32)
    t = torch.from_numpy(x).requires_grad_()
    ours, theirs, tensors = {
        "max": _max,
        "average": _average,
        "batch norm": _batch_norm,
        "relu": _relu,
    }[row.call](row, x, t)
    dy = rng.standard_normal(theirs().shape, np.float32)
    upstream = torch.from_numpy(dy)
    return lambda: ours(dy), lambda: torch.autograd.grad(theirs(), tensors, upstream)


def _max(row: Row, x: np.ndarray, t: torch.Tensor) -> tuple:
    from torch.nn import functional

    def ours(dy: np.ndarray) -> tuple[np.ndarray, ...]:
        ops.max_pool2d(x, row.kernel, stride=row.stride)
        return (ops.max_pool2d_backward(dy, x, row.kernel, stride=row.stride),)

    return ours, lambda: functional.max_pool2d(t, row.kernel, row.stride), [t]


def _average(row: Row, x: np.ndarray, t: torch.Tensor) -> tuple:
    from torch.nn import functional

    def ours(dy: np.ndarray) -> tuple[np.ndarray, ...]:
        ops.avg_pool2d(x, row.kernel, stride=row.stride)
        return (ops.avg_pool2d_backward(dy, x.shape, row.kernel, stride=row.stride),)

    return ours, lambda: functional.avg_pool2d(t, row.kernel, row.stride), [t]


def _batch_norm(row: Row, x: np.ndarray, t: torch.Tensor) -> tuple:
    import torch

    gamma, beta, mean, var = (
        np.full(row.shape[1], value, np.float32) for value in (1.5, 0.5, 0, 1)
    )
    weights = [torch.from_numpy(part.copy()).requires_grad_() for part in (gamma, beta)]
    running = [torch.from_numpy(part.copy()) for part in (mean, var)]

    def ours(dy: np.ndarray) -> tuple[np.ndarray, ...]:
        cache = ops.batchnorm2d(x, gamma, beta, (mean, var), True)[2]
        return ops.batchnorm2d_backward(dy, cache)

    def theirs() -> torch.Tensor:
        return torch.nn.functional.batch_norm(t, *running, *weights, training=True)

    return ours, theirs, [t, *weights]


def _relu(row: Row, x: np.ndarray, t: torch.Tensor) -> tuple:
    import torch

    def ours(dy: np.ndarray) -> tuple[np.ndarray, ...]:
        ops.relu(x)
        return (ops.relu_backward(dy, x),)

    return ours, lambda: torch.relu(t), [t]


# One measurement, in a process of its own -------------------------------------------------------


def time_row(name: str) -> dict[str, float]:
    """Time forward and backward of a layer in seconds."""
    import torch

    torch.set_num_threads(1)
    ours, theirs = both(ROWS[name])
    for mine, gradient in zip(ours(), theirs(), strict=True):
        same(mine, gradient.numpy())
    return interleaved({"ours": ours, "torch": theirs}, seconds=1.5, rounds=15)


def time_step() -> dict[str, float]:
    """Time a training step in seconds, one thread."""
    import torch

    torch.set_num_threads(1)
    x, y = digits()
    ours, theirs = LeNet(), TorchLeNet()
    check_steps(ours, theirs)
    return interleaved(
        {"ours": lambda: ours.step(x, y), "torch": lambda: theirs.step(x, y)},
        seconds=3,
        rounds=15,
    )


def time_steps_alone(name: str) -> dict[str, float]:
    """Time training steps of one side in seconds by the clock, with this process's threads."""
    if name == "torch":
        import torch

        torch.set_num_threads(2)
    x, y = digits()
    net = LeNet() if name == "ours" else TorchLeNet()
    times = []
    for _ in range(WARM_UP + STEPS):
        before = time.perf_counter()
        net.step(x, y)
        times.append(time.perf_counter() - before)
    return {name: statistics.median(times[WARM_UP:])}


def check_steps(ours: LeNet, theirs: TorchLeNet) -> None:
    """Refuse to time nets that do not do the same: three steps must lead to the same weights."""
    x, y = digits()
    for _ in range(3):
        same(ours.step(x, y), theirs.step(x, y))
    for name, weights in theirs.params.items():
        same(ours.params[name], weights.detach().numpy())


def same(got: np.ndarray, expected: np.ndarray) -> None:
    """Refuse times of wrong results; float32 sums differ by what their order rounds."""
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


# All of them ------------------------------------------------------------------------------------


def measure(names: list[str], repeats: int) -> dict:
    """Give the figures of all rows, the median over the processes."""
    report: dict = {"conditions": conditions(), "rows": {}}
    for name in names:
        if name == STEP_TWO:
            runs = [
                {
                    **in_fresh_process(__file__, "--alone", "ours", env=TWO_THREADS),
                    **in_fresh_process(__file__, "--alone", "torch", env=TWO_THREADS),
                }
                for _ in range(repeats)
            ]
            kept = []
        else:
            runs = [in_fresh_process(__file__, "--row", name) for _ in range(repeats)]
            kept = [in_fresh_process(__file__, "--row", name, env=KEPT_MEMORY)]
        report["rows"][name] = figures = {
            "milliseconds": {
                side: round(1000 * statistics.median(run[side] for run in runs), 3)
                for side in ("ours", "torch")
            },
            "ratio": _ratio(runs),
            "ratios": [round(run["ours"] / run["torch"], 3) for run in runs],
            "ratio, memory kept": _ratio(kept) if kept else None,
            "targets": STEP_TARGETS[name] if name in STEP_TARGETS else ROWS[name].targets,
        }
        print(f"{name}: {figures['ratio']} of torch's time", flush=True)
    return report


def _ratio(runs: list[dict[str, float]]) -> float:
    return round(statistics.median(run["ours"] / run["torch"] for run in runs), 3)


def as_markdown(report: dict) -> str:
    """Write the table."""
    lines = [
        "# Layers and a training step, time over torch's",
        "",
        "float32, forward and backward; below 1 is faster than torch. One thread: processor time,",
        "the two in turn. Two threads: time by the clock, each in processes of its own. *kept*:",
        "with memory that the C library keeps.",
        "",
        "| layer | images | cnnkit, ms | torch, ms | **ratio** | from, to | kept | goal "
        "| must hold | |",
        "|---|---|" + "---:|" * 7 + "---|",
    ]
    for name, figures in report["rows"].items():
        shape = ROWS[name].shape if name in ROWS else digits()[0].shape
        images = f"{shape[0]}, {' × '.join(map(str, shape[1:]))}"
        ours, theirs = figures["milliseconds"].values()
        spread = f"{min(figures['ratios']):.2f}, {max(figures['ratios']):.2f}"
        kept = figures["ratio, memory kept"]
        goal = must = said = ""
        if figures["targets"]:
            goal, must = figures["targets"]
            said = verdict(figures["ratio"], goal, must)
        lines.append(
            f"| {name} | {images} | {ours:.2f} | {theirs:.2f} | **{figures['ratio']:.2f}** "
            f"| {spread} | {'' if kept is None else f'{kept:.2f}'} | {goal} | {must} | {said} |"
        )
    return "\n".join([*lines, "", conditions_line(report["conditions"]), ""])


def main() -> int:
    """Measure, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="processes for each row")
    parser.add_argument("--only", default="", help="only rows whose name holds this")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    parser.add_argument("--row", choices=[*ROWS, STEP], help=argparse.SUPPRESS)
    parser.add_argument("--alone", choices=["ours", "torch"], help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.alone:
        print(json.dumps(time_steps_alone(wanted.alone)))
        return 0
    if wanted.row:
        print(json.dumps(time_step() if wanted.row == STEP else time_row(wanted.row)))
        return 0
    every = [*ROWS, STEP, STEP_TWO]
    names = [name for name in every if wanted.only.lower() in name.lower()]
    if not names:
        parser.error(f"no row's name holds {wanted.only!r}: there are {', '.join(every)}.")
    report = measure(names, max(1, wanted.repeats))
    write_results("layers", report, as_markdown(report), wanted.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
