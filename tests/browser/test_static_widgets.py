"""Widgets in a page without a kernel: they answer keys with what Python gives."""

from pathlib import Path

import lab
import pytest
from playwright.sync_api import expect

from cnnkit import widgets
from cnnkit.widgets import figures, static_page

ALIVE = [name for name in widgets.__all__ if name not in ("quiz", "stay_alive")]
FITTING = ("pixel_inspector", "sliding_kernel", "kernel_editor", "conv_explorer")
SKIP = {"skip": True}


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    """Give a function that opens a widget's page, and the watch on all of them."""
    context, watch = browser.new_context(viewport={"width": 1000, "height": 900}), lab.Watch()
    folder: Path = tmp_path_factory.mktemp("static")

    def opened(*shown):
        page = context.new_page()
        watch.follow(page, "file:")
        path = folder / f"{shown[0].label}.html"
        body = "".join(map(static_page.html, shown))
        path.write_text(
            f"<!doctype html><html lang=en><meta charset=utf-8><title>x</title>{body}",
            encoding="utf-8",
        )
        page.goto(path.as_uri())
        return page

    yield opened, watch
    context.close()


@pytest.mark.parametrize("name", ALIVE)
def test_keys_lead_where_python_leads(opened, name):
    widget = getattr(widgets, name)()
    open_page, watch = opened
    page = open_page(widget)
    shown = lab.widget_named(page, widget.label)
    live = shown.locator(".live")
    expect(live).to_have_text(widget.view["live"])
    shown.get_by_text("show without predicting").click()
    widget.on_event(SKIP)
    moves = [{"move": key} for key in figures.KEYS]
    shown.get_by_role("application").focus()
    for event in [*moves[:4], *moves[::-1], *moves[1:3] * 2]:
        if event in widget.static_events():
            page.keyboard.press(event["move"])
            widget.on_event(event)
    expect(live).to_have_text(widget.view["live"])
    assert lab.axe_violations(page, ".cnnkit") == []
    assert watch.errors == [] and watch.outside == []


def test_what_was_not_drawn_beforehand_needs_a_kernel(opened):
    widget = widgets.conv_explorer()
    page = opened[0](widget)
    height = page.get_by_role("slider", name="height")
    height.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".note.kernel")).to_contain_text("needs a running kernel")
    expect(height).to_have_value("7")
    page.get_by_role("slider", name="stride").focus()
    page.keyboard.press("ArrowRight")
    widget.on_event({"set": "stride", "value": 2})
    expect(page.locator(".note.kernel")).to_have_text("")
    page.get_by_text("show without predicting").click()
    widget.on_event(SKIP)
    expect(page.locator(".formula")).to_have_text("\n".join(widget.view["texts"]["formula"]))


def test_a_choice_is_predicted_and_explained(opened):
    widget = widgets.kernel_editor()
    page = opened[0](widget)
    page.get_by_label("It becomes 0 everywhere").check()
    page.get_by_role("button", name="Check").click()
    widget.on_event({"predict": [1]})
    expect(page.locator(".verdict")).to_have_text(widget.view["prediction"]["verdict"])
    expect(page.locator("[data-name=response] canvas")).to_be_visible()


def test_two_widgets_on_a_page_do_not_disturb_each_other(opened):
    kernel, image = widgets.sliding_kernel(), widgets.conv_explorer()
    page = opened[0](kernel, image)
    boxes = [lab.widget_named(page, label) for label in (kernel.label, image.label)]
    boxes[0].get_by_text("show without predicting").click()
    kernel.on_event(SKIP)
    expect(boxes[0].locator(".live")).to_have_text(kernel.view["live"])
    expect(boxes[1].locator(".live")).to_have_text(image.view["live"])


def test_a_narrow_page_and_large_letters_leave_everything_in_its_frame(opened):
    page = opened[0](*(getattr(widgets, name)() for name in FITTING))
    for box in page.get_by_text("show without predicting").all():
        box.click()
    expect(page.locator(".prediction form:visible")).to_have_count(0)
    for width, zoom in ((360, "100%"), (1000, "200%")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("zoom => document.documentElement.style.fontSize = zoom", zoom)
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (width, zoom)
