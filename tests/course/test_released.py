"""The release of the real course: every file of it is searched for what must not be in it.

The search here is not the release's own: regions are cut out with a regular expression, and every
hidden assertion is looked for as a part of every string, not as a line of it.
"""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from classroom import CHAPTERS, ROOT, chapter

from autograder.release import release

HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
NAME = "04_conv_layer"


@pytest.fixture(scope="module", params=[NAME, pytest.param(None, marks=pytest.mark.long)])
def members(request, tmp_path_factory):
    """Every file of a release, by its path in the archive's one folder."""
    path, *_ = release(tmp_path_factory.mktemp("out"), chapter=request.param, root=ROOT)
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def strings(value: object) -> list[str]:
    """All text in JSON: keys, sources, outputs, metadata; lists of lines also as one."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    if isinstance(value, list):
        joined = "".join(each for each in value if isinstance(each, str))
        return [joined, *(text for each in value for text in strings(each))]
    return []


def told(members: dict[str, bytes]) -> dict[str, str]:
    """The text of each file, what JSON escapes as it is meant."""
    texts = {}
    for name, data in members.items():
        text = data.decode("utf-8", "replace")
        if name.endswith((".ipynb", ".json")):
            text = "\n".join([text, *strings(json.loads(text))])
        texts[name] = text
    return texts


def regions(which: re.Pattern) -> set[str]:
    """The lines of all such regions of all chapters, without what students see."""
    sources = [cell.source for name in CHAPTERS for cell in chapter(name).cells]
    inside = {
        line.strip()
        for source in sources
        for region in which.findall(source)
        for line in region.splitlines()
    }
    shown = "\n".join(SOLUTION.sub("", HIDDEN.sub("", source)) for source in sources)
    return {line for line in inside if line not in shown}


def test_no_hidden_assertion_of_any_chapter_gets_out(members):
    hidden = {line for line in regions(HIDDEN) if "assert" in line}
    assert len(hidden) > 300, "the search knows what to look for"
    texts = told(members)
    found = {(name, line) for name, text in texts.items() for line in hidden if line in text}
    assert found == set()


def test_no_line_of_a_hidden_test_or_a_solution_gets_out_in_a_notebook(members):
    secret = regions(HIDDEN) | regions(SOLUTION)
    assert len(secret) > 2000
    # cnnkit's source is the reference library: it holds the answers, for notebooks go on with it.
    found = {
        (name, line)
        for name, text in told(members).items()
        if not (name.startswith("cnnkit/") and name.endswith((".py", ".npz")))
        for line in secret.intersection(map(str.strip, text.splitlines()))
    }
    assert found == set()


def test_nothing_of_the_teachers_folders_is_in_it(members):
    tops = {name.partition("/")[0] for name in members}
    files = {"LICENSE", "README.md", "constraints.txt", "environment.yml", "pyproject.toml"}
    assert tops == files | {"cnnkit", "notebooks"}
    mentions = {name for name, text in told(members).items() if "misconception(" in text}
    assert mentions == set()


def test_what_cnnkit_needs_is_in_it(members):
    for path in (ROOT / "cnnkit").rglob("*"):
        if path.suffix in (".py", ".js", ".css", ".npz", ".json"):
            assert path.relative_to(ROOT).as_posix() in members
