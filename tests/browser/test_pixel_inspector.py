"""The pixel inspector in JupyterLab: keys, mouse, numbers, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import box, expect_numbers, expect_pixels

from cnnkit import images
from cnnkit.data import photograph
from cnnkit.widgets import own_picture

CELLS = [
    "from cnnkit import images\nfrom cnnkit.widgets import pixel_inspector",
    "pixel_inspector()",
    "def truncates(img, *, levels=256):\n"
    "    return (img * (levels - 1)).astype('uint8') * (255 // (levels - 1))\n"
    "pixel_inspector(truncates)",
    "def quantize(img, *, levels=256):\n    raise NotImplementedError\npixel_inspector(quantize)",
]
LIGHT = own_picture.square(photograph("flower")[:, 22:406, 116:500] / 255, 192)


def brightness(grid, channel=0):
    """What the sensor measures."""
    step = 192 // grid
    return np.round(LIGHT[channel, step // 2 :: step, step // 2 :: step], 2)


def stage(inspector):
    """The part that listens to the arrow keys."""
    return inspector.get_by_role("application")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of inspectors and run it."""
    write_notebook(lab_folder / "inspector.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "inspector.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def test_a_wrong_prediction_is_explained_and_reveals_the_numbers(page):
    inspector = widget(page, 0)
    expect(inspector.locator("[data-name=values]")).to_have_count(0)
    x = brightness(8)
    right = images.quantize(x, levels=4)
    inspector.get_by_label("predicted value").fill(str(int(x[3, 2] * 3 + 0.5)))
    page.keyboard.press("Enter")
    expect(inspector.locator(".verdict")).to_contain_text(f"Not right. The value is {right[3, 2]}")
    expect(inspector.locator(".verdict")).to_contain_text("is not spread over 0 … 255")
    expect_numbers(inspector, "values", right)
    expect(stage(inspector)).to_be_focused()


def test_keys_go_from_pixel_to_pixel(page):
    inspector, x = widget(page, 0), brightness(8)
    stage(inspector).focus()
    for key in ["Home"] + ["ArrowRight"] * 11 + ["ArrowDown"] * 5 + ["ArrowLeft"] * 3:
        page.keyboard.press(key)
    value = images.quantize(x, levels=4)[5, 4]
    live = inspector.locator(".live")
    expect(live).to_contain_text(f"Row 5, column 4, red: brightness {x[5, 4]:.2f} is level ")
    expect(live).to_contain_text(f"cnnkit.images.quantize gives {value}.")
    expect(inspector.locator("[data-name=values] .here")).to_have_attribute("data-at", "5,4")
    page.keyboard.press("End")
    expect(live).to_contain_text("Row 7, column 7")


def test_sliders_listen_to_keys_and_ask_anew(page):
    inspector = widget(page, 0)
    levels = inspector.get_by_role("slider", name="levels")
    levels.focus()
    page.keyboard.press("End")
    expect(levels).to_have_attribute("aria-valuetext", "256")
    expect(inspector.locator("[data-name=values]")).to_have_count(0)
    inspector.get_by_role("slider", name="grid").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    inspector.get_by_label("channel").select_option(label="blue")
    inspector.get_by_text("show without predicting").click()
    right = images.quantize(brightness(16, channel=2), levels=256)
    expect(inspector.locator(".live")).to_contain_text("Row 15, column 15, blue: brightness")
    expect_numbers(inspector, "values", right[8:, 8:])


def test_a_click_on_a_picture_goes_there(page):
    inspector = widget(page, 0)
    drawn = inspector.locator("[data-name=pixels] .picture")
    cell = box(drawn)["width"] / 16
    drawn.click(position={"x": 3.5 * cell, "y": 1.5 * cell})
    expect(inspector.locator(".live")).to_contain_text("Row 1, column 3, blue")


def test_the_picture_holds_the_bytes_that_python_gives(page):
    inspector = widget(page, 0)
    right = [images.quantize(brightness(16, channel=c), levels=256) for c in range(3)]
    expect_pixels(inspector, "pixels", right)


def test_a_wrong_function_is_marked_and_told(page):
    inspector = widget(page, 1)
    inspector.get_by_text("show without predicting").click()
    x = brightness(8)
    got, right = (x * 3).astype(np.uint8) * 85, images.quantize(x, levels=4)
    differ = int((got != right).sum())
    expect(inspector.locator(".trouble")).to_contain_text(
        f"✗ truncates differs in {differ} of 64 values"
    )
    expect(inspector.locator("[data-name=values] .sign")).to_have_count(differ)
    expect_numbers(inspector, "values", got)


def test_a_stub_is_told_and_the_widget_lives_on(page):
    inspector = widget(page, 2)
    inspector.get_by_text("show without predicting").click()
    expect(inspector.locator(".trouble")).to_contain_text("quantize is not written yet")
    expect(inspector.locator(".live")).to_contain_text("quantize gives nothing, right is")
