"""The gradients of a convolution: the definition in loops, and a fast form that gives the same.

Where the layer adds ``w[o, c, u, v] * x[n, c, i*s + u*d, j*s + v*d]`` into ``y[n, o, i, j]``, the
chain rule sends ``dy[n, o, i, j]`` back to both: times the number of x into dw, times that of w
into dx. A pixel that several windows see receives the sum.
"""

from __future__ import annotations

import math

import numpy as np

from cnnkit.ops.checks import check_same_shape, real_dtype
from cnnkit.ops.operands import Geometry, read_conv
from cnnkit.ops.windows import add_windows, columns, images_at_a_time, places_inside
from cnnkit.shapes import Option

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


def conv2d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> Gradients:
    """Give the gradients of a loss with respect to images, filters and biases.

    Parameters
    ----------
    dy : ndarray, shape (N, O, oH, oW)
        The gradient of the loss with respect to ``y = conv2d(x, w, b, ...)``.
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (O, C // groups, kH, kW)
    stride, padding, dilation, groups
        As in :func:`cnnkit.ops.conv2d`.

    Returns
    -------
    dx, dw, db : ndarray
        With the shapes of x, w and b. Pixels that no window sees have gradient 0.

    Raises
    ------
    TypeError
        An operand does not hold real numbers, or an option is no int.
    ValueError
        Shapes do not go together, or no output is left.

    Examples
    --------
    >>> dx, dw, db = conv2d_backward([[[[10, 20]]]], [[[[1, 2, 3]]]], [[[[4, 5]]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[[40.0, 130.0, 100.0]]]], [[[[50.0, 80.0]]]], [30.0])
    """
    dy, x, w, geometry = read_conv_backward(dy, x, w, stride, padding, dilation, groups)
    dw, db = _gradients_of_filters(dy, x, w, geometry)
    dx = np.zeros(x.shape, dy.dtype)
    add = _add_by_rows if _rows_are_faster(x.shape[1], len(w), geometry) else _add_by_taps
    add(dx, dy, w, geometry)
    return dx, dw, db


def conv2d_filter_gradients(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Give dw and db of :func:`conv2d_backward`, without dx.

    For the first layer of a net: nobody learns pixels, and dx is more than half of the work.
    Parameters and errors are those of :func:`conv2d_backward`.

    Examples
    --------
    >>> dw, db = conv2d_filter_gradients([[[[10, 20]]]], [[[[1, 2, 3]]]], [[[[4, 5]]]])
    >>> dw.tolist(), db.tolist()
    ([[[[50.0, 80.0]]]], [30.0])
    """
    dy, x, w, geometry = read_conv_backward(dy, x, w, stride, padding, dilation, groups)
    return _gradients_of_filters(dy, x, w, geometry)


def _rows_are_faster(C: int, O: int, geometry: Geometry) -> bool:
    """Compare two ways by what they move; a number that is added counts like two copied ones."""
    kh, kw = geometry.kernel
    added_by_taps, added_by_rows, copied_by_rows = C * kh * kw, C * kh * geometry.stride[1], O * kw
    return 2 * added_by_rows + copied_by_rows <= 2 * added_by_taps


def read_conv_backward(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: Option,
    padding: Option,
    dilation: Option,
    groups: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Geometry]:
    """Check the operands; dy and w come back in the dtype of the result."""
    x, w, _, dtype, geometry = read_conv(
        x, w, None, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    dy = np.asarray(dy)
    # Of complex numbers the chain rule takes conjugates, which nobody here asks for.
    dtype = np.result_type(dtype, real_dtype(dy=dy, x=x, w=w))
    check_same_shape("dy", dy, "y", (len(x), len(w), *geometry.out_hw))
    return dy.astype(dtype, copy=False), x, w.astype(dtype, copy=False), geometry


def _gradients_of_filters(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, geometry: Geometry
) -> tuple[np.ndarray, np.ndarray]:
    """Multiply dy with the windows, copied again: to keep them would take kH * kW times x."""
    (N, O), groups, taps = dy.shape[:2], geometry.groups, math.prod(w.shape[1:])
    dy = dy.reshape(N, groups, O // groups, math.prod(geometry.out_hw))
    total = np.zeros((groups, taps + 1, O // groups), dy.dtype)
    for images, windows in columns(x, dy.dtype, geometry):
        # (images, groups, taps + 1, places) @ (images, groups, places, O/groups)
        total += np.matmul(windows, dy[images].swapaxes(-1, -2)).sum(axis=0)
    filters = total.swapaxes(-1, -2).reshape(O, taps + 1)
    return filters[:, :taps].copy().reshape(w.shape), filters[:, taps].copy()


def _add_by_taps(dx: np.ndarray, dy: np.ndarray, w: np.ndarray, geometry: Geometry) -> None:
    """Add to dx the gradients of all windows, tap by tap."""
    (N, C), groups, O = dx.shape[:2], geometry.groups, len(w)
    taps, places = math.prod(w.shape[1:]), math.prod(geometry.out_hw)
    dy = dy.reshape(N, groups, O // groups, places)
    filters = w.reshape(groups, O // groups, taps).swapaxes(-1, -2)
    if geometry.is_pointwise:  # a pixel is seen once: there is nothing to add up
        np.matmul(filters, dy, out=dx.reshape(N, groups, taps, places))
        return
    held = groups, taps, places
    step = images_at_a_time(N, math.prod(held), dy.dtype)
    scratch = np.empty((step, *held), dy.dtype)
    for start in range(0, N, step):
        images, first = slice(start, start + step), slice(min(step, N - start))
        windows = np.matmul(filters, dy[images], out=scratch[first])
        windows = windows.reshape(len(windows), C, *geometry.kernel, *geometry.out_hw)
        add_windows(dx[images], windows, geometry)


def _add_by_rows(dx: np.ndarray, dy: np.ndarray, w: np.ndarray, geometry: Geometry) -> None:
    """Add to dx the gradients, where the sum over a row's taps is left to the matrix product.

    For that, dy is copied beside itself as each tap of a row shifts it. With a stride, the taps
    that meet the pixels of every s-th column are taken together.
    """
    sw, pw, dw = geometry.stride[1], geometry.padding[1], geometry.dilation[1]
    for column in range(min(sw, dx.shape[3])):
        shifts = np.arange(geometry.kernel[1]) * dw - pw - column
        meet = shifts % sw == 0
        if meet.any():
            _add_rows(dx[..., column::sw], dy, w[..., meet], shifts[meet] // sw, geometry)


def _add_rows(
    dx: np.ndarray, dy: np.ndarray, w: np.ndarray, shifts: np.ndarray, geometry: Geometry
) -> None:
    """Add to dx the gradients of windows whose taps in a row are ``shifts`` from their place.

    Along the width, then, place j meets the pixels ``j + shift``.
    """
    (N, _, H, W), (O, channels, kh, taps), groups = dx.shape, w.shape, geometry.groups
    (oh, ow), filters = geometry.out_hw, O // groups
    dx = dx.reshape(N, groups, channels, H, W)
    dy = dy.reshape(N, groups, filters, oh, ow)
    # (groups, kH * C/groups, taps * O/groups) @ (images, groups, taps * O/groups, oH * W)
    matrix = w.reshape(groups, filters, channels, kh, taps).transpose(0, 3, 2, 4, 1)
    matrix = matrix.reshape(groups, kh * channels, taps * filters)
    step = images_at_a_time(N, groups * (kh * channels + taps * filters) * oh * W, dy.dtype)
    shifted = np.zeros((step, groups, taps, filters, oh, W), dy.dtype)
    product = np.empty((step, groups, kh, channels, oh, W), dy.dtype)
    flat = [a.reshape(step, groups, -1, oh * W) for a in (shifted, product)]
    for start in range(0, N, step):
        images, first = slice(start, start + step), slice(min(step, N - start))
        for tap, shift in enumerate(shifts):
            places, pixels = places_inside(shift, 1, ow, W)
            shifted[first, :, tap, ..., pixels] = dy[images, ..., places]
        np.matmul(matrix, flat[0][first], out=flat[1][first])
        for u in range(kh):
            shift = u * geometry.dilation[0] - geometry.padding[0]
            places, pixels = places_inside(shift, geometry.stride[0], oh, H)
            dx[images, ..., pixels, :] += product[first, :, u, :, places]


def conv2d_backward_loops(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
    groups: int = 1,
) -> Gradients:
    """Give the gradients number by number: the definition, and slow.

    Parameters, result and errors are those of :func:`conv2d_backward`.

    Examples
    --------
    >>> dx, dw, db = conv2d_backward_loops([[[[10]]]], [[[[1, 2]]]], [[[[3, 4]]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[[30.0, 40.0]]]], [[[[10.0, 20.0]]]], [10.0])
    """
    dy, x, w, geometry = read_conv_backward(dy, x, w, stride, padding, dilation, groups)
    (sh, sw), (ph, pw), (dh, dw) = geometry.stride, geometry.padding, geometry.dilation
    dx, dfilters, db = (np.zeros(shape, dy.dtype) for shape in (x.shape, w.shape, len(w)))
    (_, _, H, W), (O, channels, kH, kW) = x.shape, w.shape
    for n, o, i, j in np.ndindex(dy.shape):
        db[o] += dy[n, o, i, j]
        first = o // (O // groups) * channels  # the first channel of this filter's group
        for c, u, v in np.ndindex(channels, kH, kW):
            row, column = i * sh + u * dh - ph, j * sw + v * dw - pw
            if 0 <= row < H and 0 <= column < W:  # what falls into the padding is lost
                seen = n, first + c, row, column
                dx[seen] += dy[n, o, i, j] * w[o, c, u, v]
                dfilters[o, c, u, v] += dy[n, o, i, j] * dy.dtype.type(x[seen])
    return dx, dfilters, db
