"""The arithmetic of shapes: sizes, parameters and products of a convolutional layer.

Along each axis a layer with kernel k, stride s, padding p on both sides and dilation d turns
n places into floor((n + 2p - d(k - 1) - 1) / s) + 1. ``kernel``, ``stride``, ``padding`` and
``dilation`` are each an int or a pair (height, width).
"""

from __future__ import annotations

from numbers import Integral

Pair = tuple[int, int]
Option = int | Pair


def whole(value: int, name: str, minimum: int, wanted: str = "an int") -> int:
    """Read an int, NumPy's included; a bool is refused, since True as a size is a slip.

    Raises
    ------
    TypeError
        The value is no int.
    ValueError
        It is smaller than ``minimum``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}: it must be {wanted}.")
    if value < minimum:
        raise ValueError(f"{name} is {value}: it must be at least {minimum}.")
    return int(value)


def pair(value: Option, name: str, minimum: int) -> Pair:
    """Read an int or a pair of ints as a pair (height, width).

    Parameters
    ----------
    value : int or pair of ints
    name : str
        What the value is called in an error.
    minimum : int
        The smallest number that is allowed.

    Raises
    ------
    TypeError
        The value is neither an int nor a tuple or list of ints (a bool is no int here).
    ValueError
        A number is too small, or there are not two of them.

    Examples
    --------
    >>> pair(3, "stride", 1)
    (3, 3)
    """
    if not isinstance(value, (tuple, list)):
        number = whole(value, name, minimum, "an int or a pair of ints (height, width)")
        return number, number
    if len(value) != 2:
        raise ValueError(f"{name} is {value!r}: a pair has two numbers, (height, width).")
    height, width = (whole(part, f"a number in {name}", minimum) for part in value)
    return height, width


def out_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Count the places of a window along one axis: floor((n + 2p - d(k - 1) - 1) / s) + 1.

    Parameters
    ----------
    n, k : int
        Size of the input and of the kernel.
    stride, padding, dilation : int
        The padding is put on both sides.

    Raises
    ------
    TypeError, ValueError
        A number is no int or too small, or the kernel does not fit, so that no place is left.

    Examples
    --------
    >>> out_size(7, 3, stride=2)
    3
    """
    n = whole(n, "the input size", 0)
    k = whole(k, "kernel", 1)
    stride = whole(stride, "stride", 1)
    padding = whole(padding, "padding", 0)
    dilation = whole(dilation, "dilation", 1)
    span = dilation * (k - 1) + 1
    if n + 2 * padding < span:
        raise ValueError(
            f"The kernel does not fit: size {n} with padding {padding} on both sides gives "
            f"{n + 2 * padding}, a kernel of {k} with dilation {dilation} spans {span}."
        )
    return (n + 2 * padding - span) // stride + 1


def conv2d_shape(
    H: int,
    W: int,
    kernel: Option,
    *,
    stride: Option = 1,
    padding: Option | str = 0,
    dilation: Option = 1,
) -> Pair:
    """Give height and width of a layer's output.

    A stride that does not divide leaves the last rows or columns unused: it is no error.

    Parameters
    ----------
    H, W : int
        Height and width of the input.
    kernel, stride, dilation : int or pair of ints
    padding : int, pair of ints, 'same' or 'valid'
        'valid' is 0; 'same' gives ceil(n / stride), for every stride.

    Returns
    -------
    (Ho, Wo) : pair of ints

    Raises
    ------
    TypeError, ValueError
        A number is no int or too small, or no output is left.

    Examples
    --------
    >>> conv2d_shape(227, 227, 11, stride=4)
    (55, 55)
    """
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dilation = pair(dilation, "dilation", 1)
    if _is_same(padding):
        H, W = whole(H, "H", 1), whole(W, "W", 1)
        return -(-H // stride[0]), -(-W // stride[1])
    padding = (0, 0) if isinstance(padding, str) else pair(padding, "padding", 0)
    return (
        out_size(H, kernel[0], stride[0], padding[0], dilation[0]),
        out_size(W, kernel[1], stride[1], padding[1], dilation[1]),
    )


def same_padding(kernel: Option, *, dilation: Option = 1) -> tuple[Pair, Pair]:
    """Give the zeros that keep height and width at stride 1.

    Each axis needs d(k - 1) in all. Where that is odd, the odd zero goes to the end: to the
    bottom and to the right.

    Parameters and errors are those of :func:`conv2d_shape`.

    Returns
    -------
    ((top, bottom), (left, right))

    Examples
    --------
    >>> same_padding((3, 4))
    ((1, 1), (1, 2))
    """
    totals = [
        d * (k - 1)
        for k, d in zip(pair(kernel, "kernel", 1), pair(dilation, "dilation", 1), strict=True)
    ]
    rows, columns = ((total // 2, total - total // 2) for total in totals)
    return rows, columns


def conv_params(
    C: int, O: int, kernel: Option, *, bias: bool = True, out_hw: Option | None = None
) -> int:
    """Count the parameters of a layer with C input and O output channels.

    Parameters
    ----------
    C, O : int
    kernel : int or pair of ints
    bias : bool
        Whether each filter has a bias.
    out_hw : int or pair of ints, optional
        Height and width of the output of a layer whose weights are *not* shared: every place
        then has filters and biases of its own.

    Raises
    ------
    TypeError, ValueError
        A number is no int or below 1, or ``bias`` is no bool.

    Examples
    --------
    >>> conv_params(3, 96, 11)
    34944
    >>> conv_params(3, 96, 11, out_hw=(55, 55))
    105705600
    """
    O = whole(O, "O", 1)
    if bias not in (True, False):
        raise TypeError(f"bias is {bias!r}: it must be True or False.")
    shared = O * (_filter_size(C, kernel) + bool(bias))
    if out_hw is None:
        return shared
    Ho, Wo = pair(out_hw, "out_hw", 1)
    return shared * Ho * Wo


def conv_macs(C: int, O: int, kernel: Option, out_hw: Option) -> int:
    """Count the products of a layer for one image; adding the bias is not one.

    Parameters and errors are those of :func:`conv_params`.

    Examples
    --------
    >>> conv_macs(1, 32, 5, (24, 24))
    460800
    """
    Ho, Wo = pair(out_hw, "out_hw", 1)
    return whole(O, "O", 1) * _filter_size(C, kernel) * Ho * Wo


def receptive_patch(
    i: int,
    j: int,
    in_hw: Option,
    kernel: Option,
    *,
    stride: Option = 1,
    padding: Option | str = 0,
    dilation: Option = 1,
) -> tuple[slice, slice]:
    """Give the part of the input that output place (i, j) looks at.

    Taps that fall into the padding are left out; the others keep their distance, the
    dilation. So ``x[rows, columns]`` are the values that meet the kernel inside the image.

    Parameters
    ----------
    i, j : int
        Row and column of the output, counted from 0.
    in_hw : int or pair of ints
        Height and width of the input.
    kernel, stride, padding, dilation
        As in :func:`conv2d_shape`.

    Returns
    -------
    (rows, columns) : pair of slices

    Raises
    ------
    ValueError
        The output has no such place.

    Examples
    --------
    >>> receptive_patch(0, 2, (5, 5), 3, padding=1)
    (slice(0, 2, 1), slice(1, 4, 1))
    """
    sizes, kernel = pair(in_hw, "in_hw", 1), pair(kernel, "kernel", 1)
    stride, dilation = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    outs = conv2d_shape(*sizes, kernel, stride=stride, padding=padding, dilation=dilation)
    if _is_same(padding):
        (top, _), (left, _) = same_padding(kernel, dilation=dilation)
    else:
        top, left = (0, 0) if isinstance(padding, str) else pair(padding, "padding", 0)
    i, j = _place(i, "i", outs[0], "rows"), _place(j, "j", outs[1], "columns")
    return (
        _taps_inside(i * stride[0] - top, kernel[0], dilation[0], sizes[0]),
        _taps_inside(j * stride[1] - left, kernel[1], dilation[1], sizes[1]),
    )


def _taps_inside(start: int, k: int, step: int, n: int) -> slice:
    """Those of the k taps start, start + step, ... that lie in 0 .. n - 1."""
    inside = [tap for tap in range(start, start + k * step, step) if 0 <= tap < n]
    return slice(inside[0], inside[-1] + 1, step) if inside else slice(0, 0, step)


def _filter_size(C: int, kernel: Option) -> int:
    kh, kw = pair(kernel, "kernel", 1)
    return whole(C, "C", 1) * kh * kw


def _is_same(padding: Option | str) -> bool:
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise ValueError(f"padding is {padding!r}: as a word it must be 'same' or 'valid'.")
    return isinstance(padding, str) and padding == "same"


def _place(value: int, name: str, count: int, what: str) -> int:
    value = whole(value, name, 0)
    if value >= count:
        raise ValueError(f"{name} is {value}: the output has {count} {what}, 0 to {count - 1}.")
    return value
