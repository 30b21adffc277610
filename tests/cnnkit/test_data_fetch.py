"""Published sets: what is downloaded, from where, and what happens when something is wrong.

The server is the test's own, on this computer; nothing here leaves it.
"""

import errno
import gzip
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
from data_server import CONTENTS, FIRST, IMAGES, LABELS, PACKED, Server, sha, tiny
from filelock import FileLock
from numpy.testing import assert_array_equal

from cnnkit import data
from cnnkit.data import fetch, sets

HERE = os.path.dirname(__file__)


@pytest.fixture(scope="module")
def running():
    with Server() as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    yield running
    running.release.set()


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, and nothing of the environment that could help or hinder."""
    for name in ("DATA_DIR", "DATA_MIRROR", "OFFLINE"):
        monkeypatch.delenv(f"CNNKIT_{name}", raising=False)
    monkeypatch.setenv("CNNKIT_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch, "PAUSE", 0)
    monkeypatch.setattr(fetch, "TIMEOUT", (5, 0.3))
    return tmp_path / "cache" / "tiny"


@pytest.fixture
def serve(monkeypatch, server, cache):
    """Make the set 'tiny' come from servers that behave as told."""

    def ask(*ways):
        bases = [server.base(how) if "/" not in how else how for how in ways]
        monkeypatch.setitem(sets.SETS, "tiny", tiny(*bases))
        return server

    return ask


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder that CNNKIT_DATA_DIR names."""
    path = tmp_path / "given"
    path.mkdir()
    monkeypatch.setenv("CNNKIT_DATA_DIR", str(path))
    return path


def fill(folder, files=PACKED):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def assert_right(split="train", loaded=None):
    images, labels = loaded or data.load("tiny", split)
    assert_array_equal(images, IMAGES[split][:, None], strict=True)
    assert_array_equal(labels, LABELS[split].astype(np.int64), strict=True)


def assert_whole(cache, names=tuple(PACKED)[:2]):
    """The cache holds these files, whole, and nothing half done."""
    files = {path.name: path.read_bytes() for path in cache.iterdir() if path.name != ".lock"}
    assert files == {name: PACKED[name] for name in names}


# Downloading ----------------------------------------------------------------------------------


def test_each_file_is_downloaded_once(serve, cache):
    server = serve("right")
    for _ in range(2):
        assert_right("train")
    assert server.asked == {f"/right/{name}": 1 for name in tuple(PACKED)[:2]}
    assert_right("test")
    assert_whole(cache, PACKED)


BROKEN = {
    "gone": "it answers 404, Not Found",
    "half": "the answer breaks off",
    "cut": r"what came breaks off: it has \d+ bytes, train-images-idx3-ubyte.gz has \d+",
    "other": r"what came is not train-images.*: its content is of 616 bytes with SHA-256 \w{12}",
    "noise": "what came is damaged and cannot be unpacked",
    "page": "its content is a web page, perhaps the network's login page",
    "mute": "no answer in time",
    "stalled": "no answer in time",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_first_server_is_passed_over(serve, cache, how):
    server = serve(how, "right")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_right()
    assert server.asked[f"/{how}/{FIRST}"] == 1
    assert_whole(cache)


@pytest.mark.parametrize("how", BROKEN)
def test_without_another_server_the_error_says_what_is_wrong(serve, cache, how):
    server = serve(how)
    with pytest.raises(data.DataError, match=BROKEN[how]) as caught:
        data.load("tiny", "train")
    message = str(caught.value)
    assert message.startswith(f"{FIRST} of tiny is not on this computer. No server gave it:\n")
    assert server.base(how) in message
    assert "CNNKIT_DATA_DIR" in message
    assert server.asked == {f"/{how}/{FIRST}": fetch.ROUNDS}
    assert_whole(cache, [])


def test_a_server_that_is_not_there(serve, cache):
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        serve(dead)
        with pytest.raises(data.DataError, match=f"{dead}: no connection"):
            data.load("tiny", "train")
        serve(dead, "right")
        assert_right()
    assert_whole(cache)


def test_a_server_that_fails_once_is_asked_again(serve, cache):
    server = serve("shy")
    assert_right()
    assert server.asked[f"/shy/{FIRST}"] == 2
    assert_whole(cache)


@pytest.mark.parametrize("how", ["unpacked", "repacked"])
def test_the_same_content_in_another_packing_is_as_good(serve, how):
    serve(how)
    assert_right()
    serve("gone")
    assert_right()  # and the cache takes it too


def test_the_classroom_s_server_is_asked_first(serve, monkeypatch, cache):
    server = serve("right")
    monkeypatch.setenv("CNNKIT_DATA_MIRROR", server.base("classroom").rstrip("/"))
    assert_right()
    assert set(server.asked) == {f"/classroom/tiny/{name}" for name in tuple(PACKED)[:2]}


def test_the_others_follow_the_classroom_s_server(serve, monkeypatch, cache):
    server = serve("right")
    monkeypatch.setenv("CNNKIT_DATA_MIRROR", server.base("gone"))
    assert_right()
    assert list(server.asked)[:2] == [f"/gone/tiny/{FIRST}", f"/right/{FIRST}"]


def test_a_classroom_s_server_must_be_an_address(serve, monkeypatch):
    serve("right")
    monkeypatch.setenv("CNNKIT_DATA_MIRROR", "server:8000")
    with pytest.raises(data.DataError, match="'server:8000': it must begin with 'http"):
        data.load("tiny", "train")


def test_progress_is_shown_on_stderr_only(serve, capsys):
    serve("right")
    data.load("tiny", "train")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert FIRST in shown.err


# Offline --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_offline_asks_nobody(serve, monkeypatch, value):
    server = serve("right")
    monkeypatch.setenv("CNNKIT_DATA_MIRROR", server.base("classroom"))
    monkeypatch.setenv("CNNKIT_OFFLINE", value)
    with pytest.raises(data.DataError, match="CNNKIT_OFFLINE is set: nothing is downloaded"):
        data.load("tiny", "train")
    assert not server.asked


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_not_offline(serve, monkeypatch, value):
    serve("right")
    monkeypatch.setenv("CNNKIT_OFFLINE", value)
    assert_right()


def test_offline_reads_what_was_downloaded_before(serve, monkeypatch, cache):
    fill(cache)
    serve()
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    assert_right("test")


def test_offline_names_a_damaged_file(serve, monkeypatch, cache):
    fill(cache, {FIRST: PACKED[FIRST][:50]})
    serve("right")
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    message = re.escape(f"{cache / FIRST} breaks off: it has 50 bytes")
    with pytest.raises(data.DataError, match=message):
        data.load("tiny", "train")


# A folder of files that are there -------------------------------------------------------------


@pytest.mark.parametrize("inside", ["tiny", "."])
@pytest.mark.parametrize("packing", ["original", "other", "none"])
def test_files_of_a_given_folder(serve, folder, cache, inside, packing):
    files = {
        "original": PACKED,
        "other": {name: gzip.compress(content, 1, mtime=5) for name, content in CONTENTS.items()},
        "none": {name.removesuffix(".gz"): content for name, content in CONTENTS.items()},
    }[packing]
    fill(folder / inside, files)
    server = serve("right")
    assert_right("train")
    assert_right("test")
    assert not server.asked
    assert not cache.exists()


@pytest.fixture
def stranger(monkeypatch):
    """A file of another set, packed; it has the same name as ours."""
    content = CONTENTS[FIRST][:-1] + b"?"
    images, labels = tiny().files["train"]
    theirs = {"train": (replace(images, sha256="", content=sha(content)), labels)}
    monkeypatch.setitem(sets.SETS, "stranger", replace(tiny(), files=theirs))
    return gzip.compress(content)


def test_a_file_of_another_set_is_passed_over(serve, folder, stranger):
    fill(folder, {FIRST: stranger})
    serve("right")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_right()


def test_a_file_of_another_set_in_the_folder_of_this_one_is_named(serve, folder, stranger):
    fill(folder / "tiny", {FIRST: stranger})
    serve("right")
    with pytest.warns(UserWarning, match=f"is not {FIRST}: its content is of 616 bytes"):
        assert_right()


def test_a_wrong_file_of_a_given_folder_is_named_and_left_alone(serve, folder):
    wrong = PACKED[FIRST][:-20]
    fill(folder / "tiny", {FIRST: wrong})
    serve("right")
    with pytest.warns(UserWarning, match="breaks off.*Another copy was used") as caught:
        assert_right()
    assert [os.path.basename(w.filename) for w in caught] == ["test_data_fetch.py"]
    assert (folder / "tiny" / FIRST).read_bytes() == wrong


def test_a_given_folder_that_does_not_exist(serve, monkeypatch, tmp_path):
    serve("right")
    monkeypatch.setenv("CNNKIT_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(data.DataError, match="CNNKIT_DATA_DIR is '.*nowhere': there is no such"):
        data.load("tiny", "train")


# The cache ------------------------------------------------------------------------------------

DAMAGE = {
    "half": lambda packed: packed[: len(packed) // 2],
    "empty": lambda packed: b"",
    "a changed byte": lambda packed: packed[:100] + bytes([packed[100] ^ 1]) + packed[101:],
    "an impossible byte": lambda packed: packed[:10] + b"\xff" + packed[11:],
    "another file": lambda packed: PACKED["t10k-images-idx3-ubyte.gz"],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_of_the_cache_is_replaced_silently(serve, cache, damage):
    fill(cache, {FIRST: DAMAGE[damage](PACKED[FIRST])})
    serve("right")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_right()
    assert_whole(cache)


def test_a_cache_that_cannot_be_made(serve, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CNNKIT_DATA_CACHE", str(tmp_path / "file" / "cache"))
    serve("right")
    with pytest.raises(data.DataError, match=r"cannot be kept in .*cache.tiny \(Not a directory\)"):
        data.load("tiny", "train")


@pytest.mark.parametrize(
    ("owner", "call", "code"),
    [
        (pathlib.Path, "mkdir", errno.EROFS),
        (fetch.tempfile, "TemporaryDirectory", errno.EACCES),
        (fetch.os, "replace", errno.ENOSPC),
    ],
)
def test_a_cache_that_cannot_be_written_to(serve, monkeypatch, cache, owner, call, code):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    cache.mkdir(parents=True)
    serve("right")
    monkeypatch.setattr(owner, call, refuse)
    message = rf"{FIRST} of tiny cannot be kept in .* \({os.strerror(code)}\). Set CNNKIT_DATA_CACH"
    with pytest.raises(data.DataError, match=message):
        data.load("tiny", "train")
    monkeypatch.undo()
    assert not list(cache.glob("*.gz"))


def test_a_full_disk_is_not_blamed_on_the_server(serve, monkeypatch, cache):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    server = serve("right")
    monkeypatch.setattr(fetch, "_download_from", full)
    with pytest.raises(data.DataError, match="No space left on device.*has room for") as caught:
        data.load("tiny", "train")
    assert server.base("right") not in str(caught.value)
    assert_whole(cache, [])


def test_what_is_in_a_cache_that_is_only_read_can_be_used(serve, monkeypatch, cache):
    fill(cache)
    serve("right")
    for owner, call in [(pathlib.Path, "mkdir"), (fetch, "_alone"), (fetch.os, "replace")]:
        monkeypatch.setattr(owner, call, None)
    assert_right()


def test_every_load_gives_arrays_of_its_own(serve, cache):
    serve("right")
    for array in data.load("tiny", "train"):
        array[:] = 9
    assert_right()


# Several processes ----------------------------------------------------------------------------

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from data_server import tiny
from cnnkit import data
from cnnkit.data import fetch, sets
sets.SETS["tiny"] = tiny(sys.argv[2])
{before}
images, labels = data.load("tiny", "train")
print(images.shape, int(images.sum()), labels.tolist())
"""
PRINTED = f"(40, 1, 5, 3) {IMAGES['train'].sum()} {LABELS['train'].tolist()}\n"


def start(server, how, before=""):
    program = PROGRAM.format(before=before)
    return subprocess.Popen(
        [sys.executable, "-c", program, HERE, server.base(how)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_processes_fetch_one_file_once(server, cache):
    first = start(server, "held")
    assert server.began.acquire(timeout=20)
    second = start(server, "held")
    waiting = second.stderr.readline()  # the first is in the middle of its download
    assert "Waiting for another process that fetches into" in waiting
    server.release.set()
    assert [process.communicate()[0] for process in (first, second)] == [PRINTED, PRINTED]
    assert server.asked == {f"/held/{name}": 1 for name in tuple(PACKED)[:2]}
    assert_whole(cache)


def test_a_killed_process_leaves_nothing_in_the_way(server, cache):
    process = start(server, "stalled")
    assert server.began.acquire(timeout=20)
    assert not (cache / FIRST).exists()
    process.kill()
    process.communicate()
    assert list(cache.glob("part-*"))
    after = start(server, "right")
    assert after.communicate()[0] == PRINTED
    assert_whole(cache)


NO_LOCKS = """
import errno, filelock
def refuse(self, timeout=None): raise {error}
filelock.FileLock.acquire = refuse
"""


@pytest.mark.parametrize("error", ["NotImplementedError", "OSError(errno.ENOLCK, 'No locks')"])
def test_where_files_cannot_be_locked_the_last_rename_stays(server, cache, error):
    before = NO_LOCKS.format(error=error)
    processes = [start(server, "held", before) for _ in range(2)]
    for _ in processes:
        assert server.began.acquire(timeout=20)  # both are in the middle of their download
    server.release.set()
    assert [process.communicate()[0] for process in processes] == [PRINTED, PRINTED]
    assert_whole(cache)


def test_patience_has_an_end(serve, monkeypatch, cache, capsys):
    serve("right")
    cache.mkdir(parents=True)
    monkeypatch.setattr(fetch, "PATIENCE", 0.1)
    with FileLock(cache / ".lock"):
        with pytest.raises(data.DataError, match="Another process has been fetching into"):
            data.load("tiny", "train")
    shutil.rmtree(cache)
    assert_right()
