"""What the chapters of the course use: layers in NumPy, pictures, widgets and test helpers.

Importing :mod:`cnnkit` loads nothing heavy; each part loads what it needs when it is imported:

- :mod:`cnnkit.shapes`, :mod:`cnnkit.layouts`: arithmetic of shapes
- :mod:`cnnkit.ops`: the layers as functions (NumPy)
- :mod:`cnnkit.images`, :mod:`cnnkit.filters`: images as arrays, and filters on them (NumPy)
- :mod:`cnnkit.architectures`: networks on paper, their shapes and counts
- :mod:`cnnkit.gradcheck`, :mod:`cnnkit.initialisers`, :mod:`cnnkit.optimisers`: what training
  stands on (NumPy)
- :mod:`cnnkit.layers`, :mod:`cnnkit.models`, :mod:`cnnkit.transfer`: layers as objects, nets of
  them, and how to use these again (NumPy; torch's in :mod:`cnnkit.models.torch_nets`)
- :mod:`cnnkit.training`: the training loop, for models in NumPy and in torch
- :mod:`cnnkit.testing`: comparisons that say in words what differs (NumPy)
- :mod:`cnnkit.pictures` (matplotlib) and :mod:`cnnkit.widgets` (anywidget)
"""
