"""What an import may load."""

import json
import subprocess
import sys

import pytest

HEAVY = ["torch", "matplotlib", "ipywidgets", "anywidget", "scipy", "IPython", "sklearn"]


def loaded_by(statement):
    program = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    return set(json.loads(output))


@pytest.mark.parametrize(
    "statement",
    [
        "import cnnkit",
        "import cnnkit.shapes, cnnkit.layouts, cnnkit.ops",
        "import cnnkit.images, cnnkit.filters, cnnkit.augment, cnnkit.architectures",
        "import cnnkit.gradcheck, cnnkit.initialisers, cnnkit.optimisers, cnnkit.layers",
        "import cnnkit.models, cnnkit.training, cnnkit.transfer",
        "import cnnkit.testing, cnnkit.recorded",
        "import cnnkit.cli",
        "import cnnkit.released, cnnkit.coursework.overview, cnnkit.coursework.checking",
    ],
)
def test_import_loads_nothing_heavy(statement):
    assert not loaded_by(statement) & set(HEAVY)


def test_a_failed_comparison_loads_nothing_heavy_either():
    statement = (
        "from cnnkit.testing import assert_same, Mismatch\n"
        "import numpy as np\n"
        "try: assert_same(np.zeros((3, 4)), np.ones((3, 4)))\n"
        "except Mismatch: pass\n"
        "else: raise SystemExit('no mismatch')"
    )
    assert not loaded_by(statement) & set(HEAVY)


def test_shapes_alone_load_not_even_numpy():
    assert "numpy" not in loaded_by("import cnnkit.shapes")


def test_an_overview_loads_nothing_of_the_course():
    statement = "import cnnkit\nstr(cnnkit.progress(folder='notebooks'))"
    assert "cnnkit.ops" not in loaded_by(statement)
