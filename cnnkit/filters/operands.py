"""What filters accept: a signal or an image, a kernel, and a mode."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import check_axes, real_dtype
from cnnkit.reading import one_of
from cnnkit.shapes import Pair

AXES = {1: ("(d,)", "(s,)"), 2: ("(H, W)", "(a, b)")}


def read_filter(
    x: np.ndarray, k: np.ndarray, axes: int, k_name: str = "k"
) -> tuple[np.ndarray, np.ndarray]:
    """Read what is filtered and the kernel, both in the dtype of the result.

    Parameters
    ----------
    x, k : ndarray
    axes : {1, 2}
        How many axes both must have.
    k_name : str
        What the kernel is called in an error.

    Raises
    ------
    TypeError
        One does not hold real numbers.
    ValueError
        One has other axes, or holds nothing.
    """
    operands = {"x": np.asarray(x), k_name: np.asarray(k)}
    dtype = real_dtype(**operands)
    for (name, operand), wanted in zip(operands.items(), AXES[axes], strict=True):
        check_axes(name, operand, wanted)
        if operand.size == 0:
            raise ValueError(f"{name} has shape {operand.shape}: it is empty.")
    x, k = (operand.astype(dtype, copy=False) for operand in operands.values())
    return x, k


def mode_padding(taps: int, mode: str, *, dilation: int = 1) -> Pair:
    """Give the zeros before and after x, along one axis, for a correlation with so many taps.

    Raises
    ------
    ValueError
        The mode is unknown.

    Examples
    --------
    >>> [mode_padding(4, mode) for mode in ("valid", "same", "full")]
    [(0, 0), (1, 2), (3, 3)]
    """
    one_of(mode, "mode", "valid", "same", "full")
    reach = dilation * (taps - 1)
    return {"valid": (0, 0), "same": (reach // 2, reach - reach // 2), "full": (reach, reach)}[mode]


def check_fits(x: np.ndarray, k: np.ndarray, k_name: str = "k") -> None:
    """Check that a kernel lies within x somewhere.

    Raises
    ------
    ValueError
        It is longer along an axis.
    """
    if any(taps > n for taps, n in zip(k.shape, x.shape, strict=True)):
        raise ValueError(
            f"{k_name} has shape {k.shape}, x has shape {x.shape}: without padding, mode "
            f"'valid', {k_name} must fit into x."
        )
