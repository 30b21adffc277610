"""The pooling playground in JupyterLab: keys, mouse, numbers, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import expect_numbers

from cnnkit import ops
from cnnkit.widgets import starts

CELLS = [
    "from cnnkit import ops\nfrom cnnkit.widgets import pooling_playground",
    "pooling_playground()",
    "def last_of_equals(x, kernel, *, stride=None, padding=0):\n"
    "    y, argmax = ops.max_pool2d(x[..., ::-1, ::-1], kernel, stride=stride, padding=padding)\n"
    "    return y[..., ::-1, ::-1].copy(), x[0, 0].size - 1 - argmax[..., ::-1, ::-1]\n"
    "pooling_playground(last_of_equals)",
    "def max_pool2d(x, kernel, *, stride=None, padding=0):\n"
    "    raise ValueError('no window fits')\n"
    "pooling_playground(max_pool2d)",
]
PICTURE = starts.read_plane(None)[None, None]


def stage(playground):
    """The part that listens to the arrow keys."""
    return playground.get_by_role("application")


def live(playground):
    """The line that says what stands at the window's place."""
    return playground.locator(".live")


def predict(playground, answer):
    """Type an answer and press Enter."""
    playground.get_by_label("predicted answer").fill(str(answer))
    playground.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of playgrounds and run it."""
    write_notebook(lab_folder / "pooling.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "pooling.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def test_a_wrong_prediction_is_explained_and_reveals_the_output(page):
    playground = widget(page, 0)
    expect(playground.locator("[data-name=y]")).to_have_count(0)
    predict(playground, 24)
    expect(playground.locator(".verdict")).to_contain_text(
        "It is number 16, row 2, column 0. Your answer comes out when of equal maxima a later one"
    )
    y, _ = ops.max_pool2d(PICTURE, 2)
    expect_numbers(playground, "y", y)
    expect(stage(playground)).to_be_focused()


def test_keys_move_the_window_and_the_maximum_is_circled(page):
    playground = widget(page, 0)
    stage(playground).focus()
    for key in ["Home"] + ["ArrowRight"] * 9 + ["ArrowDown"] * 2 + ["ArrowLeft"]:
        page.keyboard.press(key)
    y, argmax = (array[0, 0, 2, 2] for array in ops.max_pool2d(PICTURE, 2))
    row, column = divmod(int(argmax), 8)
    expect(live(playground)).to_contain_text(
        f"Row 2, column 2 of the output: cnnkit.ops.max_pool2d gives {y:g} from number {argmax}: "
        f"row {row}, column {column}"
    )
    expect(playground.locator("[data-name=y] .here")).to_have_attribute("data-at", "2,2")
    expect(playground.locator("[data-name=x] .ring")).to_have_attribute(
        "data-at", f"{row},{column}"
    )
    page.keyboard.press("End")
    expect(live(playground)).to_contain_text("Row 3, column 3 of the output")


def test_a_shift_marks_what_changes(page):
    playground = widget(page, 0)
    playground.get_by_label("look at").select_option(label="a shift")
    predict(playground, 0)
    expect(playground.locator(".verdict")).to_contain_text("pooling forgives every shift")
    slider = playground.get_by_role("slider", name="shift")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(playground.locator(".live")).to_contain_text("Answer the question to see more")
    playground.get_by_text("show without predicting").click()
    before, after = (ops.max_pool2d(x, 2)[0] for x in (PICTURE, np.roll(PICTURE, 2, axis=3)))
    expect(playground.locator("[data-name=moved_y] .changed")).to_have_count(
        int((before != after).sum())
    )
    expect_numbers(playground, "moved_y", after)
    expect_numbers(playground, "moved", np.roll(PICTURE, 2, axis=3))


def test_the_gradient_adds_up_where_windows_overlap(page):
    playground = widget(page, 0)
    playground.get_by_label("look at").select_option(label="the gradient")
    playground.get_by_role("slider", name="window").focus()
    page.keyboard.press("ArrowRight")
    expect(playground.locator("[data-name=dy] .cell")).to_have_count(9)
    dx = ops.max_pool2d_backward(np.arange(1.0, 10).reshape(1, 1, 3, 3), PICTURE, 3, stride=2)
    expect_numbers(playground, "dx", dx)
    playground.locator('[data-name=dy] [data-at="1,2"]').click()
    expect(live(playground)).to_contain_text("Row 1, column 2 of the output: dy = 6 goes whole to")


def test_a_wrong_argmax_leads_the_gradient_astray(page):
    playground = widget(page, 1)
    playground.get_by_text("show without predicting").click()
    expect(playground.locator(".trouble")).to_contain_text("last_of_equals differs in")
    playground.locator('[data-name=y] [data-at="1,0"]').click()
    expect(live(playground)).to_contain_text("right is 6 from number 16: row 2, column 0")
    playground.get_by_label("look at").select_option(label="the gradient")
    expect(playground.locator('[data-name=dx] [data-at="3,0"]')).to_contain_text("≠")
    expect(playground.locator('[data-name=dx] [data-at="2,0"] .hatch')).to_have_count(1)


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    playground = widget(page, 2)
    expect(playground.locator(".trouble")).to_have_text(
        "✗ max_pool2d raised ValueError in line 2 of its cell: no window fits"
    )
    playground.get_by_text("show without predicting").click()
    expect(live(playground)).to_contain_text("gives nothing there, right is 6 from number 16")
    playground.get_by_label("pooling").select_option(label="average")
    expect(playground.locator(".trouble")).to_have_text("")
    expect_numbers(playground, "y", ops.avg_pool2d(PICTURE, 2))
