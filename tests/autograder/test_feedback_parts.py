import math

import pytest
from feedback_fixtures import Page, assert_harmless

from autograder.feedback.arrays import compare, same
from autograder.feedback.highlight import highlight
from autograder.feedback.text import clean, count, points, prose, shorten


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("\x00\x1b\x7f\x85", "␀␛␡⟨U+0085⟩"),
        ("a\u202eb\u2066c\ufeff", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+FEFF⟩"),
        ("\ud83d", "⟨U+D83D⟩"),
        ("Zoë 北京 עדי 👩\u200d🔬", "Zoë 北京 עדי 👩\u200d🔬"),
    ],
)
def test_clean_shows_what_hides_and_keeps_what_is_text(raw, shown):
    assert clean(raw) == shown
    assert clean(shown) == shown


def test_shorten_keeps_both_ends_and_says_how_much_is_gone():
    text = "begin" + "-" * 5000 + "end"
    short = shorten(text, 90)
    assert short.startswith("begin") and short.endswith("end")
    assert f"{len(text) - 90:,} characters left out" in short
    assert shorten("all of it", 9) == "all of it"


def test_prose_sets_code_and_emphasis_in_escaped_text():
    assert prose("`a<b` *c*") == "<code>a&lt;b</code> *c*"
    assert prose("is *not* 2*3*4 `w`", emphasis=True) == "is <em>not</em> 2*3*4 <code>w</code>"


def test_numbers_read_well():
    assert [points(v) for v in (None, 0, 2.0, 0.1 + 0.2, 12.25)] == ["–", "0", "2", "0.3", "12.25"]
    assert count(0, "test") == "0 tests"


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1.0, 1.0 + 1e-5, False),
        (math.nan, math.nan, True),
        (math.nan, 0.0, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (10**400, 10**400, True),
        (True, 1.0, True),
        ("a", "a", True),
        (None, 0, False),
    ],
)
def test_same_is_what_the_tests_mean_by_equal(a, b, equal):
    assert same(a, b) is equal and same(b, a) is equal


def test_differences_are_framed_and_summed_up():
    html = str(compare([[1.0, -2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]))
    text = Page(html).text
    assert "1 of 4 differ, by at most 4" in text
    assert html.count('class="off ') == 2  # in "got" and in the difference
    assert "−2" in text


def test_close_numbers_get_the_digits_that_tell_them_apart():
    assert "1.00001" in compare([[1.0]], [[1.00001]])


def test_equal_numbers_need_no_difference():
    assert compare([[1.0]], [[1.0]]).count("<table") == 2


def test_other_shapes_are_said_and_not_subtracted():
    html = compare([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0]])
    assert html.count("<table") == 2
    assert "2 × 2" in html and "2 in a row" in html


@pytest.mark.parametrize(
    "odd",
    [
        [],
        [[]],
        7,
        [[1], [1, 2], 3],
        [["<b>", None], [math.nan, -math.inf]],
        [[True, False]],
        [[10**400]],
        [float(k) for k in range(400)],
        [[[1.0], [2.0]]],
        [[0.0] * 1000] * 1000,
    ],
)
def test_odd_values_make_a_small_harmless_table(odd):
    for html in (compare(odd, [[1.0]]), compare([[1.0]], odd), compare(odd, odd)):
        assert_harmless(str(html))
        assert html.count("<td") < 1300


def test_long_rows_are_folded():
    html = compare([[float(k) for k in range(45)]], [[0.0] * 45])
    assert html.count('<th scope="row">40</th>') == 3


@pytest.mark.parametrize(
    "source", ["def f(x):  # <b>\n    return 'a' + 1", "def (((\x00", "'''<", "", "\n\n  x"]
)
def test_highlighting_changes_nothing_that_is_read(source):
    assert "".join(Page(highlight(source)).pieces) == clean(source)
    assert_harmless(str(highlight(source)))


def test_highlighting_marks_keywords():
    assert '<span class="k">return</span>' in highlight("return 1")
