"""What convolutions accept: dtypes, shapes and options, checked in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from cnnkit.shapes import Option, Pair, conv2d_shape, out_size, pair, whole


@dataclass(frozen=True)
class Geometry:
    """The options of a convolution, read and checked."""

    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int
    out_hw: Pair

    @property
    def is_pointwise(self) -> bool:
        """Whether each window is one pixel, and each pixel a window."""
        return self.kernel == self.stride == (1, 1) and self.padding == (0, 0)


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
    ).newbyteorder("=")


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
    refuse_words(padding, "an int or a pair of ints")
    x, w, b, dtype = _read_arrays(x, w, b)
    groups = whole(groups, "groups", 1)
    check_shapes(x, w, b, groups, "(N, C, H, W)", "(O, C, kH, kW)")
    options = {
        "stride": pair(stride, "stride", 1),
        "padding": pair(padding, "padding", 0),
        "dilation": pair(dilation, "dilation", 1),
    }
    with naming(w=w.shape, x=x.shape):
        kernel = pair(w.shape[2:], "kernel", 1)
        out_hw = conv2d_shape(*x.shape[2:], kernel, **options)
    return x, w, b, dtype, Geometry(kernel=kernel, groups=groups, out_hw=out_hw, **options)


def read_conv1d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None,
    *,
    stride: int,
    padding: int,
    dilation: int,
    groups: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, dict[str, int | Pair]]:
    """Check what a convolution along one axis is given, and read it as images one pixel high.

    Returns
    -------
    x : ndarray, shape (N, C, 1, L)
    w : ndarray, shape (O, C, 1, k)
    b : ndarray, shape (O,), or None
    options : dict
        The options of :func:`cnnkit.ops.conv2d` for these images.

    Raises
    ------
    TypeError, ValueError
        As :func:`read_conv`, in terms of the one axis.
    """
    refuse_words(padding, "an int")
    x, w, b, _ = _read_arrays(x, w, b)
    groups = whole(groups, "groups", 1)
    check_shapes(x, w, b, groups, "(N, C, L)", "(O, C, k)")
    stride, padding = whole(stride, "stride", 1), whole(padding, "padding", 0)
    dilation = whole(dilation, "dilation", 1)
    with naming(w=w.shape, x=x.shape):
        out_size(x.shape[2], w.shape[2], stride, padding, dilation)
    options = {"stride": (1, stride), "padding": (0, padding), "dilation": (1, dilation)}
    return x[:, :, None], w[:, :, None], b, {**options, "groups": groups}


@contextmanager
def naming(**shapes: tuple[int, ...]) -> Iterator[None]:
    """Add the shapes of whole operands to what is said, within, about some of their sizes.

    Examples
    --------
    >>> with naming(x=(2, 1, 4, 5)):
    ...     out_size(4, 7)
    Traceback (most recent call last):
    ValueError: The kernel does not fit: size 4 with padding 0 on both sides gives 4, a kernel of \
7 with dilation 1 spans 7. x has shape (2, 1, 4, 5).
    """
    try:
        yield
    except ValueError as error:
        told = ", ".join(f"{name} has shape {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"{error} {told}.") from None


def refuse_words(padding: Option | str, wanted: str) -> None:
    """Refuse 'same' and 'valid', which functions of shapes know.

    Raises
    ------
    ValueError
        The padding is a word.
    """
    if isinstance(padding, str):
        raise ValueError(
            f"padding is {padding!r}: here it must be {wanted}; "
            "cnnkit.shapes.same_padding says how many zeros 'same' takes."
        )


def _read_arrays(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.dtype]:
    operands = {"x": np.asarray(x), "w": np.asarray(w)}
    if b is not None:
        operands["b"] = np.asarray(b)
    dtype = arithmetic_dtype(**operands)
    return operands["x"], operands["w"], operands.get("b"), dtype


def check_shapes(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None, groups: int, x_axes: str, w_axes: str
) -> None:
    """Check shapes against axes named as in "(N, C, H, W)".

    Raises
    ------
    ValueError
        They do not go together.
    """
    for name, operand, axes in (("x", x, x_axes), ("w", w, w_axes)):
        wanted = axes.count(",") + 1
        if operand.ndim != wanted:
            raise ValueError(
                f"{name} has shape {operand.shape}, {_count(operand.ndim, 'axis', 'axes')}: "
                f"it must have {wanted}, {axes}."
            )
    filters, channels = w.shape[:2]
    if x.shape[1] != channels * groups:
        split = "" if groups == 1 else f" in {groups} groups"
        raise ValueError(
            f"w has {_count(channels, 'channel')}, x has {x.shape[1]}{split}: "
            f"w has shape {w.shape}, x has shape {x.shape}."
        )
    if filters % groups:
        raise ValueError(
            f"w has {_count(filters, 'filter')}: {groups} groups cannot share them. "
            f"w has shape {w.shape}, x has shape {x.shape}."
        )
    if b is not None and b.shape != (filters,):
        raise ValueError(
            f"b has shape {b.shape}, w has {_count(filters, 'filter')}: "
            f"b must have shape ({filters},), since w has shape {w.shape}."
        )


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {more or one + 's'}"
