"""Data that comes with installed packages: digits, apparel, photographs.

The files are read where the packages keep them, without importing the packages: scikit-learn
alone would take a second.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnkit.data.content import DataError

Pictures = tuple[np.ndarray, np.ndarray]

APPAREL = Path(__file__).with_name("apparel.npz")
APPAREL_SHA256 = "6e17f1e445a0e5f65b0d94790b9b3ca0ace17b528dfd1781ec074177df03ca74"
TEST_DIGITS = 36  # of each class


def digits(split: str) -> Pictures:
    """Read scikit-learn's digits, their 17 shades of grey spread over 0 to 255.

    The last 36 pictures of each digit are the test set, the others the training set. The
    pictures seem to stand in the order of their writers, and a net has to read the hand of
    people whom it has not seen: a split at random would be kinder.
    """
    path = _file_of("sklearn", "scikit-learn", "datasets/data/digits.csv.gz")
    table = np.loadtxt(path, delimiter=",", dtype=np.int64)
    labels = table[:, -1]
    images = np.rint(table[:, :-1] * 255 / 16).astype(np.uint8).reshape(-1, 1, 8, 8)
    tested = np.zeros(len(labels), bool)
    for digit in range(10):
        tested[np.flatnonzero(labels == digit)[-TEST_DIGITS:]] = True
    wanted = tested if split == "test" else ~tested
    return images[wanted], labels[wanted]


def apparel(split: str) -> Pictures:
    """Read the part of Fashion-MNIST that comes with cnnkit."""
    with np.load(APPAREL, allow_pickle=False) as arrays:
        return arrays[f"{split}_images"][:, None], arrays[f"{split}_labels"].astype(np.int64)


@dataclass(frozen=True)
class Photograph:
    """A photograph in an installed package."""

    module: str
    package: str
    path: str
    source: str


def _learn(file: str, author: str) -> Photograph:
    source = f"photograph by {author} (Flickr), CC BY 2.0, as scikit-learn has it"
    return Photograph("sklearn", "scikit-learn", f"datasets/images/{file}", source)


def _image(file: str, source: str) -> Photograph:
    return Photograph(
        "skimage", "scikit-image", f"data/{file}", f"{source}, as scikit-image has it"
    )


PHOTOGRAPHS = {
    "china": _learn("china.jpg", "danielbuechele"),
    "flower": _learn("flower.jpg", "vultilion"),
    "astronaut": _image("astronaut.png", "photograph by NASA, public domain"),
    "brick": _image("brick.png", "picture by CC0Textures, CC0"),
    "camera": _image("camera.png", "photograph by Lav Varshney, CC0"),
    "chelsea": _image("chelsea.png", "photograph by Stefan van der Walt, CC0"),
    "coffee": _image("coffee.png", "photograph by Rachel Michetti, CC0"),
    "grass": _image("grass.png", "photograph by linolafett, CC0"),
    "gravel": _image("gravel.png", "picture by CC0Textures, CC0"),
}


def find_photograph(name: str) -> Photograph:
    """Give the photograph of a name.

    Raises
    ------
    ValueError
        There is none.
    """
    if name not in PHOTOGRAPHS:
        names = ", ".join(map(repr, PHOTOGRAPHS))
        raise ValueError(f"There is no photograph {name!r}: take one of {names}.")
    return PHOTOGRAPHS[name]


def is_here(found: Photograph) -> bool:
    """Say whether a photograph's package is installed and has it."""
    path = _path_in(found.module, found.path)
    return path is not None and path.is_file()


def photograph(name: str) -> np.ndarray:
    """Read a photograph that comes with an installed package.

    Parameters
    ----------
    name : str
        'china' and 'flower' are always here; 'chelsea' (a cat), 'astronaut', 'coffee',
        'camera', 'brick', 'grass' and 'gravel' if scikit-image is installed.

    Returns
    -------
    x : ndarray of uint8, shape (C, H, W)
        With 3 channels (red, green, blue), or 1 where the picture is grey.

    Raises
    ------
    ValueError
        There is no such photograph.
    DataError
        The package that holds it is not installed.

    Examples
    --------
    >>> photograph("china").shape
    (3, 427, 640)
    """
    from PIL import Image

    found = find_photograph(name)
    with Image.open(_file_of(found.module, found.package, found.path)) as image:
        pixels = np.array(image.convert("L" if image.mode == "L" else "RGB"))
    if pixels.ndim == 2:
        return pixels[None]
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _file_of(module: str, package: str, path: str) -> Path:
    found = _path_in(module, path)
    if found is None:
        raise DataError(
            f"{Path(path).name} comes with {package}, which is not installed: "
            f"run python -m pip install {package}."
        )
    if not found.is_file():
        raise DataError(
            f"{package} is installed without its {found.name} (looked for at {found}): "
            f"install it anew, python -m pip install --force-reinstall {package}."
        )
    return found


def _path_in(module: str, path: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / path
