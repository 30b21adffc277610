"""A tiny chapter is graded through the real pool: its processes, its limits, its ends."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading

import pytest
from made_chapter import IMPORTS, check, exercise, handed_in, made, setup, unit
from processes import descendants, soon

from autograder.results import FAILED, GRADED, GRADER_ERROR, PASSED, TIMEOUT, Result
from autograder.run import Pool, ServerFailed, folder, forkserver

NOISE = "print('x' * 200_000)  # more than a pipe holds\n"
HIDDEN = "\n### BEGIN HIDDEN TESTS\nassert f(77) == 78\n### END HIDDEN TESTS"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return made(
        tmp_path_factory.mktemp("chapter"),
        setup(IMPORTS + NOISE),
        exercise("f", "def f(x):\n    return x + 1"),
        check("f-values", NOISE + "assert f(1) == 2" + HIDDEN, points=2),
        check("f-error", "with assert_raises(TypeError):\n    f('a')"),
        check("f-count", "assert sum(range(f(0))) == 0", limit=1),
        check("f-memory", "assert np.empty(f(-1), np.uint8).size == 0"),
        exercise("g", "def g(x):\n    return hash(x)"),
        check("g-hash", "assert g('word') == hash('word')"),
        check("g-slow", "g(0)", limit=0.5),
        check("g-slower", "g(0)", limit=0.5),
        check("g-slowest", "g(0)", limit=0.5),
    )


@pytest.fixture(scope="module")
def pool(chapter):
    with Pool(chapter, workers=max(2, len(os.sched_getaffinity(0)))) as pool:
        yield pool


def graded(pool, **submissions):
    """Grade submissions by student; each is the sources of its solution cells, or a text."""
    units = [
        (name, unit(pool.chapter, it if isinstance(it, str) else handed_in(pool.chapter, it), name))
        for name, it in submissions.items()
    ]
    return {key: Result.from_dict(reply["result"]) for key, reply in pool.run(units)}


def statuses(result):
    return {cell.cell: cell.status for cell in result.cells}


def test_points_go_to_the_cells_that_hold(pool):
    assert pool.faulty == {}
    wrong = "def f(x): return x + 1 if x != 77 else 0"
    results = graded(pool, right={}, wrong={"f": wrong}, none={"f": "", "g": ""})
    assert (results["right"].status, results["right"].score) == (GRADED, 9.0)
    assert {name for name, s in statuses(results["wrong"]).items() if s == FAILED} == {"f-values"}
    assert results["none"].score == 0


def test_an_odd_submission_stops_nobody(pool, capfd):
    results = graded(pool, odd='{"cells": 7}', right={})
    assert (results["odd"].status, results["right"].score) == (GRADER_ERROR, 9.0)
    assert "failed on this submission" in results["odd"].reason


def test_code_that_ends_its_process_passes_no_test_that_expects_an_error(pool):
    leaves = "import os\ndef f(x):\n    if x == 'a': os._exit(0)\n    return x + 1"
    result = graded(pool, ana={"f": leaves})["ana"]
    assert {name for name, s in statuses(result).items() if s != PASSED} == {"f-error"}
    assert "ended its Python process" in result.cells[1].message


def test_an_endless_loop_is_a_time_out_also_when_nobody_else_is_running(pool):
    loops = "def g(x):\n    while x == 0: pass\n    return hash(x)"
    result = graded(pool, ana={"g": loops}, ben={})["ana"]
    slow = [statuses(result)[name] for name in ("g-slow", "g-slower", "g-slowest")]
    assert slow == [TIMEOUT] * 3 and statuses(result)["g-hash"] == PASSED
    assert result.cells[-1].message.startswith("Not run")


def test_warnings_and_words_on_stderr_cost_nothing(pool):
    said = "    warnings.warn('an old way')\n    print('oh', file=sys.stderr)\n"
    noisy = f"import sys, warnings\nwarnings.warn('at once')\ndef f(x):\n{said}    return x + 1"
    result = graded(pool, ana={"f": noisy})["ana"]
    assert (result.status, result.score) == (GRADED, 9.0)


def test_a_number_that_asks_for_all_memory_fails_the_test(pool):
    result = graded(pool, ana={"f": "def f(x): return x + 1 if x != -1 else 8 << 30"})["ana"]
    assert statuses(result)["f-memory"] == FAILED
    assert "MemoryError" in result.cells[3].message


def test_a_tester_that_hangs_is_ended_with_its_connection(pool):
    """Adding up a trillion numbers is C code that no time limit interrupts."""
    endless = handed_in(pool.chapter, {"f": "def f(x): return x + 1 if x else 10 ** 12"})
    nursery, tester = (server.process.pid for server in pool.servers)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(pool.tester))
        connection.sendall(json.dumps(unit(pool.chapter, endless)).encode() + b"\n")
        assert soon(lambda: descendants(tester) and descendants(nursery))
    assert soon(lambda: not descendants(tester) and not descendants(nursery))


def test_what_may_be_a_neighbours_doing_is_graded_again_alone(chapter):
    """No clock: whoever has a neighbour while it runs is late."""
    pool = Pool(chapter, workers=2)
    running, both, late = set(), threading.Barrier(2), []

    def grade(unit):
        running.add(unit["student"])
        if len(late) < 2:
            both.wait(10)
        crowded = len(running) > 1
        late.append(unit["student"])
        if len(late) <= 2:
            both.wait(10)
        running.remove(unit["student"])
        status = TIMEOUT if crowded else PASSED
        return {"result": status, "disturbed": crowded}

    pool.grade = grade
    units = [(name, {"student": name}) for name in ("ana", "ben")]
    replies = {key: reply["result"] for key, reply in pool.run(units)}
    assert replies == {"ana": PASSED, "ben": PASSED}
    assert sorted(late) == ["ana", "ana", "ben", "ben"]


def scripted(chapter, *scores):
    """A pool whose calibration comes out as told: the failed tests, run by run."""
    pool = Pool(chapter)
    runs = iter(scores)

    def failed(unit):
        return next(runs)

    pool._failed = failed
    pool._calibrate()
    return pool.faulty


def test_a_cell_that_the_solution_fails_is_tried_again(chapter):
    assert scripted(chapter, {}) == {}
    assert scripted(chapter, {"f-values": "late"}, {}) == {}
    assert scripted(chapter, {"f-values": "a"}, {"f-values": "b", "f-error": "c"}) == {
        "f-values": "b"
    }


def test_one_faulty_test_costs_nobody_anything_but_that_cell(tmp_path):
    chapter = made(
        tmp_path,
        setup(IMPORTS),
        exercise("f", "def f(x):\n    return x + 1"),
        check("f-right", "assert f(1) == 2"),
        check("f-faulty", "assert f(1) == 3"),
    )
    with Pool(chapter) as pool:
        assert set(pool.faulty) == {"f-faulty"}
        result = graded(pool, ana={})["ana"]
    assert (result.status, result.score) == (GRADED, 1.0)
    assert statuses(result) == {"f-right": PASSED, "f-faulty": GRADER_ERROR}


def test_a_chapter_whose_solution_wins_nothing_is_not_graded(tmp_path):
    cells = exercise("f", "def f(x):\n    return x"), check("f-one", "assert f(1) == 2")
    with pytest.raises(ServerFailed, match="own solution of 92_made gets no points"):
        Pool(made(tmp_path, *cells)).__enter__()


SERVER = """
import os, socket, sys
from pathlib import Path
from autograder.run import forkserver
fork, tries = os.fork, []
def no_room_at_first():
    tries.append(1)
    if len(tries) == 1:
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return fork()
os.fork = no_room_at_first
report = forkserver.Report()
print("noise" * 50_000)
listener = forkserver.listen(Path(sys.argv[1]))
forkserver.serve(listener, lambda connection, number: connection.sendall(b"hello"), report)
"""


def test_a_server_outlives_a_moment_without_room_and_what_is_printed(tmp_path):
    path = tmp_path / "socket"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", SERVER, str(path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdout.readline().decode().strip() == forkserver.READY
        heard = []
        for _ in range(2):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                heard.append(connection.recv(9))
        out, err = server.communicate(timeout=10)
    assert heard == [b"", b"hello"]
    assert (out, server.returncode) == (b"", 0)
    assert b"No process could be started" in err


def test_folders_of_killed_runs_are_swept_and_others_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = [tmp_path / name for name in ("autograder-old", "autograder-notes", "another-old")]
    for place in left:
        (place / "root").mkdir(parents=True)
    for place in (left[0], left[2]):
        (place / "owner").touch()  # as a killed run leaves it: no lock on it any more
    with folder.of_this_run() as first:
        assert sorted(tmp_path.iterdir()) == sorted([first, *left[1:]])
        with folder.of_this_run() as second:  # the first one's owner still lives
            assert sorted(tmp_path.iterdir()) == sorted([first, second, *left[1:]])
    assert sorted(tmp_path.iterdir()) == sorted(left[1:])


PROCESSORS = "import os\nprint(*os.sched_getaffinity(0))\ndef f(x): return x + 1"


def test_in_a_full_machine_each_pair_of_tester_and_pupil_has_a_processor_of_its_own(pool):
    """Else each turn would wake a sleeping processor, or two pairs would sit on one."""
    every = os.sched_getaffinity(0)
    assert len(every) > 1, "this needs two processors to tell"
    lent = [pool._processor() for _ in every]
    with contextlib.ExitStack() as all_lent:
        assert {all_lent.enter_context(one) for one in lent} == every
        assert len(processors_of(pool)) == len(every)  # none is left: it is not bound
    assert len(processors_of(pool)) == 1
    assert all(os.sched_getaffinity(server.process.pid) == every for server in pool.servers)


def processors_of(pool):
    return graded(pool, student={"f": PROCESSORS})["student"].code[0].output.split()
