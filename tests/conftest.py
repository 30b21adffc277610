"""What all tests share."""

import os
import re

import pytest

# One thread a process: the tests run side by side, and two that both take all cores wait for
# each other in busy loops. Set before NumPy is loaded; processes that a test starts inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items):
    """Keep the tests of a file on one worker, so that what a file prepares is prepared once.

    What is prepared chapter by chapter is a group for each chapter. The chapters come first:
    they take longest, and what begins last is what all wait for.
    """
    for item in items:
        if item.path.parent.name != "browser":  # a group of its own, all of it
            params = item.callspec.params.values() if hasattr(item, "callspec") else ()
            chapters = [each for each in params if re.match(r"\d\d_[a-z]", str(each))]
            item.add_marker(pytest.mark.xdist_group(" ".join([item.path.name, *chapters[:1]])))
    items.sort(key=lambda item: item.path.parent.name != "course")
