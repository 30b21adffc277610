"""What the builder refuses: one breach at a time, with its line and the way to mend it."""

import json

import pytest
from build_fixture import NAME, copy_course, source_of

from autograder.build import BuildError, build_all, build_chapter

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
    "erratum in code": ('demo items="1"', 'demo erratum="3"', "demo err", "knows no 'erratum'"),
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
    "short forbids": ("numpy.multiply", "np.multiply", "forbids", "write 'numpy.multiply'"),
    "bad forbids": ("torch", "torch,numpy", "forbids", "'torch,numpy' in forbids"),
    "function of two cells": (
        "kept(x):",
        "double(x):",
        'def double(x):\n    """Say',
        "already defined by the cell in line",
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
    "closing indented": (
        "    return secret_half * x\n    ### END",
        "    return secret_half * x\n  ### END",
        "  ### END SOLUTION\n\n# %% test",
        "indented by 2, the opening one in line",
    ),
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
        "stands in an exercise cell",
    ),
    "hidden in text": ("# The lecture errs.", "# " + HIDDEN, "# ### BEGIN HIDDEN", "a text cell"),
    "hidden in setup": ("numbers = ", HIDDEN + "numbers = ", HIDDEN, "stands in a setup cell"),
    "code after hidden": (CLOSE, CLOSE + "assert 1\n", CLOSE, "Code follows"),
    "two hidden": (TEST, TEST + HIDDEN + "assert 1\n" + CLOSE, HIDDEN + "hid", "one hidden region"),
    "empty hidden": (TEST, TEST + HIDDEN + CLOSE, HIDDEN + CLOSE, "region is empty"),
    # cells
    "open formula": ("# squared.", "# squared: $$ x^2 $$ or $$ y", "# squared", "never closed"),
    "exercise without test": (
        "# %% [markdown] answer",
        '# %% exercise="more"\ndef more():\n    ### BEGIN SOLUTION\n    pass\n'
        "    ### END SOLUTION\n\n# %% [markdown] answer",
        'exercise="more"',
        "'more' has no test",
    ),
    "exercise without solution": (
        "# %% [markdown] answer",
        '# %% exercise="more"\ndef more():\n    pass\n\n'
        '# %% test="more:a" points=1\n# A\nmore()\n\n'
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
    "test without a comment": (TEST, "", "for value in r", "begins with a comment"),
    "test with an empty comment": (TEST, "#\n", "#\nfor", "begins with a comment"),
    "beside of two": ("    return [double", "    return 1\nx = [double", "beside=", "one function"),
    "beside undecorated": ("@beside_student\n", "", "def kept", "not decorated"),
    "beside of another name": ('beside="kept"', 'beside="lost"', "def kept", "marker says 'lost'"),
    # code
    "does not compile": ("numbers = np", "numbers == = np", "numbers ==", "does not compile"),
    "question above an error": (
        "numbers = np",
        "# why?\nnumbers == = np",
        "numbers ==",
        "does not compile",
    ),
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
    "of a function's inside": (TEST, TEST + "print(secret_twice)\n", "print(sec", "Nothing binds"),
    "setup uses an exercise": ("arange(4)", "arange(halve(8))", "numbers =", "without those"),
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
    "one option": ("# - [ ] 1 :: That is rounded down.\n", "", "quiz=", "too few options (1)"),
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


@pytest.mark.parametrize("case", list(BREACHES))
def test_a_breach_is_named_with_its_line(case, tmp_path):
    old, new, where, words = BREACHES[case]
    problems, text = breach(tmp_path, old, new)
    line = line_of(text, where)
    found = [str(problem) for problem in problems]
    assert any(s.startswith(f"{FILE}:{line}: ") and words in s for s in found), "\n".join(found)


def test_the_small_chapter_itself_is_in_order(tmp_path):
    assert build_chapter(copy_course(tmp_path))


def test_line_numbers_are_those_of_an_editor(tmp_path):
    problems, _ = breach(tmp_path, "assert kept([1, 2])", "assert keep([1, 2])")
    script = (tmp_path / "solutions" / f"{NAME}.py").read_text(encoding="utf-8").splitlines()
    assert [problem.line for problem in problems] == [script.index("assert keep([1, 2])") + 1]
    assert str(problems[0]) == (
        f"{FILE}:{problems[0].line}: Nothing binds 'keep' for this cell; import it in a setup cell "
        "or bind it here."
    )


def test_markdown_in_a_docstring_keeps_its_lines(tmp_path):
    old = "# What is half of 3?\n#\n# Think first.\n# - [ ] 1 :: That is rounded down.\n"
    tail = "# - [x] 1.5 :: \\\n#   Three divided by two.\n"
    new = '"""\nWhat is half of 3?\n- [ ] 1\n- [x] 1.5 :: Three divided by two.\n"""\n'
    problems, text = breach(tmp_path, old + tail, new)
    assert [problem.line for problem in problems] == [line_of(text, "- [ ] 1\n")]


def test_all_breaches_of_a_file_are_told_at_once(tmp_path):
    script = copy_course(tmp_path)
    text = script.read_text(encoding="utf-8")
    for old, new in (("points=2 ", ""), ("- [x]", "- [ ]"), ('items="3"', 'items="33"')):
        text = text.replace(old, new)
    script.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_chapter(script)
    lines = str(caught.value).splitlines()
    assert [line.split(": ", 1)[1].split()[0] for line in lines] == ["Item", "The", "A"]
    assert all(line.startswith(FILE) and line.endswith(".") for line in lines)


def test_a_name_that_nothing_binds_is_told_once_with_all_its_lines(tmp_path):
    problems, text = breach(tmp_path, "import numpy as np\n", "")
    (problem,) = problems
    assert problem.line == line_of(text, "np.arange")
    assert f"(nor for line {line_of(text, 'hidden_rng')})" in problem.message


def test_a_setup_cell_that_does_not_compile_is_one_problem(tmp_path):
    problems, _ = breach(tmp_path, "import numpy as np\n", "import numpy as\n")
    assert len(problems) == 1


# The other files of a chapter.


def test_a_missing_items_file_is_told_once(tmp_path):
    script = copy_course(tmp_path)
    (script.parent / "items.toml").unlink()
    script.with_name("91_more.py").write_text('# %% [markdown] items="1"\n# # More\n')
    with pytest.raises(BuildError) as caught:
        build_all(tmp_path)
    assert str(caught.value) == (
        "solutions/items.toml:1: The file does not exist; add it, since cells name lecture items."
    )


@pytest.mark.parametrize(
    "old, new, where, words",
    [
        ("id = 3", "id = = 3", 18, "not TOML"),
        ("id = 3", 'id = "3"', 1, "3. [[item]] has no whole number"),
        ("id = 3", "id = 2", 1, "Item 2 stands there twice"),
    ],
)
def test_a_malformed_items_file_is_refused(old, new, where, words, tmp_path):
    script = copy_course(tmp_path)
    items = script.parent / "items.toml"
    items.write_text(items.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_chapter(script)
    found = [p for p in caught.value.problems if p.file == "solutions/items.toml"]
    assert [problem.line for problem in found] == [where] and words in found[0].message


@pytest.mark.parametrize(
    "old, new, where, words",
    [
        ('replaces="double"', 'replaces="triple"', "def squares", "No exercise binds 'triple'"),
        ("double-values ", "double-vaules ", "def squares", "no test cell 'double-vaules'"),
        ("double-values ", "report ", "def squares", "no test cell 'report'"),
        ("return x * x", "return np.square(shade)", "return np", "uses 'shade', which no setup"),
        ("return x * x", "return halve(x) * 4", "return halve", "uses 'halve', which no setup"),
        ('    hint="Try 3.",\n', "", "@misc", "has no hint"),
        ('hint="Try 3."', 'hint=" "', "@misc", "has no hint"),
        ("return x * x", "return x *", "return x", "does not compile"),
    ],
)
def test_a_file_of_misconceptions_is_checked(old, new, where, words, tmp_path):
    script = copy_course(tmp_path)
    wrong = script.parent / "misconceptions" / script.name
    text = wrong.read_text(encoding="utf-8")
    assert old in text
    wrong.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        build_chapter(script)
    (problem,) = caught.value.problems
    line = line_of(wrong.read_text(encoding="utf-8"), where)
    assert (problem.file, problem.line) == (WRONG, line) and words in problem.message


def test_a_misconception_may_not_claim_another_exercises_test(tmp_path):
    script = copy_course(tmp_path)
    text = script.read_text(encoding="utf-8").replace(
        "# %% [markdown] answer",
        '# %% exercise="more"\ndef more():\n    ### BEGIN SOLUTION\n    pass\n'
        '    ### END SOLUTION\n\n# %% test="more:a" points=1\n# A\nmore()\n\n'
        "# %% [markdown] answer",
    )
    script.write_text(text, encoding="utf-8")
    wrong = script.parent / "misconceptions" / script.name
    wrong.write_text(
        wrong.read_text(encoding="utf-8").replace("double-contract", "more-a"), encoding="utf-8"
    )
    with pytest.raises(BuildError, match="'more-a' tests 'more'"):
        build_chapter(script)


# What must not be refused.

ALLOWED = {
    "comprehensions": "assert [a + b for a in range(2) for b in range(a)] == [1]",
    "nested functions": "def outer(q):\n    def inner():\n        return q, later\n"
    "    return inner\n"
    "later = 1\nassert outer(2)() == (2, 1)",
    "classes": "class Box:\n    size = 3\n    def get(self):\n        return self.size, Box\n"
    "assert Box().get()",
    "walrus, lambda, except, with": "if (n := 3) and (lambda m: m)(n):\n    try:\n        pass\n"
    "    except ValueError as error:\n        print(error)",
    "global": "def put():\n    global placed\n    placed = 1\nput()\nassert placed",
    "own imports": "import itertools as it, os.path\nassert it.chain and os",
    "builtins": "assert sorted([print, __name__], key=str)",
    "match": "match [1, 2]:\n    case [first, *rest]:\n        assert first, rest",
    "no assert at all": "",
    "comments that end": "x = 1  # the end of the solution is near\n# END of story",
}


@pytest.mark.parametrize("code", ALLOWED.values(), ids=ALLOWED.keys())
def test_plain_python_is_accepted(code, tmp_path):
    script = copy_course(tmp_path)
    text = script.read_text(encoding="utf-8").replace(TEST, f"{TEST}{code}\n")
    script.write_text(text, encoding="utf-8")
    cells = json.loads(build_chapter(script).student)["cells"]
    assert any(code in source_of(cell) for cell in cells if cell["id"] == "double-values")
