"""What convolutions accept: dtypes, shapes and options, checked in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.shapes import Option, Pair, conv2d_shape, pair, whole


@dataclass(frozen=True)
class Geometry:
    """The options of a convolution, read and checked."""

    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int
    out_hw: Pair


def arithmetic_dtype(**operands: np.ndarray) -> np.dtype:
    """Give the dtype of the result: float dtypes are kept, integers and bool count as float64.

    Raises
    ------
    TypeError
        An operand does not hold numbers.
    """
    for name, operand in operands.items():
        if operand.dtype.kind not in "biufc":
            raise TypeError(f"{name} has dtype {operand.dtype}: it must hold numbers.")
    return np.result_type(
        *(
            np.float64 if operand.dtype.kind in "biu" else operand.dtype
            for operand in operands.values()
        )
    )


def read_conv(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None,
    *,
    stride: Option,
    padding: Option,
    dilation: Option,
    groups: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.dtype, Geometry]:
    """Check the operands and options of a convolution.

    Returns
    -------
    x, w, b : ndarray
        The operands as plain arrays; ``b`` may be None.
    dtype : numpy.dtype
        The dtype of the result.
    geometry : Geometry

    Raises
    ------
    TypeError
        An operand does not hold numbers, or an option is no int.
    ValueError
        Shapes do not go together, or no output is left.
    """
    if isinstance(padding, str):
        raise ValueError(
            f"padding is {padding!r}: here it must be an int or a pair of ints; "
            "cnnkit.shapes.same_padding says how many zeros 'same' takes."
        )
    operands = {"x": np.asarray(x), "w": np.asarray(w)}
    if b is not None:
        operands["b"] = np.asarray(b)
    dtype = arithmetic_dtype(**operands)
    groups = whole(groups, "groups", 1)
    x, w, b = operands["x"], operands["w"], operands.get("b")
    _check_shapes(x, w, b, groups)
    options = {
        "stride": pair(stride, "stride", 1),
        "padding": pair(padding, "padding", 0),
        "dilation": pair(dilation, "dilation", 1),
    }
    kernel = pair(w.shape[2:], "kernel", 1)
    out_hw = conv2d_shape(*x.shape[2:], kernel, **options)
    return x, w, b, dtype, Geometry(kernel=kernel, groups=groups, out_hw=out_hw, **options)


def _check_shapes(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, groups: int) -> None:
    for name, operand, axes in (("x", x, "(N, C, H, W)"), ("w", w, "(O, C, kH, kW)")):
        if operand.ndim != 4:
            raise ValueError(
                f"{name} has shape {operand.shape}, {operand.ndim} axes: it must have 4, {axes}."
            )
    filters, channels = w.shape[:2]
    if x.shape[1] != channels * groups:
        split = "" if groups == 1 else f" in {groups} groups"
        raise ValueError(
            f"w has {_count(channels, 'channel')}, x has {x.shape[1]}{split}: "
            f"w has shape {w.shape}, x has shape {x.shape}."
        )
    if filters % groups:
        raise ValueError(f"w has {_count(filters, 'filter')}: {groups} groups cannot share them.")
    if b is not None and b.shape != (filters,):
        raise ValueError(
            f"b has shape {b.shape}, w has {_count(filters, 'filter')}: "
            f"b must have shape ({filters},)."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
