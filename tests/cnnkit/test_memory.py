"""Memory of arrays that are given back stays with the process."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
{first}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def round():
    [np.ones(1 << 17) for _ in range(8)]  # 8 MiB, given back together
round()
before = faults()
for _ in range(20):
    round()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have other ways")
def test_arrays_are_made_of_memory_that_was_given_back():
    """Else the system hands out, and clears, 2048 pages a round."""
    counts = [
        int(subprocess.check_output([sys.executable, "-c", PROGRAM.format(first=first)]))
        for first in ("", "import cnnkit.ops")
    ]
    fresh, kept = counts
    assert kept < 2048 < fresh
