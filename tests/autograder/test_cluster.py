"""A class is graded by the workers of a cluster: the same books, whatever becomes of a worker."""

import json
import os
import signal
import socket
import sys
import types

import books
import clusters
import pytest
from made_chapter import IMPORTS, check, exercise, handed_in, made, setup
from processes import descendants, soon
from tiny_course import write

from autograder import executors
from autograder.files import GradeError
from autograder.grade import grade
from autograder.results import GRADED, GRADER_ERROR
from autograder.run.cluster import ClusterPool, connect, members, pool, scheduler_of, worker

LOOPS = "def f(x):\n    while x == 0: pass\n    return x + 1"
WORKS = ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2", LOOPS, "def f(x): return g")


def course(place, size=12):
    """Make a chapter, its misconceptions and a class."""
    chapter = made(
        place / "course" / "solutions",
        setup(IMPORTS),
        exercise("f", WORKS[0]),
        check("f-values", "assert_same(f(np.arange(3)), np.arange(3) + 1)"),
        check("f-zero", "assert f(0) == 1", limit=0.5),
    )
    write(
        place / "course" / "solutions" / "misconceptions" / f"{chapter.name}.py",
        "from autograder.misconceptions import misconception\n\n\n@misconception(\n"
        '    replaces="f", fails="f-values", diagnosis="One too many.", hint="Count."\n'
        ")\ndef adds_two(x):\n    return x + 2\n",
    )
    for number in range(size):
        notebook = handed_in(chapter, {"f": WORKS[number % 4] + f"  # {number}"})
        write(place / "class" / f"student{number:02}.ipynb", notebook)
    return place


def run(place, out, executor=executors.LOCAL, **options):
    return grade(place / "class", place / out, root=place / "course", executor=executor, **options)


# The real thing: a scheduler and workers in processes of their own.


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = course(tmp_path_factory.mktemp("cluster"))
    run(place, "whole")
    return place


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with clusters.Cluster(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def three(cluster):
    return cluster.start(3)


@pytest.mark.long
def test_an_interrupted_run_keeps_whole_books_ends_what_it_began_and_goes_on(place, cluster, three):
    def interrupt(done, total, result):
        if done == 5:
            raise KeyboardInterrupt

    summary = run(place, "stopped", cluster.executor, progress=interrupt)
    assert summary.interrupted and (summary.graded, summary.remaining) == (5, 7)
    with cluster.client() as client:
        pids = client.run(os.getpid)
        assert sorted(pids) == three, "a worker left, whose unit was given up"
        assert soon(lambda: not any(map(descendants, pids.values())))
    assert run(place, "stopped", cluster.executor).unchanged == 5
    assert books.everything(place / "stopped") == books.everything(place / "whole")


@pytest.mark.long
def test_a_worker_killed_in_mid_batch_loses_nothing_and_one_without_a_sandbox_gets_no_work(
    place, cluster, three
):
    (bare,) = cluster.start(1, clusters.BARE)
    killed = []

    with cluster.client() as client:
        pids = client.run(os.getpid)

        def kill(done, total, result):
            if not killed:  # at the first result: who is at work on another one?
                at_work = [each for each, units in client.processing().items() if units]
                killed.extend(at_work[:1])
                os.kill(pids[killed[0]], signal.SIGKILL)

        summary = run(place, "killed", cluster.executor, progress=kill)
        assert killed and set(clusters.workers(client)) == {*three, bare} - set(killed)
        ran = client.run(lambda dask_worker: dask_worker.state.executed_count)
        assert ran.pop(bare) == 0 and min(ran.values()) > 0
    assert (summary.graded, {each.status for each in summary.results}) == (12, {GRADED})
    (note,) = summary.notes
    assert note.startswith(f"The worker {bare} of the cluster took no work. No sandbox can be made")
    assert books.everything(place / "killed") == books.everything(place / "whole")


@pytest.mark.long
def test_where_no_worker_can_grade_a_sentence_says_why(place, tmp_path):
    with clusters.Cluster(tmp_path) as cluster:
        with pytest.raises(GradeError, match="has no workers. Start one on each .*'dask worker 1"):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(members, "_FIRST", 0.1)
                run(place, "nobody", cluster.executor)
        cluster.start(1, clusters.BARE)
        with pytest.raises(GradeError, match="No worker .* can grade. tcp://.*: No sandbox can be"):
            run(place, "bare", cluster.executor)


# What needs no cluster.


@pytest.mark.parametrize(
    "executor",
    ["dask://host", "dask://:8786", "dask://host:port", "tcp://host:8786", "host:8786", "cluster",
     "dask://host:8786/path", "dask://me@host:8786", "dask://host:99999"],
)  # fmt: skip
def test_a_wrong_address_is_one_sentence(executor):
    with pytest.raises(GradeError, match="takes 'local' or 'dask://HOST:PORT'") as told:
        executors.choose(executor, None)
    assert told.value.wrong_use and executor in str(told.value)


def test_addresses():
    assert scheduler_of("dask://node7:8786") == "node7:8786"
    assert scheduler_of("dask://[::1]:8786") == "[::1]:8786"


def test_a_number_of_workers_is_not_the_clusters():
    with pytest.raises(GradeError, match="--workers is for this machine"):
        executors.choose("dask://host:8786", 4)


def test_no_scheduler_is_one_sentence(monkeypatch):
    monkeypatch.setattr(connect, "_CONNECT", 0.2)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and never listens
        with pytest.raises(GradeError, match="No scheduler answers at .* Start one with 'dask sch"):
            with connect.connected(f"127.0.0.1:{nobody.getsockname()[1]}"):
                pass


def test_a_missing_extra_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(GradeError, match=r"extra 'cluster' .*pip install .*'\.\[cluster\]'"):
        with connect.connected("127.0.0.1:1"):
            pass


def test_a_worker_with_other_software_is_told_what_to_install():
    ours = worker.software()
    assert {"Python", "cnnkit and autograder", "numpy", "torch", "nbgrader"} <= set(ours)
    assert "pytest" not in ours, "what only those need who change the course"
    assert worker.differences(ours, ours) == ""
    said = worker.differences(ours, ours | {"numpy": "1.0", "torch": "none"})
    assert said.startswith(f"It has numpy 1.0 in place of {ours['numpy']}, torch none in place of")


class Future:
    """What dask's future does here: the result is there at once."""

    def __init__(self, outcome):
        self.outcome = outcome

    def add_done_callback(self, call):
        call(self)

    def result(self, timeout):
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return json.dumps(self.outcome)


class Client:
    """A scheduler that has its answers ready: for each student the outcomes, one after another."""

    def __init__(self, **outcomes):
        self.outcomes = {name: iter(each) for name, each in outcomes.items()}
        self.sent = []

    def submit(self, function, name, unit, *, key, resources, workers):
        student = json.loads(unit)["student"]
        self.sent.append((student, workers))
        assert resources == {name: 1}, "who was not admitted has no such resource"
        return Future(next(self.outcomes[student]))

    def cancel(self, futures):
        self.cancelled = futures


def graded(client, hosts=("a", "b")):
    """Grade a class with a scripted scheduler; give the replies by student."""
    made = ClusterPool(None, scheduler="")
    made._client, made._name = client, "batch"
    made._members = types.SimpleNamespace(
        hosts=set(hosts), units_at_once=2, look_around=lambda: None, lost=lambda: GradeError("gone")
    )
    units = [(name, {"student": name, "assignment": "92_made"}) for name in client.outcomes]
    return {key: reply["result"] for key, reply in made.run(iter(units))}


FINE = {"result": {"status": GRADED}, "disturbed": False}
LATE = {"result": {"status": "late"}, "disturbed": True}


def test_what_may_be_a_neighbours_doing_is_graded_again_alone_on_a_host():
    client = Client(ana=[LATE, FINE], ben=[FINE], cara=[LATE, LATE])
    replies = graded(client, hosts=["a"])
    assert {name: each["status"] for name, each in replies.items()} == {
        "ana": GRADED, "ben": GRADED, "cara": "late"
    }  # fmt: skip
    together = [("ana", None), ("ben", None), ("cara", None)]
    assert client.sent == [*together, ("ana", "a"), ("cara", "a")]


def test_a_submission_on_which_workers_die_ends_as_our_error_and_stops_nobody():
    dead = RuntimeError("4 workers died")
    client = Client(ana=[dead, dead], ben=[FINE], cara=[dead, FINE])
    replies = graded(client)
    assert (replies["ana"]["status"], replies["ben"]["status"]) == (GRADER_ERROR, GRADED)
    assert replies["cara"]["status"] == GRADED
    assert "4 workers died" in replies["ana"]["reason"] and replies["ana"]["cells"] == []


def test_a_result_that_is_being_made_once_more_is_waited_for():
    class Lost(Future):
        def result(self, timeout):
            if (outcome := self.outcome.pop(0)) is None:
                raise TimeoutError
            return json.dumps(outcome)

    client = Client(ana=[None])
    client.submit = lambda *unit, **options: Lost([None, FINE])
    assert graded(client) == {"ana": FINE["result"]}


def test_a_scheduler_that_is_gone_ends_the_run():
    client = Client(ana=[pool._CANCELLED[1]()], ben=[FINE])
    with pytest.raises(GradeError, match="gone"):
        graded(client)
    assert len(client.cancelled) == 2
