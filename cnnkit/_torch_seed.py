"""Torch's one global source of chance, lent to one piece of code at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch

from cnnkit.ops.checks import generator


@contextlib.contextmanager
def torch_seeded(rng: np.random.Generator) -> Iterator[None]:
    """Let torch draw from a seed that ``rng`` gives, and put its own state back afterwards.

    Torch's layers take their first weights, and dropout its mask, from a state that the whole
    process shares. So that nothing else is disturbed, it is seeded for the inner block alone.

    Examples
    --------
    >>> draws = []
    >>> for _ in range(2):
    ...     with torch_seeded(np.random.default_rng(3)):
    ...         draws.append(torch.rand(2).tolist())
    >>> draws[0] == draws[1]
    True
    """
    seed = int(generator(rng).integers(2**63))
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield
