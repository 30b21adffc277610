"""The static rule behind "the answer may not be called".

An exercise may forbid dotted names. This package reads a submission's text, runs nothing, and
finds where the solution cell, or code of the student's other cells that it reaches, uses one.

- ``torch`` forbids the package and all below it; ``cnnkit.ops.conv2d`` forbids ``conv2d`` wherever
  it is reached under ``cnnkit``, so ``cnnkit.ops.conv.conv2d`` as well.
- In the solution cell naming is enough, even in an import. Another cell counts only as far as the
  solution reaches it: the functions, classes, variables and imports that it refers to.
- What cannot be read from the text (``exec``, ``getattr`` with a computed name) is reported apart,
  as suspicious: for a human to look at, at no loss of points.

It is a best effort and no proof: :mod:`autograder.forbidden.reading` lists its limits. ``rule``
says what is forbidden and tells it to the student, ``reading`` follows values through the code,
``names`` keeps them, ``syntax`` knows Python's grammar and the magics of notebooks.
"""

from autograder.forbidden.rule import Use, forbidden_uses

__all__ = ["Use", "forbidden_uses"]
