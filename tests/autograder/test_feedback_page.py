import base64
import hashlib
import os
import sys
import time

import pytest
from feedback_fixtures import (
    HOSTILE,
    KNOWN,
    SECRET,
    Page,
    assert_harmless,
    make_chapter,
    make_result,
    outcome,
)

from autograder.feedback import render_page
from autograder.feedback.words import CELLS, SUBMISSIONS
from autograder.results import (
    FAILED,
    FORBIDDEN,
    GRADED,
    GRADER_ERROR,
    MANUAL,
    OTHER_CHAPTER,
    PASSED,
    TIMEOUT,
    UNREADABLE,
    CodeResult,
)

CHAPTER = make_chapter()


def render(result, known=None):
    return render_page(result, CHAPTER, known)


def test_a_page_says_score_and_outcome_in_words():
    page = Page(render(make_result()))
    assert "4 of 10 points so far" in page.text
    assert (
        "2 of 3 tests passed. 1 answer is still to be read by a teacher, for 4 points." in page.text
    )
    assert "failed doubles every value 0 of 2 points They differ." in page.text
    assert "passed keeps the shape 1 of 1 points" in page.text


def test_a_visible_failure_shows_the_test_and_the_numbers():
    cell = outcome("double-values", FAILED, expected=[[0.0, 2.0], [4.0, 6.0]], got=[[2, 3], [4, 5]])
    source = render(make_result(cells=[cell]))
    page = Page(source)
    assert "assert_same(double(x), 2 * x)" in page.text
    assert "# doubles every value" not in page.text  # the title says it already
    assert "expected 2 × 2" in page.text
    assert "got − expected 3 of 4 differ, by at most 2" in page.text
    assert source.count("<table") == 3


@pytest.mark.parametrize("status", [FAILED, TIMEOUT, GRADER_ERROR, FORBIDDEN, PASSED])
def test_nothing_of_a_hidden_test_is_shown(status):
    cell = outcome(
        "double-values",
        status,
        hidden=True,
        message="They differ.",
        expected=[[4242]],
        got=[[4343]],
    )
    source = render(make_result(cells=[cell]))
    for secret in (SECRET, "4242", "4343", "assert_same", "np.arange"):
        assert secret not in source


def test_the_hidden_region_is_cut_out_of_a_visible_failure():
    cell = outcome("double-values", FAILED, expected=[[1]], got=[[2]])
    source = render(make_result(cells=[cell]))
    assert "assert_same" in source
    assert SECRET not in source and "HIDDEN" not in source


def test_a_grader_error_never_quotes_what_the_grader_said():
    cell = outcome("double-values", GRADER_ERROR, score=None, message=SECRET)
    source = render(make_result(cells=[cell], status=GRADER_ERROR, reason=SECRET))
    assert SECRET not in source
    assert "It is not your fault" in source


def hostile_result():
    cells = [
        outcome("double-values", FAILED, message=HOSTILE, expected=[[HOSTILE]], got=[[HOSTILE]]),
        outcome("double-shape", TIMEOUT, message=HOSTILE, hidden=True, misconception=HOSTILE),
        outcome("halve-values", FORBIDDEN, message=f"`{HOSTILE}`"),
        outcome("why", MANUAL),
    ]
    cells[1].title = HOSTILE
    code = [
        CodeResult("double", HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        CodeResult("", f"x = '''{HOSTILE}", HOSTILE, "\x1b[31m" + HOSTILE, HOSTILE),
    ]
    return make_result(
        HOSTILE, cells=cells, code=code, reason=HOSTILE, repairs=[HOSTILE], answers={"why": HOSTILE}
    )


@pytest.mark.parametrize("status", [GRADED, UNREADABLE, "<b>new</b>"])
def test_whatever_a_student_wrote_is_escaped(status):
    result = hostile_result()
    result.status = status
    page = assert_harmless(render(result, KNOWN))
    assert "<script>alert(1)</script>" in page.text  # as text
    assert "⟨U+202E⟩" in page.text and "␇" in page.text
    assert page.tags.count("b") == 2  # the captions of two tables, none of the status


def test_lone_surrogates_do_not_stop_a_page():
    result = make_result("ana\udcff", answers={"why": "\ud800"}, cells=[outcome("why", MANUAL)])
    assert "ana⟨U+DCFF⟩" in render(result).encode().decode()


def test_the_policy_allows_the_one_style_sheet_and_nothing_else():
    page = Page(render(make_result()))
    (policy,) = [value for value in page.values("content") if "default-src" in value]
    digest = hashlib.sha256("".join(page.raw["style"]).encode()).digest()
    assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "script-src" not in policy and "http" not in policy
    assert "url(" not in page.raw["style"][0] and "@import" not in page.raw["style"][0]


@pytest.mark.parametrize("piece", ["a", "<", '"', "\x00", "\u202e", "1+", "🙂"])
def test_a_page_stays_small_whatever_was_printed(piece):
    flood = piece * (50_000_000 // len(piece.encode()))
    cells = [outcome("double-values", FAILED, message=flood), outcome("why", MANUAL)]
    cells[0].expected = cells[0].got = [[1.0] * 20] * 20
    code = [CodeResult("double", flood, flood, flood, flood)]
    code += [CodeResult("", flood, flood, flood, flood)] * 500
    result = make_result(
        flood, cells=cells, code=code, reason=flood, repairs=[flood] * 500, answers={"why": flood}
    )
    source = render(result)
    assert len(source.encode()) < 1_000_000
    assert "characters left out" in source


@pytest.mark.parametrize("status", [UNREADABLE, OTHER_CHAPTER, GRADER_ERROR, "unheard of"])
def test_a_submission_without_grades_says_why(status):
    result = make_result(status=status, reason="The file ends early.")
    result.cells, result.code = [], []
    text = Page(render(result)).text
    word = SUBMISSIONS.get(status)
    assert (word.sentence if word else "The outcome of this submission is “unheard of”.") in text
    assert ("The file ends early." in text) == (status != GRADER_ERROR)


@pytest.mark.parametrize("status", [*CELLS, "unheard of"])
def test_each_status_of_a_test_is_said_in_words(status):
    cell = outcome("double-values", status)
    text = Page(render(make_result(cells=[cell, outcome("double-shape")]))).text
    word = CELLS.get(status)
    assert f"{word.text if word else status} doubles every value" in text
    assert status == PASSED or (word.sentence if word else "The outcome is “unheard of”.") in text


def test_misconceptions_come_once_an_exercise_with_the_tests_they_explain():
    cells = [
        outcome("double-values", FAILED, misconception="adds_two gone"),
        outcome("double-shape", FAILED, misconception="adds_two", hidden=True),
        outcome("halve-values", FAILED, misconception="negates adds_two"),
    ]
    source = render(make_result(cells=cells), KNOWN)
    text = Page(source).text
    assert "Recognised: your code does this Adds 2 where it should double." in text
    assert "Hint. Try double(5). It explains: doubles every value; keeps the shape." in text
    assert "the same as each of these Changes the sign." in text
    assert source.count("<em>should</em>") == 2
    assert "gone" not in text


def test_without_known_misconceptions_none_is_shown():
    cell = outcome("double-values", FAILED, misconception="adds_two")
    assert "Recognised" not in render(make_result(cells=[cell]))


def test_a_stub_is_called_not_begun_and_begun_code_is_not():
    cell = outcome("double-values", FAILED, expected=[[1]], got=[[2]])
    stub = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    begun = "def double(x):\n    y = 2 * x\n    raise NotImplementedError()"
    missing = make_result(cells=[cell], code=[CodeResult("halve", "pass")])
    of_stub = Page(render(make_result(cells=[cell], code=[CodeResult("double", stub)]))).text
    assert "You have not begun this exercise" in of_stub and "assert_same" not in of_stub
    of_begun = render(make_result(cells=[cell], code=[CodeResult("double", begun)]))
    assert "You have not begun" not in of_begun
    assert "Your notebook has no cell for this exercise" in render(missing)


def test_code_that_raised_is_shown_with_its_traceback():
    code = [
        CodeResult("double", "def double(x)", "SyntaxError: expected ':'", "line 1\n  ^"),
        CodeResult("", "import nothing", "ModuleNotFoundError: nothing", "in the added cell"),
        CodeResult("", "fine = 1"),
    ]
    text = Page(render(make_result(code=code))).text
    assert "Your cell stopped with an error SyntaxError: expected ':'" in text
    assert "line 1 ^" in text
    assert "that stopped with an error" in text and "in the added cell" in text
    assert "fine = 1" not in text


def test_the_input_stands_before_what_was_expected_of_it():
    about = {"expected": [[2.0]], "got": [[3.0]], "given": [[1.0, 9.25]]}
    text = Page(render(make_result(cells=[outcome("double-values", FAILED, **about)]))).text
    assert text.index("input 2 in a row, of the last call") < text.index("expected 1 in a row")
    assert "9.25" in text
    hidden = [outcome("double-values", FAILED, hidden=True, **about)]
    assert "9.25" not in Page(render(make_result(cells=hidden))).text


def test_a_test_that_could_not_run_waits_folded_for_a_click():
    cell = outcome("double-values", FAILED, message="NameError")
    stopped = [CodeResult("double", "def double(x)", "SyntaxError: expected ':'")]
    assert "<details open><summary>The test" in render(make_result(cells=[cell]))
    assert "<details><summary>The test" in render(make_result(cells=[cell], code=stopped))


def test_what_several_tests_of_an_exercise_say_is_said_once():
    cells = [
        outcome("double-values", FORBIDDEN, message="It uses torch."),
        outcome("double-shape", FORBIDDEN, message="It uses torch."),
        outcome("halve-values", FAILED, message="It uses torch."),
    ]
    text = Page(render(make_result(cells=cells))).text
    assert text.count("It uses torch.") == 2, "once for each exercise"
    assert text.count("For the same reason as above.") == 1
    cells = [outcome("double-values"), outcome("double-shape")]
    assert "same reason" not in render(make_result(cells=cells))


def test_a_long_name_goes_on_behind_an_underscore_and_is_escaped():
    cell = outcome("halve-values")
    cell.exercise = "a_<b>"
    assert "<code>a_<wbr>&lt;b&gt;</code>" in render(make_result(cells=[cell, outcome("why")]))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "took less than half a minute."), (45.0, "took less than a minute."),
     (61.0, "took less than five minutes."), (4000.0, "took more than five minutes.")],
)  # fmt: skip
def test_what_running_took_is_told_in_wide_steps(seconds, words):
    assert words in Page(render(make_result(seconds=seconds))).text
    assert " took " not in Page(render(make_result())).text


def test_the_answer_stands_there_as_written():
    text = Page(render(make_result(answers={"why": "Because\n  a < b & c."}))).text
    assert "read by a teacher Why is it so?" in text and "Because a < b & c." in text


def test_a_page_is_the_same_each_time_and_takes_a_few_milliseconds():
    result = make_result(code=[CodeResult("double", "def double(x):\n    return 2\n" * 60)])
    pages = {render(result, KNOWN) for _ in range(3)}
    assert len(pages) == 1
    times = []
    for _ in range(5):
        began = time.process_time()
        render(result, KNOWN)
        times.append(time.process_time() - began)
    assert min(times) < 0.030


def test_a_page_needs_neither_torch_nor_nbgrader():
    names = "torch", "nbgrader", "matplotlib", "IPython"
    code = f"import sys, autograder.feedback; assert not {names!r} & sys.modules.keys()"
    code = code.replace(repr(names), repr(set(names)))
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
