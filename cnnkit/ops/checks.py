"""Checks that the layers around a convolution share, each with its sentence."""

from __future__ import annotations

from numbers import Real

import numpy as np

from cnnkit.ops.operands import arithmetic_dtype


def real_dtype(**operands: np.ndarray) -> np.dtype:
    """Give the dtype of the result: float dtypes are kept, integers and bool count as float64.

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    """
    for name, operand in operands.items():
        if operand.dtype.kind == "c":
            raise TypeError(f"{name} has dtype {operand.dtype}: it must hold real numbers.")
    # By its type: a dtype out of newbyteorder equals NumPy's own but is another object, with
    # which NumPy takes slower ways (add.at thirty times).
    return np.dtype(arithmetic_dtype(**operands).type)


def read_real(name: str, operand: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """Read an operand as an array, with the dtype that its arithmetic has.

    Raises
    ------
    TypeError
        It does not hold real numbers.
    """
    operand = np.asarray(operand)
    return operand, real_dtype(**{name: operand})


def wide(dtype: np.dtype) -> np.dtype:
    """Give the dtype to add up in: float16 would overflow at 65,504, so it counts as float32."""
    return np.result_type(dtype, np.float32)


def check_axes(name: str, operand: np.ndarray, axes: str) -> None:
    """Check how many axes an operand has; ``axes`` names them, as in "(N, C, H, W)".

    Raises
    ------
    ValueError
        It has more or fewer.
    """
    wanted = len(axes.strip("(),").split(","))
    if operand.ndim != wanted:
        plural = "axis" if operand.ndim == 1 else "axes"
        raise ValueError(
            f"{name} has shape {operand.shape}, {operand.ndim} {plural}: "
            f"it must have {wanted}, {axes}."
        )


def check_same_shape(name: str, operand: np.ndarray, other: str, shape: tuple[int, ...]) -> None:
    """Check that an operand, an upstream gradient mostly, has the shape of another.

    Raises
    ------
    ValueError
        It has not.
    """
    if operand.shape != tuple(shape):
        raise ValueError(
            f"{name} has shape {operand.shape}, {other} has shape {tuple(shape)}: "
            "they must be the same."
        )


def check_channels(name: str, operand: np.ndarray, x: np.ndarray) -> None:
    """Check that an operand has one number for each channel of images x.

    Raises
    ------
    ValueError
        It has not.
    """
    if operand.shape != x.shape[1:2]:
        raise ValueError(
            f"{name} has shape {operand.shape}, x has shape {x.shape}: "
            f"{name} must have shape ({x.shape[1]},), one number for each channel."
        )


def real(value: float, name: str) -> float:
    """Read a real number; a bool is refused.

    Raises
    ------
    TypeError
        The value is no real number.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}: it must be a number.")
    return float(value)


def flag(value: bool, name: str) -> bool:
    """Read True or False, NumPy's included; numbers are refused, since they are often a slip.

    Raises
    ------
    TypeError
        The value is neither.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value!r}: it must be True or False.")
    return bool(value)


def generator(rng: np.random.Generator) -> np.random.Generator:
    """Read where chance comes from; NumPy's global state is refused, since everybody shares it.

    Raises
    ------
    TypeError
        It is no Generator.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}: it must be a numpy.random.Generator.")
    return rng
