"""One step of gradient descent as a function, with layers that stay and layers that are slower."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cnnkit.ops.checks import real, real_dtype
from cnnkit.optimisers.checks import Arrays, check_gradients_of, check_names, not_negative


def sgd_step(
    params: Arrays,
    grads: Arrays,
    lr: float,
    *,
    frozen: Iterable[str] = (),
    lr_mult: Mapping[str, float] | None = None,
    weight_decay: float = 0,
) -> dict[str, np.ndarray]:
    """Give the parameters after a step: p - lr * lr_mult * (dp + weight_decay * p).

    Parameters
    ----------
    params : dict of ndarray
        Name to parameter; they stay as they are.
    grads : dict of ndarray
        The gradients, under the same names; those of frozen ones may be missing.
    lr : float
        The learning rate.
    frozen : names
        Parameters that no gradient and no weight decay moves.
    lr_mult : dict, optional
        Factors of the rate for the names that begin with a prefix: 'conv1' is both the layer's
        weights and its bias. Of several prefixes the longest counts; else the factor is 1.
    weight_decay : float

    Returns
    -------
    new_params : dict of ndarray
        New arrays with the dtypes of the old ones, of the frozen ones too.

    Raises
    ------
    TypeError
        A rate is no number, ``frozen`` is one word, or there is something else than arrays of
        real numbers.
    ValueError
        A rate is negative, a gradient is missing or has another shape, or a name or a prefix is
        of no parameter.

    Examples
    --------
    >>> params = {"conv.w": np.array([1.0, 2.0]), "head.w": np.array([3.0])}
    >>> grads = {"conv.w": np.array([1.0, 1.0]), "head.w": np.array([1.0])}
    >>> sgd_step(params, grads, 0.5, frozen={"conv.w"})
    {'conv.w': array([1., 2.]), 'head.w': array([2.5])}
    """
    check_gradients_of(params, grads)
    frozen = frozen if isinstance(frozen, str) else set(frozen)
    check_names("frozen", frozen, params)
    lr, weight_decay = not_negative(lr, "lr"), not_negative(weight_decay, "weight_decay")
    rates = {name: lr * factor for name, factor in _factors(params, lr_mult or {}).items()}
    new = {name: np.array(value, real_dtype(**{name: value})) for name, value in params.items()}
    for name in [name for name in params if name not in frozen]:
        if name not in grads:
            raise ValueError(f"grads has no {name!r}, which is not frozen.")
        new[name] -= rates[name] * (grads[name] + weight_decay * params[name])
    return new


def _factors(params: Arrays, lr_mult: Mapping[str, float]) -> dict[str, float]:
    """Give each parameter the factor of the longest prefix that its name begins with."""
    for prefix in lr_mult:
        if not any(name.startswith(prefix) for name in params):
            raise ValueError(
                f"lr_mult has {prefix!r}, with which no parameter begins: "
                f"there are {', '.join(params)}."
            )
    factors = {"": 1.0}
    for prefix, factor in lr_mult.items():
        factors[prefix] = not_negative(real(factor, "a factor"), f"lr_mult[{prefix!r}]")
    return {
        name: factors[max((prefix for prefix in factors if name.startswith(prefix)), key=len)]
        for name in params
    }
