"""The freeze slider in JupyterLab: keys, clicks, numbers read back, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect

from cnnkit import recorded
from cnnkit.widgets.freeze_numbers import RECORD
from cnnkit.widgets.freeze_prediction import DEPTHS_CALLED

CELLS = [
    "from cnnkit import optimisers, transfer\nfrom cnnkit.widgets import freeze_slider",
    "freeze_slider()",
    "def quiet(model, prefix):\n"
    "    return {name for name in model.params if name.startswith(prefix)}\n"
    "def decays(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):\n"
    "    return {n: p - lr * (grads.get(n, 0) + weight_decay * p) for n, p in params.items()}\n"
    "freeze_slider(quiet)",
    "freeze_slider(None, decays)",
    "def unwritten(model, prefix):\n    raise NotImplementedError\nfreeze_slider(unwritten)",
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of sliders and run it."""
    write_notebook(lab_folder / "freezing.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "freezing.ipynb")
    run_all(page)
    widget(page, 3).wait_for()
    return page


def accuracies(start, per_class):
    """The recorded accuracies in per cent, (depth, seed)."""
    of = [
        run["accuracy"]
        for run in recorded.load(RECORD).runs
        if (run["start"], run["per_class"]) == (start, per_class)
    ]
    return 100 * np.reshape(of, (5, 3))


def written(start, per_class):
    """Mean and spread of each depth, as the bars say them."""
    of = accuracies(start, per_class)
    return [f"{m:.1f} % ± {s:.1f}" for m, s in zip(of.mean(1), of.std(1, ddof=1), strict=True)]


def column(slider, nth):
    """A column of the net's table, behind the name of the block."""
    return slider.locator(f"[data-row] td:nth-of-type({nth})")


def test_a_depth_is_predicted_by_keys_and_the_recorded_accuracies_appear(page):
    slider = widget(page, 0)
    expect(slider.locator('[data-name="accuracies"]')).to_have_count(0)
    of, said = accuracies("pretrained", 5).mean(axis=1), written("pretrained", 5)
    worst, top = of.argmin(), of.argmax()
    slider.get_by_label(DEPTHS_CALLED[worst], exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(slider.locator(".verdict")).to_contain_text(
        f"Not right. {worst} frozen has {said[worst]}. The best mean is that of {top} frozen, "
        f"{said[top]}."
    )
    expect(slider.get_by_role("application")).to_be_focused()
    bars = slider.locator('[data-name="accuracies"] .bar-text')
    for nth, text in enumerate(said):
        expect(bars.nth(nth)).to_contain_text(text)
    expect(bars.nth(5)).to_have_text(written("scratch", 5)[0])
    expect(bars.nth(int(top))).to_contain_text("★")


def test_the_count_is_predicted_and_its_slip_named(page):
    slider = widget(page, 0)
    slider.get_by_role("combobox", name="predict").select_option("how many parameters are trained")
    expect(column(slider, 2).nth(3)).to_have_text("? of 64×288 + 64")
    slider.get_by_label("predicted parameters").fill("5944")
    page.keyboard.press("Enter")
    expect(slider.locator(".verdict")).to_contain_text("the frozen parameters are counted")
    expect(column(slider, 2)).to_have_text(
        ["0 of 88", "0 of 1,184", "0 of 4,672", "18,496 of 18,496", "325 of 325"]
    )


def test_keys_and_clicks_freeze_and_the_table_says_what_moves(page):
    slider = widget(page, 0)
    live = slider.locator(".live")
    slider.get_by_role("application").focus()
    page.keyboard.press("ArrowDown")
    expect(live).to_contain_text("4 of 4 blocks are frozen. 325 of 24,765 parameters are trained.")
    expect(column(slider, 3)).to_have_text(["stays"] * 4 + [column(slider, 3).nth(4).inner_text()])
    page.keyboard.press("Home")
    expect(live).to_contain_text("0 of 4 blocks are frozen. 24,765 of 24,765")
    expect(column(slider, 1)).to_have_text(["✎ learns"] * 5)
    slider.locator('[data-row="1"] td').first.click()
    expect(live).to_contain_text("2 of 4 blocks are frozen. 23,493 of 24,765")
    expect(column(slider, 1)).to_have_text(["❄ frozen"] * 2 + ["✎ learns"] * 3)
    expect(column(slider, 4).nth(1)).to_have_text("stay")
    expect(column(slider, 4).nth(2)).to_contain_text("up to")
    handle = slider.get_by_role("slider", name="frozen")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(live).to_contain_text("3 of 4 blocks are frozen.")


def test_page_up_takes_more_pictures_and_asks_again(page):
    slider = widget(page, 0)
    slider.get_by_role("application").focus()
    page.keyboard.press("PageUp")
    live = slider.locator(".live")
    expect(live).to_contain_text("With 20 pictures of each class, pretrained: predict")
    slider.get_by_text("show without predicting").click()
    for start, label in (("pretrained", "pretrained"), ("scratch", "from scratch")):
        slider.get_by_role("combobox", name="start").select_option(label)
        for per_class in (5, 20, 50):
            slider.get_by_role("combobox", name="pictures").select_option(
                f"{per_class} of each class"
            )
            expect(live).to_contain_text(
                f"With {per_class} pictures of each class, {label}, "
                f"{written(start, per_class)[3]} are right"
            )


def test_a_net_that_was_not_told_gathers_on(page):
    slider = widget(page, 1)
    expect(slider.locator(".note.trouble")).to_contain_text(
        "After quiet(model, 'conv1.'), model.frozen lacks conv1.w"
    )
    expect(column(slider, 1).first).to_have_text("✗ not frozen")
    expect(column(slider, 3).first).to_have_text("stays")
    expect(column(slider, 4).first).to_contain_text("✗ up to")


def test_weight_decay_on_what_is_frozen_is_seen(page):
    slider = widget(page, 2)
    expect(slider.locator(".note.trouble")).to_contain_text("decays moved conv1.w, which is frozen")
    expect(column(slider, 3).first).to_contain_text("✗ up to")
    slider.get_by_role("application").focus()
    page.keyboard.press("Home")
    expect(slider.locator(".note.trouble")).to_have_text("")


def test_what_is_not_written_is_a_sentence_and_the_widget_lives_on(page):
    slider = widget(page, 3)
    expect(slider.locator(".note.trouble")).to_contain_text("unwritten is not written yet")
    slider.get_by_role("application").focus()
    page.keyboard.press("Home")
    expect(slider.locator(".note.trouble")).to_have_text("")
    expect(slider.locator(".live")).to_contain_text("0 of 4 blocks are frozen.")
