"""How much of the input one place of a late layer sees: the receptive field of a stack."""

from __future__ import annotations

from collections.abc import Sequence

from cnnkit.architectures.layers import Layer, read_layer
from cnnkit.shapes import same_padding, whole

Step = tuple[int, int, int, int]
MINIMA = (("kernel", 1), ("stride", 1), ("padding", 0), ("dilation", 1))


def receptive_field(steps: Sequence[Step]) -> tuple[int, int, float]:
    """Follow windows through a stack, along one axis, from the input up.

        rf <- rf + d(k - 1) * jump,   start <- start + (d(k - 1)/2 - p) * jump,   jump <- jump * s

    beginning with rf = 1, jump = 1, start = 0.

    Parameters
    ----------
    steps : list of (kernel, stride, padding, dilation)
        Convolutions and pools alike, the first layer first.

    Returns
    -------
    rf : int
        How many places of the input one place of the last output sees, from first to last.
    jump : int
        How far apart in the input the fields of two neighbours are.
    start : float
        The middle of the first output's field, in the input's coordinates, counted from 0.

    Raises
    ------
    TypeError
        A number is no int.
    ValueError
        A step has not four numbers, or one is too small.

    Notes
    -----
    The recursion is that of A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of
    Convolutional Neural Networks", Distill 2019, doi:10.23915/distill.00021.

    Examples
    --------
    >>> receptive_field([(3, 1, 0, 1), (2, 2, 0, 1), (3, 1, 0, 1)])
    (8, 2, 3.5)
    """
    rf, jump, start = 1, 1, 0.0
    for step in steps:
        if not isinstance(step, (tuple, list)) or len(step) != 4:
            raise ValueError(f"a step is {step!r}: it must be (kernel, stride, padding, dilation).")
        k, s, p, d = (whole(n, *limit) for n, limit in zip(step, MINIMA, strict=True))
        reach = d * (k - 1)
        rf += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
    return rf, jump, start


def window_steps(layers: Sequence[Layer]) -> list[Step]:
    """Pick from a network's layers what :func:`receptive_field` needs.

    Of a residual block the main path counts, which sees more. The list ends before the first
    layer that sees all of its input: flatten, dense, or averaging to a size.

    Parameters
    ----------
    layers : list of dicts
        As made by :mod:`cnnkit.architectures.layers`.

    Returns
    -------
    steps : list of (kernel, stride, padding, dilation)

    Raises
    ------
    TypeError
        A layer is no dict, or an option of it has the wrong type.
    ValueError
        A window is not the same along both axes, or has padding 'same' and a stride: then the
        padding depends on the size of the image.

    Examples
    --------
    >>> from cnnkit.architectures.layers import conv, max_pool, relu
    >>> window_steps([conv(8, 3, padding=1), relu(), max_pool(2)])
    [(3, 1, 1, 1), (2, 2, 0, 1)]
    """
    steps = []
    for layer in map(read_layer, layers):
        if layer["kind"] in ("flatten", "dense", "avg_pool_to"):
            break
        if layer["kind"] == "residual":
            steps += window_steps(layer["main"])
        elif "kernel" in layer:
            steps.append(_step(layer))
    return steps


def _step(layer: Layer) -> Step:
    kernel, stride, padding = layer["kernel"], layer["stride"], layer["padding"]
    dilation = layer.get("dilation", (1, 1))
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(
                f"{layer['name']} has padding 'same' and stride {stride}: give numbers."
            )
        padding = tuple(before for before, _ in same_padding(kernel, dilation=dilation))
    options = (kernel, stride, padding, dilation)
    if any(rows != columns for rows, columns in options):
        raise ValueError(f"{layer['name']} has a window that differs along the axes: {options}.")
    return tuple(rows for rows, _ in options)
