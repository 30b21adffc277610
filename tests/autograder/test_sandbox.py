"""What a pupil can and cannot do, asked of a pupil in its sandbox."""

import os
import socket
import subprocess
import sys

import pytest
from nurseries import Nursery, failure
from processes import alive, descendants, soon

from autograder.run.limits import CellTimeout, Limits, time_limit
from autograder.run.remote import GraderFault, Pupil


@pytest.mark.parametrize(
    "source",
    [
        "open('/usr/bin/mine', 'w')",
        "import cnnkit; open(cnnkit.__file__, 'a')",
        "open('/etc/passwd', 'a')",
        "import os; os.mkdir('/mine')",
        "import os; os.setuid(0)",
        "import os; os.chroot('/tmp')",
        "open('large', 'wb').write(bytes(80 << 20))",
        "x = bytearray(3 << 30)",
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import autograder.build",  # it is not there to be read
    ],
)
def test_what_is_not_allowed_raises(pupil, source):
    assert failure(pupil, source) in {
        "OSError",
        "PermissionError",
        "MemoryError",
        "ConnectionRefusedError",
        "ModuleNotFoundError",
        "FileNotFoundError",
        "TimeoutError",
    }


def test_the_network_outside_is_not_there(pupil):
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(b"\0autograder-test-%d" % os.getpid())  # no file: only namespaces hide it
        unix.listen()
        for outside in (tcp, unix):
            family, address = outside.family.name, outside.getsockname()
            source = f"import socket\nsocket.socket(socket.{family}).connect({address!r})"
            assert failure(pupil, source) in {"ConnectionRefusedError", "OSError"}
            outside.setblocking(False)
            with pytest.raises(BlockingIOError):
                outside.accept()


def test_nobody_outside_reaches_a_pupil_that_listens(pupil):
    listens = "import socket\nline = socket.create_server(('', 0))\nport = line.getsockname()[1]"
    assert pupil.run(listens, "<cell l>").error is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", pupil.value("port")), 5)


OPEN_FILES = """
import os, stat
modes = []
for number in range(1024):
    try:
        modes.append(os.fstat(number).st_mode)
    except OSError:
        pass
print(sum(not stat.S_ISCHR(mode) for mode in modes))
"""


def test_no_open_file_is_inherited(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden tests")
    with secret.open() as file:
        nursery = Nursery(tmp_path, pass_fds=[file.fileno()])
        pupil = Pupil(nursery, Limits())
        seen = pupil.run(OPEN_FILES, "<cell fds>").output
    assert seen == "1\n"  # the wire
    pupil.stop()
    nursery.stop()


def test_the_folder_of_the_exchange_is_empty(pupil):
    source = "import os\ntop = '/usr/local/share'\n"
    source += "print(os.listdir(top) if os.path.exists(top) else [])"
    assert pupil.run(source, "<cell ls>").output == "[]\n"
    assert failure(pupil, "import os; os.makedirs('/usr/local/share/mine')") in (
        "OSError",
        "PermissionError",
    )


def test_pupils_of_two_graders_are_two_users(tmp_path):
    """A user may have so many processes: a fork bomb would end the other grader's pupils."""
    users = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        nursery = Nursery(tmp_path / name)
        pupil = Pupil(nursery, Limits())
        users.add(pupil.run("import os; print(os.getuid())", "<cell u>").output)
        pupil.stop()
        nursery.stop()
    assert len(users) == (2 if os.geteuid() == 0 else 1)  # without root there is but one user


ROOT_OF_FEW_USERS = """
import os, sys
from autograder.run import linux
ids = {"uid_map": os.getuid(), "gid_map": os.getgid()}
linux.unshare(linux.CLONE_NEWUSER)
for name, text in [("setgroups", "deny"), *((map, f"0 {i} 1") for map, i in ids.items())]:
    with open(f"/proc/self/{name}", "w") as file:
        file.write(text)
assert os.getuid() == 0
os.execv(sys.executable, [sys.executable, "-m", "autograder.run.nursery", *sys.argv[1:]])
"""


def test_root_of_a_container_without_other_users_has_a_sandbox_too(tmp_path):
    nursery = Nursery(tmp_path, "-c", ROOT_OF_FEW_USERS)
    pupil = Pupil(nursery, Limits())
    assert pupil.run("import os; print(os.getuid())", "<cell u>").output == "1000\n"
    assert failure(pupil, "import os; os.setuid(0)") in ("OSError", "PermissionError")
    pupil.stop()
    nursery.stop()


NO_MOUNTS = """
import sys
from autograder.run import nursery, sandbox
def enter_cell(*arguments):
    raise OSError(28, "No space left on device")
sandbox.enter_cell = enter_cell
nursery.main(*sys.argv[1:])
"""


def test_a_pupil_without_a_sandbox_is_the_graders_fault_and_says_why(tmp_path):
    nursery = Nursery(tmp_path, "-c", NO_MOUNTS)
    with pytest.raises(GraderFault, match="No sandbox .* No space left on device"):
        Pupil(nursery, Limits()).run("a = 1", "<cell a>")
    nursery.stop()


def test_only_the_allow_list_is_in_sight(pupil):
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    source = f"import os\nprint(sorted(os.listdir({here!r})))"
    seen = pupil.run(source, "<cell ls>").output
    assert "cnnkit" in seen
    for hidden in ("solutions", "tests", "autograder", "notebooks", ".git'"):
        assert hidden not in seen


def test_a_course_below_the_folder_for_temporary_files_is_in_sight(tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    (data / "images").write_text("here")
    monkeypatch.setenv("CNNKIT_DATA_DIR", str(data))
    nursery = Nursery(tmp_path)
    pupil = Pupil(nursery, Limits())
    source = f"import tempfile\nprint(open({str(data / 'images')!r}).read())\n"
    assert pupil.run(source, "<cell a>").output == "here\n"
    assert pupil.run("tempfile.TemporaryFile().write(b'mine')", "<cell b>").error is None
    assert failure(pupil, f"open({str(data / 'mine')!r}, 'w')") == "OSError"
    pupil.stop()
    nursery.stop()


def test_the_environment_is_not_the_teachers(pupil):
    for seen in ("__import__('os').environ", "open('/proc/self/environ').read()"):
        shown = pupil.run(f"print({seen})", "<cell e>").output
        assert "NUM_THREADS" in shown and "a-secret" not in shown


def test_a_pupil_sees_no_process_but_its_own(pupil):
    source = "import os\nprint([p for p in os.listdir('/proc') if p.isdigit()])"
    assert pupil.run(source, "<cell ps>").output.strip() == "['1', '2']"


def test_processes_are_few(pupil):
    source = (
        "import os, signal\npids = []\n"
        "try:\n    while len(pids) < 16:\n        pid = os.fork()\n"
        "        if pid == 0:\n            signal.pause()\n        pids.append(pid)\n"
        "finally:\n    for pid in pids:\n        os.kill(pid, 9); os.waitpid(pid, 0)"
    )
    assert failure(pupil, source) == "BlockingIOError"


def test_a_pupil_is_what_the_kernel_ends_when_all_memory_is_taken(pupil):
    score = "/proc/self/oom_score_adj"
    assert pupil.run(f"print(open('{score}').read())", "<cell o>").output.strip() == "1000"
    assert failure(pupil, f"open('{score}', 'w').write('0')") in ("OSError", "PermissionError")


def test_an_endless_loop_that_swallows_interrupts_is_ended(connect):
    pupil = Pupil(connect, Limits())
    source = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    try:\n"
    with pytest.raises(CellTimeout), time_limit(0.5):
        pupil.run(source + "        while True: pass\n    except BaseException: pass", "<cell l>")
    assert pupil.wire is None
    assert soon(lambda: not descendants(connect.process.pid))


def test_pupils_die_with_a_grader_that_is_killed(tmp_path):
    nursery = Nursery(tmp_path)
    pupil = Pupil(nursery, Limits())
    # a pupil that tries to outlive it: prctl(PR_SET_PDEATHSIG, 0), and a child in the background
    source = "import ctypes, os\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\nif os.fork() == 0:\n"
    pupil.run(source + "    while True: pass", "<cell a>")
    with pytest.raises(CellTimeout), time_limit(0.3):
        pupil.wire.send({"do": "run", "source": "while True: pass", "label": "<cell b>"})
        pupil.wire.receive()
    family = descendants(nursery.process.pid)
    assert len(family) >= 4  # keeper, first process, pupil, its child
    nursery.process.kill()
    nursery.process.wait()
    assert soon(lambda: not any(map(alive, family)))
    pupil.stop()


GUARD = """
import os, signal, subprocess
from autograder.run import sandbox
gone = subprocess.Popen(["true"])
handle = os.pidfd_open(gone.pid)
gone.wait()
child = os.fork()
if not child:
    signal.pause()
sandbox.guard(child, handle)
os.kill(child, signal.SIGKILL)
"""


def test_a_first_process_whose_parent_is_gone_already_ends_at_once():
    assert subprocess.run([sys.executable, "-c", GUARD], timeout=300).returncode == 0


FORBIDDEN_CALLS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
user = 0x10000000
calls = {
    "namespace": lambda: libc.unshare(user),
    "namespace by clone": lambda: libc.syscall({"x86_64": 56, "aarch64": 220}[os.uname().machine],
                                               user | 17, 0, 0, 0, 0),
    "trace": lambda: libc.ptrace(0, 0, 0, 0),
    "memory of a process": lambda: libc.process_vm_readv(os.getpid(), 0, 0, 0, 0, 0),
    "memory without a process": lambda: libc.memfd_create(b"m", 0),
    "shared memory": lambda: libc.shmget(0, 4096, 0o1600),
    "messages": lambda: libc.msgget(0, 0o1600),
    "keys": lambda: libc.syscall({"x86_64": 250, "aarch64": 219}[os.uname().machine], 0, -1, 1),
    "rings": lambda: libc.syscall(425, 1, 0),
    "sockets to a virtual machine's host": lambda: libc.socket(40, 1, 0),
    "sockets into the kernel": lambda: libc.socket(38, 5, 0),
}
for name, call in calls.items():
    ctypes.set_errno(0)
    result = call()
    if result == 0 and "clone" in name:
        os._exit(0)  # the child that should not be
    if result != -1 or ctypes.get_errno() != 1:
        print(name, result, ctypes.get_errno())
for family in (1, 2, 10, 16):  # of these a namespace of its own sees to it
    ctypes.set_errno(0)
    if libc.socket(family, 2, 0) == -1 and ctypes.get_errno() == 1:
        print("no socket of the family", family)
"""


def test_system_calls_that_no_submission_needs_are_refused(pupil):
    ran = pupil.run(FORBIDDEN_CALLS, "<cell calls>")
    assert (ran.error, ran.output) == (None, "")


def test_threads_and_processes_start_behind_the_filter(pupil):
    source = (
        "import subprocess, threading\n"
        "thread = threading.Thread(target=print, args=('a thread',))\n"
        "thread.start()\nthread.join()\n"
        "print(subprocess.run(['echo', 'a process'], capture_output=True, text=True).stdout)"
    )
    assert pupil.run(source, "<cell t>").output == "a thread\na process\n\n"


def test_two_pupils_share_nothing(connect):
    first, second = Pupil(connect, Limits()), Pupil(connect, Limits())
    first.run("open('note', 'w').write('answers')\na = 1", "<cell a>")
    assert failure(second, "open('note')") == "FileNotFoundError"
    assert failure(second, "a") == "NameError"
    uid = "import os; print(os.getuid())"
    if os.geteuid() == 0:
        assert first.run(uid, "<cell u>").output != second.run(uid, "<cell u>").output
    first.stop()
    second.stop()
