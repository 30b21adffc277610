"""Stochastic gradient descent, with momentum where asked."""

from __future__ import annotations

import numpy as np

from cnnkit.ops.checks import flag
from cnnkit.optimisers.checks import Arrays, Owner, check_floats, check_gradients_of, not_negative


class SGD:
    """Go down the gradient, or along the momentum that gradients have given.

        d = dp + weight_decay * p;  v = momentum * v + d
        p = p - lr * v, with Nesterov's momentum p - lr * (d + momentum * v)

    Parameters
    ----------
    lr : float
        The learning rate; may be changed between steps.
    momentum : float
        0 <= momentum < 1; with 0 there is none.
    nesterov : bool
        Whether to look ahead along the momentum.
    weight_decay : float
        A pull towards 0, through the gradient, as the square of p in the loss would give.

    Attributes
    ----------
    state : dict
        Name to momentum, an array for each parameter that has been moved. Copied away and put
        back with the parameters, it makes a run go on as if nothing had happened.

    Raises
    ------
    TypeError
        An option has the wrong type.
    ValueError
        An option is out of range, or there is no momentum for Nesterov's.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep
    learning (2013); the form is torch's, where the rate is not part of v.

    Examples
    --------
    >>> params, optimiser = {"w": np.array([1.0])}, SGD(0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimiser.step(params, {"w": np.array([1.0])})
    >>> params["w"].round(3), optimiser.state["w"]  # 1 - 0.1 - 0.1 * 1.9
    (array([0.71]), array([1.9]))
    """

    def __init__(
        self,
        lr: float,
        *,
        momentum: float = 0,
        nesterov: bool = False,
        weight_decay: float = 0,
    ) -> None:
        self.lr = not_negative(lr, "lr")
        self.momentum = not_negative(momentum, "momentum", 1)
        self.nesterov = flag(nesterov, "nesterov")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov is True, momentum is 0: without momentum it does nothing.")
        self.state: dict[str, np.ndarray] = {}
        self._owner = Owner()

    def step(self, params: dict[str, np.ndarray], grads: Arrays) -> None:
        """Move, in place, those parameters that have a gradient.

        Parameters
        ----------
        params : dict of ndarray
        grads : dict of ndarray
            Under the same names; a parameter without one, being frozen, stays.

        Raises
        ------
        TypeError
            A parameter is no array of floats, or a gradient does not hold real numbers.
        ValueError
            A gradient is of no parameter, or has another shape; or the momentum is that of
            another model.
        """
        check_gradients_of(params, grads)
        check_floats(params, grads)
        kept = {name: self.state[name] for name in grads if name in self.state}
        self._owner.check(params, self.state, kept)
        for name, grad in grads.items():
            p = params[name]
            d = np.asarray(grad, p.dtype)
            if self.weight_decay:
                d = d + self.weight_decay * p
            if self.momentum:
                v = d.copy() if name not in self.state else self.momentum * self.state[name] + d
                self.state[name] = v
                d = d + self.momentum * v if self.nesterov else v
            p -= self.lr * d
