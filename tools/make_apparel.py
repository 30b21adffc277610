"""Make cnnkit/data/apparel.npz: a part of Fashion-MNIST, balanced by class.

    python tools/make_apparel.py [--check]

It needs the full set (``cnnkit data fetch fashion-mnist``, or ``CNNKIT_DATA_DIR``). Of each class
it takes the images whose place in the original, hashed with the seed, comes first: training
images from the training set, test images from the test set, in their original order. Neither the
clock nor a random generator has a say, so every run writes the same bytes (another version of
zlib may pack the same arrays into other bytes). ``--check`` writes nothing and fails when the
committed file is not what it would write.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile

import numpy as np

from cnnkit import data
from cnnkit.data.content import sha256
from cnnkit.data.packaged import APPAREL

SEED = 1
PER_CLASS = {"train": 500, "test": 100}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # a zip file holds a date for each part
UNIX = 3  # and the system that packed it


def chosen(labels: np.ndarray, split: str, count: int) -> np.ndarray:
    """Give the places of ``count`` images of each class, in ascending order."""

    def lot(place: int) -> bytes:
        return hashlib.sha256(f"{SEED} {split} {place}".encode()).digest()

    places = []
    for label in np.unique(labels):
        places += sorted(np.flatnonzero(labels == label).tolist(), key=lot)[:count]
    return np.sort(places)


def subset() -> dict[str, np.ndarray]:
    """Choose the images and labels of both splits from the full set."""
    arrays = {}
    for split, count in PER_CLASS.items():
        images, labels = data.load("fashion-mnist", split)
        places = chosen(labels, split, count)
        arrays[f"{split}_images"] = images[places, 0]
        arrays[f"{split}_labels"] = labels[places].astype(np.uint8)
    return arrays


def packed(arrays: dict[str, np.ndarray]) -> bytes:
    """Pack arrays as .npz, the same bytes each time and on each system."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", LONG_AGO)
            info.create_system = UNIX
            archive.writestr(info, part.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return file.getvalue()


def main(argv: list[str] | None = None) -> int:
    """Write the file, or compare it with the committed one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    wanted = parser.parse_args(argv)
    try:
        made = packed(subset())
    except data.DataError as error:
        print(error, file=sys.stderr)
        return 1
    if wanted.check:
        same = APPAREL.is_file() and APPAREL.read_bytes() == made
        print(f"{APPAREL.name} is {'' if same else 'NOT '}what the full set gives.")
        return 0 if same else 1
    APPAREL.write_bytes(made)
    print(f"{APPAREL.name}: {len(made):,} bytes. In cnnkit/data/packaged.py:")
    print(f'APPAREL_SHA256 = "{sha256(made)}"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
