"""Submissions that take more than their share of the machine."""

from __future__ import annotations

from functools import partial

from hostile.attack import GAIN, Attack, add

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

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
    "memory that belongs to no process",
    "the machine",
    first=GAIN
    + """
import os
files = []
try:
    while len(files) < 40:
        files.append(os.memfd_create("bomb"))
        os.posix_fallocate(files[-1], 0, 60 << 20)
    gained("memory without a bound")
except OSError:
    pass
finally:
    for file in files:
        os.close(file)
""",
)
attack(
    "rights of its own",
    "the machine, the bounds",
    first=GAIN
    + """
import ctypes, os
if os.fork() == 0:
    libc = ctypes.CDLL(None)
    if libc.unshare(0x10000000 | 0x20000) == 0:  # a user's and a mount namespace
        os.mkdir("mine")
        if libc.mount(b"mine", b"mine", b"tmpfs", 0, b"size=1m") == 0:
            open("mine/rights", "w").close()
            os._exit(7)
    os._exit(0)
if os.waitstatus_to_exitcode(os.wait()[1]) == 7:
    gained("a file system of its own")
""",
)
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
    first=GAIN
    + """
import ctypes, os
libc = ctypes.CDLL(None)
if libc.ptrace(16, os.getppid(), 0, 0) == 0:
    libc.ptrace(17, os.getppid(), 0, 0)
    gained("hold of its parent")
""",
)
attack("stops its process", "the batch", f="def f(x):\n    import os\n    os.kill(os.getpid(), 19)")
attack("closes its files", "the batch", f="def f(x):\n    import os\n    os.closerange(0, 1024)")
attack("ends its process", "points", f="def f(x):\n    import os\n    os._exit(0)")
attack("claims success by its exit", "points", f="def f(x):\n    raise SystemExit(0)")
