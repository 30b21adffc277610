"""Who resembles whom: copies are found, what everybody was given or wrote is not."""

import json
import random

import pytest
import tiny_course as tiny
from feedback_fixtures import HOSTILE, Page, assert_harmless

from autograder.chapter import Chapter
from autograder.demo_styles import rename_locals
from autograder.files import GradeError
from autograder.report.pairs import render_pairs
from autograder.results import CodeResult, Result
from autograder.similar import Likeness, find_similar, given_sources, read_groups
from autograder.store import Store, Stored

GIVEN = '''def double(x):
    """Give twice of everything that stands in x, row by row and column by column."""
    # YOUR CODE HERE
    raise NotImplementedError()'''
HEAD = GIVEN.split("    # YOUR")[0]
OTHER = "def add(a, b):\n    return a + b"


def body(seed, lines=12):
    """A function's body that nobody else writes: statements drawn at random."""
    draw = random.Random(seed)
    names, signs = ["rows", "total", "left", "step", "most"], ["+", "-", "*", "//", "%", "**"]
    made = []
    for _ in range(lines):
        (a, b, c), n = draw.choices(names, k=3), draw.randint(2, 99)
        kinds = [
            f"    {a} = {b} {draw.choice(signs)} {n} {draw.choice(signs)} {c}",
            f"    for {a} in range({n}):\n        {b} = {c}[{draw.randint(2, 99)}]",
            f"    if {a} {draw.choice(['<', '>', '!='])} {n}:\n        {b} = []",
            f"    while {a} {draw.choice(signs)} {b}:\n        {c} = ({n}, {a})",
        ]
        made.append(draw.choice(kinds))
    return "\n".join([*made, "    return total"])


def made(student, source, add=OTHER):
    code = [CodeResult("double", source), CodeResult("add", add), CodeResult("", "print('mine')")]
    return Result(student, tiny.NAME, code=code)


def class_of(number, *more):
    return [made(f"s{n}", HEAD + body(n)) for n in range(number)] + list(more)


def likeness(class_):
    return Likeness(class_, {"double": GIVEN, "add": ""})


def couples(class_):
    return [(p.one.student, p.other.student) for p in likeness(class_).pairs()]


def test_who_wrote_alone_resembles_nobody():
    assert couples(class_of(12)) == []


def test_a_copy_with_other_names_comments_and_spaces_is_found():
    source = HEAD + body(3)
    disguised = rename_locals(source) + "\n\n# my own work\n"
    pairs = likeness(class_of(12, made("copy", disguised))).pairs()
    assert [(p.one.student, p.other.student) for p in pairs] == [("s3", "copy")]
    assert pairs[0].share > 0.9
    (shared,) = pairs[0].passages
    assert shared.exercise == "double"
    start, stop = shared.slices[0][0][0], shared.slices[0][-1][1]
    assert stop - start > 0.8 * len(body(3))
    assert "return" in shared.sources[0][start:stop]


def test_lines_that_agree_to_the_letter_are_counted_apart():
    copied = body(3) + "\n    # I learned this from my cat"
    class_ = class_of(12)
    class_[3] = made("s3", HEAD + copied)
    (pair,) = likeness([*class_, made("copy", HEAD + copied)]).pairs()
    (disguised,) = likeness([*class_, made("copy", rename_locals(HEAD + copied))]).pairs()
    assert pair.same_lines > 12 > disguised.same_lines


def test_half_a_copy_is_found_and_shown_where_it_is():
    mine = body("a", 20).splitlines()
    half = "\n".join([*mine[: len(mine) // 2], *body("other", 8).splitlines()])
    class_ = class_of(10, made("a", HEAD + "\n".join(mine)), made("b", HEAD + half))
    pair = likeness(class_).pairs(0.3)[0]
    assert (pair.one.student, pair.other.student) == ("a", "b") and pair.share < 0.9
    start, stop = pair.passages[0].slices[1][0]
    marked = pair.passages[0].sources[1][start:stop]
    assert mine[3].strip() in marked
    assert body("other", 8).splitlines()[-4].strip() not in marked


def test_what_the_notebook_gave_is_left_out():
    longer = GIVEN.replace("    # YOUR CODE HERE", body("given", 30))
    class_ = [made(f"s{n}", longer + "\n" + body(n, 8)) for n in range(4)]
    assert Likeness(class_, {"double": longer, "add": ""}).pairs() == []
    assert len(Likeness(class_, {"double": "", "add": ""}).pairs()) == 6


def test_what_a_good_part_of_the_class_wrote_is_left_out():
    """Eleven of thirty with the same function have read the same page; ten may have copied."""
    same = HEAD + body("book")
    many = class_of(20, *[made(f"book{n}", same) for n in range(11)])
    assert couples(many) == []
    few = class_of(20, *[made(f"book{n}", same) for n in range(10)])
    assert len(couples(few)) == 45


def test_short_solutions_say_nothing():
    short = "    twice = []\n    for value in x:\n        twice.append(2 * value)\n    return twice"
    assert couples([made(f"s{n}", HEAD + short) for n in range(3)]) == []


def test_untouched_and_missing_cells_take_no_part():
    class_ = [made(f"s{n}", GIVEN, "") for n in range(3)] + [Result("gone", tiny.NAME)]
    assert likeness(class_).class_ == [] and couples(class_) == []


def test_who_hangs_together_is_a_group():
    copies = [made(name, HEAD + body(5)) for name in ("b", "c")]
    pair = [made("x", HEAD + body("x")), made("y", HEAD + body("x"))]
    groups = likeness(class_of(9, *copies, *pair)).groups()
    assert [[r.student for r in group] for group in groups] == [["s5", "b", "c"], ["x", "y"]]


def test_a_class_decorator_or_broken_code_does_no_harm():
    odd = ["class A:\n    x = 1\n" * 40, "def f(:\n" * 60, "\x00\ud800'''" * 50, "x = '" * 90]
    class_ = [made(f"s{n}{m}", source) for n, source in enumerate(odd) for m in range(2)]
    for pair in likeness(class_).pairs(0.0):
        for shared in pair.passages:
            for source, slices in zip(shared.sources, shared.slices, strict=True):
                flat = [at for one in slices for at in one]
                assert flat == sorted(flat) and (not flat or flat[-1] <= len(source))


def test_the_page_says_that_it_is_a_hint_and_escapes_what_students_wrote(tmp_path):
    chapter = tiny.load(tmp_path / "solutions")
    source = HEAD + body(1) + f"\n    # {HOSTILE}"
    class_ = class_of(11, made(HOSTILE, source), made("<b>zoe", source))
    page = assert_harmless(render_pairs(likeness(class_), chapter), scripts=1)
    assert "A hint to look, not a verdict." in page.text
    assert "mark" in page.tags
    assert page.text.count("I learned") == 0 and "double" in page.text
    nobody = Page(render_pairs(likeness(class_of(3)), chapter))
    assert "3 submissions compared, each with each: no pair stands out." in nobody.text


@pytest.fixture
def graded(tmp_path):
    """A course, and what grading five students left; two wrote the same."""
    chapter = tiny.load(tmp_path / "solutions")
    tiny.write(tmp_path / "notebooks" / f"{tiny.NAME}.ipynb", tiny.student())
    results = class_of(4, made("copy", HEAD + body(2)))
    for result in results:
        Store(tmp_path / "out", tiny.NAME).put(Stored("key", result), "page", "{}")
    return tmp_path, chapter, results


def test_the_groups_are_kept_for_the_report_until_somebody_writes_anew(graded):
    root, chapter, results = graded
    assert read_groups(root / "out", chapter, results) is None
    page = find_similar(root / "out", root=root)
    assert page == root / "out" / f"similar-{tiny.NAME}.html"
    assert {"s2", "copy"} <= set(Page(page.read_text(encoding="utf-8")).text.split())
    (group,) = read_groups(root / "out", chapter, results)
    assert {result.student for result in group} == {"s2", "copy"}
    results[0].code[0].source += "\n# better"
    assert read_groups(root / "out", chapter, results) is None


def test_the_same_class_gives_the_same_page(graded):
    root, _, _ = graded
    first = find_similar(root / "out", root=root).read_bytes()
    assert find_similar(root / "out", root=root).read_bytes() == first


def test_what_is_given_is_read_from_the_students_notebook(graded):
    root, chapter, _ = graded
    assert given_sources(chapter)["add"] == tiny.by_id(tiny.student(), "add")["source"]
    (root / "notebooks" / f"{tiny.NAME}.ipynb").unlink()
    assert given_sources(Chapter.load(chapter.path)) == {"double": "", "add": ""}


def test_wrong_use_ends_in_one_sentence(graded, tmp_path):
    root = graded[0]
    with pytest.raises(GradeError, match="holds no graded submissions"):
        find_similar(tmp_path / "nothing", root=root)
    with pytest.raises(GradeError, match="There is no chapter 'x'"):
        find_similar(root / "out", "x", root)
    damaged = root / "out" / "results" / f"similar-{tiny.NAME}.json"
    damaged.write_text(json.dumps({"class": 1}), encoding="utf-8")
    assert read_groups(root / "out", graded[1], []) is None
