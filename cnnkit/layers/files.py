"""Arrays in a file .npz: written whole or not at all, read without pickle and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnnkit.writing import write_whole

Arrays = Mapping[str, np.ndarray]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays under their names.

    Raises
    ------
    OSError
        The file cannot be written; one that was there is as it was.
    """
    write_whole(path, lambda file: np.savez(file, **arrays))


def read_arrays(path: Path, like: Arrays) -> dict[str, np.ndarray]:
    """Read arrays that have the names and shapes of others.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no file of arrays, or has other ones.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}: save() of a model writes one.")
    return read_arrays_of(path, str(path), "save() of a model writes one", like)


def read_arrays_of(
    file: Path | BinaryIO, path: str, remedy: str, like: Arrays
) -> dict[str, np.ndarray]:
    """Read arrays out of a file, or out of bytes that are called ``path`` in errors.

    Raises
    ------
    ValueError
        As those of :func:`read_arrays`.
    """
    try:
        with np.load(file, allow_pickle=False) as content:
            arrays = dict(content)
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error}).") from error
    except Exception as error:  # whatever readers of zip files and arrays may raise
        raise ValueError(
            f"{path} is no file of weights, or a damaged one ({type(error).__name__}): {remedy}."
        ) from error
    _agree(path, arrays, like)
    return arrays


def _agree(path: str, arrays: Arrays, like: Arrays) -> None:
    for names, what in (
        (arrays.keys() - like.keys(), "has {}, which the model has not"),
        (like.keys() - arrays.keys(), "lacks {}, which the model has"),
    ):
        if names:
            raise ValueError(
                f"{path} is of another model: it {what.format(', '.join(sorted(names)))}."
            )
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            raise ValueError(f"In {path}, {name} has dtype {array.dtype}: weights are floats.")
        if array.shape != like[name].shape:
            raise ValueError(
                f"{path} is of another model: {name} has shape {array.shape} there and "
                f"{like[name].shape} here."
            )
