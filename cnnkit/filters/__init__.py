"""Filters on signals and on single images: correlation, convolution, and known kernels.

Correlation, written ★, lays the kernel on as it is; convolution, written *, flips it first.
The mode says how many zeros are put around x: none ('valid'), as many as keep its size
('same'), or as many as let the kernel touch it with one tap ('full'). A float dtype is kept,
integers count as float64; inputs are never changed and results never share memory with them.
"""

from cnnkit.filters.edges import sobel_edges
from cnnkit.filters.gradients import conv1d_grad
from cnnkit.filters.kernels import gallery, gaussian_kernel
from cnnkit.filters.one_d import (
    best_alignment,
    convolve1d,
    correlate1d,
    out_len,
    strided_dilated1d,
)
from cnnkit.filters.padding import pad2d
from cnnkit.filters.separable import correlate_separable, separable
from cnnkit.filters.two_d import convolve2d, correlate2d

__all__ = [
    "best_alignment",
    "conv1d_grad",
    "convolve1d",
    "convolve2d",
    "correlate1d",
    "correlate2d",
    "correlate_separable",
    "gallery",
    "gaussian_kernel",
    "out_len",
    "pad2d",
    "separable",
    "sobel_edges",
    "strided_dilated1d",
]
