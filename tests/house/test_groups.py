"""What a file prepares is prepared once, however many workers there are."""

from __future__ import annotations

import re
import subprocess
import sys

TWO = """
import pytest


@pytest.mark.parametrize("number", range(4))
@pytest.mark.xdist_group("together")
def test_of_a_group(number):
    pass
"""


def test_the_installed_pytest_keeps_a_group_on_one_worker(tmp_path):
    (tmp_path / "test_two.py").write_text(TWO)
    options = ["-n", "2", "--dist", "loadgroup", "-v", "-p", "no:cacheprovider", "-c", "/dev/null"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    workers = re.findall(r"\[(gw\d)\].*PASSED.*@together", done.stdout)
    assert len(workers) == 4 and len(set(workers)) == 1, done.stdout + done.stderr


def test_every_test_here_is_in_a_group(request):
    marks = {
        item.path.name: item.get_closest_marker("xdist_group") for item in request.session.items
    }
    assert all(marks.values())
    assert marks["test_groups.py"].args == ("test_groups.py",)
