"""Windows as the columns of a matrix, the way back, and a convolution written as one matrix.

im2col turns a convolution into a product of matrices: row (c, u, v) of the columns holds what
tap [u, v] of channel c sees at each place. It takes kH * kW times the memory of the images, which
is why :func:`cnnkit.ops.conv2d` holds the columns of a few images only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnkit.ops.checks import check_axes, check_same_shape
from cnnkit.ops.operands import Geometry, arithmetic_dtype, naming, refuse_words
from cnnkit.ops.pool_window import read_x_shape
from cnnkit.ops.windows import add_windows, view_windows
from cnnkit.shapes import Option, conv2d_shape, pair, whole


def im2col(
    x: np.ndarray,
    kernel: Option,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
) -> np.ndarray:
    """Copy the windows of images side by side, each as a column.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Of any dtype, which is kept.
    kernel, stride, padding, dilation : int or pair of ints
        The padding is of zeros, on both sides.

    Returns
    -------
    cols : ndarray, shape (N, C * kH * kW, oH * oW)
        Rows are in the order (c, u, v), columns in the order (i, j).

    Raises
    ------
    TypeError
        An option is no int.
    ValueError
        x has not four axes, an option is too small, or no output is left.

    Examples
    --------
    >>> im2col(np.arange(6).reshape(1, 1, 2, 3), 2)[0]
    array([[0, 1],
           [1, 2],
           [3, 4],
           [4, 5]])
    """
    x = np.asarray(x)
    check_axes("x", x, "(N, C, H, W)")
    geometry = _read_geometry(x.shape, kernel, stride, padding, dilation)
    (N, C, H, W), (ph, pw) = x.shape, geometry.padding
    frame = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype.newbyteorder("="))
    frame[:, :, ph : ph + H, pw : pw + W] = x
    columns = np.empty((N, C, *geometry.kernel, *geometry.out_hw), frame.dtype)
    np.copyto(columns, view_windows(frame, geometry))
    return columns.reshape(_columns_shape(N, C, geometry))


def col2im(
    cols: np.ndarray,
    x_shape: Sequence[int],
    kernel: Option,
    *,
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
) -> np.ndarray:
    """Add each number of the columns to the pixel that im2col takes it from.

    This is no inverse of :func:`im2col` but its adjoint: pixels of several windows get the sum,
    so that ``(im2col(x) * cols).sum() == (x * col2im(cols)).sum()``.

    Parameters
    ----------
    cols : ndarray, shape (N, C * kH * kW, oH * oW)
    x_shape : tuple of ints, (N, C, H, W)
    kernel, stride, padding, dilation : int or pair of ints
        As in :func:`im2col`.

    Returns
    -------
    x : ndarray, shape (N, C, H, W)

    Raises
    ------
    TypeError
        The columns do not hold numbers, or an option or a size is no int.
    ValueError
        The columns are not those of such images, an option is too small, or no output is left.

    Examples
    --------
    >>> col2im(np.ones((1, 4, 2)), (1, 1, 2, 3), 2)[0, 0]
    array([[1., 2., 1.],
           [1., 2., 1.]])
    """
    cols = np.asarray(cols)
    dtype = arithmetic_dtype(cols=cols)
    N, C, H, W = read_x_shape(x_shape)
    geometry = _read_geometry((N, C, H, W), kernel, stride, padding, dilation)
    wanted = _columns_shape(N, C, geometry)
    check_same_shape("cols", cols, f"im2col of x_shape {(N, C, H, W)}", wanted)
    x = np.zeros((N, C, H, W), dtype)
    add_windows(x, cols.reshape(N, C, *geometry.kernel, *geometry.out_hw), geometry)
    return x


def conv_as_matrix(
    w: np.ndarray, H: int, W: int, *, stride: Option = 1, padding: Option = 0
) -> np.ndarray:
    """Write the convolution of images of one size as a matrix.

    ``conv_as_matrix(w, H, W) @ x.ravel()`` is ``conv2d(x[None], w).ravel()`` for an image x, and
    the transposed matrix takes the gradient of y back to that of x. Most numbers are 0, since a
    place sees few pixels, and the others repeat, since all places share the filters. A bias is
    not part of it.

    Parameters
    ----------
    w : ndarray, shape (O, C, kH, kW)
    H, W : int
        Height and width of the images.
    stride, padding : int or pair of ints

    Returns
    -------
    matrix : ndarray, shape (O * oH * oW, C * H * W)

    Raises
    ------
    TypeError
        w does not hold numbers, or an option or a size is no int.
    ValueError
        w has not four axes, an option is too small, or no output is left.

    Examples
    --------
    >>> conv_as_matrix(np.array([[[[1, 2]]]]), 1, 4)
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])
    """
    w = np.asarray(w)
    dtype = arithmetic_dtype(w=w)
    check_axes("w", w, "(O, C, kH, kW)")
    H, W = whole(H, "H", 1), whole(W, "W", 1)
    O, C = w.shape[:2]
    # Pixels are numbered from 1, and im2col says which of them, or 0 for padding, a tap sees.
    pixels = np.arange(1, C * H * W + 1).reshape(1, C, H, W)
    with naming(w=w.shape):
        seen = im2col(pixels, w.shape[2:], stride=stride, padding=padding)[0]
    taps, places = seen.shape
    matrix = np.zeros((O, places, C * H * W + 1), dtype)
    matrix[:, np.arange(places), seen] = w.reshape(O, taps, 1)
    return matrix[..., 1:].reshape(O * places, C * H * W)


def _read_geometry(
    x_shape: Sequence[int], kernel: Option, stride: Option, padding: Option, dilation: Option
) -> Geometry:
    refuse_words(padding, "an int or a pair of ints")
    kernel = pair(kernel, "kernel", 1)
    options = {
        "stride": pair(stride, "stride", 1),
        "padding": pair(padding, "padding", 0),
        "dilation": pair(dilation, "dilation", 1),
    }
    with naming(x=x_shape):
        out_hw = conv2d_shape(*x_shape[2:], kernel, **options)
    return Geometry(kernel=kernel, groups=1, out_hw=out_hw, **options)


def _columns_shape(N: int, C: int, geometry: Geometry) -> tuple[int, int, int]:
    return N, C * math.prod(geometry.kernel), math.prod(geometry.out_hw)
