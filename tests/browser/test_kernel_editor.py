"""The kernel editor in JupyterLab: weights typed, pictures, wrong functions."""

import re

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from scipy import signal
from shown import box, expect_pixels

from cnnkit import filters
from cnnkit.widgets.figures import number
from cnnkit.widgets.kernel_widget import SIDE

PICTURE = np.add.outer(np.arange(SIDE), 2 * np.arange(SIDE)) % 97 / 96
CELLS = [
    "import numpy as np\nfrom cnnkit import filters\nfrom cnnkit.widgets import kernel_editor\n"
    f"picture = np.add.outer(np.arange({SIDE}), 2 * np.arange({SIDE})) % 97 / 96",
    "kernel_editor(image=picture)",
    "def correlate2d(x, k, *, mode='valid'):\n"
    "    return filters.convolve2d(x, k, mode=mode)\n"
    "kernel_editor(correlate2d, image=picture)",
    "def correlate2d(x, k, *, mode='valid'):\n"
    "    return np.zeros((2, 2))\n"
    "kernel_editor(correlate2d)",
]
SOBEL = filters.gallery()["sobel_x"]


def response(kernel):
    """What is right, computed by SciPy."""
    return signal.correlate2d(PICTURE, kernel, mode="same")


def signed(y):
    """Grey at 0, white and black as far above and below."""
    most = np.abs(y).max()
    return (y + most) / (2 * most) * 255


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of editors and run it."""
    write_notebook(lab_folder / "kernels.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "kernels.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def test_a_wrong_choice_is_explained_and_reveals_the_response(page):
    editor = widget(page, 0)
    expect(editor.locator("[data-name=response]")).to_have_count(0)
    editor.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(editor.locator(".verdict")).to_contain_text("Not right: it becomes 0 everywhere.")
    expect(editor.locator("[data-name=response]")).to_have_count(1)
    expect_pixels(editor, "response", signed(response(SOBEL)), within=1)


def test_keys_move_the_window(page):
    editor, y = widget(page, 0), response(SOBEL)
    editor.get_by_role("application").focus()
    page.keyboard.press("Home")
    for key in ["ArrowDown"] * 7 + ["ArrowRight"] * 20 + ["ArrowLeft"] * 2:
        page.keyboard.press(key)
    expect(editor.locator(".live")).to_have_text(
        f"Row 7, column 18: brightness {PICTURE[7, 18]:.2f}; "
        f"cnnkit.filters.correlate2d gives {number(y[7, 18])}."
    )
    photograph = editor.locator("[data-name=photograph] .picture")
    pixel = box(photograph)["width"] / SIDE
    photograph.click(position={"x": 50.5 * pixel, "y": 10.5 * pixel})
    expect(editor.locator(".live")).to_contain_text(
        f"Row 10, column 50: brightness {PICTURE[10, 50]:.2f}; "
        f"cnnkit.filters.correlate2d gives {number(y[10, 50])}."
    )


def test_weights_are_typed_and_stepped_by_keys(page):
    editor = widget(page, 0)
    weight = editor.get_by_label("weights, row 0, column 2")
    weight.fill("-3.5")
    expect(editor.get_by_role("combobox", name="kernel", exact=True)).to_have_value("your own")
    middle = editor.get_by_label("weights, row 1, column 1")
    middle.focus()
    page.keyboard.press("ArrowUp")
    kernel = SOBEL.copy()
    kernel[0, 2], kernel[1, 1] = -3.5, 0.5
    expect(editor.locator(".sum")).to_contain_text(re.compile(r"add up to −4\.(?!\d)"))
    expect(middle).to_have_value("0.5")
    expect_pixels(editor, "response", signed(response(kernel)), within=1)


def test_a_larger_kernel_and_a_preset(page):
    editor = widget(page, 0)
    editor.get_by_label("size").select_option(label="5 × 5")
    expect(editor.get_by_role("spinbutton")).to_have_count(25)
    editor.get_by_role("combobox", name="kernel", exact=True).select_option(label="box")
    expect(editor.get_by_role("spinbutton")).to_have_count(9)
    expect(editor.locator("[data-name=response]")).to_have_count(0)
    editor.get_by_text("show without predicting").click()
    expect(editor.locator("[data-name=response]")).to_have_count(1)
    right = np.clip(response(filters.gallery()["box"]), 0, 1) * 255
    expect_pixels(editor, "response", right, within=1)


def test_a_wrong_function_shows_where(page):
    editor = widget(page, 1)
    editor.get_by_text("show without predicting").click()
    got, right = -response(SOBEL), response(SOBEL)
    differ = ~np.isclose(got, right)
    expect(editor.locator(".trouble")).to_contain_text(
        f"✗ correlate2d differs in {differ.sum()} of {SIDE * SIDE} values"
    )
    expect_pixels(editor, "wrong", 255 * differ)
    expect(editor.locator(".live")).to_contain_text(", right is ")


def test_a_wrong_shape_is_a_message_and_the_widget_lives_on(page):
    editor = widget(page, 2)
    expect(editor.locator(".trouble")).to_contain_text(
        f"✗ correlate2d returned shape (2, 2); it should be ({SIDE}, {SIDE})."
    )
    editor.get_by_role("checkbox", name="flip the kernel").check()
    expect(editor.locator(".trouble")).to_have_text("")
    editor.get_by_text("show without predicting").click()
    expect(editor.locator("[data-name=response]")).to_have_count(1)
