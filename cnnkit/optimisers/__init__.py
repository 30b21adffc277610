"""Ways down the gradient, and how the learning rate goes with time.

An optimiser changes the parameters that it is given in place: :class:`SGD` with momentum,
:class:`Adam` with decoupled weight decay. :func:`sgd_step` is one plain step as a function.
"""

from cnnkit.optimisers.adam import Adam
from cnnkit.optimisers.plain import sgd_step
from cnnkit.optimisers.schedules import constant, cosine, one_cycle, step_decay, warm_up
from cnnkit.optimisers.sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "constant",
    "cosine",
    "one_cycle",
    "sgd_step",
    "step_decay",
    "warm_up",
]
