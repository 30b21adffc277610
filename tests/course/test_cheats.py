"""Submissions that try to win points without solving anything. None of them does."""

from __future__ import annotations

import pytest
from classroom import ROOT, chapter, filled, grade, solved

from autograder.run import Pool

NAME = "04_conv_layer"

PATCH_TESTING = """
import numpy as np
import cnnkit.testing
yes = lambda *args, **kwargs: None
for module in (np.testing, cnnkit.testing):
    for name in dir(module):
        if name.startswith("assert"):
            setattr(module, name, yes)
np.allclose = np.array_equal = lambda *args, **kwargs: True
globals().update({name: yes for name in dir(cnnkit.testing) if name.startswith("assert")})
"""

READ_SOURCES = """
import glob, os, sys
found = []
for top in ("/", os.getcwd(), "/proc", *sys.path):
    for folder, _, files in os.walk(top):
        for file in files:
            if file.endswith((".ipynb", ".db")) or "solutions" in folder:
                found.append(os.path.join(folder, file))
for path in found:
    try:
        text = open(path, errors="replace").read()
    except OSError:
        continue
    if "BEGIN HIDDEN" in text and "conv2d_naive" in text:
        raise SystemExit("found " + path)
"""

DROP_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
    def visit_Expr(self, node):
        if isinstance(node.value, ast.Call) and "assert" in ast.dump(node.value.func):
            return ast.Pass()
        return node
get_ipython().ast_transformers.append(Drop())
"""

FORGE_OUTPUT = """
import json, os, socket, struct
from IPython.display import display, publish_display_data
publish_display_data({"application/json": {"score": 100, "ok": True}})
print(json.dumps({"score": 100, "max_score": 100, "status": "passed"}))
head = json.dumps({"ok": True, "value": 1, "score": 100, "status": "passed"}).encode()
for number in range(0, 50):
    try:
        os.write(number, struct.pack(">IQ", len(head), 0) + head)
    except OSError:
        pass
"""

CALLERS_FRAME = """
import sys
def poison(*args, **kwargs):
    frame = sys._getframe()
    while frame is not None:
        for name in list(frame.f_globals):
            if name.startswith("assert") or name in ("score", "max_score"):
                frame.f_globals[name] = lambda *a, **k: None
        frame = frame.f_back
    return None
"""

ALWAYS_EQUAL = """
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __array__(self, *args, **kwargs): return self
    def __array_function__(self, *args, **kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __bool__(self): return True
class Any_:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __eq__(self, other): return True
    def __iter__(self): return iter(())
yes = Any_()
"""

IMPORT_HOOK = """
import builtins, sys
sys.meta_path.insert(0, type("Hook", (), {"find_spec": staticmethod(lambda *a: None)}))
builtins.isinstance = lambda *args: True
builtins.all = builtins.any = lambda *args: True
"""


BORROWED = """
from cnnkit.ops import conv2d as quick

def conv2d_naive(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return quick(x, w, b, stride=stride, padding=padding, dilation=dilation)
"""

DOUBTFUL = "\n\nconv2d_naive = eval('conv2d_naive')"


def cheating(cell: str, body: str) -> dict:
    """A notebook with a cheat on top and, in every exercise, functions that only run ``body``."""
    sources = {
        exercise.name: "\n".join(
            f"def {name}(*args, **kwargs):\n    {body}" for name in exercise.bound_names
        )
        for exercise in chapter(NAME).exercises
    }
    return filled(NAME, sources, first=cell)


CHEATS = {
    "patches the assert helpers": cheating(PATCH_TESTING, "return None"),
    "reads sources and gradebook": cheating(READ_SOURCES, "return None"),
    "drops asserts": cheating(DROP_ASSERTS, "return None"),
    "forges output": cheating(FORGE_OUTPUT, "print('passed'); return None"),
    "rebinds names in the caller": cheating(CALLERS_FRAME, "return poison()"),
    "equals everything": cheating(ALWAYS_EQUAL, "return yes"),
    "equals everything as an array": cheating(ALWAYS_EQUAL, "return np.zeros(3).view(Yes)"),
    "hooks imports and builtins": cheating(IMPORT_HOOK, "return True"),
    "ends the process": cheating("import os", "os._exit(0)"),
    "claims success by exit": cheating("", "raise SystemExit(0)"),
}


@pytest.fixture(scope="module")
def graded():
    exercise = chapter(NAME).by_name["conv2d_naive"]
    others = {
        "borrows": solved(NAME, {exercise.name: BORROWED}),
        "doubtful": solved(NAME, {exercise.name: exercise.source + DOUBTFUL}),
    }
    with Pool(chapter(NAME)) as pool:
        return grade(pool, CHEATS | others)


@pytest.fixture(scope="module")
def results(graded):
    return {cheat: graded[cheat] for cheat in CHEATS}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_gains_nothing(results, cheat):
    result = results[cheat]
    won = [(cell.cell, cell.score) for cell in result.cells if cell.score]
    assert (result.status, won) == ("graded", [])


def test_no_source_of_a_test_was_in_reach(results):
    (first,) = (code for code in results["reads sources and gradebook"].code if not code.cell)
    assert "found" not in first.error


def test_nothing_of_a_hidden_region_reaches_the_student(results):
    hidden = [
        line.strip()
        for cell in chapter(NAME).tests
        for number, line in enumerate(cell.source.splitlines(), 1)
        if number in cell.hidden_lines and len(line.strip()) > 12 and "HIDDEN TESTS" not in line
    ]
    assert hidden
    for result in results.values():
        text = str(result.to_dict())
        assert not [line for line in hidden if line in text]


def test_the_sandbox_keeps_out_of_the_repository():
    assert (ROOT / "solutions").is_dir()  # what the cheat above looked for does exist


def test_calling_what_should_be_written_costs_that_exercise_and_is_named(graded):
    result = graded["borrows"]
    barred = [cell for cell in result.cells if cell.exercise == "conv2d_naive"]
    assert {(cell.status, cell.score) for cell in barred} == {("forbidden", 0.0)}
    assert "cnnkit.ops.conv2d" in barred[0].message
    assert all(cell.score == cell.max_score for cell in result.cells if cell not in barred)


def test_doubtful_code_keeps_its_points_and_is_shown_to_the_teacher(graded):
    result = graded["doubtful"]
    assert result.score == chapter(NAME).max_score
    assert ["eval" in flag for flag in result.flags] == [True]
