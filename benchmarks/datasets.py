"""Check the full data sets and the part of one that comes with cnnkit, and time loading them.

    python benchmarks/datasets.py [--repeats 5]

It takes MNIST and Fashion-MNIST from ``CNNKIT_DATA_DIR``, from what was downloaded before, or
from the network. The tests know only small files of their own; here the real ones are compared
with what others publish about them: counts, first labels, and the mean and standard deviation
that everybody normalises with. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from timing import RESULTS, conditions, conditions_line, write_results

from cnnkit import data
from cnnkit.data.sets import SETS, SPLITS

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import make_apparel  # noqa: E402

# Mean and standard deviation of the training pixels in 0 .. 1, as tutorials give them.
NORMALISERS = {"mnist": (0.1307, 0.3081), "fashion-mnist": (0.2860, 0.3530)}
FIRST_LABELS = {
    ("mnist", "train"): [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
    ("mnist", "test"): [7, 2, 1, 0, 4, 1, 4, 9, 5, 9],
    ("fashion-mnist", "train"): [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
    ("fashion-mnist", "test"): [9, 2, 1, 1, 6, 1, 4, 6, 5, 7],
}

Check = tuple[str, bool]


def main() -> int:
    """Check, time, and write the table down; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="how often each set is loaded")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    wanted = parser.parse_args()
    on = conditions(("numpy", "scikit-learn", "pooch"))
    try:
        checks = [check for name in NORMALISERS for check in published(name)] + list(apparel())
        seconds = {
            f"{name}, {split}": loading(name, split, wanted.repeats)
            for name in SETS
            for split in SPLITS
        }
    except data.DataError as error:
        print(error, file=sys.stderr)
        return 1
    failed = [what for what, holds in checks if not holds]
    report = {"conditions": on, "checks": dict(checks), "seconds to load": seconds}
    write_results("datasets", report, table(on, checks, seconds), wanted.out)
    return 1 if failed else 0


def published(name: str) -> Iterator[Check]:
    """Compare a full set with what is published about it."""
    print(f"checking {name} ...", flush=True)
    for split, count in zip(SPLITS, SETS[name].counts, strict=True):
        images, labels = data.load(name, split)
        yield f"{name}, {split}: {count:,} pictures of 28 x 28", images.shape == (count, 1, 28, 28)
        first = FIRST_LABELS[name, split]
        yield f"{name}, {split}: the first labels are {first}", labels[:10].tolist() == first
        if split == "train":
            found = [round(float(value) / 255, 4) for value in (images.mean(), images.std())]
            what = f"{name}, {split}: mean and standard deviation {NORMALISERS[name]}"
            yield what, np.allclose(found, NORMALISERS[name], atol=1e-4, rtol=0)


def apparel() -> Iterator[Check]:
    """Compare the embedded part with the full set that it is made from."""
    print("making apparel twice ...", flush=True)
    once, again = (make_apparel.packed(make_apparel.subset()) for _ in range(2))
    yield "apparel: two runs of tools/make_apparel.py give the same bytes", once == again
    yield "apparel: they are the committed ones", make_apparel.APPAREL.read_bytes() == once
    for split, arrays in ((split, data.load("apparel", split)) for split in SPLITS):
        full = {
            image.tobytes(): label
            for image, label in zip(*data.load("fashion-mnist", split), strict=True)
        }
        found = [full.get(image.tobytes()) for image in arrays[0]]
        what = f"apparel, {split}: every picture is in that split of Fashion-MNIST, so labelled"
        yield what, found == arrays[1].tolist()


def loading(name: str, split: str, repeats: int) -> float:
    """Give the median time to load a set, in seconds."""
    times = []
    for _ in range(repeats):
        before = time.perf_counter()
        data.load(name, split)
        times.append(time.perf_counter() - before)
    return statistics.median(times)


def table(on: dict, checks: list[Check], seconds: dict[str, float]) -> str:
    """Write checks and times as Markdown."""
    lines = ["# Data sets", "", conditions_line(on), "", "| check | |", "|---|---|"]
    lines += [f"| {what} | {'holds' if holds else 'FAILS'} |" for what, holds in checks]
    lines += ["", "| set | ms to load, hashes proven |", "|---|---|"]
    lines += [f"| {name} | {1000 * value:.0f} |" for name, value in seconds.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
