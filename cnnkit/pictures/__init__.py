"""Pictures of the course: each function returns a matplotlib Figure, ``show`` displays it.

A figure carries its content in words as ``figure.alt``; :func:`show` hands it to screen readers
and offers it to everybody. Colours are chosen to be told apart by colour-blind readers, and no
picture says anything by colour alone.
"""

from cnnkit.pictures.filters import dot_product, response_maps
from cnnkit.pictures.shown import Picture, show
from cnnkit.pictures.volumes import volume
from cnnkit.pictures.windows import coverage, window, windows

__all__ = [
    "Picture",
    "coverage",
    "dot_product",
    "response_maps",
    "show",
    "volume",
    "window",
    "windows",
]
