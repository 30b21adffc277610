"""The arithmetic behind the im2col viewer: which number of the matrix is which pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnnkit import ops
from cnnkit.widgets import conv_numbers, starts
from cnnkit.widgets.conv_numbers import Place

LIMITS = {
    "channels": (1, 2),
    "height": (2, 5),
    "width": (2, 5),
    "kernel": (1, 3),
    "stride": (1, 3),
    "padding": (0, 1),
    "dilation": (1, 2),
}
Tap = tuple[int, int, int]  # channel, row and column of the kernel
Pixel = tuple[int, int, int]  # channel, row and column of the picture; outside it lies the rim


@dataclass(frozen=True)
class Setting(conv_numbers.Setting):
    """Where the sliders stand."""

    height: int = 3
    width: int = 4
    kernel: int = 2

    @property
    def arguments(self) -> dict[str, int]:
        """The keyword arguments of im2col."""
        return {"kernel": self.kernel} | self.options

    def shape(self) -> Place | None:
        """Rows and columns of the matrix, K and L."""
        size = self.size()
        return size and (self.channels * self.kernel**2, size[0] * size[1])

    def tap(self, row: int) -> Tap:
        """Give the tap that a row of the matrix belongs to."""
        c, rest = divmod(row, self.kernel**2)
        return (c, *divmod(rest, self.kernel))

    def place(self, column: int) -> Place:
        """Give the place of the output that a column of the matrix belongs to."""
        return divmod(column, self.size()[1])

    def pixel(self, cell: Place) -> Pixel:
        """Give the pixel that stands in a cell of the matrix."""
        c, *tap = self.tap(cell[0])
        row, column = (
            at * self.stride + a * self.dilation - self.padding
            for at, a in zip(self.place(cell[1]), tap, strict=True)
        )
        return c, row, column

    def inside(self, pixel: Pixel) -> bool:
        """Say whether a pixel is one, and not the rim."""
        return 0 <= pixel[1] < self.height and 0 <= pixel[2] < self.width

    def copies(self, pixel: Pixel) -> list[Place]:
        """List the cells in which a pixel stands, row after row."""
        return [cell for cell in np.ndindex(self.shape()) if self.pixel(cell) == pixel]


def cut(image: np.ndarray | None, setting: Setting) -> np.ndarray:
    """Give the picture (C, H, W) of a setting; its numbers count the pixels by default."""
    size = (setting.channels, setting.height, setting.width)
    if image is None:
        return np.arange(1.0, np.prod(size) + 1).reshape(size)
    return image[: size[0], : size[1], : size[2]]


def matrix(image: np.ndarray, setting: Setting) -> np.ndarray:
    """Give the right matrix (K, L)."""
    return ops.im2col(image[None], **setting.arguments)[0]


def telling_cell(setting: Setting) -> Place:
    """Choose the cell that is asked for first: it tells taps and places from one another."""
    K, L = setting.shape()
    k, (Ho, Wo) = setting.kernel, setting.size()
    row = (setting.channels - 1) * k * k + (k - 1) * k  # the last channel's lower left tap
    column = min(1, Ho - 1) * Wo + min(1, Wo - 1)
    return min(row, K - 1), min(column, L - 1)


def read_image(image: ArrayLike | None) -> np.ndarray | None:
    """Read a picture (H, W) or (C, H, W).

    Raises
    ------
    ValueError
        It has other axes, is smaller than 2 by 2, or holds no finite numbers.
    """
    if image is None:
        return None
    array = starts.finite(image, "The image")
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or not len(array) or min(array.shape[1:]) < 2:
        raise ValueError(
            f"The image has shape {np.shape(image)}; it must be (H, W) or (C, H, W), with at "
            "least 2 rows and 2 columns."
        )
    return array[:2, :5, :5]


def limits(image: np.ndarray | None) -> dict[str, tuple[int, int]]:
    """Give the range of each slider for this picture."""
    if image is None:
        return dict(LIMITS)
    most = dict(zip(("channels", "height", "width"), image.shape, strict=True))
    return {name: (low, min(high, most.get(name, high))) for name, (low, high) in LIMITS.items()}
