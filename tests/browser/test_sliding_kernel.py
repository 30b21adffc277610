"""The sliding kernel in JupyterLab: keys, mouse, numbers, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect

from cnnkit import filters
from cnnkit.widgets.figures import number
from cnnkit.widgets.slide_widget import SIGNALS

CELLS = [
    "import numpy as np\nfrom cnnkit.widgets import sliding_kernel",
    "sliding_kernel(kernel=[1, 2, 3])",
    "def correlate1d(x, k, *, mode='valid'):\n"
    "    return np.convolve(x, k, mode)\n"
    "sliding_kernel(correlate1d)",
    "def convolve1d(x, k):\n    return x[100]\nsliding_kernel(None, convolve1d)",
]
X = np.array(SIGNALS["a ramp"])
K = np.array([1, 2, 3])


def stage(slider):
    """The part that listens to the arrow keys."""
    return slider.get_by_role("application")


def expect_row(slider, index, values):
    """Wait until a row of the grid shows these numbers."""
    cells = slider.locator(f'[data-name=slide] .cell[data-at^="{index},"] text:not(.sign)')
    expect(cells).to_have_text([number(value) for value in values])


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of kernels and run it."""
    write_notebook(lab_folder / "slide.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "slide.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def test_a_wrong_prediction_is_explained_and_reveals_the_result(page):
    slider = widget(page, 0)
    expect(slider.locator("[data-name=slide] .ruler.name")).to_have_text(["x", "k"])
    slider.get_by_label("predicted length").fill("6")
    slider.get_by_label("predicted y[0]").fill("0")
    page.keyboard.press("Enter")
    expect(slider.locator(".verdict")).to_contain_text("Length 6: the + 1 is forgotten")
    expect_row(slider, 3, filters.correlate1d(X, K))
    expect(stage(slider)).to_be_focused()


def test_keys_slide_the_kernel_and_tell_the_sum(page):
    slider, y = widget(page, 0), filters.correlate1d(X, K)
    stage(slider).focus()
    page.keyboard.press("Home")
    for key in ["ArrowRight"] * 30 + ["ArrowLeft"] * 3 + ["ArrowUp"]:
        page.keyboard.press(key)
    expect(slider.locator(".live")).to_have_text(
        f"Place 2 of 0 to 6: cnnkit.filters.correlate1d gives {number(y[2])}."
    )
    expect_row(slider, 1, K)
    expect_row(slider, 2, X[2:5] * K)
    expect(slider.locator(".sum")).to_have_text("y[2] = 0·1 + 1·2 + 2·3 = 8")
    page.keyboard.press("End")
    expect(slider.locator(".live")).to_contain_text("Place 6 of 0 to 6: ")
    expect(slider.locator(".here")).to_have_attribute("data-at", "3,6")


def test_mode_and_flip_ask_anew_and_convolve(page):
    slider, y = widget(page, 0), np.convolve(X, K)
    slider.get_by_label("mode").select_option(label="full")
    expect(slider.locator(".live")).to_contain_text("Predict how many numbers")
    slider.get_by_role("checkbox", name="flip the kernel").check()
    expect(slider.locator("[data-name=slide] .ruler.name")).to_have_text(["x", "k, flipped"])
    slider.get_by_label("predicted length").fill(str(len(y)))
    slider.get_by_label("predicted y[0]").fill(str(y[0]))
    slider.get_by_role("button", name="Check").click()
    expect(slider.locator(".verdict")).to_contain_text("Right. y has 11 numbers")
    expect_row(slider, 3, y)
    slider.locator('[data-at="0,6"]').click()
    expect(slider.locator(".live")).to_have_text(
        f"Place 4 of 0 to 10: cnnkit.filters.convolve1d gives {number(y[4])}."
    )
    expect_row(slider, 1, K[::-1])


def test_play_slides_until_escape(page):
    slider = widget(page, 0)
    slider.get_by_role("button", name="Play").click()
    expect(slider.locator(".live")).to_contain_text("Place 5 of")
    stage(slider).focus()
    page.keyboard.press("Escape")
    expect(slider.get_by_role("button", name="Play")).to_be_visible()


def test_a_wrong_function_shows_as_wrong_numbers(page):
    slider = widget(page, 1)
    slider.get_by_text("show without predicting").click()
    got, right = np.convolve(X, [-1, 1], "valid"), filters.correlate1d(X, np.array([-1, 1]))
    differ = int((got != right).sum())
    expect(slider.locator(".trouble")).to_contain_text(
        f"✗ correlate1d differs in {differ} of 8 values"
    )
    expect(slider.locator(".sign")).to_have_count(differ)
    expect_row(slider, 3, got)


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    slider = widget(page, 2)
    slider.get_by_text("show without predicting").click()
    expect(slider.locator(".live")).to_contain_text("gives 0.")
    slider.get_by_role("checkbox", name="flip the kernel").check()
    expect(slider.locator(".trouble")).to_contain_text("convolve1d raised IndexError in line 2")
    expect(slider.locator(".live")).to_contain_text("gives nothing there, right is 0.")
