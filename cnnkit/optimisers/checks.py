"""What optimisers accept, each refusal in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from cnnkit.ops.checks import check_same_shape, real, real_dtype

Arrays = Mapping[str, np.ndarray]


def not_negative(value: float, name: str, below: float = math.inf) -> float:
    """Read a number in 0 <= value < below.

    Raises
    ------
    TypeError
        It is no number.
    ValueError
        It is out of range.
    """
    number = real(value, name)
    if not 0 <= number < below:
        wanted = "0 or more, and finite" if below == math.inf else f"in 0 <= {name} < {below}"
        raise ValueError(f"{name} is {value}: it must be {wanted}.")
    return number


class Owner:
    """Whose parameters the state of an optimiser belongs to: what it has gathered is theirs.

    A state that was put in place of the old one belongs to whatever is moved next.
    """

    def __init__(self) -> None:
        self.params: Arrays | None = None
        self.state: Mapping | None = None

    def __repr__(self) -> str:
        return "Owner()"  # the same before and after a step: fit compares optimisers by it

    def __deepcopy__(self, memo: dict) -> Owner:
        return Owner()  # a copy of an optimiser is for a copy of the model

    def check(self, params: Arrays, state: Mapping, kept: Arrays) -> None:
        """Check that a state is that of these parameters; ``kept`` is what it has for them.

        Raises
        ------
        ValueError
            It is that of others.
        """
        if state and state is self.state and not _same_arrays(params, self.params):
            raise ValueError(
                "This optimiser has moved another model, whose momentum or means it keeps: make "
                "a new optimiser for each model."
            )
        for name, array in kept.items():
            check_same_shape(f"the state of {name}", np.asarray(array), name, params[name].shape)
        self.params, self.state = params, state


def _same_arrays(params: Arrays, others: Arrays) -> bool:
    return params is others or (
        params.keys() == others.keys() and all(params[name] is others[name] for name in params)
    )


def check_gradients_of(params: Arrays, grads: Arrays) -> None:
    """Check that each gradient is that of a parameter, has its shape, and holds numbers.

    Raises
    ------
    TypeError
        One of the two is no dict of arrays, or a gradient does not hold real numbers.
    ValueError
        A gradient is of no parameter, or has another shape.
    """
    for what, arrays in (("params", params), ("grads", grads)):
        if not isinstance(arrays, Mapping):
            raise TypeError(f"{what} is a {type(arrays).__name__}: it must be a dict of arrays.")
    for name, value in params.items():
        if not isinstance(value, np.ndarray):
            raise TypeError(f"params[{name!r}] is a {type(value).__name__}: it must be an array.")
    check_names("grads", grads, params)
    for name, grad in grads.items():
        told, grad = f"the gradient of {name}", np.asarray(grad)
        real_dtype(**{told: grad})
        check_same_shape(told, grad, name, params[name].shape)


def check_floats(params: Arrays, names: Iterable[str]) -> None:
    """Check that parameters can be moved in place: integers would cut every step off.

    Raises
    ------
    TypeError
        One does not hold floats.
    """
    for name in names:
        if params[name].dtype.kind != "f":
            raise TypeError(
                f"params[{name!r}] has dtype {params[name].dtype}: it must hold floats, to be "
                "moved in place."
            )


def check_names(what: str, names: Iterable[str], params: Arrays) -> None:
    """Check that names are those of parameters.

    Raises
    ------
    TypeError
        There is one word in place of several names.
    ValueError
        A name is of no parameter.
    """
    if isinstance(names, str):
        raise TypeError(f"{what} is {names!r}: it must be several names, as a set or a list.")
    for name in names:
        if name not in params:
            raise ValueError(
                f"{what} has {name!r}, which is no parameter: there are {', '.join(params)}."
            )
