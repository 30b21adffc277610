"""Submissions that forge what the tester is told, and values that lie."""

from __future__ import annotations

from functools import partial

from hostile.attack import FORGE, Attack, add

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

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
attack(
    "a late message",
    "points of the next test",
    first=FORGE
    + """
import threading, time
def late():
    end = time.monotonic() + 6
    while time.monotonic() < end:
        time.sleep(0.02)
        forge(framed(b'{"dict": [["ok", true], ["value", true]]}'))
""",
    f="""
def f(x):
    threading.Thread(target=late, daemon=True).start()
    return True
""",
)
attack(
    "malformed messages",
    "the batch",
    first=FORGE,
    f="""
heads = ('"yes"', '{"dict": [["ok", 1]]}', '{"dict": [[["ok"], true]]}', '{"set": [[1]]}',
         '{"dict": [["ok", true], ["value", {"range": [0, 1, 0]}]]}', '{"pickle": "gASV"}',
         '{"dict": [["ok", true], ["value", 1e999]]}', '{"dict": [["ok", false], ["error", 7]]}',
         '{"dict": [["ok", true], ["value", {"rng": {"dict": [["bit_generator", "MT19937"]]}}]]}',
         '{"dict": [["ok", true], ["value", %s]]}' % ("9" * 4000), '\\udcff', "")
def f(x):
    for head in heads:
        forge(framed(head.encode("utf-8", "surrogatepass")))
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
attack(
    "an exception that lies",
    "points, the tester",
    first="""
def say(self):
    raise SystemExit("said nothing")
Lie = type("<script>document.title = 'taken'</script>" * 20_000, (Exception,), {"__str__": say})
class Stop(StopIteration):
    __module__ = "builtins"
    def __getattribute__(self, name):
        raise KeyboardInterrupt
""",
    f="def f(x):\n    raise Lie if x is None or len(x) % 2 else Stop('done')",
)
attack(
    "a type called like a command",
    "the teacher's terminal and spreadsheet",
    first="""
import numpy as np
class Odd: pass
Odd.__name__ = Odd.__qualname__ = "\\x1b[2J\\x9b8m\\u202e;=1+1\\n=2+2\\r"
Odd.__module__ = "@3"
class Error(Exception): pass
Error.__name__ = "=4;\\x1b]0;taken\\x07"
""",
    f="""
def f(x):
    if isinstance(x, str) or x.ndim > 1:
        raise Error("=5\\x1b[31m;=6\\n=7")
    return Odd()
""",
    last="raise Error('\\x1b[2J')",
)
attack(
    "a megabyte of markup as a value",
    "the feedback",
    first="import numpy as np",
    f="""
def f(x):
    markup = "<script>document.title = 'taken'</script>"
    return markup * 20_000 if isinstance(x, str) or x.ndim > 1 else np.array([markup * 200] * 4)
""",
)
attack(
    "text that no file can hold",
    "the books, the feedback",
    first="print('\\ud800 \\x00 \\x1b[2J \\u202e \\uffff')",
    f="""
def f(x):
    if isinstance(x, str):
        raise ValueError("\\udfff\\x00")
    return "\\ud800\\x00"
""",
    last="raise ValueError('\\ud800 \\x00')",
)
attack("a value of 200 MB", "the tester's memory", f="def f(x):\n    return b'x' * 200_000_000")
attack(
    "a range without end",
    "the tester's time",
    f="def f(x):\n    return (range(10**18), range(10**18))",
)
