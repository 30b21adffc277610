"""A small chapter, results for it and a reader of HTML, shared by the tests of what is shown."""

import html
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from autograder.chapter import Cell, Chapter
from autograder.results import FAILED, MANUAL, PASSED, CellResult, CodeResult, Result

SECRET = "SECRET_90210"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"</style></title>]]>\x07\u202etxt"

VALUES = f"""\
# doubles every value
x = np.arange(4)
assert_same(double(x), 2 * x)
### BEGIN HIDDEN TESTS
seed = "{SECRET}"
### END HIDDEN TESTS
"""


@dataclass
class Misconception:
    id: str
    diagnosis: str
    hint: str


KNOWN = {
    "adds_two": Misconception("adds_two", "Adds 2 where it *should* double.", "Try `double(5)`."),
    "negates": Misconception("negates", "Changes the sign.", "Look at the sign."),
}


def make_test(exercise, prop, title, points, source=""):
    name = f"{exercise}-{prop}"
    source = source or f"# {title}\nassert {exercise}(0) == 0"
    return Cell(name, "test", source, name, exercise, title, points)


def make_chapter(path="91_small.ipynb"):
    stub = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    other = stub.replace("double", "halve").replace("2 *", "0.5 *")
    return Chapter(
        name="91_small",
        title="Small",
        cells=(
            Cell("setup", "setup", "import numpy as np", "setup"),
            Cell("double", "exercise", stub, "double", "double"),
            make_test("double", "values", "doubles every value", 2, VALUES),
            make_test("double", "shape", "keeps the shape", 1),
            Cell("halve", "exercise", other, "halve", "halve"),
            make_test("halve", "values", "halves every value", 3),
            Cell("why", "answer", "Why?", "why", title="Why is it so?", points=4),
        ),
        path=Path(path),
    )


def outcome(name, status=PASSED, chapter=None, **about):
    cell = (chapter or make_chapter()).by_name[name]
    score = {PASSED: cell.points, MANUAL: None}.get(status, 0.0)
    return CellResult(
        cell.name,
        cell.exercise,
        cell.title,
        about.pop("score", score),
        cell.points,
        status,
        **about,
    )


def make_result(student="ana", **about):
    cells = about.pop("cells", None) or [
        outcome("double-values", FAILED, message="They differ."),
        outcome("double-shape"),
        outcome("halve-values"),
        outcome("why", MANUAL),
    ]
    code = about.pop("code", None) or [
        CodeResult("double", "def double(x):\n    return x + 2\n"),
        CodeResult("halve", "def halve(x):\n    return x / 2\n"),
    ]
    return Result(student, "91_small", cells=cells, code=code, **about)


class Page(HTMLParser):
    """What a browser would see of a page: tags, attributes, and text outside style and script."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.pieces, self.raw = [], [], [], {}
        self._inside = ""
        self.feed(source)
        self.text = " ".join("".join(self.pieces).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "br":
            self.pieces.append(" ")
        self._inside = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.raw.setdefault(self._inside, []).append(data)
        else:
            self.pieces.append(data)

    def handle_comment(self, data):
        self.tags.append("!--")

    def values(self, attribute):
        return [value for _, name, value in self.attributes if name == attribute]


def assert_harmless(source, scripts=0):
    """Nothing in a page runs, leads out of it, or hides how it is written."""
    page = Page(source)
    assert page.tags.count("script") == scripts
    for tag in ("iframe", "object", "embed", "img", "link", "base", "form", "!--"):
        assert tag not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    for _, name, value in page.attributes:
        assert name not in ("src", "srcset", "action", "formaction", "xlink:href"), name
        if name == "href":
            assert value.startswith(("#", "feedback/")), value
    odd = [c for c in html.unescape(source) if (ord(c) < 32 and c != "\n") or c in "\x7f\u202e"]
    assert not odd
    return page
