"""The table of a network: for every layer the shape it gives, its parameters and its products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from cnnkit.architectures.layers import MAKERS, Layer, read_layer
from cnnkit.reading import one_of
from cnnkit.shapes import conv2d_shape, conv_macs, conv_params, whole

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """What one layer makes of its input, for one image."""

    kind: str
    name: str
    shape: Shape
    params: int = 0
    macs: int = 0


def layer_table(layers: Sequence[Layer], input_shape: Shape) -> list[dict]:
    """List the layers of a network with shapes and counts, for one image.

    A product (MAC) is a multiplication with its addition; adding a bias is none, and a pool, a
    ReLU or a batch normalisation counts none. The layers of a residual block come with their own
    rows, the main path first, before the row of the block, which only adds.

    Parameters
    ----------
    layers : list of dicts
        As made by :mod:`cnnkit.architectures.layers`.
    input_shape : (C, H, W) or (D,)

    Returns
    -------
    list of dicts
        With 'name', 'shape', 'params', 'macs'. A shape is (C, H, W), or (D,) once flat.

    Raises
    ------
    TypeError
        A layer is no dict, an option is missing, unknown or of the wrong type.
    ValueError
        A layer does not go with what it is given; the sentence names the layer and both sizes.

    Examples
    --------
    >>> from cnnkit.architectures.layers import conv, max_pool
    >>> for row in layer_table([conv(32, 5), max_pool(3)], (1, 28, 28)):
    ...     print(*row.values())
    conv (32, 24, 24) 832 460800
    max_pool (32, 8, 8) 0 0
    """
    return [
        {"name": row.name, "shape": row.shape, "params": row.params, "macs": row.macs}
        for row in _rows(layers, _read_shape(input_shape))
    ]


def count_macs(arch: dict, *, kind: str | None = None) -> int:
    """Count the products of a network for one image; a product with its addition is 2 FLOPs.

    Parameters
    ----------
    arch : dict
        A network, with 'input_shape' and 'layers'.
    kind : str, optional
        Count layers of this kind only, 'conv' for instance.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        As in :func:`layer_table`.

    Examples
    --------
    >>> from cnnkit.architectures import vgg16
    >>> count_macs(vgg16(), kind="conv")
    15346630656
    """
    return sum(row.macs for row in _rows_of(arch, kind))


def count_params(arch: dict, *, kind: str | None = None) -> int:
    """Count the parameters of a network; arguments and errors are those of :func:`count_macs`.

    Examples
    --------
    >>> from cnnkit.architectures import vgg16
    >>> count_params(vgg16())
    138357544
    """
    return sum(row.params for row in _rows_of(arch, kind))


def _rows_of(arch: dict, kind: str | None) -> list[Row]:
    if not isinstance(arch, dict) or not {"input_shape", "layers"} <= arch.keys():
        raise TypeError("arch must be a dict with 'input_shape' and 'layers'.")
    if kind is not None:
        one_of(kind, "kind", *MAKERS)
    rows = _rows(arch["layers"], _read_shape(arch["input_shape"]))
    return [row for row in rows if kind in (None, row.kind)]


def _read_shape(shape: Shape) -> Shape:
    if not isinstance(shape, (tuple, list)) or len(shape) not in (1, 3):
        raise ValueError(f"input_shape is {shape!r}: it must be (C, H, W) or (D,).")
    return tuple(whole(size, "a number in input_shape", 1) for size in shape)


def _rows(layers: Sequence[Layer], shape: Shape) -> Iterator[Row]:
    for place, layer in enumerate(layers, 1):
        try:
            layer = read_layer(layer)
            rows = list(RULES[layer["kind"]](layer, shape))
        except (TypeError, ValueError) as error:
            name = layer.get("name", layer.get("kind")) if isinstance(layer, dict) else "?"
            raise type(error)(f"Layer {place}, {name}: {error}") from None
        yield from rows
        shape = rows[-1].shape


def _conv(layer: Layer, shape: Shape) -> Iterator[Row]:
    C, H, W = _volume(shape)
    kernel, groups, filters = layer["kernel"], layer["groups"], layer["filters"]
    if C % groups:
        raise ValueError(f"it is given {C} channels: {groups} groups cannot share them.")
    options = {name: layer[name] for name in ("stride", "padding", "dilation")}
    out_hw = conv2d_shape(H, W, kernel, **options)
    params = conv_params(C // groups, filters, kernel, bias=layer["bias"])
    macs = conv_macs(C // groups, filters, kernel, out_hw)
    yield Row("conv", layer["name"], (filters, *out_hw), params, macs)


def _pool(layer: Layer, shape: Shape) -> Iterator[Row]:
    C, H, W = _volume(shape)
    out_hw = conv2d_shape(H, W, layer["kernel"], stride=layer["stride"], padding=layer["padding"])
    yield Row(layer["kind"], layer["name"], (C, *out_hw))


def _avg_pool_to(layer: Layer, shape: Shape) -> Iterator[Row]:
    yield Row("avg_pool_to", layer["name"], (_volume(shape)[0], *layer["size"]))


def _relu(layer: Layer, shape: Shape) -> Iterator[Row]:
    yield Row("relu", layer["name"], shape)


def _batch_norm(layer: Layer, shape: Shape) -> Iterator[Row]:
    yield Row("batch_norm", layer["name"], shape, 2 * shape[0])


def _flatten(layer: Layer, shape: Shape) -> Iterator[Row]:
    yield Row("flatten", layer["name"], (prod(shape),))


def _dense(layer: Layer, shape: Shape) -> Iterator[Row]:
    if len(shape) != 1:
        raise ValueError(f"it takes flat input, (D,), and is given {shape}: put flatten before it.")
    if layer["inputs"] not in (None, shape[0]):
        raise ValueError(f"it takes {layer['inputs']} numbers and is given {shape[0]}.")
    macs = shape[0] * layer["units"]
    yield Row(
        "dense", layer["name"], (layer["units"],), macs + layer["bias"] * layer["units"], macs
    )


def _residual(layer: Layer, shape: Shape) -> Iterator[Row]:
    main, skip = (list(_rows(layer[path], shape)) for path in ("main", "skip"))
    ends = [rows[-1].shape if rows else shape for rows in (main, skip)]
    if ends[0] != ends[1]:
        raise ValueError(f"its main path gives {ends[0]}, its skip path {ends[1]}: no sum.")
    yield from main + skip
    yield Row("residual", layer["name"], ends[0])


RULES = {
    "conv": _conv,
    "max_pool": _pool,
    "avg_pool": _pool,
    "avg_pool_to": _avg_pool_to,
    "relu": _relu,
    "batch_norm": _batch_norm,
    "flatten": _flatten,
    "dense": _dense,
    "residual": _residual,
}


def _volume(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise ValueError(f"it takes a volume, (C, H, W), and is given {shape}.")
    return shape
