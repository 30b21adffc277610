"""Whatever stands in a field of a notebook: the class is graded, and nobody wins a point by it."""

from __future__ import annotations

import copy
import csv
import json
import random

import pytest
import tiny_course as tiny
from packed import zipped

from autograder.collect import find_submissions, of_chapter
from autograder.grade import grade
from autograder.match import match
from autograder.results import GRADED, UNREADABLE

pytestmark = pytest.mark.long

HONEST = ("ana", "zoe")
GONE = object()  # the field is not there
# What no program writes there. JSON knows no NaN, Python's reader does; the last become deep lists.
VALUES = [
    GONE, None, True, 0, -7, 3, 1000, 10**300, 1e300, float("nan"), float("inf"), "", "x", "code",
    "f-values", "\ud800\x00\x1b[2J", "=1;=2", "y" * 5000, [], {}, [None], [[]], {"": {}}, ["x", 7],
    {"grade_id": "double", "points": 1000}, "@deep 300@", "@deep 900@", "@deep 950@", "@deep 980@",
    "@deep 5000@",
]  # fmt: skip


def places(tree, path=()):
    """Every place in a notebook, as the keys that lead to it."""
    if isinstance(tree, (dict, list)):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield (*path, key)
            yield from places(tree[key], (*path, key))


def changed(notebook, path, value):
    """The text of a notebook with another value in one place."""
    notebook = copy.deepcopy(notebook)
    within = notebook
    for key in path[:-1]:
        within = within[key]
    if value is GONE:
        del within[path[-1]]
    else:
        within[path[-1]] = value
    text = json.dumps(notebook)
    for depth in (300, 900, 950, 980, 5000):
        text = text.replace(f'"@deep {depth}@"', "[" * depth + "]" * depth)
    return text.encode()


def spoilt(data, draw):
    """A file with some bytes replaced, or cut off."""
    data = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[: draw.choice([len(data), draw.randrange(len(data))])])


def every_kind(notebook):
    """Every field with every value, and some files with other bytes."""
    files = [changed(notebook, path, value) for path in places(notebook) for value in VALUES]
    draw = random.Random(6)
    return files + [spoilt(json.dumps(notebook).encode(), draw) for _ in range(200)]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module")
def collected(place):
    """All of them, read as the archive of a class: of each outcome one, with its notebook's bytes.

    Notebooks of which the same is run and said would only be graded again and again.
    """
    chapter = tiny.load(place / "course" / "solutions")
    kinds = {}
    for work, notebook in (("undone", tiny.student()), ("solved", tiny.solved())):
        files = {f"{work}-{n:05}.ipynb": data for n, data in enumerate(every_kind(notebook))}
        found = of_chapter(find_submissions(zipped(place / "a.zip", files), [chapter]), chapter)
        assert len(found.submissions) == len(files) > 3000
        for each in found.submissions:
            run = each.notebook and match(json.loads(each.notebook), chapter)
            outcome = (work, each.status, each.reason.partition("(")[0], *each.repairs, run)
            kinds.setdefault(outcome, (each, files[f"{each.student}.ipynb"]))
    return list(kinds.values())


def test_what_is_said_of_a_file_is_short_and_harmless(collected):
    said = [text for each, _ in collected for text in (each.reason, *each.repairs)]
    assert len(said) > 50
    assert [text for text in said if len(text) > 300 or not text.isprintable()] == []


@pytest.fixture(scope="module")
def table(place, collected):
    """The grades of a class of all of them, by student, graded as it is in earnest."""
    for who in HONEST:
        tiny.write(place / "class" / f"{who}.ipynb", tiny.solved())
    for each, data in collected:
        (place / "class" / f"{each.student}.ipynb").write_bytes(data)
    out = grade(place / "class", place / "out", root=place / "course", chapter="91").out
    with open(out / "grades.csv", newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_every_one_has_an_outcome_that_is_its_own(collected, table):
    assert len(table) == len(collected) + len(HONEST) > 100
    statuses = {row["status"] for row in table.values()}
    assert statuses == {GRADED, UNREADABLE}


def test_no_field_is_worth_a_point(table):
    scores = {who: float(row["score"]) for who, row in table.items()}
    assert {who: scores[who] for who in HONEST} == dict.fromkeys(HONEST, 6.0)
    assert {who: score for who, score in scores.items() if score and "undone" in who} == {}
    assert max(scores.values()) == 6.0
