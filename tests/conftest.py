"""What all tests share."""

import pytest


@pytest.hookimpl(trylast=True)  # after those that group their tests themselves
def pytest_collection_modifyitems(items):
    """Keep the tests of a file on one worker, so that what a file prepares is prepared once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
