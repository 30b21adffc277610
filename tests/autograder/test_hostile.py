"""No attack gains a point, sees what is hidden, disturbs a neighbour or stops the batch."""

from __future__ import annotations

import json

import hostile
import pytest
from hostile import ATTACKS, FOUND, SECRET
from made_chapter import beside, check, exercise, handed_in, made, setup, unit
from processes import descendants, soon

from autograder.results import GRADED, Result
from autograder.run import Pool

TESTS = ("f-values", "f-hidden", "f-error", "f-kept", "f-after")
HONEST = ("ana", "zoe")  # one before all attacks, one behind them


def notebook(chapter, name):
    """The submission of one attack."""
    attack = ATTACKS[name]
    added = [("setup", attack.first)] if attack.first else []
    added += [("f-after", attack.last)] if attack.last else []
    handed = handed_in(chapter, {"f": attack.f}, added)
    if "claims" in name:
        hostile.claims(handed)
    return handed


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return made(
        tmp_path_factory.mktemp("hostile"),
        setup(hostile.SETUP),
        exercise("f", hostile.SOLUTION),
        check("f-values", hostile.VALUES, limit=4),
        check("f-hidden", hostile.HIDDEN, limit=4),
        check("f-error", hostile.ERROR, limit=4),
        beside("kept", hostile.BESIDE),
        check("f-kept", hostile.BESIDE_TEST, limit=4),
        check("f-after", hostile.VALUES, limit=4),
        name=hostile.NAME,
    )


@pytest.fixture(scope="module")
def replies(chapter):
    """What came of each attack, and of the honest two, all graded in one batch side by side."""
    first, last = ((name, unit(chapter, handed_in(chapter), name)) for name in HONEST)
    attacks = [(name, unit(chapter, notebook(chapter, name), name)) for name in ATTACKS]
    units = [(name, one | {"pages": True}) for name, one in (first, *attacks, last)]
    with Pool(chapter, workers=2) as pool:
        replies = dict(pool.run(units))
        servers = [server.process.pid for server in pool.servers]
        assert soon(lambda: not any(map(descendants, servers)))  # nobody outlived the batch
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
    for sign in ("the line is open", "attached", "found the tester", "unpickled"):
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
