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
- :mod:`cnnkit.coursework`: a student's own notebooks, checked and counted; ``cnnkit.progress()``
"""


def progress(chapter=None, folder=None):
    """Sum up the points so far, of the course or of a chapter, as a small table.

    It reads the notebooks as they were saved: save first. A visible test counts if it passed when
    it was run last, and its function has not been run again since.

    Parameters
    ----------
    chapter : str, optional
        Number or name, such as "04": a line for each exercise instead of each chapter.
    folder : path, optional
        Where the notebooks are; this folder, or the folder ``notebooks`` in it, if left out.

    Returns
    -------
    cnnkit.coursework.overview.Overview
        What a notebook shows as a table and ``print`` as text.
    """
    from cnnkit.coursework.overview import progress

    return progress(chapter, folder)
