"""Layers as plain data: each function gives a dict with all options of a layer, checked.

Every layer takes a ``name``, which is its kind unless given, and is a dict with 'kind', 'name' and
its options.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnkit.ops.checks import flag
from cnnkit.reading import one_of
from cnnkit.shapes import Option, pair, whole

Layer = dict[str, object]


def conv(
    filters: int,
    kernel: Option,
    *,
    stride: Option = 1,
    padding: Option | str = 0,
    dilation: Option = 1,
    groups: int = 1,
    bias: bool = True,
    name: str = "conv",
) -> Layer:
    """Describe a convolution; its options are those of :func:`cnnkit.ops.conv2d`.

    Parameters
    ----------
    filters : int
        How many maps it gives.
    kernel, stride, dilation : int or pair of ints
    padding : int, pair of ints, 'same' or 'valid'
    groups : int
    bias : bool
        Whether each filter has one.
    name : str

    Returns
    -------
    layer : dict

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range, or the groups cannot share the filters.

    Examples
    --------
    >>> conv(6, 5, padding=2)["filters"]
    6
    """
    groups, filters = whole(groups, "groups", 1), whole(filters, "filters", 1)
    if filters % groups:
        raise ValueError(f"filters is {filters}: {groups} groups cannot share them.")
    if padding == "valid":
        padding = (0, 0)
    elif padding != "same":
        padding = pair(padding, "padding", 0)
    return {
        "kind": "conv",
        "name": name,
        "filters": filters,
        "kernel": pair(kernel, "kernel", 1),
        "stride": pair(stride, "stride", 1),
        "padding": padding,
        "dilation": pair(dilation, "dilation", 1),
        "groups": groups,
        "bias": flag(bias, "bias"),
    }


def max_pool(
    kernel: Option, *, stride: Option | None = None, padding: Option = 0, name: str = "max_pool"
) -> Layer:
    """Describe max-pooling; the stride is the kernel unless given.

    Parameters
    ----------
    kernel, stride, padding : int or pair of ints
        The padding is at most half the kernel.
    name : str

    Returns
    -------
    layer : dict

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range.

    Examples
    --------
    >>> max_pool(3, stride=2)["stride"]
    (2, 2)
    """
    return _pool("max_pool", kernel, stride, padding, name)


def avg_pool(
    kernel: Option, *, stride: Option | None = None, padding: Option = 0, name: str = "avg_pool"
) -> Layer:
    """Describe average pooling; parameters, result and errors are those of :func:`max_pool`.

    Examples
    --------
    >>> avg_pool((2, 3))["stride"]
    (2, 3)
    """
    return _pool("avg_pool", kernel, stride, padding, name)


def _pool(kind: str, kernel: Option, stride: Option | None, padding: Option, name: str) -> Layer:
    kernel = pair(kernel, "kernel", 1)
    padding = pair(padding, "padding", 0)
    if any(p > k // 2 for p, k in zip(padding, kernel, strict=True)):
        raise ValueError(
            f"padding is {padding}, kernel is {kernel}: at most half of it is allowed."
        )
    stride = kernel if stride is None else pair(stride, "stride", 1)
    return {"kind": kind, "name": name, "kernel": kernel, "stride": stride, "padding": padding}


def avg_pool_to(size: Option, *, name: str = "avg_pool_to") -> Layer:
    """Describe averaging down to a given size; to 1 it is global average pooling.

    Parameters
    ----------
    size : int or pair of ints
        Height and width of what it gives.
    name : str

    Returns
    -------
    layer : dict

    Raises
    ------
    TypeError, ValueError
        The size is no int, or below 1.

    Examples
    --------
    >>> avg_pool_to(1)["size"]
    (1, 1)
    """
    return {"kind": "avg_pool_to", "name": name, "size": pair(size, "size", 1)}


def relu(*, name: str = "relu") -> Layer:
    """Describe a ReLU.

    Examples
    --------
    >>> relu()
    {'kind': 'relu', 'name': 'relu'}
    """
    return {"kind": "relu", "name": name}


def batch_norm(*, name: str = "batch_norm") -> Layer:
    """Describe batch normalisation: a scale and a shift for each channel.

    Examples
    --------
    >>> batch_norm(name="norm1")
    {'kind': 'batch_norm', 'name': 'norm1'}
    """
    return {"kind": "batch_norm", "name": name}


def flatten(*, name: str = "flatten") -> Layer:
    """Describe laying out a volume as one row of numbers.

    Examples
    --------
    >>> flatten()["kind"]
    'flatten'
    """
    return {"kind": "flatten", "name": name}


def dense(
    units: int, *, inputs: int | None = None, bias: bool = True, name: str = "dense"
) -> Layer:
    """Describe a dense layer.

    Parameters
    ----------
    units : int
        How many numbers it gives.
    inputs : int, optional
        How many it takes; left out, it is whatever comes.
    bias : bool
        Whether each unit has one.
    name : str

    Returns
    -------
    layer : dict

    Raises
    ------
    TypeError, ValueError
        An option has the wrong type or is out of range.

    Examples
    --------
    >>> dense(10, inputs=256)["units"]
    10
    """
    return {
        "kind": "dense",
        "name": name,
        "units": whole(units, "units", 1),
        "inputs": None if inputs is None else whole(inputs, "inputs", 1),
        "bias": flag(bias, "bias"),
    }


def residual(main: Sequence[Layer], *, skip: Sequence[Layer] = (), name: str = "residual") -> Layer:
    """Describe two paths whose results are added; an empty ``skip`` passes the input on.

    Parameters
    ----------
    main, skip : sequence of layers
    name : str

    Returns
    -------
    layer : dict

    Examples
    --------
    >>> [layer["kind"] for layer in residual([conv(8, 3, padding=1), relu()])["main"]]
    ['conv', 'relu']
    """
    return {"kind": "residual", "name": name, "main": list(main), "skip": list(skip)}


MAKERS = {
    make.__name__: make
    for make in (
        conv, max_pool, avg_pool, avg_pool_to, relu, batch_norm, flatten, dense, residual
    )
}  # fmt: skip


def read_layer(layer: Layer) -> Layer:
    """Check a layer, and fill in the options that it leaves out.

    Raises
    ------
    TypeError
        It is no dict, or an option is missing, unknown or of the wrong type.
    ValueError
        Its kind is unknown, or an option has no allowed value.

    Examples
    --------
    >>> read_layer({"kind": "dense", "units": 10})
    {'kind': 'dense', 'name': 'dense', 'units': 10, 'inputs': None, 'bias': True}
    """
    if not isinstance(layer, dict):
        raise TypeError(f"a layer is {layer!r}: it must be a dict.")
    options = dict(layer)
    make = MAKERS[one_of(options.pop("kind", None), "kind", *MAKERS)]
    return make(**options)  # which refuses, by name, what is missing or unknown
