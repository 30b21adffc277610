"""The backprop stepper in JupyterLab: keys, mouse, numbers, wrong functions."""

from dataclasses import replace

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import expect_numbers

from cnnkit.widgets import backprop_numbers as numbers
from cnnkit.widgets.backprop_numbers import START

CELLS = [
    "from cnnkit import ops\nfrom cnnkit.widgets import backprop_stepper",
    "backprop_stepper()",
    "def keeps_the_last(dy, x, w, *, stride=1, padding=0, dilation=1):\n"
    "    dx, dw, db = ops.conv2d_backward(dy, x, w, stride=stride, padding=padding)\n"
    "    dx[:] = 0\n"
    "    for i in range(dy.shape[2]):\n"
    "        for j in range(dy.shape[3]):\n"
    "            dx[0, 0, i:i + 2, j:j + 2] = dy[0, 0, i, j] * w[0, 0]\n"
    "    return dx, dw, db\n"
    "backprop_stepper(keeps_the_last)",
    "def conv2d_backward(dy, x, w, **options):\n"
    "    raise ValueError('dy has the wrong shape')\n"
    "backprop_stepper(conv2d_backward)",
]


def gradients(**setting):
    """What a layer of this setting sends back."""
    x, w = (np.array(array, float) for array in (numbers.X, numbers.W))
    return numbers.layer(x, w, replace(START, **setting)).gradients()


def stage(stepper):
    """The part that listens to the arrow keys."""
    return stepper.get_by_role("application")


def live(stepper):
    """The line that says what the output sends."""
    return stepper.locator(".live")


def predict(stepper, answer):
    """Type an answer and press Enter."""
    stepper.get_by_label("predicted gradient").fill(str(answer))
    stepper.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of steppers and run it."""
    write_notebook(lab_folder / "stepper.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "stepper.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def test_a_wrong_prediction_is_explained_and_reveals_the_gradients(page):
    stepper = widget(page, 0)
    expect(stepper.locator("[data-name=dx]")).to_have_count(0)
    predict(stepper, "−1")
    expect(stepper.locator(".verdict")).to_contain_text(
        "Pixel x[1, 1] gets 6. Your answer comes out when only the last output counts"
    )
    for name, array in zip(("dx", "dw", "db"), gradients(), strict=True):
        expect_numbers(stepper, name, array)
    expect(stage(stepper)).to_be_focused()


def test_keys_go_from_output_to_output_and_the_sum_grows(page):
    stepper = widget(page, 0)
    stage(stepper).focus()
    page.keyboard.press("Home")
    expect(live(stepper)).to_contain_text("Pixel x[1, 1] gets −2 from it, −2 so far")
    for key in ["ArrowRight"] * 3 + ["ArrowDown", "ArrowLeft"]:
        page.keyboard.press(key)
    expect(live(stepper)).to_contain_text("Pixel x[1, 1] gets 6 from it, 7 so far")
    expect(stepper.locator("[data-name=dy] .here")).to_have_attribute("data-at", "1,0")
    expect_numbers(stepper, "to_x", [0, 0, 0, 3, 6, 0, 9, -3, 0])
    expect_numbers(stepper, "sum_x", [2, 5, 2, 9, 7, -1, 9, -3, 0])
    page.keyboard.press("End")
    expect(stepper.locator(".sum")).to_contain_text("= 2·(−1) + 1·3 + 3·2 + (−1)·1 = 6")
    expect_numbers(stepper, "sum_x", gradients()[0])


def test_play_walks_through_the_outputs(page):
    stepper = widget(page, 0)
    stage(stepper).focus()
    page.keyboard.press("Home")
    expect(live(stepper)).to_contain_text("row 0, column 0")
    stepper.get_by_role("button", name="Play").click()
    expect(live(stepper)).to_contain_text("row 0, column 1")
    stepper.get_by_role("button", name="Pause").click()
    expect(stepper.get_by_role("button", name="Play")).to_be_visible()


def test_a_weight_is_followed_by_list_and_by_mouse(page):
    stepper = widget(page, 0)
    stepper.get_by_label("follow").select_option(label="weight w[0, 1]")
    expect(live(stepper)).to_contain_text("How much does it get in all?")
    predict(stepper, 6)
    expect(stepper.locator(".verdict")).to_contain_text("rows and columns of the kernel")
    stepper.locator('[data-name=w] [data-at="1,0"]').click()
    expect(stepper.locator(".prediction")).to_contain_text("weight w[1, 0]")
    predict(stepper, 6)
    expect(stepper.locator(".verdict")).to_have_text("Right. Weight w[1, 0] gets 6.")
    stepper.locator('[data-name=dy] [data-at="1,1"]').click()
    expect(live(stepper)).to_contain_text("Output row 1, column 1: dy = −1")


def test_a_slider_changes_the_layer(page):
    stepper = widget(page, 0)
    stepper.get_by_text("show without predicting").click()
    stepper.get_by_role("slider", name="padding").focus()
    page.keyboard.press("ArrowRight")
    expect(stepper.locator("[data-name=dy] .cell")).to_have_count(16)
    for name, array in zip(("dx", "dw", "db"), gradients(padding=1), strict=True):
        expect_numbers(stepper, name, array)


def test_a_wrong_gradient_is_marked(page):
    stepper = widget(page, 1)
    predict(stepper, 6)
    right, got = gradients()[0][0, 0], np.zeros((3, 3))
    for i, j in np.ndindex(2, 2):  # each window over the one before
        got[i : i + 2, j : j + 2] = np.resize(numbers.DY, (2, 2))[i, j] * np.array(
            [[1, 2], [3, -1]]
        )
    expect(stepper.locator(".trouble")).to_contain_text(
        f"keeps_the_last differs in {(got != right).sum()} of 9 values"
    )
    expect_numbers(stepper, "dx", got)
    expect(stepper.locator("[data-name=dx] .wrong")).to_have_count(int((got != right).sum()))
    expect(stepper.locator("[data-name=dw] .wrong")).to_have_count(0)
    expect(live(stepper)).to_contain_text("keeps_the_last gives it −1, right is 6.")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    stepper = widget(page, 2)
    expect(stepper.locator(".trouble")).to_have_text(
        "✗ conv2d_backward raised ValueError in line 2 of its cell: dy has the wrong shape"
    )
    predict(stepper, 6)
    stage(stepper).focus()
    page.keyboard.press("End")
    expect(live(stepper)).to_contain_text("6 so far. conv2d_backward gives it nothing, right is 6.")
