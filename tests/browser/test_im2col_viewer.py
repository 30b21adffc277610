"""The im2col viewer in JupyterLab: keys, mouse, numbers, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import cells, expect_numbers

from cnnkit import ops

CELLS = [
    "from cnnkit import ops\nfrom cnnkit.widgets import im2col_viewer",
    "im2col_viewer()",
    "def channel_last(x, kernel, *, stride=1, padding=0, dilation=1):\n"
    "    right = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)\n"
    "    parts = right.reshape(len(x), x.shape[1], -1, right.shape[2])\n"
    "    return parts.swapaxes(1, 2).reshape(right.shape)\n"
    "im2col_viewer(channel_last, channels=2)",
    "def im2col(x, kernel, **options):\n"
    "    raise ValueError('no window fits')\n"
    "im2col_viewer(im2col)",
    "def lays_windows_in_rows(x, kernel, **options):\n"
    "    return ops.im2col(x, kernel, **options).swapaxes(1, 2)\n"
    "im2col_viewer(lays_windows_in_rows, channels=2, height=5, width=5, kernel=3, padding=1)",
]


def picture(channels, height, width):
    """The viewer's picture: its numbers count the pixels."""
    return np.arange(1.0, channels * height * width + 1).reshape(1, channels, height, width)


def expect_places(marked, places):
    """Wait until these cells are marked."""
    expect(marked).to_have_count(len(places))
    for nth, place in enumerate(places):
        expect(marked.nth(nth)).to_have_attribute("data-at", place)


def stage(viewer):
    """The part that listens to the arrow keys."""
    return viewer.get_by_role("application")


def live(viewer):
    """The line that says which number is looked at."""
    return viewer.locator(".live")


def predict(viewer, row, column):
    """Type an answer and press Enter."""
    viewer.get_by_label("predicted row").fill(str(row))
    viewer.get_by_label("predicted column").fill(str(column))
    viewer.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of viewers and run it."""
    write_notebook(lab_folder / "viewer.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "viewer.ipynb")
    run_all(page)
    widget(page, 3).wait_for()
    return page


def test_a_wrong_prediction_is_explained_and_reveals_the_matrix(page):
    viewer = widget(page, 0)
    expect(viewer.locator("[data-name=cols]")).to_have_count(0)
    predict(viewer, 1, 4)
    expect(viewer.locator(".verdict")).to_contain_text(
        "It stands in row 2, column 4. Your answer comes out when the taps are counted column by"
    )
    cols = ops.im2col(picture(1, 3, 4), 2)
    expect_numbers(viewer, "cols", cols)
    expect(stage(viewer)).to_be_focused()


def test_keys_move_through_the_matrix_and_the_window_follows(page):
    viewer = widget(page, 0)
    stage(viewer).focus()
    for key in ["Home"] + ["ArrowRight"] * 7 + ["ArrowDown"] * 3 + ["ArrowLeft"] * 2:
        page.keyboard.press(key)
    value = ops.im2col(picture(1, 3, 4), 2)[0, 3, 3]
    expect(live(viewer)).to_have_text(
        f"Row 3, tap (0, 1, 1); column 3, place (1, 0): cnnkit.ops.im2col gives {value:g}. "
        f"It is the pixel {value:g} in row 2, column 1."
    )
    expect_places(viewer.locator("[data-name=x0] .tap"), ["1,0", "1,1", "2,0", "2,1"])
    expect(viewer.locator("[data-name=x0] .ring")).to_have_attribute("data-at", "2,1")
    expect(viewer.locator("[data-name=cols] .ring")).to_have_attribute("data-at", "3,3")
    page.keyboard.press("End")
    expect(live(viewer)).to_contain_text("Row 3, tap (0, 1, 1); column 5, place (1, 2)")


def test_a_click_on_a_pixel_finds_its_copies(page):
    viewer = widget(page, 0)
    viewer.locator('[data-name=x0] [data-at="1,1"]').click()
    copies = np.argwhere(ops.im2col(picture(1, 3, 4), 2)[0] == 6).tolist()
    places = [f"{row},{column}" for row, column in copies]
    expect_places(viewer.locator("[data-name=cols] .cell.also"), places)
    ring = viewer.locator("[data-name=cols] .ring")
    expect(ring).to_have_attribute("data-at", f"{copies[0][0]},{copies[0][1]}")
    page.keyboard.press("PageDown")
    expect(ring).to_have_attribute("data-at", f"{copies[1][0]},{copies[1][1]}")
    viewer.locator('[data-name=cols] [data-at="0,5"]').click()
    expect(live(viewer)).to_contain_text("gives 7. It is the pixel 7 in row 1, column 2.")


def test_a_slider_asks_again_and_brings_more_rows(page):
    viewer = widget(page, 0)
    viewer.get_by_role("slider", name="channels").focus()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-name=cols]")).to_have_count(0)
    predict(viewer, 6, 4)
    expect(viewer.locator(".verdict")).to_have_text("Right. It stands in row 6, column 4.")
    cols = ops.im2col(picture(2, 3, 4), 2)
    expect_numbers(viewer, "cols", cols)


def test_a_wrong_order_is_marked(page):
    viewer = widget(page, 1)
    viewer.get_by_text("show without predicting").click()
    right = ops.im2col(picture(2, 3, 4), 2)
    got = right.reshape(1, 2, 4, 6).swapaxes(1, 2).reshape(right.shape)
    differ = int((got != right).sum())
    expect(viewer.locator(".trouble")).to_contain_text(
        f"channel_last differs in {differ} of {right.size} values"
    )
    expect(viewer.locator("[data-name=cols] .wrong")).to_have_count(differ)
    expect_numbers(viewer, "cols", got)
    viewer.locator('[data-name=cols] [data-at="1,0"]').click()
    expect(live(viewer)).to_contain_text("channel_last gives 13, right is 2.")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    viewer = widget(page, 2)
    expect(viewer.locator(".trouble")).to_have_text(
        "✗ im2col raised ValueError in line 2 of its cell: no window fits"
    )
    predict(viewer, 2, 4)
    expect(live(viewer)).to_contain_text("im2col gives nothing there, right is 10.")


def test_a_wrong_shape_is_a_message_and_is_shown(page):
    viewer = widget(page, 3)
    viewer.get_by_text("show without predicting").click()
    expect(viewer.locator(".trouble")).to_contain_text(
        "returned shape (1, 25, 18); it should be (1, 18, 25)"
    )
    expect(cells(viewer, "cols")).to_have_count(25 * 18)
