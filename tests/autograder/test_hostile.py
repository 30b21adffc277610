"""No attack gains a point, sees what is hidden, disturbs a neighbour or stops the batch."""

from __future__ import annotations

import json
import re
import socket
from functools import cache

import hostile
import pytest
from hostile import ATTACKS, FOUND, SECRET
from hostile.chapter import TESTS, make, submission
from made_chapter import handed_in, unit
from processes import descendants, soon

from autograder.results import GRADED, Result
from autograder.run import Pool

LISTENER = ("127.0.0.1", hostile.PORT)
HONEST = ("ana", "zoe")  # one before all attacks, one behind them
# They wait for their time limit, or use up what they are allowed.
SLOW = (
    "reads every file in reach", "keys that collide", "a flood of text", "an endless message",
    "a value of 200 MB", "fork bomb", "busy processes", "a loop that swallows interrupts", "sleeps",
    "stops its process",
)  # fmt: skip
BATCHES = {"quick": [name for name in ATTACKS if name not in SLOW], "slow": list(SLOW)}
BATCH = {name: batch for batch, names in BATCHES.items() for name in names}
MARKS = {"quick": (), "slow": pytest.mark.long}
EACH = [pytest.param(name, marks=MARKS[batch]) for name, batch in BATCH.items()]
EACH_BATCH = [pytest.param(batch, marks=MARKS[batch]) for batch in BATCHES]


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return make(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def graded(chapter):
    """Give what came of a batch: of its attacks, and of the honest two around them."""
    return cache(lambda batch: grade(chapter, BATCHES[batch]))


def grade(chapter, names):
    """Grade attacks, and the honest two, side by side."""
    first, last = ((name, unit(chapter, handed_in(chapter), name)) for name in HONEST)
    attacks = [(name, unit(chapter, submission(chapter, ATTACKS[name]), name)) for name in names]
    units = [(name, one | {"pages": True}) for name, one in (first, *attacks, last)]
    with pytest.MonkeyPatch.context() as patch, socket.create_server(LISTENER) as listener:
        for variable, value in hostile.ENVIRONMENT.items():
            patch.setenv(variable, value)
        with Pool(chapter, workers=2) as pool:
            replies = dict(pool.run(units))
            servers = [server.process.pid for server in pool.servers]
            assert soon(lambda: not any(map(descendants, servers)))  # nobody outlived the batch
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    return replies


@pytest.fixture
def reply(graded, name):
    """What came of one attack."""
    return graded(BATCH[name])[name]


def result(reply):
    return Result.from_dict(reply["result"])


@pytest.mark.parametrize("name", EACH)
def test_an_attack_gains_nothing(reply, name):
    got = result(reply)
    won = {cell.cell for cell in got.cells if cell.score}
    assert got.status == GRADED
    assert won <= set(ATTACKS[name].wins)
    assert [cell.cell for cell in got.cells] == list(TESTS)


@pytest.mark.parametrize("name", EACH)
def test_an_attack_finds_nothing(reply, name):
    # Its "notebook" is the teacher's copy, hidden tests and all.
    text = json.dumps([reply["result"], reply["feedback"]])
    assert SECRET not in text
    assert FOUND not in text
    assert re.search(hostile.GAINED, text) is None
    for sign in ("found the tester", "unpickled"):
        assert f"{sign}\\n" not in text


@pytest.mark.parametrize("name", EACH)
def test_what_an_attack_prints_is_bounded_and_runs_nowhere(reply, name):
    assert len(reply["feedback"]) < 1 << 20
    assert "<script>document" not in reply["feedback"]


@pytest.mark.parametrize("student", HONEST)
@pytest.mark.parametrize("batch", EACH_BATCH)
def test_honest_neighbours_win_all(graded, batch, student):
    got = result(graded(batch)[student])
    assert (got.status, got.score, got.flags) == (GRADED, float(len(TESTS)), [])


def test_every_attack_is_in_one_batch():
    assert sorted(BATCH) == sorted(ATTACKS)


def test_the_secret_is_really_there(chapter):
    assert any(SECRET in cell.source for cell in chapter.tests)
