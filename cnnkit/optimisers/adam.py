"""Adam: steps as long as the learning rate, whatever the size of the gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import wide
from cnnkit.optimisers.checks import Arrays, Owner, check_floats, check_gradients_of, not_negative


class Adam:
    """Divide the mean of past gradients by the root of the mean of their squares.

        m = beta1 * m + (1 - beta1) * dp;  v = beta2 * v + (1 - beta2) * dp**2
        p = p - lr * weight_decay * p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    t counts the steps: m and v begin at 0, and the division makes up for that. The weight decay
    is decoupled from the gradient, as in AdamW: with it this is AdamW, without it Adam.

    Parameters
    ----------
    lr : float
        The learning rate; may be changed between steps.
    betas : pair of floats
        How long the means remember, each in 0 <= beta < 1.
    eps : float
        Against division by 0.
    weight_decay : float

    Attributes
    ----------
    state : dict
        'NAME/mean', 'NAME/square' and 'NAME/steps' for each parameter that has been moved.
        Copied away and put back with the parameters, it makes a run go on as if nothing had
        happened.

    Raises
    ------
    TypeError
        An option has the wrong type.
    ValueError
        An option is out of range.

    References
    ----------
    Kingma, Ba: Adam, a method for stochastic optimization (2015), arXiv:1412.6980.
    Loshchilov, Hutter: Decoupled weight decay regularization (2019), arXiv:1711.05101.

    Examples
    --------
    >>> params, optimiser = {"w": np.array([1.0, 1.0])}, Adam(0.1)
    >>> optimiser.step(params, {"w": np.array([1000.0, -0.001])})
    >>> params["w"].round(3)
    array([0.9, 1.1])
    """

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        self.lr = not_negative(lr, "lr")
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas is {betas!r}: it must be a pair of numbers.")
        self.betas = tuple(not_negative(beta, "beta", 1) for beta in betas)
        self.eps = not_negative(eps, "eps")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.state: dict[str, np.ndarray | int] = {}
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
            A gradient is of no parameter, or has another shape; or the means are those of
            another model.
        """
        check_gradients_of(params, grads)
        check_floats(params, grads)
        kept = {n: self.state[f"{n}/mean"] for n in grads if f"{n}/mean" in self.state}
        self._owner.check(params, self.state, kept)
        for name, grad in grads.items():
            p = params[name]
            # In float16 a square underflows, eps is 0, and 0 / 0 would make NaN of parameters.
            new = p.astype(wide(p.dtype), copy=False)
            mean, square = self._means(name, np.asarray(grad, new.dtype))
            new -= self.lr * self.weight_decay * new
            new -= self.lr * mean / (np.sqrt(square) + self.eps)
            p[...] = new

    def _means(self, name: str, grad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take a gradient into the means; give these as if they had not begun at 0."""
        steps = int(self.state.get(f"{name}/steps", 0)) + 1
        self.state[f"{name}/steps"] = steps
        means = []
        for part, beta, value in zip(
            ("mean", "square"), self.betas, (grad, grad * grad), strict=True
        ):
            old = self.state.get(f"{name}/{part}", np.zeros_like(grad))
            new = beta * old + (1 - beta) * value
            self.state[f"{name}/{part}"] = new
            means.append(new / (1 - beta**steps))
        return means[0], means[1]
