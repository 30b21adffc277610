"""Stop a training that no longer gains, and keep the best that it had."""

from __future__ import annotations

import copy
import math

from cnnkit.ops.checks import real
from cnnkit.reading import one_of
from cnnkit.shapes import whole


class EarlyStopping:
    """Watch a figure, epoch by epoch.

    Parameters
    ----------
    patience : int
        After so many steps in a row without a gain it says stop; at least 1.
    min_delta : float
        A gain is an improvement on the best by more than this. NaN is no gain.
    mode : {'min', 'max'}
        Whether less is better, as with a loss, or more, as with an accuracy.

    Attributes
    ----------
    best : float
        The best figure; infinity, on the bad side, before the first gain.
    best_params : dict or None
        A copy of what belonged to it.
    waited : int
        Steps since the last gain.

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range.

    References
    ----------
    Prechelt: Early stopping, but when? (1998).

    Examples
    --------
    >>> watch = EarlyStopping(patience=2)
    >>> [watch.step(loss, {"epoch": i}) for i, loss in enumerate([0.9, 0.5, 0.6, 0.7])]
    [False, False, False, True]
    >>> watch.best, watch.best_params
    (0.5, {'epoch': 1})
    """

    def __init__(self, patience: int, *, min_delta: float = 0, mode: str = "min") -> None:
        self.patience = whole(patience, "patience", 1)
        self.min_delta = real(min_delta, "min_delta")
        if not 0 <= self.min_delta < math.inf:
            raise ValueError(f"min_delta is {min_delta}: it must be 0 or more, and finite.")
        self.mode = one_of(mode, "mode", "min", "max")
        self.best = math.inf if mode == "min" else -math.inf
        self.best_params: dict | None = None
        self.waited = 0

    def step(self, value: float, params: dict) -> bool:
        """Take the figure of one more epoch, and what it was reached with.

        Parameters
        ----------
        value : float
        params : dict
            Name to array or tensor; copied where ``value`` is a gain.

        Returns
        -------
        stop : bool
        """
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:  # False where value is NaN
            self.best, self.best_params, self.waited = value, copy.deepcopy(params), 0
        else:
            self.waited += 1
        return self.waited >= self.patience
