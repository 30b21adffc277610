"""Read arrays and words, or say in a sentence what is wrong with them."""

from __future__ import annotations

from numbers import Integral

import numpy as np


def with_images(value: np.ndarray, name: str) -> np.ndarray:
    """Read an array whose last two axes are rows and columns, whatever comes before.

    Raises
    ------
    ValueError
        It has fewer than two axes.
    """
    array = np.asarray(value)
    if array.ndim < 2:
        raise ValueError(
            f"{name} has shape {array.shape}, {count(array.ndim, 'axis', 'axes')}: "
            "it must have at least 2, the last two being (H, W)."
        )
    return array


def one_of(value: str, name: str, *words: str) -> str:
    """Read a word that must be one of several.

    Raises
    ------
    ValueError
        It is none of them.

    Examples
    --------
    >>> one_of("same", "mode", "valid", "same", "full")
    'same'
    """
    if not isinstance(value, str) or value not in words:
        *firsts, last = map(repr, words)
        raise ValueError(f"{name} is {value!r}: it must be {', '.join(firsts)} or {last}.")
    return value


def needs(thing: object, name: str, *parts: str, instead: str = "") -> None:
    """Check that an object has the attributes that will be asked for.

    Parameters
    ----------
    thing : object
    name : str
        What it is called in an error.
    *parts : str
        The attributes.
    instead : str
        What else it might be, as in "be a torch module, or ".

    Raises
    ------
    TypeError
        It lacks one.

    Examples
    --------
    >>> needs(3, "model", "params", "forward")
    Traceback (most recent call last):
    TypeError: model is a int without params, forward: it must have params, forward.
    """
    missing = [part for part in parts if not hasattr(thing, part)]
    if missing:
        raise TypeError(
            f"{name} is a {type(thing).__name__} without {', '.join(missing)}: "
            f"it must {instead}have {', '.join(parts)}."
        )


def any_int(value: int, name: str) -> int:
    """Read an int of either sign, NumPy's included; a bool is refused.

    Raises
    ------
    TypeError
        The value is no int.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}: it must be an int.")
    return int(value)


def count(number: int, one: str, many: str | None = None) -> str:
    """Say a number of things, in the singular where it is one.

    Examples
    --------
    >>> count(1, "row"), count(3, "row"), count(2, "axis", "axes")
    ('1 row', '3 rows', '2 axes')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
