"""Images as arrays: their numbers, the order of their axes, and a first classifier.

A batch of images is ``(N, C, H, W)``. Functions that only move numbers keep any dtype; inputs
are never changed and results never share memory with them.
"""

from cnnkit.images.axes import flatten_batch, to_nchw, to_nhwc
from cnnkit.images.defects import validate_image
from cnnkit.images.moves import equivariance_error, permute_pixels, shift2d
from cnnkit.images.templates import linear_scores, predict
from cnnkit.images.values import histogram, quantize, rescale

__all__ = [
    "equivariance_error",
    "flatten_batch",
    "histogram",
    "linear_scores",
    "permute_pixels",
    "predict",
    "quantize",
    "rescale",
    "shift2d",
    "to_nchw",
    "to_nhwc",
    "validate_image",
]
