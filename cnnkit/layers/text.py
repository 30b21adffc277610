"""A model's numbers as text, to be kept in a cell of a notebook.

A notebook that is handed in takes no file along. Half precision, about three digits, is enough for
trained weights: it takes 2 bytes a number, and 2.7 characters.
"""

from __future__ import annotations

import base64
import binascii
import io
import textwrap

import numpy as np

from cnnkit.layers.files import read_arrays_of
from cnnkit.layers.sequential import Sequential
from cnnkit.reading import needs

WIDTH = 96  # characters of a line


def to_text(model: Sequential) -> str:
    """Write parameters and state as lines of text, in half precision.

    Parameters
    ----------
    model : Sequential

    Returns
    -------
    text : str
        Letters, digits, ``+``, ``/`` and ``=`` in lines of 96.

    Raises
    ------
    TypeError
        There is no model.
    ValueError
        A number is not finite, or above 65,504, the largest of float16.

    Examples
    --------
    >>> from cnnkit.layers import Dense
    >>> text = to_text(Sequential(Dense(3, 2, np.random.default_rng(0))))
    >>> len(text.split()[0])
    96
    """
    needs(model, "model", "params", "state")
    with np.errstate(over="ignore"):  # told in the next lines
        arrays = {n: v.astype(np.float16) for n, v in (model.params | model.state).items()}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has a number that float16 can't hold: train the model anew.")
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return "\n".join(textwrap.wrap(base64.b64encode(file.getvalue()).decode(), WIDTH))


def load_text(model: Sequential, text: str) -> None:
    """Read into a model what :func:`to_text` of such a model has written, whole or not at all.

    Nothing in the text can run code. The dtypes are those of the model.

    Parameters
    ----------
    model : Sequential
        Gets the numbers.
    text : str
        Spaces and line breaks do not count.

    Raises
    ------
    TypeError
        It is no str, or there is no model.
    ValueError
        It is no such text, or that of another model: names or shapes differ.

    Examples
    --------
    >>> from cnnkit.layers import Dense
    >>> one, other = (Sequential(Dense(3, 2, np.random.default_rng(n))) for n in (0, 1))
    >>> load_text(other, to_text(one))
    >>> bool(abs(other.params["dense1.w"] - one.params["dense1.w"]).max() < 1e-3)
    True
    """
    needs(model, "model", "params", "state")
    if not isinstance(text, str):
        raise TypeError(f"text is a {type(text).__name__}: it must be a str, as of to_text().")
    try:
        file = io.BytesIO(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"The text is none of to_text(), or is cut off ({error}).") from error
    like = model.params | model.state
    arrays = read_arrays_of(file, "The text", "to_text() of a model writes one", like)
    for part in (model.params, model.state):
        for name, value in part.items():
            part[name] = arrays[name].astype(value.dtype)
