"""``cnnkit data``: what it says, and with which exit status."""

import re

import pytest
from data_server import FIRST, PACKED, Server, tiny

from cnnkit import cli
from cnnkit.data import fetch, packaged, sets


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path, server):
    """The sets are digits, apparel and a tiny one that a server of the test has."""
    for name in ("DATA_DIR", "DATA_MIRROR", "OFFLINE"):
        monkeypatch.delenv(f"CNNKIT_{name}", raising=False)
    monkeypatch.setenv("CNNKIT_DATA_CACHE", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch, "PAUSE", 0)
    monkeypatch.setitem(sets.SETS, "tiny", tiny(server.base("right")))
    for name in ("mnist", "fashion-mnist"):
        monkeypatch.delitem(sets.SETS, name)
    return tmp_path / "tiny"


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = cli.main(["data", *arguments])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


def line_of(out, name):
    (line,) = [line for line in out.splitlines() if line.startswith(name)]
    return line


def test_list_says_what_is_here_and_how_to_get_the_rest(run, tmp_path):
    status, out, err = run("list")
    assert (status, err) == (0, "")
    assert re.search(r"1,437 \+ +360 pictures, 8 x 8 +here, with scikit-learn", out)
    assert re.search(r"5,000 \+ +1,000 pictures, 28 x 28 +here, with cnnkit", out)
    size = sum(len(packed) for packed in PACKED.values())
    missing = f"not here: cnnkit data fetch tiny ({size / 1000:.0f} kB)"
    assert line_of(out, "tiny").endswith(missing)
    assert "Photographs: china, flower" in out
    assert f"Downloads are kept in {tmp_path}." in out


def test_list_after_a_fetch(run, cache):
    assert run("fetch", "tiny")[:2] == (0, f"tiny is here, in {cache}.\n")
    assert line_of(run("list")[1], "tiny").endswith(f"here, in {cache}")


def test_list_of_a_set_that_is_here_in_part(run, cache):
    run("fetch", "tiny")
    (cache / FIRST).unlink()
    assert "3 files of 4 here: cnnkit data fetch tiny" in line_of(run("list")[1], "tiny")


def test_a_fetch_takes_only_what_is_missing(run, cache, server):
    run("fetch", "tiny")
    (cache / FIRST).unlink()
    server.reset()
    assert run("fetch", "tiny")[0] == 0
    assert server.asked == {f"/right/{FIRST}": 1}


def test_there_is_nothing_to_fetch_of_a_package(run):
    assert run("fetch", "apparel") == (
        0,
        "apparel comes with cnnkit: there is nothing to fetch.\n",
        "",
    )


def test_a_fetch_that_fails_says_why(run, monkeypatch, server):
    monkeypatch.setitem(sets.SETS, "tiny", tiny(server.base("gone")))
    status, out, err = run("fetch", "tiny")
    assert (status, out) == (1, "")
    assert "it answers 404, Not Found" in err
    assert "Traceback" not in err


def test_verify_reads_every_file(run, cache):
    run("fetch", "tiny")
    status, out, _ = run("verify")
    assert status == 0
    assert out.count("ok ") == 2 + len(PACKED)
    assert out.endswith("What is here is as it should be.\n")


@pytest.mark.parametrize(("names", "status"), [([], 0), (["tiny"], 1)])
def test_missing_files_count_where_they_are_asked_for(run, names, status):
    found, out, _ = run("verify", *names)
    assert found == status
    assert out.count("missing  ") == len(PACKED)


def test_verify_names_a_damaged_file(run, cache):
    run("fetch", "tiny")
    (cache / FIRST).write_bytes(PACKED[FIRST][:70])
    status, out, _ = run("verify")
    assert status == 1
    assert f"WRONG    {cache / FIRST} breaks off: it has 70 bytes" in out
    assert out.endswith("1 thing is wrong or missing.\n")
    assert "WRONG: cnnkit data verify says more" in line_of(run("list")[1], "tiny")
    assert run("fetch", "tiny")[0] == 0
    assert run("verify", "tiny")[0] == 0


def test_verify_names_damaged_apparel(run, monkeypatch, tmp_path):
    damaged = tmp_path / "apparel.npz"
    damaged.write_bytes(packaged.APPAREL.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(packaged, "APPAREL", damaged)
    status, out, _ = run("verify", "apparel")
    assert status == 1
    assert f"WRONG    {damaged} is damaged: install cnnkit anew." in out
    assert "WRONG: " in line_of(run("list")[1], "apparel")


def test_verify_names_missing_digits(run, monkeypatch):
    monkeypatch.setattr(packaged, "_path_in", lambda module, path: None)
    status, out, _ = run("verify", "digits")
    assert status == 1
    assert "WRONG    digits.csv.gz comes with scikit-learn, which is not installed" in out


@pytest.mark.parametrize("verb", ["fetch", "verify"])
def test_an_unknown_set_is_a_wrong_call(run, verb):
    status, out, err = run(verb, "apparel", "moon")
    assert (status, out) == (2, "")
    assert err == "There is no data set 'moon': take 'digits', 'apparel' or 'tiny'.\n"


@pytest.mark.parametrize("verb", ["list", "verify"])
def test_a_given_folder_that_does_not_exist(run, monkeypatch, verb):
    monkeypatch.setenv("CNNKIT_DATA_DIR", "nowhere")
    status, _, err = run(verb)
    assert (status, err) == (1, "CNNKIT_DATA_DIR is 'nowhere': there is no such folder.\n")


@pytest.mark.parametrize("arguments", [[], ["steal"], ["fetch"]])
def test_a_call_that_is_none(run, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
    assert "usage: cnnkit data" in capsys.readouterr().err
