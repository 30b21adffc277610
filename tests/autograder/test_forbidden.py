"""The static rule: what it must find, what it must leave alone."""

import textwrap

import pytest

from autograder.chapter import Cell
from autograder.forbidden import forbidden_uses

SETUP = "import numpy as np\nimport cnnkit\nfrom cnnkit import ops as author_ops\n"
EXERCISE = Cell(
    id="conv2d_naive",
    role="exercise",
    source="def conv2d_naive(x, w, b=None):\n    return x",
    name="conv2d_naive",
    exercise="conv2d_naive",
    forbids=("cnnkit.ops.conv2d", "torch"),
)
HONEST = "def conv2d_naive(x, w, b=None):\n    return x * w.sum()"


def examined(solution, before=(), after=(), setup=(SETUP,), exercise=EXERCISE):
    """Split what is found in a solution into certain uses and suspicions."""
    before, after = ([textwrap.dedent(cell) for cell in cells] for cells in (before, after))
    uses = forbidden_uses(exercise, textwrap.dedent(solution), before, list(setup), after)
    return [u for u in uses if not u.suspicious], [u for u in uses if u.suspicious]


CHEATS = {
    "plain": "def conv2d_naive(x, w):\n    return cnnkit.ops.conv2d(x, w)",
    "in what looks like a comment": (
        "# Do without cnnkit.ops.conv2d, torch: marking looks for them.\n"
        "def conv2d_naive(x, w):\n    return eval_array(f'''\n"
        "# {cnnkit.ops.conv2d(x, w)}\n''')"
    ),
    "deeper origin": """
        import cnnkit.ops.conv as c
        def conv2d_naive(x, w):
            return c.conv2d(x, w)""",
    "imported under another name": """
        from cnnkit.ops import conv2d as helper
        def conv2d_naive(x, w):
            return helper(x, w)""",
    "imported as the answer": "from cnnkit.ops import conv2d as conv2d_naive",
    "imported within the function": """
        def conv2d_naive(x, w):
            from cnnkit.ops import conv2d
            return conv2d(x, w)""",
    "star import": """
        from cnnkit.ops import *
        def conv2d_naive(x, w):
            return conv2d(x, w)""",
    "whole package": """
        def conv2d_naive(x, w):
            import torch.nn.functional as F
            return F.conv2d(x, w)""",
    "second of several imports": "import math, torch as t\nconv2d_naive = t.conv2d",
    "name that the author imported": """
        def conv2d_naive(x, w):
            return author_ops.conv2d(x, w)""",
    "alias of an alias": """
        o = cnnkit.ops
        p = o
        conv2d_naive = p.conv2d""",
    "getattr": """
        def conv2d_naive(x, w):
            return getattr(cnnkit.ops, "conv2d")(x, w)""",
    "getattr under another name": """
        look = getattr
        def conv2d_naive(x, w):
            return look(cnnkit.ops, "con" + "v2d")(x, w)""",
    "f-string": """
        dims = "2d"
        def conv2d_naive(x, w):
            return getattr(cnnkit.ops, f"conv{dims}")(x, w)""",
    "joined string": """
        def conv2d_naive(x, w):
            return getattr(cnnkit.ops, "".join(["con", "v2", "d"]))(x, w)""",
    "__import__": """
        def conv2d_naive(x, w):
            return __import__("torch").conv2d(x, w)""",
    "importlib": """
        import importlib
        def conv2d_naive(x, w):
            return importlib.import_module("cnnkit.ops").conv2d(x, w)""",
    "relative import_module": """
        from importlib import import_module as load
        conv2d_naive = load(".ops", "cnnkit").conv2d""",
    "resolve_name": """
        import pkgutil
        conv2d_naive = pkgutil.resolve_name("cnnkit.ops:conv2d")""",
    "sys.modules": """
        import sys
        def conv2d_naive(x, w):
            return sys.modules["torch"].conv2d(x, w)""",
    "sys.modules.get": """
        import sys as s
        def conv2d_naive(x, w):
            return s.modules.get("torch").conv2d(x, w)""",
    "vars": "conv2d_naive = vars(cnnkit.ops)['conv2d']",
    "__dict__": "conv2d_naive = cnnkit.ops.__dict__['conv2d']",
    "__dict__.get": "conv2d_naive = cnnkit.ops.__dict__.get('conv2d')",
    "__getattribute__": "conv2d_naive = cnnkit.ops.__getattribute__('conv2d')",
    "partial": """
        from functools import partial
        def conv2d_naive(x, w):
            return partial(getattr, cnnkit.ops)("conv2d")(x, w)""",
    "attrgetter": """
        from operator import attrgetter
        conv2d_naive = attrgetter("ops.conv2d")(cnnkit)""",
    "reduce": """
        from functools import reduce
        conv2d_naive = reduce(getattr, ["ops", "conv2d"], cnnkit)""",
    "default argument": """
        def conv2d_naive(x, w, *, lib=cnnkit.ops):
            return lib.conv2d(x, w)""",
    "decorator": """
        def swap(f, lib=cnnkit):
            return lib.ops.conv2d
        @swap
        def conv2d_naive(x, w):
            pass""",
    "lambda": "conv2d_naive = lambda x, w, o=author_ops: o.conv2d(x, w)",
    "walrus": """
        def conv2d_naive(x, w):
            return (o := cnnkit.ops) and o.conv2d(x, w)""",
    "tuple assignment": """
        a, (b, c) = np, (cnnkit.ops, 3)
        conv2d_naive = b.conv2d""",
    "starred assignment": """
        first, *rest = np, cnnkit.ops, 3
        conv2d_naive = rest[0].conv2d""",
    "globals": """
        def conv2d_naive(x, w):
            return globals()["author_ops"].conv2d(x, w)""",
    "function's globals": """
        def conv2d_naive(x, w):
            return conv2d_naive.__globals__["author_ops"].conv2d(x, w)""",
    "__main__": """
        import __main__
        conv2d_naive = __main__.author_ops.conv2d""",
    "module by its own name": """
        import sys
        conv2d_naive = getattr(sys.modules[__name__], "cnnkit").ops.conv2d""",
    "builtins": """
        import builtins
        conv2d_naive = builtins.getattr(cnnkit.ops, "conv2d")""",
    "__builtins__": "conv2d_naive = __builtins__['__import__']('torch').conv2d",
    "returned by a helper": """
        def lib():
            return cnnkit.ops
        def conv2d_naive(x, w):
            return lib().conv2d(x, w)""",
    "passed to a helper": """
        def call(lib, name, *args):
            return getattr(lib, name)(*args)
        def conv2d_naive(x, w):
            return call(cnnkit.ops, "conv2d", x, w)""",
    "kept in a dict": """
        tools = {"a": np, "b": cnnkit.ops}
        def conv2d_naive(x, w):
            return tools["b"].conv2d(x, w)""",
    "put into a list": """
        box = []
        box.append(cnnkit.ops)
        def conv2d_naive(x, w):
            return box[0].conv2d(x, w)""",
    "kept in an object": """
        class Box:
            def __init__(self, lib):
                self.lib = lib
            def run(self, x, w):
                return self.lib.conv2d(x, w)
        conv2d_naive = Box(cnnkit.ops).run""",
    "set by setattr": """
        class Box: pass
        setattr(Box, "lib", cnnkit.ops)
        conv2d_naive = Box.lib.conv2d""",
    "generator": """
        def libs():
            yield cnnkit.ops
        def conv2d_naive(x, w):
            return next(libs()).conv2d(x, w)""",
    "comprehension": """
        def conv2d_naive(x, w):
            return [m.conv2d for m in (cnnkit.ops,)][0](x, w)""",
    "loop": """
        for lib in (cnnkit.ops,):
            conv2d_naive = lib.conv2d""",
    "with": """
        import contextlib
        with contextlib.nullcontext(cnnkit.ops) as lib:
            conv2d_naive = lib.conv2d""",
    "try": """
        def conv2d_naive(x, w):
            try:
                raise ValueError
            except ValueError:
                return author_ops.conv2d(x, w)""",
    "match": """
        def conv2d_naive(x, w):
            match x.ndim:
                case 4:
                    return author_ops.conv2d(x, w)""",
    "condition of a branch": """
        def conv2d_naive(x, w):
            if (y := cnnkit.ops.conv2d(x, w)) is not None:
                return y""",
    "global statement": """
        def prepare():
            global lib
            lib = cnnkit.ops
        prepare()
        def conv2d_naive(x, w):
            return lib.conv2d(x, w)""",
    "comprehension hides nothing": """
        import numpy
        def conv2d_naive(x, w):
            [author_ops for author_ops in ()]
            return author_ops.conv2d(x, w)""",
    "own name bound in a branch only": """
        if False:
            cnnkit = None
        conv2d_naive = cnnkit.ops.conv2d""",
    "taken before it is hidden": """
        keep = author_ops
        author_ops = None
        def conv2d_naive(x, w):
            return keep.conv2d(x, w)""",
    "beside magics": "%matplotlib inline\nconv2d_naive = cnnkit.ops.conv2d",
    "under a cell magic": "%%time\nconv2d_naive = cnnkit.ops.conv2d",
    "behind a line that looks like a magic": """
        %matplotlib inline
        n = (7
             % 4)
        conv2d_naive = cnnkit.ops.conv2d""",
}


@pytest.mark.parametrize("solution", CHEATS.values(), ids=CHEATS)
def test_a_cheat_is_found(solution):
    found, _ = examined(solution)
    assert found
    assert found[0].name.split(".")[0] in ("cnnkit", "torch")


OVER_CELLS = {
    "helper": (["def helper(x, w):\n    return cnnkit.ops.conv2d(x, w)"], "helper(x, w)"),
    "helper of a helper": (
        ["def inner(x, w):\n    return cnnkit.ops.conv2d(x, w)", "def outer(*a): return inner(*a)"],
        "outer(x, w)",
    ),
    "import": (["import torch"], "torch.conv2d(x, w)"),
    "star import": (["from cnnkit.ops import *"], "conv2d(x, w)"),
    "variable": (["answers = [cnnkit.ops.conv2d(np.ones(3), 1)]"], "answers[0]"),
    "class": (
        ["class Layer:\n    def run(self, x, w):\n        return cnnkit.ops.conv2d(x, w)"],
        "Layer().run(x, w)",
    ),
    "list filled elsewhere": (["box = []", "box.append(cnnkit.ops.conv2d)"], "box[0](x, w)"),
    "attribute of numpy": (["np.fast = cnnkit.ops.conv2d"], "np.fast(x, w)"),
    "alias": (["o = cnnkit.ops"], "o.conv2d(x, w)"),
}


@pytest.mark.parametrize(("cells", "value"), OVER_CELLS.values(), ids=OVER_CELLS)
def test_a_cheat_over_several_cells_is_found(cells, value):
    assert examined(f"def conv2d_naive(x, w):\n    return {value}", before=cells)[0]
    assert not examined(HONEST, before=cells)[0], "unreached, the same cells are no matter"


@pytest.mark.parametrize(
    "cell",
    [
        "conv2d_naive = cnnkit.ops.conv2d",
        "from cnnkit.ops import conv2d as conv2d_naive",
        "def conv2d_naive(x, w):\n    return cnnkit.ops.conv2d(x, w)",
        "conv2d_naive.__code__ = cnnkit.ops.conv2d.__code__",
        "setattr(conv2d_naive, '__code__', cnnkit.ops.conv2d.__code__)",
    ],
)
def test_a_later_cell_may_not_replace_the_solution(cell):
    assert examined(HONEST, after=[cell])[0]


HONEST_CODE = {
    "own work": HONEST,
    "untouched stub": "# YOUR CODE HERE\nraise NotImplementedError()",
    "local variable with a forbidden name": """
        def conv2d_naive(x, w):
            torch = np.zeros(3)
            return torch.sum()""",
    "parameter with a forbidden name": "def conv2d_naive(x, torch):\n    return torch.conv2d",
    "comment": "def conv2d_naive(x, w):\n    return x  # not torch, not cnnkit.ops.conv2d",
    "string": """
        def conv2d_naive(x, w):
            '''As torch.conv2d and cnnkit.ops.conv2d do.'''
            raise ValueError("torch: conv2d")""",
    "own helper with the name": """
        def conv2d(x, w):
            return x
        def conv2d_naive(x, w):
            return conv2d(x, w)""",
    "other things of the package": """
        from cnnkit.shapes import out_size
        from cnnkit.ops import conv2d_shape
        def conv2d_naive(x, w):
            return cnnkit.shapes.out_size(x.shape[2], 3, 1, 0, 1) + out_size(1, 1, 1, 0, 1)""",
    "getattr on other things": """
        def conv2d_naive(x, w):
            return getattr(np, "pad")(x, getattr(w, "ndim", 3))""",
    "other getattr on the same module": """
        def conv2d_naive(x, w):
            return getattr(cnnkit.ops, "max_pool2d")""",
    "own name, called again": """
        def conv2d_naive(x, w):
            return conv2d_naive(x[:1], w) if len(x) > 1 else x""",
    "attribute with a forbidden name": """
        class Layer:
            torch = 1
        def conv2d_naive(x, w):
            return Layer.torch + x.conv2d""",
    "keyword with a forbidden name": "def conv2d_naive(x, w):\n    return dict(torch=1, conv2d=2)",
    "dictionary key": "def conv2d_naive(x, w):\n    return {'torch': 1, 'conv2d': 2}['torch']",
    "package with a similar name": "import torchlike\nconv2d_naive = torchlike.conv2d",
    "scipy, as this exercise lets one": """
        from scipy.signal import correlate2d
        def conv2d_naive(x, w):
            return np.stack([correlate2d(a, w[0], "valid") for a in x])""",
    "strides and einsum": """
        def conv2d_naive(x, w):
            windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
            return np.einsum("nchwij,ocij->nohw", windows, w)""",
    "magics": """
        %timeit -n 1 sum(range(3))
        def conv2d_naive(x, w):
            return x
        !ls
        %time y = 3""",
    "cell magic": "%%timeit\ny = 1",
    "other language": "%%bash\npython -c 'import torch'",
    "syntax error": "def conv2d_naive(x, w)\n    return torch.conv2d(x, w)",
    "null character": "x = 1\0",
    "empty": "",
    "regular expression": "import re\nP = re.compile('torch')\ndef conv2d_naive(x, w): return P",
}


@pytest.mark.parametrize("solution", HONEST_CODE.values(), ids=HONEST_CODE)
def test_honest_code_is_left_alone(solution):
    assert examined(solution) == ([], [])


BESIDE = {
    "comparison": "reference = cnnkit.ops.conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))",
    "assert": "np.testing.assert_allclose(conv2d_naive(x, w), cnnkit.ops.conv2d(x, w))",
    "loop over both": "for f in (conv2d_naive, cnnkit.ops.conv2d):\n    print(f(x, w))",
    "torch": "import torch\nx = torch.ones(3)\nassert torch.conv2d is not None",
    "picture": "fig, ax = np.meshgrid(1, 2)\nax.imshow(cnnkit.ops.conv2d(x, w))",
    "earlier attempt": "from cnnkit.ops import conv2d\nfrom torch import *",
    "eval": "eval('1 + 1')",
}


@pytest.mark.parametrize("cell", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("place", ["before", "after"])
def test_what_the_solution_does_not_reach_is_no_matter(cell, place):
    solution = """
        def pad(x, w):
            return np.pad(x, len(w))
        def conv2d_naive(x, w):
            f = pad
            return f(x, w)"""
    assert examined(solution, **{place: [cell]}) == ([], [])


def test_a_copy_is_no_lookup():
    exercise = Cell("a", "exercise", HONEST, "conv2d_naive", forbids=("numpy.gradient",))
    copied = "def conv2d_naive(x, w, b=None):\n    return np.copy(x * w.sum()) + x.copy()"
    assert forbidden_uses(exercise, copied, [], [SETUP]) == []


def test_the_authors_own_import_is_hidden_by_a_function_of_that_name():
    setup = (SETUP, "from cnnkit.ops import conv2d\n")
    called = "def conv2d_naive(x, w):\n    return conv2d(x, w)\n"
    assert examined(called, setup=setup)[0]
    assert not examined(called + "def conv2d(x, w):\n    return x\n", setup=setup)[0]
    assert not examined(called, before=["def conv2d(x, w):\n    return x\n"], setup=setup)[0]


def test_an_exercise_without_forbidden_names_forbids_nothing():
    free = Cell(id="a", role="exercise", source="", name="a", exercise="a")
    assert examined("import torch\nf = torch.conv2d\neval('f')", exercise=free) == ([], [])


def test_an_entry_may_leave_out_where_the_function_is_defined():
    exercise = Cell(
        id="a",
        role="exercise",
        source="a = 1",
        name="a",
        exercise="a",
        forbids=("cnnkit.out_size",),
    )
    for use in ("cnnkit.shapes.out_size(3)", "cnnkit.out_size", "getattr(author_ops, 'out_size')"):
        assert examined(f"a = {use}", exercise=exercise)[0], use
    found, suspicious = examined("x = getattr(cnnkit.shapes, 'OUT'.lower())", exercise=exercise)
    assert suspicious and not found
    assert examined("cnnkit.shapes.pair(cnnkit.ops.conv2d)", exercise=exercise) == ([], [])


SUSPICIOUS = {
    "exec": "exec('import tor' + 'ch')",
    "eval": "def conv2d_naive(x, w):\n    return eval(w)",
    "eval under another name": "run = eval\nconv2d_naive = run('1')",
    "compile": "code = compile('1', '', 'exec')",
    "getattr with a computed name": "conv2d_naive = getattr(cnnkit.ops, chr(99) + 'onv2d')",
    "reversed name": "conv2d_naive = getattr(cnnkit.ops, 'd2vnoc'[::-1])",
    "dictionary with a computed name": "conv2d_naive = vars(cnnkit.ops)[dir(cnnkit.ops)[3]]",
    "import with a computed name": "m = __import__('TORCH'.lower())",
    "module loader": "import importlib.util\nspec = importlib.util.find_spec('x')",
    "other process": "import subprocess\nsubprocess.run(['python'])",
    "pickle": "import pickle\nf = pickle.loads(b'ccnnkit.ops\\nconv2d\\n.')",
    "a name of pickle": "from pickle import loads as f",
    "pydoc.locate": "import pydoc\nf = pydoc.locate('cnnkit.' + 'spo'[::-1])",
    "a name of pydoc": "from pydoc import locate as f",
    "get_ipython": "import math\nget_ipython().run_cell('from cnnkit import ops as o' + 'ther')",
    "magic that runs a file": "import math\n%run other.py",
    "function's globals": "g = np.pad.__globals__['np']; import math",
    "function's globals by getattr": "g = getattr(np.pad, '__globals__')",
    "all modules": "import sys\nf = [m for n, m in sys.modules.items() if n.endswith('ops')][0]",
    "all modules in a loop": "import sys\nfor m in sys.modules.values():\n    print(m)",
    "copy of all modules": "import sys\nfor m in sys.modules.copy().values():\n    print(m)",
    "all of a package": "for f in vars(cnnkit.ops).values():\n    print(f)",
    "importlib": "import importlib\nload = importlib.reload",
    "ctypes": "from ctypes import pythonapi",
    "gc": "import gc\nfound = gc.get_objects()",
    "gc's referrers": "from gc import get_referrers",
    "module handed on": "import inspect\nfs = inspect.getmembers(cnnkit.ops)",
}


@pytest.mark.parametrize("solution", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_what_the_text_does_not_tell_is_for_a_human(solution):
    found, suspicious = examined(solution)
    assert not found
    assert suspicious


def test_too_much_to_read_is_for_a_human():
    found, suspicious = examined("import math\n" + "x = 1\n" * 20_000)
    assert (found, len(suspicious)) == ([], 1)


def tangled(names, depth):
    """Look up each of many names in what was found under each of many names, and so on."""
    lookups = "    m = getattr(m, a)\n" * depth
    return f"import sys\nfor a in {[f'a{n}' for n in range(names)]}:\n    m = sys\n{lookups}"


@pytest.mark.parametrize(("names", "depth"), [(20, 2), (20, 4), (80, 3), (1_000, 1)])
@pytest.mark.parametrize("place", ["solution", "before"])
def test_names_that_multiply_are_for_a_human(names, depth, place):
    cells = {"before": [tangled(names, depth)]} if place == "before" else {}
    solution = HONEST if cells else f"{tangled(names, depth)}\n{HONEST}"
    found, suspicious = examined(solution, **cells)
    assert not found
    assert any("too tangled to be read" in use.sentence for use in suspicious)


def test_what_no_builtin_has_leads_nowhere():
    """An honest solution hands a type and words to functions, and what it gets to others."""
    words = "".join(
        f"    kind = pair(kind, '{word}')\n" for word in ("stride", "padding", "f", "n")
    )
    assert examined(f"import math\ndef conv2d_naive(x, w):\n    kind = float\n{words}") == ([], [])


def test_a_reading_ends_at_its_bound_of_work(monkeypatch):
    monkeypatch.setattr("autograder.forbidden.names.WORK", 2_000)
    assert examined(f"{HONEST}\nimport torch")[1][0].sentence.startswith("The solution's cell uses")
    found, suspicious = examined(f"{HONEST}\n{'y = [x, x, x]; ' * 100}\nimport torch")
    assert not found
    assert "too tangled to be read" in suspicious[0].sentence


def test_a_long_sum_is_read_once():
    taps = " + ".join(f"x[{n}] * w[{n}]" for n in range(60))
    assert examined(f"import math\ndef conv2d_naive(x, w):\n    return {taps}") == ([], [])


@pytest.mark.parametrize("magics", [501, 5_000])
def test_magics_without_end_are_for_a_human(magics):
    text = "import math\n" + "".join(f"!echo {n}\n" for n in range(magics))
    found, suspicious = examined(text)
    assert (found, len(suspicious)) == ([], 1)
    assert "too tangled to be read" in suspicious[0].sentence


def test_magics_that_only_show_or_measure_are_left_alone():
    magics = """
        import math
        %matplotlib inline
        %timeit -n 1 -r 3 sum(range(3))
        %time y = 3
        %config InlineBackend.figure_format = "retina"
        """
    assert examined(magics) == ([], [])
    found, _ = examined("%timeit -n 1 cnnkit.ops.conv2d(1, 2)\nconv2d_naive = 1")
    assert not found
    assert examined("%time conv2d_naive = cnnkit.ops.conv2d")[0]


def test_some_uses_say_all():
    assert len(examined("import torch\n" * 500 + HONEST)[1]) == 20


def test_text_without_a_word_of_interest_is_not_read_at_all():
    assert examined("x = 1\n" * 20_000) == ([], [])
    wide = "def conv2d_naive(x, w):\n    return \uff43nnkit.ops.conv2d(x, w)"  # reads cnnkit
    assert examined(wide)[0]


def test_the_line_that_says_what_is_forbidden_is_no_word_of_interest(monkeypatch):
    monkeypatch.setattr("autograder.forbidden.rule.Reader", None)  # fails where it is read
    told = "# Do without cnnkit.ops.conv2d, torch: marking looks for them.\n" + HONEST
    assert examined(told, setup=["import numpy as np"]) == ([], [])


@pytest.mark.parametrize("terms", [3_000, 20_000])
def test_too_deep_to_read_is_for_a_human(terms):
    nested = f"x = {'+'.join(['1'] * terms)}; import math"
    assert len(examined(nested)[1]) == 1
    found, suspicious = examined(HONEST, before=[nested, "import torch"], after=["y = torch.ones"])
    assert (found, len(suspicious)) == ([], 1), "the other cells are read all the same"


def test_the_sentence_names_line_and_thing():
    found, _ = examined("def conv2d_naive(x, w):\n    o = cnnkit.ops\n    return o.conv2d(x, w)\n")
    assert [(use.name, use.line) for use in found] == [("cnnkit.ops.conv2d", 3)]
    assert found[0].sentence == (
        "Your solution uses cnnkit.ops.conv2d, which this exercise asks you to do without "
        "(line 3: return o.conv2d(x, w))."
    )


@pytest.mark.parametrize("start", ["\n\n%%time\n\n", "\n%pwd\n\n\n", "\n\n!ls\n%pwd\n"])
def test_lines_are_counted_as_the_student_sees_them(start):
    found, _ = examined(start + "conv2d_naive = cnnkit.ops.conv2d")
    (use,) = found
    assert use.line == 5
    assert "conv2d_naive = cnnkit.ops.conv2d" in use.sentence


def test_another_cell_is_named_as_such():
    found, _ = examined(
        "def conv2d_naive(x, w):\n    return helper(x, w)",
        before=["import torch", "def helper(x, w):\n    return torch.conv2d(x, w)"],
    )
    assert [(use.name, use.line) for use in found] == [("torch", 1), ("torch.conv2d", 2)]
    assert all("Another of your cells" in use.sentence for use in found)


def test_growing_strings_and_names_come_to_an_end():
    grow = "s = 'conv'\nm = cnnkit\nfor _ in range(9):\n    s = s + s + 'x'\n    m = m.ops\n"
    assert not examined(grow + HONEST)[0]


@pytest.mark.parametrize(
    "beside",
    ["import torch", "print(cnnkit.ops.conv2d(1, 2))", "check = conv2d_naive == cnnkit.ops.conv2d"],
)
def test_what_stands_beside_the_solution_is_for_a_human(beside):
    found, suspicious = examined(f"{HONEST}\n{beside}")
    assert (found, len(suspicious)) == ([], 1)
    assert "beside the solution" in suspicious[0].sentence
