"""Archives of those who mean harm: nothing is written, and the rest is still collected."""

import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest
import tiny_course as tiny
from packed import bytes_of, encrypted, special, tarred, text, zip_special, zipped

from autograder.collect import archives, find_submissions, of_chapter
from autograder.collect.forward import MAX_READ, Forward
from autograder.collect.items import TOO_LONG
from autograder.files import GradeError
from autograder.results import UNREADABLE

SOLVED = tiny.solved()
GOOD = {"ana.ipynb": SOLVED, "zoe.ipynb": SOLVED}
OUT_OF_IT = ["../up.ipynb", "a/../../up.ipynb", "/abs.ipynb", "C:\\abs.ipynb", "..\\up.ipynb"]


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return tiny.load(tmp_path_factory.mktemp("solutions"))


def collect(path, chapter):
    """Collect, and see that the disk is as it was."""
    before = sorted(path.parent.rglob("*"))
    found = of_chapter(find_submissions(path, [chapter]), chapter)
    assert sorted(path.parent.rglob("*")) == before
    return found


def students(found):
    return [s.student for s in found.submissions if not s.status]


def reasons(found, root):
    return {str(path.relative_to(root)): reason for path, reason in found.ignored}


def around(bad):
    """Bad members between good ones."""
    return [("ana.ipynb", SOLVED), *bad, ("zoe.ipynb", SOLVED)]


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize("name", OUT_OF_IT)
def test_paths_that_lead_out(tmp_path, chapter, make, name):
    path = make(tmp_path / "a", around([(name, SOLVED)]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    ((told, reason),) = found.ignored
    assert reason == "Its path leads out of the archive."
    assert told.is_relative_to(path)  # or whoever names it has no name for it


@pytest.mark.parametrize("make", [zipped, tarred])
def test_names_longer_than_any_files(tmp_path, chapter, make):
    long = [f"{'x' * 30_000}.ipynb", f"{'é' * 130}.ipynb", f"a/{'y' * 30_000}/b.ipynb"]
    path = make(tmp_path / "a", around([(name, SOLVED) for name in long]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    assert [reason for _, reason in found.ignored] == [TOO_LONG] * 3
    assert max(len(str(told.relative_to(path))) for told, _ in found.ignored) < 300


def test_links_and_devices_in_a_tar(tmp_path, chapter):
    secret = tiny.write(tmp_path / "secret.ipynb", SOLVED)
    kinds = {
        "link.ipynb": special("link.ipynb", tarfile.SYMTYPE, str(secret)),
        "hard.ipynb": special("hard.ipynb", tarfile.LNKTYPE, "ana.ipynb"),
        "pipe.ipynb": special("pipe.ipynb", tarfile.FIFOTYPE),
        "disk.ipynb": special("disk.ipynb", tarfile.BLKTYPE),
        "tty.ipynb": special("tty.ipynb", tarfile.CHRTYPE),
    }
    path = tarred(tmp_path / "a.tgz", around([(info, "") for info in kinds.values()]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    told = reasons(found, path)
    assert told.keys() == kinds.keys()
    assert all("link" in told[name] for name in ("link.ipynb", "hard.ipynb"))
    assert all("neither" in told[name] for name in ("pipe.ipynb", "disk.ipynb", "tty.ipynb"))


def test_links_and_pipes_in_a_zip(tmp_path, chapter):
    link = zip_special("link.ipynb", stat.S_IFLNK | 0o777)
    pipe = zip_special("pipe.ipynb", stat.S_IFIFO | 0o777)
    path = zipped(tmp_path / "a.zip", around([(link, "/etc/passwd"), (pipe, "")]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    told = reasons(found, path)
    assert "link" in told["link.ipynb"] and "neither" in told["pipe.ipynb"]


def test_a_link_through_which_a_later_member_would_be_written(tmp_path, chapter):
    members = [
        ("ana.ipynb", SOLVED),
        (special("door", tarfile.SYMTYPE, str(tmp_path / "elsewhere")), ""),
        ("door/zoe.ipynb", SOLVED),
    ]
    (tmp_path / "elsewhere").mkdir()
    found = collect(tarred(tmp_path / "a.tar", members, "w"), chapter)
    assert not list((tmp_path / "elsewhere").iterdir())
    assert students(found) == ["ana", "door"], "a folder of that name, and no more"


def test_a_zip_bomb_is_a_submission_that_cannot_be_read(tmp_path, chapter, monkeypatch):
    path = zipped(tmp_path / "a.zip", around([("bomb.ipynb", b"0" * 40_000_000)]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    (bomb,) = [s for s in found.submissions if s.student == "bomb"]
    assert bomb.status == UNREADABLE and "no notebook does" in bomb.reason


def test_a_size_that_is_a_lie_is_not_believed(tmp_path, chapter):
    path = zipped(tmp_path / "a.zip", around([("bomb.ipynb", b"0" * 60_000_000)]))
    data = path.read_bytes()
    size = (60_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (500).to_bytes(4, "little")))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    (bomb,) = [s for s in found.submissions if s.student == "bomb"]
    assert bomb.status == UNREADABLE


QUICKLY = [(zipped, {"compresslevel": 1}), (tarred, {"mode": "w"})]


@pytest.mark.parametrize("make, how", QUICKLY)
def test_no_more_is_read_into_memory_than_a_notebook_may_have(tmp_path, chapter, make, how):
    path = make(tmp_path / "a", around([("data.bin", b"0" * 60_000_000)]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    big = [("big.ipynb", os.urandom(51_000_000))]
    found = collect(make(tmp_path / "b", around(big), **how), chapter)
    assert students(found) == ["ana", "zoe"]
    assert "larger than 50 MB" in found.submissions[1].reason


@pytest.mark.parametrize("make", [zipped, tarred])
def test_the_total_is_bounded(tmp_path, chapter, make, monkeypatch):
    size = len(text(SOLVED))
    budget = archives.Budget
    monkeypatch.setattr("autograder.collect.reading.Budget", lambda: budget(total=3 * size))
    many = {f"s{number}.ipynb": SOLVED for number in range(5)}
    found = collect(make(tmp_path / "a", many), chapter)
    assert students(found) == ["s0", "s1", "s2"]
    assert "grows beyond" in found.ignored[-1][1]


@pytest.mark.parametrize("make", [zipped, tarred])
def test_thousands_of_members(tmp_path, chapter, make, monkeypatch):
    many = [(f"{number}/notes.txt", "x") for number in range(2000)]
    found = collect(make(tmp_path / "a", around(many)), chapter)
    assert students(found) == ["ana", "zoe"]
    budget = archives.Budget
    monkeypatch.setattr("autograder.collect.reading.Budget", lambda: budget(members=1501))
    found = collect(make(tmp_path / "b", around(many)), chapter)
    assert students(found) == ["ana"]
    told = [reason for _, reason in found.ignored]
    assert sum("members; the rest was not read" in reason for reason in told) == 1
    assert told.count("It is no notebook (.ipynb).") == 1500


def test_a_member_under_a_password(tmp_path, chapter):
    data = bytes_of(zipped, {**GOOD, "ben.ipynb": SOLVED})
    (tmp_path / "a.zip").write_bytes(encrypted(data, "ben.ipynb"))
    found = collect(tmp_path / "a.zip", chapter)
    assert students(found) == ["ana", "zoe"]
    assert "password" in found.submissions[1].reason


def test_a_method_that_may_ask_for_gigabytes(tmp_path, chapter):
    path = zipped(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("ben.ipynb", text(SOLVED))
    found = collect(path, chapter)
    assert students(found) == ["ana", "zoe"]
    assert "plain zip" in found.submissions[1].reason


def test_archives_in_archives(tmp_path, chapter):
    deep = bytes_of(zipped, {"ben.ipynb": SOLVED})
    deeper = bytes_of(zipped, {"more.zip": deep, "cai.ipynb": SOLVED})
    only_deeper = bytes_of(zipped, {"more.zip": deep})
    members = [("ben.zip", deep), ("cai.zip", deeper), ("dora.tgz", only_deeper)]
    path = zipped(tmp_path / "a.zip", around([*members, ("emil.rar", b"Rar!")]))
    found = collect(path, chapter)
    assert students(found) == ["ana", "ben", "cai", "zoe"]
    told = reasons(found, path)
    assert "archive in an archive" in told["cai.zip/more.zip"]
    assert "without a notebook" in told["dora.tgz"]
    assert ".zip and .tar.gz are" in told["emil.rar"]


def test_an_archive_that_holds_itself_ends(tmp_path, chapter):
    inner = bytes_of(zipped, {"x.ipynb": SOLVED})
    for _ in range(20):
        inner = bytes_of(zipped, {"x.zip": inner})
    found = collect(zipped(tmp_path / "a.zip", around([("ben.zip", inner)])), chapter)
    assert students(found) == ["ana", "zoe"]


@pytest.mark.parametrize("make", [zipped, tarred])
def test_odd_names(tmp_path, chapter, make):
    odd = ["an\na.ipynb", "ben\u202eevil.ipynb", "Zoe.ipynb", "\x1b[2Jx.ipynb", "é" * 80 + ".ipynb"]
    members = around([(name, SOLVED) for name in odd] + [("__MACOSX/._ana.ipynb", "x")])
    found = collect(make(tmp_path / "a", members), chapter)
    assert students(found) == [
        "Zoe",
        "\\x1b[2Jx",
        "an\\x0aa",
        "ana",
        "ben\\u202eevil",
        "zoe",
        "é" * 80,
    ]
    assert [reason for _, reason in found.ignored] == ["It is hidden."]


def test_names_in_utf8_that_do_not_say_so(tmp_path, chapter):
    path = zipped(tmp_path / "a.zip", {"zoé.ipynb": SOLVED, "ana.ipynb": SOLVED})
    raw = bytearray(path.read_bytes())
    for start in range(len(raw) - 4):
        if raw[start : start + 4] == b"PK\x03\x04":
            raw[start + 7] &= ~0x08
        elif raw[start : start + 4] == b"PK\x01\x02":
            raw[start + 9] &= ~0x08
    path.write_bytes(raw)
    assert students(collect(path, chapter)) == ["ana", "zoé"]


@pytest.mark.parametrize("make", [zipped, tarred])
def test_the_same_name_twice_is_two_attempts(tmp_path, chapter, make):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        path = make(tmp_path / "a", [("ana.ipynb", SOLVED), ("ana.ipynb", SOLVED)])
    (ana,) = collect(path, chapter).submissions
    assert ana.attempt == 2


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_broken_archive_gets_a_sentence_or_gives_what_is_left(tmp_path, chapter, make, cut):
    many = {f"s{number}.ipynb": os.urandom(20_000).hex() for number in range(9)}
    path = make(tmp_path / "a", {"s.ipynb": SOLVED, **many})
    path.write_bytes(path.read_bytes()[: int(cut * path.stat().st_size)])
    try:
        found = collect(path, chapter)
    except GradeError as error:
        assert "damaged" in str(error) and error.wrong_use
    else:
        assert students(found) == ["s"]
        assert "damaged" in found.ignored[-1][1]


def test_a_broken_archive_of_a_student_is_a_submission_that_cannot_be_read(tmp_path, chapter):
    good = bytes_of(zipped, {"x.ipynb": os.urandom(9000).hex()})
    bad = {"ben.zip": good[: len(good) // 2], "cai.tar.gz": b"hello", "dora.zip": b""}
    found = collect(zipped(tmp_path / "a.zip", GOOD | bad), chapter)
    assert students(found) == ["ana", "zoe"]
    told = {s.student: s.reason for s in found.submissions if s.status == UNREADABLE}
    assert told.keys() == {"ben", "cai", "dora"}
    assert all("damaged" in reason for reason in told.values())


def test_a_header_that_asks_for_gigabytes_is_refused(tmp_path, chapter):
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 4_000_000_000
    good = gzip.decompress(bytes_of(tarred, {"ana.ipynb": SOLVED})).rstrip(b"\0")
    good += bytes(-len(good) % 512)
    path = tmp_path / "a.tgz"
    path.write_bytes(gzip.compress(good + header.tobuf(tarfile.USTAR_FORMAT) + bytes(10_240)))
    found = collect(path, chapter)
    assert students(found) == ["ana"]
    assert "header of it is too large" in found.ignored[-1][1]


def test_the_stream_goes_forwards_only():
    stream = Forward(io.BytesIO(b"abcdef"))
    assert (stream.read(2), stream.tell()) == (b"ab", 2)
    assert stream.seek(1) == 1 and stream.read(2) == b"bc"
    assert stream.seek(5) == 5 and stream.read(9) == b"f"
    with pytest.raises(tarfile.ReadError):
        stream.seek(3)
    for size in (-1, MAX_READ + 1):
        with pytest.raises(tarfile.ReadError):
            stream.read(size)
