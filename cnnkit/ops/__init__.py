"""The layers of the course as functions, in NumPy alone.

Images are ``(N, C, H, W)``, weights ``(O, C, kH, kW)``, biases ``(O,)``. What the layers call
convolution is cross-correlation: the kernel is not flipped. A float dtype is kept, integers
count as float64; inputs are never changed and results never share memory with them.
"""

from cnnkit.ops.conv import conv2d, conv2d_loops

__all__ = ["conv2d", "conv2d_loops"]
