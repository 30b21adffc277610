"""The shift slider in JupyterLab: keys and mouse, numbers read back, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import box, expect_pixels

from cnnkit import images, ops
from cnnkit.data import load
from cnnkit.widgets.figures import percent
from cnnkit.widgets.shift_nets import PLACES, trained_nets

CELLS = [
    "import numpy as np\nfrom cnnkit import images\nfrom cnnkit.widgets import shift_slider",
    "shift_slider()",
    "def rolled(x, rows, cols, *, mode='zero'):\n"
    "    return np.roll(x, (rows, cols), axis=(-2, -1))\n"
    "shift_slider(rolled, lambda layers: (9, 1, 0.0))",
    "def unwritten(x, rows, cols, *, mode='zero'):\n    raise ValueError('I am not done')\n"
    "shift_slider(unwritten)",
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of sliders and run it."""
    write_notebook(lab_folder / "shifts.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "shifts.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def runs(cols):
    """What the net makes of the trousers, as they are and moved."""
    x, y = load("apparel", "test")
    x, net = x[y == 1][:1] / 255, trained_nets()[PLACES]
    return [dict(net.outputs(v)) for v in (x, images.shift2d(x, 0, cols))]


def test_a_prediction_reveals_the_moved_maps_and_says_why_it_is_wrong(page):
    slider = widget(page, 0)
    expect(slider.locator('[data-name="map after"]')).to_have_count(0)
    slider.get_by_label("both maps move along; the mean stays as it is").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(slider.locator(".verdict")).to_contain_text("2 does not divide the shift")
    expect(slider.locator('[data-name="map after"] canvas')).to_be_visible()
    expect(slider.get_by_role("application")).to_be_focused()


def test_the_slider_listens_to_keys_and_the_numbers_are_pythons(page):
    slider = widget(page, 0)
    handle = slider.get_by_role("slider", name="columns")
    handle.focus()
    page.keyboard.press("Home")
    expect(slider.locator(".live")).to_contain_text("moved 8 to the left")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(slider.locator(".live")).to_contain_text("The picture is moved 4 to the right.")
    old, new = runs(4)
    shares = [ops.softmax(run["dense1"])[0] for run in (old, new)]
    for a, b in zip(*shares, strict=True):
        row = slider.locator('[data-name="shares"]')
        expect(row).to_contain_text(f"{percent(a)} → {percent(b)}")
    channel = old["relu1"][0].std(axis=(1, 2)).argmax()
    top = old["relu1"][0, channel].max()
    for name, run in (("map before", old), ("map after", new)):
        expect_pixels(slider, name, np.clip(run["relu1"][0, channel] / top * 255, 0, 255))


def test_keys_and_mouse_mark_a_place_and_the_frame_is_its_field(page):
    slider = widget(page, 0)
    slider.get_by_role("application").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    live = slider.locator(".live")
    expect(live).to_contain_text("Place (1, 0) of the feature map sees rows 1 to 3")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.keyboard.press("End")
    expect(live).to_contain_text("Place (12, 12) of the pooled map sees rows 24 to 27")
    page.keyboard.press("Escape")
    expect(live).not_to_contain_text("Place")
    drawn = slider.locator('[data-name="map before"] svg')
    one = box(drawn)["width"] / 26
    drawn.click(position={"x": 5.5 * one, "y": 3.5 * one})
    expect(live).to_contain_text(
        "Place (3, 5) of the feature map sees rows 3 to 5 and columns 5 to 7"
    )


def test_wrong_functions_are_told(page):
    slider = widget(page, 1)
    slider.get_by_text("show without predicting").click()
    expect(slider.locator(".note.field")).to_contain_text("rf is 9, right is 3")
    expect(slider.locator(".note.trouble")).to_have_text("")
    slider.get_by_role("slider", name="rows").focus()
    page.keyboard.press("End")
    x, y = load("apparel", "test")
    x = x[y == 1][0, 0] / 255
    wrong = (np.roll(x, (8, 1), (0, 1)) != images.shift2d(x, 8, 1)).sum()
    expect(slider.locator(".note.trouble")).to_contain_text(f"rolled differs in {wrong} of 784")
    slider.get_by_label("at the border").select_option("it goes round")
    expect(slider.locator(".note.trouble")).to_have_text("")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    slider = widget(page, 2)
    expect(slider.locator(".note.trouble")).to_have_text(
        "✗ unwritten raised ValueError in line 2 of its cell: I am not done"
    )
    slider.get_by_role("combobox", name="picture").select_option("Bag")
    expect(slider.locator('[data-name="photo before"] canvas')).to_be_visible()
    expect(slider.locator(".live")).to_contain_text("There is no shifted picture.")
