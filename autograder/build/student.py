"""Make the student's notebook with nbgrader's own preprocessors."""

from __future__ import annotations

import copy

# The order of nbgrader's generate_assignment, without what needs its database or a kernel.
ORDER = (
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ComputeChecksums",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
    "CheckCellMetadata",
)


def student(instructor: dict) -> dict:
    """Give the notebook that students get: no solutions, no hidden tests, locked cells locked."""
    import nbformat
    from nbgrader import preprocessors

    notebook, resources = nbformat.from_dict(copy.deepcopy(instructor)), {}
    for name in ORDER:
        notebook, resources = getattr(preprocessors, name)().preprocess(notebook, resources)
    return notebook
