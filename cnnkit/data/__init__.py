"""Data sets and photographs, most of them without a network.

``load("apparel", "train")`` gives images (N, C, H, W) of uint8 and labels (N,) of int64.
:mod:`cnnkit.data.places` says where files are looked for; ``cnnkit data`` on the command line
lists, fetches and verifies them.
"""

from cnnkit.data.content import DataError
from cnnkit.data.loading import classes, load, source
from cnnkit.data.packaged import photograph
from cnnkit.data.splits import make_splits

__all__ = ["DataError", "classes", "load", "make_splits", "photograph", "source"]
