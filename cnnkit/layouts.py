"""Orders of the axes of convolution weights.

Frameworks agree on the four axes and not on their order: PyTorch stores O, I, H, W (filters,
input channels, rows, columns), TensorFlow H, W, I, O.
"""

from __future__ import annotations

import numpy as np

AXES = "OIHW"


def layout_convert(w: np.ndarray, src: str, dst: str) -> np.ndarray:
    """Bring the axes of weights from one order into another.

    Parameters
    ----------
    w : ndarray of rank 4
        Weights whose axes are in the order ``src``; any dtype.
    src, dst : str
        The letters O, I, H, W in any order.

    Returns
    -------
    ndarray
        A new array with the axes in the order ``dst``.

    Raises
    ------
    ValueError
        An order is not made of the four letters, or ``w`` has not four axes.

    Examples
    --------
    >>> layout_convert(np.zeros((96, 3, 11, 7)), "OIHW", "HWIO").shape
    (11, 7, 3, 96)
    """
    for name, order in (("src", src), ("dst", dst)):
        if not isinstance(order, str) or sorted(order) != sorted(AXES):
            raise ValueError(f"{name} is {order!r}: it must hold each of O, I, H, W once.")
    w = np.asarray(w)
    if w.ndim != 4:
        raise ValueError(f"w has shape {w.shape}: {src} names four axes, w has {w.ndim}.")
    return w.transpose([src.index(axis) for axis in dst]).copy()
