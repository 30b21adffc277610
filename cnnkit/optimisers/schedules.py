"""How the learning rate goes with time: its factor, for the part of the training that is over.

``part`` is the number of the step over the number of steps: 0 before the first, near 1 before the
last. So a schedule says the same of a short training and of a long one. Two of them multiply:
``warm_up(part) * cosine(part)``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnkit.ops.checks import real
from cnnkit.optimisers.checks import not_negative


def constant(part: float) -> float:
    """Leave the rate as it is.

    Parameters
    ----------
    part : float
        The part of the training that is over, 0 to 1.

    Returns
    -------
    factor : float
        Of the learning rate.

    Raises
    ------
    TypeError, ValueError
        ``part`` is no number in 0..1.

    Examples
    --------
    >>> constant(0.3)
    1.0
    """
    _read(part)
    return 1.0


def step_decay(part: float, *, drops: Sequence[float] = (0.5, 0.75), factor: float = 0.1) -> float:
    """Multiply the rate by ``factor`` each time that a drop is reached.

    Parameters
    ----------
    part : float
        As in :func:`constant`.
    drops : sequence of floats
        Parts of the training.
    factor : float
        0 or more.

    Returns
    -------
    factor : float
        Of the learning rate.

    Raises
    ------
    TypeError, ValueError
        ``part`` or a drop is no number in 0..1, or ``factor`` none of 0 or more.

    Examples
    --------
    >>> [step_decay(part, factor=0.5) for part in (0, 0.49, 0.5, 0.8)]
    [1.0, 1.0, 0.5, 0.25]
    """
    part, factor = _read(part), not_negative(factor, "factor")
    return float(factor ** sum(part >= _read(drop, "a drop") for drop in drops))


def cosine(part: float, *, final: float = 0) -> float:
    """Fall from 1 to ``final`` along half a wave: slowly, faster, slowly.

    Parameters
    ----------
    part : float
        As in :func:`constant`.
    final : float
        0 or more.

    Returns
    -------
    factor : float
        Of the learning rate.

    Raises
    ------
    TypeError, ValueError
        ``part`` is no number in 0..1, or ``final`` none of 0 or more.

    References
    ----------
    Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts (2017),
    arXiv:1608.03983, equation 5, without restarts.

    Examples
    --------
    >>> [round(cosine(part), 3) for part in (0, 0.25, 0.5, 0.75, 1)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """
    return _wave(1, not_negative(final, "final"), _read(part))


def one_cycle(
    part: float, *, peak: float = 0.3, first: float = 1 / 25, final: float = 4e-6
) -> float:
    """Rise from ``first`` to 1, at ``peak``, and fall to ``final``, both along half a wave.

    The defaults are those of torch's OneCycleLR.

    Parameters
    ----------
    part : float
        As in :func:`constant`.
    peak : float
        The part of the training at which the rate is highest.
    first, final : float
        The factors at both ends, 0 or more.

    Returns
    -------
    factor : float
        Of the learning rate.

    References
    ----------
    Smith, Topin: Super-convergence, very fast training of neural networks using large learning
    rates (2018), arXiv:1708.07120.

    Raises
    ------
    TypeError
        An argument is no number.
    ValueError
        ``part`` is not in 0..1, the peak not in 0 < peak < 1, or a factor negative.

    Examples
    --------
    >>> [round(one_cycle(part), 3) for part in (0, 0.15, 0.3, 0.65, 1)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """
    part, peak = _read(part), real(peak, "peak")
    first, final = not_negative(first, "first"), not_negative(final, "final")
    if not 0 < peak < 1:
        raise ValueError(f"peak is {peak}: it must be in 0 < peak < 1.")
    if part < peak:
        return _wave(first, 1, part / peak)
    return _wave(1, final, (part - peak) / (1 - peak))


def warm_up(part: float, *, until: float = 0.05, first: float = 0.01) -> float:
    """Rise from ``first`` to 1 in a line, and stay there.

    Parameters
    ----------
    part : float
        As in :func:`constant`.
    until : float
        The part of the training at which 1 is reached.
    first : float
        The factor in the beginning, 0 or more.

    Returns
    -------
    factor : float
        Of the learning rate.

    References
    ----------
    Goyal et al.: Accurate, large minibatch SGD, training ImageNet in 1 hour (2017),
    arXiv:1706.02677, section 2.2.

    Raises
    ------
    TypeError
        An argument is no number.
    ValueError
        ``part`` is not in 0..1, ``until`` not in 0 < until <= 1, or ``first`` negative.

    Examples
    --------
    >>> [round(warm_up(part, until=0.1), 3) for part in (0, 0.05, 0.1, 0.7)]
    [0.01, 0.505, 1.0, 1.0]
    """
    part, until = _read(part), real(until, "until")
    first = not_negative(first, "first")
    if not 0 < until <= 1:
        raise ValueError(f"until is {until}: it must be in 0 < until <= 1.")
    return first + (1 - first) * min(1.0, part / until)


def _wave(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2


def _read(part: float, name: str = "part") -> float:
    part = real(part, name)
    if not 0 <= part <= 1:
        raise ValueError(f"{name} is {part}: it must be a part of the training, 0 to 1.")
    return part
