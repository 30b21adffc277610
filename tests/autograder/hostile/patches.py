"""Submissions that patch what runs the tests in their own process."""

from __future__ import annotations

from functools import partial

from hostile.attack import YES, Attack, add, claims, replaces, shadows

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

attack(
    "patched helpers",
    "points",
    first=YES
    + """
import numpy as np, cnnkit.testing
for module in (np.testing, cnnkit.testing):
    for name in dir(module):
        if name.startswith("assert"):
            setattr(module, name, yes)
np.allclose = np.array_equal = lambda *args, **kwargs: True
globals().update({name: yes for name in dir(cnnkit.testing) if name.startswith("assert")})
class assert_raises:
    def __init__(self, *args, **kwargs): pass
    def __enter__(self): return self
    def __exit__(self, *args): return True
cnnkit.testing.assert_raises = assert_raises
""",
)
attack(
    "patched builtins",
    "points",
    first="import builtins\nbuiltins.isinstance = lambda *args: True\n"
    "builtins.all = builtins.any = lambda *args: True\n"
    "builtins.AssertionError = type('Nothing', (BaseException,), {})\n",
)
attack(
    "patched display and hooks",
    "points",
    first="""
shell = get_ipython()
shell.ast_node_interactivity = "none"
def quiet(result):
    result.error_in_exec = result.error_before_exec = None
shell.events.register("post_run_cell", quiet)
shell.showtraceback = lambda *args, **kwargs: None
import sys
sys.excepthook = lambda *args: None
""",
)
attack(
    "asserts dropped from the syntax tree",
    "points",
    first="""
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
    def visit_With(self, node):
        return ast.Pass()
    def visit_Expr(self, node):
        return ast.Pass() if "assert" in ast.dump(node) else node
get_ipython().ast_transformers.append(Drop())
""",
)
attack(
    "asserts dropped from the text",
    "points",
    first="""
def drop(lines):
    return [line for line in lines if not line.startswith(("assert", "with", "    f("))]
get_ipython().input_transformers_cleanup.append(drop)
""",
)
attack(
    "a shell that runs nothing",
    "points",
    first="""
shell = get_ipython()
async def run_code(self, *args, **kwargs):
    return False
type(shell).run_code = run_code
""",
)
attack(
    "display hooks",
    "points, the teacher's browser",
    first=YES
    + """
import sys
markup = "<script>document.title = 'taken'</script>"
class Shown:
    def _repr_html_(self):
        return markup
    def _repr_svg_(self):
        return f"<svg onload='taken()'>{markup}</svg>"
    def _repr_javascript_(self):
        return "document.title = 'taken'"
shell = get_ipython()
shell.display_formatter.formatters["text/html"].for_type(object, lambda thing: markup)
def hook(value=None):
    shell.user_ns.update(assert_same=yes, assert_raises=yes)
sys.displayhook = hook
shell.events.register("post_execute", hook)
Shown()
""",
    last="Shown()",
)
attack(
    "import hook",
    "points",
    first="""
import sys, types
class Module(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: None
for name in ("cnnkit.testing", "numpy.testing"):
    sys.modules[name] = Module(name)
sys.meta_path.insert(0, type("Hook", (), {"find_spec": staticmethod(lambda *args: None)}))
""",
)
attack(
    "the caller's frame",
    "points",
    f="""
def f(x):
    import sys
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_globals, frame.f_locals):
            for name in list(names):
                if name.startswith("assert"):
                    names[name] = lambda *args, **kwargs: None
            names["x"] = 0
        frame = frame.f_back
""",
)
attack(
    "every object of the process",
    "points",
    f="""
def f(x):
    import gc, types
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__.startswith("assert"):
            thing.__code__ = (lambda *args, **kwargs: None).__code__
""",
)
attack(
    "trace and profile hooks",
    "points",
    first=YES
    + """
import sys, threading
def trace(frame, event, argument):
    for names in (frame.f_globals, frame.f_locals):
        for name in list(names):
            if name.startswith("assert"):
                names[name] = yes
    return trace
threading.settrace(trace)
threading.setprofile(trace)
sys.settrace(trace)
sys.setprofile(trace)
""",
    last="import sys\nsys.settrace(None)\nsys.setprofile(None)",
)
attack(
    "signals and last words",
    "points",
    first=YES
    + """
import atexit, signal, weakref
def act(*about):
    get_ipython().user_ns.update(assert_same=yes, assert_raises=yes, f=lambda x: True)
for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGVTALRM):
    signal.signal(number, act)
atexit.register(act)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.001, 0.001)
class Last:
    __del__ = act
last = Last()
""",
    f="def f(x):\n    global last\n    last = None",
)
attack(
    "known random numbers",
    "points",
    first="""
import numpy as np, random
class Known:
    def __getattr__(self, name):
        return lambda *args, **kwargs: np.zeros(1)
np.random.default_rng = lambda *args: Known()
np.linspace = np.arange = lambda *args, **kwargs: np.zeros((1, 1))
random.random = lambda: 0.0
""",
    f="def f(x):\n    return x * 0",
)
attack("tests replaced by others", "points", change=replaces)
attack("cells called like tests", "points", change=shadows)
attack("metadata that claims points", "points", change=claims)
