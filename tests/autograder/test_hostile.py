"""No attack gains a point, sees what is hidden, disturbs a neighbour or stops the batch."""

from __future__ import annotations

import json
import re
import socket

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


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return make(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def replies(chapter):
    """What came of each attack, and of the honest two, all graded in one batch side by side."""
    first, last = ((name, unit(chapter, handed_in(chapter), name)) for name in HONEST)
    attacks = [(name, unit(chapter, submission(chapter, ATTACKS[name]), name)) for name in ATTACKS]
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


def result(replies, name):
    return Result.from_dict(replies[name]["result"])


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(replies, name):
    got = result(replies, name)
    won = {cell.cell for cell in got.cells if cell.score}
    assert got.status == GRADED
    assert won <= set(ATTACKS[name].wins)
    assert [cell.cell for cell in got.cells] == list(TESTS)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_finds_nothing(replies, name):
    reply = replies[name]  # its "notebook" is the teacher's copy, hidden tests and all
    text = json.dumps([reply["result"], reply["feedback"]])
    assert SECRET not in text
    assert FOUND not in text
    assert re.search(hostile.GAINED, text) is None
    for sign in ("found the tester", "unpickled"):
        assert f"{sign}\\n" not in text


@pytest.mark.parametrize("name", ATTACKS)
def test_what_an_attack_prints_is_bounded_and_runs_nowhere(replies, name):
    assert len(replies[name]["feedback"]) < 1 << 20
    assert "<script>document" not in replies[name]["feedback"]


@pytest.mark.parametrize("name", HONEST)
def test_honest_neighbours_win_all(replies, name):
    got = result(replies, name)
    assert (got.status, got.score, got.flags) == (GRADED, float(len(TESTS)), [])


def test_the_secret_is_really_there(chapter):
    assert any(SECRET in cell.source for cell in chapter.tests)
