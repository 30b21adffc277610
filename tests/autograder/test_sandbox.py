"""What a pupil can and cannot do, asked of a pupil in its sandbox."""

import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from autograder.run import forkserver
from autograder.run.limits import CellTimeout, Limits, time_limit
from autograder.run.remote import Pupil, PupilGone


class Nursery:
    """A nursery of this test's own; calling it connects to a new pupil."""

    def __init__(self, folder):
        (folder / "root").mkdir()
        command = [sys.executable, "-P", "-m", "autograder.run.nursery"]
        environment = {**os.environ, "SECRET": "a-secret-of-the-ta", "OPENBLAS_NUM_THREADS": "1"}
        self.socket = str(folder / "socket")
        self.process = subprocess.Popen(
            [*command, self.socket, str(folder / "root"), "sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        assert self.process.stdout.readline().decode().strip() == forkserver.READY

    def __call__(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self.socket)
        return connection


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.process.stdin.close()
    assert nursery.process.wait(10) == 0


@pytest.fixture
def pupil(connect):
    pupil = Pupil(connect, Limits())
    yield pupil
    pupil.stop()


def failure(pupil, source):
    """The type of the exception that a cell raises in the pupil, or its output."""
    ran = pupil.run(source, "<cell try>")
    return ran.error["type"] if ran.error else ran.output


def test_cells_share_a_namespace_and_report_output_and_errors(pupil):
    assert pupil.run("a = 3\nprint('hello')", "<cell one>").output == "hello\n"
    ran = pupil.run("def f():\n    return a / 0\nf()", "<cell two>")
    assert (ran.error["type"], ran.error["line"]) == ("ZeroDivisionError", 2)
    assert "return a / 0" in ran.error["traceback"]
    assert pupil.value("a") == 3


def test_calls_bring_values_and_exceptions_back(pupil):
    pupil.run(
        "def double(x, *, by=2):\n    if by == 0:\n        raise ValueError('no')\n"
        "    return by * x",
        "<cell f>",
    )
    np.testing.assert_array_equal(pupil.call("double", (np.arange(3),), {}), [0, 2, 4])
    with pytest.raises(ValueError, match="no") as caught:
        pupil.call("double", (1,), {"by": 0})
    assert caught.value.student.line == 3
    with pytest.raises(NameError, match="missing"):
        pupil.call("missing", (), {})


def test_an_exception_of_the_students_own_type_arrives_as_its_built_in_base(pupil):
    pupil.run("class Mine(KeyError): pass\ndef f(): raise Mine('x')", "<cell f>")
    with pytest.raises(KeyError) as caught:
        pupil.call("f", (), {})
    assert caught.value.student.type == "Mine"


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline",
        "%timeit -n1 -r1 1",
        "%config InlineBackend.figure_format = 'png'",
        "!ls /nowhere",
        "names = !ls /usr",
        "import numpy as np\nnp.pad?",
        "%time 1 + 1",
    ],
)
def test_what_ordinary_notebooks_hold_does_no_harm(pupil, source):
    ran = pupil.run(source + "\nafter = 1", "<cell m>")
    assert ran.error is None, ran.error
    assert pupil.value("after") == 1


def test_plots_need_no_screen(pupil):
    source = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    assert pupil.run(source, "<cell plot>").error is None


def test_magics_and_slips_of_syntax_end_in_the_cell(pupil):
    assert pupil.run("%timeit -n1 -r1 1", "<cell m>").error is None
    assert failure(pupil, "def f(:\n    pass") == "SyntaxError"
    assert failure(pupil, "raise SystemExit(3)") == "SystemExit"
    assert pupil.run("1 + 1", "<cell after>").error is None


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
        "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
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
    nursery.process.stdin.close()
    assert nursery.process.wait(10) == 0


def test_the_environment_is_not_the_teachers(pupil):
    assert "a-secret" not in pupil.run("import os; print(os.environ)", "<cell e>").output


def test_a_pupil_sees_no_process_but_its_own(pupil):
    source = "import os\nprint([p for p in os.listdir('/proc') if p.isdigit()])"
    assert pupil.run(source, "<cell ps>").output.strip() == "['1', '2']"


def test_processes_are_counted(pupil):
    source = (
        "import os, signal\npids = []\n"
        "try:\n    while len(pids) < 150:\n        pid = os.fork()\n"
        "        if pid == 0:\n            signal.pause()\n        pids.append(pid)\n"
        "finally:\n    for pid in pids:\n        os.kill(pid, 9); os.waitpid(pid, 0)"
    )
    assert failure(pupil, source) == "BlockingIOError"


def test_output_is_cut(pupil):
    ran = pupil.run("for _ in range(100_000): print('x' * 100)", "<cell flood>")
    assert len(ran.output) < Limits().output + 100


def test_a_pupil_that_dies_is_replaced_and_brought_to_where_it_was(pupil):
    pupil.run("a = 5", "<cell a>")
    with pytest.raises(PupilGone):
        pupil.run("import os; os._exit(0)", "<cell die>")
    assert pupil.value("a") == 5


def test_a_pupil_that_dies_again_and_again_is_given_up(pupil):
    pupil.run("import os\ndef die(): os._exit(1)", "<cell d>")
    for _ in range(Limits().restarts + 3):
        with pytest.raises(PupilGone) as caught:
            pupil.call("die", (), {})
    assert "too often" in str(caught.value)


def test_an_endless_loop_that_swallows_interrupts_is_ended(connect):
    pupil = Pupil(connect, Limits())
    source = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    try:\n"
    with pytest.raises(CellTimeout), time_limit(0.5):
        pupil.run(source + "        while True: pass\n    except BaseException: pass", "<cell l>")
    assert pupil.wire is None
    assert _soon(lambda: not _descendants(connect.process.pid))


def test_pupils_die_with_a_grader_that_is_killed(tmp_path):
    nursery = Nursery(tmp_path)
    pupil = Pupil(nursery, Limits())
    # a pupil that tries to outlive it: prctl(PR_SET_PDEATHSIG, 0), and a child in the background
    source = "import ctypes, os\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\nif os.fork() == 0:\n"
    pupil.run(source + "    while True: pass", "<cell a>")
    with pytest.raises(CellTimeout), time_limit(0.3):
        pupil.wire.send({"do": "run", "source": "while True: pass", "label": "<cell b>"})
        pupil.wire.receive()
    family = _descendants(nursery.process.pid)
    assert len(family) >= 4  # keeper, first process, pupil, its child
    nursery.process.kill()
    nursery.process.wait()
    assert _soon(lambda: not any(map(_alive, family)))
    pupil.stop()


def _soon(holds) -> bool:
    """Whether something comes to hold within ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        if time.monotonic() > deadline:
            return False
        signal.sigtimedwait([], 0.05)
    return True


def _descendants(process: int) -> list[int]:
    """Living processes below one; a zombie, to be reaped at the next connection, is gone."""
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            children = [int(child) for child in file.read().split()]
    except FileNotFoundError:
        return []
    below = [pid for child in children for pid in (child, *_descendants(child))]
    return [pid for pid in below if _alive(pid)]


def _alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


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


@pytest.mark.parametrize(
    "forgery",
    [
        "b'garbage' * 100",
        "struct.pack('>IQ', 4, 1 << 60) + b'null'",
        "struct.pack('>IQ', 4, 0) + b'null'",
        "struct.pack('>IQ', 2, 0) + b'{}'",
        "struct.pack('>IQ', 99999, 0) + b'[' * 99999",
    ],
)
def test_forged_replies_end_the_pupil_and_harm_nobody(connect, forgery):
    pupil = Pupil(connect, Limits())
    source = (
        "import os, struct, socket\n"
        "def f():\n"
        "    for n in range(3, 20):\n"
        "        try:\n            s = socket.socket(fileno=os.dup(n))\n"
        f"            s.sendall({forgery})\n"
        "        except OSError: pass\n"
        "    return 1"
    )
    pupil.run(source, "<cell forge>")
    with pytest.raises(PupilGone), time_limit(10):
        pupil.call("f", (), {})
    pupil.stop()
