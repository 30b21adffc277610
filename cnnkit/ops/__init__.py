"""The layers of the course as functions, in NumPy alone.

Images are ``(N, C, H, W)``, weights ``(O, C, kH, kW)``, biases ``(O,)``. What the layers call
convolution is cross-correlation: the kernel is not flipped. A float dtype is kept, integers
count as float64; inputs are never changed and results never share memory with them.
"""

from cnnkit.ops.activation import relu, relu_backward
from cnnkit.ops.avg_pool import avg_pool2d, avg_pool2d_backward
from cnnkit.ops.conv import conv2d, conv2d_loops
from cnnkit.ops.conv1d import conv1d, conv1d_backward
from cnnkit.ops.conv1x1 import conv1x1
from cnnkit.ops.conv_backward import (
    conv2d_backward,
    conv2d_backward_loops,
    conv2d_filter_gradients,
)
from cnnkit.ops.conv_im2col import conv2d_backward_im2col, conv2d_im2col
from cnnkit.ops.dense import dense, dense_backward
from cnnkit.ops.dropout import dropout, dropout_backward
from cnnkit.ops.global_pool import (
    global_avg_pool,
    global_avg_pool_backward,
    global_max_pool,
    global_max_pool_backward,
)
from cnnkit.ops.im2col import col2im, conv_as_matrix, im2col
from cnnkit.ops.local import locally_connected, locally_connected_backward
from cnnkit.ops.loss import softmax, softmax_cross_entropy
from cnnkit.ops.lp_pool import lp_pool2d, lp_pool2d_backward
from cnnkit.ops.max_pool import max_pool2d, max_pool2d_loops
from cnnkit.ops.max_pool_backward import max_pool2d_backward, max_pool2d_scatter
from cnnkit.ops.memory import keep_memory
from cnnkit.ops.norm import batchnorm2d, batchnorm2d_backward
from cnnkit.ops.reshape import flatten, flatten_backward
from cnnkit.ops.residual import residual_block, residual_block_backward
from cnnkit.ops.shuffle import pixel_shuffle, pixel_unshuffle

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "batchnorm2d",
    "batchnorm2d_backward",
    "col2im",
    "conv1d",
    "conv1d_backward",
    "conv1x1",
    "conv2d",
    "conv2d_backward",
    "conv2d_backward_im2col",
    "conv2d_backward_loops",
    "conv2d_filter_gradients",
    "conv2d_im2col",
    "conv2d_loops",
    "conv_as_matrix",
    "dense",
    "dense_backward",
    "dropout",
    "dropout_backward",
    "flatten",
    "flatten_backward",
    "global_avg_pool",
    "global_avg_pool_backward",
    "global_max_pool",
    "global_max_pool_backward",
    "im2col",
    "locally_connected",
    "locally_connected_backward",
    "lp_pool2d",
    "lp_pool2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_loops",
    "max_pool2d_scatter",
    "pixel_shuffle",
    "pixel_unshuffle",
    "relu",
    "relu_backward",
    "residual_block",
    "residual_block_backward",
    "softmax",
    "softmax_cross_entropy",
]

keep_memory()
