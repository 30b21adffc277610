"""The training dashboard in JupyterLab: trained by keys, drawn on, numbers read back, wrong loops.

Beside the page a dashboard in Python is asked the same: both must show the same.
"""

import base64

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import box, expect_pixels

from cnnkit.widgets import training_dashboard

CELLS = [
    "from cnnkit import models, training\nfrom cnnkit.widgets import training_dashboard",
    "training_dashboard()",
    "class Narrow(models.LeNetLike):\n"
    "    def forward(self, x, train=False):\n        return super().forward(x)[:, :3]\n"
    "training_dashboard(Narrow)",
    "def backwards(model, X, y, lr, epochs, batch_size, rng):\n"
    "    for w in model.params.values():\n        w *= 1\n"
    "    return {'loss': [2.3], 'acc': [0.1]}\n"
    "training_dashboard(models.LeNetLike, backwards)",
    "def breaks(model, X, y, lr, epochs, batch_size, rng):\n    raise ValueError('I am not done')\n"
    "training_dashboard(models.LeNetLike, breaks)",
]
STROKE = [(1.2, 2.1), (0.8, 4.0), (2.0, 5.4), (3.6, 4.1), (5.5, 5.6), (7.0, 2.2)]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of dashboards and run it."""
    write_notebook(lab_folder / "dashboards.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "dashboards.ipynb")
    run_all(page)
    widget(page, 3).wait_for()
    return page


@pytest.fixture
def both(page):
    """Give the page's dashboard as it is at first, and one in Python that asks nothing."""
    dashboard, python = widget(page, 0), training_dashboard()
    dashboard.get_by_role("checkbox", name="show without predicting").check()
    dashboard.get_by_role("button", name="Start anew").click()
    python.on_event({"skip": True})
    expect_same(dashboard, python)
    return dashboard, python


def expect_same(dashboard, python, within=0):
    """Wait until the page says and draws what Python does."""
    expect(dashboard.locator(".live")).to_have_text(python.view["live"])
    rows = python.view["stage"]["rows"]
    figures = {figure["name"]: figure for row in rows for figure in row}
    texts = [
        row["text"] + " " * bool(row["mark"]) + row["mark"] for row in figures["shares"]["rows"]
    ]
    expect(dashboard.locator('[data-name="shares"] .bar-text')).to_have_text(texts)
    for name in ("pad", "maps"):
        picture = figures[name]
        raw = np.frombuffer(base64.b64decode(picture["bytes"]), np.uint8)
        pixels = raw.reshape(picture["height"], picture["width"])
        expect_pixels(dashboard, name, pixels, within)
    labels = [figures[name]["label"] for name in ("loss", "accuracy")]
    for name, label in zip(("loss", "accuracy"), labels, strict=True):
        expect(dashboard.locator(f'[data-name="{name}"] svg[role]')).to_have_attribute(
            "aria-label", label
        )


def test_by_keys_alone_it_is_predicted_trained_and_judged(page):
    dashboard = widget(page, 0)
    expect(dashboard.get_by_role("button", name="Play")).to_have_count(0)
    dashboard.get_by_role("radio", name="lower, but more than half of it").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(dashboard.locator(".note.guess")).to_contain_text("You said: lower, but more than half")
    expect(dashboard.get_by_role("application")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dashboard.get_by_role("button", name="Play")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dashboard.locator(".verdict")).to_contain_text("Not right. The loss", timeout=60_000)
    expect(dashboard.locator(".verdict")).to_contain_text("less than half of what it was")
    expect(dashboard.locator(".live")).to_contain_text("After 80 steps with 1,280 pictures")
    # the training is over and Play is gone: the keys are not lost with it
    expect(dashboard.get_by_role("button", name="Play")).to_have_count(0)
    expect(dashboard.get_by_role("application")).to_be_focused()


def test_settings_and_steps_give_pythons_numbers(both):
    dashboard, python = both
    dashboard.get_by_role("combobox", name="learning rate").select_option("0.3")
    dashboard.get_by_role("combobox", name="batch size").select_option("32")
    seed = dashboard.get_by_role("slider", name="seed")
    seed.focus()
    seed.press("ArrowRight")
    step = dashboard.get_by_role("button", name="Train on 64 pictures")
    python.on_event({"set": "lr", "value": 0.3}, {"set": "batch", "value": 32})
    python.on_event({"set": "seed", "value": 1})
    for _ in range(3):
        expect_same(dashboard, python)
        step.click()
        python.on_event({"press": "train"})
    dashboard.get_by_role("combobox", name="maps of").select_option("pool2, ReLU")
    dashboard.get_by_role("combobox", name="picture", exact=True).select_option("4")
    python.on_event({"set": "layer", "value": "pool2"}, {"set": "picture", "value": 4})
    expect_same(dashboard, python)


def test_keys_draw(page, both):
    dashboard, python = both
    dashboard.get_by_role("button", name="Empty page").click()
    python.on_event({"press": "clear"})
    dashboard.get_by_role("application").focus()
    keys = ["ArrowRight", "ArrowRight", "ArrowDown", "Space", "ArrowDown", "ArrowDown", "ArrowDown"]
    keys += ["Enter", "ArrowRight", "ArrowRight", "Space", "ArrowUp", "Escape", "End"]
    for key in keys:
        page.keyboard.press(key)
        python.on_event({"press": "pen"} if key in ("Space", "Enter") else {"move": key})
    expect(dashboard.locator(".live")).to_contain_text("covers rows 1 to 4 and columns 2 to 4")
    expect(dashboard.locator(".live")).to_contain_text("The pen is at row 7, column 7, lifted.")
    expect_same(dashboard, python)


def test_the_mouse_draws_and_rubs_out(page, both):
    dashboard, python = both
    dashboard.get_by_role("button", name="Empty page").click()
    python.on_event({"press": "clear"})
    expect_same(dashboard, python)
    pad = box(dashboard.locator('[data-name="pad"] canvas'))
    one = pad["width"] / 8

    def drag(points):
        ends = [points[0], *points]
        for at, (i, j) in enumerate(points):
            page.mouse.move(pad["x"] + j * one, pad["y"] + i * one)
            if at == 0:
                page.mouse.down()
        page.mouse.up()
        python.on_event(*({"draw": [*a, *b]} for a, b in zip(ends, ends[1:], strict=False)))

    drag(STROKE)
    expect(dashboard.locator(".live")).to_contain_text("Your drawing covers")
    inked = python.state.drawing
    raw = np.frombuffer(inked, np.uint8).reshape(8, 8)
    expect_pixels(dashboard, "pad", raw, within=6)  # the mouse is at whole pixels of the screen
    dashboard.get_by_role("checkbox", name="erase").check()
    python.on_event({"set": "erase", "value": True})
    drag(STROKE[:3])
    rest = np.frombuffer(python.state.drawing, np.uint8).reshape(8, 8)
    assert np.abs(rest.astype(int) - raw).max() > 100
    expect_pixels(dashboard, "pad", rest, within=6)
    page.mouse.move(pad["x"] + 4 * one, pad["y"] + 4 * one)  # no button is down: nothing is drawn
    expect_pixels(dashboard, "pad", rest, within=6)


def test_a_net_that_gives_too_few_scores_is_told(page):
    dashboard = widget(page, 1)
    expect(dashboard.locator(".note.trouble")).to_have_text(
        "✗ Narrow.forward returned shape (150, 3); it should be (150, 10)."
    )
    expect(dashboard.locator(".live")).to_contain_text("There is no network to train.")


def test_a_loop_that_does_nothing_is_told_and_its_curve_is_flat(page):
    dashboard = widget(page, 2)
    expect(dashboard.locator(".note.trouble")).to_contain_text("backwards changed no parameter")
    dashboard.get_by_role("button", name="Train on 64 pictures").click()
    expect(dashboard.locator(".live")).to_contain_text("After 4 steps")
    flat = "new pictures: from 2.31 to 2.31"
    curve = dashboard.locator('[data-name="loss"] svg[role]')
    expect(curve).to_have_attribute(
        "aria-label",
        f"loss (who knows nothing has log 10 = 2.30); learned from: from 2.3 to 2.3; {flat}",
    )


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    dashboard = widget(page, 3)
    trouble = dashboard.locator(".note.trouble")
    expect(trouble).to_have_text("✗ breaks raised ValueError in line 2 of its cell: I am not done")
    dashboard.get_by_role("combobox", name="maps of").select_option("conv2")
    expect(dashboard.locator(".live")).to_contain_text("The strongest answer of conv2")
    dashboard.get_by_role("combobox", name="learn to read").select_option("clothes")
    expect(dashboard.locator('[data-name="shares"]')).to_contain_text("Ankle boot")
    expect(trouble).to_contain_text("I am not done")
