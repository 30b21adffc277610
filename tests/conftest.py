"""What all tests share."""

import pytest


@pytest.hookimpl(trylast=True)  # after those that group their tests themselves
def pytest_collection_modifyitems(items):
    """Keep the tests of a file on one worker, so that what a file prepares is prepared once.

    What is prepared chapter by chapter (the fixture ``course``) is a group for each chapter.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            params = item.callspec.params if hasattr(item, "callspec") else {}
            group = f"{item.path.name} {params.get('course', '')}".strip()
            item.add_marker(pytest.mark.xdist_group(group))
