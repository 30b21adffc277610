"""The convolution explorer in JupyterLab: keys, numbers, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import box, expect_numbers

from cnnkit import ops
from cnnkit.widgets import conv_numbers as numbers
from cnnkit.widgets.conv_numbers import Setting
from cnnkit.widgets.figures import number

FIRST = Setting(height=6, width=8, padding=1)
WRONG = Setting(filters=2, channels=2)
CELLS = [
    "import numpy as np\nfrom cnnkit import ops\nfrom cnnkit.widgets import conv_explorer",
    "conv_explorer(height=6, width=8, padding=1)",
    "def upside_down(x, w, b=None, **options):\n"
    "    return ops.conv2d(x, w[:, :, ::-1], b, **options)\n"
    "conv_explorer(upside_down, filters=2, channels=2)",
    "def raises(x, w, b=None, **options):\n"
    "    raise ValueError('w has 3 channels, x has 1')\n"
    "conv_explorer(raises)",
    "conv_explorer(stride=3)",
]


def outputs(setting: Setting, flipped: bool = False) -> np.ndarray:
    """What the layer gives on the flower, with kernels upside down where asked."""
    x = numbers.flower()[None, : setting.channels, : setting.height, : setting.width].astype(float)
    w, b = numbers.weights(setting)
    return ops.conv2d(x, w[:, :, ::-1] if flipped else w, b, **setting.options)[0]


def predict(explorer, height, width):
    """Type a prediction and press Enter."""
    explorer.get_by_label("predicted height").fill(str(height))
    explorer.get_by_label("predicted width").fill(str(width))
    explorer.page.keyboard.press("Enter")


def stage(explorer):
    """The part that listens to the arrow keys."""
    return explorer.get_by_role("application")


def live(explorer):
    """The line that says where the window is and what comes out."""
    return explorer.locator(".live")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of explorers and run it."""
    write_notebook(lab_folder / "explorer.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "explorer.ipynb")
    run_all(page)
    widget(page, 3).wait_for()
    return page


def test_a_prediction_reveals_the_output(page):
    explorer = widget(page, 0)
    expect(live(explorer)).to_contain_text("Predict the size")
    expect(explorer.locator("[data-name^=output] svg")).to_have_count(0)
    predict(explorer, 4, 6)
    expect(explorer.locator(".verdict")).to_contain_text("the padding is left out")
    expect(explorer.locator("[data-name^=output] .cell")).to_have_count(6 * 8)
    expect(stage(explorer)).to_be_focused()


def test_a_key_moves_the_window_and_tells_the_value(page):
    explorer = widget(page, 0)
    stage(explorer).focus()
    page.keyboard.press("Home")
    expect(explorer.locator(".here")).to_have_attribute("data-at", "0,0")
    before = box(explorer.locator("[data-name=input] .outline").first)
    page.keyboard.press("ArrowRight")
    value = number(outputs(FIRST)[0, 0, 1])
    expect(live(explorer)).to_have_text(
        f"Row 0, column 1 of the output: cnnkit.ops.conv2d gives {value}."
    )
    expect(explorer.locator(".here")).to_have_attribute("data-at", "0,1")
    expect(explorer.locator(".here text")).to_have_text(value)
    after = box(explorer.locator("[data-name=input] .outline").first)
    assert after["x"] - before["x"] == pytest.approx(30, abs=1) and after["y"] == before["y"]


def test_a_burst_of_keys_ends_where_it_should(page):
    explorer = widget(page, 0)
    stage(explorer).focus()
    page.keyboard.press("Home")
    for key in ["ArrowRight"] * 12 + ["ArrowDown"] * 9 + ["ArrowLeft"] * 3 + ["ArrowUp"] * 2:
        page.keyboard.press(key)
    value = number(outputs(FIRST)[0, 3, 4])
    expect(live(explorer)).to_contain_text(
        f"Row 3, column 4 of the output: cnnkit.ops.conv2d gives {value}."
    )
    expect(explorer.locator(".here")).to_have_attribute("data-at", "3,4")


def test_play_walks_until_it_is_stopped(page):
    explorer = widget(page, 0)
    stage(explorer).focus()
    page.keyboard.press("Home")
    expect(live(explorer)).to_contain_text("Row 0, column 0")
    explorer.get_by_role("button", name="Play").click()
    expect(live(explorer)).to_contain_text("Row 0, column 1")
    explorer.get_by_role("button", name="Pause").click()
    expect(explorer.get_by_role("button", name="Play")).to_be_visible()


def test_a_slider_listens_to_arrow_keys_and_hides_what_it_changes(page):
    explorer = widget(page, 0)
    explorer.get_by_role("slider", name="stride").focus()
    page.keyboard.press("ArrowRight")
    expect(explorer.locator("label", has_text="stride")).to_contain_text("2")
    expect(live(explorer)).to_contain_text("Predict the size")
    page.keyboard.press("ArrowLeft")
    expect(explorer.locator("label", has_text="stride")).to_contain_text("1")
    predict(explorer, 6, 8)
    expect(explorer.locator(".verdict")).to_have_text(
        "Right. The output is 6 × 8, as you predicted."
    )


def test_a_wrong_function_shows_as_a_wrong_picture(page):
    explorer = widget(page, 1)
    predict(explorer, 5, 5)
    got, right = outputs(WRONG, flipped=True), outputs(WRONG)
    differ = int((got != right).sum())
    expect(explorer.locator(".trouble")).to_contain_text(
        f"upside_down differs in {differ} of {got.size} values"
    )
    expect(explorer.locator("[data-name^=output] .wrong .hatch")).to_have_count(differ)
    expect(explorer.locator("[data-name^=output] .sign")).to_have_count(differ)
    for o, y in enumerate(got):
        expect_numbers(explorer, f"output {o}", y)
    explorer.locator("[data-name='output 1'] [data-at='2,3']").click()
    expect(live(explorer)).to_have_text(
        f"Row 2, column 3 of the output: upside_down gives {number(got[1, 2, 3])}, "
        f"right is {number(right[1, 2, 3])}."
    )
    expect(explorer.get_by_label("filter shown")).to_have_value("filter 1")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    explorer = widget(page, 2)
    expect(explorer.locator(".trouble")).to_have_text(
        "✗ raises raised ValueError in line 2 of its cell: w has 3 channels, x has 1"
    )
    explorer.get_by_text("show without predicting").click()
    expect(live(explorer)).to_contain_text("raises gives nothing there, right is")


def test_unused_rows_are_told_in_words_and_hatched(page):
    explorer = widget(page, 3)
    explorer.get_by_text("show without predicting").click()
    expect(explorer.locator(".warning")).to_contain_text("no window reads row 6 or column 6")
    expect(explorer.locator("[data-name=input] .lost .hatch")).to_have_count(13)
