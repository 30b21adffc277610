"""JupyterLab as the tests drive it, and the quiz answered by keyboard."""

import pytest
from lab import (
    Watch,
    axe_violations,
    cell_outputs,
    open_notebook,
    run_all,
    set_cell,
    wait_for_idle,
    widget,
    write_notebook,
)
from playwright.sync_api import expect

from cnnkit.widgets.quiz_format import encode

QUIZ = {
    "name": "padding",
    "question": "What does padding 1 do to $7 \\times 7$ under a `3 x 3` kernel?",
    "options": [
        {"text": "It gives 9 × 9.", "right": False, "why": "That is the *padded* input."},
        {"text": "It keeps 7 × 7.", "right": True, "why": "7 + 2 − 3 + 1 = 7."},
        {"text": "It gives 5 × 5.", "right": False, "why": "So it is without padding."},
    ],
}
CELLS = [
    "x = 1\nprint('one', x)",
    f"from cnnkit.widgets import quiz\nquiz({encode(QUIZ)!r})",
    "raise NotImplementedError()",
    "print('never')",
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open the notebook and run all its cells."""
    write_notebook(lab_folder / "lab.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "lab.ipynb")
    run_all(page)
    widget(page, 0).wait_for()
    return page


def test_run_all_stops_at_the_first_error(page):
    first, _, third, last = cell_outputs(page)
    assert first.text.endswith("one 1") and not first.error
    assert "NotImplementedError" in third.text and third.error
    assert last.text == ""


def test_a_quiz_is_answered_by_keyboard(page):
    quiz = widget(page, 0)
    expect(quiz.locator("i.math")).to_have_text("7 × 7")
    expect(quiz.get_by_role("button", name="Check")).to_be_disabled()
    quiz.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    verdict = quiz.locator("form").get_by_role("status")
    expect(verdict).to_have_text("Not right. That is the padded input. Choose again.")
    expect(quiz.locator("label").nth(0)).to_contain_text("✗ not right")
    page.keyboard.press("ArrowDown")
    expect(quiz.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(verdict).to_have_text("Right. 7 + 2 − 3 + 1 = 7.")
    expect(quiz.locator("label").nth(1)).to_contain_text("✓ right")
    expect(quiz.locator("label").nth(0)).not_to_contain_text("right")


def test_a_cell_can_be_typed_over_and_all_run_again(page):
    set_cell(page, 2, "def answer(x):\n    if x:\n        return [x, (x, 'two')]\n\nanswer(1)")
    run_all(page)
    outputs = cell_outputs(page)
    assert outputs[2].text.endswith("[1, (1, 'two')]") and not outputs[2].error
    assert outputs[3].text == "never"


def test_axe_finds_nothing_in_the_quiz(page):
    wait_for_idle(page)
    assert axe_violations(page, ".cnnkit") == []


def test_the_watch_sees_what_a_page_should_not_do(browser, lab_url):
    page, watch = browser.new_page(), Watch()
    watch.follow(page, lab_url)
    page.evaluate("url => fetch(url, {mode: 'no-cors'}).then(() => null)", f"{lab_url}/api")
    assert watch == Watch()
    with page.expect_event("console"):
        page.evaluate("fetch('http://127.0.0.1:9/').catch(() => console.error('nobody there'))")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw Error('thrown') })")
    page.close()
    assert watch.outside == ["http://127.0.0.1:9/"]
    assert watch.errors[-1] == "thrown"
