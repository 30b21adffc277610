"""What the builder refuses: one breach at a time, with its line and the way to mend it."""

import pytest
from build_fixture import NAME, copy_course

from autograder.build import BuildError, build_chapter

FILE = f"solutions/{NAME}.py"
WRONG = f"solutions/misconceptions/{NAME}.py"
END = "# ### END SOLUTION\n"  # of the fixture's last cell
TEST = "# Twice the number\n"
HIDDEN = "### BEGIN HIDDEN TESTS\n"
CLOSE = "### END HIDDEN TESTS\n"
SOLUTION = "    ### BEGIN SOLUTION\n    secret_twice"

# name: (what is replaced, by what, a snippet of the line that is named, words of the message)
BREACHES = {
    # markers
    "no role": ("# %% demo\ncolour", "# %%\ncolour", "# %%\n", "has no role"),
    "unknown word": ("# %% demo\ncolour", "# %% dmo\ncolour", "dmo", "did you mean 'demo'"),
    "unknown role": ('# %% exercise="d', '# %% exercize="d', "exercize", "mean 'exercise'"),
    "unknown kind": ("# %% demo\ncolour", "# %% [raw]\ncolour", "[raw]", "Unknown word '[raw]'"),
    "two roles": ("# %% demo\ncolour", '# %% demo setup="x"\ncolour', 'setup="x"', "2 roles"),
    "misspelt attribute": ("forbids=", "forbid=", "forbid=", "did you mean 'forbids'"),
    "attribute of another role": ("minutes=5", "points=5", "points=5", "knows no 'points'"),
    "erratum in code": ('demo items="1"', 'demo erratum="3"', "erratum=", "knows no 'erratum'"),
    "twice given": ("points=2 ", "points=2 points=3 ", "points=3", "given twice"),
    "open quote": ('setup="data"', 'setup="data', 'setup="data\n', "double quotes"),
    "indented marker": ("# %% demo\ncolour", "  # %% demo\ncolour", "  # %%", "start of the line"),
    "text above": ("# %% [markdown]\n# # A", "x = 1\n# %% [markdown]\n# # A", "x = 1", "before"),
    "marker in a string": ('"red"', '"""\n# %% demo\n"""', "# %% [markdown]\n", "out of strings"),
    "no title": ("# # A small chapter", "# ## A small chapter", "# %% [markdown]", "no title"),
    # names
    "duplicate setup": ('setup="data"', "setup", "# %% setup\nnum", "taken by the cell in line 6"),
    "duplicate test": (
        "double:contract",
        "double:values",
        "points=0.5",
        "'double-values' is taken",
    ),
    "clash of ids": ('answer="report"', 'answer="setup-data"', "answer=", "'setup-data' is taken"),
    "bad name": ('answer="report"', 'answer="my report"', "answer=", "no good name"),
    "long name": ('answer="report"', f'answer="{"x" * 65}"', "answer=", "at most 64"),
    "empty name": ('answer="report"', 'answer=""', "answer=", "empty name"),
    "test without property": ("double:values", "double", "limit", "names no test"),
    "bad forbids": ("torch", "torch,numpy", "forbids", "'torch,numpy' in forbids"),
    "function of two exercises": (
        'halve(x):\n    """Halve',
        'double(x):\n    """Halve',
        'def double(x):\n    """Halve',
        None,
    ),
    # numbers
    "no points": ("points=2 ", "", "limit=2.5", "needs points"),
    "zero points": ("points=2 ", "points=0 ", "limit=2.5", "no number above 0"),
    "negative points": ("points=2 ", "points=-2 ", "limit=2.5", "no number above 0"),
    "points that are words": ("points=2 ", "points=two ", "limit=2.5", "no number above 0"),
    "answer without points": (" points=4", "", "answer=", "An answer cell needs points"),
    "zero limit": ("limit=2.5", "limit=0", "limit=0", "no number above 0"),
    "negative limit": ("limit=2.5", "limit=-1", "limit=-1", "no number above 0"),
    "zero minutes": ("minutes=5", "minutes=0", "minutes=0", "no number above 0"),
    # regions
    "answer without rubric": ("# ### BEGIN SOLUTION\n", "", "# ### END", "closes nothing"),
    "never closed": (END, "", "# ### BEGIN", "never closed; add '### END SOLUTION'"),
    "nested": (SOLUTION, "    ### BEGIN SOLUTION\n" + SOLUTION, SOLUTION, "is nested"),
    "misspelt delimiter": (HIDDEN, "### BEGIN HIDDEN TEST\n", "### BEGIN HIDDEN", "no delimiter"),
    "lower case": (HIDDEN, "### begin hidden tests\n", "### begin", "is no delimiter"),
    "another word": (HIDDEN, "### BEGIN SECRET\n", "### BEGIN SECRET", "is no delimiter"),
    "not alone": (HIDDEN, "x = 1  ### BEGIN HIDDEN TESTS\n", "x = 1", "alone on its line"),
    "mark scheme": (END, END + "# ### BEGIN MARK SCHEME\n", "MARK SCHEME", "is no delimiter"),
    "closing indented": (SOLUTION, "  " + SOLUTION.replace(" sec", "   sec"), "", None),
    "first line indented": (SOLUTION, SOLUTION[2:], "    secret_twice", "not indented like"),
    "solution in a test": (
        HIDDEN,
        "### BEGIN SOLUTION\n### END SOLUTION\n" + HIDDEN,
        "### BEGIN SOLUTION\n###",
        "stands in a test cell",
    ),
    "hidden in an exercise": (
        "    return secret_half * x",
        "    ### BEGIN HIDDEN TESTS",
        "    ### BEGIN HIDDEN",
        "stands in a exercise cell",
    ),
    "hidden in text": ("# The lecture errs.", "# " + HIDDEN, "# ### BEGIN HIDDEN", "a text cell"),
    "hidden in setup": ("numbers = ", HIDDEN + "numbers = ", HIDDEN, "stands in a setup cell"),
    "code after hidden": (CLOSE, CLOSE + "assert 1\n", CLOSE, "Code follows"),
    "two hidden": (TEST, TEST + HIDDEN + "assert 1\n" + CLOSE, HIDDEN + "hid", "one hidden region"),
    "empty hidden": (TEST, TEST + HIDDEN + CLOSE, HIDDEN + CLOSE, "region is empty"),
    # cells
    "exercise without test": (
        "# %% [markdown] answer",
        '# %% exercise="more"\ndef more():\n    ### BEGIN SOLUTION\n    pass\n'
        "    ### END SOLUTION\n\n# %% [markdown] answer",
        'exercise="more"',
        "'more' has no test",
    ),
    "exercise without solution": (
        "# %% [markdown] answer",
        '# %% exercise="more"\ndef more():\n    pass\n\n# %% test="more:a" points=1\n# A\nmore()\n\n'
        "# %% [markdown] answer",
        'exercise="more"',
        "'more' has no solution",
    ),
    "test of nobody": ("double:contract", "triple:contract", "triple", "no exercise 'triple'"),
    "test before its exercise": (
        '# %% exercise="double"',
        '# %% test="double:early" points=1\n# Early\nassert True\n\n# %% exercise="double"',
        "double:early",
        "before its exercise",
    ),
    "test without a comment": (TEST, "", "for value", "begins with a comment"),
    "test with an empty comment": (TEST, "#\n", "#\nfor", "begins with a comment"),
    "beside of two": ("    return [double", "    return 1\nx = [double", "beside=", "one function"),
    "beside undecorated": ("@beside_student\n", "", "def kept", "not decorated"),
    "beside of another name": ('beside="kept"', 'beside="lost"', "def kept", "marker says 'lost'"),
    # code
    "does not compile": ("numbers = np", "numbers == = np", "numbers ==", "does not compile"),
    "demo does not compile": ('colour = "red"', 'colour = "red', "colour", "does not compile"),
    "return outside": (TEST, TEST + "return\n", "return\n", "does not compile"),
    "magic in setup": ("numbers = np", "%time numbers = np", "%time", "no plain Python"),
    "magic in a test": (TEST, TEST + "!ls\n", "!ls", "no plain Python"),
    "magic in beside": ("    before =", "    %time before =", "%time", "no plain Python"),
    "star import": ("import math", "from math import *\nimport math", "from math", "'import *'"),
    "nothing left": (
        '    """Double a number."""\n    ### BEGIN SOLUTION\n    secret_twice = 2\n',
        "    if x:\n        ### BEGIN SOLUTION\n        secret_twice = 2\n        "
        "### END SOLUTION\n    secret_twice = 2\n    else\n    ### BEGIN SOLUTION\n",
        "    else\n",
        "does not compile",
    ),
    # scopes
    "unbound": ("assert double(value)", "assert triple(value)", "triple", "Nothing binds 'triple'"),
    "unbound in a function": ("x == before", "x == after", "x == after", "Nothing binds 'after'"),
    "of a comprehension": (
        "assert kept([1, 2])",
        "assert [i for i in [1]][i]",
        "][i]",
        "binds 'i'",
    ),
    "of a demo": ("assert kept([1, 2])", "assert colour", "assert colour", "of the demo cell"),
    "of a test": ("assert kept([1, 2])", "assert value", "assert value", "test stands alone"),
    "of the hidden region": (TEST, TEST + "hidden_rng\n", "hidden_rng\n", "hidden region alone"),
    "of a later cell": (TEST, TEST + "kept([1])\n", "kept([1])\n", "comes later"),
    "of the solution's inside": ("assert kept([1, 2])", "secret_twice", None, "'secret_twice'"),
    "setup uses an exercise": ("arange(4)", "arange(halve(8))", "numbers =", "comes later"),
    "setup uses a demo": (
        "# %% [markdown] answer",
        '# %% setup="late"\nshade = colour\n\n# %% [markdown] answer',
        "shade =",
        "does not run when grading",
    ),
    "late setup uses an exercise": (
        "# %% [markdown] answer",
        '# %% setup="late"\neight = double(4)\n\n# %% [markdown] answer',
        "eight =",
        "a setup cell runs without those",
    ),
    "exercise uses a demo": ("secret_half * x", "secret_half * colour", "* colour", "demo cell"),
    "test binds a student's name": (TEST, TEST + "halve = 1\n", 'test="double:v', "binds 'halve'"),
    # quizzes
    "no right option": ("- [x]", "- [ ]", "quiz=", "0 right options"),
    "two right options": ("- [ ] 1 ::", "- [x] 1 ::", "quiz=", "2 right options"),
    "no explanation": ("- [ ] 1 :: That is rounded down.", "- [ ] 1", "- [ ] 1", "no explanation"),
    "empty explanation": (":: That is rounded down.", "::", "- [ ] 1", "no explanation"),
    "one option": ("# - [ ] 1 :: That is rounded down.\n", "", "quiz=", "1 options"),
    "odd box": ("- [x]", "- [v]", "- [v]", "'[v]' is no option"),
    "text below the options": ("#   Three", "# Three", "# Three", "below the options"),
    "no question": ("# What is half of 3?\n#\n# Think first.\n", "", "quiz=", "asks nothing"),
    # items
    "unknown item": ('items="1 2"', 'items="1 9"', 'items="1 9"', "Item 9 is not in"),
    "no number": ('items="1 2"', 'items="1,2"', 'items="1,2"', "no item number"),
    "no items": ('items="1 2" ', 'items="" ', 'items=""', "names no item"),
    "erratum without flag": ('erratum="3 4"', 'erratum="2"', "erratum=", "item 2 'flag'"),
    "careful without note": ('careful="2"', 'careful="1"', "careful=", "item 1 'note'"),
}


def breach(folder, old, new):
    """Break the small chapter at one place: its problems, and its lines."""
    script = copy_course(folder)
    text = script.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in the small chapter"
    script.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_chapter(script)
    return caught.value.problems, script.read_text(encoding="utf-8")


def line_of(text, snippet):
    assert snippet in text
    return text[: text.index(snippet)].count("\n") + 1


@pytest.mark.parametrize("case", [case for case, rest in BREACHES.items() if None not in rest])
def test_a_breach_is_named_with_its_line(case, tmp_path):
    old, new, where, words = BREACHES[case]
    problems, text = breach(tmp_path, old, new)
    line = line_of(text, where)
    found = [str(problem) for problem in problems]
    assert any(s.startswith(f"{FILE}:{line}: ") and words in s for s in found), "\n".join(found)


def test_the_small_chapter_itself_is_in_order(tmp_path):
    assert build_chapter(copy_course(tmp_path))
