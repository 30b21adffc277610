"""Augmentation: believable changes of training images, drawn anew each time they are seen.

A batch is ``(N, C, H, W)``. Every image has its own draws, from the ``numpy.random.Generator``
that is passed, and all its channels are treated alike. Inputs are never changed and results
never share memory with them. Functions that only move or blank pixels keep any dtype.

Augment while training, never while measuring: the test images are what they are.
"""

from cnnkit.augment.affine import affine, random_affine
from cnnkit.augment.color import color_jitter
from cnnkit.augment.mixing import cutout, mixup
from cnnkit.augment.moves import hflip, random_crop

__all__ = [
    "affine",
    "color_jitter",
    "cutout",
    "hflip",
    "mixup",
    "random_affine",
    "random_crop",
]
