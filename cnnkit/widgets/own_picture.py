"""A picture that the student gives to a widget: an array, or the path of a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike


def read(image: ArrayLike | str | PathLike) -> np.ndarray:
    """Read a picture as brightnesses (C, H, W) from 0 to 1, C being 1 or 3.

    Raises
    ------
    ValueError
        There is no such file or it is no picture; or the array has another shape, or holds
        something else than uint8 or floats from 0 to 1.
    """
    if isinstance(image, str | PathLike):
        return _opened(Path(image)) / 255
    array = np.asarray(image)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.shape[0] not in (1, 3) or min(array.shape[1:]) < 2:
        raise ValueError(
            f"The image has shape {np.shape(image)}; it must be (H, W), (1, H, W) or (3, H, W). "
            "np.moveaxis(image, -1, 0) takes channels from the end to the front."
        )
    if array.dtype == np.uint8:
        return array / 255
    if array.dtype.kind != "f" or not (np.isfinite(array).all() and array.min() >= 0):
        raise ValueError("The image must hold uint8, or floats from 0 (black) to 1 (white).")
    if array.max() > 1:
        raise ValueError(f"The image holds floats up to {array.max():.4g}: divide it by 255.")
    return array.astype(float)


def square(x: np.ndarray, side: int) -> np.ndarray:
    """Cut the largest square from the middle and bring it to ``side`` pixels by taking means."""
    from PIL import Image

    height, width = x.shape[1:]
    n = min(height, width)
    top, left = (height - n) // 2, (width - n) // 2
    planes = x[:, top : top + n, left : left + n].astype(np.float32)
    method = Image.Resampling.BOX
    small = [np.asarray(Image.fromarray(plane).resize((side, side), method)) for plane in planes]
    return np.clip(np.stack(small).astype(float), 0, 1)


def _opened(path: Path) -> np.ndarray:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            return np.moveaxis(np.array(picture.convert("RGB")), -1, 0)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(
            f"{path} cannot be read as a picture: {error}. Give the path of a PNG or JPEG file "
            "beside the notebook."
        ) from error
