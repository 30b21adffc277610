"""What is asked of a pupil and what comes back, whatever the student's code does."""

import os
import signal
import socket

import numpy as np
import pytest
from nurseries import Nursery, failure

from autograder.run.limits import CellTimeout, Limits, time_limit, work_limit
from autograder.run.remote import GraderFault, Pupil, PupilGone


def test_cells_share_a_namespace_and_report_output_and_errors(pupil):
    assert pupil.run("a = 3\nprint('hello')", "<cell one>").output == "hello\n"
    ran = pupil.run("def f():\n    return a / 0\nf()", "<cell two>")
    assert (ran.error["type"], ran.error["line"]) == ("ZeroDivisionError", 2)
    assert "return a / 0" in ran.error["traceback"]
    assert pupil.value("a") == 3


@pytest.mark.long
def test_what_torch_loads_at_its_first_use_is_loaded_before_pupils_are_forked(tmp_path):
    program = "import sys; from autograder.run.nursery import main; main(*sys.argv[1:], 'torch')"
    nursery = Nursery(tmp_path, "-c", program)
    try:
        pupil = Pupil(nursery, Limits())
        ran = pupil.run(
            "import sys, torch\nbefore = len(sys.modules)\n"
            "with torch.device('meta'):\n    torch.nn.Conv2d(1, 1, 1)(torch.zeros(1, 1, 1, 1))\n"
            "torch.optim.SGD(torch.nn.Linear(1, 1).parameters(), lr=1).step()\n"
            "loaded = len(sys.modules) - before",
            "<cell t>",
        )
        assert ran.error is None, ran.error
        assert pupil.value("loaded") <= 2  # without it: 800
        pupil.stop()
    finally:
        nursery.stop()


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


def _hung_up():
    near, far = socket.socketpair()
    far.close()
    return near


def _nobody_there():
    raise ConnectionRefusedError(111, "Connection refused")


@pytest.mark.parametrize("connect_to", [_hung_up, _nobody_there])
def test_a_pupil_that_never_comes_is_the_graders_fault(connect_to):
    with pytest.raises(GraderFault, match="No process could be started"):
        Pupil(connect_to, Limits()).call("f", (), {})


def test_what_is_printed_during_a_call_is_never_shown(pupil):
    pupil.run("def f(x): print('the input is', x)", "<cell f>")
    pupil.call("f", (7,), {})
    assert pupil.run("print('later')", "<cell later>").output == "later\n"


def test_a_time_limit_that_held_never_strikes_later():
    with time_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_waits_for_nobody_is_bounded_by_the_processors_time_alone():
    with pytest.raises(CellTimeout), work_limit(0.05):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        while True:
            pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_no_time_left_is_a_time_out():
    with pytest.raises(CellTimeout), time_limit(0):
        raise AssertionError("the block ran")


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


def test_a_pupil_stays_on_the_processors_of_its_tester(pupil):
    every = os.sched_getaffinity(0)
    one = {max(every)}
    os.sched_setaffinity(0, one)
    try:
        pupil.run("import os\nwhere = set(os.sched_getaffinity(0))", "<cell where>")
    finally:
        os.sched_setaffinity(0, every)
    assert pupil.value("where") == one != every
