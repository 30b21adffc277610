"""Correlation and convolution of signals: a kernel laid along a signal, place after place.

correlation    (x ★ k)_i = sum over j of x_{i+j} k_j
convolution    (x * k)_i = sum over j of x_{i-j} k_j
"""

from __future__ import annotations

import numpy as np

from cnnkit.filters.operands import check_fits, mode_padding, read_filter
from cnnkit.reading import one_of
from cnnkit.shapes import out_size, whole


def correlate1d(x: np.ndarray, k: np.ndarray, *, mode: str = "valid") -> np.ndarray:
    """Correlate a signal with a kernel: y_i = sum over j of x_{i+j} k_j, x padded by the mode.

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    mode : {'valid', 'same', 'full'}
        No zeros; s - 1 in all, the odd one at the end; s - 1 at either end.

    Returns
    -------
    y : ndarray, shape (d - s + 1,), (d,) or (d + s - 1,)

    Raises
    ------
    TypeError
        An operand does not hold real numbers.
    ValueError
        An operand is empty or has not one axis, the mode is unknown, or in mode 'valid' the
        kernel is longer than the signal.

    Notes
    -----
    ``np.correlate`` in mode 'same' puts the odd zero of an even kernel at the start.

    Examples
    --------
    >>> correlate1d(np.array([0, 0, 0, 1, 2, 3, 4, 4, 4]), np.array([-1, 1]))
    array([0., 0., 1., 1., 1., 1., 0., 0.])
    """
    x, k = read_filter(x, k, 1)
    return _slide(np.pad(x, mode_padding(len(k), mode)), k)


def convolve1d(x: np.ndarray, k: np.ndarray, *, mode: str = "full") -> np.ndarray:
    """Convolve two signals: y_i = sum over j of x_{i-j} k_j.

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    mode : {'full', 'same', 'valid'}
        'same' and 'valid' are parts of 'full': 'same' is as long as ``x`` and begins at
        (s - 1) // 2.

    Returns
    -------
    y : ndarray, shape (d + s - 1,), (d,) or (d - s + 1,)
        In full it is the same when ``x`` and ``k`` change places.

    Raises
    ------
    TypeError, ValueError
        As in :func:`correlate1d`.

    Examples
    --------
    >>> convolve1d(np.array([1, 0, -1]), np.array([0, 1, 2]))
    array([ 0.,  1.,  2., -1., -2.])
    """
    x, k = read_filter(x, k, 1)
    # Turned: of an even kernel's 'same' the odd zero comes before x.
    return _slide(np.pad(x, mode_padding(len(k), mode)[::-1]), k[::-1])


def out_len(d: int, s: int, mode: str, *, stride: int = 1, dilation: int = 1) -> int:
    """Count the places of a kernel along a signal.

        valid: floor((d - r - 1) / stride) + 1  with the reach r = dilation * (s - 1)
        same: ceil(d / stride)        full: floor((d + r - 1) / stride) + 1

    Parameters
    ----------
    d, s : int
        Length of the signal and of the kernel.
    mode : {'valid', 'same', 'full'}
    stride, dilation : int

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    TypeError
        A number is no int.
    ValueError
        A number is below 1, the mode is unknown, or no place is left.

    Examples
    --------
    >>> [out_len(7, 3, mode) for mode in ("valid", "same", "full")]
    [5, 7, 9]
    """
    one_of(mode, "mode", "valid", "same", "full")
    d, s = whole(d, "d", 1), whole(s, "s", 1)
    stride, dilation = whole(stride, "stride", 1), whole(dilation, "dilation", 1)
    padded = d + sum(mode_padding(s, mode, dilation=dilation))
    return out_size(padded, s, stride, 0, dilation)


def best_alignment(x: np.ndarray, template: np.ndarray) -> tuple[int, float]:
    """Find where a template fits a signal best: the highest of the valid correlations.

    Parameters
    ----------
    x : ndarray, shape (d,)
    template : ndarray, shape (s,)

    Returns
    -------
    index : int
        Where in ``x`` the template begins; of equal scores the first.
    score : float

    Raises
    ------
    TypeError, ValueError
        As in :func:`correlate1d`.

    Examples
    --------
    >>> best_alignment(np.array([0.0, 1, 3, 1, 0, 1]), np.array([1, 2, 1]))
    (1, 8.0)
    """
    x, template = read_filter(x, template, 1, "template")
    check_fits(x, template, "template")
    scores = _slide(x, template)
    index = int(scores.argmax())
    return index, float(scores[index])


def strided_dilated1d(
    x: np.ndarray, k: np.ndarray, *, stride: int = 1, dilation: int = 1
) -> np.ndarray:
    """Correlate at every stride-th place, with taps dilation apart, and without padding.

        y_i = sum over j of x_{i*stride + j*dilation} k_j

    Parameters
    ----------
    x : ndarray, shape (d,)
    k : ndarray, shape (s,)
    stride, dilation : int

    Returns
    -------
    y : ndarray, shape (floor((d - dilation*(s - 1) - 1) / stride) + 1,)

    Raises
    ------
    TypeError
        An operand does not hold real numbers, or an option is no int.
    ValueError
        An operand is empty or has not one axis, an option is below 1, or the kernel does not fit.

    Examples
    --------
    >>> strided_dilated1d(np.arange(7), np.array([1, 10]), stride=2, dilation=3)
    array([30., 52.])
    """
    x, k = read_filter(x, k, 1)
    stride, dilation = whole(stride, "stride", 1), whole(dilation, "dilation", 1)
    return _slide(x, k, stride, dilation)


def _slide(x: np.ndarray, k: np.ndarray, stride: int = 1, dilation: int = 1) -> np.ndarray:
    """Add up, tap by tap, the products at all places at once."""
    check_fits(x, k)
    places = out_size(len(x), len(k), stride, 0, dilation)
    y = np.zeros(places, x.dtype)
    for j, weight in enumerate(k):
        start = j * dilation
        y += weight * x[start : start + (places - 1) * stride + 1 : stride]
    return y
