"""Load a data set by its name."""

from __future__ import annotations

import numpy as np

from cnnkit.data import packaged
from cnnkit.data.content import idx_array
from cnnkit.data.fetch import obtain
from cnnkit.data.sets import SPLITS, Published, find_set

_PACKAGED = {"digits": packaged.digits, "apparel": packaged.apparel}


def load(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Load the pictures of a data set and their labels.

    Parameters
    ----------
    name : {'digits', 'apparel', 'mnist', 'fashion-mnist'}
        'digits' (8 x 8) and 'apparel' (28 x 28, a part of Fashion-MNIST) are always here. The
        two others are looked for in the folder ``CNNKIT_DATA_DIR``, then among what was
        downloaded before, and are downloaded once where ``CNNKIT_OFFLINE`` does not forbid it.
    split : {'train', 'test'}

    Returns
    -------
    images : ndarray of uint8, shape (N, 1, H, W)
        0 is black, 255 white.
    labels : ndarray of int64, shape (N,)
        Indices into :func:`classes`.

    Raises
    ------
    ValueError
        There is no such set or split.
    DataError
        The files cannot be had; the message says why and what to do.

    Examples
    --------
    >>> images, labels = load("digits", "train")
    >>> images.shape, labels.shape
    ((1437, 1, 8, 8), (1437,))
    """
    found = find_set(name)
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}: take 'train' or 'test'.")
    if not isinstance(found, Published):
        return _PACKAGED[name](split)
    pictures, labels = (obtain(name, found, file) for file in found.files[split])
    return idx_array(pictures, axes=3)[:, None], idx_array(labels, axes=1).astype(np.int64)


def classes(name: str) -> tuple[str, ...]:
    """Give the names of a data set's classes: label 3 means ``classes(name)[3]``.

    Parameters
    ----------
    name : str
        As for :func:`load`.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        There is no such set.

    Examples
    --------
    >>> classes("apparel")[3]
    'Dress'
    """
    return find_set(name).classes


def source(name: str) -> str:
    """Say where a data set or a photograph comes from, and under which licence.

    Parameters
    ----------
    name : str
        As for :func:`load`, or for :func:`photograph`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        There is neither.

    Examples
    --------
    >>> source("flower")
    'photograph by vultilion (Flickr), CC BY 2.0, as scikit-learn has it'
    """
    if name in packaged.PHOTOGRAPHS:
        return packaged.PHOTOGRAPHS[name].source
    return find_set(name).source
