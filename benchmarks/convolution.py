"""Measure the convolutions of ``cnnkit.ops`` beside torch's and beside the usual im2col.

    python benchmarks/convolution.py [--repeats 3] [--layers lenet]

Twelve layers of well-known networks, float32, one thread each. Every time is that of a fresh
process in which the two calls take turns; a ratio is the median over such processes. Results that
are not torch's give no time. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np
from timing import (
    KEPT_MEMORY,
    RESULTS,
    conditions,
    conditions_line,
    geomean,
    in_fresh_process,
    interleaved,
    verdict,
    write_results,
)

from cnnkit.ops import conv2d, conv2d_backward


class Layer(NamedTuple):
    """A convolution: N images of C channels, O square filters."""

    N: int
    C: int
    H: int
    W: int
    O: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def options(self) -> dict[str, int]:
        """The options of :func:`cnnkit.ops.conv2d`."""
        return dict(stride=self.stride, padding=self.padding, dilation=self.dilation)

    def operands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Make x, w, b."""
        rng = np.random.default_rng(0)
        shapes = [
            (self.N, self.C, self.H, self.W),
            (self.O, self.C, self.kernel, self.kernel),
            self.O,
        ]
        return tuple(rng.standard_normal(shape, np.float32) for shape in shapes)


LAYERS = {
    "LeNet conv1": Layer(64, 1, 32, 32, 6, 5),
    "LeNet conv2": Layer(64, 6, 14, 14, 16, 5),
    "28, 1 to 32": Layer(64, 1, 28, 28, 32, 3),
    "26, 32 to 64": Layer(64, 32, 26, 26, 64, 3),
    "12, 64 to 128": Layer(64, 64, 12, 12, 128, 3),
    "32, 3 to 32, same": Layer(64, 3, 32, 32, 32, 3, padding=1),
    "32, 32 to 64, same": Layer(64, 32, 32, 32, 64, 3, padding=1),
    "AlexNet conv1": Layer(4, 3, 227, 227, 96, 11, stride=4),
    "AlexNet conv2": Layer(4, 48, 27, 27, 128, 5, padding=2),
    "1 x 1": Layer(64, 64, 14, 14, 64, 1),
    "stride 2": Layer(64, 32, 28, 28, 64, 3, stride=2, padding=1),
    "dilation 2": Layer(64, 32, 28, 28, 32, 3, padding=2, dilation=2),
}
TARGETS = {  # goal, and what must hold: time over torch's
    "forward, geomean": (1.0, 1.15),
    "forward, worst": (1.6, 2.0),
    "backward, geomean": (0.85, 0.95),
    "backward, worst": (2.0, 2.8),
}
MOST_MEMORY = 8.0  # MiB above input and output


# The usual im2col of courses: an index for every number, all windows at once, add.at back -------


def usual_indices(x_shape: tuple[int, ...], w_shape: tuple[int, ...], layer: Layer) -> tuple:
    """Give channel, row and column of every number of the windows of a padded image."""
    (_, C, H, W), (_, _, kh, kw) = x_shape, w_shape
    s, p, d = layer.stride, layer.padding, layer.dilation
    oh, ow = (H + 2 * p - d * (kh - 1) - 1) // s + 1, (W + 2 * p - d * (kw - 1) - 1) // s + 1
    i0, j0 = np.tile(np.repeat(d * np.arange(kh), kw), C), np.tile(d * np.arange(kw), kh * C)
    i1, j1 = s * np.repeat(np.arange(oh), ow), s * np.tile(np.arange(ow), oh)
    c = np.repeat(np.arange(C), kh * kw)[:, None]
    return c, i0[:, None] + i1, j0[:, None] + j1, (oh, ow)


def usual_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, layer: Layer
) -> tuple[np.ndarray, np.ndarray]:
    """Give y, and the windows (C * kH * kW, oH * oW * N), which the way back uses again."""
    p = layer.padding
    c, i, j, out_hw = usual_indices(x.shape, w.shape, layer)
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    columns = padded[:, c, i, j].transpose(1, 2, 0).reshape(w[0].size, -1)
    y = w.reshape(len(w), -1) @ columns + b[:, None]
    return y.reshape(len(w), *out_hw, len(x)).transpose(3, 0, 1, 2), columns


def usual_backward(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, columns: np.ndarray, layer: Layer
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give dx, dw, db."""
    (N, C, H, W), p = x.shape, layer.padding
    flat = dy.transpose(1, 2, 3, 0).reshape(len(w), -1)
    dw, db = (flat @ columns.T).reshape(w.shape), dy.sum(axis=(0, 2, 3))
    dcolumns = (w.reshape(len(w), -1).T @ flat).reshape(w[0].size, -1, N).transpose(2, 0, 1)
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p), x.dtype)
    c, i, j, _ = usual_indices(x.shape, w.shape, layer)
    np.add.at(padded, (slice(None), c, i, j), dcolumns)
    return padded[:, :, p : p + H, p : p + W], dw, db


# One measurement, in a process of its own -------------------------------------------------------


def beside_torch(layer: Layer) -> dict[str, float]:
    """Time forward and backward of both in seconds; torch keeps what it needs for the way back."""
    import torch

    torch.set_num_threads(1)
    x, w, b = layer.operands()
    tensors = [torch.from_numpy(operand).requires_grad_() for operand in (x, w, b)]

    def forward() -> torch.Tensor:
        return torch.nn.functional.conv2d(*tensors, **layer.options)

    y = forward()
    dy = torch.from_numpy(np.random.default_rng(1).standard_normal(y.shape, np.float32))

    def backward() -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(y, tensors, dy, retain_graph=True)

    there = interleaved(
        {"forward": lambda: conv2d(x, w, b, **layer.options), "torch's forward": forward}
    )
    back = interleaved(
        {
            "backward": lambda: conv2d_backward(dy.numpy(), x, w, **layer.options),
            "torch's backward": backward,
        },
        seconds=1.5,
    )
    # Checked afterwards: it needs memory, and what was freed before decides how torch is served.
    same(conv2d(x, w, b, **layer.options), y.detach().numpy())
    for ours, theirs in zip(
        conv2d_backward(dy.numpy(), x, w, **layer.options), backward(), strict=True
    ):
        same(ours, theirs.numpy())
    return {**there, **back}


def beside_usual(layer: Layer) -> dict[str, float]:
    """Time forward and backward of both in seconds; the usual way back is given its windows."""
    x, w, b = layer.operands()
    y, columns = usual_forward(x, w, b, layer)
    dy = np.random.default_rng(1).standard_normal(y.shape, np.float32)
    there = interleaved(
        {
            "forward": lambda: conv2d(x, w, b, **layer.options),
            "usual forward": lambda: usual_forward(x, w, b, layer),
        },
        seconds=0.5, rounds=3,
    )  # fmt: skip
    back = interleaved(
        {
            "backward": lambda: conv2d_backward(dy, x, w, **layer.options),
            "usual backward": lambda: usual_backward(dy, x, w, columns, layer),
        },
        seconds=0.5, rounds=3,
    )  # fmt: skip
    same(y, conv2d(x, w, b, **layer.options))
    for usual, ours in zip(
        usual_backward(dy, x, w, columns, layer),
        conv2d_backward(dy, x, w, **layer.options),
        strict=True,
    ):
        same(usual, ours)
    return {**there, **back}


def same(got: np.ndarray, expected: np.ndarray) -> None:
    """Refuse times of wrong results; float32 sums differ by what their order rounds."""
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def memory() -> dict[str, float]:
    """Give the MiB above input and output of AlexNet's first layer, 32 images."""
    layer = LAYERS["AlexNet conv1"]._replace(N=32)
    x, w, b = layer.operands()
    dy = np.ones(conv2d(x, w, b, **layer.options).shape, np.float32)
    calls = {
        "forward": lambda: [conv2d(x, w, b, **layer.options)],
        "backward": lambda: conv2d_backward(dy, x, w, **layer.options),
        "usual forward": lambda: usual_forward(x, w, b, layer)[:1],
    }
    used = {}
    for name, call in calls.items():
        tracemalloc.start()
        results = call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        used[name] = (peak - sum(result.nbytes for result in results)) / 2**20
    return used


# All of them ------------------------------------------------------------------------------------


def measure(names: list[str], repeats: int) -> dict:
    """Give the figures of all layers, the median over the processes."""
    report: dict = {"conditions": conditions(), "layers": {}}
    plain: dict[str, str] = {}
    for name in names:
        runs = {
            "torch": [in_fresh_process(__file__, "--torch", name) for _ in range(repeats)],
            "torch, memory kept": [in_fresh_process(__file__, "--torch", name, env=KEPT_MEMORY)],
            "usual": [in_fresh_process(__file__, "--usual", name, env=plain)],
        }
        figures = {
            "layer": LAYERS[name]._asdict(),
            "milliseconds": {
                what: round(1000 * statistics.median(run[what] for run in runs["torch"]), 3)
                for what in runs["torch"][0]
            },
            "ratio": {
                beside: {
                    way: round(statistics.median(ratios(timed, way)), 3)
                    for way in ("forward", "backward")
                }
                for beside, timed in runs.items()
            },
        }
        report["layers"][name] = figures
        print(f"{name}: {figures['ratio']}", flush=True)
    report["memory, MiB"] = {
        what: round(value, 1) for what, value in in_fresh_process(__file__, "--memory").items()
    }
    report["summary"] = summary(report["layers"])
    return report


def ratios(runs: list[dict[str, float]], way: str) -> list[float]:
    """Give our time over the other's, process by process."""
    other = next(what for what in runs[0] if what.endswith(way) and what != way)
    return [run[way] / run[other] for run in runs]


def summary(layers: dict) -> dict[str, float]:
    """Sum the ratios up."""
    found = {}
    for beside in ("torch", "torch, memory kept", "usual"):
        for way in ("forward", "backward"):
            all_ = [figures["ratio"][beside][way] for figures in layers.values()]
            prefix = way if beside == "torch" else f"{way} beside {beside}"
            found[f"{prefix}, geomean"] = round(geomean(all_), 3)
            found[f"{prefix}, worst"] = max(all_)
    return found


def as_markdown(report: dict) -> str:
    """Write the tables."""
    lines = [
        "# Convolution, time over torch's and over the usual im2col's",
        "",
        "float32, one thread each, processor time; below 1 is faster. *kept*: with memory that the",
        "C library keeps; *usual*: over an im2col of all windows at once, with `np.add.at`.",
        "",
        "| layer | N, C × H × W, O, kernel | forward, ms | torch, ms | **ratio** | kept | usual "
        "| backward, ms | torch, ms | **ratio** | kept | usual |",
        "|---|---|" + "---:|" * 10,
    ]
    for name, figures in report["layers"].items():
        N, C, H, W, O, k, s, p, d = figures["layer"].values()
        options = (", stride", s, 1), (", padding", p, 0), (", dilation", d, 1)
        extra = "".join(f"{option} {value}" for option, value, no in options if value != no)
        cells = [name, f"{N}, {C} × {H} × {W}, {O}, {k}{extra}"]
        for way in ("forward", "backward"):
            milliseconds = figures["milliseconds"]
            cells += [f"{milliseconds[way]:.2f}", f"{milliseconds[f'''torch's {way}''']:.2f}"]
            ratio = {beside: f"{both[way]:.2f}" for beside, both in figures["ratio"].items()}
            cells += [f"**{ratio['torch']}**", ratio["torch, memory kept"], ratio["usual"]]
        lines.append(f"| {' | '.join(cells)} |")
    found, used = report["summary"], report["memory, MiB"]
    lines += ["", "| | measured | goal | must hold | |", "|---|---:|---:|---:|---|"]
    rows = [(what, found[what], *limits) for what, limits in TARGETS.items()]
    rows += [
        (f"{way} beside the usual im2col, worst", found[f"{way} beside usual, worst"], 1, 1)
        for way in ("forward", "backward")
    ]
    rows.append(("memory of AlexNet conv1, 32 images, MiB", used["forward"], *[MOST_MEMORY] * 2))
    lines += [f"| {w} | {v:.2f} | {g} | {m} | {verdict(v, g, m)} |" for w, v, g, m in rows]
    return "\n".join([
        *lines,
        "",
        "With kept memory: forward "
        f"{found['forward beside torch, memory kept, geomean']:.2f} (worst "
        f"{found['forward beside torch, memory kept, worst']:.2f}), backward "
        f"{found['backward beside torch, memory kept, geomean']:.2f} (worst "
        f"{found['backward beside torch, memory kept, worst']:.2f}).",
        "",
        f"Memory above input and output, AlexNet conv1, 32 images: forward {used['forward']} MiB, "
        f"backward {used['backward']} MiB; the usual im2col's forward {used['usual forward']} MiB.",
        "",
        conditions_line(report["conditions"]),
        "",
    ])  # fmt: skip


def main() -> int:
    """Measure, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="processes for each layer")
    parser.add_argument("--layers", default="", help="only layers whose name holds this")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    for inner in ("--torch", "--usual"):
        parser.add_argument(inner, choices=LAYERS, help=argparse.SUPPRESS)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.torch or wanted.usual or wanted.memory:
        found = (
            beside_torch(LAYERS[wanted.torch]) if wanted.torch
            else beside_usual(LAYERS[wanted.usual]) if wanted.usual
            else memory()
        )  # fmt: skip
        print(json.dumps(found))
        return 0
    names = [name for name in LAYERS if wanted.layers.lower() in name.lower()]
    if not names:
        parser.error(f"no layer's name holds {wanted.layers!r}: there are {', '.join(LAYERS)}.")
    report = measure(names, max(1, wanted.repeats))
    write_results("convolution", report, as_markdown(report), wanted.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
